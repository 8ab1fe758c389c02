// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Files that contain several: chained Ogg streams as radio recorders write them, FLAC and WAV
 * files that were concatenated with cat(1), and audio behind tags and zeros that its format does
 * not know.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "decode.h"

#define PARTS_MAX 1000
/* Distance behind a tag within which a file is searched for. */
#define JUNK_MAX (1 << 16)
#define WINDOW (1 << 16)

#define OGG_HEADER_BYTES 27
#define OGG_FIRST 2
#define OGG_LAST 4

static size_t read_at(int64_t at, void *buffer, size_t bytes)
{
	size_t done = 0;
	ssize_t n;

	while (done < bytes && (n = pread(STDIN_FILENO, (char *)buffer + done, bytes - done,
					  at + done)) > 0)
		done += n;
	return done;
}

uint32_t little_endian_32(const uint8_t *p)
{
	return p[0] | p[1] << 8 | p[2] << 16 | (uint32_t)p[3] << 24;
}

/* Starts of formats whose demuxer does not search for the start itself. */
static bool begins_file(const uint8_t *p)
{
	static const char *const magics[] = {
		"fLaC", "RIFF", "RIFX", "RF64", "OggS", "FORM", "caff", ".snd", "MAC ",
		"wvpk", "TTA1", "MPCK", "DSD ", "FRM8", "\x1a\x45\xdf\xa3", "\x30\x26\xb2\x75",
	};

	if (!memcmp(p + 4, "ftyp", 4))
		return true;
	for (size_t i = 0; i < sizeof(magics) / sizeof(*magics); i++)
		if (!memcmp(p, magics[i], 4))
			return true;
	return false;
}

/* The position behind an ID3v2 tag at @at, or @at. */
static int64_t skip_tag(int64_t at)
{
	uint8_t p[10];

	if (read_at(at, p, sizeof(p)) < sizeof(p) || memcmp(p, "ID3", 3) ||
	    (p[6] | p[7] | p[8] | p[9]) & 0x80)
		return at;
	return at + 10 + (p[6] << 21 | p[7] << 14 | p[8] << 7 | p[9]) + (p[5] & 0x10 ? 10 : 0);
}

/* The start of the audio behind tags and zeros; 0 if libavformat finds it by itself. */
static int64_t find_start(int64_t size)
{
	int64_t at = 0, next;
	uint8_t *junk;
	size_t bytes, back, i = 0;

	while ((next = skip_tag(at)) > at && next < size)
		at = next;
	junk = calloc(JUNK_MAX + 8, 1);
	if (!junk)
		return 0;
	bytes = read_at(at, junk, JUNK_MAX);
	while (i < bytes && !junk[i])
		i++;
	/* the size of an ftyp box starts with up to three zeros */
	for (back = 0; back <= 3 && back <= i && !begins_file(junk + i - back); back++)
		;
	at = back <= 3 && back <= i ? at + (int64_t)(i - back) : 0;
	free(junk);
	return at;
}

static bool add_part(struct part **parts, size_t *count, int64_t start, int64_t end)
{
	struct part *more;

	if (*count >= PARTS_MAX)
		return false;
	more = reallocarray(*parts, *count + 1, sizeof(**parts));
	if (!more)
		return false;
	*parts = more;
	more[(*count)++] = (struct part){ .start = start, .end = end };
	return true;
}

/* Size and flags of the page at @at; 0 if there is none. */
static int64_t ogg_page(int64_t at, uint8_t *flags)
{
	uint8_t p[OGG_HEADER_BYTES + 255];
	size_t bytes = read_at(at, p, sizeof(p));
	int64_t sum;

	if (bytes < OGG_HEADER_BYTES || memcmp(p, "OggS", 4) || p[4] ||
	    bytes < OGG_HEADER_BYTES + (size_t)p[26])
		return 0;
	*flags = p[5];
	sum = OGG_HEADER_BYTES + p[26];
	for (int i = 0; i < p[26]; i++)
		sum += p[OGG_HEADER_BYTES + i];
	return sum;
}

