// SPDX-License-Identifier: GPL-2.0-only
/*
 * The comparison of a track with its source, with an array as disc: with offsets, scratches,
 * unreadable sectors, silence.
 */
#include <errno.h>
#include <string.h>
#include "../../../tools/lib/tao/internal.h"
#include "ktap.h"

#define START_LBA 1000
#define SECTORS 700U
#define SAMPLES ((size_t)SECTORS * TAO_SECTOR_SAMPLES)
/* Sectors in front of the track and behind it */
#define AROUND 10U
#define DISC_SAMPLES ((SECTORS + 2 * AROUND) * TAO_SECTOR_SAMPLES)

struct disc {
	uint32_t samples[DISC_SAMPLES];
	bool unreadable[SECTORS + 2 * AROUND];
	bool edges_readable;
	bool gone; /* unreadable sectors are unreadable because the disc was removed */
	unsigned int reads;
	int32_t lowest;
};

static struct disc disc;
static uint32_t source[SAMPLES];
static uint32_t source_samples;

static int read_disc(void *data, int32_t lba, unsigned int count, void *buffer)
{
	struct disc *d = data;
	int32_t first = lba - START_LBA + (int32_t)AROUND;

	d->reads++;
	if (lba < d->lowest)
		d->lowest = lba;
	for (unsigned int i = 0; i < count; i++) {
		if (first + (int)i < 0 || first + i >= SECTORS + 2 * AROUND ||
		    d->unreadable[first + i])
			return d->gone ? -ENOMEDIUM : -EIO;
		if (!d->edges_readable && (first + i < AROUND || first + i >= SECTORS + AROUND))
			return -EIO;
	}
	memcpy(buffer, d->samples + first * TAO_SECTOR_SAMPLES, count * TAO_SECTOR_SIZE);
	return 0;
}

/* Reads in odd pieces, as pread() may do. */
static ssize_t read_source(void *data, void *buffer, size_t bytes, uint64_t offset)
{
	size_t all = source_samples * sizeof(uint32_t);

	(void)data;
	if (offset >= all)
		return 0;
	if (bytes > all - offset)
		bytes = all - offset;
	if (bytes > 10007)
		bytes = 10007;
	memcpy(buffer, (char *)source + offset, bytes);
	return bytes;
}

static uint32_t random_sample(void)
{
	return (uint32_t)rand() << 16 ^ (uint32_t)rand();
}

/* The disc as seen by a drive: sample n of the track is sample n + offset of the source. */
static void burn(int offset)
{
	memset(&disc, 0, sizeof(disc));
	for (size_t i = 0; i < SAMPLES; i++) {
		int64_t place = (int64_t)AROUND * TAO_SECTOR_SAMPLES + (int64_t)i - offset;

		if (place >= 0 && place < (int64_t)DISC_SAMPLES)
			disc.samples[place] = source[i];
	}
}

/* Stops at call number @stop_after, if that is not 0. */
static unsigned int calls, stop_after;
static uint64_t last_told;
static bool went_back;

static int count_calls(void *data, uint64_t bytes)
{
	(void)data;
	went_back |= bytes < last_told;
	last_told = bytes;
	return ++calls == stop_after;
}

/* The neighbours of the track */
static enum tao_beside before, behind;

/* Verifies a further track of a disc; *result has the results of the tracks before. */
static int verify_next(struct tao_verify *result)
{
	struct tao_verify_job job = {
		.sectors = read_disc,
		.sectors_data = &disc,
		.source = read_source,
		.bytes = source_samples * sizeof(uint32_t),
		.start_lba = START_LBA,
		.track_sectors = SECTORS,
		.before = before,
		.behind = behind,
		.progress = count_calls,
	};

	return tao_verify_run(&job, result);
}

static int verify(struct tao_verify *result)
{
	memset(result, 0, sizeof(*result));
	return verify_next(result);
}

/* Verifies the first track of a disc whose offset is known. */
static int verify_at(struct tao_verify *result, int offset)
{
	memset(result, 0, sizeof(*result));
	result->flags = TAO_VERIFY_OFFSET_KNOWN;
	result->offset_samples = offset;
	return verify_next(result);
}

