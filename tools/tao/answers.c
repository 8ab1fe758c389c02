// SPDX-License-Identifier: GPL-2.0-only
/* Asking a drive, and finding the parts of its answers. */
#include <errno.h>
#include <fcntl.h>
#include <scsi/sg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include "answers.h"
#include "common.h"

#define CHECK_CONDITION 0x02
#define BUSY 0x08
#define TASK_SET_FULL 0x28
#define CDB_MAX 12
#define PERFORMANCE_HEADER 8
#define PERFORMANCE_ENTRY 16
#define FEATURE_HEADER 4
#define CONFIGURATION_HEADER 8

/* Unit attentions and deferred errors that may come in between. */
#define ATTENTIONS_MAX 20
/* How often all is asked again because the disc was changed. */
#define CHANGES_MAX 2
/* For a disc that spins up, all in all. */
#define READY_MS 60000
#define READY_PAUSE_MS 200

/* The questions; CDBs as in MMC-6 and SPC-4. */
static const struct {
	const char *name;
	uint8_t length; /* of the CDB */
	uint8_t seconds; /* as in drivers/tao/mmc/mmc.c: a time-out resets the drive */
	uint8_t cdb[CDB_MAX];
} questions[QUESTIONS] = {
	/* 36 bytes: the serial number may follow */
	[Q_INQUIRY] = { "INQUIRY", 6, 60, { 0x12, 0, 0, 0, 36 } },
	[Q_READY] = { "TEST UNIT READY", 6, 60, { 0x00 } },
	[Q_CONFIGURATION] = { "GET CONFIGURATION", 10, 60, { 0x46, [7] = 0x10 } },
	[Q_WRITE_PAGE] = { "MODE SENSE 05h", 10, 60, { 0x5a, 0, 0x05, [7] = 1 } },
	[Q_WRITE_PAGE_CHANGEABLE] = { "MODE SENSE 05h, changeable", 10, 60,
				      { 0x5a, 0, 0x45, [7] = 1 } },
	[Q_WRITE_PAGE_DEFAULT] = { "MODE SENSE 05h, default", 10, 60, { 0x5a, 0, 0x85, [7] = 1 } },
	[Q_CAPABILITIES] = { "MODE SENSE 2Ah", 10, 60, { 0x5a, 0, 0x2a, [7] = 1 } },
	[Q_BUFFER] = { "READ BUFFER CAPACITY", 10, 60, { 0x5c, [8] = 12 } },
	[Q_SPEEDS] = { "GET PERFORMANCE", 12, 60, { 0xac, [9] = 32, [10] = 3 } },
	[Q_DISC] = { "READ DISC INFORMATION", 10, 240, { 0x51, [8] = 34 } },
	[Q_TRACK] = { "READ TRACK INFORMATION 1", 10, 240, { 0x52, 1, [5] = 1, [8] = 40 } },
	[Q_NEXT_TRACK] = { "READ TRACK INFORMATION FFh", 10, 240,
			   { 0x52, 1, [5] = 0xff, [8] = 40 } },
	[Q_TOC] = { "READ TOC", 10, 60, { 0x43, [7] = 3, [8] = 0x24 } },
	[Q_ATIP] = { "READ ATIP", 10, 60, { 0x43, 0, 4, [8] = 32 } },
};

/* The time that is spent on all questions, and what came in between. */
struct interview {
	int fd;
	unsigned int waited_ms;
	unsigned int attentions;
	bool changed; /* the disc */
};

const char *question_name(enum question q)
{
	return questions[q].name;
}

uint16_t be16(const uint8_t *p)
{
	return p[0] << 8 | p[1];
}

uint32_t be32(const uint8_t *p)
{
	return (uint32_t)be16(p) << 16 | be16(p + 2);
}

/* --- sense data ------------------------------------------------------------------------------- */

static uint8_t response_code(const struct answer *a)
{
	return a->status == CHECK_CONDITION && a->sense_length ? a->sense[0] & 0x7f : 0;
}

/* About a command before this one, which was not carried out. */
static bool is_deferred(const struct answer *a)
{
	return response_code(a) == 0x71 || response_code(a) == 0x73;
}

uint32_t answer_sense(const struct answer *a)
{
	const uint8_t *sense = a->sense;

	if (response_code(a) == 0x70 && a->sense_length >= 14)
		return (sense[2] & 0xf) << 16 | be16(sense + 12);
	if (response_code(a) == 0x72 && a->sense_length >= 4)
		return (sense[1] & 0xf) << 16 | be16(sense + 2);
	return 0;
}

