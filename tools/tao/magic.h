/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Detects formats by the first bytes of a file, if its name says little: raw audio has no header,
 * and anything with a header would be noise on a disc.
 */
#ifndef TAO_MAGIC_H
#define TAO_MAGIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* This many bytes are enough. */
#define MAGIC_BYTES 16384

/* The format if it is not raw audio, for display: "FLAC", "MPEG audio"...; or NULL. */
const char *magic_name(const uint8_t *start, size_t bytes);
/* Whether it can be a tone as well as MPEG audio that begins with silence: magic_name() is NULL. */
bool magic_is_doubtful(const uint8_t *start, size_t bytes);
/* Whether the samples resemble sound only with their bytes swapped. */
bool magic_is_swapped(const uint8_t *audio, size_t bytes);
/* "a web page", "text", "a picture": the kind of a file without audio; or NULL. */
const char *magic_no_audio(const uint8_t *start, size_t bytes);

#endif /* TAO_MAGIC_H */
