#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# ends_test and unplug_test, with hundreds of moments.
# lab: --smp 2
# long
# timeout: 3600
here=$(dirname "$(realpath "$0")")
tests=$here/../../build/selftests/tao
status=0
export ROUNDS=200
"$tests/ends_test" || status=1
cdr-sim remove ends
"$tests/unplug_test" || status=1
exit $status
