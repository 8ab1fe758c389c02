// SPDX-License-Identifier: GPL-2.0-only
/* The adapter: commands come from the SCSI midlayer and go back there. */

#include <linux/dma-mapping.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/workqueue.h>
#include <scsi/scsi_device.h>
#include <scsi/scsi_host.h>

#include "compat.h"
#include "cdr-sim.h"
#include "trace.h"

static struct cdr_drive *host_drive(struct Scsi_Host *shost)
{
	return *(struct cdr_drive **)shost_priv(shost);
}

static void fail(struct cdr_drive *d, struct cdr_cmd *cmd, u32 sense)
{
	struct scsi_cmnd *scmd = cdr_scmd(cmd);
	u8 buf[18];
	u32 len = cdr_build_sense(d, sense, d->habits.descriptor_sense, buf);

	buf[0] |= cmd->fault.deferred;
	memset(scmd->sense_buffer, 0, SCSI_SENSE_BUFFERSIZE);
	memcpy(scmd->sense_buffer, buf, len);
	scmd->result = SAM_STAT_CHECK_CONDITION;
}

static bool door_locked(const struct cdr_drive *d)
{
	return d->tray.locked || d->tray.locked_persistent;
}

static void trace_answer(struct cdr_drive *d, struct cdr_cmd *cmd, int ret)
{
	trace_cdr_sim_command(cdr_scmd(cmd), ret, door_locked(d),
			      cmd->fault.kind != CDR_FAULT_NONE);
}

static void set_result(struct cdr_drive *d, struct cdr_cmd *cmd, int ret)
{
	struct scsi_cmnd *scmd = cdr_scmd(cmd);

	trace_answer(d, cmd, ret);
	if (ret > 0)
		fail(d, cmd, ret);
	else if (ret == CDR_RESULT)
		scmd->result = cmd->result;
	else if (ret)
		scmd->result = DID_ERROR << 16;
	else
		scmd->result = SAM_STAT_GOOD;
}

/*
 * Execute the commands that are due, in order: a drive does one thing at a time. Commands that
 * have ended go to @done, for scsi_done() outside the lock.
 */
static void pump(struct cdr_drive *d, struct list_head *done)
{
	struct cdr_cmd *cmd, *next;

	lockdep_assert_held(&d->lock);
	list_for_each_entry_safe(cmd, next, &d->adapter.pending, node) {
		int ret = CDR_HOLD;

		if (ktime_compare(cmd->due, ktime_get()) <= 0)
			ret = cdr_execute(d, cmd);
		if (ret == CDR_HOLD) {
			if (cmd->due != KTIME_MAX)
				hrtimer_start(&d->adapter.timer, cmd->due, HRTIMER_MODE_ABS_SOFT);
			break;
		}
		set_result(d, cmd, ret);
		list_move_tail(&cmd->node, done);
	}
}

static void give_back(struct list_head *done)
{
	struct cdr_cmd *cmd, *next;

	list_for_each_entry_safe(cmd, next, done, node) {
		list_del_init(&cmd->node);
		scsi_done(cdr_scmd(cmd));
	}
}

static enum hrtimer_restart timer_fn(struct hrtimer *timer)
{
	struct cdr_drive *d = container_of(timer, struct cdr_drive, adapter.timer);
	unsigned long flags;
	LIST_HEAD(done);

	spin_lock_irqsave(&d->lock, flags);
	pump(d, &done);
	spin_unlock_irqrestore(&d->lock, flags);
	give_back(&done);
	return HRTIMER_NORESTART;
}

static CDR_QC_STATUS queuecommand(struct Scsi_Host *shost, struct scsi_cmnd *scmd)
{
	struct cdr_drive *d = host_drive(shost);
	struct cdr_cmd *cmd = scsi_cmd_priv(scmd);
	unsigned long flags;
	LIST_HEAD(done);

	memset(cmd, 0, sizeof(*cmd));
	spin_lock_irqsave(&d->lock, flags);
	trace_cdr_sim_arrival(scmd, door_locked(d));
	if (d->adapter.alive) {
		list_add_tail(&cmd->node, &d->adapter.pending);
		pump(d, &done);
	} else {
		trace_answer(d, cmd, CDR_TRANSPORT_ERROR);
		scmd->result = DID_NO_CONNECT << 16;
		list_add_tail(&cmd->node, &done);
	}
	spin_unlock_irqrestore(&d->lock, flags);
	give_back(&done);
	return 0;
}

/* Fail every command that is in the drive. */
static void fail_pending(struct cdr_drive *d, int result)
{
	struct cdr_cmd *cmd;
	unsigned long flags;
	LIST_HEAD(done);

	spin_lock_irqsave(&d->lock, flags);
	list_splice_tail_init(&d->adapter.pending, &done);
	list_for_each_entry(cmd, &done, node) {
		trace_answer(d, cmd, CDR_TRANSPORT_ERROR);
		cdr_scmd(cmd)->result = result << 16;
	}
	spin_unlock_irqrestore(&d->lock, flags);
	give_back(&done);
}

/* Remove a held command; an operation that it started continues. */
static int abort_command(struct scsi_cmnd *scmd)
{
	struct cdr_drive *d = host_drive(scmd->device->host);
	struct cdr_cmd *cmd = scsi_cmd_priv(scmd), *at;
	unsigned long flags;
	LIST_HEAD(done);

	spin_lock_irqsave(&d->lock, flags);
	list_for_each_entry(at, &d->adapter.pending, node) {
		if (at == cmd) {
			trace_answer(d, cmd, CDR_TRANSPORT_ERROR);
			list_del_init(&cmd->node);
			break;
		}
	}
	pump(d, &done);
	spin_unlock_irqrestore(&d->lock, flags);
	give_back(&done);
	return SUCCESS;
}

