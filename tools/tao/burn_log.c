// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include "burn_log.h"
#include "common.h"
#include "record.h"
#include "text.h"

#define NEAR_MISSES_SHOWN 12
#define STAMP_SIZE 40

/* A line. Names and tags in it stay in their line, and can't control the terminal of a reader. */
static void __attribute__((format(printf, 2, 3))) put(FILE *out, const char *format, ...)
{
	char *text, *plain;
	va_list args;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		text = NULL;
	va_end(args);
	plain = text_printable(text ? text : "");
	fprintf(out, "%s\n", plain);
	free(plain);
	free(text);
}

static const char *format_stamp(time_t at, const char *format, char text[STAMP_SIZE])
{
	struct tm tm;

	if (!localtime_r(&at, &tm) || !strftime(text, STAMP_SIZE, format, &tm))
		text[0] = '\0';
	return text;
}

/* --- The burn --- */

static void put_command(FILE *out, const struct burn_command *c)
{
	char *line = xstrdup("tao"), *word, *longer;

	for (int i = 0; i < c->argc; i++) {
		word = shell_quote(c->argv[i]);
		longer = xasprintf("%s %s", line, word);
		free(word);
		free(line);
		line = longer;
	}
	put(out, "Command    %s", line);
	free(line);
}

static void put_versions(FILE *out, const struct record *record)
{
	const char *module = "";
	struct utsname name;

	for (size_t i = 0; i < record->drives_count && !*module; i++)
		module = record->drives[i]->drive.module_version;
	uname(&name);
	put(out, "Versions   tao %s, libtao %s, module %s, Linux %s %s", LIBTAO_VERSION,
	    tao_version(), *module ? module : "not known", name.release, name.machine);
}

static void put_mode(FILE *out, const struct burn_command *c)
{
	uint32_t sectors = sectors_needed(&c->album, c->options.from);
	size_t tracks = c->album.tracks_count - c->options.from;
	char length[TIME_SIZE] = "unknown length";

	if (sectors != TAO_UNKNOWN)
		format_msf(sectors, length);
	put(out, "Mode       %s%s%s%s: %zu track%s, %s",
	    c->album.mode == MODE_SESSION ? "session-at-once" : "track-at-once",
	    c->why_tracks ? " (" : "", c->why_tracks ? c->why_tracks : "", c->why_tracks ? ")" : "",
	    tracks, tracks == 1 ? "" : "s", length);
	put(out, "At the end %s",
	    c->options.test			   ? "nothing changes: the laser stays off" :
	    c->options.close == TAO_CLOSE_FINALIZE ? "the disc is finalised" :
	    c->options.close == TAO_CLOSE_SESSION  ? "the session is closed, another can follow" :
						     "the session stays open");
}

static void put_text(FILE *out, const struct disc_text *text)
{
	if (!text->packs)
		return;
	put(out, "CD-TEXT    %zu packs, %zu change%s", text->bytes / TAO_TEXT_PACK_BYTES,
	    text->losses_count, text->losses_count == 1 ? "" : "s");
	for (size_t i = 0; i < text->losses_count; i++)
		put(out, "           %s", text->losses[i]);
}

static void put_burn(FILE *out, const struct burn_command *c)
{
	const struct record *record = c->record;
	const struct album *album = &c->album;
	char stamp[STAMP_SIZE];

	put(out, BURN_LOG_FIRST "%s", format_stamp(record->began, "%Y-%m-%d %H:%M:%S %z", stamp));
	put(out, "%s", "");
	put_command(out, c);
	put_versions(out, record);
	if (album->title)
		put(out, "Album      %s%s%s", album->artist ? album->artist : "",
		    album->artist ? ": " : "", album->title);
	put_mode(out, c);
	if (album->mcn[0])
		put(out, "MCN        %s", album->mcn);
	if (album->mode == MODE_SESSION)
		put_text(out, &c->text);
	for (size_t i = 0; i < album->notes_count; i++)
		put(out, "Note       %s", album->notes[i]);
	if (album_clipped(album))
		put(out, "Note       %llu samples are too loud for a CD, and are cut",
		    (unsigned long long)album_clipped(album));
}

/* --- A drive --- */

