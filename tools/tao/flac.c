// SPDX-License-Identifier: GPL-2.0-only
/* FLAC: "fLaC", then blocks: 1 byte type (bit 7: last block), 3 bytes length, contents. */
#include <stdlib.h>
#include <string.h>
#include "audio.h"
#include "common.h"
#include "flac.h"
#include "text.h"

#define BLOCK_VORBIS_COMMENT 4
#define BLOCK_CUESHEET 5
#define BLOCK_MAX (1 << 20)

/* Sizes in a CUESHEET block */
#define CUE_HEADER_BYTES 396
#define CUE_TRACK_BYTES 36
#define CUE_INDEX_BYTES 12
#define CUE_FLAG_PRE_EMPHASIS 0x40

static uint32_t little_endian_32(const uint8_t *p)
{
	return p[0] | p[1] << 8 | p[2] << 16 | (uint32_t)p[3] << 24;
}

static uint64_t big_endian_64(const uint8_t *p)
{
	uint64_t value = 0;

	for (int i = 0; i < 8; i++)
		value = value << 8 | p[i];
	return value;
}

/* "NAME=value" if the comment has this name, ignoring case. */
static void take_comment(const char *comment, const char *name, char **value)
{
	size_t length = strlen(name);

	if (!*value && !strncasecmp(comment, name, length) && comment[length] == '=')
		*value = xstrdup(comment + length + 1);
}

/* Vendor, number of comments, comments; the length precedes each text. */
static void parse_comments(const uint8_t *block, size_t size, struct flac_tags *tags)
{
	size_t at, length;
	uint32_t count;

	if (size < 8 || little_endian_32(block) > size - 8)
		return;
	at = 4 + little_endian_32(block);
	count = little_endian_32(block + at);
	at += 4;
	while (count-- && size - at >= 4) {
		char *comment;

		length = little_endian_32(block + at);
		at += 4;
		if (length > size - at)
			return;
		comment = text_to_utf8((const char *)block + at, length);
		take_comment(comment, "CUESHEET", &tags->cue_sheet);
		take_comment(comment, "ISRC", &tags->isrc);
		free(comment);
		at += length;
	}
}

/*
 * Prints a line of a CUE sheet for each index of a track; returns the offset behind it in the
 * block.
 */
static size_t print_cue_track(FILE *out, const uint8_t *block, size_t size, size_t at)
{
	const uint8_t *track = block + at;
	unsigned int indexes = track[35];
	uint64_t start = big_endian_64(track);

	if (track[8] > 99) /* lead-out */
		return size;
	fprintf(out, "TRACK %02u AUDIO\n", track[8]);
	if (track[9])
		fprintf(out, "ISRC %.12s\n", track + 9);
	if (track[21] & CUE_FLAG_PRE_EMPHASIS)
		fprintf(out, "FLAGS PRE\n");
	at += CUE_TRACK_BYTES;
	for (; indexes && size - at >= CUE_INDEX_BYTES; indexes--, at += CUE_INDEX_BYTES) {
		uint64_t sectors = (start + big_endian_64(block + at)) / SECTOR_FRAMES;

		fprintf(out, "INDEX %02u %02u:%02u:%02u\n", block[at + 8],
			(unsigned int)(sectors / 75 / 60), (unsigned int)(sectors / 75 % 60),
			(unsigned int)(sectors % 75));
	}
	return indexes ? size : at;
}

/* Converts to a CUE sheet, so that one parser serves for both. */
static char *cue_block_text(const uint8_t *block, size_t size)
{
	size_t at = CUE_HEADER_BYTES, length;
	char *text = NULL;
	FILE *out;

	/* only sheets of CDs count in sectors */
	if (size < CUE_HEADER_BYTES || !(block[136] & 0x80))
		return NULL;
	out = open_memstream(&text, &length);
	if (!out)
		return NULL;
	if (block[0])
		fprintf(out, "CATALOG %.13s\n", block);
	fprintf(out, "FILE \"\" WAVE\n");
	while (size - at >= CUE_TRACK_BYTES)
		at = print_cue_track(out, block, size, at);
	fclose(out);
	return text;
}

static void parse_block(int type, const uint8_t *block, size_t size, struct flac_tags *tags,
			char **sheet)
{
	if (type == BLOCK_VORBIS_COMMENT)
		parse_comments(block, size, tags);
	else if (type == BLOCK_CUESHEET && !*sheet)
		*sheet = cue_block_text(block, size);
}

static void read_blocks(FILE *file, struct flac_tags *tags, char **sheet)
{
	uint8_t header[4], *block;
	bool last = false;
	size_t size;
	int type;

	while (!last && fread(header, 1, 4, file) == 4) {
		last = header[0] & 0x80;
		type = header[0] & 0x7f;
		size = header[1] << 16 | header[2] << 8 | header[3];
		if (size > BLOCK_MAX || (type != BLOCK_VORBIS_COMMENT && type != BLOCK_CUESHEET)) {
			if (fseek(file, size, SEEK_CUR))
				return;
			continue;
		}
		block = xcalloc(size, 1);
		if (fread(block, 1, size, file) == size)
			parse_block(type, block, size, tags, sheet);
		free(block);
	}
}

/* Skips ID3v2 tags and their padding with zeros, which do not belong there but occur. */
static void skip_foreign_tags(FILE *file)
{
	uint8_t head[10];
	long at = 0;
	int c;

	while (fread(head, 1, sizeof(head), file) == sizeof(head) && !memcmp(head, "ID3", 3)) {
		at += 10 + ((head[6] & 0x7f) << 21 | (head[7] & 0x7f) << 14 |
			    (head[8] & 0x7f) << 7 | (head[9] & 0x7f));
		if (fseek(file, at, SEEK_SET))
			return;
	}
	fseek(file, at, SEEK_SET);
	while (at && (c = getc(file)) != EOF)
		if (c) {
			ungetc(c, file);
			return;
		}
}

int flac_read_tags(int fd, struct flac_tags *tags)
{
	char path[32], magic[4], *sheet = NULL;
	int ret = -1;
	FILE *file;

	memset(tags, 0, sizeof(*tags));
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	file = fopen(path, "re");
	if (!file)
		return -1;
	skip_foreign_tags(file);
	if (fread(magic, 1, 4, file) == 4 && !memcmp(magic, "fLaC", 4)) {
		read_blocks(file, tags, &sheet);
		ret = 0;
	}
	fclose(file);
	if (tags->cue_sheet)
		free(sheet);
	else
		tags->cue_sheet = sheet;
	return ret;
}
