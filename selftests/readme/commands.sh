#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The commands in the README, line by line: the output of each to a file is the same as the audio
# that it burns.
# timeout: 300
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/readme.bash"

cd "$tmp" || bail "no directory"
make_songs
sim_create d0 insert=cdr80
track=0

# to_file COMMAND: stores the audio that it would burn in expected.N
to_file()
{
	: $((++track))
	bash -c "${1//\/dev\/tao0/expected.$track}" > to_file.log 2>&1 < /dev/null ||
		bail "without a recorder it fails already: $1: $(cat to_file.log)"
}

run_line()
{
	case $1 in
	set\ *)	set="$1; " ;;
	tao\ *)	check "$1" bash -c "$1" ;;
	*)	to_file "$set$1"
		check "$1" bash -c "$set${1//\/dev\/tao0/$tao}" < /dev/null ;;
	esac
}

run_block()
{
	local line set=''

	while IFS= read -r line; do
		run_line "$(without_comment "$line")"
	done < <(block "$1" | grep -v "^tao finalize")
}

run_block 1
run_block 2
cp song.raw expected.$((++track))
block 3 | sed "s|/dev/tao0|$tao|" > script.py
check "the Python program" python3 script.py
is "it finalises the disc" "$(sim_get d0 media)" "cdr complete"
[ $track -ge 9 ]
is "commands in the README: $track" $? 0

need cdparanoia -q -Z -B -d "$sr"
for n in $(seq "$track"); do
	tail -c +45 "track0$n.cdda.wav" > read
	same_audio "track $n" "expected.$n" read
done

# On a new disc, the last line that a user would type.
need sim_set d0 eject force
need sim_set d0 insert cdr80
need sh -c "cat song.raw > $tao"
line=$(block 1 | grep '^tao finalize')
check "$(without_comment "$line")" bash -c "$line"
is "it finalises the disc" "$(sim_get d0 media)" "cdr complete"
