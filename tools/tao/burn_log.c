// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include "burn_log.h"
#include "common.h"
#include "facts.h"
#include "text.h"

/* A line. Names and tags in it stay in their line, and can't control the terminal of a reader. */
static void __attribute__((format(printf, 2, 3))) put(FILE *out, const char *format, ...)
{
	char *text, *plain;
	va_list args;

	va_start(args, format);
	text = xvasprintf(format, args);
	va_end(args);
	plain = text_printable(text);
	fprintf(out, "%s\n", plain);
	free(plain);
	free(text);
}

/* A name that comes several times is printed once. Takes over @facts. */
static void put_facts(FILE *out, struct facts facts)
{
	for (size_t i = 0; i < facts.count; i++) {
		bool same = i && !strcmp(facts.all[i].name, facts.all[i - 1].name);

		put(out, "%-10s %s", same ? "" : facts.all[i].name, facts.all[i].text);
	}
	facts_free(&facts);
}

static const char *format_number(unsigned int number, char text[12])
{
	snprintf(text, 12, number ? "%u" : "hidden", number);
	return text;
}

static void put_place(FILE *out, const struct record_track *track, const char *isrc)
{
	char number[12], start[TIME_SIZE], length[TIME_SIZE] = "-", sectors[12] = "-";
	char all[SUM_SIZE], without[SUM_SIZE];

	if (track->sectors != TAO_UNKNOWN) {
		format_msf(track->sectors, length);
		snprintf(sectors, sizeof(sectors), "%u", track->sectors);
	}
	format_msf(track->start_lba, start);
	facts_sums(track, all, without);
	put(out, "%6s  %9s  %9s  %7d  %7s  %8s  %8s%s%s", format_number(track->number, number),
	    start, length, track->start_lba, sectors, all, without, *isrc ? "  ISRC " : "", isrc);
	if (facts_of_track(track))
		put(out, "        %s", facts_of_track(track));
}

static void put_source(FILE *out, const struct album *album, const struct track *track)
{
	char *name = track_name(album, track), *source = facts_of_source(album, track);

	put(out, "        %s", name);
	put(out, "        %s", source);
	free(source);
	free(name);
}

static void put_tracks(FILE *out, const struct burn_command *c, const struct drive_record *d)
{
	const struct album *album = &c->album;

	put(out, "%s", "");
	put(out, " Track      Start     Length   Sector  Sectors    CRC-32  not null");
	if (d->hidden.begun)
		put_place(out, &d->hidden, "");
	for (size_t i = 0; i < d->record->tracks_count; i++) {
		if (!d->tracks[i].begun)
			continue;
		put_place(out, &d->tracks[i], album->tracks[i].isrc);
		put_source(out, album, &album->tracks[i]);
	}
}

static void put_compared(FILE *out, const struct record_track *track)
{
	const struct compared *c = &track->compared;
	const struct tao_verify *v = &c->verify;
	char number[12], offset[16] = "-";

	if (!c->text)
		return;
	format_number(c->number, number);
	if (!(v->flags & (TAO_VERIFY_NO_OFFSET | TAO_VERIFY_AMBIGUOUS)))
		snprintf(offset, sizeof(offset), "%+d", -v->offset_samples);
	if (c->ret < 0)
		put(out, "%6s  %s", number, facts_verdict(c->exit_status));
	else
		put(out, "%6s  %7u  %10llu  %10llu  %10llu  %10u  %6s  %s", number, track->sectors,
		    (unsigned long long)v->samples, (unsigned long long)v->compared_samples,
		    (unsigned long long)v->different_samples, v->unreadable_sectors, offset,
		    facts_verdict(c->exit_status));
	if (c->exit_status)
		put(out, "        %s", c->text);
}

static void put_comparison(FILE *out, const struct burn_command *c, const struct drive_record *d)
{
	if (!c->options.verify)
		return;
	put(out, "%s", "");
	put(out, "Compared with the files, sample by sample:");
	put(out, " Track  Sectors     Samples    Compared   Different  Unreadable  Offset");
	put_compared(out, &d->hidden);
	for (size_t i = 0; i < d->record->tracks_count; i++)
		put_compared(out, &d->tracks[i]);
}

static void put_events(FILE *out, const struct drive_record *d)
{
	char stamp[STAMP_SIZE];

	if (!d->events_count)
		return;
	put(out, "%s", "");
	put(out, "What happened:");
	for (size_t i = 0; i < d->events_count; i++)
		put(out, "  %s  %s", format_stamp(d->events[i].at, "%H:%M:%S", stamp),
		    d->events[i].text);
}

static void put_error(FILE *out, const struct drive_record *d)
{
	char *text = facts_of_error(d);

	if (!text)
		return;
	put(out, "%s", "");
	put(out, "%s", text);
	free(text);
}

static void put_drive(FILE *out, const struct burn_command *c, const struct drive_record *d)
{
	put(out, "%s", "");
	put(out, "---- %s%s%s", d->path, d->which ? ", " : "",
	    d->which ? d->which : "");
	put_facts(out, facts_of_drive(d));
	if (d->began) {
		put_tracks(out, c, d);
		put_comparison(out, c, d);
		put_events(out, d);
		put_error(out, d);
	}
	put(out, "%s", "");
	put_facts(out, facts_of_end(d));
}

void burn_log_print(FILE *out, const struct burn_command *c, bool again)
{
	const struct record *record = c->record;
	char stamp[STAMP_SIZE];

	if (again)
		put(out, "%s", "");
	put(out, BURN_LOG_FIRST "%s", format_stamp(record->began, "%Y-%m-%d %H:%M:%S %z", stamp));
	put(out, "%s", "");
	put_facts(out, facts_of_burn(c));
	for (size_t i = 0; i < record->drives_count; i++)
		put_drive(out, c, record->drives[i]);
	if (!record->end)
		return;
	put(out, "%s", "");
	put(out, "End of the burn, %s, exit status %d (%s)",
	    format_stamp(record->end, "%Y-%m-%d %H:%M:%S %z", stamp), record->exit_status,
	    result_name(record->exit_status));
}
