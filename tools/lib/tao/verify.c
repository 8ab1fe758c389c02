// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Compare a track with what was written.
 *
 * A drive reads a constant number of samples off the mark, and writes so as well. The sum of both
 * shows when the track is read back: sample n of the disc is sample n + offset of the source. It is
 * found by looking for short pieces of the disc in the source; then all samples are compared. At
 * one end of the track the offset points beyond the track, where most drives can't read: these
 * samples are counted, not compared.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "internal.h"

/* Sectors per READ CD: less than 64 KiB, as every adapter takes it. */
#define CHUNK_SECTORS 27U
#define CHUNK_SAMPLES (CHUNK_SECTORS * TAO_SECTOR_SAMPLES)

/* A piece to look for: 4 sectors, 53 ms. */
#define PROBE_SECTORS 4U
#define PROBE_SAMPLES (PROBE_SECTORS * TAO_SECTOR_SAMPLES)
#define PROBES_MAX 24U
/* Probes that have to find one and the same offset, and no other. */
#define PROBES_AGREE 3U

#define OFFSETS (2 * TAO_VERIFY_OFFSET_MAX + 1)

/* Room for a chunk, and for a probe with the offsets on both sides. */
#define SOURCE_SAMPLES (CHUNK_SAMPLES + PROBE_SAMPLES + OFFSETS)

struct comparison {
	const struct tao_verify_job *job;
	struct tao_verify *result;
	uint64_t samples; /* of the track */
	uint32_t *disc; /* CHUNK_SAMPLES */
	uint32_t *source; /* CHUNK_SAMPLES or a probe with room for the offsets on both sides */
	uint32_t *votes; /* OFFSETS */
};

/* Samples @first... of what was written, silence where there is no more. */
static int read_source(const struct comparison *c, uint64_t first, size_t samples, uint32_t *out)
{
	size_t wanted = samples * TAO_SAMPLE_BYTES, done = 0;
	uint64_t offset = first * TAO_SAMPLE_BYTES;
	ssize_t n = 0;

	while (done < wanted && offset + done < c->job->bytes) {
		uint64_t left = c->job->bytes - offset - done;

		n = c->job->source(c->job->source_data, (char *)out + done,
				   wanted - done < left ? wanted - done : left, offset + done);
		if (n <= 0)
			break;
		done += n;
	}
	if (n < 0)
		return tao_fail(-n, "can't read the audio to compare with");
	if (done < wanted && offset + done < c->job->bytes)
		return tao_fail(EMSGSIZE,
				"the audio to compare with ends before its announced length");
	memset((char *)out + done, 0, wanted - done);
	return 0;
}

static bool is_constant(const uint32_t *samples, size_t count)
{
	for (size_t i = 1; i < count; i++)
		if (samples[i] != samples[0])
			return false;
	return true;
}

/*
 * Look for the piece of the disc that begins at @sector in the source around it. Returns how many
 * offsets fit, each of which gets a vote; 0 also if the drive can't read there, or where nothing
 * but silence is.
 */
static int probe(struct comparison *c, uint32_t sector)
{
	uint64_t first = (uint64_t)sector * TAO_SECTOR_SAMPLES;
	int fits = 0, ret;

	ret = read_source(c, first - TAO_VERIFY_OFFSET_MAX, PROBE_SAMPLES + OFFSETS - 1, c->source);
	if (ret)
		return ret;
	if (is_constant(c->source, PROBE_SAMPLES + OFFSETS - 1))
		return 0;
	if (c->job->sectors(c->job->sectors_data, c->job->start_lba + sector, PROBE_SECTORS,
			    c->disc))
		return 0;
	for (unsigned int i = 0; i < OFFSETS; i++) {
		if (!memcmp(c->source + i, c->disc, PROBE_SAMPLES * TAO_SAMPLE_BYTES)) {
			c->votes[i]++;
			fits++;
		}
	}
	return fits;
}

/* The offset with the most votes; of several the one nearest to 0. */
static void choose_offset(struct comparison *c)
{
	unsigned int best = TAO_VERIFY_OFFSET_MAX, equal = 0;

	for (unsigned int distance = 0; distance <= TAO_VERIFY_OFFSET_MAX; distance++) {
		unsigned int after = TAO_VERIFY_OFFSET_MAX + distance,
			     before = TAO_VERIFY_OFFSET_MAX - distance;

		if (c->votes[after] > c->votes[best])
			best = after;
		if (c->votes[before] > c->votes[best])
			best = before;
	}
	for (unsigned int i = 0; i < OFFSETS; i++)
		equal += c->votes[i] == c->votes[best];
	c->result->offset_samples = (int)best - TAO_VERIFY_OFFSET_MAX;
	if (equal > 1)
		c->result->flags |= TAO_VERIFY_AMBIGUOUS;
}

