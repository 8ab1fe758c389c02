// SPDX-License-Identifier: GPL-2.0-only
/*
 * tao burn --first-time: steps, each of which risks more than the one before it. Blanking and both
 * burns are this program again, as the user would run it: however they end, the report is written.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "common.h"
#include "first_report.h"
#include "first_time.h"
#include "json.h"
#include "program.h"
#include "report.h"
#include "tones.h"
#include "unfinished.h"

#define LOOK_MS 50 /* for a disc, and for signals */
#define RELOAD_MS 60000 /* for a tray that the user pushes in, and a disc to spin up */
/* The run-out and the pregap: drives count them once the write parameters are set, or not. */
#define CAPACITY_DIFFERS 152

struct first_time {
	const struct burn_command *c;
	char **files;
	atomic_bool *stop;
	struct tao_device *dev;
	struct tao_drive drive;
	struct tao_medium medium;
	struct tao_medium blank; /* as it was in step 2 */
	struct tao_statistics before;
	int64_t began_ms;
	const char *step;
	bool was_tested; /* and not loaded anew since */
	struct first_report report;
	char *tones[TONES];
};

/* --- Programs --------------------------------------------------------------------------------- */

/* With --json the objects are about the steps. */
static int run(struct first_time *f, const char **argv)
{
	return run_tao(argv, options.json, f->stop);
}

/* Returns the exit status. */
static int ended(const struct first_time *f, int exit_status)
{
	if (!is_good_status(exit_status))
		complain(NAMED("step-failed")
			 "stopped in the step \"%s\": %s", f->step, result_name(exit_status));
	return exit_status;
}

/* The disc comes out when all has been said about it. */
static bool drop(int letter)
{
	return letter == 'd' || letter == 'q' || letter == 'y' || letter == 'v' || letter == 'e' ||
	       letter == OPTION_JSON || letter == OPTION_FIRST_TIME;
}

static bool drop_for_test(int letter)
{
	return drop(letter) || letter == OPTION_READ_OFFSET || letter == OPTION_REPORT;
}

/* @how: --test, --verify, or --dry-run */
static int run_burn(struct first_time *f, const char *how)
{
	bool verify = !strcmp(how, "--verify");
	char **words = retype_words(f->c->argc, f->c->argv, BURN_LETTERS, burn_options,
				    verify ? drop : drop_for_test, NULL);
	const char *first[9] = { "tao", "burn", options.quiet ? "-yq" : "-y", how,
				"-d", tao_device_path(f->dev),
				"--step-log", f->report.log, *f->files ? "-y" : "--raw" };
	size_t count = sizeof(first) / sizeof(*first), n = 0;
	const char **argv;
	int exit_status;

	while (words[n])
		n++;
	argv = xcalloc(count + n + TONES + 1, sizeof(*argv));
	memcpy(argv, first, sizeof(first));
	memcpy(argv + count, words, n * sizeof(*words));
	if (!*f->files)
		memcpy(argv + count + n, f->tones, sizeof(f->tones));
	exit_status = run(f, argv);
	free(argv);
	free_words(words);
	return exit_status;
}

/* --- Audio ------------------------------------------------------------------------------------ */

static int make_tones(struct first_time *f)
{
	for (int i = 0; i < TONES; i++) {
		f->tones[i] = xasprintf("%s/Rising tone %d.raw", f->report.folder, i + 1);
		if (write_tone(f->tones[i], i))
			continue;
		complain(NAMED("no-temporary-space")
			 "%s: %s; nothing was written", f->tones[i], strerror(errno));
		return STATUS_INPUT;
	}
	return STATUS_OK;
}

/* --- Steps ------------------------------------------------------------------------------------ */

/* Takes over @text. */
static void tell(struct first_time *f, unsigned int number, char *text)
{
	say("Step %u of 5, %s: %s\n", number, f->step, text);
	first_report_note(&f->report, "Step %u, %s: %s", number, f->step, text);
	free(text);
}

