// SPDX-License-Identifier: GPL-2.0-only
/*
 * Programs that die, fork, pass their descriptors on, get signals or do not wait; drives that are
 * unplugged; modules that are to be unloaded. The disc stays usable, and has the data that were
 * sent.
 * lab: --smp 2 --doors
 * full
 * timeout: 600
 * debug
 * races
 */
#define _GNU_SOURCE
#include <grp.h>
#include <poll.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "../clock.h"
#include "burner.h"
#include "harness.h"

#define EXPECT_CALL(error, call)	EXPECT_EQ(error, (call) ? errno : 0)
#define ASSERT_CALL(error, call)	ASSERT_EQ(error, (call) ? errno : 0)

/* At 8x, 600 sectors pass per second. The recorder's buffer holds 891. */
#define SPEED		600
#define BUFFER_SECTORS	891
#define LONG		2400
#define SECTORS(n)	((n) * TAO_SECTOR_SIZE)

static char *audio;

static void __attribute__((constructor)) power_on(void)
{
	static const char *const attributes[] = { "dma_alignment=511", "speed=4 8", NULL };
	const char *seed = getenv("TAO_SEED");
	unsigned int number = seed && *seed ? strtoul(seed, NULL, 10) : time(NULL) % 1000000;

	printf("# seed %u\n", number);
	srandom(number);
	sim_create("life", attributes);
	audio = mmap(NULL, SECTORS(LONG), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	sim_audio(audio, SECTORS(LONG), number);
}

FIXTURE(life)
{
	int w;
};

FIXTURE_SETUP(life)
{
	sim_set("realtime", "0");
	sim_new_disc("cdr80");
	self->w = open(sim_tao, O_WRONLY);
	ASSERT_LE(0, self->w) TH_LOG("open: %s", strerror(errno));
}

FIXTURE_TEARDOWN(life)
{
	if (self->w >= 0)
		close(self->w);
	sim_set("realtime", "0");
}

/* The length of the last track according to the table of contents. */
static unsigned int last_track(int *start)
{
	struct tao_toc toc;
	struct tao_toc_entry *last;

	if (sim_ioctl(TAO_IOC_GET_TOC, &toc) || toc.entries_count < 2)
		return 0;
	last = &toc.entries[toc.entries_count - 2];
	*start = last->start_lba;
	return last->sectors;
}

/* A track that was cut short has sectors of the source, and silence up to 300. */
static bool is_prefix(int lba, unsigned int sectors)
{
	char *expected = malloc(SECTORS(sectors));
	unsigned int n = sectors;
	bool same;

	if (sectors > LONG)
		return false;
	memcpy(expected, audio, SECTORS(sectors));
	same = sim_holds(lba, expected, sectors);
	while (!same && sectors == 300 && n) {
		memset(expected + SECTORS(--n), 0, TAO_SECTOR_SIZE);
		same = sim_holds(lba, expected, sectors);
	}
	free(expected);
	return same;
}

/* Nothing holds the disc, the door can be opened, and another track can be burned. */
static bool usable(void)
{
	int fd, start;

	sim_wait_idle();
	if (sim_left_locked() || !exclusive_open_works())
		return false;
	sim_set("realtime", "0");
	fd = open(sim_tao, O_WRONLY);
	if (fd < 0 || write_all(fd, audio, SECTORS(300)) || close(fd))
		return false;
	return last_track(&start) == 300 && sim_holds(start, audio, 300);
}

/* --- forked, passed on --- */

TEST_F(life, forked)
{
	int status, start;
	pid_t child;

	ASSERT_CALL(0, write_all(self->w, audio, SECTORS(100)));
	child = fork();
	if (!child) {
		usleep(300000);
		_exit(write_all(self->w, audio + SECTORS(100), SECTORS(250)) || close(self->w));
	}
	ASSERT_CALL(0, close(self->w));
	self->w = -1;
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(0, status);
	sim_wait_idle();
	EXPECT_EQ(350, last_track(&start));
	EXPECT_TRUE(sim_holds(0, audio, 350));
	EXPECT_TRUE(usable());
}

TEST_F(life, over_a_socket)
{
	int sockets[2], fd, start;

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, sockets));
	ASSERT_CALL(0, write_all(self->w, audio, SECTORS(100)));
	ASSERT_EQ(0, send_fd(sockets[0], self->w));
	/* The descriptor is in flight, so this is not the last close. */
	ASSERT_CALL(0, close(self->w));
	self->w = -1;
	EXPECT_EQ(TAO_STATE_TRACK_OPEN, sim_status().state);
	fd = receive_fd(sockets[1]);
	ASSERT_LE(0, fd);
	ASSERT_CALL(0, write_all(fd, audio + SECTORS(100), SECTORS(220)));
	EXPECT_CALL(0, close(fd));
	EXPECT_EQ(320, last_track(&start));
	EXPECT_TRUE(sim_holds(0, audio, 320));
	EXPECT_TRUE(usable());
}

