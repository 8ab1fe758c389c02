// SPDX-License-Identifier: GPL-2.0-only
/*
 * What files and sheets become: one album in the ways in which EAC and others write it, lengths
 * that are not whole sectors or not known, pregaps, marks, short tracks, sets of discs; by sample.
 */
#include <sndfile.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "../../../tools/tao/album.h"
#include "../../../tools/tao/common.h"
#include "../../../tools/tao/feed.h"
#include "../../libtao/unit/ktap.h"

/* The album: sectors of each piece, all in one row. The gaps are silent. */
enum { HIDDEN = 90, FIRST = 700, GAP = 151, SECOND = 500, THIRD = 400, MARK = 123 };

#define ALL (HIDDEN + FIRST + GAP + SECOND + THIRD)
#define BYTES ((size_t)ALL * SECTOR_FRAMES * FRAME_BYTES)
#define SECTOR_BYTES (SECTOR_FRAMES * FRAME_BYTES)

static char *audio;

/* Sectors @from to @to of the album. */
static void write_part(const char *name, size_t from, size_t to)
{
	FILE *file = fopen(ktap_path(name), "w");

	if (!file ||
	    fwrite(audio + from * SECTOR_BYTES, SECTOR_BYTES, to - from, file) != to - from)
		check(false, "set-up");
	fclose(file);
}

static const char *msf(unsigned int sectors)
{
	static char text[8][16];
	static unsigned int n;

	n = (n + 1) % 8;
	snprintf(text[n], sizeof(text[n]), "%02u:%02u:%02u", sectors / 75 / 60, sectors / 75 % 60,
		 sectors % 75);
	return text[n];
}

#define TRACK_1 "TRACK 01 AUDIO\nTITLE One\n"
#define TRACK_2 "TRACK 02 AUDIO\nTITLE Two\n"
#define TRACK_3 "TRACK 03 AUDIO\nTITLE Three\n"

/* Each makes a sheet and its files. */
static char *single(void)
{
	write_part("all.raw", 0, ALL);
	return xasprintf("FILE all.raw BINARY\n"
			 TRACK_1 "INDEX 00 00:00:00\nINDEX 01 %s\n"
			 TRACK_2 "INDEX 00 %s\nINDEX 01 %s\nINDEX 02 %s\n"
			 TRACK_3 "INDEX 01 %s\n",
			 msf(HIDDEN), msf(HIDDEN + FIRST), msf(HIDDEN + FIRST + GAP),
			 msf(HIDDEN + FIRST + GAP + MARK), msf(HIDDEN + FIRST + GAP + SECOND));
}

/* The hidden audio alone, then a file for each track; gaps are PREGAPs. */
static char *left_out(void)
{
	write_part("hidden.raw", 0, HIDDEN);
	write_part("1.raw", HIDDEN, HIDDEN + FIRST);
	write_part("2.raw", HIDDEN + FIRST + GAP, HIDDEN + FIRST + GAP + SECOND);
	write_part("3.raw", HIDDEN + FIRST + GAP + SECOND, ALL);
	return xasprintf("FILE hidden.raw BINARY\n" TRACK_1 "INDEX 00 00:00:00\n"
			 "FILE 1.raw BINARY\nINDEX 01 00:00:00\n"
			 "FILE 2.raw BINARY\n" TRACK_2
			 "PREGAP %s\nINDEX 01 00:00:00\nINDEX 02 %s\n"
			 "FILE 3.raw BINARY\n" TRACK_3 "INDEX 01 00:00:00\n",
			 msf(GAP), msf(MARK));
}

/* The gap is in the file of the track before: INDEX 00 there, INDEX 01 in the next one. */
static char *noncompliant(void)
{
	write_part("1.raw", 0, HIDDEN + FIRST + GAP);
	write_part("2.raw", HIDDEN + FIRST + GAP, HIDDEN + FIRST + GAP + SECOND);
	write_part("3.raw", HIDDEN + FIRST + GAP + SECOND, ALL);
	return xasprintf("FILE 1.raw BINARY\n" TRACK_1 "INDEX 00 00:00:00\nINDEX 01 %s\n"
			 TRACK_2 "INDEX 00 %s\n"
			 "FILE 2.raw BINARY\nINDEX 01 00:00:00\nINDEX 02 %s\n"
			 TRACK_3 "FILE 3.raw BINARY\nINDEX 01 00:00:00\n",
			 msf(HIDDEN), msf(HIDDEN + FIRST), msf(MARK));
}