static int agree(const char *question)
{
	if (confirm(question))
		return STATUS_OK;
	complain(NAMED("not-agreed") "nothing was burned");
	return STATUS_CANCELLED;
}

/* For what can't be undone, a missing terminal does not agree. */
static int agree_aloud(const char *question)
{
	if (options.yes || isatty(STDIN_FILENO))
		return agree(question);
	complain(NAMED("no-terminal")
		 "there is no terminal to ask on: \"%s\" --yes agrees", question);
	return STATUS_CANCELLED;
}

static const char *has(const struct tao_drive *drive, uint32_t flag)
{
	return drive->flags & flag ? "with" : "without";
}

static int query(struct first_time *f)
{
	const struct tao_drive *d = &f->drive;
	int exit_status;
	char *text = drive_report(f->dev, &exit_status);

	if (!text)
		return exit_status;
	first_report_begin(&f->report, text);
	free(text);
	exit_status = complain_of_lost_answer(f->dev);
	if (exit_status)
		return exit_status;
	tell(f, 1, xasprintf("%s %s %s; %s test write, %s session-at-once, %s underrun protection.",
			     d->vendor, d->product, d->revision,
			     has(d, TAO_DRIVE_TEST_WRITE), has(d, TAO_DRIVE_SESSION_AT_ONCE),
			     has(d, TAO_DRIVE_UNDERRUN_FREE)));
	return STATUS_OK;
}

static int cancelled(void)
{
	complain(NAMED("cancelled") "cancelled");
	return STATUS_CANCELLED;
}

/* As the burn will choose on a blank disc. */
static enum album_mode mode_of(const struct first_time *f)
{
	bool able = f->drive.flags & TAO_DRIVE_UNDERRUN_FREE &&
		    (f->drive.flags & TAO_DRIVE_SESSION_AT_ONCE || f->c->mode != MODE_AUTO);

	return able && f->c->mode != MODE_WANT_TRACK ? MODE_SESSION : MODE_TRACK;
}

/* Of a disc with tracks the end of these may be all that the drive reports: 0. */
static uint32_t room_of(const struct tao_medium *medium)
{
	if (medium->lead_out_lba > 0)
		return medium->lead_out_lba;
	return medium->status == TAO_DISC_BLANK && medium->total_sectors != TAO_UNKNOWN ?
		       medium->total_sectors : 0;
}

static uint32_t sectors_of(const struct first_time *f)
{
	const struct album *album = &f->c->album;
	size_t from = f->c->options.from;

	if (!album->tracks_count || album_needs_tracks(album, from))
		return 0;
	return album_part_sectors(album, mode_of(f), from, album->tracks_count - from, f->c->gap);
}

/* Before a disc is blanked for it. */
static int check_length(struct first_time *f)
{
	uint32_t sectors = sectors_of(f), room = room_of(&f->medium);
	char needed[TIME_SIZE], there[TIME_SIZE];

	if (!room || sectors <= room)
		return STATUS_OK;
	complain(NAMED("no-room")
		 "%s min are needed, and the disc in %s has %s; nothing was burned",
		 format_time(sectors, needed), tao_device_path(f->dev), format_time(room, there));
	return STATUS_DISC;
}

static int blank(struct first_time *f)
{
	const char *argv[7] = { "tao", "blank", "-y", "-d", tao_device_path(f->dev),
				options.quiet ? "-q" : NULL };
	char *question = blank_question(&f->medium);
	int exit_status = agree_aloud(question);

	free(question);
	if (!exit_status)
		exit_status = check_same_disc(f->dev, NULL, &f->medium);
	if (!exit_status)
		exit_status = ended(f, run(f, argv));
	return exit_status;
}

