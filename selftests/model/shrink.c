// SPDX-License-Identifier: GPL-2.0-only
/* Finds the shortest sequence of steps that differs: removes all parts that do not matter. */
#include <string.h>

#include "model.h"

/* Returns the number of steps until the difference; 0 if there is none. */
static int replay(const struct step *steps, int count, char *why)
{
	struct state s;
	int i;

	begin_anew(&s);
	for (i = 0; i < count; i++)
		if (step_applies(&s, &steps[i]) && !step_take(&s, &steps[i], why))
			return i + 1;
	return 0;
}

static int without(const struct step *steps, int count, int from, int n, struct step *rest)
{
	memcpy(rest, steps, from * sizeof(*steps));
	memcpy(rest + from, steps + from + n, (count - from - n) * sizeof(*steps));
	return count - n;
}

/* A different end means a different problem. */
static bool same_end(const struct step *a, int a_count, const struct step *b, int b_count)
{
	return b_count && a[a_count - 1].kind == b[b_count - 1].kind &&
	       a[a_count - 1].call == b[b_count - 1].call;
}

/* One pass: removes parts of @n steps if possible. */
static int leave_out(struct step *steps, int count, int n, char *why, long until)
{
	static struct step rest[STEPS_MAX];
	char other[WHY_BYTES];
	int from = 0;

	while (from + n < count && clock_ms() < until) {
		int left = without(steps, count, from, n, rest);

		left = replay(rest, left, other);
		if (same_end(steps, count, rest, left)) {
			memcpy(steps, rest, left * sizeof(*steps));
			count = left;
			memcpy(why, other, WHY_BYTES);
		} else {
			from += n;
		}
	}
	return count;
}

/* Returns the number of remaining @steps, or 0 if they don't differ again. */
int shrink(struct step *steps, int count, char *why, long limit_ms)
{
	long until = clock_ms() + limit_ms;
	int n;

	count = replay(steps, count, why);
	for (n = count / 2; n; n /= 2)
		count = leave_out(steps, count, n, why, until);
	if (count)
		count = leave_out(steps, count, 1, why, until);
	return count;
}
