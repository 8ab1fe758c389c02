// SPDX-License-Identifier: GPL-2.0-only
/*
 * tao verify.
 */
#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include "common.h"
#include "compare.h"
#include "disc_text.h"
#include "json.h"
#include "mode.h"
#include "normalize.h"
#include "progress.h"
#include "structure.h"
#include "track_options.h"

/* Bit of the control field of a track */
#define DATA 4

struct verify_command {
	struct album album;
	struct track_options tracks;
	unsigned int first; /* track of the disc; 0: all are compared */
	bool join;
	bool no_check;
	uint64_t gap;
	struct offset read_offset;
};

static atomic_bool stop;

static void stop_verify(int number)
{
	(void)number;
	atomic_store(&stop, true);
}

static void tell(void *data, const struct compared *c)
{
	const struct compare_job *job = data;
	char *name = compared_name(job->album, c);

	if (c->number)
		progress_say(job->progress, "Track %2u  %s: %s\n", c->number, name, c->text);
	else
		progress_say(job->progress, "%s: %s\n", name, c->text);
	if (options.json && c->number) {
		struct json_object *event = json_event("verify", tao_device_path(job->dev));

		json_add_number(event, "track", c->number);
		json_add_string(event, "title", name);
		json_add_string(event, "message", c->text);
		json_object_object_add(event, "verify",
				       c->ret < 0 ? NULL : json_verify(&c->verify));
		json_print(event);
	} else if (options.quiet && c->exit_status) {
		complain("track %u: %s", c->number, c->text);
	}
	free(name);
}

static char *other_count(unsigned int disc_tracks, size_t files)
{
	return xasprintf(NAMED("differs")
			 "Nothing differs, but the disc has %u tracks instead of %zu; "
			 "--track compares a part of it.", disc_tracks, files);
}

/* The tracks are identical; @message: what is not, or can't be told. */
static char *describe_rest(const struct compare_job *job)
{
	if (job->exit_status == STATUS_UNDECIDED)
		return xasprintf(NAMED("undecided") "The %s identical; the rest can't be told: %s",
				 job->hidden ? "tracks are" : "audio is", job->message);
	if (job->hidden)
		return xasprintf(NAMED("differs")
				 "The tracks are identical, but what is before them is not: %s.",
				 job->message);
	return xasprintf(NAMED("differs")
			 "The audio is identical, but the rest is not: %s.", job->message);
}

/* The disc does not show whether it was burned with --no-cd-text: that is not a difference. */
static char *describe_good(const struct structure *structure, bool some)
{
	return xasprintf("%s what the files are, sample by sample%s.",
			 some ? "The tracks are" : "The disc is",
			 structure->no_text ? "; it has no CD-TEXT" : "");
}

/* @some: only part of the disc; else @disc_tracks is the number of its tracks */
static char *describe_all(const struct compare_job *job, const struct structure *structure,
			  bool some, unsigned int disc_tracks)
{
	switch (job->exit_status) {
	case STATUS_OK:
		return describe_good(structure, some);
	case STATUS_DIFFERS:
		if (job->tracks == job->album->tracks_count && job->message)
			return describe_rest(job);
		if (job->tracks == job->album->tracks_count)
			return other_count(disc_tracks, job->tracks);
		return xstrdup(NAMED("differs") "The disc is not what the files are.");
	case STATUS_UNDECIDED:
		if (job->tracks == job->album->tracks_count)
			return describe_rest(job);
		return xstrdup(NAMED("undecided")
			       "Nothing differs, but whether all is there can't be told.");
	case STATUS_CANCELLED:
		return xasprintf(NAMED("cancelled")
				 "Cancelled: %zu of %zu tracks were compared, and are identical.",
				 job->tracks, job->album->tracks_count);
	default:
		return xasprintf("The comparison failed: %s",
				 job->message ? job->message :
				 NAMED("undecided") "a track was not compared");
	}
}

static void say_result(const struct compare_job *job, const struct structure *structure, bool some,
		       unsigned int disc_tracks)
{
	char *text = describe_all(job, structure, some, disc_tracks);
	char *offsets = describe_offsets(job);

	if (options.json)
		json_print(json_offsets(job));
	json_result(tao_device_path(job->dev), "verify", job->exit_status, text);
	if (offsets)
		say("%s\n", offsets);
	say("%s\n", text);
	free(offsets);
	free(text);
}

/*
 * Number of audio tracks: if the disc has more than the files, it is another one. Data don't
 * count.
 */
static unsigned int count_tracks(struct tao_device *dev)
{
	unsigned int count = 0;
	struct tao_toc toc;

	if (tao_get_toc(dev, &toc))
		return 0;
	for (uint32_t i = 0; i < toc.entries_count && i < TAO_TOC_ENTRIES_MAX; i++)
		count += toc.entries[i].number <= TAO_TRACKS_MAX &&
			 !(toc.entries[i].control & DATA);
	return count;
}

