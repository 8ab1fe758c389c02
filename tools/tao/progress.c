// SPDX-License-Identifier: GPL-2.0-only
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>
#include <wchar.h>
#include "common.h"
#include "json.h"
#include "progress.h"
#include "text.h"

#define TICK_MS 250
#define PLAIN_INTERVAL_MS 10000
#define JSON_INTERVAL_MS 1000
/* A rate measured over a shorter time is not reliable enough for an estimate. */
#define RATE_SETTLES_MS 3000

struct line {
	struct tao_device *dev;
	char *what; /* never NULL */
	struct progress_view view;
	struct which_disc which;
	int64_t shown_ms;
};

struct progress {
	pthread_t thread;
	pthread_mutex_t lock; /* protects all below, and the order of drawing */
	pthread_cond_t changed; /* stop was set */
	bool stop;
	bool terminal;
	unsigned int drawn; /* lines on the terminal that belong to the progress */
	unsigned int count;
	struct line lines[];
};

/* Cut UTF-8 text to @width columns. */
static void cut_to_width(char *text, unsigned int width)
{
	unsigned int columns = 0;
	mbstate_t state = { 0 };
	wchar_t wide;
	size_t n;

	for (char *p = text; *p; p += n) {
		int w;

		n = mbrtowc(&wide, p, strlen(p), &state);
		if (n == (size_t)-1 || n == (size_t)-2) {
			n = 1;
			w = 1;
			memset(&state, 0, sizeof(state));
		} else {
			w = wcwidth(wide);
		}
		if (w < 0)
			w = 1;
		if (columns + w > width) {
			*p = '\0';
			return;
		}
		columns += w;
	}
}

/* "2:05 left". Long times are rounded to 5 s, because a fluctuating number helps nobody. */
static void format_left(double seconds, char *text, size_t size)
{
	unsigned int n = seconds + 0.5;

	if (n > 60)
		n = (n + 2) / 5 * 5;
	snprintf(text, size, "  %u:%02u left", n / 60, n % 60);
}

/* Seconds until the end of everything, or negative. */
static double seconds_left(const struct progress_view *view, const struct tao_status *s)
{
	double later = view->rate > 0 ? view->later_sectors / view->rate : -1;

	if (s->action == TAO_ACTION_WRITING) {
		if (view->sectors == TAO_UNKNOWN || view->rate <= 0)
			return -1;
		return view->sectors > s->track_sectors ?
			       (view->sectors - s->track_sectors) / view->rate + later :
			       later;
	}
	if (s->remaining_ms == TAO_UNKNOWN || s->action == TAO_ACTION_NONE)
		return -1;
	return s->remaining_ms / 1000.0 +
	       (later > 0 && s->action != TAO_ACTION_CLOSING_SESSION ? later : 0);
}

/* 0 to 1, or negative if unknown. */
static double fraction_done(const struct progress_view *view, const struct tao_status *s)
{
	if (view->fraction >= 0)
		return view->fraction;
	if (s->action == TAO_ACTION_WRITING) {
		if (view->sectors == TAO_UNKNOWN || !view->sectors)
			return -1;
		return (double)s->track_sectors / view->sectors;
	}
	if (s->action == TAO_ACTION_CLOSING_TRACK && view->sectors != TAO_UNKNOWN)
		return 1;
	if (s->action == TAO_ACTION_NONE || s->progress == TAO_UNKNOWN)
		return -1;
	return s->progress / 65536.0;
}

static void format_writing(const struct progress_view *view, const struct tao_status *s, char *text,
			   size_t size)
{
	char time[TIME_SIZE], speed[TIME_SIZE];
	size_t n = 0;

	if (view->sectors == TAO_UNKNOWN)
		n = snprintf(text, size, "  %s", format_time(s->track_sectors, time));
	else if (view->tells_track && s->track)
		n = snprintf(text, size, "  track %u", s->track);
	if (s->speed_kbps)
		n += snprintf(text + n, size - n, "  %5s", format_speed(s->speed_kbps, speed));
	if (s->drive_buffer_bytes)
		snprintf(text + n, size - n, "  buffer %3u %%",
			 (unsigned int)(s->drive_buffer_fill * UINT64_C(100) /
					s->drive_buffer_bytes));
}

