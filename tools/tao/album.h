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
	bool raw; /* all files are raw */
	bool once; /* something in it can't be read a second time */
};

/*
 * Add a file, folder, CUE sheet, playlist or "-". What is wrong is complained of at once,
 * and counted in problems.
 */
void album_add(struct album *album, const char *path);
/* Make one track of all. */
void album_join(struct album *album);
/* Decode all files that could be damaged; *stop ends it early. */
void album_check(struct album *album, const atomic_bool *stop,
		 void (*progress)(const struct audio_file *file, size_t n, size_t count));
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
/* The title for people: "Artist - Title", or the name of its file. To be freed. */
char *track_name(const struct album *album, const struct track *track);

#endif /* TAO_ALBUM_H */
