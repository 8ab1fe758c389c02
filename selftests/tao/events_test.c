// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events during an operation: news at least every half second, the progress of closing and
 * blanking, a change of the speed in mid-track, the duration of a cancellation. In guest time,
 * which the load of the host does not affect.
 * lab: --icount --bare
 * It measures delays of events, so nothing else may run.
 * timeout: 300
 */
#define _GNU_SOURCE
#include <poll.h>
#include <pthread.h>

#include "../clock.h"
#include "sim.h"
#include "harness.h"

#define EXPECT_CALL(error, call)	EXPECT_EQ(error, (call) ? errno : 0)
#define ASSERT_CALL(error, call)	ASSERT_EQ(error, (call) ? errno : 0)

#define SECTORS(n)	((n) * TAO_SECTOR_SIZE)
#define LONG		6000
#define OP_MODE_SENSE	0x5a
#define OP_SET_SPEED	0xbb
#define BUFFER_SECTORS	891		/* the recorder's, of 2 MiB */
#define X(n)		((n) * 75)	/* sectors per second */

/*
 * Lead-in and lead-out of a first session at 8x, and the time that the recorder needs to start
 * and stop closing, 5250 sectors.
 */
#define CLOSE_MS	((4500 + 6750 + 5250) * 1000 / X(8))
/* POLLPRI comes every 500 ms; add a jiffy or two of the guest's timer, and scheduling. */
#define NEWS_MS		540

static char audio[SECTORS(LONG)];

static void __attribute__((constructor)) power_on(void)
{
	static const char *const attributes[] = { "dma_alignment=511", "speed=4 8", NULL };

	sim_create("events", attributes);
	sim_audio(audio, sizeof(audio), 1);
}

FIXTURE(events)
{
	int w;
};

FIXTURE_SETUP(events)
{
	sim_set("realtime", "0");
	sim_new_disc("cdrw:20000");
	sim_set("realtime", "1");
	self->w = open(sim_tao, O_WRONLY);
	ASSERT_LE(0, self->w) TH_LOG("open: %s", strerror(errno));
}

FIXTURE_TEARDOWN(events)
{
	sim_set("realtime", "0");
	close(self->w);
}

/* Observations of a reader that gets the status each time that POLLPRI is set. */
struct watch {
	unsigned int action;	/* to be watched; others do not count */
	long longest_ms;	/* between two events */
	long seen_ms;
	unsigned int news;
	unsigned int steps;	/* of progress */
	unsigned int backwards;
	long expected_min_ms, expected_max_ms;	/* sum of elapsed and remaining time */
};

static void watch_one(struct watch *w, const struct tao_status *s, long since)
{
	static unsigned int last;

	if (!w->news++) {
		last = 0;
		w->expected_min_ms = LONG_MAX;
	} else if (since > w->longest_ms) {
		w->longest_ms = since;
	}
	if (s->progress == TAO_UNKNOWN)
		return;
	w->steps += s->progress > last;
	w->backwards += s->progress < last;
	last = s->progress;
	if (s->remaining_ms == TAO_UNKNOWN)
		return;
	since = (long)s->elapsed_ms + s->remaining_ms;
	if (since < w->expected_min_ms)
		w->expected_min_ms = since;
	if (since > w->expected_max_ms)
		w->expected_max_ms = since;
}

/* Watches until the action was seen and has ended, or for the given time. */
static void watch_for(struct watch *w, long for_ms)
{
	struct pollfd p = { .fd = open(sim_tao, O_RDONLY), .events = POLLPRI };
	long began = clock_ms(), last = began;
	struct tao_status s;

	while (clock_ms() - began < for_ms && poll(&p, 1, 5000) == 1) {
		ioctl(p.fd, TAO_IOC_GET_STATUS, &s);
		if (s.action == w->action)
			watch_one(w, &s, clock_ms() - last);
		else if (w->news)
			break;
		last = clock_ms();
	}
	w->seen_ms = clock_ms() - began;
	close(p.fd);
}

static void *watch_action(void *watch)
{
	watch_for(watch, 60000);
	return NULL;
}

TEST_F(events, a_track_on_which_nothing_moves)
{
	struct watch w = { .action = TAO_ACTION_WRITING };

	ASSERT_EQ(SECTORS(320), write(self->w, audio, SECTORS(320)));
	watch_for(&w, 5000);
	EXPECT_LE(8, w.news);
	EXPECT_GE(NEWS_MS, w.longest_ms);
}

TEST_F(events, closing_the_session)
{
	struct tao_finalize f = { .close = TAO_CLOSE_FINALIZE };
	struct watch w = { .action = TAO_ACTION_CLOSING_SESSION };
	struct tao_track_end end = { 0 };
	pthread_t thread;

	ASSERT_EQ(SECTORS(320), write(self->w, audio, SECTORS(320)));
	ASSERT_CALL(0, ioctl(self->w, TAO_IOC_TRACK_END, &end));
	pthread_create(&thread, NULL, watch_action, &w);
	EXPECT_CALL(0, ioctl(self->w, TAO_IOC_FINALIZE, &f));
	pthread_join(thread, NULL);
	EXPECT_LE(CLOSE_MS / 600, w.news);
	EXPECT_GE(NEWS_MS, w.longest_ms);
	EXPECT_LE(10, w.steps);
	EXPECT_EQ(0, w.backwards);
	EXPECT_LE(CLOSE_MS * 9 / 10, w.expected_min_ms) TH_LOG("%ld", w.expected_min_ms);
	EXPECT_GE(CLOSE_MS * 11 / 10, w.expected_max_ms) TH_LOG("%ld", w.expected_max_ms);
}

