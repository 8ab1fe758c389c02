// SPDX-License-Identifier: LGPL-2.1-or-later
/* Drives: list, open, close; and all simple ioctls. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include "internal.h"

#define CLASS_DIR "/sys/class/tao"
/* Time between two looks at the status: another thread may have consumed POLLPRI. */
#define STATUS_SLICE_MS 200

struct tao_list {
	size_t count;
	char **paths;
};

const char *tao_version(void)
{
	return LIBTAO_VERSION;
}

static int is_drive_name(const char *name)
{
	return !strncmp(name, "tao", 3) && name[3] &&
	       strspn(name + 3, "0123456789") == strlen(name + 3);
}

static int select_drive(const struct dirent *entry)
{
	return is_drive_name(entry->d_name);
}

int tao_list_scan(struct tao_list **list, const char *class_dir, const char *dev_dir)
{
	struct dirent **entries = NULL;
	struct tao_list *found;
	int n;

	n = scandir(class_dir, &entries, select_drive, versionsort);
	if (n < 0 && errno != ENOENT)
		return tao_fail(errno, "can't read %s", class_dir);
	if (n < 0)
		n = 0; /* the module is not loaded: no drives */

	found = calloc(1, sizeof(*found));
	if (found)
		found->paths = calloc(n + 1, sizeof(char *));
	for (int i = 0; i < n; i++) {
		if (found && found->paths &&
		    asprintf(&found->paths[found->count], "%s/%s", dev_dir, entries[i]->d_name) >=
			    0)
			found->count++;
		free(entries[i]);
	}
	free(entries);
	if (!found || !found->paths || found->count != (size_t)n) {
		tao_list_free(found);
		return tao_fail(ENOMEM, "can't list the drives");
	}
	*list = found;
	return 0;
}

int tao_list_drives(struct tao_list **list)
{
	return tao_list_scan(list, CLASS_DIR, "/dev");
}

size_t tao_list_count(const struct tao_list *list)
{
	return list->count;
}

const char *tao_list_path(const struct tao_list *list, size_t index)
{
	return index < list->count ? list->paths[index] : NULL;
}

void tao_list_free(struct tao_list *list)
{
	if (!list)
		return;
	for (size_t i = 0; list->paths && i < list->count; i++)
		free(list->paths[i]);
	free(list->paths);
	free(list);
}

int tao_open_file(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC), higher, error;

	if (fd < 0 || fd > STDERR_FILENO)
		return fd;
	higher = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	error = errno;
	close(fd);
	errno = error;
	return higher;
}

/* The drive of a computer that has only one. */
static int only_drive(char *path, size_t size)
{
	struct tao_list *list;
	int ret;

	ret = tao_list_drives(&list);
	if (ret)
		return ret;
	if (list->count == 1)
		snprintf(path, size, "%s", list->paths[0]);
	else if (!list->count)
		ret = tao_fail(ENODEV, "no drive found");
	else
		ret = tao_fail(ENOTUNIQ, "there are %zu drives, and none was named", list->count);
	tao_list_free(list);
	return ret;
}

/* Path in sysfs of the SCSI device behind a class or block device. */
static int sysfs_device(const char *class, const char *name, char *path)
{
	char link[PATH_MAX];

	snprintf(link, sizeof(link), "/sys/class/%s/%s/device", class, name);
	return realpath(link, path) ? 0 : -errno;
}

/* Path of the tao device for the drive with block device @name. */
static int drive_of_block_device(const char *name, char *path, size_t size)
{
	char wanted[PATH_MAX], got[PATH_MAX];
	struct tao_list *list;
	int ret;

	ret = tao_list_drives(&list);
	if (ret)
		return ret;
	ret = -ENODEV;
	if (!sysfs_device("block", name, wanted)) {
		for (size_t i = 0; ret && i < list->count; i++) {
			if (!sysfs_device("tao", basename(list->paths[i]), got) &&
			    !strcmp(got, wanted)) {
				snprintf(path, size, "%s", list->paths[i]);
				ret = 0;
			}
		}
	}
	tao_list_free(list);
	return ret ? tao_fail(-ret, "/dev/%s is no drive that the tao module burns with", name) : 0;
}

