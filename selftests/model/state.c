// SPDX-License-Identifier: GPL-2.0-only
/* The state after a call, according to the matching row of the document. */
#include <string.h>

#include <linux/tao.h>

#include "model.h"

words_t state_words(const struct state *s)
{
	static const char *const holds[] = { "idle", "prepared", "track", "gone" };
	words_t w = words(COL_STATE, holds[s->hold]);

	w |= s->own ? words(COL_STATE, "own") : 0;
	w |= s->test ? words(COL_STATE, "test") : 0;
	w |= s->audio ? words(COL_STATE, "audio") : 0;
	w |= s->failed ? words(COL_STATE, "failed") : 0;
	w |= s->cut ? words(COL_STATE, "cut") : 0;
	w |= s->broken ? words(COL_STATE, "broken") : 0;
	w |= s->busy ? words(COL_STATE, "busy") : 0;
	w |= s->done ? words(COL_STATE, "done") : 0;
	return w | (s->writer >= 0 ? words(COL_STATE, "taken") : 0);
}

words_t outsider_words(const struct state *s)
{
	static const char *const names[] = { "nobody", "looks", "holds" };

	return words(COL_OUTSIDER, names[s->outsider]);
}

/* @writer: with the descriptor that is open for writing. */
words_t by_words(const struct state *s, enum person actor, bool writer)
{
	words_t w = words(COL_BY, writer ? "writer" : "reader");

	if (s->writer >= 0 && actor_user(actor) == actor_user(s->writer))
		w |= words(COL_BY, "same");
	if (actor == ACTOR_ROOT)
		w |= words(COL_BY, "admin");
	if (actor == ACTOR_STRANGER)
		w |= words(COL_BY, "stranger");
	return w;
}

static bool has(words_t set, const char *word)
{
	return set & words(COL_STATE, word);
}

static bool is_call(int call, const char *word)
{
	return calls[call].words & words(COL_CALL, word);
}

static void begin_track(struct state *s, unsigned int arg)
{
	s->salt = arg;
	s->accepted = 0;
	s->sent_least = 0;
	s->sent_most = 0;
}

/* Applies the words of the new state, and their implications. */
static void enter(struct state *s, words_t then)
{
	if (has(then, "idle")) {
		s->hold = HOLD_IDLE;
		s->own = false;
		s->test = false;
	} else if (has(then, "prepared")) {
		s->hold = HOLD_PREPARED;
	} else if (has(then, "track")) {
		if (s->hold != HOLD_TRACK)
			begin_track(s, s->salt);
		s->hold = HOLD_TRACK;
	}
	if (s->hold != HOLD_TRACK) {
		s->audio = false;
		s->failed &= s->cut;
	}
	s->own |= has(then, "own");
	s->test |= has(then, "test");
	s->audio |= has(then, "audio");
	s->failed |= has(then, "failed");
	s->cut |= has(then, "cut");
}

static unsigned int sectors(unsigned int bytes)
{
	return (bytes + SECTOR_BYTES - 1) / SECTOR_BYTES;
}

static void take_audio(struct state *s, unsigned int bytes)
{
	s->accepted += bytes;
	s->sent_most = s->accepted / (WRITE_SECTORS * SECTOR_BYTES) * WRITE_SECTORS;
}

/* For a track that was cut short, the disc shows how much the drive had of it. */
static unsigned int end_cut(struct state *s, const struct disc *found)
{
	unsigned int had = 0;

	if (found->tracks_count > s->disc.tracks_count) {
		had = found->tracks[s->disc.tracks_count].length;
		if (had <= TRACK_MIN && s->sent_least <= TRACK_MIN)
			had = TRACK_MIN;
		else if (had > s->sent_most || had < s->sent_least || had % WRITE_SECTORS)
			had = s->sent_most;
	}
	if (!had && s->sent_least)
		had = s->sent_least > TRACK_MIN ? s->sent_least : TRACK_MIN;
	if (!s->sent_most)
		had = 0;
	if (had)
		disc_add_track(&s->disc, had);
	s->ended_bytes = s->sent_least * SECTOR_BYTES;
	return had;
}

static void end_track(struct state *s)
{
	unsigned int n = sectors(s->accepted);

	disc_add_track(&s->disc, n > TRACK_MIN ? n : TRACK_MIN);
	s->ended_bytes = s->accepted;
}

static void close_session(struct state *s, bool final, const struct disc *found)
{
	struct session *last = (struct session *)disc_last_session(&s->disc);

	last->closed = true;
	last->damaged = false;
	/* The recorder decides on the start of the lead-out. */
	if (found->sessions_count == s->disc.sessions_count)
		last->leadout = disc_last_session(found)->leadout;
	s->disc.final = final;
	s->disc.flawed = false;
	s->sessions++;
}

