/* SPDX-License-Identifier: GPL-2.0-only */
/* tao burn --copies and --discs: what the next disc gets, and what the command has done. */
#ifndef TAO_SERIES_H
#define TAO_SERIES_H

#include "burn.h"

/* The plan of the next disc, as text and as JSON; of a dry run, those of all discs. */
int show_plan(struct burn_command *c);
/* Give the disc that each drive burns next its number. */
void series_number(struct burn_command *c);
/*
 * --discs: spread the tracks over discs such as the first one, which is waited for. The album then
 * ends where that disc does. Returns the exit status; what is not possible was complained of.
 */
int series_begin(struct burn_command *c);
/* --discs: the disc is done. The next one, whose room is not known, has to take one track. */
void series_step(struct burn_command *c);
/* --discs: once it is there, spread the other tracks anew, and show the plan. As series_begin(). */
int series_continue(struct burn_command *c);
/* Count what the drives have burned, by their exit statuses. Returns whether all are good. */
bool series_count(struct burn_command *c, const int *statuses);
/* Whether more discs are to follow. */
bool series_goes_on(const struct burn_command *c);
/* At the end: what is done, and the command for the rest. */
void series_report(const struct burn_command *c);
/* tao resume: the album is the part of a list that goes onto this disc. */
void series_take_part(struct burn_command *c);

#endif /* TAO_SERIES_H */
