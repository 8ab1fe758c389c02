// SPDX-License-Identifier: GPL-2.0-only
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "replaygain.h"

/* No music needs more; the tag is wrong then. */
#define GAIN_MAX_DB 64.0
#define PEAK_MAX 64.0
/* R128 gains are in 1/256 dB, and lead to -23 LUFS. */
#define R128_STEPS 256
#define R128_MAX (64 * R128_STEPS)
#define R128_LUFS (-23.0)
#define NUMBER_SIZE 32

/* "-7.32 dB", also with a comma; false if it does not begin with a number of at most @max. */
static bool parse_value(const char *text, double max, double *value)
{
	char copy[NUMBER_SIZE] = "", *end, *comma;

	strncpy(copy, text, sizeof(copy) - 1);
	comma = strchr(copy, ',');
	if (comma)
		*comma = '.';
	/* neither hexadecimal, nor words */
	copy[strspn(copy, "+-.0123456789eE ")] = '\0';
	*value = strtod(copy, &end);
	return end != copy && fabs(*value) <= max;
}

static void take_gain(struct gain_tag *tag, const char *value)
{
	double gain;

	if (tag->r128 || !parse_value(value, GAIN_MAX_DB, &gain))
		return;
	tag->known = true;
	tag->gain = gain;
}

static void take_peak(struct gain_tag *tag, const char *value)
{
	double peak;

	if (parse_value(value, PEAK_MAX, &peak) && peak > 0)
		tag->peak = peak;
}

static void take_r128(struct gain_tag *tag, const char *value)
{
	char *end;
	long steps = strtol(value, &end, 10);

	end += strspn(end, " ");
	if (end == value || *end || steps < -R128_MAX || steps > R128_MAX)
		return;
	tag->known = true;
	tag->r128 = true;
	tag->gain = (double)steps / R128_STEPS + REFERENCE_LUFS - R128_LUFS;
}

void replaygain_take(struct replaygain *tags, const char *name, const char *value)
{
	if (!strcmp(name, "replaygain_album_gain"))
		take_gain(&tags->album, value);
	else if (!strcmp(name, "replaygain_album_peak"))
		take_peak(&tags->album, value);
	else if (!strcmp(name, "replaygain_track_gain"))
		take_gain(&tags->track, value);
	else if (!strcmp(name, "replaygain_track_peak"))
		take_peak(&tags->track, value);
	else if (!strcmp(name, "r128_album_gain"))
		take_r128(&tags->album, value);
	else if (!strcmp(name, "r128_track_gain"))
		take_r128(&tags->track, value);
}
