// SPDX-License-Identifier: GPL-2.0-only
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "answers.h"
#include "common.h"
#include "json.h"
#include "unfinished.h"
#include "state.h"

/* Incremented when an older command would misunderstand it. */
#define FORMAT 2
/* Discs that were thrown away leave theirs behind. */
#define RECORDS_MAX 16
/* A drive may count the pregap, or run-out, only while the disc is blank. */
#define CAPACITY_DIFFERS 152
/* It may count these as part of a track. */
#define RUN_OUT 2
#define PREGAP 150

/* --- The album --- */

/* As the system has it: a name in UTF-8 only would not find the file again. */
static struct json_object *raw_string(const char *text)
{
	return json_object_new_string(text);
}

static void add_to(struct json_object *array, int64_t number)
{
	json_object_array_add(array, json_object_new_int64(number));
}

static struct json_object *describe_file(const struct audio_file *file)
{
	struct json_object *object = json_object_new_array();

	char *path = absolute_path(file->path);

	json_object_array_add(object, raw_string(path));
	free(path);
	add_to(object, file->bytes);
	add_to(object, file->changed.tv_sec);
	add_to(object, file->changed.tv_nsec);
	return object;
}

static unsigned int control_of(const struct track *track)
{
	return (track->pre_emphasis ? 1 : 0) | (track->copy_permitted ? 2 : 0);
}

/* The tracks before @first may be laid out for another disc: they make no difference. */
static struct json_object *describe_album(const struct album *album, size_t first)
{
	struct json_object *object = json_object_new_object();
	struct json_object *files = json_object_new_array(), *tracks = json_object_new_array();
	struct json_object *controls = json_object_new_array();

	for (size_t i = 0; i < album->files_count; i++)
		json_object_array_add(files, describe_file(album->files[i]));
	for (size_t i = 0; i < album->tracks_count; i++) {
		add_to(tracks, i < first ? 0 : track_sectors(&album->tracks[i]));
		add_to(controls, i < first ? 0 : control_of(&album->tracks[i]));
	}
	json_object_object_add(object, "files", files);
	json_object_object_add(object, "tracks", tracks);
	json_object_object_add(object, "controls", controls);
	return object;
}

char *unfinished_problem(const struct unfinished *r, const struct album *album)
{
	struct json_object *now = describe_album(album, r->first), *was, *is;
	struct json_object *before = json_object_object_get(r->album, "files");
	char *problem = NULL;

	for (size_t i = 0; i < album->files_count && !problem; i++) {
		is = json_object_array_get_idx(json_object_object_get(now, "files"), i);
		was = json_object_array_get_idx(before, i);
		if (!json_object_equal(is, was))
			problem = xasprintf(NAMED("file-changed")
					    "%s: was changed since the burn began",
					    album->files[i]->path);
	}
	if (!problem && !json_object_equal(now, r->album))
		problem = xstrdup(NAMED("file-changed")
				  "the files make other tracks now than when the burn began");
	json_object_put(now);
	return problem;
}

/* --- The disc --- */

static char *name_drive(struct tao_device *dev)
{
	struct tao_drive drive;

	if (tao_get_drive(dev, &drive))
		return xstrdup("");
	return xasprintf("%s %s %s", drive.vendor, drive.product, drive.serial);
}

/* Returns whether it is known for sure. */
static bool read_tracks(struct tao_device *dev, struct unfinished_track *tracks,
			unsigned int *count)
{
	struct tao_toc toc;

	*count = 0;
	if (tao_get_toc(dev, &toc))
		return false;
	for (uint32_t i = 0; i < toc.entries_count && *count < TAO_TRACKS_MAX; i++)
		if (toc.entries[i].number <= TAO_TRACKS_MAX)
			tracks[(*count)++] = (struct unfinished_track){
				toc.entries[i].start_lba, toc.entries[i].sectors,
				toc.entries[i].control & UNFINISHED_CONTROL
			};
	return !(toc.flags & TAO_TOC_STALE);
}

