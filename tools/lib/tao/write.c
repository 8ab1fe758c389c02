// SPDX-License-Identifier: LGPL-2.1-or-later
/* Transfer of audio to the drive: from memory, or from a descriptor in a way that suits it. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>
#include "internal.h"

/*
 * 32 sectors are 147 x 512 bytes: right for every known adapter, and also for one that accepts
 * single sectors.
 */
#define BEST_SECTORS 32U
/* Number of quanta between two calls of the progress function: 0.2 s at 8x. */
#define PIECE_QUANTA 4
/* Interval between two looks at the progress of the drive, once all data were passed on. */
#define PROGRESS_MS 100

size_t tao_write_size(struct tao_device *dev)
{
	unsigned int sectors = dev->quantum_sectors;

	/* the smallest multiple of the quantum that is at least BEST_SECTORS */
	sectors *= (BEST_SECTORS + sectors - 1) / sectors;
	return (size_t)sectors * TAO_SECTOR_SIZE;
}

ssize_t tao_write(struct tao_device *dev, const void *audio, size_t bytes)
{
	int64_t start = tao_clock_ms();
	size_t done = 0;
	ssize_t n;

	while (done < bytes) {
		n = write(dev->fd, (const char *)audio + done, bytes - done);
		if (n <= 0) {
			if (done)
				break;
			return tao_fail_drive(dev, n ? errno : ENOSPC, start, "can't write");
		}
		done += n;
	}
	return done;
}

/* How bytes get from the source to the drive. */
enum way {
	WAY_SPLICE, /* the source is a pipe: its pages are passed on */
	WAY_SENDFILE, /* the source is a file: pages of the page cache are passed on */
	WAY_COPY, /* through aligned memory */
};

static enum way choose_way(int fd)
{
	struct stat st;

	if (fstat(fd, &st))
		return WAY_COPY;
	if (S_ISFIFO(st.st_mode))
		return WAY_SPLICE;
	return S_ISREG(st.st_mode) ? WAY_SENDFILE : WAY_COPY;
}

/*
 * Fills @buffer unless the source ends: a pipe returns small pieces, and a piece that is not full
 * has to be copied.
 */
static ssize_t read_full(int fd, char *buffer, size_t bytes)
{
	size_t done = 0;
	ssize_t n;

	while (done < bytes) {
		n = read(fd, buffer + done, bytes - done);
		if (n < 0)
			return done ? (ssize_t)done : -errno;
		if (!n)
			break;
		done += n;
	}
	return done;
}

static ssize_t move_piece(struct tao_device *dev, int fd, enum way way, size_t bytes)
{
	ssize_t n;

	if (way == WAY_SPLICE)
		n = splice(fd, NULL, dev->fd, NULL, bytes, SPLICE_F_MOVE);
	else
		n = sendfile(dev->fd, fd, NULL, bytes);
	return n < 0 ? -errno : n;
}

struct transfer {
	struct tao_device *dev;
	int fd;
	enum way way;
	void *buffer;
	size_t piece;
	uint64_t done; /* bytes passed to the module */
	uint32_t sectors_before; /* sectors that the drive already had of the track */
	bool failed_before; /* a track of this disc had failed before */
	tao_progress_fn progress; /* or NULL */
	void *progress_data;
};

/*
 * The drive did not take data that were already read, because it would have to wait or because of
 * a signal. Returns 0 to try again. If the source can be read once more, the caller decides.
 */
static int held_up(struct transfer *t, int error, size_t left)
{
	struct pollfd pollfd = { .fd = t->dev->fd, .events = POLLOUT };

	if (error != -EAGAIN && error != -EINTR)
		return error;
	if (lseek(t->fd, -(off_t)left, SEEK_CUR) >= 0)
		return error;
	if (t->progress && t->progress(t->progress_data, t->done))
		return tao_fail(ECANCELED, "%s: writing was stopped", t->dev->path);
	if (error == -EAGAIN)
		poll(&pollfd, 1, PROGRESS_MS);
	return 0;
}

/*
 * A source that cannot be read has an errno of its own, because the drive may fail with the same
 * error. Errors that a signal or the caller causes keep theirs.
 */
static int fail_source(int error)
{
	if (error == EINTR || error == EAGAIN || error == EBADF)
		return tao_fail(error, "can't read the audio");
	return tao_fail(EREMOTEIO, "%s", strerror(error));
}

/* Copies one piece through memory. Counts the part that was taken even if that is not all of it. */
static ssize_t copy_piece(struct transfer *t, size_t bytes)
{
	size_t written = 0;
	ssize_t got, n;
	int error;

	if (!t->buffer && posix_memalign(&t->buffer, sysconf(_SC_PAGESIZE), t->piece))
		return tao_fail(ENOMEM, "can't write");
	got = read_full(t->fd, t->buffer, bytes);
	if (got < 0)
		return fail_source(-got);
	while (written < (size_t)got) {
		n = tao_write(t->dev, (char *)t->buffer + written, got - written);
		error = n < 0 ? held_up(t, n, got - written) : 0;
		if (error)
			return error;
		if (n < 0)
			continue;
		written += n;
		t->done += n;
	}
	return got;
}

