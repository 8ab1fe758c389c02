#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# drives/report with all profiles.
# lab: --smp 2 --doors
# long
# timeout: 900
ALL_DRIVES=1 exec "$(dirname "$(realpath "$0")")/report.sh"
