// SPDX-License-Identifier: GPL-2.0-only
/*
 * A program ends at a random moment of its burn, in every possible way, or its drive is
 * unplugged. Then the track must be closed, nothing may be held, and the disc, according to the
 * recorder's image, must have the data that were sent. ROUNDS=16: number of moments for each way.
 * lab: --smp 2 --doors
 * timeout: 300
 * build: -luring -lpthread
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>

#include "burner.h"
#include "image.h"
#include "harness.h"
#include "../stream/uring.h"

#define SECTORS		600
#define BYTES		(SECTORS * TAO_SECTOR_SIZE)
#define WRITE_BYTES	75264	/* of one WRITE command: 32 sectors */
#define CALL_BYTES	131072	/* of the largest write() */
#define NEVER		UINT_MAX
#define SECONDS		3600
#define CGROUP		"/sys/fs/cgroup/ends"

static unsigned int rounds = 16;
static char *audio;
static int audio_file;

/* Shared between the program and the test. */
static struct {
	size_t taken;		/* bytes that its calls reported as taken */
	unsigned int moment;	/* µs after its start, for a program that ends by itself */
	bool inherited;		/* another process has written since the first one ended */
} *shared;

static void __attribute__((constructor)) power_on(void)
{
	static const char *const attributes[] = { "dma_alignment=511", NULL };
	unsigned int seed = begin_random(&rounds);

	sim_create("ends", attributes);
	audio_file = memfd_create("audio", 0);
	if (audio_file < 0 || ftruncate(audio_file, BYTES))
		sim_die("memfd");
	audio = mmap(NULL, BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, audio_file, 0);
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		      -1, 0);
	sim_audio(audio, BYTES, seed);
}

static void write_file(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY);

	if (fd < 0 || write(fd, value, strlen(value)) < 0)
		sim_die(path);
	close(fd);
}

/* --- programs that burn ----------------------------------------------------------------------- */

static unsigned long born;

static bool time_is_up(void)
{
	return now_us() - born >= shared->moment;
}

static int open_to_burn(void)
{
	int fd = open(sim_tao, O_WRONLY);

	if (fd < 0)
		_exit(2);
	return fd;
}

/* Common sizes of writes, or odd ones. */
static size_t call_bytes(void)
{
	static const unsigned int usual[] = { CALL_BYTES, WRITE_BYTES, 65536, 4096 };
	size_t n = random() & 3 ? usual[random() & 3] : 1 + random() % CALL_BYTES;

	return n < BYTES - shared->taken ? n : BYTES - shared->taken;
}

static void burn_from(const char *from, int fd)
{
	while (shared->taken < BYTES && !time_is_up()) {
		ssize_t n = write(fd, from + shared->taken, call_bytes());

		if (n <= 0)
			_exit(3);
		shared->taken += n;
	}
}

static void by_write(void)
{
	int fd = open_to_burn();

	burn_from(audio, fd);
	_exit(close(fd) ? 4 : 0);
}

static void by_splice(void)
{
	int fd = open_to_burn();
	off_t at = 0;

	while (shared->taken < BYTES) {
		ssize_t n = sendfile(fd, audio_file, &at, call_bytes());

		if (n <= 0)
			_exit(3);
		shared->taken += n;
	}
	_exit(close(fd) ? 4 : 0);
}

/* Queues everything at once, as whole WRITEs. */
static void fill_ring(struct ring *ring, int fd)
{
	size_t at, n;

	if (ring_open(ring, 64))
		_exit(5);
	for (at = 0; at < BYTES; at += n) {
		n = BYTES - at < WRITE_BYTES ? BYTES - at : WRITE_BYTES;
		ring_write(ring, fd, 0, audio + at, n, at, 0);
	}
	if (ring_submit(ring, 0) < 0)
		_exit(6);
}

static void by_ring(void)
{
	struct io_uring_cqe cqe;
	struct ring ring;
	int fd = open_to_burn();

	fill_ring(&ring, fd);
	while (shared->taken < BYTES) {
		if (ring_wait(&ring, &cqe) || cqe.res <= 0)
			_exit(3);
		shared->taken += cqe.res;
	}
	ring_close(&ring);
	_exit(close(fd) ? 4 : 0);
}

static void tearing_down_its_ring(void)
{
	struct io_uring_cqe cqe;
	struct ring ring;
	int fd = open_to_burn();

	fill_ring(&ring, fd);
	while (!time_is_up() && shared->taken < BYTES)
		if (ring_next(&ring, &cqe))
			shared->taken += cqe.res > 0 ? cqe.res : 0;
	ring_close(&ring);
	_exit(close(fd) ? 4 : 0);
}

