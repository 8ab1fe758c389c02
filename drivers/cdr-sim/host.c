// SPDX-License-Identifier: GPL-2.0-only
/* The adapter: commands come from the SCSI midlayer and go back there. */

#include <linux/dma-mapping.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/pagemap.h>
#include <linux/platform_device.h>
#include <linux/scatterlist.h>
#include <scsi/scsi_device.h>
#include <scsi/scsi_host.h>

#include "compat.h"
#include "cdr-sim.h"

#define CREATE_TRACE_POINTS
#include "trace.h"

static struct cdr_drive *host_drive(struct Scsi_Host *shost)
{
	return *(struct cdr_drive **)shost_priv(shost);
}

/**
 * cdr_reply() - send the drive's reply
 * @d:		the drive, whose reply buffer holds it
 * @cmd:	the command
 * @len:	the reply's length
 * @alloc:	how much of it the command asks for
 *
 * Return: 0
 */
int cdr_reply(struct cdr_drive *d, struct cdr_cmd *cmd, u32 len, u32 alloc)
{
	return cdr_reply_part(cmd, d->reply, min(len, alloc), 0);
}

/**
 * cdr_reply_part() - send a part of a reply
 * @cmd:	the command
 * @buf:	the part
 * @len:	its length
 * @skip:	how much was sent before it
 *
 * Return: 0
 */
int cdr_reply_part(struct cdr_cmd *cmd, const void *buf, u32 len, u32 skip)
{
	struct scsi_cmnd *scmd = cdr_scmd(cmd);
	u32 done = sg_pcopy_from_buffer(scsi_sglist(scmd), scsi_sg_count(scmd),
					buf, len, skip);

	scsi_set_resid(scmd, scsi_bufflen(scmd) - min(scsi_bufflen(scmd), skip + done));
	return 0;
}

/**
 * cdr_fetch() - get the data that come with a command
 * @cmd:	the command
 * @buf:	where to
 * @len:	how many bytes at most
 *
 * Return: how many there were
 */
u32 cdr_fetch(struct cdr_cmd *cmd, void *buf, u32 len)
{
	struct scsi_cmnd *scmd = cdr_scmd(cmd);

	len = scsi_sg_copy_to_buffer(scmd, buf, len);
	scsi_set_resid(scmd, scsi_bufflen(scmd) - len);
	return len;
}

/*
 * Whose page is it? A slab page keeps other things where a folio has its
 * mapping. The zero page may come from a process that never wrote to its
 * memory, or from the kernel.
 */
static u64 *page_counter(struct cdr_stats *stats, struct page *page)
{
	struct folio *folio = page_folio(page);

	if (is_zero_pfn(page_to_pfn(page)))
		return &stats->write_bytes_zero;
	if (folio_test_slab(folio))
		return &stats->write_bytes_kernel;
	if (folio_test_anon(folio))
		return &stats->write_bytes_user;
	if (folio_mapping(folio))
		return &stats->write_bytes_cache;
	return &stats->write_bytes_kernel;
}

/**
 * cdr_count_pages() - account a WRITE's bytes by the kind of page they lie in
 * @d:		the drive
 * @cmd:	the command
 * @bytes:	how many of its bytes
 *
 * The data themselves are not looked at.
 */
void cdr_count_pages(struct cdr_drive *d, struct cdr_cmd *cmd, u32 bytes)
{
	struct scsi_cmnd *scmd = cdr_scmd(cmd);
	struct scatterlist *sg;
	int i;

	scsi_for_each_sg(scmd, sg, scsi_sg_count(scmd), i) {
		unsigned long pfn = page_to_pfn(sg_page(sg)) + sg->offset / PAGE_SIZE;
		u32 offset = offset_in_page(sg->offset);
		u32 left = min(sg->length, bytes);

		bytes -= left;
		while (left) {
			u32 n = min_t(u32, left, PAGE_SIZE - offset);

			*page_counter(&d->stats, pfn_to_page(pfn++)) += n;
			left -= n;
			offset = 0;
		}
	}
}

static void fail(struct cdr_drive *d, struct cdr_cmd *cmd, u32 sense)
{
	struct scsi_cmnd *scmd = cdr_scmd(cmd);
	u8 buf[18];
	u32 len = cdr_build_sense(d, sense, d->descriptor_sense, buf);

	buf[0] |= cmd->fault.deferred;
	memset(scmd->sense_buffer, 0, SCSI_SENSE_BUFFERSIZE);
	memcpy(scmd->sense_buffer, buf, len);
	scmd->result = SAM_STAT_CHECK_CONDITION;
}

