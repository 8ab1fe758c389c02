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
#include <sys/types.h>
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
	int64_t unread; /* bytes behind its audio that are neither a tag nor another file */
	int64_t hidden; /* bytes at its end that libavformat would take for audio */
	bool whole; /* it has an end, and nothing behind that is damage */
	bool no_end; /* the last page of Ogg is not marked as that, or a frame is cut off */
	bool hole; /* pages of Ogg are missing or damaged, or frames of MPEG audio */
	uint32_t lost; /* frames of MPEG audio that the first one counts, and nobody finds */
	struct span *tags; /* between its frames: libavformat shall not see them */
	size_t tags_count;
};

/* box.c: forbids to open, send or start anything. Returns 0, or -1 if this is not possible. */
int shut_in(void);

/* source.c: pread() of standard input, and whether that has failed anywhere. */
ssize_t read_some(void *buffer, size_t bytes, int64_t at);
bool reading_failed(void);

/*
 * mpeg.c: whether MPEG audio begins here, behind tags; and where its next file begins, with
 * the tags before that.
 */
bool is_mpeg(int64_t at);
/* Bytes of the tag at @at, of any kind that music has; 0 if there is none. */
int64_t mpeg_tag_bytes(int64_t at);
/* Bytes of the tag that ends at @end, if that shows there. */
int64_t tag_before(int64_t end);
/* @end: gets the end of the last frame in front of that; @size if this one is cut off. */
int64_t next_mpeg(struct part *part, int64_t size, int64_t *end);

/* ape.c: the texts of the tag behind MPEG audio. */
typedef void (*tag_fn)(const char *name, const char *value);
void take_ape_tags(const struct part *part, tag_fn take);

/* tags.c: sends the tags that tao uses. */
void put_tags(const AVFormatContext *format, const AVStream *stream, const struct part *part);

/*
 * parts.c: bytes of a file whose audio ends at @end, and behind that, that nobody will read, if
 * somebody may miss them.
 */
int64_t count_unread(int64_t end, int64_t size);
/* Finds files that were concatenated, or that follow a tag. At least one; to be freed. */
struct part *find_parts(int64_t size, size_t *count);

/* header.c: the audio that a header announces; all 0 if it announces none. */
struct payload {
	int64_t at; /* in the file */
	int64_t format; /* in the file: what the chunk before says about the samples; or 0 */
	bool streamed; /* there is audio, but the header does not say how much */
	const struct layout *layout; /* of its chunks, or NULL */
	uint64_t bytes;
	uint64_t missing; /* bytes of these that are behind the end of the file */
};

struct payload find_payload(const struct part *part);
/* Its number of frames is a placeholder, too. */
bool is_streamed_avi(const struct part *part);
/* False for the placeholders that programs write while they don't know the size yet. */
bool is_size(uint64_t bytes);
/* Bytes of a header that were counted as audio: some programs do that. */
#define SLACK_BYTES 44
/*
 * Where the row of chunks behind the audio ends: @end, or the place where no chunk begins. If the
 * size of the audio chunk is too small, that is in the middle of the audio.
 */
int64_t chunks_end(int64_t start, int64_t end, int64_t size);
bool is_little_au(const uint8_t *magic);
/* RF64 or BW64 */
bool is_wav_64(const uint8_t *magic);
/*
 * libsndfile, which wants to write the header anew when it knows the length, writes it twice to a
 * pipe: the start of the second one, or @start.
 */
int64_t skip_first_header(int64_t start, int64_t end);
/* And @bytes if it wrote such a header at the end, too; or 0. */
int64_t repeated_header(int64_t start, int64_t end, int64_t bytes);
/* Read from standard input; whether all of it was there. */
bool read_whole(int64_t at, void *buffer, size_t bytes);
/* The value of some bytes. */
uint64_t number(const uint8_t *p, int bytes, bool big_endian);

/* ends.c: where the file that begins at @start ends; 0 if it does not say it, or it is @size. */
int64_t file_end(int64_t start, int64_t size);
/* Whether that can be the name of a chunk or a box. */
bool is_name(const uint8_t *p);

/* An element of Matroska; false if no element can begin at @at. */
#define SEGMENT 0x18538067
#define UNKNOWN INT64_MAX
struct element {
	uint32_t id;
	int64_t data; /* where they begin */
	int64_t end; /* UNKNOWN: while it is recorded, nobody knows */
};

bool read_element(int64_t at, int64_t end, struct element *e);

/* ogg.c: a page of Ogg. */
#define OGG_FIRST 2
#define OGG_LAST 4
#define OGG_STREAMS_MAX 16

struct ogg_page {
	int64_t bytes;
	int data; /* bytes before them */
	uint8_t flags;
	bool sound; /* it begins a stream of sound */
	uint32_t stream;
	uint32_t number; /* in its stream */
	uint64_t time; /* at its end, in units of its own */
};

/* The streams of a chain */
struct ogg {
	struct ogg_stream {
		bool begun;
		bool sound;
		bool plays; /* the headers are over */
		uint32_t number;
		uint32_t next; /* page */
	} streams[OGG_STREAMS_MAX];
	bool full; /* there were more */
};

/* False if there is no page, with bytes of 0, or not a whole one. */
bool read_ogg_page(int64_t at, struct ogg_page *page);
/*
 * Whether sound is missing: this page is not @whole, the one before it is not there, or the one
 * that begins its stream. A recording of a broadcast begins in the middle: there the numbers behind
 * the headers, at time 0, jump.
 */
bool is_ogg_hole(struct ogg *ogg, const struct ogg_page *page, bool whole);

/* parts.c */
uint32_t little_endian_32(const uint8_t *p);

/* container.c: whether a container with several streams is all there. */
struct ending {
	uint64_t missing; /* bytes of sound and pictures that can't be read */
	bool broken; /* there is a hole, or bytes were lost: a gap in time is damage */
	bool no_end; /* the file ends in the middle */
};

struct ending find_ending(const struct part *part);

/* plain.c: samples behind a header that libavformat misreads or refuses. */
struct plain {
	const char *name; /* of the container, for display */
	char reader[8]; /* libavformat's name for such samples */
	int rate;
	int channels;
	struct part samples;
};

bool find_plain(const struct part *part, const struct payload *payload, struct plain *plain);

/* input.c: a part of the file for libavformat, or samples without their header. */
AVFormatContext *open_part(const struct part *part, const char *hint, int *error);
AVFormatContext *open_plain(const struct plain *plain, int *error);
/* Bytes of all channels of a sample; 0 if it is not made of whole samples. */
int pcm_frame_bytes(const AVCodecParameters *par);
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

/* send.c: sends a message. */
void put_message(enum wire_type type, const void *data, size_t bytes);

#endif /* TAO_DECODE_H */
