// SPDX-License-Identifier: GPL-2.0-only
/*
 * tao toc: the tracks on the disc, and what else their session has; as a CUE sheet with --cue.
 */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <tao_cdtext.h>
#include "common.h"
#include "cue.h"
#include "disc_text.h"
#include "json.h"
#include "text.h"

/* What is read of a disc. */
struct disc_read {
	struct tao_toc toc;
	struct tao_session *session; /* NULL: not readable now */
	char *why; /* then: why not; or NULL, if it can't be expected */
	struct tao_cdtext *text; /* or NULL */
	bool text_damaged; /* some of it is missing in @text, or all */
};

/* A track of the session by its number on the disc; NULL: it is another session's. */
static const struct tao_layout_track *layout_of(const struct disc_read *d, unsigned int number,
						const uint32_t **marks)
{
	unsigned int first = d->session ? tao_session_first_track(d->session) : 0;

	if (!d->session || number < first)
		return NULL;
	return tao_session_track(d->session, number - first, marks);
}

/* NULL if there is none. */
static const char *text_of(const struct disc_read *d, enum tao_cdtext_type type,
			   unsigned int number)
{
	const char *text = d->text ? tao_cdtext_get(d->text, 0, type, number) : NULL;

	return text && *text ? text : NULL;
}

static void note_damage(void *data, const struct tao_cdtext_note *note)
{
	struct disc_read *d = data;

	/* some discs lack the packs with the sizes, and nothing else */
	d->text_damaged |= note->problem != TAO_CDTEXT_NO_SIZE;
}

static void read_session(struct tao_device *dev, struct disc_read *d)
{
	const void *packs;
	size_t bytes;

	/* an open session has no lead-in yet, and some drives read nothing of it */
	if (d->toc.flags & (TAO_TOC_STALE | TAO_TOC_EXPECTED) || !d->toc.entries_count)
		return;
	if (tao_session_read(dev, &d->session, NULL, NULL)) {
		d->why = xasprintf(NAMED("unreadable") "%s", tao_last_error());
		return;
	}
	packs = tao_session_text(d->session, &bytes);
	if (bytes && tao_cdtext_decode(&d->text, packs, bytes, note_damage, d)) {
		d->text = NULL;
		d->text_damaged = true;
	}
}

static void free_disc(struct disc_read *d)
{
	tao_cdtext_free(d->text);
	tao_session_free(d->session);
	free(d->why);
}

/* --- For people --- */

/* Takes over @more. */
static char *append(char *text, char *more)
{
	char *both = xasprintf("%s%s", text, more);

	free(text);
	free(more);
	return both;
}

/* "  pregap 00:02.00  ISRC GBAYE0601498  index 2 at 01:10.00"; to be freed. */
static char *details(const struct disc_read *d, unsigned int number, bool first)
{
	const uint32_t *marks = NULL;
	const struct tao_layout_track *t = layout_of(d, number, &marks);
	char *text = xstrdup(""), time[TIME_SIZE];

	if (!t)
		return text;
	if (t->pregap_sectors)
		text = append(text, xasprintf("  %s %s", first ? "hidden audio" : "pregap",
					      format_msf(t->pregap_sectors, time)));
	if (t->isrc[0])
		text = append(text, xasprintf("  ISRC %s", t->isrc));
	for (uint32_t i = 0; i < t->marks_count; i++)
		text = append(text, xasprintf("  index %u at %s", i + 2,
					      format_msf(marks[i], time)));
	return text;
}

