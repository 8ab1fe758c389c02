# SPDX-License-Identifier: GPL-2.0-only
# PLDS DVDRWBD DH-12E3S
# Source: github.com/cdrdao/cdrdao/issues/10
# Guesses: the INQUIRY version, the buffer, the speeds
# Not simulated: it never got ready again after SYNCHRONIZE CACHE
vendor PLDS
product DVDRWBD DH-12E3S
revision MD11
inquiry_version 0
inquiry_format 2
dma_alignment 511
profiles dvd
buffer_size 2097152
speed 4 8 16 24 32 40 48
