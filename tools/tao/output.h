/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Text for users, on standard output and error. Names and tags in it can't control the terminal:
 * all text is made plain, except what the command itself draws.
 */
#ifndef TAO_OUTPUT_H
#define TAO_OUTPUT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include "named.h"

/*
 * Print text for users on standard output, or on standard error with --json. Prints nothing with
 * --quiet.
 */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
FILE *human_output(void);
/* Print "tao: ..." on standard error, always. */
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The same with the name of another program, "tao burn". */
void complain_as(const char *program, const char *text);
/* The latest complaint, with its name; or NULL. */
const char *latest_complaint(void);
/* The same for a secondary message: it does not become the latest complaint. */
void complain_besides(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Print @format without characters that control a terminal; a newline at its end is kept. */
void print_plain(FILE *file, const char *format, va_list args);

/* Print @text unchanged on standard output or error, and free it. */
void print_text(FILE *file, char *text);

/*
 * From now on a separate thread writes, so that no burn waits for a reader: a stopped terminal,
 * or a full pipe. Lasts until output_end().
 */
void output_begin(void);
/* Printed text can be read from now on, even in a file; if that thread writes, soon. */
void output_flush(void);
/* Whether output is still queued: then new progress would be outdated when it is read. */
bool output_waits(void);
/* Whether somebody can still read standard output. */
bool output_is_read(void);
/* Wait until all is written, at most @ms (negative: no limit). Returns whether it is. */
bool output_drain(int ms);
/* End all output. Returns @exit_status, or STATUS_FAILED if that is 0 and output was lost. */
int output_end(int exit_status);

/* Ask on the terminal; returns true without asking with --yes or if there is no terminal. */
bool confirm(const char *question);

#endif /* TAO_OUTPUT_H */
