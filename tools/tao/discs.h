/* SPDX-License-Identifier: GPL-2.0-only */
/* Several discs of one command: copies of an album, or a list of tracks that --discs spreads. */
#ifndef TAO_DISCS_H
#define TAO_DISCS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "album.h"

struct json_object;

/* One of several discs. */
struct which_disc {
	unsigned int number; /* from 1; 0: there is only one disc */
	unsigned int count;
	bool of_set; /* they have different tracks */
};

/* "copy 2 of 5", "disc 2 of 3"; NULL if the tracks need only one. To be freed. */
char *which_disc_text(const struct which_disc *which);
/* Add that to an object; nothing if there is only one disc. */
void json_add_which_disc(struct json_object *object, const struct which_disc *which);

/* The tracks of one disc. */
struct disc_part {
	size_t first;
	size_t count;
	uint32_t sectors;
};

struct discs {
	struct disc_part *parts;
	size_t count;
	size_t done; /* so many of them, from the first one on, are burned */
	bool news; /* those that are not are others than before */
};

/* The room on a disc, and how its tracks are laid out. */
struct disc_kind {
	uint32_t sectors;
	enum album_mode mode;
	uint64_t gap; /* frames of silence between tracks */
};

/*
 * Spread the tracks from @from on, which are not laid out yet, over discs of this kind: in order,
 * as many as fit, none cut, and none of two discs of a set on one. A track that is too long for
 * such a disc gets one of its own. The discs that are done stay as they are.
 */
void discs_spread(struct discs *discs, const struct album *album, size_t from,
		  const struct disc_kind *kind);
/* The first track from @from on that is too long for such a disc; if none is, their number. */
size_t discs_too_long(const struct album *album, size_t from, const struct disc_kind *kind);
/* "track 5", "tracks 1 to 4"; to be freed. */
char *disc_part_tracks(const struct disc_part *part);
/* Print the tracks of each disc that is not done, in a line. */
void discs_say(const struct discs *discs);
/* The tracks of each disc, as an array. */
struct json_object *json_discs(const struct discs *discs);

#endif /* TAO_DISCS_H */
