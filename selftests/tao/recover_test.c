// SPDX-License-Identifier: GPL-2.0-only
/*
 * A disc that was left in the middle of a track, or of closing its session, is recognised, and
 * repaired as far as the drive allows.
 * lab: --doors --watch
 * timeout: 300
 * debug
 */
#define _GNU_SOURCE
#include <sys/syscall.h>

#include "image.h"
#include "harness.h"

#define EXPECT_CALL(error, call)	EXPECT_EQ(error, (call) ? errno : 0)
#define ASSERT_CALL(error, call)	ASSERT_EQ(error, (call) ? errno : 0)

#define OP_MODE_SENSE	0x5a
#define OP_SET_SPEED	0xbb
#define FIRST		320		/* sectors of the finished track */
#define TORN		960		/* sectors of the unfinished one */
#define SECTORS(n)	((n) * TAO_SECTOR_SIZE)

static char audio[SECTORS(TORN)];

static void __attribute__((constructor)) power_on(void)
{
	static const char *const attributes[] = { "dma_alignment=511", "speed=4 8", NULL };

	sim_create("recover", attributes);
	sim_audio(audio, sizeof(audio), 11);
}

FIXTURE(recover)
{
	int w;
};

FIXTURE_SETUP(recover)
{
	sim_set("fault", "clear");
	sim_set("realtime", "0");
	sim_new_disc("cdr80");
	self->w = open(sim_tao, O_WRONLY);
	ASSERT_LE(0, self->w) TH_LOG("open: %s", strerror(errno));
}

FIXTURE_TEARDOWN(recover)
{
	if (self->w >= 0)
		close(self->w);
	sim_set("fault", "clear");
	sim_set("realtime", "0");
}

static int burn(int fd, unsigned int sectors)
{
	return write(fd, audio, SECTORS(sectors)) == (ssize_t)SECTORS(sectors) ? 0 : -1;
}

/* Burns a track, and another one during which the power fails. */
static int lose_power_in_a_track(int fd)
{
	if (burn(fd, FIRST) || close(fd))
		return -1;
	fd = open(sim_tao, O_WRONLY);
	if (fd < 0 || burn(fd, TORN / 2))
		return -1;
	sim_set("power", "0");
	close(fd);
	sim_power_on();
	return open(sim_tao, O_WRONLY);
}

/* Burns a track; the power fails while its session is being closed. */
static int lose_power_in_closing(int fd)
{
	struct tao_finalize f = { .close = TAO_CLOSE_FINALIZE };

	if (burn(fd, FIRST) || close(fd))
		return -1;
	sim_set("realtime", "1");
	fd = open(sim_tao, O_WRONLY);
	if (fd < 0)
		return -1;
	if (!fork()) {
		usleep(800000);
		sim_set("power", "0");
		_exit(0);
	}
	if (!ioctl(fd, TAO_IOC_FINALIZE, &f) || errno != ENODEV)
		return -1;
	wait(NULL);
	close(fd);
	sim_set("realtime", "0");
	sim_power_on();
	return open(sim_tao, O_WRONLY);
}

static int recover(int fd, __u32 close, struct tao_recover *r)
{
	*r = (struct tao_recover){ .close = close };
	return ioctl(fd, TAO_IOC_RECOVER, r);
}

static int finalize(int fd)
{
	struct tao_finalize f = { .close = TAO_CLOSE_FINALIZE };

	return ioctl(fd, TAO_IOC_FINALIZE, &f);
}

static int finalize_by_force(int fd, __u32 close, struct tao_recover *r)
{
	struct tao_finalize f = { .close = close, .flags = TAO_FINALIZE_FORCE };

	(void)r;
	return ioctl(fd, TAO_IOC_FINALIZE, &f);
}

static bool sysfs_is(const char *attribute, const char *value)
{
	char path[128], text[64] = "";
	FILE *f;

	snprintf(path, sizeof(path), "/sys/class/tao/%s/%s", sim_tao + 5, attribute);
	f = fopen(path, "r");
	if (!f || fscanf(f, "%63s", text) != 1)
		sim_die(path);
	fclose(f);
	return !strcmp(text, value);
}

