// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Conversion of packs to texts. Discs have damaged packs, and drives lose some. An incomplete
 * text is omitted; the next pack shows where the texts continue.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "cdtext.h"
#include "internal.h"

#define SEQUENCE_NONE (-2)

/* State while reading the packs of one type in one block. */
struct decoder {
	struct tao_cdtext *text;
	struct cdtext_block *block;
	bool has_size;
	uint8_t size[CDTEXT_SIZE_BYTES];
	struct cdtext_converters *converters;
	struct cdtext_converter *converter;
	unsigned int packs_count;	/* of this type */
	struct cdtext_place place;	/* with the track that is being read */
	unsigned int width;		/* bytes of a character */
	int sequence;			/* of the last pack */
	bool broken;			/* the start of the current text is missing */
	unsigned int binary;		/* bytes that still precede the text */
	size_t count;
	/* sequence numbers are bytes, which limits the number of consecutive packs */
	uint8_t bytes[TAO_CDTEXT_BLOCK_PACKS_MAX * CDTEXT_PAYLOAD_BYTES];
};

struct packs {
	const uint8_t *bytes;
	unsigned int count;
};

static const uint8_t *pack_at(const struct packs *packs, unsigned int index)
{
	return packs->bytes + index * TAO_CDTEXT_PACK_BYTES;
}

static unsigned int pack_block(const uint8_t *pack)
{
	return (pack[3] & ~CDTEXT_WIDE) >> CDTEXT_BLOCK_SHIFT;
}

/* Some drives return the last pack with zeros instead of its CRC. */
static bool pack_is_sound(const struct packs *packs, unsigned int index)
{
	const uint8_t *pack = pack_at(packs, index);
	unsigned int crc = pack[CDTEXT_CRC_AT] << 8 | pack[CDTEXT_CRC_AT + 1];

	return crc == tao_cdtext_crc(pack) || (index == packs->count - 1 && !crc);
}

/*
 * ------------------------------------------------------------------------------------------
 * size records
 */

static bool read_size(const struct packs *packs, unsigned int block, uint8_t *record)
{
	unsigned int found = 0;

	for (unsigned int i = 0; i < packs->count; i++) {
		const uint8_t *pack = pack_at(packs, i);

		if (pack[0] != CDTEXT_TYPE_SIZE || pack_block(pack) != block ||
		    pack[1] >= CDTEXT_SIZE_PACKS || !pack_is_sound(packs, i))
			continue;
		memcpy(record + pack[1] * CDTEXT_PAYLOAD_BYTES, pack + CDTEXT_PAYLOAD_AT,
		       CDTEXT_PAYLOAD_BYTES);
		found |= 1U << pack[1];
	}
	return found == (1U << CDTEXT_SIZE_PACKS) - 1;
}

static bool block_is_there(const struct packs *packs, unsigned int block)
{
	for (unsigned int i = 0; i < packs->count; i++)
		if (pack_block(pack_at(packs, i)) == block && pack_is_sound(packs, i))
			return true;
	return false;
}

static enum tao_cdtext_charset known_charset(unsigned int charset,
					     const struct cdtext_place *place)
{
	switch (charset) {
	case TAO_CDTEXT_ISO_8859_1:
	case TAO_CDTEXT_ASCII:
	case TAO_CDTEXT_MS_JIS:
		return charset;
	default:
		tao_cdtext_tell(place, TAO_CDTEXT_BAD_CHARSET, 0, "");
		return TAO_CDTEXT_ISO_8859_1;
	}
}

/* Blocks are numbered without gaps here, whatever their numbers on the disc. */
static int add_block(struct tao_cdtext *text, unsigned int number, const uint8_t *record,
		     const struct cdtext_place *place)
{
	return tao_cdtext_add_block(text, known_charset(record[CDTEXT_SIZE_CHARSET], place),
				    record[CDTEXT_SIZE_LANGUAGES + number] & 0x7f);
}

