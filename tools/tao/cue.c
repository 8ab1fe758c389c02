// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include "common.h"
#include "cue.h"
#include "filenames.h"
#include "text.h"

/* CC country, OOO owner, YY year, SSSSS number */
bool parse_isrc(const char *text, char isrc[13])
{
	unsigned int n = 0;

	for (; *text; text++) {
		if (*text == '-' || *text == ' ')
			continue;
		if (n == 12 || !isalnum((unsigned char)*text))
			return false;
		if (n < 2 ? !isalpha((unsigned char)*text) :
			    n > 4 && !isdigit((unsigned char)*text))
			return false;
		isrc[n++] = toupper((unsigned char)*text);
	}
	isrc[n] = '\0';
	return n == 12;
}

bool parse_mcn(const char *text, char mcn[14])
{
	size_t length = strlen(text);
	unsigned int sum = 0;

	if ((length != 12 && length != 13) || strspn(text, "0123456789") != length)
		return false;
	mcn[0] = '0';
	memcpy(mcn + 13 - length, text, length + 1);
	for (unsigned int i = 0; i < 13; i++)
		sum += (mcn[i] - '0') * (i % 2 ? 3 : 1);
	return sum % 10 == 0;
}

struct parser {
	struct cue_sheet *sheet;
	struct cue_track *track; /* the current one, or NULL */
	struct cue_place last; /* of the last INDEX */
	size_t last_track; /* which track that is in; 0: there was none */
	const char *name; /* of the sheet */
	const char *problem;
	char *remedy; /* appended to the problem, or NULL */
};

/* The next word, or a quoted text; NULL at the end. */
static char *next_word(char **rest)
{
	char *word = *rest + strspn(*rest, " \t");
	size_t length;

	if (!*word)
		return NULL;
	if (*word == '"') {
		word++;
		length = strcspn(word, "\"");
	} else {
		length = strcspn(word, " \t");
	}
	*rest = word + length;
	if (**rest)
		*(*rest)++ = '\0';
	return word;
}

/* The rest of the line as one text, with or without quotes. */
static char *whole_rest(char *rest)
{
	char *text = text_trim(rest);
	size_t length = strlen(text);

	if (*text != '"')
		return text;
	if (length > 1 && text[length - 1] == '"')
		text[length - 1] = '\0';
	return text + 1;
}

static void set_text(char **place, char *rest)
{
	char *text = whole_rest(rest);

	if (!*text)
		return;
	free(*place);
	*place = xstrdup(text);
}

static void add_name(char ***list, size_t *count, char *name)
{
	*list = xrealloc(*list, *count + 1, sizeof(**list));
	(*list)[(*count)++] = name;
}

/* A FILE that no INDEX followed says nothing about where its audio is to be. */
static void drop_unused_file(struct parser *p)
{
	struct cue_sheet *sheet = p->sheet;

	if (sheet->files_count > (p->last_track ? p->last.file + 1 : 0))
		add_name(&sheet->unused, &sheet->unused_count, sheet->files[--sheet->files_count]);
}

/* The names in the sheet are relative to the sheet, and the command to the working folder. */
static char *convert_command(const struct parser *p, const char *name)
{
	char *folder = *name == '/' ? xstrdup("") : directory_of(p->name);
	char *path = xasprintf("%s%s", folder, name), *line = swap_command(path);

	free(folder);
	free(path);
	return line;
}

/* FILE name type: the name may have blanks even without quotes, so the type is the last word. */
static void parse_file(struct parser *p, char *rest)
{
	struct cue_sheet *sheet = p->sheet;
	char *name = text_trim(rest), *end;

	end = *name == '"' ? strrchr(++name, '"') : strrchr(name, ' ');
	if (!end) {
		p->problem = "FILE needs a name and a type";
		return;
	}
	*end = '\0';
	if (!strcasecmp(text_trim(end + 1), "MOTOROLA")) {
		p->problem = "a MOTOROLA file is big-endian, that is noise on a disc; "
			     "convert it, and name the new file as WAVE: ";
		p->remedy = convert_command(p, text_trim(name));
		return;
	}
	drop_unused_file(p);
	add_name(&sheet->files, &sheet->files_count, xstrdup(text_trim(name)));
}