static void noise(void)
{
	source_samples = SAMPLES;
	for (size_t i = 0; i < SAMPLES; i++)
		source[i] = random_sample();
}

static void test_offset(int offset, const char *name)
{
	unsigned int edge = offset < 0 ? -offset : offset;
	struct tao_verify v;
	char text[128];

	burn(offset);
	snprintf(text, sizeof(text), "%s: identical", name);
	check_is(verify(&v), 0, text);
	snprintf(text, sizeof(text), "%s: offset found", name);
	check_is(v.offset_samples, offset, text);
	snprintf(text, sizeof(text), "%s: all but the edge compared", name);
	check(v.edge_samples == edge && v.compared_samples == SAMPLES - edge &&
	      v.flags == TAO_VERIFY_OFFSET_KNOWN, text);
}

static void test_edges(void)
{
	struct tao_verify v;

	burn(667);
	disc.edges_readable = true;
	check_is(verify(&v), 0, "a drive that reads beyond the track: identical");
	check_is(v.compared_samples, SAMPLES,
		 "a drive that reads beyond the track: nothing left out");

	burn(-667);
	disc.edges_readable = true;
	memset(&disc.samples[(AROUND + SECTORS) * TAO_SECTOR_SAMPLES], 0x55, 4 * TAO_SECTOR_SIZE);
	check_is(verify(&v), 0, "something else beyond the track is no difference");
	check_is(v.edge_samples, 667, "something else beyond the track counts as edge");
}

/*
 * Moves the audio in sectors @from... of the track: it was written @by sectors later, or earlier.
 */
static void move_sectors(unsigned int from, int by)
{
	uint32_t *track = disc.samples + AROUND * TAO_SECTOR_SAMPLES;
	size_t at = (size_t)from * TAO_SECTOR_SAMPLES;
	size_t samples = SAMPLES - at;

	if (by > 0) {
		at += (size_t)by * TAO_SECTOR_SAMPLES;
		memmove(track + at - by * TAO_SECTOR_SAMPLES, track + at,
			(SAMPLES - at) * sizeof(*track));
		memset(track + SAMPLES - by * TAO_SECTOR_SAMPLES, 0, by * TAO_SECTOR_SIZE);
	} else {
		memmove(track + at - by * TAO_SECTOR_SAMPLES, track + at,
			(samples + by * (int)TAO_SECTOR_SAMPLES) * sizeof(*track));
	}
}

#define TRACK (AROUND * TAO_SECTOR_SAMPLES)

/* The disc around the track is full of other audio. */
static void surround(int offset)
{
	burn(offset);
	disc.edges_readable = true;
	for (size_t i = 0; i < DISC_SAMPLES; i++)
		if (i + offset < TRACK || i + offset >= TRACK + SAMPLES)
			disc.samples[i] = random_sample();
}

static void expect(int offset, enum tao_beside beside, int result, unsigned int different,
		   unsigned int edge, const char *name)
{
	struct tao_verify v;

	before = offset > 0 ? beside : TAO_BESIDE_DRIVE;
	behind = offset < 0 ? beside : TAO_BESIDE_DRIVE;
	check_is(verify_at(&v, offset), result, name);
	check(v.different_samples == different && v.edge_samples == edge &&
	      v.compared_samples + edge == SAMPLES &&
	      !(v.flags & TAO_VERIFY_UNDECIDED) == (different || !result), name);
	before = TAO_BESIDE_DRIVE;
	behind = TAO_BESIDE_DRIVE;
}

/* Index in disc.samples of the sample that is @out samples outside the track */
static size_t outside(int offset, size_t out)
{
	return offset > 0 ? TRACK - 1 - out : TRACK + SAMPLES + out;
}

