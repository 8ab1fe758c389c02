#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 8 drives, all kinds of programs, random faults, for half an hour.
# lab: --smp 2 --bare --append kcsan.skip_watch=40
# Nobody may hold the drive at the end, and udev is slow on this kernel.
# debug: only
# races: only
# long
# timeout: 3000
here=$(dirname "$(realpath "$0")")
# Errors of the drives are expected, and the emulated console is slow.
echo 5 > /proc/sys/kernel/printk
exec "$here/../../build/selftests/debug/hammer" seed="${TAO_SEED:-$RANDOM}" drives=8 clients=32 seconds=1800 faults=any
