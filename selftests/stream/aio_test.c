// SPDX-License-Identifier: GPL-2.0-only
/*
 * Programs that burn by the system calls of libaio, or through a ring that has the file for itself,
 * and are killed: neither does the program linger, nor is burned what waits for the drive. If such
 * a program ends by itself, it does not linger either, and all is burned. It does not matter who
 * has opened the device: a shell does that, and becomes the program by execve(). And a write of aio
 * that can never be taken without waiting is refused for good.
 * lab: --smp 2
 * timeout: 200
 * debug
 * races
 * build: -luring
 */
#define _GNU_SOURCE
#include <linux/aio_abi.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "stream.h"
#include "uring.h"

#define WRITES	64
#define SIZE	(WRITES * QUANTUM)

static char *audio;
static aio_context_t context;

static void make_audio(void)
{
	audio = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (audio == MAP_FAILED)
		sim_die("memory");
	sim_audio(audio, SIZE, 21);
}

FIXTURE(killed)
{
	pid_t pid;
};

FIXTURE_SETUP(killed)
{
	use_recorder(1);
	set_realtime(false);
	sim_new_disc("cdr80");
	make_audio();
	/* The drive's buffer stays full from the third WRITE on. */
	sim_set("fault", "op=2a nth=3 times=0 sense=2/04/08");
}

FIXTURE_TEARDOWN(killed)
{
	sim_set("fault", "clear");
}

static int submit_aio(int fd)
{
	static struct iocb iocbs[WRITES];
	struct iocb *list[WRITES];
	int i;

	for (i = 0; i < WRITES; i++) {
		iocbs[i] = (struct iocb){
			.aio_fildes = fd,
			.aio_lio_opcode = IOCB_CMD_PWRITE,
			.aio_buf = (unsigned long)audio + i * QUANTUM,
			.aio_nbytes = QUANTUM,
			.aio_offset = (long long)i * QUANTUM,
		};
		list[i] = &iocbs[i];
	}
	if (syscall(SYS_io_setup, WRITES, &context))
		return -1;
	return syscall(SYS_io_submit, context, WRITES, list) == WRITES ? 0 : -1;
}

/* The file is the ring's alone: no descriptor is closed when the program dies. */
static int submit_fixed_file(int fd)
{
	struct ring ring;
	int i;

	if (ring_open(&ring, WRITES) || io_uring_register_files(&ring.io, &fd, 1))
		return -1;
	close(fd);
	for (i = 0; i < WRITES; i++)
		ring_write(&ring, 0, 0, audio + i * QUANTUM, QUANTUM, (uint64_t)i * QUANTUM, i)
			->flags |= IOSQE_FIXED_FILE;
	return ring_submit(&ring, 0) == WRITES ? 0 : -1;
}

static pid_t burn(int (*submit)(int fd), bool ends)
{
	pid_t pid = fork();
	int fd;

	if (pid)
		return pid;
	fd = open(sim_tao, O_WRONLY);
	if (fd < 0 || submit(fd))
		_exit(1);
	if (!ends)
		pause();
	_exit(0);
}

static bool queued(void)
{
	int i;

	for (i = 0; i < 2000 && sim_status().queue_bytes < 20 * QUANTUM; i++)
		usleep(10000);
	return i < 2000;
}

/* Whether the drive is given back soon, with what it had got as a track of 300 sectors. */
static bool given_back(double began)
{
	struct tao_status status;
	struct tao_medium medium;
	bool same;

	do {
		status = sim_status();
		usleep(20000);
		/* One WRITE of silence may wait for the drive. */
	} while (status.queue_bytes > QUANTUM && clock_s() - began < 10);
	sim_set("fault", "clear");
	sim_wait_idle();
	medium = sim_medium();
	same = sim_holds(0, audio, 64);
	fprintf(stderr, "# %u bytes queued, tracks: %u, what the drive had got: %s\n",
		status.queue_bytes, medium.tracks, same ? "there" : "not there");
	return status.queue_bytes <= QUANTUM && medium.tracks == 1 && same;
}

