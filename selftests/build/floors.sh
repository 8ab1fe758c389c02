#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The files of a module call functions in their own and lower layers, but never in higher ones:
# the Kbuild lists the lowest layer first, and so does the Makefile of the command. In drivers/tao,
# the folders are the layers: a file includes only headers of its own and lower ones.
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
for module in tao cdr-sim; do
	is "$module: no call goes up" "$(floors "$built/$module/$module.mod")" "status 0"
done

for program in tao tao-decode; do
	is "$program: no call goes up" "$(floors "$tree/build/tools/$program/$program.mod")" "status 0"
done

# includes FOLDER HEADER...: whether files of a folder of drivers/tao include other headers, too
includes()
{
	local folder=$1
	shift

	grep -ho '^#include "[^"]*"' "drivers/tao/$folder"/*.[ch] | sort -u |
		grep -vxF "$(printf '#include "%s"\n' tao.h trace.h compat.h "$@")"
}

# The DKMS package names them, too.
is "the folders" "$(cd drivers/tao && echo */)" "audio/ base/ burn/ disc/ face/ mmc/"
is "mmc/ includes" "$(includes mmc mmc.h mmc_wire.h layout.h shim.h)" ""
is "base/ includes" "$(includes base base.h)" ""
is "disc/ includes" "$(includes disc disc.h base/base.h)" ""
is "audio/ includes" "$(includes audio audio.h stream.h base/base.h)" ""
is "burn/ includes" "$(includes burn burn.h audio/audio.h disc/disc.h)" ""
is "face/ includes" "$(includes face face.h burn/burn.h)" ""

# A list in reverse order must be rejected
list=$built/cdr-sim/.upside-down.mod
need sh -c 'tac "$1" > "$2"' sh "$built/cdr-sim/cdr-sim.mod" "$list"
check "calls that go up are found" \
	grep -q '^host.o needs cdr_execute of command.o$' <(floors "$list")
rm -f "$list"
check "a list that is not there is no success" grep -q '^status 2$' <(floors "$tmp/none.mod" 2>&1)
printf 'none.o\n' > "$tmp/none.mod"
check "nor is an object that is not there" grep -q '^status [1-9]' <(floors "$tmp/none.mod" 2>&1)
