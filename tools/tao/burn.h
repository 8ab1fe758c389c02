/* SPDX-License-Identifier: GPL-2.0-only */
/* tao burn: its options, and its drives. */
#ifndef TAO_BURN_H
#define TAO_BURN_H

#include <tao.h>
#include "album.h"
#include "common.h"
#include "disc_text.h"
#include "discs.h"
#include "papers.h"
#include "record.h"
#include "record_file.h"
#include "recorder.h"
#include "track_options.h"

struct json_object;

/* What --mode asks for */
enum wanted_mode {
	MODE_AUTO,
	MODE_WANT_TRACK,
	MODE_WANT_SESSION,
};

struct burn_command {
	struct burn_options options;
	struct album album;
	struct track_options tracks;
	size_t buffer_bytes;
	bool dry_run;
	bool join;
	bool wait;
	bool append;
	unsigned int copies; /* as many discs; 0: one, and it need not be blank */
	unsigned int copies_done;
	bool spread; /* --discs: the album ends where the disc in the drive does */
	struct discs discs; /* then: which tracks are on which one */
	atomic_bool *stop; /* set by signals */
	bool first_time;
	bool is_step; /* of --first-time, for a blank disc */
	bool part; /* tao resume: of a list that is on several discs */
	size_t tracks_count; /* of the whole list */
	size_t notes_said; /* so many notes of the album are in an earlier plan */
	bool no_check;
	bool no_text;
	const char *paper_paths[PAPERS]; /* or NULL */
	enum wanted_mode mode;
	bool gap_given;
	uint64_t gap; /* frames of silence between tracks */
	struct offset read_offset; /* of the drives, for the comparison */
	/* how it is burned */
	const char *why_tracks; /* not in one go; or NULL */
	uint64_t cut_off; /* samples with sound, which the write offset moves off the disc */
	struct disc_text text;
	bool stopped_at_once; /* sessions, by a second Ctrl-C */
	/* the drives */
	struct recorder recorders[DRIVES_MAX];
	unsigned int count;
	/* exit status of each disc that has ended, and of each drive that was not used */
	int *ended;
	size_t ended_count;
	struct json_object **unopened; /* results of drives that could not be opened */
	size_t unopened_count;
	/* tao resume: what it goes on with; NULL: nothing */
	struct unfinished *unfinished;
	/* NULL without a log and a report */
	struct record *record;
	struct record_file papers[PAPERS];
	bool papers_failed; /* one of them */
	/* the command line as the user typed it */
	int argc;
	char **argv;
};

/*
 * tao burn with these arguments. With @unfinished it goes on with that burn: @argv has its words.
 */
int burn_album(int argc, char **argv, struct unfinished *unfinished);

/* burn_options.c: returns the exit status for wrong options, or 0. */
int take_burn_options(struct burn_command *c, int argc, char **argv);

#define BURN_LETTERS "ns:tFmvejwf"
extern const struct option burn_options[];

/* Values for options that have no letter. */
enum {
	OPTION_FROM = 2000,
	OPTION_ISRC,
	OPTION_MCN,
	OPTION_COPY,
	OPTION_PRE,
	OPTION_RAW,
	OPTION_DOWNMIX,
	OPTION_DAMAGED,
	OPTION_NO_CHECK,
	OPTION_BUFFER,
	OPTION_NO_UNDERRUN,
	OPTION_APPEND,
	OPTION_MODE,
	OPTION_GAP,
	OPTION_NO_TEXT,
	OPTION_NORMALIZE,
	OPTION_LOG,
	OPTION_REPORT,
	OPTION_WRITE_OFFSET,
	OPTION_READ_OFFSET,
	OPTION_COPIES,
	OPTION_DISCS,
	OPTION_FIRST_TIME,
	OPTION_STEP_LOG, /* the log of --first-time, which goes away with it */
};

/* The plan, as text and as JSON. */
void say_plan(const struct burn_command *c);
void json_plan(const struct burn_command *c);

#endif /* TAO_BURN_H */
