// SPDX-License-Identifier: GPL-2.0-only
/*
 * A module that misbehaves in the selected way when it is loaded, to test whether the lab
 * notices.
 */
#include <linux/bug.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/slab.h>

static char *what = "nothing";
module_param(what, charp, 0);
MODULE_PARM_DESC(what, "warn, oops, hang, stall, leak, use-after-free, deadlock or race");

static unsigned int seconds = 30;
module_param(seconds, uint, 0);
MODULE_PARM_DESC(seconds, "how long to hang, stall or race");

/* A task that nothing can wake up, like one that waits for a lost command. */
static void hang(void)
{
	set_current_state(TASK_UNINTERRUPTIBLE);
	schedule_timeout(seconds * HZ);
}

/*
 * Something has to wait for the reader, but a quiet kernel may defer that. mdelay() counts loops,
 * which may take less time on an emulated processor.
 */
static void stall(void)
{
	unsigned long end = jiffies + seconds * HZ;

	rcu_read_lock();
	start_poll_synchronize_rcu();
	while (time_before(jiffies, end))
		cpu_relax();
	rcu_read_unlock();
}

/* Leak several: the address of the last one may still be on a stack. */
static void leak(void)
{
	int i;

	for (i = 0; i < 10; i++)
		if (!kmalloc(471, GFP_KERNEL))
			return;
}

static void use_after_free(void)
{
	int *p = kmalloc(sizeof(*p), GFP_KERNEL);

	kfree(p);
	OPTIMIZER_HIDE_VAR(p);
	if (p)
		WRITE_ONCE(*p, 1);
}

static DEFINE_MUTEX(first);
static DEFINE_MUTEX(second);

/* Nothing else takes these locks, but it could. */
static void deadlock(void)
{
	mutex_lock(&first);
	mutex_lock(&second);
	mutex_unlock(&second);
	mutex_unlock(&first);
	mutex_lock(&second);
	mutex_lock(&first);
	mutex_unlock(&first);
	mutex_unlock(&second);
}

static unsigned int counter;

static int count(void *unused)
{
	while (!kthread_should_stop()) {
		counter++;
		cpu_relax();
	}
	return 0;
}

/* Two threads that increment a counter without a lock. */
static void race(void)
{
	unsigned long end = jiffies + seconds * HZ;
	struct task_struct *other = kthread_run(count, NULL, "splat");

	if (IS_ERR(other))
		return;
	while (time_before(jiffies, end)) {
		counter++;
		cpu_relax();
	}
	kthread_stop(other);
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
	else if (!strcmp(what, "leak"))
		leak();
	else if (!strcmp(what, "use-after-free"))
		use_after_free();
	else if (!strcmp(what, "deadlock"))
		deadlock();
	else if (!strcmp(what, "race"))
		race();
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
