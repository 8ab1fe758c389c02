// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Comparison of a track with the audio that was written.
 *
 * A drive reads with a constant offset of some samples, and writes with another one. When a track
 * is read back, the sum of both shows: sample n of the disc is sample n + offset of the source.
 * It is the same for all tracks of a disc. To find it, short pieces of the disc are searched for
 * in the source, in places where the source has sound; then all samples are compared. At one end
 * of the track the offset points beyond the track, where most drives can't read: these samples
 * are counted, not compared.
 *
 * If several offsets fit (a tone, a constant, a track that is silent except for its edge), all of
 * them are tried. If more than one of them yields an identical track, but not all, then the audio
 * can't show whether it is in the right place, and that is the result.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "internal.h"

/* Sectors per READ CD: less than 64 KiB, which every adapter accepts. */
#define CHUNK_SECTORS 27U
#define CHUNK_SAMPLES (CHUNK_SECTORS * TAO_SECTOR_SAMPLES)

/* Length of a probe, which is searched for in the source: 4 sectors, 53 ms. */
#define PROBE_SECTORS 4U
#define PROBE_SAMPLES (PROBE_SECTORS * TAO_SECTOR_SAMPLES)
#define PROBES_MAX 24U
/* Number of probes that must find the same unique offset. */
#define PROBES_AGREE 3U
/* Minimum part of a probe at the edge of the track that must be inside the source. */
#define OVERLAP_MIN TAO_SECTOR_SAMPLES

#define OFFSETS (2 * TAO_VERIFY_OFFSET_MAX + 1)
/* Number of sectors by which the offset may move a sound */
#define OFFSET_SECTORS (TAO_VERIFY_OFFSET_MAX / TAO_SECTOR_SAMPLES + 1)
/*
 * Limits for failed reads and the time that they take: a drive may try for a minute, and a disc
 * has 300,000 sectors. Beyond them the rest of the track is not tried.
 */
#define FAILURES_MAX 1000U
#define FAILING_MS_MAX 60000
/* So many samples beyond other ones show that a drive reads the audio of the track up to there. */
#define EDGE_RUN 32U
/* Half a pregap, which has 150 sectors: no offset moves audio of a track into its middle. */
#define MID_PREGAP 75
/* An offset with more wrong samples than this is ruled out. */
#define WRONG_MAX (2 * TAO_VERIFY_OFFSET_MAX)

/* Room for a chunk, and for a probe with all offsets on both sides. */
#define SOURCE_SAMPLES (CHUNK_SAMPLES + PROBE_SAMPLES + OFFSETS)

struct comparison {
	const struct tao_verify_job *job;
	struct tao_verify *result;
	uint64_t samples; /* of the track */
	uint32_t *disc; /* CHUNK_SAMPLES */
	uint32_t *source; /* SOURCE_SAMPLES */
	uint32_t *votes; /* OFFSETS: number of probes that match with each offset */
	uint32_t *wrong; /* OFFSETS: differing samples with each offset; counts to WRONG_MAX + 1 */
	unsigned int fitting; /* number of offsets that fit as well as the best one */
	unsigned int failures; /* number of failed reads */
	int64_t failing_ms; /* time that these took */
	uint64_t told; /* sectors that the progress function was told last */
};

/* Reads the source from sample @first on, and silence behind its end. */
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

/* Whether too many reads have failed to try any more. */
static bool gives_up(const struct comparison *c)
{
	return c->failures >= FAILURES_MAX || c->failing_ms >= FAILING_MS_MAX;
}

/*
 * Reads sectors of the disc into c->disc. Returns 0, 1 if they can't be read, or a negative errno
 * if no others can be read either.
 */
static int read_disc(struct comparison *c, int64_t lba, unsigned int count)
{
	int64_t began = tao_clock_ms();
	int ret;

	if (gives_up(c))
		return 1;
	ret = c->job->sectors(c->job->sectors_data, lba, count, c->disc);
	if (ret) {
		c->failures++;
		c->failing_ms += tao_clock_ms() - began;
	}
	switch (ret) {
	case 0:
		return 0;
	case -ENODEV:
	case -ENXIO:
	case -ENOMEDIUM:
	case -EACCES:
	case -EPERM:
		return ret;
	default:
		return 1;
	}
}

/* Tells the same progress again: the function may stop what takes long without any. */
static int check_stop(const struct comparison *c)
{
	const struct tao_verify_job *job = c->job;

	if (job->progress && job->progress(job->progress_data, c->told * TAO_SECTOR_SIZE))
		return tao_fail(ECANCELED, "comparing was stopped");
	return 0;
}

