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
#include "progress.h"
#include "structure.h"

/* Bit of the control field of a track */
#define DATA 4

static atomic_bool stop;

static void stop_verify(int number)
{
	(void)number;
	atomic_store(&stop, true);
}

static void catch_signals(void)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction action = { .sa_handler = stop_verify }, before;

	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		sigaction(numbers[i], NULL, &before);
		if (before.sa_handler != SIG_IGN)
			sigaction(numbers[i], &action, NULL);
	}
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
	return xasprintf("Nothing differs, but the disc has %u tracks instead of %zu; "
			 "--track compares a part of it.", disc_tracks, files);
}

/* @some: only part of the disc; else @disc_tracks is the number of its tracks */
static char *describe_all(const struct compare_job *job, bool some, unsigned int disc_tracks)
{
	switch (job->exit_status) {
	case STATUS_OK:
		return xasprintf("%s what the files are, sample by sample.",
				 some ? "The tracks are" : "The disc is");
	case STATUS_DIFFERS:
		if (job->tracks == job->album->tracks_count && job->message)
			return xasprintf("The audio is identical, but the rest is not: %s.",
					 job->message);
		if (job->tracks == job->album->tracks_count)
			return other_count(disc_tracks, job->tracks);
		return xstrdup("The disc is not what the files are.");
	case STATUS_UNDECIDED:
		if (job->tracks == job->album->tracks_count)
			return xasprintf("The audio is identical; the rest can't be told: %s",
					 job->message);
		return xstrdup("Nothing differs, but whether all is there can't be told.");
	case STATUS_CANCELLED:
		return xasprintf("Cancelled: %zu of %zu tracks were compared, and are identical.",
				 job->tracks, job->album->tracks_count);
	default:
		return xasprintf("The comparison failed: %s",
				 job->message ? job->message : "a track was not compared");
	}
}

