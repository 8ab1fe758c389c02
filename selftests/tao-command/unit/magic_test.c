// SPDX-License-Identifier: GPL-2.0-only
/*
 * What its name does not tell: a stream that begins in mid-frame is not raw audio, and raw audio is
 * not a stream.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "../../../tools/tao/magic.h"
#include "../../libtao/unit/ktap.h"

/* MPEG 1, layer III, 128 kbit/s, 44.1 kHz */
static const uint8_t header[] = { 0xff, 0xfb, 0x90, 0x64 };
#define FRAME 417

static uint8_t bytes[MAGIC_BYTES];

static void fill_randomly(void)
{
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = rand();
}

/* @count frames from @at on, as far as there is room. */
static void put_frames(size_t at, unsigned int count)
{
	for (; count-- && at + sizeof(header) <= sizeof(bytes); at += FRAME)
		memcpy(bytes + at, header, sizeof(header));
}

static void test_streams(void)
{
	size_t last = sizeof(bytes) - 4 * FRAME;

	for (size_t at = 0; at < FRAME; at += 26) {
		fill_randomly();
		put_frames(at, 100);
		check(magic_name(bytes, sizeof(bytes)), "a stream that begins in mid-frame");
	}
	fill_randomly();
	put_frames(last, 4);
	check(magic_name(bytes, sizeof(bytes)), "a stream behind something else");
	fill_randomly();
	put_frames(last, 3);
	check(!magic_name(bytes, sizeof(bytes)), "three frames could be chance");
	fill_randomly();
	put_frames(1000, 4);
	bytes[1000 + 2 * FRAME + 2] ^= 0x04; /* another sample rate */
	check(!magic_name(bytes, sizeof(bytes)), "and so could frames of several kinds");
}

static void test_zeros(void)
{
	fill_randomly();
	memset(bytes, 0, 3000);
	memcpy(bytes + 3000, "fLaC", 4);
	check(magic_name(bytes, sizeof(bytes)), "zeros in front of a file");
	memcpy(bytes + 3000, "\x0b\x77\xff\xff", 4); /* AC-3 */
	check(!magic_name(bytes, sizeof(bytes)), "silence, and then two bytes that say little");
	memset(bytes, 0, sizeof(bytes));
	check(!magic_name(bytes, sizeof(bytes)), "silence");
	memset(bytes, 0xff, sizeof(bytes));
	check(!magic_name(bytes, sizeof(bytes)), "what is next to silence");
}

static void put_tone(double volume)
{
	for (size_t i = 0; i < sizeof(bytes) / 2; i++) {
		int16_t sample = fmax(-32768, fmin(32767, volume * sin((i / 2) * 0.07)));

		memcpy(bytes + 2 * i, &sample, 2);
	}
}

/* @period: samples; without noise, so that all bytes repeat */
static void put_periodic(int period, double volume, bool equal)
{
	for (int i = 0; i < (int)sizeof(bytes) / 4; i++) {
		double at = i % period * 2 * M_PI / period;
		int16_t pair[2] = { lrint(volume * sin(at)), lrint(volume * cos(at)) };

		if (equal)
			pair[1] = pair[0];
		memcpy(bytes + 4 * i, pair, sizeof(pair));
	}
}

static void test_periodic(void)
{
	unsigned int named = 0;

	for (int period = 2; period <= 500; period++)
		for (double volume = 16; volume < 32768; volume *= 1.7) {
			put_periodic(period, volume, true);
			named += !!magic_name(bytes, sizeof(bytes));
			put_periodic(period, volume, false);
			named += !!magic_name(bytes, sizeof(bytes));
		}
	check_is(named, 0, "tones that repeat what looks like a header");
}

/* Its frames are equal, too, but their fill bytes do not make a tone. */
static void test_silent_stream(void)
{
	static const uint8_t fills[] = { 0, 0x55, 0xaa, 0xff };

	for (size_t i = 0; i < sizeof(fills); i++)
		for (size_t at = 0; at < FRAME; at += 26) {
			memset(bytes, fills[i], sizeof(bytes));
			put_frames(at, 100);
			for (size_t j = at + 4; j + 32 < sizeof(bytes); j += FRAME)
				memset(bytes + j, 0, 32);
			check(magic_name(bytes, sizeof(bytes)), "a silent stream");
		}
}

/* Small frames of silence are as periodic as a tone: they must not be burned as noise. */
static void test_small_frames(void)
{
	/* AAC in ADTS: 44.1 kHz, stereo */
	static const uint8_t frame[] = { 0xff, 0xf1, 0x50, 0x80, 0x02, 0x1f, 0xfc, 0x21,
					 0x00, 0x49, 0x90, 0x02, 0x19, 0x00, 0x23, 0x80 };

	for (size_t length = 12; length <= 26; length++) {
		for (size_t i = 0; i < sizeof(bytes); i++) {
			uint8_t byte = i % length < sizeof(frame) ? frame[i % length] : 0;

			bytes[i] = i % length == 4 ? length >> 3 :
				   i % length == 5 ? (length & 7) << 5 | 0x1f : byte;
		}
		check(magic_name(bytes, sizeof(bytes)) || magic_is_doubtful(bytes, sizeof(bytes)),
		      "silence in small frames");
	}
}

static void test_raw(void)
{
	unsigned int named = 0;

	for (int i = 0; i < 1000; i++) {
		fill_randomly();
		bytes[0] = 0;
		named += !!magic_name(bytes, sizeof(bytes));
	}
	for (double volume = 1; volume < 200000; volume *= 1.3) {
		put_tone(volume);
		named += !!magic_name(bytes, sizeof(bytes));
	}
	check_is(named, 0, "raw audio, silent or loud, is no stream");
}

int main(void)
{
	srand(ktap_seed());
	test_streams();
	test_zeros();
	test_raw();
	test_periodic();
	test_silent_stream();
	test_small_frames();
	return ktap_end();
}
