// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * tao-decode [-d] [-n] [-x ENDING] [-s FRAMES] info|count|audio|float < FILE
 *
 * -d: mix more than two channels down. -n: the lower bits of samples wider than 16 bits are 0.
 * -x: ending of the file name. -s: skip this number of frames.
 */
#include <errno.h>
#include <libavutil/log.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>
#include "decode.h"

#define RATE_MIN 1000
#define RATE_MAX 6000000
/*
 * Limit of processor time for one packet, or to detect the kind of the file: beyond it, the file
 * is a trap.
 */
#define PATIENCE_S 60
#define FRAMES_MAX ((uint64_t)WIRE_HOURS_MAX * 3600 * CD_RATE)
#define PROGRESS_BYTES (1 << 20)
/* Consecutive packets that are refused before a file is given up. */
#define ERRORS_MAX 1000
/* Shorter gaps result from the way some formats count. */
#define GAP_MS 80
/* In a damaged container a lost packet is one; time stamps may be milliseconds. */
#define BROKEN_GAP_MS 15
/* Packets that the end of an MP4 stream may lie in: encoders fill up with silence. */
#define LAST_PACKETS 3

static enum { INFO, COUNT, AUDIO, FLOAT } mode;
static const char *hint = "file";
static uint64_t skip;
static bool downmix, narrow;
static struct wire_end end;
static uint64_t frames_put;

static void leave(int status)
{
	exit(status);
}

static void be_patient(void)
{
	const struct itimerval timer = { .it_value.tv_sec = PATIENCE_S };

	setitimer(ITIMER_VIRTUAL, &timer, NULL);
}

static void refuse(enum wire_reason reason, uint32_t number, const char *detail)
{
	struct wire_refused refused = { .reason = reason, .number = number };

	snprintf(refused.detail, sizeof(refused.detail), "%s", detail ? detail : "");
	put_message(WIRE_REFUSED, &refused, sizeof(refused));
	leave(0);
}

static void finish(void)
{
	put_message(WIRE_END, &end, sizeof(end));
	leave(0);
}

static void put_frames(enum wire_type type, const void *frames, size_t frame_bytes, int count)
{
	uint64_t first = frames_put, left_out;

	frames_put += count;
	end.frames = frames_put;
	if (frames_put > FRAMES_MAX) {
		end.flags |= WIRE_TOO_LONG;
		finish();
	}
	if (mode == COUNT || frames_put <= skip)
		return;
	left_out = first < skip ? skip - first : 0;
	put_message(type, (const char *)frames + left_out * frame_bytes,
		    (count - left_out) * frame_bytes);
}

static void put_audio(const int16_t *frames, int count)
{
	put_frames(WIRE_AUDIO, frames, 2 * sizeof(*frames), count);
}

static void put_float(const float *frames, int count)
{
	put_frames(WIRE_FLOAT, frames, 2 * sizeof(*frames), count);
}

/* --- Properties of a part --- */

static const char *container_name(const char *name)
{
	static const char *const names[][2] = {
		{ "wav", "WAV" }, { "w64", "W64" }, { "aiff", "AIFF" }, { "au", "AU" },
		{ "caf", "CAF" }, { "flac", "FLAC" }, { "ogg", "Ogg" }, { "mp3", "MPEG" },
		{ "aac", "ADTS" }, { "mov", "MP4" }, { "matroska", "Matroska" }, { "asf", "ASF" },
		{ "ape", "APE" }, { "wv", "WavPack" }, { "tta", "TTA" }, { "mpc", "Musepack" },
		{ "dsf", "DSF" }, { "iff", "IFF" }, { "ac3", "AC-3" }, { "eac3", "E-AC-3" },
		{ "dts", "DTS" }, { "amr", "AMR" }, { "avi", "AVI" }, { "flv", "Flash video" },
		{ "mpegts", "MPEG-TS" }, { "mpeg", "MPEG-PS" }, { "voc", "VOC" },
		{ "mpc8", "Musepack" }, { "loas", "LATM" }, { "rm", "RealMedia" },
		{ "nut", "NUT" }, { "wtv", "WTV" }, { "mxf", "MXF" }, { "dv", "DV" },
		{ "swf", "Flash" }, { "adx", "ADX" }, { "gsm", "GSM" }, { "g722", "G.722" },
		{ "truehd", "TrueHD" }, { "sbc", "SBC" }, { "libopenmpt", "module" },
	};
	size_t length = strcspn(name, ",");

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strlen(names[i][0]) == length && !strncmp(name, names[i][0], length))
			return names[i][1];
	return name;
}

