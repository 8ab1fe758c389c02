// SPDX-License-Identifier: GPL-2.0-only
/*
 * A chunk is the audio of one WRITE: pieces of pages, most of them the caller's own.
 *
 * This is the only place in the module that copies audio, and it counts the bytes that it copies.
 * It depends on the adapter: a page goes to the drive as it is if its address and its length obey
 * the adapter's DMA alignment.
 */
#include <linux/blkdev.h>
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "stream.h"
#include "trace.h"

/* Default number of sectors in a WRITE: 75,264 bytes are a multiple of 512. */
#define TAO_WRITE_SECTORS	32

static u32 quantum_for(u32 dma_mask, u32 max_bytes)
{
	u32 sectors = 1;

	while ((sectors * TAO_SECTOR_SIZE) & dma_mask) {
		sectors *= 2;
		if (sectors * TAO_SECTOR_SIZE > max_bytes)
			return 0;
	}
	return sectors;
}

/* Largest number of sectors up to @max that is a multiple of the quantum, where there is one. */
static u32 whole_quanta(const struct tao_limits *limits, u32 max)
{
	u32 quantum = limits->quantum_sectors ?: 1;

	return max(max - max % quantum, quantum);
}

/* Set the limits that depend on the number of sectors in a WRITE. */
static void limits_set_write(struct tao_limits *limits, u32 sectors)
{
	limits->write_sectors = sectors;
	limits->maps = limits->quantum_sectors && !(sectors % limits->quantum_sectors);
	/* Twice the pages that it takes, because pieces may be parts of pages. */
	limits->pieces = min(limits->pieces_max,
			     2 * (u32)DIV_ROUND_UP(sectors * TAO_SECTOR_SIZE, PAGE_SIZE) + 2);
}

/**
 * tao_chunk_read_limits - find out the limits of the adapter
 * @td: the drive
 */
void tao_chunk_read_limits(struct tao_device *td)
{
	struct request_queue *q = td->sdev->request_queue;
	struct tao_limits *limits = &td->stream.limits;
	u32 segments = min_t(u32, queue_max_segments(q), BIO_MAX_VECS);
	u32 bytes = (segments > 1 ? segments - 1 : 1) * PAGE_SIZE;
	u32 sectors;

	bytes = min_t(u64, bytes, (u64)queue_max_hw_sectors(q) << SECTOR_SHIFT);
	sectors = max(bytes / TAO_SECTOR_SIZE, 1U);
	limits->dma_mask = queue_dma_alignment(q);
	limits->virt_boundary = queue_virt_boundary(q);
	limits->pieces_max = segments;
	limits->quantum_sectors = quantum_for(limits->dma_mask, bytes);
	limits_set_write(limits, whole_quanta(limits, min_t(u32, sectors, TAO_WRITE_SECTORS)));

	/*
	 * More than a quarter of the buffer in one command makes "buffer full" last for ever on
	 * some drives.
	 */
	if (td->attach.capabilities.buffer_bytes)
		sectors = min_t(u32, sectors,
				td->attach.capabilities.buffer_bytes / 4 / TAO_SECTOR_SIZE);
	else
		sectors = limits->write_sectors;
	limits->write_sectors_max =
		max(whole_quanta(limits, max(sectors, 1U)), limits->write_sectors);
}

/**
 * tao_chunk_update_limits - the same again: usb-storage lets an administrator lower them
 * @td: the drive, whose stream is closed; the mutex of that is held
 *
 * WRITEs stay as long as they are, if the adapter still takes them.
 */
void tao_chunk_update_limits(struct tao_device *td)
{
	struct tao_stream *s = &td->stream;
	u32 sectors = s->limits.write_sectors;

	lockdep_assert_held(&s->mutex);
	tao_chunk_read_limits(td);
	if (sectors <= s->limits.write_sectors_max)
		limits_set_write(&s->limits, sectors);
}

/**
 * tao_chunk_set_write_sectors - set the number of sectors in one WRITE
 * @td: the drive
 * @sectors: 1 to tao_limits.write_sectors_max
 *
 * With a number that is not a multiple of the quantum, all audio is copied.
 *
 * Return: 0, -EINVAL, or -EBUSY while a track or a session at once is open or begins.
 */
