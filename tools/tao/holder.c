// SPDX-License-Identifier: GPL-2.0-only
/* Other users of the drive, and whether to wait for them. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>
#include "common.h"
#include "json.h"
#include "text.h"

/*
 * A program that inspects each new disc, such as udev, has the drive to itself for a moment,
 * longer while the disc spins up. Some of these programs are not visible to every user.
 */
#define MOMENT_MS	5000
/* A disc that spins up takes longer. */
#define SPIN_UP_MS	30000
/* A program that is visible, and still there after this time, will stay. */
#define NAMED_MS	1000
#define PAUSE_MS	100

#define NAMES_MAX	4

struct holders {
	char *names;	/* of programs except udev; NULL if none is visible */
	char *mount;	/* where the disc is mounted */
	bool owned;	/* the module uses the drive, for another process or on its own */
	bool udev;
	unsigned int count;
	dev_t disk;	/* the block device, if a holder has it open */
	dev_t generic;	/* /dev/sgN, if a holder has it open */
	dev_t drive;	/* /dev/taoN, if a holder has it open for writing */
};

static bool holds(int dir, const char *fd, const struct holders *holders)
{
	struct stat st, link;

	if (fstatat(dir, fd, &st, 0))
		return false;
	if (S_ISBLK(st.st_mode))
		return holders->disk && st.st_rdev == holders->disk;
	if (!S_ISCHR(st.st_mode))
		return false;
	if (holders->generic && st.st_rdev == holders->generic)
		return true;
	/* The mode of the link shows how it was opened. */
	return holders->drive && st.st_rdev == holders->drive &&
	       !fstatat(dir, fd, &link, AT_SYMLINK_NOFOLLOW) && link.st_mode & 0200;
}

static bool has_open(const char *pid, const struct holders *holders)
{
	char path[PATH_MAX];
	struct dirent *entry;
	bool found = false;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%s/fd", pid);
	dir = opendir(path);
	if (!dir)
		return false;
	while (!found && (entry = readdir(dir)))
		found = holds(dirfd(dir), entry->d_name, holders);
	closedir(dir);
	return found;
}

/* First line of /proc/PID/comm. */
static void read_name(const char *pid, char *name, size_t size)
{
	char path[PATH_MAX];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%s/comm", pid);
	file = fopen(path, "r");
	if (!file || !fgets(name, size, file))
		name[0] = '\0';
	name[strcspn(name, "\n")] = '\0';
	if (file)
		fclose(file);
}

static bool is_udev(const char *name)
{
	return strstr(name, "udev-worker") || !strcmp(name, "systemd-udevd") ||
	       !strcmp(name, "cdrom_id");
}

static void add_name(struct holders *holders, const char *name, const char *pid)
{
	char *shown = text_printable(name[0] ? name : "a program");
	char *more = xasprintf("%s%s%s (process %s)", holders->names ? holders->names : "",
			       holders->names ? ", " : "", shown, pid);

	free(shown);
	free(holders->names);
	holders->names = more;
	holders->count++;
}

static void search_processes(struct holders *holders)
{
	DIR *dir = opendir("/proc");
	struct dirent *entry;
	char name[64];

	while (dir && holders->count < NAMES_MAX && (entry = readdir(dir))) {
		if (!isdigit((unsigned char)entry->d_name[0]) || atoi(entry->d_name) == getpid())
			continue;
		if (!has_open(entry->d_name, holders))
			continue;
		read_name(entry->d_name, name, sizeof(name));
		if (is_udev(name))
			holders->udev = true;
		else
			add_name(holders, name, entry->d_name);
	}
	if (dir)
		closedir(dir);
}

/* "\040" for a space, as the kernel writes them, in place. */
static void decode_octal(char *text)
{
	char *to = text;

	for (; *text; text++) {
		unsigned int byte;

		if (*text == '\\' && strspn(text + 1, "01234567") >= 3 &&
		    sscanf(text + 1, "%3o", &byte) == 1) {
			*to++ = byte;
			text += 3;
		} else {
			*to++ = *text;
		}
	}
	*to = '\0';
}

