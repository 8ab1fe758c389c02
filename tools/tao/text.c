// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <iconv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "common.h"
#include "text.h"

/* Perhaps nobody ever writes to a pipe that lies among music: nobody waits for it. */
static FILE *open_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	struct stat st;
	FILE *file;

	if (fd < 0)
		return NULL;
	if (!fstat(fd, &st) && S_ISFIFO(st.st_mode)) {
		close(fd);
		errno = ESPIPE;
		return NULL;
	}
	file = fdopen(fd, "r");
	if (!file)
		close(fd);
	return file;
}

char *text_read_file(const char *path, size_t max, size_t *length)
{
	char *bytes = xcalloc(max + 2, 1);
	FILE *file = open_file(path);
	int error;

	*length = file ? fread(bytes, 1, max + 1, file) : 0;
	error = file && !ferror(file) ? 0 : errno;
	if (!error && *length > max)
		error = EFBIG;
	if (file)
		fclose(file);
	if (!error)
		return bytes;
	free(bytes);
	errno = error;
	return NULL;
}

const char *text_read_error(int error)
{
	return error == ESPIPE ? "is a pipe; a list has to be a file" : strerror(error);
}

/* Length of the character at @p, which ends with a NUL; 0 if it is not valid. */
static unsigned int character_bytes(const unsigned char *p)
{
	/* the first byte, and the range of the second one: no overlong forms, no surrogates */
	static const struct {
		unsigned char first, last, low, high, bytes;
	} forms[] = {
		{ 0x01, 0x7f, 0x00, 0xff, 1 }, { 0xc2, 0xdf, 0x80, 0xbf, 2 },
		{ 0xe0, 0xe0, 0xa0, 0xbf, 3 }, { 0xe1, 0xec, 0x80, 0xbf, 3 },
		{ 0xed, 0xed, 0x80, 0x9f, 3 }, { 0xee, 0xef, 0x80, 0xbf, 3 },
		{ 0xf0, 0xf0, 0x90, 0xbf, 4 }, { 0xf1, 0xf3, 0x80, 0xbf, 4 },
		{ 0xf4, 0xf4, 0x80, 0x8f, 4 },
	};

	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
		if (*p < forms[i].first || *p > forms[i].last)
			continue;
		if (forms[i].bytes > 1 && (p[1] < forms[i].low || p[1] > forms[i].high))
			return 0;
		for (unsigned int n = 2; n < forms[i].bytes; n++)
			if ((p[n] & 0xc0) != 0x80)
				return 0;
		return forms[i].bytes;
	}
	return 0;
}

bool text_is_utf8(const char *text)
{
	unsigned int n;

	for (; *text; text += n) {
		n = character_bytes((const unsigned char *)text);
		if (!n)
			return false;
	}
	return true;
}

/* The code point of a character of up to 3 bytes. */
static unsigned int code_point(const char *character, unsigned int bytes)
{
	const unsigned char *p = (const unsigned char *)character;

	if (bytes == 1)
		return *p;
	if (bytes == 2)
		return (p[0] & 0x1f) << 6 | (p[1] & 0x3f);
	return (p[0] & 0xf) << 12 | (p[1] & 0x3f) << 6 | (p[2] & 0x3f);
}

/*
 * Control characters (C0 and C1), line separators, and characters that change the text direction.
 */
static bool is_control(const char *character, unsigned int bytes)
{
	unsigned int code = bytes <= 3 ? code_point(character, bytes) : ' ';

	return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x61c ||
	       code == 0x200e || code == 0x200f || (code >= 0x2028 && code <= 0x202e) ||
	       (code >= 0x2066 && code <= 0x2069);
}

/* Bytes of the name that @text begins with, and of its marks; 0 if it has none. */
static size_t name_bytes(const char *text)
{
	size_t n;

	if (*text != NAME_BEGIN)
		return 0;
	n = strspn(text + 1, "abcdefghijklmnopqrstuvwxyz0123456789-");
	return n && text[n + 1] == NAME_END ? n + 2 : 0;
}

char *text_name(const char *text)
{
	for (; *text; text++) {
		size_t n = name_bytes(text);

		if (n)
			return xasprintf("%.*s", (int)n - 2, text + 1);
	}
	return NULL;
}

static char *clean(const char *text, bool printable)
{
	char *copy = xcalloc(strlen(text) * 3 + 1, 1), *out = copy;

	while (*text) {
		unsigned int n = character_bytes((const unsigned char *)text);
		size_t name = name_bytes(text);

		if (name) {
			text += name;
			continue;
		}
		if (!n)
			out = stpcpy(out, "\xef\xbf\xbd");
		else if (printable && is_control(text, n))
			*out++ = '?';
		else
			out = mempcpy(out, text, n);
		text += n ? n : 1;
	}
	return copy;
}

char *text_escape(const char *json)
{
	char *copy = xcalloc(strlen(json) * 6 + 1, 1), *out = copy;

	while (*json) {
		unsigned int n = character_bytes((const unsigned char *)json) ?: 1;

		if (is_control(json, n))
			out += sprintf(out, "\\u%04x", code_point(json, n));
		else
			out = mempcpy(out, json, n);
		json += n;
	}
	return copy;
}

