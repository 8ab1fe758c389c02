/* SPDX-License-Identifier: GPL-2.0-only */
/* tao burn: whether the disc in a drive suits, and the wait for one that does. */
#ifndef TAO_SUIT_H
#define TAO_SUIT_H

#include "burn.h"

/* Why the disc can't take the album, with the exit status; NULL if it can. To be freed. */
char *disc_problem(const struct burn_command *c, struct recorder *r, struct tao_medium *medium,
		   int *exit_status);
/* Whether the drive was unplugged. */
bool is_gone(const struct recorder *r);
/* Wait until there is a suitable disc, or there never will be. Each problem is reported once. */
void wait_for_disc(const struct burn_command *c, struct recorder *r);

#endif /* TAO_SUIT_H */
