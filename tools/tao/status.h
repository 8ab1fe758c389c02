/* SPDX-License-Identifier: GPL-2.0-only */
/* Exit status: possible values, and the combination of several. */
#ifndef TAO_STATUS_H
#define TAO_STATUS_H

#include <stdbool.h>
#include <stddef.h>

/* tao(1) documents these too. */
enum {
	STATUS_OK = 0,
	STATUS_FAILED = 1, /* something went wrong in the drive or on the disc */
	STATUS_USAGE = 2, /* wrong use of the command */
	STATUS_NO_DRIVE = 3, /* no usable drive */
	STATUS_DISC = 4, /* the disc is not suitable; nothing was written */
	STATUS_INPUT = 5, /* a file can't be burned; nothing was written */
	STATUS_PARTIAL = 6, /* several discs: some succeeded, some failed */
	STATUS_DIFFERS = 7, /* the disc differs from the files */
	STATUS_CANCELLED = 8, /* cancelled, or not confirmed */
	STATUS_NOT_EJECTED = 9, /* everything succeeded, but the disc was not ejected */
	STATUS_UNDECIDED = 10, /* it can't be decided whether the disc is the same as the files */
};

/* For a call of libtao that returned @error, before anything was written. */
int failure_status(int error);
/* Whether the disc is as requested. */
bool is_good_status(int status);
/* The worse of two. */
int worse_status(int a, int b);
/* Replace a @status that says that nothing was written, once something is. */
int status_once_written(int status);

/* For several discs: STATUS_PARTIAL if some succeeded and some did not, otherwise the worst. */
int combined_status(const int *statuses, size_t count);
/* "done", "failed"...: member result of JSON objects. */
const char *result_name(int status);

#endif /* TAO_STATUS_H */
