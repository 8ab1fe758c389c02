// SPDX-License-Identifier: GPL-2.0-only
/*
 * The arguments of a command: often everything in the folder of an album.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "album.h"
#include "common.h"
#include "filenames.h"
#include "kinds.h"
#include "sheets.h"
#include "text.h"

/* Further tracks that repeat a file are only counted. */
#define REPEATS_SHOWN 6

struct argument {
	const char *path;
	struct file_set set; /* of a sheet or playlist */
	const char *within; /* the sheet that names it, or what it names; or NULL */
	const char *same; /* the list before it that it repeats; or NULL */
	bool is_left_out;
};

static bool is_list(const char *path)
{
	return is_sheet_name(path) || is_playlist_name(path);
}

/* Whether all of @set is in @other. */
static bool is_subset(const struct file_set *set, const struct file_set *other)
{
	for (size_t i = 0; i < set->count; i++)
		if (!set_has(other, &set->files[i]))
			return false;
	return set->count > 0;
}

/* Whether @list covers @a: a file that it names, or a playlist of such files. */
static bool is_within(const struct argument *a, const struct argument *list)
{
	struct file_id id;

	if (is_sheet_name(a->path))
		return false;
	if (is_playlist_name(a->path))
		return is_sheet_name(list->path) && a->set.complete &&
		       is_subset(&a->set, &list->set);
	return file_id_of(a->path, &id) && set_names(&list->set, &id);
}

/* The first sheet that it is within; else the first playlist. */
static void find_list(struct argument *a, const struct argument *all, int count)
{
	for (int sheets = 1; sheets >= 0 && !a->within; sheets--)
		for (int i = 0; i < count && !a->within; i++)
			if (&all[i] != a && all[i].set.complete &&
			    is_sheet_name(all[i].path) == sheets && is_within(a, &all[i]))
				a->within = all[i].path;
}

/*
 * Another list that says the same, such as a sheet in two character sets; one that is named twice
 * is burned twice.
 */
static void find_same(struct argument *a, const struct argument *all)
{
	for (; all < a && !a->same; all++)
		if (!all->same && !all->within && strcmp(all->path, a->path) &&
		    set_is_same(&all->set, &a->set) &&
		    is_sheet_name(all->path) == is_sheet_name(a->path))
			a->same = all->path;
}

/* Nothing but folders, and covers and the like beside them */
static bool has_no_files(char *const *paths, int count)
{
	for (int i = 0; i < count; i++)
		if (!is_kind(paths[i], S_IFDIR) && !is_companion_name(paths[i]))
			return false;
	return true;
}

/*
 * A folder that can't be read is not left out: the reason is reported. Nor is one with a sheet that
 * can't be burned if folders are what is to be burned, or it is a disc of a set. Among files it
 * belongs to them.
 */
static bool is_companion(const struct album *album, const char *path, bool among_files)
{
	bool loose = among_files && !is_disc_of_set(path);
	folder_fn has_music = loose ? folder_has_music : folder_is_meant;
	struct stat st;

	if (!strcmp(path, "-") || stat(path, &st))
		return false;
	if (S_ISDIR(st.st_mode))
		return !access(path, R_OK | X_OK) && !has_music(path, album->options.stop);
	return is_companion_name(path);
}

static void note_left_out(struct album *album, const struct argument *all, int count)
{
	char *names = NULL;

	for (int i = 0; i < count; i++)
		if (all[i].is_left_out)
			text_list_add(&names, all[i].path);
	if (names)
		album_note(album, xasprintf(NAMED("left-out")
					    "Left out, for there is no music in it: %s.", names));
	free(names);
}

static void note_within(struct album *album, const struct argument *all, int count)
{
	for (int i = 0; i < count; i++) {
		unsigned int files = 0;

		for (int j = 0; j < count; j++)
			files += all[j].within == all[i].path;
		if (files == 1)
			album_note(album, xasprintf(NAMED("named-twice")
						    "%s lists one of the other arguments; %s",
						    all[i].path,
						    "that is burned once, as the list says."));
		else if (files)
			album_note(album, xasprintf(NAMED("named-twice")
						    "%s lists %u of the other arguments; %s",
						    all[i].path, files,
						    "they are burned once, as it says."));
	}
}

static void note_same(struct album *album, const struct argument *all, int count)
{
	for (int i = 0; i < count; i++)
		if (all[i].same && !all[i].within)
			album_note(album, xasprintf(NAMED("named-twice")
						    "%s is left out: it lists the same as %s.",
						    all[i].path, all[i].same));
}

/* CD-TEXT in packs counts tracks: it says nothing about those of other sheets. */
static void drop_partial_text(struct album *album)
{
	if (!album->text_file || album->text_tracks == album->tracks_count)
		return;
	album_note(album, xasprintf(NAMED("cdtext-left-out")
				    "%s is left out: it is about %zu of the %zu tracks.",
				    album->text_file, album->text_tracks, album->tracks_count));
	free(album->text_file);
	album->text_file = NULL;
}

