// SPDX-License-Identifier: GPL-2.0-only
/*
 * tao burn: from the files to the drives that burn.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "advice.h"
#include "burn.h"
#include "common.h"
#include "facts.h"
#include "first_time.h"
#include "json.h"
#include "mode.h"
#include "normalize.h"
#include "outcome.h"
#include "papers.h"
#include "progress.h"
#include "series.h"
#include "suit.h"
#include "unfinished.h"
#include "text.h"

#define BUFFER_MIB 64
#define SIGNALS_APART_MS 1000
/* Time for a reader of the output when the program leaves a running burn */
#define LAST_WORDS_MS 1000
/* Time for the decoder when the drives have ended; its file system may not answer any more */
#define FEED_ENDS_MS 10000
/* The same from a signal on; another one may be a key that is held down */
#define FEED_ENDS_SOON_MS 1000

/* The user, or the system, wants to stop. */
static atomic_bool stop;

/* --- Album --- */

static void show_check(unsigned long long done, unsigned long long all, size_t files)
{
	if (options.quiet || options.json || !isatty(STDOUT_FILENO))
		return;
	printf("\r\033[KChecking %zu file%s  %3.0f %%", files, files == 1 ? "" : "s",
	       all ? 100.0 * done / all : 0.0);
	output_flush();
}

static void hide_check(void)
{
	if (options.quiet || options.json || !isatty(STDOUT_FILENO))
		return;
	printf("\r\033[K");
	output_flush();
}

static int apply_options(struct burn_command *c)
{
	if (c->options.from >= c->album.tracks_count && !c->unfinished)
		return usage_error("burn", "--from %zu: there %s only %zu track%s",
				   c->options.from + 1,
				   c->album.tracks_count == 1 ? "is" : "are",
				   c->album.tracks_count,
				   c->album.tracks_count == 1 ? "" : "s");
	return apply_track_options("burn", &c->tracks, &c->album);
}

/* The option that needs the audio, or its length, more than once; NULL: none. */
static const char *reads_twice(const struct burn_command *c)
{
	return c->options.verify ? "--verify" : c->copies > 1 ? "--copies" :
	       c->spread ? "--discs" : c->first_time ? "--first-time" : NULL;
}

static int check_count(const struct burn_command *c)
{
	char *discs;

	if (c->spread || c->album.tracks_count <= c->options.from + TAO_TRACKS_MAX)
		return STATUS_OK;
	discs = advise_spreading(c, USUAL_ROOM_SECTORS);
	complain(NAMED("too-many-tracks") "%zu tracks are too many; a disc takes 99.%s",
		 c->album.tracks_count - c->options.from, discs);
	free(discs);
	return STATUS_INPUT;
}

static int load_album(struct burn_command *c, int argc, char **argv)
{
	struct album *album = &c->album;
	int exit_status;

	album->options.stop = &stop;
	album_add_all(album, argv, argc);
	if (!album->problems) {
		album_check(album, !c->no_check, &stop, show_check);
		hide_check();
	}
	if (!album->problems && reads_twice(c) && album_has_stream(album)) {
		complain(NAMED("needs-files")
			 "%s needs files; standard input is gone once it is burned",
			 reads_twice(c));
		album->problems++;
	}
	if (album->problems || atomic_load(&stop)) {
		complain_besides("nothing was written");
		return album->problems ? STATUS_INPUT : STATUS_CANCELLED;
	}
	album_note_repeats(album);
	if (c->join)
		album_join(album);
	album_normalize(album);
	if (album->problems) {
		complain_besides("nothing was written");
		return STATUS_INPUT;
	}
	exit_status = apply_options(c);
	if (exit_status)
		return exit_status;
	c->tracks_count = album->tracks_count;
	if (c->part)
		series_take_part(c);
	return check_count(c);
}

/* --- Drives --- */

/* A drive has finished, or was not used at all. */
static void drive_ended(struct burn_command *c, int exit_status)
{
	c->ended = xrealloc(c->ended, c->ended_count + 1, sizeof(*c->ended));
	c->ended[c->ended_count++] = exit_status;
}

/* Takes over @event. */
static void json_burn_result(struct json_object *event, size_t tracks_done)
{
	json_add_number(event, "tracks_done", tracks_done);
	json_print(event);
}

