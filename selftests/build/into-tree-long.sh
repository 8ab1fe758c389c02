#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# build/into-tree with builds of the modules and the tests in the kernel tree.
# host
# source
# long
# timeout: 1800
ALL_BUILDS=1 exec "$(dirname "$(realpath "$0")")/into-tree.sh"