/* Mounts have no process; the first field of a line is the device. */
static void search_mounts(struct holders *holders)
{
	FILE *file = fopen("/proc/self/mounts", "r");
	char *line = NULL, *device, *where, *rest;
	size_t size = 0;
	struct stat st;

	while (file && !holders->mount && getline(&line, &size, file) > 0) {
		device = strtok_r(line, " ", &rest);
		where = strtok_r(NULL, " ", &rest);
		if (!where || device[0] != '/')
			continue;
		decode_octal(device);
		if (stat(device, &st) || !S_ISBLK(st.st_mode) || st.st_rdev != holders->disk)
			continue;
		decode_octal(where);
		holders->mount = xstrdup(where);
	}
	free(line);
	if (file)
		fclose(file);
}

/* The module knows who is burning, including processes of other users. */
static void ask_module(struct tao_device *dev, struct holders *holders)
{
	struct tao_status status;
	char pid[16];

	if (tao_get_status(dev, &status))
		return;
	if (status.owner_pid && (pid_t)status.owner_pid != getpid()) {
		snprintf(pid, sizeof(pid), "%u", status.owner_pid);
		status.owner[sizeof(status.owner) - 1] = '\0';
		add_name(holders, status.owner, pid);
		holders->owned = true;
	} else if (!status.owner_pid && status.action != TAO_ACTION_NONE &&
		   status.action != TAO_ACTION_READING &&
		   status.action != TAO_ACTION_SETTING_SPEED) {
		holders->owned = true;	/* its process has exited */
	}
}

