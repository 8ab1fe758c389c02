// SPDX-License-Identifier: GPL-2.0-only
/*
 * Drives that give no answer or a wrong one: tao does not guess, and does not report what it does
 * not know. The behaviour of drives comes from cdr-sim rules; offsets are those of the replies in
 * MMC-6.
 * lab: --icount --bare
 * A fault hits the Nth command of its kind, so nobody else may send any.
 * timeout: 600
 * debug
 */
#define _GNU_SOURCE
#include <poll.h>

#include "sim.h"
#include "harness.h"

#define EXPECT_CALL(error, call)	EXPECT_EQ(error, (call) ? errno : 0)
#define ASSERT_CALL(error, call)	ASSERT_EQ(error, (call) ? errno : 0)

#define WRITE_SECTORS	32
#define TRACK_SECTORS	320
#define SECOND_LBA	(TRACK_SECTORS + GAP_SECTORS)
#define SECTORS(n)	((n) * TAO_SECTOR_SIZE)
#define OP_START_STOP	0x1b
#define KBPS_8X		1411	/* 8 * 75 * 2352 / 1000 */
#define MCN		"4006381333931"

static char audio[SECTORS(TRACK_SECTORS)];

static void __attribute__((constructor)) power_on(void)
{
	static const char *const attributes[] = { "dma_alignment=511", NULL };

	sim_create("answers", attributes);
	sim_audio(audio, sizeof(audio), 13);
}

FIXTURE(drive)
{
	int w;
};

FIXTURE_SETUP(drive)
{
	sim_set("fault", "clear");
	sim_new_disc("cdr80");
	self->w = open(sim_tao, O_WRONLY);
	ASSERT_LE(0, self->w) TH_LOG("open: %s", strerror(errno));
}

FIXTURE_TEARDOWN(drive)
{
	close(self->w);
	sim_set("fault", "clear");
}

static void sysfs_path(char *path, const char *attribute)
{
	snprintf(path, PATH_MAX, "/sys/class/tao/%s/%s", strrchr(sim_tao, '/') + 1, attribute);
}

static void sysfs_set(const char *attribute, const char *value)
{
	char path[PATH_MAX];
	int fd;

	sysfs_path(path, attribute);
	fd = open(path, O_WRONLY);
	if (fd < 0 || write(fd, value, strlen(value)) < 0)
		sim_die(path);
	close(fd);
}

static bool sysfs_is(const char *attribute, const char *value)
{
	char path[PATH_MAX], text[64] = "";
	FILE *f;

	sysfs_path(path, attribute);
	f = fopen(path, "r");
	if (!f || fscanf(f, "%63s", text) != 1)
		sim_die(path);
	fclose(f);
	return !strcmp(text, value);
}

/* Sets this rule, and removes all others. */
static void fault(const char *rule)
{
	sim_set("fault", "clear");
	sim_set("fault", rule);
}

/* How often the rules were applied. */
static unsigned int rule_hits(void)
{
	char text[4096], *at = text;
	unsigned int sum = 0;

	sim_get("fault", text, sizeof(text));
	while ((at = strstr(at, " hits ")))
		sum += strtoul(at += 6, NULL, 10);
	return sum;
}

static const char *said(unsigned int which)
{
	static char text[256];
	struct tao_error e = sim_error(which);

	snprintf(text, sizeof(text), "%d: %02x %x/%02x/%02x %s", e.error, e.opcode, e.key, e.asc,
		 e.ascq, e.text);
	return text;
}

static int prepare(int fd, unsigned int flags)
{
	struct tao_prepare p = { .flags = flags, .mcn = MCN };

	if (!(flags & TAO_PREPARE_MCN))
		p.mcn[0] = '\0';
	return ioctl(fd, TAO_IOC_PREPARE, &p);
}

static int begin(int fd)
{
	struct tao_track_begin b = {};

	return ioctl(fd, TAO_IOC_TRACK_BEGIN, &b);
}

/* Writes one WRITE at a time, so that a rule can select one. */
static int feed(int fd)
{
	int i;

	for (i = 0; i < TRACK_SECTORS; i += WRITE_SECTORS)
		if (write(fd, audio + SECTORS(i), SECTORS(WRITE_SECTORS)) != SECTORS(WRITE_SECTORS))
			return -1;
	return 0;
}

