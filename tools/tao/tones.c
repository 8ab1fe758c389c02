// SPDX-License-Identifier: GPL-2.0-only
/* The audio of a first burn. Recorded burns have these tones: a record does not fit others. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include "audio.h"
#include "tones.h"

#define TONE_S 15
#define TONE_HZ 220

/* The tone rises: so each part of it is found at one place only. */
bool write_tone(const char *path, unsigned int number)
{
	const unsigned int samples = TONE_S * CD_RATE, hertz = TONE_HZ * (number + 1);
	FILE *file = fopen(path, "wxe");

	for (unsigned int i = 0; file && i < samples; i++) {
		double s = (double)i / CD_RATE;
		int value = lround(3000 * sin(2 * M_PI * hertz * s * (1 + s / TONE_S / 2)));

		for (int channel = 0; channel < 2; channel++) {
			fputc(value & 0xff, file);
			fputc(value >> 8 & 0xff, file);
		}
	}
	if (!file)
		return false;
	if (ferror(file)) {
		fclose(file);
		return false;
	}
	return !fclose(file);
}
