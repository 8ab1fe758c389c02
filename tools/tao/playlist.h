/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Playlists: M3U and PLS.
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
/* %20 and the like as bytes; a percent sign that begins no byte stands for itself. To be freed. */
char *playlist_decode(const char *name);
void playlist_entry_free(struct playlist_entry *entry);

#endif /* TAO_PLAYLIST_H */
