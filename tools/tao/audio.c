// SPDX-License-Identifier: GPL-2.0-only
#include <endian.h>
#include <errno.h>
#include <math.h>
#include <samplerate.h>
#include <sndfile.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "audio.h"
#include "common.h"
#include "flac.h"
#include "text.h"

#define RATE_MIN 4000
#define RATE_MAX 768000
/* What is decoded at a time */
#define CHUNK_FRAMES 4096
/* A resampler may end that much early. */
#define TAIL_FRAMES 64

static bool has_suffix(const char *path, const char *const *suffixes)
{
	const char *dot = strrchr(path, '.');

	for (; dot && *suffixes; suffixes++)
		if (!strcasecmp(dot + 1, *suffixes))
			return true;
	return false;
}

static bool named_raw(const char *path)
{
	static const char *const suffixes[] = { "raw", "pcm", "sw", "bin", NULL };

	return has_suffix(path, suffixes);
}

/* Sox, and others after it, write these with the bytes of a sample the other way round. */
static bool named_swapped(const char *path)
{
	static const char *const suffixes[] = { "cdda", "cdr", NULL };

	return has_suffix(path, suffixes);
}

static const char *container_name(int format)
{
	switch (format & SF_FORMAT_TYPEMASK) {
	case SF_FORMAT_WAV:
	case SF_FORMAT_WAVEX:
		return "WAV";
	case SF_FORMAT_RF64:
		return "RF64";
	case SF_FORMAT_W64:
		return "W64";
	case SF_FORMAT_AIFF:
		return "AIFF";
	case SF_FORMAT_AU:
		return "AU";
	case SF_FORMAT_CAF:
		return "CAF";
	case SF_FORMAT_FLAC:
		return "FLAC";
	case SF_FORMAT_OGG:
		return "Ogg";
	case SF_FORMAT_MPEG:
		return "MPEG";
	default:
		return "audio";
	}
}

/* How the samples are kept; *bits are those that matter on the way to 16. */
static const char *coding_name(int format, unsigned int *bits)
{
	*bits = 32;
	switch (format & SF_FORMAT_SUBMASK) {
	case SF_FORMAT_PCM_S8:
	case SF_FORMAT_PCM_U8:
		*bits = 8;
		return "8 bit";
	case SF_FORMAT_PCM_16:
		*bits = 16;
		return "16 bit";
	case SF_FORMAT_PCM_24:
		return "24 bit";
	case SF_FORMAT_PCM_32:
		return "32 bit";
	case SF_FORMAT_FLOAT:
	case SF_FORMAT_DOUBLE:
		return "floating point";
	case SF_FORMAT_ULAW:
	case SF_FORMAT_ALAW:
		*bits = 16;
		return "G.711";
	case SF_FORMAT_VORBIS:
		return "Vorbis";
	case SF_FORMAT_OPUS:
		return "Opus";
	case SF_FORMAT_MPEG_LAYER_I:
	case SF_FORMAT_MPEG_LAYER_II:
		return "layer II";
	case SF_FORMAT_MPEG_LAYER_III:
		return "MP3";
	default:
		return "compressed";
	}
}

static bool is_lossy(int format)
{
	switch (format & SF_FORMAT_SUBMASK) {
	case SF_FORMAT_VORBIS:
	case SF_FORMAT_OPUS:
	case SF_FORMAT_MPEG_LAYER_I:
	case SF_FORMAT_MPEG_LAYER_II:
	case SF_FORMAT_MPEG_LAYER_III:
		return true;
	default:
		return false;
	}
}

static uint64_t on_cd(uint64_t frames, int rate)
{
	return frames * CD_RATE / rate;
}