static int end(int fd)
{
	struct tao_track_end e = {};

	return ioctl(fd, TAO_IOC_TRACK_END, &e);
}

static int release(int fd, unsigned int close)
{
	struct tao_finalize f = { .close = close };

	return ioctl(fd, TAO_IOC_RELEASE, &f);
}

static int finalize(int fd)
{
	struct tao_finalize f = { .close = TAO_CLOSE_FINALIZE };

	return ioctl(fd, TAO_IOC_FINALIZE, &f);
}

static int blank(int fd)
{
	struct tao_blank b = {};

	return ioctl(fd, TAO_IOC_BLANK, &b);
}

static int recover(int fd, struct tao_recover *r)
{
	*r = (struct tao_recover){};
	return ioctl(fd, TAO_IOC_RECOVER, r);
}

/* Burns a track like `cat`: without PREPARE. */
static int burn(int fd)
{
	return feed(fd) ?: end(fd);
}

/* --- whether the session is closed --- */

static const struct {
	const char *rule;
	int error;
} looks[] = {
	{ "op=46 times=0 sense=4/44/00", EIO },
	{ "op=51 nth=2 times=0 short=3", EIO },
	{ "op=46 times=0 sense=2/04/08", ETIMEDOUT },
	{ "op=46 times=0 sense=6/5a/01", EIO },
};

/* The state of the disc is not known, so neither is whether there is something to close. */
TEST_F(drive, is_not_seen_after_a_track)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(looks); i++) {
		if (i)
			sim_new_disc("cdr80");
		ASSERT_CALL(0, prepare(self->w, 0)) TH_LOG("%s", looks[i].rule);
		EXPECT_FALSE(sim_medium().flags & TAO_MEDIUM_STALE);
		EXPECT_TRUE(sysfs_is("stale", "0"));
		ASSERT_CALL(0, feed(self->w));
		fault(looks[i].rule);
		EXPECT_CALL(0, end(self->w)) TH_LOG("%s", looks[i].rule);
		EXPECT_TRUE(sim_medium().flags & TAO_MEDIUM_STALE) TH_LOG("%s", looks[i].rule);
		EXPECT_TRUE(sysfs_is("stale", "1"));
		fault(looks[i].rule);
		if (!strstr(looks[i].rule, "nth=")) {
			EXPECT_CALL(looks[i].error, release(self->w, TAO_CLOSE_FINALIZE))
				TH_LOG("%s", looks[i].rule);
			EXPECT_EQ(looks[i].error, sim_error(TAO_ERROR_FIRST).error);
		}
		EXPECT_EQ(0, sim_commands(OP_CLOSE));
		sim_set("fault", "clear");
		EXPECT_CALL(0, release(self->w, TAO_CLOSE_FINALIZE));
		EXPECT_EQ(1, sim_commands(OP_CLOSE));
		EXPECT_EQ(TAO_DISC_COMPLETE, sim_medium().status);
		EXPECT_TRUE(sim_holds(0, audio, TRACK_SECTORS));
	}
}

/* The drive accepted a track, but the disc is blank. */
TEST_F(drive, writes_nothing)
{
	ASSERT_CALL(0, prepare(self->w, 0));
	sim_set("fault", "op=2a times=0 good");
	sim_set("fault", "op=35 times=0 good");
	EXPECT_CALL(0, feed(self->w));
	EXPECT_CALL(EIO, end(self->w));
	EXPECT_EQ(TAO_ERROR_VALID, sim_error(TAO_ERROR_FIRST).flags);
	EXPECT_CALL(0, release(self->w, TAO_CLOSE_NOTHING));
	/* If no look shows the disc behind the track, the closing finds that. */
	ASSERT_CALL(0, prepare(self->w, 0));
	EXPECT_CALL(0, feed(self->w));
	sim_set("fault", "op=46 times=0 sense=4/44/00");
	EXPECT_CALL(0, end(self->w));
	sim_set("fault", "clear");
	EXPECT_CALL(EIO, release(self->w, TAO_CLOSE_FINALIZE));
	EXPECT_CALL(0, release(self->w, TAO_CLOSE_NOTHING));
	/* If nothing was written at all, there is nothing to close, and no error. */
	sim_set("fault", "clear");
	ASSERT_CALL(0, prepare(self->w, 0));
	EXPECT_CALL(0, release(self->w, TAO_CLOSE_FINALIZE));
}

