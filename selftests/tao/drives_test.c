// SPDX-License-Identifier: GPL-2.0-only
/*
 * Drives that are older than the standard, or deviate from it: each of them burns, or the error
 * says why not. Their behaviour comes from cdr-sim rules; offsets are those of the replies in
 * MMC-6.
 * lab: --icount --doors
 * full
 * timeout: 600
 * debug
 */
#define _GNU_SOURCE
#include <poll.h>
#include <sys/prctl.h>

#define NO_RECORDERS	/* this test creates its own */
#include "../stream/stream.h"
#include "sg.h"

#define EXPECT_CALL(error, call)	EXPECT_EQ(error, (call) ? errno : 0)
#define ASSERT_CALL(error, call)	ASSERT_EQ(error, (call) ? errno : 0)

#define TRACK_SECTORS	320
#define OP_START_STOP	0x1b
#define OP_SET_SPEED	0xbb
#define KBPS_X		176	/* kB/s of 1x, as in SET CD SPEED: 75 * 2352 / 1000 */

static char audio[TRACK_SECTORS * TAO_SECTOR_SIZE];

static void __attribute__((constructor)) power_on(void)
{
	static const char *const attributes[] = { "dma_alignment=511", NULL };

	sim_create("drives", attributes);
	sim_audio(audio, sizeof(audio), 11);
}

FIXTURE(drive)
{
};

FIXTURE_SETUP(drive)
{
	sim_set("fault", "clear");
	sim_new_disc("cdr80");
}

FIXTURE_TEARDOWN(drive)
{
	sim_set("fault", "clear");
}

/* Burns a track with the start of the audio; -1 and errno. */
static int burn_bytes(ssize_t bytes)
{
	int fd = open(sim_tao, O_WRONLY), ret;
	ssize_t n;

	if (fd < 0)
		sim_die(sim_tao);
	n = write(fd, audio, bytes);
	ret = close(fd);
	sim_wait_idle();
	return n == bytes ? ret : -1;
}

static int burn(void)
{
	return burn_bytes(sizeof(audio));
}

/* No call waits except poll(). */
static int burn_without_waiting(void)
{
	int fd = open(sim_tao, O_WRONLY | O_NONBLOCK), ret;
	struct pollfd p = { .fd = fd, .events = POLLOUT };
	size_t done = 0;
	ssize_t n = 0;

	if (fd < 0)
		sim_die(sim_tao);
	while (done < sizeof(audio) && (n >= 0 || errno == EAGAIN) && poll(&p, 1, 60000) > 0) {
		/* Gives somebody else time to use the request that began the track. */
		usleep(5000);
		n = write(fd, audio + done, sizeof(audio) - done);
		done += n > 0 ? n : 0;
	}
	ret = close(fd);
	sim_wait_idle();
	return done == sizeof(audio) ? ret : -1;
}

static int prepare(unsigned int flags)
{
	struct tao_prepare p = { .flags = flags };
	int fd = open(sim_tao, O_WRONLY), ret;

	if (fd < 0)
		sim_die(sim_tao);
	ret = ioctl(fd, TAO_IOC_PREPARE, &p);
	close(fd);
	sim_wait_idle();
	return ret;
}

static int finalize(void)
{
	struct tao_finalize f = { .close = TAO_CLOSE_FINALIZE };
	int fd = open(sim_tao, O_WRONLY), ret;

	if (fd < 0)
		sim_die(sim_tao);
	ret = ioctl(fd, TAO_IOC_FINALIZE, &f);
	close(fd);
	sim_wait_idle();
	return ret;
}

/* Plugs the drive in again, so that it has the current rules from the start. */
static void plug_in_anew(void)
{
	sim_set("power", "0");
	sim_power_on();
	sim_new_disc("cdr80");
}

static const char *codes(void)
{
	static char text[256];
	char path[PATH_MAX], *codes;
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/sys/class/tao/%s/first_error_codes", strrchr(sim_tao, '/'));
	fd = open(path, O_RDONLY);
	n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	if (n <= 0)
		sim_die(path);
	close(fd);
	text[n - 1] = '\0';
	codes = strchr(text, ' ');
	codes = codes ? strchr(codes + 1, ' ') : NULL;
	return codes ? codes + 1 : text;
}

