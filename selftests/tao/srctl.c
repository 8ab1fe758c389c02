// SPDX-License-Identifier: GPL-2.0-only
/*
 * srctl NODE WHAT...: of a CD drive's block device, one line each: "options", the
 * CDO_* that are set; "exclusive", whether it can be had exclusively.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/cdrom.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static int open_drive(const char *node, int flags)
{
	return open(node, O_RDONLY | O_NONBLOCK | flags);
}

int main(int argc, char **argv)
{
	int i, fd;

	for (i = 2; i < argc; i++) {
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
