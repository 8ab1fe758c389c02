// SPDX-License-Identifier: GPL-2.0-only
/*
 * The states of a drive, and the calls that change them:
 *
 *	idle -> prepared -> track open -> prepared -> idle
 *
 * A system call starts a job of the drive's worker and waits for it. If a signal ends the wait, or
 * the caller does not want to wait, the job goes on, and the same call with the same arguments
 * joins it. A job belongs to the open file that started it: each file has at most one that is not
 * finished, and a job that has not begun when its file is released is dropped. So only the worker
 * ends tracks and sessions, and neither a dying program nor the last close of a file has to wait
 * for a drive.
 */
#include <linux/capability.h>
#include <linux/cred.h>
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
/* A track that has got no audio for this long is not being burned. */
#define TAO_UNFED_MS		10000

/* --- calls ------------------------------------------------------------------------------------ */

static bool file_nonblock(const struct tao_file *file)
{
	return READ_ONCE(file->filp->f_flags) & O_NONBLOCK;
}

/* The file has a job that is queued or running. */
static bool session_unfinished(const struct tao_file *file)
{
	lockdep_assert_held(&file->td->lock);
	return file->job && !tao_job_done(file->job);
}

/* It opens a track, or a session at once. */
static bool job_begins(const struct tao_job *job)
{
	return job->kind == &tao_job_track_begin || job->kind == &tao_job_session_begin;
}

/* It has found another disc than was prepared. RELEASE gives the disc back in any case. */
static bool job_lost(const struct tao_job *job)
{
	return job && job->result == -EBADFD && job->kind != &tao_job_release;
}

/*
 * The track that the file's last job began has been ended by others, or they are ending it. Not a
 * session at once, which goes on with silence: it is the one that was asked for.
 */
static bool session_began_in_vain(const struct tao_file *file)
{
	const struct tao_job *job = file->job;
	struct tao_device *td = file->td;

	lockdep_assert_held(&td->lock);
	if (!tao_job_done(job) || !job_begins(job) || job->result)
		return false;
	return !tao_stream_is_open(td) ||
	       (!td->plan && (td->stream.cut || !tao_job_done(&td->worker.ender)));
}

/*
 * This file's job, if it is the same as @fresh and its result is not collected yet; or @fresh
 * itself, queued. Returns a reference, or an error.
 */
static struct tao_job *session_start_locked(struct tao_file *file, struct tao_job *fresh,
					    struct tao_job **old)
{
	struct tao_device *td = file->td;

	lockdep_assert_held(&td->lock);
	*old = NULL;
	if (td->now.dead)
		return ERR_PTR(-ENODEV);
	if (!file->job || !tao_job_same(file->job, fresh) || session_began_in_vain(file)) {
		if (session_unfinished(file))
			return ERR_PTR(-EBUSY);
		*old = file->job;
		/* Its caller was interrupted, and has not heard of that. */
		td->held.lost |= job_lost(*old);
		file->job = fresh;
		file->error = 0;
		fresh->speed_requests = td->wanted.speed_requests;
		kref_get(&fresh->ref);
		if (fresh->kind != &tao_job_track_end) {
			td->worker.ended = false;
			td->worker.passed_on = true;
		}
		tao_worker_queue(td, fresh);
	} else {
		trace_tao_job_join(td, file->job, fresh);
	}
	kref_get(&file->job->ref);
	return file->job;
}

static struct tao_job *session_start(struct tao_file *file, struct tao_job *fresh)
{
	struct tao_device *td = file->td;
	struct tao_job *job, *old;

	spin_lock_irq(&td->lock);
	job = session_start_locked(file, fresh, &old);
	spin_unlock_irq(&td->lock);
	tao_job_put(old);
	return job;
}

/* Forgets the result of a job that is done: nobody will ask for it again. */
static void session_forget(struct tao_file *file, struct tao_job *job)
{
	struct tao_device *td = file->td;
	struct tao_job *old = NULL;

	spin_lock_irq(&td->lock);
	if (file->job == job) {
		old = job;
		file->job = NULL;
	}
	spin_unlock_irq(&td->lock);
	tao_job_put(old);
}

/*
 * The calling program uses the file. A program that does waits for the end of the track when it
 * closes the file; one that was only handed the descriptor does not.
 */
static void session_note_user(struct tao_file *file)
{
	struct pid *pid = task_tgid(current), *old;

	if (READ_ONCE(file->user) == pid)
		return;
	spin_lock_irq(&file->td->lock);
	old = file->user;
	WRITE_ONCE(file->user, get_pid(pid));
	spin_unlock_irq(&file->td->lock);
	put_pid(old);
}

