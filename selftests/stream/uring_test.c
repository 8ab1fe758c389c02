// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes with io_uring, many at a time, from plain and from registered memory: whatever happens,
 * the disc has the samples in order.
 * lab: --smp 2
 * full
 * timeout: 600
 * debug
 * races
 * build: -luring
 */
#define _GNU_SOURCE
#include <poll.h>
#include <sys/utsname.h>

#include "stream.h"
#include "uring.h"

#define WRITES	24
#define SIZE	(WRITES * QUANTUM)
#define SECONDS	120

FIXTURE(ring)
{
	struct ring ring;
	char *audio;
	int fd;
	struct tao_statistics before;
	long in_flight_bytes;
};

FIXTURE_VARIANT(ring)
{
	int recorder;
	int fixed;
};

FIXTURE_VARIANT_ADD(ring, plain_3)	{ .recorder = 0, .fixed = 0 };
FIXTURE_VARIANT_ADD(ring, plain_511)	{ .recorder = 1, .fixed = 0 };
FIXTURE_VARIANT_ADD(ring, fixed_3)	{ .recorder = 0, .fixed = 1 };
FIXTURE_VARIANT_ADD(ring, fixed_511)	{ .recorder = 1, .fixed = 1 };

FIXTURE_SETUP(ring)
{
	use_recorder(variant->recorder);
	set_realtime(false);
	sim_new_disc("cdr80");
	self->audio = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, self->audio);
	sim_audio(self->audio, SIZE, variant->recorder * 2 + variant->fixed + 1);
	ASSERT_EQ(0, ring_open(&self->ring, 64)) TH_LOG("io_uring: %s", strerror(errno));
	if (variant->fixed)
		ASSERT_EQ(0, ring_register_buffer(&self->ring, self->audio, SIZE));
	self->fd = open(sim_tao, O_WRONLY);
	ASSERT_LE(0, self->fd) TH_LOG("%s: %s", sim_tao, strerror(errno));
	self->before = module_stats();
	self->in_flight_bytes = limit("in_flight_bytes");
}

FIXTURE_TEARDOWN(ring)
{
	sim_set("fault", "clear");
	set_limit("in_flight_bytes", self->in_flight_bytes);
	set_realtime(false);
}

/* Ends the track; the ring has to release its file first. */
static void finish(struct ring *ring, int fd)
{
	ring_close(ring);
	close(fd);
	sim_wait_idle();
}

/* Submits the writes of @audio from @first on, all at once. Returns their number. */
static int submit_from(struct ring *ring, int fd, int fixed, const char *audio, int first)
{
	int i;

	for (i = first; i < WRITES; i++)
		ring_write(ring, fd, fixed, audio + i * QUANTUM, QUANTUM, (uint64_t)i * QUANTUM, i);
	return ring_submit(ring, WRITES - first);
}

/* Waits for @count writes. Returns whether each of them wrote everything. */
static bool all_taken(struct ring *ring, int count)
{
	struct io_uring_cqe cqe;
	bool all = true;

	while (count--) {
		if (ring_wait(ring, &cqe))
			sim_die("io_uring_enter");
		if (cqe.res == (int)(cqe.user_data >> 32))
			continue;
		printf("# write %u: %d\n", (uint32_t)cqe.user_data, cqe.res);
		all = false;
	}
	return all;
}

TEST_F_TIMEOUT(ring, many_on_the_way, SECONDS)
{
	struct tao_statistics now;

	ASSERT_EQ(WRITES, submit_from(&self->ring, self->fd, variant->fixed, self->audio, 0));
	ASSERT_TRUE(all_taken(&self->ring, WRITES));
	finish(&self->ring, self->fd);
	EXPECT_TRUE(burned(self->audio, SIZE));

	now = module_stats();
	EXPECT_EQ(0, now.bytes_copied - self->before.bytes_copied);
	EXPECT_EQ(SIZE, now.bytes_mapped - self->before.bytes_mapped);
	EXPECT_EQ(SIZE, recorder_stat("write_bytes_user"));
	EXPECT_EQ(0, recorder_stat("write_bytes_kernel"));
	EXPECT_EQ(WRITES, recorder_stat("writes"));
}

