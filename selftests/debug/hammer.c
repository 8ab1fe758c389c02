// SPDX-License-Identifier: GPL-2.0-only
/*
 * hammer [NAME=VALUE]...: all kinds of programs use simulated recorders, while another thread
 * ("the hand") changes discs, plugs and faults. The final state counts: no call hangs, and each
 * recorder can burn a track, sample by sample, with the door unlocked and the claim dropped
 * afterwards.
 *
 *	drives=2 clients=10 seconds=30 seed=RANDOM
 *	faults=none|garbage|any		garbage: in replies; any: all faults of cdr-sim
 *	fuzz=0|1			all clients are fuzzers of the system calls
 *	guided=0|1			fuzzers use the coverage of earlier runs
 *	limit=120			maximum duration of a call in seconds
 *
 * build: -luring
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/wait.h>

#include "../clock.h"
#include "../tao/sim.h"
#include "../stream/uring.h"
#include "guided.h"
#include "result.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define DRIVES_MAX	8
#define CLIENTS_MAX	64
#define AUDIO_BYTES	(2 << 20)

enum faults { FAULTS_NONE, FAULTS_GARBAGE, FAULTS_ANY };

static int drives_count = 2, clients_count = 10, seconds = 30, limit = 120, fuzz_only, guided = 1;
static unsigned int seed;
static enum faults faults;

static char *audio;
static int audio_file;
static atomic_bool stop;

static struct drive {
	pthread_rwlock_t lock;		/* protects the node names, which change on a plug */
	char name[64], tao[64], sr[64];
	bool on;
} drives[DRIVES_MAX];

static struct client {
	pthread_t thread;
	unsigned int random;
	const char *what;	/* current call, or NULL; read by the hand too */
	long since;
	char tao[64], sr[64];
	int fd;
	long calls, errors, tracks;
	struct guided guided;
} clients[CLIENTS_MAX];

static __thread struct client *self;

/* --- helpers ---------------------------------------------------------------------------------- */

static unsigned int next_random(unsigned int *state)
{
	unsigned int x = *state;

	x ^= x << 13;
	x ^= x >> 17;
	x ^= x << 5;
	return *state = x;
}

static unsigned int hand_random;

/* Random number below @n; the hand has its own sequence. */
static unsigned int rnd(unsigned int n)
{
	return (self ? guided_draw(&self->guided, &self->random, next_random) :
		       next_random(&hand_random)) % n;
}

static bool chance(unsigned int percent)
{
	return rnd(100) < percent;
}

static void enter(const char *what)
{
	__atomic_store_n(&self->since, clock_ms(), __ATOMIC_RELAXED);
	__atomic_store_n(&self->what, what, __ATOMIC_RELEASE);
}

static long leave(long ret)
{
	__atomic_store_n(&self->what, NULL, __ATOMIC_RELEASE);
	self->calls++;
	self->errors += ret < 0;
	return ret;
}

/* Watches a call: one that lasts too long is a hang. */
#define CALL(what, call)	(enter(what), leave(call))

/* --- clients ---------------------------------------------------------------------------------- */

static int open_tao(int flags)
{
	return self->fd = CALL("open", open(self->tao, flags | O_CLOEXEC));
}

static void close_tao(void)
{
	CALL("close", close(self->fd));
	self->fd = -1;
}

static int prepare(void)
{
	struct tao_prepare p = { .flags = chance(20) ? rnd(16) : 0, .wait_ms = 1 + rnd(3000) };

	if (p.flags & TAO_PREPARE_MCN)
		strcpy(p.mcn, "4006381333931");
	return CALL("PREPARE", ioctl(self->fd, TAO_IOC_PREPARE, &p));
}

static int begin(void)
{
	struct tao_track_begin t = { .bytes = chance(30) ? 1 + rnd(AUDIO_BYTES) : 0 };

	return CALL("TRACK_BEGIN", ioctl(self->fd, TAO_IOC_TRACK_BEGIN, &t));
}

