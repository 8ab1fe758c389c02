#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A desktop at work: udisks, an automounter, and a program that opens the drive again and again.
# They do not disturb a burn, the data are correct, and the disc is ejected when it should be.
# lab: --smp 2 --watch
# full
# timeout: 900
. "$(dirname "$0")/desktop.bash"

out() { [ "$(sim_get d0 media)" = none ]; }

# says NAME STATUS TEXT COMMAND...
says()
{
	local name=$1 expected=$2 text=$3 status
	shift 3

	"$@" > "$ktap_out" 2>&1
	status=$?
	{ [ $status -eq "$expected" ] && grep -qF -- "$text" "$ktap_out"; } && { ok "$name"; return; }
	not_ok "$name" "exit status $status, expected $expected and \"$text\""
	sed 's/^/# | /' "$ktap_out"
}

# insert DISC: inserts a new disc into the empty drive
insert()
{
	out || need sim_set d0 eject force
	[ "$1" != image ] || need sh -c "cat '$tmp/disc' > /dev/cdr-sim/d0"
	need sim_set d0 insert "$1"
}

start_udisks
sim_create d0 insert=cdrw80
audio "$tmp/one.raw" 1500000 1
audio "$tmp/two.raw" 1700000 2
check "udisks has the drive" wait_for 60 udisksctl info -b "$sr"
truncate -s 2M "$tmp/files.img"
need mke2fs -q -b 2048 -L holidays "$tmp/files.img"
# wodim fails because of the poller, or of a program that holds the drive for a moment. Keep the
# disc for later.
settle "$sr"
need wodim -s dev="$sr" gracetime=2 -tao -multi -data "$tmp/files.img"
need sh -c "cat /dev/cdr-sim/d0 > '$tmp/disc'"
sim_set d0 realtime 1
start_automounter
start_poller "$sr"

for i in 1 2 3; do
	insert cdr80
	says "$i: burned, compared, ejected" 0 "read back identical" \
		tao burn --yes --verify --eject "$tmp/one.raw" "$tmp/two.raw"
	check "$i: the tray is open" out
done

insert cdr80
check "cat, as soon as the disc is in" sh -c "cat '$tmp/one.raw' > $tao"
check "and another one" sh -c "cat '$tmp/two.raw' > $tao"
check "finalised" tao finalize
says "both are on the disc" 0 "identical" tao verify "$tmp/one.raw" "$tmp/two.raw"
check "ejected" tao eject
check "the tray is open" out
says "load: it goes in again" 0 "the tray is closed." tao load
says "load: it is in" 0 "the tray is closed already, with a disc in it." tao load
says "eject: at once" 0 "ejected." tao eject

# A data disc that can take another session is mounted automatically.
insert image
mounted() { mount_point=$(findmnt -n -o TARGET "$sr"); }
check "it is mounted by itself" wait_for 60 mounted
mounted
says "eject: it is mounted" 3 "It is mounted: \`umount $mount_point\`." tao eject
says "blank: it is mounted" 3 "the disc is in use. It is mounted: \`umount $mount_point\`." tao blank --yes
says "burn: it is mounted" 3 "It is mounted: \`umount $mount_point\`." tao burn --yes "$tmp/one.raw"
check "the advice" umount "$mount_point"
says "burned behind the data" 0 "1 track burned" tao burn --yes --no-finalize "$tmp/one.raw"
check "blanked" tao blank --yes
says "burned on the blanked disc" 0 "read back identical" \
	tao burn --yes --verify --eject "$tmp/two.raw"
check "the tray is open after that" out

# The button: during a burn nothing happens; otherwise udev opens the tray.
insert cdr80
tao burn --yes --speed 4 "$tmp/one.raw" "$tmp/two.raw" > "$tmp/burn" 2>&1 &
burner=$!
track_open() { [ "$(tao_attr state)" = track-open ]; }
check "burning" wait_for 60 track_open
check_fails "the button: locked" "busy" sim_set d0 eject 1
wait $burner
is "the burn goes on, and well" $? 0
settle
sim_set d0 eject 1 2> /dev/null
check "the button: udev opens the tray of an idle drive" wait_for 60 out

# If udev and the others found a disc locked, it does not stay locked after the burn.
insert cdr80
says "the last one" 0 "ejected" tao eject
kill $(jobs -p) 2> /dev/null
