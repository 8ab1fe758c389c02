// SPDX-License-Identifier: GPL-2.0-only
/*
 * State and progress as user space reads them. Nothing here changes anything, sends a command or
 * waits for one.
 */
#include <linux/math64.h>
#include <linux/poll.h>
#include <linux/sched/signal.h>

#include "face.h"

/* How long to measure what follows the first rush into the drive's buffer. */
#define TAO_MEASURE_MS	5000
/* The time for the first twentieth says nothing about the rest; in 1/65536. */
#define TAO_PROGRESS_TOLD	(65536 / 20)

/**
 * tao_status_poll - what could be done without waiting
 * @file: the open file that asks
 */
__poll_t tao_status_poll(struct tao_file *file)
{
	struct tao_device *td = file->td;
	__poll_t mask = 0;
	bool open;

	spin_lock_irq(&td->lock);
	open = tao_stream_is_open(td);
	if (td->now.dead)
		mask |= EPOLLHUP | EPOLLERR;
	if (file->sequence_seen != td->now.sequence)
		mask |= EPOLLPRI;
	if (file->writable && !open && tao_worker_idle(td))
		mask |= EPOLLOUT | EPOLLWRNORM;
	if (open && (td->stream.error || td->stream.cut))
		mask |= EPOLLERR;
	spin_unlock_irq(&td->lock);
	if (file->writable && open && tao_feed_has_room(td))
		mask |= EPOLLOUT | EPOLLWRNORM;
	return mask;
}

/*
 * How fast the track has been going: what was measured since the drive's buffer was full, and
 * before that what the drive says of itself.
 */
static u32 status_mean_kbps(const struct tao_device *td)
{
	ktime_t since = td->measured.steady_time;
	s64 ms = since ? ktime_ms_delta(ktime_get(), since) : 0;
	u64 bytes = (u64)(td->stream.sectors_sent - td->measured.steady_sectors) * TAO_SECTOR_SIZE;

	if (ms < TAO_MEASURE_MS)
		return td->wanted.speed.actual_kbps ?: td->measured.rate_kbps;
	return div_u64(bytes, ms);
}

/* Time until the audio is on the disc: data that the drive does not have yet, plus its buffer. */
static u32 status_remaining_audio(const struct tao_device *td, const struct tao_status *status)
{
	u32 kbps = status_mean_kbps(td);
	u64 left = 0;

	if (status->action == TAO_ACTION_WRITING) {
		if (status->sectors == TAO_UNKNOWN)
			return TAO_UNKNOWN;
		left = status->sectors - min(status->sectors, status->track_sectors);
	}
	if (!kbps)
		return TAO_UNKNOWN;
	left = left * TAO_SECTOR_SIZE + status->drive_buffer_fill;
	return min_t(u64, div_u64(left, kbps), TAO_UNKNOWN - 1);
}

/*
 * For an action that reports its progress: from the progress and the time that it took. The drive
 * is polled only now and then; since then time has passed.
 */
static u32 status_remaining_action(const struct tao_device *td, const struct tao_status *status)
{
	s64 ms = ktime_ms_delta(td->now.progress_time, td->now.action_began);
	u32 progress = status->progress;

	if (progress == TAO_UNKNOWN || progress < TAO_PROGRESS_TOLD || ms < 0)
		return TAO_UNKNOWN;
	ms = div_u64((u64)ms * 65536, progress) - status->elapsed_ms;
	return clamp_t(s64, ms, 0, TAO_UNKNOWN - 1);
}

/* Another program's track that is ended, to recover the disc, does not count as ours. */
static bool status_of_audio(const struct tao_status *status)
{
	return status->action == TAO_ACTION_WRITING ||
	       (status->action == TAO_ACTION_CLOSING_TRACK && status->track);
}

/* Estimate of the rest of the action in ms. */
static u32 status_remaining(const struct tao_device *td, const struct tao_status *status)
{
	if (status_of_audio(status))
		return status_remaining_audio(td, status);
	return status_remaining_action(td, status);
}

static u32 status_progress(const struct tao_device *td, const struct tao_status *status)
{
	if (!status_of_audio(status))
		return td->now.progress;
	if (!status->sectors || status->sectors == TAO_UNKNOWN)
		return TAO_UNKNOWN;
	return min_t(u64, div_u64((u64)status->track_sectors * 65536, status->sectors), 65536);
}

