// SPDX-License-Identifier: GPL-2.0-only
/*
 * attr_poll FILE SECONDS [VALUE [TIMES]]: prints the value of a sysfs attribute, then each value
 * after poll(2) reports a change, until one is VALUE for the TIMES-th time (the initial value
 * does not count), or the time is up (exit status 1 if there is a VALUE).
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../clock.h"

static void read_value(int fd, char *buf, size_t size)
{
	ssize_t n = pread(fd, buf, size - 1, 0);

	if (n < 0)
		n = snprintf(buf, size, "%s", strerror(errno));
	buf[n] = '\0';
	buf[strcspn(buf, "\n")] = '\0';
	puts(buf);
	fflush(stdout);
}

int main(int argc, char **argv)
{
	struct pollfd p = { .events = POLLPRI };
	const char *wanted = argc > 3 ? argv[3] : NULL;
	int times = argc > 4 ? atoi(argv[4]) : 1;
	char value[4096];
	long long end, left;

	if (argc < 3) {
		fprintf(stderr, "usage: attr_poll FILE SECONDS [VALUE [TIMES]]\n");
		return 2;
	}
	p.fd = open(argv[1], O_RDONLY);
	if (p.fd < 0) {
		perror(argv[1]);
		return 2;
	}
	end = clock_ms() + atoi(argv[2]) * 1000LL;
	read_value(p.fd, value, sizeof(value));
	while ((left = end - clock_ms()) > 0) {
		if (poll(&p, 1, left) <= 0)
			continue;
		if (!(p.revents & POLLPRI) || !(p.revents & POLLERR)) {
			printf("revents %#x\n", p.revents);
			return 2;
		}
		read_value(p.fd, value, sizeof(value));
		if (wanted && !strcmp(value, wanted) && !--times)
			return 0;
	}
	return wanted ? 1 : 0;
}