/* Probes all over the track, the order 1/2, 1/4, 3/4, 1/8... finds music soon. */
static int find_offset(struct comparison *c)
{
	uint32_t margin = TAO_VERIFY_OFFSET_MAX / TAO_SECTOR_SAMPLES + 1;
	uint32_t room = c->job->track_sectors - 2 * margin - PROBE_SECTORS;
	unsigned int unique = 0, any = 0, sounding = 0;

	for (unsigned int n = 1; n <= PROBES_MAX && unique < PROBES_AGREE; n++) {
		double place = 0, step = 0.5;
		int fits;

		for (unsigned int bits = n; bits; bits >>= 1, step /= 2)
			place += bits & 1 ? step : 0;
		fits = probe(c, margin + (uint32_t)(place * room));
		if (fits < 0)
			return fits;
		unique += fits == 1;
		any += fits > 0;
		sounding += !is_constant(c->source, PROBE_SAMPLES + OFFSETS - 1);
	}
	if (any)
		choose_offset(c);
	else
		c->result->flags |= sounding ? TAO_VERIFY_NO_OFFSET : TAO_VERIFY_AMBIGUOUS;
	return 0;
}

/* The samples of the disc that are those of the source from @first on. */
static int compare_samples(struct comparison *c, const uint32_t *disc, uint64_t first, size_t count)
{
	struct tao_verify *result = c->result;
	int ret;

	ret = read_source(c, first, count, c->source);
	if (ret)
		return ret;
	result->compared_samples += count;
	if (!memcmp(disc, c->source, count * TAO_SAMPLE_BYTES))
		return 0;
	for (size_t i = 0; i < count; i++) {
		if (disc[i] == c->source[i])
			continue;
		if (!result->different_samples++)
			result->first_different = first + i;
	}
	return 0;
}

/* Sectors @sector... of the track, which are in c->disc: the part of them that the source has. */
static int compare_sectors(struct comparison *c, uint32_t sector, unsigned int count)
{
	int64_t first = (int64_t)sector * TAO_SECTOR_SAMPLES + c->result->offset_samples;
	int64_t end = first + (int64_t)count * TAO_SECTOR_SAMPLES;
	size_t skip = 0;

	if (first < 0) {
		skip = -first;
		first = 0;
	}
	if (end > (int64_t)c->samples)
		end = c->samples;
	return first < end ? compare_samples(c, c->disc + skip, first, end - first) : 0;
}

/* A chunk that can't be read whole: sector by sector, each a second time before it is given up. */
static int compare_slowly(struct comparison *c, uint32_t sector, unsigned int count)
{
	const struct tao_verify_job *job = c->job;
	int ret;

	for (uint32_t end = sector + count; sector < end; sector++) {
		if (job->sectors(job->sectors_data, job->start_lba + sector, 1, c->disc) &&
		    job->sectors(job->sectors_data, job->start_lba + sector, 1, c->disc)) {
			c->result->unreadable_sectors++;
			continue;
		}
		ret = compare_sectors(c, sector, 1);
		if (ret)
			return ret;
	}
	return 0;
}

static int compare_track(struct comparison *c)
{
	const struct tao_verify_job *job = c->job;
	unsigned int count;
	int ret;

	for (uint32_t sector = 0; sector < job->track_sectors; sector += count) {
		count = job->track_sectors - sector < CHUNK_SECTORS ? job->track_sectors - sector :
								      CHUNK_SECTORS;
		ret = job->sectors(job->sectors_data, job->start_lba + sector, count, c->disc);
		if (ret == -ENODEV || ret == -ENOMEDIUM || ret == -EACCES || ret == -EPERM)
			return ret;
		ret = ret ? compare_slowly(c, sector, count) : compare_sectors(c, sector, count);
		if (ret)
			return ret;
		if (job->progress &&
		    job->progress(job->progress_data, (uint64_t)(sector + count) * TAO_SECTOR_SIZE))
			return tao_fail(ECANCELED, "comparing was stopped");
	}
	return 0;
}

/*
 * The samples that the offset puts outside the track: some drives can read there, and then they
 * count. What is there and is something else is the drive's own (run-out, silence of a pregap), no
 * fault of the track. Nothing is read before address 0: there are drives that don't survive it.
 */