static int resolve_path(const char *name, char *path, size_t size)
{
	char real[PATH_MAX];
	const char *base;

	if (!name)
		return only_drive(path, size);
	if (is_drive_name(name)) {
		snprintf(path, size, "/dev/%s", name);
		return 0;
	}
	/* /dev/cdrom is a link to /dev/sr0, and udev's names for a drive are links */
	if (realpath(name, real))
		name = real;
	base = basename(name);
	if (!strncmp(base, "sr", 2) && base[2] >= '0' && base[2] <= '9')
		return drive_of_block_device(base, path, size);
	if (strlen(name) >= size)
		return tao_fail(ENAMETOOLONG, "can't open %.40s...", name);
	strcpy(path, name);
	return 0;
}

/* Wraps dev->fd. On failure the descriptor stays as it is. */
static int adopt(struct tao_device *dev)
{
	struct tao_drive drive = { 0 };

	if (ioctl(dev->fd, TAO_IOC_GET_DRIVE, &drive)) {
		if (errno == ENOTTY || errno == EINVAL)
			return tao_fail(ENOTTY, "%s is no tao device", dev->path);
		return tao_fail(errno, "can't talk to %s", dev->path);
	}
	dev->quantum_sectors = drive.quantum_sectors ? drive.quantum_sectors : 1;
	return 0;
}

int tao_open(struct tao_device **dev, const char *path, unsigned int flags)
{
	struct tao_device *new;
	int mode, ret;

	if (flags & ~(TAO_OPEN_WRITE | TAO_OPEN_NONBLOCK))
		return tao_fail(EINVAL, "unknown flags for tao_open()");
	new = calloc(1, sizeof(*new));
	if (!new)
		return tao_fail(ENOMEM, "can't open a drive");
	ret = resolve_path(path, new->path, sizeof(new->path));
	if (ret)
		goto free_device;

	mode = flags & TAO_OPEN_WRITE ? O_RDWR : O_RDONLY;
	if (flags & TAO_OPEN_NONBLOCK)
		mode |= O_NONBLOCK;
	new->fd = tao_open_file(new->path, mode);
	if (new->fd < 0) {
		ret = tao_fail(errno, "can't open %s", new->path);
		goto free_device;
	}
	ret = adopt(new);
	if (ret)
		goto close_fd;
	*dev = new;
	return 0;

close_fd:
	close(new->fd);
free_device:
	free(new);
	return ret;
}

int tao_open_fd(struct tao_device **dev, int fd)
{
	struct tao_device *new;
	ssize_t length;
	char link[32];
	int ret;

	new = calloc(1, sizeof(*new));
	if (!new)
		return tao_fail(ENOMEM, "can't open a drive");
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	length = readlink(link, new->path, sizeof(new->path) - 1);
	if (length < 0)
		snprintf(new->path, sizeof(new->path), "descriptor %d", fd);
	new->fd = fd;
	ret = adopt(new);
	if (ret) {
		free(new);
		return ret;
	}
	*dev = new;
	return 0;
}

int tao_close(struct tao_device *dev)
{
	int64_t start = tao_clock_ms();
	struct tao_device watcher;
	int ret = 0;

	if (!dev)
		return 0;
	/*
	 * The module keeps the error. Another descriptor is needed to read it once
	 * this one is closed.
	 */
	watcher = *dev;
	watcher.fd = tao_open_file(dev->path, O_RDONLY | O_NONBLOCK);
	if (close(dev->fd))
		ret = tao_fail_drive(&watcher, errno, start, "the track failed at its end");
	if (watcher.fd >= 0)
		close(watcher.fd);
	free(dev);
	return ret;
}

