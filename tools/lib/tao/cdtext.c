// SPDX-License-Identifier: LGPL-2.1-or-later
/* The texts of a disc: a block for each language, with texts for the disc and each track. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "cdtext.h"
#include "internal.h"

int tao_cdtext_new(struct tao_cdtext **text, unsigned int first_track, unsigned int last_track)
{
	struct tao_cdtext *t;

	if (first_track < 1 || first_track > last_track || last_track > CDTEXT_TRACKS_MAX)
		return tao_fail(EINVAL, "no CD-TEXT for tracks %u to %u", first_track, last_track);
	t = calloc(1, sizeof(*t));
	if (!t)
		return tao_fail(ENOMEM, "no CD-TEXT");
	t->first_track = first_track;
	t->last_track = last_track;
	*text = t;
	return 0;
}

static void block_free(struct cdtext_block *block)
{
	for (unsigned int type = 0; type < CDTEXT_TYPES; type++)
		for (unsigned int track = 0; track <= CDTEXT_TRACKS_MAX; track++)
			free(block->texts[type][track]);
	free(block);
}

void tao_cdtext_free(struct tao_cdtext *text)
{
	if (!text)
		return;
	for (unsigned int i = 0; i < text->blocks_count; i++)
		block_free(text->blocks[i]);
	free(text);
}

int tao_cdtext_add_block(struct tao_cdtext *text, enum tao_cdtext_charset charset,
			 unsigned int language)
{
	struct cdtext_block *block;

	if (charset != TAO_CDTEXT_ISO_8859_1 && charset != TAO_CDTEXT_ASCII &&
	    charset != TAO_CDTEXT_MS_JIS)
		return tao_fail(EINVAL, "CD-TEXT has no character set %02Xh", charset);
	if (language > 0x7f)
		return tao_fail(EINVAL, "CD-TEXT has no language %u", language);
	if (text->blocks_count == TAO_CDTEXT_BLOCKS_MAX)
		return tao_fail(ENOSPC, "CD-TEXT has %d languages at most", TAO_CDTEXT_BLOCKS_MAX);
	block = calloc(1, sizeof(*block));
	if (!block)
		return tao_fail(ENOMEM, "no CD-TEXT");
	block->charset = charset;
	block->language = language;
	text->blocks[text->blocks_count] = block;
	return text->blocks_count++;
}

unsigned int tao_cdtext_blocks(const struct tao_cdtext *text)
{
	return text->blocks_count;
}

unsigned int tao_cdtext_charset(const struct tao_cdtext *text, unsigned int block)
{
	return block < text->blocks_count ? text->blocks[block]->charset : 0;
}

unsigned int tao_cdtext_language(const struct tao_cdtext *text, unsigned int block)
{
	return block < text->blocks_count ? text->blocks[block]->language : 0;
}

unsigned int tao_cdtext_first_track(const struct tao_cdtext *text)
{
	return text->first_track;
}

unsigned int tao_cdtext_last_track(const struct tao_cdtext *text)
{
	return text->last_track;
}

bool tao_cdtext_of_disc(unsigned int type)
{
	return type == TAO_CDTEXT_DISC_ID || type == TAO_CDTEXT_GENRE || type == TAO_CDTEXT_CLOSED;
}

bool tao_cdtext_is_text(unsigned int type)
{
	return (type >= TAO_CDTEXT_TITLE && type <= TAO_CDTEXT_GENRE) ||
	       type == TAO_CDTEXT_CLOSED || type == TAO_CDTEXT_CODE;
}

static bool has_place(const struct tao_cdtext *text, unsigned int block, unsigned int type,
		      unsigned int track)
{
	if (block >= text->blocks_count || !tao_cdtext_is_text(type))
		return false;
	if (!track)
		return true;
	return !tao_cdtext_of_disc(type) && track >= text->first_track && track <= text->last_track;
}

int tao_cdtext_set(struct tao_cdtext *text, unsigned int block, enum tao_cdtext_type type,
		   unsigned int track, const char *utf8)
{
	char **place, *copy = NULL;

	if (!has_place(text, block, type, track))
		return tao_fail(EINVAL, "CD-TEXT has no place for type %xh of track %u in block %u",
				type, track, block);
	if (utf8 && *utf8) {
		copy = strdup(utf8);
		if (!copy)
			return tao_fail(ENOMEM, "no CD-TEXT");
	}
	place = &text->blocks[block]->texts[CDTEXT_INDEX(type)][track];
	free(*place);
	*place = copy;
	return 0;
}

const char *tao_cdtext_get(const struct tao_cdtext *text, unsigned int block,
			   enum tao_cdtext_type type, unsigned int track)
{
	if (!has_place(text, block, type, track))
		return NULL;
	return text->blocks[block]->texts[CDTEXT_INDEX(type)][track];
}

int tao_cdtext_set_genre(struct tao_cdtext *text, unsigned int block, unsigned int code)
{
	if (block >= text->blocks_count || code > 0xffff)
		return tao_fail(EINVAL, "CD-TEXT has no genre %u in block %u", code, block);
	text->blocks[block]->genre = code;
	return 0;
}

unsigned int tao_cdtext_genre(const struct tao_cdtext *text, unsigned int block)
{
	return block < text->blocks_count ? text->blocks[block]->genre : 0;
}

void tao_cdtext_tell(const struct cdtext_place *place, enum tao_cdtext_problem problem,
		     uint32_t character, const char *replacement)
{
	const struct tao_cdtext_note note = {
		.problem = problem,
		.block = place->block,
		.type = place->type,
		.track = place->track,
		.character = character,
		.replacement = replacement,
	};

	if (place->note)
		place->note(place->data, &note);
}

/* CRC with the polynomial x^16 + x^12 + x^5 + 1, inverted. */
uint16_t tao_cdtext_crc(const uint8_t *pack)
{
	uint16_t crc = 0;

	for (unsigned int i = 0; i < CDTEXT_CRC_AT; i++) {
		crc ^= pack[i] << 8;
		for (unsigned int bit = 0; bit < 8; bit++)
			crc = crc << 1 ^ (crc & 0x8000 ? 0x1021 : 0);
	}
	return ~crc;
}
