# SPDX-License-Identifier: GPL-2.0-only
# ATAPI iHAS124 E (Lite-On)
# Source: github.com/alex-free/dreamcast-cdi-burner/issues/3
# Source: the read offset is AccurateRip's, as in redumper (superg/redumper, offsets.ixx)
# Guesses: the buffer, the speeds; it was asked for 4x and burned at 16x
vendor ATAPI
product iHAS124   E
revision 4L08
inquiry_version 5
inquiry_format 2
dma_alignment 511
profiles dvd
buffer_size 456704
refuse_slow 0
speed 16 24 32 40 48
read_offset 6
