// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Where a file ends by what it says of itself: behind that there may be another one, which
 * libavformat would not see.
 */
#include <ctype.h>
#include <string.h>
#include "decode.h"

#define ROW_MAX 1000000
#define TTA_HEAD 22

/* The name of a chunk or a box */
bool is_name(const uint8_t *p)
{
	for (int i = 0; i < 4; i++)
		if (!isalnum(p[i]) && p[i] != ' ' && p[i] != 0xa9 && p[i] != '-')
			return false;
	return true;
}

bool read_element(int64_t at, int64_t end, struct element *e)
{
	int64_t left = end - at, size;
	int id_bytes, size_bytes;
	uint8_t p[12] = "";

	if (left < 2 || !read_whole(at, p, left < 12 ? left : 12) || p[0] < 0x10)
		return false;
	id_bytes = __builtin_clz(p[0]) - 23;
	if (!p[id_bytes])
		return false;
	size_bytes = __builtin_clz(p[id_bytes]) - 23;
	if (id_bytes + size_bytes > left)
		return false;
	size = number(p + id_bytes, size_bytes, true) & ((INT64_C(1) << 7 * size_bytes) - 1);
	e->id = number(p, id_bytes, true);
	e->data = at + id_bytes + size_bytes;
	e->end = size == (INT64_C(1) << 7 * size_bytes) - 1 ? UNKNOWN : e->data + size;
	return true;
}

static int64_t matroska_end(int64_t at, int64_t size)
{
	struct element e;

	for (; read_element(at, size, &e) && e.end != UNKNOWN; at = e.end)
		if (e.id == SEGMENT)
			return e.end;
	return 0;
}

/*
 * Each of these gives the bytes of the piece that begins with @p; 0: none begins there; UNTOLD: it
 * does not say, as what was written to a pipe, and goes on to the end.
 */
#define UNTOLD UINT64_MAX

static uint64_t box_bytes(const uint8_t *p)
{
	uint64_t bytes = number(p, 4, true);

	if (!is_name(p + 4))
		return 0;
	if (bytes == 1)
		return number(p + 8, 8, true);
	return bytes ? bytes : UNTOLD;
}

static uint64_t asf_bytes(const uint8_t *p)
{
	/* header, data, and four kinds of an index */
	static const uint8_t names[][4] = {
		{ 0x30, 0x26, 0xb2, 0x75 }, { 0x36, 0x26, 0xb2, 0x75 }, { 0x90, 0x08, 0x00, 0x33 },
		{ 0xd3, 0x29, 0xe2, 0xd6 }, { 0xf8, 0x03, 0xb1, 0xfe }, { 0xd0, 0x3f, 0xb7, 0x3c },
	};

	uint64_t bytes = number(p + 16, 8, false);

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (!memcmp(p, names[i], 4))
			/* The head of the data has 50 bytes. */
			return !bytes || (i == 1 && bytes <= 50) ? UNTOLD : bytes;
	return 0;
}

static uint64_t caf_bytes(const uint8_t *p)
{
	if (!memcmp(p, "caff", 4))
		return 8;
	if (!is_name(p))
		return 0;
	return number(p + 4, 8, true) > INT64_MAX ? UNTOLD : 12 + number(p + 4, 8, true);
}

static uint64_t wavpack_bytes(const uint8_t *p)
{
	return memcmp(p, "wvpk", 4) ? 0 : 8 + number(p + 4, 4, false);
}

/* A key of two letters, and a size with 7 bits in each byte */
static uint64_t musepack_bytes(const uint8_t *p)
{
	static const char keys[][3] = { "SH", "RG", "EI", "SO", "AP", "ST", "CT", "SE" };
	uint64_t bytes = 0;
	size_t key = 0;
	int i = 2;

	if (!memcmp(p, "MPCK", 4))
		return 4;
	while (key < sizeof(keys) / sizeof(*keys) && memcmp(p, keys[key], 2))
		key++;
	if (key == sizeof(keys) / sizeof(*keys) || !memcmp(p, "APETAGEX", 8))
		return 0;
	do
		bytes = bytes << 7 | (p[i] & 0x7f);
	while (p[i++] & 0x80 && i < 10);
	return bytes;
}

static const struct row {
	const char *magic;
	int at;
	uint64_t (*bytes)(const uint8_t *p);
} rows[] = {
	{ "ftyp", 4, box_bytes },	   { "\x30\x26\xb2\x75", 0, asf_bytes },
	{ "caff", 0, caf_bytes },	   { "wvpk", 0, wavpack_bytes },
	{ "MPCK", 0, musepack_bytes },
};