/* With a slow drive the writes are queued at once, and complete later. */
TEST_F_TIMEOUT(ring, slow_drive, SECONDS)
{
	const int rounds = 4;
	struct tao_status status;
	char *all = malloc(rounds * SIZE);
	int round, i;

	ASSERT_NE(NULL, all);
	set_realtime(true);
	for (round = 0; round < rounds; round++) {
		memcpy(all + round * SIZE, self->audio, SIZE);
		for (i = 0; i < WRITES; i++)
			ring_write(&self->ring, self->fd, variant->fixed,
				   self->audio + i * QUANTUM, QUANTUM,
				   (uint64_t)round * SIZE + i * QUANTUM, i);
		/* The first of all writes begins the track; then the others are taken at once. */
		if (round < 2)
			ASSERT_EQ(WRITES, ring_submit(&self->ring, !round));
	}
	/* 3.6 MB are submitted, of which the drive holds 2 MiB. */
	status = sim_status();
	EXPECT_LT(QUANTUM, status.queue_bytes);
	ASSERT_EQ(2 * WRITES, ring_submit(&self->ring, 0));
	ASSERT_TRUE(all_taken(&self->ring, rounds * WRITES));
	finish(&self->ring, self->fd);
	EXPECT_TRUE(burned(all, rounds * SIZE));
	EXPECT_EQ(0, module_stats().bytes_copied - self->before.bytes_copied);
	free(all);
}

/*
 * A ring that was closed sends task work to its program a moment later. close() then waits for
 * the drive, and must not mistake that for a signal.
 */
TEST_F_TIMEOUT(ring, close_after_ring, SECONDS)
{
	const int rounds = 5;
	int i;

	set_realtime(true);
	for (i = 0; i < rounds; i++) {
		ring_write(&self->ring, self->fd, variant->fixed, self->audio, SIZE, 0, 0);
		ASSERT_EQ(1, ring_submit(&self->ring, 1));
		ASSERT_TRUE(all_taken(&self->ring, 1));
		ring_close(&self->ring);
		ASSERT_EQ(0, close(self->fd)) TH_LOG("close: %s", strerror(errno));
		ASSERT_EQ(0, ring_open(&self->ring, 64));
		if (variant->fixed)
			ASSERT_EQ(0, ring_register_buffer(&self->ring, self->audio, SIZE));
		/* The ring may keep the file for a moment longer than the program. */
		do {
			self->fd = open(sim_tao, O_WRONLY);
		} while (self->fd < 0 && errno == EBUSY && !usleep(10000));
		ASSERT_LE(0, self->fd) TH_LOG("open: %s", strerror(errno));
	}
	finish(&self->ring, self->fd);
}

TEST_F_TIMEOUT(ring, backwards, SECONDS)
{
	int i;

	for (i = WRITES; i-- > 0;)
		ring_write(&self->ring, self->fd, variant->fixed, self->audio + i * QUANTUM,
			   QUANTUM, (uint64_t)i * QUANTUM, i);
	ASSERT_EQ(WRITES, ring_submit(&self->ring, WRITES));
	ASSERT_TRUE(all_taken(&self->ring, WRITES));
	finish(&self->ring, self->fd);
	EXPECT_TRUE(burned(self->audio, SIZE));
	EXPECT_EQ(0, module_stats().bytes_copied - self->before.bytes_copied);
}

/* A write that must not wait for its turn gets EAGAIN, one that is too late EINVAL. */
TEST_F_TIMEOUT(ring, out_of_turn, SECONDS)
{
	struct io_uring_cqe cqe;

	ring_write(&self->ring, self->fd, variant->fixed, self->audio, QUANTUM, 0, 0);
	ASSERT_EQ(1, ring_submit(&self->ring, 1));
	ASSERT_TRUE(all_taken(&self->ring, 1));

	ring_write(&self->ring, self->fd, variant->fixed, self->audio, QUANTUM, 2 * QUANTUM, 0)
		->rw_flags = RWF_NOWAIT;
	ASSERT_EQ(1, ring_submit(&self->ring, 1));
	ASSERT_EQ(0, ring_wait(&self->ring, &cqe));
	EXPECT_EQ(-EAGAIN, cqe.res);

	ring_write(&self->ring, self->fd, variant->fixed, self->audio, QUANTUM, SECTOR, 0);
	ASSERT_EQ(1, ring_submit(&self->ring, 1));
	ASSERT_EQ(0, ring_wait(&self->ring, &cqe));
	EXPECT_EQ(-EINVAL, cqe.res);

	ring_write(&self->ring, self->fd, variant->fixed, self->audio + QUANTUM, 9 * QUANTUM,
		   QUANTUM, 0);
	ASSERT_EQ(1, ring_submit(&self->ring, 1));
	ASSERT_TRUE(all_taken(&self->ring, 1));
	finish(&self->ring, self->fd);
	EXPECT_TRUE(burned(self->audio, 10 * QUANTUM));
}

