// SPDX-License-Identifier: GPL-2.0-only
/*
 * The states of a drive, and the files that change them:
 *
 *	idle -> prepared -> track open -> prepared -> idle
 */
#include <linux/ctype.h>
#include <linux/freezer.h>
#include <linux/fs.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>

#include "burn.h"
#include "trace.h"

/* How late the first write of a track may come after one that is behind it. */
#define TAO_FIRST_WRITE_MS	1000

/* --- open and close --------------------------------------------------------------------------- */

/* Something goes on that can take hours. A track ends soon, the silence of a session does not. */
static bool session_is_long(const struct tao_device *td)
{
	const struct tao_job_kind *kind = td->worker.running ? td->worker.running->kind : NULL;

	lockdep_assert_held(&td->lock);
	return kind == &tao_job_blank || kind == &tao_job_release ||
	       kind == &tao_job_finalize || kind == &tao_job_recover || td->plan;
}

static bool session_take_writer(struct tao_file *file, int *err)
{
	struct tao_device *td = file->td;
	bool decided = true;

	spin_lock_irq(&td->lock);
	if (td->now.dead) {
		*err = -ENODEV;
	} else if (!td->held.writer) {
		td->held.writer = file;
		*err = 0;
	} else {
		*err = -EBUSY;
		decided = !td->held.leaving || session_is_long(td);
	}
	spin_unlock_irq(&td->lock);
	return decided;
}

/*
 * What the drive has not got is not wanted any more: the program that opened it was killed by a
 * signal, and no other one has written.
 */
static bool session_drops_rest(const struct tao_file *file)
{
	const struct signal_struct *signal = file->task->signal;

	return READ_ONCE(signal->flags) & SIGNAL_GROUP_EXIT &&
	       READ_ONCE(signal->group_exit_code) & 0x7f && !READ_ONCE(file->handed_on);
}

/* Cuts the track that is open short if the program that wrote it was killed. */
static void session_cut_orphan(struct tao_file *file, struct list_head *gone)
{
	struct tao_device *td = file->td;

	lockdep_assert_held(&td->lock);
	if (!tao_stream_is_open(td) || !session_drops_rest(file))
		return;
	if (!td->stream.cut)
		td->held.orphaned = true;
	tao_cut(td, -ECANCELED, gone);
}

static void session_forget_writer(struct tao_device *td)
{
	lockdep_assert_held(&td->lock);
	td->held.writer = NULL;
	WRITE_ONCE(td->stream.unordered, NULL);
	td->worker.ended = false;
	td->held.lost = false;
	td->held.leaving = false;
	td->worker.hurry = false;
}

/* The file that was open for writing is gone. */
static int run_hangup(struct tao_device *td, struct tao_job *job)
{
	struct tao_file *file = td->held.writer;
	LIST_HEAD(gone);

	/* The track may have begun after the release. */
	spin_lock_irq(&td->lock);
	session_cut_orphan(file, &gone);
	spin_unlock_irq(&td->lock);
	tao_stream_dispose(td, &gone, -ECANCELED);
	tao_close_abandoned(td);
	spin_lock_irq(&td->lock);
	session_forget_writer(td);
	spin_unlock_irq(&td->lock);
	tao_session_free_file(file);
	return 0;
}

static const struct tao_job_kind job_hangup = { "hangup", run_hangup };

/* Programs choose their name, and this one is shown to others. */
static void session_note_name(struct tao_file *file)
{
	char name[TASK_COMM_LEN], *c;

	get_task_comm(name, current->group_leader);
	for (c = name; *c; c++)
		if (iscntrl(*c))
			*c = '?';
	spin_lock_irq(&file->td->lock);
	strscpy(file->name, name, sizeof(file->name));
	spin_unlock_irq(&file->td->lock);
}

/**
 * tao_session_open - become the one writer
 * @file: the open file that asks
 * @nonblock: don't wait while the last track is being ended
 *
 * Return: 0, -EBUSY, -ENODEV, -ENOMEM, or -ERESTARTSYS.
 */
int tao_session_open(struct tao_file *file, bool nonblock)
{
	struct tao_device *td = file->td;
	int err = 0;

	file->hangup = tao_job_alloc(&job_hangup, NULL, 0);
	if (!file->hangup)
		return -ENOMEM;
	file->hangup->ends = true;
	session_note_name(file);
	if (!session_take_writer(file, &err) && !nonblock &&
	    wait_event_interruptible(td->wait, session_take_writer(file, &err)))
		err = -ERESTARTSYS;
	return err;
}

/*
 * The memory that the last write came from, if no process has it any more: then nobody waits for
 * what io_submit() sent from it, and nobody changes that audio. Returns a reference, or NULL.
 */
static struct mm_struct *session_dead_memory(const struct tao_file *file)
{
	struct mm_struct *mm = file->mm;

