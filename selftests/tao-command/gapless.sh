#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# An album of tracks that run into each other, from FLAC and CUE sheet by one command: it comes back
# as one stream, sample for sample, with pregaps, marks, hidden audio, codes and CD-TEXT. What can't
# be burned so, what is cancelled, and drives that differ.
# timeout: 900
. "$(dirname "$0")/unit/lab-lib"

mcn=1234567890128
image=/dev/cdr-sim/d0

next_disc()
{
	[ "$(sim_get d0 media)" = none ] || need sim_set d0 eject force
	need sim_set d0 insert cdr80
	wait_for 20 sh -c 'tao info | grep -q blank'
}

describe()	{ head -c 131072 $image | tr -d '\0'; }
msf()		{ printf '%02d:%02d:%02d' $(($1 / 75 / 60)) $(($1 / 75 % 60)) $(($1 % 75)); }

# stream_at NAME FILE LBA: the disc has FILE there, and then silence to the end of the sector
stream_at()
{
	local size sectors

	size=$(stat -c %s "$2")
	sectors=$(((size + 2351) / 2352))
	dd if=$image of=read.raw bs=64k iflag=skip_bytes,count_bytes,fullblock status=none \
		skip=$((131072 + ($3 + 150) * 2352)) count=$((sectors * 2352))
	same_audio "$1" "$2" read.raw
}

texts()
{
	cd-info --no-header --no-cddb --no-device-info "$sr" 2> /dev/null |
		sed -n '/^CD-TEXT/,$ { s/^[[:space:]]*\(TITLE\|PERFORMER\): */\1 /p }'
}

fails()		{ ! "$@" > /dev/null 2> complaint; }
said()		{ check "$1" grep -qF -- "$2" complaint; }

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
status_is 'tao verify finds another ISRC' 7 tao verify album.cue
check 'and says which' grep -q 'track 3: ISRC GBAYE0600003 instead of GBAYE0600999' "$ktap_out"
sed -i 's/GBAYE0600999/GBAYE0600003/; s/TITLE "Part 9"/TITLE "Part nine"/' album.cue
status_is 'tao verify finds another title' 7 tao verify album.cue
check 'and says which one' grep -q 'CD-TEXT of track 9: "Part 9" instead of "Part nine"' "$ktap_out"
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

# --- Files of any length, one behind the other; titles of their tags ---

next_disc
mkdir files
for n in 1 2 3; do
	audio "$n.raw" $((1500000 + n * 77777 * 4)) $((SEED + n))
	need flac -s --endian=little --sign=signed --channels=2 --bps=16 --sample-rate=44100 \
		-T "TRACKNUMBER=$n" -T "TITLE=Čas $n" -T "ARTIST=Nobody" -o "files/$n.flac" "$n.raw"
done
says 'the plan: what CD-TEXT has not' 'track 1, title: "Č" becomes "C"' tao burn -n files
json tao burn -y files
json_is_valid 'objects' plan track-end session-closed result
cat 1.raw 2.raw 3.raw > all.raw
stream_at 'files of odd lengths: one stream' all.raw 0
is 'CD-TEXT of the tags' "$(texts | sort -u)" \
"$(printf 'PERFORMER Nobody\nTITLE\nTITLE Cas 1\nTITLE Cas 2\nTITLE Cas 3' | sort -u)"

next_disc
check 'a gap that is asked for' tao burn -y --gap 1.5 --no-cd-text files
is 'is before the others' "$(describe | grep -c 'pregap 112 ')" 2
is 'no CD-TEXT' "$(describe | grep -c '^text')" 0

# --- Where it is not possible ---

next_disc
check 'an open session is track-at-once' tao burn -y -F 1.raw 2.raw
check 'a disc with tracks' sh -c 'tao burn -n 1.raw 2.raw | grep -q "Track-at-once (the disc is not blank)"'
status_is 'it takes no session' 4 tao burn -y --mode session 1.raw 2.raw
check '--gap needs one' fails tao burn -y --gap 2 1.raw
said 'and says why' '--gap needs session-at-once, and that is not possible: the disc is not blank'
status_is 'options that contradict each other' 2 tao burn -y --mode session -F 1.raw 2.raw
next_disc
says 'a pipe' '1 track burned' sh -c 'cat 1.raw | tao burn -y -'

sim_remove d0
sim_create d0 dma_alignment=511 insert=cdr80 realtime=0 session_at_once=0
says 'a drive without session-at-once' '3 tracks burned' tao burn -y files
is 'burns the tracks' "$(describe | grep -c 'by track')" 1
sim_remove d0
sim_create d0 dma_alignment=511 insert=cdr80 realtime=0 text=refuse
says 'a drive without CD-TEXT: the plan' 'the drive does not write it' tao burn -n files
check 'a drive without CD-TEXT' tao burn -y files
is 'burns the session' "$(describe | grep -c 'by session')" 1
sim_remove d0

# A drive that refuses what it says it can: nothing is burned, and the message says what to do.
sim_create d0 dma_alignment=511 insert=cdr80 realtime=0
need sim_set d0 fault 'op=5d times=0 sense=5/26/00'
check 'every form is refused' fails tao burn -y files
said 'the way out' '--mode track burns with gaps of 2 s, --no-cd-text without titles'
said 'the disc' 'Nothing was written.'
is 'it is blank' "$(sim_get d0 media)" 'cdr blank'
need sim_set d0 fault clear
sim_remove d0

# --- Cancelled ---

sim_create d0 dma_alignment=511 insert=cdr80 speed=4
env --default-signal=INT tao burn -y album.cue > cancel.out 2>&1 &
burner=$!
wait_for 60 sh -c 'tao status | grep -q "track 3"'
kill -INT $burner
wait_for 10 grep -q 'Ctrl-C again stops at once' cancel.out
check 'Ctrl-C: what it costs' grep -q 'the rest of the session, .* min, is burned as silence' cancel.out
wait $burner
is 'Ctrl-C: exit status' $? 8
check 'Ctrl-C: what the disc has' grep -Eq 'The session is closed: [2-9] of 12 tracks are whole' cancel.out
is 'Ctrl-C: the disc is finalised' "$(sim_get d0 media)" 'cdr complete'
head -c $(((starts[3] - hidden) * 2352)) from1.raw > two.raw
check 'Ctrl-C: cdparanoia reads what was burned' cdparanoia -q -Z -r -d "$sr" 1-2 read.raw
check 'Ctrl-C: sample for sample' cmp two.raw read.raw

next_disc
env --default-signal=INT tao burn -y album.cue > cancel.out 2>&1 &
burner=$!
wait_for 60 sh -c 'tao status | grep -q "track 3"'
kill -INT $burner
wait_for 10 grep -q 'Ctrl-C again stops at once' cancel.out
sleep 1.5
kill -INT $burner
wait $burner
is 'Ctrl-C twice: exit status' $? 8
check 'Ctrl-C twice: what the disc is' grep -q 'The session is incomplete' cancel.out
