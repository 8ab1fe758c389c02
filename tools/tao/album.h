/* SPDX-License-Identifier: GPL-2.0-only */
/* The album to be burned: tracks that consist of segments of files. */
#ifndef TAO_ALBUM_H
#define TAO_ALBUM_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <tao.h>
#include "audio.h"
#include "offset.h"

/* What a drive gets in one go */
enum album_mode {
	MODE_TRACK, /* track-at-once */
	MODE_SESSION, /* session-at-once */
};

struct segment {
	struct audio_file *file; /* NULL: silence */
	uint64_t first; /* frames, on the CD */
	uint64_t frames; /* FRAMES_UNKNOWN: until the file ends */
	bool to_end; /* all that the file has, even if this turns out to be less */
	double gain; /* dB; 0: the samples stay as they are */
};

struct segments {
	struct segment *all;
	size_t count;
};

/* Index 2 and so on */
struct mark {
	uint64_t frames; /* from the start of its track; laid out: whole sectors */
	struct segments before; /* what these frames are */
};

/* The gain of a track, by --normalize. */
struct track_gain {
	bool known; /* else it stays as it is, being silent or without tags */
	double db; /* the gain */
	double wanted; /* what it would be if the peak permitted it */
};

struct track {
	char *title; /* may be NULL */
	char *label; /* for the user, instead of the title; may be NULL */
	char *artist; /* may be NULL */
	char *songwriter; /* may be NULL */
	char isrc[13]; /* or "" */
	bool copy_permitted;
	bool pre_emphasis;
	bool any_data; /* known to be audio, whatever it begins with */
	struct track_gain gain;
	const struct audio_file *file; /* that it begins in */
	struct segment *segments; /* what is burned as this track */
	size_t segments_count;
	/* as the sheet has it; album_lay_out() decides what becomes of that */
	struct segments pregap; /* audio before its start */
	bool leads; /* it is the first one of its sheet: that audio is hidden */
	uint32_t silence; /* sectors of PREGAP, before that */
	uint32_t postgap; /* sectors of silence behind it */
	struct mark *marks;
	size_t marks_count;
	/* session-at-once: of the segments of the track before, or of the hidden audio */
	uint32_t pregap_sectors;
	/* session-at-once: what its piece has of the tracks beside it */
	uint32_t frames_before;
	uint32_t frames_after;
};

/* Tracks that come from one disc of a set. */
struct disc {
	char *name; /* of its folder */
	size_t first;
	size_t count;
};

struct album {
	/* what all that is in it agrees on, or NULL */
	char *title;
	char *artist;
	char *songwriter;
	char *text_file; /* with CD-TEXT packs, or NULL */
	size_t text_tracks; /* that its sheet has */
	unsigned int sheet_first; /* number of the first track in the sheet that all begins with */
	size_t sheet_tracks; /* that this sheet has */
	char mcn[14];
	bool mcn_of_sheet; /* and not of an option */
	struct track *tracks;
	size_t tracks_count;
	struct audio_file **files;
	size_t files_count;
	char **notes; /* information for the user */
	size_t notes_count;
	unsigned int problems; /* number of problems that were reported */
	struct audio_options options; /* for all files */
	unsigned int playlists; /* that other ones named */
	const struct open_list *open_lists; /* that are being read */
	bool loop_told;
	bool once; /* something in it can't be read a second time */
	bool on_discs; /* --discs: a sheet that begins one has its hidden audio there */
	bool goes_on; /* then: the next tracks of the list are on another disc */
	enum album_mode mode;
	struct track hidden; /* session-at-once: before its first track; its segments alone */
	size_t hidden_before; /* which one that is */
	struct offset write_offset; /* of the drive; session-at-once makes up for it */
	struct segments cut_off; /* what it moves off the disc */
	struct disc *discs; /* none if its files do not come from the folders of a set */
	size_t discs_count;
};

/*
 * Add a file, folder, CUE sheet, playlist or "-". Problems are reported at once, and counted in
 * problems.
 */
void album_add(struct album *album, const char *path);
/*
 * arguments.c: add all arguments of a command, which may be everything in a folder: files that a
 * sheet among them names are burned once, and what belongs to an album but is not music is left
 * out.
 */