static int tell_progress(struct comparison *c, uint64_t sectors)
{
	c->told = sectors;
	return check_stop(c);
}

/*
 * The part of the source that may match @count samples of the disc from @first on, with any
 * offset.
 */
struct window {
	int64_t first; /* sample for c->source[0]; negative if it precedes the source */
	size_t skip; /* samples before the start of the source */
	size_t end; /* index behind the last sample of the source */
};

static int read_window(const struct comparison *c, uint64_t first, size_t count, struct window *w)
{
	size_t all = count + OFFSETS - 1;

	w->first = (int64_t)first - TAO_VERIFY_OFFSET_MAX;
	w->skip = w->first < 0 ? -w->first : 0;
	w->end = w->first + (int64_t)all > (int64_t)c->samples ? c->samples - w->first : all;
	return read_source(c, w->first + w->skip, w->end - w->skip, c->source + w->skip);
}

/*
 * The part of @count samples of the disc that is inside the source with the offset of index @i.
 * It starts at *begin. Returns its length.
 */
static size_t overlap(const struct window *w, unsigned int i, size_t count, size_t *begin)
{
	size_t end = i + count > w->end ? (i < w->end ? w->end - i : 0) : count;

	*begin = i < w->skip ? w->skip - i : 0;
	return *begin < end ? end - *begin : 0;
}

/*
 * Searches the source around @sector for the piece of the disc that begins at this sector.
 * Returns the number of offsets that fit, each of which gets a vote. Also returns 0 if the drive
 * can't read there, or if there is nothing but silence.
 */
static int probe(struct comparison *c, uint32_t sector)
{
	uint64_t first = (uint64_t)sector * TAO_SECTOR_SAMPLES;
	struct window w;
	size_t begin, n;
	int fits = 0, ret;

	ret = read_window(c, first, PROBE_SAMPLES, &w);
	if (ret || is_constant(c->source + w.skip, w.end - w.skip))
		return ret;
	ret = read_disc(c, (int64_t)c->job->start_lba + sector, PROBE_SECTORS);
	if (ret)
		return ret < 0 ? ret : 0;
	for (unsigned int i = 0; i < OFFSETS; i++) {
		n = overlap(&w, i, PROBE_SAMPLES, &begin);
		if (n < OVERLAP_MIN || is_constant(c->disc + begin, n) ||
		    memcmp(c->source + i + begin, c->disc + begin, n * TAO_SAMPLE_BYTES))
			continue;
		c->votes[i]++;
		fits++;
	}
	return fits;
}

/* Whether the sector of the source has sound: 1, 0, or a negative errno. */
static int sounds(const struct comparison *c, uint32_t sector)
{
	/* includes the next sample, since a step between sectors is sound too */
	size_t count = TAO_SECTOR_SAMPLES + (sector + 1 < c->job->track_sectors);
	int ret = sector % CHUNK_SECTORS ? 0 : check_stop(c);

	if (!ret)
		ret = read_source(c, (uint64_t)sector * TAO_SECTOR_SAMPLES, count, c->source);
	return ret ? ret : !is_constant(c->source, count);
}

/* Finds the first and the last sector with sound; returns 0 if there is none. */
static int find_sound(const struct comparison *c, uint32_t *first, uint32_t *last)
{
	uint32_t end = c->job->track_sectors;
	int ret = 0;

	for (*first = 0; *first < end && !ret; ++*first)
		ret = sounds(c, *first);
	if (ret <= 0)
		return ret;
	--*first;
	for (*last = end, ret = 0; !ret; )
		ret = sounds(c, --*last);
	return ret;
}

/* Probes at @sector, or as near to it as possible within the track. */
static int probe_near(struct comparison *c, int64_t sector)
{
	int64_t highest = c->job->track_sectors - PROBE_SECTORS;
	int ret = check_stop(c);

	return ret ? ret : probe(c, sector < 0 ? 0 : sector > highest ? highest : sector);
}

/* Probes all places to which the offset may have moved a sound in @sector. */
static int probe_around(struct comparison *c, uint32_t sector)
{
	int ret;

	for (int64_t place = (int64_t)sector - OFFSET_SECTORS - PROBE_SECTORS;
	     place <= (int64_t)sector + OFFSET_SECTORS; place += PROBE_SECTORS / 2) {
		ret = probe_near(c, place);
		if (ret < 0)
			return ret;
	}
	return 0;
}

