// SPDX-License-Identifier: GPL-2.0-only
/* The calls, by their names in the document. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/uio.h>
#include <unistd.h>

#include <linux/tao.h>

#include "model.h"

#define UNDEFINED	0x80000000u
#define DEFECT_BYTES	(2 * WRITE_SECTORS * SECTOR_BYTES)

char tao_path[64];
char *audio;
const unsigned int audio_sizes[AUDIO_SIZES] = { 1, 4, 2351, 2352, 5000, 65536, 75264, 131072 };

static void set_error(struct answer *a, long ret)
{
	a->error = ret < 0 ? errno : 0;
	a->value = ret < 0 ? 0 : ret;
}

/* --- files --- */

static void open_reading(struct fds *fds, int fd, unsigned int arg, struct answer *a)
{
	(void)fd;
	(void)arg;
	if (fds->reader >= 0)
		close(fds->reader);
	fds->reader = open(tao_path, O_RDONLY);
	set_error(a, fds->reader);
}

static void open_writing(struct fds *fds, int fd, unsigned int arg, struct answer *a)
{
	int new = open(tao_path, arg & 1 ? O_RDWR : O_WRONLY);

	(void)fd;
	set_error(a, new);
	if (new >= 0)
		fds->writer = new;
}

static void close_writer(struct fds *fds, int fd, unsigned int arg, struct answer *a)
{
	(void)arg;
	set_error(a, close(fd));
	fds->writer = -1;
}

static void do_fsync(struct fds *fds, int fd, unsigned int arg, struct answer *a)
{
	(void)fds;
	(void)arg;
	set_error(a, fsync(fd));
}

/* --- audio --- */

static void do_write(struct fds *fds, int fd, unsigned int arg, struct answer *a)
{
	(void)fds;
	set_error(a, write(fd, audio + (arg >> 4), audio_sizes[arg & 15]));
}

static void do_splice(struct fds *fds, int fd, unsigned int arg, struct answer *a)
{
	struct iovec v = { audio + (arg >> 4), audio_sizes[arg & 15] };
	unsigned int done = 0;
	ssize_t n = 0;
	int p[2];

	(void)fds;
	if (pipe(p)) {
		set_error(a, -1);
		return;
	}
	/* As much as fits into the pipe */
	n = vmsplice(p[1], &v, 1, SPLICE_F_NONBLOCK);
	if (n > 0)
		v.iov_len = n;
	while (n > 0 && done < v.iov_len) {
		n = splice(p[0], NULL, fd, NULL, v.iov_len - done, 0);
		done += n > 0 ? n : 0;
	}
	set_error(a, n < 0 ? n : (ssize_t)done);
	close(p[0]);
	close(p[1]);
}

/* The recorder has a rule to refuse the next WRITE. */
static void write_defect(struct fds *fds, int fd, unsigned int arg, struct answer *a)
{
	ssize_t n = write(fd, audio + (arg >> 4), DEFECT_BYTES);

	(void)fds;
	set_error(a, n);
	if (n > 0)
		set_error(a, fsync(fd));
}

/* --- queries --- */

static void get_drive(struct fds *fds, int fd, unsigned int arg, struct answer *a)
{
	struct tao_drive d;

	(void)fds;
	(void)arg;
	set_error(a, ioctl(fd, TAO_IOC_GET_DRIVE, &d));
	a->value = d.write_sectors;
}

static void get_status(struct fds *fds, int fd, unsigned int arg, struct answer *a)
{
	struct tao_status s;

	(void)fds;
	(void)arg;
	set_error(a, ioctl(fd, TAO_IOC_GET_STATUS, &s));
	a->value = s.state;
}

static void get_error(struct fds *fds, int fd, unsigned int arg, struct answer *a)
{
	struct tao_error e = { .which = arg & 1 };

	(void)fds;
	set_error(a, ioctl(fd, TAO_IOC_GET_ERROR, &e));
}

static void get_error_bad(struct fds *fds, int fd, unsigned int arg, struct answer *a)
{
	struct tao_error e = { .which = 2 };

	(void)fds;
	(void)arg;
	set_error(a, ioctl(fd, TAO_IOC_GET_ERROR, &e));
}

static void get_medium(struct fds *fds, int fd, unsigned int arg, struct answer *a)
{
	struct tao_medium m;

	(void)fds;
	(void)arg;
	set_error(a, ioctl(fd, TAO_IOC_GET_MEDIUM, &m));
	a->value = m.type << 16 | m.status << 8 | m.next_track;
	a->flags = m.flags;
	a->tracks = m.tracks;
	a->sectors = m.sessions;
}

