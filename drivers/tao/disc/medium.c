// SPDX-License-Identifier: GPL-2.0-only
/*
 * The known state of the disc in the drive. All but the getters are for the worker.
 */
#include "disc.h"

/**
 * tao_medium_doubt - the known state of the disc may be out of date
 * @td: the drive
 *
 * Lasts until tao_scan() has looked again.
 */
void tao_medium_doubt(struct tao_device *td)
{
	spin_lock_irq(&td->lock);
	td->found.medium_old = true;
	td->found.medium_news++;
	spin_unlock_irq(&td->lock);
	tao_event_changed(td);
}

/**
 * tao_medium_fail - keep the error of a command that needs a disc
 * @td: the drive
 * @err: what became of the command
 * @opcode: the command
 *
 * Return: the error for the caller.
 */
int tao_medium_fail(struct tao_device *td, int err, u8 opcode)
{
	if (err == -ENOMEDIUM)
		tao_medium_doubt(td);
	return tao_error_command(td, tao_gave_up(err), opcode, 0, &td->sense);
}

/**
 * tao_medium_forget - there is no disc, or it is not known which
 * @td: the drive
 * @type: TAO_MEDIUM_NONE or TAO_MEDIUM_UNKNOWN
 */
void tao_medium_forget(struct tao_device *td, u32 type)
{
	if (READ_ONCE(td->found.track_failed)) {
		td->discs.failed = td->discs.known;
		td->discs.known.loose = true;
	}
	spin_lock_irq(&td->lock);
	memset(&td->found.medium, 0, sizeof(td->found.medium));
	memset(&td->found.toc, 0, sizeof(td->found.toc));
	memset(&td->found.speeds, 0, sizeof(td->found.speeds));
	td->found.speeds_old = false;
	td->found.medium.type = type;
	td->found.medium_time = type == TAO_MEDIUM_UNKNOWN ? 0 : ktime_get();
	td->found.medium_old = type == TAO_MEDIUM_UNKNOWN;
	td->found.medium_news++;
	td->found.track_failed = false;
	spin_unlock_irq(&td->lock);
	tao_error_forget(td);
	tao_event_changed(td);
}

/**
 * tao_medium_is_cd - whether it is a CD that can be written
 * @m: the disc
 */
bool tao_medium_is_cd(const struct tao_medium *m)
{
	return m->type == TAO_MEDIUM_CD_R || m->type == TAO_MEDIUM_CD_RW;
}

/**
 * tao_medium_is_blank - whether nothing is on it
 * @m: the disc
 *
 * READ DISC INFORMATION may still call a disc blank whose first track is shown already.
 */
bool tao_medium_is_blank(const struct tao_medium *m)
{
	return m->status == TAO_DISC_BLANK && !m->tracks;
}

/**
 * tao_medium_note_failed - a track has failed on the disc that is held
 * @td: the drive
 *
 * Before the look that follows the track, which may find another disc, or that nothing of the track
 * is on this one; or after it, if that has shown the failure.
 */
void tao_medium_note_failed(struct tao_device *td)
{
	if (td->discs.exchanged || td->discs.known.type == TAO_MEDIUM_NONE ||
	    (!td->found.medium_old && tao_medium_is_blank(&td->found.medium)))
		return;
	td->discs.known.loose = !td->plan;
	td->ends.in_track = true;
	td->ends.in_track_disc = td->claim.diskseq;
	spin_lock_irq(&td->lock);
	td->found.track_failed = true;
	spin_unlock_irq(&td->lock);
}

/**
 * tao_medium_put_aside - the disc that is held has failed, and may be another one at the next look
 * @td: the drive
 *
 * The next look loses the hold, and recognises the disc if it is the same.
 */
void tao_medium_put_aside(struct tao_device *td)
{
	td->discs.failed = td->discs.known;
	td->discs.known.type = TAO_MEDIUM_NONE;
	spin_lock_irq(&td->lock);
	td->found.track_failed = false;
	spin_unlock_irq(&td->lock);
}

/**
 * tao_medium_replaces - whether the track in hand takes the place of the one that failed
 * @td: the drive
 *
 * Before the look that follows it: the failed track did not show up, and the disc is blank.
 */
bool tao_medium_replaces(const struct tao_device *td)
{
	return td->discs.known.loose && tao_medium_is_blank(&td->found.medium) &&
	       !(td->found.medium.flags & TAO_MEDIUM_TRACK_DAMAGED);
}

/**
 * tao_medium_note_burned - what was burned on the disc that is held has not failed
 * @td: the drive
 * @again: it is in the place of the track that failed last, even if no look shows it yet
 *
 * After the look that shows it. If the disc looks now like one that went away with a failed track,
 * that is forgotten.
 */
void tao_medium_note_burned(struct tao_device *td, bool again)
{
	if (again || tao_disc_same(&td->discs.failed, &td->discs.known))
		td->discs.failed.type = TAO_MEDIUM_NONE;
}

/**
 * tao_medium_forget_failed - what failed on the disc that is in does not matter any more
 * @td: the drive
 */
void tao_medium_forget_failed(struct tao_device *td)
{
	td->ends.in_track = false;
	tao_medium_note_burned(td, false);
	tao_disc_trust(&td->discs.known);
	spin_lock_irq(&td->lock);
	td->found.track_failed = false;
	spin_unlock_irq(&td->lock);
}

/**
 * tao_medium_get - what is known of the disc
 * @td: the drive
 * @medium: filled in
 */
void tao_medium_get(struct tao_device *td, struct tao_medium *medium)
{
	unsigned long flags;
	ktime_t when;

	spin_lock_irqsave(&td->lock, flags);
	*medium = td->found.medium;
	when = td->found.medium_time;
	if (td->found.track_failed)
		medium->flags |= TAO_MEDIUM_TRACK_FAILED;
	if (td->found.medium_old || td->now.state == TAO_STATE_TRACK_OPEN)
		medium->flags |= TAO_MEDIUM_STALE;
	spin_unlock_irqrestore(&td->lock, flags);
	medium->age_ms = when ? min_t(s64, ktime_ms_delta(ktime_get(), when), TAO_UNKNOWN - 1) :
				TAO_UNKNOWN;
}
