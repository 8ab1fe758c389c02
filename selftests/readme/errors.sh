#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The README's commands when the drive fails at the end of the track, after all was
# written: who reports it, and who needs "| cat" behind it.
# timeout: 300
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/readme.bash"

cd "$tmp" || bail "no directory"
make_songs
# At 1x it takes 6 seconds to burn what is in the drive's buffer.
sim_create d0 realtime=1 speed=1

tears_out_disc()
{
	wait_for 30 sync_has_come && sim_set d0 eject force
}

sync_has_come()
{
	[ "$(sim_commands d0 35)" -gt 0 ]
}

# fail_at_end COMMAND: sets $status to its exit status
fail_at_end()
{
	need sim_set d0 insert cdr80
	need sim_set d0 commands 0
	tears_out_disc &
	bash -c "${1//\/dev\/tao0/$tao}" > said 2>&1 < /dev/null
	status=$?
	wait $! || bail "the track did not get to its end: $(cat said)"
}

# reports COMMAND
reports()
{
	fail_at_end "$1"
	[ $status -ne 0 ]
	is "it is reported: $1" $? 0
}

# The program itself is silent, as the README says; with cat behind it it isn't.
needs_cat()
{
	fail_at_end "$1"
	is "nobody looks: $1" $status 0
	reports "set -o pipefail; ${1/ > / | cat > }"
}

while IFS= read -r line; do
	line=$(without_comment "$line")
	case $line in
	tao\ *)			;;
	cat*|dd*)		reports "$line" ;;
	*)			needs_cat "$line" ;;
	esac
done < <(block 1)
block 2 > script
reports "bash script"
block 3 | sed "s|/dev/tao0|$tao|" > script.py
reports "python3 script.py"
