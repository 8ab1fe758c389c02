// SPDX-License-Identifier: GPL-2.0-only
/*
 * The sense data of a failed command: decoding, the remedy, the errno, and the text.
 */
#ifdef __KERNEL__
#include <linux/cdrom.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <scsi/scsi.h>
#include <scsi/scsi_proto.h>
#include "compat.h"
#endif
#include "mmc.h"
#include "mmc_wire.h"

#define ANY 0x100

/* Sense keys; those of linux/cdrom.h and scsi_proto.h differ in name. */
enum {
	KEY_NONE		= 0x0,
	KEY_RECOVERED		= 0x1,
	KEY_NOT_READY		= 0x2,
	KEY_MEDIUM		= 0x3,
	KEY_HARDWARE		= 0x4,
	KEY_ILLEGAL		= 0x5,
	KEY_ATTENTION		= 0x6,
	KEY_PROTECT		= 0x7,
	KEY_BLANK_CHECK		= 0x8,
	KEY_VENDOR		= 0x9,
	KEY_COPY_ABORTED	= 0xa,
	KEY_ABORTED		= 0xb,
	KEY_OVERFLOW		= 0xd,
	KEY_MISCOMPARE		= 0xe,
};

/**
 * struct sense_rule - what sense data mean
 * @key: sense key, or ANY
 * @asc: additional sense code, or ANY
 * @ascq: its qualifier, or ANY
 * @class: what to do
 * @error: errno, positive
 * @text: for a person
 */
struct sense_rule {
	u16 key;
	u16 asc;
	u16 ascq;
	enum tao_sense_class class;
	int error;
	const char *text;
};

