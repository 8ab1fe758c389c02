/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From floating point to the 16 bits of a CD, in tao-decode and in tao. The noise depends on
 * nothing but the number of the sample, so that a file is converted in the same way for burning and
 * for verification, wherever that begins.
 */
#ifndef TAO_DITHER_H
#define TAO_DITHER_H

#include <math.h>
#include <stdint.h>

/* Uniform from 0 to 1: the 64-bit finaliser of MurmurHash3, on an odd multiple of @n. */
static inline double dither_noise(uint64_t n)
{
	n *= UINT64_C(0x9e3779b97f4a7c15);
	n = (n ^ n >> 33) * UINT64_C(0xff51afd7ed558ccd);
	n = (n ^ n >> 33) * UINT64_C(0xc4ceb9fe1a85ec53);
	n ^= n >> 33;
	return (n >> 11) * (1.0 / (UINT64_C(1) << 53));
}

/*
 * Triangular dither of 1 LSB to either side. Digital silence stays silent. A sample that is
 * not a number becomes silent: as a click it would be the loudest sound on the disc.
 */
static inline int16_t dither_sample(float sample, uint64_t number)
{
	double value;

	if (sample == 0 || !isfinite(sample))
		return 0;
	value = sample * 32768.0 + dither_noise(2 * number + 1) - dither_noise(2 * number + 2);
	if (!(value > -32768))
		return -32768;
	return value >= 32767 ? 32767 : lrint(value);
}

#endif /* TAO_DITHER_H */
