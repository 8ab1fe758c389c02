// SPDX-License-Identifier: GPL-2.0-only
/*
 * srctl NODE WHAT...: prints one line for each WHAT about the block device of a CD drive.
 * "options": the CDO_* that are set; "exclusive": whether it can be opened exclusively; "hold=2":
 * opens it exclusively when that is possible, and holds it for that many seconds.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/cdrom.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static int open_drive(const char *node, int flags)
{
	return open(node, O_RDONLY | O_NONBLOCK | flags);
}

static void hold(const char *node, unsigned int seconds)
{
	int fd;

	while ((fd = open_drive(node, O_EXCL)) < 0)
		usleep(100 * 1000);
	printf("hold: yes\n");
	fflush(stdout);
	sleep(seconds);
	close(fd);
}

int main(int argc, char **argv)
{
	int i, fd;

	for (i = 2; i < argc; i++) {
		if (!strncmp(argv[i], "hold=", 5)) {
			hold(argv[1], strtoul(argv[i] + 5, NULL, 10));
			continue;
		}
		fd = open_drive(argv[1], strcmp(argv[i], "exclusive") ? 0 : O_EXCL);
		if (fd < 0)
			printf("%s: %s\n", argv[i], strerror(errno));
		else if (!strcmp(argv[i], "options"))
			printf("options: %x\n", ioctl(fd, CDROM_SET_OPTIONS, 0));
		else
			printf("%s: yes\n", argv[i]);
		close(fd);
	}
	return 0;
}
