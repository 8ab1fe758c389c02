// SPDX-License-Identifier: GPL-2.0-only
/*
 * Each command of a burn with each possible fault: the result for the program, and for the disc.
 * In guest time, so that timeouts cost nothing.
 * lab: --icount --bare
 * A fault hits the Nth command of its kind, so nobody else may send any.
 * build: -luring
 * timeout: 3600
 *
 * The table of outcomes is the one in Documentation/driver-api/faults.rst. To regenerate it:
 *	selftests/lab/run --icount --bare --timeout 3600 -- build/selftests/tao/faults_test --table
 * Without an argument a third of the faults is tried, by the seed. A word as the last argument
 * selects the faults whose description contains it, "" all of them.
 */
#define _GNU_SOURCE
#include <sys/mman.h>
#include <sys/sendfile.h>

#include "faults.h"
#include "../stream/uring.h"

#define DOCUMENT	"Documentation/driver-api/faults.rst"
/* A burn: one track without faults, then the one with the fault. */
#define CHUNK		32			/* sectors in a WRITE */
#define FIRST		320
#define SECOND		320
#define SECOND_LBA	(FIRST + GAP_SECTORS)
#define SECTORS(n)	((n) * TAO_SECTOR_SIZE)
#define CASES_MAX	8000

/* The names of the commands of a burn (MMC). */
static const struct {
	unsigned int opcode;
	const char *name;
	bool reply;
} commands[] = {
	{ 0x00, "TEST UNIT READY", false },
	{ 0x1e, "PREVENT ALLOW MEDIUM REMOVAL", false },
	{ 0x2a, "WRITE", false },
	{ 0x35, "SYNCHRONIZE CACHE", false },
	{ 0x43, "READ TOC/PMA/ATIP", true },
	{ 0x46, "GET CONFIGURATION", true },
	{ 0x51, "READ DISC INFORMATION", true },
	{ 0x52, "READ TRACK INFORMATION", true },
	{ 0x55, "MODE SELECT", false },
	{ 0x5a, "MODE SENSE", true },
	{ 0x5b, "CLOSE TRACK/SESSION", false },
	{ 0xac, "GET PERFORMANCE", true },
	{ 0xbb, "SET CD SPEED", false },
};

#define COMMANDS	(sizeof(commands) / sizeof(*commands))

/* Deviating drives that have been reported; the burn has to succeed. */
static const struct {
	const char *what;
	const char *rules;
} quirks[] = {
	{ "next writable address -150 on a blank disc", "op=52 times=0 set=12:ffffff6a" },
	{ "ready while it closes", "op=00 times=0 good" },
	{ "CLOSE SESSION ends early", "op=5b cdb=2:02 after sense=6/2e/00" },
	{ "CLOSE SESSION: long write in progress", "op=5b cdb=2:02 after sense=2/04/08" },
	{ "CLOSE SESSION: operation in progress", "op=5b cdb=2:02 after sense=2/04/07" },
	{ "no ATIP", "op=43 cdb=2:04 times=0 sense=5/24/00" },
	{ "ATIP of zeros", "op=43 cdb=2:04 times=0 set=4:00000000000000000000000000000000" },
	{ "READ BUFFER CAPACITY unknown", "op=5c times=0 sense=5/20/00" },
	{ "GET PERFORMANCE unknown", "op=ac times=0 sense=5/20/00" },
	{ "SET CD SPEED unknown", "op=bb times=0 sense=5/20/00" },
	{ "SET CD SPEED: too slow", "op=bb times=0 sense=5/24/00" },
	{ "no lock of the door", "op=1e times=0 sense=5/20/00" },
	{ "free sectors 0 for the next track", "op=52 cdb=2:000000ff times=0 set=16:00000000" },
	{ "buffer full by 04/04", "op=2a nth=3 times=3 sense=2/04/04" },
	{ "buffer full by 04/07", "op=2a nth=3 times=3 sense=2/04/07" },
	{ "recovered error at a WRITE", "op=2a nth=3 after sense=1/0c/01" },
	{ "padding added at the end", "op=35 after sense=1/0c/0a" },
};

