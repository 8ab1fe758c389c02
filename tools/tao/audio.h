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
#include <sys/types.h>
#include <time.h>

#define CD_RATE 44100
#define FRAME_BYTES 4
#define SECTOR_FRAMES 588
/* The length of standard input, and of a file that was not decoded yet. */
#define FRAMES_UNKNOWN UINT64_MAX

enum audio_kind {
	AUDIO_RAW, /* as it goes to the disc */
	AUDIO_FILE, /* what tao-decode reads */
	AUDIO_STREAM, /* raw, from standard input */
};

/* How files are to be read. */
struct audio_options {
	bool raw; /* they are raw audio, whatever they look like */
	bool downmix; /* more than two channels are mixed down to two */
	bool damaged; /* what can be decoded of a damaged one is burned */
};

struct audio_file {
	char *path;
	enum audio_kind kind;
	int fd; /* open as long as this exists: a file that is removed can still be burned */
	off_t bytes;
	struct timespec changed; /* when it was changed last */
	int rate;
	int channels;
	uint64_t frames; /* on the CD */
	bool exact; /* every sample is burned as it stands in the file */
	bool lossy; /* MP3, Vorbis... */
	bool ragged; /* raw, and ends in mid-frame: the rest of that is zeros on the CD */
	bool unchecked; /* how long it is shows only when it is decoded */
	bool narrow; /* no sample needs more than the 16 bits of a CD */
	uint64_t clipped; /* samples that are too loud for a CD */
	char format[64]; /* "FLAC, 24 bit" */
	char *note; /* what a person should know of it; these may be NULL */
	char *title;
	char *artist;
	char *album;
	char *isrc;
	char *cue_sheet; /* embedded, UTF-8 */
	unsigned int disc; /* number in its tags, or 0 */
	unsigned int number; /* of the track, or 0 */
};

/*
 * Look what a file is. NULL if it can't be burned; *problem then says why, in words for a person,
 * and has to be freed.
 */
struct audio_file *audio_inspect(const char *path, const struct audio_options *how,
				 char **problem);
void audio_free(struct audio_file *file);
/* Two words or so on what has to be done to it, or NULL: "48 kHz, 24 bit, mono converted". */
char *audio_conversions(const struct audio_file *file);
/* Whether it is not what it was when it was looked at. */
bool audio_was_changed(const struct audio_file *file);

/*
 * Decode all of it, as a burn would; finds what is damaged before a disc is, and how long it is.
 * Returns 0, or -1 with *problem. @stop: looked at now and then, ends it early. @progress gets
 * the bytes of the file that are done.
 */
int audio_check(struct audio_file *file, const struct audio_options *how,
		const atomic_bool *stop, atomic_ullong *progress, char **problem);

struct decoder;

/*
 * A part of a file, @frames from @first on. NULL with *problem. @stop, which may be NULL, ends the
 * waiting for a source that gives nothing.
 */
struct decoder *decoder_open(const struct audio_file *file, uint64_t first, uint64_t frames,
			     const atomic_bool *stop, char **problem);
/*
 * As many frames as there are, @frames at most. 0 at the end; -1, with *problem, if the file
 * is damaged, too short or was changed, or if it was stopped.
 */
long decoder_read(struct decoder *decoder, int16_t *out, size_t frames, char **problem);
/*
 * Make it the decoder of another part of @file, if that begins where it has got to: to decode what
 * lies before a part takes time.
 */
bool decoder_go_on(struct decoder *decoder, const struct audio_file *file, uint64_t first,
		   uint64_t frames);
void decoder_close(struct decoder *decoder);

#endif /* TAO_AUDIO_H */
