// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>
#include "advice.h"
#include "common.h"
#include "text.h"
#include "unfinished.h"

#define WRITE_10	0x2a
/* 61,152 bytes */
#define BRIDGE_SECTORS	26U

const char *nothing_written(const struct burn_command *c)
{
	return c->copies_done || c->discs.done ? "no more was written" : "nothing was written";
}

/* Options that the new command has in another form, or not at all. */
static bool is_replaced(int letter)
{
	return letter == OPTION_FROM || letter == 'd' || letter == OPTION_ALL || letter == 'f' ||
	       letter == 'w' || letter == OPTION_APPEND || letter == OPTION_MODE ||
	       letter == OPTION_GAP || letter == OPTION_WRITE_OFFSET ||
	       letter == OPTION_COPIES || letter == OPTION_DISCS || letter == OPTION_STEP_LOG;
}

/*
 * The same, and options that the user gives anew. --discs stays: the list goes on, on other discs,
 * as --mode says.
 */
static bool is_said_anew(int letter)
{
	if (letter == OPTION_DISCS || letter == OPTION_MODE)
		return false;
	return is_replaced(letter) || letter == 'y' || letter == 'q' || letter == OPTION_JSON;
}

/* In front of @words, which it takes over */
static char **add_word(const char *word, char **words)
{
	size_t count = 0;
	char **all;

	while (words[count])
		count++;
	all = xcalloc(count + 2, sizeof(*all));
	all[0] = xstrdup(word);
	memcpy(all + 1, words, count * sizeof(*all));
	free(words);
	return all;
}

/* `tao resume` may be started in another folder. */
static char *find_again(int letter, const char *word)
{
	bool is_file = letter == WORD_ALONE || letter == OPTION_LOG || letter == OPTION_REPORT;

	return is_file ? absolute_path(word) : xstrdup(word);
}

char **words_to_go_on(const struct burn_command *c)
{
	char **words = retype_words(c->argc, c->argv, BURN_LETTERS, burn_options, is_said_anew,
				    find_again);

	/* a copy comes out without being told to */
	return c->copies ? add_word("--eject", words) : words;
}

/* The command of the user, but for this drive only and without the finished tracks. */
static char *resume_command(const struct burn_command *c, const struct recorder *r, size_t next,
			    bool force)
{
	char *rest = retype(c->argc, c->argv, BURN_LETTERS, burn_options, is_replaced), *line;
	bool named = is_one_of_several() || options.devices_count;

	line = xasprintf("tao burn --from %zu%s%s%s%s%s", next, force ? " --force" : "",
			 c->copies ? " --eject" : "", named ? " -d " : "",
			 named ? tao_device_path(r->watch) : "", rest);
	free(rest);
	return line;
}

/* The input of a pipe is gone, also where all of it was kept until now. */
static const char *once_more(const struct burn_command *c)
{
	return c->album.once ? ", with the input once more" : "";
}

static bool is_number_of_copies(int letter)
{
	return letter == OPTION_COPIES;
}

char *advise_copies(const struct burn_command *c, unsigned int left)
{
	char *rest, *text;

	if (!left)
		return xstrdup("");
	rest = retype(c->argc, c->argv, BURN_LETTERS, burn_options, is_number_of_copies);
	text = xasprintf(" The others: `tao burn --copies %u%s`%s.", left, rest, once_more(c));
	free(rest);
	return text;
}

/* --from is said anew, and blank discs need no --force. */
static bool is_not_for_rest(int letter)
{
	return letter == OPTION_FROM || letter == 'f';
}

char *advise_discs(const struct burn_command *c, size_t from)
{
	char *rest = retype(c->argc, c->argv, BURN_LETTERS, burn_options, is_not_for_rest), *text;

	/* the words of an interrupted burn have no drive */
	text = xasprintf("`tao burn --from %zu%s%s%s`%s", from + 1, c->unfinished ? " -d " : "",
			 c->unfinished ? options.devices[0] : "", rest, once_more(c));
	free(rest);
	return text;
}

