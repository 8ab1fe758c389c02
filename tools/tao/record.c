// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>
#include "answers.h"
#include "common.h"
#include "record.h"

/* An average over a shorter time is none. */
#define AVERAGE_MS 3000

/* --- The burn as a whole --- */

struct record *record_new(void)
{
	struct record *record = xcalloc(1, sizeof(*record));

	pthread_mutex_init(&record->lock, NULL);
	return record;
}

static void free_drive(struct drive_record *d, size_t tracks)
{
	for (size_t i = 0; d->tracks && i < tracks; i++)
		free(d->tracks[i].compared.text);
	for (size_t i = 0; i < d->events_count; i++)
		free(d->events[i].text);
	free(d->hidden.compared.text);
	free(d->tracks);
	free(d->events);
	free(d->samples);
	free(d->outcome);
	free(d->which);
	free(d->mode);
	free(d->path);
	free(d);
}

void record_free(struct record *record)
{
	if (!record)
		return;
	for (size_t i = 0; i < record->drives_count; i++)
		free_drive(record->drives[i], record->tracks_count);
	free(record->drives);
	free(record);
}

void record_begin(struct record *record, size_t tracks)
{
	if (!record || record->began)
		return;
	record->tracks_count = tracks;
	record->began = time(NULL);
	record->changed = true;
}

void record_end(struct record *record, int exit_status)
{
	if (!record)
		return;
	pthread_mutex_lock(&record->lock);
	record->end = time(NULL);
	record->exit_status = exit_status;
	record->changed = true;
	pthread_mutex_unlock(&record->lock);
}

bool record_has_news(struct record *record)
{
	bool news;

	if (!record || !record->began)
		return false;
	pthread_mutex_lock(&record->lock);
	news = record->changed;
	record->changed = false;
	pthread_mutex_unlock(&record->lock);
	return news;
}

static struct drive_record *add_drive(struct record *record, const char *path)
{
	struct drive_record *d = xcalloc(1, sizeof(*d));

	d->record = record;
	d->path = xstrdup(path);
	pthread_mutex_lock(&record->lock);
	record->drives = xrealloc(record->drives, record->drives_count + 1,
				  sizeof(*record->drives));
	record->drives[record->drives_count++] = d;
	pthread_mutex_unlock(&record->lock);
	return d;
}

void record_unused(struct record *record, const char *path, int exit_status, const char *why)
{
	struct drive_record *d = record ? add_drive(record, path) : NULL;

	if (!d)
		return;
	d->ended = true;
	d->exit_status = exit_status;
	d->outcome = xstrdup(why ? why : "it could not be opened");
}

struct drive_record *record_drive(struct record *record, struct tao_device *dev, char *which,
				  char *mode)
{
	struct drive_record *d = record ? add_drive(record, tao_device_path(dev)) : NULL;

	if (!d) {
		free(which);
		free(mode);
		return NULL;
	}
	d->dev = dev;
	d->which = which;
	d->mode = mode;
	d->tracks = xcalloc(record->tracks_count, sizeof(*d->tracks));
	d->began = time(NULL);
	return d;
}

/* --- A drive --- */

static void lock(struct drive_record *d)
{
	pthread_mutex_lock(&d->record->lock);
	d->record->changed = true;
}

static void unlock(struct drive_record *d)
{
	pthread_mutex_unlock(&d->record->lock);
}

void record_drive_begin(struct drive_record *d)
{
	struct tao_error error = { 0 };
	struct tao_medium medium = { 0 };
	struct tao_drive drive = { 0 };
	struct tao_speed speed = { 0 };
	char atip[LEAD_IN_SIZE];

	if (!d)
		return;
	tao_get_error(d->dev, TAO_ERROR_LATEST, &error);
	tao_get_drive(d->dev, &drive);
	tao_get_speed(d->dev, &speed);
	get_medium(d->dev, &medium);
	ask_lead_in(d->dev, atip);
	lock(d);
	d->errors_before = error.count;
	d->drive = drive;
	d->speed = speed;
	d->medium = medium;
	strcpy(d->atip, atip);
	unlock(d);
}

void record_event(struct drive_record *d, const char *text)
{
	if (!d)
		return;
	lock(d);
	d->events = xrealloc(d->events, d->events_count + 1, sizeof(*d->events));
	d->events[d->events_count++] = (struct record_event){ time(NULL), xstrdup(text) };
	unlock(d);
}

/* Once the drive has all sectors, its buffer runs empty as it should. */
static bool is_fed(const struct tao_status *s)
{
	return s->state == TAO_STATE_TRACK_OPEN && s->action == TAO_ACTION_WRITING &&
	       (s->sectors == TAO_UNKNOWN || s->track_sectors < s->sectors);
}

static bool is_first(const struct drive_record *d, const struct tao_status *s)
{
	return !d->samples_count || d->samples[d->samples_count - 1].start_lba != s->start_lba;
}

