// SPDX-License-Identifier: GPL-2.0-only
/*
 * tao resume: goes on with a burn that failed or was interrupted, on the disc that is in the drive.
 */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "advice.h"
#include "burn.h"
#include "common.h"
#include "unfinished.h"

/* Why it can't go on with this disc; to be freed. */
static char *why_not(struct tao_device *dev, const struct tao_medium *medium, bool any)
{
	const char *path = tao_device_path(dev);
	char *damage, *command, *text;

	if (!any)
		return xstrdup(NAMED("nothing-to-resume")
			       "there is nothing to resume: no interrupted burn can go on");
	damage = medium_left_open(medium, path);
	if (damage && medium_is_cut_short(medium))
		return damage;
	if (!damage && medium->flags & TAO_MEDIUM_TRACK_DAMAGED) {
		command = drive_command("tao recover", path);
		damage = xasprintf(NAMED("track-unfinished")
				   "The disc in %s has an unfinished track; %s ends it.", path,
				   command);
		free(command);
	}
	if (damage) {
		command = drive_command("tao resume", path);
		text = xasprintf("%s Then %s goes on.", damage, command);
		free(command);
		free(damage);
		return text;
	}
	if (medium->type == TAO_MEDIUM_NONE)
		return xasprintf(NAMED("no-disc")
				 "there is no disc in %s; insert that of the interrupted burn",
				 path);
	if (medium->type == TAO_MEDIUM_UNKNOWN || medium->flags & TAO_MEDIUM_STALE)
		return xasprintf(NAMED("disc-not-ready")
				 "what disc is in %s can't be told yet; try again", path);
	return xasprintf(NAMED("other-disc")
			 "the disc in %s is not that of an interrupted burn, or has %s", path,
			 "something else on it since");
}

/* How to end a burn whose last track is whole, as its own words say. To be freed. */
static char *unclear_end(const struct unfinished *u, bool force, const char *path)
{
	bool session = unfinished_has_option(u, "-m", "--multi-session");

	if (unfinished_has_option(u, "-F", "--no-finalize") ||
	    unfinished_has_option(u, "-F", "--no-finalise"))
		return xstrdup("if it is whole, nothing is left to do");
	return xasprintf("if it is whole, `tao finalize%s%s %s` closes the disc",
			 force ? " --force" : "", session ? " --multi-session" : "", path);
}

/* --discs burns what is left on other discs, so this one is to be closed in any case. */
static char *unclear_of_discs(const struct unfinished *u, bool force, const char *path)
{
	char *end = unclear_end(u, force, path), *text;
	char *again = advise_from(u, u->next + 1, force, path);
	char *behind = advise_from(u, u->next + 2, force, path);

	text = xasprintf(NAMED("track-in-doubt")
			 "track %u on the disc in %s %s: listen to it; %s; %s%s, or %s%s",
			 u->tracks_count + 1, path, "may be whole, or not", end,
			 "what may follow it goes on a blank disc: ", behind,
			 "with the track once more: ", again);
	free(behind);
	free(again);
	free(end);
	return text;
}

/* The last one of the burn: there is nothing to go on with if it is whole. */
static char *unclear_last(const struct tao_medium *medium, const struct unfinished *u, bool force,
			  const char *path)
{
	char *compare = advise_comparing(u, path), *again, *end, *text;

	if (!(medium->flags & TAO_MEDIUM_SESSION_OPEN)) {
		text = xasprintf(NAMED("track-in-doubt")
				 "track %u on the disc in %s may be whole, or not: %s tells; %s",
				 u->tracks_count + 1, path, compare,
				 "the session was closed meanwhile, and takes no more");
		free(compare);
		return text;
	}
	again = advise_from(u, u->next + 1, force, path);
	end = unclear_end(u, force, path);
	text = xasprintf(NAMED("track-in-doubt")
			 "track %u on the disc in %s %s: %s tells; %s; %s%s",
			 u->tracks_count + 1, path, "may be whole, or not", compare, end,
			 "if not, to burn it again: ", again);
	free(end);
	free(again);
	free(compare);
	return text;
}

static char *unclear_track(const struct unfinished *u, bool force, const char *path)
{
	char *behind = advise_from(u, u->next + 2, force, path);
	char *again = advise_from(u, u->next + 1, force, path), *text;

	text = xasprintf(NAMED("track-in-doubt")
			 "track %u on the disc in %s %s: listen to it; %s%s; %s%s",
			 u->tracks_count + 1, path, "may be whole, or not",
			 "if it is whole, to go on behind it: ", behind,
			 "if not, to burn it again: ", again);
	free(again);
	free(behind);
	return text;
}

/*
 * Why it can't go on with the disc, although it is that of the burn; NULL if it can. Players show
 * the first session only, so the rest has to go there.
 */