/* Whether the command has something that --discs does not work with. */
static bool needs_one_disc(const struct burn_command *c)
{
	return c->options.test || c->append || c->join || c->copies || c->spread || c->unfinished ||
	       c->album.once || c->first_time || c->is_step || options.all ||
	       options.devices_count > 1;
}

static bool all_fit(const struct album *album, size_t from, uint32_t room_sectors)
{
	for (size_t i = from; i < album->tracks_count; i++)
		if (track_sectors(&album->tracks[i]) > room_sectors)
			return false;
	return true;
}

char *advise_spreading(const struct burn_command *c, uint32_t room_sectors)
{
	char *rest, *text;

	if (needs_one_disc(c) || !all_fit(&c->album, c->options.from, room_sectors))
		return xstrdup("");
	rest = retype(c->argc, c->argv, BURN_LETTERS, burn_options, NULL);
	text = xasprintf(" On several discs: `tao burn --discs%s`.", rest);
	free(rest);
	return text;
}

static bool is_replaced_or_paper(int letter)
{
	return is_replaced(letter) || letter == OPTION_LOG || letter == OPTION_REPORT;
}

char *advise_without_papers(const struct burn_command *c)
{
	const char *path = options.devices[0];
	char *rest, *line;

	if (c->unfinished->next == c->unfinished->count)
		return xasprintf("tao finalize%s%s %s", c->options.force ? " --force" : "",
				 c->options.close == TAO_CLOSE_SESSION ? " --multi-session" : "",
				 path);
	rest = retype(c->argc, c->argv, BURN_LETTERS, burn_options, is_replaced_or_paper);
	line = xasprintf("tao burn --from %zu%s -d %s%s", c->unfinished->next + 1,
			 c->options.force ? " --force" : "", path, rest);
	free(rest);
	return line;
}

/* Options that tao verify has not. */
static bool is_for_burning(int letter)
{
	static const int kept[] = { 'j', OPTION_GAP, OPTION_WRITE_OFFSET, OPTION_READ_OFFSET,
				    OPTION_ISRC, OPTION_MCN, OPTION_COPY, OPTION_PRE, OPTION_RAW,
				    OPTION_DOWNMIX, OPTION_DAMAGED, OPTION_NO_CHECK,
				    OPTION_NORMALIZE };

	for (size_t i = 0; i < sizeof(kept) / sizeof(*kept); i++)
		if (letter == kept[i])
			return false;
	return true;
}

char *verify_command(const struct burn_command *c, const struct recorder *r)
{
	bool named = is_one_of_several() || options.devices_count;
	char *rest, *line;

	if (c->options.from || c->spread || c->part || c->album.once)
		return xstrdup("`tao verify` with the files that were burned");
	rest = retype(c->argc, c->argv, BURN_LETTERS, burn_options, is_for_burning);
	line = xasprintf("`tao verify%s%s%s`", named ? " -d " : "",
			 named ? tao_device_path(r->watch) : "", rest);
	free(rest);
	return line;
}

/* @words: of an interrupted burn. Each is preceded by a blank. */
static char *quote_words(char **words)
{
	char *line = xstrdup(""), *word, *longer;

	for (size_t i = 0; words[i]; i++) {
		word = shell_quote(words[i]);
		longer = xasprintf("%s %s", line, word);
		free(word);
		free(line);
		line = longer;
	}
	return line;
}

char *advise_from(const struct unfinished *u, size_t next, bool force, const char *path)
{
	char *rest = quote_words(u->words), *line;

	line = xasprintf("`tao burn --from %zu%s -d %s%s`", next, force ? " --force" : "", path,
			 rest);
	free(rest);
	return line;
}

/*
 * Whether the files of the burn are the tracks of the disc, maybe with one that is in doubt. With
 * --discs the files may be those of other discs, too.
 */
