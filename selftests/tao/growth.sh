#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A module whose structs have grown serves programs that were built before.
# host
# source
# timeout: 900
# long
. "$(dirname "$0")/../lib.sh"

# struct NAME: the structs that grow, in include/uapi/linux/tao.h
grown='tao_drive tao_medium tao_prepare tao_track_begin tao_track_end tao_statistics'

# grow FILE: adds 16 bytes to each of them
grow()
{
	local name

	for name in $grown; do
		sed -i "/^struct $name {\$/,/^};\$/ s/^};\$/\t__u64 more[2];\n};/" "$1"
	done
}

kernel=$(scripts/lab-kernel)
need mkdir "$tmp/tree"
need cp -r Kbuild Makefile LICENSES drivers include scripts "$tmp/tree"
grow "$tmp/tree/include/uapi/linux/tao.h"
is "structs that have grown" "$(grep -c 'more\[2\]' "$tmp/tree/include/uapi/linux/tao.h")" \
	"$(wc -w <<< "$grown")"
need make -s -C "$tmp/tree" KVER="$kernel" modules

# Each answer has the fields that an older program knows, and the module accepts its arguments.
api=$(awk '$2 == "TAO_API_VERSION" { print $3 }' include/uapi/linux/tao.h)
echo "api=$api" > "$tmp/old"
cat >> "$tmp/old" <<'END'
. selftests/tao/common.sh
sim_create d0 insert=cdr80
check "all is asked" taoctl "$tao:r" drive medium status error latest toc stats speeds speed settings
ask drive
is "... the drive" "${got[api]}" "$api"
audio "$tmp/song.raw" 941192
check "all is ordered" taoctl "$tao" prepare,name=old begin,bytes=941192 write="$tmp/song.raw" end \
	release,close=0
ask medium
is "... the track is there" "${got[tracks]}" 1
ask stats
is "... and is counted" "${got[tracks]}" 1
END
check "old programs, and a module whose structs have grown" env TAO_MODULES="$(echo "$tmp"/tree/build/modules-*)" \
	selftests/lab/run --timeout 600 -- bash "$tmp/old"
grep -v '^# ' "$ktap_out" | sed 's/^/# /'