static unsigned int first_number(struct tao_device *dev)
{
	struct tao_toc toc;

	return !tao_get_toc(dev, &toc) && toc.entries_count ? toc.entries[0].number : 1;
}

/*
 * How the disc was burned, as its tracks lie: only its first session can be one at once. Returns
 * how many tracks that has.
 */
static size_t lay_out(struct tao_device *dev, struct album *album, unsigned int first, uint64_t gap)
{
	size_t tracks = 0;
	struct tao_toc toc;

	if (!first && !album_needs_tracks(album, 0) && !tao_get_toc(dev, &toc))
		tracks = album_session_tracks(album, gap, &toc);
	if (tracks)
		album_lay_out_sessions(album, tracks, gap);
	else
		album_lay_out(album, MODE_TRACK, 0, gap);
	return tracks;
}

/*
 * The track of a file that ends in mid-sector, where the next one goes on in that sector: alone
 * neither of them is what its file is. 0 if there is none.
 */
static unsigned int shared_sector(struct tao_device *dev, const struct album *album,
				  unsigned int first)
{
	struct tao_toc toc;

	if (tao_get_toc(dev, &toc))
		return 0;
	for (uint32_t i = 0; i + 1 < toc.entries_count && i + 1 < TAO_TOC_ENTRIES_MAX; i++) {
		const struct tao_toc_entry *e = &toc.entries[i];
		size_t t = e->number - first;
		uint64_t frames;

		if (e->number < first || t >= album->tracks_count ||
		    e[1].number > TAO_TRACKS_MAX)
			continue;
		frames = track_frames(&album->tracks[t]);
		if (frames % SECTOR_FRAMES &&
		    e[1].start_lba - e->start_lba <= (int64_t)(frames / SECTOR_FRAMES + 1))
			return e->number;
	}
	return 0;
}

static int refuse_disc(struct tao_device *dev, int exit_status, const char *text)
{
	complain("%s", text);
	json_result(tao_device_path(dev), "verify", exit_status, text);
	return exit_status;
}

static int refuse_part(struct tao_device *dev, unsigned int track)
{
	char *text = xasprintf(NAMED("shared-sector")
			       "track %u shares a sector with the next one; %s", track,
			       "name the files of all tracks, without --track");

	refuse_disc(dev, STATUS_UNDECIDED, text);
	free(text);
	return STATUS_UNDECIDED;
}

static int refuse_tracks(struct tao_device *dev)
{
	return refuse_disc(dev, STATUS_DIFFERS,
			   NAMED("differs")
			   "--write-offset is for one session of these files, which this is not");
}

static void say_structure(const struct structure *s)
{
	for (size_t i = 0; i < s->count; i++)
		say("Differs: %s\n", s->differences[i]);
	for (size_t i = 0; i < s->notes_count; i++)
		say("Not compared: %s.\n", s->notes[i]);
	if (s->no_marks)
		say("This drive can't read where pregaps and index marks are.\n");
}

/*
 * What the first session, which has all tracks of @album, should be. CD-TEXT that can't be made is
 * a note, and the rest is compared. NULL: see tao_last_error().
 */
static struct tao_session *make_wanted(const struct album *album, bool with_text,
				       struct structure *structure)
{
	struct disc_text text = { 0 };
	struct tao_session *wanted;
	char *reason;

	structure->text_left_out = !with_text;
	if (!with_text) {
		structure_note(structure, xstrdup("CD-TEXT, for some files are of other sessions"));
	} else if (disc_text_make(album, 0, &text, &reason)) {
		structure_note(structure, xasprintf("CD-TEXT: %s", reason));
		free(reason);
		structure->text_left_out = true;
	}
	wanted = album_session(album, 0, !structure->text_left_out && text.packs ? &text : NULL);
	disc_text_free(&text);
	return wanted;
}

/*
 * Codes, flags, pregaps, marks and CD-TEXT of a session at once, of @tracks. Returns the exit
 * status if they can't be read.
 */
static int read_structure(struct tao_device *dev, const struct album *album, size_t tracks,
			  struct structure *structure, char **message)
{
	struct tao_session *wanted, *got = NULL;
	struct album session = *album;
	int exit_status = STATUS_OK;

	session.tracks_count = tracks;
	wanted = make_wanted(&session, tracks == album->tracks_count, structure);
	if (!wanted || structure_read(dev, &stop, &got)) {
		*message = xasprintf(NAMED("undecided")
				     "pregaps, marks, codes and CD-TEXT: %s", tao_last_error());
		exit_status = atomic_load(&stop) ? STATUS_CANCELLED : STATUS_UNDECIDED;
	} else {
		structure_compare(wanted, got, structure);
	}
	tao_session_free(wanted);
	tao_session_free(got);
	return exit_status;
}