static int end(void)
{
	struct tao_track_end t = { 0 };
	int ret = CALL("TRACK_END", ioctl(self->fd, TAO_IOC_TRACK_END, &t));

	self->tracks += !ret;
	return ret;
}

static int close_session(unsigned long cmd)
{
	struct tao_finalize f = { .flags = rnd(2), .close = rnd(3) };

	return CALL("close session", ioctl(self->fd, cmd, &f));
}

static int blank(void)
{
	struct tao_blank b = { .flags = rnd(2) };

	return CALL("BLANK", ioctl(self->fd, TAO_IOC_BLANK, &b));
}

static int speed(void)
{
	struct tao_speed s = { .requested_kbps = 1 + rnd(10000) };

	return CALL("SET_SPEED", ioctl(self->fd, TAO_IOC_SET_SPEED, &s));
}

static void *some_audio(size_t *len)
{
	static const size_t sizes[] = { 1, 4, 2352, 4096, 65536, 75264, 131072, 262144 };
	size_t at = chance(50) ? rnd(256) * 4096 : rnd(AUDIO_BYTES / 2);

	*len = chance(70) ? sizes[rnd(ARRAY_SIZE(sizes))] : 1 + rnd(300000);
	return audio + at;
}

static void writes(int how_many)
{
	while (how_many-- && !stop) {
		size_t len;
		void *p = some_audio(&len);

		if (CALL("write", write(self->fd, p, len)) < 0 && errno != EINTR && errno != EAGAIN)
			break;
	}
}

static void splices(int how_many)
{
	int p[2];

	while (how_many-- && !stop) {
		struct iovec v;
		off_t at = rnd(AUDIO_BYTES / 2);

		if (chance(50)) {
			if (CALL("sendfile", sendfile(self->fd, audio_file, &at, rnd(300000))) < 0)
				break;
			continue;
		}
		if (pipe(p))
			return;
		v.iov_base = some_audio(&v.iov_len);
		CALL("vmsplice", vmsplice(p[1], &v, 1, SPLICE_F_NONBLOCK));
		CALL("splice", splice(p[0], NULL, self->fd, NULL, rnd(70000),
				      chance(30) ? SPLICE_F_NONBLOCK : 0));
		close(p[0]);
		close(p[1]);
	}
}

/* Sometimes it disappears while writes are in progress. */
static void rings(int how_many)
{
	struct io_uring_cqe cqe;
	struct ring r = { 0 };
	int on_the_way = 0;

	if (ring_open(&r, 8))
		return;
	ring_register_buffer(&r, audio, AUDIO_BYTES);
	while (how_many-- && !stop) {
		size_t len;
		void *p = some_audio(&len);

		ring_write(&r, self->fd, rnd(2), p, len, 0, 1);
		if (CALL("io_uring_enter", ring_submit(&r, 0)) < 0)
			break;
		on_the_way++;
		while (ring_next(&r, &cqe))
			on_the_way--;
		if (on_the_way == 8 && CALL("io_uring wait", ring_wait(&r, &cqe)) == 0)
			on_the_way--;
	}
	while (on_the_way && chance(90) && !stop) {
		if (CALL("io_uring wait", ring_wait(&r, &cqe)))
			break;
		on_the_way--;
	}
	CALL("io_uring close", (ring_close(&r), 0));
}

static void (*const ways[])(int) = { writes, splices, rings };

static void burner(void)
{
	if (open_tao(O_WRONLY | (chance(20) ? O_NONBLOCK : 0)) < 0)
		return;
	if (chance(20))
		speed();
	if (chance(10))
		blank();
	if (chance(60))
		prepare();
	if (chance(60))
		begin();
	ways[rnd(3)](1 + rnd(12));
	if (chance(20))
		CALL("fsync", fsync(self->fd));
	if (chance(60))
		end();
	if (chance(30))
		close_session(chance(50) ? TAO_IOC_RELEASE : TAO_IOC_FINALIZE);
	close_tao();
}

