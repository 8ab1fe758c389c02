# SPDX-License-Identifier: GPL-2.0-only
# HL-DT-ST BD-RE WH10LS30
# Source: libburn's ChangeLog and doc/cdtext.txt (as far as they are about session-at-once)
# Source: the read offset is AccurateRip's, as in redumper (superg/redumper, offsets.ixx)
# Guesses: the revision, the speeds
vendor HL-DT-ST
product BD-RE WH10LS30
revision 1.02
inquiry_version 0
inquiry_format 2
dma_alignment 511
profiles dvd
buffer_size 2359296
speed 10 16 24 32 40 48
text zero
no_jump 1
read_offset 6
