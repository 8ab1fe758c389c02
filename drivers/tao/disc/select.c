// SPDX-License-Identifier: GPL-2.0-only
/*
 * Write parameters, and the position of the next track, which depends on them. For the worker: the
 * drive must be held.
 */
#include <linux/cdrom.h>
#include <scsi/scsi_proto.h>

#include "disc.h"

/**
 * tao_select_parameters - the write parameters of a track
 * @td: the drive
 * @begin: properties of the track, or NULL for an ordinary one
 * @p: returned
 */
void tao_select_parameters(struct tao_device *td, const struct tao_track_begin *begin,
			   struct tao_write_parameters *p)
{
	u32 flags = begin ? begin->flags : 0;

	memset(p, 0, sizeof(*p));
	spin_lock_irq(&td->lock);
	p->test_write = td->held.prepared.flags & TAO_PREPARE_TEST_WRITE;
	p->underrun_free = (td->attach.capabilities.underrun_free ||
			    td->attach.features.underrun_free) &&
			   !(td->held.prepared.flags & TAO_PREPARE_NO_UNDERRUN_FREE);
	if (td->held.prepared.flags & TAO_PREPARE_MCN)
		strscpy(p->mcn, td->held.prepared.mcn, sizeof(p->mcn));
	spin_unlock_irq(&td->lock);
	p->multi_session = TAO_MULTI_SESSION_OPEN;
	p->pause = TAO_PAUSE_SECTORS;
	p->session_format = td->ends.session_format;
	if (flags & TAO_TRACK_PRE_EMPHASIS)
		p->track_mode |= TAO_CONTROL_PRE_EMPHASIS;
	if (flags & TAO_TRACK_COPY_PERMITTED)
		p->track_mode |= TAO_CONTROL_COPY_PERMITTED;
	if (flags & TAO_TRACK_ISRC)
		strscpy(p->isrc, begin->isrc, sizeof(p->isrc));
}

/* Notes settings that a drive does not take, or does not show, if the disc will be good anyway. */
static void select_note_missing(struct tao_device *td, const struct tao_write_parameters *p,
				const struct tao_write_parameters *taken)
{
	if (p->underrun_free && !taken->underrun_free)
		dev_notice_ratelimited(&td->dev,
				       "the drive does not take its underrun protection\n");
	if (*p->mcn && !*taken->mcn)
		dev_notice_ratelimited(&td->dev, "the drive may not write the catalogue number\n");
	if (*p->isrc && !*taken->isrc)
		dev_notice_ratelimited(&td->dev, "the drive may not write the ISRC\n");
}

/* Whether the drive has lost what we set: it was reset, and somebody else was told. */
static bool select_was_lost(const struct tao_device *td, const struct tao_write_parameters *before)
{
	return td->ends.selected_valid &&
	       !tao_write_parameters_taken(&td->ends.selected, before);
}

/* Asks what the drive has now, and whether it has lost what it was given. */
static int select_look(struct tao_device *td, ktime_t began, struct tao_write_parameters *now,
		       bool *lost)
{
	int err = tao_ask(td, began, tao_mmc_mode_sense_write(td->sdev, now, &td->sense));

	*lost = !err && select_was_lost(td, now);
	return err;
}

/**
 * tao_select_ask_lost - ask whether the drive has lost the write parameters that it has got
 * @td: the drive
 *
 * Return: 1 if it has, 0 if not, or an error, which is not kept.
 */
int tao_select_ask_lost(struct tao_device *td)
{
	struct tao_write_parameters now;
	bool lost;
	int err = select_look(td, ktime_get(), &now, &lost);

	return err ?: lost;
}

/**
 * tao_select - set write parameters
 * @td: the drive
 * @p: the parameters
 * @began: when the whole began that this is part of
 *
 * If the drive had lost those that were set before, it was reset: its speed is gone as well, and
 * its door may be open. A disc that is held is prepared anew, also if this fails.
 *
 * Return: 0 or an error, which is not kept.
 */
int tao_select(struct tao_device *td, const struct tao_write_parameters *p, ktime_t began)
{
	struct tao_write_parameters before, taken;
	bool lost;
	int err;

	err = select_look(td, began, &before, &lost);
	td->sense.attention |= lost && td->held.hold != TAO_HOLD_NONE;
	if (err)
		return err;
	td->ends.test_selected |= p->test_write;
	err = tao_ask(td, began, tao_mmc_mode_select_write(td->sdev, p, before.page_bytes, &taken,
							   &td->sense));
	td->ends.selected_valid = !err;
	if (err)
		return err;
	td->ends.test_selected = p->test_write;
	td->ends.selected = taken;
	td->ends.selected_time = ktime_get();
	/* A session at once can't do without: see check_drive(). */
	if (p->at_once && p->underrun_free && !taken.underrun_free) {
		td->sense.note = TAO_NOTE_NOT_TAKEN;
		return -EOPNOTSUPP;
	}
	select_note_missing(td, p, &taken);
	return 0;
}

/**
 * tao_select_no_test - see to it that the laser burns: the drive may have been left in a test
 * @td: the drive
 *
 * What it says to that is not kept. Only a test that is over is ended so: no disc is held for one.
 */
void tao_select_no_test(struct tao_device *td)
{
	struct tao_write_parameters p;
	ktime_t began = ktime_get();

	if (tao_ask(td, began, tao_mmc_mode_sense_write(td->sdev, &p, &td->sense)) || !p.test_write)
		return;
	tao_select_parameters(td, NULL, &p);
	tao_select(td, &p, began);
}

/**
 * tao_select_ask - READ TRACK INFORMATION
 * @td: the drive
 * @began: when the whole began that this is part of
 * @number: of the track, or TAO_TRACK_NEXT
 * @info: returned
 *
 * Return: 0 or an error, which is not kept.
 */
