/* SPDX-License-Identifier: GPL-2.0-only */
/* "tao help ERROR": the tables of errors in Documentation/admin-guide/tao.rst. */
#ifndef TAO_EXPLAIN_H
#define TAO_EXPLAIN_H

#include <stdbool.h>

/*
 * Print on standard output what an error means and what to do. @error is the name or text of an
 * errno, a text of the module, sense data such as "3/0c/00", or a part of a text; case does not
 * matter. Returns whether anything is known of it.
 */
bool explain_error(const char *error);

#endif /* TAO_EXPLAIN_H */