static bool session_used(const struct tao_file *file)
{
	return task_tgid(current) == file->pid || task_tgid(current) == READ_ONCE(file->user);
}

/* Waits for a job as its caller wants it, and gives its result. */
static int session_wait(struct tao_file *file, struct tao_job *job, bool nowait)
{
	int err;

	if (nowait && !tao_job_done(job))
		return -EAGAIN;
	err = wait_event_interruptible(file->td->wait, tao_job_done(job));
	if (err)
		return err;
	session_forget(file, job);
	return job->result;
}

static bool same_disc(const struct tao_medium *a, const struct tao_medium *b)
{
	return a->type == b->type && a->status == b->status && a->sessions == b->sessions &&
	       a->tracks == b->tracks && a->lead_out_lba == b->lead_out_lba;
}

/*
 * The result of a call that was interrupted, if the disc may have changed since. That the disc was
 * lost has to be heard in any case.
 */
static struct tao_job *session_old_result(struct tao_file *file, const struct tao_job *fresh)
{
	struct tao_device *td = file->td;
	struct tao_job *job = NULL;

	spin_lock_irq(&td->lock);
	if (file->job && tao_job_done(file->job) && tao_job_same(file->job, fresh) &&
	    td->held.hold == TAO_HOLD_NONE && !job_lost(file->job)) {
		job = file->job;
		kref_get(&job->ref);
	}
	spin_unlock_irq(&td->lock);
	return job;
}

/*
 * A result is about the disc that the job left. If the caller may wait, the drive looks at the
 * disc; otherwise the known state has to do.
 */
static int session_check_result(struct tao_file *file, const struct tao_job *fresh, bool nowait)
{
	struct tao_device *td = file->td;
	struct tao_job *job = session_old_result(file, fresh);
	bool stale, same;
	int err = 0;

	if (!job)
		return 0;
	if (!nowait)
		err = tao_session_refresh(file, &stale);
	spin_lock_irq(&td->lock);
	same = same_disc(&job->medium, &td->found.medium);
	spin_unlock_irq(&td->lock);
	if (!err && !same)
		session_forget(file, job);
	tao_job_put(job);
	return err;
}

/**
 * tao_session_call_planned - have the worker do something, and wait for it
 * @file: who wants it, open for writing
 * @kind: what to do
 * @args: its arguments, and its results
 * @size: of @args
 * @plan: what @args has the addresses of, or none; the caller keeps its reference
 *
 * Return: what became of it; -EBUSY if the file has another job that is not finished; -EAGAIN if it
 * goes on and the file does not want to wait; -ENODEV, -ENOMEM; or -ERESTARTSYS if a signal came:
 * it goes on then, and the same call again waits for it.
 */
int tao_session_call_planned(struct tao_file *file, const struct tao_job_kind *kind, void *args,
			     size_t size, struct tao_plan *plan)
{
	bool nowait = file_nonblock(file);
	struct tao_job *fresh, *job;
	int err;

	if (READ_ONCE(file->td->now.dead))
		return -ENODEV;
	session_note_user(file);
	fresh = tao_job_alloc(kind, args, size);
	if (!fresh)
		return -ENOMEM;
	fresh->ends = kind == &tao_job_track_end;
	if (plan) {
		kref_get(&plan->ref);
		fresh->plan = plan;
	}
	err = session_check_result(file, fresh, nowait);
	job = err ? ERR_PTR(err) : session_start(file, fresh);
	tao_job_put(fresh);
	if (IS_ERR(job))
		return PTR_ERR(job);
	err = session_wait(file, job, nowait);
	memcpy(args, tao_job_done(job) ? &job->args : &job->asked, size);
	tao_job_put(job);
	return err;
}

/**
 * tao_session_call - the same for jobs without more arguments
 * @file: who wants it, open for writing
 * @kind: what to do
 * @args: its arguments, and its results
 * @size: of @args
 *
 * Return: as tao_session_call_planned().
 */
int tao_session_call(struct tao_file *file, const struct tao_job_kind *kind, void *args,
		     size_t size)
{
	return tao_session_call_planned(file, kind, args, size, NULL);
}

/* --- looks at the disc ------------------------------------------------------------------------ */

