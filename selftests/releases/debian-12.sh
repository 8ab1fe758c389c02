#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# "make run", "make test" and "make shell" as in the README, on a Debian 12 with nothing but make,
# as root. The network is needed.
# host
# source
# long
# alone
# timeout: 3600
. "$(dirname "$0")/common.sh"

bare_debian 12 6.1 root
