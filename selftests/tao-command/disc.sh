#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# tao with a CD-R: success and the main errors of every command; the JSON objects.
# timeout: 600
. "$(dirname "$0")/unit/lab-lib"

# --- No drive, no disc ---

status_is 'no module: exit status 3' 3 tao list
check_fails 'no module: says so' 'sudo modprobe tao' tao list

sim_create d0
need sim_set d0 realtime 0
says 'list: an empty drive' "$tao  CDR-SIM CD RECORDER 1.0  no disc" tao list
says 'info: an empty drive' 'Insert a blank CD-R' tao info
audio song.raw 1500000 1
audio other.raw 3000000 2
check_fails 'burn without a disc' "There is no disc in $tao. Insert a blank CD-R" tao burn -y song.raw
status_is 'burn without a disc: exit status 4' 4 tao burn -y song.raw
status_is 'finalize without a disc: exit status 4' 4 tao finalize
check_fails 'finalize without a disc' 'there is no disc' tao finalize
json tao list
json tao info

# --- A blank CD-R ---

need sim_set d0 insert cdr80
wait_for 10 sh -c 'tao info | grep -q blank'
says 'list: a blank disc' 'CD-R, blank, 79:5' tao list
says 'info: what can be done' '`tao burn FILE...` burns from track 1 on' tao info "$tao"
says 'info: the block device does too' "Drive      $tao" tao info "$sr"
says 'toc: no tracks' 'The disc has no tracks' tao toc
says 'status: idle' 'idle, none' tao status
says 'speed: the list' '48x' tao speed
says 'speed: set' '8x asked for' tao speed 8
says 'speed: it is kept' '8x asked for' tao speed
says 'speed: back' 'max' tao speed max
check_fails 'speed: nonsense' 'is no speed' tao speed fast
check_fails 'cancel: nothing to cancel' 'there is nothing to cancel' tao cancel
check_fails 'blank: not a CD-RW' 'only a CD-RW can be blanked' tao blank -y
status_is 'blank: not a CD-RW: exit status 4' 4 tao blank -y
check_fails 'finalize: nothing on the disc' 'the disc is blank; `tao burn FILE...`' tao finalize
json tao info
json tao speed
json tao toc
json tao status
json tao speed 16
json tao speed max

# --- Tracks, one by one ---

says 'burn: test write' 'test passed' tao burn -y --test song.raw
says 'after a test write the disc is blank' 'CD-R, blank' tao info
setsid env --default-signal=INT tao status -f > followed 2>&1 &
follower=$!
need wait_for 10 grep -q 'idle, none' followed
says 'burn, session open' '1 track burned, the session is open.' tao burn -y --no-finalize --isrc GBAYE0601498 --mcn 4006381333931 song.raw
status_is 'status: followed as long as somebody reads' 0 timeout 20 sh -c 'tao status -f | head -n 1'
kill -INT "$follower"
status_is 'status: followed until Ctrl-C' 0 wait "$follower"
check 'status: the burn was shown' grep -q '^\(prepared\|track-open\), .*, for tao' followed
is 'status: and its end' "$(tail -n 1 followed)" 'idle, none'
says 'info: an open session' 'CD-R, 1 track, session open' tao info
says 'toc: as it will be' 'this is the table of contents that' tao toc
says 'burn from standard input' '1 track burned' sh -c 'cat other.raw | tao burn -y -F -'
says 'burn joined, with flags' '1 track burned' tao burn -y -F --join --copy-permitted --pre-emphasis song.raw other.raw
truncate -s 900M long.raw
check_fails 'too long' 'min are needed, but there is room for only' tao burn -y long.raw
status_is 'too long: exit status 4' 4 tao burn -y long.raw
is 'too long: nothing was written' "$(tao toc --json | grep -o '"number"' | wc -l)" 3
rm long.raw
json tao info
json tao toc
says 'finalize' 'finalised' tao finalize
check 'cd-info sees three tracks' sh -c 'cd-info -C "$1" --no-device-info --no-cddb 2> /dev/null | grep -c "^ *[123]: .*audio" | grep -qx 3' sh "$sr"
cd-info --no-cddb --no-device-info -C "$sr" > cd-info 2> /dev/null
check 'cd-info: the flags of the joined track, and of no other' sh -c \
	'grep -qE "^ *2: .* audio +false +no +2 +no" cd-info && grep -qE "^ *3: .* audio +true +yes +2 +yes" cd-info'
is 'cd-info: catalogue number and ISRC' "$(grep -oE '4006381333931|GBAYE0601498' cd-info | sort -u | xargs)" \
	'4006381333931 GBAYE0601498'
says 'verify' 'The tracks are what the files are' tao verify -t 1 song.raw other.raw
says 'verify one track, joined, with flags' 'The tracks are what the files are' \
	tao verify --track 3 --join --copy-permitted --pre-emphasis song.raw other.raw
status_is 'verify: flags that the files do not say: exit status 7' 7 tao verify --track 3 --join song.raw other.raw
check_fails 'verify: a flag that the disc has not' 'track 1: pre-emphasis is not set' \
	tao verify -q -t 1 --pre-emphasis song.raw other.raw
head -c 1500000 other.raw > wrong.raw
status_is 'verify: other audio: exit status 7' 7 tao verify wrong.raw
check_fails 'verify: other audio' 'differs: ' tao verify wrong.raw
status_is 'verify: another length: exit status 7' 7 tao verify other.raw
check_fails 'verify: no such track' 'the disc has no track 4' tao verify -t 4 song.raw
json tao verify song.raw other.raw
json tao verify wrong.raw
check_fails 'a finalised disc' "The disc in $tao is finalised; nothing can be added. Insert a blank CD-R." tao burn -y song.raw
status_is 'a finalised disc: exit status 4' 4 tao burn -y song.raw
check_fails 'finalize twice' 'the disc is finalised already; a CD player plays it.' tao finalize
json tao burn -y song.raw
json tao finalize
json tao cancel

# --- The tray ---

need sim_set d0 fault 'op=1b times=0 sense=5/53/02'
check_fails 'eject: a drive that refuses' "$tao: can't eject the disc. The drive refuses." tao eject
is 'eject: the result of that' "$(tao eject --json 2> /dev/null | tee -a objects |
	grep -o '"command":"eject","result":"failed","exit_status":1')" '"command":"eject","result":"failed","exit_status":1'
need sim_set d0 fault clear
says 'eject' 'ejected' tao eject
wait_for 10 sh -c 'tao info | grep -q "no disc"'
says 'eject: gone' 'no disc' tao info
says 'load' 'the tray is closed' tao load

json_is_valid 'the objects are as the schema says' drive info status toc speed verify result
says 'version: that of the module' "module $(cat /sys/module/tao/version)" tao --version
