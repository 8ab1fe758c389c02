// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <tao.h>
#include <unistd.h>
#include "album.h"
#include "common.h"
#include "cue.h"
#include "filenames.h"
#include "kinds.h"
#include "magic.h"
#include "playlist.h"
#include "sheets.h"
#include "text.h"

#define SHEET_MAX (1 << 20)
/* How long to wait until a pipe has enough data to show its format. */
#define PEEK_MS 2000
#define PEEK_INTERVAL_MS 20
#define COPY_BYTES (1 << 16)

static const char nothing_to_hear[] = "there is no audio file in this folder";

static const char empty_input[] = NAMED("empty-file") INPUT_NAME ": is empty";

static const char doubtful_input[] =
	"is a tone, or MPEG audio that begins with silence; --raw burns it as it is";

static const char swapped_input[] =
	"is noise as it stands, and sound with its bytes swapped: big-endian; "
	"--raw burns it as it is";

/* Gap between tracks: 2 sectors of run-out and 150 of pregap, as drives count them. */
#define GAP_SECTORS 152
/* Playlists that other ones name. */
#define PLAYLISTS_MAX 1000

static bool is_stopped(const struct album *album)
{
	return album->options.stop && atomic_load(album->options.stop);
}

static void problem(struct album *album, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Once the user has stopped us, what goes wrong does so because of that. */
static void problem(struct album *album, const char *format, ...)
{
	va_list args;
	char *text;

	if (is_stopped(album))
		return;
	va_start(args, format);
	text = xvasprintf(format, args);
	va_end(args);
	complain("%s", text);
	free(text);
	album->problems++;
}

void album_note(struct album *album, char *text)
{
	album->notes = xrealloc(album->notes, album->notes_count + 1, sizeof(*album->notes));
	album->notes[album->notes_count++] = text;
}

static struct track *new_track(struct album *album)
{
	album->tracks = xrealloc(album->tracks, album->tracks_count + 1, sizeof(*album->tracks));
	album->tracks[album->tracks_count] = (struct track){ 0 };
	return &album->tracks[album->tracks_count++];
}

/*
 * A segment that continues where the last one ended extends it, so that nothing is lost where
 * they meet.
 */
void segments_add(struct segments *list, struct segment segment)
{
	struct segment *last = list->count ? &list->all[list->count - 1] : NULL;

	if (last && last->file == segment.file && last->gain == segment.gain &&
	    last->frames != FRAMES_UNKNOWN &&
	    (!segment.file || last->first + last->frames == segment.first)) {
		last->frames = segment.frames == FRAMES_UNKNOWN ? FRAMES_UNKNOWN :
								  last->frames + segment.frames;
		last->to_end = segment.to_end;
		return;
	}
	list->all = xrealloc(list->all, list->count + 1, sizeof(segment));
	list->all[list->count++] = segment;
}

static void add_segment(struct track *track, struct segment segment)
{
	struct segments list = { track->segments, track->segments_count };

	segments_add(&list, segment);
	track->segments = list.all;
	track->segments_count = list.count;
	if (!track->file)
		track->file = segment.file;
}

static struct audio_file *keep_file(struct album *album, struct audio_file *file)
{
	album->files = xrealloc(album->files, album->files_count + 1, sizeof(*album->files));
	album->files[album->files_count++] = file;
	return file;
}

/*
 * Returns NULL if the file can't be burned; this was reported. Each file is inspected only once.
 */
static struct audio_file *get_file(struct album *album, const char *path)
{
	struct audio_file *file;
	char *reason;

	for (size_t i = 0; i < album->files_count; i++)
		if (!album->files[i]->is_input && !strcmp(album->files[i]->path, path))
			return album->files[i];
	file = audio_inspect(path, &album->options, &reason);
	if (file)
		return keep_file(album, file);
	problem(album, "%s", reason);
	free(reason);
	return NULL;
}

static char *dup_or_null(const char *text)
{
	return text ? xstrdup(text) : NULL;
}

/* One sheet or file that says something else, or nothing, and the disc is none of these. */
static void agree(const struct album *album, char **of_album, const char *text)
{
	if (!album->tracks_count) {
		*of_album = dup_or_null(text);
	} else if (*of_album && (!text || strcmp(*of_album, text))) {
		free(*of_album);
		*of_album = NULL;
	}
}

/* @mcn: of a sheet, or "". */
static void agree_on_mcn(struct album *album, const char *mcn)
{
	if (!album->tracks_count && !album->mcn[0]) {
		strcpy(album->mcn, mcn);
		album->mcn_of_sheet = true;
	} else if (album->mcn_of_sheet && strcmp(album->mcn, mcn)) {
		album->mcn[0] = '\0';
	}
}

/* The artists of files are those of their tracks. */
static void agree_with_file(struct album *album, const struct audio_file *file)
{
	agree(album, &album->title, file->album);
	agree(album, &album->artist, NULL);
	agree(album, &album->songwriter, NULL);
	agree_on_mcn(album, "");
}

static void agree_with_sheet(struct album *album, const struct cue_sheet *sheet)
{
	agree(album, &album->title, sheet->title);
	agree(album, &album->artist, sheet->performer);
	agree(album, &album->songwriter, sheet->songwriter);
	agree_on_mcn(album, sheet->mcn);
}

static void add_whole_file(struct album *album, struct audio_file *file)
{
	struct track *track;

	agree_with_file(album, file);
	track = new_track(album);
	track->title = dup_or_null(file->title);
	track->artist = dup_or_null(file->artist);
	if (file->isrc && !parse_isrc(file->isrc, track->isrc))
		track->isrc[0] = '\0';
	track->any_data = file->kind == AUDIO_FILE || album->options.raw;
	add_segment(track,
		    (struct segment){ .file = file, .frames = file->frames, .to_end = true });
}

/* @end may be FRAMES_UNKNOWN: where the file ends, which may not be known yet either. */
static uint64_t frames_between(const struct audio_file *file, uint64_t first, uint64_t end)
{
	if (end == FRAMES_UNKNOWN)
		end = file->frames;
	return end == FRAMES_UNKNOWN ? FRAMES_UNKNOWN : end - first;
}

/* A sheet and its audio. */
struct sheet_audio {
	const struct cue_sheet *sheet;
	struct audio_file **files; /* what each FILE of it is */
};

/* The part of one file; false if the file does not reach so far. */
static bool add_part(struct segments *list, struct audio_file *file, uint32_t from, uint64_t end)
{
	uint64_t first = (uint64_t)from * SECTOR_FRAMES;
	struct segment part = { .file = file, .first = first, .to_end = end == FRAMES_UNKNOWN };

	if (end < first)
		return false;
	if (file->frames != FRAMES_UNKNOWN &&
	    (first > file->frames || (end != FRAMES_UNKNOWN && end > file->frames)))
		return false;
	part.frames = frames_between(file, first, end);
	if (part.frames)
		segments_add(list, part);
	return true;
}

/* All from one place of a sheet to another; NULL: to the end of its last file. */
static bool add_range(struct segments *list, const struct sheet_audio *audio,
		      struct cue_place from, const struct cue_place *to)
{
	size_t last = to ? to->file : audio->sheet->files_count;

	for (; from.file < last; from = (struct cue_place){ .file = from.file + 1 })
		if (!add_part(list, audio->files[from.file], from.sector, FRAMES_UNKNOWN))
			return false;
	return !to || add_part(list, audio->files[last], from.sector,
			       (uint64_t)to->sector * SECTOR_FRAMES);
}

/* Where the audio of a track begins: its pregap, if it has one. */
static struct cue_place gap_of(const struct cue_track *t)
{
	return t->has_gap ? t->gap : t->start;
}

/* Audio from the start of the track up to the pregap of the next one, and its marks. */
static bool add_cue_audio(struct track *track, const struct sheet_audio *audio, size_t i)
{
	const struct cue_track *t = &audio->sheet->tracks[i];
	bool last = i + 1 == audio->sheet->tracks_count;
	struct cue_place end = last ? t->start : gap_of(&t[1]);
	struct segments list = { 0 };
	bool good;

	for (size_t j = 0; j < t->marks_count; j++) {
		struct segments before = { 0 };

		good = add_range(&before, audio, t->start, &t->marks[j]);
		track->marks = xrealloc(track->marks, track->marks_count + 1,
					sizeof(*track->marks));
		track->marks[track->marks_count++] = (struct mark){
			.before = before,
			.frames = segments_frames(before.all, before.count),
		};
		if (!good)
			return false;
	}
	good = add_range(&list, audio, t->start, last ? NULL : &end) && list.count;
	track->segments = list.all;
	track->segments_count = list.count;
	return good;
}

static bool add_cue_pregap(struct track *track, const struct sheet_audio *audio, size_t i)
{
	const struct cue_track *t = &audio->sheet->tracks[i];
	struct cue_place from = i ? gap_of(t) : (struct cue_place){ 0 };

	return add_range(&track->pregap, audio, from, &t->start);
}

/* A file that has only one track may have tags for what the sheet lacks. */
static void take_tags(struct track *track, const struct audio_file *file)
{
	if (!track->title)
		track->title = dup_or_null(file->title);
	if (!track->artist)
		track->artist = dup_or_null(file->artist);
	if (!track->isrc[0] && file->isrc && !parse_isrc(file->isrc, track->isrc))
		track->isrc[0] = '\0';
}

static bool is_alone_in_file(const struct cue_sheet *sheet, size_t i)
{
	const struct cue_track *t = &sheet->tracks[i];

	return (!i || t[-1].start.file != t->start.file) &&
	       (i + 1 == sheet->tracks_count || t[1].start.file != t->start.file);
}

static bool add_cue_track(struct album *album, const struct sheet_audio *audio, size_t i)
{
	const struct cue_track *t = &audio->sheet->tracks[i];
	struct track *track = new_track(album);

	track->title = dup_or_null(t->title);
	track->artist = dup_or_null(t->performer);
	track->songwriter = dup_or_null(t->songwriter);
	memcpy(track->isrc, t->isrc, sizeof(track->isrc));
	track->copy_permitted = t->copy_permitted;
	track->pre_emphasis = t->pre_emphasis;
	track->any_data = true;
	track->silence = t->pregap;
	track->postgap = t->postgap;
	track->leads = !i;
	track->file = audio->files[t->start.file];
	if (is_alone_in_file(audio->sheet, i))
		take_tags(track, track->file);
	/* whatever else is on the disc */
	if (!track->artist)
		track->artist = dup_or_null(audio->sheet->performer);
	if (!track->songwriter)
		track->songwriter = dup_or_null(audio->sheet->songwriter);
	if (add_cue_pregap(track, audio, i) && add_cue_audio(track, audio, i))
		return true;
	problem(album, NAMED("cue-too-long")
		       "%s: ends before track %u of its CUE sheet does; is it the right file?",
		track->file->path, t->number);
	return false;
}

static void add_cue_sheet(struct album *album, const struct cue_sheet *sheet,
			  struct audio_file **files)
{
	struct sheet_audio audio = { sheet, files };

	agree_with_sheet(album, sheet);
	if (!album->tracks_count) {
		album->sheet_first = cue_first_track(sheet);
		album->sheet_tracks = sheet->tracks_count;
	}
	for (size_t i = 0; i < sheet->tracks_count; i++)
		if (!add_cue_track(album, &audio, i))
			return;
	for (size_t i = 0; i < sheet->unused_count; i++)
		album_note(album, xasprintf(NAMED("left-out")
					    "%s is left out: the CUE sheet has no track in it.",
					    sheet->unused[i]));
	for (size_t i = 0; i < sheet->wrong_codes_count; i++)
		album_note(album, xasprintf(NAMED("code-left-out")
					    "%s of the CUE sheet is left out: it is not valid.",
					    sheet->wrong_codes[i]));
}

static struct cue_sheet *parse_sheet(struct album *album, char *text, const char *name)
{
	struct cue_sheet *sheet;
	char *reason;

	sheet = cue_parse(text, name, &reason);
	if (!sheet) {
		problem(album, "%s", reason);
		free(reason);
	}
	return sheet;
}

/* CD-TEXT in packs, which goes to the disc instead of the titles of the sheet. */
static void take_text_file(struct album *album, const char *folder, const char *name,
			   size_t tracks)
{
	char *path = find_text_file(folder, name);

	if (path && !album->text_file) {
		album->text_file = path;
		album->text_tracks = tracks;
	} else {
		free(path);
	}
	if (!path)
		album_note(album, xasprintf(NAMED("cdtext-left-out")
					    "CDTEXTFILE \"%s\" is not there: %s.", name,
					    "the titles of the CUE sheet become CD-TEXT"));
}

/* Another song may have the same name. */
static void note_moved(struct album *album, const char *list, size_t moved)
{
	if (moved)
		album_note(album, xasprintf(NAMED("moved-files")
					    "%s: %zu of its paths %s not here; %s.", list, moved,
					    moved == 1 ? "is" : "are",
					    "files of the same name beside it are burned"));
}

static void add_cue_files(struct album *album, const struct cue_sheet *sheet, const char *path)
{
	struct audio_file **files = xcalloc(sheet->files_count, sizeof(*files));
	char *folder = directory_of(path);
	bool complete = true;
	size_t moved = 0;

	for (size_t i = 0; i < sheet->files_count && !is_stopped(album); i++) {
		char *file = find_named_file(folder, sheet->files[i], &moved);

		if (file)
			files[i] = get_file(album, file);
		else
			problem(album, NAMED("missing-file")
				       "%s: names \"%s\", which is not there", path,
				sheet->files[i]);
		complete &= !!files[i];
		free(file);
	}
	complete &= !is_stopped(album);
	if (complete)
		add_cue_sheet(album, sheet, files);
	note_moved(album, path, moved);
	if (complete && sheet->text_file)
		take_text_file(album, folder, sheet->text_file, sheet->tracks_count);
	free(folder);
	free(files);
}

static void add_cue(struct album *album, const char *path)
{
	char *text = read_sheet(path, SHEET_MAX);
	struct cue_sheet *sheet;

	if (!text) {
		problem(album, NAMED("file-unreadable") "%s: %s", path, text_read_error(errno));
		return;
	}
	sheet = parse_sheet(album, text, path);
	if (sheet)
		add_cue_files(album, sheet, path);
	cue_free(sheet);
	free(text);
}

/* Why an embedded sheet is about something else; NULL if it is not. */
static const char *foreign_sheet(const struct cue_sheet *sheet, const struct audio_file *file)
{
	const struct cue_track *t = &sheet->tracks[sheet->tracks_count - 1];
	struct cue_place last = t->marks_count ? t->marks[t->marks_count - 1] : t->start;

	for (size_t i = 0; i < sheet->tracks_count; i++)
		if (sheet->tracks[i].start.file != last.file)
			return "is about several files";
	if (file->frames != FRAMES_UNKNOWN &&
	    (uint64_t)last.sector * SECTOR_FRAMES >= file->frames)
		return "is about a longer file";
	return NULL;
}

/*
 * A file with an embedded CUE sheet; the file name in the sheet is ignored. Players ignore sheets
 * that are not about this file, such as that of the album in each of its songs.
 */
static void add_embedded_cue(struct album *album, struct audio_file *file)
{
	char *text = xstrdup(file->cue_sheet), *reason;
	struct cue_sheet *sheet = cue_parse(text, "the CUE sheet inside", &reason);
	const char *foreign = sheet ? foreign_sheet(sheet, file) : NULL;

	if (sheet && !foreign) {
		cue_one_file(sheet);
		add_cue_sheet(album, sheet, &file);
	} else {
		album_note(album, xasprintf(NAMED("sheet-left-out")
					    "%s: %s%s; it is burned as one track.", file->path,
					    foreign ? "the CUE sheet inside " : "",
					    foreign ? foreign : reason));
		add_whole_file(album, file);
	}
	free(reason);
	cue_free(sheet);
	free(text);
}

static void add_inspected(struct album *album, struct audio_file *file)
{
	if (file->cue_sheet)
		add_embedded_cue(album, file);
	else
		add_whole_file(album, file);
}

static void add_file(struct album *album, const char *path)
{
	struct audio_file *file = get_file(album, path);

	if (file)
		add_inspected(album, file);
}

static void add_playlist(struct album *album, const char *path);

/* A playlist that is being read */
struct open_list {
	const struct open_list *outer; /* which names it */
	struct stat st;
};

/* Whether the playlist at @path is being read. */
static bool is_open(const struct album *album, const char *path)
{
	struct stat st;

	if (stat(path, &st))
		return false;
	for (const struct open_list *list = album->open_lists; list; list = list->outer)
		if (list->st.st_dev == st.st_dev && list->st.st_ino == st.st_ino)
			return true;
	return false;
}

/* A playlist may name sheets and other playlists. */
static void add_listed(struct album *album, const char *list, const char *path)
{
	if (is_sheet_name(path)) {
		add_cue(album, path);
	} else if (!is_playlist_name(path)) {
		add_file(album, path);
	} else if (is_open(album, path)) {
		if (!album->loop_told)
			problem(album, NAMED("playlist-loop")
				       "%s: names playlists that name each other", list);
		album->loop_told = true;
	} else if (album->playlists < PLAYLISTS_MAX) {
		album->playlists++;
		add_playlist(album, path);
	} else if (album->playlists++ == PLAYLISTS_MAX) {
		problem(album, NAMED("playlist-loop")
			       "%s: the lists name more than %d playlists", list, PLAYLISTS_MAX);
	}
}

static void add_playlist_entry(struct album *album, const char *list, const char *folder,
			       const struct playlist_entry *entry, size_t *moved)
{
	size_t before = album->tracks_count;
	char *path;

	if (entry->elsewhere) {
		problem(album, NAMED("foreign-file")
			       "%s: %s is not a file of this machine", list, entry->name);
		return;
	}
	path = find_listed_file(folder, entry->name, moved);
	if (path)
		add_listed(album, list, path);
	else if (!entry->doubtful)
		problem(album, NAMED("missing-file")
			       "%s: names \"%s\", which is not there", list, entry->name);
	if (entry->title && album->tracks_count == before + 1 && !album->tracks[before].title)
		album->tracks[before].title = xstrdup(entry->title);
	free(path);
}

static void note_nameless(struct album *album, const char *list, size_t count)
{
	if (count)
		album_note(album,
			   xasprintf(NAMED("left-out")
				     "%s: has %zu track%s without a file, which %s left out.", list,
				     count, count == 1 ? "" : "s", count == 1 ? "is" : "are"));
}

static void add_playlist_files(struct album *album, const char *path,
			       const struct playlist *playlist)
{
	size_t before = album->tracks_count, moved = 0;
	unsigned int problems = album->problems;
	char *folder = directory_of(path);

	for (size_t i = 0; i < playlist->count && !is_stopped(album); i++)
		add_playlist_entry(album, path, folder, &playlist->entries[i], &moved);
	if (album->tracks_count == before && album->problems == problems && !album->loop_told)
		problem(album, NAMED("empty-list") "%s: lists no files", path);
	note_moved(album, path, moved);
	note_nameless(album, path, playlist->nameless);
	if (playlist->has_parts)
		album_note(album,
			   xasprintf(NAMED("whole-files")
				     "%s: names parts of files; they are burned whole.", path));
	free(folder);
}

static void add_playlist(struct album *album, const char *path)
{
	char *text = read_sheet(path, SHEET_MAX), *reason;
	struct open_list list = { .outer = album->open_lists };
	struct playlist *playlist;

	if (!text) {
		problem(album, NAMED("file-unreadable") "%s: %s", path, text_read_error(errno));
		return;
	}
	stat(path, &list.st);
	album->open_lists = &list;
	playlist = playlist_parse(text, path, &reason);
	if (playlist)
		add_playlist_files(album, path, playlist);
	else
		problem(album, "%s", reason);
	playlist_free(playlist);
	free(reason);
	album->open_lists = list.outer;
	free(text);
}

static int select_music(const struct dirent *entry)
{
	return entry->d_name[0] != '.' && is_music_name(entry->d_name);
}

static int select_cue(const struct dirent *entry)
{
	return entry->d_name[0] != '.' && is_sheet_name(entry->d_name);
}

/* The number in the tag, or the one that the name begins with, or UINT_MAX. */
static unsigned int file_number(const struct audio_file *file)
{
	const char *slash = strrchr(file->path, '/'), *name = slash ? slash + 1 : file->path;
	size_t digits = strspn(name, "0123456789");

	if (file->number)
		return file->number;
	return digits && digits <= 3 && atoi(name) ? (unsigned int)atoi(name) : UINT_MAX;
}

/*
 * Sorts by the numbers of disc and track, with files without numbers at the end; otherwise by
 * name.
 */
static int compare_numbers(const void *a, const void *b)
{
	const struct audio_file *const *x = a, *const *y = b;
	unsigned int first = file_number(*x), second = file_number(*y);
	unsigned int disc = (*x)->disc ? (*x)->disc : 1, other = (*y)->disc ? (*y)->disc : 1;

	if (disc != other && first != UINT_MAX && second != UINT_MAX)
		return disc < other ? -1 : 1;
	if (first != second)
		return first < second ? -1 : 1;
	return strverscmp((*x)->path, (*y)->path);
}

/* Returns NULL if it is a folder, or can't be burned, which was reported. */
static struct audio_file *get_folder_file(struct album *album, const char *path)
{
	struct stat st;

	if (stat(path, &st)) {
		int error = errno;

		if (error == ENOENT && !lstat(path, &st))
			problem(album, NAMED("broken-link")
				       "%s: is a link to nothing; mend it or remove it", path);
		else
			problem(album, NAMED("broken-link")
				       "%s: %s; mend it or remove it", path, strerror(error));
		return NULL;
	}
	if (S_ISDIR(st.st_mode))
		return NULL;
	if (S_ISREG(st.st_mode))
		return get_file(album, path);
	problem(album, NAMED("not-a-file") "%s: is neither a file nor a folder; remove it", path);
	return NULL;
}

static void free_entries(struct dirent **entries, int count)
{
	for (int i = 0; i < count; i++)
		free(entries[i]);
	free(entries);
}

static int select_unknown(const struct dirent *entry)
{
	const char *name = entry->d_name;

	return name[0] != '.' && !is_music_name(name) && !is_sheet_name(name) &&
	       !is_playlist_name(name) && !is_companion_name(name);
}

/*
 * Files whose endings say neither that they are music nor that they are not; @named: but those that
 * are burned.
 */
static void note_unknown_files(struct album *album, const char *path, const struct file_set *named)
{
	struct dirent **entries = NULL;
	int count = scandir(path, &entries, select_unknown, versionsort);
	char *names = NULL;

	for (int i = 0; i < count; i++) {
		char *name = xasprintf("%s/%s", path, entries[i]->d_name);
		struct file_id id;

		if (is_kind(name, S_IFREG) && file_id_of(name, &id) && !set_names(named, &id))
			text_list_add(&names, name);
		free(name);
	}
	if (names)
		album_note(album, xasprintf(NAMED("left-out") "Left out, for %s: %s.",
					    "their names do not say that they are music", names));
	free(names);
	free_entries(entries, count);
}

static void add_folder_files(struct album *album, const char *path, struct dirent **entries,
			     int count)
{
	struct audio_file **files = xcalloc(count, sizeof(*files));
	unsigned int problems = album->problems;
	size_t n = 0;

	for (int i = 0; i < count && !is_stopped(album); i++) {
		char *name = xasprintf("%s/%s", path, entries[i]->d_name);

		files[n] = get_folder_file(album, name);
		n += !!files[n];
		free(name);
	}
	if (!n && album->problems == problems)
		problem(album, NAMED("no-music") "%s: %s", path, nothing_to_hear);
	qsort(files, n, sizeof(*files), compare_numbers);
	for (size_t i = 0; i < n; i++) {
		if (n == 1 && files[i]->cue_sheet)
			add_embedded_cue(album, files[i]);
		else
			add_whole_file(album, files[i]);
	}
	free(files);
}

static bool is_folder(const char *path)
{
	return is_kind(path, S_IFDIR);
}

/* The files with names of music in a folder */
struct music {
	struct dirent **entries;
	int count;
};

/* Whether @set has all of it, so that nothing is lost where its sheet is burned. */
static bool has_all(const struct file_set *set, const char *path, const struct music *music)
{
	bool all = true;

	for (int i = 0; i < music->count && all; i++) {
		char *name = xasprintf("%s/%s", path, music->entries[i]->d_name);
		struct file_id id;

		all = is_folder(name) || (file_id_of(name, &id) && set_has(set, &id));
		free(name);
	}
	return all;
}

/*
 * The sheet among @cues that can be burned, and names files of the folder alone and all of its
 * music. -1 if there is none.
 */
static int find_sheet_of(const struct album *album, const char *path, struct dirent **cues,
			 int cue_count, const struct music *music)
{
	int found = -1;

	for (int i = 0; i < cue_count && found < 0; i++) {
		char *cue = xasprintf("%s/%s", path, cues[i]->d_name);
		struct file_set set = sheet_files(cue, album->options.stop);

		if (set.complete && set_is_in_folder(&set, path) && has_all(&set, path, music))
			found = i;
		file_set_free(&set);
		free(cue);
	}
	return found;
}

/*
 * Whether the only sheet of a folder with one file belongs to that: it names it, or can't be
 * burned, and then its problem is reported.
 */
static bool is_sheet_of_one(const struct album *album, const char *path, const struct dirent *cue,
			    const struct music *music)
{
	char *name = xasprintf("%s/%s", path, cue->d_name);
	struct file_set set = sheet_files(name, album->options.stop);
	bool is = !set.complete || has_all(&set, path, music);

	file_set_free(&set);
	free(name);
	return is;
}

/* Why the sheets of a folder but @used are not used; that is NULL if none is. */
static void note_sheets(struct album *album, const char *path, struct dirent **cues, int count,
			const char *used)
{
	for (int i = 0; i < count; i++) {
		char *cue = xasprintf("%s/%s", path, cues[i]->d_name);
		struct file_set set = sheet_files(cue, album->options.stop);

		if (used && !strcmp(used, cues[i]->d_name))
			;
		else if (set.problem)
			album_note(album, xasprintf(NAMED("sheet-left-out")
						    "%s; this sheet is left out.", set.problem));
		else
			album_note(album, xasprintf(NAMED("sheet-left-out")
						    "%s is left out: %s%s.", cue, used ? used :
						    "it does not name just the music here",
						    used ? " is burned" : ""));
		file_set_free(&set);
		free(cue);
	}
}

static void add_folder_cue(struct album *album, const char *path, struct dirent **cues, int count,
			   const char *used)
{
	char *cue = xasprintf("%s/%s", path, used);
	struct file_set set = sheet_files(cue, album->options.stop);

	add_cue(album, cue);
	note_sheets(album, path, cues, count, used);
	note_unknown_files(album, path, &set);
	file_set_free(&set);
	free(cue);
}

static void add_folder_tracks(struct album *album, const char *path, const struct music *music)
{
	const struct file_set none = { 0 };
	struct dirent **cues = NULL;
	int cue_count = scandir(path, &cues, select_cue, versionsort), i;

	i = find_sheet_of(album, path, cues, cue_count, music);
	if (i < 0 && music->count == 1 && cue_count == 1 &&
	    is_sheet_of_one(album, path, cues[0], music))
		i = 0;
	if (i >= 0) {
		add_folder_cue(album, path, cues, cue_count, cues[i]->d_name);
	} else {
		add_folder_files(album, path, music->entries, music->count);
		note_sheets(album, path, cues, cue_count, NULL);
		note_unknown_files(album, path, &none);
	}
	free_entries(cues, cue_count);
}

/*
 * A sheet and its files, whose names say nothing: album.cue and album.bin. False: there is none.
 * @any: also one that can't be burned, so that the reason is reported.
 */
static bool add_folder_image(struct album *album, const char *path, bool any)
{
	const struct music none = { 0 };
	struct dirent **cues = NULL;
	int cue_count = scandir(path, &cues, select_cue, versionsort), i;

	i = find_sheet_of(album, path, cues, cue_count, &none);
	if (i < 0 && any && cue_count > 0)
		i = 0;
	if (i >= 0)
		add_folder_cue(album, path, cues, cue_count, cues[i]->d_name);
	free_entries(cues, cue_count);
	return i >= 0;
}

static void note_folder_sheets(struct album *album, const char *path)
{
	struct dirent **cues = NULL;
	int cue_count = scandir(path, &cues, select_cue, versionsort);

	note_sheets(album, path, cues, cue_count, NULL);
	free_entries(cues, cue_count);
}

/* "CD1", "Disc 02 - Title", "Album (Disk_2)": the number, or 0. */
static unsigned int disc_number(const char *name)
{
	static const char *const words[] = { "cd", "disc", "disk", "disque" };
	unsigned int number = 0;

	for (const char *p = name; *p && !number; p++) {
		if (p > name && isalnum((unsigned char)p[-1]))
			continue;
		for (size_t i = 0; i < sizeof(words) / sizeof(*words) && !number; i++) {
			size_t length = strlen(words[i]);

			if (strncasecmp(p, words[i], length))
				continue;
			length += strspn(p + length, " _.-#");
			if (strspn(p + length, "0123456789") < 4)
				number = atoi(p + length);
		}
	}
	return number;
}

static int select_disc(const struct dirent *entry)
{
	return entry->d_name[0] != '.' && disc_number(entry->d_name);
}

static int compare_discs(const struct dirent **a, const struct dirent **b)
{
	unsigned int x = disc_number((*a)->d_name), y = disc_number((*b)->d_name);

	return x != y ? (x < y ? -1 : 1) : strverscmp((*a)->d_name, (*b)->d_name);
}

bool is_disc_of_set(const char *path)
{
	const char *name = path;

	/* a shell completes folders with a slash */
	for (const char *p = path; *p; p++)
		if (*p == '/' && p[1] && p[1] != '/')
			name = p + 1;
	return disc_number(name);
}

static void end_disc(struct album *album, const char *path, size_t first)
{
	if (album->tracks_count == first || !is_disc_of_set(path))
		return;
	album->discs = xrealloc(album->discs, album->discs_count + 1, sizeof(*album->discs));
	album->discs[album->discs_count++] = (struct disc){ xstrdup(path), first,
							    album->tracks_count - first };
}

/* Music in this folder itself; false if there is none. */
static bool add_one_folder(struct album *album, const char *path)
{
	size_t first = album->tracks_count;
	struct music music = { 0 };
	bool any = true;

	music.count = scandir(path, &music.entries, select_music, versionsort);
	if (music.count < 0)
		problem(album, NAMED("file-unreadable") "%s: %s", path, strerror(errno));
	else if (music.count)
		add_folder_tracks(album, path, &music);
	else
		any = add_folder_image(album, path, false);
	end_disc(album, path, first);
	free_entries(music.entries, music.count);
	return any;
}

static int select_visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* The folders with music inside this one; @discs: but those that are discs. NULL: none. */
static char *folders_inside(const struct album *album, const char *path, bool discs,
			    folder_fn has_music)
{
	struct dirent **entries = NULL;
	int count = scandir(path, &entries, select_visible, versionsort);
	char *names = NULL;

	for (int i = 0; i < count; i++) {
		char *folder = xasprintf("%s/%s", path, entries[i]->d_name);

		if (!(discs && disc_number(entries[i]->d_name)) && is_folder(folder) &&
		    has_music(folder, album->options.stop))
			text_list_add(&names, folder);
		free(folder);
	}
	free_entries(entries, count);
	return names;
}

/* Music in folders inside this one that is not burned; @discs: those that are discs are. */
static void note_folders(struct album *album, const char *path, bool discs)
{
	char *names = folders_inside(album, path, discs, folder_has_music);

	if (names)
		album_note(album, xasprintf(NAMED("left-out") "Left out, for %s: %s.",
					    discs ? "these are not discs of the set" :
						    "there is music beside them", names));
	free(names);
}

/* Which of the folders inside is meant is for the user to say. */
static void report_no_music(struct album *album, const char *path)
{
	char *names = folders_inside(album, path, false, folder_is_meant);

	if (names)
		problem(album, NAMED("no-music")
			       "%s: %s itself; name what is inside: %s", path, nothing_to_hear,
			names);
	else
		problem(album, NAMED("no-music") "%s: %s", path, nothing_to_hear);
	free(names);
}

/* False if there is no music in it. */
static bool add_disc(struct album *album, const char *folder)
{
	if (add_one_folder(album, folder)) {
		note_folders(album, folder, false);
		return true;
	}
	if (!folder_is_meant(folder, album->options.stop))
		return false;
	if (!add_folder_image(album, folder, true))
		report_no_music(album, folder);
	return true;
}

/* The folders of a set, each of them a disc; false if there are none. */
static bool add_discs(struct album *album, const char *path)
{
	struct dirent **entries = NULL;
	int count = scandir(path, &entries, select_disc, compare_discs);
	char *silent = NULL;
	bool any = false;

	for (int i = 0; i < count; i++) {
		char *folder = xasprintf("%s/%s", path, entries[i]->d_name);

		if (is_folder(folder) && !is_stopped(album)) {
			if (add_disc(album, folder))
				any = true;
			else
				text_list_add(&silent, folder);
		}
		free(folder);
	}
	if (silent && any)
		album_note(album, xasprintf(NAMED("left-out")
					    "Left out, for there is no music in it: %s.", silent));
	free(silent);
	free_entries(entries, count);
	return any;
}

/* A folder is an album: one file with a CUE sheet, a file for each track, or a set of folders. */
static void add_folder(struct album *album, const char *given)
{
	char *path = xstrdup(given);

	for (size_t n = strlen(path); n > 1 && path[n - 1] == '/'; n--)
		path[n - 1] = '\0';
	if (add_one_folder(album, path)) {
		note_folders(album, path, false);
	} else if (add_discs(album, path)) {
		note_folders(album, path, true);
		note_folder_sheets(album, path);
	} else if (!add_folder_image(album, path, true)) {
		report_no_music(album, path);
	}
	free(path);
}

/* Reads the beginning of a socket or a pipe without consuming it; negative if that can't be. */
static ssize_t peek_once(int fd, bool is_socket, const int copy[2], uint8_t *start, size_t bytes)
{
	ssize_t n;

	if (is_socket)
		return recv(fd, start, bytes, MSG_PEEK | MSG_DONTWAIT);
	n = tee(fd, copy[1], bytes, SPLICE_F_NONBLOCK);
	return n > 0 ? read(copy[0], start, n) : n;
}

/* A signal may end the wait. */
static bool has_input(struct pollfd *input)
{
	*input = (struct pollfd){ .fd = STDIN_FILENO, .events = POLLIN };
	return poll(input, 1, PEEK_INTERVAL_MS) > 0;
}

/*
 * Reads the first bytes of standard input without consuming them. A program that has only just
 * started writes small pieces, so give it a moment from the first one on. Returns 0 at the end;
 * negative if it can't be done.
 */
static ssize_t peek_input(const struct album *album, bool is_socket, uint8_t *start, size_t bytes)
{
	struct pollfd input;
	ssize_t n = 0;
	int copy[2];

	if (pipe2(copy, O_CLOEXEC))
		return -1;
	for (unsigned int ms = 0; ms < PEEK_MS && n < (ssize_t)bytes && !is_stopped(album);) {
		if (!has_input(&input))
			continue;
		/* the end of a pipe that is empty */
		if (!(input.revents & POLLIN))
			break;
		n = peek_once(STDIN_FILENO, is_socket, copy, start, bytes);
		if (n <= 0 || input.revents & (POLLHUP | POLLRDHUP))
			break;
		pause_ms(PEEK_INTERVAL_MS);
		ms += PEEK_INTERVAL_MS;
	}
	close(copy[0]);
	close(copy[1]);
	return n;
}

static bool write_all(int fd, const char *buffer, size_t bytes)
{
	ssize_t n;

	for (size_t done = 0; done < bytes; done += n) {
		n = write(fd, buffer + done, bytes - done);
		if (n <= 0)
			return false;
	}
	return true;
}

/* Until the end, or until it is stopped; -1 with errno. */
static int copy_input(const struct album *album, int fd)
{
	struct pollfd input;
	char *buffer = xcalloc(COPY_BYTES, 1);
	ssize_t n = 1;

	while (n && !is_stopped(album)) {
		if (!has_input(&input))
			continue;
		n = read(STDIN_FILENO, buffer, COPY_BYTES);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 || !write_all(fd, buffer, n)) {
			n = -1;
			break;
		}
	}
	free(buffer);
	return n < 0 ? -1 : 0;
}

