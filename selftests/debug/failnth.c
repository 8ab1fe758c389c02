// SPDX-License-Identifier: GPL-2.0-only
/*
 * failnth [NAME=VALUE]...: makes each allocation and each copy from or to user memory fail once,
 * in each system call of a burn, in the worker behind it, and while the drive is plugged in.
 * Afterwards the call must have a known errno, nothing may be held, the door must be open, and
 * the same burn must succeed on the next attempt, sample by sample.
 *
 *	every=1 seed=0		in the worker only every n-th, starting at a random one
 *	step=NAME		only this step, or "plug"
 *
 * build: -luring
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/sendfile.h>

#include "../tao/sim.h"
#include "../stream/uring.h"
#include "result.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define AUDIO_BYTES	(3 * 75264 + 1000)
#define NTH_MAX		400
#define PLUG_NTH_MAX	2000
#define VICTIMS_MAX	1024

static char *audio;
static int file, fd = -1, fds[2] = { -1, -1 };
static size_t given;		/* bytes of the audio passed to the drive */

/* --- who is to fail --------------------------------------------------------------------------- */

static void put(const char *path, const char *value)
{
	int to = open(path, O_WRONLY);

	if (to < 0 || write(to, value, strlen(value)) < 0)
		sim_die(path);
	close(to);
}

/* Allow failures of all kinds, even of allocations that could wait for memory. */
static void arm_points(void)
{
	put("/sys/kernel/debug/failslab/ignore-gfp-wait", "N");
	put("/sys/kernel/debug/fail_page_alloc/ignore-gfp-wait", "N");
	put("/sys/kernel/debug/fail_page_alloc/min-order", "0");
	put("/sys/kernel/debug/failslab/verbose", "0");
	put("/sys/kernel/debug/fail_page_alloc/verbose", "0");
	put("/sys/kernel/debug/fail_usercopy/verbose", "0");
}

static void set_nth(int nth_fd, int n)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", n);
	/* This copies from user memory, so it may fail itself, but only once. */
	if (pwrite(nth_fd, text, strlen(text), 0) < 0 &&
	    pwrite(nth_fd, text, strlen(text), 0) < 0 && errno != ESRCH)
		sim_die("fail-nth");
}

/* The remaining count: 0 after the failure. */
static int get_nth(int nth_fd)
{
	char text[16] = "";

	if (pread(nth_fd, text, sizeof(text) - 1, 0) < 0)
		return 1;
	return atoi(text);
}

/* This thread, or the kernel threads that run the workers of the drives. */
static int victims[VICTIMS_MAX];
static int victims_count;
static int newest_seen;		/* highest process number so far */

static void forget_victims(void)
{
	while (victims_count)
		close(victims[--victims_count]);
	newest_seen = 0;
}

static void find_self(void)
{
	forget_victims();
	victims[0] = open("/proc/thread-self/fail-nth", O_RDWR);
	if (victims[0] < 0)
		sim_die("fail-nth: is this the debug kernel (make test-debug)?");
	victims_count = 1;
}

static bool is_worker(const char *pid)
{
	char path[300], comm[32] = "";
	int from;

	snprintf(path, sizeof(path), "/proc/%s/comm", pid);
	from = open(path, O_RDONLY);
	if (from < 0)
		return false;
	if (read(from, comm, sizeof(comm) - 1) < 0)
		comm[0] = '\0';
	close(from);
	return !strncmp(comm, "kworker/u", 9);
}

/* Adds the threads that have started since the last call: scanning all processes takes long. */
static void find_workers(void)
{
	int newest = newest_seen;
	struct dirent *entry;
	char path[600];
	DIR *dir = opendir("/proc");

	while (dir && (entry = readdir(dir)) && victims_count < VICTIMS_MAX) {
		int pid = atoi(entry->d_name);

		if (pid <= newest_seen)
			continue;
		newest = pid > newest ? pid : newest;
		if (!is_worker(entry->d_name))
			continue;
		snprintf(path, sizeof(path), "/proc/%s/task/%s/fail-nth", entry->d_name,
			 entry->d_name);
		victims[victims_count] = open(path, O_RDWR);
		victims_count += victims[victims_count] >= 0;
	}
	if (dir)
		closedir(dir);
	newest_seen = newest;
	if (!victims_count)
		sim_die("no workers");
}

static void arm(int n)
{
	int i;

	for (i = 0; i < victims_count; i++)
		set_nth(victims[i], n);
}

/* Whether one of them has had a failure. */
static bool disarm(void)
{
	bool failed = false;
	int i;

	for (i = 0; i < victims_count; i++) {
		failed = failed || !get_nth(victims[i]);
		set_nth(victims[i], 0);
	}
	return failed;
}

/* --- calls of a burn -------------------------------------------------------------------------- */

