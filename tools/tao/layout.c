// SPDX-License-Identifier: GPL-2.0-only
/*
 * From what files and sheets say to what a drive gets: tracks with gaps of its own making, or one
 * piece of audio, which the tracks of a session cut into whole sectors.
 */
#include <errno.h>
#include <stdlib.h>
#include <tao.h>
#include "album.h"
#include "common.h"

/* --- Track-at-once --- */

static void append(struct track *track, const struct segments *more)
{
	struct segments list = { track->segments, track->segments_count };

	for (size_t i = 0; i < more->count; i++)
		segments_add(&list, more->all[i]);
	track->segments = list.all;
	track->segments_count = list.count;
}

/*
 * The first track on the next disc gets no pregap: its audio ends the last track of this one, and
 * none is lost. NULL: there is none, or @i is another track.
 */
static const struct segments *next_pregap(const struct album *album, size_t i)
{
	const struct track *next = &album->tracks[i + 1];

	if (!album->goes_on || i + 1 != album->tracks_count || next->leads || !next->pregap.count)
		return NULL;
	return &next->pregap;
}

/* Whether the first track gets its hidden audio: in other cases the disc has tracks before it. */
static bool begins_disc(const struct album *album, size_t from)
{
	return !from || (album->on_discs && album->tracks[from].leads);
}

/* The drive makes a gap before each track: what the sheet has there ends the track before. */
static void lay_out_tracks(struct album *album, size_t from)
{
	size_t last = album->tracks_count - 1;
	bool silence = false, marks = false;

	for (size_t i = from; i < album->tracks_count; i++) {
		struct track *t = &album->tracks[i];

		if (t->leads || i == from)
			album_leave_out(album, i);
		else
			append(&album->tracks[i - 1], &t->pregap);
		silence |= t->silence || t->postgap;
		marks |= t->marks_count;
	}
	if (next_pregap(album, last))
		append(&album->tracks[last], next_pregap(album, last));
	if (silence)
		album_note(album,
			   xstrdup(NAMED("track-at-once")
				   "PREGAPs become the 2 s that track-at-once always has."));
	if (marks)
		album_note(album, xstrdup(NAMED("track-at-once")
					  "Track-at-once has no index marks: they are left out."));
	if (album_first_track(album, from) > 1)
		album_note(album, xasprintf(NAMED("track-at-once")
					    "Track-at-once counts from 1, not from %u as the %s.",
					    album_first_track(album, from), "CUE sheet does"));
}

/* --- Session-at-once --- */

struct cuts {
	uint64_t gap; /* index 0 */
	uint64_t start; /* index 1 */
};

static uint64_t frames_of(const struct segments *list)
{
	return segments_frames(list->all, list->count);
}

static void add_silence(struct segments *list, uint64_t frames)
{
	if (frames)
		segments_add(list, (struct segment){ .frames = frames });
}

static void add_all(struct segments *list, const struct segment *segments, size_t count)
{
	for (size_t i = 0; i < count; i++)
		segments_add(list, segments[i]);
}

static uint64_t sector_of(uint64_t frames)
{
	return frames / SECTOR_FRAMES;
}

/* A track of less than 4 s is none. */
static void fill_up(struct album *album, struct segments *all, size_t i, uint64_t start)
{
	uint64_t least = (sector_of(start) + TAO_TRACK_MIN_SECTORS) * SECTOR_FRAMES;

	if (frames_of(all) >= least)
		return;
	add_silence(all, least - frames_of(all));
	album_note(album, xasprintf(NAMED("short-track")
				    "Track %zu is shorter than 4 s: silence fills it up.", i + 1));
}

/* The whole session in one list, and where its tracks are in it. */
static struct segments string_together(struct album *album, size_t from, uint64_t gap,
				       struct cuts *cuts)
{
	struct segments all = { 0 };

	for (size_t i = from; i < album->tracks_count; i++) {
		const struct track *t = &album->tracks[i];

		cuts[i].gap = frames_of(&all);
		if (i > from || begins_disc(album, from)) {
			add_silence(&all, (uint64_t)t->silence * SECTOR_FRAMES);
			add_all(&all, t->pregap.all, t->pregap.count);
		}
		if (i > from && cuts[i].gap == frames_of(&all))
			add_silence(&all, gap);
		cuts[i].start = frames_of(&all);
		add_all(&all, t->segments, t->segments_count);
		add_silence(&all, (uint64_t)t->postgap * SECTOR_FRAMES);
		if (next_pregap(album, i))
			add_all(&all, next_pregap(album, i)->all, next_pregap(album, i)->count);
		fill_up(album, &all, i, cuts[i].start);
	}
	return all;
}

/* The first @frames of a list, which begins behind them then. */
static struct segments take(struct segments *list, uint64_t frames)
{
	struct segments taken = { 0 };

