// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "common.h"

#define KBPS_1X 176.4

struct options options;

static void *need(void *memory)
{
	if (!memory) {
		fputs("tao: out of memory\n", stderr);
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

char *xvasprintf(const char *format, va_list args)
{
	char *text;

	if (vasprintf(&text, format, args) < 0)
		text = NULL;
	return need(text);
}

char *xasprintf(const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = xvasprintf(format, args);
	va_end(args);
	return text;
}

char *absolute_path(const char *path)
{
	char *folder = *path == '/' ? NULL : realpath(".", NULL), *absolute;

	absolute = folder ? xasprintf("%s/%s", folder, path) : xstrdup(path);
	free(folder);
	return absolute;
}

int stop_is_set(void *stop, uint64_t bytes)
{
	(void)bytes;
	return atomic_load((atomic_bool *)stop);
}

int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
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
	/* 0 kB/s would mean that the speed stays as it is */
	if (value > 100 * 1000 || value < 1)
		return -EINVAL;
	*kbps = lround(value);
	return 0;
}

void catch_signals(void (*handler)(int number))
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	struct sigaction action = { .sa_handler = handler }, before;

	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		if (!sigaction(numbers[i], NULL, &before) && before.sa_handler != SIG_IGN)
			sigaction(numbers[i], &action, NULL);
}
