#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# tao burn, session-at-once: files of any length, gaps that are asked for, where it is not possible
# and what is burned then, drives that differ, and Ctrl-C.
# lab: --watch
# timeout: 900
# full
. "$(dirname "$0")/unit/session-lib"
. "$(dirname "$0")/unit/lab-lib"

fails()		{ ! "$@" > /dev/null 2> complaint; }
said()		{ check "$1" grep -qF -- "$2" complaint; }

# --- Files of any length, one behind the other; titles of their tags ---

sim_create d0 dma_alignment=511 insert=cdr80 realtime=0
mkdir files
for n in 1 2 3; do
	audio "$n.raw" $((1500000 + n * 77777 * 4)) $((SEED + n))
	need flac -s --endian=little --sign=signed --channels=2 --bps=16 --sample-rate=44100 \
		-T "TRACKNUMBER=$n" -T "TITLE=Čas $n" -T "ARTIST=Nobody" -o "files/$n.flac" "$n.raw"
done
says 'the plan: what CD-TEXT has not' 'track 1, title: "Č" becomes "C"' tao burn -n files
json tao burn -y files
json_is_valid 'objects' plan track-end session-closed result
cat 1.raw 2.raw 3.raw > all.raw
stream_at 'files of odd lengths: one stream' all.raw 0
is 'CD-TEXT of the tags' "$(texts | sort -u)" \
"$(printf 'PERFORMER Nobody\nTITLE Cas 1\nTITLE Cas 2\nTITLE Cas 3' | sort -u)"

next_disc
check 'a gap that is asked for' tao burn -y --gap 1.5 --no-cd-text files
is 'is before the others' "$(describe | grep -c 'pregap 113 ')" 2
is 'no CD-TEXT' "$(describe | grep -c '^text')" 0

# --- Where it is not possible ---

next_disc
check 'an open session is track-at-once' tao burn -y -F 1.raw 2.raw
check 'a disc with tracks' sh -c 'tao burn -n 1.raw 2.raw | grep -q "Track-at-once (the disc is not blank)"'
status_is 'it takes no session' 4 tao burn -y --mode session 1.raw 2.raw
check '--gap needs one' fails tao burn -y --gap 2 1.raw
said 'and says why' '--gap needs session-at-once, and that is not possible: the disc is not blank'
status_is 'options that contradict each other' 2 tao burn -y --mode session -F 1.raw 2.raw
next_disc
says 'a pipe' '1 track burned' sh -c 'cat 1.raw | tao burn -y -'

sim_remove d0
sim_create d0 dma_alignment=511 insert=cdr80 realtime=0 session_at_once=0
says 'a drive without session-at-once' '3 tracks burned' tao burn -y files
is 'burns the tracks' "$(describe | grep -c 'by track')" 1
sim_remove d0
sim_create d0 dma_alignment=511 insert=cdr80 realtime=0 text=refuse
says 'a drive without CD-TEXT: the plan' 'the drive does not write it' tao burn -n files
check 'a drive without CD-TEXT' tao burn -y files
is 'burns the session' "$(describe | grep -c 'by session')" 1
sim_remove d0

# --- A drive that writes and reads beside the place ---

# The simulated drive reads 667 samples too early, which AccurateRip's list calls +667.
sim_create d0 dma_alignment=511 insert=cdr80 realtime=0 write_offset=30 read_offset=-667
audio 4.raw $((306 * 2352 + 400 * 4)) $((SEED + 4))
audio 5.raw $((306 * 2352 + 134 * 4)) $((SEED + 5))
cat 4.raw 5.raw > both.raw
rm objects
check 'burned as it comes' tao burn -y --mode session 4.raw 5.raw
says 'verify: the sum' 'Write and read offset are +697 samples together' tao verify 4.raw 5.raw
json tao verify --read-offset 667 4.raw 5.raw
check 'verify: the write offset alone' grep -q '"combined_offset":697,"write_offset":30' objects
tao verify --read-offset 667 --write-offset 0 4.raw 5.raw > elsewhere 2>&1
is 'verify: the audio is to be at its place, and is not' $? 7
check 'verify: where it is instead' grep -q 'the audio lies 30 samples too late' elsewhere
check 'verify: which offset does that' grep -qF 'The write offset is +30 samples, not +0.' elsewhere
next_disc
json tao burn -y --verify --write-offset 30 --read-offset 667 4.raw 5.raw
check 'burned with its write offset: read back identical' grep -q 'read back identical' objects
check 'the plan: what the drive can not write' grep -q '"write_offset":30,"samples_cut_off":30' objects
{ head -c 120 /dev/zero; tail -c +121 both.raw; } > placed.raw
stream_at 'each sample is at its place, but for the first 30' placed.raw 0
need cdparanoia -q -Z -r -O 667 -d "$sr" 1-1 read.raw
check 'cdparanoia, with the read offset, finds the same' \
	cmp -n "$(stat -c %s read.raw)" placed.raw read.raw
