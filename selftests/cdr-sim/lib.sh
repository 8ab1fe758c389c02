# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# The tests of the recorder itself only need the drivers sr and sg. Sourced after ../lib.sh.

# new_recorder NAME [ATTRIBUTE=VALUE]...: creates it with the cdr-sim command; sets $sr and $sg
new_recorder()
{
	local line

	line=$(cdr-sim create "$@" 2>&1) || bail "cdr-sim create $*: $line"
	sr=/dev/$(grep -o 'sr[0-9]*' <<< "$line" | head -n 1)
	sg=/dev/$(grep -o 'sg[0-9]*' <<< "$line" | head -n 1)
	[ -b "$sr" ] && [ -c "$sg" ] || bail "no device nodes: $line"
	settle
}

# wav FILE.raw FILE.wav: puts a header in front of the samples
wav()
{
	local size
	size=$(stat -c %s "$1")

	{
		printf 'RIFF%bWAVEfmt ' "$(le32 $((size + 36)))"
		printf '%b\1\0\2\0%b%b\4\0\20\0' "$(le32 16)" "$(le32 44100)" "$(le32 176400)"
		printf 'data%b' "$(le32 "$size")"
		cat "$1"
	} > "$2"
}

le32()
{
	printf '\\x%02x\\x%02x\\x%02x\\x%02x' $(($1 & 255)) $(($1 >> 8 & 255)) \
		$(($1 >> 16 & 255)) $(($1 >> 24 & 255))
}

# songs N: makes song1.raw, song1.wav... in $tmp, with different lengths of whole sectors
songs()
{
	local i

	for i in $(seq "$1"); do
		# At least 4 s, even without 2 s of hidden audio: cdrdao refuses less.
		random 450 1200
		audio "$tmp/song$i.raw" $((random * 2352)) $((SEED + i))
		wav "$tmp/song$i.raw" "$tmp/song$i.wav"
	done
}

# read_back NAME TRACK FILE: TRACK has the contents of FILE and then silence, according to
# cdparanoia
read_back()
{
	if ! cdparanoia -Z -q -d "$sr" -r "$2" "$tmp/read.raw" > "$ktap_out" 2>&1; then
		not_ok "$1" "cdparanoia failed"
		return
	fi
	same_audio "$1" "$3" "$tmp/read.raw"
}

# The table of tracks from cd-info: "NUMBER LSN TYPE"; 170 is the lead-out
tracks()
{
	cd-info --no-header --no-cddb "$sr" 2> /dev/null |
		awk '/^ *[0-9]+: [0-9][0-9]:/ { sub(":", "", $1); print $1, $3 + 0, $4 }'
}