/* The line that makes a file of it which can be burned. */
static char *with_ffmpeg(const char *path, const char *extra)
{
	const char *slash = strrchr(path, '/'), *dot = strrchr(path, '.');
	int stem = dot && dot > (slash ? slash : path) ? (int)(dot - path) : (int)strlen(path);
	char *from = shell_quote(path),
	     *target = xasprintf("%.*s%s.flac", stem, path,
				 dot && !strcasecmp(dot, ".flac") ? "-2" : "");
	char *to = shell_quote(target), *line;

	line = xasprintf("ffmpeg -i %s%s %s", from, extra, to);
	free(from);
	free(target);
	free(to);
	return line;
}

static struct audio_file *inspect_raw(const char *path, char **problem)
{
	struct audio_file *file;
	struct stat st;

	if (stat(path, &st) || !S_ISREG(st.st_mode) || !st.st_size) {
		*problem = xasprintf("%s: is empty, or no regular file", path);
		return NULL;
	}
	file = xcalloc(1, sizeof(*file));
	file->path = xstrdup(path);
	file->kind = AUDIO_RAW;
	file->rate = CD_RATE;
	file->channels = 2;
	file->source_frames = (st.st_size + FRAME_BYTES - 1) / FRAME_BYTES;
	file->frames = file->source_frames;
	file->exact = true;
	file->ragged = st.st_size % FRAME_BYTES;
	snprintf(file->format, sizeof(file->format), "raw");
	return file;
}

static char *tag(SNDFILE *sndfile, int which)
{
	const char *text = sf_get_string(sndfile, which);

	return text && *text ? text_to_utf8(text, strlen(text)) : NULL;
}

static void read_tags(struct audio_file *file, SNDFILE *sndfile)
{
	char *number = tag(sndfile, SF_STR_TRACKNUMBER);
	struct flac_tags flac;

	file->title = tag(sndfile, SF_STR_TITLE);
	file->artist = tag(sndfile, SF_STR_ARTIST);
	file->album = tag(sndfile, SF_STR_ALBUM);
	file->number = number ? atoi(number) : 0;
	if (file->number > 999)
		file->number = 0;
	free(number);
	if (!flac_read_tags(file->path, &flac)) {
		file->cue_sheet = flac.cue_sheet;
		file->isrc = flac.isrc;
	}
}

/* What can't be burned of what libsndfile reads. */
static char *format_problem(const char *path, const SF_INFO *info)
{
	char *line, *text;

	if (info->channels > 2) {
		line = with_ffmpeg(path, " -ac 2");
		text = xasprintf("%s: has %d channels, a CD has two. Mix it down: %s", path,
				 info->channels, line);
		free(line);
		return text;
	}
	if (info->channels < 1 || info->samplerate < RATE_MIN || info->samplerate > RATE_MAX)
		return xasprintf("%s: has a sample rate of %d Hz, which can't be converted", path,
				 info->samplerate);
	if (info->frames < 1)
		return xasprintf("%s: holds no audio", path);
	if (info->frames > INT64_C(1) << 40)
		return xasprintf("%s: its length can't be told", path);
	return NULL;
}

static char *unreadable(const char *path)
{
	const char *why = sf_strerror(NULL);
	char *line, *text;
	struct stat st;

	if (!stat(path, &st) && S_ISREG(st.st_mode) && !st.st_size)
		return xasprintf("%s: is empty", path);
	if (!stat(path, &st) && (S_ISCHR(st.st_mode) || S_ISBLK(st.st_mode)))
		return xasprintf("%s: is a device; --device says where to burn", path);
	if (named_swapped(path)) {
		line = swap_command(path);
		text = xasprintf("%s: is big-endian as a rule, that is noise on a disc; "
				 "convert it: %s; "
				 "if it is little-endian, name it .raw",
				 path, line);
		free(line);
		return text;
	}
	line = with_ffmpeg(path, "");
	text = xasprintf("%s: this kind of file can't be read (%.*s). Convert it: %s", path,
			 (int)strcspn(why, "."), why, line);
	free(line);
	return text;
}

