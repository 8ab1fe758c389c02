/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What tao-decode writes on its standard output for tao: a head, then so many bytes. tao trusts
 * none of it: what decodes has read a file that anybody may have made.
 */
#ifndef TAO_WIRE_H
#define TAO_WIRE_H

#include <stdint.h>

/* Exit status of tao-decode where it can't shut itself in. */
#define WIRE_STATUS_OPEN 3

enum wire_type {
	WIRE_INFO = 1, /* struct wire_info, once, before any audio */
	WIRE_TAG, /* "NAME=value", before WIRE_INFO */
	WIRE_AUDIO, /* 16 bits, little-endian, both channels; no more than WIRE_AUDIO_MAX bytes */
	WIRE_PROGRESS, /* uint64_t: bytes of the file that are done */
	WIRE_END, /* struct wire_end; nothing follows */
	WIRE_REFUSED, /* struct wire_refused; nothing follows */
};

struct wire_head {
	uint32_t type;
	uint32_t bytes;
};

#define WIRE_AUDIO_MAX (1 << 16)
#define WIRE_TAG_MAX (1 << 20)

#define WIRE_LOSSY 1 /* the codec throws something away */
#define WIRE_EXACT 2 /* all samples are passed on as they stand in the file */
#define WIRE_WHOLE 4 /* not compressed, and all that the header promises is there */

struct wire_info {
	uint64_t promised; /* frames on the CD that the header promises; 0: it promises none */
	uint32_t rate;
	uint32_t channels;
	uint32_t bits; /* of a sample */
	uint32_t flags;
	char format[64]; /* "FLAC, 24 bit" */
};

#define WIRE_NARROW 1 /* no sample needs more than 16 bits */
#define WIRE_NO_END 2 /* its format marks the end, and that mark is not there */
#define WIRE_TOO_LONG 4 /* given up after WIRE_HOURS_MAX */

#define WIRE_HOURS_MAX 24

struct wire_end {
	uint64_t frames; /* on the CD */
	uint64_t clipped; /* samples */
	uint64_t missing; /* frames on the CD, as far as that can be told */
	uint32_t errors; /* parts that could not be decoded */
	uint32_t parts; /* files, one behind the other in this one */
	uint32_t flags;
	uint32_t reserved;
};

enum wire_reason {
	WIRE_UNKNOWN_FORMAT = 1,
	WIRE_NO_AUDIO,
	WIRE_NO_DECODER, /* detail: the codec */
	WIRE_CHANNELS, /* number: how many */
	WIRE_RATE, /* number: of Hz */
	WIRE_BROKEN, /* begins like an audio file, detail: of which kind */
};

struct wire_refused {
	uint32_t reason;
	uint32_t number;
	char detail[64];
};

#endif /* TAO_WIRE_H */
