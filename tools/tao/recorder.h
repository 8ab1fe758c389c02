/* SPDX-License-Identifier: GPL-2.0-only */
/* A drive that burns an album, in its own thread. */
#ifndef TAO_RECORDER_H
#define TAO_RECORDER_H

#include <pthread.h>
#include <stdatomic.h>
#include <tao.h>
#include "album.h"
#include "discs.h"
#include "feed.h"
#include "progress.h"
#include "record.h"

struct burn_command;
struct unfinished;

/* Options of a burn. */
struct burn_options {
	size_t from; /* first track of the album, from 0 */
	uint32_t speed_kbps; /* 0: current setting */
	enum tao_close close;
	bool test;
	bool verify;
	bool eject;
	bool no_underrun_protection;
	bool force; /* close the session although a track on the disc failed */
};

struct recorder {
	const struct burn_command *command;
	const struct burn_options *options;
	const struct album *album;
	struct feed *feed;
	struct progress *progress;
	struct drive_record *record; /* or NULL */
	unsigned int index; /* of its line, and as a reader of the feed */
	unsigned int count; /* number of active recorders */
	struct which_disc which;
	char *prefix; /* of its lines: which drive, which disc */
	pthread_mutex_t lock; /* protects dev from being closed, cancel_missed, and cancel_ms */
	struct tao_device *dev; /* for writing and cancelling; NULL when no longer needed */
	struct tao_device *watch; /* for queries, from any thread */
	atomic_bool in_stream; /* from the start of its track on until that has ended */
	int64_t cancel_ms; /* a stream that was to end is cancelled then; 0: never */
	atomic_bool *stop;
	atomic_uint *running;
	pthread_t thread;
	atomic_bool ejects; /* the disc is done, and comes out */
	/* the disc, also while it is burned */
	atomic_size_t tracks_done;
	atomic_bool closed;
	atomic_bool ended; /* all members below are final */
	/* the result */
	int exit_status;
	char *message; /* only the failure */
	bool failure_told; /* to programs */
	char *outcome; /* state of the disc, and what to do */
	size_t tracks_lost; /* tracks that have silence because their file failed */
	char *lost; /* why the first of them failed */
	unsigned int first_number; /* number on the disc of the first track */
	int32_t first_lba; /* its start */
	bool wrote; /* a track was begun */
	struct unfinished *unfinished; /* of this burn; NULL: it can't be continued */
	bool recorded; /* it was begun, or begun anew */
	bool kept; /* it has a file, which `tao resume` finds */
	bool identical;
	/* session-at-once */
	size_t first_piece; /* track, or the hidden audio */
	atomic_bool in_session; /* from the lead-in on until the drive has ended it */
	bool cancel_missed; /* it was cancelled before the drive knew of it */
	bool filled_up; /* it was cut short, and silence completed it */
	bool all_written; /* the drive has all audio, and does not show it */
	uint64_t heard_frames; /* then: how far the audio reaches */
	struct tao_speed speed_before; /* that is set back; 0 if there is nothing to set back */
};

/* Start the thread. The signals that the main thread waits for must be blocked. */
void recorder_start(struct recorder *recorder);
/* What it was doing when it was stopped. */
struct recorder_work {
	struct tao_status status;
	bool in_session;
};

/*
 * Stop it: the current track ends with the data that have arrived, a session goes on with silence
 * and stops at once the second time. Returns whether it was still active.
 */
bool recorder_cancel(struct recorder *recorder, struct recorder_work *work);
/*
 * From time to time after that: what the drive did not know of yet is cancelled now, and a stream
 * of which too much waits for the drive.
 */
void recorder_cancel_late(struct recorder *recorder);
/*
 * Don't wait for the recorders: the process exits at once. Settings for this burn are restored in
 * the background.
 */
void recorders_abandon(struct recorder *recorders, unsigned int count);
/* Wait for the thread to end. */
void recorder_join(struct recorder *recorder);

#endif /* TAO_RECORDER_H */
