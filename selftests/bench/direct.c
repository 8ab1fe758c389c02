// SPDX-License-Identifier: GPL-2.0-only
/*
 * direct splice|uring|memory TAO FILE: burns a track as directly as a program can
 *
 *	splice	sendfile from the page cache
 *	uring	read into registered memory, eight writes of 32 sectors on the way
 *	memory	the same without the read: a program that makes its audio by itself. Only the
 *		length of the file counts
 *
 * build: -luring
 */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../stream/uring.h"

#define QUANTUM	75264
#define SLOTS	8

static int fail(const char *what)
{
	perror(what);
	return 1;
}

static int by_splice(int to, int file)
{
	ssize_t n;

	do
		n = sendfile(to, file, NULL, 1 << 30);
	while (n > 0);
	return n < 0 ? fail("sendfile") : 0;
}

static int wait_for_one(struct ring *ring)
{
	struct io_uring_cqe cqe;

	if (ring_wait(ring, &cqe))
		return fail("io_uring_enter");
	if (cqe.res == (int)(cqe.user_data >> 32))
		return 0;
	fprintf(stderr, "direct: a write of %u bytes took %d\n",
		(unsigned int)(cqe.user_data >> 32), cqe.res);
	return 1;
}

static off_t size_of(int file)
{
	struct stat st;

	return fstat(file, &st) ? 0 : st.st_size;
}

/* Produces the next audio in @to; returns its length. */
static ssize_t produce(int file, char *to, bool reads, off_t left)
{
	if (reads)
		return read(file, to, QUANTUM);
	return left < QUANTUM ? left : QUANTUM;
}

static int by_uring(int to, int file, bool reads)
{
	unsigned int on_the_way = 0;
	struct ring ring;
	char *memory = mmap(NULL, SLOTS * QUANTUM, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	off_t at = 0, size = size_of(file);
	ssize_t n;
	int i;

	if (memory == MAP_FAILED || ring_open(&ring, SLOTS) ||
	    ring_register_buffer(&ring, memory, SLOTS * QUANTUM))
		return fail("io_uring");
	/* The drive takes them in order, so the oldest slot is the free one. */
	for (i = 0; (n = produce(file, memory + i * QUANTUM, reads, size - at)) > 0;
	     i = (i + 1) % SLOTS) {
		ring_write(&ring, to, 1, memory + i * QUANTUM, n, at, i);
		at += n;
		if (ring_submit(&ring, 0) != 1)
			return fail("io_uring_enter");
		if (++on_the_way == SLOTS) {
			if (wait_for_one(&ring))
				return 1;
			on_the_way--;
		}
	}
	while (on_the_way--)
		if (wait_for_one(&ring))
			return 1;
	ring_close(&ring);
	return n < 0 ? fail("read") : 0;
}

int main(int argc, char **argv)
{
	int to, file, ret;

	if (argc != 4) {
		fprintf(stderr, "usage: direct splice|uring|memory TAO FILE\n");
		return 2;
	}
	to = open(argv[2], O_WRONLY);
	file = open(argv[3], O_RDONLY);
	if (to < 0 || file < 0)
		return fail(to < 0 ? argv[2] : argv[3]);
	if (strcmp(argv[1], "splice"))
		ret = by_uring(to, file, !strcmp(argv[1], "uring"));
	else
		ret = by_splice(to, file);
	if (close(to))
		return fail(argv[2]);
	return ret;
}
