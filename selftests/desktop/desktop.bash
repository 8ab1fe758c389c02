# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Programs that open drives on a desktop, except udev, which all tests have.

. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"

# start_udisks: the service behind the file managers of most desktops, which inspects each drive
# after udev
start_udisks()
{
	mkdir -p /run/dbus
	need dbus-daemon --system --fork --nopidfile
	/usr/libexec/udisks2/udisksd > "$tmp/udisksd" 2>&1 &
	wait_for 120 udisksctl status || bail "udisksd does not answer: $(tail -n 3 "$tmp/udisksd")"
}

# start_automounter: mounts each disc with a file system when it is inserted, as file managers do
start_automounter()
{
	stdbuf -oL udevadm monitor --udev --property --subsystem-match=block > "$tmp/events" &
	tail -n +1 -f "$tmp/events" | automount > "$tmp/automounter" 2>&1 &
	wait_for 20 grep -q 'UDEV - ' "$tmp/events"
}

automount()
{
	local line node=

	while read -r line; do
		case $line in
		DEVNAME=*)		node=${line#*=} ;;
		ID_FS_USAGE=filesystem)	udisksctl mount --no-user-interaction -b "$node" ;;
		esac
	done
}

# start_poller SR: opens a drive and reads every 2 s, as programs do that play discs; non-blocking
# (O_NONBLOCK), because otherwise the kernel would close an open tray
start_poller()
{
	poll_drive "$1" > /dev/null 2>&1 &
}

poll_drive()
{
	while :; do
		dd if="$1" iflag=nonblock bs=2048 count=1
		sleep 2
	done
}
