// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whatever a writing program does, others can end its track: a program that is stuck in a page
 * fault, that waits for a pipe, or that has queued more than the drive takes.
 * lab: --smp 2
 * timeout: 300
 * debug
 * races
 */
#define _GNU_SOURCE
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "burner.h"
#include "harness.h"

#define EXPECT_CALL(error, call)	EXPECT_EQ(error, (call) ? errno : 0)
#define ASSERT_CALL(error, call)	ASSERT_EQ(error, (call) ? errno : 0)

#define SECTORS(n)	((n) * TAO_SECTOR_SIZE)
#define LONG		2400
/* Time limit for each of these calls, on a computer with other load */
#define SOON_US		20000000ul

static char *audio;

static void __attribute__((constructor)) power_on(void)
{
	static const char *const attributes[] = { "dma_alignment=511", "speed=4 8", NULL };

	sim_create("reach", attributes);
	audio = mmap(NULL, SECTORS(LONG), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		     0);
	sim_audio(audio, SECTORS(LONG), 3);
}

/* Another thread that uses the drive. */
struct worker {
	pthread_t thread;
	int fd;
	const void *data;
	size_t bytes;
	ssize_t ret;
	int error;
	atomic_bool done;
};

FIXTURE(reach)
{
	int w;
	int uffd;
	char *hole;	/* memory whose second half has no pages */
	struct worker worker;
};

#define HOLE_BYTES	(1 << 20)

static int make_hole(char **memory)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register range = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	int uffd = syscall(__NR_userfaultfd, O_CLOEXEC);

	*memory = mmap(NULL, HOLE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		       0);
	madvise(*memory, HOLE_BYTES, MADV_NOHUGEPAGE);
	memcpy(*memory, audio, HOLE_BYTES / 2);
	range.range.start = (unsigned long)*memory + HOLE_BYTES / 2;
	range.range.len = HOLE_BYTES / 2;
	if (uffd < 0 || ioctl(uffd, UFFDIO_API, &api) || ioctl(uffd, UFFDIO_REGISTER, &range))
		sim_die("userfaultfd");
	return uffd;
}

static void fill_hole(int uffd, char *memory)
{
	struct uffdio_zeropage zero = {
		.range = { (unsigned long)memory + HOLE_BYTES / 2, HOLE_BYTES / 2 },
	};

	if (ioctl(uffd, UFFDIO_ZEROPAGE, &zero))
		sim_die("zeropage");
}

FIXTURE_SETUP(reach)
{
	sim_set("fault", "clear");
	sim_set("realtime", "0");
	sim_new_disc("cdr80");
	self->w = open(sim_tao, O_WRONLY);
	ASSERT_LE(0, self->w);
	self->uffd = make_hole(&self->hole);
	memset(&self->worker, 0, sizeof(self->worker));
}

FIXTURE_TEARDOWN(reach)
{
	close(self->w);
	close(self->uffd);
	sim_set("fault", "clear");
	sim_set("realtime", "0");
}

static void *do_write(void *data)
{
	struct worker *w = data;

	w->ret = write(w->fd, w->data, w->bytes);
	w->error = w->ret < 0 ? errno : 0;
	w->done = true;
	return NULL;
}

static void *do_splice(void *data)
{
	struct worker *w = data;

	w->ret = splice(*(int *)w->data, NULL, w->fd, NULL, w->bytes, 0);
	w->error = w->ret < 0 ? errno : 0;
	w->done = true;
	return NULL;
}

static void *do_fsync(void *data)
{
	struct worker *w = data;

	w->ret = fsync(w->fd);
	w->error = w->ret ? errno : 0;
	w->done = true;
	return NULL;
}

static void *do_track_end(void *data)
{
	struct worker *w = data;

	w->ret = ioctl(w->fd, TAO_IOC_TRACK_END, (void *)w->data);
	w->error = w->ret ? errno : 0;
	w->done = true;
	return NULL;
}

static void start(struct worker *w, void *(*what)(void *), int fd, const void *data, size_t bytes)
{
	w->fd = fd;
	w->data = data;
	w->bytes = bytes;
	w->done = false;
	if (pthread_create(&w->thread, NULL, what, w))
		sim_die("thread");
}

/* Errno of a worker that does not finish */
#define NEVER	ETIME