/* The gap is in front of its own track. */
static char *corrected(void)
{
	write_part("1.raw", 0, HIDDEN + FIRST);
	write_part("2.raw", HIDDEN + FIRST, HIDDEN + FIRST + GAP + SECOND);
	write_part("3.raw", HIDDEN + FIRST + GAP + SECOND, ALL);
	return xasprintf("FILE 1.raw BINARY\n" TRACK_1 "INDEX 00 00:00:00\nINDEX 01 %s\n"
			 "FILE 2.raw BINARY\n" TRACK_2
			 "INDEX 00 00:00:00\nINDEX 01 %s\nINDEX 02 %s\n"
			 "FILE 3.raw BINARY\n" TRACK_3 "INDEX 01 00:00:00\n",
			 msf(HIDDEN), msf(GAP), msf(GAP + MARK));
}

/* As noncompliant, with the hidden audio in a file of its own. */
static char *current_gap(void)
{
	write_part("hidden.raw", 0, HIDDEN);
	write_part("1.raw", HIDDEN, HIDDEN + FIRST + GAP);
	write_part("2.raw", HIDDEN + FIRST + GAP, HIDDEN + FIRST + GAP + SECOND);
	write_part("3.raw", HIDDEN + FIRST + GAP + SECOND, ALL);
	return xasprintf("FILE hidden.raw BINARY\n" TRACK_1 "INDEX 00 00:00:00\n"
			 "FILE 1.raw BINARY\nINDEX 01 00:00:00\n" TRACK_2 "INDEX 00 %s\n"
			 "FILE 2.raw BINARY\nINDEX 01 00:00:00\nINDEX 02 %s\n" TRACK_3
			 "FILE 3.raw BINARY\nINDEX 01 00:00:00\n",
			 msf(FIRST), msf(MARK));
}

/* One file that is named again for each track, before the TRACK or between its INDEX lines. */
static char *repeated(void)
{
	write_part("all.raw", 0, ALL);
	return xasprintf("FILE all.raw BINARY\n" TRACK_1 "INDEX 00 00:00:00\nINDEX 01 %s\n" TRACK_2
			 "INDEX 00 %s\nFILE all.raw BINARY\nINDEX 01 %s\nINDEX 02 %s\n"
			 "FILE all.raw BINARY\n" TRACK_3 "INDEX 01 %s\n",
			 msf(HIDDEN), msf(HIDDEN + FIRST), msf(HIDDEN + FIRST + GAP),
			 msf(HIDDEN + FIRST + GAP + MARK), msf(HIDDEN + FIRST + GAP + SECOND));
}

/* Files that no INDEX is in: named twice in front, another one between, and one at the end. */
static char *unused(void)
{
	char *sheet = noncompliant(), *more = strstr(sheet, "FILE 2.raw"), *all;

	write_part("4.raw", 0, 400);
	*more = '\0';
	all = xasprintf("FILE 4.raw BINARY\nFILE 1.raw BINARY\n%sFILE 5.raw BINARY\nF%s%s", sheet,
			more + 1, "FILE 4.raw BINARY\n");
	free(sheet);
	return all;
}