static void put_disc(FILE *out, const struct drive_record *d)
{
	char *before = describe_medium(&d->medium), *after, room[TIME_SIZE];

	put(out, "Disc       %s, %s min%s%s", before, format_time(d->medium.total_sectors, room),
	    d->atip[0] ? "; maker code (start of the lead-in in the ATIP) " : "", d->atip);
	free(before);
	if (!d->ended)
		return;
	after = describe_medium(&d->medium_after);
	put(out, "Afterwards %s%s", after,
	    d->medium_after.flags & TAO_MEDIUM_STALE ? " (last known)" : "");
	free(after);
}

/* How empty the buffer was at its emptiest; 100 or more if the drive does not tell. */
static unsigned int lowest_fill(const struct drive_record *d)
{
	unsigned int lowest = 100, fill;

	for (size_t i = 0; i < d->samples_count; i++) {
		const struct record_sample *s = &d->samples[i];

		/* at the start of a track it is empty */
		if (!s->buffer_bytes || s->first || d->samples[i - 1].first)
			continue;
		fill = s->buffer_fill * UINT64_C(100) / s->buffer_bytes;
		if (fill < lowest)
			lowest = fill;
	}
	return lowest;
}

static void put_speed(FILE *out, const struct drive_record *d)
{
	uint32_t average = record_average(d);
	char asked[TIME_SIZE], got[TIME_SIZE] = "not told by the drive", mean[TIME_SIZE] = "";

	if (d->speed.actual_kbps)
		format_speed(d->speed.actual_kbps, got);
	if (average)
		format_speed(average, mean);
	put(out, "Speed      asked for: %s; set: %s%s%s",
	    format_speed(d->speed.requested_kbps, asked), got, average ? "; on average: " : "",
	    mean);
}

static void put_near_misses(FILE *out, const struct drive_record *d)
{
	unsigned int all = 0, lines = 0, lowest = lowest_fill(d);
	char at[TIME_SIZE];

	for (size_t i = 0; i < d->samples_count; i++)
		all += record_near_misses(d, i);
	if (lowest < 100)
		put(out, "Buffer     %u near miss%s; %u %% full at its emptiest", all,
		    all == 1 ? "" : "es", lowest);
	else
		put(out, "Buffer     %u near miss%s", all, all == 1 ? "" : "es");
	for (size_t i = 0; i < d->samples_count && lines < NEAR_MISSES_SHOWN; i++) {
		const struct record_sample *s = &d->samples[i];
		unsigned int n = record_near_misses(d, i);

		if (n)
			put(out, "           near %s of the disc, in track %u: %u",
			    format_msf(s->lba, at), s->track, n);
		lines += !!n;
	}
}

static void format_sums(const struct record_track *track, char all[12], char without[12])
{
	strcpy(all, "-");
	strcpy(without, "-");
	if (!track->whole || !track->sum.bytes)
		return;
	snprintf(all, 12, "%08X", track->sum.all);
	snprintf(without, 12, "%08X", track->sum.without_null);
}

static void put_place(FILE *out, const struct record_track *track, const char *isrc)
{
	char number[12] = "hidden", start[TIME_SIZE], length[TIME_SIZE] = "-", sectors[12] = "-";
	char all[12], without[12];

	if (track->number)
		snprintf(number, sizeof(number), "%u", track->number);
	if (track->sectors != TAO_UNKNOWN) {
		format_msf(track->sectors, length);
		snprintf(sectors, sizeof(sectors), "%u", track->sectors);
	}
	format_sums(track, all, without);
	format_msf(track->start_lba, start);
	put(out, "%6s  %9s  %9s  %7d  %7s  %8s  %8s%s%s", number, start, length, track->start_lba,
	    sectors, all, without, *isrc ? "  ISRC " : "", isrc);
	if (!track->whole)
		put(out, "        not finished");
	if (track->lost)
		put(out, "        a part is silent: its file failed");
}

static void put_source(FILE *out, const struct album *album, const struct track *source)
{
	char *name = track_name(album, source), *conversions = audio_conversions(source->file);
	const struct audio_file *file = source->file;

	put(out, "        %s", name);
	put(out, "        %s (%s%s%s)%s%s", file->path, file->format, conversions ? ": " : "",
	    conversions ? conversions : "", file->note ? "; " : "", file->note ? file->note : "");
	free(conversions);
	free(name);
}

