# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Functions for all shell tests. A test sources it first:
#
#	#!/bin/bash
#	# SPDX-License-Identifier: GPL-2.0-only
#	# What this tests.
#	# lab: --smp 2			options of selftests/lab/run
#	# timeout: 60			seconds, boot included (default 300)
#	. "$(dirname "$0")/../lib.sh"
#
#	sim_create d0 dma_alignment=511 insert=cdr80
#	check "a track is burned" dd if=song.raw of="$tao" bs=75264
#
# A test is an executable selftests/*/*.sh. "# host" instead of "# lab:" runs it on this machine
# instead of in the lab, "# alone" runs no other test at the same time, "# full" leaves it out of
# "make test" without T=, "# long" runs it only by "make test-long" or by its name, "# debug" also
# in the short form of "make test-debug", "# debug: only" not on Debian's kernels, "# debug: no"
# never there, "# races" is the same for "make test-races", "# source" excludes it with KERNEL=,
# "# debian: 13" runs it only on that release. Results are KTAP; the exit status is 0, 1 (failed) or
# 4 (skipped).

ktap_count=0
ktap_failed=0

# The C programs of this tree: the tools, pattern, and those of the test.
tree=$(realpath "$(dirname "${BASH_SOURCE[0]}")/..")
PATH=$tree/build/tools/tao:$tree/build/tools/cdr-sim:$tree/build/selftests:$PATH
PATH=$tree/build/selftests/$(basename "$(dirname "$(realpath "$0")")"):$PATH

# Random numbers repeat with the same seed (make test T=name SEED=n).
SEED=${TAO_SEED:-$((SRANDOM % 1000000))}
RANDOM=$SEED
tmp=$(mktemp -d) || exit 1
ktap_out=$tmp/.out

echo 'TAP version 13'
echo "# seed $SEED"

# --- Results ---

ok()
{
	echo "ok $((++ktap_count)) $1"
}

# not_ok NAME [REASON]
not_ok()
{
	: $((++ktap_failed))
	echo "not ok $((++ktap_count)) $1"
	[ -z "$2" ] || echo "$2" | sed 's/^/# /'
	return 1
}

# check NAME COMMAND...: COMMAND succeeds
check()
{
	local name=$1 status
	shift

	"$@" > "$ktap_out" 2>&1 && { ok "$name"; return; }
	status=$?
	not_ok "$name" "exit status $status of: $*"
	sed 's/^/# | /' "$ktap_out"
	return 1
}

# check_fails NAME TEXT COMMAND...: COMMAND fails and its output contains TEXT, such as "No space
# left on device"
check_fails()
{
	local name=$1 text=$2
	shift 2

	if "$@" > "$ktap_out" 2>&1; then
		not_ok "$name" "no failure of: $*"
	elif ! grep -qF -- "$text" "$ktap_out"; then
		not_ok "$name" "\"$text\" is not in the output of: $*"
	else
		ok "$name"
		return
	fi
	sed 's/^/# | /' "$ktap_out"
	return 1
}

# is NAME GOT EXPECTED
is()
{
	if [ "$2" = "$3" ]; then
		ok "$1"
	else
		not_ok "$1" "got:      $2"$'\n'"expected: $3"
	fi
}

# need COMMAND...: preparation without which the test makes no sense
need()
{
	"$@" > "$ktap_out" 2>&1 && return
	sed 's/^/# | /' "$ktap_out"
	bail "failed: $*"
}

bail()
{
	: $((++ktap_failed))
	echo "Bail out! $1"
	exit 1
}

# skip REASON: the whole test
skip()
{
	echo "1..0 # SKIP $1"
	trap - EXIT
	rm -rf "$tmp"
	exit 4
}

# A missing program makes the test fail, even if nobody checks its status; bash calls this in a
# separate process.
command_not_found_handle()
{
	echo "$1" >> "$tmp/.missing"
	echo "$0: $1: command not found" >&2
	return 127
}

ktap_end()
{
	local status=$?

	trap - EXIT
	[ $status -eq 0 ] || [ $ktap_failed -gt 0 ] || {
		echo "# the test itself ended with status $status"
		ktap_failed=1
	}
	[ ! -s "$tmp/.missing" ] || {
		echo "not ok $((++ktap_count)) missing: $(sort -u "$tmp/.missing" | paste -sd " ")"
		ktap_failed=1
	}
	[ $ktap_count -gt 0 ] || { echo '# the test checked nothing'; ktap_failed=1; }
	echo "1..$ktap_count"
	rm -rf "$tmp"
	exit $((ktap_failed > 0))
}
trap ktap_end EXIT

