// SPDX-License-Identifier: GPL-2.0-only
/*
 * A query changes nothing: not the drive, not the disc, not the settings of another program. The
 * recorder counts the commands that were sent.
 * lab: --bare
 * timeout: 300
 * debug
 */
#include <unistd.h>

#include "harness.h"
#include "sg.h"

#define EXPECT_CALL(error, call)	EXPECT_EQ(error, (call) ? errno : 0)
#define ASSERT_CALL(error, call)	ASSERT_EQ(error, (call) ? errno : 0)

#define TRACK_SECTORS	320
#define ROOM		(79 * 60 * 75)	/* a disc of 80 minutes has more */

#define OP_START_STOP	0x1b

/* Commands for looking at a disc; the last two are from sr and the block layer. */
static const unsigned int harmless[] = {
	0x00, 0x46, 0x51, 0x52, 0x43, OP_MODE_SENSE, 0xac, 0x4a, 0x03,
};

static void __attribute__((constructor)) power_on(void)
{
	sim_create("query", NULL);
}

/* The commands that the recorder received and that may change something, as text; NULL if none. */
static const char *harm(void)
{
	static char found[256];
	char text[4096], *line, *save;
	unsigned int op, count, i;

	sim_get("commands", text, sizeof(text));
	found[0] = '\0';
	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		if (sscanf(line, "%x %*s %u", &op, &count) != 2 || !count)
			continue;
		for (i = 0; i < ARRAY_SIZE(harmless); i++)
			if (op == harmless[i])
				break;
		if (i == ARRAY_SIZE(harmless))
			snprintf(found + strlen(found), sizeof(found) - strlen(found), "%s; ",
				 line);
	}
	return found[0] ? found : NULL;
}

static void set_refresh(void)
{
	char path[PATH_MAX];
	int fd;

	snprintf(path, sizeof(path), "/sys/class/tao/%s/refresh", strrchr(sim_tao, '/') + 1);
	fd = open(path, O_WRONLY);
	if (fd < 0 || write(fd, "1", 1) != 1)
		sim_die(path);
	close(fd);
	sim_wait_idle();
}

static struct tao_toc toc;
static struct tao_speeds speeds;

/* Sends every query. */
static void ask(void)
{
	if (sim_ioctl(TAO_IOC_GET_TOC, &toc) || sim_ioctl(TAO_IOC_GET_SPEEDS, &speeds))
		sim_die("query");
	sim_medium();
	set_refresh();
}

static void plug_in_anew(const char *disc)
{
	sim_set("power", "0");
	sim_try("eject", "force");
	if (disc)
		sim_set("insert", disc);
	sim_power_on();
	sim_wait_idle();
	sim_set("commands", "0");
}

static int burn(void)
{
	static char audio[TRACK_SECTORS * TAO_SECTOR_SIZE];
	int fd = open(sim_tao, O_WRONLY), ret;

	if (fd < 0)
		sim_die(sim_tao);
	ret = write(fd, audio, sizeof(audio)) == sizeof(audio) ? 0 : -1;
	ret = close(fd) ?: ret;
	sim_wait_idle();
	return ret;
}

static int prepare(void)
{
	struct tao_prepare p = {};
	int fd = open(sim_tao, O_WRONLY), ret;

	if (fd < 0)
		sim_die(sim_tao);
	ret = ioctl(fd, TAO_IOC_PREPARE, &p);
	close(fd);
	sim_wait_idle();
	return ret;
}

