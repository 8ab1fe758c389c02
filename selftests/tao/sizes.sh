#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# For any sizes of the writes and limits of the adapter, the disc has the samples that were sent,
# and mapped and copied bytes are counted correctly.
# timeout: 600
. "$(dirname "$0")/common.sh"

# Random pieces with all methods. If an adapter can't take 32 sectors at once, an alignment of 511
# can't be satisfied: the data are copied, but it has to work.
pieces_on()
{
	# shellcheck disable=SC2086 # several attributes
	sim_create d0 $1 insert=cdr80
	check "$1" pieces "$tao" "$sr" $sim_root/d0 $RANDOM
}

export ZERO_COPY=1
for limits in dma_alignment=3 dma_alignment=511 \
	"dma_alignment=511 can_queue=32 max_sectors=65535 sg_tablesize=2048"; do
	pieces_on "$limits"
	sim_remove d0
done
unset ZERO_COPY
for limits in "dma_alignment=511 virt_boundary=4095" "dma_alignment=3 virt_boundary=4095" \
	"dma_alignment=3 sg_tablesize=8" "dma_alignment=511 sg_tablesize=8" \
	"dma_alignment=3 max_sectors=64" "dma_alignment=511 max_sectors=64" "dma_alignment=4095"; do
	pieces_on "$limits"
	sim_remove d0
done

# Programs with their usual sizes.
same_size()	# NAME SIZE COMMAND...
{
	local name=$1 size=$2
	shift 2

	audio "$tmp/audio" "$size" $((SEED + lba))
	check "$name: burned" "$@"
	sectors_of "$size"
	need read_back $lba $sectors "$tmp/read"
	burned_as "$name: on the disc" "$tmp/audio" "$tmp/read"
	lba=$((lba + sectors + gap_sectors))
}

cat_to()	{ cat "$tmp/audio" > "$tao"; }

# BLOCK SIZE: dd may copy only the tail
dd_to()
{
	local before

	before=$(statistic copied)
	dd if="$tmp/audio" of="$tao" bs="$1" || return
	[ "$1" -ne 75264 ] || [ $(($(statistic copied) - before)) -le $((size % 75264)) ]
}

for alignment in 3 511; do
	sim_create d0 dma_alignment=$alignment insert=cdr80
	lba=0
	same_size "alignment $alignment, dd bs=1" 1201 dd_to 1
	random 700000 900000
	for bs in 75264 131072 262144 $((RANDOM + 1)); do
		same_size "alignment $alignment, dd bs=$bs" $((random + bs)) dd_to $bs
	done
	same_size "alignment $alignment, cat" $((random + 7)) cat_to
	sim_remove d0
done
