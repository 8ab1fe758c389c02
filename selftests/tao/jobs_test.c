// SPDX-License-Identifier: GPL-2.0-only
/*
 * Jobs belong to an open file. Each file has at most one unfinished job. Only the same call with
 * the same arguments joins it, and it is not started once the file is closed. With O_NONBLOCK a
 * call starts its job, and returns the result when it is repeated.
 * lab: --smp 2 --watch
 * timeout: 300
 * debug
 * races
 */
#define _GNU_SOURCE
#include <poll.h>
#include <pthread.h>
#include <sys/time.h>

#include "burner.h"
#include "harness.h"

#define EXPECT_CALL(error, call)	EXPECT_EQ(error, (call) ? errno : 0)
#define ASSERT_CALL(error, call)	ASSERT_EQ(error, (call) ? errno : 0)

#define SECTORS(n)	((n) * TAO_SECTOR_SIZE)
#define OP_TEST_UNIT_READY	0x00
#define OP_SET_SPEED	0xbb

static char audio[SECTORS(400)];

static void __attribute__((constructor)) power_on(void)
{
	static const char *const attributes[] = { "dma_alignment=511", "speed=4 8", NULL };

	sim_create("jobs", attributes);
	sim_audio(audio, sizeof(audio), 7);
}

FIXTURE(job)
{
	int w;
};

static void on_signal(int signal)
{
	(void)signal;
}

FIXTURE_SETUP(job)
{
	struct sigaction action = { .sa_handler = on_signal };

	sigaction(SIGALRM, &action, NULL);
	sim_set("fault", "clear");
	sim_set("realtime", "0");
	sim_new_disc("cdrw80");
	self->w = open(sim_tao, O_WRONLY);
	ASSERT_LE(0, self->w);
}

FIXTURE_TEARDOWN(job)
{
	close(self->w);
	sim_set("fault", "clear");
	sim_set("realtime", "0");
}

/* Interrupts a call with a signal after a tenth of a second, and returns its errno. */
static int interrupted(int fd, unsigned long cmd, void *arg)
{
	struct itimerval soon = { .it_value = { .tv_usec = 100000 } };
	int error;

	setitimer(ITIMER_REAL, &soon, NULL);
	error = ioctl(fd, cmd, arg) ? errno : 0;
	memset(&soon, 0, sizeof(soon));
	setitimer(ITIMER_REAL, &soon, NULL);
	return error;
}

static void wait_for_command(unsigned int opcode)
{
	int i;

	for (i = 0; !sim_commands(opcode); i++) {
		if (i == 2000)
			sim_die("the command does not arrive");
		usleep(5000);
	}
}

static void wait_for_end(void)
{
	int i;

	for (i = 0; sim_status().action != TAO_ACTION_NONE; i++) {
		if (i == 2000)
			sim_die("the job does not end");
		usleep(5000);
	}
}

static void wait_for_state(unsigned int state)
{
	int i;

	for (i = 0; sim_status().state != state; i++) {
		if (i == 2000)
			sim_die("the state does not come");
		usleep(5000);
	}
}

