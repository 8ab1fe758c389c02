// SPDX-License-Identifier: GPL-2.0-only
/* For python-drive: two functions of libtao that get Ctrl-C right before they call back. */
#include <errno.h>
#include <signal.h>
#include <tao.h>

int tao_write_fd(struct tao_device *dev, int fd, uint64_t bytes, uint64_t *written,
		 tao_progress_fn progress, void *data)
{
	(void)dev;
	(void)fd;
	(void)bytes;
	raise(SIGINT);
	/* longer than any test */
	for (*written = 1; *written < 1000000; ++*written)
		if (progress(data, *written))
			return -ECANCELED;
	return 0;
}

int tao_verify_track(struct tao_device *dev, unsigned int number, tao_source_fn source,
		     void *source_data, uint64_t bytes, struct tao_verify *verify,
		     tao_progress_fn progress, void *data)
{
	char audio[16];
	ssize_t n;

	(void)dev;
	(void)number;
	(void)bytes;
	(void)verify;
	(void)progress;
	(void)data;
	raise(SIGINT);
	n = source(source_data, audio, sizeof(audio), 0);
	return n < 0 ? n : 0;
}
