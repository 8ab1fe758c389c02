/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Progress: a line per drive that is redrawn on a terminal, plain lines elsewhere, objects with
 * --json. A separate thread asks for the status and draws.
 */
#ifndef TAO_PROGRESS_H
#define TAO_PROGRESS_H

#include <stdbool.h>
#include <tao.h>
#include "discs.h"

struct progress;

/* Start to show @count drives. Each needs a handle opened for reading. */
struct progress *progress_start(struct tao_device *const *drives, unsigned int count);
/* Erase the lines and stop. NULL is allowed. */
void progress_stop(struct progress *progress);

/*
 * Set the current step of a drive: "Track 3/12 Title". It writes @sectors, or TAO_UNKNOWN.
 * @later_sectors follow, including those for closing the session. Empty text: show nothing.
 */
void progress_set(struct progress *progress, unsigned int drive, const char *what, uint32_t sectors,
		  uint32_t later_sectors);
/*
 * Set the part of the step that is done, if the drive's status doesn't show it: 0 to 1, or
 * negative to use the status.
 */
void progress_fraction(struct progress *progress, unsigned int drive, double fraction);
/* Behind that, the track that the drive is at. */
void progress_tells_track(struct progress *progress, unsigned int drive);
/* The disc that is in it, for objects. */
void progress_set_disc(struct progress *progress, unsigned int drive, struct which_disc which);
/* A line that stays, above those that are drawn; @progress may be NULL. */
void progress_say(struct progress *progress, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* For tests: the text of a line, no longer than @width columns. */
struct progress_view {
	const char *what;
	uint32_t sectors;
	uint32_t later_sectors;
	double fraction;
	bool tells_track;
	double rate; /* sectors/s, smoothed; 0 if not known yet */
};

void progress_format(const struct progress_view *view, const struct tao_status *status, char *text,
		     size_t size, unsigned int width);

#endif /* TAO_PROGRESS_H */
