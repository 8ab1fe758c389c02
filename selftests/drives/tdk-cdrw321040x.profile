# SPDX-License-Identifier: GPL-2.0-only
# TDK CDRW321040X
# Source: Ubuntu Forums archive, thread id 56728249985, 56691338990
# Source: the read offset is AccurateRip's, as in redumper (superg/redumper, offsets.ixx)
# Guesses: the speeds below 32x
# Not simulated: a disc that it does not know makes it not ready with 2/30/00
vendor TDK
product CDRW321040X
revision Df41
inquiry_version 0
inquiry_format 1
dma_alignment 511
buffer_size 4091904
speed 4 8 12 16 24 32
read_offset 688
