// SPDX-License-Identifier: GPL-2.0-only
/*
 * taoctl NODE[:r|:rw|:n]... STEP...: executes the steps in order on one descriptor, and prints
 * one line for each: its result, or the name of its errno. The exit status is 1 if a step failed.
 * :r is read-only, :rw read-write, :n non-blocking; the default is write-only.
 *
 * Steps: prepare release finalize begin end blank set-speed cancel drive medium status error
 * latest toc raw-toc stats speeds speed settings, all with ,FIELD=VALUE;
 * write=FILE[,bs=N][,from=N] fsync close open sleep=MS poll[=MS] kill (by SIGKILL) wait (for the
 * end of stdin).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <linux/tao.h>

static const char *node;
static int open_flags = O_WRONLY;
static int fd = -1;
static int failed;
static const char *step;

static const char *option(const char *name)
{
	static char value[1024];
	size_t n = strlen(name);
	const char *p = step;

	while ((p = strchr(p, ','))) {
		p++;
		if (strncmp(p, name, n) || p[n] != '=')
			continue;
		snprintf(value, sizeof(value), "%.*s", (int)strcspn(p + n + 1, ","), p + n + 1);
		return value;
	}
	return NULL;
}

static unsigned long long number(const char *name, unsigned long long otherwise)
{
	const char *value = option(name);

	return value ? strtoull(value, NULL, 0) : otherwise;
}

static void text(char *to, size_t size, const char *name)
{
	const char *value = option(name);

	if (value)
		memcpy(to, value, strnlen(value, size));
}

static int result(int ret)
{
	int error = errno;

	printf("%.*s ", (int)strcspn(step, ",="), step);
	if (ret < 0) {
		failed = 1;
		printf("%s", strerrorname_np(error));
	} else {
		printf("ok");
	}
	errno = error;
	return ret;
}

static void do_prepare(void)
{
	struct tao_prepare p = {
		.flags = number("flags", 0),
		.wait_ms = number("wait", 0),
	};

	text(p.client_name, sizeof(p.client_name), "name");
	text(p.mcn, sizeof(p.mcn), "mcn");
	result(ioctl(fd, TAO_IOC_PREPARE, &p));
}

static void do_close_session(unsigned long cmd, unsigned int otherwise)
{
	struct tao_finalize f = {
		.flags = number("flags", 0),
		.close = number("close", otherwise),
	};

	result(ioctl(fd, cmd, &f));
}

static void do_begin(void)
{
	struct tao_track_begin t = { .flags = number("flags", 0), .bytes = number("bytes", 0) };

	text(t.isrc, sizeof(t.isrc), "isrc");
	if (result(ioctl(fd, TAO_IOC_TRACK_BEGIN, &t)) == 0)
		printf(" number=%u start=%d free=%u", t.number, t.start_lba, t.free_sectors);
}

static void do_end(void)
{
	struct tao_track_end t = { 0 };

	if (result(ioctl(fd, TAO_IOC_TRACK_END, &t)) == 0 || errno == ECANCELED || errno == EIO)
		printf(" number=%u start=%d sectors=%u padding=%llu", t.number, t.start_lba,
		       t.sectors, (unsigned long long)t.padding_bytes);
}

static void do_blank(void)
{
	struct tao_blank b = { .flags = number("flags", 0) };

	result(ioctl(fd, TAO_IOC_BLANK, &b));
}

static void print_speed(const struct tao_speed *s)
{
	printf(" requested=%u actual=%u requested_sectors=%u actual_sectors=%u flags=%u",
	       s->requested_kbps, s->actual_kbps, s->requested_sectors_per_second,
	       s->actual_sectors_per_second, s->flags);
}

static void do_set_speed(void)
{
	struct tao_speed s = { .flags = number("flags", 0), .requested_kbps = number("kbps", 0) };

	if (result(ioctl(fd, TAO_IOC_SET_SPEED, &s)) == 0)
		print_speed(&s);
}

static void do_speed(void)
{
	struct tao_speed s;

	if (result(ioctl(fd, TAO_IOC_GET_SPEED, &s)) == 0)
		print_speed(&s);
}

static void do_drive(void)
{
	struct tao_drive d;

	if (result(ioctl(fd, TAO_IOC_GET_DRIVE, &d)))
		return;
	printf(" api=%u flags=%u buffer=%u", d.api_version, d.flags, d.buffer_bytes);
	printf(" alignment=%u quantum=%u", d.dma_alignment, d.quantum_sectors);
	printf(" write_sectors=%u write_sectors_max=%u", d.write_sectors, d.write_sectors_max);
	printf(" cdrom=%u:%u serial=%s", d.cdrom_major, d.cdrom_minor, d.serial);
	printf(" vendor=%s product=%s", d.vendor, d.product);
}

static void do_medium(void)
{
	struct tao_medium m;

	if (result(ioctl(fd, TAO_IOC_GET_MEDIUM, &m)))
		return;
	printf(" flags=%u type=%u status=%u profile=%u", m.flags, m.type, m.status, m.profile);
	printf(" sessions=%u tracks=%u first=%u", m.sessions, m.tracks, m.first_track);
	printf(" next=%u next_lba=%d lead_out=%d", m.next_track, m.next_lba, m.lead_out_lba);
	printf(" total=%u used=%u free=%u", m.total_sectors, m.used_sectors, m.free_sectors);
	printf(" mcn=%s", m.mcn);
}

static void do_status(void)
{
	struct tao_status s;

	if (result(ioctl(fd, TAO_IOC_GET_STATUS, &s)))
		return;
	printf(" flags=%u state=%u action=%u", s.flags, s.state, s.action);
	printf(" track=%u start=%d sectors=%d", s.track, s.start_lba, s.sectors);
	printf(" read_lba=%d written_lba=%d", s.read_lba, s.written_lba);
	printf(" track_sectors=%u progress=%d", s.track_sectors, s.progress);
	printf(" remaining=%d sequence=%llu", s.remaining_ms, (unsigned long long)s.sequence);
	printf(" owner_pid=%u owner_uid=%d owner=%s", s.owner_pid, s.owner_uid, s.owner);
}

static void do_error(unsigned int which)
{
	struct tao_error e = { .which = which };

	if (result(ioctl(fd, TAO_IOC_GET_ERROR, &e)) == 0)
		printf(" flags=%u error=%s opcode=%02x sense=%x/%02x/%02x lba=%d track=%u text=%s",
		       e.flags, e.error ? strerrorname_np(e.error) : "0", e.opcode, e.key, e.asc,
		       e.ascq, e.lba, e.track, e.text);
}

static void do_toc(void)
{
	struct tao_toc t;
	unsigned int i;

	if (result(ioctl(fd, TAO_IOC_GET_TOC, &t)))
		return;
	printf(" flags=%u first=%u last=%u", t.flags, t.first_track, t.last_track);
	for (i = 0; i < t.entries_count; i++)
		printf(" %u/%u@%d+%u:%u", t.entries[i].session, t.entries[i].number,
		       t.entries[i].start_lba, t.entries[i].sectors, t.entries[i].control);
}

static void do_raw_toc(void)
{
	struct tao_toc t;
	unsigned int i;

	if (result(ioctl(fd, TAO_IOC_GET_TOC, &t)))
		return;
	for (i = 0; i < t.raw_bytes; i++)
		printf(" %02x", t.raw[i]);
}

static void print_counter(const char *name, unsigned long long value)
{
	printf(" %s=%llu", name, value);
}

static void do_stats(void)
{
	struct tao_statistics s;

	if (result(ioctl(fd, TAO_IOC_GET_STATISTICS, &s)))
		return;
	print_counter("tracks", s.tracks);
	print_counter("failed", s.tracks_failed);
	print_counter("sessions", s.sessions);
	print_counter("writes", s.writes);
	print_counter("sectors", s.sectors);
	print_counter("mapped", s.bytes_mapped);
	print_counter("copied", s.bytes_copied);
	print_counter("padding", s.bytes_padding);
	print_counter("full", s.buffer_full);
}

static void do_speeds(void)
{
	struct tao_speeds s;
	unsigned int i;

	if (result(ioctl(fd, TAO_IOC_GET_SPEEDS, &s)))
		return;
	printf(" flags=%u count=%u", s.flags, s.count);
	for (i = 0; i < s.count; i++)
		printf(" %u", s.entries[i].write_kbps);
}

static void do_settings(void)
{
	struct tao_settings s = {
		.mask = number("mask", 0),
		.underrun_free = number("underrun", 0),
	};
	int ret = option("mask") ? ioctl(fd, TAO_IOC_SET_SETTINGS, &s) : 0;

	ret = ret ?: ioctl(fd, TAO_IOC_GET_SETTINGS, &s);
	if (result(ret) == 0)
		printf(" mask=%u underrun=%u", s.mask, s.underrun_free);
}

static const char *argument(void)
{
	static char value[1024];
	const char *p = step + strcspn(step, ",=");

	if (*p != '=')
		return NULL;
	snprintf(value, sizeof(value), "%.*s", (int)strcspn(p + 1, ","), p + 1);
	return value;
}

/* Writes all of a file, or as much as the device takes. */
static void do_write(void)
{
	size_t bs = number("bs", 75264);
	char *buffer = NULL;
	int file = open(argument() ?: "", O_RDONLY);
	ssize_t n = -1, m = 0;
	long long done = 0;

	if (file < 0 || posix_memalign((void **)&buffer, 4096, bs)) {
		perror("taoctl: write");
		exit(2);
	}
	lseek(file, number("from", 0), SEEK_SET);
	while ((n = read(file, buffer, bs)) > 0) {
		m = write(fd, buffer, n);
		if (m < 0)
			break;
		done += m;
		if (m < n)
			lseek(file, m - n, SEEK_CUR);
	}
	result(m < 0 ? -1 : 0);
	printf(" bytes=%lld", done);
	free(buffer);
	close(file);
}

