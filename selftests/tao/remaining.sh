#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The remaining time for a track with announced length: at 8x, from 10 s after the start of the
# track on, the error is at most a tenth, plus the second that ending the track takes after its
# audio is on the disc.
# lab: --icount
# timeout: 300
. "$(dirname "$0")/common.sh"

speed_kbps=1411		# 8 x 176.4 kB/s
seconds=40		# duration of the audio at that speed
now_ms()	{ read -r uptime _ < /proc/uptime; echo $((10#${uptime/./} * 10)); }

sim_create d0 realtime=1 insert=cdr80
bytes=$((speed_kbps * 1000 * seconds / sector_size * sector_size))
audio "$tmp/a" $bytes
need taoctl "$tao" set-speed,kbps=$speed_kbps

begun=$(now_ms)
# It records its end by itself, because there is only one sample per second.
burn()
{
	taoctl "$tao" begin,bytes=$bytes "write=$tmp/a,bs=75264" end > "$tmp/burn" 2>&1 &&
		now_ms > "$tmp/ended"
}
burn &
burn=$!
: > "$tmp/samples"
while kill -0 $burn 2> /dev/null; do
	read -r left < "/sys/class/tao/${tao##*/}/remaining_ms"
	read -r action < "/sys/class/tao/${tao##*/}/action"
	echo "$(($(now_ms) - begun)) $action $left" >> "$tmp/samples"
	sleep 1
done
wait $burn
is "the track is burned" $? 0
whole=$(($(cat "$tmp/ended") - begun))

# Of the samples until the audio is on the disc, those from 10 s after the start on.
awk -v whole=$whole -v slack=1000 '$2 ~ /writing|closing-track/ && $1 >= 10000 {
	n++
	off = $3 - (whole - $1)
	if (off < 0)
		off = -off
	if ($3 !~ /^[0-9]+$/ || off > (whole - $1) / 10 + slack)
		bad = bad "\n" $0
}
END { printf "%d samples%s\n", n, bad ? ", wrong:" bad : "" }' "$tmp/samples" > "$tmp/verdict"
sed 's/^/# /' "$tmp/verdict"
sed "s/^/# /" "$tmp/samples"
echo "# the whole: $whole ms"
samples=$(awk "NR == 1 { print \$1 }" "$tmp/verdict")
[ "$samples" -ge 15 ] && ! grep -q wrong "$tmp/verdict"
is "the time left is not off by more than a tenth" $? 0