/* Copies all of standard input to an unnamed file; its path refers to our own descriptor. */
static char *spool_input(struct album *album)
{
	const char *dir = getenv("TMPDIR");
	int fd;

	fd = open(dir && *dir ? dir : "/var/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (fd < 0) {
		problem(album, NAMED("no-temporary-space")
			       "standard input: can't keep it in %s: %s",
			dir && *dir ? dir : "/var/tmp", strerror(errno));
		return NULL;
	}
	if (!copy_input(album, fd))
		return xasprintf("/proc/self/fd/%d", fd);
	problem(album, NAMED("file-unreadable") "standard input: %s", strerror(errno));
	close(fd);
	return NULL;
}

bool album_has_stream(const struct album *album)
{
	for (size_t i = 0; i < album->files_count; i++)
		if (album->files[i]->kind == AUDIO_STREAM)
			return true;
	return false;
}

static void add_stream(struct album *album)
{
	struct audio_file *file = xcalloc(1, sizeof(*file));

	file->path = xstrdup(INPUT_NAME);
	file->is_input = true;
	file->kind = AUDIO_STREAM;
	file->fd = -1;
	file->rate = CD_RATE;
	file->channels = 2;
	file->exact = true;
	file->frames = FRAMES_UNKNOWN;
	snprintf(file->format, sizeof(file->format), "raw");
	add_whole_file(album, keep_file(album, file));
}