/* Writes from memory of its own, so that the OOM killer hits it. */
static void in_a_cgroup(void)
{
	char *own = malloc(BYTES);
	int fd;

	write_file(CGROUP "/cgroup.procs", "0");
	memcpy(own, audio, BYTES);
	fd = open_to_burn();
	burn_from(own, fd);
	_exit(close(fd) ? 4 : 0);
}

static void *thread_that_burns(void *unused)
{
	unsigned int moment = shared->moment;
	int fd = open_to_burn();

	shared->moment = NEVER;
	burn_from(audio, fd);
	shared->moment = moment;
	return NULL;
}

static void exiting_beside_a_thread(void)
{
	unsigned int moment = shared->moment;
	pthread_t thread;

	pthread_create(&thread, NULL, thread_that_burns, NULL);
	while (shared->taken < BYTES && now_us() - born < moment)
		usleep(100);
	_exit(0);
}

/* A program that uses a descriptor opened by another one. */
static void go_on(int fd)
{
	size_t taken = shared->taken;

	shared->moment = NEVER;
	if (random() & 1)
		burn_from(audio, fd);
	else
		usleep(random() % 5000);
	shared->inherited = shared->taken > taken;
	/* If nothing was written after the first one had died, the track was cut short. */
	if (random() & 1)
		_exit(close(fd) && (errno != ECANCELED || shared->inherited) ? 4 : 0);
	_exit(0);
}

static void die(void)
{
	if (random() & 1)
		raise(SIGKILL);
	_exit(0);
}

static void forking(void)
{
	int fd = open_to_burn();

	burn_from(audio, fd);
	srandom(random());
	if (!fork())
		go_on(fd);
	_exit(0);
}

static void sending_over_a_socket(void)
{
	int sockets[2], fd;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, sockets))
		_exit(8);
	if (!fork()) {
		close(sockets[0]);
		fd = receive_fd(sockets[1]);
		close(sockets[1]);
		if (fd >= 0)
			go_on(fd);
		_exit(0);
	}
	close(sockets[1]);
	fd = open_to_burn();
	burn_from(audio, fd);
	if (send_fd(sockets[0], fd))
		_exit(9);
	die();
}

/* Nobody receives it. */
static void losing_it_in_a_socket(void)
{
	int sockets[2], fd;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, sockets))
		_exit(8);
	fd = open_to_burn();
	burn_from(audio, fd);
	if (send_fd(sockets[0], fd))
		_exit(9);
	close(fd);
	die();
}

/* --- events ----------------------------------------------------------------------------------- */

static void kill_it(pid_t pid)
{
	kill(pid, SIGKILL);
}

static void stop_it(pid_t pid)
{
	kill(pid, SIGSTOP);
	usleep(random() % 30000);
	kill(pid, random() & 3 ? SIGCONT : SIGKILL);
}

static void take_its_memory(pid_t pid)
{
	(void)pid;
	write_file(CGROUP "/memory.max", "0");
}

/* --- the state afterwards --------------------------------------------------------------------- */

static char complaint[256];

#define COMPLAIN(...)	(snprintf(complaint, sizeof(complaint), __VA_ARGS__), complaint)

/* What is wrong with the disc, or NULL; the last track must have @least to @most bytes. */
static const char *look_at_disc(unsigned int tracks, size_t least, size_t most, size_t *burned)
{
	struct image im = image_look();
	unsigned int sectors;
	ssize_t n;

	*burned = 0;
	if (im.tracks == tracks && !least)
		return NULL;	/* before anything was written */
	if (im.tracks != tracks + 1)
		return COMPLAIN("%u tracks, and then %u", tracks, im.tracks);
	if (!im.recorded || !im.session_open || im.length > SECTORS)
		return COMPLAIN("%u sectors, %sclosed, session %sopen", im.length,
				im.recorded ? "" : "not ", im.session_open ? "" : "not ");
	n = image_holds(&im, audio, BYTES);
	if (n < (ssize_t)least || n > (ssize_t)most + 4)	/* 4: audio may end with zeros */
		return COMPLAIN("%zd bytes burned, of %zu to %zu", n, least, most);
	sectors = (n + TAO_SECTOR_SIZE - 1) / TAO_SECTOR_SIZE;
	if (im.length != (sectors < 300 ? 300 : sectors))
		return COMPLAIN("%u sectors for %zd bytes", im.length, n);
	*burned = n;
	return NULL;
}