/* The recorder decides how much is left of a track that it ends after a loss of power. */
static void repair_track(struct state *s, const struct disc *found)
{
	struct track *last = (struct track *)disc_last_track(&s->disc);

	if (!s->disc.tracks_count || !last->open)
		return;
	last->open = false;
	if (found->tracks_count == s->disc.tracks_count)
		last->length = disc_last_track(found)->length;
}

static void change_disc(struct state *s, const char *then, const struct disc *found, bool killed)
{
	s->ended_bytes = 0;
	if (!strcmp(then, "track")) {
		end_track(s);
	} else if (!strcmp(then, "cut")) {
		if (end_cut(s, found))
			++*(killed ? &s->tracks : &s->tracks_failed);
	} else if (!strcmp(then, "failed")) {
		end_cut(s, found);
		s->tracks_failed++;
		s->disc.flawed = s->disc.sessions_count;
	} else if (!strcmp(then, "blank")) {
		s->disc.tracks_count = 0;
		s->disc.sessions_count = 0;
		s->disc.final = false;
		s->disc.flawed = false;
	} else if (!strcmp(then, "open")) {
		repair_track(s, found);
		s->disc.flawed = false;
	} else if (*then) {
		repair_track(s, found);
		close_session(s, !strcmp(then, "final"), found);
	}
}

/* A track of a test write is counted, but is not on the disc. */
static void count_track(struct state *s, const struct state *before, int call,
			const struct row *row)
{
	bool ends = before->hold == HOLD_TRACK && s->hold != HOLD_TRACK;

	if (ends && before->test && before->audio && !before->failed) {
		if (is_call(call, "CANCEL"))
			s->tracks_failed += before->sent_most > 0;
		else if (is_call(call, "kill"))
			s->tracks += before->sent_most > 0;
		else
			s->tracks++;
	} else if (!strcmp(row->disc_then, "track")) {
		s->tracks++;
	}
}

void state_sets(const struct state *s, int call, enum person actor, bool writer, words_t *sets)
{
	sets[COL_CALL] = calls[call].words;
	sets[COL_BY] = by_words(s, actor, writer);
	sets[COL_STATE] = state_words(s);
	sets[COL_DISC] = disc_words(&s->disc);
	sets[COL_OUTSIDER] = outsider_words(s);
}

/* The writer can no longer get a result that it has not asked for. */
static void forget_result(struct state *s)
{
	s->done = false;
	if (s->cut && s->hold != HOLD_TRACK)
		s->failed = false;
	s->cut = false;
}

/* A write is a job only if it begins a track, i.e. if none is open. */
static bool starts_job(const struct state *s, int call)
{
	if (is_call(call, "bad"))
		return false;
	return is_call(call, "long") ||
	       (is_call(call, "begin") && s->hold != HOLD_TRACK && !s->cut);
}

void state_step(struct state *s, const struct row *row, int call, enum person actor, bool writer,
		unsigned int arg, const struct disc *found)
{
	struct state before = *s;

	change_disc(s, row->disc_then, found, is_call(call, "kill"));
	if (starts_job(s, call) && writer && s->hold != HOLD_GONE && !s->busy)
		forget_result(s);
	enter(s, row->state_then);
	if (s->hold == HOLD_TRACK && before.hold != HOLD_TRACK)
		begin_track(s, arg >> 4);
	if (is_call(call, "writing") && !row->error)
		s->writer = actor;
	if (is_call(call, "close") || is_call(call, "exit") || is_call(call, "kill")) {
		s->writer = -1;
		s->underrun_free = 1;
		forget_result(s);
		s->broken = false;
	}
	count_track(s, &before, call, row);
}

/* Records the answer to a successful or failed call. */
void state_note(struct state *s, int call, unsigned int arg, const struct answer *a)
{
	if ((is_call(call, "write") || is_call(call, "splice")) && !is_call(call, "defect") &&
	    !a->error)
		take_audio(s, a->value);
	/* The data before the refused WRITE have been taken. */
	if ((is_call(call, "fsync") && !a->error) || is_call(call, "defect"))
		s->sent_least = s->sent_most;
	if (is_call(call, "SET_SPEED") && !a->error)
		s->speed_kbps = 1 + arg % 8000;
	if (is_call(call, "SET_SETTINGS") && !a->error)
		s->underrun_free = arg & 1;
}

void state_begin(struct state *s)
{
	memset(s, 0, sizeof(*s));
	s->writer = -1;
	s->speed_kbps = TAO_SPEED_MAX;
	s->underrun_free = 1;
}
