// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fake drives in place of libtao, to test the tao command alone: signals, and readers that stop.
 * DRIVES=2 provides two, SLOW=1 makes /dev/tao1 slow, SLOW_END=6000 makes the end of a track take
 * 6 s, BUSY=5 refuses the speed that often. Each call that changes something is logged in the
 * file FAKE_LOG.
 *
 * AT_ONCE=1 burns session-at-once, from 0 s on. LEAD_IN=2000 is the lead-in in ms, which a signal
 * interrupts; BEGIN_ERROR=28 is an errno that it fails with, END_ERROR=5 one of the end. STALE=1:
 * what disc is there is not known once the lead-in is begun. BAD_FILE=3: the third file that is
 * written unchanged can't be read from its 100000th byte on. AUDIO=path gets what is written.
 * MISSES=2: so often the buffer of a drive has run low, when it has a track.
 *
 * HAS=1: the disc has the tracks of TOC, and more can follow; those of SWAPPED are on the disc that
 * is there once the drive is open for writing.
 *
 * RW=1: it is a CD-RW; CHANGED=2: with another track from that query of it on. RECOVERED=3: a
 * repair fails after it has ended that track.
 *
 * LATE=10: a track begins so many sectors behind the address that the drive has told. FED=1: a
 * drive has a new blank disc once it is closed; USED=2: what it has when it is opened for writing
 * the second time has a track. ROOM="300000 2000" is that of the first disc, and of those after it;
 * LEFT=100 is what is free once a disc has a track; with LEFT_OPEN=1 that has to be repaired, with
 * LEFT_OPEN=2 its session, and what is free is not known. FAILED=1: a track of it failed.
 * SLOW_EJECT=5000 is how long a disc takes to come out, in ms.
 *
 * FILLED=2: a disc with that many tracks takes no more, and the drive reports no next one.
 * CLOSE_ERROR=5 is an errno that closing fails with, OPEN_ERROR=13 one of opening for writing.
 *
 * HANG=path: the file system of a log does not answer to a write while there is such a file, and
 * with HANG_OPEN=path not when it is opened, with HANG_UNLINK=path not when it is removed.
 * HANG_READ=path: nor does that of the music to a read.
 *
 * HEAD=1: another program's session is in its lead-in; OPEN=1: it is open, and CANCELLED=1 was
 * cancelled.
 *
 * STUCK=9000: a WRITE of the second drive fails, and ending what was begun takes it so long, in ms.
 *
 * TOC="0 400 800" is a disc of two tracks, whose audio is what it is compared with. It has MCN, and
 * all tracks are of the flags FLAGS; HELD=2 refuses that often to show these. FIRST=3 is the number
 * of its first track, LATER=1 puts its last track into a second session, BORDER=11400 sectors
 * behind the first one, and UNREAD has the flags TAO_SESSION_*. UNSIZED=1 is CD-TEXT without the
 * packs that have the sizes, TEXTS=2 one about the tracks up to 2, in LANGUAGE and CHARSET, with a
 * code if CODE=1. SLOW_READ=9000 is how long that
 * takes in ms, SLOW_VERIFY=9000 how long a track takes to be compared, and SHRINK=path a file that
 * is cut meanwhile.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <tao.h>
#include <time.h>
#include <unistd.h>
#include "../../../tools/tao/common.h"
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
	atomic_int next_lba;
	int opens; /* for writing */
	int discs; /* that were closed */
	atomic_bool cancelled;
	atomic_ullong bytes;
	/* session-at-once */
	atomic_bool lead_in;
	atomic_int stops; /* how often it was cancelled */
	uint32_t session_sectors;
	unsigned int session_tracks;
	int64_t lead_in_end;
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

static atomic_bool opened; /* one of them, for writing */

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

int tao_fail_text(int error, const char *format, ...)
{
	(void)format;
	return fail(error);
}

static void note_layout(struct drive *drive, const struct tao_layout *layout)
{
	const struct tao_layout_track *t = (const void *)(uintptr_t)layout->tracks;

	drive->session_tracks = layout->tracks_count;
	drive->session_sectors = 0;
	for (unsigned int i = 0; i < layout->tracks_count; i++)
		drive->session_sectors += t[i].pregap_sectors + t[i].sectors;
}

