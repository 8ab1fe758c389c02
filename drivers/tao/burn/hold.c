// SPDX-License-Identifier: GPL-2.0-only
/*
 * Holding a disc: the claim, the wait until it is ready, the check that it is the right one, write
 * parameters and speed. And giving it back.
 */
#include <linux/delay.h>

#include "burn.h"

/* How long a disc may take to get ready, which bounds how long a system call can last. */
#define TAO_SPIN_UP_MS		60000
/*
 * A program that looks at each disc, such as udev's cdrom_id, has the drive to itself for a
 * moment.
 */
#define TAO_HELD_MS		5000
#define TAO_HELD_PAUSE_MS	20

/*
 * A job that will change the disc waits for up to @wait_ms until another program lets go. A query
 * does not wait: 0.
 */
static int hold_claim(struct tao_device *td, unsigned int wait_ms)
{
	unsigned long deadline = jiffies + msecs_to_jiffies(wait_ms);
	int err;

	while ((err = tao_claim_take(td, !wait_ms)) == -EBUSY && time_before(jiffies, deadline) &&
	       !READ_ONCE(td->now.dead) && !tao_ready_is_given_up(td))
		msleep(TAO_HELD_PAUSE_MS);
	if (err)
		return err;
	tao_event_ticking(td, true);
	return 0;
}

/* Reports why the drive can't be claimed. */
static int hold_refused(struct tao_device *td, int err)
{
	if (err == -EBUSY)
		return tao_error_text(td, err,
				      "the disc is mounted or in use by another program");
	return tao_error_text(td, err, "the drive can't be opened (%d)", err);
}

/**
 * tao_hold_note_lost - note whether the owner has yet to hear that the disc was lost
 * @td: the drive
 * @lost: whether it has
 */
void tao_hold_note_lost(struct tao_device *td, bool lost)
{
	spin_lock_irq(&td->lock);
	td->held.lost = lost;
	spin_unlock_irq(&td->lock);
}

/**
 * tao_hold_drop - back to idle, whatever was prepared
 * @td: the drive
 */
void tao_hold_drop(struct tao_device *td)
{
	tao_event_ticking(td, false);
	tao_claim_unlock_door(td);
	/* Before the rest: to close sr's block device may take as long as others let sr wait. */
	spin_lock_irq(&td->lock);
	memset(&td->held.prepared, 0, sizeof(td->held.prepared));
	td->held.hold = TAO_HOLD_NONE;
	td->track.error = 0;
	td->held.tracks_taken = 0;
	td->measured.rate_kbps = 0;
	spin_unlock_irq(&td->lock);
	tao_claim_drop(td);
	td->ends.closed = TAO_CLOSE_NOTHING;
	td->discs.taken = false;
	td->discs.exchanged = false;
	tao_event_set_state(td, TAO_STATE_IDLE);
}

/**
 * tao_hold_leave - the same after the disc was changed
 * @td: the drive
 *
 * udev hears of it, though the state was idle all the time.
 */
void tao_hold_leave(struct tao_device *td)
{
	tao_hold_drop(td);
	tao_event_uevent(td);
}

/**
 * tao_hold_end_test - end a test write
 * @td: the drive
 *
 * It leaves the drive with the laser off; the next user does not expect that.
 */
void tao_hold_end_test(struct tao_device *td)
{
	spin_lock_irq(&td->lock);
	td->held.prepared.flags = 0;
	spin_unlock_irq(&td->lock);
	tao_scan_after_test(td);
	if (td->ends.test_selected)
		tao_select_no_test(td);
}

/* --- prepare ---------------------------------------------------------------------------------- */

static int prepare_check(struct tao_device *td)
{
	struct tao_medium m;
	u32 flags = td->held.prepared.flags;

	if (flags & TAO_PREPARE_TEST_WRITE && !(tao_drive_flags(td) & TAO_DRIVE_TEST_WRITE))
		return tao_error_text(td, -EOPNOTSUPP, "the drive has no test write");
	tao_medium_get(td, &m);
	if (flags & TAO_PREPARE_MCN && m.flags & TAO_MEDIUM_SESSION_OPEN)
		return tao_error_text(td, -EINVAL,
				      "the session has tracks: its catalogue number is settled");
	return 0;
}

static int prepare_once(struct tao_device *td)
{
	int err;

	err = tao_ready_wait(td, td->held.prepared.wait_ms ?: TAO_SPIN_UP_MS);
	if (err == -ENOMEDIUM)
		return tao_error_text(td, err, "there is no disc in the drive");
	if (err)
		return err;
	tao_claim_lock_door(td);
	err = tao_scan(td) ?: tao_check_writable(td) ?: prepare_check(td);
	return err ?: tao_speed_apply(td);
}

/* Holds the disc for @hold, or leaves everything as it was. */
static int hold_prepare(struct tao_device *td, const struct tao_prepare *prepare,
			enum tao_hold hold)
{
	int tries = TAO_HOLD_TRIES;
	int err;

