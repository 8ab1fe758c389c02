# SPDX-License-Identifier: GPL-2.0-only
# CD-RW/DVD drive of a ThinkPad
# Source: Libreboot manual, id 13379219776
# Guesses: its name; READ BUFFER CAPACITY, as page 2Ah
# Not simulated: it takes no ultra speed+ CD-RW
vendor HL-DT-ST
product CDRW/DVD
revision 1.0
inquiry_version 0
inquiry_format 2
dma_alignment 511
buffer_size 1048576
speed 4 10 16 24