int tao_chunk_set_write_sectors(struct tao_device *td, u32 sectors)
{
	struct tao_stream *s = &td->stream;
	int ret = 0;

	if (!sectors || sectors > s->limits.write_sectors_max)
		return -EINVAL;
	mutex_lock(&s->mutex);
	/* The chunk for the end of the track may be there before the track. */
	if (s->phase != TAO_PHASE_CLOSED || s->tail)
		ret = -EBUSY;
	else
		limits_set_write(&s->limits, sectors);
	mutex_unlock(&s->mutex);
	return ret;
}

/**
 * tao_chunk_alloc - an empty chunk
 * @s: the stream it is for
 *
 * Return: the chunk, or NULL.
 */
struct tao_chunk *tao_chunk_alloc(struct tao_stream *s)
{
	struct tao_chunk *c = kmalloc(struct_size(c, pieces, s->limits.pieces),
				      GFP_KERNEL_ACCOUNT);

	if (!c)
		return NULL;
	memset(c, 0, offsetof(struct tao_chunk, bio));
	INIT_LIST_HEAD(&c->node);
	c->stream = s;
	trace_tao_chunk(tao_stream_device(s), c, true);
	return c;
}

/**
 * tao_chunk_truncate - let go of the last pieces
 * @c: the chunk
 * @pieces: how many to keep
 */
void tao_chunk_truncate(struct tao_chunk *c, u32 pieces)
{
	while (c->pieces_count > pieces)
		put_page(c->pieces[--c->pieces_count].bv_page);
}

/**
 * tao_chunk_rewind - go back to the contents at the last tao_chunk_keep()
 * @c: the chunk
 */
void tao_chunk_rewind(struct tao_chunk *c)
{
	tao_chunk_truncate(c, c->kept.pieces);
	if (c->kept.pieces)
		c->pieces[c->kept.pieces - 1].bv_len = c->kept.last_len;
	c->bytes = c->kept.bytes;
	c->bytes_copied = c->kept.bytes_copied;
	c->own_tail = c->kept.own_tail;
}

/**
 * tao_chunk_keep - the present contents of a chunk can't be given back any more
 * @c: the chunk
 */
void tao_chunk_keep(struct tao_chunk *c)
{
	c->kept.bytes = c->bytes;
	c->kept.bytes_copied = c->bytes_copied;
	c->kept.pieces = c->pieces_count;
	c->kept.last_len = c->pieces_count ? c->pieces[c->pieces_count - 1].bv_len : 0;
	c->kept.own_tail = c->own_tail;
}

/**
 * tao_chunk_free - free a chunk and let go of its pages
 * @c: the chunk, or NULL
 */
void tao_chunk_free(struct tao_chunk *c)
{
	if (!c)
		return;
	tao_chunk_truncate(c, 0);
	trace_tao_chunk(tao_stream_device(c->stream), c, false);
	kfree(c);
}

static struct bio_vec *chunk_last(struct tao_chunk *c)
{
	return c->pieces_count ? &c->pieces[c->pieces_count - 1] : NULL;
}

static u32 chunk_own_room(struct tao_chunk *c)
{
	struct bio_vec *last = chunk_last(c);

	return c->own_tail && last ? PAGE_SIZE - last->bv_offset - last->bv_len : 0;
}

static int chunk_add_piece(struct tao_stream *s, struct tao_chunk *c, struct page *page, u32 offset,
			   u32 len, bool own)
{
	struct bio_vec *piece;

	if (WARN_ON_ONCE(c->pieces_count >= s->limits.pieces))
		return -EIO;
	piece = &c->pieces[c->pieces_count++];
	piece->bv_page = page;
	piece->bv_offset = offset;
	piece->bv_len = len;
	c->own_tail = own;
	c->bytes += len;
	return 0;
}

/*
 * Whether a piece that begins at @offset in its page can follow what is there, on adapters that
 * join at boundaries only.
 */
static bool chunk_joins(struct tao_stream *s, struct tao_chunk *c, u32 offset)
{
	u32 boundary = s->limits.virt_boundary;
	struct bio_vec *last;

	if (!boundary || !c->pieces_count)
		return true;
	last = chunk_last(c);
	return !((last->bv_offset + last->bv_len) & boundary || offset & boundary);
}