/* What a drive would get; *bytes long, to be freed. */
static char *stream(const struct album *album, size_t *bytes)
{
	size_t size = 2 * BYTES, i = 0;
	char *all = xcalloc(size, 1);
	struct feed *feed = feed_start(album, 0, 1, false, 1 << 20);
	const struct track *t = &album->hidden;
	const void *block;
	ssize_t n;

	*bytes = 0;
	for (bool more = true; more; t = &album->tracks[i++]) {
		more = i < album->tracks_count;
		if (!t->segments_count)
			continue;
		if (track_is_direct(t, false)) {
			n = pread(t->segments[0].file->fd, all + *bytes,
				  track_frames(t) * FRAME_BYTES,
				  t->segments[0].first * FRAME_BYTES);
			*bytes += n;
			continue;
		}
		while ((n = feed_read(feed, 0, &block)) > 0) {
			memcpy(all + *bytes, block, n);
			*bytes += n;
		}
	}
	feed_leave(feed, 0);
	feed_free(feed);
	return all;
}

static bool is_album(const struct album *album)
{
	const struct track *t = album->tracks;
	size_t bytes;
	char *all;
	bool same;

	if (album->problems || album->tracks_count != 3)
		return false;
	all = stream(album, &bytes);
	same = bytes == BYTES && !memcmp(all, audio, BYTES);
	free(all);
	return same && track_frames(&album->hidden) == HIDDEN * SECTOR_FRAMES &&
	       track_sectors(&t[0]) == FIRST + GAP && track_sectors(&t[1]) == SECOND &&
	       track_sectors(&t[2]) == THIRD && t[1].pregap_sectors == GAP &&
	       !t[2].pregap_sectors && t[1].marks_count == 1 && !t[0].marks_count &&
	       t[1].marks[0].frames == MARK * SECTOR_FRAMES &&
	       sectors_needed(album, 0) == ALL && !strcmp(t[1].title, "Two");
}

static void load(struct album *album, const char *name)
{
	*album = (struct album){ 0 };
	album_add(album, ktap_path(name));
}

static void test_ways(void)
{
	static const struct {
		char *(*make)(void);
		const char *name;
	} ways[] = {
		{ single, "EAC: one file" },
		{ left_out, "EAC: gaps left out" },
		{ noncompliant, "EAC: gaps at the end of the track before" },
		{ corrected, "EAC: gaps in front of the track" },
		{ current_gap, "EAC: hidden audio in a file of its own" },
		{ repeated, "a FILE line for each track, and one file" },
		{ unused, "files that no INDEX is in" },
	};

	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
		char *sheet = ways[i].make();
		struct album album;

		ktap_write("album.cue", sheet);
		load(&album, "album.cue");
		if (!album.problems)
			album_lay_out(&album, MODE_SESSION, 0, 0);
		check(is_album(&album), ways[i].name);
		album_free(&album);
		free(sheet);
	}
}

/* Track-at-once has no pregap of any length: that ends the track before. */
static void test_tracks(void)
{
	char *sheet = noncompliant();
	struct album album;

	ktap_write("album.cue", sheet);
	load(&album, "album.cue");
	album_lay_out(&album, MODE_TRACK, 0, 0);
	check(track_sectors(&album.tracks[0]) == FIRST + GAP &&
	      track_sectors(&album.tracks[1]) == SECOND && !album.hidden.segments_count,
	      "track-at-once: the gap ends the track before");
	check_is(album.notes_count, 2, "track-at-once: what is left out is told");
	album_free(&album);
	free(sheet);
}

/* Files of any length, one behind the other: no sample is lost, added or moved. */
static void test_odd_lengths(void)
{
	size_t lengths[] = { 300 * SECTOR_FRAMES + 1, 301 * SECTOR_FRAMES - 1,
			     333 * SECTOR_FRAMES + rand() % SECTOR_FRAMES,
			     310 * SECTOR_FRAMES + rand() % SECTOR_FRAMES };
	struct album album = { 0 };
	size_t at = 0, bytes, cut = 0;
	bool whole = true;
	char *all;

	for (size_t i = 0; i < 4; i++) {
		char name[16];
		FILE *file;

		snprintf(name, sizeof(name), "odd%zu.raw", i);
		file = fopen(ktap_path(name), "w");
		fwrite(audio + at, FRAME_BYTES, lengths[i], file);
		fclose(file);
		at += lengths[i] * FRAME_BYTES;
		album_add(&album, ktap_path(name));
	}
	album_lay_out(&album, MODE_SESSION, 0, 0);
	all = stream(&album, &bytes);
	check(bytes == at && !memcmp(all, audio, at), "odd lengths: one unbroken stream");
	free(all);
	for (size_t i = 0; i < 3; i++) {
		size_t frames = track_frames(&album.tracks[i]);

		cut += lengths[i];
		whole &= frames % SECTOR_FRAMES == 0 && !album.tracks[i].pregap_sectors;
	}
	check(whole, "odd lengths: whole sectors");
	check(cut - (track_frames(&album.tracks[0]) + track_frames(&album.tracks[1]) +
		     track_frames(&album.tracks[2])) < SECTOR_FRAMES,
	      "odd lengths: a track begins less than a sector too early");
	check(!strcmp(strrchr(album.tracks[3].file->path, '/'), "/odd3.raw"),
	      "odd lengths: a track has the name of its own file");
	album_free(&album);
}

