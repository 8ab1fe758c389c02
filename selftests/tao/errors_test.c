// SPDX-License-Identifier: GPL-2.0-only
/*
 * Errors of the drive reach the program, with the report of the drive. This includes errors at
 * the end of a track, which many programs ignore.
 * lab: --doors
 * full
 * timeout: 600
 * debug
 */
#define _GNU_SOURCE
#include <linux/cdrom.h>

#include "image.h"
#include "harness.h"

#define EXPECT_CALL(error, call)	EXPECT_EQ(error, (call) ? errno : 0)
#define ASSERT_CALL(error, call)	ASSERT_EQ(error, (call) ? errno : 0)

#define WRITE_SECTORS	32
#define TRACK_SECTORS	640
#define OP_TRACK_INFO	0x52
#define SECTORS(n)	((n) * TAO_SECTOR_SIZE)

static char audio[SECTORS(TRACK_SECTORS)];

static void __attribute__((constructor)) power_on(void)
{
	static const char *const attributes[] = { "dma_alignment=511", NULL };

	sim_create("errors", attributes);
	sim_audio(audio, sizeof(audio), 7);
}

FIXTURE(error)
{
	int w;
};

FIXTURE_SETUP(error)
{
	sim_set("fault", "clear");
	sim_new_disc("cdr80");
	self->w = open(sim_tao, O_WRONLY);
	ASSERT_LE(0, self->w) TH_LOG("open: %s", strerror(errno));
}

FIXTURE_TEARDOWN(error)
{
	if (self->w >= 0)
		close(self->w);
	sim_set("fault", "clear");
}

/* Writes one WRITE at a time, as many as possible; -1 and the errno of the one that failed. */
static int burn(int fd)
{
	int i;

	for (i = 0; i < TRACK_SECTORS; i += WRITE_SECTORS)
		if (write(fd, audio + SECTORS(i), SECTORS(WRITE_SECTORS)) != SECTORS(WRITE_SECTORS))
			return -1;
	return 0;
}

static int finalize(int fd, unsigned int flags)
{
	struct tao_finalize f = { .flags = flags, .close = TAO_CLOSE_FINALIZE };

	return ioctl(fd, TAO_IOC_FINALIZE, &f);
}

/* The contents of an error, for comparison as a whole. */
static const char *said(unsigned int which)
{
	static char text[64];
	struct tao_error e = sim_error(which);

	snprintf(text, sizeof(text), "%d: %02x %x/%02x/%02x%s", e.error, e.opcode, e.key, e.asc,
		 e.ascq, e.flags & TAO_ERROR_SENSE ? "" : ", no sense");
	return text;
}

/* 3/0c/00: write error (MMC) */
TEST_F(error, in_mid_track)
{
	struct tao_error e;
	int i;

	sim_set("fault", "op=2a nth=5 sense=3/0c/00");
	EXPECT_CALL(EIO, burn(self->w));
	EXPECT_STREQ("5: 2a 3/0c/00", said(TAO_ERROR_FIRST));
	e = sim_error(TAO_ERROR_FIRST);
	EXPECT_EQ(TAO_ERROR_LBA, e.flags & TAO_ERROR_LBA);
	EXPECT_EQ(4 * WRITE_SECTORS, e.lba);
	EXPECT_EQ(1, e.track);
	/* The track stays failed, and nothing more goes to the drive. */
	for (i = 0; i < 3; i++)
		EXPECT_CALL(EIO, write(self->w, audio, 100) < 0);
	EXPECT_CALL(EIO, close(self->w));
	self->w = -1;
	sim_wait_idle();
	EXPECT_EQ(5, sim_commands(OP_WRITE));
	EXPECT_STREQ("5: 2a 3/0c/00", said(TAO_ERROR_FIRST));
	EXPECT_EQ(TAO_STATUS_FAILED, sim_status().flags & TAO_STATUS_FAILED);
	EXPECT_FALSE(sim_left_locked());
}

/* close() returns an error at the end of a track, and it is recorded even if nobody looks. */
TEST_F(error, at_the_end)
{
	sim_set("fault", "op=35 sense=3/0c/00");
	ASSERT_CALL(0, burn(self->w));
	EXPECT_CALL(EIO, close(self->w));
	sim_wait_idle();
	EXPECT_STREQ("5: 35 3/0c/00", said(TAO_ERROR_FIRST));
	EXPECT_EQ(TAO_STATUS_FAILED, sim_status().flags & TAO_STATUS_FAILED);
	EXPECT_EQ(TAO_MEDIUM_TRACK_FAILED, sim_medium().flags & TAO_MEDIUM_TRACK_FAILED);
	EXPECT_TRUE(sim_log_has("3/0c/00")) TH_LOG("not in the kernel's log");
	self->w = open(sim_tao, O_WRONLY);
	ASSERT_LE(0, self->w);
	EXPECT_CALL(EIO, finalize(self->w, 0));
	EXPECT_EQ(0, sim_commands(OP_CLOSE));
	EXPECT_TRUE(!!strstr(sim_error(TAO_ERROR_LATEST).text, "failed"))
		TH_LOG("%s", sim_error(TAO_ERROR_LATEST).text);
	EXPECT_EQ(TAO_MEDIUM_TRACK_FAILED, sim_medium().flags & TAO_MEDIUM_TRACK_FAILED);
	EXPECT_CALL(0, finalize(self->w, TAO_FINALIZE_FORCE));
	EXPECT_EQ(TAO_DISC_COMPLETE, sim_medium().status);
}

