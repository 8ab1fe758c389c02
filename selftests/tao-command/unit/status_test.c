// SPDX-License-Identifier: GPL-2.0-only
/* The exit status for an error, and for several drives. */
#include <errno.h>
#include "../../../tools/tao/status.h"
#include "../../libtao/unit/ktap.h"

static const struct {
	int error, status;
	const char *what;
} errors[] = {
	{ 0, 0, "no error" },
	{ ENOMEDIUM, 4, "no disc" },
	{ EMEDIUMTYPE, 4, "not a CD-R" },
	{ EROFS, 4, "a finalised disc" },
	{ ENOSPC, 4, "no room" },
	{ EMLINK, 4, "99 tracks" },
	{ EBUSY, 3, "a drive that is held" },
	{ ECANCELED, 8, "cancelled" },
	{ EINTR, 8, "a signal" },
	{ EIO, 1, "the drive" },
	{ ENODEV, 1, "a drive that is gone" },
	{ EMSGSIZE, 1, "a short source" },
};

static const struct {
	int statuses[3], expected;
	const char *what;
} sums[] = {
	{ { 0, 0, 0 }, 0, "all are done" },
	{ { 0, 1, 0 }, 6, "one failed" },
	{ { 0, 4, 4 }, 6, "one is done" },
	{ { 4, 4, 4 }, 4, "none suits" },
	{ { 7, 8, 8 }, 7, "one differs, the others were cancelled" },
	{ { 8, 7, 8 }, 7, "in whatever order" },
	{ { 7, 1, 8 }, 1, "the worst" },
	{ { 8, 8, 8 }, 8, "all cancelled" },
	{ { 10, 8, 10 }, 8, "not decided, and cancelled" },
	{ { 0, 10, 0 }, 6, "one could not be decided" },
	{ { 3, 4, 3 }, 4, "none could be used" },
	{ { 0, 9, 0 }, 9, "all are good, one is still in its drive" },
	{ { 9, 4, 9 }, 6, "good ones that are still in, and one that does not suit" },
};

int main(void)
{
	ktap_seed();
	for (size_t i = 0; i < sizeof(errors) / sizeof(*errors); i++)
		check_is(failure_status(-errors[i].error), errors[i].status, errors[i].what);
	check(status_once_written(3) == 1 && status_once_written(4) == 1 &&
	      status_once_written(5) == 1,
	      "once the disc is written: none that says that it is not");
	check(status_once_written(0) == 0 && status_once_written(1) == 1 &&
	      status_once_written(7) == 7 && status_once_written(8) == 8 &&
		      status_once_written(9) == 9 && status_once_written(10) == 10,
	      "once the disc is written: the others as they are");
	for (size_t i = 0; i < sizeof(sums) / sizeof(*sums); i++)
		check_is(combined_status(sums[i].statuses, 3), sums[i].expected, sums[i].what);
	check(!strcmp(result_name(0), "done") && !strcmp(result_name(7), "differs") &&
	      !strcmp(result_name(8), "cancelled") && !strcmp(result_name(10), "undecided") &&
		      !strcmp(result_name(1), "failed"),
	      "their names");
	return ktap_end();
}
