// SPDX-License-Identifier: GPL-2.0-only
/*
 * Everything that is held while commands go to a drive, so that no other commands get in between:
 *
 * - sr's block device, opened exclusively and for writing: mounting it or opening it with O_EXCL
 * fails with EBUSY, and the block layer no longer polls it;
 * - its disk events: udev's cdrom_id and others open it without O_EXCL, and each such open would
 *   send GET EVENT STATUS NOTIFICATION and TEST UNIT READY;
 * - sr's option to lock the door: an open that fails unlocks it;
 * - the door itself, while something is burned.
 *
 * The drive is kept awake, too. At the end everything is as it was before. /dev/sg, and a
 * descriptor of sr's device that was opened without O_EXCL, can't be kept out.
 *
 * A query only looks, for a moment. It does not open the block device, because sr unlocks the
 * door when that is closed. It begins to claim it, which makes an exclusive open wait, and never
 * completes the claim.
 */
#include <linux/blkdev.h>
#include <linux/cdrom.h>
#include <linux/delay.h>
#include <linux/major.h>
#include <linux/module.h>

#include "disc.h"
#include "trace.h"

/* Maximum duration of a removal because of the door, whatever the drive does. */
#define TAO_GONE_MS		2000
/* Times that a query waits while others open or close the block device, and how long each time. */
#define CLAIM_OPEN_TRIES	150
#define CLAIM_OPEN_PAUSE_MS	20
/* How long a drive may take to lock its door or to unlock it. */
#define TAO_DOOR_TIMEOUT_S	10
/* Number of attempts: a drive may refuse for a moment, or not answer. */
#define TAO_LOCK_TRIES		2
#define TAO_UNLOCK_TRIES	5
#define TAO_TIMED_OUT_TRIES	1
#define TAO_DOOR_PAUSE_MS	100
/* Interval and maximum time of the requests to unlock the door of a busy drive. */
#define TAO_DOOR_BUSY_MS	500
#define TAO_DOOR_BUSY_MAX_MS	60000
/* After so long a query begins no new step: a program that mounts the disc waits for it. */
#define TAO_QUERY_MS		10000

static int match_disk(struct device *dev, TAO_MATCH_CONST void *data)
{
	return MAJOR(dev->devt) == SCSI_CDROM_MAJOR && dev->class &&
	       !strcmp(dev->class->name, "block");
}

static struct device *claim_find_disk(struct tao_device *td)
{
	return device_find_child(&td->sdev->sdev_gendev, NULL, match_disk);
}

/**
 * tao_claim_disk - find sr's block device
 * @td: the drive
 *
 * sr may bind later than we attach, or never; so this is asked when it matters.
 *
 * Return: its number, or 0.
 */
dev_t tao_claim_disk(struct tao_device *td)
{
	struct device *disk = claim_find_disk(td);
	dev_t devt;

	if (!disk)
		return 0;
	devt = disk->devt;
	put_device(disk);
	return devt;
}

/*
 * Notes the number of the disc that is in. If we have told sr of a change, sr has had the disc
 * numbered anew. Then what is known of it still holds: a look shows if it is another one.
 */
static void claim_note_disc(struct tao_device *td, u64 diskseq)
{
	struct tao_claim *claim = &td->claim;

	if (claim->told && diskseq != claim->diskseq) {
		if (td->ends.in_track_disc == claim->diskseq)
			td->ends.in_track_disc = diskseq;
		claim->told = false;
	}
	claim->diskseq = diskseq;
}

/*
 * After a program has cleared its option CDO_USE_FFLAGS, sr looks for data on the disc before it
 * opens, and what it says then is not about us.
 */
static int claim_open_error(int err)
{
	switch (err) {
	case -ENXIO:
		return -ENODEV;
	case -EBUSY:
	case -ENODEV:
	case -ENOMEM:
		return err;
	default:
		return -EIO;
	}
}

