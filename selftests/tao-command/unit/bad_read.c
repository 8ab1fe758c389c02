// SPDX-License-Identifier: GPL-2.0-only
/* Preloaded: reading a file fails from the byte BAD_FROM on, as from a disk that is failing. */
#include <errno.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

ssize_t pread(int fd, void *buffer, size_t bytes, off_t at)
{
	const char *text = getenv("BAD_FROM");
	off_t end = text ? atoll(text) : 0;

	if (at >= end) {
		errno = EIO;
		return -1;
	}
	if ((off_t)bytes > end - at)
		bytes = end - at;
	return syscall(SYS_pread64, fd, buffer, bytes, at);
}
