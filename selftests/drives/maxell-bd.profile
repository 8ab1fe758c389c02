# SPDX-License-Identifier: GPL-2.0-only
# BD recorder labelled Maxell
# Source: github.com/pali/udftools/issues/33
# Guesses: its name, buffer and speeds
# Not simulated: the progress of BLANK stays at 1 % to the end; READ TOC of 12 bytes fails
vendor Maxell
product BD-RE
revision 1.0
inquiry_version 0
inquiry_format 2
dma_alignment 511
profiles dvd
buffer_size 2359296
speed 10 16 24
