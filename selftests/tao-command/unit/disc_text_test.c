// SPDX-License-Identifier: GPL-2.0-only
/*
 * CD-TEXT of an album: what a disc of several sources is called, and texts that have no room.
 */
#include <fcntl.h>
#include <sndfile.h>
#include <string.h>
#include <tao_cdtext.h>
#include <unistd.h>
#include "../../../tools/tao/album.h"
#include "../../../tools/tao/common.h"
#include "../../../tools/tao/disc_text.h"
#include "../../libtao/unit/ktap.h"

#define SECTORS 400

static void write_song(const char *name, const char *title, const char *artist, const char *album)
{
	SF_INFO info = { .samplerate = 44100, .channels = 2,
			 .format = SF_FORMAT_FLAC | SF_FORMAT_PCM_16 };
	SNDFILE *file = sf_open(ktap_path(name), SFM_WRITE, &info);
	static const short silence[SECTORS * SECTOR_FRAMES * 2];

	sf_set_string(file, SF_STR_TITLE, title);
	sf_set_string(file, SF_STR_ARTIST, artist);
	if (album)
		sf_set_string(file, SF_STR_ALBUM, album);
	sf_writef_short(file, silence, SECTORS * SECTOR_FRAMES);
	sf_close(file);
}

/* The CD-TEXT of an album as a player decodes it. The caller frees it, and *out. */
static struct tao_cdtext *read_text(const struct album *album, struct disc_text *out)
{
	struct tao_cdtext *text = NULL;
	char *reason = NULL;

	*out = (struct disc_text){ 0 };
	if (disc_text_make(album, 0, out, &reason) || !out->packs ||
	    tao_cdtext_decode(&text, out->packs, out->bytes, NULL, NULL))
		check(false, reason ? reason : "CD-TEXT");
	free(reason);
	return text;
}

static bool is_text(const struct tao_cdtext *text, unsigned int type, unsigned int track,
		    const char *wanted)
{
	const char *got = tao_cdtext_get(text, 0, type, track);

	return !strcmp(got ? got : "", wanted);
}

/* Songs of two albums are the disc of neither. */
static void test_titles(void)
{
	struct album album = { 0 };
	struct disc_text packs;
	struct tao_cdtext *text;

	write_song("1.flac", "One", "A", "First");
	write_song("2.flac", "Two", "A", "First");
	write_song("3.flac", "Three", "B", "Second");
	write_song("4.flac", "Four", "A", NULL);
	album_add(&album, ktap_path("1.flac"));
	album_add(&album, ktap_path("2.flac"));
	check(album.title && !strcmp(album.title, "First"), "all files are of one album");
	album_add(&album, ktap_path("3.flac"));
	check(!album.title, "they are of two albums");
	album_add(&album, ktap_path("1.flac"));
	check(!album.title, "however many follow");
	text = read_text(&album, &packs);
	check(is_text(text, TAO_CDTEXT_TITLE, 0, "") &&
	      is_text(text, TAO_CDTEXT_TITLE, 1, "One") &&
	      is_text(text, TAO_CDTEXT_PERFORMER, 3, "B"),
	      "the disc has no title, its tracks have");
	tao_cdtext_free(text);
	disc_text_free(&packs);
	album_free(&album);

	album = (struct album){ 0 };
	album_add(&album, ktap_path("1.flac"));
	album_add(&album, ktap_path("4.flac"));
	check(!album.title, "one file is of no album");
	album_free(&album);
}

