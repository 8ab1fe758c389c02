#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A reboot in mid-burn first cuts the track or session and ends it, however much audio a program has
# queued, and nothing begins after that.
# host
# timeout: 300
# full
. "$(dirname "$0")/../lib.sh"

# go_down NAME BURN: reboots a machine on which BURN runs; the results are on the console, which
# also gets the tracepoints
go_down()
{
	console=$tmp/console.$1
	cat > "$tmp/guest" <<-END
		. "$tree/selftests/lib.sh"
		trap - EXIT
		sim_create d0 speed=4 insert=cdr80
		audio "\$tmp/a.raw" 33554432
		sim_set d0 realtime 1
		for event in state track_begin track_end; do
			echo 1 > /sys/kernel/tracing/events/tao/tao_\$event/enable
		done
		# It continues with the next track or session, whatever happens to one.
		while :; do $2; done > "\$tmp/errors" 2>&1 &
		wait_for 60 eval '[ "\$(tao_attr state)" = track-open ] && [ "\$(tao_attr written_lba)" -gt 100 ]' ||
			exit 3
		echo "going down" > /dev/kmsg
		busybox reboot -f
		sleep 100
	END
	"$tree/selftests/lab/run" --append tp_printk --log "$console" --timeout 250 -- bash "$tmp/guest" \
		> "$tmp/said" 2>&1
	is "$1: the machine went down" "$?" 125
}

events()	# from the time after the reboot was requested
{
	sed -n '/going down/,$p' "$console" | grep -oE "$1"
}

ended()
{
	is "$1: nothing began" "$(events 'tao_track_begin:' | wc -l)" 0
	is "$1: it was ended" "$(events 'tao_track_end:' | wc -l)" 1
	check "$1: the log says why" grep -q "the track ends here: the machine goes down" "$console"
	# 14266 sectors were queued; at 4x they would take 47 s.
	sectors=$(sed -n '/going down/,$s/.*tao_track_end:.* sectors=\([0-9]*\) .*/\1/p' "$console")
	check "$1: and it was cut short, after $sectors sectors" [ "${sectors:-99999}" -lt 5000 ]
	is "$1: first the end of the burn, then the reboot" \
		"$(events 'tao_track_end|reboot: Restarting' | tr '\n' ' ')" "tao_track_end reboot: Restarting "
	is "$1: nobody waited in vain" "$(events 'could not be ended')" ""
}

go_down track 'dd if="$tmp/a.raw" of="$tao" bs=32M'
ended track
check "it has the length of a track" [ "${sectors:-0}" -ge 300 ]
# The silence that the layout still needs would take three minutes.
go_down session 'tao burn -y --mode session "$tmp/a.raw" "$tmp/a.raw"'
ended session
