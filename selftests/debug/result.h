/* SPDX-License-Identifier: GPL-2.0-only */
/* Results of a test program in KTAP format. */
#ifndef RESULT_H
#define RESULT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

static int count, failures;

static inline bool result(bool good, const char *format, ...)
{
	va_list args;

	failures += !good;
	printf("%s %d ", good ? "ok" : "not ok", ++count);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("\n");
	fflush(stdout);
	return good;
}

#endif
