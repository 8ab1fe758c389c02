#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# tao does not burn on a drive that can't be woken up, and counts its use correctly.
# lab: --bare
# debug
. "$(dirname "$0")/common.sh"

sim_create d0 insert=cdr80
audio "$tmp/song.raw" 941192
ask medium
need insmod build/selftests/tao/fail_call/fail_call.ko function=scsi_autopm_get_device
check_fails "the drive does not wake up" "Input/output error" \
	dd if="$tmp/song.raw" of="$tao" bs=75264
wait_idle
is "... that was the call that failed" "$(< /sys/module/fail_call/parameters/nth)" 1
is "... and no command was sent" "$(sim_commands d0 2a)" 0
need rmmod fail_call
check "then it does, and burns" dd if="$tmp/song.raw" of="$tao" bs=75264
sim_remove d0
