# SPDX-License-Identifier: GPL-2.0-only
# HL-DT-ST DVDRAM GMA-4082N
# Source: Ubuntu Forums archive, thread id 56896187816
# Source: the read offset is AccurateRip's, as in redumper (superg/redumper, offsets.ixx)
# Guesses: the speeds
# Not simulated: a WRITE at sector 155 got 5/21/02 as underrun protection was not in force
vendor HL-DT-ST
product DVDRAM GMA-4082N
revision HA01
inquiry_version 5
inquiry_format 2
dma_alignment 511
profiles dvd
buffer_size 1053696
speed 4 8 10 16 24
read_offset 667
