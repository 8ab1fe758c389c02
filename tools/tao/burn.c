// SPDX-License-Identifier: GPL-2.0-only
/*
 * tao burn: its options, and from there to the drives that burn.
 */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "burn.h"
#include "common.h"
#include "cue.h"
#include "json.h"
#include "progress.h"

#define BUFFER_MIB 64
#define WAIT_INTERVAL_MS 1000

/* --- Options --- */

enum {
	OPTION_FROM = 2000,
	OPTION_ISRC,
	OPTION_MCN,
	OPTION_COPY,
	OPTION_PRE,
	OPTION_RAW,
	OPTION_NO_CHECK,
	OPTION_BUFFER,
	OPTION_NO_UNDERRUN,
};

static const struct option burn_options[] = { { "dry-run", no_argument, NULL, 'n' },
					      { "speed", required_argument, NULL, 's' },
					      { "test", no_argument, NULL, 't' },
					      { "no-finalize", no_argument, NULL, 'F' },
					      { "no-finalise", no_argument, NULL, 'F' },
					      { "multi-session", no_argument, NULL, 'm' },
					      { "verify", no_argument, NULL, 'v' },
					      { "eject", no_argument, NULL, 'e' },
					      { "join", no_argument, NULL, 'j' },
					      { "wait", no_argument, NULL, 'w' },
					      { "from", required_argument, NULL, OPTION_FROM },
					      { "isrc", required_argument, NULL, OPTION_ISRC },
					      { "mcn", required_argument, NULL, OPTION_MCN },
					      { "copy-permitted", no_argument, NULL, OPTION_COPY },
					      { "pre-emphasis", no_argument, NULL, OPTION_PRE },
					      { "raw", no_argument, NULL, OPTION_RAW },
					      { "no-check", no_argument, NULL, OPTION_NO_CHECK },
					      { "buffer", required_argument, NULL, OPTION_BUFFER },
					      { "no-underrun-protection", no_argument, NULL,
						OPTION_NO_UNDERRUN },
					      { 0 } };

static int add_isrcs(struct burn_command *c, char *list)
{
	char code[13], *word;

	for (word = strtok(list, ","); word; word = strtok(NULL, ",")) {
		if (!parse_isrc(word, code))
			return usage_error("burn",
					   "\"%s\" is no ISRC; it has 12 characters as in GBAYE0601498",
					   word);
		if (c->isrc_count == TAO_TRACKS_MAX)
			return usage_error("burn", "more than 99 ISRCs");
		c->isrc[c->isrc_count++] = xstrdup(code);
	}
	return STATUS_OK;
}

/* A whole number from 1 to @max. */
static int parse_count(const char *text, unsigned long max, unsigned long *value)
{
	char *end;

	errno = 0;
	*value = strtoul(text, &end, 10);
	return errno || end == text || *end || !*value || *value > max ? -1 : 0;
}

static int take_option(struct burn_command *c, int letter)
{
	struct burn_options *o = &c->options;
	unsigned long number;

	switch (letter) {
	case 'n':
		c->dry_run = true;
		break;
	case 's':
		if (parse_speed(optarg, &o->speed_kbps))
			return usage_error("burn",
					   "\"%s\" is no speed; give a number as in 8 or 8x, or max",
					   optarg);
		break;
	case 't':
		o->test = true;
		break;
	case 'F':
		o->close = TAO_CLOSE_NOTHING;
		break;
	case 'm':
		o->close = TAO_CLOSE_SESSION;
		break;
	case 'v':
		o->verify = true;
		break;
	case 'e':
		o->eject = true;
		break;
	case 'j':
		c->join = true;
		break;
	case 'w':
		c->wait = true;
		break;
	case OPTION_FROM:
		if (parse_count(optarg, TAO_TRACKS_MAX, &number))
			return usage_error("burn", "--from takes the number of a track");
		o->from = number - 1;
		break;
	case OPTION_ISRC:
		return add_isrcs(c, optarg);
	case OPTION_MCN:
		if (!parse_mcn(optarg, c->album.mcn))
			return usage_error("burn",
					   "\"%s\" has no 13 digits with a right check digit",
					   optarg);
		break;
	case OPTION_COPY:
		c->copy_permitted = true;
		break;
	case OPTION_PRE:
		c->pre_emphasis = true;
		break;
	case OPTION_RAW:
		c->album.raw = true;
		break;
	case OPTION_NO_CHECK:
		c->no_check = true;
		break;
	case OPTION_BUFFER:
		if (parse_count(optarg, 4096, &number))
			return usage_error("burn", "--buffer takes 1 to 4096 MiB");
		c->buffer_bytes = number << 20;
		break;
	case OPTION_NO_UNDERRUN:
		o->no_underrun_protection = true;
		break;
	}
	return STATUS_OK;
}

