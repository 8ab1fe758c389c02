// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>
#include "advice.h"
#include "common.h"

#define WRITE_10	0x2a
/* 61,152 bytes */
#define BRIDGE_SECTORS	26U

/* Whether the drive has to be named, for there are others. */
static bool is_one_of_several(void)
{
	struct tao_list *list;
	bool several;

	if (tao_list_drives(&list))
		return true;
	several = tao_list_count(list) > 1;
	tao_list_free(list);
	return several;
}

/* Options that the new command has in another form, or not at all. */
static bool is_replaced(int letter)
{
	return letter == OPTION_FROM || letter == 'd' || letter == OPTION_ALL || letter == 'f';
}

/* What the user typed, but for this drive alone, with the rest of the tracks. */
static char *resume_command(const struct burn_command *c, const struct recorder *r, size_t next,
			    bool force)
{
	char *rest = retype(c->argc, c->argv, BURN_LETTERS, burn_options, is_replaced), *line;
	bool named = is_one_of_several() || options.devices_count;

	line = xasprintf("tao burn --from %zu%s%s%s%s", next, force ? " --force" : "",
			 named ? " -d " : "", named ? tao_device_path(r->watch) : "", rest);
	free(rest);
	return line;
}

char *advise_going_on(const struct burn_command *c, const struct recorder *r, size_t next,
		      const struct tao_medium *medium)
{
	bool force = c->options.force || (medium->flags & TAO_MEDIUM_TRACK_FAILED &&
					  c->options.close != TAO_CLOSE_NOTHING);
	char *command, *text;

	if (next > c->album.tracks_count)
		return xstrdup("");
	if (c->album.once)
		return xasprintf(" To go on, `tao burn` needs track %zu of the input once more.",
				 next);
	command = resume_command(c, r, next, force);
	text = xasprintf(" To go on: `%s`.", command);
	free(command);
	return text;
}

char *advise_finalizing(const struct recorder *r, const struct tao_medium *medium)
{
	bool named;

	if (!(medium->flags & TAO_MEDIUM_SESSION_OPEN))
		return xstrdup("");
	named = is_one_of_several();
	return xasprintf(" `tao finalize%s%s%s` makes it playable as it is.",
			 medium->flags & TAO_MEDIUM_TRACK_FAILED ? " --force" : "",
			 named ? " " : "", named ? tao_device_path(r->watch) : "");
}

/*
 * A bridge that chokes on large commands does so at the first WRITE, and can't be told by its
 * answer, since that is what gets lost. Other burners send less than 64 KiB.
 */
char *advise_bridge(const struct recorder *r)
{
	const char *name = strrchr(tao_device_path(r->watch), '/');
	struct tao_drive drive;
	struct tao_error error;

	if (!name || r->tracks_done || tao_get_error(r->watch, TAO_ERROR_FIRST, &error) ||
	    !(error.flags & TAO_ERROR_TRANSPORT) || error.opcode != WRITE_10 ||
	    error.lba != r->first_lba)
		return xstrdup("");
	if (tao_get_drive(r->watch, &drive) || drive.write_sectors <= BRIDGE_SECTORS)
		return xstrdup("");
	return xasprintf("%s As root: `echo %u > /sys/class/tao/%s/limits/write_sectors`.",
			 " If a USB drive always does so, it may take 64 KiB at most.",
			 BRIDGE_SECTORS, name + 1);
}
