// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "decode.h"

#define GAIN "replaygain_"

/*
 * ID3 has Latin-1, and most programs on Windows wrote Windows-1252 in its place: the characters
 * that Latin-1 lacks, such as curly quotes, arrive as control characters.
 */
static const char *const windows_1252[32] = {
	"\u20ac", NULL, "\u201a", "\u0192", "\u201e", "\u2026", "\u2020", "\u2021",
	"\u02c6", "\u2030", "\u0160", "\u2039", "\u0152", NULL, "\u017d", NULL,
	NULL, "\u2018", "\u2019", "\u201c", "\u201d", "\u2022", "\u2013", "\u2014",
	"\u02dc", "\u2122", "\u0161", "\u203a", "\u0153", NULL, "\u017e", "\u0178",
};

/* @out has room for twice the bytes of @text. */
static void mend_latin(const char *text, char *out)
{
	while (*text) {
		unsigned char first = text[0], second = text[1];
		bool control = first == 0xc2 && second >= 0x80 && second < 0xa0;
		const char *better = control ? windows_1252[second - 0x80] : NULL;

		if (better) {
			out = stpcpy(out, better);
			text += 2;
		} else {
			*out++ = *text++;
		}
	}
	*out = '\0';
}

static void put_tag(const char *name, const char *value, bool latin)
{
	static const char *const wanted[] = {
		"title", "artist", "album", "track", "tracknumber", "disc", "discnumber", "isrc",
		"tsrc", "cuesheet", GAIN "album_gain", GAIN "album_peak", GAIN "track_gain",
		GAIN "track_peak", "r128_album_gain", "r128_track_gain",
	};
	char *text;
	int length;

	if (strlen(name) + strlen(value) + 1 > WIRE_TAG_MAX / 2)
		return;
	for (size_t i = 0; i < sizeof(wanted) / sizeof(*wanted); i++) {
		if (strcasecmp(name, wanted[i]))
			continue;
		text = malloc(strlen(wanted[i]) + 2 * strlen(value) + 2);
		if (!text)
			continue;
		length = sprintf(text, "%s=", wanted[i]);
		if (latin)
			mend_latin(value, text + length);
		else
			strcpy(text + length, value);
		put_message(WIRE_TAG, text, strlen(text));
		free(text);
	}
}

static void put_dictionary(const AVDictionary *tags, bool latin)
{
	const AVDictionaryEntry *tag = NULL;

	while ((tag = av_dict_get(tags, "", tag, AV_DICT_IGNORE_SUFFIX)))
		put_tag(tag->key, tag->value, latin);
}

static void put_gain(const char *name, const char *value)
{
	if (!strncasecmp(name, GAIN, strlen(GAIN)))
		put_tag(name, value, false);
}

static void put_other(const char *name, const char *value)
{
	if (strncasecmp(name, GAIN, strlen(GAIN)))
		put_tag(name, value, false);
}

/* The tags of these are UTF-8 by definition. */
static bool has_utf8(const char *format)
{
	return !strcmp(format, "flac") || !strcmp(format, "ogg") || !strncmp(format, "mov,", 4) ||
	       !strncmp(format, "matroska,", 9);
}

/*
 * The latest gain counts, and the first one of the others: those of an APE tag, which FFmpeg does
 * not read behind MPEG audio, fill in what ID3 lacks.
 */
void put_tags(const AVFormatContext *format, const AVStream *stream, const struct part *part)
{
	bool mp3 = !strcmp(format->iformat->name, "mp3");
	bool latin = !has_utf8(format->iformat->name);

	if (mp3)
		take_ape_tags(part, put_gain);
	put_dictionary(format->metadata, latin);
	put_dictionary(stream->metadata, latin);
	if (mp3)
		take_ape_tags(part, put_other);
}