/* Names the tracks from @first on, which were just added: their file name says nothing. */
static void name_input(struct album *album, size_t first)
{
	for (size_t i = first; i < album->tracks_count; i++)
		if (!album->tracks[i].title)
			album->tracks[i].label = xstrdup(INPUT_NAME);
}

/* Input without a header would be burned as noise if it is not raw audio. */
static bool refuse_input(struct album *album, const uint8_t *start, size_t bytes)
{
	const char *what = magic_no_audio(start, bytes);

	if (what)
		problem(album, NAMED("not-audio") "standard input is not audio, but %s", what);
	else if (magic_is_swapped(start, bytes))
		problem(album, NAMED("swapped-bytes") "standard input: %s", swapped_input);
	else if (magic_is_doubtful(start, bytes))
		problem(album, NAMED("doubtful-audio") "standard input: %s", doubtful_input);
	else
		return false;
	return true;
}

static void inspect_input(struct album *album, const char *path, const struct audio_options *how)
{
	char *reason;
	struct audio_file *file = audio_inspect_input(path, how, &reason);

	if (file) {
		add_inspected(album, keep_file(album, file));
	} else {
		problem(album, "%s", reason);
		free(reason);
	}
}

/* A redirected file has no name that could end in .raw: without a header it is raw audio. */
static void add_redirected(struct album *album)
{
	struct audio_options how = album->options;
	uint8_t start[MAGIC_BYTES];
	ssize_t bytes = pread(STDIN_FILENO, start, sizeof(start), 0);

	if (lseek(STDIN_FILENO, 0, SEEK_CUR) > 0) {
		problem(album, NAMED("not-a-file") "standard input: a part of it was read already; "
			"`cat | tao burn -` burns the rest");
		return;
	}
	if (bytes > 0 && !magic_name(start, bytes)) {
		if (!how.raw && refuse_input(album, start, bytes))
			return;
		how.raw = true;
	}
	inspect_input(album, "/dev/stdin", &how);
}