/* Why the steps after this one do not suit the disc; to be freed. */
static int get_disc(struct first_time *f, char **problem)
{
	const char *path = tao_device_path(f->dev);
	int error = await_medium(f->dev, &f->medium, f->stop);

	*problem = NULL;
	if (atomic_load(f->stop))
		return cancelled();
	if (error)
		return report_failure(f->dev, error);
	*problem = why_not_ready(f->dev, &f->medium);
	if (*problem)
		return STATUS_NO_DRIVE;
	*problem = medium_problem(&f->medium, path, 0);
	if (!*problem && f->medium.status != TAO_DISC_BLANK)
		*problem = xasprintf(NAMED("disc-not-blank")
				     "The disc in %s has tracks. Insert a CD-RW, or a blank CD-R.",
				     path);
	return *problem ? STATUS_DISC : STATUS_OK;
}

static int prepare_disc(struct first_time *f)
{
	char *problem, *disc, time[TIME_SIZE];
	int exit_status = get_disc(f, &problem);

	if (exit_status == STATUS_DISC && f->medium.type == TAO_MEDIUM_CD_RW) {
		free(problem);
		exit_status = check_length(f);
		if (!exit_status)
			exit_status = blank(f);
		if (exit_status)
			return exit_status;
		exit_status = get_disc(f, &problem);
	}
	if (problem)
		complain("%s", problem);
	free(problem);
	if (!exit_status)
		exit_status = check_length(f);
	if (exit_status)
		return exit_status;
	f->blank = f->medium;
	disc = describe_medium(&f->medium);
	tell(f, 2, xasprintf("%s, %s min.", disc, format_time(f->medium.total_sectors, time)));
	free(disc);
	return *f->files ? STATUS_OK : make_tones(f);
}

static int test_write(struct first_time *f)
{
	int exit_status;

	if (f->drive.flags & TAO_DRIVE_TEST_WRITE) {
		tell(f, 3, xstrdup("the laser stays off, and the disc as it is."));
		f->was_tested = true;
		return ended(f, run_burn(f, "--test"));
	}
	tell(f, 3, xstrdup("left out, for the drive has none. This is the plan:"));
	exit_status = ended(f, run_burn(f, "--dry-run"));
	return exit_status ? exit_status : agree_aloud("Go on without a test write?");
}

static void await_disc(struct first_time *f)
{
	int64_t began = now_ms();

	while (!atomic_load(f->stop) && now_ms() - began < RELOAD_MS) {
		if (!get_medium(f->dev, &f->medium) && f->medium.type != TAO_MEDIUM_NONE &&
		    !(f->medium.flags & TAO_MEDIUM_STALE))
			return;
		pause_ms(LOOK_MS);
	}
}

/* Some drives show the test as if it were on the disc, until that is loaded anew. */
static void load_anew(struct first_time *f)
{
	const char *out[6] = { "tao", "eject", "-q", "-d", tao_device_path(f->dev) };
	const char *in[6] = { "tao", "load", "-q", "-d", tao_device_path(f->dev) };

	f->was_tested = false;
	say("The drive goes on showing the test write: the disc is loaded anew.\n");
	if (run(f, out))
		return;
	if (run(f, in))
		say("Push the tray in.\n");
	await_disc(f);
}

static bool is_same_size(const struct tao_medium *a, const struct tao_medium *b)
{
	int64_t differs = (int64_t)a->total_sectors - b->total_sectors;

	if (a->lead_out_lba > 0 && b->lead_out_lba > 0)
		return a->lead_out_lba == b->lead_out_lba;
	return differs >= -CAPACITY_DIFFERS && differs <= CAPACITY_DIFFERS;
}

static bool is_same_blank(struct first_time *f)
{
	return !await_medium(f->dev, &f->medium, f->stop) &&
	       f->medium.status == TAO_DISC_BLANK && f->medium.type == f->blank.type &&
	       is_same_size(&f->medium, &f->blank);
}

