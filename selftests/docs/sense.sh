#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The admin guide has all texts of the module about errors of a drive, and no others; "tao help" says
# what it says.
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

# The rules: sense data, where any key is a hardware error and any code is 7f, and the text.
rules()
{
	sed -n '/sense_rules\[\] = {/,/^};/p' drivers/tao/mmc/sense.c | tr -d '\n\t' | tr '}' '\n' |
		grep -v 'TAO_SENSE_OK, 0, "\(recovered error\|drive added padding\)"' |
		sed -n 's/.*{ *\([A-Z_]*\), \([^,]*\), \([^,]*\),.*"\(.*\)".*/\1 \2 \3 \4/p' |
		sed 's/^KEY_NONE/0/; s/^KEY_RECOVERED/1/; s/^KEY_NOT_READY/2/; s/^KEY_MEDIUM/3/
			s/^KEY_HARDWARE/4/; s/^KEY_ILLEGAL/5/; s/^KEY_ATTENTION/6/; s/^KEY_PROTECT/7/
			s/^KEY_BLANK_CHECK/8/; s/^KEY_VENDOR/9/; s/^KEY_COPY_ABORTED/a/
			s/^KEY_ABORTED/b/; s/^KEY_OVERFLOW/d/; s/^KEY_MISCOMPARE/e/; s/^ANY/4/
			s/ ANY/ 7f/g; s/ 0x/ /g'
}

# unexplained: the rules that "tao help SENSE" or "tao help TEXT" does not explain
unexplained()
{
	local key asc ascq text

	while read -r key asc ascq text; do
		# The last one, for what fits no other
		[ "$text" != "unknown error" ] || key=c
		tao help "$key/$asc/$ascq" | grep -qF -- "$text" || echo "$key/$asc/$ascq: $text"
		tao help "$text" | grep -qF -- "$text" || echo "$text"
	done < <(rules)
}

check "rules are found" [ "$(rules | grep -c '^[0-9a-e] [0-9a-f]* [0-9a-f]* ')" -gt 60 ]
is "tao help knows all sense data and texts" "$(unexplained)" ""

# errnos: the names in the first table of the guide, with the texts of the C library
errnos()
{
	sed -n '/^Errors$/,/^Programs that lose/p' $guide |
		sed -n 's/^   \* - | \(E[A-Z]*\)$/\1/p; s/^       | \(E[A-Z]*\)$/\1/p' |
		python3 -c 'import errno, os, sys
for name in sys.stdin.read().split():
    print(name, os.strerror(getattr(errno, name)))'
}

unknown()
{
	local name text

	while read -r name text; do
		tao help "$name" | grep -qx "$name" || echo "$name"
		[[ $name = EAGAIN || $name = EINTR ]] ||
			tao help "$text" | grep -qx "$name" || echo "$text"
	done < <(errnos)
}

is "errnos are found" "$(errnos | wc -l)" 15
is "tao help knows them and their texts" "$(unknown)" ""
check "an address is a link in the guide, and a command here" \
	sh -c 'tao help EIO | tr -s " \n" " " | grep -F "See \`tao help what the drive said\` and \`tao help after a failure\`."'
check "that command" sh -c "tao help after a failure | grep -x 'cut short in a track'"
check_fails "an error that is not known" "no error \"flux capacitor\"" tao help flux capacitor
check "lines fit 80 columns" [ "$(tao help drive | wc -L)" -le 80 ]