static int start(void)
{
	fd = open(sim_tao, O_WRONLY);
	return fd < 0 ? -1 : 0;
}

static int prepare(void)
{
	struct tao_prepare p = { .flags = TAO_PREPARE_VERIFY };

	return ioctl(fd, TAO_IOC_PREPARE, &p);
}

static int begin(void)
{
	struct tao_track_begin t = { .flags = TAO_TRACK_ANY_DATA };

	return ioctl(fd, TAO_IOC_TRACK_BEGIN, &t);
}

static int end(void)
{
	struct tao_track_end t = { 0 };

	return ioctl(fd, TAO_IOC_TRACK_END, &t);
}

static int release(void)
{
	struct tao_finalize f = { .close = TAO_CLOSE_SESSION };

	return ioctl(fd, TAO_IOC_RELEASE, &f);
}

static int finalize(void)
{
	struct tao_finalize f = { .flags = TAO_FINALIZE_FORCE, .close = TAO_CLOSE_FINALIZE };

	return ioctl(fd, TAO_IOC_FINALIZE, &f);
}

static int blank(void)
{
	struct tao_blank b = { 0 };

	return ioctl(fd, TAO_IOC_BLANK, &b);
}

static int set_speed(void)
{
	struct tao_speed s = { .requested_kbps = 1411 };

	return ioctl(fd, TAO_IOC_SET_SPEED, &s);
}

static int set_settings(void)
{
	struct tao_settings s = { .mask = TAO_SET_UNDERRUN_FREE, .underrun_free = 1 };

	return ioctl(fd, TAO_IOC_SET_SETTINGS, &s);
}

static int took(ssize_t n)
{
	if (n < 0)
		return -1;
	given += n;
	return 0;
}

static int write_some(void)
{
	return took(write(fd, audio + given, 1001));
}

static int write_quantum(void)
{
	return took(write(fd, audio + given, 75264));
}

static int write_rest(void)
{
	return took(write(fd, audio + given, AUDIO_BYTES - given));
}

static int write_odd(void)
{
	struct iovec v[3] = {
		{ audio + given, 4099 },
		{ audio + given + 4099, 90001 },
		{ audio + given + 94100, 10000 },
	};

	return took(writev(fd, v, 3));
}

static int send_file(void)
{
	off_t at = given;

	return took(sendfile(fd, file, &at, AUDIO_BYTES - given));
}

static int fill_pipe(void)
{
	struct iovec v = { audio + given, 16384 };

	if (pipe(fds))
		return -1;
	return vmsplice(fds[1], &v, 1, 0) == 16384 ? 0 : -1;
}

static int splice_pipe(void)
{
	return took(splice(fds[0], NULL, fd, NULL, 16384, 0));
}

static struct ring ring;
static bool ring_is_open;

static int make_ring(void)
{
	if (ring_open(&ring, 4))
		return -1;
	ring_is_open = true;
	return ring_register_buffer(&ring, audio, AUDIO_BYTES);
}

static int ring_one(int fixed)
{
	struct io_uring_cqe cqe;

	ring_write(&ring, fd, fixed, audio + given, 75264, 0, 1);
	if (ring_submit(&ring, 1) < 0 || ring_wait(&ring, &cqe))
		return -1;
	errno = cqe.res < 0 ? -cqe.res : 0;
	return took(cqe.res < 0 ? -1 : cqe.res);
}

static int ring_plain(void)
{
	return ring_one(0);
}

static int ring_fixed(void)
{
	return ring_one(1);
}

static int sync_file(void)
{
	return fsync(fd);
}

static int poll_file(void)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT | POLLPRI };

	return poll(&p, 1, 0) < 0 ? -1 : 0;
}

static int cancel(void)
{
	return ioctl(fd, TAO_IOC_CANCEL);
}

static int close_file(void)
{
	int ret = close(fd);

	fd = -1;
	return ret;
}

static int ask(unsigned long cmd)
{
	char room[16384] = { 0 };
	int reader = open(sim_tao, O_RDONLY), ret, error;

	if (reader < 0)
		return -1;
	ret = ioctl(reader, cmd, room);
	error = errno;
	close(reader);
	errno = error;
	return ret;
}

static int get_drive(void)	{ return ask(TAO_IOC_GET_DRIVE); }
static int get_medium(void)	{ return ask(TAO_IOC_GET_MEDIUM); }
static int get_status(void)	{ return ask(TAO_IOC_GET_STATUS); }
static int get_error(void)	{ return ask(TAO_IOC_GET_ERROR); }
static int get_toc(void)	{ return ask(TAO_IOC_GET_TOC); }
static int get_speeds(void)	{ return ask(TAO_IOC_GET_SPEEDS); }
static int get_speed(void)	{ return ask(TAO_IOC_GET_SPEED); }
static int get_settings(void)	{ return ask(TAO_IOC_GET_SETTINGS); }
static int get_statistics(void)	{ return ask(TAO_IOC_GET_STATISTICS); }

