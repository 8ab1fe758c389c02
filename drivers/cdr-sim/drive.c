// SPDX-License-Identifier: GPL-2.0-only
/*
 * The drive: its tray, and what takes it long.
 *
 * Nothing here waits. State that changes with time is computed from the clock
 * whenever somebody looks, by cdr_update().
 */

#include <linux/math64.h>

#include "cdr-sim.h"
#include "trace.h"

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
	d->tray.event = 2;
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
	d->tray.open = false;
	d->tray.stopped = false;
	if (!d->disc)
		return;
	d->pages.set05 = false;
	cdr_set_speed(d, U32_MAX);
	if (!d->habits.spin_up_ms) {
		medium_ready(d);
		return;
	}
	d->op.kind = CDR_OP_SPIN_UP;
	d->op.start = ktime_get();
	d->op.end = ktime_add_ms(d->op.start, d->habits.spin_up_ms);
}

/* The track being written stays as it is, open; what is in the buffer is lost. */
static void abandon_track(struct cdr_drive *d)
{
	if (d->laser.writing)
		d->laser.abandon(d);
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
	if (d->tray.open)
		return;
	if (d->disc)
		d->tray.event = 3;
	stop_everything(d);
	d->tray.open = true;
	d->pages.set05 = false;
	d->tray.locked = false;
	d->tray.locked_persistent = false;
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
	d->pages.set05 = false;
	d->tray.locked = false;
	d->laser.rotation = 0;
	d->ua = ua;
	cdr_set_speed(d, U32_MAX);
	if (d->adapter.shost)
		trace_cdr_sim_drive(d->adapter.shost->host_no,
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
	d->tray.locked_persistent = false;
	d->tray.event = 0;
	d->tray.stopped = false;
}

void cdr_reset_stats(struct cdr_drive *d)
{
	memset(&d->stats, 0, sizeof(d->stats));
	d->stats.min_fill = 100;
}
