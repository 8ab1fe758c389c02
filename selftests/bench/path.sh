#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The cost of burning on the way from the page cache to the adapter, with tao and other programs:
# instructions outside copies, and bytes copied. Uses the difference between two lengths of audio,
# so that the start and the end cancel out. "make bench" burns 10 and 20 minutes with two kinds of
# adapters, the test a tenth with one.
# lab: --icount --bare --no-watch "it counts instructions"
# Instructions are counted, so nothing else may run.
# debug: no
# coverage: no
# timeout: 900
# full
. "$(dirname "$0")/common.sh"

short=4480 long=8960 some=640	# sectors; multiples of 32
alignments=511 runs=2
[ -z "$BENCH" ] || { short=44992 long=89984 alignments='3 511' runs=1; }
declare -A cost copied

# clock PROGRAM NAME: sets $spent, nanoseconds without idle, and $elapsed, including idle. Takes
# the minimum of some runs, because other work of the kernel only adds to it.
clock()
{
	local i since began now

	for ((i = 0; i < runs; i++)); do
		new_disc d0
		since=$(busy) began=${EPOCHREALTIME/./}
		burn "$1" "$2" > "$tmp/log" 2>&1 ||
			{ not_ok "$*" "$(tail -n 5 "$tmp/log")"; return 1; }
		elapsed=$((${EPOCHREALTIME/./} - began))
		now=$(($(busy) - since))
		[ $i -gt 0 ] && [ $now -ge "$spent" ] || spent=$now
	done
}

# slope PROGRAM: sets $per_sector, $kernel_pages, $writes and $elapsed
slope()
{
	local before

	clock "$1" short || return
	before=$spent kernel_pages=$(sim_stat d0 write_bytes_kernel)
	clock "$1" long || return
	per_sector=$(((spent - before) / (long - short)))
	kernel_pages=$((($(sim_stat d0 write_bytes_kernel) - kernel_pages) / (long - short)))
	writes=$(sim_stat d0 writes)
}

# copies PROGRAM: sets $bytes, the number of bytes copied per sector
copies()
{
	local count=/sys/module/copies/parameters/bytes first

	need insmod "$kernel/copies.ko"
	new_disc d0
	burn "$1" short > "$tmp/log" 2>&1
	first=$(< $count)
	new_disc d0
	burn "$1" long > "$tmp/log" 2>&1
	bytes=$((($(< $count) - 2 * first) / (long - short)))
	need rmmod copies
}

# Linux 6.1 copies with "rep movsq" here: one instruction for 8 bytes, which is subtracted. Newer
# kernels copy in loops, whose instructions are included.
measure()
{
	copies "$1"
	slope "$1" || return
	cost[$1]=$((per_sector - rep_movsq * bytes / 8)) copied[$1]=$bytes
	figure alignment=$alignment program="$1" instructions=${cost[$1]} \
		copied=$bytes kernel_pages=$kernel_pages writes=$writes \
		milliseconds=$((elapsed / 1000))
	[ "$1" = null-splice ] || is "$alignment, $1: sectors burned" "$(sim_stat d0 written_sectors)" $long
}

# Whether the disc has the contents of the file
stores()
{
	burn "$1" some && cdr-sim export d0 "$tmp/disc.bin" &&
		cmp -n $((some * 2352)) "$tmp/some.raw" "$tmp/disc.bin"
}

# In separate runs: the runs that are measured keep no data, and burn zeros.
stored()
{
	sim_set d0 keep_data 1
	new_disc d0
	check "$alignment, $1: what is on the disc" stores "$1"
	sim_set d0 keep_data 0
	rm -f "$tmp"/disc.*
}

# most NAME NUMBER MOST
most()
{
	[ "$2" -le "$3" ]
	is "$1: $2, $3 at most" $? 0
}

rep_movsq=0
if [[ $(< /proc/sys/kernel/osrelease) = 6.1.* ]]; then
	grep -qw rep_good /proc/cpuinfo && ! grep -qw erms /proc/cpuinfo
	is "how the kernel copies" $? 0
	rep_movsq=1
fi
make_audio short $short
make_audio long $long
make_audio some $some /dev/urandom
for alignment in $alignments; do
	sim_create d0 dma_alignment=$alignment keep_data=0
	for program in floor null-splice splice memory uring dd tao cat dd-256k wodim cdrskin; do
		measure $program
	done
	for program in splice uring dd tao cat dd-256k wodim cdrskin; do
		stored $program
	done
	for program in splice tao; do
		most "$alignment, $program: bytes copied per sector" ${copied[$program]} 5
	done
	for program in uring dd; do
		most "$alignment, $program: bytes copied per sector" ${copied[$program]} 2357
	done
	most "$alignment, splice: instructions, a tenth of cdrskin's" \
		"${cost[splice]}" $((cost[cdrskin] / 10))
	most "$alignment, registered memory: instructions, 1.6 times the floor's" \
		"${cost[memory]}" $((cost[floor] * 16 / 10))
	# The short form has more of what a burn costs once, and its results vary by 2 %.
	[ "$alignment" = 3 ] ||
		most "$alignment, splice: instructions, half of wodim's" \
			"${cost[splice]}" $((cost[wodim] / 2))
	sim_remove d0
done
