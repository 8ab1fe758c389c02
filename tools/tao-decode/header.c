// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The number of bytes of audio that the header of a file announces, for formats with chunks that
 * have their size in front: libavformat just takes what the file has.
 */
#include <string.h>
#include <unistd.h>
#include "decode.h"

#define CHUNKS_MAX 10000
/* Bytes of a header that were counted as audio: some programs do that. */
#define SLACK_BYTES 44

bool read_whole(int64_t at, void *buffer, size_t bytes)
{
	return at >= 0 && pread(STDIN_FILENO, buffer, bytes, at) == (ssize_t)bytes;
}

uint64_t number(const uint8_t *p, int bytes, bool big_endian)
{
	uint64_t value = 0;

	for (int i = 0; i < bytes; i++)
		value = value << 8 | p[big_endian ? i : bytes - 1 - i];
	return value;
}

/* A format with chunks: a name, then the size of the data that follow. */
struct layout {
	const char *magic;
	const char *data; /* name of the audio chunk */
	const char *format; /* name of the chunk that describes it */
	int first; /* bytes before the first chunk */
	int name_bytes;
	int size_bytes;
	bool big_endian;
	bool head_counts; /* the size includes name and size field */
	int align;
};

static const struct layout layouts[] = {
	{ "RIFF", "data", "fmt ", 12, 4, 4, false, false, 2 },
	{ "RIFX", "data", "fmt ", 12, 4, 4, true, false, 2 },
	{ "RF64", "data", "fmt ", 12, 4, 4, false, false, 2 },
	{ "FORM", "SSND", "COMM", 12, 4, 4, true, false, 2 },
	{ "caff", "data", "desc", 8, 4, 8, true, false, 1 },
	{ "riff", "data", "fmt ", 40, 16, 8, false, true, 8 },
};

/* False for the placeholders that programs write while they don't know the size yet. */
static bool is_size(uint64_t bytes)
{
	const uint64_t slack = 1 << 16;

	/* sox: AIFF */
	if (bytes >= 0x7f000000 - slack && bytes <= 0x7f000000 + slack)
		return false;
	if (bytes >= 0x7fffffff - slack && bytes <= 0x80000000 + slack)
		return false;
	if (bytes >= 0xffffffff - slack && bytes <= UINT64_C(0x100000000) + slack)
		return false;
	return bytes > 0 && bytes < INT64_MAX / 2;
}

static void walk_chunks(const struct layout *l, const struct part *part, struct payload *payload)
{
	int64_t at = part->start + l->first;
	uint64_t long_size = 0, bytes;
	uint8_t p[32];

	for (int i = 0; i < CHUNKS_MAX && at < part->end && read_whole(at, p, 16); i++) {
		if (l->name_bytes == 16 && !read_whole(at, p, 24))
			return;
		bytes = number(p + l->name_bytes, l->size_bytes, l->big_endian);
		if (l->head_counts)
			bytes -= l->name_bytes + l->size_bytes;
		if (!memcmp(p, "ds64", 4) && read_whole(at + 16, p + 16, 8))
			long_size = number(p + 16, 8, false);
		at += l->name_bytes + l->size_bytes;
		if (!memcmp(p, l->data, 4)) {
			int offset = *l->data == 'S' ? 8 : *l->magic == 'c' ? 4 : 0;

			if (bytes == 0xffffffff && long_size)
				bytes = long_size;
			payload->at = at + offset;
			payload->streamed = !is_size(bytes) || bytes <= (uint64_t)offset;
			payload->bytes = payload->streamed ? 0 : bytes - offset;
			return;
		}
		if (!memcmp(p, l->format, 4))
			payload->format = at;
		if (bytes > (uint64_t)part->end)
			return;
		at += (bytes + l->align - 1) / l->align * l->align;
	}
}

bool is_little_au(const uint8_t *magic)
{
	return !memcmp(magic, "dns.", 4) || !memcmp(magic, "\0ds.", 4);
}

int64_t skip_first_header(int64_t start, int64_t end)
{
	struct part part = { .start = start, .end = end };
	struct payload payload = find_payload(&part);
	uint8_t first[16], second[16];

	/* that is, no more bytes than a rounded size */
	if (payload.at <= start || payload.bytes > sizeof(first) ||
	    !read_whole(start, first, sizeof(first)) ||
	    !read_whole(payload.at, second, sizeof(second)) || memcmp(first, second, 8))
		return start;
	return payload.at;
}

int64_t repeated_header(int64_t start, int64_t end, int64_t bytes)
{
	uint8_t first[16], last[16];

	if (bytes > 0 && end - bytes > start + bytes && read_whole(start, first, sizeof(first)) &&
	    read_whole(end - bytes, last, sizeof(last)) && !memcmp(first, last, 8))
		return bytes;
	return 0;
}

/* Players play what is behind that size, too: some programs count only what they wrote first. */
static void read_au_size(const struct part *part, const uint8_t *p, struct payload *payload)
{
	uint64_t bytes = number(p + 8, 4, *p == '.');

	payload->at = part->start + number(p + 4, 4, *p == '.');
	payload->streamed = !is_size(bytes);
	if (payload->streamed)
		return;
	payload->bytes = bytes;
	if (payload->at + (int64_t)bytes < part->end)
		payload->bytes = part->end - payload->at;
}

struct payload find_payload(const struct part *part)
{
	struct payload payload = { 0 };
	uint8_t p[12];

	if (!read_whole(part->start, p, sizeof(p)))
		return payload;
	if (!memcmp(p, ".snd", 4) || is_little_au(p))
		read_au_size(part, p, &payload);
	for (size_t i = 0; i < sizeof(layouts) / sizeof(*layouts); i++)
		if (!memcmp(p, layouts[i].magic, 4))
			walk_chunks(&layouts[i], part, &payload);
	if (payload.streamed)
		return payload;
	if (payload.at + (int64_t)payload.bytes > part->end + SLACK_BYTES)
		payload.missing = payload.at + payload.bytes - part->end;
	else if (payload.at + (int64_t)payload.bytes > part->end)
		payload.bytes = part->end - payload.at;
	return payload;
}
