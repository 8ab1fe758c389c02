// SPDX-License-Identifier: GPL-2.0-only
/* Compares the module, by its reports and the state of the recorder, with the model. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <linux/tao.h>

#include "model.h"

#define WAIT_MS	20000

static const char *const state_names[] = { "idle", "prepared", "track-open", "gone" };

static int fd = -1;
static struct tao_statistics first;

static bool get_status(struct tao_status *status)
{
	return !ioctl(fd, TAO_IOC_GET_STATUS, status);
}

/* Counters and settings continue with their current values. */
void check_begin(struct state *s)
{
	struct tao_speed speed;
	struct tao_settings settings;

	if (fd >= 0)
		close(fd);
	fd = open(tao_path, O_RDONLY | O_CLOEXEC);
	if (ioctl(fd, TAO_IOC_GET_STATISTICS, &first) || ioctl(fd, TAO_IOC_GET_SPEED, &speed) ||
	    ioctl(fd, TAO_IOC_GET_SETTINGS, &settings))
		perror(tao_path);
	s->speed_kbps = speed.requested_kbps;
	s->underrun_free = settings.underrun_free;
}

static bool is_there(const struct state *s, const struct tao_status *status)
{
	/* The state may be "prepared" during a job. */
	if (s->busy && status->state == TAO_STATE_PREPARED)
		return true;
	return status->state == (unsigned int)s->hold &&
	       (s->hold == HOLD_GONE || s->hold == HOLD_TRACK || s->busy ||
		status->action == TAO_ACTION_NONE);
}

static void wait_for(const struct state *s, struct tao_status *status)
{
	long until = clock_ms() + WAIT_MS;
	unsigned int tries = 0;

	while (get_status(status) && !is_there(s, status) && clock_ms() < until)
		usleep(tries++ < 20 ? 100 : 2000);
}

bool check_state(const struct state *s, bool wait, char *why)
{
	struct tao_status status = { 0 };

	if (wait)
		wait_for(s, &status);
	if (!get_status(&status))
		return !snprintf(why, WHY_BYTES, "GET_STATUS: %s", strerror(errno));
	if (!is_there(s, &status))
		return snprintf(why, WHY_BYTES, "the state is %s, action %u; has to be %s, 0",
				status.state < 4 ? state_names[status.state] : "?", status.action,
				state_names[s->hold]) < 0;
	if (s->busy)
		return true;
	if (!!(status.flags & TAO_STATUS_EXPLICIT) != (s->hold != HOLD_GONE && s->own) &&
	    s->hold != HOLD_GONE)
		return snprintf(why, WHY_BYTES, "prepared by PREPARE: %d; has to be %d",
				!s->own, s->own) < 0;
	if (!!(status.flags & TAO_STATUS_TEST_WRITE) != s->test && s->hold != HOLD_GONE)
		return snprintf(why, WHY_BYTES, "a test write: %d; has to be %d", !s->test,
				s->test) < 0;
	return true;
}

bool check_wait_idle(void)
{
	struct state idle = { .hold = HOLD_IDLE };
	struct tao_status status = { 0 };

	wait_for(&idle, &status);
	return is_there(&idle, &status);
}

/* A disc that another program uses is not examined, nor is one in mid-track. */
static bool is_stale(const struct state *s)
{
	return s->hold == HOLD_TRACK ||
	       (s->hold == HOLD_IDLE && s->outsider == OUT_HOLDS);
}

static unsigned int medium_status(const struct disc *d)
{
	if (d->final)
		return TAO_DISC_COMPLETE;
	return d->sessions_count ? TAO_DISC_APPENDABLE : TAO_DISC_BLANK;
}

static int closed_sessions(const struct disc *d)
{
	return d->sessions_count - disc_session_open(d);
}

static bool check_medium(const struct state *s, const struct answer *a, char *why)
{
	static const unsigned int types[] = { TAO_MEDIUM_NONE, TAO_MEDIUM_CD_R, TAO_MEDIUM_CD_RW,
					      TAO_MEDIUM_CD_ROM };
	const struct disc *d = &s->disc;
	bool flawed = a->flags & TAO_MEDIUM_TRACK_FAILED;

	if (a->value >> 16 != types[d->kind])
		return snprintf(why, WHY_BYTES, "the disc's type is %u; has to be %u",
				a->value >> 16, types[d->kind]) < 0;
	if (d->kind == KIND_NONE || s->test)
		return true;
	if ((a->value >> 8 & 255) != medium_status(d) || (int)a->sectors != closed_sessions(d))
		return snprintf(why, WHY_BYTES, "disc status %u, %u sessions; has to be %u, %d",
				a->value >> 8 & 255, a->sectors, medium_status(d),
				closed_sessions(d)) < 0;
	if ((int)a->tracks != d->tracks_count &&
	    !(disc_words(d) & words(COL_DISC, "unfinished")))
		return snprintf(why, WHY_BYTES, "the disc has %u tracks; has to be %d", a->tracks,
				d->tracks_count) < 0;
	if (flawed != d->flawed)
		return snprintf(why, WHY_BYTES, "TAO_MEDIUM_TRACK_FAILED is %d; has to be %d",
				flawed, d->flawed) < 0;
	return true;
}

