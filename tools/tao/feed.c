// SPDX-License-Identifier: GPL-2.0-only
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "common.h"
#include "feed.h"

/* 128 sectors, 4 x 147 x 512 bytes: goes to any drive uncopied, and is a good second at 1.7x. */
#define BLOCK_BYTES (128 * TAO_SECTOR_SIZE)

struct block {
	char *data; /* page-aligned */
	size_t bytes; /* 0: the track is at its end */
};

struct reader {
	uint64_t next; /* number of the block it takes next */
	bool holds; /* it works on the one before that */
	bool gone;
};

struct feed {
	const struct album *album;
	size_t from;
	pthread_t thread;
	pthread_mutex_t lock; /* protects all below but the contents of blocks */
	pthread_cond_t filled;
	pthread_cond_t emptied;
	uint64_t written; /* blocks that were filled so far */
	bool stop; /* for the decoder */
	bool cancelled; /* for the readers */
	bool failed;
	char *problem;
	uint64_t clipped;
	unsigned int readers_count;
	struct reader *readers;
	size_t blocks_count;
	struct block *blocks;
};

bool track_is_direct(const struct track *track, unsigned int readers)
{
	if (track->segments_count == 1 && track->segments[0].file->kind == AUDIO_STREAM)
		return readers == 1;
	return track_is_raw(track);
}

/* First block that somebody still needs. */
static uint64_t oldest_needed(const struct feed *feed)
{
	uint64_t oldest = feed->written;

	for (unsigned int i = 0; i < feed->readers_count; i++) {
		const struct reader *r = &feed->readers[i];

		if (!r->gone && r->next - r->holds < oldest)
			oldest = r->next - r->holds;
	}
	return oldest;
}

/* A block to fill, or NULL if decoding has to stop. */
static struct block *free_block(struct feed *feed)
{
	struct block *block = NULL;

	pthread_mutex_lock(&feed->lock);
	while (!feed->stop && feed->written - oldest_needed(feed) >= feed->blocks_count)
		pthread_cond_wait(&feed->emptied, &feed->lock);
	if (!feed->stop)
		block = &feed->blocks[feed->written % feed->blocks_count];
	pthread_mutex_unlock(&feed->lock);
	return block;
}

static void publish(struct feed *feed)
{
	pthread_mutex_lock(&feed->lock);
	feed->written++;
	pthread_cond_broadcast(&feed->filled);
	pthread_mutex_unlock(&feed->lock);
}

/* Takes over @problem. */
static void fail(struct feed *feed, char *problem)
{
	pthread_mutex_lock(&feed->lock);
	feed->problem = problem;
	feed->failed = true;
	pthread_cond_broadcast(&feed->filled);
	pthread_mutex_unlock(&feed->lock);
}

/* Where the track in hand goes: blocks are filled to the brim, over the joints of segments. */
struct filler {
	struct block *block;
	size_t used;
};

/* Returns false if decoding has to stop. */
static bool fill_from_segment(struct feed *feed, struct filler *filler,
			      const struct segment *segment)
{
	char *problem = NULL;
	struct decoder *decoder;
	long n = -1;

	decoder = decoder_open(segment->file, segment->first, segment->frames, &problem);
	while (decoder) {
		if (!filler->block) {
			filler->block = free_block(feed);
			filler->used = 0;
		}
		if (!filler->block)
			break;
		n = decoder_read(decoder, (int16_t *)(filler->block->data + filler->used),
				 (BLOCK_BYTES - filler->used) / FRAME_BYTES, &problem);
		if (n <= 0)
			break;
		filler->used += n * FRAME_BYTES;
		if (filler->used == BLOCK_BYTES) {
			filler->block->bytes = BLOCK_BYTES;
			filler->block = NULL;
			publish(feed);
		}
	}
	if (problem)
		fail(feed, problem);
	if (decoder) {
		pthread_mutex_lock(&feed->lock);
		feed->clipped += decoder_clipped(decoder);
		pthread_mutex_unlock(&feed->lock);
	}
	decoder_close(decoder);
	return n == 0;
}

static bool fill_from_track(struct feed *feed, const struct track *track)
{
	struct filler filler = { 0 };

	for (size_t i = 0; i < track->segments_count; i++)
		if (!fill_from_segment(feed, &filler, &track->segments[i]))
			return false;
	if (filler.block && filler.used) {
		filler.block->bytes = filler.used;
		filler.block = NULL;
		publish(feed);
	}
	if (!filler.block)
		filler.block = free_block(feed);
	if (!filler.block)
		return false;
	filler.block->bytes = 0;
	publish(feed);
	return true;
}

