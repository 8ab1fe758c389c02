/* SPDX-License-Identifier: GPL-2.0-only */
/* tao burn, after a failure: commands that the user can paste. */
#ifndef TAO_ADVICE_H
#define TAO_ADVICE_H

#include "burn.h"

/* How to continue with track @next of the album: " To go on: `...`."; "" if it is not possible. */
char *advise_going_on(const struct burn_command *c, const struct recorder *r, size_t next,
		      const struct tao_medium *medium);
/* --copies: how to burn those that are not done. */
char *advise_copies(const struct burn_command *c);
/* --discs: how to burn those that are not done. */
char *advise_discs(const struct burn_command *c);
/* How to make the disc playable as it is. */
char *advise_finalizing(const struct recorder *r, const struct tao_medium *medium);
/* "`tao verify ...`" for what was burned; to be freed. */
char *verify_command(const struct burn_command *c, const struct recorder *r);
/* A remedy if the very first WRITE failed in transport; "" if it did not. */
char *advise_bridge(const struct recorder *r);

#endif /* TAO_ADVICE_H */
