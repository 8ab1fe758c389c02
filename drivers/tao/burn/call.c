// SPDX-License-Identifier: GPL-2.0-only
/*
 * Calls of programs: a system call starts a job of the drive's worker and waits for it. If a signal
 * ends the wait, or the caller does not want to wait, the job goes on, and the same call with the
 * same arguments joins it. A job belongs to the open file that started it: each file has at most
 * one that is not finished, and a job that has not begun when its file is released is dropped. So
 * only the worker ends tracks and sessions, and neither a dying program nor the last close of a
 * file has to wait for a drive.
 */
#include <linux/fs.h>
#include <linux/sched/signal.h>

#include "burn.h"
#include "trace.h"

/**
 * tao_call_nonblock - whether the file does not want to wait
 * @file: the open file
 */
bool tao_call_nonblock(const struct tao_file *file)
{
	return READ_ONCE(file->filp->f_flags) & O_NONBLOCK;
}

/**
 * tao_call_unfinished - whether the file has a job that is queued or running
 * @file: the open file
 *
 * The caller holds tao_device.lock.
 */
bool tao_call_unfinished(const struct tao_file *file)
{
	lockdep_assert_held(&file->td->lock);
	return file->job && !tao_job_done(file->job);
}

/**
 * tao_call_begins - whether a job opens a track, or a session at once
 * @job: the job
 */
bool tao_call_begins(const struct tao_job *job)
{
	return job->kind == &tao_job_track_begin || job->kind == &tao_job_session_begin;
}

/* It has found another disc than was prepared. RELEASE gives the disc back in any case. */
static bool call_lost(const struct tao_job *job)
{
	return job && job->lost && job->kind != &tao_job_release;
}

/*
 * The track that the file's last job began has been ended by others, or they are ending it. Not a
 * session at once, which goes on with silence: it is the one that was asked for.
 */
static bool call_was_in_vain(const struct tao_file *file)
{
	const struct tao_job *job = file->job;
	struct tao_device *td = file->td;

	lockdep_assert_held(&td->lock);
	if (!tao_job_done(job) || !tao_call_begins(job) || job->result)
		return false;
	return !tao_stream_is_open(td) ||
	       (!td->plan && (td->stream.cut || !tao_job_done(&td->worker.ender)));
}

/**
 * tao_call_start_locked - start a job of a file, or join the one that it has
 * @file: the open file
 * @fresh: the job
 * @old: returned: a job whose result nobody asks for again, for tao_job_put()
 *
 * The caller holds tao_device.lock.
 *
 * Return: a reference to the job of the file, if that is the same as @fresh and its result is not
 * collected yet; or to @fresh, queued; -ENODEV, or -EBUSY.
 */
struct tao_job *tao_call_start_locked(struct tao_file *file, struct tao_job *fresh,
				      struct tao_job **old)
{
	struct tao_device *td = file->td;