/* The first that fits holds. The last fits all. */
static const struct sense_rule sense_rules[] = {
	{ KEY_NONE, 0x00, 0x16, TAO_SENSE_BUSY, EBUSY, "operation in progress" },
	/* The status said that the command failed: it did, though the drive does not say how. */
	{ KEY_NONE, ANY, ANY, TAO_SENSE_FATAL, EIO, "drive reports an error, but not which" },
	{ KEY_RECOVERED, 0x73, 0x01, TAO_SENSE_OK, 0, "power calibration area almost full" },
	{ KEY_RECOVERED, 0x73, 0x06, TAO_SENSE_OK, 0, "recording management area almost full" },
	{ KEY_RECOVERED, ANY, ANY, TAO_SENSE_OK, 0, "recovered error" },

	{ KEY_NOT_READY, 0x04, 0x00, TAO_SENSE_NOT_REPORTABLE, EBUSY,
	  "not ready, the drive does not say why" },
	{ KEY_NOT_READY, 0x04, 0x01, TAO_SENSE_BUSY, EBUSY, "becoming ready" },
	{ KEY_NOT_READY, 0x04, 0x02, TAO_SENSE_NEEDS_START, EBUSY, "disc is not spinning" },
	{ KEY_NOT_READY, 0x04, 0x03, TAO_SENSE_FATAL, EIO, "drive needs manual intervention" },
	{ KEY_NOT_READY, 0x04, 0x04, TAO_SENSE_BUSY, EBUSY, "format in progress" },
	{ KEY_NOT_READY, 0x04, 0x07, TAO_SENSE_BUSY, EBUSY, "operation in progress" },
	{ KEY_NOT_READY, 0x04, 0x08, TAO_SENSE_BUSY, EBUSY, "long write in progress" },
	{ KEY_NOT_READY, 0x30, ANY, TAO_SENSE_MEDIUM, EMEDIUMTYPE,
	  "disc is of a kind that the drive can't use" },
	{ KEY_NOT_READY, 0x3a, 0x01, TAO_SENSE_NO_MEDIUM, ENOMEDIUM, "no disc, tray closed" },
	{ KEY_NOT_READY, 0x3a, 0x02, TAO_SENSE_NO_MEDIUM, ENOMEDIUM, "no disc, tray open" },
	{ KEY_NOT_READY, 0x3a, ANY, TAO_SENSE_NO_MEDIUM, ENOMEDIUM, "no disc" },

	{ KEY_ATTENTION, 0x28, ANY, TAO_SENSE_CHANGED, EIO, "disc may have been changed" },
	{ KEY_ATTENTION, 0x29, ANY, TAO_SENSE_CHANGED, EIO, "drive was reset or switched on" },
	{ KEY_ATTENTION, 0x2a, ANY, TAO_SENSE_CHANGED, EIO,
	  "somebody changed the drive's parameters" },
	{ KEY_ATTENTION, 0x2e, ANY, TAO_SENSE_BUSY, EBUSY, "drive needs more time" },
	{ KEY_ATTENTION, 0x3f, ANY, TAO_SENSE_CHANGED, EIO,
	  "drive changed its operating conditions" },
	{ KEY_ATTENTION, 0x5a, ANY, TAO_SENSE_EJECT_REQUEST, EIO, "eject button was pressed" },
	{ KEY_ATTENTION, ANY, ANY, TAO_SENSE_CHANGED, EIO, "unit attention" },

	{ ANY, 0x0c, 0x0a, TAO_SENSE_OK, 0, "drive added padding" },
	{ KEY_ILLEGAL, 0xb5, ANY, TAO_SENSE_OK, 0, "drive added padding" },

	{ ANY, 0x0c, 0x09, TAO_SENSE_UNDERRUN, EIO, "buffer underrun: the audio came too slowly" },
	{ ANY, 0x0c, 0x07, TAO_SENSE_FATAL, EIO, "write error, recovery needed" },
	{ ANY, 0x0c, 0x08, TAO_SENSE_FATAL, EIO, "write error, recovery failed" },
	{ ANY, 0x0c, ANY, TAO_SENSE_FATAL, EIO, "write error" },
	{ ANY, 0x72, 0x01, TAO_SENSE_SESSION, EIO, "session can't be closed: lead-in failed" },
	{ ANY, 0x72, 0x02, TAO_SENSE_SESSION, EIO, "session can't be closed: lead-out failed" },
	{ ANY, 0x72, 0x03, TAO_SENSE_SESSION, EIO,
	  "session can't be closed: a track in it is incomplete" },
	{ ANY, 0x72, 0x04, TAO_SENSE_SESSION, EIO,
	  "session can't be closed: a reserved track is not full" },
	{ ANY, 0x72, 0x05, TAO_SENSE_SESSION, EIO, "no more tracks can be reserved" },
	{ ANY, 0x72, ANY, TAO_SENSE_SESSION, EIO, "session can't be closed" },
	{ KEY_MEDIUM, 0x73, 0x01, TAO_SENSE_CALIBRATION_NOTE, 0,
	  "power calibration area almost full" },
	{ ANY, 0x73, 0x02, TAO_SENSE_FATAL, EIO, "power calibration area full" },
	{ ANY, 0x73, 0x03, TAO_SENSE_FATAL, EIO, "power calibration failed" },
	{ ANY, 0x73, 0x04, TAO_SENSE_FATAL, EIO, "program memory area can't be written" },
	{ ANY, 0x73, 0x05, TAO_SENSE_FULL, ENOSPC, "program memory area full: no more tracks" },
	{ ANY, 0x73, ANY, TAO_SENSE_FATAL, EIO, "CD control error" },
	{ KEY_MEDIUM, 0x02, ANY, TAO_SENSE_FATAL, EIO, "seek failed" },
	{ KEY_MEDIUM, 0x06, ANY, TAO_SENSE_FATAL, EIO, "no reference position found" },
	{ KEY_MEDIUM, 0x09, ANY, TAO_SENSE_FATAL, EIO, "tracking failed" },
	{ KEY_MEDIUM, 0x11, ANY, TAO_SENSE_FATAL, EIO, "sector can't be read" },
	{ KEY_MEDIUM, 0x15, ANY, TAO_SENSE_FATAL, EIO, "positioning failed" },
	{ KEY_MEDIUM, 0x30, ANY, TAO_SENSE_MEDIUM, EMEDIUMTYPE,
	  "disc is of a kind that the drive can't use" },
	{ KEY_MEDIUM, ANY, ANY, TAO_SENSE_FATAL, EIO, "medium error" },

	{ KEY_HARDWARE, 0x08, 0x03, TAO_SENSE_FATAL, EIO, "transmission error: check the cable" },
	{ KEY_HARDWARE, 0x09, ANY, TAO_SENSE_FATAL, EIO, "tracking or focus failed" },
	{ KEY_HARDWARE, ANY, ANY, TAO_SENSE_FATAL, EIO, "hardware error" },

	{ KEY_ILLEGAL, 0x20, ANY, TAO_SENSE_UNSUPPORTED, EOPNOTSUPP,
	  "drive does not know this command" },
	{ KEY_ILLEGAL, 0x21, 0x02, TAO_SENSE_ADDRESS, EIO, "not the next writable address" },
	{ KEY_ILLEGAL, 0x21, ANY, TAO_SENSE_ADDRESS, EIO, "address out of range" },
	{ KEY_ILLEGAL, 0x24, ANY, TAO_SENSE_BAD_FIELD, EIO,
	  "drive does not take a field of the command" },
	{ KEY_ILLEGAL, 0x26, ANY, TAO_SENSE_BAD_FIELD, EIO, "drive does not take a parameter" },
	{ KEY_ILLEGAL, 0x27, ANY, TAO_SENSE_PROTECTED, EROFS, "disc is write protected" },
	{ KEY_ILLEGAL, 0x2c, ANY, TAO_SENSE_FATAL, EIO,
	  "command does not fit the state of the disc" },
	{ KEY_ILLEGAL, 0x30, 0x05, TAO_SENSE_MEDIUM, EMEDIUMTYPE, "disc can't be written" },
	{ KEY_ILLEGAL, 0x30, 0x06, TAO_SENSE_MEDIUM, EMEDIUMTYPE, "disc can't be blanked" },
	{ KEY_ILLEGAL, 0x30, 0x09, TAO_SENSE_MEDIUM, EMEDIUMTYPE,
	  "session has to be closed first" },
	{ KEY_ILLEGAL, 0x30, ANY, TAO_SENSE_MEDIUM, EMEDIUMTYPE, "can't be done with this disc" },
	{ KEY_ILLEGAL, 0x53, 0x02, TAO_SENSE_LOCKED, EBUSY, "door is locked" },
	{ KEY_NOT_READY, 0x53, 0x02, TAO_SENSE_LOCKED, EBUSY, "door is locked" },
	{ KEY_ILLEGAL, 0x55, ANY, TAO_SENSE_FATAL, EIO, "drive is out of resources" },
	{ ANY, 0x57, 0x00, TAO_SENSE_FATAL, EIO, "table of contents can't be read" },
	{ KEY_ILLEGAL, 0x63, ANY, TAO_SENSE_FULL, ENOSPC, "disc is full" },
	{ KEY_ILLEGAL, 0x64, ANY, TAO_SENSE_FATAL, EIO,
	  "wrong mode for this track, or the disc is closed" },
	{ KEY_ILLEGAL, ANY, ANY, TAO_SENSE_FATAL, EIO, "drive refused the command" },

	{ KEY_NOT_READY, ANY, ANY, TAO_SENSE_FATAL, EIO, "drive is not ready" },
	{ KEY_PROTECT, ANY, ANY, TAO_SENSE_PROTECTED, EROFS, "disc is write protected" },
	{ KEY_BLANK_CHECK, ANY, ANY, TAO_SENSE_FATAL, EIO, "nothing is written there" },
	{ KEY_VENDOR, ANY, ANY, TAO_SENSE_FATAL, EIO, "vendor specific error" },
	{ KEY_COPY_ABORTED, ANY, ANY, TAO_SENSE_FATAL, EIO, "copy aborted" },
	{ KEY_ABORTED, ANY, ANY, TAO_SENSE_FATAL, EIO, "drive aborted the command" },
	{ KEY_OVERFLOW, ANY, ANY, TAO_SENSE_FULL, ENOSPC, "disc is full" },
	{ KEY_MISCOMPARE, ANY, ANY, TAO_SENSE_FATAL, EIO, "data differ" },
	{ ANY, ANY, ANY, TAO_SENSE_FATAL, EIO, "unknown error" },
};

