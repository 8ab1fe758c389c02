/* SPDX-License-Identifier: GPL-2.0-only */
/* Tags that say how much louder or softer a file is to be played. */
#ifndef TAO_REPLAYGAIN_H
#define TAO_REPLAYGAIN_H

#include <stdbool.h>

/* The loudness of ReplayGain 2, to which all gains lead. */
#define REFERENCE_LUFS (-18.0)

struct gain_tag {
	bool known;
	bool r128; /* of the tags for Opus, which count for more there */
	double gain; /* dB */
	double peak; /* 1.0: full scale; 0: not known */
};

struct replaygain {
	struct gain_tag album;
	struct gain_tag track;
};

/* @name in lower case. Other tags, and values that are not valid, change nothing. */
void replaygain_take(struct replaygain *tags, const char *name, const char *value);

#endif /* TAO_REPLAYGAIN_H */
