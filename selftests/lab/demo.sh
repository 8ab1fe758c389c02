#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# "make run" for a newcomer: with its own music, a folder of the user's, and failures.
# host
# timeout: 600
# long
. "$(dirname "$0")/../lib.sh"

tree=$PWD
demo=$tree/selftests/lab/demo

# samples FILE: prints those of a WAV file from cdparanoia
samples()
{
	tail -c +45 "$1"
}

# read_back FILE RAW TRACK: the WAV of a track holds the samples of RAW
read_back()
{
	samples "$DEMO_OUT/readback/track$3.cdda.wav" > "$tmp/samples"
	same_audio "$1" "$2" "$tmp/samples"
}

# The image is made by the recorder, so it has to have the same contents.
in_image()
{
	check "$1" python3 - "$2" "$DEMO_OUT/disc.bin" <<'END'
import sys
track, image = (open(name, "rb").read() for name in sys.argv[1:])
sys.exit(image.find(track) % 2352)
END
}

export DEMO_OUT=$tmp/out
check "make run" sh -c "'$demo' > '$tmp/said' 2>&1 || { cat '$tmp/said'; false; }"
check "it says that the recorder is simulated" grep -q 'SIMULATED CD recorder' "$tmp/said"
check "it says that this kernel is not touched" grep -q "$(uname -r), is not touched" "$tmp/said"
check "a command as one would type it" grep -qx "  # cat '01 Lead-in.raw' > /dev/tao0" "$tmp/said"
check "a track's length and speed" grep -q 'track 1: 0:08.00 min, 600 sectors, in .* s at 48x' "$tmp/said"
check "bytes copied, and not" grep -qE '^ +1,[0-9,]+ bytes straight .*, [1-9][0-9,]+ copied' "$tmp/said"
check "the verdict" grep -q '^Verdict .* bit for bit' "$tmp/said"
is "no colours in a file" "$(grep -c $'\e' "$tmp/said")" 0
mkdir "$tmp/music"
need build/tools/demo/synth "$tmp/music"
is "length of the music" "$(cat "$tmp"/music/*.raw | wc -c)" $((19 * 176400))
read_back "the music comes back: 1" "$tmp/music/01 Lead-in.raw" 01
read_back "the music comes back: 2" "$tmp/music/02 Lead-out.raw" 02
in_image "the music is in the image" "$tmp/music/01 Lead-in.raw"
check "the image has a CUE sheet" grep -q 'TRACK 02 AUDIO' "$tmp/out/disc.cue"

# Files whose names have spaces, on a terminal; one is shorter than a track can be.
album="$tmp/My Album (live)"
mkdir "$album"
audio "$tmp/1.raw" 1500000 1
audio "$tmp/2.raw" 400000 2
for n in 1 2; do
	need sox -t raw -r 44100 -e signed -b 16 -c 2 "$tmp/$n.raw" "$album/0$n It's a song.wav"
done
check "make run AUDIO=folder" env AUDIO="$album" TERM=xterm script -qec "$demo" "$tmp/typescript"
check "colours on a terminal" grep -q $'\e\\[1m' "$tmp/typescript"
check "a name with a space and a quote" grep -qF "# cat '02 It'\\''s a song.raw' > /dev/tao0" "$tmp/typescript"
read_back "the folder comes back: 1" "$tmp/1.raw" 01
read_back "the folder comes back: 2" "$tmp/2.raw" 02

AUDIO='no such file' "$demo" > "$tmp/said" 2>&1
is "AUDIO that is not there: exit status" $? 1
check "the step" grep -qx 'FAILED: reading no such file' "$tmp/said"
check "why" grep -q 'no such file: No such file or directory' "$tmp/said"
check "where the log is" grep -qx "The log: $DEMO_OUT/log" "$tmp/said"
truncate -s $((360000 * 2352)) "$tmp/long.raw"
check_fails "AUDIO that is too long" '1 tracks of 80:00 min' env AUDIO="$tmp/long.raw" "$demo"