/* The next track, from a feed; *lost: why it, or one beside it, has silence. */
static char *feed_one(struct feed *feed, size_t *bytes, struct lost *lost)
{
	char *all = xcalloc(BYTES, 1);
	const void *block;
	ssize_t n;

	for (*bytes = 0; (n = feed_read(feed, 0, &block)) > 0; *bytes += n)
		memcpy(all + *bytes, block, n);
	*lost = feed_track_lost(feed, 0);
	return all;
}

/*
 * Two files of odd length, of which the first is shorter than it was: what it has of the second
 * track is silence, and the second is whole.
 */
static void test_failed_file(void)
{
	const size_t odd = 400 * SECTOR_BYTES + 100 * FRAME_BYTES, cut = 100 * FRAME_BYTES;
	static const char silence[100 * FRAME_BYTES];
	struct album album = { 0 };
	struct lost lost;
	struct feed *feed;
	char *got;
	size_t bytes;

	write_part("1.raw", 0, 401);
	write_part("2.raw", 401, 801);
	write_part("3.raw", 401, 802);
	if (truncate(ktap_path("1.raw"), odd) || truncate(ktap_path("3.raw"), odd))
		check(false, "set-up");
	album_add(&album, ktap_path("1.raw"));
	album_add(&album, ktap_path("2.raw"));
	album_add(&album, ktap_path("3.raw"));
	album_lay_out(&album, MODE_SESSION, 0, 0);
	if (truncate(ktap_path("1.raw"), odd - cut))
		check(false, "set-up");
	feed = feed_start(&album, 0, 1, false, 1 << 22);
	/* the first one is raw, and goes without the feed */
	got = feed_one(feed, &bytes, &lost);
	check(bytes == 400 * SECTOR_BYTES && !memcmp(got, silence, cut) &&
	      !memcmp(got + cut, audio + 401 * SECTOR_BYTES, bytes - cut),
	      "a file that failed: the other one of the track is whole");
	check(!lost.own && lost.before && !lost.after, "a file that failed: it is the one before");
	free(got);
	feed_leave(feed, 0);
	feed_free(feed);
	album_free(&album);
}

/* What the disc has that a drive with this write offset makes; to be freed. */
static char *written(const struct album *album, int offset, size_t size)
{
	char *disc = xcalloc(size, 1), *all;
	long shift = (long)offset * FRAME_BYTES, first, last;
	size_t bytes;

	all = stream(album, &bytes);
	first = shift < 0 ? -shift : 0;
	last = (long)size - shift < (long)bytes ? (long)size - shift : (long)bytes;
	memcpy(disc + first + shift, all + first, last - first);
	free(all);
	return disc;
}

/* Frames that differ, from the first one to the last one. */
static size_t differing(const char *a, const char *b, size_t frames, size_t *first)
{
	size_t last = 0;

	for (*first = frames; frames; frames--) {
		if (!memcmp(a + (frames - 1) * FRAME_BYTES, b + (frames - 1) * FRAME_BYTES,
			    FRAME_BYTES))
			continue;
		*first = frames - 1;
		last = last ? last : frames;
	}
	return last ? last - *first : 0;
}