/* Its errno, or NEVER. */
static int finish(struct worker *w)
{
	unsigned long began = now_us();

	while (!w->done) {
		if (now_us() - began > SOON_US)
			return NEVER;
		usleep(5000);
	}
	pthread_join(w->thread, NULL);
	return w->error;
}

/* Writes the half that exists, and leaves a writer that waits for the rest. */
static void write_into_hole(struct worker *w, int fd, const char *hole)
{
	int i;

	start(w, do_write, fd, hole, HOLE_BYTES);
	for (i = 0; sim_commands(OP_WRITE) < HOLE_BYTES / 2 / SECTORS(32); i++) {
		if (i == 2000)
			sim_die("nothing is written");
		usleep(5000);
	}
	usleep(200000);
}

TEST_F(reach, end_while_a_page_is_missing)
{
	struct worker *ender = calloc(1, sizeof(*ender));
	struct tao_track_end end = { 0 };

	write_into_hole(&self->worker, self->w, self->hole);
	start(ender, do_track_end, self->w, &end, 0);
	EXPECT_EQ(0, finish(ender));
	EXPECT_LE(300, end.sectors);
	fill_hole(self->uffd, self->hole);
	finish(&self->worker);
	/* The disc has the data that the program reported as taken, and no more. */
	EXPECT_GE(HOLE_BYTES / 2, self->worker.ret);
	EXPECT_TRUE(sim_holds(0, audio, HOLE_BYTES / 2 / SECTORS(32) * 32));
	EXPECT_EQ(1, sim_medium().tracks);
}

TEST_F(reach, cancel_while_a_page_is_missing)
{
	struct worker *ender = calloc(1, sizeof(*ender));
	struct tao_track_end end = { 0 };

	write_into_hole(&self->worker, self->w, self->hole);
	EXPECT_CALL(0, ioctl(self->w, TAO_IOC_CANCEL));
	start(ender, do_track_end, self->w, &end, 0);
	EXPECT_EQ(ECANCELED, finish(ender));
	EXPECT_EQ(300, end.sectors);
	fill_hole(self->uffd, self->hole);
	finish(&self->worker);
	EXPECT_EQ(1, sim_medium().tracks);
}

/* Two tracks in a row: the rest of a call does not get into the next track. */
TEST_F(reach, next_track_while_a_page_is_missing)
{
	struct worker *ender = calloc(1, sizeof(*ender));
	struct tao_track_begin begin = { 0 };
	struct tao_track_end end = { 0 };

	write_into_hole(&self->worker, self->w, self->hole);
	start(ender, do_track_end, self->w, &end, 0);
	EXPECT_EQ(0, finish(ender));
	ASSERT_CALL(0, ioctl(self->w, TAO_IOC_TRACK_BEGIN, &begin));
	fill_hole(self->uffd, self->hole);
	finish(&self->worker);
	EXPECT_GE(HOLE_BYTES / 2, self->worker.ret);
	ASSERT_EQ(SECTORS(320), write(self->w, audio + SECTORS(400), SECTORS(320)));
	EXPECT_CALL(0, ioctl(self->w, TAO_IOC_TRACK_END, &end));
	EXPECT_EQ(320, end.sectors);
	EXPECT_TRUE(sim_holds(begin.start_lba, audio + SECTORS(400), 320));
}

/* The same of a pipe that nobody fills until then. */
TEST_F(reach, next_track_while_a_pipe_is_empty)
{
	struct tao_track_begin begin = { 0 };
	struct tao_track_end end = { 0 };
	int p[2];

	ASSERT_EQ(0, pipe(p));
	ASSERT_EQ(SECTORS(320), write(self->w, audio, SECTORS(320)));
	start(&self->worker, do_splice, self->w, &p[0], SECTORS(100));
	usleep(300000);
	EXPECT_CALL(0, ioctl(self->w, TAO_IOC_TRACK_END, &end));
	ASSERT_CALL(0, ioctl(self->w, TAO_IOC_TRACK_BEGIN, &begin));
	ASSERT_EQ(SECTORS(10), write(p[1], audio, SECTORS(10)));
	EXPECT_EQ(EINVAL, finish(&self->worker));
	ASSERT_EQ(SECTORS(320), write(self->w, audio + SECTORS(400), SECTORS(320)));
	EXPECT_CALL(0, ioctl(self->w, TAO_IOC_TRACK_END, &end));
	EXPECT_TRUE(sim_holds(begin.start_lba, audio + SECTORS(400), 320));
}

