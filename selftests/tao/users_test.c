// SPDX-License-Identifier: GPL-2.0-only
/*
 * What users without privileges can do: nothing without the group, query with a descriptor for
 * reading, burn with one for writing, and send their own commands with neither.
 * lab: --watch
 * timeout: 120
 */
#define _GNU_SOURCE
#include <grp.h>
#include <linux/cdrom.h>
#include <linux/fs.h>
#include <sys/mman.h>

#include "burner.h"
#include "calls.h"
#include "image.h"
#include "harness.h"

#define USER	65534
#define GROUP	24	/* cdrom: udev sets the group of the node; here it is this one */
#define SECTORS	400
#define BYTES	(SECTORS * TAO_SECTOR_SIZE)

static char audio[BYTES];

static void __attribute__((constructor)) power_on(void)
{
	sim_create("users", NULL);
	sim_audio(audio, BYTES, 1);
}

FIXTURE(user)
{
};

/* The test continues as another user. */
FIXTURE_SETUP(user)
{
	sim_new_disc("cdrw80");
	ASSERT_EQ(0, chown(sim_tao, 0, GROUP));
	ASSERT_EQ(0, chmod(sim_tao, 0660));
}

FIXTURE_TEARDOWN(user)
{
}

/* Becomes a user inside or outside the group of the node. */
static void become_user(bool in_group)
{
	gid_t group = GROUP;

	if (setgroups(in_group, &group) || setresgid(USER, USER, USER) ||
	    setresuid(USER, USER, USER))
		sim_die("setuid");
}

