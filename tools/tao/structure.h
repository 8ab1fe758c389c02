/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a disc has besides its audio, against what it was to have.
 */
#ifndef TAO_STRUCTURE_H
#define TAO_STRUCTURE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <tao.h>

struct compare_job;

struct structure {
	char **differences; /* a line each */
	size_t count;
	char **notes; /* what could not be compared, and what was not to be */
	size_t notes_count;
	unsigned int missing; /* ISRCs that the drive did not show */
	unsigned int first_missing; /* the track of the first one */
	bool no_marks; /* pregaps and marks could not be read */
	bool no_text; /* there is no CD-TEXT, which is left to the caller to judge */
	bool text_left_out; /* what it was to be is not known, which is noted already */
};

/* Where pregaps and marks are: drives show them to a sector only. */
#define STRUCTURE_TOLERANCE 1

/*
 * Read that of a disc, and wait for programs that have the drive only for a moment. Returns 0 or a
 * negative errno; *stop ends the waiting.
 */
int structure_read(struct tao_device *dev, atomic_bool *stop, struct tao_session **got);
/*
 * A code is a difference only if the disc has another one: drives miss codes, and give that of the
 * track beside. Codes that were not asked for are notes.
 */
void structure_compare(const struct tao_session *wanted, const struct tao_session *got,
		       struct structure *structure);
/*
 * The flags of the tracks from @from on, which were burned one by one, with their control fields in
 * the table of contents. @some: of files alone, which can't say that copies are permitted.
 */
void structure_compare_toc(struct structure *structure, const struct compare_job *job, size_t from,
			   bool some);
/* Audio before the first track where none was to be. */
void structure_found_before(struct structure *structure, uint32_t sectors);
/* Takes over @text: what was not compared. */
void structure_note(struct structure *structure, char *text);
void structure_free(struct structure *structure);

#endif /* TAO_STRUCTURE_H */