TEST_F(recover, a_track_that_was_left_open)
{
	struct tao_medium m;
	struct tao_recover r;

	self->w = lose_power_in_a_track(self->w);
	ASSERT_LE(0, self->w);
	m = sim_medium();
	EXPECT_EQ(TAO_MEDIUM_TRACK_DAMAGED | TAO_MEDIUM_SESSION_OPEN,
		  m.flags & (TAO_MEDIUM_TRACK_DAMAGED | TAO_MEDIUM_SESSION_OPEN |
			     TAO_MEDIUM_SESSION_DAMAGED | TAO_MEDIUM_WRITABLE));
	EXPECT_EQ(1, m.tracks);
	EXPECT_TRUE(sysfs_is("track_damaged", "1"));
	EXPECT_TRUE(sysfs_is("writable", "0"));

	/* Nothing can be added, and the error says what to do. */
	EXPECT_CALL(EIO, burn(self->w, 300));
	EXPECT_TRUE(!!strstr(sim_error(TAO_ERROR_FIRST).text, "tao recover"));
	EXPECT_CALL(EIO, finalize(self->w));
	EXPECT_TRUE(!!strstr(sim_error(TAO_ERROR_FIRST).text, "tao recover"));

	EXPECT_CALL(0, recover(self->w, TAO_CLOSE_NOTHING, &r));
	EXPECT_EQ(TAO_RECOVERED_TRACK, r.done);
	EXPECT_EQ(2, r.track);
	EXPECT_FALSE(sim_left_locked());
	m = sim_medium();
	EXPECT_EQ(TAO_MEDIUM_WRITABLE | TAO_MEDIUM_SESSION_OPEN,
		  m.flags & (TAO_MEDIUM_WRITABLE | TAO_MEDIUM_SESSION_OPEN |
			     TAO_MEDIUM_TRACK_DAMAGED | TAO_MEDIUM_TRACK_FAILED));
	EXPECT_EQ(2, m.tracks);
	EXPECT_TRUE(sysfs_is("track_damaged", "0"));
	EXPECT_TRUE(sim_holds(0, audio, FIRST));
	EXPECT_TRUE(sim_holds(FIRST + GAP_SECTORS, audio, TORN / 2));

	/* Now the disc is like any other. */
	EXPECT_CALL(0, burn(self->w, 300));
	EXPECT_CALL(0, close(self->w));
	self->w = open(sim_tao, O_WRONLY);
	EXPECT_CALL(0, finalize(self->w));
	EXPECT_EQ(TAO_DISC_COMPLETE, sim_medium().status);
	EXPECT_EQ(3, sim_medium().tracks);
}

TEST_F(recover, and_finalised)
{
	struct tao_recover r;

	self->w = lose_power_in_a_track(self->w);
	ASSERT_LE(0, self->w);
	EXPECT_CALL(0, recover(self->w, TAO_CLOSE_FINALIZE, &r));
	EXPECT_EQ(TAO_RECOVERED_TRACK | TAO_RECOVERED_SESSION, r.done);
	EXPECT_EQ(2, r.track);
	EXPECT_EQ(TAO_DISC_COMPLETE, sim_medium().status);
	EXPECT_EQ(2, sim_medium().tracks);
	EXPECT_TRUE(sim_holds(0, audio, FIRST));
	EXPECT_CALL(ENODATA, recover(self->w, TAO_CLOSE_FINALIZE, &r));
}

TEST_F(recover, a_session_that_was_left_open)
{
	struct tao_recover r;

	self->w = lose_power_in_closing(self->w);
	ASSERT_LE(0, self->w);
	EXPECT_EQ(TAO_MEDIUM_SESSION_DAMAGED | TAO_MEDIUM_SESSION_OPEN,
		  sim_medium().flags & (TAO_MEDIUM_TRACK_DAMAGED | TAO_MEDIUM_SESSION_OPEN |
					TAO_MEDIUM_SESSION_DAMAGED | TAO_MEDIUM_WRITABLE));
	EXPECT_TRUE(sysfs_is("session_damaged", "1"));
	EXPECT_CALL(EIO, burn(self->w, 300));
	EXPECT_TRUE(!!strstr(sim_error(TAO_ERROR_FIRST).text, "tao recover"));
	EXPECT_CALL(EINVAL, recover(self->w, TAO_CLOSE_NOTHING, &r));
	EXPECT_CALL(0, recover(self->w, TAO_CLOSE_SESSION, &r));
	EXPECT_EQ(TAO_RECOVERED_SESSION, r.done);
	EXPECT_EQ(0, r.track);
	EXPECT_TRUE(sysfs_is("session_damaged", "0"));
	EXPECT_EQ(TAO_DISC_APPENDABLE, sim_medium().status);
	EXPECT_EQ(1, sim_medium().sessions);
	EXPECT_TRUE(sim_holds(0, audio, FIRST));
	EXPECT_CALL(0, burn(self->w, 300));
}