/* How often the rule was applied. */
static unsigned int hits(void)
{
	char text[4096], *at;

	sim_get("fault", text, sizeof(text));
	at = strstr(text, " hits ");
	return at ? strtoul(at + 6, NULL, 10) : 0;
}

/* Burns a whole disc, and compares it. */
#define EXPECT_A_DISC() \
	do { \
		EXPECT_CALL(0, burn()) TH_LOG("%s", sim_said()); \
		EXPECT_CALL(0, finalize()) TH_LOG("%s", sim_said()); \
		EXPECT_EQ(TAO_DISC_COMPLETE, sim_medium().status); \
		EXPECT_TRUE(sim_holds(0, audio, TRACK_SECTORS)); \
	} while (0)

/* SPC: 2/04/02, initializing command required */
TEST_F(drive, has_to_be_started)
{
	/* sr gets the first ones. */
	sim_set("fault", "op=00 times=4 sense=2/04/02");
	EXPECT_A_DISC();
	EXPECT_LE(1, sim_commands(OP_START_STOP));
}

/* SPC: 2/04/00, cause not reportable: the drive may become ready within half a minute. */
TEST_F(drive, says_not_why)
{
	sim_set("fault", "op=00 times=50 sense=2/04/00");
	EXPECT_A_DISC();
	EXPECT_EQ(50, hits());
}

TEST_F(drive, never_says_why)
{
	sim_set("fault", "op=00 times=0 sense=2/04/00");
	EXPECT_CALL(ETIMEDOUT, burn());
	EXPECT_EQ(0, sim_commands(OP_WRITE));
}

TEST_F(drive, says_not_why_while_it_closes)
{
	ASSERT_CALL(0, burn());
	sim_set("realtime", "1");
	sim_set("fault", "op=00 nth=3 times=50 sense=2/04/00");
	EXPECT_CALL(0, finalize()) TH_LOG("%s", sim_said());
	EXPECT_EQ(50, hits());
	sim_set("realtime", "0");
	EXPECT_EQ(TAO_DISC_COMPLETE, sim_medium().status);
}

TEST_F(drive, never_says_why_while_it_closes)
{
	ASSERT_CALL(0, burn());
	sim_set("realtime", "1");
	sim_set("fault", "op=00 nth=3 times=0 sense=2/04/00");
	EXPECT_CALL(ETIMEDOUT, finalize());
	EXPECT_FALSE(sim_locked());
	sim_set("fault", "clear");
	sim_set("realtime", "0");
}

TEST_F(drive, refuses_underrun_protection)
{
	/* Every second MODE SELECT: the next attempt is without the protection. */
	sim_set("fault", "op=55 sense=5/26/00");
	EXPECT_A_DISC();
	EXPECT_TRUE(sim_log_has("does not take its underrun protection"));
}

/* MMC-6, page 05h: byte 4 is the data block type; 8 bytes of header before it */
TEST_F(drive, takes_write_parameters_and_has_others)
{
	sim_set("fault", "op=5a cdb=2:05 times=0 set=12:08");
	EXPECT_CALL(EIO, burn());
	EXPECT_STREQ("5: 55 0/00/00 MODE SELECT(10): drive did not take the write parameters",
		     sim_said());
	EXPECT_EQ(0, sim_commands(OP_WRITE));
}

/* READ TRACK INFORMATION: next writable address at 12, free blocks at 16 */
TEST_F(drive, has_no_number_of_free_sectors)
{
	sim_set("fault", "op=52 times=0 set=16:00000000");
	EXPECT_GT(sim_medium().free_sectors, 79 * 60 * 75 - GAP_SECTORS);
	EXPECT_A_DISC();
}

/* The very first look: no disc was known before. */
TEST_F(drive, has_no_number_of_free_sectors_at_first)
{
	sim_set("power", "0");
	sim_try("eject", "force");
	sim_set("insert", "cdr80");
	sim_set("fault", "op=52 cdb=2:000000ff times=0 set=16:00000000");
	sim_power_on();
	EXPECT_CALL(0, burn()) TH_LOG("%s", sim_said());
}