/* The result of a disc, or of a drive that was not used. */
static void json_recorder_result(const struct burn_command *c, const struct recorder *r,
				 int exit_status, const char *message)
{
	struct json_object *event;

	if (!options.json)
		return;
	event = json_result_event(tao_device_path(r->watch), c->unfinished ? "resume" : "burn",
				  exit_status, message);
	json_add_which_disc(event, &r->which);
	json_burn_result(event, r->tracks_done);
}

/* Its result comes when all drives were tried. */
static void open_failed(struct burn_command *c, const char *path, int exit_status)
{
	struct json_object *event;
	char *name;

	drive_ended(c, exit_status);
	if (!path)
		return;
	name = xasprintf("%s%s", *path == '/' ? "" : "/dev/", path);
	record_unused(c->record, name, exit_status, latest_complaint());
	if (options.json) {
		event = json_result_event(name, c->unfinished ? "resume" : "burn", exit_status,
					  latest_complaint());
		c->unopened = xrealloc(c->unopened, c->unopened_count + 1, sizeof(*c->unopened));
		c->unopened[c->unopened_count++] = event;
	}
	free(name);
}

/* Under another name: a link, or its block device. */
static bool is_named_already(const struct burn_command *c, const struct recorder *r)
{
	struct stat wanted, st;

	if (fstat(tao_device_fd(r->watch), &wanted))
		return false;
	for (unsigned int i = 0; i < c->count; i++)
		if (!fstat(tao_device_fd(c->recorders[i].watch), &st) &&
		    st.st_rdev == wanted.st_rdev)
			return true;
	return false;
}

/*
 * Opens a drive for writing. If the drive is still busy with an earlier operation, this waits
 * only if it is the only drive: that may take hours, and the others could burn meanwhile.
 */
static struct tao_device *open_writer(const char *path, bool only_one, int *exit_status)
{
	struct tao_device *dev;
	int fd;

	if (only_one)
		return open_path(path, TAO_OPEN_WRITE, exit_status);
	dev = open_path(path, TAO_OPEN_WRITE | TAO_OPEN_NONBLOCK, exit_status);
	if (!dev)
		return NULL;
	fd = tao_device_fd(dev);
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
	return dev;
}

static void add_drive(struct burn_command *c, const char *path, bool only_one)
{
	struct recorder *r = &c->recorders[c->count];
	int exit_status = STATUS_NO_DRIVE;

	if (atomic_load(&stop))
		return;
	r->watch = open_path(path, TAO_OPEN_READ, &exit_status);
	if (r->watch && is_named_already(c, r)) {
		tao_close(r->watch);
		r->watch = NULL;
		return;
	}
	/* a dry run disturbs nobody */
	if (r->watch && !c->dry_run)
		r->dev = open_writer(tao_device_path(r->watch), only_one, &exit_status);
	if (r->dev || (r->watch && c->dry_run)) {
		c->count++;
		return;
	}
	if (atomic_load(&stop))
		exit_status = STATUS_CANCELLED;
	open_failed(c, r->watch ? tao_device_path(r->watch) : path, exit_status);
	tao_close(r->watch);
	r->watch = NULL;
}

static void close_drive(struct burn_command *c, unsigned int i)
{
	tao_close(c->recorders[i].dev);
	tao_close(c->recorders[i].watch);
	c->count--;
	memmove(&c->recorders[i], &c->recorders[i + 1], (c->count - i) * sizeof(c->recorders[0]));
}

/* A log that can't be written is told before the results. Returns the exit status. */
static int end_record(struct burn_command *c)
{
	int exit_status = combined_status(c->ended, c->ended_count);

	record_end(c->record, exit_status);
	return papers_close(c, RECORD_FILE_MS, exit_status);
}

static void note_unused(struct burn_command *c, unsigned int i, int exit_status, const char *why)
{
	record_unused(c->record, tao_device_path(c->recorders[i].watch), exit_status, why);
	drive_ended(c, exit_status);
}