static void note_before(struct tao_device *dev, struct structure *structure)
{
	struct tao_toc toc;

	if (!tao_get_toc(dev, &toc) && toc.entries_count && toc.entries[0].start_lba > 0)
		structure_found_before(structure, toc.entries[0].start_lba);
}

/* All but the audio. Returns the exit status. */
static int compare_rest(const struct compare_job *job, size_t at_once, bool some,
			struct structure *structure, char **message)
{
	int exit_status = STATUS_OK;

	if (!some && !at_once)
		note_before(job->dev, structure);
	structure_compare_toc(structure, job, at_once, some);
	if (at_once) {
		progress_set(job->progress, 0, "Reading pregaps, marks, codes and CD-TEXT",
			     TAO_UNKNOWN, 0);
		exit_status = read_structure(job->dev, job->album, at_once, structure, message);
	}
	if (!structure->count || exit_status == STATUS_CANCELLED)
		return exit_status;
	free(*message);
	*message = xstrdup(structure->differences[0]);
	return STATUS_DIFFERS;
}

/*
 * All tracks of the disc, or some from c->first on. @at_once: how many of them are a session at
 * once.
 */
static int verify_all(struct tao_device *dev, const struct verify_command *c, size_t at_once)
{
	const struct album *album = &c->album;
	unsigned int first = c->first;
	unsigned int disc_tracks = count_tracks(dev);
	struct structure structure = { 0 };
	struct compare_job job = {
		.dev = dev,
		.album = album,
		.number = first ? first : first_number(dev),
		.stop = &stop,
		.progress = progress_start(&dev, 1),
		.label = "",
		.read_offset = c->read_offset,
		.done = tell,
		.data = &job,
	};

	compare_tracks(&job);
	if (!job.exit_status && atomic_load(&stop))
		job.exit_status = STATUS_CANCELLED;
	if (!job.exit_status && !first && disc_tracks != album->tracks_count)
		job.exit_status = STATUS_DIFFERS;
	if (!job.exit_status)
		job.exit_status = compare_rest(&job, at_once, first, &structure, &job.message);
	progress_stop(job.progress);
	say_structure(&structure);
	say_result(&job, &structure, first, disc_tracks);
	structure_free(&structure);
	/* Each track that differs has a message of its own. */
	if (options.quiet && job.tracks == album->tracks_count &&
	    (job.exit_status == STATUS_DIFFERS ||
	     (job.exit_status == STATUS_UNDECIDED && job.message)))
		complain("%s", job.message ? job.message :
			 NAMED("differs") "the disc has another number of tracks");
	free(job.message);
	return job.exit_status;
}

static int check_disc(struct tao_device *dev)
{
	struct tao_medium medium;
	int error = await_medium(dev, &medium, &stop);
	char *text;

	if (error) {
		text = read_failure_text(dev, error);
		complain("%s", text);
		free(text);
		return failure_status(error);
	}
	if (atomic_load(&stop))
		return refuse_disc(dev, STATUS_CANCELLED, NAMED("cancelled") "cancelled");
	/* How the files lie on it is seen from its table of contents. */
	text = why_not_ready(dev, &medium);
	if (text) {
		refuse_disc(dev, STATUS_NO_DRIVE, text);
		free(text);
		return STATUS_NO_DRIVE;
	}
	if (medium.type != TAO_MEDIUM_NONE)
		return STATUS_OK;
	complain(NAMED("no-disc") "There is no disc in %s.", tao_device_path(dev));
	return STATUS_DISC;
}

static int load_files(struct verify_command *c, int argc, char **argv)
{
	struct album *album = &c->album;
	int exit_status;

	album->options.stop = &stop;
	album_add_all(album, argv, argc);
	/* corrects lengths in the same way as for the burn */
	if (!album->problems)
		album_check(album, !c->no_check, &stop, NULL);
	if (album->problems)
		return STATUS_INPUT;
	if (c->join)
		album_join(album);
	album_normalize(album);
	if (album->problems)
		return STATUS_INPUT;
	exit_status = apply_track_options("verify", &c->tracks, album);
	if (exit_status)
		return exit_status;
	return atomic_load(&stop) ? STATUS_CANCELLED : STATUS_OK;
}

/* Returns 0 if it is not a number. */
static unsigned int parse_track(const char *text)
{
	return strspn(text, "0123456789") == strlen(text) && strlen(text) < 4 ? atoi(text) : 0;
}