/*
 * How much of a run of @len bytes, which begins at @offset in its first page, can be part of the
 * chunk as it is. Address and length have to obey the adapter's alignment at each joint, and the
 * chunk must not run out of pieces even if the rest has to be copied page by page.
 */
static inline u32 chunk_mappable(struct tao_stream *s, struct tao_chunk *c, u32 offset, u32 len)
{
	u32 mask = s->limits.dma_mask;
	u32 rest, pieces;

	if (!s->limits.maps || (c->bytes | offset) & mask || !chunk_joins(s, c, offset))
		return 0;
	len &= ~mask;
	rest = tao_stream_write_bytes(s) - c->bytes - len;
	pieces = DIV_ROUND_UP(offset + len, PAGE_SIZE) + DIV_ROUND_UP(rest, PAGE_SIZE);
	return c->pieces_count + pieces <= s->limits.pieces ? len : 0;
}

/* Adds @len bytes as chunk_mappable() allowed. The chunk takes over the references to the pages. */
static void chunk_map_pages(struct tao_stream *s, struct tao_chunk *c, struct page **pages,
			    u32 offset, u32 len)
{
	while (len) {
		u32 n = min_t(u32, len, PAGE_SIZE - offset);

		chunk_add_piece(s, c, *pages++, offset, n, false);
		len -= n;
		offset = 0;
	}
}

static void put_pages_from(struct page **pages, u32 offset, u32 keep, u32 len)
{
	u32 i = keep ? DIV_ROUND_UP(offset + keep, PAGE_SIZE) : 0;

	for (; i < DIV_ROUND_UP(offset + len, PAGE_SIZE); i++)
		put_page(pages[i]);
}

/* How much has to be copied until the next piece could be mapped, if any can. */
static u32 copy_until_aligned(struct tao_stream *s, struct tao_chunk *c, u32 offset, u32 run)
{
	u32 mask = s->limits.dma_mask;

	if (s->limits.quantum_sectors && !((c->bytes ^ offset) & mask) && (offset & mask))
		return min(run, mask + 1 - (offset & mask));
	return run;
}

/* As get_page() after sendpage_ok(), with one look at the head of the page. */
static bool chunk_hold_page(struct page *page)
{
	struct folio *folio = page_folio(page);

	if (folio_test_slab(folio) || folio_ref_count(folio) < 1)
		return false;
	folio_get(folio);
	return true;
}

/* Like iov_iter_get_pages2(), which returns only one page at a time from a bvec. */
static ssize_t get_bvec_pages(struct iov_iter *from, struct page **pages, u32 len, u32 pages_max,
			      size_t *offset)
{
	const struct bio_vec *bv = from->bvec;
	u32 skip = from->iov_offset;
	u32 i = 0, done = 0;

	while (done < len && i < pages_max) {
		struct page *page;
		u32 at, n;

		/* Empty, or used up: io_uring of Linux 6.3 to 6.6 may begin at the end of one. */
		if (skip == bv->bv_len) {
			skip = 0;
			bv++;
			continue;
		}
		at = bv->bv_offset + skip;
		page = bv->bv_page + at / PAGE_SIZE;
		if (!i)
			*offset = offset_in_page(at);
		/* A page that nobody can take a reference to is copied. */
		if ((i && offset_in_page(at)) || !chunk_hold_page(page))
			break;
		pages[i++] = page;
		n = min3(len - done, bv->bv_len - skip, (u32)(PAGE_SIZE - offset_in_page(at)));
		done += n;
		skip += n;
		if (offset_in_page(at + n))
			break;
	}
	iov_iter_advance(from, done);
	return done;
}

/* Where the next bytes of user memory are. */
static unsigned long user_address(struct iov_iter *from)
{
	void __user *base = iter_is_ubuf(from) ? from->ubuf : iter_iov(from)->iov_base;

	return (unsigned long)base + from->iov_offset;
}

/*
 * As iov_iter_get_pages2(), but only as far as the pages can be had without the lock of the address
 * space: another thread may hold that for as long as it likes, and we have the stream's mutex.
 * Returns 0 if the next page can't be had so. It may be there all the same: the kernel's page of
 * zeros is such a one.
 */
