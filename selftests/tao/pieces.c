// SPDX-License-Identifier: GPL-2.0-only
/*
 * pieces TAO SR RECORDER SEED [METHOD]: burn a track with each of the methods, or with one, in
 * pieces of random lengths; read it back and compare it, and compare the counters of the module
 * with those of the simulated recorder (a configfs directory).
 *
 *	write		from page-aligned memory
 *	misaligned	from any address
 *	writev		in up to 40 segments of any address and length
 *	mapped		from the file mapped into memory
 *	splice		from a pipe into which the file is spliced
 *	pipe		from a pipe that is written to
 *	vmsplice	from a pipe into which the memory is spliced
 *	sendfile	from the file
 *	quantum		32 sectors at a time, from page-aligned memory: only the tail,
 *			which does not fill a WRITE, may be copied
 *	whole-sendfile	all at once, with the same rule for copies
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <linux/tao.h>
#include "readcd.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define ROOM		(4 << 20)
#define GAP_SECTORS	152	/* pregap 150 and run-out 2: MMC, from track to track */
#define QUANTUM_BYTES	75264

static int out, file, sr;
static char *memory, *data;	/* room for pieces; the file, mapped */
static size_t size, position;
static int pipes[2];
static const char *method, *tao, *recorder;
static int next_lba;
static int failures;

static void fail(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	printf("%s, %zu bytes: ", method, size);
	vprintf(format, args);
	printf("\n");
	va_end(args);
	failures++;
}

static void die(const char *what)
{
	printf("pieces: %s: %s after %zu bytes: %s\n", method, what, position, strerror(errno));
	exit(1);
}

static size_t below(size_t n)
{
	return random() % n;
}

static size_t piece(void)
{
	static const size_t usual[] = {
		1, 3, 4, 511, 512, 513, 2048, 2351, 2352, 2353, 4095, 4096, 4097, 65536, 75263,
		75264, 75265, 131072, 262144, 1 << 20,
	};
	size_t n;

	switch (below(4)) {
	case 0:
		n = 1 + below(300000);
		break;
	case 1:
		n = 1 + below(5000);
		break;
	default:
		n = usual[below(ARRAY_SIZE(usual))];
	}
	return n < size - position ? n : size - position;
}

static ssize_t by_write(void)
{
	size_t n = piece();

	memcpy(memory, data + position, n);
	return write(out, memory, n);
}

static ssize_t by_misaligned(void)
{
	size_t n = piece(), offset = below(4096);

	memcpy(memory + offset, data + position, n);
	return write(out, memory + offset, n);
}

static ssize_t by_writev(void)
{
	struct iovec v[40];
	size_t at = position, to = 0;
	int n = 1 + below(40), i;

	for (i = 0; i < n && at < size; i++) {
		size_t len = below(3) ? below(9000) : 512 * below(40);

		if (len > size - at)
			len = size - at;
		to += below(2) ? below(2000) : -to & 511;
		memcpy(memory + to, data + at, len);
		v[i].iov_base = memory + to;
		v[i].iov_len = len;
		at += len;
		to += len;
	}
	if (at == position)
		return by_write();
	return writev(out, v, i);
}

static ssize_t by_mapped(void)
{
	char *map = mmap(NULL, size, PROT_READ, MAP_PRIVATE, file, 0);
	ssize_t n;

	if (map == MAP_FAILED)
		return -1;
	n = write(out, map + position, piece());
	munmap(map, size);
	return n;
}

static ssize_t by_quantum(void)
{
	size_t n = size - position < QUANTUM_BYTES ? size - position : QUANTUM_BYTES;

	memcpy(memory, data + position, n);
	return write(out, memory, n);
}

static ssize_t from_pipe(size_t len)
{
	size_t done = 0;

	while (done < len) {
		ssize_t n = splice(pipes[0], NULL, out, NULL, 1 + below(len - done), 0);

		if (n < 0)
			return n;
		if (!n) {
			errno = ENODATA;
			return -1;
		}
		done += n;
	}
	return done;
}

static ssize_t by_splice(void)
{
	loff_t from = position;
	ssize_t n = splice(file, &from, pipes[1], NULL, piece(), 0);

	return n < 0 ? n : from_pipe(n);
}

static ssize_t by_pipe(void)
{
	size_t n = piece();

	if (n > 65536)
		n = 65536;
	if (write(pipes[1], data + position, n) != (ssize_t)n)
		return -1;
	return from_pipe(n);
}

static ssize_t by_vmsplice(void)
{
	struct iovec v = { .iov_base = data + position, .iov_len = piece() };
	ssize_t n = vmsplice(pipes[1], &v, 1, 0);

	return n < 0 ? n : from_pipe(n);
}

static ssize_t by_sendfile(void)
{
	off_t from = position;

	return sendfile(out, file, &from, piece());
}

static ssize_t by_whole_sendfile(void)
{
	off_t from = position;

	return sendfile(out, file, &from, size - position);
}

static const struct {
	const char *name;
	ssize_t (*fn)(void);
} methods[] = {
	{ "write", by_write }, { "misaligned", by_misaligned }, { "writev", by_writev },
	{ "mapped", by_mapped }, { "splice", by_splice }, { "pipe", by_pipe },
	{ "vmsplice", by_vmsplice }, { "sendfile", by_sendfile },
	{ "quantum", by_quantum }, { "whole-sendfile", by_whole_sendfile },
};

