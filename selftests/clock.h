/* SPDX-License-Identifier: GPL-2.0-only */
/* A clock that nobody sets. */
#ifndef CLOCK_H
#define CLOCK_H

#include <time.h>

static inline double clock_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec + now.tv_nsec / 1e9;
}

static inline long clock_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000L + now.tv_nsec / 1000000;
}

#endif
