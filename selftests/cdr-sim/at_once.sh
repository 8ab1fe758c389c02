#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Session-at-once by programs that are not ours: cdrdao, cdrskin and wodim burn an album with
# gaps, an index mark, codes and CD-TEXT on recorders that differ, and others read it back.
# lab: --no-watch "tao is not loaded"
# timeout: 900
# full
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib.sh"

mcn=1234567890128
isrc=(GBAYE0601234 GBAYE0601235 GBAYE0601236)

next_disc()
{
	[ "$(sim_get d0 media)" = none ] || need cdr-sim eject d0 --force
	need cdr-sim insert d0 "${1:-cdr80}"
	settle "$sr"
}

describe()
{
	head -c 131072 /dev/cdr-sim/d0 | tr -d '\0'
}

sectors()
{
	echo $(($(stat -c %s "$tmp/song$1.raw") / 2352))
}

# --- An album in the languages of the burners ---

# Track 1 has hidden audio of two seconds before it, track 2 a silent pregap of 85 sectors and a
# mark two seconds after its start, track 3 no gap.
for_cdrdao()
{
	local i

	cat <<-END
	CD_DA
	CATALOG "$mcn"
	CD_TEXT { LANGUAGE_MAP { 0: 9 } LANGUAGE 0 { TITLE "Three Songs" PERFORMER "Nobody" } }
	END
	for i in 1 2 3; do
		echo 'TRACK AUDIO'
		[ $i -ne 2 ] || echo COPY
		echo "ISRC \"${isrc[i - 1]}\""
		echo "CD_TEXT { LANGUAGE 0 { TITLE \"Song $i\" PERFORMER \"Singer $i\" } }"
		[ $i -ne 2 ] || echo 'PREGAP 0:1:10'
		echo "FILE \"$tmp/song$i.wav\" 0"
		[ $i -ne 1 ] || echo 'START 0:2:0'
		[ $i -ne 2 ] || echo 'INDEX 0:2:0'
	done
}

# The same without the hidden audio and the pregap's silence: cdrskin makes only gaps of its own.
for_cdrskin()
{
	local i

	cat <<-END
	Input Sheet Version = 0.7T
	Text Code           = 8859
	Language Code       = English
	Album Title         = Three Songs
	Artist Name         = Nobody
	UPC / EAN           = $mcn
	First Track Number  = 1
	Last Track Number   = 3
	END
	for i in 1 2 3; do
		printf 'Track %02d Title = Song %d\nTrack %02d Artist = Singer %d\n' $i $i $i $i
		printf 'ISRC %02d = %s\n' $i "${isrc[i - 1]}"
	done
}

# icedax's files, which wodim takes titles, codes and marks from; they stand for its disc.
for_wodim()
{
	local i

	for i in 1 2 3; do
		cp "$tmp/song$i.wav" "$tmp/track_0$i.wav"
		cat > "$tmp/track_0$i.inf" <<-END
		Albumperformer='Nobody'
		Performer='Singer $i'
		Albumtitle='Three Songs'
		Tracktitle='Song $i'
		MCN=$mcn
		ISRC=${isrc[i - 1]}
		Tracknumber=$i
		Tracklength=$(sectors $i), 0
		Pre-emphasis=no
		Channels=2
		Copy_permitted=once (copyright protected)
		Endianess=little
		Index=0
		Index0=-1
		END
	done
}

# --- The disc, read back ---

# audio_at NAME LBA FILE
audio_at()
{
	local size

	size=$(stat -c %s "$3")
	dd if=/dev/cdr-sim/d0 of="$tmp/read.raw" bs=64k iflag=skip_bytes,count_bytes,fullblock \
		status=none skip=$((131072 + ($2 + 150) * 2352)) count="$size"
	check "$1" cmp "$3" "$tmp/read.raw"
}

texts()
{
	cd-info --no-header --no-cddb --no-device-info "$sr" 2> /dev/null |
		sed -n '/^CD-TEXT/,$ { s/^[[:space:]]*\(TITLE\|PERFORMER\): */\1 /p }'
}

album_texts='TITLE Three Songs
PERFORMER Nobody
TITLE Song 1
PERFORMER Singer 1
TITLE Song 2
PERFORMER Singer 2
TITLE Song 3
PERFORMER Singer 3'

# code FORMAT TRACK LENGTH: reads it with READ SUB-CHANNEL
code()
{
	sg_raw -b -r 24 "$sg" 42 00 40 "$1" 00 00 "$2" 00 18 00 2> /dev/null |
		tail -c +10 | head -c "$3"
}

# codes NAME: compares catalogue number and ISRCs from READ SUB-CHANNEL
codes()
{
	local i

	is "$1: catalogue number" "$(code 02 00 13)" "$mcn"
	for i in 1 2 3; do
		is "$1: ISRC of track $i" "$(code 03 0$i 12)" "${isrc[i - 1]}"
	done
}

burn_cdrdao()
{
	cdrdao write --device "$sr" --driver generic-mmc:0x10 -n "$tmp/album.toc"
}

burn_cdrskin()
{
	cdrskin gracetime=0 dev="$sr" -sao -audio -swab -copy input_sheet_v07t="$tmp/album.v07t" \
		"$tmp"/song{1,2,3}.raw
}

burn_wodim()
{
	(cd "$tmp" && wodim gracetime=0 dev="$sr" -dao -audio -useinfo -text track_0{1,2,3}.wav)
}

