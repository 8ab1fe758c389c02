// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Whether a container with several streams is all there, from the sizes of its own elements. Its
 * duration does not tell that: it is that of the longest stream, and a video may be longer than
 * its sound. libavformat does not tell it either: it takes what it finds.
 */
#include <stdlib.h>
#include <string.h>
#include "decode.h"

/* Of the last tag, whose own duration is unknown */
#define FLV_SLACK_MS 1000
#define FLV_TEXT 18
#define WINDOW (1 << 16)

static uint64_t big_endian(const uint8_t *p, int bytes)
{
	uint64_t value = 0;

	while (bytes--)
		value = value << 8 | *p++;
	return value;
}

/* --- Matroska, WebM --- */

#define EBML 0x1a45dfa3
#define CLUSTER 0x1f43b675

static bool is_in_cluster(uint32_t id)
{
	/* time, block, group of blocks, size before, position, silent tracks, encrypted block */
	static const uint32_t ids[] = { 0xe7, 0xa3, 0xa0, 0xab, 0xa7, 0x5854, 0xaf };

	for (size_t i = 0; i < sizeof(ids) / sizeof(*ids); i++)
		if (ids[i] == id)
			return true;
	return false;
}

static bool is_in_segment(uint32_t id)
{
	/* index of elements, info, tracks, cues, attachments, chapters, tags, void, checksum */
	static const uint32_t ids[] = { 0x114d9b74, 0x1549a966, 0x1654ae6b, 0x1c53bb6b, 0x1941a469,
					0x1043a770, 0x1254c367, 0xec, 0xbf };

	for (size_t i = 0; i < sizeof(ids) / sizeof(*ids); i++)
		if (ids[i] == id)
			return true;
	return false;
}

/*
 * Segments and clusters are entered, whatever their size: what is in them has names of its own. A
 * recorder that was killed leaves a segment of unknown size: that it ends is not damage.
 */
static void walk_matroska(const struct part *part, struct ending *ending)
{
	int64_t at = part->start, promised = UNKNOWN, end = part->end;
	bool any_cluster = false, behind = false;
	struct element e = { 0 };

	while (at < end && at < promised) {
		if (!read_element(at, end, &e)) {
			ending->broken = end - at >= 12;
			break;
		}
		at = e.data;
		if (e.id == SEGMENT) {
			promised = e.end;
		} else if (e.id == CLUSTER) {
			any_cluster = true;
			behind = false;
		} else if ((e.id == EBML || is_in_cluster(e.id) || is_in_segment(e.id)) &&
			   e.end != UNKNOWN) {
			behind = any_cluster && is_in_segment(e.id);
			at = e.end;
		} else {
			ending->broken = true;
			break;
		}
	}
	/* cues and tags behind the last cluster are not sound */
	ending->no_end = at > end || (promised != UNKNOWN && promised > end);
	if (promised != UNKNOWN && promised > end && (ending->broken || !behind))
		ending->missing = promised - end;
}

/* --- AVI --- */

/* While it is recorded, the size is 0 or the highest number. */
static int64_t chunk_end(int64_t at, const uint8_t *head)
{
	uint32_t bytes = little_endian_32(head + 4);

	return bytes && bytes < 0xfffffff0 ? at + 8 + bytes : UNKNOWN;
}

/* Lists of frames are entered; other lists are skipped. */
static void walk_avi(const struct part *part, struct ending *ending)
{
	int64_t at = part->start, riff = UNKNOWN, frames = 0, size = part->end;
	uint8_t p[12];

	while (at + (int64_t)sizeof(p) <= size && read_whole(at, p, sizeof(p))) {
		bool list = !memcmp(p, "LIST", 4), movi = list && !memcmp(p + 8, "movi", 4);

		if (!memcmp(p, "RIFF", 4)) {
			riff = chunk_end(at, p);
			at += sizeof(p);
		} else if (movi || (list && !memcmp(p + 8, "rec ", 4))) {
			if (movi)
				frames = chunk_end(at, p);
			at += sizeof(p);
		} else if (is_name(p)) {
			at += 8 + (int64_t)little_endian_32(p + 4);
			at += (at - part->start) & 1;
		} else {
			ending->broken = at < frames;
			break;
		}
	}
	if (at > size + 1)
		ending->no_end = true;
	if (riff == UNKNOWN || riff <= size + 1)
		return;
	ending->no_end = true;
	if (frames != UNKNOWN && frames > size + 1)
		ending->missing = frames - size;
}

