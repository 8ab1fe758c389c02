// SPDX-License-Identifier: GPL-2.0-only
/*
 * Audio from programs: write(), asynchronous writes and splice(). All of them fill the same
 * chunk, in order; when it is full it goes to the queue of the stream.
 *
 * write() has the stream's turn until it returns, splice() while it adds. They take the stream's
 * mutex only to add data that are there, and never wait with it for room, a pipe or user memory. So
 * the worker always gets the mutex soon, whatever a program does. Meanwhile the track may end and
 * the next one begin: a call adds to the track that it came for, and to no other.
 */
#include <linux/bitfield.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/pipe_fs_i.h>
#include <linux/poll.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/splice.h>
#include <linux/uaccess.h>

#include "stream.h"

/* How many of the first bytes of a track are looked at. */
#define HEAD_BYTES	12
/* In the offset of a write that says none: it was told to come again, and its place is the rest. */
#define POS_GIVEN	BIT_ULL(62)
/* In the offset of any asynchronous write: the track that it came for. */
#define POS_TRACK	GENMASK_ULL(61, 46)
/* How long such a write counts as on its way: when it is cancelled nobody says so. */
#define UNORDERED_MS	500
/* Times that memory which was there is gone again before it was added. */
#define FAULT_TRIES	100

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

/* Which kind of sound file begins like this, or NULL. */
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

/*
 * Drops the few bytes that may have come before this call, so that the next ones begin the session.
 * The drive has none of them.
 */
static void feed_begin_anew(struct tao_stream *s)
{
	struct tao_chunk *c = s->staging;

	lockdep_assert_held(&s->mutex);
	tao_chunk_truncate(c, 0);
	tao_chunk_reuse(c);
	tao_chunk_keep(c);
	WRITE_ONCE(s->bytes_accepted, 0);
}

/*
 * A WAV file in place of audio would be burned as half a second of noise and whatever is behind it.
 * @c has just got more; it is the track's first chunk as long as there are few bytes. The caller
 * takes that back. A track ends here, before the drive knows of it; a session at once has begun,
 * and its program may send audio instead.
 */
static int feed_check_head(struct tao_device *td, const struct tao_chunk *c)
{
	struct tao_stream *s = &td->stream;
	u8 head[HEAD_BYTES];
	const char *kind;

	if (s->any_data || s->bytes_accepted >= HEAD_BYTES)
		return 0;
	kind = file_kind(head, tao_chunk_peek(c, head, sizeof(head)));
	if (!kind)
		return 0;
	if (s->at_once)
		feed_begin_anew(s);
	else
		tao_stream_stop(td, -EINVAL);
	return tao_error_text(td, -EINVAL,
			      "this looks like %s file, not like audio: 'tao burn' reads it",
			      kind);
}

/* Why a call can add nothing: the track that it came for has ended, and another one may be open. */
static int feed_refuses(struct tao_stream *s, u16 serial)
{
	return tao_stream_refuses(s) ?: READ_ONCE(s->serial) == serial ? 0 : -EINVAL;
}

/* Bytes that may still be queued. */
static u32 feed_room(struct tao_stream *s)
{
	u32 most = READ_ONCE(s->queue_max);

	return most - min(READ_ONCE(s->queue_bytes), most);
}

static bool feed_has_room(struct tao_stream *s)
{
	return feed_room(s) >= tao_stream_write_bytes(s);
}

/**
 * tao_feed_has_room - whether a write would not wait
 * @td: the drive
 *
 * As with sockets, there has to be room for more than a little. Otherwise a program that polls
 * would be woken up for each WRITE, and an asynchronous write that does not fit as a whole would
 * be tried again and again.
 */
bool tao_feed_has_room(struct tao_device *td)
{
	struct tao_stream *s = &td->stream;
	u32 most = READ_ONCE(s->queue_max);

	return (feed_has_room(s) && READ_ONCE(s->queue_bytes) <= most - most / 4) ||
	       tao_stream_refuses(s);
}

