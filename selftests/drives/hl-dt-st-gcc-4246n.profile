# SPDX-License-Identifier: GPL-2.0-only
# HL-DT-ST RW/DVD GCC-4246N
# Source: Debian bug 549094
# Source: the read offset is AccurateRip's, as in redumper (superg/redumper, offsets.ixx)
# Guesses: READ BUFFER CAPACITY, as page 2Ah; the speeds below 24x
# Not simulated: its calibration failed after this time on a worn laser (3/73/03)
vendor HL-DT-ST
product RW/DVD GCC-4246N
revision 0X05
inquiry_version 0
inquiry_format 2
dma_alignment 511
buffer_size 2097152
speed 4 8 10 16 24
opc_ms 18300
read_offset 102
