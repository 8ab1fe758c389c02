/* SPDX-License-Identifier: GPL-2.0-only */
/* The log of a burn: the record as text that is kept beside the album. */
#ifndef TAO_BURN_LOG_H
#define TAO_BURN_LOG_H

#include <stdio.h>
#include "burn.h"

/* The beginning of the first line of each log. */
#define BURN_LOG_FIRST "tao burn: log of "

/* Print what is known by now. */
void burn_log_print(FILE *out, const struct burn_command *c);

#endif /* TAO_BURN_LOG_H */
