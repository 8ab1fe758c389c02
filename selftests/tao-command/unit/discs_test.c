// SPDX-License-Identifier: GPL-2.0-only
/* --discs: which tracks go onto which disc, with tracks of silence. */
#include <stdlib.h>
#include <string.h>
#include "../../../tools/tao/common.h"
#include "../../../tools/tao/discs.h"
#include "../../libtao/unit/ktap.h"

#define MINUTE 4500
/* Track-at-once: between two tracks */
#define GAP 152

static void add_track(struct album *album, uint32_t sectors)
{
	struct segments list = { 0 };

	album->tracks = xrealloc(album->tracks, album->tracks_count + 1, sizeof(*album->tracks));
	segments_add(&list, (struct segment){ .frames = (uint64_t)sectors * SECTOR_FRAMES });
	album->tracks[album->tracks_count++] = (struct track){ .segments = list.all,
							       .segments_count = list.count };
}

static void add_disc(struct album *album, size_t first, size_t count)
{
	album->discs = xrealloc(album->discs, album->discs_count + 1, sizeof(*album->discs));
	album->discs[album->discs_count++] = (struct disc){ xstrdup("CD"), first, count };
}

static void set_pregap(struct track *track, uint64_t frames)
{
	segments_add(&track->pregap, (struct segment){ .frames = frames });
}

static struct album make(size_t tracks, uint32_t sectors)
{
	struct album album = { 0 };

	while (album.tracks_count < tracks)
		add_track(&album, sectors);
	return album;
}

/* "1-4:18450 5-5:4500", tracks and sectors of each disc */
static char *describe(const struct discs *discs)
{
	static char text[400];
	size_t used = 0;

	text[0] = 0;
	for (size_t i = 0; i < discs->count; i++)
		used += snprintf(text + used, sizeof(text) - used, "%s%zu-%zu:%u", i ? " " : "",
				 discs->parts[i].first + 1,
				 discs->parts[i].first + discs->parts[i].count,
				 discs->parts[i].sectors);
	return text;
}

static void is_spread(const char *name, const struct discs *discs, const char *expected)
{
	check(!strcmp(describe(discs), expected), name);
	if (strcmp(describe(discs), expected))
		printf("# %s\n# instead of %s\n", describe(discs), expected);
}

static void spread(const char *name, struct album *album, size_t from, struct disc_kind kind,
		   const char *expected)
{
	struct discs discs = { 0 };

	discs_spread(&discs, album, from, &kind);
	is_spread(name, &discs, expected);
	free(discs.parts);
}

static void check_room(void)
{
	struct album album = make(5, 10 * MINUTE);

	spread("as many as fit", &album, 0, (struct disc_kind){ 25 * MINUTE, MODE_SESSION, 0 },
	       "1-2:90000 3-4:90000 5-5:45000");
	spread("all on one disc", &album, 0, (struct disc_kind){ 50 * MINUTE, MODE_SESSION, 0 },
	       "1-5:225000");
	spread("a sector too little", &album, 0,
	       (struct disc_kind){ 50 * MINUTE - 1, MODE_SESSION, 0 }, "1-4:180000 5-5:45000");
	spread("from a later track on", &album, 2,
	       (struct disc_kind){ 25 * MINUTE, MODE_SESSION, 0 }, "3-4:90000 5-5:45000");
	spread("track-at-once has gaps", &album, 0,
	       (struct disc_kind){ 20 * MINUTE + GAP, MODE_TRACK, 0 },
	       "1-2:90152 3-4:90152 5-5:45000");
	spread("and they need their room", &album, 0,
	       (struct disc_kind){ 20 * MINUTE + GAP - 1, MODE_TRACK, 0 },
	       "1-1:45000 2-2:45000 3-3:45000 4-4:45000 5-5:45000");
	spread("a gap that is asked for", &album, 3,
	       (struct disc_kind){ 20 * MINUTE + 10, MODE_SESSION, 10 * SECTOR_FRAMES },
	       "4-5:90010");
	album_free(&album);
}

