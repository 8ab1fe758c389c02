// SPDX-License-Identifier: GPL-2.0-only
/*
 * The commands of a burn. Equal answers to equal commands in the same state become one line; the
 * state is the latest command that was not a query. drivers/cdr-sim/playback.c has the other side.
 */
#include <stdlib.h>
#include <string.h>
#include "answers.h"
#include "common.h"
#include "recorded.h"

#define CDB_MAX 12
#define REPLY_MAX 1024 /* the module's tracepoint has no more */
#define ENTRIES_MAX 1024 /* cdr-sim takes no more */
#define NAME_SIZE 40
#define WRITE_10 0x2a
/* No disc has addresses beyond these. */
#define LBA_MAX 1000000
#define SECTORS_MAX 65535

struct entry {
	uint8_t state;
	unsigned int nth;
	uint8_t cdb[CDB_MAX];
	char name[NAME_SIZE];
	int first, last; /* sectors of WRITEs */
	unsigned int times;
	unsigned int ms; /* the longest */
	uint32_t sense; /* 0x052000 */
	bool lost;
	uint8_t reply[REPLY_MAX];
	uint32_t length;
};

struct sent {
	bool waits; /* for its answer */
	double at;
	uint8_t cdb[CDB_MAX];
	int lba;
	unsigned int sectors;
};

struct recording {
	const char *scsi;
	const char *node;
	struct entry *entries;
	size_t count;
	unsigned int left_out;
	unsigned int buffer_full;
	uint8_t state;
	unsigned int nth[256];
	struct sent command, write;
};

/* One event of a trace: its time, and what follows its name. */
struct event {
	double at;
	char name[NAME_SIZE];
	const char *text;
};

/* --- The trace -------------------------------------------------------------------------------- */

/*
 * The name of the task, at the beginning of a line, may have anything in it. Nothing behind the
 * name of the event has the mark.
 */
static bool parse_event(const char *line, struct event *e)
{
	static const char mark[] = ": tao_";
	const char *at = NULL, *from, *next = line;
	int length = 0;

	while ((next = strstr(next, mark))) {
		at = next;
		next += strlen(mark);
	}
	if (!at)
		return false;
	for (from = at; from > line && from[-1] != ' ';)
		from--;
	e->at = strtod(from, NULL);
	if (sscanf(at, ": %39[a-z_]: %n", e->name, &length) != 1 || !length)
		return false;
	e->text = at + length;
	return true;
}

/* Whether it is about this drive, whose name comes first. */
static bool is_about(const struct event *e, const char *drive)
{
	size_t length = strlen(drive);

	return !strncmp(e->text, drive, length) && e->text[length] == ' ';
}

static unsigned int digit(char c)
{
	return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}

/* The bytes behind @name; returns how many. */
static uint32_t hex_bytes(const struct event *e, const char *name, uint8_t *bytes, uint32_t max)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = strstr(e->text, name);
	uint32_t n = 0;

	for (at = at ? at + strlen(name) : ""; n < max && at[0] && strchr(digits, at[0]) && at[1] &&
	     strchr(digits, at[1]); at += 2)
		bytes[n++] = digit(at[0]) << 4 | digit(at[1]);
	return n;
}

static bool parse_result(const struct event *e, int *ret, uint32_t *sense)
{
	const char *at = strstr(e->text, " ret=");
	unsigned int key, asc, ascq;

	if (!at || sscanf(at, " ret=%d sense=%x/%x/%x", ret, &key, &asc, &ascq) != 4)
		return false;
	*sense = (key & 0xf) << 16 | (asc & 0xff) << 8 | (ascq & 0xff);
	return true;
}

/* --- States and entries ----------------------------------------------------------------------- */

/* Commands that change no answer; cdr-sim has the same list. */
static bool is_query(uint8_t opcode)
{
	static const uint8_t queries[] = {
		0x00, 0x03, 0x12, 0x1e, 0x25, 0x28, 0x42, 0x43, 0x46, 0x4a, 0x51, 0x52, 0x5a,
		0x5c, 0xa0, 0xa8, 0xac, 0xb9, 0xbd, 0xbe,
	};

	return memchr(queries, opcode, sizeof(queries));
}

static void enter_state(struct recording *r, uint8_t opcode)
{
	if (is_query(opcode) || (opcode == WRITE_10 && r->state == opcode))
		return;
	r->state = opcode;
	r->nth[opcode]++;
}

/* How much a reply may have is up to the one who asks. */
static void cut_cdb(uint8_t *cdb)
{
	if (cdb[0] >= 0x20 && cdb[0] < 0x60)
		memset(cdb + 7, 0, 2);
	else if (cdb[0] == 0xac)
		memset(cdb + 8, 0, 2);
}

