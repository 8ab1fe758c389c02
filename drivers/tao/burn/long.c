// SPDX-License-Identifier: GPL-2.0-only
/*
 * Commands that take minutes or hours: they are started, and the drive is asked until they end.
 */
#include <linux/cdrom.h>

#include "burn.h"

/* How long a drive may take; each bounds how long a system call can last. */
#define TAO_SYNC_MS		(300 * MSEC_PER_SEC)
#define TAO_CLOSE_MS		(1200 * MSEC_PER_SEC)
#define TAO_BLANK_MS		(3 * 3600 * MSEC_PER_SEC)
/* Times that a drive may refuse a long command for a temporary reason. */
#define TAO_REFUSALS_MAX	10

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
		td->ends.in_doubt = true;
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
	return tao_mmc_close_track(td->sdev, td->ends.left_track, immediate, &td->sense);
}

static int send_blank_minimal(struct tao_device *td, bool immediate)
{
	return tao_mmc_blank(td->sdev, TAO_BLANK_TYPE_MINIMAL, immediate, &td->sense);
}

static int send_blank_full(struct tao_device *td, bool immediate)
{
	return tao_mmc_blank(td->sdev, TAO_BLANK_TYPE_FULL, immediate, &td->sense);
}

static const struct long_command {
	u8 opcode;
	unsigned int timeout_ms;
	int (*send)(struct tao_device *td, bool immediate);
} long_commands[] = {
	[TAO_LONG_SYNC_CACHE] = { GPCMD_FLUSH_CACHE, TAO_SYNC_MS, send_sync_cache },
	/* Behind the last sector of a session at once the lead-out follows. */
	[TAO_LONG_SYNC_SESSION] = { GPCMD_FLUSH_CACHE, TAO_CLOSE_MS, send_sync_cache },
	[TAO_LONG_CLOSE_SESSION] = { GPCMD_CLOSE_TRACK, TAO_CLOSE_MS, send_close_session },
	[TAO_LONG_CLOSE_TRACK] = { GPCMD_CLOSE_TRACK, TAO_SYNC_MS, send_close_track },
	[TAO_LONG_CLOSE_LEFT] = { GPCMD_CLOSE_TRACK, TAO_SYNC_MS, send_close_left },
	[TAO_LONG_BLANK_MINIMAL] = { GPCMD_BLANK, TAO_BLANK_MS, send_blank_minimal },
	[TAO_LONG_BLANK_FULL] = { GPCMD_BLANK, TAO_BLANK_MS, send_blank_full },
};

static int long_command_send(struct tao_device *td, const struct long_command *command,
			     bool immediate)
{
	unsigned int starts = TAO_REFUSALS_MAX;
	ktime_t began = ktime_get();
	int err;

	do {
		err = command->send(td, immediate);
	} while (err && tao_ready_refused(td, &began, &starts));
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

	td->ends.in_doubt = false;
	err = long_command_send(td, command, true);
	if (err && tao_sense_classify(&td->sense) == TAO_SENSE_BAD_FIELD)
		err = long_command_send(td, command, false);
	if (err && !long_command_may_run(&td->sense))
		return tao_error_command(td, tao_gave_up(err), command->opcode, 0, &td->sense);
	ret = tao_ready_wait_done(td, command->opcode, command->timeout_ms);
	/* Only a look at the disc can tell. */
	if (err)
		td->ends.in_doubt = true;
	return ret;
}

/**
 * tao_long_run - carry out a command that may take minutes or hours
 * @td: the drive
 * @command: which one
 *
 * A suspend would ruin the disc, as in a track: the machine stays awake.
 *
 * Return: 0 or the error that it ended with.
 */
int tao_long_run(struct tao_device *td, enum tao_long command)
{
	int err;

	pm_stay_awake(&td->dev);
	tao_medium_doubt(td);
	err = long_command_run(td, &long_commands[command]);
	pm_relax(&td->dev);
	return err;
}
