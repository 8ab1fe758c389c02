// SPDX-License-Identifier: GPL-2.0-only
/*
 * The end of a session at once. The drive closes it by itself; where the audio is cut short the
 * rest is silence. Then the disc is compared with the layout.
 */
#include <linux/cdrom.h>
#include <linux/slab.h>

#include "burn.h"

/**
 * tao_at_once_forget - the session is over
 * @td: the drive
 */
void tao_at_once_forget(struct tao_device *td)
{
	struct tao_plan *plan;

	spin_lock_irq(&td->lock);
	plan = td->plan;
	td->plan = NULL;
	spin_unlock_irq(&td->lock);
	tao_plan_put(plan);
}

/* The next look shows the session, or a part of it. */
static void expect(struct tao_device *td)
{
	const struct tao_plan *plan = td->plan;
	u32 i;

	for (i = 0; i < plan->layout.tracks_count; i++)
		tao_disc_expect(&td->discs.known, tao_plan_number(plan, i), tao_plan_start(plan, i),
				tao_plan_start(plan, i + 1) - tao_plan_start(plan, i));
	td->discs.known.closing = true;
}

/* That a look fails does not mean that the closing did. */
static int look(struct tao_device *td)
{
	int err = tao_scan(td);

	return err && err != -ENODEV ? tao_scan(td) : err;
}

/**
 * tao_at_once_look_cut - look at a disc whose session ended before all of it was there
 * @td: the drive
 * @attention: a unit attention came before the flush
 * @flushed: the result of the flush
 *
 * After a unit attention, the drive can't show whether it is the same disc: the hold is lost,
 * and a disc that may be this one counts as failed.
 *
 * Return: 0 or an error.
 */
int tao_at_once_look_cut(struct tao_device *td, bool attention, int flushed)
{
	if (td->held.prepared.flags & TAO_PREPARE_TEST_WRITE)
		return look(td);
	expect(td);
	if (attention) {
		tao_medium_put_aside(td);
	} else {
		tao_medium_note_failed(td);
		/* Some drives raise one when they have ended a session. */
		if (!flushed)
			td->sense.attention = false;
	}
	return look(td);
}

/* --- no more audio ---------------------------------------------------------------------------- */

/**
 * tao_at_once_cut_short - the worker's own way to cut a session short
 * @td: the drive; its lock is held
 * @reason: what calls return that write or end the session
 * @gone: gets the chunks that are dropped; for tao_stream_dispose()
 */
void tao_at_once_cut_short(struct tao_device *td, int reason, struct list_head *gone)
{
	lockdep_assert_held(&td->lock);
	td->held.writer->error = td->stream.error ?: reason;
	tao_stream_cut(td, reason, gone);
	tao_worker_queue_ender(td);
}

/* Whether all the audio has come. */
static bool is_complete(const struct tao_stream *s)
{
	return READ_ONCE(s->bytes_accepted) == s->limit_bytes;
}

/**
 * tao_at_once_starved - whether no audio has come for so long that none will
 * @td: the drive; its lock is held
 *
 * Or all of it has, and nobody ends the session.
 */
bool tao_at_once_starved(const struct tao_device *td)
{
	const struct tao_stream *s = &td->stream;

	lockdep_assert_held(&td->lock);
	return td->plan && s->phase == TAO_PHASE_OPEN && !s->cut && !s->queue_bytes &&
	       time_after(jiffies, s->fed + READ_ONCE(s->starve_seconds) * HZ);
}

/* The owner's own call ends the session already, or is about to. */
static bool owner_ends(const struct tao_file *writer)
{
	return writer->job && writer->job->ends && !tao_job_done(writer->job);
}

/**
 * tao_at_once_end_starved - go on with silence where no audio comes
 * @td: the drive
 *
 * For the worker. Calls that write or end the session fail from then on.
 */
void tao_at_once_end_starved(struct tao_device *td)
{
	LIST_HEAD(gone);
	bool starved;

	spin_lock_irq(&td->lock);
	starved = td->held.writer && !owner_ends(td->held.writer) && tao_at_once_starved(td);
	if (starved && (is_complete(&td->stream) || td->stream.error)) {
		/* A further write would begin another track. */
		td->held.writer->error = td->stream.error ?: -EFBIG;
		tao_worker_queue_ender(td);
		starved = false;
	}
	if (starved)
		tao_at_once_cut_short(td, -ECANCELED, &gone);
	spin_unlock_irq(&td->lock);
	tao_stream_dispose(td, &gone, -ECANCELED);
	if (starved)
		tao_error_text(td, -ECANCELED,
			       "no audio came for %u s: the rest of the session is silence",
			       READ_ONCE(td->stream.starve_seconds));
}

/* --- the disc and the layout ------------------------------------------------------------------ */

static int compare_tracks(struct tao_device *td, const struct tao_plan *plan,
			  const struct tao_toc_list *toc)
{
	u32 tracks = plan->layout.tracks_count, i;

	if (toc->count != tracks + 1 ||
	    toc->entries[tracks].start_lba != tao_plan_start(plan, tracks))
		return tao_error_text(td, -EIO,
				      "the drive reports success, but the disc has not the session's tracks");
	for (i = 0; i < tracks; i++) {
		const struct tao_toc_entry *e = &toc->entries[i];

		if (e->number != tao_plan_number(plan, i) ||
		    e->start_lba != tao_plan_start(plan, i) ||
		    e->control != tao_plan_control(plan, i))
			return tao_error_text(td, -EIO,
					      "the drive reports success, but track %u is not as laid out",
					      tao_plan_number(plan, i));
	}
	return 0;
}

