/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * tao burn, after a failure: commands that can be pasted, and do what is said of them.
 */
#ifndef TAO_ADVICE_H
#define TAO_ADVICE_H

#include "burn.h"

/* How a drive goes on with track @next of the album: " To go on: `...`."; "" if it can't. */
char *advise_going_on(const struct burn_command *c, const struct recorder *r, size_t next,
		      const struct tao_medium *medium);
/* How the disc is made playable as it is. */
char *advise_finalizing(const struct recorder *r, const struct tao_medium *medium);
/* What helps where the first WRITE of all did not get through; "" if that is not it. */
char *advise_bridge(const struct recorder *r);

#endif /* TAO_ADVICE_H */