/* The next track is burned nevertheless, but the disc is still not in order. */
TEST_F(error, stays_with_the_disc)
{
	sim_set("fault", "op=2a nth=15 sense=3/0c/00");
	EXPECT_CALL(EIO, burn(self->w));
	EXPECT_CALL(EIO, close(self->w));
	sim_wait_idle();
	self->w = open(sim_tao, O_WRONLY);
	ASSERT_LE(0, self->w);
	EXPECT_CALL(0, burn(self->w));
	EXPECT_CALL(0, close(self->w));
	EXPECT_EQ(2, sim_medium().tracks);
	EXPECT_EQ(TAO_MEDIUM_TRACK_FAILED, sim_medium().flags & TAO_MEDIUM_TRACK_FAILED);
	self->w = open(sim_tao, O_WRONLY);
	EXPECT_CALL(EIO, finalize(self->w, 0));

	/* Nothing failed on another disc. */
	sim_new_disc("cdr80");
	EXPECT_EQ(0, sim_medium().flags & TAO_MEDIUM_TRACK_FAILED);
	EXPECT_EQ(0, sim_status().flags & TAO_STATUS_FAILED);
	EXPECT_CALL(0, burn(self->w));
	EXPECT_CALL(0, close(self->w));
	self->w = open(sim_tao, O_WRONLY);
	EXPECT_CALL(0, finalize(self->w, 0));
	EXPECT_EQ(TAO_DISC_COMPLETE, sim_medium().status);
}

/* What the block layer had heard of discs when it was looked at last. */
static unsigned long long heard;

/* Like udev, which makes the block layer note a new disc, or what it takes for one. */
static void look_as_udev(void)
{
	int i;

	for (i = 0; i < 50 && sim_disc_sequence() == heard; i++) {
		close(open(sim_sr, O_RDONLY));
		sim_settle();
		usleep(20000);
	}
	if (sim_disc_sequence() == heard)
		sim_die("the block layer has not heard of another disc");
	heard = sim_disc_sequence();
}

static bool flawed(void)
{
	return sim_medium().flags & TAO_MEDIUM_TRACK_FAILED;
}

/* Burns a track, and a second one that fails at its end. */
static void burn_and_fail(struct __test_metadata *_metadata, int *w)
{
	ASSERT_CALL(0, burn(*w));
	ASSERT_CALL(0, close(*w));
	*w = open(sim_tao, O_WRONLY);
	sim_set("fault", "op=2a nth=15 sense=3/0c/00");
	EXPECT_CALL(EIO, burn(*w));
	EXPECT_CALL(EIO, close(*w));
	sim_wait_idle();
	*w = open(sim_tao, O_WRONLY);
	heard = sim_disc_sequence();
}

/* A reset, as it often follows a failure, changes nothing. */
TEST_F(error, stays_with_the_disc_after_a_reset)
{
	burn_and_fail(_metadata, &self->w);
	sim_set("fault", "sense=6/29/00");
	look_as_udev();
	EXPECT_TRUE(flawed());
	sim_set("attention", "6/28/00");
	EXPECT_TRUE(flawed());
	EXPECT_CALL(EIO, finalize(self->w, 0));
	EXPECT_EQ(0, sim_commands(OP_CLOSE));
	/* Out and in again, with a look in between. */
	sim_set("eject", "force");
	EXPECT_FALSE(flawed());
	sim_set("insert", "same");
	look_as_udev();
	EXPECT_TRUE(flawed());
	EXPECT_CALL(EIO, finalize(self->w, 0));
	EXPECT_EQ(0, sim_commands(OP_CLOSE));
	EXPECT_CALL(0, finalize(self->w, TAO_FINALIZE_FORCE));
	EXPECT_FALSE(flawed());
	EXPECT_EQ(TAO_DISC_COMPLETE, sim_medium().status);
}

/* A copy of the disc, with the same tracks, is another one. */
TEST_F(error, stays_with_the_disc_alone)
{
	burn_and_fail(_metadata, &self->w);
	image_insert_copy();
	look_as_udev();
	EXPECT_FALSE(flawed());
	EXPECT_CALL(0, finalize(self->w, 0));
	EXPECT_EQ(TAO_DISC_COMPLETE, sim_medium().status);
}

