/* SPDX-License-Identifier: GPL-2.0-only */
/* Commands from another program to the recorder of sim.h, through /dev/sgN. */
#ifndef SG_H
#define SG_H

#include <linux/types.h>
#include <scsi/sg.h>

#include "sim.h"

/* MMC-6: mode page 05h, and the header in front of it */
#define OP_MODE_SENSE	0x5a
#define PAGE_BYTES	52
#define HEADER_BYTES	8

/* Sends a command of 10 bytes; returns 0 on success. */
static inline int sg_command(const __u8 *cdb, int direction, void *data, unsigned int len)
{
	__u8 sense[32];
	struct sg_io_hdr io = {
		.interface_id = 'S',
		.dxfer_direction = direction,
		.cmd_len = 10,
		.mx_sb_len = sizeof(sense),
		.dxfer_len = len,
		.dxferp = data,
		.cmdp = (__u8 *)cdb,
		.sbp = sense,
		.timeout = 30000,
	};
	char hctl[64], sg[64];
	int fd, ret;

	sim_get("device", hctl, sizeof(hctl));
	hctl[strcspn(hctl, "\n")] = '\0';
	if (!sim_find("/sys/bus/scsi/devices/%s/scsi_generic", hctl, sg))
		sim_die("sg");
	fd = open(sg, O_RDWR);
	if (fd < 0)
		sim_die(sg);
	ret = ioctl(fd, SG_IO, &io) || io.status || io.host_status ? -1 : 0;
	close(fd);
	return ret;
}

static inline int sg_sense_page(__u8 *reply)
{
	__u8 cdb[10] = { OP_MODE_SENSE, 0, 0x05, [8] = HEADER_BYTES + PAGE_BYTES };

	return sg_command(cdb, SG_DXFER_FROM_DEV, reply, HEADER_BYTES + PAGE_BYTES);
}

static inline int sg_select_page(const __u8 *page)
{
	__u8 cdb[10] = { OP_MODE_SELECT, 0x10, [8] = HEADER_BYTES + PAGE_BYTES };
	__u8 data[HEADER_BYTES + PAGE_BYTES] = { 0 };

	memcpy(data + HEADER_BYTES, page, PAGE_BYTES);
	return sg_command(cdb, SG_DXFER_TO_DEV, data, sizeof(data));
}

#endif
