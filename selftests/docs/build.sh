#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The documentation builds without a warning, and the links in the Markdown files are valid.
# host
# source
. "$(dirname "$0")/../lib.sh"

check "sphinx" sphinx-build -q -W --keep-going -b html Documentation "$tmp/html"

# Every attribute is on the page about sysfs, and every manual page is on some page.
attributes()
{
	sed -n 's|^What:.*/tao<N>/\(..*\)|\1|p' Documentation/ABI/testing/sysfs-class-tao | sort
}

shown()
{
	sed -n '/^.. sysfs::/,/^$/s/^.. sysfs::\|$//p' Documentation/userspace-api/sysfs.rst |
		tr -s ' ' '\n' | grep . | sort
}

is "attributes without a place" "$(comm -23 <(attributes) <(shown))" ""
for file in $(git ls-files 'tools/*.[1-8]' 2> /dev/null || find tools -name '*.[1-8]'); do
	check "$file is shown" grep -rqF "$file" Documentation --include='*.rst'
done

# links FILE: prints the targets of its links in this tree
links()
{
	grep -oE '\]\([^)]*\)' "$1" | sed 's/^](//; s/)$//; s/#.*//' | grep -v '^https:'
}

for file in *.md; do
	for link in $(links "$file"); do
		check "$file: $link" test -e "$link"
	done
done
