/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the decoder does not tell of a FLAC file.
 */
#ifndef TAO_FLAC_H
#define TAO_FLAC_H

struct flac_tags {
	char *cue_sheet; /* tag CUESHEET, else block CUESHEET as text; or NULL */
	char *isrc; /* tag ISRC, or NULL */
};

/* 0, or -1 if it is no FLAC file. */
int flac_read_tags(int fd, struct flac_tags *tags);

#endif /* TAO_FLAC_H */
