// SPDX-License-Identifier: GPL-2.0-only
/* `tao report --burn` without a drive: the lines that come of a trace, also of an odd one. */
#include <ctype.h>
#include "../../../tools/tao/recorded.h"
#include "../../libtao/unit/ktap.h"

#define TASK "          tao-181     [000] .....    "
#define ISSUE(at, cdb) TASK at ": tao_command_issue: 1:0:0:0 opcode=00 (X) cdb=" cdb " bytes=0\n"
#define DONE(at, name, rest)								\
	TASK at ": tao_command_done: 1:0:0:0 opcode=00 (" name ") " rest "\n"
#define GOOD "ret=0 sense=0/00/00 reply="
#define SENT(at, lba) TASK at ": tao_write_issue: tao3 lba=" lba " sectors=10 copied=0\n"
#define TOOK(at, lba, rest) TASK at ": tao_write_done: tao3 lba=" lba " sectors=10 " rest "\n"
#define LINE(rest) "recorded state=" rest "\n"
#define READY "000000000000000000000000"
#define DISC "510000000000000022000000"
#define SYNC "350200000000000000000000"

/* READ DISC INFORMATION without the numbers of the disc */
#define NAMELESS "00200101010101a00000000000000000000000000000000000000000000000000001"

static char *text;
static unsigned long lost;

static void record(const char *trace)
{
	size_t size;
	FILE *in = fmemopen((char *)trace, strlen(trace), "r"), *out;

	free(text);
	out = open_memstream(&text, &size);
	lost = put_recorded(out, in, "1:0:0:0", "tao3", "SERIAL77");
	fclose(out);
	fclose(in);
}

static bool prints(const char *trace, const char *expected)
{
	record(trace);
	if (!strcmp(text, expected))
		return true;
	printf("# got:\n%s# expected:\n%s", text, expected);
	return false;
}

static void plain(void)
{
	check(prints(ISSUE("1.0", DISC) DONE("1.0014", "R", GOOD "0020aa"),
		     LINE("start cdb=51000000000000000000 name=R times=1 ms=1 reply=0020aa")),
	      "a query");
	check(prints(ISSUE("1.0", SYNC) DONE("2.5", "0x35", "ret=-5 sense=3/0c/09 reply="),
		     LINE("35.1 cdb=35020000000000000000 times=1 ms=1500 sense=3/0c/09")),
	      "a failure of a command without a name");
	check(prints(ISSUE("1.0", READY) DONE("1.0", "TEST", "ret=-5 sense=0/00/00 reply="),
		     LINE("start cdb=000000000000 name=TEST times=1 ms=0 lost")),
	      "no answer");
	check(prints(ISSUE("1.0", DISC) DONE("1.0", "D", GOOD "0020") ISSUE("1.1", READY)
		     DONE("1.1", "T", GOOD) ISSUE("1.2", DISC) DONE("1.203", "D", GOOD "0020aabb")
		     ISSUE("1.3", DISC) DONE("1.3", "D", GOOD "0021"),
		     LINE("start cdb=51000000000000000000 name=D times=2 ms=3 reply=0020aabb")
		     LINE("start cdb=000000000000 name=T times=1 ms=0")
		     LINE("start cdb=51000000000000000000 name=D times=1 ms=0 reply=0021")),
	      "equal answers join, the longer one stays");
}

static void writes(void)
{
	check(prints(SENT("1.0", "-150") TOOK("1.0", "-150", GOOD)
		     SENT("1.1", "-140") TOOK("1.1", "-140", GOOD)
		     SENT("1.2", "0") TOOK("1.2", "0", GOOD),
		     LINE("2a.1 cdb=2a lba=-150..-131 name=WRITE_10 times=2 ms=0")
		     LINE("2a.1 cdb=2a lba=0..9 name=WRITE_10 times=1 ms=0")),
	      "WRITEs join if they follow each other");
	check(prints(SENT("1.0", "0") TOOK("1.0", "0", "ret=-5 sense=2/04/08")
		     SENT("1.1", "0") TOOK("1.1", "0", GOOD)
		     SENT("1.2", "10") TOOK("1.2", "10", "ret=-5 sense=3/0c/00"),
		     LINE("2a.1 cdb=2a lba=0..9 name=WRITE_10 times=1 ms=0")
		     LINE("2a.1 cdb=2a lba=10..19 name=WRITE_10 times=1 ms=0 sense=3/0c/00")
		     "# Not played: 1 times a WRITE had to wait for the drive (2/04/08)\n"),
	      "a full buffer is counted, an error is not joined");
	check(prints(SENT("1.0", "0") TOOK("1.0", "0", GOOD)
		     ISSUE("1.1", SYNC) DONE("1.1", "S", GOOD)
		     SENT("1.2", "10") TOOK("1.2", "10", GOOD),
		     LINE("2a.1 cdb=2a lba=0..9 name=WRITE_10 times=1 ms=0")
		     LINE("35.1 cdb=35020000000000000000 name=S times=1 ms=0")
		     LINE("2a.2 cdb=2a lba=10..19 name=WRITE_10 times=1 ms=0")),
	      "WRITEs of two states");
}

