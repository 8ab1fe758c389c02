/* SPDX-License-Identifier: GPL-2.0-only */
/* The module's tracepoints, in an instance of tracefs of our own: nobody else's is touched. */
#ifndef TAO_TRACING_H
#define TAO_TRACING_H

#include <stdbool.h>
#include <stdio.h>

struct tracing {
	char *folder;
};

/*
 * Make the instance and begin with the events of commands. Instances that a killed program has left
 * are removed. Returns the exit status, after a complaint.
 */
int tracing_begin(struct tracing *t);
/* Stop; returns the text of the trace, to be closed, or NULL. */
FILE *tracing_stop(struct tracing *t);
/* Remove the instance; may come at any time after tracing_begin(). */
void tracing_end(struct tracing *t);

#endif /* TAO_TRACING_H */
