// SPDX-License-Identifier: GPL-2.0-only
/*
 * The layout of the interface is the same in 32-bit programs. Runs in the lab, since the kernel
 * of the host may not run them.
 * lab: --except seen
 * build: -m32
 */
#include "abi_test.c"