static char *why_stuck(struct tao_device *dev, const struct tao_medium *medium,
		       const struct unfinished *u)
{
	bool force = medium->flags & TAO_MEDIUM_TRACK_FAILED, open;
	const char *path = tao_device_path(dev);

	open = medium->flags & TAO_MEDIUM_SESSION_OPEN;
	if (u->unclear && open && unfinished_has_option(u, "--discs", "--discs"))
		return unclear_of_discs(u, force, path);
	if (u->unclear && u->next + 1 == u->count)
		return unclear_last(medium, u, force, path);
	if (!open && !u->closed && (!u->ended || unfinished_tracks(u)))
		return xasprintf(NAMED("session-closed")
				 "the session on the disc in %s was closed meanwhile: %s", path,
				 "the album can't be completed on it");
	return u->unclear ? unclear_track(u, force, path) : NULL;
}

/* @u: the burn that was found, or NULL. Why it can't go on; NULL if it can. To be freed. */
static char *judge(struct tao_device *dev, struct tao_medium *medium, struct unfinished *u,
		   bool any)
{
	int error = get_medium(dev, medium);

	/* a disc that was spinning up is known by now */
	if (error)
		return last_error(error);
	if (!u)
		return why_not(dev, medium, any);
	if (medium->flags & TAO_MEDIUM_STALE)
		return xasprintf(NAMED("disc-not-ready")
				 "what disc is in %s can't be told yet; try again",
				 tao_device_path(dev));
	u->closed = u->next == u->count && !(medium->flags & TAO_MEDIUM_SESSION_OPEN);
	return why_stuck(dev, medium, u);
}

static struct unfinished *find_burn(struct tao_device *dev, struct tao_medium *medium,
				    int *exit_status)
{
	struct unfinished *unfinished;
	char *why;
	bool any;
	int error;

	error = get_medium(dev, medium);
	if (error) {
		*exit_status = report_failure(dev, error);
		return NULL;
	}
	*exit_status = STATUS_NO_DRIVE;
	why = why_in_use(dev, medium);
	unfinished = why ? NULL : unfinished_find(dev, &any);
	if (!why) {
		*exit_status = STATUS_DISC;
		why = judge(dev, medium, unfinished, any);
	}
	if (!why)
		return unfinished;
	complain("%s", why);
	free(why);
	unfinished_free(unfinished);
	return NULL;
}

/* Whether to go on: if the disc is in doubt, somebody has to be there to look at it. */
static bool is_sure(const struct unfinished *unfinished, const char *path)
{
	if (!unfinished->doubtful)
		return true;
	complain_besides("the disc in %s has only the beginning of a track: look whether it is %s",
			 path, "that of the interrupted burn");
	if (options.yes || isatty(STDIN_FILENO))
		return true;
	complain(NAMED("other-disc")
		 "it can't be told whether the disc in %s is that of the interrupted burn; %s",
		 path, "--yes goes on with it");
	return false;
}

static int go_on(struct unfinished *unfinished, const struct tao_medium *medium)
{
	size_t argc = 0, count = 0;
	int exit_status;
	char **argv;

	while (unfinished->words[count])
		count++;
	/* copies: a list of ISRCs is taken apart */
	argv = xcalloc(count + 3, sizeof(*argv));
	argv[argc++] = xstrdup("burn");
	if (medium->flags & TAO_MEDIUM_TRACK_FAILED)
		argv[argc++] = xstrdup("--force");
	for (size_t i = 0; i < count; i++)
		argv[argc++] = xstrdup(unfinished->words[i]);
	optind = 0;
	exit_status = burn_album(argc, argv, unfinished);
	free_words(argv);
	return exit_status;
}

int cmd_resume(int argc, char **argv)
{
	int exit_status = STATUS_OK;
	struct tao_medium medium;
	struct tao_device *dev;
	struct unfinished *unfinished;
	char *path;

	while (next_option(argc, argv, "", NULL) != -1)
		;
	dev = open_drive(drive_argument(argc, argv), TAO_OPEN_READ, &exit_status);
	if (!dev)
		return exit_status;
	unfinished = find_burn(dev, &medium, &exit_status);
	path = xstrdup(tao_device_path(dev));
	tao_close(dev);
	options.devices[0] = path;
	options.devices_count = 1;
	if (unfinished) {
		say("The disc in %s has %zu of %zu tracks.\n", path, unfinished_tracks(unfinished),
		    unfinished->count - unfinished->first);
		exit_status = is_sure(unfinished, path) ? go_on(unfinished, &medium) :
							 STATUS_CANCELLED;
	}
	unfinished_free(unfinished);
	free(path);
	return exit_status;
}
