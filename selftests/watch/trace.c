// SPDX-License-Identifier: GPL-2.0-only
/*
 * The events of tao and cdr-sim, in the order in which they happened, from a separate instance of
 * tracefs: the tests use the main one.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <x86intrin.h>

#include <traceevent/event-parse.h>
#include <traceevent/kbuffer.h>

#include "watch.h"

#define INSTANCE	"/sys/kernel/tracing/instances/watchman"
/* Per processor. Read when a quarter of it is full. */
#define BUFFER_KB	"8192"
#define PAGE_BYTES	4096

static const char *const event_names[EVENT_TYPES] = {
	"tao/tao_drive", "tao/tao_claim", "tao/tao_job_queue", "tao/tao_job_begin",
	"tao/tao_job_end", "tao/tao_job_drop", "tao/tao_job_join", "tao/tao_chunk",
	"tao/tao_command_issue", "tao/tao_command_done", "tao/tao_write_issue",
	"tao/tao_write_done", "tao/tao_state", "tao/tao_track_begin", "tao/tao_track_end",
	"cdr_sim/cdr_sim_arrival", "cdr_sim/cdr_sim_command", "cdr_sim/cdr_sim_drive",
	"power/wakeup_source_activate", "power/wakeup_source_deactivate",
};

static const char *const field_names[FIELDS] = {
	"minor", "host", "held", "job", "drop", "ret", "bytes", "lba", "sectors", "key", "asc",
	"ascq", "state", "action", "tag", "len", "locked", "faulty", "what", "common_pid",
	"opcode", "track", "asked", "wanted",
};

/* The position of a field in an event; size 0: missing */
struct place {
	int offset, size;
	bool sign, dynamic;
};

/* An event format of the running kernel */
struct format {
	int id;			/* id of the event, 0: missing */
	struct place fields[FIELDS], cdb, comm, kind;
	char text[8192];	/* the format file, for the names of enums */
};

struct events {
	struct event *list;
	size_t count, room;
};

static struct format formats[EVENT_TYPES];
static struct tep_handle *tep;
static struct kbuffer *kbuf;
int trace_cpus, trace_fds[CPUS_MAX];
static struct events unread[CPUS_MAX];	/* read from the buffer, but not processed yet */
static unsigned long events_lost;

void die(const char *what)
{
	fprintf(stderr, "watchman: %s: %s\n", what, strerror(errno));
	exit(3);
}

void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_TRUNC);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		die(path);
	close(fd);
}

bool read_file(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY);
	size_t n = 0;
	ssize_t got;

	if (fd < 0)
		return false;
	while (n < size - 1 && (got = read(fd, text + n, size - 1 - n)) > 0)
		n += got;
	text[n] = 0;
	close(fd);
	return true;
}

static struct tep_handle *new_tep(void)
{
	struct tep_handle *new = tep_alloc();

	if (!new)
		die("tep_alloc");
	tep_set_long_size(new, sizeof(long));
	tep_set_page_size(new, PAGE_BYTES);
	return new;
}

void trace_open(void)
{
	char path[200];

	if (mkdir(INSTANCE, 0700) && errno != EEXIST)
		die(INSTANCE);
	/* The same on all processors, and always monotonic. */
	write_file(INSTANCE "/trace_clock", "x86-tsc");
	write_file(INSTANCE "/buffer_size_kb", BUFFER_KB);
	write_file(INSTANCE "/buffer_percent", "25");
	write_file(INSTANCE "/options/overwrite", "0");
	/* Remains of another watchman */
	write_file(INSTANCE "/trace", "");
	trace_cpus = sysconf(_SC_NPROCESSORS_CONF);
	if (trace_cpus > CPUS_MAX)
		die("processors");
	for (int i = 0; i < trace_cpus; i++) {
		snprintf(path, sizeof(path), INSTANCE "/per_cpu/cpu%d/trace_pipe_raw", i);
		trace_fds[i] = open(path, O_RDONLY | O_NONBLOCK);
		if (trace_fds[i] < 0)
			die(path);
	}
	tep = new_tep();
	trace_enable("power");
	kbuf = kbuffer_alloc(KBUFFER_LSIZE_8, KBUFFER_ENDIAN_LITTLE);
	if (!kbuf)
		die("kbuffer_alloc");
}

const char *event_name(enum event_type type)
{
	return event_names[type];
}

bool event_of(enum event_type type, const char *system)
{
	size_t n = strlen(system);

	return !strncmp(event_names[type], system, n) && event_names[type][n] == '/';
}

static struct place place_of(struct tep_event *event, const char *name)
{
	struct tep_format_field *field = tep_find_field(event, name);

	if (!field)
		field = tep_find_common_field(event, name);
	return !field ? (struct place){ 0 } :
		(struct place){ field->offset, field->size, field->flags & TEP_FIELD_IS_SIGNED,
				field->flags & TEP_FIELD_IS_DYNAMIC };
}

static void read_format(struct format *f, const char *path, const char *system)
{
	struct tep_handle *new = new_tep();
	struct tep_event *event;

	if (!read_file(path, f->text, sizeof(f->text)) ||
	    tep_parse_format(new, &event, f->text, strlen(f->text), system))
		die(path);
	f->id = event->id;
	for (int i = 0; i < FIELDS; i++)
		f->fields[i] = place_of(event, field_names[i]);
	f->cdb = place_of(event, "cdb");
	f->comm = place_of(event, "comm");
	f->kind = place_of(event, strcmp(system, "power") ? "kind" : "name");
	tep_free(new);
}

void trace_enable(const char *system)
{
	char path[200];

	for (enum event_type type = 0; type < EVENT_TYPES; type++) {
		if (!event_of(type, system))
			continue;
		snprintf(path, sizeof(path), INSTANCE "/events/%s/format", event_names[type]);
		read_format(&formats[type], path, system);
		snprintf(path, sizeof(path), INSTANCE "/events/%s/enable", event_names[type]);
		write_file(path, "1");
	}
}