/* A program that is killed during a burn. */
static void killed(void)
{
	pid_t child = fork();

	if (!child) {
		int fd = open(self->tao, O_WRONLY);

		while (write(fd, audio, 75264) > 0)
			;
		pause();
	}
	usleep(rnd(500000));
	kill(child, SIGKILL);
	CALL("waitpid", waitpid(child, NULL, 0) < 0 ? -1 : 0);
}

static const unsigned long asking[] = {
	TAO_IOC_GET_DRIVE, TAO_IOC_GET_MEDIUM, TAO_IOC_GET_STATUS, TAO_IOC_GET_TOC,
	TAO_IOC_GET_SPEEDS, TAO_IOC_GET_SPEED, TAO_IOC_GET_SETTINGS, TAO_IOC_GET_STATISTICS,
	TAO_IOC_GET_ERROR, TAO_IOC_GET_TEXT,
};

static void read_sysfs(void)
{
	static const char *const names[] = {
		"state", "action", "medium/status", "limits/write_sectors", "statistics/tracks",
		"error/text", "speed", "uevent",
	};
	char path[200], text[4096];
	int fd;

	snprintf(path, sizeof(path), "/sys/class/tao/%.50s/%s", self->tao + 5,
		 names[rnd(ARRAY_SIZE(names))]);
	fd = CALL("sysfs open", open(path, O_RDONLY));
	if (fd < 0)
		return;
	CALL("sysfs read", read(fd, text, sizeof(text)));
	close(fd);
}

static void reader(void)
{
	struct pollfd p = { .events = POLLPRI | POLLIN };
	char room[16384] = { 0 };
	int i;

	if (open_tao(O_RDONLY) < 0)
		return;
	for (i = rnd(20); i && !stop; i--) {
		CALL("GET", ioctl(self->fd, asking[rnd(ARRAY_SIZE(asking))], room));
		p.fd = self->fd;
		CALL("poll", poll(&p, 1, rnd(20)));
		read_sysfs();
	}
	if (chance(10))
		CALL("CANCEL", ioctl(self->fd, TAO_IOC_CANCEL));
	close_tao();
}

/* Another program that uses the same drive. */
static void neighbour(void)
{
	char sector[READCD_SECTOR];
	int fd = CALL("sr open", open(self->sr, O_RDONLY | (chance(80) ? O_NONBLOCK : 0) |
				      (chance(30) ? O_EXCL : 0)));

	if (fd < 0)
		return;
	if (chance(50) && faults == FAULTS_NONE)
		CALL("READ CD", read_cd(fd, rnd(300), 1, sector));
	usleep(rnd(50000));
	CALL("sr close", close(fd));
}

static unsigned int fuzzed_ioctl(void)
{
	static const unsigned int writing[] = {
		TAO_IOC_PREPARE, TAO_IOC_RELEASE, TAO_IOC_TRACK_BEGIN, TAO_IOC_TRACK_END,
		TAO_IOC_FINALIZE, TAO_IOC_BLANK, TAO_IOC_SET_SPEED, TAO_IOC_SET_SETTINGS,
		TAO_IOC_CANCEL,
	};
	unsigned int cmd = chance(50) ? writing[rnd(ARRAY_SIZE(writing))] :
					asking[rnd(ARRAY_SIZE(asking))];

	if (chance(10))
		cmd ^= 1u << rnd(32);
	if (chance(10))
		cmd = (cmd & ~(_IOC_SIZEMASK << _IOC_SIZESHIFT)) | rnd(16384) << _IOC_SIZESHIFT;
	return cmd;
}

/* Arguments that sometimes pass the first checks. */
static void fuzz_argument(unsigned char *arg, size_t size)
{
	int i;

	memset(arg, 0, size);
	if (chance(30))
		for (i = 0; i < 64; i++)
			arg[rnd(size)] = rnd(256);
	else
		for (i = rnd(4); i; i--)
			arg[rnd(16)] = chance(70) ? rnd(4) : rnd(256);
}

