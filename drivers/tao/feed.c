// SPDX-License-Identifier: GPL-2.0-only
/*
 * Audio from programs: write(), asynchronous writes and splice(). All of them fill the same
 * chunk, in order; when it is full it goes to the queue of the stream.
 */
#include <linux/mm.h>
#include <linux/net.h>
#include <linux/pipe_fs_i.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/splice.h>

#include "stream.h"

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

/*
 * A WAV file in place of audio would be burned as half a second of noise and whatever is behind
 * it.
 */
static int feed_check_head(struct tao_device *td)
{
	struct tao_stream *s = &td->stream;
	const char *kind = file_kind(s->head, s->head_len);
	unsigned long flags;

	if (!kind || s->any_data)
		return 0;
	spin_lock_irqsave(&td->lock, flags);
	s->error = s->error ?: -EINVAL;
	spin_unlock_irqrestore(&td->lock, flags);
	return tao_error_text(td, -EINVAL,
			      "this looks like %s file, not like audio: 'tao burn' reads it",
			      kind);
}

static int feed_peek_iter(struct tao_device *td, const struct iov_iter *from)
{
	struct tao_stream *s = &td->stream;
	struct iov_iter peek = *from;

	if (s->head_len == sizeof(s->head))
		return 0;
	s->head_len += copy_from_iter(s->head + s->head_len, sizeof(s->head) - s->head_len, &peek);
	return feed_check_head(td);
}

static int feed_peek_page(struct tao_device *td, struct page *page, u32 offset, u32 len)
{
	struct tao_stream *s = &td->stream;
	u32 n = min_t(u32, len, sizeof(s->head) - s->head_len);

	if (!n)
		return 0;
	memcpy_from_page(s->head + s->head_len, page, offset, n);
	s->head_len += n;
	return feed_check_head(td);
}

/* Why nothing can be added, or 0. */
static int feed_refuses(struct tao_device *td)
{
	struct tao_stream *s = &td->stream;

	if (READ_ONCE(td->dead))
		return -ENODEV;
	if (READ_ONCE(s->error))
		return READ_ONCE(s->error);
	return s->open && !READ_ONCE(s->ending) ? 0 : -EINVAL;
}

static bool feed_has_room(struct tao_stream *s)
{
	return READ_ONCE(s->queue_bytes) + tao_stream_write_bytes(s) <= READ_ONCE(s->queue_max);
}

/**
 * tao_feed_has_room - whether a write would not wait
 * @td: the drive
 *
 * As with sockets, there has to be room for more than a little: else who polls would be called for
 * each WRITE, and an asynchronous write again and again that does not fit as a whole.
 */
bool tao_feed_has_room(struct tao_device *td)
{
	struct tao_stream *s = &td->stream;
	u32 most = READ_ONCE(s->queue_max);

	return (feed_has_room(s) && READ_ONCE(s->queue_bytes) <= most - most / 4) ||
	       feed_refuses(td);
}

/* Waits till another chunk may be queued, and sees to it that there is one to fill. */
static int feed_make_room(struct tao_device *td, bool nowait)
{
	struct tao_stream *s = &td->stream;
	int err;

	if (!feed_has_room(s) && nowait)
		return feed_refuses(td) ?: -EAGAIN;
	err = wait_event_interruptible(s->wait, feed_has_room(s) || feed_refuses(td));
	err = err ?: feed_refuses(td);
	if (err)
		return err;
	if (!s->staging)
		s->staging = tao_chunk_alloc(s);
	return s->staging ? 0 : -ENOMEM;
}

/* The status looks at it without the mutex. */
static void feed_accepted(struct tao_stream *s, s64 bytes)
{
	WRITE_ONCE(s->bytes_accepted, s->bytes_accepted + bytes);
}

/*
 * How much more of @count the chunk that is being filled can take; 0 if the track is at its
 * end.
 */
static u32 feed_takes(struct tao_stream *s, size_t count)
{
	u64 left = s->limit_bytes - s->bytes_accepted;

	return min3((u64)count, left, (u64)(tao_stream_write_bytes(s) - s->staging->bytes));
}

/* What is in the track is good, but no more goes in. */
static int feed_at_end(struct tao_device *td)
{
	if (td->stream.limit_error == -EFBIG)
		return tao_error_text(td, -EFBIG, "the track is as long as was announced");
	return tao_error_text(td, -ENOSPC, "the disc is full: the track ends here");
}

static void feed_submit_full(struct tao_stream *s, struct tao_writer *w, bool nowait)
{
	struct tao_chunk *c = s->staging;

	if (c->bytes != tao_stream_write_bytes(s))
		return;
	s->staging = NULL;
	tao_stream_submit(s, c, w, nowait);
}