static void get_toc(struct fds *fds, int fd, unsigned int arg, struct answer *a)
{
	static struct tao_toc t;
	unsigned int n;

	(void)fds;
	(void)arg;
	set_error(a, ioctl(fd, TAO_IOC_GET_TOC, &t));
	n = t.entries_count;
	a->value = n ? t.last_track : 0;
	a->flags = t.flags;
	a->tracks = n ? n - 1 : 0;
	a->sectors = n > 1 ? t.entries[n - 2].sectors : 0;
}

static void get_speeds(struct fds *fds, int fd, unsigned int arg, struct answer *a)
{
	struct tao_speeds s;

	(void)fds;
	(void)arg;
	set_error(a, ioctl(fd, TAO_IOC_GET_SPEEDS, &s));
	a->value = s.count;
	a->flags = s.flags;
}

static void get_speed(struct fds *fds, int fd, unsigned int arg, struct answer *a)
{
	struct tao_speed s;

	(void)fds;
	(void)arg;
	set_error(a, ioctl(fd, TAO_IOC_GET_SPEED, &s));
	a->value = s.requested_kbps;
}

static void get_settings(struct fds *fds, int fd, unsigned int arg, struct answer *a)
{
	struct tao_settings s;

	(void)fds;
	(void)arg;
	set_error(a, ioctl(fd, TAO_IOC_GET_SETTINGS, &s));
	a->value = s.underrun_free;
}

static void get_statistics(struct fds *fds, int fd, unsigned int arg, struct answer *a)
{
	struct tao_statistics s;

	(void)fds;
	(void)arg;
	set_error(a, ioctl(fd, TAO_IOC_GET_STATISTICS, &s));
	a->value = s.sessions;
	a->tracks = s.tracks;
	a->sectors = s.tracks_failed;
}

static void cancel(struct fds *fds, int fd, unsigned int arg, struct answer *a)
{
	(void)fds;
	(void)arg;
	set_error(a, ioctl(fd, TAO_IOC_CANCEL));
}

/* --- other ioctls --- */

static void prepare(int fd, unsigned int flags, struct answer *a)
{
	struct tao_prepare p = { .flags = flags, .wait_ms = 20000 };

	if (flags & TAO_PREPARE_MCN)
		strcpy(p.mcn, "4006381333931");
	set_error(a, ioctl(fd, TAO_IOC_PREPARE, &p));
}

static void finalize(int fd, unsigned long cmd, unsigned int flags, unsigned int close,
		     struct answer *a)
{
	struct tao_finalize f = { .flags = flags, .close = close };

	set_error(a, ioctl(fd, cmd, &f));
}

static void track_begin(int fd, unsigned int flags, uint64_t bytes, struct answer *a)
{
	struct tao_track_begin t = { .flags = flags, .bytes = bytes };

	set_error(a, ioctl(fd, TAO_IOC_TRACK_BEGIN, &t));
	a->tracks = t.number;
	a->sectors = t.start_lba;
}

static void track_end(int fd, unsigned int flags, struct answer *a)
{
	struct tao_track_end t = { .flags = flags };

	set_error(a, ioctl(fd, TAO_IOC_TRACK_END, &t));
	a->tracks = t.number;
	a->sectors = t.sectors;
}

static void blank(int fd, unsigned int flags, struct answer *a)
{
	struct tao_blank b = { .flags = flags };

	set_error(a, ioctl(fd, TAO_IOC_BLANK, &b));
}

static void recover(int fd, unsigned int flags, unsigned int close, struct answer *a)
{
	struct tao_recover r = { .flags = flags, .close = close };

	set_error(a, ioctl(fd, TAO_IOC_RECOVER, &r));
}

static void set_speed(int fd, unsigned int kbps, struct answer *a)
{
	struct tao_speed s = { .requested_kbps = kbps };

	set_error(a, ioctl(fd, TAO_IOC_SET_SPEED, &s));
}

static void set_settings(int fd, unsigned int underrun_free, struct answer *a)
{
	struct tao_settings s = { .mask = TAO_SET_UNDERRUN_FREE, .underrun_free = underrun_free };

	set_error(a, ioctl(fd, TAO_IOC_SET_SETTINGS, &s));
}