/* Nothing holds the disc, and it is in order. */
static const char *look_who_holds_it(void)
{
	struct tao_status status;
	__u32 flags;

	wait_for_last_program();
	status = sim_status();
	if (status.owner[0] || sim_left_locked() || !exclusive_open_works())
		return COMPLAIN("held by \"%s\", %s", status.owner,
				sim_locked() ? "locked" : "not locked");
	flags = sim_medium().flags;
	if (flags & (TAO_MEDIUM_TRACK_DAMAGED | TAO_MEDIUM_TRACK_FAILED))
		return COMPLAIN("medium's flags: %x", flags);
	return NULL;
}

/* Burns one more track, and closes the session. */
static const char *use_it(void)
{
	struct tao_finalize f = { .close = TAO_CLOSE_FINALIZE };
	unsigned int tracks = image_look().tracks;
	const char *wrong;
	size_t burned;
	int fd = open(sim_tao, O_WRONLY);

	if (fd < 0 || write_all(fd, audio, BYTES) || close(fd))
		return COMPLAIN("no further track: %s", strerror(errno));
	wrong = look_at_disc(tracks, BYTES, BYTES, &burned);
	if (wrong)
		return wrong;
	fd = open(sim_tao, O_WRONLY);
	if (ioctl(fd, TAO_IOC_FINALIZE, &f) || close(fd))
		return COMPLAIN("not finalised: %s", strerror(errno));
	return image_look().session_open ? "not finalised" : look_who_holds_it();
}

/* --- a round ---------------------------------------------------------------------------------- */

/* A way to end: a program, an event from outside, and the tolerances. */
struct way {
	void (*program)(void);
	void (*strike)(pid_t pid);
	size_t lost;	/* bytes reported as taken that may be lost by a kill */
	size_t more;	/* additional bytes that may be burned if the track was cut short */
};

static pid_t start(void (*program)(void), unsigned int moment)
{
	unsigned int seed = random();
	pid_t pid;

	memset(shared, 0, sizeof(*shared));
	shared->moment = moment;
	fflush(stdout);
	pid = fork();
	if (pid)
		return pid;
	srandom(seed);
	born = now_us();
	program();
	_exit(10);
}

/* Reaps all descendants and returns the exit status of @pid; -1: it hangs. */
static int reap(pid_t pid)
{
	unsigned long began = now_us();
	int status, result = 0;
	pid_t gone;

	while ((gone = waitpid(-1, &status, WNOHANG)) >= 0) {
		if (gone == pid)
			result = status;
		else if (gone && status)
			return status;
		if (!gone)
			usleep(500);
		if (now_us() - began > 60000000)
			return -1;
	}
	return result;
}

struct tally {
	unsigned int killed, early, cut, lived_us;
};

/* @moment: µs after the start of the program. Returns what went wrong, or NULL. */
static const char *one_round(const struct way *way, unsigned int moment, struct tally *tally)
{
	unsigned int tracks = image_look().tracks;
	bool killed, cut_short;
	size_t least, most, burned;
	const char *wrong;
	int status;
	unsigned long began = now_us();
	pid_t pid = start(way->program, way->strike ? NEVER : moment);

	if (moment != NEVER && way->strike) {
		usleep(moment);
		way->strike(pid);
	}
	status = reap(pid);
	tally->lived_us = now_us() - began;
	killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
	if (status < 0 || (status && !killed))
		return COMPLAIN("status %x of the program: it %s", status,
				status < 0 ? "hangs" : "failed");
	wrong = look_who_holds_it();
	if (wrong)
		return wrong;
	cut_short = killed || (!way->strike && shared->taken < BYTES);
	least = shared->taken;
	if (killed && !shared->inherited)
		least = least > way->lost ? least - way->lost : 0;
	most = shared->taken + (cut_short ? way->more : 0);
	wrong = look_at_disc(tracks, least, most < BYTES ? most : BYTES, &burned);
	tally->killed += killed;
	tally->early += shared->taken < BYTES;
	tally->cut += burned < BYTES;
	return wrong;
}

/* The run time of the program if it is not disturbed: the shortest of three runs. */
static unsigned int whole_us(const struct way *way, const char **wrong)
{
	unsigned int i, whole = NEVER;
	struct tally tally = { 0 };

	for (i = 0, *wrong = NULL; i < 3 && !*wrong; i++) {
		*wrong = one_round(way, NEVER, &tally);
		whole = tally.lived_us < whole ? tally.lived_us : whole;
	}
	return whole;
}

