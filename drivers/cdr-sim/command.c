// SPDX-License-Identifier: GPL-2.0-only
/* The command table, the checks common to all commands, and the small commands. */

#include <linux/minmax.h>

#include "compat.h"
#include "cdr-sim.h"

#define INQUIRY_SIZE	96

/* Executed although a unit attention is pending, without reporting it. */
#define UA_OK		0x01
/* Executed without a medium, or before it is ready. */
#define NO_MEDIUM_OK	0x02
/* Executed during a long operation. */
#define BUSY_OK		0x04
/* Needed while a track is being written, or without effect on it. */
#define TRACK_OK	0x08
/* A program polls with it for the end of a long operation. */
#define POLL		0x10
/* Waits for the end of a session at once that is being closed. */
#define JOINS		0x20

/**
 * struct cdr_command - one row of the command set
 * @name:	for display; one word, so that programs can parse it
 * @fn:		the handler; returns 0, a sense code or CDR_HOLD
 * @flags:	conditions under which it is executed
 * @mask:	bits of bytes 1 to 11 that have a meaning; the others must be 0
 */
struct cdr_command {
	const char *name;
	int (*fn)(struct cdr_drive *d, struct cdr_cmd *cmd);
	u8 flags;
	u8 mask[11];
};

static int test_unit_ready(struct cdr_drive *d, struct cdr_cmd *cmd)
{
	return 0;
}

static u32 not_ready(struct cdr_drive *d)
{
	if (!cdr_medium(d))
		return d->tray.open ? CDR_NO_MEDIUM_OPEN : CDR_NO_MEDIUM_CLOSED;
	if (d->tray.stopped)
		return CDR_NEEDS_START;
	return d->op.kind == CDR_OP_SPIN_UP ? CDR_BECOMING_READY : 0;
}

static u32 busy(const struct cdr_drive *d)
{
	if (d->op.kind == CDR_OP_NONE)
		return 0;
	return d->op.kind == CDR_OP_CALIBRATE ? CDR_BUFFER_FULL : CDR_IN_PROGRESS;
}

static void put_sense(u8 *p, u32 sense)
{
	memset(p, 0, 18);
	p[0] = 0x70;
	p[2] = sense >> 16 & 0x0f;
	p[7] = 10;
	p[12] = sense >> 8;
	p[13] = sense;
}

static void put_descriptor_sense(u8 *p, u32 sense)
{
	memset(p, 0, 16);
	p[0] = 0x72;
	p[1] = sense >> 16 & 0x0f;
	p[2] = sense >> 8;
	p[3] = sense;
}

static bool has_progress(const struct cdr_drive *d, u32 sense)
{
	return (sense & ~CDR_CHECK) == CDR_IN_PROGRESS && d->op.kind != CDR_OP_NONE;
}

/**
 * cdr_build_sense() - build sense data in either format, including progress if available
 * @d:		the drive
 * @sense:	the sense code
 * @descriptor:	use the descriptor format
 * @p:		room for 18 bytes
 *
 * Return: their length
 */
u32 cdr_build_sense(struct cdr_drive *d, u32 sense, bool descriptor, u8 *p)
{
	if (!descriptor) {
		put_sense(p, sense);
		if (has_progress(d, sense)) {
			p[15] = 0x80;
			put_unaligned_be16(cdr_op_progress(d), p + 16);
		}
		return 18;
	}
	put_descriptor_sense(p, sense);
	if (!has_progress(d, sense))
		return 8;
	p[7] = 8;
	p[8] = 2;
	p[9] = 6;
	p[12] = 0x80;
	put_unaligned_be16(cdr_op_progress(d), p + 13);
	return 16;
}

static int request_sense(struct cdr_drive *d, struct cdr_cmd *cmd)
{
	const u8 *cdb = cdr_cdb(cmd);
	u32 sense = cdr_attention_take(d);
	u32 len;

	if (!sense)
		sense = not_ready(d) ?: busy(d);
	len = cdr_build_sense(d, sense, cdb[1] & 1, d->reply);
	return cdr_reply(d, cmd, len, cdb[4]);
}

