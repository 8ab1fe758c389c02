// SPDX-License-Identifier: GPL-2.0-only
/*
 * What waits for the drive keeps no more memory than the queue may, whatever the pieces are: 512
 * bytes of a huge page keep all of it, though its owner has unmapped it. And pages that take part
 * as a whole are mapped, not copied, huge or not.
 * lab: --bare --mem 2048
 * timeout: 300
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sys/mman.h>
#include <sys/uio.h>

#define NO_RECORDERS	/* one of its own */
#include "stream.h"

#define HUGE		(2u << 20)
#define QUEUE		(32u << 20)	/* limits/in_flight_bytes */
#define WRITE		(QUEUE / 4)	/* what a WRITE may keep that is added to a full queue */
#define SLACK		(12u << 20)	/* what the kernel itself and the test take meanwhile */
#define PIECE		512
/* Of a writev: less than IOV_MAX, and nearly 7 WRITEs of 147 pieces */
#define PIECES		1008
/* Of a WRITE, from huge pages; the others are of one page */
#define MAPPED		20

static void __attribute__((constructor)) power_on(void)
{
	static const char *const attributes[] = { "dma_alignment=511", NULL };

	sim_create("memory", attributes);
}

static unsigned long kernel_bytes(const char *name)
{
	unsigned long kb = 0;
	char line[128];
	FILE *f = fopen("/proc/meminfo", "r");

	if (!f)
		sim_die("/proc/meminfo");
	while (fgets(line, sizeof(line), f))
		if (!strncmp(line, name, strlen(name)) && line[strlen(name)] == ':')
			kb = strtoul(line + strlen(name) + 1, NULL, 10);
	fclose(f);
	return kb << 10;
}

static char *huge_pages(unsigned int count)
{
	char *p = mmap(NULL, (count + 1ul) * HUGE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *aligned;

	if (p == MAP_FAILED)
		sim_die("mmap");
	aligned = (char *)(((unsigned long)p + HUGE - 1) & ~(HUGE - 1ul));
	if (madvise(aligned, count * (size_t)HUGE, MADV_HUGEPAGE))
		sim_die("madvise");
	return aligned;
}

struct call {
	int fd;
	struct iovec *iov;
	unsigned int count;
	ssize_t ret;
	int error;
};

static void *call_writev(void *arg)
{
	struct call *call = arg;

	call->ret = writev(call->fd, call->iov, call->count);
	call->error = errno;
	return NULL;
}

/* Till the queue takes no more: for a second nothing has been added. */
static void wait_full(void)
{
	unsigned int now, before = 0, i, same = 0;

	for (i = 0; i < 600 && same < 10; i++) {
		now = sim_status().queue_bytes;
		same = now && now == before ? same + 1 : 0;
		before = now;
		usleep(100000);
	}
	if (!before)
		sim_die("nothing is queued");
}

TEST(pieces_of_huge_pages)
{
	unsigned int count = PIECES / 147 * MAPPED + MAPPED, used = 0, i;
	unsigned long during, after, held;
	unsigned int queued;
	struct iovec iov[PIECES];
	char *page = aligned_alloc(4096, 4096);
	struct call call;
	pthread_t thread;
	char *huge;

	ASSERT_NE(NULL, page);
	memset(page, 1, 4096);
	sim_new_disc("cdr80");
	/* The drive's buffer is full from the second WRITE on, and stays so. */
	sim_set("fault", "op=2a nth=2 times=0 sense=2/04/08");
	huge = huge_pages(count);
	memset(huge, 1, count * (size_t)HUGE);
	ASSERT_LE(count * (unsigned long)HUGE * 9 / 10, kernel_bytes("AnonHugePages"));
	for (i = 0; i < PIECES; i++) {
		iov[i].iov_base = i % 147 < MAPPED ? huge + used++ * (size_t)HUGE : page;
		iov[i].iov_len = PIECE;
	}
	call = (struct call){ .fd = open(sim_tao, O_WRONLY), .iov = iov, .count = PIECES };
	ASSERT_LE(0, call.fd);
	ASSERT_EQ(0, pthread_create(&thread, NULL, call_writev, &call));
	wait_full();
	EXPECT_EQ(0, munmap(huge, count * (size_t)HUGE));
	queued = sim_status().queue_bytes;
	during = kernel_bytes("MemFree");
	sim_set("fault", "clear");
	pthread_join(thread, NULL);
	/* What was not queued yet is not there any more. */
	EXPECT_LE(queued, call.ret) TH_LOG("%s", strerror(call.error));
	EXPECT_EQ(0, close(call.fd));
	sim_wait_idle();
	after = kernel_bytes("MemFree");
	held = after > during ? after - during : 0;
	TH_LOG("of %lu MiB in %u huge pages %lu MiB stayed, with %u bytes in the queue",
	       count * (unsigned long)HUGE >> 20, count, held >> 20, queued);
	EXPECT_GE(QUEUE + WRITE + SLACK, held);
	free(page);
}

/* A program whose buffer is made of huge pages loses nothing. */
TEST(huge_pages_as_a_whole)
{
	struct tao_statistics was, is;
	size_t bytes = 24 * (size_t)HUGE / QUANTUM * QUANTUM;	/* more than the queue takes */
	struct iovec iov;
	struct call call;
	pthread_t thread;
	char *huge;

	sim_new_disc("cdr80");
	huge = huge_pages(24);
	sim_audio(huge, bytes, 5);
	ASSERT_LE(20 * (unsigned long)HUGE, kernel_bytes("AnonHugePages"));
	was = module_stats();
	iov = (struct iovec){ huge, bytes };
	call = (struct call){ .fd = open(sim_tao, O_WRONLY), .iov = &iov, .count = 1 };
	ASSERT_LE(0, call.fd);
	sim_set("fault", "op=2a nth=2 times=0 sense=2/04/08");
	ASSERT_EQ(0, pthread_create(&thread, NULL, call_writev, &call));
	wait_full();
	TH_LOG("%u bytes are queued", sim_status().queue_bytes);
	sim_set("fault", "clear");
	pthread_join(thread, NULL);
	EXPECT_EQ((ssize_t)bytes, call.ret) TH_LOG("%s", strerror(call.error));
	EXPECT_EQ(0, close(call.fd));
	sim_wait_idle();
	is = module_stats();
	EXPECT_EQ(bytes, is.bytes_mapped - was.bytes_mapped);
	EXPECT_EQ(0, is.bytes_copied - was.bytes_copied);
	EXPECT_TRUE(sim_holds(0, huge, 1000));
}

TEST_HARNESS_MAIN
