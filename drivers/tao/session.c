// SPDX-License-Identifier: GPL-2.0-only
/*
 * What state a drive is in, and who may change it:
 *
 *	idle -> prepared -> track open -> prepared -> idle
 *
 * Whatever sends commands is a job of the drive's worker; there is one worker per drive and it does
 * one job at a time. A system call starts its job and waits, and if a signal ends the wait the job
 * goes on: the same call again joins it. So only the worker ends tracks and sessions, and neither
 * a dying program nor the last close of a file has to wait for a drive.
 */
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "tao.h"
#include "trace.h"

/* How long the first write of a track may come after one that is behind it. */
#define TAO_FIRST_WRITE_MS	1000

/* --- the worker ------------------------------------------------------------------------------- */

static void job_free(struct kref *ref)
{
	kfree(container_of(ref, struct tao_job, ref));
}

static void job_put(struct tao_job *job)
{
	if (job)
		kref_put(&job->ref, job_free);
}

static struct tao_job *job_alloc(enum tao_job_kind kind, const void *args, size_t size)
{
	struct tao_job *job = kzalloc(sizeof(*job), GFP_KERNEL);

	if (!job)
		return NULL;
	kref_init(&job->ref);
	INIT_LIST_HEAD(&job->node);
	job->kind = kind;
	if (size)
		memcpy(&job->args, args, size);
	return job;
}

/* The job is over, and its result holds. */
static bool job_done(const struct tao_job *job)
{
	/* Pairs with session_run_job(). */
	return smp_load_acquire(&job->done);
}

static struct tao_job *session_next_job(struct tao_device *td)
{
	struct tao_job *job = NULL;

	spin_lock_irq(&td->lock);
	if (!tao_power_suspending())
		job = list_first_entry_or_null(&td->jobs, struct tao_job, node);
	if (job)
		list_del_init(&job->node);
	td->running = job;
	spin_unlock_irq(&td->lock);
	return job;
}

/* A program that goes on writing while the machine goes down would begin a track after the end. */
static bool session_too_late(const struct tao_job *job)
{
	return tao_power_going_down() && job->kind != TAO_JOB_TRACK_END &&
	       job->kind != TAO_JOB_HANGUP;
}

static void session_run_job(struct tao_device *td, struct tao_job *job)
{
	int result;

	trace_tao_job_begin(td, job);
	result = session_too_late(job) ? -ESHUTDOWN : tao_job_run(td, job);
	if (!td->stream.open)
		tao_status_set_action(td, TAO_ACTION_NONE);
	spin_lock_irq(&td->lock);
	job->result = result;
	/* Pairs with job_done(): who sees it sees the result, and what was returned. */
	smp_store_release(&job->done, true);
	td->running = NULL;
	trace_tao_job_end(td, job);
	spin_unlock_irq(&td->lock);
	tao_status_changed(td);
	job_put(job);
}

static void session_work(struct work_struct *work)
{
	struct tao_device *td = container_of(work, struct tao_device, work);
	struct tao_job *job;

	do {
		if (tao_stream_attention(td))
			tao_job_attention(td);
		job = session_next_job(td);
		if (job)
			session_run_job(td, job);
	} while (job);
	tao_device_put(td);
}

/**
 * tao_session_kick - have the worker look what there is to do
 * @td: the drive
 */
void tao_session_kick(struct tao_device *td)
{
	/* The work holds the drive from when it is queued till it is done. */
	if (!tao_device_get(td))
		return;
	if (!queue_work(tao_worker_wq, &td->work))
		tao_device_put(td);
}

/* Gives the worker a job; the lock is held. The worker's reference is taken here. */
static void session_queue(struct tao_device *td, struct tao_job *job)
{
	kref_get(&job->ref);
	list_add_tail(&job->node, &td->jobs);
	trace_tao_job_queue(td, job);
	tao_session_kick(td);
}

/* --- waiting for a job ------------------------------------------------------------------------ */

/*
 * The job of the same kind that this file started and never heard of again, or a new one. Takes
 * over @fresh if that is what it returns.
 */
static struct tao_job *session_start(struct tao_file *file, struct tao_job *fresh)
{
	struct tao_device *td = file->td;
	struct tao_job *job, *old = NULL;

