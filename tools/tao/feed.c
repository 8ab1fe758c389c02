// SPDX-License-Identifier: GPL-2.0-only
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "common.h"
#include "feed.h"

/* 128 sectors, 4 x 147 x 512 bytes: no drive needs a copy; just over a second at 1.7x. */
#define BLOCK_BYTES (128 * TAO_SECTOR_SIZE)
/* After this time readers get what a stream has sent, if they wait for it. */
#define STREAM_INTERVAL_MS 50

struct block {
	char *data; /* page-aligned */
	size_t bytes; /* 0: end of the track */
	struct lost lost; /* at the end of a track */
};

/*
 * The tracks as the disc has them: the drive moves what it gets by its write offset. Each has its
 * place behind that of the track before, the hidden audio the first one.
 */
struct summing {
	size_t place; /* whose sum grows */
	struct checksum sum; /* of what it has so far */
	uint64_t skipped; /* frames that the drive writes before the start of the session */
	struct checksum *whole; /* by their places; those without bytes are not known yet */
};

struct reader {
	uint64_t next; /* number of the next block to read */
	bool holds; /* still uses the block before that */
	bool cancelled; /* waits for no more audio */
	bool gone;
};

struct feed {
	const struct album *album;
	size_t from;
	pthread_t thread;
	struct decoder *decoder; /* only for the thread; reused if the next track continues there */
	bool sums;
	struct summing summing; /* only for the thread, except the whole ones */
	atomic_bool stop; /* tells the decoder to stop */
	atomic_bool ends; /* tells it that the stream is over */
	atomic_bool ended; /* the thread needs nothing any more */
	pthread_mutex_t lock; /* protects whole sums, and all below except the contents of blocks */
	pthread_cond_t filled;
	pthread_cond_t emptied;
	uint64_t written; /* number of blocks filled so far */
	bool failed;
	char *problem;
	unsigned int readers_count;
	struct reader *readers;
	size_t blocks_count;
	struct block *blocks;
};

static bool is_stream(const struct segment *segment)
{
	return segment->file && segment->file->kind == AUDIO_STREAM;
}

bool track_is_stream(const struct track *track)
{
	for (size_t i = 0; i < track->segments_count; i++)
		if (is_stream(&track->segments[i]))
			return true;
	return false;
}

bool track_is_direct(const struct track *track, bool sums)
{
	return !sums && !track_is_stream(track) && track_is_raw(track);
}

/* The first block that a reader still needs. */
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

/* Returns a block to fill, or NULL if decoding has to stop. */
static struct block *free_block(struct feed *feed)
{
	struct block *block = NULL;