/* 0 to 99; -1 if it is something else */
static int parse_number(const char *text)
{
	size_t digits = strspn(text, "0123456789");

	return digits && !text[digits] && digits <= 3 && atoi(text) <= 99 ? atoi(text) : -1;
}

static void parse_track(struct parser *p, char *rest)
{
	char *number = next_word(&rest), *type = number ? next_word(&rest) : NULL;
	struct cue_sheet *sheet = p->sheet;

	if (!type || parse_number(number) < 1) {
		p->problem = "TRACK needs a number from 1 to 99 and a type";
	} else if (strcasecmp(type, "AUDIO")) {
		p->problem = "this is no audio track; tao burns audio only";
	} else if (!sheet->files_count) {
		p->problem = "a TRACK before the first FILE";
	} else {
		sheet->tracks =
			xrealloc(sheet->tracks, sheet->tracks_count + 1, sizeof(*sheet->tracks));
		p->track = &sheet->tracks[sheet->tracks_count++];
		*p->track = (struct cue_track){ .number = atoi(number) };
	}
}

/* mm:ss:ff */
static bool parse_time(const char *text, uint32_t *sectors)
{
	unsigned int minutes, seconds, frames;
	char junk;

	/* sscanf() would take signs */
	if (!text || strspn(text, "0123456789:") != strlen(text))
		return false;
	if (sscanf(text, "%5u:%2u:%2u%c", &minutes, &seconds, &frames, &junk) != 3 ||
	    seconds > 59 || frames > 74)
		return false;
	*sectors = (minutes * 60 + seconds) * 75 + frames;
	return true;
}

static void add_mark(struct parser *p, unsigned int number, struct cue_place place)
{
	struct cue_track *t = p->track;

	if (number != t->marks_count + 2) {
		p->problem = "the numbers of INDEX do not follow each other";
		return;
	}
	t->marks = xrealloc(t->marks, t->marks_count + 1, sizeof(*t->marks));
	t->marks[t->marks_count++] = place;
}

/*
 * Some programs repeat the FILE line for each TRACK. If the times go on from the INDEX before, it
 * is the same file; if they start again, the file is meant to be burned twice.
 */
static void drop_repeated_file(struct parser *p, uint32_t sector)
{
	struct cue_sheet *sheet = p->sheet;
	size_t file = sheet->files_count - 1;
	bool goes_on = sector > p->last.sector ||
		       (sector == p->last.sector && p->last_track == sheet->tracks_count);

	if (p->last_track && file > p->last.file && goes_on &&
	    !strcmp(sheet->files[file], sheet->files[p->last.file]))
		free(sheet->files[--sheet->files_count]);
}

static void add_index(struct parser *p, unsigned int number, uint32_t sector)
{
	struct cue_track *t = p->track;
	struct cue_place place;

	drop_repeated_file(p, sector);
	place = (struct cue_place){ p->sheet->files_count - 1, sector };
	p->last = place;
	p->last_track = p->sheet->tracks_count;
	if (!number) {
		t->has_gap = true;
		t->gap = place;
	} else if (number == 1) {
		t->has_index = true;
		t->start = place;
	} else {
		add_mark(p, number, place);
	}
}

static void parse_index(struct parser *p, char *rest)
{
	char *number = next_word(&rest), *time = number ? next_word(&rest) : NULL;
	uint32_t sector;

	if (!p->track)
		p->problem = "an INDEX before the first TRACK";
	else if (!number || parse_number(number) < 0 || !parse_time(time, &sector))
		p->problem = "INDEX needs a number and a time as in 03:25:74";
	else
		add_index(p, atoi(number), sector);
}

/* PREGAP and POSTGAP: silence */
static void parse_gap(struct parser *p, uint32_t *sectors, char *rest)
{
	if (!parse_time(next_word(&rest), sectors))
		p->problem = "PREGAP and POSTGAP need a time as in 00:02:00";
}

