/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is to be burned: tracks, made of parts of files.
 */
#ifndef TAO_ALBUM_H
#define TAO_ALBUM_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include "audio.h"

struct segment {
	struct audio_file *file;
	uint64_t first; /* frames, on the CD */
	uint64_t frames; /* FRAMES_UNKNOWN: until the file ends */
	bool to_end; /* what the file has, also if that turns out to be less */
};

struct track {
	char *title; /* may be NULL */
	char *artist; /* may be NULL */
	char isrc[13]; /* or "" */
	bool copy_permitted;
	bool pre_emphasis;
	bool any_data; /* known to be audio, whatever it begins with */
	struct segment *segments;
	size_t segments_count;
};

struct album {
	char *title;
	char *artist;
	char mcn[14];
	struct track *tracks;
	size_t tracks_count;
	struct audio_file **files;
	size_t files_count;
	char **notes; /* what a person should know */
	size_t notes_count;
	unsigned int problems; /* that were complained of */
	struct audio_options options; /* for all files */
	bool once; /* something in it can't be read a second time */
};

/*
 * Add a file, folder, CUE sheet, playlist or "-". What is wrong is complained of at once,
 * and counted in problems.
 */
void album_add(struct album *album, const char *path);
/* Make one track of all. */
void album_join(struct album *album);
/*
 * A file was checked: tracks follow its length. Takes over @reason, why it can't be burned.
 */
void album_checked(struct album *album, struct audio_file *file, char *reason);
/*
 * check.c: decode the files, @all of them or those alone whose header says no length; *stop ends it
 * early. @progress may be NULL; it gets bytes, and the number of files that are decoded.
 */
typedef void (*album_progress_t)(unsigned long long done, unsigned long long all, size_t files);
void album_check(struct album *album, bool all, const atomic_bool *stop, album_progress_t progress);
/* Samples of all files that are too loud for a CD. */
uint64_t album_clipped(const struct album *album);
/* Whether standard input is in it, which can't be read twice. */
bool album_has_stream(const struct album *album);
void album_free(struct album *album);

/* Whether the bytes of one raw file are what goes to the disc. */
bool track_is_raw(const struct track *track);
/* Frames of a track, or FRAMES_UNKNOWN. */
uint64_t track_frames(const struct track *track);
/*
 * Sectors it will have on the disc: whole ones, 300 at least; TAO_UNKNOWN if its length is
 * not known.
 */
uint32_t track_sectors(const struct track *track);
/*
 * Room that the tracks from @from on need: their sectors, and the gaps between them.
 * TAO_UNKNOWN if not known.
 */
uint32_t sectors_needed(const struct album *album, size_t from);

/* The title for people: "Artist - Title", or the name of its file. To be freed. */
char *track_name(const struct album *album, const struct track *track);

#endif /* TAO_ALBUM_H */
