// SPDX-License-Identifier: GPL-2.0-only
#include <stdatomic.h>
#include <stdlib.h>
#include "advice.h"
#include "common.h"
#include "mode.h"
#include "outcome.h"
#include "series.h"
#include "suit.h"
#include "unfinished.h"

/* As the module takes them off a blank disc. */
#define RUN_OUT_SECTORS 152

/*
 * A disc that is written but could not be compared, or not to its end, needs no other. One that
 * only has to come out is done.
 */
static bool is_finished(const struct recorder *r)
{
	if (!r || r->tracks_lost || atomic_load(&r->ejects))
		return false;
	return (has_whole_disc(r) || r->all_written) &&
	       (!atomic_load(&r->ended) || r->exit_status == STATUS_CANCELLED ||
		r->exit_status == STATUS_UNDECIDED);
}

/* Of a disc that is not done */
static const char *state_of(const struct recorder *r)
{
	if (!is_finished(r))
		return "not done";
	if (r->all_written)
		return "written, but the drive does not show it yet";
	return r->options->verify ? "finished, but the comparison was not" : "finished";
}

/* --- Copies --- */

/* Copies that are not done, and that `tao resume` does not make either. */
static unsigned int copies_left(const struct burn_command *c)
{
	unsigned int left = c->copies - c->copies_done;

	for (unsigned int i = 0; i < c->count; i++)
		left -= c->recorders[i].kept || is_finished(&c->recorders[i]);
	return left;
}

static void report_finished(const struct burn_command *c)
{
	for (unsigned int i = 0; i < c->count; i++) {
		const struct recorder *r = &c->recorders[i];

		if (is_finished(r))
			complain_besides("copy %u of %u is %s", r->which.number, r->which.count,
					 state_of(r));
	}
}

/* Where a copy failed no more discs are wasted. */
static void report_copies(const struct burn_command *c)
{
	char *others;

	if (c->copies_done == c->copies) {
		say("All copies are done: %u.\n", c->copies);
		return;
	}
	report_finished(c);
	others = advise_copies(c, copies_left(c));
	complain_besides("%u of %u copies %s done.%s", c->copies_done, c->copies,
			 c->copies_done == 1 ? "is" : "are", others);
	free(others);
}

/* --- The discs of a list: their tracks --- */

static bool is_blank(const struct tao_medium *medium)
{
	return medium->type != TAO_MEDIUM_NONE && medium->type != TAO_MEDIUM_UNKNOWN &&
	       medium->status == TAO_DISC_BLANK && most_room(medium) != TAO_UNKNOWN;
}

/*
 * The room of the blank disc in the drive; 0 if there is none. A drive that says only when the disc
 * is prepared how much of it is free takes the run-out off then.
 */
static uint32_t blank_room(const struct burn_command *c)
{
	struct tao_medium medium;

	if (!c->count || get_medium(c->recorders[0].watch, &medium) || !is_blank(&medium))
		return 0;
	if (medium.free_sectors == TAO_UNKNOWN && medium.total_sectors > RUN_OUT_SECTORS)
		return medium.total_sectors - RUN_OUT_SECTORS;
	return most_room(&medium);
}

/* No disc of this kind has room for it. */
static int refuse_track(const struct burn_command *c, size_t i, bool by_disc,
			const struct disc_kind *kind)
{
	char needed[TIME_SIZE], room[TIME_SIZE], *name = track_name(&c->album, &c->album.tracks[i]);
	const char *drive = by_disc ? tao_device_path(c->recorders[0].watch) : "";

	format_time(album_part_sectors(&c->album, kind->mode, i, 1, kind->gap), needed);
	complain(NAMED("track-too-long")
		 "track %zu (%s) needs %s min, and there is room for only %s min on %s%s; %s",
		 i + 1, name, needed, format_time(kind->sectors, room),
		 by_disc ? "discs like that in " : "most discs", drive,
		 "leave it out, or begin with a longer disc");
	complain_besides("nothing was written");
	free(name);
	return by_disc ? STATUS_DISC : STATUS_INPUT;
}

static void end_album(struct burn_command *c, size_t end)
{
	c->album.tracks_count = end;
	c->album.goes_on = end < c->tracks_count;
}

/* Packs can't be divided: the text of one track may begin in a pack of another one. */
static void note_text(struct burn_command *c)
{
	if (c->album.text_file && !c->options.from && c->album.goes_on && !c->no_text)
		album_note(&c->album,
			   xasprintf(NAMED("cdtext-left-out")
				     "The CDTEXTFILE is about one disc with all tracks; %s.",
				     "each of these discs gets the titles of the sheet"));
}

/*
 * For the disc in the drive, or one as most are. A later disc takes the next track at least, as it
 * was waited for; a track that is too long for it may find a larger one after it.
 */
static int take_tracks(struct burn_command *c, bool first)
{
	uint32_t room = blank_room(c);
	struct disc_kind kind = { .sectors = room ? room : USUAL_ROOM_SECTORS, .gap = c->gap };
	const struct disc_part *part;
	size_t too_long;

	end_album(c, c->tracks_count);
	kind.mode = likely_mode(c);
	too_long = discs_too_long(&c->album, c->options.from, &kind);
	if (first && too_long < c->tracks_count)
		return refuse_track(c, too_long, room, &kind);
	discs_spread(&c->discs, &c->album, c->options.from, &kind);
	part = &c->discs.parts[c->discs.done];
	end_album(c, part->first + part->count);
	note_text(c);
	return STATUS_OK;
}

