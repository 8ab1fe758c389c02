// SPDX-License-Identifier: GPL-2.0-only
/*
 * The audio of a file in the format of the disc, from the file itself or from tao-decode; louder or
 * softer if that is asked for.
 */
#include <endian.h>
#include <errno.h>
#include <math.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "audio.h"
#include "common.h"
#include "decoder_process.h"
#include "../tao-decode/dither.h"

#define STOP_INTERVAL_MS 200
/* Ctrl-C reaches the program that records, too, which may have something left to write. */
#define STREAM_ENDS_MS 300
/* Headers of some formats are not exact: they may count so much padding of the encoder, or not. */
#define PADDING_FRAMES (CD_RATE / 2)

struct decoder {
	const struct audio_file *file;
	const atomic_bool *stop; /* or NULL */
	const atomic_bool *ends; /* or NULL: of a stream */
	int64_t ends_ms; /* when it has to be over; 0: that is not known */
	char rest[FRAME_BYTES]; /* of it: the beginning of a frame */
	size_t rest_bytes;
	struct decoder_process *process; /* NULL: raw */
	uint64_t at; /* frames from the start of the file */
	uint64_t left; /* frames that remain */
	double factor; /* 1: the samples stay as they are */
	enum wire_type type; /* what the process sends */
	bool whole; /* it has ended, and missed nothing */
	uint64_t padded; /* frames of silence behind that */
	const char *ready; /* part of the latest message that was not consumed yet */
	size_t ready_bytes;
};

static double factor_of(double gain)
{
	return pow(10, gain / 20);
}

struct decoder *decoder_open(const struct audio_file *file, uint64_t first, uint64_t frames,
			     double gain, const atomic_bool *stop, char **problem)
{
	const struct decoder_task task = {
		.fd = file->fd,
		.path = file->path,
		.mode = gain ? "float" : "audio",
		.downmix = file->channels > 2,
		.narrow = file->narrow,
		.skip = first,
	};
	struct decoder *d;
	char *text;

	if (audio_was_changed(file)) {
		*problem = xasprintf(NAMED("file-changed")
				     "%s: was changed since it was looked at", file->path);
		return NULL;
	}
	d = xcalloc(1, sizeof(*d));
	d->file = file;
	d->stop = stop;
	d->at = first;
	d->left = frames;
	d->factor = factor_of(gain);
	d->type = gain ? WIRE_FLOAT : WIRE_AUDIO;
	if (file->kind != AUDIO_FILE)
		return d;
	d->process = decoder_process_start(&task, &text);
	if (d->process)
		return d;
	*problem = xasprintf("%s: %s", file->path, text);
	free(text);
	free(d);
	return NULL;
}

static bool is_stopped(const struct decoder *d)
{
	return d->stop && atomic_load(d->stop);
}

void decoder_let_end(struct decoder *d, const atomic_bool *ends)
{
	d->ends = ends;
}

/* How long a stream may still send something; negative: for ever. */
static int64_t stream_left(struct decoder *d)
{
	if (!d->ends || !atomic_load(d->ends))
		return -1;
	if (!d->ends_ms)
		d->ends_ms = now_ms() + STREAM_ENDS_MS;
	return d->ends_ms > now_ms() ? d->ends_ms - now_ms() : 0;
}

/* A pipe may stay silent for ever. */
static ssize_t read_stream(struct decoder *d, char *out, size_t bytes)
{
	struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };
	int64_t left;

	while (!is_stopped(d)) {
		left = stream_left(d);
		if (!left)
			return 0;
		if (poll(&input, 1, left < 0 ? STOP_INTERVAL_MS : left) > 0)
			return read(STDIN_FILENO, out, bytes);
	}
	errno = ECANCELED;
	return -1;
}

