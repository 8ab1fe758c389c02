# SPDX-License-Identifier: GPL-2.0-only
# PLEXTOR CD-R PX-W4824A
# Source: Linux kernel mailing list archive, id 34240907992, 48912012293 (2003-03-14)
# Source: the read offset is AccurateRip's, as in redumper (superg/redumper, offsets.ixx)
# Not simulated: INQUIRY said version 2, format 2 once, and version 0, format 1 later; copy
#   management of the speeds
vendor PLEXTOR
product CD-R   PX-W4824A
revision 1.04
inquiry_version 0
inquiry_format 1
dma_alignment 511
buffer_size 2394336
caps_buffer 4096
speed 4 8 16 20 24 32 40 48
read_offset 98
