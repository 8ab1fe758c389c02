// SPDX-License-Identifier: GPL-2.0-only
/*
 * Programs that burn by the system calls of libaio, or through a ring that has the file for itself,
 * and are killed: neither does the program linger, nor is burned what waits for the drive. If such
 * a program ends by itself, it does not linger either, and all is burned.
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

FIXTURE(killed)
{
	pid_t pid;
};

FIXTURE_SETUP(killed)
{
	use_recorder(1);
	set_realtime(false);
	sim_new_disc("cdr80");
	audio = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, audio);
	sim_audio(audio, SIZE, 21);
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
	aio_context_t context = 0;
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
	} while (status.queue_bytes > QUANTUM && now() - began < 10);
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
	began = now();
	kill(self->pid, SIGKILL);
	for (i = 0; !waitpid(self->pid, &status, WNOHANG) && i < 1000; i++)
		usleep(10000);
	EXPECT_LT(i, 1000) TH_LOG("it waits for the drive");
	EXPECT_TRUE(given_back(began));
	/* What became of the dead one's audio is a track. */
	EXPECT_EQ(1, module_stats().tracks - before.tracks);
	EXPECT_EQ(0, module_stats().tracks_failed - before.tracks_failed);
}

static void ends_by_itself(struct __test_metadata *_metadata, int (*submit)(int fd))
{
	int status, i;
	pid_t pid = burn(submit, true);

	ASSERT_TRUE(queued());
	for (i = 0; !waitpid(pid, &status, WNOHANG) && i < 1000; i++)
		usleep(10000);
	EXPECT_LT(i, 1000) TH_LOG("it waits for the drive");
	EXPECT_TRUE(sim_status().queue_bytes > 20 * QUANTUM);
	sim_set("fault", "clear");
	sim_wait_idle();
	EXPECT_EQ(1, sim_medium().tracks);
	EXPECT_TRUE(sim_holds(0, audio, SIZE / TAO_SECTOR_SIZE));
}

TEST_F_TIMEOUT(killed, aio_that_ends, 120)
{
	ends_by_itself(_metadata, submit_aio);
}

TEST_F_TIMEOUT(killed, fixed_file_that_ends, 120)
{
	ends_by_itself(_metadata, submit_fixed_file);
}

TEST_F_TIMEOUT(killed, fixed_file, 120)
{
	double began;

	self->pid = burn(submit_fixed_file, false);
	ASSERT_TRUE(queued());
	began = now();
	kill(self->pid, SIGKILL);
	ASSERT_EQ(self->pid, waitpid(self->pid, NULL, 0));
	EXPECT_TRUE(given_back(began));
}

TEST_HARNESS_MAIN