/* For the wait; it is laid out when the disc is there. */
static void expect_one_track(struct burn_command *c)
{
	end_album(c, c->options.from + 1);
	c->album.mode = MODE_TRACK;
}

int series_begin(struct burn_command *c)
{
	if (!c->spread)
		return STATUS_OK;
	c->album.on_discs = true;
	if (c->count && !c->dry_run) {
		expect_one_track(c);
		wait_for_disc(c, &c->recorders[0]);
	}
	if (atomic_load(c->album.options.stop)) {
		complain(NAMED("not-agreed") "nothing was written");
		return STATUS_CANCELLED;
	}
	return take_tracks(c, true);
}

/* All that was made for the disc before. */
static void forget_layout(struct burn_command *c)
{
	struct album *album = &c->album;

	free(album->hidden.segments);
	album->hidden = (struct track){ 0 };
	free(album->cut_off.all);
	album->cut_off = (struct segments){ 0 };
	c->cut_off = 0;
	disc_text_free(&c->text);
	c->text = (struct disc_text){ 0 };
	c->notes_said = album->notes_count;
}

void series_step(struct burn_command *c)
{
	struct track *next;

	if (!c->spread)
		return;
	c->options.from = c->album.tracks_count;
	forget_layout(c);
	/* its audio is on the disc before */
	next = &c->album.tracks[c->options.from];
	if (!next->leads)
		next->pregap.count = 0;
	expect_one_track(c);
}

static void show_disc(const struct burn_command *c)
{
	say_plan(c);
	if (options.json)
		json_plan(c);
}

int series_continue(struct burn_command *c)
{
	int exit_status;

	if (!c->spread)
		return STATUS_OK;
	exit_status = take_tracks(c, false);
	if (!exit_status)
		exit_status = choose_mode(c);
	if (!exit_status)
		show_disc(c);
	return exit_status;
}

int show_plan(struct burn_command *c)
{
	int exit_status = STATUS_OK;

	show_disc(c);
	while (c->dry_run && c->discs.done + 1 < c->discs.count && !exit_status) {
		c->discs.done++;
		series_step(c);
		exit_status = series_continue(c);
	}
	return exit_status;
}

void series_take_part(struct burn_command *c)
{
	if (c->unfinished->count < c->tracks_count)
		end_album(c, c->unfinished->count);
}

/* --- The discs of a list: what is done --- */

/* The drive that has the first disc that is not done; NULL if that was not begun. */
static const struct recorder *drive_of_rest(const struct burn_command *c)
{
	const struct recorder *r = &c->recorders[0];

	return c->count && r->which.number == c->discs.done + 1 ? r : NULL;
}

/* The first track that neither is burned nor waits for `tao resume`. */
static size_t first_left(const struct burn_command *c)
{
	const struct disc_part *part = &c->discs.parts[c->discs.done];
	const struct recorder *r = drive_of_rest(c);

	return part->first + ((r && r->kept) || is_finished(r) ? part->count : 0);
}

static void report_rest(const struct burn_command *c)
{
	const char *state = state_of(drive_of_rest(c));
	size_t from = first_left(c), number = c->discs.done + 1;
	char *command;

	if (from >= c->tracks_count) {
		complain_besides("disc %zu of %zu is %s", number, c->discs.count, state);
		return;
	}
	command = advise_discs(c, from);
	complain_besides("disc %zu of %zu is %s. %s: %s.", number, c->discs.count, state,
			 from > c->discs.parts[c->discs.done].first ?
				 "The discs after it" : "On blank discs", command);
	free(command);
}

static void report_discs(const struct burn_command *c)
{
	char *tracks;

	if (c->discs.done == c->discs.count) {
		if (c->discs.count > 1)
			say("All discs are done: %zu.\n", c->discs.count);
		return;
	}
	for (size_t i = 0; i < c->discs.done; i++) {
		tracks = disc_part_tracks(&c->discs.parts[i]);
		complain_besides("disc %zu of %zu is done: %s", i + 1, c->discs.count, tracks);
		free(tracks);
	}
	report_rest(c);
}

/* The burn that was interrupted has printed it too, perhaps long ago. */
static void report_other_parts(const struct burn_command *c)
{
	char *command;

	if (!c->album.goes_on)
		return;
	command = advise_discs(c, c->album.tracks_count);
	say("The discs after it: %s.\n", command);
	free(command);
}

/* --- Both --- */

void series_number(struct burn_command *c)
{
	for (unsigned int i = 0; i < c->count; i++) {
		struct which_disc *which = &c->recorders[i].which;

		*which = (struct which_disc){ 0 };
		if (c->copies)
			*which = (struct which_disc){ c->copies_done + i + 1, c->copies, false };
		else if (c->discs.count)
			*which = (struct which_disc){ c->discs.done + 1, c->discs.count, true };
	}
}

bool series_count(struct burn_command *c, const int *statuses)
{
	unsigned int good = 0;

	for (unsigned int i = 0; i < c->count; i++)
		good += is_good_status(statuses[i]);
	c->copies_done += good;
	c->discs.done += c->spread && good == c->count;
	return good == c->count;
}

bool series_goes_on(const struct burn_command *c)
{
	return c->spread ? c->discs.done < c->discs.count : c->copies_done < c->copies;
}

void series_report(const struct burn_command *c)
{
	if (c->copies)
		report_copies(c);
	if (c->discs.count)
		report_discs(c);
	if (c->part)
		report_other_parts(c);
}
