/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The record of a burn: what each drive burned, what went wrong, and what was compared. The drives'
 * threads and the main thread fill it; log and report are printed from it. Without these there is
 * no record: the functions do nothing if they get NULL.
 */
#ifndef TAO_RECORD_H
#define TAO_RECORD_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <tao.h>
#include <time.h>
#include "answers.h"
#include "checksum.h"
#include "compare.h"
#include "options.h"

/* As in struct compared: the audio before the first track. */
#define RECORD_HIDDEN COMPARED_HIDDEN

struct record_track {
	unsigned int number; /* on the disc; 0 for hidden audio */
	int32_t start_lba;
	uint32_t sectors; /* TAO_UNKNOWN until the end of a track of unknown length */
	bool begun; /* the members above are valid */
	bool whole; /* it is on the disc */
	bool lost; /* a part of it is silent, because its file failed */
	bool earlier; /* the burn that was interrupted has burned it */
	struct checksum sum; /* if its bytes are not 0 */
	struct compared compared; /* if it has a text */
};

struct record_event {
	time_t at;
	char *text;
};

/* A report of the drive from the time when it wrote audio. */
struct record_sample {
	int64_t ms; /* CLOCK_MONOTONIC */
	bool first; /* of a track, or of a session at once: its counts have begun anew */
	int32_t start_lba; /* of that */
	unsigned int track;
	int32_t lba; /* behind the last sector that it has taken */
	uint32_t speed_kbps;
	uint32_t buffer_bytes;
	uint32_t buffer_fill;
	uint32_t near_misses; /* in this track, so far */
};

struct drive_record {
	struct record *record;
	struct tao_device *dev;
	/* at the start */
	time_t began; /* 0: it was not used, and the outcome says why */
	char *path;
	char *which; /* "copy 2 of 5"; NULL if there is only one disc */
	char *mode; /* --discs: how it is burned */
	struct tao_drive drive;
	struct tao_medium medium;
	char atip[LEAD_IN_SIZE]; /* start of the lead-in; or "" */
	uint32_t errors_before; /* number of errors since the drive was attached */
	/* the burn */
	struct tao_speed speed;
	struct record_track hidden;
	struct record_track *tracks; /* those of the album */
	struct record_event *events;
	size_t events_count;
	struct record_sample *samples;
	size_t samples_count;
	/* at the end */
	bool ended; /* the members below are valid */
	time_t end;
	struct tao_medium medium_after;
	uint32_t errors;
	struct tao_error error; /* the first of these */
	int exit_status;
	char *outcome;
};

struct record {
	pthread_mutex_t lock; /* protects all below, and the records of the drives */
	bool changed; /* since somebody asked */
	size_t tracks_count;
	struct drive_record **drives; /* one for each disc */
	size_t drives_count;
	time_t began; /* 0: nothing was burned */
	time_t end; /* 0: still going on */
	int exit_status;
};

struct record *record_new(void);
void record_free(struct record *record);
/* The burn begins: so many tracks, on all discs together. */
void record_begin(struct record *record, size_t tracks);
/* It has ended, in all drives. */
void record_end(struct record *record, int exit_status);
/* Whether something was recorded since this was called; false if nothing is burned. */
bool record_has_news(struct record *record);
/* A drive that is not used. */
void record_unused(struct record *record, const char *path, int exit_status, const char *why);

/*
 * A drive that is. @dev is for queries. Takes over @which, which disc of several it burns, and
 * @mode.
 */
struct drive_record *record_drive(struct record *record, struct tao_device *dev, char *which,
				  char *mode);
/* Ask the drive who it is, and about its disc, which is not prepared yet. */
void record_drive_begin(struct drive_record *d);
/* Something that a person should know, at this time. */
void record_event(struct drive_record *d, const char *text);
/* From time to time: speed and buffer of the drive. */
void record_sample(struct drive_record *d);
/* Before anybody can change the disc. The latest result counts. */
void record_drive_end(struct drive_record *d, int exit_status, const char *outcome);

/* Tracks have their number in the album, from 0 on, or RECORD_HIDDEN. */
void record_track_begin(struct drive_record *d, size_t i, unsigned int number, int32_t start_lba,
			uint32_t sectors);
/* All its audio went to the drive. The first sum with bytes counts. */
void record_track_sum(struct drive_record *d, size_t i, struct checksum sum);
/* It is on the disc as a whole; the rest of its sectors is silence. */
void record_track_end(struct drive_record *d, size_t i, uint32_t sectors, bool lost);
/* Before this burn, which goes on with another one. */
void record_earlier(struct drive_record *d, size_t i, const struct tao_toc_entry *entry, bool lost);
void record_compared(struct drive_record *d, const struct compared *compared);

/* Average speed in kB/s, while it wrote; 0 if that was too short. */
uint32_t record_average(const struct drive_record *d);
/* How often its buffer ran empty, or nearly empty, between a sample and the one before it. */
uint32_t record_near_misses(const struct drive_record *d, size_t sample);

#endif /* TAO_RECORD_H */
