#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# tao burn with a failing drive: its messages, and that following them helps.
# timeout: 300
. "$(dirname "$0")/unit/lab-lib"

# The complaints, and the commands in them
fails()		{ ! "$@" > /dev/null 2> complaint; }
said()		{ check "$1" grep -qF -- "$2" complaint; }
said_not()	{ check "$1" sh -c '! grep -qF -- "$1" complaint' sh "$2"; }
advice()	{ grep -oE "\`$1[^\`]*\`" complaint | tr -d '`'; }

sim_create d0 dma_alignment=511 insert=cdr80
audio one.raw 1500000 1
audio two.raw 1500000 2

# 1,500,000 bytes are 20 WRITEs.
need sim_set d0 fault 'op=2a nth=25 sense=3/0c/00'
check 'a write error in the second track' fails tao burn -y -F --log burn.log one.raw two.raw
said 'what the drive said' "$tao: can't write: Input/output error (WRITE(10) at "
said 'the first track' '1 track is safe.'
said 'the second one' 'Track 2 was cut short and stays on the disc.'
said 'the disc' 'The disc is usable'
said_not 'no bridge does that' write_sectors
is 'how to go on' "$(advice 'tao [br][ue]')" 'tao resume'
check 'the log: what the drive said' grep -qE '^The drive failed [1-9][0-9]* times?, first with: WRITE\(10\) at ' burn.log
check 'the log: its sense data' grep -qE '; sense 3/0c/00: 70 00 03( [0-9a-f]{2})+$' burn.log
is 'the log: the checksums of what is whole' \
	"$(awk '/^ Track +Start/ { on = 1 } /^$/ { on = 0 } on && $1 ~ /^[12]$/ { print $1, $6 }' burn.log)" \
	"$(python3 -c 'import zlib
audio = open("one.raw", "rb").read()
print("1 %08X" % zlib.crc32(audio + bytes(-len(audio) % 2352)))')
2 -"
is 'how to have what there is' "$(advice 'tao finalize')" 'tao finalize --force'
says 'going on' '1 track burned' sh -c "$(advice 'tao [br][ue]')"
is 'the log goes on too' "$(grep '^Status' burn.log | sed 's/, at .*//')" "$(printf 'Status     %s\n' '1 (failed)' '0 (done)')"
says 'three tracks' '3 tracks, session open' tao info

# A bridge that accepts 64 KiB at most (7 is DID_ERROR): in a session with tracks, and on a blank
# disc
need sim_set d0 fault 'longer=65536 times=0 host=7'
for disc in appendable blank; do
	if [ $disc = blank ]; then
		echo 32 > "/sys/class/tao/${tao#/dev/}/limits/write_sectors"
		need sim_set d0 eject force
		need sim_set d0 insert cdr80
		wait_for 10 sh -c 'tao info | grep -q blank'
	fi
	is "$disc: a disc that is so" "$(sim_get d0 media)" "cdr $disc"
	check "$disc: no WRITE gets through" fails tao burn -y -F one.raw
	said "$disc: what to do" 'may take 64 KiB at most'
	is "$disc: the command" "$(advice echo)" \
		"echo 26 > /sys/class/tao/${tao#/dev/}/limits/write_sectors"
	check "$disc: doing it" sh -c "$(advice echo)"
	says "$disc: going on" '1 track burned' sh -c "$(advice 'tao [br][ue]')"
done

# The cable had a bad contact in mid-track.
need sim_set d0 fault clear
need sim_set d0 fault 'op=2a nth=5 host=7'
check 'a WRITE later on does not get through' fails tao burn -y -F one.raw
said_not 'no bridge does that, either' write_sectors
