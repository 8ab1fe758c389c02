// SPDX-License-Identifier: GPL-2.0-only
/*
 * The way of the audio: from the caller's pages to WRITE commands.
 *
 * A chunk is the audio of one WRITE: pieces of pages, most of them the caller's own. It is filled up ("staging"), queued,
 * and goes to the drive when it is its turn. There is one WRITE at the drive at a time, since a disc is written strictly in
 * order and the block layer promises none; the next ones wait with their pages held and their pieces listed. A request is
 * allocated only when its chunk goes out: one that is held back while the drive's buffer is full must not keep the only
 * tag of an adapter from others.
 *
 * This is the only place in the module that copies audio, and it counts what it copies.
 */
#include <linux/blk-mq.h>
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/net.h>
#include <linux/pipe_fs_i.h>
#include <linux/slab.h>
#include <linux/splice.h>
#include <scsi/scsi_cmnd.h>
#include <scsi/scsi_dbg.h>
#include <scsi/scsi_proto.h>

#include "tao.h"
#include "trace.h"

/* A drive that refuses a WRITE for so long has lost the disc. */
#define TAO_FULL_DEADLINE_S	200
/* Sectors in a WRITE where nothing speaks against it: 75,264 bytes are a multiple of 512. */
#define TAO_WRITE_SECTORS	32
#define TAO_QUEUE_MAX		(32U << 20)

/* A call that waits for the chunks its audio is in. Protected by tao_device.lock. */
struct tao_writer {
	unsigned int pending;		/* chunks that hold pages of the caller */
	int error;
	struct kiocb *iocb;		/* of an asynchronous write, else none */
	ssize_t bytes;
	bool sealed;			/* no chunk will be added */
};

static struct tao_device *stream_device(struct tao_stream *s)
{
	return container_of(s, struct tao_device, stream);
}

static u32 stream_write_bytes(const struct tao_stream *s)
{
	return s->limits.write_sectors * TAO_SECTOR_SIZE;
}

/* --- limits ---------------------------------------------------------------------------------------------------------- */

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

/**
 * tao_stream_read_limits - see what the adapter takes
 * @td: the drive
 */
void tao_stream_read_limits(struct tao_device *td)
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
	limits->write_sectors = whole_quanta(limits, min_t(u32, sectors, TAO_WRITE_SECTORS));

	/* More than a quarter of the buffer in one command makes "buffer full" last for ever on some drives. */
	if (td->capabilities.buffer_bytes)
		sectors = min_t(u32, sectors, td->capabilities.buffer_bytes / 4 / TAO_SECTOR_SIZE);
	else
		sectors = limits->write_sectors;
	limits->write_sectors_max = max(whole_quanta(limits, max(sectors, 1U)), limits->write_sectors);
}

/**
 * tao_stream_set_write_sectors - set how much goes out in one WRITE
 * @td: the drive
 * @sectors: 1 to tao_limits.write_sectors_max
 *
 * What is no multiple of the quantum makes the audio be copied.
 *
 * Return: 0, -EINVAL, or -EBUSY while a track is open.
 */
int tao_stream_set_write_sectors(struct tao_device *td, u32 sectors)
{
	struct tao_stream *s = &td->stream;
	int ret = 0;

	if (!sectors || sectors > s->limits.write_sectors_max)
		return -EINVAL;
	mutex_lock(&s->mutex);
	if (s->open)
		ret = -EBUSY;
	else
		s->limits.write_sectors = sectors;
	mutex_unlock(&s->mutex);
	return ret;
}

/* --- chunks ---------------------------------------------------------------------------------------------------------- */

/* Twice the pages that it takes, for pieces that are no whole pages. */
static u32 chunk_pieces(const struct tao_stream *s)
{
	return min_t(u32, s->limits.pieces_max, 2 * DIV_ROUND_UP(stream_write_bytes(s), PAGE_SIZE) + 2);
}

static struct tao_chunk *chunk_alloc(struct tao_stream *s)
{
	struct tao_chunk *c = kzalloc(struct_size(c, pieces, chunk_pieces(s)), GFP_KERNEL);

	if (c) {
		INIT_LIST_HEAD(&c->node);
		c->stream = s;
	}
	return c;
}

static void chunk_truncate(struct tao_chunk *c, u32 pieces)
{
	while (c->pieces_count > pieces)
		put_page(c->pieces[--c->pieces_count].bv_page);
}

/* Back to what it held before the present call. */
static void chunk_rewind(struct tao_chunk *c)
{
	chunk_truncate(c, c->kept.pieces);
	if (c->kept.pieces)
		c->pieces[c->kept.pieces - 1].bv_len = c->kept.last_len;
	c->bytes = c->kept.bytes;
	c->bytes_copied = c->kept.bytes_copied;
	c->own_tail = c->kept.own_tail;
}

/* From here on, what is in it can't be given back. */
static void chunk_keep(struct tao_chunk *c)
{
	c->kept.bytes = c->bytes;
	c->kept.bytes_copied = c->bytes_copied;
	c->kept.pieces = c->pieces_count;
	c->kept.last_len = c->pieces_count ? c->pieces[c->pieces_count - 1].bv_len : 0;
	c->kept.own_tail = c->own_tail;
}