/* The drive is still in the track: it refuses MODE SELECT, which used to look like a full disc. */
TEST_F(recover, a_track_whose_end_failed)
{
	struct tao_recover r;

	sim_set("fault", "op=35 sense=3/0c/00");
	EXPECT_CALL(0, burn(self->w, FIRST));
	EXPECT_CALL(EIO, close(self->w));
	self->w = open(sim_tao, O_WRONLY);
	EXPECT_EQ(TAO_MEDIUM_TRACK_DAMAGED,
		  sim_medium().flags & (TAO_MEDIUM_TRACK_DAMAGED | TAO_MEDIUM_WRITABLE));
	EXPECT_CALL(EIO, burn(self->w, 300));
	EXPECT_CALL(0, recover(self->w, TAO_CLOSE_NOTHING, &r));
	EXPECT_EQ(TAO_RECOVERED_TRACK, r.done);
	EXPECT_EQ(1, r.track);
	EXPECT_EQ(0, sim_medium().flags & TAO_MEDIUM_TRACK_FAILED);
	EXPECT_TRUE(sim_holds(0, audio, FIRST));
	EXPECT_CALL(0, burn(self->w, 300));
	EXPECT_CALL(0, close(self->w));
	self->w = open(sim_tao, O_WRONLY);
	EXPECT_CALL(0, finalize(self->w));
}

/*
 * The block layer numbers the disc anew when sr is opened, because we have told it of a change. It
 * is the same disc all the same.
 */
TEST_F(recover, a_track_whose_end_failed_behind_a_change)
{
	struct tao_prepare prepare = { 0 };
	struct tao_track_end end = { 0 };
	unsigned long long number;
	struct tao_recover r;

	ASSERT_CALL(0, ioctl(self->w, TAO_IOC_PREPARE, &prepare));
	ASSERT_CALL(0, burn(self->w, FIRST));
	sim_set("fault", "op=00 sense=6/28/00");
	EXPECT_CALL(0, ioctl(self->w, TAO_IOC_TRACK_END, &end));
	sim_set("fault", "clear");
	ASSERT_CALL(0, burn(self->w, FIRST));
	sim_set("fault", "op=35 sense=3/0c/00");
	EXPECT_CALL(EIO, ioctl(self->w, TAO_IOC_TRACK_END, &end));
	sim_set("fault", "clear");
	number = sim_disc_sequence();
	close(self->w);
	self->w = open(sim_tao, O_WRONLY);
	ASSERT_LE(0, self->w);
	close(open(sim_sr, O_RDONLY | O_NONBLOCK));
	EXPECT_NE(number, sim_disc_sequence());
	EXPECT_EQ(TAO_MEDIUM_TRACK_DAMAGED,
		  sim_medium().flags & (TAO_MEDIUM_TRACK_DAMAGED | TAO_MEDIUM_WRITABLE));
	EXPECT_CALL(0, recover(self->w, TAO_CLOSE_NOTHING, &r));
	EXPECT_EQ(TAO_RECOVERED_TRACK, r.done);
}

/* A disc whose second track was left open. */
static const char torn_disc[] =
	"cdr-sim-disc 1 medium cdr leadout 359847 final 0\n"
	"session 1 format 0 state open leadout 0 mcn -\n"
	"track 1 control 0 start 0 length 9000 state recorded isrc -\n"
	"track 2 control 0 start 9152 length 9000 state open isrc -\n";

/* A child exchanges the disc while the drive ends the track. */
static void exchange_meanwhile(const char *disc)
{
	sim_set("commands", "0");
	sim_set("fault", "op=35 delay=1000");
	if (fork())
		return;
	while (!sim_commands(OP_SYNC_CACHE))
		usleep(1000);
	image_insert(disc);
	_exit(0);
}