/* Probes between two sounds. The order 1/2, 1/4, 3/4, 1/8... finds music soon. 1: they agree. */
static int probe_between(struct comparison *c, uint32_t first, uint32_t last)
{
	unsigned int unique = 0;
	int fits;

	for (unsigned int n = 1; n <= PROBES_MAX; n++) {
		double place = 0, step = 0.5;

		for (unsigned int bits = n; bits; bits >>= 1, step /= 2)
			place += bits & 1 ? step : 0;
		fits = probe_near(c, first + (int64_t)(place * (last - first + 1)));
		if (fits < 0)
			return fits;
		unique += fits == 1;
		if (unique == PROBES_AGREE)
			return 1;
	}
	return 0;
}

/*
 * Sets c->fitting to the number of offsets with the most votes. Returns the index of the one
 * nearest to 0.
 */
static unsigned int count_votes(struct comparison *c)
{
	unsigned int best = TAO_VERIFY_OFFSET_MAX;

	for (unsigned int distance = 0; distance <= TAO_VERIFY_OFFSET_MAX; distance++) {
		unsigned int after = TAO_VERIFY_OFFSET_MAX + distance,
			     before = TAO_VERIFY_OFFSET_MAX - distance;

		if (c->votes[after] > c->votes[best])
			best = after;
		if (c->votes[before] > c->votes[best])
			best = before;
	}
	c->fitting = 0;
	for (unsigned int i = 0; i < OFFSETS; i++)
		c->fitting += c->votes[i] == c->votes[best];
	return best;
}

static void count_wrong(struct comparison *c, const struct window *w, unsigned int i, size_t count)
{
	size_t begin, n = overlap(w, i, count, &begin);
	const uint32_t *disc = c->disc + begin, *source = c->source + i + begin;

	if (!memcmp(disc, source, n * TAO_SAMPLE_BYTES))
		return;
	for (size_t k = 0; k < n && c->wrong[i] <= WRONG_MAX; k++)
		c->wrong[i] += disc[k] != source[k];
}

/* The index of the offset that has @n others nearer to 0. */
static unsigned int nearest(unsigned int n)
{
	return n % 2 ? TAO_VERIFY_OFFSET_MAX + (n + 1) / 2 : TAO_VERIFY_OFFSET_MAX - n / 2;
}

/* Compares one chunk with each of the remaining offsets. */
static int try_chunk(struct comparison *c, uint32_t sector, unsigned int count)
{
	size_t samples = (size_t)count * TAO_SECTOR_SAMPLES;
	struct window w;
	int ret;

	ret = read_disc(c, (int64_t)c->job->start_lba + sector, count);
	if (ret)
		return ret < 0 ? ret : 0;
	ret = read_window(c, (uint64_t)sector * TAO_SECTOR_SAMPLES, samples, &w);
	if (ret)
		return ret;
	/* silence matches with any offset */
	if (is_constant(c->source + w.skip, w.end - w.skip) && is_constant(c->disc, samples) &&
	    c->disc[0] == c->source[w.skip])
		return 0;
	for (unsigned int i = 0; i < OFFSETS; i++)
		if (c->wrong[i] <= WRONG_MAX)
			count_wrong(c, &w, i, samples);
	return 0;
}

/*
 * Compares the whole track with each offset that got the most votes. *found: the offset with the
 * fewest wrong samples, the one nearest to 0 of several, or OFFSETS if none is acceptable. Sets
 * c->fitting to the number of offsets that are as good as *found.
 */
static int try_offsets(struct comparison *c, unsigned int best, unsigned int *found)
{
	unsigned int count;
	int ret;

	for (unsigned int i = 0; i < OFFSETS; i++)
		c->wrong[i] = c->votes[i] == c->votes[best] ? 0 : WRONG_MAX + 1;
	for (uint32_t sector = 0; sector < c->job->track_sectors; sector += count) {
		count = c->job->track_sectors - sector < CHUNK_SECTORS ?
				c->job->track_sectors - sector :
				CHUNK_SECTORS;
		ret = try_chunk(c, sector, count);
		if (!ret)
			ret = check_stop(c);
		if (ret)
			return ret;
	}
	*found = best;
	for (unsigned int n = 0; n < OFFSETS; n++)
		if (c->wrong[nearest(n)] < c->wrong[*found])
			*found = nearest(n);
	c->fitting = 0;
	for (unsigned int i = 0; i < OFFSETS; i++)
		c->fitting += c->wrong[i] == c->wrong[*found];
	if (c->wrong[*found] > WRONG_MAX)
		*found = OFFSETS;
	return 0;
}

/*
 * Probes where there is sound. Returns 1, or 0 if the track is silent or another constant. Then no
 * offset has votes.
 */
