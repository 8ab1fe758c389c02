# SPDX-License-Identifier: GPL-2.0-only
# hp DVD-RAM GH40L (made by LG)
# Source: github.com/aaru-dps/Aaru/issues/540
# Source: the read offset is AccurateRip's, as in redumper (superg/redumper, offsets.ixx)
# Guesses: the buffer, the speeds
# Not simulated: page 01h has 19 retries, 3 of them in writing; the medium type of the mode
#   header is wrong
vendor hp
product DVD-RAM GH40L
revision RB12
inquiry_version 0
inquiry_format 2
dma_alignment 511
profiles dvd
buffer_size 1114112
sheet_limit 3072
speed 4 8 16 24 32 40 48
read_offset 667