static void chunk_free(struct tao_chunk *c)
{
	if (!c)
		return;
	chunk_truncate(c, 0);
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

	if (WARN_ON_ONCE(c->pieces_count >= chunk_pieces(s)))
		return -EIO;
	piece = &c->pieces[c->pieces_count++];
	piece->bv_page = page;
	piece->bv_offset = offset;
	piece->bv_len = len;
	c->own_tail = own;
	c->bytes += len;
	return 0;
}

/* Whether a piece that begins at @offset in its page can follow what is there, on adapters that join at boundaries only. */
static bool chunk_joins(struct tao_stream *s, struct tao_chunk *c, u32 offset)
{
	struct bio_vec *last = chunk_last(c);

	return !last || !((last->bv_offset + last->bv_len) & s->limits.virt_boundary ||
			  offset & s->limits.virt_boundary);
}

/**
 * chunk_mappable - how much of the caller's memory can be part of a chunk as it is
 * @s: the stream
 * @c: the chunk
 * @offset: where it begins in its first page
 * @len: how much there is in one run
 *
 * Address and length have to obey the adapter's alignment at each joint, and what is left of the chunk must not run out
 * of pieces even if it has to be copied page by page.
 */
static u32 chunk_mappable(struct tao_stream *s, struct tao_chunk *c, u32 offset, u32 len)
{
	u32 mask = s->limits.dma_mask;
	u32 rest, pieces;

	if (!s->limits.quantum_sectors || s->limits.write_sectors % s->limits.quantum_sectors)
		return 0;
	if ((c->bytes | offset) & mask || !chunk_joins(s, c, offset))
		return 0;
	len &= ~mask;
	rest = stream_write_bytes(s) - c->bytes - len;
	pieces = DIV_ROUND_UP(offset + len, PAGE_SIZE) + DIV_ROUND_UP(rest, PAGE_SIZE);
	return c->pieces_count + pieces <= chunk_pieces(s) ? len : 0;
}

/* The pages of @len bytes that begin at @offset of the first; the chunk takes over their references. */
static void chunk_map_pages(struct tao_stream *s, struct tao_chunk *c, struct page **pages, u32 offset, u32 len)
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

/*
 * Maps what can be mapped of the next @len bytes. Returns how much that was; 0 and in *copy how much to copy instead; or
 * an error.
 */
static ssize_t chunk_map_iter(struct tao_stream *s, struct tao_chunk *c, struct iov_iter *from, u32 len, u32 *copy)
{
	size_t run = min_t(size_t, len, iov_iter_single_seg_count(from));
	size_t offset;
	ssize_t n;
	u32 usable;

	n = iov_iter_get_pages2(from, s->pages, len, ARRAY_SIZE(s->pages), &offset);
	if (n <= 0)
		return n ?: -EFAULT;
	usable = chunk_mappable(s, c, offset, n);
	put_pages_from(s->pages, offset, usable, n);
	iov_iter_revert(from, n - usable);
	if (usable)
		chunk_map_pages(s, c, s->pages, offset, usable);
	else
		*copy = copy_until_aligned(s, c, offset, run);
	return usable;
}

/*
 * A page of ours in place of the last piece, at the same offset: what follows can then be copied behind it, where the
 * adapter would not join a new page there.
 */
static void chunk_own_last(struct tao_chunk *c, struct page *page)
{
	struct bio_vec *last = chunk_last(c);

	memcpy_page(page, last->bv_offset, last->bv_page, last->bv_offset, last->bv_len);
	put_page(last->bv_page);
	last->bv_page = page;
	c->bytes_copied += last->bv_len;
	c->own_tail = true;
}

/* Makes sure that there is room in a page of ours at the end of the chunk. */
static int chunk_need_own(struct tao_stream *s, struct tao_chunk *c)
{
	struct page *page;

	if (chunk_own_room(c))
		return 0;
	page = alloc_page(GFP_KERNEL);
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

static ssize_t chunk_copy_iter(struct tao_stream *s, struct tao_chunk *c, struct iov_iter *from, u32 len)
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
		if (copy_page_from_iter(last->bv_page, last->bv_offset + last->bv_len, n, from) != n)
			return -EFAULT;
		chunk_grow_own(c, n);
		c->bytes_copied += n;
		done += n;
	}
	return done;
}

static ssize_t chunk_copy_page(struct tao_stream *s, struct tao_chunk *c, struct page *page, u32 offset, u32 len)
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

/* Adds @len bytes to the chunk; they must not stay mapped if it is not @whole then. */
static int chunk_fill(struct tao_stream *s, struct tao_chunk *c, struct iov_iter *from, u32 len, bool whole)
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

/*
 * Adds silence. Nothing is allocated: it is the end of a track, and that must not fail. A page of ours is filled up first,
 * so that the pages of zeros join it as the adapter wants.
 */
static void chunk_fill_silence(struct tao_stream *s, struct tao_chunk *c, u32 len)
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

/* --- to the drive ---------------------------------------------------------------------------------------------------- */

/* Called with the lock held; the caller of an asynchronous write is told after it is dropped. */
static struct tao_writer *chunk_leave_writer(struct tao_chunk *c, int error)
{
	struct tao_writer *w = c->writer;

