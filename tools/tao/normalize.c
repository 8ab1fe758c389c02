// SPDX-License-Identifier: GPL-2.0-only
/*
 * --normalize: by the tags of the files, or by what the check has measured. Nothing is cut: a
 * gain never exceeds what the peak permits.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "common.h"
#include "loudness.h"
#include "normalize.h"

/* Gains are whole hundredths of a decibel: what the plan says is what is burned. */
#define STEPS_PER_DB 100
/* Leaves room for dither. */
#define PEAK_ON_CD (32766.0 / 32768)

/* --- Measuring --- */

struct cuts {
	uint64_t *at;
	size_t count;
};

static void add_cut(struct cuts *cuts, uint64_t at)
{
	if (!at || at == FRAMES_UNKNOWN)
		return;
	cuts->at = xrealloc(cuts->at, cuts->count + 1, sizeof(*cuts->at));
	cuts->at[cuts->count++] = at;
}

static void add_cuts(struct cuts *cuts, const struct segment *segments, size_t count,
		     const struct audio_file *file)
{
	for (size_t i = 0; i < count; i++) {
		const struct segment *s = &segments[i];

		if (s->file != file)
			continue;
		add_cut(cuts, s->first);
		if (!s->to_end)
			add_cut(cuts, s->first + s->frames);
	}
}

