// SPDX-License-Identifier: GPL-2.0-only
/*
 * A program that writes a number to parameters/hold_ms keeps its own address space locked for so
 * long, as a slow mmap() would.
 */
#include <linux/delay.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sched.h>

static int hold_set(const char *value, const struct kernel_param *kp)
{
	unsigned int ms;
	int err = kstrtouint(value, 10, &ms);

	if (err)
		return err;
	mmap_write_lock(current->mm);
	msleep(ms);
	mmap_write_unlock(current->mm);
	return 0;
}

static const struct kernel_param_ops hold_ops = { .set = hold_set };
module_param_cb(hold_ms, &hold_ops, NULL, 0200);
MODULE_PARM_DESC(hold_ms, "how long, in milliseconds");

MODULE_DESCRIPTION("Keeps the address space of a program locked");
MODULE_LICENSE("GPL");