TEST_F(job, one_for_each_file)
{
	struct tao_blank blank = { 0 }, full = { .flags = TAO_BLANK_FULL };
	struct tao_finalize f = { .close = TAO_CLOSE_FINALIZE };
	struct tao_speed speed = { .requested_kbps = TAO_SPEED_MAX };
	struct tao_recover recover = { 0 };
	struct tao_prepare prepare = { 0 };
	struct tao_track_end end = { 0 };
	int i;

	sim_set("fault", "op=a1 times=1 delay=3000");
	EXPECT_EQ(EINTR, interrupted(self->w, TAO_IOC_BLANK, &blank));
	/* Whatever a program tries, the queue does not grow. */
	for (i = 0; i < 100; i++) {
		EXPECT_EQ(EBUSY, interrupted(self->w, TAO_IOC_SET_SPEED, &speed));
		EXPECT_EQ(EBUSY, interrupted(self->w, TAO_IOC_FINALIZE, &f));
		EXPECT_EQ(EBUSY, interrupted(self->w, TAO_IOC_RECOVER, &recover));
		EXPECT_EQ(EBUSY, interrupted(self->w, TAO_IOC_PREPARE, &prepare));
		EXPECT_EQ(EBUSY, interrupted(self->w, TAO_IOC_TRACK_END, &end));
		EXPECT_EQ(EBUSY, interrupted(self->w, TAO_IOC_BLANK, &full));
		if (EBUSY != (write(self->w, audio, 4) < 0 ? errno : 0))
			break;
	}
	EXPECT_EQ(100, i);
	EXPECT_EQ(TAO_ACTION_BLANKING, sim_status().action);
	EXPECT_CALL(0, ioctl(self->w, TAO_IOC_BLANK, &blank));
	EXPECT_EQ(1, sim_commands(OP_BLANK));
	EXPECT_EQ(0, sim_commands(OP_CLOSE) + sim_commands(OP_SET_SPEED));
	EXPECT_EQ(TAO_STATE_IDLE, sim_status().state);
	/* Afterwards the calls work again. */
	EXPECT_CALL(0, ioctl(self->w, TAO_IOC_BLANK, &full));
	EXPECT_EQ(2, sim_commands(OP_BLANK));
}

/* A result is kept for the call that it belongs to, and for no other. */
TEST_F(job, result_is_kept)
{
	struct tao_blank blank = { 0 }, full = { .flags = TAO_BLANK_FULL };

	sim_set("fault", "op=a1 times=1 delay=1000");
	EXPECT_EQ(EINTR, interrupted(self->w, TAO_IOC_BLANK, &blank));
	wait_for_end();
	EXPECT_CALL(0, ioctl(self->w, TAO_IOC_BLANK, &blank));
	EXPECT_EQ(1, sim_commands(OP_BLANK));
	EXPECT_CALL(0, ioctl(self->w, TAO_IOC_BLANK, &blank));
	EXPECT_EQ(2, sim_commands(OP_BLANK));

	sim_set("fault", "clear");
	sim_set("fault", "op=a1 times=1 delay=1000");
	EXPECT_EQ(EINTR, interrupted(self->w, TAO_IOC_BLANK, &blank));
	wait_for_end();
	EXPECT_EQ(3, sim_commands(OP_BLANK));
	EXPECT_CALL(0, ioctl(self->w, TAO_IOC_BLANK, &full));
	EXPECT_EQ(4, sim_commands(OP_BLANK));
	/* The other call in between has discarded the result. */
	EXPECT_CALL(0, ioctl(self->w, TAO_IOC_BLANK, &blank));
	EXPECT_EQ(5, sim_commands(OP_BLANK));
}

/* The result for another disc is not returned for this one. */
TEST_F(job, result_of_another_disc)
{
	struct tao_blank blank = { 0 };

	sim_set("fault", "op=a1 times=1 delay=1000");
	EXPECT_EQ(EINTR, interrupted(self->w, TAO_IOC_BLANK, &blank));
	wait_for_end();
	sim_set("fault", "clear");
	ASSERT_EQ(0, sim_try("eject", "force"));
	sim_set("insert", "cdrw74");
	EXPECT_CALL(0, ioctl(self->w, TAO_IOC_BLANK, &blank));
	EXPECT_EQ(2, sim_commands(OP_BLANK));
}

TEST_F(job, another_speed_is_another_call)
{
	struct tao_speed slow = { .requested_kbps = 705 }, fast = { .requested_kbps = 1411 };

	sim_set("fault", "op=bb times=1 delay=1000");
	EXPECT_EQ(EINTR, interrupted(self->w, TAO_IOC_SET_SPEED, &slow));
	EXPECT_EQ(EBUSY, interrupted(self->w, TAO_IOC_SET_SPEED, &fast));
	wait_for_end();
	EXPECT_CALL(0, ioctl(self->w, TAO_IOC_SET_SPEED, &fast));
	EXPECT_EQ(1411, fast.requested_kbps);
	EXPECT_LT(1000, fast.actual_kbps);
}

