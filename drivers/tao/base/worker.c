// SPDX-License-Identifier: GPL-2.0-only
/*
 * The worker of a drive: everything that sends commands is a job in its queue, and it does one
 * job at a time. It knows nothing about discs and audio; others define the jobs and who may order
 * them.
 */
#include <linux/slab.h>

#include "base.h"
#include "trace.h"

static struct workqueue_struct *worker_wq;

/* From the beginning of a suspend to its end no job begins. */
static bool worker_frozen;
/* From the beginning of a reboot on only what leaves a disc well begins. */
static bool worker_shut;

/**
 * tao_worker_freeze - let no job begin, or let them begin again
 * @frozen: which of them
 */
void tao_worker_freeze(bool frozen)
{
	WRITE_ONCE(worker_frozen, frozen);
}

/**
 * tao_worker_shut - from now on only jobs begin that leave a disc well
 */
void tao_worker_shut(void)
{
	WRITE_ONCE(worker_shut, true);
}

/**
 * tao_worker_is_shut - whether the machine goes down
 */
bool tao_worker_is_shut(void)
{
	return READ_ONCE(worker_shut);
}

/* --- jobs ------------------------------------------------------------------------------------- */

/**
 * tao_job_init - make a job
 * @job: the job, zeroed
 * @kind: what it does
 */
void tao_job_init(struct tao_job *job, const struct tao_job_kind *kind)
{
	kref_init(&job->ref);
	INIT_LIST_HEAD(&job->node);
	job->kind = kind;
}

/**
 * tao_job_alloc - make a job for a caller
 * @kind: what it does
 * @args: its arguments, or NULL
 * @size: of @args
 *
 * Return: the job, or NULL.
 */
struct tao_job *tao_job_alloc(const struct tao_job_kind *kind, const void *args,
			      size_t size)
{
	struct tao_job *job = kzalloc(sizeof(*job), GFP_KERNEL_ACCOUNT);

	if (!job)
		return NULL;
	tao_job_init(job, kind);
	if (size) {
		memcpy(&job->asked, args, size);
		memcpy(&job->args, args, size);
	}
	return job;
}

static void job_free(struct kref *ref)
{
	struct tao_job *job = container_of(ref, struct tao_job, ref);

	tao_plan_put(job->plan);
	kvfree(job->text);
	kfree(job);
}

/**
 * tao_job_put - let go of a job
 * @job: the job, or NULL
 */
void tao_job_put(struct tao_job *job)
{
	if (job)
		kref_put(&job->ref, job_free);
}

/**
 * tao_job_done - whether a job is over, and its result holds
 * @job: the job
 */
bool tao_job_done(const struct tao_job *job)
{
	/* Pairs with worker_finish(). */
	return smp_load_acquire(&job->done);
}

/**
 * tao_job_same - whether two calls order the same
 * @a: a job
 * @b: another
 */
bool tao_job_same(const struct tao_job *a, const struct tao_job *b)
{
	return a->kind == b->kind && a->implicit == b->implicit &&
	       !memcmp(&a->asked, &b->asked, sizeof(a->asked)) &&
	       tao_plan_same(a->plan, b->plan);
}

/* --- the worker ------------------------------------------------------------------------------- */

static struct tao_job *worker_next(struct tao_device *td)
{
	struct tao_job *job = NULL;

	spin_lock_irq(&td->lock);
	/* A drive that is gone has nothing to sleep through: its jobs end, and let go of it. */
	if (!READ_ONCE(worker_frozen) || td->now.dead)
		job = list_first_entry_or_null(&td->worker.jobs, struct tao_job, node);
	if (job) {
		list_del_init(&job->node);
		td->sense.attention |= td->worker.resumed;
		td->worker.resumed = false;
	}
	td->worker.running = job;
	if (job)
		trace_tao_job_begin(td, job);
	spin_unlock_irq(&td->lock);
	return job;
}

static void worker_finish(struct tao_device *td, struct tao_job *job, int result)
{
	spin_lock_irq(&td->lock);
	job->result = result;
	job->medium = td->found.medium;
	/*
	 * Pairs with tao_job_done(): a caller that sees it sees the result, and what was
	 * returned.
	 */
	smp_store_release(&job->done, true);
	td->worker.running = NULL;
	trace_tao_job_end(td, job);
	spin_unlock_irq(&td->lock);
	tao_event_changed(td);
	tao_job_put(job);
}

