#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Tracks of random lengths, written in random pieces by common programs, are read back bit for bit
# by cdparanoia; independent programs find the disc in the requested state.
# timeout: 600
. "$(dirname "$0")/common.sh"

# toc: the disc according to cd-info: "number address" of each track and the lead-out
toc()
{
	local number msf address

	cd-info --no-cddb --no-device-info -C "$sr" > "$tmp/cd-info" 2> /dev/null
	while read -r number msf address _; do
		[[ $number != [0-9]*: || $msf != ??:??:?? ]] ||
			echo "${number%:} $((10#$address))"
	done < "$tmp/cd-info"
}

by_cat()	{ cat "$1" > "$tao"; }
by_dd()		{ random 1 200000; dd if="$1" of="$tao" bs=$random status=none; }

# Several programs write one track in turn, each as much as it likes.
by_many()
{
	local left bs=$((RANDOM + 1))
	left=$(($(stat -c %s "$1") / bs / 2))

	{
		dd bs=$bs count=$left status=none
		head -c $RANDOM
		cat
	} < "$1" > "$tao"
}

by_pipe()	{ cat "$1" | dd of="$tao" bs=$((RANDOM % 4096 + 1)) iflag=fullblock status=none; }
by_tao()	{ tao burn --device "$tao" --raw --yes --no-finalize "$1"; }
by_client()	{ random 1 300000; taoctl "$tao" write="$1",bs=$random end; }

# Expected addresses according to the standard, not to any program.
for alignment in 3 511; do
	sim_create d0 dma_alignment=$alignment insert=cdr80
	addresses='' lba=0 number=0
	for way in by_cat by_dd by_many by_pipe by_client by_tao; do
		: $((++number))
		random 1 1500000
		# A program for users accepts only whole samples.
		[ $way = by_tao ] && size=$(((random | 4) & ~3)) || size=$random
		audio "$tmp/$number" "$size" $((SEED + number))
		check "alignment $alignment, $way of $size bytes" $way "$tmp/$number"
		addresses+="$number $lba"$'\n'
		sectors_of "$size"
		lba=$((lba + sectors + gap_sectors))
	done
	check "alignment $alignment: finalised" tao finalize --device "$tao"
	is "alignment $alignment: media" "$(sim_get d0 media)" "cdr complete"
	is "alignment $alignment: addresses" "$(toc)" \
		"${addresses}170 $((lba - gap_sectors + 2))"
	for ((i = 1; i <= number; i++)); do
		check "alignment $alignment: cdparanoia reads track $i" \
			cdparanoia -q -Z -r -d "$sr" $i "$tmp/read"
		same_audio "alignment $alignment: track $i is what was written" \
			"$tmp/$i" "$tmp/read"
	done
	sim_remove d0
done

# page05: the recorder's write parameters, in hex
page05()
{
	sg_raw -r 60 "$sg" 5a 08 05 00 00 00 00 00 3c 00 -b -o "$tmp/page" 2> /dev/null
	od -An -v -tx1 -j 8 -N 52 "$tmp/page" | tr -d ' \n'
}

# Write type 1 (track at once), buffer underrun free, no link size, CD-DA, blocks of 2352 bytes,
# pause 150; then the field that keeps the disc open (c0) or not (00).
expected05()
{
	local rest
	printf -v rest '%072d' 0

	echo "053241${1}000000000000000000000096$rest"
}

sim_create d0 insert=cdr80
audio "$tmp/a" 1
audio "$tmp/b" 800000

