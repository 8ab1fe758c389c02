// SPDX-License-Identifier: GPL-2.0-only
/*
 * The layout of the interface in programs of 32 bit: the same. In the lab, since the kernel of the
 * host may not run them.
 * build: -m32
 */
#include "abi_test.c"