/* How much of the disc is used. */
static u32 status_disc_progress(const struct tao_device *td, const struct tao_status *status)
{
	u32 used = td->found.medium.used_sectors;

	if (status->track)
		used = max(status->written_lba, 0);
	if (!td->found.medium.total_sectors || used == TAO_UNKNOWN)
		return TAO_UNKNOWN;
	return min_t(u64, div_u64((u64)used * 65536, td->found.medium.total_sectors), 65536);
}

static void status_owner(const struct tao_device *td, struct tao_status *status)
{
	const struct tao_file *file = td->held.writer;

	status->owner_uid = TAO_UNKNOWN;
	/* Nobody has to wait for a program that has closed it, or is dead. */
	if (!file || td->held.leaving)
		return;
	if (td->now.state != TAO_STATE_PREPARED && td->now.state != TAO_STATE_TRACK_OPEN)
		return;
	status->owner_pid = pid_vnr(file->pid);
	status->owner_uid = from_kuid_munged(current_user_ns(), file->uid);
	if (td->held.prepared.client_name[0])
		strscpy(status->owner, td->held.prepared.client_name, sizeof(status->owner));
	else
		strscpy(status->owner, file->name, sizeof(status->owner));
}

static u32 status_flags(struct tao_device *td)
{
	u32 flags = TAO_STATUS_BUFFER_ESTIMATED;
	bool open = tao_stream_is_open(td);

	if (td->held.prepared.flags & TAO_PREPARE_TEST_WRITE)
		flags |= TAO_STATUS_TEST_WRITE;
	if ((open ? td->stream.cut : td->track.error) == -ECANCELED ||
	    (td->plan && td->plan->cancelled))
		flags |= TAO_STATUS_CANCELLED;
	if (td->held.hold == TAO_HOLD_OWNER)
		flags |= TAO_STATUS_EXPLICIT;
	if (td->found.track_failed || tao_track_failed(open ? td->stream.error : td->track.error))
		flags |= TAO_STATUS_FAILED;
	return flags;
}

static u32 status_elapsed(const struct tao_device *td, const struct tao_status *status)
{
	ktime_t began = status_of_audio(status) ? td->track.began : td->now.action_began;

	if (td->now.action == TAO_ACTION_NONE)
		return 0;
	return min_t(s64, ktime_ms_delta(ktime_get(), began), TAO_UNKNOWN - 1);
}

static void status_track(const struct tao_device *td, struct tao_status *status)
{
	const struct tao_stream *s = &td->stream;

	status->sectors = TAO_UNKNOWN;
	if (!td->track.number)
		return;
	status->track = tao_event_track(td);
	status->start_lba = td->track.start_lba;
	status->sectors = td->track.announced_sectors;
	status->track_sectors = s->sectors_sent;
	status->written_lba = s->next_lba;
	status->read_lba = td->track.start_lba +
			   (s32)div_u64(READ_ONCE(s->bytes_accepted), TAO_SECTOR_SIZE);
	status->queue_bytes = s->queue_bytes;
	status->underruns = s->near_misses;
}

/**
 * tao_status_get - how far things are
 * @td: the drive
 * @status: filled in
 */
void tao_status_get(struct tao_device *td, struct tao_status *status)
{
	unsigned long flags;

	memset(status, 0, sizeof(*status));
	spin_lock_irqsave(&td->lock, flags);
	status->flags = status_flags(td);
	status->state = td->now.state;
	status->action = td->now.action;
	status_track(td, status);
	status->drive_buffer_fill = status->track ? tao_stream_fill(td) : 0;
	status->elapsed_ms = status_elapsed(td, status);
	status->progress = status_progress(td, status);
	status->remaining_ms = status_remaining(td, status);
	status->session_progress = status_disc_progress(td, status);
	status->queue_max_bytes = td->stream.queue_max;
	status->drive_buffer_bytes = td->attach.capabilities.buffer_bytes;
	status->speed_kbps = td->measured.rate_kbps;
	status->sequence = td->now.sequence;
	status_owner(td, status);
	spin_unlock_irqrestore(&td->lock, flags);
}