/* A reader keeps the drive busy; a job of a program that dies meanwhile is not executed. */
TEST_F(job, not_begun_for_the_dead)
{
	struct tao_blank blank = { 0 };
	struct tao_medium medium;
	pid_t reader, burner;
	int r;

	close(self->w);
	self->w = -1;
	sim_set("fault", "op=51 times=1 delay=3000");
	reader = fork();
	if (!reader) {
		r = open(sim_tao, O_RDONLY);
		_exit(ioctl(r, TAO_IOC_GET_MEDIUM, &medium) ? errno : 0);
	}
	wait_for_command(0x51);
	burner = fork();
	if (!burner) {
		int fd = open(sim_tao, O_WRONLY);

		_exit(ioctl(fd, TAO_IOC_BLANK, &blank) ? errno : 0);
	}
	usleep(300000);
	kill(burner, SIGKILL);
	ASSERT_EQ(burner, waitpid(burner, NULL, 0));
	ASSERT_EQ(reader, waitpid(reader, NULL, 0));
	wait_for_last_program();
	EXPECT_EQ(0, sim_commands(OP_BLANK));
}

/* A disc can be blanked for hours: the next program does not wait for that. */
TEST_F(job, open_behind_a_long_one)
{
	struct tao_blank blank = { 0 };
	pid_t burner;
	int fd;

	close(self->w);
	sim_set("fault", "op=a1 times=1 delay=5000");
	burner = fork();
	if (!burner) {
		fd = open(sim_tao, O_WRONLY);
		ioctl(fd, TAO_IOC_BLANK, &blank);
		_exit(0);
	}
	wait_for_command(OP_BLANK);
	kill(burner, SIGKILL);
	ASSERT_EQ(burner, waitpid(burner, NULL, 0));
	fd = open(sim_tao, O_WRONLY);
	EXPECT_EQ(EBUSY, fd < 0 ? errno : 0);
	EXPECT_EQ(TAO_ACTION_BLANKING, sim_status().action);
	close(fd);
	wait_for_last_program();
	self->w = open(sim_tao, O_WRONLY);
	EXPECT_LE(0, self->w);
}

/* A file that ordered nothing leaves nothing behind, though the drive is busy for others. */
TEST_F(job, open_behind_a_query)
{
	struct tao_medium medium;
	pid_t reader;

	close(self->w);
	sim_set("fault", "op=51 times=1 delay=5000");
	reader = fork();
	if (!reader)
		_exit(sim_ioctl(TAO_IOC_GET_MEDIUM, &medium) ? 1 : 0);
	wait_for_command(0x51);
	self->w = open(sim_tao, O_WRONLY);
	ASSERT_LE(0, self->w);
	close(self->w);
	self->w = open(sim_tao, O_WRONLY | O_NONBLOCK);
	EXPECT_LE(0, self->w) TH_LOG("%s", strerror(errno));
	EXPECT_EQ(0, waitpid(reader, NULL, WNOHANG));
	ASSERT_EQ(reader, waitpid(reader, NULL, 0));
}

/* Nor does a reader of the text wait for an order that was given behind another query. */
TEST_F(job, text_is_not_waited_for)
{
	struct tao_text text = { 0 };
	struct tao_blank blank = { 0 };
	struct tao_medium medium;
	pid_t reader, burner;

	sim_set("fault", "op=51 times=1 delay=2500");
	sim_set("fault", "op=a1 times=1 delay=8000");
	reader = fork();
	if (!reader)
		_exit(sim_ioctl(TAO_IOC_GET_MEDIUM, &medium) ? 1 : 0);
	wait_for_command(0x51);
	burner = fork();
	if (!burner)
		_exit(ioctl(self->w, TAO_IOC_BLANK, &blank) ? 1 : 0);
	usleep(300000);
	EXPECT_EQ(0, sim_ioctl(TAO_IOC_GET_TEXT, &text));
	EXPECT_EQ(TAO_TEXT_STALE, text.flags);
	EXPECT_EQ(0, waitpid(burner, NULL, WNOHANG));
	ASSERT_EQ(reader, waitpid(reader, NULL, 0));
	ASSERT_EQ(burner, waitpid(burner, NULL, 0));
}