static void say_result(const struct compare_job *job, bool some, unsigned int disc_tracks)
{
	char *text = describe_all(job, some, disc_tracks);

	json_result(tao_device_path(job->dev), "verify", job->exit_status, text);
	say("%s\n", text);
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

/* How the disc was burned, as its tracks lie. */
static void lay_out(struct tao_device *dev, struct album *album, unsigned int first, uint64_t gap)
{
	bool session = false;
	struct tao_toc toc;

	if (!first && !album_needs_tracks(album, 0) && !tao_get_toc(dev, &toc))
		session = album_fits_session(album, gap, &toc);
	album_lay_out(album, session ? MODE_SESSION : MODE_TRACK, 0, gap);
}

static void say_structure(const struct structure *s)
{
	for (size_t i = 0; i < s->count; i++)
		say("Differs: %s\n", s->differences[i]);
	if (s->no_marks)
		say("This drive can't read where pregaps and index marks are.\n");
	if (s->no_text)
		say("The disc has no CD-TEXT.\n");
}

/* Codes, pregaps, marks and CD-TEXT of a session at once. Returns the exit status. */
static int verify_structure(struct tao_device *dev, const struct album *album, char **message)
{
	struct disc_text text = { 0 };
	struct structure structure = { 0 };
	struct tao_session *wanted = NULL, *got = NULL;
	int exit_status = STATUS_OK;

	if (!disc_text_make(album, 0, &text, message))
		wanted = album_session(album, 0, text.packs ? &text : NULL);
	if (!wanted || tao_session_read(dev, &got)) {
		free(*message);
		*message = xasprintf("pregaps, marks, codes and CD-TEXT: %s", tao_last_error());
		exit_status = STATUS_UNDECIDED;
	} else {
		structure_compare(wanted, got, &structure);
		say_structure(&structure);
		exit_status = structure.count ? STATUS_DIFFERS : STATUS_OK;
		if (structure.count)
			*message = xstrdup(structure.differences[0]);
	}
	structure_free(&structure);
	tao_session_free(wanted);
	tao_session_free(got);
	disc_text_free(&text);
	return exit_status;
}

/* All tracks of the disc where @first is 0, else some from that on. */
static int verify_all(struct tao_device *dev, struct album *album, unsigned int first, uint64_t gap)
{
	unsigned int disc_tracks = count_tracks(dev);
	struct compare_job job = {
		.dev = dev,
		.album = album,
		.number = first ? first : 1,
		.stop = &stop,
		.progress = progress_start(&dev, 1),
		.label = "",
		.done = tell,
		.data = &job,
	};

	lay_out(dev, album, first, gap);
	compare_tracks(&job);
	progress_stop(job.progress);
	if (!job.exit_status && !first && disc_tracks != album->tracks_count)
		job.exit_status = STATUS_DIFFERS;
	if (!job.exit_status && album->mode == MODE_SESSION)
		job.exit_status = verify_structure(dev, album, &job.message);
	say_result(&job, first, disc_tracks);
	free(job.message);
	return job.exit_status;
}

static int check_disc(struct tao_device *dev)
{
	struct tao_medium medium;
	int error = get_medium(dev, &medium);
	char *text;

	if (error) {
		text = read_failure_text(dev, error);
		complain("%s", text);
		free(text);
		return failure_status(error);
	}
	if (medium.type != TAO_MEDIUM_NONE)
		return STATUS_OK;
	complain("There is no disc in %s.", tao_device_path(dev));
	return STATUS_DISC;
}

static int load_files(struct album *album, int argc, char **argv, bool join)
{
	album->options.stop = &stop;
	album_add_all(album, argv, argc);
	/* corrects lengths in the same way as for the burn */
	if (!album->problems)
		album_check(album, true, &stop, NULL);
	if (album->problems)
		return STATUS_INPUT;
	if (join)
		album_join(album);
	if (album->problems)
		return STATUS_INPUT;
	return atomic_load(&stop) ? STATUS_CANCELLED : STATUS_OK;
}

/* Returns 0 if it is not a number. */
static unsigned int parse_track(const char *text)
{
	return strspn(text, "0123456789") == strlen(text) && strlen(text) < 4 ? atoi(text) : 0;
}

int cmd_verify(int argc, char **argv)
{
	static const struct option own[] = { { "track", required_argument, NULL, 't' },
					     { "join", no_argument, NULL, 'j' },
					     { "raw", no_argument, NULL, 'r' },
					     { "downmix", no_argument, NULL, 'x' },
					     { "damaged", no_argument, NULL, 'D' },
					     { "gap", required_argument, NULL, 'g' },
					     { 0 } };
	int letter, exit_status;
	struct album album = { 0 };
	struct tao_device *dev;
	unsigned int first = 0;
	bool wrong_track = false;
	bool join = false;
	uint64_t gap = 0;

	while ((letter = next_option(argc, argv, "t:j", own)) != -1) {
		if (letter == 't') {
			first = parse_track(optarg);
			wrong_track = first < 1 || first > TAO_TRACKS_MAX;
		} else if (letter == 'j') {
			join = true;
		} else if (letter == 'r') {
			album.options.raw = true;
		} else if (letter == 'g') {
			if (parse_gap(optarg, &gap))
				return usage_error(argv[0], "--gap takes 0 to %d seconds",
						   GAP_MAX_S);
		} else if (letter == 'x') {
			album.options.downmix = true;
		} else {
			album.options.damaged = true;
		}
	}
	if (wrong_track)
		return usage_error(argv[0], "track numbers are 1 to 99");
	if (optind == argc)
		return usage_error(argv[0], "no files");
	for (int i = optind; i < argc; i++)
		if (!strcmp(argv[i], "-"))
			return usage_error(argv[0],
					   "standard input can't be compared; save it to a file first");
	catch_signals();
	exit_status = load_files(&album, argc - optind, argv + optind, join);
	dev = exit_status ? NULL : open_drive(NULL, TAO_OPEN_READ, &exit_status);
	if (dev)
		exit_status = check_disc(dev);
	if (dev && !exit_status)
		exit_status = verify_all(dev, &album, first, gap);
	tao_close(dev);
	album_free(&album);
	return exit_status;
}
