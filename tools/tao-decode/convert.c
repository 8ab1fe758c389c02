// SPDX-License-Identifier: GPL-2.0-or-later
#include <endian.h>
#include <libavutil/channel_layout.h>
#include <libavutil/opt.h>
#include <libswresample/swresample.h>
#include <math.h>
#include <stdlib.h>
#include "decode.h"
#include "dither.h"

#define CHUNK_FRAMES 4096

bool is_direct(enum AVSampleFormat format, int rate, int channels, bool narrow)
{
	enum AVSampleFormat packed = av_get_packed_sample_fmt(format);

	return rate == CD_RATE && channels <= 2 &&
	       (packed == AV_SAMPLE_FMT_U8 || packed == AV_SAMPLE_FMT_S16 ||
		(narrow && packed == AV_SAMPLE_FMT_S32));
}

/* Sample @i of @channel, unchanged. */
static int32_t direct_sample(const AVFrame *frame, int i, int channel)
{
	enum AVSampleFormat format = frame->format;
	int channels = frame->ch_layout.nb_channels;
	const uint8_t *data = frame->extended_data[0];

	if (av_sample_fmt_is_planar(format))
		data = frame->extended_data[channel];
	else
		i = i * channels + channel;
	switch (av_get_packed_sample_fmt(format)) {
	case AV_SAMPLE_FMT_U8:
		return (data[i] - 128) * 256;
	case AV_SAMPLE_FMT_S32:
		return ((const int32_t *)data)[i] >> 16;
	default:
		return ((const int16_t *)data)[i];
	}
}

/* Frames from @first on. */
static void put_direct(struct converter *c, const AVFrame *frame, int first, int count)
{
	int right = frame->ch_layout.nb_channels - 1;
	int16_t out[CHUNK_FRAMES * 2];

	for (int i = 0; i < count; i++) {
		out[2 * i] = htole16(direct_sample(frame, first + i, 0));
		out[2 * i + 1] = htole16(direct_sample(frame, first + i, right));
	}
	c->put(out, count);
}

static void put_direct_float(struct converter *c, const AVFrame *frame, int first, int count)
{
	int right = frame->ch_layout.nb_channels - 1;
	float out[CHUNK_FRAMES * 2];

	for (int i = 0; i < count; i++) {
		out[2 * i] = direct_sample(frame, first + i, 0) / 32768.0f;
		out[2 * i + 1] = direct_sample(frame, first + i, right) / 32768.0f;
	}
	c->put_float(out, count);
}

static void pass_on(struct converter *c, const AVFrame *frame)
{
	for (int done = 0, n; done < frame->nb_samples; done += n) {
		n = frame->nb_samples - done;
		if (n > CHUNK_FRAMES)
			n = CHUNK_FRAMES;
		if (c->put_float)
			put_direct_float(c, frame, done, n);
		else
			put_direct(c, frame, done, n);
	}
	c->out_frames += frame->nb_samples;
}

/* Collects the bits that 16 bits have no room for: 0 if the file was only padded to more bits. */
static void watch_low_bits(struct converter *c, const AVFrame *frame)
{
	int channels = frame->ch_layout.nb_channels, planes, count;

	if (av_get_packed_sample_fmt(frame->format) != AV_SAMPLE_FMT_S32) {
		if (!is_direct(frame->format, CD_RATE, 1, false))
			c->low_bits = 1;
		return;
	}
	planes = av_sample_fmt_is_planar(frame->format) ? channels : 1;
	count = frame->nb_samples * channels / planes;
	for (int plane = 0; plane < planes && !c->low_bits; plane++)
		for (int i = 0; i < count; i++)
			c->low_bits |= ((const uint32_t *)frame->extended_data[plane])[i] & 0xffff;
}

/* Mono has one dither for both channels. */
static void put_rounded(struct converter *c, const float *in, int frames, int channels)
{
	int16_t out[CHUNK_FRAMES * 2];

	for (int i = 0; i < frames; i++) {
		for (int channel = 0; channel < channels; channel++)
			out[2 * i + channel] = htole16(dither_sample(in[i * channels + channel],
								     c->dithered++));
		if (channels == 1)
			out[2 * i + 1] = out[2 * i];
	}
	c->put(out, frames);
}

static void put_unrounded(struct converter *c, const float *in, int frames, int channels)
{
	float out[CHUNK_FRAMES * 2];

	for (int i = 0; i < frames; i++) {
		out[2 * i] = in[i * channels];
		out[2 * i + 1] = in[i * channels + channels - 1];
	}
	c->put_float(out, frames);
}

static void put_floats(struct converter *c, const float *in, int frames, int channels)
{
	for (int i = 0; i < frames * channels; i++) {
		c->broken += !isfinite(in[i]);
		c->clipped += isfinite(in[i]) && fabsf(in[i]) > 1.0f;
	}
	if (c->put_float)
		put_unrounded(c, in, frames, channels);
	else
		put_rounded(c, in, frames, channels);
	c->out_frames += frames;
}