/* Waits until another chunk may be queued. */
static int feed_wait_room(struct tao_stream *s, bool nowait)
{
	u16 serial = s->turn_serial;
	int err;

	lockdep_assert_held(&s->turn);
	if (!feed_has_room(s) && nowait)
		return feed_refuses(s, serial) ?: -EAGAIN;
	err = wait_event_interruptible(s->wait, feed_has_room(s) || feed_refuses(s, serial));
	return err ?: feed_refuses(s, serial);
}

/* Takes the mutex, if the track still takes audio, and sees to it that there is a chunk to fill. */
static int feed_lock(struct tao_stream *s)
{
	int err;

	mutex_lock(&s->mutex);
	err = feed_refuses(s, s->turn_serial);
	if (!err && !s->staging)
		s->staging = tao_chunk_alloc(s);
	if (!err && !s->staging)
		err = -ENOMEM;
	if (err)
		mutex_unlock(&s->mutex);
	return err;
}

/* The status looks at it without the mutex. */
static void feed_accepted(struct tao_stream *s, s64 bytes)
{
	lockdep_assert_held(&s->turn);
	WRITE_ONCE(s->bytes_accepted, s->bytes_accepted + bytes);
	WRITE_ONCE(s->fed, jiffies);
}

/*
 * How much more of @count the chunk that is being filled can take; 0 if the track is at its
 * end.
 */
static u32 feed_takes(struct tao_stream *s, size_t count)
{
	u64 left = s->limit_bytes - s->bytes_accepted;

	lockdep_assert_held(&s->mutex);
	return min3((u64)count, left, (u64)(tao_stream_write_bytes(s) - s->staging->bytes));
}

/* The track is good, but takes no more audio. */
static int feed_at_end(struct tao_device *td)
{
	if (td->stream.limit_error == -EFBIG)
		return tao_error_text(td, -EFBIG, "the track is as long as was announced");
	return tao_error_text(td, -ENOSPC, "the disc is full: the track ends here");
}

static void feed_submit_full(struct tao_stream *s, struct tao_writer *w)
{
	struct tao_chunk *c = s->staging;

	if (c->bytes != tao_stream_write_bytes(s))
		return;
	s->staging = NULL;
	tao_stream_submit(s, c, w);
}

/*
 * Adds up to a chunk's worth of the memory that is present, without a page fault. Returns how much,
 * -EFAULT if not all is present, or another error.
 */
static ssize_t feed_fill(struct tao_device *td, struct tao_writer *w, struct iov_iter *from)
{
	struct tao_stream *s = &td->stream;
	struct tao_chunk *c = s->staging;
	u32 len = feed_takes(s, iov_iter_count(from));
	struct iov_iter before = *from;
	int err;

	if (!len)
		return feed_at_end(td);
	tao_chunk_keep(c);
	pagefault_disable();
	err = tao_chunk_fill(s, c, from, len, w && c->bytes + len == tao_stream_write_bytes(s));
	pagefault_enable();
	err = err ?: feed_check_head(td, c);
	if (err) {
		tao_chunk_rewind(c);
		*from = before;
		return err;
	}
	feed_accepted(s, len);
	feed_submit_full(s, w);
	return len;
}

/*
 * One chunk's worth at most; without a writer that waits for it, it is copied. Returns how much
 * was taken, or an error.
 */
static ssize_t feed_add_iter(struct tao_device *td, struct tao_writer *w, struct iov_iter *from,
			     bool nowait)
{
	struct tao_stream *s = &td->stream;
	unsigned int tries = FAULT_TRIES;
	ssize_t n;

	do {
		n = feed_wait_room(s, nowait) ?: feed_lock(s);
		if (n)
			return n;
		n = feed_fill(td, w, from);
		mutex_unlock(&s->mutex);
		if (n != -EFAULT)
			return n;
		/* The pages may be gone again before they are used, hence the loop. */
		if (fault_in_iov_iter_readable(from, min_t(size_t, iov_iter_count(from),
							   tao_stream_write_bytes(s))))
			return -EFAULT;
		if (signal_pending(current))
			return -ERESTARTSYS;
	} while (--tries);
	return -EFAULT;
}

