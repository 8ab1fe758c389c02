// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ends of sessions and discs: RELEASE, FINALIZE, RECOVER and BLANK, and the end of a hold whose
 * owner has gone.
 */
#include "burn.h"

/*
 * Whether a track was left open, and which. Returns 1 if one was, 0 if not, or an error: one of a
 * disc that has come in meanwhile stays as it is.
 */
static int find_left_open(struct tao_device *td)
{
	struct tao_track_info info;
	int err = td->sense.attention ? tao_scan_anew(td) : 0;

	err = err ?: tao_select_ask_next(td, &info);
	if (err)
		return err == -ENODATA ? 0 : err;
	if (info.blank && !info.damage)
		return 0;
	td->ends.left_track = info.track;
	return 1;
}

/*
 * A track whose end failed or that was interrupted is still open, and then neither can the write
 * parameters be set nor the session be closed. These commands can end it, the mildest first; the
 * drive's report of the track shows the result of each. Returns 1 if it is still open, 0 if not,
 * or an error.
 */
static int end_left_open(struct tao_device *td)
{
	static const enum tao_long ends[] = {
		TAO_LONG_SYNC_CACHE, TAO_LONG_CLOSE_TRACK, TAO_LONG_CLOSE_LEFT,
	};
	unsigned int i = 0;
	int left;

	td->ends.left_track = 0;
	while ((left = find_left_open(td)) > 0 && i < ARRAY_SIZE(ends)) {
		tao_disc_expect_end(&td->discs.known, td->ends.left_track);
		tao_long_run(td, ends[i++]);
	}
	return left;
}

/* Whether the session may be closed. The first failure matters, so it stays where it is. */
static int close_check(struct tao_device *td, const struct tao_finalize *finalize)
{
	bool force = finalize->flags & TAO_FINALIZE_FORCE;
	struct tao_medium m;
	int err;

	tao_medium_get(td, &m);
	err = tao_check_cd(td, &m);
	if (err)
		return err;
	if (m.status == TAO_DISC_COMPLETE)
		return tao_error_text(td, -EROFS, "the disc is finalised already");
	if (m.flags & TAO_MEDIUM_TRACK_FAILED && !force)
		return tao_error_text(td, -EIO,
				      "a track on this disc failed: force it to close it all the same");
	if (m.flags & TAO_MEDIUM_SESSION_DAMAGED && !force)
		return tao_error_text(td, -EIO,
				      "the session is half closed: 'tao recover' closes it");
	if (!(m.flags & TAO_MEDIUM_SESSION_OPEN))
		return -ENODATA;
	if (m.flags & TAO_MEDIUM_TRACK_DAMAGED && !force)
		return tao_error_text(td, -EIO,
				      "the last track was left unfinished: 'tao recover' ends it");
	return 0;
}

static int close_compare(struct tao_device *td, u32 close)
{
	struct tao_medium m;

	tao_medium_get(td, &m);
	if (m.flags & TAO_MEDIUM_SESSION_OPEN)
		return tao_error_text(td, -EIO,
				      "the drive reports success, but the session is not closed");
	if (close == TAO_CLOSE_FINALIZE && m.status != TAO_DISC_COMPLETE)
		return tao_error_text(td, -EIO,
				      "the session is closed, but the disc is not finalised");
	spin_lock_irq(&td->lock);
	td->measured.statistics.sessions++;
	td->held.tracks_taken = 0;
	spin_unlock_irq(&td->lock);
	tao_medium_forget_failed(td);
	return 0;
}

/*
 * After closing, the disc has to be as requested. If necessary, look twice: a failed look does
 * not mean that the closing failed. If both fail, or the drive does not show it yet, the next call
 * looks again.
 */
static int close_verify(struct tao_device *td, u32 close)
{
	int err;

	err = tao_scan_same(td);
	if (err && err != -ENODEV)
		err = tao_scan_same(td);
	err = err ?: close_compare(td, close);
	td->ends.closed = err ? close : TAO_CLOSE_NOTHING;
	/* The drive may have more to show, which makes no other disc of it. */
	if (err && !td->discs.exchanged)
		td->discs.known.closing = true;
	tao_claim_disc_changed(td);
	return err;
}

/* The machine goes down, which might not wait for the end of a command that takes long. */
static int nothing_begins(void)
{
	return tao_worker_is_shut() ? -ESHUTDOWN : 0;
}

static int close_now(struct tao_device *td, u32 close)
{
	int err = tao_scan_anew(td) ?: tao_select_close(td, close) ?: nothing_begins();

	if (err)
		return err;
	tao_disc_expect_close(&td->discs.known);
	return tao_long_run(td, TAO_LONG_CLOSE_SESSION) ?: close_verify(td, close);
}

