#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Promises of Documentation/userspace-api/imapi.rst, for users of the Windows interface, that no
# other test covers: progress of blanking, verification, adjusted speeds, drives that are not
# ready, that fail, or that are not recorders.
# lab: --icount
# timeout: 300
. "$(dirname "$0")/common.sh"

# fault RULE...: sets these rules and no others
fault()
{
	local rule

	need sim_set d0 fault clear
	for rule in "$@"; do
		need sim_set d0 fault "$rule"
	done
}

new_disc()
{
	[ "$(sim_get d0 media)" = none ] || need sim_set d0 eject force
	need sim_set d0 insert "$1"
}

# fails_with ERRNO NAME STEP...: the last step of taoctl fails with this errno
fails_with()
{
	local errno=$1 name=$2
	shift 2

	answer=$(taoctl "$tao" "$@" | tail -n 1)
	is "$name" "$(awk '{ print $2 }' <<< "$answer")" "$errno"
}

new_recorder realtime=1 speed="4 8 24" insert=cdrw:3000
audio "$tmp/song.raw" 1411200	# 600 sectors

# Blanking: lead-in and lead-out, 11250 sectors, take 6.25 s at 24x.
set_attr write_speed max
need taoctl "$tao" begin write="$tmp/song.raw" end finalize,close=2
attr_poll "$dir/progress" 60 > "$tmp/progress" &
poller=$!
taoctl "$tao" blank > "$tmp/blank" &
blanker=$!
past_half() { attr progress; [ "${value%%.*}" -ge 50 ]; }
wait_for 30 attr_is action blanking
check "blanking: half way" wait_for 30 past_half
attr elapsed_ms
total=$value
attr remaining_ms
total=$((total + value))
check "blanking: elapsed and remaining make 6.25 s, not $total ms, +-20 %" \
	[ $total -gt 5000 -a $total -lt 7500 ]
wait $blanker
is "blanking: done" "$? $(sim_get d0 media)" "0 cdrw blank"
kill $poller
wait $poller 2> /dev/null
check "blanking: progress is told in steps" [ "$(grep -c '^[0-9]' "$tmp/progress")" -ge 4 ]
check "blanking: ... that never go back" sh -c "grep '^[0-9]' '$tmp/progress' | sort -c -g"
attrs_are "blanking: then there is none" progress=unknown action=none disc_status=blank
need sim_set d0 realtime 0

# Verification: the drive's report of the track differs from the data that were sent.
new_disc cdr80
check "a track that verifies" taoctl "$tao" prepare,flags=8 begin write="$tmp/song.raw" end release
fault "op=52 cdb=2:00000002 set=24:00000123"
fails_with EIO "a track that does not" prepare,flags=8 begin write="$tmp/song.raw" end
check "... and why" grep -q 'does not verify' <<< "$(last_error)"
fault

# A catalogue number is too late when there is a track.
fails_with EINVAL "a catalogue number after the first track" prepare,flags=4,mcn=4006381333931
new_disc cdr80
check "... and before it" taoctl "$tao" prepare,flags=4,mcn=4006381333931 release

# The nearest speed is selected, and reported.
answer=$(taoctl "$tao" set-speed,kbps=1000)
check "a speed that the drive does not have" grep -q 'requested=1000 actual=70[56] .*flags=2$' <<< "$answer"
answer=$(taoctl "$tao" set-speed,kbps=1411)
check "one that it has" grep -q 'requested=1411 actual=141[01] .*flags=0$' <<< "$answer"
answer=$(taoctl "$tao" set-speed,kbps=1411,flags=1)
check "a rotation that it has" grep -q 'flags=1$' <<< "$answer"
check "... by sysfs" set_attr write_cav 0
check "... the drive has it" wait_for 20 attr_is write_cav_actual 0
check "... and again" set_attr write_cav 1
check "... the drive has it" wait_for 20 attr_is write_cav_actual 1
attrs_are "... at the same speed" write_speed=1411 write_cav=1
wait_for 20 attr_is action none
fault "op=5a cdb=2:2a times=0 set=35:00"	# byte 27 of the page: the rotation
answer=$(taoctl "$tao" set-speed,kbps=1411,flags=1)
check "a rotation that it does not have" grep -q 'flags=4$' <<< "$answer"
fault
need taoctl "$tao" set-speed,kbps=4294967295

# Not ready yet, and never ready.
fault "op=00 times=5 sense=2/04/01"
check "a drive that gets ready" taoctl "$tao" prepare release
fault "op=00 times=0 sense=2/04/01"
fails_with ETIMEDOUT "one that does not" prepare,wait=3000
fault "op=51 hang"
fails_with ETIMEDOUT "one that does not answer" prepare
fault
check "... is none the worse" wait_for 20 taoctl "$tao" prepare release

# The report of the drive is passed on.
fault "op=2a nth=3 sense=3/0c/00"
fails_with EIO "a write error" begin write="$tmp/song.raw"
attr first_error_codes
lba=${value##*lba=}
lba=${lba%% *}
check "... opcode, sense and address" grep -q 'opcode=2a lba=[0-9]* sense=3/0c/00' <<< "$value"
is "... of the third WRITE" "$lba" 64
ask error
is "... by the ioctl too" "${got[opcode]} ${got[sense]} ${got[lba]}" "2a 3/0c/00 64"
fault

# tao ignores a drive that can't write. The recorder next to it shows when all drives were
# examined.
need mkdir "$sim_root/reader" "$sim_root/writer"
need sim_set reader fault "op=46 times=0 sense=5/20/00"
need sim_set reader fault "op=5a cdb=2:2a times=0 set=11:00"
before=$(ls /sys/class/tao)
need sim_set reader power 1
need sim_set writer power 1
check "the writer beside it" wait_for 20 sim_nodes writer
sleep 2
is "no recorder, no device" "$(ls /sys/class/tao)" "$before"$'\n'"${tao##*/}"
for name in reader writer d0; do
	sim_remove $name
done
