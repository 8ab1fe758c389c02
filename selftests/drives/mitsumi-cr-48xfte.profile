# SPDX-License-Identifier: GPL-2.0-only
# MITSUMI CR-48XFTE
# Source: Ubuntu Forums archive, thread id 57084146471
# Source: the read offset is AccurateRip's, as in redumper (superg/redumper, offsets.ixx)
# Guesses: the speeds below 48x
vendor MITSUMI
product CR-48XFTE
revision 4.0B
inquiry_version 0
inquiry_format 2
dma_alignment 511
buffer_size 1441792
speed 4 8 16 24 32 40 48
read_offset 733
