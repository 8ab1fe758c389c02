# SPDX-License-Identifier: GPL-2.0-only
# PIONEER DVD-RW DVR-K16RS
# Source: Ubuntu Forums archive, thread id 56939163625
# Source: the read offset is AccurateRip's, as in redumper (superg/redumper, offsets.ixx)
# Guesses: the INQUIRY version; the speeds
# Not simulated: a WRITE at sector 558 got a deferred error with key 5 (F1 00 05 00 00 09 32)
vendor PIONEER
product DVD-RW DVR-K16RS
revision 1.35
inquiry_version 5
inquiry_format 2
dma_alignment 511
profiles dvd
buffer_size 1267712
speed 4 8 16 24
read_offset 48