static int reset(struct scsi_cmnd *scmd)
{
	struct cdr_drive *d = host_drive(scmd->device->host);
	unsigned long flags;

	spin_lock_irqsave(&d->lock, flags);
	cdr_reset_drive(d);
	spin_unlock_irqrestore(&d->lock, flags);
	fail_pending(d, DID_RESET);
	return SUCCESS;
}

static int configure(CDR_CONFIGURE_ARGS)
{
	struct cdr_drive *d = host_drive(sdev->host);

	sdev->use_10_for_ms = 1;
	cdr_set_dma_alignment(sdev, d->config.dma_alignment);
	return 0;
}

static struct scsi_host_template host_template = {
	.module			= THIS_MODULE,
	.name			= "simulated CD recorder",
	.proc_name		= "cdr-sim",
	.queuecommand		= queuecommand,
	.eh_abort_handler	= abort_command,
	.eh_device_reset_handler = reset,
	.eh_bus_reset_handler	= reset,
	CDR_CONFIGURE_HOOK(configure),
	.this_id		= -1,
	.can_queue		= 1,
	.sg_tablesize		= SG_ALL,
	.cmd_size		= sizeof(struct cdr_cmd),
};

static struct Scsi_Host *make_host(struct cdr_drive *d)
{
	const struct cdr_config *c = &d->config;
	struct Scsi_Host *shost;

	shost = scsi_host_alloc(&host_template, sizeof(d));
	if (!shost)
		return NULL;
	*(struct cdr_drive **)shost_priv(shost) = d;
	shost->can_queue = c->can_queue;
	shost->cmd_per_lun = c->can_queue;
	shost->max_sectors = c->max_sectors;
	shost->sg_tablesize = c->sg_tablesize;
	shost->virt_boundary_mask = c->virt_boundary;
	shost->max_id = 1;
	shost->max_lun = 1;
	shost->max_channel = 0;
	shost->max_cmd_len = 16;
	return shost;
}

static void switch_on(struct cdr_drive *d, u32 host)
{
	unsigned long flags;

	spin_lock_irqsave(&d->lock, flags);
	cdr_lose_power(d);
	if (cdr_medium(d))
		cdr_load(d);
	d->adapter.alive = true;
	trace_cdr_sim_drive(host, CDR_DRIVE_ON);
	spin_unlock_irqrestore(&d->lock, flags);
}

static void switch_off(struct cdr_drive *d)
{
	unsigned long flags;

	spin_lock_irqsave(&d->lock, flags);
	cdr_lose_power(d);
	d->adapter.alive = false;
	spin_unlock_irqrestore(&d->lock, flags);
	fail_pending(d, DID_NO_CONNECT);
	hrtimer_cancel(&d->adapter.timer);
}

/**
 * cdr_host_power_on() - plug in the drive
 * @d:	the drive, whose power_lock the caller holds
 *
 * Return: 0 or an errno
 */
int cdr_host_power_on(struct cdr_drive *d)
{
	struct platform_device *pdev;
	struct Scsi_Host *shost;
	int ret;

	pdev = platform_device_register_simple("cdr-sim", PLATFORM_DEVID_AUTO, NULL, 0);
	if (IS_ERR(pdev))
		return PTR_ERR(pdev);
	/* There is no DMA, so any address will do. */
	ret = dma_coerce_mask_and_coherent(&pdev->dev, DMA_BIT_MASK(64));
	if (ret)
		goto out_unregister;
	shost = make_host(d);
	if (!shost) {
		ret = -ENOMEM;
		goto out_unregister;
	}
	switch_on(d, shost->host_no);
	ret = scsi_add_host(shost, &pdev->dev);
	if (ret)
		goto out_put_host;
	d->adapter.pdev = pdev;
	d->adapter.shost = shost;
	ret = scsi_add_device(shost, 0, 0, 0);
	if (ret)
		cdr_host_power_off(d);
	return ret;

out_put_host:
	switch_off(d);
	scsi_host_put(shost);
out_unregister:
	platform_device_unregister(pdev);
	return ret;
}

/**
 * cdr_host_power_off() - unplug the drive, even during an operation
 * @d:	the drive, whose power_lock the caller holds
 */
void cdr_host_power_off(struct cdr_drive *d)
{
	if (!d->adapter.shost)
		return;
	switch_off(d);
	scsi_remove_host(d->adapter.shost);
	scsi_host_put(d->adapter.shost);
	platform_device_unregister(d->adapter.pdev);
	d->adapter.shost = NULL;
	d->adapter.pdev = NULL;
}

/* A rule has unplugged the drive: remove the adapter too. */
static void unplug_fn(struct work_struct *work)
{
	struct cdr_drive *d = container_of(work, struct cdr_drive, adapter.unplug_work);

	mutex_lock(&d->adapter.power_lock);
	if (!d->adapter.alive)
		cdr_host_power_off(d);
	mutex_unlock(&d->adapter.power_lock);
}

/**
 * cdr_host_setup() - initialise what a new drive needs to handle commands
 * @d:	the drive
 */
void cdr_host_setup(struct cdr_drive *d)
{
	spin_lock_init(&d->lock);
	INIT_LIST_HEAD(&d->adapter.pending);
	cdr_hrtimer_setup(&d->adapter.timer, timer_fn);
	INIT_WORK(&d->adapter.unplug_work, unplug_fn);
	cdr_fault_setup(d);
	INIT_LIST_HEAD(&d->playback.entries);
}
