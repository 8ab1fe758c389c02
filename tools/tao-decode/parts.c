// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Files that contain several: chained Ogg streams as radio recorders write them, files that were
 * concatenated with cat(1), and audio behind tags and zeros that its format does not know.
 */
#include <stdlib.h>
#include <string.h>
#include "decode.h"

#define PARTS_MAX 10000
/* Distance behind a tag within which a file is searched for. */
#define JUNK_MAX (1 << 16)
#define WINDOW (1 << 16)
/* Enough to tell one file from another. */
#define MAGIC_BYTES 32
/* Less than that is padding, or a tag. */
#define UNREAD_MIN 4096
#define UNREAD_PLACES 64
/* A recording from the air begins in mid-frame: no frame is longer. */
#define MPEG_FRAME_MAX 2881

static size_t read_at(int64_t at, void *buffer, size_t bytes)
{
	size_t done = 0;
	ssize_t n;

	while (done < bytes && (n = read_some((char *)buffer + done, bytes - done, at + done)) > 0)
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
		"fLaC", "RIFF", "RIFX", "RF64", "BW64", "OggS", "FORM", "caff", ".snd", "dns.",
		"\0ds.", "MAC ", "wvpk", "TTA1", "MPCK", "DSD ", "FRM8", "\x1a\x45\xdf\xa3",
		"\x30\x26\xb2\x75",
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

static bool append_part(struct part **parts, size_t *count, const struct part *part)
{
	struct part *more;

	if (*count >= PARTS_MAX)
		return false;
	more = reallocarray(*parts, *count + 1, sizeof(**parts));
	if (!more)
		return false;
	*parts = more;
	more[(*count)++] = *part;
	return true;
}

static bool add_part(struct part **parts, size_t *count, int64_t start, int64_t end)
{
	return append_part(parts, count, &(struct part){ .start = start, .end = end });
}

/*
 * The next position of the bytes @magic, or @size. The first reads are small: a hostile file can
 * have these bytes everywhere.
 */
static int64_t search(int64_t at, int64_t size, const void *magic, size_t magic_bytes)
{
	uint8_t *window = malloc(WINDOW), *found = NULL;
	size_t bytes, want = WINDOW / 128;

	while (window && at < size) {
		bytes = read_at(at, window, want);
		found = memmem(window, bytes, magic, magic_bytes);
		if (found || bytes < want)
			break;
		at += bytes - magic_bytes + 1;
		want = FFMIN(2 * want, WINDOW);
	}
	at = found ? at + (found - window) : size;
	free(window);
	return at;
}

/* Whether a page was cut off by the next one, which begins another stream: a radio reconnected. */
static bool is_cut_off(int64_t at, const struct ogg_page *page, int64_t next)
{
	struct ogg_page other;

	return next < at + page->bytes && read_ogg_page(next, &other) && other.flags & OGG_FIRST;
}

/*
 * A page that starts a stream begins a new chain if it follows a page that does not. Returns the
 * end of the last page, or @size.
 */
static int64_t split_ogg(struct part **parts, size_t *count, int64_t start, int64_t size)
{
	struct part part = { .start = start };
	int64_t last = size;
	bool body = false, whole;
	struct ogg ogg = { 0 };
	struct ogg_page page;

	part.no_end = true;
	for (int64_t at = start, next; at < size; at = next) {
		whole = read_ogg_page(at, &page) && at + page.bytes <= size;
		next = whole ? at + page.bytes : search(at + 1, size, "OggS", 4);
		if (whole && page.flags & OGG_FIRST && body) {
			part.end = at;
			if (!append_part(parts, count, &part))
				return size;
			part = (struct part){ .start = at };
			ogg = (struct ogg){ 0 };
			body = false;
		}
		if (page.bytes && at + page.bytes <= size &&
		    (whole || !is_cut_off(at, &page, next)))
			part.hole |= is_ogg_hole(&ogg, &page, whole);
		if (!whole) {
			part.no_end |= page.bytes > 0;
			last = page.bytes ? size : last;
			continue;
		}
		body |= !(page.flags & OGG_FIRST);
		part.no_end = !(page.flags & OGG_LAST);
		last = next;
	}
	part.end = size;
	append_part(parts, count, &part);
	return last;
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

/* Whether a file begins here: by more than four bytes, or nothing but zeros (@quiet) before it. */
static bool is_next(int64_t at, const uint8_t *p, bool quiet)
{
	struct ogg_page page;

	if (!begins_file(p))
		return false;
	if (!memcmp(p, "RIF", 3) || is_wav_64(p))
		return !memcmp(p + 8, "WAVE", 4);
	if (!memcmp(p, "FORM", 4))
		return !memcmp(p + 8, "AIF", 3) || !memcmp(p + 8, "8SVX", 4);
	if (!memcmp(p, "fLaC", 4))
		return !p[5] && !p[6] && p[7] == 34 && is_flac(at);
	if (!memcmp(p, "OggS", 4))
		return read_ogg_page(at, &page) && page.flags & OGG_FIRST;
	return quiet;
}

/* The position behind all tags at @at, which may have any text. */
static int64_t skip_tags(int64_t at)
{
	int64_t bytes;

	while ((bytes = mpeg_tag_bytes(at)))
		at += bytes;
	return at;
}

/* The file that begins at @end or, behind a few bytes, next to it; or @size. */
static int64_t find_next(int64_t end, int64_t size)
{
	uint8_t *window = calloc(JUNK_MAX + MAGIC_BYTES, 1);
	int64_t found = size;
	bool quiet = true;
	size_t bytes;

	if (!window)
		return size;
	bytes = read_at(end, window, JUNK_MAX + MAGIC_BYTES);
	for (size_t i = 0; found == size && i + MAGIC_BYTES < bytes; i++) {
		if (is_next(end + i, window + i, quiet) ||
		    !memcmp(window + i, "riff\x2e\x91\xcf\x11", 8) ||
		    !memcmp(window + i, "Creative Voice File", 19) ||
		    (!i && is_mpeg(end)))
			found = end + i;
		quiet = quiet && !window[i];
	}
	free(window);
	return found;
}

/* Formats of which nothing is read behind the size in the header, if there is one. */
static bool ends_by_size(int64_t start, int64_t size)
{
	struct part part = { .start = start, .end = size };
	uint8_t p[12];

	if (read_at(start, p, sizeof(p)) < sizeof(p) || find_payload(&part).streamed)
		return false;
	if (!memcmp(p, "RIF", 3) || is_wav_64(p))
		return !memcmp(p + 8, "WAVE", 4);
	return !memcmp(p, "FORM", 4) || !memcmp(p, "riff", 4) || !memcmp(p, "caff", 4);
}

/* Looks at some places all over it: music may begin with silence. */
static bool is_zero(int64_t at, int64_t bytes)
{
	for (int i = 0; i < UNREAD_PLACES; i++) {
		uint8_t p[UNREAD_MIN / 8];
		size_t n = read_at(at + bytes / UNREAD_PLACES * i, p, sizeof(p));

		for (size_t k = 0; k < n; k++)
			if (p[k])
				return false;
	}
	return true;
}

int64_t count_unread(int64_t end, int64_t size)
{
	int64_t bytes;

	end = skip_tags(end);
	while ((bytes = tag_before(size)) > 0 && size - bytes >= end)
		size -= bytes;
	return size - end < UNREAD_MIN || is_zero(end, size - end) ? 0 : size - end;
}

/* libavformat reads these to the end of the file, whatever their header says. */
static bool is_read_on(int64_t start)
{
	uint8_t magic[4] = "";

	read_at(start, magic, sizeof(magic));
	return !memcmp(magic, ".snd", 4) || !memcmp(magic, "dns.", 4) ||
	       !memcmp(magic, "\0ds.", 4);
}

/* The files that say where they end; returns the start of the last file, or of one of others. */
static int64_t split_sized(struct part **parts, size_t *count, int64_t start, int64_t size,
			   int64_t *unread, bool *whole)
{
	int64_t end, next;

	for (;; start = next) {
		end = file_end(start, size);
		end = end ? skip_tags(end) : 0;
		next = end ? find_next(end, size) : size;
		*unread = 0;
		if (next == size && ends_by_size(start, size))
			*unread = count_unread(chunks_end(start, end ? end : size, size), size);
		else if (next == size && end && !is_read_on(start))
			*unread = count_unread(end, size);
		*whole = end > 0 && !is_read_on(start);
		if (next == size || !add_part(parts, count, start, next))
			return start;
	}
}

/* Returns the end of the last frame and its tags, or @size. */
static int64_t split_mpeg(struct part **parts, size_t *count, int64_t start, int64_t size)
{
	struct part *part;
	int64_t end = size;

	for (; start < size; start = part->end) {
		if (!add_part(parts, count, start, size))
			return size;
		part = &(*parts)[*count - 1];
		part->end = next_mpeg(part, size, &end);
	}
	return end;
}

/* An old QuickTime file has no "ftyp" at its beginning, and may have MP3 in it. */
static bool begins_movie(const uint8_t *p)
{
	static const char *const names[] = { "mdat", "moov", "wide", "free", "skip", "pnot" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (!memcmp(p + 4, names[i], 4))
			return true;
	return false;
}

/* Whether MPEG audio begins here or, unless another kind of file does, in mid-frame. */
static bool is_mpeg_stream(int64_t start, const uint8_t *magic)
{
	if (is_mpeg(start))
		return true;
	if (begins_movie(magic))
		return false;
	for (int i = 1; i < MPEG_FRAME_MAX && !begins_file(magic); i++)
		if (is_mpeg(start + i))
			return true;
	return false;
}

/* The files from @start on until one of another kind begins, which is returned; or @size. */
static int64_t split(struct part **parts, size_t *count, int64_t start, int64_t size)
{
	int64_t end = size, next = size, unread;
	uint8_t kind[8] = "";
	size_t sized;
	bool whole;

	start = split_sized(parts, count, start, size, &unread, &whole);
	sized = *count;
	read_at(start, kind, sizeof(kind));
	if (!memcmp(kind, "OggS", 4))
		end = split_ogg(parts, count, start, size);
	else if (!memcmp(kind, "fLaC", 4))
		split_flac(parts, count, start, size);
	else if (is_mpeg_stream(start, kind))
		end = split_mpeg(parts, count, start, size);
	if (*count == sized)
		add_part(parts, count, start, size);
	if (!*count)
		return size;
	if (end < size) {
		next = find_next(skip_tags(end), size);
		unread = next < size ? 0 : count_unread(end, size);
		(*parts)[*count - 1].hidden = unread ? size - end : 0;
	}
	if (next < size)
		(*parts)[*count - 1].end = next;
	(*parts)[*count - 1].unread = unread;
	(*parts)[*count - 1].whole = whole || end < size;
	return next;
}

struct part *find_parts(int64_t size, size_t *count)
{
	int64_t first = find_start(size), start = skip_first_header(first, size);
	struct part *parts = NULL;
	uint8_t magic[8] = "";

	*count = 0;
	size -= repeated_header(start, size, start - first);
	read_at(start, magic, sizeof(magic));
	do
		start = split(&parts, count, start, size);
	while (start < size && *count < PARTS_MAX);
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
