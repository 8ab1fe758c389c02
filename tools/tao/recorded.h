/* SPDX-License-Identifier: GPL-2.0-only */
/* The commands of a burn, from a trace of the module, as lines that cdr-sim plays. */
#ifndef TAO_RECORDED_H
#define TAO_RECORDED_H

#include <stdio.h>

/*
 * Print the commands in @trace that were for the drive @scsi, as "0:0:0:0", or @node, as "tao0".
 * @serial is not printed; "" if there is none. Returns how many events of the trace were lost.
 */
unsigned long put_recorded(FILE *out, FILE *trace, const char *scsi, const char *node,
			   const char *serial);

#endif /* TAO_RECORDED_H */