static void drop_drive(struct burn_command *c, unsigned int i, int exit_status, const char *why)
{
	note_unused(c, i, exit_status, why);
	/* no drive is left */
	if (c->count == 1)
		end_record(c);
	json_recorder_result(c, &c->recorders[i], exit_status, why);
	close_drive(c, i);
}

/* Drops all remaining drives before anything was written. Returns the exit status. */
static int write_nothing(struct burn_command *c, int exit_status, const char *why)
{
	for (unsigned int i = c->count; i; i--)
		note_unused(c, i - 1, exit_status, why);
	end_record(c);
	for (; c->count; close_drive(c, c->count - 1))
		json_recorder_result(c, &c->recorders[c->count - 1], exit_status, why);
	return combined_status(c->ended, c->ended_count);
}

static void report_unopened(struct burn_command *c)
{
	if (!c->count)
		end_record(c);
	for (size_t i = 0; i < c->unopened_count; i++)
		json_burn_result(c->unopened[i], 0);
	c->unopened_count = 0;
}

/* Opens as many drives as possible: if one can't be opened, the others still burn. */
static int open_drives(struct burn_command *c)
{
	struct tao_list *list = NULL;

	if (options.all && !tao_list_drives(&list) && tao_list_count(list)) {
		for (size_t i = 0; i < tao_list_count(list) && i < DRIVES_MAX; i++)
			add_drive(c, tao_list_path(list, i), tao_list_count(list) == 1);
	} else if (options.devices_count) {
		for (unsigned int i = 0; i < options.devices_count; i++)
			add_drive(c, options.devices[i], options.devices_count == 1);
	} else {
		add_drive(c, NULL, true);
	}
	tao_list_free(list);
	if (atomic_load(&stop)) {
		write_nothing(c, STATUS_CANCELLED, NAMED("cancelled") "nothing was written");
		report_unopened(c);
		return STATUS_CANCELLED;
	}
	report_unopened(c);
	return c->count ? STATUS_OK : combined_status(c->ended, c->ended_count);
}

/* Drops the drives that have no suitable disc. */
static int check_discs(struct burn_command *c)
{
	int exit_status = STATUS_OK;
	struct tao_medium medium;
	char *problem;

	for (unsigned int i = 0; i < c->count && !atomic_load(&stop);) {
		struct recorder *r = &c->recorders[i];

		if (c->wait && !c->dry_run)
			wait_for_disc(c, r);
		problem = disc_problem(c, r, &medium, &exit_status);
		/* a signal may have interrupted the query */
		if (!problem || atomic_load(&stop)) {
			free(problem);
			i++;
			continue;
		}
		complain("%s", problem);
		drop_drive(c, i, is_gone(r) ? STATUS_NO_DRIVE : exit_status, problem);
		free(problem);
	}
	if (c->count)
		return STATUS_OK;
	return combined_status(c->ended, c->ended_count);
}

/* --- Burn --- */

static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };

static void wake_up(int number)
{
	(void)number;
}

static void stop_early(int number)
{
	(void)number;
	atomic_store(&stop, true);
}

/*
 * Catches the signals that end a burn. Ignored ones stay ignored, as nohup(1) and background jobs
 * of a script expect. While there are no threads, a handler takes them.
 */
static void catch_burn_signals(sigset_t *set)
{
	struct sigaction action = { .sa_handler = stop_early }, before;

	sigemptyset(set);
	for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++) {
		if (sigaction(signals[i], NULL, &before) || before.sa_handler == SIG_IGN)
			continue;
		sigaction(signals[i], &action, NULL);
		sigaddset(set, signals[i]);
	}
	/* interrupts a thread that is reading */
	action.sa_handler = wake_up;
	sigaction(SIGUSR1, &action, NULL);
}

/* The rest of the session becomes silence, which takes as long as its audio would have taken. */
static char *cancelling_session(const struct burn_command *c, const struct tao_status *status)
{
	static const char again[] = "Ctrl-C again stops at once, and the disc is lost.";
	bool open = status->state == TAO_STATE_TRACK_OPEN ||
		    status->action == TAO_ACTION_WRITING ||
		    status->action == TAO_ACTION_CLOSING_TRACK;
	uint32_t left = open && status->sectors > status->track_sectors ?
				status->sectors - status->track_sectors : 0;
	char time[TIME_SIZE];

	if (!open)
		return xasprintf(": %s; %s, %s min, %s. %s",
				 "a disc on which the drive has not begun to write stays as it is",
				 "if it has, the session",
				 format_time(sectors_needed(&c->album, c->options.from), time),
				 "is burned as silence, so that it can be closed", again);
	format_time(left, time);
	return xasprintf(": the rest of the session, %s min, is burned as silence, %s %s", time,
			 "so that the disc can be played.", again);
}

