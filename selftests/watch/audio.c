// SPDX-License-Identifier: GPL-2.0-only
/* The audio of a track: consecutive WRITEs, none of which is kept. */
#include "watch.h"

#define TRACK_MIN_SECTORS	300

void on_track_begin(struct drive *d, const struct event *e)
{
	d->track = true;
	d->write_failed = false;
	d->synced = false;
	d->accepted = 0;
	d->first_lba = e->f[F_LBA];
	d->next_lba = e->f[F_LBA];
	d->sim_next_lba = e->f[F_LBA];
}

void on_track_end(struct drive *d, const struct event *e)
{
	d->track = false;
}

/* The length of a track that the drive accepted, before SYNCHRONIZE CACHE. */
void check_length(struct drive *d)
{
	int64_t sectors = d->next_lba - d->first_lba;

	if (d->track && !d->synced && d->accepted && !d->write_failed &&
	    sectors < TRACK_MIN_SECTORS)
		breach(d, "length", "the track ends with %lld sectors", (long long)sectors);
}

void on_write_issue(struct drive *d, const struct event *e)
{
	int64_t lba = e->f[F_LBA];

	if (!d->claim)
		breach(d, "claim", "WRITE without the claim");
	if (d->synced)
		breach(d, "write", "WRITE behind the end of the track");
	if (d->write_out)
		breach(d, "write", "two WRITEs at a time");
	if (d->write_failed)
		breach(d, "write", "WRITE after the track failed");
	if (lba != d->next_lba)
		breach(d, "write", "WRITE at %lld, not at %lld", (long long)lba,
		       (long long)d->next_lba);
	d->write_out = true;
	d->write_lba = lba;
	d->write_sectors = e->f[F_SECTORS];
}

/*
 * The drive has no room or no time at the moment, or it first reports a reset, another disc or its
 * button.
 */
static bool may_go_again(const struct drive *d, const struct event *e)
{
	int64_t key = e->f[F_KEY], asc = e->f[F_ASC], ascq = e->f[F_ASCQ];

	return (key == 2 && asc == 4 && (ascq == 1 || ascq == 4 || ascq == 7 || ascq == 8)) ||
	       (key == 6 && (!d->accepted || asc == 0x5a || asc == 0x2e));
}

void on_write_done(struct drive *d, const struct event *e)
{
	d->write_out = false;
	if (!e->f[F_RET]) {
		d->next_lba += e->f[F_SECTORS];
		d->accepted++;
	} else if (!may_go_again(d, e)) {
		d->write_failed = true;
	}
}

void on_chunk(struct drive *d, const struct event *e)
{
	d->chunks += e->f[F_HELD] ? 1 : -1;
	if (d->chunks < 0)
		breach(d, "idle", "a chunk is given back that was not held");
}
