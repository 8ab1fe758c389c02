// SPDX-License-Identifier: GPL-2.0-only
/*
 * Waiting: for a disc to become ready, and for a drive to end a long command. For the worker: the
 * drive must be held.
 */
#include <linux/cdrom.h>

#include "disc.h"

/* Maximum number of unit attentions that a drive may have queued for us. */
#define TAO_ATTENTIONS_MAX	10
/* How long a drive may be "not ready, cause not reportable". */
#define TAO_NOT_REPORTABLE_MS	30000
/* How often to ask a busy drive: asking keeps a slow one from its work. */
#define TAO_POLL_MIN_MS		20
#define TAO_POLL_MAX_MS		500
/* How long a drive that was ready may still be busy. */
#define TAO_BUSY_MS		10000
/* How long a disc that came to rest may take to turn again. */
#define TAO_START_MS		60000

/* Sleeps, but not if the drive goes away. */
static void ready_sleep(struct tao_device *td, unsigned int ms)
{
	wait_event_idle_timeout(td->wait, READ_ONCE(td->now.dead), msecs_to_jiffies(ms) + 1);
}

/* A unit attention: the disc may be another one. */
static void ready_attention(struct tao_device *td)
{
	if (td->sense.asc == 0x28)
		tao_error_forget(td);
}

/*
 * Handles a drive that is not ready; a disc at rest is only started if the caller can wait.
 * Returns 0 to ask again, 1 to ask again after a while, or an error.
 */
static int ready_not_yet(struct tao_device *td, int err, bool may_start, unsigned int waited_ms,
			 unsigned int *attentions)
{
	switch (tao_sense_classify(&td->sense)) {
	case TAO_SENSE_EJECT_REQUEST:
		/* It can be pressed as often as one likes: only time is a limit. */
		if (may_start)
			return 1;
		fallthrough;
	case TAO_SENSE_CHANGED:
		ready_attention(td);
		return ++*attentions < TAO_ATTENTIONS_MAX ? 0 : err;
	case TAO_SENSE_NEEDS_START:
		if (!may_start)
			return err;
		return tao_mmc_start(td->sdev, &td->sense) ?: 1;
	case TAO_SENSE_NOT_REPORTABLE:
		return waited_ms < TAO_NOT_REPORTABLE_MS ? 1 : -ETIMEDOUT;
	case TAO_SENSE_BUSY:
		return 1;
	default:
		return err;
	}
}

/* The disc is not ready yet, or has to be started. */
static bool ready_comes(const struct tao_sense *sense)
{
	switch (tao_sense_classify(sense)) {
	case TAO_SENSE_NEEDS_START:
	case TAO_SENSE_NOT_REPORTABLE:
	case TAO_SENSE_BUSY:
		return true;
	default:
		return false;
	}
}

/**
 * tao_ready_is_given_up - whether what the job in hand has not begun yet is not to begin any more
 * @td: the drive
 *
 * Its program does not wait for it, or the machine goes down.
 */
bool tao_ready_is_given_up(const struct tao_device *td)
{
	return READ_ONCE(td->worker.hurry) && (!td->ends.must_end || tao_worker_is_shut());
}

/**
 * tao_ready_wait - wait until a disc can be used
 * @td: the drive
 * @timeout_ms: how long it may take to spin up; 0: a query, which does not start it either
 *
 * Return: 0, -ENOMEDIUM, -ETIMEDOUT, -ECANCELED if nobody wants it any more, -ESHUTDOWN if the
 * machine goes down, or another error.
 */
int tao_ready_wait(struct tao_device *td, unsigned int timeout_ms)
{
	ktime_t began = ktime_get();
	unsigned int attentions = 0;

	for (;;) {
		unsigned int waited = ktime_ms_delta(ktime_get(), began);
		int err = tao_mmc_test_unit_ready(td->sdev, &td->sense);

		if (!err)
			return 0;
		err = ready_not_yet(td, err, timeout_ms, waited, &attentions);
		/* A query does not start the disc or wait for it. The drive has made no error. */
		if (err && !timeout_ms && ready_comes(&td->sense))
			return tao_gave_up(err < 0 ? err : -ETIMEDOUT);
		if (err == -ENOMEDIUM) {
			/* Not an error yet: that depends on the caller. */
			tao_medium_forget(td, TAO_MEDIUM_NONE);
			return err;
		}
		if (err < 0)
			return tao_medium_fail(td, err, GPCMD_TEST_UNIT_READY);
		if (READ_ONCE(td->now.dead))
			return -ENODEV;
		/* Data of a track that is still wanted are waiting for the drive. */
		if (tao_ready_is_given_up(td) && !tao_stream_is_wanted(td))
			return tao_worker_is_shut() ? -ESHUTDOWN : -ECANCELED;
		if (!err)
			continue;
		if (waited >= timeout_ms)
			return tao_medium_fail(td, -ETIMEDOUT, GPCMD_TEST_UNIT_READY);
		ready_sleep(td, 200);
	}
}

/**
 * tao_ready_put_off_ms - how long to sleep before repeating a command
 * @sense: the answer to it
 *
 * The drive has postponed it: it is busy, or reports its button instead of executing it.
 *
 * Return: ms; 0 for any other answer.
 */
unsigned int tao_ready_put_off_ms(const struct tao_sense *sense)
{
	switch (tao_sense_classify(sense)) {
	case TAO_SENSE_BUSY:
	case TAO_SENSE_NOT_REPORTABLE:
		return TAO_POLL_MAX_MS;
	case TAO_SENSE_EJECT_REQUEST:
		return TAO_POLL_MIN_MS;
	default:
		return 0;
	}
}