/* Nor does the free space of a previous, longer disc count. */
TEST_F(drive, has_no_number_of_free_sectors_of_a_shorter_disc)
{
	struct tao_prepare p = {};
	int fd;

	sim_set("fault", "op=52 cdb=2:000000ff times=0 set=16:00000000");
	EXPECT_CALL(0, prepare(0));
	sim_try("eject", "force");
	sim_set("insert", "cdr74");
	fd = open(sim_tao, O_WRONLY);
	ASSERT_LE(0, fd);
	EXPECT_CALL(0, ioctl(fd, TAO_IOC_PREPARE, &p));
	EXPECT_LT(74 * 60 * 75 - 300, sim_medium().free_sectors);
	EXPECT_GT(75 * 60 * 75, sim_medium().free_sectors);
	close(fd);
	sim_wait_idle();
}

TEST_F(drive, has_more_free_sectors_than_a_disc)
{
	sim_set("fault", "op=52 times=0 set=16:7fffffff");
	EXPECT_CALL(EIO, burn());
	EXPECT_STREQ("5: 52 0/00/00 READ TRACK INFORMATION: drive's reply makes no sense",
		     sim_said());
	EXPECT_EQ(0, sim_medium().free_sectors);
	EXPECT_EQ(0, sim_commands(OP_WRITE));
}

/* Drives report a full disc in this way; a blank disc is not full. */
TEST_F(drive, does_not_tell_the_next_track)
{
	sim_set("fault", "op=52 cdb=2:000000ff times=0 sense=5/24/00");
	EXPECT_CALL(EIO, burn());
	EXPECT_TRUE(!!strstr(sim_said(), "5: 52 5/24/00 READ TRACK INFORMATION: "));
	sim_set("fault", "clear");
	ASSERT_CALL(0, burn());
	sim_set("fault", "op=52 cdb=2:000000ff times=0 sense=5/24/00");
	EXPECT_CALL(ENOSPC, burn());
	EXPECT_STREQ("28: 00 0/00/00 the disc is full", sim_said());
}

/*
 * A unit attention as the answer to TEST UNIT READY after a long command: the drive became ready,
 * or the disc has changed. 29h is a reset, and not a success.
 */
static const char *const attentions[] = { "6/28/00", "6/3f/00", "6/2a/01" };

static void attention_after(unsigned int nth, const char *sense)
{
	char rule[64];

	sim_set("fault", "clear");
	snprintf(rule, sizeof(rule), "op=00 nth=%u sense=%s", nth, sense);
	sim_set("fault", rule);
}

static void new_disc(void)
{
	sim_new_disc("cdr80");
}

static void disc_with_a_track(void)
{
	sim_new_disc("cdr80");
	if (burn())
		sim_die("a track");
}

static void rewritable_with_a_track(void)
{
	sim_new_disc("cdrw80");
	if (burn())
		sim_die("a track");
}

/* Finds the TEST UNIT READY after the long command: only there a reset is an error. */
static unsigned int behind(void (*disc)(void), int (*job)(void))
{
	unsigned int n;

	for (n = 1; n < 20; n++) {
		sim_set("fault", "clear");
		disc();
		attention_after(n, "6/29/00");
		if (job())
			break;
	}
	sim_set("fault", "clear");
	return n;
}

static int blank(void)
{
	struct tao_blank b = {};
	int fd = open(sim_tao, O_WRONLY), ret;

	if (fd < 0)
		sim_die(sim_tao);
	ret = ioctl(fd, TAO_IOC_BLANK, &b);
	close(fd);
	sim_wait_idle();
	return ret;
}

TEST_F(drive, has_news_when_the_session_is_closed)
{
	unsigned int i, n = behind(disc_with_a_track, finalize);

	ASSERT_GT(20, n);
	for (i = 0; i < 3; i++) {
		disc_with_a_track();
		attention_after(n, attentions[i]);
		EXPECT_CALL(0, finalize()) TH_LOG("%s: %s", attentions[i], sim_said());
		EXPECT_EQ(1, hits());
		EXPECT_EQ(TAO_DISC_COMPLETE, sim_medium().status);
		sim_set("fault", "clear");
	}
}