	c->writer = NULL;
	if (!w)
		return NULL;
	if (error && !w->error)
		w->error = error;
	w->pending--;
	return w->iocb && w->sealed && !w->pending ? w : NULL;
}

static void writer_complete(struct tao_writer *w)
{
	if (!w)
		return;
	w->iocb->ki_complete(w->iocb, w->error ?: w->bytes);
	kfree(w);
}

/* Ends the chunks of @list, that are in the queue no more. */
static void chunks_dispose(struct tao_stream *s, struct list_head *list, int error)
{
	struct tao_device *td = stream_device(s);
	struct tao_chunk *c, *next;

	list_for_each_entry_safe(c, next, list, node) {
		struct tao_writer *w;
		unsigned long flags;

		list_del_init(&c->node);
		chunk_truncate(c, 0);
		spin_lock_irqsave(&td->lock, flags);
		w = chunk_leave_writer(c, error);
		spin_unlock_irqrestore(&td->lock, flags);
		if (!c->fixed)
			kfree(c);
		writer_complete(w);
	}
}

/* Takes all chunks out of the queue but the one at the drive. Called with the lock held. */
static void stream_cut(struct tao_stream *s, struct list_head *out)
{
	struct tao_chunk *c, *next;

	list_for_each_entry_safe(c, next, &s->queue, node) {
		if (c == s->at_drive)
			continue;
		s->queue_bytes -= c->bytes;
		list_move_tail(&c->node, out);
	}
}

/* Called with the lock held. */
static void stream_count(struct tao_device *td, struct tao_chunk *c)
{
	struct tao_stream *s = &td->stream;
	u32 sectors = c->bytes / TAO_SECTOR_SIZE;
	u32 mapped = c->bytes - c->bytes_copied - c->bytes_padding;

	s->next_lba += sectors;
	s->sectors_sent += sectors;
	s->bytes_copied += c->bytes_copied;
	s->bytes_padding += c->bytes_padding;
	s->bytes_mapped += mapped;
	td->statistics.writes++;
	td->statistics.sectors += sectors;
	td->statistics.bytes_copied += c->bytes_copied;
	td->statistics.bytes_padding += c->bytes_padding;
	td->statistics.bytes_mapped += mapped;
}

/*
 * How long to leave the drive alone after it said that its buffer is full: till about a quarter of it has been written.
 * Each such answer costs a run of the error handler on ATAPI, so asking again at once is worse than asking late.
 */
static unsigned long full_delay(struct tao_device *td)
{
	u32 kbps = tao_speed_kbps(td);
	u32 bytes = td->capabilities.buffer_bytes / 4;
	u32 ms = kbps && bytes ? bytes / kbps : 40;

	return max(msecs_to_jiffies(clamp(ms, 10U, 500U)), 1UL);
}

/* The drive's buffer is full. Called with the lock held; says how long to wait, or -1 if that has gone on too long. */
static long stream_full(struct tao_device *td)
{
	struct tao_stream *s = &td->stream;
	ktime_t now = ktime_get();

	td->statistics.buffer_full++;
	s->full_seen = true;
	if (!s->full_since)
		s->full_since = now;
	if (ktime_ms_delta(now, s->full_since) > TAO_FULL_DEADLINE_S * MSEC_PER_SEC)
		return -1;
	return full_delay(td);
}

/* The drive has answered the WRITE of @c. In an interrupt mostly. */
static void stream_answered(struct tao_stream *s, struct tao_chunk *c, int error, const struct tao_sense *sense)
{
	struct tao_device *td = stream_device(s);
	bool full = error && tao_sense_is_buffer_full(sense);
	bool record = false;
	LIST_HEAD(gone);
	unsigned long flags;
	s32 lba = s->next_lba;
	long delay = 0;

	spin_lock_irqsave(&td->lock, flags);
	s->answering++;
	s->at_drive = NULL;
	if (!error) {
		stream_count(td, c);
		s->full_since = 0;
		s->queue_bytes -= c->bytes;
		list_move_tail(&c->node, &gone);
	} else if (full && !s->error) {
		delay = stream_full(td);
		if (delay < 0)
			error = -ETIMEDOUT;
	}
	if (error && (!full || delay < 0 || s->error)) {
		record = !s->error;
		if (!s->error)
			s->error = error == -ENODEV ? -ENODEV : -EIO;
		error = s->error;
		stream_cut(s, &gone);
	}
	if (!list_empty(&s->queue))
		mod_delayed_work(tao_issue_wq, &s->issue, max(delay, 0L));
	spin_unlock_irqrestore(&td->lock, flags);

	if (full)
		trace_tao_buffer_full(td, lba, delay);
	if (record)
		tao_error_command(td, error, WRITE_10, lba, sense);
	chunks_dispose(s, &gone, error);

	/* The one who waits for the last answer may free the drive as soon as the lock is dropped. */
	spin_lock_irqsave(&td->lock, flags);
	s->answering--;
	wake_up_all(&s->wait);
	spin_unlock_irqrestore(&td->lock, flags);
}

static enum rq_end_io_ret tao_write_end_io(struct request *rq, blk_status_t status TAO_END_IO_ARG)
{
	struct scsi_cmnd *scmd = blk_mq_rq_to_pdu(rq);
	struct tao_chunk *c = rq->end_io_data;
	struct tao_sense sense;
	int error;

