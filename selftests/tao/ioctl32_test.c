// SPDX-License-Identifier: GPL-2.0-only
/*
 * The same calls from a 32-bit program; tao/abi32_test has the layout of each structure.
 * build: -m32
 * lab: --doors
 * long
 * timeout: 600
 */
#include "ioctl_test.c"