TEST_F(drive, has_news_when_the_disc_is_blanked)
{
	unsigned int n = behind(rewritable_with_a_track, blank);

	ASSERT_GT(20, n);
	rewritable_with_a_track();
	attention_after(n, "6/28/00");
	EXPECT_CALL(0, blank()) TH_LOG("%s", sim_said());
	EXPECT_EQ(1, hits());
	EXPECT_EQ(TAO_DISC_BLANK, sim_medium().status);
	sim_set("fault", "clear");
	/* The state of the disc decides. */
	rewritable_with_a_track();
	attention_after(n, "6/28/00");
	sim_set("fault", "op=a1 good");
	EXPECT_CALL(EIO, blank());
}

TEST_F(drive, has_news_when_the_track_ends)
{
	unsigned int n = behind(new_disc, burn);

	ASSERT_GT(20, n);
	sim_new_disc("cdr80");
	attention_after(n, "6/3f/00");
	EXPECT_CALL(0, burn()) TH_LOG("%s", sim_said());
	EXPECT_EQ(1, hits());
	EXPECT_FALSE(sim_medium().flags & TAO_MEDIUM_TRACK_FAILED);
	EXPECT_TRUE(sim_holds(0, audio, TRACK_SECTORS));
	sim_set("fault", "clear");
	sim_new_disc("cdr80");
	attention_after(n, "6/28/00");
	sim_set("fault", "op=35 good");
	EXPECT_CALL(EIO, burn());
}

/* The button is pressed: the drive reports this instead of executing the command. */
TEST_F(drive, has_its_button_pressed)
{
	static const char *const rules[] = {
		"op=2a sense=6/5a/01", "op=2a nth=3 times=5 sense=6/5a/01", "op=35 sense=6/5a/01",
	};
	unsigned int i;

	for (i = 0; i < 3; i++) {
		sim_new_disc("cdr80");
		sim_set("fault", rules[i]);
		EXPECT_CALL(0, burn()) TH_LOG("%s: %s", rules[i], sim_said());
		EXPECT_TRUE(sim_holds(0, audio, TRACK_SECTORS)) TH_LOG("%s", rules[i]);
		sim_set("fault", "clear");
	}
}

/* "Busy" instead of execution: the state of the disc decides. */
TEST_F(drive, does_not_begin_since_it_is_busy)
{
	sim_new_disc("cdr80");
	sim_set("fault", "op=35 sense=2/04/08");
	EXPECT_CALL(EIO, burn());
	sim_set("fault", "clear");
	rewritable_with_a_track();
	sim_set("fault", "op=a1 sense=2/04/08");
	EXPECT_CALL(EIO, blank());
	sim_set("fault", "clear");
}

/* The drive never stops reporting unit attentions: the number of retries is limited. */
TEST_F(drive, has_news_for_ever)
{
	unsigned int n = behind(disc_with_a_track, finalize);
	char rule[64];

	ASSERT_GT(20, n);
	disc_with_a_track();
	snprintf(rule, sizeof(rule), "op=00 nth=%u times=0 sense=6/28/00", n);
	sim_set("fault", rule);
	EXPECT_CALL(EIO, finalize());
}

/* Page 05h: the 13 bytes of the ISRC are at offset 32, after a header of 8 bytes. */
TEST_F(drive, shows_no_isrc)
{
	struct tao_track_begin begin = { .flags = TAO_TRACK_ISRC, .isrc = "DEABC2600001" };
	int fd = open(sim_tao, O_WRONLY);

	ASSERT_LE(0, fd);
	sim_set("fault", "op=5a cdb=2:05 times=0 set=40:00000000000000000000000000");
	EXPECT_CALL(0, ioctl(fd, TAO_IOC_TRACK_BEGIN, &begin)) TH_LOG("%s", sim_said());
	EXPECT_EQ((ssize_t)sizeof(audio), write(fd, audio, sizeof(audio)));
	EXPECT_CALL(0, close(fd));
	sim_wait_idle();
	EXPECT_TRUE(sim_log_has("may not write the ISRC"));
	EXPECT_TRUE(sim_holds(0, audio, TRACK_SECTORS));
}

