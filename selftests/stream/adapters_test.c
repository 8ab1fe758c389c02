// SPDX-License-Identifier: GPL-2.0-only
/*
 * Adapters of all kinds: the size of the WRITEs for each, the data that are copied for it, and
 * that the samples are right. The sizes are computed by hand: 32 sectors are 75,264 bytes, 147 *
 * 512; they may be on 20 pages.
 * timeout: 400
 * full
 */
#define _GNU_SOURCE
#include <scsi/sg.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#define NO_RECORDERS	/* each test creates its own */
#include "stream.h"

#define SIZE	(10 * QUANTUM + 5000)
#define NONE	(-1)

static const struct adapter {
	const char *alignment, *limit;
	long write_sectors;	/* NONE: any that fits */
	int copies;		/* part of whole WRITEs that is copied: 0 none, 1 all */
} adapters[] = {
	/* 32,768 bytes are 13 sectors, and 32 sectors don't fit: alignment 511 has to copy */
	{ "dma_alignment=3", "max_sectors=64", 13, 0 },
	{ "dma_alignment=511", "max_sectors=64", 13, 1 },
	/* 65,536 bytes, as for a USB bridge; 27 sectors */
	{ "dma_alignment=3", "max_sectors=128", 27, 0 },
	{ "dma_alignment=511", "max_sectors=128", 27, 1 },
	/* usb-storage, libata, fast USB */
	{ "dma_alignment=3", "max_sectors=240", 32, 0 },
	{ "dma_alignment=511", "max_sectors=240", 32, 0 },
	{ "dma_alignment=3", "max_sectors=256", 32, 0 },
	{ "dma_alignment=511", "max_sectors=256", 32, 0 },
	{ "dma_alignment=3", "max_sectors=2048", 32, 0 },
	{ "dma_alignment=511", "max_sectors=2048", 32, 0 },
	/* 8 segments: 7 pages from any start, 28,672 bytes, 12 sectors */
	{ "dma_alignment=3", "sg_tablesize=8", 12, 0 },
	{ "dma_alignment=511", "sg_tablesize=8", 12, 1 },
	/* 20 segments: 19 pages from any start, 77,824 bytes */
	{ "dma_alignment=3", "sg_tablesize=20", 32, 0 },
	{ "dma_alignment=511", "sg_tablesize=20", 32, 0 },
	{ "dma_alignment=3", "sg_tablesize=128", 32, 0 },
	{ "dma_alignment=511", "sg_tablesize=128", 32, 0 },
	/* Segments may join only at page boundaries, which is always true for a contiguous range */
	{ "dma_alignment=3", "virt_boundary=4095", 32, 0 },
	{ "dma_alignment=511", "virt_boundary=4095", 32, 0 },
};

static void remove_recorder(void)
{
	char path[128];

	sim_wait_idle();
	sim_set("power", "0");
	snprintf(path, sizeof(path), SIM_ROOT "/%s", sim_name);
	if (rmdir(path))
		sim_die(path);
}

static char *new_audio(size_t size, uint32_t seed)
{
	char *audio = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (audio == MAP_FAILED)
		sim_die("memory");
	sim_audio(audio, size, seed);
	return audio;
}

/* Burns in writes of one WRITE each. */
static int burn(const char *audio, size_t size, size_t bs)
{
	int fd = open(sim_tao, O_WRONLY);
	size_t at, n;

	if (fd < 0)
		return -1;
	for (at = 0; at < size; at += n) {
		n = size - at < bs ? size - at : bs;
		if (write(fd, audio + at, n) != (ssize_t)n)
			return -1;
	}
	return close(fd);
}

/*
 * The alignment may be that of memory for DMA, 128 bytes on arm64. 2352 is 16 * 147, so it takes a
 * sixteenth of it in sectors.
 */
static long in_quanta(long sectors)
{
	char path[PATH_MAX];
	long mask = 0;
	long quantum;
	FILE *f;

	snprintf(path, sizeof(path), "/sys/block/%s/queue/dma_alignment", sim_sr + 5);
	f = fopen(path, "r");
	if (!f || fscanf(f, "%ld", &mask) != 1)
		sim_die(path);
	fclose(f);
	quantum = (mask + 1) / 16;
	return quantum > 1 && quantum <= sectors ? sectors - sectors % quantum : sectors;
}

static void try_adapter(struct __test_metadata *_metadata, const struct adapter *a, uint32_t seed)
{
	const char *const attributes[] = { a->alignment, a->limit, NULL };
	struct tao_statistics before, now;
	unsigned long long copied, mapped, bs;
	char *audio;

	sim_create("adapter", attributes);
	sim_new_disc("cdr80");
	EXPECT_EQ(in_quanta(a->write_sectors), limit("write_sectors"))
		TH_LOG("%s %s", a->alignment, a->limit);
	bs = limit("write_sectors") * SECTOR;
	audio = new_audio(SIZE, seed);
	before = module_stats();
	ASSERT_EQ(0, burn(audio, SIZE, bs)) TH_LOG("%s %s", a->alignment, a->limit);
	sim_wait_idle();
	now = module_stats();
	copied = now.bytes_copied - before.bytes_copied;
	mapped = now.bytes_mapped - before.bytes_mapped;
	EXPECT_TRUE(burned(audio, SIZE)) TH_LOG("%s %s", a->alignment, a->limit);
	EXPECT_EQ(SIZE, copied + mapped);
	EXPECT_EQ(a->copies ? SIZE : SIZE % bs, copied)
		TH_LOG("%s %s", a->alignment, a->limit);
	EXPECT_EQ(mapped, recorder_stat("write_bytes_user"));
	EXPECT_EQ((sectors_of(SIZE) * SECTOR + bs - 1) / bs, recorder_stat("writes"))
		TH_LOG("%s %s", a->alignment, a->limit);
	munmap(audio, SIZE);
	remove_recorder();
}

