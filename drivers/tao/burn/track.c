// SPDX-License-Identifier: GPL-2.0-only
/*
 * A track: where it goes, the audio that may come, and its end in the drive. A session at once is
 * opened and ended as one.
 */
#include "burn.h"
#include "trace.h"

/* --- begin ------------------------------------------------------------------------------------ */

/* Where the track goes and how much it can hold. */
static int track_find_room(struct tao_device *td, struct tao_track_begin *begin)
{
	struct tao_track_info next;
	int err;

	err = tao_select_track(td, begin, &next);
	if (err)
		return err;
	if (!next.nwa_valid || next.free_sectors < TAO_TRACK_MIN_SECTORS)
		return tao_error_text(td, -ENOSPC, "the disc is full");
	if (next.track > TAO_TRACKS_MAX)
		return tao_error_text(td, -EMLINK, "the disc has 99 tracks: no more can be added");
	if (begin->bytes > (u64)next.free_sectors * TAO_SECTOR_SIZE)
		return tao_error_text(td, -ENOSPC,
				      "the track has %llu sectors, the disc has room for %u",
				      div_u64(begin->bytes - 1, TAO_SECTOR_SIZE) + 1,
				      next.free_sectors);
	begin->number = next.track;
	begin->start_lba = next.nwa;
	begin->free_sectors = next.free_sectors;
	return 0;
}

static void track_forget(struct tao_device *td)
{
	spin_lock_irq(&td->lock);
	td->track.number = 0;
	spin_unlock_irq(&td->lock);
}

/**
 * tao_track_open - let audio come
 * @td: the drive
 * @begin: the track, or the first one of the session at once in hand
 *
 * Return: 0 or an error.
 */
int tao_track_open(struct tao_device *td, const struct tao_track_begin *begin)
{
	u64 limit = begin->bytes ?: (u64)begin->free_sectors * TAO_SECTOR_SIZE;
	int err;

	spin_lock_irq(&td->lock);
	td->track.begin = *begin;
	td->track.number = begin->number;
	td->track.start_lba = begin->start_lba;
	td->track.announced_sectors = begin->bytes ?
		DIV_ROUND_UP_ULL(begin->bytes, TAO_SECTOR_SIZE) : TAO_UNKNOWN;
	td->track.began = ktime_get();
	td->track.error = 0;
	td->worker.ended = false;
	td->held.orphaned = false;
	td->measured.rate_time = td->track.began;
	td->measured.rate_sectors = 0;
	td->measured.rate_kbps = 0;
	td->measured.steady_time = 0;
	spin_unlock_irq(&td->lock);
	/* From the next line on the first WRITE may go out. */
	trace_tao_track_begin(td);
	err = tao_stream_begin(td, begin->start_lba, limit, begin->bytes ? -EFBIG : -ENOSPC,
			       begin->flags & TAO_TRACK_ANY_DATA,
			       td->plan ? tao_plan_sectors(td->plan) : 0);
	if (err) {
		track_forget(td);
		return err;
	}
	td->ends.closed = TAO_CLOSE_NOTHING;
	pm_stay_awake(&td->dev);
	tao_event_set_action(td, TAO_ACTION_WRITING);
	tao_event_set_state(td, TAO_STATE_TRACK_OPEN);
	return 0;
}

/* If it does not go where it was to go at the last look, somebody else may have been told why. */
static void track_compare(struct tao_device *td, const struct tao_track_begin *begin)
{
	struct tao_medium m;

	tao_medium_get(td, &m);
	if (begin->number != m.next_track || begin->start_lba != m.next_lba ||
	    begin->free_sectors != m.free_sectors)
		td->sense.attention = true;
}

static int track_place(struct tao_device *td, struct tao_track_begin *begin)
{
	int err = track_find_room(td, begin);

	if (!err)
		track_compare(td, begin);
	return err;
}

static int track_prepare(struct tao_device *td, struct tao_track_begin *begin)
{
	int tries = TAO_HOLD_TRIES;
	int err;

	err = track_place(td, begin);
	while (td->sense.attention && --tries &&
	       (!err || tao_sense_classify(&td->sense) == TAO_SENSE_CHANGED))
		err = tao_hold_again(td) ?: track_place(td, begin);
	return err;
}