/* A program that was handed a descriptor and never used it does not wait for the drive. */
TEST_F(life, closed_by_one_that_did_nothing)
{
	int sockets[2], start, status;
	double began;
	pid_t child;

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, sockets));
	sim_set("fault", "op=35 times=1 delay=5000");
	child = fork();
	if (!child) {
		int fd;

		close(self->w);
		fd = receive_fd(sockets[1]);
		sleep(1);
		began = clock_s();
		if (close(fd))
			_exit(errno);
		_exit(clock_s() - began > 2 ? ETIME : 0);
	}
	ASSERT_CALL(0, write_all(self->w, audio, SECTORS(320)));
	ASSERT_EQ(0, send_fd(sockets[0], self->w));
	ASSERT_CALL(0, close(self->w));
	self->w = -1;
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(0, WEXITSTATUS(status));
	EXPECT_NE(TAO_STATE_IDLE, sim_status().state);
	sim_wait_idle();
	sim_set("fault", "clear");
	EXPECT_EQ(320, last_track(&start));
	EXPECT_TRUE(sim_holds(0, audio, 320));
	EXPECT_TRUE(usable());
}

/* What the next one wrote is burned, whatever becomes of the first. */
TEST_F(life, opened_by_one_that_is_killed)
{
	int sockets[2], fd, start;
	pid_t child;

	close(self->w);
	self->w = -1;
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, sockets));
	child = fork();
	if (!child) {
		fd = open(sim_tao, O_WRONLY);
		if (fd < 0 || write_all(fd, audio, SECTORS(100)) || send_fd(sockets[0], fd))
			_exit(1);
		pause();
	}
	fd = receive_fd(sockets[1]);
	ASSERT_LE(0, fd);
	/* Not only whole WRITEs */
	ASSERT_CALL(0, write_all(fd, audio + SECTORS(100), SECTORS(221)));
	kill(child, SIGKILL);
	ASSERT_EQ(child, waitpid(child, NULL, 0));
	EXPECT_CALL(0, close(fd));
	EXPECT_EQ(321, last_track(&start));
	EXPECT_TRUE(sim_holds(0, audio, 321));
	EXPECT_TRUE(usable());
}

TEST_F(life, lost_in_a_socket)
{
	int sockets[2], start;

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, sockets));
	ASSERT_CALL(0, write_all(self->w, audio, SECTORS(330)));
	ASSERT_EQ(0, send_fd(sockets[0], self->w));
	ASSERT_CALL(0, close(self->w));
	self->w = -1;
	close(sockets[0]);
	close(sockets[1]);
	sim_wait_idle();
	EXPECT_EQ(330, last_track(&start));
	EXPECT_TRUE(sim_holds(0, audio, 330));
	EXPECT_TRUE(usable());
}

/* A claim by PREPARE ends no later than its descriptor; the session stays open. */
TEST_F(life, prepared_and_gone)
{
	struct tao_prepare prepare = { 0 };

	ASSERT_CALL(0, ioctl(self->w, TAO_IOC_PREPARE, &prepare));
	ASSERT_CALL(0, write_all(self->w, audio, SECTORS(300)));
	EXPECT_CALL(0, close(self->w));
	self->w = -1;
	sim_wait_idle();
	EXPECT_FALSE(sim_left_locked());
	EXPECT_EQ(TAO_DISC_APPENDABLE, sim_medium().status);
	EXPECT_EQ(0, sim_commands(OP_CLOSE));
	EXPECT_TRUE(usable());
}

