/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * CD-TEXT of an album.
 */
#ifndef TAO_DISC_TEXT_H
#define TAO_DISC_TEXT_H

#include "album.h"

/* Packs, and what got lost on the way to them. */
struct disc_text {
	uint8_t *packs; /* NULL: no CD-TEXT */
	size_t bytes;
	bool given; /* the packs are those of a file */
	bool crowded; /* texts are left out or cut, so that the others have room */
	char **losses; /* a line each */
	size_t losses_count;
};

/*
 * Of the tracks from @from on, with the numbers that they get. Returns 0, or -1 with a reason to be
 * freed.
 */
int disc_text_make(const struct album *album, size_t from, struct disc_text *text, char **reason);
/*
 * Why a session of the tracks @first to @last can't have these packs as they are, to be freed; NULL
 * if it can.
 */
char *disc_text_problem(const void *packs, size_t bytes, unsigned int first, unsigned int last);
void disc_text_free(struct disc_text *text);

#endif /* TAO_DISC_TEXT_H */
