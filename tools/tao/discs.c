// SPDX-License-Identifier: GPL-2.0-only
#include <json-c/json.h>
#include <stdlib.h>
#include "common.h"
#include "discs.h"
#include "json.h"

/* --- One of several --- */

char *which_disc_text(const struct which_disc *which)
{
	if (!which->number || (which->of_set && which->count == 1))
		return NULL;
	return xasprintf("%s %u of %u", which->of_set ? "disc" : "copy", which->number,
			 which->count);
}

void json_add_which_disc(struct json_object *object, const struct which_disc *which)
{
	if (!which->number)
		return;
	json_add_number(object, which->of_set ? "disc" : "copy", which->number);
	json_add_number(object, which->of_set ? "discs" : "copies", which->count);
}

/* --- Which tracks go where --- */

static bool is_between(size_t from, size_t i, size_t end)
{
	return i > from && i < end;
}

/* The number of tracks from @from on up to where a disc of the set begins or ends. */
static size_t tracks_of_set(const struct album *album, size_t from)
{
	size_t end = album->tracks_count;

	for (size_t i = 0; i < album->discs_count; i++) {
		const struct disc *disc = &album->discs[i];

		if (is_between(from, disc->first, end))
			end = disc->first;
		if (is_between(from, disc->first + disc->count, end))
			end = disc->first + disc->count;
	}
	return end - from;
}

static uint32_t room_for(const struct album *album, size_t from, size_t count,
			 const struct disc_kind *kind)
{
	return album_part_sectors(album, kind->mode, from, count, kind->gap);
}

/* At least one: if that has no room, the disc is refused when it is there. */
static size_t tracks_for_disc(const struct album *album, size_t from, const struct disc_kind *kind)
{
	size_t most = tracks_of_set(album, from), count = 1;

	if (most > TAO_TRACKS_MAX)
		most = TAO_TRACKS_MAX;
	while (count < most && room_for(album, from, count + 1, kind) <= kind->sectors)
		count++;
	return count;
}

static void put_part(struct discs *discs, size_t i, struct disc_part part)
{
	bool known = false;

	if (i == discs->count)
		discs->parts = xrealloc(discs->parts, ++discs->count, sizeof(*discs->parts));
	else if (discs->parts[i].first == part.first && discs->parts[i].count == part.count)
		known = true;
	discs->news |= !known;
	discs->parts[i] = part;
}

void discs_spread(struct discs *discs, const struct album *album, size_t from,
		  const struct disc_kind *kind)
{
	size_t count, i = discs->done;

	discs->news = false;
	for (; from < album->tracks_count; from += count) {
		count = tracks_for_disc(album, from, kind);
		put_part(discs, i++, (struct disc_part){
			.first = from,
			.count = count,
			.sectors = room_for(album, from, count, kind),
		});
	}
	discs->count = i;
}

size_t discs_too_long(const struct album *album, size_t from, const struct disc_kind *kind)
{
	while (from < album->tracks_count && room_for(album, from, 1, kind) <= kind->sectors)
		from++;
	return from;
}

/* --- For the user --- */

char *disc_part_tracks(const struct disc_part *part)
{
	if (part->count == 1)
		return xasprintf("track %zu", part->first + 1);
	return xasprintf("tracks %zu to %zu", part->first + 1, part->first + part->count);
}

void discs_say(const struct discs *discs)
{
	char *tracks, time[TIME_SIZE];

	for (size_t i = discs->done; i < discs->count; i++) {
		tracks = disc_part_tracks(&discs->parts[i]);
		say("Disc %zu of %zu: %s, %s min.\n", i + 1, discs->count, tracks,
		    format_time(discs->parts[i].sectors, time));
		free(tracks);
	}
}

struct json_object *json_discs(const struct discs *discs)
{
	struct json_object *array = json_object_new_array();

	for (size_t i = 0; i < discs->count; i++) {
		struct json_object *disc = json_object_new_object();

		json_add_number(disc, "first", discs->parts[i].first + 1);
		json_add_number(disc, "tracks", discs->parts[i].count);
		json_add_u32(disc, "sectors", discs->parts[i].sectors);
		json_object_array_add(array, disc);
	}
	return array;
}