/* --- non-blocking --- */

TEST_F(life, open_waits_for_the_end_of_a_track)
{
	double began;
	pid_t child;
	int status, fd;

	close(self->w);
	self->w = -1;
	sim_set("realtime", "1");
	child = fork();
	if (!child) {
		fd = open(sim_tao, O_WRONLY);
		/* The buffer is full when the program dies: 1.5 s remain. */
		write_all(fd, audio, SECTORS(BUFFER_SECTORS));
		raise(SIGKILL);
	}
	ASSERT_EQ(child, waitpid(child, &status, 0));
	ASSERT_TRUE(WIFSIGNALED(status));
	EXPECT_EQ(-1, open(sim_tao, O_WRONLY | O_NONBLOCK));
	EXPECT_EQ(EBUSY, errno);
	began = clock_s();
	self->w = open(sim_tao, O_WRONLY);
	EXPECT_LE(0, self->w);
	EXPECT_LT(0.1, clock_s() - began);
	EXPECT_EQ(TAO_STATE_IDLE, sim_status().state);
	EXPECT_EQ(1, sim_medium().tracks);
}

static int wait_out(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };

	return poll(&p, 1, 20000) == 1 && p.revents == POLLOUT ? 0 : -1;
}

/* The minimum that may wait for the drive: two of the largest WRITEs. */
static void shorten_queue(void)
{
	unsigned long long sectors;
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "/sys/class/tao/%s/limits/write_sectors_max", sim_tao + 5);
	f = fopen(path, "r");
	if (!f || fscanf(f, "%llu", &sectors) != 1)
		abort();
	fclose(f);
	snprintf(path, sizeof(path), "/sys/class/tao/%s/limits/in_flight_bytes", sim_tao + 5);
	f = fopen(path, "w");
	if (!f || fprintf(f, "%llu\n", SECTORS(2 * sectors)) < 0 || fclose(f))
		abort();
}

TEST_F(life, nonblocking_write)
{
	size_t done = 0;
	int again = 0, start;

	close(self->w);
	shorten_queue();
	self->w = open(sim_tao, O_WRONLY | O_NONBLOCK);
	ASSERT_LE(0, self->w);
	sim_set("realtime", "1");
	ASSERT_EQ(0, wait_out(self->w));
	while (done < SECTORS(LONG)) {
		ssize_t n = write(self->w, audio + done, SECTORS(LONG) - done);

		if (n < 0) {
			ASSERT_EQ(EAGAIN, errno);
			ASSERT_EQ(0, wait_out(self->w));
			again++;
			continue;
		}
		done += n;
	}
	EXPECT_LT(0, again);
	EXPECT_CALL(0, close(self->w));
	self->w = -1;
	sim_wait_idle();
	EXPECT_EQ(LONG, last_track(&start));
	EXPECT_TRUE(sim_holds(0, audio, LONG));
}

TEST_F(life, poll)
{
	struct tao_status status;
	struct pollfd w = { .fd = self->w, .events = POLLIN | POLLOUT | POLLPRI };
	struct pollfd r = { .fd = open(sim_tao, O_RDONLY), .events = POLLOUT | POLLPRI };

	sim_wait_idle();
	ASSERT_CALL(0, ioctl(self->w, TAO_IOC_GET_STATUS, &status));
	ASSERT_CALL(0, ioctl(r.fd, TAO_IOC_GET_STATUS, &status));
	EXPECT_EQ(1, poll(&w, 1, 0));
	EXPECT_EQ(POLLOUT, w.revents);
	EXPECT_EQ(0, poll(&r, 1, 0)) TH_LOG("%x", r.revents);
	ASSERT_CALL(0, write_all(self->w, audio, SECTORS(320)));
	EXPECT_EQ(1, poll(&r, 1, 5000));
	EXPECT_EQ(POLLPRI, r.revents);
	/* While a track is open the status changes at least every 500 ms. */
	ASSERT_CALL(0, ioctl(r.fd, TAO_IOC_GET_STATUS, &status));
	EXPECT_EQ(TAO_STATE_TRACK_OPEN, status.state);
	EXPECT_EQ(1, poll(&r, 1, 5000));
	ASSERT_CALL(0, close(self->w));
	self->w = -1;
	sim_wait_idle();
	ASSERT_CALL(0, ioctl(r.fd, TAO_IOC_GET_STATUS, &status));
	EXPECT_EQ(0, poll(&r, 1, 700));
	close(r.fd);
}

