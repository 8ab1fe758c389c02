/* SPDX-License-Identifier: GPL-2.0-only */
/* A simulated recorder for a test program: created before the tests, with a new disc for each. */
#ifndef SIM_H
#define SIM_H

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/tao.h>
#include "readcd.h"

#define SIM_ROOT	"/sys/kernel/config/cdr-sim"
#define GAP_SECTORS	152	/* MMC: pregap 150, run-out 2 */

/* Opcodes (MMC) */
#define OP_WRITE	0x2a
#define OP_SYNC_CACHE	0x35
#define OP_MODE_SELECT	0x55
#define OP_CLOSE	0x5b
#define OP_BLANK	0xa1

static char sim_name[64], sim_tao[64], sim_sr[64];
/* Recorders that are removed at the end of the process that has made them. */
static char sim_made[4][64];
static pid_t sim_owner;

static inline void sim_die(const char *what)
{
	printf("Bail out! %s: %s\n", what, strerror(errno));
	exit(1);
}

/* For attributes that may refuse a value: returns -errno. */
static inline int sim_try(const char *attribute, const char *value)
{
	char path[PATH_MAX];
	int fd, ret;

	snprintf(path, sizeof(path), SIM_ROOT "/%s/%s", sim_name, attribute);
	fd = open(path, O_WRONLY);
	if (fd < 0)
		return -errno;
	ret = write(fd, value, strlen(value)) < 0 ? -errno : 0;
	close(fd);
	return ret;
}

static inline void sim_set(const char *attribute, const char *value)
{
	int ret = sim_try(attribute, value);

	if (ret) {
		errno = -ret;
		sim_die(attribute);
	}
}

static inline void sim_get(const char *attribute, char *value, size_t size)
{
	char path[PATH_MAX];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), SIM_ROOT "/%s/%s", sim_name, attribute);
	fd = open(path, O_RDONLY);
	n = fd < 0 ? -1 : read(fd, value, size - 1);
	if (n < 0)
		sim_die(attribute);
	close(fd);
	value[n] = '\0';
	value[strcspn(value, "\n") ? n : 0] = '\0';
}

/* The number of commands with an opcode that the recorder has received. */
static inline unsigned int sim_commands(unsigned int opcode)
{
	char text[4096], *line, *save;
	unsigned int op, count;

	sim_get("commands", text, sizeof(text));
	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		if (sscanf(line, "%x %*s %u", &op, &count) == 2 && op == opcode)
			return count;
	return 0;
}

/* The number of all commands. */
static inline unsigned int sim_all_commands(void)
{
	char text[4096], *line;

	sim_get("stats", text, sizeof(text));
	line = strstr(text, "\ncommands ");
	return line ? strtoul(line + 10, NULL, 10) : UINT_MAX;
}

/* All except those with which the kernel polls for disc events. */
static inline unsigned int sim_commands_but_events(void)
{
	char text[4096], *line, *save;
	unsigned int op, count, sum = 0;

	sim_get("commands", text, sizeof(text));
	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		if (sscanf(line, "%x %*s %u", &op, &count) == 2 && op != 0x00 && op != 0x4a)
			sum += count;
	return sum;
}

/* The number that the block layer gave the disc. */
static inline unsigned long long sim_disc_sequence(void)
{
	unsigned long long number = 0;
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "/sys/block/%s/diskseq", sim_sr + 5);
	f = fopen(path, "r");
	if (!f || fscanf(f, "%llu", &number) != 1)
		sim_die(path);
	fclose(f);
	return number;
}

static inline bool sim_locked(void)
{
	char text[16];

	sim_get("locked", text, sizeof(text));
	return text[0] == '1';
}

/* Whether the machine is there for this test only. */
static inline bool sim_lab(void)
{
	return getenv("TAO_LAB");
}

/* On other machines udev locks the door of each drive with a disc, and goes on. */
static inline bool sim_left_locked(void)
{
	return sim_locked() && (sim_lab() || access("/run/udev/control", F_OK));
}