static bool is_of_state(const struct recording *r, const struct entry *e)
{
	return e->state == r->state && e->nth == r->nth[r->state];
}

/* One has what the other has, and maybe more. */
static bool is_same_answer(const struct entry *a, const struct entry *b)
{
	uint32_t shorter = a->length < b->length ? a->length : b->length;

	return a->sense == b->sense && a->lost == b->lost && !a->length == !b->length &&
	       !memcmp(a->reply, b->reply, shorter);
}

/* The latest answer to the same command in this state. */
static struct entry *find_entry(struct recording *r, const struct entry *like)
{
	for (size_t i = r->count; i && is_of_state(r, &r->entries[i - 1]); i--)
		if (!memcmp(r->entries[i - 1].cdb, like->cdb, CDB_MAX))
			return &r->entries[i - 1];
	return NULL;
}

static bool joins(const struct entry *old, const struct entry *new)
{
	bool good = !new->sense && !new->lost;

	if (!is_same_answer(old, new))
		return false;
	if (new->cdb[0] != WRITE_10 || (good && new->first == old->last + 1))
		return true;
	return new->first == old->first && new->last == old->last;
}

static void join(struct entry *old, const struct entry *new)
{
	old->times++;
	old->last = new->last;
	if (new->ms > old->ms)
		old->ms = new->ms;
	if (new->length > old->length) {
		memcpy(old->reply, new->reply, new->length);
		old->length = new->length;
	}
}

static void add(struct recording *r, struct entry *new)
{
	struct entry *old = find_entry(r, new);

	if (old && joins(old, new)) {
		join(old, new);
		return;
	}
	if (r->count == ENTRIES_MAX) {
		r->left_out++;
		return;
	}
	new->state = r->state;
	new->nth = r->nth[r->state];
	new->times = 1;
	r->entries[r->count++] = *new;
}

static void set_result(struct entry *e, int ret, uint32_t sense, double seconds)
{
	e->sense = sense;
	e->lost = ret && !sense;
	e->ms = seconds > 0 ? seconds * 1000 + 0.5 : 0;
}

/* --- Events ----------------------------------------------------------------------------------- */

static void command_issue(struct recording *r, const struct event *e)
{
	uint8_t cdb[CDB_MAX] = { 0 };

	r->command.waits = hex_bytes(e, " cdb=", cdb, sizeof(cdb)) == sizeof(cdb);
	r->command.at = e->at;
	memcpy(r->command.cdb, cdb, sizeof(cdb));
	if (r->command.waits)
		enter_state(r, cdb[0]);
}

/* Returns whether a disc has such sectors. */
static bool set_sectors(struct entry *new, int lba, unsigned int sectors)
{
	if (lba < -LBA_MAX || lba > LBA_MAX || !sectors || sectors > SECTORS_MAX)
		return false;
	new->first = lba;
	new->last = lba + (int)sectors - 1;
	return true;
}

/* CD-TEXT goes out as a command too. */
static bool set_write_command(struct entry *new, const uint8_t *cdb)
{
	memset(new->cdb + 1, 0, CDB_MAX - 1);
	return set_sectors(new, be32(cdb + 2), be16(cdb + 7));
}

static void command_done(struct recording *r, const struct event *e)
{
	struct entry new = { 0 };
	uint32_t sense;
	int ret;

	if (!r->command.waits || !parse_result(e, &ret, &sense))
		return;
	r->command.waits = false;
	memcpy(new.cdb, r->command.cdb, CDB_MAX);
	if (new.cdb[0] == WRITE_10 && !set_write_command(&new, r->command.cdb))
		return;
	cut_cdb(new.cdb);
	/* Without a name it is a number. */
	if (sscanf(e->text, "%*s opcode=%*x (%39[A-Z_0-9]", new.name) != 1 || new.name[0] < 'A')
		new.name[0] = '\0';
	new.length = hex_bytes(e, " reply=", new.reply, REPLY_MAX);
	set_result(&new, ret, sense, e->at - r->command.at);
	add(r, &new);
}

static void write_issue(struct recording *r, const struct event *e)
{
	struct sent *w = &r->write;

	w->waits = sscanf(e->text, "%*s lba=%d sectors=%u", &w->lba, &w->sectors) == 2;
	w->at = e->at;
	if (w->waits)
		enter_state(r, WRITE_10);
}

