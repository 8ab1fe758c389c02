# SPDX-License-Identifier: GPL-2.0-only
# HL-DT-ST RW/DVD GCC-4480B
# Source: Linux kernel mailing list archive, id 16233355226
# Source: the read offset is AccurateRip's, as in redumper (superg/redumper, offsets.ixx)
# Guesses: the speeds
# Not simulated: its list of profiles is 0A 09 08 02 10
vendor HL-DT-ST
product RW/DVD GCC-4480B
revision 1.00
inquiry_version 0
inquiry_format 1
dma_alignment 511
profiles dvd
buffer_size 1591744
speed 4 8 16 24 32 40 48
read_offset 6