/* An order makes the end of a cancelled track be forgotten, whether that is over or not. */
TEST_F(job, behind_a_cancelled_track)
{
	struct tao_speed speed = { .requested_kbps = TAO_SPEED_MAX };
	struct tao_prepare prepare = { 0 };
	struct tao_track_end end = { 0 };

	ASSERT_CALL(0, ioctl(self->w, TAO_IOC_PREPARE, &prepare));
	ASSERT_EQ(SECTORS(320), write(self->w, audio, SECTORS(320)));
	ASSERT_CALL(0, ioctl(self->w, TAO_IOC_CANCEL));
	wait_for_end();
	EXPECT_CALL(0, ioctl(self->w, TAO_IOC_SET_SPEED, &speed));
	EXPECT_CALL(ENODATA, ioctl(self->w, TAO_IOC_TRACK_END, &end));

	ASSERT_EQ(SECTORS(320), write(self->w, audio, SECTORS(320)));
	sim_set("fault", "op=35 times=1 delay=1000");
	ASSERT_CALL(0, ioctl(self->w, TAO_IOC_CANCEL));
	EXPECT_CALL(0, ioctl(self->w, TAO_IOC_SET_SPEED, &speed));
	EXPECT_CALL(ENODATA, ioctl(self->w, TAO_IOC_TRACK_END, &end));
}

static void set_speed_attribute(const char *value)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "/sys/class/tao/%s/write_speed", strrchr(sim_tao, '/') + 1);
	fd = open(path, O_WRONLY);
	if (fd < 0 || write(fd, value, strlen(value)) < 0)
		sim_die(path);
	close(fd);
}

/* The last one who asks for a speed gets it, though an earlier order still waits for its turn. */
TEST_F(job, speed_asked_for_meanwhile)
{
	struct tao_speed slow = { .requested_kbps = 705 }, speed = slow;
	struct tao_medium medium;
	pid_t asker;

	sim_set("commands", "0");
	sim_set("fault", "op=51 times=1 delay=2000");
	asker = fork();
	if (!asker) {
		sim_ioctl(TAO_IOC_GET_MEDIUM, &medium);
		_exit(0);
	}
	wait_for_command(0x51);
	EXPECT_EQ(EINTR, interrupted(self->w, TAO_IOC_SET_SPEED, &speed));
	set_speed_attribute("8x");
	speed = slow;
	EXPECT_CALL(0, ioctl(self->w, TAO_IOC_SET_SPEED, &speed));
	ASSERT_EQ(asker, waitpid(asker, NULL, 0));
	ASSERT_EQ(0, sim_ioctl(TAO_IOC_GET_SPEED, &speed));
	EXPECT_EQ(1411, speed.requested_kbps);
	EXPECT_EQ(600, speed.actual_sectors_per_second);
}

/* --- O_NONBLOCK --- */

static int wait_news(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLPRI };
	struct tao_status status;

	if (poll(&p, 1, 20000) != 1 || !(p.revents & POLLPRI))
		return -1;
	return ioctl(fd, TAO_IOC_GET_STATUS, &status);
}

/* Errors of a call that blocked, caused no event, or never ended */
#define WAITED	ETIME
#define NO_NEWS	ENOMSG
#define NEVER	EAGAIN

/* Returns the result of a call; *again is the number of repetitions. */
static int call_nonblocking(int fd, unsigned long cmd, void *arg, int *again)
{
	int error;

	for (*again = 0; *again < 1000; (*again)++) {
		unsigned long began = now_us();

		error = ioctl(fd, cmd, arg) ? errno : 0;
		if (now_us() - began > 1500000)
			return WAITED;
		if (error != EAGAIN)
			return error;
		if (wait_news(fd))
			return NO_NEWS;
	}
	return NEVER;
}