/*
 * Three files, of which the last one ends 100 frames before the end of its sector: on the disc
 * each sample is where it would be without an offset, but for those that have no place.
 */
static void test_write_offset(void)
{
	static const struct {
		int offset;
		size_t lost;
	} cases[] = { { 30, 30 }, { 588, 588 }, { OFFSET_MAX, OFFSET_MAX }, { -24, 0 },
		      { -100, 0 }, { -130, 30 }, { -OFFSET_MAX, OFFSET_MAX - 100 } };
	const size_t size = 1202 * SECTOR_BYTES - 100 * FRAME_BYTES;
	const size_t frames = size / FRAME_BYTES;

	write_part("1.raw", 0, 401);
	write_part("2.raw", 401, 801);
	write_part("3.raw", 801, 1202);
	if (truncate(ktap_path("3.raw"), 401 * SECTOR_BYTES - 100 * FRAME_BYTES))
		check(false, "set-up");
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct album album = { .write_offset = { true, cases[i].offset } };
		size_t first, lost = cases[i].lost, start = frames - lost;
		char name[64], *disc;

		album_add(&album, ktap_path("1.raw"));
		album_add(&album, ktap_path("2.raw"));
		album_add(&album, ktap_path("3.raw"));
		album_lay_out(&album, MODE_SESSION, 0, 0);
		disc = written(&album, cases[i].offset, size);
		snprintf(name, sizeof(name), "write offset %d", cases[i].offset);
		if (cases[i].offset > 0)
			start = 0;
		check(differing(disc, audio, frames, &first) == lost && first == start, name);
		check(segments_frames(album.cut_off.all, album.cut_off.count) == lost &&
		      segments_sound(&album.cut_off) == lost && sectors_needed(&album, 0) == 1202,
		      name);
		free(disc);
		album_free(&album);
	}
}

/* The audio that is cut off is silent but for one sample, in a file that is decoded. */
static void test_cut_off_sound(void)
{
	struct album album = { .write_offset = { true, 200 } };
	short *samples = xcalloc(400 * SECTOR_FRAMES, FRAME_BYTES);
	SF_INFO info = { .samplerate = 44100, .channels = 2,
			 .format = SF_FORMAT_FLAC | SF_FORMAT_PCM_16 };
	SNDFILE *file = sf_open(ktap_path("quiet.flac"), SFM_WRITE, &info);

	samples[2 * 199 + 1] = -1;
	samples[2 * 200] = 1;
	sf_writef_short(file, samples, 400 * SECTOR_FRAMES);
	sf_close(file);
	free(samples);
	album_add(&album, ktap_path("quiet.flac"));
	album_lay_out(&album, MODE_SESSION, 0, 0);
	check_is(segments_sound(&album.cut_off), 1, "one sample with sound is cut off");
	album_free(&album);
}

/* Two files of whole sectors, and the drive writes late: the first track ends with the second. */
static void test_failed_shifted(void)
{
	struct album album = { .write_offset = { true, 30 } };
	struct lost lost;
	struct feed *feed;
	size_t bytes;

	write_part("1.raw", 0, 400);
	write_part("2.raw", 400, 800);
	album_add(&album, ktap_path("1.raw"));
	album_add(&album, ktap_path("2.raw"));
	album_lay_out(&album, MODE_SESSION, 0, 0);
	if (truncate(ktap_path("2.raw"), 0))
		check(false, "set-up");
	feed = feed_start(&album, 0, 1, false, 1 << 22);
	free(feed_one(feed, &bytes, &lost));
	check(!lost.own && !lost.before && lost.after,
	      "a shifted file that failed: it is the next one");
	free(feed_one(feed, &bytes, &lost));
	check(lost.own && !lost.before, "a shifted file that failed: its own track");
	feed_leave(feed, 0);
	feed_free(feed);
	album_free(&album);
}

