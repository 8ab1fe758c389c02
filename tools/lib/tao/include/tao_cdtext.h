/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * CD-TEXT: titles and names of a disc and its tracks, in up to eight languages, and the packs that
 * a drive writes to the lead-in and reads from there (MMC, annex J; IEC 61866).
 *
 * Texts go in and come out as UTF-8. A disc stores ISO 8859-1, ASCII or MS-JIS, so a text may lose
 * characters on its way to the disc. Every loss is reported to a function of the caller.
 *
 * An object belongs to one thread at a time. Errors are those of tao.h: 0 or a negative errno, and
 * tao_last_error() returns the reason.
 */
#ifndef TAO_CDTEXT_H
#define TAO_CDTEXT_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <tao.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TAO_CDTEXT_PACK_BYTES 18 /* type, track, sequence, position, 12 of text, CRC */
#define TAO_CDTEXT_BLOCKS_MAX 8 /* languages */
#define TAO_CDTEXT_BLOCK_PACKS_MAX 256 /* packs of a block, three of which give its size */
#define TAO_CDTEXT_BYTES_MAX \
	(TAO_CDTEXT_BLOCKS_MAX * TAO_CDTEXT_BLOCK_PACKS_MAX * TAO_CDTEXT_PACK_BYTES)
/* Longer texts are cut: several readers give up on them. In bytes as stored on the disc. */
#define TAO_CDTEXT_TEXT_MAX 160

/* The type of a pack, and so of a text. */
enum tao_cdtext_type {
	TAO_CDTEXT_TITLE = 0x80,
	TAO_CDTEXT_PERFORMER = 0x81,
	TAO_CDTEXT_SONGWRITER = 0x82,
	TAO_CDTEXT_COMPOSER = 0x83,
	TAO_CDTEXT_ARRANGER = 0x84,
	TAO_CDTEXT_MESSAGE = 0x85,
	TAO_CDTEXT_DISC_ID = 0x86, /* of the disc; ASCII in every block */
	TAO_CDTEXT_GENRE = 0x87, /* of the disc; ASCII in every block; see tao_cdtext_set_genre() */
	TAO_CDTEXT_CLOSED = 0x8d, /* of the disc; not shown by players; ISO 8859-1 */
	TAO_CDTEXT_CODE = 0x8e, /* media catalogue number of the disc, ISRC of a track; ASCII */
};

/* Character sets, as in the size record of a block. */
enum tao_cdtext_charset {
	TAO_CDTEXT_ISO_8859_1 = 0x00,
	TAO_CDTEXT_ASCII = 0x01,
	TAO_CDTEXT_MS_JIS = 0x80, /* two bytes per character */
};

/* Some languages of EBU Tech 3264, appendix 3; any value up to 0x7f can be given. */
enum tao_cdtext_language {
	TAO_CDTEXT_UNKNOWN = 0x00,
	TAO_CDTEXT_GERMAN = 0x08,
	TAO_CDTEXT_ENGLISH = 0x09,
	TAO_CDTEXT_SPANISH = 0x0a,
	TAO_CDTEXT_FRENCH = 0x0f,
	TAO_CDTEXT_ITALIAN = 0x15,
	TAO_CDTEXT_DUTCH = 0x1d,
	TAO_CDTEXT_JAPANESE = 0x69,
};

/* Kinds of loss. */
enum tao_cdtext_problem {
	TAO_CDTEXT_REPLACED, /* a character is not in the character set; another stands for it */
	TAO_CDTEXT_DROPPED, /* a control character, or one without a similar character */
	TAO_CDTEXT_SHORTENED, /* the text is longer than TAO_CDTEXT_TEXT_MAX */
	TAO_CDTEXT_DAMAGED, /* decoding: a pack is missing or its CRC is wrong */
	TAO_CDTEXT_NO_SIZE, /* decoding: the block has no size record; ISO 8859-1 was assumed */
	TAO_CDTEXT_BAD_CHARSET, /* decoding: unknown character set; ISO 8859-1 was assumed */
};

