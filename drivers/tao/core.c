// SPDX-License-Identifier: GPL-2.0-only
/*
 * tao: burns audio CDs track-at-once.
 *
 * This file: the module, and the life of a drive from its attachment to its removal.
 */
#include <linux/cdev.h>
#include <linux/idr.h>
#include <linux/module.h>
#include <linux/pm_wakeup.h>
#include <linux/slab.h>
#include <scsi/scsi_driver.h>
#include <scsi/scsi_host.h>

#include "tao.h"

#define CREATE_TRACE_POINTS
#include "trace.h"

#define TAO_MINORS	256
/* Unit attentions may stand in the way of the first commands. */
#define TAO_PROBE_TRIES	5

struct workqueue_struct *tao_worker_wq;
struct workqueue_struct *tao_issue_wq;
/*
 * Not freezable: a drive that does not answer would keep the machine awake. A suspend waits for the
 * command in hand, as for that of any driver, and the block layer keeps the next one until the
 * machine is awake again.
 */
static struct workqueue_struct *tao_probe_wq;

static dev_t tao_devt;
static DEFINE_IDA(tao_minors);

/* Protects tao_devices, and what is in it against removal. */
static DEFINE_MUTEX(tao_devices_lock);
static LIST_HEAD(tao_devices);

void tao_trace_command_issue(struct scsi_device *sdev, const u8 *cdb, u32 bytes)
{
	trace_tao_command_issue(sdev, cdb, bytes);
}

void tao_trace_command_done(struct scsi_device *sdev, u8 opcode, int ret,
			    const struct tao_sense *sense)
{
	trace_tao_command_done(sdev, opcode, ret, sense);
}

/**
 * tao_device_get - hold a drive
 * @td: the drive
 *
 * Holds the module of its host adapter too: the SCSI device is freed with its help.
 *
 * Return: false if that module is being unloaded.
 */
bool tao_device_get(struct tao_device *td)
{
	if (!try_module_get(td->sdev->host->hostt->module))
		return false;
	get_device(&td->dev);
	return true;
}

/**
 * tao_device_put - let go of a drive
 * @td: the drive
 */
void tao_device_put(struct tao_device *td)
{
	struct module *adapter = td->sdev->host->hostt->module;

	put_device(&td->dev);
	module_put(adapter);
}

/**
 * tao_drive_flags - what a drive can do
 * @td: the drive
 *
 * Return: TAO_DRIVE_*.
 */
u32 tao_drive_flags(const struct tao_device *td)
{
	const struct tao_features *f = &td->features;
	const struct tao_capabilities *c = &td->capabilities;
	u32 flags = 0;

	if (f->writes_cd_r || c->writes_cd_r)
		flags |= TAO_DRIVE_CD_R;
	if (f->writes_cd_rw || c->writes_cd_rw)
		flags |= TAO_DRIVE_CD_RW;
	if (f->present ? f->test_write : c->test_write)
		flags |= TAO_DRIVE_TEST_WRITE;
	if (f->underrun_free || c->underrun_free)
		flags |= TAO_DRIVE_UNDERRUN_FREE;
	if (f->speed_list)
		flags |= TAO_DRIVE_SPEED_LIST;
	if (f->set_speed || !f->present)
		flags |= TAO_DRIVE_SET_SPEED;
	if (f->mastering && f->session_at_once)
		flags |= TAO_DRIVE_SESSION_AT_ONCE;
	if (f->mastering && f->lead_in_text)
		flags |= TAO_DRIVE_CD_TEXT;
	return flags;
}

/**
 * tao_devices_walk - do something to all drives
 * @fn: what to do
 *
 * Return: the first result of @fn that is not 0, after which no more are called, or 0.
 */
int tao_devices_walk(tao_device_fn fn)
{
	struct tao_device *td;
	int ret = 0;

	mutex_lock(&tao_devices_lock);
	list_for_each_entry(td, &tao_devices, node) {
		if (!td->added)
			continue;
		ret = fn(td);
		if (ret)
			break;
	}
	mutex_unlock(&tao_devices_lock);
	return ret;
}