static void set_result(struct cdr_drive *d, struct cdr_cmd *cmd, int ret)
{
	struct scsi_cmnd *scmd = cdr_scmd(cmd);

	trace_cdr_sim_command(scmd, ret);
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
 * Execute what is due, in order: a drive does one thing at a time. The commands
 * that ended go to @done, for scsi_done() outside the lock.
 */
static void pump(struct cdr_drive *d, struct list_head *done)
{
	struct cdr_cmd *cmd, *next;

	lockdep_assert_held(&d->lock);
	list_for_each_entry_safe(cmd, next, &d->pending, node) {
		int ret = CDR_HOLD;

		if (ktime_compare(cmd->due, ktime_get()) <= 0)
			ret = cdr_execute(d, cmd);
		if (ret == CDR_HOLD) {
			if (cmd->due != KTIME_MAX)
				hrtimer_start(&d->timer, cmd->due, HRTIMER_MODE_ABS_SOFT);
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
	struct cdr_drive *d = container_of(timer, struct cdr_drive, timer);
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
	if (d->alive) {
		list_add_tail(&cmd->node, &d->pending);
		pump(d, &done);
	} else {
		scmd->result = DID_NO_CONNECT << 16;
		list_add_tail(&cmd->node, &done);
	}
	spin_unlock_irqrestore(&d->lock, flags);
	give_back(&done);
	return 0;
}

/* Give back every command that is in the drive. */
static void fail_pending(struct cdr_drive *d, int result)
{
	struct cdr_cmd *cmd;
	unsigned long flags;
	LIST_HEAD(done);

	spin_lock_irqsave(&d->lock, flags);
	list_splice_tail_init(&d->pending, &done);
	list_for_each_entry(cmd, &done, node)
		cdr_scmd(cmd)->result = result << 16;
	spin_unlock_irqrestore(&d->lock, flags);
	give_back(&done);
}

/* A held command leaves; what it began in the drive goes on. */
static int abort_command(struct scsi_cmnd *scmd)
{
	struct cdr_drive *d = host_drive(scmd->device->host);
	struct cdr_cmd *cmd = scsi_cmd_priv(scmd), *at;
	unsigned long flags;
	LIST_HEAD(done);

	spin_lock_irqsave(&d->lock, flags);
	list_for_each_entry(at, &d->pending, node) {
		if (at == cmd) {
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
	cdr_reset_drive(d, CDR_UA_RESET);
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

static void switch_on(struct cdr_drive *d)
{
	unsigned long flags;

	spin_lock_irqsave(&d->lock, flags);
	cdr_lose_power(d);
	if (cdr_medium(d))
		cdr_load(d);
	d->ua = CDR_UA_POWER_ON;
	d->alive = true;
	spin_unlock_irqrestore(&d->lock, flags);
}

static void switch_off(struct cdr_drive *d)
{
	unsigned long flags;

	spin_lock_irqsave(&d->lock, flags);
	cdr_lose_power(d);
	d->alive = false;
	spin_unlock_irqrestore(&d->lock, flags);
	fail_pending(d, DID_NO_CONNECT);
	hrtimer_cancel(&d->timer);
}

/**
 * cdr_host_power_on() - plug the drive in
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
	/* There is no DMA, so no address is out of reach. */
	ret = dma_coerce_mask_and_coherent(&pdev->dev, DMA_BIT_MASK(64));
	if (ret)
		goto out_unregister;
	shost = make_host(d);
	if (!shost) {
		ret = -ENOMEM;
		goto out_unregister;
	}
	switch_on(d);
	ret = scsi_add_host(shost, &pdev->dev);
	if (ret)
		goto out_put_host;
	d->pdev = pdev;
	d->shost = shost;
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
 * cdr_host_power_off() - pull the plug, whatever goes on
 * @d:	the drive, whose power_lock the caller holds
 */
void cdr_host_power_off(struct cdr_drive *d)
{
	if (!d->shost)
		return;
	switch_off(d);
	scsi_remove_host(d->shost);
	scsi_host_put(d->shost);
	platform_device_unregister(d->pdev);
	d->shost = NULL;
	d->pdev = NULL;
}

/**
 * cdr_host_setup() - what a new drive needs for commands
 * @d:	the drive
 */
void cdr_host_setup(struct cdr_drive *d)
{
	spin_lock_init(&d->lock);
	INIT_LIST_HEAD(&d->pending);
	cdr_hrtimer_setup(&d->timer, timer_fn);
	cdr_fault_setup(d);
}