static void *do_power_off(void *data)
{
	struct worker *w = data;

	sim_set("power", "0");
	w->done = true;
	return NULL;
}

TEST_F(reach, unplug_while_a_page_is_missing)
{
	struct worker *puller = calloc(1, sizeof(*puller));
	struct worker *ender = calloc(1, sizeof(*ender));
	struct tao_track_end end = { 0 };

	write_into_hole(&self->worker, self->w, self->hole);
	start(ender, do_track_end, self->w, &end, 0);
	start(puller, do_power_off, -1, NULL, 0);
	EXPECT_EQ(0, finish(puller));
	finish(ender);
	EXPECT_TRUE(ender->done);
	fill_hole(self->uffd, self->hole);
	finish(&self->worker);
	close(self->w);
	self->w = -1;
	sim_power_on();
}

static long get_limit(const char *name)
{
	char path[128];
	long value;
	FILE *f;

	snprintf(path, sizeof(path), "/sys/class/tao/%s/limits/%s", sim_tao + 5, name);
	f = fopen(path, "r");
	if (!f || fscanf(f, "%ld", &value) != 1)
		sim_die(path);
	fclose(f);
	return value;
}

static void set_limit(const char *name, long value)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "/sys/class/tao/%s/limits/%s", sim_tao + 5, name);
	f = fopen(path, "w");
	if (!f || fprintf(f, "%ld\n", value) < 0 || fclose(f))
		sim_die(path);
}

static void set_least_limit(void)
{
	set_limit("in_flight_bytes", 2 * SECTORS(get_limit("write_sectors_max")));
}

static int set_write_sectors(const char *text)
{
	char path[128];
	int fd, error;

	snprintf(path, sizeof(path), "/sys/class/tao/%s/limits/write_sectors", sim_tao + 5);
	fd = open(path, O_WRONLY);
	error = write(fd, text, strlen(text)) < 0 ? errno : 0;
	close(fd);
	return error;
}

static void *do_limits(void *data)
{
	struct worker *w = data;

	w->error = set_write_sectors("26");
	w->done = true;
	return NULL;
}

TEST_F(reach, limits_while_a_page_is_missing)
{
	struct worker *other = calloc(1, sizeof(*other));

	write_into_hole(&self->worker, self->w, self->hole);
	start(other, do_limits, -1, NULL, 0);
	EXPECT_EQ(EBUSY, finish(other));
	fill_hole(self->uffd, self->hole);
	EXPECT_EQ(0, finish(&self->worker));
	EXPECT_EQ(HOLE_BYTES, self->worker.ret);
}

/* A writer holds the lock of its pipe while a page is missing. */
TEST_F(reach, end_while_a_pipe_is_locked)
{
	struct worker *splicer = calloc(1, sizeof(*splicer));
	struct worker *ender = calloc(1, sizeof(*ender));
	struct tao_track_end end = { 0 };
	int p[2];

	ASSERT_EQ(0, pipe(p));
	fcntl(p[1], F_SETPIPE_SZ, HOLE_BYTES);
	ASSERT_EQ(SECTORS(320), write(self->w, audio, SECTORS(320)));
	start(&self->worker, do_write, p[1], self->hole + HOLE_BYTES / 2, 4096);
	usleep(300000);
	start(splicer, do_splice, self->w, &p[0], SECTORS(100));
	usleep(300000);
	start(ender, do_track_end, self->w, &end, 0);
	EXPECT_EQ(0, finish(ender));
	EXPECT_EQ(320, end.sectors);
	EXPECT_FALSE(splicer->done);
	fill_hole(self->uffd, self->hole);
	EXPECT_EQ(0, finish(&self->worker));
	EXPECT_EQ(EINVAL, finish(splicer));
}

