/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Definitions for the files of the CD-TEXT codec. */
#ifndef TAO_CDTEXT_INTERNAL_H
#define TAO_CDTEXT_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>
#include "tao_cdtext.h"

#define CDTEXT_TRACKS_MAX 99
#define CDTEXT_TYPE_FIRST 0x80
#define CDTEXT_TYPES 16
#define CDTEXT_TYPE_SIZE 0x8f /* packs with the size record of a block */
#define CDTEXT_SIZE_PACKS 3
#define CDTEXT_INDEX(type) ((type) - CDTEXT_TYPE_FIRST)

/* Offsets in a pack */
#define CDTEXT_PAYLOAD_AT 4
#define CDTEXT_PAYLOAD_BYTES 12
#define CDTEXT_CRC_AT 16

/* Byte 3 of a pack */
#define CDTEXT_WIDE 0x80
#define CDTEXT_BLOCK_SHIFT 4
#define CDTEXT_POSITION_MAX 15

/* Offsets in the size record */
#define CDTEXT_SIZE_CHARSET 0
#define CDTEXT_SIZE_FIRST 1
#define CDTEXT_SIZE_LAST 2
#define CDTEXT_SIZE_COUNTS 4
#define CDTEXT_SIZE_SEQUENCES 20
#define CDTEXT_SIZE_LANGUAGES 28
#define CDTEXT_SIZE_BYTES (CDTEXT_SIZE_PACKS * CDTEXT_PAYLOAD_BYTES)

struct cdtext_block {
	enum tao_cdtext_charset charset;
	unsigned int language;
	unsigned int genre;
	char *texts[CDTEXT_TYPES][CDTEXT_TRACKS_MAX + 1]; /* UTF-8; track 0 is the disc */
};

struct tao_cdtext {
	unsigned int first_track;
	unsigned int last_track;
	unsigned int blocks_count;
	struct cdtext_block *blocks[TAO_CDTEXT_BLOCKS_MAX];
};

/* The place of a loss, and the function to report it to. */
struct cdtext_place {
	unsigned int block;
	unsigned int type;
	unsigned int track;
	tao_cdtext_note_fn note;
	void *data;
};

void tao_cdtext_tell(const struct cdtext_place *place, enum tao_cdtext_problem problem,
		     uint32_t character, const char *replacement);

bool tao_cdtext_is_text(unsigned int type);
/* True for types that have a text for the disc only. */
bool tao_cdtext_of_disc(unsigned int type);
/* The character set of a type: types 80h to 85h have that of the block. */
enum tao_cdtext_charset tao_cdtext_charset_of(const struct cdtext_block *block, unsigned int type);
uint16_t tao_cdtext_crc(const uint8_t *pack);

/* Converts between UTF-8 and a character set of the disc. */
struct cdtext_converter;

/* The converters that a disc has needed so far, by the number of the character set. */
struct cdtext_converters {
	struct cdtext_converter *all[TAO_CDTEXT_MS_JIS + 1];
};

int tao_cdtext_converters_get(struct cdtext_converters *cs, enum tao_cdtext_charset charset,
			      struct cdtext_converter **c);
void tao_cdtext_converters_free(struct cdtext_converters *cs);

/*
 * @bytes has room for TAO_CDTEXT_TEXT_MAX. Returns the number of bytes of the text on the disc,
 * without the end mark.
 */
size_t tao_cdtext_to_disc(struct cdtext_converter *c, const char *utf8, uint8_t *bytes,
			  const struct cdtext_place *place);
/* Returns allocated UTF-8, or NULL if there is no memory. */
char *tao_cdtext_from_disc(struct cdtext_converter *c, const uint8_t *bytes, size_t count,
			   const struct cdtext_place *place);

#endif /* TAO_CDTEXT_INTERNAL_H */