	lockdep_assert_held(&file->td->lock);
	if (!mm || atomic_read(&mm->mm_users))
		return NULL;
	mmgrab(mm);
	return mm;
}

/**
 * tao_session_drop_dead - drop or release the asynchronous writes of a dead program
 * @td: the drive
 *
 * Such a write keeps the file until it is done, and with aio the exit of the program too. Writes of
 * a killed program are dropped. Those of a program that has ended are burned, but those of aio
 * complete at once. This is done when a descriptor is closed, and now and again while a track is
 * open: not everything that keeps the file has a descriptor. All else is dropped at the release,
 * unless another program has the descriptor by then.
 */
void tao_session_drop_dead(struct tao_device *td)
{
	struct mm_struct *dead = NULL;
	LIST_HEAD(gone);

	spin_lock_irq(&td->lock);
	if (td->held.writer && tao_stream_is_async(td)) {
		dead = session_dead_memory(td->held.writer);
		if (session_drops_rest(td->held.writer))
			session_cut_orphan(td->held.writer, &gone);
	}
	spin_unlock_irq(&td->lock);
	tao_stream_dispose(td, &gone, -ECANCELED);
	if (!dead)
		return;
	tao_stream_let_async_go(td, dead);
	mmdrop(dead);
}

/*
 * Not the memory of the program at its open(): a shell opens the device, and becomes another
 * program by execve(), which has other memory and another name.
 */
static void session_note_memory(struct tao_file *file)
{
	struct mm_struct *mm = current->mm, *old;

	/* A thread of the kernel has none. */
	if (!mm || READ_ONCE(file->mm) == mm)
		return;
	mmgrab(mm);
	spin_lock_irq(&file->td->lock);
	old = file->mm;
	WRITE_ONCE(file->mm, mm);
	spin_unlock_irq(&file->td->lock);
	if (old)
		mmdrop(old);
	if (task_tgid(current) == file->pid)
		session_note_name(file);
}

/*
 * A descriptor that was passed on belongs to the other program, whatever happens to the first
 * one.
 */
static void session_note_writer(struct tao_file *file)
{
	tao_call_note_user(file);
	session_note_memory(file);
	if (task_tgid(current) != file->pid)
		WRITE_ONCE(file->handed_on, true);
}

/*
 * The end of the track as a job of this file, if one is open or was ended without the file. A job
 * of the file that has not begun is dropped. Returns a reference, or NULL if there is nothing to
 * end, or -EBUSY if something else is running: it does not take long in a track.
 */
static struct tao_job *session_start_end(struct tao_file *file, struct tao_job *fresh)
{
	struct tao_device *td = file->td;
	struct tao_job *job = NULL, *old = NULL;

