// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "common.h"
#include "text.h"

#define KBPS_1X 176.4

struct options options;

FILE *human_output(void)
{
	return options.json ? stderr : stdout;
}

void say(const char *format, ...)
{
	va_list args;

	if (options.quiet)
		return;
	va_start(args, format);
	vfprintf(human_output(), format, args);
	va_end(args);
}

void complain(const char *format, ...)
{
	va_list args;

	fflush(stdout);
	fputs("tao: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}

static void *need(void *memory)
{
	if (!memory) {
		complain("out of memory");
		exit(STATUS_FAILED);
	}
	return memory;
}

void *xcalloc(size_t count, size_t size)
{
	return need(calloc(count ? count : 1, size));
}

void *xrealloc(void *old, size_t count, size_t size)
{
	return need(reallocarray(old, count, size));
}

char *xstrdup(const char *text)
{
	return need(strdup(text));
}

char *xasprintf(const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		text = NULL;
	va_end(args);
	return need(text);
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

/* $'\033', as ls(1) does: what a terminal would not show as it is, and no shell would get back. */
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

const char *format_time(uint64_t sectors, char text[TIME_SIZE])
{
	uint64_t seconds = sectors / TAO_SECTORS_PER_SECOND;

	snprintf(text, TIME_SIZE, "%llu:%02llu", (unsigned long long)(seconds / 60),
		 (unsigned long long)(seconds % 60));
	return text;
}

const char *format_msf(int64_t sectors, char text[TIME_SIZE])
{
	uint64_t n = sectors < 0 ? -sectors : sectors;
	uint64_t seconds = n / TAO_SECTORS_PER_SECOND;

	snprintf(text, TIME_SIZE, "%s%02llu:%02llu.%02llu", sectors < 0 ? "-" : "",
		 (unsigned long long)(seconds / 60), (unsigned long long)(seconds % 60),
		 (unsigned long long)(n % TAO_SECTORS_PER_SECOND));
	return text;
}

const char *format_speed(uint32_t kbps, char text[TIME_SIZE])
{
	double x = kbps / KBPS_1X;

	if (kbps == TAO_SPEED_MAX)
		snprintf(text, TIME_SIZE, "max");
	else if (fabs(x - round(x)) < 0.05)
		snprintf(text, TIME_SIZE, "%.0fx", x);
	else
		snprintf(text, TIME_SIZE, "%.1fx", x);
	return text;
}

int parse_speed(const char *text, uint32_t *kbps)
{
	double value;
	char *end;

	if (!strcasecmp(text, "max")) {
		*kbps = TAO_SPEED_MAX;
		return 0;
	}
	errno = 0;
	value = strtod(text, &end);
	if (errno || end == text || !isfinite(value) || value <= 0)
		return -EINVAL;
	if (!*end || !strcasecmp(end, "x"))
		value *= KBPS_1X;
	else if (strcasecmp(end, "kB/s"))
		return -EINVAL;
	if (value > 100 * 1000)
		return -EINVAL;
	*kbps = lround(value);
	return 0;
}

bool confirm(const char *question)
{
	char answer[16] = "";
	FILE *tty;

	if (options.yes || !isatty(STDIN_FILENO))
		return true;
	/* Audio may come from standard input; a person sits at the terminal. */
	tty = fopen("/dev/tty", "r+");
	if (!tty)
		return true;
	fflush(stdout);
	fprintf(tty, "%s [y/N] ", question);
	fflush(tty);
	if (!fgets(answer, sizeof(answer), tty))
		answer[0] = '\0';
	fclose(tty);
	return answer[0] == 'y' || answer[0] == 'Y';
}

/* getopt_long() whose complaints begin with the name of the whole command, as "tao burn: ". */
static int get_option(int argc, char **argv, const char *letters, const struct option *all)
{
	char name[32], *own = argv[0];
	int letter;

	snprintf(name, sizeof(name), "tao %s", own);
	argv[0] = name;
	letter = getopt_long(argc, argv, letters, all, NULL);
	argv[0] = own;
	return letter;
}

enum { OPTION_ALL = 1000, OPTION_JSON, OPTION_HELP };

int next_option(int argc, char **argv, const char *letters, const struct option *own)
{
	static const struct option shared[] = {
		{ "device", required_argument, NULL, 'd' },
		{ "all", no_argument, NULL, OPTION_ALL },
		{ "json", no_argument, NULL, OPTION_JSON },
		{ "quiet", no_argument, NULL, 'q' },
		{ "yes", no_argument, NULL, 'y' },
		{ "help", no_argument, NULL, 'h' },
	};
	const size_t shared_count = sizeof(shared) / sizeof(*shared);
	struct option all[64] = { 0 };
	char all_letters[64];
	size_t n = 0;
	int letter;

	while (own && own[n].name && n + shared_count + 1 < sizeof(all) / sizeof(*all)) {
		all[n] = own[n];
		n++;
	}
	memcpy(all + n, shared, sizeof(shared));
	snprintf(all_letters, sizeof(all_letters), "d:qyh%s", letters);

	while ((letter = get_option(argc, argv, all_letters, all)) != -1) {
		switch (letter) {
		case 'd':
			if (options.devices_count == DRIVES_MAX)
				exit(usage_error(argv[0], "too many drives"));
			options.devices[options.devices_count++] = optarg;
			break;
		case OPTION_ALL:
			options.all = true;
			break;
		case OPTION_JSON:
			options.json = true;
			break;
		case 'q':
			options.quiet = true;
			break;
		case 'y':
			options.yes = true;
			break;
		case 'h':
			exit(command_help(argv[0]));
		case '?':
			fprintf(stderr, "Try `tao %s --help`.\n", argv[0]);
			exit(STATUS_USAGE);
		default:
			return letter;
		}
	}
	return -1;
}