static ssize_t get_user_run(struct iov_iter *from, struct page **pages, u32 len, u32 pages_max,
			    size_t *offset)
{
	unsigned long address;
	u32 wanted;
	int got;

	/* Leaves segments behind that are empty or used up. */
	iov_iter_advance(from, 0);
	len = min_t(size_t, len, iov_iter_single_seg_count(from));
	address = user_address(from);
	*offset = offset_in_page(address);
	wanted = min_t(u32, DIV_ROUND_UP(*offset + len, PAGE_SIZE), pages_max);
	got = get_user_pages_fast_only(address - *offset, wanted, 0, pages);
	if (got <= 0)
		return 0;
	len = min_t(u32, len, got * PAGE_SIZE - *offset);
	iov_iter_advance(from, len);
	return len;
}

/* References to the pages of the next @len bytes, or of fewer or none, in one run. */
static ssize_t chunk_get_pages(struct tao_stream *s, struct iov_iter *from, u32 len, size_t *offset)
{
	if (iov_iter_is_bvec(from))
		return get_bvec_pages(from, s->pages, len, ARRAY_SIZE(s->pages), offset);
	return get_user_run(from, s->pages, len, ARRAY_SIZE(s->pages), offset);
}

/*
 * Maps what can be mapped of the next @len bytes. Returns how much that was; or 0, and in *copy how
 * much to copy instead.
 */
static u32 chunk_map_iter(struct tao_stream *s, struct tao_chunk *c, struct iov_iter *from,
			  u32 len, u32 *copy)
{
	size_t run, offset = 0;
	u32 n, usable;

	n = chunk_get_pages(s, from, len, &offset);
	if (!n) {
		*copy = min_t(size_t, len, PAGE_SIZE - offset);
		return 0;
	}
	usable = chunk_mappable(s, c, offset, n);
	put_pages_from(s->pages, offset, usable, n);
	iov_iter_revert(from, n - usable);
	if (usable) {
		chunk_map_pages(s, c, s->pages, offset, usable);
		return usable;
	}
	run = min_t(size_t, len, iov_iter_single_seg_count(from));
	*copy = copy_until_aligned(s, c, offset, run);
	return 0;
}

/*
 * A page of ours in place of the last piece, at the same offset: what follows can then be
 * copied behind it, where the adapter would not join a new page there.
 */
static void chunk_own_last(struct tao_chunk *c, struct page *page)
{
	struct bio_vec *last = chunk_last(c);

	memcpy_page(page, last->bv_offset, last->bv_page, last->bv_offset, last->bv_len);
	put_page(last->bv_page);
	last->bv_page = page;
	c->bytes_copied += last->bv_len;
	c->own_tail = true;
	/* A rewind does not give the page back that it replaced. */
	if (c->kept.pieces == c->pieces_count) {
		c->kept.bytes_copied = c->bytes_copied;
		c->kept.own_tail = true;
	}
}

/* Makes sure that there is room in a page of ours at the end of the chunk. */
static int chunk_need_own(struct tao_stream *s, struct tao_chunk *c)
{
	struct page *page;

	if (chunk_own_room(c))
		return 0;
	page = alloc_page(GFP_KERNEL_ACCOUNT);
	if (!page)
		return -ENOMEM;
	if (!chunk_joins(s, c, 0)) {
		chunk_own_last(c, page);
		return 0;
	}
	return chunk_add_piece(s, c, page, 0, 0, true);
}

static void chunk_grow_own(struct tao_chunk *c, u32 len)
{
	chunk_last(c)->bv_len += len;
	c->bytes += len;
}

static ssize_t chunk_copy_iter(struct tao_stream *s, struct tao_chunk *c, struct iov_iter *from,
			       u32 len)
{
	u32 done = 0;

	while (done < len) {
		struct bio_vec *last;
		u32 n;
		int err = chunk_need_own(s, c);

		if (err)
			return err;
		last = chunk_last(c);
		n = min(len - done, chunk_own_room(c));
		if (copy_page_from_iter(last->bv_page, last->bv_offset + last->bv_len, n, from) !=
		    n)
			return -EFAULT;
		chunk_grow_own(c, n);
		c->bytes_copied += n;
		done += n;
	}
	return done;
}

