// SPDX-License-Identifier: GPL-2.0-only
#include <math.h>
#include <stdlib.h>
#ifdef HAVE_EBUR128
#include <ebur128.h>
#endif
#include "audio.h"
#include "common.h"
#include "loudness.h"

#define CHANNELS 2

struct piece {
	uint64_t first;
	double sample_peak;
	void *meter; /* NULL: only the peak is measured */
};

struct loudness {
	struct piece *pieces;
	size_t count;
	size_t current;
	uint64_t at;
};

#ifdef HAVE_EBUR128

bool loudness_can_measure(void)
{
	return true;
}

static void need(bool good)
{
	if (good)
		return;
	complain(NAMED("no-resources") "out of memory");
	exit(STATUS_FAILED);
}

static void *meter_new(void)
{
	ebur128_state *meter = ebur128_init(CHANNELS, CD_RATE,
					    EBUR128_MODE_I | EBUR128_MODE_TRUE_PEAK);

	need(meter);
	return meter;
}

static void meter_add(void *meter, const float *frames, size_t count)
{
	need(ebur128_add_frames_float(meter, frames, count) == EBUR128_SUCCESS);
}

static double meter_peak(void *meter)
{
	double peak = 0, largest = 0;

	for (unsigned int channel = 0; channel < CHANNELS; channel++)
		if (!ebur128_true_peak(meter, channel, &peak))
			largest = fmax(largest, peak);
	return largest;
}

static double meters_level(void **meters, size_t count)
{
	double lufs;

	if (!count || ebur128_loudness_global_multiple((ebur128_state **)meters, count, &lufs))
		return -HUGE_VAL;
	return lufs;
}

static void meter_free(void *meter)
{
	ebur128_state *state = meter;

	ebur128_destroy(&state);
}

#else

/* Nothing measures loudness then: loudness_can_measure() says so. */
bool loudness_can_measure(void)
{
	return false;
}

static void *meter_new(void)
{
	return NULL;
}

static void meter_add(void *meter, const float *frames, size_t count)
{
	(void)meter;
	(void)frames;
	(void)count;
}

static double meter_peak(void *meter)
{
	(void)meter;
	return 0;
}

static double meters_level(void **meters, size_t count)
{
	(void)meters;
	(void)count;
	return -HUGE_VAL;
}

static void meter_free(void *meter)
{
	(void)meter;
}

#endif

struct loudness *loudness_new(const uint64_t *cuts, size_t count, bool peaks)
{
	struct loudness *l = xcalloc(1, sizeof(*l));

	l->count = count + 1;
	l->pieces = xcalloc(l->count, sizeof(*l->pieces));
	for (size_t i = 0; i < l->count; i++) {
		l->pieces[i].first = i ? cuts[i - 1] : 0;
		l->pieces[i].meter = peaks ? NULL : meter_new();
	}
	return l;
}

/* A sample that is not a number would spoil the whole measurement. */
static void add_to_piece(struct piece *piece, const float *frames, size_t count)
{
	float *finite = xcalloc(count * CHANNELS, sizeof(*finite));

	for (size_t i = 0; i < count * CHANNELS; i++) {
		finite[i] = isfinite(frames[i]) ? frames[i] : 0;
		piece->sample_peak = fmax(piece->sample_peak, fabs(finite[i]));
	}
	if (piece->meter)
		meter_add(piece->meter, finite, count);
	free(finite);
}

void loudness_add(struct loudness *l, const float *frames, size_t count)
{
	while (count) {
		size_t next = l->current + 1, n = count;

		if (next < l->count && l->at + n > l->pieces[next].first)
			n = l->pieces[next].first - l->at;
		if (n)
			add_to_piece(&l->pieces[l->current], frames, n);
		if (next < l->count && l->at + n == l->pieces[next].first)
			l->current++;
		l->at += n;
		frames += n * CHANNELS;
		count -= n;
	}
}

void loudness_free(struct loudness *l)
{
	for (size_t i = 0; l && i < l->count; i++)
		if (l->pieces[i].meter)
			meter_free(l->pieces[i].meter);
	if (l)
		free(l->pieces);
	free(l);
}

static void add_piece(struct loudness_sum *sum, const struct piece *piece)
{
	sum->sample_peak = fmax(sum->sample_peak, piece->sample_peak);
	sum->peak = fmax(sum->peak, piece->sample_peak);
	if (!piece->meter)
		return;
	sum->peak = fmax(sum->peak, meter_peak(piece->meter));
	sum->meters = xrealloc(sum->meters, sum->count + 1, sizeof(*sum->meters));
	sum->meters[sum->count++] = piece->meter;
}

void loudness_sum_add(struct loudness_sum *sum, const struct loudness *l, uint64_t first,
		      uint64_t frames)
{
	for (size_t i = 0; i < l->count; i++)
		if (l->pieces[i].first >= first && l->pieces[i].first - first < frames)
			add_piece(sum, &l->pieces[i]);
}

double loudness_sum_level(const struct loudness_sum *sum)
{
	return meters_level(sum->meters, sum->count);
}

void loudness_sum_free(struct loudness_sum *sum)
{
	free(sum->meters);
	*sum = (struct loudness_sum){ 0 };
}
