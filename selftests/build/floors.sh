#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The files of a module call functions in their own and lower layers, but never in higher ones:
# the Kbuild lists the lowest layer first, and so does the Makefile of the command.
# host
# source
. "$(dirname "$0")/../lib.sh"

# floors FILE.mod: prints the output and the status of scripts/floors
floors()
{
	"$tree/scripts/floors" "$1"
	echo "status $?"
}

built=$tree/build/kbuild-$KVER/drivers
for module in cdr-sim; do
	is "$module: no call goes up" "$(floors "$built/$module/$module.mod")" "status 0"
done

for program in tao tao-decode; do
	is "$program: no call goes up" "$(floors "$tree/build/tools/$program/$program.mod")" "status 0"
done

# A list in reverse order must be rejected
list=$built/cdr-sim/.upside-down.mod
need sh -c 'tac "$1" > "$2"' sh "$built/cdr-sim/cdr-sim.mod" "$list"
check "calls that go up are found" \
	grep -q '^host.o needs cdr_execute of command.o$' <(floors "$list")
rm -f "$list"
check "a list that is not there is no success" grep -q '^status 2$' <(floors "$tmp/none.mod" 2>&1)
printf 'none.o\n' > "$tmp/none.mod"
check "nor is an object that is not there" grep -q '^status [1-9]' <(floors "$tmp/none.mod" 2>&1)
