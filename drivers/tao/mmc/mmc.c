// SPDX-License-Identifier: GPL-2.0-only
/*
 * MMC commands, one function each: build the command, send it, hand the reply to its parser.
 *
 * Nothing is repeated here, nor by the midlayer, except queries whose answer got lost. A command
 * that changes drive or disc may have been carried out nevertheless.
 */
#include <linux/blk_types.h>
#include <linux/cdrom.h>
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/kref.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <scsi/scsi.h>
#include <scsi/scsi_cmnd.h>
#include <scsi/scsi_device.h>
#include "compat.h"
#include "mmc.h"
#include "mmc_wire.h"

#define CDB_BYTES 12

/**
 * struct command - a command on its way
 * @cdb: the command; its length follows from its opcode
 * @out: @buf goes to the drive
 * @buf: what goes to the drive or comes from it, from kmalloc(), or NULL
 * @len: bytes of it
 * @received: returned: bytes that came
 * @timeout: in jiffies, or 0: what the opcode needs
 * @req_flags: BLK_MQ_REQ_*
 */
struct command {
	u8 cdb[CDB_BYTES];
	bool out;
	void *buf;
	unsigned int len;
	unsigned int received;
	unsigned int timeout;
	blk_mq_req_flags_t req_flags;
};

/**
 * struct opcode_rule - how to treat a command
 * @opcode: its first byte
 * @query: it changes nothing: may be sent again where the transport failed
 * @seconds: timeout. When it expires the drive is reset, which ends a burn: better too long. Some
 *   drives answer only when all is done, even if they are told not to
 */
struct opcode_rule {
	u8 opcode;
	bool query;
	unsigned int seconds;
};

static const struct opcode_rule opcode_rules[] = {
	{ GPCMD_TEST_UNIT_READY, true, 60 },
	{ GPCMD_START_STOP_UNIT, false, 300 },
	{ GPCMD_PREVENT_ALLOW_MEDIUM_REMOVAL, false, 60 },
	{ GPCMD_WRITE_10, false, 200 },
	{ GPCMD_FLUSH_CACHE, false, 600 },
	{ GPCMD_READ_TOC_PMA_ATIP, true, 60 },
	{ GPCMD_GET_CONFIGURATION, true, 60 },
	{ GPCMD_READ_DISC_INFO, true, 240 },
	{ GPCMD_READ_TRACK_RZONE_INFO, true, 240 },
	{ GPCMD_MODE_SELECT_10, false, 60 },
	{ GPCMD_MODE_SENSE_10, true, 60 },
	{ GPCMD_CLOSE_TRACK, false, 600 },
	{ GPCMD_BLANK, false, 3 * 3600 },
	{ GPCMD_SEND_CUE_SHEET, false, 60 },
	{ GPCMD_SEND_OPC, false, 200 },
	{ GPCMD_GET_PERFORMANCE, true, 60 },
	{ GPCMD_SET_SPEED, false, 60 },
};

#define QUERY_RETRIES 1
#define BLANK_MINIMAL_SECONDS 1800
/* For tao_mmc_allow_gone(): between two tries to get a tag; timeout of the command */
#define TAG_PAUSE_MS 20
#define LAST_WORD_SECONDS 5

static const struct opcode_rule *opcode_rule(u8 opcode)
{
	static const struct opcode_rule unknown = { 0, false, 200 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(opcode_rules); i++) {
		if (opcode_rules[i].opcode == opcode)
			return &opcode_rules[i];
	}
	return &unknown;
}

/**
 * tao_mmc_timeout() - how long a drive may take for a command, in jiffies
 * @opcode: first byte of the command
 */
unsigned int tao_mmc_timeout(u8 opcode)
{
	return opcode_rule(opcode)->seconds * HZ;
}

/* While a device is being removed, what is sent to it fails as any error of the adapter would. */
static bool is_gone(struct scsi_device *sdev)
{
	return !scsi_device_online(sdev) || sdev->sdev_state == SDEV_CANCEL;
}

