// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the worker of a drive does: the commands behind each step from idle to prepared, to an
 * open track, to a closed session. One job at a time; session.c starts them.
 */
#include <linux/cdrom.h>
#include <linux/delay.h>
#include <linux/slab.h>

#include "tao.h"
#include "trace.h"

/* How long a drive may take; each bounds how long a system call can last. */
#define TAO_SPIN_UP_MS		60000
#define TAO_SYNC_MS		(300 * MSEC_PER_SEC)
#define TAO_CLOSE_MS		(1200 * MSEC_PER_SEC)
#define TAO_BLANK_MS		(3 * 3600 * MSEC_PER_SEC)
/*
 * A program that looks at each disc, such as udev's cdrom_id, has the drive to itself for a
 * moment.
 */
#define TAO_HELD_MS		5000
#define TAO_HELD_PAUSE_MS	20
/* A unit attention before the first WRITE makes the preparation start again. */
#define TAO_PREPARE_TRIES	3
/* Times that a drive may refuse a long command for a temporary reason. */
#define TAO_REFUSALS_MAX	10

/*
 * A job that will change the disc waits for up to @wait_ms until another program lets go. A query
 * does not wait: 0.
 */
static int session_claim(struct tao_device *td, unsigned int wait_ms)
{
	unsigned long deadline = jiffies + msecs_to_jiffies(wait_ms);
	int err;

	while ((err = tao_claim_take(td, !wait_ms)) == -EBUSY && time_before(jiffies, deadline) &&
	       !READ_ONCE(td->dead) && !READ_ONCE(td->hurry))
		msleep(TAO_HELD_PAUSE_MS);
	if (err)
		return err;
	tao_status_ticking(td, true);
	return 0;
}

/* Reports why the drive can't be claimed. */
static int session_not_claimed(struct tao_device *td, int err)
{
	if (err == -EBUSY)
		return tao_error_text(td, err,
				      "the disc is mounted or in use by another program");
	return tao_error_text(td, err, "the drive can't be opened (%d)", err);
}

/* Back to idle, whatever was prepared. */
static void session_unclaim(struct tao_device *td)
{
	tao_status_ticking(td, false);
	tao_claim_drop(td);
	spin_lock_irq(&td->lock);
	memset(&td->prepared, 0, sizeof(td->prepared));
	td->hold = TAO_HOLD_NONE;
	td->track.error = 0;
	td->tracks_taken = 0;
	td->rate_kbps = 0;
	spin_unlock_irq(&td->lock);
	td->closed = TAO_CLOSE_NOTHING;
	td->taken = false;
	td->exchanged = false;
	tao_status_set_state(td, TAO_STATE_IDLE);
}

/* The same after the disc was changed: udev is told, though the state was idle all the time. */
static void session_leave(struct tao_device *td)
{
	session_unclaim(td);
	tao_sysfs_uevent(td);
}

/* --- long commands ---------------------------------------------------------------------------- */

struct long_command {
	u8 opcode;
	unsigned int timeout_ms;
	int (*send)(struct tao_device *td, bool immediate);
};

/*
 * Instead of carrying out the command, the drive may report a change, such as the state of the disc
 * when it ends a session by itself. The command is repeated then, and the disc is examined later.
 * After a reset the data are lost, and the command is not repeated.
 */
static int send_sync_cache(struct tao_device *td, bool immediate)
{
	int tries = TAO_REFUSALS_MAX, err;

	while ((err = tao_mmc_sync_cache(td->sdev, immediate, &td->sense)) && --tries) {
		if (tao_sense_classify(&td->sense) != TAO_SENSE_CHANGED || td->sense.asc == 0x29)
			break;
		td->in_doubt = true;
	}
	return err;
}

static int send_close_session(struct tao_device *td, bool immediate)
{
	return tao_mmc_close_session(td->sdev, immediate, &td->sense);
}

static int send_close_track(struct tao_device *td, bool immediate)
{
	return tao_mmc_close_track(td->sdev, TAO_TRACK_NEXT, immediate, &td->sense);
}

static int send_close_left(struct tao_device *td, bool immediate)
{
	return tao_mmc_close_track(td->sdev, td->left_track, immediate, &td->sense);
}

static int send_blank_minimal(struct tao_device *td, bool immediate)
{
	return tao_mmc_blank(td->sdev, TAO_BLANK_TYPE_MINIMAL, immediate, &td->sense);
}

static int send_blank_full(struct tao_device *td, bool immediate)
{
	return tao_mmc_blank(td->sdev, TAO_BLANK_TYPE_FULL, immediate, &td->sense);
}

static const struct long_command sync_cache = {
	GPCMD_FLUSH_CACHE, TAO_SYNC_MS, send_sync_cache
};

/* Behind the last sector of a session at once the lead-out follows. */
static const struct long_command sync_session = {
	GPCMD_FLUSH_CACHE, TAO_CLOSE_MS, send_sync_cache
};