static void put_padded(u8 *p, const char *s, u32 len)
{
	memset(p, ' ', len);
	memcpy(p, s, min_t(u32, strlen(s), len));
}

static u32 vpd_identification(struct cdr_drive *d, u8 *p)
{
	u32 len = 8 + 16 + strlen(d->config.serial);

	p[0] = 2;		/* ASCII */
	p[1] = 1;		/* T10 vendor identification */
	p[3] = len;
	put_padded(p + 4, d->config.vendor, 8);
	put_padded(p + 12, d->config.product, 16);
	memcpy(p + 28, d->config.serial, len - 24);
	return 4 + len;
}

static int inquiry_vpd(struct cdr_drive *d, struct cdr_cmd *cmd, u8 page)
{
	static const u8 supported[] = { 0x00, 0x80, 0x83 };
	u32 len = 0;
	u8 *p = d->reply;

	memset(p, 0, INQUIRY_SIZE);
	p[0] = 5;
	p[1] = page;
	switch (page) {
	case 0x00:
		len = sizeof(supported);
		memcpy(p + 4, supported, len);
		break;
	case 0x80:
		len = strlen(d->config.serial);
		memcpy(p + 4, d->config.serial, len);
		break;
	case 0x83:
		len = vpd_identification(d, p + 4);
		break;
	default:
		return CDR_BAD_FIELD;
	}
	p[3] = len;
	return cdr_reply(d, cmd, 4 + len, get_unaligned_be16(&cdr_cdb(cmd)[3]));
}

static int inquiry(struct cdr_drive *d, struct cdr_cmd *cmd)
{
	const u8 *cdb = cdr_cdb(cmd);
	u8 *p = d->reply;

	if (cdb[1] & 1)
		return inquiry_vpd(d, cmd, cdb[2]);
	if (cdb[2])
		return CDR_BAD_FIELD;
	memset(p, 0, INQUIRY_SIZE);
	p[0] = 5;		/* CD or DVD device */
	p[1] = 0x80;		/* removable medium */
	p[2] = d->config.inquiry_version;
	p[3] = d->config.inquiry_format;
	p[4] = INQUIRY_SIZE - 5;
	put_padded(p + 8, d->config.vendor, 8);
	put_padded(p + 16, d->config.product, 16);
	put_padded(p + 32, d->config.revision, 4);
	put_unaligned_be16(0x0460, p + 58);	/* SPC-3 */
	put_unaligned_be16(0x03a0, p + 60);	/* MMC-5 */
	return cdr_reply(d, cmd, INQUIRY_SIZE, get_unaligned_be16(&cdb[3]));
}

static int report_luns(struct cdr_drive *d, struct cdr_cmd *cmd)
{
	const u8 *cdb = cdr_cdb(cmd);
	u32 alloc = get_unaligned_be32(&cdb[6]);

	if (cdb[2] > 2 || alloc < 16)
		return CDR_BAD_FIELD;
	memset(d->reply, 0, 16);
	d->reply[3] = cdb[2] == 1 ? 0 : 8;	/* 1: well known logical units, none */
	return cdr_reply(d, cmd, 8 + d->reply[3], alloc);
}

static int prevent_allow(struct cdr_drive *d, struct cdr_cmd *cmd)
{
	u8 byte = cdr_cdb(cmd)[4];

	if (byte & 2)
		d->tray.locked_persistent = byte & 1;
	else
		d->tray.locked = byte & 1;
	return 0;
}

/* The disc spins up; without IMMED the command ends when it is ready. */
static int load(struct cdr_drive *d, struct cdr_cmd *cmd, bool immed)
{
	if (d->tray.open)
		cdr_load(d);
	else if (d->tray.stopped)
		cdr_spin_up(d, d->habits.attentions);
	d->tray.stopped = false;
	if (immed || d->op.kind != CDR_OP_SPIN_UP)
		return 0;
	d->op.polls = 0;
	cmd->started = true;
	cmd->due = d->op.end;
	return CDR_HOLD;
}

static int stop(struct cdr_drive *d)
{
	if (busy(d) && d->op.kind != CDR_OP_SPIN_UP)
		return busy(d);
	if (d->laser.writing)
		return CDR_BAD_SEQUENCE;
	d->op.kind = CDR_OP_NONE;
	d->tray.stopped = true;
	return 0;
}