/* After a failure the step and the rest of the audio are repeated; the disc must have all of it. */
#define AUDIO	1
/* Failures in the worker of the drive are injected too. */
#define WORKER	2

struct step {
	const char *name;
	int flags;
	int (*call)(void);
	/* preconditions, in this order */
	int (*before[4])(void);
};

static const struct step steps[] = {
	{ "open", 0, start, { NULL } },
	{ "GET_DRIVE", 0, get_drive, { NULL } },
	{ "GET_MEDIUM", WORKER, get_medium, { NULL } },
	{ "GET_STATUS", 0, get_status, { NULL } },
	{ "GET_ERROR", 0, get_error, { NULL } },
	{ "GET_TOC", WORKER, get_toc, { NULL } },
	{ "GET_SPEEDS", 0, get_speeds, { NULL } },
	{ "GET_SPEED", 0, get_speed, { NULL } },
	{ "GET_SETTINGS", 0, get_settings, { NULL } },
	{ "GET_STATISTICS", 0, get_statistics, { NULL } },
	{ "SET_SPEED", WORKER, set_speed, { start } },
	{ "SET_SETTINGS", 0, set_settings, { start } },
	{ "PREPARE", WORKER, prepare, { start } },
	{ "TRACK_BEGIN", AUDIO | WORKER, begin, { start, prepare } },
	{ "the first write", AUDIO | WORKER, write_some, { start } },
	{ "write, 32 sectors", AUDIO, write_quantum, { start, begin } },
	{ "writev, odd", AUDIO, write_odd, { start, begin, write_some } },
	{ "write, long", AUDIO, write_rest, { start, begin, write_some } },
	{ "sendfile", AUDIO, send_file, { start, begin } },
	{ "sendfile, odd", AUDIO, send_file, { start, begin, write_some } },
	{ "splice", AUDIO, splice_pipe, { start, begin, fill_pipe } },
	{ "io_uring", AUDIO, ring_plain, { start, begin, make_ring } },
	{ "io_uring, fixed", AUDIO, ring_fixed, { start, begin, make_ring } },
	{ "fsync", AUDIO, sync_file, { start, begin, write_quantum } },
	{ "poll", AUDIO, poll_file, { start, begin, write_quantum } },
	{ "TRACK_END", WORKER, end, { start, prepare, begin, write_rest } },
	{ "CANCEL", WORKER, cancel, { start, begin, write_quantum } },
	{ "close", WORKER, close_file, { start, begin, write_rest } },
	{ "RELEASE", WORKER, release, { start, prepare, write_rest, end } },
	{ "FINALIZE", WORKER, finalize, { start, write_rest, end } },
	{ "BLANK", WORKER, blank, { start } },
};

/* --- and what comes of it --------------------------------------------------------------------- */

static const int clean[] = { 0, ENOMEM, EFAULT, EIO, EAGAIN, ECANCELED, ENODATA };

static bool is_clean(int error)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(clean); i++)
		if (clean[i] == error)
			return true;
	return false;
}

static const char *wrong;

static bool expect(bool good, const char *what)
{
	if (!good && !wrong)
		wrong = what;
	return good;
}

/* Repeats a step that has failed, and continues the audio where it stopped. */
static void go_on(const struct step *step, bool failed)
{
	int i;

	if (failed && !(step->flags & AUDIO))
		return;
	/* The track is already open if only the copy of the result failed. */
	if (failed && step->call == begin && begin() && errno != EINPROGRESS)
		expect(false, "TRACK_BEGIN, again");
	for (i = 0; given < AUDIO_BYTES && i < 10; i++)
		if (!expect(write_rest() == 0, "the rest of the audio"))
			return;
	expect(given == AUDIO_BYTES, "all of the audio is taken");
	if (expect(!close(fd), "the end of the track"))
		expect(sim_holds(0, audio, AUDIO_BYTES / READCD_SECTOR), "the audio on the disc");
	fd = -1;
}

static void close_all(void)
{
	int i;

	if (fd >= 0)
		close(fd);
	fd = -1;
	for (i = 0; i < 2; i++) {
		if (fds[i] >= 0)
			close(fds[i]);
		fds[i] = -1;
	}
	if (ring_is_open)
		ring_close(&ring);
	ring_is_open = false;
}

/* The drive is free: the door is unlocked and another program can open the disc exclusively. */
static void check_free(void)
{
	int sr;

	sim_wait_idle();
	expect(!sim_locked(), "the door is unlocked");
	sr = open(sim_sr, O_RDONLY | O_NONBLOCK | O_EXCL);
	expect(sr >= 0, "the claim is dropped");
	if (sr >= 0)
		close(sr);
}