/* The range of tracks: taken from the first block with a valid one. */
static void find_tracks(struct tao_cdtext *text, const struct packs *packs)
{
	for (unsigned int i = 0; i < TAO_CDTEXT_BLOCKS_MAX; i++) {
		uint8_t record[CDTEXT_SIZE_BYTES];
		unsigned int first, last;

		if (!read_size(packs, i, record))
			continue;
		first = record[CDTEXT_SIZE_FIRST];
		last = record[CDTEXT_SIZE_LAST];
		if (first < 1 || first > last || last > CDTEXT_TRACKS_MAX)
			continue;
		text->first_track = first;
		text->last_track = last;
		return;
	}
}

/*
 * ------------------------------------------------------------------------------------------
 * texts
 */

static bool at_end_mark(const struct decoder *d)
{
	if (d->count < d->width || d->count % d->width)
		return false;
	return !d->bytes[d->count - 1] && !d->bytes[d->count - d->width];
}

static bool is_tab(const struct decoder *d)
{
	if (d->count != 2 * d->width)
		return false;
	return d->bytes[0] == '\t' && d->bytes[d->width - 1] == '\t';
}

static char *decode_text(struct decoder *d)
{
	const char *before;

	/* A single TAB repeats the text of the previous track. */
	if (is_tab(d) && d->place.track > d->text->first_track) {
		before = d->block->texts[CDTEXT_INDEX(d->place.type)][d->place.track - 1];
		return before ? strdup(before) : NULL;
	}
	if (d->count == d->width)
		return NULL;
	return tao_cdtext_from_disc(d->converter, d->bytes, d->count - d->width, &d->place);
}

static unsigned int track_after(const struct decoder *d)
{
	return d->place.track ? d->place.track + 1 : d->text->first_track;
}

static bool track_has_text(const struct decoder *d)
{
	unsigned int track = d->place.track;

	if (!track)
		return true;
	return !tao_cdtext_of_disc(d->place.type) && track >= d->text->first_track &&
	       track <= d->text->last_track;
}

static void end_text(struct decoder *d)
{
	char **place = &d->block->texts[CDTEXT_INDEX(d->place.type)][d->place.track];

	if (d->broken) {
		tao_cdtext_tell(&d->place, TAO_CDTEXT_DAMAGED, 0, "");
	} else {
		free(*place);
		*place = decode_text(d);
	}
	d->broken = false;
	d->count = 0;
	d->place.track = track_after(d);
}

static void take_byte(struct decoder *d, uint8_t byte)
{
	if (d->binary) {
		d->binary--;
		d->block->genre = (d->block->genre << 8 | byte) & 0xffff;
		return;
	}
	/* Bytes behind the text of the last track are padding. */
	if (!track_has_text(d))
		return;
	d->bytes[d->count++] = byte;
	if (at_end_mark(d))
		end_text(d);
}

/* Data are missing in front of this pack: part of the current text, and perhaps more texts. */
static void resume_at(struct decoder *d, const uint8_t *pack)
{
	if (d->count && track_has_text(d)) {
		d->broken = true;
		end_text(d);
	}
	d->place.track = pack[1];
	d->count = 0;
	d->broken = pack[3] & CDTEXT_POSITION_MAX;
	if (d->broken)
		d->binary = 0;
}

static void take_pack(struct decoder *d, const uint8_t *pack)
{
	if (pack[2] != d->sequence + 1 || pack[1] != d->place.track)
		resume_at(d, pack);
	d->sequence = pack[2];
	d->packs_count++;
	for (unsigned int i = 0; i < CDTEXT_PAYLOAD_BYTES; i++)
		take_byte(d, pack[CDTEXT_PAYLOAD_AT + i]);
}

/* If the first or last packs of a type are missing, only their number shows it. */
static void note_missing(struct decoder *d)
{
	unsigned int index = CDTEXT_INDEX(d->place.type);

	d->place.track = 0;
	if (d->has_size && d->packs_count != d->size[CDTEXT_SIZE_COUNTS + index])
		tao_cdtext_tell(&d->place, TAO_CDTEXT_DAMAGED, 0, "");
}

