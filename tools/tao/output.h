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
/* Print what @format makes, without what controls a terminal; a newline at its end is kept. */
void print_plain(FILE *file, const char *format, va_list args);

/* Asks on the terminal; true without asking if --yes or where there is no terminal. */
bool confirm(const char *question);

#endif /* TAO_OUTPUT_H */