#define ORDER(_name, _call)							\
	static void _name(struct fds *fds, int fd, unsigned int arg, struct answer *a)	\
	{									\
		(void)fds;							\
		(void)arg;							\
		_call;								\
	}

ORDER(do_prepare, prepare(fd, 0, a))
ORDER(do_prepare_verify, prepare(fd, TAO_PREPARE_VERIFY, a))
ORDER(do_prepare_test, prepare(fd, TAO_PREPARE_TEST_WRITE, a))
ORDER(do_prepare_mcn, prepare(fd, TAO_PREPARE_MCN, a))
ORDER(do_prepare_bad, prepare(fd, UNDEFINED, a))
ORDER(do_begin, track_begin(fd, arg & 1 ? TAO_TRACK_COPY_PERMITTED : 0, 0, a))
ORDER(do_begin_long, track_begin(fd, 0, 500000ull * SECTOR_BYTES, a))
ORDER(do_begin_bad, track_begin(fd, UNDEFINED, 0, a))
ORDER(do_end, track_end(fd, 0, a))
ORDER(do_end_bad, track_end(fd, 1, a))
ORDER(do_release_nothing, finalize(fd, TAO_IOC_RELEASE, 0, TAO_CLOSE_NOTHING, a))
ORDER(do_release_session, finalize(fd, TAO_IOC_RELEASE, 0, TAO_CLOSE_SESSION, a))
ORDER(do_release_final, finalize(fd, TAO_IOC_RELEASE, 0, TAO_CLOSE_FINALIZE, a))
ORDER(do_release_force, finalize(fd, TAO_IOC_RELEASE, TAO_FINALIZE_FORCE, TAO_CLOSE_SESSION, a))
ORDER(do_release_bad, finalize(fd, TAO_IOC_RELEASE, 0, TAO_CLOSE_FINALIZE + 1, a))
ORDER(do_finalize_session, finalize(fd, TAO_IOC_FINALIZE, 0, TAO_CLOSE_SESSION, a))
ORDER(do_finalize_final, finalize(fd, TAO_IOC_FINALIZE, 0, TAO_CLOSE_FINALIZE, a))
ORDER(do_finalize_force, finalize(fd, TAO_IOC_FINALIZE, TAO_FINALIZE_FORCE, TAO_CLOSE_SESSION, a))
ORDER(do_finalize_bad, finalize(fd, TAO_IOC_FINALIZE, 0, TAO_CLOSE_NOTHING, a))
ORDER(do_blank, blank(fd, 0, a))
ORDER(do_blank_full, blank(fd, TAO_BLANK_FULL, a))
ORDER(do_blank_bad, blank(fd, UNDEFINED, a))
ORDER(do_recover_nothing, recover(fd, 0, TAO_CLOSE_NOTHING, a))
ORDER(do_recover_session, recover(fd, 0, TAO_CLOSE_SESSION, a))
ORDER(do_recover_final, recover(fd, 0, TAO_CLOSE_FINALIZE, a))
ORDER(do_recover_bad, recover(fd, 1, TAO_CLOSE_SESSION, a))
ORDER(do_set_speed, set_speed(fd, 1 + arg % 8000, a))
ORDER(do_set_speed_bad, set_speed(fd, 0, a))
ORDER(do_set_settings, set_settings(fd, arg & 1, a))
ORDER(do_set_settings_bad, set_settings(fd, 2, a))

/* Not a call of an actor; walk.c handles it. */
static void outside(struct fds *fds, int fd, unsigned int arg, struct answer *a)
{
	(void)fds;
	(void)fd;
	(void)arg;
	a->error = ENOTSUP;
}