/* A test was there since the disc was looked at, or a question and the hands of the user. */
static int look_again(struct first_time *f)
{
	char *info;

	if (is_same_blank(f))
		return STATUS_OK;
	if (f->was_tested && f->medium.type == f->blank.type && !atomic_load(f->stop)) {
		load_anew(f);
		if (is_same_blank(f))
			return STATUS_OK;
	}
	if (atomic_load(f->stop))
		return cancelled();
	info = drive_command("tao info", tao_device_path(f->dev));
	complain(NAMED("disc-changed")
		 "the disc in %s does not look like that of step 2 any more; %s: %s %s",
		 tao_device_path(f->dev),
		 "nothing was burned. Take it out, and put it in again", info,
		 "tells whether it is blank");
	free(info);
	return STATUS_DISC;
}

static int agree_to_burn(struct first_time *f)
{
	int exit_status = look_again(f);

	if (exit_status)
		return exit_status;
	if (f->medium.type == TAO_MEDIUM_CD_RW)
		exit_status = agree("Burn this CD-RW?");
	else
		exit_status = agree_aloud("Burn this CD-R? It can't be blanked afterwards.");
	return exit_status ? exit_status : look_again(f);
}

static int burn(struct first_time *f)
{
	int exit_status = agree_to_burn(f);

	if (exit_status)
		return exit_status;
	tell(f, 4, xstrdup("with the laser on; then the disc is read back."));
	exit_status = run_burn(f, "--verify");
	/* The disc may look blank and take nothing. */
	if (exit_status == STATUS_DISC && f->was_tested && is_same_blank(f)) {
		load_anew(f);
		exit_status = look_again(f);
		if (!exit_status)
			exit_status = run_burn(f, "--verify");
	}
	return ended(f, exit_status);
}

static void json_step(const struct first_time *f, int exit_status)
{
	struct json_object *event;

	if (!options.json)
		return;
	event = json_event("step", tao_device_path(f->dev));
	json_add_string(event, "step", f->step);
	json_add_number(event, "exit_status", exit_status);
	json_print(event);
}

static const struct {
	const char *name;
	int (*run)(struct first_time *f);
} steps[] = {
	{ "queries", query },
	{ "disc", prepare_disc },
	{ "test write", test_write },
	{ "burn", burn },
};

static int run_steps(struct first_time *f)
{
	int exit_status = STATUS_OK;

	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
		f->step = steps[i].name;
		exit_status = atomic_load(f->stop) ? cancelled() : steps[i].run(f);
		json_step(f, exit_status);
		if (!is_good_status(exit_status))
			break;
	}
	return exit_status;
}

/* --- The end ---------------------------------------------------------------------------------- */

static const char counters[] =
	"Counters: tracks %llu, failed %llu, WRITEs %llu, sectors %llu, buffer full %llu";

static unsigned long long more(uint64_t now, uint64_t before)
{
	return now - before;
}

static void add_statistics(struct first_time *f)
{
	const struct tao_statistics *b = &f->before;
	struct tao_statistics s;
	struct tao_error error;

	if (!tao_get_statistics(f->dev, &s))
		first_report_note(&f->report, counters, more(s.tracks, b->tracks),
				  more(s.tracks_failed, b->tracks_failed),
				  more(s.writes, b->writes), more(s.sectors, b->sectors),
				  more(s.buffer_full, b->buffer_full));
	if (!tao_get_error(f->dev, TAO_ERROR_LATEST, &error) && error.flags & TAO_ERROR_VALID &&
	    error.age_ms <= now_ms() - f->began_ms)
		first_report_note(&f->report, "Latest error: %s",
				  error.text[0] ? error.text : strerror(error.error));
}

static const char please[] = "please send it in: see \"Reports\" in CONTRIBUTING.md";

