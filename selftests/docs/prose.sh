#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The documents are in plain English: none of the turns that come back easily, and no long lines.
# host
# source
. "$(dirname "$0")/../lib.sh"

mapfile -t documents < <(find README.md CONTRIBUTING.md NEWS Documentation include/uapi tools \
	\( -name NEWS -o -name '*.md' -o -name '*.rst' -o -name '*.[1-8]' -o -name 'sysfs-class-*' \
	   -o -path 'include/uapi/*.h' -o -path '*/lib/tao/include/*.h' \) -type f | sort)

# slips FILE...: words that read as a translation; a literal is not prose
slips()
{
	perl -0777 -ne '
		s/^```.*?^```$//msg;
		s/::\n\n(?:[ \t]+.*\n|\n)+/\n\n/g;
		s/``[^`]*``|`[^`\n]*`//g;
		s/^[ \t]*(?: \*|\/\*|\.\\".*$)//mg;
		s/\s+/ /g;
		while (/(.{0,30}?)\b((?i:till|likewise|mostly)
			| (?<!here\ )(?:is|are|was|were)\ no\ (?!longer|more|less|one\b|other|doubt|way)[a-z]+
			| (?:for|by|to|of|as|from|than|with|whom)\ who(?:ever)?\ [a-z]+
			| (?:all|any|those|drives|thing)(?:\ that)?\ there\ (?:is|are)\b
			| (?:it|he|who|which)\ (?:is|are)\ told
			| (?:[.;:]\ Who(?:ever)?|What\ is\ no|what\ is\ no)\ [a-z]+[^?.]*(?=\.)
			)(?=(.{0,30}))/xg) {
			print "$ARGV: $1$2$3\n"
		}' "$@"
}

# long FILE...: lines of prose beyond 100 columns; tables, links and code may be longer, and a
# sentence of a manual page has a line
long()
{
	awk 'FILENAME ~ /[.][1-8]$/ { next } /^```/ { code = !code } length > 100 && !code && /^[^ \t|.]/ && !/https?:/ { print FILENAME ": " $0 }' "$@"
}

is "slips" "$(slips "${documents[@]}")" ""
is "long lines" "$(long "${documents[@]}")" ""

printf 'Members may burn, for who asks may.\n\nWait till it ends. This is no multiple of it.\n' > "$tmp/a.rst"
is "slips are found" "$(slips "$tmp/a.rst" | wc -l)" 3
printf 'It is no longer so; there is no disc. A program for which this holds:\n\n::\n\n  till\n' > "$tmp/b.rst"
is "good English is none" "$(slips "$tmp/b.rst")" ""
printf '%0101d\n' 0 > "$tmp/c.rst"
check "a long line is found" [ "$(long "$tmp/c.rst" | wc -l)" = 1 ]