/* If nothing is taken, splice must not return 0, which would mean the end of the file. */
TEST_F(reach, splice_when_the_limit_is_lowered)
{
	struct worker *splicer = calloc(1, sizeof(*splicer));
	struct tao_track_end end = { 0 };
	size_t done = 0;
	int p[2], i;

	ASSERT_EQ(0, pipe(p));
	fcntl(p[1], F_SETPIPE_SZ, HOLE_BYTES);
	/* 75 WRITEs are queued, which is more than the lowest limit and less than the highest. */
	ASSERT_EQ(SECTORS(32), write(self->w, audio, SECTORS(32)));
	sim_set("fault", "op=2a times=0 sense=2/04/08");
	while (done < SECTORS(LONG - 32)) {
		size_t left = SECTORS(LONG - 32) - done;
		ssize_t n = write(p[1], audio + SECTORS(32) + done, left < 65536 ? left : 65536);

		ASSERT_LT(0, n);
		ASSERT_EQ(n, splice(p[0], NULL, self->w, NULL, n, 0));
		done += n;
	}
	/* The splicer has found that there is room, and waits for the lock of the pipe. */
	start(&self->worker, do_write, p[1], self->hole + HOLE_BYTES / 2, 4096);
	usleep(300000);
	start(splicer, do_splice, self->w, &p[0], 4096);
	usleep(300000);
	set_least_limit();
	fill_hole(self->uffd, self->hole);
	EXPECT_EQ(0, finish(&self->worker));
	for (i = 0; i < 20 && !splicer->done; i++)
		usleep(50000);
	EXPECT_FALSE(splicer->done) TH_LOG("splice gave %zd", splicer->ret);
	sim_set("fault", "clear");
	EXPECT_EQ(0, finish(splicer));
	EXPECT_EQ(4096, splicer->ret);
	EXPECT_CALL(0, ioctl(self->w, TAO_IOC_TRACK_END, &end));
	EXPECT_EQ(LONG + 2, end.sectors);
	EXPECT_TRUE(sim_holds(0, audio, LONG));
	set_limit("in_flight_bytes", 32 << 20);
}

/* --- wake-ups --- */

TEST_F(reach, splice_is_woken)
{
	struct tao_track_end end = { 0 };
	int p[2];

	ASSERT_EQ(0, pipe(p));
	ASSERT_EQ(SECTORS(320), write(self->w, audio, SECTORS(320)));
	start(&self->worker, do_splice, self->w, &p[0], SECTORS(100));
	usleep(300000);
	EXPECT_FALSE(self->worker.done);
	EXPECT_CALL(0, ioctl(self->w, TAO_IOC_TRACK_END, &end));
	EXPECT_EQ(EINVAL, finish(&self->worker));

	ASSERT_EQ(SECTORS(320), write(self->w, audio, SECTORS(320)));
	start(&self->worker, do_splice, self->w, &p[0], SECTORS(100));
	usleep(300000);
	EXPECT_CALL(0, ioctl(self->w, TAO_IOC_CANCEL));
	EXPECT_EQ(ECANCELED, finish(&self->worker));
	EXPECT_CALL(ECANCELED, ioctl(self->w, TAO_IOC_TRACK_END, &end));

	ASSERT_EQ(SECTORS(320), write(self->w, audio, SECTORS(320)));
	start(&self->worker, do_splice, self->w, &p[0], SECTORS(100));
	usleep(300000);
	sim_set("power", "0");
	EXPECT_EQ(ENODEV, finish(&self->worker));
	close(self->w);
	self->w = -1;
	sim_power_on();
}

#define HOLD_MS		8000

static void *hold_memory(void *data)
{
	int fd = open("/sys/module/hold_memory/parameters/hold_ms", O_WRONLY);

	if (write(fd, "8000", 4) != 4)
		_exit(2);
	close(fd);
	return data;
}

/* Writes from memory that is not there while another thread keeps the address space locked. */
static void write_while_held(int fd)
{
	char *fresh = mmap(NULL, SECTORS(64), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			   -1, 0);
	pthread_t holder;

	/* No page of the program may be missing from then on. */
	if (fresh == MAP_FAILED || write(-1, fresh, 1) != -1 || usleep(1) ||
	    pthread_create(&holder, NULL, hold_memory, NULL))
		_exit(1);
	usleep(500000);
	_exit(write(fd, fresh, SECTORS(64)) < 0 && errno == ECANCELED ? 0 : 3);
}

