# SPDX-License-Identifier: GPL-2.0-only
# PIONEER BD-RW BDR-UD04
# Source: libburn's ChangeLog and doc/cdtext.txt (as far as they are about session-at-once)
# Guesses: the revision, the buffer and the speeds
vendor PIONEER
product BD-RW   BDRUD04
revision 1.14
inquiry_version 5
inquiry_format 2
dma_alignment 511
profiles dvd
buffer_size 2097152
speed 10 16 24
text zero
no_jump 1