/* All of them, or none, are in the record of a burn. */
static void remove_tones(struct first_time *f)
{
	bool needed = f->tones[0] && unfinished_needs(f->tones[0]);
	char *resume;

	for (int i = 0; i < TONES; i++) {
		if (f->tones[i] && !needed)
			unlink(f->tones[i]);
		free(f->tones[i]);
	}
	if (!needed)
		return;
	resume = drive_command("tao resume", tao_device_path(f->dev));
	complain_besides("the tones are kept in %s, for %s", f->report.folder, resume);
	free(resume);
}

static char *disc_now(struct first_time *f)
{
	bool stale = await_medium(f->dev, &f->medium, NULL) || f->medium.flags & TAO_MEDIUM_STALE;
	char *info, *text;

	if (!stale)
		return describe_medium(&f->medium);
	info = drive_command("tao info", tao_device_path(f->dev));
	text = xasprintf("not known, for the drive is busy; %s tells it later", info);
	free(info);
	return text;
}

/* The disc as it is now, and where the report is. */
static void say_end(struct first_time *f, int exit_status, const char *disc)
{
	if (first_report_failed(&f->report))
		complain(NAMED("record-failed")
			 "%s: the report could not be written; the disc in %s is now: %s",
			 f->report.path, tao_device_path(f->dev), disc);
	else if (is_good_status(exit_status))
		say("Step 5 of 5, report: the disc is now: %s. The report is %s; %s.\n", disc,
		    f->report.path, please);
	else
		complain_besides("the disc in %s is now: %s. The report is %s; %s",
				 tao_device_path(f->dev), disc, f->report.path, please);
}

static int end(struct first_time *f, int exit_status)
{
	char *disc = disc_now(f);

	first_report_add_log(&f->report);
	add_statistics(f);
	first_report_note(&f->report, "Result: %s (exit status %d), %s. The disc is now: %s",
			  result_name(exit_status), exit_status, f->step, disc);
	say_end(f, exit_status, disc);
	free(disc);
	if (first_report_failed(&f->report) && !exit_status)
		exit_status = STATUS_FAILED;
	return exit_status;
}

/* As --eject does: what was burned stays good if it does not come out. */
static int eject(struct first_time *f, int exit_status)
{
	const char *argv[6] = { "tao", "eject", "-q", "-d", tao_device_path(f->dev) };

	if (exit_status || !f->c->options.eject)
		return exit_status;
	if (!run(f, argv))
		return STATUS_OK;
	complain(NAMED("tray-refused") "the disc was not ejected");
	return STATUS_NOT_EJECTED;
}

static void json_end(const struct first_time *f, int exit_status, bool reported)
{
	struct json_object *event;

	if (!options.json)
		return;
	event = json_result_event(tao_device_path(f->dev), "burn", exit_status,
				  exit_status && latest_complaint() ? latest_complaint() :
				  result_name(exit_status));
	json_add_string(event, "report", reported && !first_report_failed(&f->report) ?
					 f->report.path : NULL);
	json_print(event);
}

static int take_steps(struct first_time *f)
{
	int exit_status = first_report_open(&f->report, &f->drive);
	bool reported;

	if (exit_status)
		return exit_status;
	exit_status = run_steps(f);
	reported = first_report_has_begun(&f->report);
	if (reported)
		exit_status = eject(f, end(f, exit_status));
	json_end(f, exit_status, reported);
	remove_tones(f);
	first_report_close(&f->report);
	return exit_status;
}

int first_time(const struct burn_command *c, char **files)
{
	struct first_time f = { .c = c, .files = files, .stop = c->stop, .began_ms = now_ms() };
	int exit_status = STATUS_OK;

	if (!*files && c->options.from >= TONES)
		return usage_error("burn", "without files --first-time burns only two tracks");
	f.dev = open_drive(NULL, TAO_OPEN_READ, &exit_status);
	if (!f.dev)
		return exit_status;
	tao_get_statistics(f.dev, &f.before);
	exit_status = tao_get_drive(f.dev, &f.drive) ? report_failure(f.dev, -EIO) :
						       take_steps(&f);
	tao_close(f.dev);
	return exit_status;
}
