/* SPDX-License-Identifier: GPL-2.0-only */
/* tao burn --discs: one list of tracks on several discs. */
#ifndef TAO_DISCS_H
#define TAO_DISCS_H

#include "burn.h"

/*
 * Spread the tracks from options.from on over discs with room for @sectors. The album then ends
 * where the first of these discs does.
 */
void spread_tracks(struct burn_command *c, uint32_t sectors);
/* Which tracks go onto which disc, as text and for the plan in JSON. */
void say_discs(const struct burn_command *c);
struct json_object *json_discs(const struct burn_command *c);
/* After the last disc that was burned: which tracks are on which disc, and how to go on. */
void report_discs(const struct burn_command *c);

#endif /* TAO_DISCS_H */
