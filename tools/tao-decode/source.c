// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <unistd.h>
#include "decode.h"

static bool failed;

ssize_t read_some(void *buffer, size_t bytes, int64_t at)
{
	ssize_t n = pread(STDIN_FILENO, buffer, bytes, at);

	/* a place that no file has says nothing about this one */
	failed |= n < 0 && errno != EINVAL && errno != EOVERFLOW;
	return n;
}

bool reading_failed(void)
{
	return failed;
}