static void check_limits(void)
{
	struct album album = make(210, 300);
	struct disc_kind kind = { 80 * MINUTE, MODE_SESSION, 0 };

	spread("99 tracks at most", &album, 0, kind, "1-99:29700 100-198:29700 199-210:3600");
	add_track(&album, 90 * MINUTE);
	spread("a track that is too long is alone", &album, 198, kind,
	       "199-210:3600 211-211:405000");
	check(discs_too_long(&album, 0, &kind) == 210, "it is found");
	album.tracks_count--;
	check(discs_too_long(&album, 0, &kind) == 210, "and no other");
	album.tracks_count++;
	album_free(&album);
}

static void check_set(void)
{
	struct album album = make(6, 10 * MINUTE);
	struct disc_kind kind = { 35 * MINUTE, MODE_SESSION, 0 };

	add_disc(&album, 0, 2);
	add_disc(&album, 2, 4);
	spread("a set keeps its discs", &album, 0, kind, "1-2:90000 3-5:135000 6-6:45000");
	spread("one of its discs is longer than these", &album, 1, kind,
	       "2-2:45000 3-5:135000 6-6:45000");
	album_free(&album);
}

/* The audio before the first track of a disc ends the disc before it. */
static void check_pregaps(void)
{
	struct album album = make(3, 10 * MINUTE);

	set_pregap(&album.tracks[1], SECTOR_FRAMES);
	set_pregap(&album.tracks[2], 150 * SECTOR_FRAMES + 1);
	spread("pregaps, between tracks and between discs", &album, 0,
	       (struct disc_kind){ 21 * MINUTE, MODE_SESSION, 0 }, "1-2:90152 3-3:45000");
	spread("a pregap has no room at the end", &album, 0,
	       (struct disc_kind){ 20 * MINUTE + 150, MODE_SESSION, 0 },
	       "1-1:45001 2-2:45151 3-3:45000");
	album.tracks[2].leads = true;
	spread("hidden audio of the next sheet stays out", &album, 1,
	       (struct disc_kind){ 10 * MINUTE, MODE_SESSION, 0 }, "2-2:45000 3-3:45000");
	album_free(&album);
}

/* The second disc is smaller than the first one, and the third is larger. */
static void check_again(void)
{
	struct album album = make(8, 10 * MINUTE);
	struct disc_kind kind = { 35 * MINUTE, MODE_SESSION, 0 };
	struct discs discs = { 0 };

	discs_spread(&discs, &album, 0, &kind);
	is_spread("before the first disc", &discs, "1-3:135000 4-6:135000 7-8:90000");
	discs.done = 1;
	kind.sectors = 15 * MINUTE;
	discs_spread(&discs, &album, 3, &kind);
	is_spread("a smaller disc", &discs,
		  "1-3:135000 4-4:45000 5-5:45000 6-6:45000 7-7:45000 8-8:45000");
	discs.done = 2;
	kind.sectors = 80 * MINUTE;
	discs_spread(&discs, &album, 4, &kind);
	is_spread("a larger disc", &discs, "1-3:135000 4-4:45000 5-8:180000");
	free(discs.parts);
	album_free(&album);
}

/* Takes over @text. */
static void is_text(const char *name, char *text, const char *expected)
{
	check(!strcmp(text, expected), name);
	free(text);
}

static void check_names(void)
{
	struct which_disc disc = { 2, 3, true }, copy = { 2, 5, false }, only = { 0 };
	struct which_disc whole = { 1, 1, true };
	struct disc_part one = { 4, 1, 0 }, several = { 0, 4, 0 };

	is_text("a disc of a list", which_disc_text(&disc), "disc 2 of 3");
	is_text("a copy", which_disc_text(&copy), "copy 2 of 5");
	check(!which_disc_text(&only) && !which_disc_text(&whole), "the only disc has no name");
	is_text("a track", disc_part_tracks(&one), "track 5");
	is_text("tracks", disc_part_tracks(&several), "tracks 1 to 4");
}

int main(void)
{
	check_room();
	check_limits();
	check_set();
	check_pregaps();
	check_again();
	check_names();
	return ktap_end();
}