static const struct long_command close_session = {
	GPCMD_CLOSE_TRACK, TAO_CLOSE_MS, send_close_session
};

static const struct long_command close_track = {
	GPCMD_CLOSE_TRACK, TAO_SYNC_MS, send_close_track
};

static const struct long_command close_left = {
	GPCMD_CLOSE_TRACK, TAO_SYNC_MS, send_close_left
};

static const struct long_command blank_minimal = {
	GPCMD_BLANK, TAO_BLANK_MS, send_blank_minimal
};

static const struct long_command blank_full = {
	GPCMD_BLANK, TAO_BLANK_MS, send_blank_full
};

static int long_command_send(struct tao_device *td, const struct long_command *command,
			     bool immediate)
{
	unsigned int starts = TAO_REFUSALS_MAX;
	ktime_t began = ktime_get();
	int err;

	do {
		err = command->send(td, immediate);
	} while (err && tao_medium_refused(td, &began, &starts));
	return err;
}

/* "Not ready" may be how the drive begins it, or mean that it did not. */
static bool long_command_may_run(const struct tao_sense *sense)
{
	enum tao_sense_class class = tao_sense_classify(sense);

	return sense->valid && (class == TAO_SENSE_BUSY || class == TAO_SENSE_NOT_REPORTABLE);
}

/*
 * Immediate, and asked after: a command that lasts for minutes runs into the time limits of bridges
 * and adapters. Never sent twice unless the drive refused it outright.
 */
static int long_command_run(struct tao_device *td, const struct long_command *command)
{
	int err, ret;

	td->in_doubt = false;
	err = long_command_send(td, command, true);
	if (err && tao_sense_classify(&td->sense) == TAO_SENSE_BAD_FIELD)
		err = long_command_send(td, command, false);
	if (err && !long_command_may_run(&td->sense))
		return tao_error_command(td, tao_gave_up(err), command->opcode, 0, &td->sense);
	ret = tao_medium_wait_done(td, command->opcode, command->timeout_ms);
	/* Only a look at the disc can tell. */
	if (err)
		td->in_doubt = true;
	return ret;
}

/* A suspend would ruin the disc, as in a track: the machine stays awake. */
static int session_long_command(struct tao_device *td, const struct long_command *command)
{
	int err;

	pm_stay_awake(&td->dev);
	tao_medium_doubt(td);
	err = long_command_run(td, command);
	pm_relax(&td->dev);
	return err;
}

/**
 * tao_long_flush - wait until a drive has written all that it got of a session at once
 * @td: the drive
 *
 * Return: 0 or an error.
 */
int tao_long_flush(struct tao_device *td)
{
	return session_long_command(td, &sync_session);
}

/* --- jobs: prepare ---------------------------------------------------------------------------- */

static int prepare_check(struct tao_device *td)
{
	struct tao_medium m;
	u32 flags = td->prepared.flags;

	if (flags & TAO_PREPARE_TEST_WRITE && !(tao_drive_flags(td) & TAO_DRIVE_TEST_WRITE))
		return tao_error_text(td, -EOPNOTSUPP, "the drive has no test write");
	tao_medium_get(td, &m);
	if (flags & TAO_PREPARE_MCN && m.flags & TAO_MEDIUM_SESSION_OPEN)
		return tao_error_text(td, -EINVAL,
				      "the session has tracks: its catalogue number is settled");
	return 0;
}

static int prepare_once(struct tao_device *td)
{
	int err;

	err = tao_medium_wait_ready(td, td->prepared.wait_ms ?: TAO_SPIN_UP_MS);
	if (err == -ENOMEDIUM)
		return tao_error_text(td, err, "there is no disc in the drive");
	if (err)
		return err;
	tao_claim_lock_door(td);
	err = tao_medium_read(td) ?: tao_medium_check_writable(td) ?: prepare_check(td);
	return err ?: tao_speed_apply(td);
}

/* Holds the disc for @hold, or leaves everything as it was. */
static int session_prepare(struct tao_device *td, const struct tao_prepare *prepare,
			   enum tao_hold hold)
{
	int tries = TAO_PREPARE_TRIES;
	int err;

	tao_error_begin(td);
	tao_status_set_action(td, TAO_ACTION_PREPARING);
	err = session_claim(td, TAO_HELD_MS);
	if (err)
		return session_not_claimed(td, err);
	spin_lock_irq(&td->lock);
	td->prepared = *prepare;
	spin_unlock_irq(&td->lock);
	td->speed_later = false;
	do {
		err = prepare_once(td);
	} while (err && --tries && tao_sense_classify(&td->sense) == TAO_SENSE_CHANGED);
	if (err) {
		session_unclaim(td);
		return err;
	}
	spin_lock_irq(&td->lock);
	td->hold = hold;
	spin_unlock_irq(&td->lock);
	tao_status_set_state(td, TAO_STATE_PREPARED);
	return 0;
}