/* TRACK_BEGIN, or the first write */
static int run_track_begin(struct tao_device *td, struct tao_job *job)
{
	int err = 0;

	if (tao_stream_is_open(td))
		return -EINPROGRESS;
	if (tao_hold_was_lost(td))
		return -EBADFD;
	if (td->held.hold == TAO_HOLD_NONE)
		err = tao_hold_for_track(td);
	else
		tao_error_begin(td);
	if (err)
		return err;
	tao_event_set_action(td, TAO_ACTION_PREPARING);
	err = tao_hold_begin(td) ?: track_prepare(td, &job->args.begin) ?:
	      tao_track_open(td, &job->args.begin);
	if (err && td->discs.exchanged)
		return tao_hold_lost(td);
	if (err && td->held.hold == TAO_HOLD_TRACK)
		tao_hold_drop(td);
	return err;
}

const struct tao_job_kind tao_job_track_begin = { "track-begin", run_track_begin };

/*
 * Whether the drive has the write parameters still, for a first WRITE that comes late. If it is
 * busy with that as well, the WRITE goes out nevertheless: it has its own time limit. But a test
 * write must not become a burn.
 */
static bool track_is_prepared(struct tao_device *td)
{
	const struct tao_sense *sense = &td->sense;
	int lost = tao_select_ask_lost(td);

	if (lost >= 0)
		return !lost;
	return !(td->held.prepared.flags & TAO_PREPARE_TEST_WRITE) && tao_sense_is_busy(sense) &&
	       !tao_sense_is_becoming_ready(sense);
}

/* Prepares the open track once more. It has to begin where it was to begin. */
static int track_prepare_open(struct tao_device *td)
{
	struct tao_track_begin begin = td->track.begin;
	int err;

	td->sense.attention = true;
	err = tao_hold_again(td) ?: track_prepare(td, &begin);
	if (err)
		return err;
	if (begin.start_lba == td->track.start_lba && begin.number == td->track.number &&
	    begin.free_sectors >= td->track.begin.free_sectors)
		return 0;
	return tao_error_text(td, -EIO, "the track can't begin where it was to begin");
}

/*
 * The first audio of a session at once comes late, in a test write, which must not become a burn. A
 * drive may have no answer in a session.
 */
static void track_look_late(struct tao_device *td)
{
	int lost = tao_select_ask_lost(td);

	if (lost > 0 || (lost && (tao_sense_classify(&td->sense) == TAO_SENSE_CHANGED ||
				  tao_sense_is_becoming_ready(&td->sense))))
		tao_stream_stop(td, tao_error_text(td, -EIO, "the drive was reset"));
	else
		tao_stream_go_on(td);
}

/**
 * tao_track_urgent - prepare a track once more before its first WRITE
 * @td: the drive
 *
 * The WRITE met a unit attention, or comes late. The disc, the mode page or both may be gone, but
 * nothing was written: the same WRITE goes out if its place is the same. A session at once is not
 * prepared again.
 */
void tao_track_urgent(struct tao_device *td)
{
	bool slow;
	int err;

	tao_at_once_end_starved(td);
	if (!tao_stream_attention(td) || !tao_stream_is_open(td))
		return;
	if (td->plan) {
		track_look_late(td);
		return;
	}
	slow = tao_stream_is_slow(td);
	if (slow && track_is_prepared(td)) {
		tao_stream_go_on(td);
		return;
	}
	tao_event_set_action(td, TAO_ACTION_PREPARING);
	if (slow && !tao_stream_may_prepare(td))
		err = tao_error_text(td, -EIO, "the drive was reset again and again");
	else
		err = track_prepare_open(td);
	tao_event_set_action(td, TAO_ACTION_WRITING);
	if (!err)
		tao_stream_resume(td);
	else if (err == -ENODEV || err == -ENOMEDIUM || err == -EBADFD)
		tao_stream_stop(td, err);
	else
		/* A program that was killed, or a reboot, ends the wait: then nothing failed. */
		tao_stream_stop(td, READ_ONCE(td->stream.cut) ?: -EIO);
}

/* --- end -------------------------------------------------------------------------------------- */

/*
 * The most that the track can have on the disc: a part of the last WRITE may be on it, and silence
 * up to the shortest length of a track. 0 if it was left open: it has more then, and began earlier.
 */
static u32 track_sectors_max(const struct tao_device *td, int error)
{
	u32 sectors = td->stream.sectors_sent;

	if (td->found.medium.flags & TAO_MEDIUM_TRACK_DAMAGED)
		return 0;
	if (error)
		sectors += td->stream.limits.write_sectors_max;
	return max_t(u32, sectors, TAO_TRACK_MIN_SECTORS);
}

