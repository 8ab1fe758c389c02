// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * burn DRIVE FILE...: each file of raw audio becomes a track, then the disc is finalised.
 */
#include <fcntl.h>
#include <stdio.h>
#include <tao.h>
#include <unistd.h>

static int show(void *data, uint64_t bytes)
{
	printf("\r%s: %llu kB", (const char *)data, (unsigned long long)bytes / 1000);
	fflush(stdout);
	return 0; /* anything else stops the track */
}

static int burn_track(struct tao_device *dev, char *name)
{
	struct tao_track_end end = { 0 };
	int fd, error;

	fd = open(name, O_RDONLY);
	if (fd < 0) {
		perror(name);
		return -1;
	}
	error = tao_track_begin(dev, NULL);
	if (!error)
		error = tao_write_fd(dev, fd, UINT64_MAX, NULL, show, name);
	if (!error)
		error = tao_track_end(dev, &end);
	close(fd);
	if (!error)
		printf("\r%s: track %u, %u sectors\n", name, end.number, end.sectors);
	return error;
}

int main(int argc, char **argv)
{
	struct tao_prepare prepare = { .client_name = "example" };
	struct tao_device *dev = NULL;
	int error = 0;

	if (argc < 3) {
		fprintf(stderr, "usage: burn DRIVE FILE...\n");
		return 2;
	}
	error = tao_open(&dev, argv[1], TAO_OPEN_WRITE);
	if (!error)
		error = tao_prepare(dev, &prepare);
	for (int i = 2; !error && i < argc; i++)
		error = burn_track(dev, argv[i]);
	if (!error)
		error = tao_release(dev, TAO_CLOSE_FINALIZE, 0);
	if (error)
		fprintf(stderr, "burn: %s\n", tao_last_error());
	tao_close(dev);
	return error ? 1 : 0;
}
