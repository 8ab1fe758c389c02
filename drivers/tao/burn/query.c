// SPDX-License-Identifier: GPL-2.0-only
/*
 * Jobs that leave the disc as it is: a look at it, its CD-TEXT, the speed.
 */
#include <linux/cdrom.h>
#include <scsi/scsi_proto.h>

#include "burn.h"

/* A look at the disc, which GET_MEDIUM and others wait for */
static int run_refresh(struct tao_device *td, struct tao_job *job)
{
	int err;

	/* While we hold the disc, our information is up to date. */
	if (td->held.hold != TAO_HOLD_NONE)
		return 0;
	err = tao_hold_visit(td, TAO_ACTION_READING, 0);
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
	tao_hold_drop(td);
	return 0;
}

const struct tao_job_kind tao_job_refresh = { "refresh", run_refresh };

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

/* GET_TEXT: reads the CD-TEXT of the disc. */
static int run_get_text(struct tao_device *td, struct tao_job *job)
{
	int err;

	if (td->held.hold != TAO_HOLD_NONE)
		return -EBUSY;
	err = tao_hold_visit(td, TAO_ACTION_READING, 0);
	if (err)
		return err == -ENOMEDIUM ? 0 : err;
	err = tao_claim_late(td) ?: read_text(td, job);
	tao_hold_drop(td);
	return err;
}

const struct tao_job_kind tao_job_get_text = { "get-text", run_get_text };

static void speed_tell(struct tao_device *td, struct tao_speed *speed, u32 flags)
{
	spin_lock_irq(&td->lock);
	*speed = td->wanted.speed;
	spin_unlock_irq(&td->lock);
	speed->flags |= flags;
}

/* SET_SPEED */
static int run_set_speed(struct tao_device *td, struct tao_job *job)
{
	struct tao_speed *speed = &job->args.speed;
	bool held = td->held.hold != TAO_HOLD_NONE;
	int err = 0;

	tao_speed_request_late(td, speed, job->speed_requests);
	/* Between the WRITEs of a track the drive gets no other command. */
	if (tao_stream_is_open(td)) {
		td->wanted.speed_later = true;
		speed_tell(td, speed, TAO_SPEED_PENDING);
		return 0;
	}
	if (!held)
		err = tao_hold_visit(td, TAO_ACTION_SETTING_SPEED, 0);
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
		tao_hold_drop(td);
	return err;
}

const struct tao_job_kind tao_job_set_speed = { "set-speed", run_set_speed };
