#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The disc is held while a track is burned: whatever other programs do, the door stays locked, the
# track has the data that were sent, and the recorder receives commands only from tao. Afterwards
# everything is as before.
# timeout: 600
# debug: no
# There sr is reported, which sets the capacity of a disc in a softirq when audio is read as data.
. "$(dirname "$0")/common.sh"

sim_create d0 realtime=0 speed=4 dma_alignment=511 insert=cdr80
mkdir "$tmp/mnt"
audio "$tmp/short" 800000
check "a first track" dd if="$tmp/short" of="$tao" bs=75264 status=none
wait_idle
settle
before=$(srctl "$sr" options exclusive)
is "before: to be had exclusively" "${before#*$'\n'}" "exclusive: yes"
door=$(sim_get d0 locked)	# udev may have locked it: it ejects by itself

# --- Programs that had the drive before: for a moment, as to inspect the disc, or permanently ---

hold()
{
	srctl "$sr" hold=$1 > "$tmp/held" &
	holder=$!
	wait_for 30 grep -q yes "$tmp/held"
}

hold 1
check "a burn waits for who has the disc for a moment" sh -c "cat '$tmp/short' > $tao"
wait $holder
settle
hold 1000
check_fails "not for who stays" "Device or resource busy" sh -c "cat '$tmp/short' > $tao"
kill $holder
wait $holder 2> /dev/null
wait_idle
settle

# --- One by one, with an idle open track ---

# hears NAME OPCODES COMMAND...: during a command the recorder receives no opcodes other than
# these
hears()
{
	local name=$1 may=$2 op text others=
	shift 2

	sim_set d0 commands 0
	timeout 60 "$@" > "$tmp/out" 2>&1
	while read -r op text; do
		[[ " $may " == *" $op "* ]] || others+="$op $text"$'\n'
	done < $sim_root/d0/commands
	is "$name: what the recorder hears" "$others" ""
	is "$name: the door is locked" "$(sim_get d0 locked)" 1
}

mkfifo "$tmp/go"
taoctl "$tao" begin write="$tmp/short" wait end < "$tmp/go" > "$tmp/taoctl" &
exec 7> "$tmp/go"
track_open()	{ [ "$(tao_attr state)" = track-open ] && grep -q write "$tmp/taoctl"; }
wait_for 30 track_open || not_ok "a track is open"
is "held: exclusively" "$(srctl "$sr" exclusive)" "exclusive: Device or resource busy"

# A program that needs exclusive access does not get it.
hears wodim "" wodim dev="$sr" -atip
hears "wodim --checkdrive" "" wodim dev="$sr" --checkdrive
hears eject "" eject "$sr"
# A plain open of sr queries the state and the table of contents, and a read reads; mount and
# blkid do that to find a file system. They must not send GET EVENT STATUS NOTIFICATION, 4a.
hears mount "00 28 43 46" mount -o ro "$sr" "$tmp/mnt"
hears blkid "00 28 43 46" blkid -p "$sr"
hears head "00 28 43 46" head -c 2048 "$sr"
# SG_IO can't be prevented; this program only sends queries.
hears cdrom_id "00 12 43 46 51" /lib/udev/cdrom_id "$sr"
# udev's rules run it, and other programs, and lock the door themselves.
hears udev "00 12 1e 43 46 51 85" udevadm trigger --settle --action=change "$sr"
exec 7>&-
wait $!
is "the track is ended" "$(tail -n 1 "$tmp/taoctl" | cut -d ' ' -f 1-2)" "end ok"
wait_idle

# --- All at once, again and again, during a real burn ---

# 4x: 300 sectors/s. The recorder's buffer takes the first 891 at once, so cat takes 14 s. After
# that the track stays open until all others have finished, because then they may use the drive:
# eject would open the tray, a plain open unlock the door.
size=$((5100 * sector_size))
audio "$tmp/audio" $size
sim_set d0 realtime 1
start=$(medium next_lba)
sim_set d0 commands 0

# Runs a program again and again until the burn is over; prints how often.
burning=$tmp/burning
: > "$burning"
again()
{
	local name=$1 runs=0
	shift

	while [ -e "$burning" ]; do
		"$@" > "$tmp/$name.out" 2>&1 < /dev/null
		echo $((++runs)) > "$tmp/$name.runs"
	done
}

