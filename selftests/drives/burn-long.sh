#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# drives/burn with all drives.
# lab: --smp 2
# long
# timeout: 3600
ALL_DRIVES=1 exec "$(dirname "$(realpath "$0")")/burn.sh"
