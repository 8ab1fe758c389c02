/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What people read, on standard output and error. Names and tags in it can't control their
 * terminal: only what the command itself draws is no plain text.
 */
#ifndef TAO_OUTPUT_H
#define TAO_OUTPUT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

/*
 * Text for people: standard output, or standard error where --json has that. Nothing with
 * --quiet.
 */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
FILE *human_output(void);
/* "tao: ..." on standard error, always. */
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The same with the name of another program before it, "tao burn". */
void complain_as(const char *name, const char *format, va_list args);
/* The latest complaint, or NULL. */
const char *latest_complaint(void);
/* The same about what has a reason of its own: that stays the latest complaint. */
void complain_besides(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Print what @format makes, without what controls a terminal; a newline at its end is kept. */
void print_plain(FILE *file, const char *format, va_list args);

/* Print @text as it is, which this frees; on standard output or error. */
void print_text(FILE *file, char *text);

/*
 * From now on a thread of its own writes, so that nobody waits for a reader: a terminal that was
 * stopped, or a pipe that is full, holds up no burn. Until output_end().
 */
void output_begin(void);
/* Whether something waits to be written: no time for what is old when it is read. */
bool output_waits(void);
/* Until all is written, for @ms at most (negative: without end). Returns whether it is. */
bool output_drain(int ms);
/*
 * The end of all output. Returns @exit_status, or STATUS_FAILED if that is 0 and some could not be
 * written.
 */
int output_end(int exit_status);

/* Asks on the terminal; true without asking if --yes or where there is no terminal. */
bool confirm(const char *question);

#endif /* TAO_OUTPUT_H */
