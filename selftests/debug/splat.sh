#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# An error that only the debug kernel detects makes a run fail even if its command succeeds.
# host
# debug: only
# timeout: 900
. "$(dirname "$0")/../lab/common.sh"

fails_run "leaked memory" "unreferenced object" "modprobe splat what=leak"
fails_run "use after free" "KASAN: use-after-free in splat_init" "modprobe splat what=use-after-free"
fails_run "possible deadlock" "possible circular locking dependency" "modprobe splat what=deadlock"