/* The 14 bytes of the catalogue number are at offset 16. */
TEST_F(drive, shows_no_catalogue_number)
{
	struct tao_prepare p = { .flags = TAO_PREPARE_MCN, .mcn = "4006381333931" };
	int fd = open(sim_tao, O_WRONLY);

	ASSERT_LE(0, fd);
	sim_set("fault", "op=5a cdb=2:05 times=0 set=24:0000000000000000000000000000");
	EXPECT_CALL(0, ioctl(fd, TAO_IOC_PREPARE, &p)) TH_LOG("%s", sim_said());
	EXPECT_EQ((ssize_t)sizeof(audio), write(fd, audio, sizeof(audio)));
	EXPECT_CALL(0, close(fd));
	sim_wait_idle();
	EXPECT_TRUE(sim_log_has("may not write the catalogue number"));
}

TEST_F(drive, has_the_isrc_of_another_track)
{
	struct tao_track_begin begin = { .flags = TAO_TRACK_ISRC, .isrc = "DEABC2600001" };
	int fd = open(sim_tao, O_WRONLY);

	ASSERT_LE(0, fd);
	/* 80h and "DEABC2600002" */
	sim_set("fault", "op=5a cdb=2:05 times=0 set=40:80444541424332363030303032");
	EXPECT_CALL(EIO, ioctl(fd, TAO_IOC_TRACK_BEGIN, &begin));
	close(fd);
	sim_wait_idle();
	EXPECT_EQ(0, sim_commands(OP_WRITE));
}

/* The answer to a query was damaged on the cable, between two tracks: 4/08/03, B/47/00. */
TEST_F(drive, has_a_bad_cable)
{
	static const char *const rules[] = {
		"op=52 sense=4/08/03", "op=51 sense=4/08/03", "op=5a sense=4/08/03",
		"op=43 sense=4/08/03", "op=46 sense=b/47/00", "op=52 sense=b/08/00",
	};
	unsigned int i;

	ASSERT_CALL(0, burn());
	for (i = 0; i < ARRAY_SIZE(rules); i++) {
		sim_set("fault", "clear");
		sim_set("fault", rules[i]);
		EXPECT_CALL(0, burn()) TH_LOG("%s: %s", rules[i], sim_said());
		EXPECT_EQ(1, hits());
	}
}

TEST_F(drive, reports_success_and_has_not_closed)
{
	ASSERT_CALL(0, burn());
	sim_set("fault", "op=5b times=0 good");
	EXPECT_CALL(EIO, finalize());
	EXPECT_STREQ("5: 00 0/00/00 the drive reports success, but the session is not closed",
		     sim_said());
	sim_set("fault", "clear");
	EXPECT_CALL(0, finalize());
}

/* Then it gets its slowest speed. */
TEST_F(drive, refuses_a_speed_below_its_slowest)
{
	struct tao_speed speed = { .requested_kbps = KBPS_X };
	int fd = open(sim_tao, O_WRONLY);

	ASSERT_LE(0, fd);
	sim_set("fault", "op=bb sense=5/24/00");
	EXPECT_CALL(0, ioctl(fd, TAO_IOC_SET_SPEED, &speed));
	close(fd);
	EXPECT_EQ(2, sim_commands(OP_SET_SPEED));
	EXPECT_EQ(4 * 75, speed.actual_sectors_per_second);
	EXPECT_TRUE(speed.flags & TAO_SPEED_ADJUSTED);
}

/*
 * FFFFh means as fast as possible. The drive gets the fastest listed speed then, not the slowest.
 */
TEST_F(drive, refuses_the_highest_speed)
{
	struct tao_speed speed = { .requested_kbps = TAO_SPEED_MAX };
	int fd = open(sim_tao, O_WRONLY);

	ASSERT_LE(0, fd);
	sim_set("fault", "op=bb cdb=4:ffff times=0 sense=5/24/00");
	EXPECT_CALL(0, ioctl(fd, TAO_IOC_SET_SPEED, &speed));
	close(fd);
	EXPECT_EQ(48 * 75, speed.actual_sectors_per_second);
	EXPECT_EQ(2, sim_commands(OP_SET_SPEED));
}

