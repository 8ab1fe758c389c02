# SPDX-License-Identifier: GPL-2.0-only
# HL-DT-ST DVDRAM GH22NS50
# Source: github.com/SabreTools/MPF/issues/426
# Source: github.com/saramibreak/DiscImageCreator/issues/47
# Source: the read offset is AccurateRip's, as in redumper (superg/redumper, offsets.ixx)
# Guesses: the revision, the buffer, the speeds
vendor HL-DT-ST
product DVDRAM GH22NS50
revision TN02
inquiry_version 0
inquiry_format 2
dma_alignment 511
profiles dvd
buffer_size 1114112
caps_buffer 2048
speed 4 8 16 24 32 40 48
read_offset 667