#define QUIRKS		(sizeof(quirks) / sizeof(*quirks))

enum way { PLAIN, SPLICE, URING, WAYS };
static const char *const way_names[] = { "write", "splice", "io_uring" };

/* Position among the commands with the same opcode: during the track, or while finalising. */
enum position { BURN_FIRST, BURN_MIDDLE, BURN_LAST, CLOSE_FIRST, CLOSE_LAST, POSITIONS };
static const char *const position_names[] = {
	"first", "middle", "last", "first of the finalising", "last of it"
};

struct outcome {
	int burn, close;	/* errno */
	char disc[64];
};

struct tried {
	unsigned int fault, command;
	enum position position;
	struct outcome outcome;
};

static struct tried tried[CASES_MAX];
static unsigned int tried_count, cases;
static unsigned int in_burn[256], in_close[256];
static char audio[SECTORS(SECOND)] __attribute__((aligned(4096)));
static int audio_fd;
static const char *only;	/* selects faults whose description contains this; NULL: some */

/* --- the ways to write --- */

static int burn_plain(int fd)
{
	int i;

	for (i = 0; i < SECOND; i += CHUNK)
		if (write(fd, audio + SECTORS(i), SECTORS(CHUNK)) != SECTORS(CHUNK))
			return errno;
	return 0;
}

static int burn_splice(int fd)
{
	off_t at = 0;

	while (at < (off_t)sizeof(audio)) {
		ssize_t n = sendfile(fd, audio_fd, &at, sizeof(audio) - at);

		if (n <= 0)
			return n ? errno : EPIPE;
	}
	return 0;
}

static int burn_uring(int fd)
{
	struct io_uring_cqe cqe;
	int i, error = 0;
	struct ring ring;

	if (ring_open(&ring, 16))
		sim_die("io_uring");
	for (i = 0; i < SECOND / CHUNK; i++)
		ring_write(&ring, fd, 0, audio + i * SECTORS(CHUNK), SECTORS(CHUNK),
			   i * SECTORS(CHUNK), i);
	ring_submit(&ring, 0);
	for (i = 0; i < SECOND / CHUNK; i++) {
		if (ring_wait(&ring, &cqe))
			sim_die("io_uring");
		if (cqe.res < 0 && !error)
			error = -cqe.res;
	}
	ring_close(&ring);
	return error;
}

static int (*const ways[WAYS])(int fd) = { burn_plain, burn_splice, burn_uring };

/* Returns the errno of the first call that failed. */
static int burn(enum way way)
{
	double began = clock_s();
	int fd = open(sim_tao, O_WRONLY), error;

	timed("open", began);
	if (fd < 0)
		return errno;
	began = clock_s();
	error = ways[way](fd);
	timed("write", began);
	began = clock_s();
	if (close(fd) && !error)
		error = errno;
	timed("close", began);
	return error;
}

static int finalize(unsigned int flags)
{
	struct tao_finalize f = { .flags = flags, .close = TAO_CLOSE_FINALIZE };
	double began = clock_s();
	int fd = open(sim_tao, O_WRONLY), error = 0;

	if (fd < 0)
		return errno;
	if (ioctl(fd, TAO_IOC_FINALIZE, &f))
		error = errno;
	timed("TAO_IOC_FINALIZE", began);
	began = clock_s();
	close(fd);
	timed("close", began);
	return error;
}

static int recover(unsigned int close_how)
{
	struct tao_recover r = { .close = close_how };
	int fd = open(sim_tao, O_WRONLY), error = 0;

	if (fd < 0)
		return errno;
	if (ioctl(fd, TAO_IOC_RECOVER, &r))
		error = errno;
	close(fd);
	return error;
}

/* --- the state afterwards --- */

