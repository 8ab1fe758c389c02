// SPDX-License-Identifier: GPL-2.0-only
/*
 * The computer does not suspend while a track is written or a disc is closed, and a track does
 * not begin during a suspend. No other use of the drive keeps it awake.
 * lab: --smp 2
 * timeout: 600
 * debug
 * full
 */
#define _GNU_SOURCE
#include <sys/klog.h>

#include "burner.h"
#include "harness.h"

#define EXPECT_CALL(error, call)	EXPECT_EQ(error, (call) ? errno : 0)
#define ASSERT_CALL(error, call)	ASSERT_EQ(error, (call) ? errno : 0)

#define OP_CUE_SHEET	0x5d
#define SECTORS(n)	((n) * TAO_SECTOR_SIZE)

static char audio[SECTORS(350)];
static char other_tao[64];

static int put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY), ret = 0;

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		ret = errno;
	close(fd);
	return ret;
}

static void __attribute__((constructor)) power_on(void)
{
	static const char *const attributes[] = { "dma_alignment=511", "speed=4 8", NULL };
	static const char *const other[] = { "dma_alignment=511", "insert=cdr80", NULL };

	sim_create("other", other);
	strcpy(other_tao, sim_tao);
	sim_create("suspend", attributes);
	sim_audio(audio, sizeof(audio), 5);
	/* The maximum for a suspend here: all programs are frozen, for a second. */
	if (put("/sys/power/pm_test", "freezer"))
		sim_die("/sys/power/pm_test");
	put("/sys/module/suspend/parameters/pm_test_delay", "1");
}

FIXTURE(suspend)
{
	int w;
};

FIXTURE_SETUP(suspend)
{
	sim_set("realtime", "0");
	sim_new_disc("cdr80");
	self->w = open(sim_tao, O_WRONLY);
	ASSERT_LE(0, self->w);
}

FIXTURE_TEARDOWN(suspend)
{
	if (self->w >= 0)
		close(self->w);
	sim_set("realtime", "0");
}

static int suspend(void)
{
	return put("/sys/power/state", "mem");
}

static int hibernate(void)
{
	return put("/sys/power/state", "disk");
}

static int burn(int fd, unsigned int from, unsigned int to)
{
	size_t bytes = SECTORS(to - from);

	return write(fd, audio + SECTORS(from), bytes) == (ssize_t)bytes ? 0 : -1;
}

#define LOG_READ_ALL	3
#define LOG_CLEAR	5

/* Whether the kernel log names the drive, this program and what it does. */
static bool log_says(const char *what)
{
	static char log[1 << 18];
	char line[128];
	int n = klogctl(LOG_READ_ALL, log, sizeof(log) - 1);

	log[n < 0 ? 0 : n] = '\0';
	snprintf(line, sizeof(line), "%s: no suspend now: suspend_test (process %d) %s\n",
		 sim_tao + 5, getpid(), what);
	return strstr(log, line);
}

TEST_F(suspend, in_a_track)
{
	klogctl(LOG_CLEAR, NULL, 0);
	ASSERT_CALL(0, burn(self->w, 0, 100));
	EXPECT_EQ(EBUSY, suspend());
	EXPECT_TRUE(log_says("writes a track"));
	EXPECT_EQ(EBUSY, hibernate());
	ASSERT_CALL(0, burn(self->w, 100, 350));
	EXPECT_CALL(0, close(self->w));
	self->w = -1;
	sim_wait_idle();
	EXPECT_TRUE(sim_holds(0, audio, 350));
	/* When it has ended, suspending is possible. */
	EXPECT_EQ(0, suspend());
	EXPECT_EQ(1, sim_medium().tracks);
}

TEST_F(suspend, while_a_session_is_closed)
{
	struct tao_finalize f = { .close = TAO_CLOSE_FINALIZE };
	pid_t child;
	int status;

	ASSERT_CALL(0, burn(self->w, 0, 300));
	ASSERT_CALL(0, close(self->w));
	self->w = -1;
	sim_set("realtime", "1");
	child = fork();
	if (!child) {
		int fd = open(sim_tao, O_WRONLY);

		_exit(ioctl(fd, TAO_IOC_FINALIZE, &f) ? errno : 0);
	}
	while (sim_status().action != TAO_ACTION_CLOSING_SESSION)
		usleep(10000);
	EXPECT_EQ(EBUSY, suspend());
	EXPECT_EQ(EBUSY, hibernate());
	EXPECT_EQ(TAO_ACTION_CLOSING_SESSION, sim_status().action);
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(0, status);
	EXPECT_EQ(TAO_DISC_COMPLETE, sim_medium().status);
	sim_set("realtime", "0");
	sim_wait_idle();
	EXPECT_EQ(0, suspend());
}