	spin_lock_irq(&td->lock);
	job = file->job;
	if (!job || job->kind != fresh->kind) {
		old = job;
		job = fresh;
		file->job = job;
		kref_get(&job->ref);
		session_queue(td, job);
	}
	kref_get(&job->ref);
	spin_unlock_irq(&td->lock);
	job_put(old);
	job_put(fresh);
	return job;
}

/* The result of a job that is done; nobody will ask for it again. */
static int session_collect(struct tao_file *file, struct tao_job *job, void *args, size_t size)
{
	struct tao_device *td = file->td;
	struct tao_job *old = NULL;
	int result = job->result;

	spin_lock_irq(&td->lock);
	if (file->job == job) {
		old = job;
		file->job = NULL;
	}
	spin_unlock_irq(&td->lock);
	job_put(old);
	if (args)
		memcpy(args, &job->args, min(size, sizeof(job->args)));
	return result;
}

/**
 * tao_session_call - have the worker do something, and wait for it
 * @file: who wants it, open for writing
 * @kind: what to do
 * @args: its arguments, and what it returns
 * @size: of @args
 *
 * Return: what became of it, -ENODEV, -ENOMEM, or -ERESTARTSYS if a signal came: it goes on then,
 * and the same call again waits for it.
 */
int tao_session_call(struct tao_file *file, enum tao_job_kind kind, void *args, size_t size)
{
	struct tao_device *td = file->td;
	struct tao_job *job;
	int err;

	if (READ_ONCE(td->dead))
		return -ENODEV;
	job = job_alloc(kind, args, size);
	if (!job)
		return -ENOMEM;
	WRITE_ONCE(file->error, 0);
	job = session_start(file, job);
	err = wait_event_interruptible(td->wait, job_done(job));
	if (!err)
		err = session_collect(file, job, args, size);
	job_put(job);
	return err;
}

static struct tao_job *session_find_refresh(struct tao_device *td)
{
	struct tao_job *job;

	if (td->running && td->running->kind == TAO_JOB_REFRESH)
		return td->running;
	list_for_each_entry(job, &td->jobs, node)
		if (job->kind == TAO_JOB_REFRESH)
			return job;
	return NULL;
}

/* A look at the disc that is on its way, or one more if the drive has nothing else to do. */
static struct tao_job *session_join_refresh(struct tao_device *td, struct tao_job *fresh)
{
	struct tao_job *job;

	spin_lock_irq(&td->lock);
	job = session_find_refresh(td);
	if (!job && td->state == TAO_STATE_IDLE && !td->running && list_empty(&td->jobs)) {
		job = fresh;
		session_queue(td, job);
	}
	if (job)
		kref_get(&job->ref);
	spin_unlock_irq(&td->lock);
	return job;
}

/**
 * tao_session_refresh - look at the disc if nobody is using it
 * @file: who asks
 * @stale: set if the drive could not be asked
 *
 * Return: 0, -ENODEV, -ENOMEM, or -ERESTARTSYS.
 */
int tao_session_refresh(struct tao_file *file, bool *stale)
{
	struct tao_device *td = file->td;
	struct tao_job *fresh, *job;
	int err = 0;

	*stale = true;
	if (READ_ONCE(td->dead))
		return -ENODEV;
	fresh = job_alloc(TAO_JOB_REFRESH, NULL, 0);
	if (!fresh)
		return -ENOMEM;
	job = session_join_refresh(td, fresh);
	if (job) {
		err = wait_event_interruptible(td->wait, job_done(job));
		*stale = err || job->result;
	} else {
		*stale = READ_ONCE(td->state) != TAO_STATE_PREPARED;
	}
	job_put(job);
	job_put(fresh);
	return err;
}

/* Starts a job that nobody waits for, unless the drive is held or busy. */
static int session_start_if_idle(struct tao_device *td, struct tao_job *job)
{
	int err = 0;

	spin_lock_irq(&td->lock);
	if (td->dead)
		err = -ENODEV;
	else if (td->state != TAO_STATE_IDLE || td->running || !list_empty(&td->jobs))
		err = -EBUSY;
	else
		session_queue(td, job);
	spin_unlock_irq(&td->lock);
	return err;
}

