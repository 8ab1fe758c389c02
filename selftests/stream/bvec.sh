#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Audio from a list of pages that begins with a piece without audio, as io_uring of Linux 6.3 to 6.6
# may give one: nothing else gets onto the disc, and no page stays held.
. "$(dirname "$0")/../lib.sh"

load tao
load cdr-sim
sim_create d0 dma_alignment=511 insert=cdr80 realtime=0
for n in {1..19}; do
	head -c $((n < 19 ? 4096 : 75264 - 18 * 4096)) /dev/zero | tr '\0' "\\$(printf %o "$n")"
done > "$tmp/write"
for n in {1..10}; do
	cat "$tmp/write"
done > "$tmp/audio"
check 'ten WRITEs' insmod build/selftests/stream/bvec/bvec.ko device="$tao"
need cdr-sim export d0 "$tmp/disc.bin"
check 'they are on the disc' cmp -n 752640 "$tmp/audio" "$tmp/disc.bin"
is 'and nothing else' "$(sim_stat d0 written_sectors)" 320