static int look_for_offset(struct comparison *c)
{
	uint32_t first, last;
	int ret;

	memset(c->votes, 0, OFFSETS * sizeof(*c->votes));
	ret = find_sound(c, &first, &last);
	if (ret <= 0)
		return ret;
	ret = probe_between(c, first, last);
	if (!ret)
		ret = probe_around(c, first);
	if (!ret)
		ret = probe_around(c, last);
	return ret < 0 ? ret : 1;
}

/*
 * A constant begins and ends with its track, so an offset moves the silence or the track beside it
 * into the part that is read. Every offset that explains this fits, but none of them is proved. Nor
 * is the offset that explains more errors of a tone than the others.
 */
static int find_offset(struct comparison *c)
{
	struct tao_verify *result = c->result;
	unsigned int best;
	bool sound, proved;
	int ret;

	ret = look_for_offset(c);
	if (ret < 0)
		return ret;
	sound = ret;
	best = count_votes(c);
	proved = sound && c->fitting == 1;
	if (c->fitting > 1) {
		ret = try_offsets(c, best, &best);
		if (ret)
			return ret;
		proved = sound && c->fitting == 1 && best < OFFSETS && !c->wrong[best];
	}
	if (best == OFFSETS) {
		result->flags |= TAO_VERIFY_NO_OFFSET;
		return 0;
	}
	result->offset_samples = (int)best - TAO_VERIFY_OFFSET_MAX;
	result->flags |= proved ? TAO_VERIFY_OFFSET_KNOWN : TAO_VERIFY_AMBIGUOUS;
	return 0;
}

/*
 * A track that differs with the offset of the disc may be identical with another one: then its
 * audio is in the wrong place.
 */
static int find_shift(struct comparison *c)
{
	unsigned int best;
	int ret;

	ret = look_for_offset(c);
	if (ret <= 0)
		return ret;
	best = count_votes(c);
	if (c->fitting > 1)
		return 0;
	c->result->shift_samples =
		(int)best - TAO_VERIFY_OFFSET_MAX - c->result->offset_samples;
	if (c->result->shift_samples)
		c->result->flags |= TAO_VERIFY_SHIFTED;
	return 0;
}

/* Compares @count samples of the disc with those of the source from @first on. */
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

/* Compares sectors of the track, which are in c->disc, as far as they overlap with the source. */
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

/* Compares a chunk that can't be read as a whole: sector by sector, each with a second attempt. */
static int compare_slowly(struct comparison *c, uint32_t sector, unsigned int count)
{
	int ret = 0;

	for (uint32_t end = sector + count; sector < end && !ret && !gives_up(c); sector++) {
		int64_t lba = (int64_t)c->job->start_lba + sector;

		ret = tell_progress(c, sector);
		if (!ret)
			ret = read_disc(c, lba, 1);
		if (ret == 1)
			ret = read_disc(c, lba, 1);
		if (!ret) {
			ret = compare_sectors(c, sector, 1);
		} else if (ret == 1) {
			c->result->unreadable_sectors++;
			ret = 0;
		}
	}
	return ret;
}

static int compare_track(struct comparison *c)
{
	const struct tao_verify_job *job = c->job;
	unsigned int count;
	int ret;

	/* failures during the search for the offset do not count here */
	c->failures = 0;
	c->failing_ms = 0;
	for (uint32_t sector = 0; sector < job->track_sectors && !gives_up(c); sector += count) {
		count = job->track_sectors - sector < CHUNK_SECTORS ? job->track_sectors - sector :
								      CHUNK_SECTORS;
		ret = read_disc(c, (int64_t)job->start_lba + sector, count);
		if (ret == 1)
			ret = compare_slowly(c, sector, count);
		else if (!ret)
			ret = compare_sectors(c, sector, count);
		if (!ret)
			ret = tell_progress(c, sector + count);
		if (ret)
			return ret;
	}
	if (gives_up(c))
		c->result->flags |= TAO_VERIFY_GIVEN_UP;
	return 0;
}

/* The offset is one of several that fit, but others do not. */
static bool is_one_of_several(const struct comparison *c)
{
	return c->result->flags & TAO_VERIFY_AMBIGUOUS && c->fitting < OFFSETS;
}

/*
 * A sector behind the audio, which is in c->disc: the part that belongs to the track must be
 * silent.
 */
static void compare_silence(struct comparison *c, uint32_t sector)
{
	int64_t first = (int64_t)sector * TAO_SECTOR_SAMPLES + c->result->offset_samples;
	int64_t end = c->samples + (uint64_t)c->job->extra_sectors * TAO_SECTOR_SAMPLES;

	for (int64_t i = 0; i < TAO_SECTOR_SAMPLES; i++) {
		if (!c->disc[i] || first + i < (int64_t)c->samples || first + i >= end)
			continue;
		if (!c->result->different_samples++)
			c->result->first_different = first + i;
	}
}