static bool is_whole_disc(const struct unfinished *u)
{
	bool is = !u->first && u->tracks_count == u->next && u->next + 1 >= u->count &&
		  !unfinished_has_option(u, "--discs", "--discs");

	for (size_t i = 0; i < u->next && is; i++)
		is = u->numbers[i] == i + 1;
	return is;
}

char *advise_comparing(const struct unfinished *u, const char *path)
{
	char **argv, *rest, *line;
	int argc = 1;

	if (!is_whole_disc(u))
		return xstrdup("listening to it");
	while (u->words[argc - 1])
		argc++;
	argv = xcalloc(argc + 1, sizeof(*argv));
	argv[0] = xstrdup("burn");
	for (int i = 1; i < argc; i++)
		argv[i] = xstrdup(u->words[i - 1]);
	rest = retype(argc, argv, BURN_LETTERS, burn_options, is_for_burning);
	line = xasprintf("`tao verify -d %s%s`", path, rest);
	free(rest);
	free_words(argv);
	return line;
}

/* Why the tracks from @next on can't go to this disc; NULL if they can. */
char *advise_no_place(const struct burn_command *c, size_t next, const struct tao_medium *medium)
{
	uint32_t sectors = sectors_needed(&c->album, next - 1);
	size_t tracks = c->album.tracks_count - next + 1;
	char needed[TIME_SIZE];

	if (medium->tracks + tracks > TAO_TRACKS_MAX)
		return xasprintf(" The disc has %u of 99 tracks; the %zu from %zu on are too many.",
				 medium->tracks, tracks, next);
	if (sectors == TAO_UNKNOWN || medium->free_sectors == TAO_UNKNOWN ||
	    sectors <= medium->free_sectors)
		return NULL;
	return xasprintf(" The tracks from %zu on don't fit on it any more: they are %s min.", next,
			 format_time(sectors, needed));
}

char *advise_going_on(const struct burn_command *c, const struct recorder *r, size_t next,
		      const struct tao_medium *medium)
{
	bool force = c->options.force || (medium->flags & TAO_MEDIUM_TRACK_FAILED &&
					  c->options.close != TAO_CLOSE_NOTHING);
	char *command, *text;

	if (next > c->album.tracks_count && !r->kept)
		return xstrdup("");
	text = advise_no_place(c, next, medium);
	if (text)
		return text;
	if (r->kept) {
		command = drive_command("tao resume", tao_device_path(r->watch));
		text = xasprintf(" To go on: %s.", command);
		free(command);
		return text;
	}
	/* the command that burns the other discs burns this one too */
	if (c->spread || c->part)
		return xstrdup("");
	if (c->album.once)
		return xasprintf(" To go on, `tao burn` needs track %zu of the input once more.",
				 next);
	command = resume_command(c, r, next, force);
	text = xasprintf(" To go on: `%s`.", command);
	free(command);
	return text;
}

/* The disc can't be looked at: only when the drive is back can it be told how to go on. */
char *advise_return(const struct recorder *r)
{
	char *command, *text;

	if (!r->kept)
		return xstrdup("");
	command = drive_command("tao resume", tao_device_path(r->watch));
	text = xasprintf(" When drive and disc are back, %s goes on.", command);
	free(command);
	return text;
}

char *advise_finalizing(const struct recorder *r, const struct tao_medium *medium)
{
	char *command, *text;

	if (!(medium->flags & TAO_MEDIUM_SESSION_OPEN))
		return xstrdup("");
	command = drive_command(medium->flags & TAO_MEDIUM_TRACK_FAILED ? "tao finalize --force" :
									  "tao finalize",
				tao_device_path(r->watch));
	text = xasprintf(" %s makes it playable as it is.", command);
	free(command);
	return text;
}

/*
 * A bridge that fails with large commands does so at the first WRITE. Its answer can't show this,
 * because the answer gets lost. Other burning programs send less than 64 KiB.
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