static int interpret(struct scsi_device *sdev, int result, bool data, const u8 *sense_buffer,
		     struct tao_sense *sense)
{
	if (!result)
		return 0;
	if (result < 0) {
		sense->host_status = result == -ENODEV ? DID_NO_CONNECT : DID_ERROR;
		return result;
	}
	if ((result & 0xff) == SAM_STAT_CHECK_CONDITION)
		tao_sense_parse(sense, sense_buffer, SCSI_SENSE_BUFFERSIZE);
	sense->data = data;
	sense->status = result & 0xff;
	if (sense->valid)
		return tao_sense_errno(sense);
	sense->host_status = host_byte(result);
	if (is_gone(sdev))
		sense->host_status = DID_NO_CONNECT;
	return tao_sense_errno(sense);
}

/**
 * tao_mmc_status() - interpret the result of a command
 * @sdev: the drive
 * @result: of the command: what scsi_execute_cmd() returned, or the result in &struct scsi_cmnd.
 *   Negative: was not sent
 * @data: the command moves data
 * @sense_buffer: sense data that came with it, SCSI_SENSE_BUFFERSIZE bytes
 * @sense: set as a whole, except for its notes on earlier commands
 *
 * Return: 0 also where the drive only left a note in @sense; else -errno
 */
int tao_mmc_status(struct scsi_device *sdev, int result, bool data, const u8 *sense_buffer,
		   struct tao_sense *sense)
{
	bool attention = sense->attention, exchange = sense->exchange, now;
	bool repeated = sense->repeated;
	int err;

	memset(sense, 0, sizeof(*sense));
	err = interpret(sdev, result, data, sense_buffer, sense);
	now = sense->valid && tao_sense_classify(sense) == TAO_SENSE_CHANGED;
	sense->attention = attention || now;
	sense->exchange = exchange || (now && sense->asc == 0x28);
	sense->repeated = repeated;
	return err;
}

/*
 * The midlayer clears the end of the buffer that was not transferred, of data to the drive as well:
 * a command that is sent again would send zeros. So it gets a copy of these.
 */
static int execute(struct scsi_device *sdev, const struct command *cmd, unsigned int seconds,
		   int retries, const struct scsi_exec_args *args)
{
	void *buf = cmd->buf;
	int ret;

	if (cmd->out)
		buf = kmemdup(cmd->buf, cmd->len, GFP_NOIO);
	if (cmd->out && !buf)
		return -ENOMEM;
	ret = scsi_execute_cmd(sdev, cmd->cdb, cmd->out ? REQ_OP_DRV_OUT : REQ_OP_DRV_IN, buf,
			       cmd->len, cmd->timeout ?: seconds * HZ, retries, args);
	if (cmd->out)
		kfree(buf);
	return ret;
}

static int send_once(struct scsi_device *sdev, struct command *cmd, struct tao_sense *sense)
{
	u8 *sense_buffer = kzalloc(SCSI_SENSE_BUFFERSIZE, GFP_NOIO);
	const struct opcode_rule *rule = opcode_rule(cmd->cdb[0]);
	int resid = 0;
	struct scsi_exec_args args = {
		.sense = sense_buffer,
		.sense_len = SCSI_SENSE_BUFFERSIZE,
		.resid = &resid,
		.req_flags = cmd->req_flags,
	};
	int ret = -ENOMEM;

	tao_trace_command_issue(sdev, cmd->cdb, cmd->len);
	if (sense_buffer)
		ret = execute(sdev, cmd, rule->seconds, rule->query ? QUERY_RETRIES : 0, &args);
	cmd->received = resid <= 0 ? cmd->len : cmd->len - min_t(unsigned int, resid, cmd->len);
	ret = tao_mmc_status(sdev, ret, cmd->buf, sense_buffer, sense);
	kfree(sense_buffer);
	tao_trace_command_done(sdev, cmd->cdb[0], ret, sense, cmd->buf,
			       ret || cmd->out || !cmd->buf ? 0 : cmd->received);
	return ret;
}

/* TEST UNIT READY has no reply: its answer may be the result of a long command. */
static int send_command(struct scsi_device *sdev, struct command *cmd, struct tao_sense *sense)
{
	int ret = send_once(sdev, cmd, sense);

	if (!ret || !cmd->buf || !opcode_rule(cmd->cdb[0])->query || !tao_sense_is_lost(sense))
		return ret;
	memset(cmd->buf, 0, cmd->len);
	sense->repeated = true;
	return send_once(sdev, cmd, sense);
}

