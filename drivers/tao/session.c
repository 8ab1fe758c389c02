// SPDX-License-Identifier: GPL-2.0-only
/*
 * What state a drive is in, and who may change it:
 *
 *	idle -> prepared -> track open -> prepared -> idle
 *
 * Whatever sends commands is a job of the drive's worker; there is one worker per drive and it does
 * one job at a time. A system call starts its job and waits, and if a signal ends the wait the job
 * goes on: the same call again joins it. So only the worker ends tracks and sessions, and neither
 * a dying program nor the last close of a file has to wait for a drive.
 */
#include <linux/capability.h>
#include <linux/cdrom.h>
#include <linux/cred.h>
#include <linux/poll.h>
#include <linux/reboot.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/suspend.h>

#include "tao.h"
#include "trace.h"

/* How long a drive may take; each bounds how long a system call can last. */
#define TAO_SPIN_UP_MS		60000
#define TAO_SYNC_MS		(300 * MSEC_PER_SEC)
#define TAO_CLOSE_MS		(1200 * MSEC_PER_SEC)
#define TAO_BLANK_MS		(3 * 3600 * MSEC_PER_SEC)
/* How long a reboot waits for a track to be ended. */
#define TAO_REBOOT_MS		60000
/* A unit attention before the first WRITE starts preparing anew. */
#define TAO_PREPARE_TRIES	3
#define TAO_TICK_MS		500

/* From the beginning of a suspend to its end nothing begins. */
static bool tao_suspending;

/* --- state ------------------------------------------------------------------------------------ */

/**
 * tao_session_changed - tell who waits that the status changed
 * @td: the drive
 */
void tao_session_changed(struct tao_device *td)
{
	unsigned long flags;

	spin_lock_irqsave(&td->lock, flags);
	td->sequence++;
	spin_unlock_irqrestore(&td->lock, flags);
	wake_up_all(&td->wait);
}

/**
 * tao_session_set_progress - note how far a long command is
 * @td: the drive
 * @progress: in 1/65536
 */
void tao_session_set_progress(struct tao_device *td, u32 progress)
{
	WRITE_ONCE(td->progress, progress);
	tao_session_changed(td);
}

static void session_set_action(struct tao_device *td, enum tao_action action)
{
	spin_lock_irq(&td->lock);
	td->action = action;
	td->action_began = ktime_get();
	td->progress = TAO_UNKNOWN;
	spin_unlock_irq(&td->lock);
	trace_tao_state(td);
	tao_session_changed(td);
}

static void session_set_state(struct tao_device *td, enum tao_state state)
{
	spin_lock_irq(&td->lock);
	if (!td->dead)
		td->state = state;
	spin_unlock_irq(&td->lock);
	trace_tao_state(td);
	tao_session_changed(td);
	tao_session_uevent(td);
}

static bool session_track_open(struct tao_device *td)
{
	return td->stream.open;
}

/* Time passes: the speed is measured, and who polls is told. */
static void session_tick(struct work_struct *work)
{
	struct tao_device *td = container_of(to_delayed_work(work), struct tao_device, tick);
	ktime_t now = ktime_get();
	u32 ms, sectors;

	spin_lock_irq(&td->lock);
	ms = max_t(s64, ktime_ms_delta(now, td->rate_time), 1);
	sectors = td->stream.sectors_sent - min(td->rate_sectors, td->stream.sectors_sent);
	/* The mean of now and before, so that the bursts of a buffer do not show. */
	td->rate_kbps = (td->rate_kbps * 3 + (u64)sectors * TAO_SECTOR_SIZE / ms) / 4;
	td->rate_time = now;
	td->rate_sectors = td->stream.sectors_sent;
	spin_unlock_irq(&td->lock);
	tao_session_changed(td);
	queue_delayed_work(system_wq, &td->tick, msecs_to_jiffies(TAO_TICK_MS));
}

static int session_claim(struct tao_device *td)
{
	int err = tao_claim_take(td);

	if (err)
		return err;
	/* What failed on another disc does not matter to this one. */
	if (td->claim.diskseq != td->failed_disc)
		td->track_failed = false;
	queue_delayed_work(system_wq, &td->tick, msecs_to_jiffies(TAO_TICK_MS));
	return 0;
}

/* Back to idle, whatever was prepared. */
static void session_unclaim(struct tao_device *td)
{
	cancel_delayed_work_sync(&td->tick);
	tao_claim_drop(td);
	spin_lock_irq(&td->lock);
	memset(&td->prepared, 0, sizeof(td->prepared));
	td->explicit = false;
	td->cancelled = false;
	td->rate_kbps = 0;
	spin_unlock_irq(&td->lock);
	session_set_state(td, TAO_STATE_IDLE);
}

/* --- long commands ---------------------------------------------------------------------------- */

struct long_command {
	u8 opcode;
	unsigned int timeout_ms;
	int (*send)(struct tao_device *td, bool immediate);
};

static int send_sync_cache(struct tao_device *td, bool immediate)
{
	return tao_mmc_sync_cache(td->sdev, immediate, &td->sense);
}

