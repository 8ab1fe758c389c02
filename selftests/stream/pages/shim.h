/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The parts of the kernel that chunk.c uses, for user space. The size of a page is a variable, and
 * memory is a row of pages with a count of references each.
 */
#ifndef PAGES_SHIM_H
#define PAGES_SHIM_H

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <linux/tao.h>

typedef __u8 u8;
typedef __u32 u32;
typedef __u64 u64;

extern u32 page_size;
#define PAGE_SIZE		((unsigned long)page_size)
#define offset_in_page(x)	((unsigned long)(x) & (PAGE_SIZE - 1))
#define __user
#define noinline
#define GFP_KERNEL_ACCOUNT	0
#define SECTOR_SHIFT		9
#define BIO_MAX_VECS		256U

#define ARRAY_SIZE(a)		(sizeof(a) / sizeof((a)[0]))
#define DIV_ROUND_UP(n, d)	({ typeof(d) d_ = (d); ((n) + d_ - 1) / d_; })
#define struct_size(p, m, n)	(sizeof(*(p)) + sizeof(struct bio_vec) * (n))
#define min_t(type, a, b)	({ type a_ = (a), b_ = (b); a_ < b_ ? a_ : b_; })
#define max_t(type, a, b)	({ type a_ = (a), b_ = (b); a_ > b_ ? a_ : b_; })
#define min(a, b)		min_t(typeof(a), a, b)
#define max(a, b)		max_t(typeof(a), a, b)
#define min3(a, b, c)		min(min(a, b), c)

void fail(const char *what);
#define WARN_ON_ONCE(x)		({ bool x_ = (x); if (x_) fail(#x); x_; })

struct list_head {
	struct list_head *next, *prev;
};

/* There is one thread. */
struct mutex {
	int unused;
};

#define lockdep_assert_held(lock)	((void)(lock))

struct bio {
	int unused;
};

static inline void INIT_LIST_HEAD(struct list_head *l)
{
	l->next = l;
	l->prev = l;
}

struct page {
	u8 *data;
	int refs;
	bool slab;
};

struct folio {
	struct page page;
};

struct bio_vec {
	struct page *bv_page;
	u32 bv_len;
	u32 bv_offset;
};

/* Memory of a program, or a list of pages; @at is how far it is used up, @list all of it. */
struct iov_iter {
	const struct bio_vec *bvec;
	const struct bio_vec *list;
	void *ubuf;
	const struct iovec *iov;
	size_t iov_offset;
	size_t count;
	size_t at;
};

#define mutex_lock(m)		((void)(m))
#define mutex_unlock(m)		((void)(m))
#define kmalloc(size, flags)	malloc(size)
#define kfree(p)		free(p)

/* --- pages --- */

struct page *alloc_page(int flags);
void put_page(struct page *page);
int get_user_pages_fast_only(unsigned long address, int wanted, int flags, struct page **pages);
extern struct page zero_page;

#define ZERO_PAGE(address)	(&zero_page)
#define page_folio(page)	((struct folio *)(page))
#define folio_test_slab(f)	((f)->page.slab)
#define folio_ref_count(f)	((f)->page.refs)
#define folio_get(f)		((void)(f)->page.refs++)
#define get_page(page)		((void)(page)->refs++)

#define memcpy_page(to, at, from, from_at, n)	\
	memcpy((to)->data + (at), (from)->data + (from_at), n)
#define memcpy_from_page(to, from, at, n)	memcpy(to, (from)->data + (at), n)
#define memzero_page(page, at, n)		memset((page)->data + (at), 0, n)

/* --- iterators --- */

#define iov_iter_is_bvec(i)	((i)->list)
#define iter_is_ubuf(i)		(!(i)->list)
#define user_backed_iter(i)	(!(i)->list)
#define iter_iov(i)		((i)->iov)

void iov_iter_advance(struct iov_iter *i, size_t n);
void iov_iter_revert(struct iov_iter *i, size_t n);
size_t iov_iter_single_seg_count(const struct iov_iter *i);
size_t copy_page_from_iter(struct page *page, size_t offset, size_t n, struct iov_iter *i);

/* --- the module --- */

#define _TAO_STREAM_H	/* its structs are these */

struct request_queue {
	u32 segments, hw_sectors, mask;
	unsigned long boundary;
};

#define queue_max_segments(q)	((q)->segments)
#define queue_max_hw_sectors(q)	((q)->hw_sectors)
#define queue_dma_alignment(q)	((q)->mask)
#define queue_virt_boundary(q)	((q)->boundary)

/* From the module itself: tao_limits, tao_chunk. */
#include "structs.h"

enum { TAO_PHASE_CLOSED };

struct tao_stream {
	struct mutex mutex;	/* nobody else is there */
	struct tao_chunk *tail;
	struct page *spare_page;
	struct page *pages[32];
	struct tao_limits limits;
	int phase;
};

struct scsi_device {
	struct request_queue *request_queue;
};

struct tao_device {
	struct scsi_device *sdev;
	struct tao_stream stream;
	struct {
		struct {
			u32 buffer_bytes;
		} capabilities;
	} attach;
};

#define tao_stream_device(s)		(s)
#define tao_stream_write_bytes(s)	((s)->limits.write_sectors * TAO_SECTOR_SIZE)
#define trace_tao_chunk(td, c, made)	((void)(td), (void)(c))

#endif
