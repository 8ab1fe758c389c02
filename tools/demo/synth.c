// SPDX-License-Identifier: GPL-2.0-only
/*
 * synth DIRECTORY: writes two short pieces of music to DIRECTORY, in the format of a CD: 16 bits,
 * stereo, 44.1 kHz, no header.
 *
 * They are something pleasant to burn that is free of anybody else's rights. A score is a list of
 * parts. A part is an instrument and notes of equal length: "." is a rest, "-" prolongs the note
 * before it, "+" joins the notes of a chord.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RATE	44100
#define TAU	6.283185307179586

struct part {
	char instrument;	/* p: plucked string, e: electric piano, s: strings, b: bass */
	double start, step;	/* in beats */
	double level, pan;	/* pan: -1 left, 1 right */
	const char *notes;
};

struct piece {
	const char *name;
	double seconds, beat;	/* beat: its length in seconds */
	const struct part *parts;
	unsigned int parts_count;
};

/* The audio of a piece, left and right. */
struct mix {
	size_t frames;
	float *side[2];
};

static const struct part lead_in[] = {
	{ 'p', 0, 0.5, 0.50, -0.35,
	  "C3 G3 D4 E4 G4 B4 G4 E4  A2 E3 B3 C4 E4 G4 E4 C4  F2 C3 G3 A3 C4 E4 G3 B3  C3" },
	{ 'p', 0, 0.5, 0.45, 0.40,
	  ". . . . . G5 . E5  . D5 . C5 . E5 . A5  . G5 . E5 . D5 . B4  G5" },
	{ 'p', 12.06, 1, 0.42, 0.15, "G3+E4 - -" },
	{ 'p', 12.12, 1, 0.40, -0.15, "C5+D5 - -" },
	{ 's', 0, 4, 0.16, 0, "C3+G3+E4+B4 A2+G3+C4+E4 F2+A3+C4+G4 C3+G3+D4+E4" },
};

static const struct part lead_out[] = {
	{ 'b', 0, 3, 0.42, 0, "D2 B1 G1 A1 D2" },
	{ 'e', 1, 1, 0.20, -0.30,
	  "F#3+A3+D4 F#3+A3+D4 . F#3+B3+D4 F#3+B3+D4 . G3+B3+D4 G3+B3+E4 . G3+C#4+E4 G3+C#4+E4 ." },
	{ 'e', 12, 1, 0.22, -0.20, "D3+A3+F#4" },
	{ 'e', 0, 0.5, 0.34, 0.25,
	  "A4 - - - F#4 A4  D5 - - - C#5 B4  B4 - A4 - G4 A4  C#5 - - B4 A4 G4  F#4" },
	{ 'p', 12, 0.25, 0.34, 0.45, ". . D4 A4 D5 E5 F#5 A5" },
	{ 's', 0, 3, 0.15, 0, "D3+A3+F#4 B2+F#3+D4 G2+B3+D4 A2+G3+C#4 D3+A3+D4+F#4" },
};

static const struct piece pieces[] = {
	{ "01 Lead-in.raw", 8, 0.48, lead_in, sizeof(lead_in) / sizeof(*lead_in) },
	{ "02 Lead-out.raw", 11, 0.6, lead_out, sizeof(lead_out) / sizeof(*lead_out) },
};

/* Noise that is the same on every machine. */
static double noise(void)
{
	static uint32_t state = 1;

	state = state * 1664525 + 1013904223;
	return state / 2147483648.0 - 1;
}

