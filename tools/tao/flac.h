/* SPDX-License-Identifier: GPL-2.0-only */
/* Information about a FLAC file that the decoder does not report. */
#ifndef TAO_FLAC_H
#define TAO_FLAC_H

struct flac_tags {
	char *cue_sheet; /* tag CUESHEET, else block CUESHEET as text; or NULL */
	char *isrc; /* tag ISRC, or NULL */
};

/* Returns 0, or -1 if it is not a FLAC file. */
int flac_read_tags(int fd, struct flac_tags *tags);

#endif /* TAO_FLAC_H */
