// SPDX-License-Identifier: GPL-2.0-only
/*
 * Suspend, reboot and shutdown. A suspend is refused while it would ruin a disc, and a reboot
 * waits until the discs are left in order. The waits are bounded by the limits here, and do not
 * hold a lock of a drive.
 */
#include <linux/delay.h>
#include <linux/reboot.h>
#include <linux/suspend.h>

#include "devices.h"

/* How long a suspend waits for the end of tracks that nobody feeds. */
#define TAO_SUSPEND_MS	60000
/* How long it waits for a query, or a disc that is being prepared. */
#define TAO_MOMENT_MS	10000
/* How long a reboot waits, for all drives together. */
#define TAO_REBOOT_MS	60000
#define TAO_LOOK_MS	20

/* Does @act to all drives, until @lasts is true of none or time is up. */
static void power_wait(tao_device_fn act, tao_device_fn lasts, unsigned int ms)
{
	unsigned long deadline = jiffies + msecs_to_jiffies(ms);

	for (;;) {
		if (act)
			tao_devices_walk(act);
		if (!tao_devices_walk(lasts) || time_after(jiffies, deadline))
			break;
		msleep(TAO_LOOK_MS);
	}
}

static int power_end_unfed(struct tao_device *td)
{
	tao_down_end_unfed(td);
	return 0;
}

static int power_ends(struct tao_device *td)
{
	return tao_down_ends(td);
}

static int power_finishes(struct tao_device *td)
{
	return tao_down_finishes(td);
}

static int power_is_busy(struct tao_device *td)
{
	char why[TAO_WHY_SIZE];

	if (!tao_down_busy(td, why))
		return 0;
	dev_notice(&td->dev, "no suspend now: %s\n", why);
	return -EBUSY;
}

static int power_stays_busy(struct tao_device *td)
{
	return tao_down_stays_busy(td) ? power_is_busy(td) : 0;
}

static int power_kick(struct tao_device *td)
{
	tao_worker_kick(td);
	return 0;
}

static int power_resume(struct tao_device *td)
{
	tao_hold_resume(td);
	return 0;
}

/* Jobs may begin again. */
static void power_thaw(void)
{
	tao_worker_freeze(false);
	tao_devices_walk(power_kick);
}

static int power_refuse(int err)
{
	power_thaw();
	return notifier_from_errno(err);
}

/* The first job of each drive has to know that the machine has slept. */
static int power_allow(void)
{
	tao_devices_walk(power_resume);
	power_thaw();
	return NOTIFY_DONE;
}

/*
 * From the beginning of a suspend to its end no job begins, so drives that are idle here are still
 * idle when they are powered down.
 */
static int power_suspend_notify(struct notifier_block *nb, unsigned long event, void *data)
{
	int err;

	switch (event) {
	case PM_SUSPEND_PREPARE:
	case PM_HIBERNATION_PREPARE:
	case PM_RESTORE_PREPARE:
		/* Then no track of another drive is ended for nothing. */
		err = tao_devices_walk(power_stays_busy);
		if (err)
			return power_refuse(err);
		power_wait(power_end_unfed, power_ends, TAO_SUSPEND_MS);
		tao_worker_freeze(true);
		power_wait(NULL, power_finishes, TAO_MOMENT_MS);
		err = tao_devices_walk(power_is_busy);
		return err ? power_refuse(err) : NOTIFY_DONE;
	case PM_POST_SUSPEND:
	case PM_POST_HIBERNATION:
	case PM_POST_RESTORE:
		return power_allow();
	default:
		return NOTIFY_DONE;
	}
}

/* Cuts the open track, even one that has only just been begun by a job in progress. */
static int power_shut(struct tao_device *td)
{
	if (tao_down_shut(td))
		dev_notice(&td->dev, "the track ends here: the machine goes down\n");
	return 0;
}

static int power_lasts(struct tao_device *td)
{
	char why[TAO_WHY_SIZE];

	return tao_down_busy(td, why);
}

static int power_give_up(struct tao_device *td)
{
	char why[TAO_WHY_SIZE];

	if (tao_down_busy(td, why))
		dev_err(&td->dev, "the disc could not be ended in time for the reboot: %s\n", why);
	return 0;
}

static int power_reboot_notify(struct notifier_block *nb, unsigned long event, void *data)
{
	tao_worker_shut();
	power_wait(power_shut, power_lasts, TAO_REBOOT_MS);
	tao_devices_walk(power_give_up);
	return NOTIFY_DONE;
}

static struct notifier_block power_suspend_block = {
	.notifier_call	= power_suspend_notify,
};

static struct notifier_block power_reboot_block = {
	.notifier_call	= power_reboot_notify,
};

/**
 * tao_power_init - be told when the machine sleeps or goes down
 *
 * Return: 0 or an error.
 */
int tao_power_init(void)
{
	int err;

	err = register_pm_notifier(&power_suspend_block);
	if (err)
		return err;
	err = register_reboot_notifier(&power_reboot_block);
	if (err)
		unregister_pm_notifier(&power_suspend_block);
	return err;
}

/**
 * tao_power_exit - don't be told any more
 */
void tao_power_exit(void)
{
	unregister_reboot_notifier(&power_reboot_block);
	unregister_pm_notifier(&power_suspend_block);
}