/* Number of sectors of the second track, or 0; *prefix: whether they match the source. */
static unsigned int second_track(bool *prefix)
{
	struct tao_toc toc;
	struct tao_toc_entry *e;
	char *expected;
	unsigned int n;

	*prefix = true;
	if (sim_ioctl(TAO_IOC_GET_TOC, &toc))
		return 0;
	e = toc.entries_count >= 2 ? &toc.entries[toc.entries_count - 2] : NULL;
	if (!e || e->number != 2)
		return 0;
	expected = calloc(1, sizeof(audio));
	memcpy(expected, audio, sizeof(audio));
	n = e->sectors > SECOND ? SECOND : e->sectors;
	*prefix = e->sectors <= SECOND && e->start_lba == SECOND_LBA &&
		  sim_holds(SECOND_LBA, expected, n);
	/*
	 * A track that was cut short has a whole number of WRITEs, then silence up to 300
	 * sectors.
	 */
	for (n = SECOND - CHUNK; !*prefix && e->sectors == 300 && (int)n >= 0; n -= CHUNK) {
		memset(expected + SECTORS(n), 0, SECTORS(SECOND - n));
		*prefix = sim_holds(SECOND_LBA, expected, 300);
	}
	free(expected);
	return e->sectors;
}

/* Repairs and finalises the disc as far as possible: it has to become playable. */
static void judge_disc(const struct fault *fault, struct outcome *o)
{
	struct tao_medium m = sim_medium();
	bool finalised = m.status == TAO_DISC_COMPLETE, recovered = false, prefix;
	unsigned int sectors;
	int error;

	if (m.flags & (TAO_MEDIUM_TRACK_DAMAGED | TAO_MEDIUM_SESSION_DAMAGED)) {
		error = recover(m.flags & TAO_MEDIUM_SESSION_DAMAGED ? TAO_CLOSE_SESSION :
								       TAO_CLOSE_NOTHING);
		recovered = true;
		if (error)
			complain("not repaired: %s", strerror(error));
	}
	if (!finalised) {
		error = finalize(TAO_FINALIZE_FORCE);
		if (error)
			complain("not finalised: %s: %s", strerror(error),
				 sim_error(TAO_ERROR_FIRST).text);
	}
	m = sim_medium();
	if (m.status != TAO_DISC_COMPLETE)
		complain("the disc is not complete, but %u", m.status);
	if (!sim_holds(0, audio, FIRST))
		complain("the first track is not what it was");
	sectors = second_track(&prefix);
	if (!prefix)
		complain("the second track, %u sectors, is not a prefix of its source", sectors);
	if (!o->burn && sectors != SECOND && !fault->lies)
		complain("a loss that nobody was told of: %u sectors", sectors);
	snprintf(o->disc, sizeof(o->disc), "%s%s",
		 !sectors ? "first track" :
		 sectors == SECOND ? "both tracks" : "second track short",
		 recovered ? ", after ``tao recover``" : finalised ? ", finalised" : "");
}

/* --- a case --- */

static void new_burn(void)
{
	int fd;

	sim_set("fault", "clear");
	sim_new_disc("cdr80");
	fd = open(sim_tao, O_WRONLY);
	if (fd < 0 || write(fd, audio, SECTORS(FIRST)) != SECTORS(FIRST) || close(fd))
		sim_die("the track before");
	sim_wait_idle();
	wait_quiet();
	sim_set("commands", "0");
}

static struct outcome try(const struct fault *fault, const char *rule, bool at_close, enum way way)
{
	struct outcome o = { 0 };
	bool happened;