void trace_forget(const char *system)
{
	for (enum event_type type = 0; type < EVENT_TYPES; type++)
		if (event_of(type, system))
			formats[type].id = 0;
}

/* The kernel's name of a value, from "__print_symbolic(REC->kind, { 0, "refresh" }, ...". */
const char *symbol(enum event_type type, const char *field, int64_t value)
{
	static char found[40];
	char key[60];
	const char *at;

	snprintf(key, sizeof(key), "__print_symbolic(REC->%s,", field);
	at = strstr(formats[type].text, key);
	snprintf(key, sizeof(key), "{ %lld, \"", (long long)value);
	at = at ? strstr(at, key) : NULL;
	if (!at || sscanf(at + strlen(key), "%39[^\"]", found) != 1)
		snprintf(found, sizeof(found), "%lld", (long long)value);
	return found;
}

static int64_t number(const char *data, struct place place)
{
	unsigned long long value = 0;

	if (place.size)
		value = tep_read_number(tep, data + place.offset, place.size);
	return place.sign && place.size == 4 ? (int32_t)value : (int64_t)value;
}

static void copy(void *to, const char *data, struct place place, int max)
{
	memcpy(to, data + place.offset, place.size < max ? place.size : max);
}

/*
 * A string of variable length is elsewhere in the event: "__data_loc" has its position and
 * length.
 */
static struct place found_at(const char *data, struct place place)
{
	uint32_t at;

	if (!place.dynamic)
		return place;
	memcpy(&at, data + place.offset, sizeof(at));
	return (struct place){ .offset = at & 0xffff, .size = at >> 16 };
}

/* Whether it is a known event. */
static bool decode(struct event *e, const char *data, uint64_t tsc)
{
	int id = *(const uint16_t *)data;

	for (enum event_type type = 0; type < EVENT_TYPES; type++) {
		const struct format *f = &formats[type];

		if (f->id != id)
			continue;
		memset(e, 0, sizeof(*e));
		e->tsc = tsc;
		e->type = type;
		for (int i = 0; i < FIELDS; i++)
			e->f[i] = number(data, f->fields[i]);
		copy(e->cdb, data, f->cdb, sizeof(e->cdb));
		copy(e->comm, data, f->comm, sizeof(e->comm) - 1);
		copy(e->kind, data, found_at(data, f->kind), sizeof(e->kind) - 1);
		return true;
	}
	return false;
}

static struct event *events_add(struct events *events)
{
	if (events->count == events->room) {
		events->room = events->room ? 2 * events->room : 1024;
		events->list = realloc(events->list, events->room * sizeof(*events->list));
		if (!events->list)
			die("memory");
	}
	return &events->list[events->count];
}

static void read_page(int cpu, void *page)
{
	unsigned long long tsc;
	void *data;

	if (kbuffer_load_subbuffer(kbuf, page))
		die("a page of the trace");
	if (kbuffer_missed_events(kbuf))
		events_lost++;
	for (data = kbuffer_read_event(kbuf, &tsc); data; data = kbuffer_next_event(kbuf, &tsc))
		if (decode(events_add(&unread[cpu]), data, tsc))
			unread[cpu].count++;
}

/*
 * Reads everything that has happened so far, in order. Events that other processors add meanwhile
 * are left for the next time: an earlier event may be in a buffer that was already read.
 */
void trace_read(void (*fn)(const struct event *e))
{
	static char page[PAGE_BYTES] __attribute__((aligned(8)));
	size_t at[CPUS_MAX] = { 0 };
	uint64_t now = __rdtsc();

	for (int i = 0; i < trace_cpus; i++)
		while (read(trace_fds[i], page, sizeof(page)) > 0)
			read_page(i, page);
	for (;;) {
		struct event *first = NULL;
		int cpu = 0;

		for (int i = 0; i < trace_cpus; i++) {
			struct event *e = at[i] < unread[i].count ? &unread[i].list[at[i]] : NULL;

			if (e && e->tsc < now && (!first || e->tsc < first->tsc)) {
				first = e;
				cpu = i;
			}
		}
		if (!first)
			break;
		at[cpu]++;
		fn(first);
	}
	for (int i = 0; i < trace_cpus; i++) {
		unread[i].count -= at[i];
		memmove(unread[i].list, unread[i].list + at[i],
			unread[i].count * sizeof(*unread[i].list));
	}
}

/* With overwrite off the kernel counts the events that it could not store. */
unsigned long trace_lost(void)
{
	unsigned long lost = events_lost, n;
	char path[200], text[2000];

	for (int i = 0; i < trace_cpus; i++) {
		const char *at;

		snprintf(path, sizeof(path), INSTANCE "/per_cpu/cpu%d/stats", i);
		if (!read_file(path, text, sizeof(text)))
			continue;
		at = strstr(text, "dropped events: ");
		if (at && sscanf(at, "dropped events: %lu", &n) == 1)
			lost += n;
	}
	return lost;
}

/* The time of an event, on the clock of the kernel log */
double seconds(uint64_t tsc)
{
	static uint64_t tsc_first;
	static double first, hz;
	struct timespec now;
	uint64_t tsc_now = __rdtsc();
	double s;

	clock_gettime(CLOCK_MONOTONIC, &now);
	s = now.tv_sec + now.tv_nsec / 1e9;
	if (!tsc_first) {
		tsc_first = tsc_now;
		first = s;
		return 0;
	}
	if (s > first)
		hz = (tsc_now - tsc_first) / (s - first);
	return hz ? first + ((double)tsc - (double)tsc_first) / hz : s;
}