/* A job of @kind that is running or queued. */
static struct tao_job *session_find_job(struct tao_device *td, const struct tao_job_kind *kind)
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
static struct tao_job *session_join_refresh(struct tao_device *td, struct tao_job *fresh)
{
	struct tao_job *job;

	spin_lock_irq(&td->lock);
	job = session_find_job(td, &tao_job_refresh);
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
 * tao_session_refresh - look at the disc if nobody is using it
 * @file: the open file that asks
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
	if (READ_ONCE(td->now.dead))
		return -ENODEV;
	fresh = tao_job_alloc(&tao_job_refresh, NULL, 0);
	if (!fresh)
		return -ENOMEM;
	job = session_join_refresh(td, fresh);
	if (job) {
		err = wait_event_interruptible(td->wait, tao_job_done(job));
		*stale = err || job->result;
	} else {
		*stale = READ_ONCE(td->now.state) != TAO_STATE_PREPARED ||
			 READ_ONCE(td->found.medium_old);
	}
	tao_job_put(job);
	tao_job_put(fresh);
	return err;
}

/* The worker only looks at the disc: a job that is queued now begins soon. */
static bool session_only_looks(const struct tao_device *td)
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
static struct tao_job *session_join_reading(struct tao_device *td, struct tao_job *fresh)
{
	struct tao_job *job;

	spin_lock_irq(&td->lock);
	job = session_find_job(td, &tao_job_get_text);
	if (!job && !td->now.dead && td->now.state == TAO_STATE_IDLE && session_only_looks(td)) {
		job = fresh;
		tao_worker_queue(td, job);
	}
	if (job)
		kref_get(&job->ref);
	spin_unlock_irq(&td->lock);
	return job;
}

/**
 * tao_session_read_text - read the CD-TEXT of the disc, if nobody is using it
 * @file: who asks
 * @job: returned, for tao_job_put(): it has the text, or in its result why there is none
 *
 * Return: 0, -ENODEV, -ENOMEM, or -ERESTARTSYS: then without @job.
 */
