// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#ifdef HAVE_EXPAT
#include <expat.h>
#endif
#include "common.h"
#include "filenames.h"
#include "kinds.h"
#include "playlist.h"
#include "text.h"

static unsigned int hex_digit(char c)
{
	return isdigit((unsigned char)c) ? c - '0' : tolower((unsigned char)c) - 'a' + 10;
}

/* The byte for "%20"; 0 if @text does not have this form. */
static char percent_byte(const char *text)
{
	if (text[0] != '%' || !isxdigit((unsigned char)text[1]) ||
	    !isxdigit((unsigned char)text[2]))
		return '\0';
	return hex_digit(text[1]) << 4 | hex_digit(text[2]);
}

char *playlist_decode(const char *name)
{
	char *path = xstrdup(name), *out = path;

	for (const char *p = path; *p; p++) {
		char byte = percent_byte(p);

		*out++ = byte ? byte : *p;
		if (byte)
			p += 2;
	}
	*out = '\0';
	return path;
}

static struct playlist_entry *new_entry(struct playlist *playlist)
{
	playlist->entries =
		xrealloc(playlist->entries, playlist->count + 1, sizeof(*playlist->entries));
	playlist->entries[playlist->count] = (struct playlist_entry){ 0 };
	return &playlist->entries[playlist->count++];
}

/* The path in "file:///path", "file://localhost/path", "file:/path"; "//host/path" of another. */
static char *path_of_uri(const char *uri)
{
	const char *path = uri + strlen("file:");

	if (!strncasecmp(path, "//localhost/", 12))
		path += 11;
	else if (!strncmp(path, "///", 3) || (!strncmp(path, "//", 2) && path[2] && path[3] == ':'))
		path += 2;
	return playlist_decode(path);
}

static void take_name(struct playlist_entry *entry, const char *name)
{
	size_t scheme = 0;

	while (name[scheme] &&
	       (isalnum((unsigned char)name[scheme]) || strchr("+-.", name[scheme])))
		scheme++;
	if (!strncasecmp(name, "file:", 5)) {
		entry->name = path_of_uri(name);
		return;
	}
	entry->name = xstrdup(name);
	entry->elsewhere = scheme > 1 && !strncmp(name + scheme, "://", 3);
}

/* --- M3U --- */

/* "#EXTINF:seconds,Artist - Title" */
static void take_extinf(const char *line, char **title)
{
	const char *comma = strchr(line, ',');

	free(*title);
	*title = comma && comma[1] ? xstrdup(comma + 1) : NULL;
}

static bool names_part(const char *line)
{
	return !strncasecmp(line, "#EXTVLCOPT:start-time", 21) ||
	       !strncasecmp(line, "#EXTVLCOPT:stop-time", 20);
}

/* "#9 Dream.mp3", or a comment that ends like a name. */
static bool may_be_name(const char *line)
{
	return is_music_name(line) || is_sheet_name(line) || is_playlist_name(line);
}

static void parse_m3u(struct playlist *playlist, char *text)
{
	struct playlist_entry *entry;
	char *line, *title = NULL;

	while ((line = text_next_line(&text))) {
		line = text_trim(line);
		playlist->has_parts |= names_part(line);
		if (!strncmp(line, "#EXTINF:", 8)) {
			take_extinf(line, &title);
		} else if (*line == '#') {
			if (may_be_name(line))
				*new_entry(playlist) = (struct playlist_entry){
					.name = xstrdup(line), .doubtful = true };
		} else if (*line) {
			entry = new_entry(playlist);
			take_name(entry, line);
			entry->title = title;
			title = NULL;
		}
	}
	free(title);
}

/* --- PLS --- */

/* The value in "File1=name"; NULL if it is another key. */
static char *pls_value(char *line, const char *key, unsigned long *number)
{
	size_t length = strlen(key);
	char *end;

	if (strncasecmp(line, key, length) || !isdigit((unsigned char)line[length]))
		return NULL;
	*number = strtoul(line + length, &end, 10);
	end += strspn(end, " \t");
	return *end == '=' ? text_trim(end + 1) : NULL;
}

/* A line: a part of the entry with its number, in one of several lists in the file. */
struct pls_line {
	size_t list;
	unsigned long number;
	size_t place;
	struct playlist_entry entry;
};