static void privacy(void)
{
	check(prints(ISSUE("1.0", DISC) DONE("1.0", "D", GOOD
		     "00200101010101a0000000001122334400000000000000005566778899aabbcc0001"),
		     LINE("start cdb=51000000000000000000 name=D times=1 ms=0 reply=" NAMELESS)),
	      "the numbers of the disc");
	check(prints(ISSUE("1.0", READY) DONE("1.0", "T", GOOD "0a53455249414c37370b"),
		     LINE("start cdb=000000000000 name=T times=1 ms=0 reply=0a00000000000000000b")),
	      "a serial number");
}

static void odd(void)
{
	check(prints(TASK "1.0: tao_command_issue: 1:0:0:10 opcode=00 (X) cdb=" READY " bytes=0\n"
		     TASK "1.0: tao_write_issue: tao33 lba=0 sectors=1 copied=0\n"
		     TASK "1.0: tao_write_done: tao33 lba=0 sectors=1 " GOOD "\n", ""),
	      "other drives");
	check(prints("  1: tao_write_issue: tao3 lba=7 sectors=1-18 [000] ..... 1.0: tao_chunk: x\n"
		     "  2: tao_write_done: tao3 lba=7 " GOOD "-18 [000] ..... 1.0: other: x\n", ""),
	      "tasks with names like events");
	check(prints(DONE("1.0", "T", GOOD), ""), "an answer without a command");
	check(prints(ISSUE("1.0", "00") DONE("1.0", "T", GOOD), ""), "half a command");
	check(prints(ISSUE("1.0", READY) TASK "1.0: tao_command_done: 1:0:0:0", ""),
	      "half an answer");
	check(prints(ISSUE("1.0", READY) DONE("1.0", "T", GOOD "0g1"),
		     LINE("start cdb=000000000000 name=T times=1 ms=0")),
	      "a reply that is not hex");
	check(prints("\n: tao_\n: tao_x\n#\n: tao_command_issue:\n", ""), "nothing at all");
	record("# entries-in-buffer/entries-written: 600/656 #P:2\n");
	check(lost == 56, "lost events are counted");
	record("# entries-in-buffer/entries-written: 656/656 #P:2\n");
	check(!lost, "... if there are some");
}

/* A name in the trace is no way to a terminal or into another line. */
static void names(void)
{
	check(prints(ISSUE("1.0", READY) DONE("1.0", "\033[2J x", GOOD),
		     LINE("start cdb=000000000000 times=1 ms=0")),
	      "control characters");
	check(prints(ISSUE("1.0", READY) DONE("1.0", "A sense=1/00/00", GOOD),
		     LINE("start cdb=000000000000 name=A times=1 ms=0")),
	      "a name of two words");
}

static void too_many(void)
{
	char *trace = NULL;
	unsigned int lines = 0;
	size_t size;
	FILE *out = open_memstream(&trace, &size);

	for (int i = 0; i < 1030; i++)
		fprintf(out, ISSUE("1.0", READY) DONE("1.0", "T", GOOD "%04x"), i);
	fclose(out);
	record(trace);
	free(trace);
	for (const char *at = text; (at = strstr(at, "recorded ")); at++)
		lines++;
	check(lines == 1024, "as many lines as cdr-sim takes");
	check(strstr(text, "# Not simulated: 6 more answers"), "... the others are counted");
}

/* Any damage: what is printed is always lines of a record, or nothing. */
static void damaged(void)
{
	static const char whole[] = ISSUE("1.0", DISC) DONE("1.0", "D", GOOD "0020aabb")
		SENT("1.1", "0") TOOK("1.1", "0", GOOD)
		ISSUE("1.2", SYNC) DONE("1.2", "S", "ret=-5 sense=5/2c/00");
	char trace[sizeof(whole)];
	bool good = true;

	for (unsigned int i = 0; i < 20000; i++) {
		memcpy(trace, whole, sizeof(trace));
		for (unsigned int n = 0; n < 1 + i % 4; n++)
			trace[rand() % (sizeof(trace) - 1)] = 1 + rand() % 255;
		record(trace);
		for (const char *at = text; *at; at++)
			good = good && (isprint((unsigned char)*at) || *at == '\n');
		good = good && (!*text || text[strlen(text) - 1] == '\n');
	}
	check(good, "20000 damaged traces");
}

int main(void)
{
	srand(ktap_seed());
	plain();
	writes();
	privacy();
	odd();
	names();
	too_many();
	damaged();
	free(text);
	return ktap_end();
}