/*
 * Send a query whose allocation length is where most have it. The reply is in cmd->buf, which the
 * caller frees in any case. Where the drive has more to say than @first bytes it is asked once
 * more, for up to @max; both are even, for libata.
 */
static int send_query(struct scsi_device *sdev, struct command *cmd, unsigned int first,
		      unsigned int max, unsigned int length_bytes, struct tao_sense *sense)
{
	u32 announced;
	int ret;

	cmd->buf = kzalloc(first, GFP_NOIO);
	if (!cmd->buf)
		return tao_mmc_status(sdev, -ENOMEM, true, NULL, sense);
	cmd->len = first;
	put_unaligned_be16(first, cmd->cdb + CDB10_LENGTH);
	ret = send_command(sdev, cmd, sense);
	if (ret || cmd->received < length_bytes)
		return ret;
	announced = length_bytes == sizeof(u16) ? get_unaligned_be16(cmd->buf) :
						  get_unaligned_be32(cmd->buf);
	announced = min_t(u32, announced, max - length_bytes) + length_bytes;
	if (announced <= first)
		return 0;
	kfree(cmd->buf);
	cmd->len = round_up(announced, 2);
	cmd->buf = kzalloc(cmd->len, GFP_NOIO);
	if (!cmd->buf)
		return tao_mmc_status(sdev, -ENOMEM, true, NULL, sense);
	put_unaligned_be16(cmd->len, cmd->cdb + CDB10_LENGTH);
	return send_command(sdev, cmd, sense);
}

static int check_reply(int ret, struct tao_sense *sense)
{
	if (ret)
		sense->note = TAO_NOTE_BAD_REPLY;
	return ret;
}

/**
 * tao_mmc_test_unit_ready() - TEST UNIT READY
 * @sdev: the drive
 * @sense: what it said, progress included. Some drives say "ready" while they write or close: ask
 *   for the disc's state too
 */
int tao_mmc_test_unit_ready(struct scsi_device *sdev, struct tao_sense *sense)
{
	struct command cmd = { .cdb = { GPCMD_TEST_UNIT_READY } };

	return send_command(sdev, &cmd, sense);
}

/**
 * tao_mmc_get_configuration() - GET CONFIGURATION
 * @sdev: the drive
 * @features: returned: not present where the drive is older than the command
 * @sense: what it said
 */
int tao_mmc_get_configuration(struct scsi_device *sdev, struct tao_features *features,
			      struct tao_sense *sense)
{
	struct command cmd = { .cdb = { GPCMD_GET_CONFIGURATION } };
	int ret;

	ret = send_query(sdev, &cmd, CONFIG_HEADER, CONFIG_MAX, CONFIG_LENGTH_BYTES, sense);
	if (!ret) {
		ret = check_reply(tao_parse_features(features, cmd.buf, cmd.received), sense);
	} else if (tao_sense_classify(sense) == TAO_SENSE_UNSUPPORTED) {
		memset(features, 0, sizeof(*features));
		ret = 0;
	}
	kfree(cmd.buf);
	return ret;
}

/**
 * tao_mmc_read_disc_info() - READ DISC INFORMATION
 * @sdev: the drive
 * @info: returned
 * @sense: what it said
 */
int tao_mmc_read_disc_info(struct scsi_device *sdev, struct tao_disc_info *info,
			   struct tao_sense *sense)
{
	struct command cmd = { .cdb = { GPCMD_READ_DISC_INFO } };
	int ret;

	ret = send_query(sdev, &cmd, DISC_BYTES, DISC_BYTES, DISC_LENGTH_BYTES, sense);
	if (!ret)
		ret = check_reply(tao_parse_disc_info(info, cmd.buf, cmd.received), sense);
	kfree(cmd.buf);
	return ret;
}

/**
 * tao_mmc_read_track_info() - READ TRACK INFORMATION, by track
 * @sdev: the drive
 * @number: of the track, %TAO_TRACK_NEXT for the one to come
 * @info: returned. Next writable address and room depend on the write parameters: set them first
 * @sense: what it said
 */
