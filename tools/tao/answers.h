/* SPDX-License-Identifier: GPL-2.0-only */
/* What a drive answers to queries, for `tao report`. */
#ifndef TAO_ANSWERS_H
#define TAO_ANSWERS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <tao.h>

#define ANSWER_MAX 4096
#define ANSWER_TEXT 80

#define SENSE_BAD_OPCODE 0x052000
#define SENSE_NO_DISC 0x023a

#define FEATURE_PROFILES 0x0000
#define FEATURE_TRACK_AT_ONCE 0x002d
#define FEATURE_MASTERING 0x002e
#define FEATURE_SERIAL 0x0108
#define FEATURE_DISC_SERIAL 0x0109

#define PROFILE_CD_R 0x0009
#define PROFILE_CD_RW 0x000a

/* In the order in which they are asked */
enum question {
	Q_INQUIRY,
	Q_READY,
	Q_CONFIGURATION,
	Q_WRITE_PAGE,
	Q_WRITE_PAGE_CHANGEABLE,
	Q_WRITE_PAGE_DEFAULT,
	Q_CAPABILITIES,
	Q_BUFFER,
	Q_SPEEDS,
	Q_DISC,
	Q_TRACK,
	Q_NEXT_TRACK,
	Q_TOC,
	Q_ATIP,
	QUESTIONS,
};

struct answer {
	bool asked;
	int error; /* negative errno of the call */
	uint8_t host_status; /* of the kernel: not 0 if the answer was lost */
	uint8_t status; /* of SCSI */
	uint8_t sense[64];
	uint8_t sense_length;
	uint32_t length; /* 0 if the drive refused */
	uint8_t bytes[ANSWER_MAX];
	bool hidden[ANSWER_MAX]; /* these bytes are not for others */
};

/* --- answers.c -------------------------------------------------------------------------------- */

/*
 * Ask all questions through the descriptor @fd, which takes SG_IO. Waits for a disc that spins up.
 * It ends at the first answer that is lost.
 */
void ask_drive(int fd, struct answer answers[QUESTIONS]);
/* Ask a single one, of a drive that is known to be ready. */
void ask_question(int fd, enum question q, struct answer *answer);
/*
 * The start of the lead-in in the ATIP, "97:24:15", which identifies the maker of a disc; "" if it
 * can't be told.
 */
#define LEAD_IN_SIZE 16
const char *ask_lead_in(struct tao_device *dev, char text[LEAD_IN_SIZE]);
/* Cut off what was transferred behind the end that a reply gives itself. */
void cut_answers(struct answer answers[QUESTIONS]);

const char *question_name(enum question q);
/* The answer was lost, by a time-out for example: nothing was asked after that. */
bool answer_lost(const struct answer *a);
/* The drive does not carry out this query (sense key 5). */
bool answer_refused(const struct answer *a);
/* Sense key, ASC and ASCQ as in 0x052000; 0 if there are none, or they are about something else. */
uint32_t answer_sense(const struct answer *a);
/* What came instead of a reply with data: "5/20/00", "not asked". */
const char *answer_text(const struct answer *a, char text[ANSWER_TEXT]);

uint16_t be16(const uint8_t *p);
uint32_t be32(const uint8_t *p);
/* The feature @code in GET CONFIGURATION, if it has @size bytes; *@length is how many it has. */
const uint8_t *find_feature(const struct answer answers[QUESTIONS], uint16_t code, uint32_t size,
			    uint32_t *length);
/* Mode page @code, if it has @size bytes; *@offset is its place in the reply. Else NULL. */
const uint8_t *find_page(const struct answer *a, uint8_t code, uint32_t size, uint32_t *offset);
/* Whether the disc is a CD-R on which can be written, as far as the drive can tell. */
bool has_cd_r(const struct answer answers[QUESTIONS]);

/* --- hide.c ----------------------------------------------------------------------------------- */

/*
 * Mark what tells one drive or disc from all others: serial numbers, bar codes, the codes of the
 * latest burn. @serial is what is known as the serial number of the drive, or "".
 */
void hide_private(struct answer answers[QUESTIONS], const char *serial);
/* The same of one answer, to @q or a question like it. */
void hide_in_answer(struct answer *a, enum question q, const char *serial);

/* --- profile.c -------------------------------------------------------------------------------- */

/*
 * Print what cdr-sim can simulate of the drive, and comments on the rest. @block is the name of
 * its block device, as "sr0"; "" if it has none.
 */
void put_profile(FILE *out, const struct answer answers[QUESTIONS], const char *block);

#endif /* TAO_ANSWERS_H */
