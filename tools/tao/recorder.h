/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One drive that burns an album, in a thread of its own.
 */
#ifndef TAO_RECORDER_H
#define TAO_RECORDER_H

#include <pthread.h>
#include <stdatomic.h>
#include <tao.h>
#include "album.h"
#include "feed.h"
#include "progress.h"

struct burn_command;

/* What the user wants of a burn. */
struct burn_options {
	size_t from; /* first track of the album, from 0 */
	uint32_t speed_kbps; /* 0: as it is set */
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
	unsigned int index; /* of its line, and as a reader of the feed */
	unsigned int count; /* recorders at work */
	pthread_mutex_t lock; /* protects dev against being closed */
	struct tao_device *dev; /* for writing and cancelling; NULL once this is done with it */
	struct tao_device *watch; /* for queries, from any thread */
	atomic_bool *stop;
	atomic_uint *running;
	pthread_t thread;
	atomic_bool ended; /* all below is settled */
	/* the outcome */
	int exit_status;
	char *message; /* the failure alone */
	char *outcome; /* what became of the disc, and what to do */
	atomic_size_t tracks_done;
	size_t tracks_lost; /* of these, those whose file failed: they have silence instead */
	char *lost; /* why the first of them */
	unsigned int first_number; /* on the disc, of the first track */
	int32_t first_lba; /* where that begins */
	bool wrote; /* a track was begun */
	bool closed;
	bool identical;
	/* session-at-once */
	size_t first_piece; /* track, or the hidden audio */
	bool filled_up; /* it was cut short, and silence completed it */
	uint64_t heard_frames; /* then: how far the audio reaches */
	struct tao_speed speed_before; /* that is set back; 0 if there is nothing to set back */
};

/* Begin. With the signals blocked that the main thread waits for. */
void recorder_start(struct recorder *recorder);
/*
 * Stop it: the track in hand ends with what has arrived. Returns whether it was at work still, and
 * what it was at.
 */
bool recorder_cancel(struct recorder *recorder, struct tao_status *status);
/*
 * Don't wait for them: the process ends at once. What was set for this burn is set back behind it.
 */
void recorders_abandon(struct recorder *recorders, unsigned int count);
/* Wait for its end. */
void recorder_join(struct recorder *recorder);

#endif /* TAO_RECORDER_H */