static int compare_cuts(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void sort_cuts(struct cuts *cuts)
{
	size_t kept = 0;

	if (cuts->count)
		qsort(cuts->at, cuts->count, sizeof(*cuts->at), compare_cuts);
	for (size_t i = 0; i < cuts->count; i++)
		if (!kept || cuts->at[i] != cuts->at[kept - 1])
			cuts->at[kept++] = cuts->at[i];
	cuts->count = kept;
}

/* The pieces of a file are its parts between the places where tracks begin and end. */
static struct loudness *meter_for(const struct album *album, const struct audio_file *file)
{
	struct loudness *loudness;
	struct cuts cuts = { 0 };

	for (size_t i = 0; i < album->tracks_count; i++) {
		const struct track *t = &album->tracks[i];

		add_cuts(&cuts, t->segments, t->segments_count, file);
		add_cuts(&cuts, t->pregap.all, t->pregap.count, file);
	}
	sort_cuts(&cuts);
	loudness = loudness_new(cuts.at, cuts.count, album->options.normalize == NORMALIZE_TAGS);
	free(cuts.at);
	return loudness;
}

void album_prepare_loudness(struct album *album)
{
	if (album->options.normalize == NORMALIZE_NO)
		return;
	for (size_t i = 0; i < album->files_count; i++)
		if (album->files[i]->kind != AUDIO_STREAM)
			album->files[i]->loudness = meter_for(album, album->files[i]);
}

static void measure_segments(struct loudness_sum *sum, const struct segment *segments, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (segments[i].file)
			loudness_sum_add(sum, segments[i].file->loudness, segments[i].first,
					 segments[i].frames);
}

/* With its pregap, which gets the same gain. */
static void measure_track(struct loudness_sum *sum, const struct track *track)
{
	measure_segments(sum, track->segments, track->segments_count);
	measure_segments(sum, track->pregap.all, track->pregap.count);
}

/* --- Gains --- */

/* Samples that fit as they are need not become softer. */
static double limit_for(double peak, double sample_peak)
{
	double limit = floor(20 * log10(PEAK_ON_CD / peak) * STEPS_PER_DB) / STEPS_PER_DB;

	return limit < 0 && sample_peak <= 1 ? 0 : limit;
}

static struct track_gain make_gain(double wanted, double peak, double sample_peak)
{
	struct track_gain gain = {
		.known = true,
		.wanted = round(wanted * STEPS_PER_DB) / STEPS_PER_DB,
	};

	/* no negative zero for the eye */
	gain.db = fmin(gain.wanted, limit_for(peak, sample_peak)) + 0.0;
	return gain;
}

/* Unknown if it is silent, or too short to be measured. */
static struct track_gain measured_gain(const struct loudness_sum *sum)
{
	double lufs = loudness_sum_level(sum);

	if (!isfinite(lufs))
		return (struct track_gain){ 0 };
	return make_gain(REFERENCE_LUFS - lufs, sum->peak, sum->sample_peak);
}

static void set_gain(struct segment *segments, size_t count, struct track_gain gain)
{
	for (size_t i = 0; i < count; i++) {
		struct segment *s = &segments[i];

		if (!s->file || !gain.known)
			continue;
		s->gain = gain.db;
		/* the gain sees to it that none is */
		s->file->clipped = 0;
	}
}

static void set_track_gain(struct track *track, struct track_gain gain)
{
	track->gain = gain;
	set_gain(track->segments, track->segments_count, gain);
	set_gain(track->pregap.all, track->pregap.count, gain);
}

static void normalize_album(struct album *album)
{
	struct loudness_sum sum = { 0 };
	struct track_gain gain;

	for (size_t i = 0; i < album->tracks_count; i++)
		measure_track(&sum, &album->tracks[i]);
	gain = measured_gain(&sum);
	for (size_t i = 0; i < album->tracks_count; i++)
		set_track_gain(&album->tracks[i], gain);
	if (gain.known)
		album_note(album, xasprintf(NAMED("loudness")
					    "Loudness: %.2f LUFS, becomes %.2f LUFS.",
					    loudness_sum_level(&sum),
					    loudness_sum_level(&sum) + gain.db));
	loudness_sum_free(&sum);
}

static void normalize_tracks(struct album *album)
{
	for (size_t i = 0; i < album->tracks_count; i++) {
		struct loudness_sum sum = { 0 };

		measure_track(&sum, &album->tracks[i]);
		set_track_gain(&album->tracks[i], measured_gain(&sum));
		loudness_sum_free(&sum);
	}
}

/* --- Tags --- */

static const struct gain_tag *tag_of(const struct audio_file *file)
{
	return file->gains.album.known ? &file->gains.album : &file->gains.track;
}

/* Files of one album have one gain, and one limit. */
static bool is_of_same_album(const struct audio_file *a, const struct audio_file *b)
{
	const struct gain_tag *x = &a->gains.album, *y = &b->gains.album;

	return x->known && y->known && x->gain == y->gain && !a->album == !b->album &&
	       (!a->album || !strcmp(a->album, b->album));
}

static double sample_peak(const struct audio_file *file)
{
	struct loudness_sum sum = { 0 };
	double peak;

	loudness_sum_add(&sum, file->loudness, 0, FRAMES_UNKNOWN);
	peak = sum.sample_peak;
	loudness_sum_free(&sum);
	return peak;
}

static struct track_gain tagged_gain(const struct album *album, const struct audio_file *file)
{
	const struct gain_tag *tag = tag_of(file);
	double samples = sample_peak(file), peak;

	if (!tag->known)
		return (struct track_gain){ 0 };
	for (size_t i = 0; i < album->files_count; i++)
		if (album->files[i]->loudness && is_of_same_album(file, album->files[i]))
			samples = fmax(samples, sample_peak(album->files[i]));
	peak = fmax(samples, tag->peak);
	return make_gain(tag->gain, peak, samples);
}

/* Returns the gain of the first segment that has one. */
static struct track_gain normalize_segments(const struct album *album, struct segment *segments,
					    size_t count)
{
	struct track_gain first = { 0 }, gain;

	for (size_t i = 0; i < count; i++) {
		if (!segments[i].file || !segments[i].file->loudness)
			continue;
		gain = tagged_gain(album, segments[i].file);
		set_gain(&segments[i], 1, gain);
		if (!first.known)
			first = gain;
	}
	return first;
}

static void note_parts(struct album *album, size_t number)
{
	const struct track *t = &album->tracks[number];

	for (size_t i = 0; i < t->segments_count; i++)
		if (t->segments[i].file && t->segments[i].gain != t->gain.db) {
			album_note(album, xasprintf(NAMED("gains-of-parts")
						    "Track %zu: %s.", number + 1,
						    "each of its files gets the gain of its tags"));
			return;
		}
}

static void normalize_by_tags(struct album *album)
{
	for (size_t i = 0; i < album->tracks_count; i++) {
		struct track *t = &album->tracks[i];

		t->gain = normalize_segments(album, t->segments, t->segments_count);
		normalize_segments(album, t->pregap.all, t->pregap.count);
		note_parts(album, i);
	}
}

/* --- All of them --- */

static void note_unknown(struct album *album, bool tags)
{
	size_t unknown = 0;

	for (size_t i = 0; i < album->tracks_count; i++)
		unknown += !album->tracks[i].gain.known;
	if (!unknown)
		return;
	if (tags && unknown == album->tracks_count) {
		complain(NAMED("no-gain-tags")
			 "no file has ReplayGain tags; --normalize album or track measures");
		album->problems++;
		return;
	}
	album_note(album, xasprintf(NAMED("no-gain")
				    "%zu track%s %s: %s.", unknown, unknown == 1 ? "" : "s",
				    unknown == 1 ? "stays as it is" : "stay as they are",
				    tags ? "there are no ReplayGain tags" :
					   "silent, or too short to be measured"));
}

void album_normalize(struct album *album)
{
	enum normalize how = album->options.normalize;

	if (how == NORMALIZE_NO)
		return;
	if (album_has_stream(album)) {
		complain(NAMED("needs-files")
			 "--normalize needs files; raw audio from a pipe is not there beforehand");
		album->problems++;
		return;
	}
	if (how == NORMALIZE_TAGS)
		normalize_by_tags(album);
	else if (how == NORMALIZE_ALBUM)
		normalize_album(album);
	else
		normalize_tracks(album);
	note_unknown(album, how == NORMALIZE_TAGS);
}

char *track_gain_text(const struct album *album, const struct track *track)
{
	const struct track_gain *gain = &track->gain;

	if (album->options.normalize == NORMALIZE_NO)
		return NULL;
	if (!gain->known)
		return xstrdup("no gain");
	if (gain->db < gain->wanted)
		return xasprintf("gain %+.2f dB (%+.2f would cut peaks)", gain->db, gain->wanted);
	return xasprintf("gain %+.2f dB", gain->db);
}