int tao_mmc_read_track_info(struct scsi_device *sdev, u32 number, struct tao_track_info *info,
			    struct tao_sense *sense)
{
	struct command cmd = { .cdb = { GPCMD_READ_TRACK_RZONE_INFO, TRACK_BY_NUMBER } };
	int ret;

	put_unaligned_be32(number, cmd.cdb + 2);
	ret = send_query(sdev, &cmd, TRACK_BYTES, TRACK_BYTES, TRACK_LENGTH_BYTES, sense);
	if (!ret)
		ret = check_reply(tao_parse_track_info(info, cmd.buf, cmd.received), sense);
	kfree(cmd.buf);
	return ret;
}

/**
 * tao_mmc_read_toc() - READ TOC, format 0
 * @sdev: the drive
 * @toc: returned
 * @sense: what it said; BAD_FIELD where no session is closed
 */
int tao_mmc_read_toc(struct scsi_device *sdev, struct tao_toc_list *toc, struct tao_sense *sense)
{
	struct command cmd = { .cdb = { GPCMD_READ_TOC_PMA_ATIP, 0, TOC_FORMAT_TOC } };
	int ret;

	ret = send_query(sdev, &cmd, TAO_TOC_RAW_MAX, TAO_TOC_RAW_MAX, TOC_LENGTH_BYTES, sense);
	if (!ret)
		ret = check_reply(tao_parse_toc(toc, cmd.buf, cmd.received), sense);
	kfree(cmd.buf);
	return ret;
}

/**
 * tao_mmc_read_atip() - READ TOC, format 4
 * @sdev: the drive
 * @atip: returned; not valid where the disc has none
 * @sense: what it said; some drives refuse it on a pressed disc
 */
int tao_mmc_read_atip(struct scsi_device *sdev, struct tao_atip *atip, struct tao_sense *sense)
{
	struct command cmd = { .cdb = { GPCMD_READ_TOC_PMA_ATIP, TOC_MSF, TOC_FORMAT_ATIP } };
	int ret;

	ret = send_query(sdev, &cmd, ATIP_BYTES, ATIP_BYTES, TOC_LENGTH_BYTES, sense);
	if (!ret)
		ret = check_reply(tao_parse_atip(atip, cmd.buf, cmd.received), sense);
	kfree(cmd.buf);
	return ret;
}

static int mode_sense(struct scsi_device *sdev, struct command *cmd, u8 page,
		      struct tao_sense *sense)
{
	cmd->cdb[0] = GPCMD_MODE_SENSE_10;
	cmd->cdb[2] = page;
	return send_query(sdev, cmd, MODE_FIRST, MODE_MAX, MODE_LENGTH_BYTES, sense);
}

/**
 * tao_mmc_mode_sense_capabilities() - MODE SENSE, page 2Ah
 * @sdev: the drive
 * @capabilities: returned
 * @sense: what it said
 */
int tao_mmc_mode_sense_capabilities(struct scsi_device *sdev, struct tao_capabilities *capabilities,
				    struct tao_sense *sense)
{
	struct command cmd = {};
	int ret;

	ret = mode_sense(sdev, &cmd, GPMODE_CAPABILITIES_PAGE, sense);
	if (!ret)
		ret = check_reply(tao_parse_capabilities(capabilities, cmd.buf, cmd.received),
				  sense);
	kfree(cmd.buf);
	return ret;
}

/* A drive that refuses this page, or its contents, can't do what was requested. */
static int unsupported(int ret, const struct tao_sense *sense)
{
	return tao_sense_classify(sense) == TAO_SENSE_BAD_FIELD ? -EOPNOTSUPP : ret;
}

/**
 * tao_mmc_mode_sense_write() - MODE SENSE, page 05h
 * @sdev: the drive
 * @parameters: returned: the write parameters that it has now
 * @sense: what it said
 *
 * Return: 0, -EOPNOTSUPP where the drive refuses it, or another error
 */
int tao_mmc_mode_sense_write(struct scsi_device *sdev, struct tao_write_parameters *parameters,
			     struct tao_sense *sense)
{
	struct command cmd = {};
	int ret;

