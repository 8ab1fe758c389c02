#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Files that are truncated or written to while they are burned: their tracks have silence from
# there on and count as failed, the others are good, and the disc is closed. A file that is
# removed is burned completely.
# long
# timeout: 1200
. "$(dirname "$0")/unit/lab-lib"

bytes=4000000

# audio_file NAME SEED: makes raw audio, and a WAV file with the same samples, which is decoded
audio_file()
{
	audio "$1.raw" $bytes "$2"
	need sox -t raw -r 44100 -e signed -b 16 -c 2 -L "$1.raw" "$1.wav"
}

# burn_and SECOND_TRACK COMMAND...: burns three tracks; runs COMMAND while the first one is
# written
burn_and()
{
	local second=$1
	shift

	need sim_set d0 eject force
	need sim_set d0 insert cdr80
	wait_for 10 sh -c 'tao info | grep -q blank'
	rm -f events
	: > events
	tao burn -y --mode track --json --buffer 1 --speed 16 first.raw "$second" third.wav > events 2> said &
	wait_for 60 grep -q track-begin events
	need "$@"
	wait $!
	status=$?
}

sim_create d0 dma_alignment=511 insert=cdr80
need sim_set d0 realtime 1
audio_file first 1
audio_file second 2
audio_file third 3
head -c 2000000 second.raw > beginning
head -c $((bytes - 2000000)) /dev/zero | cat beginning - > expected.raw

for kind in raw wav; do
	audio_file second 2
	size=2000000
	[ $kind = raw ] || size=$((size + 44))
	burn_and second.$kind truncate -s $size second.$kind
	is "$kind: cut: exit status" "$status" 1
	check "$kind: cut: the user is told which track, which file and why" \
		grep -q "disc is finished, but: 1 of 3 tracks failed and has silence; track 2: second.$kind: " said
	is "$kind: cut: programs are told" \
		"$(grep track-end events | grep -c '"lost":"')" 1
	says "$kind: cut: the disc is closed" 'finalised, 3 tracks' tao info
	need sim_set d0 realtime 0
	for n in 1 3; do
		file=$([ $n = 1 ] && echo first.raw || echo third.raw)
		check "$kind: cut: track $n is good" tao verify -t $n $file
	done
	check "$kind: cut: track 2 is its beginning, then silence" tao verify -t 2 expected.raw
	need sim_set d0 realtime 1
done

audio_file second 2
burn_and second.raw dd if=third.raw of=second.raw conv=notrunc bs=1M count=1
is 'written to: exit status' "$status" 1
check 'written to: said' grep -q 'second.raw: was changed' said

audio_file second 2
cp second.raw kept.raw
burn_and second.wav rm second.wav
is 'removed: exit status' "$status" 0
need sim_set d0 realtime 0
check 'removed: burned all the same' tao verify -t 2 kept.raw