/* Nothing of it is on the disc if the drive refused its first WRITE, and it was cut short then. */
static bool track_is_burned(const struct tao_device *td, int error)
{
	return !(td->held.prepared.flags & TAO_PREPARE_TEST_WRITE) &&
	       (td->stream.sectors_sent || tao_track_failed(error));
}

/* Looks at the disc after a track. */
static void track_look(struct tao_device *td, int error)
{
	bool failed = tao_track_failed(error), again = tao_medium_replaces(td);
	int err;

	if (!track_is_burned(td, error)) {
		tao_scan(td);
		return;
	}
	tao_disc_expect(&td->discs.known, td->track.number, td->track.start_lba,
			track_sectors_max(td, error));
	if (failed)
		tao_medium_note_failed(td);
	err = tao_scan(td);
	if (!failed && !td->discs.exchanged && (again || !err))
		tao_medium_note_burned(td, again);
}

/* Whether the drive may have been reset before it had burned all of the track. */
static bool track_may_be_lost(struct tao_device *td)
{
	td->sense.repeated = false;
	return tao_select_ask_lost(td) || td->sense.repeated;
}

/*
 * Compares a track with the audio if that was asked for, or if the drive's word is not enough. The
 * drive may have been reset before it had burned all that it has taken, and says GOOD all the same
 * if somebody else was told: the write parameters show that.
 */
static int track_verify(struct tao_device *td)
{
	bool must = td->held.prepared.flags & TAO_PREPARE_VERIFY || td->ends.in_doubt;

	if (td->held.prepared.flags & TAO_PREPARE_TEST_WRITE)
		return 0;
	if (!must && !track_may_be_lost(td))
		return 0;
	tao_event_set_action(td, TAO_ACTION_VERIFYING);
	return tao_check_track(td, td->stream.sectors_sent, must);
}

/*
 * Whether the last look shows less of the track than the drive has taken. A drive that keeps its
 * write parameters over a reset calls the track unfinished, has a part of it, or would begin the
 * next one in its place.
 */
static bool track_looks_cut(const struct tao_device *td)
{
	const struct tao_medium *m = &td->found.medium;
	const struct tao_toc *toc = &td->found.toc;
	unsigned int i;

	/* Length 0: the drive does not show it yet. */
	for (i = 0; i < toc->entries_count; i++)
		if (toc->entries[i].number == td->track.number && toc->entries[i].sectors)
			return toc->entries[i].sectors + TAO_RUN_OUT_SECTORS <
			       td->stream.sectors_sent;
	return m->flags & TAO_MEDIUM_TRACK_DAMAGED ||
	       (m->flags & TAO_MEDIUM_WRITABLE && m->next_lba <= td->track.start_lba);
}

/*
 * Some drives also call the place behind the track unfinished, or the last track of a full disc:
 * the report of the track decides.
 */
static int track_compare_left(struct tao_device *td)
{
	int err;

	if (td->held.prepared.flags & TAO_PREPARE_TEST_WRITE || td->discs.exchanged ||
	    td->found.medium_old || !track_looks_cut(td))
		return 0;
	err = tao_check_track(td, td->stream.sectors_sent, false);
	if (err)
		tao_medium_note_failed(td);
	return err;
}

/* Ends a track in the drive, if the drive got something of it. */
static int track_close(struct tao_device *td, int error)
{
	int err;

	if (td->discs.exchanged)
		return error ?: -EBADFD;
	if (td->plan)
		return tao_at_once_close(td, error);
	err = td->now.dead ? -ENODEV : tao_long_run(td, TAO_LONG_SYNC_CACHE);
	error = error ?: err ?: track_verify(td);
	if (!td->now.dead)
		track_look(td, error);
	return error ?: track_compare_left(td);
}

/* It was cut short before the drive had taken anything of it, and so does not exist. */
static bool track_is_none(const struct tao_device *td, int error)
{
	return error && !tao_track_failed(error) && !td->plan && !td->stream.sectors_sent;
}

