#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# drives/random with 1000 rounds.
# lab: --icount --bare --watch
# long
# timeout: 7200
export ROUNDS=${ROUNDS:-1000}
exec "$(dirname "$(realpath "$0")")/random.sh"