/*
 * Tracks were burned, but the drive has none: an error. Otherwise there is just nothing to close.
 */
static int close_nothing(struct tao_device *td)
{
	if (!td->held.tracks_taken)
		return -ENODATA;
	return tao_error_text(td, -EIO,
			      "the drive reported success, but there is no track on the disc");
}

static int close_session(struct tao_device *td, const struct tao_finalize *finalize)
{
	int err;

	if (finalize->close == TAO_CLOSE_NOTHING ||
	    td->held.prepared.flags & TAO_PREPARE_TEST_WRITE)
		return 0;
	tao_event_set_action(td, TAO_ACTION_CLOSING_SESSION);
	/* It was closed, and the drive did not show that then. */
	if (td->ends.closed != TAO_CLOSE_NOTHING &&
	    !(td->found.medium.flags & TAO_MEDIUM_SESSION_OPEN))
		return close_verify(td, finalize->close);
	err = tao_scan_anew(td) ?: close_check(td, finalize);
	if (err)
		return err == -ENODATA ? close_nothing(td) : err;
	tao_error_begin(td);
	if (finalize->flags & TAO_FINALIZE_FORCE)
		end_left_open(td);
	return close_now(td, finalize->close);
}

/* Closes the session of the disc that was prepared, and no other. */
static int release_close(struct tao_device *td, const struct tao_finalize *finalize)
{
	int err;

	if (finalize->close == TAO_CLOSE_NOTHING ||
	    td->held.prepared.flags & TAO_PREPARE_TEST_WRITE)
		return 0;
	td->ends.must_end = true;
	err = tao_hold_check(td) ?: close_session(td, finalize);
	td->ends.must_end = false;
	return err;
}

/* RELEASE: closes the session if asked to, and gives the disc back. */
static int run_release(struct tao_device *td, struct tao_job *job)
{
	int err;

	if (tao_stream_is_open(td))
		return -EINPROGRESS;
	tao_hold_note_lost(td, false);
	if (td->held.hold != TAO_HOLD_OWNER)
		return -EBADFD;
	err = release_close(td, &job->args.finalize);
	if (td->discs.exchanged)
		return tao_hold_lost(td);
	/* Prepared and nothing written: there is just nothing to close. */
	if (err && err != -ENODATA)
		return err;
	if (td->held.prepared.flags & TAO_PREPARE_TEST_WRITE)
		tao_hold_end_test(td);
	tao_hold_drop(td);
	return 0;
}

const struct tao_job_kind tao_job_release = { "release", run_release };

/* FINALIZE: closes the session of a disc that is not held. */
static int run_finalize(struct tao_device *td, struct tao_job *job)
{
	int err;

	err = tao_hold_take(td);
	if (err)
		return err;
	err = close_session(td, &job->args.finalize);
	if (err == -ENODATA)
		tao_error_text(td, err, "there is nothing to close: the session has no track");
	tao_hold_leave(td);
	return err;
}

const struct tao_job_kind tao_job_finalize = { "finalize", run_finalize };

/* --- repair ----------------------------------------------------------------------------------- */

/* A drive that does not end the track by itself may do so when it closes the session. */
static int recover_session(struct tao_device *td, struct tao_recover *r)
{
	int err = close_now(td, r->close);

	if (!err)
		r->done |= TAO_RECOVERED_SESSION;
	return err;
}

static int recover_compare(struct tao_device *td)
{
	struct tao_medium m;

	tao_medium_get(td, &m);
	if (!(m.flags & TAO_MEDIUM_TRACK_DAMAGED))
		return 0;
	return tao_error_text(td, -EIO, "the track is unfinished still");
}

static int recover_track(struct tao_device *td, struct tao_recover *r)
{
	int left = end_left_open(td), err;

	r->track = td->ends.left_track;
	if (r->close != TAO_CLOSE_NOTHING)
		err = recover_session(td, r);
	else if (left > 0)
		err = tao_error_text(td, -EIO, "the drive does not end the track; closing may");
	else
		err = left ?: tao_scan_same(td);
	err = err ?: recover_compare(td);
	if (!err)
		r->done |= TAO_RECOVERED_TRACK;
	return err;
}