/* The session was closed, but this could not be seen at once: it must not be closed again. */
TEST_F(drive, is_not_seen_after_it_was_closed)
{
	ASSERT_CALL(0, prepare(self->w, 0));
	ASSERT_CALL(0, burn(self->w));
	fault("op=46 times=0 sense=4/44/00");
	EXPECT_CALL(EIO, release(self->w, TAO_CLOSE_FINALIZE));
	EXPECT_TRUE(sim_medium().flags & TAO_MEDIUM_STALE);
	EXPECT_CALL(EIO, release(self->w, TAO_CLOSE_FINALIZE));
	sim_set("fault", "clear");
	EXPECT_CALL(0, release(self->w, TAO_CLOSE_FINALIZE));
	EXPECT_EQ(1, sim_commands(OP_CLOSE));
	EXPECT_EQ(TAO_DISC_COMPLETE, sim_medium().status);
	EXPECT_EQ(1, sim_medium().sessions);
}

/* --- whether a track was ended --- */

/* The second READ TRACK INFORMATION for the track that was left open. */
TEST_F(drive, does_not_say_if_a_track_is_open)
{
	static const char *const senses[] = { "4/44/00", "b/00/00", "5/24/00" };
	struct tao_recover r;
	char rule[80];
	unsigned int i;

	fault("op=35 sense=3/0c/00");
	EXPECT_CALL(0, feed(self->w));
	EXPECT_CALL(EIO, end(self->w));
	for (i = 0; i < ARRAY_SIZE(senses); i++) {
		ASSERT_TRUE(sim_medium().flags & TAO_MEDIUM_TRACK_DAMAGED);
		snprintf(rule, sizeof(rule), "op=52 cdb=2:000000ff nth=2 sense=%s", senses[i]);
		fault(rule);
		EXPECT_CALL(EIO, recover(self->w, &r)) TH_LOG("%s", senses[i]);
		EXPECT_EQ(1, rule_hits());
		EXPECT_EQ(0, r.done);
		sim_set("fault", "clear");
	}
	EXPECT_CALL(0, recover(self->w, &r));
	EXPECT_EQ(TAO_RECOVERED_TRACK, r.done);
	EXPECT_FALSE(sim_medium().flags & TAO_MEDIUM_TRACK_DAMAGED);
	EXPECT_TRUE(sim_holds(0, audio, TRACK_SECTORS));
}

/* --- a postponed command --- */

/* The button was pressed, or "busy" with any sense key: the drive answers when asked again. */
static const char *const put_off[] = { "6/5a/01", "0/00/16", "6/2e/00", "2/04/08", "2/04/00" };
static const char *const asked[] = { "46", "51", "52", "5a", "55", "bb" };

TEST_F(drive, puts_off_a_look)
{
	unsigned int before, i, k;
	struct tao_medium m;
	char rule[64];

	for (i = 0; i < ARRAY_SIZE(put_off); i++)
		for (k = 0; k < ARRAY_SIZE(asked); k++) {
			before = sim_error(TAO_ERROR_LATEST).count;
			snprintf(rule, sizeof(rule), "op=%s sense=%s", asked[k], put_off[i]);
			fault(rule);
			EXPECT_CALL(0, prepare(self->w, 0)) TH_LOG("%s: %s", rule,
								   said(TAO_ERROR_LATEST));
			EXPECT_EQ(1, rule_hits()) TH_LOG("%s", rule);
			m = sim_medium();
			EXPECT_TRUE(m.flags & TAO_MEDIUM_WRITABLE) TH_LOG("%s", rule);
			EXPECT_NE(TAO_UNKNOWN, m.free_sectors) TH_LOG("%s", rule);
			EXPECT_EQ(before, sim_error(TAO_ERROR_LATEST).count)
				TH_LOG("%s: %s", rule, said(TAO_ERROR_LATEST));
			release(self->w, TAO_CLOSE_NOTHING);
		}
}

TEST_F(drive, puts_off_a_query)
{
	struct tao_medium m;
	unsigned int i, k;
	char rule[64];

	ASSERT_CALL(0, prepare(self->w, 0));
	ASSERT_CALL(0, release(self->w, TAO_CLOSE_NOTHING));
	for (i = 0; i < ARRAY_SIZE(put_off); i++)
		for (k = 0; k < 4; k++) {
			snprintf(rule, sizeof(rule), "op=%s sense=%s", asked[k], put_off[i]);
			fault(rule);
			m = sim_medium();
			EXPECT_EQ(1, rule_hits()) TH_LOG("%s", rule);
			EXPECT_EQ(TAO_MEDIUM_WRITABLE, m.flags) TH_LOG("%s", rule);
			EXPECT_EQ(0, m.next_lba) TH_LOG("%s", rule);
			EXPECT_NE(TAO_UNKNOWN, m.free_sectors) TH_LOG("%s", rule);
		}
}

