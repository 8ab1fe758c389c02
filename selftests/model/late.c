// SPDX-License-Identifier: GPL-2.0-only
/*
 * Calls that last because the drive does not answer: other calls meet them, signals interrupt
 * them, and a repetition of the same call joins them.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "model.h"

#define START_MS	20000

static bool is(int call, const char *word)
{
	return calls[call].words & words(COL_CALL, word);
}

static bool is_job(const struct state *s, int call)
{
	if (is(call, "bad") || is(call, "defect"))
		return false;
	return is(call, "long") || (is(call, "begin") && s->hold != HOLD_TRACK && !s->cut);
}

/* write() and splice() begin a track in the same way. */
static bool begins_implicitly(int call)
{
	return is(call, "begin") && !is(call, "long");
}

static bool is_same(int a, int b)
{
	return a == b || (begins_implicitly(a) && begins_implicitly(b));
}

/* Excludes calls that wait for the job, or that may meet it at any point. */
static bool meets(const struct state *s, const struct step *step)
{
	static const char *const others[] = { "close", "exit", "kill", "fsync", "sr-exclusive",
					      "sr-plain", "button", "defect" };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(others); i++)
		if (is(step->call, others[i]))
			return false;
	if (is(step->call, "CANCEL"))
		return s->hold != HOLD_TRACK;
	return !step->writer || !is_same(step->call, s->job.call);
}

/* With the same arguments it would get the result; that is STEP_AGAIN. */
static bool follows(const struct state *s, const struct step *step)
{
	return !step->writer || !is_same(step->call, s->job.call) ||
	       (begins_implicitly(step->call) && !s->job.row->error);
}

bool late_applies(const struct state *s, const struct step *step)
{
	switch (step->kind) {
	case STEP_CALL:
		return s->busy ? meets(s, step) : follows(s, step);
	case STEP_START:
		return !s->busy && !s->done && s->writer == (int)step->actor && step->writer &&
		       s->hold != HOLD_GONE && is_job(s, step->call) && step_fits(s, step);
	case STEP_INTERRUPT:
		return s->busy && s->waiting;
	case STEP_AGAIN:
		return (s->busy && !s->waiting) ||
		       (s->done && !(begins_implicitly(s->job.call) && !s->job.row->error));
	case STEP_GO:
		return s->busy;
	default:
		return false;
	}
}

static bool wait_for_answer(enum person actor)
{
	long until = clock_ms() + START_MS;

	while (!actor_has_answer(actor)) {
		if (clock_ms() > until)
			return false;
		usleep(200);
	}
	return true;
}

/* Waits until the drive holds a command of the call, or the call is over. */
static bool wait_for_hold(enum person actor)
{
	long until = clock_ms() + START_MS;

	while (!actor_has_answer(actor) && !world_is_holding()) {
		if (clock_ms() > until)
			return false;
		usleep(200);
	}
	return true;
}

static void job_step(const struct state *s, struct step *step)
{
	*step = (struct step){ .call = s->job.call, .actor = s->writer, .writer = true };
}

static bool start(struct state *s, const struct step *step, char *why)
{
	words_t sets[COL_RESULT];
	struct answer a;

	state_sets(s, step->call, step->actor, true, sets);
	s->job.row = table_find(sets);
	if (!s->job.row)
		return snprintf(why, WHY_BYTES, "the document has no row for it") < 0;
	s->job.row->hits++;
	s->job.call = step->call;
	s->job.arg = step_arg(s, step);
	world_hold(step->arg % 13);
	actor_start_call(step->actor, step->call, s->job.arg);
	if (!wait_for_hold(step->actor))
		return snprintf(why, WHY_BYTES, "it neither ends nor sends a command") < 0;
	if (actor_has_answer(step->actor)) {
		world_clear_faults();
		a = actor_answer(step->actor);
		return step_result(s, step, s->job.row, s->job.arg, &a, false, why);
	}
	/* From here on an earlier cut is forgotten; the end of the job determines the state. */
	s->cut = false;
	if (s->hold != HOLD_TRACK)
		s->failed = false;
	s->busy = true;
	s->waiting = true;
	return check_state(s, false, why);
}

/* A signal that arrives before the call waits has no effect, so repeat it. */
static bool signal_till_answer(enum person actor)
{
	int i;

	for (i = 0; i < START_MS / 20 && !actor_has_answer(actor); i++) {
		actor_interrupt(actor);
		usleep(i ? 20000 : 1000);
	}
	return actor_has_answer(actor);
}

static bool interrupt(struct state *s, char *why)
{
	struct answer a;

	if (!signal_till_answer(s->writer))
		return snprintf(why, WHY_BYTES, "a signal does not end the call") < 0;
	a = actor_answer(s->writer);
	s->waiting = false;
	if (a.error != EINTR)
		return snprintf(why, WHY_BYTES, "a call that is interrupted gives %s",
				strerrorname_np(a.error)) < 0;
	return check_state(s, false, why);
}

/* Joins the running job, or gets its result. */
static bool again(struct state *s, char *why)
{
	struct answer a;

	if (s->busy) {
		actor_start_call(s->writer, s->job.call, s->job.arg);
		s->waiting = true;
		return true;
	}
	s->done = false;
	a = actor_call(s->writer, s->job.call, true, s->job.arg);
	if (a.error != s->job.row->error)
		return snprintf(why, WHY_BYTES, "%s again gives %s; has to be %s (line %d)",
				calls[s->job.call].name, strerrorname_np(a.error),
				strerrorname_np(s->job.row->error), s->job.row->line) < 0;
	return check_state(s, false, why) && check_counts(s, why);
}

/* If the write() that began a track was interrupted, the track has no data of it. */
static void take_back_audio(struct state *s)
{
	if (!begins_implicitly(s->job.call) || s->job.row->error)
		return;
	s->audio = false;
	s->accepted = 0;
	s->sent_most = 0;
}

static bool go(struct state *s, char *why)
{
	struct answer a = { .error = s->job.row->error };
	struct step step;
	bool waited = s->waiting, good;

	job_step(s, &step);
	world_clear_faults();
	s->busy = false;
	s->waiting = false;
	if (waited) {
		if (!wait_for_answer(s->writer))
			return snprintf(why, WHY_BYTES, "the call does not end") < 0;
		a = actor_answer(s->writer);
		return step_result(s, &step, s->job.row, s->job.arg, &a, false, why);
	}
	a.untold = true;
	good = step_result(s, &step, s->job.row, s->job.arg, &a, true, why);
	take_back_audio(s);
	s->done = true;
	return good;
}

bool late_take(struct state *s, const struct step *step, char *why)
{
	switch (step->kind) {
	case STEP_START:
		return start(s, step, why);
	case STEP_INTERRUPT:
		return interrupt(s, why);
	case STEP_AGAIN:
		return again(s, why);
	default:
		return go(s, why);
	}
}

/* At the end of a walk, unfinished calls continue. */
void late_end(struct state *s)
{
	world_clear_faults();
	if (s->waiting && wait_for_answer(s->writer))
		actor_answer(s->writer);
	s->busy = false;
	s->waiting = false;
	s->done = false;
}