	spin_lock_irq(&td->lock);
	if (tao_call_unfinished(file) && !tao_cut_has_end(file))
		tao_worker_drop(td, file->job, -ECANCELED);
	if (tao_stream_is_open(td) || td->worker.ended || !tao_job_done(&td->worker.ender) ||
	    tao_call_unfinished(file) || tao_cut_has_end(file))
		job = tao_call_start_locked(file, fresh, &old);
	spin_unlock_irq(&td->lock);
	tao_job_put(old);
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

static bool session_used(const struct tao_file *file)
{
	return task_tgid(current) == file->pid || task_tgid(current) == READ_ONCE(file->user);
}

/*
 * A close can't be called again, so only a signal may end its wait. Stopping a program for a
 * while, and the notification of io_uring after a program has closed its ring, look like a signal
 * and last until the program is back in user space, so after one of them this polls the job.
 */
static int session_wait_closing(struct tao_device *td, struct tao_job *job)
{
	while (wait_event_interruptible(td->wait, tao_job_done(job))) {
		if (signal_waits())
			return -EINTR;
		/* While the machine sleeps no job begins, so this one does not end. */
		try_to_freeze();
		wait_event_killable_timeout(td->wait, tao_job_done(job), HZ / 20);
	}
	return 0;
}

/**
 * tao_session_flush - a descriptor was closed that may be the last one
 * @file: the open file
 *
 * A living program waits for the end of the track and gets its error. A dying one does not wait:
 * nothing could end that wait. Nor does one that was handed the descriptor and never used it.
 *
 * Return: 0, the error of the track, or -EINTR: the end of the track goes on then.
 */
int tao_session_flush(struct tao_file *file)
{
	struct tao_device *td = file->td;
	struct tao_job *fresh, *job;
	LIST_HEAD(gone);
	int err = 0;

	fresh = tao_job_alloc(&tao_job_track_end, NULL, 0);
	if (!fresh)
		return 0;	/* the hang-up will do it */
	fresh->ends = true;
	spin_lock_irq(&td->lock);
	session_cut_orphan(file, &gone);
	spin_unlock_irq(&td->lock);
	tao_stream_dispose(td, &gone, -ECANCELED);
	job = session_start_end(file, fresh);
	tao_job_put(fresh);
	/* The hang-up ends all that can't be ended here. */
	if (IS_ERR_OR_NULL(job))
		return PTR_ERR_OR_ZERO(job) == -ENODEV ? -ENODEV : 0;
	if (!(current->flags & PF_EXITING) && session_used(file)) {
		err = session_wait_closing(td, job);
		if (!err) {
			tao_call_forget(file, job);
			err = job->result;
		}
	}
	tao_job_put(job);
	/* Just opening and closing does not begin a track: then there is no error. */
	return err == -ENODATA ? 0 : err;
}

/**
 * tao_session_free_file - free the data of an open file
 * @file: the open file
 *
 * Until then another file may cancel its track, and so give it a job, even if it has been
 * released.
 */
void tao_session_free_file(struct tao_file *file)
{
	tao_job_put(file->job);
	tao_job_put(file->hangup);
	put_pid(file->user);
	put_pid(file->pid);
	if (file->mm)
		mmdrop(file->mm);
	put_task_struct(file->task);
	kfree(file);
}

/* The worker has nothing to do for the file any more; it may be busy for others. */
static bool session_left_nothing(const struct tao_file *file)
{
	const struct tao_device *td = file->td;

	lockdep_assert_held(&td->lock);
	return td->held.hold == TAO_HOLD_NONE && !tao_stream_is_open(td) &&
	       tao_job_done(&td->worker.ender) && !tao_call_unfinished(file);
}

/**
 * tao_session_release - the last descriptor of an open is gone
 * @file: the open file; not to be used afterwards
 */
void tao_session_release(struct tao_file *file)
{
	struct tao_device *td = file->td;
	LIST_HEAD(gone);
	bool idle = true;

	spin_lock_irq(&td->lock);
	if (td->held.writer == file) {
		tao_worker_drop(td, file->job, -ECANCELED);
		idle = session_left_nothing(file);
		if (idle) {
			session_forget_writer(td);
		} else {
			td->held.leaving = true;
			td->worker.hurry = true;
			session_cut_orphan(file, &gone);
			tao_worker_queue(td, file->hangup);
		}
	}
	spin_unlock_irq(&td->lock);
	tao_stream_dispose(td, &gone, -ECANCELED);
	wake_up_all(&td->wait);
	if (idle)
		tao_session_free_file(file);
}

/* --- audio ------------------------------------------------------------------------------------ */

/* Whether a track is open and takes audio; or why it does not. -EAGAIN: one has to be begun. */
static int session_check_open(struct tao_file *file)
{
	struct tao_device *td = file->td;
	int err = 0;

	spin_lock_irq(&td->lock);
	if (td->now.dead)
		err = -ENODEV;
	else if (file->error)
		err = file->error;
	else if (td->stream.phase != TAO_PHASE_OPEN)
		err = -EAGAIN;
	spin_unlock_irq(&td->lock);
	return err;
}

/* Whether a call of this file that begins a track is still in progress. */
static bool session_begins(const struct tao_file *file)
{
	lockdep_assert_held(&file->td->lock);
	return tao_call_unfinished(file) && tao_call_begins(file->job);
}

static bool session_beginning(struct tao_file *file)
{
	struct tao_device *td = file->td;
	bool beginning;

	spin_lock_irq(&td->lock);
	beginning = session_begins(file);
	spin_unlock_irq(&td->lock);
	return beginning;
}

/*
 * A call of this file that was to begin a track or a session has failed, and its caller has not
 * heard of it yet: a write must not begin another one in its place. Of a track, that the disc is
 * lost is told by any call, once.
 */
static bool session_begin_failed(const struct tao_file *file)
{
	const struct tao_job *job = file->job;

	lockdep_assert_held(&file->td->lock);
	return job && tao_job_done(job) && tao_call_begins(job) && job->result &&
	       job->result != -EINPROGRESS &&
	       (job->result != -EBADFD || job->kind == &tao_job_session_begin);
}

/* The track that another thread begins will do as well, whatever it is to be. */
static struct tao_job *session_start_begin(struct tao_file *file, struct tao_job *fresh)
{
	struct tao_device *td = file->td;
	struct tao_job *job, *old = NULL;

