// SPDX-License-Identifier: GPL-2.0-only
/* Conditions for a drive without users, and for a shutdown. */
#include <ctype.h>
#include <dirent.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "watch.h"

typedef bool (*process_fn)(const char *pid);

static bool any_process(process_fn fn)
{
	DIR *processes = opendir("/proc");
	struct dirent *process;
	bool found = false;

	while (processes && !found && (process = readdir(processes)))
		found = isdigit(process->d_name[0]) && fn(process->d_name);
	if (processes)
		closedir(processes);
	return found;
}

static bool has_file(const char *pid, const char *name)
{
	char path[PATH_MAX], link[40];
	struct dirent *file;
	bool found = false;
	DIR *files;

	snprintf(path, sizeof(path), "/proc/%.20s/fd", pid);
	files = opendir(path);
	while (files && !found && (file = readdir(files))) {
		ssize_t n;

		snprintf(path, sizeof(path), "/proc/%.20s/fd/%.20s", pid, file->d_name);
		n = readlink(path, link, sizeof(link) - 1);
		link[n > 0 ? n : 0] = 0;
		found = !strncmp(link, name, strlen(name));
	}
	if (files)
		closedir(files);
	return found;
}

static bool has_open(const char *pid)
{
	return has_file(pid, "/dev/tao");
}

static bool has_drive_open(const char *pid)
{
	return has_open(pid) || has_file(pid, "/dev/sr") || has_file(pid, "/dev/sg");
}

/* A process still has a drive open: then the module may be in use. */
static bool in_use(void)
{
	return any_process(has_open);
}

static char waits_pid[20], waits_in[100];

/* Whether a thread waits in a function of the module. A kernel worker does not count. */
static bool thread_waits(const char *path)
{
	char stack[8192], *end, *at;

	if (!read_file(path, stack, sizeof(stack)))
		return false;
	end = strstr(stack, " [tao]");
	if (!end || strstr(stack, "worker_thread"))
		return false;
	*end = 0;
	at = strrchr(stack, ' ');
	snprintf(waits_in, sizeof(waits_in), "%.90s", at ? at + 1 : stack);
	return true;
}

static bool process_waits(const char *pid)
{
	char path[PATH_MAX];
	struct dirent *thread;
	bool found = false;
	DIR *threads;

	snprintf(path, sizeof(path), "/proc/%.20s/task", pid);
	threads = opendir(path);
	while (threads && !found && (thread = readdir(threads))) {
		snprintf(path, sizeof(path), "/proc/%.20s/task/%.20s/stack", pid, thread->d_name);
		found = isdigit(thread->d_name[0]) && thread_waits(path);
	}
	if (threads)
		closedir(threads);
	snprintf(waits_pid, sizeof(waits_pid), "%.19s", pid);
	return found;
}

static int references(void)
{
	char text[20];

	return read_file("/sys/module/tao/refcnt", text, sizeof(text)) ? atoi(text) : 0;
}

static bool reads(const struct drive *d, const char *attribute, char *text, size_t size)
{
	char path[100];

	snprintf(path, sizeof(path), "/sys/bus/scsi/devices/%lld:0:0:0/power/%s",
		 (long long)d->host, attribute);
	return read_file(path, text, size);
}

/* References that keep the drive powered, except by "control". */
int power_references(const struct drive *d)
{
	char usage[20], control[20];

	if (!reads(d, "runtime_usage", usage, sizeof(usage)) ||
	    !reads(d, "control", control, sizeof(control)))
		return 0;
	return atoi(usage) - !strncmp(control, "on", 2);
}

/* More of them than before tao used the drive, and no program has it open. */
static int powered(const struct drive *d)
{
	int more = power_references(d) - d->powered_before;

	return more > 0 && !any_process(has_drive_open) ? more : 0;
}

/* A program that still runs may hold the drive without doing anything. */
static bool kept(const struct drive *d)
{
	return d->claim && !d->job.id && !d->jobs_count && in_use();
}

bool at_rest(void)
{
	for (struct drive *d = drives; d; d = d->next)
		if ((!idle(d) && !kept(d)) || powered(d))
			return false;
	if (any_process(process_waits))
		return false;
	return !references() || in_use();
}

/* The same, if that lasts: udev and sr look at a disc for a moment, also now. */
static int stays_powered(const struct drive *d)
{
	int n, tries = 50;

	while ((n = powered(d)) && tries--)
		usleep(100000);
	return n;
}

static void check_powered(struct drive *d)
{
	int n = stays_powered(d);

	if (n)
		breach(d, "idle", "%d references keep the drive powered", n);
}

void check_rest(void)
{
	for (struct drive *d = drives; d; d = d->next) {
		if (kept(d))
			continue;
		if (d->job.id)
			breach(d, "idle", "%s has not ended", d->job.kind);
		else if (d->jobs_count)
			breach(d, "idle", "%s has not begun", d->jobs[0].kind);
		else if (d->claim)
			breach(d, "idle", "the claim was not given back");
		else if (d->chunks)
			breach(d, "idle", "%ld chunks are held", d->chunks);
		else if (d->awake)
			breach(d, "awake", "the machine is kept awake");
		else
			check_powered(d);
	}
	if (any_process(process_waits))
		breach(NULL, "asleep", "process %s waits in %s, and no drive does anything",
		       waits_pid, waits_in);
	if (references() && !in_use())
		breach(NULL, "idle", "%d references to the module are left, and nobody has it open",
		       references());
}

/* A test that burned nothing because it, or the watchman, is broken must not pass. */
void check_seen(bool recorded)
{
	if (!tao_events)
		breach(NULL, "seen", "no event of tao's was seen");
	if (recorded && trace_lost())
		breach(NULL, "lost", "%lu events were lost", trace_lost());
}

/* All reboot notifiers have been called. */
void check_reboot(void)
{
	for (struct drive *d = drives; d; d = d->next)
		if (d->track)
			breach(d, "reboot", "the machine goes down with a track open");
}
