#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Reading all attributes, and calling all query ioctls, during a burn sends nothing to the drive:
# it receives the same commands as in a burn without queries.
# lab: --smp 2
# timeout: 400
# full
. "$(dirname "$0")/common.sh"

sectors=9000	# 15 s at 8x
tracing=/sys/kernel/tracing

# The number of these commands depends on timing, even without queries: TEST UNIT READY, REQUEST
# SENSE, a repeated WRITE, GET EVENT STATUS, READ DISC INFORMATION, READ BUFFER CAPACITY.
timed='00|03|2a|4a|51|5c'

commands()
{
	awk '{ print $1, $3 }' "$sim_root/d0/commands" | grep -vE "^($timed) " | sort
}

# written: sets $written, the number of sectors that the drive has received
written()
{
	local name number

	while read -r name number; do
		[ "$name" != written_sectors ] || written=$number
	done < "$sim_root/d0/stats"
}

has_begun() { written; [ "$written" -gt 100 ]; }

# look_at_everything: runs only while the burn is certainly in progress; sets $rounds
look_at_everything()
{
	local file

	rounds=0
	while written; [ "$written" -lt $((sectors * 3 / 4)) ]; do
		for file in "$dir"/* "$dir"/statistics/* "$dir"/limits/*; do
			[ -f "$file" ] && [ "${file##*/}" != refresh ] || continue
			read -r _ < "$file" || return
		done
		taoctl "$tao:r" drive medium status error latest toc stats speeds speed settings \
			> "$tmp/asked" || return
		: $((++rounds))
	done
}

new_disc()
{
	[ "$(sim_get d0 media)" = none ] || need sim_set d0 eject force
	need sim_set d0 insert cdr80
	settle "$sr"
	look
	wait_idle
	echo 0 > "$sim_root/d0/commands"
}

# burn NAME COMMAND...: without queries
burn()
{
	new_disc
	check "$1: nobody looks" "${@:2}"
	commands > "$tmp/alone"
}

# burn_watched NAME COMMAND...: with queries in parallel
burn_watched()
{
	local name=$1 burner
	shift

	new_disc
	"$@" > "$tmp/log" 2>&1 &
	burner=$!
	wait_for 60 has_begun
	echo > $tracing/trace
	check "$name: everything can be read meanwhile" look_at_everything
	echo "# $rounds rounds"
	check "$name: more than once" [ "$rounds" -gt 1 ]
	is "$name: no command is ours" "$(grep -c tao_command_issue $tracing/trace)" 0
	ours=$(grep -c tao_write_issue $tracing/trace)
	wait $burner
	is "$name: the burn goes well" $? 0
	commands > "$tmp/watched"
	check "$name: the drive gets the same commands" diff "$tmp/alone" "$tmp/watched"
	check "$name: these were seen" [ -s "$tmp/alone" ]
}

new_recorder realtime=1 speed=8
export CDR_NODMATEST=1	# else wodim reads zeros from /dev/zero for 5 s
echo 1 > $tracing/events/tao/enable
audio "$tmp/song.raw" $((sectors * 2352))

wodim=(wodim gracetime=0 speed=8 dev="$sr" -audio -tao -swab "$tmp/song.raw")
burn wodim "${wodim[@]}"
burn_watched wodim "${wodim[@]}"
is "wodim: no WRITE is ours" "$ours" 0
ask medium
check "wodim: what is told meanwhile is stale" grep -q 'medium ok flags=[0-9]*[13579] ' "$tmp/asked"

tao_command=(dd if="$tmp/song.raw" of="$tao" bs=75264)
burn ours "${tao_command[@]}"
burn_watched ours "${tao_command[@]}"
check "ours: WRITEs are" [ "$ours" -gt 10 ]

# The comparison can detect a difference: a query of an idle drive does send commands.
echo > $tracing/trace
ask medium
check "an idle drive is asked" grep -q tao_command_issue $tracing/trace
sim_remove d0