	new_burn();
	sim_set("fault", "seed=1");
	if (!at_close)
		sim_set("fault", rule);
	o.burn = burn(way);
	wait_quiet();
	if (at_close)
		sim_set("fault", rule);
	if (!o.burn)
		o.close = finalize(0);
	wait_quiet();
	happened = rule_hits();
	if (!happened)
		complain("it did not happen");
	bring_back(fault, happened);
	check_let_go(fault, o.burn || o.close);
	judge_disc(fault, &o);
	cases++;
	/* The kernel no longer locks the door of a drive that has reported that it can't. */
	if (strstr(rule, "op=1e") && strstr(rule, "sense=5")) {
		sim_set("power", "0");
		sim_power_on();
	}
	return o;
}

static bool same(const struct outcome *a, const struct outcome *b)
{
	return a->burn == b->burn && a->close == b->close && !strcmp(a->disc, b->disc);
}

/*
 * The number of the command from 1, while burning or while finalising; 0 if there is none or
 * another position covers it.
 */
static unsigned int nth(unsigned int opcode, enum position position)
{
	unsigned int b = in_burn[opcode], c = in_close[opcode];

	switch (position) {
	case BURN_FIRST:
		return b ? 1 : 0;
	case BURN_MIDDLE:
		return opcode == OP_WRITE ? b / 2 : 0;
	case BURN_LAST:
		return b > 1 ? b : 0;
	case CLOSE_FIRST:
		return c ? 1 : 0;
	default:
		return c > 1 ? c : 0;
	}
}

static void try_position(unsigned int f, unsigned int c, enum position position)
{
	const struct fault *fault = &faults[f];
	unsigned int opcode = commands[c].opcode, n = nth(opcode, position);
	struct tried *t = &tried[tried_count];
	char rule[128];
	enum way way;

	if (!n)
		return;
	if (tried_count++ == CASES_MAX)
		sim_die("too many cases");
	snprintf(rule, sizeof(rule), "op=%02x nth=%u %s", opcode, n, fault->rule);
	*t = (struct tried){ .fault = f, .command = c, .position = position };
	for (way = PLAIN; way < WAYS; way++) {
		struct outcome o;

		snprintf(now_trying, sizeof(now_trying), "%s, %s (%s), %s", fault->what,
			 commands[c].name, position_names[position], way_names[way]);
		o = try(fault, rule, position >= CLOSE_FIRST, way);
		if (way == PLAIN)
			t->outcome = o;
		/* io_uring repeats a non-blocking call that failed with EOPNOTSUPP. */
		else if (!same(&o, &t->outcome) &&
			 !(way == URING && t->outcome.burn == EOPNOTSUPP))
			complain("%d, %d, %s; by write() %d, %d, %s", o.burn, o.close, o.disc,
				 t->outcome.burn, t->outcome.close, t->outcome.disc);
	}
}

static void try_fault(unsigned int f)
{
	unsigned int c;
	enum position p;

	for (c = 0; c < COMMANDS; c++)
		for (p = 0; p < POSITIONS; p++)
			if ((!faults[f].reply || commands[c].reply) &&
			    (!faults[f].opcode || faults[f].opcode == commands[c].opcode))
				try_position(f, c, p);
}

/* --- the commands of a burn --- */

static void count(unsigned int *counts)
{
	unsigned int opcode;

	for (opcode = 0; opcode < 256; opcode++)
		counts[opcode] = sim_commands(opcode);
	sim_set("commands", "0");
}

#define OP_GET_EVENT_STATUS	0x4a	/* from the block layer, through sr */

/* Checks that commands[] has each command. */
static bool learn_commands(void)
{
	unsigned int opcode, c;
	bool known = true;

	snprintf(now_trying, sizeof(now_trying), "a burn without a fault");
	new_burn();
	if (burn(PLAIN))
		sim_die("a burn without a fault");
	wait_quiet();
	count(in_burn);
	if (finalize(0))
		sim_die("finalising without a fault");
	wait_quiet();
	count(in_close);
	for (opcode = 0; opcode < 256; opcode++) {
		if (opcode == OP_GET_EVENT_STATUS)
			continue;
		for (c = 0; c < COMMANDS && commands[c].opcode != opcode; c++)
			;
		if (c == COMMANDS && (in_burn[opcode] || in_close[opcode])) {
			complain("opcode %02x is not in the matrix", opcode);
			known = false;
		}
	}
	return known;
}

