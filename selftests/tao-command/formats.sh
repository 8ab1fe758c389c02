#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Each format that Debian's programs can write, intact and with each oddity: the report of tao
# burn -n. The decoded samples are compared with those of a second decoder that shares no library
# with FFmpeg. Finally it prints the table "format x oddity".
# host
# timeout: 900
. "$(dirname "$0")/../lib.sh"

need make -s -C "$tree/selftests/tao-command" O="$tree/build" decode
cd "$tmp" || exit
seconds=6
frames=$((seconds * 44100))

# pcm FILE [OPTION]...: prints the samples that tao would burn
pcm()
{
	local file=$1
	shift

	"$tree/build/selftests/tao-command/unit/decode" "$@" "$file" 2> pcm.err
}

need sox -R -n -r 44100 -b 16 -c 2 source.wav synth $seconds pinknoise synth sine mix 440 gain -12
need sox source.wav -t raw source.raw

# --- Formats: the file, the program that writes it, the output of a second decoder (raw) ---

lossless()	# ENDING COMMAND...
{
	local ending=$1
	shift

	need "$@"
	check "$ending: every sample as it was" cmp source.raw <(pcm "a.$ending")
}

# Maximum difference between two raw files, as far as both have audio
distance()	# A B
{
	python3 - "$1" "$2" <<- 'END'
		import array, sys

		a, b = (array.array("h", open(name, "rb").read()) for name in sys.argv[1:])
		print(max(map(lambda x, y: abs(x - y), a, b), default=99999))
	END
}

# Dither is 1 LSB, the rounding of each decoder less than another one.
lossy_within=4

lossy()		# ENDING FRAMES DECODE-COMMAND...: to other.raw
{
	local ending=$1 length=$2
	shift 2

	need "$@"
	pcm "a.$ending" > own.raw
	is "$ending: as long as a second decoder makes it" "$(($(stat -c %s own.raw) / 4))" "$length"
	is "$ending: the second decoder's length" "$(($(stat -c %s other.raw) / 4))" "$length"
	check "$ending: within $lossy_within of the second decoder's samples" \
		test "$(distance own.raw other.raw)" -le $lossy_within
}

lossless wav cp source.wav a.wav
lossless flac flac -s -f -o a.flac source.wav
lossless aiff sox source.wav a.aiff
lossless aifc sox source.wav a.aifc
lossless au sox source.wav a.au
lossless caf sox source.wav a.caf
lossless w64 sox source.wav a.w64
lossless wv wavpack -q -y source.wav -o a.wv
lossless tta ffmpeg -v error -y -i source.wav a.tta
lossless alac.m4a ffmpeg -v error -y -i source.wav -c:a alac a.alac.m4a
lossless mka ffmpeg -v error -y -i source.wav -c:a flac a.mka
lossless nist sox source.wav a.nist

need lame --quiet source.wav a.mp3
lossy mp3 $frames mpg123 -q -s --stereo -r 44100 -O other.raw a.mp3
need lame --quiet -V 2 source.wav a.vbr.mp3
lossy vbr.mp3 $frames mpg123 -q -s --stereo -r 44100 -O other.raw a.vbr.mp3
need oggenc -Q -o a.ogg source.wav
lossy ogg $frames oggdec -Q -R -o other.raw a.ogg
need opusenc --quiet source.wav a.opus
need opusdec --quiet --rate 44100 --no-dither a.opus opus.wav
pcm a.opus > own.raw
is 'opus: as long as it was' "$(($(stat -c %s own.raw) / 4))" $frames
is "opus: opusdec's length" "$(soxi -s opus.wav)" $frames
need ffmpeg -v error -y -i source.wav a.m4a
is 'm4a: as long as it was, without what the encoder put before and behind' \
	"$(pcm a.m4a | wc -c)" $((frames * 4))
for ending in wma ac3 aac webm; do
	need ffmpeg -v error -y -i source.wav a.$ending
	check "$ending: read, within 0.1 s of its length" test \
		"$(pcm a.$ending | wc -c)" -gt $(((frames - 4410) * 4))
done

# --- Oddities: the report of tao burn -n ---

# verdict FILE: ok SECONDS, note, damaged, refused or CRASH
verdict()
{
	local status

	timeout 120 tao burn -n "$1" > v.out 2> v.err
	status=$?
	if grep -q 'may have been cut short' v.out; then
		echo note
	elif grep -q '^ *1\. ' v.out; then
		awk '$1 == "1." { print "ok", $2 }' v.out
	elif grep -q 'is damaged' v.err && [ $status = 5 ]; then
		echo damaged
	elif [ $status = 5 ]; then
		echo refused
	else
		echo "CRASH $status"
	fi
}

odd()		# FORMAT ODDITY EXPECTED: of x.FORMAT
{
	local got

	got=$(verdict "x.$1")
	printf '%s|%s|%s\n' "$1" "$2" "$got" >> table
	is "$1, $2" "$got" "$3"
}

whole="ok 0:0$seconds" twice="ok 0:$((seconds * 2))"
tag() { printf 'ID3\x03\0\0\0\0\x07\x68'; head -c 1000 /dev/zero | tr '\0' x; }
half() { head -c $(($(stat -c %s "a.$1") / 2)) "a.$1" > "x.$1"; }

