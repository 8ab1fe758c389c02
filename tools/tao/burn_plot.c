// SPDX-License-Identifier: GPL-2.0-only
#include <math.h>
#include <stdlib.h>
#include "burn_plot.h"
#include "common.h"
#include "html.h"
#include "status.h"

#define KBPS_1X 176.4
/* Of a picture; its style sheet decides how large it is. */
#define WIDTH 720.0
#define BAR_HEIGHT 34.0
#define PLOT_HEIGHT 230.0
#define LEFT 40.0
#define RIGHT 46.0
#define TOP 12.0
#define BOTTOM 32.0
/* A track that is narrower has no number. */
#define NUMBER_WIDTH 16.0
/* More points than this would not show. */
#define POINTS_MAX 700
#define TICKS_MAX 10
#define GRID_LINES 4

/* --- The disc --- */

static bool is_on_disc(const struct record_track *track)
{
	return track->begun && track->sectors != TAO_UNKNOWN;
}

/* Behind the last track. */
static int32_t end_of(const struct drive_record *d)
{
	int32_t end = 1;

	for (size_t i = 0; i < d->record->tracks_count; i++) {
		const struct record_track *t = &d->tracks[i];

		if (is_on_disc(t) && t->start_lba + (int32_t)t->sectors > end)
			end = t->start_lba + t->sectors;
	}
	return end;
}

/* A class of the style sheet. */
static const char *look(const struct record_track *track)
{
	if (!track->whole)
		return "cut";
	if (track->lost || (track->compared.text && track->compared.exit_status))
		return "bad";
	return track->compared.text ? "same" : "done";
}

static void put_track(FILE *out, const struct record_track *track, const char *name, double scale)
{
	double x = track->start_lba * scale, width = track->sectors * scale;
	char length[TIME_SIZE];

	if (!is_on_disc(track))
		return;
	fprintf(out, "<g class=%s><rect x='%.2f' y=1 width='%.2f' height='%.0f'>", look(track), x,
		width, BAR_HEIGHT - 2);
	html_element(out, "title", "%s, %s", name, format_msf(track->sectors, length));
	fputs("</rect>", out);
	if (width >= NUMBER_WIDTH && track->number)
		fprintf(out, "<text x='%.2f' y='%.0f'>%u</text>", x + width / 2,
			BAR_HEIGHT / 2 + 4, track->number);
	fputs("</g>\n", out);
}

void plot_disc(FILE *out, const struct drive_record *d, const struct album *album)
{
	int32_t end = end_of(d);
	double all = fmax(d->medium.total_sectors, end);
	char used[TIME_SIZE], room[TIME_SIZE], *name;

	fprintf(out, "<figure><svg viewBox='0 0 %.0f %.0f' role=img aria-label='the disc'>\n",
		WIDTH, BAR_HEIGHT);
	fprintf(out, "<rect class=disc x=.5 y=.5 width='%.0f' height='%.0f'></rect>\n", WIDTH - 1,
		BAR_HEIGHT - 1);
	put_track(out, &d->hidden, "hidden audio", WIDTH / all);
	for (size_t i = 0; i < d->record->tracks_count; i++) {
		name = track_name(album, &album->tracks[i]);
		put_track(out, &d->tracks[i], name, WIDTH / all);
		free(name);
	}
	fputs("</svg>", out);
	html_element(out, "figcaption", "The disc, up to %s of %s min.", format_time(end, used),
		     format_time(all, room));
	fputs("</figure>\n", out);
}

/* --- Speed and buffer --- */

struct plot {
	int32_t first; /* sectors at the left and at the right */
	int32_t end;
	double speed; /* at the top; its unit is 1x */
};

static double place_x(const struct plot *plot, int32_t lba)
{
	return LEFT + (WIDTH - LEFT - RIGHT) * (lba - plot->first) / (plot->end - plot->first);
}

/* @part: 0 at the bottom, 1 at the top */
static double place_y(double part)
{
	return PLOT_HEIGHT - BOTTOM - (PLOT_HEIGHT - TOP - BOTTOM) * (part > 1 ? 1 : part);
}

static double speed_part(const struct plot *plot, const struct record_sample *s)
{
	return s->speed_kbps / KBPS_1X / plot->speed;
}

static double fill_part(const struct plot *plot, const struct record_sample *s)
{
	(void)plot;
	return s->buffer_bytes ? (double)s->buffer_fill / s->buffer_bytes : 0;
}

/* The next round number. */
static double top_speed(const struct drive_record *d)
{
	static const unsigned int rounds[] = { 4, 8, 12, 16, 20, 24, 32, 40, 48, 60, 80, 100 };
	size_t i = 0, last = sizeof(rounds) / sizeof(*rounds) - 1;
	uint32_t most = 0;

	for (size_t j = 0; j < d->samples_count; j++)
		if (d->samples[j].speed_kbps > most)
			most = d->samples[j].speed_kbps;
	while (i < last && rounds[i] * KBPS_1X < most)
		i++;
	return rounds[i];
}

