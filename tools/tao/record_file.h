/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A file that a record is printed to, again and again while the burn goes on: what is known at the
 * time stays there, however the program ends.
 */
#ifndef TAO_RECORD_FILE_H
#define TAO_RECORD_FILE_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

struct record_file {
	const char *path;
	const char *kind; /* "log" */
	int fd; /* negative: not open */
	off_t start; /* what is before it stays */
	bool created;
	bool written;
	int error; /* errno of the latest print; 0 if that succeeded */
};

/*
 * Open the file, or create it. Its contents stay, and have to begin with @first: any other file is
 * refused. Returns the exit status, after a complaint.
 */
int record_file_open(struct record_file *file, const char *path, const char *kind,
		     const char *first);
/* Replace what was printed to it by @text. */
void record_file_print(struct record_file *file, const char *text, size_t length);
/*
 * A file that nothing was printed to does not stay. Returns 0, or STATUS_FAILED after a complaint.
 */
int record_file_close(struct record_file *file);

#endif /* TAO_RECORD_FILE_H */