TEST_F(job, nonblocking)
{
	struct tao_prepare prepare = { .flags = TAO_PREPARE_VERIFY };
	struct tao_finalize f = { .close = TAO_CLOSE_FINALIZE };
	struct tao_track_begin begin = { 0 };
	struct tao_track_end end = { 0 };
	struct tao_blank bad = { .flags = ~0u }, blank = { 0 };
	int again;

	close(self->w);
	self->w = open(sim_tao, O_WRONLY | O_NONBLOCK);
	ASSERT_LE(0, self->w);
	/* Each of them takes longer than a call may block. */
	sim_set("fault", "op=55 times=1 delay=2000");
	sim_set("fault", "op=35 times=1 delay=2000");
	sim_set("fault", "op=5b times=1 delay=2000");
	sim_set("fault", "op=a1 times=1 delay=2000");
	EXPECT_EQ(0, call_nonblocking(self->w, TAO_IOC_PREPARE, &prepare, &again));
	EXPECT_LT(0, again);
	EXPECT_EQ(0, call_nonblocking(self->w, TAO_IOC_TRACK_BEGIN, &begin, &again));
	EXPECT_EQ(1, begin.number);
	ASSERT_EQ(SECTORS(310), write(self->w, audio, SECTORS(310)));
	EXPECT_EQ(0, call_nonblocking(self->w, TAO_IOC_TRACK_END, &end, &again));
	EXPECT_LT(0, again);
	EXPECT_EQ(310, end.sectors);
	EXPECT_EQ(0, call_nonblocking(self->w, TAO_IOC_RELEASE, &f, &again));
	EXPECT_LT(0, again);
	EXPECT_EQ(1, sim_commands(OP_CLOSE));
	EXPECT_EQ(TAO_DISC_COMPLETE, sim_medium().status);
	EXPECT_TRUE(sim_holds(0, audio, 310));
	/* Wrong arguments fail at once, errors of the drive when it has reported them. */
	EXPECT_CALL(EINVAL, ioctl(self->w, TAO_IOC_BLANK, &bad));
	EXPECT_EQ(EROFS, call_nonblocking(self->w, TAO_IOC_PREPARE, &prepare, &again));
	EXPECT_EQ(0, call_nonblocking(self->w, TAO_IOC_BLANK, &blank, &again));
	EXPECT_LT(0, again);
	EXPECT_EQ(1, sim_commands(OP_BLANK));
	EXPECT_EQ(EBADFD, call_nonblocking(self->w, TAO_IOC_RELEASE, &f, &again));
}

/* A track that others ended before its caller asked again no longer exists. */
TEST_F(job, begin_that_nobody_asked_for)
{
	struct tao_prepare prepare = { 0 };
	struct tao_track_begin first = { 0 }, begin = { 0 };
	int again;

	ASSERT_CALL(0, ioctl(self->w, TAO_IOC_PREPARE, &prepare));
	ASSERT_EQ(0, fcntl(self->w, F_SETFL, O_WRONLY | O_NONBLOCK));
	sim_set("fault", "op=52 times=1 delay=300");
	ASSERT_CALL(EAGAIN, ioctl(self->w, TAO_IOC_TRACK_BEGIN, &first));
	wait_for_state(TAO_STATE_TRACK_OPEN);
	ASSERT_CALL(0, ioctl(self->w, TAO_IOC_CANCEL));
	wait_for_state(TAO_STATE_PREPARED);
	EXPECT_EQ(0, call_nonblocking(self->w, TAO_IOC_TRACK_BEGIN, &begin, &again));
	EXPECT_EQ(TAO_STATE_TRACK_OPEN, sim_status().state);
}

static void wait_for_sectors(void)
{
	int i;

	for (i = 0; !sim_status().track_sectors; i++) {
		if (i == 2000)
			sim_die("the drive gets nothing");
		usleep(5000);
	}
}