/* The other disc, with a good session or a track that was left open, stays as it is. */
TEST_F(recover, exchanged_meanwhile)
{
	static int (*const calls[])(int fd, __u32 close, struct tao_recover *r) = {
		recover, finalize_by_force
	};
	static const char *const discs[] = {
		"cdr-sim-disc 1 medium cdr leadout 359847 final 0\n"
		"session 1 format 0 state open leadout 0 mcn -\n"
		"track 1 control 0 start 0 length 9000 state recorded isrc -\n",
		torn_disc,
	};
	struct tao_recover r;
	unsigned int i;

	/* The last time, nothing is to be closed. */
	for (i = 0; i < 5; i++) {
		__u32 close_as = i < 4 ? TAO_CLOSE_FINALIZE : TAO_CLOSE_NOTHING;

		r.done = 0;
		sim_new_disc("cdr80");
		sim_set("fault", "op=35 sense=3/0c/00");
		ASSERT_CALL(0, burn(self->w, FIRST));
		EXPECT_CALL(EIO, close(self->w));
		self->w = open(sim_tao, O_WRONLY);
		sim_set("fault", "clear");
		exchange_meanwhile(discs[i % 2]);
		EXPECT_CALL(EBADFD, calls[i / 2 % 2](self->w, close_as, &r)) TH_LOG("%u", i);
		wait(NULL);
		EXPECT_EQ(0, sim_commands(OP_CLOSE)) TH_LOG("%u", i);
		EXPECT_FALSE(sim_left_locked());
		EXPECT_EQ(TAO_STATE_IDLE, sim_status().state);
		sim_set("fault", "clear");
	}
	EXPECT_EQ(0, r.done);
}

/* What has begun is done, though its program is killed while the disc spins up. */
TEST_F(recover, killed_while_the_disc_spins_up)
{
	static int (*const calls[])(int fd, __u32 close, struct tao_recover *r) = {
		recover, finalize_by_force
	};
	struct tao_recover r;
	unsigned int i;
	pid_t child;

	close(self->w);
	self->w = -1;
	for (i = 0; i < ARRAY_SIZE(calls); i++) {
		image_insert(torn_disc);
		sim_set("fault", "op=00 times=0 sense=2/04/01");
		child = fork();
		if (!child)
			_exit(calls[i](open(sim_tao, O_WRONLY), TAO_CLOSE_FINALIZE, &r));
		while (sim_status().action != TAO_ACTION_PREPARING)
			usleep(10000);
		kill(child, SIGKILL);
		ASSERT_EQ(child, waitpid(child, NULL, 0));
		sleep(1);
		sim_set("fault", "clear");
		sim_wait_idle();
		EXPECT_EQ(TAO_DISC_COMPLETE, sim_medium().status) TH_LOG("%u", i);
		EXPECT_FALSE(sim_left_locked());
	}
}

/* So does BLANK. */
TEST_F(recover, killed_before_blanking)
{
	struct tao_blank blank = { 0 };
	pid_t child;

	close(self->w);
	self->w = -1;
	sim_new_disc("cdrw80");
	child = fork();
	if (!child)
		_exit(write(open(sim_tao, O_WRONLY), audio, SECTORS(310)) != SECTORS(310));
	ASSERT_EQ(child, waitpid(child, NULL, 0));
	sim_wait_idle();
	ASSERT_EQ(1, sim_medium().tracks);
	sim_set("fault", "op=00 times=0 sense=2/04/01");
	child = fork();
	if (!child)
		_exit(ioctl(open(sim_tao, O_WRONLY), TAO_IOC_BLANK, &blank));
	while (sim_status().action != TAO_ACTION_PREPARING)
		usleep(10000);
	kill(child, SIGKILL);
	ASSERT_EQ(child, waitpid(child, NULL, 0));
	sleep(1);
	sim_set("fault", "clear");
	sim_wait_idle();
	EXPECT_EQ(TAO_DISC_BLANK, sim_medium().status);
}

static __u32 write_speed(int fd)
{
	struct tao_speed speed;

	return ioctl(fd, TAO_IOC_GET_SPEED, &speed) ? 0 : speed.actual_kbps;
}

static int prepare(int fd, __u32 flags)
{
	struct tao_prepare p = { .flags = flags };

	return ioctl(fd, TAO_IOC_PREPARE, &p);
}

static int begin_track(int fd)
{
	struct tao_track_begin begin = {};

	return ioctl(fd, TAO_IOC_TRACK_BEGIN, &begin);
}

/* Returns the sectors of the track, or -1. */
static int end_track(int fd)
{
	struct tao_track_end end = {};

	return ioctl(fd, TAO_IOC_TRACK_END, &end) ? -1 : (int)end.sectors;
}

static int release(int fd)
{
	struct tao_finalize nothing = { .close = TAO_CLOSE_NOTHING };

	return ioctl(fd, TAO_IOC_RELEASE, &nothing);
}