# The worst page that another program may have left in a drive, with every field wrong.
{
	printf '\0\0\0\0\0\0\0\0\x05\x32\x62\xe4\x08\x10\0\0\0\0\0\0\0\0\0\x96'
	head -c 36 /dev/zero
} > "$tmp/select"
sg_raw -s 60 -i "$tmp/select" "$sg" 55 10 00 00 00 00 00 00 3c 00 > /dev/null 2>&1
check "one byte is a track" by_cat "$tmp/a"
is "page 05h after a track by cat" "$(page05)" "$(expected05 c0)"
need read_back 0 300 "$tmp/read"
burned_as "it is 300 sectors, silence but for its begin" "$tmp/a" "$tmp/read"
is "the next track goes to 452" "$(medium next_lba)" 452
sim_set d0 commands 0
check "the session is closed for another to follow" taoctl "$tao" finalize,close=1
is "page 05h after closing a session" "$(page05)" "$(expected05 c0)"
is "media" "$(sim_get d0 media)" "cdr appendable"
ask medium
# Lead-out 6750, lead-in 4500, pregap 150 sectors (MMC) from the address of the lead-out.
next=$((302 + 6750 + 4500 + 150))
is "sessions, tracks, next address" "${got[sessions]} ${got[tracks]} ${got[next_lba]}" \
	"1 1 $next"

check "a later session, with flags" taoctl "$tao" prepare,name=later \
	begin write="$tmp/b" end begin,flags=3,bytes=800000 write="$tmp/b" end release,close=2
is "page 05h after finalising" "$(page05)" "$(expected05 00)"
is "media" "$(sim_get d0 media)" "cdr complete"
sectors_of 800000
is "addresses" "$(toc)" "1 0
2 $next
3 $((next + sectors + gap_sectors))
170 $((next + 2 * sectors + gap_sectors + 2))"
check "cd-info: track 2: no copy, no pre-emphasis" \
	grep -qE '^ *2: .* audio +false +no +2 +no' "$tmp/cd-info"
check "cd-info: track 3: copy permitted, pre-emphasis" \
	grep -qE '^ *3: .* audio +true +yes +2 +yes' "$tmp/cd-info"
check "cd-info: last session" grep -q "Last CD Session LSN: $next" "$tmp/cd-info"
cdrdao disk-info --device "$sr" > "$tmp/cdrdao" 2>&1
check "cdrdao: 2 sessions" grep -qE '^Sessions +: 2$' "$tmp/cdrdao"
check "cdrdao: 3 tracks" grep -qE '^Last Track +: 3$' "$tmp/cdrdao"
check "cdrdao: not appendable" grep -qE '^Appendable +: no$' "$tmp/cdrdao"
for lba in $next $((next + sectors + gap_sectors)); do
	need read_back $lba $sectors "$tmp/read"
	burned_as "the track at $lba" "$tmp/b" "$tmp/read"
done
sim_set d0 commands 0
check_fails "a finalised disc takes no track" "Read-only file system" by_cat "$tmp/b"
is "no WRITE was tried" "$(sim_commands d0 2a)" 0

sim_set d0 eject force
sim_set d0 insert cdr80
check "a disc with a catalogue number and ISRCs" taoctl "$tao" \
	prepare,flags=4,mcn=4006381333931 begin,flags=4,isrc=USRC17607839 write="$tmp/b" end \
	begin write="$tmp/a" end begin,flags=4,isrc=GBAYE0601498 write="$tmp/a" end release,close=2
toc > /dev/null
check "cd-info: catalogue number" grep -q '(MCN): 4006381333931' "$tmp/cd-info"
is "cd-info: ISRCs" "$(grep -o 'TRACK.*ISRC.*' "$tmp/cd-info")" \
	"TRACK  1 ISRC: USRC17607839
TRACK  3 ISRC: GBAYE0601498"

# Information that only tao has about a disc is not reported for another one.
sim_set d0 eject force
sim_set d0 insert cdr80
need taoctl "$tao" begin write="$tmp/a" end
cat /dev/cdr-sim/d0 > "$tmp/disc"
sim_set d0 eject force
sim_set d0 insert cdr80
need taoctl "$tao" prepare,flags=4,mcn=4006381333931 begin write="$tmp/b" end
is "the catalogue number of a disc that is not finalised" "$(medium mcn)" 4006381333931
sim_set d0 eject force
cat "$tmp/disc" > /dev/cdr-sim/d0
sim_set d0 insert image
is "the disc that was put in its place has none" "$(medium mcn)" ''
is "the track on that" "$(medium tracks)" 1
sim_remove d0
