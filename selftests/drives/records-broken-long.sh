#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A module that is broken on purpose does not pass drives/records: each mistake is seen in the
# records of the folder, by what it does to them.
# host
# source
# long
# timeout: 1800
. "$(dirname "$0")/../lib.sh"

kernel=$(scripts/lab-kernel)
mmc=$tmp/tree/drivers/tao/mmc/mmc.c
need mkdir "$tmp/tree"
need cp -r Kbuild Makefile LICENSES drivers include scripts "$tmp/tree"
export RECORDS=only

# play: makes the module, and $tmp/out of the records
play()
{
	need make -s -C "$tmp/tree" KVER="$kernel" modules
	TAO_MODULES=$(echo "$tmp"/tree/build/modules-*) selftests/lab/run --icount --bare \
		--timeout 600 -- selftests/drives/records.sh > "$tmp/out" 2>&1
}

# broken NAME TEXT SED: the module fails the check whose name has TEXT
broken()
{
	need cp drivers/tao/mmc/mmc.c "$mmc"
	need sed -i "$3" "$mmc"
	check "$1: the module is another one" sh -c "! cmp -s drivers/tao/mmc/mmc.c $mmc"
	play
	check "$1: is seen" grep -q "^not ok .*$2" "$tmp/out"
}

check "the module as it is" play
broken "an error of CLOSE SESSION is ignored" 'close-refused: the same outcome' \
	's/return close_something(sdev, CLOSE_SESSION, 0, immediate, sense);/close_something(sdev, CLOSE_SESSION, 0, immediate, sense); return 0;/'
broken "SYNCHRONIZE CACHE is not sent" 'close-refused: all was played' \
	'/^int tao_mmc_sync_cache/,/^}/ s/return send_command(sdev, &cmd, sense);/return 0;/'
broken "CLOSE waits" 'close-refused: all was played' \
	'/^static int close_something/,/^}/ s/immediate ? IMMEDIATE : 0/0/'
