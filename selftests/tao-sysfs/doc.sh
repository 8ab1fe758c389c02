#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The tests exist that are named in the comparison with IMAPI2.
# host
# source
. "$(dirname "$0")/../lib.sh"

doc=$tree/Documentation/userspace-api/imapi.rst

# The third column of the tables with three columns.
tests()
{
	awk '/^   \* - / { n = 1; next } /^     - / && ++n == 3 { sub("^ *- ", ""); print }' "$1" |
		grep -v '^Test$' | tr -d ' ' | tr , '\n' | sort -u
}

missing_tests()
{
	local name

	while read -r name; do
		[ "$name" = noneyet ] || [ -x "$tree/selftests/$name.sh" ] ||
			[ -e "$tree/selftests/$name.c" ] ||
			{ [ "${name#*/}" = check ] && [ -e "$tree/selftests/${name%/*}/Makefile" ]; } ||
			echo "$name"
	done
}

is "tests that do not exist" "$(tests "$doc" | missing_tests)" ""
is "a wrong one is found" "$(echo tao/no-such-test | missing_tests)" tao/no-such-test
check "tests are named" [ "$(tests "$doc" | wc -l)" -gt 5 ]
is "codes of E_IMAPI_DF2TAO" "$(grep -o '0xC0AA05[0-9A-F]*' "$doc" | sort -u | wc -l)" 16
