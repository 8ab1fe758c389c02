// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include "album.h"
#include "common.h"
#include "offset.h"

#define PIECE_FRAMES 1024

int take_offset(const char *command, const char *option, struct offset *offset)
{
	char *end;
	long samples;

	errno = 0;
	samples = strtol(optarg, &end, 10);
	if (errno || end == optarg || *end || samples < -OFFSET_MAX || samples > OFFSET_MAX)
		return usage_error(command, "%s takes a number of samples, %d to %d", option,
				   -OFFSET_MAX, OFFSET_MAX);
	*offset = (struct offset){ true, samples };
	return STATUS_OK;
}

char *write_offset_text(const struct offset *offset)
{
	if (!offset->samples)
		return NULL;
	return xasprintf("Write offset %+d: the drive gets the audio %d samples %s, %s",
			 offset->samples, abs(offset->samples),
			 offset->samples > 0 ? "earlier" : "later",
			 "and writes it where it belongs");
}

static uint64_t count_sound(const int16_t *samples, size_t frames)
{
	uint64_t sound = 0;

	for (size_t i = 0; i < frames; i++)
		sound += samples[2 * i] || samples[2 * i + 1];
	return sound;
}

static uint64_t segment_sound(const struct segment *segment)
{
	int16_t samples[PIECE_FRAMES * FRAME_BYTES / sizeof(int16_t)];
	uint64_t sound = 0, left = segment->frames;
	struct decoder *decoder;
	char *problem = NULL;
	long n;

	decoder = decoder_open(segment->file, segment->first, segment->frames, segment->gain, NULL,
			       &problem);
	while (decoder && (n = decoder_read(decoder, samples, PIECE_FRAMES, &problem)) > 0) {
		sound += count_sound(samples, n);
		left -= n;
	}
	decoder_close(decoder);
	free(problem);
	return sound + left;
}

uint64_t segments_sound(const struct segments *list)
{
	uint64_t sound = 0;

	for (size_t i = 0; i < list->count; i++)
		if (list->all[i].file)
			sound += segment_sound(&list->all[i]);
	return sound;
}
