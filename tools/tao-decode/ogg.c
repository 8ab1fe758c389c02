// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The pages of Ogg: their checksums, and their numbers, which show that some are missing.
 * libavformat passes over a page that is damaged, and over a hole.
 */
#include <libavutil/crc.h>
#include <string.h>
#include "decode.h"

#define HEADER_BYTES 27
#define TIME_UNKNOWN UINT64_MAX

/* The head of the page at @at, with the start of its data; false if there is none. */
static bool read_head(int64_t at, struct ogg_page *page, uint8_t *p)
{
	if (!read_whole(at, p, HEADER_BYTES) || memcmp(p, "OggS", 4) || p[4] ||
	    !read_whole(at + HEADER_BYTES, p + HEADER_BYTES, p[26]))
		return false;
	*page = (struct ogg_page){ .flags = p[5], .time = number(p + 6, 8, false),
				   .stream = number(p + 14, 4, false),
				   .number = number(p + 18, 4, false),
				   .data = HEADER_BYTES + p[26] };
	page->bytes = page->data;
	for (int i = 0; i < p[26]; i++)
		page->bytes += p[HEADER_BYTES + i];
	return true;
}

/* Whether this begins a stream of sound. */
static bool begins_sound(const uint8_t *data)
{
	static const char *const magics[] = {
		"\1vorbis", "OpusHead", "\177FLAC", "fLaC", "Speex   ", "PCM     ", "\1audio",
	};

	for (size_t i = 0; i < sizeof(magics) / sizeof(*magics); i++)
		if (!memcmp(data, magics[i], strlen(magics[i])))
			return true;
	return false;
}

bool read_ogg_page(int64_t at, struct ogg_page *page)
{
	static uint8_t p[HEADER_BYTES + 255 + 255 * 255 + 8];
	uint64_t sum;

	*page = (struct ogg_page){ 0 };
	if (!read_head(at, page, p) ||
	    !read_whole(at + page->data, p + page->data, page->bytes - page->data))
		return false;
	page->sound = page->bytes - page->data >= 8 && begins_sound(p + page->data);
	sum = number(p + 22, 4, true);
	memset(p + 22, 0, 4);
	return av_crc(av_crc_get_table(AV_CRC_32_IEEE), 0, p, page->bytes) == sum;
}

static struct ogg_stream *find_stream(struct ogg *ogg, const struct ogg_page *page)
{
	for (int i = 0; i < OGG_STREAMS_MAX; i++)
		if (ogg->streams[i].begun && ogg->streams[i].number == page->stream)
			return &ogg->streams[i];
	return NULL;
}

static void begin_stream(struct ogg *ogg, const struct ogg_page *page)
{
	struct ogg_stream *stream = find_stream(ogg, page);

	for (int i = 0; i < OGG_STREAMS_MAX && !stream; i++)
		if (!ogg->streams[i].begun)
			stream = &ogg->streams[i];
	ogg->full |= !stream;
	if (stream)
		*stream = (struct ogg_stream){ .begun = true, .sound = page->sound,
					       .number = page->stream };
}

bool is_ogg_hole(struct ogg *ogg, const struct ogg_page *page, bool whole)
{
	struct ogg_stream *stream;
	bool hole;

	if (whole && page->flags & OGG_FIRST)
		begin_stream(ogg, page);
	stream = find_stream(ogg, page);
	/* The page that began this stream is missing, unless a recording begins in the middle. */
	if (!stream)
		return whole && ogg->streams[0].begun && !ogg->full;
	if (!stream->sound)
		return false;
	if (!whole)
		return stream->plays;
	hole = stream->plays && page->number != stream->next;
	stream->next = page->number + 1;
	stream->plays |= page->time && page->time != TIME_UNKNOWN;
	return hole;
}
