/* SPDX-License-Identifier: GPL-2.0-only */
/* The audio of a first burn: rising tones. */
#ifndef TAO_TONES_H
#define TAO_TONES_H

#include <stdbool.h>

#define TONES 2 /* enough for session-at-once */

/* Write tone @number, from 0 on, into a new file of raw audio. Returns whether it is written. */
bool write_tone(const char *path, unsigned int number);

#endif /* TAO_TONES_H */