static void worker_run(struct tao_device *td, struct tao_job *job)
{
	int result = -ESHUTDOWN;

	/* A program that goes on while the machine goes down would begin a track after the end. */
	if (!tao_worker_is_shut() || job->ends)
		result = job->kind->run(td, job);
	if (td->now.state != TAO_STATE_TRACK_OPEN)
		tao_event_set_action(td, TAO_ACTION_NONE);
	worker_finish(td, job, result);
}

static void worker_work(struct work_struct *work)
{
	struct tao_device *td = container_of(work, struct tao_device, worker.work);
	struct tao_job *job;

	do {
		td->worker.urgent(td);
		job = worker_next(td);
		if (job)
			worker_run(td, job);
	} while (job);
	tao_device_put(td);
}

/**
 * tao_worker_kick - make the worker look for something to do
 * @td: the drive
 */
void tao_worker_kick(struct tao_device *td)
{
	/* The work holds the drive from when it is queued until it is done. */
	if (!tao_device_get(td))
		return;
	if (!queue_work(worker_wq, &td->worker.work))
		tao_device_put(td);
}

/**
 * tao_worker_queue - give the worker a job
 * @td: the drive; its lock is held
 * @job: the job: one that is not queued and does not run
 */
void tao_worker_queue(struct tao_device *td, struct tao_job *job)
{
	lockdep_assert_held(&td->lock);
	job->done = false;
	kref_get(&job->ref);
	list_add_tail(&job->node, &td->worker.jobs);
	trace_tao_job_queue(td, job);
	tao_worker_kick(td);
}

/**
 * tao_worker_queue_ender - have the worker end a track on behalf of somebody else than its owner
 * @td: the drive; its lock is held
 */
void tao_worker_queue_ender(struct tao_device *td)
{
	lockdep_assert_held(&td->lock);
	if (!tao_job_done(&td->worker.ender))
		return;
	td->worker.passed_on = false;
	tao_worker_queue(td, &td->worker.ender);
}

/**
 * tao_worker_drop - take back a job that has not begun
 * @td: the drive; its lock is held
 * @job: the job, or NULL; the caller has a reference
 * @result: what those get who wait for it
 */
void tao_worker_drop(struct tao_device *td, struct tao_job *job, int result)
{
	lockdep_assert_held(&td->lock);
	if (!job || list_empty(&job->node))
		return;
	list_del_init(&job->node);
	trace_tao_job_drop(td, job);
	job->result = result;
	/* Pairs with tao_job_done(). */
	smp_store_release(&job->done, true);
	tao_job_put(job);
}

/**
 * tao_worker_idle - whether there is nothing to do
 * @td: the drive; its lock is held
 */
bool tao_worker_idle(struct tao_device *td)
{
	lockdep_assert_held(&td->lock);
	return !td->worker.running && list_empty(&td->worker.jobs);
}

/**
 * tao_worker_init - a worker for a new drive
 * @td: the drive
 * @urgent: what it does before each job, and when it is kicked
 */
void tao_worker_init(struct tao_device *td, void (*urgent)(struct tao_device *td))
{
	INIT_LIST_HEAD(&td->worker.jobs);
	INIT_WORK(&td->worker.work, worker_work);
	td->worker.urgent = urgent;
}

/**
 * tao_worker_exit - forget what was left to do for a drive that nobody holds
 * @td: the drive
 */
void tao_worker_exit(struct tao_device *td)
{
	struct tao_job *job, *next;

	list_for_each_entry_safe(job, next, &td->worker.jobs, node) {
		trace_tao_job_drop(td, job);
		tao_job_put(job);
	}
}

/**
 * tao_worker_start - what all workers need
 *
 * Return: 0 or -ENOMEM.
 */
int __init tao_worker_start(void)
{
	worker_wq = alloc_workqueue("tao", WQ_UNBOUND, 0);
	return worker_wq ? 0 : -ENOMEM;
}

/**
 * tao_worker_stop - wait for workers that are not done with a drive that is gone
 */
void tao_worker_stop(void)
{
	destroy_workqueue(worker_wq);
}
