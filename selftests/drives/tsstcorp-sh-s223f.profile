# SPDX-License-Identifier: GPL-2.0-only
# TSSTcorp CDDVDW SH-S223F
# Source: github.com/haikuports/haikuports/pull/2010
# Source: the read offset is AccurateRip's, as in redumper (superg/redumper, offsets.ixx)
# Guesses: the INQUIRY version, the buffer, the speeds
# Not simulated: its list of profiles has DVD-RW DL too (0017h)
vendor TSSTcorp
product CDDVDW SH-S223F
revision SB03
inquiry_version 0
inquiry_format 2
dma_alignment 511
profiles dvd
buffer_size 1114112
caps_buffer 2048
speed 4 8 16 24 32 40 48
read_offset 6