void unfinished_begin(struct unfinished *r, struct tao_device *dev)
{
	char text[LEAD_IN_SIZE];

	free(r->lead_in);
	r->lead_in = xstrdup(ask_lead_in(dev, text));
}

bool unfinished_see_disc(struct unfinished *r, struct tao_device *dev)
{
	struct unfinished_track tracks[TAO_TRACKS_MAX];
	struct tao_medium medium;
	unsigned int count;

	if (get_medium(dev, &medium) || medium.flags & TAO_MEDIUM_STALE ||
	    medium.flags & (TAO_MEDIUM_TRACK_DAMAGED | TAO_MEDIUM_SESSION_DAMAGED))
		return false;
	r->total_sectors = medium.total_sectors;
	r->sessions = medium.sessions;
	count = 0;
	/* a blank disc has no table */
	if (medium.status != TAO_DISC_BLANK &&
	    (!read_tracks(dev, tracks, &count) || count != medium.tracks))
		return false;
	memcpy(r->tracks, tracks, count * sizeof(*tracks));
	r->tracks_count = count;
	r->next_lba = medium.next_lba;
	return true;
}

/* Whether it is such a disc; no session goes away. */
static bool is_alike(const struct unfinished *r, const struct unfinished *disc)
{
	return llabs((long long)r->total_sectors - disc->total_sectors) <= CAPACITY_DIFFERS &&
	       disc->sessions >= r->sessions &&
	       (!*r->lead_in || !*disc->lead_in || !strcmp(r->lead_in, disc->lead_in));
}

static bool is_same_track(const struct unfinished_track *track, const struct unfinished_track *disc)
{
	uint32_t more = disc->sectors - track->sectors;

	return track->start_lba == disc->start_lba &&
	       (more <= RUN_OUT || (more >= PREGAP && more <= PREGAP + RUN_OUT));
}

static bool has_same_tracks(const struct unfinished *r, const struct unfinished *disc)
{
	if (disc->tracks_count < r->tracks_count)
		return false;
	for (unsigned int i = 0; i < r->tracks_count; i++)
		if (!is_same_track(&r->tracks[i], &disc->tracks[i]))
			return false;
	return true;
}

static uint32_t planned(const struct unfinished *r, const char *what, size_t i)
{
	struct json_object *array = json_object_object_get(r->album, what);

	return json_object_get_int64(json_object_array_get_idx(array, i));
}

/* Whether @track can be what there is of the next one, which nobody saw the end of. */
static bool is_begun(const struct unfinished *r, const struct unfinished_track *track)
{
	return r->next < r->count && track->start_lba == r->next_lba &&
	       track->control == planned(r, "controls", r->next) &&
	       track->sectors <= planned(r, "tracks", r->next) + PREGAP + RUN_OUT;
}

/*
 * Whether it can be that disc. A power loss leaves a track that nobody saw the end of; that alone
 * says little about a disc, but the drive in which this happened is known.
 */
static bool is_about(const struct unfinished *r, const struct unfinished *disc)
{
	if (!is_alike(r, disc) || !has_same_tracks(r, disc))
		return false;
	if (r->ended)
		return r->tracks_count == disc->tracks_count;
	if (strcmp(r->drive, disc->drive))
		return false;
	return disc->tracks_count == r->tracks_count ||
	       (disc->tracks_count == r->tracks_count + 1 &&
		is_begun(r, &disc->tracks[r->tracks_count]));
}

/* --- The file --- */

static struct json_object *describe_words(char **words)
{
	struct json_object *array = json_object_new_array();

	for (size_t i = 0; words[i]; i++)
		json_object_array_add(array, raw_string(words[i]));
	return array;
}

static struct json_object *describe_numbers(const struct unfinished *r)
{
	struct json_object *array = json_object_new_array();

	for (size_t i = 0; i < r->count; i++)
		add_to(array, r->numbers[i]);
	return array;
}

static struct json_object *describe_lost(const struct unfinished *r)
{
	struct json_object *array = json_object_new_array();

	for (size_t i = 0; i < r->count; i++)
		json_object_array_add(array, r->lost[i] ? raw_string(r->lost[i]) : NULL);
	return array;
}