/* Sense data without an error but with a progress */
static const struct sense_rule rule_progress = {
	KEY_NONE, ANY, ANY, TAO_SENSE_BUSY, EBUSY, "operation in progress"
};

/**
 * struct outcome_rule - a command that brought no sense data
 * @host_status: DID_* of the midlayer
 * @error: errno, positive
 * @text: for a person
 */
struct outcome_rule {
	u32 host_status;
	int error;
	const char *text;
};

static const struct outcome_rule host_rules[] = {
	{ DID_NO_CONNECT, ENODEV, "drive is gone" },
	{ DID_BAD_TARGET, ENODEV, "drive is gone" },
	{ DID_TIME_OUT, ETIMEDOUT, "drive did not answer in time" },
	{ DID_ABORT, EIO, "command was aborted" },
	{ DID_RESET, EIO, "drive was reset during the command" },
	{ DID_BUS_BUSY, EIO, "bus is busy" },
	{ DID_PARITY, EIO, "transmission error: check the cable" },
};

enum {
	OUTCOME_OK, OUTCOME_LOST, OUTCOME_STATUS, OUTCOME_BAD_REPLY, OUTCOME_NOT_TAKEN,
	OUTCOME_RESIDUE,
};

static const struct outcome_rule outcomes[] = {
	[OUTCOME_OK]		= { DID_OK, 0, "no error" },
	[OUTCOME_LOST]		= { DID_ERROR, EIO, "command did not get through to the drive" },
	[OUTCOME_STATUS]	= { DID_OK, EIO, "drive refused the command without a reason" },
	[OUTCOME_BAD_REPLY]	= { DID_OK, EIO, "drive's reply makes no sense" },
	[OUTCOME_NOT_TAKEN]	= { DID_OK, EIO, "drive did not take the write parameters" },
	[OUTCOME_RESIDUE]	= { DID_OK, EIO,
				    "not all of it was transferred (see limits/ignore_residue)" },
};