static int claim_open_disk(struct tao_device *td)
{
	struct tao_claim *claim = &td->claim;
	dev_t devt = tao_claim_disk(td);
	int options, err;

	if (!devt)
		return 0;
	err = tao_bdev_open(&claim->bdev, devt, td);
	if (err)
		return claim_open_error(err);
	claim_note_disc(td, claim->bdev.bdev->bd_disk->diskseq);
	options = tao_bdev_ioctl(&claim->bdev, CDROM_SET_OPTIONS, 0);
	claim->lock_option |= options >= 0 && (options & CDO_LOCK);
	if (claim->lock_option)
		tao_bdev_ioctl(&claim->bdev, CDROM_CLEAR_OPTIONS, CDO_LOCK);
	return 0;
}

/*
 * The last reference to a block device is dropped with the code of its driver, so that has to stay.
 * Some opens last long: a query waits 3 s for them.
 */
static int claim_pin_driver(struct gendisk *disk)
{
	int tries = CLAIM_OPEN_TRIES, err = 0;

	while (!mutex_trylock(&disk->open_mutex)) {
		if (!--tries)
			return -EBUSY;
		msleep(CLAIM_OPEN_PAUSE_MS);
	}
	if (!disk_live(disk) || !try_module_get(disk->fops->owner))
		err = -ENODEV;
	mutex_unlock(&disk->open_mutex);
	return err;
}

/* For a query. The reference to the device is one to the block device too. */
static int claim_keep_disk(struct tao_device *td)
{
	struct tao_claim *claim = &td->claim;
	struct device *disk = claim_find_disk(td);
	struct module *owner;
	int err;

	if (!disk)
		return 0;
	err = claim_pin_driver(dev_to_disk(disk));
	if (err)
		goto put_disk;
	owner = dev_to_disk(disk)->fops->owner;
	err = tao_bd_prepare_to_claim(dev_to_bdev(disk), td);
	if (err)
		goto unpin_driver;
	claim->disk = disk;
	claim->disk_driver = owner;
	claim_note_disc(td, dev_to_disk(disk)->diskseq);
	return 0;

unpin_driver:
	put_device(disk);
	module_put(owner);
	return err;
put_disk:
	put_device(disk);
	/* While sr is leaving, nobody can open it any more. */
	return err == -ENODEV ? 0 : err;
}

static void claim_let_disk_go(struct tao_device *td)
{
	struct tao_claim *claim = &td->claim;

	if (!claim->disk)
		return;
	bd_abort_claiming(dev_to_bdev(claim->disk), td);
	put_device(claim->disk);
	module_put(claim->disk_driver);
	claim->disk = NULL;
}

static void claim_close_disk(struct tao_claim *claim)
{
	if (!claim->bdev.bdev)
		return;
	/* sr refuses it while the drive is offline: then the next claim does it. */
	if (claim->lock_option && tao_bdev_ioctl(&claim->bdev, CDROM_SET_OPTIONS, CDO_LOCK) >= 0)
		claim->lock_option = false;
	tao_bdev_close(&claim->bdev);
}

/**
 * tao_claim_take - hold the drive
 * @td: the drive
 * @query: for a look, which changes nothing and keeps no machine awake
 *
 * For the worker, as all functions here unless they say otherwise. Taking it twice is the same as
 * once.
 *
 * Return: 0, -EBUSY if somebody else has it, -ENODEV if it is gone, -EIO if it does not wake up or
 * sr does not open it, or -ENOMEM.
 */
int tao_claim_take(struct tao_device *td, bool query)
{
	struct scsi_device *sdev = td->sdev;
	int err;

	if (td->claim.held)
		return 0;
	if (scsi_autopm_get_device(sdev))
		return -EIO;
	err = query ? claim_keep_disk(td) : claim_open_disk(td);
	if (err) {
		scsi_autopm_put_device(sdev);
		return err;
	}
	sdev_disable_disk_events(sdev);
	/* The worker runs on when nobody has it open: the module must not be unloaded then. */
	__module_get(THIS_MODULE);
	/* Others could set write parameters until now. */
	td->ends.selected_valid = false;
	td->ends.test_selected = false;
	td->claim.query = query;
	td->claim.began = ktime_get();
	td->claim.held = true;
	trace_tao_claim(td, true);
	return 0;
}

/**
 * tao_claim_late - whether a query holds the drive for so long that it begins no new step
 * @td: the drive
 *
 * Return: 0, or -ETIMEDOUT; 0 for all others who hold it.
 */