	while (frames && list->count) {
		struct segment *s = &list->all[0];
		struct segment part = *s;

		if (part.frames > frames)
			part.frames = frames;
		part.to_end = s->to_end && part.frames == s->frames;
		segments_add(&taken, part);
		frames -= part.frames;
		s->first += s->file ? part.frames : 0;
		s->frames -= part.frames;
		if (!s->frames) {
			list->all++;
			list->count--;
		}
	}
	return taken;
}

static void put(struct track *track, struct segments list)
{
	free(track->segments);
	track->segments = list.all;
	track->segments_count = list.count;
}

/*
 * To whole sectors: of two in one sector the second is none, and none is one in the sector where
 * the next track begins, which is that track's.
 */
static void cut_marks(struct album *album, size_t number, uint64_t start, uint64_t end)
{
	struct track *track = &album->tracks[number];
	uint64_t before = sector_of(start);
	size_t kept = 0;

	for (size_t i = 0; i < track->marks_count; i++) {
		uint64_t sector = sector_of(start + track->marks[i].frames);

		free(track->marks[i].before.all);
		if (sector > before && sector < end) {
			track->marks[kept++] = (struct mark){
				.frames = (sector - sector_of(start)) * SECTOR_FRAMES };
			before = sector;
			continue;
		}
		album_note(album, xasprintf(NAMED("index-left-out")
					    "Track %zu: index %zu is left out, %s %s; %s.",
					    number + 1, i + 2,
					    sector < end ? "the one before it" : "the next track",
					    "begins in its sector",
					    "those behind it count one less"));
	}
	track->marks_count = kept;
}

/*
 * A drive that writes late gets all audio earlier, and one that writes early gets it later: the
 * tracks stay where they are. Samples that would lie before the first sector of the
 * session, or behind the last one, are cut off.
 */
static struct segments shift(const struct segments *all, int offset, struct segments *cut_off)
{
	uint64_t sectors = sector_of(frames_of(all) + SECTOR_FRAMES - 1);
	struct segments list = { 0 }, rest, kept;

	add_silence(&list, offset < 0 ? -offset : 0);
	add_all(&list, all->all, all->count);
	add_silence(&list, offset > 0 ? offset : 0);
	rest = list;
	if (offset > 0)
		*cut_off = take(&rest, offset);
	kept = take(&rest, sectors * SECTOR_FRAMES);
	if (offset < 0)
		*cut_off = take(&rest, UINT64_MAX);
	free(list.all);
	return kept;
}

/* How much of its neighbours the piece of a track has; @next is NULL for the last one. */
static void count_foreign(struct track *track, const struct cuts *own, const struct cuts *next,
			  int offset)
{
	int64_t before = (int64_t)(own->start % SECTOR_FRAMES) - offset;
	int64_t after = next ? offset - (int64_t)(next->start % SECTOR_FRAMES) : 0;

	track->frames_before = before > 0 ? before : 0;
	track->frames_after = after > 0 ? after : 0;
}

/*
 * What is over at the end of a track that ends in mid-sector begins the next one: not a sample is
 * lost or added between them.
 */
static void lay_out_session(struct album *album, size_t from, uint64_t gap)
{
	struct cuts *cuts = xcalloc(album->tracks_count, sizeof(*cuts));
	struct segments all = string_together(album, from, gap, cuts), shifted, rest;
	int offset = album->write_offset.samples;

	shifted = shift(&all, offset, &album->cut_off);
	rest = shifted;
	if (!begins_disc(album, from))
		album_leave_out(album, from);
	album->hidden_before = from;
	put(&album->hidden, take(&rest, sector_of(cuts[from].start) * SECTOR_FRAMES));
	for (size_t i = from; i < album->tracks_count; i++) {
		bool last = i + 1 == album->tracks_count;
		uint64_t end = last ? UINT64_MAX : sector_of(cuts[i + 1].start);
		uint64_t own_end = last ? UINT64_MAX : sector_of(cuts[i + 1].gap);
		struct track *t = &album->tracks[i];

		t->pregap_sectors = sector_of(cuts[i].start) - sector_of(cuts[i].gap);
		count_foreign(t, &cuts[i], last ? NULL : &cuts[i + 1], offset);
		cut_marks(album, i, cuts[i].start, own_end);
		put(t, take(&rest, last ? UINT64_MAX :
					  (end - sector_of(cuts[i].start)) * SECTOR_FRAMES));
	}
	free(shifted.all);
	free(all.all);
	free(cuts);
}

/* The tracks of the disc's first session. */
static size_t first_session(const struct tao_toc *toc)
{
	size_t count = 0;

	while (count < toc->entries_count && count < TAO_TRACKS_MAX &&
	       toc->entries[count].number <= TAO_TRACKS_MAX &&
	       toc->entries[count].session == toc->entries[0].session)
		count++;
	return count;
}