/* Wrong samples in what the drive reads as sectors of the tracks beside. */
static void test_neighbours(int offset)
{
	unsigned int count = abs(offset);
	struct tao_verify v;

	noise();
	surround(offset);
	expect(offset, TAO_BESIDE_AUDIO, 0, 0, 0, "without a gap: identical, with its edge");
	disc.samples[outside(offset, count - 1)] ^= 1;
	expect(offset, TAO_BESIDE_AUDIO, 1, 1, 0, "its outermost sample is wrong: found");
	expect(offset, TAO_BESIDE_DRIVE, 0, 0, 1, "with a gap, that may be the drive's own");
	surround(offset);
	disc.samples[outside(offset, 0)] ^= 1;
	expect(offset, TAO_BESIDE_AUDIO, 1, 1, 0, "the sample beside the track is wrong: found");
	if (count > 100)
		expect(offset, TAO_BESIDE_DRIVE, 1, 1, 0,
		       "with a gap too, if audio is further outside");
	surround(offset);
	for (unsigned int i = 0; i < count; i++)
		disc.samples[outside(offset, i)] = 0;
	expect(offset, TAO_BESIDE_AUDIO, 1, count, 0, "silence instead of the edge: found");
	expect(offset, TAO_BESIDE_DRIVE, 0, 0, count, "with a gap, that may be a pregap");
	memset(&v, 0, sizeof(v));
	before = offset > 0 ? TAO_BESIDE_AUDIO : TAO_BESIDE_DRIVE;
	behind = offset < 0 ? TAO_BESIDE_AUDIO : TAO_BESIDE_DRIVE;
	check(verify_next(&v) == 1 && v.different_samples == count &&
	      !(v.flags & TAO_VERIFY_OFFSET_KNOWN),
	      "the offset of such a track is not taken for the next one");
	before = TAO_BESIDE_DRIVE;
	behind = TAO_BESIDE_DRIVE;
	surround(offset);
	disc.unreadable[AROUND + (offset > 0 ? -1 : (int)SECTORS)] = true;
	expect(offset, TAO_BESIDE_AUDIO, 0, 0,
	       count < TAO_SECTOR_SAMPLES ? count : TAO_SECTOR_SAMPLES,
	       "a sector of the other track that can't be read: the rest is compared");
}

/* The last track of a drive that may count the pregap to the track before. */
static void test_maybe_pregap(void)
{
	static struct disc shifted;
	struct tao_verify_job job = {
		.sectors = read_disc,
		.sectors_data = &shifted,
		.source = read_source,
		.bytes = (SAMPLES - 100 * TAO_SECTOR_SAMPLES) * sizeof(uint32_t),
		.start_lba = START_LBA + 100,
		.track_sectors = SECTORS - 100,
		.before = TAO_BESIDE_UNKNOWN,
	};
	size_t start = TRACK + 100 * TAO_SECTOR_SAMPLES, audio = SAMPLES - (start - TRACK);
	struct tao_verify v = { .flags = TAO_VERIFY_OFFSET_KNOWN, .offset_samples = 700 };

	noise();
	source_samples = audio;
	memset(&shifted, 0, sizeof(shifted));
	memcpy(shifted.samples + start - 700, source, audio * sizeof(*source));
	check_is(tao_verify_run(&job, &v), 0, "maybe a pregap: a good track");
	check_is(v.compared_samples, audio, "maybe a pregap: all of it");
	memset(shifted.samples + start - 700, 0, TAO_SECTOR_SIZE);
	check_is(tao_verify_run(&job, &v), 1, "maybe a pregap: a wrong sector at its edge");
	check(v.flags & TAO_VERIFY_UNDECIDED && v.flags & TAO_VERIFY_OFFSET_KNOWN &&
	      !v.different_samples, "it can't be decided, but the offset stays known");
	shifted.samples[start - 75 * TAO_SECTOR_SAMPLES + 5] = 1;
	check_is(tao_verify_run(&job, &v), 1, "audio where the pregap would be");
	check(!(v.flags & TAO_VERIFY_UNDECIDED) && v.different_samples == TAO_SECTOR_SAMPLES &&
	      !v.first_different, "so the sector is wrong");
}

/* A constant is as good as silence: where it begins and ends shows the offset, or some of it. */
static void test_constant(uint32_t value, int offset)
{
	struct tao_verify v;
	char text[64];

	snprintf(text, sizeof(text), "all samples are %#x, offset %d", value, offset);
	source_samples = SAMPLES;
	for (size_t i = 0; i < SAMPLES; i++)
		source[i] = value;
	surround(offset);
	disc.edges_readable = false;
	check_is(verify(&v), 1, text);
	check(v.flags & TAO_VERIFY_UNDECIDED && !v.different_samples, "it can't be decided");
	check_is(verify_at(&v, offset), 0, "with the offset of the disc it is identical");
	check_is(v.edge_samples, abs(offset), "but for its edge");
	disc.samples[TRACK + SAMPLES / 2] ^= 1;
	check_is(verify(&v), 1, "a wrong sample in it");
	check(v.different_samples == 1 && !(v.flags & TAO_VERIFY_UNDECIDED) &&
	      !(v.flags & TAO_VERIFY_OFFSET_KNOWN), "is found, and no offset");
	burn(offset);
	move_sectors(0, 8);
	verify(&v);
	check(value ? v.different_samples && !(v.flags & TAO_VERIFY_OFFSET_KNOWN) : true,
	      "more is missing than an offset explains");
}

