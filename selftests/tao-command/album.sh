#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# One command burns and verifies an album of FLAC files; cdparanoia reads the disc back.
# timeout: 600
. "$(dirname "$0")/unit/lab-lib"

sim_create d0 insert=cdr80 dma_alignment=511 read_offset=6 write_offset=-24
need sim_set d0 realtime 0
mkdir album
for n in 1 2 3; do
	audio "$n.raw" $((800000 + n * 54321 * 4)) $n
	need flac -s --endian=little --sign=signed --channels=2 --bps=16 --sample-rate=44100 \
		-T "TRACKNUMBER=$n" -T "TITLE=Song $n" -o "album/$((4 - n)).flac" "$n.raw"
done
says 'one line: burned, finalised, verified' '3 tracks burned, the disc is finalised, read back identical.' \
	tao burn --yes --verify --log album.log album
cp "$ktap_out" said
check 'the offset is found and told' \
	grep -Eq 'identical: [0-9]+ of [0-9]+ samples \(offset -30 samples, 30 samples at the edge' said
check 'no sample was too loud' sh -c '! grep -q "too loud" said'

# A drive without offsets returns the samples without a shift.
need sim_set d0 read_offset -24
for n in 1 2 3; do
	need cdparanoia -q -Z -r -d "$sr" $n "$n.read"
done
cat 1.raw 2.raw 3.raw > all.raw
cat 1.read 2.read 3.read > all.read
same_audio 'cdparanoia reads the album as one stream without a gap' all.raw all.read

# --- The log ---

# sums FILE...: CRC-32 of the samples, and of those that are not null
sums()
{
	python3 - "$@" << 'END'
import array, sys, zlib
for name in sys.argv[1:]:
    audio = open(name, "rb").read()
    kept = array.array("H", (x for x in array.array("H", audio) if x))
    print("%08X %08X" % (zlib.crc32(audio), zlib.crc32(kept.tobytes())))
END
}
logged()	{ grep -qxF -- "$1" album.log; }

is 'the log has the checksums of what is on the disc' \
	"$(awk '/^ Track +Start/ { tracks = 1 } /^$/ { tracks = 0 } tracks && $1 ~ /^[1-9]/ && NF == 7 { print $6, $7 }' album.log)" \
	"$(sums 1.read 2.read 3.read)"
is 'the log has where they are' \
	"$(awk '/^ Track +Start/ { tracks = 1 } /^$/ { tracks = 0 } tracks && $1 ~ /^[1-9]/ && NF == 7 { print $1, $4, $5 }' album.log)" \
	"$(tao toc --json | python3 -c 'import json, sys
for line in sys.stdin:
    for t in json.loads(line).get("tracks", []):
        print(t["number"], t["start_lba"], t["sectors"])')"
check 'the log has the drive' logged 'Drive      CDR-SIM CD RECORDER, firmware 1.0'
check 'the log has the disc and its maker' \
	grep -qxE 'Disc       CD-R, blank, 79:5[0-9] min; maker code .* 97:[0-9]{2}:[0-9]{2}' album.log
is 'the log has the comparison: offset and verdict' \
	"$(awk '/^Compared/ { on = 1 } /^$/ { on = 0 } on && $1 ~ /^[1-9]/ { print $1, $5, $6, $7, $8 }' album.log)" \
	"$(printf '%s 0 0 -30 identical\n' 1 2 3)"
check 'the log has the end' logged 'Result     3 tracks burned, the disc is finalised, read back identical.'

says 'tao verify says the same' 'The disc is what the files are' tao verify album
check_fails 'an album on a finalised disc' 'is finalised; nothing can be added' tao burn --yes album

# --- Equally loud ---

frames=$((430 * 588))
need sox -t raw -r 44100 -e signed -b 16 -c 2 1.raw loud.wav trim 0 ${frames}s
need sox -D loud.wav soft.wav gain -26
need sox -D loud.wav soft.wav both.wav
printf 'FILE both.wav WAVE\nTRACK 01 AUDIO\nINDEX 01 00:00:00\nTRACK 02 AUDIO\nINDEX 01 00:%02d:%02d\n' \
	$((frames / 44100)) $((frames / 588 % 75)) > both.cue
need sim_set d0 eject force
need sim_set d0 insert cdr80
wait_for 10 sh -c 'tao info | grep -q blank'
says 'two parts of a file as loud as each other' '2 tracks burned, the disc is finalised, read back identical.' \
	tao burn --yes --verify --normalize track both.cue
says 'tao verify with the same option' 'The disc is what the files are' tao verify --normalize track both.cue
status_is 'tao verify without it' 7 tao verify both.cue
for n in 1 2; do
	need cdparanoia -q -Z -d "$sr" $n $n.wav
	level=$(ffmpeg -nostats -hide_banner -i $n.wav -af ebur128 -f null - 2>&1 |
		sed -n '/Summary/,$s/^ *I: *\(.*\) LUFS/\1/p')
	check "track $n of the disc: $level LUFS" grep -Eqx -- '-(17\.9|18\.[01])' <(echo "$level")
done