static int set_speed(int fd, unsigned int kbps)
{
	struct tao_speed speed = { .requested_kbps = kbps };

	return ioctl(fd, TAO_IOC_SET_SPEED, &speed);
}

static bool disc_is_blank(void)
{
	char media[64];

	sim_get("media", media, sizeof(media));
	return !strncmp(media, "cdr blank", 9);
}

/*
 * After it has reset a link, libata reads the unit attention: nobody is told that the door is
 * unlocked, and that the drive has forgotten that it is to write a test, and how fast.
 */
TEST_F(recover, reset_unseen_before_a_test_write)
{
	ASSERT_CALL(0, prepare(self->w, TAO_PREPARE_TEST_WRITE));
	ASSERT_CALL(0, set_speed(self->w, 706));
	ASSERT_EQ(706, write_speed(self->w));
	ASSERT_CALL(0, begin_track(self->w));
	sleep(2);
	sim_set("reset_unseen", "1");
	ASSERT_FALSE(sim_locked());
	ASSERT_CALL(0, burn(self->w, FIRST));
	EXPECT_TRUE(sim_locked());
	EXPECT_EQ(706, write_speed(self->w));
	EXPECT_EQ(FIRST, end_track(self->w));
	EXPECT_TRUE(disc_is_blank());
	EXPECT_CALL(0, release(self->w));
	EXPECT_FALSE(sim_locked());
}

static void reset_unseen_after(unsigned int ms)
{
	if (fork())
		return;
	usleep(ms * 1000);
	sim_set("reset_unseen", "1");
	_exit(0);
}

/* The drive puts the first WRITE of a test off, and is reset meanwhile. */
TEST_F(recover, reset_unseen_while_it_is_busy)
{
	ASSERT_CALL(0, prepare(self->w, TAO_PREPARE_TEST_WRITE));
	ASSERT_CALL(0, begin_track(self->w));
	sim_set("fault", "op=2a times=25 sense=2/04/08");
	reset_unseen_after(1500);
	ASSERT_CALL(0, burn(self->w, FIRST));
	wait(NULL);
	EXPECT_EQ(FIRST, end_track(self->w));
	EXPECT_TRUE(disc_is_blank());
	EXPECT_CALL(0, release(self->w));
}

/* A drive that is only busy is asked, and not prepared anew, which may make it busy again. */
TEST_F(recover, busy_before_the_first_write)
{
	ASSERT_CALL(0, prepare(self->w, 0));
	ASSERT_CALL(0, begin_track(self->w));
	sim_set("commands", "0");
	sim_set("fault", "op=2a times=25 sense=2/04/08");
	ASSERT_CALL(0, burn(self->w, FIRST));
	EXPECT_EQ(0, sim_commands(OP_MODE_SELECT));
	EXPECT_EQ(FIRST, end_track(self->w));
}

/* One that is busy with the question as well has all the time that a WRITE has. */
TEST_F(recover, busy_with_questions_too)
{
	ASSERT_CALL(0, prepare(self->w, 0));
	ASSERT_CALL(0, begin_track(self->w));
	sim_set("commands", "0");
	sim_set("fault", "op=2a times=30 sense=2/04/08");
	sim_set("fault", "op=5a times=130 sense=2/04/08");
	ASSERT_CALL(0, burn(self->w, FIRST));
	EXPECT_LE(130, sim_commands(OP_MODE_SENSE));
	EXPECT_EQ(0, sim_commands(OP_MODE_SELECT));
	sim_set("fault", "clear");
	EXPECT_EQ(FIRST, end_track(self->w));
}

/*
 * A drive that is slow to say where the track goes is late each time that it is prepared, and that
 * leaves room for real unit attentions.
 */
TEST_F(recover, slow_and_three_attentions)
{
	ASSERT_CALL(0, prepare(self->w, 0));
	sim_set("fault", "op=52 times=0 delay=1100");
	ASSERT_CALL(0, begin_track(self->w));
	sim_set("fault", "op=2a times=3 sense=6/28/00");
	ASSERT_CALL(0, burn(self->w, FIRST));
	sim_set("fault", "clear");
	EXPECT_EQ(FIRST, end_track(self->w));
}