/* Raw audio has nothing to show but that it is there. */
static void add_pipe(struct album *album, bool is_socket)
{
	bool raw = album->options.raw;
	uint8_t start[MAGIC_BYTES];
	ssize_t bytes = peek_input(album, is_socket, start, raw ? 1 : sizeof(start));
	char *path;

	if (!bytes) {
		problem(album, "%s", empty_input);
	} else if (!raw && bytes > 0 && magic_name(start, bytes)) {
		path = spool_input(album);
		if (path)
			inspect_input(album, path, &album->options);
		free(path);
	} else if (raw || bytes < 0 || !refuse_input(album, start, bytes)) {
		add_stream(album);
	}
}

/* /dev/null, which a job in the background has */
static bool is_null(const struct stat *st)
{
	return S_ISCHR(st->st_mode) && st->st_rdev == makedev(1, 3);
}

static void add_input(struct album *album)
{
	size_t first = album->tracks_count;
	struct stat st;

	if (album_has_stream(album)) {
		problem(album, NAMED("not-a-file") "standard input can be burned only once");
		return;
	}
	if (isatty(STDIN_FILENO))
		problem(album, NAMED("not-a-file")
			       "standard input is a terminal; pipe audio into this command");
	else if (fstat(STDIN_FILENO, &st))
		problem(album, NAMED("file-unreadable") "standard input: %s", strerror(errno));
	else if (S_ISREG(st.st_mode))
		add_redirected(album);
	else if (S_ISDIR(st.st_mode))
		problem(album, NAMED("not-a-file")
			       "standard input is a folder; name it as an argument");
	else if (is_null(&st))
		problem(album, "%s", empty_input);
	else
		add_pipe(album, S_ISSOCK(st.st_mode));
	name_input(album, first);
}