int tao_claim_late(const struct tao_device *td)
{
	const struct tao_claim *claim = &td->claim;
	bool late = claim->held && claim->query &&
		    ktime_ms_delta(ktime_get(), claim->began) > TAO_QUERY_MS;

	return late ? -ETIMEDOUT : 0;
}

/* Whether the drive refuses to unlock its door for the time being, and that is not too long. */
static bool claim_door_busy(struct tao_device *td, const struct tao_sense *sense, ktime_t began)
{
	enum tao_sense_class class = tao_sense_classify(sense);

	return (class == TAO_SENSE_BUSY || class == TAO_SENSE_NOT_REPORTABLE) &&
	       !READ_ONCE(td->now.dead) &&
	       ktime_ms_delta(ktime_get(), began) < TAO_DOOR_BUSY_MAX_MS;
}

/*
 * Does not use scsi_set_medium_removal(): if a drive says once that it does not know the command,
 * or does not allow it now, it has no lock for that function from then on, whatever sr or we
 * want, and so nobody unlocks the door any more. That function also writes scsi_device.locked, a
 * bit in a word whose other bits belong to others; we only read it. So after a reset the SCSI
 * layer does not lock the door again: we do, when we hear of it. @lost is set if an answer was
 * lost: then the drive may have done it.
 */
static int claim_set_door(struct tao_device *td, bool lock, bool *lost)
{
	int tries = lock ? TAO_LOCK_TRIES : TAO_UNLOCK_TRIES, err;
	ktime_t began = ktime_get();
	blk_mq_req_flags_t flags = 0;
	struct tao_sense sense = {};

	while ((err = tao_mmc_prevent(td->sdev, lock, flags, TAO_DOOR_TIMEOUT_S * HZ, &sense))) {
		if (sense.host_status)
			*lost = true;
		/* While a device is being removed only power management gets through. */
		if (err == -ENODEV && !lock && !flags) {
			flags = BLK_MQ_REQ_PM;
			continue;
		}
		/* A drive that is still busy unlocks it when it has finished. */
		if (!lock && claim_door_busy(td, &sense, began)) {
			msleep(TAO_DOOR_BUSY_MS);
			continue;
		}
		if (err == -ENODEV || !--tries)
			break;
		if (err == -ETIMEDOUT)
			tries = min(tries, TAO_TIMED_OUT_TRIES);
		msleep(TAO_DOOR_PAUSE_MS);
	}
	td->sense.attention |= sense.attention;
	td->sense.exchange |= sense.exchange;
	return err;
}

/* Unless the drive is gone, notes that we lock the door. Returns what we had done to it before. */
static enum tao_door claim_begin_locking(struct tao_device *td)
{
	struct tao_claim *claim = &td->claim;
	enum tao_door was;

	spin_lock_irq(&td->lock);
	was = claim->door;
	if (was == TAO_DOOR_LEFT)
		claim->door_was_locked = td->sdev->locked;
	if (!td->now.dead)
		claim->door = TAO_DOOR_LOCKING;
	spin_unlock_irq(&td->lock);
	return was;
}

static void claim_end_locking(struct tao_device *td, bool locked)
{
	spin_lock_irq(&td->lock);
	td->claim.door = locked ? TAO_DOOR_LOCKED : TAO_DOOR_LEFT;
	spin_unlock_irq(&td->lock);
	/* The removal waits for that. */
	wake_up_all(&td->wait);
}

/*
 * Whether we have to unlock the door, and nobody does so yet. From then on the module is held
 * until claim_end_unlocking(): here the claim still holds it.
 */
static bool claim_begin_unlocking(struct tao_device *td)
{
	struct tao_claim *claim = &td->claim;
	bool ours;

	spin_lock_irq(&td->lock);
	ours = claim->door == TAO_DOOR_LOCKED;
	if (ours) {
		claim->door = claim->door_was_locked ? TAO_DOOR_LEFT : TAO_DOOR_UNLOCKING;
		ours = !claim->door_was_locked;
	}
	if (ours)
		__module_get(THIS_MODULE);
	spin_unlock_irq(&td->lock);
	return ours;
}

static void claim_end_unlocking(struct tao_device *td)
{
	spin_lock_irq(&td->lock);
	td->claim.door = TAO_DOOR_LEFT;
	spin_unlock_irq(&td->lock);
	wake_up_all(&td->wait);
	module_put(THIS_MODULE);
}