struct audio_file *audio_inspect(const char *path, bool raw, char **problem)
{
	struct audio_file *file;
	SF_INFO info = { 0 };
	const char *coding;
	SNDFILE *sndfile;
	unsigned int bits;

	if (access(path, R_OK)) {
		*problem = xasprintf("%s: %s", path, strerror(errno));
		return NULL;
	}
	if (raw)
		return inspect_raw(path, problem);
	sndfile = sf_open(path, SFM_READ, &info);
	if (!sndfile && named_raw(path))
		return inspect_raw(path, problem);
	if (!sndfile) {
		*problem = unreadable(path);
		return NULL;
	}
	*problem = format_problem(path, &info);
	if (*problem) {
		sf_close(sndfile);
		return NULL;
	}

	file = xcalloc(1, sizeof(*file));
	file->path = xstrdup(path);
	file->kind = AUDIO_FILE;
	file->rate = info.samplerate;
	file->channels = info.channels;
	file->source_frames = info.frames;
	file->frames = on_cd(info.frames, info.samplerate);
	file->lossy = is_lossy(info.format);
	coding = coding_name(info.format, &bits);
	file->exact = info.samplerate == CD_RATE && bits <= 16 && !file->lossy;
	file->packed = file->lossy || (info.format & SF_FORMAT_TYPEMASK) == SF_FORMAT_FLAC ||
		       (info.format & SF_FORMAT_TYPEMASK) == SF_FORMAT_OGG;
	snprintf(file->format, sizeof(file->format), "%s, %s", container_name(info.format), coding);
	read_tags(file, sndfile);
	sf_close(sndfile);
	return file;
}

void audio_free(struct audio_file *file)
{
	if (!file)
		return;
	free(file->path);
	free(file->title);
	free(file->artist);
	free(file->album);
	free(file->isrc);
	free(file->cue_sheet);
	free(file);
}

char *audio_conversions(const struct audio_file *file)
{
	char rate[32] = "";

	if (file->ragged)
		return xstrdup("last sample filled up");
	if (file->rate != CD_RATE)
		snprintf(rate, sizeof(rate), "%g kHz to 44.1 kHz", file->rate / 1000.0);
	if (!rate[0] && file->channels == 2 && (file->exact || file->lossy))
		return NULL;
	return xasprintf("%s%s%s%s", rate,
			 !file->exact && !file->lossy ? rate[0] ? ", to 16 bit" : "to 16 bit" : "",
			 file->channels == 1 && (rate[0] || (!file->exact && !file->lossy)) ? ", " :
											      "",
			 file->channels == 1 ? "mono to stereo" : "");
}

struct decoder {
	const struct audio_file *file;
	SNDFILE *sndfile;
	FILE *raw;
	SRC_STATE *resampler;
	double ratio;
	uint64_t left; /* frames that are still to come */
	uint64_t random;
	uint64_t clipped;
	bool damaged;
	float in[CHUNK_FRAMES * 2];
	float out[CHUNK_FRAMES * 2];
	short exact[CHUNK_FRAMES * 2];
};

/*
 * Uniform, 0 to 1; the same numbers each time, so that a file is converted alike when it is
 * burned and verified.
 */
static double next_random(struct decoder *d)
{
	d->random ^= d->random << 13;
	d->random ^= d->random >> 7;
	d->random ^= d->random << 17;
	return (d->random >> 11) * (1.0 / (UINT64_C(1) << 53));
}

/* To 16 bits with triangular dither, 1 LSB to either side. Digital silence stays silent. */
static int16_t to_16_bits(struct decoder *d, float sample)
{
	double value;

	if (sample == 0)
		return 0;
	if (!(fabsf(sample) <= 1.0f))
		d->clipped++;
	value = sample * 32768.0 + next_random(d) - next_random(d);
	if (!(value > -32768))
		return -32768;
	return value >= 32767 ? 32767 : lrint(value);
}