/*
 * Whether the same command would not find the file again: a pipe, or a file that only this
 * process has open. A file in /dev/shm is like any other.
 */
static bool is_read_once(const char *path)
{
	struct stat st;

	if (!strcmp(path, "-") || !strcmp(path, "/dev/stdin") ||
	    !strncmp(path, "/dev/fd/", strlen("/dev/fd/")) ||
	    !strncmp(path, "/proc/self/fd/", strlen("/proc/self/fd/")))
		return true;
	return !stat(path, &st) && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode);
}

void album_add(struct album *album, const char *path)
{
	struct stat st;

	if (is_stopped(album))
		return;
	album->once |= is_read_once(path);
	if (!strcmp(path, "-"))
		add_input(album);
	else if (stat(path, &st))
		problem(album, NAMED("file-unreadable") "%s: %s", path, strerror(errno));
	else if (S_ISDIR(st.st_mode))
		add_folder(album, path);
	else if (is_sheet_name(path))
		add_cue(album, path);
	else if (is_playlist_name(path))
		add_playlist(album, path);
	else
		add_file(album, path);
}

static void free_track(struct track *track)
{
	free(track->title);
	free(track->label);
	free(track->artist);
	free(track->songwriter);
	free(track->pregap.all);
	for (size_t i = 0; i < track->marks_count; i++)
		free(track->marks[i].before.all);
	free(track->marks);
	free(track->segments);
}

