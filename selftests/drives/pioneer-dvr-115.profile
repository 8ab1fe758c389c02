# SPDX-License-Identifier: GPL-2.0-only
# PIONEER DVD-RW DVR-115
# Source: github.com/SabreTools/MPF/issues/312
# Source: the read offset is AccurateRip's, as in redumper (superg/redumper, offsets.ixx)
# Guesses: the buffer, as in the DVR-108; the speeds
# Not simulated: GET CONFIGURATION has 160 bytes; INQUIRY has 91 more bytes than 5
vendor PIONEER
product DVD-RW  DVR-115
revision 1.22
inquiry_version 0
inquiry_format 2
dma_alignment 511
profiles dvd
buffer_size 1267712
speed 4 8 16 24 32 40
read_offset 48