static void fuzz_once(void)
{
	static unsigned char room[CLIENTS_MAX][16384];
	unsigned char *arg = room[self - clients];
	size_t len;
	void *p = some_audio(&len);
	struct iovec v[4] = { { p, rnd(5000) }, { p, 0 }, { p + 1, rnd(100000) }, { p, len } };
	struct pollfd poll_fd = { .fd = self->fd, .events = rnd(0x10000) };

	switch (rnd(14)) {
	case 0 ... 4:
		fuzz_argument(arg, sizeof(room[0]));
		CALL("ioctl", ioctl(self->fd, fuzzed_ioctl(),
				    chance(95) ? (void *)arg : (void *)(long)rnd(99999)));
		break;
	case 5:
		CALL("write", write(self->fd, chance(90) ? p : (void *)64, len));
		break;
	case 6:
		CALL("writev", writev(self->fd, v, 1 + rnd(4)));
		break;
	case 7:
		CALL("pwritev2", pwritev2(self->fd, v, 1 + rnd(4), -1, rnd(32)));
		break;
	case 8:
		CALL("poll", poll(&poll_fd, 1, rnd(50)));
		break;
	case 9:
		splices(1);
		break;
	case 10:
		rings(1 + rnd(4));
		break;
	case 11:
		CALL("fsync", fsync(self->fd));
		break;
	case 12:
		CALL("lseek, mmap, read", lseek(self->fd, rnd(9), rnd(5)) +
		     (mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, self->fd, 0) != MAP_FAILED) +
		     read(self->fd, arg, 100));
		break;
	case 13:
		fcntl(self->fd, F_SETFL, chance(50) ? O_NONBLOCK : 0);
		CALL("close of a copy", close(dup(self->fd)));
		break;
	}
}

/* Descriptors are shared: one thread closes a descriptor that another one uses. */
static atomic_int shared_fds[8] = { -1, -1, -1, -1, -1, -1, -1, -1 };

static void fuzzer(void)
{
	static const int modes[] = { O_RDONLY, O_WRONLY, O_RDWR };
	int slot = rnd(8), i;

	if (shared_fds[slot] < 0 || chance(10)) {
		int fd = CALL("open", open(self->tao, modes[rnd(3)] | O_CLOEXEC |
					   (chance(50) ? O_NONBLOCK : 0)));
		int old = atomic_exchange(&shared_fds[slot], fd);

		if (old >= 0)
			CALL("close", close(old));
	}
	guided_begin(&self->guided, guided, &self->random, next_random);
	/* Use a copy, because the number may refer to another file meanwhile. */
	self->fd = dup(shared_fds[slot]);
	for (i = 1 + rnd(20); i && self->fd >= 0 && !stop; i--)
		fuzz_once();
	if (self->fd >= 0)
		close_tao();
	guided_end(&self->guided);
}

static void (*const kinds[])(void) = {
	burner, fuzzer, burner, reader, killed, burner, neighbour, fuzzer, burner, reader,
};

static void pick_drive(void)
{
	struct drive *d = &drives[rnd(drives_count)];

	pthread_rwlock_rdlock(&d->lock);
	strcpy(self->tao, d->tao);
	strcpy(self->sr, d->sr);
	pthread_rwlock_unlock(&d->lock);
}

static void *client(void *arg)
{
	int kind;

	self = arg;
	kind = self - clients;
	while (!stop) {
		pick_drive();
		if (fuzz_only)
			fuzzer();
		else
			kinds[kind % ARRAY_SIZE(kinds)]();
		usleep(rnd(2000));
	}
	return NULL;
}

/* --- the hand --------------------------------------------------------------------------------- */

static void use(struct drive *d)
{
	strcpy(sim_name, d->name);
}

static void learn_nodes(struct drive *d)
{
	pthread_rwlock_wrlock(&d->lock);
	strcpy(d->tao, sim_tao);
	strcpy(d->sr, sim_sr);
	pthread_rwlock_unlock(&d->lock);
	d->on = true;
}

