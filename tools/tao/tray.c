// SPDX-License-Identifier: GPL-2.0-only
/*
 * The tray, moved through the block device as eject(1) does. If the drive refuses, some kernels
 * return the status of the SCSI command, without errno.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/cdrom.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include "common.h"

/* If somebody locks the door again at the wrong moment, unlock it and try again. */
#define TRIES		10
#define PAUSE_MS	200

int open_alone(struct tao_device *dev, int *exit_status, char **why)
{
	char path[64];
	int fd;

	*exit_status = STATUS_FAILED;
	if (tao_block_path(dev, path, sizeof(path))) {
		*why = xasprintf(NAMED("drive-gone") "%s.", tao_last_error());
		return -1;
	}
	fd = open_when_free(dev, path, O_RDONLY);
	if (fd == -EBUSY) {
		*exit_status = STATUS_NO_DRIVE;
		*why = describe_holders(dev);
		if (!*why)
			*why = xstrdup(NAMED("in-use") "It is in use by another program.");
	} else if (fd < 0) {
		*why = xasprintf(NAMED("drive-failed") "%s: %s.", path, strerror(-fd));
	}
	return fd;
}

static char *refusal(int ret)
{
	if (ret < 0 && errno != EIO)
		return xasprintf(NAMED("tray-refused") "%s.", strerror(errno));
	return xstrdup(NAMED("tray-refused") "The drive refuses.");
}

/*
 * udev locks the door of each drive with a disc, to be notified when its button is pressed. So
 * unlock it first. The kernel lets users do that only if nobody else has the drive open.
 */
static int open_tray(int fd)
{
	int ret = -1;

	for (int i = 0; ret && i < TRIES; i++) {
		if (i)
			pause_ms(PAUSE_MS);
		ioctl(fd, CDROM_LOCKDOOR, 0);
		ret = ioctl(fd, CDROMEJECT);
	}
	return ret;
}

int eject_disc(struct tao_device *dev, char **text)
{
	int exit_status, fd, ret;
	char *why;

	fd = open_alone(dev, &exit_status, &why);
	/* The kernel ejects a disc that others read: only an exclusive open keeps it. */
	if (fd >= 0 && stays_used(dev, &why)) {
		exit_status = STATUS_NO_DRIVE;
		close(fd);
	} else if (fd >= 0) {
		ret = open_tray(fd);
		why = ret ? refusal(ret) : NULL;
		close(fd);
	}
	if (!why) {
		*text = xstrdup("ejected.");
		return STATUS_OK;
	}
	*text = xasprintf("can't eject the disc. %s", why);
	free(why);
	return exit_status;
}

static int close_tray(int fd, char **text)
{
	int before = ioctl(fd, CDROM_DRIVE_STATUS, CDSL_CURRENT), ret;

	if (before == CDS_DISC_OK) {
		*text = xstrdup("the tray is closed already, with a disc in it.");
		return STATUS_OK;
	}
	ret = ioctl(fd, CDROMCLOSETRAY);
	if (ret) {
		*text = refusal(ret);
		return STATUS_FAILED;
	}
	switch (ioctl(fd, CDROM_DRIVE_STATUS, CDSL_CURRENT)) {
	case CDS_TRAY_OPEN:
		*text = xstrdup(NAMED("tray-open") "The drive leaves it open; push it in.");
		return STATUS_FAILED;
	case CDS_NO_DISC:
		*text = xstrdup("the tray is closed; there is no disc in it.");
		return STATUS_OK;
	default:
		*text = xstrdup("the tray is closed.");
		return STATUS_OK;
	}
}

int load_disc(struct tao_device *dev, char **text)
{
	int exit_status, fd;
	char *why;

	fd = open_alone(dev, &exit_status, &why);
	if (fd >= 0) {
		exit_status = close_tray(fd, &why);
		close(fd);
	}
	*text = exit_status ? xasprintf("can't close the tray. %s", why) : xstrdup(why);
	free(why);
	return exit_status;
}
