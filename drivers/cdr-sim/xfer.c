// SPDX-License-Identifier: GPL-2.0-only
/* Data transfer of a command. */

#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/scatterlist.h>

#include "cdr-sim.h"

/**
 * cdr_reply() - send the drive's reply
 * @d:		the drive, whose reply buffer holds the reply
 * @cmd:	the command
 * @len:	length of the reply
 * @alloc:	allocation length: how much of it the command requests
 *
 * Return: 0
 */
int cdr_reply(struct cdr_drive *d, struct cdr_cmd *cmd, u32 len, u32 alloc)
{
	return cdr_reply_part(cmd, d->reply, min(len, alloc), 0);
}

/**
 * cdr_reply_part() - send part of a reply
 * @cmd:	the command
 * @buf:	this part
 * @len:	its length
 * @skip:	how much was sent before
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
 * cdr_fetch() - get the data sent with a command
 * @cmd:	the command
 * @buf:	destination
 * @len:	maximum number of bytes
 *
 * Return: the number of bytes
 */
u32 cdr_fetch(struct cdr_cmd *cmd, void *buf, u32 len)
{
	struct scsi_cmnd *scmd = cdr_scmd(cmd);

	len = scsi_sg_copy_to_buffer(scmd, buf, len);
	scsi_set_resid(scmd, scsi_bufflen(scmd) - len);
	return len;
}

/**
 * cdr_fetch_part() - get part of the data sent with a command
 * @cmd:	the command
 * @buf:	destination
 * @len:	number of bytes, all within the data
 * @skip:	offset of the part
 */
void cdr_fetch_part(struct cdr_cmd *cmd, void *buf, u32 len, u32 skip)
{
	struct scsi_cmnd *scmd = cdr_scmd(cmd);

	sg_pcopy_to_buffer(scsi_sglist(scmd), scsi_sg_count(scmd), buf, len, skip);
}

/*
 * Whose page is it? The mapping field of a slab page is used for something else. The zero page
 * may come from a process that never wrote to its memory, or from the kernel.
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
 * cdr_count_pages() - account the bytes of a WRITE by the kind of page that they are in
 * @d:		the drive
 * @cmd:	the command
 * @bytes:	number of bytes
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
