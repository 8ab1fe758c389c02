/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The files that a CUE sheet or a playlist names.
 */
#ifndef TAO_SHEETS_H
#define TAO_SHEETS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct file_id {
	dev_t dev;
	ino_t ino;
};

/* Where a track begins. */
struct set_place {
	size_t file; /* in file_set.files */
	uint32_t sector;
};

struct file_set {
	struct file_id *files; /* each of them once */
	size_t count;
	struct set_place *places; /* of all tracks, in their order */
	size_t places_count;
	struct file_id text; /* its CDTEXTFILE; ino is 0 if there is none */
	char *details; /* flags, codes, gaps and marks of a CUE sheet, to be compared; or NULL */
	bool complete; /* the list could be read, and all files that it names exist */
	char *problem; /* if not: why, beginning with the path of the list */
};

/*
 * Reports no problems. *stop, if not NULL, ends it early; the set is not complete then. To be freed
 * with file_set_free().
 */
struct file_set sheet_files(const char *path, const atomic_bool *stop);
/* Whether the file is one of the audio files. */
bool set_has(const struct file_set *set, const struct file_id *file);
/* The same, or it is its CDTEXTFILE. */
bool set_names(const struct file_set *set, const struct file_id *file);
/* Whether both lists are complete, and burning one is burning the other but for titles. */
bool set_is_same(const struct file_set *a, const struct file_set *b);
/* Whether all files are in this folder itself. */
bool set_is_in_folder(const struct file_set *set, const char *folder);
/*
 * Whether there is music, or a sheet that can be burned, in a folder or in those inside it, which
 * may be links. *stop, if not NULL, ends the search.
 */
bool folder_has_music(const char *folder, const atomic_bool *stop);
/* The same, also if none of its sheets can be burned: somebody has to be told why. */
bool folder_is_meant(const char *folder, const atomic_bool *stop);
typedef bool (*folder_fn)(const char *folder, const atomic_bool *stop);
void file_set_free(struct file_set *set);
/* False if there is no such file. */
bool file_id_of(const char *path, struct file_id *id);

#endif /* TAO_SHEETS_H */