int tao_session_read_text(struct tao_file *file, struct tao_job **job)
{
	struct tao_device *td = file->td;
	struct tao_job *fresh;
	int err;

	if (READ_ONCE(td->now.dead))
		return -ENODEV;
	fresh = tao_job_alloc(&tao_job_get_text, NULL, 0);
	if (!fresh)
		return -ENOMEM;
	*job = session_join_reading(td, fresh);
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
static int session_start_if_idle(struct tao_device *td, struct tao_job *job)
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
 * tao_session_look - look at the disc, without waiting for it
 * @td: the drive
 *
 * Return: 0, -EBUSY if the drive is held or busy, -ENODEV, or -ENOMEM.
 */
int tao_session_look(struct tao_device *td)
{
	struct tao_job *job = tao_job_alloc(&tao_job_refresh, NULL, 0);
	int err;

	if (!job)
		return -ENOMEM;
	err = session_start_if_idle(td, job);
	tao_job_put(job);
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
	struct tao_job *job = tao_job_alloc(&tao_job_set_speed, speed, sizeof(*speed));
	int err;

	if (!job)
		return -ENOMEM;
	tao_speed_request(td, speed);
	err = session_start_if_idle(td, job);
	tao_job_put(job);
	return err == -EBUSY ? 0 : err;
}

/* --- tracks that somebody else ends ----------------------------------------------------------- */

/* The file's last call ends the track, or has ended it and was not asked for its result again. */
static bool session_has_end(const struct tao_file *file)
{
	return file->job && file->job->kind == &tao_job_track_end;
}

/* The owner's own call ends the track already. */
static bool session_ends(const struct tao_file *writer)
{
	return session_unfinished(writer) && session_has_end(writer);
}

/*
 * Ends the open track on behalf of somebody other than its owner, who gets the result when it ends
 * the track or closes. Does nothing if the owner is already doing one or the other.
 */
static void session_end_behind(struct tao_device *td)
{
	struct tao_file *writer = td->held.writer;

	lockdep_assert_held(&td->lock);
	if (td->held.leaving || session_ends(writer))
		return;
	tao_worker_queue_ender(td);
}

/* Cuts the open track short: its writer, or the call that ends it, gets @reason. */
static void session_cut(struct tao_device *td, int reason, struct list_head *gone)
{
	lockdep_assert_held(&td->lock);
	/* A track that has failed already stays failed. A call that ends it returns that error. */
	if (!session_ends(td->held.writer))
		td->held.writer->error = td->stream.error ?: reason;
	tao_stream_cut(td, reason, gone);
	session_end_behind(td);
}

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
	session_cut(td, -ECANCELED, gone);
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
 * @file: who wants it
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
	session_note_user(file);
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
	if (session_unfinished(file) && !session_has_end(file))
		tao_worker_drop(td, file->job, -ECANCELED);
	if (tao_stream_is_open(td) || td->worker.ended || !tao_job_done(&td->worker.ender) ||
	    session_unfinished(file) || session_has_end(file))
		job = session_start_locked(file, fresh, &old);
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
			session_forget(file, job);
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
	return td->held.hold == TAO_HOLD_NONE && tao_job_done(&td->worker.ender) &&
	       !session_unfinished(file);
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
	return session_unfinished(file) && job_begins(file->job);
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

/* The track that another thread begins will do as well, whatever it is to be. */
static struct tao_job *session_start_begin(struct tao_file *file, struct tao_job *fresh)
{
	struct tao_device *td = file->td;
	struct tao_job *job, *old = NULL;

	spin_lock_irq(&td->lock);
	if (session_begins(file)) {
		job = file->job;
		kref_get(&job->ref);
	} else {
		job = session_start_locked(file, fresh, &old);
	}
	spin_unlock_irq(&td->lock);
	tao_job_put(old);
	return job;
}

/* The first write begins a track, if nobody did. */
static int session_begin_implicitly(struct tao_file *file, bool nowait)
{
	struct tao_job *fresh = tao_job_alloc(&tao_job_track_begin, NULL, 0);
	struct tao_job *job;
	int err;

	if (!fresh)
		return -ENOMEM;
	job = session_start_begin(file, fresh);
	if (IS_ERR(job))
		err = PTR_ERR(job);
	else if (tao_job_same(job, fresh))
		err = session_wait(file, job, nowait);
	else
		err = nowait ? -EAGAIN : wait_event_interruptible(file->td->wait,
								  tao_job_done(job)) ?:
					 job->result;
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

/* If a write would have to wait, the kernel submits it again, unless the program has to. */
static bool session_comes_again(const struct tao_file *file, const struct kiocb *iocb)
{
	/* RWF_NOWAIT sets both; io_uring, which tries without waiting first, only IOCB_NOWAIT. */
	return !(iocb->ki_flags & IOCB_NOIO) && !file_nonblock(file);
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
	err = session_ensure_track(file, tao_feed_is_first(iocb), nowait);
	done = err ?: tao_feed_write(file->td, iocb, from, nowait);
	if (done == -EAGAIN)
		tao_feed_put_off(file->td, iocb, session_comes_again(file, iocb));
	else if (done != -EIOCBQUEUED)
		tao_stream_forget_unordered(file->td, iocb);
	return done;
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

static bool may_cancel(const struct tao_file *file, const struct tao_file *writer)
{
	return file == writer || uid_eq(current_uid(), writer->uid) || capable(CAP_SYS_ADMIN);
}

/* The drive gets the lead-in of a session, which takes no audio yet. */
static bool session_in_head(const struct tao_device *td)
{
	lockdep_assert_held(&td->lock);
	return td->plan && td->worker.running && td->worker.running->kind == &tao_job_session_begin;
}

/* Whether there is a track that this file may cut short. */
static int session_check_cancel(const struct tao_file *file)
{
	struct tao_device *td = file->td;

	lockdep_assert_held(&td->lock);
	if (td->now.dead)
		return -ENODEV;
	if (!td->held.writer || (!tao_stream_is_open(td) && !session_in_head(td)))
		return -ENODATA;
	return may_cancel(file, td->held.writer) ? 0 : -EPERM;
}

/*
 * Cuts the track or the session at once in hand short. A session continues with silence, unless it
 * was cancelled before: then the drive gets nothing more, and the disc is lost. A cut by the module
 * itself does not count as the first cancel, because the user may not know of it.
 */
static void session_cut_or_stop(struct tao_device *td, int reason, struct list_head *gone)
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
	session_cut(td, reason, gone);
	if (plan && plan->stop)
		tao_stream_stop_locked(td, reason, gone);
}

/**
 * tao_session_cancel - cut the track in hand short
 * @file: who wants it: the owner, another of the same user's, or one of CAP_SYS_ADMIN's
 *
 * Does not wait: the owner's write gets -ECANCELED, and so does the call that ends the track. The
 * lock is held throughout, because the next track may be somebody else's.
 *
 * Return: 0, -ENODATA if no track is open, -EPERM, or -ENODEV.
 */
int tao_session_cancel(struct tao_file *file)
{
	struct tao_device *td = file->td;
	LIST_HEAD(gone);
	int err;

	spin_lock_irq(&td->lock);
	err = session_check_cancel(file);
	if (!err)
		session_cut_or_stop(td, -ECANCELED, &gone);
	spin_unlock_irq(&td->lock);
	tao_stream_dispose(td, &gone, -ECANCELED);
	if (!err)
		tao_event_changed(td);
	return err;
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

/* --- suspend and reboot ----------------------------------------------------------------------- */

/* Whether the running job ends in a moment, or would survive a suspend. */
static bool session_job_is_harmless(const struct tao_device *td)
{
	const struct tao_job *job = td->worker.running;

	lockdep_assert_held(&td->lock);
	/* There is nothing to end. */
	if ((job->ends || job->kind == &tao_job_track_end) && td->held.hold == TAO_HOLD_NONE)
		return true;
	return job->kind == &tao_job_refresh || job->kind == &tao_job_prepare ||
	       job->kind == &tao_job_get_text || job->kind == &tao_job_set_speed;
}

static bool session_would_ruin(const struct tao_device *td)
{
	lockdep_assert_held(&td->lock);
	return !td->now.dead && (td->stream.phase != TAO_PHASE_CLOSED ||
			     (td->worker.running && !session_job_is_harmless(td)));
}

static const char *session_doing(const struct tao_device *td)
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
 * tao_session_busy - whether a suspend or a reboot would ruin a disc
 * @td: the drive
 * @why: returned in that case: who does what, as text
 */
bool tao_session_busy(struct tao_device *td, char why[TAO_WHY_SIZE])
{
	const struct tao_file *file;
	bool busy;

	spin_lock_irq(&td->lock);
	busy = session_would_ruin(td);
	file = td->held.writer;
	if (busy && file)
		snprintf(why, TAO_WHY_SIZE, "%s (process %d) %s", file->name, pid_nr(file->pid),
			 session_doing(td));
	else if (busy)
		strscpy(why, session_doing(td), TAO_WHY_SIZE);
	spin_unlock_irq(&td->lock);
	return busy;
}

/* Whether nobody has written to the track for long, and the drive has all the data. */
static bool session_is_unfed(const struct tao_device *td)
{
	const struct tao_stream *s = &td->stream;

	lockdep_assert_held(&td->lock);
	return s->phase == TAO_PHASE_OPEN && !s->queue_bytes && !td->plan &&
	       time_after(jiffies, s->fed + msecs_to_jiffies(TAO_UNFED_MS));
}

/**
 * tao_session_end_unfed - end a track that nobody feeds, as if its owner had ended it
 * @td: the drive
 *
 * Does not wait. A program that writes on gets an error, since that would be another track.
 */
void tao_session_end_unfed(struct tao_device *td)
{
	spin_lock_irq(&td->lock);
	if (!td->now.dead && td->held.writer && session_is_unfed(td) &&
	    !session_ends(td->held.writer)) {
		/* A track that has failed stays failed. */
		td->held.writer->error = td->stream.error ?: -ECANCELED;
		session_end_behind(td);
	}
	spin_unlock_irq(&td->lock);
}

/**
 * tao_session_ends - whether a track is being ended on behalf of somebody other than its owner
 * @td: the drive
 */
bool tao_session_ends(struct tao_device *td)
{
	return !READ_ONCE(td->now.dead) && !tao_job_done(&td->worker.ender);
}

/**
 * tao_session_finishes - whether something is in progress that ends in a moment
 * @td: the drive
 */
bool tao_session_finishes(struct tao_device *td)
{
	bool finishes;

	spin_lock_irq(&td->lock);
	finishes = !td->now.dead && td->worker.running && session_job_is_harmless(td);
	spin_unlock_irq(&td->lock);
	return finishes;
}

/**
 * tao_session_shut - get ready for a reboot
 * @td: the drive
 *
 * Return: whether a track was cut short.
 */
bool tao_session_shut(struct tao_device *td)
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
		session_cut(td, -ESHUTDOWN, &gone);
	/* The silence of a session at once may take as long as a disc. */
	if (open && plan)
		tao_stream_stop_locked(td, -ESHUTDOWN, &gone);
	spin_unlock_irq(&td->lock);
	tao_stream_dispose(td, &gone, -ESHUTDOWN);
	if (cut)
		tao_event_changed(td);
	return cut;
}
