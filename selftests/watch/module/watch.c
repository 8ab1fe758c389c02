// SPDX-License-Identifier: GPL-2.0-only
/*
 * Notifies the watchman (../watchman.c) of loading and unloading modules, and of a reboot, and
 * waits until it has responded: the events of a module have to be enabled before its first
 * command, and to be read before it is gone, because the kernel then discards the buffer.
 *
 * /dev/watch: read() returns "coming NAME", "going NAME" or "reboot now", once; poll() says when;
 * write() lets the kernel continue. Only one process may have it open.
 */
#include <linux/atomic.h>
#include <linux/completion.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/poll.h>
#include <linux/reboot.h>
#include <linux/uaccess.h>
#include <linux/wait.h>

/* How long the kernel waits for the watchman. */
#define WATCH_TIMEOUT_S	60

static DEFINE_MUTEX(watch_mutex);	/* one notice at a time */
static DECLARE_WAIT_QUEUE_HEAD(watch_wait);
static DECLARE_COMPLETION(watch_seen);
static DEFINE_SPINLOCK(watch_lock);	/* protects all below */
static bool watch_open;
static char watch_text[16 + MODULE_NAME_LEN];	/* text for the watchman, or "" */

static bool watch_tell(const char *what, const char *name)
{
	bool told;

	spin_lock(&watch_lock);
	told = watch_open;
	if (told) {
		reinit_completion(&watch_seen);
		snprintf(watch_text, sizeof(watch_text), "%s %s", what, name);
	}
	spin_unlock(&watch_lock);
	wake_up_all(&watch_wait);
	return told;
}

static void watch_notice(const char *what, const char *name)
{
	mutex_lock(&watch_mutex);
	if (watch_tell(what, name) &&
	    !wait_for_completion_timeout(&watch_seen, WATCH_TIMEOUT_S * HZ))
		pr_err("%s %s: the watchman does not see to it\n", what, name);
	mutex_unlock(&watch_mutex);
}

static int watch_coming(struct notifier_block *nb, unsigned long state, void *data)
{
	struct module *mod = data;

	if (state == MODULE_STATE_COMING)
		watch_notice("coming", mod->name);
	return NOTIFY_OK;
}

static int watch_going(struct notifier_block *nb, unsigned long state, void *data)
{
	struct module *mod = data;

	if (state == MODULE_STATE_GOING)
		watch_notice("going", mod->name);
	return NOTIFY_OK;
}

/* After tracing has handled a new module, and before it handles one that goes. */
static struct notifier_block watch_coming_block = {
	.notifier_call	= watch_coming,
	.priority	= INT_MIN,
};

static struct notifier_block watch_going_block = {
	.notifier_call	= watch_going,
	.priority	= INT_MAX,
};

static int watch_reboot(struct notifier_block *nb, unsigned long event, void *data)
{
	watch_notice("reboot", "now");
	return NOTIFY_DONE;
}

/* After all others have been notified, and have finished. */
static struct notifier_block watch_reboot_block = {
	.notifier_call	= watch_reboot,
	.priority	= INT_MIN,
};

static int watch_fop_open(struct inode *inode, struct file *file)
{
	bool busy;

	spin_lock(&watch_lock);
	busy = watch_open;
	watch_open = true;
	spin_unlock(&watch_lock);
	return busy ? -EBUSY : 0;
}

static int watch_fop_release(struct inode *inode, struct file *file)
{
	spin_lock(&watch_lock);
	watch_open = false;
	watch_text[0] = 0;
	complete_all(&watch_seen);
	spin_unlock(&watch_lock);
	return 0;
}

static ssize_t watch_fop_read(struct file *file, char __user *to, size_t len, loff_t *pos)
{
	char text[sizeof(watch_text)];
	size_t n;

	spin_lock(&watch_lock);
	n = min(len, strlen(watch_text));
	memcpy(text, watch_text, n);
	watch_text[0] = 0;
	spin_unlock(&watch_lock);
	return copy_to_user(to, text, n) ? -EFAULT : n;
}

static ssize_t watch_fop_write(struct file *file, const char __user *from, size_t len, loff_t *pos)
{
	complete_all(&watch_seen);
	return len;
}

static __poll_t watch_fop_poll(struct file *file, poll_table *wait)
{
	__poll_t mask;

	poll_wait(file, &watch_wait, wait);
	spin_lock(&watch_lock);
	mask = watch_text[0] ? EPOLLIN | EPOLLRDNORM : 0;
	spin_unlock(&watch_lock);
	return mask;
}

static const struct file_operations watch_fops = {
	.owner		= THIS_MODULE,
	.open		= watch_fop_open,
	.release	= watch_fop_release,
	.read		= watch_fop_read,
	.write		= watch_fop_write,
	.poll		= watch_fop_poll,
};

static struct miscdevice watch_device = {
	.minor	= MISC_DYNAMIC_MINOR,
	.name	= "watch",
	.fops	= &watch_fops,
	.mode	= 0600,
};

static int __init watch_init(void)
{
	int err;

	err = misc_register(&watch_device);
	if (err)
		return err;
	err = register_module_notifier(&watch_coming_block);
	if (err)
		goto device;
	err = register_module_notifier(&watch_going_block);
	if (err)
		goto coming;
	err = register_reboot_notifier(&watch_reboot_block);
	if (err)
		goto going;
	return 0;

going:
	unregister_module_notifier(&watch_going_block);
coming:
	unregister_module_notifier(&watch_coming_block);
device:
	misc_deregister(&watch_device);
	return err;
}

static void __exit watch_exit(void)
{
	unregister_reboot_notifier(&watch_reboot_block);
	unregister_module_notifier(&watch_going_block);
	unregister_module_notifier(&watch_coming_block);
	misc_deregister(&watch_device);
}

module_init(watch_init);
module_exit(watch_exit);

MODULE_DESCRIPTION("Tells the lab's watchman of modules and reboots");
MODULE_LICENSE("GPL");
