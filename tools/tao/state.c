// SPDX-License-Identifier: GPL-2.0-only
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "common.h"
#include "state.h"

#define FILE_MAX (1 << 20)

/* Root may have the home of a user, as with sudo -E: its files would be in the user's way. */
static bool is_own(const char *path)
{
	struct stat st;

	return !stat(path, &st) && st.st_uid == geteuid();
}

static void make_folder(const char *base, const char *name)
{
	char *path = xasprintf("%s%s", base, name);

	mkdir(path, 0700);
	free(path);
}

/* The folder that others call "state"; NULL if there is none. To be freed. */
static char *state_home(bool make)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");

	if (state && *state == '/') {
		if (make)
			mkdir(state, 0700);
		return is_own(state) ? xstrdup(state) : NULL;
	}
	if (!home || *home != '/' || !is_own(home))
		return NULL;
	if (make) {
		make_folder(home, "/.local");
		make_folder(home, "/.local/state");
	}
	return xasprintf("%s/.local/state", home);
}

/* Nobody else may put anything there. */
static int open_folder(bool make)
{
	char *home = state_home(make), *path;
	struct stat st;
	int fd;

	if (!home)
		return -1;
	if (make)
		make_folder(home, "/tao");
	path = xasprintf("%s/tao", home);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	free(path);
	free(home);
	if (fd < 0 || (!fstat(fd, &st) && st.st_uid == geteuid() && !(st.st_mode & 022)))
		return fd;
	close(fd);
	return -1;
}

/* A power loss leaves either the old version or the new one, as a whole. */
static bool write_file(int folder, const char *name, const char *text)
{
	int fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	size_t length = strlen(text);
	bool good;

	if (fd < 0)
		return false;
	good = write(fd, text, length) == (ssize_t)length && !fsync(fd);
	return !close(fd) && good;
}

bool state_save(const char *name, const char *text)
{
	char *new = xasprintf(".%s", name);
	/* one that is longer would not be loaded */
	int folder = strlen(text) > FILE_MAX ? -1 : open_folder(true);
	bool good;

	if (folder < 0) {
		free(new);
		return false;
	}
	unlinkat(folder, new, 0);
	good = write_file(folder, new, text) && !renameat(folder, new, folder, name);
	if (!good)
		unlinkat(folder, new, 0);
	fsync(folder);
	close(folder);
	free(new);
	return good;
}

static char *read_whole(int fd)
{
	struct stat st;
	char *text;
	ssize_t n;

	if (fstat(fd, &st) || !S_ISREG(st.st_mode) || st.st_uid != geteuid() ||
	    st.st_size > FILE_MAX)
		return NULL;
	text = xcalloc(st.st_size + 1, 1);
	n = read(fd, text, st.st_size);
	if (n == st.st_size)
		return text;
	free(text);
	return NULL;
}

char *state_load(const char *name)
{
	int folder = open_folder(false), fd;
	char *text;

	if (folder < 0)
		return NULL;
	fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	close(folder);
	if (fd < 0)
		return NULL;
	text = read_whole(fd);
	close(fd);
	return text;
}

void state_remove(const char *name)
{
	int folder = open_folder(false);

	if (folder < 0)
		return;
	unlinkat(folder, name, 0);
	close(folder);
}

struct entry {
	char *name;
	struct timespec written;
};

static int compare_entries(const void *a, const void *b)
{
	const struct timespec *first = &((const struct entry *)a)->written;
	const struct timespec *second = &((const struct entry *)b)->written;

	if (first->tv_sec != second->tv_sec)
		return first->tv_sec < second->tv_sec ? 1 : -1;
	return first->tv_nsec < second->tv_nsec ? 1 : first->tv_nsec > second->tv_nsec ? -1 : 0;
}

static struct entry *read_entries(int folder, size_t *count)
{
	struct entry *all = NULL;
	DIR *dir = fdopendir(folder);
	struct dirent *entry;
	struct stat st;

	*count = 0;
	while (dir && (entry = readdir(dir))) {
		if (entry->d_name[0] == '.' ||
		    fstatat(folder, entry->d_name, &st, AT_SYMLINK_NOFOLLOW))
			continue;
		all = xrealloc(all, *count + 1, sizeof(*all));
		all[(*count)++] = (struct entry){ xstrdup(entry->d_name), st.st_mtim };
	}
	if (dir)
		closedir(dir);
	else
		close(folder);
	return all;
}

char **state_names(void)
{
	int folder = open_folder(false);
	struct entry *all = NULL;
	size_t count = 0;
	char **names;

	if (folder >= 0)
		all = read_entries(folder, &count);
	if (count)
		qsort(all, count, sizeof(*all), compare_entries);
	names = xcalloc(count + 1, sizeof(*names));
	for (size_t i = 0; i < count; i++)
		names[i] = all[i].name;
	free(all);
	return names;
}

void state_prune(unsigned int kept)
{
	char **names = state_names();

	for (unsigned int i = 0; names[i]; i++) {
		if (i >= kept)
			state_remove(names[i]);
		free(names[i]);
	}
	free(names);
}