/* Single writes need no offset: it may be 0 or "the position of the file". */
TEST_F_TIMEOUT(ring, no_offset, SECONDS)
{
	int i;

	for (i = 0; i < WRITES; i++) {
		ring_write(&self->ring, self->fd, variant->fixed, self->audio + i * QUANTUM,
			   QUANTUM, i & 1 ? -1ULL : 0, i);
		ASSERT_EQ(1, ring_submit(&self->ring, 1));
		ASSERT_TRUE(all_taken(&self->ring, 1));
	}
	finish(&self->ring, self->fd);
	EXPECT_TRUE(burned(self->audio, SIZE));
	EXPECT_EQ(0, module_stats().bytes_copied - self->before.bytes_copied);
}

/* The order of several such writes would be undefined: only the first one is taken. */
TEST_F_TIMEOUT(ring, many_without_offset, SECONDS)
{
	struct io_uring_cqe cqe;
	int i;

	set_realtime(true);
	for (i = 0; i < 8; i++)
		ring_write(&self->ring, self->fd, variant->fixed, self->audio + i * QUANTUM,
			   QUANTUM, i & 1 ? 0 : -1ULL, i);
	ASSERT_EQ(8, ring_submit(&self->ring, 8));
	for (i = 0; i < 8; i++) {
		ASSERT_EQ(0, ring_wait(&self->ring, &cqe));
		EXPECT_EQ((uint32_t)cqe.user_data ? -EINVAL : (int)QUANTUM, cqe.res)
			TH_LOG("write %u: %d", (uint32_t)cqe.user_data, cqe.res);
	}
	/* The next one is taken when that has completed. */
	ring_write(&self->ring, self->fd, variant->fixed, self->audio + QUANTUM, 11 * QUANTUM,
		   -1ULL, 0);
	ASSERT_EQ(1, ring_submit(&self->ring, 1));
	ASSERT_TRUE(all_taken(&self->ring, 1));
	finish(&self->ring, self->fd);
	EXPECT_TRUE(burned(self->audio, 12 * QUANTUM));
}

/* The drive has taken one WRITE, and refuses those of the next write, which are @count. */
static void stop_drive(struct ring *ring, int fd, int fixed, const char *audio, int count)
{
	struct tao_track_begin begin = { 0 };
	unsigned int i;

	if (ioctl(fd, TAO_IOC_TRACK_BEGIN, &begin))
		sim_die("TRACK_BEGIN");
	ring_write(ring, fd, fixed, audio, QUANTUM, 0, 0);
	if (ring_submit(ring, 1) != 1 || !all_taken(ring, 1))
		sim_die("the first write");
	sim_set("fault", "op=2a nth=1 times=0 sense=2/04/08");
	/* In a thread that may wait: there is not room for all of it at once. */
	ring_write(ring, fd, fixed, audio + QUANTUM, count * QUANTUM, QUANTUM, 1)->flags |=
		IOSQE_ASYNC;
	if (ring_submit(ring, 0) != 1)
		sim_die("the second write");
	for (i = 0; sim_status().queue_bytes < (unsigned int)count * QUANTUM; i++) {
		if (i == 1000)
			sim_die("the second write is not queued");
		usleep(10000);
	}
}

/* The same, and there is no room for another WRITE. Returns the number of the next one. */
static int fill_queue(struct ring *ring, int fd, int fixed, const char *audio)
{
	int count;

	set_limit("in_flight_bytes", 2 * limit("write_sectors_max") * SECTOR);
	count = limit("in_flight_bytes") / QUANTUM;
	if (count + 1 >= WRITES)
		sim_die("too few writes");
	stop_drive(ring, fd, fixed, audio, count);
	return count + 1;
}

