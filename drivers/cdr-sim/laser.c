// SPDX-License-Identifier: GPL-2.0-only
/* The write buffer, the laser that empties it, and its speed. */

#include <linux/math64.h>
#include <linux/minmax.h>

#include "cdr-sim.h"

/* How long the drive waits for its buffer to fill up before it starts to write. */
#define START_NS	NSEC_PER_SEC

/**
 * cdr_set_speed() - select the fastest write speed that is not above the requested one
 * @d:	the drive
 * @kb:	requested speed in kB/s, as in SET CD SPEED
 */
void cdr_set_speed(struct cdr_drive *d, u32 kb)
{
	const struct cdr_config *c = &d->config;
	int i = c->nspeeds - 1;

	cdr_drain(d, ktime_get());
	while (i && (c->speeds[i] > cdr_speed_limit(d) ||
		     cdr_speed_kb(c->speeds[i]) > kb))
		i--;
	d->laser.write_x = c->speeds[i];
}

static u32 sectors_per_second(const struct cdr_drive *d)
{
	return d->laser.write_x * CDR_SECTORS_PER_SECOND;
}

/**
 * cdr_sectors_to_ns() - the time that it takes to write
 * @d:		the drive
 * @sectors:	number of sectors
 *
 * Return: nanoseconds at the current speed, or 0 if the drive does not simulate time
 */
u64 cdr_sectors_to_ns(const struct cdr_drive *d, u64 sectors)
{
	if (!d->habits.realtime)
		return 0;
	return div_u64(sectors * NSEC_PER_SEC, sectors_per_second(d));
}

/* The number of sectors written since the last update; advances the time of the update. */
static u64 sectors_written(struct cdr_drive *d, ktime_t now)
{
	struct cdr_buffer *b = &d->laser.buffer;
	u64 ns = ktime_to_ns(ktime_sub(now, b->since));
	u64 sectors = mul_u64_u64_div_u64(ns, sectors_per_second(d), NSEC_PER_SEC);

	b->since = ktime_add_ns(b->since, cdr_sectors_to_ns(d, sectors));
	return sectors;
}

static void run_dry(struct cdr_drive *d)
{
	struct cdr_track *track = cdr_disc_open_track(d->disc);

	d->stats.underruns++;
	d->stats.min_fill = 0;
	d->laser.buffer.used = 0;
	d->laser.buffer.streaming = false;
	if (d->config.underrun_free && d->pages.p05[2] & 0x40)
		return;
	d->laser.write_error = CDR_LOSS_OF_STREAMING;
	d->laser.failed = true;
	if (track && !d->laser.test)
		track->damaged = true;
}

/**
 * cdr_drain() - account the sectors that were written up to a point in time
 * @d:		the drive
 * @now:	that point in time
 */
void cdr_drain(struct cdr_drive *d, ktime_t now)
{
	struct cdr_buffer *b = &d->laser.buffer;
	u64 sectors, gap;

	if (!d->habits.realtime)
		b->used = 0;
	if (!b->used && !b->streaming)
		return;
	if (b->armed && !b->streaming && ktime_compare(now, b->since) >= 0)
		b->streaming = true;
	if (!b->streaming)
		return;
	sectors = sectors_written(d, now);
	gap = min_t(u64, sectors, b->gap);
	b->gap -= gap;
	sectors -= gap;
	if (sectors * b->block > b->used) {
		run_dry(d);
		return;
	}
	b->used -= sectors * b->block;
	d->stats.min_fill = min_t(u32, d->stats.min_fill,
				  div_u64(b->used * 100ULL, d->config.buffer_size));
}

static void start_laser(struct cdr_buffer *b, ktime_t when)
{
	b->armed = true;
	b->since = when;
}

/* Start when the buffer is nearly full, or START_NS after the first data. */
static void maybe_start(struct cdr_drive *d, ktime_t now)
{
	struct cdr_buffer *b = &d->laser.buffer;

	if (b->streaming)
		return;
	if (b->used >= d->config.buffer_size - d->config.buffer_size / 8)
		start_laser(b, now);
	else if (!b->armed)
		start_laser(b, ktime_add_ns(now, START_NS));
}

/**
 * cdr_buffer_fits() - is there room for a command's data?
 * @d:		the drive
 * @bytes:	number of bytes
 * @when:	if there is no room, set to the time when there will be
 *
 * More data than the whole buffer fit into an empty one: a drive accepts such data while it
 * writes.
 *
 * Return: whether there is room
 */
bool cdr_buffer_fits(struct cdr_drive *d, u32 bytes, ktime_t *when)
{
	struct cdr_buffer *b = &d->laser.buffer;
	ktime_t now = ktime_get();
	u32 excess;

	cdr_drain(d, now);
	if (!b->used || b->used + bytes <= d->config.buffer_size)
		return true;
	if (!b->streaming)
		start_laser(b, now);
	cdr_drain(d, now);
	excess = min(b->used, b->used + bytes - d->config.buffer_size);
	*when = ktime_add_ns(b->since,
			     cdr_sectors_to_ns(d, b->gap + 1 + excess / b->block));
	return false;
}

/**
 * cdr_buffer_add() - put a command's data into the buffer
 * @d:		the drive
 * @bytes:	number of bytes
 */
void cdr_buffer_add(struct cdr_drive *d, u32 bytes)
{
	struct cdr_buffer *b = &d->laser.buffer;

	if (!d->habits.realtime)
		return;
	if (!b->used && !b->streaming)
		b->armed = false;
	b->used += bytes;
	maybe_start(d, ktime_get());
}

/**
 * cdr_flush_time() - the time that the drive needs to write the data in its buffer
 * @d:	the drive
 *
 * Return: nanoseconds
 */
u64 cdr_flush_time(struct cdr_drive *d)
{
	struct cdr_buffer *b = &d->laser.buffer;

	cdr_drain(d, ktime_get());
	if (!b->block)
		return 0;
	return cdr_sectors_to_ns(d, b->gap + b->used / b->block);
}
