#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# All commands except burn on a terminal: output, progress, questions, errors.
# timeout: 300
# full
on_terminal=$(realpath "$(dirname "$0")/unit/on-terminal")
. "$(dirname "$0")/unit/lab-lib"

# shows NAME STATUS TEXT COMMAND...: also checks that its output is suitable for a terminal
shows()
{
	check "$1" "$on_terminal" --status "$2" --sees "$3" -- "${@:4}"
}

shows 'no drive' 3 'sudo modprobe tao' tao list
sim_create d0 "speed=4 24"
need sim_set d0 realtime 0
shows 'list: no disc' 0 'no disc' tao list
shows 'info: no disc' 0 'Insert a blank CD-R' tao info
shows 'finalize: no disc' 4 'there is no disc' tao finalize
need sim_set d0 insert cdrw:10000
wait_for 10 sh -c 'tao info | grep -q blank'
audio song.raw 2000000 1
audio other.raw 2000000 2
need tao burn -y -F song.raw
shows 'list' 0 'CD-RW, 1 track, session open' tao list
shows 'info' 0 '`tao burn FILE...` adds track 2; `tao finalize` makes the disc playable' tao info
shows 'toc' 0 'this is the table of contents that' tao toc
shows 'status' 0 'idle' tao status
shows 'speed' 0 'asked for' tao speed
shows 'speed: set' 0 '24x asked for' tao speed 24
shows 'speed: nonsense' 2 'is no speed' tao speed fast
shows 'cancel: nothing to cancel' 1 'there is nothing to cancel' tao cancel
shows 'an unknown command' 2 'there is no command "brun"' tao brun
shows 'recover: nothing to repair' 4 'nothing to repair' tao recover
need sim_set d0 realtime 1
tao finalize > /dev/null 2>&1 &
need wait_for 60 sh -c 'tao status | grep -q closing-session'
need sim_set d0 power 0
wait
need sim_set d0 realtime 0
need sim_set d0 power 1
need wait_for 20 sim_nodes d0
wait_for 20 sh -c 'tao info | grep -q "tao recover"'
shows 'recover' 0 'the session was closed. The disc is now: CD-RW, finalised, 1 track.' tao recover --finalize
need tao blank -y
need tao burn -y -F song.raw

# Closing writes 11250 sectors, in 6 s at 24x, and so does minimal blanking; full blanking at 4x
# takes 70 s.
need sim_set d0 realtime 1
check 'finalize: how far it is' "$on_terminal" --sees 'Closing the session' --sees-like '[2-8][0-9] %  0:0[0-9] left' \
	--sees 'finalised. The disc is ready to play' -- tao finalize
shows 'verify' 0 'The disc is what the files are' tao verify song.raw
shows 'verify: other audio' 7 'The disc is not what the files are' tao verify other.raw
shows 'finalize: twice' 4 'finalised already' tao finalize
check 'blank: n is no' "$on_terminal" --answer n --status 8 --sees 'What is on it will be lost. [y/N]' \
	--sees 'nothing was done' -- tao blank
check 'blank: the disc is as it was' sh -c 'tao toc | grep -q 0:11'
check 'blank: y is yes; how far it is' "$on_terminal" --answer y --sees 'Blanking the disc' --sees-like '[2-8][0-9] %' \
	--sees 'blank.' -- tao blank
need tao speed 4
check 'Ctrl-C: does not wait, and says so' "$on_terminal" --interrupt Blanking --status 8 \
	--sees 'not waiting; what the drive has begun goes on' -- tao blank --full --yes
says 'status: the drive goes on' 'blanking' tao status
says 'info: what the drive does' 'Busy       blanking' tao info
check_fails 'eject: it is told why not' 'It is busy (blanking); `tao status` says how far that is.' tao eject
tao burn -y song.raw > burn.log 2>&1 &
check 'burn: waits for that, and says so' wait_for 60 grep -qF "$tao is still busy (blanking); waiting" burn.log
need sim_set d0 power 0
wait
need sim_set d0 power 1
need wait_for 20 sim_nodes d0
shows 'eject' 0 'ejected.' tao eject
shows 'load' 0 'the tray is closed.' tao load
