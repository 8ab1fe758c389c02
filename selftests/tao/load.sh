#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# If a step of loading the module fails, nothing is left behind.
# debug
. "$(dirname "$0")/../lib.sh"

# The name of a function in this kernel.
symbol()
{
	local name

	for name in "$@"; do
		! grep -q " T $name\b" /proc/kallsyms || { echo "$name"; return; }
	done
	echo "$1"
}

# fails_at FUNCTION [ARGUMENT]...
fails_at()
{
	local parameters=/sys/module/fail_call/parameters

	need insmod build/selftests/tao/fail_call/fail_call.ko "function=$1" "${@:2}"
	check_fails "$*: not loaded" "Cannot allocate memory" modprobe tao
	is "$*: the call that failed was the last one" "$(< $parameters/calls)" "$(< $parameters/nth)"
	need rmmod fail_call
	check_fails "$*: no class is left" "No such file" ls /sys/class/tao
	is "$*: no device number is left" "$(grep -cw tao /proc/devices)" 0
}

need modprobe scsi_mod
workqueue=$(symbol alloc_workqueue alloc_workqueue_noprof)
fails_at "$workqueue" pointer=1
fails_at "$workqueue" pointer=1 nth=2
fails_at "$workqueue" pointer=1 nth=3
fails_at alloc_chrdev_region
fails_at "$(symbol class_register __class_register)"
fails_at register_pm_notifier
fails_at register_reboot_notifier
fails_at scsi_register_interface

sim_create d0 insert=cdr80
check "then it can be loaded, and burns" sh -c "head -c 2352000 /dev/zero > $tao"
