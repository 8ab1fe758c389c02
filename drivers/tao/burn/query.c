// SPDX-License-Identifier: GPL-2.0-only
/*
 * Jobs that leave the disc as it is: a look at it, its CD-TEXT, the speed.
 */
#include <linux/cdrom.h>
#include <scsi/scsi_proto.h>

#include "burn.h"

/* A look at the disc, which GET_MEDIUM and others wait for */
static int run_refresh(struct tao_device *td, struct tao_job *job)
{
	int err;

	/* While we hold the disc, our information is up to date. */
	if (td->held.hold != TAO_HOLD_NONE)
		return 0;
	err = tao_hold_visit(td, TAO_ACTION_READING, 0);
	if (err == -ENOMEDIUM)
		return 0;
	if (err) {
		tao_medium_doubt(td);
		return err;
	}
	if (tao_claim_late(td))
		tao_speed_doubt(td);
	else
		tao_speed_read(td);
	tao_hold_drop(td);
	return 0;
}

const struct tao_job_kind tao_job_refresh = { "refresh", run_refresh };

/* A disc without CD-TEXT has none; drives say so in more than one way. */
static int read_text(struct tao_device *td, struct tao_job *job)
{
	int err;

	job->text_bytes = TAO_TEXT_BYTES_MAX;
	err = tao_ask(td, ktime_get(), tao_mmc_read_text(td->sdev, &job->text, &job->text_bytes,
							 &td->sense));
	if (!err)
		return 0;
	job->text_bytes = 0;
	if (td->sense.valid && td->sense.key == ILLEGAL_REQUEST)
		return 0;
	return tao_error_command(td, tao_gave_up(err), GPCMD_READ_TOC_PMA_ATIP, 0, &td->sense);
}

/* GET_TEXT: reads the CD-TEXT of the disc. */
static int run_get_text(struct tao_device *td, struct tao_job *job)
{
	int err;

	if (td->held.hold != TAO_HOLD_NONE)
		return -EBUSY;
	err = tao_hold_visit(td, TAO_ACTION_READING, 0);
	if (err)
		return err == -ENOMEDIUM ? 0 : err;
	err = tao_claim_late(td) ?: read_text(td, job);
	tao_hold_drop(td);
	return err;
}

const struct tao_job_kind tao_job_get_text = { "get-text", run_get_text };

static void speed_tell(struct tao_device *td, struct tao_speed *speed, u32 flags)
{
	spin_lock_irq(&td->lock);
	*speed = td->wanted.speed;
	spin_unlock_irq(&td->lock);
	speed->flags |= flags;
}

/* For a disc that is held. It may be another one, if the drive raises a unit attention here. */
static int speed_apply_held(struct tao_device *td)
{
	bool before = td->sense.attention;
	int err;

	td->sense.attention = false;
	err = tao_speed_apply(td);
	if (td->sense.attention)
		tao_medium_doubt(td);
	td->sense.attention |= before;
	return err;
}

/* SET_SPEED */
static int run_set_speed(struct tao_device *td, struct tao_job *job)
{
	struct tao_speed *speed = &job->args.speed;
	bool held = td->held.hold != TAO_HOLD_NONE;
	int err = 0;

	tao_speed_request_late(td, speed, job->speed_requests);
	/* Between the WRITEs of a track the drive gets no other command. */
	if (tao_stream_is_open(td)) {
		td->wanted.speed_later = true;
		speed_tell(td, speed, TAO_SPEED_PENDING);
		return 0;
	}
	if (!held)
		err = tao_hold_visit(td, TAO_ACTION_SETTING_SPEED, 0);
	if (err == -ENODEV)
		return err;
	if (err) {
		/* No disc, or somebody else's: it will be sent when the next one is prepared. */
		speed_tell(td, speed, TAO_SPEED_PENDING);
		return 0;
	}
	err = held ? speed_apply_held(td) : tao_speed_apply(td);
	speed_tell(td, speed, 0);
	if (!held)
		tao_hold_drop(td);
	return err;
}

const struct tao_job_kind tao_job_set_speed = { "set-speed", run_set_speed };

/* --- the order for them ----------------------------------------------------------------------- */

/* A job of @kind that is running or queued. */
static struct tao_job *query_find_job(struct tao_device *td, const struct tao_job_kind *kind)
{
	struct tao_job *job;

	lockdep_assert_held(&td->lock);
	if (td->worker.running && td->worker.running->kind == kind)
		return td->worker.running;
	list_for_each_entry(job, &td->worker.jobs, node)
		if (job->kind == kind)
			return job;
	return NULL;
}

/* A look at the disc that is on its way, or one more if the drive has nothing else to do. */
static struct tao_job *query_join_refresh(struct tao_device *td, struct tao_job *fresh)
{
	struct tao_job *job;

	spin_lock_irq(&td->lock);
	job = query_find_job(td, &tao_job_refresh);
	if (!job && td->now.state == TAO_STATE_IDLE && tao_worker_idle(td)) {
		job = fresh;
		tao_worker_queue(td, job);
	}
	if (job)
		kref_get(&job->ref);
	spin_unlock_irq(&td->lock);
	return job;
}