/* The next position of the bytes @magic, or @size. */
static int64_t search(int64_t at, int64_t size, const void *magic, size_t magic_bytes)
{
	uint8_t *window = malloc(WINDOW);
	size_t bytes;
	uint8_t *found;

	while (window && at < size) {
		bytes = read_at(at, window, WINDOW);
		found = memmem(window, bytes, magic, magic_bytes);
		if (found) {
			at += found - window;
			free(window);
			return at;
		}
		if (bytes < WINDOW)
			break;
		at += bytes - magic_bytes + 1;
	}
	free(window);
	return size;
}

/* A page that starts a stream begins a new chain if it follows a page that does not. */
static void split_ogg(struct part **parts, size_t *count, int64_t start, int64_t size)
{
	bool body = false, last = false;
	int64_t at = start, bytes;
	uint8_t flags;

	while (at < size) {
		bytes = ogg_page(at, &flags);
		if (!bytes) {
			at = search(at + 1, size, "OggS", 4);
			continue;
		}
		if (flags & OGG_FIRST && body) {
			if (!add_part(parts, count, start, at))
				return;
			(*parts)[*count - 1].no_end = !last;
			start = at;
			body = false;
		}
		body |= !(flags & OGG_FIRST);
		last = flags & OGG_LAST && at + bytes <= size;
		at += bytes;
	}
	if (add_part(parts, count, start, size))
		(*parts)[*count - 1].no_end = !last;
}

/* Whether this may be a STREAMINFO block: plausible block sizes and rate. */
static bool is_flac(int64_t at)
{
	uint8_t p[21];

	if (read_at(at, p, sizeof(p)) < sizeof(p))
		return false;
	return (p[8] << 8 | p[9]) >= 16 && (p[10] << 8 | p[11]) >= (p[8] << 8 | p[9]) &&
	       (p[18] << 12 | p[19] << 4 | p[20] >> 4) > 0;
}

static void split_flac(struct part **parts, size_t *count, int64_t start, int64_t size)
{
	static const uint8_t magic[] = { 'f', 'L', 'a', 'C' };
	int64_t at = start + 4, end;

	do {
		end = search(at, size, magic, sizeof(magic));
		at = end + 4;
		if (end < size) {
			uint8_t head[8];

			if (read_at(end, head, 8) < 8 || (head[4] & 0x7f) || head[5] || head[6] ||
			    head[7] != 34 || !is_flac(end))
				continue;
		}
		if (!add_part(parts, count, start, end))
			return;
		start = end;
	} while (end < size);
}

static void split_wav(struct part **parts, size_t *count, int64_t start, int64_t size)
{
	uint8_t p[12];
	int64_t end;

	while (start < size) {
		end = size;
		if (read_at(start, p, sizeof(p)) == sizeof(p) && !memcmp(p, "RIFF", 4)) {
			end = start + 8 + little_endian_32(p + 4);
			if (end + (int64_t)sizeof(p) > size ||
			    read_at(end, p, sizeof(p)) < sizeof(p) || memcmp(p, "RIFF", 4) ||
			    memcmp(p + 8, "WAVE", 4))
				end = size;
		}
		if (!add_part(parts, count, start, end))
			return;
		start = end;
	}
}

static void split_mpeg(struct part **parts, size_t *count, int64_t start, int64_t size)
{
	struct part *part;

	for (; start < size; start = part->end) {
		if (!add_part(parts, count, start, size))
			return;
		part = &(*parts)[*count - 1];
		part->end = next_mpeg(part, size);
	}
}

struct part *find_parts(int64_t size, size_t *count)
{
	int64_t start = find_start(size);
	struct part *parts = NULL;
	uint8_t magic[8] = "";

	*count = 0;
	read_at(start, magic, sizeof(magic));
	if (!memcmp(magic, "OggS", 4))
		split_ogg(&parts, count, start, size);
	else if (!memcmp(magic, "fLaC", 4))
		split_flac(&parts, count, start, size);
	else if (!memcmp(magic, "RIFF", 4))
		split_wav(&parts, count, start, size);
	else if (is_mpeg(start))
		split_mpeg(&parts, count, start, size);
	if (!*count)
		add_part(&parts, count, start, size);
	/* There was no room for all parts: fail rather than omit some. */
	if (*count && parts[*count - 1].end != size) {
		for (size_t i = 0; i < *count; i++)
			free(parts[i].tags);
		free(parts);
		return NULL;
	}
	if (*count)
		parts->known = begins_file(magic);
	return parts;
}
