// SPDX-License-Identifier: GPL-2.0-only
/*
 * How the audio of a track gets to the drive, from the beginning of the track to its end.
 *
 * Chunks wait in a queue and go to the drive in turn, one at a time: a disc is written strictly
 * in order, and the block layer promises none. The next ones wait with their pages held and
 * their pieces listed. A request is allocated only when its chunk goes out: one that is held
 * back while the drive's buffer is full must not keep the only tag of an adapter from others.
 */
#include <linux/blk-mq.h>
#include <linux/slab.h>
#include <scsi/scsi_cmnd.h>
#include <scsi/scsi_dbg.h>
#include <scsi/scsi_host.h>
#include <scsi/scsi_proto.h>

#include "stream.h"
#include "trace.h"

/* A drive that refuses a WRITE for so long has lost the disc. */
#define TAO_FULL_DEADLINE_S	200
/* How long to leave it alone if it says that it is not ready. */
#define TAO_BUSY_PAUSE_MS	100
#define TAO_QUEUE_MAX		(32U << 20)
/* Underrun protection can wait, but not for ever. */
#define TAO_STARVE_SECONDS	600
/* Times that a track is prepared anew. */
#define TAO_ATTENTIONS_MAX	3
/* For so long a drive counts as prepared for the first WRITE of a track. */
#define TAO_PREPARED_MS		1000
/* The most it can be set to: these pages can't be swapped out. */
#define TAO_QUEUE_LIMIT		(256U << 20)

static struct workqueue_struct *issue_wq;

/* The caller of an asynchronous write is told after the lock is dropped. */
static struct tao_writer *chunk_leave_writer(struct tao_chunk *c, int error)
{
	struct tao_writer *w = c->writer;

	lockdep_assert_held(&tao_stream_device(c->stream)->lock);
	c->writer = NULL;
	if (!w)
		return NULL;
	if (error && !w->error)
		w->error = error;
	w->pending--;
	return w->iocb && w->sealed && !w->pending ? w : NULL;
}

/**
 * tao_stream_forget_unordered - an asynchronous write is over
 * @td: the drive
 * @iocb: the write
 */
void tao_stream_forget_unordered(struct tao_device *td, struct kiocb *iocb)
{
	struct tao_stream *s = &td->stream;
	unsigned long flags;

	spin_lock_irqsave(&td->lock, flags);
	if (s->unordered == iocb)
		WRITE_ONCE(s->unordered, NULL);
	spin_unlock_irqrestore(&td->lock, flags);
}

static void writer_complete(struct tao_stream *s, struct tao_writer *w)
{
	if (!w)
		return;
	/* Only the write itself puts itself there, and that was before @w was sealed. */
	if (READ_ONCE(s->unordered) == w->iocb)
		tao_stream_forget_unordered(tao_stream_device(s), w->iocb);
	w->iocb->ki_complete(w->iocb, w->error ?: w->bytes);
	kfree(w);
}

/* Ends the chunks of @list, which are no longer in the queue. */
static void chunks_end(struct tao_stream *s, struct list_head *list, int error)
{
	struct tao_device *td = tao_stream_device(s);
	struct tao_chunk *c, *next;

	list_for_each_entry_safe(c, next, list, node) {
		struct tao_writer *w;
		unsigned long flags;

		list_del_init(&c->node);
		tao_chunk_truncate(c, 0);
		spin_lock_irqsave(&td->lock, flags);
		w = chunk_leave_writer(c, error);
		spin_unlock_irqrestore(&td->lock, flags);
		if (!c->fixed)
			tao_chunk_free(c);
		writer_complete(s, w);
	}
}

/* Ends them, and wakes all who wait for such an end, or for the stream to stop. */
static void chunks_dispose(struct tao_stream *s, struct list_head *list, int error)
{
	chunks_end(s, list, error);
	wake_up_all(&s->wait);
}

/* Why the track does not continue, or 0. */
static int stream_error(const struct tao_stream *s)
{
	return READ_ONCE(s->error) ?: READ_ONCE(s->cut);
}

/* Whether the track was cut short, and data that the drive does not have yet are to be dropped. */
static bool stream_drops(const struct tao_stream *s)
{
	return s->cut && s->phase != TAO_PHASE_FILLING;
}

/*
 * Takes all chunks out of the queue but the one at the drive. The tail stays with the worker, which
 * frees it as soon as the queue is empty.
 */
static void stream_empty(struct tao_stream *s, struct list_head *out)
{
	struct tao_chunk *c, *next;

	lockdep_assert_held(&tao_stream_device(s)->lock);
	list_for_each_entry_safe(c, next, &s->queue, node) {
		if (c == s->at_drive)
			continue;
		s->queue_bytes -= c->bytes;
		if (c->fixed)
			list_del_init(&c->node);
		else
			list_move_tail(&c->node, out);
	}
	/* The chunk that waited for the drive's buffer is gone, and the next one must not wait. */
	s->full_since = 0;
}