static void *decode(void *data)
{
	struct feed *feed = data;

	for (size_t i = feed->from; i < feed->album->tracks_count; i++) {
		const struct track *track = &feed->album->tracks[i];

		if (!track_is_direct(track, feed->readers_count) && !fill_from_track(feed, track))
			break;
	}
	return NULL;
}

struct feed *feed_start(const struct album *album, size_t from, unsigned int readers,
			size_t buffer_bytes)
{
	struct feed *feed = xcalloc(1, sizeof(*feed));

	feed->album = album;
	feed->from = from;
	feed->readers_count = readers;
	feed->readers = xcalloc(readers, sizeof(*feed->readers));
	feed->blocks_count = buffer_bytes / BLOCK_BYTES < 4 ? 4 : buffer_bytes / BLOCK_BYTES;
	feed->blocks = xcalloc(feed->blocks_count, sizeof(*feed->blocks));
	for (size_t i = 0; i < feed->blocks_count; i++) {
		void *memory;

		/* pages that are never written cost nothing */
		if (posix_memalign(&memory, sysconf(_SC_PAGESIZE), BLOCK_BYTES)) {
			complain("out of memory; a smaller --buffer helps");
			leave(STATUS_FAILED);
		}
		feed->blocks[i].data = memory;
	}
	pthread_mutex_init(&feed->lock, NULL);
	pthread_cond_init(&feed->filled, NULL);
	pthread_cond_init(&feed->emptied, NULL);
	if (pthread_create(&feed->thread, NULL, decode, feed)) {
		complain("can't start a thread");
		leave(STATUS_FAILED);
	}
	return feed;
}

/* Whether the track that begins with block @first is decoded whole. */
static bool track_is_whole(const struct feed *feed, uint64_t first)
{
	for (uint64_t i = first; i < feed->written; i++)
		if (!feed->blocks[i % feed->blocks_count].bytes)
			return true;
	return false;
}

void feed_wait(struct feed *feed, unsigned int reader, const atomic_bool *stop)
{
	struct reader *r = &feed->readers[reader];
	struct timespec until;

	pthread_mutex_lock(&feed->lock);
	r->holds = false;
	pthread_cond_signal(&feed->emptied);
	while (!atomic_load(stop) && !feed->failed && !track_is_whole(feed, r->next) &&
	       feed->written - oldest_needed(feed) < feed->blocks_count) {
		/* nobody wakes us for *stop */
		clock_gettime(CLOCK_MONOTONIC, &until);
		until.tv_sec++;
		pthread_cond_clockwait(&feed->filled, &feed->lock, CLOCK_MONOTONIC, &until);
	}
	pthread_mutex_unlock(&feed->lock);
}

ssize_t feed_read(struct feed *feed, unsigned int reader, const void **block)
{
	struct reader *r = &feed->readers[reader];
	const struct block *b;
	ssize_t bytes = -1;

	pthread_mutex_lock(&feed->lock);
	r->holds = false;
	pthread_cond_signal(&feed->emptied);
	while (r->next == feed->written && !feed->failed && !feed->cancelled)
		pthread_cond_wait(&feed->filled, &feed->lock);
	if (r->next < feed->written && !feed->cancelled) {
		b = &feed->blocks[r->next++ % feed->blocks_count];
		r->holds = true;
		*block = b->data;
		bytes = b->bytes;
	}
	pthread_mutex_unlock(&feed->lock);
	return bytes;
}

void feed_cancel(struct feed *feed)
{
	pthread_mutex_lock(&feed->lock);
	feed->cancelled = true;
	pthread_cond_broadcast(&feed->filled);
	pthread_mutex_unlock(&feed->lock);
}

void feed_leave(struct feed *feed, unsigned int reader)
{
	pthread_mutex_lock(&feed->lock);
	feed->readers[reader].gone = true;
	pthread_cond_signal(&feed->emptied);
	pthread_mutex_unlock(&feed->lock);
}

const char *feed_problem(const struct feed *feed)
{
	return feed->problem ? feed->problem : "decoding was stopped";
}

uint64_t feed_clipped(struct feed *feed)
{
	uint64_t clipped;

	pthread_mutex_lock(&feed->lock);
	clipped = feed->clipped;
	pthread_mutex_unlock(&feed->lock);
	return clipped;
}

void feed_free(struct feed *feed)
{
	if (!feed)
		return;
	pthread_mutex_lock(&feed->lock);
	feed->stop = true;
	pthread_cond_signal(&feed->emptied);
	pthread_mutex_unlock(&feed->lock);
	/* it may be waiting for standard input, and then nothing else gets it out of that */
	pthread_cancel(feed->thread);
	pthread_join(feed->thread, NULL);
	for (size_t i = 0; i < feed->blocks_count; i++)
		free(feed->blocks[i].data);
	free(feed->blocks);
	free(feed->readers);
	free(feed->problem);
	free(feed);
}