/* A fixture allows a timeout for each test; TEST() does not. */
FIXTURE(adapter)
{
};

FIXTURE_SETUP(adapter)
{
}

FIXTURE_TEARDOWN(adapter)
{
}

TEST_F_TIMEOUT(adapter, all, 300)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(adapters); i++)
		try_adapter(_metadata, &adapters[i], i + 1);
}

/* 26, for a bridge that fails above 64 KiB; on 511, sizes other than multiples of 32 are copied. */
TEST_F_TIMEOUT(adapter, override, 120)
{
	const char *const attributes[] = { "dma_alignment=511", NULL };
	char *audio = new_audio(SIZE, 99);
	struct tao_statistics before;

	sim_create("override", attributes);
	sim_new_disc("cdr80");
	set_limit("write_sectors", 26);
	ASSERT_EQ(0, burn(audio, SIZE, 26 * SECTOR));
	sim_wait_idle();
	EXPECT_TRUE(burned(audio, SIZE));
	EXPECT_EQ((sectors_of(SIZE) + 25) / 26, recorder_stat("writes"));

	sim_new_disc("cdr80");
	set_limit("write_sectors", 96);
	before = module_stats();
	ASSERT_EQ(0, burn(audio, SIZE, SIZE));
	sim_wait_idle();
	EXPECT_TRUE(burned(audio, SIZE));
	EXPECT_EQ((sectors_of(SIZE) + 95) / 96, recorder_stat("writes"));
	EXPECT_EQ(SIZE % (96 * SECTOR), module_stats().bytes_copied - before.bytes_copied);
	remove_recorder();
}

/* A page of a file that ends where segments may not join is copied; the silence follows it. */
TEST_F_TIMEOUT(adapter, silence_behind_a_page_of_a_file, 60)
{
	const char *const attributes[] = { "dma_alignment=3", "virt_boundary=4095", NULL };
	const ssize_t size = 20 * SECTOR;
	char *audio = new_audio(size, 7);
	int file = memfd_create("audio", 0), fd;
	struct tao_statistics before;

	ASSERT_EQ(size, write(file, audio, size));
	ASSERT_EQ(0, lseek(file, 0, SEEK_SET));
	sim_create("silence", attributes);
	sim_new_disc("cdr80");
	before = module_stats();
	fd = open(sim_tao, O_WRONLY);
	ASSERT_LE(0, fd);
	EXPECT_EQ(size, sendfile(fd, file, NULL, size));
	EXPECT_EQ(0, close(fd));
	sim_wait_idle();
	EXPECT_TRUE(burned(audio, size));
	EXPECT_EQ(size % sysconf(_SC_PAGESIZE), module_stats().bytes_copied - before.bytes_copied);
	close(file);
	munmap(audio, size);
	remove_recorder();
}

static int test_unit_ready(int fd)
{
	unsigned char cdb[6] = { 0 }, sense[32];
	struct sg_io_hdr io = {
		.interface_id = 'S', .dxfer_direction = SG_DXFER_NONE, .cmd_len = sizeof(cdb),
		.cmdp = cdb, .sbp = sense, .mx_sb_len = sizeof(sense), .timeout = 20000,
	};

	return ioctl(fd, SG_IO, &io) ? -errno : io.host_status;
}

/*
 * With a single tag and a drive whose buffer is full, neither a change of the scheduler, which
 * waits for all requests, nor a command of another program may wait for a WRITE that holds the
 * tag.
 */
TEST_F_TIMEOUT(adapter, one_tag, 200)
{
	const char *const attributes[] = {
		"dma_alignment=511", "can_queue=1", "speed=8", "realtime=1",
		"buffer_full=refuse", "buffer_size=262144", NULL,
	};
	static const char *const schedulers[] = { "none", "mq-deadline" };
	const size_t size = 40 * QUANTUM;
	char *audio = new_audio(size, 5);
	unsigned int turns = 0;
	int status, sr;
	pid_t pid;

	sim_create("one-tag", attributes);
	sim_new_disc("cdr80");
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid)
		_exit(burn(audio, size, QUANTUM) ? 1 : 0);
	sr = open(sim_sr, O_RDONLY | O_NONBLOCK);
	while (!waitpid(pid, &status, WNOHANG)) {
		set_attribute("/sys/block/%s/queue/scheduler", strrchr(sim_sr, '/') + 1,
			      schedulers[turns++ & 1]);
		if (sr >= 0)
			EXPECT_EQ(0, test_unit_ready(sr));
		usleep(20000);
	}
	EXPECT_EQ(0, status);
	EXPECT_LT(4, turns);
	EXPECT_LT(0, recorder_stat("buffer_full"));
	if (sr >= 0)
		close(sr);
	sim_wait_idle();
	sim_set("realtime", "0");
	EXPECT_TRUE(burned(audio, size));
	remove_recorder();
}

TEST_HARNESS_MAIN