static void put_curve(FILE *out, const struct plot *plot, const struct drive_record *d,
		      const char *look_of, double (*part)(const struct plot *plot,
							  const struct record_sample *s))
{
	size_t step = d->samples_count / POINTS_MAX + 1;
	bool anew = true;

	fprintf(out, "<path class=%s d='", look_of);
	for (size_t i = 0; i < d->samples_count; i++) {
		const struct record_sample *s = &d->samples[i];

		anew |= s->first;
		if (i % step && !anew)
			continue;
		fprintf(out, "%c%.1f %.1f", anew ? 'M' : 'L', place_x(plot, s->lba),
			place_y(part(plot, s)));
		anew = false;
	}
	fputs("'></path>\n", out);
}

static void put_near_misses(FILE *out, const struct plot *plot, const struct drive_record *d)
{
	char at[TIME_SIZE];
	uint32_t n;

	for (size_t i = 0; i < d->samples_count; i++) {
		n = record_near_misses(d, i);
		if (!n)
			continue;
		fprintf(out, "<path class=miss d='M%.1f %.1fV%.1fm-4 -8h8l-4 8z'>",
			place_x(plot, d->samples[i].lba), TOP, place_y(0));
		html_element(out, "title", "near miss at %s: %u", format_msf(d->samples[i].lba, at),
			     n);
		fputs("</path>\n", out);
	}
}

static void put_grid(FILE *out, const struct plot *plot, bool with_buffer)
{
	for (int i = 0; i <= GRID_LINES; i++) {
		double part = (double)i / GRID_LINES, y = place_y(part);

		fprintf(out, "<path class=grid d='M%.1f %.1fH%.1f'></path>", LEFT, y,
			WIDTH - RIGHT);
		fprintf(out, "<text class=left x='%.1f' y='%.1f'>%.4gx</text>", LEFT - 5, y + 4,
			part * plot->speed);
		if (with_buffer)
			fprintf(out, "<text class=right x='%.1f' y='%.1f'>%.0f %%</text>",
				WIDTH - RIGHT + 5, y + 4, part * 100);
		fputc('\n', out);
	}
}

/* The shortest that leaves room for the numbers, in seconds */
static int32_t tick_length(const struct plot *plot)
{
	static const int32_t lengths[] = { 1, 2, 5, 10, 30, 60, 120, 300, 600 };
	size_t i = 0, last = sizeof(lengths) / sizeof(*lengths) - 1;
	int32_t all = (plot->end - plot->first) / TAO_SECTORS_PER_SECOND;

	while (i < last && all / lengths[i] >= TICKS_MAX)
		i++;
	return lengths[i] * TAO_SECTORS_PER_SECOND;
}

static void put_times(FILE *out, const struct plot *plot)
{
	int32_t length = tick_length(plot), at = (plot->first + length - 1) / length * length;
	char time[TIME_SIZE];

	for (; at <= plot->end; at += length)
		fprintf(out, "<text class=time x='%.1f' y='%.1f'>%s</text>\n", place_x(plot, at),
			PLOT_HEIGHT - BOTTOM + 18, format_time(at, time));
}

static bool tells_buffer(const struct drive_record *d)
{
	for (size_t i = 0; i < d->samples_count; i++)
		if (d->samples[i].buffer_bytes)
			return true;
	return false;
}

static void put_legend(FILE *out, bool with_buffer)
{
	fputs("<figcaption><span class=speed>Speed of writing</span>", out);
	if (with_buffer)
		fputs(", <span class=buffer>fill of the drive&#39;s buffer</span>", out);
	fputs(", <span class=miss>near misses</span>, over the minutes of the disc.</figcaption>",
	      out);
}

void plot_speed(FILE *out, const struct drive_record *d)
{
	bool with_buffer = tells_buffer(d);
	struct plot plot;

	if (d->samples_count < 2)
		return;
	plot.first = d->samples[0].lba;
	plot.end = end_of(d);
	if (d->samples[d->samples_count - 1].lba > plot.end)
		plot.end = d->samples[d->samples_count - 1].lba;
	if (plot.end <= plot.first)
		return;
	plot.speed = top_speed(d);
	fprintf(out, "<figure><svg viewBox='0 0 %.0f %.0f' role=img aria-label='%s'>\n", WIDTH,
		PLOT_HEIGHT, "speed and buffer over the disc");
	put_grid(out, &plot, with_buffer);
	put_times(out, &plot);
	if (with_buffer)
		put_curve(out, &plot, d, "buffer", fill_part);
	put_curve(out, &plot, d, "speed", speed_part);
	put_near_misses(out, &plot, d);
	fputs("</svg>", out);
	put_legend(out, with_buffer);
	fputs("</figure>\n", out);
}