/* --- Flash video --- */

/* A number in the description of the file; 0 if there is none. */
static double flv_number(const uint8_t *text, size_t bytes, const char *name)
{
	size_t length = strlen(name);
	const uint8_t *found = memmem(text, bytes, name, length);
	uint64_t bits;
	double value;

	if (!found || (size_t)(text + bytes - found) < length + 9 || found[length])
		return 0;
	bits = big_endian(found + length + 1, 8);
	memcpy(&value, &bits, sizeof(value));
	return value > 0 && value < 1e15 ? value : 0;
}

struct flv {
	double bytes;
	double ms;
	int64_t last_ms;
	bool truncated;
};

static void flv_describe(struct flv *flv, int64_t at, uint32_t bytes)
{
	uint8_t *text = bytes < 1 << 24 ? malloc(bytes + 1) : NULL;

	if (text && read_whole(at, text, bytes)) {
		flv->bytes = flv_number(text, bytes, "filesize");
		flv->ms = 1000 * flv_number(text, bytes, "duration");
	}
	free(text);
}

static void walk_flv_tags(const struct part *part, struct flv *flv, struct ending *ending)
{
	int64_t at, bytes;
	uint8_t p[11];
	int kind;

	if (!read_whole(part->start, p, 9))
		return;
	for (at = part->start + big_endian(p + 5, 4) + 4; at + (int64_t)sizeof(p) <= part->end;
	     at += sizeof(p) + bytes + 4) {
		if (!read_whole(at, p, sizeof(p)))
			return;
		bytes = big_endian(p + 1, 3);
		/* sound, picture, description; one bit marks what is encrypted */
		kind = p[0] & ~0x20;
		if (kind != 8 && kind != 9 && kind != FLV_TEXT) {
			ending->broken = true;
			return;
		}
		if (at + (int64_t)sizeof(p) + bytes > part->end)
			break;
		if (kind != FLV_TEXT)
			flv->last_ms = (uint32_t)p[7] << 24 | big_endian(p + 4, 3);
		else if (!flv->bytes && !flv->ms)
			flv_describe(flv, at + sizeof(p), bytes);
	}
	flv->truncated = at < part->end;
}

/* What the description says counts only with a second sign: cutters leave it as it was. */
static void walk_flv(const struct part *part, struct ending *ending)
{
	double bytes = part->end - part->start;
	struct flv flv = { 0 };
	bool early;

	walk_flv_tags(part, &flv, ending);
	early = flv.ms > flv.last_ms + FLV_SLACK_MS;
	ending->no_end = flv.truncated;
	if (flv.bytes > bytes && (flv.truncated || ending->broken || early))
		ending->missing = flv.bytes - bytes;
	else if (!flv.bytes && early && !ending->broken)
		ending->missing = (flv.ms - flv.last_ms) / flv.ms * bytes;
}

/* --- MP4 in fragments --- */

/* Whether there is a fragment behind @at. */
static bool any_fragment(int64_t at, int64_t end)
{
	uint8_t *window = malloc(WINDOW);
	bool found = false;
	ssize_t n;

	for (; window && !found && at < end; at += WINDOW - 3) {
		n = read_some(window, WINDOW, at);
		if (n < 4)
			break;
		found = memmem(window, n, "moof", 4);
	}
	free(window);
	return found;
}

/* The end of the box at @at, and where its data begin; 0 if there is none. */
static int64_t box_end(int64_t at, int64_t end, uint8_t name[4], int64_t *data)
{
	uint8_t p[16] = "";
	int64_t left = end - at, bytes;

	if (left < 8 || !read_whole(at, p, left < 16 ? left : 16) || !is_name(p + 4))
		return 0;
	memcpy(name, p + 4, 4);
	bytes = big_endian(p, 4);
	*data = at + (bytes == 1 ? 16 : 8);
	if (bytes == 1)
		bytes = big_endian(p + 8, 8);
	else if (!bytes)
		bytes = left;
	return bytes < *data - at || bytes > INT64_MAX - at ? 0 : at + bytes;
}

