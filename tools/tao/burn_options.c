// SPDX-License-Identifier: GPL-2.0-only
/*
 * tao burn: its options.
 */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include "burn.h"
#include "common.h"
#include "cue.h"

#define COPIES_MAX 9999
/* --from: a list for several discs has more tracks than one of them. */
#define FROM_MAX 9999

const struct option burn_options[] = { { "dry-run", no_argument, NULL, 'n' },
					      { "speed", required_argument, NULL, 's' },
					      { "test", no_argument, NULL, 't' },
					      { "no-finalize", no_argument, NULL, 'F' },
					      { "no-finalise", no_argument, NULL, 'F' },
					      { "multi-session", no_argument, NULL, 'm' },
					      { "verify", no_argument, NULL, 'v' },
					      { "eject", no_argument, NULL, 'e' },
					      { "join", no_argument, NULL, 'j' },
					      { "wait", no_argument, NULL, 'w' },
					      { "copies", required_argument, NULL, OPTION_COPIES },
					      { "discs", no_argument, NULL, OPTION_DISCS },
					      { "first-time", no_argument, NULL,
						OPTION_FIRST_TIME },
					      { "step-log", required_argument, NULL,
						OPTION_STEP_LOG },
					      { "append", no_argument, NULL, OPTION_APPEND },
					      { "force", no_argument, NULL, 'f' },
					      { "from", required_argument, NULL, OPTION_FROM },
					      { "isrc", required_argument, NULL, OPTION_ISRC },
					      { "mcn", required_argument, NULL, OPTION_MCN },
					      { "copy-permitted", no_argument, NULL, OPTION_COPY },
					      { "pre-emphasis", no_argument, NULL, OPTION_PRE },
					      { "raw", no_argument, NULL, OPTION_RAW },
					      { "downmix", no_argument, NULL, OPTION_DOWNMIX },
					      { "damaged", no_argument, NULL, OPTION_DAMAGED },
					      { "normalize", required_argument, NULL,
						OPTION_NORMALIZE },
					      { "normalise", required_argument, NULL,
						OPTION_NORMALIZE },
					      { "no-check", no_argument, NULL, OPTION_NO_CHECK },
					      { "buffer", required_argument, NULL, OPTION_BUFFER },
					      { "no-underrun-protection", no_argument, NULL,
						OPTION_NO_UNDERRUN },
					      { "mode", required_argument, NULL, OPTION_MODE },
					      { "gap", required_argument, NULL, OPTION_GAP },
					      { "no-cd-text", no_argument, NULL, OPTION_NO_TEXT },
					      { "log", required_argument, NULL, OPTION_LOG },
					      { "report", required_argument, NULL, OPTION_REPORT },
					      { "write-offset", required_argument, NULL,
						OPTION_WRITE_OFFSET },
					      { "read-offset", required_argument, NULL,
						OPTION_READ_OFFSET },
					      { 0 } };

/* A whole number from 1 to @max. */
static int parse_count(const char *text, unsigned long max, unsigned long *value)
{
	char *end;

	errno = 0;
	*value = strtoul(text, &end, 10);
	return errno || end == text || *end || !*value || *value > max ? -1 : 0;
}

/* The variable that an option without an argument sets; NULL for other options. */
static bool *flag_of(struct burn_command *c, int letter)
{
	switch (letter) {
	case 'n':
		return &c->dry_run;
	case 't':
		return &c->options.test;
	case 'v':
		return &c->options.verify;
	case 'e':
		return &c->options.eject;
	case 'j':
		return &c->join;
	case 'w':
		return &c->wait;
	case 'f':
		return &c->options.force;
	case OPTION_FIRST_TIME:
		return &c->first_time;
	case OPTION_APPEND:
		return &c->append;
	case OPTION_COPY:
		return &c->tracks.copy_permitted;
	case OPTION_PRE:
		return &c->tracks.pre_emphasis;
	case OPTION_RAW:
		return &c->album.options.raw;
	case OPTION_DOWNMIX:
		return &c->album.options.downmix;
	case OPTION_DAMAGED:
		return &c->album.options.damaged;
	case OPTION_NO_CHECK:
		return &c->no_check;
	case OPTION_NO_TEXT:
		return &c->no_text;
	case OPTION_NO_UNDERRUN:
		return &c->options.no_underrun_protection;
	default:
		return NULL;
	}
}

static int take_mode(struct burn_command *c)
{
	static const char *const names[] = {
		[MODE_AUTO] = "auto",
		[MODE_WANT_TRACK] = "track",
		[MODE_WANT_SESSION] = "session",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (!strcmp(optarg, names[i])) {
			c->mode = i;
			return STATUS_OK;
		}
	}
	return usage_error("burn", "--mode takes auto, session or track");
}

static int take_gap(struct burn_command *c)
{
	if (parse_gap(optarg, &c->gap))
		return usage_error("burn", "--gap takes 0 to %d seconds", GAP_MAX_S);
	c->gap_given = true;
	return STATUS_OK;
}

/* Each disc has to be put in and taken out. */
static int take_copies(struct burn_command *c)
{
	unsigned long number;

	if (parse_count(optarg, COPIES_MAX, &number))
		return usage_error("burn", "--copies takes a number from 1 to %d", COPIES_MAX);
	c->copies = number;
	c->wait = true;
	c->options.eject = true;
	return STATUS_OK;
}