static bool is_closing(const struct tao_status *status)
{
	return status->action == TAO_ACTION_CLOSING_SESSION ||
	       status->action == TAO_ACTION_VERIFYING;
}

static const char *cancelling_other(const struct tao_status *status)
{
	if (is_closing(status))
		return "; a session that is being closed can't be stopped.";
	if (status->state == TAO_STATE_TRACK_OPEN)
		return ": the track ends with what has arrived; Ctrl-C again does not wait.";
	return ".";
}

/* Whether a second Ctrl-C would lose the disc. */
static bool is_at_stake(const struct burn_command *c, const struct recorder_work *work)
{
	return work->in_session && !c->options.test && !is_closing(&work->status);
}

static char *cancelling(const struct burn_command *c, const struct recorder_work *work)
{
	if (is_at_stake(c, work))
		return cancelling_session(c, &work->status);
	if (work->in_session && c->options.test)
		return xstrdup(": it is a test, and nothing is lost.");
	return xstrdup(cancelling_other(&work->status));
}

/* A message that can save a disc is printed even with --quiet. */
static void say_cancelling(struct progress *progress, const struct recorder *r, const char *what,
			   bool at_stake)
{
	const char *path = tao_device_path(r->watch);

	record_event(r->record, what);
	if (options.quiet && at_stake)
		complain_besides("%s: %s", path, what);
	else
		progress_say(progress, "%s: %s\n", path, what);
}

/* First Ctrl-C: each drive ends the current track. */
static void cancel_all(struct burn_command *c, struct progress *progress)
{
	struct recorder_work work[DRIVES_MAX];
	bool works[DRIVES_MAX];

	for (unsigned int i = 0; i < c->count; i++)
		works[i] = recorder_cancel(&c->recorders[i], &work[i]);
	for (unsigned int i = 0; i < c->count; i++) {
		char *what, *text;

		if (!works[i])
			continue;
		what = cancelling(c, &work[i]);
		text = xasprintf("Cancelling%s", what);
		say_cancelling(progress, &c->recorders[i], text, is_at_stake(c, &work[i]));
		free(text);
		free(what);
	}
}

/* Not even the silence: returns whether there was a session to stop. */
static bool stop_sessions(struct burn_command *c, struct progress *progress)
{
	struct recorder_work work;
	bool any = false;

	for (unsigned int i = 0; i < c->count; i++) {
		if (!recorder_cancel(&c->recorders[i], &work) || !is_at_stake(c, &work))
			continue;
		say_cancelling(progress, &c->recorders[i],
			       "Stopping at once: the session stays incomplete.", true);
		any = true;
	}
	return any;
}

static void report_recorder(const struct burn_command *c, const struct recorder *r)
{
	const char *path = tao_device_path(r->watch);
	char *disc = which_disc_text(&r->which), *plain = text_printable(r->outcome), *text;
	bool named = !strncmp(plain, path, strlen(path));

	text = xasprintf("%s%s%s%s%s", named ? "" : path, disc && !named ? ", " : "",
			 disc ? disc : "", disc || !named ? ": " : "", r->outcome);
	if (r->exit_status)
		complain("%s", text);
	else
		say("%s\n", text);
	json_recorder_result(c, r, r->exit_status, r->outcome);
	free(text);
	free(plain);
	free(disc);
}

static void report_all(struct burn_command *c)
{
	for (unsigned int i = 0; i < c->count; i++)
		report_recorder(c, &c->recorders[i]);
}

/* Returns whether all of them are as they should be. */
static bool count_discs(struct burn_command *c, const int *statuses)
{
	for (unsigned int i = 0; i < c->count; i++)
		drive_ended(c, statuses[i]);
	return series_count(c, statuses);
}

