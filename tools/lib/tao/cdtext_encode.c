// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Conversion of texts to packs. If a type is used, it has a text, perhaps an empty one, for the
 * disc and for every track. These texts follow each other without a gap, each with an end mark,
 * and the last pack is padded with zeros.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "cdtext.h"
#include "internal.h"

#define TEXT_PACKS_MAX (TAO_CDTEXT_BLOCK_PACKS_MAX - CDTEXT_SIZE_PACKS)

/* The packs of one block while they are being made. */
struct encoder {
	const struct tao_cdtext *text;
	unsigned int number;
	const struct cdtext_block *block;
	uint8_t *packs;
	unsigned int packs_count;
	unsigned int text_packs;	/* number without the size record */
	unsigned int used;	/* bytes used in the payload of the last pack */
	unsigned int counts[CDTEXT_TYPES];
	bool full;
	struct cdtext_converters *converters;
	tao_cdtext_note_fn note;
	void *data;
};

enum tao_cdtext_charset tao_cdtext_charset_of(const struct cdtext_block *block, unsigned int type)
{
	if (type <= TAO_CDTEXT_MESSAGE)
		return block->charset;
	return type == TAO_CDTEXT_CLOSED ? TAO_CDTEXT_ISO_8859_1 : TAO_CDTEXT_ASCII;
}

static uint8_t *pack_at(const struct encoder *e, unsigned int index)
{
	return e->packs + index * TAO_CDTEXT_PACK_BYTES;
}

static void new_pack(struct encoder *e, unsigned int type, unsigned int track, bool wide,
		     unsigned int position)
{
	unsigned int limit = type == CDTEXT_TYPE_SIZE ? TAO_CDTEXT_BLOCK_PACKS_MAX : TEXT_PACKS_MAX;
	uint8_t *pack = pack_at(e, e->packs_count);

	if (e->packs_count == limit) {
		e->full = true;
		return;
	}
	if (position > CDTEXT_POSITION_MAX)
		position = CDTEXT_POSITION_MAX;
	memset(pack, 0, TAO_CDTEXT_PACK_BYTES);
	pack[0] = type;
	pack[1] = track;
	pack[2] = e->packs_count++;
	pack[3] = (wide ? CDTEXT_WIDE : 0) | e->number << CDTEXT_BLOCK_SHIFT | position;
	e->counts[CDTEXT_INDEX(type)]++;
	e->used = 0;
}

/*
 * Adds the bytes of one text. If a new pack starts in the middle of it, the pack says how many
 * characters of the text precede it; the first @binary bytes do not count as characters.
 */
static void put_bytes(struct encoder *e, unsigned int type, unsigned int track, bool wide,
		      const uint8_t *bytes, size_t count, unsigned int binary)
{
	for (size_t i = 0; i < count && !e->full; i++) {
		if (e->used == CDTEXT_PAYLOAD_BYTES)
			new_pack(e, type, track, wide,
				 i < binary ? 0 : (i - binary) / (wide ? 2 : 1));
		if (e->full)
			break;
		pack_at(e, e->packs_count - 1)[CDTEXT_PAYLOAD_AT + e->used++] = bytes[i];
	}
}

static void put_text(struct encoder *e, struct cdtext_converter *c, unsigned int type,
		     unsigned int track)
{
	const struct cdtext_place place = { e->number, type, track, e->note, e->data };
	const char *utf8 = e->block->texts[CDTEXT_INDEX(type)][track];
	bool wide = tao_cdtext_charset_of(e->block, type) == TAO_CDTEXT_MS_JIS;
	uint8_t bytes[2 + TAO_CDTEXT_TEXT_MAX + 2] = { 0 };
	unsigned int binary = 0;
	size_t count = 0;

	if (type == TAO_CDTEXT_GENRE) {
		bytes[0] = e->block->genre >> 8;
		bytes[1] = e->block->genre;
		binary = 2;
	}
	if (utf8)
		count = tao_cdtext_to_disc(c, utf8, bytes + binary, &place);
	put_bytes(e, type, track, wide, bytes, binary + count + (wide ? 2 : 1), binary);
}

static bool type_is_used(const struct encoder *e, unsigned int type)
{
	unsigned int index = CDTEXT_INDEX(type);

	if (type == TAO_CDTEXT_GENRE && e->block->genre)
		return true;
	for (unsigned int track = 0; track <= CDTEXT_TRACKS_MAX; track++)
		if (e->block->texts[index][track])
			return true;
	return false;
}

