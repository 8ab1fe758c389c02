/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads audio sectors with READ CD, even from an open session. */
#ifndef READCD_H
#define READCD_H

#include <scsi/sg.h>
#include <stdio.h>
#include <sys/ioctl.h>

#define READCD_SECTOR	2352
#define READCD_MANY	12	/* below 32 KiB, the limit of the smallest adapter in the tests */

static inline int read_cd(int fd, int lba, int count, void *buffer)
{
	unsigned char cdb[12] = {
		0xbe, 0x04, lba >> 24, lba >> 16, lba >> 8, lba,
		count >> 16, count >> 8, count, 0x10,
	};
	unsigned char sense[32] = { 0 };
	struct sg_io_hdr io = {
		.interface_id = 'S', .dxfer_direction = SG_DXFER_FROM_DEV,
		.cmd_len = sizeof(cdb), .cmdp = cdb, .sbp = sense, .mx_sb_len = sizeof(sense),
		.dxferp = buffer, .dxfer_len = count * READCD_SECTOR, .timeout = 60000,
	};

	if (ioctl(fd, SG_IO, &io)) {
		perror("readcd");
		return -1;
	}
	if ((io.info & SG_INFO_OK_MASK) != SG_INFO_OK || io.resid) {
		fprintf(stderr, "readcd: sector %d: sense %x/%02x/%02x, residual %d\n", lba,
			sense[2] & 15, sense[12], sense[13], io.resid);
		return -1;
	}
	return 0;
}

#endif
