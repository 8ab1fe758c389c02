/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A file that a record is printed to, again and again while the burn goes on: what is known at the
 * time stays there, however the program ends. A process of its own writes it, so that nobody waits
 * for a file system that does not answer, except as long as is said here.
 */
#ifndef TAO_RECORD_FILE_H
#define TAO_RECORD_FILE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* So long a file system may take to open the file, and to write it in the end. */
#define RECORD_FILE_MS 10000

struct record_file {
	const char *path;
	const char *kind; /* "log" */
	int keeper; /* negative: not open */
	bool again; /* there is something in the file, which stays */
	bool waits; /* the latest text is not written yet */
	bool outdated; /* for its users: it has to be printed anew */
	int error; /* errno of the latest text; 0 if that was written */
};

/*
 * Open the file, or create it. Its contents stay, and have to begin with @first: any other file is
 * refused. Returns the exit status, after a complaint; *stop ends it early.
 */
int record_file_open(struct record_file *file, const char *path, const char *kind,
		     const char *first, const atomic_bool *stop);
/* Whether a text can be printed now: waits for the one before until @until_ms, see now_ms(). */
bool record_file_is_ready(struct record_file *file, int64_t until_ms);
/* Replace what was printed to it by @text. Does not wait. */
void record_file_print(struct record_file *file, const char *text, size_t length);
/*
 * A file that nothing was printed to does not stay. Waits until @until_ms; then the file may still
 * be written later. Returns why the latest text is not there, to be freed, or NULL if it is.
 */
char *record_file_close(struct record_file *file, int64_t until_ms);

#endif /* TAO_RECORD_FILE_H */