	spin_lock_irq(&td->lock);
	if (session_begins(file) || session_begin_failed(file)) {
		job = file->job;
		kref_get(&job->ref);
	} else {
		job = tao_call_start_locked(file, fresh, &old);
	}
	spin_unlock_irq(&td->lock);
	tao_job_put(old);
	return job;
}

/* Another call's job: that one gets its result as well. */
static int session_await_begin(struct tao_file *file, const struct tao_job *job, bool nowait)
{
	if (nowait && !tao_job_done(job))
		return -EAGAIN;
	return wait_event_interruptible(file->td->wait, tao_job_done(job)) ?: job->result;
}

/* The first write begins a track, if nobody did. */
static int session_begin_implicitly(struct tao_file *file, bool nowait)
{
	struct tao_job *fresh = tao_job_alloc(&tao_job_track_begin, NULL, 0);
	struct tao_job *job;
	int err;

	if (!fresh)
		return -ENOMEM;
	fresh->implicit = true;
	job = session_start_begin(file, fresh);
	if (IS_ERR(job))
		err = PTR_ERR(job);
	else if (tao_job_same(job, fresh))
		err = tao_call_wait(file, job, nowait);
	else
		err = session_await_begin(file, job, nowait);
	if (!IS_ERR(job))
		tao_job_put(job);
	tao_job_put(fresh);
	/* Somebody else's thread has begun it meanwhile. */
	return err == -EINPROGRESS ? 0 : err;
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

/* A write that comes again gets no other track than the one that it came for. */
static int session_ensure_track_for(struct tao_file *file, struct kiocb *iocb, bool nowait)
{
	int err;

	if (!tao_feed_is_late(file->td, iocb))
		return session_ensure_track(file, tao_feed_is_first(iocb), nowait);
	err = session_check_open(file);
	return err && err != -EAGAIN ? err : -EINVAL;
}

/* Where others have ended the track, that says more than that none is open. */
static int session_why(struct tao_file *file, int err)
{
	return err == -EINVAL ? READ_ONCE(file->error) ?: err : err;
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
	ssize_t done;
	int err;

	if (!iov_iter_count(from))
		return 0;
	session_note_writer(file);
	if (!tao_feed_note_unordered(file->td, iocb))
		return -EINVAL;
	err = session_ensure_track_for(file, iocb, nowait);
	done = err ?: tao_feed_write(file->td, iocb, from, nowait);
	if (done == -EAGAIN)
		tao_feed_put_off(file->td, iocb);
	else if (done != -EIOCBQUEUED)
		tao_stream_forget_unordered(file->td, iocb);
	return done < 0 ? session_why(file, done) : done;
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
	ssize_t done;
	int err;

	session_note_writer(file);
	err = session_ensure_track(file, true, nonblock);
	done = err ?: tao_feed_splice(file->td, pipe, len, nonblock);
	return done < 0 ? session_why(file, done) : done;
}

/**
 * tao_session_fsync - wait until the drive has taken all full WRITEs
 * @file: open for writing
 *
 * Return: 0 or the error of the track.
 */
int tao_session_fsync(struct tao_file *file)
{
	struct tao_device *td = file->td;
	int err = session_check_open(file);

	if (err && err != -EAGAIN)
		return err;
	return tao_stream_is_open(td) ? tao_stream_fsync(td) : 0;
}

/* --- the life of a drive ---------------------------------------------------------------------- */

/* Time passes while something is in progress. */
static void session_tick(struct tao_device *td)
{
	bool starved;

	spin_lock_irq(&td->lock);
	starved = tao_at_once_starved(td);
	spin_unlock_irq(&td->lock);
	if (starved)
		tao_worker_kick(td);
	tao_session_drop_dead(td);
}

/**
 * tao_session_init - prepare a new drive
 * @td: the drive
 */
void tao_session_init(struct tao_device *td)
{
	spin_lock_init(&td->lock);
	init_waitqueue_head(&td->wait);
	tao_worker_init(td, tao_track_urgent);
	tao_job_init(&td->worker.ender, &tao_job_end_behind);
	td->worker.ender.ends = true;
	td->worker.ender.done = true;
	mutex_init(&td->told.events);
	tao_event_init(td, session_tick);
	td->wanted.settings.mask = TAO_SET_MASK;
	td->wanted.settings.underrun_free = 1;
	td->wanted.speed.requested_kbps = TAO_SPEED_MAX;
	td->wanted.speed.requested_sectors_per_second = TAO_SPEED_MAX;
	td->found.medium.type = TAO_MEDIUM_UNKNOWN;
	tao_stream_init(&td->stream);
}

/**
 * tao_session_gone - the drive was unplugged
 * @td: the drive
 *
 * Does not wait. From now on all open files get -ENODEV.
 */
void tao_session_gone(struct tao_device *td)
{
	spin_lock_irq(&td->lock);
	td->now.dead = true;
	td->now.state = TAO_STATE_GONE;
	trace_tao_state(td);
	spin_unlock_irq(&td->lock);
	tao_stream_stop(td, -ENODEV);
	tao_event_changed(td);
	/* Jobs that wait for the end of a suspend wait no longer. */
	tao_worker_kick(td);
}