static void stream_count(struct tao_device *td, struct tao_chunk *c)
{
	struct tao_stream *s = &td->stream;
	u32 sectors = c->bytes / TAO_SECTOR_SIZE;
	u32 mapped = c->bytes - c->bytes_copied - c->bytes_padding;

	lockdep_assert_held(&td->lock);
	s->next_lba += sectors;
	s->sectors_sent += sectors;
	s->bytes_copied += c->bytes_copied;
	s->bytes_padding += c->bytes_padding;
	s->bytes_mapped += mapped;
	td->measured.statistics.writes++;
	td->measured.statistics.sectors += sectors;
	td->measured.statistics.bytes_copied += c->bytes_copied;
	td->measured.statistics.bytes_padding += c->bytes_padding;
	td->measured.statistics.bytes_mapped += mapped;
}

/*
 * How long to leave the drive alone after it said that its buffer is full: until about a quarter
 * of it has been written. Each such answer costs a run of the error handler on ATAPI, so asking
 * again at once is worse than asking late.
 */
static unsigned long full_delay(struct tao_device *td)
{
	u32 kbps = READ_ONCE(td->wanted.speed.actual_kbps);
	u32 bytes = td->attach.capabilities.buffer_bytes / 4;
	u32 ms = kbps && bytes ? bytes / kbps : 40;

	return max(msecs_to_jiffies(clamp(ms, 10U, 500U)), 1UL);
}

/* The same WRITE again after @delay; -1 if that has gone on too long. */
static long stream_again(struct tao_stream *s, long delay)
{
	ktime_t now = ktime_get();

	if (!s->full_since)
		s->full_since = now;
	if (ktime_ms_delta(now, s->full_since) > TAO_FULL_DEADLINE_S * MSEC_PER_SEC)
		return -1;
	return delay;
}

/* The drive is not ready for the WRITE, and does not say that its buffer is full. */
static long stream_busy(struct tao_stream *s)
{
	return stream_again(s, msecs_to_jiffies(TAO_BUSY_PAUSE_MS));
}

/* The drive's buffer is full. Says how long to wait, or -1 if that has gone on too long. */
static long stream_full(struct tao_device *td)
{
	struct tao_stream *s = &td->stream;

	lockdep_assert_held(&td->lock);
	td->measured.statistics.buffer_full++;
	s->fill = td->attach.capabilities.buffer_bytes;
	s->fill_time = ktime_get();
	s->fill_high = true;
	return stream_again(s, full_delay(td));
}

/* An estimate from the drive's speed and the time. */
static u32 stream_fill_at(struct tao_device *td, ktime_t now)
{
	const struct tao_stream *s = &td->stream;
	s64 us = ktime_us_delta(now, s->fill_time);
	/* 1 kB/s is a byte in a ms */
	u64 written = div_u64((u64)READ_ONCE(td->wanted.speed.actual_kbps) * us, USEC_PER_MSEC);

	lockdep_assert_held(&td->lock);
	return s->fill - min_t(u64, s->fill, written);
}

/**
 * tao_stream_fill - estimate the contents of the drive's buffer
 * @td: the drive; its lock is held
 *
 * Return: bytes.
 */
u32 tao_stream_fill(struct tao_device *td)
{
	return stream_fill_at(td, ktime_get());
}

/* The drive took audio. */
static void stream_refill(struct tao_device *td, u32 bytes)
{
	struct tao_stream *s = &td->stream;
	u32 size = td->attach.capabilities.buffer_bytes;
	ktime_t now = ktime_get();
	u32 fill = stream_fill_at(td, now);

	if (s->fill_high && fill < size / 4) {
		s->fill_high = false;
		s->near_misses++;
		trace_tao_near_miss(td, s->next_lba, fill, size);
	}
	s->fill = min(fill + bytes, size);
	s->fill_time = now;
	if (s->fill > size / 2)
		s->fill_high = true;
}

/*
 * A unit attention instead of the first WRITE, or what may follow one: nothing is lost yet, so the
 * worker prepares the track once more.
 */
static bool stream_may_begin_anew(struct tao_stream *s, const struct tao_sense *sense)
{
	lockdep_assert_held(&tao_stream_device(s)->lock);
	if (s->error || s->sectors_sent || s->attentions >= TAO_ATTENTIONS_MAX ||
	    (tao_sense_classify(sense) != TAO_SENSE_CHANGED && !tao_sense_is_becoming_ready(sense)))
		return false;
	s->attentions++;
	s->attention = true;
	s->late = false;
	return true;
}

