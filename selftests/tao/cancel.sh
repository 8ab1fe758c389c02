#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A track is cancelled at random moments while another process writes as fast as it can: the
# writer always ends with ECANCELED, and the drive can burn the next track.
# lab: --smp 2
# timeout: 300
. "$(dirname "$0")/common.sh"

rounds=30
sim_create d0 realtime=0 insert=cdr80
audio "$tmp/long" 60000000

# cancelled: one round; prints the results of the writer and of the canceller
cancelled()
{
	local writer i

	timeout -k 1 30 taoctl "$tao" "write=$tmp/long,bs=$1" > "$tmp/writer" 2>&1 &
	writer=$!
	for ((i = 0; i < 3000; i++)); do
		read -r state < "/sys/class/tao/${tao##*/}/state"
		[ "$state" != track-open ] && [ "$state" != writing ] || break
	done
	random 0 3000
	for ((i = 0; i < random; i++)); do :; done
	taoctl "$tao:r" cancel > "$tmp/cancel" 2>&1
	wait $writer
	echo "writer $? $(grep -c ECANCELED "$tmp/writer")"
}

for ((round = 1; round <= rounds; round++)); do
	got=$(cancelled $((round % 2 ? 75264 : 1048576)))
	[ "$got" = 'writer 1 1' ] || break
done
is "cancelled $rounds times" "$round $got" "$((rounds + 1)) writer 1 1"
sed 's/^/# /' "$tmp/writer" "$tmp/cancel"
wait_for 20 grep -qx idle "/sys/class/tao/${tao##*/}/state"
is 'the drive is idle' $? 0
check 'and takes a track' dd if="$tmp/long" of="$tao" bs=75264 count=20
is 'which is none that was cancelled' "$(tao_attr statistics/tracks)" 1
