// SPDX-License-Identifier: GPL-2.0-only
/*
 * api_lab DRIVE BLOCK-DEVICE OFFSET cdr|cdrw: calls every function of libtao on a recorder with a
 * blank disc. BLOCK-DEVICE and OFFSET (in samples, with the sign of tao_verify) are the expected
 * results.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <tao.h>
#include <tao_cdtext.h>
#include <unistd.h>
#include "ktap.h"

#define TRACK_SECTORS 400U
#define TRACK_BYTES ((size_t)TRACK_SECTORS * TAO_SECTOR_SIZE)

static const char *path;
static const char *block_device;
static int offset;
static char *audio; /* page-aligned */

static bool said(const char *words)
{
	bool found = strcasestr(tao_last_error(), words);

	if (!found)
		printf("# last error: %s\n", tao_last_error());
	return found;
}

static int succeeds(int error)
{
	if (error < 0)
		printf("# %s\n", tao_last_error());
	return error >= 0;
}

static ssize_t read_audio(void *data, void *buffer, size_t bytes, uint64_t at)
{
	const char *from = data;

	memcpy(buffer, from + at, bytes);
	return bytes;
}

static void test_open(void)
{
	struct tao_device *dev, *second;
	struct tao_list *list;
	char name[64];

	check(succeeds(tao_list_drives(&list)) && tao_list_count(list) == 1 &&
	      !strcmp(tao_list_path(list, 0), path),
	      "the list has the drive");
	tao_list_free(list);
	check(succeeds(tao_open(&dev, strrchr(path, '/') + 1, TAO_OPEN_READ)), "open by name");
	tao_close(dev);
	check(succeeds(tao_open(&dev, block_device, TAO_OPEN_READ)), "open by the block device");
	check(!strcmp(tao_device_path(dev), path), "the path of that is the tao node");
	tao_close(dev);
	check(succeeds(tao_open(&dev, NULL, TAO_OPEN_WRITE)), "open the only one, for writing");
	check(succeeds(tao_block_path(dev, name, sizeof(name))) && !strcmp(name, block_device),
	      "its block device");
	check_is(tao_block_path(dev, name, 3), -ENAMETOOLONG, "no room for its block device");
	check_is(tao_open(&second, path, TAO_OPEN_WRITE | TAO_OPEN_NONBLOCK), -EBUSY,
		 "one writer only");
	check(succeeds(tao_open_fd(&second, dup(tao_device_fd(dev)))), "open_fd");
	check(!strcmp(tao_device_path(second), path), "open_fd: its path");
	tao_close(second);
	check_is(tao_close(dev), 0, "close");
}

static void test_blank_disc(struct tao_device *dev)
{
	struct tao_statistics statistics;
	struct tao_settings settings;
	struct tao_medium medium;
	struct tao_status status;
	struct tao_speeds speeds;
	struct tao_drive drive;
	struct tao_speed speed;
	struct tao_error error;
	struct tao_toc toc;

	check(succeeds(tao_get_drive(dev, &drive)) && drive.api_version == TAO_API_VERSION &&
	      !strcmp(drive.vendor, "CDR-SIM"),
	      "drive");
	check_is(tao_write_size(dev) % (drive.dma_alignment + 1), 0,
		 "the write size suits the drive");
	check(succeeds(tao_get_medium(dev, &medium)) && medium.status == TAO_DISC_BLANK &&
	      medium.flags & TAO_MEDIUM_WRITABLE && medium.free_sectors > 300000,
	      "medium: blank");
	check(succeeds(tao_get_status(dev, &status)) && status.state == TAO_STATE_IDLE,
	      "status: idle");
	check(succeeds(tao_get_toc(dev, &toc)) && !toc.last_track, "toc: empty");
	check(succeeds(tao_get_speeds(dev, &speeds)) && speeds.count > 1, "speeds");
	check(succeeds(tao_get_speed(dev, &speed)) && speed.requested_kbps == TAO_SPEED_MAX,
	      "speed: max");
	check(succeeds(tao_get_settings(dev, &settings)) && settings.underrun_free == 1,
	      "settings");
	check(succeeds(tao_get_statistics(dev, &statistics)), "statistics");
	check(succeeds(tao_get_error(dev, TAO_ERROR_LATEST, &error)), "error");
}

static atomic_bool waiting;

/* Reads the status through the same handle, and so consumes the POLLPRI of the waiting thread. */
static void *read_status(void *data)
{
	struct tao_status status;

	while (atomic_load(&waiting))
		tao_get_status(data, &status);
	return NULL;
}

