/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The watchman: follows tao and the simulated recorders during a test, and reports where the
 * module has broken a promise. Documentation/testing.rst explains the rules for users who see a
 * breach.
 *
 *	watchman.c	loading and unloading of modules, the verdict
 *	trace.c		events, in the order in which they happened
 *	tell.c		events as text; breaches
 *	drives.c	state of each drive; dispatch of events to the rules
 *	commands.c	claim, cause, query, once, track
 *	jobs.c		jobs, bound, state, awake
 *	audio.c		write, length, and references to audio
 *	recorder.c	senders of commands, and the door, as the simulated recorder sees them
 *	rest.c		idle, asleep, reboot, seen, lost
 */
#ifndef WATCH_H
#define WATCH_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* --- events ----------------------------------------------------------------------------------- */

enum event_type {
	TAO_DRIVE, TAO_CLAIM, TAO_JOB_QUEUE, TAO_JOB_BEGIN, TAO_JOB_END, TAO_JOB_DROP,
	TAO_JOB_JOIN, TAO_CHUNK, TAO_COMMAND_ISSUE, TAO_COMMAND_DONE, TAO_WRITE_ISSUE,
	TAO_WRITE_DONE, TAO_STATE, TAO_TRACK_BEGIN, TAO_TRACK_END, SIM_ARRIVAL, SIM_ANSWER,
	SIM_DRIVE, AWAKE, ASLEEP, EVENT_TYPES
};

/* Fields that are numbers */
enum field {
	F_MINOR, F_HOST, F_HELD, F_JOB, F_DROP, F_RET, F_BYTES, F_LBA, F_SECTORS, F_KEY, F_ASC,
	F_ASCQ, F_STATE, F_ACTION, F_TAG, F_LEN, F_LOCKED, F_FAULTY, F_WHAT, F_PID, F_OPCODE,
	F_TRACK, F_ASKED, F_WANTED, FIELDS
};

struct event {
	uint64_t tsc;
	enum event_type type;
	int64_t f[FIELDS];
	uint8_t cdb[12];
	char comm[17];
	char kind[17];		/* of a job; or the name of a wakeup source */
};

#define CPUS_MAX	64

extern int trace_cpus, trace_fds[CPUS_MAX];

void trace_open(void);
/* The events of a system, "tao", exist with its module: their numbers are new each time. */
void trace_enable(const char *system);
void trace_forget(const char *system);
/* Reads everything that has happened so far, in order */
void trace_read(void (*fn)(const struct event *e));
unsigned long trace_lost(void);
const char *event_name(enum event_type type);
bool event_of(enum event_type type, const char *system);
/* The kernel's name of an enum value */
const char *symbol(enum event_type type, const char *field, int64_t value);
/* The time of an event, on the clock of the kernel log */
double seconds(uint64_t tsc);

__attribute__((noreturn)) void die(const char *what);
void write_file(const char *path, const char *text);
bool read_file(const char *path, char *text, size_t size);

/* --- drives ----------------------------------------------------------------------------------- */

#define HISTORY		64
#define JOBS_MAX	256
#define CALLS_MAX	8
#define TAGS_MAX	64

enum {
	TEST_UNIT_READY = 0x00, START_STOP_UNIT = 0x1b, PREVENT_ALLOW = 0x1e, WRITE_10 = 0x2a,
	SYNCHRONIZE_CACHE = 0x35, READ_TOC = 0x43, GET_CONFIGURATION = 0x46, READ_DISC_INFO = 0x51,
	READ_TRACK_INFO = 0x52, MODE_SELECT_10 = 0x55, MODE_SENSE_10 = 0x5a, CLOSE_TRACK = 0x5b,
	BLANK = 0xa1, GET_PERFORMANCE = 0xac,
};

enum sender {
	NOBODY, TAO, KERNEL, UDEV, PROGRAM,
	SENDERS
};

struct job {
	int64_t id;		/* 0: none */
	char kind[17];
	uint64_t since;
	bool passed;		/* another job began before it */
};