/* The lead-in: a signal ends the wait, and the same call joins it; the first WRITE is at once. */
static int session_begin(struct drive *drive, const struct tao_layout *layout)
{
	if (!drive->lead_in) {
		note(drive, "session-begin");
		if (number("BEGIN_ERROR", 0))
			return fail(number("BEGIN_ERROR", 0));
		note_layout(drive, layout);
		drive->lead_in_end = now_ms() + number("LEAD_IN", 0);
		drive->lead_in = true;
	}
	while (now_ms() < drive->lead_in_end && drive->stops < 2)
		if (usleep(20000))
			return fail(EINTR);
	drive->lead_in = false;
	if (drive->stops >= 2)
		return fail(EIO);
	drive->bytes = 0;
	drive->state = TAO_STATE_TRACK_OPEN;
	drive->cancelled = drive->stops;
	return 0;
}

int tao_call(struct tao_device *dev, unsigned long ioctl_number, void *arg, const char *what)
{
	(void)what;
	if (ioctl_number == TAO_IOC_SESSION_BEGIN)
		return session_begin(dev->drive, arg);
	return fail(EOPNOTSUPP);
}

static unsigned int read_toc(int32_t starts[TAO_TOC_ENTRIES_MAX])
{
	const char *text = getenv(opened && getenv("SWAPPED") ? "SWAPPED" : "TOC");
	unsigned int n = 0;
	char *end;

	for (; text && *text && n < TAO_TOC_ENTRIES_MAX; text = end)
		starts[n++] = strtol(text, &end, 10);
	return n;
}

/* The last track of the first of two sessions ends before their border. */
static uint32_t length_of(const int32_t *starts, unsigned int n, unsigned int i)
{
	bool before = i + 2 + number("LATER", 0) == n && number("LATER", 0);

	return starts[i + 1] - starts[i] - (before ? number("BORDER", 0) : 0);
}

/* Whether it was cancelled meanwhile */
static bool takes_long(int ms, tao_progress_fn progress, void *data)
{
	for (; ms > 0; ms -= 20) {
		if (progress && progress(data, 0))
			return true;
		wait_ms(20);
	}
	return false;
}