/* --- the table --- */

static const char *errno_name(int error)
{
	static char number[16];

	switch (error) {
	case 0:			return "done";
	case EIO:		return "``EIO``";
	case ENODEV:		return "``ENODEV``";
	case ENOENT:		return "``ENOENT``";	/* the node has gone */
	case ENOMEDIUM:		return "``ENOMEDIUM``";
	case EMEDIUMTYPE:	return "``EMEDIUMTYPE``";
	case ETIMEDOUT:		return "``ETIMEDOUT``";
	case ENOSPC:		return "``ENOSPC``";
	case EROFS:		return "``EROFS``";
	case EMLINK:		return "``EMLINK``";
	case EOPNOTSUPP:	return "``EOPNOTSUPP``";
	case ENODATA:		return "``ENODATA``";
	}
	snprintf(number, sizeof(number), "%d", error);
	complain("errno %s is not documented", number);
	return number;
}

/* The commands that have this outcome; with their positions if these have different outcomes. */
static void print_commands(FILE *to, unsigned int from, unsigned int end,
			   const struct outcome *outcome)
{
	const char *separator = "";
	unsigned int i, k, all, here;

	for (i = from; i < end; i = k) {
		all = 0;
		here = 0;
		for (k = i; k < end && tried[k].command == tried[i].command; k++) {
			all++;
			here += same(&tried[k].outcome, outcome);
		}
		if (!here)
			continue;
		fprintf(to, "%s%s", separator, commands[tried[i].command].name);
		separator = "; ";
		if (here == all)
			continue;
		for (all = i, here = 0; all < k; all++)
			if (same(&tried[all].outcome, outcome))
				fprintf(to, "%s%s", here++ ? ", " : " (",
					position_names[tried[all].position]);
		fprintf(to, ")");
	}
}

static void print_fault(FILE *to, unsigned int from, unsigned int end)
{
	const struct fault *fault = &faults[tried[from].fault];
	unsigned int i, k;

	fprintf(to, "\n.. list-table:: %s (``%s``)\n", fault->what, fault->rule);
	fprintf(to, "   :header-rows: 1\n   :widths: 46 14 14 26\n\n");
	fprintf(to, "   * - Command\n     - Track\n     - Finalising\n     - Disc\n");
	for (i = from; i < end; i++) {
		const struct outcome *o = &tried[i].outcome;

		for (k = from; k < i && !same(&tried[k].outcome, o); k++)
			;
		if (k < i)
			continue;
		fprintf(to, "   * - ");
		print_commands(to, from, end, o);
		fprintf(to, "\n     - %s\n     - %s\n     - %s\n", errno_name(o->burn),
			o->burn ? "\\-" : errno_name(o->close), o->disc);
	}
}

static char *make_table(void)
{
	unsigned int i, end;
	size_t size;
	char *text;
	FILE *to = open_memstream(&text, &size);

	for (i = 0; i < tried_count; i = end) {
		for (end = i; end < tried_count && tried[end].fault == tried[i].fault; end++)
			;
		print_fault(to, i, end);
	}
	fclose(to);
	return text;
}

/* The text of the document below its mark. */
static char *read_document(void)
{
	static char text[256 * 1024];
	FILE *f = fopen(DOCUMENT, "r");
	char *mark;
	size_t n;

	if (!f)
		return NULL;
	n = fread(text, 1, sizeof(text) - 1, f);
	fclose(f);
	text[n] = '\0';
	mark = strstr(text, "\n.. the table of selftests/tao/faults_test\n");
	return mark ? strchr(mark + 1, '\n') + 1 : NULL;
}

