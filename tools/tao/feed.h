/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Audio decoded in advance: one thread decodes, and each drive takes the blocks at its own speed.
 * If the buffer is full, the decoder waits for the slowest drive: drives can differ by no more than
 * the buffer.
 */
#ifndef TAO_FEED_H
#define TAO_FEED_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include "album.h"
#include "checksum.h"

struct feed;

/* As a track: the hidden audio, one less than the first one. */
#define FEED_HIDDEN SIZE_MAX

/*
 * Decode the hidden audio, if there is any, and the tracks from @from on, except those of which
 * track_is_direct() is true. @sums: keep a checksum of each; then all of them are fed.
 */
struct feed *feed_start(const struct album *album, size_t from, unsigned int readers, bool sums,
			size_t buffer_bytes);
/*
 * Wait until the next track of @reader is decoded completely, or fills the buffer: then a slow
 * machine does not starve the drive. Ends early if a file fails, or on *stop.
 */
void feed_wait(struct feed *feed, unsigned int reader, const atomic_bool *stop);
/*
 * Get the next block in the current track of @reader, page-aligned and valid until the next call.
 * Returns its bytes; 0 at the end of the track, after which the next call returns the next track;
 * -1 if there are no more, see feed_problem(). Where a file fails there is silence, as long as its
 * audio was to be; what other files have of the track follows.
 */
ssize_t feed_read(struct feed *feed, unsigned int reader, const void **block);
/* The reader needs no more blocks, so nothing waits for it any longer. */
void feed_leave(struct feed *feed, unsigned int reader);
/* The reader waits for no more audio: the source may never send any. */
void feed_cancel(struct feed *feed, unsigned int reader);
/* The stream is over with what has come; readers get all of that, and then the end of the track. */
void feed_end_stream(struct feed *feed);
const char *feed_problem(const struct feed *feed);
/* Why a track has silence, and what it has of the tracks beside it; NULL where nothing failed. */
struct lost {
	char *own;
	char *before;
	char *after;
};

/* Of the track that @reader has just finished; valid until its next call. */
struct lost feed_track_lost(struct feed *feed, unsigned int reader);
/*
 * The checksum of a track of the album as the disc has it: at its place, which is not that of the
 * audio that the drive gets if that makes up for a write offset. Without padding; no bytes until
 * all of the track is decoded, which may be in the next one.
 */
struct checksum feed_track_sum(struct feed *feed, size_t track);

/* Whether any of what feed_start() gets has to be fed. */
bool needs_feed(const struct album *album, size_t from, bool sums);
/* Stop the decoder. All readers must have left. */
void feed_stop(struct feed *feed);
/* Whether it has stopped, or is done: a file system that does not answer may hold it. */
bool feed_has_ended(const struct feed *feed);
/* Stops it, and waits for that. */
void feed_free(struct feed *feed);

/* A track that goes from its file to the drive without being decoded, or summed. */
bool track_is_direct(const struct track *track, bool sums);
/* A track that is recorded while it is burned, perhaps: nothing of it is held back. */
bool track_is_stream(const struct track *track);

#endif /* TAO_FEED_H */