static void run(struct __test_metadata *_metadata, const struct way *way)
{
	struct tally tally = { 0 };
	unsigned int i, whole, moment;
	const char *wrong;

	whole = whole_us(way, &wrong);
	ASSERT_EQ(NULL, wrong) TH_LOG("undisturbed: %s", wrong);
	/* Splice runs ahead, so few moments are early: continue until there was one. */
	for (i = 0; i < rounds || (!tally.early && i < 20 * rounds); i++) {
		/* Sometimes at the speed of a 48x drive, which empties its buffer at the end. */
		bool realtime = i % 8 == 7 && rounds > 16;

		if (image_look().tracks > 80)
			sim_new_disc("cdr80");
		sim_set("realtime", realtime ? "1" : "0");
		moment = random() % (realtime ? 1500000 : whole);
		wrong = one_round(way, moment, &tally);
		if (way->program == in_a_cgroup)
			write_file(CGROUP "/memory.max", "max");
		EXPECT_EQ(NULL, wrong) TH_LOG("round %u, after %u us, %zu bytes taken: %s", i,
					      moment, shared->taken, wrong);
	}
	sim_set("realtime", "0");
	wrong = use_it();
	EXPECT_EQ(NULL, wrong) TH_LOG("in the end: %s", wrong);
	printf("# %u moments in %u us: %u killed, %u before all was taken, %u short tracks\n",
	       i, whole, tally.killed, tally.early, tally.cut);
	fflush(stdout);
	/* Otherwise the test has no effect. */
	EXPECT_LT(0, tally.early);
}

FIXTURE(ends)
{
};

FIXTURE_VARIANT(ends)
{
	struct way way;
};

/* A kill loses data that the drive does not have yet: less than a WRITE, except with splice. */
#define KILLED_BY_CALLS	.lost = WRITE_BYTES - 1, .more = CALL_BYTES

FIXTURE_VARIANT_ADD(ends, killed_writing) {
	.way = { by_write, kill_it, KILLED_BY_CALLS },
};

FIXTURE_VARIANT_ADD(ends, killed_splicing) {
	.way = { by_splice, kill_it, .lost = BYTES, .more = CALL_BYTES },
};

FIXTURE_VARIANT_ADD(ends, killed_with_a_ring) {
	.way = { by_ring, kill_it, .lost = WRITE_BYTES - 1, .more = BYTES },
};

FIXTURE_VARIANT_ADD(ends, ring_torn_down) {
	.way = { tearing_down_its_ring, .more = BYTES },
};

FIXTURE_VARIANT_ADD(ends, stopped) {
	.way = { by_write, stop_it, KILLED_BY_CALLS },
};

FIXTURE_VARIANT_ADD(ends, out_of_memory) {
	.way = { in_a_cgroup, take_its_memory, KILLED_BY_CALLS },
};

FIXTURE_VARIANT_ADD(ends, exit_beside_a_thread) {
	.way = { exiting_beside_a_thread, .more = CALL_BYTES },
};

FIXTURE_VARIANT_ADD(ends, forked) {
	.way = { forking },
};

FIXTURE_VARIANT_ADD(ends, sent_over_a_socket) {
	.way = { sending_over_a_socket, .lost = WRITE_BYTES - 1 },
};

FIXTURE_VARIANT_ADD(ends, lost_in_a_socket) {
	.way = { losing_it_in_a_socket, .lost = WRITE_BYTES - 1 },
};

FIXTURE_SETUP(ends)
{
	sim_set("realtime", "0");
	/* So that WRITEs are in progress at most moments. */
	sim_set("fault", "clear");
	sim_set("fault", "op=2a times=0 delay=2");
	sim_new_disc("cdr80");
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	if (variant->way.program != in_a_cgroup)
		return;
	mount("none", "/sys/fs/cgroup", "cgroup2", 0, NULL);
	write_file("/sys/fs/cgroup/cgroup.subtree_control", "+memory");
	ASSERT_EQ(0, mkdir(CGROUP, 0755));
}

FIXTURE_TEARDOWN(ends)
{
	sim_set("realtime", "0");
}

TEST_F_TIMEOUT(ends, at_random_moments, SECONDS)
{
	run(_metadata, &variant->way);
}

TEST_HARNESS_MAIN