	error = tao_mmc_status(scmd->device, scmd->result, scmd->sense_buffer, SCSI_SENSE_BUFFERSIZE, &sense);
	if (!error && status)
		error = blk_status_to_errno(status);
	if (!error && scmd->resid_len)
		error = -EIO;
	trace_tao_write_done(stream_device(c->stream), c->stream->next_lba, c->bytes / TAO_SECTOR_SIZE, error, &sense);
	stream_answered(c->stream, c, error, &sense);
	return RQ_END_IO_FREE;
}

static int chunk_to_request(struct tao_chunk *c, struct request *rq)
{
	bio_init(&c->bio, NULL, c->pieces, c->pieces_count, REQ_OP_DRV_OUT);
	c->bio.bi_vcnt = c->pieces_count;
	c->bio.bi_iter.bi_size = c->bytes;
	return blk_rq_append_bio(rq, &c->bio);
}

static int chunk_send(struct tao_stream *s, struct tao_chunk *c)
{
	struct tao_device *td = stream_device(s);
	struct scsi_cmnd *scmd;
	struct request *rq;
	int err;

	rq = scsi_alloc_request(td->sdev->request_queue, REQ_OP_DRV_OUT, 0);
	if (IS_ERR(rq))
		return PTR_ERR(rq);
	err = chunk_to_request(c, rq);
	if (err) {
		blk_mq_free_request(rq);
		return err;
	}
	scmd = blk_mq_rq_to_pdu(rq);
	tao_mmc_build_write(scmd->cmnd, s->next_lba, c->bytes / TAO_SECTOR_SIZE);
	scmd->cmd_len = COMMAND_SIZE(WRITE_10);
	scmd->allowed = 0;
	rq->timeout = tao_mmc_timeout(WRITE_10);
	rq->rq_flags |= RQF_QUIET;
	rq->end_io = tao_write_end_io;
	rq->end_io_data = c;
	trace_tao_write_issue(td, s->next_lba, c->bytes / TAO_SECTOR_SIZE, c->bytes_copied);
	WRITE_ONCE(s->issued, true);
	blk_execute_rq_nowait(rq, true);
	return 0;
}

/* The chunk whose turn it is, if the drive is free. */
static struct tao_chunk *stream_next(struct tao_stream *s)
{
	struct tao_device *td = stream_device(s);
	struct tao_chunk *c = NULL;
	unsigned long flags;

	spin_lock_irqsave(&td->lock, flags);
	if (!s->at_drive && !s->error)
		c = list_first_entry_or_null(&s->queue, struct tao_chunk, node);
	if (c)
		s->at_drive = c;
	else if (list_empty(&s->queue))
		s->full_since = 0;
	spin_unlock_irqrestore(&td->lock, flags);
	return c;
}

static void stream_issue(struct tao_stream *s)
{
	struct tao_chunk *c = stream_next(s);
	struct tao_sense none = {};
	int err;

	if (!c)
		return;
	err = chunk_send(s, c);
	if (err)
		stream_answered(s, c, err, &none);
}

static void stream_issue_work(struct work_struct *work)
{
	stream_issue(container_of(to_delayed_work(work), struct tao_stream, issue));
}

/*
 * Queues a chunk; what it holds is the drive's from now on, or will be. A caller that must not sleep leaves it to the work
 * to send it.
 */
static void stream_submit(struct tao_stream *s, struct tao_chunk *c, struct tao_writer *w, bool nowait)
{
	struct tao_device *td = stream_device(s);
	unsigned long flags;
	bool now;

	spin_lock_irqsave(&td->lock, flags);
	c->writer = w;
	if (w)
		w->pending++;
	list_add_tail(&c->node, &s->queue);
	s->queue_bytes += c->bytes;
	now = !s->at_drive && !s->full_since;
	spin_unlock_irqrestore(&td->lock, flags);
	/* While the drive's buffer is full, the work that waits for it is what goes on. */
	if (now && nowait)
		mod_delayed_work(tao_issue_wq, &s->issue, 0);
	else if (now)
		stream_issue(s);
}

/* --- from programs --------------------------------------------------------------------------------------------------- */

static const struct {
	const char *magic;
	unsigned int offset;
	const char *kind;
} file_kinds[] = {
	{ "RIFF", 0, "a WAV" },
	{ "RIFX", 0, "a WAV" },
	{ "RF64", 0, "a WAV" },
	{ "FORM", 0, "an AIFF" },
	{ "fLaC", 0, "a FLAC" },
	{ "OggS", 0, "an Ogg" },
	{ "ID3", 0, "an MP3" },
	{ "ftyp", 4, "an MP4" },
	{ "caff", 0, "a CAF" },
};

/* What kind of sound file begins so, or NULL. */
static const char *file_kind(const u8 *head, unsigned int len)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(file_kinds); i++) {
		size_t n = strlen(file_kinds[i].magic);

		if (file_kinds[i].offset + n <= len &&
		    !memcmp(head + file_kinds[i].offset, file_kinds[i].magic, n))
			return file_kinds[i].kind;
	}
	return NULL;
}