static bool disc_used;

static void set_up(const struct step *step)
{
	int i;

	wrong = NULL;
	given = 0;
	if (disc_used)
		sim_new_disc("cdrw80");
	disc_used = step->before[0];
	for (i = 0; i < 4 && step->before[i]; i++)
		if (step->before[i]())
			sim_die(step->name);
}

/* Returns false if there was nothing left to fail. */
static bool try_nth(const struct step *step, void (*find)(void), int n, int *error)
{
	int ret, failed_with;
	bool injected;

	set_up(step);
	find();
	arm(n);
	errno = 0;
	ret = step->call();
	failed_with = ret ? errno : 0;
	injected = disarm();
	expect(is_clean(failed_with), strerror(failed_with));
	if (step->flags & AUDIO)
		go_on(step, ret);
	close_all();
	check_free();
	if (failed_with)
		*error = failed_with;
	return injected;
}

/* Finally a track is burned without failures. */
static void check_burn(void)
{
	sim_new_disc("cdrw80");
	given = 0;
	expect(!start() && !write_rest() && given == AUDIO_BYTES && !close_file() &&
	       sim_holds(0, audio, AUDIO_BYTES / READCD_SECTOR), "the next burn");
	disc_used = true;
}

/* Tries every n-th failure, starting with @first. */
static void run(const struct step *step, const char *who, void (*find)(void), int first, int every)
{
	int n, failed = 0, error = 0;

	forget_victims();
	for (n = first; n < NTH_MAX; n += every, failed++)
		if (!try_nth(step, find, n, &error) || wrong)
			break;
	if (!wrong)
		check_burn();
	result(!wrong && n < NTH_MAX, "%s, %s: %d failures%s%s%s%s%s", step->name, who,
	       failed, error ? ", " : "", error ? strerrorname_np(error) : "",
	       wrong ? ": " : "", wrong ?: "", wrong ? " is not so" : "");
	if (wrong)
		printf("# it was number %d\n", n);
	disarm();
	close_all();
}

/* --- a drive that is plugged in --------------------------------------------------------------- */

/*
 * The drive may get no device nodes, but it must be usable the next time. The result of the call
 * itself depends on sr and the SCSI layer, which print a stack if there is no memory.
 */
static bool plug_nth(int n)
{
	if (sim_try("power", "0"))
		return expect(false, "the drive can be unplugged");
	find_workers();
	arm(n);
	sim_set("power", "1");
	usleep(200000);
	return disarm();
}

static void run_plug(int first, int every)
{
	int n, failed = 0;

	wrong = NULL;
	forget_victims();
	for (n = first; n < PLUG_NTH_MAX && !wrong; n += every, failed++)
		if (!plug_nth(n))
			break;
	sim_try("power", "0");
	sim_power_on();
	if (!wrong)
		check_burn();
	result(!wrong && n < PLUG_NTH_MAX, "plugging in, worker: %d failures%s%s", failed,
	       wrong ? ", not so: " : "", wrong ?: "");
	if (wrong)
		printf("# it was number %d\n", n);
}

static const char *option(int argc, char **argv, const char *name, const char *otherwise)
{
	size_t n = strlen(name);
	int i;

	for (i = 1; i < argc; i++)
		if (!strncmp(argv[i], name, n) && argv[i][n] == '=')
			return argv[i] + n + 1;
	return otherwise;
}

int main(int argc, char **argv)
{
	static const char *const attributes[] = { "dma_alignment=511", "insert=cdrw80", NULL };
	const char *only = option(argc, argv, "step", NULL);
	unsigned int seed = atoi(option(argc, argv, "seed", "0"));
	int every = atoi(option(argc, argv, "every", "1"));
	size_t i;

	if (every < 1)
		sim_die("every");
	srandom(seed);
	printf("TAP version 13\n# seed %u\n", seed);
	sim_create("failnth", attributes);
	audio = mmap(NULL, AUDIO_BYTES + 75264, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	file = memfd_create("audio", 0);
	if (audio == MAP_FAILED || file < 0)
		sim_die("memory");
	sim_audio(audio, AUDIO_BYTES, 1);
	if (write(file, audio, AUDIO_BYTES) != AUDIO_BYTES)
		sim_die("memfd");
	find_self();
	arm_points();
	for (i = 0; i < ARRAY_SIZE(steps); i++) {
		if (only && strcmp(only, steps[i].name))
			continue;
		run(&steps[i], "call", find_self, 1, 1);
		if (steps[i].flags & WORKER)
			run(&steps[i], "worker", find_workers, 1 + random() % every, every);
	}
	if (!only || !strcmp(only, "plug"))
		run_plug(1 + random() % every, every);
	printf("1..%d\n", count);
	return failures > 0;
}
