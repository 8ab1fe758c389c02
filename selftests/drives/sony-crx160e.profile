# SPDX-License-Identifier: GPL-2.0-only
# SONY CD-RW CRX160E
# Source: Linux kernel mailing list archive, id 38610138215
# Source: the read offset is AccurateRip's, as in redumper (superg/redumper, offsets.ixx)
# Guesses: the speeds; no GET PERFORMANCE
vendor SONY
product CD-RW  CRX160E
revision 1.0e
inquiry_version 0
inquiry_format 1
dma_alignment 511
buffer_size 4183552
speed 4 8 12
performance 0
read_offset 572
