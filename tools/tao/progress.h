/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How far it is: a line per drive that is drawn again and again on a terminal, plain lines
 * elsewhere, objects with
 * --json. A thread of its own asks for the status and draws.
 */
#ifndef TAO_PROGRESS_H
#define TAO_PROGRESS_H

#include <stdbool.h>
#include <tao.h>

struct progress;

/* Begin to show @count drives. Each has a handle opened for reading. */
struct progress *progress_start(struct tao_device *const *drives, unsigned int count);
/* Take the lines away and stop. NULL is fine. */
void progress_stop(struct progress *progress);

/*
 * What a drive is at: "Track 3/12  Title". @sectors of it are to be written, or TAO_UNKNOWN;
 * @later_sectors after it, what closing the session takes included. An empty text: nothing to show.
 */
void progress_set(struct progress *progress, unsigned int drive, const char *what, uint32_t sectors,
		  uint32_t later_sectors);
/*
 * The part of it that is done, where the drive's status doesn't tell: 0 to 1, or negative to
 * use the status.
 */
void progress_fraction(struct progress *progress, unsigned int drive, double fraction);
/* Behind that, the track that the drive is at. */
void progress_tells_track(struct progress *progress, unsigned int drive);
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
