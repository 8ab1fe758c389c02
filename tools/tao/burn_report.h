/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The report of a burn: the record as a page of HTML that needs no other file and no script. The
 * end tags of the page are left out, as HTML allows: so another report can follow.
 */
#ifndef TAO_BURN_REPORT_H
#define TAO_BURN_REPORT_H

#include <stdbool.h>
#include <stdio.h>
#include "burn.h"

/* The beginning of each page. */
#define BURN_REPORT_FIRST "<!DOCTYPE html>\n<!-- tao burn: report -->\n"

/* Print what is known by now. @again: there is a report before it. The record is locked. */
void burn_report_print(FILE *out, const struct burn_command *c, bool again);

#endif /* TAO_BURN_REPORT_H */
