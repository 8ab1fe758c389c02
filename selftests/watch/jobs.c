// SPDX-License-Identifier: GPL-2.0-only
/* Jobs, the claim, and the state of the drive. */
#include <string.h>

#include "watch.h"

/*
 * Maximum number of waiting jobs: one of the writing file, one that ends its track without it,
 * its hang-up, two looks at the disc (for a query, and for sysfs), and a speed set through sysfs.
 */
#define JOBS_BOUND	6

static void job_remove(struct drive *d, int i)
{
	memmove(&d->jobs[i], &d->jobs[i + 1], (--d->jobs_count - i) * sizeof(d->jobs[0]));
}

static int job_find(const struct drive *d, int64_t id)
{
	for (int i = 0; i < d->jobs_count; i++)
		if (d->jobs[i].id == id)
			return i;
	return -1;
}

/* When a file is released, its jobs that have not begun are dropped. */
static void check_dropped(struct drive *d)
{
	for (int i = 0; i < d->jobs_count; i++)
		if (in_words("prepare track-begin session-begin release finalize blank recover",
			     d->jobs[i].kind))
			breach(d, "jobs", "%s waits, and its file was released", d->jobs[i].kind);
}

void on_job_queue(struct drive *d, const struct event *e)
{
	struct job *job = &d->jobs[d->jobs_count];

	jobs_seen++;
	if (d->jobs_count == JOBS_MAX) {
		breach(d, "jobs", "more than %d jobs wait", JOBS_MAX);
		return;
	}
	d->jobs_count++;
	*job = (struct job){ .id = e->f[F_JOB], .since = e->tsc };
	memcpy(job->kind, e->kind, sizeof(job->kind));
	if (d->jobs_count > JOBS_BOUND)
		breach(d, "jobs", "%d jobs wait", d->jobs_count);
	if (!strcmp(job->kind, "hangup"))
		check_dropped(d);
}

void on_job_begin(struct drive *d, const struct event *e)
{
	int at = job_find(d, e->f[F_JOB]);

	if (d->job.id)
		breach(d, "jobs", "%s begins while %s is done", e->kind, d->job.kind);
	if (at < 0) {
		breach(d, "jobs", "%s begins that was not queued", e->kind);
		return;
	}
	for (int i = 0; i < at; i++)
		d->jobs[i].passed = true;
	d->job = d->jobs[at];
	d->job.since = e->tsc;
	d->sent_count = 0;
	job_remove(d, at);
	if (d->job.passed)
		breach(d, "jobs", "%s begins after one that came later", d->job.kind);
}

void on_job_drop(struct drive *d, const struct event *e)
{
	int at = job_find(d, e->f[F_JOB]);

	if (at >= 0)
		job_remove(d, at);
	else
		breach(d, "jobs", "%s is dropped that does not wait", e->kind);
}

/* A repeated call gets the result of the same call, and of no other. */
void on_job_join(struct drive *d, const struct event *e)
{
	if (e->f[F_ASKED] != e->f[F_WANTED])
		breach(d, "jobs", "a call gets the result of another: %s", e->kind);
}

/* The maximum duration of each job in seconds; Documentation/userspace-api/tao.rst. */
static double job_bound(const char *kind)
{
	if (!strcmp(kind, "blank"))
		return 2 * 3 * 3600 + 600;
	if (!strcmp(kind, "release") || !strcmp(kind, "finalize") || !strcmp(kind, "recover") ||
	    !strcmp(kind, "track-end"))
		return 2 * 1800;
	return 1200;
}

void on_job_end(struct drive *d, const struct event *e)
{
	double lasted = seconds(e->tsc) - seconds(d->job.since);

	if (d->job.id != e->f[F_JOB])
		breach(d, "jobs", "%s ends that has not begun", e->kind);
	else if (lasted > job_bound(d->job.kind))
		breach(d, "bound", "%s lasted %.0f s", d->job.kind, lasted);
	if (!strcmp(d->job.kind, "prepare") && !e->f[F_RET])
		d->prepared = true;
	d->job.id = 0;
	if (idle(d) && d->chunks)
		breach(d, "idle", "%ld chunks are held and the drive is idle", d->chunks);
}

/* --- claim and state -------------------------------------------------------------------------- */

void on_claim(struct drive *d, const struct event *e)
{
	d->claim = e->f[F_HELD];
	if (d->claim) {
		d->lock_refused = false;
		d->unlock_refused = false;
		d->door_lies = false;
		d->asked = false;
		return;
	}
	d->prepared = false;
	/* The removal of a drive lets the machine sleep itself, in its own time. */
	if (d->awake && !d->gone)
		breach(d, "awake", "given back, and the machine is kept awake");
	check_door(d);
}

/* The same drive may come back, but the module treats it as another one. */
static void on_gone(struct drive *d)
{
	d->gone = true;
	d->has_node = false;
}

static bool holds(const char *state)
{
	return !strcmp(state, "prepared") || !strcmp(state, "track-open");
}

void on_state(struct drive *d, const struct event *e)
{
	const char *state = symbol(e->type, "state", e->f[F_STATE]);

	if (holds(state) && !d->claim)
		breach(d, "state", "%s without the claim", state);
	if (holds(d->state) && !strcmp(state, "idle") && d->claim)
		breach(d, "state", "idle with the claim");
	if (holds(d->state) && strcmp(state, "track-open"))
		d->track = false;
	if (!strcmp(state, "gone"))
		on_gone(d);
	snprintf(d->state, sizeof(d->state), "%s", state);
}

/* A suspend has to wait for operations that it would ruin, and for nothing else. */
void on_awake(struct drive *d, const struct event *e)
{
	d->awake = true;
	if (!d->track &&
	    !job_is(d, "track-begin session-begin track-end hangup release finalize blank recover"))
		breach(d, "awake", "the machine is kept awake for %s", job_name(d));
}

void on_asleep(struct drive *d, const struct event *e)
{
	d->awake = false;
}
