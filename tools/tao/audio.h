/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Audio files, and their conversion for a CD: 16 bits, stereo, 44.1 kHz. A frame is one sample of
 * both channels, 4 bytes. Frames are always counted at the rate of the CD.
 */
#ifndef TAO_AUDIO_H
#define TAO_AUDIO_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>
#include "replaygain.h"

#define CD_RATE 44100
#define FRAME_BYTES 4
#define SECTOR_FRAMES 588
/* The length of standard input, and of a file that was not decoded yet. */
#define FRAMES_UNKNOWN UINT64_MAX

#define INPUT_NAME "standard input"

enum audio_kind {
	AUDIO_RAW, /* to be written as it is */
	AUDIO_FILE, /* to be decoded by tao-decode */
	AUDIO_STREAM, /* raw, from standard input */
};

/* --normalize: what decides how loud tracks become. */
enum normalize {
	NORMALIZE_NO,
	NORMALIZE_TAGS, /* of the files */
	NORMALIZE_ALBUM, /* measured; one gain for all tracks */
	NORMALIZE_TRACK, /* measured; one for each track */
};

/* How files are to be read. */
struct audio_options {
	bool raw; /* treat them as raw audio, whatever they look like */
	bool downmix; /* mix more than two channels down to two */
	bool damaged; /* burn what can be decoded of damaged files */
	enum normalize normalize; /* measure them while they are checked */
	const atomic_bool *stop; /* ends the inspection early; may be NULL */
};

struct audio_file {
	char *path; /* for display; it has only its ending to say about the format */
	bool is_input; /* standard input, or a copy of it */
	enum audio_kind kind;
	int fd; /* open as long as this exists: a file that was removed can still be burned */
	off_t bytes;
	struct timespec changed; /* time of the last change */
	int rate;
	int channels;
	uint64_t frames; /* on the CD */
	bool exact; /* every sample is burned unchanged */
	bool lossy; /* MP3, Vorbis... */
	bool ragged; /* raw, and ends in mid-frame: the last frame is padded with zeros */
	bool unchecked; /* only decoding shows its real length */
	bool narrow; /* no sample needs more than the 16 bits of a CD */
	uint64_t clipped; /* samples that are too loud for a CD */
	uint64_t broken; /* samples that are not numbers */
	char format[64]; /* "FLAC, 24 bit" */
	char *note; /* information for the user; this and the next members may be NULL */
	char *title;
	char *artist;
	char *album;
	char *isrc;
	char *cue_sheet; /* embedded, UTF-8 */
	unsigned int disc; /* number in its tags, or 0 */
	unsigned int number; /* of the track, higher on each side of a record; or 0 */
	struct replaygain gains; /* of its tags */
	struct loudness *loudness; /* measured by the check; NULL: nobody asked for it */
};

/*
 * Inspect a file. Returns NULL if it can't be burned; *problem is then the reason, for display,
 * and has to be freed. *problem is NULL if the inspection was stopped.
 */
struct audio_file *audio_inspect(const char *path, const struct audio_options *how,
				 char **problem);
/* The same for standard input, which @path leads to. */
struct audio_file *audio_inspect_input(const char *path, const struct audio_options *how,
				       char **problem);
void audio_free(struct audio_file *file);
/* A few words about necessary conversions, or NULL: "48 kHz, 24 bit, mono converted". */
char *audio_conversions(const struct audio_file *file);
/* Whether the file has changed since it was inspected. */
bool audio_was_changed(const struct audio_file *file);

/*
 * Decode the whole file, as a burn would: finds damage before a disc is wasted, and the length, and
 * measures its loudness if there is a meter for that. Returns 0, or -1 with *problem. @stop ends it
 * early. @progress gets the number of bytes of the file that were processed.
 */
int audio_check(struct audio_file *file, const struct audio_options *how,
		const atomic_bool *stop, atomic_ullong *progress, char **problem);

struct decoder;

/*
 * Open a part of a file: @frames from @first on, louder by @gain dB. Returns NULL with *problem.
 * @stop, which may be NULL, interrupts waiting for a source that sends nothing.
 */
struct decoder *decoder_open(const struct audio_file *file, uint64_t first, uint64_t frames,
			     double gain, const atomic_bool *stop, char **problem);
/* Of a stream: soon after *ends is set it is over, whatever would come. */
void decoder_let_end(struct decoder *decoder, const atomic_bool *ends);
/*
 * Read at most @frames. Returns 0 at the end; -1, with *problem, if the file is damaged, too
 * short or was changed, or if it was stopped.
 */
long decoder_read(struct decoder *decoder, int16_t *out, size_t frames, char **problem);
/*
 * Behind the end of all that its header states: whether the file has more. What there is can't be
 * read then.
 */
bool decoder_goes_on(struct decoder *decoder);
/*
 * Reuse the decoder for another part of @file, if this starts at its current position: otherwise
 * the file would have to be decoded from the start again.
 */
bool decoder_go_on(struct decoder *decoder, const struct audio_file *file, uint64_t first,
		   uint64_t frames, double gain);
void decoder_close(struct decoder *decoder);

#endif /* TAO_AUDIO_H */
