#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Each allocation and each copy from or to user memory fails once in each system call of a
# burn, and in the workers behind them.
# lab: --smp 2 --bare
# Nobody may hold the drive at the end, and udev is slow on this kernel.
# debug: only
# long
# timeout: 3600
here=$(dirname "$(realpath "$0")")
# Errors of the drives are expected, and the emulated console is slow.
echo 5 > /proc/sys/kernel/printk
exec "$here/../../build/selftests/debug/failnth"