/* If the drive does not report the number of the disc, or has none, the tracks tell. */
TEST_F(error, stays_with_the_tracks)
{
	static const char *const rules[] = {
		"op=51 times=0 set=7:20", "op=51 times=0 set=12:00000000",
		"op=51 times=0 set=12:ffffffff",
		/* A drive that gives all discs one number */
		"op=51 times=0 set=12:00000001",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rules); i++) {
		sim_set("fault", "clear");
		sim_new_disc("cdr80");
		sim_set("fault", rules[i]);
		burn_and_fail(_metadata, &self->w);
		sim_set("attention", "6/29/00");
		look_as_udev();
		EXPECT_TRUE(flawed()) TH_LOG("%s", rules[i]);
		/* Another one, and then this one again. */
		image_insert_copy();
		EXPECT_TRUE(flawed()) TH_LOG("%s", rules[i]);
		EXPECT_CALL(EIO, finalize(self->w, 0));
		image_insert("cdr-sim-disc 1 medium cdr leadout 359847 final 0\n"
			     "session 1 format 0 state open leadout 0 mcn -\n"
			     "track 1 control 0 start 0 length 700 state recorded isrc -\n"
			     "track 2 control 0 start 852 length 448 state recorded isrc -\n");
		look_as_udev();
		EXPECT_FALSE(flawed()) TH_LOG("%s", rules[i]);
		EXPECT_CALL(0, finalize(self->w, 0)) TH_LOG("%s", rules[i]);
	}
}

/* A number that is another one at each look tells nothing. */
TEST_F(error, stays_in_spite_of_a_bad_number)
{
	burn_and_fail(_metadata, &self->w);
	sim_set("fault", "op=51 times=1 set=12:deadbeef");
	sim_set("attention", "6/29/00");
	look_as_udev();
	EXPECT_TRUE(flawed());
	EXPECT_CALL(EIO, finalize(self->w, 0));
	/* That this drive reports none is remembered: start anew. */
	sim_set("power", "0");
	close(self->w);
	sim_power_on();
	self->w = open(sim_tao, O_WRONLY);
}

/* Like cat; returns -1 with errno if the track fails. */
static int burn_one(void)
{
	int fd = open(sim_tao, O_WRONLY), error;

	if (fd < 0)
		return -1;
	error = burn(fd) ? errno : 0;
	if (close(fd) && !error)
		error = errno;
	sim_wait_idle();
	errno = error;
	return error ? -1 : 0;
}

/* It does not depend on who hears of a new disc, and when. */
TEST_F(error, is_the_discs_own)
{
	ASSERT_EQ(0, close(self->w));
	sim_set("eject", "force");
	sim_set("insert", "cdr80");
	/* Only we have heard of it. */
	self->w = open(sim_tao, O_WRONLY);
	sim_set("fault", "op=2a nth=15 sense=3/0c/00");
	EXPECT_CALL(EIO, burn(self->w));
	EXPECT_CALL(EIO, close(self->w));
	sim_wait_idle();
	/* Now sr hears of it, too. */
	close(open(sim_sr, O_RDONLY | O_NONBLOCK));
	sim_settle();
	EXPECT_TRUE(flawed());
	/* Another one comes in, and sr has heard nothing when we look. */
	sim_set("eject", "force");
	sim_set("insert", "cdr80");
	self->w = open(sim_tao, O_WRONLY);
	ASSERT_LE(0, self->w);
	EXPECT_CALL(0, burn(self->w));
	EXPECT_CALL(0, close(self->w));
	EXPECT_FALSE(flawed());
	self->w = open(sim_tao, O_WRONLY);
	EXPECT_CALL(0, finalize(self->w, 0));
}

/* A blank disc of the same kind comes and goes meanwhile. */
TEST_F(error, comes_back_with_its_disc)
{
	static char first[IMAGE_TEXT_BYTES + 1];

	/* A copy stands for it, which only its number would tell. */
	sim_set("fault", "op=51 times=0 set=7:20");
	sim_set("fault", "op=2a nth=5 sense=3/0c/00");
	EXPECT_CALL(EIO, burn(self->w));
	EXPECT_CALL(EIO, close(self->w));
	EXPECT_TRUE(flawed());
	image_read(first, IMAGE_TEXT_BYTES, 0);
	sim_set("eject", "force");
	sim_set("insert", "cdr80");
	EXPECT_EQ(TAO_DISC_BLANK, sim_medium().status);
	EXPECT_FALSE(flawed());
	image_insert(first);
	EXPECT_TRUE(flawed());
	self->w = open(sim_tao, O_WRONLY);
	EXPECT_CALL(EIO, finalize(self->w, 0));
}