/* It needed long to be prepared again, or puts the first WRITE off. */
static bool stream_is_delayed(const struct tao_stream *s)
{
	return s->resumed || s->full_since;
}

/*
 * The first WRITE comes long after the drive was prepared, or in the middle of a reset. libata may
 * have read the unit attention, and a test write would be a burn: the worker prepares it again.
 */
static bool stream_is_late(struct tao_stream *s)
{
	struct tao_device *td = tao_stream_device(s);

	lockdep_assert_held(&td->lock);
	return s->prepared && !s->sectors_sent &&
	       ((s->heeds_recovery && scsi_host_in_recovery(td->sdev->host)) ||
		ktime_ms_delta(ktime_get(), s->prepared) > TAO_PREPARED_MS);
}

/**
 * tao_stream_attention - whether a track has to be prepared again before its first WRITE
 * @td: the drive
 *
 * Nothing goes out then until tao_stream_go_on(), tao_stream_resume() or tao_stream_stop().
 */
bool tao_stream_attention(struct tao_device *td)
{
	return READ_ONCE(td->stream.attention);
}

/**
 * tao_stream_is_slow - whether all that is wrong is that the drive makes the first WRITE late
 * @td: the drive
 *
 * It needed long to be prepared again, or puts the WRITE off. To prepare it once more would take as
 * long, or keep it busy: it is enough if its write parameters hold still.
 */
bool tao_stream_is_slow(struct tao_device *td)
{
	struct tao_stream *s = &td->stream;
	bool slow;

	spin_lock_irq(&td->lock);
	slow = s->attention && s->late && stream_is_delayed(s);
	spin_unlock_irq(&td->lock);
	return slow;
}

/**
 * tao_stream_may_prepare - whether a track may be prepared once more before its first WRITE
 * @td: the drive
 *
 * Not without end.
 */
bool tao_stream_may_prepare(struct tao_device *td)
{
	return READ_ONCE(td->stream.attentions) < TAO_ATTENTIONS_MAX;
}

/* The meaning of the drive's answer to a WRITE. */
enum stream_answer {
	ANSWER_TAKEN,
	ANSWER_FULL,		/* the same again after a while */
	ANSWER_ANEW,		/* the same again when the track was prepared once more */
	ANSWER_DROPPED,		/* not repeated: the track was cut short */
	ANSWER_FAILED,
};

/* Of an answer that is an error. */
static enum stream_answer stream_judge(struct tao_stream *s, int *error,
				       const struct tao_sense *sense, long *delay)
{
	struct tao_device *td = tao_stream_device(s);
	enum tao_sense_class class = tao_sense_classify(sense);
	bool full = tao_sense_is_buffer_full(sense);
	bool busy = !full && tao_sense_is_busy(sense);
	/* Somebody pressed the button: that is told in place of the WRITE. */
	bool button = class == TAO_SENSE_EJECT_REQUEST;

	lockdep_assert_held(&td->lock);
	if (s->error)
		return ANSWER_FAILED;
	/* Behind a unit attention no silence goes to a session: it may be another disc. */
	if (stream_drops(s) && (full || busy || button ||
				(class == TAO_SENSE_CHANGED && !s->at_once)))
		return ANSWER_DROPPED;
	if (stream_may_begin_anew(s, sense))
		return ANSWER_ANEW;
	if (full || busy || button) {
		*delay = full ? stream_full(td) : busy ? stream_busy(s) : stream_again(s, 1);
		if (*delay >= 0)
			return ANSWER_FULL;
		*error = -ETIMEDOUT;
		return ANSWER_FAILED;
	}
	return ANSWER_FAILED;
}

static void stream_taken(struct tao_device *td, struct tao_chunk *c, struct list_head *gone)
{
	struct tao_stream *s = &td->stream;

	lockdep_assert_held(&td->lock);
	stream_refill(td, c->bytes);
	stream_count(td, c);
	s->full_since = 0;
	s->queue_bytes -= c->bytes;
	list_move_tail(&c->node, gone);
}

/* Says whether it is the first failure of the track. */
static bool stream_failed(struct tao_stream *s, int error, struct list_head *gone)
{
	bool first = !s->error;

	lockdep_assert_held(&tao_stream_device(s)->lock);
	if (first)
		s->error = error == -ENODEV || error == -ENOSPC ? error : -EIO;
	stream_empty(s, gone);
	return first;
}

/*
 * Wakes everybody who waits for the result of an answer. The worker, when it waits for this, may
 * free the drive as soon as the lock is dropped.
 */
