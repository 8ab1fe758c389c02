// SPDX-License-Identifier: GPL-2.0-only
/*
 * Differences between drives, and what they forget: a recorder with each of the habits of cdr-sim
 * in turn. Burning a disc must succeed on each of them, and the reports must be true.
 * lab: --icount --doors
 * timeout: 600
 */
#define _GNU_SOURCE
#define NO_RECORDERS	/* this test creates its own */
#include "../stream/stream.h"
#include "sg.h"

#define EXPECT_CALL(error, call)	EXPECT_EQ(error, (call) ? errno : 0)
#define ASSERT_CALL(error, call)	ASSERT_EQ(error, (call) ? errno : 0)

#define TRACK_SECTORS	320

static char audio[TRACK_SECTORS * TAO_SECTOR_SIZE];

static void __attribute__((constructor)) power_on(void)
{
	static const char *const attributes[] = { "dma_alignment=511", NULL };

	sim_create("habits", attributes);
	sim_audio(audio, sizeof(audio), 12);
}

FIXTURE(drive)
{
};

FIXTURE_SETUP(drive)
{
	sim_set("fault", "clear");
	sim_set("strict", "0");
	sim_new_disc("cdr80");
}

FIXTURE_TEARDOWN(drive)
{
	sim_set("fault", "clear");
	sim_set("strict", "0");
	sim_set("stale", "0");
	sim_set("refuse_max", "0");
	sim_set("read_open", "1");
	sim_set("opc_ms", "0");
}

static int open_tao(void)
{
	int fd = open(sim_tao, O_WRONLY);

	if (fd < 0)
		sim_die(sim_tao);
	return fd;
}

/* Calls on a new descriptor, and closes it; returns the result of the call. */
static int call(unsigned long request, void *arg)
{
	int fd = open_tao(), ret = ioctl(fd, request, arg), error = errno;

	close(fd);
	sim_wait_idle();
	errno = error;
	return ret;
}

static int burn(void)
{
	int fd = open_tao(), ret;
	ssize_t n = write(fd, audio, sizeof(audio));

	ret = close(fd);
	sim_wait_idle();
	return n == sizeof(audio) ? ret : -1;
}

static int finalize(void)
{
	return call(TAO_IOC_FINALIZE, &(struct tao_finalize) { .close = TAO_CLOSE_FINALIZE });
}

static int blank(void)
{
	return call(TAO_IOC_BLANK, &(struct tao_blank) { });
}

static void reload(void)
{
	sim_set("eject", "force");
	sim_set("insert", "same");
}

static bool media_is(const char *text)
{
	char media[64];

	sim_get("media", media, sizeof(media));
	media[strcspn(media, "\n")] = '\0';
	return !strcmp(media, text);
}

#define EXPECT_A_DISC() \
	do { \
		EXPECT_CALL(0, burn()) TH_LOG("track 1: %s", sim_said()); \
		EXPECT_CALL(0, burn()) TH_LOG("track 2: %s", sim_said()); \
		EXPECT_CALL(0, finalize()) TH_LOG("%s", sim_said()); \
		EXPECT_EQ(TAO_DISC_COMPLETE, sim_medium().status); \
		EXPECT_TRUE(media_is("cdr complete")); \
		EXPECT_TRUE(sim_holds(0, audio, TRACK_SECTORS)); \
		EXPECT_TRUE(sim_holds(TRACK_SECTORS + GAP_SECTORS, audio, TRACK_SECTORS)); \
	} while (0)

/* During a track the drive receives no command that the track does not need. */
TEST_F(drive, refuses_in_a_track)
{
	sim_set("in_track", "refuse");
	EXPECT_A_DISC();
	EXPECT_EQ(0, recorder_stat("out_of_place"));
}

TEST_F(drive, is_busy_for_a_while)
{
	sim_set("busy_polls", "12");
	EXPECT_A_DISC();
}

TEST_F(drive, calibrates_at_the_first_write)
{
	sim_set("opc_ms", "20000");
	EXPECT_A_DISC();
}

