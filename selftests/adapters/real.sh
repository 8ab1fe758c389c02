#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Drivers of real adapters between tao and the recorder. One kernel has the recorders and exports
# them over iSCSI; QEMU puts each of them behind an adapter of another kernel. The discs are
# compared in the recorders: for READ CD, QEMU treats sectors as bytes.
# host
# long
# timeout: 900
. "$(dirname "$0")/../lib.sh"

lab=$tree/selftests/lab/run
share=$tmp/share
target=iqn.2026-01.org.example:recorder
names=(virtio-scsi lsi53c895a usb-bot usb-uas usb2-bot)
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')

# recorder LUN BUS: prints QEMU's arguments for a recorder on a bus
recorder()
{
	echo "-blockdev driver=iscsi,transport=tcp,portal=127.0.0.1:$port,target=$target,lun=$1,node-name=lun$1" \
		"-device scsi-generic,bus=$2.0,drive=lun$1"
}

stop()
{
	touch "$share/done"
	wait "$recorders"
}

mkdir "$share"
bytes=$((11 * 75264 + 3 * 2352 + 1000))
audio "$share/song.raw" $bytes
truncate -s 1M "$tmp/disk"
"$lab" --except seen --smp 1 --mem 768 --timeout 850 --share "$share" --log "$tmp/recorders.console" \
	--qemu "-netdev user,id=net,restrict=on,hostfwd=tcp:127.0.0.1:$port-10.0.2.15:3260" \
	--qemu "-device virtio-net-pci,netdev=net" \
	-- "$tree/selftests/adapters/recorders" "${names[@]}" > "$tmp/recorders.log" 2>&1 &
recorders=$!
trap 'status=$?; stop; (exit $status); ktap_end' EXIT
wait_for 300 test -e "$share/ready" ||
	bail "no recorders: $(tail -n 5 "$tmp/recorders.log" "$tmp/recorders.console")"

check 'burning' "$lab" --smp 1 --mem 768 --timeout 500 --share "$share" \
	--qemu "-device virtio-scsi-pci,id=virtio $(recorder 0 virtio)" \
	--qemu "-device lsi53c895a,id=lsi $(recorder 1 lsi)" \
	--qemu "-device qemu-xhci,id=xhci" \
	--qemu "-device usb-bot,bus=xhci.0,id=bot $(recorder 2 bot)" \
	--qemu "-device usb-uas,bus=xhci.0,id=uas $(recorder 3 uas)" \
	--qemu "-device usb-ehci,id=ehci -device usb-bot,bus=ehci.0,id=bot2 $(recorder 4 bot2)" \
	--qemu "-device scsi-cd,bus=virtio.0,scsi-id=1" \
	--qemu "-device ich9-ahci,id=ahci -device ide-cd,bus=ahci.0" \
	--qemu "-blockdev driver=file,filename=$tmp/disk,read-only=on,node-name=disk" \
	--qemu "-device scsi-hd,bus=virtio.0,scsi-id=2,drive=disk,share-rw=on" \
	--qemu "-device usb-storage,bus=xhci.0,drive=disk,share-rw=on" \
	-- "$tree/selftests/adapters/computer" "${names[@]}" || {
	stop
	tail -n 20 "$tmp/recorders.console" | sed 's/^/# the recorders: /'
	bail 'nothing to look at then'
}
check 'the recorders' stop || sed 's/^/# | /' "$tmp/recorders.log"

# figure NAME WAY: sets $mapped $copied $filled
figure()
{
	read -r _ mapped copied filled < <(grep "^$2 " "$share/$1.figures")
}

# track_of NAME NUMBER: prints its audio, as it is on the disc; the file begins with track 1
track_of()
{
	local start length

	read -r start length < <(awk -v number="$2" '$3 == "track" && $4 == number { print $8, $10 }' \
		"$share/$1.cue")
	tail -c +$((start * 2352 + 1)) "$share/$1.bin" | head -c $((length * 2352))
}

padding=$(((2352 - bytes % 2352) % 2352))
for name in "${names[@]}"; do
	for way in cat dd splice; do
		figure "$name" $way
		is "$name, $way: all of the track" $((mapped + copied)) $bytes
		is "$name, $way: silence" "$filled" $padding
	done
	figure "$name" dd
	is "$name, dd: just the end is copied" "$copied" $((bytes % 75264))
	for track in 1 2 3; do
		track_of "$name" $track > "$tmp/track"
		same_audio "$name: track $track on the disc" "$share/song.raw" "$tmp/track"
	done
done

# The table "adapters x figures" for the documentation.
row='# %-12s %-12s %9s %7s %7s %10s %10s %10s %10s %10s %10s\n'
echo "# A track of $bytes bytes, by cat, dd bs=75264 and splice; mapped and copied:"
# shellcheck disable=SC2059
printf "$row" adapter driver alignment longest sectors cat '' dd '' splice ''
for name in "${names[@]}"; do
	read -r _ driver alignment longest write < "$share/$name.figures"
	figures=()
	for way in cat dd splice; do
		figure "$name" $way
		figures+=("$mapped" "$copied")
	done
	# shellcheck disable=SC2059
	printf "$row" "$name" "$driver" "$alignment" "$longest KiB" "$write" "${figures[@]}"
done