/* Rare, and so kept out of the way of the pages that are taken as they are. */
static noinline ssize_t chunk_copy_page(struct tao_stream *s, struct tao_chunk *c,
					struct page *page, u32 offset, u32 len)
{
	struct bio_vec *last;
	int err = chunk_need_own(s, c);

	if (err)
		return err;
	last = chunk_last(c);
	len = min(len, chunk_own_room(c));
	memcpy_page(last->bv_page, last->bv_offset + last->bv_len, page, offset, len);
	chunk_grow_own(c, len);
	c->bytes_copied += len;
	return len;
}

/**
 * tao_chunk_add_page - add a part of a page, as it is or copied
 * @s: the stream
 * @c: the chunk, which takes a reference of its own if it keeps the page
 * @page: the page
 * @offset: where the part begins in the page
 * @len: bytes at most, no more than there is room for
 *
 * Return: how many bytes were added, or -ENOMEM.
 */
ssize_t tao_chunk_add_page(struct tao_stream *s, struct tao_chunk *c, struct page *page,
			   u32 offset, u32 len)
{
	u32 usable = chunk_mappable(s, c, offset, len);

	/* A page that nobody can take a reference to is copied. */
	if (!usable || !chunk_hold_page(page))
		return chunk_copy_page(s, c, page, offset, len);
	chunk_add_piece(s, c, page, offset, usable, false);
	return usable;
}

/**
 * tao_chunk_fill - add audio from a caller's memory
 * @s: the stream
 * @c: the chunk
 * @from: the memory
 * @len: bytes, no more than there is room for
 * @whole: the chunk is full then, so that the memory may be mapped; else it is the caller's again
 *	before the chunk goes out
 *
 * Return: 0, -EFAULT, or -ENOMEM; some of it may have been added then.
 */
int tao_chunk_fill(struct tao_stream *s, struct tao_chunk *c, struct iov_iter *from, u32 len,
		   bool whole)
{
	bool map = whole && (user_backed_iter(from) || iov_iter_is_bvec(from));

	while (len) {
		u32 copy = len;
		ssize_t n = 0;

		if (map)
			n = chunk_map_iter(s, c, from, len, &copy);
		if (!n)
			n = chunk_copy_iter(s, c, from, copy);
		if (n < 0)
			return n;
		len -= n;
	}
	return 0;
}

/**
 * tao_chunk_peek - look at the first bytes of a chunk
 * @c: the chunk
 * @to: where they go
 * @len: how many at most
 *
 * Return: how many there were.
 */
u32 tao_chunk_peek(const struct tao_chunk *c, void *to, u32 len)
{
	u32 i, n, done = 0;

	for (i = 0; i < c->pieces_count && done < len; i++) {
		const struct bio_vec *piece = &c->pieces[i];

		n = min(len - done, piece->bv_len);
		memcpy_from_page(to + done, piece->bv_page, piece->bv_offset, n);
		done += n;
	}
	return done;
}

/**
 * tao_chunk_fill_silence - add silence
 * @s: the stream
 * @c: the chunk
 * @len: bytes, no more than there is room for
 *
 * Nothing is allocated: it is the end of a track, and that must not fail. A page of ours is filled
 * up first, so that the pages of zeros join it as the adapter wants.
 */
void tao_chunk_fill_silence(struct tao_stream *s, struct tao_chunk *c, u32 len)
{
	c->bytes_padding += len;
	while (len) {
		u32 n = min(len, chunk_own_room(c));

		if (n) {
			struct bio_vec *last = chunk_last(c);

			memzero_page(last->bv_page, last->bv_offset + last->bv_len, n);
			chunk_grow_own(c, n);
		} else if (chunk_joins(s, c, 0)) {
			n = min_t(u32, len, PAGE_SIZE);
			get_page(ZERO_PAGE(0));
			chunk_add_piece(s, c, ZERO_PAGE(0), 0, n, false);
		} else {
			chunk_own_last(c, s->spare_page);
			s->spare_page = NULL;
		}
		len -= n;
	}
}

/**
 * tao_chunk_reuse - make a chunk that went out an empty one
 * @c: the chunk
 */
void tao_chunk_reuse(struct tao_chunk *c)
{
	c->bytes = 0;
	c->bytes_copied = 0;
	c->bytes_padding = 0;
	c->own_tail = false;
}

