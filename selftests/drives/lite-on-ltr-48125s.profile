# SPDX-License-Identifier: GPL-2.0-only
# LITE-ON LTR-48125S
# Source: libburn's mmc.c
# Source: the read offset is AccurateRip's, as in redumper (superg/redumper, offsets.ixx)
# Guesses: the revision, the buffer, the speeds
# Not simulated: the next writable address of a blank disc lies in the pregap (drives_test has
#   that); ATIP of a pressed disc is junk
vendor LITE-ON
product LTR-48125S
revision VS08
inquiry_version 0
inquiry_format 2
dma_alignment 511
buffer_size 1895168
speed 4 8 16 24 32 40 48
read_offset 6
