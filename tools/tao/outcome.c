// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "advice.h"
#include "common.h"
#include "outcome.h"
#include "unfinished.h"

static char *append(char *text, char *more)
{
	char *both = xasprintf("%s%s", text, more);

	free(text);
	free(more);
	return both;
}

/* A session that was cut short, and that silence has completed. */
static char *describe_filled_up(const struct burn_command *c, const struct recorder *r)
{
	size_t tracks = c->album.tracks_count - c->options.from;
	char at[TIME_SIZE], *text;

	if (r->tracks_done == tracks)
		return xstrdup(" The session is closed, and all tracks are whole.");
	format_time(r->heard_frames / SECTOR_FRAMES, at);
	text = xasprintf(" The session is closed: %zu of %zu tracks %s whole; from %s %s.",
			 r->tracks_done, tracks, r->tracks_done == 1 ? "is" : "are",
			 at, "of the disc on there is silence");
	if (!r->lost)
		return text;
	return append(text, xasprintf(" Before that, %zu failed and %s silence; %s.",
				      r->tracks_lost, r->tracks_lost == 1 ? "has" : "have",
				      r->lost));
}

/* The drive has all of it, and shows something else. */
static char *describe_all_written(const struct burn_command *c, const struct recorder *r)
{
	char *command = verify_command(c, r), *text;

	text = xasprintf(" All audio was written. %s: then %s tells whether it is good.",
			 "Eject the disc and load it again", command);
	if (r->lost)
		text = append(text, xasprintf(" %zu of %zu tracks failed and %s silence; %s.",
					      r->tracks_lost, r->tracks_done,
					      r->tracks_lost == 1 ? "has" : "have", r->lost));
	free(command);
	return text;
}

static char *describe_incomplete(const struct recorder *r)
{
	char *text = xstrdup(" The session is incomplete: most players can't read the disc."), *why;
	struct tao_medium m;
	int error;

	do {
		error = get_medium(r->watch, &m);
	} while (error == -EINTR);
	why = error ? NULL : medium_left_open(&m, tao_device_path(r->watch));
	if (why)
		text = append(text, append(xstrdup(" "), why));
	return append(text, advise_bridge(r));
}

/* It takes no track any more, but may lack only its end. */
static char *describe_full(const struct burn_command *c, const struct recorder *r, size_t next,
			   const struct tao_medium *m)
{
	char *disc = describe_medium(m), *problem = medium_left_open(m, tao_device_path(r->watch));
	char *text = xasprintf(" The disc: %s.", disc);

	free(disc);
	if (problem)
		return append(text, append(xstrdup(" "), problem));
	if (next > c->album.tracks_count)
		text = append(text, advise_going_on(c, r, next, m));
	return append(text, advise_finalizing(r, m));
}

/* After a failure: what is on the disc, and what can be done. */
static char *describe_state(const struct burn_command *c, const struct recorder *r)
{
	size_t next = c->options.from + r->tracks_done + 1;
	char *text = xstrdup("");
	struct tao_medium m;
	char left[TIME_SIZE];
	int error;

	if (c->options.test)
		return append(text, xstrdup(" It was a test: the disc is as it was."));
	if (!r->wrote && !had_all_tracks(c))
		text = append(text, xstrdup(" Nothing was written."));
	if (!r->wrote && !r->kept)
		return text;
	if (c->album.mode == MODE_SESSION) {
		free(text);
		if (r->all_written)
			return describe_all_written(c, r);
		return r->filled_up ? describe_filled_up(c, r) : describe_incomplete(r);
	}
	if (r->tracks_done)
		text = append(text, xasprintf(" %zu track%s safe.", r->tracks_done,
					      r->tracks_done == 1 ? " is" : "s are"));
	if (r->tracks_lost)
		text = append(text, xasprintf(" %zu of %s failed and %s silence; %s.",
					      r->tracks_lost,
					      c->unfinished ? "all tracks on the disc" : "them",
					      r->tracks_lost == 1 ? "has" : "have", r->lost));
	/* another Ctrl-C must not suppress the advice */
	do {
		error = get_medium(r->watch, &m);
	} while (error == -EINTR);
	if (error)
		return append(text, advise_return(r));
	if (r->first_number && m.tracks >= r->first_number + r->tracks_done)
		text = append(text, xasprintf(" Track %u was cut short and stays on the disc.",
					      r->first_number + (unsigned int)r->tracks_done));
	if (!(m.flags & TAO_MEDIUM_WRITABLE))
		return append(text, describe_full(c, r, next, &m));
	if (m.free_sectors == TAO_UNKNOWN)
		text = append(text, xstrdup(" The disc is usable."));
	else
		text = append(text, xasprintf(" The disc is usable, %s min are left.",
					      format_time(m.free_sectors, left)));
	text = append(text, advise_going_on(c, r, next, &m));
	text = append(text, advise_bridge(r));
	return append(text, advise_finalizing(r, &m));
}

static char *describe_success(const struct burn_command *c, const struct recorder *r)
{
	const char *end = c->unfinished && c->unfinished->closed ? "it is closed" :
			  c->options.test			 ? "test passed" :
			  !r->closed				 ? "the session is open" :
			  c->options.close == TAO_CLOSE_FINALIZE ? "the disc is finalised" :
								   "the session is closed";

	if (c->unfinished && !r->tracks_done)
		return xasprintf("all tracks were on it, %s%s.", end,
				 r->identical ? ", read back identical" : "");
	return xasprintf("%zu track%s burned, %s%s.", r->tracks_done,
			 r->tracks_done == 1 ? "" : "s", end,
			 r->identical ? ", read back identical" : "");
}

bool had_all_tracks(const struct burn_command *c)
{
	return c->unfinished && c->options.from == c->unfinished->count;
}

bool has_whole_disc(const struct recorder *r)
{
	return r->closed && r->tracks_done == r->album->tracks_count - r->options->from;
}

/* The comparison that was cancelled can be made later. */
static char *advise_verifying(const struct burn_command *c, const struct recorder *r)
{
	char *command, *text;

	if (r->exit_status != STATUS_CANCELLED || !c->options.verify || r->identical)
		return xstrdup("");
	command = c->unfinished ? advise_comparing(c->unfinished, tao_device_path(r->watch)) :
				  verify_command(c, r);
	text = xasprintf(" Not all of it was compared: %s tells whether it is good.", command);
	free(command);
	return text;
}

static char *describe_failure(const struct burn_command *c, const struct recorder *r)
{
	size_t length = strlen(r->message);
	const char *stop = length && strchr(".?!", r->message[length - 1]) ? "" : ".";

	if (r->exit_status == STATUS_NOT_EJECTED)
		return append(describe_success(c, r),
			      xasprintf(" It is still in the drive: %s", r->message));
	if (has_whole_disc(r))
		return append(xasprintf("The disc is finished, but: %s%s", r->message, stop),
			      advise_verifying(c, r));
	return append(xasprintf("%s%s", r->message, stop), describe_state(c, r));
}

char *describe_outcome(const struct burn_command *c, const struct recorder *r)
{
	return r->exit_status ? describe_failure(c, r) : describe_success(c, r);
}