static void test_differences(void)
{
	size_t at = 123456;
	struct tao_verify v;

	burn(30);
	disc.samples[AROUND * TAO_SECTOR_SAMPLES + at - 30] ^= 1;
	check_is(verify(&v), 1, "one wrong bit is found");
	check_is(v.different_samples, 1, "one wrong bit: one sample");
	check_is(v.first_different, at, "one wrong bit: its place in the source");
	check_is(v.offset_samples, 30, "one wrong bit: the offset all the same");

	burn(-99);
	for (size_t i = 0; i < 5 * TAO_SECTOR_SAMPLES; i++)
		disc.samples[(AROUND + SECTORS / 2) * TAO_SECTOR_SAMPLES + i] ^= 0x100;
	check_is(verify(&v), 1, "a scratch in the middle, where the offset is looked for first");
	check(v.offset_samples == -99 && v.different_samples == 5 * TAO_SECTOR_SAMPLES,
	      "a scratch: offset and extent");

	noise();
	burn(0);
	noise();
	check_is(verify(&v), 1, "another track");
	check(v.flags & TAO_VERIFY_NO_OFFSET && v.different_samples > SAMPLES / 2,
	      "another track: no offset fits");
}

static void test_unreadable(void)
{
	struct tao_verify v;

	noise();
	burn(12);
	disc.unreadable[AROUND + 5] = true;
	disc.unreadable[AROUND + 333] = true;
	check_is(verify(&v), 1, "sectors that can't be read");
	check(v.unreadable_sectors == 2 && !v.different_samples, "their number, and no difference");
	check_is(v.compared_samples, SAMPLES - 12 - 2 * TAO_SECTOR_SAMPLES,
		 "all others are compared");
}

static void test_silence(void)
{
	struct tao_verify v;

	memset(source, 0, sizeof(source));
	burn(0);
	check_is(verify(&v), 0, "silence is identical");
	check(v.flags == TAO_VERIFY_AMBIGUOUS && !v.offset_samples,
	      "silence: the offset can't be told");

	/* a short piece of music, then nothing */
	for (size_t i = 0; i < 20000; i++)
		source[100 * TAO_SECTOR_SAMPLES + i] = random_sample();
	burn(48);
	check_is(verify(&v), 0, "a track that is silent but for 0.5 s: identical");
}

/* Makes a source with sound of @samples at @at, and nothing else. */
static void jingle(size_t at, size_t samples)
{
	memset(source, 0, sizeof(source));
	source_samples = SAMPLES;
	for (size_t i = 0; i < samples; i++)
		source[at + i] = random_sample();
}

/* A good track is identical, wherever its sound is and whatever the offset of the drive. */
static void test_little_sound(void)
{
	static const struct {
		size_t at, samples;
		const char *where;
	} sounds[] = {
		{ 0, 3000, "at the beginning" },
		{ 1, 1, "one sample, the second" },
		{ SAMPLES - 3000, 3000, "at the end" },
		{ SAMPLES - 1, 1, "the last sample" },
		{ SAMPLES * 95 / 100, 20000, "at 95 %" },
		{ SAMPLES / 2 + 12345, 400, "9 ms in the middle" },
	};
	static const int offsets[] = { 0, 6, 30, 667, 1776, -6, -582, -1164 };
	struct tao_verify v;
	char text[128];
	bool inside;
	int first;

	for (size_t i = 0; i < sizeof(sounds) / sizeof(*sounds); i++) {
		for (size_t k = 0; k < sizeof(offsets) / sizeof(*offsets); k++) {
			jingle(sounds[i].at, sounds[i].samples);
			burn(offsets[k]);
			snprintf(text, sizeof(text), "sound %s, offset %d: no difference",
				 sounds[i].where, offsets[k]);
			check(verify(&v) == 0 || (v.flags & TAO_VERIFY_UNDECIDED &&
						  !v.different_samples), text);
			snprintf(text, sizeof(text), "sound %s, offset %d: the offset, or none",
				 sounds[i].where, offsets[k]);
			check(v.offset_samples == offsets[k] || v.flags & TAO_VERIFY_UNDECIDED,
			      text);
			snprintf(text, sizeof(text), "sound %s, offset %d: found if it is readable",
				 sounds[i].where, offsets[k]);
			first = (int)sounds[i].at - offsets[k];
			inside = first >= 0 && first + sounds[i].samples <= SAMPLES;
			check(!inside || v.flags & TAO_VERIFY_OFFSET_KNOWN, text);
		}
	}
}

