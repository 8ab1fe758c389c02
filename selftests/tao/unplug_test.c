// SPDX-License-Identifier: GPL-2.0-only
/*
 * The drive is unplugged at a random moment during each of the calls of a burn. Each call ends
 * with ENODEV. The drive that comes back repairs its disc and is usable. ROUNDS=30: number of
 * rounds.
 * lab: --smp 2 --doors
 * timeout: 300
 */
#define _GNU_SOURCE
#include <sys/mman.h>

#include "burner.h"
#include "image.h"
#include "harness.h"

#define SECTORS		600
#define BYTES		(SECTORS * TAO_SECTOR_SIZE)
#define SECONDS		3600

enum call {
	NOTHING, OPEN, PREPARE, TRACK_BEGIN, WRITE, FSYNC, TRACK_END, GET_MEDIUM, RELEASE,
	CLOSE, OPEN_AGAIN, WRITE_AGAIN, CLOSE_TRACK, OPEN_TO_FINALIZE, FINALIZE, CALLS
};

static const char *const names[CALLS] = {
	"between", "open", "PREPARE", "TRACK_BEGIN", "write", "fsync", "TRACK_END", "GET_MEDIUM",
	"RELEASE", "close", "2nd open", "1st write", "close of a track", "3rd open", "FINALIZE",
};

static unsigned int rounds = 30;
static char *audio;

/* Information from the program for the test. */
static struct {
	enum call call;			/* current call; read by the other process */
	enum call hit;			/* first call that failed because the drive was gone */
	int wrong;			/* an unexpected errno */
	unsigned int us[CALLS];		/* duration of each call */
} *shared;

static void __attribute__((constructor)) power_on(void)
{
	static const char *const attributes[] = { "dma_alignment=511", NULL };
	unsigned int seed = begin_random(&rounds);

	sim_create("unplug", attributes);
	audio = mmap(NULL, BYTES, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		      -1, 0);
	sim_audio(audio, BYTES, seed);
}

/* --- the program ------------------------------------------------------------------------------ */

static unsigned long entered;

static void enter(enum call call)
{
	__atomic_store_n(&shared->call, call, __ATOMIC_RELEASE);
	entered = now_us();
}

/*
 * The first failing call reports the unplug; for open, the node may be missing. After that there
 * may be no track to end, and so on.
 */
static bool means_gone(enum call call, int error)
{
	bool opens = call == OPEN || call == OPEN_AGAIN || call == OPEN_TO_FINALIZE;

	return shared->hit || error == ENODEV || (opens && (error == ENOENT || error == ENXIO));
}

static void leave(int ret)
{
	enum call call = shared->call;

	shared->us[call] = now_us() - entered;
	shared->call = NOTHING;
	if (ret >= 0)
		return;
	if (!means_gone(call, errno)) {
		shared->call = call;
		shared->wrong = errno;
		_exit(1);
	}
	if (!shared->hit)
		shared->hit = call;
}

#define CALL(name, call)	(enter(name), leave(call))

static int open_drive(enum call name)
{
	int fd;

	enter(name);
	fd = open(sim_tao, O_WRONLY);
	leave(fd);
	if (fd < 0)
		_exit(0);
	return fd;
}

static void a_session(int fd)
{
	struct tao_prepare p = { 0 };
	struct tao_track_begin b = { 0 };
	struct tao_track_end e = { 0 };
	struct tao_medium m;
	struct tao_finalize f = { .close = TAO_CLOSE_SESSION };

	CALL(PREPARE, ioctl(fd, TAO_IOC_PREPARE, &p));
	CALL(TRACK_BEGIN, ioctl(fd, TAO_IOC_TRACK_BEGIN, &b));
	CALL(WRITE, write_all(fd, audio, BYTES));
	CALL(FSYNC, fsync(fd));
	CALL(TRACK_END, ioctl(fd, TAO_IOC_TRACK_END, &e));
	CALL(GET_MEDIUM, ioctl(fd, TAO_IOC_GET_MEDIUM, &m));
	CALL(RELEASE, ioctl(fd, TAO_IOC_RELEASE, &f));
	CALL(CLOSE, close(fd));
}

static void burn(void)
{
	struct tao_finalize f = { .close = TAO_CLOSE_FINALIZE };
	int fd;

	a_session(open_drive(OPEN));
	fd = open_drive(OPEN_AGAIN);
	CALL(WRITE_AGAIN, write_all(fd, audio, BYTES));
	CALL(CLOSE_TRACK, close(fd));
	fd = open_drive(OPEN_TO_FINALIZE);
	CALL(FINALIZE, ioctl(fd, TAO_IOC_FINALIZE, &f));
	_exit(0);
}

