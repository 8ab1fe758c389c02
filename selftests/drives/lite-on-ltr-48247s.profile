# SPDX-License-Identifier: GPL-2.0-only
# LITE-ON LTR-48247S
# Source: Ubuntu Forums archive, thread id 56833159061
# Source: the read offset is AccurateRip's, as in redumper (superg/redumper, offsets.ixx)
# Guesses: the speeds below 48x
vendor LITE-ON
product LTR-48247S
revision PPB1
inquiry_version 0
inquiry_format 2
dma_alignment 511
buffer_size 1895168
speed 4 8 16 24 32 40 48
read_offset 6