TEST_F(drive, puts_off_the_next_track)
{
	static const char *const commands[] = { "5a", "55", "52" };
	unsigned int i, k;
	char rule[64];

	ASSERT_CALL(0, prepare(self->w, 0));
	for (i = 0; i < ARRAY_SIZE(put_off); i++)
		for (k = 0; k < ARRAY_SIZE(commands); k++) {
			snprintf(rule, sizeof(rule), "op=%s sense=%s", commands[k], put_off[i]);
			fault(rule);
			ASSERT_CALL(0, begin(self->w)) TH_LOG("%s: %s", rule,
							      said(TAO_ERROR_FIRST));
			EXPECT_EQ(1, rule_hits()) TH_LOG("%s", rule);
			EXPECT_CALL(0, burn(self->w));
		}
	EXPECT_CALL(0, release(self->w, TAO_CLOSE_FINALIZE));
}

/* Somebody presses the button again and again while the drive reads a disc. */
TEST_F(drive, is_asked_to_eject_while_it_gets_ready)
{
	/* sr gets some of them. */
	fault("op=00 times=40 sense=6/5a/01");
	EXPECT_CALL(0, prepare(self->w, 0)) TH_LOG("%s", said(TAO_ERROR_FIRST));
	EXPECT_EQ(40, rule_hits());
}

/* --- long commands --- */

/* Somebody presses the button again and again while the drive ends the track. */
TEST_F(drive, is_asked_to_eject_during_a_long_command)
{
	ASSERT_CALL(0, prepare(self->w, 0));
	ASSERT_CALL(0, feed(self->w));
	fault("op=00 times=15 sense=6/5a/01");
	EXPECT_CALL(0, end(self->w)) TH_LOG("%s", said(TAO_ERROR_FIRST));
	EXPECT_EQ(15, rule_hits());
	/* Or instead of each command that is to close the session. */
	fault("op=5b times=15 sense=6/5a/01");
	EXPECT_CALL(0, release(self->w, TAO_CLOSE_FINALIZE)) TH_LOG("%s", said(TAO_ERROR_FIRST));
	EXPECT_EQ(15, rule_hits());
}

/* SPC: 2/04/02, initializing command required; 2/04/00, cause not reportable */
TEST_F(drive, comes_to_rest_behind_a_long_command)
{
	sim_new_disc("cdrw80");
	ASSERT_CALL(0, prepare(self->w, 0));
	ASSERT_CALL(0, feed(self->w));
	fault("op=00 sense=2/04/02");
	EXPECT_CALL(0, end(self->w)) TH_LOG("%s", said(TAO_ERROR_FIRST));
	EXPECT_EQ(1, rule_hits());
	EXPECT_EQ(1, sim_commands(OP_START_STOP));
	EXPECT_FALSE(sim_medium().flags & TAO_MEDIUM_TRACK_FAILED);
	fault("op=00 sense=2/04/02");
	EXPECT_CALL(0, release(self->w, TAO_CLOSE_FINALIZE)) TH_LOG("%s", said(TAO_ERROR_FIRST));
	EXPECT_EQ(1, rule_hits());
	EXPECT_EQ(TAO_DISC_COMPLETE, sim_medium().status);
	EXPECT_TRUE(sim_holds(0, audio, TRACK_SECTORS));
	/* The first TEST UNIT READY precedes BLANK and waits for the disc. */
	fault("op=00 nth=2 sense=2/04/02");
	EXPECT_CALL(0, blank(self->w)) TH_LOG("%s", said(TAO_ERROR_FIRST));
	EXPECT_EQ(1, rule_hits());
	EXPECT_EQ(TAO_DISC_BLANK, sim_medium().status);
	EXPECT_EQ(3, sim_commands(OP_START_STOP));
}