/* The drive goes on, and takes the rest without an offset, one after another. */
static bool goes_on(struct ring *ring, int fd, int fixed, const char *audio, int first)
{
	int i;

	sim_set("fault", "clear");
	if (!all_taken(ring, 1))
		return false;
	for (i = first; i < WRITES; i++) {
		ring_write(ring, fd, fixed, audio + i * QUANTUM, QUANTUM, i & 1 ? -1ULL : 0, i);
		if (ring_submit(ring, 1) != 1 || !all_taken(ring, 1))
			return false;
	}
	return true;
}

/* After 6.1 the module can't tell RWF_NOWAIT from a first try of io_uring. */
static bool nowait_is_told(void)
{
	struct utsname name;

	return !uname(&name) && !strncmp(name.release, "6.1.", 4);
}

/* One that is refused for now is not on its way any more. */
TEST_F_TIMEOUT(ring, nowait_without_offset, SECONDS)
{
	struct io_uring_cqe cqe;
	int first;

	first = fill_queue(&self->ring, self->fd, variant->fixed, self->audio);
	ring_write(&self->ring, self->fd, variant->fixed, self->audio, QUANTUM, -1, 9)->rw_flags =
		RWF_NOWAIT;
	ASSERT_EQ(1, ring_submit(&self->ring, 1));
	ASSERT_EQ(0, ring_wait(&self->ring, &cqe));
	ASSERT_EQ(-EAGAIN, cqe.res);
	if (!nowait_is_told())
		usleep(800000);
	EXPECT_TRUE(goes_on(&self->ring, self->fd, variant->fixed, self->audio, first));
	finish(&self->ring, self->fd);
	EXPECT_TRUE(burned(self->audio, SIZE));
}

/* Nor is one that was told to wait, and is cancelled then, from half a second later on. */
TEST_F_TIMEOUT(ring, cancelled_without_offset, SECONDS)
{
	struct tao_status status;
	struct io_uring_cqe cqe;
	int first, i;

	first = fill_queue(&self->ring, self->fd, variant->fixed, self->audio);
	/* No news are there, so that it is polled for; else a thread waits for it. */
	ASSERT_EQ(0, ioctl(self->fd, TAO_IOC_GET_STATUS, &status));
	ring_write(&self->ring, self->fd, variant->fixed, self->audio, QUANTUM, -1, 9);
	ASSERT_EQ(1, ring_submit(&self->ring, 0));
	usleep(20000);
	io_uring_prep_cancel64(io_uring_get_sqe(&self->ring.io), (uint64_t)QUANTUM << 32 | 9, 0);
	ASSERT_EQ(1, ring_submit(&self->ring, 2));
	for (i = 0; i < 2; i++) {
		ASSERT_EQ(0, ring_wait(&self->ring, &cqe));
		EXPECT_TRUE(cqe.user_data ? cqe.res == -ECANCELED || cqe.res == -EINTR :
					    !cqe.res || cqe.res == -EALREADY)
			TH_LOG("%u: %d", (uint32_t)cqe.user_data, cqe.res);
	}
	usleep(800000);
	EXPECT_TRUE(goes_on(&self->ring, self->fd, variant->fixed, self->audio, first));
	finish(&self->ring, self->fd);
	EXPECT_TRUE(burned(self->audio, SIZE));
}

/* What has lost its place to another one is refused, and not burned behind it. */
TEST_F_TIMEOUT(ring, late_without_offset, SECONDS)
{
	struct io_uring_cqe cqe;
	int i;

	stop_drive(&self->ring, self->fd, variant->fixed, self->audio, 1);
	ring_write(&self->ring, self->fd, variant->fixed, self->audio, QUANTUM, -1, 9);
	ring_write(&self->ring, self->fd, variant->fixed, self->audio + 2 * QUANTUM, QUANTUM,
		   2 * QUANTUM, 2);
	ASSERT_EQ(2, ring_submit(&self->ring, 0));
	usleep(100000);
	sim_set("fault", "clear");
	for (i = 0; i < 3; i++) {
		ASSERT_EQ(0, ring_wait(&self->ring, &cqe));
		EXPECT_EQ((uint32_t)cqe.user_data == 9 ? -EINVAL : QUANTUM, cqe.res)
			TH_LOG("%u: %d", (uint32_t)cqe.user_data, cqe.res);
	}
	finish(&self->ring, self->fd);
	EXPECT_TRUE(burned(self->audio, 3 * QUANTUM));
}