	ret = mode_sense(sdev, &cmd, GPMODE_WRITE_PARMS_PAGE, sense);
	if (!ret)
		ret = check_reply(tao_parse_write_parameters(parameters, cmd.buf, cmd.received),
				  sense);
	kfree(cmd.buf);
	return ret ? unsupported(ret, sense) : 0;
}

/* The drive took a command, but does not have what was set, or cannot. */
static int not_taken(int ret, struct tao_sense *sense)
{
	bool attention = sense->attention, exchange = sense->exchange;
	bool repeated = sense->repeated;

	memset(sense, 0, sizeof(*sense));
	sense->repeated = repeated;
	sense->note = TAO_NOTE_NOT_TAKEN;
	sense->attention = attention;
	sense->exchange = exchange;
	return ret;
}

static int select_write_page(struct scsi_device *sdev,
			     const struct tao_write_parameters *parameters,
			     unsigned int page_bytes, struct tao_sense *sense)
{
	struct command cmd = { .cdb = { GPCMD_MODE_SELECT_10, MODE_SELECT_PF }, .out = true };
	int ret;

	cmd.len = MODE_HEADER + page_bytes;
	cmd.buf = kzalloc(cmd.len, GFP_NOIO);
	if (!cmd.buf)
		return tao_mmc_status(sdev, -ENOMEM, true, NULL, sense);
	put_unaligned_be16(cmd.len, cmd.cdb + CDB10_LENGTH);
	if (tao_build_write_page(cmd.buf + MODE_HEADER, page_bytes, parameters))
		ret = send_command(sdev, &cmd, sense);
	else
		ret = not_taken(-EOPNOTSUPP, sense);
	kfree(cmd.buf);
	return ret;
}

/**
 * tao_mmc_mode_select_write() - MODE SELECT, page 05h, all of it, and look if the drive took it
 * @sdev: the drive
 * @parameters: what to set
 * @page_bytes: of the page, as the drive has it: see tao_mmc_mode_sense_write()
 * @taken: returned: what it has then. Where it refuses underrun protection for a track, it is asked
 *   once more without; where it shows no catalogue number or ISRC, these are empty
 * @sense: what it said
 *
 * Return: 0; -EOPNOTSUPP where the drive refuses them; -EIO where it seems to take them and has
 * others
 */
int tao_mmc_mode_select_write(struct scsi_device *sdev,
			      const struct tao_write_parameters *parameters,
			      unsigned int page_bytes, struct tao_write_parameters *taken,
			      struct tao_sense *sense)
{
	struct tao_write_parameters set = *parameters;
	int ret;

	ret = select_write_page(sdev, &set, page_bytes, sense);
	if (ret && set.underrun_free && !set.at_once &&
	    tao_sense_classify(sense) == TAO_SENSE_BAD_FIELD) {
		set.underrun_free = false;
		ret = select_write_page(sdev, &set, page_bytes, sense);
	}
	if (ret)
		return unsupported(ret, sense);
	ret = tao_mmc_mode_sense_write(sdev, taken, sense);
	if (ret)
		return ret;
	return tao_write_parameters_taken(&set, taken) ? 0 : not_taken(-EIO, sense);
}

static u16 speed_field(u32 kbps)
{
	return min_t(u32, kbps, SPEED_KBPS_FASTEST);
}

/**
 * tao_mmc_set_speed() - SET CD SPEED
 * @sdev: the drive
 * @read_kbps: kB/s; 0xffff or more: the fastest
 * @write_kbps: kB/s; 0xffff or more: the fastest. The drive takes the nearest that it can do
 * @pure_cav: constant angular velocity
 * @sense: what it said; some drives refuse a speed below their slowest (BAD_FIELD)
 */
int tao_mmc_set_speed(struct scsi_device *sdev, u32 read_kbps, u32 write_kbps, bool pure_cav,
		      struct tao_sense *sense)
{
	struct command cmd = { .cdb = { GPCMD_SET_SPEED, pure_cav ? ROTATION_PURE_CAV : 0 } };

	put_unaligned_be16(speed_field(read_kbps), cmd.cdb + 2);
	put_unaligned_be16(speed_field(write_kbps), cmd.cdb + 4);
	return send_command(sdev, &cmd, sense);
}