/* --- signals --- */

static void on_signal(int signal)
{
	(void)signal;
}

/* Each byte that a call reports as taken is burned once, the others are not. */
TEST_F(life, signals_during_write)
{
	struct sigaction action = { .sa_handler = on_signal };
	unsigned int interrupted = 0;
	double began = clock_s();
	size_t done = 0;
	int start;

	sim_set("realtime", "1");
	sigaction(SIGUSR1, &action, NULL);
	if (!fork()) {
		pid_t parent = getppid();

		close(self->w);
		while (getppid() == parent && !kill(parent, SIGUSR1))
			usleep(7000);
		_exit(0);
	}
	while (done < SECTORS(LONG)) {
		size_t len = 1 + random() % 500000;
		ssize_t n;

		if (len > SECTORS(LONG) - done)
			len = SECTORS(LONG) - done;
		n = write(self->w, audio + done, len);
		if (n < 0) {
			ASSERT_EQ(EINTR, errno);
			interrupted++;
			ASSERT_GT(40, clock_s() - began) TH_LOG("%u interrupted, %zu bytes taken",
								interrupted, done);
			continue;
		}
		interrupted += n < (ssize_t)len;
		done += n;
	}
	EXPECT_LT(0, interrupted);
	/* The track ends even if close() does not wait for it. */
	EXPECT_TRUE(!close(self->w) || errno == EINTR);
	self->w = -1;
	signal(SIGUSR1, SIG_IGN);
	sim_wait_idle();
	EXPECT_EQ(LONG, last_track(&start));
	EXPECT_TRUE(sim_holds(0, audio, LONG));
}

/* Stopped as by ^Z and fg, or by a debugger: close() can't be called again. */
TEST_F(life, stopped_while_closing)
{
	int status, start, i;
	pid_t child;

	close(self->w);
	self->w = -1;
	sim_set("realtime", "1");
	child = fork();
	if (!child) {
		int fd = open(sim_tao, O_WRONLY);

		if (fd < 0 || write_all(fd, audio, SECTORS(BUFFER_SECTORS - 100)))
			_exit(255);
		_exit(close(fd) ? errno : 0);
	}
	for (i = 0; i < 2000 && sim_status().action != TAO_ACTION_CLOSING_TRACK; i++)
		usleep(5000);
	ASSERT_LT(i, 2000);
	kill(child, SIGSTOP);
	usleep(100000);
	kill(child, SIGCONT);
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(0, status) TH_LOG("close: %s", strerror(WEXITSTATUS(status)));
	EXPECT_EQ(BUFFER_SECTORS - 100, last_track(&start));
	EXPECT_TRUE(usable());
}

/* A signal ends the wait, not the operation; the same call resumes the wait. */
TEST_F(life, signal_during_finalize)
{
	struct tao_finalize f = { .close = TAO_CLOSE_FINALIZE };
	struct sigaction action = { .sa_handler = on_signal };
	pid_t child;
	int ret;

	sigaction(SIGUSR1, &action, NULL);
	ASSERT_CALL(0, write_all(self->w, audio, SECTORS(300)));
	ASSERT_CALL(0, close(self->w));
	self->w = open(sim_tao, O_WRONLY);
	sim_set("realtime", "1");
	child = fork();
	if (!child) {
		usleep(500000);
		kill(getppid(), SIGUSR1);
		_exit(0);
	}
	ret = ioctl(self->w, TAO_IOC_FINALIZE, &f);
	EXPECT_EQ(-1, ret);
	EXPECT_EQ(EINTR, errno);
	waitpid(child, NULL, 0);
	EXPECT_EQ(TAO_ACTION_CLOSING_SESSION, sim_status().action);
	EXPECT_CALL(0, ioctl(self->w, TAO_IOC_FINALIZE, &f));
	EXPECT_EQ(1, sim_commands(OP_CLOSE));
	EXPECT_EQ(TAO_DISC_COMPLETE, sim_medium().status);
}

/* --- cancel --- */