static void free_discs(struct album *album)
{
	for (size_t i = 0; i < album->discs_count; i++)
		free(album->discs[i].name);
	free(album->discs);
	album->discs = NULL;
	album->discs_count = 0;
}

void album_leave_out(struct album *album, size_t track)
{
	const struct segments *pregap = &album->tracks[track].pregap;
	bool leads = album->tracks[track].leads;
	char time[TIME_SIZE];

	format_time(segments_frames(pregap->all, pregap->count) / SECTOR_FRAMES, time);
	if (pregap->count)
		album_note(album,
			   xasprintf(NAMED("pregap-left-out")
				     "%s of %s min before track %zu is %s.",
				     leads ? "Hidden audio" : "The pregap", time, track + 1,
				     leads ? "left out" : "not burned"));
}

static void join_silence(struct track *joined, uint32_t sectors)
{
	if (sectors)
		add_segment(joined, (struct segment){ .frames = (uint64_t)sectors *
								 SECTOR_FRAMES });
}

/* With the gaps between tracks, but without hidden audio. */
static void join_track(struct track *joined, const struct track *track, bool first)
{
	if (!first)
		join_silence(joined, track->silence);
	for (size_t j = 0; !first && !track->leads && j < track->pregap.count; j++)
		add_segment(joined, track->pregap.all[j]);
	for (size_t j = 0; j < track->segments_count; j++)
		add_segment(joined, track->segments[j]);
	join_silence(joined, track->postgap);
}

