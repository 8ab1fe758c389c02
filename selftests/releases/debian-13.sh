#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# "make run", "make test" and "make shell" as in the README, on a Debian 13 with nothing but make,
# as a user with sudo. The network is needed.
# host
# source
# long
# alone
# timeout: 3600
. "$(dirname "$0")/common.sh"

some_tests+=' packaging/dkms'

bare_debian 13 6.12 burner
