// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdbool.h>
#include "status.h"

/* From best to worst. */
static const struct {
	int status;
	bool good; /* the disc is as requested */
	const char *result;
} order[] = {
	{ STATUS_OK, true, "done" },
	{ STATUS_NOT_EJECTED, true, "not-ejected" },
	{ STATUS_UNDECIDED, false, "undecided" },
	{ STATUS_CANCELLED, false, "cancelled" },
	{ STATUS_USAGE, false, "failed" },
	{ STATUS_INPUT, false, "failed" },
	{ STATUS_NO_DRIVE, false, "failed" },
	{ STATUS_DISC, false, "failed" },
	{ STATUS_PARTIAL, false, "failed" },
	{ STATUS_DIFFERS, false, "differs" },
	{ STATUS_FAILED, false, "failed" },
};

#define STATUSES (sizeof(order) / sizeof(*order))

static size_t rank_of(int status)
{
	for (size_t i = 0; i < STATUSES; i++)
		if (order[i].status == status)
			return i;
	return STATUSES - 1;
}

int worse_status(int a, int b)
{
	return rank_of(a) < rank_of(b) ? b : a;
}

bool is_good_status(int status)
{
	return order[rank_of(status)].good;
}

int combined_status(const int *statuses, size_t count)
{
	int worst = STATUS_OK;
	size_t good = 0;

	for (size_t i = 0; i < count; i++) {
		good += is_good_status(statuses[i]);
		worst = worse_status(worst, statuses[i]);
	}
	return good && good < count ? STATUS_PARTIAL : worst;
}

int status_once_written(int status)
{
	switch (status) {
	case STATUS_NO_DRIVE:
	case STATUS_DISC:
	case STATUS_INPUT:
		return STATUS_FAILED;
	default:
		return status;
	}
}

const char *result_name(int status)
{
	return order[rank_of(status)].result;
}

int failure_status(int error)
{
	switch (-error) {
	case 0:
		return STATUS_OK;
	case ENOMEDIUM:
	case EMEDIUMTYPE:
	case EROFS:
	case ENOSPC:
	case EMLINK:
		return STATUS_DISC;
	case EBUSY:
	case EOPNOTSUPP:
		return STATUS_NO_DRIVE;
	case ECANCELED:
	case EINTR:
		return STATUS_CANCELLED;
	default:
		return STATUS_FAILED;
	}
}
