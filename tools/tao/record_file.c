// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include "common.h"
#include "record_file.h"

static int cannot_keep(const struct record_file *file, const char *why)
{
	complain("%s: can't keep a %s there: %s", file->path, file->kind, why);
	return -1;
}

/* Created here, it does not follow a link, and is ours to remove. */
static int open_new(struct record_file *file)
{
	file->fd = open(file->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666);
	file->created = file->fd >= 0;
	return file->fd;
}

/* A device or a pipe is not even opened: that may have consequences. */
static int open_regular(struct record_file *file)
{
	struct stat st;

	if (open_new(file) >= 0)
		return file->fd;
	if (errno != EEXIST || stat(file->path, &st))
		return cannot_keep(file, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return cannot_keep(file, "not a regular file");
	file->fd = open(file->path, O_RDWR | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	return file->fd < 0 ? cannot_keep(file, strerror(errno)) : file->fd;
}

/* Audio, for example, if its name was put behind the option by mistake. */
static bool is_ours(int fd, off_t size, const char *first)
{
	char line[128];
	size_t length = strlen(first);

	if (!size)
		return true;
	return length <= sizeof(line) && pread(fd, line, length, 0) == (ssize_t)length &&
	       !memcmp(line, first, length);
}

static int take(struct record_file *file, const char *first)
{
	struct stat st;

	/* Some file systems have no locks. */
	if (flock(file->fd, LOCK_EX | LOCK_NB) && errno == EWOULDBLOCK) {
		complain("%s: another burn keeps its %s there; name another file", file->path,
			 file->kind);
		return -1;
	}
	if (fstat(file->fd, &st) || !is_ours(file->fd, st.st_size, first)) {
		complain("%s: is there already, and is not a %s; name another file", file->path,
			 file->kind);
		return -1;
	}
	file->start = st.st_size;
	return 0;
}

int record_file_open(struct record_file *file, const char *path, const char *kind,
		     const char *first)
{
	*file = (struct record_file){ .path = path, .kind = kind };
	if (open_regular(file) < 0)
		return STATUS_USAGE;
	if (!take(file, first))
		return STATUS_OK;
	/* one that was created here has nothing in it, and was taken */
	close(file->fd);
	file->fd = -1;
	return STATUS_USAGE;
}

static int write_at(int fd, const char *text, size_t length, off_t at)
{
	ssize_t n;

	for (size_t done = 0; done < length; done += n) {
		n = pwrite(fd, text + done, length - done, at + done);
		if (n <= 0)
			return n ? errno : ENOSPC;
	}
	return ftruncate(fd, at + length) ? errno : 0;
}

void record_file_print(struct record_file *file, const char *text, size_t length)
{
	if (file->fd < 0)
		return;
	file->error = write_at(file->fd, text, length, file->start);
	file->written = true;
}

int record_file_close(struct record_file *file)
{
	if (file->fd < 0)
		return STATUS_OK;
	if (file->created && !file->written)
		unlink(file->path);
	/* a file system across the network may say only now that it is full */
	if (close(file->fd) && !file->error)
		file->error = errno;
	file->fd = -1;
	if (!file->error)
		return STATUS_OK;
	complain_besides("%s: can't write the %s: %s", file->path, file->kind,
			 strerror(file->error));
	return STATUS_FAILED;
}