bool answer_lost(const struct answer *a)
{
	/* The kernel lets a user send some commands only: the others were not sent. */
	return (a->error && a->error != -EPERM) || a->host_status;
}

bool answer_refused(const struct answer *a)
{
	return !answer_lost(a) && answer_sense(a) >> 16 == 5;
}

/* The drive carried it out, though it had to try hard: what it found is valid. */
static bool is_recovered(const struct answer *a)
{
	return answer_sense(a) >> 16 == 1;
}

static const char *host_status_name(uint8_t status)
{
	switch (status) {
	case 1:
		return "no connection";
	case 3:
		return "time-out";
	case 5:
		return "aborted";
	case 8:
		return "reset";
	default:
		return "lost";
	}
}

const char *answer_text(const struct answer *a, char text[ANSWER_TEXT])
{
	uint32_t sense = answer_sense(a);

	if (!a->asked)
		snprintf(text, ANSWER_TEXT, "not asked");
	else if (a->error)
		snprintf(text, ANSWER_TEXT, "%s", strerror(-a->error));
	else if (a->host_status)
		snprintf(text, ANSWER_TEXT, "%s, host status %u", host_status_name(a->host_status),
			 a->host_status);
	else if (sense)
		snprintf(text, ANSWER_TEXT, "%x/%02x/%02x", sense >> 16, sense >> 8 & 0xff,
			 sense & 0xff);
	else if (a->status)
		snprintf(text, ANSWER_TEXT, "status %u", a->status);
	else
		snprintf(text, ANSWER_TEXT, "good, no data");
	return text;
}

/* --- asking ----------------------------------------------------------------------------------- */

static uint32_t allocation_length(enum question q)
{
	const uint8_t *cdb = questions[q].cdb;

	switch (questions[q].length) {
	case 6:
		return cdb[4];
	case 10:
		return be16(cdb + 7);
	default:
		return PERFORMANCE_HEADER + be16(cdb + 8) * PERFORMANCE_ENTRY;
	}
}

static void ask_once(int fd, enum question q, struct answer *a)
{
	uint32_t size = allocation_length(q);
	uint8_t cdb[CDB_MAX];
	struct sg_io_hdr io = {
		.interface_id = 'S',
		.dxfer_direction = size ? SG_DXFER_FROM_DEV : SG_DXFER_NONE,
		.cmd_len = questions[q].length,
		.cmdp = cdb,
		.mx_sb_len = sizeof(a->sense),
		.sbp = a->sense,
		.dxfer_len = size,
		.dxferp = a->bytes,
		.timeout = questions[q].seconds * 1000,
	};

	memset(a, 0, sizeof(*a));
	memcpy(cdb, questions[q].cdb, sizeof(cdb));
	a->asked = true;
	if (ioctl(fd, SG_IO, &io)) {
		a->error = -errno;
		return;
	}
	a->host_status = io.host_status;
	a->status = io.status;
	a->sense_length = io.sb_len_wr;
	if ((!io.status || is_recovered(a)) && !io.host_status && io.resid >= 0 &&
	    io.resid <= (int)size)
		a->length = size - io.resid;
}

/* It says something about the drive or an earlier command, and nothing about the question. */
static bool is_beside_the_question(const struct answer *a)
{
	return is_deferred(a) || answer_sense(a) >> 16 == 6;
}

/* The drive will answer later: the disc spins up, or something long goes on. */
static bool is_not_yet(const struct answer *a)
{
	switch (answer_sense(a)) {
	case 0x020401:
	case 0x020404:
	case 0x020407:
	case 0x020408:
		return true;
	default:
		return a->status == BUSY || a->status == TASK_SET_FULL;
	}
}

static bool again(struct interview *interview, const struct answer *a)
{
	if (answer_lost(a))
		return false;
	if (answer_sense(a) == 0x062800)
		interview->changed = true;
	if (is_beside_the_question(a))
		return interview->attentions++ < ATTENTIONS_MAX;
	if (!is_not_yet(a) || interview->waited_ms >= READY_MS)
		return false;
	pause_ms(READY_PAUSE_MS);
	interview->waited_ms += READY_PAUSE_MS;
	return true;
}

