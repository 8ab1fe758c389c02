#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A reboot in mid-burn first cuts the track and closes it, however much audio a program has
# queued, and nothing begins after that.
# host
# timeout: 300
. "$(dirname "$0")/../lib.sh"

# The results are on the console, which also gets the tracepoints.
cat > "$tmp/guest" <<END
. "$tree/selftests/lib.sh"
trap - EXIT
sim_create d0 speed=4 insert=cdr80
audio "\$tmp/raw" 33554432
sim_set d0 realtime 1
for event in state track_begin track_end; do
	echo 1 > /sys/kernel/tracing/events/tao/tao_\$event/enable
done
# It continues with the next track, whatever happens to one.
while :; do dd if="\$tmp/raw" of="\$tao" bs=32M; done 2> "\$tmp/errors" &
wait_for 60 eval '[ "\$(tao_attr state)" = track-open ] && [ "\$(tao_attr written_lba)" -gt 100 ]' || exit 3
echo "going down" > /dev/kmsg
busybox reboot -f
sleep 100
END
"$tree/selftests/lab/run" --append tp_printk --log "$tmp/console" --timeout 250 -- bash "$tmp/guest" > "$tmp/said" 2>&1
is "the machine went down" "$?" 125

events()	# from the time after the reboot was requested
{
	sed -n '/going down/,$p' "$tmp/console" | grep -oE "$1"
}

is "no track began" "$(events 'tao_track_begin:' | wc -l)" 0
is "the track was ended" "$(events 'tao_track_end:' | wc -l)" 1
check "the log says why" grep -q "the track ends here: the machine goes down" "$tmp/console"
# 14266 sectors were queued by one call; at 4x they would take 47 s.
sectors=$(sed -n '/going down/,$s/.*tao_track_end:.* sectors=\([0-9]*\) .*/\1/p' "$tmp/console")
check "and it was cut short, after $sectors sectors" [ "${sectors:-99999}" -lt 5000 ]
check "it has the length of a track" [ "${sectors:-0}" -ge 300 ]
is "first the track, then the reboot" "$(events 'tao_track_end|reboot: Restarting' | tr '\n' ' ')" \
	"tao_track_end reboot: Restarting "
is "nobody waited in vain" "$(events 'could not be ended')" ""