# --- Waiting, random numbers, audio ---

# wait_for SECONDS COMMAND...: waits until COMMAND succeeds; fails when the time is up
wait_for()
{
	local end=$((SECONDS + $1))
	shift

	until "$@" > /dev/null 2>&1; do
		[ $SECONDS -lt $end ] || return 1
		sleep 0.05
	done
}

# random LOW HIGH: sets $random (no subshell, which would repeat the number)
random()
{
	random=$(($1 + (RANDOM << 15 | RANDOM) % ($2 - $1 + 1)))
}

# audio FILE BYTES [SEED]: random samples, different for each seed
audio()
{
	need sh -c 'pattern "$1" "$2" > "$3"' sh "${3:-$SEED}" "$2" "$1"
}

# same_audio NAME WRITTEN READ: READ is WRITTEN followed by silence
same_audio()
{
	local name=$1 written=$2 read=$3 size tail

	size=$(stat -c %s "$written")
	if ! cmp -n "$size" "$written" "$read" > "$ktap_out" 2>&1; then
		not_ok "$name" "$(cat "$ktap_out")"
		return 1
	fi
	tail=$(tail -c +$((size + 1)) "$read" | tr -d '\0' | head -c 1 | wc -c)
	is "$name" "$tail bytes of noise after the end" "0 bytes of noise after the end"
}

# --- Modules and simulated recorders ---

sim_root=/sys/kernel/config/cdr-sim

# load MODULE [PARAMETER=VALUE]...
load()
{
	[ -n "$TAO_LAB" ] || bail 'This test loads modules: run it by selftests/lab/run or make test T=name'
	need modprobe "$@"
}

sim_set()	# NAME ATTRIBUTE VALUE
{
	echo "$3" > "$sim_root/$1/$2"
}

sim_get()	# NAME ATTRIBUTE
{
	cat "$sim_root/$1/$2"
}

# sim_stat NAME COUNTER: prints one number of the recorder's statistics
sim_stat()
{
	awk -v name="$2" '$1 == name { print $2 }' "$sim_root/$1/stats"
}

# sim_commands NAME OPCODE: prints how many commands with this opcode (two hex digits, lower case)
# the recorder has received
sim_commands()
{
	awk -v op="$2" '$1 == op { n = $3 } END { print n + 0 }' "$sim_root/$1/commands"
}

# sim_nodes NAME: sets $hctl, $sr, $sg and $tao, the nodes of a recorder
sim_nodes()
{
	local scsi node

	hctl=$(sim_get "$1" device)
	scsi=/sys/bus/scsi/devices/$hctl
	sr=/dev/$(ls "$scsi/block" 2> /dev/null)
	sg=/dev/$(ls "$scsi/scsi_generic" 2> /dev/null)
	tao=
	for node in /sys/class/tao/tao*; do
		[ "$(readlink -f "$node/device")" != "$(readlink -f "$scsi")" ] ||
			tao=/dev/${node##*/}
	done
	[ -b "$sr" ] && [ -c "$sg" ] && [ -c "$tao" ]
}

# settle [SR]: waits until udev has processed all events so far; for drive SR also the disc that
# was just inserted, which is only detected by opening the drive
settle()
{
	[ -z "$1" ] || { : < "$1"; } 2> /dev/null
	# On a busy machine udevadm now and then does not reach the daemon.
	[ ! -e /run/udev/control ] || need wait_for 60 udevadm settle
}

# sim_create NAME [ATTRIBUTE=VALUE]...: creates a recorder, switches it on, and sets its nodes
sim_create()
{
	local name=$1 pair
	shift

	[ -d /sys/module/tao ] || load tao
	[ -d /sys/module/cdr_sim ] || load cdr-sim
	[ -d /sys/module/sr_mod ] || load sr_mod
	[ -d /sys/module/sg ] || load sg
	need mkdir "$sim_root/$name"
	for pair in "$@"; do
		need sim_set "$name" "${pair%%=*}" "${pair#*=}"
	done
	need sim_set "$name" power 1
	wait_for 20 sim_nodes "$name" ||
		bail "no device nodes for the recorder $name"
	sim_nodes "$name"
	settle
}

sim_remove()
{
	need sim_set "$1" power 0
	need rmdir "$sim_root/$1"
}

# tao_attr ATTRIBUTE: prints that of the recorder of the latest sim_create or sim_nodes
tao_attr()
{
	local value

	value=$(< "/sys/class/tao/${tao##*/}/$1") && echo "$value"
}
