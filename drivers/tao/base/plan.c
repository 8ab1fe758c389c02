// SPDX-License-Identifier: GPL-2.0-only
/*
 * The plan of a session at once is shared: by the call that brings it, its job, and the drive.
 */
#include <linux/slab.h>
#include <linux/string.h>

#include "base.h"

static void plan_free(struct kref *ref)
{
	struct tao_plan *plan = container_of(ref, struct tao_plan, ref);

	kvfree(plan->tracks);
	kvfree(plan->marks);
	kvfree(plan->text);
	kfree(plan);
}

/**
 * tao_plan_put - let go of a plan
 * @plan: the plan, or NULL
 */
void tao_plan_put(struct tao_plan *plan)
{
	if (plan)
		kref_put(&plan->ref, plan_free);
}

/**
 * tao_plan_same - whether two plans lay out the same
 * @a: a plan, or NULL
 * @b: another, or NULL
 *
 * Their sizes are those of the arguments of the call, which are compared before.
 */
bool tao_plan_same(const struct tao_plan *a, const struct tao_plan *b)
{
	if (!a || !b)
		return a == b;
	return !memcmp(a->tracks, b->tracks, a->layout.tracks_count * sizeof(*a->tracks)) &&
	       !memcmp(a->marks, b->marks, a->layout.marks_count * sizeof(*a->marks)) &&
	       !memcmp(a->text, b->text, a->layout.text_bytes);
}