static const char *coding_name(enum AVCodecID codec)
{
	static const struct {
		enum AVCodecID codec;
		const char *name;
	} names[] = {
		{ AV_CODEC_ID_PCM_MULAW, "G.711" }, { AV_CODEC_ID_PCM_ALAW, "G.711" },
		{ AV_CODEC_ID_VORBIS, "Vorbis" }, { AV_CODEC_ID_OPUS, "Opus" },
		{ AV_CODEC_ID_MP1, "layer I" }, { AV_CODEC_ID_MP2, "layer II" },
		{ AV_CODEC_ID_MP3, "MP3" }, { AV_CODEC_ID_AAC, "AAC" },
		{ AV_CODEC_ID_AAC_LATM, "AAC" }, { AV_CODEC_ID_ALAC, "ALAC" },
		{ AV_CODEC_ID_FLAC, "FLAC" }, { AV_CODEC_ID_SPEEX, "Speex" },
		{ AV_CODEC_ID_AC3, "AC-3" }, { AV_CODEC_ID_EAC3, "E-AC-3" },
		{ AV_CODEC_ID_DTS, "DTS" }, { AV_CODEC_ID_TRUEHD, "TrueHD" },
		{ AV_CODEC_ID_WMAV1, "WMA" }, { AV_CODEC_ID_WMAV2, "WMA" },
		{ AV_CODEC_ID_MUSEPACK7, "Musepack" }, { AV_CODEC_ID_MUSEPACK8, "Musepack" },
		{ AV_CODEC_ID_WAVPACK, "WavPack" }, { AV_CODEC_ID_AMR_NB, "AMR" },
		{ AV_CODEC_ID_AMR_WB, "AMR-WB" }, { AV_CODEC_ID_GSM, "GSM" },
		{ AV_CODEC_ID_ADPCM_G722, "G.722" }, { AV_CODEC_ID_ADPCM_ADX, "ADX" },
		{ AV_CODEC_ID_SBC, "SBC" }, { AV_CODEC_ID_DSD_LSBF, "DSD" },
		{ AV_CODEC_ID_DSD_MSBF, "DSD" }, { AV_CODEC_ID_DSD_LSBF_PLANAR, "DSD" },
		{ AV_CODEC_ID_DSD_MSBF_PLANAR, "DSD" },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (names[i].codec == codec)
			return names[i].name;
	return avcodec_get_name(codec);
}

static bool is_lossy(enum AVCodecID codec)
{
	const AVCodecDescriptor *descriptor = avcodec_descriptor_get(codec);

	return !descriptor || !(descriptor->props & AV_CODEC_PROP_LOSSLESS) ||
	       (codec != AV_CODEC_ID_WAVPACK && descriptor->props & AV_CODEC_PROP_LOSSY);
}

static bool is_pcm(enum AVCodecID codec)
{
	return codec >= AV_CODEC_ID_FIRST_AUDIO && codec < AV_CODEC_ID_ADPCM_IMA_QT;
}

static bool is_g711(enum AVCodecID codec)
{
	return codec == AV_CODEC_ID_PCM_MULAW || codec == AV_CODEC_ID_PCM_ALAW;
}

static uint32_t sample_bits(const AVCodecContext *codec, const AVCodecParameters *par)
{
	enum AVSampleFormat packed = av_get_packed_sample_fmt(codec->sample_fmt);

	if (is_pcm(par->codec_id) && par->bits_per_coded_sample)
		return is_g711(par->codec_id) ? 16 : par->bits_per_coded_sample;
	if (par->bits_per_raw_sample > 0 && par->bits_per_raw_sample <= 32)
		return par->bits_per_raw_sample;
	return packed == AV_SAMPLE_FMT_U8 ? 8 : packed == AV_SAMPLE_FMT_S16 ? 16 : 32;
}

static void describe(struct wire_info *info, const char *container, const AVStream *stream,
		     const AVCodecContext *codec)
{
	enum AVSampleFormat packed = av_get_packed_sample_fmt(codec->sample_fmt);
	const AVCodecParameters *par = stream->codecpar;
	const char *coding = coding_name(par->codec_id);
	char bits[32];

	snprintf(bits, sizeof(bits), "%u bit", info->bits);
	if (info->flags & WIRE_LOSSY && !strcasecmp(container, coding))
		snprintf(info->format, sizeof(info->format), "%s", container);
	else if (info->flags & WIRE_LOSSY || is_g711(par->codec_id))
		snprintf(info->format, sizeof(info->format), "%s, %s", container, coding);
	else if (packed == AV_SAMPLE_FMT_FLT || packed == AV_SAMPLE_FMT_DBL)
		snprintf(info->format, sizeof(info->format), "%s, %s", container,
			 is_pcm(par->codec_id) ? "floating point" : coding);
	else if (is_pcm(par->codec_id) || !strcasecmp(container, coding))
		snprintf(info->format, sizeof(info->format), "%s, %s", container, bits);
	else
		snprintf(info->format, sizeof(info->format), "%s, %s, %s", container, coding, bits);
}

/* An AVI file that was written to a pipe has this as its number of packets, or a higher one. */
static bool is_avi_of_pipe(const AVFormatContext *format, const AVStream *stream)
{
	return !strcmp(format->iformat->name, "avi") && stream->nb_frames >= 1 << 30;
}

/*
 * The length of an MP4 stream says how much of its last packets is valid. If it ends before them,
 * it is wrong, and they play.
 */
static bool is_too_short(const AVFormatContext *format, AVStream *stream)
{
	int count = avformat_index_get_entries_count(stream);
	const AVIndexEntry *first, *last;

	if (strncmp(format->iformat->name, "mov,", 4) || stream->nb_frames <= 0 ||
	    count <= LAST_PACKETS)
		return false;
	first = avformat_index_get_entry(stream, 0);
	last = avformat_index_get_entry(stream, count - LAST_PACKETS);
	return stream->duration < last->timestamp - first->timestamp;
}

/* The number of frames of this stream, at its own rate, that the header announces; or 0. */
static uint64_t promised_frames(const AVFormatContext *format, AVStream *stream,
				const struct payload *payload)
{
	const AVCodecParameters *par = stream->codecpar;
	const AVRational frame = { 1, par->sample_rate };
	int64_t frames = 0;

	if (payload->bytes && pcm_frame_bytes(par))
		return payload->bytes / pcm_frame_bytes(par);
	if (payload->bytes && is_pcm(par->codec_id) && par->block_align > 0)
		return payload->bytes / par->block_align;
	/* for PCM libavformat may have used the size of the file */
	if (format->duration_estimation_method == AVFMT_DURATION_FROM_BITRATE ||
	    is_pcm(par->codec_id) || !strcmp(format->iformat->name, "mpc8") ||
	    is_avi_of_pipe(format, stream) || is_too_short(format, stream))
		return 0;
	if (stream->duration > 0 && stream->duration != AV_NOPTS_VALUE)
		frames = av_rescale_q(stream->duration, stream->time_base, frame);
	else if (format->nb_streams == 1 && format->duration > 0 &&
		 format->duration_estimation_method == AVFMT_DURATION_FROM_STREAM)
		frames = av_rescale(format->duration, par->sample_rate, AV_TIME_BASE);
	return frames > 0 ? frames : 0;
}

static uint64_t on_cd(uint64_t frames, int rate)
{
	return frames > FRAMES_MAX * 200 || rate < 1 ? 0 : frames * CD_RATE / rate;
}

/* --- Decoding --- */

struct stream {
	AVFormatContext *format;
	AVStream *stream;
	AVCodecContext *codec;
	AVFrame *frame;
	AVPacket *last; /* of which there was sound, in FLAC */
	struct converter *converter;
	const struct part *part;
	uint64_t decoded; /* frames at its own rate */
	uint32_t new_errors; /* since the last good frame */
	int64_t first_pts;
	uint64_t since_first; /* frames since first_pts, including gaps */
	uint64_t gaps;
	int64_t next_pts; /* behind the last frame */
	struct payload payload;
	struct plain plain;
	struct ending ending;
	uint64_t promised; /* at its own rate */
};

static const char *container_text(const struct stream *s)
{
	return s->plain.name ? s->plain.name : container_name(s->format->iformat->name);
}

/* Returns NULL if this part can't be decoded; *reason says why. */
static AVStream *find_stream(AVFormatContext *format, enum wire_reason *reason)
{
	int i;

	if (avformat_find_stream_info(format, NULL) < 0)
		return NULL;
	i = av_find_best_stream(format, AVMEDIA_TYPE_AUDIO, -1, -1, NULL, 0);
	if (i < 0) {
		*reason = WIRE_NO_AUDIO;
		return NULL;
	}
	for (unsigned int other = 0; other < format->nb_streams; other++)
		if ((int)other != i)
			format->streams[other]->discard = AVDISCARD_ALL;
	return format->streams[i];
}

static AVCodecContext *open_codec(const AVStream *stream)
{
	const AVCodec *decoder = avcodec_find_decoder(stream->codecpar->codec_id);
	AVCodecContext *codec = decoder ? avcodec_alloc_context3(decoder) : NULL;

	if (!codec || avcodec_parameters_to_context(codec, stream->codecpar) < 0)
		return NULL;
	codec->pkt_timebase = stream->time_base;
	codec->thread_count = 1;
	if (!is_lossy(stream->codecpar->codec_id))
		codec->err_recognition = AV_EF_CRCCHECK | AV_EF_EXPLODE;
	if (avcodec_open2(codec, decoder, NULL) < 0)
		return NULL;
	return codec;
}

static void add_gap(struct stream *s, int64_t gap)
{
	end.missing += on_cd(gap, s->frame->sample_rate);
	s->gaps += gap;
	s->since_first += gap;
}

/*
 * Detects missing data: a frame with a later time stamp than the previous frames imply. Only for
 * Ogg, which counts samples, and where a damaged page causes no error.
 */
static void watch_samples(struct stream *s, int64_t pts)
{
	int64_t gap;

	if (s->first_pts == AV_NOPTS_VALUE) {
		s->first_pts = pts;
		return;
	}
	gap = pts - s->first_pts - (int64_t)s->since_first;
	if (gap > s->frame->sample_rate * (s->part->hole ? BROKEN_GAP_MS : GAP_MS) / 1000)
		add_gap(s, gap);
}

/*
 * The same from one frame to the next: elsewhere the clock of the time stamps may not be that of
 * the sound, and only in a damaged file: a recorder that was paused leaves a gap, too.
 */
static void watch_clock(struct stream *s, int64_t pts)
{
	int64_t gap = pts - s->next_pts;

	if (s->next_pts != AV_NOPTS_VALUE && gap > s->frame->sample_rate * BROKEN_GAP_MS / 1000)
		add_gap(s, gap);
	s->next_pts = pts + s->frame->nb_samples;
}

static void watch_gap(struct stream *s)
{
	const AVRational frame = { 1, s->frame->sample_rate };
	int64_t pts = s->frame->best_effort_timestamp;

	if (pts == AV_NOPTS_VALUE)
		return;
	pts = av_rescale_q(pts, s->stream->time_base, frame);
	if (!strcmp(s->format->iformat->name, "ogg"))
		watch_samples(s, pts);
	else if (s->ending.broken || s->ending.missing)
		watch_clock(s, pts);
}

/* An MP4 file says how much of its last packet is valid. */
static uint64_t frames_left(const struct stream *s)
{
	if (strncmp(s->format->iformat->name, "mov,", 4) || s->stream->nb_frames <= 0 ||
	    !s->promised)
		return UINT64_MAX;
	return s->promised > s->decoded ? s->promised - s->decoded : 0;
}

static void take_frames(struct stream *s)
{
	while (!avcodec_receive_frame(s->codec, s->frame)) {
		/* errors behind the last good frame don't count: the file was cut off there */
		if (s->decoded)
			end.errors += s->new_errors;
		s->new_errors = s->frame->decode_error_flags ? 1 : 0;
		watch_gap(s);
		if ((uint64_t)s->frame->nb_samples > frames_left(s))
			s->frame->nb_samples = frames_left(s);
		s->decoded += s->frame->nb_samples;
		s->since_first += s->frame->nb_samples;
		if (convert_frame(s->converter, s->frame))
			end.errors++;
		av_frame_unref(s->frame);
	}
}

static void tell_progress(const struct stream *s)
{
	static uint64_t told;
	uint64_t at = s->part->start + avio_tell(s->format->pb);

	if (at < told + PROGRESS_BYTES || mode == AUDIO)
		return;
	told = at;
	put_message(WIRE_PROGRESS, &told, sizeof(told));
}

/* Tags between concatenated files are not errors. */
static bool is_tag(const AVPacket *packet)
{
	return packet->size >= 3 && (!memcmp(packet->data, "ID3", 3) ||
				     !memcmp(packet->data, "TAG", 3) ||
				     !memcmp(packet->data, "APE", 3));
}

static bool decodes(struct stream *s, int bytes)
{
	int size = s->last->size;
	bool works;

	avcodec_flush_buffers(s->codec);
	s->last->size = bytes;
	works = !avcodec_send_packet(s->codec, s->last) &&
		!avcodec_receive_frame(s->codec, s->frame);
	s->last->size = size;
	av_frame_unref(s->frame);
	return works;
}

/*
 * FLAC does not say where it ends. libavformat adds all that follows to the last frame, which needs
 * so many bytes that its checksum is in them.
 */
static int64_t unread_behind_flac(struct stream *s)
{
	int low = 0, high = s->last->size;

	if (!high || s->last->pos < 0)
		return 0;
	while (low + 1 < high) {
		int middle = low + (high - low) / 2;

		if (decodes(s, middle))
			high = middle;
		else
			low = middle;
	}
	return count_unread(s->part->start + s->last->pos + high, s->part->end);
}

static void take_packet(struct stream *s, const AVPacket *packet)
{
	uint64_t before = s->decoded;

	take_frames(s);
	if (s->decoded == before || strcmp(s->format->iformat->name, "flac"))
		return;
	av_packet_unref(s->last);
	if (av_packet_ref(s->last, packet))
		leave(1);
}

static void decode_part(struct stream *s)
{
	AVPacket *packet = av_packet_alloc();
	uint32_t failures = 0;
	bool whole;
	int error;

	s->frame = av_frame_alloc();
	s->last = av_packet_alloc();
	if (!packet || !s->frame || !s->last)
		leave(1);
	while (failures < ERRORS_MAX) {
		be_patient();
		whole = avio_tell(s->format->pb) >= avio_size(s->format->pb);
		error = av_read_frame(s->format, packet);
		/* some readers call the end of a whole file an error */
		if (error == AVERROR_EOF || (error && whole && !reading_failed()))
			break;
		if (error) {
			failures++;
			s->new_errors++;
			if (error == AVERROR(EIO) || avio_feof(s->format->pb))
				break;
			continue;
		}
		/* FFmpeg puts an empty packet behind FLAC */
		if (packet->stream_index == s->stream->index && packet->size) {
			error = avcodec_send_packet(s->codec, packet);
			failures = error ? failures + 1 : 0;
			s->new_errors += error && !is_tag(packet);
			take_packet(s, packet);
			tell_progress(s);
		}
		av_packet_unref(packet);
	}
	avcodec_send_packet(s->codec, NULL);
	take_frames(s);
	if (convert_end(s->converter))
		end.errors++;
	end.unread += unread_behind_flac(s);
	av_packet_free(&s->last);
	av_packet_free(&packet);
	av_frame_free(&s->frame);
}

/* A cover picture is a stream too, but its length means nothing. */
static bool has_other_streams(const AVFormatContext *format, const AVStream *stream)
{
	for (unsigned int i = 0; i < format->nb_streams; i++)
		if (format->streams[i] != stream &&
		    !(format->streams[i]->disposition & AV_DISPOSITION_ATTACHED_PIC))
			return true;
	return false;
}

/* The length of the stream, at its own rate, that the container states for itself; or 0. */
static uint64_t stated_frames(const struct stream *s)
{
	const AVDictionaryEntry *tag = av_dict_get(s->stream->metadata, "DURATION", NULL,
						   AV_DICT_IGNORE_SUFFIX);
	unsigned int hours, minutes;
	double seconds = 0;

	/* Matroska has it in a tag, AVI as a number of packets or samples */
	if (tag && sscanf(tag->value, "%u:%u:%lf", &hours, &minutes, &seconds) == 3)
		seconds += 3600.0 * hours + 60.0 * minutes;
	else if (!strcmp(s->format->iformat->name, "avi") && s->stream->nb_frames > 0 &&
		 !is_avi_of_pipe(s->format, s->stream))
		seconds = s->stream->nb_frames * av_q2d(s->stream->time_base);
	return seconds > 0 && seconds < 3600.0 * WIRE_HOURS_MAX ?
		       seconds * s->stream->codecpar->sample_rate : 0;
}

/* The same of its longest stream, which may not be this one. */
static uint64_t longest_frames(const struct stream *s)
{
	if (s->format->duration <= 0 || !strncmp(s->format->iformat->name, "mov,", 4) ||
	    !strcmp(s->format->iformat->name, "avi") ||
	    s->format->duration_estimation_method != AVFMT_DURATION_FROM_STREAM)
		return 0;
	return av_rescale(s->format->duration, s->stream->codecpar->sample_rate, AV_TIME_BASE);
}

/* The frames that a damaged container with several streams lacks. */
static uint64_t lost_frames(const struct stream *s)
{
	uint64_t rate = s->stream->codecpar->sample_rate, have = s->decoded + s->gaps;
	uint64_t stated = stated_frames(s);
	uint64_t slack = is_pcm(s->stream->codecpar->codec_id) ? 0 : rate / 20;
	double bytes = s->part->end - s->part->start;

	if (!s->ending.missing && !s->ending.broken)
		return 0;
	if (!stated) {
		stated = longest_frames(s);
		slack = s->ending.missing ? slack : rate / 2;
	}
	if (stated)
		return stated > have + slack ? stated - have : 0;
	/* of what is behind a hole in MP4 nothing is read, though it is there */
	if (!strncmp(s->format->iformat->name, "mov,", 4))
		bytes -= s->ending.missing;
	return s->ending.missing / bytes * have;
}

/*
 * CAF and AVI count whole packets: the frames that the last one may lack. In AVI, FFmpeg counts an
 * empty one behind FLAC, too.
 */
static uint64_t rest_of_packet(const struct stream *s)
{
	const AVRational frame = { 1, s->stream->codecpar->sample_rate };
	uint64_t frames;
	uint8_t p[4];

	if (is_pcm(s->stream->codecpar->codec_id))
		return 0;
	if (!strcmp(s->format->iformat->name, "avi"))
		return 2 * av_rescale_q(1, s->stream->time_base, frame);
	if (strcmp(s->format->iformat->name, "caf") || !s->payload.format ||
	    !read_whole(s->payload.format + 20, p, sizeof(p)))
		return 0;
	frames = number(p, sizeof(p), true);
	return frames ? frames - 1 : 0;
}

/* Detects missing data at the end, beyond the differences between ways of counting. */
static void watch_end(struct stream *s)
{
	uint64_t rate = s->stream->codecpar->sample_rate, slack = rest_of_packet(s), missing = 0;
	bool lossy = is_lossy(s->stream->codecpar->codec_id);

	if (lossy)
		slack = FFMAX(slack, rate / 10);
	if (!strcmp(s->format->iformat->name, "asf") || has_other_streams(s->format, s->stream) ||
	    (lossy && s->stream->duration == AV_NOPTS_VALUE))
		slack = rate / 2;
	if (s->promised > s->decoded + s->gaps + slack)
		missing = s->promised - s->decoded - s->gaps;
	else if (s->payload.missing && s->payload.missing < s->payload.bytes)
		missing = (double)s->decoded * s->payload.missing /
			  (s->payload.bytes - s->payload.missing);
	missing = FFMAX(missing, lost_frames(s));
	missing = FFMAX(missing, (uint64_t)s->part->lost * s->stream->codecpar->frame_size);
	end.missing += on_cd(missing, rate);
	/* its durations are not exact, but its packets are counted */
	if (!strcmp(s->format->iformat->name, "asf"))
		end.errors += s->ending.missing || s->ending.broken;
	if ((s->new_errors && !s->part->whole) || s->ending.no_end)
		end.flags |= WIRE_NO_END;
}

/* Describes the file by its first part. */
static void put_info(const struct stream *s, bool only)
{
	const AVCodecParameters *par = s->stream->codecpar;
	struct wire_info info = { .rate = par->sample_rate,
				  .channels = par->ch_layout.nb_channels,
				  .bits = sample_bits(s->codec, par) };

	if (is_lossy(par->codec_id))
		info.flags |= WIRE_LOSSY;
	else if (is_direct(s->codec->sample_fmt, par->sample_rate, info.channels, narrow))
		info.flags |= WIRE_EXACT;
	if (only && s->promised)
		info.promised = on_cd(s->promised, par->sample_rate);
	describe(&info, container_text(s), s->stream, s->codec);
	info.unread = s->part->unread;
	put_tags(s->format, s->stream, s->part);
	put_message(WIRE_INFO, &info, sizeof(info));
}

static void check_stream(const struct stream *s)
{
	const AVCodecParameters *par = s->stream->codecpar;

	if (!s->codec)
		refuse(WIRE_NO_DECODER, 0, avcodec_get_name(par->codec_id));
	if (par->ch_layout.nb_channels > 2 && !downmix)
		refuse(WIRE_CHANNELS, par->ch_layout.nb_channels, NULL);
	if (par->ch_layout.nb_channels < 1 || par->sample_rate < RATE_MIN ||
	    par->sample_rate > RATE_MAX)
		refuse(WIRE_RATE, par->sample_rate, NULL);
}

static void do_part(const struct part *part, bool first, bool only, struct converter *converter)
{
	struct stream s = { .part = part, .converter = converter, .first_pts = AV_NOPTS_VALUE,
			    .next_pts = AV_NOPTS_VALUE };
	enum wire_reason reason = WIRE_BROKEN;
	int error;

	be_patient();
	s.payload = find_payload(part);
	if (find_plain(part, &s.payload, &s.plain)) {
		s.format = open_plain(&s.plain, &error);
	} else {
		s.plain.name = NULL;
		s.format = open_part(part, hint, &error);
	}
	if (!s.format && first)
		refuse(part->known ? WIRE_BROKEN : WIRE_UNKNOWN_FORMAT, 0, NULL);
	if (!s.format) {
		end.errors++;
		return;
	}
	s.stream = find_stream(s.format, &reason);
	if (!s.stream && first)
		refuse(reason, 0, container_text(&s));
	s.codec = s.stream ? open_codec(s.stream) : NULL;
	if (first)
		check_stream(&s);
	if (!s.codec) {
		end.errors++;
		close_part(s.format);
		return;
	}
	s.promised = promised_frames(s.format, s.stream, &s.payload);
	if (is_streamed_avi(part))
		s.promised = 0;
	if (first)
		put_info(&s, only);
	if (mode != INFO) {
		s.ending = find_ending(part);
		decode_part(&s);
		watch_end(&s);
		end.flags |= part->no_end ? WIRE_NO_END : 0;
		end.errors += part->hole;
		end.unread += part->unread;
		end.parts++;
	}
	avcodec_free_context(&s.codec);
	close_part(s.format);
}

/* However tao ends, nobody would ever end this one. */
static void die_with_parent(void)
{
	struct pollfd out = { .fd = STDOUT_FILENO };

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* it may be gone already, and then nobody reads the pipe */
	if (poll(&out, 1, 0) > 0 && out.revents & POLLERR)
		leave(1);
}

static void take_options(int argc, char **argv)
{
	static char name[32];
	int letter;

	while ((letter = getopt(argc, argv, "dnx:s:")) != -1) {
		if (letter == 'd')
			downmix = true;
		else if (letter == 'n')
			narrow = true;
		else if (letter == 's')
			skip = strtoull(optarg, NULL, 10);
		else if (letter == 'x' && snprintf(name, sizeof(name), "file.%s", optarg) > 0)
			hint = name;
		else
			leave(2);
	}
	if (optind + 1 != argc)
		leave(2);
	if (!strcmp(argv[optind], "info"))
		mode = INFO;
	else if (!strcmp(argv[optind], "float"))
		mode = FLOAT;
	else
		mode = strcmp(argv[optind], "count") ? AUDIO : COUNT;
}

int main(int argc, char **argv)
{
	struct converter converter = { .put = put_audio };
	struct part *parts;
	struct stat st;
	size_t count;

	take_options(argc, argv);
	die_with_parent();
	av_log_set_level(AV_LOG_QUIET);
	if (fstat(STDIN_FILENO, &st))
		leave(2);
	if (shut_in())
		leave(WIRE_STATUS_OPEN);
	converter.downmix = downmix;
	converter.narrow = narrow;
	if (mode == FLOAT)
		converter.put_float = put_float;
	be_patient();
	parts = find_parts(st.st_size, &count);
	if (!parts)
		leave(1);
	for (size_t i = 0; i < (mode == INFO ? 1 : count); i++)
		do_part(&parts[i], !i, count == 1, &converter);
	for (size_t i = 0; i < count; i++)
		free(parts[i].tags);
	free(parts);
	if (!converter.low_bits)
		end.flags |= WIRE_NARROW;
	end.clipped = converter.clipped;
	end.broken = converter.broken;
	/* libavformat takes some failures for the end of the file */
	if (reading_failed()) {
		end.flags |= WIRE_UNREADABLE;
		end.errors++;
	}
	if (mode != INFO)
		finish();
	return 0;
}
