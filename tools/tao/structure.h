/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a disc has besides its audio, against what it was to have.
 */
#ifndef TAO_STRUCTURE_H
#define TAO_STRUCTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <tao.h>

struct structure {
	char **differences; /* a line each */
	size_t count;
	bool no_marks; /* pregaps and marks could not be read */
	bool no_text; /* there is no CD-TEXT, which is left to the caller to judge */
};

/* Where pregaps and marks are: drives show them to a sector only. */
#define STRUCTURE_TOLERANCE 1

void structure_compare(const struct tao_session *wanted, const struct tao_session *got,
		       struct structure *structure);
void structure_free(struct structure *structure);

#endif /* TAO_STRUCTURE_H */