/**
 * tao_session_look - look at the disc, without waiting for it
 * @td: the drive
 *
 * Return: 0, -EBUSY if the drive is held or busy, -ENODEV, or -ENOMEM.
 */
int tao_session_look(struct tao_device *td)
{
	struct tao_job *job = job_alloc(TAO_JOB_REFRESH, NULL, 0);
	int err;

	if (!job)
		return -ENOMEM;
	err = session_start_if_idle(td, job);
	job_put(job);
	return err;
}

/**
 * tao_session_set_speed - ask for a speed, without waiting for the drive
 * @td: the drive
 * @speed: the speed
 *
 * While the drive is held or busy, the speed is kept for the next time it is prepared: the burn in
 * hand is its owner's.
 *
 * Return: 0, -ENODEV, or -ENOMEM.
 */
int tao_session_set_speed(struct tao_device *td, const struct tao_speed *speed)
{
	struct tao_job *job = job_alloc(TAO_JOB_SET_SPEED, speed, sizeof(*speed));
	int err;

	if (!job)
		return -ENOMEM;
	tao_speed_request(td, speed);
	err = session_start_if_idle(td, job);
	job_put(job);
	return err == -EBUSY ? 0 : err;
}

/* --- open and close --------------------------------------------------------------------------- */

static bool session_take_writer(struct tao_file *file, int *err)
{
	struct tao_device *td = file->td;
	bool decided = true;

	spin_lock_irq(&td->lock);
	if (td->dead) {
		*err = -ENODEV;
	} else if (!td->writer) {
		td->writer = file;
		*err = 0;
	} else {
		*err = -EBUSY;
		decided = !td->leaving;
	}
	spin_unlock_irq(&td->lock);
	return decided;
}

/**
 * tao_session_open - become the one writer
 * @file: who wants it
 * @nonblock: don't wait while the last track is being ended
 *
 * Return: 0, -EBUSY, -ENODEV, -ENOMEM, or -ERESTARTSYS.
 */
int tao_session_open(struct tao_file *file, bool nonblock)
{
	struct tao_device *td = file->td;
	int err = 0;

	file->hangup = job_alloc(TAO_JOB_HANGUP, NULL, 0);
	if (!file->hangup)
		return -ENOMEM;
	if (!session_take_writer(file, &err) && !nonblock &&
	    wait_event_interruptible(td->wait, session_take_writer(file, &err)))
		err = -ERESTARTSYS;
	return err;
}

static bool killed_by_signal(void)
{
	return current->flags & PF_EXITING && current->signal->group_exit_code & 0x7f;
}

/**
 * tao_session_note_death - who opened it may be dying of a signal
 * @file: of which a descriptor is being closed
 *
 * Then what the drive has not got is not wanted any more. At the release it would be too late to
 * ask: asynchronous writes keep the file, and let it go from a kernel thread.
 */
void tao_session_note_death(struct tao_file *file)
{
	if (killed_by_signal() && task_tgid(current) == file->pid)
		WRITE_ONCE(file->killed, true);
}

/* A descriptor that was handed on is another program's, whatever becomes of the first one. */
static void session_note_writer(struct tao_file *file)
{
	if (task_tgid(current) != file->pid)
		WRITE_ONCE(file->handed_on, true);
}

/* What the drive has not got is not wanted any more. */
static bool session_drops_rest(const struct tao_file *file)
{
	return READ_ONCE(file->killed) && !READ_ONCE(file->handed_on);
}

/*
 * Starts the end of the track on behalf of a file, if one is open and none was started. The lock is
 * held; @old is to be put when it was dropped.
 */
static struct tao_job *session_queue_end(struct tao_device *td, struct tao_job *fresh,
					 struct tao_job **old)
{
	struct tao_file *file = td->writer;
	struct tao_job *job = NULL;

	*old = NULL;
	if (file && file->job && file->job->kind == TAO_JOB_TRACK_END) {
		job = file->job;
		kref_get(&job->ref);
	} else if (file && td->stream.open) {
		job = fresh;
		*old = file->job;
		file->job = job;
		kref_get(&job->ref);
		kref_get(&job->ref);
		session_queue(td, job);
	}
	return job;
}

