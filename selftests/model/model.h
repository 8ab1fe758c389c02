/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A model of the interface: the documented result of each call, compared with the module.
 *
 *	table.c		the tables of Documentation/userspace-api/states.rst
 *	disc.c		the disc in the model, and in the image of the recorder
 *	state.c		the state after a call
 *	calls.c		the calls of a program
 *	actor.c		the programs that make the calls
 *	world.c		the recorder and its other users
 *	check.c		compares the module with the model
 *	late.c		calls that are interrupted, or met by others while they last
 *	walk.c		steps, executed by the module and the model
 *	shrink.c	shortens the steps
 *	model.c		selection of the steps, and the report
 */
#ifndef MODEL_H
#define MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "../clock.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

#define SECTOR_BYTES	2352
#define TRACK_MIN	300
#define TRACKS_MAX	99
#define AUDIO_MAX	600000		/* bytes per track */
#define TRACKS_ROOM	100

/* --- table.c: words, and rows made of them --------------------------------------------------- */

enum col { COL_CALL, COL_BY, COL_STATE, COL_DISC, COL_OUTSIDER, COL_RESULT, COL_STATE_THEN,
	      COL_DISC_THEN, COLUMNS };

typedef uint64_t words_t;		/* a bit for each word of a column */

/* The words in @text, including new ones. */
words_t words(enum col column, const char *text);
const char *words_text(enum col column, words_t set);

struct row {
	int line;			/* in the document */
	int error;			/* errno, or 0 */
	words_t state_then;
	char disc_then[16];
	unsigned long hits;
};

int table_read(const char *path);	/* returns the number of rows; exits on errors */
/* The first row that matches the words of the first five columns, or NULL. */
struct row *table_find(const words_t *sets);
struct row *table_row(int number);
int table_read_left_out(const char *path);
bool table_leaves_out(const words_t *sets);

/* --- disc.c ---------------------------------------------------------------------------------- */

enum kind { KIND_NONE, KIND_CDR, KIND_CDRW, KIND_CDROM };

struct track {
	int start;
	unsigned int length;
	bool open;
};

struct session {
	int first;
	int leadout;
	bool closed, damaged;
};

struct disc {
	enum kind kind;
	int last_leadout;
	bool final;
	int tracks_count, sessions_count;
	struct track tracks[TRACKS_ROOM];
	struct session sessions[TRACKS_ROOM];
	bool flawed;			/* known to the module, but not to the recorder */
};

/* The last track; element 0 if there is none. */
static inline const struct track *disc_last_track(const struct disc *disc)
{
	return &disc->tracks[disc->tracks_count ? disc->tracks_count - 1 : 0];
}

static inline const struct session *disc_last_session(const struct disc *disc)
{
	return &disc->sessions[disc->sessions_count ? disc->sessions_count - 1 : 0];
}

int disc_parse(struct disc *disc, char *text);
void disc_describe(const struct disc *disc, char *text, size_t size);
words_t disc_words(const struct disc *disc);
bool disc_session_open(const struct disc *disc);
int disc_room(const struct disc *disc);		/* sectors of the next track */
void disc_add_track(struct disc *disc, unsigned int length);
bool disc_differs(const struct disc *expected, const struct disc *found, char *why, size_t size);

/* --- calls.c --------------------------------------------------------------------------------- */

struct answer {
	int error;			/* errno, or 0 */
	unsigned int value;		/* what a query returned, or a count of bytes */
	unsigned int flags;
	unsigned int tracks;
	unsigned int sectors;
	bool untold;			/* the caller has not got it yet */
};

struct fds {
	int reader, writer;
};

struct call {
	const char *name;
	void (*fn)(struct fds *fds, int fd, unsigned int arg, struct answer *answer);
	enum who { WHO_WRITER, WHO_ANY, WHO_NOBODY } who;	/* required descriptor */
	unsigned int weight;		/* probability in a random selection */
	words_t words;
};

extern struct call calls[];
extern const unsigned int calls_count;
extern char *audio;			/* the audio; each track starts at its salt */
extern char tao_path[64];
int call_find(const char *name);
void calls_init(void);

/* The audio of a write: its start in sectors of the pattern, and its size. */
#define AUDIO_ARG(at, size_index)	((at) << 4 | (size_index))
extern const unsigned int audio_sizes[];
#define AUDIO_SIZES	8

/* --- actor.c --------------------------------------------------------------------------------- */

enum person { ACTOR_ROOT, ACTOR_ALICE, ACTOR_BOB, ACTOR_NAMESPACE, ACTOR_STRANGER, ACTORS };