char *text_valid(const char *text)
{
	return clean(text, false);
}

char *text_printable(const char *text)
{
	return clean(text, true);
}

/* Bytes that can't be converted are omitted, and counted. */
static char *convert(const char *from, const char *bytes, size_t length, size_t *left_out)
{
	size_t room = length * 4 + 1, left = room - 1;
	char *text = xcalloc(room, 1), *out = text, *in = (char *)bytes;
	iconv_t conversion = iconv_open("UTF-8", from);

	*left_out = 0;
	if (conversion == (iconv_t)-1) {
		*left_out = length;
		memcpy(text, bytes, length);
		return text;
	}
	while (length && iconv(conversion, &in, &length, &out, &left) == (size_t)-1) {
		if (errno == E2BIG || !length)
			break;
		in++;
		length--;
		++*left_out;
	}
	iconv_close(conversion);
	return text;
}

char *text_convert(const char *set, const char *bytes, size_t length)
{
	size_t left_out;
	char *text = convert(set, bytes, length, &left_out);

	/* iconv(3) takes numbers beyond Unicode in UTF-8 */
	if (!left_out && text_is_utf8(text))
		return text;
	free(text);
	return NULL;
}

static bool has_mark_16(const char *bytes, size_t length)
{
	return length >= 2 && (!memcmp(bytes, "\xff\xfe", 2) || !memcmp(bytes, "\xfe\xff", 2));
}

bool text_says_its_set(const char *bytes, size_t length)
{
	return has_mark_16(bytes, length) || (strlen(bytes) == length && text_is_utf8(bytes));
}

char *text_to_utf8(const char *bytes, size_t length)
{
	size_t ignored;
	char *text;

	if (has_mark_16(bytes, length))
		return convert("UTF-16", bytes, length, &ignored);
	if (length >= 3 && !memcmp(bytes, "\xef\xbb\xbf", 3)) {
		bytes += 3;
		length -= 3;
	}
	text = xcalloc(length + 1, 1);
	memcpy(text, bytes, length);
	if (text_is_utf8(text))
		return text;
	free(text);
	return convert("WINDOWS-1252", bytes, length, &ignored);
}

char *text_next_line(char **text)
{
	char *line = *text;
	size_t length;

	if (!line || !*line)
		return NULL;
	length = strcspn(line, "\r\n");
	*text = line + length;
	if (line[length] == '\r' && line[length + 1] == '\n')
		(*text)++;
	if (line[length])
		(*text)++;
	line[length] = '\0';
	return line;
}

char *text_trim(char *text)
{
	size_t n;

	while (isspace((unsigned char)*text))
		text++;
	for (n = strlen(text); n && isspace((unsigned char)text[n - 1]); n--)
		text[n - 1] = '\0';
	return text;
}

void text_list_add(char **list, const char *name)
{
	char *longer = *list ? xasprintf("%s, %s", *list, name) : xstrdup(name);

	free(*list);
	*list = longer;
}

/* 'it'\''s' */
static char *quote_plainly(const char *text)
{
	char *quoted = xcalloc(strlen(text) * 4 + 3, 1), *out = quoted;

	*out++ = '\'';
	for (; *text; text++) {
		if (*text == '\'')
			out = stpcpy(out, "'\\''");
		else
			*out++ = *text;
	}
	*out = '\'';
	return quoted;
}

/* $'\033', as ls(1) does: for text that a terminal would not show and a shell would not restore. */
static char *quote_bytes(const char *text)
{
	char *quoted = xcalloc(strlen(text) * 4 + 4, 1), *out = stpcpy(quoted, "$'");

	for (; *text; text++) {
		unsigned char byte = *text;

		if (byte < ' ' || byte >= 0x7f || byte == '\'' || byte == '\\')
			out += sprintf(out, "\\%03o", byte);
		else
			*out++ = byte;
	}
	*out = '\'';
	return quoted;
}

char *shell_quote(const char *text)
{
	static const char plain[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=:,./@%";
	char *shown;
	bool same;

	if (*text && strspn(text, plain) == strlen(text))
		return xstrdup(text);
	shown = text_printable(text);
	same = !strcmp(shown, text);
	free(shown);
	return same ? quote_plainly(text) : quote_bytes(text);
}

/* A name beside @path for a WAV file that is not there yet: sox(1) overwrites without a word. */
static char *free_wav_name(const char *path)
{
	const char *slash = strrchr(path, '/'), *dot = strrchr(path, '.');
	int stem = dot && dot > (slash ? slash : path) ? (int)(dot - path) : (int)strlen(path);
	char *name = xasprintf("%.*s.wav", stem, path);
	struct stat st;

	for (unsigned int n = 2; !lstat(name, &st); n++) {
		free(name);
		name = xasprintf("%.*s-%u.wav", stem, path, n);
	}
	return name;
}

char *swap_command(const char *path)
{
	char *target = free_wav_name(path);
	char *from = shell_quote(path), *to = shell_quote(target), *line;

	line = xasprintf("sox -t raw -r 44100 -e signed -b 16 -c 2 -B %s %s", from, to);
	free(from);
	free(to);
	free(target);
	return line;
}
