// SPDX-License-Identifier: GPL-2.0-only
/*
 * How far programs may run ahead of the drive: splice and sendfile up to the limit, O_NONBLOCK as
 * far as there is room, and poll says when there is.
 * lab: --smp 2 --watch
 * full
 * timeout: 300
 * debug
 * races
 */
#define _GNU_SOURCE
#include <poll.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include "stream.h"

#define SIZE	(60 * QUANTUM)	/* 4.5 MB: more than twice the drive's buffer */
#define SECONDS	120

FIXTURE(flow)
{
	char *audio;
	int file;	/* in the page cache */
	int fd;
	struct tao_statistics before;
};

FIXTURE_VARIANT(flow)
{
	int recorder;
};

FIXTURE_VARIANT_ADD(flow, 3)	{ .recorder = 0 };
FIXTURE_VARIANT_ADD(flow, 511)	{ .recorder = 1 };

FIXTURE_SETUP(flow)
{
	use_recorder(variant->recorder);
	set_realtime(false);
	sim_new_disc("cdr80");
	self->audio = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, self->audio);
	sim_audio(self->audio, SIZE, variant->recorder + 1);
	self->file = memfd_create("audio", 0);
	ASSERT_EQ(SIZE, write(self->file, self->audio, SIZE));
	self->fd = open(sim_tao, O_WRONLY);
	ASSERT_LE(0, self->fd) TH_LOG("%s: %s", sim_tao, strerror(errno));
	self->before = module_stats();
}

FIXTURE_TEARDOWN(flow)
{
	set_realtime(false);
}

static void finish(int fd)
{
	close(fd);
	sim_wait_idle();
}

static unsigned long long copied_since(const struct tao_statistics *before)
{
	return module_stats().bytes_copied - before->bytes_copied;
}

/* All data are queued long before the drive has them, and none are copied. */
TEST_F_TIMEOUT(flow, sendfile_runs_ahead, SECONDS)
{
	off_t offset = 0;
	ssize_t n = 1;

	/* A full buffer: the drive takes nothing until the fault is cleared. */
	sim_set("fault", "op=2a times=0 sense=2/04/08");
	while (offset < SIZE && n > 0)
		n = sendfile(self->fd, self->file, &offset, SIZE - offset);
	EXPECT_EQ(SIZE, offset) TH_LOG("sendfile: %s", strerror(errno));
	EXPECT_LT(SIZE - QUANTUM, sim_status().queue_bytes);
	sim_set("fault", "clear");
	/* References to the pages are held: changes of the file have no effect. */
	ASSERT_EQ(0, ftruncate(self->file, 0));
	finish(self->fd);
	EXPECT_TRUE(burned(self->audio, SIZE));
	EXPECT_EQ(0, copied_since(&self->before));
}

TEST_F_TIMEOUT(flow, sendfile_from_the_cache, SECONDS)
{
	const size_t tail = 1000, size = SIZE - QUANTUM + tail;
	off_t offset = 0;

	while ((size_t)offset < size)
		ASSERT_LT(0, sendfile(self->fd, self->file, &offset, size - offset));
	finish(self->fd);
	EXPECT_TRUE(burned(self->audio, size));
	EXPECT_GE(tail, copied_since(&self->before));
	EXPECT_LE(size - tail, recorder_stat("write_bytes_cache"));
	EXPECT_EQ(0, recorder_stat("write_bytes_user"));
}

