// SPDX-License-Identifier: GPL-2.0-only
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "common.h"
#include "cue.h"
#include "filenames.h"
#include "playlist.h"
#include "sheets.h"

#define SHEET_MAX (1 << 20)

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

/* Takes over @path, which may be NULL. */
static void add(struct file_set *set, char *path)
{
	struct file_id id;

	if (!path || !file_id_of(path, &id)) {
		set->complete = false;
	} else if (!set_has(set, &id)) {
		set->files = xrealloc(set->files, set->count + 1, sizeof(*set->files));
		set->files[set->count++] = id;
	}
	free(path);
}

/* Takes over @path, which may be NULL. */
static void take_text(struct file_set *set, char *path)
{
	if (path && !file_id_of(path, &set->text))
		set->text = (struct file_id){ 0 };
	free(path);
}

static void add_of_cue(struct file_set *set, char *text, const char *folder)
{
	char *problem;
	struct cue_sheet *sheet = cue_parse(text, "", &problem);

	set->complete = !!sheet;
	for (size_t i = 0; sheet && i < sheet->files_count; i++)
		add(set, find_named_file(folder, sheet->files[i]));
	if (sheet && sheet->text_file)
		take_text(set, find_text_file(folder, sheet->text_file));
	cue_free(sheet);
	free(problem);
}

static void add_of_playlist(struct file_set *set, char *text, const char *folder)
{
	char *problem;
	struct playlist *playlist = playlist_parse(text, "", &problem);

	set->complete = !!playlist;
	for (size_t i = 0; playlist && i < playlist->count; i++) {
		const struct playlist_entry *entry = &playlist->entries[i];
		char *path = entry->elsewhere ? NULL : find_listed_file(folder, entry->name);

		if (path || !entry->doubtful)
			add(set, path);
	}
	playlist_free(playlist);
	free(problem);
}

struct file_set sheet_files(const char *path)
{
	char *text = read_sheet(path, SHEET_MAX), *folder = directory_of(path);
	struct file_set set = { 0 };

	if (text && is_sheet_name(path))
		add_of_cue(&set, text, folder);
	else if (text)
		add_of_playlist(&set, text, folder);
	free(folder);
	free(text);
	return set;
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
	*set = (struct file_set){ 0 };
}