/* The wakeup source of the drive: '1' while it keeps the machine awake. */
static int keeps_awake(void)
{
	char path[128], value = 0;
	int fd;

	snprintf(path, sizeof(path), "/sys/class/tao/%s/power/wakeup_active", sim_tao + 5);
	fd = open(path, O_RDONLY);
	if (fd < 0 || read(fd, &value, 1) != 1)
		value = '?';
	close(fd);
	return value;
}

/* A disc that is only prepared does not prevent a suspend, and stays prepared. */
TEST_F(suspend, while_prepared)
{
	struct tao_prepare prepare = { 0 };
	struct tao_finalize f = { .close = TAO_CLOSE_FINALIZE };
	struct tao_track_end end = { 0 };

	ASSERT_CALL(0, ioctl(self->w, TAO_IOC_PREPARE, &prepare));
	EXPECT_EQ(0, suspend());
	EXPECT_EQ(TAO_STATE_PREPARED, sim_status().state);
	EXPECT_EQ('0', keeps_awake());
	ASSERT_CALL(0, burn(self->w, 0, 300));
	EXPECT_EQ('1', keeps_awake());
	EXPECT_CALL(0, ioctl(self->w, TAO_IOC_TRACK_END, &end));
	EXPECT_EQ('0', keeps_awake());
	EXPECT_CALL(0, ioctl(self->w, TAO_IOC_RELEASE, &f));
	EXPECT_TRUE(sim_holds(0, audio, 300));
}

/* The drive may tell nobody after a resume, so the module looks without being called. */
TEST_F(suspend, while_prepared_and_exchanged)
{
	struct tao_prepare prepare = { 0 };
	struct tao_track_begin begin = { 0 };
	int i;

	ASSERT_CALL(0, ioctl(self->w, TAO_IOC_PREPARE, &prepare));
	sim_try("eject", "force");
	sim_set("insert", "cdr74");
	EXPECT_EQ(0, suspend());
	for (i = 0; i < 200 && sim_status().state != TAO_STATE_IDLE; i++)
		usleep(50000);
	EXPECT_EQ(TAO_STATE_IDLE, sim_status().state);
	EXPECT_FALSE(sim_status().flags & TAO_STATUS_EXPLICIT);
	EXPECT_CALL(EBADFD, ioctl(self->w, TAO_IOC_TRACK_BEGIN, &begin));
	/* Once is enough. */
	EXPECT_CALL(0, burn(self->w, 0, 300));
}

/* What TRACK_END tells of is the track that others have ended before. */
TEST_F(suspend, behind_a_track_and_exchanged)
{
	struct tao_prepare prepare = { 0 };
	struct tao_track_begin begin = { 0 };
	struct tao_track_end end = { 0 };
	int i;

	ASSERT_CALL(0, ioctl(self->w, TAO_IOC_PREPARE, &prepare));
	ASSERT_EQ(SECTORS(310), write(self->w, audio, SECTORS(310)));
	ASSERT_CALL(0, ioctl(self->w, TAO_IOC_CANCEL));
	for (i = 0; i < 200 && sim_status().state != TAO_STATE_PREPARED; i++)
		usleep(50000);
	sim_try("eject", "force");
	sim_set("insert", "cdr74");
	EXPECT_EQ(0, suspend());
	for (i = 0; i < 200 && sim_status().state != TAO_STATE_IDLE; i++)
		usleep(50000);
	EXPECT_CALL(ECANCELED, ioctl(self->w, TAO_IOC_TRACK_END, &end));
	EXPECT_CALL(EBADFD, ioctl(self->w, TAO_IOC_TRACK_BEGIN, &begin));
	EXPECT_EQ(0, sim_medium().tracks);
}

/* The drive was off, and its door is open then. */
TEST_F(suspend, while_prepared_and_reset)
{
	struct tao_prepare prepare = { 0 };
	struct tao_track_end end = { 0 };
	int i;

	ASSERT_CALL(0, ioctl(self->w, TAO_IOC_PREPARE, &prepare));
	sim_set("reset_unseen", "1");
	ASSERT_FALSE(sim_locked());
	EXPECT_EQ(0, suspend());
	for (i = 0; i < 200 && (!sim_locked() || sim_medium().flags & TAO_MEDIUM_STALE); i++)
		usleep(50000);
	EXPECT_TRUE(sim_locked());
	EXPECT_FALSE(sim_medium().flags & TAO_MEDIUM_STALE);
	EXPECT_EQ(TAO_STATE_PREPARED, sim_status().state);
	ASSERT_CALL(0, burn(self->w, 0, 300));
	EXPECT_CALL(0, ioctl(self->w, TAO_IOC_TRACK_END, &end));
	EXPECT_TRUE(sim_holds(0, audio, 300));
}