int tao_device_fd(const struct tao_device *dev)
{
	return dev->fd;
}

const char *tao_device_path(const struct tao_device *dev)
{
	return dev->path;
}

int tao_block_path(struct tao_device *dev, char *path, size_t size)
{
	char link[64], target[PATH_MAX];
	struct tao_drive drive;
	ssize_t length;
	int ret;

	ret = tao_get_drive(dev, &drive);
	if (ret)
		return ret;
	snprintf(link, sizeof(link), "/sys/dev/block/%u:%u", drive.cdrom_major, drive.cdrom_minor);
	length = drive.cdrom_major ? readlink(link, target, sizeof(target) - 1) : -1;
	if (length < 0)
		return tao_fail_text(ENODEV, "%s has no block device; is the sr module loaded?",
				dev->path);
	target[length] = '\0';
	length = snprintf(path, size, "/dev/%s", basename(target));
	return length < (ssize_t)size ?
		       0 :
		       tao_fail(ENAMETOOLONG, "can't name the block device of %s", dev->path);
}

int tao_call(struct tao_device *dev, unsigned long number, void *arg, const char *what)
{
	int64_t start = tao_clock_ms();

	if (ioctl(dev->fd, number, arg) >= 0)
		return 0;
	return tao_fail_drive(dev, errno, start, what);
}

int tao_get_drive(struct tao_device *dev, struct tao_drive *drive)
{
	memset(drive, 0, sizeof(*drive));
	return tao_call(dev, TAO_IOC_GET_DRIVE, drive, "can't ask for the drive's abilities");
}

int tao_get_medium(struct tao_device *dev, struct tao_medium *medium)
{
	memset(medium, 0, sizeof(*medium));
	return tao_call(dev, TAO_IOC_GET_MEDIUM, medium, "can't ask what disc is in");
}

int tao_get_status(struct tao_device *dev, struct tao_status *status)
{
	memset(status, 0, sizeof(*status));
	return tao_call(dev, TAO_IOC_GET_STATUS, status, "can't ask for the status");
}

int tao_get_error(struct tao_device *dev, enum tao_error_which which, struct tao_error *error)
{
	memset(error, 0, sizeof(*error));
	error->which = which;
	if (ioctl(dev->fd, TAO_IOC_GET_ERROR, error))
		return tao_fail(errno, "%s: can't ask for the last error", dev->path);
	return 0;
}

int tao_get_toc(struct tao_device *dev, struct tao_toc *toc)
{
	memset(toc, 0, sizeof(*toc));
	return tao_call(dev, TAO_IOC_GET_TOC, toc, "can't read the table of contents");
}

int tao_get_speeds(struct tao_device *dev, struct tao_speeds *speeds)
{
	memset(speeds, 0, sizeof(*speeds));
	return tao_call(dev, TAO_IOC_GET_SPEEDS, speeds, "can't ask for the write speeds");
}

int tao_get_speed(struct tao_device *dev, struct tao_speed *speed)
{
	memset(speed, 0, sizeof(*speed));
	return tao_call(dev, TAO_IOC_GET_SPEED, speed, "can't ask for the write speed");
}

int tao_get_settings(struct tao_device *dev, struct tao_settings *settings)
{
	memset(settings, 0, sizeof(*settings));
	return tao_call(dev, TAO_IOC_GET_SETTINGS, settings, "can't ask for the settings");
}

int tao_get_statistics(struct tao_device *dev, struct tao_statistics *statistics)
{
	memset(statistics, 0, sizeof(*statistics));
	return tao_call(dev, TAO_IOC_GET_STATISTICS, statistics, "can't ask for the statistics");
}

int tao_get_text(struct tao_device *dev, struct tao_text *text)
{
	return tao_call(dev, TAO_IOC_GET_TEXT, text, "can't read CD-TEXT");
}

/*
 * Waits for POLLPRI, for @timeout_ms at most. A track that was aborted sets POLLERR until it has
 * ended, and poll() does not wait then.
 */