TEST_F(drive, stays_at_rest_behind_a_long_command)
{
	ASSERT_CALL(0, prepare(self->w, 0));
	ASSERT_CALL(0, feed(self->w));
	fault("op=00 times=0 sense=2/04/02");
	EXPECT_CALL(ETIMEDOUT, end(self->w));
}

static const struct {
	const char *rule;
	int error;
} syncs[] = {
	{ "op=35 after sense=2/04/00", 0 },
	{ "op=35 after sense=2/04/08", 0 },
	{ "op=35 sense=2/04/02", 0 },		/* after the start it succeeds */
	{ "op=35 sense=2/04/00", EIO },		/* the disc shows that it failed */
	{ "op=35 times=0 sense=2/04/02", ETIMEDOUT },
};

TEST_F(drive, says_that_it_is_not_ready_to_end_a_track)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(syncs); i++) {
		sim_new_disc("cdr80");
		ASSERT_CALL(0, feed(self->w));
		fault(syncs[i].rule);
		EXPECT_CALL(syncs[i].error, end(self->w)) TH_LOG("%s: %s", syncs[i].rule,
								 said(TAO_ERROR_FIRST));
		EXPECT_LE(1, rule_hits());
		sim_set("fault", "clear");
		if (!syncs[i].error) {
			EXPECT_TRUE(sim_holds(0, audio, TRACK_SECTORS));
			EXPECT_FALSE(sim_medium().flags & TAO_MEDIUM_TRACK_FAILED);
		}
	}
}

TEST_F(drive, says_that_it_blanked_and_has_not)
{
	sim_new_disc("cdrw80");
	ASSERT_CALL(0, burn(self->w));
	fault("op=a1 good");
	EXPECT_CALL(EIO, blank(self->w));
	EXPECT_EQ(TAO_DISC_APPENDABLE, sim_medium().status);
	EXPECT_CALL(0, blank(self->w));
	EXPECT_EQ(TAO_DISC_BLANK, sim_medium().status);
}

/* --- state of a disc that is held --- */

TEST_F(drive, is_closing_a_session_that_others_ask_of)
{
	struct tao_toc toc;
	pid_t child;
	int status;

	ASSERT_CALL(0, prepare(self->w, 0));
	ASSERT_CALL(0, burn(self->w));
	ASSERT_EQ(0, sim_ioctl(TAO_IOC_GET_TOC, &toc));
	EXPECT_EQ(TAO_TOC_EXPECTED, toc.flags);
	fault("op=5b delay=5000");
	child = fork();
	if (!child)
		_exit(release(self->w, TAO_CLOSE_FINALIZE) ? errno : 0);
	usleep(2000000);
	EXPECT_EQ(TAO_ACTION_CLOSING_SESSION, sim_status().action);
	EXPECT_TRUE(sim_medium().flags & TAO_MEDIUM_STALE);
	ASSERT_EQ(0, sim_ioctl(TAO_IOC_GET_TOC, &toc));
	EXPECT_TRUE(toc.flags & TAO_TOC_STALE);
	EXPECT_TRUE(sysfs_is("stale", "1"));
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(0, status);
}

TEST_F(drive, has_lost_its_disc_when_a_track_begins)
{
	ASSERT_CALL(0, prepare(self->w, 0));
	fault("op=52 sense=2/3a/00");
	EXPECT_CALL(ENOMEDIUM, begin(self->w));
	EXPECT_TRUE(sim_medium().flags & TAO_MEDIUM_STALE);
	EXPECT_TRUE(sysfs_is("stale", "1"));
}

TEST_F(drive, loses_its_disc_while_it_is_held)
{
	ASSERT_CALL(0, prepare(self->w, 0));
	sim_set("eject", "force");
	EXPECT_CALL(ENOMEDIUM, begin(self->w));
	EXPECT_TRUE(sim_error(TAO_ERROR_FIRST).flags & TAO_ERROR_VALID);
	EXPECT_CALL(ENOMEDIUM, feed(self->w));
	EXPECT_EQ(ENOMEDIUM, sim_error(TAO_ERROR_FIRST).error);
	EXPECT_CALL(ENOMEDIUM, blank(self->w));
	EXPECT_CALL(ENOMEDIUM, release(self->w, TAO_CLOSE_FINALIZE));
	EXPECT_CALL(0, release(self->w, TAO_CLOSE_NOTHING));
}

/* --- WRITE --- */

/*
 * A sense code that is harmless for a command that ends something is an error of a WRITE: only a
 * recovered error means that the data were taken. An adapter without residuals does not show the
 * loss either.
 */
