#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What only the kernel of "make test-races" finds fails a run whose command succeeds.
# host
# races: only
# timeout: 300
. "$(dirname "$0")/../lab/common.sh"

fails_run "data race" "BUG: KCSAN: data-race in count" "modprobe splat what=race seconds=5"
