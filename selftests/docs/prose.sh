#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Documents and the comments of C files are in plain English, without the phrases that slip in
# easily. The lines of documents are not too long.
# host
# source
. "$(dirname "$0")/../lib.sh"

mapfile -t documents < <(find README.md CONTRIBUTING.md NEWS Documentation tools \
	\( -name NEWS -o -name '*.md' -o -name '*.rst' -o -name '*.[1-8]' -o -name 'sysfs-class-*' \) \
	-type f | sort)
mapfile -t sources < <(find drivers include tools selftests -name '*.[ch]' -type f | sort)

# slips FILE...: phrases that read like a translation. Literals are not prose, and a C file has
# prose only in its comments.
slips()
{
	perl -0777 -ne '
		$_ = join "\n. ", "", grep { defined }
			m{"(?:\\.|[^"\\])*"|\x27(?:\\.|[^\x27\\])*\x27|/\*(.*?)\*/}sg
			if $ARGV =~ /\.[ch]$/;
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
			| (?:(?<=[.;:]\ )Who(?:ever)?|What\ is\ no|what\ is\ no)\ [a-z]+[^?.]*(?=\.)
			)(?=(.{0,30}))/xg) {
			print "$ARGV: $1$2$3\n"
		}' "$@"
}

# long FILE...: lines of prose beyond 100 columns. Tables, links and code may be longer, and a
# manual page has one line per sentence.
long()
{
	awk 'FILENAME ~ /[.][1-8]$/ { next } /^```/ { code = !code } length > 100 && !code && /^[^ \t|.]/ && !/https?:/ { print FILENAME ": " $0 }' "$@"
}

is "slips" "$(slips "${documents[@]}" "${sources[@]}")" ""
is "long lines" "$(long "${documents[@]}")" ""

printf 'Members may burn, for who asks may.\n\nWait till it ends. This is no multiple of it.\n' > "$tmp/a.rst"
is "slips are found" "$(slips "$tmp/a.rst" | wc -l)" 3
printf 'It is no longer so; there is no disc. A program for which this holds:\n\n::\n\n  till\n' > "$tmp/b.rst"
is "good English is none" "$(slips "$tmp/b.rst")" ""
printf '/* Who burns waits. */\nchar *s = "/* till";\t/* Wait till\n * it ends */\n' > "$tmp/d.c"
is "only comments of C files are prose" "$(slips "$tmp/d.c" | wc -l)" 2
printf '%0101d\n' 0 > "$tmp/c.rst"
check "a long line is found" [ "$(long "$tmp/c.rst" | wc -l)" = 1 ]
