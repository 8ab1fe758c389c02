// SPDX-License-Identifier: GPL-2.0-only
/* "tao help ERROR" */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include "explain.h"

#define COLUMNS	80
#define INDENT	4
/* A word with one wrong letter in so many is taken for a slip. */
#define TYPO_LETTERS 3

struct error_row {
	const char *section; /* of the page */
	const char *names; /* with "; " between them */
	const char *sense; /* with ", " between them, or "" */
	const char *meaning, *remedy;
};

static const struct error_row rows[] = {
#include "errors.inc"
};

#define ROWS (sizeof(rows) / sizeof(*rows))

/* Sense key, additional sense code, qualifiers from first to last; ANY if it is left open. */
struct sense_code {
	int key, asc, first, last;
};

#define ANY (-1)

static bool parse_sense(const char *text, struct sense_code *code)
{
	char key;
	int n;

	*code = (struct sense_code){ ANY, ANY, ANY, ANY };
	if (sscanf(text, "%c%n", &key, &n) != 1 || !strchr("*0123456789abcdefABCDEF", key))
		return false;
	if (key != '*')
		sscanf(text, "%1x", (unsigned int *)&code->key);
	text += n;
	if (sscanf(text, "/%2x%n", (unsigned int *)&code->asc, &n) == 1)
		text += n;
	if (sscanf(text, "/%2x%n", (unsigned int *)&code->first, &n) == 1) {
		text += n;
		code->last = code->first;
		if (sscanf(text, " to %2x%n", (unsigned int *)&code->last, &n) == 1)
			text += n;
	}
	return *text == '\0' || *text == ',';
}

/* How well @rule describes @code: 1 more than the number of fields that agree, 0: not at all. */
static int compare_sense(const struct sense_code *rule, const struct sense_code *code)
{
	int score = 1;

	if (rule->key != ANY && rule->key != code->key)
		return 0;
	score += rule->key != ANY;
	if (rule->asc != ANY && rule->asc != code->asc)
		return 0;
	score += rule->asc != ANY;
	if (rule->first != ANY && (code->first < rule->first || code->first > rule->last))
		return 0;
	return score + (rule->first != ANY);
}

static int sense_score(const struct error_row *row, const struct sense_code *code)
{
	const char *text = row->sense;
	struct sense_code rule;
	int best = 0;

	while (*text && parse_sense(text, &rule)) {
		int score = compare_sense(&rule, code);

		if (score > best)
			best = score;
		text += strcspn(text, ",");
		text += strspn(text, ", ");
	}
	return best;
}

/* 2: @error is one of the names, or the section; 1: a part of a name; 0: not in them */
static int name_score(const struct error_row *row, const char *error)
{
	size_t len = strlen(error);

	if (!strcasecmp(row->section, error))
		return 2;
	for (const char *name = row->names; *name;) {
		size_t n = strcspn(name, ";");

		if (n == len && !strncasecmp(name, error, n))
			return 2;
		name += n;
		name += strspn(name, "; ");
	}
	return strcasestr(row->names, error) ? 1 : 0;
}

/* Prints @text in lines of at most COLUMNS, indented. */
static void print_wrapped(const char *text)
{
	size_t column = 0;

	for (const char *word = text; *word; word += strspn(word, " ")) {
		size_t n = strcspn(word, " ");

		if (column && column + 1 + n > COLUMNS) {
			putchar('\n');
			column = 0;
		}
		column += printf("%*s%.*s", column ? 1 : INDENT, "", (int)n, word);
		word += n;
	}
	if (column)
		putchar('\n');
}

/* Prints the names, a line each, and the sense data. */
static void print_names(const struct error_row *row)
{
	const char *name = row->names;

	for (size_t n; n = strcspn(name, ";"), name[n]; name += n + strlen("; "))
		printf("%.*s\n", (int)n, name);
	printf("%s%s%s%s\n", name, *row->sense ? " (" : "", row->sense, *row->sense ? ")" : "");
}

static void print_row(const struct error_row *row)
{
	static bool printed;

	if (printed)
		putchar('\n');
	printed = true;
	print_names(row);
	print_wrapped(row->meaning);
	print_wrapped(row->remedy);
}

/* Prints the rows that fit @error best, by its text or, unless NULL, by @code. */
static bool print_rows(const char *error, const struct sense_code *code)
{
	int scores[ROWS], best = 0;

	for (size_t i = 0; i < ROWS; i++) {
		scores[i] = code ? sense_score(&rows[i], code) : name_score(&rows[i], error);
		if (scores[i] > best)
			best = scores[i];
	}
	for (size_t i = 0; i < ROWS && best; i++)
		if (scores[i] == best)
			print_row(&rows[i]);
	return best > 0;
}

/* Whether the row is about messages of the command: it has one name, without blanks. */
static bool is_message(const struct error_row *row)
{
	return *row->names && !row->names[strspn(row->names, "abcdefghijklmnopqrstuvwxyz-")];
}

void list_names(void)
{
	for (size_t i = 0; i < ROWS; i++)
		if (is_message(&rows[i]))
			puts(rows[i].names);
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* How many letters have to be put in, left out or replaced to make one of the other. */
static size_t distance(const char *a, const char *b)
{
	size_t length = strlen(b), row[NAME_MAX + 1];

	for (size_t j = 0; j <= length; j++)
		row[j] = j;
	for (size_t i = 1; *a; a++, i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= length; j++) {
			size_t replaced = diagonal + (*a != b[j - 1]);

			diagonal = row[j];
			row[j] = least(replaced, least(row[j], row[j - 1]) + 1);
		}
	}
	return row[length];
}

const char *nearest_name(const char *error)
{
	size_t best = strlen(error) / TYPO_LETTERS + 1;
	const char *nearest = NULL;

	for (size_t i = 0; i < ROWS; i++) {
		size_t d = is_message(&rows[i]) ? distance(error, rows[i].names) : best;

		if (d < best) {
			best = d;
			nearest = rows[i].names;
		}
	}
	return nearest;
}

bool explain_error(const char *error)
{
	struct sense_code code;

	if (!*error)
		return false;
	if (parse_sense(error, &code) && !strchr(error, ','))
		return print_rows(error, &code) || print_rows("unknown error", NULL);
	return print_rows(error, NULL);
}
