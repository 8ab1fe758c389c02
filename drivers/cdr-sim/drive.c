// SPDX-License-Identifier: GPL-2.0-only
/*
 * The drive: its tray, and its long operations.
 *
 * Nothing here sleeps. cdr_update() computes all state that depends on time from the clock,
 * whenever that state is needed.
 */

#include <linux/math64.h>

#include "cdr-sim.h"
#include "trace.h"

static int finish(struct cdr_drive *d, struct cdr_op op)
{
	return op.finish ? op.finish(d, op.arg) : 0;
}

/**
 * cdr_start_op() - start a long operation
 * @d:		the drive
 * @cmd:	the command that asks for it; may be NULL if @immed
 * @op:		the operation: its kind, its argument, and the function to call at its end
 * @ns:		its duration
 * @immed:	the command ends at once and does not wait for it
 *
 * Return: the value that the command's handler has to return
 */
int cdr_start_op(struct cdr_drive *d, struct cdr_cmd *cmd, struct cdr_op op, u64 ns, bool immed)
{
	op.polls = immed ? d->habits.busy_polls : 0;
	op.all_polls = op.polls;
	if (!ns && !op.polls && !finish(d, op))
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

/**
 * cdr_poll() - count a command that polled for the end of the long operation
 * @d:	the drive
 */
void cdr_poll(struct cdr_drive *d)
{
	if (d->op.kind != CDR_OP_NONE && d->op.polls)
		d->op.polls--;
}

/* Progress for sense data, in 65536ths. */
u16 cdr_op_progress(const struct cdr_drive *d)
{
	u64 all = ktime_to_ns(ktime_sub(d->op.end, d->op.start));
	u64 done = ktime_to_ns(ktime_sub(ktime_get(), d->op.start));

	if (!all && d->op.all_polls)
		return (d->op.all_polls - d->op.polls) * 0xffff / (d->op.all_polls + 1);
	if (done >= all)
		return 0xffff;
	return mul_u64_u64_div_u64(done, 0xffff, all);
}

/* The disc is ready again; the loss of the write parameters has its own unit attention. */
static int medium_ready(struct cdr_drive *d, u8 tell)
{
	if (tell)
		cdr_attention_add(d, CDR_UA_MEDIUM);
	if (d->pages.lost05 && d->habits.attentions)
		cdr_attention_add(d, CDR_UA_PARAMETERS);
	d->pages.lost05 = false;
	return 0;
}

/**
 * cdr_spin_up() - the disc starts to become ready
 * @d:		the drive, with a disc in it
 * @tell:	raise a unit attention when it is ready
 */
void cdr_spin_up(struct cdr_drive *d, bool tell)
{
	struct cdr_op op = { .kind = CDR_OP_SPIN_UP, .arg = tell, .finish = medium_ready };

	d->tray.stopped = false;
	cdr_start_op(d, NULL, op, d->habits.spin_up_ms * (u64)NSEC_PER_MSEC, true);
}

/* Memory is short: try again a little later. */
static void postpone_op(struct cdr_drive *d, struct cdr_op op)
{
	op.end = ktime_add_ms(ktime_get(), 10);
	d->op = op;
}

/* The laser only writes what is in the buffer: it cannot run dry. */
static bool ending(const struct cdr_drive *d)
{
	return d->op.kind == CDR_OP_END_TRACK || d->op.kind == CDR_OP_END_SESSION;
}

/**
 * cdr_update() - bring the drive's state up to the present
 * @d:	the drive
 */
void cdr_update(struct cdr_drive *d)
{
	struct cdr_op op = d->op;
	ktime_t now = ktime_get();

	if (op.kind != CDR_OP_NONE && !op.polls && ktime_compare(now, op.end) >= 0) {
		d->op.kind = CDR_OP_NONE;
		if (finish(d, op))
			postpone_op(d, op);
	}
	if (!ending(d))
		cdr_drain(d, now);
}

/* Settings for a disc are lost when the disc changes. */
static void forget_disc(struct cdr_drive *d)
{
	d->pages.lost05 |= d->pages.set05;
	cdr_mode_reset_write(d);
	d->laser.calibrated = false;
	d->laser.test_next = 0;
	d->laser.after_test = CDR_TEST_STAY;
	d->stale = false;
	d->pickup = 0;
	if (!d->laser.writing)
		d->sheet.ntracks = 0;
}

/**
 * cdr_tell_stale() - a session is being closed: some drives keep reporting the disc as it was
 * @d:	the drive
 */
void cdr_tell_stale(struct cdr_drive *d)
{
	if (!d->habits.stale || d->stale)
		return;
	d->told = *d->disc;
	d->stale = true;
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
	forget_disc(d);
	cdr_set_speed(d, U32_MAX);
	d->tray.event = 2;
	cdr_spin_up(d, true);
}

/* The track that is being written stays open; the data in the buffer are lost. */
static void abandon_track(struct cdr_drive *d)
{
	if (d->laser.writing)
		d->laser.abandon(d);
}

static void stop_everything(struct cdr_drive *d)
{
	if (d->op.kind == CDR_OP_CLOSE_SESSION)
		cdr_disc_open_session(d->disc)->damaged = true;
	else if (d->op.kind == CDR_OP_BLANK)
		d->disc->half_blank = true;
	d->op.kind = CDR_OP_NONE;
	abandon_track(d);
}

/**
 * cdr_open_tray() - open the tray, even during an operation
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
	forget_disc(d);
	d->tray.locked = false;
	d->tray.locked_persistent = false;
}

static void reset(struct cdr_drive *d, u32 ua)
{
	if (!ending(d))
		abandon_track(d);
	forget_disc(d);
	cdr_mode_reset(d);
	d->pages.lost05 = false;
	d->tray.locked = false;
	d->laser.rotation = 0;
	if (ua)
		cdr_attention_reset(d, ua);
	cdr_set_speed(d, U32_MAX);
	if (d->adapter.shost)
		trace_cdr_sim_drive(d->adapter.shost->host_no,
				    ua == CDR_UA_POWER_ON ? CDR_DRIVE_OFF : CDR_DRIVE_RESET);
}

/**
 * cdr_reset_drive() - reset the drive
 * @d:	the drive
 *
 * Ending a track, closing and blanking continue. Otherwise the disc has to become ready again.
 */
void cdr_reset_drive(struct cdr_drive *d)
{
	cdr_update(d);
	reset(d, CDR_UA_RESET);
	if (d->op.kind == CDR_OP_CALIBRATE)
		d->op.kind = CDR_OP_NONE;
	if (cdr_medium(d) && (d->op.kind == CDR_OP_NONE || d->op.kind == CDR_OP_SPIN_UP))
		cdr_spin_up(d, true);
}

/**
 * cdr_reset_unseen() - reset the drive as libata does, which reads the unit attention itself
 * @d:	the drive, which is ready again at once
 */
void cdr_reset_unseen(struct cdr_drive *d)
{
	cdr_update(d);
	reset(d, 0);
}

/**
 * cdr_lose_power() - discard the state that a drive loses without power; the disc stays as it is
 * @d:	the drive
 */
void cdr_lose_power(struct cdr_drive *d)
{
	cdr_update(d);
	stop_everything(d);
	reset(d, CDR_UA_POWER_ON);
	d->tray.locked_persistent = false;
	d->tray.event = 0;
	d->tray.stopped = false;
}

void cdr_reset_stats(struct cdr_drive *d)
{
	memset(&d->stats, 0, sizeof(d->stats));
	d->stats.min_fill = 100;
}
