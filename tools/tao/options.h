/* SPDX-License-Identifier: GPL-2.0-only */
/* The command line: the current command, its options and the common ones, its result. */
#ifndef TAO_OPTIONS_H
#define TAO_OPTIONS_H

#include <getopt.h>
#include <stdbool.h>
#include <stddef.h>

struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *arguments;
	const char *summary;
	const char *options;
};

#define DRIVES_MAX 64

/* Options of more than one command. */
struct options {
	const char *devices[DRIVES_MAX];
	unsigned int devices_count;
	bool all; /* use all drives */
	bool json;
	bool quiet;
	bool yes;
};

extern struct options options;
/* Help text for these. */
extern const char shared_options[];

/* With --json, always prints a result at the end. Returns the exit status. */
int run_command(const struct command *command, int argc, char **argv);
/* End the program from within a command. */
void leave(int exit_status) __attribute__((noreturn));
/* The drive for the result of this command, unless it prints one itself; NULL: none. */
void result_is_about(const char *drive);

int command_help(const struct command *command);
/* Print how to use the command, after the error message. */
int usage_error(const char *name, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Like getopt_long(), but with the common options, which it handles itself. */
int next_option(int argc, char **argv, const char *letters, const struct option *own);
/*
 * The words of a command line, except the command and the options for whose letters @drop, unless
 * it is NULL, returns true, and then NULL. @renew, unless it is NULL, says what becomes of a word,
 * to be freed: of the argument of an option, or of one that belongs to none, whose letter is
 * WORD_ALONE.
 */
#define WORD_ALONE 1
char **retype_words(int argc, char **argv, const char *letters, const struct option *own,
		    bool (*drop)(int letter), char *(*renew)(int letter, const char *word));
void free_words(char **words);
/* The same in one line, quoted for a shell and each preceded by a blank. To be freed. */
char *retype(int argc, char **argv, const char *letters, const struct option *own,
	     bool (*drop)(int letter));

/* Values for common options without a letter. */
enum { OPTION_ALL = 1000, OPTION_JSON };

#endif /* TAO_OPTIONS_H */