/* A command that tao has sent, until its answer arrives */
struct call {
	bool used, arrived;
	uint8_t cdb[12];
	int64_t len;
};

/* A command that is in the recorder */
struct pending {
	bool used;
	enum sender sender;
	uint8_t cdb[12];
	int64_t len;
};

struct drive {
	struct drive *next;
	int64_t host, minor;
	bool has_node, gone;

	bool claim, awake;
	bool prepared;		/* by a PREPARE that succeeded */
	char state[20];
	struct job job;		/* current job of the worker */
	struct job jobs[JOBS_MAX];
	int jobs_count;
	struct call calls[CALLS_MAX];
	struct call sent[CALLS_MAX];	/* in this job and not refused: must not be sent twice */
	int sent_count;
	long chunks;
	int powered_before;	/* references that keep it powered, before tao used it */

	/* the current track */
	bool track, write_out, write_failed, synced;
	int64_t first_lba, next_lba, accepted, write_lba, write_sectors;

	/* the recorder */
	bool is_sim, on, locked, lock_refused, unlock_refused;
	bool sr_locked;		/* as sr has it, which does not hear of a new disc */
	bool asked;		/* by this claim, to lock the door */
	bool left_locked;	/* sr had it locked before that */
	bool door_lies;		/* said GOOD, and did nothing */
	enum sender locked_by;
	struct pending pending[TAGS_MAX];
	int64_t sim_next_lba;

	struct event history[HISTORY];
	unsigned long events, breaches, commands[SENDERS];
};

typedef void (*event_fn)(struct drive *d, const struct event *e);

extern struct drive *drives;
extern unsigned long events_seen, tao_events, jobs_seen;

void watch_event(const struct event *e);
/* tao is unloaded, and must have given everything back. */
void forget_tao(void);
/* Nothing is in progress, and nothing is held. */
bool idle(const struct drive *d);
/* Whether the worker executes a job of one of these kinds */
bool job_is(const struct drive *d, const char *kinds);
const char *job_name(const struct drive *d);

/* --- rules ------------------------------------------------------------------------------------ */

extern unsigned long breaches;
extern FILE *report;

void tell_open(const char *path, const char *rules_left_out);
/* Reports a broken promise, by drive @d or by none (NULL). */
__attribute__((format(printf, 3, 4)))
void breach(struct drive *d, const char *rule, const char *fmt, ...);
bool in_words(const char *words, const char *word);
const char *opcode_name(uint8_t opcode);
int64_t cdb_lba(const uint8_t *cdb);
int64_t cdb_sectors(const uint8_t *cdb);

void on_command_issue(struct drive *d, const struct event *e);
void on_command_done(struct drive *d, const struct event *e);
void on_job_queue(struct drive *d, const struct event *e);
void on_job_begin(struct drive *d, const struct event *e);
void on_job_end(struct drive *d, const struct event *e);
void on_job_drop(struct drive *d, const struct event *e);
void on_job_join(struct drive *d, const struct event *e);
void on_claim(struct drive *d, const struct event *e);
void on_state(struct drive *d, const struct event *e);
void on_awake(struct drive *d, const struct event *e);
void on_asleep(struct drive *d, const struct event *e);
void on_track_begin(struct drive *d, const struct event *e);
void on_track_end(struct drive *d, const struct event *e);
void on_write_issue(struct drive *d, const struct event *e);
void on_write_done(struct drive *d, const struct event *e);
void on_chunk(struct drive *d, const struct event *e);
void on_arrival(struct drive *d, const struct event *e);
void on_answer(struct drive *d, const struct event *e);
void on_sim_drive(struct drive *d, const struct event *e);
void check_length(struct drive *d);
void check_door(struct drive *d);

int power_references(const struct drive *d);
/* Whether the module has come to rest; if not, check_rest() reports what is left. */
bool at_rest(void);
void check_rest(void);
void check_seen(bool recorded);
void check_reboot(void);

#endif