/*
 * The end of a row of pieces, each with its size: where its first one is repeated, or none begins.
 * 0 if the last one is cut off.
 */
static int64_t row_end(const struct row *row, int64_t start, int64_t size)
{
	int64_t at = start;
	uint64_t bytes;

	for (int i = 0; i < ROW_MAX && at < size; i++, at += bytes) {
		uint8_t p[24] = "";
		size_t n = size - at < (int64_t)sizeof(p) ? size - at : (int64_t)sizeof(p);

		if (!read_whole(at, p, n))
			return 0;
		bytes = row->bytes(p);
		if (at > start && (!bytes || (row->bytes != wavpack_bytes &&
					      !memcmp(p + row->at, row->magic, 4))))
			return at;
		if (!bytes || bytes > (uint64_t)(size - at))
			return 0;
	}
	return 0;
}

/* True Audio has the sizes of its frames in a table. */
static int64_t tta_end(int64_t start, int64_t size)
{
	uint8_t p[TTA_HEAD], entry[4];
	int64_t at, table = start + TTA_HEAD, frames;
	uint64_t frame;

	if (!read_whole(start, p, sizeof(p)))
		return 0;
	frame = 256 * number(p + 10, 4, false) / 245;
	if (!frame)
		return 0;
	frames = (number(p + 14, 4, false) + frame - 1) / frame;
	at = table + 4 * frames + 4;
	for (int64_t i = 0; i < frames && at < size; i++, at += number(entry, 4, false))
		if (!read_whole(table + 4 * i, entry, sizeof(entry)))
			return 0;
	return at;
}

/* The end by the size of the whole that the header has, which begins with @p; or 0. */
static int64_t outer_end(int64_t start, const uint8_t *p)
{
	uint64_t bytes = 0;
	uint8_t ds64[16];

	if (!memcmp(p, "RIFF", 4) || !memcmp(p, "RIFX", 4) || !memcmp(p, "FORM", 4))
		bytes = 8 + number(p + 4, 4, p[3] != 'F' || *p == 'F');
	else if (!memcmp(p, "riff", 4))
		bytes = number(p + 16, 8, false);
	else if (is_wav_64(p) && read_whole(start + 12, ds64, 16) &&
		 !memcmp(ds64, "ds64", 4))
		bytes = 8 + number(ds64 + 8, 8, false);
	else if (!memcmp(p, "DSD ", 4))
		bytes = number(p + 12, 8, false);
	else if (!memcmp(p, "FRM8", 4))
		bytes = 12 + number(p + 4, 8, true);
	return is_size(bytes) ? start + (int64_t)bytes : 0;
}

/* An AVI file beyond 1 GiB goes on in others of these. */
static int64_t skip_avix(int64_t at, int64_t size)
{
	uint8_t p[12];

	while (at < size && read_whole(at, p, sizeof(p)) && !memcmp(p, "RIFF", 4) &&
	       !memcmp(p + 8, "AVIX", 4))
		at += 8 + (int64_t)number(p + 4, 4, false);
	return at;
}

/*
 * Whether the size of the whole is no more than that of the header. A recorder that crashed leaves
 * such a size before its audio, unless there is none, and the next file begins there.
 */
static bool is_placeholder(const struct payload *payload, int64_t outer, const uint8_t *magic)
{
	uint8_t next[4];

	return payload->streamed && outer <= payload->at + SLACK_BYTES &&
	       (!read_whole(outer, next, sizeof(next)) || memcmp(next, magic, sizeof(next)));
}

int64_t file_end(int64_t start, int64_t size)
{
	struct part part = { .start = start, .end = size };
	struct payload payload = find_payload(&part);
	int64_t end = payload.streamed ? 0 : payload.at + payload.bytes, outer;
	uint8_t p[24];

	if (!read_whole(start, p, sizeof(p)) || payload.missing)
		return 0;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (!memcmp(p + rows[i].at, rows[i].magic, 4))
			return row_end(&rows[i], start, size);
	if (!memcmp(p, ".snd", 4) || is_little_au(p))
		end = payload.streamed ? 0 : payload.at + number(p + 8, 4, *p == '.');
	if (!memcmp(p, "\x1a\x45\xdf\xa3", 4))
		end = matroska_end(start, size);
	else if (!memcmp(p, "TTA1", 4))
		end = tta_end(start, size);
	outer = skip_avix(outer_end(start, p), size);
	/* the size may be too small, but it is never behind the end */
	if (outer > end && outer <= size && !is_placeholder(&payload, outer, p))
		end = outer;
	return end > start && end < size ? end : 0;
}
