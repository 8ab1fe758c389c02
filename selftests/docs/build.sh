#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The documentation builds without a warning, and the links of the Markdown files hold.
# host
# source
. "$(dirname "$0")/../lib.sh"

check "sphinx" sphinx-build -q -W --keep-going -b html Documentation "$tmp/html"

# links FILE: what its links point to, in this tree
links()
{
	grep -oE '\]\([^)]*\)' "$1" | sed 's/^](//; s/)$//; s/#.*//' | grep -v '^https:'
}

for file in *.md; do
	for link in $(links "$file"); do
		check "$file: $link" test -e "$link"
	done
done
