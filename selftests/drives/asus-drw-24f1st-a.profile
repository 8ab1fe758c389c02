# SPDX-License-Identifier: GPL-2.0-only
# ASUS DRW-24F1ST a
# Source: Ubuntu Forums archive, thread id 56809995831
# Source: the read offset is AccurateRip's, as in redumper (superg/redumper, offsets.ixx)
# Guesses: the speeds below 48x
# Not simulated: feature 0037h has no kind of CD-RW
vendor ASUS
product DRW-24F1ST   a
revision 1.00
inquiry_version 5
inquiry_format 2
dma_alignment 511
profiles dvd
buffer_size 456704
caps_buffer 768
caps_speeds none
speed 16 24 32 40 48
read_offset 6