static void say_tracks(const struct disc_read *d)
{
	char start[TIME_SIZE], length[TIME_SIZE];

	say("Track  Session  Start      Length    LBA     Sectors\n");
	for (uint32_t i = 0; i < d->toc.entries_count && i < TAO_TOC_ENTRIES_MAX; i++) {
		const struct tao_toc_entry *e = &d->toc.entries[i];
		char *more;

		if (e->number > TAO_TRACKS_MAX) {
			say("lead-out        %s             %7d\n",
			    format_msf(e->start_lba + 150, start), e->start_lba);
			continue;
		}
		more = details(d, e->number, !i);
		say("%5u  %7u  %s   %s  %7d  %7u%s%s%s%s\n", e->number, e->session,
		    format_msf(e->start_lba + 150, start), format_msf(e->sectors, length),
		    e->start_lba, e->sectors, e->control & 4 ? "  data" : "",
		    e->control & 1 && !(e->control & 4) ? "  pre-emphasis" : "",
		    e->control & 2 ? "  copy permitted" : "", more);
		free(more);
	}
}

/* "Performer: Title", or what there is of it; NULL if nothing; to be freed. */
static char *name_of(const struct disc_read *d, unsigned int number)
{
	const char *title = text_of(d, TAO_CDTEXT_TITLE, number);
	const char *performer = text_of(d, TAO_CDTEXT_PERFORMER, number);

	if (!title && !performer)
		return NULL;
	return xasprintf("%s%s%s", performer ? performer : "", title && performer ? ": " : "",
			 title ? title : "");
}

static void say_texts(const struct disc_read *d)
{
	if (!d->text)
		return;
	for (unsigned int i = 0; i <= TAO_TRACKS_MAX; i++) {
		char *name = name_of(d, i);

		if (name && i)
			say("CD-TEXT  %5u  %s\n", i, name);
		else if (name)
			say("CD-TEXT         %s\n", name);
		free(name);
	}
}

static void say_expected(const char *path)
{
	char *finalize = drive_command("tao finalize", path);

	say("The last session is open; this is the table of contents that %s will write.\n",
	    finalize);
	free(finalize);
}

static void say_disc(const char *path, const struct disc_read *d)
{
	if (d->toc.flags & TAO_TOC_STALE)
		say("The drive does not report all of it now: this may be old or incomplete.\n");
	if (d->toc.flags & TAO_TOC_EXPECTED)
		say_expected(path);
	say_tracks(d);
	if (d->session && tao_session_mcn(d->session)[0])
		say("MCN             %s\n", tao_session_mcn(d->session));
	say_texts(d);
	if (d->text_damaged)
		say("The CD-TEXT is damaged: some of it may be missing.\n");
	if (d->session && tao_session_flags(d->session) & TAO_SESSION_NO_MARKS)
		say("This drive can't read where pregaps and index marks are.\n");
	if (d->session && tao_session_flags(d->session) & TAO_SESSION_NO_CODES)
		say("This drive can't read all ISRCs and the catalogue number.\n");
	if (d->why)
		say("Pregaps, index marks, codes and CD-TEXT could not be read: %s\n", d->why);
}

/* --- For programs --- */

static void json_layout(const struct disc_read *d, const struct tao_toc_entry *e,
			struct json_object *track)
{
	const uint32_t *marks = NULL;
	const struct tao_layout_track *t = layout_of(d, e->number, &marks);
	bool known = t && !(tao_session_flags(d->session) & TAO_SESSION_NO_MARKS);
	struct json_object *list = known ? json_object_new_array() : NULL;

	for (uint32_t i = 0; known && i < t->marks_count; i++)
		json_object_array_add(list, json_object_new_int64(marks[i]));
	json_object_object_add(track, "pregap_sectors",
			       known ? json_object_new_int64(t->pregap_sectors) : NULL);
	json_object_object_add(track, "marks", list);
	json_add_string(track, "isrc", t && t->isrc[0] ? t->isrc : NULL);
	json_add_string(track, "title", text_of(d, TAO_CDTEXT_TITLE, e->number));
	json_add_string(track, "performer", text_of(d, TAO_CDTEXT_PERFORMER, e->number));
}

/* Whether null means that the disc does not have it. */
static void json_unread(const struct disc_read *d, struct json_object *event)
{
	json_add_bool(event, "text_read", d->session && !d->text_damaged);
	json_add_bool(event, "codes_read", d->session && !(tao_session_flags(d->session) &
							   TAO_SESSION_NO_CODES));
	json_add_string(event, "unread", d->why);
}