/* Tones: all offsets n + k * period match. */
static void test_tones(void)
{
	static const struct {
		unsigned int period;
		int offset;
	} tones[] = { { 100, 30 }, { 100, 102 }, { 44, 667 }, { 100, -1164 }, { 588, 12 },
		      { 2, 6 } };
	struct tao_verify v;
	char text[128];

	source_samples = SAMPLES;
	for (size_t t = 0; t < sizeof(tones) / sizeof(*tones); t++) {
		for (size_t i = 0; i < SAMPLES; i++)
			source[i] = (i % tones[t].period + 1) * 0x10001;
		burn(tones[t].offset);
		snprintf(text, sizeof(text), "period %u, offset %d: ", tones[t].period,
			 tones[t].offset);
		check_is(verify(&v), 1, strcat(text, "is not called identical"));
		check(v.flags & TAO_VERIFY_UNDECIDED && !v.different_samples,
		      "it can't be decided, and nothing differs");
		check_is(verify_at(&v, tones[t].offset), 0,
			 "with the offset of the disc it is identical");
		disc.samples[(AROUND + 5) * TAO_SECTOR_SAMPLES] ^= 1;
		check_is(verify(&v), 1, "one wrong sample: found");
		check(v.different_samples == 1 && !(v.flags & TAO_VERIFY_UNDECIDED),
		      "one wrong sample: a difference");
	}
	/* it begins and ends in the track, which shows its position */
	for (size_t i = 0; i < SAMPLES; i++)
		source[i] = i > 10000 && i < SAMPLES - 10000 ? (i % 44 + 1) * 0x10001 : 0;
	burn(667);
	check(!verify(&v) && v.offset_samples == 667, "a tone with silence around it: identical");
}

/* Missing and repeated sectors at the start, in the middle and at the end. */
static void test_moved(void)
{
	static const unsigned int places[] = { 0, 1, SECTORS / 2, SECTORS - 2 };
	static const int moves[] = { 1, 5, -1, -2 };
	struct tao_verify v;
	char text[128];

	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		for (size_t k = 0; k < sizeof(moves) / sizeof(*moves); k++) {
			if (places[i] + abs(moves[k]) >= SECTORS)
				continue;
			noise();
			burn(6);
			move_sectors(places[i], moves[k]);
			snprintf(text, sizeof(text), "sector %u, %d %s: found", places[i],
				 abs(moves[k]), moves[k] > 0 ? "lost" : "doubled");
			check_is(verify_at(&v, 6), 1, text);
			check(v.different_samples && !(v.flags & TAO_VERIFY_UNDECIDED), text);
		}
	}
	noise();
	burn(6);
	move_sectors(0, 5);
	verify_at(&v, 6);
	check(v.flags & TAO_VERIFY_SHIFTED && v.shift_samples == 5 * (int)TAO_SECTOR_SAMPLES,
	      "a track that has lost its beginning: how far it is off the others");
	burn(0);
	move_sectors(0, 5);
	check(verify(&v) == 1 && v.flags & TAO_VERIFY_UNDECIDED && v.offset_samples == 2940,
	      "an offset of whole sectors is not told from sectors that are lost");
	burn(0);
	check(!verify(&v) && v.flags & TAO_VERIFY_OFFSET_KNOWN, "a good track on the same disc");
	check(!verify_next(&v) && !v.offset_samples, "its offset serves the next one");
}

