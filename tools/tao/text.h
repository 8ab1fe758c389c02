/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Text from files that were written by who knows what program.
 */
#ifndef TAO_TEXT_H
#define TAO_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Whole file as a string, with a NUL behind it; NULL with errno set. No more than @max bytes
 * (EFBIG).
 */
char *text_read_file(const char *path, size_t max);
/*
 * A copy in UTF-8 without byte order mark: Latin-1 (Windows-1252) is converted, UTF-16 with
 * a mark too.
 */
char *text_to_utf8(const char *bytes, size_t length);
bool text_is_utf8(const char *text);
/* A copy that is UTF-8 whatever @text is: a byte that does not belong becomes U+FFFD. */
char *text_valid(const char *text);
/*
 * The same for a terminal: what controls one, or turns the direction of writing, becomes a question
 * mark.
 */
char *text_printable(const char *text);
/* The next line of *text, which is cut up; NULL at the end. Takes \n, \r\n and \r. */
char *text_next_line(char **text);
/* Cut off white space at both ends, in place. */
char *text_trim(char *text);

/* As one word for the shell, quoted only where it must be. */
char *shell_quote(const char *text);
/* The line that makes a WAV file of raw audio whose samples are big-endian. To be freed. */
char *swap_command(const char *path);

#endif /* TAO_TEXT_H */