/* Whether the boxes from @at to @end, and those in them, are whole. */
static bool are_boxes(int64_t at, int64_t end, bool deeper)
{
	uint8_t name[4];
	int64_t next, data;

	for (; at < end; at = next) {
		next = box_end(at, end, name, &data);
		if (!next || next > end)
			return false;
		if (deeper && !memcmp(name, "traf", 4) && !are_boxes(data, next, false))
			return false;
	}
	return true;
}

/* libavformat stops where no box begins. Bytes without a fragment behind them may be junk. */
static void walk_mp4(const struct part *part, struct ending *ending)
{
	bool fragments = false;
	int64_t next, data;
	uint8_t name[4];

	for (int64_t at = part->start; at < part->end; at = next) {
		next = box_end(at, part->end, name, &data);
		if (!next) {
			ending->broken = fragments && any_fragment(at, part->end);
			ending->missing = ending->broken ? part->end - at : 0;
			return;
		}
		if (memcmp(name, "moof", 4))
			continue;
		fragments = true;
		if (next <= part->end && !are_boxes(data, next, true))
			ending->broken = true;
	}
}

/* --- ASF, WMA --- */

#define ASF_HEAD 24
#define ASF_DATA 50
#define ASF_BROADCAST 1
#define ASF_PACKET_MIN 64

struct asf {
	int64_t data; /* where the object of that name begins */
	int64_t packets;
	int64_t packet_bytes; /* 0 if they are not of one size, or unknown */
};

static uint64_t little_endian_64(const uint8_t *p)
{
	return little_endian_32(p) | (uint64_t)little_endian_32(p + 4) << 32;
}

/* Its objects have a name of 16 bytes and a size; the first one holds others. */
static void read_asf_header(const struct part *part, struct asf *asf)
{
	static const uint8_t properties[] = { 0xa1, 0xdc, 0xab, 0x8c, 0x47, 0xa9, 0xcf, 0x11 };
	uint8_t p[100];
	int64_t at = part->start + 30;
	uint64_t bytes;

	if (!read_whole(part->start, p, ASF_HEAD))
		return;
	asf->data = part->start + little_endian_64(p + 16);
	for (; at < asf->data && read_whole(at, p, sizeof(p)); at += bytes) {
		bytes = little_endian_64(p + 16);
		if (bytes < ASF_HEAD || bytes > (uint64_t)(part->end - at))
			return;
		if (memcmp(p, properties, sizeof(properties)) || p[88] & ASF_BROADCAST)
			continue;
		asf->packets = little_endian_64(p + 56);
		if (little_endian_32(p + 92) == little_endian_32(p + 96))
			asf->packet_bytes = little_endian_32(p + 96);
	}
}

/* All packets are of one size, and most writers let them begin alike. */
static void walk_asf(const struct part *part, struct ending *ending)
{
	struct asf asf = { 0 };
	uint8_t first[3], p[ASF_HEAD];
	int64_t at, end;

	read_asf_header(part, &asf);
	if (asf.packet_bytes < ASF_PACKET_MIN || asf.packets <= 0 ||
	    asf.packets > INT64_MAX / 2 / asf.packet_bytes ||
	    !read_whole(asf.data, p, sizeof(p)) ||
	    little_endian_64(p + 16) != (uint64_t)(ASF_DATA + asf.packets * asf.packet_bytes))
		return;
	at = asf.data + ASF_DATA;
	end = at + asf.packets * asf.packet_bytes;
	if (end > part->end)
		ending->missing = end - part->end;
	if (!read_whole(at, first, sizeof(first)) || first[0] != 0x82)
		return;
	for (; at < end && at + (int64_t)sizeof(first) <= part->end; at += asf.packet_bytes)
		if (!read_whole(at, p, sizeof(first)) || memcmp(p, first, sizeof(first)))
			ending->broken = true;
}

struct ending find_ending(const struct part *part)
{
	struct ending ending = { 0 };
	uint8_t p[12];

	if (!read_whole(part->start, p, sizeof(p)))
		return ending;
	if (big_endian(p, 4) == EBML)
		walk_matroska(part, &ending);
	else if (!memcmp(p, "RIFF", 4) && !memcmp(p + 8, "AVI ", 4))
		walk_avi(part, &ending);
	else if (!memcmp(p, "FLV", 3))
		walk_flv(part, &ending);
	else if (!memcmp(p + 4, "ftyp", 4))
		walk_mp4(part, &ending);
	else if (!memcmp(p, "\x30\x26\xb2\x75", 4))
		walk_asf(part, &ending);
	return ending;
}
