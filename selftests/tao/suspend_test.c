// SPDX-License-Identifier: GPL-2.0-only
/*
 * The computer does not go to sleep while a track is open or a disc is closed, and a track does
 * not begin while it does.
 * lab: --smp 2
 * timeout: 300
 * debug
 */
#define _GNU_SOURCE
#include "sim.h"
#include "harness.h"

#define EXPECT_CALL(error, call)	EXPECT_EQ(error, (call) ? errno : 0)
#define ASSERT_CALL(error, call)	ASSERT_EQ(error, (call) ? errno : 0)

#define SECTORS(n)	((n) * TAO_SECTOR_SIZE)

static char audio[SECTORS(350)];

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

	sim_create("suspend", attributes);
	sim_audio(audio, sizeof(audio), 5);
	/* As far as a suspend can go here: all programs are frozen, for a second. */
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

TEST_F(suspend, in_a_track)
{
	ASSERT_CALL(0, burn(self->w, 0, 100));
	EXPECT_EQ(EBUSY, suspend());
	EXPECT_EQ(EBUSY, hibernate());
	ASSERT_CALL(0, burn(self->w, 100, 350));
	EXPECT_CALL(0, close(self->w));
	self->w = -1;
	sim_wait_idle();
	EXPECT_TRUE(sim_holds(0, audio, 350));
	/* And when it is over it may. */
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
