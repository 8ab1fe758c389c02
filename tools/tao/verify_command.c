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
#include "json.h"
#include "progress.h"

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
	char *name = track_name(job->album, &job->album->tracks[c->index]);

	progress_say(job->progress, "Track %2u  %s: %s\n", c->number, name, c->text);
	if (options.json) {
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

static char *describe_all(const struct compare_job *job)
{
	switch (job->exit_status) {
	case STATUS_OK:
		return xstrdup("The disc is what the files are, sample by sample.");
	case STATUS_DIFFERS:
		return xstrdup("The disc is not what the files are.");
	case STATUS_UNDECIDED:
		return xstrdup("Nothing differs, but whether all is there can't be told.");
	case STATUS_CANCELLED:
		return xasprintf("Cancelled: %zu of %zu tracks were compared, and are identical.",
				 job->tracks, job->album->tracks_count);
	default:
		return xasprintf("The comparison failed: %s",
				 job->message ? job->message : "a track was not compared");
	}
}

static void say_result(const struct compare_job *job)
{
	char *text = describe_all(job);

	json_result(tao_device_path(job->dev), "verify", job->exit_status, text);
	say("%s\n", text);
	free(text);
}

static int verify_all(struct tao_device *dev, const struct album *album, unsigned int first)
{
	struct compare_job job = {
		.dev = dev,
		.album = album,
		.number = first,
		.stop = &stop,
		.progress = progress_start(&dev, 1),
		.label = "",
		.done = tell,
		.data = &job,
	};

	compare_tracks(&job);
	progress_stop(job.progress);
	say_result(&job);
	free(job.message);
	return job.exit_status;
}

static int check_disc(struct tao_device *dev)
{
	struct tao_medium medium;
	int error = tao_get_medium(dev, &medium);

	if (error)
		return report_failure(dev, error);
	if (medium.type != TAO_MEDIUM_NONE)
		return STATUS_OK;
	complain("There is no disc in %s.", tao_device_path(dev));
	return STATUS_DISC;
}

static int load_files(struct album *album, int argc, char **argv, bool join)
{
	for (int i = 0; i < argc; i++)
		album_add(album, argv[i]);
	/* lengths are corrected as they were when it was burned */
	if (!album->problems)
		album_check(album, true, &stop, NULL);
	if (album->problems)
		return STATUS_INPUT;
	if (join)
		album_join(album);
	return atomic_load(&stop) ? STATUS_CANCELLED : STATUS_OK;
}

/* 0 if it is none. */
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
					     { 0 } };
	int letter, exit_status;
	struct album album = { 0 };
	struct tao_device *dev;
	unsigned int first = 1;
	bool join = false;

	while ((letter = next_option(argc, argv, "t:j", own)) != -1) {
		if (letter == 't')
			first = parse_track(optarg);
		else if (letter == 'j')
			join = true;
		else if (letter == 'r')
			album.options.raw = true;
		else if (letter == 'x')
			album.options.downmix = true;
		else
			album.options.damaged = true;
	}
	if (first < 1 || first > TAO_TRACKS_MAX)
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
		exit_status = verify_all(dev, &album, first);
	tao_close(dev);
	album_free(&album);
	return exit_status;
}
