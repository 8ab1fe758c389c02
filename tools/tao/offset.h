/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The offsets of drives in samples, one value of each channel, with the signs of EAC and of
 * AccurateRip's list:
 *
 * - A drive with a positive write offset writes too late: sample n of the disc has to be sent for
 *   the address of sample n - offset ("write offset", https://roozster.info/eac/18.html).
 * - A drive with a positive read offset reads too early: sample n of the disc has to be read at
 *   the address of sample n + offset ("correction offset",
 *   http://www.accuraterip.com/driveoffsets.htm; cdparanoia -O).
 *
 * Audio that a drive has written and read back is late by the sum of both.
 */
#ifndef TAO_OFFSET_H
#define TAO_OFFSET_H

#include <stdbool.h>
#include <stdint.h>
#include <tao.h>

/* The sum of two is one that a comparison can find. The largest of known drives is 1858. */
#define OFFSET_MAX (TAO_VERIFY_OFFSET_MAX / 2)

struct segments;

struct offset {
	bool known;
	int samples;
};

/* The argument of @option of @command. Returns the exit status. */
int take_offset(const char *command, const char *option, struct offset *offset);
/* The effect of the write offset, in words, to be freed; NULL if it is 0. */
char *write_offset_text(const struct offset *offset);
/* Number of samples that are not silent; what can't be read is counted too. */
uint64_t segments_sound(const struct segments *list);

#endif /* TAO_OFFSET_H */