/* A string that loses its high partials as it decays (Karplus and Strong, 1983). */
static void pluck(float *out, size_t n, double hz)
{
	double period = RATE / hz - 0.5;
	size_t length = (size_t)period;
	double fraction = period - length, last = 0, soft = 0, mean = 0;
	double *string = calloc(length + 1, sizeof(*string));
	size_t i;

	if (!string)
		abort();
	for (i = 0; i <= length; i++)
		mean += string[i] = soft += 0.45 * (noise() - soft);
	for (i = 0; i <= length; i++)
		string[i] -= mean / (length + 1);
	for (i = 0; i < n; i++) {
		double *now = &string[i % (length + 1)];
		double delayed = string[(i + 1) % (length + 1)];
		double value = *now * fraction + delayed * (1 - fraction);

		*now = 0.998 * (value + last) / 2;
		last = value;
		out[i] = 1.6 * *now;
	}
	free(string);
}

/* Two oscillators: one modulates the pitch of the other, less and less. */
static void electric_piano(float *out, size_t n, double hz)
{
	size_t i;

	for (i = 0; i < n; i++) {
		double t = (double)i / RATE, phase = TAU * hz * t;
		double tine = 0.12 * exp(-12 * t) * sin(14 * phase);

		out[i] = exp(-1.7 * t) * (sin(phase + 1.3 * exp(-3.5 * t) * sin(phase)) + tine);
	}
}

static void strings(float *out, size_t n, double hz)
{
	static const double detune[] = { 0.9975, 1, 1.0028 };
	size_t i, k, h;

	for (i = 0; i < n; i++) {
		double t = (double)i / RATE, sum = 0;

		for (k = 0; k < 3; k++)
			for (h = 1; h <= 5; h++)
				sum += sin(TAU * hz * detune[k] * h * t + k) / (3 * h * h);
		out[i] = sum * (1 - exp(-2.5 * t));
	}
}

static void bass(float *out, size_t n, double hz)
{
	size_t i;

	for (i = 0; i < n; i++) {
		double t = (double)i / RATE, phase = TAU * hz * t;

		out[i] = exp(-0.9 * t) * (sin(phase) + 0.5 * sin(2 * phase) * exp(-2 * t));
	}
}

/* Frequency of a note such as "F#4" */
static double frequency(const char *note)
{
	static const int semitones[] = { 9, 11, 0, 2, 4, 5, 7 };
	int number = semitones[note[0] - 'A'];

	if (*++note == '#') {
		number++;
		note++;
	}
	return 440 * exp2((number - 9) / 12.0 + (note[0] - '0' - 4));
}

/* Plays one note into the mix; a short fade at both ends avoids clicks. */
static void play(struct mix *mix, const struct part *part, double hz, double at, double seconds)
{
	size_t first = at * RATE, n = seconds * RATE, release = RATE / 5, i;
	double angle = (part->pan + 1) * TAU / 8;
	float *out;

	if (first >= mix->frames)
		return;
	if (n + release > mix->frames - first)
		n = mix->frames - first > release ? mix->frames - first - release : 0;
	out = malloc((n + release) * sizeof(*out));
	if (!out)
		abort();
	switch (part->instrument) {
	case 'p':
		pluck(out, n + release, hz);
		break;
	case 'e':
		electric_piano(out, n + release, hz);
		break;
	case 's':
		strings(out, n + release, hz);
		break;
	default:
		bass(out, n + release, hz);
		break;
	}
	for (i = 0; i < n + release; i++) {
		double level = part->level;

		if (i < 88)
			level *= i / 88.0;
		if (i >= n)
			level *= 1 - (double)(i - n) / release;
		mix->side[0][first + i] += level * cos(angle) * out[i];
		mix->side[1][first + i] += level * sin(angle) * out[i];
	}
	free(out);
}

/*
 * The number of steps for which the note of the word that ends at @end lasts. Plucked strings are
 * not damped and ring for two more steps.
 */
static unsigned int held(const struct part *part, const char *end)
{
	unsigned int steps = 1;

	for (end += strspn(end, " "); *end == '-'; end += 1 + strspn(end + 1, " "))
		steps++;
	return part->instrument == 'p' ? steps + 2 : steps;
}

