#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The attributes agree with the recorder and the ioctls.
# timeout: 400
. "$(dirname "$0")/common.sh"

# Names and numbers are those of include/uapi/linux/tao.h.
medium_types=(none cd-rom cd-r cd-rw other unknown)
disc_statuses=(blank appendable complete other)
flag() { flag=$((got[flags] >> $1 & 1)); }

# as_by_ioctl WHAT: the disc according to GET_MEDIUM, which examines it first
as_by_ioctl()
{
	local next_lba=none erasable session_open writable

	ask medium
	flag 1; erasable=$flag
	flag 2; session_open=$flag
	flag 5; writable=$flag
	[ "$writable" = 0 ] || next_lba=${got[next_lba]}
	[ "$next_lba" != -1 ] || next_lba=unknown
	[ "${got[free]}" != $((0xffffffff)) ] || got[free]=unknown
	[ "${got[used]}" != $((0xffffffff)) ] || got[used]=unknown
	attrs_are "$1: as GET_MEDIUM has it" medium="${medium_types[${got[type]}]}" \
		disc_status="${disc_statuses[${got[status]}]}" erasable="$erasable" \
		writable="$writable" session_open="$session_open" sessions="${got[sessions]}" \
		tracks="${got[tracks]}" total_sectors="${got[total]}" \
		used_sectors="${got[used]}" free_sectors="${got[free]}" next_lba="$next_lba" \
		mcn="${got[mcn]}"
}

statistics()
{
	ask stats
	attrs_are "$1: as GET_STATISTICS has them" statistics/tracks="${got[tracks]}" \
		statistics/tracks_failed="${got[failed]}" statistics/sessions="${got[sessions]}" \
		statistics/writes="${got[writes]}" statistics/sectors="${got[sectors]}" \
		statistics/bytes_mapped="${got[mapped]}" \
		statistics/bytes_copied="${got[copied]}" \
		statistics/bytes_padding="${got[padding]}" \
		statistics/buffer_full="${got[full]}"
}

new_recorder vendor=Acme product="Burn O Matic" revision=7.1 serial=S-12345 dma_alignment=511 \
	buffer_size=1024000 speed="4 8 16"

attrs_are "the drive" vendor=Acme product="Burn O Matic" revision=7.1 serial=S-12345 \
	drive_buffer_bytes=1024000
attr capabilities
is "its capabilities" "$value" \
	"cd-r cd-rw test-write underrun-free speed-list set-speed session-at-once cd-text"
ask drive
attrs_are "limits" limits/dma_alignment=511 limits/quantum_sectors=32 limits/write_sectors=32 \
	limits/write_sectors_max="${got[write_sectors_max]}" limits/in_flight_bytes=33554432
attrs_are "before the drive was asked" medium=unknown disc_status=unknown tracks=unknown \
	free_sectors=unknown next_lba=unknown medium_age_ms=unknown stale=1 speeds=
attrs_are "nothing goes on" state=idle action=none owner= owner_pid=none owner_uid=none \
	progress=unknown track=none track_sectors=none elapsed_ms=none remaining_ms=none \
	first_error= first_error_codes= last_error= last_error_codes=

# An error.
audio "$tmp/song.raw" 1881600	# 800 sectors
check_fails "no disc" "No medium found" dd if="$tmp/song.raw" of="$tao" bs=75264
first=$(last_error)
ask latest
attrs_are "the errors" first_error="$first" last_error="${answer##*text=}" medium=none \
	disc_status=none tracks=0 next_lba=none
is "... there was one, so both are it" "${answer##*text=}" "$first"
attr last_error_codes
check "its codes" grep -qE '^errno=123 age_ms=[0-9]+( |$)' <<< "$value"
attr statistics/errors
check "errors are counted" [ "$value" -gt 0 ]

# A blank disc: 20000 sectors, and two for the run-out.
sim_set d0 insert cdr:20002
check "refresh" set_attr refresh 1
wait_for 20 attr_is medium cd-r
attrs_are "a blank disc" disc_status=blank erasable=0 writable=1 sessions=0 tracks=0 \
	first_track=none next_track=1 next_lba=unknown total_sectors=20002 \
	used_sectors=unknown free_sectors=unknown lead_out_lba=20002 stale=1
as_by_ioctl "a blank disc"
check "it is prepared" taoctl "$tao" prepare release,close=0
attrs_are "... then its room is known" next_lba=0 total_sectors=20000 used_sectors=0 \
	free_sectors=20000
as_by_ioctl "a blank disc that was prepared"
look
attrs_are "speeds" speeds_x="16 8 4" speeds_cav="0 0 0" write_speed=max write_cav=0
attr speeds
x=
for kbps in $value; do
	x+=" $(((kbps * 10 + 882) / 1764))"	# nearest multiple of 176.4 kB/s
