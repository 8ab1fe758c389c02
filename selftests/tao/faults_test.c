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
 * A word as the last argument selects the faults whose description contains it.
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/syscall.h>
#include <time.h>

#include "sim.h"
#include "../stream/uring.h"

#define DOCUMENT	"Documentation/driver-api/faults.rst"
/* A burn: one track without faults, then the one with the fault. */
#define CHUNK		32			/* sectors in a WRITE */
#define FIRST		320
#define SECOND		320
#define SECOND_LBA	(FIRST + GAP_SECTORS)
#define SECTORS(n)	((n) * TAO_SECTOR_SIZE)
/* Maximum duration of a call, as documented. */
#define LIMIT_S		1800
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

enum { DISC_STAYS, DISC_OUT, DRIVE_OUT };

/* The faults: cdr-sim rules, to which op= and nth= are prepended. */
static const struct fault {
	const char *what;
	const char *rule;
	bool reply;		/* only for commands with a reply */
	unsigned int opcode;	/* only for this one, or 0 */
	int after;		/* location of disc and drive afterwards */
	bool lies;		/* the drive does not tell the truth: a loss can't be detected */
} faults[] = {
	{ .what = "write error", .rule = "sense=3/0c/00" },
	{ .what = "write error, told with the next command", .rule = "sense=3/0c/00 deferred" },
	{ .what = "hardware error", .rule = "sense=4/44/00" },
	{ .what = "invalid field", .rule = "sense=5/24/00" },
	{ .what = "unknown command", .rule = "sense=5/20/00 times=0" },
	{ .what = "sequence error", .rule = "sense=5/2c/00" },
	{ .what = "aborted command", .rule = "sense=b/00/00" },
	{ .what = "no medium", .rule = "sense=2/3a/00" },
	{ .what = "unit attention: medium changed", .rule = "sense=6/28/00" },
	{ .what = "unit attention: reset", .rule = "sense=6/29/00" },
	{ .what = "becoming ready, once", .rule = "sense=2/04/01" },
	{ .what = "becoming ready, for ever", .rule = "sense=2/04/01 times=0" },
	{ .what = "long write in progress, or buffer full: 20 times",
	  .rule = "sense=2/04/08 times=20" },
	{ .what = "long write in progress, or buffer full: for ever",
	  .rule = "sense=2/04/08 times=0" },
	{ .what = "busy (SCSI status)", .rule = "status=8" },
	{ .what = "answer after 5 s", .rule = "delay=5000" },
	{ .what = "no answer, once", .rule = "hang" },
	{ .what = "no answer, once, but it was done", .rule = "hang after" },
	{ .what = "no answer, for ever", .rule = "hang times=0" },
	{ .what = "transport error (DID_ERROR)", .rule = "host=7" },
	{ .what = "transport error, but it was done", .rule = "host=7 after" },
	{ .what = "less data moved than asked for", .rule = "residual=2352", .opcode = 0x2a },
	{ .what = "\"good\", and nothing done", .rule = "good", .lies = true },
	{ .what = "\"good\", and nothing done, for ever", .rule = "good times=0", .lies = true },
	{ .what = "reply of 3 bytes", .rule = "short=3", .reply = true, .lies = true },
	{ .what = "reply of random bytes", .rule = "garbage", .reply = true, .lies = true },
	{ .what = "replies of random bytes, for ever", .rule = "garbage times=0", .reply = true,
	  .lies = true },
	{ .what = "READ TRACK INFORMATION lies: next writable address",
	  .rule = "set=12:00012345", .opcode = 0x52 },
	{ .what = "READ TRACK INFORMATION lies: nothing writable", .rule = "set=7:00",
	  .opcode = 0x52 },
	{ .what = "READ TRACK INFORMATION lies: no room", .rule = "set=16:00000000",
	  .opcode = 0x52 },
	{ .what = "bus reset", .rule = "reset" },
	{ .what = "disc pulled out", .rule = "eject", .after = DISC_OUT },
	{ .what = "drive unplugged", .rule = "unplug", .after = DRIVE_OUT },
};

#define FAULTS		(sizeof(faults) / sizeof(*faults))

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
static unsigned int tried_count, cases, wrong;
static unsigned int in_burn[256], in_close[256];
static double longest;
static char longest_what[256];
static char audio[SECTORS(SECOND)] __attribute__((aligned(4096)));
static int audio_fd;
static bool table_only;
static const char *only;	/* selects faults whose description contains this */
static char now_trying[256];

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static void __attribute__((format(printf, 1, 2))) complain(const char *format, ...)
{
	FILE *to = table_only ? stderr : stdout;
	va_list args;

	wrong++;
	fprintf(to, "# %s: ", now_trying);
	va_start(args, format);
	vfprintf(to, format, args);
	va_end(args);
	fprintf(to, "\n");
}