/* Nor is a test write a burn when it can't be prepared any more. */
TEST_F(recover, reset_unseen_behind_three_attentions)
{
	ASSERT_CALL(0, prepare(self->w, TAO_PREPARE_TEST_WRITE));
	ASSERT_CALL(0, begin_track(self->w));
	sim_set("fault", "op=2a times=3 sense=6/28/00");
	sim_set("fault", "op=2a times=25 sense=2/04/08");
	reset_unseen_after(3000);
	EXPECT_CALL(EIO, burn(self->w, FIRST));
	wait(NULL);
	EXPECT_CALL(EIO, end_track(self->w));
	sim_set("fault", "clear");
	EXPECT_CALL(0, release(self->w));
	EXPECT_TRUE(disc_is_blank());
}

TEST_F(recover, reset_unseen_while_it_does_not_answer)
{
	ASSERT_CALL(0, prepare(self->w, TAO_PREPARE_TEST_WRITE));
	ASSERT_CALL(0, begin_track(self->w));
	sim_set("fault", "op=2a times=30 sense=2/04/08");
	sim_set("fault", "op=5a times=130 sense=2/04/08");
	reset_unseen_after(5000);
	/* It may fail. */
	burn(self->w, FIRST);
	wait(NULL);
	sim_set("fault", "clear");
	end_track(self->w);
	EXPECT_CALL(0, release(self->w));
	EXPECT_TRUE(disc_is_blank());
}

/* The question where the track goes is asked once more: then the drive is another one. */
TEST_F(recover, reset_unseen_by_a_lost_answer)
{
	ASSERT_CALL(0, prepare(self->w, TAO_PREPARE_TEST_WRITE));
	sim_set("fault", "op=52 reset_unseen");
	ASSERT_CALL(0, begin_track(self->w));
	EXPECT_TRUE(sim_locked());
	ASSERT_CALL(0, burn(self->w, FIRST));
	EXPECT_EQ(FIRST, end_track(self->w));
	EXPECT_TRUE(disc_is_blank());
	EXPECT_CALL(0, release(self->w));
}

TEST_F(recover, reset_unseen_between_tracks)
{
	ASSERT_CALL(0, prepare(self->w, 0));
	ASSERT_CALL(0, set_speed(self->w, 706));
	sim_set("reset_unseen", "1");
	ASSERT_FALSE(sim_locked());
	ASSERT_CALL(0, begin_track(self->w));
	EXPECT_TRUE(sim_locked());
	EXPECT_EQ(706, write_speed(self->w));
	ASSERT_CALL(0, burn(self->w, FIRST));
	EXPECT_EQ(FIRST, end_track(self->w));
	/* The drive has the same write parameters again, but not its lock. */
	sim_set("reset_unseen", "1");
	ASSERT_CALL(0, begin_track(self->w));
	EXPECT_TRUE(sim_locked());
	ASSERT_CALL(0, burn(self->w, FIRST));
	EXPECT_EQ(FIRST, end_track(self->w));
	EXPECT_EQ(2, sim_medium().tracks);
	EXPECT_CALL(0, release(self->w));
	EXPECT_FALSE(sim_locked());
}

/* The drive refuses new write parameters, and it is seen all the same that it has lost the old. */
TEST_F(recover, reset_unseen_before_a_refusal)
{
	ASSERT_CALL(0, prepare(self->w, 0));
	ASSERT_CALL(0, set_speed(self->w, 706));
	sim_set("reset_unseen", "1");
	sim_set("fault", "op=55 sense=4/08/03");
	EXPECT_CALL(EIO, begin_track(self->w));
	sim_set("fault", "clear");
	sim_set("commands", "0");
	ASSERT_CALL(0, begin_track(self->w));
	EXPECT_LE(1, sim_commands(OP_SET_SPEED));
	ASSERT_CALL(0, burn(self->w, FIRST));
	EXPECT_EQ(FIRST, end_track(self->w));
	EXPECT_CALL(0, release(self->w));
}

/*
 * The drive has said GOOD to all of the track, and was reset before it had burned it. It goes on
 * saying GOOD.
 */
