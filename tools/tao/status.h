/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Exit status: what it can be, and which one of several it is.
 */
#ifndef TAO_STATUS_H
#define TAO_STATUS_H

#include <stddef.h>

/* Also in tao(1). */
enum {
	STATUS_OK = 0,
	STATUS_FAILED = 1, /* something went wrong in the drive or on the disc */
	STATUS_USAGE = 2, /* wrong use of the command */
	STATUS_NO_DRIVE = 3, /* no drive that could be used */
	STATUS_DISC = 4, /* the disc does not suit; nothing was written */
	STATUS_INPUT = 5, /* a file can't be burned; nothing was written */
	STATUS_PARTIAL = 6, /* several drives: some are done, some failed */
	STATUS_DIFFERS = 7, /* the disc is not what the files are */
	STATUS_CANCELLED = 8, /* cancelled, or not confirmed */
	STATUS_NOT_EJECTED = 9, /* all is done, and good, but the disc is still in */
	STATUS_UNDECIDED = 10, /* whether the disc is what the files are can't be told */
};

/* Of a call of libtao that returned @error, before anything was written. */
int failure_status(int error);
/* The worse of two. */
int worse_status(int a, int b);
/* @status of a comparison or so, once the disc is written: none that says that nothing was. */
int status_once_written(int status);

/*
 * Of several drives: what they agree on; STATUS_PARTIAL if some are done and some are not; else the
 * worst.
 */
int combined_status(const int *statuses, size_t count);
/* "done", "failed"...: member result of the objects of --json. */
const char *result_name(int status);

#endif /* TAO_STATUS_H */