/* A WAV file in place of audio would be burned as half a second of noise and whatever is behind it. */
static int stream_check_head(struct tao_device *td)
{
	struct tao_stream *s = &td->stream;
	const char *kind = file_kind(s->head, s->head_len);
	unsigned long flags;

	if (!kind || s->any_data)
		return 0;
	spin_lock_irqsave(&td->lock, flags);
	s->error = s->error ?: -EINVAL;
	spin_unlock_irqrestore(&td->lock, flags);
	return tao_error_text(td, -EINVAL, "this looks like %s file, not like audio: 'tao burn' reads it", kind);
}

static int stream_peek_iter(struct tao_device *td, const struct iov_iter *from)
{
	struct tao_stream *s = &td->stream;
	struct iov_iter peek = *from;

	if (s->head_len == sizeof(s->head))
		return 0;
	s->head_len += copy_from_iter(s->head + s->head_len, sizeof(s->head) - s->head_len, &peek);
	return stream_check_head(td);
}

static int stream_peek_page(struct tao_device *td, struct page *page, u32 offset, u32 len)
{
	struct tao_stream *s = &td->stream;
	u32 n = min_t(u32, len, sizeof(s->head) - s->head_len);

	if (!n)
		return 0;
	memcpy_from_page(s->head + s->head_len, page, offset, n);
	s->head_len += n;
	return stream_check_head(td);
}

/* Why nothing can be added, or 0. */
static int stream_refuses(struct tao_device *td)
{
	struct tao_stream *s = &td->stream;

	if (READ_ONCE(td->dead))
		return -ENODEV;
	if (READ_ONCE(s->error))
		return READ_ONCE(s->error);
	return s->open && !READ_ONCE(s->ending) ? 0 : -EINVAL;
}

static bool stream_has_room(struct tao_stream *s)
{
	return READ_ONCE(s->queue_bytes) + stream_write_bytes(s) <= READ_ONCE(s->queue_max);
}

/**
 * tao_stream_has_room - whether a write would not wait
 * @td: the drive
 */
bool tao_stream_has_room(struct tao_device *td)
{
	return stream_has_room(&td->stream) || stream_refuses(td);
}

/* Waits till another chunk may be queued, and sees to it that there is one to fill. */
static int stream_make_room(struct tao_device *td, bool nowait)
{
	struct tao_stream *s = &td->stream;
	int err;

	if (!stream_has_room(s) && nowait)
		return stream_refuses(td) ?: -EAGAIN;
	err = wait_event_interruptible(s->wait, stream_has_room(s) || stream_refuses(td));
	err = err ?: stream_refuses(td);
	if (err)
		return err;
	if (!s->staging)
		s->staging = chunk_alloc(s);
	return s->staging ? 0 : -ENOMEM;
}

/* How much more of @count the chunk that is being filled can take; 0 if the track is at its end. */
static u32 stream_takes(struct tao_stream *s, size_t count)
{
	u64 left = s->limit_bytes - s->bytes_accepted;

	return min3((u64)count, left, (u64)(stream_write_bytes(s) - s->staging->bytes));
}

static void stream_submit_full(struct tao_stream *s, struct tao_writer *w, bool nowait)
{
	struct tao_chunk *c = s->staging;

	if (c->bytes != stream_write_bytes(s))
		return;
	s->staging = NULL;
	stream_submit(s, c, w, nowait);
}

/*
 * One chunk's worth at most; without a writer that waits for it, it is copied. Returns how much was taken, or an error.
 */
static ssize_t stream_add_iter(struct tao_device *td, struct tao_writer *w, struct iov_iter *from, bool nowait)
{
	struct tao_stream *s = &td->stream;
	struct tao_chunk *c;
	u32 len;
	int err;

	err = stream_make_room(td, nowait);
	if (err)
		return err;
	c = s->staging;
	len = stream_takes(s, iov_iter_count(from));
	if (!len)
		return s->limit_error;
	chunk_keep(c);
	err = chunk_fill(s, c, from, len, w && c->bytes + len == stream_write_bytes(s));
	if (err) {
		chunk_rewind(c);
		return err;
	}
	s->bytes_accepted += len;
	stream_submit_full(s, w, nowait);
	return len;
}

static ssize_t stream_add_all(struct tao_device *td, struct tao_writer *w, struct iov_iter *from, bool nowait)
{
	ssize_t done = 0;

	while (iov_iter_count(from)) {
		ssize_t n = stream_add_iter(td, w, from, nowait);

		if (n < 0)
			return done ?: n;
		done += n;
	}
	return done;
}

/*
 * A signal: takes back what has not gone to the drive yet. What was in a chunk before this call stays, as the chunk that
 * is being filled. Returns how many bytes of this call that were.
 */