/**
 * tao_run_prepare - hold a disc and prepare it: PREPARE
 * @td: the drive
 * @job: the job
 *
 * Return: what becomes its result.
 */
int tao_run_prepare(struct tao_device *td, struct tao_job *job)
{
	if (td->hold == TAO_HOLD_OWNER)
		return -EALREADY;
	if (tao_stream_is_open(td))
		return -EINPROGRESS;
	td->lost = false;
	return session_prepare(td, &job->args.prepare, TAO_HOLD_OWNER);
}

/* --- jobs: tracks ----------------------------------------------------------------------------- */

/* Where the track goes and how much it can hold. */
static int track_find_room(struct tao_device *td, struct tao_track_begin *begin)
{
	struct tao_track_info next;
	u32 needed = DIV_ROUND_UP_ULL(begin->bytes, TAO_SECTOR_SIZE);
	int err;

	err = tao_medium_next_track(td, begin, &next);
	if (err)
		return err;
	if (!next.nwa_valid || next.free_sectors < TAO_TRACK_MIN_SECTORS)
		return tao_error_text(td, -ENOSPC, "the disc is full");
	if (next.track > TAO_TRACKS_MAX)
		return tao_error_text(td, -EMLINK, "the disc has 99 tracks: no more can be added");
	if (begin->bytes > (u64)next.free_sectors * TAO_SECTOR_SIZE)
		return tao_error_text(td, -ENOSPC,
				      "the track has %u sectors, the disc has room for %u", needed,
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
	td->ended = false;
	td->orphaned = false;
	td->rate_time = td->track.began;
	td->rate_sectors = 0;
	td->rate_kbps = 0;
	td->steady_time = 0;
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
	td->closed = TAO_CLOSE_NOTHING;
	pm_stay_awake(&td->dev);
	tao_status_set_action(td, TAO_ACTION_WRITING);
	tao_status_set_state(td, TAO_STATE_TRACK_OPEN);
	return 0;
}

/* Whether the caller has yet to hear that its disc is not held any more. Then it does so now. */
static bool held_was_lost(struct tao_device *td)
{
	bool lost = td->lost;

	td->lost = false;
	return lost;
}

/* Looks at a disc that is held, and may be another one than was prepared. */
static int held_look(struct tao_device *td)
{
	int err = tao_medium_wait_ready(td, td->prepared.wait_ms ?: TAO_SPIN_UP_MS);

	if (err == -ENOMEDIUM)
		return tao_error_text(td, err, "there is no disc in the drive");
	if (err)
		return err;
	tao_claim_lock_door(td);
	return tao_medium_read_same(td);
}

/*
 * Whether the disc that is held may be closed or blanked. A drive tells of another one once, and it
 * may have told somebody else; so the disc is compared in any case.
 */
static int held_check(struct tao_device *td)
{
	td->sense.attention = true;
	return held_look(td);
}

/**
 * tao_held_lost - a job has found that the disc is not the one that was prepared
 * @td: the drive
 *
 * It is not prepared any more, whatever became of the job.
 *
 * Return: its result.
 */
int tao_held_lost(struct tao_device *td)
{
	session_unclaim(td);
	return -EBADFD;
}

/**
 * tao_prepare_again - prepare a disc that is held: what was set is gone, and it may be another one
 * @td: the drive
 *
 * Return: 0, -EBADFD if it is another one, or another error.
 */
int tao_prepare_again(struct tao_device *td)
{
	tao_error_begin(td);
	return held_look(td) ?: tao_medium_check_writable(td) ?: tao_speed_apply(td);
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
	int tries = TAO_PREPARE_TRIES;
	int err;

	err = track_place(td, begin);
	while (td->sense.attention && --tries &&
	       (!err || tao_sense_classify(&td->sense) == TAO_SENSE_CHANGED))
		err = tao_prepare_again(td) ?: track_place(td, begin);
	return err;
}

/* Sets the speed that was asked for during the last track. */
static int held_apply_speed(struct tao_device *td)
{
	if (!td->speed_later)
		return 0;
	td->speed_later = false;
	return tao_speed_apply(td);
}

/**
 * tao_held_begin - a track or a session at once will begin on a disc that is held
 * @td: the drive
 *
 * Return: 0, -EBADFD if it is another one, or another error.
 */
int tao_held_begin(struct tao_device *td)
{
	int err = held_apply_speed(td);

	return td->sense.attention ? tao_prepare_again(td) : err;
}

/**
 * tao_settings_get - what holds for the tracks that a file begins the `cat` way
 * @file: the file
 * @settings: filled in
 */
void tao_settings_get(struct tao_file *file, struct tao_settings *settings)
{
	struct tao_device *td = file->td;

	spin_lock_irq(&td->lock);
	*settings = td->settings;
	if (file->settings.mask & TAO_SET_UNDERRUN_FREE)
		settings->underrun_free = file->settings.underrun_free;
	spin_unlock_irq(&td->lock);
}

/**
 * tao_settings_set - set what holds for the tracks that a file begins, until it is closed
 * @file: the file
 * @settings: those in its mask are set
 */
void tao_settings_set(struct tao_file *file, const struct tao_settings *settings)
{
	struct tao_device *td = file->td;

	spin_lock_irq(&td->lock);
	file->settings.mask |= settings->mask;
	if (settings->mask & TAO_SET_UNDERRUN_FREE)
		file->settings.underrun_free = settings->underrun_free;
	spin_unlock_irq(&td->lock);
	tao_status_changed(td);
}

/* As PREPARE does it for those who have not called it. */
static int session_prepare_track(struct tao_device *td)
{
	struct tao_prepare prepare = {};
	struct tao_settings settings;

	tao_settings_get(td->writer, &settings);
	if (!settings.underrun_free)
		prepare.flags |= TAO_PREPARE_NO_UNDERRUN_FREE;
	return session_prepare(td, &prepare, TAO_HOLD_TRACK);
}

/**
 * tao_run_track_begin - open a track: TRACK_BEGIN, or the first write
 * @td: the drive
 * @job: the job
 *
 * Return: what becomes its result.
 */
int tao_run_track_begin(struct tao_device *td, struct tao_job *job)
{
	int err = 0;

	if (tao_stream_is_open(td))
		return -EINPROGRESS;
	if (held_was_lost(td))
		return -EBADFD;
	if (td->hold == TAO_HOLD_NONE)
		err = session_prepare_track(td);
	else
		tao_error_begin(td);
	if (err)
		return err;
	tao_status_set_action(td, TAO_ACTION_PREPARING);
	err = tao_held_begin(td) ?: track_prepare(td, &job->args.begin) ?:
	      tao_track_open(td, &job->args.begin);
	if (td->exchanged)
		return tao_held_lost(td);
	if (err && td->hold == TAO_HOLD_TRACK)
		session_unclaim(td);
	return err;
}

/**
 * tao_run_urgent - handle a unit attention that the first WRITE of a track met
 * @td: the drive
 *
 * The disc, the mode page or both may be gone, but nothing was written: the track is prepared once
 * more, and the same WRITE goes out if its place is the same.
 */
void tao_run_urgent(struct tao_device *td)
{
	struct tao_track_begin begin = td->track.begin;
	int err;

	tao_at_once_end_starved(td);
	if (!tao_stream_attention(td) || !tao_stream_is_open(td))
		return;
	tao_status_set_action(td, TAO_ACTION_PREPARING);
	td->sense.attention = true;
	err = tao_prepare_again(td) ?: track_prepare(td, &begin);
	if (!err && (begin.start_lba != td->track.start_lba ||
		     begin.number != td->track.number ||
		     begin.free_sectors < td->track.begin.free_sectors))
		err = tao_error_text(td, -EIO, "the track can't begin where it was to begin");
	tao_status_set_action(td, TAO_ACTION_WRITING);
	if (!err)
		tao_stream_resume(td);
	else if (err == -ENODEV || err == -ENOMEDIUM || err == -EBADFD)
		tao_stream_stop(td, err);
	else
		/* A program that was killed, or a reboot, ends the wait: then nothing failed. */
		tao_stream_stop(td, READ_ONCE(td->stream.cut) ?: -EIO);
}

/*
 * The most that the track can have on the disc: a part of the last WRITE may be on it, and silence
 * up to the shortest length of a track. 0 if it was left open: it has more then, and began earlier.
 */
static u32 track_sectors_max(const struct tao_device *td, int error)
{
	u32 sectors = td->stream.sectors_sent;

	if (td->medium.flags & TAO_MEDIUM_TRACK_DAMAGED)
		return 0;
	if (error)
		sectors += td->stream.limits.write_sectors_max;
	return max_t(u32, sectors, TAO_TRACK_MIN_SECTORS);
}

/* Nothing of it is on the disc if the drive refused its first WRITE, and it was cut short then. */
static bool track_is_burned(const struct tao_device *td, int error)
{
	return !(td->prepared.flags & TAO_PREPARE_TEST_WRITE) &&
	       (td->stream.sectors_sent || tao_track_failed(error));
}

/* Looks at the disc after a track. */
static void track_look(struct tao_device *td, int error)
{
	bool failed = tao_track_failed(error), again = tao_medium_replaces(td);
	int err;

	if (!track_is_burned(td, error)) {
		tao_medium_read(td);
		return;
	}
	tao_disc_expect(&td->known, td->track.number, td->track.start_lba,
			track_sectors_max(td, error));
	if (failed)
		tao_medium_note_failed(td);
	err = tao_medium_read(td);
	if (!failed && !td->exchanged && (again || !err))
		tao_medium_note_burned(td, again);
}

/* Ends a track in the drive, if the drive got something of it. */
static int track_close(struct tao_device *td, int error)
{
	int err;

	if (td->exchanged)
		return error ?: -EBADFD;
	if (td->plan)
		return tao_at_once_close(td, error);
	err = td->dead ? -ENODEV : session_long_command(td, &sync_cache);
	if (!err && !error && (td->in_doubt || td->prepared.flags & TAO_PREPARE_VERIFY) &&
	    !(td->prepared.flags & TAO_PREPARE_TEST_WRITE)) {
		tao_status_set_action(td, TAO_ACTION_VERIFYING);
		err = tao_medium_verify_track(td, td->stream.sectors_sent);
	}
	if (!td->dead)
		track_look(td, error ?: err);
	return error ?: err;
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
	bool orphan = td->orphaned && error == -ECANCELED && td->stream.sectors_sent && !torn;
	bool test;

	spin_lock_irq(&td->lock);
	test = td->prepared.flags & TAO_PREPARE_TEST_WRITE;
	if (error && !orphan)
		td->statistics.tracks_failed += !track_is_none(td, error);
	else
		td->statistics.tracks += td->plan ? td->plan->layout.tracks_count : 1;
	if (!tao_track_failed(error) && !test && !td->plan && td->stream.sectors_sent)
		td->tracks_taken++;
	if (!error && !test && td->prepared.flags & TAO_PREPARE_MCN)
		memcpy(td->medium.mcn, td->prepared.mcn, sizeof(td->medium.mcn));
	td->track.error = error;
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

static int session_end_track(struct tao_device *td, struct tao_track_end *end)
{
	int err;

	/* Up to here it is still being written: much may wait for the drive. */
	while ((err = tao_stream_end(td)) == -EAGAIN)
		tao_run_urgent(td);
	td->sense.attention |= td->stream.changed;
	td->sense.exchange |= td->stream.exchanged;
	track_note(td, err);
	tao_status_set_action(td, TAO_ACTION_CLOSING_TRACK);
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
	tao_status_set_state(td, TAO_STATE_PREPARED);
	if (td->exchanged)
		return tao_held_lost(td);
	if (td->hold == TAO_HOLD_TRACK)
		session_unclaim(td);
	return err;
}

/* Whether somebody else has ended the track, which is reported once. */
static bool track_take_ended(struct tao_device *td)
{
	bool ended;

	spin_lock_irq(&td->lock);
	ended = td->ended;
	td->ended = false;
	spin_unlock_irq(&td->lock);
	return ended;
}

/**
 * tao_run_track_end - end the track: TRACK_END, or close
 * @td: the drive
 * @job: the job
 *
 * Return: what becomes its result.
 */
int tao_run_track_end(struct tao_device *td, struct tao_job *job)
{
	if (tao_stream_is_open(td))
		return session_end_track(td, &job->args.end);
	if (!track_take_ended(td))
		return held_was_lost(td) ? -EBADFD : -ENODATA;
	td->lost = false;
	job->args.end = td->ender.args.end;
	return td->ender.result;
}

/**
 * tao_run_end_behind - end a track on behalf of somebody other than its owner
 * @td: the drive
 * @job: tao_device.ender, which keeps the result for the owner
 *
 * Return: the result.
 */
int tao_run_end_behind(struct tao_device *td, struct tao_job *job)
{
	int err;

	if (!tao_stream_is_open(td))
		return -ENODATA;
	memset(&job->args, 0, sizeof(job->args));
	err = session_end_track(td, &job->args.end);
	td->lost = err == -EBADFD;
	spin_lock_irq(&td->lock);
	td->ended = !td->passed_on;
	spin_unlock_irq(&td->lock);
	return err;
}

/**
 * tao_end_behind - have the worker end a track on behalf of somebody else than its owner
 * @td: the drive; its lock is held
 */
void tao_end_behind(struct tao_device *td)
{
	lockdep_assert_held(&td->lock);
	if (!tao_job_done(&td->ender))
		return;
	td->passed_on = false;
	tao_worker_queue(td, &td->ender);
}

/* --- jobs: sessions --------------------------------------------------------------------------- */

/*
 * Whether a track was left open, and which. Returns 1 if one was, 0 if not, or an error: one of a
 * disc that has come in meanwhile stays as it is.
 */
static int find_left_open(struct tao_device *td)
{
	struct tao_track_info info;
	int err = td->sense.attention ? tao_medium_look_anew(td) : 0;

	err = err ?: tao_medium_ask_next(td, &info);
	if (err)
		return err == -ENODATA ? 0 : err;
	if (info.blank && !info.damage)
		return 0;
	td->left_track = info.track;
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
	static const struct long_command *const ends[] = { &sync_cache, &close_track, &close_left };
	unsigned int i = 0;
	int left;

	td->left_track = 0;
	while ((left = find_left_open(td)) > 0 && i < ARRAY_SIZE(ends)) {
		tao_disc_expect_end(&td->known, td->left_track);
		session_long_command(td, ends[i++]);
	}
	return left;
}

/* Whether the session may be closed. The first failure is what matters, so it stays where it is. */
static int close_check(struct tao_device *td, const struct tao_finalize *finalize)
{
	bool force = finalize->flags & TAO_FINALIZE_FORCE;
	struct tao_medium m;
	int err;

	tao_medium_get(td, &m);
	err = tao_medium_check_cd(td, &m);
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
	td->statistics.sessions++;
	td->tracks_taken = 0;
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

	err = tao_medium_read_same(td);
	if (err && err != -ENODEV)
		err = tao_medium_read_same(td);
	err = err ?: close_compare(td, close);
	td->closed = err ? close : TAO_CLOSE_NOTHING;
	/* The drive may have more to show, which makes no other disc of it. */
	if (err && !td->exchanged)
		td->known.closing = true;
	tao_claim_disc_changed(td);
	return err;
}

static int close_now(struct tao_device *td, u32 close)
{
	int err = tao_medium_look_anew(td) ?: tao_medium_select_close(td, close);

	if (err)
		return err;
	tao_disc_expect_close(&td->known);
	return session_long_command(td, &close_session) ?: close_verify(td, close);
}

/*
 * Tracks were burned, but the drive has none: an error. Otherwise there is just nothing to close.
 */
static int close_nothing(struct tao_device *td)
{
	if (!td->tracks_taken)
		return -ENODATA;
	return tao_error_text(td, -EIO,
			      "the drive reported success, but there is no track on the disc");
}

static int session_close(struct tao_device *td, const struct tao_finalize *finalize)
{
	int err;

	if (finalize->close == TAO_CLOSE_NOTHING ||
	    td->prepared.flags & TAO_PREPARE_TEST_WRITE)
		return 0;
	tao_status_set_action(td, TAO_ACTION_CLOSING_SESSION);
	/* It was closed, and the drive did not show that then. */
	if (td->closed != TAO_CLOSE_NOTHING && !(td->medium.flags & TAO_MEDIUM_SESSION_OPEN))
		return close_verify(td, finalize->close);
	err = tao_medium_look_anew(td) ?: close_check(td, finalize);
	if (err)
		return err == -ENODATA ? close_nothing(td) : err;
	tao_error_begin(td);
	if (finalize->flags & TAO_FINALIZE_FORCE)
		end_left_open(td);
	return close_now(td, finalize->close);
}

/* A test write leaves the drive with the laser off; the next user does not expect that. */
static void session_end_test(struct tao_device *td)
{
	spin_lock_irq(&td->lock);
	td->prepared.flags = 0;
	spin_unlock_irq(&td->lock);
	tao_medium_read_after_test(td);
}

/* Closes the session of the disc that was prepared, and no other. */
static int release_close(struct tao_device *td, const struct tao_finalize *finalize)
{
	int err;

	if (finalize->close == TAO_CLOSE_NOTHING || td->prepared.flags & TAO_PREPARE_TEST_WRITE)
		return 0;
	td->must_end = true;
	err = held_check(td) ?: session_close(td, finalize);
	td->must_end = false;
	return err;
}

/**
 * tao_run_release - close the session if asked to, and give the disc back: RELEASE
 * @td: the drive
 * @job: the job
 *
 * Return: what becomes its result.
 */
int tao_run_release(struct tao_device *td, struct tao_job *job)
{
	int err;

	if (tao_stream_is_open(td))
		return -EINPROGRESS;
	td->lost = false;
	if (td->hold != TAO_HOLD_OWNER)
		return -EBADFD;
	err = release_close(td, &job->args.finalize);
	if (td->exchanged)
		return tao_held_lost(td);
	/* Prepared and nothing written: there is just nothing to close. */
	if (err && err != -ENODATA)
		return err;
	if (td->prepared.flags & TAO_PREPARE_TEST_WRITE)
		session_end_test(td);
	session_unclaim(td);
	return 0;
}

/*
 * Makes the drive ready and looks at the disc, for jobs that are not about a track. A job that
 * does not wait does not change anything either.
 */
static int session_visit(struct tao_device *td, enum tao_action action, unsigned int wait_ms)
{
	int err;

	tao_status_set_action(td, action);
	err = session_claim(td, min_t(unsigned int, wait_ms, TAO_HELD_MS));
	if (err)
		return err;
	err = tao_medium_wait_ready(td, wait_ms) ?: tao_claim_late(td) ?:
	      (wait_ms ? tao_medium_read(td) : tao_medium_query(td));
	if (err)
		session_unclaim(td);
	return err;
}

/* The same for a job that will change the disc, and reports why it can't. */
static int session_enter(struct tao_device *td)
{
	int err;

	tao_error_begin(td);
	err = session_visit(td, TAO_ACTION_PREPARING, TAO_SPIN_UP_MS);
	if (err == -ENOMEDIUM)
		tao_error_text(td, err, "there is no disc in the drive");
	if (err == -EBUSY)
		session_not_claimed(td, err);
	return err;
}

/*
 * The same for a job that must be the only user: nobody takes the disc out until session_leave().
 * If somebody does so by force, the other disc is left alone.
 */
static int session_take(struct tao_device *td)
{
	int err;

	if (tao_stream_is_open(td))
		return -EINPROGRESS;
	if (td->hold != TAO_HOLD_NONE)
		return -EALREADY;
	if (held_was_lost(td))
		return -EBADFD;
	err = session_enter(td);
	if (err)
		return err;
	td->taken = true;
	tao_claim_lock_door(td);
	return 0;
}

/**
 * tao_run_finalize - close the session of a disc that is not held: FINALIZE
 * @td: the drive
 * @job: the job
 *
 * Return: what becomes its result.
 */
int tao_run_finalize(struct tao_device *td, struct tao_job *job)
{
	int err;

	err = session_take(td);
	if (err)
		return err;
	err = session_close(td, &job->args.finalize);
	if (err == -ENODATA)
		tao_error_text(td, err, "there is nothing to close: the session has no track");
	session_leave(td);
	return err;
}

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

	r->track = td->left_track;
	if (r->close != TAO_CLOSE_NOTHING)
		err = recover_session(td, r);
	else if (left > 0)
		err = tao_error_text(td, -EIO, "the drive does not end the track; closing may");
	else
		err = left ?: tao_medium_read_same(td);
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

static int session_recover(struct tao_device *td, struct tao_recover *r)
{
	struct tao_medium m;
	int err;

	tao_medium_get(td, &m);
	err = tao_medium_check_cd(td, &m);
	if (err)
		return err;
	tao_status_set_action(td, TAO_ACTION_RECOVERING);
	err = recover_what_is_left(td, r, m.flags);
	if (!err)
		recover_forget(td);
	return err;
}

/**
 * tao_run_recover - repair a disc: RECOVER
 * @td: the drive
 * @job: the job
 *
 * Return: what becomes its result.
 */
int tao_run_recover(struct tao_device *td, struct tao_job *job)
{
	int err;

	err = session_take(td);
	if (err)
		return err;
	err = session_recover(td, &job->args.recover);
	session_leave(td);
	return err;
}

static int blank_verify(struct tao_device *td)
{
	struct tao_medium m;
	int err = tao_medium_read_same(td);

	if (err)
		return err;
	tao_medium_get(td, &m);
	if (m.status != TAO_DISC_BLANK)
		return tao_error_text(td, -EIO,
				      "the disc is not blank, and the drive does not say why");
	tao_medium_forget_failed(td);
	return 0;
}

static int session_blank(struct tao_device *td, const struct tao_blank *blank)
{
	struct tao_medium m;
	bool full = blank->flags & TAO_BLANK_FULL;
	int err;

	tao_claim_lock_door(td);
	err = tao_medium_look_anew(td);
	if (err)
		return err;
	tao_medium_get(td, &m);
	if (m.type == TAO_MEDIUM_NONE)
		return tao_medium_check_cd(td, &m);
	if (m.type != TAO_MEDIUM_CD_RW)
		return tao_error_text(td, -EMEDIUMTYPE, "only a CD-RW can be blanked");
	tao_status_set_action(td, TAO_ACTION_BLANKING);
	/* The tracks that were burned are gone, and no session is closed. */
	td->tracks_taken = 0;
	td->closed = TAO_CLOSE_NOTHING;
	tao_disc_expect_blank(&td->known);
	err = session_long_command(td, full ? &blank_full : &blank_minimal);
	if (err && !td->dead)
		tao_medium_read(td);
	err = err ?: blank_verify(td);
	tao_claim_disc_changed(td);
	return err;
}

/**
 * tao_run_blank - blank a CD-RW: BLANK
 * @td: the drive
 * @job: the job
 *
 * Return: what becomes its result.
 */
int tao_run_blank(struct tao_device *td, struct tao_job *job)
{
	bool prepared = td->hold == TAO_HOLD_OWNER;
	int err;

	if (tao_stream_is_open(td))
		return -EINPROGRESS;
	if (td->prepared.flags & TAO_PREPARE_TEST_WRITE)
		return tao_error_text(td, -EINVAL, "a disc can't be blanked in a test write");
	if (held_was_lost(td))
		return -EBADFD;
	err = prepared ? held_check(td) : session_enter(td);
	if (!err)
		err = session_blank(td, &job->args.blank);
	else if (!td->exchanged)
		return err;
	if (td->exchanged)
		return tao_held_lost(td);
	if (!prepared)
		session_leave(td);
	return err;
}

/* --- jobs: the rest --------------------------------------------------------------------------- */

/**
 * tao_run_refresh - look at the disc
 * @td: the drive
 * @job: the job
 *
 * Return: what becomes its result.
 */
int tao_run_refresh(struct tao_device *td, struct tao_job *job)
{
	int err;

	/* While we hold the disc, our information is up to date. */
	if (td->hold != TAO_HOLD_NONE)
		return 0;
	err = session_visit(td, TAO_ACTION_READING, 0);
	if (err == -ENOMEDIUM)
		return 0;
	if (err) {
		tao_medium_doubt(td);
		return err;
	}
	if (tao_claim_late(td))
		tao_speed_doubt(td);
	else
		tao_speed_read(td);
	session_unclaim(td);
	return 0;
}

/* A disc without CD-TEXT has none; drives say so in more than one way. */
static int read_text(struct tao_device *td, struct tao_job *job)
{
	int err;

	job->text_bytes = TAO_TEXT_BYTES_MAX;
	err = tao_ask(td, ktime_get(), tao_mmc_read_text(td->sdev, &job->text, &job->text_bytes,
							 &td->sense));
	if (!err)
		return 0;
	job->text_bytes = 0;
	if (td->sense.valid && td->sense.key == ILLEGAL_REQUEST)
		return 0;
	return tao_error_command(td, tao_gave_up(err), GPCMD_READ_TOC_PMA_ATIP, 0, &td->sense);
}

/**
 * tao_run_get_text - read the CD-TEXT of the disc: GET_TEXT
 * @td: the drive
 * @job: the job, which gets it
 *
 * Return: what becomes its result.
 */
int tao_run_get_text(struct tao_device *td, struct tao_job *job)
{
	int err;

	if (td->hold != TAO_HOLD_NONE)
		return -EBUSY;
	err = session_visit(td, TAO_ACTION_READING, 0);
	if (err)
		return err == -ENOMEDIUM ? 0 : err;
	err = tao_claim_late(td) ?: read_text(td, job);
	session_unclaim(td);
	return err;
}

static void speed_tell(struct tao_device *td, struct tao_speed *speed, u32 flags)
{
	spin_lock_irq(&td->lock);
	*speed = td->speed;
	spin_unlock_irq(&td->lock);
	speed->flags |= flags;
}

/**
 * tao_run_set_speed - set the speed: SET_SPEED
 * @td: the drive
 * @job: the job
 *
 * Return: what becomes its result.
 */
int tao_run_set_speed(struct tao_device *td, struct tao_job *job)
{
	struct tao_speed *speed = &job->args.speed;
	bool held = td->hold != TAO_HOLD_NONE;
	int err = 0;

	tao_speed_request_late(td, speed, job->speed_requests);
	/* Between the WRITEs of a track the drive gets no other command. */
	if (tao_stream_is_open(td)) {
		td->speed_later = true;
		speed_tell(td, speed, TAO_SPEED_PENDING);
		return 0;
	}
	if (!held)
		err = session_visit(td, TAO_ACTION_SETTING_SPEED, 0);
	if (err == -ENODEV)
		return err;
	if (err) {
		/* No disc, or somebody else's: it will be sent when the next one is prepared. */
		speed_tell(td, speed, TAO_SPEED_PENDING);
		return 0;
	}
	err = tao_speed_apply(td);
	speed_tell(td, speed, 0);
	if (!held)
		session_unclaim(td);
	return err;
}

/**
 * tao_run_abandon - leave the disc in order after its owner has gone
 * @td: the drive
 */
void tao_run_abandon(struct tao_device *td)
{
	struct tao_track_end end;

	if (tao_stream_is_open(td))
		session_end_track(td, &end);
	td->lost = false;
	if (td->hold == TAO_HOLD_NONE)
		return;
	if (td->prepared.flags & TAO_PREPARE_TEST_WRITE && !td->dead)
		session_end_test(td);
	session_unclaim(td);
}

static const struct {
	tao_job_fn run;
	const char *name;
} job_names[] = {
	{ tao_run_refresh,	"refresh" },
	{ tao_run_get_text,	"get-text" },
	{ tao_run_prepare,	"prepare" },
	{ tao_run_track_begin,	"track-begin" },
	{ tao_run_session_begin, "session-begin" },
	{ tao_run_track_end,	"track-end" },
	{ tao_run_end_behind,	"track-end" },
	{ tao_run_release,	"release" },
	{ tao_run_finalize,	"finalize" },
	{ tao_run_blank,	"blank" },
	{ tao_run_recover,	"recover" },
	{ tao_run_set_speed,	"set-speed" },
};

/**
 * tao_job_name - name of a job in traces
 * @job: the job
 */
const char *tao_job_name(const struct tao_job *job)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(job_names); i++)
		if (job_names[i].run == job->run)
			return job_names[i].name;
	return "hangup";
}
