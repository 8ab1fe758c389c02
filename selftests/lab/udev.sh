#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# udevd runs in the lab, with the project's rules.
# lab: --udev
. "$(dirname "$0")/../lib.sh"

check "udevd runs" pidof systemd-udevd
sim_create d0 insert=cdr80
need udevadm settle
check "udevd knows the recorder" sh -c "udevadm info $sr | grep ID_CDROM_CD_R=1"
is "group and mode of ${tao##*/}" "$(stat -c '%G %a' "$tao")" "cdrom 660"
sim_remove d0