/* The disc is removed, or the user stops it: no further sector is read. */
static void test_end(void)
{
	unsigned int reads;
	struct tao_verify v;

	noise();
	burn(6);
	for (unsigned int i = 400; i < SECTORS; i++)
		disc.unreadable[AROUND + i] = true;
	stop_after = 0;
	check_is(verify_at(&v, 6), 1, "half a disc that can't be read");
	reads = disc.reads;
	check(reads > 600, "each of its sectors is tried, and a second time");
	disc.gone = true;
	disc.reads = 0;
	check_is(verify_at(&v, 6), -ENOMEDIUM, "a disc that was taken out");
	check(disc.reads <= 20, "no other sector is tried");
	disc.gone = false;
	disc.reads = 0;
	calls = 0;
	stop_after = 17;	/* in the second sector of the first bad chunk */
	check_is(verify_at(&v, 6), -ECANCELED, "it can be stopped between two bad sectors");
	check(disc.reads < 30, "at once");
	stop_after = 0;
}

static void stop_search(unsigned int call, unsigned int reads, const char *where)
{
	struct tao_verify v;

	disc.reads = 0;
	calls = 0;
	stop_after = call;
	check_is(verify(&v), -ECANCELED, where);
	check_is(disc.reads, reads, "no further sector is read");
	stop_after = 0;
}

/* The search for the offset takes long on a disc that can hardly be read. */
static void test_search_stops(void)
{
	struct tao_verify v;

	noise();
	burn(6);
	stop_search(1, 0, "the search for sound can be stopped");
	stop_search(3, 1, "the search between sounds can be stopped");
	memset(source + 300 * TAO_SECTOR_SAMPLES, 0, 400 * TAO_SECTOR_SIZE);
	memset(source, 0, 290 * TAO_SECTOR_SIZE);
	burn(6);
	memset(disc.unreadable, true, sizeof(disc.unreadable));
	/* 25 calls come before the probes: 24 between sounds, and those around one */
	stop_search(25 + 24 + 11, 24 + 9, "the search around a sound can be stopped");
	noise();
	burn(6);
	move_sectors(0, 5);
	last_told = 0;
	went_back = false;
	verify_at(&v, 6);
	check(v.flags & TAO_VERIFY_SHIFTED && last_told && !went_back,
	      "a second search does not take progress back");
}

/* A drive tries for long to read a bad sector; a whole disc would take days. */
static void test_given_up(void)
{
	struct tao_verify v;

	noise();
	burn(6);
	for (unsigned int i = 0; i < SECTORS; i++)
		disc.unreadable[AROUND + i] = true;
	check_is(verify(&v), 1, "a disc that can't be read");
	check(v.flags & TAO_VERIFY_GIVEN_UP, "it is given up");
	check(disc.reads < 2000, "after some tries");
	check(v.unreadable_sectors && v.unreadable_sectors < SECTORS && !v.compared_samples,
	      "what was not tried is not called unreadable");
	burn(6);
	for (unsigned int i = 100; i < 200; i++)
		disc.unreadable[AROUND + i] = true;
	check_is(verify(&v), 1, "a scratch of a second");
	check(!(v.flags & TAO_VERIFY_GIVEN_UP) && v.unreadable_sectors == 100,
	      "all but that is compared");
}

/* Sectors behind the audio that the drive includes in the track: run-out and a pregap. */
static void test_extra(int offset, unsigned int extra)
{
	struct tao_verify_job job = {
		.sectors = read_disc,
		.sectors_data = &disc,
		.source = read_source,
		.bytes = (SAMPLES - extra * TAO_SECTOR_SAMPLES) * sizeof(uint32_t),
		.start_lba = START_LBA,
		.track_sectors = SECTORS - extra,
		.extra_sectors = extra,
	};
	size_t audio = SAMPLES - extra * TAO_SECTOR_SAMPLES;
	size_t end = AROUND * TAO_SECTOR_SAMPLES + audio;
	struct tao_verify v = { 0 };

	noise();
	source_samples = audio;
	memset(source + audio, 0, (SAMPLES - audio) * sizeof(*source));
	burn(offset);
	/* the next track */
	disc.samples[AROUND * TAO_SECTOR_SAMPLES + SAMPLES - offset] = 1;
	check_is(tao_verify_run(&job, &v), 0, "silence behind the track is no part of it");
	disc.samples[end - offset + 1] = 1;
	v = (struct tao_verify){ 0 };
	check_is(tao_verify_run(&job, &v), 1, "sound behind the track is found");
	check(v.different_samples == 1 && v.first_different == audio + 1, "and where it is");
	disc.samples[end - offset + 1] = 0;
	disc.samples[end + 40] = 1;
	disc.unreadable[AROUND + SECTORS - extra] = true;
	v = (struct tao_verify){ 0 };
	check_is(tao_verify_run(&job, &v), 0, "run-out that can't be read is none");
}

