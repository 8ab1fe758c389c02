/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tao-decode: converts the audio file on standard input to the format of a CD, on standard
 * output. It is a program of its own, so that a hostile file can do no harm outside of it through
 * FFmpeg's libraries.
 */
#ifndef TAO_DECODE_H
#define TAO_DECODE_H

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "wire.h"

#define CD_RATE 44100

struct span {
	int64_t at;
	int64_t bytes;
};

/* A part of the file that is a file of its own. */
struct part {
	int64_t start;
	int64_t end;
	bool known; /* it begins like a known kind of file */
	bool no_end; /* an Ogg stream whose last page is not marked as the last one */
	struct span *tags; /* between its frames: libavformat shall not see them */
	size_t tags_count;
};

/* box.c: forbids to open, send or start anything. Returns 0, or -1 if this is not possible. */
int shut_in(void);

/*
 * mpeg.c: whether MPEG audio begins here, behind tags; and where its next file begins, with
 * the tags before that.
 */
bool is_mpeg(int64_t at);
int64_t next_mpeg(struct part *part, int64_t size);

/* ape.c: the texts of the tag behind MPEG audio. */
typedef void (*tag_fn)(const char *name, const char *value);
void take_ape_tags(const struct part *part, tag_fn take);

/* parts.c: finds files that were concatenated, or that follow a tag. At least one; to be freed. */
struct part *find_parts(int64_t size, size_t *count);

/* header.c: the audio that a header announces; all 0 if it announces none. */
struct payload {
	int64_t at; /* in the file */
	uint64_t bytes;
	uint64_t missing; /* bytes of these that are behind the end of the file */
};

struct payload find_payload(const struct part *part);
/* Read from standard input; whether all of it was there. */
bool read_whole(int64_t at, void *buffer, size_t bytes);
/* parts.c */
uint32_t little_endian_32(const uint8_t *p);

/* container.c: whether a container with several streams is all there. */
struct ending {
	uint64_t missing; /* bytes of sound and pictures that can't be read */
	bool broken; /* there is a hole, or bytes were lost: a gap in time is damage */
	bool no_end; /* the file ends in the middle */
};

struct ending find_ending(const struct part *part);

/* input.c: a part of standard input for libavformat. */
AVFormatContext *open_part(const struct part *part, const char *hint, int *error);
void close_part(AVFormatContext *context);

/* convert.c: converts decoded frames to frames of a CD. */
struct converter {
	struct SwrContext *swr;
	AVChannelLayout layout;
	int rate;
	int format;
	bool downmix;
	bool narrow; /* the lower bits of samples wider than 16 bits are known to be 0 */
	bool direct; /* samples of the current frame need no calculation */
	uint64_t in_frames; /* input frames at this rate */
	uint64_t out_frames; /* output frames from this input */
	uint64_t dithered; /* samples so far */
	/* totals for all input */
	uint64_t clipped;
	uint64_t broken; /* samples that are not numbers */
	uint32_t low_bits; /* bits below 16 that were ever set */
	void (*put)(const int16_t *frames, int count);
	void (*put_float)(const float *frames, int count); /* instead of that, or NULL */
};

/* Whether samples of a codec with this format go to the CD unchanged. */
bool is_direct(enum AVSampleFormat format, int rate, int channels, bool narrow);
int convert_frame(struct converter *c, AVFrame *frame);
/* Flushes the resampler at the end of a part. */
int convert_end(struct converter *c);

/* main.c: sends a message. */
void put_message(enum wire_type type, const void *data, size_t bytes);

#endif /* TAO_DECODE_H */