/* Nor does one that others are ending: the call begins the next one behind it. */
TEST_F(job, begin_while_it_is_ended)
{
	struct tao_track_begin wanted = { .flags = TAO_TRACK_ISRC, .isrc = "DEABC2400001" }, begin;
	struct tao_prepare prepare = { 0 };
	int i;

	ASSERT_CALL(0, ioctl(self->w, TAO_IOC_PREPARE, &prepare));
	ASSERT_EQ(0, fcntl(self->w, F_SETFL, O_WRONLY | O_NONBLOCK));
	sim_set("fault", "op=52 times=1 delay=300");
	/* The silence behind what it has taken waits for the drive. */
	sim_set("fault", "op=2a nth=3 times=0 sense=2/04/08");
	begin = wanted;
	ASSERT_CALL(EAGAIN, ioctl(self->w, TAO_IOC_TRACK_BEGIN, &begin));
	wait_for_state(TAO_STATE_TRACK_OPEN);
	ASSERT_EQ(SECTORS(320), write(self->w, audio, SECTORS(320)));
	wait_for_sectors();
	ASSERT_CALL(0, ioctl(self->w, TAO_IOC_CANCEL));
	begin = wanted;
	EXPECT_CALL(EAGAIN, ioctl(self->w, TAO_IOC_TRACK_BEGIN, &begin));
	sim_set("fault", "clear");
	for (i = 0; i < 2000 && ioctl(self->w, TAO_IOC_TRACK_BEGIN, &begin); i++) {
		ASSERT_EQ(EAGAIN, errno);
		usleep(5000);
	}
	EXPECT_EQ(2, begin.number);
	EXPECT_EQ(SECTORS(320), write(self->w, audio, SECTORS(320)));
}

/* A track that was cancelled while the drive still refused its first WRITE does not exist. */
TEST_F(job, cancelled_before_the_drive_took_anything)
{
	struct tao_statistics before, after;
	struct tao_prepare prepare = { 0 };
	struct tao_track_end end = { 0 };

	ASSERT_CALL(0, ioctl(self->w, TAO_IOC_PREPARE, &prepare));
	ASSERT_EQ(0, sim_ioctl(TAO_IOC_GET_STATISTICS, &before));
	sim_set("fault", "op=2a times=0 sense=2/04/08");
	ASSERT_EQ(0, fcntl(self->w, F_SETFL, O_WRONLY | O_NONBLOCK));
	while (write(self->w, audio, SECTORS(320)) < 0 && errno == EAGAIN)
		usleep(5000);
	ASSERT_EQ(0, fcntl(self->w, F_SETFL, O_WRONLY));
	wait_for_command(OP_WRITE);
	ASSERT_CALL(0, ioctl(self->w, TAO_IOC_CANCEL));
	EXPECT_CALL(ECANCELED, ioctl(self->w, TAO_IOC_TRACK_END, &end));
	ASSERT_EQ(0, sim_ioctl(TAO_IOC_GET_STATISTICS, &after));
	EXPECT_EQ(before.tracks, after.tracks);
	EXPECT_EQ(before.tracks_failed, after.tracks_failed);
	EXPECT_EQ(TAO_DISC_BLANK, sim_medium().status);
}

/* A call that returns the result of what was done before does not hide the end of the track. */
TEST_F(job, cancelled_behind_another_call)
{
	struct tao_speed speed = { .requested_kbps = TAO_SPEED_MAX };
	struct tao_track_begin begin = { 0 };
	struct tao_prepare prepare = { 0 };
	struct tao_track_end end = { 0 };

	ASSERT_CALL(0, ioctl(self->w, TAO_IOC_PREPARE, &prepare));
	ASSERT_CALL(0, ioctl(self->w, TAO_IOC_TRACK_BEGIN, &begin));
	ASSERT_EQ(0, fcntl(self->w, F_SETFL, O_WRONLY | O_NONBLOCK));
	/* The call waits for the worker, which prepares the track once more. */
	sim_set("fault", "op=2a times=1 sense=6/28/00");
	sim_set("fault", "op=52 times=1 delay=1000");
	sim_set("commands", "0");
	ASSERT_EQ(SECTORS(320), write(self->w, audio, SECTORS(320)));
	wait_for_command(0x52);
	ASSERT_CALL(EAGAIN, ioctl(self->w, TAO_IOC_SET_SPEED, &speed));
	ASSERT_EQ(0, fcntl(self->w, F_SETFL, O_WRONLY));
	wait_for_sectors();
	usleep(200000);
	ASSERT_CALL(0, ioctl(self->w, TAO_IOC_CANCEL));
	EXPECT_CALL(0, ioctl(self->w, TAO_IOC_SET_SPEED, &speed));
	EXPECT_CALL(ECANCELED, write(self->w, audio, SECTORS(320)) < 0);
	EXPECT_CALL(ECANCELED, ioctl(self->w, TAO_IOC_TRACK_END, &end));
	EXPECT_CALL(ENODATA, ioctl(self->w, TAO_IOC_TRACK_END, &end));
	EXPECT_EQ(1, sim_medium().tracks);
}