static int recover_what_is_left(struct tao_device *td, struct tao_recover *r, u32 left)
{
	if (left & TAO_MEDIUM_TRACK_DAMAGED)
		return recover_track(td, r);
	if (!(left & TAO_MEDIUM_SESSION_DAMAGED))
		return tao_error_text(td, -ENODATA, "there is nothing to repair on this disc");
	if (r->close == TAO_CLOSE_NOTHING)
		return tao_error_text(td, -EINVAL,
				      "closing the session was interrupted: it has to be closed");
	return recover_session(td, r);
}

/* The caller that has repaired the disc knows its errors, which no longer matter. */
static void recover_forget(struct tao_device *td)
{
	tao_medium_forget_failed(td);
	tao_error_forget(td);
}

static int recover_disc(struct tao_device *td, struct tao_recover *r)
{
	struct tao_medium m;
	int err;

	tao_medium_get(td, &m);
	err = tao_check_cd(td, &m);
	if (err)
		return err;
	tao_event_set_action(td, TAO_ACTION_RECOVERING);
	err = recover_what_is_left(td, r, m.flags);
	if (!err)
		recover_forget(td);
	return err;
}

/* RECOVER */
static int run_recover(struct tao_device *td, struct tao_job *job)
{
	int err;

	err = tao_hold_take(td);
	if (err)
		return err;
	err = recover_disc(td, &job->args.recover);
	tao_hold_leave(td);
	return err;
}

const struct tao_job_kind tao_job_recover = { "recover", run_recover };

/* --- blank ------------------------------------------------------------------------------------ */

static int blank_verify(struct tao_device *td)
{
	struct tao_medium m;
	int err = tao_scan_same(td);

	if (err)
		return err;
	tao_medium_get(td, &m);
	if (m.status != TAO_DISC_BLANK)
		return tao_error_text(td, -EIO,
				      "the disc is not blank, and the drive does not say why");
	tao_medium_forget_failed(td);
	return 0;
}

static int blank_disc(struct tao_device *td, const struct tao_blank *blank)
{
	struct tao_medium m;
	bool full = blank->flags & TAO_BLANK_FULL;
	int err;

	tao_claim_lock_door(td);
	err = tao_scan_anew(td);
	if (err)
		return err;
	tao_medium_get(td, &m);
	if (m.type == TAO_MEDIUM_NONE)
		return tao_check_cd(td, &m);
	if (m.type != TAO_MEDIUM_CD_RW)
		return tao_error_text(td, -EMEDIUMTYPE, "only a CD-RW can be blanked");
	tao_event_set_action(td, TAO_ACTION_BLANKING);
	/* The tracks that were burned are gone, and no session is closed. */
	td->held.tracks_taken = 0;
	td->ends.closed = TAO_CLOSE_NOTHING;
	tao_select_no_test(td);
	err = nothing_begins();
	if (err)
		return err;
	tao_disc_expect_blank(&td->discs.known);
	err = tao_long_run(td, full ? TAO_LONG_BLANK_FULL : TAO_LONG_BLANK_MINIMAL);
	if (err && !td->now.dead)
		tao_scan(td);
	err = err ?: blank_verify(td);
	tao_claim_disc_changed(td);
	return err;
}

/* BLANK */
static int run_blank(struct tao_device *td, struct tao_job *job)
{
	bool prepared = td->held.hold == TAO_HOLD_OWNER;
	int err;

	if (tao_stream_is_open(td))
		return -EINPROGRESS;
	if (td->held.prepared.flags & TAO_PREPARE_TEST_WRITE)
		return tao_error_text(td, -EINVAL, "a disc can't be blanked in a test write");
	if (tao_hold_was_lost(td))
		return -EBADFD;
	td->ends.must_end = true;
	err = prepared ? tao_hold_check(td) : tao_hold_enter(td);
	td->ends.must_end = false;
	if (!err)
		err = blank_disc(td, &job->args.blank);
	else if (!td->discs.exchanged)
		return err;
	if (td->discs.exchanged)
		return tao_hold_lost(td);
	if (!prepared)
		tao_hold_leave(td);
	return err;
}

const struct tao_job_kind tao_job_blank = { "blank", run_blank };

/* --- a disc without an owner ------------------------------------------------------------------ */

/**
 * tao_close_abandoned - leave the disc in order after its owner has gone
 * @td: the drive
 */
void tao_close_abandoned(struct tao_device *td)
{
	struct tao_track_end end;

	if (tao_stream_is_open(td))
		tao_track_end(td, &end);
	tao_hold_note_lost(td, false);
	if (td->held.hold == TAO_HOLD_NONE)
		return;
	if (td->held.prepared.flags & TAO_PREPARE_TEST_WRITE && !td->now.dead)
		tao_hold_end_test(td);
	tao_hold_drop(td);
}
