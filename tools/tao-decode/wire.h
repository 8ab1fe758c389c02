/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The messages from tao-decode to tao on standard output: a header, then the number of bytes that
 * it says. tao does not trust them: tao-decode has read a file that anybody may have made.
 */
#ifndef TAO_WIRE_H
#define TAO_WIRE_H

#include <stdint.h>

/* Exit status of tao-decode if it can't confine itself. */
#define WIRE_STATUS_OPEN 3

enum wire_type {
	WIRE_INFO = 1, /* struct wire_info, once, before any audio */
	WIRE_TAG, /* "NAME=value", before WIRE_INFO */
	WIRE_AUDIO, /* 16 bits, little-endian, both channels; no more than WIRE_AUDIO_MAX bytes */
	WIRE_FLOAT, /* the same before it is cut and rounded to 16 bits: float, 1.0 is full scale */
	WIRE_PROGRESS, /* uint64_t: bytes of the file processed so far */
	WIRE_END, /* struct wire_end; nothing follows */
	WIRE_REFUSED, /* struct wire_refused; nothing follows */
};

struct wire_head {
	uint32_t type;
	uint32_t bytes;
};

#define WIRE_AUDIO_MAX (1 << 16)
#define WIRE_TAG_MAX (1 << 20)

#define WIRE_LOSSY 1 /* the codec loses information */
#define WIRE_EXACT 2 /* all samples are passed on unchanged */

struct wire_info {
	uint64_t promised; /* frames on the CD that the header announces; 0: none */
	uint64_t unread; /* as in struct wire_end, if that shows without decoding */
	uint32_t rate;
	uint32_t channels;
	uint32_t bits; /* bits per sample */
	uint32_t flags;
	char format[64]; /* "FLAC, 24 bit" */
};

#define WIRE_NARROW 1 /* no sample needs more than 16 bits */
#define WIRE_NO_END 2 /* the format marks the end, but the mark is missing */
#define WIRE_TOO_LONG 4 /* given up after WIRE_HOURS_MAX */
#define WIRE_UNREADABLE 8 /* reading the file has failed; an error counts that, too */

#define WIRE_HOURS_MAX 24

struct wire_end {
	uint64_t frames; /* on the CD */
	uint64_t clipped; /* samples */
	uint64_t broken; /* samples that are not numbers */
	uint64_t missing; /* frames on the CD, as far as known */
	uint32_t errors; /* parts that could not be decoded */
	uint32_t parts; /* number of concatenated files */
	uint32_t flags;
	uint32_t reserved;
	uint64_t unread; /* bytes behind the audio that may be more of it */
};

enum wire_reason {
	WIRE_UNKNOWN_FORMAT = 1,
	WIRE_NO_AUDIO,
	WIRE_NO_DECODER, /* detail: the codec */
	WIRE_CHANNELS, /* number: of channels */
	WIRE_RATE, /* number: Hz */
	WIRE_BROKEN, /* begins like an audio file; detail: of which kind */
};

struct wire_refused {
	uint32_t reason;
	uint32_t number;
	char detail[64];
};

#endif /* TAO_WIRE_H */
