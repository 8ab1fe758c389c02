/* SPDX-License-Identifier: GPL-2.0-only */
/* The only file that knows kernel versions. */
#ifndef CDR_SIM_COMPAT_H
#define CDR_SIM_COMPAT_H

#include <linux/hrtimer.h>
#include <linux/version.h>
#include <scsi/scsi_device.h>
#include <scsi/scsi_host.h>

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
#include <linux/unaligned.h>
#else
#include <asm/unaligned.h>
#endif

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 4, 0)
#include <linux/hex.h>
#else
#include <linux/kernel.h>
#endif

/* The return type of queuecommand(). */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 0, 0)
#define CDR_QC_STATUS	enum scsi_qc_status
#else
#define CDR_QC_STATUS	int
#endif

/*
 * The hook that sets up a new device, and the DMA alignment: a property of the queue on old
 * kernels, of the host on new ones.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 14, 0)
#define CDR_CONFIGURE_HOOK(fn)	.sdev_configure = (fn)
#define CDR_CONFIGURE_ARGS	struct scsi_device *sdev, struct queue_limits *lim
#elif LINUX_VERSION_CODE >= KERNEL_VERSION(6, 11, 0)
#define CDR_CONFIGURE_HOOK(fn)	.device_configure = (fn)
#define CDR_CONFIGURE_ARGS	struct scsi_device *sdev, struct queue_limits *lim
#else
#define CDR_CONFIGURE_HOOK(fn)	.slave_configure = (fn)
#define CDR_CONFIGURE_ARGS	struct scsi_device *sdev
#endif

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 11, 0)
#define cdr_set_dma_alignment(sdev, mask) ((void)(sdev), lim->dma_alignment = (mask))
#else
#define cdr_set_dma_alignment(sdev, mask) \
	blk_queue_update_dma_alignment((sdev)->request_queue, mask)
#endif

static inline void cdr_hrtimer_setup(struct hrtimer *timer,
				     enum hrtimer_restart (*fn)(struct hrtimer *))
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 15, 0)
	hrtimer_setup(timer, fn, CLOCK_MONOTONIC, HRTIMER_MODE_ABS_SOFT);
#else
	hrtimer_init(timer, CLOCK_MONOTONIC, HRTIMER_MODE_ABS_SOFT);
	timer->function = fn;
#endif
}

#endif
