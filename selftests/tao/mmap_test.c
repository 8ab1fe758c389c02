// SPDX-License-Identifier: GPL-2.0-only
/*
 * A thread of the program that writes holds the lock of its memory, in a page fault that lasts as
 * long as a file system is frozen. Others can end the track all the same.
 * lab: --smp 2
 * timeout: 200
 * build: -Wl,-z,now
 */
#define _GNU_SOURCE
#include <linux/fs.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/mman.h>

#include "burner.h"
#include "harness.h"

#define SECTORS(n)	((n) * TAO_SECTOR_SIZE)
#define BUFFER		(1 << 20)
#define SOON_US		20000000ul	/* on a computer that is busy with other things too */
#define MOUNT		"/tmp/frozen"

static void run(const char *command)
{
	if (system(command))
		sim_die(command);
}

static void __attribute__((constructor)) power_on(void)
{
	static const char *const attributes[] = { "dma_alignment=511", "speed=8", NULL };

	sim_create("mmap", attributes);
	run("modprobe ext4 && modprobe loop && mkdir -p " MOUNT);
	run("truncate -s 16M " MOUNT ".img && mkfs.ext4 -q " MOUNT ".img");
	run("mount -o loop " MOUNT ".img " MOUNT);
}

/* A thread that is there before the lock is held: none can be made then. */
struct task {
	pthread_t thread;
	void (*what)(struct task *task);
	int fd;
	char *data;
	ssize_t ret;
	atomic_bool go, done;
};

static void *wait_and_go(void *arg)
{
	struct task *task = arg;

	while (!task->go)
		usleep(5000);
	task->what(task);
	task->done = true;
	return NULL;
}

static void make(struct task *task, void (*what)(struct task *task), int fd, char *data)
{
	*task = (struct task){ .what = what, .fd = fd, .data = data };
	if (pthread_create(&task->thread, NULL, wait_and_go, task))
		sim_die("thread");
}

static bool done_soon(struct task *task)
{
	unsigned long began = now_us();

	while (!task->done && now_us() - began < SOON_US)
		usleep(5000);
	return task->done;
}

static void do_dirty(struct task *task)
{
	__atomic_store_n(task->data, 1, __ATOMIC_SEQ_CST);
}

/* Who wants the lock alone keeps those out who come after. */
static void do_map(struct task *task)
{
	task->ret = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED;
}

static void do_write(struct task *task)
{
	task->ret = write(task->fd, task->data, BUFFER);
}

static void do_cancel(struct task *task)
{
	task->ret = ioctl(task->fd, TAO_IOC_CANCEL) ? errno : 0;
}

static struct tao_track_end end;

static void do_track_end(struct task *task)
{
	task->ret = ioctl(task->fd, TAO_IOC_TRACK_END, &end) ? errno : 0;
}

/* Whatever comes of this program: it could not even be killed. */
static void thaw_later(int frozen)
{
	if (fork())
		return;
	sleep(60);
	ioctl(frozen, FITHAW, 0);
	_exit(0);
}

TEST(end_while_memory_is_locked)
{
	static char audio[SECTORS(320)];
	struct task dirtier, mapper, writer, canceller, ender;
	char *file, *buffer;
	bool stuck, cancelled, ended;
	int fd, w, frozen;

	sim_new_disc("cdr80");
	sim_audio(audio, sizeof(audio), 9);
	fd = open(MOUNT "/file", O_RDWR | O_CREAT, 0600);
	ASSERT_EQ(0, ftruncate(fd, 4096));
	file = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	ASSERT_NE(MAP_FAILED, file);
	/* A page to read is there then; to write to it is another fault. */
	end.number = file[0];
	w = open(sim_tao, O_WRONLY);
	ASSERT_EQ(sizeof(audio), write(w, audio, sizeof(audio)));
	make(&dirtier, do_dirty, -1, file);
	make(&mapper, do_map, -1, NULL);
	make(&writer, do_write, w, NULL);
	make(&canceller, do_cancel, w, NULL);
	make(&ender, do_track_end, w, NULL);
	/* Nobody else here may need the lock: all that is there by now is there to stay. */
	ASSERT_EQ(0, mlockall(MCL_CURRENT));
	/* Of this the second half is not there. */
	buffer = mmap(NULL, BUFFER, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, buffer);
	madvise(buffer, BUFFER, MADV_NOHUGEPAGE);
	memset(buffer, 1, BUFFER / 2);
	writer.data = buffer;

	frozen = open(MOUNT, O_RDONLY);
	thaw_later(frozen);
	ASSERT_EQ(0, ioctl(frozen, FIFREEZE, 0));
	dirtier.go = true;
	usleep(500000);
	mapper.go = true;
	usleep(500000);
	writer.go = true;
	usleep(1000000);
	stuck = !dirtier.done && !mapper.done;
	canceller.go = true;
	cancelled = done_soon(&canceller);
	ender.go = true;
	ended = done_soon(&ender);
	ioctl(frozen, FITHAW, 0);

	EXPECT_TRUE(done_soon(&writer) && done_soon(&mapper));
	EXPECT_TRUE(stuck && cancelled && ended)
		TH_LOG("stuck: %d, cancelled: %d, ended: %d", stuck, cancelled, ended);
	EXPECT_EQ(0, canceller.ret);
	EXPECT_EQ(ECANCELED, ender.ret);
	EXPECT_LE(320, end.sectors);
	EXPECT_TRUE(sim_holds(0, audio, 320));
	close(w);
}

TEST_HARNESS_MAIN
