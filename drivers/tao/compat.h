/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Differences between kernel versions, and nothing else. What is here has the name and the meaning it has in the newest
 * kernel, so that a version that is no longer supported goes by deleting lines here.
 */
#ifndef _TAO_COMPAT_H
#define _TAO_COMPAT_H

#include <linux/version.h>

#include <scsi/scsi_device.h>

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
#include <linux/unaligned.h>
#else
#include <asm/unaligned.h>
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
#include <linux/blk-mq.h>
#include <linux/blkdev.h>
#include <linux/dma-direction.h>

struct scsi_exec_args {
	unsigned char *sense;
	unsigned int sense_len;
	struct scsi_sense_hdr *sshdr;
	blk_mq_req_flags_t req_flags;		/* only BLK_MQ_REQ_PM has an effect */
	int *resid;
};

static inline int scsi_execute_cmd(struct scsi_device *sdev, const unsigned char *cmd, blk_opf_t opf, void *buffer,
				   unsigned int bufflen, int timeout, int ml_retries,
				   const struct scsi_exec_args *args)
{
	static const struct scsi_exec_args defaults;
	int direction = DMA_NONE;

	if (!args)
		args = &defaults;
	if (WARN_ON_ONCE(args->sense && args->sense_len != SCSI_SENSE_BUFFERSIZE))
		return -EINVAL;
	if (bufflen)
		direction = op_is_write(opf) ? DMA_TO_DEVICE : DMA_FROM_DEVICE;
	return __scsi_execute(sdev, cmd, direction, buffer, bufflen, args->sense, args->sshdr, timeout, ml_retries,
			      opf & ~REQ_OP_MASK, args->req_flags & BLK_MQ_REQ_PM ? RQF_PM : 0, args->resid);
}
#endif

#endif /* _TAO_COMPAT_H */
