#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Several programs burn the same three tracks on CDEmu, an independent recorder, and on the
# simulated one: the disc has the samples of the files, and apart from its name the image that
# CDEmu writes is the same as with wodim. CDEmu checks no address and has no test write, no CD-RW
# and, in this version, no second session, so these are not tested.
# lab: --smp 2
# debian: 13
# timeout: 900
. "$(dirname "$0")/../tao/common.sh"
. "$(dirname "$0")/../cdr-sim/lib.sh"

modinfo vhba > /dev/null 2>&1 || skip "Debian's vhba-dkms is not ready for Linux $(uname -r)"

mcn=4006381333931
isrc=(USRC17607839 GBAYE0601498 DEABC2600001)

# --- The recorders ---

daemon()
{
	busctl --user call net.sf.cdemu.CDEmuDaemon /Daemon net.sf.cdemu.CDEmuDaemon "$@"
}

# nodes VENDOR: sets $sr, $sg, $tao for the recorder of this vendor
nodes()
{
	local dir

	for dir in /sys/bus/scsi/devices/[0-9]*; do
		[[ $(< "$dir/vendor") = "$1"* ]] || continue
		sr=/dev/$(ls "$dir/block") sg=/dev/$(ls "$dir/scsi_generic") tao=/dev/$(ls "$dir/tao")
		[ -b "$sr" ] && [ -c "$sg" ] && [ -c "$tao" ]
		return
	done
	return 1
}

start_cdemu()
{
	local module

	for module in vhba sr_mod sg tao; do
		load $module
	done
	export XDG_RUNTIME_DIR=$tmp
	DBUS_SESSION_BUS_ADDRESS=$(dbus-daemon --session --fork --print-address) ||
		bail "no D-Bus"
	export DBUS_SESSION_BUS_ADDRESS
	cdemu-daemon --ctl-device=/dev/vhba_ctl --audio-driver=null --bus=session \
		--num-devices=1 > "$tmp/daemon.log" 2>&1 &
	wait_for 60 nodes CDEmu || bail "CDEmu makes no recorder: $(tail -n 5 "$tmp/daemon.log")"
}

# Samples in an image are big-endian, as on the disc.
blank_cdemu()
{
	nodes CDEmu
	need daemon DeviceCreateBlank 'isa{sv}' 0 "$tmp/$1.toc" 3 writer-id s WRITER-TOC \
		medium-type s cdr80 writer.write_raw b true
	# The first command after a change of the disc fails with a unit attention.
	wait_for 20 sg_raw "$sg" 00 00 00 00 00 00
}

take_cdemu()
{
	local i

	need wait_idle
	need daemon DeviceUnload i 0
	for i in 1 2 3; do
		dd conv=swab status=none if="$tmp/$1-0$i.bin" of="$tmp/$1.$i"
	done
}

blank_sim()
{
	nodes CDR-SIM || { sim_create d0 insert=cdr80; return; }
	need sim_set d0 eject force
	need sim_set d0 insert cdr80
}

take_sim()
{
	local i

	need wait_idle
	is "$1 on sim: finalised" "$(sim_get d0 media)" 'cdr complete'
	for i in 1 2 3; do
		need cdparanoia -q -Z -r -d "$sr" $i "$tmp/$1.$i"
		# The audio of a track in the image ends with the pregap of the next one.
		truncate -s "$(stat -c %s "$tmp/expected.$i")" "$tmp/$1.$i"
	done
}

# --- The clients ---

burn_wodim()	{ wodim gracetime=0 dev="$sr" -audio -tao -pad "$tmp"/song{1,2,3}.wav; }
burn_cdrskin()	{ cdrskin gracetime=0 dev="$sr" -audio -tao -pad "$tmp"/song{1,2,3}.wav; }
burn_tao_burn()	{ tao burn --device "$tao" --yes "$tmp"/song{1,2,3}.wav; }

burn_cat()
{
	local i

	for i in 1 2 3; do
		cat "$tmp/song$i.raw" > "$tao" || return
	done
	tao finalize --device "$tao"
}