	pthread_mutex_lock(&feed->lock);
	while (!atomic_load(&feed->stop) &&
	       feed->written - oldest_needed(feed) >= feed->blocks_count)
		pthread_cond_wait(&feed->emptied, &feed->lock);
	if (!atomic_load(&feed->stop))
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

/* Takes ownership of @problem. */
static void fail(struct feed *feed, char *problem)
{
	pthread_mutex_lock(&feed->lock);
	feed->problem = problem;
	feed->failed = true;
	pthread_cond_broadcast(&feed->filled);
	pthread_mutex_unlock(&feed->lock);
}

/* --- Checksums --- */

static const struct track *fed_track(const struct feed *feed, size_t number)
{
	return number == FEED_HIDDEN ? &feed->album->hidden : &feed->album->tracks[number];
}

static size_t place_in_sums(size_t track)
{
	return track + 1;
}

static uint64_t frames_of_place(const struct feed *feed)
{
	return track_frames(fed_track(feed, feed->summing.place - 1));
}

static void end_sum(struct feed *feed)
{
	struct summing *s = &feed->summing;

	pthread_mutex_lock(&feed->lock);
	s->whole[s->place] = s->sum;
	pthread_mutex_unlock(&feed->lock);
	s->sum = (struct checksum){ 0 };
	s->place = s->place ? s->place + 1 : place_in_sums(feed->from);
}

/* @audio: NULL for silence. No disc has audio behind the last track. */
static void add_to_sums(struct feed *feed, const char *audio, uint64_t frames)
{
	struct summing *s = &feed->summing;
	uint64_t part;

	while (frames && s->place <= feed->album->tracks_count) {
		part = frames_of_place(feed) - s->sum.bytes / FRAME_BYTES;
		if (part > frames)
			part = frames;
		if (audio)
			checksum_add(&s->sum, audio, part * FRAME_BYTES);
		else
			checksum_pad(&s->sum, s->sum.bytes + part * FRAME_BYTES);
		audio += audio ? part * FRAME_BYTES : 0;
		frames -= part;
		if (s->sum.bytes / FRAME_BYTES == frames_of_place(feed))
			end_sum(feed);
	}
}

static int write_offset(const struct feed *feed)
{
	return feed->album->mode == MODE_SESSION ? feed->album->write_offset.samples : 0;
}

static void begin_sums(struct feed *feed)
{
	struct summing *s = &feed->summing;

	s->whole = xcalloc(feed->album->tracks_count + 1, sizeof(*s->whole));
	s->place = feed->album->hidden.segments_count ? 0 : place_in_sums(feed->from);
	if (write_offset(feed) > 0)
		add_to_sums(feed, NULL, write_offset(feed));
	else
		s->skipped = -write_offset(feed);
}

static void sum_frames(struct feed *feed, const char *audio, size_t frames)
{
	struct summing *s = &feed->summing;
	size_t skipped = frames < s->skipped ? frames : s->skipped;

	s->skipped -= skipped;
	add_to_sums(feed, audio + skipped * FRAME_BYTES, frames - skipped);
}

/* Of a track that is shorter than was known, or the last one, whose end is silence. */
static void sum_track_end(struct feed *feed, size_t track)
{
	bool last = track + 1 == feed->album->tracks_count;

	if (feed->summing.place == place_in_sums(track) && (last || write_offset(feed) >= 0))
		end_sum(feed);
}

/* --- Decoding --- */

/* State of filling blocks with a track: blocks are filled completely, even across segments. */
struct filler {
	struct block *block;
	size_t used;
	uint64_t frames; /* number of frames in the track so far */
};

/* Room for frames in the current block, or in a new one; NULL if decoding has to stop. */
static int16_t *room(struct feed *feed, struct filler *filler, size_t *frames)
{
	if (!filler->block) {
		filler->block = free_block(feed);
		filler->used = 0;
	}
	if (!filler->block)
		return NULL;
	*frames = (BLOCK_BYTES - filler->used) / FRAME_BYTES;
	return (int16_t *)(filler->block->data + filler->used);
}

static void filled(struct feed *feed, struct filler *filler, size_t frames)
{
	if (feed->sums)
		sum_frames(feed, filler->block->data + filler->used, frames);
	filler->frames += frames;
	filler->used += frames * FRAME_BYTES;
	if (filler->used < BLOCK_BYTES)
		return;
	filler->block->bytes = BLOCK_BYTES;
	filler->block = NULL;
	publish(feed);
}

/*
 * Reuses the decoder of the previous segment if this one continues there; otherwise opens
 * another.
 */
static int open_segment(struct feed *feed, const struct segment *s, char **problem)
{
	if (feed->decoder && decoder_go_on(feed->decoder, s->file, s->first, s->frames, s->gain))
		return 0;
	decoder_close(feed->decoder);
	feed->decoder = decoder_open(s->file, s->first, s->frames, s->gain, &feed->stop, problem);
	if (!feed->decoder)
		return -1;
	decoder_let_end(feed->decoder, &feed->ends);
	return 0;
}

/* Returns false if decoding has to stop. */
static bool fill_with_silence(struct feed *feed, struct filler *filler, uint64_t until)
{
	int16_t *out;
	size_t frames;

	while (filler->frames < until) {
		out = room(feed, filler, &frames);
		if (!out)
			return false;
		if (frames > until - filler->frames)
			frames = until - filler->frames;
		memset(out, 0, frames * FRAME_BYTES);
		filled(feed, filler, frames);
	}
	return true;
}

static bool readers_wait(struct feed *feed)
{
	bool wait;

	pthread_mutex_lock(&feed->lock);
	wait = oldest_needed(feed) == feed->written;
	pthread_mutex_unlock(&feed->lock);
	return wait;
}

/* Publishes the current block as far as it is filled. */
static void hand_on(struct feed *feed, struct filler *filler)
{
	if (!filler->block || !filler->used)
		return;
	filler->block->bytes = filler->used;
	filler->block = NULL;
	publish(feed);
}

/* While a stream sends nothing, readers get what it has sent. */
static void await_stream(struct feed *feed, struct filler *filler)
{
	struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };

	do {
		if (readers_wait(feed))
			hand_on(feed, filler);
	} while (!atomic_load(&feed->stop) && !atomic_load(&feed->ends) &&
		 poll(&input, 1, STREAM_INTERVAL_MS) <= 0);
}

/* Nobody has seen how long a file is that was not checked. */
static char *watch_end(struct decoder *decoder, const struct segment *segment)
{
	const struct audio_file *file = segment->file;

	if (!segment->to_end || !file->unchecked || !decoder_goes_on(decoder))
		return NULL;
	return xasprintf(NAMED("damaged-file")
			 "%s: is longer than its header says; without --no-check %s", file->path,
			 "all of it is burned");
}

/* The same. *problem: the file failed. */
static bool fill_from_segment(struct feed *feed, struct filler *filler,
			      const struct segment *segment, char **problem)
{
	int16_t *out;
	size_t frames;
	long n;

	if (!segment->file)
		return fill_with_silence(feed, filler, filler->frames + segment->frames);
	if (open_segment(feed, segment, problem))
		return true;
	for (;;) {
		if (is_stream(segment))
			await_stream(feed, filler);
		out = room(feed, filler, &frames);
		if (!out)
			return false;
		n = decoder_read(feed->decoder, out, frames, problem);
		if (!n)
			*problem = watch_end(feed->decoder, segment);
		if (n <= 0)
			return !atomic_load(&feed->stop);
		filled(feed, filler, n);
	}
}

static void free_lost(struct lost *lost)
{
	free(lost->own);
	free(lost->before);
	free(lost->after);
	*lost = (struct lost){ 0 };
}

/* Takes over @lost. */
static bool end_of_track(struct feed *feed, struct filler *filler, struct lost *lost)
{
	hand_on(feed, filler);
	if (!filler->block)
		filler->block = free_block(feed);
	if (!filler->block)
		return false;
	filler->block->bytes = 0;
	free_lost(&filler->block->lost);
	filler->block->lost = *lost;
	*lost = (struct lost){ 0 };
	publish(feed);
	return true;
}

/* Takes over @problem. The first one counts. */
static void keep_problem(char **place, char *problem)
{
	if (*place)
		free(problem);
	else
		*place = problem;
}

/* Whose audio the frames of a piece from @start to @end are. */
static char **place_of(struct lost *lost, const struct track *track, uint64_t start, uint64_t end)
{
	if (end <= track->frames_before)
		return &lost->before;
	return start + track->frames_after >= track_frames(track) ? &lost->after : &lost->own;
}

/* A segment whose file fails stays as long as it was to be: so the disc can be ended well. */
static bool fill_or_silence(struct feed *feed, struct filler *filler, const struct track *track,
			    const struct segment *segment, struct lost *lost)
{
	uint64_t start = filler->frames, until = start + segment->frames;
	char *problem = NULL;

	if (!fill_from_segment(feed, filler, segment, &problem)) {
		free(problem);
		return false;
	}
	if (!problem)
		return true;
	/* where that has stopped nothing goes on */
	decoder_close(feed->decoder);
	feed->decoder = NULL;
	if (track_frames(track) == FRAMES_UNKNOWN) {
		fail(feed, problem);
		return false;
	}
	keep_problem(place_of(lost, track, start, until), problem);
	return fill_with_silence(feed, filler, until);
}

static bool fill_from_track(struct feed *feed, size_t number)
{
	const struct track *track = fed_track(feed, number);
	struct filler filler = { 0 };
	struct lost lost = { 0 };
	bool goes_on = true;

	for (size_t i = 0; i < track->segments_count && goes_on; i++) {
		goes_on = fill_or_silence(feed, &filler, track, &track->segments[i], &lost);
		/* the track ends with what has come: files that were to follow have not */
		if (is_stream(&track->segments[i]) && atomic_load(&feed->ends))
			break;
	}
	if (goes_on && feed->sums)
		sum_track_end(feed, number);
	goes_on = goes_on && end_of_track(feed, &filler, &lost);
	free_lost(&lost);
	return goes_on;
}

static bool is_fed(const struct feed *feed, const struct track *track)
{
	return track->segments_count && !track_is_direct(track, feed->sums);
}

bool needs_feed(const struct album *album, size_t from, bool sums)
{
	const struct track *hidden = &album->hidden;
	bool any = hidden->segments_count && !track_is_direct(hidden, sums);

	for (size_t i = from; i < album->tracks_count; i++)
		any |= !track_is_direct(&album->tracks[i], sums);
	return any;
}

