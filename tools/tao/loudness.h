/* SPDX-License-Identifier: GPL-2.0-only */
/* The loudness of audio (EBU R 128), measured by libebur128 while a file is decoded. */
#ifndef TAO_LOUDNESS_H
#define TAO_LOUDNESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A file, in pieces. */
struct loudness;

/* Pieces that are measured as one. */
struct loudness_sum {
	void **meters;
	size_t count;
	double peak; /* also between samples; 1.0 is full scale */
	double sample_peak;
};

/* Whether libebur128 is there; without it only the peak of samples is measured. */
bool loudness_can_measure(void);
/*
 * Begin to measure a file. @cuts: where pieces begin, in frames, in ascending order. @peaks: only
 * the peaks of samples.
 */
struct loudness *loudness_new(const uint64_t *cuts, size_t count, bool peaks);
/* The next frames. */
void loudness_add(struct loudness *loudness, const float *frames, size_t count);
void loudness_free(struct loudness *loudness);

/* Add the pieces of a part of a file. */
void loudness_sum_add(struct loudness_sum *sum, const struct loudness *loudness, uint64_t first,
		      uint64_t frames);
/* LUFS; -HUGE_VAL if it is silent, or shorter than 400 ms. */
double loudness_sum_level(const struct loudness_sum *sum);
void loudness_sum_free(struct loudness_sum *sum);

#endif /* TAO_LOUDNESS_H */