/* A program that has begun a track and then stops sending audio. */
TEST_F(suspend, in_a_track_that_nobody_feeds)
{
	struct tao_track_end end = { 0 };

	ASSERT_CALL(0, burn(self->w, 0, 310));
	sleep(11);
	EXPECT_EQ(0, suspend());
	EXPECT_EQ(TAO_STATE_IDLE, sim_status().state);
	/* Its data are on the disc, and new data would be another track. */
	EXPECT_CALL(ECANCELED, burn(self->w, 310, 350));
	EXPECT_CALL(0, ioctl(self->w, TAO_IOC_TRACK_END, &end));
	EXPECT_EQ(310, end.sectors);
	EXPECT_EQ(1, sim_medium().tracks);
	EXPECT_TRUE(sim_holds(0, audio, 310));
	EXPECT_CALL(0, burn(self->w, 0, 300));
	EXPECT_CALL(0, close(self->w));
	self->w = -1;
	EXPECT_EQ(2, sim_medium().tracks);
}

/* The same with one that waits for audio from a pipe. */
TEST_F(suspend, in_a_track_that_waits_for_a_pipe)
{
	struct tao_track_end end = { 0 };
	int p[2], status;
	pid_t child;

	ASSERT_EQ(0, pipe(p));
	ASSERT_CALL(0, burn(self->w, 0, 310));
	child = fork();
	if (!child)
		_exit(splice(p[0], NULL, self->w, NULL, SECTORS(10), 0) < 0 ? errno : 0);
	sleep(11);
	EXPECT_EQ(0, suspend());
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(ECANCELED, WEXITSTATUS(status));
	EXPECT_CALL(0, ioctl(self->w, TAO_IOC_TRACK_END, &end));
	EXPECT_EQ(310, end.sectors);
}

/* A suspend that the track of another drive prevents ends none. */
TEST_F(suspend, beside_a_track_that_nobody_feeds)
{
	struct tao_track_end end = { 0 };
	int other = open(other_tao, O_WRONLY);

	ASSERT_LE(0, other);
	ASSERT_CALL(0, burn(other, 0, 310));
	sleep(11);
	ASSERT_CALL(0, burn(self->w, 0, 310));
	EXPECT_EQ(EBUSY, suspend());
	EXPECT_CALL(0, burn(other, 310, 350));
	EXPECT_CALL(0, ioctl(other, TAO_IOC_TRACK_END, &end));
	EXPECT_EQ(350, end.sectors);
	EXPECT_CALL(0, close(other));
}

/* That its track has failed is what its owner is told, not that it was ended for a suspend. */
TEST_F(suspend, in_a_track_that_failed)
{
	sim_set("fault", "op=2a nth=2 sense=3/0c/00");
	EXPECT_CALL(EIO, burn(self->w, 0, 310));
	sleep(11);
	EXPECT_EQ(0, suspend());
	EXPECT_CALL(EIO, burn(self->w, 310, 350));
	EXPECT_CALL(EIO, close(self->w));
	self->w = -1;
	sim_set("fault", "clear");
}

static int begin_session(int fd, unsigned int sectors)
{
	struct tao_prepare prepare = { 0 };
	struct tao_layout_track track = { .sectors = sectors };
	struct tao_layout layout = {
		.close = TAO_CLOSE_FINALIZE, .tracks_count = 1, .tracks = (__u64)&track,
	};

	return ioctl(fd, TAO_IOC_PREPARE, &prepare) ?: ioctl(fd, TAO_IOC_SESSION_BEGIN, &layout);
}

/* A session is not ended for a suspend, however long nobody feeds it: it would be silence. */
TEST_F(suspend, in_a_session_that_nobody_feeds)
{
	struct tao_finalize f = { .close = TAO_CLOSE_NOTHING };
	struct tao_track_end end = { 0 };

	ASSERT_CALL(0, begin_session(self->w, 350));
	EXPECT_EQ(EBUSY, suspend());
	ASSERT_CALL(0, burn(self->w, 0, 100));
	sleep(11);
	EXPECT_EQ(EBUSY, suspend());
	EXPECT_EQ(EBUSY, hibernate());
	EXPECT_EQ('1', keeps_awake());
	EXPECT_EQ(TAO_STATE_TRACK_OPEN, sim_status().state);
	ASSERT_CALL(0, burn(self->w, 100, 350));
	EXPECT_CALL(0, ioctl(self->w, TAO_IOC_TRACK_END, &end));
	EXPECT_EQ('0', keeps_awake());
	EXPECT_EQ(0, suspend());
	EXPECT_CALL(0, ioctl(self->w, TAO_IOC_RELEASE, &f));
	EXPECT_EQ(TAO_DISC_COMPLETE, sim_medium().status);
	EXPECT_TRUE(sim_holds(0, audio, 350));
}