void progress_format(const struct progress_view *view, const struct tao_status *s, char *text,
		     size_t size, unsigned int width)
{
	char percent[16] = "", detail[96] = "", left[32] = "";
	double done = fraction_done(view, s), seconds = seconds_left(view, s);
	char *what = text_printable(view->what);
	unsigned int used;

	if (done >= 0)
		snprintf(percent, sizeof(percent), "  %3u %%",
			 (unsigned int)((done > 1 ? 1 : done) * 100));
	if (view->fraction < 0) {
		if (s->action == TAO_ACTION_WRITING)
			format_writing(view, s, detail, sizeof(detail));
		else if (s->action == TAO_ACTION_CLOSING_TRACK)
			snprintf(detail, sizeof(detail), "  ending the track");
		else if (s->action == TAO_ACTION_PREPARING)
			snprintf(detail, sizeof(detail), "  preparing");
		if (seconds >= 0)
			format_left(seconds, left, sizeof(left));
	}
	/* shortens the description first */
	used = strlen(percent) + strlen(detail) + strlen(left);
	cut_to_width(what, used < width ? width - used : 0);
	snprintf(text, size, "%s%s%s%s", what, percent, detail, left);
	cut_to_width(text, width);
	free(what);
}

static unsigned int terminal_width(void)
{
	struct winsize size;

	if (ioctl(fileno(human_output()), TIOCGWINSZ, &size) || size.ws_col < 20)
		return 79;
	return size.ws_col - 1;
}

/* Erases our lines; the cursor is then at the start of the first one. */
static void erase(struct progress *progress)
{
	if (progress->drawn > 1)
		print_text(human_output(), xasprintf("\033[%uA\r\033[J", progress->drawn - 1));
	else if (progress->drawn)
		print_text(human_output(), xstrdup("\r\033[J"));
	progress->drawn = 0;
}

static void update_rate(struct line *line, const struct tao_status *s)
{
	double now = s->speed_kbps * 1000.0 / TAO_SECTOR_SIZE;

	if (s->action != TAO_ACTION_WRITING || now <= 0)
		return;
	if (line->view.rate > 0)
		line->view.rate += (now - line->view.rate) * 0.1;
	else if (s->elapsed_ms >= RATE_SETTLES_MS)
		line->view.rate = now;
}

static void draw_terminal(struct progress *progress)
{
	unsigned int width = terminal_width();
	struct tao_status status;
	char text[512];

	erase(progress);
	for (unsigned int i = 0; i < progress->count; i++) {
		struct line *line = &progress->lines[i];

		if (!line->what[0] || tao_get_status(line->dev, &status))
			continue;
		update_rate(line, &status);
		progress_format(&line->view, &status, text, sizeof(text), width);
		print_text(human_output(), xasprintf("%s%s", progress->drawn ? "\n" : "", text));
		progress->drawn++;
	}
}

static void print_json(struct line *line, const struct tao_status *status)
{
	struct json_object *event = json_event("progress", tao_device_path(line->dev));
	double done = fraction_done(&line->view, status), seconds;

	json_add_which_disc(event, &line->which);
	json_add_string(event, "what", line->what);
	json_object_object_add(event, "done",
			       done >= 0 ? json_object_new_double(done > 1 ? 1 : done) : NULL);
	seconds = seconds_left(&line->view, status);
	json_object_object_add(event, "remaining_s",
			       seconds >= 0 ? json_object_new_double(seconds) : NULL);
	json_object_object_add(event, "status", json_status(status));
	json_print(event);
}

/* Lines and objects are printed from time to time, not on each tick. */
static void draw_plain(struct progress *progress)
{
	int64_t now = now_ms(), interval = options.json ? JSON_INTERVAL_MS : PLAIN_INTERVAL_MS;
	struct tao_status status;
	char text[512];

	for (unsigned int i = 0; i < progress->count; i++) {
		struct line *line = &progress->lines[i];

		if (!line->what[0] || now - line->shown_ms < interval ||
		    tao_get_status(line->dev, &status))
			continue;
		update_rate(line, &status);
		line->shown_ms = now;
		if (options.json) {
			print_json(line, &status);
			continue;
		}
		progress_format(&line->view, &status, text, sizeof(text), 200);
		print_text(human_output(), xasprintf("%s\n", text));
	}
}