static struct json_object *describe_disc(const struct unfinished *r)
{
	struct json_object *array = json_object_new_array();

	for (unsigned int i = 0; i < r->tracks_count; i++) {
		add_to(array, r->tracks[i].start_lba);
		add_to(array, r->tracks[i].sectors);
	}
	return array;
}

bool unfinished_save(struct unfinished *r)
{
	struct json_object *object = json_object_new_object();
	bool saved;

	json_add_number(object, "format", FORMAT);
	json_object_object_add(object, "words", describe_words(r->words));
	json_object_object_add(object, "album", json_object_get(r->album));
	json_object_object_add(object, "numbers", describe_numbers(r));
	json_object_object_add(object, "lost", describe_lost(r));
	json_add_number(object, "first", r->first);
	json_add_number(object, "next", r->next);
	json_object_object_add(object, "drive", raw_string(r->drive));
	json_object_object_add(object, "lead_in", raw_string(r->lead_in));
	json_add_number(object, "total_sectors", r->total_sectors);
	json_add_number(object, "sessions", r->sessions);
	json_object_object_add(object, "disc", describe_disc(r));
	json_add_number(object, "next_lba", r->next_lba);
	json_add_bool(object, "ended", r->ended);
	saved = state_save(r->name, json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN));
	json_object_put(object);
	/* one that lacks a track would have it burned once more */
	if (!saved)
		state_remove(r->name);
	return saved;
}

void unfinished_remove(const struct unfinished *r)
{
	state_remove(r->name);
}

/* --- Reading it --- */

static struct json_object *member(struct json_object *object, const char *name, json_type type)
{
	struct json_object *value = json_object_object_get(object, name);

	return json_object_is_type(value, type) ? value : NULL;
}

static char *take_text(struct json_object *object, const char *name)
{
	struct json_object *value = member(object, name, json_type_string);

	return value ? xstrdup(json_object_get_string(value)) : NULL;
}

static char **take_words(struct json_object *array)
{
	size_t count = array ? json_object_array_length(array) : 0;
	char **words = xcalloc(count + 1, sizeof(*words));

	for (size_t i = 0; i < count; i++) {
		const char *word = json_object_get_string(json_object_array_get_idx(array, i));

		words[i] = xstrdup(word ? word : "");
	}
	return words;
}

static int64_t number_at(struct json_object *array, size_t i)
{
	return json_object_get_int64(json_object_array_get_idx(array, i));
}

static void take_numbers(struct unfinished *r, struct json_object *array)
{
	r->count = array ? json_object_array_length(array) : 0;
	r->numbers = xcalloc(r->count, sizeof(*r->numbers));
	for (size_t i = 0; i < r->count; i++)
		r->numbers[i] = number_at(array, i);
}

static void take_lost(struct unfinished *r, struct json_object *array)
{
	struct json_object *why;

	r->lost = xcalloc(r->count, sizeof(*r->lost));
	for (size_t i = 0; array && i < r->count; i++) {
		why = json_object_array_get_idx(array, i);
		if (json_object_is_type(why, json_type_string))
			r->lost[i] = xstrdup(json_object_get_string(why));
	}
}

static void take_disc(struct unfinished *r, struct json_object *array)
{
	size_t count = array ? json_object_array_length(array) / 2 : 0;

	for (size_t i = 0; i < count && i < TAO_TRACKS_MAX; i++)
		r->tracks[r->tracks_count++] = (struct unfinished_track){
			.start_lba = number_at(array, 2 * i),
			.sectors = number_at(array, 2 * i + 1),
		};
}

static bool has_whole_album(const struct unfinished *r)
{
	struct json_object *tracks = member(r->album, "tracks", json_type_array);
	struct json_object *controls = member(r->album, "controls", json_type_array);

	return member(r->album, "files", json_type_array) && tracks && controls &&
	       json_object_array_length(tracks) == r->count &&
	       json_object_array_length(controls) == r->count;
}