static int send_close_session(struct tao_device *td, bool immediate)
{
	return tao_mmc_close_session(td->sdev, immediate, &td->sense);
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

static const struct long_command close_session = {
	GPCMD_CLOSE_TRACK, TAO_CLOSE_MS, send_close_session
};

static const struct long_command blank_minimal = {
	GPCMD_BLANK, TAO_BLANK_MS, send_blank_minimal
};

static const struct long_command blank_full = {
	GPCMD_BLANK, TAO_BLANK_MS, send_blank_full
};

/*
 * Immediate, and asked after: a command that lasts for minutes runs into the time limits of bridges
 * and adapters. Never sent twice unless the drive refused it outright.
 */
static int session_long_command(struct tao_device *td, const struct long_command *command)
{
	enum tao_sense_class class;
	int err = command->send(td, true);

	class = tao_sense_classify(&td->sense);
	if (err && class == TAO_SENSE_BAD_FIELD) {
		err = command->send(td, false);
		class = tao_sense_classify(&td->sense);
	}
	if (err && (!td->sense.valid || class != TAO_SENSE_BUSY))
		return tao_error_command(td, err, command->opcode, 0, &td->sense);
	return tao_medium_wait_done(td, command->opcode, command->timeout_ms);
}

/* --- jobs: prepare ---------------------------------------------------------------------------- */

static int prepare_check(struct tao_device *td)
{
	struct tao_medium m;
	u32 flags = td->prepared.flags;

	if (flags & TAO_PREPARE_TEST_WRITE && td->features.present && !td->features.test_write)
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

static int session_prepare(struct tao_device *td, const struct tao_prepare *prepare, bool explicit)
{
	int tries = TAO_PREPARE_TRIES;
	int err;

	if (td->claim.held)
		return -EALREADY;
	tao_error_begin(td);
	session_set_action(td, TAO_ACTION_PREPARING);
	spin_lock_irq(&td->lock);
	td->prepared = *prepare;
	td->explicit = explicit;
	spin_unlock_irq(&td->lock);
	err = session_claim(td);
	if (err)
		return err;
	do {
		err = prepare_once(td);
	} while (err && --tries && tao_sense_classify(&td->sense) == TAO_SENSE_CHANGED);
	if (err)
		session_unclaim(td);
	else
		session_set_state(td, TAO_STATE_PREPARED);
	return err;
}

static int job_prepare(struct tao_device *td, struct tao_job *job)
{
	if (td->explicit)
		return -EALREADY;
	if (session_track_open(td))
		return -EINPROGRESS;
	return session_prepare(td, &job->args.prepare, true);
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
	if (next.track < 1 || next.track > TAO_TRACKS_MAX)
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

static int track_open(struct tao_device *td, const struct tao_track_begin *begin)
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
	td->cancelled = false;
	td->rate_time = td->track.began;
	td->rate_sectors = 0;
	td->rate_kbps = 0;
	spin_unlock_irq(&td->lock);
	err = tao_stream_begin(td, begin->start_lba, limit, begin->bytes ? -EFBIG : -ENOSPC,
			       begin->flags & TAO_TRACK_ANY_DATA);
	if (err)
		return err;
	session_set_action(td, TAO_ACTION_WRITING);
	session_set_state(td, TAO_STATE_TRACK_OPEN);
	trace_tao_track_begin(td);
	return 0;
}

static int job_track_begin(struct tao_device *td, struct tao_job *job)
{
	static const struct tao_prepare nothing_special;
	bool prepared = td->claim.held;
	int err = 0;

	if (session_track_open(td))
		return -EINPROGRESS;
	if (!prepared)
		err = session_prepare(td, &nothing_special, false);
	else
		tao_error_begin(td);
	if (err)
		return err;
	session_set_action(td, TAO_ACTION_PREPARING);
	err = track_find_room(td, &job->args.begin) ?: track_open(td, &job->args.begin);
	if (err && !prepared)
		session_unclaim(td);
	return err;
}

/* What the drive has to do at the end of a track that it got something of. */
static int track_close(struct tao_device *td, int error)
{
	int err = td->dead ? -ENODEV : session_long_command(td, &sync_cache);

	if (!err && !error && td->prepared.flags & TAO_PREPARE_VERIFY &&
	    !(td->prepared.flags & TAO_PREPARE_TEST_WRITE)) {
		session_set_action(td, TAO_ACTION_VERIFYING);
		err = tao_medium_verify_track(td, td->stream.sectors_sent);
	}
	if (!td->dead)
		tao_medium_read(td);
	return error ?: err;
}

static void track_count(struct tao_device *td, int error)
{
	bool failed = error && error != -ECANCELED;

	spin_lock_irq(&td->lock);
	if (error)
		td->statistics.tracks_failed++;
	else
		td->statistics.tracks++;
	if (failed && !(td->prepared.flags & TAO_PREPARE_TEST_WRITE))
		td->track_failed = true;
	if (!error && td->prepared.flags & TAO_PREPARE_MCN)
		memcpy(td->medium.mcn, td->prepared.mcn, sizeof(td->medium.mcn));
	td->track.number = 0;
	spin_unlock_irq(&td->lock);
	if (failed)
		td->failed_disc = td->claim.diskseq;
}

static void track_tell(struct tao_device *td, struct tao_track_end *end)
{
	end->number = td->track.number;
	end->start_lba = td->track.start_lba;
	end->sectors = td->stream.sectors_sent;
	end->padding_bytes = td->stream.bytes_padding;
}

static int session_end_track(struct tao_device *td, bool drop, struct tao_track_end *end)
{
	int err;

	session_set_action(td, TAO_ACTION_CLOSING_TRACK);
	err = tao_stream_end(td, drop);
	if (td->stream.issued) {
		err = track_close(td, err);
		track_tell(td, end);
		trace_tao_track_end(td, err);
		track_count(td, err);
	} else {
		/* The drive knows nothing of this track. */
		err = err ?: -ENODATA;
		td->track.number = 0;
	}
	session_set_state(td, TAO_STATE_PREPARED);
	if (!td->explicit)
		session_unclaim(td);
	return err;
}

static int job_track_end(struct tao_device *td, struct tao_job *job)
{
	if (!session_track_open(td))
		return -ENODATA;
	return session_end_track(td, job->drop, &job->args.end);
}

/* --- jobs: sessions --------------------------------------------------------------------------- */

/* Whether the session may be closed. The first failure is what matters, so it stays where it is. */
static int close_check(struct tao_device *td, const struct tao_finalize *finalize)
{
	struct tao_medium m;

	tao_medium_get(td, &m);
	if (m.flags & TAO_MEDIUM_TRACK_FAILED && !(finalize->flags & TAO_FINALIZE_FORCE))
		return tao_error_text(td, -EIO,
				      "a track on this disc failed: force it to close it all the same");
	if (m.status == TAO_DISC_COMPLETE)
		return tao_error_text(td, -EROFS, "the disc is finalised already");
	if (!(m.flags & TAO_MEDIUM_SESSION_OPEN))
		return -ENODATA;
	return 0;
}

/* After closing, the disc has to be what was asked for. */
static int close_verify(struct tao_device *td, u32 close)
{
	struct tao_medium m;
	int err;

	err = tao_medium_read(td);
	tao_claim_disc_changed(td);
	if (err)
		return err;
	tao_medium_get(td, &m);
	if (m.flags & TAO_MEDIUM_SESSION_OPEN ||
	    (close == TAO_CLOSE_FINALIZE && m.status != TAO_DISC_COMPLETE))
		return tao_error_text(td, -EIO,
				      "the drive reports success, but the session is not closed");
	return 0;
}

static int session_close(struct tao_device *td, const struct tao_finalize *finalize)
{
	int err;

	if (finalize->close == TAO_CLOSE_NOTHING ||
	    td->prepared.flags & TAO_PREPARE_TEST_WRITE)
		return 0;
	err = close_check(td, finalize);
	if (err)
		return err;
	tao_error_begin(td);
	session_set_action(td, TAO_ACTION_CLOSING_SESSION);
	err = tao_medium_select_close(td, finalize->close);
	err = err ?: session_long_command(td, &close_session);
	err = err ?: close_verify(td, finalize->close);
	if (err)
		return err;
	spin_lock_irq(&td->lock);
	td->statistics.sessions++;
	td->track_failed = false;
	spin_unlock_irq(&td->lock);
	return 0;
}

/* A test write leaves the drive with the laser off; the next user does not expect that. */
static void session_end_test(struct tao_device *td)
{
	spin_lock_irq(&td->lock);
	td->prepared.flags = 0;
	spin_unlock_irq(&td->lock);
	tao_medium_read(td);
}

static int job_release(struct tao_device *td, struct tao_job *job)
{
	int err;

	if (session_track_open(td))
		return -EINPROGRESS;
	if (!td->explicit)
		return -EBADFD;
	err = session_close(td, &job->args.finalize);
	/* Prepared and nothing written is no error: there is just nothing to close. */
	if (err && err != -ENODATA)
		return err;
	if (td->prepared.flags & TAO_PREPARE_TEST_WRITE)
		session_end_test(td);
	session_unclaim(td);
	return 0;
}

/* The drive, ready and looked at, for what is not about a track. */
static int session_visit(struct tao_device *td, enum tao_action action, unsigned int wait_ms)
{
	int err;

	session_set_action(td, action);
	err = session_claim(td);
	if (err)
		return err;
	err = tao_medium_wait_ready(td, wait_ms) ?: tao_medium_read(td);
	if (err)
		session_unclaim(td);
	return err;
}

static int job_finalize(struct tao_device *td, struct tao_job *job)
{
	int err;

	if (session_track_open(td))
		return -EINPROGRESS;
	if (td->claim.held)
		return -EALREADY;
	err = session_visit(td, TAO_ACTION_PREPARING, TAO_SPIN_UP_MS);
	if (err == -ENOMEDIUM)
		tao_error_text(td, err, "there is no disc in the drive");
	if (err)
		return err;
	tao_claim_lock_door(td);
	err = session_close(td, &job->args.finalize);
	if (err == -ENODATA)
		tao_error_text(td, err, "there is nothing to close: the session has no track");
	session_unclaim(td);
	return err;
}

static int session_blank(struct tao_device *td, const struct tao_blank *blank)
{
	struct tao_medium m;
	bool full = blank->flags & TAO_BLANK_FULL;
	int err;

	tao_medium_get(td, &m);
	if (!(m.flags & TAO_MEDIUM_ERASABLE))
		return tao_error_text(td, -EMEDIUMTYPE, "only a CD-RW can be blanked");
	tao_claim_lock_door(td);
	session_set_action(td, TAO_ACTION_BLANKING);
	err = session_long_command(td, full ? &blank_full : &blank_minimal);
	err = err ?: tao_medium_read(td);
	tao_claim_disc_changed(td);
	return err;
}

static int job_blank(struct tao_device *td, struct tao_job *job)
{
	bool prepared = td->claim.held;
	int err = 0;

	if (session_track_open(td))
		return -EINPROGRESS;
	tao_error_begin(td);
	if (td->prepared.flags & TAO_PREPARE_TEST_WRITE)
		return tao_error_text(td, -EINVAL, "a disc can't be blanked in a test write");
	if (!prepared)
		err = session_visit(td, TAO_ACTION_PREPARING, TAO_SPIN_UP_MS);
	if (err == -ENOMEDIUM)
		tao_error_text(td, err, "there is no disc in the drive");
	if (err)
		return err;
	err = session_blank(td, &job->args.blank);
	if (!prepared)
		session_unclaim(td);
	return err;
}

/* --- jobs: the rest --------------------------------------------------------------------------- */

static int job_refresh(struct tao_device *td, struct tao_job *job)
{
	int err;

	/* While we hold the disc, what we know is how it is. */
	if (td->claim.held)
		return 0;
	err = session_visit(td, TAO_ACTION_READING, 0);
	if (err)
		return err == -ENOMEDIUM ? 0 : err;
	tao_speed_read(td);
	session_unclaim(td);
	return 0;
}

static void speed_tell(struct tao_device *td, struct tao_speed *speed, u32 flags)
{
	spin_lock_irq(&td->lock);
	*speed = td->speed;
	spin_unlock_irq(&td->lock);
	speed->flags |= flags;
}

static int job_set_speed(struct tao_device *td, struct tao_job *job)
{
	struct tao_speed *speed = &job->args.speed;
	bool held = td->claim.held;
	int err = 0;

	spin_lock_irq(&td->lock);
	td->speed.requested_kbps = speed->requested_kbps;
	td->speed.requested_sectors_per_second = speed->requested_kbps == TAO_SPEED_MAX ?
		TAO_SPEED_MAX : tao_kbps_to_sectors_per_second(speed->requested_kbps);
	td->speed.requested_flags = speed->flags & TAO_SPEED_PURE_CAV;
	spin_unlock_irq(&td->lock);
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
	if (err)
		tao_error_command(td, err, GPCMD_SET_SPEED, 0, &td->sense);
	speed_tell(td, speed, 0);
	if (!held)
		session_unclaim(td);
	return err;
}

/* The one who had it open for writing is gone. */
static int job_hangup(struct tao_device *td, struct tao_job *job)
{
	struct tao_track_end end;
	struct tao_file *file;

	if (session_track_open(td))
		session_end_track(td, job->drop, &end);
	if (td->claim.held) {
		if (td->prepared.flags & TAO_PREPARE_TEST_WRITE && !td->dead)
			session_end_test(td);
		session_unclaim(td);
	}
	spin_lock_irq(&td->lock);
	file = td->writer;
	td->writer = NULL;
	td->leaving = false;
	td->hurry = false;
	spin_unlock_irq(&td->lock);
	put_pid(file->pid);
	kfree(file);
	return 0;
}

typedef int (*job_function)(struct tao_device *td, struct tao_job *job);

static const job_function job_functions[] = {
	[TAO_JOB_REFRESH]	= job_refresh,
	[TAO_JOB_PREPARE]	= job_prepare,
	[TAO_JOB_TRACK_BEGIN]	= job_track_begin,
	[TAO_JOB_TRACK_END]	= job_track_end,
	[TAO_JOB_RELEASE]	= job_release,
	[TAO_JOB_FINALIZE]	= job_finalize,
	[TAO_JOB_BLANK]		= job_blank,
	[TAO_JOB_SET_SPEED]	= job_set_speed,
	[TAO_JOB_HANGUP]	= job_hangup,
};

/* --- the worker ------------------------------------------------------------------------------- */

static void job_free(struct kref *ref)
{
	kfree(container_of(ref, struct tao_job, ref));
}

static void job_put(struct tao_job *job)
{
	if (job)
		kref_put(&job->ref, job_free);
}

static struct tao_job *job_alloc(enum tao_job_kind kind, const void *args, size_t size)
{
	struct tao_job *job = kzalloc(sizeof(*job), GFP_KERNEL);

	if (!job)
		return NULL;
	kref_init(&job->ref);
	INIT_LIST_HEAD(&job->node);
	job->kind = kind;
	if (size)
		memcpy(&job->args, args, size);
	return job;
}

static struct tao_job *session_next_job(struct tao_device *td)
{
	struct tao_job *job = NULL;

	spin_lock_irq(&td->lock);
	if (!READ_ONCE(tao_suspending))
		job = list_first_entry_or_null(&td->jobs, struct tao_job, node);
	if (job)
		list_del_init(&job->node);
	td->running = job;
	spin_unlock_irq(&td->lock);
	return job;
}

static void session_run_job(struct tao_device *td, struct tao_job *job)
{
	int result = job_functions[job->kind](td, job);

	spin_lock_irq(&td->lock);
	job->result = result;
	job->done = true;
	td->running = NULL;
	td->action = td->stream.open ? TAO_ACTION_WRITING : TAO_ACTION_NONE;
	spin_unlock_irq(&td->lock);
	tao_session_changed(td);
	job_put(job);
}

static void session_work(struct work_struct *work)
{
	struct tao_device *td = container_of(work, struct tao_device, work);
	struct tao_job *job;

	while ((job = session_next_job(td)))
		session_run_job(td, job);
	tao_device_put(td);
}

static void session_kick(struct tao_device *td)
{
	/* The work holds the drive from when it is queued till it is done. */
	if (!tao_device_get(td))
		return;
	if (!queue_work(tao_worker_wq, &td->work))
		tao_device_put(td);
}

/* Gives the worker a job; the lock is held. The worker's reference is taken here. */
static void session_queue(struct tao_device *td, struct tao_job *job)
{
	kref_get(&job->ref);
	list_add_tail(&job->node, &td->jobs);
	session_kick(td);
}

/* --- waiting for a job ------------------------------------------------------------------------ */

/*
 * The job of the same kind that this file started and never heard of again, or a new one. Takes
 * over @fresh if that is what it returns.
 */
static struct tao_job *session_start(struct tao_file *file, struct tao_job *fresh)
{
	struct tao_device *td = file->td;
	struct tao_job *job, *old = NULL;

	spin_lock_irq(&td->lock);
	job = file->job;
	if (!job || job->kind != fresh->kind) {
		old = job;
		job = fresh;
		file->job = job;
		kref_get(&job->ref);
		session_queue(td, job);
	}
	kref_get(&job->ref);
	spin_unlock_irq(&td->lock);
	job_put(old);
	job_put(fresh);
	return job;
}

/* The result of a job that is done; nobody will ask for it again. */
static int session_collect(struct tao_file *file, struct tao_job *job, void *args, size_t size)
{
	struct tao_device *td = file->td;
	struct tao_job *old = NULL;
	int result = job->result;

	spin_lock_irq(&td->lock);
	if (file->job == job) {
		old = job;
		file->job = NULL;
	}
	spin_unlock_irq(&td->lock);
	job_put(old);
	if (args)
		memcpy(args, &job->args, min(size, sizeof(job->args)));
	return result;
}

/**
 * tao_session_call - have the worker do something, and wait for it
 * @file: who wants it, open for writing
 * @kind: what to do
 * @args: its arguments, and what it returns
 * @size: of @args
 *
 * Return: what became of it, -ENODEV, -ENOMEM, or -ERESTARTSYS if a signal came: it goes on then,
 * and the same call again waits for it.
 */
int tao_session_call(struct tao_file *file, enum tao_job_kind kind, void *args, size_t size)
{
	struct tao_device *td = file->td;
	struct tao_job *job;
	int err;

	if (READ_ONCE(td->dead))
		return -ENODEV;
	job = job_alloc(kind, args, size);
	if (!job)
		return -ENOMEM;
	WRITE_ONCE(file->error, 0);
	job = session_start(file, job);
	err = wait_event_interruptible(td->wait, READ_ONCE(job->done));
	if (!err)
		err = session_collect(file, job, args, size);
	job_put(job);
	return err;
}

static struct tao_job *session_find_refresh(struct tao_device *td)
{
	struct tao_job *job;

	if (td->running && td->running->kind == TAO_JOB_REFRESH)
		return td->running;
	list_for_each_entry(job, &td->jobs, node)
		if (job->kind == TAO_JOB_REFRESH)
			return job;
	return NULL;
}

/* A look at the disc that is on its way, or one more if the drive has nothing else to do. */
static struct tao_job *session_join_refresh(struct tao_device *td, struct tao_job *fresh)
{
	struct tao_job *job;

	spin_lock_irq(&td->lock);
	job = session_find_refresh(td);
	if (!job && td->state == TAO_STATE_IDLE && !td->running && list_empty(&td->jobs)) {
		job = fresh;
		session_queue(td, job);
	}
	if (job)
		kref_get(&job->ref);
	spin_unlock_irq(&td->lock);
	return job;
}

/**
 * tao_session_refresh - look at the disc if nobody is using it
 * @file: who asks
 * @stale: set if the drive could not be asked
 *
 * Return: 0, -ENODEV, -ENOMEM, or -ERESTARTSYS.
 */
int tao_session_refresh(struct tao_file *file, bool *stale)
{
	struct tao_device *td = file->td;
	struct tao_job *fresh, *job;
	int err = 0;

	*stale = true;
	if (READ_ONCE(td->dead))
		return -ENODEV;
	fresh = job_alloc(TAO_JOB_REFRESH, NULL, 0);
	if (!fresh)
		return -ENOMEM;
	job = session_join_refresh(td, fresh);
	if (job) {
		err = wait_event_interruptible(td->wait, READ_ONCE(job->done));
		*stale = err || job->result;
	} else {
		*stale = READ_ONCE(td->state) != TAO_STATE_PREPARED;
	}
	job_put(job);
	job_put(fresh);
	return err;
}

/* --- open and close --------------------------------------------------------------------------- */

static bool session_take_writer(struct tao_file *file, int *err)
{
	struct tao_device *td = file->td;
	bool decided = true;

	spin_lock_irq(&td->lock);
	if (td->dead) {
		*err = -ENODEV;
	} else if (!td->writer) {
		td->writer = file;
		*err = 0;
	} else {
		*err = -EBUSY;
		decided = !td->leaving;
	}
	spin_unlock_irq(&td->lock);
	return decided;
}

/**
 * tao_session_open - become the one writer
 * @file: who wants it
 * @nonblock: don't wait while the last track is being ended
 *
 * Return: 0, -EBUSY, -ENODEV, -ENOMEM, or -ERESTARTSYS.
 */
int tao_session_open(struct tao_file *file, bool nonblock)
{
	struct tao_device *td = file->td;
	int err = 0;

	file->hangup = job_alloc(TAO_JOB_HANGUP, NULL, 0);
	if (!file->hangup)
		return -ENOMEM;
	if (!session_take_writer(file, &err) && !nonblock &&
	    wait_event_interruptible(td->wait, session_take_writer(file, &err)))
		err = -ERESTARTSYS;
	if (!err)
		return 0;
	job_put(file->hangup);
	file->hangup = NULL;
	return err;
}

static bool killed_by_signal(void)
{
	return current->flags & PF_EXITING && current->signal->group_exit_code & 0x7f;
}

/* Starts the end of the track on behalf of a file, if one is open and none was started. */
static struct tao_job *session_start_end(struct tao_device *td, struct tao_job *fresh)
{
	struct tao_file *file;
	struct tao_job *old = NULL, *job = NULL;

	spin_lock_irq(&td->lock);
	file = td->writer;
	if (file && file->job && file->job->kind == TAO_JOB_TRACK_END) {
		job = file->job;
		kref_get(&job->ref);
	} else if (file && td->stream.open) {
		job = fresh;
		old = file->job;
		file->job = job;
		kref_get(&job->ref);
		kref_get(&job->ref);
		session_queue(td, job);
	}
	spin_unlock_irq(&td->lock);
	job_put(old);
	return job;
}

/**
 * tao_session_flush - a descriptor was closed that may be the last one
 * @file: of which open
 *
 * A living program waits for the end of the track and gets its error. A dying one does not wait:
 * nothing could end that wait.
 *
 * Return: 0, the error of the track, or -EINTR: the end of the track goes on then.
 */
int tao_session_flush(struct tao_file *file)
{
	struct tao_device *td = file->td;
	struct tao_job *fresh, *job;
	int err = 0;

	fresh = job_alloc(TAO_JOB_TRACK_END, NULL, 0);
	if (!fresh)
		return 0;	/* the hang-up will do it */
	fresh->drop = killed_by_signal();
	job = session_start_end(td, fresh);
	if (job && !(current->flags & PF_EXITING)) {
		err = wait_event_interruptible(td->wait, READ_ONCE(job->done)) ? -EINTR : 0;
		if (!err)
			err = session_collect(file, job, NULL, 0);
	}
	job_put(job);
	job_put(fresh);
	/* A track that never began is no error for one who just opens and closes. */
	return err == -ENODATA ? 0 : err;
}

/**
 * tao_session_release - the last descriptor of an open is gone
 * @file: of which open; not to be used afterwards
 */
void tao_session_release(struct tao_file *file)
{
	struct tao_device *td = file->td;
	struct tao_job *job, *hangup = file->hangup;
	bool idle = true;

	spin_lock_irq(&td->lock);
	job = file->job;
	file->job = NULL;
	if (td->writer == file) {
		idle = !td->claim.held && !td->running && list_empty(&td->jobs);
		if (idle) {
			td->writer = NULL;
		} else {
			td->leaving = true;
			td->hurry = true;
			hangup->drop = killed_by_signal();
			session_queue(td, hangup);
		}
	}
	spin_unlock_irq(&td->lock);
	wake_up_all(&td->wait);
	job_put(job);
	job_put(hangup);
	if (idle) {
		put_pid(file->pid);
		kfree(file);
	}
}

/* --- audio ------------------------------------------------------------------------------------ */

/* A track is open and takes audio; or the reason why it does not. -EAGAIN: one has to be begun. */
static int session_check_open(struct tao_file *file)
{
	struct tao_device *td = file->td;
	int err = 0;

	spin_lock_irq(&td->lock);
	if (td->dead)
		err = -ENODEV;
	else if (file->error)
		err = file->error;
	else if (!td->stream.open || (td->running && td->running->kind == TAO_JOB_TRACK_END))
		err = -EAGAIN;
	spin_unlock_irq(&td->lock);
	return err;
}

/* The first write begins a track, if nobody did. */
static int session_begin_implicitly(struct tao_file *file, bool nowait)
{
	struct tao_device *td = file->td;
	struct tao_job *job = job_alloc(TAO_JOB_TRACK_BEGIN, NULL, 0);
	int err;

	if (!job)
		return -ENOMEM;
	job = session_start(file, job);
	if (nowait && !READ_ONCE(job->done))
		err = -EAGAIN;
	else
		err = wait_event_interruptible(td->wait, READ_ONCE(job->done));
	if (!err)
		err = session_collect(file, job, NULL, 0);
	job_put(job);
	/* Somebody else's thread has begun it meanwhile. */
	return err == -EINPROGRESS ? 0 : err;
}

static int session_ensure_track(struct tao_file *file, bool nowait)
{
	int err = session_check_open(file);

	if (err == -EAGAIN)
		err = session_begin_implicitly(file, nowait);
	return err;
}

/**
 * tao_session_write - take audio from memory
 * @file: open for writing
 * @iocb: the call
 * @from: the audio
 *
 * Return: bytes taken, -EIOCBQUEUED, or an error.
 */
ssize_t tao_session_write(struct tao_file *file, struct kiocb *iocb, struct iov_iter *from)
{
	bool nowait = iocb->ki_flags & IOCB_NOWAIT || iocb->ki_filp->f_flags & O_NONBLOCK;
	int err;

	if (!iov_iter_count(from))
		return 0;
	err = session_ensure_track(file, nowait);
	return err ?: tao_stream_write(file->td, iocb, from, nowait);
}

/**
 * tao_session_splice - take audio from a pipe
 * @file: open for writing
 * @pipe: the pipe
 * @len: how much at most
 * @nonblock: don't wait
 *
 * Return: bytes taken, or an error.
 */
ssize_t tao_session_splice(struct tao_file *file, struct pipe_inode_info *pipe, size_t len,
			   bool nonblock)
{
	int err = session_ensure_track(file, nonblock);

	return err ?: tao_stream_splice(file->td, pipe, len, nonblock);
}

/**
 * tao_session_fsync - wait till the drive has taken all full WRITEs
 * @file: open for writing
 *
 * Return: 0 or the error of the track.
 */
int tao_session_fsync(struct tao_file *file)
{
	struct tao_device *td = file->td;

	if (READ_ONCE(td->dead))
		return -ENODEV;
	return READ_ONCE(td->stream.open) ? tao_stream_fsync(td) : 0;
}

static bool may_cancel(const struct tao_file *file, const struct tao_file *writer)
{
	return file == writer || uid_eq(current_uid(), writer->uid) || capable(CAP_SYS_ADMIN);
}

/**
 * tao_session_cancel - cut the track in hand short
 * @file: who wants it: the owner, another of the same user's, or one of CAP_SYS_ADMIN's
 *
 * Does not wait: the owner's write gets -ECANCELED, and so does who ends the track.
 *
 * Return: 0, -ENODATA if no track is open, -EPERM, -ENODEV, or -ENOMEM.
 */
int tao_session_cancel(struct tao_file *file)
{
	struct tao_device *td = file->td;
	struct tao_job *fresh;
	int err = 0;

	fresh = job_alloc(TAO_JOB_TRACK_END, NULL, 0);
	if (!fresh)
		return -ENOMEM;
	fresh->drop = true;
	spin_lock_irq(&td->lock);
	if (td->dead)
		err = -ENODEV;
	else if (!td->writer || !td->stream.open)
		err = -ENODATA;
	else if (!may_cancel(file, td->writer))
		err = -EPERM;
	if (!err) {
		td->cancelled = true;
		td->writer->error = -ECANCELED;
	}
	spin_unlock_irq(&td->lock);
	if (!err) {
		tao_stream_stop(td, -ECANCELED);
		job_put(session_start_end(td, fresh));
		tao_session_changed(td);
	}
	job_put(fresh);
	return err;
}

/* --- telling ---------------------------------------------------------------------------------- */

/**
 * tao_session_poll - what could be done without waiting
 * @file: who asks
 */
__poll_t tao_session_poll(struct tao_file *file)
{
	struct tao_device *td = file->td;
	__poll_t mask = 0;
	bool open;

	spin_lock_irq(&td->lock);
	open = td->stream.open;
	if (td->dead)
		mask |= EPOLLHUP | EPOLLERR;
	if (file->sequence_seen != td->sequence)
		mask |= EPOLLPRI;
	if (file->writable && !open && !td->running && list_empty(&td->jobs))
		mask |= EPOLLOUT | EPOLLWRNORM;
	if (open && td->stream.error)
		mask |= EPOLLERR;
	spin_unlock_irq(&td->lock);
	if (file->writable && open && tao_stream_has_room(td))
		mask |= EPOLLOUT | EPOLLWRNORM;
	return mask;
}

/* Estimate of the rest of the action in ms, from how far it is and how long that took. */
static u32 status_remaining(const struct tao_device *td, const struct tao_status *status)
{
	u64 ms;

	if (status->action == TAO_ACTION_WRITING) {
		u32 kbps = td->rate_kbps ?: td->speed.actual_kbps;
		u64 left = status->sectors - min(status->sectors, status->track_sectors);

		if (status->sectors == TAO_UNKNOWN || !kbps)
			return TAO_UNKNOWN;
		return min_t(u64, left * TAO_SECTOR_SIZE / kbps, TAO_UNKNOWN - 1);
	}
	if (status->progress == TAO_UNKNOWN || !status->progress)
		return TAO_UNKNOWN;
	ms = (u64)status->elapsed_ms * (65536 - min(status->progress, 65536U)) / status->progress;
	return min_t(u64, ms, TAO_UNKNOWN - 1);
}

static u32 status_progress(const struct tao_device *td, const struct tao_status *status)
{
	if (status->action != TAO_ACTION_WRITING)
		return td->progress;
	if (!status->sectors || status->sectors == TAO_UNKNOWN)
		return TAO_UNKNOWN;
	return min_t(u64, (u64)status->track_sectors * 65536 / status->sectors, 65536);
}

static void status_owner(const struct tao_device *td, struct tao_status *status)
{
	const struct tao_file *file = td->writer;

	status->owner_uid = TAO_UNKNOWN;
	if (!file || (td->state != TAO_STATE_PREPARED && td->state != TAO_STATE_TRACK_OPEN))
		return;
	status->owner_pid = pid_vnr(file->pid);
	status->owner_uid = from_kuid_munged(current_user_ns(), file->uid);
	strscpy(status->owner, td->prepared.client_name[0] ? td->prepared.client_name : file->name,
		sizeof(status->owner));
}

static u32 status_flags(const struct tao_device *td)
{
	u32 flags = TAO_STATUS_BUFFER_ESTIMATED;

	if (td->prepared.flags & TAO_PREPARE_TEST_WRITE)
		flags |= TAO_STATUS_TEST_WRITE;
	if (td->cancelled)
		flags |= TAO_STATUS_CANCELLED;
	if (td->explicit)
		flags |= TAO_STATUS_EXPLICIT;
	if (td->track_failed || (td->stream.open && td->stream.error))
		flags |= TAO_STATUS_FAILED;
	return flags;
}

static void status_track(const struct tao_device *td, struct tao_status *status)
{
	const struct tao_stream *s = &td->stream;

	status->sectors = TAO_UNKNOWN;
	if (!td->track.number)
		return;
	status->track = td->track.number;
	status->start_lba = td->track.start_lba;
	status->sectors = td->track.announced_sectors;
	status->track_sectors = s->sectors_sent;
	status->written_lba = s->next_lba;
	status->read_lba = td->track.start_lba + (s32)div_u64(s->bytes_accepted, TAO_SECTOR_SIZE);
	status->queue_bytes = s->queue_bytes;
}

/**
 * tao_session_status - how far things are
 * @td: the drive
 * @status: filled in
 */
void tao_session_status(struct tao_device *td, struct tao_status *status)
{
	unsigned long flags;

	memset(status, 0, sizeof(*status));
	spin_lock_irqsave(&td->lock, flags);
	status->flags = status_flags(td);
	status->state = td->state;
	status->action = td->action;
	status_track(td, status);
	if (td->action != TAO_ACTION_NONE)
		status->elapsed_ms = ktime_ms_delta(ktime_get(), td->action_began);
	status->progress = status_progress(td, status);
	status->remaining_ms = status_remaining(td, status);
	status->session_progress = TAO_UNKNOWN;
	status->queue_max_bytes = td->stream.queue_max;
	status->drive_buffer_bytes = td->capabilities.buffer_bytes;
	status->speed_kbps = td->rate_kbps;
	status->sequence = td->sequence;
	status_owner(td, status);
	spin_unlock_irqrestore(&td->lock, flags);
}

/* --- the life of a drive, and of the system --------------------------------------------------- */

/**
 * tao_session_init - prepare a new drive
 * @td: the drive
 */
void tao_session_init(struct tao_device *td)
{
	spin_lock_init(&td->lock);
	init_waitqueue_head(&td->wait);
	INIT_LIST_HEAD(&td->jobs);
	INIT_WORK(&td->work, session_work);
	INIT_DELAYED_WORK(&td->tick, session_tick);
	td->progress = TAO_UNKNOWN;
	td->settings.mask = TAO_SET_MASK;
	td->settings.underrun_free = 1;
	td->speed.requested_kbps = TAO_SPEED_MAX;
	td->speed.requested_sectors_per_second = TAO_SPEED_MAX;
	td->medium.type = TAO_MEDIUM_UNKNOWN;
	tao_stream_init(&td->stream);
}

/**
 * tao_session_gone - the drive was unplugged
 * @td: the drive
 *
 * Does not wait. Whoever holds it open gets -ENODEV from now on.
 */
void tao_session_gone(struct tao_device *td)
{
	spin_lock_irq(&td->lock);
	td->dead = true;
	td->state = TAO_STATE_GONE;
	spin_unlock_irq(&td->lock);
	tao_stream_stop(td, -ENODEV);
	tao_session_changed(td);
}

/**
 * tao_session_busy - whether a suspend would ruin something
 * @td: the drive
 */
bool tao_session_busy(struct tao_device *td)
{
	bool busy;

	spin_lock_irq(&td->lock);
	busy = !td->dead && (td->running || td->stream.open);
	spin_unlock_irq(&td->lock);
	return busy;
}

static int session_is_busy(struct tao_device *td)
{
	return tao_session_busy(td) ? -EBUSY : 0;
}

static int session_resume(struct tao_device *td)
{
	session_kick(td);
	return 0;
}

/**
 * tao_suspend_notify - refuse to suspend while a disc would be ruined
 * @nb: of the module
 * @event: PM_*
 * @data: unused
 *
 * From the beginning of a suspend to its end no job begins; so what finds the drives idle here
 * finds them idle when they are powered down.
 */
int tao_suspend_notify(struct notifier_block *nb, unsigned long event, void *data)
{
	int err;

	switch (event) {
	case PM_SUSPEND_PREPARE:
	case PM_HIBERNATION_PREPARE:
	case PM_RESTORE_PREPARE:
		WRITE_ONCE(tao_suspending, true);
		err = tao_for_each_device(session_is_busy);
		if (!err)
			return NOTIFY_DONE;
		break;
	case PM_POST_SUSPEND:
	case PM_POST_HIBERNATION:
	case PM_POST_RESTORE:
		err = 0;
		break;
	default:
		return NOTIFY_DONE;
	}
	WRITE_ONCE(tao_suspending, false);
	tao_for_each_device(session_resume);
	return notifier_from_errno(err);
}

static int session_end_for_reboot(struct tao_device *td)
{
	struct tao_job *fresh = job_alloc(TAO_JOB_TRACK_END, NULL, 0);

	if (!fresh)
		return 0;
	fresh->drop = true;
	job_put(session_start_end(td, fresh));
	job_put(fresh);
	return 0;
}

static int session_wait_for_reboot(struct tao_device *td)
{
	if (!wait_event_idle_timeout(td->wait, !tao_session_busy(td),
				     msecs_to_jiffies(TAO_REBOOT_MS)))
		dev_err(&td->dev, "the disc could not be ended in time for the reboot\n");
	return 0;
}

/**
 * tao_reboot_notify - end what is open before the machine goes down
 * @nb: of the module
 * @event: SYS_*
 * @data: unused
 */
int tao_reboot_notify(struct notifier_block *nb, unsigned long event, void *data)
{
	tao_for_each_device(session_end_for_reboot);
	tao_for_each_device(session_wait_for_reboot);
	return NOTIFY_DONE;
}
