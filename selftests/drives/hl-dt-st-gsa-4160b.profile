# SPDX-License-Identifier: GPL-2.0-only
# HL-DT-ST DVDRAM GSA-4160B
# Source: Ubuntu Forums archive, thread id 56716513615
# Source: the read offset is AccurateRip's, as in redumper (superg/redumper, offsets.ixx)
# Guesses: the speeds
vendor HL-DT-ST
product DVDRAM GSA-4160B
revision A302
inquiry_version 0
inquiry_format 2
dma_alignment 511
profiles dvd
buffer_size 1053696
speed 4 8 16 24 32 40
read_offset 667
