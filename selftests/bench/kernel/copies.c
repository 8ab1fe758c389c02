// SPDX-License-Identifier: GPL-2.0-only
/*
 * While it is loaded, counts the bytes that the kernel copies to and from programs: in read() and
 * write(), and in the block layer if the adapter can't take a program's pages.
 * /sys/module/copies/parameters/bytes is the sum.
 *
 * A module is necessary, because trace events can't be put into lib/iov_iter.c.
 */
#include <linux/kprobes.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/uio.h>

static unsigned long bytes;
module_param(bytes, ulong, 0444);
MODULE_PARM_DESC(bytes, "bytes copied");

/*
 * Arguments: to or from, bytes, iter. No more is copied than the iter has. Needs a machine with
 * one processor, where nothing else adds to the sum.
 */
static int copies_add(struct kprobe *p, struct pt_regs *regs)
{
	const struct iov_iter *iter = (void *)regs_get_kernel_argument(regs, 2);

	bytes += min(regs_get_kernel_argument(regs, 1), iov_iter_count(iter));
	return 0;
}

static struct kprobe copy_in = {
	.symbol_name	= "_copy_from_iter",
	.pre_handler	= copies_add,
};

static struct kprobe copy_out = {
	.symbol_name	= "_copy_to_iter",
	.pre_handler	= copies_add,
};

static struct kprobe *probes[] = { &copy_in, &copy_out };

static int __init copies_init(void)
{
	return register_kprobes(probes, ARRAY_SIZE(probes));
}

static void __exit copies_exit(void)
{
	unregister_kprobes(probes, ARRAY_SIZE(probes));
}

module_init(copies_init);
module_exit(copies_exit);

MODULE_DESCRIPTION("Bytes that the kernel copies to and from programs");
MODULE_LICENSE("GPL");