/*
 * The additional sectors that a drive includes in the track are run-out and a pregap. Sound in
 * them is audio that is not in the source. Without an offset the end of a pregap can't be
 * distinguished from the next track, nor a tone in run-out from the end of its track.
 */
static int compare_extra(struct comparison *c)
{
	const struct tao_verify_job *job = c->job;
	uint32_t sector = job->track_sectors, end = sector + job->extra_sectors;
	int ret;

	if (!job->extra_sectors)
		return 0;
	if (c->result->offset_samples > 0)
		sector -= c->result->offset_samples / TAO_SECTOR_SAMPLES + 1;
	if (!(c->result->flags & TAO_VERIFY_OFFSET_KNOWN) &&
	    (job->extra_sectors > 2 || is_one_of_several(c)))
		return 0;
	for (; sector < end && !gives_up(c); sector++) {
		ret = read_disc(c, (int64_t)job->start_lba + sector, 1);
		if (ret < 0)
			return ret;
		if (!ret)
			compare_silence(c, sector);
	}
	return 0;
}

/* A sample that the offset moves outside the track */
enum edge_sample {
	EDGE_UNREAD,
	EDGE_SAME,
	EDGE_OTHER,
};

/* These samples; index 0 is the one beside the track. */
struct edge {
	enum tao_beside beside; /* the track, where the drive reads them */
	bool behind; /* and not before it */
	size_t count;
	uint8_t samples[TAO_VERIFY_OFFSET_MAX];
};

static void begin_edge(const struct comparison *c, struct edge *e)
{
	int32_t offset = c->result->offset_samples;
	size_t count = offset < 0 ? -offset : offset;

	*e = (struct edge){
		.beside = offset < 0 ? c->job->behind : c->job->before,
		.behind = offset < 0,
		.count = count < c->samples ? count : c->samples,
	};
}

/* The sample of the source that is sample @i of the edge */
static uint64_t source_of(const struct comparison *c, const struct edge *e, size_t i)
{
	return e->behind ? c->samples - e->count + i : e->count - 1 - i;
}

/*
 * Reads a sector of the edge; number 0 is beside the track. Nothing is read before address 0: some
 * drives don't survive it.
 */
static int read_edge_sector(struct comparison *c, const struct edge *e, unsigned int number)
{
	int64_t lba = e->behind ? (int64_t)c->job->start_lba + c->job->track_sectors + number :
				  (int64_t)c->job->start_lba - 1 - number;
	int ret;

	if (lba < 0)
		return 1;
	ret = read_disc(c, lba, 1);
	if (ret == 1 && e->beside == TAO_BESIDE_AUDIO)
		ret = read_disc(c, lba, 1);
	/* beyond the audio drives refuse in all possible ways */
	return ret < 0 && e->beside != TAO_BESIDE_AUDIO ? 1 : ret;
}

/* Leaves the part of the source for the edge in c->source. */
static int read_edge(struct comparison *c, struct edge *e)
{
	uint64_t first = e->behind ? c->samples - e->count : 0;
	int ret = read_source(c, first, e->count, c->source);

	for (size_t i = 0; i < e->count && !ret; ) {
		size_t end = i + TAO_SECTOR_SAMPLES < e->count ? i + TAO_SECTOR_SAMPLES : e->count;

		ret = read_edge_sector(c, e, i / TAO_SECTOR_SAMPLES);
		if (ret < 0)
			return ret;
		if (ret && e->beside == TAO_BESIDE_DRIVE)
			return 0;
		for (; i < end; i++) {
			size_t at = i % TAO_SECTOR_SAMPLES;
			uint32_t sample = c->disc[e->behind ? at : TAO_SECTOR_SAMPLES - 1 - at];
			bool same = sample == c->source[source_of(c, e, i) - first];

			e->samples[i] = ret ? EDGE_UNREAD : same ? EDGE_SAME : EDGE_OTHER;
		}
		ret = 0;
	}
	return ret;
}

/* Whether the @EDGE_RUN samples of the edge before @end are the same, and sound. */
static bool is_run(const struct comparison *c, const struct edge *e, size_t end)
{
	uint64_t first = e->behind ? c->samples - e->count : 0;
	uint64_t last = source_of(c, e, end - 1), other = source_of(c, e, end - EDGE_RUN);

	for (size_t i = end - EDGE_RUN; i < end; i++)
		if (e->samples[i] != EDGE_SAME)
			return false;
	return !is_constant(c->source + ((last < other ? last : other) - first), EDGE_RUN);
}

/*
 * The number of samples at the edge that the drive reads from the track. Those beyond them may be
 * the drive's own.
 */
