// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "common.h"
#include "magic.h"
#include "text.h"

/* Number of consecutive frames that prove an MPEG stream, because they can't be a coincidence. */
#define MPEG_FRAMES 4
/* What all frames of a stream have in common: the sync, the version, the layer, the sample rate. */
#define MPEG_SECOND 0xfe
#define MPEG_THIRD 0x0c
/* To predict a sample: two of them for each frequency of a tone. */
#define PREDICTORS 16
/*
 * Of tones less than a thousandth remains then. Compressed audio, read as samples, is noise, of
 * which most remains, even if it is silence and its frames are full of equal bytes.
 */
#define PREDICTABLE (1.0 / 32)
/* Music is smoother than noise by orders of magnitude; this leaves room for loud music. */
#define SMOOTHER 8

static const struct {
	const char *bytes;
	size_t at;
	const char *name;
} magics[] = {
	{ "RIFF", 0, "WAV" },	       { "RIFX", 0, "WAV" },	  { "RF64", 0, "WAV" },
	{ "riff", 0, "W64" },	       { "FORM", 0, "AIFF" },	  { "fLaC", 0, "FLAC" },
	{ "OggS", 0, "Ogg" },	       { "ID3", 0, "MPEG audio" }, { "caff", 0, "CAF" },
	{ ".snd", 0, "AU" },	       { "MAC ", 0, "APE" },	  { "wvpk", 0, "WavPack" },
	{ "TTA1", 0, "TTA" },	       { "MPCK", 0, "Musepack" }, { "MP+", 0, "Musepack" },
	{ "DSD ", 0, "DSF" },	       { "FRM8", 0, "DFF" },	  { "ftyp", 4, "MP4" },
	{ "#!AMR", 0, "AMR" },	       { "tBaK", 0, "TAK" },	  { "ajkg", 0, "Shorten" },
	{ "\x1a\x45\xdf\xa3", 0, "Matroska" },
	{ "\x30\x26\xb2\x75\x8e\x66", 0, "WMA" },
	{ "Creative Voice File", 0, "VOC" },
	{ "\x0b\x77", 0, "AC-3" },
	{ "\x7f\xfe\x80\x01", 0, "DTS" },
	{ "FLV\x01", 0, "FLV" },
	{ "BW64", 0, "WAV" },
	{ "APETAGEX", 0, "audio with a tag in front" },
};

/* Each packet of an MPEG transport stream begins with the same byte. */
static bool is_transport_stream(const uint8_t *p, size_t bytes)
{
	if (bytes < 4 * 188)
		return false;
	for (size_t at = 0; at < 4 * 188; at += 188)
		if (p[at] != 0x47)
			return false;
	return true;
}

/* Size of the frame with this header, or 0: layers I to III and AAC. */
static size_t mpeg_frame_bytes(const uint8_t *p)
{
	static const uint16_t rates[3] = { 44100, 48000, 32000 };
	static const uint16_t kbps[5][16] = {
		{ 0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448, 0 },
		{ 0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 0 },
		{ 0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0 },
		{ 0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256, 0 },
		{ 0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0 },
	};
	unsigned int version = p[1] >> 3 & 3, layer = 4 - (p[1] >> 1 & 3), rate, bits;

	if (p[0] != 0xff || (p[1] & 0xe0) != 0xe0)
		return 0;
	if ((p[1] & 0xf6) == 0xf0)
		return (p[3] & 3) << 11 | p[4] << 3 | p[5] >> 5;
	if (version == 1 || layer == 4 || (p[2] >> 2 & 3) == 3)
		return 0;
	bits = kbps[version == 3 ? layer - 1 : layer == 1 ? 3 : 4][p[2] >> 4] * 1000;
	rate = rates[p[2] >> 2 & 3] >> (version == 3 ? 0 : version == 2 ? 1 : 2);
	if (layer == 1)
		return (12 * bits / rate + (p[2] >> 1 & 1)) * 4;
	return (version != 3 && layer == 3 ? 72 : 144) * bits / rate + (p[2] >> 1 & 1);
}

static bool is_mpeg(const uint8_t *p, size_t bytes)
{
	size_t at = 0, length;

	for (int frame = 0; frame < MPEG_FRAMES; frame++) {
		if (at + 6 > bytes)
			return frame > 1;
		length = mpeg_frame_bytes(p + at);
		if (length < 8)
			return false;
		at += length;
	}
	return true;
}

