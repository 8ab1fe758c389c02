# SPDX-License-Identifier: GPL-2.0-only
# _NEC DVD_RW ND-4570A
# Source: debburn-devel, February 2007, message 000297
# Source: the read offset is AccurateRip's, as in redumper (superg/redumper, offsets.ixx)
# Guesses: the speeds
# Not simulated: profiles 0013h and 0014h are both current on a DVD-RW
vendor _NEC
product DVD_RW ND-4570A
revision 1.02
inquiry_version 0
inquiry_format 2
dma_alignment 511
profiles dvd
buffer_size 1769472
speed 4 8 16 24 32 40 48
read_offset 48