static void make_rule(char *rule, size_t size)
{
	/* The opcodes of a burn. */
	static const char *const ops[] = {
		"any", "00", "03", "1b", "1e", "2a", "35", "43", "46", "4a", "51", "52", "55", "5a",
		"5b", "5c", "a1", "ac", "b6", "bb",
	};
	static const char *const senses[] = {
		"1/17/01", "2/04/01", "2/04/08", "2/3a/00", "3/0c/00", "3/72/04", "4/44/00",
		"5/20/00", "5/24/00", "5/21/02", "5/2c/00", "5/64/00", "6/28/00", "6/29/00",
		"6/2a/01", "7/27/00", "b/08/00", "b/4e/00", "8/00/00", "d/00/00",
	};
	int n = snprintf(rule, size, "op=%s chance=%u times=%u nth=%u ",
			 ops[chance(30) ? 0 : rnd(ARRAY_SIZE(ops))], 1 + rnd(100), rnd(6),
			 1 + rnd(10));
	unsigned int kind = rnd(faults == FAULTS_GARBAGE ? 8 : 16);

	rule += n;
	size -= n;
	switch (kind) {
	case 0 ... 3:
		snprintf(rule, size, "garbage");
		break;
	case 4:
		snprintf(rule, size, "short=%u", rnd(40));
		break;
	case 5 ... 6:
		snprintf(rule, size, "set=%u:%08x", rnd(40), next_random(&hand_random));
		break;
	case 7:
		snprintf(rule, size, "residual=%u", rnd(3000));
		break;
	case 8 ... 10:
		snprintf(rule, size, "sense=%s%s", senses[rnd(ARRAY_SIZE(senses))],
			 chance(30) ? " after" : chance(20) ? " deferred" : "");
		break;
	case 11:
		snprintf(rule, size, "status=%u", chance(50) ? 8 : 0x28);
		break;
	case 12:
		snprintf(rule, size, "host=%u%s", 1 + rnd(15), chance(30) ? " after" : "");
		break;
	case 13:
		snprintf(rule, size, "delay=%u%s", rnd(300), chance(30) ? " after" : "");
		break;
	case 14:
		snprintf(rule, size, "good");
		break;
	default:
		snprintf(rule, size, chance(50) ? "reset" : "eject");
		break;
	}
}

static void other_disc(void)
{
	static const char *const discs[] = {
		"cdr80", "cdrw80", "cdr:5000", "cdrw:3000", "cdr63", "same",
	};

	sim_try("eject", chance(80) ? "force" : "1");
	sim_try("insert", discs[rnd(ARRAY_SIZE(discs))]);
}

/* Faults may prevent the detection of the drive; then it is plugged in without any. */
static void plug(struct drive *d)
{
	if (sim_try("power", "0"))
		return;
	usleep(rnd(200000));
	if (chance(50)) {
		sim_try("power", "1");
		usleep(rnd(500000));
		sim_try("power", "0");
	}
	sim_try("fault", "clear");
	sim_power_on();
	learn_nodes(d);
}

static void one_hit(struct drive *d)
{
	char rule[200];

	use(d);
	switch (rnd(8)) {
	case 0 ... 3:
		if (faults == FAULTS_NONE)
			break;
		make_rule(rule, sizeof(rule));
		sim_try("fault", rule);
		break;
	case 4 ... 5:
		sim_try("fault", "clear");
		break;
	case 6:
		other_disc();
		break;
	case 7:
		if (faults == FAULTS_ANY && chance(30))
			plug(d);
		break;
	}
}

static void interrupt_somebody(void)
{
	pthread_kill(clients[rnd(clients_count)].thread, SIGUSR1);
}

/* The client that has been in one call for too long, or NULL. */
static struct client *find_hung(void)
{
	int i;

	for (i = 0; i < clients_count; i++)
		if (__atomic_load_n(&clients[i].what, __ATOMIC_ACQUIRE) &&
		    clock_ms() - __atomic_load_n(&clients[i].since, __ATOMIC_RELAXED) >
		    limit * 1000L)
			return &clients[i];
	return NULL;
}

