/* SPDX-License-Identifier: GPL-2.0-only */
/* The file that the first disc of a drive leaves: a profile, and what was done, as comments. */
#ifndef TAO_FIRST_REPORT_H
#define TAO_FIRST_REPORT_H

#include <stdbool.h>
#include <stdio.h>
#include <tao.h>

struct first_report {
	FILE *file;
	char *path;
	char *folder; /* beside it; goes away in the end */
	char *log; /* a file in that: for the logs of burns */
	bool begun;
};

/* In the current folder, named after the drive; earlier ones stay. Returns the exit status. */
int first_report_open(struct first_report *report, const struct tao_drive *drive);
/* The profile: a report that does not get one is removed. */
void first_report_begin(struct first_report *report, const char *profile);
/* Whether it has one. */
bool first_report_has_begun(const struct first_report *report);
/* A comment, which is in the file at once. */
void first_report_note(struct first_report *report, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* The log, without the command line and the folder of the user. */
void first_report_add_log(struct first_report *report);
/* Whether something is not in the file. */
bool first_report_failed(const struct first_report *report);
void first_report_close(struct first_report *report);

#endif /* TAO_FIRST_REPORT_H */