/**
 * tao_mmc_get_performance() - GET PERFORMANCE: write speeds for the disc that is in
 * @sdev: the drive
 * @entries: returned: speeds, fastest first
 * @max: room in @entries
 * @count: returned: how many
 * @sense: what it said
 */
int tao_mmc_get_performance(struct scsi_device *sdev, struct tao_speed_entry *entries,
			    unsigned int max, unsigned int *count, struct tao_sense *sense)
{
	struct command cmd = {
		.cdb = { GPCMD_GET_PERFORMANCE, [10] = PERFORMANCE_TYPE_WRITE_SPEED },
	};
	int ret;

	*count = 0;
	cmd.len = PERFORMANCE_HEADER + TAO_SPEEDS_MAX * PERFORMANCE_BYTES;
	cmd.buf = kzalloc(cmd.len, GFP_NOIO);
	if (!cmd.buf)
		return tao_mmc_status(sdev, -ENOMEM, true, NULL, sense);
	put_unaligned_be16(TAO_SPEEDS_MAX, cmd.cdb + 8);
	ret = send_command(sdev, &cmd, sense);
	if (!ret)
		ret = check_reply(tao_parse_performance(entries, max, count, cmd.buf, cmd.received),
				  sense);
	kfree(cmd.buf);
	return ret;
}

/**
 * tao_mmc_sync_cache() - SYNCHRONIZE CACHE: ends the track
 * @sdev: the drive
 * @immediate: don't wait
 * @sense: what it said; may be about earlier WRITEs
 */
int tao_mmc_sync_cache(struct scsi_device *sdev, bool immediate, struct tao_sense *sense)
{
	struct command cmd = { .cdb = { GPCMD_FLUSH_CACHE, immediate ? SYNC_IMMEDIATE : 0 } };

	return send_command(sdev, &cmd, sense);
}

static int close_something(struct scsi_device *sdev, u8 what, u16 track, bool immediate,
			   struct tao_sense *sense)
{
	struct command cmd = { .cdb = { GPCMD_CLOSE_TRACK, immediate ? IMMEDIATE : 0, what } };

	put_unaligned_be16(track, cmd.cdb + 4);
	return send_command(sdev, &cmd, sense);
}

/**
 * tao_mmc_close_session() - CLOSE SESSION: writes lead-in and lead-out
 * @sdev: the drive
 * @immediate: don't wait
 * @sense: what it said
 *
 * The write parameters of this moment say whether another session can follow.
 */
int tao_mmc_close_session(struct scsi_device *sdev, bool immediate, struct tao_sense *sense)
{
	return close_something(sdev, CLOSE_SESSION, 0, immediate, sense);
}

/**
 * tao_mmc_close_track() - CLOSE TRACK: for a track that was left unfinished
 * @sdev: the drive
 * @track: its number, or %TAO_TRACK_NEXT
 * @immediate: don't wait
 * @sense: what it said
 */
int tao_mmc_close_track(struct scsi_device *sdev, u16 track, bool immediate,
			struct tao_sense *sense)
{
	return close_something(sdev, CLOSE_TRACK, track, immediate, sense);
}

/**
 * tao_mmc_blank() - BLANK
 * @sdev: the drive
 * @type: TAO_BLANK_TYPE_*
 * @immediate: don't wait
 * @sense: what it said
 */
int tao_mmc_blank(struct scsi_device *sdev, u8 type, bool immediate, struct tao_sense *sense)
{
	struct command cmd = { .cdb = { GPCMD_BLANK, type & BLANK_TYPE_MASK } };

	if (immediate)
		cmd.cdb[1] |= BLANK_IMMEDIATE;
	if (type == TAO_BLANK_TYPE_MINIMAL)
		cmd.timeout = BLANK_MINIMAL_SECONDS * HZ;
	return send_command(sdev, &cmd, sense);
}

/**
 * tao_mmc_start() - START STOP UNIT: spin up
 * @sdev: the drive
 * @sense: what it said
 *
 * Does not wait until it is ready.
 */
int tao_mmc_start(struct scsi_device *sdev, struct tao_sense *sense)
{
	struct command cmd = { .cdb = { GPCMD_START_STOP_UNIT, IMMEDIATE, [4] = START_UNIT } };

	return send_command(sdev, &cmd, sense);
}