static u32 stream_take_back(struct tao_device *td, struct tao_writer *w)
{
	struct tao_stream *s = &td->stream;
	struct tao_chunk *c, *next, *first = NULL;
	u32 bytes = 0;
	LIST_HEAD(out);

	spin_lock_irq(&td->lock);
	list_for_each_entry_safe(c, next, &s->queue, node) {
		if (c->writer != w || c == s->at_drive)
			continue;
		first = first ?: c;
		s->queue_bytes -= c->bytes;
		w->pending--;
		c->writer = NULL;
		list_move_tail(&c->node, &out);
	}
	spin_unlock_irq(&td->lock);
	if (!first)
		return 0;

	if (s->staging)
		bytes += s->staging->bytes;
	chunk_free(s->staging);
	s->staging = NULL;
	list_for_each_entry_safe(c, next, &out, node) {
		list_del_init(&c->node);
		bytes += c->bytes - c->kept.bytes;
		if (c == first && c->kept.bytes) {
			chunk_rewind(c);
			s->staging = c;
		} else {
			chunk_free(c);
		}
	}
	s->bytes_accepted -= bytes;
	return bytes;
}

static void writer_detach(struct tao_device *td, struct tao_writer *w)
{
	struct tao_chunk *c;

	spin_lock_irq(&td->lock);
	list_for_each_entry(c, &td->stream.queue, node)
		if (c->writer == w)
			c->writer = NULL;
	w->pending = 0;
	spin_unlock_irq(&td->lock);
}

/* Till the drive has what is in the caller's pages. */
static ssize_t writer_wait(struct tao_device *td, struct tao_writer *w, ssize_t done)
{
	struct tao_stream *s = &td->stream;

	if (wait_event_interruptible(s->wait, !READ_ONCE(w->pending))) {
		done -= stream_take_back(td, w);
		/* What the drive has in hand is its own business now. Only a dying caller needs its pages no more. */
		if (wait_event_killable(s->wait, !READ_ONCE(w->pending)))
			writer_detach(td, w);
		if (!done)
			done = -ERESTARTSYS;
	}
	return w->error ?: done;
}

static ssize_t stream_write_sync(struct tao_device *td, struct iov_iter *from)
{
	struct tao_writer w = {};
	ssize_t done = stream_add_all(td, &w, from, false);

	return writer_wait(td, &w, done);
}

static ssize_t stream_write_async(struct tao_device *td, struct kiocb *iocb, struct iov_iter *from, bool nowait)
{
	struct tao_writer *w = kzalloc(sizeof(*w), GFP_KERNEL);
	ssize_t done;

	if (!w)
		return -ENOMEM;
	w->iocb = iocb;
	done = stream_add_all(td, w, from, nowait);
	spin_lock_irq(&td->lock);
	w->bytes = done;
	w->sealed = true;
	if (w->pending) {
		spin_unlock_irq(&td->lock);
		return -EIOCBQUEUED;
	}
	spin_unlock_irq(&td->lock);
	done = w->error ?: done;
	kfree(w);
	return done;
}

/*
 * Asynchronous writes say by their offset which byte of the track they begin with, since nobody else keeps them in order.
 * Offset 0 or none is for those who have one on the way at a time.
 */
static int stream_in_order(struct tao_stream *s, struct kiocb *iocb)
{
	if (iocb->ki_pos == s->bytes_accepted)
		return 0;
	if (!iocb->ki_pos)
		return READ_ONCE(s->queue_bytes) ? -EAGAIN : 0;
	return iocb->ki_pos < s->bytes_accepted ? -EINVAL : -EAGAIN;
}

static int stream_lock(struct tao_stream *s, bool nowait)
{
	if (nowait)
		return mutex_trylock(&s->mutex) ? 0 : -EAGAIN;
	return mutex_lock_interruptible(&s->mutex) ? -ERESTARTSYS : 0;
}

/* Takes the mutex when it is this write's turn. */
static int stream_lock_in_order(struct tao_device *td, struct kiocb *iocb, bool nowait)
{
	struct tao_stream *s = &td->stream;
	int err;

	for (;;) {
		err = stream_lock(s, nowait);
		if (err || is_sync_kiocb(iocb))
			return err;
		err = stream_refuses(td) ?: stream_in_order(s, iocb);
		if (!err)
			return 0;
		mutex_unlock(&s->mutex);
		if (err != -EAGAIN || nowait)
			return err;
		err = wait_event_interruptible(s->wait, stream_refuses(td) || stream_in_order(s, iocb) != -EAGAIN);
		if (err)
			return err;
	}
}

/**
 * tao_stream_write - take audio from memory
 * @td: the drive, a track open
 * @iocb: the call
 * @from: the audio
 * @nowait: don't wait
 *
 * A synchronous call returns when the drive has taken what is in the caller's pages. One that must not wait has its audio
 * copied, since its pages are its own again when it returns.
 *
 * Return: bytes taken, -EIOCBQUEUED, or an error if none were.
 */
ssize_t tao_stream_write(struct tao_device *td, struct kiocb *iocb, struct iov_iter *from, bool nowait)
{
	struct tao_stream *s = &td->stream;
	ssize_t done;
	int err;

	err = stream_lock_in_order(td, iocb, nowait);
	if (err)
		return err;
	done = stream_refuses(td) ?: stream_peek_iter(td, from);
	if (!done) {
		if (!is_sync_kiocb(iocb))
			done = stream_write_async(td, iocb, from, nowait);
		else if (nowait)
			done = stream_add_all(td, NULL, from, true);
		else
			done = stream_write_sync(td, from);
	}
	mutex_unlock(&s->mutex);
	wake_up_all(&s->wait);
	return done;
}

