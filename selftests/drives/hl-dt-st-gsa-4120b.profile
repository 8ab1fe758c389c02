# SPDX-License-Identifier: GPL-2.0-only
# HL-DT-ST DVDRAM GSA-4120B
# Source: Linux kernel mailing list archive, id 14064794761 (2006-07-29, "DMA speed too slow for
#   cdrecord")
# Source: the read offset is AccurateRip's, as in redumper (superg/redumper, offsets.ixx)
# Guesses: READ BUFFER CAPACITY, as in the GSA-4160B
# Not simulated: was on ATAPI with PIO: no faster than 8x
vendor HL-DT-ST
product DVDRAM GSA-4120B
revision A111
inquiry_version 5
inquiry_format 2
dma_alignment 511
profiles dvd
buffer_size 1053696
caps_buffer 2048
speed 4 8 16 24 32 40
read_offset 667
