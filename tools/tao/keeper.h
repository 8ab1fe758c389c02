/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A process of its own that has a file open and writes to it. A file system that does not answer
 * holds up this process alone, even at its end: there close() may wait too.
 */
#ifndef TAO_KEEPER_H
#define TAO_KEEPER_H

#include <stdbool.h>
#include <sys/types.h>

enum keeper_result {
	KEEPER_DONE,
	KEEPER_NOT_REGULAR,
	KEEPER_BUSY, /* another one keeps a file there */
	KEEPER_FOREIGN, /* the file does not begin with @first */
	KEEPER_FAILED, /* for the reason that @error has */
};

/* To the open file, to each text, and to the end. */
struct keeper_reply {
	enum keeper_result result;
	int error; /* errno */
	bool again; /* there is something in the file, which stays */
};

/*
 * Start one that opens the file, or creates it. Its contents stay, and have to begin with @first.
 * Returns a socket, on which a reply follows; or a negative errno.
 */
int keeper_start(const char *path, const char *first);
/* Replace what it wrote by @text; a reply follows. Returns 0 or a negative errno. */
int keeper_print(int keeper, const char *text, size_t length);
/* No text follows; a reply does. A file that was created for nothing is removed. */
void keeper_end(int keeper);
/* Wait at most @ms. Returns 1 if there is a reply, 0 if there is none yet, or a negative errno. */
int keeper_reply(int keeper, struct keeper_reply *reply, int ms);

#endif /* TAO_KEEPER_H */
