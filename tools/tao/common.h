/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What all of the tao command shares: options, output, drives.
 */
#ifndef TAO_COMMON_H
#define TAO_COMMON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <tao.h>

/* Exit status; also in tao(1). */
enum {
	STATUS_OK = 0,
	STATUS_FAILED = 1, /* something went wrong in the drive or on the disc */
	STATUS_USAGE = 2, /* wrong use of the command */
	STATUS_NO_DRIVE = 3, /* no drive that could be used */
	STATUS_DISC = 4, /* the disc does not suit; nothing was written */
	STATUS_INPUT = 5, /* a file can't be burned; nothing was written */
	STATUS_PARTIAL = 6, /* several drives: some are done, some failed */
	STATUS_DIFFERS = 7, /* the disc is not what the files are */
	STATUS_CANCELLED = 8, /* cancelled, or not confirmed */
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

/* A command: gets its own name and arguments, returns the exit status. */
int cmd_list(int argc, char **argv);
int cmd_info(int argc, char **argv);
int cmd_status(int argc, char **argv);
int cmd_toc(int argc, char **argv);
int cmd_speed(int argc, char **argv);
int cmd_burn(int argc, char **argv);
int cmd_verify(int argc, char **argv);
int cmd_finalize(int argc, char **argv);
int cmd_blank(int argc, char **argv);
int cmd_recover(int argc, char **argv);
int cmd_cancel(int argc, char **argv);
int cmd_eject(int argc, char **argv);
int cmd_load(int argc, char **argv);

/*
 * Text for people: standard output, or standard error where --json has that. Nothing with
 * --quiet.
 */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
FILE *human_output(void);
/* "tao: ..." on standard error, always. */
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Ends the program with a message where memory is at its end. */
void *xcalloc(size_t count, size_t size);
void *xrealloc(void *old, size_t count, size_t size);
char *xstrdup(const char *text);
char *xasprintf(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* As one word for the shell, quoted only where it must be. */
char *shell_quote(const char *text);

/* "3:07" of sectors, rounded down. */
#define TIME_SIZE 24
const char *format_time(uint64_t sectors, char text[TIME_SIZE]);
/* "03:07.12", minutes, seconds, sectors. */
const char *format_msf(int64_t sectors, char text[TIME_SIZE]);

/* kB/s as a multiple of the playing speed, 176.4 kB/s, to one decimal where it has one. */
const char *format_speed(uint32_t kbps, char text[TIME_SIZE]);
/* "8", "8x", "1411kB/s", "max". */
int parse_speed(const char *text, uint32_t *kbps);

/*
 * The drive a command is for: --device, else @positional, else the only one. NULL, with a message,
 * if it can't be opened; *status is then the exit status.
 */
struct tao_device *open_drive(const char *positional, unsigned int flags, int *status);
struct tao_device *open_path(const char *path, unsigned int flags, int *status);

/* The argument of a command that takes a drive and nothing else; NULL if there is none. */
const char *drive_argument(int argc, char **argv);

/* Opens the tray, or closes it (@in). Returns why it can't be done, to be freed, or NULL. */
char *move_tray(struct tao_device *dev, bool in);

/*
 * Says what the last call of libtao, which returned @error, failed of, and what to do.
 * Returns the exit status.
 */
int report_failure(struct tao_device *dev, int error);
/*
 * The text alone, to be freed, and the exit status alone. The text is about the last call of
 * this thread.
 */
char *failure_text(struct tao_device *dev, int error);
int failure_status(int error);

/* Asks on the terminal; true without asking if --yes or where there is no terminal. */
bool confirm(const char *question);

/* One line on the disc: "CD-R, 3 tracks in an open session". */
char *describe_medium(const struct tao_medium *medium);
/* Why no track of so many sectors can be added, with the remedy, or NULL if one can. */
char *medium_problem(const struct tao_medium *medium, const char *path, uint32_t sectors);

/*
 * diagnose.c: why there is no drive, or none of that name; a text for people. @root is ""
 * but in tests.
 */
char *diagnose_no_drive(const char *root, const char *release);
/*
 * Who has the drive or its block device open, "wodim (process 123), ..."; NULL if nobody
 * that we may see.
 */
char *find_holders(struct tao_device *dev, const char *path);

/* Help of the command whose name is argv[0]; main.c. */
int command_help(const char *name);
int usage_error(const char *name, const char *format, ...) __attribute__((format(printf, 2, 3)));

/*
 * getopt_long() with the options that all commands know. Returns what getopt_long() does, but takes
 * those itself.
 */
struct option;
int next_option(int argc, char **argv, const char *letters, const struct option *own);

#endif /* TAO_COMMON_H */
