// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include "common.h"
#include "facts.h"
#include "normalize.h"
#include "record.h"
#include "text.h"
#include "unfinished.h"

#define NEAR_MISSES_SHOWN 12

/* Takes over @text. */
static void add(struct facts *facts, const char *name, char *text)
{
	facts->all = xrealloc(facts->all, facts->count + 1, sizeof(*facts->all));
	facts->all[facts->count++] = (struct fact){ name, text };
}

void facts_free(struct facts *facts)
{
	for (size_t i = 0; i < facts->count; i++)
		free(facts->all[i].text);
	free(facts->all);
}

const char *format_stamp(time_t at, const char *format, char text[STAMP_SIZE])
{
	struct tm tm;

	if (!localtime_r(&at, &tm) || !strftime(text, STAMP_SIZE, format, &tm))
		text[0] = '\0';
	return text;
}

/* --- The burn --- */

static char *command_line(const struct burn_command *c)
{
	char *line = xstrdup("tao"), *word, *longer;

	for (int i = 0; i < c->argc; i++) {
		word = shell_quote(c->argv[i]);
		longer = xasprintf("%s %s", line, word);
		free(word);
		free(line);
		line = longer;
	}
	return line;
}

static char *versions(const struct record *record)
{
	const char *module = "";
	struct utsname name;

	for (size_t i = 0; i < record->drives_count && !*module; i++)
		module = record->drives[i]->drive.module_version;
	uname(&name);
	return xasprintf("tao %s, libtao %s, module %s, Linux %s %s", LIBTAO_VERSION, tao_version(),
			 *module ? module : "not known", name.release, name.machine);
}

char *facts_of_mode(const struct burn_command *c)
{
	uint32_t sectors = sectors_needed(&c->album, c->options.from);
	size_t tracks = c->album.tracks_count - c->options.from;
	char length[TIME_SIZE] = "unknown length";

	if (sectors != TAO_UNKNOWN)
		format_msf(sectors, length);
	return xasprintf("%s%s%s%s: %zu track%s, %s",
			 c->album.mode == MODE_SESSION ? "session-at-once" : "track-at-once",
			 c->why_tracks ? " (" : "", c->why_tracks ? c->why_tracks : "",
			 c->why_tracks ? ")" : "", tracks, tracks == 1 ? "" : "s", length);
}

static const char *ending(const struct burn_options *o)
{
	if (o->test)
		return "nothing changes: the laser stays off";
	switch (o->close) {
	case TAO_CLOSE_FINALIZE:
		return "the disc is finalised";
	case TAO_CLOSE_SESSION:
		return "the session is closed, another can follow";
	default:
		return "the session stays open";
	}
}

static void add_text(struct facts *facts, const struct disc_text *text)
{
	if (!text->packs)
		return;
	add(facts, "CD-TEXT", xasprintf("%zu packs", text->bytes / TAO_TEXT_PACK_BYTES));
	for (size_t i = 0; i < text->losses_count; i++)
		add(facts, "CD-TEXT", xstrdup(text->losses[i]));
}

static void add_offset(struct facts *facts, const struct offset *offset)
{
	char *text = write_offset_text(offset);

	if (text)
		add(facts, "Offset", text);
}

static void add_notes(struct facts *facts, const struct album *album)
{
	for (size_t i = 0; i < album->notes_count; i++)
		add(facts, "Note", xstrdup(album->notes[i]));
	if (album_clipped(album))
		add(facts, "Note", xasprintf("%llu samples are too loud for a CD, and are cut",
					     (unsigned long long)album_clipped(album)));
	if (album_broken(album))
		add(facts, "Note", xasprintf("%llu samples are not numbers, and become silence",
					     (unsigned long long)album_broken(album)));
}

static void add_discs(struct facts *facts, const struct discs *discs)
{
	char length[TIME_SIZE], *tracks;

	for (size_t i = 0; i < discs->count; i++) {
		tracks = disc_part_tracks(&discs->parts[i]);
		add(facts, "Disc", xasprintf("%zu of %zu: %s, %s", i + 1, discs->count, tracks,
					     format_msf(discs->parts[i].sectors, length)));
		free(tracks);
	}
}

struct facts facts_of_burn(const struct burn_command *c)
{
	const struct album *album = &c->album;
	struct facts facts = { 0 };
	char *folder = realpath(".", NULL);

	add(&facts, "Command", command_line(c));
	if (folder)
		add(&facts, "Folder", folder);
	if (c->unfinished)
		add(&facts, "Resumed", xasprintf("by `tao resume`; %zu of %zu tracks were done",
						 c->options.from - c->unfinished->first,
						 c->unfinished->count - c->unfinished->first));
	add(&facts, "Versions", versions(c->record));
	if (album->title)
		add(&facts, "Album", xasprintf("%s%s%s", album->artist ? album->artist : "",
					       album->artist ? ": " : "", album->title));
	if (!c->spread)
		add(&facts, "Mode", facts_of_mode(c));
	add_discs(&facts, &c->discs);
	add(&facts, "At the end", xstrdup(ending(&c->options)));
	if (album->mcn[0])
		add(&facts, "MCN", xstrdup(album->mcn));
	if (album->mode == MODE_SESSION) {
		add_offset(&facts, &album->write_offset);
		if (!c->spread)
			add_text(&facts, &c->text);
	}
	add_notes(&facts, album);
	return facts;
}

/* --- A drive --- */

static char *disc(const struct drive_record *d)
{
	char *medium = describe_medium(&d->medium), *text, room[TIME_SIZE];

	text = xasprintf("%s, %s min%s%s", medium, format_time(d->medium.total_sectors, room),
			 d->atip[0] ? "; maker code (start of the lead-in in the ATIP) " : "",
			 d->atip);
	free(medium);
	return text;
}

