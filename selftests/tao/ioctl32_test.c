// SPDX-License-Identifier: GPL-2.0-only
/*
 * The same calls from a program of 32 bit.
 * build: -m32
 * lab: --doors
 * timeout: 600
 */
#include "ioctl_test.c"
