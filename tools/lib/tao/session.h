/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the files about sessions share.
 */
#ifndef TAO_SESSION_INTERNAL_H
#define TAO_SESSION_INTERNAL_H

#include <stdbool.h>
#include "internal.h"

/* Index 2 to 99 */
#define TAO_TRACK_MARKS_MAX 98

struct tao_session {
	unsigned int flags; /* TAO_SESSION_* */
	unsigned int first_track;
	char mcn[TAO_MCN_SIZE]; /* or "" */
	unsigned int tracks_count;
	struct tao_layout_track tracks[TAO_TRACKS_MAX];
	unsigned int marks_at[TAO_TRACKS_MAX]; /* where those of a track begin in @marks */
	unsigned int marks_count;
	uint32_t marks[TAO_MARKS_MAX];
	void *text; /* packs, or NULL */
	size_t text_bytes;
};

bool tao_isrc_is_valid(const char *isrc);
bool tao_mcn_is_valid(const char *mcn);

/**
 * struct tao_disc_job - a disc that is read back
 * @toc: its table of contents
 * @q: reads the Q sub-channel of a sector, as READ CD formats it: 0 or a negative errno, ETIMEDOUT
 *	if the drive hangs
 * @code: reads the catalogue number (@number 0) or the ISRC of a track; "" if there is none, EIO
 *	if that can't be read, ETIMEDOUT if the drive hangs
 * @text: reads the CD-TEXT: bytes, or a negative errno
 * @data: for these three
 * @binary_q: the drive gives numbers in Q as they are, and not in BCD; found out on the disc
 * @code_hangs: the drive hung when it was to read a code
 */
struct tao_disc_job {
	const struct tao_toc *toc;
	int (*q)(void *data, int32_t lba, uint8_t q[TAO_Q_BYTES]);
	int (*code)(void *data, unsigned int number, char *code);
	int (*text)(void *data, uint8_t *packs);
	void *data;
	bool binary_q;
	bool code_hangs;
};

/* tao_session_add_track() for a track that a disc has, however short it is. */
int tao_session_put_track(struct tao_session *session, const struct tao_layout_track *track,
			  const uint32_t *marks);
/* tao_session_set_text() for packs that a disc has, damaged ones too. */
int tao_session_put_text(struct tao_session *session, const void *packs, size_t bytes);

int tao_session_read_job(const struct tao_disc_job *job, struct tao_session **session);

#endif /* TAO_SESSION_INTERNAL_H */
