/* SPDX-License-Identifier: GPL-2.0-only */
/* tao burn, after a failure: commands that the user can paste. */
#ifndef TAO_ADVICE_H
#define TAO_ADVICE_H

#include "burn.h"

struct unfinished;

/* "nothing was written", or no more than the discs that are done. */
const char *nothing_written(const struct burn_command *c);
/* The options and files of the burn, for a record of it. */
char **words_to_go_on(const struct burn_command *c);
/* How to continue with track @next of the album: " To go on: `...`."; "" if it is not possible. */
char *advise_going_on(const struct burn_command *c, const struct recorder *r, size_t next,
		      const struct tao_medium *medium);
/* --copies: how to burn the @left ones: " The others: `...`."; "" if none are left. */
char *advise_copies(const struct burn_command *c, unsigned int left);
/* tao resume: the same without the log and the report, which can't be kept. A command. */
char *advise_without_papers(const struct burn_command *c);
/* --discs: what burns the tracks from @from on, counted from 0, on blank discs: "`...`". */
char *advise_discs(const struct burn_command *c, size_t from);
/*
 * A list that is too long for one disc: " On several discs: `...`."; "" if that is not possible, or
 * if a track is longer than the room of a disc.
 */
char *advise_spreading(const struct burn_command *c, uint32_t room_sectors);
/* " The tracks from 5 on don't fit...", @next counted from 1; NULL if the disc takes the rest. */
char *advise_no_place(const struct burn_command *c, size_t next, const struct tao_medium *medium);
/* tao resume: a command that burns the tracks from @next on, counted from 1. */
char *advise_from(const struct unfinished *unfinished, size_t next, bool force, const char *path);
/* tao resume: how to find out whether the track that may be the last one is whole. */
char *advise_comparing(const struct unfinished *unfinished, const char *path);
/* " When the drive and the disc are back..."; "" if the burn can't be continued. */
char *advise_return(const struct recorder *r);
/* How to make the disc playable as it is. */
char *advise_finalizing(const struct recorder *r, const struct tao_medium *medium);
/* "`tao verify ...`" for what was burned; to be freed. */
char *verify_command(const struct burn_command *c, const struct recorder *r);
/* A remedy if the very first WRITE failed in transport; "" if it did not. */
char *advise_bridge(const struct recorder *r);

#endif /* TAO_ADVICE_H */