check 'verify: with both offsets all is what was burned' \
	tao verify --read-offset 667 --write-offset 30 4.raw 5.raw
check_fails 'verify: only what the drive can not write differs' 'differs: 30 of' \
	tao verify --read-offset 667 4.raw 5.raw
next_disc
need sim_set d0 write_offset -100
# 54 samples are free in the last sector.
says 'a drive that writes early: the plan' 'The last 46 samples of the audio are cut off, 46 of them not silent' \
	tao burn -y --write-offset -100 4.raw 5.raw
{ head -c -184 both.raw; head -c 184 /dev/zero; } > placed.raw
stream_at 'each sample is at its place, but for the last 46' placed.raw 0
next_disc
check 'tracks, one by one' tao burn -y -F --mode track 4.raw
check '--write-offset needs a session' fails tao burn -y --write-offset 30 5.raw
said 'and says why' '--write-offset needs session-at-once, and that is not possible: the disc is not blank'
need tao finalize
status_is 'a track can not have been burned with it' 7 tao verify --write-offset 30 4.raw
json_is_valid 'objects with offsets' plan offsets result
sim_remove d0

# A drive that refuses what it says it can: nothing is burned, and the message says what to do.
sim_create d0 dma_alignment=511 insert=cdr80 realtime=0
need sim_set d0 fault 'op=5d times=0 sense=5/26/00'
check 'every form is refused' fails tao burn -y files
said 'the way out' '--mode track burns with gaps of 2 s, --no-cd-text without titles'
said 'the disc' 'Nothing was written.'
is 'it is blank' "$(sim_get d0 media)" 'cdr blank'
need sim_set d0 fault clear
sim_remove d0

# In the two seconds before the first track the disc is taken out: it is not what it was.
sim_create d0 dma_alignment=511 insert=cdr80 realtime=0
need sim_set d0 fault 'op=2a nth=3 eject'
status_is 'no disc any more, before the first track' 1 tao burn -y --mode session 1.raw 2.raw
tail -n 1 "$ktap_out" > complaint
said 'the disc is spoiled' 'The session is incomplete'
is 'it is' "$(describe | grep -c 'state cut')" 1
need sim_set d0 insert cdr80
need sim_set d0 fault 'op=2a nth=3 sense=6/29/00'
status_is 'a reset before the first track' 1 tao burn -y --mode session 1.raw 2.raw
check 'a reset before the first track: no word of nothing' sh -c '! grep -q "Nothing was written" "$1"' sh "$ktap_out"
sim_remove d0

# --- Cancelled ---

# No process is started for it: that takes its time in the lab.
written()	{ local n; read -r n < "/sys/class/tao/${tao#/dev/}/track_sectors" && [ "$n" -ge "$1" ]; }

# cancel_in [OPTION]...: start a burn, and Ctrl-C in the second of three tracks
cancel_in()
{
	env --default-signal=INT tao burn -y "$@" a.raw b.raw c.raw > cancel.out 2>&1 &
	burner=$!
	wait_for 60 written 3100 || bail 'the second track was never burned'
	kill -INT $burner
	wait_for 10 grep -q 'Ctrl-C again stops at once' cancel.out
}

