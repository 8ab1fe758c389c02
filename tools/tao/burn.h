/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * tao burn: what it was asked for, and the drives that do it.
 */
#ifndef TAO_BURN_H
#define TAO_BURN_H

#include <tao.h>
#include "album.h"
#include "common.h"
#include "recorder.h"

struct burn_command {
	struct burn_options options;
	struct album album;
	char *isrc[TAO_TRACKS_MAX];
	unsigned int isrc_count;
	size_t buffer_bytes;
	bool dry_run;
	bool join;
	bool wait;
	bool no_check;
	bool copy_permitted;
	bool pre_emphasis;
	/* the drives */
	struct recorder recorders[DRIVES_MAX];
	unsigned int count;
	unsigned int failed_to_open;
};

/* The plan, for people and for programs. */
void say_plan(const struct burn_command *c);
void json_plan(const struct burn_command *c);

/*
 * Tell how each drive fared; @argc and @argv are the command line as it was typed. Returns the exit
 * status of all.
 */
int report_all(const struct burn_command *c, int argc, char **argv);

#endif /* TAO_BURN_H */
