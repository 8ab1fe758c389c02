/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * CUE sheets.
 *
 * We have our own parser: libcue writes its error messages to standard error, has one state for
 * the whole program, gives up at the first unknown keyword, and does not say in which line it
 * failed. The tests compare the two.
 */
#ifndef TAO_CUE_H
#define TAO_CUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A place in one of the files. */
struct cue_place {
	size_t file; /* in cue_sheet.files */
	uint32_t sector; /* from the beginning of the file */
};

struct cue_track {
	unsigned int number;
	char *title;
	char *performer;
	char *songwriter;
	char isrc[13]; /* or "" */
	bool pre_emphasis;
	bool copy_permitted;
	bool has_index; /* INDEX 01 was there */
	bool has_gap; /* INDEX 00 was there */
	struct cue_place start; /* INDEX 01 */
	struct cue_place gap; /* INDEX 00 */
	struct cue_place *marks; /* INDEX 02 and so on */
	size_t marks_count;
	uint32_t pregap; /* PREGAP, sectors of silence before it */
	uint32_t postgap; /* POSTGAP, behind it */
};

struct cue_sheet {
	char *title;
	char *performer;
	char *songwriter;
	char *text_file; /* CDTEXTFILE */
	char mcn[14]; /* or "" */
	char **files; /* names as written in the sheet */
	size_t files_count;
	char **unused; /* files that no INDEX is in, and whose names are not in files either */
	size_t unused_count;
	char **wrong_codes; /* ISRCs and catalogue numbers that are none */
	size_t wrong_codes_count;
	struct cue_track *tracks;
	size_t tracks_count;
};

/*
 * @text is UTF-8 and is modified. Returns NULL with *problem, which begins with @name and the
 * line and has to be freed.
 */
struct cue_sheet *cue_parse(char *text, const char *name, char **problem);
/* The number of its first track if the others follow that one by one; else 1. */
unsigned int cue_first_track(const struct cue_sheet *sheet);
/* Whatever it names, all is in one file. */
void cue_one_file(struct cue_sheet *sheet);
void cue_free(struct cue_sheet *sheet);

/*
 * Get 12 characters CCOOOYYSSSSS from text that may have dashes and lower case letters; false if
 * it is not an ISRC.
 */
bool parse_isrc(const char *text, char isrc[13]);
/* 13 digits with the right check digit. A UPC of 12 digits gets a leading 0. */
bool parse_mcn(const char *text, char mcn[14]);

#endif /* TAO_CUE_H */
