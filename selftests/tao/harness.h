/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel's test harness, which is not written for -Wextra. */
#ifndef HARNESS_H
#define HARNESS_H

#pragma GCC diagnostic ignored "-Wunused-parameter"
#pragma GCC diagnostic ignored "-Wsign-compare"
#pragma GCC diagnostic ignored "-Wclobbered"
#include "kselftest_harness.h"

/* Timeout in seconds for a guest on a busy host */
#undef TEST_TIMEOUT_DEFAULT
#define TEST_TIMEOUT_DEFAULT	240

#endif