static void put_tracks(FILE *out, const struct burn_command *c, const struct drive_record *d)
{
	const struct album *album = &c->album;

	put(out, "%s", "");
	put(out, " Track      Start     Length   Sector  Sectors    CRC-32  not null");
	if (d->hidden.begun)
		put_place(out, &d->hidden, "");
	for (size_t i = c->options.from; i < album->tracks_count; i++) {
		if (!d->tracks[i].begun)
			continue;
		put_place(out, &d->tracks[i], album->tracks[i].isrc);
		put_source(out, album, &album->tracks[i]);
	}
}

static const char *verdict(int exit_status)
{
	switch (exit_status) {
	case STATUS_OK:
		return "identical";
	case STATUS_DIFFERS:
		return "differs";
	case STATUS_UNDECIDED:
		return "undecided";
	default:
		return "not compared";
	}
}

static void put_compared(FILE *out, const struct record_track *track)
{
	const struct compared *c = &track->compared;
	const struct tao_verify *v = &c->verify;
	char number[12] = "hidden", offset[16] = "-";

	if (!c->text)
		return;
	if (c->number)
		snprintf(number, sizeof(number), "%u", c->number);
	if (!(v->flags & (TAO_VERIFY_NO_OFFSET | TAO_VERIFY_AMBIGUOUS)))
		snprintf(offset, sizeof(offset), "%+d", v->offset_samples);
	if (c->ret < 0)
		put(out, "%6s  %s", number, verdict(c->exit_status));
	else
		put(out, "%6s  %7u  %10llu  %10llu  %10llu  %10u  %6s  %s", number, track->sectors,
		    (unsigned long long)v->samples, (unsigned long long)v->compared_samples,
		    (unsigned long long)v->different_samples, v->unreadable_sectors, offset,
		    verdict(c->exit_status));
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
	for (size_t i = c->options.from; i < c->album.tracks_count; i++)
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
	const struct tao_error *e = &d->error;

	if (!d->errors)
		return;
	put(out, "%s", "");
	put(out, "The drive failed %u time%s, first with: %s", d->errors, d->errors == 1 ? "" : "s",
	    e->text[0] ? e->text : strerror(e->error));
	if (!(e->flags & TAO_ERROR_SENSE))
		return;
	fprintf(out, "  sense %x/%02x/%02x:", e->key, e->asc, e->ascq);
	for (uint32_t i = 0; i < e->sense_bytes && i < TAO_SENSE_SIZE; i++)
		fprintf(out, " %02x", e->sense[i]);
	fputc('\n', out);
}

static void put_end(FILE *out, const struct drive_record *d)
{
	char stamp[STAMP_SIZE];

	put(out, "%s", "");
	if (!d->ended) {
		put(out, "The burn had not ended when this was written.");
		return;
	}
	put(out, "Result     %s", d->outcome);
	put(out, "Status     %d (%s)%s%s", d->exit_status, result_name(d->exit_status),
	    d->end ? ", at " : "", d->end ? format_stamp(d->end, "%H:%M:%S", stamp) : "");
}

static void put_drive(FILE *out, const struct burn_command *c, const struct drive_record *d)
{
	put(out, "%s", "");
	put(out, "---- %s", d->path);
	if (d->began) {
		put(out, "Drive      %s %s, firmware %s", d->drive.vendor, d->drive.product,
		    d->drive.revision);
		put_disc(out, d);
		put_speed(out, d);
		put_near_misses(out, d);
		put_tracks(out, c, d);
		put_comparison(out, c, d);
		put_events(out, d);
		put_error(out, d);
	}
	put_end(out, d);
}

void burn_log_print(FILE *out, const struct burn_command *c)
{
	struct record *record = c->record;
	char stamp[STAMP_SIZE];

	pthread_mutex_lock(&record->lock);
	record->changed = false;
	put_burn(out, c);
	for (size_t i = 0; i < record->drives_count; i++)
		put_drive(out, c, record->drives[i]);
	if (record->end) {
		put(out, "%s", "");
		put(out, "End of the burn, %s, exit status %d (%s)",
		    format_stamp(record->end, "%Y-%m-%d %H:%M:%S %z", stamp), record->exit_status,
		    result_name(record->exit_status));
	}
	pthread_mutex_unlock(&record->lock);
}