int tao_select_ask(struct tao_device *td, ktime_t began, u32 number,
		   struct tao_track_info *info)
{
	return tao_ask(td, began, tao_mmc_read_track_info(td->sdev, number, info, &td->sense));
}

/**
 * tao_select_ask_failed - whether an error is about the drive
 * @td: the drive
 * @err: the error
 *
 * And not just the report of a disc that takes no more tracks.
 */
bool tao_select_ask_failed(struct tao_device *td, int err)
{
	if (err == -ENODEV || !td->sense.valid || tao_ready_put_off_ms(&td->sense) ||
	    tao_sense_classify(&td->sense) == TAO_SENSE_CHANGED)
		return true;
	switch (td->sense.key) {
	case NOT_READY:
	case HARDWARE_ERROR:
	case ABORTED_COMMAND:
		return true;
	default:
		return false;
	}
}

/**
 * tao_select_full - keep that the disc takes no more tracks
 * @td: the drive
 *
 * Return: -EMLINK or -ENOSPC.
 */
int tao_select_full(struct tao_device *td)
{
	if (td->found.medium.tracks >= TAO_TRACKS_MAX)
		return tao_error_text(td, -EMLINK, "the disc has 99 tracks: no more can be added");
	return tao_error_text(td, -ENOSPC, "the disc is full");
}

/**
 * tao_select_fix_next - correct numbers that some drives have wrong
 * @td: the drive
 * @m: the disc
 * @info: what the drive says of the next track
 *
 * On a blank disc they return the pregap as the next address, or no free sectors. No disc is as
 * large or has as many tracks as others claim.
 *
 * Return: 0, or -EIO.
 */
int tao_select_fix_next(struct tao_device *td, const struct tao_medium *m,
			struct tao_track_info *info)
{
	info->nwa = max3(info->nwa, info->start_lba, 0);
	if (!info->free_sectors && info->nwa_valid && m->lead_out_lba > info->nwa)
		info->free_sectors = m->lead_out_lba - info->nwa;
	if (info->track >= 1 && info->track <= TAO_TRACKS_MAX + 1 && info->nwa <= TAO_LBA_MAX &&
	    info->free_sectors <= TAO_LBA_MAX - info->nwa)
		return 0;
	td->sense.note = TAO_NOTE_BAD_REPLY;
	return -EIO;
}

/**
 * tao_select_track - set the write parameters and ask where the next track goes
 * @td: the drive
 * @begin: properties of the track, or NULL for an ordinary one
 * @info: what the drive says
 *
 * The order matters: the address depends on the parameters that hold when it is asked for.
 *
 * Return: 0, -ENOSPC where there is no next track, or another error.
 */
int tao_select_track(struct tao_device *td, const struct tao_track_begin *begin,
		     struct tao_track_info *info)
{
	struct tao_write_parameters p;
	ktime_t began = ktime_get();
	int err;

	tao_select_parameters(td, begin, &p);
	td->sense.repeated = false;
	err = tao_select(td, &p, began);
	if (err)
		return tao_medium_fail(td, err, GPCMD_MODE_SELECT_10);
	err = tao_select_ask(td, began, TAO_TRACK_NEXT, info) ?:
	      tao_select_fix_next(td, &td->found.medium, info);
	/* It may have been reset before it answered. */
	td->sense.attention |= td->sense.repeated;
	if (!err)
		return 0;
	switch (tao_sense_classify(&td->sense)) {
	case TAO_SENSE_BAD_FIELD:
	case TAO_SENSE_ADDRESS:
		/* A disc that takes no more tracks has no next track to report. */
		return tao_select_full(td);
	default:
		return tao_medium_fail(td, err, GPCMD_READ_TRACK_RZONE_INFO);
	}
}

/**
 * tao_select_ask_next - ask for the track that is next, or was left open
 * @td: the drive
 * @info: what the drive says
 *
 * Return: 0, -ENODATA if the drive reports none, or another error, which is kept.
 */
int tao_select_ask_next(struct tao_device *td, struct tao_track_info *info)
{
	int err = tao_select_ask(td, ktime_get(), TAO_TRACK_NEXT, info);

	if (!err)
		return 0;
	if (!tao_select_ask_failed(td, err))
		return -ENODATA;
	return tao_medium_fail(td, err, GPCMD_READ_TRACK_RZONE_INFO);
}

/**
 * tao_select_close - set what closing the session will do
 * @td: the drive
 * @close: TAO_CLOSE_SESSION or TAO_CLOSE_FINALIZE
 *
 * Return: 0 or an error.
 */
int tao_select_close(struct tao_device *td, u32 close)
{
	struct tao_write_parameters p;
	int err;

	tao_select_parameters(td, NULL, &p);
	if (close == TAO_CLOSE_FINALIZE)
		p.multi_session = TAO_MULTI_SESSION_FINAL;
	err = tao_select(td, &p, ktime_get());
	return err ? tao_medium_fail(td, err, GPCMD_MODE_SELECT_10) : 0;
}

/**
 * tao_select_at_once - set the write parameters of a session at once
 * @td: the drive
 * @close: TAO_CLOSE_SESSION or TAO_CLOSE_FINALIZE
 * @block_type: data block type
 *
 * Return: 0 or an error.
 */
int tao_select_at_once(struct tao_device *td, u32 close, u8 block_type)
{
	struct tao_write_parameters p;

	tao_select_parameters(td, NULL, &p);
	/* The cue sheet has it. */
	memset(p.mcn, 0, sizeof(p.mcn));
	p.at_once = true;
	p.block_type = block_type;
	if (close == TAO_CLOSE_FINALIZE)
		p.multi_session = TAO_MULTI_SESSION_FINAL;
	return tao_select(td, &p, ktime_get());
}
