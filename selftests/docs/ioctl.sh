#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Each ioctl has its page, with its number and all fields of its struct as in the header. The
# pages name all flags and no nonexistent ones, and their examples compile.
# host
# source
. "$(dirname "$0")/../lib.sh"

header=include/uapi/linux/tao.h
pages=Documentation/userspace-api/ioctl

# "TAO_IOC_GET_DRIVE _IOR(TAO_IOC_MAGIC, 0x20, struct tao_drive)" from the header
calls()
{
	sed -n 's/^#define \(TAO_IOC_[A-Z_]*\)[[:space:]]*\(_IO.*\)/\1 \2/p' $header
}

# The same from the pages in a directory; the title has the name.
described()
{
	awk 'FNR == 1 { call = "" }
	     /^TAO_IOC_[A-Z_]*: / && !call { call = $1; sub(":", "", call) }
	     sub("^:Number: ``", "") { sub("``.*", ""); print call, $0 }' "$1"/*.rst
}

# page CALL: prepare.rst for TAO_IOC_PREPARE
page()
{
	local name=${1#TAO_IOC_}

	name=${name,,}
	echo "${name//_/-}.rst"
}

missing_pages()
{
	local call rest

	while read -r call rest; do
		[ -e "$1/$(page "$call")" ] || echo "$call"
	done < <(calls)
}

# declared STRUCT: prints its fields in the header
declared()
{
	sed -n "/^struct $1 {/,/^};/s/^\t\(.*\);/\1/p" $header
}

# listed STRUCT FILE: prints its fields in the table of a page
listed()
{
	awk -v title="^.. list-table:: struct $1\$" '/^\.\. / { on = $0 ~ title } on' "$2" |
		sed -n 's/^   \* - ``\(.*\)``$/\1/p'
}

# structs CALL: prints its struct, and the structs in it
structs()
{
	local name inner

	name=$(calls | sed -n "s/^$1 .*struct \([a-z_]*\))/\1/p")
	[ -n "$name" ] || return
	echo "$name"
	for inner in $(declared "$name" | sed -n 's/^struct \([a-z_]*\) .*/\1/p'); do
		echo "$inner"
	done
}

# wrong_fields DIRECTORY: prints the differences between pages and header
wrong_fields()
{
	local call rest name file

	while read -r call rest; do
		file=$1/$(page "$call")
		for name in $(structs "$call"); do
			diff <(declared "$name") <(listed "$name" "$file") > "$tmp/diff" ||
				sed -n "s/^[<>]/$call: &/p" "$tmp/diff"
		done
	done < <(calls)
}

# Names of constants, but not patterns such as TAO_TRACK_*.
constants()
{
	grep -ohE 'TAO_[A-Z0-9_]+\*?' "$@" | grep -v '\*$' | sort -u
}

# Flags and values of enums
values()
{
	sed -nE 's/^#define (TAO_[A-Z_]+)[[:space:]]+\(1U <<.*/\1/p
		 s/^\t(TAO_[A-Z_]+)[[:space:]]+= .*/\1/p' $header | sort -u
}

# example FILE: prints its C code
example()
{
	awk '/^[^[:space:]]/ { on = 0 } on { sub("^\t", ""); print } /^\.\. code-block:: c$/ { on = 1 }' "$1"
}

compiles()
{
	example "$1" | gcc -x c -O2 -Wall -Wextra -Werror -Iinclude/uapi -c -o "$tmp/example.o" -
}

check "calls are found" [ "$(calls | wc -l)" -ge 19 ]
check "fields are found" [ "$(declared tao_status | wc -l)" -ge 25 ]
is "calls without a page" "$(missing_pages $pages)" ""
is "names and numbers" "$(described $pages | sort)" "$(calls | sort)"
is "fields that differ" "$(wrong_fields $pages 2>&1)" ""
is "constants that do not exist" \
	"$(comm -13 <(constants $header) <(constants $pages/*.rst))" ""
is "calls that do not exist" \
	"$(comm -13 <(constants $header) <(constants $pages/../*.rst | grep TAO_IOC_))" ""
is "flags and values that no page has" "$(comm -23 <(values) <(constants $pages/*.rst))" ""
examples=$(grep -l '^\.\. code-block:: c$' $pages/*.rst)
is "pages without an example" "$(grep -L '^\.\. code-block:: c$' $pages/*.rst)" ""
for file in $examples; do
	check "the example of ${file##*/} compiles" compiles "$file"
done

# The table of the quick start: "CALL NUMBER"
numbers()
{
	sed -n '/^   \* - ``\(TAO_IOC_[A-Z_]*\)``$/{s//\1/;N;s/\n     - ``\(.*\)``/ \1/p}' "$1" | sort
}

# The same from the compiler
header_numbers()
{
	{
		echo '#include <stdio.h>'
		echo '#include <linux/tao.h>'
		echo 'int main(void) {'
		calls | sed 's/ .*//; s/.*/printf("& 0x%08lx\\n", (unsigned long)&);/'
		echo '}'
	} | gcc -x c -Iinclude/uapi -o "$tmp/numbers" - && "$tmp/numbers" | sort
}

# Calls in that table whose format has a different size than their number
wrong_formats()
{
	python3 - "$1" <<- 'END'
		import re, struct, sys
		rows = r"- ``(TAO_IOC_\w+)``\n     - ``0x(\w+)``\n     - (.*)"
		for call, number, cell in re.findall(rows, open(sys.argv[1]).read()):
		    size = 0
		    for times, one in re.findall(r"(?:(\d+) × )?``(\S+?)``", cell):
		        size += int(times or 1) * struct.calcsize("=" + one)
		    if size != int(number, 16) >> 16 & 0x3fff:
		        print(call, size)
	END
}

start=$pages/../quickstart.rst
is "numbers of the quick start" "$(numbers $start)" "$(header_numbers)"
is "formats of a wrong size" "$(wrong_formats $start)" ""
check "the C of the quick start compiles" compiles $start

# Errors are found.
need cp -r $pages "$tmp/pages"
need rm "$tmp/pages/cancel.rst"
is "a page that is missing" "$(missing_pages "$tmp/pages")" TAO_IOC_CANCEL
need sed -i 's/__u32 close/__u32 closed/' "$tmp/pages/recover.rst"
need sed -i '/``__u8 asc``/d' "$tmp/pages/get-error.rst"
is "fields that are wrong or missing" "$(wrong_fields "$tmp/pages")" \
	"TAO_IOC_GET_ERROR: < __u8 asc
TAO_IOC_RECOVER: < __u32 close
TAO_IOC_RECOVER: > __u32 closed"
need sed -i 's/\.wait_ms/.wait_s/' "$tmp/pages/prepare.rst"
check_fails "an example that is wrong" wait_s compiles "$tmp/pages/prepare.rst"
sed 's/``4I2Q``/``5I2Q``/' $start > "$tmp/start.rst"
is "a format that is wrong" "$(wrong_formats "$tmp/start.rst")" "TAO_IOC_RECOVER 36"
