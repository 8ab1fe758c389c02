# SPDX-License-Identifier: GPL-2.0-only
# ATAPI iHAS124 F (Lite-On)
# Source: github.com/aaru-dps/Aaru/issues/799
# Source: the read offset is AccurateRip's, as in redumper (superg/redumper, offsets.ixx)
# Guesses: READ BUFFER CAPACITY
# Not simulated: the current speed is 8468 kB/s where the list has 8467; an unknown page 30h
vendor ATAPI
product iHAS124   F
revision CL9P
inquiry_version 0
inquiry_format 2
dma_alignment 511
profiles dvd
buffer_size 456704
caps_buffer 512
speed 16 24 32 40 48
read_offset 6
