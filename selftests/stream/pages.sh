#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# How a chunk is made of pages, with pages of 4, 16 and 64 KiB and alignments of 4, 128 and 512, in
# user space: other processors have such pages, and the lab has not.
# host
# timeout: 120
. "$(dirname "$0")/../lib.sh"

# compile NAME [EXPRESSION]: the source as it is, or changed by sed
compile()
{
	mkdir "$tmp/$1"
	for struct in tao_limits tao_chunk; do
		sed -n "/^struct $struct {/,/^};/p" drivers/tao/tao.h
	done > "$tmp/$1/structs.h"
	sed -e '/^#include/d' -e "${2:-}" drivers/tao/audio/chunk.c > "$tmp/$1/chunk.c"
	need gcc -g -O1 -Wall -fsanitize=address,undefined -fno-sanitize-recover=all \
		-include selftests/stream/pages/shim.h -Iinclude/uapi -I"$tmp/$1" \
		-o "$tmp/$1/pages" selftests/stream/pages/pages.c
}

# finds NAME EXPRESSION: this mistake makes it fail
finds()
{
	compile mistake "$2"
	grep -q . <(diff "$tmp/right/chunk.c" "$tmp/mistake/chunk.c") || bail "$1: nothing is changed"
	check_fails "it finds $1" '# page ' env ASAN_OPTIONS=detect_leaks=0 "$tmp/mistake/pages" "$SEED"
	rm -r "$tmp/mistake"
}

cd "$(dirname "$(realpath "$0")")/../.." || exit
compile right
"$tmp/right/pages" "$SEED" > "$tmp/out" 2>&1
is 'exit status' $? 0
while read -r result _ name; do
	case $result in
	ok)	ok "$name" ;;
	not)	not_ok "${name#* }" "$(grep '^#' "$tmp/out")" ;;
	esac
done < "$tmp/out"
is 'sizes and alignments' "$(grep -c '^ok' "$tmp/out")" 9
finds 'a piece beyond its page' '/u32 n = min_t(u32, len, PAGE_SIZE - offset)/s/PAGE_SIZE/65536/'
finds 'a length that is not aligned' 's/len &= ~mask;/;/'
finds 'a quantum that is too large' 's/sectors \*= 2;/sectors *= 4;/'
finds 'a page that stays held' 's/PAGE_SIZE) : 0;/PAGE_SIZE) : 1;/'