unsigned int album_first_track(const struct album *album, size_t from)
{
	bool all = !from && album->sheet_tracks && album->sheet_tracks == album->tracks_count;

	return all ? album->sheet_first : 1;
}

/* One track has one code, and its parts have no marks. */
static void note_left_out(struct album *album)
{
	bool codes = false, marks = false;

	for (size_t i = 0; i < album->tracks_count; i++) {
		codes |= album->tracks[i].isrc[0];
		marks |= album->tracks[i].marks_count;
	}
	if (codes)
		album_note(album, xstrdup(NAMED("joined")
					  "The ISRCs of joined tracks are left out."));
	if (marks)
		album_note(album, xstrdup(NAMED("joined")
					  "The index marks of joined tracks are left out."));
}

void album_join(struct album *album)
{
	struct track joined = { .any_data = true, .copy_permitted = true };

	if (album->tracks_count < 2)
		return;
	note_left_out(album);
	joined.pre_emphasis = album->tracks[0].pre_emphasis;
	for (size_t i = 0; i < album->tracks_count; i++) {
		struct track *track = &album->tracks[i];

		join_track(&joined, track, !i);
		/* a property of the track must hold for each part */
		joined.copy_permitted &= track->copy_permitted;
		if (track->leads)
			album_leave_out(album, i);
		if (track->pre_emphasis != joined.pre_emphasis)
			problem(album,
				NAMED("mixed-pre-emphasis")
				"%s: can't be joined, for only some tracks have pre-emphasis",
				track->file->path);
		free_track(track);
	}
	joined.title = dup_or_null(album->title);
	joined.label = xasprintf("%s (%zu joined)", album->title ? album->title : "all tracks",
				 album->tracks_count);
	album->tracks[0] = joined;
	album->tracks_count = 1;
	free_discs(album);
}

