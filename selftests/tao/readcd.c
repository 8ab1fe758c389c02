// SPDX-License-Identifier: GPL-2.0-only
/* readcd NODE LBA SECTORS: prints audio sectors on stdout. */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "readcd.h"

int main(int argc, char **argv)
{
	static unsigned char buffer[READCD_MANY * READCD_SECTOR];
	int fd, lba, left, n;

	if (argc != 4) {
		fprintf(stderr, "usage: readcd NODE LBA READCD_SECTORS\n");
		return 2;
	}
	fd = open(argv[1], O_RDONLY | O_NONBLOCK);
	if (fd < 0) {
		perror(argv[1]);
		return 1;
	}
	lba = atoi(argv[2]);
	for (left = atoi(argv[3]); left; left -= n, lba += n) {
		n = left < READCD_MANY ? left : READCD_MANY;
		if (read_cd(fd, lba, n, buffer))
			return 1;
		if (write(STDOUT_FILENO, buffer, n * READCD_SECTOR) != n * READCD_SECTOR) {
			perror("readcd");
			return 1;
		}
	}
	return 0;
}