/* The write parameters have not been set yet: the next address can't be queried. */
TEST(blank_disc)
{
	struct tao_medium m;

	plug_in_anew("cdr80");
	ask();
	EXPECT_EQ(NULL, harm()) TH_LOG("%s", harm());
	m = sim_medium();
	EXPECT_EQ(TAO_MEDIUM_CD_R, m.type);
	EXPECT_EQ(TAO_DISC_BLANK, m.status);
	EXPECT_TRUE(m.flags & TAO_MEDIUM_WRITABLE);
	EXPECT_FALSE(m.flags & TAO_MEDIUM_STALE);
	EXPECT_EQ(1, m.next_track);
	EXPECT_EQ(-1, m.next_lba);
	EXPECT_EQ(TAO_UNKNOWN, m.free_sectors);
	EXPECT_EQ(TAO_UNKNOWN, m.used_sectors);
	EXPECT_LT(ROOM, m.total_sectors);
	/* Now the parameters are set for audio, and it can. */
	ASSERT_CALL(0, prepare());
	sim_set("commands", "0");
	ask();
	EXPECT_EQ(NULL, harm()) TH_LOG("%s", harm());
	m = sim_medium();
	EXPECT_EQ(0, m.next_lba);
	EXPECT_LT(ROOM, m.free_sectors);
}

TEST(disc_with_a_track)
{
	struct tao_medium m, held;
	struct tao_prepare p = {};
	int fd;

	plug_in_anew("cdr80");
	ASSERT_CALL(0, burn());
	plug_in_anew(NULL);
	sim_set("insert", "same");
	ask();
	EXPECT_EQ(NULL, harm()) TH_LOG("%s", harm());
	m = sim_medium();
	EXPECT_EQ(TAO_DISC_APPENDABLE, m.status);
	EXPECT_EQ(TAO_MEDIUM_WRITABLE | TAO_MEDIUM_SESSION_OPEN, m.flags);
	EXPECT_EQ(1, m.tracks);
	EXPECT_EQ(2, m.next_track);
	EXPECT_EQ(-1, m.next_lba);
	EXPECT_EQ(TAO_UNKNOWN, m.free_sectors);
	EXPECT_EQ(2, toc.entries_count);
	fd = open(sim_tao, O_WRONLY);
	ASSERT_LE(0, fd);
	ASSERT_CALL(0, ioctl(fd, TAO_IOC_PREPARE, &p));
	sim_set("commands", "0");
	held = sim_medium();
	EXPECT_EQ(TRACK_SECTORS + GAP_SECTORS, held.next_lba);
	EXPECT_LT(ROOM - TRACK_SECTORS - GAP_SECTORS, held.free_sectors);
	/* While the disc is held, no commands are sent at all. */
	EXPECT_EQ(0, sim_all_commands());
	close(fd);
	sim_wait_idle();
}

TEST(full_and_finalised_discs)
{
	struct tao_finalize f = { .close = TAO_CLOSE_FINALIZE };
	struct tao_medium m;
	int fd;

	/* A track, and no room for another one. */
	plug_in_anew("cdr:324");
	ASSERT_CALL(0, burn());
	plug_in_anew(NULL);
	sim_set("insert", "same");
	ask();
	EXPECT_EQ(NULL, harm()) TH_LOG("%s", harm());
	m = sim_medium();
	EXPECT_EQ(TAO_DISC_APPENDABLE, m.status);
	EXPECT_EQ(1, m.tracks);
	fd = open(sim_tao, O_WRONLY);
	ASSERT_LE(0, fd);
	ASSERT_CALL(0, ioctl(fd, TAO_IOC_FINALIZE, &f));
	close(fd);
	sim_wait_idle();
	plug_in_anew(NULL);
	sim_set("insert", "same");
	ask();
	EXPECT_EQ(NULL, harm()) TH_LOG("%s", harm());
	m = sim_medium();
	EXPECT_EQ(TAO_DISC_COMPLETE, m.status);
	EXPECT_FALSE(m.flags & TAO_MEDIUM_WRITABLE);
	EXPECT_EQ(0, m.free_sectors);
	EXPECT_EQ(0, m.next_track);
}

