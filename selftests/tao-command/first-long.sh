#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# tao-command/first with all cases.
# lab: --smp 2
# long
# timeout: 300
LONG=1 exec "$(dirname "$(realpath "$0")")/first.sh"