static void check_hung(void)
{
	struct client *hung = find_hung();
	int to;

	if (!hung)
		return;
	result(false, "%s of client %zu on %s lasts for %ld s", hung->what, hung - clients,
	       hung->tao, (clock_ms() - hung->since) / 1000);
	/* Print the stacks of all tasks in uninterruptible sleep on the console */
	to = open("/proc/sysrq-trigger", O_WRONLY);
	if (to >= 0 && write(to, "w", 1) < 0)
		perror("sysrq");
	_exit(1);
}

static void hammer(void)
{
	long until = clock_ms() + seconds * 1000L;

	while (clock_ms() < until) {
		one_hit(&drives[rnd(drives_count)]);
		if (chance(50))
			interrupt_somebody();
		check_hung();
		usleep(rnd(100000));
	}
}

/* --- before and after ------------------------------------------------------------------------- */

static void no_handler(int signal)
{
	(void)signal;
}

static void make_drive(int i)
{
	static const char *const attributes[][5] = {
		{ "dma_alignment=3", "insert=cdr80", NULL },
		{ "dma_alignment=511", "insert=cdrw80", NULL },
		{ "dma_alignment=511", "max_sectors=128", "sg_tablesize=16", "insert=cdr80", NULL },
		{ "dma_alignment=3", "virt_boundary=4095", "insert=cdrw80", NULL },
	};
	struct drive *d = &drives[i];

	snprintf(d->name, sizeof(d->name), "hammer%d", i);
	pthread_rwlock_init(&d->lock, NULL);
	sim_create(d->name, attributes[i % ARRAY_SIZE(attributes)]);
	learn_nodes(d);
}

static void start_clients(void)
{
	int i;

	for (i = 0; i < clients_count; i++) {
		clients[i].random = seed * 2654435761u + i * 40503u + 1;
		clients[i].fd = -1;
		if (pthread_create(&clients[i].thread, NULL, client, &clients[i]))
			sim_die("thread");
	}
}

static void join_clients(void)
{
	long calls = 0, errors = 0, tracks = 0;
	int i;

	for (i = 0; i < clients_count; i++) {
		while (pthread_tryjoin_np(clients[i].thread, NULL)) {
			check_hung();
			usleep(50000);
			pthread_kill(clients[i].thread, SIGUSR1);
		}
		calls += clients[i].calls;
		errors += clients[i].errors;
		tracks += clients[i].tracks;
	}
	for (i = 0; i < (int)ARRAY_SIZE(shared_fds); i++)
		if (shared_fds[i] >= 0)
			close(shared_fds[i]);
	result(true, "no call lasted for %d s", limit);
	result(calls > errors && errors, "%ld calls, %ld of them failed, %ld tracks ended by ioctl",
	       calls, errors, tracks);
	if (fuzz_only)
		result(guided_kept.places_count, "fuzzers came to %u places by %u kinds of runs",
		       guided_kept.places_count, guided_kept.runs_count);
}

static bool fails(const char *what)
{
	int error = errno;

	printf("# %s: %s; \"%s\", then \"%s\"\n", what, strerror(error),
	       sim_error(TAO_ERROR_FIRST).text, sim_error(TAO_ERROR_LATEST).text);
	return false;
}

static bool burns(void)
{
	size_t bytes = 301 * READCD_SECTOR, n = 0;
	int fd = open(sim_tao, O_WRONLY);
	ssize_t ret = 1;

	if (fd < 0)
		return fails("open");
	while (n < bytes && ret > 0) {
		ret = write(fd, audio + n, bytes - n);
		n += ret > 0 ? ret : 0;
	}
	if (n < bytes)
		fails("write");
	if (close(fd))
		return fails("close");
	return n == bytes && (sim_holds(0, audio, 301) || fails("read"));
}

/*
 * A ring that was closed with writes in progress keeps the file a while longer, and one of these
 * may still begin a track.
 */
