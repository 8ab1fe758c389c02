# SPDX-License-Identifier: GPL-2.0-only
# hp DVD-RAM GH80N (made by LG)
# Source: forum thread, id 11239725175
# Source: the read offset is AccurateRip's, as in redumper (superg/redumper, offsets.ixx)
# Guesses: READ BUFFER CAPACITY; the speeds of CDs
# Not simulated: page 2Ah had the speeds of a DVD
vendor hp
product DVD-RAM GH80N
revision RF03
inquiry_version 5
inquiry_format 2
dma_alignment 511
profiles dvd
buffer_size 1114112
caps_buffer 2048
speed 4 8 16 24 32 40 48
caps_speeds none
read_offset 667
