/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Small files that the command keeps from one run to the next, in $XDG_STATE_HOME/tao or
 * ~/.local/state/tao. Only the user can read them.
 */
#ifndef TAO_STATE_H
#define TAO_STATE_H

#include <stdbool.h>

/* Write a file, or replace it in one step. Returns false if nothing can be kept. */
bool state_save(const char *name, const char *text);
/* NULL if it can't be read. To be freed. */
char *state_load(const char *name);
void state_remove(const char *name);
/* The names of all, the latest first, and then NULL. To be freed. */
char **state_names(void);
/* Remove all but the @kept latest ones. */
void state_prune(unsigned int kept);

#endif /* TAO_STATE_H */
