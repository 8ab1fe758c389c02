// SPDX-License-Identifier: GPL-2.0-only
/*
 * References to a drive, and its abilities.
 */
#include <linux/module.h>
#include <scsi/scsi_host.h>

#include "base.h"

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
	const struct tao_features *f = &td->attach.features;
	const struct tao_capabilities *c = &td->attach.capabilities;
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