/*
 * The two seconds of silence before the first track; and the silence after a program was killed,
 * for whose end a suspend waits.
 */
TEST_F(suspend, in_the_silence_of_a_session)
{
	pid_t child;
	int status;

	close(self->w);
	self->w = -1;
	sim_set("realtime", "1");
	child = fork();
	if (!child) {
		int fd = open(sim_tao, O_WRONLY);

		_exit(begin_session(fd, 1000) || burn(fd, 0, 100) || pause());
	}
	while (!sim_commands(OP_CUE_SHEET))
		usleep(1000);
	EXPECT_EQ(EBUSY, suspend());
	while (sim_status().action != TAO_ACTION_WRITING || !sim_status().track_sectors)
		usleep(1000);
	kill(child, SIGKILL);
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(0, suspend());
	EXPECT_EQ(TAO_STATE_IDLE, sim_status().state);
	EXPECT_EQ(TAO_DISC_COMPLETE, sim_medium().status);
}

/* Endless queries, and a drive that answers slowly. */
TEST_F(suspend, while_somebody_asks)
{
	struct tao_medium medium;
	pid_t child;
	int i;

	sim_set("fault", "op=51 times=0 delay=700");
	child = fork();
	if (!child) {
		int fd = open(sim_tao, O_RDONLY);

		for (;;)
			ioctl(fd, TAO_IOC_GET_MEDIUM, &medium);
	}
	for (i = 0; i < 3; i++) {
		usleep(400000);
		EXPECT_EQ(0, suspend());
	}
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	sim_set("fault", "clear");
	sim_wait_idle();
}

static void control_udev(const char *command)
{
	if (system(command))
		sim_die(command);
}

/*
 * A drive that was just plugged in, and does not answer what it is. udev asks too, and its open()
 * would wait behind that command, where a process cannot be frozen.
 */
TEST_F(suspend, while_a_drive_is_looked_at)
{
	close(self->w);
	self->w = -1;
	control_udev("udevadm control --stop-exec-queue");
	sim_set("power", "0");
	sim_set("fault", "op=46 times=0 delay=60000");
	sim_set("power", "1");
	usleep(1000000);
	EXPECT_EQ(0, suspend());
	sim_set("fault", "clear");
	sim_set("power", "0");
	control_udev("udevadm control --start-exec-queue");
	sim_power_on();
}

/* A close() that joins a TRACK_END which does not begin until the machine is awake again. */
TEST_F(suspend, while_somebody_closes)
{
	struct tao_track_end end = { 0 };
	pid_t child;
	int i;

	close(self->w);
	self->w = -1;
	child = fork();
	if (!child) {
		for (;;) {
			int fd = open(sim_tao, O_WRONLY | O_NONBLOCK);

			ioctl(fd, TAO_IOC_TRACK_END, &end);
			close(fd);
		}
	}
	for (i = 0; i < 5; i++) {
		usleep(200000);
		EXPECT_EQ(0, suspend());
	}
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	sim_wait_idle();
}

/* Tracks all the time: a suspend meets one, or none is open while everything is frozen. */
TEST_F(suspend, while_tracks_begin)
{
	int i, ret, status, refused = 0;
	pid_t child;

	close(self->w);
	self->w = -1;
	child = fork();
	if (!child) {
		for (i = 0; i < 60; i++) {
			int fd = open(sim_tao, O_WRONLY);

			if (fd < 0 || burn(fd, 0, 300) || close(fd))
				_exit(errno);
			usleep(20000);
		}
		_exit(0);
	}
	for (i = 0; i < 6; i++) {
		usleep(50000);
		ret = suspend();
		EXPECT_TRUE(!ret || ret == EBUSY) TH_LOG("%s", strerror(ret));
		refused += ret == EBUSY;
	}
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(0, status);
	sim_wait_idle();
	EXPECT_EQ(60, sim_medium().tracks);
	for (i = 0; i < 60; i++)
		EXPECT_TRUE(sim_holds(i * (300 + GAP_SECTORS), audio, 300)) TH_LOG("track %d", i);
	TH_LOG("%d of 6 suspends were refused", refused);
}

TEST_HARNESS_MAIN
