// SPDX-License-Identifier: GPL-2.0-only
/* Write speeds. kB/s (1000 bytes) as in drives; 1x is 176.4 kB/s. */
#include <linux/cdrom.h>
#include <linux/limits.h>

#include "disc.h"

/* SET CD SPEED: maximum speed */
#define TAO_MMC_SPEED_MAX	0xffff

static void speed_request(struct tao_device *td, const struct tao_speed *speed)
{
	u32 kbps = speed->requested_kbps;

	lockdep_assert_held(&td->lock);
	td->wanted.speed_requests++;
	td->wanted.speed.requested_kbps = kbps;
	td->wanted.speed.requested_sectors_per_second =
		kbps == TAO_SPEED_MAX ? TAO_SPEED_MAX : tao_kbps_to_sectors_per_second(kbps);
	td->wanted.speed.requested_flags = speed->flags & TAO_SPEED_PURE_CAV;
	/* The drive has not answered this request yet: forget its answer to the last one. */
	td->wanted.speed.flags &= TAO_SPEED_PURE_CAV;
	td->wanted.speed.flags |= TAO_SPEED_PENDING;
}

/**
 * tao_speed_request - note what speed is asked for
 * @td: the drive
 * @speed: the speed
 *
 * The drive hears of it from tao_speed_apply().
 */
void tao_speed_request(struct tao_device *td, const struct tao_speed *speed)
{
	spin_lock_irq(&td->lock);
	speed_request(td, speed);
	spin_unlock_irq(&td->lock);
}

/**
 * tao_speed_request_late - note what speed was asked for some time ago
 * @td: the drive
 * @speed: the speed
 * @requests: tao_device.wanted.speed_requests of that time: a later request is not overwritten
 */
void tao_speed_request_late(struct tao_device *td, const struct tao_speed *speed, u64 requests)
{
	spin_lock_irq(&td->lock);
	if (td->wanted.speed_requests == requests)
		speed_request(td, speed);
	spin_unlock_irq(&td->lock);
}

/* The drive has got the speed, unless another was asked for meanwhile. */
static void speed_given(struct tao_device *td, u32 kbps, bool pure_cav)
{
	spin_lock_irq(&td->lock);
	if (td->wanted.speed.requested_kbps == kbps &&
	    pure_cav == !!(td->wanted.speed.requested_flags & TAO_SPEED_PURE_CAV))
		td->wanted.speed.flags &= ~TAO_SPEED_PENDING;
	spin_unlock_irq(&td->lock);
}

static void speed_set_actual(struct tao_device *td, u32 kbps, bool pure_cav)
{
	struct tao_speed *speed = &td->wanted.speed;
	bool compare, adjusted;

	spin_lock_irq(&td->lock);
	speed->actual_kbps = kbps;
	speed->actual_sectors_per_second = tao_kbps_to_sectors_per_second(kbps);
	speed->flags &= TAO_SPEED_PENDING;
	compare = !speed->flags && speed->requested_kbps != TAO_SPEED_MAX;
	/* kB/s are rounded one way or another; sectors/s are whole numbers of x */
	adjusted = compare && speed->actual_sectors_per_second !=
			      tao_kbps_to_sectors_per_second(speed->requested_kbps);
	if (pure_cav)
		speed->flags |= TAO_SPEED_PURE_CAV;
	if (adjusted)
		speed->flags |= TAO_SPEED_ADJUSTED;
	if (compare && pure_cav != !!(speed->requested_flags & TAO_SPEED_PURE_CAV))
		speed->flags |= TAO_SPEED_ROTATION_ADJUSTED;
	spin_unlock_irq(&td->lock);
}

/* The list of GET PERFORMANCE; drives that are too old for it have one in page 2Ah. */
static void speed_read_list(struct tao_device *td, const struct tao_capabilities *cap,
			    struct tao_speeds *speeds, ktime_t began)
{
	int err = -EOPNOTSUPP;

	memset(speeds, 0, sizeof(*speeds));
	if (td->attach.features.speed_list || !td->attach.features.present)
		err = tao_ask(td, began,
			      tao_mmc_get_performance(td->sdev, speeds->entries, TAO_SPEEDS_MAX,
						      &speeds->count, &td->sense));
	if (err || !speeds->count) {
		speeds->count = cap->speed_count;
		memcpy(speeds->entries, cap->speeds, cap->speed_count * sizeof(cap->speeds[0]));
	}
}