/**
 * tao_query_refresh - look at the disc if nobody is using it
 * @file: the open file that asks
 * @stale: set if the drive could not be asked
 *
 * Return: 0, -ENODEV, -ENOMEM, or -ERESTARTSYS.
 */
int tao_query_refresh(struct tao_file *file, bool *stale)
{
	struct tao_device *td = file->td;
	struct tao_job *fresh, *job;
	int err = 0;

	*stale = true;
	if (READ_ONCE(td->now.dead))
		return -ENODEV;
	fresh = tao_job_alloc(&tao_job_refresh, NULL, 0);
	if (!fresh)
		return -ENOMEM;
	job = query_join_refresh(td, fresh);
	if (job) {
		err = wait_event_interruptible(td->wait, tao_job_done(job));
		*stale = err || job->result;
	} else {
		/* The hold ends before the state: sr may let that wait. */
		*stale = READ_ONCE(td->now.state) != TAO_STATE_PREPARED ||
			 READ_ONCE(td->held.hold) == TAO_HOLD_NONE ||
			 READ_ONCE(td->found.medium_old);
	}
	tao_job_put(job);
	tao_job_put(fresh);
	return err;
}

/* The worker only looks at the disc: a job that is queued now begins soon. */
static bool query_only_looks(const struct tao_device *td)
{
	const struct tao_job *job;

	lockdep_assert_held(&td->lock);
	if (td->worker.running && td->worker.running->kind != &tao_job_refresh)
		return false;
	list_for_each_entry(job, &td->worker.jobs, node)
		if (job->kind != &tao_job_refresh)
			return false;
	return true;
}

/*
 * The reading that is on its way, or @fresh; NULL while something else is done to the disc, or is
 * queued: that is not waited for.
 */
static struct tao_job *query_join_reading(struct tao_device *td, struct tao_job *fresh)
{
	struct tao_job *job;

	spin_lock_irq(&td->lock);
	job = query_find_job(td, &tao_job_get_text);
	if (!job && !td->now.dead && td->now.state == TAO_STATE_IDLE && query_only_looks(td)) {
		job = fresh;
		tao_worker_queue(td, job);
	}
	if (job)
		kref_get(&job->ref);
	spin_unlock_irq(&td->lock);
	return job;
}

/**
 * tao_query_read_text - read the CD-TEXT of the disc, if nobody is using it
 * @file: the open file that asks
 * @job: returned, for tao_job_put(): it has the text, or in its result why there is none
 *
 * Return: 0, -ENODEV, -ENOMEM, or -ERESTARTSYS: then without @job.
 */
int tao_query_read_text(struct tao_file *file, struct tao_job **job)
{
	struct tao_device *td = file->td;
	struct tao_job *fresh;
	int err;

	if (READ_ONCE(td->now.dead))
		return -ENODEV;
	fresh = tao_job_alloc(&tao_job_get_text, NULL, 0);
	if (!fresh)
		return -ENOMEM;
	*job = query_join_reading(td, fresh);
	if (!*job) {
		fresh->result = -EBUSY;
		*job = fresh;
		return 0;
	}
	tao_job_put(fresh);
	err = wait_event_interruptible(td->wait, tao_job_done(*job));
	if (err)
		tao_job_put(*job);
	return err;
}

/* Starts a job that nobody waits for, unless the drive is held or busy. */
static int query_start_if_idle(struct tao_device *td, struct tao_job *job)
{
	int err = 0;

	spin_lock_irq(&td->lock);
	if (td->now.dead)
		err = -ENODEV;
	else if (td->now.state != TAO_STATE_IDLE || !tao_worker_idle(td))
		err = -EBUSY;
	else
		tao_worker_queue(td, job);
	spin_unlock_irq(&td->lock);
	return err;
}

/**
 * tao_query_look - look at the disc, without waiting for it
 * @td: the drive
 *
 * Return: 0, -EBUSY if the drive is held or busy, -ENODEV, or -ENOMEM.
 */
int tao_query_look(struct tao_device *td)
{
	struct tao_job *job = tao_job_alloc(&tao_job_refresh, NULL, 0);
	int err;

	if (!job)
		return -ENOMEM;
	err = query_start_if_idle(td, job);
	tao_job_put(job);
	return err;
}

/**
 * tao_query_set_speed - ask for a speed, without waiting for the drive
 * @td: the drive
 * @speed: the speed
 *
 * While the drive is held or busy, the speed is kept for the next time it is prepared: the burn in
 * hand is its owner's.
 *
 * Return: 0, -ENODEV, or -ENOMEM.
 */
int tao_query_set_speed(struct tao_device *td, const struct tao_speed *speed)
{
	struct tao_job *job = tao_job_alloc(&tao_job_set_speed, speed, sizeof(*speed));
	int err;

	if (!job)
		return -ENOMEM;
	tao_speed_request(td, speed);
	err = query_start_if_idle(td, job);
	tao_job_put(job);
	return err == -EBUSY ? 0 : err;
}
