# SPDX-License-Identifier: GPL-2.0-only
# ASUS BW-16D1HT
# Source: github.com/aaru-dps/Aaru/issues/800
# Source: the read offset is AccurateRip's, as in redumper (superg/redumper, offsets.ixx)
# Guesses: READ BUFFER CAPACITY
# Not simulated: the current speed is 8468 kB/s where the list has 8467
vendor ASUS
product BW-16D1HT
revision 3.10
inquiry_version 0
inquiry_format 2
dma_alignment 511
profiles dvd
buffer_size 2359296
caps_buffer 4064
caps_speeds max
speed 16 24 32 40 48
read_offset 6