static int wait_change(struct tao_device *dev, int timeout_ms)
{
	struct pollfd pollfd = { .fd = dev->fd, .events = POLLPRI };
	int ready = poll(&pollfd, 1, timeout_ms);

	if (ready > 0 && pollfd.revents & POLLHUP)
		return tao_fail(ENODEV, "%s: can't wait for its status", dev->path);
	if (ready > 0 && !(pollfd.revents & POLLPRI))
		ready = poll(NULL, 0, timeout_ms);
	return ready < 0 ? tao_fail(errno, "%s: can't wait for its status", dev->path) : 0;
}

/*
 * The sequence number shows whether the status has changed: POLLPRI disappears as soon as any
 * thread has read the status through this handle. That is also why each wait is short.
 */
int tao_wait_status(struct tao_device *dev, struct tao_status *status, int timeout_ms)
{
	int64_t end = tao_clock_ms() + timeout_ms, left = STATUS_SLICE_MS;
	uint64_t seen = status->sequence;
	int ret;

	for (;;) {
		ret = tao_get_status(dev, status);
		if (ret || status->sequence != seen)
			return ret ? ret : 1;
		if (timeout_ms >= 0)
			left = end - tao_clock_ms();
		if (left > STATUS_SLICE_MS)
			left = STATUS_SLICE_MS;
		ret = wait_change(dev, left < 0 ? 0 : left);
		if (ret || left <= 0)
			return ret;
	}
}

int tao_prepare(struct tao_device *dev, const struct tao_prepare *prepare)
{
	struct tao_prepare copy = { 0 };

	if (prepare)
		copy = *prepare;
	return tao_call(dev, TAO_IOC_PREPARE, &copy, "can't prepare the disc");
}

int tao_release(struct tao_device *dev, enum tao_close close, unsigned int flags)
{
	struct tao_finalize finalize = { .flags = flags, .close = close };

	return tao_call(dev, TAO_IOC_RELEASE, &finalize,
			close == TAO_CLOSE_NOTHING ? "can't release the disc" :
						     "can't close the session");
}

int tao_track_begin(struct tao_device *dev, struct tao_track_begin *track)
{
	struct tao_track_begin defaults = { 0 };

	return tao_call(dev, TAO_IOC_TRACK_BEGIN, track ? track : &defaults,
			"can't begin the track");
}

int tao_track_end(struct tao_device *dev, struct tao_track_end *track)
{
	struct tao_track_end defaults = { 0 };

	return tao_call(dev, TAO_IOC_TRACK_END, track ? track : &defaults,
			"the track failed at its end");
}

int tao_finalize(struct tao_device *dev, enum tao_close close, unsigned int flags)
{
	struct tao_finalize finalize = { .flags = flags, .close = close };

	return tao_call(dev, TAO_IOC_FINALIZE, &finalize, "can't close the session");
}

int tao_cancel(struct tao_device *dev)
{
	return tao_call(dev, TAO_IOC_CANCEL, NULL, "can't cancel");
}

int tao_blank(struct tao_device *dev, unsigned int flags)
{
	struct tao_blank blank = { .flags = flags };

	return tao_call(dev, TAO_IOC_BLANK, &blank, "can't blank the disc");
}

int tao_recover(struct tao_device *dev, struct tao_recover *recover)
{
	struct tao_recover defaults = { 0 };

	return tao_call(dev, TAO_IOC_RECOVER, recover ? recover : &defaults,
			"can't repair the disc");
}

int tao_set_speed(struct tao_device *dev, struct tao_speed *speed)
{
	return tao_call(dev, TAO_IOC_SET_SPEED, speed, "can't set the write speed");
}

int tao_set_settings(struct tao_device *dev, const struct tao_settings *settings)
{
	struct tao_settings copy = *settings;

	return tao_call(dev, TAO_IOC_SET_SETTINGS, &copy, "can't change the settings");
}
