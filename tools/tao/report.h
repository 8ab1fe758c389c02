/* SPDX-License-Identifier: GPL-2.0-only */
/* tao report: the answers of a drive, as a profile that cdr-sim takes. */
#ifndef TAO_REPORT_H
#define TAO_REPORT_H

#include <tao.h>

/*
 * Ask the drive: queries only. Returns the text, to be freed, or NULL after a complaint, with the
 * exit status.
 */
char *drive_report(struct tao_device *dev, int *exit_status);
/* Complain of the first question that got no answer. Returns the exit status. */
int complain_of_lost_answer(struct tao_device *dev);
/* The same, and a word on what a report without a blank CD-R does not have. */
int say_what_is_missing(struct tao_device *dev);

#endif /* TAO_REPORT_H */
