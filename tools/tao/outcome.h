/* SPDX-License-Identifier: GPL-2.0-only */
/* The end of tao burn: the result for each drive, and how to continue. */
#ifndef TAO_OUTCOME_H
#define TAO_OUTCOME_H

#include <stdbool.h>
#include "burn.h"

/* The result for a drive. Call it before anybody can change the disc. To be freed. */
char *describe_outcome(const struct burn_command *c, const struct recorder *r);

/*
 * tao resume: whether the disc had all tracks when it began, and only has to be closed, or compared
 */
bool had_all_tracks(const struct burn_command *c);
/* Whether all tracks are on the disc, and it was closed as was wanted. */
bool has_whole_disc(const struct recorder *r);

#endif /* TAO_OUTCOME_H */