static int take_value(struct burn_command *c, int letter)
{
	struct burn_options *o = &c->options;
	unsigned long number;

	switch (letter) {
	case 's':
		if (parse_speed(optarg, &o->speed_kbps))
			return usage_error("burn",
					   "\"%s\" is no speed; give a number as in 8 or 8x, or max",
					   optarg);
		break;
	case 'F':
		o->close = TAO_CLOSE_NOTHING;
		break;
	case 'm':
		o->close = TAO_CLOSE_SESSION;
		break;
	case OPTION_FROM:
		if (parse_count(optarg, FROM_MAX, &number))
			return usage_error("burn", "--from takes the number of a track");
		o->from = number - 1;
		break;
	case OPTION_MODE:
		return take_mode(c);
	case OPTION_GAP:
		return take_gap(c);
	case OPTION_NORMALIZE:
		return take_normalize("burn", &c->album, optarg);
	case OPTION_WRITE_OFFSET:
		return take_offset("burn", "--write-offset", &c->album.write_offset);
	case OPTION_READ_OFFSET:
		return take_offset("burn", "--read-offset", &c->read_offset);
	case OPTION_COPIES:
		return take_copies(c);
	case OPTION_DISCS:
		c->spread = true;
		c->wait = true;
		o->eject = true;
		break;
	case OPTION_ISRC:
		return take_isrcs("burn", &c->tracks, optarg);
	case OPTION_MCN:
		return take_mcn("burn", &c->album, optarg);
	case OPTION_STEP_LOG:
		c->is_step = true;
		c->paper_paths[PAPER_LOG] = optarg;
		break;
	case OPTION_LOG:
		c->paper_paths[PAPER_LOG] = optarg;
		break;
	case OPTION_REPORT:
		c->paper_paths[PAPER_REPORT] = optarg;
		break;
	case OPTION_BUFFER:
		if (parse_count(optarg, 4096, &number))
			return usage_error("burn", "--buffer takes 1 to 4096 MiB");
		c->buffer_bytes = number << 20;
		break;
	}
	return STATUS_OK;
}

static int take_option(struct burn_command *c, int letter)
{
	bool *flag = flag_of(c, letter);

	if (!flag)
		return take_value(c, letter);
	*flag = true;
	return STATUS_OK;
}

static int check_discs_option(const struct burn_command *c)
{
	if (!c->spread)
		return STATUS_OK;
	if (c->options.test || c->append)
		return usage_error("burn", "--discs is for blank discs: no --test, no --append");
	if (c->join)
		return usage_error("burn", "--discs spreads tracks, and --join leaves only one");
	if (c->copies)
		return usage_error("burn", "--discs burns one set of discs; %s",
				   "for more, repeat the command without --copies");
	if (options.all || options.devices_count > 1)
		return usage_error("burn",
				   "--discs fills one disc after the other: name only one drive");
	return STATUS_OK;
}

/* Each step has its own options, and takes nothing for granted. */
static const char *not_first_time(const struct burn_command *c)
{
	if (c->copies)
		return "--copies";
	if (c->spread)
		return "--discs";
	if (c->append)
		return "--append";
	if (c->wait)
		return "--wait";
	if (c->options.close == TAO_CLOSE_NOTHING)
		return "--no-finalize";
	if (c->paper_paths[PAPER_LOG])
		return "--log";
	return c->dry_run ? "--dry-run" : c->options.test ? "--test" : NULL;
}

static int check_first_time(const struct burn_command *c)
{
	const char *other = not_first_time(c);

	if (!c->first_time)
		return STATUS_OK;
	if (other)
		return usage_error("burn", "--first-time burns one disc step by step: no %s",
				   other);
	if (options.all || options.devices_count > 1)
		return usage_error("burn", "--first-time is for one drive: name only one");
	return STATUS_OK;
}

static int check_options(const struct burn_command *c, int arguments)
{
	if (check_first_time(c))
		return STATUS_USAGE;
	if (!arguments && !c->first_time)
		return usage_error("burn", "no files");
	if (c->options.test && c->options.verify)
		return usage_error("burn",
				   "--test leaves nothing on the disc that --verify could read");
	if (c->copies && (c->options.test || c->append))
		return usage_error("burn", "--copies is for blank discs: no --test, no --append");
	if (c->append && !c->wait)
		return usage_error("burn",
				   "--append belongs to --wait; without that discs are added to");
	if (c->options.verify && c->options.close == TAO_CLOSE_NOTHING)
		return usage_error("burn", "--verify needs a closed session: no --no-finalize");
	if (c->gap_given && c->mode == MODE_WANT_TRACK)
		return usage_error("burn",
				   "--gap is for session-at-once; track-at-once always has 2 s");
	if (c->no_check && c->album.options.normalize != NORMALIZE_NO)
		return usage_error("burn", "--normalize needs the check: no --no-check");
	if (c->album.write_offset.known && c->mode == MODE_WANT_TRACK)
		return usage_error("burn",
				   "--write-offset is for session-at-once; %s",
				   "track-at-once can't shift the audio across its gaps");
	if (c->read_offset.known && !c->options.verify && !c->first_time)
		return usage_error("burn", "--read-offset belongs to --verify");
	return check_discs_option(c);
}

int take_burn_options(struct burn_command *c, int argc, char **argv)
{
	int letter, exit_status = STATUS_OK;

	while (!exit_status && (letter = next_option(argc, argv, BURN_LETTERS, burn_options)) != -1)
		exit_status = take_option(c, letter);
	return exit_status ? exit_status : check_options(c, argc - optind);
}