/* The same is burned again, on a disc of the same kind, which is a good one then. */
TEST_F(error, does_not_go_to_the_next_disc)
{
	int track;

	EXPECT_EQ(0, close(self->w));
	for (track = 1; track <= 2; track++) {
		sim_new_disc("cdr80");
		sim_set("fault", "op=51 times=0 set=7:20");
		if (track == 2)
			ASSERT_CALL(0, burn_one());
		sim_set("fault", "op=35 nth=1 sense=3/0c/00");
		EXPECT_CALL(EIO, burn_one());
		EXPECT_TRUE(flawed());
		sim_set("eject", "force");
		sim_set("insert", "cdr80");
		EXPECT_CALL(0, burn_one());
		EXPECT_FALSE(flawed());
		self->w = open(sim_tao, O_WRONLY);
		EXPECT_CALL(0, finalize(self->w, 0));
		EXPECT_EQ(0, close(self->w));
	}
	self->w = -1;
}

/* The first WRITE fails: the disc is blank as before, and there is nothing to close. */
TEST_F(error, nothing_of_it_on_the_disc)
{
	struct tao_prepare prepare = { 0 };
	struct tao_track_end end = { 0 };
	struct tao_finalize f = { .close = TAO_CLOSE_FINALIZE };

	ASSERT_CALL(0, ioctl(self->w, TAO_IOC_PREPARE, &prepare));
	sim_set("fault", "op=2a sense=3/0c/00");
	EXPECT_CALL(EIO, burn(self->w));
	EXPECT_CALL(EIO, ioctl(self->w, TAO_IOC_TRACK_END, &end));
	EXPECT_EQ(TAO_DISC_BLANK, sim_medium().status);
	EXPECT_FALSE(flawed());
	EXPECT_CALL(0, ioctl(self->w, TAO_IOC_RELEASE, &f));
	EXPECT_EQ(0, sim_commands(OP_CLOSE));
}

/* A child cancels the track when the drive has refused its first WRITE. */
static void cancel_before_anything(struct __test_metadata *_metadata, int fd)
{
	struct tao_track_end end = { 0 };

	sim_set("commands", "0");
	sim_set("fault", "op=2a times=0 sense=2/04/08");
	if (!fork()) {
		while (!sim_commands(OP_WRITE))
			usleep(1000);
		_exit(ioctl(fd, TAO_IOC_CANCEL));
	}
	burn(fd);
	EXPECT_CALL(ECANCELED, ioctl(fd, TAO_IOC_TRACK_END, &end));
	wait(NULL);
	sim_set("fault", "clear");
}

static const char short_track[] =
	"cdr-sim-disc 1 medium cdr leadout 359847 final 0\n"
	"session 1 format 0 state open leadout 0 mcn -\n"
	"track 1 control 0 start 0 length 310 state recorded isrc -\n";

/* A track of which the drive got nothing is not in the place of one that failed. */
TEST_F(error, nothing_of_it_in_place_of_another)
{
	struct tao_prepare prepare = { 0 };
	struct tao_track_end end = { 0 };
	struct tao_finalize f = { .close = TAO_CLOSE_NOTHING };
	struct tao_track_begin begin = { 0 };

	ASSERT_CALL(0, ioctl(self->w, TAO_IOC_PREPARE, &prepare));
	sim_set("fault", "op=2a sense=3/0c/00");
	EXPECT_CALL(EIO, burn(self->w));
	EXPECT_CALL(EIO, ioctl(self->w, TAO_IOC_TRACK_END, &end));
	cancel_before_anything(_metadata, self->w);
	EXPECT_EQ(TAO_DISC_BLANK, sim_medium().status);
	EXPECT_CALL(0, ioctl(self->w, TAO_IOC_RELEASE, &f));
	/* This stands for the disc, whose failed track the drive shows late. */
	image_insert(short_track);
	EXPECT_TRUE(flawed());

	/* A good one is, even if the look behind it fails. */
	EXPECT_CALL(0, close(self->w));
	sim_new_disc("cdr80");
	self->w = open(sim_tao, O_WRONLY);
	ASSERT_CALL(0, ioctl(self->w, TAO_IOC_PREPARE, &prepare));
	sim_set("fault", "op=2a sense=3/0c/00");
	EXPECT_CALL(EIO, burn(self->w));
	EXPECT_CALL(EIO, ioctl(self->w, TAO_IOC_TRACK_END, &end));
	sim_set("fault", "op=46 sense=4/44/00");
	ASSERT_EQ(SECTORS(310), write(self->w, audio, SECTORS(310)));
	EXPECT_CALL(0, ioctl(self->w, TAO_IOC_TRACK_END, &end));
	EXPECT_CALL(0, ioctl(self->w, TAO_IOC_RELEASE, &f));
	EXPECT_EQ(1, sim_medium().tracks);
	EXPECT_FALSE(flawed());

	/* Nor does it explain a track that was not there. */
	sim_new_disc("cdr80");
	ASSERT_CALL(0, ioctl(self->w, TAO_IOC_PREPARE, &prepare));
	cancel_before_anything(_metadata, self->w);
	image_insert(short_track);
	EXPECT_CALL(EBADFD, ioctl(self->w, TAO_IOC_TRACK_BEGIN, &begin));
}

