// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fake drives in place of libtao, to test the tao command alone: signals, and readers that stop.
 * DRIVES=2 provides two, SLOW=1 makes /dev/tao1 slow, SLOW_END=6000 makes the end of a track take
 * 6 s, BUSY=5 refuses the speed that often. Each call that changes something is logged in the
 * file FAKE_LOG.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tao.h>
#include <time.h>
#include <unistd.h>
#include "fake_drives.h"

int tao_main(int argc, char **argv);

struct tao_list {
	size_t count;
};

struct drive {
	const char *path;
	const char *node; /* a device node, different for each drive */
	atomic_uint state;
	atomic_uint tracks;
	atomic_bool cancelled;
	atomic_ullong bytes;
};

struct tao_device {
	struct drive *drive;
	int fd;
	bool writes;
};

static struct drive drives[] = {
	{ .path = "/dev/tao0", .node = "/dev/null" },
	{ .path = "/dev/tao1", .node = "/dev/zero" },
};

static __thread char error_text[100];

static int number(const char *variable, int otherwise)
{
	const char *value = getenv(variable);

	return value ? atoi(value) : otherwise;
}

static void note(const struct drive *drive, const char *what)
{
	const char *path = getenv("FAKE_LOG");
	FILE *file = path ? fopen(path, "a") : NULL;

	if (!file)
		return;
	fprintf(file, "%s %s\n", what, drive->path);
	fclose(file);
}

/* A signal does not shorten it. */
static void wait_ms(int ms)
{
	struct timespec left = { ms / 1000, ms % 1000 * 1000000L };

	while (nanosleep(&left, &left))
		;
}

static int fail(int error)
{
	snprintf(error_text, sizeof(error_text), "a drive that is not there: %s", strerror(error));
	return -error;
}

int tao_fail(int error, const char *format, ...)
{
	(void)format;
	return fail(error);
}

int tao_call(struct tao_device *dev, unsigned long ioctl, void *arg, const char *what)
{
	(void)dev;
	(void)ioctl;
	(void)arg;
	(void)what;
	return fail(EOPNOTSUPP);
}

int tao_session_read(struct tao_device *dev, struct tao_session **session)
{
	(void)dev;
	*session = NULL;
	return fail(EOPNOTSUPP);
}

const char *tao_version(void)
{
	return LIBTAO_VERSION;
}

const char *tao_last_error(void)
{
	return error_text;
}

int tao_list_drives(struct tao_list **list)
{
	*list = calloc(1, sizeof(**list));
	(*list)->count = number("DRIVES", 1);
	return 0;
}

size_t tao_list_count(const struct tao_list *list)
{
	return list->count;
}

const char *tao_list_path(const struct tao_list *list, size_t index)
{
	return index < list->count ? drives[index].path : NULL;
}

void tao_list_free(struct tao_list *list)
{
	free(list);
}

int tao_open(struct tao_device **dev, const char *path, unsigned int flags)
{
	*dev = calloc(1, sizeof(**dev));
	(*dev)->drive = &drives[path && strchr(path, '1')];
	(*dev)->fd = open((*dev)->drive->node, O_RDONLY);
	(*dev)->writes = flags & TAO_OPEN_WRITE;
	return 0;
}

int tao_close(struct tao_device *dev)
{
	if (!dev)
		return 0;
	if (dev->writes)
		note(dev->drive, "close");
	close(dev->fd);
	free(dev);
	return 0;
}

int tao_device_fd(const struct tao_device *dev)
{
	return dev->fd;
}

const char *tao_device_path(const struct tao_device *dev)
{
	return dev->drive->path;
}

int tao_block_path(struct tao_device *dev, char *path, size_t size)
{
	(void)dev;
	(void)path;
	(void)size;
	return fail(ENODEV);
}

int tao_get_drive(struct tao_device *dev, struct tao_drive *drive)
{
	(void)dev;
	*drive = (struct tao_drive){ .vendor = "FAKE" };
	return 0;
}

int tao_get_medium(struct tao_device *dev, struct tao_medium *medium)
{
	unsigned int tracks = dev->drive->tracks;

	*medium = (struct tao_medium){
		.type = TAO_MEDIUM_CD_R,
		.status = tracks ? TAO_DISC_APPENDABLE : TAO_DISC_BLANK,
		.flags = TAO_MEDIUM_WRITABLE | (tracks ? TAO_MEDIUM_SESSION_OPEN : 0),
		.tracks = tracks,
		.next_track = tracks + 1,
		.free_sectors = 300000,
		.total_sectors = 300000,
	};
	return 0;
}

int tao_get_status(struct tao_device *dev, struct tao_status *status)
{
	unsigned int state = dev->drive->state;

	*status = (struct tao_status){
		.state = state,
		.action = state == TAO_STATE_TRACK_OPEN ? TAO_ACTION_WRITING : TAO_ACTION_NONE,
		.track_sectors = dev->drive->bytes / TAO_SECTOR_SIZE,
		.sectors = TAO_UNKNOWN,
		.remaining_ms = TAO_UNKNOWN,
		.progress = TAO_UNKNOWN,
	};
	return 0;
}

