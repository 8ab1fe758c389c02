#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The admin guide has all texts of the module about errors of a drive, and no others.
# host
. "$(dirname "$0")/../lib.sh"

guide=Documentation/admin-guide/tao.rst

# The texts of the rules in sense.c for errors and notes.
said()
{
	sed -n '/sense_rules\[\] = {/,/^};/p' drivers/tao/mmc/sense.c | tr -d '\n' | tr '}' '\n' |
		grep -v 'TAO_SENSE_OK, 0, "\(recovered error\|drive added padding\)"' |
		sed -n 's/.*"\(.*\)".*/\1/p' | sort -u
}

# The first column of the table.
explained()
{
	sed -n '/^What the drive said$/,/^After a failure$/p' "$1" |
		sed -n 's/^   \* - | //p; s/^       | //p' | sort -u
}

check "texts are found" [ "$(said | wc -l)" -gt 50 ]
is "texts without advice" "$(comm -23 <(said) <(explained $guide))" ""
is "advice that nobody gets" "$(comm -13 <(said) <(explained $guide))" ""
