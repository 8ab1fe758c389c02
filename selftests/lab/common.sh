# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Functions for the tests of errors that a kernel reports.
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"

# fails_run NAME TEXT SCRIPT: TEXT is the message of the kernel; if a processor is stuck, another
# one reports it
fails_run()
{
	TAO_MODULES=$PWD/build/selftests/lab/splat \
		selftests/lab/run --smp 2 --timeout 900 -- sh -c "$3; exit 0" > "$tmp/out" 2>&1
	is "$1: exit status" $? 125
	check "$1: report" grep -F "$2" "$tmp/out"
}