/* To be freed. */
static char *describe_leaving(const struct burn_command *c)
{
	const char *path = tao_device_path(c->recorders[0].watch);
	char *command = c->count > 1 ? xstrdup("`tao status DRIVE`") :
				       drive_command("tao status", path);
	char *text = xasprintf(NAMED("cancelled") "leaving; %s (see %s)", c->count > 1 ?
			       "the drives end what they have begun" :
			       "the drive ends what it has begun", command);

	free(command);
	return text;
}

/* Of a drive that is left alone. A disc that only has to come out is done. */
static int status_when_left(const struct recorder *r)
{
	if (atomic_load(&r->ended))
		return r->exit_status;
	return atomic_load(&r->ejects) ? STATUS_NOT_EJECTED : STATUS_CANCELLED;
}

static void report_left(const struct burn_command *c, const struct recorder *r, int exit_status,
			const char *leaving)
{
	if (!leaving)
		report_recorder(c, r);
	else
		json_recorder_result(c, r, exit_status, leaving);
}

/* Second Ctrl-C: the drives finish without us. */
static void abandon_all(struct burn_command *c)
{
	int statuses[DRIVES_MAX], exit_status;
	char *leaving = describe_leaving(c);
	bool ended[DRIVES_MAX];

	print_text(human_output(), xstrdup("\n")); /* keep the line with the progress */
	for (unsigned int i = 0; i < c->count; i++) {
		const struct recorder *r = &c->recorders[i];

		ended[i] = atomic_load(&r->ended);
		statuses[i] = status_when_left(r);
		if (statuses[i] == STATUS_CANCELLED && !ended[i])
			record_drive_end(r->record, STATUS_CANCELLED, leaving);
	}
	count_discs(c, statuses);
	/* discs that were not begun */
	if (series_goes_on(c))
		drive_ended(c, STATUS_CANCELLED);
	exit_status = combined_status(c->ended, c->ended_count);
	complain("%s", leaving);
	record_end(c->record, exit_status);
	recorders_abandon(c->recorders, c->count);
	exit_status = papers_close(c, LAST_WORDS_MS, exit_status);
	for (unsigned int i = 0; i < c->count; i++)
		report_left(c, &c->recorders[i], statuses[i], ended[i] ? NULL : leaving);
	series_report(c);
	output_drain(LAST_WORDS_MS);
	_exit(exit_status);
}

/*
 * A terminal that is closed sends two, as timeout(1) does, and a key that is held down sends one
 * after the other: those within a second of the one before are one.
 */
static void take_signal(struct burn_command *c, struct progress *progress, int64_t *last_ms)
{
	bool first = !atomic_exchange(&stop, true) || !*last_ms;
	bool counts = first || now_ms() - *last_ms > SIGNALS_APART_MS;

	if (first)
		cancel_all(c, progress);
	else if (counts && (c->stopped_at_once || !stop_sessions(c, progress)))
		abandon_all(c);
	else if (counts)
		c->stopped_at_once = true;
	/* not when it came: the next one may have waited while it was dealt with */
	*last_ms = now_ms();
}

static void wait_for_recorders(struct burn_command *c, struct progress *progress,
			       const sigset_t *set, atomic_uint *running)
{
	const struct timespec tick = { 0, 100 * 1000000L };
	int64_t last_ms = 0;

	while (atomic_load(running)) {
		if (sigtimedwait(set, NULL, &tick) > 0)
			take_signal(c, progress, &last_ms);
		for (unsigned int i = 0; i < c->count; i++) {
			recorder_cancel_late(&c->recorders[i]);
			record_sample(c->recorders[i].record);
		}
		papers_keep(c);
	}
	for (unsigned int i = 0; i < c->count; i++)
		recorder_join(&c->recorders[i]);
}

/* For track-at-once of files: nothing else can be continued. */
static struct unfinished *get_unfinished(const struct burn_command *c, const struct recorder *r)
{
	if (c->unfinished)
		return c->unfinished;
	if (c->options.test || c->album.mode != MODE_TRACK || c->album.once)
		return NULL;
	return unfinished_new(r->watch, words_to_go_on(c), &c->album, c->options.from);
}