int tao_get_error(struct tao_device *dev, enum tao_error_which which, struct tao_error *error)
{
	(void)dev;
	*error = (struct tao_error){ .which = which };
	return 0;
}

int tao_get_toc(struct tao_device *dev, struct tao_toc *toc)
{
	(void)dev;
	memset(toc, 0, sizeof(*toc));
	return 0;
}

int tao_get_speeds(struct tao_device *dev, struct tao_speeds *speeds)
{
	(void)dev;
	memset(speeds, 0, sizeof(*speeds));
	return 0;
}

int tao_get_speed(struct tao_device *dev, struct tao_speed *speed)
{
	(void)dev;
	*speed = (struct tao_speed){ .requested_kbps = TAO_SPEED_MAX };
	return 0;
}

/* The drive is busy when the speed has to be restored. */
int tao_set_speed(struct tao_device *dev, struct tao_speed *speed)
{
	static int refused;

	if (speed->requested_kbps == TAO_SPEED_MAX && refused++ < number("BUSY", 0))
		return fail(EBUSY);
	note(dev->drive, speed->requested_kbps == TAO_SPEED_MAX ? "speed-back" : "speed");
	return 0;
}

int tao_prepare(struct tao_device *dev, const struct tao_prepare *prepare)
{
	(void)prepare;
	dev->drive->state = TAO_STATE_PREPARED;
	return 0;
}

int tao_release(struct tao_device *dev, enum tao_close close, unsigned int flags)
{
	(void)close;
	(void)flags;
	dev->drive->state = TAO_STATE_IDLE;
	note(dev->drive, "release");
	return 0;
}

int tao_track_begin(struct tao_device *dev, struct tao_track_begin *track)
{
	dev->drive->bytes = 0;
	dev->drive->cancelled = false;
	dev->drive->state = TAO_STATE_TRACK_OPEN;
	track->number = dev->drive->tracks + 1;
	note(dev->drive, "track-begin");
	return 0;
}

int tao_track_end(struct tao_device *dev, struct tao_track_end *track)
{
	struct drive *drive = dev->drive;

	wait_ms(number("SLOW_END", 0));
	track->number = ++drive->tracks;
	track->sectors = (drive->bytes + TAO_SECTOR_SIZE - 1) / TAO_SECTOR_SIZE;
	if (track->sectors < TAO_TRACK_MIN_SECTORS)
		track->sectors = TAO_TRACK_MIN_SECTORS;
	track->padding_bytes = (uint64_t)track->sectors * TAO_SECTOR_SIZE - drive->bytes;
	drive->state = TAO_STATE_PREPARED;
	note(drive, "track-end");
	return drive->cancelled ? fail(ECANCELED) : 0;
}

ssize_t tao_write(struct tao_device *dev, const void *audio, size_t bytes)
{
	(void)audio;
	usleep(number("SLOW", -1) == dev->drive - drives ? 100000 : 100);
	if (dev->drive->cancelled)
		return fail(ECANCELED);
	dev->drive->bytes += bytes;
	return bytes;
}

int tao_write_fd(struct tao_device *dev, int fd, uint64_t bytes, uint64_t *written,
		 tao_progress_fn progress, void *data)
{
	char buffer[65536];
	ssize_t n;

	for (*written = 0; *written < bytes; *written += n) {
		n = read(fd, buffer, sizeof(buffer));
		if (n > 0)
			n = tao_write(dev, buffer, n);
		if (n <= 0)
			return n;
		if (progress && progress(data, *written))
			return fail(ECANCELED);
	}
	return 0;
}

int tao_cancel(struct tao_device *dev)
{
	note(dev->drive, "cancel");
	if (dev->drive->state != TAO_STATE_TRACK_OPEN)
		return fail(ENODATA);
	dev->drive->cancelled = true;
	return 0;
}

int tao_finalize(struct tao_device *dev, enum tao_close close, unsigned int flags)
{
	return tao_release(dev, close, flags);
}

int tao_blank(struct tao_device *dev, unsigned int flags)
{
	(void)dev;
	(void)flags;
	return 0;
}

int tao_recover(struct tao_device *dev, struct tao_recover *recover)
{
	(void)dev;
	(void)recover;
	return 0;
}

int tao_verify_track(struct tao_device *dev, unsigned int track, tao_source_fn source,
		     void *source_data, uint64_t bytes, struct tao_verify *verify,
		     tao_progress_fn progress, void *data)
{
	(void)dev;
	(void)track;
	(void)source;
	(void)source_data;
	(void)bytes;
	(void)verify;
	(void)progress;
	(void)data;
	return fail(EIO);
}

int main(int argc, char **argv)
{
	return tao_main(argc, argv);
}
