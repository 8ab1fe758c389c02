#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Permissions, and reasons for failures: each reason that tao list can report, in a real case;
# what members of the group may do and others may not; the names of programs that hold the drive.
# timeout: 300
# debug: no
# coverage: no
# Those kernels have no lockdown.
. "$(dirname "$0")/unit/lab-lib"

installed=/lib/modules/$(uname -r)/updates

# as USER COMMAND...: member is in the group cdrom, stranger is not
as()
{
	local user=$1 groups=--clear-groups id=65533
	shift

	[ "$user" != member ] || { groups="--groups=$(getent group cdrom | cut -d: -f3)" id=65532; }
	setpriv --reuid=$id --regid=$id "$groups" "$@"
}

# fails_with NAME STATUS TEXT COMMAND...
fails_with()
{
	local name=$1 expected=$2 text=$3 got
	shift 3

	"$@" > "$ktap_out" 2>&1
	got=$?
	{ [ $got -eq "$expected" ] && grep -qF -- "$text" "$ktap_out"; } || {
		not_ok "$name" "exit status $got, expected $expected and \"$text\""
		sed 's/^/# | /' "$ktap_out"
		return
	}
	ok "$name"
}

# --- No drive ---

fails_with 'the module is not there' 3 "is not built for this kernel ($(uname -r)); in its source: make && sudo make install" \
	tao list
mkdir -p /lib/modules/9.9-other
echo 'updates/tao.ko:' > /lib/modules/9.9-other/modules.dep
fails_with 'it is there for another kernel' 3 "is built for Linux 9.9-other, and Linux $(uname -r) is running: restart" \
	tao list
rm -r /lib/modules/9.9-other
mkdir -p "$installed"
cp "$TAO_MODULES/tao.ko" "$installed/"
# The line that depmod would write; it would read thousands of modules for that.
echo 'updates/tao.ko:' >> "${installed%/*}/modules.dep"
fails_with 'it is, but is not loaded' 3 'The tao module is not loaded: sudo modprobe tao.' tao list
audio song.raw 1500000
fails_with 'who burns is told the same' 3 'sudo modprobe tao' tao burn -y song.raw
load tao
fails_with 'there is no drive at all' 3 'No CD drive was found' tao list

load cdr-sim
load sr_mod
load sg
need mkdir "$sim_root/reader"
need sim_set reader vendor Acme
need sim_set reader product 'Just Reads'
need sim_set reader fault 'op=46 times=0 sense=5/20/00'
need sim_set reader fault 'op=5a cdb=2:2a times=0 set=11:00'
need sim_set reader power 1
check 'a drive that only reads has a block device' wait_for 20 test -b /dev/sr0
settle
fails_with 'it is not a writer, and is named' 3 '/dev/sr0 (Acme Just Reads) is not a writer' tao list
fails_with 'who names it is told so' 3 '/dev/sr0 is no drive that the tao module burns with' \
	tao info /dev/sr0
sim_remove reader

# --- Permissions ---

sim_create d0 insert=cdr80
need sim_set d0 realtime 0
settle
is 'the device is the group'"'"'s' "$(stat -c '%G %a' "$tao")" 'cdrom 660'
chmod 755 "$tmp"
fails_with 'a stranger: list' 3 'join the group cdrom: sudo usermod -aG cdrom $USER' as stranger tao list
fails_with 'a stranger: burn' 3 'join the group cdrom' as stranger tao burn -y song.raw
says 'a member: list' 'CD-R, blank' as member tao list
says 'a member: sets the speed' '8x asked for' as member tao speed 8
check 'a member: burns with cat' as member sh -c "cat song.raw > $tao"
wait_for 20 sh -c "grep -qx idle /sys/class/tao/${tao##*/}/state"
is 'at that speed' "$(sim_get d0 write_speed)" 8
check_fails 'a member: the files of sysfs are root'"'"'s' 'ermission denied' \
	as member sh -c "echo 4 > /sys/class/tao/${tao##*/}/write_speed"
says 'a member: finalises' 'finalised' as member tao finalize

# --- Users of the drive ---

# disc: inserts a new one
disc()
{
	sim_set d0 eject force
	need sim_set d0 insert cdrw80
	wait_for 10 sh -c 'tao info | grep -q blank'
	settle "$sr"
}

disc
as member sh -c "echo \$\$; exec 9> $tao; cat song.raw >&9; exec sleep 1000" > holder &
wait_for 20 sh -c "grep -qx track-open /sys/class/tao/${tao##*/}/state"
holder=$(cat holder)
fails_with 'another burns: it is named' 3 "It is held by sh (process $holder)" tao burn -y song.raw
says 'list names it' "in use by sh (process $holder)" tao list
fails_with 'eject: it is named' 3 "It is held by sh (process $holder)" tao eject
fails_with 'a stranger can not cancel' 3 'ermission denied' as stranger tao cancel
says 'the same user can' 'cancel' as member tao cancel
kill "$holder"
wait 2> /dev/null
wait_for 20 sh -c "grep -qx idle /sys/class/tao/${tao##*/}/state"

# A program that opens sr exclusively, as other burning programs and mounts do.
disc
python3 -c 'import os, sys, time; os.open(sys.argv[1], os.O_RDONLY | os.O_NONBLOCK | os.O_EXCL); print(flush=True); time.sleep(1000)' \
	"$sr" > opened &
holder=$!
wait_for 20 test -s opened
says 'another program: list names it' "in use by python3 (process $holder)" tao list
says 'info: what to do' "It is held by python3 (process $holder); wait for it or end it." tao info
says 'info names it too' "in use by python3 (process $holder)" tao info
fails_with 'burn too' 3 "It is held by python3 (process $holder)" tao burn -y song.raw
fails_with 'blank too' 3 "It is held by python3 (process $holder)" tao blank -y
kill $holder
wait $holder 2> /dev/null

# Mounts have no process. Use a data disc that can take another session
disc
truncate -s 2M files.img
need mke2fs -q -b 2048 files.img
need wodim -s dev="$sr" gracetime=2 -tao -multi -data files.img
# sr gets its length when it is inserted again.
need sim_set d0 eject force
need sim_set d0 insert same
wait_for 10 sh -c 'tao info | grep -q "1 track"'
settle "$sr"
mkdir mnt
need mount -r "$sr" mnt
says 'a mount: list names it' "in use by the mount on $tmp/mnt" tao list
fails_with 'burn says what to do' 3 "It is mounted: \`umount $tmp/mnt\`." tao burn -y song.raw
says 'info too' "It is mounted: \`umount $tmp/mnt\`." tao info
fails_with 'eject too' 3 "It is mounted: \`umount $tmp/mnt\`." tao eject
need umount mnt
says 'no longer' '1 track burned' tao burn -y song.raw

# --- Secure Boot: from here on the kernel accepts only signed modules ---

sim_remove d0
need rmmod tao
[ -e /sys/kernel/security/lockdown ] || need mount -t securityfs none /sys/kernel/security
need sh -c 'echo integrity > /sys/kernel/security/lockdown'
check_fails 'Secure Boot: the kernel refuses the module' '' insmod "$installed/tao.ko"
fails_with 'tao list says so, and the remedy' 3 "The tao module is refused by Secure Boot: $installed/tao.ko is not signed; sign it" \
	tao list
