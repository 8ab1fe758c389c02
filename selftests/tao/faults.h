/* SPDX-License-Identifier: GPL-2.0-only */
/* What can go wrong with a command, and what every test of faults checks afterwards. */
#ifndef FAULTS_H
#define FAULTS_H

#include <stdarg.h>
#include <sys/syscall.h>

#include "../clock.h"
#include "sim.h"

/* Maximum duration of a call, as documented. */
#define LIMIT_S		1800

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

/* By a word in its description; without one, a third of all, by the seed. */
static inline bool fault_is_chosen(unsigned int f, const char *only)
{
	static bool told;
	const char *seed = getenv("TAO_SEED") ?: "0";

	if (only)
		return strstr(faults[f].what, only);
	if (!told)
		printf("# seed %s\n", seed);
	told = true;
	return f % 3 == strtoul(seed, NULL, 10) % 3;
}

static bool table_only;		/* no results, but a table on standard output */
static char now_trying[256];
static unsigned int wrong;
static double longest;
static char longest_what[256];

static inline void __attribute__((format(printf, 1, 2))) complain(const char *format, ...)
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

static inline void timed(const char *call, double began)
{
	double took = clock_s() - began;

	if (took > longest) {
		longest = took;
		snprintf(longest_what, sizeof(longest_what), "%.180s: %s", now_trying, call);
	}
	if (took > LIMIT_S)
		complain("%s took %.0f s", call, took);
}

/* --- the state afterwards --- */

/* Checks that the door and the drive are free, and that the error can be read. */
static inline void check_let_go(const struct fault *fault, bool failed)
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
	if (!failed)
		return;
	/* An error about a disc that was removed does not matter any more. */
	if (fault->after == DISC_STAYS && !strstr(fault->rule, "6/28") &&
	    !strstr(fault->rule, "2/3a") && (!(e.flags & TAO_ERROR_VALID) || !e.text[0]))
		complain("no error to read");
	if (e.flags & TAO_ERROR_SENSE && !e.sense_bytes)
		complain("no sense data");
}

static inline void bring_back(const struct fault *fault, bool happened)
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

/*
 * sr looks at the disc when it is released, on newer kernels some ticks later. The choice of the
 * nth command must not depend on that.
 */
static inline void wait_quiet(void)
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

static inline unsigned int rule_hits(void)
{
	char text[4096], *hits;

	sim_get("fault", text, sizeof(text));
	hits = strstr(text, " hits ");
	return hits ? strtoul(hits + 6, NULL, 10) : 0;
}

/* Nothing holds the modules any more: no claim was forgotten. */
static inline bool modules_can_go(void)
{
	char path[128];

	sim_set("power", "0");
	snprintf(path, sizeof(path), SIM_ROOT "/%s", sim_name);
	return !rmdir(path) && !syscall(SYS_delete_module, "tao", O_NONBLOCK) &&
	       !syscall(SYS_delete_module, "cdr_sim", O_NONBLOCK);
}

/* --- results --- */

static unsigned int results;

static inline void result(bool good, const char *what)
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

#endif