static void track_count(struct tao_device *td, int error)
{
	/* A session at once that was stopped is not closed: most players cannot play the disc. */
	bool torn = td->plan && !tao_at_once_is_whole(td);
	/* One who was killed can't be told: what is on the disc is a track. */
	bool orphan = td->held.orphaned && error == -ECANCELED && td->stream.sectors_sent && !torn;
	bool test;

	spin_lock_irq(&td->lock);
	test = td->held.prepared.flags & TAO_PREPARE_TEST_WRITE;
	if (error && !orphan)
		td->measured.statistics.tracks_failed += !track_is_none(td, error);
	else
		td->measured.statistics.tracks += td->plan ? td->plan->layout.tracks_count : 1;
	if (!tao_track_failed(error) && !test && !td->plan && td->stream.sectors_sent)
		td->held.tracks_taken++;
	if (!error && !test && td->held.prepared.flags & TAO_PREPARE_MCN)
		memcpy(td->found.medium.mcn, td->held.prepared.mcn, sizeof(td->found.medium.mcn));
	td->track.error = error;
	td->told.ended = tao_event_track(td);
	td->track.number = 0;
	spin_unlock_irq(&td->lock);
}

static void track_tell(struct tao_device *td, struct tao_track_end *end)
{
	end->number = td->track.number;
	end->start_lba = td->track.start_lba;
	end->sectors = td->stream.sectors_sent;
	end->padding_bytes = td->stream.bytes_padding;
}

/* Notes the result of the track as far as it is known yet: ending it may take minutes. */
static void track_note(struct tao_device *td, int error)
{
	spin_lock_irq(&td->lock);
	td->track.error = error;
	spin_unlock_irq(&td->lock);
}

/**
 * tao_track_end - end the track
 * @td: the drive
 * @end: filled in
 *
 * Return: 0, or why it is not as it was to be.
 */
int tao_track_end(struct tao_device *td, struct tao_track_end *end)
{
	int err;

	/* Up to here it is still being written: much may wait for the drive. */
	while ((err = tao_stream_end(td)) == -EAGAIN)
		tao_track_urgent(td);
	td->sense.attention |= td->stream.changed;
	td->sense.exchange |= td->stream.exchanged;
	track_note(td, err);
	tao_event_set_action(td, TAO_ACTION_CLOSING_TRACK);
	if (td->stream.issued) {
		err = track_close(td, err);
		track_tell(td, end);
		trace_tao_track_end(td, err);
		track_count(td, err);
	} else {
		/*
		 * The drive knows nothing of this track. If it began like a file, its writer has
		 * got the error; there is nothing to add.
		 */
		if (!err || err == -EINVAL) {
			err = -ENODATA;
			track_note(td, 0);
		}
		track_forget(td);
	}
	tao_at_once_forget(td);
	pm_relax(&td->dev);
	tao_event_set_state(td, TAO_STATE_PREPARED);
	if (td->discs.exchanged)
		return tao_hold_lost(td);
	if (td->held.hold == TAO_HOLD_TRACK)
		tao_hold_drop(td);
	return err;
}

/* Whether somebody else has ended the track, which is reported once. */
static bool track_take_ended(struct tao_device *td)
{
	bool ended;

	spin_lock_irq(&td->lock);
	ended = td->worker.ended;
	td->worker.ended = false;
	spin_unlock_irq(&td->lock);
	return ended;
}

/* TRACK_END, or close() */
static int run_track_end(struct tao_device *td, struct tao_job *job)
{
	if (tao_stream_is_open(td))
		return tao_track_end(td, &job->args.end);
	if (!track_take_ended(td))
		return tao_hold_was_lost(td) ? -EBADFD : -ENODATA;
	/* Only this result tells of it. A disc that was lost later is news for the next call. */
	if (td->worker.ender.result == -EBADFD)
		tao_hold_was_lost(td);
	job->args.end = td->worker.ender.args.end;
	return td->worker.ender.result;
}

const struct tao_job_kind tao_job_track_end = { "track-end", run_track_end };

/* TRACK_END on behalf of somebody other than the owner; @job keeps the result for it. */
static int run_end_behind(struct tao_device *td, struct tao_job *job)
{
	int err;

	if (!tao_stream_is_open(td))
		return -ENODATA;
	memset(&job->args, 0, sizeof(job->args));
	err = tao_track_end(td, &job->args.end);
	spin_lock_irq(&td->lock);
	td->held.lost = err == -EBADFD;
	td->worker.ended = !td->worker.passed_on;
	spin_unlock_irq(&td->lock);
	return err;
}

const struct tao_job_kind tao_job_end_behind = { "track-end", run_end_behind };
