#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# 8 drives, programs of all kinds, random faults, for half an hour.
# lab: --smp 2 --bare --append kcsan.skip_watch=40
# In the end nobody may have the drive; and udev is slow on this kernel.
# debug: only
# races: only
# long
# timeout: 3000
here=$(dirname "$(realpath "$0")")
# Errors of the drives are no news here, and the emulated console is slow.
echo 5 > /proc/sys/kernel/printk
exec "$here/../../build/selftests/debug/hammer" seed="${TAO_SEED:-$RANDOM}" drives=8 clients=32 seconds=1800 faults=any