extern const char *const actor_names[ACTORS];
int actor_user(enum person actor);
void actors_start(void);
void actors_end(void);
struct answer actor_call(enum person actor, int call, bool writer, unsigned int arg);
/* Starts a call on the writer's descriptor without waiting, one at a time. */
void actor_start_call(enum person actor, int call, unsigned int arg);
bool actor_has_answer(enum person actor);
struct answer actor_answer(enum person actor);
void actor_interrupt(enum person actor);
void actor_end(enum person actor, bool kill_it);		/* and starts another one */

/* --- state.c --------------------------------------------------------------------------------- */

enum hold { HOLD_IDLE, HOLD_PREPARED, HOLD_TRACK, HOLD_GONE };
enum outsider { OUT_NOBODY, OUT_LOOKS, OUT_HOLDS };

struct state {
	enum hold hold;
	bool own, test, audio, failed, cut, broken;
	int writer;			/* actor, or -1 */
	enum outsider outsider;
	struct disc disc;
	/*
	 * busy: a job of the writer is unfinished, and the drive holds a command of it. done: it
	 * is finished, and its caller, which was interrupted, has not asked for its result.
	 * waiting: the caller still waits.
	 */
	bool busy, done, waiting;
	struct pending {
		int call;
		unsigned int arg;
		struct row *row;
	} job;
	/* of the current track */
	unsigned int salt, accepted;
	/* sectors of it that the drive has received in full WRITEs */
	unsigned int sent_least, sent_most;
	/* documented counters and settings */
	unsigned int tracks, tracks_failed, sessions;
	unsigned int speed_kbps, underrun_free;
	/* minimum number of bytes in the last finished track, for a comparison with the image */
	unsigned int ended_bytes;
};

#define WRITE_SECTORS	32
#define STEPS_MAX	4096

words_t state_words(const struct state *s);
words_t by_words(const struct state *s, enum person actor, bool writer);
words_t outsider_words(const struct state *s);
void state_begin(struct state *s);
void state_sets(const struct state *s, int call, enum person actor, bool writer, words_t *sets);
/* Enters the state according to @row. @found is the current disc. */
void state_step(struct state *s, const struct row *row, int call, enum person actor, bool writer,
		unsigned int arg, const struct disc *found);
void state_note(struct state *s, int call, unsigned int arg, const struct answer *a);

/* --- world.c --------------------------------------------------------------------------------- */

extern const unsigned int discs_count;
const char *disc_name(unsigned int i);

void world_make(void);
void world_plug(bool on);
void world_image(struct disc *disc);
void world_insert(const char *disc);
bool world_audio_is(int start, unsigned int salt, unsigned int bytes);
int world_button(void);
int world_outsider(enum outsider outsider);
void world_attention(void);
void world_spoil_write(void);
void world_clear_faults(void);
void world_hold(unsigned int nth);
bool world_is_holding(void);
bool world_locked(void);

/* --- walk.c ---------------------------------------------------------------------------------- */

enum step_kind { STEP_CALL, STEP_INSERT, STEP_ATTENTION, STEP_UNPLUG, STEP_PLUG, STEP_LEAVE,
		 STEP_START, STEP_INTERRUPT, STEP_AGAIN, STEP_GO };

struct step {
	enum step_kind kind;
	int call;			/* or the disc to insert */
	enum person actor;
	bool writer;			/* uses the descriptor that is open for writing */
	unsigned int arg;
};

bool step_applies(const struct state *s, const struct step *step);
/* Executes a step on both sides. @why: the difference. */
bool step_take(struct state *s, const struct step *step, char *why);
void step_print(const struct step *step, char *text, size_t size);
bool step_parse(struct step *step, const char *text);
/* Returns to the initial state of all walks: idle, a blank disc, no other users. */
bool begin_again(struct state *s, char *why);
void begin_anew(struct state *s);

/* The part of take_call() after the call itself. */
bool step_result(struct state *s, const struct step *step, struct row *row, unsigned int arg,
		 const struct answer *a, bool wait, char *why);
unsigned int step_arg(const struct state *s, const struct step *step);
bool step_fits(const struct state *s, const struct step *step);

/* --- late.c ---------------------------------------------------------------------------------- */

bool late_applies(const struct state *s, const struct step *step);
bool late_take(struct state *s, const struct step *step, char *why);
void late_end(struct state *s);

/* --- shrink.c -------------------------------------------------------------------------------- */

int shrink(struct step *steps, int count, char *why, long limit_ms);

/* --- check.c --------------------------------------------------------------------------------- */

#define WHY_BYTES	512

/* Each checks whether the module agrees with the model; @why: the difference. */
void check_begin(struct state *s);
bool check_state(const struct state *s, bool wait, char *why);
bool check_answer(const struct state *s, int call, bool writer, const struct answer *a, char *why);
bool check_disc(struct state *s, const struct disc *found, char *why);
bool check_door(const struct state *s, char *why);
bool check_counts(const struct state *s, char *why);
bool check_sysfs(const struct state *s, char *why);
bool check_wait_idle(void);

#endif