/* Somebody may have edited it. */
static bool is_whole(const struct unfinished *r)
{
	for (size_t i = 0; i < r->count; i++)
		if (r->numbers[i] > TAO_TRACKS_MAX)
			return false;
	return r->album && has_whole_album(r) && r->drive && r->lead_in && r->count &&
	       r->first <= r->next && r->next <= r->count;
}

static struct unfinished *read_record(const char *name, struct json_object *object)
{
	struct unfinished *r = xcalloc(1, sizeof(*r));

	r->name = xstrdup(name);
	r->words = take_words(member(object, "words", json_type_array));
	r->album = json_object_get(member(object, "album", json_type_object));
	take_numbers(r, member(object, "numbers", json_type_array));
	take_lost(r, member(object, "lost", json_type_array));
	r->first = json_object_get_int64(json_object_object_get(object, "first"));
	r->next = json_object_get_int64(json_object_object_get(object, "next"));
	r->drive = take_text(object, "drive");
	r->lead_in = take_text(object, "lead_in");
	r->sessions = json_object_get_int64(json_object_object_get(object, "sessions"));
	r->total_sectors = json_object_get_int64(json_object_object_get(object, "total_sectors"));
	take_disc(r, member(object, "disc", json_type_array));
	r->next_lba = json_object_get_int64(json_object_object_get(object, "next_lba"));
	r->ended = json_object_get_boolean(json_object_object_get(object, "ended"));
	return r;
}

static struct unfinished *load(const char *name)
{
	char *text = state_load(name);
	struct json_object *object = text ? json_tokener_parse(text) : NULL;
	struct unfinished *r = NULL;

	if (json_object_is_type(object, json_type_object) &&
	    json_object_get_int64(json_object_object_get(object, "format")) == FORMAT)
		r = read_record(name, object);
	if (r && !is_whole(r)) {
		unfinished_free(r);
		r = NULL;
	}
	json_object_put(object);
	free(text);
	return r;
}

/* @disc: NULL if it can't be told from others. */
static struct unfinished *find(const struct unfinished *disc, bool *any)
{
	char **names = state_names();
	struct unfinished *found = NULL, *r;

	for (size_t i = 0; names[i] && !found; i++) {
		r = load(names[i]);
		*any |= !!r;
		if (r && disc && is_about(r, disc))
			found = r;
		else
			unfinished_free(r);
	}
	free_words(names);
	return found;
}

/*
 * The drive may have ended the next track when nobody waited for that any more. Its length alone
 * does not tell a whole one from one that failed, has silence, or was cut short near its end.
 */
static bool may_be_whole(const struct unfinished *r, const struct unfinished *disc)
{
	return !r->ended && disc->tracks_count == r->tracks_count + 1 && r->next < r->count &&
	       disc->tracks[r->tracks_count].sectors + RUN_OUT >= planned(r, "tracks", r->next);
}

/* The disc in the drive. Returns whether it is known, and anything was burned on it. */
static bool look_at(struct unfinished *disc, struct tao_device *drive)
{
	*disc = (struct unfinished){ .drive = name_drive(drive) };
	unfinished_begin(disc, drive);
	return unfinished_see_disc(disc, drive) && disc->tracks_count;
}

struct unfinished *unfinished_find(struct tao_device *drive, bool *any)
{
	struct unfinished disc, *found;
	bool known = look_at(&disc, drive);

	*any = false;
	found = find(known ? &disc : NULL, any);
	if (found) {
		found->unclear = may_be_whole(found, &disc);
		found->doubtful = !found->tracks_count;
	}
	free(disc.drive);
	free(disc.lead_in);
	return found;
}

bool unfinished_is_disc(const struct unfinished *r, struct tao_device *drive)
{
	struct unfinished disc;
	bool same = look_at(&disc, drive) && is_about(r, &disc);

	free(disc.drive);
	free(disc.lead_in);
	return same;
}

static bool is_file(struct json_object *file, const char *path)
{
	struct json_object *name = NULL;

	if (json_object_is_type(file, json_type_array))
		name = json_object_array_get_idx(file, 0);
	return json_object_is_type(name, json_type_string) &&
	       !strcmp(json_object_get_string(name), path);
}

