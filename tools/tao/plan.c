// SPDX-License-Identifier: GPL-2.0-only
/* tao burn, before it burns: the tracks, the drives, and the discs. */
#include <stdlib.h>
#include "burn.h"
#include "common.h"
#include "json.h"
#include "mode.h"
#include "normalize.h"

#define LOSSES_SHOWN 12

/* "  pregap 0:02, 3 marks", what a session has and tracks have not; to be freed */
static char *session_detail(const struct album *album, const struct track *track, bool first)
{
	bool gap = !first && track->pregap_sectors && album->mode == MODE_SESSION;
	bool marks = track->marks_count && album->mode == MODE_SESSION;
	char *pregap, *text, time[TIME_SIZE];

	if (!gap && !marks)
		return xstrdup("");
	pregap = gap ? xasprintf("pregap %s%s", format_msf(track->pregap_sectors, time),
				 marks ? ", " : "") : xstrdup("");
	text = marks ? xasprintf("  %s%zu mark%s", pregap, track->marks_count,
				 track->marks_count == 1 ? "" : "s") :
		       xasprintf("  %s", pregap);
	free(pregap);
	return text;
}

/* Without what lies before the next track, which is counted to that. */
static uint32_t own_sectors(const struct album *album, size_t i)
{
	uint32_t sectors = track_sectors(&album->tracks[i]);

	if (album->mode == MODE_SESSION && i + 1 < album->tracks_count)
		sectors -= album->tracks[i + 1].pregap_sectors;
	return sectors;
}

static void say_track(const struct album *album, size_t i, size_t from)
{
	const struct track *track = &album->tracks[i];
	char time[TIME_SIZE] = "?", *name = track_name(album, track), *conversions = NULL;
	char *detail = session_detail(album, track, i == from);
	char *gain = track_gain_text(album, track);
	uint32_t sectors = own_sectors(album, i);

	if (sectors != TAO_UNKNOWN)
		format_time(sectors, time);
	conversions = audio_conversions(track->file);
	say("%4zu.  %5s  %s  (%s%s%s)%s%s%s%s%s\n", i + 1, time, name, track->file->format,
	    conversions ? ": " : "", conversions ? conversions : "",
	    track->isrc[0] ? "  ISRC " : "", track->isrc, detail, gain ? "  " : "",
	    gain ? gain : "");
	free(gain);
	free(detail);
	free(conversions);
	free(name);
}

static void say_hidden(const struct album *album)
{
	char time[TIME_SIZE];

	if (track_frames(&album->hidden))
		say("       %5s  hidden, before the first track\n",
		    format_time(track_frames(&album->hidden) / SECTOR_FRAMES, time));
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
	    medium.free_sectors != TAO_UNKNOWN && medium.free_sectors >= sectors)
		say("; %s min left after it", format_time(medium.free_sectors - sectors, left));
	say("\n");
	free(disc);
}

/* In a dry run there may be no drive. */
static void say_open_end(const struct burn_command *c)
{
	char *command;

	if (c->count > 1) {
		say("The sessions stay open; `tao finalize DRIVE` makes a disc playable.\n");
		return;
	}
	command = c->count ? drive_command("tao finalize", tao_device_path(c->recorders[0].watch)) :
			     xstrdup("`tao finalize`");
	say("The session stays open; %s makes the disc playable.\n", command);
	free(command);
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
		say_open_end(c);
	if (c->copies > 1)
		say("%u copies: each disc comes out when it is done; insert the next one then.\n",
		    c->copies);
	if (!c->discs.done && c->discs.count > 1)
		say("%zu discs: each one comes out when it is done; insert the next one then.\n",
		    c->discs.count);
}