void ask_drive(int fd, struct answer answers[QUESTIONS])
{
	struct interview interview = { .fd = fd };
	unsigned int changes = 0;
	int q = Q_INQUIRY;

	while (q < QUESTIONS) {
		do {
			ask_once(fd, q, &answers[q]);
		} while (again(&interview, &answers[q]));
		if (answer_lost(&answers[q]))
			break;
		/* The first answers are about another disc. */
		if (q > Q_READY && interview.changed && changes++ < CHANGES_MAX) {
			memset(answers, 0, QUESTIONS * sizeof(*answers));
			q = Q_INQUIRY;
		} else {
			q++;
		}
		if (q <= Q_READY + 1)
			interview.changed = false;
	}
}

void ask_question(int fd, enum question q, struct answer *answer)
{
	unsigned int attentions = 0;

	do {
		ask_once(fd, q, answer);
	} while (!answer_lost(answer) && is_beside_the_question(answer) &&
		 attentions++ < ATTENTIONS_MAX);
}

/* Of a reply to READ ATIP: minute, second and frame of the lead-in; in BCD from some drives */
#define ATIP_LEAD_IN 8
#define ATIP_BYTES_MIN 11

static unsigned int from_bcd(uint8_t byte, bool bcd)
{
	return bcd ? (byte >> 4) * 10 + (byte & 0xf) : byte;
}

/* Minute 97 as 97h is 151, and the lead-in never begins there. */
static void format_lead_in(const struct answer *a, char text[LEAD_IN_SIZE])
{
	const uint8_t *msf = a->bytes + ATIP_LEAD_IN;
	bool bcd = msf[0] >= 0x90;

	if (a->length < ATIP_BYTES_MIN || !msf[0])
		return;
	snprintf(text, LEAD_IN_SIZE, "%02u:%02u:%02u", from_bcd(msf[0], bcd), from_bcd(msf[1], bcd),
		 from_bcd(msf[2], bcd));
}

/* Only through /dev/sgN: when /dev/srN is closed, Linux unlocks the door. */
const char *ask_lead_in(struct tao_device *dev, char text[LEAD_IN_SIZE])
{
	struct answer *answer;
	char path[64];
	int fd;

	text[0] = '\0';
	if (!find_generic(dev, path, sizeof(path), NULL))
		return text;
	fd = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return text;
	answer = xcalloc(1, sizeof(*answer));
	ask_question(fd, Q_ATIP, answer);
	format_lead_in(answer, text);
	free(answer);
	close(fd);
	return text;
}

static void cut_answer(struct answer *a, uint32_t length)
{
	if (length < a->length)
		a->length = length;
}

void cut_answers(struct answer answers[QUESTIONS])
{
	for (int q = Q_CONFIGURATION; q < QUESTIONS; q++) {
		struct answer *a = &answers[q];
		uint32_t length = be32(a->bytes);

		if (q == Q_CONFIGURATION || q == Q_SPEEDS)
			cut_answer(a, 4 + (length < ANSWER_MAX ? length : ANSWER_MAX));
		else if (q != Q_BUFFER)
			cut_answer(a, 2 + be16(a->bytes));
	}
}

/* --- parts of the answers --------------------------------------------------------------------- */

const uint8_t *find_feature(const struct answer answers[QUESTIONS], uint16_t code, uint32_t size,
			    uint32_t *length)
{
	const struct answer *a = &answers[Q_CONFIGURATION];

	for (uint32_t at = CONFIGURATION_HEADER; at + FEATURE_HEADER <= a->length;
	     at += FEATURE_HEADER + *length) {
		*length = a->bytes[at + 3];
		if (at + FEATURE_HEADER + *length > a->length)
			return NULL;
		if (be16(a->bytes + at) == code)
			return *length >= size ? a->bytes + at + FEATURE_HEADER : NULL;
	}
	return NULL;
}

const uint8_t *find_page(const struct answer *a, uint8_t code, uint32_t size, uint32_t *offset)
{
	uint32_t at = 8 + be16(a->bytes + 6);

	if (a->length < 8 || at + 2 > a->length || (a->bytes[at] & 0x3f) != code ||
	    at + size > a->length || size > 2u + a->bytes[at + 1])
		return NULL;
	if (offset)
		*offset = at;
	return a->bytes + at;
}

/* Old drives have no profiles; the ATIP of a CD-R has the bit of CD-RW clear. */
bool has_cd_r(const struct answer answers[QUESTIONS])
{
	const struct answer *configuration = &answers[Q_CONFIGURATION], *atip = &answers[Q_ATIP];

	if (configuration->length >= CONFIGURATION_HEADER)
		return be16(configuration->bytes + 6) == PROFILE_CD_R;
	return atip->length > 6 && !(atip->bytes[6] & 0x40);
}