static bool has_file(const struct unfinished *r, const char *path)
{
	struct json_object *files = json_object_object_get(r->album, "files");

	for (size_t i = 0; i < json_object_array_length(files); i++)
		if (is_file(json_object_array_get_idx(files, i), path))
			return true;
	return false;
}

bool unfinished_needs(const char *path)
{
	char **names = state_names(), *whole = absolute_path(path);
	struct unfinished *r;
	bool needs = false;

	for (size_t i = 0; names[i] && !needs; i++) {
		r = load(names[i]);
		needs = r && has_file(r, whole);
		unfinished_free(r);
	}
	free(whole);
	free_words(names);
	return needs;
}

/* --- A new one --- */

/* A part of the name of each file that this command keeps */
static char *own_mark(void)
{
	return xasprintf("-%d-", getpid());
}

/* Removes the file @name if nothing tells its disc from the one that is burned now in @drive. */
static void replace(const char *drive, const char *name)
{
	struct unfinished *other = load(name);

	if (other && !strcmp(other->drive, drive) && !other->ended && !other->tracks_count)
		unfinished_remove(other);
	unfinished_free(other);
}

/* The drives of one command may be alike. */
void unfinished_replace(struct tao_device *dev)
{
	char **names = state_names(), *mark = own_mark(), *drive = name_drive(dev);

	for (size_t i = 0; names[i]; i++)
		if (!strstr(names[i], mark))
			replace(drive, names[i]);
	free(drive);
	free(mark);
	free_words(names);
}

struct unfinished *unfinished_new(struct tao_device *drive, char **words, const struct album *album,
				  size_t first)
{
	const char *path = tao_device_path(drive);
	struct unfinished *r = xcalloc(1, sizeof(*r));
	char *mark = own_mark();

	r->name = xasprintf("%lld%s%s", (long long)time(NULL), mark,
			    strrchr(path, '/') ? strrchr(path, '/') + 1 : path);
	free(mark);
	r->words = words;
	r->album = describe_album(album, first);
	r->count = album->tracks_count;
	r->numbers = xcalloc(r->count, sizeof(*r->numbers));
	r->lost = xcalloc(r->count, sizeof(*r->lost));
	r->first = first;
	r->next = first;
	r->drive = name_drive(drive);
	r->lead_in = xstrdup("");
	state_prune(RECORDS_MAX - 1);
	return r;
}

bool unfinished_has_option(const struct unfinished *r, const char *letter, const char *name)
{
	for (size_t i = 0; r->words[i] && strcmp(r->words[i], "--"); i++)
		if (!strcmp(r->words[i], letter) || !strcmp(r->words[i], name))
			return true;
	return false;
}

void unfinished_add_track(struct unfinished *r, struct tao_device *drive, size_t i,
			  const struct tao_track_end *end, const char *lost)
{
	struct tao_medium medium;

	/* TAO_UNKNOWN fits no track */
	r->next_lba = get_medium(drive, &medium) ? (int32_t)TAO_UNKNOWN : medium.next_lba;
	free(r->lost[i]);
	r->lost[i] = lost ? xstrdup(lost) : NULL;
	r->numbers[i] = end->number;
	r->next = i + 1;
	if (r->tracks_count < TAO_TRACKS_MAX)
		r->tracks[r->tracks_count++] = (struct unfinished_track){
			.start_lba = end->start_lba,
			.sectors = end->sectors,
		};
}

size_t unfinished_tracks(const struct unfinished *r)
{
	size_t count = 0;

	for (size_t i = 0; i < r->count; i++)
		count += r->numbers[i] > 0;
	return count;
}

void unfinished_free(struct unfinished *r)
{
	if (!r)
		return;
	for (size_t i = 0; i < r->count && r->lost; i++)
		free(r->lost[i]);
	free(r->lost);
	free(r->name);
	free(r->lead_in);
	free_words(r->words);
	json_object_put(r->album);
	free(r->numbers);
	free(r->drive);
	free(r);
}