done
is "speeds in kB/s" "$x" " 16 8 4"
ask speeds
is "speeds, as GET_SPEEDS has them" "$value" "${answer##*count=3 }"

# The speed setting is sent to the drive.
sim_speed_is() { [ "$(sim_get d0 write_speed)" = "$1" ]; }
check "write 8x" set_attr write_speed 8x
attrs_are "... it is asked for" write_speed=1411
check "... the drive has it" wait_for 20 sim_speed_is 8
wait_for 20 attr_is action none
attr write_speed_actual
is "... and is asked what it has" $(((value * 10 + 882) / 1764)) 8
check "write kB/s" set_attr write_speed 706
check "... the drive has it" wait_for 20 sim_speed_is 4
wait_for 20 attr_is action none
check "write max" set_attr write_speed max
check "... the drive has it" wait_for 20 sim_speed_is 16
wait_for 20 attr_is action none
for bad in 0 0x -8 8y x fast 99999999999 '8x 4x' ''; do
	check_fails "write_speed \"$bad\"" "write error" set_attr write_speed "$bad"
done
attrs_are "... changes nothing" write_speed=max

for pair in underrun_free=2 underrun_free=maybe write_cav=2 limits/write_sectors=0 \
	limits/write_sectors=100000 limits/write_sectors=x limits/in_flight_bytes=1000 \
	limits/in_flight_bytes=268435457 refresh=0; do
	check_fails "$pair" "write error" set_attr "${pair%%=*}" "${pair#*=}"
done
check "underrun_free 0" set_attr underrun_free 0
ask settings
is "... as GET_SETTINGS has it" "${got[underrun]}" 0
check "underrun_free 1" set_attr underrun_free 1
check "in_flight_bytes" set_attr limits/in_flight_bytes 8388608
attrs_are "... is set" limits/in_flight_bytes=8388608 underrun_free=1

# A track that is being written: 800 sectors announced, all sent, not ended.
check "write_sectors" set_attr limits/write_sectors 64
hold prepare,name="Tom: 1" begin,bytes=1881600 write="$tmp/song.raw" wait end release,close=0
wait_for 30 attr_is track_sectors 768
attrs_are "a track is open" state=track-open action=writing owner="Tom: 1" owner_pid=$holder \
	owner_uid=0 track=1 track_start_lba=0 track_announced_sectors=800 track_sectors=768 \
	written_lba=768 read_lba=800 progress=96.00 stale=1 test_write=0 near_misses=0 tracks=0
attr elapsed_ms
check "elapsed_ms" [ "$value" -gt 0 ]
check_fails "write_sectors while a track is open" "busy" set_attr limits/write_sectors 32
check_fails "refresh while the disc is held" "busy" set_attr refresh 1
check "write_speed while a track is open" set_attr write_speed 4x
is "... is not the drive's business" "$(sim_get d0 write_speed)" 16
check "the track ends" let_go
wait_for 20 attr_is state idle

attrs_are "after the track" state=idle action=none owner= track=none progress=unknown medium=cd-r \
	disc_status=appendable session_open=1 sessions=0 tracks=1 first_track=1 next_track=2 \
	next_lba=952 free_sectors=19048 total_sectors=20002 statistics/tracks=1 \
	statistics/sessions=0 statistics/sectors=800 statistics/writes=13
as_by_ioctl "a track in an open session"
recorder d0
attrs_are "as the recorder counts" statistics/writes="${sim[writes]}" \
	statistics/sectors="${sim[written_sectors]}"
statistics "a track"

# The disc is held, but nothing is being written: the values are up to date.
hold prepare,flags=1,name=test wait release,close=0
wait_for 30 attr_is state prepared
attrs_are "held for a test write" stale=0 test_write=1 owner=test track=none
check "... the speed asked for meanwhile" sim_speed_is 4
check "released" let_go
attrs_are "... nothing is left of it" state=idle test_write=0 stale=1

check "a short track" dd if="$tmp/song.raw" of="$tao" bs=2352 count=1
attrs_are "... is filled up" statistics/bytes_padding=703248 next_lba=1404 tracks=2
check "finalise" taoctl "$tao" finalize,close=2
attrs_are "a finalised disc" disc_status=complete session_open=0 writable=0 sessions=1 tracks=2 \
	next_track=none next_lba=none free_sectors=0 statistics/sessions=1
as_by_ioctl "a finalised disc"
statistics "a session"

sim_set d0 eject force
sim_set d0 insert cdrw74
as_by_ioctl "a CD-RW"
attrs_are "a CD-RW" medium=cd-rw disc_status=blank erasable=1
sim_remove d0