/* Whole frames that are there, except at the end. */
static ssize_t read_live(struct decoder *d, char *out, size_t bytes)
{
	size_t done = d->rest_bytes;
	ssize_t n;

	memcpy(out, d->rest, done);
	d->rest_bytes = 0;
	while (done < FRAME_BYTES) {
		n = read_stream(d, out + done, bytes - done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n ? n : (ssize_t)done;
		done += n;
	}
	d->rest_bytes = done % FRAME_BYTES;
	done -= d->rest_bytes;
	memcpy(d->rest, out + done, d->rest_bytes);
	return done;
}

/* Returns the number of bytes, or -1 with errno; fewer than @bytes only at the end. */
static ssize_t read_bytes(const struct decoder *d, char *out, size_t bytes)
{
	size_t done = 0;
	ssize_t n;

	while (done < bytes) {
		n = pread(d->file->fd, out + done, bytes - done, d->at * FRAME_BYTES + done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (!n)
			break;
		done += n;
	}
	return done;
}

/* Dither is the same wherever the reading began: it depends on the place in the file. */
static int16_t amplify(const struct decoder *d, float sample, size_t i)
{
	return htole16(dither_sample(sample * d->factor, 2 * d->at + i));
}

static void amplify_raw(const struct decoder *d, int16_t *frames, size_t count)
{
	for (size_t i = 0; i < 2 * count; i++)
		frames[i] = amplify(d, (int16_t)le16toh(frames[i]) / 32768.0f, i);
}

static long read_raw(struct decoder *d, int16_t *out, size_t frames)
{
	ssize_t bytes = d->file->kind == AUDIO_STREAM ?
				read_live(d, (char *)out, frames * FRAME_BYTES) :
				read_bytes(d, (char *)out, frames * FRAME_BYTES);

	if (bytes < 0)
		return -1;
	/* a file that ends in mid-frame */
	if (bytes % FRAME_BYTES) {
		memset((char *)out + bytes, 0, FRAME_BYTES - bytes % FRAME_BYTES);
		bytes += FRAME_BYTES - bytes % FRAME_BYTES;
	}
	if (d->factor != 1)
		amplify_raw(d, out, bytes / FRAME_BYTES);
	return bytes / FRAME_BYTES;
}

static void amplify_floats(const struct decoder *d, int16_t *out, size_t count)
{
	const float *in = (const float *)d->ready;

	for (size_t i = 0; i < 2 * count; i++)
		out[i] = amplify(d, in[i], i);
}

static size_t frame_bytes(const struct decoder *d)
{
	return d->type == WIRE_FLOAT ? 2 * sizeof(float) : FRAME_BYTES;
}

/* Waits until there is audio: 1, or 0 at the end, or -1. */
static int get_ready(struct decoder *d)
{
	struct decoder_message message;
	const struct wire_end *end;

	while (!d->ready_bytes) {
		if (decoder_process_next(d->process, &message, d->stop))
			return -1;
		end = message.type == WIRE_END ? message.data : NULL;
		if (end)
			d->whole = !end->missing && !end->errors;
		if (!message.type || end || message.type == WIRE_REFUSED)
			return 0;
		if (message.type == d->type) {
			d->ready = message.data;
			d->ready_bytes = message.bytes;
		}
	}
	return 1;
}

static long read_decoded(struct decoder *d, int16_t *out, size_t frames)
{
	int ready = get_ready(d);

	if (ready <= 0)
		return ready;
	if (frames > d->ready_bytes / frame_bytes(d))
		frames = d->ready_bytes / frame_bytes(d);
	if (d->type == WIRE_FLOAT)
		amplify_floats(d, out, frames);
	else
		memcpy(out, d->ready, frames * FRAME_BYTES);
	d->ready += frames * frame_bytes(d);
	d->ready_bytes -= frames * frame_bytes(d);
	return frames;
}

/* Silence that the header of a file counts and its audio lacks, if it was not checked. */
static long read_padding(struct decoder *d, int16_t *out, size_t frames)
{
	if (!d->whole || !d->file->unchecked || d->left + d->padded > PADDING_FRAMES)
		return 0;
	memset(out, 0, frames * FRAME_BYTES);
	d->padded += frames;
	return frames;
}

bool decoder_goes_on(struct decoder *d)
{
	uint64_t frames = 0;

	while (d->process && !d->left && frames <= PADDING_FRAMES && get_ready(d) > 0) {
		frames += d->ready_bytes / frame_bytes(d);
		d->ready_bytes = 0;
	}
	return frames > PADDING_FRAMES;
}

static long give_up(const struct decoder *d, char **problem)
{
	char at[TIME_SIZE], left[TIME_SIZE];

	if (is_stopped(d))
		*problem = xasprintf(NAMED("cancelled")
				     "%s: was not read to its end", d->file->path);
	else if (audio_was_changed(d->file))
		*problem = xasprintf(NAMED("file-changed")
				     "%s: was changed while it was read, at %s min", d->file->path,
				     format_time(d->at / SECTOR_FRAMES, at));
	else if (d->left == FRAMES_UNKNOWN)
		*problem = xasprintf(NAMED("damaged-file")
				     "%s: breaks off at %s min", d->file->path,
				     format_time(d->at / SECTOR_FRAMES, at));
	else
		*problem = xasprintf(NAMED("damaged-file")
				     "%s: breaks off at %s min, %s min too early", d->file->path,
				     format_time(d->at / SECTOR_FRAMES, at),
				     format_time(d->left / SECTOR_FRAMES, left));
	return -1;
}

long decoder_read(struct decoder *d, int16_t *out, size_t frames, char **problem)
{
	bool stream = d->file->kind == AUDIO_STREAM;
	long n;

	if (frames > d->left)
		frames = d->left;
	if (!frames)
		return 0;
	n = d->process ? read_decoded(d, out, frames) : read_raw(d, out, frames);
	if (!n)
		n = read_padding(d, out, frames);
	if (!n && stream)
		return 0;
	if (n <= 0)
		return give_up(d, problem);
	d->at += n;
	if (!stream)
		d->left -= n;
	/* if somebody writes to the file, this may not be the audio that was checked */
	if (!d->left && !stream && audio_was_changed(d->file))
		return give_up(d, problem);
	return n;
}

bool decoder_go_on(struct decoder *d, const struct audio_file *file, uint64_t first,
		   uint64_t frames, double gain)
{
	if (!d->process || d->file != file || d->at != first || d->left ||
	    d->type != (gain ? WIRE_FLOAT : WIRE_AUDIO))
		return false;
	d->left = frames;
	d->factor = factor_of(gain);
	return true;
}

void decoder_close(struct decoder *d)
{
	if (!d)
		return;
	if (d->process)
		free(decoder_process_end(d->process));
	free(d);
}