static inline bool sim_find(const char *format, const char *parent, char *node)
{
	char path[PATH_MAX];
	struct dirent *entry;
	DIR *dir;

	snprintf(path, sizeof(path), format, parent);
	dir = opendir(path);
	if (!dir)
		return false;
	while ((entry = readdir(dir)))
		if (entry->d_name[0] != '.') {
			snprintf(node, 64, "/dev/%.50s", entry->d_name);
			break;
		}
	closedir(dir);
	return entry;
}

/* The node in /sys/class/tao for the device at H:C:T:L. */
static inline bool sim_find_tao(const char *hctl)
{
	char path[PATH_MAX], link[PATH_MAX];
	struct dirent *entry;
	bool found = false;
	DIR *dir = opendir("/sys/class/tao");

	while (dir && !found && (entry = readdir(dir))) {
		ssize_t n;

		snprintf(path, sizeof(path), "/sys/class/tao/%s/device", entry->d_name);
		n = readlink(path, link, sizeof(link) - 1);
		if (n < 0)
			continue;
		link[n] = '\0';
		if (strcmp(strrchr(link, '/') + 1, hctl))
			continue;
		snprintf(sim_tao, sizeof(sim_tao), "/dev/%.50s", entry->d_name);
		found = !access(sim_tao, R_OK);
	}
	if (dir)
		closedir(dir);
	return found;
}

static inline bool sim_nodes(void)
{
	char hctl[64];

	sim_get("device", hctl, sizeof(hctl));
	hctl[strcspn(hctl, "\n")] = '\0';
	return sim_find("/sys/bus/scsi/devices/%s/block", hctl, sim_sr) && sim_find_tao(hctl);
}

/* Waits until udev has processed all events so far. */
static inline void sim_settle(void)
{
	if (access("/run/udev/control", F_OK))
		return;
	/* On a busy machine udevadm now and then does not reach the daemon. */
	for (int tries = 0; tries < 5; tries++)
		if (!system("udevadm settle"))
			return;
	sim_die("udevadm settle");
}

static inline void sim_power_on(void)
{
	int i;

	sim_set("power", "1");
	for (i = 0; !sim_nodes(); i++) {
		if (i == 600)
			sim_die("the recorder's nodes");
		usleep(50000);
	}
	sim_settle();
}

static inline void sim_modprobe(const char *module)
{
	char command[64];

	snprintf(command, sizeof(command), "modprobe %s", module);
	if (system(command))
		sim_die(command);
}

/* Another machine goes on without the recorders. Children that exit leave them to their parent. */
static inline void sim_remove(void)
{
	char path[PATH_MAX];
	int i;

	for (i = 0; i < 4 && sim_made[i][0] && getpid() == sim_owner; i++) {
		strcpy(sim_name, sim_made[i]);
		sim_try("power", "0");
		snprintf(path, sizeof(path), SIM_ROOT "/%s", sim_name);
		rmdir(path);
	}
}

/* Remembers a recorder for that. */
static inline void sim_note(const char *name)
{
	int i;

	for (i = 0; i < 4; i++)
		if (!sim_made[i][0] || !strcmp(sim_made[i], name)) {
			strcpy(sim_made[i], name);
			return;
		}
}

/* Modules that nobody has loaded are loaded on a machine of the test's own only. */
static inline void sim_begin(void)
{
	if (sim_owner || sim_lab())
		return;
	if (access("/sys/module/tao", F_OK) || access("/sys/module/cdr_sim", F_OK)) {
		printf("1..0 # SKIP load tao and cdr-sim first, or run it by make test T=name\n");
		exit(4);
	}
	sim_owner = getpid();
	atexit(sim_remove);
}

/* Creates a drive with these attributes, such as "dma_alignment=511", ending with NULL. */
static inline void sim_create(const char *name, const char *const *attributes)
{
	char path[PATH_MAX], attribute[64];

	sim_begin();
	sim_modprobe("sr_mod");
	sim_modprobe("sg");
	sim_modprobe("cdr-sim");
	sim_modprobe("tao");
	strcpy(sim_name, name);
	snprintf(path, sizeof(path), SIM_ROOT "/%s", name);
	if (mkdir(path, 0755))
		sim_die(path);
	if (getpid() == sim_owner)
		sim_note(name);
	for (; attributes && *attributes; attributes++) {
		const char *value = strchr(*attributes, '=') + 1;

		snprintf(attribute, sizeof(attribute), "%.*s", (int)(value - *attributes - 1),
			 *attributes);
		sim_set(attribute, value);
	}
	sim_power_on();
}

