#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Many recorders in one kernel: the cost of burning on all of them at once, their memory, and that
# none shares a lock with another in the audio path.
# lab: --icount --bare --no-watch "it counts instructions"
# Instructions are counted, so nothing else may run.
# debug: no
# coverage: no
# timeout: 600
# long
. "$(dirname "$0")/common.sh"

counts='1 8'
least=1120 together=8960	# minimum number of sectors for each drive, and total
[ -z "$BENCH" ] || { counts='1 4 16 64' least=8960; }
nodes=() created=0

create_up_to()
{
	while [ $created -lt "$1" ]; do
		sim_create d$created dma_alignment=511 keep_data=0 insert=cdr80 speed=8
		nodes+=("$tao")
		: $((++created))
	done
}

new_discs()
{
	local i

	for ((i = 0; i < created; i++)); do
		new_disc d$i
	done
}

# burn_all NAME: burns on all of them at once
burn_all()
{
	local node pids=() pid

	for node in "${nodes[@]}"; do
		direct splice "$node" "$tmp/$1.raw" &
		pids+=($!)
	done
	for pid in "${pids[@]}"; do
		wait "$pid" || not_ok "burned on all $created"
	done
}

# Memory that the kernel has allocated for itself, in kB
kernel_memory()
{
	awk '/^(Slab|KernelStack|PageTables|Percpu):/ { kb += $2 } END { print kb }' /proc/meminfo
}

# spent NAME: sets $spent, the instructions for burning NAME on all drives
spend()
{
	local since

	new_discs
	since=$(busy)
	burn_all "$1"
	spent=$(($(busy) - since))
}

# Sets $per_sector, with all recorders at once. A single recorder burns more than each of many,
# otherwise other work of the kernel would have more weight.
measure_instructions()
{
	local before short=$((created * least < together ? together / created : least))

	make_audio short $short
	make_audio long $((2 * short))
	spend short
	spend short
	before=$spent
	spend long
	per_sector=$(((spent - before) / (created * short)))
}

# The recorders exist already, but tao detects them only now.
measure_idle_memory()
{
	local before

	wait_for 20 rmmod tao
	sleep 1
	before=$(kernel_memory)
	need insmod "$TAO_MODULES/tao.ko"
	wait_for 20 test -c "/dev/tao$((created - 1))"
	sleep 1
	idle=$(($(kernel_memory) - before))
}

# In real time, with full queues
measure_burning_memory()
{
	local i before

	new_discs
	for ((i = 0; i < created; i++)); do
		sim_set d$i realtime 1
	done
	before=$(kernel_memory)
	burn_all real &
	sleep 2
	burning=$(($(kernel_memory) - before))
	wait
	for ((i = 0; i < created; i++)); do
		sim_set d$i realtime 0
	done
}

# locks_of NODE: the locks that functions of tao take for a track
locks_of()
{
	local events=/sys/kernel/tracing/events/kprobes event

	for event in "$events"/tao_*; do
		echo 'hist:keys=lock.hex,caller.sym' > "$event/trigger"
	done
	direct splice "$1" "$tmp/real.raw"
	sleep 1
	for event in "$events"/tao_*; do
		grep -F '[tao]' "$event/hist" | sed -n 's/.*lock: *\([0-9a-f]*\).*/\1/p'
		echo '!hist:keys=lock.hex,caller.sym' > "$event/trigger"
	done | sort -u
}

check_locks()
{
	local function shared

	for function in _raw_spin_lock _raw_spin_lock_irq _raw_spin_lock_irqsave mutex_lock \
		mutex_lock_interruptible mutex_trylock; do
		echo "p:tao_$function $function lock=%di:u64 caller=\$stack0:u64" \
			>> /sys/kernel/tracing/kprobe_events
	done
	new_discs
	locks_of "${nodes[0]}" > "$tmp/first"
	locks_of "${nodes[1]}" > "$tmp/second"
	echo > /sys/kernel/tracing/kprobe_events
	[ "$(wc -l < "$tmp/first")" -ge 2 ]
	is "locks of a drive are seen: $(wc -l < "$tmp/first")" $? 0
	shared=$(comm -12 "$tmp/first" "$tmp/second")
	is "locks that two drives share" "$shared" ''
}

make_audio real $((2 * least))
declare -A cost
for count in $counts; do
	create_up_to "$count"
	measure_instructions
	cost[$count]=$per_sector
	measure_idle_memory
	measure_burning_memory
	figure drives="$count" instructions="$per_sector" idle_kb=$((idle / count)) \
		burning_kb=$((burning / count))
	off=$((100 * per_sector / cost[1]))
	# Less is possible if the processor has no time to sleep: a third on Linux 7.3.
	[ $off -ge 50 ] && [ $off -le 105 ]
	is "$count drives: $per_sector instructions per sector, $off % of one drive's" $? 0
done
[ $((idle / count)) -le 64 ]
is "an idle drive takes $((idle / count)) kB" $? 0
[ $((burning / count)) -le 1024 ]
is "a burning drive takes $((burning / count)) kB" $? 0
check_locks