songs 3
new_recorder d0 insert=cdr80
export CDR_NODMATEST=1	# wodim would read zeros from /dev/zero for 5 s
for_cdrdao > "$tmp/album.toc"
for_cdrskin > "$tmp/album.v07t"
for_wodim
one=$(sectors 1) two=$(sectors 2) three=$(sectors 3)

check "cdrdao writes an album" burn_cdrdao
is "... its session is closed" "$(sim_get d0 media)" 'cdr complete'
is "... every pack of its lead-in is right" "$(sim_stat d0 text_faults)" 0
is "... tracks and marks" "$(describe | grep -v '^text\|^cdr-sim-disc')" \
"session 1 format 0 state closed leadout $((one + 85 + two + three)) mcn $mcn by session
track 1 control 0 start 150 length $((one - 150)) state recorded isrc ${isrc[0]} pregap 300 runout 0
track 2 control 2 start $((one + 85)) length $two state recorded isrc ${isrc[1]} pregap 85 runout 0
index 2 lba $((one + 85 + 150))
track 3 control 0 start $((one + 85 + two)) length $three state recorded isrc ${isrc[2]} pregap 0 runout 0"
audio_at "... song 1 from its hidden beginning" 0 "$tmp/song1.raw"
audio_at "... song 2" $((one + 85)) "$tmp/song2.raw"
audio_at "... song 3" $((one + 85 + two)) "$tmp/song3.raw"
codes "cdrdao"
is "cd-info reads its texts" "$(texts)" "$album_texts"
read_back "cdparanoia reads track 3" 3 "$tmp/song3.raw"
check "cdrdao reads the disc" cdrdao read-toc --device "$sr" --driver generic-mmc:0x10 "$tmp/read.toc"
for word in "CATALOG \"$mcn\"" "ISRC \"${isrc[1]}\"" 'START 00:02:00' 'START 00:01:10' \
	'TITLE "Song 2"' 'PERFORMER "Nobody"'; do
	check "... $word" grep -F "$word" "$tmp/read.toc"
done
check "cdrskin reads the texts" cdrskin dev="$sr" cdtext_to_v07t="$tmp/read.v07t"
check "... a title" grep -q 'Track 02 Title *= *Song 2' "$tmp/read.v07t"

cd "$tmp" || exit
check "cdr-sim exports it" cdr-sim export d0 out.bin
is "... libcdio reads the tracks of the CUE sheet" "$(
	cd-info --no-header --no-cddb --no-device-info --cue-file=out.cue 2> /dev/null |
		awk '/^ *[0-9]+: [0-9][0-9]:/ { sub(":", "", $1); print $1, $3 + 0 }' | xargs)" \
	"1 150 2 $((one + 85)) 3 $((one + 85 + two)) 170 $((one + 85 + two + three))"
is "... with a mark and pregaps" "$(grep -c 'INDEX 0[02]' out.cue)" 3
check "... and the texts beside it" cmp <(sed -n 's/^text //p' <(describe) | tr -d '\n' | head -c 36) \
	<(head -c 18 out.cdt | od -An -v -tx1 | tr -d ' \n')
new_recorder d1
check "... another recorder takes it" cdr-sim import d1 out.cue
is "... as it was" "$(head -c 131072 /dev/cdr-sim/d1 | md5sum)" \
	"$(head -c 131072 /dev/cdr-sim/d0 | md5sum)"
need cdr-sim remove d1
hctl=$(sim_get d0 device)
sr=/dev/$(ls "/sys/bus/scsi/devices/$hctl/block")
sg=/dev/$(ls "/sys/bus/scsi/devices/$hctl/scsi_generic")

next_disc
check "cdrskin burns session-at-once" burn_cdrskin
is "... complete" "$(sim_get d0 media)" 'cdr complete'
is "... every pack is right" "$(sim_stat d0 text_faults)" 0
is "... no gaps" "$(describe | grep -c 'pregap 0 ')" 2
audio_at "... song 3 bit for bit" $((one + two)) "$tmp/song3.raw"
codes "cdrskin"
is "... texts" "$(texts)" "$album_texts"

next_disc
check "wodim burns disc-at-once" burn_wodim
is "... complete" "$(sim_get d0 media)" 'cdr complete'
is "... every pack is right" "$(sim_stat d0 text_faults)" 0
codes "wodim"
is "... texts" "$(texts)" "$album_texts"

# --- Drives that differ: who gets a disc with all texts there ---

table=$(printf '%-24s %8s %8s %8s' recorder cdrdao cdrskin wodim)

# on ATTRIBUTE=VALUE EXPECTED...: yes or no of each burner
on()
{
	local what=$1 burner cell row

	need sim_set d0 "${what%%=*}" "${what#*=}"
	row=$(printf '%-24s' "$what")
	for burner in cdrdao cdrskin wodim; do
		shift
		next_disc
		cell=no
		"burn_$burner" > "$tmp/burn.log" 2>&1
		[ "$(sim_get d0 media)" != 'cdr complete' ] || [ "$(texts)" != "$album_texts" ] ||
			cell=yes
		is "$what: $burner" $cell "$1"
		row+=$(printf ' %8s' $cell)
	done
	table+=$'\n'$row
}

on text=zero no yes yes
on text=real yes no no
on text=zero_3 yes no no
on text=real_0 no no no
need sim_set d0 text any
on need_gap=1 no no yes
need sim_set d0 need_gap 0
on need_index_0=1 no no yes
need sim_set d0 need_index_0 0
on isrc_plain=1 yes no yes
need sim_set d0 isrc_plain 0
on lose_session=1 no no no
sed 's/^/# table: /' <<< "$table"
need cdr-sim remove d0