for n in a b c; do
	audio $n.raw $((3000 * 2352)) $((SEED + $(printf %d "'$n")))
done
sim_create d0 dma_alignment=511 insert=cdr80 speed=4
limits=/sys/class/tao/${tao#/dev/}/limits
# Audio that waits in the module is burned, whatever becomes of its file.
need sh -c 'echo "$2" > "$1"' sh "$limits/in_flight_bytes" $(($(< "$limits/write_sectors_max") * 2 * 2352))
cancel_in
check 'Ctrl-C: what it costs' grep -q 'the rest of the session, .* min, is burned as silence' cancel.out
wait $burner
is 'Ctrl-C: exit status' $? 8
# On a slow machine it may be in the third track by now.
whole=$(sed -n 's/.*The session is closed: \([12]\) of 3 tracks .* whole; from .*/\1/p' cancel.out)
check "Ctrl-C: what the disc has: ${whole:-$(tail -n 1 cancel.out)} tracks" test -n "$whole"
is 'Ctrl-C: the disc is finalised' "$(sim_get d0 media)" 'cdr complete'
need sim_set d0 realtime 0
check 'Ctrl-C: cdparanoia reads what was burned' cdparanoia -q -Z -r -d "$sr" "1-$whole" read.raw
cat a.raw b.raw | head -c $((whole * 3000 * 2352)) > whole.raw
check 'Ctrl-C: sample for sample' cmp whole.raw read.raw

# A file that is cut while the track before it is burned: its track is silent from there on.
next_disc
need sim_set d0 realtime 1
cp b.raw kept.raw
tao burn -y a.raw b.raw c.raw > lost.out 2>&1 &
burner=$!
wait_for 60 written 100 || bail 'the first track was never burned'
truncate -s 1000000 b.raw
wait $burner
is 'a file that gives out: exit status' $? 1
check 'a file that gives out: what became of it' \
	grep -q 'The disc is finished, but: 1 of 3 tracks failed and has silence; track 2: b.raw: ' lost.out
{ cat a.raw b.raw; head -c $((3000 * 2352 - 1000000)) /dev/zero; cat c.raw; } > all.raw
stream_at 'a file that gives out: the others are good' all.raw 0
mv kept.raw b.raw

next_disc
cancel_in --quiet
check 'Ctrl-C: what a second one costs, in spite of --quiet' \
	grep -q 'Ctrl-C again stops at once, and the disc is lost' cancel.out
sleep 1.5
kill -INT $burner
wait $burner
is 'Ctrl-C twice: exit status' $? 8
check 'Ctrl-C twice: what it does' grep -q 'Stopping at once' cancel.out
check 'Ctrl-C twice: what the disc is' grep -q 'The session is incomplete' cancel.out

# A third one does not wait; what was set for this burn is set back when the drive can take it.
idle()		{ tao status | grep -q '^idle, none'; }
has_speed()	{ tao speed | grep -q "^$1x asked for"; }

next_disc
need tao speed 8
cancel_in -s 4
for n in 2 3; do
	sleep 1.5
	kill -INT $burner
done
wait $burner
need wait_for 120 idle
check 'Ctrl-C three times: the speed is set back' wait_for 20 has_speed 8

# What nobody waits for any more: the next command does.
next_disc
check 'an open session' tao burn -y -F --mode track a.raw
env --default-signal=INT tao finalize > /dev/null 2>&1 &
burner=$!
wait_for 20 sh -c 'tao status | grep -q closing-session'
kill -INT $burner
wait $burner
says 'a session is being closed: it is waited for' 'waiting until that has ended' tao speed 8
check 'a session is being closed: it is finalised by then' sh -c 'tao info | grep -q finalised'

# Ctrl-\ is like Ctrl-C.
next_disc
need tao speed 8
env --default-signal=QUIT tao burn -y -s 4 --mode track a.raw b.raw > cancel.out 2>&1 &
burner=$!
wait_for 60 written 100
kill -QUIT $burner
wait $burner
is 'Ctrl-\: exit status' $? 8
check 'Ctrl-\: the speed is set back' has_speed 8