/* No more data are held than the limit permits; splice waits then. */
TEST_F_TIMEOUT(flow, splice_limit, SECONDS)
{
	long least = 2 * limit("write_sectors_max") * SECTOR, old = limit("in_flight_bytes");
	unsigned int most = 0;
	struct tao_status s;
	int status;
	pid_t pid;

	set_limit("in_flight_bytes", least);
	set_realtime(true);
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		off_t offset = 0;

		while (offset < SIZE)
			if (sendfile(self->fd, self->file, &offset, SIZE - offset) <= 0)
				_exit(1);
		_exit(0);
	}
	while (!waitpid(pid, &status, WNOHANG)) {
		s = sim_status();
		EXPECT_EQ(least, s.queue_max_bytes);
		if (s.queue_bytes > most)
			most = s.queue_bytes;
		usleep(5000);
	}
	EXPECT_EQ(0, status);
	EXPECT_GE(least, most);
	EXPECT_LT(least / 2, most);
	finish(self->fd);
	set_limit("in_flight_bytes", old);
	EXPECT_TRUE(burned(self->audio, SIZE));
}

/* A limit of less than two WRITEs is refused, and so is an excessive one. */
TEST_F(flow, limits_of_the_limit)
{
	long least = 2 * limit("write_sectors_max") * SECTOR;
	char path[128], text[32];
	int fd;

	snprintf(path, sizeof(path), "/sys/class/tao/%s/limits/in_flight_bytes",
		 strrchr(sim_tao, '/') + 1);
	fd = open(path, O_WRONLY);
	snprintf(text, sizeof(text), "%ld", least - 1);
	EXPECT_EQ(-1, pwrite(fd, text, strlen(text), 0));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, pwrite(fd, "4000000000", 10, 0));
	EXPECT_EQ(EINVAL, errno);
	close(fd);
}

/* When write() returns, the caller may reuse its memory, even if the call did not wait. */
TEST_F_TIMEOUT(flow, nonblocking_write, SECONDS)
{
	long old = limit("in_flight_bytes");
	struct pollfd p = { .events = POLLOUT };
	char *memory = malloc(2 * QUANTUM);
	unsigned int waits = 0;
	size_t at = 0;

	ASSERT_NE(NULL, memory);
	finish(self->fd);
	set_limit("in_flight_bytes", 2 * limit("write_sectors_max") * SECTOR);
	set_realtime(true);
	p.fd = open(sim_tao, O_WRONLY | O_NONBLOCK);
	ASSERT_LE(0, p.fd);
	while (at < SIZE) {
		size_t len = SIZE - at < 100000 ? SIZE - at : 100000;
		double start = clock_s();
		ssize_t n;

		memcpy(memory, self->audio + at, len);
		n = write(p.fd, memory, len);
		/* Only detects hangs; the waits for POLLOUT show that it does not wait. */
		EXPECT_GT(10, clock_s() - start);
		memset(memory, 0x55, len);
		if (n > 0) {
			at += n;
			continue;
		}
		ASSERT_EQ(EAGAIN, errno);
		waits++;
		ASSERT_EQ(1, poll(&p, 1, 20000));
		ASSERT_TRUE(p.revents & POLLOUT);
	}
	EXPECT_LT(2, waits);
	finish(p.fd);
	set_limit("in_flight_bytes", old);
	EXPECT_TRUE(burned(self->audio, SIZE));
	free(memory);
}

/* Keeps the queue full for @seconds. */
static void keep_writing(int fd, const char *audio, double seconds)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };
	double end = clock_s() + seconds;

	while (clock_s() < end)
		if (write(fd, audio, QUANTUM) < 0 && (errno != EAGAIN || poll(&p, 1, 20000) != 1))
			_exit(1);
	_exit(0);
}

/* It is about what was written before, whatever another thread or program writes meanwhile. */
TEST_F_TIMEOUT(flow, fsync_beside_a_writer, SECONDS)
{
	long old = limit("in_flight_bytes");
	const double seconds = 20;
	int fd, status, i;
	double began;
	pid_t writer;

	finish(self->fd);
	set_limit("in_flight_bytes", 2 * limit("write_sectors_max") * SECTOR);
	set_realtime(true);
	fd = open(sim_tao, O_WRONLY | O_NONBLOCK);
	ASSERT_LE(0, fd);
	began = clock_s();
	writer = fork();
	if (!writer)
		keep_writing(fd, self->audio, seconds);
	for (i = 0; i < 1000 && sim_status().queue_bytes < QUANTUM; i++)
		usleep(10000);
	ASSERT_GT(1000, i);
	sleep(3);
	ASSERT_EQ(0, fsync(fd));
	EXPECT_GT(seconds - 5, clock_s() - began);
	ASSERT_EQ(writer, waitpid(writer, &status, 0));
	EXPECT_EQ(0, status);
	finish(fd);
	set_limit("in_flight_bytes", old);
}

