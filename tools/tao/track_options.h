/* SPDX-License-Identifier: GPL-2.0-only */
/* Options of tao burn and tao verify that say what the files do not: codes and properties. */
#ifndef TAO_TRACK_OPTIONS_H
#define TAO_TRACK_OPTIONS_H

#include <tao.h>
#include "album.h"

struct track_options {
	char *isrc[TAO_TRACKS_MAX];
	unsigned int isrc_count;
	bool copy_permitted;
	bool pre_emphasis;
};

/* --isrc: codes that commas separate. @list is modified. All return an exit status, or 0. */
int take_isrcs(const char *command, struct track_options *o, char *list);
/* --mcn, before the files are added to the album: it counts for more than theirs. */
int take_mcn(const char *command, struct album *album, const char *text);
/* --normalize tags|album|track */
int take_normalize(const char *command, struct album *album, const char *text);
/* Once the album has all its tracks. */
int apply_track_options(const char *command, const struct track_options *o, struct album *album);
void track_options_free(struct track_options *o);

#endif /* TAO_TRACK_OPTIONS_H */