static void play_part(struct mix *mix, const struct piece *piece, const struct part *part)
{
	double at = part->start * piece->beat, step = part->step * piece->beat;
	const char *word = part->notes;

	while (*(word += strspn(word, " "))) {
		size_t length = strcspn(word, " ");
		const char *end = word + length;
		double seconds = step * held(part, end);

		/* The last note of a part rings to the end. */
		if (!end[strspn(end, " -")])
			seconds = piece->seconds - at;
		for (; *word != '.' && *word != '-'; word++) {
			play(mix, part, frequency(word), at, seconds);
			word += strcspn(word, "+ ");
			if (*word != '+')
				break;
		}
		word = end;
		at += step;
	}
}

/* Reverberation of a room: echoes with feedback, one after the other. */
static void room(float *samples, size_t frames, unsigned int side)
{
	static const unsigned int delays[2][4] = {
		{ 1557, 1617, 1491, 1422 }, { 1580, 1640, 1514, 1445 },
	};
	float *wet = calloc(frames, sizeof(*wet)), *echo = calloc(frames, sizeof(*echo));
	size_t i, k;

	if (!wet || !echo)
		abort();
	for (k = 0; k < 4; k++) {
		unsigned int delay = delays[side][k];
		double soft = 0;

		memset(echo, 0, frames * sizeof(*echo));
		for (i = delay; i < frames; i++) {
			soft += 0.6 * (echo[i - delay] - soft);
			echo[i] = samples[i - delay] + 0.80 * soft;
			wet[i] += 0.25 * echo[i];
		}
	}
	for (i = 0; i < frames; i++)
		samples[i] += 0.35 * wet[i];
	free(wet);
	free(echo);
}

/* Normalises to 1 dB below full scale and fades out within the last second. */
static void finish(struct mix *mix)
{
	size_t i, fade = RATE;
	unsigned int side;
	double peak = 0;

	for (side = 0; side < 2; side++)
		for (i = 0; i < mix->frames; i++) {
			double left = mix->frames - i;

			if (left < fade)
				mix->side[side][i] *= (1 - cos(TAU / 2 * left / fade)) / 2;
			if (fabs(mix->side[side][i]) > peak)
				peak = fabs(mix->side[side][i]);
		}
	for (side = 0; side < 2; side++)
		for (i = 0; i < mix->frames; i++)
			mix->side[side][i] *= 0.891 * 32767 / peak;
}

static int save(const struct mix *mix, const char *directory, const char *name)
{
	char path[4096];
	size_t i;
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	file = fopen(path, "wb");
	if (!file) {
		perror(path);
		return 1;
	}
	for (i = 0; i < mix->frames * 2; i++) {
		/* Dither: turns the distortion by rounding into noise. */
		long value = lrint(mix->side[i % 2][i / 2] + (noise() + noise()) / 2);

		putc(value & 0xff, file);
		putc(value >> 8 & 0xff, file);
	}
	if (ferror(file) | fclose(file)) {
		perror(path);
		return 1;
	}
	return 0;
}

static int render(const struct piece *piece, const char *directory)
{
	struct mix mix = { .frames = piece->seconds * RATE };
	unsigned int i;
	int status;

	for (i = 0; i < 2; i++) {
		mix.side[i] = calloc(mix.frames, sizeof(float));
		if (!mix.side[i])
			abort();
	}
	for (i = 0; i < piece->parts_count; i++)
		play_part(&mix, piece, &piece->parts[i]);
	room(mix.side[0], mix.frames, 0);
	room(mix.side[1], mix.frames, 1);
	finish(&mix);
	status = save(&mix, directory, piece->name);
	free(mix.side[0]);
	free(mix.side[1]);
	return status;
}

int main(int argc, char **argv)
{
	unsigned int i;

	if (argc != 2) {
		fprintf(stderr, "usage: synth DIRECTORY\n");
		return 2;
	}
	for (i = 0; i < sizeof(pieces) / sizeof(*pieces); i++)
		if (render(&pieces[i], argv[1]))
			return 1;
	return 0;
}