/* SPC: 2/04/02, initializing command required. A query does not start the drive, a burn does. */
TEST(disc_at_rest)
{
	struct tao_medium m;

	plug_in_anew("cdr80");
	sim_medium();
	sim_set("commands", "0");
	sim_set("fault", "op=00 times=0 sense=2/04/02");
	ask();
	EXPECT_EQ(NULL, harm()) TH_LOG("%s", harm());
	m = sim_medium();
	EXPECT_TRUE(m.flags & TAO_MEDIUM_STALE);
	EXPECT_EQ(TAO_MEDIUM_CD_R, m.type);
	sim_set("fault", "clear");
	/* sr gets the first ones. */
	sim_set("fault", "op=00 times=4 sense=2/04/02");
	EXPECT_CALL(0, prepare());
	EXPECT_LE(1, sim_commands(OP_START_STOP));
	sim_set("fault", "clear");
}

/* A program that burns through /dev/sg, between its MODE SELECT and its first WRITE. */
TEST(parameters_of_another_program)
{
	/* Track-at-once, mode 1, open for another session, with a catalogue number. */
	__u8 page[PAGE_BYTES] = {
		0x05, PAGE_BYTES - 2, 0x41, 0xc4, 0x08, [5] = 0x10, [15] = 150,
		[16] = 0x80, '4', '0', '0', '6', '3', '8', '1', '3', '3', '3', '9', '3', '1',
	};
	__u8 reply[HEADER_BYTES + PAGE_BYTES];

	plug_in_anew("cdr80");
	sim_medium();
	ASSERT_EQ(0, sg_select_page(page));
	ask();
	ASSERT_EQ(0, sg_sense_page(reply));
	EXPECT_EQ(0, memcmp(reply + HEADER_BYTES + 2, page + 2, PAGE_BYTES - 2));
}

/* A program that mounts the disc waits for a query, so that does not go on for ever. */
TEST(slow_drive)
{
	struct tao_medium m;

	plug_in_anew("cdr80");
	sim_medium();
	sim_set("commands", "0");
	sim_set("fault", "op=51 times=1 delay=11000");
	m = sim_medium();
	EXPECT_TRUE(m.flags & TAO_MEDIUM_STALE);
	EXPECT_EQ(TAO_MEDIUM_CD_R, m.type);
	EXPECT_LE(1, sim_commands(0x51));
	EXPECT_EQ(0, sim_commands(0x52));
	EXPECT_EQ(0, sim_commands(OP_MODE_SENSE));
	sim_set("fault", "clear");
	m = sim_medium();
	EXPECT_FALSE(m.flags & TAO_MEDIUM_STALE);
}

/* Whichever answer is late: the next step is not begun, and what was known is kept as old. */
static void late_answer(struct __test_metadata *_metadata, unsigned int slow, unsigned int next)
{
	struct tao_medium m;
	char fault[64];

	snprintf(fault, sizeof(fault), "op=%02x times=1 delay=11000", slow);
	sim_set("fault", fault);
	sim_set("commands", "0");
	ASSERT_EQ(0, sim_ioctl(TAO_IOC_GET_TOC, &toc));
	EXPECT_TRUE(toc.flags & TAO_TOC_STALE) TH_LOG("%02x is late", slow);
	EXPECT_EQ(2, toc.entries_count) TH_LOG("%02x is late", slow);
	EXPECT_LE(1, sim_commands(slow));
	EXPECT_EQ(0, sim_commands(next)) TH_LOG("%02x is late", slow);
	sim_set("fault", "clear");
	m = sim_medium();
	EXPECT_EQ(1, m.tracks);
	EXPECT_FALSE(m.flags & TAO_MEDIUM_STALE);
	ASSERT_EQ(0, sim_ioctl(TAO_IOC_GET_TOC, &toc));
	EXPECT_FALSE(toc.flags & TAO_TOC_STALE);
}

