// SPDX-License-Identifier: GPL-2.0-only
/*
 * The comparison of a track with its source, on a disc that is an array: with offsets, scratches,
 * sectors that can't be read, silence.
 */
#include <errno.h>
#include <string.h>
#include "../../../tools/lib/tao/internal.h"
#include "ktap.h"

#define START_LBA 1000
#define SECTORS 700U
#define SAMPLES ((size_t)SECTORS * TAO_SECTOR_SAMPLES)
/* Before and behind the track */
#define AROUND 10U
#define DISC_SAMPLES ((SECTORS + 2 * AROUND) * TAO_SECTOR_SAMPLES)

struct disc {
	uint32_t samples[DISC_SAMPLES];
	bool unreadable[SECTORS + 2 * AROUND];
	bool edges_readable;
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
			return -EIO;
		if (!d->edges_readable && (first + i < AROUND || first + i >= SECTORS + AROUND))
			return -EIO;
	}
	memcpy(buffer, d->samples + first * TAO_SECTOR_SAMPLES, count * TAO_SECTOR_SIZE);
	return 0;
}

/* Reads in odd pieces, as a pread() may. */
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

/* A disc as a drive shows it: sample n of the track is sample n + offset of the source. */
static void burn(int offset)
{
	memset(&disc, 0, sizeof(disc));
	for (size_t i = 0; i < SAMPLES; i++) {
		int64_t place = (int64_t)AROUND * TAO_SECTOR_SAMPLES + (int64_t)i - offset;

		if (place >= 0 && place < (int64_t)DISC_SAMPLES)
			disc.samples[place] = source[i];
	}
}

static int verify(struct tao_verify *result)
{
	struct tao_verify_job job = {
		.sectors = read_disc,
		.sectors_data = &disc,
		.source = read_source,
		.bytes = source_samples * sizeof(uint32_t),
		.start_lba = START_LBA,
		.track_sectors = SECTORS,
	};

	return tao_verify_run(&job, result);
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
	check(v.edge_samples == edge && v.compared_samples == SAMPLES - edge && !v.flags, text);
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

	/* a tone with a period of 100 samples: all offsets n + 100 k fit */
	for (size_t i = 0; i < SAMPLES; i++)
		source[i] = (i % 100) * 0x10001;
	burn(30);
	check_is(verify(&v), 0, "a tone is identical");
	check(v.flags == TAO_VERIFY_AMBIGUOUS && v.offset_samples == 30,
	      "a tone: the smallest offset, and said so");
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
	struct tao_verify v;

	noise();
	burn(700);
	/* the first track begins at 0: here, in the array, at AROUND */
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
	struct tao_verify v;

	check_is(tao_verify_run(&job, &v), -ENOENT, "an error of the source is returned");
	check(strstr(tao_last_error(), "compare with"), "and can be read");
	job.track_sectors = TAO_TRACK_MIN_SECTORS - 1;
	check_is(tao_verify_run(&job, &v), -EINVAL, "a track that can't exist");
}

int main(void)
{
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
	test_silence();
	test_padding();
	test_first_track();
	test_failures();
	return ktap_end();
}
