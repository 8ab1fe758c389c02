// SPDX-License-Identifier: LGPL-2.1-or-later
/* verify DRIVE TRACK FILE: compares a track with the raw audio that was burned. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <tao.h>
#include <unistd.h>
#include <fcntl.h>

static ssize_t read_file(void *data, void *buffer, size_t bytes, uint64_t offset)
{
	ssize_t n = pread(*(int *)data, buffer, bytes, offset);

	return n < 0 ? -errno : n;
}

int main(int argc, char **argv)
{
	struct tao_device *dev = NULL;
	struct tao_verify verify = { 0 };
	struct stat st;
	int fd, ret;

	if (argc != 4) {
		fprintf(stderr, "usage: verify DRIVE TRACK FILE\n");
		return 2;
	}
	fd = open(argv[3], O_RDONLY);
	if (fd < 0 || fstat(fd, &st)) {
		perror(argv[3]);
		return 2;
	}
	ret = tao_open(&dev, argv[1], TAO_OPEN_READ);
	if (!ret)
		ret = tao_verify_track(dev, atoi(argv[2]), read_file, &fd, st.st_size, &verify,
				       NULL, NULL);
	if (ret < 0)
		fprintf(stderr, "verify: %s\n", tao_last_error());
	else
		printf("%s, offset %d samples, %llu of %llu samples compared\n",
		       !ret ? "identical" :
		       verify.flags & TAO_VERIFY_UNDECIDED ? "can't be decided" : "different",
		       verify.offset_samples,
		       (unsigned long long)verify.compared_samples,
		       (unsigned long long)verify.samples);
	tao_close(dev);
	close(fd);
	return ret < 0 ? 2 : ret;
}