/* A buffer of a pipe: its page is held till the drive has it, whatever becomes of the pipe. */
static int stream_pipe_actor(struct pipe_inode_info *pipe, struct pipe_buffer *buf, struct splice_desc *sd)
{
	struct tao_device *td = sd->u.data;
	struct tao_stream *s = &td->stream;
	struct tao_chunk *c = s->staging;
	u32 len = stream_takes(s, sd->len);
	u32 usable;
	int ret;

	if (!len)
		return 0;
	ret = stream_peek_page(td, buf->page, buf->offset, len);
	if (ret)
		return ret;
	usable = sendpage_ok(buf->page) ? chunk_mappable(s, c, buf->offset, len) : 0;
	if (usable) {
		get_page(buf->page);
		chunk_map_pages(s, c, &buf->page, buf->offset, usable);
		ret = usable;
	} else {
		ret = chunk_copy_page(s, c, buf->page, buf->offset, len);
	}
	if (ret > 0)
		s->bytes_accepted += ret;
	return ret;
}

/* What the pipe has, one chunk's worth at most. */
static ssize_t stream_add_pipe(struct tao_device *td, struct pipe_inode_info *pipe, size_t len, bool nowait)
{
	struct tao_stream *s = &td->stream;
	struct splice_desc sd = {
		.total_len = len,
		.flags = SPLICE_F_NONBLOCK,
		.u.data = td,
	};
	ssize_t done;
	int err;

	err = stream_make_room(td, nowait);
	if (err)
		return err;
	if (s->bytes_accepted == s->limit_bytes)
		return s->limit_error;
	pipe_lock(pipe);
	done = __splice_from_pipe(pipe, &sd, stream_pipe_actor);
	pipe_unlock(pipe);
	stream_submit_full(s, NULL, nowait);
	return done;
}

static bool pipe_has_news(struct pipe_inode_info *pipe)
{
	return !pipe_empty(READ_ONCE(pipe->head), READ_ONCE(pipe->tail)) || !READ_ONCE(pipe->writers);
}

/**
 * tao_stream_splice - take audio from a pipe
 * @td: the drive, a track open
 * @pipe: the pipe
 * @len: how much at most
 * @nowait: don't wait
 *
 * Nothing is waited for while pages may still be queued. Neither the mutex nor the pipe's is held while the pipe is
 * empty, so that the track can be ended meanwhile.
 *
 * Return: bytes taken, 0 at the end of the pipe, or an error if none were.
 */
ssize_t tao_stream_splice(struct tao_device *td, struct pipe_inode_info *pipe, size_t len, bool nowait)
{
	struct tao_stream *s = &td->stream;
	ssize_t done = 0;
	ssize_t n;

	while (done < len) {
		n = stream_lock(s, nowait);
		if (n)
			break;
		n = stream_refuses(td) ?: stream_add_pipe(td, pipe, len - done, nowait);
		mutex_unlock(&s->mutex);
		if (n > 0) {
			done += n;
			continue;
		}
		if (n != -EAGAIN || done || nowait)
			break;
		n = wait_event_interruptible(pipe->rd_wait, pipe_has_news(pipe) || stream_refuses(td));
		if (n)
			break;
	}
	return done ?: n;
}

static bool stream_drained(struct tao_stream *s)
{
	struct tao_device *td = stream_device(s);
	bool drained;

	spin_lock_irq(&td->lock);
	drained = list_empty(&s->queue) && !s->answering;
	spin_unlock_irq(&td->lock);
	return drained;
}

/**
 * tao_stream_fsync - wait till the drive has taken all full chunks
 * @td: the drive
 *
 * What does not fill a chunk stays: sending it now would misalign all that follows.
 *
 * Return: 0, the error of the track, or -ERESTARTSYS.
 */
int tao_stream_fsync(struct tao_device *td)
{
	struct tao_stream *s = &td->stream;
	int err = wait_event_interruptible(s->wait, stream_drained(s));

	return err ?: READ_ONCE(s->error);
}

/* --- begin and end --------------------------------------------------------------------------------------------------- */

/**
 * tao_stream_init - prepare the stream of a new drive
 * @s: the stream
 */
void tao_stream_init(struct tao_stream *s)
{
	mutex_init(&s->mutex);
	INIT_LIST_HEAD(&s->queue);
	INIT_DELAYED_WORK(&s->issue, stream_issue_work);
	init_waitqueue_head(&s->wait);
	s->queue_max = TAO_QUEUE_MAX;
}

static void stream_free(struct tao_stream *s)
{
	chunk_free(s->staging);
	s->staging = NULL;
	chunk_free(s->tail);
	s->tail = NULL;
	if (s->spare_page)
		__free_page(s->spare_page);
	s->spare_page = NULL;
}

/**
 * tao_stream_begin - open a track
 * @td: the drive
 * @lba: where it begins
 * @limit_bytes: the most it can take
 * @limit_error: what a write beyond gets
 * @any_data: don't look at the first bytes
 *
 * All that the end of the track needs is allocated here.
 *
 * Return: 0 or -ENOMEM.
 */