/* If it refuses that too, it gets the next one. */
TEST_F(drive, refuses_its_own_highest_speed)
{
	struct tao_speed speed = { .requested_kbps = TAO_SPEED_MAX };
	int fd = open(sim_tao, O_WRONLY);

	ASSERT_LE(0, fd);
	sim_set("fault", "op=bb times=2 sense=5/24/00");
	EXPECT_CALL(0, ioctl(fd, TAO_IOC_SET_SPEED, &speed));
	close(fd);
	EXPECT_EQ(40 * 75, speed.actual_sectors_per_second);
}

/* The error of a WRITE is the same in either format of sense data. */
TEST_F(drive, has_sense_data_of_descriptors)
{
	sim_set("descriptor_sense", "1");
	sim_set("fault", "op=2a nth=2 sense=3/0c/00");
	EXPECT_CALL(EIO, burn());
	sim_set("descriptor_sense", "0");
	EXPECT_STREQ("track=1 opcode=2a lba=32 sense=3/0c/00", codes());
}

TEST_F(drive, tells_of_an_earlier_command)
{
	sim_set("fault", "op=2a nth=2 deferred sense=3/0c/00");
	EXPECT_CALL(EIO, burn());
	EXPECT_STREQ("track=1 opcode=2a lba=32 sense=3/0c/00 deferred=1", codes());
}

/* 7 is the kernel's DID_ERROR, 8 SAM's BUSY. */
TEST_F(drive, is_on_a_bad_cable)
{
	sim_set("fault", "op=2a nth=2 host=7");
	EXPECT_CALL(EIO, burn());
	EXPECT_STREQ("track=1 opcode=2a lba=32 host_status=07", codes());
}

/* A WRITE of 32 sectors has 75,264 bytes, one of 26 has 61,152. */
TEST_F(drive, is_behind_a_bridge_that_takes_64_kib)
{
	sim_set("fault", "longer=65536 times=0 host=7");
	EXPECT_CALL(EIO, burn());
	EXPECT_STREQ("track=1 opcode=2a lba=0 host_status=07", codes());
	set_limit("write_sectors", 26);
	EXPECT_A_DISC();
	set_limit("write_sectors", 32);
}

/* It transfers less than a WRITE has, and says that all is well: nothing that one may rely on. */
TEST_F(drive, leaves_a_residual)
{
	sim_set("fault", "op=2a nth=2 residual=2352");
	EXPECT_CALL(EIO, burn());
	EXPECT_TRUE(!!strstr(sim_said(), "WRITE(10) at 32: not all of it was transferred"));
	/* A bridge whose word is worth nothing. */
	set_limit("ignore_residue", 1);
	sim_new_disc("cdr80");
	sim_set("fault", "clear");
	sim_set("fault", "op=2a times=0 residual=2352");
	EXPECT_A_DISC();
	set_limit("ignore_residue", 0);
}

/* SAM: 18h, reservation conflict, has no sense data with it. */
TEST_F(drive, refuses_without_a_reason)
{
	sim_set("fault", "op=35 status=0x18");
	EXPECT_CALL(EIO, burn());
	EXPECT_STREQ("5: 35 0/00/00 SYNCHRONIZE CACHE: drive refused the command without a reason",
		     sim_said());
}

/* sr takes one ioctl at a time, and so does a descriptor of sg. */
static int open_sg(void)
{
	char hctl[64], node[64];
	int fd;

	sim_get("device", hctl, sizeof(hctl));
	hctl[strcspn(hctl, "\n")] = '\0';
	if (!sim_find("/sys/bus/scsi/devices/%s/scsi_generic", hctl, node))
		sim_die("sg's node");
	fd = open(node, O_RDWR | O_NONBLOCK);
	if (fd < 0)
		sim_die(node);
	return fd;
}

/* A process that asks again and again whether the drive is ready, and lets others run. */
static pid_t ask_for_ever(void)
{
	unsigned char cdb[6] = { 0 };
	struct sg_io_hdr io = {
		.interface_id = 'S', .dxfer_direction = SG_DXFER_NONE,
		.cmd_len = sizeof(cdb), .cmdp = cdb, .timeout = 60000,
	};
	pid_t child = fork();
	int fd;

	if (child)
		return child;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	fd = open_sg();
	while (!ioctl(fd, SG_IO, &io))
		usleep(1000);
	_exit(1);
}

