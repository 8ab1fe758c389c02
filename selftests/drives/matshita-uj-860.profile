# SPDX-License-Identifier: GPL-2.0-only
# MATSHITA DVD-RAM UJ-860
# Source: Ubuntu Forums archive, thread id 56970581677
# Source: the read offset is AccurateRip's, as in redumper (superg/redumper, offsets.ixx)
# Guesses: the INQUIRY version, the buffer, the speeds
# Not simulated: there is a page 1Ch
vendor MATSHITA
product DVD-RAM UJ-860
revision RB01
inquiry_version 0
inquiry_format 2
dma_alignment 511
profiles dvd
buffer_size 1114112
page05_saved 1
speed 10 16 24
read_offset 102