int tao_stream_begin(struct tao_device *td, s32 lba, u64 limit_bytes, int limit_error, bool any_data)
{
	struct tao_stream *s = &td->stream;

	mutex_lock(&s->mutex);
	s->tail = chunk_alloc(s);
	s->spare_page = alloc_page(GFP_KERNEL);
	if (!s->tail || !s->spare_page) {
		stream_free(s);
		mutex_unlock(&s->mutex);
		return -ENOMEM;
	}
	s->tail->fixed = true;
	s->bytes_accepted = 0;
	s->limit_bytes = limit_bytes;
	s->limit_error = limit_error;
	s->any_data = any_data;
	s->head_len = 0;
	spin_lock_irq(&td->lock);
	s->next_lba = lba;
	s->sectors_sent = 0;
	s->error = 0;
	s->full_since = 0;
	s->full_seen = false;
	s->bytes_mapped = 0;
	s->bytes_copied = 0;
	s->bytes_padding = 0;
	s->issued = false;
	s->ending = false;
	s->open = true;
	spin_unlock_irq(&td->lock);
	mutex_unlock(&s->mutex);
	return 0;
}

/* Silence from the end of the audio to the end of its sector, and to the length that a track has at least. */
static u32 stream_padding(struct tao_stream *s, u32 staged)
{
	u32 bytes = roundup(staged, TAO_SECTOR_SIZE);
	u32 sectors = s->sectors_sent + bytes / TAO_SECTOR_SIZE;

	if (sectors < TAO_TRACK_MIN_SECTORS)
		bytes += (TAO_TRACK_MIN_SECTORS - sectors) * TAO_SECTOR_SIZE;
	return bytes - staged;
}

static void stream_wait_drained(struct tao_stream *s)
{
	/* Idle: the worker is nobody's hung task while a drive takes its time; WRITE and "buffer full" have deadlines. */
	wait_event_idle(s->wait, stream_drained(s));
}

static void chunk_reuse(struct tao_chunk *c)
{
	c->bytes = 0;
	c->bytes_copied = 0;
	c->bytes_padding = 0;
	c->own_tail = false;
}

/* Sends what is left, with its silence. */
static void stream_send_tail(struct tao_device *td)
{
	struct tao_stream *s = &td->stream;
	struct tao_chunk *c = s->staging ?: s->tail;
	u32 padding = stream_padding(s, c->bytes);

	s->staging = NULL;
	while (c->bytes + padding && !READ_ONCE(s->error)) {
		u32 n = min(padding, stream_write_bytes(s) - c->bytes);

		chunk_fill_silence(s, c, n);
		padding -= n;
		stream_submit(s, c, NULL, false);
		stream_wait_drained(s);
		c = s->tail;
		chunk_reuse(c);
	}
	if (c != s->tail)
		chunk_free(c);
}

/* Throws away what the drive has not got. */
static void stream_drop(struct tao_device *td, int error)
{
	struct tao_stream *s = &td->stream;
	LIST_HEAD(gone);

	spin_lock_irq(&td->lock);
	stream_cut(s, &gone);
	spin_unlock_irq(&td->lock);
	chunks_dispose(s, &gone, error);
	wake_up_all(&s->wait);
}

/**
 * tao_stream_end - send the rest of a track
 * @td: the drive
 * @drop: throw away what the drive has not got yet, but fill up the track
 *
 * For the worker. Nothing of the track is with the block layer afterwards.
 *
 * Return: 0 or the error of the track.
 */
int tao_stream_end(struct tao_device *td, bool drop)
{
	struct tao_stream *s = &td->stream;
	int error;

	spin_lock_irq(&td->lock);
	s->ending = true;
	spin_unlock_irq(&td->lock);
	wake_up_all(&s->wait);
	/* Nobody can kill a worker: killable just keeps the hung task detector from taking a slow drive for a hang. */
	while (mutex_lock_killable(&s->mutex))
		cond_resched();
	if (drop)
		stream_drop(td, -ECANCELED);
	stream_wait_drained(s);
	error = s->error;
	if (drop || error) {
		chunk_free(s->staging);
		s->staging = NULL;
	}
	/* A track that was cancelled is ended as any other. */
	if (error == -ECANCELED)
		s->error = 0;
	if (!s->error && (s->sectors_sent || (s->staging && s->staging->bytes)))
		stream_send_tail(td);
	cancel_delayed_work_sync(&s->issue);
	spin_lock_irq(&td->lock);
	s->open = false;
	s->error = s->error ?: error;
	error = s->error;
	spin_unlock_irq(&td->lock);
	stream_free(s);
	mutex_unlock(&s->mutex);
	wake_up_all(&s->wait);
	return error;
}

/**
 * tao_stream_stop - let nothing more go to the drive
 * @td: the drive
 * @error: what those who write get
 *
 * The WRITE that the drive has in hand is let finish. Does not wait.
 */
void tao_stream_stop(struct tao_device *td, int error)
{
	struct tao_stream *s = &td->stream;
	unsigned long flags;
	LIST_HEAD(gone);

	spin_lock_irqsave(&td->lock, flags);
	s->error = s->error ?: error;
	stream_cut(s, &gone);
	spin_unlock_irqrestore(&td->lock, flags);
	chunks_dispose(s, &gone, error);
	wake_up_all(&s->wait);
}
