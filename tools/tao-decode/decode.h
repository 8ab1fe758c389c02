/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tao-decode: the audio file on standard input becomes what a CD has, on standard output. A program
 * of its own, so that what FFmpeg's libraries do with a hostile file stays in here.
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

/* A part of the file that is a file of its own. */
struct part {
	int64_t start;
	int64_t end;
	bool known; /* it begins like a file of some kind */
	bool no_end; /* an Ogg stream whose last page does not say that it is the last */
};

/* box.c: from here on nothing can be opened, sent or started. 0, or -1 if that can't be had. */
int shut_in(void);

/* parts.c: files that were put one behind the other, or behind a tag. At least one; to be freed. */
struct part *find_parts(int64_t size, size_t *count);

/* header.c: the audio that a header promises; all 0 if it promises none. */
struct payload {
	int64_t at; /* in the file */
	uint64_t bytes;
	uint64_t missing; /* of these, because the file ends before */
};

struct payload find_payload(const struct part *part);

/* input.c: a part of standard input for libavformat. */
AVFormatContext *open_part(const struct part *part, const char *hint, int *error);
void close_part(AVFormatContext *context);

/* convert.c: frames as they are decoded become frames of a CD. */
struct converter {
	struct SwrContext *swr;
	AVChannelLayout layout;
	int rate;
	int format;
	bool downmix;
	bool narrow; /* bits below 16 are known to be 0 */
	bool direct; /* samples of the frame in hand need no calculation */
	uint64_t in_frames; /* at this rate */
	uint64_t out_frames; /* that came of those */
	uint64_t random;
	/* all through */
	uint64_t clipped;
	uint32_t low_bits; /* that were ever set below 16 */
	void (*put)(const int16_t *frames, int count);
};

/* Whether samples of a codec with this format go to the CD as they are. */
bool is_direct(enum AVSampleFormat format, int rate, int channels, bool narrow);
int convert_frame(struct converter *c, const AVFrame *frame);
/* The end of a part: what the resampler still has. */
int convert_end(struct converter *c);

/* main.c: a message. */
void put_message(enum wire_type type, const void *data, size_t bytes);

#endif /* TAO_DECODE_H */
