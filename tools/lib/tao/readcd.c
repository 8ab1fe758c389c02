// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Audio sectors back from the disc: READ CD through the block device.
 */
#include <errno.h>
#include <scsi/sg.h>
#include <string.h>
#include <sys/ioctl.h>
#include "internal.h"

#define OP_READ_CD 0xbe
#define SECTOR_TYPE_CD_DA (1 << 2)
#define ALL_MAIN_CHANNEL 0xf8
#define TIMEOUT_MS 60000

#define KEY_NOT_READY 2
#define KEY_UNIT_ATTENTION 6
#define ASC_MEDIUM_CHANGED 0x28
#define ASC_NO_MEDIUM 0x3a
#define HOST_NO_CONNECT 1

/* Sense key, code and qualifier from either format; what is missing is 0. */
static void parse_sense(const uint8_t *sense, unsigned int length, uint8_t out[3])
{
	memset(out, 0, 3);
	if (length < 4)
		return;
	if ((sense[0] & 0x7e) == 0x72) {
		out[0] = sense[1] & 0xf;
		out[1] = sense[2];
		out[2] = sense[3];
	} else {
		out[0] = sense[2] & 0xf;
		out[1] = length > 12 ? sense[12] : 0;
		out[2] = length > 13 ? sense[13] : 0;
	}
}

/* What the callers have to know: whether other sectors can be read. */
static int sense_error(const uint8_t code[3], unsigned int host_status)
{
	if (host_status == HOST_NO_CONNECT)
		return -ENODEV;
	if (code[0] == KEY_NOT_READY && code[1] == ASC_NO_MEDIUM)
		return -ENOMEDIUM;
	if (code[0] == KEY_UNIT_ATTENTION && code[1] == ASC_MEDIUM_CHANGED)
		return -ENOMEDIUM;
	return -EIO;
}

int tao_read_cd(int fd, int32_t lba, unsigned int count, void *buffer)
{
	uint32_t address = lba;
	uint8_t cdb[12] = {
		OP_READ_CD, SECTOR_TYPE_CD_DA, address >> 24, address >> 16, address >> 8,
		address,    count >> 16,       count >> 8,    count,	     ALL_MAIN_CHANNEL,
	};
	uint8_t sense[64] = { 0 }, code[3];
	struct sg_io_hdr io = {
		.interface_id = 'S',
		.dxfer_direction = SG_DXFER_FROM_DEV,
		.cmd_len = sizeof(cdb),
		.cmdp = cdb,
		.mx_sb_len = sizeof(sense),
		.sbp = sense,
		.dxfer_len = count * TAO_SECTOR_SIZE,
		.dxferp = buffer,
		.timeout = TIMEOUT_MS,
	};

	if (ioctl(fd, SG_IO, &io))
		return tao_fail(errno, "can't read sector %d", lba);
	if ((io.info & SG_INFO_OK_MASK) == SG_INFO_OK && !io.resid)
		return 0;
	parse_sense(sense, io.sb_len_wr, code);
	return tao_fail(-sense_error(code, io.host_status),
			"can't read sector %d (sense %X/%02X/%02X, host status %Xh)", lba, code[0],
			code[1], code[2], io.host_status);
}
