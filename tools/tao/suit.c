// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "advice.h"
#include "common.h"
#include "outcome.h"
#include "suit.h"
#include "unfinished.h"

#define WAIT_INTERVAL_MS 1000

/* A failed track prevents closing the disc: report this before the burn, not after it. */
static char *failed_track(const struct burn_command *c, const struct recorder *r,
			  const struct tao_medium *medium)
{
	if (!(medium->flags & TAO_MEDIUM_TRACK_FAILED) || c->options.force || c->options.test ||
	    c->options.close == TAO_CLOSE_NOTHING)
		return NULL;
	return xasprintf(NAMED("track-failed")
			 "A track on the disc in %s failed; --force closes it all the same.",
			 tao_device_path(r->watch));
}

/*
 * With --wait the user wants a fresh disc. The previous disc would get a second copy, or the rest
 * of an album that was interrupted.
 */
static char *not_awaited(const struct burn_command *c, const struct recorder *r,
			 const struct tao_medium *medium)
{
	const char *path = tao_device_path(r->watch);

	if (medium->type == TAO_MEDIUM_UNKNOWN || medium->flags & TAO_MEDIUM_STALE)
		return xasprintf(NAMED("disc-not-ready")
				 "What disc is in %s can't be told yet.", path);
	if (medium->status != TAO_DISC_BLANK && !c->append)
		return xasprintf(NAMED("disc-not-blank")
				 "The disc in %s has tracks. Insert a blank one%s.", path,
				 c->copies || c->spread ? "" :
				 "; --append adds to discs that have some");
	if (!(medium->flags & TAO_MEDIUM_WRITABLE))
		return xasprintf(NAMED("disc-closed")
				 "The disc in %s takes no more tracks. Insert a blank one.", path);
	return NULL;
}

/* Why a disc does not suit; if it is only that the album is too long, what would fit. */
static char *suits(const struct burn_command *c, const struct recorder *r,
		   const struct tao_medium *medium, uint32_t sectors)
{
	const char *path = tao_device_path(r->watch);
	char *problem = medium_problem(medium, path, sectors), *other, *fit, *discs, *both;

	if (!problem || sectors <= most_room(medium) ||
	    c->album.tracks_count == c->options.from + 1)
		return problem;
	other = medium_problem(medium, path, 0);
	if (other) {
		free(other);
		return problem;
	}
	fit = album_fit(&c->album, c->options.from, most_room(medium));
	discs = advise_spreading(c, most_room(medium));
	both = xasprintf("%s %s%s", problem, fit, discs);
	free(discs);
	free(fit);
	free(problem);
	return both;
}

char *disc_problem(const struct burn_command *c, struct recorder *r,
		   struct tao_medium *medium, int *exit_status)
{
	uint32_t sectors = sectors_needed(&c->album, c->options.from);
	size_t tracks = c->album.tracks_count - c->options.from;
	char *problem, *why;
	int error;

	*exit_status = STATUS_DISC;
	error = get_medium(r->watch, medium);
	if (error)
		return last_error(error);
	why = why_in_use(r->watch, medium);
	if (why) {
		*exit_status = STATUS_NO_DRIVE;
		problem = xasprintf("%s: %s", tao_device_path(r->watch), why);
		free(why);
		return problem;
	}
	/* all that is left is to compare it */
	if (c->unfinished && c->unfinished->closed)
		return NULL;
	/* or to close it */
	if (had_all_tracks(c)) {
		problem = medium_left_open(medium, tao_device_path(r->watch));
		return problem ? problem : failed_track(c, r, medium);
	}
	problem = suits(c, r, medium, sectors == TAO_UNKNOWN ? 0 : sectors);
	if (!problem && c->wait)
		problem = not_awaited(c, r, medium);
	if (!problem && c->is_step && medium->status != TAO_DISC_BLANK)
		return xasprintf(NAMED("disc-not-blank")
				 "The disc in %s is not blank.", tao_device_path(r->watch));
	if (!problem && c->album.mode == MODE_SESSION && medium->status != TAO_DISC_BLANK)
		return xasprintf(NAMED("disc-not-blank")
				 "The disc in %s is not blank, which session-at-once needs; "
				 "--mode track adds to it.", tao_device_path(r->watch));
	if (!problem && medium->tracks + tracks > TAO_TRACKS_MAX)
		return xasprintf(NAMED("too-many-tracks")
				 "%zu tracks are too many for the disc in %s, which has %u of 99.",
				 tracks, tao_device_path(r->watch), medium->tracks);
	return problem ? problem : failed_track(c, r, medium);
}

bool is_gone(const struct recorder *r)
{
	struct tao_status status;
	int error = tao_get_status(r->watch, &status);

	return error == -ENODEV || (!error && status.state == TAO_STATE_GONE);
}

void wait_for_disc(const struct burn_command *c, struct recorder *r)
{
	char *problem, *last = NULL, *which = which_disc_text(&r->which);
	const atomic_bool *stop = c->album.options.stop;
	struct tao_medium medium;
	int ignored;

	while (!atomic_load(stop) && !is_gone(r)) {
		problem = disc_problem(c, r, &medium, &ignored);
		if (!problem)
			break;
		if (!last || strcmp(problem, last)) {
			say("%s%s%s Waiting for that (Ctrl-C ends it).\n", which ? which : "",
			    which ? ": " : "", problem);
			output_flush(); /* must be read now, even in a file */
		}
		free(last);
		last = problem;
		pause_ms(WAIT_INTERVAL_MS);
	}
	free(which);
	free(last);
}