TEST_F(drive, refuses_a_write_with_a_note)
{
	static const char *const notes[] = { "5/b5/00", "3/0c/0a", "4/0c/0a", "3/73/01" };
	char rule[64];
	unsigned int i;

	sysfs_set("limits/ignore_residue", "1");
	for (i = 0; i < ARRAY_SIZE(notes); i++) {
		sim_new_disc("cdr80");
		/* Use the last WRITE: after any other the next address would show the loss. */
		snprintf(rule, sizeof(rule), "op=2a nth=%u sense=%s",
			 TRACK_SECTORS / WRITE_SECTORS, notes[i]);
		fault(rule);
		EXPECT_CALL(EIO, feed(self->w)) TH_LOG("%s", notes[i]);
		EXPECT_CALL(EIO, end(self->w)) TH_LOG("%s", notes[i]);
		EXPECT_EQ(OP_WRITE, sim_error(TAO_ERROR_FIRST).opcode);
		sim_new_disc("cdr80");
		snprintf(rule, sizeof(rule), "op=35 after sense=%s", notes[i]);
		fault(rule);
		EXPECT_CALL(0, burn(self->w)) TH_LOG("%s: %s", notes[i], said(TAO_ERROR_FIRST));
		EXPECT_EQ(1, rule_hits());
	}
	sim_new_disc("cdr80");
	fault("op=2a nth=3 after sense=1/0c/0a");
	EXPECT_CALL(0, burn(self->w));
	EXPECT_TRUE(sim_holds(0, audio, TRACK_SECTORS));
	sysfs_set("limits/ignore_residue", "0");
}

/* --- the table of contents --- */

/* Of a finalised disc with two tracks. */
static struct tao_toc toc_with(const char *rule)
{
	struct tao_toc toc;

	fault(rule);
	if (sim_ioctl(TAO_IOC_GET_TOC, &toc))
		sim_die("GET_TOC");
	return toc;
}

/* Addresses are possible on a CD, and ascending up to the lead-out. */
static bool toc_is_possible(const struct tao_toc *toc)
{
	unsigned int i;

	for (i = 0; i + 1 < toc->entries_count; i++)
		if (toc->entries[i].start_lba >= toc->entries[i + 1].start_lba ||
		    toc->entries[i].sectors > 450000)
			return false;
	return !toc->entries_count || (toc->entries[i].number == 0xaa &&
				       toc->entries[i].start_lba <= 450000);
}

TEST_F(drive, tells_half_of_its_table_of_contents)
{
	static const char *const rules[] = {
		"op=52 cdb=2:00000002 times=0 sense=4/44/00",
		"op=52 cdb=2:00000002 times=0 set=8:7fffff00",
		"op=52 cdb=2:00000002 times=0 set=8:00000000",
		"op=52 cdb=2:00000002 times=0 set=24:7fffffff",
	};
	struct tao_toc toc;
	unsigned int i;

	ASSERT_CALL(0, burn(self->w));
	ASSERT_CALL(0, burn(self->w));
	ASSERT_CALL(0, finalize(self->w));
	toc = toc_with("op=43 times=0 sense=5/24/00");
	ASSERT_EQ(3, toc.entries_count);
	EXPECT_EQ(0, toc.flags);
	EXPECT_LE(SECOND_LBA + TRACK_SECTORS, toc.entries[2].start_lba);
	EXPECT_GE(SECOND_LBA + TRACK_SECTORS + 2, toc.entries[2].start_lba);
	/* The drive does not report tracks by number: the table in the lead-in is complete. */
	toc = toc_with("op=52 cdb=2:00000002 times=0 sense=5/24/00");
	ASSERT_EQ(3, toc.entries_count);
	EXPECT_EQ(0, toc.flags);
	EXPECT_EQ(SECOND_LBA, toc.entries[1].start_lba);
	/*
	 * In all other cases the table is incomplete, and marked so: an error, or an impossible
	 * start or length.
	 */
	for (i = 0; i < ARRAY_SIZE(rules); i++) {
		toc = toc_with(rules[i]);
		EXPECT_EQ(TAO_TOC_STALE, toc.flags) TH_LOG("%s", rules[i]);
		EXPECT_TRUE(toc_is_possible(&toc)) TH_LOG("%s", rules[i]);
	}
	/* READ TOC: the third entry begins at 20, its address at 24 */
	toc = toc_with("op=43 times=0 set=24:7fffffff");
	EXPECT_TRUE(toc_is_possible(&toc));
}