struct call calls[] = {
	{ "open reading", open_reading, WHO_NOBODY, 1, 0 },
	{ "open writing", open_writing, WHO_NOBODY, 12, 0 },
	{ "close", close_writer, WHO_WRITER, 4, 0 },
	{ "exit", outside, WHO_WRITER, 1, 0 },
	{ "kill", outside, WHO_WRITER, 1, 0 },
	{ "fsync", do_fsync, WHO_WRITER, 3, 0 },
	{ "write begin", do_write, WHO_WRITER, 12, 0 },
	{ "splice begin", do_splice, WHO_WRITER, 5, 0 },
	{ "write begin defect", write_defect, WHO_WRITER, 2, 0 },
	{ "GET_DRIVE", get_drive, WHO_ANY, 1, 0 },
	{ "GET_STATUS", get_status, WHO_ANY, 1, 0 },
	{ "GET_ERROR", get_error, WHO_ANY, 1, 0 },
	{ "GET_ERROR bad", get_error_bad, WHO_ANY, 1, 0 },
	{ "GET_MEDIUM query", get_medium, WHO_ANY, 2, 0 },
	{ "GET_TOC query", get_toc, WHO_ANY, 2, 0 },
	{ "GET_SPEEDS query", get_speeds, WHO_ANY, 1, 0 },
	{ "GET_SPEED", get_speed, WHO_ANY, 1, 0 },
	{ "GET_SETTINGS", get_settings, WHO_ANY, 1, 0 },
	{ "GET_STATISTICS", get_statistics, WHO_ANY, 1, 0 },
	{ "CANCEL", cancel, WHO_ANY, 4, 0 },
	{ "PREPARE long order", do_prepare, WHO_WRITER, 6, 0 },
	{ "PREPARE long order verify", do_prepare_verify, WHO_WRITER, 2, 0 },
	{ "PREPARE long order test", do_prepare_test, WHO_WRITER, 2, 0 },
	{ "PREPARE long order mcn", do_prepare_mcn, WHO_WRITER, 1, 0 },
	{ "PREPARE long order bad", do_prepare_bad, WHO_WRITER, 1, 0 },
	{ "TRACK_BEGIN long order begin", do_begin, WHO_WRITER, 6, 0 },
	{ "TRACK_BEGIN long order begin long-track", do_begin_long, WHO_WRITER, 1, 0 },
	{ "TRACK_BEGIN long order begin bad", do_begin_bad, WHO_WRITER, 1, 0 },
	{ "TRACK_END long order", do_end, WHO_WRITER, 8, 0 },
	{ "TRACK_END long order bad", do_end_bad, WHO_WRITER, 1, 0 },
	{ "RELEASE long order nothing", do_release_nothing, WHO_WRITER, 2, 0 },
	{ "RELEASE long order session", do_release_session, WHO_WRITER, 2, 0 },
	{ "RELEASE long order finalise", do_release_final, WHO_WRITER, 1, 0 },
	{ "RELEASE long order session force", do_release_force, WHO_WRITER, 1, 0 },
	{ "RELEASE long order bad", do_release_bad, WHO_WRITER, 1, 0 },
	{ "FINALIZE long order session", do_finalize_session, WHO_WRITER, 2, 0 },
	{ "FINALIZE long order finalise", do_finalize_final, WHO_WRITER, 1, 0 },
	{ "FINALIZE long order session force", do_finalize_force, WHO_WRITER, 1, 0 },
	{ "FINALIZE long order bad", do_finalize_bad, WHO_WRITER, 1, 0 },
	{ "BLANK long order", do_blank, WHO_WRITER, 2, 0 },
	{ "BLANK long order full", do_blank_full, WHO_WRITER, 1, 0 },
	{ "BLANK long order bad", do_blank_bad, WHO_WRITER, 1, 0 },
	{ "RECOVER long order nothing", do_recover_nothing, WHO_WRITER, 1, 0 },
	{ "RECOVER long order session", do_recover_session, WHO_WRITER, 1, 0 },
	{ "RECOVER long order finalise", do_recover_final, WHO_WRITER, 1, 0 },
	{ "RECOVER long order bad", do_recover_bad, WHO_WRITER, 1, 0 },
	{ "SET_SPEED long order", do_set_speed, WHO_WRITER, 1, 0 },
	{ "SET_SPEED long order bad", do_set_speed_bad, WHO_WRITER, 1, 0 },
	{ "SET_SETTINGS order", do_set_settings, WHO_WRITER, 1, 0 },
	{ "SET_SETTINGS order bad", do_set_settings_bad, WHO_WRITER, 1, 0 },
	{ "sr-exclusive", outside, WHO_NOBODY, 2, 0 },
	{ "sr-plain", outside, WHO_NOBODY, 2, 0 },
	{ "button", outside, WHO_NOBODY, 1, 0 },
};

const unsigned int calls_count = ARRAY_SIZE(calls);

/* Call it before actors are started, because they use the words too. */
void calls_init(void)
{
	unsigned int i;

	for (i = 0; i < calls_count; i++)
		calls[i].words = words(COL_CALL, calls[i].name);
}

int call_find(const char *name)
{
	unsigned int i;

	for (i = 0; i < calls_count; i++)
		if (!strcmp(calls[i].name, name))
			return i;
	return -1;
}
