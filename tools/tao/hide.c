// SPDX-License-Identifier: GPL-2.0-only
/* What in the answers of a drive is nobody else's business. */
#include <string.h>
#include "answers.h"

/* READ DISC INFORMATION: disc identification and bar code */
#define DISC_ID 12
#define DISC_ID_SIZE 4
#define BAR_CODE 24
#define BAR_CODE_SIZE 8
/* Mode page 05h: MCN and ISRC of the latest burn */
#define PAGE_CODES 16
#define PAGE_CODES_SIZE 32
/* A shorter serial number would be found everywhere, and says little. */
#define SERIAL_MIN 4

/* Bytes behind the end of the reply stay as they are. */
static void hide(struct answer *a, uint32_t at, uint32_t size)
{
	for (uint32_t i = at; i < a->length && i < at + size; i++)
		a->hidden[i] = true;
}

/* All of them: one may be cut off, and one may come twice. */
static void hide_features(struct answer *a)
{
	for (uint32_t at = 8; at + 4 <= a->length; at += 4 + a->bytes[at + 3]) {
		uint16_t code = be16(a->bytes + at);

		if (code == FEATURE_SERIAL || code == FEATURE_DISC_SERIAL)
			hide(a, at + 4, a->bytes[at + 3]);
	}
}

static void hide_codes(struct answer *a)
{
	uint32_t at;

	if (find_page(a, 0x05, 2, &at))
		hide(a, at + PAGE_CODES, PAGE_CODES_SIZE);
}

static void hide_serial(struct answer *a, const char *serial)
{
	uint32_t size = strlen(serial);

	for (uint32_t at = 0; size >= SERIAL_MIN && at + size <= a->length; at++)
		if (!memcmp(a->bytes + at, serial, size))
			hide(a, at, size);
}

void hide_in_answer(struct answer *a, enum question q, const char *serial)
{
	switch (q) {
	case Q_CONFIGURATION:
		hide_features(a);
		break;
	case Q_DISC:
		hide(a, DISC_ID, DISC_ID_SIZE);
		hide(a, BAR_CODE, BAR_CODE_SIZE);
		break;
	case Q_WRITE_PAGE:
	/* Some drives answer with the present values. */
	case Q_WRITE_PAGE_CHANGEABLE:
	case Q_WRITE_PAGE_DEFAULT:
		hide_codes(a);
		break;
	default:
		break;
	}
	hide_serial(a, serial);
}

void hide_private(struct answer answers[QUESTIONS], const char *serial)
{
	for (int q = 0; q < QUESTIONS; q++)
		hide_in_answer(&answers[q], q, serial);
}