for format in wav flac aiff au caf w64 wv tta alac.m4a mka mp3 vbr.mp3 ogg opus m4a wma; do
	cp a.$format x.$format
	odd $format whole "$whole"
	half $format
	case $format in
	ogg|opus)	odd $format 'cut in half' note ;;
	*)		odd $format 'cut in half' damaged ;;
	esac
done
for format in flac mp3 wav; do
	(tag; cat a.$format) > x.$format
	odd $format 'tag in front' "$whole"
	(tag; tag; cat a.$format) > x.$format
	odd $format 'two tags in front' "$whole"
	(tag; head -c 512 /dev/zero; cat a.$format) > x.$format
	odd $format 'tag and zeros in front' "$whole"
done
for format in flac wav ogg opus mp3 vbr.mp3; do
	cat a.$format a.$format > x.$format
	odd $format 'chained' "$twice"
	pcm x.$format > own.raw
	pcm a.$format > one.raw
	check "$format, chained: the same twice" test "$(stat -c %s own.raw)" = $((2 * $(stat -c %s one.raw)))
done
# tags between them: a picture that looks like frames, titles, ID3v1, APE
need lame --quiet --add-id3v2 --tt Title source.wav t.mp3
ape() { printf 'APETAGEX\xd0\x07\0\0\x20\0\0\0\0\0\0\0%b\0\0\0\0\0\0\0\0' "$1"; }
{
	cat a.mp3
	printf 'ID3\x03\0\0\0\x08\x0d\x40'
	yes $'\xff\xfb\x90\x64' | tr -d '\n' | head -c 132800
	cat a.mp3
	ape '\0\0\0\x80'
	cat t.mp3 a.vbr.mp3
} > x.mp3
odd mp3 'four with tags between them' "ok 0:$((seconds * 4))"
is 'mp3: four with tags between them, as long as each' "$(($(pcm x.mp3 | wc -c) / 4))" $((frames * 4))
flac -s -c - < source.wav > x.flac
odd flac 'length unknown' "$whole"
ffmpeg -v error -i source.wav -f wav - | cat > x.wav
odd wav 'sizes FFFFFFFF' "$whole"
size()		# 4 bytes each, in the format of printf
{
	(printf 'RIFF%b' "$1"; tail -c +9 source.wav | head -c 32; printf '%b' "$2"; tail -c +45 source.wav) > x.wav
}
size '\0\0\0\0' '\0\0\0\0'
odd wav 'sizes 0' "$whole"
size '\xff\xff\xff\x7f' '\xff\xff\xff\x7f'
odd wav 'sizes 7FFFFFFF' "$whole"
ffmpeg -v error -y -i source.wav -write_xing 0 -id3v2_version 0 -q:a 2 x.mp3
odd mp3 'no header at all' "$whole"
(head -c 2000 /dev/zero; cat x.mp3) > y.mp3 && mv y.mp3 x.mp3
odd mp3 'zeros in front' "$whole"
for format in mp3 flac ogg; do
	bytes=$(stat -c %s a.$format)
	(head -c $((bytes / 2)) a.$format; head -c 6000 /dev/zero; tail -c +$((bytes / 2 + 6001)) a.$format) > x.$format
	odd $format 'hole in the middle' damaged
done
echo '<html>Not found</html>' > x.mp3
odd mp3 'a web page' refused
: > x.wav
odd wav 'empty' refused
need sox -M source.wav source.wav x.wav
odd wav 'four channels' refused
cp a.mp3 x.raw
odd raw 'an MP3 file' "$whole"
need sox -t raw -r 44100 -e signed -b 16 -c 2 -L source.raw -t raw -B x.raw
odd raw 'big-endian' refused
is 'MP3 by a pipe is not burned as noise' \
	"$(ffmpeg -v error -i source.wav -id3v2_version 0 -f mp3 - | tao burn -n - 2> /dev/null | grep -c 'MPEG, MP3')" 1

# --- Random damage ---

# Changes, removes or inserts bytes of a file: no crash, no hang, and no more audio than before.
mutate()	# FORMAT NUMBER
{
	python3 - "a.$1" "x.$1" $((SEED * 1000 + $2)) <<- 'END'
		import random, sys

		r = random.Random(int(sys.argv[3]))
		data = bytearray(open(sys.argv[1], "rb").read())
		for _ in range(r.choice((1, 1, 2, 5, 20))):
		    at, n = r.randrange(len(data)), r.choice((1, 4, 100, 3000))
		    if r.random() < 0.6:
		        data[at:at + n] = r.randbytes(len(data[at:at + n]))
		    elif r.random() < 0.5:
		        del data[at:at + n]
		    else:
		        data[at:at] = r.randbytes(n)
		open(sys.argv[2], "wb").write(data)
	END
}

bad=''
for ((i = 0; i < ${MUTATIONS:-36}; i++)); do
	formats=(flac mp3 ogg opus m4a wav wv wma aiff alac.m4a mka tta)
	format=${formats[$((i % ${#formats[@]}))]}
	need mutate $format $i
	got=$(verdict x.$format)
	case $got in
	CRASH*)	bad+=" $format/$i:$got" ;;
	esac
done
is "damaged at random (SEED=$SEED): each is read, or refused in words" "$bad" ''

sed 's/^/# | /' table