static int set_up(struct converter *c, const AVFrame *frame)
{
	AVChannelLayout in = frame->ch_layout, out;
	int channels = in.nb_channels, error;

	if (channels > 2 && !c->downmix)
		return AVERROR(EINVAL);
	if (in.order == AV_CHANNEL_ORDER_UNSPEC)
		av_channel_layout_default(&in, channels);
	/* one or two channels stay unchanged, whatever their layout is called */
	av_channel_layout_default(&out, channels > 2 ? 2 : channels);
	if (channels <= 2)
		in = out;
	error = swr_alloc_set_opts2(&c->swr, &out, AV_SAMPLE_FMT_FLT, CD_RATE, &in, frame->format,
				    frame->sample_rate, 0, NULL);
	if (error)
		return error;
	av_opt_set_double(c->swr, "rematrix_maxval", 1.0, 0);
	if (frame->sample_rate != CD_RATE) {
		av_opt_set_int(c->swr, "resampler", SWR_ENGINE_SOXR, 0);
		av_opt_set_double(c->swr, "precision", 28, 0);
	}
	if (!swr_init(c->swr))
		return 0;
	/* built without soxr: the best setting of swresample's own resampler */
	av_opt_set_int(c->swr, "resampler", SWR_ENGINE_SWR, 0);
	av_opt_set_int(c->swr, "filter_size", 128, 0);
	av_opt_set_int(c->swr, "phase_shift", 14, 0);
	av_opt_set_double(c->swr, "cutoff", 0.98, 0);
	return swr_init(c->swr);
}

/* Number of output frames that the input so far corresponds to. */
static uint64_t due(const struct converter *c)
{
	return c->in_frames * CD_RATE / c->rate;
}

/* @in may be NULL at the end of the input; then output beyond due() is dropped. */
static int resample(struct converter *c, const uint8_t **in, int count)
{
	int channels = c->layout.nb_channels == 1 ? 1 : 2, n;
	int room = swr_get_out_samples(c->swr, count);
	uint64_t left = due(c) > c->out_frames ? due(c) - c->out_frames : 0;
	uint8_t *planes[1];
	float *out;

	if (room < CHUNK_FRAMES)
		room = CHUNK_FRAMES;
	out = malloc((size_t)room * channels * sizeof(*out));
	if (!out)
		return AVERROR(ENOMEM);
	planes[0] = (uint8_t *)out;
	n = swr_convert(c->swr, planes, room, in, count);
	if (!in && n > 0 && (uint64_t)n > left)
		n = left;
	for (int done = 0; done < n; done += CHUNK_FRAMES)
		put_floats(c, out + (size_t)done * channels,
			   n - done < CHUNK_FRAMES ? n - done : CHUNK_FRAMES, channels);
	free(out);
	return n < 0 ? n : 0;
}

int convert_end(struct converter *c)
{
	static const float silence[CHUNK_FRAMES * 2];
	int error = 0;

	if (c->swr) {
		uint64_t before;

		/* no input tells it that there will be no more */
		do {
			before = c->out_frames;
			error = resample(c, NULL, 0);
		} while (!error && c->out_frames > before && c->out_frames < due(c));
		swr_free(&c->swr);
	}
	while (!error && c->rate && c->out_frames < due(c)) {
		uint64_t n = due(c) - c->out_frames;

		put_floats(c, silence, n < CHUNK_FRAMES ? n : CHUNK_FRAMES, 2);
	}
	c->in_frames = 0;
	c->out_frames = 0;
	c->rate = 0;
	av_channel_layout_uninit(&c->layout);
	return error;
}

/*
 * Makes samples that are not numbers silent: the resampler would spread each of them over hundreds
 * of its neighbours. Returns how many there were, or an error.
 */
static int silence_broken(AVFrame *frame)
{
	int channels = frame->ch_layout.nb_channels, planes, count, broken = 0, error;
	enum AVSampleFormat packed = av_get_packed_sample_fmt(frame->format);

	if (packed != AV_SAMPLE_FMT_FLT && packed != AV_SAMPLE_FMT_DBL)
		return 0;
	error = av_frame_make_writable(frame);
	if (error)
		return error;
	planes = av_sample_fmt_is_planar(frame->format) ? channels : 1;
	count = frame->nb_samples * channels / planes;
	for (int plane = 0; plane < planes; plane++) {
		float *floats = (float *)frame->extended_data[plane];
		double *doubles = (double *)frame->extended_data[plane];

		for (int i = 0; i < count; i++) {
			if (isfinite(packed == AV_SAMPLE_FMT_FLT ? floats[i] : doubles[i]))
				continue;
			broken++;
			if (packed == AV_SAMPLE_FMT_FLT)
				floats[i] = 0;
			else
				doubles[i] = 0;
		}
	}
	return broken;
}

static bool is_as_before(const struct converter *c, const AVFrame *frame)
{
	return c->rate == frame->sample_rate && c->format == frame->format &&
	       !av_channel_layout_compare(&c->layout, &frame->ch_layout);
}

int convert_frame(struct converter *c, AVFrame *frame)
{
	int broken, error = 0;

	if (frame->sample_rate < 1 || frame->ch_layout.nb_channels < 1)
		return AVERROR(EINVAL);
	if (!is_as_before(c, frame)) {
		error = convert_end(c);
		if (error)
			return error;
		c->rate = frame->sample_rate;
		c->format = frame->format;
		c->direct = is_direct(frame->format, frame->sample_rate,
				      frame->ch_layout.nb_channels, c->narrow);
		error = av_channel_layout_copy(&c->layout, &frame->ch_layout);
		if (!error && !c->direct)
			error = set_up(c, frame);
	}
	if (error) {
		c->rate = 0;
		return error;
	}
	broken = silence_broken(frame);
	if (broken < 0)
		return broken;
	c->broken += broken;
	watch_low_bits(c, frame);
	c->in_frames += frame->nb_samples;
	if (c->direct)
		pass_on(c, frame);
	else
		error = resample(c, (const uint8_t **)frame->extended_data, frame->nb_samples);
	return error;
}