static int check_options(const struct burn_command *c, int arguments)
{
	if (!arguments)
		return usage_error("burn", "no files");
	if (c->options.test && c->options.verify)
		return usage_error("burn",
				   "--test leaves nothing on the disc that --verify could read");
	if (c->options.verify && c->options.close == TAO_CLOSE_NOTHING)
		return usage_error("burn", "--verify needs a closed session: no --no-finalize");
	return STATUS_OK;
}

/* --- Album --- */

static void show_check(const struct audio_file *file, size_t n, size_t count)
{
	static size_t last;

	if (options.quiet || options.json || !isatty(STDOUT_FILENO))
		return;
	if (file && file->packed)
		printf("\r\033[KChecking %zu/%zu  %.60s", n, count, file->path);
	else if (!file && last)
		printf("\r\033[K");
	last = n;
	fflush(stdout);
}

/* The options that are about tracks. */
static int apply_track_options(struct burn_command *c)
{
	struct album *album = &c->album;

	if (c->isrc_count > album->tracks_count)
		return usage_error("burn", "%u ISRCs for %zu tracks", c->isrc_count,
				   album->tracks_count);
	if (c->options.from >= album->tracks_count)
		return usage_error("burn", "--from %zu: there are only %zu tracks",
				   c->options.from + 1, album->tracks_count);
	for (size_t i = 0; i < album->tracks_count; i++) {
		if (i < c->isrc_count)
			strcpy(album->tracks[i].isrc, c->isrc[i]);
		album->tracks[i].copy_permitted |= c->copy_permitted;
		album->tracks[i].pre_emphasis |= c->pre_emphasis;
	}
	return STATUS_OK;
}

static int load_album(struct burn_command *c, int argc, char **argv)
{
	static const atomic_bool never;
	struct album *album = &c->album;

	for (int i = 0; i < argc; i++)
		album_add(album, argv[i]);
	if (!album->problems && !c->no_check) {
		album_check(album, &never, show_check);
		show_check(NULL, 1, 1);
	}
	if (!album->problems && c->options.verify && album_has_stream(album)) {
		complain("--verify needs files; standard input is gone once it is burned");
		album->problems++;
	}
	if (album->problems) {
		complain("nothing was written");
		return STATUS_INPUT;
	}
	if (c->join)
		album_join(album);
	if (album->tracks_count - c->options.from > TAO_TRACKS_MAX) {
		complain("%zu tracks are too many; a disc takes 99", album->tracks_count);
		return STATUS_INPUT;
	}
	return apply_track_options(c);
}

/* --- Drives --- */

static bool add_drive(struct burn_command *c, const char *path, int *exit_status)
{
	struct recorder *r = &c->recorders[c->count];

	r->watch = open_path(path, TAO_OPEN_READ, exit_status);
	if (!r->watch)
		return false;
	/* a dry run disturbs nobody */
	r->dev = c->dry_run ? NULL :
			      open_path(tao_device_path(r->watch), TAO_OPEN_WRITE, exit_status);
	if (!r->dev && !c->dry_run) {
		tao_close(r->watch);
		return false;
	}
	c->count++;
	return true;
}

/*
 * All that can be opened; a drive that can't is no reason not to burn in the others, if
 * there are any.
 */
static int open_drives(struct burn_command *c)
{
	int exit_status = STATUS_NO_DRIVE;
	struct tao_list *list = NULL;

	if (options.all && !tao_list_drives(&list) && tao_list_count(list)) {
		for (size_t i = 0; i < tao_list_count(list) && i < DRIVES_MAX; i++)
			c->failed_to_open += !add_drive(c, tao_list_path(list, i), &exit_status);
	} else if (options.devices_count) {
		for (unsigned int i = 0; i < options.devices_count; i++)
			c->failed_to_open += !add_drive(c, options.devices[i], &exit_status);
	} else {
		c->failed_to_open += !add_drive(c, NULL, &exit_status);
	}
	tao_list_free(list);
	return c->count ? STATUS_OK : exit_status;
}

