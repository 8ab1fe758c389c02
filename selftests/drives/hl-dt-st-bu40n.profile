# SPDX-License-Identifier: GPL-2.0-only
# HL-DT-ST BD-RE BU40N, behind USB
# Source: github.com/SabreTools/MPF/issues/426
# Source: github.com/saramibreak/DiscImageCreator/issues/47
# Source: the read offset is AccurateRip's, as in redumper (superg/redumper, offsets.ixx)
# Guesses: the speeds
# Not simulated: GET CONFIGURATION has 188 bytes
vendor HL-DT-ST
product BD-RE BU40N
revision 1.03
inquiry_version 0
inquiry_format 2
dma_alignment 511
max_sectors 128
profiles dvd
buffer_size 2359296
speed 10 16 24
read_offset 6