static struct tao_job *session_start_end(struct tao_device *td, struct tao_job *fresh)
{
	struct tao_job *old, *job;

	spin_lock_irq(&td->lock);
	job = session_queue_end(td, fresh, &old);
	spin_unlock_irq(&td->lock);
	job_put(old);
	return job;
}

/* Whether there is a signal to be handled. One that only stops the program can wait. */
static bool signal_waits(void)
{
	/* Our own stays where it is. */
	struct sighand_struct *sighand = rcu_dereference_protected(current->sighand, true);
	sigset_t pending;

	spin_lock_irq(&sighand->siglock);
	sigorsets(&pending, &current->pending.signal, &current->signal->shared_pending.signal);
	sigandnsets(&pending, &pending, &current->blocked);
	spin_unlock_irq(&sighand->siglock);
	sigdelsetmask(&pending, SIG_KERNEL_STOP_MASK);
	return !sigisemptyset(&pending);
}

/*
 * A close can't be called again, so only a signal may end its wait. What stops a program for a
 * while, and what io_uring sends to one that has just closed its ring, looks like one, and lasts
 * until the program is back in user space: from then on the job is looked at now and again.
 */
static int session_wait_closing(struct tao_device *td, struct tao_job *job)
{
	while (wait_event_interruptible(td->wait, job_done(job))) {
		if (signal_waits())
			return -EINTR;
		wait_event_killable_timeout(td->wait, job_done(job), HZ / 20);
	}
	return 0;
}

/**
 * tao_session_flush - a descriptor was closed that may be the last one
 * @file: of which open
 *
 * A living program waits for the end of the track and gets its error. A dying one does not wait:
 * nothing could end that wait.
 *
 * Return: 0, the error of the track, or -EINTR: the end of the track goes on then.
 */
int tao_session_flush(struct tao_file *file)
{
	struct tao_device *td = file->td;
	struct tao_job *fresh, *job;
	int err = 0;

	fresh = job_alloc(TAO_JOB_TRACK_END, NULL, 0);
	if (!fresh)
		return 0;	/* the hang-up will do it */
	fresh->drop = session_drops_rest(file);
	job = session_start_end(td, fresh);
	if (job && !(current->flags & PF_EXITING)) {
		err = session_wait_closing(td, job);
		err = err ?: session_collect(file, job, NULL, 0);
	}
	job_put(job);
	job_put(fresh);
	/* A track that never began is no error for one who just opens and closes. */
	return err == -ENODATA ? 0 : err;
}

/**
 * tao_session_free_file - forget one that had the device open
 * @file: who
 *
 * Till then another may cancel its track, and so give it a job, even if it has been released.
 */
void tao_session_free_file(struct tao_file *file)
{
	job_put(file->job);
	job_put(file->hangup);
	put_pid(file->pid);
	kfree(file);
}

/**
 * tao_session_release - the last descriptor of an open is gone
 * @file: of which open; not to be used afterwards
 */
void tao_session_release(struct tao_file *file)
{
	struct tao_device *td = file->td;
	bool idle = true;

	spin_lock_irq(&td->lock);
	if (td->writer == file) {
		idle = !td->claim.held && !td->running && list_empty(&td->jobs);
		if (idle) {
			td->writer = NULL;
		} else {
			td->leaving = true;
			td->hurry = true;
			file->hangup->drop = session_drops_rest(file);
			session_queue(td, file->hangup);
		}
	}
	spin_unlock_irq(&td->lock);
	wake_up_all(&td->wait);
	if (idle)
		tao_session_free_file(file);
}

/* --- audio ------------------------------------------------------------------------------------ */

/* A track is open and takes audio; or the reason why it does not. -EAGAIN: one has to be begun. */
static int session_check_open(struct tao_file *file)
{
	struct tao_device *td = file->td;
	int err = 0;

	spin_lock_irq(&td->lock);
	if (td->dead)
		err = -ENODEV;
	else if (file->error)
		err = file->error;
	else if (!td->stream.open || (td->running && td->running->kind == TAO_JOB_TRACK_END))
		err = -EAGAIN;
	spin_unlock_irq(&td->lock);
	return err;
}

