#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The bytes that are copied from the page cache to the adapter, the program's own read()
# included, counted where the kernel copies: splice has none, others their read() alone.
# lab: --smp 1 --mem 1024
# timeout: 300
. "$(dirname "$0")/../lib.sh"

kernel=$tree/build/selftests/bench/kernel
sectors=9000	# two minutes
bytes=$((sectors * 2352))
# The end of the track, that fills no WRITE, and what programs read to start up
start=$((2 * 75264))

burn_with()
{
	case $1 in
	splice)	direct splice "$tao" "$tmp/audio" ;;
	uring)	direct uring "$tao" "$tmp/audio" ;;
	dd)	dd if="$tmp/audio" of="$tao" bs=75264 status=none ;;
	esac
}

# copied_by PROGRAM: sets $copied
copied_by()
{
	sim_set d0 eject force
	need sim_set d0 insert cdr80
	sim_set d0 commands 0
	need insmod "$kernel/copies.ko"
	check "$alignment, $1" burn_with "$1"
	copied=$(cat /sys/module/copies/parameters/bytes)
	need rmmod copies
}

# between NAME NUMBER LEAST MOST
between()
{
	[ "$2" -ge "$3" ] && [ "$2" -le "$4" ]
	is "$1: $2 bytes copied, $3 to $4" $? 0
}

need sh -c "head -c $bytes /dev/zero > $tmp/audio"
for alignment in 3 511; do
	sim_create d0 dma_alignment=$alignment keep_data=0
	for program in splice uring dd; do
		copied_by $program
		case $program in
		splice)	between "$alignment, $program" "$copied" 0 $start ;;
		*)	between "$alignment, $program" "$copied" $bytes $((bytes + start)) ;;
		esac
		is "$alignment, $program: WRITEs" "$(sim_stat d0 writes)" $(((sectors + 31) / 32))
	done
	sim_remove d0
done
