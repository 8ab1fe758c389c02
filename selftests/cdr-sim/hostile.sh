#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A profile or a name from somebody else makes root write to no other file, and sends nothing to the
# terminal that controls it.
# lab: --doors --no-watch "tao is not loaded"
# timeout: 120
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib.sh"

cd "$tmp" || exit
load cdr-sim
victim=$tmp/victim
echo untouched > victim
up=../../../../..

# plain NAME: nothing in the output of the command before controls a terminal
plain()
{
	cp "$ktap_out" said || bail "no output"
	check "$1: no control characters" sh -c "! LC_ALL=C grep '[^[:print:][:space:]]' said"
}

# refused NAME LINE: a profile of this line is refused, and no recorder is left over
refused()
{
	printf '%b\n' "$2" > hostile.profile
	check_fails "$1" "cdr-sim: " cdr-sim create d1 profile=hostile.profile
	plain "$1"
	is "$1: the file" "$(cat victim)" untouched
	check "$1: no recorder" test ! -e "$sim_root/d1"
}

# escapes NAME...: what cdr-sim does with a name that leads out of its directory
escapes()
{
	check_fails "$1 with a name that leads elsewhere" "is no name" cdr-sim "$@"
	is "$1: the file" "$(cat victim)" untouched
}

refused "a path as attribute" "$up$victim touched"
refused "a path inside" "../d1/speed 4"
refused "the directory" ". 4"
refused "an attribute with a terminal sequence" '\033]0;title\007 1'
refused "its octal form" '\\033]0;title\\007 1'
refused "a value with a terminal sequence" 'speed \033[31m4'
refused "an unknown attribute" "speeds 4"

check_fails "set: a path" "is no attribute" cdr-sim create d1 "$up$victim=touched"
check_fails "set: no attribute" "is no attribute" cdr-sim create d1 "=touched"
is "set: the file" "$(cat victim)" untouched

new_recorder d0 insert=cdr80
mkdir "$tmp/name"
echo untouched > "$tmp/name/insert"
for arguments in insert:cdr80 eject: export:x.bin import:x.cue fault:clear stats:--reset \
	set:insert=touched remove: create:; do
	# shellcheck disable=SC2086 # a word or none
	escapes "${arguments%%:*}" "../../../..$tmp/name" ${arguments#*:}
done
is "insert: the other file" "$(cat "$tmp/name/insert")" untouched
check "a directory is not removed" test -d "$tmp/name"
for name in '' . .. .x -x 'a b' a/b $'a\nb' $'a\033b'; do
	check_fails "create: \"$(printf %q "$name")\" is no name" "cdr-sim: " cdr-sim create "$name"
	plain "create"
done
check "an ordinary name" cdr-sim create My_drive-2.0
check "it is listed" sh -c 'cdr-sim list | grep -q "^My_drive-2.0: "'
need cdr-sim remove My_drive-2.0
