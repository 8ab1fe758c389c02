/* SPDX-License-Identifier: GPL-2.0-only */
/* The way of the audio from programs to WRITE commands. */
#ifndef _TAO_AUDIO_H
#define _TAO_AUDIO_H

#include "base/base.h"

/* chunk.c */
void tao_chunk_read_limits(struct tao_device *td);
int tao_chunk_set_write_sectors(struct tao_device *td, u32 sectors);

/* stream.c */
int tao_stream_start(void);
void tao_stream_exit(void);
void tao_stream_init(struct tao_stream *stream);
int tao_stream_set_queue_max(struct tao_device *td, u32 bytes);
int tao_stream_reserve(struct tao_device *td);
void tao_stream_unreserve(struct tao_device *td);
int tao_stream_begin(struct tao_device *td, s32 lba, u64 limit_bytes, int limit_error,
		     bool any_data, u32 at_once);
int tao_stream_fsync(struct tao_device *td);
int tao_stream_end(struct tao_device *td);
void tao_stream_cut(struct tao_device *td, int reason, struct list_head *gone);
void tao_stream_dispose(struct tao_device *td, struct list_head *gone, int error);
void tao_stream_stop_locked(struct tao_device *td, int error, struct list_head *gone);
void tao_stream_stop(struct tao_device *td, int error);
bool tao_stream_is_async(struct tao_device *td);
void tao_stream_let_async_go(struct tao_device *td, const struct mm_struct *mm);
bool tao_stream_attention(struct tao_device *td);
bool tao_stream_is_slow(struct tao_device *td);
bool tao_stream_may_prepare(struct tao_device *td);
void tao_stream_go_on(struct tao_device *td);
void tao_stream_resume(struct tao_device *td);
u32 tao_stream_fill(struct tao_device *td);
void tao_stream_forget_unordered(struct tao_device *td, struct kiocb *iocb);

/* feed.c */
ssize_t tao_feed_write(struct tao_device *td, struct kiocb *iocb, struct iov_iter *from,
		       bool nowait);
ssize_t tao_feed_splice(struct tao_device *td, struct pipe_inode_info *pipe, size_t len,
			bool nowait);
bool tao_feed_has_room(struct tao_device *td);
bool tao_feed_is_first(struct kiocb *iocb);
bool tao_feed_note_unordered(struct tao_device *td, struct kiocb *iocb);
void tao_feed_put_off(struct tao_device *td, struct kiocb *iocb);
bool tao_feed_is_late(struct tao_device *td, struct kiocb *iocb);

#endif /* _TAO_AUDIO_H */