TEST(slow_drive_with_a_track)
{
	plug_in_anew("cdr80");
	ASSERT_CALL(0, burn());
	late_answer(_metadata, 0x00, 0x51);
	late_answer(_metadata, 0x51, 0x52);
	late_answer(_metadata, OP_MODE_SENSE, 0x43);
	late_answer(_metadata, 0x52, 0x43);
	late_answer(_metadata, 0x43, 0xac);
	/* The last track: all is known then but the speeds. */
	sim_set("fault", "op=52 nth=2 times=1 delay=11000");
	sim_set("commands", "0");
	ASSERT_EQ(0, sim_ioctl(TAO_IOC_GET_SPEEDS, &speeds));
	EXPECT_TRUE(speeds.flags & TAO_SPEED_STALE);
	EXPECT_EQ(0, sim_commands(0xac));
	sim_set("fault", "clear");
	ASSERT_EQ(0, sim_ioctl(TAO_IOC_GET_SPEEDS, &speeds));
	EXPECT_FALSE(speeds.flags & TAO_SPEED_STALE);
}

static unsigned long long number_at_open(void)
{
	close(open(sim_sr, O_RDONLY | O_NONBLOCK));
	return sim_disc_sequence();
}

/* SPC: 6/28/00, the disc may be another one. The block layer hears of it whatever it answers. */
TEST(exchanged_disc)
{
	static const unsigned int opcodes[] = { 0x00, 0x46, 0x51, 0x52, OP_MODE_SENSE, 0x43, 0xac };
	unsigned long long number;
	char fault[64];
	unsigned int i;

	plug_in_anew("cdr80");
	ASSERT_CALL(0, burn());
	sim_medium();
	for (i = 0; i < ARRAY_SIZE(opcodes); i++) {
		number = number_at_open();
		EXPECT_EQ(number, number_at_open());
		snprintf(fault, sizeof(fault), "op=%02x times=1 sense=6/28/00", opcodes[i]);
		sim_set("fault", fault);
		sim_medium();
		sim_set("fault", "clear");
		EXPECT_NE(number, number_at_open()) TH_LOG("%s", fault);
	}
	number = number_at_open();
	EXPECT_CALL(0, burn());
	EXPECT_EQ(number, number_at_open());
	sim_set("fault", "op=2a times=1 sense=6/28/00");
	EXPECT_CALL(0, burn());
	sim_set("fault", "clear");
	EXPECT_NE(number, number_at_open());
}

static unsigned int underrun_free(int fd)
{
	struct tao_settings settings = { 0 };

	return ioctl(fd, TAO_IOC_GET_SETTINGS, &settings) ? UINT_MAX : settings.underrun_free;
}

static bool burned_underrun_free(void)
{
	__u8 reply[HEADER_BYTES + PAGE_BYTES];

	if (sg_sense_page(reply))
		sim_die("MODE SENSE");
	return reply[HEADER_BYTES + 2] & 0x40;
}

/* What one program sets is for its own tracks. */
TEST(settings_of_a_file)
{
	static char audio[TRACK_SECTORS * TAO_SECTOR_SIZE];
	struct tao_settings off = { .mask = TAO_SET_UNDERRUN_FREE };
	int r, w;

	plug_in_anew("cdrw80");
	r = open(sim_tao, O_RDONLY);
	ASSERT_LE(0, r);
	w = open(sim_tao, O_WRONLY);
	ASSERT_LE(0, w);
	ASSERT_CALL(0, ioctl(w, TAO_IOC_SET_SETTINGS, &off));
	EXPECT_EQ(0, underrun_free(w));
	EXPECT_EQ(1, underrun_free(r));
	ASSERT_EQ(sizeof(audio), write(w, audio, sizeof(audio)));
	ASSERT_CALL(0, close(w));
	sim_wait_idle();
	EXPECT_FALSE(burned_underrun_free());
	ASSERT_EQ(0, burn());
	EXPECT_TRUE(burned_underrun_free());
	close(r);
}

TEST_HARNESS_MAIN
