// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include "common.h"
#include "playlist.h"
#include "text.h"

#define FILE_SCHEME "file://"

/* "#EXTINF:seconds,Artist - Title" */
static void take_extinf(const char *line, char **title)
{
	const char *comma = strchr(line, ',');

	free(*title);
	*title = comma && comma[1] ? xstrdup(comma + 1) : NULL;
}

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

static void take_name(const char *line, struct playlist_entry *entry)
{
	bool file = !strncmp(line, FILE_SCHEME, strlen(FILE_SCHEME));

	entry->name = file ? playlist_decode(line + strlen(FILE_SCHEME)) : xstrdup(line);
	entry->elsewhere = !file && strstr(line, "://");
}

/* "File1=name" of a PLS playlist: the name; else NULL. */
static char *pls_value(char *line, const char *key)
{
	size_t length = strlen(key), digits;

	if (strncasecmp(line, key, length))
		return NULL;
	digits = strspn(line + length, "0123456789");
	return digits && line[length + digits] == '=' ? line + length + digits + 1 : NULL;
}

/* Other lines of a PLS playlist. */
static bool is_pls_line(char *line)
{
	return !strcasecmp(line, "[playlist]") || pls_value(line, "Title") ||
	       pls_value(line, "Length") || !strncasecmp(line, "NumberOfEntries=", 16) ||
	       !strncasecmp(line, "Version=", 8);
}

bool playlist_next(char **text, struct playlist_entry *entry)
{
	char *line;

	*entry = (struct playlist_entry){ 0 };
	while ((line = text_next_line(text))) {
		line = text_trim(line);
		if (!strncmp(line, "#EXTINF:", 8)) {
			take_extinf(line, &entry->title);
		} else if (*line && *line != '#' && !is_pls_line(line)) {
			take_name(pls_value(line, "File") ? pls_value(line, "File") : line, entry);
			return true;
		}
	}
	playlist_entry_free(entry);
	return false;
}

void playlist_entry_free(struct playlist_entry *entry)
{
	free(entry->name);
	free(entry->title);
	*entry = (struct playlist_entry){ 0 };
}