static void *cancel_soon(void *fd)
{
	usleep(800000);
	return (void *)(long)(ioctl(*(int *)fd, TAO_IOC_CANCEL) ? errno : 0);
}

TEST_F(life, cancel_from_a_thread)
{
	struct tao_track_end end = { 0 };
	pthread_t thread;
	void *result;
	double began;
	int start;

	sim_set("realtime", "1");
	pthread_create(&thread, NULL, cancel_soon, &self->w);
	EXPECT_EQ(-1, write_all(self->w, audio, SECTORS(LONG)));
	EXPECT_EQ(ECANCELED, errno);
	began = clock_s();
	pthread_join(thread, &result);
	EXPECT_EQ(NULL, result);
	EXPECT_CALL(ECANCELED, ioctl(self->w, TAO_IOC_TRACK_END, &end));
	/* The time for the drive's buffer and the padding, and 10 s. */
	EXPECT_GT(10 + (BUFFER_SECTORS + 300.0) / SPEED, clock_s() - began);
	sim_wait_idle();
	EXPECT_EQ(1, sim_medium().tracks);
	EXPECT_EQ(end.sectors, last_track(&start));
	EXPECT_TRUE(is_prefix(0, end.sectors)) TH_LOG("%u sectors", end.sectors);
	EXPECT_EQ(0, sim_medium().flags & TAO_MEDIUM_TRACK_FAILED);
	sim_set("realtime", "0");
	/* The same descriptor burns the next track. */
	EXPECT_CALL(0, write_all(self->w, audio, SECTORS(301)));
	EXPECT_CALL(0, close(self->w));
	self->w = -1;
	EXPECT_EQ(301, last_track(&start));
	EXPECT_TRUE(usable());
}

#define CDROM_GROUP	24	/* of the node, by 60-tao.rules: udev sets it again at each event */

static bool become(uid_t uid)
{
	gid_t group = CDROM_GROUP;

	return !uid || (!setgroups(1, &group) && !setuid(uid));
}

/* Permitted for the owner's descriptor, the same user, CAP_SYS_ADMIN; nobody else. */
static int cancel_as(uid_t uid, int fd)
{
	int status;
	pid_t child = fork();

	if (!child) {
		if (fd < 0)
			fd = open(sim_tao, O_RDONLY);
		if (!become(uid))
			_exit(255);
		_exit(ioctl(fd, TAO_IOC_CANCEL) ? errno : 0);
	}
	waitpid(child, &status, 0);
	return WEXITSTATUS(status);
}

static int burn_as(uid_t uid, int ready, int go)
{
	char byte;
	int fd;

	if (!become(uid))
		return 255;
	fd = open(sim_tao, O_WRONLY);
	if (fd < 0 || write_all(fd, audio, SECTORS(400)))
		return 254;
	if (write(ready, "x", 1) != 1 || read(go, &byte, 1) != 1)
		return 253;
	return close(fd) ? errno : 0;
}

TEST_F(life, who_may_cancel)
{
	static const struct {
		uid_t owner, other;
		int error;
	} table[] = {
		{ 0, 0, 0 },		/* same user */
		{ 0, 65534, EPERM },	/* other user */
		{ 1000, 65534, EPERM },
		{ 1000, 1000, 0 },
		{ 1000, 0, 0 },		/* CAP_SYS_ADMIN */
	};
	int ready[2], go[2], status;
	size_t i;
	char byte;
	pid_t child;

	close(self->w);
	self->w = -1;
	ASSERT_EQ(0, chown(sim_tao, 0, CDROM_GROUP) | chmod(sim_tao, 0660));
	for (i = 0; i < ARRAY_SIZE(table); i++) {
		ASSERT_EQ(0, pipe(ready) | pipe(go));
		child = fork();
		if (!child)
			_exit(burn_as(table[i].owner, ready[1], go[0]));
		close(ready[1]);	/* so that the read fails if the child has died */
		ASSERT_EQ(1, read(ready[0], &byte, 1));
		EXPECT_EQ(table[i].error, cancel_as(table[i].other, -1)) TH_LOG("row %zu", i);
		ASSERT_EQ(1, write(go[1], "x", 1));
		waitpid(child, &status, 0);
		close(ready[0]);
		close(go[0]);
		close(go[1]);
		EXPECT_EQ(table[i].error ? 0 : ECANCELED, WEXITSTATUS(status)) TH_LOG("row %zu", i);
		sim_wait_idle();
		EXPECT_EQ(i + 1, sim_medium().tracks);
	}
	EXPECT_TRUE(usable());
}