/**
 * tao_ready_again - whether to send a command once more
 * @td: the drive
 * @began: when the whole began that the command is part of
 *
 * A drive that was ready may still postpone a command. Sleeps then.
 */
bool tao_ready_again(struct tao_device *td, ktime_t began)
{
	unsigned int ms = tao_ready_put_off_ms(&td->sense);

	if (!ms || READ_ONCE(td->now.dead) || ktime_ms_delta(ktime_get(), began) >= TAO_BUSY_MS)
		return false;
	ready_sleep(td, ms);
	return true;
}

/* START STOP UNIT for a disc that came to rest, and the wait until it turns. */
static int ready_start(struct tao_device *td)
{
	return tao_mmc_start(td->sdev, &td->sense) ?:
	       tao_ready_wait_done(td, GPCMD_START_STOP_UNIT, TAO_START_MS);
}

/**
 * tao_ready_refused - whether a long command was not carried out, and can be sent once more
 * @td: the drive, that has failed the command
 * @began: when it was sent first, or to a disc that spins again
 * @starts: how often the disc may be started; counted down
 *
 * The button was pressed, which is reported instead of executing the command; or the disc was at
 * rest, and spins now.
 */
bool tao_ready_refused(struct tao_device *td, ktime_t *began, unsigned int *starts)
{
	switch (tao_sense_classify(&td->sense)) {
	case TAO_SENSE_EJECT_REQUEST:
		return tao_ready_again(td, *began);
	case TAO_SENSE_NEEDS_START:
		if (!*starts)
			return false;
		(*starts)--;
		if (ready_start(td))
			return false;
		*began = ktime_get();
		return true;
	default:
		return false;
	}
}

/*
 * Whether the drive is still busy: TEST UNIT READY says so, and for drives that report "ready"
 * while they write, READ DISC INFORMATION does. Returns 1 if it is, 2 if it is not ready and does
 * not say why, 0 if it has finished, or an error.
 */
static int ready_at_work(struct tao_device *td, u8 *opcode)
{
	struct tao_disc_info disc;
	enum tao_sense_class class;
	int err;

	*opcode = GPCMD_TEST_UNIT_READY;
	err = tao_mmc_test_unit_ready(td->sdev, &td->sense);
	if (!err) {
		*opcode = GPCMD_READ_DISC_INFO;
		td->sense.repeated = false;
		err = tao_mmc_read_disc_info(td->sdev, &disc, &td->sense);
		td->ends.in_doubt |= td->sense.repeated;
	}
	if (!err)
		return 0;
	class = tao_sense_classify(&td->sense);
	/* While they close a session at once some drives have no disc information to give. */
	if (td->plan && *opcode == GPCMD_READ_DISC_INFO && td->sense.valid &&
	    !td->sense.deferred && td->sense.key == ILLEGAL_REQUEST && td->sense.asc == 0x2c) {
		td->ends.in_doubt = true;
		return td->ends.lead_out ? 1 : 2;
	}
	if (td->sense.has_progress)
		tao_event_set_progress(td, td->sense.progress);
	/* The button can be pressed at any time during the command, and says nothing about it. */
	if (class == TAO_SENSE_EJECT_REQUEST)
		td->ends.in_doubt = true;
	if (class == TAO_SENSE_BUSY || class == TAO_SENSE_EJECT_REQUEST)
		return 1;
	return class == TAO_SENSE_NOT_REPORTABLE ? 2 : err;
}

/*
 * An answer that says nothing about the long command. A unit attention: some drives raise one
 * when they become ready again, or have changed the disc, but a reset (29h) is an error. Or the
 * disc has come to rest afterwards, and is started once.
 */
static bool ready_asks_once_more(struct tao_device *td, unsigned int *attentions, bool *started)
{
	switch (tao_sense_classify(&td->sense)) {
	case TAO_SENSE_NEEDS_START:
		if (*started)
			return false;
		*started = true;
		tao_mmc_start(td->sdev, &td->sense);
		break;
	case TAO_SENSE_CHANGED:
		if (td->sense.asc == 0x29)
			return false;
		break;
	default:
		return false;
	}
	td->ends.in_doubt = true;
	return ++*attentions < TAO_ATTENTIONS_MAX;
}

/**
 * tao_ready_wait_done - wait until the drive has ended a long command
 * @td: the drive
 * @opcode: the command, for messages and traces
 * @timeout_ms: how long it may take
 *
 * Sets tao_device.ends.in_doubt if the drive did not say how it ended; then only a look can tell.
 *
 * Return: 0 or the error the command ended with.
 */
int tao_ready_wait_done(struct tao_device *td, u8 opcode, unsigned int timeout_ms)
{
	ktime_t began = ktime_get(), silent = 0;
	unsigned int sleep_ms = TAO_POLL_MIN_MS, attentions = 0;
	bool started = opcode == GPCMD_START_STOP_UNIT;
	u8 asked;
	int err;

	for (;;) {
		err = ready_at_work(td, &asked);
		if (err < 0 && ready_asks_once_more(td, &attentions, &started))
			continue;
		if (err <= 0)
			break;
		if (READ_ONCE(td->now.dead))
			return -ENODEV;
		if (err == 1)
			silent = 0;
		else if (!silent)
			silent = ktime_get();
		if (ktime_ms_delta(ktime_get(), began) > timeout_ms ||
		    (silent && ktime_ms_delta(ktime_get(), silent) > TAO_NOT_REPORTABLE_MS))
			return tao_medium_fail(td, -ETIMEDOUT, opcode);
		ready_sleep(td, sleep_ms);
		sleep_ms = min(sleep_ms * 2, (unsigned int)TAO_POLL_MAX_MS);
	}
	/* The present sense data are about the long command. */
	return err ? tao_medium_fail(td, err, opcode) : 0;
}