static TAO_CLASS_CONST struct class tao_class = {
	.name		= "tao",
	.dev_groups	= tao_groups,
};

static void tao_device_release(struct device *dev)
{
	struct tao_device *td = to_tao_device(dev);

	tao_worker_exit(td);
	tao_sysfs_exit(td);
	if (dev->devt)
		ida_free(&tao_minors, MINOR(dev->devt));
	put_device(&td->sdev->sdev_gendev);
	kfree(td);
}

/* Asks again if a unit attention was in the way. */
static int probe_ask(struct tao_device *td, int (*ask)(struct tao_device *td))
{
	int tries = TAO_PROBE_TRIES;
	int err;

	do {
		err = ask(td);
		tao_claim_tell_exchange(td);
	} while (err && --tries && tao_sense_classify(&td->sense) == TAO_SENSE_CHANGED);
	return err;
}

static int ask_features(struct tao_device *td)
{
	return tao_mmc_get_configuration(td->sdev, &td->features, &td->sense);
}

static int ask_capabilities(struct tao_device *td)
{
	return tao_mmc_mode_sense_capabilities(td->sdev, &td->capabilities, &td->sense);
}

/*
 * Whether it writes CDs track-at-once. Drives that are older than features only have the mode
 * page.
 */
static bool tao_is_writer(struct tao_device *td)
{
	int no_features = probe_ask(td, ask_features);
	int no_page = probe_ask(td, ask_capabilities);

	if (!no_features && td->features.present)
		return td->features.tao;
	return !no_page && (td->capabilities.writes_cd_r || td->capabilities.writes_cd_rw);
}

/* A number only for what writes: the one recorder beside a DVD-ROM drive is tao0. */
static int tao_device_number(struct tao_device *td)
{
	int minor = ida_alloc_max(&tao_minors, TAO_MINORS - 1, GFP_KERNEL);

	if (minor < 0)
		return minor;
	td->dev.devt = MKDEV(MAJOR(tao_devt), minor);
	return dev_set_name(&td->dev, "tao%d", minor);
}

static int tao_device_add(struct tao_device *td)
{
	int err;

	err = tao_device_number(td);
	if (err)
		return err;
	tao_chunk_read_limits(td);
	trace_tao_drive(td);
	err = cdev_device_add(&td->cdev, &td->dev);
	if (err)
		return err;
	tao_sysfs_init(td);
	device_init_wakeup(&td->dev, true);
	dev_info(&td->dev, "%.8s %.16s %.4s, %u sectors a WRITE\n", td->sdev->vendor,
		 td->sdev->model, td->sdev->rev, td->stream.limits.write_sectors);
	return 0;
}

/* The first commands to a drive, away from the lock that all SCSI devices come and go under. */
static void tao_probe(struct work_struct *work)
{
	struct tao_device *td = container_of(work, struct tao_device, probe);
	bool writer = tao_is_writer(td);

	mutex_lock(&tao_devices_lock);
	if (writer && !td->dead) {
		int err = tao_device_add(td);

		if (err)
			dev_err(&td->sdev->sdev_gendev, "no device for the CD writer (%d)\n", err);
		td->added = !err;
	}
	mutex_unlock(&tao_devices_lock);
	tao_device_put(td);
}

static struct tao_device *tao_device_alloc(struct scsi_device *sdev)
{
	struct tao_device *td;

	td = kzalloc(sizeof(*td), GFP_KERNEL);
	if (!td)
		return NULL;
	get_device(&sdev->sdev_gendev);
	td->sdev = sdev;
	device_initialize(&td->dev);
	td->dev.class = (struct class *)&tao_class;
	td->dev.parent = &sdev->sdev_gendev;
	td->dev.release = tao_device_release;
	cdev_init(&td->cdev, &tao_fops);
	td->cdev.owner = THIS_MODULE;
	INIT_WORK(&td->probe, tao_probe);
	tao_session_init(td);
	return td;
}