/*
 * One chunk's worth at most; without a writer that waits for it, it is copied. Returns how much
 * was taken, or an error.
 */
static ssize_t feed_add_iter(struct tao_device *td, struct tao_writer *w, struct iov_iter *from,
			     bool nowait)
{
	struct tao_stream *s = &td->stream;
	struct tao_chunk *c;
	u32 len;
	int err;

	err = feed_make_room(td, nowait);
	if (err)
		return err;
	c = s->staging;
	len = feed_takes(s, iov_iter_count(from));
	if (!len)
		return feed_at_end(td);
	tao_chunk_keep(c);
	err = tao_chunk_fill(s, c, from, len, w && c->bytes + len == tao_stream_write_bytes(s));
	if (err) {
		tao_chunk_rewind(c);
		return err;
	}
	feed_accepted(s, len);
	feed_submit_full(s, w, nowait);
	return len;
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
 * A signal: takes back what has not gone to the drive yet. What was in a chunk before this call
 * stays, as the chunk that is being filled. Returns how many bytes of this call that were.
 */
static u32 feed_take_back(struct tao_device *td, struct tao_writer *w)
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
	tao_chunk_free(s->staging);
	s->staging = NULL;
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
 * The caller is dying. What has left the queue already and is being disposed of still knows the
 * writer; that does not last.
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

/* Till the drive has what is in the caller's pages. */
static ssize_t writer_wait(struct tao_device *td, struct tao_writer *w, ssize_t done)
{
	struct tao_stream *s = &td->stream;

	if (wait_event_interruptible(s->wait, writer_done(td, w))) {
		done -= feed_take_back(td, w);
		/*
		 * What the drive has in hand is its own business now. Only a dying caller needs
		 * its pages no more.
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
 * Whether there is room now: for all of it, so that nobody is left with a part: who has submitted
 * what comes behind would have to take that back. Returns 0, -EAGAIN, or -EMSGSIZE for what finds
 * no room in an empty queue either, where nobody can wait in its place.
 */
static int feed_room_for(struct tao_stream *s, struct kiocb *iocb, size_t count)
{
	u32 staged = s->staging ? s->staging->bytes : 0;
	u64 needed = (u64)count + staged + tao_stream_write_bytes(s);
	u32 most = READ_ONCE(s->queue_max);

	if (needed + READ_ONCE(s->queue_bytes) <= most)
		return 0;
	return needed > most && iocb->ki_filp->f_flags & O_NONBLOCK ? -EMSGSIZE : -EAGAIN;
}

static ssize_t feed_write_async(struct tao_device *td, struct kiocb *iocb, struct iov_iter *from,
				bool nowait)
{
	struct tao_writer *w;
	ssize_t done;

	done = nowait ? feed_room_for(&td->stream, iocb, iov_iter_count(from)) : 0;
	if (done)
		return done;
	w = kzalloc(sizeof(*w), GFP_KERNEL);
	if (!w)
		return -ENOMEM;
	w->iocb = iocb;
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

/*
 * Asynchronous writes say by their offset which byte of the track they begin with, since nobody
 * else keeps them in order. Offset 0 or none is for those who have one on the way at a time.
 * Behind one that failed they would wait for ever.
 */
static int feed_in_order(struct tao_stream *s, struct kiocb *iocb)
{
	if (iocb->ki_pos == s->bytes_accepted)
		return 0;
	if (!iocb->ki_pos)
		return READ_ONCE(s->queue_bytes) ? -EAGAIN : 0;
	if (iocb->ki_pos < s->bytes_accepted)
		return -EINVAL;
	return READ_ONCE(s->gap) == s->bytes_accepted ? -ECANCELED : -EAGAIN;
}

static int feed_lock(struct tao_stream *s, bool nowait)
{
	if (nowait)
		return mutex_trylock(&s->mutex) ? 0 : -EAGAIN;
	return mutex_lock_interruptible(&s->mutex) ? -ERESTARTSYS : 0;
}

/* Takes the mutex when it is this write's turn. */
static int feed_lock_in_order(struct tao_device *td, struct kiocb *iocb, bool nowait)
{
	struct tao_stream *s = &td->stream;
	int err;

	for (;;) {
		err = feed_lock(s, nowait);
		if (err || is_sync_kiocb(iocb))
			return err;
		err = feed_refuses(td) ?: feed_in_order(s, iocb);
		if (!err)
			return 0;
		mutex_unlock(&s->mutex);
		if (err != -EAGAIN || nowait)
			return err;
		err = wait_event_interruptible(s->wait, feed_refuses(td) ||
					       feed_in_order(s, iocb) != -EAGAIN);
		if (err)
			return err;
	}
}

/* In its turn. If not all of it is taken, those behind it fail, till the rest is sent again. */
static ssize_t feed_write_in_order(struct tao_device *td, struct kiocb *iocb,
				   struct iov_iter *from, bool nowait)
{
	struct tao_stream *s = &td->stream;
	u64 end = s->bytes_accepted + iov_iter_count(from);
	ssize_t done;

	WRITE_ONCE(s->gap, TAO_NO_GAP);
	done = feed_write_async(td, iocb, from, nowait);
	if (done != -EAGAIN && s->bytes_accepted != end)
		WRITE_ONCE(s->gap, s->bytes_accepted);
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
	ssize_t done;
	int err;

	err = feed_lock_in_order(td, iocb, nowait);
	if (err)
		return err;
	done = feed_refuses(td) ?: feed_peek_iter(td, from);
	if (!done) {
		if (!is_sync_kiocb(iocb))
			done = feed_write_in_order(td, iocb, from, nowait);
		else if (nowait)
			done = feed_add_all(td, NULL, from, true);
		else
			done = feed_write_sync(td, from);
	}
	mutex_unlock(&s->mutex);
	wake_up_all(&s->wait);
	return done;
}

/*
 * A buffer of a pipe: its page is held till the drive has it, whatever becomes of the pipe. What
 * comes from a socket may be a run of pages and begin behind the first; we take a page at a time.
 */
static int feed_pipe_actor(struct pipe_inode_info *pipe, struct pipe_buffer *buf,
			   struct splice_desc *sd)
{
	struct tao_device *td = sd->u.data;
	struct tao_stream *s = &td->stream;
	struct tao_chunk *c = s->staging;
	struct page *page = buf->page + buf->offset / PAGE_SIZE;
	u32 offset = offset_in_page(buf->offset);
	u32 len = feed_takes(s, min_t(u32, sd->len, PAGE_SIZE - offset));
	u32 usable;
	int ret;

	if (!len)
		return 0;
	ret = feed_peek_page(td, page, offset, len);
	if (ret)
		return ret;
	usable = sendpage_ok(page) ? tao_chunk_mappable(s, c, offset, len) : 0;
	if (usable) {
		get_page(page);
		tao_chunk_map_pages(s, c, &page, offset, usable);
		ret = usable;
	} else {
		ret = tao_chunk_copy_page(s, c, page, offset, len);
	}
	if (ret > 0)
		feed_accepted(s, ret);
	return ret;
}

/* What the pipe has, one chunk's worth at most. */
static ssize_t feed_add_pipe(struct tao_device *td, struct pipe_inode_info *pipe, size_t len,
			     bool nowait)
{
	struct tao_stream *s = &td->stream;
	struct splice_desc sd = {
		.total_len = len,
		.flags = SPLICE_F_NONBLOCK,
		.u.data = td,
	};
	ssize_t done;
	int err;

	err = feed_make_room(td, nowait);
	if (err)
		return err;
	if (s->bytes_accepted == s->limit_bytes)
		return feed_at_end(td);
	pipe_lock(pipe);
	done = __splice_from_pipe(pipe, &sd, feed_pipe_actor);
	pipe_unlock(pipe);
	feed_submit_full(s, NULL, nowait);
	return done;
}

static bool pipe_has_news(struct pipe_inode_info *pipe)
{
	return !pipe_empty(READ_ONCE(pipe->head), READ_ONCE(pipe->tail)) ||
	       !READ_ONCE(pipe->writers);
}

/**
 * tao_feed_splice - take audio from a pipe
 * @td: the drive, a track open
 * @pipe: the pipe
 * @len: how much at most
 * @nowait: don't wait
 *
 * Nothing is waited for while pages may still be queued. Neither the mutex nor the pipe's is held
 * while the pipe is empty, so that the track can be ended meanwhile.
 *
 * Return: bytes taken, 0 at the end of the pipe, or an error if none were.
 */
ssize_t tao_feed_splice(struct tao_device *td, struct pipe_inode_info *pipe, size_t len,
			bool nowait)
{
	struct tao_stream *s = &td->stream;
	ssize_t done = 0;
	ssize_t n;

	while (done < len) {
		n = feed_lock(s, nowait);
		if (n)
			break;
		n = feed_refuses(td) ?: feed_add_pipe(td, pipe, len - done, nowait);
		mutex_unlock(&s->mutex);
		if (n > 0) {
			done += n;
			continue;
		}
		if (n != -EAGAIN || done || nowait)
			break;
		n = wait_event_interruptible(pipe->rd_wait,
					     pipe_has_news(pipe) || feed_refuses(td));
		if (n)
			break;
	}
	return done ?: n;
}