/*
 * A program is killed during a WRITE, and another one cancels its track before it has ended. The
 * debug kernel would detect a leak.
 */
TEST_F(life, cancel_for_a_dead_writer)
{
	unsigned int before = sim_commands(OP_WRITE);
	pid_t child;

	close(self->w);
	self->w = -1;
	sim_set("fault", "op=2a nth=3 delay=3000");
	child = fork();
	if (!child) {
		int fd = open(sim_tao, O_WRONLY);

		_exit(write_all(fd, audio, SECTORS(LONG)));
	}
	while (sim_commands(OP_WRITE) < before + 3)
		usleep(10000);
	kill(child, SIGKILL);
	ASSERT_EQ(child, waitpid(child, NULL, 0));
	EXPECT_EQ(0, cancel_as(0, -1));
	EXPECT_EQ(0, cancel_as(0, -1));
	sim_set("fault", "clear");
	sim_wait_idle();
	EXPECT_EQ(1, sim_medium().tracks);
	EXPECT_TRUE(usable());
}

/* Killed while the drive prepares for its first WRITE: nothing was written, so nothing failed. */
TEST_F(life, killed_before_anything_is_written)
{
	struct tao_prepare prepare = { 0 };
	struct tao_track_begin begin = { 0 };
	unsigned int before = sim_commands(OP_WRITE);
	pid_t child;

	close(self->w);
	self->w = -1;
	child = fork();
	if (!child) {
		int fd = open(sim_tao, O_WRONLY);

		if (ioctl(fd, TAO_IOC_PREPARE, &prepare) || ioctl(fd, TAO_IOC_TRACK_BEGIN, &begin))
			_exit(1);
		sim_set("fault", "op=2a sense=6/29/00");
		sim_set("fault", "op=00 times=0 sense=2/04/01");
		_exit(write_all(fd, audio, SECTORS(LONG)));
	}
	while (sim_commands(OP_WRITE) == before)
		usleep(1000);
	usleep(1000000);
	kill(child, SIGKILL);
	ASSERT_EQ(child, waitpid(child, NULL, 0));
	sim_set("fault", "clear");
	sim_wait_idle();
	EXPECT_EQ(0, sim_medium().flags & TAO_MEDIUM_TRACK_FAILED);
	EXPECT_EQ(0, sim_medium().tracks);
	EXPECT_TRUE(usable());
}

/* --- unplugged --- */

TEST_F(life, unplugged_while_open)
{
	struct pollfd p = { .fd = self->w, .events = POLLOUT };
	struct tao_medium medium;
	struct tao_prepare prepare = { 0 };
	struct tao_status status;

	sim_set("power", "0");
	EXPECT_CALL(ENODEV, write(self->w, audio, 4096) < 0);
	EXPECT_CALL(ENODEV, ioctl(self->w, TAO_IOC_PREPARE, &prepare));
	EXPECT_CALL(ENODEV, ioctl(self->w, TAO_IOC_GET_MEDIUM, &medium));
	EXPECT_CALL(ENODEV, ioctl(self->w, TAO_IOC_CANCEL));
	EXPECT_CALL(0, ioctl(self->w, TAO_IOC_GET_STATUS, &status));
	EXPECT_EQ(TAO_STATE_GONE, status.state);
	EXPECT_EQ(1, poll(&p, 1, 0));
	EXPECT_EQ(POLLHUP, p.revents & POLLHUP);
	close(self->w);
	self->w = -1;
	EXPECT_NE(0, access(sim_tao, F_OK));
	sim_power_on();
	EXPECT_TRUE(usable());
}

static void *unplug_soon(void *ms)
{
	usleep(*(int *)ms * 1000);
	sim_set("power", "0");
	return NULL;
}

