// SPDX-License-Identifier: GPL-2.0-only
/* Steps: a call, or an event at the drive; executed by the module and the model. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"

static bool is_call(const struct step *step, const char *name)
{
	return (step->kind == STEP_CALL || step->kind == STEP_START) &&
	       !strncmp(calls[step->call].name, name, strlen(name));
}

/* --- possible steps --- */

static bool takes_audio(const struct step *step)
{
	return is_call(step, "write") || is_call(step, "splice");
}

static unsigned int audio_bytes(const struct step *step)
{
	if (is_call(step, "write begin defect"))
		return 2 * WRITE_SECTORS * SECTOR_BYTES;
	return audio_sizes[step->arg % AUDIO_SIZES];
}

static bool audio_fits(const struct state *s, const struct step *step)
{
	unsigned int accepted = s->hold == HOLD_TRACK ? s->accepted : 0;

	if (is_call(step, "write begin defect") && s->test)
		return false;
	return accepted + audio_bytes(step) <= AUDIO_MAX;
}

/* Programs that start after an unplug have nothing to open. */
static bool has_reader[ACTORS];

static bool call_applies(const struct state *s, const struct step *step)
{
	words_t sets[COL_RESULT];

	if (is_call(step, "open writing") && s->hold == HOLD_GONE)
		return false;
	if (is_call(step, "open reading") && s->hold == HOLD_GONE)
		return false;
	if ((s->busy || s->done) && !late_applies(s, step))
		return false;
	if (is_call(step, "sr-"))
		return s->outsider == OUT_NOBODY && s->hold != HOLD_GONE;
	if (is_call(step, "button"))
		return s->disc.kind != KIND_NONE && s->hold != HOLD_GONE;
	if (step->writer && s->writer != (int)step->actor)
		return false;
	if (!step->writer && !has_reader[step->actor] && !is_call(step, "open"))
		return false;
	if (!step->writer && (is_call(step, "close") || is_call(step, "exit") ||
			      is_call(step, "kill") || is_call(step, "fsync") ||
			      is_call(step, "write begin defect")))
		return false;
	if (takes_audio(step) && !audio_fits(s, step))
		return false;
	state_sets(s, step->call, step->actor, step->writer, sets);
	return !table_leaves_out(sets);
}

bool step_fits(const struct state *s, const struct step *step)
{
	return call_applies(s, step);
}

bool step_applies(const struct state *s, const struct step *step)
{
	if (step->kind >= STEP_START)
		return late_applies(s, step);
	if (step->kind != STEP_CALL && (s->busy || s->done))
		return false;
	switch (step->kind) {
	case STEP_CALL:
		return call_applies(s, step);
	case STEP_INSERT:
		return s->hold == HOLD_IDLE && !s->cut && s->outsider == OUT_NOBODY;
	case STEP_ATTENTION:
		return s->hold == HOLD_IDLE || s->hold == HOLD_PREPARED;
	case STEP_UNPLUG:
		return s->hold != HOLD_GONE;
	case STEP_PLUG:
		return s->hold == HOLD_GONE && s->writer < 0;
	case STEP_LEAVE:
		return s->outsider != OUT_NOBODY;
	default:
		return false;
	}
}

/* --- the module's side --- */

static void open_reader(enum person actor)
{
	struct answer a;

	has_reader[actor] = actor != ACTOR_STRANGER;
	if (actor == ACTOR_STRANGER)
		return;
	a = actor_call(actor, call_find("open reading"), false, 0);
	if (a.error) {
		printf("Bail out! open: %s\n", strerror(a.error));
		exit(1);
	}
}

static void open_readers(void)
{
	int i;

	for (i = 0; i < ACTORS; i++)
		open_reader(i);
}

/* The position where the audio of the track continues, or that of the next one begins. */
unsigned int step_arg(const struct state *s, const struct step *step)
{
	unsigned int at = step->arg / AUDIO_SIZES % 1024;

	if (!takes_audio(step))
		return step->arg;
	if (s->hold == HOLD_TRACK && s->audio)
		at = s->salt + s->accepted;
	else if (s->hold == HOLD_TRACK)
		at = s->salt;
	return at << 4 | step->arg % AUDIO_SIZES;
}