TEST_F(drive, holds_the_first_write_to_calibrate)
{
	sim_set("opc_ms", "20000");
	sim_set("buffer_full", "hold");
	EXPECT_A_DISC();
	sim_set("buffer_full", "refuse");
}

TEST_F(drive, counts_the_run_out_to_a_track)
{
	sim_set("track_size", "2");
	EXPECT_A_DISC();
}

TEST_F(drive, counts_the_pregap_to_a_track)
{
	sim_set("track_size", "150");
	EXPECT_A_DISC();
}

TEST_F(drive, counts_both_to_a_track)
{
	sim_set("track_size", "152");
	EXPECT_A_DISC();
}

TEST_F(drive, saves_its_write_parameters)
{
	sim_set("page05_saved", "1");
	EXPECT_A_DISC();
}

TEST_F(drive, passes_over_no_run_out)
{
	sim_set("strict_runout", "1");
	EXPECT_A_DISC();
}

TEST_F(drive, reads_no_open_session)
{
	sim_set("read_open", "0");
	EXPECT_A_DISC();
}

TEST_F(drive, has_a_disc_that_does_not_spin)
{
	char command[128];

	sim_set("needs_start", "1");
	snprintf(command, sizeof(command), "sg_start --stop %s > /dev/null", sim_sr);
	ASSERT_EQ(0, system(command));
	EXPECT_A_DISC();
}

TEST_F(drive, was_reset)
{
	char command[128];

	sim_set("busy_polls", "3");
	snprintf(command, sizeof(command), "sg_reset --device %s", sim_sr);
	ASSERT_EQ(0, system(command));
	EXPECT_A_DISC();
}

TEST_F(drive, has_much_to_tell_before_a_track)
{
	sim_set("attention", "6/3f/00");
	sim_set("attention", "6/2a/01");
	sim_set("attention", "6/5a/01");
	sim_set("attention", "6/28/00");
	EXPECT_A_DISC();
}

TEST_F(drive, is_of_a_version_that_nobody_told)
{
	sim_set("power", "0");
	sim_set("inquiry_version", "0");
	sim_set("inquiry_format", "1");
	sim_power_on();
	sim_new_disc("cdr80");
	EXPECT_A_DISC();
	sim_set("power", "0");
	sim_set("inquiry_version", "5");
	sim_set("inquiry_format", "2");
	sim_power_on();
}

/* A speed below the slowest becomes the slowest. */
TEST_F(drive, refuses_what_is_too_slow)
{
	struct tao_speed speed = { .requested_kbps = 176 };

	sim_set("refuse_slow", "1");
	EXPECT_CALL(0, call(TAO_IOC_SET_SPEED, &speed));
	EXPECT_EQ(4 * 75, speed.actual_sectors_per_second);
	EXPECT_A_DISC();
}

/* The current multi-session field counts: a disc that was reloaded is not finalised. */
TEST_F(drive, forgets_the_write_parameters_with_the_disc)
{
	ASSERT_CALL(0, burn());
	reload();
	EXPECT_CALL(0, call(TAO_IOC_FINALIZE,
			    &(struct tao_finalize) { .close = TAO_CLOSE_SESSION }));
	EXPECT_TRUE(media_is("cdr appendable"));
	EXPECT_EQ(1, sim_medium().sessions);
}

/* Test tracks in a row, before a real one. */
static int test_burn(unsigned int tracks)
{
	struct tao_prepare p = { .flags = TAO_PREPARE_TEST_WRITE };
	struct tao_track_begin begin = { };
	struct tao_track_end end = { };
	struct tao_finalize nothing = { };
	int fd = open_tao(), ret = ioctl(fd, TAO_IOC_PREPARE, &p), error;

	for (; !ret && tracks; tracks--) {
		ret = ioctl(fd, TAO_IOC_TRACK_BEGIN, &begin);
		if (!ret && write(fd, audio, sizeof(audio)) != sizeof(audio))
			ret = -1;
		if (!ret)
			ret = ioctl(fd, TAO_IOC_TRACK_END, &end);
	}
	if (!ret)
		ret = ioctl(fd, TAO_IOC_RELEASE, &nothing);
	error = errno;
	close(fd);
	sim_wait_idle();
	errno = error;
	return ret;
}

