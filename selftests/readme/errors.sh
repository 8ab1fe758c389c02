#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The commands in the README when the drive fails at the end of the track, after all data were
# written: which of them report it, which need "| cat" behind them, and that the error is
# recorded.
# timeout: 300
# long
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/readme.bash"

cd "$tmp" || bail "no directory"
make_songs
sim_create d0

# fail_at_end COMMAND: sets $status to its exit status; SYNCHRONIZE CACHE gets a write error
fail_at_end()
{
	sim_set d0 eject force 2> /dev/null
	need sim_set d0 insert cdr80
	need sim_set d0 fault "op=35 sense=3/0c/00"
	bash -c "${1//\/dev\/tao0/$tao}" > said 2>&1 < /dev/null
	status=$?
	wait_for 30 test "$(tao_attr state)" = idle || bail "the track does not end"
}

# reports COMMAND
reports()
{
	fail_at_end "$1"
	[ $status -ne 0 ]
	is "it is reported: $1" $? 0
	check_fails "and on record" 'a track on this disc failed' tao finalize
}

# The program itself is silent, as the README says; with cat behind it, it is not.
needs_cat()
{
	fail_at_end "$1"
	is "nobody looks: $1" $status 0
	check_fails "but it is on record" 'a track on this disc failed' tao finalize
	check "with what the drive said" sh -c 'tao status | grep 3/0c/00'
	reports "set -o pipefail; ${1/ > / | cat > }"
}

while IFS= read -r line; do
	line=$(without_comment "$line")
	case $line in
	tao\ *)		;;
	cat*|dd*)	reports "$line" ;;
	*)		needs_cat "$line" ;;
	esac
done < <(block 1)
block 2 > script
reports "bash script"
block 3 | sed "s|/dev/tao0|$tao|" > script.py
reports "python3 script.py"