static inline int sim_ioctl(unsigned long cmd, void *arg)
{
	int fd = open(sim_tao, O_RDONLY), ret;

	if (fd < 0)
		sim_die(sim_tao);
	ret = ioctl(fd, cmd, arg) ? -errno : 0;
	close(fd);
	return ret;
}

/* Waits until nothing holds the drive: the jobs of a dead test continue for a while. */
static inline void sim_wait_idle(void)
{
	struct tao_status status;
	int i;

	for (i = 0; i < 1200; i++) {
		if (sim_ioctl(TAO_IOC_GET_STATUS, &status))
			sim_die("status");
		if (status.state == TAO_STATE_IDLE && status.action == TAO_ACTION_NONE)
			return;
		usleep(50000);
	}
	errno = ETIMEDOUT;
	sim_die("the drive does not become idle");
}

/* Inserts "cdr80" or another disc, or none. */
static inline void sim_new_disc(const char *disc)
{
	struct tao_medium medium;

	/*
	 * The names change if a test switches the power off, and each test is a process of its
	 * own.
	 */
	if (!sim_nodes())
		sim_die("the recorder's nodes");
	sim_wait_idle();
	sim_try("eject", "force");
	if (disc)
		sim_set("insert", disc);
	/* Let udev look at the new disc, and consume its unit attention here, not in the test. */
	close(open(sim_sr, O_RDONLY | O_NONBLOCK));
	sim_settle();
	if (sim_ioctl(TAO_IOC_GET_MEDIUM, &medium))
		sim_die("medium");
	sim_set("commands", "0");
}

static inline struct tao_medium sim_medium(void)
{
	struct tao_medium medium;

	if (sim_ioctl(TAO_IOC_GET_MEDIUM, &medium))
		sim_die("medium");
	return medium;
}

static inline struct tao_status sim_status(void)
{
	struct tao_status status;

	if (sim_ioctl(TAO_IOC_GET_STATUS, &status))
		sim_die("status");
	return status;
}

static inline struct tao_error sim_error(unsigned int which)
{
	struct tao_error error = { .which = which };

	if (sim_ioctl(TAO_IOC_GET_ERROR, &error))
		sim_die("error");
	return error;
}

/* The first error, for comparison as a whole. */
static inline const char *sim_said(void)
{
	static char text[256];
	struct tao_error e = sim_error(TAO_ERROR_FIRST);

	snprintf(text, sizeof(text), "%d: %02x %x/%02x/%02x %s", e.error, e.opcode, e.key, e.asc,
		 e.ascq, e.text);
	return text;
}

/* Whether the log of the kernel has @text, a regular expression. */
static inline bool sim_log_has(const char *text)
{
	char command[256];

	snprintf(command, sizeof(command), "dmesg | grep -q '%s'", text);
	return !system(command);
}

/* Makes audio that is different at each position, so that a mix-up is detected. */
static inline void sim_audio(void *to, size_t bytes, __u32 seed)
{
	__u32 x = seed * 2654435761u + 1, *p = to;
	size_t i;

	for (i = 0; i < bytes / 4; i++) {
		x ^= x << 13;
		x ^= x >> 17;
		x ^= x << 5;
		p[i] = x;
	}
}

/* Whether the disc has these samples, in whole sectors. */
static inline bool sim_holds(int lba, const void *audio, unsigned int sectors)
{
	static char buffer[READCD_MANY * READCD_SECTOR];
	const char *p = audio;
	bool same = true;
	unsigned int n;
	int fd = open(sim_sr, O_RDONLY | O_NONBLOCK);

	if (fd < 0)
		sim_die(sim_sr);
	for (; same && sectors; sectors -= n, lba += n, p += n * READCD_SECTOR) {
		n = sectors < READCD_MANY ? sectors : READCD_MANY;
		same = !read_cd(fd, lba, n, buffer) && !memcmp(buffer, p, n * READCD_SECTOR);
	}
	close(fd);
	return same;
}

#endif
