# SPDX-License-Identifier: GPL-2.0-only
# a drive behind a USB-SATA adapter
# Source: github.com/saramibreak/DiscImageCreator/issues/128
# Guesses: its name, the speeds
# Not simulated: mode pages have a medium type (11h); vendor features FF00h to FF11h
vendor Generic
product DVDRAM USB
revision 1.0
inquiry_version 0
inquiry_format 2
dma_alignment 511
max_sectors 240
profiles dvd
buffer_size 1189888
speed 4 8 16 24 32 40 48