/* Why the disc can't take the album, with the exit status; NULL if it can. To be freed. */
static char *disc_problem(const struct burn_command *c, struct recorder *r,
			  struct tao_medium *medium, int *exit_status)
{
	uint32_t sectors = sectors_needed(&c->album, c->options.from);
	size_t tracks = c->album.tracks_count - c->options.from;
	char *problem, *why;

	*exit_status = STATUS_DISC;
	if (get_medium(r->watch, medium))
		return xstrdup(tao_last_error());
	why = why_in_use(r->watch, medium);
	if (why) {
		*exit_status = STATUS_NO_DRIVE;
		problem = xasprintf("%s: %s", tao_device_path(r->watch), why);
		free(why);
		return problem;
	}
	problem = medium_problem(medium, tao_device_path(r->watch),
				 sectors == TAO_UNKNOWN ? 0 : sectors);
	if (!problem && medium->tracks + tracks > TAO_TRACKS_MAX)
		return xasprintf("%zu tracks are too many for the disc in %s, which has %u of 99.",
				 tracks, tao_device_path(r->watch), medium->tracks);
	return problem;
}

/*
 * Until there is a disc that the album fits on. What is wrong with the one that is in is
 * said once.
 */
static void wait_for_disc(const struct burn_command *c, struct recorder *r)
{
	char *problem, *last = NULL;
	struct tao_medium medium;
	int ignored;

	while ((problem = disc_problem(c, r, &medium, &ignored)) ||
	       !(medium.flags & TAO_MEDIUM_WRITABLE)) {
		if (problem && (!last || strcmp(problem, last))) {
			say("%s Waiting for that (Ctrl-C ends it).\n", problem);
			fflush(NULL);	/* it is read now or never, in a file too */
		}
		free(last);
		last = problem;
		pause_ms(WAIT_INTERVAL_MS);
	}
	free(last);
}

static void drop_drive(struct burn_command *c, unsigned int i)
{
	tao_close(c->recorders[i].dev);
	tao_close(c->recorders[i].watch);
	c->count--;
	memmove(&c->recorders[i], &c->recorders[i + 1], (c->count - i) * sizeof(c->recorders[0]));
	c->failed_to_open++;
}

static void json_failure(struct recorder *r, int exit_status, const char *message)
{
	struct json_object *event;

	if (!options.json)
		return;
	event = json_event("result", tao_device_path(r->watch));
	json_add_string(event, "command", "burn");
	json_add_string(event, "result", exit_status == STATUS_CANCELLED ? "cancelled" : "failed");
	json_add_number(event, "exit_status", exit_status);
	json_add_string(event, "message", message);
	json_add_number(event, "tracks_done", 0);
	json_print(event);
}

/* Drives whose disc doesn't suit are left out. */
static int check_discs(struct burn_command *c)
{
	int exit_status = STATUS_OK;
	struct tao_medium medium;
	char *problem;

	for (unsigned int i = 0; i < c->count;) {
		if (c->wait && !c->dry_run)
			wait_for_disc(c, &c->recorders[i]);
		problem = disc_problem(c, &c->recorders[i], &medium, &exit_status);
		if (!problem) {
			i++;
			continue;
		}
		complain("%s", problem);
		json_failure(&c->recorders[i], exit_status, problem);
		free(problem);
		drop_drive(c, i);
	}
	return c->count ? STATUS_OK : exit_status;
}

/* --- Burn --- */

static void wake_up(int number)
{
	(void)number;
}

/* SIGUSR1 gets a thread out of a read; the others are for the main thread alone. */
static void block_signals(sigset_t *set)
{
	struct sigaction action = { .sa_handler = wake_up };

	sigaction(SIGUSR1, &action, NULL);
	sigemptyset(set);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGHUP);
	pthread_sigmask(SIG_BLOCK, set, NULL);
}

