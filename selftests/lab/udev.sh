#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# udevd runs in the lab as on a desktop, with the rules of this machine and the project's, but not
# with --bare.
. "$(dirname "$0")/../lib.sh"

check "udevd runs" pidof systemd-udevd
sim_create d0
check "udevd knows the recorder" sh -c "udevadm info $sr | grep ID_CDROM_CD_R=1"
is "group and mode of ${tao##*/}" "$(stat -c '%G %a' "$tao")" "cdrom 660"
check "discs are looked for" test "$(cat /sys/module/block/parameters/events_dfl_poll_msecs)" = 2000
is "no disc, no lock" "$(sim_get d0 media) $(sim_get d0 locked)" "none 0"
need sim_set d0 insert cdr80
locked() { [ "$(sim_get d0 locked)" = 1 ]; }
check "a disc goes in: udev is told, and locks the door" wait_for 60 locked
settle
check "udevd knows the disc" sh -c "udevadm info $sr | grep ID_CDROM_MEDIA_STATE=blank"
sim_remove d0