static ssize_t feed_add_all(struct tao_device *td, struct tao_writer *w, struct iov_iter *from,
			    bool nowait)
{
	ssize_t done = 0;

	while (iov_iter_count(from)) {
		ssize_t n = feed_add_iter(td, w, from, nowait);

		if (n < 0)
			return done ?: n;
		done += n;
	}
	return done;
}

/*
 * A signal: takes back the data that have not gone to the drive yet. Data that were in a chunk
 * before this call stay, as the chunk that is being filled. Returns how many bytes of this call
 * stay.
 */
static u32 feed_take_back(struct tao_device *td, struct tao_writer *w)
{
	struct tao_stream *s = &td->stream;
	struct tao_chunk *c, *next, *first = NULL;
	u32 bytes = 0;
	LIST_HEAD(out);

	mutex_lock(&s->mutex);
	spin_lock_irq(&td->lock);
	list_for_each_entry_safe(c, next, &s->queue, node) {
		if (c->writer != w || c == s->at_drive)
			continue;
		first = first ?: c;
		s->queue_bytes -= c->bytes;
		s->queued_bytes -= c->bytes;
		w->pending--;
		c->writer = NULL;
		list_move_tail(&c->node, &out);
	}
	spin_unlock_irq(&td->lock);
	if (first) {
		if (s->staging)
			bytes += s->staging->bytes;
		tao_chunk_free(s->staging);
		s->staging = NULL;
	}
	list_for_each_entry_safe(c, next, &out, node) {
		list_del_init(&c->node);
		bytes += c->bytes - c->kept.bytes;
		if (c == first && c->kept.bytes) {
			tao_chunk_rewind(c);
			s->staging = c;
		} else {
			tao_chunk_free(c);
		}
	}
	feed_accepted(s, -(s64)bytes);
	mutex_unlock(&s->mutex);
	return bytes;
}

/* Under the lock, so that the error of the last chunk is seen with its end. */
static bool writer_done(struct tao_device *td, struct tao_writer *w)
{
	bool done;

	spin_lock_irq(&td->lock);
	done = !w->pending;
	spin_unlock_irq(&td->lock);
	return done;
}

/*
 * The caller is dying. Chunks that have left the queue and are being disposed of still know the
 * writer, but not for long.
 */
static void writer_detach(struct tao_device *td, struct tao_writer *w)
{
	struct tao_chunk *c;

	spin_lock_irq(&td->lock);
	list_for_each_entry(c, &td->stream.queue, node)
		if (c->writer == w) {
			c->writer = NULL;
			w->pending--;
		}
	spin_unlock_irq(&td->lock);
	wait_event(td->stream.wait, writer_done(td, w));
}

/* Waits until the drive has the data in the caller's pages. */
static ssize_t writer_wait(struct tao_device *td, struct tao_writer *w, ssize_t done)
{
	struct tao_stream *s = &td->stream;

	if (wait_event_interruptible(s->wait, writer_done(td, w))) {
		done -= feed_take_back(td, w);
		/*
		 * The drive completes the WRITE that it has in hand. Only a dying caller no
		 * longer needs its pages.
		 */
		if (wait_event_killable(s->wait, writer_done(td, w)))
			writer_detach(td, w);
		if (!done)
			done = -ERESTARTSYS;
	}
	return w->error ?: done;
}

static ssize_t feed_write_sync(struct tao_device *td, struct iov_iter *from)
{
	struct tao_writer w = {};
	ssize_t done = feed_add_all(td, &w, from, false);

	return writer_wait(td, &w, done);
}

