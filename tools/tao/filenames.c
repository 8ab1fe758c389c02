// SPDX-License-Identifier: GPL-2.0-only
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#ifdef HAVE_UTF8PROC
#include <utf8proc.h>
#endif
#ifdef HAVE_UCHARDET
#include <uchardet/uchardet.h>
#endif
#include "common.h"
#include "filenames.h"
#include "playlist.h"
#include "text.h"

/* Each of them is looked for in a sheet in each character set. */
#define NAMES_MAX 300

char *directory_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? xasprintf("%.*s/", (int)(slash - path), path) : xstrdup("");
}

#ifdef HAVE_UTF8PROC
static char *fold(char *text)
{
	utf8proc_uint8_t *folded = NULL;

	if (utf8proc_map((const utf8proc_uint8_t *)text, 0, &folded,
			 UTF8PROC_NULLTERM | UTF8PROC_STABLE | UTF8PROC_COMPOSE |
				 UTF8PROC_CASEFOLD) < 0)
		return text;
	free(text);
	return (char *)folded;
}
#else
static char *fold(char *text)
{
	for (char *p = text; *p; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p += 'a' - 'A';
	return text;
}
#endif

char *name_fold(const char *name)
{
	return fold(text_to_utf8(name, strlen(name)));
}

/* --- Files --- */

bool is_kind(const char *path, mode_t kind)
{
	struct stat st;

	return !stat(path, &st) && (st.st_mode & S_IFMT) == kind;
}

static DIR *open_folder(const char *folder)
{
	return opendir(*folder ? folder : ".");
}

/* The entry of this kind in @folder that matches @name after name_fold(). */
static char *find_folded(const char *folder, const char *name, mode_t kind)
{
	char *wanted = name_fold(name), *found = NULL;
	DIR *dir = open_folder(folder);
	struct dirent *entry;

	while (dir && !found && (entry = readdir(dir))) {
		char *text = name_fold(entry->d_name);

		if (!strcmp(text, wanted))
			found = xasprintf("%s%s", folder, entry->d_name);
		free(text);
		if (found && !is_kind(found, kind)) {
			free(found);
			found = NULL;
		}
	}
	if (dir)
		closedir(dir);
	free(wanted);
	return found;
}

static char *find_entry(const char *folder, const char *name, mode_t kind)
{
	char *path = xasprintf("%s%s", folder, name);

	if (is_kind(path, kind))
		return path;
	free(path);
	return find_folded(folder, name, kind);
}

static const char *const formats[] = { "flac", "wav", "aiff", "aif", "ogg", "opus",
				       "mp3",  "wv",  "ape",  "m4a", "tta" };
#define FORMATS (sizeof(formats) / sizeof(*formats))

/* Which of the formats a name has whose beginning is @stem, both folded; FORMATS if none. */
static size_t format_of(const char *name, const char *stem)
{
	size_t length = strlen(stem), i = 0;

	if (strncmp(name, stem, length) || name[length] != '.')
		return FORMATS;
	while (i < FORMATS && strcmp(name + length + 1, formats[i]))
		i++;
	return i;
}

/* The first of the formats in which a file is there: one look at the folder, for it may be long. */
static size_t best_format(const char *folder, const char *stem)
{
	DIR *dir = open_folder(folder);
	size_t best = FORMATS, format;
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		char *name = name_fold(entry->d_name);
		char *path = xasprintf("%s%s", folder, entry->d_name);

		format = format_of(name, stem);
		if (format < best && is_kind(path, S_IFREG))
			best = format;
		free(path);
		free(name);
	}
	if (dir)
		closedir(dir);
	return best;
}

/* Sheets refer to the .wav from which the .flac next to them was made. */
static char *find_other_format(const char *folder, const char *name)
{
	const char *dot = strrchr(name, '.');
	char *stem = xasprintf("%.*s", dot ? (int)(dot - name) : (int)strlen(name), name);
	char *folded = name_fold(stem), *found = NULL;
	size_t format = best_format(folder, folded);

	if (format < FORMATS) {
		char *other = xasprintf("%s.%s", stem, formats[format]);

		found = find_entry(folder, other, S_IFREG);
		free(other);
	}
	free(folded);
	free(stem);
	return found;
}

/*
 * @path has slashes, and begins in @folder if it does not begin with one. @audio: it may be in
 * another format.
 */