/* As with a slow mmap(): the writer has to wait for it, and nobody else has. */
TEST_F(reach, address_space_is_locked)
{
	struct tao_track_end end = { 0 };
	struct timespec began, ended;
	int status;
	pid_t child;

	if (!sim_lab())
		SKIP(return, "it needs the module hold_memory");
	ASSERT_EQ(0, system("insmod build/selftests/tao/hold_memory/hold_memory.ko"));
	ASSERT_EQ(SECTORS(32), write(self->w, audio, SECTORS(32)));
	child = fork();
	if (!child)
		write_while_held(self->w);
	usleep(2000000);
	clock_gettime(CLOCK_MONOTONIC, &began);
	EXPECT_CALL(0, ioctl(self->w, TAO_IOC_CANCEL));
	EXPECT_CALL(ECANCELED, ioctl(self->w, TAO_IOC_TRACK_END, &end));
	clock_gettime(CLOCK_MONOTONIC, &ended);
	EXPECT_GT(HOLD_MS / 2000, ended.tv_sec - began.tv_sec);
	EXPECT_EQ(0, waitpid(child, &status, WNOHANG));
	EXPECT_EQ(300, end.sectors);
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(0, status);
	EXPECT_EQ(0, system("rmmod hold_memory"));
}

TEST_F(reach, fsync_is_woken)
{
	size_t done = 0;
	int p[2];

	ASSERT_EQ(0, pipe(p));
	fcntl(p[1], F_SETPIPE_SZ, HOLE_BYTES);
	sim_set("realtime", "1");
	ASSERT_EQ(SECTORS(32), write(self->w, audio, SECTORS(32)));
	while (done < SECTORS(LONG - 32)) {
		ssize_t n = write(p[1], audio, 65536);

		ASSERT_EQ(65536, n);
		n = splice(p[0], NULL, self->w, NULL, n, SPLICE_F_NONBLOCK);
		ASSERT_LT(0, n);
		done += n;
	}
	start(&self->worker, do_fsync, self->w, NULL, 0);
	usleep(300000);
	EXPECT_FALSE(self->worker.done);
	sim_set("power", "0");
	EXPECT_EQ(ENODEV, finish(&self->worker));
	close(self->w);
	self->w = -1;
	sim_power_on();
}

/* --- cut short --- */

/* The track is already ending; cancelling drops the data that the drive does not have yet. */
TEST_F(reach, cancel_of_a_track_that_ends)
{
	struct worker *ender = calloc(1, sizeof(*ender));
	struct tao_track_end end = { 0 };
	size_t done = SECTORS(32);

	sim_set("realtime", "1");
	ASSERT_EQ((ssize_t)done, write(self->w, audio, done));
	ASSERT_EQ(0, fcntl(self->w, F_SETFL, O_WRONLY | O_NONBLOCK));
	ASSERT_EQ(SECTORS(LONG - 32), write(self->w, audio + done, SECTORS(LONG - 32)));
	ASSERT_EQ(0, fcntl(self->w, F_SETFL, O_WRONLY));
	start(ender, do_track_end, self->w, &end, 0);
	usleep(300000);
	EXPECT_CALL(0, ioctl(self->w, TAO_IOC_CANCEL));
	EXPECT_EQ(ECANCELED, finish(ender));
	EXPECT_LE(300, end.sectors);
	EXPECT_GT(LONG, end.sectors);
	EXPECT_TRUE(sim_holds(0, audio, end.sectors));
}

/* Only silence is left to drop, and a track needs 300 sectors. */
TEST_F(reach, cancel_in_the_padding)
{
	struct worker *ender = calloc(1, sizeof(*ender));
	struct tao_track_end end = { 0 };
	int i;

	ASSERT_EQ(SECTORS(64), write(self->w, audio, SECTORS(64)));
	sim_set("fault", "op=2a times=1 delay=2000");
	start(ender, do_track_end, self->w, &end, 0);
	for (i = 0; sim_commands(OP_WRITE) < 3 && i < 1000; i++)
		usleep(5000);
	EXPECT_CALL(0, ioctl(self->w, TAO_IOC_CANCEL));
	EXPECT_EQ(ECANCELED, finish(ender));
	EXPECT_EQ(300, end.sectors);
	EXPECT_EQ(1, sim_medium().tracks);
	EXPECT_TRUE(sim_holds(0, audio, 64));
}

TEST_HARNESS_MAIN
