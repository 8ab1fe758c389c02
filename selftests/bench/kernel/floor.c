// SPDX-License-Identifier: GPL-2.0-only
/*
 * The lower limit for burning: sends WRITEs of 32 sectors through the block layer, one after the
 * other, from one set of pages, and does nothing else. When insmod returns, the drive has taken
 * all of them. Before, the drive needs its write parameters (MODE SELECT) and a blank disc.
 */
#include <linux/blk-mq.h>
#include <linux/gfp.h>
#include <linux/module.h>
#include <scsi/scsi_cmnd.h>
#include <scsi/scsi_device.h>
#include <scsi/scsi_host.h>
#include <scsi/scsi_proto.h>

#define WRITE_SECTORS	32
#define WRITE_BYTES	(WRITE_SECTORS * 2352)
#define WRITE_PAGES	DIV_ROUND_UP(WRITE_BYTES, PAGE_SIZE)

static unsigned int host;
module_param(host, uint, 0444);
MODULE_PARM_DESC(host, "number of the drive's SCSI host");

static unsigned int writes;
module_param(writes, uint, 0444);
MODULE_PARM_DESC(writes, "how many");

static struct bio_vec pages[WRITE_PAGES];

static int send_write(struct scsi_device *sdev, u32 lba)
{
	__be32 address = cpu_to_be32(lba);
	struct scsi_cmnd *scmd;
	struct request *rq;
	struct bio bio;
	int err;

	rq = scsi_alloc_request(sdev->request_queue, REQ_OP_DRV_OUT, 0);
	if (IS_ERR(rq))
		return PTR_ERR(rq);
	bio_init(&bio, NULL, pages, WRITE_PAGES, REQ_OP_DRV_OUT);
	bio.bi_vcnt = WRITE_PAGES;
	bio.bi_iter.bi_size = WRITE_BYTES;
	err = blk_rq_append_bio(rq, &bio);
	if (!err) {
		scmd = blk_mq_rq_to_pdu(rq);
		scmd->cmnd[0] = WRITE_10;
		memcpy(&scmd->cmnd[2], &address, sizeof(address));
		scmd->cmnd[8] = WRITE_SECTORS;
		scmd->cmd_len = 10;
		rq->timeout = 60 * HZ;
		blk_execute_rq(rq, true);
		err = scmd->result ? -EIO : 0;
	}
	blk_mq_free_request(rq);
	return err;
}

static int send_all(struct scsi_device *sdev)
{
	int err = 0;
	u32 i;

	for (i = 0; i < writes && !err; i++)
		err = send_write(sdev, i * WRITE_SECTORS);
	return err;
}

static void free_pages_of_writes(void)
{
	unsigned int i;

	for (i = 0; i < WRITE_PAGES && pages[i].bv_page; i++)
		__free_page(pages[i].bv_page);
}

static int make_pages_of_writes(void)
{
	u32 left = WRITE_BYTES;
	unsigned int i;

	for (i = 0; i < WRITE_PAGES; i++) {
		pages[i].bv_page = alloc_page(GFP_KERNEL | __GFP_ZERO);
		if (!pages[i].bv_page)
			return -ENOMEM;
		pages[i].bv_len = min_t(u32, left, PAGE_SIZE);
		left -= pages[i].bv_len;
	}
	return 0;
}

static int __init floor_init(void)
{
	struct scsi_device *sdev;
	struct Scsi_Host *shost;
	int err;

	shost = scsi_host_lookup(host);
	if (!shost)
		return -ENODEV;
	sdev = scsi_device_lookup(shost, 0, 0, 0);
	err = sdev ? make_pages_of_writes() : -ENODEV;
	if (!err)
		err = send_all(sdev);
	free_pages_of_writes();
	if (sdev)
		scsi_device_put(sdev);
	scsi_host_put(shost);
	return err;
}

static void __exit floor_exit(void)
{
}

module_init(floor_init);
module_exit(floor_exit);

MODULE_DESCRIPTION("WRITEs of 32 sectors and nothing else");
MODULE_LICENSE("GPL");