	lockdep_assert_held(&td->lock);
	*old = NULL;
	if (td->now.dead)
		return ERR_PTR(-ENODEV);
	if (!file->job || !tao_job_same(file->job, fresh) || call_was_in_vain(file)) {
		if (tao_call_unfinished(file))
			return ERR_PTR(-EBUSY);
		*old = file->job;
		/* Its caller was interrupted, and has not heard of that. */
		td->held.lost |= call_lost(*old);
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

static struct tao_job *call_start(struct tao_file *file, struct tao_job *fresh)
{
	struct tao_device *td = file->td;
	struct tao_job *job, *old;

	spin_lock_irq(&td->lock);
	job = tao_call_start_locked(file, fresh, &old);
	spin_unlock_irq(&td->lock);
	tao_job_put(old);
	return job;
}

/**
 * tao_call_forget - forget the result of a job that is done: nobody will ask for it again
 * @file: the open file that has the job
 * @job: the job
 */
void tao_call_forget(struct tao_file *file, struct tao_job *job)
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

/**
 * tao_call_note_user - the calling program uses the file
 * @file: the open file
 *
 * A program that does waits for the end of the track when it closes the file; one that was only
 * handed the descriptor does not.
 */
void tao_call_note_user(struct tao_file *file)
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

/**
 * tao_call_wait - wait for a job as its caller wants it
 * @file: the open file
 * @job: its job
 * @nowait: don't wait
 *
 * Return: the result of the job, -EAGAIN, or -ERESTARTSYS.
 */
int tao_call_wait(struct tao_file *file, struct tao_job *job, bool nowait)
{
	int err;

	if (nowait && !tao_job_done(job))
		return -EAGAIN;
	err = wait_event_interruptible(file->td->wait, tao_job_done(job));
	if (err)
		return err;
	tao_call_forget(file, job);
	return job->result;
}

static bool same_disc(const struct tao_medium *a, const struct tao_medium *b)
{
	return a->type == b->type && a->status == b->status && a->sessions == b->sessions &&
	       a->tracks == b->tracks && a->lead_out_lba == b->lead_out_lba;
}

/* It changes no disc if it is done twice. */
static bool call_is_harmless(const struct tao_job *job)
{
	return job->kind == &tao_job_track_end || job->kind == &tao_job_release;
}

/*
 * The result of a call that was interrupted, if the disc may have changed since. That the disc was
 * lost has to be heard in any case.
 */
static struct tao_job *call_old_result(struct tao_file *file, const struct tao_job *fresh)
{
	struct tao_device *td = file->td;
	struct tao_job *job = NULL;

	spin_lock_irq(&td->lock);
	if (file->job && tao_job_done(file->job) && tao_job_same(file->job, fresh) &&
	    td->held.hold == TAO_HOLD_NONE && !call_lost(file->job) &&
	    !call_is_harmless(file->job)) {
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
static int call_check_result(struct tao_file *file, const struct tao_job *fresh, bool nowait)
{
	struct tao_device *td = file->td;
	struct tao_job *job = call_old_result(file, fresh);
	bool stale, same;
	int err = 0;

	if (!job)
		return 0;
	if (!nowait)
		err = tao_query_refresh(file, &stale);
	spin_lock_irq(&td->lock);
	same = same_disc(&job->medium, &td->found.medium);
	spin_unlock_irq(&td->lock);
	if (!err && !same)
		tao_call_forget(file, job);
	tao_job_put(job);
	return err;
}

/**
 * tao_call_planned - have the worker do something, and wait for it
 * @file: the open file that orders it, open for writing
 * @kind: what to do
 * @args: its arguments, and its results
 * @size: of @args
 * @plan: what @args has the addresses of, or none; the caller keeps its reference
 *
 * Return: what became of it; -EBUSY if the file has another job that is not finished; -EAGAIN if it
 * goes on and the file does not want to wait; -ENODEV, -ENOMEM; or -ERESTARTSYS if a signal came:
 * it goes on then, and the same call again waits for it.
 */
int tao_call_planned(struct tao_file *file, const struct tao_job_kind *kind, void *args,
		     size_t size, struct tao_plan *plan)
{
	bool nowait = tao_call_nonblock(file);
	struct tao_job *fresh, *job;
	int err;

	if (READ_ONCE(file->td->now.dead))
		return -ENODEV;
	tao_call_note_user(file);
	fresh = tao_job_alloc(kind, args, size);
	if (!fresh)
		return -ENOMEM;
	fresh->ends = kind == &tao_job_track_end;
	if (plan) {
		kref_get(&plan->ref);
		fresh->plan = plan;
	}
	err = call_check_result(file, fresh, nowait);
	job = err ? ERR_PTR(err) : call_start(file, fresh);
	tao_job_put(fresh);
	if (IS_ERR(job))
		return PTR_ERR(job);
	err = tao_call_wait(file, job, nowait);
	memcpy(args, tao_job_done(job) ? &job->args : &job->asked, size);
	tao_job_put(job);
	return err;
}

/**
 * tao_call - the same for jobs without more arguments
 * @file: the open file that orders it, open for writing
 * @kind: what to do
 * @args: its arguments, and its results
 * @size: of @args
 *
 * Return: as tao_call_planned().
 */
int tao_call(struct tao_file *file, const struct tao_job_kind *kind, void *args, size_t size)
{
	return tao_call_planned(file, kind, args, size, NULL);
}
