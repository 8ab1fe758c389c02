// SPDX-License-Identifier: GPL-2.0-only
/*
 * The drive: its buffer, its speed, its tray, and time.
 *
 * Nothing here waits. State that changes with time is computed from the clock
 * whenever somebody looks, by cdr_update().
 */

#include <linux/math64.h>
#include <linux/minmax.h>

#include "cdr-sim.h"
#include "trace.h"

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
	d->write_x = c->speeds[i];
}

static u32 sectors_per_second(const struct cdr_drive *d)
{
	return d->write_x * CDR_SECTORS_PER_SECOND;
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
	if (!d->realtime)
		return 0;
	return div_u64(sectors * NSEC_PER_SEC, sectors_per_second(d));
}

/* How many sectors went to the disc since the last look; moves that moment on. */
static u64 sectors_written(struct cdr_drive *d, ktime_t now)
{
	struct cdr_buffer *b = &d->buffer;
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
	d->buffer.used = 0;
	d->buffer.streaming = false;
	if (d->config.underrun_free && d->page05[2] & 0x40)
		return;
	d->write_error = CDR_LOSS_OF_STREAMING;
	d->failed = true;
	if (track && !d->test_track)
		track->damaged = true;
}

/**
 * cdr_drain() - write to the disc what there was time for
 * @d:		the drive
 * @now:	until when
 */
void cdr_drain(struct cdr_drive *d, ktime_t now)
{
	struct cdr_buffer *b = &d->buffer;
	u64 sectors, gap;

	if (!d->realtime)
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
	struct cdr_buffer *b = &d->buffer;

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
	struct cdr_buffer *b = &d->buffer;
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
	struct cdr_buffer *b = &d->buffer;

	if (!d->realtime)
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
	struct cdr_buffer *b = &d->buffer;

	cdr_drain(d, ktime_get());
	if (!b->block)
		return 0;
	return cdr_sectors_to_ns(d, b->gap + b->used / b->block);
}

static int finish(struct cdr_drive *d, struct cdr_op op)
{
	return op.finish ? op.finish(d, op.arg) : 0;
}

/**
 * cdr_start_op() - begin something long
 * @d:		the drive
 * @cmd:	the command that asks for it
 * @op:		what: its kind, its argument, and what is to be done at its end
 * @ns:		how long it takes
 * @immed:	the command ends at once and does not wait for it
 *
 * Return: what the command's handler is to return
 */
int cdr_start_op(struct cdr_drive *d, struct cdr_cmd *cmd, struct cdr_op op, u64 ns, bool immed)
{
	if (!ns && !finish(d, op))
		return 0;
	op.start = ktime_get();
	op.end = ktime_add_ns(op.start, ns);
	d->op = op;
	if (immed)
		return 0;
	cmd->started = true;
	cmd->due = op.end;
	return CDR_HOLD;
}

/* Progress as sense data have it, in 65536ths. */
u16 cdr_op_progress(const struct cdr_drive *d)
{
	u64 all = ktime_to_ns(ktime_sub(d->op.end, d->op.start));
	u64 done = ktime_to_ns(ktime_sub(ktime_get(), d->op.start));

	if (done >= all)
		return 0xffff;
	return mul_u64_u64_div_u64(done, 0xffff, all);
}

static void medium_ready(struct cdr_drive *d)
{
	d->ua = CDR_UA_MEDIUM;
	d->media_event = 2;
}

/* Memory is short: the operation takes a little longer. */
static void postpone_op(struct cdr_drive *d, struct cdr_op op)
{
	op.end = ktime_add_ms(ktime_get(), 10);
	d->op = op;
}

/**
 * cdr_update() - bring the drive's state up to the present
 * @d:	the drive
 */
void cdr_update(struct cdr_drive *d)
{
	struct cdr_op op = d->op;
	ktime_t now = ktime_get();

	if (op.kind != CDR_OP_NONE && ktime_compare(now, op.end) >= 0) {
		d->op.kind = CDR_OP_NONE;
		if (op.kind == CDR_OP_SPIN_UP)
			medium_ready(d);
		else if (finish(d, op))
			postpone_op(d, op);
	}
	if (d->op.kind != CDR_OP_END_TRACK)
		cdr_drain(d, now);
}

/**
 * cdr_load() - close the tray
 * @d:	the drive
 */
void cdr_load(struct cdr_drive *d)
{
	d->tray_open = false;
	d->stopped = false;
	if (!d->disc)
		return;
	d->page05_set = false;
	cdr_set_speed(d, U32_MAX);
	if (!d->spin_up_ms) {
		medium_ready(d);
		return;
	}
	d->op.kind = CDR_OP_SPIN_UP;
	d->op.start = ktime_get();
	d->op.end = ktime_add_ms(d->op.start, d->spin_up_ms);
}

/* The track being written stays as it is, open; what is in the buffer is lost. */
static void abandon_track(struct cdr_drive *d)
{
	if (d->writing)
		d->abandon(d);
}

static void stop_everything(struct cdr_drive *d)
{
	if (d->op.kind == CDR_OP_CLOSE_SESSION)
		cdr_disc_open_session(d->disc)->damaged = true;
	d->op.kind = CDR_OP_NONE;
	abandon_track(d);
}

/**
 * cdr_open_tray() - open it, whatever goes on
 * @d:	the drive
 */
void cdr_open_tray(struct cdr_drive *d)
{
	if (d->tray_open)
		return;
	if (d->disc)
		d->media_event = 3;
	stop_everything(d);
	d->tray_open = true;
	d->page05_set = false;
	d->locked = false;
	d->locked_persistent = false;
}

/**
 * cdr_reset_drive() - what a reset does; a disc that is being closed goes on
 * @d:	the drive
 * @ua:	the unit attention that tells of it
 */
void cdr_reset_drive(struct cdr_drive *d, u32 ua)
{
	cdr_update(d);
	if (d->op.kind != CDR_OP_END_TRACK)
		abandon_track(d);
	cdr_mode_reset(d);
	d->page05_set = false;
	d->locked = false;
	d->rotation = 0;
	d->ua = ua;
	cdr_set_speed(d, U32_MAX);
	if (d->shost)
		trace_cdr_sim_drive(d->shost->host_no,
				    ua == CDR_UA_RESET ? CDR_DRIVE_RESET : CDR_DRIVE_OFF);
}

/**
 * cdr_lose_power() - what a drive forgets without power; the disc keeps what it has
 * @d:	the drive
 */
void cdr_lose_power(struct cdr_drive *d)
{
	cdr_update(d);
	stop_everything(d);
	cdr_reset_drive(d, CDR_UA_POWER_ON);
	d->locked_persistent = false;
	d->media_event = 0;
	d->stopped = false;
}

void cdr_reset_stats(struct cdr_drive *d)
{
	memset(&d->stats, 0, sizeof(d->stats));
	d->stats.min_fill = 100;
}