static void json_toc(const struct disc_read *d, const char *path)
{
	struct json_object *event = json_event("toc", path), *tracks = json_object_new_array();
	const char *mcn = d->session ? tao_session_mcn(d->session) : "";

	for (uint32_t i = 0; i < d->toc.entries_count && i < TAO_TOC_ENTRIES_MAX; i++) {
		const struct tao_toc_entry *e = &d->toc.entries[i];
		struct json_object *track;

		if (e->number > TAO_TRACKS_MAX) {
			json_add_number(event, "lead_out_lba", e->start_lba);
			continue;
		}
		track = json_object_new_object();
		json_add_number(track, "number", e->number);
		json_add_number(track, "session", e->session);
		json_add_number(track, "start_lba", e->start_lba);
		json_add_number(track, "sectors", e->sectors);
		json_add_bool(track, "data", e->control & 4);
		json_add_bool(track, "pre_emphasis", !(e->control & 4) && e->control & 1);
		json_add_bool(track, "copy_permitted", e->control & 2);
		json_layout(d, e, track);
		json_object_array_add(tracks, track);
	}
	json_add_bool(event, "stale", d->toc.flags & TAO_TOC_STALE);
	json_add_bool(event, "expected", d->toc.flags & TAO_TOC_EXPECTED);
	json_add_string(event, "mcn", *mcn ? mcn : NULL);
	json_add_string(event, "title", text_of(d, TAO_CDTEXT_TITLE, 0));
	json_add_string(event, "performer", text_of(d, TAO_CDTEXT_PERFORMER, 0));
	json_unread(d, event);
	json_object_object_add(event, "tracks", tracks);
	json_print(event);
}

/* --- As a CUE sheet --- */

static const char *cue_time(uint32_t sectors, char text[TIME_SIZE])
{
	snprintf(text, TIME_SIZE, "%02u:%02u:%02u", sectors / 75 / 60, sectors / 75 % 60,
		 sectors % 75);
	return text;
}

/* A CUE sheet can't have a quote in a text. To be freed. */
static char *cue_text(const char *text)
{
	char *copy = text_printable(text);

	for (char *p = copy; *p; p++)
		if (*p == '"')
			*p = '\'';
	return copy;
}

static void say_cue_text(const char *indent, const char *keyword, const char *text)
{
	char *copy;

	if (!text)
		return;
	copy = cue_text(text);
	say("%s%s \"%s\"\n", indent, keyword, copy);
	free(copy);
}

static void say_cue_texts(const struct disc_read *d, const char *indent, unsigned int number)
{
	say_cue_text(indent, "PERFORMER", text_of(d, TAO_CDTEXT_PERFORMER, number));
	say_cue_text(indent, "SONGWRITER", text_of(d, TAO_CDTEXT_SONGWRITER, number));
	say_cue_text(indent, "TITLE", text_of(d, TAO_CDTEXT_TITLE, number));
}

static void say_cue_track(const struct disc_read *d, unsigned int number, uint32_t at)
{
	const uint32_t *marks = NULL;
	const struct tao_layout_track *t = layout_of(d, number, &marks);
	bool copy = t->flags & TAO_TRACK_COPY_PERMITTED, pre = t->flags & TAO_TRACK_PRE_EMPHASIS;
	uint32_t start = at + t->pregap_sectors;
	char time[TIME_SIZE];

	say("  TRACK %02u AUDIO\n", number);
	say_cue_texts(d, "    ", number);
	if (copy || pre)
		say("    FLAGS%s%s\n", copy ? " DCP" : "", pre ? " PRE" : "");
	if (t->isrc[0])
		say("    ISRC %s\n", t->isrc);
	if (t->pregap_sectors)
		say("    INDEX 00 %s\n", cue_time(at, time));
	say("    INDEX 01 %s\n", cue_time(start, time));
	for (uint32_t i = 0; i < t->marks_count; i++)
		say("    INDEX %02u %s\n", i + 2, cue_time(start + marks[i], time));
}

