#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A recorder of another machine, over iSCSI: burned, read back, and the connection cut in
# mid-burn.
# lab: --smp 2 --mem 1024
# long
# debug: no
# coverage: no
# timeout: 600
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/target.sh"
. "$(dirname "$0")/initiator.sh"

# Seconds: the interval of the initiator's checks of the connection, its timeout for the answer,
# and for a new connection.
interval=2
answer=5
replacement=5

begin()
{
	network_begin
	target_begin
	target_add d0 insert=cdr80
	need in_server target_open $server:3260
	initiator_begin
	initiator_set 'conn[0].timeo.noop_out_interval' $interval
	initiator_set 'conn[0].timeo.noop_out_timeout' $answer
	initiator_set session.timeo.replacement_timeout $replacement
	load tao
	initiator_login
}

statistic()
{
	tao_attr "statistics/bytes_$1"
}

burn_by()
{
	case $1 in
	cat)	cat "$tmp/song.raw" > "$tao" ;;
	dd)	dd if="$tmp/song.raw" of="$tao" bs=75264 status=none ;;
	splice)	tao burn --yes --quiet --no-finalize --device "$tao" "$tmp/song.raw" ;;
	esac
}

burn_track()
{
	local before=("$(statistic mapped)" "$(statistic copied)")

	check "a track by $1" burn_by "$1"
	mapped=$(($(statistic mapped) - before[0]))
	copied=$(($(statistic copied) - before[1]))
	is "$1: all of the track" $((mapped + copied)) $bytes
	figures+=" $mapped $copied"
}

# track_is NUMBER FILE
track_is()
{
	check "track $1 is read" cdparanoia -Z -q -d "$sr" -r "$1" "$tmp/read.raw"
	same_audio "track $1 is the song" "$2" "$tmp/read.raw"
}

# Inverts the result of cat: its status has to be 1, and its message is kept.
burn_until_cut()
{
	! LC_ALL=C cat "$tmp/album.raw" 2> "$tmp/message" > "$tao"
}

logged_in()
{
	[ "$(cat /sys/class/iscsi_session/session*/state)" = LOGGED_IN ] && remote_nodes &&
		[ "$(cat "/sys/class/tao/${tao##*/}/device/state")" = running ]
}

state_is()
{
	[ "$(tao_attr state)" = "$1" ]
}

burned_more_than()
{
	[ "$(sim_stat d0 written_sectors)" -gt "$1" ]
}

begin
bytes=$((11 * 75264 + 3 * 2352 + 1000))
audio "$tmp/song.raw" $bytes
figures=''
for way in cat dd splice; do
	burn_track $way
done
check 'finalise' tao finalize --yes --device "$tao"
is 'the disc, says the recorder' "$(sim_get d0 media)" 'cdr complete'
for track in 1 2 3; do
	track_is $track "$tmp/song.raw"
done
echo "# iscsi_tcp: alignment $(tao_attr limits/dma_alignment), $(tao_attr limits/write_sectors) sectors a WRITE, mapped and copied by cat, dd, splice:$figures"

# The connection is cut in the second track.
sim_set d0 eject force
need sim_set d0 insert cdr80
need sim_set d0 realtime 1
check 'a first track' burn_by cat
audio "$tmp/album.raw" 40000000 $((SEED + 1))
sim_set d0 commands 0
burn_until_cut &
burning=$!
wait_for 60 burned_more_than 1000 || bail 'nothing is written'
began=$SECONDS
need ip link set cable down
wait $burning
is 'cat fails' $? 0
lasted=$((SECONDS - began))
# Allows for a slow machine: more than the sum of the three, and far less than open-iscsi's own
# 130 s.
[ $lasted -le 60 ]
is "... after $lasted s" $? 0
is '... and says' "$(sed 's/.*: //' "$tmp/message" | sort -u)" 'Input/output error'
check 'the drive is idle' wait_for 30 state_is idle
is 'nobody has it' "$(tao_attr owner)" ''
check 'what failed is known' grep 'WRITE(10) at .*did not get through' \
	"/sys/class/tao/${tao##*/}/first_error"
sectors=$(sim_stat d0 written_sectors)

# The connection is back: the data burned so far are on the disc.
need ip link set cable up
wait_for 60 logged_in || bail 'the session does not recover'
check 'finalise all the same' tao finalize --yes --force --device "$tao"
is 'the tray is unlocked' "$(sim_get d0 locked)" 0
track_is 1 "$tmp/song.raw"
head -c $((sectors * 2352)) "$tmp/album.raw" > "$tmp/burned.raw"
track_is 2 "$tmp/burned.raw"

check 'logout' iscsiadm -m node -T "$iqn" --logout
check 'the device is gone' wait_for 30 test ! -e "$tao"