	tao_error_begin(td);
	tao_event_set_action(td, TAO_ACTION_PREPARING);
	err = hold_claim(td, TAO_HELD_MS);
	if (err)
		return hold_refused(td, err);
	spin_lock_irq(&td->lock);
	td->held.prepared = *prepare;
	spin_unlock_irq(&td->lock);
	td->wanted.speed_later = false;
	do {
		err = prepare_once(td);
	} while (err && --tries && tao_sense_classify(&td->sense) == TAO_SENSE_CHANGED);
	if (err) {
		if (td->ends.test_selected && !td->now.dead)
			tao_hold_end_test(td);
		tao_hold_drop(td);
		return err;
	}
	spin_lock_irq(&td->lock);
	td->held.hold = hold;
	spin_unlock_irq(&td->lock);
	tao_event_set_state(td, TAO_STATE_PREPARED);
	return 0;
}

/* PREPARE */
static int run_prepare(struct tao_device *td, struct tao_job *job)
{
	if (td->held.hold == TAO_HOLD_OWNER)
		return -EALREADY;
	if (tao_stream_is_open(td))
		return -EINPROGRESS;
	tao_hold_note_lost(td, false);
	return hold_prepare(td, &job->args.prepare, TAO_HOLD_OWNER);
}

const struct tao_job_kind tao_job_prepare = { "prepare", run_prepare };

/**
 * tao_settings_get - what holds for the tracks that a file begins the `cat` way
 * @file: the file
 * @settings: filled in
 */
void tao_settings_get(struct tao_file *file, struct tao_settings *settings)
{
	struct tao_device *td = file->td;

	spin_lock_irq(&td->lock);
	*settings = td->wanted.settings;
	if (file->settings.mask & TAO_SET_UNDERRUN_FREE)
		settings->underrun_free = file->settings.underrun_free;
	spin_unlock_irq(&td->lock);
}

/**
 * tao_settings_set - set what holds for the tracks that a file begins, until it is closed
 * @file: the file
 * @settings: those in its mask are set
 */
void tao_settings_set(struct tao_file *file, const struct tao_settings *settings)
{
	struct tao_device *td = file->td;

	spin_lock_irq(&td->lock);
	file->settings.mask |= settings->mask;
	if (settings->mask & TAO_SET_UNDERRUN_FREE)
		file->settings.underrun_free = settings->underrun_free;
	spin_unlock_irq(&td->lock);
	tao_event_changed(td);
}

/**
 * tao_hold_for_track - hold a disc for one track of a program that has not called PREPARE
 * @td: the drive
 *
 * Return: 0 or an error.
 */
int tao_hold_for_track(struct tao_device *td)
{
	struct tao_prepare prepare = {};
	struct tao_settings settings;

	tao_settings_get(td->held.writer, &settings);
	if (!settings.underrun_free)
		prepare.flags |= TAO_PREPARE_NO_UNDERRUN_FREE;
	return hold_prepare(td, &prepare, TAO_HOLD_TRACK);
}

/* --- while it is held ------------------------------------------------------------------------- */

/* The job in hand tells of it. If nobody hears that, the next one does. */
static void hold_tell_lost(struct tao_device *td)
{
	lockdep_assert_held(&td->lock);
	if (td->worker.running)
		td->worker.running->lost = true;
}

/**
 * tao_hold_was_lost - whether the caller has yet to hear that its disc is not held any more
 * @td: the drive
 *
 * Then it does so now.
 */
bool tao_hold_was_lost(struct tao_device *td)
{
	bool lost;

	spin_lock_irq(&td->lock);
	lost = td->held.lost;
	td->held.lost = false;
	if (lost)
		hold_tell_lost(td);
	spin_unlock_irq(&td->lock);
	return lost;
}

/* Looks at a disc that is held, and may be another one than was prepared. */
static int hold_look(struct tao_device *td)
{
	int err = tao_ready_wait(td, td->held.prepared.wait_ms ?: TAO_SPIN_UP_MS);

	if (err == -ENOMEDIUM)
		return tao_error_text(td, err, "there is no disc in the drive");
	if (err)
		return err;
	tao_claim_lock_door(td);
	return tao_scan_same(td);
}

/**
 * tao_hold_check - whether the disc that is held may be closed or blanked
 * @td: the drive
 *
 * A drive tells of another disc once, and it may have told somebody else; so the disc is
 * compared in any case.
 *
 * Return: 0, -EBADFD if it is another one, or another error.
 */
int tao_hold_check(struct tao_device *td)
{
	td->sense.attention = true;
	return hold_look(td);
}

/**
 * tao_hold_lost - a job has found that the disc is not the one that was prepared
 * @td: the drive
 *
 * It is not prepared any more, whatever became of the job.
 *
 * Return: its result.
 */
int tao_hold_lost(struct tao_device *td)
{
	tao_hold_drop(td);
	spin_lock_irq(&td->lock);
	hold_tell_lost(td);
	spin_unlock_irq(&td->lock);
	return -EBADFD;
}

