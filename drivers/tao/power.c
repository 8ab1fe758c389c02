// SPDX-License-Identifier: GPL-2.0-only
/*
 * The machine sleeps, or goes down. A suspend is refused while it would ruin a disc, and a reboot
 * waits for the tracks that are open to be ended.
 */
#include <linux/reboot.h>
#include <linux/suspend.h>

#include "tao.h"

/* How long a reboot waits for tracks to be ended, in all drives together. */
#define TAO_REBOOT_MS		60000

static unsigned long tao_reboot_deadline;

static int power_is_busy(struct tao_device *td)
{
	return tao_session_busy(td) ? -EBUSY : 0;
}

static int power_resume(struct tao_device *td)
{
	tao_worker_kick(td);
	return 0;
}

/*
 * From the beginning of a suspend to its end no job begins; so what finds the drives idle here
 * finds them idle when they are powered down.
 */
static int power_suspend_notify(struct notifier_block *nb, unsigned long event, void *data)
{
	int err;

	switch (event) {
	case PM_SUSPEND_PREPARE:
	case PM_HIBERNATION_PREPARE:
	case PM_RESTORE_PREPARE:
		tao_worker_freeze(true);
		err = tao_devices_walk(power_is_busy);
		if (!err)
			return NOTIFY_DONE;
		break;
	case PM_POST_SUSPEND:
	case PM_POST_HIBERNATION:
	case PM_POST_RESTORE:
		err = 0;
		break;
	default:
		return NOTIFY_DONE;
	}
	tao_worker_freeze(false);
	tao_devices_walk(power_resume);
	return notifier_from_errno(err);
}

static int power_end_track(struct tao_device *td)
{
	if (tao_session_cut_track(td, -ESHUTDOWN))
		dev_notice(&td->dev, "the track ends here: the machine goes down\n");
	return 0;
}

static long power_time_left(void)
{
	return max_t(long, tao_reboot_deadline - jiffies, 1);
}

static int power_wait_for_end(struct tao_device *td)
{
	wait_event_idle_timeout(td->wait, !tao_session_has_jobs(td), power_time_left());
	/* A job that was on its way may have begun one more. */
	power_end_track(td);
	if (!wait_event_idle_timeout(td->wait, !tao_session_busy(td), power_time_left()))
		dev_err(&td->dev, "the disc could not be ended in time for the reboot\n");
	return 0;
}

static int power_reboot_notify(struct notifier_block *nb, unsigned long event, void *data)
{
	tao_worker_shut();
	tao_reboot_deadline = jiffies + msecs_to_jiffies(TAO_REBOOT_MS);
	tao_devices_walk(power_end_track);
	tao_devices_walk(power_wait_for_end);
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