/* READ TRACK INFORMATION: the number is at 2. READ DISC INFORMATION: first at 3, last at 6 */
TEST_F(drive, has_impossible_track_numbers)
{
	struct tao_medium m;

	fault("op=52 cdb=2:000000ff times=0 set=2:00");
	EXPECT_CALL(EIO, prepare(self->w, 0));
	EXPECT_TRUE(!!strstr(said(TAO_ERROR_FIRST), "reply makes no sense"))
		TH_LOG("%s", said(TAO_ERROR_FIRST));
	m = sim_medium();
	EXPECT_FALSE(m.flags & TAO_MEDIUM_WRITABLE && !m.next_track);
	EXPECT_CALL(EIO, burn(self->w));
	fault("op=51 times=0 set=3:ff");
	EXPECT_GE(TAO_TRACKS_MAX, sim_medium().first_track);
	fault("op=51 times=0 set=6:ff");
	EXPECT_GE(TAO_TRACKS_MAX, sim_medium().tracks);
}

/* GET CONFIGURATION: the profile is at 6; 0014h is a DVD-RW */
TEST_F(drive, has_a_dvd_that_can_be_erased)
{
	sim_new_disc("cdrw80");
	EXPECT_TRUE(sim_medium().flags & TAO_MEDIUM_ERASABLE);
	fault("op=46 times=0 set=6:0014");
	EXPECT_FALSE(sim_medium().flags & TAO_MEDIUM_ERASABLE);
}

/* --- status during an operation --- */

/* Ending the track takes the drive some seconds. */
static struct tao_status status_while_it_ends(int fd)
{
	struct tao_status s;
	int i;

	sim_set("fault", "op=35 delay=3000");
	fcntl(fd, F_SETFL, O_NONBLOCK);
	for (i = 0; end(fd) && errno == EAGAIN && i < 2000; i++) {
		s = sim_status();
		if (s.action == TAO_ACTION_CLOSING_TRACK)
			break;
		usleep(1000);
	}
	fcntl(fd, F_SETFL, 0);
	return s;
}

TEST_F(drive, ends_a_track_that_was_cancelled)
{
	struct tao_status s;

	ASSERT_CALL(0, prepare(self->w, 0));
	ASSERT_CALL(0, feed(self->w));
	usleep(2000000);
	sim_set("fault", "op=35 delay=3000");
	ASSERT_CALL(0, ioctl(self->w, TAO_IOC_CANCEL));
	s = status_while_it_ends(self->w);
	EXPECT_EQ(TAO_ACTION_CLOSING_TRACK, s.action);
	EXPECT_TRUE(s.flags & TAO_STATUS_CANCELLED);
	EXPECT_FALSE(s.flags & TAO_STATUS_FAILED);
	EXPECT_LE(2000, s.elapsed_ms);
	EXPECT_CALL(ECANCELED, end(self->w));
	/* The next track has its own status. */
	ASSERT_CALL(0, begin(self->w));
	EXPECT_FALSE(sim_status().flags & TAO_STATUS_CANCELLED);
}

TEST_F(drive, ends_a_track_that_failed)
{
	struct tao_status s;

	ASSERT_CALL(0, prepare(self->w, 0));
	fault("op=2a nth=3 sense=3/0c/00");
	ASSERT_CALL(EIO, feed(self->w));
	s = status_while_it_ends(self->w);
	EXPECT_EQ(TAO_ACTION_CLOSING_TRACK, s.action);
	EXPECT_TRUE(s.flags & TAO_STATUS_FAILED);
	EXPECT_CALL(EIO, end(self->w));
}

/* The error of a query is not an error of the burn before it. */
TEST_F(drive, fails_in_a_query)
{
	ASSERT_CALL(0, burn(self->w));
	fault("op=51 times=0 sense=4/44/00");
	EXPECT_TRUE(sim_medium().flags & TAO_MEDIUM_STALE);
	EXPECT_EQ(0, sim_error(TAO_ERROR_FIRST).flags);
	EXPECT_EQ(0x51, sim_error(TAO_ERROR_LATEST).opcode);
}

