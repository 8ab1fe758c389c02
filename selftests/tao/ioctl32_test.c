// SPDX-License-Identifier: GPL-2.0-only
/*
 * The same calls from a 32-bit program.
 * build: -m32
 * lab: --doors
 * timeout: 600
 */
#include "ioctl_test.c"