static void parse_flags(struct parser *p, char *rest)
{
	char *word;

	while (p->track && (word = next_word(&rest))) {
		if (!strcasecmp(word, "PRE"))
			p->track->pre_emphasis = true;
		else if (!strcasecmp(word, "DCP"))
			p->track->copy_permitted = true;
		else if (!strcasecmp(word, "4CH"))
			p->problem = "a track with four channels can't be burned";
	}
}

/* Zeros stand for no code. */
static bool is_no_code(const char *word)
{
	return !word || strspn(word, "0-") == strlen(word);
}

/* A wrong code is common, and no reason not to burn. */
static void parse_code(struct parser *p, const char *keyword, char *rest)
{
	bool isrc = !strcasecmp(keyword, "ISRC");
	struct cue_sheet *sheet = p->sheet;
	char *word = next_word(&rest), *code;

	if (isrc && !p->track) {
		p->problem = "an ISRC before the first TRACK";
		return;
	}
	code = isrc ? p->track->isrc : sheet->mcn;
	if (!is_no_code(word) && (isrc ? parse_isrc(word, code) : parse_mcn(word, code)))
		return;
	*code = '\0';
	if (!is_no_code(word))
		add_name(&sheet->wrong_codes, &sheet->wrong_codes_count,
			 xasprintf("%s %s", isrc ? "ISRC" : "CATALOG", word));
}

static void parse_line(struct parser *p, char *line)
{
	char *rest = line, *keyword = next_word(&rest);

	if (!keyword)
		return;
	if (!strcasecmp(keyword, "FILE"))
		parse_file(p, rest);
	else if (!strcasecmp(keyword, "TRACK"))
		parse_track(p, rest);
	else if (!strcasecmp(keyword, "INDEX"))
		parse_index(p, rest);
	else if (!strcasecmp(keyword, "FLAGS"))
		parse_flags(p, rest);
	else if (!strcasecmp(keyword, "TITLE"))
		set_text(p->track ? &p->track->title : &p->sheet->title, rest);
	else if (!strcasecmp(keyword, "PERFORMER"))
		set_text(p->track ? &p->track->performer : &p->sheet->performer, rest);
	else if (!strcasecmp(keyword, "SONGWRITER"))
		set_text(p->track ? &p->track->songwriter : &p->sheet->songwriter, rest);
	else if (!strcasecmp(keyword, "CDTEXTFILE"))
		set_text(&p->sheet->text_file, rest);
	else if (!strcasecmp(keyword, "ISRC") || !strcasecmp(keyword, "CATALOG"))
		parse_code(p, keyword, rest);
	else if (!strcasecmp(keyword, "PREGAP") && p->track)
		parse_gap(p, &p->track->pregap, rest);
	else if (!strcasecmp(keyword, "POSTGAP") && p->track)
		parse_gap(p, &p->track->postgap, rest);
	/* REM and what else there is make no difference to us */
}

static bool has_file(const struct cue_sheet *sheet, const char *name)
{
	for (size_t i = 0; i < sheet->files_count; i++)
		if (!strcmp(sheet->files[i], name))
			return true;
	return false;
}

/* A name that was repeated does not stand for another file. */
static void forget_repeated(struct cue_sheet *sheet)
{
	size_t kept = 0;

	for (size_t i = 0; i < sheet->unused_count; i++) {
		if (has_file(sheet, sheet->unused[i]))
			free(sheet->unused[i]);
		else
			sheet->unused[kept++] = sheet->unused[i];
	}
	sheet->unused_count = kept;
}

/* Whether @a lies before @b. */
static bool is_before(struct cue_place a, struct cue_place b)
{
	return a.file < b.file || (a.file == b.file && a.sector < b.sector);
}

/* The last place that a track names. */
static struct cue_place last_place(const struct cue_track *t)
{
	return t->marks_count ? t->marks[t->marks_count - 1] : t->start;
}