static bool is_let_go(void)
{
	long until = clock_ms() + limit * 1000L;
	int fd;

	while ((fd = open(sim_tao, O_WRONLY)) < 0) {
		if (errno != EBUSY || clock_ms() > until)
			return fails("open");
		usleep(50000);
	}
	return !close(fd);
}

/*
 * The kernel's sr accepts any sector size in a reply to READ CAPACITY. If that is garbage, its
 * queue may have no room for a single byte, and nobody can send the drive a command with data
 * until it is plugged in again.
 */
static bool sr_has_spoiled_the_queue(void)
{
	char path[128], text[32] = "";
	FILE *f;

	snprintf(path, sizeof(path), "/sys/block/%s/queue/max_hw_sectors_kb",
		 strrchr(sim_sr, '/') + 1);
	f = fopen(path, "r");
	if (!f || !fgets(text, sizeof(text), f))
		sim_die(path);
	fclose(f);
	return atoi(text) * 1024 < READCD_SECTOR;
}

static void plug_in_anew(struct drive *d)
{
	printf("# %s: sr has spoiled its queue: plugged in anew\n", d->name);
	sim_set("power", "0");
	sim_power_on();
	learn_nodes(d);
}

static void check_drive(struct drive *d)
{
	int sr;

	use(d);
	sim_try("fault", "clear");
	strcpy(sim_tao, d->tao);
	strcpy(sim_sr, d->sr);
	result(is_let_go(), "%s: who wrote has let go", d->name);
	if (sr_has_spoiled_the_queue())
		plug_in_anew(d);
	sim_new_disc("cdr80");
	result(burns(), "%s burns a track", d->name);
	sim_wait_idle();
	sr = open(sim_sr, O_RDONLY | O_NONBLOCK | O_EXCL);
	result(sr >= 0 && !sim_locked(), "%s: the door is unlocked, the claim dropped", d->name);
	close(sr);
}

static void parse(const char *arg)
{
	static const struct {
		const char *name;
		int *value;
	} numbers[] = {
		{ "drives=", &drives_count }, { "clients=", &clients_count },
		{ "seconds=", &seconds }, { "seed=", (int *)&seed }, { "limit=", &limit },
		{ "fuzz=", &fuzz_only }, { "guided=", &guided },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(numbers); i++)
		if (!strncmp(arg, numbers[i].name, strlen(numbers[i].name)))
			*numbers[i].value = atoi(strchr(arg, '=') + 1);
	if (!strcmp(arg, "faults=garbage"))
		faults = FAULTS_GARBAGE;
	if (!strcmp(arg, "faults=any"))
		faults = FAULTS_ANY;
}

static void set_up_audio(void)
{
	audio = mmap(NULL, AUDIO_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	audio_file = memfd_create("audio", 0);
	if (audio == MAP_FAILED || audio_file < 0)
		sim_die("memory");
	sim_audio(audio, AUDIO_BYTES, seed);
	if (write(audio_file, audio, AUDIO_BYTES) != AUDIO_BYTES)
		sim_die("memfd");
}

int main(int argc, char **argv)
{
	struct sigaction act = { .sa_handler = no_handler };
	int i;

	seed = time(NULL) % 1000000;
	for (i = 1; i < argc; i++)
		parse(argv[i]);
	hand_random = seed * 2654435761u + 99;
	printf("TAP version 13\n# seed %u\n", seed);
	sigaction(SIGUSR1, &act, NULL);
	signal(SIGPIPE, SIG_IGN);
	set_up_audio();
	for (i = 0; i < drives_count; i++)
		make_drive(i);
	start_clients();
	hammer();
	stop = true;
	for (i = 0; i < drives_count; i++) {
		use(&drives[i]);
		sim_try("fault", "clear");
	}
	join_clients();
	for (i = 0; i < drives_count; i++)
		check_drive(&drives[i]);
	printf("1..%d\n", count);
	return failures > 0;
}
