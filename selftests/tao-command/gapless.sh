#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# An album of tracks that run into each other, from FLAC and CUE sheet by one command: it comes back
# as one stream, sample for sample, with pregaps, marks, hidden audio, codes and CD-TEXT; and burned
# again from the CUE sheet that tao toc writes.
# timeout: 1200
# full
. "$(dirname "$0")/unit/session-lib"
. "$(dirname "$0")/unit/lab-lib"

mcn=1234567890128

# In the simulator, these sectors have the catalogue number or an ISRC in place of their position.
has_code()	{ [ $((($1 + 150) % 96)) -eq 24 ] || [ $((($1 + 150) % 96)) -eq 48 ]; }

# marks_hide N AT: whether a mark of track N, which begins at AT, is in such a sector
marks_hide()
{
	local at=$(($2 + ($1 % 4 == 2 ? $1 * 31 : 0)))

	[ $(($1 % 3)) -eq 0 ] && { has_code $((at + 100)) || has_code $((at + 250)); }
}

# --- The album: 12 tracks and what a disc can have, in one FLAC file ---

tracks=12
hidden=310
at=$hidden
{
	echo "CATALOG $mcn"
	echo 'PERFORMER "The Bänd"'
	echo 'TITLE "Without a break"'
	echo 'FILE "album.wav" WAVE'
	for n in $(seq $tracks); do
		printf '  TRACK %02d AUDIO\n    TITLE "Part %d"\n' "$n" "$n"
		[ "$n" -ne 5 ] || echo '    PERFORMER "A guest"'
		[ "$n" -ne 7 ] || echo '    FLAGS DCP'
		printf '    ISRC GBAYE06%05d\n' "$n"
		[ "$n" -ne 1 ] || echo '    INDEX 00 00:00:00'
		gap=0
		if [ $((n % 4)) -eq 2 ]; then
			gap=$((n * 31))
			echo "    INDEX 00 $(msf $at)"
			at=$((at + gap))
		fi
		echo "    INDEX 01 $(msf $at)"
		if [ $((n % 3)) -eq 0 ]; then
			echo "    INDEX 02 $(msf $((at + 100)))"
			echo "    INDEX 03 $(msf $((at + 250)))"
		fi
		starts[n]=$at gaps[n]=$gap
		random 320 560
		at=$((at + random))
		while marks_hide $((n + 1)) $at; do
			at=$((at + 1))
		done
	done
} > album.cue
total=$at
# The last track ends in mid-sector.
audio album.raw $((total * 2352 - 400 * 4)) 1
need flac -s --endian=little --sign=signed --channels=2 --bps=16 --sample-rate=44100 album.raw

expected()
{
	local n end

	echo "session 1 format 0 state closed leadout $total mcn $mcn by session"
	for n in $(seq $tracks); do
		end=${starts[n + 1]:-$total}
		printf 'track %d control %d start %d length %d state recorded isrc GBAYE06%05d pregap %d runout 0\n' \
			"$n" $((n == 7 ? 2 : 0)) "${starts[n]}" \
			$((end - ${gaps[n + 1]:-0} - starts[n])) "$n" \
			$((n == 1 ? hidden + 150 : gaps[n]))
		[ $((n % 3)) -ne 0 ] ||
			printf 'index %d lba %d\n' 2 $((starts[n] + 100)) 3 $((starts[n] + 250))
	done
}

expected_texts()
{
	local n

	echo 'TITLE Without a break'
	echo 'PERFORMER The Bänd'
	for n in $(seq $tracks); do
		echo "TITLE Part $n"
		[ "$n" -eq 5 ] && echo 'PERFORMER A guest' || echo 'PERFORMER The Bänd'
	done
}

sim_create d0 dma_alignment=511 insert=cdr80 realtime=0

says 'the plan: the mode' 'Session-at-once: the tracks follow each other without a gap' tao burn -n album.cue
cp "$ktap_out" plan
check 'the plan: hidden audio' grep -q '0:04  hidden, before the first track' plan
check 'the plan: a pregap' grep -q 'Part 2 .*pregap 00:00.62' plan
check 'the plan: marks' grep -q 'Part 3 .*2 marks' plan
check 'the plan: CD-TEXT' grep -Eq 'CD-TEXT: [0-9]+ packs\.' plan
says 'one command burns, finalises, verifies' \
	'12 tracks burned, the disc is finalised, read back identical.' \
	tao burn --yes --verify album.cue
is 'the disc is as the sheet says' "$(describe | grep -v '^text\|^cdr-sim-disc')" "$(expected)"
is 'CD-TEXT, read by cd-info' "$(texts)" "$(expected_texts)"
stream_at 'one unbroken stream, sample for sample' album.raw 0
check 'cdparanoia reads the tracks' cdparanoia -q -Z -r -d "$sr" 1- tracks.raw
tail -c +$((hidden * 2352 + 1)) album.raw > from1.raw
same_audio 'cdparanoia: the tracks in one stream' from1.raw tracks.raw
says 'tao verify finds the same' 'The disc is what the files are' tao verify album.cue

# --- The disc, shown, as a CUE sheet, and burned again from that ---

