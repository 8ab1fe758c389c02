# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# The commands in the README: its code blocks after the comment "selftests/readme runs these
# lines".

readme=$(realpath "$(dirname "$(realpath "$0")")/../../README.md")

# block N: prints the Nth of these blocks
block()
{
	awk -v n="$1" '
		/selftests\/readme runs these lines/ { wanted = ++count == n; next }
		wanted && /^```/ { if (inside) exit; inside = 1; next }
		wanted && inside' "$readme"
}

# without_comment LINE
without_comment()
{
	sed 's/  *# .*//' <<< "$1"
}

# make_songs: makes the input files of the commands, in the current directory
make_songs()
{
	local format='-t raw -r 44100 -e signed -b 16 -c 2 -L'

	audio song.raw 1058401 1
	audio a.raw 900001 2
	audio b.raw 300007 3
	truncate -s 1058400 song.raw
	need sox $format song.raw song.wav
	need flac -s song.wav -o song.flac
	need ffmpeg -v error -i song.wav song.m4a
}