static int put_type(struct encoder *e, unsigned int type)
{
	const struct tao_cdtext *text = e->text;
	struct cdtext_converter *c;
	int error;

	error = tao_cdtext_converters_get(e->converters, tao_cdtext_charset_of(e->block, type), &c);
	if (error)
		return error;
	/* Each type starts a new pack. */
	e->used = CDTEXT_PAYLOAD_BYTES;
	put_text(e, c, type, 0);
	if (!tao_cdtext_of_disc(type))
		for (unsigned int track = text->first_track; track <= text->last_track; track++)
			put_text(e, c, type, track);
	return 0;
}

static int put_block(struct encoder *e)
{
	int error = 0;

	for (unsigned int type = CDTEXT_TYPE_FIRST; type < CDTEXT_TYPE_SIZE && !error; type++)
		if (tao_cdtext_is_text(type) && type_is_used(e, type))
			error = put_type(e, type);
	if (!error && e->full)
		error = tao_fail_text(E2BIG,
				      "the CD-TEXT of language %u needs more than %d packs",
				      e->number, TEXT_PACKS_MAX);
	e->text_packs = e->packs_count;
	return error;
}

/* The size record at the end of each block: its contents, and the length of every block. */
static void put_size(struct encoder *e, const struct encoder *all, unsigned int blocks)
{
	uint8_t record[CDTEXT_SIZE_BYTES] = { 0 };

	record[CDTEXT_SIZE_CHARSET] = e->block->charset;
	record[CDTEXT_SIZE_FIRST] = e->text->first_track;
	record[CDTEXT_SIZE_LAST] = e->text->last_track;
	for (unsigned int i = 0; i < CDTEXT_TYPES; i++)
		record[CDTEXT_SIZE_COUNTS + i] = e->counts[i];
	record[CDTEXT_SIZE_COUNTS + CDTEXT_INDEX(CDTEXT_TYPE_SIZE)] = CDTEXT_SIZE_PACKS;
	for (unsigned int i = 0; i < blocks; i++) {
		if (!all[i].text_packs)
			continue;
		record[CDTEXT_SIZE_SEQUENCES + i] = all[i].text_packs + CDTEXT_SIZE_PACKS - 1;
		record[CDTEXT_SIZE_LANGUAGES + i] = all[i].block->language;
	}
	for (unsigned int i = 0; i < CDTEXT_SIZE_PACKS; i++) {
		new_pack(e, CDTEXT_TYPE_SIZE, i, false, 0);
		memcpy(pack_at(e, e->packs_count - 1) + CDTEXT_PAYLOAD_AT,
		       record + i * CDTEXT_PAYLOAD_BYTES, CDTEXT_PAYLOAD_BYTES);
	}
}

static void put_crc(struct encoder *e)
{
	for (unsigned int i = 0; i < e->packs_count; i++) {
		uint16_t crc = tao_cdtext_crc(pack_at(e, i));

		pack_at(e, i)[CDTEXT_CRC_AT] = crc >> 8;
		pack_at(e, i)[CDTEXT_CRC_AT + 1] = crc;
	}
}

/* Each block was made with room for its maximum length; moves it up to the one before it. */
static ssize_t join_blocks(struct encoder *all, unsigned int blocks, uint8_t *packs)
{
	size_t done = 0;

	for (unsigned int i = 0; i < blocks; i++) {
		size_t bytes;

		if (!all[i].text_packs)
			continue;
		put_size(&all[i], all, blocks);
		put_crc(&all[i]);
		bytes = all[i].packs_count * TAO_CDTEXT_PACK_BYTES;
		memmove(packs + done, all[i].packs, bytes);
		done += bytes;
	}
	return done;
}

ssize_t tao_cdtext_encode(const struct tao_cdtext *text, void *packs, tao_cdtext_note_fn note,
			  void *data)
{
	struct cdtext_converters converters = { 0 };
	struct encoder all[TAO_CDTEXT_BLOCKS_MAX];
	int error = 0;

	for (unsigned int i = 0; i < text->blocks_count && !error; i++) {
		size_t offset = i * TAO_CDTEXT_BLOCK_PACKS_MAX * TAO_CDTEXT_PACK_BYTES;

		all[i] = (struct encoder){
			.text = text,
			.number = i,
			.block = text->blocks[i],
			.packs = (uint8_t *)packs + offset,
			.converters = &converters,
			.note = note,
			.data = data,
		};
		error = put_block(&all[i]);
	}
	tao_cdtext_converters_free(&converters);
	return error ? error : join_blocks(all, text->blocks_count, packs);
}