# A different program for each track, on a disc that is open in between
burn_append()
{
	tao burn --device "$tao" --yes --no-finalize "$tmp/song1.wav" &&
		dd if="$tmp/song2.raw" of="$tao" bs=75264 status=none &&
		taoctl "$tao" prepare,name=append begin write="$tmp/song3.raw" end release,close=2
}

burn_wodim_codes()
{
	wodim gracetime=0 dev="$sr" -audio -tao -pad mcn=$mcn isrc="${isrc[0]}" "$tmp/song1.wav" \
		isrc="${isrc[1]}" "$tmp/song2.wav" isrc="${isrc[2]}" "$tmp/song3.wav"
}

burn_session_codes()
{
	taoctl "$tao" prepare,flags=4,mcn=$mcn \
		begin,flags=4,isrc="${isrc[0]}" write="$tmp/song1.raw" end \
		begin,flags=4,isrc="${isrc[1]}" write="$tmp/song2.raw" end \
		begin,flags=4,isrc="${isrc[2]}" write="$tmp/song3.raw" end release,close=2
}

burn_cue_codes()
{
	local i

	echo "CATALOG $mcn" > "$tmp/album.cue"
	for i in 1 2 3; do
		printf 'FILE "song%d.wav" WAVE\n TRACK %02d AUDIO\n  ISRC %s\n  INDEX 01 00:00:00\n' \
			$i $i "${isrc[i - 1]}"
	done >> "$tmp/album.cue"
	tao burn --device "$tao" --yes "$tmp/album.cue"
}

# --- The tests ---

# Prints the description of an image, without the names of its files
image()
{
	sed "s/\"$1-/\"/" "$tmp/$1.toc"
}

# burned BURNER CLIENT [REFERENCE]: sets $cell for the table; on CDEmu the image must be the same
# as that of the client REFERENCE
burned()
{
	local before=$ktap_failed on="$2 on $1" i

	cell=FAILED
	rm -f "$tmp/$2".[123]
	"blank_$1" "$2"
	check "$on burns" "burn_$2" || return
	"take_$1" "$2"
	for i in 1 2 3; do
		check "$on: track $i" cmp "$tmp/expected.$i" "$tmp/$2.$i"
	done
	[ $# -lt 3 ] || is "$on: the image is that of $3" "$(image "$2")" "$(image "$3")"
	[ $before -ne $ktap_failed ] || cell=ok
}

songs 3
# Make the last sector of the last track incomplete.
head -c -1352 "$tmp/song3.raw" > "$tmp/short" && mv "$tmp/short" "$tmp/song3.raw"
wav "$tmp/song3.raw" "$tmp/song3.wav"
for i in 1 2 3; do
	cp "$tmp/song$i.raw" "$tmp/expected.$i"
	truncate -s %2352 "$tmp/expected.$i"
done
export CDR_NODMATEST=1	# else wodim reads zeros from /dev/zero for 5 s

start_cdemu

table="$(printf '%-14s %8s %8s' client CDEmu cdr-sim)"
for client in wodim cdrskin cat tao_burn append wodim_codes session_codes cue_codes; do
	case $client in
	wodim*)	  reference= ;;
	*_codes)  reference=wodim_codes ;;
	*)	  reference=wodim ;;
	esac
	burned cdemu $client $reference
	on_cdemu=$cell
	burned sim $client
	table+=$'\n'"$(printf '%-14s %8s %8s' $client $on_cdemu $cell)"
done
is "CDEmu's image has three tracks" "$(grep -c '^TRACK AUDIO' "$tmp/wodim.toc")" 3
check "CDEmu has the catalogue number" grep -q "CATALOG.*$mcn" "$tmp/session_codes.toc"
for i in "${isrc[@]}"; do
	check "CDEmu has the ISRC $i" grep -q "ISRC.*$i" "$tmp/session_codes.toc"
done
sed 's/^/# table: /' <<< "$table"
