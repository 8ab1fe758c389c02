// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unit attentions: they wait in a queue, and one command is told of one. Only a reset
 * forgets those before it, and is told of first (SPC-3, 5.8).
 */

#include <linux/string.h>

#include "cdr-sim.h"

/**
 * cdr_attention_add() - something that the host has to hear of
 * @d:		the drive
 * @sense:	what; once more does not count while it waits
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
 * cdr_attention_reset() - a reset, or the power came on
 * @d:		the drive
 * @sense:	which
 */
void cdr_attention_reset(struct cdr_drive *d, u32 sense)
{
	d->attentions.n = 0;
	cdr_attention_add(d, sense);
}

/**
 * cdr_attention_take() - the next one, for the command in hand
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
