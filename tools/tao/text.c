// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <errno.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>
#include "common.h"
#include "text.h"

char *text_read_file(const char *path, size_t max)
{
	char *bytes = xcalloc(max + 2, 1), *text;
	FILE *file = fopen(path, "re");
	size_t length;
	int error;

	length = file ? fread(bytes, 1, max + 1, file) : 0;
	error = file && !ferror(file) ? 0 : errno;
	if (!error && length > max)
		error = EFBIG;
	if (file)
		fclose(file);
	text = error ? NULL : text_to_utf8(bytes, length);
	free(bytes);
	errno = error;
	return text;
}

bool text_is_utf8(const char *text)
{
	const unsigned char *p = (const unsigned char *)text;

	while (*p) {
		unsigned int more = *p < 0x80		    ? 0 :
				    *p >= 0xc2 && *p < 0xe0 ? 1 :
				    *p >= 0xe0 && *p < 0xf0 ? 2 :
				    *p >= 0xf0 && *p < 0xf5 ? 3 :
							      4;

		if (more == 4)
			return false;
		for (p++; more; more--, p++)
			if ((*p & 0xc0) != 0x80)
				return false;
	}
	return true;
}

/* What can't be converted is left out. */
static char *convert(const char *from, const char *bytes, size_t length)
{
	size_t room = length * 3 + 1, left = room - 1;
	char *text = xcalloc(room, 1), *out = text, *in = (char *)bytes;
	iconv_t conversion = iconv_open("UTF-8", from);

	if (conversion == (iconv_t)-1) {
		memcpy(text, bytes, length);
		return text;
	}
	while (length && iconv(conversion, &in, &length, &out, &left) == (size_t)-1) {
		if (errno == E2BIG || !length)
			break;
		in++;
		length--;
	}
	iconv_close(conversion);
	return text;
}

char *text_to_utf8(const char *bytes, size_t length)
{
	char *text;

	if (length >= 2 && (!memcmp(bytes, "\xff\xfe", 2) || !memcmp(bytes, "\xfe\xff", 2)))
		return convert("UTF-16", bytes, length);
	if (length >= 3 && !memcmp(bytes, "\xef\xbb\xbf", 3)) {
		bytes += 3;
		length -= 3;
	}
	text = xcalloc(length + 1, 1);
	memcpy(text, bytes, length);
	if (text_is_utf8(text))
		return text;
	free(text);
	return convert("WINDOWS-1252", bytes, length);
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
