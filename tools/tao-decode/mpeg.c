// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * MPEG audio files that were put one behind the other. Each has its tags, and a first frame that
 * says how much of it is audio: decoded as one, they would get longer at each joint, and a tag with
 * a picture would be damage.
 */
#include <stdlib.h>
#include <string.h>
#include "decode.h"

#define WINDOW (1 << 16)
/* Bytes examined at one position: a frame header, and the data that mark a first frame. */
#define LOOK_BYTES 64
/* Frames in a row that make it an MPEG stream. */
#define FRAMES_MIN 3
#define ID3V1_BYTES 128
#define APE_BYTES 32
#define TAGS_MAX 1000000
#define LYRICS_MAX (1 << 17)

/* LOOK_BYTES from @at on, zeros behind the end. */
static const uint8_t *look(int64_t at)
{
	static uint8_t window[WINDOW + LOOK_BYTES];
	static int64_t first = -1;
	size_t done = 0;
	ssize_t n;

	if (first >= 0 && at >= first && at + LOOK_BYTES <= first + WINDOW)
		return window + (at - first);
	while (done < WINDOW && (n = read_some(window + done, WINDOW - done, at + done)) > 0)
		done += n;
	memset(window + done, 0, sizeof(window) - done);
	first = at;
	return window;
}

/* Bytes of the layer III frame at @p; 0 if there is none. */
static int frame_bytes(const uint8_t *p)
{
	static const int kbps_1[] = { 0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256,
				      320, 0 };
	static const int kbps_2[] = { 0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144,
				      160, 0 };
	static const int rates[] = { 44100, 48000, 32000, 0 };
	int version = p[1] >> 3 & 3, rate = rates[p[2] >> 2 & 3], bits;

	if (p[0] != 0xff || (p[1] & 0xe6) != 0xe2 || version == 1 || !rate)
		return 0;
	bits = 1000 * (version == 3 ? kbps_1 : kbps_2)[p[2] >> 4];
	rate >>= version == 3 ? 0 : version == 2 ? 1 : 2;
	return bits ? (version == 3 ? 144 : 72) * bits / rate + (p[2] >> 1 & 1) : 0;
}

/* The frame that has no audio, but says how long the file is. */
static bool is_first_frame(const uint8_t *p)
{
	bool mono = p[3] >> 6 == 3, is_mpeg_1 = (p[1] >> 3 & 3) == 3;
	int at = 4 + (is_mpeg_1 ? (mono ? 17 : 32) : (mono ? 9 : 17));

	return !memcmp(p + at, "Xing", 4) || !memcmp(p + at, "Info", 4) ||
	       !memcmp(p + 36, "VBRI", 4);
}

static bool is_id3v2(const uint8_t *p)
{
	return !memcmp(p, "ID3", 3) && p[3] < 0xff && p[4] < 0xff &&
	       !((p[6] | p[7] | p[8] | p[9]) & 0x80);
}

/* Bytes of the tag at @p; 0 if there is none. */
static int64_t tag_bytes(const uint8_t *p)
{
	int64_t size;

	if (is_id3v2(p))
		return 10 + (p[6] << 21 | p[7] << 14 | p[8] << 7 | p[9]) + (p[5] & 0x10 ? 10 : 0);
	if (!memcmp(p, "TAG", 3))
		return ID3V1_BYTES;
	if (memcmp(p, "APETAGEX", 8))
		return 0;
	/* the size has the footer in it; of a footer, we are at its beginning */
	size = p[12] | p[13] << 8 | p[14] << 16 | (int64_t)p[15] << 24;
	return p[23] & 0x20 ? APE_BYTES + size : APE_BYTES;
}

/* Lyrics3 ends with its size, or with a mark. */
static int64_t lyrics_bytes(int64_t start)
{
	for (int64_t at = start + 11; at < start + LYRICS_MAX; at++) {
		const uint8_t *p = look(at);

		if (!memcmp(p, "LYRICSEND", 9) || !memcmp(p, "LYRICS200", 9))
			return at + 9 - start;
	}
	return 0;
}

int64_t mpeg_tag_bytes(int64_t at)
{
	const uint8_t *p = look(at);

	return memcmp(p, "LYRICSBEGIN", 11) ? tag_bytes(p) : lyrics_bytes(at);
}

int64_t tag_before(int64_t end)
{
	uint8_t p[APE_BYTES];
	int64_t bytes;

	if (end >= ID3V1_BYTES && !memcmp(look(end - ID3V1_BYTES), "TAG", 3))
		return ID3V1_BYTES;
	if (end < APE_BYTES || read_some(p, sizeof(p), end - APE_BYTES) != sizeof(p) ||
	    memcmp(p, "APETAGEX", 8))
		return 0;
	bytes = p[12] | p[13] << 8 | p[14] << 16 | (int64_t)p[15] << 24;
	/* with a header */
	return p[23] & 0x80 ? bytes + APE_BYTES : bytes;
}

