# SPDX-License-Identifier: GPL-2.0-only
# SONY CD-RW CRX140E
# Source: Ubuntu Forums archive, thread id 56992945428, 56842017585
# Source: the read offset is AccurateRip's, as in redumper (superg/redumper, offsets.ixx)
# Guesses: it has no GET PERFORMANCE, being older than MMC-3
# Not simulated: READ TRACK INFORMATION of track FFh on a full disc has a field pointer in its
#   sense data
vendor SONY
product CD-RW  CRX140E
revision 1.0n
inquiry_version 0
inquiry_format 1
dma_alignment 511
buffer_size 4183808
speed 4 8
underrun_free 0
performance 0
read_offset 572
