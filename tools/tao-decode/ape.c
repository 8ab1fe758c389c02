// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * APEv2 tags behind MPEG audio, which libavformat does not read: mp3gain and others keep the gains
 * of the file there.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "decode.h"

#define FOOTER_BYTES 32
#define ID3V1_BYTES 128
#define TAG_MAX (1 << 20)
#define ITEM_HEAD_BYTES 8
/* Of the flags */
#define IS_HEADER 0x20000000
#define ITEM_KIND 6 /* 0: text */

/* The bytes of items before the footer that begins at @at; 0 if there is none, or it is damaged. */
static uint32_t items_before(const struct part *part, int64_t at)
{
	uint8_t p[FOOTER_BYTES];
	uint32_t size;

	if (at < part->start || !read_whole(at, p, sizeof(p)) || memcmp(p, "APETAGEX", 8))
		return 0;
	size = little_endian_32(p + 12);
	if (little_endian_32(p + 20) & IS_HEADER || size <= FOOTER_BYTES || size > TAG_MAX)
		return 0;
	size -= FOOTER_BYTES;
	return at - part->start < size ? 0 : size;
}

/* The value has no NUL behind it. */
static void pass_on(const char *name, const uint8_t *value, uint32_t bytes, tag_fn take)
{
	char *text = malloc(bytes + 1);

	if (!text)
		return;
	memcpy(text, value, bytes);
	text[bytes] = '\0';
	take(name, text);
	free(text);
}

/* Returns the bytes of an item; 0 if it does not end within @left. */
static uint32_t take_item(const uint8_t *item, uint32_t left, tag_fn take)
{
	const uint8_t *name = item + ITEM_HEAD_BYTES, *end;
	uint32_t bytes, before;

	if (left <= ITEM_HEAD_BYTES)
		return 0;
	bytes = little_endian_32(item);
	end = memchr(name, '\0', left - ITEM_HEAD_BYTES);
	if (!end)
		return 0;
	before = end + 1 - item;
	if (bytes > left - before)
		return 0;
	if (!(little_endian_32(item + 4) & ITEM_KIND))
		pass_on((const char *)name, end + 1, bytes, take);
	return before + bytes;
}

static void take_items(int64_t at, uint32_t bytes, tag_fn take)
{
	uint8_t *items = malloc(bytes);
	uint32_t done = 0, n = 1;

	if (items && read_whole(at, items, bytes))
		for (; n && done < bytes; done += n)
			n = take_item(items + done, bytes - done, take);
	free(items);
}

void take_ape_tags(const struct part *part, tag_fn take)
{
	int64_t at = part->end - FOOTER_BYTES;
	uint32_t bytes = items_before(part, at);

	/* an ID3v1 tag comes last */
	if (!bytes) {
		at -= ID3V1_BYTES;
		bytes = items_before(part, at);
	}
	if (bytes)
		take_items(at - bytes, bytes, take);
}