plain_open()	{ head -c 2048 "$sr"; }

# sample: sets $locked and $commands while the track is being written; otherwise status 1. It
# starts no program, because that takes long under emulation.
sample()
{
	locked=$(< $sim_root/d0/locked)
	commands=$(< $sim_root/d0/commands)
	[[ $commands == *"2a WRITE(10)"* && $commands != *"35 SYNCHRONIZE"* ]]
}

mkfifo "$tmp/stay"
exec 8<> "$tmp/stay"
cat "$tmp/audio" "$tmp/stay" > "$tao" 8>&- &
cat=$!
until sample || ! kill -0 $cat; do :; done
commands_begin=$commands
jobs=()
again cdrom_id /lib/udev/cdrom_id "$sr" & jobs+=($!)
again blkid blkid -p "$sr" & jobs+=($!)
again head plain_open & jobs+=($!)
again eject eject "$sr" & jobs+=($!)
again mount mount -o ro "$sr" "$tmp/mnt" & jobs+=($!)
again checkdrive wodim dev="$sr" --checkdrive & jobs+=($!)
again atip wodim dev="$sr" -atip & jobs+=($!)
again trigger udevadm trigger --action=change "$sr" & jobs+=($!)

unlocked=0 samples=0
while kill -0 $cat 2> /dev/null && [ "$(tao_attr written_lba)" -lt $((start + 5000)) ]; do
	if sample; then
		: $((++samples))
		[ "$locked" = 1 ] || : $((++unlocked))
		commands_end=$commands
	fi
	sleep 0.1
done
rm "$burning"
wait "${jobs[@]}"
exec 8>&-
wait $cat
is "cat says that all went well" $? 0
echo "# $samples samples while burning"
is "the door was never unlocked" $unlocked 0
for name in cdrom_id blkid head eject mount checkdrive atip trigger; do
	echo "# $name ran $(cat "$tmp/$name.runs") times; the last time: $(tail -n 1 "$tmp/$name.out")"
done
check "all of them ran" test "$(cat "$tmp"/*.runs | wc -l)" -eq 8

check "there was time to look" test $samples -gt 0

# Commands that the recorder must not receive: those that move the disc or the door, change
# parameters or speed, or query events.
heard=
declare -A count=()
while read -r op name n _; do
	count[$op]=$n
done <<< "$commands_begin"
while read -r op name n _; do
	case $op in
	1b|55|15|5b|a1|bb|b6|4a|53|54)
		[ "$n" -eq "${count[$op]:-0}" ] ||
			heard+="$name $((n - ${count[$op]:-0})) times"$'\n' ;;
	esac
done <<< "$commands_end"
is "nothing that may harm the burn is heard" "$heard" ""

wait_idle
sim_set d0 realtime 0
settle
is "after: options and exclusive access" "$(srctl "$sr" options exclusive)" "$before"
is "after: the door" "$(sim_get d0 locked)" "$door"
sectors_of $size
need read_back $start $sectors "$tmp/read"
burned_as "the track is what was sent" "$tmp/audio" "$tmp/read"

# Now events can be queried again: a plain open does that.
sim_set d0 commands 0
srctl "$sr" options > /dev/null
check "after: events are asked for" test "$(sim_commands d0 4a)" -gt 0

appendable_is_known()
{
	udevadm info --query=property "$sr" | grep -q ID_CDROM_MEDIA_STATE=appendable
}
check "udev knows that the disc is appendable" wait_for 60 appendable_is_known
check "finalised" taoctl "$tao" finalize
# The table of contents can be read when the session is closed, not before.
toc_is_known()
{
	local properties

	properties=$(udevadm info --query=property "$sr")
	[[ $properties == *ID_CDROM_MEDIA_TRACK_COUNT_AUDIO=4* &&
	   $properties != *ID_CDROM_MEDIA_STATE=appendable* ]]
}
check "udev knows the finished disc without a reload" wait_for 60 toc_is_known
check "eject works" eject "$sr"
is "the tray is open" "$(sim_get d0 media)" "none"
sim_remove d0