/**
 * tao_mmc_prevent() - PREVENT ALLOW MEDIUM REMOVAL
 * @sdev: the drive
 * @prevent: lock the door; else unlock it
 * @req_flags: BLK_MQ_REQ_PM to reach a drive that is being removed or resumed, or 0
 * @timeout: in jiffies, or 0: what the command needs
 * @sense: what it said
 */
int tao_mmc_prevent(struct scsi_device *sdev, bool prevent, blk_mq_req_flags_t req_flags,
		    unsigned int timeout, struct tao_sense *sense)
{
	struct command cmd = {
		.cdb = { GPCMD_PREVENT_ALLOW_MEDIUM_REMOVAL, [4] = prevent },
		.timeout = timeout,
		.req_flags = req_flags,
	};

	return send_command(sdev, &cmd, sense);
}

/**
 * struct last_word - a command whose sender may leave before it is answered
 * @ref: the sender's and the request's
 * @done: it was answered
 */
struct last_word {
	struct kref ref;
	struct completion done;
};

static void last_word_free(struct kref *ref)
{
	kfree(container_of(ref, struct last_word, ref));
}

static enum rq_end_io_ret last_word_end_io(TAO_END_IO_ARGS)
{
	struct scsi_cmnd *scmd = blk_mq_rq_to_pdu(rq);
	struct last_word *word = rq->end_io_data;
	struct tao_sense sense = {};
	int ret;

	ret = tao_mmc_status(scmd->device, scmd->result, false, scmd->sense_buffer, &sense);
	tao_trace_command_done(scmd->device, scmd->cmnd[0], ret, &sense, NULL, 0);
	complete(&word->done);
	kref_put(&word->ref, last_word_free);
	/* It may be that nobody else holds the module any more. */
	module_put(THIS_MODULE);
	return RQ_END_IO_FREE;
}

/* A request, when there is a tag for one; an error pointer if that takes too long. */
static struct request *get_request_until(struct scsi_device *sdev, unsigned long deadline)
{
	struct request *rq;

	for (;;) {
		rq = scsi_alloc_request(sdev->request_queue, REQ_OP_DRV_IN,
					BLK_MQ_REQ_NOWAIT | BLK_MQ_REQ_PM);
		if (!IS_ERR(rq) || time_after_eq(jiffies, deadline))
			return rq;
		msleep(TAG_PAUSE_MS);
	}
}

/**
 * tao_mmc_allow_gone() - PREVENT ALLOW MEDIUM REMOVAL, for a drive that is being removed
 * @sdev: the drive
 * @timeout: in jiffies: how long to wait for a tag and for the answer
 *
 * The caller holds the module. The drive's answer is ignored.
 */
void tao_mmc_allow_gone(struct scsi_device *sdev, unsigned long timeout)
{
	struct last_word *word = kmalloc(sizeof(*word), GFP_KERNEL);
	unsigned long deadline = jiffies + timeout;
	struct scsi_cmnd *scmd;
	struct request *rq;

	if (!word)
		return;
	kref_init(&word->ref);
	init_completion(&word->done);
	rq = get_request_until(sdev, deadline);
	if (IS_ERR(rq))
		goto put;
	scmd = blk_mq_rq_to_pdu(rq);
	scmd->cmnd[0] = GPCMD_PREVENT_ALLOW_MEDIUM_REMOVAL;
	scmd->cmd_len = COMMAND_SIZE(GPCMD_PREVENT_ALLOW_MEDIUM_REMOVAL);
	scmd->allowed = 0;
	rq->timeout = LAST_WORD_SECONDS * HZ;
	rq->rq_flags |= RQF_QUIET;
	rq->end_io = last_word_end_io;
	rq->end_io_data = word;
	kref_get(&word->ref);
	__module_get(THIS_MODULE);
	tao_trace_command_issue(sdev, scmd->cmnd, 0);
	blk_execute_rq_nowait(rq, true);
	timeout = time_before(jiffies, deadline) ? deadline - jiffies : 1;
	wait_for_completion_timeout(&word->done, timeout);
put:
	kref_put(&word->ref, last_word_free);
}