static void *change_speed(void *data)
{
	struct tao_speed speed = { .requested_kbps = TAO_SPEED_MAX };

	usleep(300000);
	check(succeeds(tao_set_speed(data, &speed)), "the status changes");
	return NULL;
}

static void test_wait(struct tao_device *dev)
{
	struct tao_status status = { 0 };
	pthread_t reader, changer;

	check_is(tao_wait_status(dev, &status, 0), 1, "wait_status: the first status is news");
	while (tao_wait_status(dev, &status, 1000) == 1)
		;
	check_is(tao_wait_status(dev, &status, 0), 0, "wait_status: nothing changes");
	atomic_store(&waiting, true);
	pthread_create(&reader, NULL, read_status, dev);
	pthread_create(&changer, NULL, change_speed, dev);
	check_is(tao_wait_status(dev, &status, 20000), 1,
		 "wait_status: no other thread takes the news away");
	atomic_store(&waiting, false);
	pthread_join(reader, NULL);
	pthread_join(changer, NULL);
}

static void test_settings(struct tao_device *dev)
{
	struct tao_settings settings = { .mask = TAO_SET_UNDERRUN_FREE, .underrun_free = 0 };
	struct tao_speed speed = { .requested_kbps = 8 * 176 };

	check(succeeds(tao_set_speed(dev, &speed)), "set the speed");
	check(succeeds(tao_get_speed(dev, &speed)) && speed.requested_kbps == 8 * 176,
	      "it is kept");
	speed = (struct tao_speed){ .requested_kbps = TAO_SPEED_MAX };
	check(succeeds(tao_set_speed(dev, &speed)), "back to the fastest");
	check_is(tao_recover(dev, NULL), -ENODATA, "nothing to repair");
	check(succeeds(tao_set_settings(dev, &settings)), "underrun protection off");
	check(succeeds(tao_get_settings(dev, &settings)) && !settings.underrun_free, "it is kept");
	settings = (struct tao_settings){ .mask = TAO_SET_UNDERRUN_FREE, .underrun_free = 1 };
	check(succeeds(tao_set_settings(dev, &settings)), "and on again");
}

static void test_wrong_calls(void)
{
	struct tao_track_begin begin = { .flags = TAO_TRACK_ISRC, .isrc = "no isrc" };
	struct tao_prepare prepare = { .flags = TAO_PREPARE_MCN, .mcn = "1234567890123" };
	struct tao_device *reader, *writer;

	check(succeeds(tao_open(&reader, path, TAO_OPEN_READ)), "open for reading");
	check_is(tao_prepare(reader, NULL), -EBADF, "prepare needs a writer");
	check(said("not opened for writing"), "and says so");
	check(tao_cancel(reader) < 0, "nothing to cancel");
	tao_close(reader);

	check(succeeds(tao_open(&writer, path, TAO_OPEN_WRITE)), "open for writing");
	check_is(tao_prepare(writer, &prepare), -EINVAL, "a wrong check digit of the MCN");
	check(tao_track_end(writer, NULL) < 0, "end without begin");
	check(succeeds(tao_prepare(writer, NULL)), "prepare");
	check_is(tao_track_begin(writer, &begin), -EINVAL, "a wrong ISRC");
	check(succeeds(tao_release(writer, TAO_CLOSE_NOTHING, 0)), "release");
	tao_close(writer);
}

static void test_first_track(struct tao_device *dev)
{
	struct tao_track_begin begin = {
		.flags = TAO_TRACK_ISRC | TAO_TRACK_COPY_PERMITTED,
		.bytes = TRACK_BYTES,
		.isrc = "GBAYE0601498",
	};
	struct tao_track_end end = { 0 };
	struct tao_status status;

	check(succeeds(tao_track_begin(dev, &begin)) && begin.number == 1 && !begin.start_lba &&
	      begin.free_sectors > TRACK_SECTORS,
	      "begin a track");
	check_is(tao_write(dev, audio, TRACK_BYTES), TRACK_BYTES, "write all of it");
	check_is(tao_write(dev, audio, 1), -EFBIG, "not more than was announced");
	check(said("as long as was announced"), "and says so");
	check(succeeds(tao_get_status(dev, &status)) && status.state == TAO_STATE_TRACK_OPEN &&
	      status.track == 1 && !strcmp(status.owner, "api test") &&
		      (pid_t)status.owner_pid == getpid(),
	      "status: a track of ours");
	check(succeeds(tao_track_end(dev, &end)) && end.number == 1 && end.sectors == TRACK_SECTORS,
	      "end the track");
}