/* Any length, from any address. */
TEST_F_TIMEOUT(ring, odd_lengths, SECONDS)
{
	const char *seed = getenv("TAO_SEED");
	struct tao_statistics now;
	size_t at = 0;
	int writes = 0;

	srandom(seed ? strtoul(seed, NULL, 10) : 1);
	TH_LOG("seed %s", seed ?: "1");
	while (at < SIZE) {
		static const unsigned int usual[] = {
			1, 511, 512, 2351, 2352, 4096, 65536, 131072,
		};
		size_t len = random() & 1 ? usual[random() % ARRAY_SIZE(usual)] :
					    1 + random() % 200000;

		if (len > SIZE - at)
			len = SIZE - at;
		ring_write(&self->ring, self->fd, variant->fixed, self->audio + at, len, at,
			   writes);
		at += len;
		if (++writes % 16 && at < SIZE)
			continue;
		ASSERT_LT(0, ring_submit(&self->ring, 0));
		ASSERT_TRUE(all_taken(&self->ring, writes));
		writes = 0;
	}
	finish(&self->ring, self->fd);
	EXPECT_TRUE(burned(self->audio, SIZE));
	now = module_stats();
	EXPECT_EQ(SIZE, now.bytes_copied + now.bytes_mapped - self->before.bytes_copied -
			self->before.bytes_mapped);
	EXPECT_EQ(recorder_stat("write_bytes_user"),
		  now.bytes_mapped - self->before.bytes_mapped);
}

/*
 * A track that was cut short has all its data as they were sent, in whole WRITEs. Returns the
 * number of these, or -1.
 */
static int burned_writes(const char *audio)
{
	struct tao_toc toc = { 0 };
	unsigned int sectors;

	if (sim_ioctl(TAO_IOC_GET_TOC, &toc) || !toc.entries_count)
		return -1;
	sectors = toc.entries[0].sectors;
	if (sectors % 32 || !sim_holds(toc.entries[0].start_lba, audio, sectors))
		return -1;
	return sectors / 32;
}

/* The ring is closed with writes in progress: the disc has the data that were sent, in order. */
TEST_F_TIMEOUT(ring, torn_down, SECONDS)
{
	char *more = malloc(2 * SIZE);
	int i, writes;

	ASSERT_NE(NULL, more);
	memcpy(more, self->audio, SIZE);
	memcpy(more + SIZE, self->audio, SIZE);
	set_realtime(true);
	ring_write(&self->ring, self->fd, variant->fixed, self->audio, QUANTUM, 0, 0);
	ASSERT_EQ(1, ring_submit(&self->ring, 1));
	for (i = 1; i < 2 * WRITES; i++)
		ring_write(&self->ring, self->fd, variant->fixed,
			   self->audio + i % WRITES * QUANTUM, QUANTUM, (uint64_t)i * QUANTUM, i);
	/* A write whose turn never comes must not keep references. */
	ring_write(&self->ring, self->fd, variant->fixed, self->audio, QUANTUM, 99 * QUANTUM, 99);
	ASSERT_EQ(2 * WRITES, ring_submit(&self->ring, 0));
	EXPECT_LT(0, sim_status().queue_bytes);
	finish(&self->ring, self->fd);
	writes = burned_writes(more);
	EXPECT_LT(10, writes);
	EXPECT_GE(2 * WRITES, writes);
	free(more);
}

/* Much waits for the drive, which has more than the shortest track already. */
static bool in_the_middle(void)
{
	struct tao_status status = sim_status();

	return status.queue_bytes >= 10 * QUANTUM && status.track_sectors > 300;
}