static void do_open(void)
{
	fd = open(node, open_flags | O_CLOEXEC);
	if (fd < 0) {
		result(-1);
		printf("\n");
		exit(1);
	}
}

static void do_poll(void)
{
	struct pollfd p = { .fd = fd, .events = POLLIN | POLLOUT | POLLPRI };
	const char *value = argument();

	if (result(poll(&p, 1, value ? atoi(value) : 0)) >= 0)
		printf("%s%s%s%s%s", p.revents & POLLOUT ? " out" : "",
		       p.revents & POLLPRI ? " pri" : "", p.revents & POLLERR ? " err" : "",
		       p.revents & POLLHUP ? " hup" : "", p.revents & POLLIN ? " in" : "");
}

static int is_step(const char *name)
{
	size_t n = strcspn(step, ",=");

	return n == strlen(name) && !strncmp(step, name, n);
}

static void do_step(void)
{
	if (is_step("prepare"))
		do_prepare();
	else if (is_step("release"))
		do_close_session(TAO_IOC_RELEASE, TAO_CLOSE_NOTHING);
	else if (is_step("finalize"))
		do_close_session(TAO_IOC_FINALIZE, TAO_CLOSE_FINALIZE);
	else if (is_step("begin"))
		do_begin();
	else if (is_step("end"))
		do_end();
	else if (is_step("blank"))
		do_blank();
	else if (is_step("cancel"))
		result(ioctl(fd, TAO_IOC_CANCEL));
	else if (is_step("set-speed"))
		do_set_speed();
	else if (is_step("speed"))
		do_speed();
	else if (is_step("speeds"))
		do_speeds();
	else if (is_step("drive"))
		do_drive();
	else if (is_step("medium"))
		do_medium();
	else if (is_step("status"))
		do_status();
	else if (is_step("error"))
		do_error(TAO_ERROR_FIRST);
	else if (is_step("latest"))
		do_error(TAO_ERROR_LATEST);
	else if (is_step("toc"))
		do_toc();
	else if (is_step("raw-toc"))
		do_raw_toc();
	else if (is_step("stats"))
		do_stats();
	else if (is_step("settings"))
		do_settings();
	else if (is_step("write"))
		do_write();
	else if (is_step("fsync"))
		result(fsync(fd));
	else if (is_step("close"))
		result(close(fd));
	else if (is_step("poll"))
		do_poll();
	else if (is_step("sleep"))
		result(usleep(1000 * atoi(argument() ?: "0")));
	else if (is_step("wait"))
		result(getchar() == EOF ? 0 : -1);
	else if (is_step("kill"))
		raise(SIGKILL);
	else if (is_step("open"))
		do_open(), result(0);
	else
		fprintf(stderr, "taoctl: no such step: %s\n", step), exit(2);
	printf("\n");
	fflush(stdout);
}

int main(int argc, char **argv)
{
	char *suffix;
	int i;

	if (argc < 2) {
		fprintf(stderr, "usage: taoctl NODE[:r|:rw|:n] STEP...\n");
		return 2;
	}
	node = argv[1];
	suffix = strchr(argv[1], ':');
	if (suffix) {
		*suffix = '\0';
		open_flags = !strcmp(suffix + 1, "r") ? O_RDONLY :
			     !strcmp(suffix + 1, "rw") ? O_RDWR : O_WRONLY | O_NONBLOCK;
	}
	step = "open";
	do_open();
	for (i = 2; i < argc; i++) {
		step = argv[i];
		do_step();
	}
	return failed;
}
