// SPDX-License-Identifier: GPL-2.0-only
/*
 * The drives: the life of each from its attachment to its removal, and the list of them.
 */
#include <linux/cdev.h>
#include <linux/idr.h>
#include <linux/module.h>
#include <linux/pm_wakeup.h>
#include <linux/slab.h>
#include <scsi/scsi_driver.h>

#include "devices.h"

#include "trace.h"

#define TAO_MINORS	256
/* Unit attentions may stand in the way of the first commands. */
#define TAO_PROBE_TRIES	5

/*
 * Not freezable: a drive that does not answer would keep the machine awake. A suspend waits for the
 * command in hand, as for that of any driver, and the block layer keeps the next one until the
 * machine is awake again.
 */
static struct workqueue_struct *tao_probe_wq;

static dev_t tao_devt;
static DEFINE_IDA(tao_minors);

/* Protects tao_devices, and the drives in it against removal. */
static DEFINE_MUTEX(tao_devices_lock);
static LIST_HEAD(tao_devices);

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
	list_for_each_entry(td, &tao_devices, attach.node) {
		if (!td->attach.added)
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
	tao_event_attrs_exit(td);
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
	return tao_mmc_get_configuration(td->sdev, &td->attach.features, &td->sense);
}

static int ask_capabilities(struct tao_device *td)
{
	return tao_mmc_mode_sense_capabilities(td->sdev, &td->attach.capabilities, &td->sense);
}

/*
 * Whether it writes CDs track-at-once. Drives that are older than features only have the mode
 * page.
 */
static bool tao_is_writer(struct tao_device *td)
{
	int no_features = probe_ask(td, ask_features);
	int no_page = probe_ask(td, ask_capabilities);

	if (!no_features && td->attach.features.present)
		return td->attach.features.tao;
	return !no_page &&
	       (td->attach.capabilities.writes_cd_r || td->attach.capabilities.writes_cd_rw);
}

/* Only recorders get a number: the one recorder beside a DVD-ROM drive is tao0. */
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
	err = cdev_device_add(&td->attach.cdev, &td->dev);
	if (err)
		return err;
	tao_event_attrs_init(td);
	device_init_wakeup(&td->dev, true);
	dev_info(&td->dev, "%.8s %.16s %.4s, %u sectors a WRITE\n", td->sdev->vendor,
		 td->sdev->model, td->sdev->rev, td->stream.limits.write_sectors);
	return 0;
}

/* The first commands to a drive, away from the lock that all SCSI devices come and go under. */
static void tao_probe(struct work_struct *work)
{
	struct tao_device *td = container_of(work, struct tao_device, attach.probe);
	bool writer;

	/* sr, if it is there, need not keep the drive awake. */
	if (scsi_autopm_get_device(td->sdev)) {
		dev_err(&td->sdev->sdev_gendev, "the drive does not wake up\n");
		tao_device_put(td);
		return;
	}
	writer = tao_is_writer(td);
	scsi_autopm_put_device(td->sdev);
	mutex_lock(&tao_devices_lock);
	if (writer && !td->now.dead) {
		int err = tao_device_add(td);

		if (err)
			dev_err(&td->sdev->sdev_gendev, "no device for the CD writer (%d)\n", err);
		td->attach.added = !err;
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
	cdev_init(&td->attach.cdev, &tao_fops);
	td->attach.cdev.owner = THIS_MODULE;
	INIT_WORK(&td->attach.probe, tao_probe);
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
	list_add_tail(&td->attach.node, &tao_devices);
	mutex_unlock(&tao_devices_lock);
	queue_work(tao_probe_wq, &td->attach.probe);
	return 0;
}

static struct tao_device *tao_find(struct scsi_device *sdev)
{
	struct tao_device *td;

	list_for_each_entry(td, &tao_devices, attach.node)
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
		list_del(&td->attach.node);
		tao_session_gone(td);
	}
	mutex_unlock(&tao_devices_lock);
	if (!td)
		return;
	tao_event_gone(td);
	if (td->attach.added)
		cdev_device_del(&td->attach.cdev, &td->dev);
	tao_claim_unlock_gone(td);
	put_device(&td->dev);
}

static struct class_interface tao_interface = {
	.add_dev	= tao_add,
	.remove_dev	= tao_remove,
};

/**
 * tao_devices_start - what all drives need
 *
 * Return: 0 or an error.
 */
int __init tao_devices_start(void)
{
	int err = -ENOMEM;

	tao_probe_wq = alloc_workqueue("tao-probe", WQ_UNBOUND, 0);
	if (!tao_probe_wq)
		return err;
	err = alloc_chrdev_region(&tao_devt, 0, TAO_MINORS, "tao");
	if (err)
		goto queue;
	err = class_register((struct class *)&tao_class);
	if (err)
		goto region;
	return 0;

region:
	unregister_chrdev_region(tao_devt, TAO_MINORS);
queue:
	destroy_workqueue(tao_probe_wq);
	return err;
}

/**
 * tao_devices_attach - attach to the present drives, and to those that come
 *
 * Return: 0 or an error.
 */
int __init tao_devices_attach(void)
{
	return scsi_register_interface(&tao_interface);
}

/**
 * tao_devices_detach - let all drives go
 */
void tao_devices_detach(void)
{
	scsi_unregister_interface(&tao_interface);
}

/**
 * tao_devices_wait - wait for probes that are not done with a drive that is gone
 */
void tao_devices_wait(void)
{
	destroy_workqueue(tao_probe_wq);
}

/**
 * tao_devices_exit - the rest of undoing tao_devices_start(), when nobody holds a drive any more
 */
void tao_devices_exit(void)
{
	class_unregister((struct class *)&tao_class);
	unregister_chrdev_region(tao_devt, TAO_MINORS);
	ida_destroy(&tao_minors);
}