static void test_gap(void)
{
	struct album album = { 0 };

	write_part("1.raw", 0, 400);
	write_part("2.raw", 400, 500);
	album_add(&album, ktap_path("1.raw"));
	album_add(&album, ktap_path("2.raw"));
	album_add(&album, ktap_path("1.raw"));
	album_lay_out(&album, MODE_SESSION, 0, 150 * SECTOR_FRAMES);
	check(album.tracks[1].pregap_sectors == 150 && album.tracks[2].pregap_sectors == 150 &&
	      !album.hidden.segments_count, "a gap before each track but the first");
	check(track_sectors(&album.tracks[0]) == 550 && track_sectors(&album.tracks[1]) == 450,
	      "a track of 100 sectors is filled up to 300");
	check_is(album.notes_count, 1, "which is told");
	check_is(sectors_needed(&album, 0), 550 + 450 + 400, "the room that needs");
	album_free(&album);
}

/* From the second track on: nothing of the first, and no hidden audio. */
static void test_from(void)
{
	char *sheet = single();
	struct album album;

	ktap_write("album.cue", sheet);
	load(&album, "album.cue");
	album_lay_out(&album, MODE_SESSION, 1, 0);
	check(!album.hidden.segments_count && track_sectors(&album.tracks[1]) == SECOND &&
	      album.tracks[1].segments[0].first == (HIDDEN + FIRST + GAP) * SECTOR_FRAMES,
	      "from the second track on");
	check(album.notes_count == 1 &&
	      strstr(album.notes[0], "The pregap of 0:02 min before track 2 is not burned."),
	      "from the second track on: what is left out is told");
	album_free(&album);
	load(&album, "album.cue");
	album_lay_out(&album, MODE_TRACK, 1, 0);
	check(album.notes_count == 2 && track_sectors(&album.tracks[0]) == FIRST &&
	      strstr(album.notes[0], "before track 2 is not burned"),
	      "from the second track on, by tracks: what is left out is told");
	album_free(&album);
	free(sheet);
}

static void test_joined(void)
{
	char *sheet = noncompliant(), *longer;
	struct album album;

	ktap_write("album.cue", sheet);
	load(&album, "album.cue");
	album_join(&album);
	check_is(track_frames(&album.tracks[0]), (ALL - HIDDEN) * SECTOR_FRAMES,
		 "joined: with the gaps between the tracks");
	album_free(&album);
	free(sheet);
	sheet = left_out();
	*strstr(sheet, "FILE 3.raw") = '\0';
	longer = xasprintf("%sPOSTGAP 00:00:30\nFILE 3.raw BINARY\n" TRACK_3
			   "INDEX 01 00:00:00\n", sheet);
	ktap_write("album.cue", longer);
	free(longer);
	load(&album, "album.cue");
	album_join(&album);
	check_is(track_frames(&album.tracks[0]), (ALL - HIDDEN + 30) * SECTOR_FRAMES,
		 "joined: with PREGAP and POSTGAP");
	album_free(&album);
	free(sheet);
}

/* As a program writes it that does not know how much will follow: the header has no length. */
static void write_unknown(const char *name, size_t from, size_t to)
{
	SF_INFO info = { .samplerate = 44100, .channels = 2,
			 .format = SF_FORMAT_FLAC | SF_FORMAT_PCM_16 };
	SNDFILE *file = sf_open(ktap_path(name), SFM_WRITE, &info);
	uint8_t length[5] = { 0 };
	FILE *again;

	sf_writef_short(file, (const short *)(audio + from * SECTOR_BYTES),
			(to - from) * SECTOR_FRAMES);
	sf_close(file);
	again = fopen(ktap_path(name), "r+");
	/* 36 bits of STREAMINFO, of which the first four share their byte */
	fseek(again, 21, SEEK_SET);
	length[0] = getc(again) & 0xf0;
	fseek(again, 21, SEEK_SET);
	fwrite(length, sizeof(length), 1, again);
	fclose(again);
}

