/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The command line: the command that runs, its options and those that all have, how it ends.
 */
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

/* Options that more than one command knows. */
struct options {
	const char *devices[DRIVES_MAX];
	unsigned int devices_count;
	bool all; /* every drive there is */
	bool json;
	bool quiet;
	bool yes;
};

extern struct options options;
/* Their lines of --help. */
extern const char shared_options[];

/* With --json the end of it is a result, whatever happens. Returns the exit status. */
int run_command(const struct command *command, int argc, char **argv);
/* The way out of the middle of a command. */
void leave(int exit_status) __attribute__((noreturn));
/* The drive that a result of this command is about, where it prints none itself; NULL: none. */
void result_is_about(const char *drive);

int command_help(const struct command *command);
/* How the command is used, after what was wrong. */
int usage_error(const char *name, const char *format, ...) __attribute__((format(printf, 2, 3)));

/*
 * getopt_long() with the options that all commands know. Returns what getopt_long() does, but takes
 * those itself.
 */
int next_option(int argc, char **argv, const char *letters, const struct option *own);
/*
 * The words of a command line, quoted for a shell and with a blank before each, but for the command
 * and the options that @drop names by their letters. To be freed.
 */
char *retype(int argc, char **argv, const char *letters, const struct option *own,
	     bool (*drop)(int letter));

/* Letters of options that all have. */
enum { OPTION_ALL = 1000, OPTION_JSON };

#endif /* TAO_OPTIONS_H */