/**
 * tao_speed_read - see what speeds there are and which one is set
 * @td: the drive, held, a disc in it
 *
 * Values that the drive does not report stay unknown.
 */
void tao_speed_read(struct tao_device *td)
{
	struct tao_capabilities *cap = &td->discs.capabilities_now;
	struct tao_speeds *speeds = &td->discs.speeds_now;
	ktime_t began = ktime_get();

	if (tao_ask(td, began, tao_mmc_mode_sense_capabilities(td->sdev, cap, &td->sense)))
		memset(cap, 0, sizeof(*cap));
	speed_read_list(td, cap, speeds, began);
	spin_lock_irq(&td->lock);
	td->found.speeds = *speeds;
	td->found.speeds_old = false;
	spin_unlock_irq(&td->lock);
	speed_set_actual(td, cap->current_write_kbps, cap->pure_cav);
}

/**
 * tao_speed_doubt - the disc may be another one, and the drive was not asked for its speeds
 * @td: the drive
 */
void tao_speed_doubt(struct tao_device *td)
{
	spin_lock_irq(&td->lock);
	td->found.speeds_old = true;
	spin_unlock_irq(&td->lock);
}

static int speed_send_once(struct tao_device *td, u32 kbps, bool pure_cav)
{
	ktime_t began = ktime_get();
	int err;

	err = tao_ask(td, began, tao_mmc_set_speed(td->sdev, TAO_MMC_SPEED_MAX,
						   min_t(u32, kbps, TAO_MMC_SPEED_MAX), pure_cav,
						   &td->sense));
	return tao_gave_up(err);
}

/* The fastest of the list that is not faster than @kbps; the slowest if all are. */
static u32 speed_nearest(const struct tao_speeds *speeds, u32 kbps)
{
	u32 i = 0;

	while (i + 1 < speeds->count && speeds->entries[i].write_kbps > kbps)
		i++;
	return i;
}

/*
 * Sends the requested speed. Drives take the nearest one that is not faster. Some refuse speeds
 * below their slowest or above their fastest one, so they get the nearest one in their own list
 * then, and the next one below if they refuse that too.
 */
static int speed_send(struct tao_device *td, u32 kbps, bool pure_cav)
{
	const struct tao_speeds *speeds = &td->discs.speeds_now;
	int err = speed_send_once(td, kbps, pure_cav);
	u32 i;

	if (!err || tao_sense_classify(&td->sense) != TAO_SENSE_BAD_FIELD)
		return err;
	err = tao_claim_late(td);
	if (err)
		return err;
	tao_speed_read(td);
	if (!speeds->count)
		return speed_send_once(td, TAO_MMC_SPEED_MAX, pure_cav);
	for (i = speed_nearest(speeds, kbps); i < speeds->count; i++) {
		err = tao_claim_late(td) ?:
		      speed_send_once(td, speeds->entries[i].write_kbps, pure_cav);
		if (!err || tao_sense_classify(&td->sense) != TAO_SENSE_BAD_FIELD)
			break;
	}
	return err;
}

/**
 * tao_speed_apply - give the drive the speed that was asked for
 * @td: the drive, held, a disc in it
 *
 * A drive that has no SET CD SPEED, or takes none of its speeds, burns as fast as it likes:
 * tao_speed.actual_kbps says how fast.
 *
 * Return: 0 or the error of the command, which is kept.
 */
int tao_speed_apply(struct tao_device *td)
{
	enum tao_sense_class class;
	bool pure_cav;
	u32 kbps;
	int err;

	spin_lock_irq(&td->lock);
	kbps = td->wanted.speed.requested_kbps;
	pure_cav = td->wanted.speed.requested_flags & TAO_SPEED_PURE_CAV;
	spin_unlock_irq(&td->lock);
	err = speed_send(td, kbps, pure_cav);
	class = tao_sense_classify(&td->sense);
	if (err && tao_claim_late(td))
		return tao_error_text(td, -ETIMEDOUT, "the drive takes too long to set a speed");
	if (err && class != TAO_SENSE_UNSUPPORTED && class != TAO_SENSE_BAD_FIELD)
		return tao_error_command(td, err, GPCMD_SET_SPEED, 0, &td->sense);
	speed_given(td, kbps, pure_cav);
	tao_speed_read(td);
	return 0;
}