/* The program is killed in the middle of its writes. */
TEST_F_TIMEOUT(ring, killed, SECONDS)
{
	char *more = malloc(2 * SIZE);
	int i, status, writes;
	pid_t pid;

	ASSERT_NE(NULL, more);
	memcpy(more, self->audio, SIZE);
	memcpy(more + SIZE, self->audio, SIZE);
	finish(&self->ring, self->fd);
	set_realtime(true);
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		struct ring ring;
		int fd = open(sim_tao, O_WRONLY);

		if (fd < 0 || ring_open(&ring, 64))
			_exit(1);
		if (variant->fixed && ring_register_buffer(&ring, self->audio, SIZE))
			_exit(1);
		for (i = 0; i < 2 * WRITES; i++)
			ring_write(&ring, fd, variant->fixed, self->audio + i % WRITES * QUANTUM,
				   QUANTUM, (uint64_t)i * QUANTUM, i);
		ring_submit(&ring, 2 * WRITES);
		pause();
	}
	for (i = 0; i < 1000 && !in_the_middle(); i++)
		usleep(10000);
	kill(pid, SIGKILL);
	EXPECT_LT(i, 1000);
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_TRUE(WIFSIGNALED(status));
	sim_wait_idle();
	set_realtime(false);
	writes = burned_writes(more);
	EXPECT_LT(0, writes);
	/* Data that waited for the drive are not burned after the program has died. */
	EXPECT_GT(2 * WRITES, writes);
	free(more);
	/* The drive is usable. */
	sim_new_disc("cdr80");
	self->fd = open(sim_tao, O_WRONLY);
	ASSERT_LE(0, self->fd);
	ASSERT_EQ(SIZE, write(self->fd, self->audio, SIZE));
	ASSERT_EQ(0, close(self->fd));
	sim_wait_idle();
	EXPECT_TRUE(burned(self->audio, SIZE));
}

/* No more data are held than the limit permits, however many are submitted. */
TEST_F_TIMEOUT(ring, queue_limit, SECONDS)
{
	long least = 2 * limit("write_sectors_max") * SECTOR, old = limit("in_flight_bytes");
	unsigned int most = 0, done = 0, i;
	struct io_uring_cqe cqe;
	struct tao_status status;
	char *all = malloc(2 * SIZE);

	ASSERT_NE(NULL, all);
	memcpy(all, self->audio, SIZE);
	memcpy(all + SIZE, self->audio, SIZE);
	set_limit("in_flight_bytes", least);
	set_realtime(true);
	for (i = 0; i < 2 * WRITES; i++)
		ring_write(&self->ring, self->fd, variant->fixed,
			   self->audio + i % WRITES * QUANTUM, QUANTUM, (uint64_t)i * QUANTUM, i);
	ASSERT_EQ(2 * WRITES, ring_submit(&self->ring, 0));
	while (done < 2 * WRITES) {
		status = sim_status();
		if (status.queue_bytes > most)
			most = status.queue_bytes;
		EXPECT_EQ(least, status.queue_max_bytes);
		ring_submit(&self->ring, 0);
		for (; ring_next(&self->ring, &cqe); done++)
			ASSERT_EQ(QUANTUM, cqe.res);
		usleep(5000);
	}
	EXPECT_GE(least, most);
	EXPECT_LT(least / 2, most);
	finish(&self->ring, self->fd);
	set_limit("in_flight_bytes", old);
	EXPECT_TRUE(burned(all, 2 * SIZE));
	free(all);
}

/* The results of @count writes, by their tags */
static void results(struct ring *ring, int count, int *res)
{
	struct io_uring_cqe cqe;

	while (count--) {
		if (ring_wait(ring, &cqe))
			sim_die("io_uring_enter");
		res[(uint32_t)cqe.user_data] = cqe.res;
	}
}