/* Whether the name of a folder says that it is a disc: "CD1", "Disc 02 - Title". */
bool is_disc_of_set(const char *path);
void album_add_all(struct album *album, char *const *paths, int count);
/* Note which audio is burned more than once. */
void album_note_repeats(struct album *album);
/*
 * Text for the user: which of the tracks from @from on fit into @sectors, or the length of each
 * disc of a set. To be freed.
 */
char *album_fit(const struct album *album, size_t from, uint32_t sectors);
/*
 * layout.c: decide what the tracks from @from on are, once their lengths are known. Track-at-once:
 * the gap before a track ends the one before it. Session-at-once: all audio in one piece, which
 * tracks cut into whole sectors, with @gap frames of silence before those that have no pregap;
 * earlier by the write offset than the tracks are.
 */
void album_lay_out(struct album *album, enum album_mode mode, size_t from, uint64_t gap);
/*
 * Sectors for @count tracks from @from on, before they are laid out: with one more at most that the
 * end of a pregap needs.
 */
uint32_t album_part_sectors(const struct album *album, enum album_mode mode, size_t from,
			    size_t count, uint64_t gap);
/*
 * How many of its tracks are the first session of a disc, and lie as session-at-once lays them out;
 * 0 if they do not.
 */
size_t album_session_tracks(const struct album *album, uint64_t gap, const struct tao_toc *toc);
/* The first @tracks session-at-once, and those behind them one by one, in sessions of their own. */
void album_lay_out_sessions(struct album *album, size_t tracks, uint64_t gap);
/* Why it can't be burned session-at-once, whatever the drive; NULL if it can. */
const char *album_needs_tracks(const struct album *album, size_t from);
/* Whether there is something in it that track-at-once has no place for. */
bool album_needs_session(const struct album *album, size_t from);
#define GAP_MAX_S 60
/* "2" or "1.5" seconds, in whole sectors; -1 if it is not such a number. */
int parse_gap(const char *text, uint64_t *frames);
/*
 * The number of the first track in session-at-once: that of the sheet, if the disc is to have its
 * tracks and no others.
 */
unsigned int album_first_track(const struct album *album, size_t from);
/* Make one track of all. */
void album_join(struct album *album);
/*
 * Update the tracks after a file was checked. Takes ownership of @reason, why it can't be burned,
 * or NULL.
 */
void album_checked(struct album *album, struct audio_file *file, char *reason);
/*
 * check.c: decode the files: @all of them, or only those without a length in the header. *stop
 * ends it early. @progress, which may be NULL, gets the number of bytes, and of decoded files.
 */
typedef void (*album_progress_t)(unsigned long long done, unsigned long long all, size_t files);
void album_check(struct album *album, bool all, const atomic_bool *stop, album_progress_t progress);
/* Number of samples in all files that are too loud for a CD. */
uint64_t album_clipped(const struct album *album);
/* Number of samples that are not numbers. */
uint64_t album_broken(const struct album *album);
/* Whether the album contains standard input, which can't be read twice. */
bool album_has_stream(const struct album *album);
void album_free(struct album *album);

/* Whether the track consists of unchanged bytes of one raw file. */
bool track_is_raw(const struct track *track);
/* TAO_TRACK_* of what is not audio */
static inline uint32_t track_flags(const struct track *track)
{
	return (track->copy_permitted ? TAO_TRACK_COPY_PERMITTED : 0) |
	       (track->pre_emphasis ? TAO_TRACK_PRE_EMPHASIS : 0) |
	       (track->isrc[0] ? TAO_TRACK_ISRC : 0);
}

/* Frames of a track, or FRAMES_UNKNOWN. */
uint64_t track_frames(const struct track *track);
/*
 * Sectors of the track on the disc: whole ones, at least 300; TAO_UNKNOWN if its length is not
 * known.
 */
uint32_t track_sectors(const struct track *track);
/*
 * Space for the tracks from @from on: their sectors, and the gaps between them. TAO_UNKNOWN if
 * not known.
 */
uint32_t sectors_needed(const struct album *album, size_t from);

/* Note that the audio before this track is not burned. */
void album_leave_out(struct album *album, size_t track);
/* Takes over @text: what a person should know. */
void album_note(struct album *album, char *text);
/* A part behind the others; one that goes on where the last one ended makes that longer. */
void segments_add(struct segments *list, struct segment segment);
uint64_t segments_frames(const struct segment *segments, size_t count);

/* For the user: "Artist - Title", its label, or the name of its file. To be freed. */
char *track_name(const struct album *album, const struct track *track);

#endif /* TAO_ALBUM_H */
