# SPDX-License-Identifier: GPL-2.0-only
# SONY DVD RW DRU-510A
# Source: Ubuntu Forums archive, thread id 57160961422
# Source: the read offset is AccurateRip's, as in redumper (superg/redumper, offsets.ixx)
# Guesses: the INQUIRY version, the speeds
vendor SONY
product DVD RW DRU-510A
revision 1.1a
inquiry_version 2
inquiry_format 2
dma_alignment 511
profiles dvd
buffer_size 8112896
speed 4 8 16 24 32
read_offset 120
