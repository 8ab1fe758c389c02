#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Threads that make arbitrary calls with arbitrary arguments, for 10 minutes.
# lab: --smp 2 --bare
# Nobody may hold the drive at the end, and udev is slow on this kernel.
# debug: only
# long
# timeout: 1200
here=$(dirname "$(realpath "$0")")
# Errors of the drives are expected, and the emulated console is slow.
echo 5 > /proc/sys/kernel/printk
exec "$here/../../build/selftests/debug/hammer" seed="${TAO_SEED:-$RANDOM}" drives=2 clients=16 seconds=600 fuzz=1 faults=any