static int decode_type(struct decoder *d, const struct packs *packs, unsigned int number,
		       unsigned int type)
{
	enum tao_cdtext_charset charset = tao_cdtext_charset_of(d->block, type);
	int error;

	/* Many programs write ISO 8859-1 and call it ASCII. */
	if (charset == TAO_CDTEXT_ASCII)
		charset = TAO_CDTEXT_ISO_8859_1;
	error = tao_cdtext_converters_get(d->converters, charset, &d->converter);
	if (error)
		return error;
	d->place.type = type;
	d->place.track = 0;
	d->width = charset == TAO_CDTEXT_MS_JIS ? 2 : 1;
	d->sequence = SEQUENCE_NONE;
	d->binary = type == TAO_CDTEXT_GENRE ? 2 : 0;
	d->broken = false;
	d->count = 0;
	d->packs_count = 0;
	for (unsigned int i = 0; i < packs->count; i++) {
		const uint8_t *pack = pack_at(packs, i);

		if (pack[0] == type && pack_block(pack) == number && pack_is_sound(packs, i))
			take_pack(d, pack);
	}
	if (d->count && track_has_text(d)) {
		d->broken = true;
		end_text(d);
	}
	note_missing(d);
	return 0;
}

static int decode_block(struct tao_cdtext *text, const struct packs *packs, unsigned int number,
			struct cdtext_converters *converters, tao_cdtext_note_fn note, void *data)
{
	struct decoder d = {
		.text = text,
		.converters = converters,
		.place = { .block = text->blocks_count, .note = note, .data = data },
	};
	int ret;

	d.has_size = read_size(packs, number, d.size);
	if (!d.has_size) {
		memset(d.size, 0, sizeof(d.size));
		tao_cdtext_tell(&d.place, TAO_CDTEXT_NO_SIZE, 0, "");
	}
	ret = add_block(text, number, d.size, &d.place);
	if (ret < 0)
		return ret;
	d.block = text->blocks[ret];
	ret = 0;
	for (unsigned int type = CDTEXT_TYPE_FIRST; type < CDTEXT_TYPE_SIZE && !ret; type++)
		if (tao_cdtext_is_text(type))
			ret = decode_type(&d, packs, number, type);
	return ret;
}

/* Reports the invalid packs, which are ignored. */
static void note_damage(const struct packs *packs, tao_cdtext_note_fn note, void *data)
{
	for (unsigned int i = 0; i < packs->count; i++) {
		const uint8_t *pack = pack_at(packs, i);
		const struct cdtext_place place = {
			pack_block(pack), pack[0], pack[1], note, data
		};

		if (!pack_is_sound(packs, i))
			tao_cdtext_tell(&place, TAO_CDTEXT_DAMAGED, 0, "");
	}
}

int tao_cdtext_decode(struct tao_cdtext **result, const void *bytes, size_t count,
		      tao_cdtext_note_fn note, void *data)
{
	const struct packs packs = { bytes, count / TAO_CDTEXT_PACK_BYTES };
	struct cdtext_converters converters = { 0 };
	struct tao_cdtext *text;
	int error;

	if (count % TAO_CDTEXT_PACK_BYTES || count > TAO_CDTEXT_BYTES_MAX)
		return tao_fail(EINVAL, "%zu bytes are not CD-TEXT", count);
	error = tao_cdtext_new(&text, 1, CDTEXT_TRACKS_MAX);
	if (error)
		return error;
	find_tracks(text, &packs);
	note_damage(&packs, note, data);
	for (unsigned int i = 0; i < TAO_CDTEXT_BLOCKS_MAX && !error; i++)
		if (block_is_there(&packs, i))
			error = decode_block(text, &packs, i, &converters, note, data);
	tao_cdtext_converters_free(&converters);
	if (!error && !text->blocks_count)
		error = tao_fail(EINVAL, "no pack of the CD-TEXT is sound");
	if (error) {
		tao_cdtext_free(text);
		return error;
	}
	*result = text;
	return 0;
}
