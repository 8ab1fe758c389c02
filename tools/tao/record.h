/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A burn that has not succeeded yet: what it was to burn, and what of that is on which disc. It is
 * kept in a file until the burn has succeeded, so that `tao resume` can go on with it. Only
 * track-at-once can be continued.
 */
#ifndef TAO_RECORD_H
#define TAO_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <tao.h>
#include "album.h"

struct json_object;

struct record_track {
	int32_t start_lba;
	uint32_t sectors;
};

struct record {
	char *name; /* of its file */
	char *folder; /* in which the burn was started */
	char **words; /* options and arguments of tao burn, and NULL */
	struct json_object *album; /* its files and tracks, as they were */
	unsigned int *numbers; /* of its tracks on the disc; 0: not there */
	size_t count; /* tracks of the album */
	size_t first; /* with which the burn began, from 0 */
	size_t next; /* the first one that is not on the disc yet */
	/* the disc */
	char *drive; /* in which it was: vendor, product and serial number */
	uint32_t total_sectors;
	struct record_track tracks[TAO_TRACKS_MAX];
	unsigned int tracks_count;
	/* it was looked at when the burn had ended; if not, there may be one more track */
	bool ended;
};

/*
 * A new one, which is not kept yet, for a burn of the tracks from @first on. Takes over @words.
 * NULL if the folder has no name.
 */
struct record *record_new(struct tao_device *drive, char **words, const struct album *album,
			  size_t first);
/* Note the tracks that are on the disc now. Returns whether the drive could tell all of them. */
bool record_see_disc(struct record *record, struct tao_device *drive);
/* Track @i of the album is on the disc. */
void record_add_track(struct record *record, size_t i, const struct tao_track_end *end);
/* How many tracks of the album are on the disc. */
size_t record_tracks(const struct record *record);
/* Keep it; returns whether that was possible. */
bool record_save(struct record *record);
/* The burn has succeeded, or nothing can come of it: there is nothing to go on with. */
void record_remove(const struct record *record);
void record_free(struct record *record);

/*
 * The latest one about the disc in @drive; NULL if there is none. *any: whether there is one about
 * another disc.
 */
struct record *record_find(struct tao_device *drive, bool *any);
/* Why @album is not what was to be burned, to be freed; NULL if it is. */
char *record_problem(const struct record *record, const struct album *album);

#endif /* TAO_RECORD_H */
