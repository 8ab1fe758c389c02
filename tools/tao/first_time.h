/* SPDX-License-Identifier: GPL-2.0-only */
/* tao burn --first-time: the first disc of a drive. */
#ifndef TAO_FIRST_TIME_H
#define TAO_FIRST_TIME_H

#include "burn.h"

/*
 * Query the drive, write with the laser off, burn, read back, and keep a report of all that. @files
 * are those of the command line; without any, two tracks are made. Returns the exit status.
 */
int first_time(const struct burn_command *c, char **files);

#endif /* TAO_FIRST_TIME_H */
