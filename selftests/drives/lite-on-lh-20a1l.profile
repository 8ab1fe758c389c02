# SPDX-License-Identifier: GPL-2.0-only
# LITE-ON DVDRW LH-20A1L
# Source: Ubuntu Forums archive, thread id 56726716292
# Source: the read offset is AccurateRip's, as in redumper (superg/redumper, offsets.ixx)
# Guesses: the INQUIRY version, the buffer, the speeds
vendor LITE-ON
product DVDRW LH-20A1L
revision BL05
inquiry_version 0
inquiry_format 2
dma_alignment 511
profiles dvd
fixed_bufe 1
buffer_size 1343488
speed 4 8 16 24 32 40 48
read_offset 6