static struct answer call_module(const struct state *s, const struct step *step, unsigned int arg)
{
	struct answer a = { 0 };

	if (is_call(step, "exit") || is_call(step, "kill")) {
		actor_end(step->actor, is_call(step, "kill"));
		has_reader[step->actor] = false;
		if (s->hold != HOLD_GONE)
			open_reader(step->actor);
	} else if (is_call(step, "sr-exclusive")) {
		a.error = world_outsider(OUT_HOLDS);
	} else if (is_call(step, "sr-plain")) {
		a.error = world_outsider(OUT_LOOKS);
	} else if (is_call(step, "button")) {
		a.error = world_button();
	} else {
		if (is_call(step, "write begin defect"))
			world_spoil_write();
		a = actor_call(step->actor, step->call, step->writer, arg);
		if (is_call(step, "write begin defect"))
			world_clear_faults();
	}
	return a;
}

/* --- both sides --- */

static bool is_asynchronous(const struct step *step)
{
	return is_call(step, "close") || is_call(step, "exit") || is_call(step, "kill") ||
	       is_call(step, "CANCEL");
}

static void note_outside(struct state *s, const struct step *step, int error)
{
	if (error)
		return;
	if (is_call(step, "sr-exclusive"))
		s->outsider = OUT_HOLDS;
	else if (is_call(step, "sr-plain"))
		s->outsider = OUT_LOOKS;
	else if (is_call(step, "button"))
		memset(&s->disc, 0, sizeof(s->disc));
}

static bool compare(struct state *s, const struct row *row, const struct disc *found,
		    const struct step *step, const struct answer *a, char *why)
{
	/* In mid-track the state of the recorder is not known exactly. */
	if (s->hold != HOLD_TRACK && !s->busy && (*row->disc_then || rand() % 16 == 0)) {
		if (!check_disc(s, found, why))
			return false;
	}
	return check_answer(s, step->call, step->writer, a, why) && check_door(s, why) &&
	       check_counts(s, why) && (rand() % 8 || check_sysfs(s, why));
}

bool step_result(struct state *s, const struct step *step, struct row *row, unsigned int arg,
		 const struct answer *a, bool wait, char *why)
{
	struct disc found = s->disc;
	struct state then = *s;

	if (a->error != row->error)
		return snprintf(why, WHY_BYTES, "it gives %s; has to be %s (line %d)",
				strerrorname_np(a->error), strerrorname_np(row->error),
				row->line) < 0;
	state_step(&then, row, step->call, step->actor, step->writer, arg, &found);
	if (!check_state(&then, wait, why))
		return false;
	world_image(&found);
	state_step(s, row, step->call, step->actor, step->writer, arg, &found);
	state_note(s, step->call, arg, a);
	note_outside(s, step, a->error);
	return compare(s, row, &found, step, a, why);
}

static bool take_call(struct state *s, const struct step *step, char *why)
{
	words_t sets[COL_RESULT];
	struct answer a;
	struct row *row;
	unsigned int arg = step_arg(s, step);

	state_sets(s, step->call, step->actor, step->writer, sets);
	row = table_find(sets);
	if (!row)
		return snprintf(why, WHY_BYTES, "the document has no row for it") < 0;
	row->hits++;
	a = call_module(s, step, arg);
	return step_result(s, step, row, arg, &a, is_asynchronous(step), why);
}

static void unplug(struct state *s)
{
	s->broken = s->hold == HOLD_TRACK || s->cut;
	s->hold = HOLD_GONE;
	s->own = false;
	s->test = false;
	s->cut = false;
	s->audio = false;
	s->failed = false;
	world_outsider(OUT_NOBODY);
	s->outsider = OUT_NOBODY;
	world_plug(false);
	/* The recorder decides how much of a track is left. */
	world_image(&s->disc);
}

