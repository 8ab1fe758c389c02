// SPDX-License-Identifier: GPL-2.0-only
#include <zlib.h>
#include "checksum.h"

#define PIECE_SAMPLES 4096

static uint32_t add_without_null(uint32_t sum, const uint16_t *samples, size_t count)
{
	uint16_t kept[PIECE_SAMPLES];
	size_t n = 0;

	for (size_t i = 0; i < count; i++) {
		kept[n] = samples[i];
		n += samples[i] != 0;
	}
	return crc32(sum, (const void *)kept, n * sizeof(*kept));
}

void checksum_add(struct checksum *sum, const void *audio, size_t bytes)
{
	const uint16_t *samples = audio;
	size_t left = bytes / sizeof(*samples), n;

	sum->all = crc32_z(sum->all, audio, bytes);
	for (; left; left -= n, samples += n) {
		n = left < PIECE_SAMPLES ? left : PIECE_SAMPLES;
		sum->without_null = add_without_null(sum->without_null, samples, n);
	}
	sum->bytes += bytes;
}

void checksum_pad(struct checksum *sum, uint64_t bytes)
{
	static const char silence[PIECE_SAMPLES];

	while (sum->bytes < bytes) {
		uint64_t n = bytes - sum->bytes;

		if (n > sizeof(silence))
			n = sizeof(silence);
		sum->all = crc32_z(sum->all, (const void *)silence, n);
		sum->bytes += n;
	}
}
