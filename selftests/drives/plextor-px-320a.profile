# SPDX-License-Identifier: GPL-2.0-only
# PLEXTOR CD-R PX-320A
# Source: Ubuntu Forums archive, thread id 56884053669
# Source: the read offset is AccurateRip's, as in redumper (superg/redumper, offsets.ixx)
# Guesses: the speeds
vendor PLEXTOR
product CD-R   PX-320A
revision 1.04
inquiry_version 0
inquiry_format 1
dma_alignment 511
buffer_size 2064384
speed 4 8 12 16 20
read_offset 98
