# SPDX-License-Identifier: GPL-2.0-only
# PIONEER DVD-RW DVR-108
# Source: Ubuntu Forums archive, thread id 56880075135 (2007)
# Source: the read offset is AccurateRip's, as in redumper (superg/redumper, offsets.ixx)
# Guesses: the highest speed; when the CRC error comes
# Not simulated: closing took 68.3 s; firmware 1.20 has no session-at-once any more
vendor PIONEER
product DVD-RW  DVR-108
revision 1.14
inquiry_version 5
inquiry_format 2
dma_alignment 511
profiles dvd
buffer_size 1267712
speed 4 8 16 24 32
read_offset 48
# Once, in an album of 25 tracks: a CRC error of the cable
fault op=52 nth=40 sense=4/08/03