TEST_F_TIMEOUT(killed, aio, 120)
{
	struct tao_statistics before = module_stats();
	double began;
	int status, i;

	self->pid = burn(submit_aio, false);
	ASSERT_TRUE(queued());
	began = clock_s();
	kill(self->pid, SIGKILL);
	for (i = 0; !waitpid(self->pid, &status, WNOHANG) && i < 1000; i++)
		usleep(10000);
	EXPECT_LT(i, 1000) TH_LOG("it waits for the drive");
	EXPECT_TRUE(given_back(began));
	/* What became of the dead one's audio is a track. */
	EXPECT_EQ(1, module_stats().tracks - before.tracks);
	EXPECT_EQ(0, module_stats().tracks_failed - before.tracks_failed);
}

/* The burner does not linger, and all of its audio is burned; @fd is the last descriptor, or -1. */
static void ends(struct __test_metadata *_metadata, pid_t pid, int fd)
{
	int status, i;

	ASSERT_TRUE(queued());
	for (i = 0; !waitpid(pid, &status, WNOHANG) && i < 1000; i++)
		usleep(10000);
	EXPECT_LT(i, 1000) TH_LOG("it waits for the drive");
	EXPECT_TRUE(sim_status().queue_bytes > 20 * QUANTUM);
	sim_set("fault", "clear");
	if (fd >= 0)
		EXPECT_EQ(0, close(fd));
	sim_wait_idle();
	EXPECT_EQ(1, sim_medium().tracks);
	EXPECT_TRUE(sim_holds(0, audio, SIZE / TAO_SECTOR_SIZE));
}

TEST_F_TIMEOUT(killed, aio_that_ends, 120)
{
	ends(_metadata, burn(submit_aio, true), -1);
}

TEST_F_TIMEOUT(killed, fixed_file_that_ends, 120)
{
	ends(_metadata, burn(submit_fixed_file, true), -1);
}

TEST_F_TIMEOUT(killed, fixed_file, 120)
{
	double began;

	self->pid = burn(submit_fixed_file, false);
	ASSERT_TRUE(queued());
	began = clock_s();
	kill(self->pid, SIGKILL);
	ASSERT_EQ(self->pid, waitpid(self->pid, NULL, 0));
	EXPECT_TRUE(given_back(began));
}

/* --- programs that others have opened the device for --- */

/* Uses its memory again as soon as a write is complete, as programs may. */
static int reuse(int fd)
{
	struct io_event event;
	int i;

	if (submit_aio(fd))
		return 1;
	for (i = 0; i < WRITES; i++) {
		if (syscall(SYS_io_getevents, context, 1, 1, &event, NULL) != 1 ||
		    event.res != QUANTUM)
			return 1;
		memset((char *)((struct iocb *)event.obj)->aio_buf, 0xff, QUANTUM);
	}
	return 0;
}

/* This program, executed by a child of the test. It does not get as far as main(). */
static void __attribute__((constructor(101))) burn_executed(void)
{
	const char *how = getenv("BURN");

	if (!how)
		return;
	make_audio();
	_exit(strcmp(how, "reuse") ? submit_aio(STDOUT_FILENO) : reuse(STDOUT_FILENO));
}

/* As a shell does it for "program > /dev/taoN". */
static void redirect_and_execute(char *how)
{
	char *const arguments[] = { "burner", NULL };
	char *const environment[] = { how, NULL };
	int fd = open(sim_tao, O_WRONLY);

	if (fd >= 0 && dup2(fd, STDOUT_FILENO) >= 0 && !close(fd))
		execve("/proc/self/exe", arguments, environment);
	_exit(1);
}

/* The memory of the shell is gone, and that of the program is not. */
TEST_F_TIMEOUT(killed, aio_by_execve, 120)
{
	struct tao_status status;
	int result;

	self->pid = fork();
	if (!self->pid)
		redirect_and_execute("BURN=reuse");
	ASSERT_TRUE(queued());
	/* Several times what the module looks for dead programs. */
	sleep(2);
	status = sim_status();
	EXPECT_TRUE(status.queue_bytes > 20 * QUANTUM);
	EXPECT_EQ(self->pid, status.owner_pid);
	EXPECT_STREQ("exe", status.owner);
	sim_set("fault", "clear");
	ASSERT_EQ(self->pid, waitpid(self->pid, &result, 0));
	EXPECT_EQ(0, result);
	sim_wait_idle();
	sim_audio(audio, SIZE, 21);
	EXPECT_TRUE(sim_holds(0, audio, SIZE / TAO_SECTOR_SIZE));
}

