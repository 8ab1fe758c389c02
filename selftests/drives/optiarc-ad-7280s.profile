# SPDX-License-Identifier: GPL-2.0-only
# Optiarc DVD RW AD-7280S
# Source: forums.gentoo.org
# Source: the read offset is AccurateRip's, as in redumper (superg/redumper, offsets.ixx)
# Guesses: the buffer; the speeds beside 10x
# Not simulated: its calibration failed after this time (3/73/03)
vendor Optiarc
product DVD RW AD-7280S
revision 1.01
inquiry_version 5
inquiry_format 2
dma_alignment 511
profiles dvd
buffer_size 1310720
speed 10 16 24 32 40 48
opc_ms 8900
read_offset 48
