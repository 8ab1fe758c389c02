/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * File names in sheets and playlists of other programs and systems.
 */
#ifndef TAO_FILENAMES_H
#define TAO_FILENAMES_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * A copy without the differences that other systems ignore: case, and the composition of letters
 * with accents. To be freed.
 */
char *name_fold(const char *name);
/*
 * Finds the file that a sheet or playlist in @folder calls @name: literally, with the slashes of
 * other systems, after name_fold(), in another format, without the folders of another machine.
 * @folder ends with a slash, or is "". NULL if there is none. To be freed. *moved, if not NULL,
 * counts those that are beside the sheet and not where it says.
 */
char *find_named_file(const char *folder, const char *name, size_t *moved);
/* The same for a file that is not audio, and has no other format. */
char *find_text_file(const char *folder, const char *name);
/* The same for a playlist, whose names may be percent-encoded. */
char *find_listed_file(const char *folder, const char *name, size_t *moved);
/* Whether there is a file or folder, S_IFREG or S_IFDIR, of this name; links are followed. */
bool is_kind(const char *path, mode_t kind);
/*
 * Read a sheet or playlist as UTF-8; NULL with errno set. Its character set is the one in which it
 * has the names of files in its folder, else the one that it looks like.
 */
char *read_sheet(const char *path, size_t max);
/* The directory of a file, with the slash; "" for the current directory. To be freed. */
char *directory_of(const char *path);

#endif /* TAO_FILENAMES_H */