void album_add_all(struct album *album, char *const *paths, int count)
{
	struct argument *all = xcalloc(count, sizeof(*all));
	bool raw = album->options.raw, among_files = !has_no_files(paths, count);
	int left_out = 0;

	for (int i = 0; i < count; i++) {
		all[i].path = paths[i];
		if (count > 1 && is_list(paths[i]))
			all[i].set = sheet_files(paths[i], album->options.stop);
		all[i].is_left_out = !raw && is_companion(album, paths[i], among_files);
		left_out += all[i].is_left_out;
	}
	/* if there is nothing else, report what is wrong with each */
	for (int i = 0; i < count; i++) {
		find_list(&all[i], all, count);
		find_same(&all[i], all);
		all[i].is_left_out &= left_out < count && !all[i].within;
		if (!all[i].is_left_out && !all[i].within && !all[i].same)
			album_add(album, paths[i]);
	}
	note_left_out(album, all, count);
	note_within(album, all, count);
	note_same(album, all, count);
	drop_partial_text(album);
	for (int i = 0; i < count; i++)
		file_set_free(&all[i].set);
	free(all);
}

/* --- Repeated audio, and the tracks that fit on the disc --- */

/* Zeros for silence, and for a stream, which can't be read again. */
static struct file_id id_of_segment(const struct segment *s)
{
	struct stat st;

	if (!s->file || s->file->kind == AUDIO_STREAM || fstat(s->file->fd, &st))
		return (struct file_id){ 0 };
	return (struct file_id){ st.st_dev, st.st_ino };
}

static bool is_same_segment(const struct segment *a, const struct segment *b)
{
	struct file_id x, y;

	if (a->first != b->first || a->frames != b->frames || !a->file != !b->file)
		return false;
	x = id_of_segment(a);
	y = id_of_segment(b);
	return !a->file || (x.ino && x.ino == y.ino && x.dev == y.dev);
}

static bool is_repeated(const struct track *a, const struct track *b)
{
	bool same = a->segments_count && a->segments_count == b->segments_count;

	for (size_t i = 0; i < a->segments_count && same; i++)
		same = is_same_segment(&a->segments[i], &b->segments[i]);
	return same;
}

/* Whether it is all of one file. */
static bool is_whole(const struct track *track)
{
	return track->segments_count == 1 && !track->segments->first && track->segments->to_end;
}

static void note_twice(struct album *album, size_t first, size_t second, size_t *count)
{
	const struct track *track = &album->tracks[second];

	if (++*count > REPEATS_SHOWN)
		return;
	album_note(album, xasprintf(NAMED("burned-twice")
				    "Twice: tracks %zu and %zu are both %s%s.", first + 1,
				    second + 1, is_whole(track) ? "" : "the same part of ",
				    track->file->path));
}

void album_note_repeats(struct album *album)
{
	size_t count = 0, j;

	for (size_t i = 1; i < album->tracks_count; i++) {
		for (j = 0; j < i; j++)
			if (is_repeated(&album->tracks[j], &album->tracks[i]))
				break;
		if (j < i)
			note_twice(album, j, i, &count);
	}
	if (count > REPEATS_SHOWN)
		album_note(album, xasprintf(NAMED("burned-twice") "And %zu more are burned again.",
					    count - REPEATS_SHOWN));
}

/* How many tracks from @from on fit. */
static size_t count_fitting(const struct album *album, size_t from, uint32_t sectors)
{
	struct album part = *album;
	size_t count = 0;

	while (from + count < album->tracks_count) {
		part.tracks_count = from + count + 1;
		if (sectors_needed(&part, from) > sectors)
			break;
		count++;
	}
	return count;
}

static char *describe_discs(const struct album *album)
{
	char *text = NULL, time[TIME_SIZE];

	for (size_t i = 0; i < album->discs_count; i++) {
		const struct disc *disc = &album->discs[i];
		struct album part = *album;
		char *one;

		part.tracks_count = disc->first + disc->count;
		one = xasprintf("%s (%s min)", disc->name,
				format_time(sectors_needed(&part, disc->first), time));
		text_list_add(&text, one);
		free(one);
	}
	return text;
}

char *album_fit(const struct album *album, size_t from, uint32_t sectors)
{
	size_t count = count_fitting(album, from, sectors);
	char *discs, *text, time[TIME_SIZE];
	struct album part = *album;

	if (album->discs_count > 1) {
		discs = describe_discs(album);
		text = xasprintf("Its folders are discs: %s.", discs);
		free(discs);
		return text;
	}
	part.tracks_count = from + count;
	if (!count)
		return xasprintf("Not even track %zu fits.", from + 1);
	if (count == 1)
		return xasprintf("Only track %zu fits; --from %zu burns the rest.",
				 from + 1, from + 2);
	return xasprintf("Tracks %zu to %zu fit (%s min); --from %zu burns the rest.",
			 from + 1, from + count,
			 format_time(sectors_needed(&part, from), time), from + count + 1);
}
