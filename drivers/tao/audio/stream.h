/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shared by the three files of the audio path: feed.c takes it from programs, chunk.c makes lists
 * of pages of it, stream.c sends these to the drive.
 */
#ifndef _TAO_STREAM_H
#define _TAO_STREAM_H

#include "audio.h"

/* No asynchronous write has failed, or it was sent again. */
#define TAO_NO_GAP	U64_MAX

/**
 * struct tao_writer - a call that waits for the chunks its audio is in
 * @pending: chunks that hold pages of the caller
 * @error: of one of them
 * @iocb: of an asynchronous write, else none
 * @mm: memory that a write of io_submit() came from, or none; only compared
 * @bytes: what an asynchronous write took
 * @sealed: no chunk will be added
 *
 * Protected by tao_device.lock.
 */
struct tao_writer {
	unsigned int pending;
	int error;
	struct kiocb *iocb;
	const struct mm_struct *mm;
	ssize_t bytes;
	bool sealed;
};

static inline struct tao_device *tao_stream_device(struct tao_stream *s)
{
	return container_of(s, struct tao_device, stream);
}

static inline u32 tao_stream_write_bytes(const struct tao_stream *s)
{
	return s->limits.write_sectors * TAO_SECTOR_SIZE;
}

/* chunk.c */
void tao_chunk_update_limits(struct tao_device *td);
struct tao_chunk *tao_chunk_alloc(struct tao_stream *s);
void tao_chunk_free(struct tao_chunk *c);
void tao_chunk_reuse(struct tao_chunk *c);
void tao_chunk_keep(struct tao_chunk *c);
void tao_chunk_rewind(struct tao_chunk *c);
void tao_chunk_truncate(struct tao_chunk *c, u32 pieces);
ssize_t tao_chunk_add_page(struct tao_stream *s, struct tao_chunk *c, struct page *page,
			   u32 offset, u32 len);
int tao_chunk_fill(struct tao_stream *s, struct tao_chunk *c, struct iov_iter *from, u32 len,
		   bool whole);
u32 tao_chunk_peek(const struct tao_chunk *c, void *to, u32 len);
void tao_chunk_fill_silence(struct tao_stream *s, struct tao_chunk *c, u32 len);

/* stream.c */
void tao_stream_submit(struct tao_stream *s, struct tao_chunk *c, struct tao_writer *w);
int tao_stream_refuses(struct tao_stream *s);

#endif /* _TAO_STREAM_H */
