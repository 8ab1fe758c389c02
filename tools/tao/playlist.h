/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * M3U playlists.
 */
#ifndef TAO_PLAYLIST_H
#define TAO_PLAYLIST_H

#include <stdbool.h>

struct playlist_entry {
	char *name; /* a path, or the URI of something elsewhere */
	char *title; /* may be NULL */
	bool elsewhere; /* not a file of this machine */
};

/*
 * The next entry of *text, which is UTF-8 and gets cut up; false at the end. What is in the
 * entry has to be freed.
 */
bool playlist_next(char **text, struct playlist_entry *entry);
void playlist_entry_free(struct playlist_entry *entry);

#endif /* TAO_PLAYLIST_H */
