// SPDX-License-Identifier: GPL-2.0-only
/*
 * model [NAME=VALUE]...: random calls of several programs, answered by the module and by the
 * tables of the document. The walk ends at the first call with different answers; it is then
 * shortened as much as possible, and printed.
 *
 *	table=FILE	Documentation/userspace-api/states.rst
 *	left-out=FILE	known differences of the module
 *	seed=RANDOM seconds=60 steps=0		the first limit counts; 0: none
 *	least=0		minimum number of times for each call in each state
 *	most=3 shrink=90	number of differences to find, and seconds to shorten each of them
 *	replay=FILE	steps of a walk, as printed
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include <linux/tao.h>

#include "../debug/result.h"
#undef ARRAY_SIZE
#include "model.h"

#define AUDIO_BYTES	(2 << 20)
#define WALK_STEPS	150
#define STATES_MAX	128

static unsigned int seed, seconds = 60, steps_max, least, most = 3, shrink_seconds = 90;
static const char *table_path, *left_out_path, *replay_path;
static unsigned int random_state;

static unsigned int rnd(unsigned int n)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 17;
	random_state ^= random_state << 5;
	return random_state % n;
}

/* --- the number of times for each call in each state and with each outsider --- */

static struct count {
	words_t state;
	enum outsider outsider;
	unsigned int calls[64];
	bool possible[64];
} counts[STATES_MAX];
static int counts_count;

static struct count *find_count(const struct state *s)
{
	words_t state = state_words(s);
	int i;

	for (i = 0; i < counts_count; i++)
		if (counts[i].state == state && counts[i].outsider == s->outsider)
			return &counts[i];
	if (i == STATES_MAX) {
		printf("Bail out! too many states\n");
		exit(1);
	}
	counts_count++;
	counts[i].state = state;
	counts[i].outsider = s->outsider;
	return &counts[i];
}

/* --- the next step --- */

static void fill_in(const struct state *s, struct step *step)
{
	enum who who = calls[step->call].who;

	step->kind = STEP_CALL;
	step->arg = rnd(1 << 20);
	step->actor = rnd(ACTORS);
	step->writer = false;
	if (s->writer >= 0 && who != WHO_NOBODY && rnd(100) < (who == WHO_WRITER ? 97 : 40)) {
		step->actor = s->writer;
		step->writer = true;
	}
}

/* Selects the call that was made least often in this state. */
static bool choose_rare(const struct state *s, struct step *step)
{
	struct count *count = find_count(s);
	unsigned int i, offset = rnd(calls_count), fewest = UINT32_MAX;
	struct step trial;

	for (i = 0; i < calls_count; i++) {
		trial.call = (i + offset) % calls_count;
		fill_in(s, &trial);
		if (!step_applies(s, &trial))
			continue;
		count->possible[trial.call] = true;
		if (count->calls[trial.call] < fewest) {
			fewest = count->calls[trial.call];
			*step = trial;
		}
	}
	return fewest != UINT32_MAX;
}

static bool choose_weighted(const struct state *s, struct step *step)
{
	unsigned int sum = 0, i;
	int at;

	for (i = 0; i < calls_count; i++)
		sum += calls[i].weight;
	at = rnd(sum);
	for (i = 0; at >= (int)calls[i].weight; i++)
		at -= calls[i].weight;
	step->call = i;
	fill_in(s, step);
	return step_applies(s, step);
}

/* Selects a call that is held, or an event for it. */
static bool choose_late(const struct state *s, struct step *step)
{
	static const enum step_kind kinds[] = { STEP_INTERRUPT, STEP_AGAIN, STEP_GO };

	memset(step, 0, sizeof(*step));
	if (s->busy || s->done) {
		step->kind = kinds[rnd(3)];
		step->actor = s->writer;
		step->writer = true;
		return rnd(100) < 35 && step_applies(s, step);
	}
	if (s->writer < 0 || s->outsider == OUT_HOLDS || rnd(100) >= 8)
		return false;
	step->call = rnd(calls_count);
	fill_in(s, step);
	step->kind = STEP_START;
	return step_applies(s, step);
}