static int count_calls(void *data, uint64_t bytes)
{
	(void)bytes;
	++*(unsigned int *)data;
	return 0;
}

static void test_track_from_fd(struct tao_device *dev)
{
	int fd = memfd_create("audio", 0);
	struct tao_track_end end = { 0 };
	unsigned int calls = 0;
	uint64_t written;

	check(write(fd, audio, TRACK_BYTES) == (ssize_t)TRACK_BYTES && !lseek(fd, 0, SEEK_SET),
	      "a file");
	check(succeeds(tao_track_begin(dev, NULL)), "begin a track of unknown length");
	check(succeeds(tao_write_fd(dev, fd, UINT64_MAX, &written, count_calls, &calls)),
	      "write a file");
	check(written == TRACK_BYTES && calls > 1, "all of it, with progress");
	check(succeeds(tao_track_end(dev, &end)) && end.number == 2 && end.sectors == TRACK_SECTORS,
	      "end the second track");
	close(fd);
}

static atomic_bool writing;

static void *cancel_soon(void *data)
{
	struct tao_device *dev;

	(void)data;
	if (tao_open(&dev, path, TAO_OPEN_READ))
		return NULL;
	while (!atomic_load(&writing))
		usleep(1000);
	usleep(100000);
	check(succeeds(tao_cancel(dev)), "cancel from another thread and handle");
	tao_close(dev);
	return NULL;
}

static void test_cancel(struct tao_device *dev)
{
	pthread_t thread;
	ssize_t n;

	check(succeeds(tao_track_begin(dev, NULL)), "begin a track that will be cancelled");
	pthread_create(&thread, NULL, cancel_soon, NULL);
	do {
		n = tao_write(dev, audio, TRACK_BYTES);
		atomic_store(&writing, true);
	} while (n > 0);
	check_is(n, -ECANCELED, "writing ends with ECANCELED");
	pthread_join(thread, NULL);
	tao_track_end(dev, NULL);
}

static void test_finished(struct tao_device *dev)
{
	struct tao_medium medium;
	struct tao_toc toc;

	check(succeeds(tao_get_medium(dev, &medium)) && medium.status == TAO_DISC_COMPLETE &&
	      medium.tracks >= 2,
	      "medium: finalised");
	check(succeeds(tao_get_toc(dev, &toc)) && toc.first_track == 1 && toc.entries_count > 2 &&
	      toc.entries[0].sectors == TRACK_SECTORS,
	      "toc: the tracks");
	check_is(tao_prepare(dev, NULL), -EROFS, "nothing can be added");
	check(said("finalised") && !strstr(strstr(tao_last_error(), "finalised") + 1, "finalised"),
	      "and says so, once");
	check(tao_finalize(dev, TAO_CLOSE_FINALIZE, 0) < 0, "nor finalised again");
}

/* While a disc is read back nobody can burn, and vice versa. */
static int burn_meanwhile(void *data, uint64_t bytes)
{
	struct tao_device *dev = data;

	if (!bytes)
		return 0;
	check_is(tao_prepare(dev, NULL), -EBUSY, "while a disc is compared nobody prepares it");
	return 1;
}

static void test_verify_alone(struct tao_device *dev)
{
	struct tao_verify verify = { 0 };
	int fd;

	check_is(tao_verify_track(dev, 1, read_audio, audio, TRACK_BYTES, &verify, burn_meanwhile,
				  dev), -ECANCELED, "the progress function stops it");
	fd = open(block_device, O_RDONLY | O_NONBLOCK | O_EXCL);
	check(fd >= 0, "then others can have the drive");
	check_is(tao_verify_track(dev, 1, read_audio, audio, TRACK_BYTES, &verify, NULL, NULL),
		 -EBUSY, "a drive that somebody has is not read");
	check(said("in use"), "and says so");
	close(fd);
}

