// SPDX-License-Identifier: GPL-2.0-only
/*
 * Audio files and their conversion. libsndfile writes the files; the expected output is computed
 * here.
 */
#include <math.h>
#include <sndfile.h>
#include <string.h>
#include <unistd.h>
#include "../../../tools/tao/audio.h"
#include "../../libtao/unit/ktap.h"

#define RATE 44100

static SNDFILE *create(const char *name, int format, int rate, int channels)
{
	SF_INFO info = { .samplerate = rate, .channels = channels, .format = format };
	SNDFILE *file = sf_open(ktap_path(name), SFM_WRITE, &info);

	if (!file) {
		printf("# %s: %s\n", name, sf_strerror(NULL));
		exit(1);
	}
	return file;
}

static short *noise(size_t samples)
{
	short *audio = malloc(samples * sizeof(*audio));

	for (size_t i = 0; i < samples; i++)
		audio[i] = rand();
	return audio;
}

/* Decodes a part of a file, in pieces of random length. NULL if it can't be read. */
static int16_t *decode(const struct audio_file *file, uint64_t first, uint64_t frames)
{
	int16_t *out = calloc(frames + 1, FRAME_BYTES);
	struct decoder *decoder;
	char *problem = NULL;
	uint64_t done = 0;
	long n = -1;

	decoder = decoder_open(file, first, frames, 0, NULL, &problem);
	while (decoder) {
		n = decoder_read(decoder, out + 2 * done, 1 + rand() % 5000, &problem);
		if (n <= 0)
			break;
		done += n;
	}
	decoder_close(decoder);
	if (problem)
		printf("# %s\n", problem);
	free(problem);
	if (n == 0 && done == frames)
		return out;
	free(out);
	return NULL;
}

static const struct audio_options plain;
static const atomic_bool never;
static atomic_ullong progress;

/* Inspects a file, and checks it as before a burn; NULL if either fails. */
static struct audio_file *inspect(const char *name)
{
	char *problem = NULL;
	struct audio_file *file = audio_inspect(ktap_path(name), &plain, &problem);

	if (file && audio_check(file, &plain, &never, &progress, &problem)) {
		audio_free(file);
		file = NULL;
	}
	if (!file)
		printf("# %s\n", problem);
	free(problem);
	return file;
}

/* @bits: used bits of each sample; the others are 0 */
static void test_exact(const char *name, int format, int bits, const char *what)
{
	size_t frames = 50000 + rand() % 1000;
	short *audio = noise(frames * 2);
	SNDFILE *sndfile = create(name, format, RATE, 2);
	struct audio_file *file;
	int16_t *out;
	char text[128];

	for (size_t i = 0; i < frames * 2; i++)
		audio[i] &= 0xffff << (16 - bits);
	sf_writef_short(sndfile, audio, frames);
	sf_close(sndfile);
	file = inspect(name);
	snprintf(text, sizeof(text), "%s: read, exact", what);
	check(file && file->exact && file->frames == frames, text);
	out = decode(file, 0, frames);
	snprintf(text, sizeof(text), "%s: every sample as it was", what);
	check(out && !memcmp(out, audio, frames * 4), text);
	free(out);
	out = decode(file, 12345, 6789);
	snprintf(text, sizeof(text), "%s: a part of it", what);
	check(out && !memcmp(out, audio + 2 * 12345, 6789 * 4), text);
	free(out);
	free(audio);
	audio_free(file);
}