static void parse_sks(struct tao_sense *sense, const u8 *sks)
{
	if (!(sks[0] & SENSE_SKS_VALID) || (sense->key != KEY_NONE && sense->key != KEY_NOT_READY))
		return;
	sense->has_progress = true;
	sense->progress = get_unaligned_be16(sks + SENSE_SKS_PROGRESS);
}

static void parse_fixed(struct tao_sense *sense, const u8 *buf, unsigned int len)
{
	if (len > SENSE_FIXED_ADDITIONAL)
		len = min_t(unsigned int, len, SENSE_FIXED_HEADER + buf[SENSE_FIXED_ADDITIONAL]);
	sense->key = buf[SENSE_FIXED_KEY] & SENSE_KEY_MASK;
	if (len > SENSE_FIXED_ASC)
		sense->asc = buf[SENSE_FIXED_ASC];
	if (len > SENSE_FIXED_ASCQ)
		sense->ascq = buf[SENSE_FIXED_ASCQ];
	if (len >= SENSE_FIXED_SKS + SENSE_SKS_BYTES)
		parse_sks(sense, buf + SENSE_FIXED_SKS);
	sense->raw_bytes = min_t(unsigned int, len, TAO_SENSE_SIZE);
}

static void parse_descriptor(struct tao_sense *sense, const u8 *buf, unsigned int len)
{
	unsigned int offset = SENSE_DESC_HEADER;
	const u8 *desc;

	if (len > SENSE_DESC_ADDITIONAL)
		len = min_t(unsigned int, len, SENSE_DESC_HEADER + buf[SENSE_DESC_ADDITIONAL]);
	sense->key = buf[SENSE_DESC_KEY] & SENSE_KEY_MASK;
	sense->asc = buf[SENSE_DESC_ASC];
	if (len > SENSE_DESC_ASCQ)
		sense->ascq = buf[SENSE_DESC_ASCQ];
	while (offset + SENSE_DESC_FIRST <= len) {
		desc = buf + offset;
		if (desc[SENSE_DESC_TYPE] == SENSE_DESC_TYPE_SKS &&
		    offset + SENSE_DESC_SKS + SENSE_SKS_BYTES <= len)
			parse_sks(sense, desc + SENSE_DESC_SKS);
		offset += SENSE_DESC_FIRST + desc[SENSE_DESC_LENGTH];
	}
	sense->raw_bytes = min_t(unsigned int, len, TAO_SENSE_SIZE);
}

/**
 * tao_sense_parse() - decode sense data
 * @sense: set as a whole; not valid if @buf holds no sense data
 * @buf: sense data in fixed or descriptor format, or anything
 * @len: bytes of it
 */