static const struct option verify_options[] = {
	{ "track", required_argument, NULL, 't' },
	{ "join", no_argument, NULL, 'j' },
	{ "raw", no_argument, NULL, OPTION_RAW },
	{ "downmix", no_argument, NULL, OPTION_DOWNMIX },
	{ "damaged", no_argument, NULL, OPTION_DAMAGED },
	{ "no-check", no_argument, NULL, OPTION_NO_CHECK },
	{ "normalize", required_argument, NULL, OPTION_NORMALIZE },
	{ "normalise", required_argument, NULL, OPTION_NORMALIZE },
	{ "gap", required_argument, NULL, OPTION_GAP },
	{ "write-offset", required_argument, NULL, OPTION_WRITE_OFFSET },
	{ "read-offset", required_argument, NULL, OPTION_READ_OFFSET },
	{ "isrc", required_argument, NULL, OPTION_ISRC },
	{ "mcn", required_argument, NULL, OPTION_MCN },
	{ "copy-permitted", no_argument, NULL, OPTION_COPY },
	{ "pre-emphasis", no_argument, NULL, OPTION_PRE },
	{ 0 }
};

/* The variable that an option without an argument sets; NULL for other options. */
static bool *flag_of(struct verify_command *c, int letter)
{
	switch (letter) {
	case 'j':
		return &c->join;
	case OPTION_RAW:
		return &c->album.options.raw;
	case OPTION_DOWNMIX:
		return &c->album.options.downmix;
	case OPTION_DAMAGED:
		return &c->album.options.damaged;
	case OPTION_NO_CHECK:
		return &c->no_check;
	case OPTION_COPY:
		return &c->tracks.copy_permitted;
	case OPTION_PRE:
		return &c->tracks.pre_emphasis;
	default:
		return NULL;
	}
}

static int take_value(struct verify_command *c, int letter)
{
	switch (letter) {
	case 't':
		c->first = parse_track(optarg);
		if (c->first < 1 || c->first > TAO_TRACKS_MAX)
			return usage_error("verify", "track numbers are 1 to 99");
		break;
	case OPTION_GAP:
		if (parse_gap(optarg, &c->gap))
			return usage_error("verify", "--gap takes 0 to %d seconds", GAP_MAX_S);
		break;
	case OPTION_NORMALIZE:
		return take_normalize("verify", &c->album, optarg);
	case OPTION_WRITE_OFFSET:
		return take_offset("verify", "--write-offset", &c->album.write_offset);
	case OPTION_READ_OFFSET:
		return take_offset("verify", "--read-offset", &c->read_offset);
	case OPTION_ISRC:
		return take_isrcs("verify", &c->tracks, optarg);
	case OPTION_MCN:
		return take_mcn("verify", &c->album, optarg);
	}
	return STATUS_OK;
}

static int take_options(struct verify_command *c, int argc, char **argv)
{
	int letter, exit_status = STATUS_OK;

	while (!exit_status && (letter = next_option(argc, argv, "t:j", verify_options)) != -1) {
		bool *flag = flag_of(c, letter);

		if (flag)
			*flag = true;
		else
			exit_status = take_value(c, letter);
	}
	if (!exit_status && optind == argc)
		return usage_error("verify", "no files");
	if (!exit_status && c->first && c->album.write_offset.known)
		return usage_error("verify", "--write-offset needs the files of all tracks; %s",
				   "it shifts the audio across their borders");
	if (!exit_status && c->first && (c->album.options.normalize == NORMALIZE_ALBUM ||
					 c->album.options.normalize == NORMALIZE_TAGS))
		return usage_error("verify", "this --normalize needs the files of all tracks: %s",
				   "without --track");
	for (int i = optind; i < argc && !exit_status; i++)
		if (!strcmp(argv[i], "-"))
			return usage_error("verify",
					   "standard input can't be compared; save it to a file first");
	return exit_status;
}

static int verify(struct verify_command *c)
{
	int exit_status = STATUS_OK;
	struct tao_device *dev = open_drive(NULL, TAO_OPEN_READ, &exit_status);
	unsigned int shared;
	size_t at_once;

	if (!dev)
		return exit_status;
	exit_status = check_disc(dev);
	if (!exit_status) {
		at_once = lay_out(dev, &c->album, c->first, c->gap);
		shared = c->first ? shared_sector(dev, &c->album, c->first) : 0;
		if (shared)
			exit_status = refuse_part(dev, shared);
		else if (c->album.write_offset.known && !at_once)
			exit_status = refuse_tracks(dev);
		else
			exit_status = verify_all(dev, c, at_once);
	}
	tao_close(dev);
	return exit_status;
}

int cmd_verify(int argc, char **argv)
{
	struct verify_command c = { 0 };
	int exit_status = take_options(&c, argc, argv);

	if (!exit_status) {
		catch_signals(stop_verify);
		exit_status = load_files(&c, argc - optind, argv + optind);
	}
	if (!exit_status)
		exit_status = verify(&c);
	track_options_free(&c.tracks);
	album_free(&c.album);
	return exit_status;
}
