/* SPDX-License-Identifier: GPL-2.0-only */
/* The log of a burn: the record as text that is kept beside the album. */
#ifndef TAO_BURN_LOG_H
#define TAO_BURN_LOG_H

#include <stdbool.h>
#include <stdio.h>
#include "burn.h"

/* The beginning of each log. */
#define BURN_LOG_FIRST "tao burn: log of "

/* Print what is known by now. @again: there is a log before it. The record is locked. */
void burn_log_print(FILE *out, const struct burn_command *c, bool again);

#endif /* TAO_BURN_LOG_H */