static size_t reach(const struct comparison *c, const struct edge *e)
{
	size_t same = 0;

	while (same < e->count && e->samples[same] == EDGE_SAME)
		same++;
	if (!(c->result->flags & TAO_VERIFY_OFFSET_KNOWN))
		return same;
	if (e->beside == TAO_BESIDE_AUDIO)
		return e->count;
	for (size_t end = e->count; end >= same + EDGE_RUN; end--)
		if (is_run(c, e, end))
			return end;
	return same;
}

/*
 * Before the track is audio, or a pregap that the drive counts to the track before. Returns 1 if it
 * is not the silence of a pregap, 0 if it may be that, or a negative errno.
 */
static int is_no_pregap(struct comparison *c)
{
	int64_t lba = (int64_t)c->job->start_lba - MID_PREGAP;
	int ret = lba < 0 ? 1 : read_disc(c, lba, 1);

	if (ret)
		return ret < 0 ? ret : 0;
	return c->disc[0] || !is_constant(c->disc, TAO_SECTOR_SAMPLES) ? 1 : 0;
}

/* The number of samples to compare at an edge that may be audio or not */
static int settle_edge(struct comparison *c, struct edge *e, size_t *compared)
{
	int ret = 0;

	*compared = reach(c, e);
	if (e->beside != TAO_BESIDE_UNKNOWN || *compared == e->count ||
	    e->samples[*compared] != EDGE_OTHER ||
	    !(c->result->flags & TAO_VERIFY_OFFSET_KNOWN))
		return 0;
	ret = is_no_pregap(c);
	if (ret < 0)
		return ret;
	if (ret)
		*compared = e->count;
	else
		c->result->flags |= TAO_VERIFY_UNDECIDED;
	return 0;
}

/*
 * Compares the samples that the offset moves outside the track, where some drives can read. Without
 * a gap they are in the sectors of the track beside it, whose own comparison leaves them out.
 * Elsewhere, data that differ may be the drive's own (run-out, silence of a pregap, lead-out). They
 * are an error only if audio of the track is read further outside.
 */
static int compare_edge(struct comparison *c)
{
	struct tao_verify *result = c->result;
	struct edge e;
	size_t compared;
	int ret;

	begin_edge(c, &e);
	ret = read_edge(c, &e);
	if (!ret)
		ret = settle_edge(c, &e, &compared);
	if (ret)
		return ret;
	for (size_t i = 0; i < e.count; i++) {
		if (i >= compared || e.samples[i] == EDGE_UNREAD) {
			result->edge_samples++;
			continue;
		}
		result->compared_samples++;
		if (e.samples[i] == EDGE_SAME)
			continue;
		result->different_samples++;
		if (source_of(c, &e, i) < result->first_different)
			result->first_different = source_of(c, &e, i);
	}
	return 0;
}

/*
 * Whether a track without differences may be in the wrong place. A drive with an offset of whole
 * sectors looks like one that has lost them at the edge.
 */
static bool undecided(const struct comparison *c, bool known)
{
	const struct tao_verify *result = c->result;

	if (known || result->different_samples)
		return false;
	if (result->flags & TAO_VERIFY_AMBIGUOUS)
		return is_one_of_several(c);
	return result->edge_samples && result->offset_samples % (int)TAO_SECTOR_SAMPLES == 0;
}

static int run(struct comparison *c)
{
	struct tao_verify *result = c->result;
	bool known = result->flags & TAO_VERIFY_OFFSET_KNOWN;
	uint64_t inside;
	int ret;

	ret = known ? 0 : find_offset(c);
	if (!ret)
		ret = compare_track(c);
	inside = result->different_samples;
	if (!ret)
		ret = compare_edge(c);
	/* a track that has lost its edge looks like one with another offset: not for the next */
	if (!known && result->different_samples > inside)
		result->flags &= ~TAO_VERIFY_OFFSET_KNOWN;
	if (!ret)
		ret = compare_extra(c);
	if (!ret && known && result->different_samples &&
	    c->job->track_sectors >= TAO_TRACK_MIN_SECTORS)
		ret = find_shift(c);
	if (ret)
		return ret;
	if (result->different_samples)
		result->flags &= ~TAO_VERIFY_UNDECIDED;
	if (undecided(c, known)) {
		result->flags |= TAO_VERIFY_UNDECIDED;
		result->flags &= ~TAO_VERIFY_OFFSET_KNOWN;
	}
	return result->flags & TAO_VERIFY_UNDECIDED ||
	       result->compared_samples + result->edge_samples != result->samples ||
	       result->different_samples;
}