static void print_difference(const char *documented, const char *got)
{
	size_t i, line = 0;

	for (i = 0; documented[i] && documented[i] == got[i]; i++)
		if (got[i] == '\n')
			line = i + 1;
	printf("# the document: %.*s\n", (int)strcspn(documented + line, "\n"), documented + line);
	printf("# it came out:  %.*s\n", (int)strcspn(got + line, "\n"), got + line);
}

/* --- results --- */

/* Whether the document has just this about the fault that was tried last. */
static void compare_fault(unsigned int from)
{
	const char *document = read_document(), *found, *end;
	size_t size;
	char *text;
	FILE *to = open_memstream(&text, &size);

	print_fault(to, from, tried_count);
	fclose(to);
	found = document ? strstr(document, text) : NULL;
	end = found ? found + size : "";
	if (!found || (*end && strncmp(end, "\n.. ", 4)))
		complain("not in " DOCUMENT ":%s", text);
	free(text);
}

static void compare_document(const char *table)
{
	const char *document = read_document();

	if (!document || strcmp(document, table))
		print_difference(document ?: "", table);
	result(document && !strcmp(document, table), "the outcomes are those of " DOCUMENT);
}

static void try_quirks(void)
{
	static const struct fault quirk = { .what = "quirk", .rule = "" };
	unsigned int i, before;
	char what[128];

	for (i = 0; i < QUIRKS; i++) {
		bool blank = strstr(quirks[i].what, "blank disc");
		struct outcome o = { 0 };

		before = wrong;
		snprintf(now_trying, sizeof(now_trying), "%s", quirks[i].what);
		new_burn();
		if (blank)
			sim_new_disc("cdr80");
		sim_set("fault", quirks[i].rules);
		o.burn = burn(PLAIN);
		o.close = o.burn ? 0 : finalize(0);
		if (o.burn || o.close)
			complain("%d, %d: %s", o.burn, o.close, sim_error(TAO_ERROR_FIRST).text);
		sim_set("fault", "clear");
		check_let_go(&quirk, o.burn || o.close);
		if (sim_medium().status != TAO_DISC_COMPLETE)
			complain("the disc is not complete");
		if (!sim_holds(blank ? 0 : SECOND_LBA, audio, SECOND))
			complain("the track is not what was written");
		cases++;
		snprintf(what, sizeof(what), "a drive with a quirk: %s", quirks[i].what);
		result(wrong == before, what);
	}
}

int main(int argc, char **argv)
{
	static const char *const attributes[] = { "dma_alignment=511", NULL };
	unsigned int f, before, from;
	char *table;
	char what[320];

	table_only = argc > 1 && !strcmp(argv[1], "--table");
	only = argc > 1 + table_only ? argv[argc - 1] : table_only ? "" : NULL;
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (!table_only)
		printf("TAP version 13\n");
	sim_create("faults", attributes);
	sim_audio(audio, sizeof(audio), 3);
	audio_fd = memfd_create("audio", 0);
	if (write(audio_fd, audio, sizeof(audio)) != sizeof(audio))
		sim_die("memfd");
	result(learn_commands(), "all commands of a burn are in the matrix");
	for (f = 0; f < FAULTS; f++) {
		if (!fault_is_chosen(f, only))
			continue;
		before = wrong;
		from = tried_count;
		try_fault(f);
		if (!table_only)
			compare_fault(from);
		if (table_only)
			fprintf(stderr, "# %s: %u cases yet\n", faults[f].what, cases);
		result(wrong == before, faults[f].what);
	}
	before = wrong;
	table = make_table();
	result(wrong == before, "each errno is one that is documented");
	if (table_only) {
		fputs(table, stdout);
		return 0;
	}
	try_quirks();
	if (only && !*only)
		compare_document(table);
	snprintf(what, sizeof(what), "no call of %u burns lasted longer than %d s", cases, LIMIT_S);
	printf("# the longest, %.0f s: %s\n", longest, longest_what);
	result(longest <= LIMIT_S, what);
	result(modules_can_go(), "the modules can be unloaded");
	result(true, NULL);
}
