/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * "tao help ERROR": the tables of errors in Documentation/admin-guide/tao.rst, and those of the
 * command's messages in messages.rst.
 */
#ifndef TAO_EXPLAIN_H
#define TAO_EXPLAIN_H

#include <stdbool.h>

/*
 * Print on standard output what an error means and what to do. @error is the name or text of an
 * errno or a message, a text of the module, sense data such as "3/0c/00", or a part of a text;
 * case does not matter. Returns whether anything is known of it.
 */
bool explain_error(const char *error);
/* Print the names of all messages, a line each. */
void list_names(void);
/* The name of a message that @error may be meant to be; NULL if there is none like it. */
const char *nearest_name(const char *error);

#endif /* TAO_EXPLAIN_H */
