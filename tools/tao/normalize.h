/* SPDX-License-Identifier: GPL-2.0-only */
/* --normalize: gains that make tracks equally loud. */
#ifndef TAO_NORMALIZE_H
#define TAO_NORMALIZE_H

#include "album.h"

/* Before the check of the files: what of each of them is measured as one. */
void album_prepare_loudness(struct album *album);
/* After it, once all tracks are there: gives them their gains. Problems are reported at once. */
void album_normalize(struct album *album);
/* "gain -7.32 dB", for the plan; NULL: nobody asked for it. To be freed. */
char *track_gain_text(const struct album *album, const struct track *track);

#endif /* TAO_NORMALIZE_H */
