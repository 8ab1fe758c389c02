// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The number of bytes of audio that the header of a file announces, for formats with chunks that
 * have their size in front: libavformat just takes what the file has.
 */
#include <stdlib.h>
#include <string.h>
#include "decode.h"

#define CHUNKS_MAX 10000

bool read_whole(int64_t at, void *buffer, size_t bytes)
{
	return at >= 0 && read_some(buffer, bytes, at) == (ssize_t)bytes;
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
	{ "BW64", "data", "fmt ", 12, 4, 4, false, false, 2 },
	{ "FORM", "SSND", "COMM", 12, 4, 4, true, false, 2 },
	{ "FORM", "BODY", "VHDR", 12, 4, 4, true, false, 2 },
	{ "FORM", "MDAT", "MHDR", 12, 4, 4, true, false, 2 },
	{ "caff", "data", "desc", 8, 4, 8, true, false, 1 },
	{ "riff", "data", "fmt ", 40, 16, 8, false, true, 8 },
};

bool is_size(uint64_t bytes)
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

/* The end of the chunk at @at; 0 if none begins there that lies within the file. */
static int64_t chunk_end(const struct layout *l, int64_t at, int64_t size)
{
	int head = l->name_bytes + l->size_bytes;
	uint64_t bytes;
	uint8_t p[24];

	if (!read_whole(at, p, head))
		return 0;
	for (int i = 0; i < 4 && l->name_bytes == 4; i++)
		if (p[i] < ' ' || p[i] > '~')
			return 0;
	bytes = number(p + l->name_bytes, l->size_bytes, l->big_endian);
	if (l->head_counts && bytes < (uint64_t)head)
		return 0;
	at += head;
	if (l->head_counts)
		bytes -= head;
	return bytes <= (uint64_t)(size - at) + SLACK_BYTES ? at + (int64_t)bytes : 0;
}

/* Whether the size of the audio chunk, which begins at @at, was not known when it was written. */
static bool is_streamed(const struct layout *l, const struct part *part, int64_t at, uint64_t bytes,
			int64_t offset)
{
	uint8_t p[8];

	if (bytes > (uint64_t)offset)
		return !is_size(bytes) &&
		       (bytes > INT64_MAX / 2 || at + (int64_t)bytes - offset > part->end);
	/* no audio at all: the size of the whole is right then, and chunks follow, or nothing */
	return !read_whole(part->start, p, sizeof(p)) || memcmp(p, "RIFF", 4) ||
	       part->start + 8 + (int64_t)number(p + 4, 4, false) != part->end ||
	       (at < part->end && !chunk_end(l, at, part->end));
}

/*
 * The bytes before the samples in the audio chunk whose data begin at @at. AIFF has a field for
 * more than its own head: some programs align the samples to blocks of a disk.
 */
static int64_t samples_offset(const struct layout *l, const struct part *part, int64_t at,
			      uint64_t bytes)
{
	int64_t room = part->end - at, offset;
	uint8_t p[4];

	if (*l->data != 'S')
		return *l->magic == 'c' ? 4 : 0;
	if (!read_whole(at, p, sizeof(p)))
		return 8;
	if (is_size(bytes) && bytes < (uint64_t)room)
		room = bytes;
	offset = 8 + number(p, 4, true);
	return offset < room ? offset : 8;
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
			int64_t offset = samples_offset(l, part, at, bytes);

			if (bytes == 0xffffffff && long_size)
				bytes = long_size;
			payload->layout = l;
			payload->at = at + offset;
			payload->streamed = is_streamed(l, part, payload->at, bytes, offset);
			payload->bytes = payload->streamed || bytes <= (uint64_t)offset ? 0 :
					 bytes - offset;
			return;
		}
		if (!memcmp(p, l->format, 4))
			payload->format = at;
		/* another file begins */
		if (!memcmp(p, l->magic, 4))
			return;
		if (bytes > (uint64_t)part->end)
			return;
		at += (bytes + l->align - 1) / l->align * l->align;
	}
}