static void timed(const char *call, double began)
{
	double took = seconds() - began;

	if (took > longest) {
		longest = took;
		snprintf(longest_what, sizeof(longest_what), "%.180s: %s", now_trying, call);
	}
	if (took > LIMIT_S)
		complain("%s took %.0f s", call, took);
}

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
	double began = seconds();
	int fd = open(sim_tao, O_WRONLY), error;

	timed("open", began);
	if (fd < 0)
		return errno;
	began = seconds();
	error = ways[way](fd);
	timed("write", began);
	began = seconds();
	if (close(fd) && !error)
		error = errno;
	timed("close", began);
	return error;
}

static int finalize(unsigned int flags)
{
	struct tao_finalize f = { .flags = flags, .close = TAO_CLOSE_FINALIZE };
	double began = seconds();
	int fd = open(sim_tao, O_WRONLY), error = 0;

	if (fd < 0)
		return errno;
	if (ioctl(fd, TAO_IOC_FINALIZE, &f))
		error = errno;
	timed("TAO_IOC_FINALIZE", began);
	began = seconds();
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

/* Checks that the door and the drive are free, and that the error can be read. */
static void check_let_go(const struct fault *fault, const struct outcome *o)
{
	struct tao_error e = sim_error(TAO_ERROR_FIRST);
	int fd, i;

	sim_wait_idle();
	/* If tao could not, sr unlocks the door on close: on newer kernels some ticks later. */
	for (i = 0; sim_locked() && i < 100; i++)
		usleep(10000);
	if (sim_locked())
		complain("the door is locked");
	fd = open(sim_sr, O_RDONLY | O_NONBLOCK | O_EXCL);
	if (fd < 0)
		complain("the block device can't be opened: %s", strerror(errno));
	else
		close(fd);
	if (!o->burn && !o->close)
		return;
	/* An error about a disc that was removed does not matter any more. */
	if (fault->after == DISC_STAYS && !strstr(fault->rule, "6/28") &&
	    !strstr(fault->rule, "2/3a") && (!(e.flags & TAO_ERROR_VALID) || !e.text[0]))
		complain("no error to read");
	if (e.flags & TAO_ERROR_SENSE && !e.sense_bytes)
		complain("no sense data");
}

static void bring_back(const struct fault *fault, bool happened)
{
	char power[8];

	sim_set("fault", "clear");
	if (fault->after == DRIVE_OUT && happened) {
		/* A work item of the simulator unplugs it */
		for (sim_get("power", power, 8); power[0] == '1'; sim_get("power", power, 8))
			usleep(10000);
		sim_power_on();
	}
	if (fault->after == DISC_OUT)
		sim_try("insert", "same");
}

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

/*
 * sr looks at the disc when it is released, on newer kernels some ticks later. The choice of the
 * nth command must not depend on that.
 */
static void wait_quiet(void)
{
	unsigned int now = sim_all_commands(), before, i;

	for (i = 0; i < 300; i++) {
		before = now;
		usleep(200000);
		now = sim_all_commands();
		if (now == before)
			return;
	}
	complain("the drive gets commands for a minute");
}

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

static unsigned int rule_hits(void)
{
	char text[4096], *hits;

	sim_get("fault", text, sizeof(text));
	hits = strstr(text, " hits ");
	return hits ? strtoul(hits + 6, NULL, 10) : 0;
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
	check_let_go(fault, &o);
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

static unsigned int results;

static void result(bool good, const char *what)
{
	static bool failed;

	if (table_only)
		return;
	if (what)
		printf("%sok %u %s\n", good ? "" : "not ", ++results, what);
	failed |= !good;
	if (what) {
		fflush(stdout);
		return;
	}
	printf("1..%u\n", results);
	exit(failed);
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
		check_let_go(&quirk, &o);
		if (sim_medium().status != TAO_DISC_COMPLETE)
			complain("the disc is not complete");
		if (!sim_holds(blank ? 0 : SECOND_LBA, audio, SECOND))
			complain("the track is not what was written");
		cases++;
		snprintf(what, sizeof(what), "a drive with a quirk: %s", quirks[i].what);
		result(wrong == before, what);
	}
}

/* Nothing holds the modules any more: no claim was forgotten. */
static bool modules_can_go(void)
{
	char path[128];

	sim_set("power", "0");
	snprintf(path, sizeof(path), SIM_ROOT "/%s", sim_name);
	return !rmdir(path) && !syscall(SYS_delete_module, "tao", O_NONBLOCK) &&
	       !syscall(SYS_delete_module, "cdr_sim", O_NONBLOCK);
}

int main(int argc, char **argv)
{
	static const char *const attributes[] = { "dma_alignment=511", NULL };
	unsigned int f, before;
	char *table;
	char what[320];

	table_only = argc > 1 && !strcmp(argv[1], "--table");
	only = argc > 1 + table_only ? argv[argc - 1] : "";
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
		if (!strstr(faults[f].what, only))
			continue;
		before = wrong;
		try_fault(f);
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
	if (!*only)
		compare_document(table);
	snprintf(what, sizeof(what), "no call of %u burns lasted longer than %d s", cases, LIMIT_S);
	printf("# the longest, %.0f s: %s\n", longest, longest_what);
	result(longest <= LIMIT_S, what);
	result(modules_can_go(), "the modules can be unloaded");
	result(true, NULL);
}