/* Whether the file can't be read at its position: sendfile(2) does not say which side failed. */
static bool source_fails(const struct transfer *t)
{
	off_t at = t->way == WAY_SENDFILE ? lseek(t->fd, 0, SEEK_CUR) : -1;
	char byte;

	return at >= 0 && pread(t->fd, &byte, 1, at) < 0;
}

/* Moves the next piece of at most @bytes. 0: the source is at its end. */
static ssize_t transfer_piece(struct transfer *t, size_t bytes)
{
	int64_t start = tao_clock_ms();
	ssize_t n;

	if (t->way != WAY_COPY) {
		n = move_piece(t->dev, t->fd, t->way, bytes);
		if (n >= 0) {
			t->done += n;
			return n;
		}
		/*
		 * The file system, or the module, does not support this, and nothing was moved:
		 * use the slower way.
		 */
		if (source_fails(t))
			return fail_source(errno);
		if (t->done || (n != -EINVAL && n != -EOPNOTSUPP))
			return tao_fail_drive(t->dev, -n, start, "can't write");
		t->way = WAY_COPY;
	}
	return copy_piece(t, bytes);
}

/* The number of bytes that the drive has taken; all that were passed on if it does not say. */
static uint64_t taken(const struct transfer *t, const struct tao_status *status)
{
	uint64_t bytes = (uint64_t)(status->track_sectors - t->sectors_before) * TAO_SECTOR_SIZE;

	if (status->state != TAO_STATE_TRACK_OPEN || status->track_sectors < t->sectors_before ||
	    bytes > t->done)
		return t->done;
	return bytes;
}

static void look_before(struct transfer *t)
{
	struct tao_status status;

	if (ioctl(t->dev->fd, TAO_IOC_GET_STATUS, &status))
		return;
	t->failed_before = status.flags & TAO_STATUS_FAILED;
	if (status.state == TAO_STATE_TRACK_OPEN)
		t->sectors_before = status.track_sectors;
}

static int tell_progress(const struct transfer *t, const struct tao_status *status)
{
	if (t->progress(t->progress_data, taken(t, status)))
		return tao_fail(ECANCELED, "%s: writing was stopped", t->dev->path);
	return 0;
}

/* A track that was cut short sets POLLERR until it has ended, and poll() does not wait then. */
static void pause_for_drive(const struct transfer *t)
{
	struct pollfd pollfd = { .fd = t->dev->fd, .events = POLLPRI };

	if (poll(&pollfd, 1, PROGRESS_MS) > 0 && !(pollfd.revents & POLLPRI))
		poll(NULL, 0, PROGRESS_MS);
}

/* Whether the data have arrived: 1, 0 if they still wait, or a negative errno. */
static int has_arrived(const struct transfer *t, const struct tao_status *status, int64_t start)
{
	if (status->flags & TAO_STATUS_FAILED && !t->failed_before)
		return tao_fail_drive(t->dev, EIO, start, "can't write");
	/* without data the flag is that of a track before */
	if (status->flags & TAO_STATUS_CANCELLED && t->done)
		return tao_fail(ECANCELED, "%s: can't write", t->dev->path);
	return status->state != TAO_STATE_TRACK_OPEN || !status->queue_bytes;
}

/* Much of the data may still wait for the drive: reports the progress until it has them. */
static int wait_for_drive(const struct transfer *t)
{
	struct tao_status status = { 0 };
	int64_t start = tao_clock_ms();
	int ret;

	for (;;) {
		if (ioctl(t->dev->fd, TAO_IOC_GET_STATUS, &status))
			return errno == ENODEV ? tao_fail(ENODEV, "%s: can't write", t->dev->path) :
						 tell_progress(t, &status);
		ret = tell_progress(t, &status);
		if (!ret)
			ret = has_arrived(t, &status, start);
		if (ret)
			return ret < 0 ? ret : 0;
		pause_for_drive(t);
	}
}

static bool may_wait(const struct transfer *t)
{
	return !(fcntl(t->dev->fd, F_GETFL) & O_NONBLOCK);
}

static int transfer_all(struct transfer *t, uint64_t bytes)
{
	struct tao_status status;
	ssize_t n = 1;

	while (t->done < bytes) {
		n = transfer_piece(t, bytes - t->done < t->piece ? bytes - t->done : t->piece);
		if (n <= 0)
			break;
		if (!t->progress)
			continue;
		memset(&status, 0, sizeof(status));
		ioctl(t->dev->fd, TAO_IOC_GET_STATUS, &status);
		n = tell_progress(t, &status);
		if (n < 0)
			break;
	}
	if (n >= 0 && t->progress && may_wait(t))
		n = wait_for_drive(t);
	if (n < 0)
		return n;
	if (t->done == bytes || bytes == UINT64_MAX)
		return 0;
	return tao_fail(EMSGSIZE, "the audio ends after %llu of %llu bytes",
			(unsigned long long)t->done, (unsigned long long)bytes);
}

int tao_write_fd(struct tao_device *dev, int fd, uint64_t bytes, uint64_t *written,
		 tao_progress_fn progress, void *data)
{
	struct transfer t = {
		.dev = dev,
		.fd = fd,
		.way = choose_way(fd),
		.piece = PIECE_QUANTA * tao_write_size(dev),
		.progress = progress,
		.progress_data = data,
	};
	int ret;

	posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	look_before(&t);
	ret = transfer_all(&t, bytes);
	free(t.buffer);
	if (written)
		*written = t.done;
	return ret;
}