static bool choose_event(const struct state *s, struct step *step)
{
	unsigned int r = rnd(1000);

	memset(step, 0, sizeof(*step));
	if (s->hold == HOLD_GONE && r < 200)
		step->kind = STEP_PLUG;
	else if (s->outsider != OUT_NOBODY && r < 60)
		step->kind = STEP_LEAVE;
	else if (r < (s->disc.kind == KIND_NONE || s->disc.final ? 200 : 25))
		step->kind = STEP_INSERT;
	else if (r >= 990)
		step->kind = STEP_ATTENTION;
	else if (r >= 987)
		step->kind = STEP_UNPLUG;
	else
		return false;
	if (step->kind == STEP_INSERT)
		step->call = (int)rnd(discs_count + 1) - 1;
	return step_applies(s, step);
}

/* A job waits some seconds for the holder of the disc, so limit the number of these. */
static bool waits_long(const struct state *s, const struct step *step)
{
	return s->outsider == OUT_HOLDS && s->hold == HOLD_IDLE && step->writer &&
	       calls[step->call].words & (words(COL_CALL, "long") | words(COL_CALL, "begin")) &&
	       !(calls[step->call].words & words(COL_CALL, "bad"));
}

static void choose_call(const struct state *s, struct step *step)
{
	if (rnd(100) < 35 && choose_rare(s, step))
		return;
	while (!choose_weighted(s, step))
		;
}

static void choose(const struct state *s, struct step *step)
{
	if (choose_late(s, step) || choose_event(s, step))
		return;
	do {
		choose_call(s, step);
	} while (waits_long(s, step) && rnd(100) < 97);
}

/* --- walks --- */

static struct step steps[STEPS_MAX];
static unsigned long steps_taken;
static int differences;

static void print_steps(const struct step *list, int n)
{
	char text[128];
	int i;

	for (i = 0; i < n; i++) {
		step_print(&list[i], text, sizeof(text));
		printf("# replay: %s\n", text);
	}
}

/* The same call with the same difference is not reported again. */
static bool is_known(int n, const char *why)
{
	static char known[64][WHY_BYTES];
	static int known_count;
	char text[WHY_BYTES + 80];
	int i;

	snprintf(text, sizeof(text), "%d %s", steps[n - 1].call, why);
	text[WHY_BYTES - 1] = '\0';
	for (i = 0; i < known_count; i++)
		if (!strcmp(known[i], text))
			return true;
	if (known_count < 64)
		strcpy(known[known_count++], text);
	return false;
}

static void report(int n, char *why)
{
	static struct step shorter[STEPS_MAX];
	char first[WHY_BYTES], text[128];
	int left;

	if (is_known(n, why))
		return;
	step_print(&steps[n - 1], text, sizeof(text));
	printf("# after %d steps: %s: %s\n", n, text, why);
	fflush(stdout);
	differences++;
	memcpy(first, why, sizeof(first));
	memcpy(shorter, steps, n * sizeof(*steps));
	left = shrink(shorter, n, why, shrink_seconds * 1000L);
	if (left)
		step_print(&shorter[left - 1], text, sizeof(text));
	else
		printf("# it does not differ again\n");
	result(false, "%s: %s", text, left ? why : first);
	print_steps(left ? shorter : steps, left ?: n);
	fflush(stdout);
}

static void walk(struct state *s)
{
	char why[WHY_BYTES] = "";
	int n;

	if (!begin_again(s, why)) {
		result(false, "%s", why);
		exit(1);
	}
	for (n = 0; n < WALK_STEPS; n++) {
		choose(s, &steps[n]);
		if (steps[n].kind == STEP_CALL || steps[n].kind == STEP_START)
			find_count(s)->calls[steps[n].call]++;
		steps_taken++;
		if (!step_take(s, &steps[n], why)) {
			report(n + 1, why);
			begin_anew(s);
			return;
		}
	}
}

static void read_steps(void)
{
	FILE *f = fopen(replay_path, "r");
	struct state s;
	struct step step;
	char line[128], why[WHY_BYTES];
	bool good = true;

	begin_anew(&s);
	while (f && good && fgets(line, sizeof(line), f)) {
		char *text = !strncmp(line, "# replay: ", 10) ? line + 10 : line;

		text[strcspn(text, "\n")] = '\0';
		if (!step_parse(&step, text)) {
			result(false, "no step: %s", text);
			return;
		}
		if (!step_applies(&s, &step))
			continue;
		good = step_take(&s, &step, why);
		printf("# %s%s%s\n", text, good ? "" : ": ", good ? "" : why);
	}
	result(f && good, "the steps of %s", replay_path);
}

