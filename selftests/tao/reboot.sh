#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A reboot in mid-burn ends the track first, and nothing is begun after that.
# host
# timeout: 300
. "$(dirname "$0")/../lib.sh"

# What happens in there shows on the console: the tracepoints go to it, too.
cat > "$tmp/guest" <<END
. "$tree/selftests/lib.sh"
trap - EXIT
sim_create d0 speed=4 insert=cdr80
audio "\$tmp/raw" 3000000
sim_set d0 realtime 1
for event in state track_begin track_end; do
	echo 1 > /sys/kernel/tracing/events/tao/tao_\$event/enable
done
# It goes on with the next track, whatever becomes of one.
while :; do cat "\$tmp/raw" > "\$tao"; done 2> "\$tmp/errors" &
wait_for 60 eval '[ "\$(tao_attr state)" = track-open ] && [ "\$(tao_attr written_lba)" -gt 100 ]' || exit 3
echo "going down" > /dev/kmsg
busybox reboot -f
sleep 100
END
"$tree/selftests/lab/run" --append tp_printk --log "$tmp/console" --timeout 250 -- bash "$tmp/guest" > "$tmp/said" 2>&1
is "the machine went down" "$?" 125

events()	# of the time after the reboot was asked for
{
	sed -n '/going down/,$p' "$tmp/console" | grep -oE "$1"
}

is "no track began" "$(events 'tao_track_begin:' | wc -l)" 0
is "the track was ended" "$(events 'tao_track_end:' | wc -l)" 1
check "the log says why" grep -q "the track ends here: the machine goes down" "$tmp/console"
is "first the track, then the reboot" "$(events 'tao_track_end|reboot: Restarting' | tr '\n' ' ')" \
	"tao_track_end reboot: Restarting "
is "nobody waited in vain" "$(events 'could not be ended')" ""
