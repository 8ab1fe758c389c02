# SPDX-License-Identifier: GPL-2.0-only
# HL-DT-ST DVDRAM GUE0N
# Source: github.com/SabreTools/MPF/issues/426
# Source: the read offset is AccurateRip's, as in redumper (superg/redumper, offsets.ixx)
# Guesses: the buffer, the speeds
# Not simulated: GET CONFIGURATION has 180 bytes
vendor HL-DT-ST
product DVDRAM GUE0N
revision T.02
inquiry_version 0
inquiry_format 2
dma_alignment 511
profiles dvd
buffer_size 1114112
speed 10 16 24
read_offset 6
