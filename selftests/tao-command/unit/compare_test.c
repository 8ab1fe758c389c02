// SPDX-License-Identifier: GPL-2.0-only
/* Results of a comparison that do not need a drive. */
#include "../../../tools/tao/compare.h"
#include "../../../tools/tao/status.h"
#include "../../libtao/unit/ktap.h"

static void no_track(void *data, const struct compared *compared)
{
	(void)compared;
	*(bool *)data = true;
}

static void test_nothing(void)
{
	bool called = false;
	atomic_bool stop = false;
	struct album album = { 0 };
	struct compare_job job = { .album = &album, .stop = &stop, .done = no_track,
				   .data = &called };

	check_is(compare_tracks(&job), STATUS_FAILED, "no tracks: not identical");
	check(!called && job.message, "no tracks: it says so");
	free(job.message);
}

int main(void)
{
	ktap_seed();
	test_nothing();
	return ktap_end();
}
