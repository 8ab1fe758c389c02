// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include "common.h"
#include "html.h"
#include "text.h"

static void put_character(FILE *out, char character)
{
	switch (character) {
	case '&':
		fputs("&amp;", out);
		break;
	case '<':
		fputs("&lt;", out);
		break;
	case '>':
		fputs("&gt;", out);
		break;
	case '"':
		fputs("&quot;", out);
		break;
	case '\'':
		fputs("&#39;", out);
		break;
	default:
		fputc(character, out);
	}
}

void html_text(FILE *out, const char *text)
{
	char *plain = text_printable(text);

	for (const char *p = plain; *p; p++)
		put_character(out, *p);
	free(plain);
}

void html_element(FILE *out, const char *tag, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = xvasprintf(format, args);
	va_end(args);
	fprintf(out, "<%s>", tag);
	html_text(out, text);
	fprintf(out, "</%.*s>", (int)strcspn(tag, " "), tag);
	free(text);
}
