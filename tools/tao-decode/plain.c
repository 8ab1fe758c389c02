// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Files with plain samples whose header libavformat misreads or refuses: big-endian WAV (RIFX),
 * little-endian AU, and what a program wrote to a pipe without knowing the length. Only the header
 * is read here; the samples go through libavformat's reader for files without a header.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "decode.h"

#define WAVE_PCM 1
#define WAVE_FLOAT 3
#define WAVE_ALAW 6
#define WAVE_MULAW 7
#define WAVE_EXTENSIBLE 0xfffe
#define CHANNELS_MAX 64

enum coding { CODING_NONE, CODING_INTEGER, CODING_UNSIGNED, CODING_FLOAT, CODING_ALAW,
	      CODING_MULAW };

/* The name of the reader for such samples; empty if there is none. */
static void name_reader(struct plain *plain, enum coding coding, int bits, bool big_endian)
{
	char kind = coding == CODING_FLOAT ? 'f' : coding == CODING_UNSIGNED ? 'u' : 's';
	bool fits = coding == CODING_FLOAT ? bits == 32 || bits == 64 :
		    coding == CODING_UNSIGNED ? bits == 8 :
		    bits == 8 || bits == 16 || bits == 24 || bits == 32;

	if (coding == CODING_ALAW || coding == CODING_MULAW)
		snprintf(plain->reader, sizeof(plain->reader), "%s",
			 coding == CODING_ALAW ? "alaw" : "mulaw");
	else if (coding != CODING_NONE && fits)
		snprintf(plain->reader, sizeof(plain->reader), "%c%d%s", kind, bits,
			 bits == 8 ? "" : big_endian ? "be" : "le");
}

static void read_wave(struct plain *plain, int64_t at, bool big_endian)
{
	enum coding coding = CODING_NONE;
	uint8_t p[26];
	int tag, bits;

	if (!read_whole(at, p, 16))
		return;
	tag = number(p, 2, big_endian);
	bits = number(p + 14, 2, big_endian);
	if (tag == WAVE_EXTENSIBLE && read_whole(at, p, sizeof(p)))
		tag = number(p + 24, 2, big_endian);
	/* as many bytes as that takes, of which the last bits may be 0 */
	bits = (bits + 7) / 8 * 8;
	if (tag == WAVE_PCM)
		coding = bits == 8 ? CODING_UNSIGNED : CODING_INTEGER;
	else if (tag == WAVE_FLOAT)
		coding = CODING_FLOAT;
	else if (tag == WAVE_ALAW || tag == WAVE_MULAW)
		coding = tag == WAVE_ALAW ? CODING_ALAW : CODING_MULAW;
	plain->channels = number(p + 2, 2, big_endian);
	plain->rate = number(p + 4, 4, big_endian);
	name_reader(plain, coding, bits, big_endian);
}

/* The rate is a number of 80 bits. */
static int rate_of(const uint8_t *p)
{
	double rate = ldexp(number(p + 2, 8, true), (int)number(p, 2, true) - 16383 - 63);

	return rate > 0 && rate < INT32_MAX ? lrint(rate) : 0;
}

static void read_aiff(struct plain *plain, int64_t at, bool compressed)
{
	enum coding coding = CODING_INTEGER;
	uint8_t p[22];
	int bits;

	if (!read_whole(at, p, compressed ? 22 : 18))
		return;
	if (compressed && (!memcmp(p + 18, "fl32", 4) || !memcmp(p + 18, "fl64", 4)))
		coding = CODING_FLOAT;
	else if (compressed && memcmp(p + 18, "NONE", 4) && memcmp(p + 18, "sowt", 4))
		coding = CODING_NONE;
	bits = (number(p + 6, 2, true) + 7) / 8 * 8;
	plain->channels = number(p, 2, true);
	plain->rate = rate_of(p + 8);
	name_reader(plain, coding, bits, !compressed || memcmp(p + 18, "sowt", 4));
}

/* Of a little-endian file: libavformat knows the other ones. */
static void read_au(struct plain *plain, int64_t at)
{
	static const struct {
		enum coding coding;
		int bits;
	} codings[] = {
		[1] = { CODING_MULAW, 8 }, [2] = { CODING_INTEGER, 8 },
		[3] = { CODING_INTEGER, 16 }, [4] = { CODING_INTEGER, 24 },
		[5] = { CODING_INTEGER, 32 }, [6] = { CODING_FLOAT, 32 },
		[7] = { CODING_FLOAT, 64 }, [27] = { CODING_ALAW, 8 },
	};
	uint8_t p[24];
	uint32_t coding;

	if (!read_whole(at, p, sizeof(p)))
		return;
	coding = little_endian_32(p + 12);
	plain->rate = little_endian_32(p + 16);
	plain->channels = little_endian_32(p + 20);
	if (coding < sizeof(codings) / sizeof(*codings))
		name_reader(plain, codings[coding].coding, codings[coding].bits, false);
}

bool find_plain(const struct part *part, const struct payload *payload, struct plain *plain)
{
	uint8_t p[12];

	*plain = (struct plain){ 0 };
	if (!read_whole(part->start, p, sizeof(p)) || payload->at <= part->start)
		return false;
	if (is_little_au(p)) {
		plain->name = "AU";
		read_au(plain, part->start);
	} else if (!memcmp(p, "RIFX", 4) && payload->format) {
		plain->name = "WAV";
		read_wave(plain, payload->format, true);
	} else if (payload->streamed && payload->format && !memcmp(p, "FORM", 4)) {
		plain->name = "AIFF";
		read_aiff(plain, payload->format, !memcmp(p + 8, "AIFC", 4));
	} else if (payload->streamed && payload->format && memcmp(p, "caff", 4)) {
		plain->name = *p == 'r' ? "W64" : "WAV";
		read_wave(plain, payload->format, false);
	}
	plain->samples = *part;
	plain->samples.start = payload->at;
	if (payload->bytes && payload->bytes < (uint64_t)(part->end - payload->at))
		plain->samples.end = payload->at + payload->bytes;
	return *plain->reader && plain->rate > 0 && plain->channels > 0 &&
	       plain->channels <= CHANNELS_MAX;
}
