#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# How long a burn at 48x continues when programs stop, with a drive that has a buffer of 2 MiB: if
# all programs of the burn stop, or only the one that they read from; with their default buffers,
# or all with the same size.
# lab: --icount --bare --no-watch "it counts instructions"
# Instructions are counted, so nothing else may run.
# debug: no
# coverage: no
# timeout: 600
# long
. "$(dirname "$0")/common.sh"

declare -A stood
audio=$tmp/long.raw
mkfifo "$tmp/pipe" "$tmp/nothing"
exec {nothing}<> "$tmp/nothing"

burn_from()	# PROGRAM FIFO FILE
{
	case $1 in
	cat)		exec cat "$3" > "$tao" ;;
	tao)		exec tao burn -q -y -F -d "$tao" "${3/#"$tmp/pipe"/-}" < "$3" ;;
	wodim)		CDR_NODMATEST=1 exec wodim dev="$sr" fs="$2" -tao gracetime=0 -nofix -audio \
				-pad -swab "${3/#"$tmp/pipe"/-}" < "$3" ;;
	cdrskin)	exec cdrskin dev="$sr" fs="$2" -tao gracetime=0 speed=any fifo_start_at=0 \
				-multi -audio -swab "${3/#"$tmp/pipe"/-}" < "$3" ;;
	esac
}
export -f burn_from
export tmp tao sr

# counter NAME: sets $value, without starting a process, because it is called often.
counter()
{
	local key

	while read -r key value; do
		[ "$key" != "$1" ] || return 0
	done < "$sim_root/d0/stats"
	return 1
}

# until_more COUNTER NUMBER: polls every 5 ms while the program is running
until_more()
{
	while counter "$1" && [ "$value" -le "$2" ]; do
		kill -0 "$group" 2> /dev/null || return
		read -r -t 0.005 -u "$nothing"
	done
	[ "$value" -gt "$2" ]
}

# measure CASE PROGRAM FIFO FILE: stops the processes in $whom
measure()
{
	local began group reader=

	sim_create d0 speed=48 realtime=1 keep_data=0 insert=cdr80
	export tao sr
	[ "$4" = "$audio" ] || { cat "$audio" > "$4" & reader=$!; }
	setsid bash -c 'burn_from "$@"' bash "$2" "$3" "$4" > "$tmp/log" 2>&1 &
	group=$!
	until_more written_sectors 9000 ||
		{ not_ok "$1, $2: it burns" "$(tail -n 5 "$tmp/log")"; return; }
	sim_set d0 commands 0
	sleep 1
	lowest=$(sim_stat d0 min_fill)
	is "$1, $2: no underrun before" "$(sim_stat d0 underruns)" 0
	began=${EPOCHREALTIME/./}
	kill -STOP "${reader:--$group}"
	until_more underruns 0
	stood[$1-$2]=$(((${EPOCHREALTIME/./} - began) / 1000))
	figure case="$1" program="$2" lowest_fill_percent="$lowest" \
		stood_milliseconds="${stood[$1-$2]}"
	kill -KILL -- -$group $reader
	wait $group $reader 2> /dev/null
	sim_remove d0
}

head -c $((45000 * 2352)) /dev/zero > "$audio"
programs=(cat tao wodim)
[ -z "$BENCH" ] || programs+=(cdrskin)
for program in "${programs[@]}"; do
	measure group "$program" 4m "$audio"
done
measure reader tao 4m "$tmp/pipe"
[ -z "$BENCH" ] || for program in cat wodim cdrskin; do
	measure reader $program 4m "$tmp/pipe"
done
[ -z "$BENCH" ] || for program in wodim cdrskin; do
	measure reader-equal $program 32m "$tmp/pipe"
	measure group-equal $program 32m "$audio"
done

# 2 MiB at 48 * 176.4 kB/s are 248 ms, 32 MiB in the queue 3963 ms
[ "${stood[group-cat]}" -le 300 ]
is "cat has nothing beyond the drive: ${stood[group-cat]} ms" $? 0
[ "${stood[group-tao]}" -ge 3963 ]
is "tao has its queue: ${stood[group-tao]} ms" $? 0
[ "${stood[group-tao]}" -ge $((10 * stood[group-wodim])) ]
is "that is ten times what wodim has, ${stood[group-wodim]} ms" $? 0
[ "${stood[reader-tao]}" -ge 3800 ]
is "tao has its queue when it is fed by a pipe: ${stood[reader-tao]} ms" $? 0