/* A shell that uses vfork(): its memory was the child's at the open(), and remains. */
TEST_F_TIMEOUT(killed, aio_by_vfork_that_ends, 120)
{
	self->pid = vfork();
	if (!self->pid)
		redirect_and_execute("BURN=end");
	ends(_metadata, self->pid, -1);
}

/* A shell that has opened the device before. */
TEST_F_TIMEOUT(killed, aio_of_a_child_that_ends, 120)
{
	int fd = open(sim_tao, O_WRONLY);

	ASSERT_LE(0, fd);
	self->pid = fork();
	if (!self->pid)
		_exit(submit_aio(fd));
	ends(_metadata, self->pid, fd);
}

/* Another process has the ring and the memory of one that is gone, and would use that again. */
TEST_F_TIMEOUT(killed, shared_ring, 120)
{
	struct io_uring_cqe *cqe;
	unsigned int completed = 0;
	struct ring ring;
	int i, fd, result;

	ASSERT_EQ(0, ring_open(&ring, WRITES));
	self->pid = fork();
	if (!self->pid) {
		fd = open(sim_tao, O_WRONLY);
		for (i = 0; i < WRITES; i++)
			ring_write(&ring, fd, 0, audio + i * QUANTUM, QUANTUM,
				   (uint64_t)i * QUANTUM, i);
		_exit(ring_submit(&ring, 0) == WRITES ? 0 : 1);
	}
	ASSERT_TRUE(queued());
	ASSERT_EQ(self->pid, waitpid(self->pid, &result, 0));
	EXPECT_EQ(0, result);
	sleep(2);
	while (!io_uring_peek_cqe(&ring.io, &cqe)) {
		io_uring_cqe_seen(&ring.io, cqe);
		completed++;
	}
	EXPECT_GT(WRITES / 2, completed);
	sim_set("fault", "clear");
	sim_wait_idle();
	EXPECT_TRUE(sim_holds(0, audio, SIZE / TAO_SECTOR_SIZE));
	ring_close(&ring);
}

/* --- RWF_NOWAIT --- */

/* Nobody sends it again in its place, and there will never be room for all of it. */
TEST(too_much_at_once)
{
	struct iocb iocb = {
		.aio_lio_opcode = IOCB_CMD_PWRITE,
		.aio_rw_flags = RWF_NOWAIT,
		.aio_nbytes = SIZE,
	}, *list = &iocb;
	struct timespec none = { 0 };
	struct io_event event;
	long old;

	use_recorder(1);
	set_realtime(false);
	sim_new_disc("cdr80");
	make_audio();
	old = limit("in_flight_bytes");
	set_limit("in_flight_bytes", SIZE / 2);
	iocb.aio_buf = (unsigned long)audio;
	iocb.aio_fildes = open(sim_tao, O_WRONLY);
	ASSERT_EQ(0, ioctl(iocb.aio_fildes, TAO_IOC_TRACK_BEGIN, &(struct tao_track_begin) { }));
	ASSERT_EQ(0, syscall(SYS_io_setup, 1, &context));
	ASSERT_EQ(1, syscall(SYS_io_submit, context, 1, &list));
	ASSERT_EQ(1, syscall(SYS_io_getevents, context, 1, 1, &event, &none));
	EXPECT_EQ(-EMSGSIZE, event.res);
	/* A part of it is taken. */
	iocb.aio_nbytes = QUANTUM;
	ASSERT_EQ(1, syscall(SYS_io_submit, context, 1, &list));
	ASSERT_EQ(1, syscall(SYS_io_getevents, context, 1, 1, &event, NULL));
	EXPECT_EQ(QUANTUM, event.res);
	close(iocb.aio_fildes);
	set_limit("in_flight_bytes", old);
}

TEST_HARNESS_MAIN
