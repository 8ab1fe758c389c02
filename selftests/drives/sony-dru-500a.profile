# SPDX-License-Identifier: GPL-2.0-only
# SONY DVD RW DRU-500A
# Source: Linux kernel mailing list archive, id 30857072090, 7239313970, 1593021395 (2003)
# Source: the read offset is AccurateRip's, as in redumper (superg/redumper, offsets.ixx)
# Guesses: the speeds below 24x
# Not simulated: firmware 2.0e has a buffer of 4718592 bytes; a WRITE left a residual of 63488
#   bytes (on the old IDE driver); sense data have an additional length of 12h; closing a test
#   session took 77.5 s
vendor SONY
product DVD RW DRU-500A
revision 1.0f
inquiry_version 2
inquiry_format 2
dma_alignment 511
profiles dvd
buffer_size 8126464
speed 4 8 16 24
read_offset 120