static void test_verify(struct tao_device *dev)
{
	struct tao_verify verify = { 0 };
	unsigned int calls = 0;

	for (unsigned int track = 1; track <= 2; track++) {
		check(succeeds(tao_verify_track(dev, track, read_audio, audio, TRACK_BYTES, &verify,
						count_calls, &calls)) &&
			      !verify.different_samples && !verify.unreadable_sectors,
		      "a track is what was written");
		check_is(verify.offset_samples, offset, "the offset of the drive");
	}
	check(calls > 1, "with progress");
	audio[TRACK_BYTES / 3] ^= 4;
	check_is(tao_verify_track(dev, 1, read_audio, audio, TRACK_BYTES, &verify, NULL, NULL), 1,
		 "one bit is different");
	check_is(verify.first_different, TRACK_BYTES / 3 / 4, "its place");
	audio[TRACK_BYTES / 3] ^= 4;
	check_is(tao_verify_track(dev, 1, read_audio, audio, TRACK_BYTES - 5 * TAO_SECTOR_SIZE,
				  &verify, NULL, NULL),
		 -EMSGSIZE, "another length");
	check_is(tao_verify_track(dev, 77, read_audio, audio, TRACK_BYTES, &verify, NULL, NULL),
		 -ENOENT, "a track that is not there");
}

/* On CD-RW: test write, blanking, a track that just ends with close(). */
static void test_rewritable(void)
{
	struct tao_prepare prepare = { .flags = TAO_PREPARE_TEST_WRITE };
	struct tao_medium medium;
	struct tao_device *dev;

	check(succeeds(tao_open(&dev, path, TAO_OPEN_WRITE)), "CD-RW: open");
	check(succeeds(tao_prepare(dev, &prepare)) && succeeds(tao_track_begin(dev, NULL)) &&
	      tao_write(dev, audio, TRACK_BYTES) == (ssize_t)TRACK_BYTES &&
		      succeeds(tao_track_end(dev, NULL)) &&
		      succeeds(tao_release(dev, TAO_CLOSE_NOTHING, 0)),
	      "CD-RW: test write");
	check(succeeds(tao_get_medium(dev, &medium)) && medium.status == TAO_DISC_BLANK,
	      "CD-RW: blank after a test write");
	check_is(tao_write(dev, audio, TRACK_BYTES), TRACK_BYTES, "CD-RW: write without prepare");
	check_is(tao_close(dev), 0, "CD-RW: close ends the track");

	check(succeeds(tao_open(&dev, path, TAO_OPEN_WRITE)), "CD-RW: open waits for that");
	check(succeeds(tao_get_medium(dev, &medium)) && medium.tracks == 1 &&
	      medium.flags & TAO_MEDIUM_SESSION_OPEN,
	      "CD-RW: a track in an open session");
	check(succeeds(tao_finalize(dev, TAO_CLOSE_SESSION, 0)), "CD-RW: close the session");
	check(succeeds(tao_get_medium(dev, &medium)) && medium.sessions == 1 &&
	      medium.status == TAO_DISC_APPENDABLE,
	      "CD-RW: another session can follow");
	check(succeeds(tao_blank(dev, 0)), "CD-RW: blank it");
	check(succeeds(tao_get_medium(dev, &medium)) && medium.status == TAO_DISC_BLANK &&
	      !medium.tracks,
	      "CD-RW: blank");
	check_is(tao_blank(dev, 1U << 30), -EINVAL, "CD-RW: unknown flags");
	tao_close(dev);
}

static struct tao_session *lay_out(void)
{
	const struct tao_layout_track tracks[] = {
		{ .flags = TAO_TRACK_ISRC, .pregap_sectors = 100, .sectors = 300, .marks_count = 1,
		  .isrc = "GBAYE0601498" },
		{ .flags = TAO_TRACK_COPY_PERMITTED, .pregap_sectors = 75, .sectors = 325 },
	};
	const uint32_t mark = 123;
	struct tao_cdtext *text;
	struct tao_session *s;
	uint8_t packs[TAO_CDTEXT_BYTES_MAX];

	if (tao_session_new(&s) || tao_cdtext_new(&text, 1, 2))
		return NULL;
	tao_cdtext_add_block(text, TAO_CDTEXT_ISO_8859_1, TAO_CDTEXT_ENGLISH);
	tao_cdtext_set(text, 0, TAO_CDTEXT_TITLE, 2, "Second song");
	check(succeeds(tao_session_add_track(s, &tracks[0], &mark)) &&
	      succeeds(tao_session_add_track(s, &tracks[1], NULL)) &&
	      succeeds(tao_session_set_mcn(s, "4006381333931")) &&
	      succeeds(tao_session_set_text(s, packs,
					    tao_cdtext_encode(text, packs, NULL, NULL))),
	      "session: a layout");
	tao_cdtext_free(text);
	return s;
}