/* Whether anything is there that a CUE sheet has no keyword for. */
static bool has_other_texts(const struct tao_cdtext *text)
{
	static const unsigned int others[] = {
		TAO_CDTEXT_COMPOSER, TAO_CDTEXT_ARRANGER, TAO_CDTEXT_MESSAGE,
		TAO_CDTEXT_DISC_ID, TAO_CDTEXT_GENRE, TAO_CDTEXT_CLOSED, TAO_CDTEXT_CODE,
	};

	if (!text || tao_cdtext_blocks(text) > 1)
		return text;
	for (unsigned int i = 0; i <= TAO_TRACKS_MAX; i++)
		for (size_t k = 0; k < sizeof(others) / sizeof(*others); k++) {
			const char *utf8 = tao_cdtext_get(text, 0, others[k], i);

			if (utf8 && *utf8)
				return true;
		}
	return false;
}

/* A sheet does not say this of its texts, and a burn takes them for English in Latin letters. */
static bool is_foreign(const struct tao_cdtext *text)
{
	return text && (tao_cdtext_charset(text, 0) == TAO_CDTEXT_MS_JIS ||
			tao_cdtext_language(text, 0) != TAO_CDTEXT_ENGLISH);
}

/* Of all sessions */
static unsigned int count_tracks(const struct disc_read *d)
{
	unsigned int tracks = 0;

	for (uint32_t i = 0; i < d->toc.entries_count && i < TAO_TOC_ENTRIES_MAX; i++)
		tracks += d->toc.entries[i].number <= TAO_TRACKS_MAX;
	return tracks;
}

/* The last sector is read, too. It is left out where the session is all that the disc has. */
static void say_cue_command(const struct disc_read *d, unsigned int tracks)
{
	char end[16] = "";

	if (tracks > tao_session_tracks(d->session))
		snprintf(end, sizeof(end), "[.%u]", tao_session_sectors(d->session) - 1);
	say("REM cdparanoia -r -- \"[.0]-%s\" disc.raw reads the audio of the disc\n", end);
}

/* Texts that the sheet has in other characters */
static unsigned int count_changed(const struct disc_read *d)
{
	static const unsigned int types[] = { TAO_CDTEXT_PERFORMER, TAO_CDTEXT_SONGWRITER,
					      TAO_CDTEXT_TITLE };
	unsigned int changed = 0;

	for (unsigned int i = 0; i <= TAO_TRACKS_MAX; i++)
		for (size_t k = 0; k < sizeof(types) / sizeof(*types); k++) {
			const char *text = text_of(d, types[k], i);
			char *copy = text ? cue_text(text) : NULL;

			changed += text && strcmp(text, copy);
			free(copy);
		}
	return changed;
}

/* A sheet has no empty text: a track without one gets that of the disc. */
static void say_empty(const struct disc_read *d, const char *keyword, enum tao_cdtext_type type)
{
	unsigned int first = tao_session_first_track(d->session);

	for (unsigned int i = 0; i < tao_session_tracks(d->session); i++)
		if (text_of(d, type, 0) && !text_of(d, type, first + i))
			say("REM Track %u has no %s, and gets that of the disc; %s.\n", first + i,
			    keyword, "--cdtext keeps it empty");
}

static void say_cue_changes(const struct disc_read *d)
{
	unsigned int changed = count_changed(d);

	if (changed)
		say("REM Of %u text%s not all characters are here: %s; --cdtext keeps them.\n",
		    changed, changed == 1 ? "" : "s",
		    "a CUE sheet can't have double quotes or control characters");
	say_empty(d, "PERFORMER", TAO_CDTEXT_PERFORMER);
	say_empty(d, "SONGWRITER", TAO_CDTEXT_SONGWRITER);
}