/* A sheet names its own tracks, not those of another file. */
static void test_sheets(void)
{
	struct album album = { 0 };
	struct disc_text packs;
	struct tao_cdtext *text;

	ktap_write("a.cue", "CATALOG 1234567890128\nTITLE Live\nPERFORMER Band\nSONGWRITER Poet\n"
		    "FILE 4.flac WAVE\nTRACK 01 AUDIO\nTITLE X\nPERFORMER Guest\n"
		    "INDEX 01 00:00:00\n");
	ktap_write("b.cue", "TITLE Live\nPERFORMER Other\nFILE 2.flac WAVE\nTRACK 01 AUDIO\n"
		    "INDEX 01 00:00:00\n");
	write_song("5.flac", "", "", NULL);
	ktap_write("c.cue", "TITLE Live\nPERFORMER Trio\nFILE 5.flac WAVE\nTRACK 01 AUDIO\n"
		    "TITLE Z\nINDEX 01 00:00:00\n");
	album_add(&album, ktap_path("a.cue"));
	check(!strcmp(album.mcn, "1234567890128"), "one sheet: its catalogue number");
	album_add(&album, ktap_path("b.cue"));
	album_add(&album, ktap_path("c.cue"));
	check(!album.mcn[0] && !strcmp(album.title, "Live") && !album.artist,
	      "several sheets: what they agree on");
	text = read_text(&album, &packs);
	check(is_text(text, TAO_CDTEXT_PERFORMER, 0, "") &&
	      is_text(text, TAO_CDTEXT_PERFORMER, 1, "Guest") &&
	      is_text(text, TAO_CDTEXT_PERFORMER, 2, "A") &&
	      is_text(text, TAO_CDTEXT_PERFORMER, 3, "Trio") &&
	      is_text(text, TAO_CDTEXT_SONGWRITER, 1, "Poet") &&
	      is_text(text, TAO_CDTEXT_SONGWRITER, 3, ""),
	      "each track has the names of its own sheet");
	tao_cdtext_free(text);
	disc_text_free(&packs);
	album_free(&album);

	album = (struct album){ .mcn = "4012345678901" };
	album_add(&album, ktap_path("a.cue"));
	album_add(&album, ktap_path("1.flac"));
	check(!strcmp(album.mcn, "4012345678901"), "an option: its catalogue number");
	album_free(&album);
}

/*
 * The album of files of one artist is that artist's. A sheet that says nothing of its disc may be
 * that of a disc without, which it has to fit.
 */
static void test_performer(void)
{
	struct album album = { 0 };
	struct disc_text packs;
	struct tao_cdtext *text;

	album_add(&album, ktap_path("1.flac"));
	album_add(&album, ktap_path("2.flac"));
	text = read_text(&album, &packs);
	check(is_text(text, TAO_CDTEXT_PERFORMER, 0, "A"), "files: the performer of all tracks");
	tao_cdtext_free(text);
	disc_text_free(&packs);
	album_free(&album);

	ktap_write("d.cue", "FILE 1.flac WAVE\nTRACK 01 AUDIO\nPERFORMER A\nINDEX 01 00:00:00\n"
			     "FILE 2.flac WAVE\nTRACK 02 AUDIO\nPERFORMER A\nINDEX 01 00:00:00\n");
	album = (struct album){ 0 };
	album_add(&album, ktap_path("d.cue"));
	text = read_text(&album, &packs);
	check(is_text(text, TAO_CDTEXT_PERFORMER, 0, "") &&
	      is_text(text, TAO_CDTEXT_PERFORMER, 1, "A") &&
	      is_text(text, TAO_CDTEXT_PERFORMER, 2, "A"), "a sheet: only what it says");
	tao_cdtext_free(text);
	disc_text_free(&packs);
	album_free(&album);
}

/* The plan shows a name for a track without a title; this name does not become CD-TEXT. */
static void test_input(void)
{
	struct album album = { 0 };
	struct disc_text packs = { 0 };
	char *name, *reason;
	int fd, before = dup(STDIN_FILENO);

	write_song("5.flac", "", "", NULL);
	fd = open(ktap_path("5.flac"), O_RDONLY);
	dup2(fd, STDIN_FILENO);
	album_add(&album, "-");
	album_add(&album, ktap_path("5.flac"));
	dup2(before, STDIN_FILENO);
	name = track_name(&album, &album.tracks[0]);
	check(!strcmp(name, "standard input"), "standard input: its name for people");
	free(name);
	check(!disc_text_make(&album, 0, &packs, &reason) && !packs.packs,
	      "standard input: nothing for the disc");
	disc_text_free(&packs);
	album_join(&album);
	name = track_name(&album, &album.tracks[0]);
	check(!strcmp(name, "all tracks (2 joined)"), "joined: its name for people");
	free(name);
	check(!disc_text_make(&album, 0, &packs, &reason) && !packs.packs,
	      "joined: nothing for the disc");
	disc_text_free(&packs);
	album_free(&album);
	close(fd);
	close(before);
}

static const char *repeated(char *text, const char *word, size_t length)
{
	for (size_t i = 0; i < length; i++)
		text[i] = word[i % strlen(word)];
	text[length] = '\0';
	return text;
}

/* @count tracks with titles and performers of so many characters; every third one is a guest's. */
static struct album long_names(unsigned int count, size_t title, size_t performer)
{
	char name[200], other[200];
	struct album album = { .title = xstrdup("Symphonies"),
			       .artist = xstrdup(repeated(name, "Orchestra ", performer)) };

	album.tracks_count = count;
	album.tracks = xcalloc(count, sizeof(*album.tracks));
	for (unsigned int i = 0; i < count; i++) {
		album.tracks[i].title = xasprintf("%02u %s", i + 1,
						  repeated(other, "Allegro vivace ", title - 3));
		album.tracks[i].artist =
			xasprintf("%s", i % 3 ? name : repeated(other, "Soloist ", performer));
	}
	return album;
}