static void walk_on(void)
{
	long began = clock_ms();
	struct state s;

	begin_anew(&s);
	while (differences < (int)most && (!steps_max || steps_taken < steps_max) &&
	       (!seconds || clock_ms() - began < seconds * 1000L))
		walk(&s);
	result(!differences, "%lu calls in %ld s", steps_taken, (clock_ms() - began) / 1000);
}

/* --- statistics --- */

static void print_rows(void)
{
	int i, never = 0;

	for (i = 0; table_row(i); i++)
		never += !table_row(i)->hits;
	printf("# %d rows of the document, %d of them never:", i, never);
	for (i = 0; table_row(i); i++)
		if (!table_row(i)->hits)
			printf(" %d", table_row(i)->line);
	printf("\n");
}

static void check_least(void)
{
	unsigned int pairs = 0, made = 0, fewest = UINT32_MAX, call;
	int i;

	for (i = 0; i < counts_count; i++)
		for (call = 0; call < calls_count; call++) {
			if (!counts[i].possible[call])
				continue;
			pairs++;
			made += counts[i].calls[call] >= least;
			if (counts[i].calls[call] < fewest)
				fewest = counts[i].calls[call];
			if (counts[i].calls[call] < least)
				printf("# %u times: %s in \"%s\", outsider %d\n",
				       counts[i].calls[call], calls[call].name,
				       words_text(COL_STATE, counts[i].state), counts[i].outsider);
		}
	printf("# %d states and outsiders, %u with each call; the rarest %u times\n", counts_count,
	       pairs, fewest);
	if (least)
		result(made == pairs, "%u of %u at least %u times", made, pairs, least);
}

static void parse(const char *arg)
{
	static const struct {
		const char *name;
		unsigned int *value;
	} numbers[] = {
		{ "seed=", &seed }, { "seconds=", &seconds }, { "steps=", &steps_max },
		{ "least=", &least }, { "most=", &most }, { "shrink=", &shrink_seconds },
	};
	static const struct {
		const char *name;
		const char **value;
	} paths[] = {
		{ "table=", &table_path }, { "left-out=", &left_out_path },
		{ "replay=", &replay_path },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(numbers); i++)
		if (!strncmp(arg, numbers[i].name, strlen(numbers[i].name)))
			*numbers[i].value = strtoul(strchr(arg, '=') + 1, NULL, 10);
	for (i = 0; i < ARRAY_SIZE(paths); i++)
		if (!strncmp(arg, paths[i].name, strlen(paths[i].name)))
			*paths[i].value = strchr(arg, '=') + 1;
}

static void make_audio(void)
{
	uint32_t x = 2463534242u, *p;
	size_t i;

	audio = mmap(NULL, AUDIO_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (audio == MAP_FAILED) {
		printf("Bail out! memory\n");
		exit(1);
	}
	for (p = (uint32_t *)audio, i = 0; i < AUDIO_BYTES / 4; i++) {
		x ^= x << 13;
		x ^= x >> 17;
		x ^= x << 5;
		p[i] = x;
	}
}

int main(int argc, char **argv)
{
	int i, rows, out = 0;

	seed = time(NULL) % 1000000;
	for (i = 1; i < argc; i++)
		parse(argv[i]);
	if (!table_path) {
		fprintf(stderr, "usage: model table=FILE [NAME=VALUE]...\n");
		return 1;
	}
	printf("TAP version 13\n# seed %u\n", seed);
	random_state = seed * 2654435761u | 1;
	srand(seed);
	calls_init();
	rows = table_read(table_path);
	if (left_out_path)
		out = table_read_left_out(left_out_path);
	printf("# %d rows, %d left out\n", rows, out);
	make_audio();
	world_make();
	actors_start();
	if (replay_path)
		read_steps();
	else
		walk_on();
	print_rows();
	check_least();
	actors_end();
	printf("1..%d\n", count);
	return failures > 0;
}
