#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 8 drives, programs of all kinds, random faults.
# lab: --smp 2 --bare --append kcsan.skip_watch=40
# In the end nobody may have the drive; and udev is slow on this kernel.
# debug: only
# races: only
# timeout: 300
here=$(dirname "$(realpath "$0")")
# Errors of the drives are no news here, and the emulated console is slow.
echo 5 > /proc/sys/kernel/printk
exec "$here/../../build/selftests/debug/hammer" seed="${TAO_SEED:-$RANDOM}" drives=8 clients=20 seconds=120 faults=any
