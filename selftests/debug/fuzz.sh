#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Threads that call whatever there is, with whatever arguments.
# lab: --smp 2 --bare
# In the end nobody may have the drive; and udev is slow on this kernel.
# debug: only
# timeout: 240
here=$(dirname "$(realpath "$0")")
# Errors of the drives are no news here, and the emulated console is slow.
echo 5 > /proc/sys/kernel/printk
exec "$here/../../build/selftests/debug/hammer" seed="${TAO_SEED:-$RANDOM}" drives=1 clients=8 seconds=40 fuzz=1