/* READ DISC INFORMATION calls the disc blank for a while, though it has the track. */
TEST_F(error, on_a_disc_that_is_called_blank)
{
	struct tao_prepare prepare = { 0 };
	struct tao_track_end end = { 0 };
	struct tao_finalize f = { .close = TAO_CLOSE_FINALIZE };

	ASSERT_CALL(0, ioctl(self->w, TAO_IOC_PREPARE, &prepare));
	sim_set("fault", "op=2a nth=5 sense=3/0c/00");
	sim_set("fault", "op=51 times=0 set=2:0001010101");
	EXPECT_CALL(EIO, burn(self->w));
	EXPECT_CALL(EIO, ioctl(self->w, TAO_IOC_TRACK_END, &end));
	EXPECT_EQ(TAO_DISC_BLANK, sim_medium().status);
	EXPECT_EQ(1, sim_medium().tracks);
	EXPECT_TRUE(flawed());
	sim_set("fault", "clear");
	EXPECT_CALL(0, burn(self->w));
	EXPECT_CALL(0, ioctl(self->w, TAO_IOC_TRACK_END, &end));
	EXPECT_EQ(2, sim_medium().tracks);
	EXPECT_CALL(EIO, ioctl(self->w, TAO_IOC_RELEASE, &f));
	EXPECT_EQ(0, sim_commands(OP_CLOSE));
}

/* Nothing of a failed track is left on a disc that was blanked. */
TEST_F(error, gone_when_the_disc_is_blanked)
{
	struct tao_blank blank = { 0 };

	sim_new_disc("cdrw80");
	sim_set("fault", "op=2a sense=3/0c/00");
	EXPECT_CALL(EIO, burn(self->w));
	EXPECT_CALL(EIO, close(self->w));
	self->w = open(sim_tao, O_WRONLY);
	EXPECT_CALL(0, ioctl(self->w, TAO_IOC_BLANK, &blank));
	image_insert("cdr-sim-disc 1 medium cdrw leadout 359847 final 0\n"
		     "session 1 format 0 state open leadout 0 mcn -\n"
		     "track 1 control 0 start 0 length 310 state recorded isrc -\n");
	EXPECT_FALSE(flawed());
}

/* What the drive says of a disc with two tracks, for a while after CLOSE SESSION */
#define SHOWN_OPEN	"op=51 times=0 set=2:0501010103"

/* The drive shows late that the session is closed, and then nothing in it matters any more. */
TEST_F(error, forgiven_late)
{
	burn_and_fail(_metadata, &self->w);
	sim_set("fault", "clear");
	sim_set("fault", SHOWN_OPEN);
	EXPECT_CALL(EIO, finalize(self->w, TAO_FINALIZE_FORCE));
	EXPECT_TRUE(flawed());
	sim_set("fault", "clear");
	EXPECT_EQ(TAO_DISC_COMPLETE, sim_medium().status);
	EXPECT_FALSE(flawed());
	EXPECT_CALL(EROFS, finalize(self->w, 0));
	EXPECT_EQ(1, sim_commands(OP_CLOSE));
}

/* The same while the disc is held: the next call tells, and closes nothing again. */
TEST_F(error, closed_late)
{
	struct tao_prepare prepare = { 0 };
	struct tao_track_end end = { 0 };
	struct tao_finalize f = { .close = TAO_CLOSE_SESSION };
	int late;

	for (late = 0; late < 2; late++) {
		sim_new_disc("cdr80");
		ASSERT_CALL(0, ioctl(self->w, TAO_IOC_PREPARE, &prepare));
		ASSERT_CALL(0, burn(self->w));
		ASSERT_CALL(0, ioctl(self->w, TAO_IOC_TRACK_END, &end));
		ASSERT_CALL(0, burn(self->w));
		ASSERT_CALL(0, ioctl(self->w, TAO_IOC_TRACK_END, &end));
		/* Or both looks behind it fail. */
		sim_set("fault", late ? SHOWN_OPEN : "op=52 nth=4 times=2 sense=4/44/00");
		EXPECT_CALL(EIO, ioctl(self->w, TAO_IOC_RELEASE, &f));
		sim_set("fault", "clear");
		f.close = TAO_CLOSE_FINALIZE;
		EXPECT_CALL(EIO, ioctl(self->w, TAO_IOC_RELEASE, &f));
		EXPECT_TRUE(!!strstr(sim_error(TAO_ERROR_LATEST).text, "not finalised"))
			TH_LOG("%s", sim_error(TAO_ERROR_LATEST).text);
		f.close = TAO_CLOSE_SESSION;
		EXPECT_CALL(0, ioctl(self->w, TAO_IOC_RELEASE, &f));
		EXPECT_EQ(1, sim_commands(OP_CLOSE));
		EXPECT_EQ(1, sim_medium().sessions);
	}
}