static int eject(struct cdr_drive *d)
{
	if (d->tray.locked || d->tray.locked_persistent)
		return CDR_LOCKED;
	if (d->op.kind != CDR_OP_NONE && d->op.kind != CDR_OP_SPIN_UP)
		return CDR_IN_PROGRESS;
	if (d->laser.writing)
		return CDR_BAD_SEQUENCE;
	cdr_open_tray(d);
	return 0;
}

static int start_stop(struct cdr_drive *d, struct cdr_cmd *cmd)
{
	const u8 *cdb = cdr_cdb(cmd);

	if (cdb[4] >> 4)
		return 0;	/* a power condition has no effect */
	if ((cdb[4] & 3) == 3)
		return load(d, cmd, cdb[1] & 1);
	if (cdb[4] & 2)
		return eject(d);
	if (!cdr_medium(d))
		return not_ready(d);
	return cdb[4] & 1 ? load(d, cmd, cdb[1] & 1) : stop(d);
}

static void put_busy_event(struct cdr_drive *d, u8 *p)
{
	s64 ns;

	if (d->op.kind == CDR_OP_NONE)
		return;
	ns = ktime_to_ns(ktime_sub(d->op.end, ktime_get()));
	p[0] = 1;		/* it has started a long operation */
	p[1] = 1;
	put_unaligned_be16(clamp_t(s64, div_s64(ns, 100 * NSEC_PER_MSEC), 1, 0xffff), p + 2);
}

static void put_media_event(struct cdr_drive *d, u8 *p)
{
	p[0] = d->tray.event;
	p[1] = (d->tray.open ? 1 : 0) | (cdr_medium(d) ? 2 : 0);
	d->tray.event = 0;
}

/* Classes: operational change, power, external request, media, busy. */
#define EVENT_CLASSES	0x5e

/* GET EVENT STATUS NOTIFICATION: report the first requested class that has an event. */
static int get_event_status(struct cdr_drive *d, struct cdr_cmd *cmd)
{
	const u8 *cdb = cdr_cdb(cmd);
	u8 wanted = cdb[4] & EVENT_CLASSES, class;
	u8 *p = d->reply;

	if (!(cdb[1] & 1))
		return CDR_BAD_FIELD;
	memset(p, 0, 8);
	p[3] = EVENT_CLASSES;
	if (!wanted) {
		p[1] = 2;
		p[2] = 0x80;
		return cdr_reply(d, cmd, 4, get_unaligned_be16(&cdb[7]));
	}
	class = __ffs(wanted);
	if (wanted & 1 << 4 && d->tray.event)
		class = 4;
	else if (wanted & 1 << 6 && d->op.kind != CDR_OP_NONE)
		class = 6;
	p[1] = 6;
	p[2] = class;
	if (class == 2)
		p[5] = d->tray.stopped ? 3 : 1;	/* standby or active */
	else if (class == 4)
		put_media_event(d, p + 4);
	else if (class == 6)
		put_busy_event(d, p + 4);
	return cdr_reply(d, cmd, 8, get_unaligned_be16(&cdb[7]));
}

static int mechanism_status(struct cdr_drive *d, struct cdr_cmd *cmd)
{
	u8 *p = d->reply;

	memset(p, 0, 8);
	p[1] = 7 << 5 | d->tray.open << 4;
	return cdr_reply(d, cmd, 8, get_unaligned_be16(&cdr_cdb(cmd)[8]));
}

/* READ BUFFER CAPACITY */
static int read_buffer_capacity(struct cdr_drive *d, struct cdr_cmd *cmd)
{
	const u8 *cdb = cdr_cdb(cmd);
	bool blocks = cdb[1] & 1;
	u32 size = d->config.buffer_size, room = size - min(size, d->laser.buffer.used);
	u32 unit = blocks ? cdr_block_size(d) : 1;
	u8 *p = d->reply;

	memset(p, 0, 12);
	p[1] = 10;
	p[3] = blocks;
	put_unaligned_be32(size / unit, p + 4);
	put_unaligned_be32(room / unit, p + 8);
	return cdr_reply(d, cmd, 12, get_unaligned_be16(&cdb[7]));
}

