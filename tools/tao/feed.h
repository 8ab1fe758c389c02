/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Audio decoded ahead: one thread decodes, each drive takes the blocks in its own time. The decoder
 * waits for the slowest drive when the buffer is full; so the slowest holds the others back only by
 * what is beyond the buffer.
 */
#ifndef TAO_FEED_H
#define TAO_FEED_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include "album.h"

struct feed;

/*
 * Decode the hidden audio, if there is any, and the tracks from @from on, but those of which track_is_direct()
 * is true.
 */
struct feed *feed_start(const struct album *album, size_t from, unsigned int readers,
			size_t buffer_bytes);
/*
 * Wait until the next track of @reader is decoded whole, or fills the buffer: a drive that then
 * begins to write it is not left waiting by a slow machine. Ends early if a file fails, or *stop.
 */
void feed_wait(struct feed *feed, unsigned int reader, const atomic_bool *stop);
/*
 * The next block of the track that @reader is at, page-aligned and good until the next call.
 * Returns its bytes; 0: the track is at its end, the next call gives the next track; -1: there will
 * be no more, feed_problem() says why. A track whose file fails is filled up with silence.
 */
ssize_t feed_read(struct feed *feed, unsigned int reader, const void **block);
/* A reader that wants no more, so that nobody waits for it. */
void feed_leave(struct feed *feed, unsigned int reader);
/* Nobody waits for audio any more: the source may never give any. */
void feed_cancel(struct feed *feed);
const char *feed_problem(const struct feed *feed);
/* Why the track that @reader has just come to the end of is not what it should be; or NULL. */
const char *feed_track_problem(struct feed *feed, unsigned int reader);
/* Stops the decoder, wherever it is. All readers have left. */
void feed_free(struct feed *feed);

/* A track that goes from its file to the drive without being decoded. */
bool track_is_direct(const struct track *track, unsigned int readers);

#endif /* TAO_FEED_H */