/* Whether a list still fits its file, whose length is known now. */
static bool follow_segments(struct segment *segments, size_t count, const struct audio_file *file)
{
	for (size_t i = 0; i < count; i++) {
		struct segment *s = &segments[i];

		if (s->file != file)
			continue;
		if (s->first >= file->frames ||
		    (!s->to_end && s->first + s->frames > file->frames))
			return false;
		if (s->to_end)
			s->frames = file->frames - s->first;
	}
	return true;
}

static bool follow_marks(struct track *track, const struct audio_file *file)
{
	for (size_t i = 0; i < track->marks_count; i++) {
		struct mark *mark = &track->marks[i];

		if (!follow_segments(mark->before.all, mark->before.count, file))
			return false;
		mark->frames = segments_frames(mark->before.all, mark->before.count);
	}
	return true;
}

/* How long a file is shows when it is decoded: tracks that go to its end follow. */
static void follow_length(struct album *album, const struct audio_file *file)
{
	for (size_t i = 0; i < album->tracks_count; i++) {
		struct track *t = &album->tracks[i];

		if (!follow_segments(t->segments, t->segments_count, file) ||
		    !follow_segments(t->pregap.all, t->pregap.count, file) ||
		    !follow_marks(t, file)) {
			problem(album, NAMED("cue-too-long")
				       "%s: ends before its CUE sheet does", file->path);
			return;
		}
	}
}

void album_checked(struct album *album, struct audio_file *file, char *reason)
{
	if (reason)
		problem(album, "%s", reason);
	else if (file->kind == AUDIO_FILE && file->frames != FRAMES_UNKNOWN)
		follow_length(album, file);
	if (!reason && file->note)
		album_note(album, xstrdup(file->note));
	free(reason);
}

uint64_t album_clipped(const struct album *album)
{
	uint64_t clipped = 0;

	for (size_t i = 0; i < album->files_count; i++)
		clipped += album->files[i]->clipped;
	return clipped;
}

uint64_t album_broken(const struct album *album)
{
	uint64_t broken = 0;

	for (size_t i = 0; i < album->files_count; i++)
		broken += album->files[i]->broken;
	return broken;
}

void album_free(struct album *album)
{
	for (size_t i = 0; i < album->tracks_count; i++)
		free_track(&album->tracks[i]);
	for (size_t i = 0; i < album->files_count; i++)
		audio_free(album->files[i]);
	for (size_t i = 0; i < album->notes_count; i++)
		free(album->notes[i]);
	free_track(&album->hidden);
	free(album->cut_off.all);
	free_discs(album);
	free(album->tracks);
	free(album->files);
	free(album->notes);
	free(album->title);
	free(album->artist);
	free(album->songwriter);
	free(album->text_file);
}

bool track_is_raw(const struct track *track)
{
	const struct segment *only = track->segments_count == 1 ? track->segments : NULL;
	const struct audio_file *file = only ? only->file : NULL;

	return file && file->kind == AUDIO_RAW && !file->ragged && !only->gain;
}

uint64_t segments_frames(const struct segment *segments, size_t count)
{
	uint64_t frames = 0;

	for (size_t i = 0; i < count; i++) {
		if (segments[i].frames == FRAMES_UNKNOWN)
			return FRAMES_UNKNOWN;
		frames += segments[i].frames;
	}
	return frames;
}

uint64_t track_frames(const struct track *track)
{
	return segments_frames(track->segments, track->segments_count);
}

uint32_t track_sectors(const struct track *track)
{
	uint64_t frames = track_frames(track);
	uint64_t sectors = frames / SECTOR_FRAMES + (frames % SECTOR_FRAMES > 0);

	if (frames == FRAMES_UNKNOWN)
		return TAO_UNKNOWN;
	if (sectors < TAO_TRACK_MIN_SECTORS)
		return TAO_TRACK_MIN_SECTORS;
	return sectors < TAO_UNKNOWN ? sectors : TAO_UNKNOWN - 1;
}

uint32_t sectors_needed(const struct album *album, size_t from)
{
	bool session = album->mode == MODE_SESSION;
	bool hides = from == album->hidden_before;
	uint64_t sum = hides ? track_frames(&album->hidden) / SECTOR_FRAMES : 0;

	for (size_t i = from; i < album->tracks_count; i++) {
		uint32_t sectors = track_sectors(&album->tracks[i]);

		if (sectors == TAO_UNKNOWN)
			return TAO_UNKNOWN;
		sum += sectors + (i > from && !session ? GAP_SECTORS : 0);
	}
	return sum < TAO_UNKNOWN ? sum : TAO_UNKNOWN - 1;
}

char *track_name(const struct album *album, const struct track *track)
{
	const char *path = track->file->path, *slash = strrchr(path, '/');

	if (track->label)
		return xstrdup(track->label);
	if (!track->title)
		return text_to_utf8(slash ? slash + 1 : path, strlen(slash ? slash + 1 : path));
	if (track->artist && (!album->artist || strcmp(track->artist, album->artist)))
		return xasprintf("%s - %s", track->artist, track->title);
	return xstrdup(track->title);
}