/* Returns 0 or the errno. */
static int try_open(const char *path, int flags)
{
	int fd = open(path, flags);

	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

TEST_F(user, without_the_group)
{
	static const int flags[] = { O_RDONLY, O_WRONLY, O_RDWR, O_WRONLY | O_NONBLOCK };
	size_t i;

	become_user(false);
	for (i = 0; i < ARRAY_SIZE(flags); i++)
		EXPECT_EQ(EACCES, try_open(sim_tao, flags[i])) TH_LOG("flags %o", flags[i]);
	EXPECT_EQ(EPERM, chmod(sim_tao, 0666) ? errno : 0);
}

/* Files that anybody may read, and only root may write. */
TEST_F(user, sysfs)
{
	char path[PATH_MAX], line[PATH_MAX];
	unsigned int files = 0;
	struct stat st;
	FILE *find;

	snprintf(path, sizeof(path),
		 "find /sys/class/tao/%s/ -type f ! -path '*/power/*' ! -name uevent", sim_tao + 5);
	find = popen(path, "r");
	ASSERT_NE(NULL, find);
	become_user(true);
	while (fgets(line, sizeof(line), find)) {
		line[strcspn(line, "\n")] = '\0';
		ASSERT_EQ(0, stat(line, &st));
		/* All except those that can only be written */
		EXPECT_EQ(st.st_mode == (S_IFREG | 0200) ? EACCES : 0, try_open(line, O_RDONLY))
			TH_LOG("%s", line);
		EXPECT_EQ(EACCES, try_open(line, O_WRONLY)) TH_LOG("%s", line);
		files++;
	}
	pclose(find);
	EXPECT_LT(50, files);
}

#ifndef SCSI_IOCTL_SEND_COMMAND
#define SCSI_IOCTL_SEND_COMMAND	1
#endif

/*
 * ioctls that the kernel has for block devices and other drives, and that a user must not use
 * here.
 */
static const unsigned long foreign[] = {
	SG_IO, SG_GET_VERSION_NUM, SG_SCSI_RESET, CDROMEJECT, CDROMCLOSETRAY, CDROM_LOCKDOOR,
	CDROM_SEND_PACKET, CDROMRESET, BLKRRPART, BLKFLSBUF, BLKDISCARD, SCSI_IOCTL_SEND_COMMAND,
};

static unsigned int foreign_taken(int fd)
{
	unsigned int i, taken = 0;
	char arg[4096] = { 0 };

	for (i = 0; i < ARRAY_SIZE(foreign); i++)
		taken += !ioctl(fd, foreign[i], arg) || errno != ENOTTY;
	return taken;
}

TEST_F(user, for_reading)
{
	char arg[8192] = { 0 }, path[64];
	size_t i;
	int r;

	/* Somebody else is burning. */
	int w = open(sim_tao, O_WRONLY);

	ASSERT_EQ(0, write_all(w, audio, BYTES / 2));
	/* udev sets the mode at each change of the state. */
	sim_settle();
	ASSERT_EQ(0, chmod(sim_tao, 0644));
	fcntl(w, F_SETFD, FD_CLOEXEC);
	become_user(false);
	r = open(sim_tao, O_RDONLY);
	ASSERT_LE(0, r);
	for (i = 0; i < ARRAY_SIZE(queries); i++) {
		memset(arg, 0, sizeof(arg));
		EXPECT_EQ(0, ioctl(r, queries[i], arg)) TH_LOG("%x: %m", queries[i]);
	}
	memset(arg, 0, sizeof(arg));
	for (i = 0; i < ARRAY_SIZE(orders); i++)
		EXPECT_EQ(EBADF, ioctl(r, orders[i], arg) ? errno : 0) TH_LOG("%x", orders[i]);
	EXPECT_EQ(EPERM, ioctl(r, TAO_IOC_CANCEL) ? errno : 0);
	EXPECT_EQ(0, foreign_taken(r));
	EXPECT_EQ(EBADF, write(r, audio, 4) < 0 ? errno : 0);
	EXPECT_EQ(ESPIPE, lseek(r, 0, SEEK_SET) < 0 ? errno : 0);
	EXPECT_EQ(MAP_FAILED, mmap(NULL, 4096, PROT_READ, MAP_SHARED, r, 0));
	/* Nor can it be turned into a descriptor for writing. */
	snprintf(path, sizeof(path), "/proc/self/fd/%d", r);
	EXPECT_EQ(EACCES, try_open(path, O_WRONLY));
	fcntl(r, F_SETFL, O_RDWR | O_NONBLOCK);
	EXPECT_EQ(EBADF, write(r, audio, 4) < 0 ? errno : 0);
	/* The burn was not affected. */
	EXPECT_EQ(0, write_all(w, audio + BYTES / 2, BYTES / 2));
	EXPECT_EQ(0, close(w));
	close(r);
}

/* This needs no capability, and gives none. */
TEST_F(user, for_writing)
{
	struct tao_prepare prepare = { 0 };
	struct tao_track_begin begin = { 0 };
	struct tao_track_end end = { 0 };
	struct tao_finalize finalize = { .close = TAO_CLOSE_SESSION };
	struct tao_blank blank = { 0 };
	struct tao_speed speed = { .requested_kbps = 1411 };
	struct tao_medium medium;
	struct tao_status status;
	int w;

	become_user(true);
	w = open(sim_tao, O_RDWR);
	ASSERT_LE(0, w);
	EXPECT_EQ(0, ioctl(w, TAO_IOC_PREPARE, &prepare)) TH_LOG("%m");
	EXPECT_EQ(0, ioctl(w, TAO_IOC_GET_STATUS, &status));
	EXPECT_EQ(USER, status.owner_uid);
	EXPECT_EQ(getpid(), status.owner_pid);
	EXPECT_EQ(0, ioctl(w, TAO_IOC_SET_SPEED, &speed)) TH_LOG("%m");
	EXPECT_EQ(0, ioctl(w, TAO_IOC_TRACK_BEGIN, &begin)) TH_LOG("%m");
	EXPECT_EQ(0, write_all(w, audio, BYTES)) TH_LOG("%m");
	EXPECT_EQ(0, ioctl(w, TAO_IOC_TRACK_END, &end)) TH_LOG("%m");
	EXPECT_EQ(SECTORS, end.sectors);
	EXPECT_EQ(0, foreign_taken(w));
	EXPECT_EQ(EBUSY, try_open(sim_tao, O_WRONLY));
	EXPECT_EQ(0, ioctl(w, TAO_IOC_RELEASE, &finalize)) TH_LOG("%m");
	EXPECT_EQ(0, ioctl(w, TAO_IOC_BLANK, &blank)) TH_LOG("%m");
	EXPECT_EQ(0, ioctl(w, TAO_IOC_GET_MEDIUM, &medium));
	EXPECT_EQ(TAO_DISC_BLANK, medium.status);
	EXPECT_EQ(0, close(w));
}

TEST_HARNESS_MAIN