static pid_t start(void)
{
	pid_t pid;

	memset(shared, 0, sizeof(*shared));
	fflush(stdout);
	pid = fork();
	if (!pid)
		burn();
	return pid;
}

/* Whether the program has ended by itself, with success. */
static bool ended(pid_t pid)
{
	unsigned long began = now_us();
	int status;

	while (!waitpid(pid, &status, WNOHANG)) {
		if (now_us() - began > 60000000)
			return false;
		usleep(500);
	}
	return !status;
}

/* --- a round ---------------------------------------------------------------------------------- */

/* Waits until the program is in @call, and unplugs the drive after @us. */
static void unplug_in(pid_t pid, enum call call, unsigned int us)
{
	siginfo_t gone = { 0 };

	while (__atomic_load_n(&shared->call, __ATOMIC_ACQUIRE) < call &&
	       !waitid(P_PID, pid, &gone, WEXITED | WNOHANG | WNOWAIT) && !gone.si_pid)
		;
	us = us ? random() % us : 0;
	if (us > 50)
		usleep(us - 50);
	sim_set("power", "0");
}

/* The interruption is reported and can be repaired. NULL, or what is wrong. */
static const char *repair(void)
{
	__u32 damaged = TAO_MEDIUM_TRACK_DAMAGED | TAO_MEDIUM_SESSION_DAMAGED;
	struct tao_recover r = { .close = TAO_CLOSE_FINALIZE };
	struct image im = image_look();
	int fd;

	if (!(sim_medium().flags & damaged))
		return im.tracks && !im.recorded ? "an open track that nobody is told of" : NULL;
	fd = open(sim_tao, O_WRONLY);
	if (fd < 0 || ioctl(fd, TAO_IOC_RECOVER, &r) || close(fd))
		return strerror(errno);
	im = image_look();
	if (im.session_open)
		return "an open session";
	return im.tracks && image_holds(&im, audio, BYTES) < 0 ? "other audio" : NULL;
}

static const char *use_it(void)
{
	struct image im;
	int fd;

	wait_for_last_program();
	if (sim_left_locked() || !exclusive_open_works())
		return "held";
	sim_new_disc("cdr80");
	fd = open(sim_tao, O_WRONLY);
	if (fd < 0 || write_all(fd, audio, BYTES) || close(fd))
		return strerror(errno);
	im = image_look();
	return im.recorded && image_holds(&im, audio, BYTES) == BYTES ? NULL : "other audio";
}

FIXTURE(unplug)
{
};

FIXTURE_SETUP(unplug)
{
}

FIXTURE_TEARDOWN(unplug)
{
}

TEST_F_TIMEOUT(unplug, in_each_call, SECONDS)
{
	unsigned int us[CALLS], hits[CALLS] = { 0 }, i;
	const char *wrong;
	enum call call;
	pid_t pid;

	sim_new_disc("cdr80");
	ASSERT_TRUE(ended(start()));
	ASSERT_EQ(NOTHING, shared->hit) TH_LOG("%s", names[shared->hit]);
	memcpy(us, shared->us, sizeof(us));
	for (i = 0; i < rounds; i++) {
		sim_new_disc("cdr80");
		call = 1 + (i + random() % 2) % (CALLS - 1);
		pid = start();
		unplug_in(pid, call, us[call]);
		EXPECT_TRUE(ended(pid)) TH_LOG("round %u, %s: %s", i, names[shared->call],
					       shared->wrong ? strerror(shared->wrong) : "hangs");
		hits[shared->hit]++;
		EXPECT_NE(0, access(sim_tao, F_OK));
		sim_power_on();
		wrong = repair();
		EXPECT_EQ(NULL, wrong) TH_LOG("round %u, %s: repair: %s", i, names[call], wrong);
		wrong = use_it();
		EXPECT_EQ(NULL, wrong) TH_LOG("round %u, %s: then: %s", i, names[call], wrong);
	}
	printf("# gone in:");
	for (i = 0; i < CALLS; i++)
		printf(" %s %u%s", names[i], hits[i], i < CALLS - 1 ? "," : "\n");
	fflush(stdout);
	/* Otherwise the test has no effect. */
	EXPECT_LT(0, hits[WRITE] + hits[WRITE_AGAIN]);
	EXPECT_GT(rounds, hits[NOTHING]);
}

TEST_HARNESS_MAIN
