#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Verification: sectors that are missing, repeated or moved; the lengths that drives report;
# ambiguous audio; a disc that is removed; a burn or a comparison that is interrupted is not
# reported as good.
# lab: --watch
# full
# timeout: 600
. "$(dirname "$0")/unit/lab-lib"

# compares NAME STATUS TEXT COMMAND...
compares()
{
	local name=$1 expected=$2 text=$3
	shift 3

	"$@" > "$ktap_out" 2>&1
	set -- $?
	if [ "$1" -eq "$expected" ] && grep -qF -- "$text" "$ktap_out"; then
		ok "$name"
	else
		not_ok "$name" "exit status $1, expected $expected and \"$text\""
		sed 's/^/# | /' "$ktap_out"
	fi
}

# disc: inserts a new one
disc()
{
	sim_set d0 eject force
	need sim_set d0 insert cdr80
	wait_for 10 sh -c 'tao info | grep -q blank'
}

# moved FROM TO PLACE COUNT: makes a copy of the same length in which COUNT sectors are missing at
# sector PLACE, or repeated if COUNT is negative
moved()
{
	local size place=$(($3 * 2352)) bytes=$(($4 * 2352))

	size=$(stat -c %s "$1")
	{ head -c $place "$1"; tail -c +$((place + bytes + 1)) "$1"; head -c 100000 /dev/zero; } |
		head -c "$size" > "$2"
}

sim_create d0 read_offset=6 insert=cdr80
need sim_set d0 realtime 0
for n in 1 2 3; do
	audio $n.raw $((400 * 2352)) $n
done

# --- Moved sectors ---

compares 'a good disc' 0 'read back identical' tao burn -y --mode track --verify 1.raw 2.raw 3.raw
compares 'it says how many samples were compared' 0 'identical: 235194 of 235200 samples (offset -6 samples' \
	tao verify 1.raw 2.raw 3.raw
for place in 1 200 398; do
	for count in 1 -1; do
		disc
		moved 2.raw bad.raw $place $count
		need tao burn -y --mode track 1.raw bad.raw 3.raw
		compares "sector $place, $count lost: found" 7 'Track  2  2.raw: differs' tao verify 1.raw 2.raw 3.raw
		check "sector $place, $count lost: the other tracks are good" test "$(grep -c identical: "$ktap_out")" -eq 2
	done
done
# If sectors are missing at the start, the track looks like one from a drive with another offset.
disc
moved 2.raw bad.raw 0 1
need tao burn -y --mode track 1.raw bad.raw 3.raw
compares 'the first sector is lost' 7 'the audio lies 588 samples too early' \
	tao verify 1.raw 2.raw 3.raw
compares 'alone, an offset of a drive can not be told from that' 0 '(offset -594 samples, 588 samples at the edge' \
	tao verify -t 2 2.raw
disc
moved 1.raw bad.raw 0 1
need sim_set d0 read_offset 0
need tao burn -y --mode track bad.raw 2.raw
compares 'the first sector of the first track is lost' 7 'differs: ' tao verify 1.raw 2.raw
compares 'alone, whole sectors are suspicious' 10 "can't tell whether a part is missing" tao verify 1.raw
json tao verify 1.raw
json tao verify 1.raw 2.raw

# --- Periodic audio ---

need sox -D -n -r 44100 -b 16 -c 2 -t raw tone.raw synth 6 square 441
need sim_set d0 read_offset 667
disc
compares 'a tone alone: its end tells' 0 'identical: 263933 of 264600 samples (offset -667 samples' \
	tao burn -y --verify tone.raw
disc
compares 'a tone, and music behind it' 0 'read back identical' tao burn -y --mode track --verify tone.raw 1.raw
{ audio sound.raw 400000; cat sound.raw; head -c 6000000 /dev/zero; } > front.raw
{ head -c 6000000 /dev/zero; cat sound.raw; } > back.raw
disc
compares 'sound at the very beginning, and at the very end' 0 'read back identical' \
	tao burn -y --mode track --verify front.raw back.raw

# --- Between tracks without a gap ---

# zeroed LBA: makes this sector of the disc silent
zeroed()
{
	need cp "/dev/cdr-sim/d0" image
	need dd if=/dev/zero of=image bs=1 seek=$((131072 + (150 + $1) * 2352)) count=2352 conv=notrunc status=none
	need sim_set d0 eject force
	need cp image "/dev/cdr-sim/d0"
	need sim_set d0 insert image
	wait_for 10 sh -c 'tao info | grep -q track'
}