static void draw(struct progress *progress)
{
	/* progress that is queued is outdated when it is read */
	if ((options.quiet && !options.json) || output_waits())
		return;
	if (progress->terminal)
		draw_terminal(progress);
	else
		draw_plain(progress);
}

static void *show(void *data)
{
	struct progress *progress = data;
	struct timespec until;

	pthread_mutex_lock(&progress->lock);
	while (!progress->stop) {
		clock_gettime(CLOCK_MONOTONIC, &until);
		until.tv_nsec += TICK_MS * 1000000L;
		until.tv_sec += until.tv_nsec / 1000000000L;
		until.tv_nsec %= 1000000000L;
		pthread_cond_clockwait(&progress->changed, &progress->lock, CLOCK_MONOTONIC,
				       &until);
		if (!progress->stop)
			draw(progress);
	}
	pthread_mutex_unlock(&progress->lock);
	return NULL;
}

struct progress *progress_start(struct tao_device *const *drives, unsigned int count)
{
	struct progress *progress = xcalloc(1, sizeof(*progress) + count * sizeof(struct line));
	sigset_t all, before;

	progress->terminal = !options.json && isatty(fileno(human_output()));
	progress->count = count;
	for (unsigned int i = 0; i < count; i++) {
		progress->lines[i].dev = drives[i];
		progress->lines[i].what = xstrdup("");
		progress->lines[i].view =
			(struct progress_view){ .what = progress->lines[i].what, .fraction = -1 };
	}
	pthread_mutex_init(&progress->lock, NULL);
	pthread_cond_init(&progress->changed, NULL);
	output_begin();
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &before);
	if (pthread_create(&progress->thread, NULL, show, progress)) {
		complain(NAMED("no-resources") "can't start a thread");
		leave(STATUS_FAILED);
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return progress;
}

void progress_stop(struct progress *progress)
{
	if (!progress)
		return;
	pthread_mutex_lock(&progress->lock);
	progress->stop = true;
	pthread_cond_signal(&progress->changed);
	pthread_mutex_unlock(&progress->lock);
	pthread_join(progress->thread, NULL);
	erase(progress);
	for (unsigned int i = 0; i < progress->count; i++)
		free(progress->lines[i].what);
	free(progress);
}

void progress_set(struct progress *progress, unsigned int drive, const char *what, uint32_t sectors,
		  uint32_t later_sectors)
{
	struct line *line = &progress->lines[drive];

	pthread_mutex_lock(&progress->lock);
	free(line->what);
	line->what = xstrdup(what);
	line->view.what = line->what;
	line->view.sectors = sectors;
	line->view.later_sectors = later_sectors;
	line->view.fraction = -1;
	line->view.tells_track = false;
	line->shown_ms = now_ms();
	pthread_mutex_unlock(&progress->lock);
}

void progress_fraction(struct progress *progress, unsigned int drive, double fraction)
{
	pthread_mutex_lock(&progress->lock);
	progress->lines[drive].view.fraction = fraction;
	pthread_mutex_unlock(&progress->lock);
}

void progress_tells_track(struct progress *progress, unsigned int drive)
{
	pthread_mutex_lock(&progress->lock);
	progress->lines[drive].view.tells_track = true;
	pthread_mutex_unlock(&progress->lock);
}

void progress_set_disc(struct progress *progress, unsigned int drive, struct which_disc which)
{
	pthread_mutex_lock(&progress->lock);
	progress->lines[drive].which = which;
	pthread_mutex_unlock(&progress->lock);
}

void progress_say(struct progress *progress, const char *format, ...)
{
	va_list args;

	if (options.quiet)
		return;
	if (progress) {
		pthread_mutex_lock(&progress->lock);
		erase(progress);
	}
	va_start(args, format);
	print_plain(human_output(), format, args);
	va_end(args);
	if (progress)
		pthread_mutex_unlock(&progress->lock);
}
