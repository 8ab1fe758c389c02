#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A drive that returns garbage, with all kinds of programs.
# lab: --smp 2 --bare
# Nobody may hold the drive at the end, and udev is slow on this kernel.
# debug: only
# timeout: 240
here=$(dirname "$(realpath "$0")")
# Errors of the drives are expected, and the emulated console is slow.
echo 5 > /proc/sys/kernel/printk
exec "$here/../../build/selftests/debug/hammer" seed="${TAO_SEED:-$RANDOM}" drives=1 clients=10 seconds=40 faults=garbage