static int tao_add(TAO_INTERFACE_ARGS)
{
	struct scsi_device *sdev = to_scsi_device(dev->parent);
	struct tao_device *td;

	if (sdev->type != TYPE_ROM && sdev->type != TYPE_WORM)
		return -ENODEV;
	td = tao_device_alloc(sdev);
	if (!td)
		return -ENOMEM;
	if (!tao_device_get(td)) {
		put_device(&td->dev);
		return -ENODEV;
	}
	mutex_lock(&tao_devices_lock);
	list_add_tail(&td->node, &tao_devices);
	mutex_unlock(&tao_devices_lock);
	queue_work(tao_probe_wq, &td->probe);
	return 0;
}

static struct tao_device *tao_find(struct scsi_device *sdev)
{
	struct tao_device *td;

	list_for_each_entry(td, &tao_devices, node)
		if (td->sdev == sdev)
			return td;
	return NULL;
}

/*
 * Runs under the mutex of all SCSI devices: nothing here waits for a command, except for a
 * bounded time for the one that unlocks the door.
 */
static void tao_remove(TAO_INTERFACE_ARGS)
{
	struct tao_device *td;

	mutex_lock(&tao_devices_lock);
	td = tao_find(to_scsi_device(dev->parent));
	if (td) {
		list_del(&td->node);
		tao_session_gone(td);
	}
	mutex_unlock(&tao_devices_lock);
	if (!td)
		return;
	tao_sysfs_gone(td);
	if (td->added)
		cdev_device_del(&td->cdev, &td->dev);
	tao_claim_unlock_gone(td);
	put_device(&td->dev);
}

static struct class_interface tao_interface = {
	.add_dev	= tao_add,
	.remove_dev	= tao_remove,
};

static int __init tao_init_queues(void)
{
	tao_worker_wq = alloc_workqueue("tao", WQ_UNBOUND, 0);
	if (!tao_worker_wq)
		return -ENOMEM;
	tao_issue_wq = alloc_workqueue("tao-write", WQ_HIGHPRI | WQ_PERCPU | WQ_MEM_RECLAIM, 0);
	if (!tao_issue_wq)
		goto worker;
	tao_probe_wq = alloc_workqueue("tao-probe", WQ_UNBOUND, 0);
	if (!tao_probe_wq)
		goto issue;
	return 0;

issue:
	destroy_workqueue(tao_issue_wq);
worker:
	destroy_workqueue(tao_worker_wq);
	return -ENOMEM;
}

/* Waits for workers that are not done with a drive that is gone. */
static void tao_exit_queues(void)
{
	destroy_workqueue(tao_probe_wq);
	destroy_workqueue(tao_worker_wq);
	destroy_workqueue(tao_issue_wq);
}

static int __init tao_init(void)
{
	int err;

	err = tao_init_queues();
	if (err)
		return err;
	err = alloc_chrdev_region(&tao_devt, 0, TAO_MINORS, "tao");
	if (err)
		goto queues;
	err = class_register((struct class *)&tao_class);
	if (err)
		goto region;
	err = tao_power_init();
	if (err)
		goto class;
	err = scsi_register_interface(&tao_interface);
	if (err)
		goto power;
	return 0;

power:
	tao_power_exit();
class:
	class_unregister((struct class *)&tao_class);
region:
	unregister_chrdev_region(tao_devt, TAO_MINORS);
queues:
	tao_exit_queues();
	return err;
}

static void __exit tao_exit(void)
{
	scsi_unregister_interface(&tao_interface);
	tao_power_exit();
	tao_exit_queues();
	class_unregister((struct class *)&tao_class);
	unregister_chrdev_region(tao_devt, TAO_MINORS);
	ida_destroy(&tao_minors);
}

module_init(tao_init);
module_exit(tao_exit);

MODULE_DESCRIPTION("Burns audio CDs track-at-once");
MODULE_AUTHOR("The tao developers");
MODULE_LICENSE("GPL");
MODULE_VERSION(TAO_MODULE_VERSION);
MODULE_ALIAS_SCSI_DEVICE(TYPE_ROM);
MODULE_ALIAS_SCSI_DEVICE(TYPE_WORM);