TEST_F(error, release_refuses_too)
{
	struct tao_prepare prepare = { 0 };
	struct tao_track_end end = { 0 };
	struct tao_finalize f = { .close = TAO_CLOSE_FINALIZE };

	ASSERT_CALL(0, ioctl(self->w, TAO_IOC_PREPARE, &prepare));
	sim_set("fault", "op=2a nth=15 sense=3/0c/00");
	EXPECT_CALL(EIO, burn(self->w));
	EXPECT_CALL(EIO, ioctl(self->w, TAO_IOC_TRACK_END, &end));
	EXPECT_CALL(EIO, ioctl(self->w, TAO_IOC_RELEASE, &f));
	EXPECT_EQ(0, sim_commands(OP_CLOSE));
	f.flags = TAO_FINALIZE_FORCE;
	EXPECT_CALL(0, ioctl(self->w, TAO_IOC_RELEASE, &f));
	EXPECT_EQ(TAO_DISC_COMPLETE, sim_medium().status);
}

/* The drive has something else to say in place of SYNCHRONIZE CACHE: it is sent again. */
TEST_F(error, attention_at_the_end)
{
	static const char *const faults[] = { "op=35 sense=6/2a/01", "op=35 sense=6/3f/00" };
	struct tao_track_end end = { 0 };
	unsigned int i, without;

	ASSERT_CALL(0, burn(self->w));
	sim_set("commands", "0");
	ASSERT_CALL(0, ioctl(self->w, TAO_IOC_TRACK_END, &end));
	without = sim_commands(OP_TRACK_INFO);
	sim_new_disc("cdr80");
	for (i = 0; i < 2; i++) {
		ASSERT_CALL(0, burn(self->w));
		sim_set("fault", faults[i]);
		sim_set("commands", "0");
		EXPECT_CALL(0, ioctl(self->w, TAO_IOC_TRACK_END, &end)) TH_LOG("%s", faults[i]);
		/* And then the disc has to show the track. */
		EXPECT_LT(without, sim_commands(OP_TRACK_INFO));
		EXPECT_EQ(i + 1, sim_medium().tracks);
		EXPECT_EQ(0, sim_medium().flags & TAO_MEDIUM_TRACK_FAILED);
	}
}

/* "Buffer full", 2/04/08: the command is repeated, and nothing is lost or duplicated. */
TEST_F(error, buffer_full)
{
	sim_set("fault", "op=2a nth=1 times=2 sense=2/04/08");
	sim_set("fault", "op=2a nth=9 times=3 sense=2/04/08");
	EXPECT_CALL(0, burn(self->w));
	EXPECT_CALL(0, close(self->w));
	self->w = -1;
	EXPECT_EQ(TRACK_SECTORS / WRITE_SECTORS + 5, sim_commands(OP_WRITE));
	EXPECT_TRUE(sim_holds(0, audio, TRACK_SECTORS));
	EXPECT_EQ(0, sim_medium().flags & TAO_MEDIUM_TRACK_FAILED);
}

/* Not ready, for another reason: the same, within the same time. */
TEST_F(error, not_ready_for_a_write)
{
	sim_set("fault", "op=2a nth=1 times=2 sense=2/04/01");
	sim_set("fault", "op=2a nth=9 times=3 sense=2/04/01");
	sim_set("fault", "op=2a nth=14 times=1 sense=6/2e/00");
	EXPECT_CALL(0, burn(self->w));
	EXPECT_CALL(0, close(self->w));
	self->w = -1;
	EXPECT_EQ(TRACK_SECTORS / WRITE_SECTORS + 6, sim_commands(OP_WRITE));
	EXPECT_TRUE(sim_holds(0, audio, TRACK_SECTORS));
	EXPECT_EQ(0, sim_medium().flags & TAO_MEDIUM_TRACK_FAILED);
}

static void on_signal(int number)
{
	(void)number;
}

static uint64_t times_full(void)
{
	struct tao_statistics statistics;

	if (sim_ioctl(TAO_IOC_GET_STATISTICS, &statistics))
		sim_die("statistics");
	return statistics.buffer_full;
}

/* A child sends a signal when the drive's buffer has been full. */
static void interrupt_when_full(void)
{
	struct sigaction action = { .sa_handler = on_signal };
	uint64_t before = times_full();
	pid_t parent = getpid();

	sigaction(SIGUSR1, &action, NULL);
	if (fork())
		return;
	while (times_full() == before && getppid() == parent)
		usleep(1000);
	kill(parent, SIGUSR1);
	_exit(0);
}

/* Data that wait for the drive's buffer are taken back; later data are sent nevertheless. */
TEST_F(error, interrupted_while_the_buffer_is_full)
{
	struct tao_track_begin begin = { 0 };

	ASSERT_CALL(0, ioctl(self->w, TAO_IOC_TRACK_BEGIN, &begin));
	sim_set("fault", "op=2a times=0 sense=2/04/08");
	interrupt_when_full();
	EXPECT_CALL(EINTR, write(self->w, audio, sizeof(audio)) < 0);
	wait(NULL);
	/* The drive is polled at least every 500 ms. */
	usleep(600000);
	sim_set("fault", "clear");
	EXPECT_CALL(0, burn(self->w));
	EXPECT_CALL(0, close(self->w));
	self->w = -1;
	sim_wait_idle();
	EXPECT_TRUE(sim_holds(0, audio, TRACK_SECTORS));
}