static void say_text(const struct burn_command *c)
{
	const struct disc_text *text = &c->text;

	if (!text->packs) {
		say("No CD-TEXT: %s.\n", c->no_text ? "--no-cd-text" : "there are no titles");
		return;
	}
	for (unsigned int i = 0; i < c->count; i++)
		if (!writes_text(c->recorders[i].watch))
			say("No CD-TEXT in %s: the drive does not write it.\n",
			    tao_device_path(c->recorders[i].watch));
	say("CD-TEXT: %s%zu packs", text->given ? "of the CDTEXTFILE, " : "",
	    text->bytes / TAO_TEXT_PACK_BYTES);
	if (text->losses_count)
		say(", %zu change%s, for it has %s:\n", text->losses_count,
		    text->losses_count == 1 ? "" : "s",
		    text->crowded ? "little room and Latin letters only" : "Latin letters only");
	else
		say(".\n");
	for (size_t i = 0; i < text->losses_count && i < LOSSES_SHOWN; i++)
		say("       %s\n", text->losses[i]);
	if (text->losses_count > LOSSES_SHOWN)
		say("       and %zu more\n", text->losses_count - LOSSES_SHOWN);
}

static void say_numbers(unsigned int first, size_t tracks)
{
	if (first > 1)
		say("On the disc they have the numbers %u to %zu, as in the CUE sheet.\n", first,
		    first + tracks - 1);
}

static void say_offset(const struct offset *offset)
{
	char *text = write_offset_text(offset);

	if (text)
		say("%s.\n", text);
	free(text);
}

static void say_mode(const struct burn_command *c, size_t tracks)
{
	if (c->album.mode == MODE_SESSION) {
		say("Session-at-once: the tracks follow each other without a gap%s.\n",
		    c->gap ? " but those that are asked for" : "");
		say_numbers(album_first_track(&c->album, c->options.from), tracks);
		say_offset(&c->album.write_offset);
		say_text(c);
	} else if (tracks > 1) {
		say("Track-at-once (%s): 2 s of silence between tracks, no CD-TEXT.\n",
		    c->why_tracks);
	}
}

/* NULL: there are none */
static char *clipped_note(const struct album *album)
{
	unsigned long long samples = album_clipped(album);

	return samples ? xasprintf(NAMED("too-loud") "%llu samples are too loud for a CD %s.",
				   samples, "after conversion, and are cut") : NULL;
}

static char *broken_note(const struct album *album)
{
	unsigned long long samples = album_broken(album);

	return samples ? xasprintf(NAMED("no-numbers") "%llu samples are not numbers %s.",
				   samples, "(NaN, infinite), and become silence") : NULL;
}

/* Calls @put for each note that was not said of a disc before. */
static void each_note(const struct burn_command *c, void (*put)(const char *note, void *data),
		      void *data)
{
	char *clipped = clipped_note(&c->album), *broken = broken_note(&c->album);

	for (size_t i = c->notes_said; i < c->album.notes_count; i++)
		put(c->album.notes[i], data);
	if (clipped)
		put(clipped, data);
	if (broken)
		put(broken, data);
	free(clipped);
	free(broken);
}

static void say_note(const char *note, void *data)
{
	(void)data;
	say("%s\n", note);
}

static void say_length(const struct burn_command *c, size_t tracks)
{
	uint32_t sectors = sectors_needed(&c->album, c->options.from);
	char time[TIME_SIZE];

	if (!tracks)
		say("No track is left to burn.\n");
	else if (sectors == TAO_UNKNOWN)
		say("%zu track%s, length not known; it ends where the disc does.\n", tracks,
		    tracks == 1 ? "" : "s");
	else
		say("%zu track%s, %s min%s.\n", tracks, tracks == 1 ? "" : "s",
		    format_time(sectors, time),
		    tracks == 1 || c->album.mode == MODE_SESSION ? "" : " with the gaps");
}

void say_plan(const struct burn_command *c)
{
	const struct album *album = &c->album;
	size_t tracks = album->tracks_count - c->options.from;

	if (c->discs.news)
		discs_say(&c->discs);
	if (c->discs.count > 1)
		say("Disc %zu:\n", c->discs.done + 1);
	if (album->title)
		say("%s%s%s\n", album->artist ? album->artist : "", album->artist ? ": " : "",
		    album->title);
	say_hidden(album);
	for (size_t i = c->options.from; i < album->tracks_count; i++)
		say_track(album, i, c->options.from);
	say_length(c, tracks);
	for (unsigned int i = 0; i < c->count; i++)
		say_drive(c, &c->recorders[i]);
	say_mode(c, tracks);
	each_note(c, say_note, NULL);
	say_ending(c);
}