tao toc > toc
check 'toc: hidden audio and ISRC' grep -q '^    1 .*hidden audio 00:04.10  ISRC GBAYE0600001' toc
check 'toc: a pregap' grep -q '^    2 .*pregap 00:00.62' toc
check 'toc: marks' grep -q '^    3 .*index 2 at 00:01.25  index 3 at 00:03.25' toc
check 'toc: catalogue number' grep -q "^MCN  *$mcn" toc
check 'toc: CD-TEXT of the disc' grep -q '^CD-TEXT  *The Bänd: Without a break' toc
check 'toc: CD-TEXT of a track' grep -q '^CD-TEXT  *5  A guest: Part 5' toc
json tao toc
json_is_valid 'toc: objects' toc
sed -i 's/GBAYE0600003/GBAYE0600999/' album.cue
check_fails 'tao verify finds another ISRC' 'track 3: ISRC GBAYE0600003 instead of GBAYE0600999' \
	tao verify album.cue
sed -i 's/GBAYE0600999/GBAYE0600003/; s/TITLE "Part 9"/TITLE "Part nine"/' album.cue
check_fails 'tao verify finds another title' 'CD-TEXT of track 9: "Part 9" instead of "Part nine"' \
	tao verify album.cue
sed -i 's/Part nine/Part 9/; s/INDEX 03 '"$(msf $((starts[3] + 250)))"'/INDEX 03 '"$(msf $((starts[3] + 270)))"'/' album.cue
status_is 'tao verify finds another mark' 7 tao verify album.cue
sed -i 's/INDEX 03 '"$(msf $((starts[3] + 270)))"'/INDEX 03 '"$(msf $((starts[3] + 250)))"'/' album.cue
check 'toc --cue' sh -c 'tao toc --cue > disc.cue'
need cdparanoia -q -Z -r -d "$sr" -- '[.0]-' disc.raw
describe | grep -v '^cdr-sim-disc' > first
next_disc
check 'the CUE sheet of the disc is burned' tao burn --yes disc.cue
is 'and gives the same disc' "$(describe | grep -v '^cdr-sim-disc')" "$(cat first)"
stream_at 'with the same audio' album.raw 0

# --- A mark that the drive does not show in its sector ---

hidden_mark=162
has_code $hidden_mark || bail "$hidden_mark is not a sector with a code"
audio short.raw $((400 * 2352)) 2
printf 'CATALOG %s\nFILE short.raw BINARY\nTRACK 01 AUDIO\nINDEX 01 00:00:00\nINDEX 02 %s\n' \
	$mcn "$(msf $hidden_mark)" > short.cue
next_disc
check 'a mark in a sector with a code is burned' tao burn --yes --mode session short.cue
check 'tao verify takes it for the same' tao verify short.cue
check 'it is read a sector late at most' sh -c "tao toc | grep -qE 'index 2 at 00:02.1[23]'"

# --- Tracks that do not begin with number 1, and CD-TEXT that a sheet has no keyword for ---

python3 - << 'END'
def crc(data):
    value = 0
    for byte in data:
        value ^= byte << 8
        for _ in range(8):
            value = (value << 1 ^ (0x1021 if value & 0x8000 else 0)) & 0xffff
    return value ^ 0xffff

def pack(kind, track, number, position, text):
    data = bytes([kind, track, number, position]) + text.ljust(12, b"\0")
    return data + crc(data).to_bytes(2, "big")

sizes = bytes([0, 5, 6, 0] + [2, 0, 0, 1] + [0] * 11 + [3] + [5] + [0] * 7 + [9] + [0] * 7)
open("five.cdt", "wb").write(
    pack(0x80, 0, 0, 0, b"Live\0Five\0Si") + pack(0x80, 6, 1, 2, b"x\0") +
    pack(0x83, 0, 2, 0, b"\0Anna\0Bert\0") +
    b"".join(pack(0x8f, i, 3 + i, 0, sizes[i * 12:i * 12 + 12]) for i in range(3)))
END
audio five.raw $((700 * 2352)) 5
printf 'CDTEXTFILE five.cdt\nFILE five.raw BINARY\nTRACK 05 AUDIO\nINDEX 01 00:00:00\n' > five.cue
printf 'TRACK 06 AUDIO\nINDEX 01 00:04:50\n' >> five.cue
next_disc
says 'the plan: numbers of the sheet' 'On the disc they have the numbers 5 to 6' tao burn -n five.cue
check 'a sheet that begins with track 5' tao burn --yes --verify five.cue
is 'the tracks have its numbers' "$(describe | sed -n 's/^track \([0-9]*\) .*/\1/p' | xargs)" '5 6'
check 'cd-info finds them' \
	sh -c 'cd-info --no-header --no-cddb "$1" 2> /dev/null | grep -qF "Track List (5 - 6)"' sh "$sr"
need cdrdao read-toc --fast-toc --device "$sr" five.toc
is 'cdrdao reads their texts' "$(sed -n 's/^ *\(TITLE\|COMPOSER\) "\(..*\)"$/\2/p' five.toc | xargs)" \
	'Live Five Anna Six Bert'
check 'toc --cue --cdtext' sh -c 'tao toc --cue --cdtext kept.cdt > kept.cue'
check 'it keeps the packs' cmp five.cdt kept.cdt
need cdparanoia -q -Z -r -d "$sr" -- '[.0]-' disc.raw
describe | grep -v '^cdr-sim-disc' > first
next_disc
check 'the sheet with its packs is burned' tao burn --yes kept.cue
is 'and gives the same disc again' "$(describe | grep -v '^cdr-sim-disc')" "$(cat first)"
stream_at 'with the same audio again' five.raw 0
sed 's/TRACK 05/TRACK 01/; s/TRACK 06/TRACK 02/; /CDTEXTFILE/d' five.cue > one.cue
check_fails 'tao verify finds other numbers' 'the first track is number 5 instead of 1' tao verify one.cue
