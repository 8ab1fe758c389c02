/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The model of the interface: what the documents say of each call, beside the module.
 *
 *	table.c		the tables of Documentation/userspace-api/states.rst
 *	disc.c		what is on a disc, as the model has it and as the recorder's image shows it
 *	state.c		the state that calls lead to
 *	calls.c		the calls, as one program does them
 *	actor.c		the programs that do them
 *	world.c		the recorder, and what else is at it
 *	check.c		the module compared with the model
 *	late.c		calls that are interrupted, or met by others while they last
 *	walk.c		steps, taken by the module and the model
 *	shrink.c	the fewest steps that differ
 *	model.c		which steps are taken, and what is said of them
 */
#ifndef MODEL_H
#define MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

#define SECTOR_BYTES	2352
#define TRACK_MIN	300
#define TRACKS_MAX	99
#define AUDIO_MAX	600000		/* of a track, bytes */
#define TRACKS_ROOM	100

/* --- table.c: words, and rows made of them --------------------------------------------------- */

enum col { COL_CALL, COL_BY, COL_STATE, COL_DISC, COL_OUTSIDER, COL_RESULT, COL_STATE_THEN,
	      COL_DISC_THEN, COLUMNS };

typedef uint64_t words_t;		/* a bit for each word of a column */

/* The words in @text, those that are new included. */
words_t words(enum col column, const char *text);
const char *words_text(enum col column, words_t set);

struct row {
	int line;			/* in the document */
	int error;			/* errno, or 0 */
	words_t state_then;
	char disc_then[16];
	unsigned long hits;
};

int table_read(const char *path);	/* the number of rows; exits if there is something wrong */
/* The first row that fits the words of the first five columns, or NULL. */
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
	bool flawed;			/* the module's knowledge, not the recorder's */
};

/* The last one of each; the first one's room if there is none. */
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
	bool untold;			/* nobody has asked for it */
};

struct fds {
	int reader, writer;
};

struct call {
	const char *name;
	void (*fn)(struct fds *fds, int fd, unsigned int arg, struct answer *answer);
	enum who { WHO_WRITER, WHO_ANY, WHO_NOBODY } who;	/* whose descriptor it takes */
	unsigned int weight;		/* how often, among those that chance picks */
	words_t words;
};

extern struct call calls[];
extern const unsigned int calls_count;
extern char *audio;			/* what is burned, from the track's salt on */
extern char tao_path[64];
int call_find(const char *name);
void calls_init(void);

/* The audio of a write: where it begins, in sectors of the pattern, and how much. */
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
/* A call of the writer's descriptor that is not waited for, one at a time. */
void actor_start_call(enum person actor, int call, unsigned int arg);
bool actor_has_answer(enum person actor);
struct answer actor_answer(enum person actor);
void actor_interrupt(enum person actor);
void actor_end(enum person actor, bool kill_it);		/* and another in its place */

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
	 * A job of the writer is unfinished and a command of it at the drive, which holds it; or
	 * it is finished and its caller, which was interrupted, has not asked for its result.
	 */
	bool busy, done, waiting;
	struct pending {
		int call;
		unsigned int arg;
		struct row *row;
	} job;
	/* of the track in hand */
	unsigned int salt, accepted;
	/* sectors of it that the drive has got in full WRITEs */
	unsigned int sent_least, sent_most;
	/* what the documents say is counted and kept */
	unsigned int tracks, tracks_failed, sessions;
	unsigned int speed_kbps, underrun_free;
	/* of the track that ended last: bytes that it must have, for who reads the image */
	unsigned int ended_bytes;
};

#define WRITE_SECTORS	32
#define STEPS_MAX	4096

words_t state_words(const struct state *s);
words_t by_words(const struct state *s, enum person actor, bool writer);
words_t outsider_words(const struct state *s);
void state_begin(struct state *s);
void state_sets(const struct state *s, int call, enum person actor, bool writer, words_t *sets);
/* To where @row leads. @found is what is on the disc now. */
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
	bool writer;			/* by the descriptor that is open for writing */
	unsigned int arg;
};

bool step_applies(const struct state *s, const struct step *step);
/* Takes a step on both sides. @why: how they differ. */
bool step_take(struct state *s, const struct step *step, char *why);
void step_print(const struct step *step, char *text, size_t size);
bool step_parse(struct step *step, const char *text);
/* Back to where every walk begins: idle, a blank disc, nobody else. */
bool begin_again(struct state *s, char *why);
void begin_anew(struct state *s);

/* What take_call() does after the call itself. */
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

/* Each says whether the module is where the model is, and if not, why. */
void check_begin(struct state *s);
bool check_state(const struct state *s, bool wait, char *why);
bool check_answer(const struct state *s, int call, bool writer, const struct answer *a, char *why);
bool check_disc(struct state *s, const struct disc *found, char *why);
bool check_door(const struct state *s, char *why);
bool check_counts(const struct state *s, char *why);
bool check_sysfs(const struct state *s, char *why);
bool check_wait_idle(void);
long now_ms(void);

#endif
