// SPDX-License-Identifier: GPL-2.0-only
/*
 * A module that misbehaves as it is told to while it is loaded, to see whether
 * the lab notices.
 */
#include <linux/bug.h>
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>

static char *what = "nothing";
module_param(what, charp, 0);
MODULE_PARM_DESC(what, "warn, oops, hang or stall");

static unsigned int seconds = 30;
module_param(seconds, uint, 0);
MODULE_PARM_DESC(seconds, "how long to hang or stall");

/* A task that nothing can wake, as one that waits for a lost command. */
static void hang(void)
{
	set_current_state(TASK_UNINTERRUPTIBLE);
	schedule_timeout(seconds * HZ);
}

static void stall(void)
{
	rcu_read_lock();
	mdelay(seconds * 1000);
	rcu_read_unlock();
}

static int __init splat_init(void)
{
	int *nowhere = NULL;

	if (!strcmp(what, "warn"))
		WARN(1, "asked to warn\n");
	else if (!strcmp(what, "oops"))
		WRITE_ONCE(*nowhere, 1);
	else if (!strcmp(what, "hang"))
		hang();
	else if (!strcmp(what, "stall"))
		stall();
	else
		return -EINVAL;
	return 0;
}

static void __exit splat_exit(void)
{
}

module_init(splat_init);
module_exit(splat_exit);
MODULE_DESCRIPTION("Misbehaves on demand");
MODULE_LICENSE("GPL");