static void store_floats(struct decoder *d, const float *in, long frames, int16_t *out)
{
	for (long i = 0; i < frames; i++) {
		for (int channel = 0; channel < 2; channel++) {
			if (channel == 1 && d->file->channels == 1)
				out[2 * i + 1] = out[2 * i];
			else
				out[2 * i + channel] =
					htole16(to_16_bits(d, in[i * d->file->channels + channel]));
		}
	}
}

static void store_shorts(const struct decoder *d, long frames, int16_t *out)
{
	for (long i = 0; i < frames; i++) {
		out[2 * i] = htole16(d->exact[i * d->file->channels]);
		out[2 * i + 1] = htole16(d->exact[i * d->file->channels + d->file->channels - 1]);
	}
}

static long feed_resampler(void *data, float **frames)
{
	struct decoder *d = data;
	long n = sf_readf_float(d->sndfile, d->in, CHUNK_FRAMES);

	if (sf_error(d->sndfile))
		d->damaged = true;
	*frames = d->in;
	return n;
}

static int seek_frame(struct decoder *d, uint64_t source_frame)
{
	if (!source_frame)
		return 0;
	return sf_seek(d->sndfile, source_frame, SEEK_SET) < 0 ? -1 : 0;
}

/*
 * Begin a whole number of seconds earlier, and throw that away: then source and CD are in step, and
 * the filter has heard what comes before.
 */
static int seek_resampled(struct decoder *d, uint64_t first)
{
	uint64_t second = first / CD_RATE;
	long n;

	second -= second > 0;
	if (seek_frame(d, second * d->file->rate))
		return -1;
	for (uint64_t skip = first - second * CD_RATE; skip; skip -= n) {
		n = src_callback_read(d->resampler, d->ratio,
				      skip < CHUNK_FRAMES ? skip : CHUNK_FRAMES, d->out);
		if (n <= 0)
			return -1;
	}
	return 0;
}

static int open_file(struct decoder *d, uint64_t first)
{
	SF_INFO info = { 0 };
	int error;

	d->sndfile = sf_open(d->file->path, SFM_READ, &info);
	if (!d->sndfile || info.channels != d->file->channels || info.samplerate != d->file->rate)
		return -1;
	if (d->file->rate == CD_RATE)
		return seek_frame(d, first);
	d->ratio = (double)CD_RATE / d->file->rate;
	d->resampler = src_callback_new(feed_resampler, SRC_SINC_BEST_QUALITY, d->file->channels,
					&error, d);
	return d->resampler ? seek_resampled(d, first) : -1;
}

static int open_raw(struct decoder *d, uint64_t first)
{
	if (d->file->kind == AUDIO_STREAM) {
		d->raw = fdopen(dup(STDIN_FILENO), "re");
		return d->raw ? 0 : -1;
	}
	d->raw = fopen(d->file->path, "re");
	return d->raw ? fseeko(d->raw, first * FRAME_BYTES, SEEK_SET) : -1;
}

struct decoder *decoder_open(const struct audio_file *file, uint64_t first, uint64_t frames,
			     char **problem)
{
	struct decoder *d = xcalloc(1, sizeof(*d));

	d->file = file;
	d->left = frames;
	d->random = UINT64_C(0x9e3779b97f4a7c15);
	if (file->kind == AUDIO_FILE ? !open_file(d, first) : !open_raw(d, first))
		return d;
	*problem = xasprintf("%s: can't be read at %llu s any more; was it changed?", file->path,
			     (unsigned long long)(first / CD_RATE));
	decoder_close(d);
	return NULL;
}

static long read_raw(struct decoder *d, int16_t *out, size_t frames)
{
	size_t bytes = fread(out, 1, frames * FRAME_BYTES, d->raw);

	/* a file that ends in mid-frame */
	if (bytes % FRAME_BYTES) {
		memset((char *)out + bytes, 0, FRAME_BYTES - bytes % FRAME_BYTES);
		bytes += FRAME_BYTES - bytes % FRAME_BYTES;
	}
	return bytes / FRAME_BYTES;
}

