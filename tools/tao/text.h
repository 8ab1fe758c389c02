/* SPDX-License-Identifier: GPL-2.0-only */
/* Text from files that were written by any program. */
#ifndef TAO_TEXT_H
#define TAO_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include "named.h"

/*
 * Read a whole file, of at most @max bytes (EFBIG), with a terminating NUL. Returns NULL with errno
 * set; ESPIPE for a named pipe.
 */
char *text_read_file(const char *path, size_t max, size_t *length);
/* Why it could not be read */
const char *text_read_error(int error);
/* The first name in @text, to be freed; NULL if there is none. */
char *text_name(const char *text);

/* Convert to UTF-8; NULL if some of it is not in this character set, or the set is not known. */
char *text_convert(const char *set, const char *bytes, size_t length);
/* Whether it is UTF-8, or has a byte order mark: then there is nothing to guess. */
bool text_says_its_set(const char *bytes, size_t length);
/*
 * A copy in UTF-8 without byte order mark; converts Latin-1 (Windows-1252), and UTF-16 with a
 * mark.
 */
char *text_to_utf8(const char *bytes, size_t length);
bool text_is_utf8(const char *text);
/* A copy that is valid UTF-8 in any case: invalid bytes become U+FFFD. Names are left out. */
char *text_valid(const char *text);
/*
 * The same for a terminal: characters that control it, or change the text direction, become
 * question marks.
 */
char *text_printable(const char *text);
/* Valid JSON for a terminal: these characters, which are in strings, become escapes. */
char *text_escape(const char *json);
/* Get the next line of *text, which is modified; NULL at the end. Accepts \n, \r\n and \r. */
char *text_next_line(char **text);
/* Append to "a, b", or to NULL. */
void text_list_add(char **list, const char *name);
/* Cut off white space at both ends, in place. */
char *text_trim(char *text);

/* Quote text as one word for the shell, only if necessary. */
char *shell_quote(const char *text);
/* A command that converts raw big-endian audio to a new WAV file. To be freed. */
char *swap_command(const char *path);

#endif /* TAO_TEXT_H */