/* Keeps the offset that a previous track of the disc has determined. */
static void begin_result(struct comparison *c)
{
	struct tao_verify *result = c->result;
	bool known = result->flags & TAO_VERIFY_OFFSET_KNOWN &&
		     abs(result->offset_samples) <= TAO_VERIFY_OFFSET_MAX;

	*result = (struct tao_verify){
		.flags = known ? TAO_VERIFY_OFFSET_KNOWN : 0,
		.offset_samples = known ? result->offset_samples : 0,
		.samples = c->samples,
		.first_different = UINT64_MAX,
	};
}

int tao_verify_run(const struct tao_verify_job *job, struct tao_verify *verify)
{
	struct comparison c = {
		.job = job,
		.result = verify,
		.samples = (uint64_t)job->track_sectors * TAO_SECTOR_SAMPLES,
	};
	int ret;

	begin_result(&c);
	/* in less the offset can't be looked for */
	if (job->track_sectors < TAO_TRACK_MIN_SECTORS &&
	    !(verify->flags & TAO_VERIFY_OFFSET_KNOWN))
		return tao_fail(EINVAL, "a track of %u sectors can't be compared",
				job->track_sectors);

	c.disc = calloc(CHUNK_SAMPLES, sizeof(uint32_t));
	c.source = calloc(SOURCE_SAMPLES, sizeof(uint32_t));
	c.votes = calloc(OFFSETS, sizeof(uint32_t));
	c.wrong = calloc(OFFSETS, sizeof(uint32_t));
	if (c.disc && c.source && c.votes && c.wrong)
		ret = run(&c);
	else
		ret = tao_fail(ENOMEM, "can't compare");
	free(c.wrong);
	free(c.votes);
	free(c.source);
	free(c.disc);
	return ret;
}

static int read_block_device(void *data, int32_t lba, unsigned int count, void *buffer)
{
	return tao_read_cd(*(int *)data, lba, count, buffer);
}

/* Reports the owner of the drive if the module knows it, i.e. if it is burning. */
static int fail_in_use(struct tao_device *dev)
{
	struct tao_status status;

	if (tao_get_status(dev, &status) || !status.owner[0])
		return tao_fail(EBUSY, "%s: can't read the disc back", dev->path);
	return tao_fail(EBUSY, "%s: can't read the disc back while %.*s (process %u) has it",
			dev->path, (int)sizeof(status.owner), status.owner, status.owner_pid);
}

/*
 * Opens the block device exclusively: a READ CD would disturb a burn. The module does not start
 * one meanwhile.
 */
int tao_open_alone(struct tao_device *dev)
{
	char path[64];
	int fd, ret;

	ret = tao_block_path(dev, path, sizeof(path));
	if (ret)
		return ret;
	fd = tao_open_file(path, O_RDONLY | O_NONBLOCK | O_EXCL);
	if (fd >= 0)
		return fd;
	return errno == EBUSY ? fail_in_use(dev) :
				tao_fail(errno, "can't open %s to read the disc back", path);
}

/* The table of contents could not be read: the drive is in use, or the disc is not ready. */
static int fail_stale(struct tao_device *dev)
{
	int fd = tao_open_alone(dev);

	if (fd < 0)
		return fd;
	close(fd);
	return tao_fail(EAGAIN, "%s: can't read the table of contents", dev->path);
}

int tao_toc_now(struct tao_device *dev, struct tao_toc *toc)
{
	int ret = tao_get_toc(dev, toc);

	return !ret && toc->flags & TAO_TOC_STALE ? fail_stale(dev) : ret;
}

/* Where a track lies. */
struct place {
	int32_t start_lba;
	uint32_t sectors; /* as the drive counts them */
	uint32_t span; /* up to the start of the next track, its pregap included */
	bool follows; /* another track of audio in the same session */
	bool followed; /* by one */
	bool adjoins; /* the track before, as the drive counts */
	bool hidden; /* audio is before the first track */
};

#define CONTROL_DATA 4U

/* Whether two entries of the table are tracks of audio in the same session. */
static bool is_pair(const struct tao_toc_entry *a, const struct tao_toc_entry *b)
{
	return a->session == b->session && b->number <= TAO_TRACKS_MAX &&
	       !((a->control | b->control) & CONTROL_DATA);
}

/* Hidden audio: from address 0 to the first track. */
static int find_hidden(struct tao_device *dev, const struct tao_toc *toc, struct place *track)
{
	int32_t sectors = toc->entries_count ? toc->entries[0].start_lba : 0;

	if (sectors <= 0)
		return tao_fail_text(ENOENT, "%s: the disc has no audio before its first track",
				dev->path);
	*track = (struct place){
		.sectors = sectors,
		.span = sectors,
		.followed = !(toc->entries[0].control & CONTROL_DATA),
	};
	return 0;
}