/* A mark, a gap and a track in other files than what is before them, all without a length. */
static void test_unknown(void)
{
	struct album album;
	atomic_bool stop = false;
	size_t bytes;
	char *sheet, *all;

	write_unknown("1.flac", 0, FIRST);
	write_unknown("2.flac", FIRST, FIRST + SECOND);
	write_unknown("3.flac", FIRST + SECOND, FIRST + SECOND + THIRD);
	sheet = xasprintf("FILE 1.flac WAVE\n" TRACK_1 "INDEX 01 00:00:00\n"
			  "FILE 2.flac WAVE\nINDEX 02 %s\n" TRACK_2 "INDEX 00 %s\n"
			  "FILE 3.flac WAVE\nINDEX 01 00:00:00\n", msf(MARK), msf(SECOND - GAP));
	ktap_write("unknown.cue", sheet);
	load(&album, "unknown.cue");
	check(album_needs_tracks(&album, 0), "no length in the headers");
	album_check(&album, false, &stop, NULL);
	album_lay_out(&album, MODE_SESSION, 0, 0);
	check_is(album.problems, 0, "lengths that decoding shows");
	check_is(album.tracks[0].marks_count, 1, "a mark in the next file");
	check_is(album.tracks[0].marks_count ? album.tracks[0].marks[0].frames : 0,
		 (FIRST + MARK) * SECTOR_FRAMES, "a mark in the next file: where it is");
	check_is(album.tracks[1].pregap_sectors, GAP, "a gap in the file before");
	all = stream(&album, &bytes);
	check(bytes == (FIRST + SECOND + THIRD) * SECTOR_BYTES && !memcmp(all, audio, bytes),
	      "files without lengths: one unbroken stream");
	free(all);
	album_free(&album);
	free(sheet);
}

/* A mark in the sector that the next track begins in, and two in one sector. */
static void test_marks_that_go(void)
{
	const size_t first = 400 * SECTOR_BYTES + 500 * FRAME_BYTES;
	const size_t second = 399 * SECTOR_BYTES + 50 * FRAME_BYTES;
	struct album album;
	char *sheet;

	write_part("1.raw", 0, 401);
	write_part("2.raw", 401, 801);
	write_part("3.raw", 401, 801);
	if (truncate(ktap_path("1.raw"), first) || truncate(ktap_path("2.raw"), second))
		check(false, "set-up");
	sheet = xasprintf("FILE 1.raw BINARY\n" TRACK_1 "INDEX 01 00:00:00\nINDEX 02 %s\n"
			  "FILE 2.raw BINARY\n" TRACK_2 "INDEX 01 00:00:00\nINDEX 02 %s\n"
			  "INDEX 03 %s\nFILE 3.raw BINARY\nINDEX 04 00:00:00\n",
			  msf(400), msf(100), msf(399));
	ktap_write("marks.cue", sheet);
	load(&album, "marks.cue");
	album_lay_out(&album, MODE_SESSION, 0, 0);
	check(!album.problems && !album.tracks[0].marks_count && album.notes_count == 2 &&
	      strstr(album.notes[0],
		     "Track 1: index 2 is left out, the next track begins in its sector; "
		     "those behind it count one less."),
	      "a mark in the sector of the next track");
	check(album.tracks[1].marks_count == 2 && album.notes_count == 2 &&
	      strstr(album.notes[1], "Track 2: index 4 is left out, the one before it "),
	      "two marks in one sector");
	album_free(&album);
	free(sheet);
}

/* The last track has an INDEX in each of two later files, whose audio is all of that track. */
static void test_last_track(void)
{
	struct album album;
	size_t bytes;
	char *all;

	write_part("1.raw", 0, FIRST);
	write_part("2.raw", FIRST, FIRST + SECOND);
	write_part("3.raw", FIRST + SECOND, ALL);
	ktap_write("last.cue", "FILE 1.raw BINARY\n" TRACK_1 "INDEX 01 00:00:00\n"
			       "FILE 2.raw BINARY\nINDEX 02 00:01:00\n"
			       "FILE 3.raw BINARY\nINDEX 03 00:02:00\n");
	for (enum album_mode mode = MODE_TRACK; mode <= MODE_SESSION; mode++) {
		load(&album, "last.cue");
		album_lay_out(&album, mode, 0, 0);
		all = stream(&album, &bytes);
		check(bytes == BYTES && !memcmp(all, audio, BYTES),
		      "the last track goes to the end of the last file");
		check_is(album.problems, 0, "the last track in several files: no problem");
		free(all);
		album_free(&album);
	}
	load(&album, "last.cue");
	check(album.tracks[0].marks_count == 2 &&
	      album.tracks[0].marks[1].frames == (FIRST + SECOND + 150) * SECTOR_FRAMES,
	      "the last track in several files: its marks");
	album_free(&album);
}

