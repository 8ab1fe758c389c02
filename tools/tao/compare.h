/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef TAO_COMPARE_H
#define TAO_COMPARE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <tao.h>
#include "album.h"
#include "progress.h"

#define COMPARED_HIDDEN SIZE_MAX

/* One track, compared. */
struct compared {
	size_t index; /* in the album; COMPARED_HIDDEN: what is before its first track */
	unsigned int number; /* on the disc; 0 for that */
	int ret; /* of tao_verify_track() */
	struct tao_verify verify; /* if that is not negative */
	int exit_status;
	char *text; /* "identical: ...", or why it could not be compared */
};

/* Compares the tracks of an album, from @from on, with those of a disc from @number on. */
struct compare_job {
	struct tao_device *dev;
	const struct album *album;
	size_t from;
	unsigned int number;
	const unsigned int *numbers; /* instead of both: that of each track, or 0 */
	const atomic_bool *stop;
	struct progress *progress; /* line @line belongs to the drive */
	unsigned int line;
	const char *label; /* precedes the track in this line */
	struct offset read_offset; /* of the drive; with that of the album, identity is exact */
	void (*done)(void *data, const struct compared *compared); /* a track is decided */
	void *data;
	/* results */
	size_t tracks; /* number of identical tracks */
	bool hidden; /* that audio is not identical, or can't be told */
	struct offset combined; /* both offsets of the drive, as the disc shows them */
	unsigned int given_up; /* number of tracks that could not be read to the end */
	int exit_status; /* the worst of all tracks */
	char *message; /* about the first track that is not identical */
};

/*
 * Compare all tracks. STATUS_OK only if each sample of each track was compared, except those at
 * the edges that the drive can't read.
 */
int compare_tracks(struct compare_job *job);
/*
 * The offsets that a comparison found, of one drive or of the two that wrote and read: a sentence,
 * to be freed; NULL if there is nothing to say.
 */
char *describe_offsets(const struct compare_job *job);
/* The same as an object. */
struct json_object *json_offsets(const struct compare_job *job);
/* For people; to be freed. */
char *compared_name(const struct album *album, const struct compared *c);
/* Of track @i of the album, on the disc; 0: it is not there */
unsigned int compared_number(const struct compare_job *job, size_t i);
struct json_object *json_verify(const struct tao_verify *verify);

#endif /* TAO_COMPARE_H */
