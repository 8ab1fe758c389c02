/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Playlists: M3U and PLS.
 */
#ifndef TAO_PLAYLIST_H
#define TAO_PLAYLIST_H

#include <stdbool.h>

struct playlist_entry {
	char *name; /* a path, or a URI */
	char *title; /* may be NULL */
	bool elsewhere; /* not a file of this machine */
};

/*
 * Get the next entry of *text, which is UTF-8 and is modified; false at the end. The contents of
 * the entry have to be freed.
 */
bool playlist_next(char **text, struct playlist_entry *entry);
/* Convert %20 etc. to bytes; other percent signs are kept. To be freed. */
char *playlist_decode(const char *name);
void playlist_entry_free(struct playlist_entry *entry);

#endif /* TAO_PLAYLIST_H */
