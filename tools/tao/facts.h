/* SPDX-License-Identifier: GPL-2.0-only */
/* The facts in the record of a burn, in words that log and report share. */
#ifndef TAO_FACTS_H
#define TAO_FACTS_H

#include <time.h>
#include "burn.h"

/* The same name may come several times. */
struct facts {
	struct fact {
		const char *name;
		char *text;
	} *all;
	size_t count;
};

/* "session-at-once: 12 tracks, 41:30": how the next disc is burned; to be freed. */
char *facts_of_mode(const struct burn_command *c);
/* Command, versions, mode and the like. To be freed. */
struct facts facts_of_burn(const struct burn_command *c);
/* Drive, disc, speed and buffer. */
struct facts facts_of_drive(const struct drive_record *d);
/* The result for a drive. */
struct facts facts_of_end(const struct drive_record *d);
void facts_free(struct facts *facts);

/* "identical" */
const char *facts_verdict(int exit_status);
/* Both checksums of a track, or "-" as long as it is not whole. */
#define SUM_SIZE 12
void facts_sums(const struct record_track *track, char all[SUM_SIZE], char without[SUM_SIZE]);
/* Further remarks about a track; NULL if there are none. */
const char *facts_of_track(const struct record_track *track);
/* "album/1.flac (FLAC, 24 bit: 48 kHz converted); gain -2.31 dB"; to be freed. */
char *facts_of_source(const struct album *album, const struct track *track);
/* "The drive failed 2 times, first with: ...", with its sense data; NULL if it did not. */
char *facts_of_error(const struct drive_record *d);

/* A local time as @format of strftime(3) says. */
#define STAMP_SIZE 40
const char *format_stamp(time_t at, const char *format, char text[STAMP_SIZE]);

#endif /* TAO_FACTS_H */