static void test_padding(void)
{
	struct tao_verify v;

	noise();
	source_samples = SAMPLES - 40000;
	memset(source + source_samples, 0, 40000 * sizeof(uint32_t));
	burn(-6);
	check_is(verify(&v), 0, "silence fills the last sectors up");
	disc.samples[(AROUND + SECTORS - 1) * TAO_SECTOR_SAMPLES] = 1;
	check_is(verify(&v), 1, "noise where silence has to be is found");
}

static void test_first_track(void)
{
	struct tao_verify_job job = {
		.sectors = read_disc,
		.sectors_data = &disc,
		.source = read_source,
		.bytes = SAMPLES * sizeof(uint32_t),
		.track_sectors = SECTORS,
	};
	struct tao_verify v = { 0 };

	noise();
	burn(700);
	/* the first track begins at address 0, which is index AROUND of the array */
	disc.edges_readable = true;
	job.start_lba = 0;
	tao_verify_run(&job, &v);
	check(disc.lowest >= 0, "nothing is read before address 0");
}

static ssize_t no_source(void *data, void *buffer, size_t bytes, uint64_t offset)
{
	(void)data;
	(void)buffer;
	(void)bytes;
	(void)offset;
	return -ENOENT;
}

static void test_failures(void)
{
	struct tao_verify_job job = {
		.sectors = read_disc,
		.sectors_data = &disc,
		.source = no_source,
		.bytes = SAMPLES * sizeof(uint32_t),
		.start_lba = START_LBA,
		.track_sectors = SECTORS,
	};
	struct tao_verify v = { 0 };

	check_is(tao_verify_run(&job, &v), -ENOENT, "an error of the source is returned");
	check(strstr(tao_last_error(), "compare with"), "and can be read");
	job.track_sectors = TAO_TRACK_MIN_SECTORS - 1;
	check_is(tao_verify_run(&job, &v), -EINVAL, "a track that can't exist");
}

/* "quick", for valgrind: without the parts that take thousands of comparisons */
int main(int argc, char **argv)
{
	bool quick = argc > 1 && !strcmp(argv[1], "quick");
	int offset;

	srand(ktap_seed());
	noise();
	test_offset(0, "no offset");
	test_offset(1, "1 sample late");
	test_offset(-1, "1 sample early");
	test_offset(TAO_VERIFY_OFFSET_MAX, "the most there can be");
	test_offset(-TAO_VERIFY_OFFSET_MAX, "the least there can be");
	for (int i = 0; i < 5; i++) {
		offset = rand() % (2 * TAO_VERIFY_OFFSET_MAX + 1) - TAO_VERIFY_OFFSET_MAX;
		test_offset(offset, "random offset");
	}
	test_edges();
	test_differences();
	test_unreadable();
	test_neighbours(6);
	test_neighbours(-6);
	test_neighbours(700);
	test_neighbours(-1300);
	test_neighbours(TAO_VERIFY_OFFSET_MAX);
	test_maybe_pregap();
	test_silence();
	if (!quick) {
		test_constant(0xffffffff, 6);
		test_constant(0xffffffff, -6);
		test_constant(0x004dffb3, 667);
		test_constant(0, -588);
		test_little_sound();
		test_tones();
		test_moved();
	}
	test_end();
	test_search_stops();
	test_given_up();
	test_extra(6, 2);
	test_extra(-30, 2);
	test_extra(0, 152);
	test_extra(667, 152);
	test_padding();
	test_first_track();
	test_failures();
	return ktap_end();
}
