/* SPDX-License-Identifier: GPL-2.0-only */
/* The files with the record of a burn: --log and --report. */
#ifndef TAO_PAPERS_H
#define TAO_PAPERS_H

#include <stdatomic.h>

struct burn_command;

enum paper {
	PAPER_LOG,
	PAPER_REPORT,
	PAPERS,
};

/*
 * Open those that are asked for, before anything takes long, and begin a record for them. Returns
 * the exit status. A dry run leaves nothing behind.
 */
int papers_open(struct burn_command *c, const atomic_bool *stop);
/* Print them anew, if there is news; never waits for a file. */
void papers_keep(struct burn_command *c);
/*
 * Print them for the last time, wait at most @ms, and tell what could not be written: an event of
 * its own. Returns @exit_status, or STATUS_FAILED if that is 0 and one of them was not written, now
 * or in an earlier call.
 */
int papers_close(struct burn_command *c, int ms, int exit_status);

#endif /* TAO_PAPERS_H */