/* Some drives show no checksum in the last pack. */
static bool same_text(const struct tao_plan *plan, const u8 *packs, unsigned int bytes)
{
	return bytes == plan->layout.text_bytes && !memcmp(packs, plan->text, bytes - 2);
}

static int compare_text(struct tao_device *td, const struct tao_plan *plan)
{
	/* Room for one pack more: a disc with too many must not look right. */
	unsigned int bytes = plan->layout.text_bytes + TAO_TEXT_PACK_BYTES;
	u8 *packs;
	bool same;
	int err;

	if (!plan->layout.text_bytes)
		return 0;
	err = tao_ask(td, ktime_get(),
		      tao_mmc_read_text(td->sdev, &packs, &bytes, &td->sense));
	if (err && !tao_sense_is_unanswered(&td->sense))
		return tao_error_command(td, tao_gave_up(err), GPCMD_READ_TOC_PMA_ATIP, 0,
					 &td->sense);
	same = !err && same_text(plan, packs, bytes);
	if (!err)
		kvfree(packs);
	if (same)
		return 0;
	return tao_error_text(td, -EIO,
			      "the drive reports success, but does not show the CD-TEXT; load the disc anew and look again");
}

static int compare_toc(struct tao_device *td, const struct tao_plan *plan)
{
	struct tao_toc_list *toc = kmalloc(sizeof(*toc), GFP_KERNEL);
	int err;

	if (!toc)
		return -ENOMEM;
	err = tao_ask(td, ktime_get(), tao_mmc_read_toc(td->sdev, toc, &td->sense));
	if (err)
		err = tao_error_command(td, tao_gave_up(err), GPCMD_READ_TOC_PMA_ATIP, 0,
					&td->sense);
	else
		err = compare_tracks(td, plan, toc);
	kfree(toc);
	return err;
}

static int compare_status(struct tao_device *td, const struct tao_plan *plan)
{
	struct tao_medium m;

	tao_medium_get(td, &m);
	if (m.status == TAO_DISC_BLANK)
		return tao_error_text(td, -EIO,
				      "the drive reports success, but shows a blank disc; load the disc anew and look again");
	if (m.flags & TAO_MEDIUM_SESSION_OPEN)
		return tao_error_text(td, -EIO,
				      "the drive reports success, but the session is not closed");
	if (plan->layout.close == TAO_CLOSE_FINALIZE && m.status != TAO_DISC_COMPLETE)
		return tao_error_text(td, -EIO,
				      "the drive reports success, but the disc is not finalised");
	return 0;
}

/* As with a disc that has no room for a further session */
static int compare_close(struct tao_device *td, const struct tao_plan *plan)
{
	struct tao_medium m;

	tao_medium_get(td, &m);
	if (plan->layout.close == TAO_CLOSE_SESSION && m.status == TAO_DISC_COMPLETE)
		return tao_error_text(td, -EIO,
				      "the session is on the disc, but the drive has finalised it");
	return 0;
}

/* GOOD proves nothing: the disc has to match the layout. */
static int compare(struct tao_device *td, const struct tao_plan *plan)
{
	tao_event_set_action(td, TAO_ACTION_VERIFYING);
	return compare_status(td, plan) ?: compare_toc(td, plan);
}

/**
 * tao_at_once_is_whole - whether the drive has got all of the session
 * @td: the drive
 */
bool tao_at_once_is_whole(const struct tao_device *td)
{
	return td->stream.sectors_sent == tao_plan_sectors(td->plan);
}

/* @whole: the drive has all of it, and writes the lead-out. */
static int end_session(struct tao_device *td, bool whole)
{
	int err;

	td->ends.lead_out = whole;
	err = tao_long_run(td, TAO_LONG_SYNC_SESSION);
	td->ends.lead_out = false;
	return err;
}

static int close_whole(struct tao_device *td)
{
	bool again = tao_medium_replaces(td);
	int err = end_session(td, true);

	expect(td);
	/* The disc may look blank until it is loaded anew. */
	if (err)
		tao_medium_note_failed(td);
	/* A look shows what there is, also where the drive could not end it. */
	err = look(td) ?: err;
	if (td->discs.exchanged)
		return -EBADFD;
	err = err ?: compare(td, td->plan);
	if (err) {
		tao_medium_note_failed(td);
		return err;
	}
	spin_lock_irq(&td->lock);
	td->measured.statistics.sessions++;
	spin_unlock_irq(&td->lock);
	tao_medium_note_burned(td, again);
	tao_medium_forget_failed(td);
	/* The audio is there and the session closed, whatever is missing now. */
	return compare_close(td, td->plan) ?: compare_text(td, td->plan);
}

/**
 * tao_at_once_close - the end of a session at once, when the drive has got what it gets of it
 * @td: the drive
 * @error: of the audio; or why it was cut short
 *
 * Return: @error, or the error of this function, which counts for more than a cut.
 */
int tao_at_once_close(struct tao_device *td, int error)
{
	bool test = td->held.prepared.flags & TAO_PREPARE_TEST_WRITE;
	bool attention = td->sense.attention, whole = tao_at_once_is_whole(td);
	int err;

	if (td->now.dead)
		return error ?: -ENODEV;
	tao_event_set_action(td, TAO_ACTION_CLOSING_SESSION);
	if (!test && whole) {
		err = close_whole(td);
	} else {
		err = end_session(td, whole);
		err = tao_at_once_look_cut(td, attention, err) ?: err;
	}
	if (!test) {
		if (tao_track_failed(error) || (!whole && tao_track_failed(err)))
			tao_medium_note_failed(td);
		tao_claim_disc_changed(td);
	}
	return tao_track_failed(error) ? error : err ?: error;
}