/* The first write begins a track, if nobody did. */
static int session_begin_implicitly(struct tao_file *file, bool nowait)
{
	struct tao_device *td = file->td;
	struct tao_job *job = job_alloc(TAO_JOB_TRACK_BEGIN, NULL, 0);
	int err;

	if (!job)
		return -ENOMEM;
	job = session_start(file, job);
	if (nowait && !job_done(job))
		err = -EAGAIN;
	else
		err = wait_event_interruptible(td->wait, job_done(job));
	if (!err)
		err = session_collect(file, job, NULL, 0);
	job_put(job);
	/* Somebody else's thread has begun it meanwhile. */
	return err == -EINPROGRESS ? 0 : err;
}

/* A write of this file has had a track begun, but that goes on. */
static bool session_beginning(struct tao_file *file)
{
	struct tao_device *td = file->td;
	bool beginning;

	spin_lock_irq(&td->lock);
	beginning = file->job && file->job->kind == TAO_JOB_TRACK_BEGIN && !job_done(file->job);
	spin_unlock_irq(&td->lock);
	return beginning;
}

/*
 * An asynchronous write that is not the first of its track. It may have come before that one, but
 * if that failed or was never sent, there is nothing to wait for.
 */
static int session_await_track(struct tao_file *file, bool nowait)
{
	struct tao_device *td = file->td;
	long left;
	int err;

	if (nowait)
		return -EAGAIN;
	do {
		left = wait_event_interruptible_timeout(td->wait,
							session_check_open(file) != -EAGAIN ||
							session_beginning(file),
							msecs_to_jiffies(TAO_FIRST_WRITE_MS));
		if (left <= 0)
			return left ?: -EINVAL;
		err = wait_event_interruptible(td->wait, !session_beginning(file)) ?:
		      session_check_open(file);
	} while (err == -EAGAIN);
	return err;
}

static int session_ensure_track(struct tao_file *file, bool first, bool nowait)
{
	int err = session_check_open(file);

	if (err != -EAGAIN)
		return err;
	return first ? session_begin_implicitly(file, nowait) : session_await_track(file, nowait);
}

/**
 * tao_session_write - take audio from memory
 * @file: open for writing
 * @iocb: the call
 * @from: the audio
 *
 * Return: bytes taken, -EIOCBQUEUED, or an error.
 */
ssize_t tao_session_write(struct tao_file *file, struct kiocb *iocb, struct iov_iter *from)
{
	bool nowait = iocb->ki_flags & IOCB_NOWAIT || iocb->ki_filp->f_flags & O_NONBLOCK;
	int err;

	if (!iov_iter_count(from))
		return 0;
	session_note_writer(file);
	err = session_ensure_track(file, is_sync_kiocb(iocb) || !iocb->ki_pos, nowait);
	return err ?: tao_feed_write(file->td, iocb, from, nowait);
}

/**
 * tao_session_splice - take audio from a pipe
 * @file: open for writing
 * @pipe: the pipe
 * @len: how much at most
 * @nonblock: don't wait
 *
 * Return: bytes taken, or an error.
 */
ssize_t tao_session_splice(struct tao_file *file, struct pipe_inode_info *pipe, size_t len,
			   bool nonblock)
{
	int err;

	session_note_writer(file);
	err = session_ensure_track(file, true, nonblock);
	return err ?: tao_feed_splice(file->td, pipe, len, nonblock);
}

/**
 * tao_session_fsync - wait till the drive has taken all full WRITEs
 * @file: open for writing
 *
 * Return: 0 or the error of the track.
 */
int tao_session_fsync(struct tao_file *file)
{
	struct tao_device *td = file->td;

	if (READ_ONCE(td->dead))
		return -ENODEV;
	return READ_ONCE(td->stream.open) ? tao_stream_fsync(td) : 0;
}

static bool may_cancel(const struct tao_file *file, const struct tao_file *writer)
{
	return file == writer || uid_eq(current_uid(), writer->uid) || capable(CAP_SYS_ADMIN);
}

/* Whether there is a track that this file may cut short. The lock is held. */
static int session_check_cancel(const struct tao_file *file)
{
	struct tao_device *td = file->td;

	if (td->dead)
		return -ENODEV;
	if (!td->writer || !td->stream.open)
		return -ENODATA;
	return may_cancel(file, td->writer) ? 0 : -EPERM;
}