/*
 * Other programs use all requests (two, if the adapter takes one command): a non-blocking program
 * must not wait for a request either.
 */
TEST_F(drive, has_others_to_answer_meanwhile)
{
	pid_t child[3];
	int i;

	sim_set("fault", "op=00 times=0 delay=20");
	for (i = 0; i < 3; i++)
		child[i] = ask_for_ever();
	EXPECT_CALL(0, burn_without_waiting()) TH_LOG("%s", sim_said());
	for (i = 0; i < 3; i++) {
		EXPECT_EQ(0, waitpid(child[i], NULL, WNOHANG)) TH_LOG("it does not ask any more");
		kill(child[i], SIGKILL);
		waitpid(child[i], NULL, 0);
	}
	EXPECT_TRUE(sim_holds(0, audio, TRACK_SECTORS));
}

/* The first WRITE of a short track is sent at its end: it is repeated if it was refused. */
TEST_F(drive, is_reset_before_a_short_track)
{
	sim_set("fault", "op=2a sense=6/29/00");
	EXPECT_CALL(0, burn_bytes(20 * TAO_SECTOR_SIZE)) TH_LOG("%s", sim_said());
	EXPECT_EQ(1, hits());
	EXPECT_EQ(1, sim_medium().tracks);
	EXPECT_TRUE(sim_holds(0, audio, 20));
}

/*
 * A reset by the drive itself unlocks the door, and only the unit attention reports it. Here a
 * command of another program receives that; SPC: REQUEST SENSE is 03h.
 */
TEST_F(drive, is_reset_while_it_is_prepared)
{
	static const __u8 request_sense[10] = { 0x03, [4] = 18 };
	struct tao_prepare p = {};
	char reply[18];
	int fd = open(sim_tao, O_WRONLY);

	ASSERT_LE(0, fd);
	ASSERT_CALL(0, ioctl(fd, TAO_IOC_PREPARE, &p));
	EXPECT_TRUE(sim_locked());
	sim_set("fault", "op=03 reset");
	sg_command(request_sense, SG_DXFER_FROM_DEV, reply, sizeof(reply));
	EXPECT_EQ(1, hits());
	EXPECT_FALSE(sim_locked());
	EXPECT_EQ((ssize_t)sizeof(audio), write(fd, audio, sizeof(audio))) TH_LOG("%s", sim_said());
	EXPECT_TRUE(sim_locked());
	EXPECT_CALL(0, close(fd));
	sim_wait_idle();
	EXPECT_FALSE(sim_locked());
	EXPECT_TRUE(sim_holds(0, audio, TRACK_SECTORS));
}

/* Unlocking is tried five times, and the next program that burns unlocks it. */
TEST_F(drive, keeps_its_door_locked)
{
	sim_set("fault", "op=1e nth=2 times=0 sense=5/24/00");
	EXPECT_CALL(0, burn());
	EXPECT_TRUE(sim_locked());
	EXPECT_TRUE(sim_log_has("the door can.t be unlocked"));
	sim_set("fault", "clear");
	EXPECT_CALL(0, burn());
	EXPECT_FALSE(sim_locked());
}

/* The information after PREPARE: a query does not set page 05h. */
static struct tao_medium prepared_medium(void)
{
	struct tao_prepare prepare = { 0 };
	struct tao_medium m;
	int fd = open(sim_tao, O_WRONLY);

	if (fd < 0 || ioctl(fd, TAO_IOC_PREPARE, &prepare))
		sim_die("PREPARE");
	m = sim_medium();
	close(fd);
	sim_wait_idle();
	return m;
}

/* READ DISC INFORMATION: the last possible lead-out is at 20, FFh if unknown */
TEST_F(drive, knows_no_lead_out)
{
	struct tao_medium before = prepared_medium(), m;

	ASSERT_NE(TAO_UNKNOWN, before.free_sectors);
	sim_set("fault", "op=51 times=0 set=20:ffffffff");
	sim_set("fault", "op=43 times=0 sense=5/24/00");
	m = prepared_medium();
	EXPECT_EQ(before.free_sectors, m.free_sectors);
	EXPECT_EQ(m.next_lba + m.free_sectors, m.total_sectors);
	EXPECT_A_DISC();
}

