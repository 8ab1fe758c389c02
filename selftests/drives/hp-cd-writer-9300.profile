# SPDX-License-Identifier: GPL-2.0-only
# HP CD-Writer+ 9300 (made by Sony)
# Source: Ubuntu Forums archive, thread id 56991854448, 57160231671
# Source: the read offset is AccurateRip's, as in redumper (superg/redumper, offsets.ixx)
# Guesses: the speeds; no GET PERFORMANCE, no underrun protection, as in the CRX140E
vendor HP
product CD-Writer+ 9300
revision 1.0b
inquiry_version 0
inquiry_format 1
dma_alignment 511
buffer_size 4183808
speed 4 8 10
underrun_free 0
performance 0
read_offset 572