/*
 * struct tao_cdtext_note - a loss
 */
struct tao_cdtext_note {
	enum tao_cdtext_problem problem;
	unsigned int block; /* 0 to 7 */
	unsigned int type; /* enum tao_cdtext_type; 0: the block as a whole */
	unsigned int track; /* 0: the disc */
	uint32_t character; /* the Unicode character that was lost, or 0 */
	const char *replacement; /* its replacement as UTF-8; "" if there is none */
};

/* Called for each loss; @note is valid until it returns. */
typedef void (*tao_cdtext_note_fn)(void *data, const struct tao_cdtext_note *note);

/* The texts of a disc. */
struct tao_cdtext;

/* Create an object for tracks @first_track to @last_track, 1 to 99. It has no blocks yet. */
TAO_API int tao_cdtext_new(struct tao_cdtext **text, unsigned int first_track,
			   unsigned int last_track);
TAO_API void tao_cdtext_free(struct tao_cdtext *text);
/*
 * Add a block, that is a language; returns its number. Players show block 0 by default.
 * EINVAL for an unknown character set or language, ENOSPC beyond TAO_CDTEXT_BLOCKS_MAX.
 */
TAO_API int tao_cdtext_add_block(struct tao_cdtext *text, enum tao_cdtext_charset charset,
				 unsigned int language);
/* Number of blocks, and the properties of a block. */
TAO_API unsigned int tao_cdtext_blocks(const struct tao_cdtext *text);
TAO_API unsigned int tao_cdtext_charset(const struct tao_cdtext *text, unsigned int block);
TAO_API unsigned int tao_cdtext_language(const struct tao_cdtext *text, unsigned int block);
TAO_API unsigned int tao_cdtext_first_track(const struct tao_cdtext *text);
TAO_API unsigned int tao_cdtext_last_track(const struct tao_cdtext *text);
/*
 * Set a text, UTF-8; @track 0 is the disc. NULL or "" removes it. EINVAL for an impossible type,
 * block or track.
 */
TAO_API int tao_cdtext_set(struct tao_cdtext *text, unsigned int block, enum tao_cdtext_type type,
			   unsigned int track, const char *utf8);
/* A text, UTF-8; NULL if it does not exist. Valid until it is set again. */
TAO_API const char *tao_cdtext_get(const struct tao_cdtext *text, unsigned int block,
				   enum tao_cdtext_type type, unsigned int track);
/*
 * The genre code of a block, 0 (not used) to 0xffff. TAO_CDTEXT_GENRE is a text in addition to
 * it.
 */
TAO_API int tao_cdtext_set_genre(struct tao_cdtext *text, unsigned int block, unsigned int code);
TAO_API unsigned int tao_cdtext_genre(const struct tao_cdtext *text, unsigned int block);

/*
 * Make the packs, into @packs, which has room for TAO_CDTEXT_BYTES_MAX. Returns their length in
 * bytes, a multiple of TAO_CDTEXT_PACK_BYTES; 0 if there is no text. E2BIG if a block does not
 * fit into its 256 packs. @note may be NULL.
 */
TAO_API ssize_t tao_cdtext_encode(const struct tao_cdtext *text, void *packs,
				  tao_cdtext_note_fn note, void *data);
/*
 * Read packs as READ TOC/PMA/ATIP format 5 returns them, without its header of 4 bytes. Damaged
 * texts are omitted and reported. EINVAL if @bytes is not a multiple of TAO_CDTEXT_PACK_BYTES or
 * no pack is valid. @note may be NULL.
 */
TAO_API int tao_cdtext_decode(struct tao_cdtext **text, const void *packs, size_t bytes,
			      tao_cdtext_note_fn note, void *data);

#ifdef __cplusplus
}
#endif

#endif /* TAO_CDTEXT_H */
