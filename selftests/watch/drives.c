// SPDX-License-Identifier: GPL-2.0-only
/* The state of each drive, and the dispatch of events to the rules. */
#include <stdlib.h>
#include <string.h>

#include "watch.h"

#define MINORS_MAX	256

struct drive *drives;
unsigned long events_seen, tao_events, jobs_seen;
static struct drive *by_minor[MINORS_MAX];

static struct drive *find_drive(int64_t host)
{
	struct drive *d;

	for (d = drives; d; d = d->next)
		if (d->host == host)
			return d;
	d = calloc(1, sizeof(*d));
	if (!d)
		die("memory");
	d->host = host;
	d->next = drives;
	drives = d;
	return d;
}

static bool has_host(enum event_type type)
{
	return type == TAO_DRIVE || type == TAO_COMMAND_ISSUE || type == TAO_COMMAND_DONE ||
	       event_of(type, "cdr_sim");
}

static struct drive *drive_of(const struct event *e)
{
	int minor = e->f[F_MINOR];

	if (has_host(e->type))
		return find_drive(e->f[F_HOST]);
	if (event_of(e->type, "power") && sscanf(e->kind, "tao%d", &minor) != 1)
		return NULL;
	return minor >= 0 && minor < MINORS_MAX ? by_minor[minor] : NULL;
}

bool idle(const struct drive *d)
{
	return !d->claim && !d->job.id && !d->jobs_count;
}

bool job_is(const struct drive *d, const char *kinds)
{
	return d->job.id && in_words(kinds, d->job.kind);
}

const char *job_name(const struct drive *d)
{
	return d->job.id ? d->job.kind : "no job";
}

static void on_drive(struct drive *d, const struct event *e)
{
	d->has_node = true;
	d->gone = false;
	d->minor = e->f[F_MINOR];
	d->powered_before = power_references(d);
	if (d->minor >= 0 && d->minor < MINORS_MAX)
		by_minor[d->minor] = d;
}

static const event_fn on[EVENT_TYPES] = {
	[TAO_DRIVE] = on_drive, [TAO_CLAIM] = on_claim, [TAO_JOB_QUEUE] = on_job_queue,
	[TAO_JOB_BEGIN] = on_job_begin, [TAO_JOB_END] = on_job_end, [TAO_JOB_DROP] = on_job_drop,
	[TAO_JOB_JOIN] = on_job_join,
	[TAO_CHUNK] = on_chunk, [TAO_COMMAND_ISSUE] = on_command_issue,
	[TAO_COMMAND_DONE] = on_command_done, [TAO_WRITE_ISSUE] = on_write_issue,
	[TAO_WRITE_DONE] = on_write_done, [TAO_STATE] = on_state,
	[TAO_TRACK_BEGIN] = on_track_begin, [TAO_TRACK_END] = on_track_end,
	[SIM_ARRIVAL] = on_arrival, [SIM_ANSWER] = on_answer, [SIM_DRIVE] = on_sim_drive,
	[AWAKE] = on_awake, [ASLEEP] = on_asleep,
};

void watch_event(const struct event *e)
{
	struct drive *d = drive_of(e);

	events_seen++;
	if (event_of(e->type, "tao"))
		tao_events++;
	if (!d)
		return;
	d->history[d->events++ % HISTORY] = *e;
	on[e->type](d, e);
}

void forget_tao(void)
{
	for (struct drive *d = drives; d; d = d->next) {
		if (d->claim || d->chunks)
			breach(d, "idle", "the module goes with %s, and %ld chunks",
			       d->claim ? "a claim" : "no claim", d->chunks);
		d->has_node = false;
		d->claim = false;
		d->awake = false;
		d->track = false;
		d->chunks = 0;
		d->job.id = 0;
		d->jobs_count = 0;
		memset(d->calls, 0, sizeof(d->calls));
		d->state[0] = 0;
	}
	memset(by_minor, 0, sizeof(by_minor));
}