bool is_mpeg(int64_t at)
{
	int64_t bytes;

	for (int i = 0; i < FRAMES_MIN; i++, at += bytes) {
		while ((bytes = mpeg_tag_bytes(at)))
			at += bytes;
		bytes = frame_bytes(look(at));
		if (!bytes)
			return false;
	}
	return true;
}

/* Whether frames of these headers may follow each other in one stream: same version and rate. */
static bool are_alike(const uint8_t *a, const uint8_t *b)
{
	return !((a[1] ^ b[1]) & 0xfe) && !((a[2] ^ b[2]) & 0x0c) &&
	       (a[3] >> 6 == 3) == (b[3] >> 6 == 3);
}

/* A tag that is too many is read as audio: that is damage, and said. */
static void add_tag(struct part *part, size_t *count, int64_t at, int64_t bytes)
{
	struct span *more;

	if (*count >= TAGS_MAX)
		return;
	more = reallocarray(part->tags, *count + 1, sizeof(*more));
	if (!more)
		return;
	part->tags = more;
	more[(*count)++] = (struct span){ .at = at, .bytes = bytes };
}

/* Where frames go on behind what is neither a frame nor a tag, or a tag is; or @size. */
static int64_t skip_junk(int64_t at, int64_t size)
{
	while (at < size && !mpeg_tag_bytes(at) && !(frame_bytes(look(at)) && is_mpeg(at)))
		at++;
	return at < size ? at : size;
}

/*
 * The frames that the first one, which is at @at, counts; 0 if it does not, or comes from a program
 * that may have counted that one, too.
 */
static uint32_t counted_frames(int64_t at)
{
	uint8_t p[36 + 124];
	const uint8_t *info;

	if (read_some(p, sizeof(p), at) != sizeof(p))
		return 0;
	info = memmem(p, 40, "Xing", 4) ?: memmem(p, 40, "Info", 4);
	if (!info || info[7] != 0xf ||
	    (memcmp(info + 120, "LAME", 4) && memcmp(info + 120, "Lav", 3)))
		return 0;
	return (uint32_t)info[8] << 24 | info[9] << 16 | info[10] << 8 | info[11];
}

struct mpeg {
	uint8_t last[4]; /* header of a frame; 0: there was none yet */
	uint32_t bytes; /* of that frame */
	uint32_t frames;
	uint32_t counted; /* by the first one */
	bool lost; /* there is junk, and no tag, behind that frame */
};

static void take_frame(struct mpeg *m, struct part *part, int64_t at, uint32_t bytes)
{
	const uint8_t *p = look(at);

	if (m->lost && are_alike(p, m->last))
		part->hole = true;
	m->lost = false;
	if (is_first_frame(p))
		m->counted = counted_frames(at);
	else
		m->frames++;
	memcpy(m->last, look(at), sizeof(m->last));
	m->bytes = bytes;
}

/*
 * A recording from the air, or a stream that was packed for HLS, has a tag every few seconds. The
 * frame behind the tag needs bits of the frames before it, so it remains in the same part. Only a
 * first frame, or a frame of another kind, begins a new file.
 */
int64_t next_mpeg(struct part *part, int64_t size, int64_t *end)
{
	int64_t at = part->start, id3 = -1, bytes;
	bool junk = false;
	size_t tags = 0;
	struct mpeg m = { 0 };

	*end = size;
	for (; at < size; at += bytes) {
		const uint8_t *p = look(at);

		bytes = frame_bytes(p);
		if (junk && bytes && !is_mpeg(at))
			bytes = 0;
		/* what is behind another file's audio belongs to that; an ID3v2 tag does not */
		if (bytes && m.last[0] &&
		    (is_first_frame(p) || (id3 >= 0 && !are_alike(p, m.last))))
			break;
		if (bytes) {
			take_frame(&m, part, at, bytes);
			part->tags_count = tags;
			part->no_end = at + bytes > size;
			*end = part->no_end ? size : at + bytes;
			id3 = -1;
			junk = false;
			continue;
		}
		bytes = mpeg_tag_bytes(at);
		if (bytes && m.last[0]) {
			add_tag(part, &tags, at, bytes);
			id3 = id3 < 0 && is_id3v2(look(at)) ? at : id3;
			m.lost = false;
		} else if (!bytes && m.last[0]) {
			bytes = skip_junk(at, size) - at;
			m.lost = bytes >= m.bytes / 2 && tags == part->tags_count;
			junk = true;
		} else if (!bytes) {
			bytes = 1;
		}
	}
	if (m.counted > m.frames)
		part->lost = m.counted - m.frames;
	return at < size ? id3 >= 0 ? id3 : at : size;
}
