// SPDX-License-Identifier: GPL-2.0-only
/*
 * The layout of the interface in programs of 32 bit: the same.
 * host
 * build: -m32
 */
#include "abi_test.c"
