/* SPDX-License-Identifier: GPL-2.0-only */
/* Helpers for tests of programs that burn, die and pass their descriptors on. */
#ifndef BURNER_H
#define BURNER_H

#include <sys/socket.h>
#include <time.h>

#include "sim.h"

/*
 * For tests at random moments: seeds random() with TAO_SEED, prints the seed and returns it. If
 * ROUNDS is set, it is stored in @rounds.
 */
static inline unsigned int begin_random(unsigned int *rounds)
{
	const char *seed = getenv("TAO_SEED");
	unsigned int number = time(NULL) % 1000000;

	if (seed && *seed)
		number = strtoul(seed, NULL, 10);
	if (getenv("ROUNDS"))
		*rounds = strtoul(getenv("ROUNDS"), NULL, 10);
	printf("# seed %u\n", number);
	srandom(number);
	return number;
}

static inline unsigned long now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000ul + t.tv_nsec / 1000;
}

static inline int write_all(int fd, const char *data, size_t bytes)
{
	while (bytes) {
		ssize_t n = write(fd, data, bytes < 131072 ? bytes : 131072);

		if (n <= 0)
			return -1;
		data += n;
		bytes -= n;
	}
	return 0;
}

static inline bool exclusive_open_works(void)
{
	int fd = open(sim_sr, O_RDONLY | O_NONBLOCK | O_EXCL);

	close(fd);
	return fd >= 0;
}

/*
 * Waits for everything that a program left behind. Jobs that it started but that have not reached
 * the drive do not show in the status, but the next program that burns waits for them.
 */
static inline void wait_for_last_program(void)
{
	int fd, i;

	/* A ring releases its files a while after its program has gone. */
	for (i = 0; (fd = open(sim_tao, O_WRONLY)) < 0; i++) {
		if (errno != EBUSY || i == 1200)
			sim_die(sim_tao);
		usleep(50000);
	}
	close(fd);
	sim_wait_idle();
}

static inline int send_fd(int socket, int fd)
{
	char room[CMSG_SPACE(sizeof(int))] = { 0 }, byte = 'x';
	struct iovec v = { &byte, 1 };
	struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1, .msg_control = room,
			    .msg_controllen = sizeof(room) };
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &fd, sizeof(int));
	return sendmsg(socket, &m, 0) == 1 ? 0 : -1;
}

static inline int receive_fd(int socket)
{
	char room[CMSG_SPACE(sizeof(int))], byte;
	struct iovec v = { &byte, 1 };
	struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1, .msg_control = room,
			    .msg_controllen = sizeof(room) };
	int fd = -1;

	if (recvmsg(socket, &m, 0) == 1 && CMSG_FIRSTHDR(&m))
		memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&m)), sizeof(int));
	return fd;
}

#endif