# The offset moves a sector beside a boundary into the sectors of the track beside.
for at in '700 400 2' '-700 399 1' '700 800 3'; do
	read -r offset lba track <<< "$at"
	need sim_set d0 read_offset "$offset"
	disc
	compares "offset $offset: a good disc without gaps" 0 'read back identical' \
		tao burn -y --mode session --verify 1.raw 2.raw 3.raw
	zeroed "$lba"
	compares "offset $offset: sector $lba is wrong" 7 "Track  $track  $track.raw: differs: " \
		tao verify 1.raw 2.raw 3.raw
	check "offset $offset: the other tracks are good" test "$(grep -c identical: "$ktap_out")" -eq 2
	compares "offset $offset: track $track alone" 7 'differs: ' tao verify -t "$track" "$track.raw"
done

# --- Constant audio: the other tracks show its offset ---

head -c $((400 * 2352)) /dev/zero | tr '\0' '\377' > minus-one
need sox -t raw -r 44100 -e signed -b 16 -c 2 minus-one constant.wav
head -c $((400 * 2352)) /dev/zero > silent.raw
need sim_set d0 read_offset 6
for mode in track session; do
	for tracks in 'constant.wav 1.raw' '1.raw constant.wav' 'constant.wav 1.raw silent.raw 2.raw' \
		'silent.raw 1.raw'; do
		disc
		# shellcheck disable=SC2086 # several files
		compares "$mode-at-once of $tracks" 0 'read back identical' \
			tao burn -y --mode $mode --verify $tracks
	done
done
need sim_set d0 read_offset 667
disc
compares 'a constant alone' 10 "can't tell whether a part is missing" tao burn -y --verify constant.wav

# --- Nothing can be read ---

disc
need tao burn -y 1.raw
need sim_set d0 fault 'op=be times=0 sense=3/11/05'
compares 'nothing can be read, so nothing was compared' 1 'none of its 400 sectors' tao verify 1.raw
need sim_set d0 fault clear
need sim_set d0 read_offset 0

# --- Lengths ---

# READ TRACK INFORMATION of track 1 in drives that include run-out and pregap
for more in 2 150 152; do
	disc
	need sim_set d0 fault "op=52 cdb=2:00000001 times=0 set=24:$(printf %08x $((400 + more)))"
	compares "a drive that counts $more sectors more" 0 'read back identical' tao burn -y --verify 1.raw
	need sim_set d0 fault clear
done

# In session-at-once without gaps the next track follows: it is neither run-out nor pregap.
for more in 2 150 152; do
	disc
	need sim_set d0 track_size $more
	compares "a drive that counts $more sectors more, session-at-once" 0 'read back identical' \
		tao burn -y --mode session --verify 1.raw 2.raw 3.raw
done
need sim_set d0 track_size 0

# --- Interrupted burns and comparisons ---

disc
reads=$(sim_commands d0 be)
need sim_set d0 fault 'op=be nth=20 eject'
compares 'the disc is taken out' 1 'there is no disc' tao burn -y --mode track --verify 1.raw 2.raw 3.raw
reads=$(($(sim_commands d0 be) - reads))
check "it ends at once: READ CD was sent $reads times" test $reads -lt 60
need sim_set d0 fault clear

# Every READ CD returns noise, so a track that was compared differs.
disc
need sim_set d0 fault 'op=be times=0 garbage'
need sim_set d0 realtime 1
# A shell starts background jobs with SIGINT ignored, and it stays ignored.
env --default-signal=INT tao burn -y --verify -s 48 1.raw > cut.log 2>&1 &
burner=$!
need wait_for 60 sh -c 'tao status | grep -q closing-session'
kill -INT $burner
wait $burner
is 'cancelled while the session is closed: exit status' $? 8
check 'cancelled while the session is closed: nothing is called identical' sh -c '! grep "read back identical" cut.log'
check 'cancelled while the session is closed: how much was compared' grep -q 'cancelled; 0 of 1 tracks were compared' cut.log
need sim_set d0 fault clear
need sim_set d0 realtime 0
advised=$(sed -n 's/.* `\(tao verify [^`]*\)` tells whether it is good\.$/\1/p' cut.log)
check 'cancelled while the session is closed: how to compare it later' test -n "$advised"
compares 'and that works' 0 'identical' sh -c "$advised"

sim_set d0 eject force
cp 3.raw s.raw
tao burn -y -w s.raw > short.log 2>&1 &
burner=$!
need wait_for 60 grep -q Waiting short.log
truncate -s 500000 s.raw
need sim_set d0 insert cdr80
wait $burner
is 'a file that has become shorter: exit status' $? 5
check 'a file that has become shorter: it is named' \
	grep -q 's.raw: was changed since it was looked at' short.log
check 'a file that has become shorter: nothing was written' grep -q 'nothing was written' short.log
is 'a file that has become shorter: the disc is blank' "$(sim_get d0 media)" 'cdr blank'

compares 'no disc' 4 'There is no disc' sh -c 'echo force > "$1/eject"; tao verify 1.raw' sh "$sim_root/d0"
json_is_valid 'the objects are as the schema says' verify offsets result