static char *disc_after(const struct drive_record *d)
{
	char *medium = describe_medium(&d->medium_after), *text;

	text = xasprintf("%s%s", medium,
			 d->medium_after.flags & TAO_MEDIUM_STALE ? " (last known)" : "");
	free(medium);
	return text;
}

static char *speed(const struct drive_record *d)
{
	uint32_t average = record_average(d);
	char asked[TIME_SIZE], got[TIME_SIZE] = "not told by the drive", mean[TIME_SIZE] = "";

	if (d->speed.actual_kbps)
		format_speed(d->speed.actual_kbps, got);
	if (average)
		format_speed(average, mean);
	return xasprintf("asked for: %s; set: %s%s%s", format_speed(d->speed.requested_kbps, asked),
			 got, average ? "; on average: " : "", mean);
}

/* How full the buffer was at its emptiest, in percent; 100 or more if the drive does not tell. */
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

static char *buffer(const struct drive_record *d)
{
	unsigned int all = 0, lowest = lowest_fill(d);

	for (size_t i = 0; i < d->samples_count; i++)
		all += record_near_misses(d, i);
	if (lowest >= 100)
		return xasprintf("%u near miss%s", all, all == 1 ? "" : "es");
	return xasprintf("%u near miss%s; %u %% full at its emptiest", all, all == 1 ? "" : "es",
			 lowest);
}

static void add_near_misses(struct facts *facts, const struct drive_record *d)
{
	unsigned int lines = 0, n;
	char at[TIME_SIZE];

	for (size_t i = 0; i < d->samples_count && lines < NEAR_MISSES_SHOWN; i++) {
		const struct record_sample *s = &d->samples[i];

		n = record_near_misses(d, i);
		if (!n)
			continue;
		add(facts, "Buffer", xasprintf("near %s of the disc, in track %u: %u",
					       format_msf(s->lba, at), s->track, n));
		lines++;
	}
}

struct facts facts_of_drive(const struct drive_record *d)
{
	struct facts facts = { 0 };

	if (!d->began)
		return facts;
	if (d->mode)
		add(&facts, "Mode", xstrdup(d->mode));
	add(&facts, "Drive", xasprintf("%s %s, firmware %s", d->drive.vendor, d->drive.product,
				       d->drive.revision));
	add(&facts, "Disc", disc(d));
	if (d->ended)
		add(&facts, "Afterwards", disc_after(d));
	add(&facts, "Speed", speed(d));
	add(&facts, "Buffer", buffer(d));
	add_near_misses(&facts, d);
	return facts;
}

struct facts facts_of_end(const struct drive_record *d)
{
	struct facts facts = { 0 };
	char stamp[STAMP_SIZE];

	if (!d->ended) {
		add(&facts, "Result", xstrdup("the burn had not ended when this was written"));
		return facts;
	}
	add(&facts, "Result", xstrdup(d->outcome));
	/* a drive that was not needed */
	if (!d->began && !d->exit_status)
		return facts;
	add(&facts, "Status", xasprintf("%d (%s)%s%s", d->exit_status, result_name(d->exit_status),
					d->end ? ", at " : "",
					d->end ? format_stamp(d->end, "%H:%M:%S", stamp) : ""));
	return facts;
}

/* "; sense 3/0c/00: 70 00 03..." */
static void format_sense(const struct tao_error *e, char *text, size_t size)
{
	size_t n = snprintf(text, size, "; sense %x/%02x/%02x:", e->key, e->asc, e->ascq);

	for (uint32_t i = 0; i < e->sense_bytes && i < TAO_SENSE_SIZE; i++)
		n += snprintf(text + n, size - n, " %02x", e->sense[i]);
}

char *facts_of_error(const struct drive_record *d)
{
	const struct tao_error *e = &d->error;
	char sense[TAO_SENSE_SIZE * 3 + 40] = "";

	if (!d->errors)
		return NULL;
	if (e->flags & TAO_ERROR_SENSE)
		format_sense(e, sense, sizeof(sense));
	return xasprintf("The drive failed %u time%s, first with: %s%s", d->errors,
			 d->errors == 1 ? "" : "s", e->text[0] ? e->text : strerror(e->error),
			 sense);
}

/* --- A track --- */

const char *facts_verdict(int exit_status)
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

void facts_sums(const struct record_track *track, char all[SUM_SIZE], char without[SUM_SIZE])
{
	strcpy(all, "-");
	strcpy(without, "-");
	if (!track->whole || !track->sum.bytes)
		return;
	snprintf(all, SUM_SIZE, "%08X", track->sum.all);
	snprintf(without, SUM_SIZE, "%08X", track->sum.without_null);
}

const char *facts_of_track(const struct record_track *track)
{
	if (!track->whole)
		return "not finished";
	if (track->lost)
		return track->earlier ? "burned before; a part is silent: its file failed" :
					"a part is silent: its file failed";
	return track->earlier ? "burned before; its checksum is in the log of that burn" : NULL;
}

char *facts_of_source(const struct album *album, const struct track *track)
{
	const struct audio_file *file = track->file;
	char *conversions = audio_conversions(file), *gain = track_gain_text(album, track), *text;

	text = xasprintf("%s (%s%s%s)%s%s%s%s", file->path, file->format, conversions ? ": " : "",
			 conversions ? conversions : "", gain ? "; " : "", gain ? gain : "",
			 file->note ? "; " : "", file->note ? file->note : "");
	free(gain);
	free(conversions);
	return text;
}
