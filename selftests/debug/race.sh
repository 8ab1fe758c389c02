#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# An error that only the kernel of "make test-races" detects makes a run fail even if its command
# succeeds.
# host
# races: only
# timeout: 300
. "$(dirname "$0")/../lab/common.sh"

fails_run "data race" "BUG: KCSAN: data-race in count" "modprobe splat what=race seconds=5"