void tao_sense_parse(struct tao_sense *sense, const u8 *buf, unsigned int len)
{
	u8 response;

	memset(sense, 0, sizeof(*sense));
	if (len <= SENSE_FIXED_KEY)
		return;
	response = buf[0] & SENSE_RESPONSE_MASK;
	switch (response) {
	case SENSE_FIXED:
	case SENSE_FIXED_DEFERRED:
		parse_fixed(sense, buf, len);
		break;
	case SENSE_DESCRIPTOR:
	case SENSE_DESCRIPTOR_DEFERRED:
		parse_descriptor(sense, buf, len);
		break;
	default:
		return;
	}
	sense->valid = true;
	sense->deferred = response == SENSE_FIXED_DEFERRED || response == SENSE_DESCRIPTOR_DEFERRED;
	memcpy(sense->raw, buf, sense->raw_bytes);
}

/* Where data were to be moved, only a recovered error says that they were. */
static bool rule_excuses(const struct sense_rule *rule, const struct tao_sense *sense)
{
	return !sense->data || rule->error || rule->key == KEY_RECOVERED;
}

static bool rule_fits(const struct sense_rule *rule, const struct tao_sense *sense)
{
	return rule_excuses(rule, sense) &&
	       (rule->key == ANY || rule->key == sense->key) &&
	       (rule->asc == ANY || rule->asc == sense->asc) &&
	       (rule->ascq == ANY || rule->ascq == sense->ascq);
}

static const struct sense_rule *sense_rule(const struct tao_sense *sense)
{
	const struct sense_rule *rule = sense_rules;

	if (sense->key == KEY_NONE && sense->has_progress)
		return &rule_progress;
	while (!rule_fits(rule, sense))
		rule++;
	return rule;
}

/* For sense that is not valid */
static const struct outcome_rule *outcome_rule(const struct tao_sense *sense)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(host_rules); i++) {
		if (host_rules[i].host_status == sense->host_status)
			return &host_rules[i];
	}
	if (sense->host_status)
		return &outcomes[OUTCOME_LOST];
	if (sense->status)
		return &outcomes[OUTCOME_STATUS];
	return &outcomes[OUTCOME_OK];
}

/* The rule that overrides the sense data, if one does */
static const struct outcome_rule *note_rule(const struct tao_sense *sense)
{
	switch (sense->note) {
	case TAO_NOTE_BAD_REPLY:
		return &outcomes[OUTCOME_BAD_REPLY];
	case TAO_NOTE_NOT_TAKEN:
		return &outcomes[OUTCOME_NOT_TAKEN];
	case TAO_NOTE_RESIDUE:
		return &outcomes[OUTCOME_RESIDUE];
	default:
		return sense->valid ? NULL : outcome_rule(sense);
	}
}

/**
 * tao_sense_classify() - what has to be done about it
 * @sense: what became of a command
 */
enum tao_sense_class tao_sense_classify(const struct tao_sense *sense)
{
	const struct outcome_rule *outcome = note_rule(sense);

	if (outcome)
		return outcome->error ? TAO_SENSE_FATAL : TAO_SENSE_OK;
	if (sense->deferred)
		return TAO_SENSE_FATAL;
	return sense_rule(sense)->class;
}

/**
 * tao_sense_is_buffer_full() - a WRITE has to be sent again later
 * @sense: what became of it
 */
bool tao_sense_is_buffer_full(const struct tao_sense *sense)
{
	if (!sense->valid || sense->deferred || sense->key != KEY_NOT_READY || sense->asc != 0x04)
		return false;
	return sense->ascq == 0x04 || sense->ascq == 0x07 || sense->ascq == 0x08;
}

/**
 * tao_sense_is_form_refused() - the drive does not take a list in this form, and may in another
 * @sense: what became of MODE SELECT or SEND CUE SHEET
 */
bool tao_sense_is_form_refused(const struct tao_sense *sense)
{
	if (sense->note == TAO_NOTE_NOT_TAKEN)
		return true;
	if (sense->note || !sense->valid || sense->deferred || sense->key != KEY_ILLEGAL)
		return false;
	return sense->asc == 0x1a || sense->asc == 0x24 || sense->asc == 0x26 ||
	       sense->asc == 0xa8;
}

/**
 * tao_sense_is_unanswered() - the drive does not know a query, or has no proper reply to it
 * @sense: what became of it
 *
 * That is not a failure.
 */
bool tao_sense_is_unanswered(const struct tao_sense *sense)
{
	return (sense->valid && !sense->deferred && sense->key == KEY_ILLEGAL) ||
	       sense->note == TAO_NOTE_BAD_REPLY;
}