static void plug(struct state *s)
{
	struct state fresh;

	world_plug(true);
	open_readers();
	check_begin(s);
	state_begin(&fresh);
	fresh.disc = s->disc;
	*s = fresh;
}

bool step_take(struct state *s, const struct step *step, char *why)
{
	switch (step->kind) {
	case STEP_CALL:
		return take_call(s, step, why);
	case STEP_INSERT:
		world_insert(step->call < 0 ? "none" : disc_name(step->call));
		world_image(&s->disc);
		break;
	case STEP_ATTENTION:
		world_attention();
		break;
	case STEP_UNPLUG:
		unplug(s);
		break;
	case STEP_PLUG:
		plug(s);
		break;
	case STEP_LEAVE:
		world_outsider(OUT_NOBODY);
		s->outsider = OUT_NOBODY;
		break;
	default:
		return late_take(s, step, why);
	}
	return check_state(s, false, why);
}

/* --- steps as text --- */

static const char *const kind_names[] = {
	"", "insert", "attention", "unplug", "plug", "sr-leave",
	"start", "interrupt", "again", "go",
};

void step_print(const struct step *step, char *text, size_t size)
{
	if (step->kind == STEP_INSERT)
		snprintf(text, size, "insert %s", step->call < 0 ? "none" : disc_name(step->call));
	else if (step->kind != STEP_CALL && step->kind != STEP_START)
		snprintf(text, size, "%s", kind_names[step->kind]);
	else
		snprintf(text, size, "%s%s %s %u %s", step->kind == STEP_START ? "start " : "",
			 actor_names[step->actor],
			 step->writer ? "writer" : "reader", step->arg, calls[step->call].name);
}

static bool parse_insert(struct step *step, const char *name)
{
	unsigned int i;

	step->call = -1;
	for (i = 0; i < discs_count; i++)
		if (!strcmp(name, disc_name(i)))
			step->call = i;
	return step->call >= 0 || !strcmp(name, "none");
}

static bool parse_call(struct step *step, const char *text)
{
	char actor[16], by[16];
	int n = 0;

	if (sscanf(text, "%15s %15s %u %n", actor, by, &step->arg, &n) != 3 || !n)
		return false;
	for (step->actor = 0; step->actor < ACTORS; step->actor++)
		if (!strcmp(actor, actor_names[step->actor]))
			break;
	step->writer = !strcmp(by, "writer");
	step->call = call_find(text + n);
	return step->actor < ACTORS && step->call >= 0;
}

bool step_parse(struct step *step, const char *text)
{
	unsigned int i;

	memset(step, 0, sizeof(*step));
	if (!strncmp(text, "insert ", 7)) {
		step->kind = STEP_INSERT;
		return parse_insert(step, text + 7);
	}
	for (i = STEP_ATTENTION; i < ARRAY_SIZE(kind_names); i++)
		if (!strcmp(text, kind_names[i])) {
			step->kind = i;
			return true;
		}
	if (!strncmp(text, "start ", 6)) {
		step->kind = STEP_START;
		text += 6;
	}
	return parse_call(step, text);
}

/* --- the start --- */

bool begin_again(struct state *s, char *why)
{
	/* The held command may belong to the module's open of sr: a close would wait for it. */
	world_clear_faults();
	world_outsider(OUT_NOBODY);
	late_end(s);
	if (s->writer >= 0)
		actor_call(s->writer, call_find("close"), true, 0);
	if (s->hold == HOLD_GONE) {
		world_plug(true);
		open_readers();
		check_begin(s);
	}
	if (!check_wait_idle())
		return snprintf(why, WHY_BYTES, "the drive does not become idle") < 0;
	world_insert("blank-cdr");
	state_begin(s);
	check_begin(s);
	world_image(&s->disc);
	return true;
}

/* Starts again from any state of the module. */
void begin_anew(struct state *s)
{
	char why[WHY_BYTES];

	actors_end();
	world_outsider(OUT_NOBODY);
	world_clear_faults();
	world_plug(false);
	actors_start();
	state_begin(s);
	s->hold = HOLD_GONE;
	begin_again(s, why);
}