static const char *drive_path(const struct burn_command *c, unsigned int i)
{
	return tao_device_path(c->recorders[i].watch);
}

static uint32_t pregap_of(const struct burn_command *c, size_t i)
{
	const struct album *album = &c->album;

	if (album->mode != MODE_SESSION)
		return 0;
	return i > c->options.from ? album->tracks[i].pregap_sectors :
				     track_frames(&album->hidden) / SECTOR_FRAMES;
}

static void json_note(const char *note, void *data)
{
	struct json_object *object = json_object_new_object();

	json_add_message(object, note);
	json_object_array_add(data, object);
}

void json_plan(const struct burn_command *c)
{
	const struct album *album = &c->album;
	struct which_disc which = { c->discs.done + 1, c->discs.count, true };
	struct json_object *event = json_event("plan", NULL), *tracks = json_object_new_array();
	struct json_object *drives = json_object_new_array(), *changes = json_object_new_array();
	struct json_object *notes = json_object_new_array();

	for (size_t i = 0; i < c->text.losses_count; i++)
		json_object_array_add(changes, json_text(c->text.losses[i]));
	for (size_t i = c->options.from; i < album->tracks_count; i++) {
		const struct track *t = &album->tracks[i];
		struct json_object *track = json_object_new_object();
		char *name = track_name(album, t),
		     *conversions = audio_conversions(t->file);

		json_add_number(track, "index", i + 1);
		json_add_string(track, "title", name);
		json_add_string(track, "file", t->file->is_input ? "-" : t->file->path);
		json_add_string(track, "format", t->file->format);
		json_add_string(track, "conversions", conversions);
		json_add_u32(track, "sectors", own_sectors(album, i));
		json_add_decibel(track, "gain_db", t->gain.db, t->gain.known);
		json_add_decibel(track, "wanted_gain_db", t->gain.wanted, t->gain.known);
		json_add_string(track, "isrc", t->isrc[0] ? t->isrc : NULL);
		json_add_number(track, "pregap_sectors", pregap_of(c, i));
		json_add_number(track, "marks",
				album->mode == MODE_SESSION ? t->marks_count : 0);
		json_object_array_add(tracks, track);
		free(conversions);
		free(name);
	}
	each_note(c, json_note, notes);
	for (unsigned int i = 0; i < c->count; i++)
		json_object_array_add(drives, json_text(drive_path(c, i)));
	json_add_string(event, "album", album->title);
	json_add_string(event, "mode",
			album->mode == MODE_SESSION ? "session-at-once" : "track-at-once");
	json_add_string(event, "why_tracks", c->why_tracks);
	json_add_number(event, "cd_text_packs", c->text.bytes / TAO_TEXT_PACK_BYTES);
	json_object_object_add(event, "cd_text_changes", changes);
	json_object_object_add(event, "first_track",
			       album->mode == MODE_SESSION ?
				       json_object_new_int(album_first_track(album,
									     c->options.from)) :
				       NULL);
	json_add_offset(event, "write_offset", &album->write_offset);
	json_add_number(event, "samples_cut_off", c->cut_off);
	json_add_string(event, "mcn", album->mcn[0] ? album->mcn : NULL);
	json_object_object_add(event, "notes", notes);
	json_object_object_add(event, "tracks", tracks);
	json_object_object_add(event, "drives", drives);
	json_add_u32(event, "sectors", sectors_needed(album, c->options.from));
	if (c->spread)
		json_add_which_disc(event, &which);
	json_object_object_add(event, "disc_tracks", json_discs(&c->discs));
	json_add_number(event, "copies", c->copies ? c->copies : 1);
	json_print(event);
}
