#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Every function of libtao on a simulated recorder: plain, with sanitizers, under valgrind; and
# the examples; and its module for Python.
# host
# timeout: 900

here=$(dirname "$(realpath "$0")")
top=$here/../..
O=${O:-$top/build}

make -s -C "$top/tools/lib/tao" O="$O" all >&2 && make -s -C "$here" O="$O" lab-programs >&2 || exit 1
exec "$top/selftests/lab/run" --timeout 800 -- env TAO_SEED="${TAO_SEED:-$((SRANDOM % 1000000))}" \
	"$here/unit/api-guest" "$(realpath "$O")/selftests/libtao/unit" \
	"$(realpath "$O")/tools/lib/tao/examples" "$(realpath "$O")/tools/lib/tao"