/**
 * tao_claim_lock_door - keep the disc in
 * @td: the drive, held
 *
 * The drive is always asked, because a reset of the drive or of the bus may have unlocked the
 * door. For a drive without a lock that does no harm.
 */
void tao_claim_lock_door(struct tao_device *td)
{
	enum tao_door was = claim_begin_locking(td);
	bool lost = false;
	int err;

	if (READ_ONCE(td->claim.door) != TAO_DOOR_LOCKING)
		return;
	err = claim_set_door(td, true, &lost);
	claim_end_locking(td, !err || lost || was == TAO_DOOR_LOCKED);
}

/**
 * tao_claim_unlock_door - let the disc go, if we keep it in
 * @td: the drive
 */
void tao_claim_unlock_door(struct tao_device *td)
{
	bool lost = false;
	int err;

	if (!claim_begin_unlocking(td))
		return;
	err = claim_set_door(td, false, &lost);
	if (err && err != -ENODEV)
		dev_err(&td->dev, "the door can't be unlocked (%d)\n", err);
	claim_end_unlocking(td);
}

/*
 * Needed if the unit attention that sr would have seen came to us. The SCSI layer has no function
 * for that. It sets this bit itself for the sender of a command, without a lock, and so do we,
 * but only once.
 */
static void claim_note_change(struct tao_device *td)
{
	if (td->sdev->changed)
		return;
	td->sdev->changed = 1;
	td->claim.told = true;
}

/**
 * tao_claim_tell_exchange - have sr find that the disc may be another one, if the drive said so
 * @td: the drive
 *
 * Whatever command it said it to. In time when the drive is given back: sr does not ask before.
 */
void tao_claim_tell_exchange(struct tao_device *td)
{
	if (td->sense.exchange)
		claim_note_change(td);
	td->sense.exchange = false;
}

/**
 * tao_claim_drop - give the drive back as it was
 * @td: the drive, whose door is unlocked again
 */
void tao_claim_drop(struct tao_device *td)
{
	struct scsi_device *sdev = td->sdev;

	if (!td->claim.held)
		return;
	tao_claim_tell_exchange(td);
	sdev_enable_disk_events(sdev);
	claim_let_disk_go(td);
	claim_close_disk(&td->claim);
	td->claim.held = false;
	trace_tao_claim(td, false);
	scsi_autopm_put_device(sdev);
	module_put(THIS_MODULE);
}

static bool claim_door_moves(struct tao_device *td)
{
	enum tao_door door = READ_ONCE(td->claim.door);

	return door == TAO_DOOR_LOCKING || door == TAO_DOOR_UNLOCKING;
}

/**
 * tao_claim_unlock_gone - unlock the door of a drive that is being removed
 * @td: the drive, that is dead
 *
 * For the removal: a SCSI device may be removed while the drive stays where it is, and from here
 * on only power management commands get through.
 *
 * It runs under the mutex of all SCSI devices, so it lasts no longer than TAO_GONE_MS: for a
 * command that locks or unlocks the door just now, for a tag that the WRITE in hand may have, and
 * for the answer. The door of a drive that is stuck stays locked: everybody would have to wait.
 */
void tao_claim_unlock_gone(struct tao_device *td)
{
	long left = msecs_to_jiffies(TAO_GONE_MS);

	left = wait_event_idle_timeout(td->wait, !claim_door_moves(td), left);
	if (!claim_begin_unlocking(td))
		return;
	tao_mmc_allow_gone(td->sdev, left);
	claim_end_unlocking(td);
}

/**
 * tao_claim_disc_changed - have sr and udev look at the disc again
 * @td: the drive, held
 */
void tao_claim_disc_changed(struct tao_device *td)
{
	struct tao_claim *claim = &td->claim;
	bool in_track = td->ends.in_track_disc == claim->diskseq;

	claim_note_change(td);
	if (!claim->bdev.bdev)
		return;
	tao_bdev_media_changed(&claim->bdev);
	claim->diskseq = claim->bdev.bdev->bd_disk->diskseq;
	if (in_track)
		td->ends.in_track_disc = claim->diskseq;
}
