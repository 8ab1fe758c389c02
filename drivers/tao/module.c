// SPDX-License-Identifier: GPL-2.0-only
/*
 * tao: burns audio CDs track-at-once and session-at-once.
 *
 * This file: the module.
 */
#include <linux/module.h>
#include <scsi/scsi.h>
#include <scsi/scsi_device.h>

#include "devices.h"

static int __init tao_init(void)
{
	int err;

	err = tao_worker_start();
	if (err)
		return err;
	err = tao_stream_start();
	if (err)
		goto worker;
	err = tao_devices_start();
	if (err)
		goto stream;
	err = tao_power_init();
	if (err)
		goto devices;
	err = tao_devices_attach();
	if (err)
		goto power;
	return 0;

power:
	tao_power_exit();
devices:
	tao_devices_wait();
	tao_devices_exit();
stream:
	tao_stream_exit();
worker:
	tao_worker_stop();
	return err;
}

/* Empty each queue before the things that its work uses go: probes, then jobs, then WRITEs. */
static void __exit tao_exit(void)
{
	tao_devices_detach();
	tao_power_exit();
	tao_devices_wait();
	tao_worker_stop();
	tao_stream_exit();
	tao_devices_exit();
}

module_init(tao_init);
module_exit(tao_exit);

MODULE_DESCRIPTION("Burns audio CDs");
MODULE_AUTHOR("The tao developers");
MODULE_LICENSE("GPL");
MODULE_VERSION(TAO_MODULE_VERSION);
MODULE_ALIAS_SCSI_DEVICE(TYPE_ROM);
MODULE_ALIAS_SCSI_DEVICE(TYPE_WORM);