static int poll_open(const char *attribute)
{
	char path[PATH_MAX], text[256];
	int fd;

	sysfs_path(path, attribute);
	fd = open(path, O_RDONLY);
	if (fd < 0 || read(fd, text, sizeof(text)) < 0)
		sim_die(path);
	return fd;
}

/* Whether poll() wakes up; then reads the attribute. */
static bool poll_wakes(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLPRI };
	bool woken = poll(&p, 1, 2000) == 1 && p.revents & POLLPRI;
	char text[256];

	if (pread(fd, text, sizeof(text), 0) < 0)
		sim_die("read");
	return woken;
}

TEST_F(drive, is_watched)
{
	int last_error = poll_open("last_error"), medium = poll_open("medium");
	struct pollfd p = { .fd = self->w, .events = POLLPRI };
	char before[32], bytes[32];
	struct tao_status s;
	struct tao_drive d;

	fault("op=51 times=0 sense=4/44/00");
	sysfs_set("refresh", "1");
	EXPECT_TRUE(poll_wakes(medium)) TH_LOG("a look that fails");
	sim_wait_idle();
	EXPECT_TRUE(poll_wakes(last_error)) TH_LOG("an error");
	fault("op=00 sense=6/28/00");
	sim_medium();
	EXPECT_TRUE(sysfs_is("medium", "cd-r"));
	EXPECT_TRUE(poll_wakes(last_error)) TH_LOG("no error any more");
	sim_wait_idle();
	ASSERT_EQ(0, sim_ioctl(TAO_IOC_GET_DRIVE, &d));
	ASSERT_CALL(0, ioctl(self->w, TAO_IOC_GET_STATUS, &s));
	ASSERT_EQ(0, poll(&p, 1, 0));
	snprintf(before, sizeof(before), "%u", d.in_flight_bytes);
	snprintf(bytes, sizeof(bytes), "%u", d.in_flight_bytes / 2);
	sysfs_set("limits/in_flight_bytes", bytes);
	EXPECT_EQ(1, poll(&p, 1, 0));
	ASSERT_CALL(0, ioctl(self->w, TAO_IOC_GET_STATUS, &s));
	EXPECT_EQ(d.in_flight_bytes / 2, s.queue_max_bytes);
	sysfs_set("limits/in_flight_bytes", before);
	close(last_error);
	close(medium);
}

/* With the laser off, no catalogue number is written to the disc. */
TEST_F(drive, writes_no_number_in_a_test)
{
	ASSERT_CALL(0, prepare(self->w, TAO_PREPARE_TEST_WRITE | TAO_PREPARE_MCN));
	ASSERT_CALL(0, burn(self->w));
	EXPECT_STREQ("", sim_medium().mcn);
	ASSERT_CALL(0, release(self->w, TAO_CLOSE_NOTHING));
	ASSERT_CALL(0, prepare(self->w, TAO_PREPARE_MCN));
	ASSERT_CALL(0, burn(self->w));
	EXPECT_STREQ(MCN, sim_medium().mcn);
}

static struct tao_speed speed_now(void)
{
	struct tao_speed speed;

	if (sim_ioctl(TAO_IOC_GET_SPEED, &speed))
		sim_die("GET_SPEED");
	return speed;
}

/* The speed is sent to the drive when there is a disc to burn; until then it stays pending. */
TEST_F(drive, has_no_disc_to_set_a_speed_for)
{
	struct tao_speed speed = { .requested_kbps = 2 };

	/* Slower than the drive can write. */
	ASSERT_CALL(0, ioctl(self->w, TAO_IOC_SET_SPEED, &speed));
	EXPECT_EQ(TAO_SPEED_ADJUSTED, speed_now().flags);
	sim_new_disc(NULL);
	speed = (struct tao_speed){ .requested_kbps = KBPS_8X };
	ASSERT_CALL(0, ioctl(self->w, TAO_IOC_SET_SPEED, &speed));
	EXPECT_EQ(TAO_SPEED_PENDING, speed.flags);
	EXPECT_EQ(TAO_SPEED_PENDING, speed_now().flags);
	sim_set("insert", "cdr80");
	sim_medium();
	EXPECT_EQ(TAO_SPEED_PENDING, speed_now().flags);
	ASSERT_CALL(0, prepare(self->w, 0));
	EXPECT_EQ(0, speed_now().flags);
	EXPECT_EQ(8 * 75, speed_now().actual_sectors_per_second);
}

TEST_HARNESS_MAIN
