// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "common.h"
#include "output.h"
#include "text.h"

static char *complaint;

FILE *human_output(void)
{
	return options.json ? stderr : stdout;
}

static char *plain_text(const char *format, va_list args)
{
	char *text, *plain;

	if (vasprintf(&text, format, args) < 0)
		return xstrdup("out of memory");
	plain = text_printable(text);
	free(text);
	return plain;
}

void print_plain(FILE *file, const char *format, va_list args)
{
	size_t length = strlen(format);
	char *text = plain_text(format, args);

	/* the last one became a question mark */
	if (length && format[length - 1] == '\n')
		text[strlen(text) - 1] = '\n';
	fputs(text, file);
	free(text);
}

void say(const char *format, ...)
{
	va_list args;

	if (options.quiet)
		return;
	va_start(args, format);
	print_plain(human_output(), format, args);
	va_end(args);
}

void complain_as(const char *name, const char *format, va_list args)
{
	free(complaint);
	complaint = plain_text(format, args);
	fflush(stdout);
	fprintf(stderr, "%s: %s\n", name, complaint);
}

void complain(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	complain_as("tao", format, args);
	va_end(args);
}

const char *latest_complaint(void)
{
	return complaint;
}

bool confirm(const char *question)
{
	char answer[16] = "", *plain;
	FILE *tty;

	if (options.yes || !isatty(STDIN_FILENO))
		return true;
	/* Audio may come from standard input; a person sits at the terminal. */
	tty = fopen("/dev/tty", "r+");
	if (!tty) {
		complain("can't ask \"%s\", for there is no terminal (/dev/tty: %s); "
			 "--yes goes on without asking",
			 question, strerror(errno));
		return false;
	}
	fflush(stdout);
	plain = text_printable(question);
	fprintf(tty, "%s [y/N] ", plain);
	free(plain);
	fflush(tty);
	if (!fgets(answer, sizeof(answer), tty))
		answer[0] = '\0';
	fclose(tty);
	return answer[0] == 'y' || answer[0] == 'Y';
}
