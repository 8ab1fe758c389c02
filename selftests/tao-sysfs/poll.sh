#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A program that polls an attribute is woken up by a change of it, and by nothing else; udev is
# notified of each state.
# timeout: 300
. "$(dirname "$0")/common.sh"

# poll_attr NAME VALUE [TIMES]: runs in the background; the values go to $tmp/NAME
poll_attr()
{
	attr_poll "$dir/$1" 200 "${@:2}" > "$tmp/$1" &
	pids[$1]=$!
}
declare -A pids

# polled NAME: waits for it
polled()
{
	check "$1: who polls is told" wait "${pids[$1]}"
}

# ascends FILE: the numbers in it, ignoring words, never decrease; sets $steps
ascends()
{
	steps=$(grep -c '^[0-9]' "$1")
	grep '^[0-9]' "$1" | sort -c -g
}

# events: prints the variables of each uevent of the drive, one line for each
events()
{
	awk 'BEGIN { RS = ""; FS = "\n" }
	{
		line = ""
		for (i = 1; i <= NF; i++)
			if ($i ~ /^(ACTION|TAO_[A-Z]*)=/)
				line = line $i " "
		if (line ~ /^ACTION=change /)
			print line
	}' "$tmp/events"
}

# states_seen N: this number of uevents has arrived
states_seen()
{
	[ "$(events | wc -l)" -ge "$1" ]
}

new_recorder insert=cdr80 realtime=1 speed="4"
settle
look
udevadm monitor --kernel --property --subsystem-match=tao > "$tmp/events" &
monitor=$!
wait_for 20 grep -q KERNEL "$tmp/events"

# Eight seconds of audio at 4x, with announced length.
audio "$tmp/song.raw" 5644800	# 2400 sectors
poll_attr state idle
poll_attr action none
poll_attr progress 100.00
for name in state action progress; do
	wait_for 20 test -s "$tmp/$name"
done
check "a track is burned" taoctl "$tao" begin,bytes=5644800 write="$tmp/song.raw" end
polled state
polled action
polled progress

is "state: each change, nothing twice" "$(uniq "$tmp/state" | xargs)" "$(xargs < "$tmp/state")"
is "state: from idle over the track to idle" \
	"$(sed -n '1p;$p' "$tmp/state" | xargs), $(grep -c track-open "$tmp/state") track" \
	"idle idle, 1 track"
check "action: writing was seen" grep -qx writing "$tmp/action"
check "action: closing the track was seen" grep -qx closing-track "$tmp/action"
check "progress: never goes back" ascends "$tmp/progress"
check "progress: at least 4 steps in 8 s" [ "$steps" -ge 4 ]

# The uevents of this track: state, action, track.
check "uevents" wait_for 30 states_seen 4
# Newer versions of udevadm omit empty variables.
version=$(udevadm --version)
no_error=' TAO_ERROR='
[ "${version%%[!0-9]*}" -lt 257 ] || no_error=
is "uevents: each state once, with its variables" "$(events | sed 's/ *$//')" "$(cat <<END
ACTION=change TAO_STATE=prepared TAO_ACTION=preparing TAO_MEDIUM=cd-r TAO_TRACK=0$no_error
ACTION=change TAO_STATE=track-open TAO_ACTION=writing TAO_MEDIUM=cd-r TAO_TRACK=1$no_error
ACTION=change TAO_STATE=prepared TAO_ACTION=closing-track TAO_MEDIUM=cd-r TAO_TRACK=1$no_error
ACTION=change TAO_STATE=idle TAO_ACTION=closing-track TAO_MEDIUM=cd-r TAO_TRACK=0$no_error
END
)"

# Examining a disc does not change the state.
poll_attr medium cd-r
wait_for 20 test -s "$tmp/medium"
check "refresh" set_attr refresh 1
polled medium
look
attr_poll "$dir/state" 3 > "$tmp/state"
is "state: nobody is told of nothing" "$(cat "$tmp/state")" idle
is "... nor is udev" "$(events | wc -l)" 4

# An error.
sim_set d0 eject force
attr_poll "$dir/last_error" 100 "there is no disc in the drive" > "$tmp/last_error" &
pids[last_error]=$!
wait_for 20 test -e "$tmp/last_error"
check_fails "no disc" "No medium found" dd if="$tmp/song.raw" of="$tao" bs=75264
polled last_error

kill $monitor
wait $monitor 2> /dev/null
sim_remove d0
