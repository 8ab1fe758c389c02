/* SPDX-License-Identifier: GPL-2.0-only */
/* Writes with liburing; a test that includes this needs "build: -luring". */
#ifndef URING_H
#define URING_H

#include <errno.h>
#include <liburing.h>
#include <stdint.h>

struct ring {
	struct io_uring io;
};

/* Functions here return 0 or more on success; -1 and errno on failure. */
static inline int ring_result(int ret)
{
	if (ret >= 0)
		return ret;
	errno = -ret;
	return -1;
}

static inline int ring_open(struct ring *r, unsigned int entries)
{
	return ring_result(io_uring_queue_init(entries, &r->io, 0));
}

static inline void ring_close(struct ring *r)
{
	io_uring_queue_exit(&r->io);
}

static inline int ring_register_buffer(struct ring *r, void *base, size_t len)
{
	struct iovec v = { .iov_base = base, .iov_len = len };

	return ring_result(io_uring_register_buffers(&r->io, &v, 1));
}

/* Prepares a write; @fixed: from the registered buffer. user_data >> 32 will be its length. */
static inline struct io_uring_sqe *ring_write(struct ring *r, int fd, int fixed, const void *from,
					      unsigned int len, uint64_t offset, uint32_t tag)
{
	struct io_uring_sqe *sqe = io_uring_get_sqe(&r->io);

	if (fixed)
		io_uring_prep_write_fixed(sqe, fd, from, len, offset, 0);
	else
		io_uring_prep_write(sqe, fd, from, len, offset);
	io_uring_sqe_set_data64(sqe, (uint64_t)len << 32 | tag);
	return sqe;
}

/* Submits prepared writes and waits until @wait of them have completed. */
static inline int ring_submit(struct ring *r, unsigned int wait)
{
	return ring_result(io_uring_submit_and_wait(&r->io, wait));
}

/* Gets the next completion, if there is one. */
static inline int ring_next(struct ring *r, struct io_uring_cqe *cqe)
{
	struct io_uring_cqe *next;

	if (io_uring_peek_cqe(&r->io, &next))
		return 0;
	*cqe = *next;
	io_uring_cqe_seen(&r->io, next);
	return 1;
}

/* Waits for the next completion. */
static inline int ring_wait(struct ring *r, struct io_uring_cqe *cqe)
{
	struct io_uring_cqe *next;

	if (ring_result(io_uring_wait_cqe(&r->io, &next)))
		return -1;
	*cqe = *next;
	io_uring_cqe_seen(&r->io, next);
	return 0;
}

#endif