/* Returns what decodes for them, or NULL; signals stay blocked until end_feed(). */
static struct feed *run_recorders(struct burn_command *c, const sigset_t *set)
{
	struct tao_device *watches[DRIVES_MAX];
	atomic_uint running = c->count;
	struct progress *progress;
	struct feed *feed = NULL;

	pthread_sigmask(SIG_BLOCK, set, NULL);
	record_begin(c->record, c->tracks_count);
	for (unsigned int i = 0; i < c->count; i++)
		watches[i] = c->recorders[i].watch;
	if (needs_feed(&c->album, c->options.from, c->record))
		feed = feed_start(&c->album, c->options.from, c->count, c->record, c->buffer_bytes);
	progress = progress_start(watches, c->count);
	for (unsigned int i = 0; i < c->count; i++) {
		struct recorder *r = &c->recorders[i];

		r->command = c;
		r->options = &c->options;
		r->album = &c->album;
		r->feed = feed;
		r->progress = progress;
		progress_set_disc(progress, i, r->which);
		r->record = record_drive(c->record, r->watch, which_disc_text(&r->which),
					 c->spread ? facts_of_mode(c) : NULL);
		r->index = i;
		r->count = c->count;
		r->stop = &stop;
		r->running = &running;
		r->unfinished = get_unfinished(c, r);
		r->kept = c->unfinished;
		recorder_start(r);
	}
	wait_for_recorders(c, progress, set, &running);
	progress_stop(progress);
	return feed;
}

/* While the command waited for a disc, or for an answer, somebody may have changed them. */
static bool check_files(const struct album *album)
{
	bool good = true;

	for (size_t i = 0; i < album->files_count; i++) {
		if (!audio_was_changed(album->files[i]))
			continue;
		complain(NAMED("file-changed")
			 "%s: was changed since it was looked at", album->files[i]->path);
		good = false;
	}
	return good;
}

/* --- The next discs --- */

/* One copy per drive: drives for which none is left are not used any more. */
static void number_discs(struct burn_command *c)
{
	while (c->copies && c->count > c->copies - c->copies_done)
		close_drive(c, c->count - 1);
	series_number(c);
}

static void json_unused(const struct recorder *r, const char *why)
{
	struct json_object *event;

	if (!options.json)
		return;
	event = json_result_event(tao_device_path(r->watch), "burn", STATUS_OK, why);
	json_add_string(event, "result", "unused");
	json_burn_result(event, 0);
}

/* Drives that --copies does not need have no part in the exit status. */
static void leave_drives_out(struct burn_command *c)
{
	char *why;

	while (c->copies && c->count > c->copies) {
		struct recorder *r = &c->recorders[c->count - 1];

		why = xasprintf("not used: only %u %s to be made", c->copies,
				c->copies == 1 ? "copy is" : "copies are");
		say("%s: %s.\n", tao_device_path(r->watch), why);
		record_unused(c->record, tao_device_path(r->watch), STATUS_OK, why);
		json_unused(r, why);
		free(why);
		close_drive(c, c->count - 1);
	}
}

static void free_result(const struct burn_command *c, struct recorder *r)
{
	if (r->unfinished != c->unfinished)
		unfinished_free(r->unfinished);
	free(r->message);
	free(r->lost);
	free(r->outcome);
	free(r->prefix);
}

static void close_writers(struct burn_command *c)
{
	for (unsigned int i = 0; i < c->count; i++) {
		tao_close(c->recorders[i].dev);
		c->recorders[i].dev = NULL;
	}
}

/* Drops those that can't be opened. */
static void open_writers(struct burn_command *c, int *exit_status)
{
	for (unsigned int i = 0; i < c->count && !atomic_load(&stop);) {
		struct recorder *r = &c->recorders[i];

		r->dev = open_writer(tao_device_path(r->watch), c->count == 1, exit_status);
		if (r->dev || atomic_load(&stop))
			i++;
		else
			drop_drive(c, i, *exit_status, latest_complaint());
	}
}

static bool all_discs_suit(struct burn_command *c)
{
	struct tao_medium medium;
	char *problem;
	int ignored;

	for (unsigned int i = 0; i < c->count; i++) {
		problem = disc_problem(c, &c->recorders[i], &medium, &ignored);
		free(problem);
		if (problem)
			return false;
	}
	return true;
}