/* Says where `tao burn` does not take the sheet as it is. */
static void say_cue_unburnable(const struct disc_read *d)
{
	unsigned int first = tao_session_first_track(d->session);
	const char *mcn = tao_session_mcn(d->session);
	char unused[TAO_MCN_SIZE];

	if (*mcn && !parse_mcn(mcn, unused))
		say("REM tao burn leaves the catalogue number out: its check digit is wrong.\n");
	for (unsigned int i = 0; i < tao_session_tracks(d->session); i++)
		if (tao_session_track(d->session, i, NULL)->sectors < TAO_TRACK_MIN_SECTORS)
			say("REM Track %u is shorter than 4 s: tao burn fills it up.\n",
			    first + i);
}

/* What burning the sheet does not give: a CUE sheet can't say it. */
static void say_cue_limits(const struct disc_read *d, unsigned int tracks, const char *text_file)
{
	if (tracks > tao_session_tracks(d->session))
		say("REM Only the audio of the first session is here: %u of %u tracks.\n",
		    tao_session_tracks(d->session), tracks);
	say_cue_unburnable(d);
	if (text_file)
		return;
	say_cue_changes(d);
	if (d->text_damaged)
		say("REM The CD-TEXT of the disc is damaged: some of it may not be here.\n");
	if (has_other_texts(d->text))
		say("REM The disc has CD-TEXT that is not here: %s; --cdtext keeps it.\n",
		    "other languages, composers, arrangers, messages, or codes");
	if (is_foreign(d->text))
		say("REM tao burn takes these texts for English in ISO 8859-1, %s; %s.\n",
		    "and the disc does not", "--cdtext keeps its language and characters");
}

/* All audio from address 0 on is in one file. @text_file, which may be NULL, has the CD-TEXT. */
static void say_cue(const struct disc_read *d, const char *text_file)
{
	unsigned int first = tao_session_first_track(d->session), tracks = count_tracks(d);
	uint32_t at = 0;

	say_cue_command(d, tracks);
	say_cue_limits(d, tracks, text_file);
	if (tao_session_flags(d->session) & TAO_SESSION_NO_MARKS)
		say("REM The drive could not read where pregaps and index marks are.\n");
	if (tao_session_flags(d->session) & TAO_SESSION_NO_CODES)
		say("REM The drive could not read all ISRCs and the catalogue number.\n");
	if (tao_session_mcn(d->session)[0])
		say("CATALOG %s\n", tao_session_mcn(d->session));
	if (text_file)
		say("CDTEXTFILE \"%s\"\n", basename(text_file));
	say_cue_texts(d, "", 0);
	say("FILE \"disc.raw\" BINARY\n");
	for (unsigned int i = 0; i < tao_session_tracks(d->session); i++) {
		const struct tao_layout_track *t = tao_session_track(d->session, i, NULL);

		say_cue_track(d, first + i, at);
		at += t->pregap_sectors + t->sectors;
	}
}

/* --- The command --- */

struct toc_command {
	bool cue;
	const char *text_file; /* for the CD-TEXT; or NULL */
};

/* Never replaces a file. */
static int write_file(const char *path, const void *data, size_t bytes)
{
	FILE *file = fopen(path, "wxe");
	bool good = file && fwrite(data, 1, bytes, file) == bytes;

	if (file && (fclose(file) || !good)) {
		good = false;
		unlink(path);
	}
	if (good)
		return STATUS_OK;
	complain(NAMED("file-unwritable") "%s: %s", path, strerror(errno));
	return STATUS_FAILED;
}

static int keep_text(const struct tao_session *session, const void *packs, size_t bytes,
		     const char *path)
{
	unsigned int first = tao_session_first_track(session);
	char *problem = disc_text_problem(packs, bytes, first,
					  first + tao_session_tracks(session) - 1);

	if (!problem)
		return write_file(path, packs, bytes);
	complain(NAMED("cd-text") "the CD-TEXT of the disc can't be burned again: %s; %s", problem,
		 "without --cdtext the sheet has what can be read of it");
	free(problem);
	return STATUS_FAILED;
}