/* SET CD SPEED: only the write speed has an effect. */
static int set_cd_speed(struct cdr_drive *d, struct cdr_cmd *cmd)
{
	const u8 *cdb = cdr_cdb(cmd);
	u16 kb = get_unaligned_be16(&cdb[4]);

	if ((cdb[1] & 3) > 1)
		return CDR_BAD_FIELD;
	if (kb == 0xffff ? d->habits.refuse_max :
	    d->habits.refuse_slow && kb < cdr_speed_kb(d->config.speeds[0]))
		return CDR_BAD_FIELD;
	d->laser.rotation = cdb[1] & 3;
	cdr_set_speed(d, kb == 0xffff ? U32_MAX : kb);
	return 0;
}

#define STREAMING_SIZE	28

static int set_streaming(struct cdr_drive *d, struct cdr_cmd *cmd)
{
	const u8 *cdb = cdr_cdb(cmd);
	u8 *p = d->reply;
	u64 kb;
	u32 ms;

	if (cdb[8])
		return CDR_BAD_FIELD;
	if (get_unaligned_be16(&cdb[9]) != STREAMING_SIZE ||
	    cdr_fetch(cmd, p, STREAMING_SIZE) < STREAMING_SIZE)
		return CDR_LIST_LENGTH;
	ms = get_unaligned_be32(p + 24);
	if (p[0] & 4) {
		cdr_set_speed(d, U32_MAX);
		return 0;
	}
	if (!ms)
		return CDR_BAD_PARAMETER;
	kb = div_u64(get_unaligned_be32(p + 20) * 1000ULL, ms);
	cdr_set_speed(d, min_t(u64, kb, U32_MAX));
	return 0;
}