/*
 * Whether the last track of a session ends at @end. Where another session follows, some drives
 * count two sectors of run-out, or a pregap, as part of the track.
 */
static bool ends_at(const struct tao_toc_entry *last, int64_t end)
{
	int64_t more = last->start_lba + (int64_t)last->sectors - end;

	if (last[1].number > TAO_TRACKS_MAX)
		return last[1].start_lba == end;
	return (more >= 0 && more <= 2) || (more >= 150 && more <= 152);
}

static void free_notes(struct album *copy)
{
	for (size_t i = 0; i < copy->notes_count; i++)
		free(copy->notes[i]);
	free(copy->notes);
}

/* The pregap of a track ends the one before it, rounded up. */
static uint32_t sectors_one_by_one(const struct album *part, size_t from)
{
	size_t end = part->tracks_count, last = end - 1;
	uint32_t sectors = sectors_needed(part, from);

	if (next_pregap(part, last))
		end++;
	for (size_t i = from + 1; i < end; i++)
		if (part->tracks[i].pregap.count && !part->tracks[i].leads)
			sectors += sector_of(frames_of(&part->tracks[i].pregap)) + 1;
	return sectors;
}

uint32_t album_part_sectors(const struct album *album, enum album_mode mode, size_t from,
			    size_t count, uint64_t gap)
{
	struct album part = *album;
	struct segments all;
	struct cuts *cuts;
	uint64_t frames;

	part.notes = NULL;
	part.notes_count = 0;
	part.tracks_count = from + count;
	part.goes_on = part.tracks_count < album->tracks_count;
	part.mode = mode;
	if (mode == MODE_TRACK)
		return sectors_one_by_one(&part, from);
	cuts = xcalloc(part.tracks_count, sizeof(*cuts));
	all = string_together(&part, from, gap, cuts);
	frames = frames_of(&all);
	free(all.all);
	free(cuts);
	free_notes(&part);
	return sector_of(frames + SECTOR_FRAMES - 1);
}

size_t album_session_tracks(const struct album *album, uint64_t gap, const struct tao_toc *toc)
{
	size_t count = first_session(toc);
	struct album copy = *album;
	struct cuts *cuts = xcalloc(count + 1, sizeof(*cuts));
	struct segments all = { 0 };
	bool fits = count && count <= album->tracks_count && count < toc->entries_count;

	/* A burn has printed the notes already. */
	copy.notes = NULL;
	copy.notes_count = 0;
	copy.tracks_count = count;
	if (fits)
		all = string_together(&copy, 0, gap, cuts);
	for (size_t i = 0; i < count && fits; i++)
		fits = (int64_t)sector_of(cuts[i].start) == toc->entries[i].start_lba;
	fits = fits && ends_at(&toc->entries[count - 1],
			       sector_of(frames_of(&all) + SECTOR_FRAMES - 1));
	free_notes(&copy);
	free(all.all);
	free(cuts);
	return fits ? count : 0;
}

void album_lay_out_sessions(struct album *album, size_t tracks, uint64_t gap)
{
	size_t all = album->tracks_count;

	album->mode = MODE_SESSION;
	album->tracks_count = tracks;
	lay_out_session(album, 0, gap);
	album->tracks_count = all;
	lay_out_tracks(album, tracks);
}

void album_lay_out(struct album *album, enum album_mode mode, size_t from, uint64_t gap)
{
	album->mode = mode;
	if (mode == MODE_SESSION)
		lay_out_session(album, from, gap);
	else
		lay_out_tracks(album, from);
}

int parse_gap(const char *text, uint64_t *frames)
{
	char *end;
	double seconds;

	errno = 0;
	seconds = strtod(text, &end);
	if (errno || end == text || *end || !(seconds >= 0 && seconds <= GAP_MAX_S))
		return -1;
	*frames = (uint64_t)(seconds * TAO_SECTORS_PER_SECOND + 0.5) * SECTOR_FRAMES;
	return 0;
}

/* --- Which of them --- */

const char *album_needs_tracks(const struct album *album, size_t from)
{
	for (size_t i = from; i < album->tracks_count; i++)
		if (track_frames(&album->tracks[i]) == FRAMES_UNKNOWN)
			return "the length of a track is not known";
	return NULL;
}

bool album_needs_session(const struct album *album, size_t from)
{
	bool hides = begins_disc(album, from);

	for (size_t i = from; i < album->tracks_count; i++) {
		const struct track *t = &album->tracks[i];

		if (t->marks_count || t->postgap || (hides && (t->pregap.count || t->silence)))
			return true;
	}
	return album->tracks_count - from > 1 || album_first_track(album, from) > 1;
}
