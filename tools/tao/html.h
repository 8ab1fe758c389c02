/* SPDX-License-Identifier: GPL-2.0-only */
/* Text in a page of HTML, or in a picture (SVG) there. */
#ifndef TAO_HTML_H
#define TAO_HTML_H

#include <stdio.h>

/* Print text such that no name or tag in it is taken for HTML, and nothing of it is invisible. */
void html_text(FILE *out, const char *text);
/* The element @tag, "td class=number", with such a text. */
void html_element(FILE *out, const char *tag, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif /* TAO_HTML_H */
