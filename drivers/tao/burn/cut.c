// SPDX-License-Identifier: GPL-2.0-only
/* Tracks that somebody other than their owner cuts short or ends; cancel. */
#include <linux/capability.h>
#include <linux/cred.h>

#include "burn.h"

/**
 * tao_cut_has_end - whether the last call of a file ends the track
 * @file: the open file
 *
 * Return: true also if it has ended, and nobody has asked for its result again.
 */
bool tao_cut_has_end(const struct tao_file *file)
{
	return file->job && file->job->kind == &tao_job_track_end;
}

/**
 * tao_cut_is_ending - whether a call of the owner ends the track already
 * @writer: the owner
 */
bool tao_cut_is_ending(const struct tao_file *writer)
{
	return tao_call_unfinished(writer) && tao_cut_has_end(writer);
}

/**
 * tao_cut_end_behind - end the open track on behalf of somebody other than its owner
 * @td: the drive
 *
 * The owner gets the result when it ends the track or closes. Does nothing if the owner is already
 * doing one or the other. The caller holds tao_device.lock.
 */
void tao_cut_end_behind(struct tao_device *td)
{
	struct tao_file *writer = td->held.writer;

	lockdep_assert_held(&td->lock);
	if (td->held.leaving || tao_cut_is_ending(writer))
		return;
	tao_worker_queue_ender(td);
}

/**
 * tao_cut - cut the open track short
 * @td: the drive
 * @reason: what its writer gets, or the call that ends it
 * @gone: what the drive does not get, for tao_stream_dispose()
 *
 * The caller holds tao_device.lock.
 */
void tao_cut(struct tao_device *td, int reason, struct list_head *gone)
{
	lockdep_assert_held(&td->lock);
	/* A track that has failed already stays failed. A call that ends it returns that error. */
	if (!tao_cut_is_ending(td->held.writer))
		td->held.writer->error = td->stream.error ?: reason;
	tao_stream_cut(td, reason, gone);
	tao_cut_end_behind(td);
}

/* --- cancel ----------------------------------------------------------------------------------- */

static bool may_cancel(const struct tao_file *file, const struct tao_file *writer)
{
	return file == writer || uid_eq(current_uid(), writer->uid) || capable(CAP_SYS_ADMIN);
}

/* The drive gets the lead-in of a session, which takes no audio yet. */
static bool cut_in_head(const struct tao_device *td)
{
	lockdep_assert_held(&td->lock);
	return td->plan && td->worker.running && td->worker.running->kind == &tao_job_session_begin;
}

/* Whether there is a track that this file may cut short. */
static int cut_check_cancel(const struct tao_file *file)
{
	struct tao_device *td = file->td;

	lockdep_assert_held(&td->lock);
	if (td->now.dead)
		return -ENODEV;
	if (!td->held.writer || (!tao_stream_is_open(td) && !cut_in_head(td)))
		return -ENODATA;
	return may_cancel(file, td->held.writer) ? 0 : -EPERM;
}

/*
 * Cuts the track or the session at once in hand short. A session continues with silence, unless it
 * was cancelled before: then the drive gets nothing more, and the disc is lost. A cut by the module
 * itself does not count as the first cancel, because the user may not know of it.
 */
static void cut_or_stop(struct tao_device *td, int reason, struct list_head *gone)
{
	struct tao_plan *plan = td->plan;

	lockdep_assert_held(&td->lock);
	if (plan) {
		plan->stop |= plan->cancelled;
		plan->cancelled = true;
		plan->cut = plan->cut ?: reason;
	}
	if (!tao_stream_is_open(td))
		return;
	tao_cut(td, reason, gone);
	if (plan && plan->stop)
		tao_stream_stop_locked(td, reason, gone);
}

/**
 * tao_cut_cancel - cut the track in hand short
 * @file: the open file that asks: the owner, another one of the same user, or one of a user with
 *	CAP_SYS_ADMIN
 *
 * Does not wait: the owner's write gets -ECANCELED, and so does the call that ends the track. The
 * lock is held throughout, because the next track may be somebody else's.
 *
 * Return: 0, -ENODATA if no track is open, -EPERM, or -ENODEV.
 */
int tao_cut_cancel(struct tao_file *file)
{
	struct tao_device *td = file->td;
	LIST_HEAD(gone);
	int err;

	spin_lock_irq(&td->lock);
	err = cut_check_cancel(file);
	if (!err)
		cut_or_stop(td, -ECANCELED, &gone);
	spin_unlock_irq(&td->lock);
	tao_stream_dispose(td, &gone, -ECANCELED);
	if (!err)
		tao_event_changed(td);
	return err;
}
