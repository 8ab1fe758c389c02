/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * CRC-32 of audio, as programs that read CDs log it: of all samples, and of those that are not
 * null. The second one stays the same if silence is added, or shifted out of the track.
 */
#ifndef TAO_CHECKSUM_H
#define TAO_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

/* All 0 at the start. */
struct checksum {
	uint32_t all;
	uint32_t without_null;
	uint64_t bytes;
};

/* @audio: whole samples of 16 bits. */
void checksum_add(struct checksum *sum, const void *audio, size_t bytes);
/* Silence, until it is a sum of so many bytes. */
void checksum_pad(struct checksum *sum, uint64_t bytes);

#endif /* TAO_CHECKSUM_H */
