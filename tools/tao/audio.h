/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Audio files, and what becomes of them on a CD: 16 bits, stereo, 44.1 kHz. A frame is one sample
 * of both channels, 4 bytes; frames are counted as they are on the CD, whatever rate the file has.
 */
#ifndef TAO_AUDIO_H
#define TAO_AUDIO_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CD_RATE 44100
#define FRAME_BYTES 4
#define SECTOR_FRAMES 588
/* The length of standard input. */
#define FRAMES_UNKNOWN UINT64_MAX

enum audio_kind {
	AUDIO_RAW, /* as it goes to the disc */
	AUDIO_FILE, /* what libsndfile reads */
	AUDIO_STREAM, /* raw, from standard input */
};

struct audio_file {
	char *path;
	enum audio_kind kind;
	int rate;
	int channels;
	uint64_t frames; /* on the CD */
	uint64_t source_frames; /* in the file */
	bool exact; /* every sample is burned as it stands in the file */
	bool lossy; /* MP3, Vorbis...: the length in its header is a guess */
	bool ragged; /* raw, and ends in mid-frame: the rest of that is zeros on the CD */
	bool packed; /* compressed: a damaged one shows only when it is decoded */
	char format[64]; /* "FLAC, 24 bit" */
	char *title; /* these may be NULL */
	char *artist;
	char *album;
	char *isrc;
	char *cue_sheet; /* embedded, UTF-8 */
	unsigned int number; /* track number in its tags, or 0 */
};

/*
 * Look what a file is. NULL if it can't be burned; *problem then says why, in words for a person,
 * and has to be freed. @raw: it is raw audio, whatever it looks like.
 */
struct audio_file *audio_inspect(const char *path, bool raw, char **problem);
void audio_free(struct audio_file *file);
/* Two words or so on what has to be done to it, or NULL: "48 kHz, 24 bit, mono converted". */
char *audio_conversions(const struct audio_file *file);

/*
 * Decode all of it, as a burn would; finds what is damaged before a disc is. Corrects the length of
 * lossy files. Returns 0, or -1 with *problem. @stop: looked at now and then, ends it early.
 */
int audio_check(struct audio_file *file, const atomic_bool *stop, char **problem);

struct decoder;

/* A part of a file, @frames from @first on. NULL with *problem. */
struct decoder *decoder_open(const struct audio_file *file, uint64_t first, uint64_t frames,
			     char **problem);
/*
 * As many frames as there are, @frames at most. 0 at the end; -1, with *problem, if the file
 * is damaged or too short.
 */
long decoder_read(struct decoder *decoder, int16_t *out, size_t frames, char **problem);
/* Samples that were too loud after conversion and had to be cut. */
uint64_t decoder_clipped(const struct decoder *decoder);
void decoder_close(struct decoder *decoder);

#endif /* TAO_AUDIO_H */
