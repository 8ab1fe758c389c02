# SPDX-License-Identifier: GPL-2.0-only
# PIONEER BD-RW BDR-XS07U
# Source: libburn's ChangeLog and doc/cdtext.txt (as far as they are about session-at-once)
# Guesses: the revision, the INQUIRY version, the buffer and the speeds
vendor PIONEER
product BD-RW   BDR-XS07
revision 1.03
inquiry_version 0
inquiry_format 2
dma_alignment 511
max_sectors 240
profiles dvd
buffer_size 2097152
speed 10 16 24
form_00 refuse
skip_leadin hang
refuse_close 1