TEST_F(life, unplugged_during_write)
{
	int i, ms;
	pthread_t thread;

	close(self->w);
	for (i = 0; i < 4; i++) {
		sim_set("realtime", "1");
		self->w = open(sim_tao, O_WRONLY);
		ASSERT_LE(0, self->w);
		ms = random() % 1500;
		pthread_create(&thread, NULL, unplug_soon, &ms);
		EXPECT_EQ(-1, write_all(self->w, audio, SECTORS(LONG))) TH_LOG("after %d ms", ms);
		EXPECT_EQ(ENODEV, errno);
		pthread_join(thread, NULL);
		close(self->w);
		self->w = -1;
		sim_power_on();
		/* The state of this disc depends on the recorder: take a new one. */
		sim_new_disc("cdr80");
		EXPECT_TRUE(usable());
		sim_new_disc("cdr80");
	}
}

TEST_F(life, unplugged_during_close)
{
	int ms = 500;
	pthread_t thread;

	ASSERT_CALL(0, write_all(self->w, audio, SECTORS(BUFFER_SECTORS - 100)));
	sim_set("realtime", "1");
	close(self->w);
	self->w = open(sim_tao, O_WRONLY);
	ASSERT_CALL(0, write_all(self->w, audio, SECTORS(BUFFER_SECTORS - 100)));
	pthread_create(&thread, NULL, unplug_soon, &ms);
	EXPECT_CALL(ENODEV, close(self->w));
	self->w = -1;
	pthread_join(thread, NULL);
	sim_power_on();
	sim_new_disc("cdr80");
	EXPECT_TRUE(usable());
}

TEST_F(life, unplugged_during_finalize)
{
	struct tao_finalize f = { .close = TAO_CLOSE_FINALIZE };
	int ms = 700;
	pthread_t thread;

	ASSERT_CALL(0, write_all(self->w, audio, SECTORS(300)));
	ASSERT_CALL(0, close(self->w));
	self->w = open(sim_tao, O_WRONLY);
	sim_set("realtime", "1");
	pthread_create(&thread, NULL, unplug_soon, &ms);
	EXPECT_CALL(ENODEV, ioctl(self->w, TAO_IOC_FINALIZE, &f));
	close(self->w);
	self->w = -1;
	pthread_join(thread, NULL);
	sim_power_on();
	sim_new_disc("cdr80");
	EXPECT_TRUE(usable());
}

/* --- modules --- */

static int unload(const char *name)
{
	return syscall(SYS_delete_module, name, O_NONBLOCK) ? errno : 0;
}

static int unload_waiting(const char *name)
{
	int i, ret = 0;

	for (i = 0; i < 200; i++) {
		ret = unload(name);
		if (ret != EAGAIN)
			return ret;
		usleep(50000);
	}
	return ret;
}

TEST_F(life, unload)
{
	int r = open(sim_tao, O_RDONLY), status;
	pid_t child;

	close(self->w);
	self->w = -1;
	EXPECT_EQ(EAGAIN, unload("tao"));
	close(r);
	/* The track of a dead program is still being ended: 1.5 s of the drive's buffer. */
	sim_set("realtime", "1");
	child = fork();
	if (!child) {
		int fd = open(sim_tao, O_WRONLY);

		write_all(fd, audio, SECTORS(BUFFER_SECTORS));
		raise(SIGKILL);
	}
	waitpid(child, &status, 0);
	EXPECT_EQ(EAGAIN, unload("tao"));
	EXPECT_EQ(EAGAIN, unload("cdr_sim"));
	EXPECT_EQ(0, unload_waiting("tao"));
	EXPECT_NE(0, access("/sys/class/tao", F_OK));
	EXPECT_FALSE(sim_left_locked());
	sim_modprobe("tao");
	while (!sim_nodes())
		usleep(50000);
	EXPECT_EQ(1, sim_medium().tracks);
	EXPECT_TRUE(usable());
	/* The recorder holds a reference as long as its directory exists. */
	EXPECT_EQ(EAGAIN, unload("cdr_sim"));
	sim_set("power", "0");
	ASSERT_EQ(0, rmdir(SIM_ROOT "/life"));
	EXPECT_EQ(0, unload_waiting("cdr_sim"));
	EXPECT_EQ(0, unload_waiting("tao"));
	sim_create("life", NULL);
}

TEST_HARNESS_MAIN
