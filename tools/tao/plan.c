// SPDX-License-Identifier: GPL-2.0-only
/*
 * tao burn, before it burns: the tracks, the drives, and what becomes of the discs.
 */
#include "burn.h"
#include "common.h"
#include "json.h"

static void say_track(const struct album *album, size_t i)
{
	const struct track *track = &album->tracks[i];
	char time[TIME_SIZE] = "?", *name = track_name(album, track), *conversions = NULL;
	uint32_t sectors = track_sectors(track);

	if (sectors != TAO_UNKNOWN)
		format_time(sectors, time);
	conversions = audio_conversions(track->segments[0].file);
	say("%4zu.  %5s  %s  (%s%s%s)%s%s\n", i + 1, time, name, track->segments[0].file->format,
	    conversions ? ": " : "", conversions ? conversions : "",
	    track->isrc[0] ? "  ISRC " : "", track->isrc);
	free(conversions);
	free(name);
}

static void say_drive(const struct burn_command *c, const struct recorder *r)
{
	uint32_t sectors = sectors_needed(&c->album, c->options.from);
	char left[TIME_SIZE], fastest[TIME_SIZE] = "", speed[TIME_SIZE] = "max", *disc;
	struct tao_drive drive = { 0 };
	struct tao_medium medium = { 0 };
	struct tao_speeds speeds = { 0 };
	struct tao_speed set = { 0 };

	tao_get_drive(r->watch, &drive);
	get_medium(r->watch, &medium);
	if (!tao_get_speeds(r->watch, &speeds) && speeds.count)
		format_speed(speeds.entries[0].write_kbps, fastest);
	if (c->options.speed_kbps)
		format_speed(c->options.speed_kbps, speed);
	else if (!tao_get_speed(r->watch, &set) && set.requested_kbps)
		format_speed(set.requested_kbps, speed);
	disc = describe_medium(&medium);
	say("%s  %s %s: %s; speed %s%s%s%s", tao_device_path(r->watch), drive.vendor, drive.product,
	    disc, speed, fastest[0] ? " (the drive: up to " : "", fastest, fastest[0] ? ")" : "");
	if (sectors != TAO_UNKNOWN && medium.flags & TAO_MEDIUM_WRITABLE &&
	    medium.free_sectors != TAO_UNKNOWN)
		say("; %s min left after it", format_time(medium.free_sectors - sectors, left));
	say("\n");
	free(disc);
}

static void say_ending(const struct burn_command *c)
{
	if (c->options.force)
		say("A track on the disc that failed stays there.\n");
	if (c->options.test)
		say("Test: the laser stays off, the disc stays as it is.\n");
	else if (c->options.close == TAO_CLOSE_FINALIZE)
		say("Then the disc is finalised: it can be played, and nothing can be added.\n");
	else if (c->options.close == TAO_CLOSE_SESSION)
		say("Then the session is closed: another one can follow.\n");
	else
		say("The session stays open; `tao finalize` makes the disc playable.\n");
}

void say_plan(const struct burn_command *c)
{
	const struct album *album = &c->album;
	uint32_t sectors = sectors_needed(album, c->options.from);
	size_t tracks = album->tracks_count - c->options.from;
	char time[TIME_SIZE];

	if (album->title)
		say("%s%s%s\n", album->artist ? album->artist : "", album->artist ? ": " : "",
		    album->title);
	for (size_t i = c->options.from; i < album->tracks_count; i++)
		say_track(album, i);
	if (sectors == TAO_UNKNOWN)
		say("%zu track%s, length not known; it ends where the disc does.\n", tracks,
		    tracks == 1 ? "" : "s");
	else
		say("%zu track%s, %s min%s.\n", tracks, tracks == 1 ? "" : "s",
		    format_time(sectors, time), tracks == 1 ? "" : " with the gaps");
	for (unsigned int i = 0; i < c->count; i++)
		say_drive(c, &c->recorders[i]);
	if (tracks > 1)
		say("2 s of silence between tracks; no CD-TEXT in track-at-once.\n");
	for (size_t i = 0; i < album->notes_count; i++)
		say("%s\n", album->notes[i]);
	if (album_clipped(album))
		say("%llu samples are too loud for a CD after conversion, and are cut.\n",
		    (unsigned long long)album_clipped(album));
	say_ending(c);
}

static const char *drive_path(const struct burn_command *c, unsigned int i)
{
	return tao_device_path(c->recorders[i].watch);
}

void json_plan(const struct burn_command *c)
{
	const struct album *album = &c->album;
	struct json_object *event = json_event("plan", NULL), *tracks = json_object_new_array();
	struct json_object *drives = json_object_new_array();

	for (size_t i = c->options.from; i < album->tracks_count; i++) {
		const struct track *t = &album->tracks[i];
		struct json_object *track = json_object_new_object();
		char *name = track_name(album, t),
		     *conversions = audio_conversions(t->segments[0].file);

		json_add_number(track, "index", i + 1);
		json_add_string(track, "title", name);
		json_add_string(track, "file", t->segments[0].file->path);
		json_add_string(track, "format", t->segments[0].file->format);
		json_add_string(track, "conversions", conversions);
		json_add_u32(track, "sectors", track_sectors(t));
		json_add_string(track, "isrc", t->isrc[0] ? t->isrc : NULL);
		json_object_array_add(tracks, track);
		free(conversions);
		free(name);
	}
	for (unsigned int i = 0; i < c->count; i++)
		json_object_array_add(drives, json_text(drive_path(c, i)));
	json_add_string(event, "album", album->title);
	json_add_string(event, "mcn", album->mcn[0] ? album->mcn : NULL);
	json_object_object_add(event, "tracks", tracks);
	json_object_object_add(event, "drives", drives);
	json_add_u32(event, "sectors", sectors_needed(album, c->options.from));
	json_print(event);
}
