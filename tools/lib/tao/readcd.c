// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Back from the disc, through the block device: audio sectors, and what commands of one kind read.
 */
#include <errno.h>
#include <scsi/sg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include "internal.h"

#define OP_READ_CD 0xbe
#define SECTOR_TYPE_CD_DA (1 << 2)
#define ALL_MAIN_CHANNEL 0xf8
#define SUB_CHANNEL_Q 2 /* formatted */

#define KEY_NOT_READY 2
#define KEY_UNIT_ATTENTION 6
#define ASC_MEDIUM_CHANGED 0x28
#define ASC_NO_MEDIUM 0x3a
#define HOST_NO_CONNECT 1

/* Gets sense key, code and qualifier from either format; missing ones are 0. */
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

/* The errno tells the caller whether it makes sense to read other sectors. */
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

int tao_sg_read(int fd, const uint8_t *cdb, unsigned int cdb_bytes, void *buffer,
		unsigned int bytes, const char *what)
{
	uint8_t sense[64] = { 0 }, code[3];
	struct sg_io_hdr io = {
		.interface_id = 'S',
		.dxfer_direction = SG_DXFER_FROM_DEV,
		.cmd_len = cdb_bytes,
		.cmdp = (uint8_t *)cdb,
		.mx_sb_len = sizeof(sense),
		.sbp = sense,
		.dxfer_len = bytes,
		.dxferp = buffer,
		.timeout = TAO_SG_TIMEOUT_MS,
	};

	if (ioctl(fd, SG_IO, &io))
		return tao_fail(errno, "can't read %s", what);
	if ((io.info & SG_INFO_OK_MASK) == SG_INFO_OK)
		return io.resid < 0 || io.resid > (int)bytes ? 0 : bytes - io.resid;
	parse_sense(sense, io.sb_len_wr, code);
	return tao_fail(-sense_error(code, io.host_status),
			"can't read %s (sense %X/%02X/%02X, host status %Xh)", what, code[0],
			code[1], code[2], io.host_status);
}

/* One READ CD: the audio, and of the sub-channel what @sub says. */
static int read_cd(int fd, int32_t lba, unsigned int count, uint8_t sub, void *buffer,
		   unsigned int bytes)
{
	uint32_t address = lba;
	uint8_t cdb[12] = {
		OP_READ_CD, SECTOR_TYPE_CD_DA, address >> 24, address >> 16, address >> 8,
		address,    count >> 16,       count >> 8,    count,	     ALL_MAIN_CHANNEL,
		sub,
	};
	char what[32];
	int got;

	snprintf(what, sizeof(what), "sector %d", lba);
	got = tao_sg_read(fd, cdb, sizeof(cdb), buffer, bytes, what);
	if (got < 0 || got == (int)bytes)
		return got < 0 ? got : 0;
	return tao_fail(EIO, "can't read %s: the drive gave %d of %u bytes", what, got, bytes);
}

int tao_read_cd(int fd, int32_t lba, unsigned int count, void *buffer)
{
	return read_cd(fd, lba, count, 0, buffer, count * TAO_SECTOR_SIZE);
}

int tao_read_q(int fd, int32_t lba, uint8_t q[TAO_Q_BYTES])
{
	uint8_t buffer[TAO_SECTOR_SIZE + TAO_Q_BYTES];
	int ret = read_cd(fd, lba, 1, SUB_CHANNEL_Q, buffer, sizeof(buffer));

	if (!ret)
		memcpy(q, buffer + TAO_SECTOR_SIZE, TAO_Q_BYTES);
	return ret;
}
