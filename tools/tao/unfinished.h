/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A burn that has not succeeded yet: what it was to burn, and what of that is on which disc. It is
 * kept in a file until the burn has succeeded, so that `tao resume` can go on with it. Only
 * track-at-once can be continued.
 */
#ifndef TAO_UNFINISHED_H
#define TAO_UNFINISHED_H

#include <stdbool.h>
#include <stddef.h>
#include <tao.h>
#include "album.h"

struct json_object;

struct unfinished_track {
	int32_t start_lba;
	uint32_t sectors;
	unsigned int control; /* UNFINISHED_CONTROL; not in the file */
};

/* Bits of the control field: pre-emphasis, copies permitted, data */
#define UNFINISHED_CONTROL 7

struct unfinished {
	char *name; /* of its file */
	char **words; /* options and arguments of tao burn, and NULL; from any folder */
	struct json_object *album; /* its files and tracks, as they were */
	unsigned int *numbers; /* of its tracks on the disc; 0: not there */
	char **lost; /* why they have silence; NULL: they have not */
	size_t count; /* tracks of the album */
	size_t first; /* with which the burn began, from 0 */
	size_t next; /* the first one that is not on the disc yet */
	/* the disc */
	char *drive; /* in which it was: vendor, product and serial number */
	char *lead_in; /* its start in the ATIP; "" where that is not known */
	uint32_t total_sectors;
	uint32_t sessions; /* that were closed */
	struct unfinished_track tracks[TAO_TRACKS_MAX];
	unsigned int tracks_count;
	int32_t next_lba; /* where the next track begins */
	/* it was looked at when the burn had ended; if not, there may be one more track */
	bool ended;
	/* the disc has the next track, perhaps as a whole; not in the file */
	bool unclear;
	/* it has all tracks, and the session is closed; not in the file */
	bool closed;
	/* nothing but the beginning of a track tells the disc from others; not in the file */
	bool doubtful;
};

/* A new one, which is not kept yet, for a burn of the tracks from @first on. Takes over @words. */
struct unfinished *unfinished_new(struct tao_device *drive, char **words, const struct album *album,
				  size_t first);
/* Before the disc is prepared: what identifies it. */
void unfinished_begin(struct unfinished *unfinished, struct tao_device *drive);
/* Note the tracks that are on the disc now. Returns whether the drive could tell all of them. */
bool unfinished_see_disc(struct unfinished *unfinished, struct tao_device *drive);
/* Whether the disc in @drive is, still, the one that this is about. */
bool unfinished_is_disc(const struct unfinished *unfinished, struct tao_device *drive);
/* Track @i of the album is on the disc. @lost: why it has silence, or NULL. */
void unfinished_add_track(struct unfinished *unfinished, struct tao_device *drive, size_t i,
			  const struct tao_track_end *end, const char *lost);
/* Whether the words have this option, under either name. */
bool unfinished_has_option(const struct unfinished *unfinished, const char *letter,
			   const char *name);
/* How many tracks of the album are on the disc. */
size_t unfinished_tracks(const struct unfinished *unfinished);
/* Keep it; returns whether that was possible. If not, what was kept before is removed. */
bool unfinished_save(struct unfinished *unfinished);
/*
 * Any burn begins in the drive. Removes files of other commands about discs that nothing tells from
 * this one, so that `tao resume` does not take it for one of them.
 */
void unfinished_replace(struct tao_device *drive);
/* The burn has succeeded, or nothing can come of it: there is nothing to go on with. */
void unfinished_remove(const struct unfinished *unfinished);
void unfinished_free(struct unfinished *unfinished);

/*
 * The latest one about the disc in @drive; NULL if there is none. *any: whether there is one about
 * another disc.
 */
struct unfinished *unfinished_find(struct tao_device *drive, bool *any);
/* Whether a burn that was not completed has the file @path, whatever disc is in the drive. */
bool unfinished_needs(const char *path);
/* Why @album is not what was to be burned, to be freed; NULL if it is. */
char *unfinished_problem(const struct unfinished *unfinished, const struct album *album);

#endif /* TAO_UNFINISHED_H */