static int compare_edge(struct comparison *c)
{
	const struct tao_verify_job *job = c->job;
	int32_t offset = c->result->offset_samples;
	size_t left = offset < 0 ? -offset : offset;
	int64_t lba = offset < 0 ? (int64_t)job->start_lba + job->track_sectors :
				   (int64_t)job->start_lba - 1;
	int ret;

	while (left && lba >= 0 && !job->sectors(job->sectors_data, lba, 1, c->disc)) {
		size_t count = left < TAO_SECTOR_SAMPLES ? left : TAO_SECTOR_SAMPLES;
		uint64_t first = offset < 0 ? c->samples - left : left - count;
		const uint32_t *disc = offset < 0 ? c->disc : c->disc + TAO_SECTOR_SAMPLES - count;

		ret = read_source(c, first, count, c->source);
		if (ret)
			return ret;
		if (memcmp(disc, c->source, count * TAO_SAMPLE_BYTES))
			break;
		c->result->compared_samples += count;
		left -= count;
		lba += offset < 0 ? 1 : -1;
	}
	c->result->edge_samples = left;
	return 0;
}

static int run(struct comparison *c)
{
	int ret;

	ret = find_offset(c);
	if (!ret)
		ret = compare_track(c);
	if (!ret)
		ret = compare_edge(c);
	if (ret)
		return ret;
	return c->result->different_samples || c->result->unreadable_sectors;
}

int tao_verify_run(const struct tao_verify_job *job, struct tao_verify *verify)
{
	struct comparison c = {
		.job = job,
		.result = verify,
		.samples = (uint64_t)job->track_sectors * TAO_SECTOR_SAMPLES,
	};
	int ret;

	memset(verify, 0, sizeof(*verify));
	verify->samples = c.samples;
	verify->first_different = UINT64_MAX;
	if (job->track_sectors < TAO_TRACK_MIN_SECTORS)
		return tao_fail(EINVAL, "a track of %u sectors can't be compared",
				job->track_sectors);

	c.disc = calloc(CHUNK_SAMPLES, sizeof(uint32_t));
	c.source = calloc(SOURCE_SAMPLES, sizeof(uint32_t));
	c.votes = calloc(OFFSETS, sizeof(uint32_t));
	if (c.disc && c.source && c.votes)
		ret = run(&c);
	else
		ret = tao_fail(ENOMEM, "can't compare");
	free(c.votes);
	free(c.source);
	free(c.disc);
	return ret;
}

static int read_block_device(void *data, int32_t lba, unsigned int count, void *buffer)
{
	return tao_read_cd(*(int *)data, lba, count, buffer);
}

/* Where track @number lies. */
static int find_track(struct tao_device *dev, unsigned int number, struct tao_toc_entry *track)
{
	struct tao_toc toc;
	int ret;

	ret = tao_get_toc(dev, &toc);
	if (ret)
		return ret;
	for (uint32_t i = 0; i < toc.entries_count && i < TAO_TOC_ENTRIES_MAX; i++) {
		if (toc.entries[i].number == number && number <= TAO_TRACKS_MAX) {
			*track = toc.entries[i];
			return 0;
		}
	}
	return tao_fail(ENOENT, "%s: the disc has no track %u", dev->path, number);
}

int tao_verify_track(struct tao_device *dev, unsigned int number, tao_source_fn source,
		     void *source_data, uint64_t bytes, struct tao_verify *verify,
		     tao_progress_fn progress, void *data)
{
	uint64_t sectors = (bytes + TAO_SECTOR_SIZE - 1) / TAO_SECTOR_SIZE;
	struct tao_toc_entry track;
	char path[64];
	int fd, ret;

	ret = find_track(dev, number, &track);
	if (!ret)
		ret = tao_block_path(dev, path, sizeof(path));
	if (ret)
		return ret;
	if (sectors < TAO_TRACK_MIN_SECTORS)
		sectors = TAO_TRACK_MIN_SECTORS;
	/* Some drives count the two run-out sectors to the track; no drive may leave any out. */
	if (sectors > track.sectors || track.sectors > sectors + 2)
		return tao_fail(EMSGSIZE, "%s: track %u has %u sectors, but %llu were written",
				dev->path, number, track.sectors, (unsigned long long)sectors);
	fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return tao_fail(errno, "can't open %s to read the disc back", path);

	struct tao_verify_job job = {
		.sectors = read_block_device,
		.sectors_data = &fd,
		.source = source,
		.source_data = source_data,
		.bytes = bytes,
		.start_lba = track.start_lba,
		.track_sectors = sectors,
		.progress = progress,
		.progress_data = data,
	};

	ret = tao_verify_run(&job, verify);
	close(fd);
	return ret;
}