static void test_room(void)
{
	struct album album = long_names(20, 75, 46);
	struct disc_text packs;
	struct tao_cdtext *text = read_text(&album, &packs);

	check(!packs.crowded && !packs.losses_count, "20 long titles have room");
	tao_cdtext_free(text);
	disc_text_free(&packs);
	album_free(&album);

	album = long_names(28, 75, 46);
	text = read_text(&album, &packs);
	check(packs.crowded && packs.losses_count == 1 &&
	      strstr(packs.losses[0], "names of tracks that are those of the album"),
	      "28 long titles: performers of the album are left out, which is told");
	check(is_text(text, TAO_CDTEXT_TITLE, 28, album.tracks[27].title) &&
	      is_text(text, TAO_CDTEXT_PERFORMER, 0, album.artist) &&
	      is_text(text, TAO_CDTEXT_PERFORMER, 2, "") &&
	      is_text(text, TAO_CDTEXT_PERFORMER, 28, album.tracks[27].artist),
	      "28 long titles: the rest is whole");
	tao_cdtext_free(text);
	disc_text_free(&packs);
	album_free(&album);

	album = long_names(99, 120, 100);
	text = read_text(&album, &packs);
	check(packs.losses_count == 2 && strstr(packs.losses[1], "texts are cut after "),
	      "99 long titles: they are cut, which is told");
	check(strlen(tao_cdtext_get(text, 0, TAO_CDTEXT_TITLE, 1)) > 10 &&
	      is_text(text, TAO_CDTEXT_TITLE, 0, "Symphonies") &&
	      packs.bytes > 250 * TAO_CDTEXT_PACK_BYTES, "99 long titles: all room is used");
	tao_cdtext_free(text);
	disc_text_free(&packs);
	album_free(&album);
}

/* A file of packs of which one is damaged: the message names it. */
static void test_damaged_file(void)
{
	struct album album = { 0 };
	struct disc_text packs;
	char *reason = NULL;
	FILE *file;

	album_add(&album, ktap_path("1.flac"));
	tao_cdtext_free(read_text(&album, &packs));
	packs.packs[16] ^= 1;
	file = fopen(ktap_path("damaged.cdt"), "w");
	fwrite(packs.packs, packs.bytes, 1, file);
	fclose(file);
	disc_text_free(&packs);
	packs = (struct disc_text){ 0 };
	album.text_file = xstrdup(ktap_path("damaged.cdt"));
	check(disc_text_make(&album, 0, &packs, &reason) && reason &&
	      strstr(reason, "damaged.cdt: pack 0 of the CD-TEXT is damaged"),
	      "a damaged file of CD-TEXT");
	free(reason);
	disc_text_free(&packs);
	album_free(&album);
}

/* Tracks with the numbers of a sheet, alone and with another file. */
static void test_numbers(void)
{
	struct album album = { 0 };
	struct disc_text packs;
	struct tao_cdtext *text;

	ktap_write("five.cue", "FILE 1.flac WAVE\nTRACK 05 AUDIO\nTITLE Five\nINDEX 01 00:00:00\n"
				"FILE 2.flac WAVE\nTRACK 06 AUDIO\nTITLE Six\nINDEX 01 00:00:00\n");
	album_add(&album, ktap_path("five.cue"));
	text = read_text(&album, &packs);
	check(tao_cdtext_first_track(text) == 5 && tao_cdtext_last_track(text) == 6 &&
	      is_text(text, TAO_CDTEXT_TITLE, 5, "Five") &&
	      is_text(text, TAO_CDTEXT_TITLE, 6, "Six"), "the numbers of the sheet");
	check(album_needs_session(&album, 0) && album_first_track(&album, 1) == 1,
	      "the numbers of the sheet are for all of it");
	album_lay_out(&album, MODE_TRACK, 0, 0);
	check(album.notes_count == 1 && strstr(album.notes[0], "counts from 1, not from 5"),
	      "track-at-once has not these numbers");
	tao_cdtext_free(text);
	disc_text_free(&packs);
	album_add(&album, ktap_path("3.flac"));
	check_is(album_first_track(&album, 0), 1, "another file besides: counted from 1");
	album_free(&album);
}

int main(void)
{
	srand(ktap_seed());
	options.quiet = true;
	test_titles();
	test_sheets();
	test_performer();
	test_input();
	test_room();
	test_damaged_file();
	test_numbers();
	return ktap_end();
}
