#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# An error that the kernel reports makes a run fail even if its command succeeds. Here every other
# kind of error, by the seed; lab/splat-long has all.
# host
# timeout: 900
# long
. "$(dirname "$0")/common.sh"
unset TAO_WATCH	# not a test of tao

kinds=0
# turn: whether this kind is one of those here
turn()	{ [ -n "$ALL_KINDS" ] || [ $((kinds++ % 2)) -eq $((SEED % 2)) ]; }

turn && fails_run WARN "asked to warn" "modprobe splat what=warn"
turn && fails_run oops "NULL pointer dereference" "modprobe splat what=oops"
turn && fails_run "hung task" "blocked for more than" \
	"echo 2 > /proc/sys/kernel/hung_task_timeout_secs; modprobe splat what=hang seconds=8"
# The stalled processor reports it, or another one.
turn && fails_run "RCU stall" "rcu: INFO: rcu_" \
	"echo 3 > /sys/module/rcupdate/parameters/rcu_cpu_stall_timeout; modprobe splat what=stall seconds=8"
turn && fails_run panic "sysrq triggered crash" "echo c > /proc/sysrq-trigger"

# A test that exceeds its own limit is fine, a machine without memory is not.
over_limit='mount -t cgroup2 none /sys/fs/cgroup; cd /sys/fs/cgroup; echo +memory > cgroup.subtree_control
	mkdir limited; sh -c "echo 0 > limited/cgroup.procs; sleep 100" & sleep 1
	echo 0 > limited/memory.max; wait $!; [ $? -eq 137 ]'
selftests/lab/run -- sh -c "$over_limit" > "$tmp/out" 2>&1
is "killed for the limit of a cgroup: exit status" $? 0
selftests/lab/run --mem 300 -- sh -c 'tail /dev/zero; exit 0' > "$tmp/out" 2>&1
is "out of memory: exit status" $? 125
check "out of memory: report" grep -F "out_of_memory" "$tmp/out"

TAO_MODULES=$PWD/build/selftests/lab/splat \
	selftests/lab/run -- modprobe splat what=nothing > "$tmp/out" 2>&1
is "a module that only fails to load" $? 1