/**
 * tao_sense_is_busy() - the drive was not ready for a WRITE, but will be
 * @sense: what became of it
 *
 * Not where the drive names no error, or has an operation in progress: it may have taken the audio.
 */
bool tao_sense_is_busy(const struct tao_sense *sense)
{
	return tao_sense_classify(sense) == TAO_SENSE_BUSY && sense->key != KEY_NONE;
}

/**
 * tao_sense_is_becoming_ready() - as after a reset, which nobody may have been told of
 * @sense: what became of a command
 */
bool tao_sense_is_becoming_ready(const struct tao_sense *sense)
{
	return sense->valid && !sense->deferred && sense->key == KEY_NOT_READY &&
	       sense->asc == 0x04 && sense->ascq == 0x01;
}

/**
 * tao_sense_is_lost() - what the drive answered was damaged on its way, or names no error at all
 * @sense: what became of a command
 *
 * Nothing is lost by asking a question once more then.
 */
bool tao_sense_is_lost(const struct tao_sense *sense)
{
	if (!sense->valid || sense->deferred)
		return false;
	if (sense->key == KEY_HARDWARE || sense->key == KEY_ABORTED)
		return sense->asc == 0x08 || sense->asc == 0x47;
	return sense->key == KEY_NONE && !sense->asc && !sense->ascq && !sense->has_progress;
}

/**
 * tao_sense_errno() - as errno, negative; 0 if there is nothing to worry about
 * @sense: what became of a command
 *
 * Deferred sense is always -EIO: this command was not carried out, whatever the earlier one had.
 */
int tao_sense_errno(const struct tao_sense *sense)
{
	const struct outcome_rule *outcome = note_rule(sense);

	if (outcome)
		return -outcome->error;
	if (sense->deferred)
		return -EIO;
	return -sense_rule(sense)->error;
}

/**
 * tao_sense_text() - in words
 * @sense: what became of a command
 */
const char *tao_sense_text(const struct tao_sense *sense)
{
	const struct outcome_rule *outcome = note_rule(sense);

	return outcome ? outcome->text : sense_rule(sense)->text;
}

/**
 * tao_opcode_name() - name of a command, as MMC has it
 * @opcode: its first byte
 */
const char *tao_opcode_name(u8 opcode)
{
	static const struct {
		u8 opcode;
		const char *name;
	} names[] = {
		{ GPCMD_TEST_UNIT_READY, "TEST UNIT READY" },
		{ GPCMD_REQUEST_SENSE, "REQUEST SENSE" },
		{ GPCMD_INQUIRY, "INQUIRY" },
		{ GPCMD_START_STOP_UNIT, "START STOP UNIT" },
		{ GPCMD_PREVENT_ALLOW_MEDIUM_REMOVAL, "PREVENT ALLOW MEDIUM REMOVAL" },
		{ GPCMD_WRITE_10, "WRITE(10)" },
		{ GPCMD_FLUSH_CACHE, "SYNCHRONIZE CACHE" },
		{ GPCMD_READ_TOC_PMA_ATIP, "READ TOC/PMA/ATIP" },
		{ GPCMD_GET_CONFIGURATION, "GET CONFIGURATION" },
		{ GPCMD_GET_EVENT_STATUS_NOTIFICATION, "GET EVENT STATUS NOTIFICATION" },
		{ GPCMD_READ_DISC_INFO, "READ DISC INFORMATION" },
		{ GPCMD_READ_TRACK_RZONE_INFO, "READ TRACK INFORMATION" },
		{ GPCMD_MODE_SELECT_10, "MODE SELECT(10)" },
		{ GPCMD_MODE_SENSE_10, "MODE SENSE(10)" },
		{ GPCMD_CLOSE_TRACK, "CLOSE TRACK/SESSION" },
		{ GPCMD_BLANK, "BLANK" },
		{ GPCMD_SEND_CUE_SHEET, "SEND CUE SHEET" },
		{ GPCMD_SEND_OPC, "SEND OPC INFORMATION" },
		{ GPCMD_GET_PERFORMANCE, "GET PERFORMANCE" },
		{ GPCMD_SET_SPEED, "SET CD SPEED" },
		{ GPCMD_READ_CD, "READ CD" },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		if (names[i].opcode == opcode)
			return names[i].name;
	}
	return "unknown command";
}
