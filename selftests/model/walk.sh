#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Random calls of several programs, in all states: the module gives what the document says.
# lab: --bare
# udev would be one more program at the drive, at times of its own.
# long
# timeout: 400
here=$(dirname "$(realpath "$0")")
# Errors of the drive are no news here, and the emulated console is slow.
echo 4 > /proc/sys/kernel/printk
exec "$here/../../build/selftests/model/model" table="$here/../../Documentation/userspace-api/states.rst" \
	left-out="$here/left-out" seed="${TAO_SEED:-$RANDOM}" seconds=110
