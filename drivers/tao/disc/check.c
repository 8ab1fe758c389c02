// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whether the disc takes what is to be written, and has what was written. For the worker.
 */
#include <linux/cdrom.h>

#include "disc.h"

#define CHECK_TRIES	4

/**
 * tao_check_cd - check whether it is a disc that we may change
 * @td: the drive
 * @m: the disc in it
 *
 * A drive would close or erase a DVD as well.
 *
 * Return: 0, -ENOMEDIUM or -EMEDIUMTYPE.
 */
int tao_check_cd(struct tao_device *td, const struct tao_medium *m)
{
	if (m->type == TAO_MEDIUM_NONE)
		return tao_error_text(td, -ENOMEDIUM, "there is no disc in the drive");
	if (tao_medium_is_cd(m))
		return 0;
	return tao_error_text(td, -EMEDIUMTYPE, "the disc is no CD-R or CD-RW");
}

static int check_type(struct tao_device *td, const struct tao_medium *m)
{
	int err = tao_check_cd(td, m);

	if (err)
		return err;
	if (td->discs.features_now.present && !td->discs.features_now.tao)
		return tao_error_text(td, -EOPNOTSUPP, "the drive can't write track-at-once");
	if (m->status == TAO_DISC_COMPLETE)
		return tao_error_text(td, -EROFS, "the disc is finalised: nothing can be added");
	if (m->status == TAO_DISC_OTHER)
		return tao_error_text(td, -EMEDIUMTYPE, "the disc is formatted: blank it first");
	return 0;
}

/* Checks for remains of a power loss, unless the drive reports that it can continue from there. */
static int check_left(struct tao_device *td, const struct tao_medium *m)
{
	if (m->flags & TAO_MEDIUM_WRITABLE)
		return 0;
	if (m->flags & TAO_MEDIUM_SESSION_DAMAGED)
		return tao_error_text(td, -EIO,
				      "the session is half closed: 'tao recover' closes it");
	if (m->flags & TAO_MEDIUM_TRACK_DAMAGED)
		return tao_error_text(td, -EIO,
				      "the last track was left unfinished: 'tao recover' ends it");
	return 0;
}

/* A drive has no next track to report if the disc is full; otherwise it has said what is wrong. */
static int check_room(struct tao_device *td, const struct tao_medium *m)
{
	const struct tao_refusal *r = &td->ends.refused;
	enum tao_sense_class class = tao_sense_classify(&r->sense);

	if (m->flags & TAO_MEDIUM_WRITABLE || !r->error)
		return tao_select_full(td);
	if (m->status == TAO_DISC_APPENDABLE && r->opcode == GPCMD_READ_TRACK_RZONE_INFO &&
	    (class == TAO_SENSE_BAD_FIELD || class == TAO_SENSE_ADDRESS))
		return tao_select_full(td);
	return tao_error_command(td, r->error, r->opcode, 0, &r->sense);
}

/**
 * tao_check_writable - see whether a track can be added
 * @td: the drive; the disc has been looked at
 *
 * Return: 0, -ENOMEDIUM, -EMEDIUMTYPE, -EOPNOTSUPP, -EROFS, -EMLINK for the 100th track, -ENOSPC,
 * -EIO where a track or the closing of a session was left unfinished, or the drive's error when
 * it was asked for the next track.
 */
int tao_check_writable(struct tao_device *td)
{
	struct tao_medium m;
	int err;

	tao_medium_get(td, &m);
	err = check_type(td, &m);
	if (err)
		return err;
	if (m.tracks >= TAO_TRACKS_MAX)
		return tao_select_full(td);
	err = check_left(td, &m);
	if (err)
		return err;
	if (!(m.flags & TAO_MEDIUM_WRITABLE) || m.free_sectors < TAO_TRACK_MIN_SECTORS)
		return check_room(td, &m);
	return 0;
}

/* Unit attentions that are queued are not about the track. */
static int check_ask_number(struct tao_device *td, u32 number, struct tao_track_info *info)
{
	int tries = CHECK_TRIES, err;

	do {
		err = tao_select_ask(td, ktime_get(), number, info);
	} while (err && --tries && tao_sense_classify(&td->sense) == TAO_SENSE_CHANGED);
	return err;
}

/*
 * The drive's report of the track in hand. Some drives report tracks of an open session only as
 * the next one, which the last track of a full disc is. Returns -ENODATA if it can't report it.
 */
static int check_ask(struct tao_device *td, struct tao_track_info *info)
{
	int err = check_ask_number(td, td->track.number, info);

	if (!err || !tao_sense_is_unanswered(&td->sense))
		return err;
	err = check_ask_number(td, TAO_TRACK_NEXT, info);
	if (err ? tao_sense_is_unanswered(&td->sense) : info->track != td->track.number)
		return -ENODATA;
	return err;
}

/**
 * tao_check_track - compare the drive's report of the track in hand with the audio sent
 * @td: the drive
 * @sectors: how many were sent
 * @must: the drive is not believed if it can't report the track
 *
 * Drives may count the run-out of two sectors as part of a track.
 *
 * Return: 0 or -EIO.
 */
int tao_check_track(struct tao_device *td, u32 sectors, bool must)
{
	struct tao_track_info info;
	int err = check_ask(td, &info);
	bool unknown = !err && !must && !info.sectors;

	if (err && !must && (err == -ENODATA || tao_ready_put_off_ms(&td->sense)))
		return 0;
	if (err == -ENODATA)
		return tao_error_text(td, -EIO, "the drive can't report track %u, to verify it",
				      td->track.number);
	if (err)
		return tao_medium_fail(td, err, GPCMD_READ_TRACK_RZONE_INFO);
	if (info.start_lba == td->track.start_lba && !info.damage && !info.blank &&
	    (unknown || (info.sectors >= sectors && info.sectors <= sectors + TAO_GAP_SECTORS)))
		return 0;
	return tao_error_text(td, -EIO,
			      "track %u does not verify: %u sectors at %d sent, the drive has %u at %d",
			      td->track.number, sectors, td->track.start_lba, info.sectors,
			      info.start_lba);
}