static const char *check_marks(const struct cue_track *t)
{
	struct cue_place before = t->start;

	for (size_t i = 0; i < t->marks_count; i++) {
		if (!is_before(before, t->marks[i]))
			return "has an INDEX that is not behind the one before it";
		before = t->marks[i];
	}
	return NULL;
}

/* Finds errors that only the whole sheet shows. */
static const char *check_sheet(const struct cue_sheet *sheet, unsigned int *track)
{
	for (size_t i = 0; i < sheet->tracks_count; i++) {
		const struct cue_track *t = &sheet->tracks[i];
		const char *problem;

		*track = t->number;
		if (!t->has_index)
			return "has no INDEX 01";
		if (i && t->start.file < t[-1].start.file)
			return "is in a file before that of the track before it";
		if (i && !is_before(last_place(&t[-1]), t->start))
			return "does not begin after the track before it";
		if (t->has_gap && is_before(t->start, t->gap))
			return "has its INDEX 00 behind INDEX 01";
		if (i && t->has_gap && !is_before(last_place(&t[-1]), t->gap))
			return "has its INDEX 00 in the track before it";
		problem = check_marks(t);
		if (problem)
			return problem;
	}
	return NULL;
}

struct cue_sheet *cue_parse(char *text, const char *name, char **problem)
{
	struct parser p = { .sheet = xcalloc(1, sizeof(*p.sheet)), .name = name };
	unsigned int number = 0, track = 0;
	const char *sheet_problem;
	char *line;

	*problem = NULL;
	while (!p.problem && (line = text_next_line(&text))) {
		number++;
		parse_line(&p, line);
	}
	drop_unused_file(&p);
	forget_repeated(p.sheet);
	sheet_problem = p.problem ? NULL : check_sheet(p.sheet, &track);
	if (p.problem)
		*problem = xasprintf(NAMED("cue-sheet")
				     "%s: line %u: %s%s", name, number, p.problem,
				     p.remedy ? p.remedy : "");
	else if (!p.sheet->tracks_count)
		*problem = xasprintf(NAMED("cue-sheet")
				     "%s: no CUE sheet, or one without tracks", name);
	else if (sheet_problem)
		*problem = xasprintf(NAMED("cue-sheet")
				     "%s: track %u %s", name, track, sheet_problem);
	free(p.remedy);
	if (!*problem)
		return p.sheet;
	cue_free(p.sheet);
	return NULL;
}

unsigned int cue_first_track(const struct cue_sheet *sheet)
{
	for (size_t i = 0; i < sheet->tracks_count; i++)
		if (sheet->tracks[i].number != sheet->tracks[0].number + i)
			return 1;
	return sheet->tracks[0].number;
}

void cue_one_file(struct cue_sheet *sheet)
{
	while (sheet->files_count > 1)
		free(sheet->files[--sheet->files_count]);
	while (sheet->unused_count)
		free(sheet->unused[--sheet->unused_count]);
	for (size_t i = 0; i < sheet->tracks_count; i++) {
		struct cue_track *t = &sheet->tracks[i];

		t->start.file = 0;
		t->gap.file = 0;
		for (size_t j = 0; j < t->marks_count; j++)
			t->marks[j].file = 0;
	}
}

void cue_free(struct cue_sheet *sheet)
{
	if (!sheet)
		return;
	for (size_t i = 0; i < sheet->files_count; i++)
		free(sheet->files[i]);
	for (size_t i = 0; i < sheet->unused_count; i++)
		free(sheet->unused[i]);
	for (size_t i = 0; i < sheet->wrong_codes_count; i++)
		free(sheet->wrong_codes[i]);
	free(sheet->wrong_codes);
	for (size_t i = 0; i < sheet->tracks_count; i++) {
		free(sheet->tracks[i].title);
		free(sheet->tracks[i].performer);
		free(sheet->tracks[i].songwriter);
		free(sheet->tracks[i].marks);
	}
	free(sheet->files);
	free(sheet->unused);
	free(sheet->tracks);
	free(sheet->title);
	free(sheet->performer);
	free(sheet->songwriter);
	free(sheet->text_file);
	free(sheet);
}