/* Hidden audio before the first track is burned in one go with it. */
static void find_neighbours(const struct tao_toc *toc, uint32_t i, struct place *track)
{
	const struct tao_toc_entry *e = &toc->entries[i];
	bool last = i + 1 >= toc->entries_count || i + 1 >= TAO_TOC_ENTRIES_MAX;

	if (!last && e[1].session == e->session && e[1].start_lba > e->start_lba) {
		track->span = e[1].start_lba - e->start_lba;
		track->followed = is_pair(e, e + 1);
	}
	track->follows = i && is_pair(e - 1, e);
	track->adjoins = i && (int64_t)e[-1].start_lba + e[-1].sectors >= e->start_lba;
	track->hidden = !i && e->start_lba > 0;
}

static int find_track(struct tao_device *dev, unsigned int number, struct place *track)
{
	struct tao_toc toc;
	int ret = tao_toc_now(dev, &toc);

	if (ret)
		return ret;
	if (!number)
		return find_hidden(dev, &toc, track);
	for (uint32_t i = 0; i < toc.entries_count && i < TAO_TOC_ENTRIES_MAX; i++) {
		const struct tao_toc_entry *e = &toc.entries[i];

		if (e->number != number || number > TAO_TRACKS_MAX)
			continue;
		*track = (struct place){
			.start_lba = e->start_lba,
			.sectors = e->sectors,
			.span = e->sectors,
		};
		find_neighbours(&toc, i, track);
		return 0;
	}
	return tao_fail_text(ENOENT, "%s: the disc has no track %u", dev->path, number);
}

/* Some drives include two sectors of run-out and the following pregap in the track. */
static bool same_length(uint64_t written, uint32_t sectors)
{
	return sectors >= written &&
	       (sectors - written <= 2 ||
		(sectors - written >= 150 && sectors - written <= 152));
}

/* The audio of a track at once, or of session-at-once with the pregap of the next track. */
static bool fits(uint64_t written, const struct place *track)
{
	return written == track->span || same_length(written, track->sectors);
}

/*
 * What the drive counts beyond the audio: run-out and pregap. Behind @span sectors it is the audio
 * of the next track, whatever the drive counts.
 */
static uint32_t extra_sectors(uint32_t written, const struct place *track)
{
	uint32_t sectors = track->sectors < track->span ? track->sectors : track->span;

	return sectors > written ? sectors - written : 0;
}

/* There is no gap if the audio that was written reaches up to the next track. */
static enum tao_beside behind(uint32_t written, const struct place *track)
{
	return track->followed && written == track->span ? TAO_BESIDE_AUDIO : TAO_BESIDE_DRIVE;
}

/*
 * A session has gaps between all tracks or between none. The last track does not show which: what
 * the drive counts to the track before may include a gap.
 */
static enum tao_beside before(uint32_t written, const struct place *track)
{
	if (track->hidden)
		return TAO_BESIDE_AUDIO;
	if (!track->follows)
		return TAO_BESIDE_DRIVE;
	if (track->followed)
		return behind(written, track);
	return track->adjoins ? TAO_BESIDE_UNKNOWN : TAO_BESIDE_DRIVE;
}

int tao_verify_track(struct tao_device *dev, unsigned int number, tao_source_fn source,
		     void *source_data, uint64_t bytes, struct tao_verify *verify,
		     tao_progress_fn progress, void *data)
{
	uint64_t sectors = (bytes + TAO_SECTOR_SIZE - 1) / TAO_SECTOR_SIZE;
	struct place track;
	int fd, ret;

	ret = find_track(dev, number, &track);
	if (ret)
		return ret;
	if (number && sectors < TAO_TRACK_MIN_SECTORS)
		sectors = TAO_TRACK_MIN_SECTORS;
	if (!fits(sectors, &track))
		return tao_fail(EMSGSIZE, "track %u has %u sectors, the audio has %llu",
				number, track.sectors, (unsigned long long)sectors);
	fd = tao_open_alone(dev);
	if (fd < 0)
		return fd;

	struct tao_verify_job job = {
		.sectors = read_block_device,
		.sectors_data = &fd,
		.source = source,
		.source_data = source_data,
		.bytes = bytes,
		.start_lba = track.start_lba,
		.track_sectors = sectors,
		.extra_sectors = extra_sectors(sectors, &track),
		.before = before(sectors, &track),
		.behind = behind(sectors, &track),
		.progress = progress,
		.progress_data = data,
	};

	ret = tao_verify_run(&job, verify);
	close(fd);
	return ret;
}
