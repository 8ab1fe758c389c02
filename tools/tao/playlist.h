/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Playlists: M3U, PLS and XSPF.
 */
#ifndef TAO_PLAYLIST_H
#define TAO_PLAYLIST_H

#include <stdbool.h>
#include <stddef.h>

struct playlist_entry {
	char *name; /* a path, or a URI */
	char *title; /* may be NULL */
	bool elsewhere; /* not a file of this machine */
	bool doubtful; /* a comment, unless there is a file of this name */
};

struct playlist {
	struct playlist_entry *entries; /* in their order */
	size_t count;
	size_t nameless; /* further tracks, of which it says no file */
	bool has_parts; /* it wants only a part of some file to be played */
};

/*
 * The kind follows from the text. @text is UTF-8 and is modified. Returns NULL with *problem, which
 * begins with @name and has to be freed.
 */
struct playlist *playlist_parse(char *text, const char *name, char **problem);
void playlist_free(struct playlist *playlist);
/* Convert %20 etc. to bytes; other percent signs are kept. To be freed. */
char *playlist_decode(const char *name);

#endif /* TAO_PLAYLIST_H */
