#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Random drives, any mixture of the quirks that MMC allows, burn random albums, beside the watchman:
# each round ends in a good disc, or in an error that the drive or the disc explains. 30 rounds
# here, 1000 in drives/random-long; ROUNDS says how many, and ROUND=17 plays that one alone.
# lab: --icount --bare --watch
# Waiting costs nothing then, and no other program sends commands: a round can be repeated.
# timeout: 300
. "$(dirname "$0")/../lib.sh"

rounds=$(dirname "$(realpath "$0")")/rounds
for module in tao cdr-sim sr_mod sg; do
	load $module
done
cd "$tmp" || exit
# Errors of the drives are expected, and the emulated console is slow.
echo 4 > /proc/sys/kernel/printk
export XDG_STATE_HOME=$tmp/state

count=${ROUNDS:-30}
[ -z "$ROUND" ] || count=1
while IFS= read -r line; do
	case $line in
	'ok '*)		ok "${line#ok }" ;;
	'not ok '*)	not_ok "${line#not ok }" ;;
	'exit '*)	is "all rounds were played" "${line#exit }" 0 ;;
	*)		echo "$line" ;;
	esac
done < <(python3 -B "$rounds" "$SEED" "${ROUND:-1}" "$count" \
	"$tree/Documentation/admin-guide/cdr-sim.rst"; echo "exit $?")