static void test_mono(void)
{
	short *audio = noise(1000);
	SNDFILE *sndfile = create("mono.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, RATE, 1);
	struct audio_file *file;
	bool good = true;
	int16_t *out;
	char *text;

	sf_writef_short(sndfile, audio, 1000);
	sf_close(sndfile);
	file = inspect("mono.wav");
	out = decode(file, 0, 1000);
	for (int i = 0; out && i < 1000; i++)
		good &= out[2 * i] == audio[i] && out[2 * i + 1] == audio[i];
	check(out && good, "mono: on both channels");
	text = audio_conversions(file);
	check(text && !strcmp(text, "mono to stereo"), "mono: named in the plan");
	free(text);
	free(out);
	free(audio);
	audio_free(file);
}

/*
 * A constant between two steps of 16 bits: its mean is only preserved with dither. Dither with a
 * triangular density of 2 LSB yields an error with a variance of 1/4 LSB^2 (1/12 from rounding,
 * 2/12 from dither).
 */
static void test_dither(void)
{
	const double value = 100.3;
	double mean = 0, variance = 0;
	const int frames = 200000;
	struct audio_file *file;
	SNDFILE *sndfile;
	int16_t *out;
	char *text;

	sndfile = create("dither.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_24, RATE, 2);
	for (int i = 0; i < frames; i++) {
		float pair[2] = { value / 32768, -value / 32768 };

		sf_writef_float(sndfile, pair, 1);
	}
	sf_close(sndfile);
	file = inspect("dither.wav");
	check(file && !file->exact && !file->narrow, "24 bit: not exact");
	text = audio_conversions(file);
	check(text && !strcmp(text, "to 16 bit"), "24 bit: named in the plan");
	free(text);
	out = decode(file, 0, frames);
	for (int i = 0; out && i < frames; i++)
		mean += out[2 * i] / (double)frames;
	for (int i = 0; out && i < frames; i++)
		variance += (out[2 * i] - value) * (out[2 * i] - value) / frames;
	printf("# mean %f, variance %f\n", mean, variance);
	check(fabs(mean - value) < 0.01, "24 bit: the mean comes through");
	check(fabs(variance - 0.25) < 0.01, "24 bit: noise of triangular dither");
	free(out);
	out = decode(file, 0, frames);
	free(out);
	audio_free(file);
}

/* 24 bits of which 8 are always 0 yield the original 16 bits. */
static void test_widened(void)
{
	size_t frames = 20000;
	short *audio = noise(frames * 2);
	SNDFILE *sndfile = create("wide.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_24, RATE, 2);
	struct audio_file *file;
	int16_t *out;

	sf_writef_short(sndfile, audio, frames);
	sf_close(sndfile);
	file = inspect("wide.wav");
	check(file && file->exact, "16 bits in 24: exact");
	out = decode(file, 0, frames);
	check(out && !memcmp(out, audio, frames * FRAME_BYTES), "16 bits in 24: as they were");
	free(out);
	free(audio);
	audio_free(file);
}

static void test_repeats(void)
{
	struct audio_file *file = inspect("dither.wav");
	int16_t *one = decode(file, 0, 5000), *two = decode(file, 0, 5000);

	check(one && two && !memcmp(one, two, 5000 * 4), "conversion gives the same each time");
	free(one);
	free(two);
	audio_free(file);
}

static void test_silence_and_loud(void)
{
	float quiet[200] = { 0 }, loud[8] = { 1.5f, -1.5f, 1, -1, 0.5f, -0.5f, 2, -2 };
	SNDFILE *sndfile = create("loud.wav", SF_FORMAT_WAV | SF_FORMAT_FLOAT, RATE, 2);
	struct audio_file *file;
	bool silent = true;
	int16_t *out;

	sf_writef_float(sndfile, quiet, 100);
	sf_writef_float(sndfile, loud, 4);
	sf_close(sndfile);
	file = inspect("loud.wav");
	out = decode(file, 0, 104);
	for (int i = 0; out && i < 200; i++)
		silent &= !out[i];
	check(out && silent, "digital silence stays silent");
	check(out && out[200] == 32767 && out[201] == -32768 && out[206] == 32767 &&
	      out[207] == -32768,
	      "what is too loud is cut, not turned over");
	check_is(file->clipped, 4, "and counted");
	free(out);
	audio_free(file);
}

/* The amplitude at one frequency, and of all the rest. */
static void analyse(const int16_t *audio, size_t frames, double frequency, double *tone,
		    double *rest)
{
	double s = 0, c = 0, all = 0;

	for (size_t i = 0; i < frames; i++) {
		double phase = 2 * M_PI * frequency * i / RATE, value = audio[2 * i] / 32768.0;

		s += value * sin(phase);
		c += value * cos(phase);
		all += value * value;
	}
	*tone = 2 * sqrt(s * s + c * c) / frames;
	*rest = sqrt(fmax(all / frames - *tone * *tone / 2, 0));
}

/* A packet of FLAC has 4096 frames, which are more on the CD at low rates. */
static void test_rate(int rate, int format)
{
	const double frequency = 1000;
	int seconds = 2;
	struct audio_file *file;
	double tone = 0, rest = 1;
	char text[128], name[32];
	SNDFILE *sndfile;
	int16_t *out;

	snprintf(name, sizeof(name), "rate%d.%s", rate,
		 (format & SF_FORMAT_TYPEMASK) == SF_FORMAT_WAV ? "wav" : "flac");
	sndfile = create(name, format, rate, 2);
	for (int i = 0; i < rate * seconds; i++) {
		float value = 0.5 * sin(2 * M_PI * frequency * i / rate),
		      pair[2] = { value, value };

		sf_writef_float(sndfile, pair, 1);
	}
	sf_close(sndfile);
	file = inspect(name);
	snprintf(text, sizeof(text), "%d Hz: as long on the CD", rate);
	check(file && file->frames == (uint64_t)RATE * seconds, text);
	out = decode(file, 0, file->frames);
	if (out)
		analyse(out + RATE, RATE, frequency, &tone, &rest);
	printf("# tone %f, rest %g\n", tone, rest);
	snprintf(text, sizeof(text), "%d Hz: the tone is there", rate);
	check(fabs(tone - 0.5) < 0.001, text);
	snprintf(text, sizeof(text), "%d Hz: and nothing else beyond the noise of 16 bits", rate);
	check(rest < 0.00003, text);
	free(out);
	audio_free(file);
}

/* Consecutive parts of a converted file are the same as the whole. */
static void test_converted_parts(void)
{
	struct audio_file *file = inspect("rate48000.wav");
	uint64_t cut = 100 * SECTOR_FRAMES;
	int16_t *whole = decode(file, 0, file->frames),
		*part = decode(file, cut, file->frames - cut);
	int worst = 0;

	for (uint64_t i = 0; whole && part && i < 2 * (file->frames - cut); i++)
		if (abs(part[i] - whole[2 * cut + i]) > worst)
			worst = abs(part[i] - whole[2 * cut + i]);
	printf("# worst difference %d\n", worst);
	check(whole && part && worst == 0,
	      "a track from a converted file is that part of the whole");
	free(whole);
	free(part);
	audio_free(file);
}

static void test_lossy(const char *name, int format, const char *what)
{
	SNDFILE *sndfile = create(name, format, RATE, 2);
	double tone = 0, rest;
	struct audio_file *file;
	char text[128];
	int16_t *out;

	sf_set_string(sndfile, SF_STR_TITLE, "A Title");
	sf_set_string(sndfile, SF_STR_ARTIST, "An Artist");
	for (int i = 0; i < RATE * 3; i++) {
		float value = 0.5 * sin(2 * M_PI * 1000 * i / RATE), pair[2] = { value, value };

		sf_writef_float(sndfile, pair, 1);
	}
	sf_close(sndfile);
	file = inspect(name);
	snprintf(text, sizeof(text), "%s: checked", what);
	check(file && file->lossy && !file->unchecked, text);
	snprintf(text, sizeof(text), "%s: its length", what);
	check(file->frames > RATE * 2.9 && file->frames < RATE * 3.2, text);
	snprintf(text, sizeof(text), "%s: its tags", what);
	check(file->title && !strcmp(file->title, "A Title"), text);
	out = decode(file, 0, file->frames);
	if (out)
		analyse(out + RATE, RATE, 1000, &tone, &rest);
	snprintf(text, sizeof(text), "%s: decoded", what);
	check(fabs(tone - 0.5) < 0.02, text);
	free(out);
	audio_free(file);
}

static void refuses(const char *name, const char *words, const char *what)
{
	char *problem = NULL;
	struct audio_file *file = audio_inspect(ktap_path(name), &plain, &problem);

	if (file && audio_check(file, &plain, &never, &progress, &problem)) {
		audio_free(file);
		file = NULL;
	}
	if (!check(!file && problem && strstr(problem, words) && strstr(problem, ktap_path(name)),
		   what))
		printf("# %s\n", problem ? problem : "no problem");
	free(problem);
	audio_free(file);
}

static void write_bytes(const char *name, size_t bytes)
{
	FILE *file = fopen(ktap_path(name), "w");

	for (size_t i = 0; i < bytes; i++)
		fputc(rand(), file);
	fclose(file);
}

static void test_refused(void)
{
	SNDFILE *sndfile = create("six.wav", SF_FORMAT_WAVEX | SF_FORMAT_PCM_16, RATE, 6);
	const struct audio_options raw = { .raw = true }, downmix = { .downmix = true };
	short *audio = noise(6000);
	struct audio_file *file;
	char *problem = NULL;

	sf_writef_short(sndfile, audio, 1000);
	sf_close(sndfile);
	free(audio);
	sndfile = create("empty.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, RATE, 2);
	sf_close(sndfile);
	write_bytes("it's.m4a", 5000);
	write_bytes("nothing.raw", 0);
	write_bytes("sox.cdda", 5000);
	write_bytes("sox.CDR", 5000);
	refuses("sox.cdda", "big-endian", "a .cdda file, which would be noise");
	refuses("sox.CDR", "sox -t raw -r 44100 -e signed -b 16 -c 2 -B ", "a .cdr file");
	file = audio_inspect(ktap_path("sox.cdda"), &raw, &problem);
	check(file && file->kind == AUDIO_RAW, "but not if it is said to be raw");
	audio_free(file);
	refuses("six.wav", "6 channels", "more than two channels");
	refuses("six.wav", "--downmix", "more than two channels: what to do");
	file = audio_inspect(ktap_path("six.wav"), &downmix, &problem);
	check(file && file->channels == 6,
	      "more than two channels: mixed down if that is asked for");
	audio_free(file);
	refuses("empty.wav", "no audio", "a file without audio");
	refuses("it's.m4a", "no audio file that can be read", "noise that is called .m4a");
	refuses("missing.wav", "No such file", "a file that is not there");
	refuses("nothing.raw", "empty", "an empty file");
}

static void test_raw(void)
{
	struct audio_file *file;
	int16_t *out;

	/* a frame has 4 bytes; the last one is padded */
	write_bytes("some.raw", 4 * 1000 + 3);
	file = inspect("some.raw");
	check(file && file->kind == AUDIO_RAW && file->frames == 1001, "raw: whole frames");
	out = decode(file, 0, 1001);
	check(out && !(out[2001] & 0xff00), "raw: the last frame ends in silence");
	free(out);
	audio_free(file);
}

/* --damaged: yields a prefix of the original audio. */
static void test_damaged_part(const short *audio)
{
	const struct audio_options damaged = { .damaged = true };
	char *problem = NULL;
	struct audio_file *file = audio_inspect(ktap_path("damaged.flac"), &damaged, &problem);
	int16_t *out;

	check(file && !audio_check(file, &damaged, &never, &progress, &problem) &&
	      file->frames > 0 && file->frames < 100000 && file->note,
	      "but not if that is asked for");
	out = decode(file, 0, file->frames);
	check(out && !memcmp(out, audio, file->frames * FRAME_BYTES),
	      "then its beginning is burned");
	free(out);
	audio_free(file);
}

static void test_damaged(void)
{
	char *problem = NULL;
	struct audio_file *file;
	short *audio = noise(200000);
	SNDFILE *sndfile = create("damaged.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16, RATE, 2);

	sf_writef_short(sndfile, audio, 100000);
	sf_close(sndfile);
	file = inspect("damaged.flac");
	check(file, "a whole FLAC file is good");
	audio_free(file);
	if (truncate(ktap_path("damaged.flac"), 200000))
		check(false, "set-up");
	file = audio_inspect(ktap_path("damaged.flac"), &plain, &problem);
	check(file && audio_check(file, &plain, &never, &progress, &problem),
	      "a FLAC file that was cut is found");
	check(problem && strstr(problem, "is damaged"), "and said so");
	free(problem);
	check(!decode(file, 0, 100000), "decoding it fails too");
	audio_free(file);
	test_damaged_part(audio);
	free(audio);
}

/* If a file is written to while it is read, it is not the one that was checked. */
static void test_changed(void)
{
	struct audio_file *file;
	struct decoder *decoder;
	int16_t out[2000], *gone;
	char *problem = NULL;

	write_bytes("changed.raw", 40000);
	file = inspect("changed.raw");
	check(file && !audio_was_changed(file), "a file that is left alone has not changed");
	decoder = decoder_open(file, 0, 10000, 0, NULL, &problem);
	check_is(decoder_read(decoder, out, 1000, &problem), 1000, "a file that is cut meanwhile");
	if (truncate(ktap_path("changed.raw"), 6000))
		check(false, "set-up");
	check(decoder_read(decoder, out, 1000, &problem) == 500 &&
	      decoder_read(decoder, out, 1000, &problem) < 0 && problem &&
	      strstr(problem, "was changed while it was read"), "is said to be");
	decoder_close(decoder);
	free(problem);
	check(!decoder_open(file, 0, 1000, 0, NULL, &problem), "and not opened again");
	free(problem);
	unlink(ktap_path("changed.raw"));
	audio_free(file);
	write_bytes("gone.raw", 40000);
	file = inspect("gone.raw");
	unlink(ktap_path("gone.raw"));
	gone = decode(file, 0, 10000);
	check(gone, "a file that is removed can still be read");
	free(gone);
	audio_free(file);
}

int main(void)
{
	srand(ktap_seed());
	test_exact("a.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 16, "WAV");
	test_exact("a.aiff", SF_FORMAT_AIFF | SF_FORMAT_PCM_16, 16, "AIFF");
	test_exact("a.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 16, "FLAC");
	test_exact("a.au", SF_FORMAT_AU | SF_FORMAT_PCM_16, 16, "AU");
	test_exact("u8.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_U8, 8, "WAV of 8 bit");
	test_mono();
	test_dither();
	test_widened();
	test_repeats();
	test_silence_and_loud();
	test_rate(48000, SF_FORMAT_WAV | SF_FORMAT_FLOAT);
	test_rate(96000, SF_FORMAT_WAV | SF_FORMAT_FLOAT);
	test_rate(32000, SF_FORMAT_WAV | SF_FORMAT_FLOAT);
	test_rate(22050, SF_FORMAT_FLAC | SF_FORMAT_PCM_24);
	test_rate(8000, SF_FORMAT_FLAC | SF_FORMAT_PCM_24);
	test_converted_parts();
	test_lossy("a.ogg", SF_FORMAT_OGG | SF_FORMAT_VORBIS, "Ogg Vorbis");
	test_lossy("a.mp3", SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III, "MP3");
	test_refused();
	test_raw();
	test_damaged();
	test_changed();
	return ktap_end();
}