TEST_F(recover, reset_unseen_before_the_end)
{
	struct tao_recover r;

	ASSERT_CALL(0, prepare(self->w, 0));
	ASSERT_CALL(0, begin_track(self->w));
	ASSERT_CALL(0, burn(self->w, FIRST));
	sim_set("reset_unseen", "1");
	EXPECT_CALL(EIO, end_track(self->w));
	EXPECT_TRUE(!!strstr(sim_error(TAO_ERROR_FIRST).text, "does not verify"));
	EXPECT_EQ(TAO_MEDIUM_TRACK_DAMAGED | TAO_MEDIUM_TRACK_FAILED,
		  sim_medium().flags & (TAO_MEDIUM_TRACK_DAMAGED | TAO_MEDIUM_TRACK_FAILED));
	EXPECT_CALL(0, release(self->w));
	EXPECT_CALL(0, recover(self->w, TAO_CLOSE_NOTHING, &r));
	EXPECT_EQ(TAO_RECOVERED_TRACK, r.done);

	/* The same with close(). */
	ASSERT_CALL(0, burn(self->w, FIRST));
	sim_set("reset_unseen", "1");
	EXPECT_CALL(EIO, close(self->w));
	self->w = open(sim_tao, O_WRONLY);
}

/* The drive says GOOD, and does not have the track, or not all of it. */
TEST_F(recover, a_track_that_is_not_there)
{
	static const char *const faults[] = { "op=2a times=0 good", "op=2a nth=3 times=0 good" };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(faults); i++) {
		sim_new_disc("cdr80");
		ASSERT_CALL(0, prepare(self->w, 0));
		ASSERT_CALL(0, begin_track(self->w));
		sim_set("fault", faults[i]);
		ASSERT_CALL(0, burn(self->w, FIRST));
		EXPECT_CALL(EIO, end_track(self->w)) TH_LOG("%s", faults[i]);
		EXPECT_TRUE(!!strstr(sim_error(TAO_ERROR_FIRST).text, "does not verify"));
		sim_set("fault", "clear");
		EXPECT_CALL(0, release(self->w));
	}
}

/* The question at the end of the track is the one that hears of the reset. */
TEST_F(recover, a_reset_that_the_last_question_hears_of)
{
	ASSERT_CALL(0, burn(self->w, FIRST));
	sim_set("fault", "op=5a cdb=2:05 sense=6/29/00");
	/* The part of track 1 that the drive has, asked for once */
	sim_set("fault", "op=52 cdb=2:00000001 set=24:00000010");
	EXPECT_CALL(EIO, close(self->w));
	self->w = open(sim_tao, O_WRONLY);
	EXPECT_TRUE(!!strstr(sim_error(TAO_ERROR_FIRST).text, "does not verify"));
}

/*
 * A drive that tells of tracks only as the next one, which on a full disc is the last one: track 1
 * at 0, audio, not blank. As its length it has what is free, which is little more.
 */
TEST_F(recover, a_full_disc_and_no_answer_by_number)
{
	image_insert("cdr-sim-disc 1 medium cdr leadout 900 final 0\n");
	ASSERT_CALL(0, burn(self->w, FIRST));
	sim_set("fault", "op=52 cdb=2:00000001 times=0 sense=5/24/00");
	sim_set("fault", "op=52 cdb=2:000000ff times=0 set=2:010100000f0000000000000000000000");
	EXPECT_CALL(0, close(self->w));
	sim_set("fault", "clear");
	self->w = open(sim_tao, O_WRONLY);
	EXPECT_TRUE(sim_holds(0, audio, FIRST));
}

/* Other write parameters, which a drive may show for any reason, do not fail a good track. */
TEST_F(recover, other_parameters_at_the_end)
{
	ASSERT_CALL(0, burn(self->w, FIRST));
	sim_set("fault", "op=5a cdb=2:05 set=11:04");
	sim_set("commands", "0");
	EXPECT_CALL(0, close(self->w));
	EXPECT_LE(3, sim_commands(OP_MODE_SENSE));
	self->w = open(sim_tao, O_WRONLY);
	EXPECT_EQ(0, sim_medium().flags & (TAO_MEDIUM_TRACK_DAMAGED | TAO_MEDIUM_TRACK_FAILED));
	EXPECT_EQ(1, sim_medium().tracks);
	EXPECT_TRUE(sim_holds(0, audio, FIRST));
}

/* The same with a drive that does not tell of tracks by their number. */
TEST_F(recover, other_parameters_and_no_answer)
{
	ASSERT_CALL(0, burn(self->w, FIRST));
	sim_set("fault", "op=5a cdb=2:05 set=11:04");
	sim_set("fault", "op=52 cdb=5:01 times=0 sense=5/24/00");
	EXPECT_CALL(0, close(self->w));
	sim_set("fault", "clear");
	self->w = open(sim_tao, O_WRONLY);
	EXPECT_TRUE(sim_holds(0, audio, FIRST));
}