static void stream_answer_done(struct tao_stream *s)
{
	struct tao_device *td = tao_stream_device(s);
	unsigned long flags;

	spin_lock_irqsave(&td->lock, flags);
	s->answering--;
	wake_up_all(&s->wait);
	spin_unlock_irqrestore(&td->lock, flags);
}

/* The drive has answered the WRITE of @c. Usually called in an interrupt. */
static void stream_answered(struct tao_stream *s, struct tao_chunk *c, int error,
			    const struct tao_sense *sense)
{
	struct tao_device *td = tao_stream_device(s);
	enum stream_answer answer;
	s32 lba = s->next_lba;
	unsigned long flags;
	bool first = false;
	LIST_HEAD(gone);
	long delay = 0;

	spin_lock_irqsave(&td->lock, flags);
	s->answering++;
	s->at_drive = NULL;
	s->changed |= sense->attention;
	s->exchanged |= sense->exchange;
	answer = error ? stream_judge(s, &error, sense, &delay) : ANSWER_TAKEN;
	if (answer == ANSWER_TAKEN)
		stream_taken(td, c, &gone);
	else if (answer == ANSWER_FAILED)
		first = stream_failed(s, error, &gone);
	else if (answer == ANSWER_DROPPED)
		stream_empty(s, &gone);
	if (!list_empty(&s->queue) && answer != ANSWER_ANEW)
		mod_delayed_work(issue_wq, &s->issue, delay);
	spin_unlock_irqrestore(&td->lock, flags);

	if (answer == ANSWER_ANEW)
		tao_worker_kick(td);
	if (answer == ANSWER_FULL)
		trace_tao_buffer_full(td, lba, delay);
	if (first)
		tao_error_command(td, error, WRITE_10, lba, sense);
	chunks_end(s, &gone, answer == ANSWER_TAKEN ? 0 : stream_error(s));
	stream_answer_done(s);
}

static enum rq_end_io_ret tao_write_end_io(TAO_END_IO_ARGS)
{
	struct scsi_cmnd *scmd = blk_mq_rq_to_pdu(rq);
	struct tao_chunk *c = rq->end_io_data;
	struct tao_sense sense = {};
	int error;

