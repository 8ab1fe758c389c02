// SPDX-License-Identifier: GPL-2.0-only
/* The tables of the document: each csv-table with the header of the model. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"

#define WORDS_MAX	64
#define ROWS_MAX	256
#define ALTERNATIVES	12

static char *dictionary[COLUMNS][WORDS_MAX];

struct cell {
	int count;			/* 0: matches everything */
	struct {
		words_t must, must_not;
	} alternatives[ALTERNATIVES];
};

static struct entry {
	struct row row;
	struct cell cells[COL_RESULT];
} rows[ROWS_MAX], left_out[ROWS_MAX];
static int rows_count, left_out_count;

static void die(int line, const char *why, const char *what)
{
	printf("Bail out! the document, line %d: %s: %s\n", line, why, what);
	exit(1);
}

static words_t word(enum col column, const char *text, size_t len)
{
	int i;

	/* The column of the new state uses the words of the column "state". */
	if (column == COL_STATE_THEN)
		column = COL_STATE;
	for (i = 0; i < WORDS_MAX && dictionary[column][i]; i++)
		if (strlen(dictionary[column][i]) == len &&
		    !strncmp(dictionary[column][i], text, len))
			return 1ull << i;
	if (i == WORDS_MAX)
		die(0, "too many words", text);
	dictionary[column][i] = strndup(text, len);
	return 1ull << i;
}

words_t words(enum col column, const char *text)
{
	words_t set = 0;

	while (*text) {
		size_t len = strcspn(text, " ");

		if (len)
			set |= word(column, text, len);
		text += len + (text[len] == ' ');
	}
	return set;
}

const char *words_text(enum col column, words_t set)
{
	static char text[512];
	size_t n = 0;
	int i;

	text[0] = '\0';
	for (i = 0; i < WORDS_MAX; i++)
		if (set >> i & 1)
			n += snprintf(text + n, sizeof(text) - n, "%s%s", n ? " " : "",
				      dictionary[column][i]);
	return text;
}

static void read_alternative(struct cell *cell, enum col column, char *text, int line)
{
	bool negated = false;
	char *save, *w;

	if (cell->count == ALTERNATIVES)
		die(line, "too many alternatives", text);
	for (w = strtok_r(text, " ", &save); w; w = strtok_r(NULL, " ", &save)) {
		if (!strcmp(w, "not")) {
			negated = true;
			continue;
		}
		if (negated)
			cell->alternatives[cell->count].must_not |= words(column, w);
		else
			cell->alternatives[cell->count].must |= words(column, w);
		negated = false;
	}
	cell->count++;
}

static const struct {
	const char *name;
	int error;
} errors[] = {
	{ "0", 0 }, { "EACCES", EACCES }, { "EBADF", EBADF }, { "EINVAL", EINVAL },
	{ "ENODEV", ENODEV }, { "EBUSY", EBUSY }, { "ECANCELED", ECANCELED }, { "EIO", EIO },
	{ "EALREADY", EALREADY }, { "EINPROGRESS", EINPROGRESS }, { "ENOMEDIUM", ENOMEDIUM },
	{ "EMEDIUMTYPE", EMEDIUMTYPE }, { "EROFS", EROFS }, { "EMLINK", EMLINK },
	{ "ENOSPC", ENOSPC }, { "ENODATA", ENODATA }, { "EPERM", EPERM }, { "EBADFD", EBADFD },
	{ "EAGAIN", EAGAIN }, { "EINTR", EINTR },
};

static int read_error(const char *text, int line)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(errors); i++)
		if (!strcmp(errors[i].name, text))
			return errors[i].error;
	die(line, "no errno", text);
	return 0;
}

/* Removes blanks at both ends. */
static char *trim(char *text)
{
	char *end = text + strlen(text);

	while (isspace((unsigned char)*text))
		text++;
	while (end > text && isspace((unsigned char)end[-1]))
		end--;
	*end = '\0';
	return text;
}

static void read_cell(struct entry *e, enum col column, char *text, int line)
{
	char *save, *part;

	switch (column) {
	case COL_RESULT:
		e->row.error = read_error(text, line);
		break;
	case COL_STATE_THEN:
		e->row.state_then = words(column, text);
		break;
	case COL_DISC_THEN:
		snprintf(e->row.disc_then, sizeof(e->row.disc_then), "%s", text);
		break;
	default:
		for (part = strtok_r(text, ";", &save); part; part = strtok_r(NULL, ";", &save))
			read_alternative(&e->cells[column], column, trim(part), line);
	}
}

static void read_row(struct entry *e, enum col columns, char *text, int line)
{
	int column;

	e->row.line = line;
	for (column = 0; column < (int)columns; column++) {
		char *cell = strsep(&text, ",");

		if (!cell)
			die(line, "a row that is too short", "");
		read_cell(e, column, trim(cell), line);
	}
	if (text)
		die(line, "a row that is too long", text);
}

static bool has_our_header(const char *line)
{
	static const char *const header =
		":header: Call, By, State, Disc, Outsider, Result, State then, Disc then";

	return strstr(line, header);
}

int table_read(const char *path)
{
	FILE *f = fopen(path, "r");
	enum { OUTSIDE, OPTIONS, ROWS } where = OUTSIDE;
	char line[512];
	int number = 0;

	if (!f)
		die(0, "can't be opened", path);
	while (fgets(line, sizeof(line), f)) {
		number++;
		if (has_our_header(line))
			where = OPTIONS;
		else if (where == OPTIONS && *trim(line) == '\0')
			where = ROWS;
		else if (where == ROWS && *trim(line) == '\0')
			where = OUTSIDE;
		else if (where == ROWS && rows_count == ROWS_MAX)
			die(number, "too many rows", line);
		else if (where == ROWS)
			read_row(&rows[rows_count++], COLUMNS, trim(line), number);
	}
	fclose(f);
	if (!rows_count)
		die(number, "no table", path);
	return rows_count;
}

static bool fits(const struct cell *cell, words_t set)
{
	int i;

	for (i = 0; i < cell->count; i++)
		if ((set & cell->alternatives[i].must) == cell->alternatives[i].must &&
		    !(set & cell->alternatives[i].must_not))
			return true;
	return !cell->count;
}

static bool entry_fits(const struct entry *e, const words_t *sets)
{
	int column;

	for (column = 0; column < COL_RESULT; column++)
		if (!fits(&e->cells[column], sets[column]))
			return false;
	return true;
}

struct row *table_find(const words_t *sets)
{
	int i;

	for (i = 0; i < rows_count; i++)
		if (entry_fits(&rows[i], sets))
			return &rows[i].row;
	return NULL;
}

struct row *table_row(int number)
{
	return number < rows_count ? &rows[number].row : NULL;
}

/* Reads lines of five cells and "#" with the reason: known differences of the module. */
int table_read_left_out(const char *path)
{
	FILE *f = fopen(path, "r");
	char line[512];
	int number = 0;

	while (f && fgets(line, sizeof(line), f)) {
		number++;
		line[strcspn(line, "#")] = '\0';
		if (*trim(line) && left_out_count < ROWS_MAX)
			read_row(&left_out[left_out_count++], COL_RESULT, trim(line), number);
	}
	if (f)
		fclose(f);
	return left_out_count;
}

bool table_leaves_out(const words_t *sets)
{
	int i;

	for (i = 0; i < left_out_count; i++)
		if (entry_fits(&left_out[i], sets))
			return true;
	return false;
}