int tao_session_read(struct tao_device *dev, struct tao_session **session,
		     tao_progress_fn progress, void *data)
{
	struct tao_layout_track track = { .flags = number("FLAGS", 0) };
	int32_t starts[TAO_TOC_ENTRIES_MAX];
	unsigned int n = read_toc(starts);
	static int refused;

	note(dev->drive, "session-read");
	if (takes_long(number("SLOW_READ", 0), progress, data))
		return fail(ECANCELED);
	if (refused++ < number("HELD", 0))
		return fail(EBUSY);
	if (!n || tao_session_new(session))
		return fail(EOPNOTSUPP);
	tao_session_set_first_track(*session, number("FIRST", 1));
	for (unsigned int i = 0; i + 1 + number("LATER", 0) < n; i++) {
		track.pregap_sectors = i ? 0 : starts[0];
		track.sectors = length_of(starts, n, i);
		fake_session_track(*session, &track);
	}
	fake_session_flags(*session, number("UNREAD", 0));
	if (number("DAMAGED", 0) && fake_session_damaged(*session))
		return fail(ENOMEM);
	if (number("TEXTS", 0) && fake_session_texts(*session, number("TEXTS", 0),
						     number("CHARSET", 0), number("LANGUAGE", 9),
						     number("CODE", 0)))
		return fail(ENOMEM);
	if (number("UNSIZED", 0) && fake_session_unsized(*session))
		return fail(ENOMEM);
	return tao_session_set_mcn(*session, getenv("MCN"));
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

static void open_writer(struct drive *drive)
{
	opened = true;
	if (++drive->opens == number("USED", 0))
		drive->tracks = 1;
}

static void close_writer(struct drive *drive)
{
	note(drive, "close");
	if (!number("FED", 0))
		return;
	drive->tracks = 0;
	drive->next_lba = 0;
	drive->discs++;
}

int tao_open(struct tao_device **dev, const char *path, unsigned int flags)
{
	if (flags & TAO_OPEN_WRITE && number("OPEN_ERROR", 0))
		return fail(number("OPEN_ERROR", 0));
	*dev = calloc(1, sizeof(**dev));
	(*dev)->drive = &drives[path && strchr(path, '1')];
	(*dev)->fd = open((*dev)->drive->node, O_RDONLY);
	(*dev)->writes = flags & TAO_OPEN_WRITE;
	if ((*dev)->writes)
		open_writer((*dev)->drive);
	if (number("HEAD", 0))
		(*dev)->drive->lead_in = true;
	if (number("OPEN", 0))
		(*dev)->drive->state = TAO_STATE_TRACK_OPEN;
	return 0;
}

int tao_close(struct tao_device *dev)
{
	if (!dev)
		return 0;
	if (dev->writes)
		close_writer(dev->drive);
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
	wait_ms(number("SLOW_EJECT", 0));
	return fail(ENODEV);
}

int tao_get_drive(struct tao_device *dev, struct tao_drive *drive)
{
	(void)dev;
	*drive = (struct tao_drive){ .vendor = "FAKE" };
	if (number("AT_ONCE", 0))
		drive->flags = TAO_DRIVE_UNDERRUN_FREE | TAO_DRIVE_SESSION_AT_ONCE |
			       TAO_DRIVE_CD_TEXT;
	return 0;
}

/* Of a disc that had some */
static unsigned int tracks_before(void)
{
	int32_t starts[TAO_TOC_ENTRIES_MAX];
	unsigned int n = read_toc(starts);

	return n && number("HAS", 0) ? n - 1 : 0;
}

static uint32_t room_of(const struct drive *drive)
{
	const char *text = getenv("ROOM");
	uint32_t room = 300000;
	char *end;

	for (int i = 0; text && *text && i <= drive->discs; i++, text = end)
		room = strtoul(text, &end, 10);
	return room;
}

static bool is_full(unsigned int tracks)
{
	return number("FILLED", 0) && tracks >= (unsigned int)number("FILLED", 0);
}

static uint32_t track_flags_of(unsigned int tracks)
{
	if (!tracks)
		return TAO_MEDIUM_WRITABLE;
	return (number("CLOSED", 0) ? 0 : TAO_MEDIUM_SESSION_OPEN) |
	       (number("FAILED", 0) ? TAO_MEDIUM_TRACK_FAILED : 0) |
	       (number("LEFT_OPEN", 0) == 1 ? TAO_MEDIUM_TRACK_DAMAGED :
		number("LEFT_OPEN", 0) == 2 ? TAO_MEDIUM_SESSION_DAMAGED :
		is_full(tracks)		   ? 0 : TAO_MEDIUM_WRITABLE);
}

int tao_get_medium(struct tao_device *dev, struct tao_medium *medium)
{
	static atomic_int queries;
	bool changed = ++queries >= number("CHANGED", INT_MAX);
	unsigned int tracks = tracks_before() + dev->drive->tracks + changed;
	bool no_room = tracks && (number("LEFT_OPEN", 0) || is_full(tracks));

	*medium = (struct tao_medium){
		.type = number("RW", 0) ? TAO_MEDIUM_CD_RW : TAO_MEDIUM_CD_R,
		.status = tracks ? TAO_DISC_APPENDABLE : TAO_DISC_BLANK,
		.flags = track_flags_of(tracks) |
			 (dev->drive->session_sectors && number("STALE", 0) ? TAO_MEDIUM_STALE : 0),
		.tracks = tracks,
		.next_track = tracks + 1,
		.free_sectors = no_room ? 0 : number(tracks ? "LEFT" : "", room_of(dev->drive)),
		.total_sectors = room_of(dev->drive),
		.next_lba = dev->drive->next_lba,
	};
	return 0;
}

int tao_get_status(struct tao_device *dev, struct tao_status *status)
{
	unsigned int state = dev->drive->state;

	*status = (struct tao_status){
		.flags = number("CANCELLED", 0) ? TAO_STATUS_CANCELLED : 0,
		.state = state,
		.action = state == TAO_STATE_TRACK_OPEN ? TAO_ACTION_WRITING : TAO_ACTION_NONE,
		.track_sectors = dev->drive->bytes / TAO_SECTOR_SIZE,
		.sectors = TAO_UNKNOWN,
		.track = dev->drive->tracks + 1,
		.written_lba = dev->drive->bytes / TAO_SECTOR_SIZE,
		.underruns = number("MISSES", 0),
		.remaining_ms = TAO_UNKNOWN,
		.progress = TAO_UNKNOWN,
	};
	return 0;
}

int tao_wait_status(struct tao_device *dev, struct tao_status *status, int timeout_ms)
{
	(void)timeout_ms;
	return tao_get_status(dev, status);
}

int tao_get_error(struct tao_device *dev, enum tao_error_which which, struct tao_error *error)
{
	(void)dev;
	*error = (struct tao_error){ .which = which };
	return 0;
}

int tao_get_statistics(struct tao_device *dev, struct tao_statistics *statistics)
{
	(void)dev;
	memset(statistics, 0, sizeof(*statistics));
	return 0;
}

int tao_get_toc(struct tao_device *dev, struct tao_toc *toc)
{
	int32_t starts[TAO_TOC_ENTRIES_MAX];
	unsigned int n = read_toc(starts);

	(void)dev;
	memset(toc, 0, sizeof(*toc));
	for (unsigned int i = 0; i < n; i++)
		toc->entries[i] = (struct tao_toc_entry){
			.number = i + 1 < n ? i + number("FIRST", 1) : 0xaa,
			.session = i + 2 < n ? 1 : 1 + number("LATER", 0),
			.start_lba = starts[i],
			.sectors = i + 1 < n ? length_of(starts, n, i) : 0,
			.control = i + 1 < n ? number("FLAGS", 0) : 0,
		};
	toc->entries_count = n;
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
	if (is_full(tracks_before() + dev->drive->tracks))
		return fail(ENOSPC);
	dev->drive->state = TAO_STATE_PREPARED;
	return 0;
}

int tao_release(struct tao_device *dev, enum tao_close close, unsigned int flags)
{
	(void)flags;
	dev->drive->state = TAO_STATE_IDLE;
	if (close != TAO_CLOSE_NOTHING && number("CLOSE_ERROR", 0))
		return fail(number("CLOSE_ERROR", 0));
	note(dev->drive, close == TAO_CLOSE_NOTHING ? "release" : "close-session");
	return 0;
}

int tao_track_begin(struct tao_device *dev, struct tao_track_begin *track)
{
	dev->drive->bytes = 0;
	dev->drive->cancelled = false;
	dev->drive->state = TAO_STATE_TRACK_OPEN;
	track->number = tracks_before() + dev->drive->tracks + 1;
	dev->drive->next_lba += number("LATE", 0);
	track->start_lba = dev->drive->next_lba;
	note(dev->drive, "track-begin");
	return 0;
}

static bool is_stuck(const struct drive *drive)
{
	return drive == &drives[1] && number("STUCK", 0);
}

/* Missing audio becomes silence, unless the session was cancelled twice. */
static int session_end(struct drive *drive, struct tao_track_end *end)
{
	uint64_t whole = (uint64_t)drive->session_sectors * TAO_SECTOR_SIZE;
	uint64_t got = drive->stops < 2 ? whole :
		       (drive->bytes + TAO_SECTOR_SIZE - 1) / TAO_SECTOR_SIZE * TAO_SECTOR_SIZE;

	end->number = 1;
	end->sectors = got / TAO_SECTOR_SIZE;
	end->padding_bytes = got - drive->bytes;
	drive->tracks = drive->session_tracks;
	drive->state = TAO_STATE_PREPARED;
	note(drive, "session-end");
	if (number("END_ERROR", 0))
		return fail(number("END_ERROR", 0));
	return drive->stops ? fail(ECANCELED) : 0;
}

int tao_track_end(struct tao_device *dev, struct tao_track_end *track)
{
	struct drive *drive = dev->drive;

	wait_ms(number("SLOW_END", 0));
	if (is_stuck(drive))
		wait_ms(number("STUCK", 0));
	if (drive->session_sectors)
		return session_end(drive, track);
	track->number = tracks_before() + ++drive->tracks;
	track->start_lba = drive->next_lba;
	track->sectors = (drive->bytes + TAO_SECTOR_SIZE - 1) / TAO_SECTOR_SIZE;
	if (track->sectors < TAO_TRACK_MIN_SECTORS)
		track->sectors = TAO_TRACK_MIN_SECTORS;
	drive->next_lba += track->sectors + 152;
	track->padding_bytes = (uint64_t)track->sectors * TAO_SECTOR_SIZE - drive->bytes;
	drive->state = TAO_STATE_PREPARED;
	note(drive, "track-end");
	return drive->cancelled ? fail(ECANCELED) : 0;
}

static void keep_audio(const void *audio, size_t bytes)
{
	const char *path = getenv("AUDIO");
	FILE *file = path ? fopen(path, "a") : NULL;

	if (!file)
		return;
	fwrite(audio, bytes, 1, file);
	fclose(file);
}

ssize_t tao_write(struct tao_device *dev, const void *audio, size_t bytes)
{
	if (!dev->drive->bytes)
		note(dev->drive, "write");
	usleep(number("SLOW", -1) == dev->drive - drives ? 100000 : 100);
	if (dev->drive->cancelled)
		return fail(ECANCELED);
	if (is_stuck(dev->drive) && dev->drive->bytes)
		return fail(EIO);
	keep_audio(audio, bytes);
	dev->drive->bytes += bytes;
	return bytes;
}

#define READABLE 100000

int tao_write_fd(struct tao_device *dev, int fd, uint64_t bytes, uint64_t *written,
		 tao_progress_fn progress, void *data)
{
	static atomic_int files;
	bool bad = ++files == number("BAD_FILE", 0);
	char buffer[65536];
	ssize_t n;

	for (*written = 0; *written < bytes; *written += n) {
		uint64_t left = (bad ? READABLE : bytes) - *written;

		if (!left)
			return fail(EREMOTEIO);
		n = read(fd, buffer, left < sizeof(buffer) ? left : sizeof(buffer));
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
	struct drive *drive = dev->drive;

	note(drive, "cancel");
	if (drive->state != TAO_STATE_TRACK_OPEN && !drive->lead_in)
		return fail(ENODATA);
	drive->stops++;
	drive->cancelled = true;
	return 0;
}

int tao_finalize(struct tao_device *dev, enum tao_close close, unsigned int flags)
{
	return tao_release(dev, close, flags);
}

int tao_blank(struct tao_device *dev, unsigned int flags)
{
	(void)flags;
	note(dev->drive, "blank");
	return 0;
}

int tao_recover(struct tao_device *dev, struct tao_recover *recover)
{
	(void)dev;
	recover->track = number("RECOVERED", 0);
	recover->done = recover->track ? TAO_RECOVERED_TRACK : 0;
	return recover->track ? fail(EIO) : 0;
}

/* As the library has it: some drives count run-out and a pregap as part of the track. */
static int check_length(struct tao_device *dev, unsigned int track, uint64_t bytes)
{
	uint32_t sectors = (bytes + TAO_SECTOR_SIZE - 1) / TAO_SECTOR_SIZE, more;
	struct tao_toc toc;

	if (!getenv("TOC"))
		return fail(EIO);
	tao_get_toc(dev, &toc);
	for (unsigned int i = 0; i < toc.entries_count; i++) {
		more = toc.entries[i].sectors - sectors;
		if (toc.entries[i].number == track && more > 2 && (more < 150 || more > 152))
			return fail(EMSGSIZE);
	}
	return 0;
}

int tao_verify_track(struct tao_device *dev, unsigned int track, tao_source_fn source,
		     void *source_data, uint64_t bytes, struct tao_verify *verify,
		     tao_progress_fn progress, void *data)
{
	(void)source;
	(void)source_data;
	int ret = check_length(dev, track, bytes);

	note(dev->drive, "verify");
	if (takes_long(number("SLOW_VERIFY", 0), progress, data))
		return fail(ECANCELED);
	if (getenv("SHRINK") && truncate(getenv("SHRINK"), 1000))
		return fail(errno);
	if (ret)
		return ret;
	verify->different_samples = track ? 0 : number("HIDDEN", 0);
	verify->samples = (bytes + 3) / 4;
	verify->compared_samples = verify->samples;
	verify->first_different = UINT64_MAX;
	verify->offset_samples = -number("LATE", 0);
	verify->flags |= getenv("LATE") ? TAO_VERIFY_OFFSET_KNOWN : 0;
	return 0;
}

static void hang(const char *variable)
{
	const char *path = getenv(variable);

	while (path && !access(path, F_OK))
		wait_ms(20);
}

/* Those of the C library, for which the log is the only use. */
ssize_t pwrite(int fd, const void *data, size_t bytes, off_t at)
{
	hang("HANG");
	return syscall(SYS_pwrite64, fd, data, bytes, at);
}

/* And raw audio that is fed. */
ssize_t pread(int fd, void *data, size_t bytes, off_t at)
{
	hang("HANG_READ");
	return syscall(SYS_pread64, fd, data, bytes, at);
}

int flock(int fd, int operation)
{
	hang("HANG_OPEN");
	return syscall(SYS_flock, fd, operation);
}

int unlink(const char *path)
{
	hang("HANG_UNLINK");
	return unlinkat(AT_FDCWD, path, 0);
}

int main(int argc, char **argv)
{
	return tao_main(argc, argv);
}
