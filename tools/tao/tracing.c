// SPDX-License-Identifier: GPL-2.0-only
/* An instance of tracefs of our own. */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "common.h"
#include "tracing.h"

#define INSTANCE "/sys/kernel/tracing/instances/tao-report-"
/* For each processor: ten minutes of a drive that is asked whether its buffer has room again. */
#define BUFFER_KB "2048"

static const char *const events[] = { "tao_command_issue", "tao_command_done", "tao_write_issue",
				      "tao_write_done" };

static bool set(const struct tracing *t, const char *name, const char *value)
{
	char *path = xasprintf("%s/%s", t->folder, name);
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool done = fd >= 0 && write(fd, value, strlen(value)) == (ssize_t)strlen(value);
	int error = errno;

	if (fd >= 0)
		close(fd);
	free(path);
	errno = error;
	return done;
}

static bool enable_events(const struct tracing *t)
{
	bool done = set(t, "trace_clock", "mono") && set(t, "buffer_size_kb", BUFFER_KB);

	for (size_t i = 0; done && i < sizeof(events) / sizeof(*events); i++) {
		char *name = xasprintf("events/tao/%s/enable", events[i]);

		done = set(t, name, "1");
		free(name);
	}
	return done;
}

/* Their processes are gone. */
static void remove_left(void)
{
	glob_t left;

	if (glob(INSTANCE "*", 0, NULL, &left))
		return;
	for (size_t i = 0; i < left.gl_pathc; i++) {
		long pid = strtol(left.gl_pathv[i] + strlen(INSTANCE), NULL, 10);

		if (pid > 0 && kill(pid, 0) && errno == ESRCH)
			rmdir(left.gl_pathv[i]);
	}
	globfree(&left);
}

static int complain_of_tracing(void)
{
	if (errno == EACCES || errno == EPERM)
		complain(NAMED("no-tracing") "recording needs root: `sudo tao report --burn`");
	else if (errno == ENOENT)
		complain(NAMED("no-tracing")
			 "recording needs tracefs: `mount -t tracefs nodev /sys/kernel/tracing`");
	else
		complain(NAMED("no-tracing") "recording is not possible: %s", strerror(errno));
	return STATUS_FAILED;
}

int tracing_begin(struct tracing *t)
{
	int exit_status = STATUS_OK;

	remove_left();
	t->folder = xasprintf(INSTANCE "%d", getpid());
	if (mkdir(t->folder, 0700)) {
		exit_status = complain_of_tracing();
		free(t->folder);
		t->folder = NULL;
	} else if (!enable_events(t)) {
		exit_status = complain_of_tracing();
		tracing_end(t);
	}
	return exit_status;
}

FILE *tracing_stop(struct tracing *t)
{
	char *path;
	FILE *file;

	if (!t->folder || !set(t, "tracing_on", "0"))
		return NULL;
	path = xasprintf("%s/trace", t->folder);
	file = fopen(path, "re");
	free(path);
	return file;
}

void tracing_end(struct tracing *t)
{
	if (t->folder)
		rmdir(t->folder);
	free(t->folder);
	t->folder = NULL;
}
