#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# lab/splat with all kinds of error.
# host
# long
# timeout: 900
ALL_KINDS=1 exec "$(dirname "$(realpath "$0")")/splat.sh"
