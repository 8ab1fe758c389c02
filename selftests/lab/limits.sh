#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Timeouts, processors, memory, counted instructions, and a guest that shuts down.
# host
# long
# timeout: 600
. "$(dirname "$0")/../lib.sh"
unset TAO_WATCH	# not a test of tao

lab=selftests/lab/run

began=$SECONDS
is "--smp" "$("$lab" --smp 3 -- nproc)" 3
# A busy host boots more slowly.
limit=$((20 + 3 * (SECONDS - began)))

began=$SECONDS
"$lab" --timeout $limit --log "$tmp/log" -- sh -c 'echo before; sleep 1000' \
	> "$tmp/out" 2> "$tmp/err"
is "exit status when time is up" $? 124
[ $((SECONDS - began)) -lt $((limit + 30)) ]
is "the run ends in time" $? 0
is "output until then" "$(cat "$tmp/out")" before
check "it says so" grep "killed after $limit s" "$tmp/err"
check "with the console" grep "lab: | .*start of the command" "$tmp/err"
check "--log" grep "start of the command" "$tmp/log"

mem=$("$lab" --mem 600 -- awk '/MemTotal/ { print int($2 / 1024) }' /proc/meminfo)
[ "$mem" -gt 400 ] && [ "$mem" -le 600 ]
is "--mem 600 ($mem MiB usable)" $? 0

began=$SECONDS
# A single program in memory: while the guest waits for the host, its clock advances from timer to
# timer.
cat > "$tmp/hour.pl" << 'END'
sub up { open my $f, "/proc/uptime"; (split " ", <$f>)[0] }
up;
my $began = up;
sleep 3600;
printf "%d %s", up() - $began, `nproc`;
END
slept=$("$lab" --icount -- perl "$tmp/hour.pl" | awk '{ print ($1 >= 3600 && $1 < 3605), $2 }')
is "--icount: an hour of sleep on one processor" "$slept" "1 1"
[ $((SECONDS - began)) -lt 300 ]
is "--icount: it costs no time" $? 0

"$lab" -- sh -c "echo o > /proc/sysrq-trigger; sleep 60" 2> "$tmp/err"
is "exit status of a guest that goes down" $? 125
check "it says so" grep "went down before the command ended" "$tmp/err"