static long read_exact(struct decoder *d, int16_t *out, size_t frames)
{
	long n = sf_readf_short(d->sndfile, d->exact, frames);

	if (sf_error(d->sndfile))
		d->damaged = true;
	store_shorts(d, n, out);
	return n;
}

static long read_converted(struct decoder *d, int16_t *out, size_t frames)
{
	long n;

	if (d->resampler)
		n = src_callback_read(d->resampler, d->ratio, frames, d->out);
	else
		n = sf_readf_float(d->sndfile, d->out, frames);
	if (n < 0 || sf_error(d->sndfile))
		d->damaged = true;
	store_floats(d, d->out, n, out);
	return n;
}

long decoder_read(struct decoder *d, int16_t *out, size_t frames, char **problem)
{
	char at[TIME_SIZE];
	long n;

	if (frames > CHUNK_FRAMES)
		frames = CHUNK_FRAMES;
	if (frames > d->left)
		frames = d->left;
	if (!frames)
		return 0;
	if (d->raw)
		n = read_raw(d, out, frames);
	else if (d->file->exact)
		n = read_exact(d, out, frames);
	else
		n = read_converted(d, out, frames);

	if (!n && d->file->kind == AUDIO_STREAM && !ferror(d->raw))
		return 0;
	if (n <= 0 && !d->damaged && d->resampler && d->left <= TAIL_FRAMES) {
		n = frames;
		memset(out, 0, frames * FRAME_BYTES);
	}
	if (n <= 0 || d->damaged) {
		*problem =
			xasprintf("%s: is damaged or was changed: it breaks off %s min too early",
				  d->file->path, format_time(d->left / SECTOR_FRAMES, at));
		return -1;
	}
	d->left -= n;
	return n;
}

uint64_t decoder_clipped(const struct decoder *d)
{
	return d->clipped;
}

void decoder_close(struct decoder *d)
{
	if (!d)
		return;
	if (d->resampler)
		src_delete(d->resampler);
	if (d->sndfile)
		sf_close(d->sndfile);
	if (d->raw)
		fclose(d->raw);
	free(d);
}

/* Frames that can be decoded; *damaged if there was an error on the way. */
static uint64_t count_frames(SNDFILE *sndfile, const struct audio_file *file,
			     const atomic_bool *stop, bool *damaged)
{
	float *buffer = xcalloc(CHUNK_FRAMES * file->channels, sizeof(float));
	uint64_t frames = 0;
	sf_count_t n;

	while (!atomic_load(stop) && (n = sf_readf_float(sndfile, buffer, CHUNK_FRAMES)) > 0)
		frames += n;
	*damaged = sf_error(sndfile) != SF_ERR_NO_ERROR;
	free(buffer);
	return frames;
}

int audio_check(struct audio_file *file, const atomic_bool *stop, char **problem)
{
	char good[TIME_SIZE], all[TIME_SIZE];
	SF_INFO info = { 0 };
	SNDFILE *sndfile;
	bool damaged;
	uint64_t frames;

	if (!file->packed)
		return 0;
	sndfile = sf_open(file->path, SFM_READ, &info);
	if (!sndfile) {
		*problem = xasprintf("%s: %s", file->path, sf_strerror(NULL));
		return -1;
	}
	frames = count_frames(sndfile, file, stop, &damaged);
	sf_close(sndfile);
	if (atomic_load(stop))
		return 0;
	if (damaged || frames == 0 || (!file->lossy && frames != file->source_frames)) {
		*problem = xasprintf("%s: is damaged: only %s of %s min can be decoded", file->path,
				     format_time(on_cd(frames, file->rate) / SECTOR_FRAMES, good),
				     format_time(file->frames / SECTOR_FRAMES, all));
		return -1;
	}
	file->source_frames = frames;
	file->frames = on_cd(frames, file->rate);
	return 0;
}
