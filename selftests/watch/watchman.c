// SPDX-License-Identifier: GPL-2.0-only
/*
 * watchman DIRECTORY [RULE]...: runs in the lab in parallel to the tests; see watch.h. After
 * SIGTERM it waits until the module has come to rest, and gives its verdict, except on the RULEs
 * that are named. Before a reboot it gives its verdict too. It writes the verdict to the file
 * "watchman.status" in DIRECTORY: 0, or 1 for a breach, which is described in the file "watchman"
 * there.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "watch.h"

/* How long the module may continue after the command has ended, in seconds */
#define REST_S		60
#define PAUSE_MS	50

static const char *directory;
static int modules_fd;
static bool opened;

static bool watched(const char *module)
{
	return !strcmp(module, "tao") || !strcmp(module, "cdr_sim");
}

static void module_comes(const char *module)
{
	if (!opened)
		trace_open();
	opened = true;
	trace_enable(module);
}

static void module_goes(const char *module)
{
	if (!opened)
		return;
	trace_read(watch_event);
	if (trace_lost())
		breach(NULL, "lost", "events were lost before %s went", module);
	trace_forget(module);
	if (!strcmp(module, "tao"))
		forget_tao();
}

static void summary(void)
{
	unsigned long commands[SENDERS] = { 0 }, count = 0;
	FILE *kmsg = fopen("/dev/kmsg", "w");
	struct rusage usage;

	if (!kmsg)
		die("/dev/kmsg");
	for (struct drive *d = drives; d; d = d->next) {
		count++;
		for (int i = 0; i < SENDERS; i++)
			commands[i] += d->commands[i];
	}
	getrusage(RUSAGE_SELF, &usage);
	fprintf(kmsg, "lab: watchman: %lu drives, %lu jobs, ", count, jobs_seen);
	fprintf(kmsg, "commands by tao %lu, the kernel %lu, udev %lu, programs %lu; ",
		commands[TAO], commands[KERNEL], commands[UDEV], commands[PROGRAM]);
	fprintf(kmsg, "%lu events, %.2f s\n", events_seen,
		usage.ru_utime.tv_sec + usage.ru_utime.tv_usec / 1e6 +
		usage.ru_stime.tv_sec + usage.ru_stime.tv_usec / 1e6);
	fclose(kmsg);
}

static void write_verdict(void)
{
	char path[200];

	if (fclose(report))
		die("the report");
	snprintf(path, sizeof(path), "%s/watchman.status", directory);
	write_file(path, breaches ? "1\n" : "0\n");
}

/* The machine goes down as soon as this is written. */
static void verdict_of_reboot(void)
{
	if (opened)
		trace_read(watch_event);
	check_reboot();
	check_seen(opened);
	write_verdict();
}

/* A module, or a reboot, waits for us. Returns whether that was the last notice. */
static bool see_to_notice(void)
{
	char text[100] = "", what[20], name[80];
	bool last = false;

	if (read(modules_fd, text, sizeof(text) - 1) <= 0 ||
	    sscanf(text, "%19s %79s", what, name) != 2)
		die("/dev/watch");
	if (!strcmp(what, "reboot")) {
		last = true;
		verdict_of_reboot();
	} else if (watched(name)) {
		if (!strcmp(what, "coming"))
			module_comes(name);
		else
			module_goes(name);
	}
	if (write(modules_fd, "", 1) != 1)
		die("/dev/watch");
	return last;
}

static void verdict(void)
{
	struct pollfd pfd = { .fd = modules_fd, .events = POLLIN };

	for (int i = 0; opened && i < REST_S * 1000 / PAUSE_MS; i++) {
		trace_read(watch_event);
		if (at_rest())
			break;
		if (poll(&pfd, 1, PAUSE_MS) > 0 && see_to_notice())
			return;
	}
	if (opened)
		check_rest();
	check_seen(opened);
	summary();
	write_verdict();
}

static int asked_for_verdict(void)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	fd = signalfd(-1, &set, SFD_CLOEXEC);
	if (fd < 0)
		die("signalfd");
	return fd;
}

static void begin_report(int argc, char **argv)
{
	static char left_out[1000];
	char path[200];

	directory = argv[1];
	for (int i = 2; i < argc; i++)
		snprintf(left_out + strlen(left_out), sizeof(left_out) - strlen(left_out), "%s ",
			 argv[i]);
	snprintf(path, sizeof(path), "%s/watchman", directory);
	tell_open(path, left_out);
}

int main(int argc, char **argv)
{
	struct pollfd fds[2 + CPUS_MAX] = { { .events = POLLIN }, { .events = POLLIN } };

	if (argc < 2) {
		fprintf(stderr, "usage: watchman DIRECTORY [RULE]...\n");
		return 3;
	}
	fds[0].fd = asked_for_verdict();
	modules_fd = open("/dev/watch", O_RDWR | O_CLOEXEC);
	if (modules_fd < 0)
		die("/dev/watch");
	fds[1].fd = modules_fd;
	seconds(0);
	/*
	 * Events that are lost are lost for good, and an OOM condition of a test must not kill
	 * the watchman.
	 */
	setpriority(PRIO_PROCESS, 0, -10);
	write_file("/proc/self/oom_score_adj", "-1000");
	/* The file signals that no module is missed from now on. */
	begin_report(argc, argv);
	for (;;) {
		int n = 2;

		for (int i = 0; opened && i < trace_cpus; i++)
			fds[n++] = (struct pollfd){ .fd = trace_fds[i], .events = POLLIN };
		if (poll(fds, n, -1) < 0)
			die("poll");
		if (fds[1].revents && see_to_notice())
			return 0;
		if (fds[0].revents) {
			verdict();
			return 0;
		}
		if (opened)
			trace_read(watch_event);
	}
}