/*
 * The drives are free while the user changes the discs: the tray can be loaded by a command. Until
 * they are open a disc that suited can be exchanged, while that of another drive is waited for.
 */
static int get_discs(struct burn_command *c)
{
	int exit_status;

	do {
		close_writers(c);
		exit_status = check_discs(c);
		open_writers(c, &exit_status);
	} while (!atomic_load(&stop) && !all_discs_suit(c));
	return exit_status;
}

static int get_next_discs(struct burn_command *c)
{
	int exit_status;

	for (unsigned int i = 0; i < c->count; i++) {
		struct recorder *r = &c->recorders[i];

		free_result(c, r);
		*r = (struct recorder){ .watch = r->watch };
	}
	series_step(c);
	number_discs(c);
	exit_status = get_discs(c);
	if (!c->count)
		return exit_status;
	/* burn_discs() says what that means */
	if (atomic_load(&stop))
		return STATUS_OK;
	exit_status = series_continue(c);
	if (exit_status)
		write_nothing(c, exit_status, latest_complaint());
	return exit_status;
}

/* The file system of the files does not answer: nothing that they need can be freed. */
static void leave_feed(struct burn_command *c, bool more)
{
	int exit_status;

	/* discs that were not begun */
	if (more)
		drive_ended(c, STATUS_CANCELLED);
	complain_besides("a file is still being read; its file system does not answer");
	exit_status = end_record(c);
	series_report(c);
	_exit(output_end(exit_status));
}

/* All results are told by then. @more: discs. */
static void end_feed(struct burn_command *c, struct feed *feed, const sigset_t *set, bool more)
{
	const struct timespec tick = { 0, 100 * 1000000L };
	int64_t until_ms = now_ms() + FEED_ENDS_MS;

	if (feed)
		feed_stop(feed);
	while (feed && !feed_has_ended(feed)) {
		if (sigtimedwait(set, NULL, &tick) > 0) {
			atomic_store(&stop, true);
			if (until_ms > now_ms() + FEED_ENDS_SOON_MS)
				until_ms = now_ms() + FEED_ENDS_SOON_MS;
		}
		if (now_ms() > until_ms)
			leave_feed(c, more);
	}
	feed_free(feed);
	pthread_sigmask(SIG_UNBLOCK, set, NULL);
}

/* One disc in each drive. Returns whether more can follow. */
static bool burn_discs(struct burn_command *c, const sigset_t *set)
{
	const char *nothing = nothing_written(c);
	int statuses[DRIVES_MAX];
	struct feed *feed;
	bool more;

	/* drives may have been dropped since */
	number_discs(c);
	if (atomic_load(&stop)) {
		complain(NAMED("cancelled") "%s", nothing);
		write_nothing(c, STATUS_CANCELLED, latest_complaint());
		return false;
	}
	if (!check_files(&c->album)) {
		complain_besides("%s", nothing);
		write_nothing(c, STATUS_INPUT, latest_complaint());
		return false;
	}
	feed = run_recorders(c, set);
	for (unsigned int i = 0; i < c->count; i++)
		statuses[i] = c->recorders[i].exit_status;
	more = count_discs(c, statuses) && series_goes_on(c);
	if (!more)
		end_record(c);
	papers_keep(c);
	report_all(c);
	end_feed(c, feed, set, more);
	return more;
}

static int burn_all(struct burn_command *c, const sigset_t *set)
{
	while (burn_discs(c, set) && !get_next_discs(c))
		;
	series_report(c);
	return end_record(c);
}

/* Whether the user wants what is to be done to the disc, if that is anything */
static bool is_agreed(const struct burn_command *c)
{
	if (!had_all_tracks(c))
		return confirm("Burn this?");
	if (c->options.close == TAO_CLOSE_NOTHING)
		return true;
	return confirm(c->options.close == TAO_CLOSE_SESSION ? "Close the session?" :
							       "Close the disc?");
}