/* The status is in byte 2. */
TEST_F(drive, has_a_formatted_disc)
{
	sim_set("fault", "op=51 times=0 set=2:03");
	EXPECT_CALL(EMEDIUMTYPE, burn());
	EXPECT_STREQ("124: 00 0/00/00 the disc is formatted: blank it first", sim_said());
	EXPECT_EQ(0, sim_commands(OP_WRITE));
}

/* Page 05h with a length of 4, in byte 1 of the page */
TEST_F(drive, has_a_short_page_of_write_parameters)
{
	sim_set("fault", "op=5a cdb=2:05 times=0 set=9:04");
	EXPECT_CALL(EIO, burn());
	EXPECT_EQ(0, sim_commands(OP_WRITE));
}

/* There are features, but not track-at-once writing with the current disc */
TEST_F(drive, writes_other_discs)
{
	sim_set("fault", "op=46 times=0 short=8");
	EXPECT_CALL(EOPNOTSUPP, burn());
	EXPECT_STREQ("95: 00 0/00/00 the drive can't write track-at-once", sim_said());
	EXPECT_EQ(0, sim_commands(OP_WRITE));
}

/* In page 2Ah the buffer size is at 12, in kB. */
TEST_F(drive, does_not_know_its_buffer)
{
	sim_set("fault", "op=5a cdb=2:2a times=0 set=20:0000");
	plug_in_anew();
	EXPECT_A_DISC();
	sim_set("fault", "clear");
	plug_in_anew();
}

TEST_F(drive, has_a_new_disc_as_it_is_plugged_in)
{
	/* tao requests the first 8 bytes. */
	sim_set("fault", "op=46 cdb=7:0008 times=3 sense=6/28/00");
	plug_in_anew();
	EXPECT_EQ(3, hits());
	EXPECT_A_DISC();
}

/*
 * Before MMC-2 there were no GET CONFIGURATION and GET PERFORMANCE. Mode page 2Ah, after a header
 * of 8 bytes, has the media and the speed for writing: byte 3 has 01h for CD-R, 02h for CD-RW,
 * 04h for test writing.
 */
FIXTURE(old_drive)
{
};

FIXTURE_SETUP(old_drive)
{
	sim_set("fault", "clear");
	sim_set("fault", "op=46 times=0 sense=5/20/00");
	sim_set("fault", "op=ac times=0 sense=5/20/00");
	sim_set("fault", "op=5a cdb=2:2a times=0 set=11:03");
	plug_in_anew();
}

FIXTURE_TEARDOWN(old_drive)
{
	sim_set("fault", "clear");
	plug_in_anew();
}

TEST_F(old_drive, burns)
{
	EXPECT_EQ(TAO_MEDIUM_CD_R, sim_medium().type);
	EXPECT_A_DISC();
	/* Its ATIP shows that it is not a pressed disc. */
	EXPECT_EQ(TAO_MEDIUM_CD_R, sim_medium().type);
	sim_new_disc("cdrw80");
	EXPECT_EQ(TAO_MEDIUM_CD_RW, sim_medium().type);
}

TEST_F(old_drive, has_its_speeds_in_a_mode_page)
{
	struct tao_speeds speeds;

	sim_medium();
	ASSERT_CALL(0, -sim_ioctl(TAO_IOC_GET_SPEEDS, &speeds));
	ASSERT_EQ(7, speeds.count);
	EXPECT_EQ(48 * 75, speeds.entries[0].write_sectors_per_second);
	EXPECT_EQ(4 * 75, speeds.entries[6].write_sectors_per_second);
}

TEST_F(old_drive, has_no_test_write)
{
	EXPECT_CALL(EOPNOTSUPP, prepare(TAO_PREPARE_TEST_WRITE));
	EXPECT_STREQ("95: 00 0/00/00 the drive has no test write", sim_said());
	EXPECT_CALL(0, prepare(0));
}

TEST_HARNESS_MAIN
