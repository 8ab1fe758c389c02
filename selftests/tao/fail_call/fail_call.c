// SPDX-License-Identifier: GPL-2.0-only
/*
 * Makes one call of a kernel function fail, for functions that the fault injection of the kernel
 * (ALLOW_ERROR_INJECTION) does not support.
 */
#include <linux/atomic.h>
#include <linux/errno.h>
#include <linux/kprobes.h>
#include <linux/module.h>

static char *function;
module_param(function, charp, 0);
MODULE_PARM_DESC(function, "which one");

static unsigned int nth = 1;
module_param(nth, uint, 0444);
MODULE_PARM_DESC(nth, "which call, from 1");

static bool pointer;
module_param(pointer, bool, 0);
MODULE_PARM_DESC(pointer, "it returns NULL, and not -ENOMEM");

static atomic_t calls;

static int calls_get(char *buffer, const struct kernel_param *kp)
{
	return sysfs_emit(buffer, "%d\n", atomic_read(&calls));
}

static const struct kernel_param_ops calls_ops = { .get = calls_get };
module_param_cb(calls, &calls_ops, NULL, 0444);
MODULE_PARM_DESC(calls, "how many there were");

/* Executed instead of the function: returns at once. */
static noinline notrace void return_at_once(void)
{
	asm volatile("");
}

static int before_call(struct kprobe *p, struct pt_regs *regs)
{
	if (atomic_inc_return(&calls) != nth)
		return 0;
	regs->ax = pointer ? 0 : -ENOMEM;
	regs->ip = (unsigned long)return_at_once;
	return 1;
}

NOKPROBE_SYMBOL(before_call);

/* Needed so that the probe may change the address of the next instruction. */
static void after_call(struct kprobe *p, struct pt_regs *regs, unsigned long flags)
{
}

static struct kprobe probe = { .pre_handler = before_call, .post_handler = after_call };

static int __init fail_call_init(void)
{
	probe.symbol_name = function;
	return register_kprobe(&probe);
}

static void __exit fail_call_exit(void)
{
	unregister_kprobe(&probe);
}

module_init(fail_call_init);
module_exit(fail_call_exit);
MODULE_DESCRIPTION("Makes one call of a function fail");
MODULE_LICENSE("GPL");