/* So many frames of one kind can't be a coincidence, wherever they begin. */
static bool is_mpeg_stream(const uint8_t *p, size_t bytes)
{
	const uint8_t *first = p;
	size_t length;

	for (int frame = 0; frame < MPEG_FRAMES; frame++) {
		length = bytes >= 6 ? mpeg_frame_bytes(p) : 0;
		if (length < 8 || (p[1] & MPEG_SECOND) != (first[1] & MPEG_SECOND) ||
		    (p[2] & MPEG_THIRD) != (first[2] & MPEG_THIRD))
			return false;
		if (length > bytes)
			return frame == MPEG_FRAMES - 1;
		p += length;
		bytes -= length;
	}
	return true;
}

/* A recording of a stream, or a piece cut out of one, begins in the middle of a frame. */
static bool has_mpeg_stream(const uint8_t *start, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		if (start[i] == 0xff && is_mpeg_stream(start + i, bytes - i))
			return true;
	return false;
}

/* The samples of one channel, without their mean. */
static size_t take_channel(const uint8_t *audio, size_t bytes, size_t channel, double *samples)
{
	double sum = 0;
	size_t count = 0;

	for (size_t i = 2 * channel; i + 1 < bytes && count < MAGIC_BYTES / 4; i += 4) {
		samples[count] = (int16_t)(audio[i] | audio[i + 1] << 8);
		sum += samples[count++];
	}
	for (size_t i = 0; i < count; i++)
		samples[i] -= sum / count;
	return count;
}

/* Burg's method: what part of the power remains if each sample is predicted by those before it. */
static double unpredicted(const double *samples, size_t count)
{
	double forward[MAGIC_BYTES / 4], backward[MAGIC_BYTES / 4], left = 1;

	memcpy(forward, samples, count * sizeof(*samples));
	memcpy(backward, samples, count * sizeof(*samples));
	for (size_t n = 1; n <= PREDICTORS && n < count; n++) {
		double both = 0, power = 0, k;

		for (size_t i = n; i < count; i++) {
			both += forward[i] * backward[i - 1];
			power += forward[i] * forward[i] + backward[i - 1] * backward[i - 1];
		}
		if (power <= 0)
			return 0;
		k = 2 * both / power;
		for (size_t i = count - 1; i >= n; i--) {
			double f = forward[i];

			forward[i] = f - k * backward[i - 1];
			backward[i] = backward[i - 1] - k * f;
		}
		left *= 1 - k * k;
	}
	return left;
}

/*
 * Whether it is tones, as raw audio: what looks like a header once does so in each period of a
 * tone. But small frames of silence are periodic, too.
 */
static bool is_tonal(const uint8_t *audio, size_t bytes)
{
	double samples[MAGIC_BYTES / 4];

	for (size_t channel = 0; channel < 2; channel++) {
		size_t count = take_channel(audio, bytes, channel, samples);

		if (unpredicted(samples, count) > PREDICTABLE)
			return false;
	}
	return true;
}

/* A stream without a header of its own, or a tone. */
static const char *repetitive_stream(const uint8_t *start, size_t bytes)
{
	if (is_transport_stream(start, bytes))
		return "MPEG transport stream";
	return is_mpeg(start, bytes) || has_mpeg_stream(start, bytes) ? "MPEG audio" : NULL;
}

static const char *name_at_start(const uint8_t *start, size_t bytes, size_t shortest)
{
	for (size_t i = 0; i < sizeof(magics) / sizeof(*magics); i++) {
		size_t length = strlen(magics[i].bytes);

		if (length >= shortest && bytes >= magics[i].at + length &&
		    !memcmp(start + magics[i].at, magics[i].bytes, length))
			return magics[i].name;
	}
	return NULL;
}

const char *magic_name(const uint8_t *start, size_t bytes)
{
	const char *name = name_at_start(start, bytes, 1);
	size_t zeros = 0;

	if (name)
		return name;
	name = repetitive_stream(start, bytes);
	if (name && !is_tonal(start, bytes))
		return name;
	/* silence, and then two bytes that could be anything, is raw audio */
	while (zeros < bytes && !start[zeros])
		zeros++;
	return zeros ? name_at_start(start + zeros, bytes - zeros, 4) : NULL;
}

