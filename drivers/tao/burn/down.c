// SPDX-License-Identifier: GPL-2.0-only
/* Suspend and reboot: what they would ruin, and what they have to end. */
#include "burn.h"

/* A track that has got no audio for this long is not being burned. */
#define TAO_UNFED_MS		10000

/* Whether the running job ends in a moment, or would survive a suspend. */
static bool down_job_is_harmless(const struct tao_device *td)
{
	const struct tao_job *job = td->worker.running;

	lockdep_assert_held(&td->lock);
	/* There is nothing to end. */
	if ((job->ends || job->kind == &tao_job_release) && td->held.hold == TAO_HOLD_NONE)
		return true;
	return job->kind == &tao_job_refresh || job->kind == &tao_job_prepare ||
	       job->kind == &tao_job_get_text || job->kind == &tao_job_set_speed ||
	       job->kind == &tao_job_look_again;
}

static bool down_would_ruin(const struct tao_device *td)
{
	lockdep_assert_held(&td->lock);
	return !td->now.dead && (td->stream.phase != TAO_PHASE_CLOSED ||
				 (td->worker.running && !down_job_is_harmless(td)));
}

/* Whether nobody has written to the track for long, and the drive has all the data. */
static bool down_is_unfed(const struct tao_device *td)
{
	const struct tao_stream *s = &td->stream;

	lockdep_assert_held(&td->lock);
	return s->phase == TAO_PHASE_OPEN && !s->queue_bytes && !td->plan &&
	       time_after(jiffies, s->fed + msecs_to_jiffies(TAO_UNFED_MS));
}

static const char *down_doing(const struct tao_device *td)
{
	switch (td->now.action) {
	case TAO_ACTION_WRITING:
		return "writes a track";
	case TAO_ACTION_CLOSING_TRACK:
	case TAO_ACTION_VERIFYING:
		return "ends a track";
	case TAO_ACTION_CLOSING_SESSION:
		return "closes a session";
	case TAO_ACTION_BLANKING:
		return "blanks a disc";
	case TAO_ACTION_RECOVERING:
		return "repairs a disc";
	default:
		return "begins a track";
	}
}

/**
 * tao_down_busy - whether a suspend or a reboot would ruin a disc
 * @td: the drive
 * @why: returned in that case: the program and its action, as text
 */
bool tao_down_busy(struct tao_device *td, char why[TAO_WHY_SIZE])
{
	const struct tao_file *file;
	bool busy;

	spin_lock_irq(&td->lock);
	busy = down_would_ruin(td);
	file = td->held.writer;
	if (busy && file)
		snprintf(why, TAO_WHY_SIZE, "%s (process %d) %s", file->name, pid_nr(file->pid),
			 down_doing(td));
	else if (busy)
		strscpy(why, down_doing(td), TAO_WHY_SIZE);
	spin_unlock_irq(&td->lock);
	return busy;
}

/**
 * tao_down_stays_busy - the same, if a suspend neither ends that nor waits for its end
 * @td: the drive
 */
bool tao_down_stays_busy(struct tao_device *td)
{
	bool busy;

	spin_lock_irq(&td->lock);
	busy = down_would_ruin(td) && !down_is_unfed(td) && tao_job_done(&td->worker.ender);
	spin_unlock_irq(&td->lock);
	return busy;
}

/**
 * tao_down_end_unfed - end a track that nobody feeds, as if its owner had ended it
 * @td: the drive
 *
 * Does not wait. A program that writes on gets an error, since that would be another track.
 */
void tao_down_end_unfed(struct tao_device *td)
{
	spin_lock_irq(&td->lock);
	if (!td->now.dead && td->held.writer && down_is_unfed(td) &&
	    !tao_cut_is_ending(td->held.writer)) {
		/* A track that has failed stays failed. */
		td->held.writer->error = td->stream.error ?: -ECANCELED;
		tao_cut_end_behind(td);
	}
	spin_unlock_irq(&td->lock);
}

/**
 * tao_down_ends - whether a track is being ended on behalf of somebody other than its owner
 * @td: the drive
 */
bool tao_down_ends(struct tao_device *td)
{
	return !READ_ONCE(td->now.dead) && !tao_job_done(&td->worker.ender);
}

/**
 * tao_down_finishes - whether something is in progress that ends in a moment
 * @td: the drive
 */
bool tao_down_finishes(struct tao_device *td)
{
	bool finishes;

	spin_lock_irq(&td->lock);
	finishes = !td->now.dead && td->worker.running && down_job_is_harmless(td);
	spin_unlock_irq(&td->lock);
	return finishes;
}

/**
 * tao_down_shut - get ready for a reboot
 * @td: the drive
 *
 * Return: whether a track was cut short.
 */
bool tao_down_shut(struct tao_device *td)
{
	struct tao_plan *plan;
	LIST_HEAD(gone);
	bool open, cut;

	spin_lock_irq(&td->lock);
	td->worker.hurry = true;
	plan = td->plan;
	if (plan) {
		plan->cut = plan->cut ?: -ESHUTDOWN;
		plan->stop = true;
	}
	open = td->held.writer && tao_stream_is_open(td);
	cut = open && !td->stream.cut;
	if (cut)
		tao_cut(td, -ESHUTDOWN, &gone);
	/* The silence of a session at once may take as long as a disc. */
	if (open && plan)
		tao_stream_stop_locked(td, -ESHUTDOWN, &gone);
	spin_unlock_irq(&td->lock);
	tao_stream_dispose(td, &gone, -ESHUTDOWN);
	if (cut)
		tao_event_changed(td);
	return cut;
}
