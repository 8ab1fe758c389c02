/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Differences between kernel versions, and nothing else. Everything here has the name and the
 * meaning of the newest kernel, so that dropping a version only means to delete lines here.
 */
#ifndef _TAO_COMPAT_H
#define _TAO_COMPAT_H

#include <linux/blk-mq.h>
#include <linux/blkdev.h>
#include <linux/file.h>
#include <linux/version.h>
#include <linux/workqueue.h>

#include <scsi/scsi_device.h>

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
#include <linux/unaligned.h>
#else
#include <asm/unaligned.h>
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
#include <linux/dma-direction.h>

struct scsi_exec_args {
	unsigned char *sense;
	unsigned int sense_len;
	struct scsi_sense_hdr *sshdr;
	blk_mq_req_flags_t req_flags;		/* only BLK_MQ_REQ_PM has an effect */
	int *resid;
};

static inline int scsi_execute_cmd(struct scsi_device *sdev, const unsigned char *cmd,
				   blk_opf_t opf, void *buffer, unsigned int bufflen, int timeout,
				   int ml_retries, const struct scsi_exec_args *args)
{
	int direction = DMA_NONE;

	if (WARN_ON_ONCE(args->sense && args->sense_len != SCSI_SENSE_BUFFERSIZE))
		return -EINVAL;
	if (bufflen)
		direction = op_is_write(opf) ? DMA_TO_DEVICE : DMA_FROM_DEVICE;
	return __scsi_execute(sdev, cmd, direction, buffer, bufflen, args->sense, args->sshdr,
			      timeout, ml_retries, opf & ~REQ_OP_MASK,
			      args->req_flags & BLK_MQ_REQ_PM ? RQF_PM : 0, args->resid);
}
#endif

/* --- memory of a caller ----------------------------------------------------------------------- */

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 4, 0)
#define iter_iov(iter)		((iter)->iov)
#endif

/* Whether a write may come from io_submit(). Kernels without the flag do not say that. */
static inline bool tao_iocb_is_aio(const struct kiocb *iocb)
{
#ifdef IOCB_AIO_RW
	return iocb->ki_flags & IOCB_AIO_RW;
#else
	return true;
#endif
}

/*
 * Whether the kernel itself submits a write again that would have to wait: io_uring does, if the
 * program has not said RWF_NOWAIT. After 6.1 that can't be told, and counts as coming again.
 */
static inline bool tao_iocb_comes_again(const struct kiocb *iocb)
{
#ifdef IOCB_AIO_RW
	if (iocb->ki_flags & IOCB_AIO_RW)
		return false;
#endif
	return !(iocb->ki_flags & IOCB_NOIO) && !(READ_ONCE(iocb->ki_filp->f_flags) & O_NONBLOCK);
}

/* --- requests --------------------------------------------------------------------------------- */

/* The arguments of rq_end_io_fn. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 0, 0)
#define TAO_END_IO_ARGS		struct request *rq, blk_status_t status, \
				const struct io_comp_batch *iob
#else
#define TAO_END_IO_ARGS		struct request *rq, blk_status_t status
#endif

/* --- workqueues ------------------------------------------------------------------------------- */

/* The default of older queues, which newer ones have to state. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 17, 0)
#define WQ_PERCPU		0
#endif

/* --- classes ---------------------------------------------------------------------------------- */

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 4, 0)
#define TAO_INTERFACE_ARGS	struct device *dev
#define TAO_CLASS_CONST		const
#else
#define TAO_INTERFACE_ARGS	struct device *dev, struct class_interface *interface
#define TAO_CLASS_CONST
#endif

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 14, 0)
#define TAO_MATCH_CONST		const
#else
#define TAO_MATCH_CONST
#endif

/* --- block devices ---------------------------------------------------------------------------- */

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0) && LINUX_VERSION_CODE < KERNEL_VERSION(6, 9, 0)
#error "tao needs Linux 6.1 to 6.4, or 6.9 or later: these open block devices in other ways"
#endif

/* A block device that is held open, as far as a version has a struct for it. */
struct tao_bdev {
	struct block_device *bdev;
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 9, 0)
	struct file *file;
#endif
};

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 9, 0)
#define tao_bd_prepare_to_claim(bdev, holder)	bd_prepare_to_claim(bdev, holder, NULL)
#else
#define tao_bd_prepare_to_claim(bdev, holder)	bd_prepare_to_claim(bdev, holder)
#endif

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 9, 0)
static inline int tao_bdev_open(struct tao_bdev *b, dev_t devt, void *holder)
{
	struct file *file;

	file = bdev_file_open_by_dev(devt, BLK_OPEN_READ | BLK_OPEN_WRITE | BLK_OPEN_NDELAY, holder,
				     NULL);
	if (IS_ERR(file))
		return PTR_ERR(file);
	b->file = file;
	b->bdev = file_bdev(file);
	return 0;
}

/*
 * Not by bdev_fput(): that leaves the release to a work item, so that sr still counts us when the
 * drive is idle, and refuses to eject. For kernel threads, which the worker is.
 */
static inline void tao_bdev_close(struct tao_bdev *b)
{
	__fput_sync(b->file);
	b->file = NULL;
	b->bdev = NULL;
}

static inline int tao_bdev_ioctl(struct tao_bdev *b, unsigned int cmd, unsigned long arg)
{
	return b->bdev->bd_disk->fops->ioctl(b->bdev, BLK_OPEN_READ | BLK_OPEN_WRITE |
					     BLK_OPEN_NDELAY, cmd, arg);
}

static inline void tao_bdev_media_changed(struct tao_bdev *b)
{
	disk_force_media_change(b->bdev->bd_disk);
}
#else
#define TAO_BDEV_MODE	(FMODE_READ | FMODE_WRITE | FMODE_NDELAY)

static inline int tao_bdev_open(struct tao_bdev *b, dev_t devt, void *holder)
{
	struct block_device *bdev = blkdev_get_by_dev(devt, TAO_BDEV_MODE | FMODE_EXCL, holder);

	if (IS_ERR(bdev))
		return PTR_ERR(bdev);
	b->bdev = bdev;
	return 0;
}

static inline void tao_bdev_close(struct tao_bdev *b)
{
	blkdev_put(b->bdev, TAO_BDEV_MODE | FMODE_EXCL);
	b->bdev = NULL;
}

static inline int tao_bdev_ioctl(struct tao_bdev *b, unsigned int cmd, unsigned long arg)
{
	return b->bdev->bd_disk->fops->ioctl(b->bdev, TAO_BDEV_MODE, cmd, arg);
}

static inline void tao_bdev_media_changed(struct tao_bdev *b)
{
	disk_force_media_change(b->bdev->bd_disk, DISK_EVENT_MEDIA_CHANGE);
}
#endif

#endif /* _TAO_COMPAT_H */
