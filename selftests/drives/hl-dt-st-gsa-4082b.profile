# SPDX-License-Identifier: GPL-2.0-only
# HL-DT-ST DVDRAM GSA-4082B
# Source: libburn's mmc.c
# Source: the read offset is AccurateRip's, as in redumper (superg/redumper, offsets.ixx)
# Guesses: the revision, the buffer, the speeds
vendor HL-DT-ST
product DVDRAM GSA-4082B
revision A209
inquiry_version 5
inquiry_format 2
dma_alignment 511
profiles dvd
refuse_max 1
buffer_size 1053696
speed 4 8 16 24
read_offset 667
