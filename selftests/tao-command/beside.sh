#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Two drives burn sessions at once, one of them is cancelled: its silence may take as long as its
# audio would have taken, and the other disc gets all of its audio meanwhile.
# lab: --smp 2 --watch
# timeout: 600
# full
. "$(dirname "$0")/unit/lab-lib"

for n in 0 1; do
	sim_create d$n insert=cdr80 realtime=1
	drive[n]=$tao
	need tao speed 8 "$tao"
	need sh -c 'echo 3 > "$1"' sh "/sys/class/tao/${tao##*/}/limits/starve_seconds"
done
audio song.raw 21000000 1
need flac -s --endian=little --sign=signed --channels=2 --bps=16 --sample-rate=44100 song.raw

tao burn -y --all --mode session --buffer 1 song.flac > burn.log 2>&1 &
burner=$!
has_sectors()	{ [ "$(tao status --json "$1" | grep -o '"written_sectors":[0-9]*' | cut -d: -f2)" -gt "$2" ]; }
need wait_for 120 has_sectors "${drive[1]}" 600
need tao cancel "${drive[1]}"
check 'a drive that is cancelled: it is named at once' wait_for 10 grep -q "^${drive[1]}: " burn.log
is 'its session goes on meanwhile' "$(tao status "${drive[1]}" | grep -c idle)" 0
wait $burner
is 'a drive that is cancelled: exit status 6' $? 6
check 'the other disc is done' grep -q "^${drive[0]}: 1 track burned, the disc is finalised" burn.log
check 'the other disc is whole' tao verify -d "${drive[0]}" song.flac
is 'the drive that was cancelled has closed its session' "$(sim_get d1 media)" 'cdr complete'