TEST_F(events, blanking)
{
	struct watch w = { .action = TAO_ACTION_BLANKING };
	struct tao_blank blank = { .flags = TAO_BLANK_FULL };
	pthread_t thread;

	pthread_create(&thread, NULL, watch_action, &w);
	EXPECT_CALL(0, ioctl(self->w, TAO_IOC_BLANK, &blank));
	pthread_join(thread, NULL);
	EXPECT_GE(NEWS_MS, w.longest_ms);
	EXPECT_LE(10, w.steps);
	EXPECT_EQ(0, w.backwards);
	EXPECT_LE(w.seen_ms * 3 / 4, w.expected_min_ms) TH_LOG("%ld", w.expected_min_ms);
	EXPECT_GE(w.seen_ms * 4 / 3, w.expected_max_ms) TH_LOG("%ld", w.expected_max_ms);
}

static unsigned int write_speed(void)
{
	char text[16];

	sim_get("write_speed", text, sizeof(text));
	return strtoul(text, NULL, 10);
}

/*
 * Set by the owner while audio is being sent: the drive gets the new speed before the next track,
 * and nothing before that.
 */
TEST_F(events, speed_in_mid_track)
{
	struct tao_speed speed = { .requested_kbps = 706 };	/* 4x */
	struct tao_prepare prepare = { 0 };
	struct tao_track_begin begin = { 0 };
	struct tao_track_end end = { 0 };
	unsigned int before;
	int i;

	for (i = 0; i < 2; i++) {
		/* First without PREPARE, then with it. */
		if (i)
			ASSERT_CALL(0, ioctl(self->w, TAO_IOC_PREPARE, &prepare));
		speed.requested_kbps = TAO_SPEED_MAX;
		ASSERT_CALL(0, ioctl(self->w, TAO_IOC_SET_SPEED, &speed));
		ASSERT_EQ(SECTORS(500), write(self->w, audio, SECTORS(500)));
		EXPECT_EQ(8, write_speed());
		before = sim_commands(OP_SET_SPEED) + sim_commands(OP_MODE_SENSE);
		speed.requested_kbps = 706;
		ASSERT_CALL(0, ioctl(self->w, TAO_IOC_SET_SPEED, &speed));
		EXPECT_EQ(TAO_SPEED_PENDING, speed.flags);
		ASSERT_CALL(0, ioctl(self->w, TAO_IOC_GET_SPEED, &speed));
		EXPECT_EQ(706, speed.requested_kbps);
		EXPECT_EQ(X(8), speed.actual_sectors_per_second);
		EXPECT_EQ(8, write_speed());
		ASSERT_EQ(SECTORS(100), write(self->w, audio + SECTORS(500), SECTORS(100)));
		EXPECT_EQ(before, sim_commands(OP_SET_SPEED) + sim_commands(OP_MODE_SENSE));
		ASSERT_CALL(0, ioctl(self->w, TAO_IOC_TRACK_END, &end));
		EXPECT_TRUE(sim_holds(end.start_lba, audio, 600));
		memset(&begin, 0, sizeof(begin));
		ASSERT_CALL(0, ioctl(self->w, TAO_IOC_TRACK_BEGIN, &begin));
		EXPECT_EQ(4, write_speed());
		ASSERT_CALL(0, ioctl(self->w, TAO_IOC_GET_SPEED, &speed));
		EXPECT_EQ(X(4), speed.actual_sectors_per_second);
		EXPECT_CALL(ENODATA, ioctl(self->w, TAO_IOC_TRACK_END, &end));
	}
}

static long cancelled_ms;

static void *cancel_soon(void *fd)
{
	usleep(7000000);
	cancelled_ms = clock_ms();
	return (void *)(long)(ioctl(*(int *)fd, TAO_IOC_CANCEL) ? errno : 0);
}

/*
 * Time from the call until the disc can take the next track. At 4x the drive gets 300 sectors/s:
 * its buffer is full after 7 s.
 */
TEST_F(events, cancel_takes_no_longer_than_it_must)
{
	struct tao_speed speed = { .requested_kbps = 706 };
	struct tao_track_end end = { 0 };
	pthread_t thread;
	void *result;

	ASSERT_CALL(0, ioctl(self->w, TAO_IOC_SET_SPEED, &speed));
	pthread_create(&thread, NULL, cancel_soon, &self->w);
	EXPECT_GT(SECTORS(LONG), write(self->w, audio, SECTORS(LONG)));
	EXPECT_CALL(ECANCELED, ioctl(self->w, TAO_IOC_TRACK_END, &end));
	pthread_join(thread, &result);
	EXPECT_EQ(NULL, result);
	sim_wait_idle();
	/* The contents of the buffer, and 10 s; the track is longer than 300 sectors. */
	EXPECT_GE(BUFFER_SECTORS * 1000 / X(4) + 10000, clock_ms() - cancelled_ms)
		TH_LOG("%ld ms", clock_ms() - cancelled_ms);
	EXPECT_LT(BUFFER_SECTORS, end.sectors);
	EXPECT_GT(LONG, end.sectors);
	EXPECT_EQ(1, sim_medium().tracks);
	EXPECT_EQ(0, sim_medium().flags & TAO_MEDIUM_TRACK_FAILED);
	sim_set("realtime", "0");
	EXPECT_TRUE(sim_holds(0, audio, end.sectors));
}

TEST_HARNESS_MAIN
