/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the first bytes of a file say, where its name says little: raw audio has no header, and what
 * has one is noise if it is burned as it stands.
 */
#ifndef TAO_MAGIC_H
#define TAO_MAGIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* So many bytes are enough to tell. */
#define MAGIC_BYTES 16384

/* What it is if it is no raw audio, for people: "FLAC", "MPEG audio"...; or NULL. */
const char *magic_name(const uint8_t *start, size_t bytes);
/* Whether samples of raw audio are like those of sound only with the bytes of each one swapped. */
bool magic_is_swapped(const uint8_t *audio, size_t bytes);
/* "a web page", "text", "a picture": what is no audio at all; or NULL. */
const char *magic_no_audio(const uint8_t *start, size_t bytes);

#endif /* TAO_MAGIC_H */
