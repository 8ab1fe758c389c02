/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * tao burn, at its end: what came of it in each drive, and how to go on.
 */
#ifndef TAO_OUTCOME_H
#define TAO_OUTCOME_H

#include "burn.h"

/* What became of the disc in a drive, while it is still the same one. To be freed. */
char *describe_outcome(const struct burn_command *c, const struct recorder *r);

#endif /* TAO_OUTCOME_H */
