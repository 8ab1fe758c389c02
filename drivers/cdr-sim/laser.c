// SPDX-License-Identifier: GPL-2.0-only
/* The write buffer, the laser that empties it, and its speed. */

#include <linux/math64.h>
#include <linux/minmax.h>

#include "cdr-sim.h"

/* How long the drive waits for its buffer to fill before it writes what it has. */
#define START_NS	NSEC_PER_SEC

/**
 * cdr_set_speed() - take the fastest write speed that is not above the wish
 * @d:	the drive
 * @kb:	kB/s, as SET CD SPEED has them
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
 * cdr_sectors_to_ns() - how long writing takes
 * @d:		the drive
 * @sectors:	how much
 *
 * Return: nanoseconds at the set speed, 0 in a drive that knows no time
 */
u64 cdr_sectors_to_ns(const struct cdr_drive *d, u64 sectors)
{
	if (!d->habits.realtime)
		return 0;
	return div_u64(sectors * NSEC_PER_SEC, sectors_per_second(d));
}

/* How many sectors went to the disc since the last look; moves that moment on. */
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
 * cdr_drain() - write to the disc what there was time for
 * @d:		the drive
 * @now:	until when
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

/* The laser goes on when the buffer is nearly full, or when nothing more comes. */
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
 * @bytes:	how many
 * @when:	set to the time when there will be, if there isn't
 *
 * More than the whole buffer fits an empty one: a drive takes such data while
 * it writes.
 *
 * Return: whether there is
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
 * @bytes:	how many
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
 * cdr_flush_time() - how long the drive needs to write what is in its buffer
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
