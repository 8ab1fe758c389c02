#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Random calls of several programs, in all states: the module behaves as documented.
# lab: --bare
# udev would be another program that uses the drive, at unpredictable times.
# long
# timeout: 400
here=$(dirname "$(realpath "$0")")
# Errors of the drive are expected, and the emulated console is slow.
echo 4 > /proc/sys/kernel/printk
exec "$here/../../build/selftests/model/model" table="$here/../../Documentation/userspace-api/states.rst" \
	left-out="$here/left-out" seed="${TAO_SEED:-$RANDOM}" seconds=110