static int burn(struct burn_command *c, const sigset_t *set)
{
	int exit_status, mode_status;

	exit_status = open_drives(c);
	/* a dry run shows what would be, also where there is no drive to do it */
	if (exit_status && !c->dry_run)
		return exit_status;
	leave_drives_out(c);
	number_discs(c);
	mode_status = series_begin(c);
	if (!mode_status)
		mode_status = choose_mode(c);
	if (mode_status) {
		write_nothing(c, mode_status, latest_complaint());
		return mode_status;
	}
	if (!exit_status)
		exit_status = check_discs(c);
	if (exit_status && !c->dry_run)
		return exit_status;
	/* nothing to plan */
	if (c->unfinished && c->unfinished->closed)
		return burn_all(c, set);
	mode_status = show_plan(c);
	if (mode_status)
		return write_nothing(c, mode_status, latest_complaint());
	if (c->dry_run)
		return c->count ? write_nothing(c, STATUS_OK, "dry run") : exit_status;
	if (atomic_load(&stop) || !is_agreed(c)) {
		complain(NAMED("not-agreed") "nothing was written");
		return write_nothing(c, STATUS_CANCELLED, latest_complaint());
	}
	return burn_all(c, set);
}

static void free_command(struct burn_command *c)
{
	for (unsigned int i = 0; i < c->count; i++) {
		tao_close(c->recorders[i].dev);
		tao_close(c->recorders[i].watch);
		free_result(c, &c->recorders[i]);
	}
	track_options_free(&c->tracks);
	for (int i = 0; i < c->argc; i++)
		free(c->argv[i]);
	free(c->argv);
	free(c->ended);
	free(c->unopened);
	free(c->discs.parts);
	disc_text_free(&c->text);
	if (c->tracks_count)
		c->album.tracks_count = c->tracks_count;
	album_free(&c->album);
}

static int open_papers(struct burn_command *c)
{
	int exit_status = papers_open(c, &stop);
	char *command;

	if (!exit_status || !c->unfinished || c->part)
		return exit_status;
	command = advise_without_papers(c);
	complain_besides("without it: `%s`", command);
	free(command);
	return exit_status;
}

/* --discs says that the list goes on, on discs that somebody else burns. */
static void take_up(struct burn_command *c)
{
	c->options.from = c->unfinished->next;
	c->part = c->spread;
	if (c->part)
		c->wait = false;
	c->spread = false;
}

static int burn_files(struct burn_command *c, int argc, char **argv, const sigset_t *set)
{
	int exit_status = open_papers(c);

	if (!exit_status)
		exit_status = load_album(c, argc, argv);
	return exit_status ? exit_status : burn(c, set);
}

/* Its steps look at the files again, but by then a disc may have been blanked for them. */
static int burn_step_by_step(struct burn_command *c, int argc, char **argv)
{
	int exit_status = argc ? load_album(c, argc, argv) : STATUS_OK;

	if (!exit_status && c->album.once) {
		complain(NAMED("needs-files") "--first-time needs files; what comes from a pipe %s",
			 "or standard input is gone once it is read");
		exit_status = STATUS_INPUT;
	}
	return exit_status ? exit_status : first_time(c, argv);
}

int burn_album(int argc, char **argv, struct unfinished *unfinished)
{
	static struct burn_command c = { .options.close = TAO_CLOSE_FINALIZE,
					 .buffer_bytes = BUFFER_MIB << 20 };
	int exit_status;
	sigset_t set;

	c.stop = &stop;
	c.unfinished = unfinished;
	/* getopt changes the order, strtok the list of ISRCs */
	c.argc = argc;
	c.argv = xcalloc(argc + 1, sizeof(*c.argv));
	for (int i = 0; i < argc; i++)
		c.argv[i] = xstrdup(argv[i]);
	catch_burn_signals(&set);
	exit_status = take_burn_options(&c, argc, argv);
	if (unfinished)
		take_up(&c);
	if (!exit_status)
		exit_status = c.first_time ?
				      burn_step_by_step(&c, argc - optind, argv + optind) :
				      burn_files(&c, argc - optind, argv + optind, &set);
	exit_status = papers_close(&c, RECORD_FILE_MS, exit_status);
	record_free(c.record);
	free_command(&c);
	return exit_status;
}

int cmd_burn(int argc, char **argv)
{
	return burn_album(argc, argv, NULL);
}
