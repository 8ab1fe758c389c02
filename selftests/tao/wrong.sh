#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Mistakes at a shell never harm a disc, and are reported.
# lab: --doors
# timeout: 600
. "$(dirname "$0")/common.sh"

to_tao()	{ cat "$1" > "$tao"; }

# untouched NAME: no WRITE, no end of a track or session, no blanking
untouched()
{
	local op counts=

	for op in 2a 35 5b a1; do
		counts+=" $(sim_commands d0 $op)"
	done
	is "$1: the disc is untouched" "$counts" " 0 0 0 0"
}

# The images of cdr-sim are made by its own program.
PATH=$(dirname "$(realpath "$0")")/../../tools/cdr-sim:$PATH

sim_create d0 insert=cdr80
audio "$tmp/raw" 2000000

# Files of all kinds, made by common programs.
sox -t raw -r 44100 -e signed -b 16 -c 2 "$tmp/raw" "$tmp/song.wav"
for kind in flac ogg aiff mp3; do
	sox "$tmp/song.wav" --add-comment Title=Song "$tmp/song.$kind"
done
printf '\0\0\0\x1cftypM4A \0\0\2\0M4A mp42isom' | cat - "$tmp/raw" > "$tmp/song.m4a"
sim_set d0 commands 0
for kind in WAV:wav FLAC:flac Ogg:ogg AIFF:aiff MP3:mp3 MP4:m4a; do
	check_fails "a file of kind ${kind#*:}" "Invalid argument" to_tao "$tmp/song.${kind#*:}"
	text=$(last_error)
	check "the error names ${kind%:*} and who reads it" \
		grep -q "${kind%:*}.*tao burn" <<< "$text"
done
wait_idle
untouched "files"
is "files: media" "$(sim_get d0 media)" "cdr blank"
is "files: the door" "$(sim_get d0 locked)" 0
check "who says that it is audio may burn it" taoctl "$tao" begin,flags=8 \
	write="$tmp/song.wav" end

# A track that does not fit on the disc: the part that fits is playable.
sim_set d0 eject force
sim_set d0 insert cdr:600
check_fails "a cat that outgrows the disc" "No space left on device" to_tao "$tmp/raw"
wait_idle
check "finalised" taoctl "$tao" finalize
need cdparanoia -q -Z -r -d "$sr" 1 "$tmp/read"
head -c $((598 * sector_size)) "$tmp/raw" > "$tmp/fits"
check "cdparanoia reads what fitted" cmp -n $((598 * sector_size)) "$tmp/fits" "$tmp/read"
sim_set d0 commands 0
check_fails "the finalised disc" "Read-only file system" to_tao "$tmp/raw"
check "the error says so" grep -q finalised <<< "$(last_error)"
untouched "finalised"

# Pressed discs.
printf '%s\n' 'FILE "song.bin" BINARY' '  TRACK 01 AUDIO' '    INDEX 01 00:00:00' \
	> "$tmp/song.cue"
head -c $((700 * sector_size)) "$tmp/raw" > "$tmp/song.bin"
sim_set d0 eject force
need cdr-sim import d0 "$tmp/song.cue"
is "a pressed disc" "$(sim_get d0 media)" "cdrom complete"
sim_set d0 commands 0
check_fails "a pressed disc" "Wrong medium type" to_tao "$tmp/raw"
untouched "a pressed disc"
is "a pressed disc: the door" "$(sim_get d0 locked)" 0

# No disc.
sim_set d0 eject force
sim_set d0 commands 0
check_fails "no disc" "No medium found" to_tao "$tmp/raw"
check "the error says so" grep -q "no disc" <<< "$(last_error)"
untouched "no disc"
sim_remove d0

# A test write on a drive that does not support it, according to its feature 002Dh.
sim_create d0 insert=cdr80 "fault=op=46 times=0 set=0x58:42"
check "its features do not have it" \
	sh -c "! grep -w test-write /sys/class/tao/${tao##*/}/capabilities"
sim_set d0 commands 0
check_fails "test write" "EOPNOTSUPP" taoctl "$tao" prepare,flags=1
check "the error says so" grep -q "no test write" <<< "$(last_error)"
untouched "no test write"
is "no test write: the door" "$(sim_get d0 locked)" 0
check "a real write can be prepared" taoctl "$tao" prepare release