/* A unit attention before the first WRITE was taken repeats the preparation. */
TEST_F(error, unit_attention_before)
{
	sim_set("fault", "op=2a sense=6/29/00");
	EXPECT_CALL(0, burn(self->w));
	EXPECT_CALL(0, close(self->w));
	self->w = -1;
	EXPECT_EQ(TRACK_SECTORS / WRITE_SECTORS + 1, sim_commands(OP_WRITE));
	EXPECT_LE(2, sim_commands(OP_MODE_SELECT));
	EXPECT_TRUE(sim_holds(0, audio, TRACK_SECTORS));
}

/* After the first WRITE, the write parameters are lost: fatal. */
TEST_F(error, unit_attention_after)
{
	sim_set("fault", "op=2a nth=3 sense=6/29/00");
	EXPECT_CALL(EIO, burn(self->w));
	EXPECT_CALL(EIO, close(self->w));
	self->w = -1;
	EXPECT_STREQ("5: 2a 6/29/00", said(TAO_ERROR_FIRST));
	EXPECT_EQ(3, sim_commands(OP_WRITE));
}

/* The error is about an earlier WRITE: this one was not executed. */
TEST_F(error, deferred)
{
	sim_set("fault", "op=2a nth=4 sense=3/0c/00 deferred");
	EXPECT_CALL(EIO, burn(self->w));
	EXPECT_EQ(TAO_ERROR_DEFERRED, sim_error(TAO_ERROR_FIRST).flags & TAO_ERROR_DEFERRED);
	EXPECT_CALL(EIO, close(self->w));
	self->w = -1;
	EXPECT_EQ(4, sim_commands(OP_WRITE));
}

/* The first failure matters; its consequences are the latest error. */
TEST_F(error, first_and_latest)
{
	sim_set("fault", "op=2a nth=2 sense=3/0c/00");
	sim_set("fault", "op=35 sense=3/73/03");
	EXPECT_CALL(EIO, burn(self->w));
	EXPECT_CALL(EIO, close(self->w));
	self->w = -1;
	EXPECT_STREQ("5: 2a 3/0c/00", said(TAO_ERROR_FIRST));
	EXPECT_STREQ("5: 35 3/73/03", said(TAO_ERROR_LATEST));
}

/* Before a track: an error here once left nothing to read about it. */
TEST_F(error, setting_the_speed)
{
	sim_set("fault", "op=bb sense=3/0c/00");
	EXPECT_CALL(EIO, burn(self->w));
	EXPECT_STREQ("5: bb 3/0c/00", said(TAO_ERROR_FIRST));
	EXPECT_CALL(0, burn(self->w));
}

/* A drive that fails to report the next address does not have a full disc. */
TEST_F(error, looking_at_the_disc)
{
	sim_set("fault", "op=52 sense=b/00/00");
	EXPECT_CALL(EIO, burn(self->w));
	EXPECT_STREQ("5: 52 b/00/00", said(TAO_ERROR_FIRST));
	EXPECT_CALL(0, burn(self->w));
}

/* A drive that was busy for a moment has obeyed: there is no error to report. */
TEST_F(error, busy_for_a_moment)
{
	static const char *const rules[] = {
		"op=51 times=3 sense=2/04/08", "op=52 times=3 sense=2/04/01",
		"op=55 times=3 sense=2/04/07", "op=bb times=3 sense=2/04/08",
	};
	unsigned int before = sim_error(TAO_ERROR_LATEST).count;
	size_t i;

	if (!sim_lab())
		SKIP(return, "it clears the log of the kernel");
	for (i = 0; i < ARRAY_SIZE(rules); i++) {
		sim_new_disc("cdr80");
		ASSERT_EQ(0, system("dmesg -C"));
		sim_set("fault", rules[i]);
		ASSERT_CALL(0, burn(self->w)) TH_LOG("%s", rules[i]);
		ASSERT_CALL(0, close(self->w));
		sim_wait_idle();
		EXPECT_EQ(before, sim_error(TAO_ERROR_LATEST).count)
			TH_LOG("%s: %s", rules[i], sim_error(TAO_ERROR_LATEST).text);
		EXPECT_FALSE(sim_log_has("(2/04/")) TH_LOG("%s: in the kernel's log", rules[i]);
		sim_set("fault", "clear");
		self->w = open(sim_tao, O_WRONLY);
		ASSERT_LE(0, self->w);
	}
}

/* A drive that stays busy is reported once, with its sense data. */
TEST_F(error, busy_for_ever)
{
	unsigned int before = sim_error(TAO_ERROR_LATEST).count;

	sim_set("fault", "op=51 times=0 sense=2/04/08");
	EXPECT_CALL(ETIMEDOUT, burn(self->w));
	EXPECT_STREQ("110: 51 2/04/08", said(TAO_ERROR_FIRST));
	EXPECT_EQ(before + 1, sim_error(TAO_ERROR_LATEST).count);
	sim_set("fault", "clear");
}