/* Neither an empty pipe nor a full queue makes a call wait. */
TEST_F_TIMEOUT(flow, nonblocking_splice, SECONDS)
{
	struct pollfd p = { .events = POLLOUT };
	loff_t from = 0;
	size_t at = 0;
	int pipes[2];

	ASSERT_EQ(0, pipe(pipes));
	p.fd = self->fd;
	/* The first one takes the time to begin a track. */
	ASSERT_EQ(SECTOR, write(self->fd, self->audio, SECTOR));
	at = SECTOR;
	from = SECTOR;
	EXPECT_EQ(-1, splice(pipes[0], NULL, self->fd, NULL, 4096, SPLICE_F_NONBLOCK));
	EXPECT_EQ(EAGAIN, errno);
	set_realtime(true);
	while (at < SIZE) {
		ssize_t n;

		n = splice(self->file, &from, pipes[1], NULL, SIZE - from, SPLICE_F_NONBLOCK);
		ASSERT_TRUE(n > 0 || (n < 0 && errno == EAGAIN) || from == SIZE);
		n = splice(pipes[0], NULL, self->fd, NULL, SIZE - at, SPLICE_F_NONBLOCK);
		if (n > 0) {
			at += n;
			continue;
		}
		ASSERT_EQ(EAGAIN, errno);
		ASSERT_EQ(1, poll(&p, 1, 20000));
	}
	finish(self->fd);
	EXPECT_TRUE(burned(self->audio, SIZE));
}

/* The splice ends at the end of the pipe. */
TEST_F_TIMEOUT(flow, end_of_the_pipe, SECONDS)
{
	int pipes[2];

	ASSERT_EQ(0, pipe(pipes));
	ASSERT_EQ(50000, write(pipes[1], self->audio, 50000));
	close(pipes[1]);
	ASSERT_EQ(50000, splice(pipes[0], NULL, self->fd, NULL, 1 << 20, 0));
	ASSERT_EQ(0, splice(pipes[0], NULL, self->fd, NULL, 1 << 20, 0));
	finish(self->fd);
	EXPECT_TRUE(burned(self->audio, 50000));
}

static ssize_t write_all(int fd, const char *from, size_t bytes)
{
	size_t done = 0;

	while (done < bytes) {
		ssize_t n = write(fd, from + done, bytes - done);

		if (n <= 0)
			return n;
		done += n;
	}
	return done;
}

/* Data of a socket are in runs of pages, and each run is one buffer of the pipe. */
TEST_F_TIMEOUT(flow, splice_from_a_socket, SECONDS)
{
	int ends[2], sockets[2];
	size_t done = 0;
	pid_t pid;

	ASSERT_EQ(0, pipe(ends));
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, sockets));
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		close(sockets[0]);
		_exit(write_all(sockets[1], self->audio, SIZE) != SIZE);
	}
	close(sockets[1]);
	while (done < SIZE) {
		ssize_t n = splice(sockets[0], NULL, ends[1], NULL, SIZE - done, 0);

		ASSERT_LT(0, n);
		while (n > 0) {
			ssize_t m = splice(ends[0], NULL, self->fd, NULL, n, 0);

			ASSERT_LT(0, m) TH_LOG("%s", strerror(errno));
			done += m;
			n -= m;
		}
	}
	finish(self->fd);
	EXPECT_TRUE(burned(self->audio, SIZE));
}

TEST_HARNESS_MAIN