static void fill(struct feed *feed)
{
	const struct album *album = feed->album;

	if (is_fed(feed, &album->hidden) && !fill_from_track(feed, FEED_HIDDEN))
		return;
	for (size_t i = feed->from; i < album->tracks_count; i++)
		if (is_fed(feed, &album->tracks[i]) && !fill_from_track(feed, i))
			return;
}

/* Each read may last until the file system answers, and so may the end of a decoder that reads. */
static void *decode(void *data)
{
	struct feed *feed = data;

	fill(feed);
	decoder_close(feed->decoder);
	atomic_store(&feed->ended, true);
	return NULL;
}

struct feed *feed_start(const struct album *album, size_t from, unsigned int readers, bool sums,
			size_t buffer_bytes)
{
	struct feed *feed = xcalloc(1, sizeof(*feed));

	feed->album = album;
	feed->from = from;
	feed->sums = sums;
	feed->readers_count = readers;
	feed->readers = xcalloc(readers, sizeof(*feed->readers));
	feed->blocks_count = buffer_bytes / BLOCK_BYTES < 4 ? 4 : buffer_bytes / BLOCK_BYTES;
	feed->blocks = xcalloc(feed->blocks_count, sizeof(*feed->blocks));
	for (size_t i = 0; i < feed->blocks_count; i++) {
		void *memory;

		/* pages that are never written take no memory */
		if (posix_memalign(&memory, sysconf(_SC_PAGESIZE), BLOCK_BYTES)) {
			complain(NAMED("no-resources") "out of memory; a smaller --buffer helps");
			leave(STATUS_FAILED);
		}
		feed->blocks[i].data = memory;
	}
	pthread_mutex_init(&feed->lock, NULL);
	pthread_cond_init(&feed->filled, NULL);
	pthread_cond_init(&feed->emptied, NULL);
	if (sums)
		begin_sums(feed);
	if (pthread_create(&feed->thread, NULL, decode, feed)) {
		complain(NAMED("no-resources") "can't start a thread");
		leave(STATUS_FAILED);
	}
	return feed;
}

/* Whether the track that begins with block @first is completely decoded. */
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
		/* nothing wakes us up when *stop changes */
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
	while (r->next == feed->written && !feed->failed && !r->cancelled)
		pthread_cond_wait(&feed->filled, &feed->lock);
	if (r->next < feed->written && !r->cancelled) {
		b = &feed->blocks[r->next++ % feed->blocks_count];
		r->holds = true;
		*block = b->data;
		bytes = b->bytes;
	}
	pthread_mutex_unlock(&feed->lock);
	return bytes;
}

struct lost feed_track_lost(struct feed *feed, unsigned int reader)
{
	const struct reader *r = &feed->readers[reader];
	struct lost lost = { 0 };

	pthread_mutex_lock(&feed->lock);
	if (r->holds)
		lost = feed->blocks[(r->next - 1) % feed->blocks_count].lost;
	pthread_mutex_unlock(&feed->lock);
	return lost;
}

struct checksum feed_track_sum(struct feed *feed, size_t track)
{
	struct checksum sum = { 0 };

	pthread_mutex_lock(&feed->lock);
	if (feed->sums)
		sum = feed->summing.whole[place_in_sums(track)];
	pthread_mutex_unlock(&feed->lock);
	return sum;
}

void feed_end_stream(struct feed *feed)
{
	atomic_store(&feed->ends, true);
}

void feed_cancel(struct feed *feed, unsigned int reader)
{
	pthread_mutex_lock(&feed->lock);
	feed->readers[reader].cancelled = true;
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

void feed_stop(struct feed *feed)
{
	pthread_mutex_lock(&feed->lock);
	atomic_store(&feed->stop, true);
	pthread_cond_signal(&feed->emptied);
	pthread_mutex_unlock(&feed->lock);
}

bool feed_has_ended(const struct feed *feed)
{
	return atomic_load(&feed->ended);
}

void feed_free(struct feed *feed)
{
	if (!feed)
		return;
	feed_stop(feed);
	pthread_join(feed->thread, NULL);
	for (size_t i = 0; i < feed->blocks_count; i++) {
		free(feed->blocks[i].data);
		free_lost(&feed->blocks[i].lost);
	}
	free(feed->summing.whole);
	free(feed->blocks);
	free(feed->readers);
	free(feed->problem);
	free(feed);
}