/* The door is locked during a track, and not afterwards. */
#define EXPECT_THE_DOOR() \
	do { \
		EXPECT_CALL(0, burn(self->w)); \
		EXPECT_TRUE(sim_locked()); \
		EXPECT_CALL(0, close(self->w)); \
		self->w = -1; \
		sim_wait_idle(); \
		EXPECT_FALSE(sim_left_locked()); \
	} while (0)

/* Locked once, unlocked once by tao and then by sr. A refusal does not stop tao. */
TEST_F(error, the_door)
{
	sim_set("fault", "op=1e nth=2 sense=5/2c/00");
	EXPECT_THE_DOOR();
	/* The drive can still be locked. */
	self->w = open(sim_tao, O_WRONLY);
	EXPECT_THE_DOOR();
}

/* Binds or unbinds sr, which unlocks the door if tao does not. */
static void have_sr(bool have)
{
	char device[32], command[128];

	sim_get("device", device, sizeof(device));
	device[strcspn(device, "\n")] = '\0';
	snprintf(command, sizeof(command), "echo %s > /sys/bus/scsi/drivers/sr/%s", device,
		 have ? "bind" : "unbind");
	if (system(command))
		sim_die(command);
}

/* The drive does not answer, is reset, and then answers. */
TEST_F(error, unlocking_times_out)
{
	have_sr(false);
	sim_set("fault", "op=1e nth=2 hang");
	EXPECT_THE_DOOR();
	have_sr(true);
}

/* The drive locks the door, but both answers are lost. 7 is DID_ERROR. */
TEST_F(error, locked_without_an_answer)
{
	have_sr(false);
	sim_set("fault", "op=1e times=2 after host=7");
	EXPECT_THE_DOOR();
	/* Or only the first answer is lost, and then the drive refuses. */
	self->w = open(sim_tao, O_WRONLY);
	sim_set("fault", "clear");
	sim_set("fault", "op=1e after host=7");
	sim_set("fault", "op=1e nth=2 sense=5/24/00");
	EXPECT_THE_DOOR();
	have_sr(true);
}

/* If a drive refuses to unlock for sr once, the SCSI layer believes that it has no lock. */
TEST_F(error, locked_in_spite_of_sr)
{
	int sr = open(sim_sr, O_RDONLY | O_NONBLOCK);

	ASSERT_LE(0, sr);
	sim_set("fault", "op=1e nth=1 sense=5/24/00");
	ioctl(sr, CDROM_LOCKDOOR, 0);
	close(sr);
	EXPECT_THE_DOOR();
}

TEST_F(error, closing_the_session)
{
	sim_set("fault", "op=5b sense=3/72/01");
	EXPECT_CALL(0, burn(self->w));
	EXPECT_CALL(0, close(self->w));
	self->w = open(sim_tao, O_WRONLY);
	EXPECT_CALL(EIO, finalize(self->w, 0));
	EXPECT_STREQ("5: 5b 3/72/01", said(TAO_ERROR_FIRST));
	EXPECT_EQ(1, sim_commands(OP_CLOSE));
	EXPECT_FALSE(sim_left_locked());
	EXPECT_TRUE(sim_holds(0, audio, TRACK_SECTORS));
}

/* A DVD-RW has sessions and can be erased too, but not by tao. */
TEST_F(error, a_dvd)
{
	struct tao_blank blank = { 0 };
	struct tao_recover recover = { .close = TAO_CLOSE_FINALIZE };

	sim_new_disc("cdrw80");
	EXPECT_CALL(0, burn(self->w));
	EXPECT_CALL(0, close(self->w));
	self->w = open(sim_tao, O_WRONLY);
	sim_set("commands", "0");
	sim_set("fault", "op=46 times=0 set=6:0014");	/* current profile: DVD-RW */
	EXPECT_CALL(EMEDIUMTYPE, finalize(self->w, TAO_FINALIZE_FORCE));
	EXPECT_CALL(EMEDIUMTYPE, ioctl(self->w, TAO_IOC_BLANK, &blank));
	EXPECT_CALL(EMEDIUMTYPE, ioctl(self->w, TAO_IOC_RECOVER, &recover));
	EXPECT_CALL(EMEDIUMTYPE, burn(self->w));
	EXPECT_EQ(TAO_MEDIUM_OTHER, sim_medium().type);
	EXPECT_EQ(0, sim_commands(OP_CLOSE));
	EXPECT_EQ(0, sim_commands(0xa1));	/* BLANK */
	EXPECT_EQ(0, sim_commands(OP_WRITE));
	EXPECT_FALSE(sim_left_locked());
	sim_set("fault", "clear");
	EXPECT_CALL(0, finalize(self->w, 0));
	EXPECT_TRUE(sim_holds(0, audio, TRACK_SECTORS));
}

TEST_HARNESS_MAIN