static int compare_numbers(const struct pls_line *x, const struct pls_line *y)
{
	if (x->list != y->list)
		return x->list < y->list ? -1 : 1;
	return x->number < y->number ? -1 : x->number > y->number;
}

static int compare_pls(const void *a, const void *b)
{
	const struct pls_line *x = a, *y = b;
	int difference = compare_numbers(x, y);

	return difference ? difference : x->place < y->place ? -1 : x->place > y->place;
}

/* The lines of a file so far */
struct pls {
	struct pls_line *lines;
	size_t count;
	size_t lists;
};

static struct playlist_entry *pls_add(struct pls *pls, unsigned long number)
{
	struct pls_line *line;

	pls->lines = xrealloc(pls->lines, pls->count + 1, sizeof(*pls->lines));
	line = &pls->lines[pls->count];
	*line = (struct pls_line){ .list = pls->lists, .number = number, .place = pls->count };
	pls->count++;
	return &line->entry;
}

static void replace(char **place, char *text)
{
	free(*place);
	*place = text;
}

/*
 * Lines of an entry as one. A second one of a kind belongs to another entry of the same number,
 * which nobody wants to miss. Returns how many there were.
 */
static size_t pls_join(struct pls_line *lines, size_t count)
{
	struct playlist_entry *entry = &lines->entry;
	size_t n;

	for (n = 1; n < count && !compare_numbers(&lines[n], lines); n++) {
		if (lines[n].entry.name ? entry->name : entry->title)
			break;
		if (lines[n].entry.name) {
			entry->elsewhere = lines[n].entry.elsewhere;
			entry->name = lines[n].entry.name;
		} else {
			entry->title = lines[n].entry.title;
		}
	}
	return n;
}

static void pls_take_line(struct pls *pls, char *line)
{
	unsigned long number;
	char *value;

	if (!strcasecmp(line, "[playlist]"))
		pls->lists++;
	value = pls_value(line, "File", &number);
	if (value && *value)
		take_name(pls_add(pls, number), value);
	value = pls_value(line, "Title", &number);
	if (value && *value)
		pls_add(pls, number)->title = xstrdup(value);
}

static void parse_pls(struct playlist *playlist, char *text)
{
	struct pls pls = { 0 };
	char *line;

	while ((line = text_next_line(&text)))
		pls_take_line(&pls, text_trim(line));
	if (pls.count)
		qsort(pls.lines, pls.count, sizeof(*pls.lines), compare_pls);
	for (size_t i = 0; i < pls.count;) {
		struct playlist_entry *entry = &pls.lines[i].entry;

		i += pls_join(&pls.lines[i], pls.count - i);
		if (entry->name) {
			*new_entry(playlist) = *entry;
		} else {
			playlist->nameless++;
			free(entry->title);
		}
	}
	free(pls.lines);
}

/* --- XSPF --- */

#ifdef HAVE_EXPAT

struct xspf {
	struct playlist *playlist;
	XML_Parser parser;
	bool in_track;
	char *place[3]; /* of the current track: location, title, creator */
	int current; /* of these, or -1 */
	char *text;
	size_t length;
};

static const char *const xspf_names[] = { "location", "title", "creator" };

/* Without the prefix of its namespace */
static const char *local_name(const XML_Char *name)
{
	const char *colon = strrchr(name, ':');

	return colon ? colon + 1 : name;
}

static void xspf_begin(void *data, const XML_Char *name, const XML_Char **attributes)
{
	struct xspf *x = data;

	(void)attributes;
	name = local_name(name);
	if (!strcmp(name, "track"))
		x->in_track = true;
	x->current = -1;
	for (int i = 0; x->in_track && i < 3; i++)
		/* further locations are alternatives to the first one */
		if (!strcmp(name, xspf_names[i]) && !x->place[i])
			x->current = i;
	x->length = 0;
}

static void xspf_text(void *data, const XML_Char *text, int length)
{
	struct xspf *x = data;

	if (x->current < 0)
		return;
	x->text = xrealloc(x->text, x->length + length + 1, 1);
	memcpy(x->text + x->length, text, length);
	x->length += length;
	x->text[x->length] = '\0';
}