static bool same_layout(const struct tao_session *a, const struct tao_session *b)
{
	size_t bytes, other;
	bool same;

	same = tao_session_tracks(a) == tao_session_tracks(b) &&
	       !strcmp(tao_session_mcn(a), tao_session_mcn(b)) &&
	       tao_session_sectors(a) == tao_session_sectors(b) && !tao_session_flags(b) &&
	       tao_session_first_track(a) == tao_session_first_track(b);
	for (unsigned int i = 0; same && i < tao_session_tracks(a); i++) {
		const uint32_t *marks, *others;

		same = !memcmp(tao_session_track(a, i, &marks), tao_session_track(b, i, &others),
			       sizeof(struct tao_layout_track));
		if (same && tao_session_track(a, i, NULL)->marks_count)
			same = marks[0] == others[0];
	}
	return same && !memcmp(tao_session_text(a, &bytes), tao_session_text(b, &other), 36) &&
	       bytes == other && bytes;
}

/* Two tracks of one piece, with all that a layout can have; on the blank CD-RW. */
static int stop_at_once(void *data, uint64_t bytes)
{
	(void)data;
	(void)bytes;
	return 1;
}

static void test_session(void)
{
	struct tao_session *session = lay_out(), *got = NULL;
	struct tao_verify verify = { 0 };
	struct tao_track_end end = { 0 };
	struct tao_medium medium;
	struct tao_device *dev;
	size_t bytes = (size_t)tao_session_sectors(session) * TAO_SECTOR_SIZE;

	check(succeeds(tao_open(&dev, path, TAO_OPEN_WRITE)) &&
	      succeeds(tao_session_prepare(dev, session, NULL)), "session: prepare");
	check_is(tao_session_begin(dev, session, TAO_CLOSE_NOTHING, 0), -EINVAL,
		 "session: the drive closes it, or it can't be");
	check(succeeds(tao_session_begin(dev, session, TAO_CLOSE_FINALIZE, 0)), "session: begin");
	check(tao_write(dev, audio, TRACK_BYTES) == (ssize_t)TRACK_BYTES &&
	      tao_write(dev, audio, bytes - TRACK_BYTES) == (ssize_t)(bytes - TRACK_BYTES),
	      "session: the audio");
	check(succeeds(tao_track_end(dev, &end)) && !end.padding_bytes, "session: end");
	check(succeeds(tao_release(dev, TAO_CLOSE_NOTHING, 0)), "session: release");
	check(succeeds(tao_get_medium(dev, &medium)) && medium.status == TAO_DISC_COMPLETE,
	      "session: the disc is finalised");
	check_is(tao_session_read(dev, &got, stop_at_once, NULL), -ECANCELED,
		 "session: reading it can be stopped");
	check(succeeds(tao_session_read(dev, &got, NULL, NULL)) && same_layout(session, got),
	      "session: the layout is read back");
	check(succeeds(tao_verify_track(dev, 2, read_audio,
					audio + (475 - TRACK_SECTORS) * TAO_SECTOR_SIZE,
					325 * TAO_SECTOR_SIZE, &verify, NULL, NULL)),
	      "session: the second track is what was written");
	tao_session_free(got);
	tao_session_free(session);
	check(succeeds(tao_blank(dev, 0)), "session: blank it");
	tao_close(dev);
}

static void test_recordable(void)
{
	struct tao_prepare prepare = { .client_name = "api test" };
	struct tao_device *dev;

	test_open();
	test_wrong_calls();
	check(succeeds(tao_open(&dev, path, TAO_OPEN_WRITE)), "open for writing");
	test_blank_disc(dev);
	test_wait(dev);
	test_settings(dev);
	check(succeeds(tao_prepare(dev, &prepare)), "prepare");
	test_first_track(dev);
	test_track_from_fd(dev);
	test_cancel(dev);
	check(succeeds(tao_release(dev, TAO_CLOSE_FINALIZE, 0)), "release and finalise");
	test_finished(dev);
	test_verify(dev);
	test_verify_alone(dev);
	check(tao_blank(dev, 0) < 0, "a CD-R can't be blanked");
	check_is(tao_close(dev), 0, "close");
}

int main(int argc, char **argv)
{
	if (argc != 5)
		return 2;
	srand(ktap_seed());
	path = argv[1];
	block_device = argv[2];
	offset = atoi(argv[3]);
	audio = mmap(NULL, TRACK_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	for (size_t i = 0; i < TRACK_BYTES; i++)
		audio[i] = rand();
	if (!strcmp(argv[4], "cdrw")) {
		test_rewritable();
		test_session();
	} else {
		test_recordable();
	}
	munmap(audio, TRACK_BYTES);
	return ktap_end();
}