/* The simulated drive has a buffer of its own. */
static void write_done(struct recording *r, const struct event *e)
{
	struct entry new = { .cdb = { WRITE_10 }, .name = "WRITE_10" };
	uint32_t sense;
	int ret;

	if (!r->write.waits || !parse_result(e, &ret, &sense))
		return;
	r->write.waits = false;
	if (sense == 0x020408) {
		r->buffer_full++;
		return;
	}
	if (!set_sectors(&new, r->write.lba, r->write.sectors))
		return;
	set_result(&new, ret, sense, e->at - r->write.at);
	add(r, &new);
}

static void take_event(struct recording *r, const struct event *e)
{
	if (!strcmp(e->name, "tao_command_issue") && is_about(e, r->scsi))
		command_issue(r, e);
	else if (!strcmp(e->name, "tao_command_done") && is_about(e, r->scsi))
		command_done(r, e);
	else if (!strcmp(e->name, "tao_write_issue") && is_about(e, r->node))
		write_issue(r, e);
	else if (!strcmp(e->name, "tao_write_done") && is_about(e, r->node))
		write_done(r, e);
}

/* --- The text --------------------------------------------------------------------------------- */

static uint32_t cdb_length(uint8_t opcode)
{
	if (opcode < 0x20)
		return 6;
	return opcode < 0x60 ? 10 : CDB_MAX;
}

static void put_bytes(FILE *out, const char *name, const uint8_t *bytes, uint32_t length)
{
	fprintf(out, " %s=", name);
	for (uint32_t i = 0; i < length; i++)
		fprintf(out, "%02x", bytes[i]);
}

static enum question question_of(const uint8_t *cdb)
{
	switch (cdb[0]) {
	case 0x46:
		return Q_CONFIGURATION;
	case 0x51:
		return Q_DISC;
	case 0x5a:
		return (cdb[2] & 0x3f) == 0x05 ? Q_WRITE_PAGE : Q_CAPABILITIES;
	default:
		return Q_READY;
	}
}

/* Private bytes become zeros. */
static void put_reply(FILE *out, const struct entry *e, const char *serial)
{
	struct answer *a = xcalloc(1, sizeof(*a));

	memcpy(a->bytes, e->reply, e->length);
	a->length = e->length;
	hide_in_answer(a, question_of(e->cdb), serial);
	for (uint32_t i = 0; i < a->length; i++)
		if (a->hidden[i])
			a->bytes[i] = 0;
	put_bytes(out, "reply", a->bytes, a->length);
	free(a);
}

static void put_entry(FILE *out, const struct entry *e, const char *serial)
{
	fputs("recorded state=", out);
	if (e->nth)
		fprintf(out, "%02x.%u", e->state, e->nth);
	else
		fputs("start", out);
	put_bytes(out, "cdb", e->cdb, e->cdb[0] == WRITE_10 ? 1 : cdb_length(e->cdb[0]));
	if (e->cdb[0] == WRITE_10)
		fprintf(out, " lba=%d..%d", e->first, e->last);
	if (e->name[0])
		fprintf(out, " name=%s", e->name);
	fprintf(out, " times=%u ms=%u", e->times, e->ms);
	if (e->sense)
		fprintf(out, " sense=%x/%02x/%02x", e->sense >> 16, e->sense >> 8 & 0xff,
			e->sense & 0xff);
	if (e->lost)
		fputs(" lost", out);
	if (e->length)
		put_reply(out, e, serial);
	fputc('\n', out);
}

static void put_entries(FILE *out, const struct recording *r, const char *serial)
{
	for (size_t i = 0; i < r->count; i++)
		put_entry(out, &r->entries[i], serial);
	if (r->buffer_full)
		fprintf(out, "# Not played: %u times a WRITE had to wait for the drive (2/04/08)\n",
			r->buffer_full);
	if (r->left_out)
		fprintf(out, "# Not simulated: %u more answers (cdr-sim takes %u)\n", r->left_out,
			ENTRIES_MAX);
}

/* "# entries-in-buffer/entries-written: 656/656", above the events */
static unsigned long lost_events(const char *line)
{
	unsigned long there, written;

	if (sscanf(line, "# entries-in-buffer/entries-written: %lu/%lu", &there, &written) != 2)
		return 0;
	return written > there ? written - there : 0;
}

unsigned long put_recorded(FILE *out, FILE *trace, const char *scsi, const char *node,
			   const char *serial)
{
	struct recording r = { .scsi = scsi, .node = node };
	unsigned long lost = 0;
	char *line = NULL;
	size_t size = 0;

	r.entries = xcalloc(ENTRIES_MAX, sizeof(*r.entries));
	while (getline(&line, &size, trace) > 0) {
		struct event e;

		if (line[0] == '#')
			lost += lost_events(line);
		else if (parse_event(line, &e))
			take_event(&r, &e);
	}
	free(line);
	put_entries(out, &r, serial);
	free(r.entries);
	return lost;
}