bool is_wav_64(const uint8_t *magic)
{
	return !memcmp(magic, "RF64", 4) || !memcmp(magic, "BW64", 4);
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

/*
 * Blocks of audio; the samples need not follow each other. sox makes the size of a block too small:
 * what is behind it then is not a block.
 */
static void add_voc_blocks(const struct part *part, int64_t at, struct payload *payload)
{
	uint8_t p[16], first[16] = "";
	uint32_t bytes, head;

	while (at < part->end && read_whole(at, p, sizeof(p)) && *p && *p <= 9) {
		bytes = number(p + 1, 3, false);
		head = *p == 1 ? 2 : *p == 9 ? 12 : 0;
		if (!*first && head)
			memcpy(first, p, sizeof(first));
		else if (head ? *p != *first || memcmp(p + 4, first + 4, head) :
				at + 4 + bytes > part->end)
			return;
		at += 4 + bytes;
		if ((head || *p == 2) && bytes > head) {
			payload->bytes += bytes - head;
			payload->at = at - payload->bytes;
		}
	}
}

/* Bytes of samples after a header of text: "sample_count -i 264600". */
static uint64_t nist_bytes(const char *text)
{
	static const char *const names[] = {
		"\nsample_count -i ", "\nchannel_count -i ", "\nsample_n_bytes -i ",
	};
	uint64_t bytes = 1;

	/* compressed */
	if (strcasestr(text, "shorten"))
		return 0;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		const char *found = strstr(text, names[i]);

		bytes *= found ? strtoul(found + strlen(names[i]), NULL, 10) & UINT32_MAX : 0;
	}
	return bytes;
}

/* Some programs count the samples of both channels, others those of one. */
static uint64_t avr_bytes(const uint8_t *p, int64_t room)
{
	uint64_t bytes = number(p + 26, 4, true) * (p[15] > 8 ? 2 : 1);

	return p[12] && (int64_t)bytes != room ? 2 * bytes : bytes;
}

/* Formats that have the number at a fixed place. */
static void read_other_size(const struct part *part, struct payload *payload)
{
	char text[1025] = "";
	uint8_t p[32];
	int64_t at = 0;
	uint64_t bytes = 0;

	if (!read_whole(part->start, p, sizeof(p)))
		return;
	if (!memcmp(p, "Creative Voice File", 19)) {
		add_voc_blocks(part, part->start + number(p + 20, 2, false), payload);
	} else if (!memcmp(p, ".SoX", 4) || !memcmp(p, "XoS.", 4)) {
		at = 4 + number(p + 4, 4, *p == 'X');
		bytes = 4 * number(p + 8, 8, *p == 'X');
	} else if (!memcmp(p, "NIST_1A\n", 8) && read_whole(part->start, text, 1024)) {
		at = strtoul(text + 8, NULL, 10);
		bytes = nist_bytes(text);
	} else if (!memcmp(p, "2BIT", 4)) {
		at = 128;
		bytes = avr_bytes(p, part->end - part->start - at);
	} else if (!memcmp(p, "ALawSoundFile**", 16)) {
		at = 32;
		bytes = number(p + 18, 4, true);
	} else if (!memcmp(p, "MMMD", 4)) {
		at = 8;
		bytes = number(p + 4, 4, true);
	}
	if (at > 0 && at <= part->end - part->start && is_size(bytes)) {
		payload->at = part->start + at;
		payload->bytes = bytes;
	}
}

struct payload find_payload(const struct part *part)
{
	struct payload payload = { 0 };
	uint8_t p[12];

	if (!read_whole(part->start, p, sizeof(p)))
		return payload;
	if (!memcmp(p, ".snd", 4) || is_little_au(p))
		read_au_size(part, p, &payload);
	read_other_size(part, &payload);
	for (size_t i = 0; i < sizeof(layouts) / sizeof(*layouts); i++)
		if (!payload.at && !memcmp(p, layouts[i].magic, 4))
			walk_chunks(&layouts[i], part, &payload);
	if (payload.streamed)
		return payload;
	if (payload.at + (int64_t)payload.bytes > part->end + SLACK_BYTES)
		payload.missing = payload.at + payload.bytes - part->end;
	else if (payload.at + (int64_t)payload.bytes > part->end)
		payload.bytes = part->end - payload.at;
	return payload;
}

int64_t chunks_end(int64_t start, int64_t end, int64_t size)
{
	struct part part = { .start = start, .end = size };
	struct payload payload = find_payload(&part);
	const struct layout *l = payload.layout;
	int64_t at = payload.at + payload.bytes, padded, next;

	for (int i = 0; l && i < CHUNKS_MAX && at < end; i++, at = next) {
		padded = start + (at - start + l->align - 1) / l->align * l->align;
		next = chunk_end(l, padded, size);
		/* some programs do not pad */
		if (!next)
			next = chunk_end(l, at, size);
		if (!next)
			return padded >= end ? end : mpeg_tag_bytes(padded) ? padded : at;
	}
	return end;
}

bool is_streamed_avi(const struct part *part)
{
	uint8_t p[12];

	return read_whole(part->start, p, sizeof(p)) && !memcmp(p, "RIFF", 4) &&
	       !memcmp(p + 8, "AVI ", 4) && !is_size(number(p + 4, 4, false));
}
