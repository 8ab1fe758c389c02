#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Independent programs accept the recorder: each burns two tracks track-at-once, and reads them
# back bit for bit.
# lab: --no-watch "tao is not loaded"
# timeout: 600
# long
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib.sh"

# burn_and_read PROGRAM OPTIONS...: burns both songs at once, then finalises
burn_and_read()
{
	local program=$1 one two

	check "$program burns two tracks" "$@" -audio -tao -pad "$tmp/song1.wav" "$tmp/song2.wav"
	is "$program: the disc is finalised" "$(sim_get d0 media)" 'cdr complete'
	one=$(($(stat -c %s "$tmp/song1.raw") / 2352))
	two=$(($(stat -c %s "$tmp/song2.raw") / 2352))
	is "$program: the table of contents" "$(tracks)" \
		"1 0 audio"$'\n'"2 $((one + 152)) audio"$'\n'"170 $((one + two + 154)) leadout"
	read_back "$program: track 1" 1 "$tmp/song1.raw"
	read_back "$program: track 2" 2 "$tmp/song2.raw"
	is "$program: no refused WRITE" \
		"$(awk '$1 == "2a" { print $5 }' "$sim_root/d0/commands")" 0
}

# Two calls, one for each track, then a third one that finalises
burn_by_steps()
{
	local disc

	check "wodim -nofix burns track 1" wodim gracetime=0 dev="$sr" -audio -tao -pad -nofix \
		isrc=DEABC2600001 "$tmp/song1.wav"
	is "... the session stays open" "$(sim_get d0 media)" 'cdr appendable'
	check "wodim -nofix burns track 2" wodim gracetime=0 dev="$sr" -audio -tao -pad -nofix \
		"$tmp/song2.wav"
	check "wodim -fix" wodim gracetime=0 dev="$sr" -fix
	is "... finalises" "$(sim_get d0 media)" 'cdr complete'
	read_back "... track 1" 1 "$tmp/song1.raw"
	read_back "... track 2" 2 "$tmp/song2.raw"
	disc=$(cdrdao disk-info --device "$sr" 2> /dev/null)
	is "cdrdao disk-info: sessions" "$(awk -F ': *' '/^Sessions/ { print $2 }' <<< "$disc")" 1
	is "cdrdao disk-info: last track" "$(awk -F ': *' '/^Last Track/ { print $2 }' <<< "$disc")" 2
	is "cdrdao disk-info: not appendable" \
		"$(awk -F ': *' '/^Appendable/ { print $2 }' <<< "$disc")" no
}

next_disc()
{
	[ "$(sim_get d0 media)" = none ] || need cdr-sim eject d0 --force
	need cdr-sim insert d0 "$1"
	settle "$sr"
}

songs 2
new_recorder d0 dma_alignment=3 insert=cdr80
export CDR_NODMATEST=1	# else wodim reads zeros from /dev/zero for 5 s

check "wodim -atip" wodim dev="$sr" -atip
check "cdrdao disk-info on a blank disc" cdrdao disk-info --device "$sr"
check "sg_inq" sg_inq "$sg"
check "sg_get_config" sg_get_config "$sg"
check "sg_modes" sg_modes -a "$sg"
check "sg_vpd" sg_vpd -p di "$sg"
# sg_turs of sg3-utils 1.48 sends no command, and reports success.
check "sg_raw" sg_raw "$sg" 00 00 00 00 00 00
burn_and_read wodim gracetime=0 dev="$sr"
next_disc cdr80
burn_and_read cdrskin gracetime=0 dev="$sr"
next_disc cdr80
burn_by_steps

next_disc cdrw80
check "wodim burns a CD-RW" wodim gracetime=0 dev="$sr" -audio -tao -pad "$tmp/song1.wav"
check "wodim blanks it" wodim gracetime=0 dev="$sr" -blank=fast
is "... blank" "$(sim_get d0 media)" 'cdrw blank'
check "cdrskin burns it" cdrskin gracetime=0 dev="$sr" -audio -tao -pad "$tmp/song2.wav"
read_back "... bit for bit" 1 "$tmp/song2.raw"
check "cdrskin blanks it" cdrskin dev="$sr" blank=fast
is "... blank again" "$(sim_get d0 media)" 'cdrw blank'

next_disc cdr80
check "wodim -dummy" wodim gracetime=0 dev="$sr" -dummy -audio -tao -pad "$tmp/song1.wav"
is "... leaves the disc as it is" "$(sim_get d0 media)" 'cdr blank'
check "wodim -multi" wodim gracetime=0 dev="$sr" -multi -audio -tao -pad "$tmp/song1.wav"
is "... and one more session" "$(sim_get d0 media)" 'cdr appendable'
check "cdrskin appends a session" cdrskin gracetime=0 dev="$sr" -audio -tao -pad "$tmp/song2.wav"
is "... 11400 sectors behind the last lead-out" "$(tracks | sed -n 2p)" \
	"2 $(($(stat -c %s "$tmp/song1.raw") / 2352 + 2 + 11400)) audio"
check "sg_start ejects" sg_start --eject "$sg"
is "... the tray is open" "$(sim_get d0 media)" none
check "sg_start loads" sg_start --load "$sg"
is "... the same disc" "$(sim_get d0 media)" 'cdr complete'
check "cdr-sim remove" cdr-sim remove d0