static void xspf_end_track(struct xspf *x)
{
	const char *location = x->place[0] ? x->place[0] : "";
	struct playlist_entry *entry;

	x->in_track = false;
	if (*location) {
		entry = new_entry(x->playlist);
		take_name(entry, location);
		/* it is a URI, even if it is relative */
		if (!entry->elsewhere && strncasecmp(location, "file:", 5))
			replace(&entry->name, playlist_decode(location));
		if (x->place[1] && x->place[2])
			entry->title = xasprintf("%s - %s", x->place[2], x->place[1]);
		else if (x->place[1])
			entry->title = xstrdup(x->place[1]);
	} else {
		x->playlist->nameless++;
	}
	for (int i = 0; i < 3; i++)
		replace(&x->place[i], NULL);
}

static void xspf_end(void *data, const XML_Char *name)
{
	struct xspf *x = data;

	if (x->current >= 0 && x->length)
		x->place[x->current] = xstrdup(text_trim(x->text));
	x->current = -1;
	if (!strcmp(local_name(name), "track"))
		xspf_end_track(x);
}

/* XSPF has none. It could declare entities that expand to gigabytes. */
static void xspf_doctype(void *data, const XML_Char *name, const XML_Char *system,
			 const XML_Char *public, int has_subset)
{
	struct xspf *x = data;

	(void)name;
	(void)system;
	(void)public;
	(void)has_subset;
	XML_StopParser(x->parser, XML_FALSE);
}

/* Expat 2.9 deprecates the function that older versions have. */
static unsigned long current_line(XML_Parser parser)
{
#if XML_MAJOR_VERSION > 2 || XML_MINOR_VERSION >= 9
	return XML_GetCurrentLineNumber64(parser);
#else
	return XML_GetCurrentLineNumber(parser);
#endif
}

static char *parse_xspf(struct playlist *playlist, const char *text)
{
	struct xspf x = { .playlist = playlist, .current = -1 };
	char *problem = NULL;

	/* it is UTF-8 by now, whatever its first line says */
	x.parser = XML_ParserCreate("UTF-8");
	if (!x.parser)
		return xstrdup(NAMED("no-resources") "out of memory");
	XML_SetUserData(x.parser, &x);
	XML_SetElementHandler(x.parser, xspf_begin, xspf_end);
	XML_SetCharacterDataHandler(x.parser, xspf_text);
	XML_SetStartDoctypeDeclHandler(x.parser, xspf_doctype);
	if (XML_Parse(x.parser, text, strlen(text), XML_TRUE) != XML_STATUS_OK)
		problem = xasprintf(NAMED("playlist-damaged") "line %lu: no XSPF playlist: %s",
				    current_line(x.parser),
				    XML_ErrorString(XML_GetErrorCode(x.parser)));
	XML_ParserFree(x.parser);
	for (int i = 0; i < 3; i++)
		free(x.place[i]);
	free(x.text);
	return problem;
}

#else

static char *parse_xspf(struct playlist *playlist, const char *text)
{
	(void)playlist;
	(void)text;
	return xstrdup(NAMED("no-expat")
		       "XSPF playlists can't be read, for this tao was built without expat");
}

#endif

/* --- All kinds --- */

struct playlist *playlist_parse(char *text, const char *name, char **problem)
{
	struct playlist *playlist = xcalloc(1, sizeof(*playlist));
	const char *begin = text + strspn(text, " \t\r\n");
	char *reason = NULL;

	*problem = NULL;
	if (!strncasecmp(begin, "[playlist]", 10))
		parse_pls(playlist, text);
	else if (*begin == '<')
		reason = parse_xspf(playlist, begin);
	else
		parse_m3u(playlist, text);
	if (!reason)
		return playlist;
	*problem = xasprintf("%s: %s", name, reason);
	free(reason);
	playlist_free(playlist);
	return NULL;
}

void playlist_free(struct playlist *playlist)
{
	if (!playlist)
		return;
	for (size_t i = 0; i < playlist->count; i++) {
		free(playlist->entries[i].name);
		free(playlist->entries[i].title);
	}
	free(playlist->entries);
	free(playlist);
}