TEST_F(drive, goes_on_behind_a_test_write)
{
	sim_set("test_write", "advance");
	EXPECT_CALL(0, test_burn(2)) TH_LOG("%s", sim_said());
	EXPECT_TRUE(media_is("cdr blank"));
	EXPECT_A_DISC();
}

TEST_F(drive, stays_before_a_test_write)
{
	EXPECT_CALL(0, test_burn(2)) TH_LOG("%s", sim_said());
	EXPECT_TRUE(media_is("cdr blank"));
	EXPECT_A_DISC();
}

/*
 * Then neither a second nor a real track is possible until the disc is reloaded. The errors say
 * so.
 */
TEST_F(drive, has_no_address_after_a_test_write)
{
	sim_set("test_write", "invalid");
	EXPECT_TRUE(test_burn(2));
	reload();
	EXPECT_A_DISC();
}

TEST_F(drive, looks_full_after_a_test_write)
{
	sim_set("test_write", "complete");
	EXPECT_TRUE(test_burn(2));
	reload();
	EXPECT_A_DISC();
}

/* BLANK would be a test too, or be refused. */
TEST_F(drive, is_blanked_after_a_test_write)
{
	sim_new_disc("cdrw80");
	sim_set("test_write", "complete");
	ASSERT_CALL(0, test_burn(1)) TH_LOG("%s", sim_said());
	EXPECT_CALL(0, blank()) TH_LOG("%s", sim_said());
	EXPECT_CALL(0, burn()) TH_LOG("%s", sim_said());
	EXPECT_TRUE(media_is("cdrw appendable"));
	EXPECT_TRUE(sim_holds(0, audio, TRACK_SECTORS));
}

TEST_F(drive, is_blanked_after_the_test_of_another_program)
{
	__u8 reply[HEADER_BYTES + PAGE_BYTES], *page = reply + HEADER_BYTES;

	sim_new_disc("cdrw80");
	ASSERT_CALL(0, burn());
	ASSERT_CALL(0, finalize());
	ASSERT_EQ(0, sg_sense_page(reply));
	page[0] &= 0x3f;	/* PS */
	page[2] |= 0x10;	/* Test Write */
	ASSERT_EQ(0, sg_select_page(page));
	EXPECT_CALL(0, blank()) TH_LOG("%s", sim_said());
	EXPECT_TRUE(media_is("cdrw blank"));
}

/* The power fails during blanking: only blanking helps, and it works. */
TEST_F(drive, has_blanked_half_a_disc)
{
	struct tao_blank b = { };
	int fd;

	sim_new_disc("cdrw80");
	ASSERT_CALL(0, burn());
	ASSERT_CALL(0, finalize());
	sim_set("busy_polls", "1000");
	fd = open_tao();
	if (!fork()) {
		ioctl(fd, TAO_IOC_BLANK, &b);
		_exit(0);
	}
	while (sim_status().action != TAO_ACTION_BLANKING || !sim_commands(OP_BLANK))
		usleep(10000);
	sim_set("power", "0");
	sim_set("busy_polls", "0");
	close(fd);
	wait(NULL);
	sim_power_on();
	sim_wait_idle();
	ASSERT_TRUE(media_is("cdrw damaged"));
	sim_set("commands", "0");
	EXPECT_FALSE(sim_medium().flags & TAO_MEDIUM_WRITABLE);
	EXPECT_TRUE(burn());
	EXPECT_EQ(0, sim_commands(OP_WRITE));
	EXPECT_CALL(0, blank()) TH_LOG("%s", sim_said());
	EXPECT_TRUE(media_is("cdrw blank"));
	EXPECT_CALL(0, burn()) TH_LOG("%s", sim_said());
	EXPECT_TRUE(sim_holds(0, audio, TRACK_SECTORS));
}

TEST_HARNESS_MAIN
