// SPDX-License-Identifier: GPL-2.0-only
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "common.h"
#include "cue.h"
#include "filenames.h"
#include "kinds.h"
#include "playlist.h"
#include "sheets.h"
#include "text.h"

#define SHEET_MAX (1 << 20)
/* How deep to look for music; links may go round in a circle. */
#define DEPTH_MAX 4

bool file_id_of(const char *path, struct file_id *id)
{
	struct stat st;

	if (stat(path, &st))
		return false;
	*id = (struct file_id){ st.st_dev, st.st_ino };
	return true;
}

static bool same_file(const struct file_id *a, const struct file_id *b)
{
	return a->dev == b->dev && a->ino == b->ino;
}

bool set_has(const struct file_set *set, const struct file_id *file)
{
	for (size_t i = 0; i < set->count; i++)
		if (same_file(&set->files[i], file))
			return true;
	return false;
}

bool set_names(const struct file_set *set, const struct file_id *file)
{
	return set_has(set, file) || (set->text.ino && same_file(&set->text, file));
}

static size_t place_of(struct file_set *set, const struct file_id *id)
{
	size_t i = 0;

	while (i < set->count && !same_file(&set->files[i], id))
		i++;
	if (i == set->count) {
		set->files = xrealloc(set->files, set->count + 1, sizeof(*set->files));
		set->files[set->count++] = *id;
	}
	return i;
}

/* Takes over @path, which is NULL if the file that @list calls @name is not there. */
static size_t add(struct file_set *set, const char *list, const char *name, char *path)
{
	struct file_id id = { 0 };
	size_t place = 0;

	if (path && file_id_of(path, &id)) {
		place = place_of(set, &id);
	} else {
		set->complete = false;
		if (!set->problem)
			set->problem = xasprintf("%s: names \"%s\", which is not there", list,
						 name);
	}
	free(path);
	return place;
}

static void add_place(struct file_set *set, size_t file, uint32_t sector)
{
	set->places = xrealloc(set->places, set->places_count + 1, sizeof(*set->places));
	set->places[set->places_count++] = (struct set_place){ file, sector };
}

/* Takes over @path, which may be NULL. */
static void take_text(struct file_set *set, char *path)
{
	if (path && !file_id_of(path, &set->text))
		set->text = (struct file_id){ 0 };
	free(path);
}

static bool is_stopped(const atomic_bool *stop)
{
	return stop && atomic_load(stop);
}

static void describe_track(FILE *out, const struct cue_track *t, const size_t *files)
{
	fprintf(out, "%s %d %d %u %u", t->isrc, t->pre_emphasis, t->copy_permitted, t->pregap,
		t->postgap);
	if (t->has_gap)
		fprintf(out, " gap %zu %u", files[t->gap.file], t->gap.sector);
	for (size_t i = 0; i < t->marks_count; i++)
		fprintf(out, " %zu %u", files[t->marks[i].file], t->marks[i].sector);
	fputc('\n', out);
}

/* What a sheet says of its tracks beside their places and texts. */
static char *describe(const struct cue_sheet *sheet, const size_t *files)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	fprintf(out, "%s\n", sheet->mcn);
	for (size_t i = 0; i < sheet->tracks_count; i++)
		describe_track(out, &sheet->tracks[i], files);
	return fclose(out) ? NULL : text;
}

static void add_of_cue(struct file_set *set, char *text, const char *list, const char *folder,
		       const atomic_bool *stop)
{
	struct cue_sheet *sheet = cue_parse(text, list, &set->problem);
	size_t *files = xcalloc(sheet ? sheet->files_count : 1, sizeof(*files));

	set->complete = !!sheet;
	for (size_t i = 0; sheet && i < sheet->files_count && !is_stopped(stop); i++)
		files[i] = add(set, list, sheet->files[i],
			       find_named_file(folder, sheet->files[i], NULL));
	for (size_t i = 0; sheet && i < sheet->tracks_count; i++)
		add_place(set, files[sheet->tracks[i].start.file], sheet->tracks[i].start.sector);
	if (sheet && sheet->text_file)
		take_text(set, find_text_file(folder, sheet->text_file));
	if (sheet)
		set->details = describe(sheet, files);
	free(files);
	cue_free(sheet);
}