static int show_cue(const struct disc_read *d, const char *text_file)
{
	const void *packs;
	int exit_status;
	size_t bytes;

	if (!d->session) {
		complain("%s", d->why ? d->why :
			 NAMED("session-open") "there is no closed session that could be read");
		return d->why ? STATUS_FAILED : STATUS_DISC;
	}
	packs = tao_session_text(d->session, &bytes);
	if (text_file && bytes) {
		exit_status = keep_text(d->session, packs, bytes, text_file);
		if (exit_status)
			return exit_status;
	}
	if (text_file && !bytes)
		say("REM The disc has no CD-TEXT, so there is no file with it.\n");
	say_cue(d, bytes ? text_file : NULL);
	return STATUS_OK;
}

static int show(const struct disc_read *d, const char *path, const struct toc_command *c)
{
	if (c->cue)
		return show_cue(d, c->text_file);
	if (options.json)
		json_toc(d, path);
	else if (!d->toc.entries_count)
		say("The disc has no tracks.\n");
	else
		say_disc(path, d);
	return STATUS_OK;
}

/* Whether it can stand between quotes in a line of a CUE sheet. */
static bool can_be_quoted(const char *name)
{
	for (; *name; name++)
		if ((unsigned char)*name < ' ' || *name == '"' || *name == 0x7f)
			return false;
	return true;
}

static int take_options(struct toc_command *c, int argc, char **argv)
{
	static const struct option own[] = { { "cue", no_argument, NULL, 'c' },
					     { "cdtext", required_argument, NULL, 't' },
					     { 0 } };
	int letter;

	while ((letter = next_option(argc, argv, "c", own)) != -1) {
		c->cue |= letter == 'c';
		if (letter == 't')
			c->text_file = optarg;
	}
	if (c->cue && options.json)
		return usage_error(argv[0], "a CUE sheet is no JSON: --cue or --json");
	if (c->text_file && !c->cue)
		return usage_error(argv[0], "--cdtext belongs to --cue");
	if (c->text_file && !can_be_quoted(c->text_file))
		return usage_error(argv[0], "a CUE sheet can't have this name of a file");
	return STATUS_OK;
}

/* Reports that there is no disc, or that nothing is known of it. Returns the exit status. */
static int report_nothing(struct tao_device *dev, const struct tao_medium *medium)
{
	char *text = why_not_ready(dev, medium);
	int exit_status = text ? STATUS_NO_DRIVE : STATUS_DISC;

	if (!text)
		text = xasprintf(NAMED("no-disc") "There is no disc in %s.", tao_device_path(dev));
	complain("%s", text);
	json_result(tao_device_path(dev), "toc", exit_status, text);
	free(text);
	return exit_status;
}

int cmd_toc(int argc, char **argv)
{
	struct toc_command c = { 0 };
	int exit_status = take_options(&c, argc, argv), ret;
	struct tao_medium medium;
	struct tao_device *dev;
	struct disc_read d = { 0 };

	if (exit_status)
		return exit_status;
	dev = open_drive(drive_argument(argc, argv), TAO_OPEN_READ, &exit_status);
	if (!dev)
		return exit_status;
	ret = await_medium(dev, &medium, NULL);
	if (!ret)
		ret = tao_get_toc(dev, &d.toc);
	if (ret) {
		exit_status = report_failure(dev, ret);
	} else if (!d.toc.entries_count && (medium.flags & TAO_MEDIUM_STALE ||
					    medium.type == TAO_MEDIUM_NONE)) {
		exit_status = report_nothing(dev, &medium);
	} else {
		read_session(dev, &d);
		if (!d.session && !d.why)
			d.why = why_not_ready(dev, &medium);
		exit_status = show(&d, tao_device_path(dev), &c);
	}
	free_disc(&d);
	tao_close(dev);
	return exit_status;
}
