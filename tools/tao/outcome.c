// SPDX-License-Identifier: GPL-2.0-only
/*
 * tao burn, at its end: what came of it in each drive, and how to go on.
 */
#include <stdlib.h>
#include <string.h>
#include "burn.h"
#include "common.h"
#include "json.h"

#define WRITE_10	0x2a
/* 61,152 bytes */
#define BRIDGE_SECTORS	26U

static char *append(char *text, char *more)
{
	char *both = xasprintf("%s%s", text, more);

	free(text);
	free(more);
	return both;
}

/* The command line that goes on with track @next, which is what the user typed but for --from. */
static char *resume_command(int argc, char **argv, size_t next)
{
	char *line = xasprintf("tao burn --from %zu", next);

	for (int i = 1; i < argc; i++) {
		char *word;

		if (!strcmp(argv[i], "--from")) {
			i++;
			continue;
		}
		if (!strncmp(argv[i], "--from=", 7))
			continue;
		word = shell_quote(argv[i]);
		line = append(line, xasprintf(" %s", word));
		free(word);
	}
	return line;
}

/*
 * A bridge that chokes on large commands does so at the first WRITE, and can't be told by its
 * answer, since that is what gets lost. Other burners send less than 64 KiB.
 */
static char *bridge_advice(const struct recorder *r)
{
	const char *path = tao_device_path(r->watch);
	struct tao_drive drive;
	struct tao_error error;

	if (r->tracks_done || tao_get_error(r->watch, TAO_ERROR_FIRST, &error) ||
	    !(error.flags & TAO_ERROR_TRANSPORT) || error.opcode != WRITE_10 ||
	    error.lba != r->first_lba)
		return xstrdup("");
	if (tao_get_drive(r->watch, &drive) || drive.write_sectors <= BRIDGE_SECTORS)
		return xstrdup("");
	return append(xstrdup(" If a USB drive always does so, it may take 64 KiB at most."),
		      xasprintf(" As root: `echo %u > /sys/class/tao/%s/limits/write_sectors`.",
				BRIDGE_SECTORS, strrchr(path, '/') + 1));
}

/* After a failure: what is on the disc, and what can be done. */
static char *describe_state(const struct burn_command *c, const struct recorder *r, int argc,
			    char **argv)
{
	size_t next = c->options.from + r->tracks_done + 1;
	char *text = xstrdup(""), *command, *disc;
	struct tao_medium m;
	char left[TIME_SIZE];

	if (c->options.test)
		return append(text, xstrdup(" It was a test: the disc is as it was."));
	if (!r->wrote)
		return append(text, xstrdup(" Nothing was written."));
	if (r->tracks_done)
		text = append(text, xasprintf(" %zu track%s safe.", r->tracks_done,
					      r->tracks_done == 1 ? " is" : "s are"));
	if (tao_get_medium(r->watch, &m))
		return text;
	if (r->first_number && m.tracks >= r->first_number + r->tracks_done)
		text = append(text, xasprintf(" Track %u was cut short and stays on the disc.",
					      r->first_number + (unsigned int)r->tracks_done));
	if (!(m.flags & TAO_MEDIUM_WRITABLE)) {
		disc = describe_medium(&m);
		text = append(text, xasprintf(" The disc: %s.", disc));
		free(disc);
		return text;
	}
	text = append(text, xasprintf(" The disc is usable, %s min are left.",
				      format_time(m.free_sectors, left)));
	if (next <= c->album.tracks_count && !album_has_stream(&c->album)) {
		command = resume_command(argc, argv, next);
		text = append(text, xasprintf(" To go on: `%s`.", command));
		free(command);
	}
	text = append(text, bridge_advice(r));
	if (m.tracks)
		text = append(text, xstrdup(" `tao finalize` makes it playable as it is."));
	return text;
}

static char *describe_success(const struct burn_command *c, const struct recorder *r)
{
	const char *end = c->options.test			 ? "test passed" :
			  !r->closed				 ? "the session is open" :
			  c->options.close == TAO_CLOSE_FINALIZE ? "the disc is finalised" :
								   "the session is closed";

	return xasprintf("%zu track%s burned, %s%s.", r->tracks_done,
			 r->tracks_done == 1 ? "" : "s", end,
			 r->identical ? ", read back identical" : "");
}

static const char *result_name(int exit_status)
{
	switch (exit_status) {
	case STATUS_OK:
		return "done";
	case STATUS_CANCELLED:
		return "cancelled";
	case STATUS_DIFFERS:
		return "differs";
	case STATUS_NOT_EJECTED:
		return "not-ejected";
	default:
		return "failed";
	}
}

static void report_recorder(const struct burn_command *c, const struct recorder *r, int argc,
			    char **argv)
{
	const char *path = tao_device_path(r->watch);
	struct json_object *event;
	char *text;

	if (!r->exit_status)
		text = describe_success(c, r);
	else if (r->exit_status == STATUS_NOT_EJECTED)
		text = append(describe_success(c, r),
			      xasprintf(" It is still in the drive: %s", r->message));
	else if (r->tracks_done == c->album.tracks_count - c->options.from && r->closed)
		text = xasprintf("The disc is finished, but: %s", r->message);
	else
		text = append(xasprintf("%s%s", r->message,
					r->message[strlen(r->message) - 1] == '.' ? "" : "."),
			      describe_state(c, r, argc, argv));
	if (!r->exit_status)
		say("%s: %s\n", path, text);
	else if (!strncmp(text, path, strlen(path)))
		complain("%s", text);
	else
		complain("%s: %s", path, text);
	if (options.json) {
		event = json_event("result", path);
		json_add_string(event, "command", "burn");
		json_add_string(event, "result", result_name(r->exit_status));
		json_add_number(event, "exit_status", r->exit_status);
		json_add_string(event, "message", text);
		json_add_number(event, "tracks_done", r->tracks_done);
		json_print(event);
	}
	free(text);
}

/* What the command ends with, after drives that ended with these. */
static int combined_status(const struct burn_command *c)
{
	unsigned int good = 0, failed = c->failed_to_open;
	int failure = STATUS_OK, outcome = STATUS_OK;

	for (unsigned int i = 0; i < c->count; i++) {
		int exit_status = c->recorders[i].exit_status;

		if (!exit_status) {
			good++;
		} else if (exit_status == STATUS_NOT_EJECTED) {
			outcome = exit_status;
			good++;
		} else {
			failure = exit_status;
			failed++;
		}
	}
	if (!failed)
		return outcome;
	return good ? STATUS_PARTIAL : failure;
}

int report_all(const struct burn_command *c, int argc, char **argv)
{
	for (unsigned int i = 0; i < c->count; i++)
		report_recorder(c, &c->recorders[i], argc, argv);
	return combined_status(c);
}
