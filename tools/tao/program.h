/* SPDX-License-Identifier: GPL-2.0-only */
/* This program again, as the user would run it: however it ends, its caller goes on. */
#ifndef TAO_PROGRAM_H
#define TAO_PROGRAM_H

#include <stdatomic.h>
#include <stdbool.h>

/*
 * Run `tao` with @argv, which ends with NULL, and wait until it has ended. If @stop becomes true
 * meanwhile, it gets SIGTERM. @apart: what it prints goes to standard error. Returns its exit
 * status; if it had none, STATUS_CANCELLED or STATUS_FAILED.
 */
int run_tao(const char **argv, bool apart, atomic_bool stop[static 1]);

#endif /* TAO_PROGRAM_H */