/*
 * Whether there is room now for all of it, so that no write is taken in part: a program that has
 * submitted the next ones would have to take them back. Returns 0, -EAGAIN, or -EMSGSIZE if it
 * does not fit into an empty queue either, and nobody can wait in its place.
 */
static int feed_room_for(struct tao_stream *s, struct kiocb *iocb, size_t count)
{
	u32 most = READ_ONCE(s->queue_max);
	u64 needed;

	mutex_lock(&s->mutex);
	needed = (u64)count + (s->staging ? s->staging->bytes : 0) + tao_stream_write_bytes(s);
	mutex_unlock(&s->mutex);
	if (needed + READ_ONCE(s->queue_bytes) <= most)
		return 0;
	return needed > most && !tao_iocb_comes_again(iocb) ? -EMSGSIZE : -EAGAIN;
}

static ssize_t feed_write_async(struct tao_device *td, struct kiocb *iocb, struct iov_iter *from,
				bool nowait)
{
	struct tao_writer *w;
	ssize_t done;

	done = nowait ? feed_room_for(&td->stream, iocb, iov_iter_count(from)) : 0;
	if (done)
		return done;
	w = kzalloc(sizeof(*w), GFP_KERNEL_ACCOUNT);
	if (!w)
		return -ENOMEM;
	w->iocb = iocb;
	/* Other processes may wait for the completions of a ring. */
	w->mm = tao_iocb_is_aio(iocb) ? current->mm : NULL;
	done = feed_add_all(td, w, from, nowait);
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

/* Its offset in the track; 0 may be none. */
static u64 iocb_pos(const struct kiocb *iocb)
{
	return iocb->ki_pos & ~(POS_GIVEN | POS_TRACK);
}

/* It has none, and was not refused yet. */
static bool iocb_says_none(const struct kiocb *iocb)
{
	return !(iocb->ki_pos & ~POS_TRACK);
}

static bool iocb_is_unordered(struct kiocb *iocb)
{
	return !is_sync_kiocb(iocb) && (iocb_says_none(iocb) || iocb->ki_pos & POS_GIVEN);
}

static u16 iocb_serial(struct kiocb *iocb)
{
	return is_sync_kiocb(iocb) ? 0 : FIELD_GET(POS_TRACK, iocb->ki_pos);
}

/* The track that a call is for: the one that was open when it came first. */
static u16 feed_serial(struct tao_stream *s, struct kiocb *iocb)
{
	u16 serial = iocb_serial(iocb);

	if (serial)
		return serial;
	serial = READ_ONCE(s->serial);
	if (!is_sync_kiocb(iocb))
		iocb->ki_pos |= FIELD_PREP(POS_TRACK, serial);
	return serial;
}

/**
 * tao_feed_is_late - whether a write comes again when its track is not open any more
 * @td: the drive
 * @iocb: the write
 */
bool tao_feed_is_late(struct tao_device *td, struct kiocb *iocb)
{
	const struct tao_stream *s = &td->stream;
	u16 serial = iocb_serial(iocb);

	return serial && (READ_ONCE(s->phase) != TAO_PHASE_OPEN ||
			  READ_ONCE(s->serial) != serial);
}

/**
 * tao_feed_is_first - whether a write may be the first one of a track
 * @iocb: the write
 */
bool tao_feed_is_first(struct kiocb *iocb)
{
	return is_sync_kiocb(iocb) || !iocb_pos(iocb);
}

/* The one that is on its way was told to come again long ago, and may have been cancelled. */
static bool feed_unordered_is_old(const struct tao_stream *s)
{
	return s->unordered_waits &&
	       time_after(jiffies, s->unordered_since + msecs_to_jiffies(UNORDERED_MS));
}

/**
 * tao_feed_note_unordered - an asynchronous write begins, possibly without an offset
 * @td: the drive
 * @iocb: the write
 *
 * Nobody could tell in which order two of those are to be burned. Offset 0 is none, too: with
 * io_uring it is what -1 becomes.
 *
 * Return: false if another one is on its way.
 */
bool tao_feed_note_unordered(struct tao_device *td, struct kiocb *iocb)
{
	struct tao_stream *s = &td->stream;
	unsigned long flags;
	bool alone;

	if (!iocb_is_unordered(iocb))
		return true;
	spin_lock_irqsave(&td->lock, flags);
	alone = !s->unordered || s->unordered == iocb || feed_unordered_is_old(s);
	if (alone) {
		WRITE_ONCE(s->unordered, iocb);
		s->unordered_waits = false;
	}
	spin_unlock_irqrestore(&td->lock, flags);
	return alone;
}

/**
 * tao_feed_put_off - an asynchronous write, which may say no offset, was refused for now
 * @td: the drive
 * @iocb: the write
 *
 * If the kernel submits it again, it may be cancelled before. Another one may be taken in its place
 * then, so it gets the offset that it has now.
 */
void tao_feed_put_off(struct tao_device *td, struct kiocb *iocb)
{
	bool comes_again = tao_iocb_comes_again(iocb);
	struct tao_stream *s = &td->stream;
	unsigned long flags;

	if (!iocb_is_unordered(iocb))
		return;
	spin_lock_irqsave(&td->lock, flags);
	if (iocb_says_none(iocb))
		iocb->ki_pos |= POS_GIVEN | (s->phase == TAO_PHASE_OPEN ? s->bytes_accepted : 0);
	if (s->unordered == iocb) {
		WRITE_ONCE(s->unordered, comes_again ? iocb : NULL);
		s->unordered_waits = comes_again;
		s->unordered_since = jiffies;
	}
	spin_unlock_irqrestore(&td->lock, flags);
}

/*
 * Asynchronous writes say by their offset which byte of the track they begin with, since nobody
 * else keeps them in order. Offset 0 or none is for those who have one on the way at a time.
 * Behind one that failed they would wait for ever.
 */
static int feed_in_order(struct tao_stream *s, struct kiocb *iocb)
{
	u64 pos = iocb_pos(iocb);

	if (pos == s->bytes_accepted)
		return 0;
	if (iocb_says_none(iocb))
		return READ_ONCE(s->queue_bytes) ? -EAGAIN : 0;
	if (iocb->ki_pos & POS_GIVEN || pos < s->bytes_accepted)
		return -EINVAL;
	return READ_ONCE(s->gap) == s->bytes_accepted ? -ECANCELED : -EAGAIN;
}

/* @serial: the track that the call is for */
static int feed_take_turn(struct tao_stream *s, u16 serial, bool nowait)
{
	if (nowait && !mutex_trylock(&s->turn))
		return -EAGAIN;
	if (!nowait && mutex_lock_interruptible(&s->turn))
		return -ERESTARTSYS;
	s->turn_serial = serial;
	return 0;
}

/* Takes the turn when it is this write's. */
static int feed_take_turn_in_order(struct tao_stream *s, struct kiocb *iocb, u16 serial,
				   bool nowait)
{
	int err;

	for (;;) {
		err = feed_take_turn(s, serial, nowait);
		if (err || is_sync_kiocb(iocb))
			return err;
		err = feed_refuses(s, serial) ?: feed_in_order(s, iocb);
		if (!err)
			return 0;
		mutex_unlock(&s->turn);
		if (err != -EAGAIN || nowait)
			return err;
		err = wait_event_interruptible(s->wait, feed_refuses(s, serial) ||
					       feed_in_order(s, iocb) != -EAGAIN);
		if (err)
			return err;
	}
}

/* The writes behind @pos fail until the audio that is missing there is sent again. */
static void feed_note_gap(struct tao_stream *s, u16 serial, u64 pos)
{
	mutex_lock(&s->mutex);
	/* Writes that say no offset may have gone beyond an older one. */
	if (s->serial == serial && (pos < s->gap || s->gap < s->bytes_accepted))
		WRITE_ONCE(s->gap, pos);
	mutex_unlock(&s->mutex);
}

/* It is being sent again. */
static void feed_close_gap(struct tao_stream *s)
{
	mutex_lock(&s->mutex);
	if (s->gap <= s->bytes_accepted)
		WRITE_ONCE(s->gap, TAO_NO_GAP);
	mutex_unlock(&s->mutex);
}

/* It is over before its turn: a signal came, or it was cancelled. */
static void feed_note_cancelled(struct tao_stream *s, struct kiocb *iocb, u16 serial)
{
	if (is_sync_kiocb(iocb) || iocb_is_unordered(iocb))
		return;
	feed_note_gap(s, serial, iocb_pos(iocb));
	wake_up_all(&s->wait);
}

/* In its turn. If not all of it is taken, those behind it fail until the rest is sent again. */
static ssize_t feed_write_in_order(struct tao_device *td, struct kiocb *iocb,
				   struct iov_iter *from, bool nowait)
{
	struct tao_stream *s = &td->stream;
	u64 end = s->bytes_accepted + iov_iter_count(from);
	ssize_t done;

	feed_close_gap(s);
	done = feed_write_async(td, iocb, from, nowait);
	if (done != -EAGAIN && s->bytes_accepted != end)
		feed_note_gap(s, s->turn_serial, s->bytes_accepted);
	return done;
}

/**
 * tao_feed_write - take audio from memory
 * @td: the drive, a track open
 * @iocb: the call
 * @from: the audio
 * @nowait: don't wait
 *
 * A synchronous call returns when the drive has taken what is in the caller's pages. One that
 * must not wait has its audio copied, since its pages are its own again when it returns.
 *
 * Return: bytes taken, -EIOCBQUEUED, or an error if none were.
 */
ssize_t tao_feed_write(struct tao_device *td, struct kiocb *iocb, struct iov_iter *from,
		       bool nowait)
{
	struct tao_stream *s = &td->stream;
	u16 serial = feed_serial(s, iocb);
	ssize_t done;
	int err;

	err = feed_take_turn_in_order(s, iocb, serial, nowait);
	if (err == -ERESTARTSYS)
		feed_note_cancelled(s, iocb, serial);
	if (err)
		return err;
	if (!is_sync_kiocb(iocb))
		done = feed_write_in_order(td, iocb, from, nowait);
	else if (nowait)
		done = feed_add_all(td, NULL, from, true);
	else
		done = feed_write_sync(td, from);
	mutex_unlock(&s->turn);
	wake_up_all(&s->wait);
	return done;
}

/* The buffer behind the next @ahead ones. */
static struct pipe_buffer *pipe_peek(struct pipe_inode_info *pipe, unsigned int ahead)
{
	return &pipe->bufs[(pipe->tail + ahead) & (pipe->ring_size - 1)];
}

/*
 * Takes @len bytes out of the pipe, and the empty buffers behind them. Returns whether a buffer is
 * free now.
 */
static bool pipe_consume(struct pipe_inode_info *pipe, size_t len)
{
	bool freed = false;

	while (!pipe_empty(pipe->head, pipe->tail)) {
		struct pipe_buffer *buf = pipe_peek(pipe, 0);
		size_t n = min_t(size_t, len, buf->len);

		len -= n;
		buf->offset += n;
		buf->len -= n;
		if (buf->len)
			break;
		pipe_buf_release(pipe, buf);
		pipe->tail++;
		freed = true;
	}
	return freed;
}

/* The pipe inside a sendfile() has none. */
static void pipe_wake_writers(struct pipe_inode_info *pipe)
{
	if (!pipe->files)
		return;
	wake_up_interruptible_poll(&pipe->wr_wait, EPOLLOUT | EPOLLWRNORM);
	kill_fasync(&pipe->fasync_writers, SIGIO, POLL_OUT);
}

/*
 * Sees to it that the contents of the next buffers are there, up to @len bytes. Returns how many
 * bytes are, 0 at the end of the pipe, or an error.
 */
static ssize_t pipe_ready(struct pipe_inode_info *pipe, size_t len)
{
	int err = pipe->writers ? -EAGAIN : 0;
	unsigned int i, buffers;
	size_t ready = 0;

	if (signal_pending(current))
		return -ERESTARTSYS;
	buffers = pipe_occupancy(pipe->head, pipe->tail);
	for (i = 0; ready < len && i < buffers; i++) {
		struct pipe_buffer *buf = pipe_peek(pipe, i);

		err = pipe_buf_confirm(pipe, buf);
		if (err)
			break;
		ready += buf->len;
	}
	if (ready)
		return min(ready, len);
	/* The file was cut meanwhile: that is its end. */
	return err == -ENODATA ? 0 : err;
}

/*
 * A part of a buffer: its page is held until the drive has it, whatever happens to the pipe. Data
 * from a socket may be a run of pages and begin behind the first one; we take a page at a time.
 */
static ssize_t feed_add_buffer(struct tao_stream *s, struct pipe_buffer *buf, u32 skip, u32 len)
{
	u32 offset = buf->offset + skip;
	struct page *page = buf->page + offset / PAGE_SIZE;

	offset = offset_in_page(offset);
	len = min3(len, buf->len - skip, (u32)PAGE_SIZE - offset);
	return tao_chunk_add_page(s, s->staging, page, offset, len);
}

/* Adds the next @len bytes of the pipe, which stay there. Returns 0 or an error. */
static int feed_add_buffers(struct tao_stream *s, struct pipe_inode_info *pipe, u32 len)
{
	unsigned int i = 0;
	u32 skip = 0;

	while (len) {
		struct pipe_buffer *buf = pipe_peek(pipe, i);
		ssize_t n;

		if (skip == buf->len) {
			skip = 0;
			i++;
			continue;
		}
		n = feed_add_buffer(s, buf, skip, len);
		if (n < 0)
			return n;
		len -= n;
		skip += n;
	}
	return 0;
}

/* The same as feed_fill(), for @len bytes of a pipe that are there. */
static ssize_t feed_fill_from_pipe(struct tao_device *td, struct pipe_inode_info *pipe, size_t len)
{
	struct tao_stream *s = &td->stream;
	struct tao_chunk *c = s->staging;
	int err;

	len = feed_takes(s, len);
	tao_chunk_keep(c);
	err = feed_add_buffers(s, pipe, len) ?: feed_check_head(td, c);
	if (err) {
		tao_chunk_rewind(c);
		return err;
	}
	feed_accepted(s, len);
	feed_submit_full(s, NULL);
	return len;
}

/* One chunk's worth at most. *freed: a buffer of the pipe is free now. */
static ssize_t feed_add_pipe(struct tao_device *td, struct pipe_inode_info *pipe, size_t len,
			     bool *freed)
{
	struct tao_stream *s = &td->stream;
	ssize_t n = feed_lock(s);

	if (n)
		return n;
	n = feed_fill_from_pipe(td, pipe, len);
	mutex_unlock(&s->mutex);
	if (n > 0)
		*freed |= pipe_consume(pipe, n);
	return n;
}

/* As far as there is room. The limit may have been lowered; 0 would mean the end of the file. */
static ssize_t feed_add_whole_pipe(struct tao_device *td, struct pipe_inode_info *pipe, size_t len)
{
	u32 room = max(feed_room(&td->stream), tao_stream_write_bytes(&td->stream));
	bool freed = pipe_consume(pipe, 0);
	ssize_t ready = pipe_ready(pipe, min_t(size_t, len, room));
	ssize_t done = 0;
	ssize_t n = ready;

	while (n > 0 && done < ready) {
		n = feed_has_room(&td->stream) ?
			feed_add_pipe(td, pipe, ready - done, &freed) : -EAGAIN;
		if (n > 0)
			done += n;
	}
	if (freed)
		pipe_wake_writers(pipe);
	return done ?: n;
}

/*
 * Takes the contents of the pipe. Its writer may hold its lock for long, and the contents may still
 * be on their way from a disk: both are waited for without the mutex.
 */
static ssize_t feed_write_pipe(struct tao_device *td, struct pipe_inode_info *pipe, size_t len,
			       bool nowait)
{
	struct tao_stream *s = &td->stream;
	ssize_t done;
	int err;

	err = feed_wait_room(s, nowait);
	if (err)
		return err;
	if (s->bytes_accepted == s->limit_bytes)
		return feed_at_end(td);
	pipe_lock(pipe);
	done = feed_add_whole_pipe(td, pipe, len);
	pipe_unlock(pipe);
	return done;
}

/*
 * Without the pipe's lock, whose holder may be in a page fault. Where the tail moves meanwhile
 * there is something, or the ring was resized.
 */
static bool pipe_has_news(struct pipe_inode_info *pipe)
{
	unsigned int tail = READ_ONCE(pipe->tail);
	unsigned int head;

	/* A head that is older than the tail would hide what came in between. */
	smp_rmb();
	head = READ_ONCE(pipe->head);
	/* So that a tail that has not moved is that of this head. */
	smp_rmb();
	return !pipe_empty(head, tail) || tail != READ_ONCE(pipe->tail) ||
	       !READ_ONCE(pipe->writers);
}

/* Waits for the pipe, or for the track to end: they wake different queues. */
static int feed_wait_pipe(struct tao_stream *s, struct pipe_inode_info *pipe, u16 serial)
{
	DEFINE_WAIT(news);
	DEFINE_WAIT(end);
	int err = 0;

	while (!err) {
		prepare_to_wait(&pipe->rd_wait, &news, TASK_INTERRUPTIBLE);
		prepare_to_wait(&s->wait, &end, TASK_INTERRUPTIBLE);
		if (pipe_has_news(pipe) || feed_refuses(s, serial))
			break;
		if (signal_pending(current))
			err = -ERESTARTSYS;
		else
			schedule();
	}
	finish_wait(&s->wait, &end);
	finish_wait(&pipe->rd_wait, &news);
	return err;
}

/**
 * tao_feed_splice - take audio from a pipe
 * @td: the drive, a track open
 * @pipe: the pipe
 * @len: how much at most
 * @nowait: don't wait
 *
 * Does not wait as long as pages may still be queued. Neither the turn nor the pipe's lock is
 * held while the pipe is empty, so that others can write meanwhile.
 *
 * Return: bytes taken, 0 at the end of the pipe, or an error if none were.
 */
ssize_t tao_feed_splice(struct tao_device *td, struct pipe_inode_info *pipe, size_t len,
			bool nowait)
{
	struct tao_stream *s = &td->stream;
	u16 serial = READ_ONCE(s->serial);
	ssize_t done = 0;
	ssize_t n = 0;

	while (done < len) {
		n = feed_take_turn(s, serial, nowait);
		if (n)
			break;
		n = feed_write_pipe(td, pipe, len - done, nowait);
		mutex_unlock(&s->turn);
		if (n > 0) {
			/* An asynchronous write may wait for these bytes to come before it. */
			wake_up_all(&s->wait);
			done += n;
			continue;
		}
		if (n != -EAGAIN || done || nowait)
			break;
		n = feed_wait_pipe(s, pipe, serial);
		if (n)
			break;
	}
	/* The head of a sound file was dropped, with the bytes that this call had taken before. */
	if (n == -EINVAL && done < HEAD_BYTES && !READ_ONCE(s->bytes_accepted))
		return n;
	return done ?: n;
}