/* Some drives need the number of the track. */
TEST_F(recover, by_number)
{
	struct tao_recover r;

	self->w = lose_power_in_a_track(self->w);
	ASSERT_LE(0, self->w);
	sim_set("fault", "op=5b cdb=4:00ff times=0 sense=5/24/00");
	EXPECT_CALL(0, recover(self->w, TAO_CLOSE_NOTHING, &r));
	EXPECT_EQ(TAO_RECOVERED_TRACK, r.done);
	EXPECT_EQ(2, sim_medium().tracks);
}

/* As far as the drive allows: finished tracks stay readable, and the error is kept. */
TEST_F(recover, refused)
{
	struct tao_recover r;

	self->w = lose_power_in_a_track(self->w);
	ASSERT_LE(0, self->w);
	sim_set("fault", "op=5b times=0 sense=5/72/00");
	EXPECT_CALL(EIO, recover(self->w, TAO_CLOSE_FINALIZE, &r));
	EXPECT_EQ(0, r.done);
	EXPECT_EQ(2, r.track);
	EXPECT_EQ(0x5b, sim_error(TAO_ERROR_FIRST).opcode);
	EXPECT_EQ(0x72, sim_error(TAO_ERROR_FIRST).asc);
	EXPECT_CALL(EIO, recover(self->w, TAO_CLOSE_NOTHING, &r));
	EXPECT_FALSE(sim_left_locked());
	EXPECT_TRUE(sim_holds(0, audio, FIRST));
	EXPECT_EQ(TAO_MEDIUM_TRACK_DAMAGED, sim_medium().flags & TAO_MEDIUM_TRACK_DAMAGED);
	sim_set("fault", "clear");
	EXPECT_CALL(0, recover(self->w, TAO_CLOSE_NOTHING, &r));
}

/* If the drive reports that the interrupted track can continue, tao believes it. */
TEST_F(recover, not_needed)
{
	struct tao_recover r;

	self->w = lose_power_in_a_track(self->w);
	ASSERT_LE(0, self->w);
	/* damaged, with a next writable address */
	sim_set("fault", "op=52 cdb=2:000000ff times=0 set=7:01");
	EXPECT_EQ(TAO_MEDIUM_TRACK_DAMAGED | TAO_MEDIUM_WRITABLE,
		  sim_medium().flags & (TAO_MEDIUM_TRACK_DAMAGED | TAO_MEDIUM_WRITABLE));
	sim_set("fault", "clear");
	EXPECT_CALL(0, recover(self->w, TAO_CLOSE_NOTHING, &r));
}

TEST_F(recover, calls)
{
	int r = open(sim_tao, O_RDONLY);
	struct tao_prepare prepare = { 0 };
	struct tao_recover args;

	EXPECT_CALL(EBADF, recover(r, TAO_CLOSE_NOTHING, &args));
	close(r);
	EXPECT_CALL(EINVAL, recover(self->w, 3, &args));
	args = (struct tao_recover){ .flags = 1 };
	EXPECT_CALL(EINVAL, ioctl(self->w, TAO_IOC_RECOVER, &args));
	args = (struct tao_recover){ .reserved[1] = 1 };
	EXPECT_CALL(EINVAL, ioctl(self->w, TAO_IOC_RECOVER, &args));
	/* A disc in order, blank or not */
	EXPECT_CALL(ENODATA, recover(self->w, TAO_CLOSE_NOTHING, &args));
	EXPECT_CALL(0, burn(self->w, 300));
	EXPECT_CALL(EINPROGRESS, recover(self->w, TAO_CLOSE_NOTHING, &args));
	EXPECT_CALL(0, close(self->w));
	self->w = open(sim_tao, O_WRONLY);
	EXPECT_CALL(ENODATA, recover(self->w, TAO_CLOSE_FINALIZE, &args));
	EXPECT_EQ(TAO_DISC_APPENDABLE, sim_medium().status);
	EXPECT_CALL(0, ioctl(self->w, TAO_IOC_PREPARE, &prepare));
	EXPECT_CALL(EALREADY, recover(self->w, TAO_CLOSE_NOTHING, &args));
	EXPECT_CALL(0, close(self->w));
	self->w = -1;
	sim_new_disc(NULL);
	self->w = open(sim_tao, O_WRONLY);
	EXPECT_CALL(ENOMEDIUM, recover(self->w, TAO_CLOSE_NOTHING, &args));
}

TEST_HARNESS_MAIN