/**
 * tao_hold_again - prepare a disc that is held: what was set is gone, and it may be another one
 * @td: the drive
 *
 * Return: 0, -EBADFD if it is another one, or another error.
 */
int tao_hold_again(struct tao_device *td)
{
	tao_error_begin(td);
	return hold_look(td) ?: tao_check_writable(td) ?: tao_speed_apply(td);
}

/* Sets the speed that was asked for during the last track. */
static int hold_apply_speed(struct tao_device *td)
{
	if (!td->wanted.speed_later)
		return 0;
	td->wanted.speed_later = false;
	return tao_speed_apply(td);
}

/**
 * tao_hold_begin - a track or a session at once will begin on a disc that is held
 * @td: the drive
 *
 * Return: 0, -EBADFD if it is another one, or another error.
 */
int tao_hold_begin(struct tao_device *td)
{
	int err = hold_apply_speed(td);

	if (td->sense.attention)
		return tao_hold_again(td);
	/* A reset that somebody else was told of may have unlocked it. */
	tao_claim_lock_door(td);
	return err;
}

/*
 * The machine has slept with a disc that is prepared. The drive may have been off: its door is open
 * then, and the disc may be another one. The next track finds the drive to be prepared again.
 */
static int run_look_again(struct tao_device *td, struct tao_job *job)
{
	int err;

	if (td->held.hold != TAO_HOLD_OWNER || tao_stream_is_open(td))
		return 0;
	tao_event_set_action(td, TAO_ACTION_PREPARING);
	err = tao_hold_check(td);
	td->sense.attention = true;
	if (err && !td->discs.exchanged)
		tao_medium_doubt(td);
	if (!td->discs.exchanged)
		return err;
	/* First: nobody may be left to hear it when sr lets us go on. */
	tao_hold_note_lost(td, true);
	tao_hold_drop(td);
	return -EBADFD;
}

const struct tao_job_kind tao_job_look_again = { "look-again", run_look_again };

/**
 * tao_hold_resume - the machine has slept
 * @td: the drive
 *
 * Does not wait. Without memory the next track looks.
 */
void tao_hold_resume(struct tao_device *td)
{
	struct tao_job *job = tao_job_alloc(&tao_job_look_again, NULL, 0);
	bool held;

	spin_lock_irq(&td->lock);
	td->worker.resumed = true;
	held = td->held.hold == TAO_HOLD_OWNER;
	/* A disc may be held behind the job in hand, too. */
	if (job && !td->now.dead && (held || !tao_worker_idle(td)))
		tao_worker_queue(td, job);
	spin_unlock_irq(&td->lock);
	if (held)
		tao_medium_doubt(td);
	tao_job_put(job);
}

/* --- for a job that holds nothing ------------------------------------------------------------- */

/**
 * tao_hold_visit - make the drive ready and look at the disc, for jobs that are not about a track
 * @td: the drive
 * @action: what is done
 * @wait_ms: how long it may take; 0: a query, which changes nothing either
 *
 * Return: 0 or an error.
 */
int tao_hold_visit(struct tao_device *td, enum tao_action action, unsigned int wait_ms)
{
	int err;

	tao_event_set_action(td, action);
	err = hold_claim(td, min_t(unsigned int, wait_ms, TAO_HELD_MS));
	if (err)
		return wait_ms ? hold_refused(td, err) : err;
	err = tao_ready_wait(td, wait_ms) ?: tao_claim_late(td) ?:
	      (wait_ms ? tao_scan(td) : tao_scan_query(td));
	if (err)
		tao_hold_drop(td);
	return err;
}

/**
 * tao_hold_enter - the same for a job that will change the disc
 * @td: the drive
 *
 * Return: 0, or an error, whose reason is kept.
 */
int tao_hold_enter(struct tao_device *td)
{
	int err;

	tao_error_begin(td);
	err = tao_hold_visit(td, TAO_ACTION_PREPARING, TAO_SPIN_UP_MS);
	if (err == -ENOMEDIUM)
		tao_error_text(td, err, "there is no disc in the drive");
	return err;
}

/**
 * tao_hold_take - the same for a job that must be the only user
 * @td: the drive
 *
 * Nobody takes the disc out until tao_hold_leave(). If somebody does so by force, the other disc
 * is left alone.
 *
 * Return: 0 or an error.
 */
int tao_hold_take(struct tao_device *td)
{
	int err;

	if (tao_stream_is_open(td))
		return -EINPROGRESS;
	if (td->held.hold != TAO_HOLD_NONE)
		return -EALREADY;
	if (tao_hold_was_lost(td))
		return -EBADFD;
	/* What has begun is done, even if its program does not wait for it. */
	td->ends.must_end = true;
	err = tao_hold_enter(td);
	td->ends.must_end = false;
	if (err)
		return err;
	td->discs.taken = true;
	tao_claim_lock_door(td);
	return 0;
}