static char *walk(const char *folder, const char *path, bool audio)
{
	char *place = xstrdup(*path == '/' ? "/" : folder), *found;
	size_t length;

	path += strspn(path, "/");
	while (path[length = strcspn(path, "/")]) {
		char *name = xasprintf("%.*s", (int)length, path);

		found = find_entry(place, name, S_IFDIR);
		free(name);
		free(place);
		if (!found)
			return NULL;
		place = xasprintf("%s/", found);
		free(found);
		path += length;
		path += strspn(path, "/");
	}
	found = *path ? find_entry(place, path, S_IFREG) : NULL;
	if (!found && *path && audio)
		found = find_other_format(place, path);
	free(place);
	return found;
}

/* "/home/...", "D:\Music\...": there may be no such place here. */
static bool is_foreign(const char *name)
{
	return *name == '/' || *name == '\\' || (name[0] && name[1] == ':');
}

static char *find_with_slashes(const char *folder, char *path, bool audio, size_t *moved)
{
	char *found, *slash;

	for (char *p = path; *p; p++)
		if (*p == '\\')
			*p = '/';
	found = walk(folder, path, audio);
	slash = strrchr(path, '/');
	if (found || !is_foreign(path))
		return found;
	/* a path of another machine: look in the folder of the list */
	found = walk(folder, slash ? slash + 1 : path, audio);
	if (moved)
		*moved += !!found;
	return found;
}

static char *find_file(const char *folder, const char *name, bool audio, size_t *moved)
{
	char *path = *name == '/' ? xstrdup(name) : xasprintf("%s%s", folder, name), *found;

	if (is_kind(path, S_IFREG))
		return path;
	free(path);
	path = xstrdup(name);
	found = find_with_slashes(folder, path, audio, moved);
	free(path);
	return found;
}

char *find_named_file(const char *folder, const char *name, size_t *moved)
{
	return find_file(folder, name, true, moved);
}

char *find_text_file(const char *folder, const char *name)
{
	return find_file(folder, name, false, NULL);
}

static char *find_encoded_file(const char *folder, const char *name, size_t *moved)
{
	char *path = find_named_file(folder, name, moved), *decoded;

	if (path || !strchr(name, '%'))
		return path;
	decoded = playlist_decode(name);
	path = find_named_file(folder, decoded, moved);
	free(decoded);
	return path;
}

char *find_listed_file(const char *folder, const char *name, size_t *moved)
{
	char *path = find_encoded_file(folder, name, moved), *inner;
	size_t length = strlen(name);

	if (path || length < 3 || *name != '"' || name[length - 1] != '"')
		return path;
	inner = xasprintf("%.*s", (int)length - 2, name + 1);
	path = find_encoded_file(folder, inner, moved);
	free(inner);
	return path;
}

/* --- Character sets --- */

#ifdef HAVE_UCHARDET
/* To be freed; "" if it is not clear. */
static char *guess(const char *bytes, size_t length)
{
	uchardet_t detector = uchardet_new();
	char *name;

	uchardet_handle_data(detector, bytes, length);
	uchardet_data_end(detector);
	name = xstrdup(uchardet_get_charset(detector));
	uchardet_delete(detector);
	return name;
}
#else
static char *guess(const char *bytes, size_t length)
{
	(void)bytes;
	(void)length;
	return xstrdup("");
}
#endif

/* Whether nothing but the quotes, dashes and the euro sign of Windows-1252 is beyond ASCII. */
static bool is_punctuated(const char *bytes, size_t length)
{
	static const char punctuation[] = "\x80\x85\x91\x92\x93\x94\x95\x96\x97\x99";

	for (size_t i = 0; i < length; i++)
		if (bytes[i] & 0x80 && !strchr(punctuation, bytes[i]))
			return false;
	return true;
}

/* Windows has letters where ISO 8859 has control characters, which no sheet has. */
static const char *superset(const char *set, const char *bytes, size_t length)
{
	static const char *const sets[][2] = {
		{ "ISO-8859-1", "WINDOWS-1252" }, { "ISO-8859-15", "WINDOWS-1252" },
		{ "ISO-8859-2", "WINDOWS-1250" }, { "ISO-8859-7", "WINDOWS-1253" },
		{ "ISO-8859-9", "WINDOWS-1254" }, { "ISO-8859-8", "WINDOWS-1255" },
		{ "SHIFT_JIS", "CP932" },	  { "", "WINDOWS-1252" },
	};
	bool controls = !*set || !strcmp(set, "ISO-8859-1") || !strcmp(set, "SHIFT_JIS");

	/* old Macs have letters there, but Windows is far more frequent */
	if (!strncmp(set, "MAC", 3) && is_punctuated(bytes, length))
		return "WINDOWS-1252";
	for (size_t i = 0; i < length; i++)
		controls |= (bytes[i] & 0xe0) == 0x80;
	for (size_t i = 0; i < sizeof(sets) / sizeof(*sets); i++)
		if (controls && !strcmp(set, sets[i][0]))
			return sets[i][1];
	return set;
}