static void new_audio(void)
{
	static __u64 state;
	__u64 *p = (__u64 *)data;
	size_t i;

	size = 650000 + below(1000000);	/* 300 sectors are 705,600 */
	position = 0;
	state = state * 3 + random() * 2 + 1;
	for (i = 0; i < ROOM / sizeof(*p); i++) {
		/* xorshift64*, Vigna 2016 */
		state ^= state >> 12;
		state ^= state << 25;
		state ^= state >> 27;
		p[i] = state * 0x2545f4914f6cdd1dULL;
	}
	if (ftruncate(file, 0) || pwrite(file, p, size, 0) != (ssize_t)size)
		die("audio");
}

static void burn(ssize_t (*fn)(void))
{
	out = open(tao, O_WRONLY);
	if (out < 0)
		die(tao);
	while (position < size) {
		ssize_t n = fn();

		if (n <= 0)
			die("write");
		position += n;
	}
	if (close(out))
		die("close");
}

static unsigned int track_sectors(void)
{
	unsigned int n = (size + TAO_SECTOR_SIZE - 1) / TAO_SECTOR_SIZE;

	return n < 300 ? 300 : n;
}

static void compare(void)
{
	static char sectors[READCD_MANY * READCD_SECTOR], expected[READCD_MANY * READCD_SECTOR];
	unsigned int left = track_sectors(), n;
	size_t at = 0, bytes;

	for (; left; left -= n, at += n * READCD_SECTOR) {
		n = left < READCD_MANY ? left : READCD_MANY;
		if (read_cd(sr, next_lba + at / READCD_SECTOR, n, sectors)) {
			fail("sector %zu can't be read", next_lba + at / READCD_SECTOR);
			return;
		}
		memset(expected, 0, sizeof(expected));
		bytes = at < size ? size - at : 0;
		memcpy(expected, data + at, bytes < n * READCD_SECTOR ? bytes : n * READCD_SECTOR);
		if (!memcmp(sectors, expected, n * READCD_SECTOR))
			continue;
		for (bytes = 0; sectors[bytes] == expected[bytes]; bytes++)
			;
		fail("byte %zu is not what was written", at + bytes);
		return;
	}
}

static unsigned long long recorder_counter(const char *name)
{
	char path[256], word[64];
	unsigned long long value;
	FILE *stats;

	snprintf(path, sizeof(path), "%s/stats", recorder);
	stats = fopen(path, "r");
	while (stats && fscanf(stats, "%63s %llu", word, &value) == 2)
		if (!strcmp(word, name)) {
			fclose(stats);
			return value;
		}
	die(path);
	return 0;
}

static void reset_recorder(void)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "%s/commands", recorder);
	fd = open(path, O_WRONLY);
	if (fd < 0 || write(fd, "0", 1) != 1)
		die(path);
	close(fd);
}

static void get_statistics(struct tao_statistics *s)
{
	int fd = open(tao, O_RDONLY);

	if (fd < 0 || ioctl(fd, TAO_IOC_GET_STATISTICS, s))
		die("statistics");
	close(fd);
}

static void check_counters(const struct tao_statistics *before)
{
	struct tao_statistics now;
	unsigned long long mapped, copied, padding, user, cache, others;

	get_statistics(&now);
	mapped = now.bytes_mapped - before->bytes_mapped;
	copied = now.bytes_copied - before->bytes_copied;
	padding = now.bytes_padding - before->bytes_padding;
	user = recorder_counter("write_bytes_user");
	cache = recorder_counter("write_bytes_cache");
	others = recorder_counter("write_bytes_kernel") + recorder_counter("write_bytes_zero");

	if (mapped + copied != size)
		fail("%llu bytes mapped, %llu copied", mapped, copied);
	if (padding != track_sectors() * TAO_SECTOR_SIZE - size)
		fail("%llu bytes of padding", padding);
	if (user + cache + others != track_sectors() * TAO_SECTOR_SIZE)
		fail("the recorder got %llu bytes", user + cache + others);
	/*
	 * Data that write() puts into a pipe are neither in the program's memory nor in the page
	 * cache.
	 */
	if (user + cache != (strcmp(method, "pipe") ? mapped : 0))
		fail("%llu bytes mapped, the recorder got %llu of memory and %llu of files",
		     mapped, user, cache);
	if ((!strcmp(method, "quantum") || !strcmp(method, "whole-sendfile")) &&
	    getenv("ZERO_COPY") && copied > size % QUANTUM_BYTES)
		fail("%llu bytes copied, the tail has %zu", copied, size % QUANTUM_BYTES);
	printf("%s: %zu bytes, %llu mapped, %llu copied\n", method, size, mapped, copied);
}

static void track(ssize_t (*fn)(void))
{
	struct tao_statistics before;

	new_audio();
	get_statistics(&before);
	reset_recorder();
	burn(fn);
	check_counters(&before);
	compare();
	next_lba += track_sectors() + GAP_SECTORS;
}

int main(int argc, char **argv)
{
	size_t i;

	if (argc < 5) {
		fprintf(stderr, "usage: pieces TAO SR RECORDER SEED [METHOD]\n");
		return 2;
	}
	method = "start";
	tao = argv[1];
	recorder = argv[3];
	srandom(strtoul(argv[4], NULL, 0));
	sr = open(argv[2], O_RDONLY | O_NONBLOCK);
	file = memfd_create("audio", 0);
	if (sr < 0 || file < 0 || pipe(pipes) || ftruncate(file, ROOM))
		die("set-up");
	data = mmap(NULL, ROOM, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	memory = mmap(NULL, ROOM, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (data == MAP_FAILED || memory == MAP_FAILED)
		die("mmap");
	for (i = 0; i < ARRAY_SIZE(methods); i++) {
		method = methods[i].name;
		if (argc == 5 || !strcmp(argv[5], method))
			track(methods[i].fn);
	}
	return failures > 0;
}