/* close() returns the error of a track whose end was not asked for again, even if it is over. */
TEST_F(job, end_that_nobody_asked_for)
{
	struct tao_prepare prepare = { 0 };
	struct tao_track_end end = { 0 };

	ASSERT_CALL(0, ioctl(self->w, TAO_IOC_PREPARE, &prepare));
	sim_set("fault", "op=2a times=0 delay=50");
	sim_set("fault", "op=35 times=0 sense=3/0c/00");
	ASSERT_EQ(SECTORS(310), write(self->w, audio, SECTORS(310)));
	ASSERT_EQ(0, fcntl(self->w, F_SETFL, O_WRONLY | O_NONBLOCK));
	ASSERT_CALL(EAGAIN, ioctl(self->w, TAO_IOC_TRACK_END, &end));
	wait_for_state(TAO_STATE_PREPARED);
	wait_for_end();
	EXPECT_CALL(EIO, close(self->w));
	self->w = -1;
}

/* The look behind the track failed, so that the disc seems to change with the next one. */
TEST_F(job, end_behind_which_the_look_failed)
{
	static const struct {
		const char *fault;
		int error;
	} cases[] = { { "clear", 0 }, { "op=35 times=0 sense=3/0c/00", EIO } };
	struct tao_track_end end = { 0 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		sim_set("fault", cases[i].fault);
		/* The last one, which TRACK_END sends. */
		sim_set("fault", "op=2a nth=10 delay=1000");
		ASSERT_EQ(SECTORS(310), write(self->w, audio, SECTORS(310)));
		sim_set("fault", "op=46 times=0 sense=4/44/00");
		EXPECT_EQ(EINTR, interrupted(self->w, TAO_IOC_TRACK_END, &end));
		wait_for_end();
		sim_set("fault", "clear");
		EXPECT_CALL(cases[i].error, ioctl(self->w, TAO_IOC_TRACK_END, &end));
		EXPECT_EQ(310, end.sectors);
		end.sectors = 0;
		EXPECT_CALL(ENODATA, ioctl(self->w, TAO_IOC_TRACK_END, &end));
	}
}

/* The track that a write has begun is not the one that TRACK_BEGIN asks for. */
TEST_F(job, begin_behind_a_nonblocking_write)
{
	struct tao_track_begin begin = { 0 };
	int again;

	ASSERT_EQ(0, fcntl(self->w, F_SETFL, O_WRONLY | O_NONBLOCK));
	sim_set("fault", "op=52 times=1 delay=300");
	ASSERT_CALL(EAGAIN, write(self->w, audio, SECTORS(320)) < 0);
	wait_for_state(TAO_STATE_TRACK_OPEN);
	ASSERT_EQ(SECTORS(320), write(self->w, audio, SECTORS(320)));
	EXPECT_EQ(EINPROGRESS, call_nonblocking(self->w, TAO_IOC_TRACK_BEGIN, &begin, &again));
}

/* A program that asks for the disc, which takes the drive a second: other jobs wait. */
static pid_t slow_query(void)
{
	struct tao_medium medium;
	pid_t reader;

	sim_set("commands", "0");
	sim_set("fault", "op=51 times=1 delay=1000");
	reader = fork();
	if (!reader)
		_exit(sim_ioctl(TAO_IOC_GET_MEDIUM, &medium) ? 1 : 0);
	wait_for_command(0x51);
	return reader;
}