/*
 * Half of the bytes of most texts are zeros in UTF-16, and most of these are the same half of a
 * character. NULL if this is not UTF-16.
 */
static const char *utf_16(const char *bytes, size_t length)
{
	size_t zeros[2] = { 0 };

	for (size_t i = 0; i < length; i++)
		zeros[i % 2] += !bytes[i];
	if (zeros[0] + zeros[1] < length / 4 ||
	    (zeros[0] < 2 * zeros[1] && zeros[1] < 2 * zeros[0]))
		return NULL;
	return zeros[0] > zeros[1] ? "UTF-16BE" : "UTF-16LE";
}

static bool has_high_bytes(const char *text)
{
	for (; *text; text++)
		if (*text & 0x80)
			return true;
	return false;
}

/* The names in @folder that are not ASCII, folded and without their endings, one per line. */
static char *telling_names(const char *folder)
{
	DIR *dir = open_folder(folder);
	unsigned int count = 0;
	struct dirent *entry;
	size_t size;
	char *names;
	FILE *out = open_memstream(&names, &size);

	while (dir && out && count < NAMES_MAX && (entry = readdir(dir))) {
		char *name = name_fold(entry->d_name), *dot = strrchr(name, '.');

		if (dot)
			*dot = '\0';
		if (has_high_bytes(name) && !strchr(name, '\n')) {
			fprintf(out, "%s\n", name);
			count++;
		}
		free(name);
	}
	if (dir)
		closedir(dir);
	if (!out)
		return xstrdup("");
	fclose(out);
	return names;
}

/* How many of @names a text contains; -1 if it is not valid in this character set. */
static int count_names(const char *names, const char *set, const char *bytes, size_t length)
{
	char *text = text_convert(set, bytes, length), *folded, *rest, *all, *name;
	int count = 0;

	if (!text)
		return -1;
	folded = name_fold(text);
	all = xstrdup(names);
	rest = all;
	while ((name = text_next_line(&rest)))
		count += *name && strstr(folded, name);
	free(all);
	free(folded);
	free(text);
	return count;
}

static char *convert_sheet(const char *folder, const char *bytes, size_t length)
{
	static const char *const others[] = {
		"WINDOWS-1252", "CP932",  "WINDOWS-1251", "GB18030", "BIG5", "CP949", "EUC-JP",
		"WINDOWS-1250", "KOI8-R", "CP437",	  "CP850",   "CP866", "MACINTOSH",
	};
	char *guessed = guess(bytes, length), *names = telling_names(folder), *text;
	const char *set = memchr(bytes, 0, length) ? utf_16(bytes, length) : NULL;
	int best, count;

	if (!set)
		set = superset(guessed, bytes, length);
	best = count_names(names, set, bytes, length);
	if (best < 0)
		set = "WINDOWS-1252";
	for (size_t i = 0; i < sizeof(others) / sizeof(*others) && *names; i++) {
		count = count_names(names, others[i], bytes, length);
		if (count > best && count > 0) {
			best = count;
			set = others[i];
		}
	}
	text = text_convert(set, bytes, length);
	free(names);
	free(guessed);
	return text ? text : text_to_utf8(bytes, length);
}

/* A NUL would end the text, and what is behind it would be missed: it ends a line instead. */
static void end_lines_at_nuls(char *bytes, size_t length)
{
	bool little = length >= 2 && !memcmp(bytes, "\xff\xfe", 2);
	bool big = length >= 2 && !memcmp(bytes, "\xfe\xff", 2);
	const char *set = utf_16(bytes, length);

	big |= set && !strcmp(set, "UTF-16BE");
	if (big || little || set) {
		for (size_t i = 0; i + 1 < length; i += 2)
			if (!bytes[i] && !bytes[i + 1])
				bytes[i + big] = '\n';
		return;
	}
	for (size_t i = 0; i < length; i++)
		if (!bytes[i])
			bytes[i] = '\n';
}

char *read_sheet(const char *path, size_t max)
{
	size_t length;
	char *bytes = text_read_file(path, max, &length), *text = NULL, *folder;

	if (!bytes)
		return NULL;
	end_lines_at_nuls(bytes, length);
	if (text_says_its_set(bytes, length)) {
		text = text_to_utf8(bytes, length);
	} else {
		folder = directory_of(path);
		text = convert_sheet(folder, bytes, length);
		free(folder);
	}
	free(bytes);
	return text;
}