	error = tao_mmc_status(scmd->device, scmd->result, true, scmd->sense_buffer, &sense);
	if (!error && status && !sense.valid)
		error = blk_status_to_errno(status);
	if (!error && scmd->resid_len && !READ_ONCE(c->stream->limits.ignore_residue)) {
		sense.note = TAO_NOTE_RESIDUE;
		error = -EIO;
	}
	trace_tao_write_done(tao_stream_device(c->stream), c->stream->next_lba,
			     c->bytes / TAO_SECTOR_SIZE, error, &sense);
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

static int chunk_send(struct tao_stream *s, struct tao_chunk *c, bool nowait)
{
	struct tao_device *td = tao_stream_device(s);
	struct scsi_cmnd *scmd;
	struct request *rq;
	int err;

	rq = scsi_alloc_request(td->sdev->request_queue, REQ_OP_DRV_OUT,
				nowait ? BLK_MQ_REQ_NOWAIT : 0);
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
static struct tao_chunk *stream_take(struct tao_stream *s)
{
	lockdep_assert_held(&tao_stream_device(s)->lock);
	if (list_empty(&s->queue))
		s->full_since = 0;
	if (s->at_drive || s->error || s->attention || list_empty(&s->queue))
		return NULL;
	if (stream_is_late(s)) {
		s->attention = true;
		s->late = true;
		s->heeds_recovery = false;
		wake_up_all(&s->wait);
		tao_worker_kick(tao_stream_device(s));
		return NULL;
	}
	s->at_drive = list_first_entry(&s->queue, struct tao_chunk, node);
	return s->at_drive;
}

/*
 * A chunk could not be sent without waiting: the work does that, unless the stream was stopped
 * meanwhile.
 */
static void stream_postpone(struct tao_stream *s)
{
	struct tao_device *td = tao_stream_device(s);
	unsigned long flags;
	LIST_HEAD(gone);

	spin_lock_irqsave(&td->lock, flags);
	s->at_drive = NULL;
	if (s->error || stream_drops(s))
		stream_empty(s, &gone);
	else
		mod_delayed_work(issue_wq, &s->issue, 0);
	spin_unlock_irqrestore(&td->lock, flags);
	chunks_dispose(s, &gone, stream_error(s));
}

/* Sends @c, if there is one. */
static void stream_issue(struct tao_stream *s, struct tao_chunk *c, bool nowait)
{
	struct tao_sense sense = {};
	int err;

	if (!c)
		return;
	err = chunk_send(s, c, nowait);
	if (!err)
		return;
	if (nowait) {
		stream_postpone(s);
		return;
	}
	tao_mmc_status(tao_stream_device(s)->sdev, err, true, NULL, &sense);
	stream_answered(s, c, err, &sense);
}

static void stream_issue_work(struct work_struct *work)
{
	struct tao_stream *s = container_of(to_delayed_work(work), struct tao_stream, issue);
	struct tao_device *td = tao_stream_device(s);
	struct tao_chunk *c;

	spin_lock_irq(&td->lock);
	c = stream_take(s);
	spin_unlock_irq(&td->lock);
	stream_issue(s, c, false);
}

/**
 * tao_stream_submit - queue a chunk
 * @s: the stream
 * @c: the chunk; its audio is the drive's from now on, or will be
 * @w: the call that waits for it, or none
 *
 * Does not wait for the adapter: if it comes to that, the work sends it.
 */
void tao_stream_submit(struct tao_stream *s, struct tao_chunk *c, struct tao_writer *w)
{
	struct tao_device *td = tao_stream_device(s);
	struct tao_chunk *next = NULL;
	unsigned long flags;
	LIST_HEAD(gone);
	int error;

	spin_lock_irqsave(&td->lock, flags);
	c->writer = w;
	if (w)
		w->pending++;
	/* A queue that was stopped has been emptied already, and nothing empties it again. */
	error = stream_drops(s) ? stream_error(s) : s->error;
	list_add_tail(&c->node, error ? &gone : &s->queue);
	if (!error) {
		s->queue_bytes += c->bytes;
		s->queued_bytes += c->bytes;
	}
	/* While the drive's buffer is full, the work that waits for it sends the next WRITE. */
	if (!error && !s->full_since)
		next = stream_take(s);
	spin_unlock_irqrestore(&td->lock, flags);
	if (error)
		chunks_dispose(s, &gone, error);
	stream_issue(s, next, true);
}

/**
 * tao_stream_refuses - why nothing can be added to the track
 * @s: the stream
 *
 * Return: 0, -EINVAL if no track is open, or the track's error.
 */
int tao_stream_refuses(struct tao_stream *s)
{
	if (READ_ONCE(tao_stream_device(s)->now.dead))
		return -ENODEV;
	return stream_error(s) ?: READ_ONCE(s->phase) == TAO_PHASE_OPEN ? 0 : -EINVAL;
}

/**
 * tao_stream_is_async - whether audio of asynchronous writes waits for the drive
 * @td: the drive; its lock is held
 */
bool tao_stream_is_async(struct tao_device *td)
{
	struct tao_chunk *c;

	lockdep_assert_held(&td->lock);
	list_for_each_entry(c, &td->stream.queue, node)
		if (c->writer && c->writer->iocb)
			return true;
	return false;
}

/* The next write of io_submit() from @mm that no chunk needs any more. */
static struct tao_writer *stream_leave_async(struct tao_stream *s, const struct mm_struct *mm)
{
	struct tao_device *td = tao_stream_device(s);
	struct tao_writer *w = NULL;
	struct tao_chunk *c;

	spin_lock_irq(&td->lock);
	list_for_each_entry(c, &s->queue, node) {
		if (c->writer && c->writer->iocb && c->writer->mm == mm)
			w = chunk_leave_writer(c, 0);
		if (w)
			break;
	}
	spin_unlock_irq(&td->lock);
	return w;
}

/**
 * tao_stream_let_async_go - complete the writes of io_submit() whose audio waits for the drive
 * @td: the drive
 * @mm: of the memory that they came from, and that nobody has any more
 *
 * The audio is burned all the same: the chunks hold its pages.
 */
void tao_stream_let_async_go(struct tao_device *td, const struct mm_struct *mm)
{
	struct tao_stream *s = &td->stream;
	struct tao_writer *w;

	while ((w = stream_leave_async(s, mm)))
		writer_complete(s, w);
}

static bool stream_drained(struct tao_stream *s)
{
	struct tao_device *td = tao_stream_device(s);
	bool drained;

	spin_lock_irq(&td->lock);
	drained = list_empty(&s->queue) && !s->answering;
	spin_unlock_irq(&td->lock);
	return drained;
}

static u64 stream_queued(struct tao_stream *s)
{
	struct tao_device *td = tao_stream_device(s);
	u64 queued;

	spin_lock_irq(&td->lock);
	queued = s->queued_bytes;
	spin_unlock_irq(&td->lock);
	return queued;
}

/* Whether the first @bytes of all that was ever queued have left the queue. */
static bool stream_passed(struct tao_stream *s, u64 bytes)
{
	struct tao_device *td = tao_stream_device(s);
	bool passed;

	spin_lock_irq(&td->lock);
	passed = s->queued_bytes - s->queue_bytes >= bytes;
	spin_unlock_irq(&td->lock);
	return passed || stream_drained(s);
}

/**
 * tao_stream_fsync - wait until the drive has taken all full chunks that are queued now
 * @td: the drive
 *
 * Not those that others add meanwhile: that could go on to the end of the track. Audio that does
 * not fill a chunk stays: sending it now would misalign all that follows.
 *
 * Return: 0, the error of the track, or -ERESTARTSYS.
 */
int tao_stream_fsync(struct tao_device *td)
{
	struct tao_stream *s = &td->stream;
	u64 queued = stream_queued(s);
	int err = wait_event_interruptible(s->wait, stream_passed(s, queued));

	return err ?: stream_error(s);
}

/**
 * tao_stream_set_queue_max - set how much audio may wait for the drive
 * @td: the drive
 * @bytes: at least two of the largest WRITEs, so that one can be made while the other goes out
 *
 * Return: 0, or -EINVAL.
 */
int tao_stream_set_queue_max(struct tao_device *td, u32 bytes)
{
	struct tao_stream *s = &td->stream;

	if (bytes < 2 * s->limits.write_sectors_max * TAO_SECTOR_SIZE || bytes > TAO_QUEUE_LIMIT)
		return -EINVAL;
	spin_lock_irq(&td->lock);
	s->queue_max = bytes;
	spin_unlock_irq(&td->lock);
	wake_up_all(&s->wait);
	tao_event_changed(td);
	return 0;
}

/**
 * tao_stream_init - prepare the stream of a new drive
 * @s: the stream
 */
void tao_stream_init(struct tao_stream *s)
{
	mutex_init(&s->turn);
	mutex_init(&s->mutex);
	INIT_LIST_HEAD(&s->queue);
	INIT_DELAYED_WORK(&s->issue, stream_issue_work);
	init_waitqueue_head(&s->wait);
	s->queue_max = TAO_QUEUE_MAX;
	s->starve_seconds = TAO_STARVE_SECONDS;
}

static void stream_free(struct tao_stream *s)
{
	tao_chunk_free(s->staging);
	s->staging = NULL;
	tao_chunk_free(s->tail);
	s->tail = NULL;
	if (s->spare_page)
		__free_page(s->spare_page);
	s->spare_page = NULL;
}

/* The adapter's limits may have changed. The queue has room for two WRITEs in any case. */
static void stream_update_limits(struct tao_device *td)
{
	struct tao_stream *s = &td->stream;

	tao_chunk_update_limits(td);
	spin_lock_irq(&td->lock);
	s->queue_max = max(s->queue_max, 2 * s->limits.write_sectors_max * TAO_SECTOR_SIZE);
	spin_unlock_irq(&td->lock);
}

/**
 * tao_stream_reserve - allocate what the end of a track needs, or of a session at once
 * @td: the drive
 *
 * Doing so twice is the same as once. Ends with the track, or with tao_stream_unreserve().
 *
 * Return: 0 or -ENOMEM.
 */
int tao_stream_reserve(struct tao_device *td)
{
	struct tao_stream *s = &td->stream;
	int err = 0;

	mutex_lock(&s->mutex);
	if (!s->tail)
		stream_update_limits(td);
	s->tail = s->tail ?: tao_chunk_alloc(s);
	s->spare_page = s->spare_page ?: alloc_page(GFP_KERNEL);
	if (!s->tail || !s->spare_page) {
		stream_free(s);
		err = -ENOMEM;
	} else {
		s->tail->fixed = true;
	}
	mutex_unlock(&s->mutex);
	return err;
}

/**
 * tao_stream_unreserve - free it again: no track begins
 * @td: the drive
 */
void tao_stream_unreserve(struct tao_device *td)
{
	struct tao_stream *s = &td->stream;

	mutex_lock(&s->mutex);
	stream_free(s);
	mutex_unlock(&s->mutex);
}

/**
 * tao_stream_begin - open a track
 * @td: the drive
 * @lba: where it begins
 * @limit_bytes: the most it can take
 * @limit_error: what a write beyond gets
 * @any_data: don't look at the first bytes
 * @at_once: sectors of a session at once, whose head the drive has got; 0: a track
 *
 * Return: 0 or -ENOMEM; 0 after tao_stream_reserve().
 */
int tao_stream_begin(struct tao_device *td, s32 lba, u64 limit_bytes, int limit_error,
		     bool any_data, u32 at_once)
{
	bool test_write = td->held.prepared.flags & TAO_PREPARE_TEST_WRITE;
	struct tao_stream *s = &td->stream;
	int err = tao_stream_reserve(td);

	if (err)
		return err;
	mutex_lock(&s->mutex);
	WRITE_ONCE(s->bytes_accepted, 0);
	s->limit_bytes = limit_bytes;
	s->limit_error = limit_error;
	s->any_data = any_data;
	s->fed = jiffies;
	s->gap = TAO_NO_GAP;
	WRITE_ONCE(s->serial, s->serial % U16_MAX + 1);
	spin_lock_irq(&td->lock);
	s->next_lba = lba;
	s->sectors_sent = 0;
	s->error = 0;
	s->fill = 0;
	s->fill_high = false;
	s->near_misses = 0;
	s->full_since = 0;
	s->attention = false;
	s->late = false;
	s->heeds_recovery = true;
	s->resumed = false;
	s->changed = false;
	s->exchanged = false;
	/* Nothing can be begun anew once the drive has the head of a session. */
	s->attentions = at_once ? TAO_ATTENTIONS_MAX : 0;
	s->prepared = at_once && !test_write ? 0 : td->ends.selected_time;
	s->at_once = at_once;
	s->least_sectors = at_once ?: TAO_TRACK_MIN_SECTORS;
	s->bytes_mapped = 0;
	s->bytes_copied = 0;
	s->bytes_padding = 0;
	s->issued = at_once;
	s->cut = 0;
	s->phase = TAO_PHASE_OPEN;
	spin_unlock_irq(&td->lock);
	mutex_unlock(&s->mutex);
	return 0;
}

/*
 * Silence from the end of the audio to the end of its sector, and to the length that a track
 * has at least, or a session at once altogether.
 */
static u32 stream_padding(struct tao_stream *s, u32 staged)
{
	u32 bytes = roundup(staged, TAO_SECTOR_SIZE);
	u32 sectors = s->sectors_sent + bytes / TAO_SECTOR_SIZE;

	if (sectors < s->least_sectors)
		bytes += (s->least_sectors - sectors) * TAO_SECTOR_SIZE;
	return bytes - staged;
}

/* Returns -EAGAIN if the track has to be prepared again first. */
static int stream_wait_drained(struct tao_stream *s)
{
	/*
	 * Idle, because a worker with a slow drive is not a hung task; all its waits are bounded.
	 */
	wait_event_idle(s->wait, stream_drained(s) || READ_ONCE(s->attention));
	return READ_ONCE(s->attention) ? -EAGAIN : 0;
}

/* Sends what is left, with its silence, a WRITE at a time. */
static int stream_send_tail(struct tao_stream *s)
{
	u32 staged = s->staging ? s->staging->bytes : 0;
	u32 padding = stream_padding(s, staged);

	while (staged + padding && !READ_ONCE(s->error)) {
		struct tao_chunk *c = s->staging ?: s->tail;
		u32 n = min(padding, tao_stream_write_bytes(s) - staged);

		if (c == s->tail)
			tao_chunk_reuse(c);
		s->staging = NULL;
		tao_chunk_fill_silence(s, c, n);
		tao_stream_submit(s, c, NULL);
		if (stream_wait_drained(s))
			return -EAGAIN;
		padding -= n;
		staged = 0;
	}
	return 0;
}

/* Commands in progress end before the next phase begins. */
static void stream_enter(struct tao_stream *s, enum tao_phase phase)
{
	struct tao_device *td = tao_stream_device(s);

	mutex_lock(&s->mutex);
	spin_lock_irq(&td->lock);
	s->phase = phase;
	if (phase == TAO_PHASE_CLOSED)
		WRITE_ONCE(s->unordered, NULL);
	spin_unlock_irq(&td->lock);
	mutex_unlock(&s->mutex);
	wake_up_all(&s->wait);
}

/*
 * The drive has all that was queued. From here on the rest of the track belongs to the worker
 * alone, and goes to the drive even if the track is cut short: it needs 300 sectors.
 */
static void stream_begin_filling(struct tao_stream *s)
{
	struct tao_device *td = tao_stream_device(s);
	bool dropped;

	mutex_lock(&s->mutex);
	spin_lock_irq(&td->lock);
	dropped = s->error || s->cut;
	s->phase = TAO_PHASE_FILLING;
	spin_unlock_irq(&td->lock);
	if (dropped) {
		tao_chunk_free(s->staging);
		s->staging = NULL;
	}
	mutex_unlock(&s->mutex);
}

/* All that the drive is to get of a track. */
static int stream_send_rest(struct tao_stream *s)
{
	if (s->phase == TAO_PHASE_OPEN)
		stream_enter(s, TAO_PHASE_ENDING);
	if (stream_wait_drained(s))
		return -EAGAIN;
	if (s->phase == TAO_PHASE_ENDING)
		stream_begin_filling(s);
	if (s->sectors_sent || s->at_once || (s->staging && s->staging->bytes))
		return stream_send_tail(s);
	return 0;
}

/**
 * tao_stream_end - send the rest of a track
 * @td: the drive
 *
 * For the worker. Nothing of the track is with the block layer afterwards.
 *
 * Return: 0, the error of the track, why it was cut short, or -EAGAIN if the track has to be
 * prepared again before its first WRITE: to be called again when that was done.
 */
int tao_stream_end(struct tao_device *td)
{
	struct tao_stream *s = &td->stream;
	int error = stream_send_rest(s);

	if (error)
		return error;
	cancel_delayed_work_sync(&s->issue);
	mutex_lock(&s->mutex);
	stream_free(s);
	mutex_unlock(&s->mutex);
	stream_enter(s, TAO_PHASE_CLOSED);
	return stream_error(s);
}

/**
 * tao_stream_cut - cut the open track short
 * @td: the drive; its lock is held
 * @reason: what those who write get
 * @gone: for tao_stream_dispose(), when the lock was dropped
 *
 * What the drive has not got yet is dropped, and the track is ended as any other. Does not wait.
 */
void tao_stream_cut(struct tao_device *td, int reason, struct list_head *gone)
{
	struct tao_stream *s = &td->stream;

	lockdep_assert_held(&td->lock);
	s->cut = s->cut ?: reason;
	if (!stream_drops(s))
		return;
	s->attention = false;
	stream_empty(s, gone);
}

/**
 * tao_stream_dispose - end what was taken out of the queue
 * @td: the drive
 * @gone: chunks
 * @error: what those who wait for them get
 */
void tao_stream_dispose(struct tao_device *td, struct list_head *gone, int error)
{
	chunks_dispose(&td->stream, gone, error);
}

/**
 * tao_stream_stop_locked - let nothing more go to the drive
 * @td: the drive; its lock is held
 * @error: what those who write get
 * @gone: for tao_stream_dispose(), when the lock was dropped
 *
 * The WRITE that the drive has in hand is let finish. Does not wait.
 */
void tao_stream_stop_locked(struct tao_device *td, int error, struct list_head *gone)
{
	struct tao_stream *s = &td->stream;

	lockdep_assert_held(&td->lock);
	s->error = s->error ?: error;
	s->attention = false;
	stream_empty(s, gone);
}

/**
 * tao_stream_stop - the same, without the lock
 * @td: the drive
 * @error: what those who write get
 */
void tao_stream_stop(struct tao_device *td, int error)
{
	unsigned long flags;
	LIST_HEAD(gone);

	spin_lock_irqsave(&td->lock, flags);
	tao_stream_stop_locked(td, error, &gone);
	spin_unlock_irqrestore(&td->lock, flags);
	chunks_dispose(&td->stream, &gone, error);
}

/* The first WRITE may go out, of a track that was prepared at @prepared. */
static void stream_begin_anew(struct tao_stream *s, ktime_t prepared)
{
	lockdep_assert_held(&tao_stream_device(s)->lock);
	s->attention = false;
	s->prepared = prepared;
	mod_delayed_work(issue_wq, &s->issue, 0);
}

/**
 * tao_stream_go_on - send the first WRITE of a track that is prepared still
 * @td: the drive
 */
void tao_stream_go_on(struct tao_device *td)
{
	spin_lock_irq(&td->lock);
	stream_begin_anew(&td->stream, ktime_get());
	spin_unlock_irq(&td->lock);
}

/**
 * tao_stream_resume - send the first WRITE of a track that was prepared again
 * @td: the drive
 */
void tao_stream_resume(struct tao_device *td)
{
	struct tao_stream *s = &td->stream;

	spin_lock_irq(&td->lock);
	/* It had been late before: a drive that goes on like that has an end. */
	s->attentions += s->late && stream_is_delayed(s);
	s->resumed = true;
	s->heeds_recovery = true;
	s->changed = false;
	s->full_since = 0;
	stream_begin_anew(s, td->ends.selected_time);
	spin_unlock_irq(&td->lock);
}

/**
 * tao_stream_start - what all streams need
 *
 * Return: 0 or -ENOMEM.
 */
int __init tao_stream_start(void)
{
	issue_wq = alloc_workqueue("tao-write", WQ_HIGHPRI | WQ_PERCPU | WQ_MEM_RECLAIM, 0);
	return issue_wq ? 0 : -ENOMEM;
}

/**
 * tao_stream_exit - undo tao_stream_start()
 */
void tao_stream_exit(void)
{
	destroy_workqueue(issue_wq);
}