/**
 * tao_mmc_send_opc() - SEND OPC INFORMATION: calibrate the laser
 * @sdev: the drive
 * @sense: what it said
 */
int tao_mmc_send_opc(struct scsi_device *sdev, struct tao_sense *sense)
{
	struct command cmd = { .cdb = { GPCMD_SEND_OPC, OPC_CALIBRATE } };

	return send_command(sdev, &cmd, sense);
}

/* A drive that did not take all of it has not succeeded, whatever it says. */
static int send_all(struct scsi_device *sdev, struct command *cmd, bool ignore_residue,
		    struct tao_sense *sense)
{
	int ret = send_command(sdev, cmd, sense);

	if (ret || ignore_residue || cmd->received == cmd->len)
		return ret;
	sense->note = TAO_NOTE_RESIDUE;
	return -EIO;
}

/**
 * tao_mmc_send_cue_sheet() - SEND CUE SHEET: how the session at once is laid out
 * @sdev: the drive
 * @sheet: the sheet, from kmalloc()
 * @bytes: of it
 * @ignore_residue: what the adapter says of bytes that were left is not true
 * @sense: what it said
 */
int tao_mmc_send_cue_sheet(struct scsi_device *sdev, void *sheet, unsigned int bytes,
			   bool ignore_residue, struct tao_sense *sense)
{
	struct command cmd = {
		.cdb = { GPCMD_SEND_CUE_SHEET }, .out = true, .buf = sheet, .len = bytes,
	};

	put_unaligned_be24(bytes, cmd.cdb + CUE_SHEET_LENGTH);
	return send_all(sdev, &cmd, ignore_residue, sense);
}

/**
 * tao_mmc_write() - WRITE(10), and wait for it
 * @sdev: the drive
 * @lba: address of the first sector
 * @sectors: how many
 * @data: them, from kmalloc()
 * @bytes: of @data: a sector of the lead-in is shorter than others
 * @ignore_residue: what the adapter says of bytes that were left is not true
 * @sense: what it said
 */
int tao_mmc_write(struct scsi_device *sdev, s32 lba, u16 sectors, void *data, unsigned int bytes,
		  bool ignore_residue, struct tao_sense *sense)
{
	struct command cmd = { .out = true, .buf = data, .len = bytes };

	tao_mmc_build_write(cmd.cdb, lba, sectors);
	return send_all(sdev, &cmd, ignore_residue, sense);
}

/**
 * tao_mmc_read_text() - READ TOC, format 5: CD-TEXT
 * @sdev: the drive
 * @packs: returned, for kvfree()
 * @bytes: most of @packs, a multiple of %TAO_TEXT_PACK_BYTES; returned: how many there are
 * @sense: what it said
 */
int tao_mmc_read_text(struct scsi_device *sdev, u8 **packs, unsigned int *bytes,
		      struct tao_sense *sense)
{
	struct command cmd = { .cdb = { GPCMD_READ_TOC_PMA_ATIP, 0, TOC_FORMAT_TEXT } };
	unsigned int len;
	int ret;

	ret = send_query(sdev, &cmd, TOC_HEADER, TOC_HEADER + *bytes, TOC_LENGTH_BYTES, sense);
	if (!ret) {
		len = tao_text_bytes(cmd.buf, cmd.received);
		*bytes = min(len, *bytes);
		*packs = kvmalloc(max(*bytes, 1U), GFP_KERNEL_ACCOUNT);
		ret = *packs ? 0 : tao_mmc_status(sdev, -ENOMEM, true, NULL, sense);
	}
	if (!ret)
		memcpy(*packs, cmd.buf + TOC_HEADER, *bytes);
	kfree(cmd.buf);
	return ret;
}

/**
 * tao_mmc_build_write() - WRITE(10)
 * @cdb: returned
 * @lba: address of the first sector
 * @sectors: how many
 */
void tao_mmc_build_write(u8 cdb[10], s32 lba, u16 sectors)
{
	memset(cdb, 0, 10);
	cdb[0] = GPCMD_WRITE_10;
	put_unaligned_be32(lba, cdb + 2);
	put_unaligned_be16(sectors, cdb + CDB10_LENGTH);
}
