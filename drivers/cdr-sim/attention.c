// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unit attentions: a queue; each command reports one of them. A reset discards those before it,
 * and is the next to be reported (SPC-3, 5.8).
 */

#include <linux/string.h>

#include "cdr-sim.h"

/**
 * cdr_attention_add() - queue a unit attention for the host
 * @d:		the drive
 * @sense:	the sense code; ignored while the same code is queued
 */
void cdr_attention_add(struct cdr_drive *d, u32 sense)
{
	struct cdr_attentions *a = &d->attentions;
	int i;

	for (i = 0; i < a->n; i++)
		if (a->sense[i] == sense)
			return;
	if (a->n < CDR_ATTENTIONS)
		a->sense[a->n++] = sense;
}

/**
 * cdr_attention_reset() - queue the unit attention of a reset or power on
 * @d:		the drive
 * @sense:	the sense code
 */
void cdr_attention_reset(struct cdr_drive *d, u32 sense)
{
	d->attentions.n = 0;
	cdr_attention_add(d, sense);
}

/**
 * cdr_attention_take() - dequeue a unit attention for the current command
 * @d:	the drive
 *
 * Return: a sense code, or 0
 */
u32 cdr_attention_take(struct cdr_drive *d)
{
	struct cdr_attentions *a = &d->attentions;
	u32 sense = a->sense[0];

	if (!a->n)
		return 0;
	a->n--;
	memmove(a->sense, a->sense + 1, a->n * sizeof(a->sense[0]));
	return sense;
}