bool magic_is_doubtful(const uint8_t *start, size_t bytes)
{
	return !name_at_start(start, bytes, 1) && repetitive_stream(start, bytes) &&
	       is_tonal(start, bytes);
}

/* Sum of the differences between consecutive samples of a channel. */
static double roughness(const uint8_t *audio, size_t bytes, int low)
{
	double sum = 0;
	int last[2] = { 0 };

	for (size_t i = 0; i + 1 < bytes; i += 2) {
		int sample = (int16_t)(audio[i + low] | audio[i + !low] << 8);

		if (i >= 4)
			sum += abs(sample - last[i / 2 % 2]);
		last[i / 2 % 2] = sample;
	}
	return sum;
}

bool magic_is_swapped(const uint8_t *audio, size_t bytes)
{
	double as_it_is = roughness(audio, bytes, 0), swapped = roughness(audio, bytes, 1);
	size_t zeros[2] = { 0 };

	for (size_t i = 0; i < bytes; i++)
		zeros[i % 2] += !audio[i];
	/* nor do 8 bits in 16, which are quiet in the wrong order */
	if (zeros[0] * 20 > bytes / 2 * 19 || zeros[1] * 20 > bytes / 2 * 19)
		return false;
	/* almost silent audio proves nothing */
	return swapped > bytes && as_it_is > SMOOTHER * swapped;
}

/*
 * Text has no control characters, and most of it is ASCII unless it is UTF-8, which may be cut at
 * the end here. Raw audio of 8 bits has none of the former either.
 */
static bool is_text(const uint8_t *p, size_t bytes)
{
	size_t ascii = 0;
	char *copy;
	bool text;

	for (size_t i = 0; i < bytes; i++) {
		if (!p[i] || (p[i] < ' ' && !strchr("\t\n\r\f\v\x1b\x1a", p[i])))
			return false;
		ascii += p[i] < 0x80;
	}
	if (ascii * 10 >= bytes * 7)
		return bytes > 0;
	while (bytes && (p[bytes - 1] & 0xc0) == 0x80)
		bytes--;
	copy = xcalloc(bytes + 1, 1);
	memcpy(copy, p, bytes ? bytes - 1 : 0);
	text = *copy && text_is_utf8(copy);
	free(copy);
	return text;
}

static bool is_web_page(const uint8_t *p, size_t bytes)
{
	size_t blank = 0;

	while (blank < bytes && strchr(" \t\r\n", p[blank]))
		blank++;
	return bytes - blank > 5 && (!strncasecmp((const char *)p + blank, "<html", 5) ||
				     !strncasecmp((const char *)p + blank, "<!doc", 5));
}

/* UTF-16 with a mark: what it is shows in the bytes of its ASCII characters. */
static const char *wide_text(const uint8_t *p, size_t bytes)
{
	bool little = !memcmp(p, "\xff\xfe", 2), big = !memcmp(p, "\xfe\xff", 2);
	uint8_t narrow[64];
	size_t n = 0;

	if (bytes < 4 || (!little && !big))
		return NULL;
	for (size_t i = 2; i + 1 < bytes && n < sizeof(narrow); i += 2) {
		unsigned int code = p[i + big] | p[i + little] << 8;

		narrow[n++] = code < 0x80 ? code : 0xff;
	}
	if (!is_text(narrow, n))
		return NULL;
	return is_web_page(narrow, n) ? "a web page" : "text";
}

const char *magic_no_audio(const uint8_t *p, size_t bytes)
{
	static const struct {
		const char *bytes, *name;
	} others[] = {
		{ "\xff\xd8\xff", "a picture" },
		{ "\x89PNG", "a picture" },
		{ "GIF8", "a picture" },
		{ "%PDF", "a PDF document" },
		{ "PK\3\4", "a ZIP archive" },
		{ "Rar!", "a RAR archive" },
		{ "\x1f\x8b", "a compressed archive" }, { "7z\xbc\xaf", "a 7z archive" },
		{ "MThd", "a MIDI file, which has notes but no sound" },
	};

	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		if (bytes > strlen(others[i].bytes) &&
		    !memcmp(p, others[i].bytes, strlen(others[i].bytes)))
			return others[i].name;
	if (!is_text(p, bytes))
		return bytes >= 4 ? wide_text(p, bytes) : NULL;
	return is_web_page(p, bytes) ? "a web page" : "text";
}
