# SPDX-License-Identifier: GPL-2.0-only
# TSSTcorp CDDVDW SE-S204N, USB
# Source: forum thread, id 57011544514
# Source: the read offset is AccurateRip's, as in redumper (superg/redumper, offsets.ixx)
# Guesses: the INQUIRY version, READ BUFFER CAPACITY
# Not simulated: it reads no faster than 40x
vendor TSSTcorp
product CDDVDW SE-S204N
revision TS00
inquiry_version 0
inquiry_format 2
dma_alignment 511
max_sectors 240
profiles dvd
buffer_size 1114112
caps_buffer 2048
speed 16 24 32 40 48
read_offset 6
