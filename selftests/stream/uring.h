/* SPDX-License-Identifier: GPL-2.0-only */
/* A small io_uring by its system calls, as far as writes need it. */
#ifndef URING_H
#define URING_H

#include <linux/io_uring.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

struct ring {
	int fd;
	unsigned int entries;
	void *queues;
	size_t queues_size;
	struct io_uring_sqe *sqes;
	struct io_uring_cqe *cqes;
	unsigned int *sq_tail, *sq_mask, *sq_array;
	unsigned int *cq_head, *cq_tail, *cq_mask;
	unsigned int pending;	/* prepared, not submitted */
};

static inline int ring_open(struct ring *r, unsigned int entries)
{
	struct io_uring_params p = { 0 };
	size_t sq_size, cq_size;
	char *q;

	r->fd = syscall(__NR_io_uring_setup, entries, &p);
	if (r->fd < 0)
		return -1;
	sq_size = p.sq_off.array + p.sq_entries * sizeof(unsigned int);
	cq_size = p.cq_off.cqes + p.cq_entries * sizeof(struct io_uring_cqe);
	r->queues_size = sq_size > cq_size ? sq_size : cq_size;
	r->entries = p.sq_entries;
	r->pending = 0;
	/* IORING_FEAT_SINGLE_MMAP: in every kernel that tao builds for */
	r->queues = mmap(NULL, r->queues_size, PROT_READ | PROT_WRITE, MAP_SHARED, r->fd,
			 IORING_OFF_SQ_RING);
	r->sqes = mmap(NULL, p.sq_entries * sizeof(*r->sqes), PROT_READ | PROT_WRITE, MAP_SHARED,
		       r->fd, IORING_OFF_SQES);
	if (r->queues == MAP_FAILED || r->sqes == MAP_FAILED)
		return -1;
	q = r->queues;
	r->sq_tail = (void *)(q + p.sq_off.tail);
	r->sq_mask = (void *)(q + p.sq_off.ring_mask);
	r->sq_array = (void *)(q + p.sq_off.array);
	r->cq_head = (void *)(q + p.cq_off.head);
	r->cq_tail = (void *)(q + p.cq_off.tail);
	r->cq_mask = (void *)(q + p.cq_off.ring_mask);
	r->cqes = (void *)(q + p.cq_off.cqes);
	return 0;
}

static inline void ring_close(struct ring *r)
{
	munmap(r->sqes, r->entries * sizeof(*r->sqes));
	munmap(r->queues, r->queues_size);
	close(r->fd);
}

static inline int ring_register_buffer(struct ring *r, void *base, size_t len)
{
	struct iovec v = { .iov_base = base, .iov_len = len };

	return syscall(__NR_io_uring_register, r->fd, IORING_REGISTER_BUFFERS, &v, 1);
}

/* Prepares a write; @fixed: from the registered buffer. user_data >> 32 is its length then. */
static inline struct io_uring_sqe *ring_write(struct ring *r, int fd, int fixed, const void *from,
					      unsigned int len, uint64_t offset, uint32_t tag)
{
	unsigned int tail = *r->sq_tail, at = tail & *r->sq_mask;
	struct io_uring_sqe *sqe = &r->sqes[at];

	memset(sqe, 0, sizeof(*sqe));
	sqe->opcode = fixed ? IORING_OP_WRITE_FIXED : IORING_OP_WRITE;
	sqe->fd = fd;
	sqe->addr = (uintptr_t)from;
	sqe->len = len;
	sqe->off = offset;
	sqe->user_data = (uint64_t)len << 32 | tag;
	r->sq_array[at] = at;
	__atomic_store_n(r->sq_tail, tail + 1, __ATOMIC_RELEASE);
	r->pending++;
	return sqe;
}

/* Submits what is prepared and waits till @wait are done. */
static inline int ring_submit(struct ring *r, unsigned int wait)
{
	int ret = syscall(__NR_io_uring_enter, r->fd, r->pending, wait,
			  wait ? IORING_ENTER_GETEVENTS : 0, NULL, 0);

	if (ret > 0)
		r->pending -= ret;
	return ret;
}

/* The next that is done, if there is one. */
static inline int ring_next(struct ring *r, struct io_uring_cqe *cqe)
{
	unsigned int head = *r->cq_head;

	if (head == __atomic_load_n(r->cq_tail, __ATOMIC_ACQUIRE))
		return 0;
	*cqe = r->cqes[head & *r->cq_mask];
	__atomic_store_n(r->cq_head, head + 1, __ATOMIC_RELEASE);
	return 1;
}

/* Waits for the next that is done. */
static inline int ring_wait(struct ring *r, struct io_uring_cqe *cqe)
{
	while (!ring_next(r, cqe))
		if (syscall(__NR_io_uring_enter, r->fd, 0, 1, IORING_ENTER_GETEVENTS, NULL, 0) < 0)
			return -1;
	return 0;
}

#endif