/* Others end the track, and the disc is another one; the caller of TRACK_END does not wait. */
TEST_F(job, end_of_others_that_has_lost_the_disc)
{
	struct tao_track_begin begin = { 0 };
	struct tao_prepare prepare = { 0 };
	struct tao_track_end end = { 0 };
	pid_t reader;

	ASSERT_CALL(0, ioctl(self->w, TAO_IOC_PREPARE, &prepare));
	ASSERT_EQ(SECTORS(310), write(self->w, audio, SECTORS(310)));
	sim_set("eject", "force");
	sim_set("insert", "cdr80");
	ASSERT_CALL(0, ioctl(self->w, TAO_IOC_CANCEL));
	wait_for_state(TAO_STATE_IDLE);
	reader = slow_query();
	ASSERT_EQ(0, fcntl(self->w, F_SETFL, O_WRONLY | O_NONBLOCK));
	ASSERT_CALL(EAGAIN, ioctl(self->w, TAO_IOC_TRACK_END, &end));
	ASSERT_EQ(0, fcntl(self->w, F_SETFL, O_WRONLY));
	ASSERT_EQ(reader, waitpid(reader, NULL, 0));
	usleep(500000);
	EXPECT_CALL(EBADFD, ioctl(self->w, TAO_IOC_TRACK_BEGIN, &begin));
	EXPECT_EQ(0, sim_medium().tracks);
}

/* SESSION_BEGIN without PREPARE, whose result nobody asks for, behind a query. */
static void begin_a_session(struct __test_metadata *_metadata, int fd)
{
	struct tao_layout_track track = { .sectors = 320 };
	struct tao_layout layout = {
		.close = TAO_CLOSE_FINALIZE, .tracks_count = 1, .tracks = (__u64)&track,
	};
	pid_t reader = slow_query();

	ASSERT_EQ(0, fcntl(fd, F_SETFL, O_WRONLY | O_NONBLOCK));
	ASSERT_CALL(EAGAIN, ioctl(fd, TAO_IOC_SESSION_BEGIN, &layout));
	ASSERT_EQ(0, fcntl(fd, F_SETFL, O_WRONLY));
	ASSERT_EQ(reader, waitpid(reader, NULL, 0));
	/* Until its result is there. */
	usleep(500000);
}

/* No disc was lost: the next call does what it is to do. */
TEST_F(job, session_that_was_not_prepared)
{
	struct tao_finalize f = { .close = TAO_CLOSE_FINALIZE };
	struct tao_track_end end = { 0 };
	struct tao_blank blank = { 0 };

	ASSERT_EQ(SECTORS(320), write(self->w, audio, SECTORS(320)));
	ASSERT_CALL(0, ioctl(self->w, TAO_IOC_TRACK_END, &end));
	begin_a_session(_metadata, self->w);
	EXPECT_CALL(0, ioctl(self->w, TAO_IOC_FINALIZE, &f));
	EXPECT_EQ(TAO_DISC_COMPLETE, sim_medium().status);
	begin_a_session(_metadata, self->w);
	EXPECT_CALL(0, ioctl(self->w, TAO_IOC_BLANK, &blank));
	EXPECT_EQ(TAO_DISC_BLANK, sim_medium().status);
}

/* No other call gets in between, and the file may become blocking. */
TEST_F(job, nonblocking_no_more)
{
	struct tao_finalize f = { .close = TAO_CLOSE_FINALIZE };
	struct tao_blank blank = { 0 };
	struct tao_prepare prepare = { 0 };

	ASSERT_EQ(0, fcntl(self->w, F_SETFL, O_WRONLY | O_NONBLOCK));
	sim_set("fault", "op=a1 times=1 delay=2000");
	EXPECT_CALL(EAGAIN, ioctl(self->w, TAO_IOC_BLANK, &blank));
	EXPECT_CALL(EAGAIN, ioctl(self->w, TAO_IOC_BLANK, &blank));
	EXPECT_CALL(EBUSY, ioctl(self->w, TAO_IOC_PREPARE, &prepare));
	EXPECT_CALL(EBUSY, ioctl(self->w, TAO_IOC_FINALIZE, &f));
	ASSERT_EQ(0, fcntl(self->w, F_SETFL, O_WRONLY));
	EXPECT_CALL(0, ioctl(self->w, TAO_IOC_BLANK, &blank));
	EXPECT_EQ(1, sim_commands(OP_BLANK));
}

TEST_HARNESS_MAIN