static void add_of_playlist(struct file_set *set, char *text, const char *list,
			    const char *folder, const atomic_bool *stop)
{
	struct playlist *playlist = playlist_parse(text, list, &set->problem);

	set->complete = !!playlist;
	for (size_t i = 0; playlist && i < playlist->count && !is_stopped(stop); i++) {
		const struct playlist_entry *entry = &playlist->entries[i];
		char *path = entry->elsewhere ? NULL :
						find_listed_file(folder, entry->name, NULL);

		if (path || !entry->doubtful)
			add_place(set, add(set, list, entry->name, path), 0);
	}
	playlist_free(playlist);
}

struct file_set sheet_files(const char *path, const atomic_bool *stop)
{
	char *text = read_sheet(path, SHEET_MAX), *folder = directory_of(path);
	struct file_set set = { 0 };

	if (!text)
		set.problem = xasprintf("%s: %s", path, text_read_error(errno));
	else if (is_sheet_name(path))
		add_of_cue(&set, text, path, folder, stop);
	else
		add_of_playlist(&set, text, path, folder, stop);
	set.complete &= !is_stopped(stop);
	free(folder);
	free(text);
	return set;
}

bool set_is_same(const struct file_set *a, const struct file_set *b)
{
	if (!a->complete || !b->complete || a->count != b->count ||
	    a->places_count != b->places_count)
		return false;
	if (!same_file(&a->text, &b->text) || (a->details && b->details ?
					       strcmp(a->details, b->details) != 0 :
					       a->details != b->details))
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (!same_file(&a->files[i], &b->files[i]))
			return false;
	for (size_t i = 0; i < a->places_count; i++)
		if (a->places[i].file != b->places[i].file ||
		    a->places[i].sector != b->places[i].sector)
			return false;
	return true;
}

static bool is_complete_sheet(const char *path, const atomic_bool *stop)
{
	struct file_set set;
	bool complete;

	if (!is_sheet_name(path))
		return false;
	set = sheet_files(path, stop);
	complete = set.complete;
	file_set_free(&set);
	return complete;
}

typedef bool (*is_wanted_t)(const char *path, const atomic_bool *stop);

static bool is_music(const char *path, const atomic_bool *stop)
{
	return is_music_name(path) || is_complete_sheet(path, stop);
}

static bool is_meant_as_music(const char *path, const atomic_bool *stop)
{
	(void)stop;
	return is_music_name(path) || is_sheet_name(path);
}

static bool has(const char *folder, is_wanted_t is_wanted, unsigned int depth,
		const atomic_bool *stop)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	bool found = false;

	while (dir && !found && !is_stopped(stop) && (entry = readdir(dir))) {
		char *path = xasprintf("%s/%s", folder, entry->d_name);

		if (entry->d_name[0] != '.')
			found = is_kind(path, S_IFDIR) ?
				depth && has(path, is_wanted, depth - 1, stop) :
				is_wanted(path, stop);
		free(path);
	}
	if (dir)
		closedir(dir);
	return found;
}

bool folder_has_music(const char *folder, const atomic_bool *stop)
{
	return has(folder, is_music, DEPTH_MAX, stop);
}

bool folder_is_meant(const char *folder, const atomic_bool *stop)
{
	return has(folder, is_meant_as_music, DEPTH_MAX, stop);
}

bool set_is_in_folder(const struct file_set *set, const char *folder)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	size_t count = 0;

	while (dir && (entry = readdir(dir))) {
		char *path = xasprintf("%s/%s", folder, entry->d_name);
		struct file_id id;

		count += file_id_of(path, &id) && set_has(set, &id);
		free(path);
	}
	if (dir)
		closedir(dir);
	return count >= set->count;
}

void file_set_free(struct file_set *set)
{
	free(set->files);
	free(set->places);
	free(set->problem);
	free(set->details);
	*set = (struct file_set){ 0 };
}
