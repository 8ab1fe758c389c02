// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include "advice.h"
#include "common.h"
#include "discs.h"
#include "json.h"
#include "mode.h"

/* The number of tracks from @from on up to where a disc of the set begins or ends. */
static size_t tracks_of_set(const struct burn_command *c, size_t from)
{
	size_t end = c->tracks_count;

	for (size_t i = 0; i < c->album.discs_count; i++) {
		const struct disc *disc = &c->album.discs[i];

		if (disc->first > from && disc->first < end)
			end = disc->first;
		if (disc->first + disc->count > from && disc->first + disc->count < end)
			end = disc->first + disc->count;
	}
	return end - from;
}

/* At least one: if that has no room, the disc is refused. */
static size_t tracks_for_disc(const struct burn_command *c, enum album_mode mode, size_t from,
			      uint32_t sectors)
{
	size_t most = tracks_of_set(c, from), count = 1;

	if (most > TAO_TRACKS_MAX)
		most = TAO_TRACKS_MAX;
	while (count < most &&
	       album_part_sectors(&c->album, mode, from, count + 1, c->gap) <= sectors)
		count++;
	return count;
}

static void add_part(struct burn_command *c, enum album_mode mode, size_t from, size_t count)
{
	c->parts = xrealloc(c->parts, c->parts_count + 1, sizeof(*c->parts));
	c->parts[c->parts_count++] = (struct disc_part){
		.first = from,
		.count = count,
		.sectors = album_part_sectors(&c->album, mode, from, count, c->gap),
	};
}

void spread_tracks(struct burn_command *c, uint32_t sectors)
{
	enum album_mode mode = likely_mode(c);
	size_t count;

	c->album.tracks_count = c->tracks_count;
	c->parts_count = c->parts_done;
	for (size_t from = c->options.from; from < c->tracks_count; from += count) {
		count = tracks_for_disc(c, mode, from, sectors);
		add_part(c, mode, from, count);
	}
	c->album.tracks_count = c->options.from + c->parts[c->parts_done].count;
}

/* "track 5", "tracks 1 to 4" */
static char *describe_tracks(const struct disc_part *part)
{
	if (part->count == 1)
		return xasprintf("track %zu", part->first + 1);
	return xasprintf("tracks %zu to %zu", part->first + 1, part->first + part->count);
}

void say_discs(const struct burn_command *c)
{
	for (size_t i = 0; i < c->parts_count && !c->parts_done; i++) {
		char *tracks = describe_tracks(&c->parts[i]), time[TIME_SIZE];

		say("Disc %zu of %zu: %s, %s min.\n", i + 1, c->parts_count, tracks,
		    format_time(c->parts[i].sectors, time));
		free(tracks);
	}
	say("Disc %zu of %zu, which comes out when it is done%s:\n", c->parts_done + 1,
	    c->parts_count, c->parts_done + 1 < c->parts_count ? "; insert the next one then" : "");
}

struct json_object *json_discs(const struct burn_command *c)
{
	struct json_object *discs = json_object_new_array();

	for (size_t i = 0; i < c->parts_count; i++) {
		struct json_object *disc = json_object_new_object();

		json_add_number(disc, "first", c->parts[i].first + 1);
		json_add_number(disc, "tracks", c->parts[i].count);
		json_add_u32(disc, "sectors", c->parts[i].sectors);
		json_object_array_add(discs, disc);
	}
	return discs;
}

void report_discs(const struct burn_command *c)
{
	char *rest;

	if (c->parts_done == c->parts_count) {
		say("All discs are done: %zu.\n", c->parts_count);
		return;
	}
	for (size_t i = 0; i < c->parts_done; i++) {
		char *tracks = describe_tracks(&c->parts[i]);

		complain_besides("disc %zu of %zu is done: %s", i + 1, c->parts_count, tracks);
		free(tracks);
	}
	rest = advise_discs(c);
	complain_besides("disc %zu of %zu is not done. %s", c->parts_done + 1, c->parts_count,
			 rest);
	free(rest);
}