/* Two discs in folders: files, and a sheet with hidden audio; 0 to ALL without a break. */
static void load_set(struct album *album)
{
	enum { LEAD = 30 };
	char *sheet = xasprintf("FILE 3.raw BINARY\n" TRACK_1 "INDEX 01 %s\n" TRACK_2
				"INDEX 00 %s\nINDEX 01 %s\n",
				msf(LEAD), msf(LEAD + 300), msf(LEAD + 300 + 7));

	mkdir(ktap_path("set"), 0700);
	mkdir(ktap_path("set/CD1"), 0700);
	mkdir(ktap_path("set/CD 2"), 0700);
	write_part("set/CD1/1.raw", 0, FIRST);
	write_part("set/CD1/2.raw", FIRST, FIRST + SECOND);
	write_part("set/CD 2/3.raw", FIRST + SECOND, ALL);
	ktap_write("set/CD 2/disc.cue", sheet);
	free(sheet);
	load(album, "set");
}

static void test_set(void)
{
	struct album album;
	size_t bytes;
	char *all;

	load_set(&album);
	check(album.discs_count == 2 && album.discs[0].count == 2 && album.discs[1].first == 2 &&
	      album.discs[1].count == 2 && strstr(album.discs[1].name, "/set/CD 2"),
	      "a set: its discs");
	album_lay_out(&album, MODE_SESSION, 0, 0);
	check(album.tracks[2].pregap_sectors == 30 && album.tracks[3].pregap_sectors == 7,
	      "a set: hidden audio of the second disc is a pregap");
	all = stream(&album, &bytes);
	check(bytes == BYTES && !memcmp(all, audio, BYTES), "a set: one unbroken stream");
	free(all);
	album_free(&album);
}

static void test_joined_set(void)
{
	const size_t first = (FIRST + SECOND) * SECTOR_BYTES, rest = first + 30 * SECTOR_BYTES;
	struct album album;
	size_t bytes;
	char *all;

	load_set(&album);
	album_join(&album);
	check(album.tracks_count == 1 && !album.discs_count, "a set, joined: one track");
	check(!album_needs_session(&album, 0), "a set, joined: nothing needs a session");
	album_lay_out(&album, MODE_TRACK, 0, 0);
	check(album.notes_count == 1 &&
	      strstr(album.notes[0], "Hidden audio of 0:00 min before track 3 is left out."),
	      "a set, joined: what is left out is told");
	all = stream(&album, &bytes);
	check(bytes == BYTES - (rest - first) && !memcmp(all, audio, first) &&
	      !memcmp(all + first, audio + rest, BYTES - rest),
	      "a set, joined: all tracks of all discs, with the gaps between them");
	free(all);
	album_free(&album);
}

int main(void)
{
	srand(ktap_seed());
	options.quiet = true;
	audio = xcalloc(BYTES, 1);
	for (size_t i = 0; i < BYTES; i++)
		audio[i] = rand();
	memset(audio + (HIDDEN + FIRST) * SECTOR_BYTES, 0, GAP * SECTOR_BYTES);
	test_ways();
	test_tracks();
	test_odd_lengths();
	test_failed_file();
	test_write_offset();
	test_cut_off_sound();
	test_failed_shifted();
	test_gap();
	test_from();
	test_joined();
	test_unknown();
	test_marks_that_go();
	test_last_track();
	test_set();
	test_joined_set();
	free(audio);
	return ktap_end();
}