/* First Ctrl-C: cancel. Second: leave; what was begun is ended without us. */
static void cancel_all(struct burn_command *c, struct progress *progress, atomic_bool *stop)
{
	struct tao_status status;

	if (atomic_exchange(stop, true)) {
		complain("leaving; the drives end what they have begun (see `tao status`)");
		_exit(STATUS_CANCELLED);
	}
	progress_say(progress, "Cancelling: the track ends with what has arrived; "
			       "Ctrl-C again does not wait for it.\n");
	for (unsigned int i = 0; i < c->count; i++) {
		if (!tao_get_status(c->recorders[i].watch, &status) &&
		    status.action == TAO_ACTION_CLOSING_SESSION)
			progress_say(progress,
				     "%s: a session that is being closed can't be stopped.\n",
				     tao_device_path(c->recorders[i].watch));
		recorder_cancel(&c->recorders[i]);
	}
}

static void wait_for_recorders(struct burn_command *c, struct progress *progress,
			       const sigset_t *signals, atomic_bool *stop, atomic_uint *running)
{
	const struct timespec tick = { 0, 100 * 1000000L };

	while (atomic_load(running))
		if (sigtimedwait(signals, NULL, &tick) > 0)
			cancel_all(c, progress, stop);
	for (unsigned int i = 0; i < c->count; i++)
		recorder_join(&c->recorders[i]);
}

static bool needs_feed(const struct burn_command *c)
{
	for (size_t i = c->options.from; i < c->album.tracks_count; i++)
		if (!track_is_direct(&c->album.tracks[i], c->count))
			return true;
	return false;
}

static void run_recorders(struct burn_command *c)
{
	struct tao_device *watches[DRIVES_MAX];
	atomic_uint running = c->count;
	struct progress *progress;
	struct feed *feed = NULL;
	atomic_bool stop = false;
	sigset_t signals;

	block_signals(&signals);
	for (unsigned int i = 0; i < c->count; i++)
		watches[i] = c->recorders[i].watch;
	if (needs_feed(c))
		feed = feed_start(&c->album, c->options.from, c->count, c->buffer_bytes);
	progress = progress_start(watches, c->count);
	for (unsigned int i = 0; i < c->count; i++) {
		struct recorder *r = &c->recorders[i];

		r->options = &c->options;
		r->album = &c->album;
		r->feed = feed;
		r->progress = progress;
		r->index = i;
		r->count = c->count;
		r->stop = &stop;
		r->running = &running;
		recorder_start(r);
	}
	wait_for_recorders(c, progress, &signals, &stop, &running);
	progress_stop(progress);
	if (feed && feed_clipped(feed))
		say("%llu samples were too loud for a CD after conversion and were cut.\n",
		    (unsigned long long)feed_clipped(feed));
	feed_free(feed);
	pthread_sigmask(SIG_UNBLOCK, &signals, NULL);
}

static int burn(struct burn_command *c, int argc, char **argv)
{
	int exit_status;

	exit_status = open_drives(c);
	if (!exit_status)
		exit_status = check_discs(c);
	/* a dry run shows what would be, also where there is no drive to do it */
	if (exit_status && !c->dry_run)
		return exit_status;
	say_plan(c);
	if (options.json)
		json_plan(c);
	if (c->dry_run)
		return exit_status;
	if (!confirm("Burn this?")) {
		complain("nothing was written");
		return STATUS_CANCELLED;
	}
	run_recorders(c);
	return report_all(c, argc, argv);
}

int cmd_burn(int argc, char **argv)
{
	static struct burn_command c = { .options.close = TAO_CLOSE_FINALIZE,
					 .buffer_bytes = BUFFER_MIB << 20 };
	char **typed = xcalloc(argc + 1, sizeof(*typed));
	int letter, exit_status = STATUS_OK;

	/* getopt changes the order, strtok the list of ISRCs */
	for (int i = 0; i < argc; i++)
		typed[i] = xstrdup(argv[i]);
	while (!exit_status && (letter = next_option(argc, argv, "ns:tFmvejw", burn_options)) != -1)
		exit_status = take_option(&c, letter);
	if (!exit_status)
		exit_status = check_options(&c, argc - optind);
	if (!exit_status)
		exit_status = load_album(&c, argc - optind, argv + optind);
	if (!exit_status)
		exit_status = burn(&c, argc, typed);

	for (unsigned int i = 0; i < c.count; i++) {
		tao_close(c.recorders[i].dev);
		tao_close(c.recorders[i].watch);
		free(c.recorders[i].message);
	}
	for (unsigned int i = 0; i < c.isrc_count; i++)
		free(c.isrc[i]);
	for (int i = 0; i < argc; i++)
		free(typed[i]);
	free(typed);
	album_free(&c.album);
	return exit_status;
}
