# SPDX-License-Identifier: GPL-2.0-only
# PHILIPS CDRW1610A
# Source: Ubuntu Forums archive, thread id 44889839005 (2001)
# Source: the read offset is AccurateRip's, as in redumper (superg/redumper, offsets.ixx)
# Guesses: READ BUFFER CAPACITY, as page 2Ah; the speeds below 16x; no GET PERFORMANCE
# Not simulated: page 2Ah has the size of MMC-1; here its list is empty
vendor PHILIPS
product CDRW1610A
revision 02B0
inquiry_version 0
inquiry_format 1
dma_alignment 511
buffer_size 8388608
caps_speeds none
speed 4 8 12 16
performance 0
read_offset 733