/* If the track can't begin, none of its writes waits for an earlier one that will not come. */
TEST_F_TIMEOUT(ring, begin_fails, SECONDS)
{
	int res[WRITES], i;

	sim_set("fault", "op=46 nth=1 sense=3/0c/00");	/* GET CONFIGURATION: write error */
	ASSERT_EQ(WRITES, submit_from(&self->ring, self->fd, variant->fixed, self->audio, 0));
	results(&self->ring, WRITES, res);
	EXPECT_EQ(-EIO, res[0]);
	for (i = 1; i < WRITES; i++)
		EXPECT_EQ(-EINVAL, res[i]) TH_LOG("write %d", i);
	EXPECT_NE(0, sim_error(TAO_ERROR_FIRST).flags & TAO_ERROR_VALID);
	sim_set("fault", "clear");

	ASSERT_EQ(WRITES, submit_from(&self->ring, self->fd, variant->fixed, self->audio, 0));
	ASSERT_TRUE(all_taken(&self->ring, WRITES));
	finish(&self->ring, self->fd);
	EXPECT_TRUE(burned(self->audio, SIZE));
}

/* A write in the middle has invalid memory: those behind it fail, and can be repeated. */
TEST_F_TIMEOUT(ring, one_fails, SECONDS)
{
	char *nothing = mmap(NULL, QUANTUM, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int res[WRITES], i;

	for (i = 0; i < WRITES; i++)
		ring_write(&self->ring, self->fd, variant->fixed && i != 3,
			   i == 3 ? nothing : self->audio + i * QUANTUM, QUANTUM,
			   (uint64_t)i * QUANTUM, i);
	ASSERT_EQ(WRITES, ring_submit(&self->ring, WRITES));
	results(&self->ring, WRITES, res);
	for (i = 0; i < WRITES; i++)
		EXPECT_EQ(i < 3 ? QUANTUM : i == 3 ? -EFAULT : -ECANCELED, res[i])
			TH_LOG("write %d", i);
	ASSERT_EQ(WRITES - 3, submit_from(&self->ring, self->fd, variant->fixed, self->audio, 3));
	ASSERT_TRUE(all_taken(&self->ring, WRITES - 3));
	finish(&self->ring, self->fd);
	EXPECT_TRUE(burned(self->audio, SIZE));
}

/* One that is cancelled before its turn leaves a gap, as one that fails. */
TEST_F_TIMEOUT(ring, cancelled_before_its_turn, SECONDS)
{
	struct tao_track_begin begin = { 0 };
	int count, res[4] = { 0 }, i;
	struct io_uring_cqe cqe;

	set_limit("in_flight_bytes", 2 * limit("write_sectors_max") * SECTOR);
	count = limit("in_flight_bytes") / QUANTUM + 2;
	ASSERT_GE(WRITES, count + 2);
	ASSERT_EQ(0, ioctl(self->fd, TAO_IOC_TRACK_BEGIN, &begin));
	sim_set("fault", "op=2a nth=1 times=0 sense=2/04/08");
	/* The first one waits for room, in its turn; the others wait for theirs. */
	ring_write(&self->ring, self->fd, variant->fixed, self->audio, count * QUANTUM, 0,
		   1)->flags |= IOSQE_ASYNC;
	ASSERT_EQ(1, ring_submit(&self->ring, 0));
	usleep(200000);
	for (i = 0; i < 2; i++)
		ring_write(&self->ring, self->fd, variant->fixed,
			   self->audio + (count + i) * QUANTUM, QUANTUM,
			   (uint64_t)(count + i) * QUANTUM, 2 + i)->flags |= IOSQE_ASYNC;
	ASSERT_EQ(2, ring_submit(&self->ring, 0));
	usleep(200000);
	io_uring_prep_cancel64(io_uring_get_sqe(&self->ring.io), (uint64_t)QUANTUM << 32 | 2, 0);
	ASSERT_EQ(1, ring_submit(&self->ring, 0));
	usleep(200000);
	sim_set("fault", "clear");
	for (i = 0; i < 4; i++) {
		ASSERT_EQ(0, ring_wait(&self->ring, &cqe));
		res[(uint32_t)cqe.user_data & 3] = cqe.res;
	}
	EXPECT_EQ(count * QUANTUM, res[1]);
	EXPECT_TRUE(res[2] == -EINTR || res[2] == -ECANCELED) TH_LOG("%d", res[2]);
	EXPECT_EQ(-ECANCELED, res[3]);
	/* What is missing is sent again. */
	ASSERT_EQ(WRITES - count,
		  submit_from(&self->ring, self->fd, variant->fixed, self->audio, count));
	ASSERT_TRUE(all_taken(&self->ring, WRITES - count));
	finish(&self->ring, self->fd);
	EXPECT_TRUE(burned(self->audio, SIZE));
}

/* However little room there is, no write is taken in part. */
TEST_F_TIMEOUT(ring, large, SECONDS)
{
	long least = 2 * limit("write_sectors_max") * SECTOR, old = limit("in_flight_bytes");
	struct tao_track_begin begin = { 0 };
	size_t at, len;
	int writes = 0;

	set_limit("in_flight_bytes", least);
	set_realtime(true);
	/* Without an open track, io_uring would use a thread that may wait for all of them. */
	ASSERT_EQ(0, ioctl(self->fd, TAO_IOC_TRACK_BEGIN, &begin)) TH_LOG("%s", strerror(errno));
	for (at = 0; at < SIZE; at += len) {
		/* Sometimes more than there can ever be room for */
		len = writes % 3 ? 2 * QUANTUM : least + QUANTUM;
		if (len > SIZE - at)
			len = SIZE - at;
		ring_write(&self->ring, self->fd, variant->fixed, self->audio + at, len, at,
			   writes++);
	}
	ASSERT_EQ(writes, ring_submit(&self->ring, writes));
	ASSERT_TRUE(all_taken(&self->ring, writes));
	finish(&self->ring, self->fd);
	set_limit("in_flight_bytes", old);
	EXPECT_TRUE(burned(self->audio, SIZE));
}

/* No thread waits for the drive in this case, so the write fails because it never fits. */
TEST_F(ring, too_large_not_to_wait)
{
	long least = 2 * limit("write_sectors_max") * SECTOR, old = limit("in_flight_bytes");
	struct tao_track_begin begin = { 0 };
	struct io_uring_cqe cqe;

	set_limit("in_flight_bytes", least);
	ASSERT_EQ(0, ioctl(self->fd, TAO_IOC_TRACK_BEGIN, &begin)) TH_LOG("%s", strerror(errno));
	ASSERT_EQ(0, fcntl(self->fd, F_SETFL, O_NONBLOCK));
	ring_write(&self->ring, self->fd, variant->fixed, self->audio, least, 0, 0);
	ASSERT_EQ(1, ring_submit(&self->ring, 0));
	ASSERT_EQ(0, ring_wait(&self->ring, &cqe));
	EXPECT_EQ(-EMSGSIZE, cqe.res);
	ring_write(&self->ring, self->fd, variant->fixed, self->audio, QUANTUM, 0, 0);
	ASSERT_EQ(1, ring_submit(&self->ring, 0));
	ASSERT_TRUE(all_taken(&self->ring, 1));
	finish(&self->ring, self->fd);
	set_limit("in_flight_bytes", old);
	EXPECT_TRUE(burned(self->audio, QUANTUM));
}

/* If the track ends while a write waits for its turn, the write fails. */
TEST_F_TIMEOUT(ring, turn_never_comes, SECONDS)
{
	struct tao_track_end end = { 0 };
	struct io_uring_cqe cqe;

	ring_write(&self->ring, self->fd, variant->fixed, self->audio, QUANTUM, 0, 0);
	ASSERT_EQ(1, ring_submit(&self->ring, 1));
	ASSERT_TRUE(all_taken(&self->ring, 1));
	ring_write(&self->ring, self->fd, variant->fixed, self->audio, QUANTUM, 2 * QUANTUM, 0);
	ASSERT_EQ(1, ring_submit(&self->ring, 0));
	ASSERT_EQ(0, ioctl(self->fd, TAO_IOC_TRACK_END, &end)) TH_LOG("%s", strerror(errno));
	ASSERT_EQ(0, ring_wait(&self->ring, &cqe));
	EXPECT_EQ(-EINVAL, cqe.res);
	ring_write(&self->ring, self->fd, variant->fixed, self->audio, QUANTUM, QUANTUM, 0);
	ASSERT_EQ(1, ring_submit(&self->ring, 1));
	ASSERT_EQ(0, ring_wait(&self->ring, &cqe));
	EXPECT_EQ(-EINVAL, cqe.res);
	finish(&self->ring, self->fd);
	EXPECT_TRUE(burned(self->audio, QUANTUM));
}

TEST_HARNESS_MAIN