static const struct cdr_command commands[256] = {
	[0x00] = { "TEST_UNIT_READY", test_unit_ready, TRACK_OK | POLL },
	[0x03] = { "REQUEST_SENSE", request_sense,
		   UA_OK | NO_MEDIUM_OK | BUSY_OK | TRACK_OK | POLL,
		   { 0x01, 0, 0, 0xff } },
	[0x12] = { "INQUIRY", inquiry, UA_OK | NO_MEDIUM_OK | BUSY_OK | TRACK_OK,
		   { 0x01, 0xff, 0xff, 0xff } },
	[0x1b] = { "START_STOP_UNIT", start_stop, NO_MEDIUM_OK | BUSY_OK,
		   { 0x01, 0, 0, 0xf3 } },
	[0x1e] = { "PREVENT_ALLOW_MEDIUM_REMOVAL", prevent_allow,
		   NO_MEDIUM_OK | BUSY_OK | TRACK_OK,
		   { 0, 0, 0, 0x03 } },
	[0x25] = { "READ_CAPACITY", cdr_read_capacity },
	[0x28] = { "READ(10)", cdr_read, 0, { 0x18, 0xff, 0xff, 0xff, 0xff, 0, 0xff, 0xff } },
	[0x2a] = { "WRITE(10)", cdr_write, TRACK_OK,
		   { 0, 0xff, 0xff, 0xff, 0xff, 0, 0xff, 0xff } },
	[0x35] = { "SYNCHRONIZE_CACHE", cdr_synchronize_cache, TRACK_OK | JOINS,
		   { 0x02, 0xff, 0xff, 0xff, 0xff, 0, 0xff, 0xff } },
	[0x42] = { "READ_SUBCHANNEL", cdr_read_subchannel, 0,
		   { 0x02, 0x40, 0xff, 0, 0, 0xff, 0xff, 0xff } },
	[0x43] = { "READ_TOC/PMA/ATIP", cdr_read_toc, 0,
		   { 0x02, 0x0f, 0, 0, 0, 0xff, 0xff, 0xff, 0xc0 } },
	[0x46] = { "GET_CONFIGURATION", cdr_get_configuration,
		   UA_OK | NO_MEDIUM_OK | BUSY_OK | TRACK_OK,
		   { 0x03, 0xff, 0xff, 0, 0, 0, 0xff, 0xff } },
	[0x4a] = { "GET_EVENT_STATUS_NOTIFICATION", get_event_status,
		   UA_OK | NO_MEDIUM_OK | BUSY_OK | TRACK_OK | POLL,
		   { 0x01, 0, 0, 0xff, 0, 0, 0xff, 0xff } },
	[0x51] = { "READ_DISC_INFORMATION", cdr_read_disc_info, POLL,
		   { 0x07, 0, 0, 0, 0, 0, 0xff, 0xff } },
	[0x52] = { "READ_TRACK_INFORMATION", cdr_read_track_info, POLL,
		   { 0x07, 0xff, 0xff, 0xff, 0xff, 0, 0xff, 0xff } },
	[0x54] = { "SEND_OPC_INFORMATION", cdr_send_opc, 0,
		   { 0x01, 0, 0, 0, 0, 0, 0xff, 0xff } },
	[0x55] = { "MODE_SELECT(10)", cdr_mode_select, NO_MEDIUM_OK,
		   { 0x11, 0, 0, 0, 0, 0, 0xff, 0xff } },
	[0x5a] = { "MODE_SENSE(10)", cdr_mode_sense, NO_MEDIUM_OK | BUSY_OK,
		   { 0x18, 0xff, 0xff, 0, 0, 0, 0xff, 0xff } },
	[0x5b] = { "CLOSE_TRACK/SESSION", cdr_close, TRACK_OK, { 0x01, 0x07, 0, 0xff, 0xff } },
	[0x5c] = { "READ_BUFFER_CAPACITY", read_buffer_capacity, BUSY_OK | TRACK_OK,
		   { 0x01, 0, 0, 0, 0, 0, 0xff, 0xff } },
	[0x5d] = { "SEND_CUE_SHEET", cdr_send_cue_sheet, 0,
		   { 0, 0, 0, 0, 0, 0xff, 0xff, 0xff } },
	[0xa0] = { "REPORT_LUNS", report_luns, UA_OK | NO_MEDIUM_OK | BUSY_OK | TRACK_OK,
		   { 0, 0xff, 0, 0, 0, 0xff, 0xff, 0xff, 0xff } },
	[0xa1] = { "BLANK", cdr_blank, 0, { 0x17, 0xff, 0xff, 0xff, 0xff } },
	[0xa8] = { "READ(12)", cdr_read, 0,
		   { 0x18, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff } },
	[0xaa] = { "WRITE(12)", cdr_write, TRACK_OK,
		   { 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff } },
	[0xac] = { "GET_PERFORMANCE", cdr_get_performance, 0,
		   { 0x1f, 0xff, 0xff, 0xff, 0xff, 0, 0, 0xff, 0xff, 0xff } },
	[0xb6] = { "SET_STREAMING", set_streaming, 0,
		   { 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff } },
	[0xb9] = { "READ_CD_MSF", cdr_read_cd_msf, 0,
		   { 0x1e, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe, 0x07 } },
	[0xbb] = { "SET_CD_SPEED", set_cd_speed, NO_MEDIUM_OK,
		   { 0x03, 0xff, 0xff, 0xff, 0xff } },
	[0xbd] = { "MECHANISM_STATUS", mechanism_status, NO_MEDIUM_OK | BUSY_OK,
		   { 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff } },
	[0xbe] = { "READ_CD", cdr_read_cd, 0,
		   { 0x1e, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe, 0x07 } },
};

const char *cdr_opcode_name(u8 opcode)
{
	return commands[opcode].name ?: "UNKNOWN";
}

static bool cdb_valid(const struct cdr_command *command, struct scsi_cmnd *scmd)
{
	int i;

	for (i = 1; i < scmd->cmd_len && i < 12; i++)
		if (scmd->cmnd[i] & ~command->mask[i - 1])
			return false;
	return true;
}

/*
 * A command that the unfinished track does not need: Pioneer drives answer "in progress" to
 * questions about disc and track, other drives "command sequence error".
 */