/* The first name in a directory of /sys; "" if there is none. */
static void read_entry(const char *directory, char *name, size_t size)
{
	DIR *dir = opendir(directory);
	struct dirent *entry;

	name[0] = '\0';
	while (dir && !name[0] && (entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			snprintf(name, size, "%s", entry->d_name);
	if (dir)
		closedir(dir);
}

bool find_generic(struct tao_device *dev, char *path, size_t size, dev_t *number)
{
	char directory[64], name[NAME_MAX + 1];
	struct stat st;

	if (fstat(tao_device_fd(dev), &st))
		return false;
	snprintf(directory, sizeof(directory), "/sys/dev/char/%u:%u/device/scsi_generic",
		 major(st.st_rdev), minor(st.st_rdev));
	read_entry(directory, name, sizeof(name));
	snprintf(path, size, "/dev/%s", name);
	if (!name[0] || stat(path, &st) || !S_ISCHR(st.st_mode))
		return false;
	if (number)
		*number = st.st_rdev;
	return true;
}

static void find(struct tao_device *dev, struct holders *holders)
{
	struct tao_drive drive;
	char path[64];
	struct stat st;

	*holders = (struct holders){ 0 };
	if (!fstat(tao_device_fd(dev), &st))
		holders->drive = st.st_rdev;
	if (!tao_get_drive(dev, &drive) && drive.cdrom_major)
		holders->disk = makedev(drive.cdrom_major, drive.cdrom_minor);
	find_generic(dev, path, sizeof(path), &holders->generic);
	ask_module(dev, holders);
	if (holders->owned)
		return;
	search_mounts(holders);
	search_processes(holders);
}

static void forget(struct holders *holders)
{
	free(holders->names);
	free(holders->mount);
}

char *find_holders(struct tao_device *dev)
{
	struct holders holders;
	char *where, *text;

	find(dev, &holders);
	if (holders.mount) {
		where = shell_quote(holders.mount);
		text = xasprintf("%s%sthe mount on %s", holders.names ? holders.names : "",
				 holders.names ? ", " : "", where);
		free(where);
	} else {
		text = holders.names ? xstrdup(holders.names) : NULL;
	}
	forget(&holders);
	return text;
}

static char *describe(struct tao_device *dev, const struct holders *holders)
{
	struct tao_status status;
	char *where, *text, *command;

	if (holders->mount) {
		where = shell_quote(holders->mount);
		text = xasprintf(NAMED("in-use") "It is mounted: `umount %s`.", where);
		free(where);
		return text;
	}
	if (holders->names)
		return xasprintf(NAMED("in-use")
				 "It is held by %s; wait for it or end it.", holders->names);
	if (holders->owned && !tao_get_status(dev, &status)) {
		command = drive_command("tao status", tao_device_path(dev));
		text = xasprintf(NAMED("in-use") "It is busy (%s); %s says how far that is.",
				 tao_action_name(status.action), command);
		free(command);
		return text;
	}
	if (holders->udev)
		return xstrdup(NAMED("in-use")
			       "udev is looking at the disc; try it again in a moment.");
	return NULL;
}

char *describe_holders(struct tao_device *dev)
{
	struct holders holders;
	char *text;

	find(dev, &holders);
	text = describe(dev, &holders);
	forget(&holders);
	return text;
}

void pause_ms(unsigned int ms)
{
	struct timespec time = { ms / 1000, ms % 1000 * 1000000L };

	nanosleep(&time, NULL);
}

bool wait_for_holders(struct tao_device *dev, struct patience *patience)
{
	struct holders holders;
	bool stays, worth;
	int64_t waited;

	if (!patience->began_ms)
		patience->began_ms = now_ms();
	waited = now_ms() - patience->began_ms;
	find(dev, &holders);
	stays = holders.names && !holders.udev && waited >= NAMED_MS;
	worth = !holders.mount && !holders.owned && !stays && waited < MOMENT_MS;
	forget(&holders);
	if (worth)
		pause_ms(PAUSE_MS);
	return worth;
}

bool stays_used(struct tao_device *dev, char **why)
{
	struct patience patience = { 0 };
	char *who;

	while ((who = find_holders(dev)) && wait_for_holders(dev, &patience))
		free(who);
	if (!who)
		return false;
	free(who);
	*why = describe_holders(dev);
	if (!*why)
		*why = xstrdup(NAMED("in-use") "Another program had it until now: try again.");
	return true;
}

int open_when_free(struct tao_device *dev, const char *path, int flags)
{
	struct patience patience = { 0 };
	int fd;

	do {
		fd = open(path, flags | O_EXCL | O_NONBLOCK | O_CLOEXEC);
		if (fd < 0)
			fd = -errno;
	} while (fd == -EBUSY && wait_for_holders(dev, &patience));
	return fd;
}

int get_medium(struct tao_device *dev, struct tao_medium *medium)
{
	struct patience patience = { 0 };
	int error;

	do {
		error = tao_get_medium(dev, medium);
	} while (!error && medium->flags & TAO_MEDIUM_STALE && wait_for_holders(dev, &patience));
	if (!error && medium->flags & TAO_MEDIUM_STALE && medium->type == TAO_MEDIUM_NONE)
		medium->type = TAO_MEDIUM_UNKNOWN;
	return error;
}

/* Whether somebody has the drive who will not let go of it in a moment. */
static bool is_held(struct tao_device *dev)
{
	struct holders holders;
	bool held;

	find(dev, &holders);
	held = holders.mount || holders.owned || (holders.names && !holders.udev);
	forget(&holders);
	return held;
}

int await_medium(struct tao_device *dev, struct tao_medium *medium, const atomic_bool *stop)
{
	int64_t began = now_ms();
	int error = get_medium(dev, medium);

	while (!error && medium->flags & TAO_MEDIUM_STALE && now_ms() - began < SPIN_UP_MS &&
	       !(stop && atomic_load(stop)) && !is_held(dev)) {
		pause_ms(PAUSE_MS);
		error = get_medium(dev, medium);
	}
	return error;
}

char *why_not_ready(struct tao_device *dev, const struct tao_medium *medium)
{
	char *who;

	if (!(medium->flags & TAO_MEDIUM_STALE))
		return NULL;
	who = why_in_use(dev, medium);
	return who ? who : xstrdup(NAMED("disc-not-ready")
				   "the drive does not get ready with this disc; try it again.");
}

char *why_in_use(struct tao_device *dev, const struct tao_medium *medium)
{
	char *who = medium->flags & TAO_MEDIUM_STALE ? describe_holders(dev) : NULL, *text;

	if (!who)
		return NULL;
	text = xasprintf("the disc is in use. %s", who);
	free(who);
	return text;
}