/**
 * tao_session_cancel - cut the track in hand short
 * @file: who wants it: the owner, another of the same user's, or one of CAP_SYS_ADMIN's
 *
 * Does not wait: the owner's write gets -ECANCELED, and so does who ends the track. All under one
 * hold of the lock: the next track may be somebody else's.
 *
 * Return: 0, -ENODATA if no track is open, -EPERM, -ENODEV, or -ENOMEM.
 */
int tao_session_cancel(struct tao_file *file)
{
	struct tao_device *td = file->td;
	struct tao_job *fresh, *job = NULL, *old = NULL;
	LIST_HEAD(gone);
	int err;

	fresh = job_alloc(TAO_JOB_TRACK_END, NULL, 0);
	if (!fresh)
		return -ENOMEM;
	fresh->drop = true;
	spin_lock_irq(&td->lock);
	err = session_check_cancel(file);
	if (!err) {
		td->cancelled = true;
		td->writer->error = -ECANCELED;
		tao_stream_halt(td, -ECANCELED, &gone);
		job = session_queue_end(td, fresh, &old);
	}
	spin_unlock_irq(&td->lock);
	if (!err) {
		tao_stream_dispose(td, &gone, -ECANCELED);
		tao_status_changed(td);
	}
	job_put(job);
	job_put(old);
	job_put(fresh);
	return err;
}

/* --- the life of a drive ---------------------------------------------------------------------- */

/**
 * tao_session_init - prepare a new drive
 * @td: the drive
 */
void tao_session_init(struct tao_device *td)
{
	spin_lock_init(&td->lock);
	init_waitqueue_head(&td->wait);
	INIT_LIST_HEAD(&td->jobs);
	INIT_WORK(&td->work, session_work);
	tao_status_init(td);
	td->settings.mask = TAO_SET_MASK;
	td->settings.underrun_free = 1;
	td->speed.requested_kbps = TAO_SPEED_MAX;
	td->speed.requested_sectors_per_second = TAO_SPEED_MAX;
	td->medium.type = TAO_MEDIUM_UNKNOWN;
	tao_stream_init(&td->stream);
}

/**
 * tao_session_exit - forget what was left to do for a drive that nobody holds
 * @td: the drive
 */
void tao_session_exit(struct tao_device *td)
{
	struct tao_job *job, *next;

	list_for_each_entry_safe(job, next, &td->jobs, node) {
		trace_tao_job_drop(td, job);
		job_put(job);
	}
}

/**
 * tao_session_gone - the drive was unplugged
 * @td: the drive
 *
 * Does not wait. Whoever holds it open gets -ENODEV from now on.
 */
void tao_session_gone(struct tao_device *td)
{
	spin_lock_irq(&td->lock);
	td->dead = true;
	td->state = TAO_STATE_GONE;
	spin_unlock_irq(&td->lock);
	tao_stream_stop(td, -ENODEV);
	tao_status_changed(td);
}

/**
 * tao_session_busy - whether a suspend would ruin something
 * @td: the drive
 */
bool tao_session_busy(struct tao_device *td)
{
	bool busy;

	spin_lock_irq(&td->lock);
	busy = !td->dead && (td->running || td->stream.open);
	spin_unlock_irq(&td->lock);
	return busy;
}

/**
 * tao_session_end_track - end the track that is open, if one is, without waiting for it
 * @td: the drive
 *
 * What it has not sent yet is dropped.
 *
 * Return: whether one is being ended.
 */
bool tao_session_end_track(struct tao_device *td)
{
	struct tao_job *job, *fresh = job_alloc(TAO_JOB_TRACK_END, NULL, 0);
	bool ends;

	if (!fresh)
		return false;
	fresh->drop = true;
	job = session_start_end(td, fresh);
	ends = job;
	job_put(job);
	job_put(fresh);
	return ends;
}

/**
 * tao_session_has_jobs - whether the worker has something to do
 * @td: the drive
 */
bool tao_session_has_jobs(struct tao_device *td)
{
	bool has;

	spin_lock_irq(&td->lock);
	has = td->running || !list_empty(&td->jobs);
	spin_unlock_irq(&td->lock);
	return has;
}
