// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>
#include "common.h"
#include "cue.h"
#include "loudness.h"
#include "track_options.h"

int take_isrcs(const char *command, struct track_options *o, char *list)
{
	char code[13], *word;

	for (word = strtok(list, ","); word; word = strtok(NULL, ",")) {
		if (!parse_isrc(word, code))
			return usage_error(command,
					   "\"%s\" is not an ISRC; it has 12 characters as in GBAYE0601498",
					   word);
		if (o->isrc_count == TAO_TRACKS_MAX)
			return usage_error(command, "more than 99 ISRCs");
		o->isrc[o->isrc_count++] = xstrdup(code);
	}
	return STATUS_OK;
}

int take_mcn(const char *command, struct album *album, const char *text)
{
	size_t length = strlen(text);
	bool digits = strspn(text, "0123456789") == length && (length == 12 || length == 13);

	if (parse_mcn(text, album->mcn))
		return STATUS_OK;
	return usage_error(command, "\"%s\" is not a catalogue number; %s", text,
			   digits ? "its last digit, the check digit, is wrong" :
				    "it has 13 digits");
}

int take_normalize(const char *command, struct album *album, const char *text)
{
	static const char *const names[] = {
		[NORMALIZE_TAGS] = "tags",
		[NORMALIZE_ALBUM] = "album",
		[NORMALIZE_TRACK] = "track",
	};
	enum normalize how = NORMALIZE_TRACK;

	while (how != NORMALIZE_NO && strcmp(text, names[how]))
		how--;
	if (how == NORMALIZE_NO)
		return usage_error(command, "--normalize takes tags, album or track");
	if (how != NORMALIZE_TAGS && !loudness_can_measure())
		return usage_error(command,
				   "--normalize %s needs libebur128, and this tao is built without it",
				   text);
	album->options.normalize = how;
	return STATUS_OK;
}

int apply_track_options(const char *command, const struct track_options *o, struct album *album)
{
	if (o->isrc_count > album->tracks_count)
		return usage_error(command, "%u ISRCs for %zu track%s", o->isrc_count,
				   album->tracks_count, album->tracks_count == 1 ? "" : "s");
	for (size_t i = 0; i < album->tracks_count; i++) {
		if (i < o->isrc_count)
			strcpy(album->tracks[i].isrc, o->isrc[i]);
		album->tracks[i].copy_permitted |= o->copy_permitted;
		album->tracks[i].pre_emphasis |= o->pre_emphasis;
	}
	return STATUS_OK;
}

void track_options_free(struct track_options *o)
{
	for (unsigned int i = 0; i < o->isrc_count; i++)
		free(o->isrc[i]);
}