static bool check_toc(const struct state *s, const struct answer *a, char *why)
{
	const struct disc *d = &s->disc;

	if (s->test || disc_words(d) & words(COL_DISC, "unfinished"))
		return true;
	if ((int)a->tracks != d->tracks_count)
		return snprintf(why, WHY_BYTES, "the table has %u tracks; has to be %d", a->tracks,
				d->tracks_count) < 0;
	return true;
}

static bool check_query(const struct state *s, int call, const struct answer *a, char *why)
{
	/* The three flags have the same bit, except that of the speeds. */
	bool is_speeds = call == call_find("GET_SPEEDS query");
	unsigned int bit = is_speeds ? TAO_SPEED_STALE : TAO_MEDIUM_STALE;

	if (!!(a->flags & bit) != is_stale(s))
		return snprintf(why, WHY_BYTES, "stale: %d; has to be %d", !is_stale(s),
				is_stale(s)) < 0;
	if (is_stale(s))
		return true;
	if (call == call_find("GET_MEDIUM query"))
		return check_medium(s, a, why);
	return is_speeds || check_toc(s, a, why);
}

static bool check_value(const char *what, unsigned int is, unsigned int has_to_be, char *why)
{
	if (is == has_to_be)
		return true;
	return snprintf(why, WHY_BYTES, "%s is %u; has to be %u", what, is, has_to_be) < 0;
}

bool check_answer(const struct state *s, int call, bool writer, const struct answer *a, char *why)
{
	const char *name = calls[call].name;

	if (a->error || a->untold || s->busy)
		return true;
	if (strstr(name, "query"))
		return check_query(s, call, a, why);
	if (!strcmp(name, "GET_STATUS"))
		return check_value("the state", a->value, s->hold, why);
	if (!strcmp(name, "GET_SPEED"))
		return check_value("the speed asked for", a->value, s->speed_kbps, why);
	if (!strcmp(name, "GET_SETTINGS"))
		/* The others have the drive's, which nobody changes. */
		return check_value("underrun_free", a->value, writer ? s->underrun_free : 1, why);
	if (!strcmp(name, "TRACK_END long order") && !s->test)
		return check_value("the track's number", a->tracks, s->disc.tracks_count, why) &&
		       check_value("the track's length", a->sectors,
				   disc_last_track(&s->disc)->length, why);
	if (!strcmp(name, "TRACK_BEGIN long order begin") && !s->test)
		return check_value("the track's number", a->tracks, s->disc.tracks_count + 1, why);
	return true;
}

bool check_disc(struct state *s, const struct disc *found, char *why)
{
	const struct track *last = disc_last_track(found);

	if (disc_differs(&s->disc, found, why, WHY_BYTES))
		return false;
	if (s->ended_bytes && !world_audio_is(last->start, s->salt, s->ended_bytes))
		return snprintf(why, WHY_BYTES, "the audio of the track is not on the disc") < 0;
	s->ended_bytes = 0;
	return true;
}

bool check_door(const struct state *s, char *why)
{
	bool locked = world_locked();
	bool has_to_be = s->hold == HOLD_PREPARED || s->hold == HOLD_TRACK;

	if (locked == has_to_be || s->hold == HOLD_GONE || s->busy)
		return true;
	return snprintf(why, WHY_BYTES, "the door is %slocked", locked ? "" : "not ") < 0;
}

bool check_counts(const struct state *s, char *why)
{
	struct tao_statistics t;

	if (s->hold == HOLD_GONE || s->busy)
		return true;
	if (ioctl(fd, TAO_IOC_GET_STATISTICS, &t))
		return snprintf(why, WHY_BYTES, "GET_STATISTICS: %s", strerror(errno)) < 0;
	return check_value("tracks", t.tracks - first.tracks, s->tracks, why) &&
	       check_value("tracks_failed", t.tracks_failed - first.tracks_failed,
			   s->tracks_failed, why) &&
	       check_value("sessions", t.sessions - first.sessions, s->sessions, why);
}

bool check_sysfs(const struct state *s, char *why)
{
	char path[128], text[32] = "";
	int file;

	if (s->hold == HOLD_GONE || s->busy)
		return true;
	snprintf(path, sizeof(path), "/sys/class/tao/%s/state", strrchr(tao_path, '/') + 1);
	file = open(path, O_RDONLY);
	if (file < 0 || read(file, text, sizeof(text) - 1) < 0)
		snprintf(text, sizeof(text), "%s", strerror(errno));
	close(file);
	text[strcspn(text, "\n")] = '\0';
	if (!strcmp(text, state_names[s->hold]))
		return true;
	return snprintf(why, WHY_BYTES, "sysfs: the state is %s; has to be %s", text,
			state_names[s->hold]) < 0;
}
