# SPDX-License-Identifier: GPL-2.0-only
# PLEXTOR DVDR PX-716A
# Source: id 25052208733 (a drive with GigaRec)
# Source: libburn's doc/cdtext.txt (as far as it is about session-at-once)
# Source: the read offset is AccurateRip's, as in redumper (superg/redumper, offsets.ixx)
# Guesses: the revision, the speeds
# Not simulated: it has no packet writing
vendor PLEXTOR
product DVDR   PX-716A
revision 1.11
inquiry_version 0
inquiry_format 2
dma_alignment 511
profiles dvd
buffer_size 4802784
speed 4 8 16 24 32 40 48
form_00 mute
in_track sequence
zero_crc 1
hold_off_ms 13000
read_offset 30