static u32 out_of_place(struct cdr_drive *d, const struct cdr_command *command)
{
	if (!d->laser.writing || d->op.kind != CDR_OP_NONE || command->flags & TRACK_OK)
		return 0;
	d->stats.out_of_place++;
	if (d->habits.in_track == CDR_IN_TRACK_ANSWER)
		return 0;
	if (command->flags & POLL && d->habits.in_track == CDR_IN_TRACK_REFUSE)
		return CDR_IN_PROGRESS;
	return CDR_BAD_SEQUENCE;
}

/* Most drives spin up a stopped disc by themselves. */
static u32 wake(struct cdr_drive *d)
{
	if (cdr_medium(d) && d->tray.stopped && !d->habits.needs_start)
		cdr_spin_up(d, d->habits.attentions);
	return not_ready(d);
}

static u32 refuse(struct cdr_drive *d, const struct cdr_command *command,
		  struct cdr_cmd *cmd)
{
	u32 sense = 0;

	if (!command->fn)
		return CDR_BAD_OPCODE;
	if (!(command->flags & UA_OK))
		sense = cdr_attention_take(d);
	if (!sense && !cdb_valid(command, cdr_scmd(cmd)))
		sense = CDR_BAD_FIELD;
	if (!sense && !(command->flags & NO_MEDIUM_OK))
		sense = wake(d);
	if (!sense && !(command->flags & BUSY_OK) && d->op.kind != CDR_OP_SPIN_UP &&
	    !(command->flags & JOINS && d->op.kind == CDR_OP_END_SESSION))
		sense = busy(d);
	return sense ?: out_of_place(d, command);
}

/* The command started a long operation: has that ended? */
static int wait_for_op(struct cdr_drive *d, struct cdr_cmd *cmd)
{
	if (d->op.kind == CDR_OP_NONE)
		return 0;
	cmd->due = d->op.end;
	return CDR_HOLD;
}

static int run(struct cdr_drive *d, const struct cdr_command *command, struct cdr_cmd *cmd)
{
	struct scsi_cmnd *scmd = cdr_scmd(cmd);
	u32 sense;

	scsi_set_resid(scmd, scsi_bufflen(scmd));
	sense = refuse(d, command, cmd);
	return sense ?: command->fn(d, cmd);
}

static void first_look(struct cdr_drive *d, struct cdr_cmd *cmd)
{
	const struct cdr_command *command = &commands[cdr_cdb(cmd)[0]];

	cmd->seen = true;
	d->stats.commands++;
	d->stats.count[cdr_cdb(cmd)[0]]++;
	cdr_fault_pick(d, cmd);
	cdr_playback_pick(d, cmd);
	/* Counted only after its answer, which still says that the drive is busy. */
	cmd->polls = command->flags & POLL || !(command->flags & UA_OK);
}

/* A command that asks about a long operation, or is refused because of one, counts as a poll. */
static int look(struct cdr_drive *d, const struct cdr_command *command, struct cdr_cmd *cmd)
{
	bool went_on = d->op.kind != CDR_OP_NONE;
	int ret = cdr_playback_before(d, cmd);

	if (!ret)
		ret = cdr_playback_after(d, cmd, run(d, command, cmd));
	if (cmd->polls && (went_on || ret > 0))
		cdr_poll(d);
	cmd->polls = false;
	return ret;
}

/**
 * cdr_execute() - execute a command, or resume one that is held
 * @d:		the drive
 * @cmd:	the command
 *
 * Return: 0, a sense code, CDR_HOLD or another negative errno for a failed transport
 */
int cdr_execute(struct cdr_drive *d, struct cdr_cmd *cmd)
{
	u8 opcode = cdr_cdb(cmd)[0];
	int ret;

	if (cmd->finished)
		return cmd->late;
	cdr_update(d);
	if (!cmd->seen)
		first_look(d, cmd);
	if (cmd->started)
		ret = wait_for_op(d, cmd);
	else
		ret = cdr_fault_before(d, cmd) ?: look(d, &commands[opcode], cmd);
	if (ret == CDR_SKIPPED)
		ret = 0;
	if (ret != CDR_HOLD)
		ret = cdr_fault_after(d, cmd, ret);
	if (ret > 0)
		d->stats.errors[opcode]++;
	return ret;
}
