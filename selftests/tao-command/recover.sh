#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# tao recover: a disc after a power loss in a track, and during the closing of its session.
# lab: --watch
# timeout: 600
. "$(dirname "$0")/unit/lab-lib"

# power_loss: switches it off and on again; the node may change
power_loss()
{
	need sim_set d0 power 0
	wait
	need sim_set d0 realtime 0
	need sim_set d0 power 1
	wait_for 20 sim_nodes d0
	sim_nodes d0
	wait_for 10 sh -c 'tao info | grep -q track'
}

written()	{ [ "$(tao_attr written_lba)" -gt "$1" ]; }
closing()	{ [ "$(tao_attr action)" = closing-session ]; }

sim_create d0 speed=4 insert=cdr80
audio song.raw 800000 1
audio long.raw 9000000 2
status_is 'a blank disc: exit status 4' 4 tao recover
check_fails 'a blank disc: nothing to repair' 'nothing to repair' tao recover
says 'a track' '1 track burned' tao burn -y -F song.raw
check_fails 'a good disc: nothing to repair' 'nothing to repair' tao recover

sim_set d0 realtime 1
cat long.raw > "$tao" 2> /dev/null &
need wait_for 30 written 800
power_loss
says 'info: tells of it' '`tao recover` ends it' tao info
check_fails 'burn: tells of it' '`tao recover` ends it' tao burn -y song.raw
check_fails 'finalize: tells of it' 'tao recover' tao finalize
json tao info
says 'recover: what was done' 'track 2 was ended as far as it is written' tao recover
says 'the disc takes more' '1 track burned' tao burn -y -F song.raw
says 'three tracks' '3 tracks, session open' tao info

sim_set d0 realtime 1
tao finalize > /dev/null 2>&1 &
need wait_for 30 closing
power_loss
says 'info: closing was interrupted' '`tao recover --finalize` closes it' tao info
status_is 'recover: it wants to know how to close' 2 tao recover
json tao info
says 'recover --finalize' 'the session was closed. The disc is now: CD-R, finalised, 3 tracks' tao recover --finalize
check_fails 'nothing to repair any more' 'nothing to repair' tao recover
need cdparanoia -q -Z -r -d "$sr" 1 read
check 'the first track is whole' cmp -n 800000 song.raw read

# A burn of this command goes on after that.
sim_set d0 eject force
sim_set d0 insert cdr80
wait_for 10 sh -c 'tao info | grep -q blank'
audio short.raw 1000000 3
sim_set d0 realtime 1
tao burn -y --mode track --verify song.raw long.raw short.raw > /dev/null 2>&1 &
need wait_for 30 written 1200
power_loss
check_fails 'resume: tells of it' '`tao recover` ends it. Then `tao resume` goes on.' tao resume
says 'recover: a burn' 'track 2 was ended' tao recover
status_is 'resume' 0 sh -c 'tao resume > resumed'
check 'resume: what the disc has' grep -q 'has 1 of 3 tracks' resumed
check 'resume: it is whole' grep -q '2 tracks burned, the disc is finalised, read back identical' resumed
need cdparanoia -q -Z -r -d "$sr" 3 read
check 'resume: the track that was cut short is on it again' cmp long.raw <(head -c 9000000 read)

# Closing was interrupted: of the burn only the comparison is left.
closes()	{ ! kill -0 $burner 2> /dev/null || closing; }

sim_set d0 eject force
sim_set d0 insert cdr80
wait_for 10 sh -c 'tao info | grep -q blank'
sim_set d0 realtime 1
tao speed 48 > /dev/null
tao burn -y --mode track --verify song.raw short.raw > /dev/null 2>&1 &
burner=$!
need wait_for 90 closes
power_loss
check_fails 'resume: closing' '`tao recover --finalize` closes it. Then `tao resume` goes on.' tao resume
says 'resume: the first advice' 'the session was closed' tao recover --finalize
says 'resume: the second one' 'all tracks were on it, it is closed, read back identical' tao resume
check_fails 'resume: no record is left' 'there is nothing to resume' tao resume

# Nobody saw the end of the last track: each piece of advice can be pasted.
last()		{ [ "$(tao_attr action)" = closing-track ] && [ "$(tao_attr tracks)" = 1 ]; }
sim_set d0 eject force
sim_set d0 insert cdr80
wait_for 10 sh -c 'tao info | grep -q blank'
sim_set d0 realtime 0
sim_set d0 fault 'op=35 nth=2 delay=8000'
tao burn -y --mode track --verify song.raw short.raw > /dev/null 2>&1 &
burner=$!
need wait_for 90 last
kill -KILL $burner
wait
need wait_for 60 sh -c 'tao status | grep -q "^idle, none"'
sim_set d0 fault clear
status_is 'resume: the last track is in doubt' 4 tao resume
cp "$ktap_out" doubt
compare=$(grep -o '`tao verify[^`]*`' doubt | tr -d '`')
close=$(grep -o '`tao finalize[^`]*`' doubt | tr -d '`')
again=$(grep -o '`tao burn[^`]*`' doubt | tr -d '`')
says "resume: $compare" identical sh -c "$compare"
check "resume: $again" sh -c "$again --dry-run"
says "resume: $close" 'finalised. The disc is ready' sh -c "$close"
says 'resume: the disc is whole' identical sh -c "$compare"

sim_set d0 eject force
sim_set d0 insert cdr80
wait_for 10 sh -c 'tao info | grep -q blank'
says 'a track' '1 track burned' tao burn -y -F song.raw
sim_set d0 realtime 1
cat long.raw > "$tao" 2> /dev/null &
need wait_for 30 written 800
power_loss
sim_set d0 fault 'op=5b times=0 sense=5/72/00'
status_is 'a drive that refuses: exit status 1' 1 tao recover -m
check_fails 'a drive that refuses: what it said' '5/72/00' tao recover -m
sim_set d0 fault clear
# Of both, the one that can be followed by the other
json tao recover -m -f
says 'recover --multi-session' 'session closed, another can follow' tao info
json_is_valid 'the objects' info result
sim_remove d0
