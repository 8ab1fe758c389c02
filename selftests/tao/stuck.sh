#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The removal of a drive blocks nobody, even if a WRITE hangs or its door is being locked. The
# door is unlocked if the drive still supports that.
# lab: --icount --bare
# timeout: 600
. "$(dirname "$0")/common.sh"

# Seconds in the guest. The documented limit is 2; a WRITE that hangs takes 200.
most=60

# remove: removes the drive of the latest sim_create from the kernel, while it stays plugged in
remove()
{
	echo 1 > "/sys/bus/scsi/devices/$hctl/delete"
}

# arrives NAME: another drive gets its node in time
arrives()
{
	local begin=$SECONDS

	sim_create "$1" insert=cdr80
	echo "# $((SECONDS - begin)) s"
	check "another drive is there in $most s" [ $((SECONDS - begin)) -le $most ]
	sim_remove "$1"
}

unlocked() { [ "$(sim_get "$1" locked)" = 0 ]; }

audio "$tmp/song.raw" 9408000

# The WRITE has the only tag.
sim_create stuck insert=cdr80
sim_set stuck fault "op=2a nth=5 hang"
dd if="$tmp/song.raw" of="$tao" bs=75264 2> /dev/null &
wait_for 60 sh -c "grep -q 'nth=5.*hits 1' $sim_root/stuck/fault"
remove &
arrives other1
sim_set stuck power 0
wait
rmdir "$sim_root/stuck"

# If the door is just being locked, it is unlocked afterwards.
sim_create locking insert=cdr80
ask medium
sim_set locking fault "op=1e cdb=4:01 delay=1000"
taoctl "$tao" prepare release,close=0 > /dev/null 2>&1 &
wait_for 60 sh -c "grep -q 'hits 1' $sim_root/locking/fault"
begin=$SECONDS
remove
echo "# $((SECONDS - begin)) s"
check "it is removed in $most s" [ $((SECONDS - begin)) -le $most ]
wait %taoctl 2> /dev/null || wait
check "a door that was being locked is unlocked" wait_for 10 unlocked locking
sim_set locking power 0
rmdir "$sim_root/locking"

# A drive whose track is being written.
sim_create writing insert=cdr80 realtime=1 speed=4
dd if="$tmp/song.raw" of="$tao" bs=75264 2> /dev/null &
wait_for 60 sh -c "[ \"\$(cat $sim_root/writing/locked)\" = 1 ]"
sleep 2
remove
wait
check "the door is unlocked when a burn is removed" wait_for 10 unlocked writing
sim_set writing power 0
rmdir "$sim_root/writing"