/* It changes too often for a print of its own. */
static bool has_ended(struct drive_record *d)
{
	bool ended;

	pthread_mutex_lock(&d->record->lock);
	ended = d->ended;
	pthread_mutex_unlock(&d->record->lock);
	return ended;
}

void record_sample(struct drive_record *d)
{
	struct tao_status s;
	bool first;

	/* When this burn has ended, somebody else may burn in the drive. */
	if (!d || has_ended(d) || tao_get_status(d->dev, &s) || !is_fed(&s))
		return;
	pthread_mutex_lock(&d->record->lock);
	first = is_first(d, &s);
	d->samples = xrealloc(d->samples, d->samples_count + 1, sizeof(*d->samples));
	d->samples[d->samples_count++] = (struct record_sample){
		.ms = now_ms(),
		.first = first,
		.start_lba = s.start_lba,
		.track = s.track,
		.lba = s.written_lba,
		.speed_kbps = s.speed_kbps,
		.buffer_bytes = s.drive_buffer_bytes,
		.buffer_fill = s.drive_buffer_fill,
		.near_misses = s.underruns,
	};
	pthread_mutex_unlock(&d->record->lock);
}

void record_drive_end(struct drive_record *d, int exit_status, const char *outcome)
{
	struct tao_error first = { 0 }, latest = { 0 };
	struct tao_medium medium = { 0 };

	if (!d)
		return;
	tao_get_medium(d->dev, &medium);
	tao_get_error(d->dev, TAO_ERROR_FIRST, &first);
	tao_get_error(d->dev, TAO_ERROR_LATEST, &latest);
	lock(d);
	d->medium_after = medium;
	d->errors = latest.count - d->errors_before;
	d->error = first.flags & TAO_ERROR_VALID ? first : latest;
	d->exit_status = exit_status;
	free(d->outcome);
	d->outcome = xstrdup(outcome);
	d->end = time(NULL);
	d->ended = true;
	unlock(d);
}

/* --- Its tracks --- */

static struct record_track *track_of(struct drive_record *d, size_t i)
{
	return i == RECORD_HIDDEN ? &d->hidden : &d->tracks[i];
}

void record_track_begin(struct drive_record *d, size_t i, unsigned int number, int32_t start_lba,
			uint32_t sectors)
{
	struct tao_speed speed = { 0 };
	struct record_track *track;
	int error;

	if (!d)
		return;
	/* a drive may take another one with the first track */
	error = tao_get_speed(d->dev, &speed);
	lock(d);
	if (!error)
		d->speed = speed;
	track = track_of(d, i);
	track->number = number;
	track->start_lba = start_lba;
	track->sectors = sectors;
	track->begun = true;
	unlock(d);
}

void record_track_sum(struct drive_record *d, size_t i, struct checksum sum)
{
	struct record_track *track;

	if (!d)
		return;
	lock(d);
	track = track_of(d, i);
	if (!track->sum.bytes)
		track->sum = sum;
	unlock(d);
}

void record_track_end(struct drive_record *d, size_t i, uint32_t sectors, bool lost)
{
	struct record_track *track;

	if (!d)
		return;
	lock(d);
	track = track_of(d, i);
	track->sectors = sectors;
	track->whole = true;
	track->lost = lost;
	if (track->sum.bytes)
		checksum_pad(&track->sum, (uint64_t)sectors * TAO_SECTOR_SIZE);
	unlock(d);
}

void record_earlier(struct drive_record *d, size_t i, const struct tao_toc_entry *entry, bool lost)
{
	lock(d);
	d->tracks[i] = (struct record_track){
		.number = entry->number,
		.start_lba = entry->start_lba,
		.sectors = entry->sectors,
		.begun = true,
		.whole = true,
		.lost = lost,
		.earlier = true,
	};
	unlock(d);
}

void record_compared(struct drive_record *d, const struct compared *compared)
{
	struct record_track *track;

	if (!d)
		return;
	lock(d);
	track = track_of(d, compared->index);
	free(track->compared.text);
	track->compared = *compared;
	track->compared.text = xstrdup(compared->text);
	unlock(d);
}

/* --- From the samples --- */

uint32_t record_average(const struct drive_record *d)
{
	uint64_t sectors = 0, ms = 0;

	for (size_t i = 1; i < d->samples_count; i++) {
		const struct record_sample *before = &d->samples[i - 1], *s = &d->samples[i];

		if (s->first || s->lba < before->lba)
			continue;
		sectors += s->lba - before->lba;
		ms += s->ms - before->ms;
	}
	return ms < AVERAGE_MS ? 0 : sectors * TAO_SECTOR_SIZE / ms;
}

uint32_t record_near_misses(const struct drive_record *d, size_t sample)
{
	const struct record_sample *s = &d->samples[sample];

	return s->near_misses - (s->first ? 0 : d->samples[sample - 1].near_misses);
}
