// SPDX-License-Identifier: GPL-2.0-only
/*
 * The answers of a drive as attributes of cdr-sim. What cdr-sim cannot do, or the drive did not
 * say, becomes a comment: a default must not be taken for an answer.
 */
#include <limits.h>
#include <string.h>
#include "answers.h"
#include "common.h"

#define SPEEDS_MAX 16 /* cdr-sim takes no more */
#define SPEED_MOST 99 /* and none above */
#define KBPS_1X 177 /* rounded up */
#define KBPS_10X 1764 /* kB/s of 10x */

#define PROFILE_CD_ROM 0x0008
#define PROFILE_DVD_R 0x0011

/* Features 002Dh and 002Eh, first byte */
#define BUF 0x40
#define SESSION_AT_ONCE 0x20
#define SUBCHANNEL 0x01
/* Mode page 05h, byte 2 */
#define BUFE 0x40
/* Mode page 2Ah: its size up to the speeds; bytes 3 and 4 */
#define CAPS_SIZE 32
#define CAPS_CD_RW 0x02
#define CAPS_TEST 0x04
#define CAPS_BUF 0x80

/* Ascending multiples of 1x. */
struct speeds {
	uint8_t x[SPEEDS_MAX];
	unsigned int count;
	unsigned int left_out; /* cdr-sim does not take these */
};

/* Whether there is a reply to @q. If not, says what therefore is not known. */
static bool has_reply(FILE *out, const struct answer *answers, enum question q, const char *names)
{
	char text[ANSWER_TEXT];
	const struct answer *a = &answers[q];

	if (a->length)
		return true;
	answer_text(a, text);
	if (answer_refused(a))
		fprintf(out, "# Not simulated: the drive refuses %s (%s)\n", question_name(q),
			text);
	else
		fprintf(out, "# %s unknown: no answer to %s (%s)\n", names, question_name(q),
			text);
	return false;
}

/* A number; as a comment if cdr-sim has no such. */
static void put_number(FILE *out, const char *name, unsigned long value, unsigned long least,
		       unsigned long most)
{
	if (value >= least && value <= most)
		fprintf(out, "%s %lu\n", name, value);
	else
		fprintf(out, "# Not simulated: %s is %lu; cdr-sim takes %lu to %lu\n", name, value,
			least, most);
}

/* --- INQUIRY and the adapter ------------------------------------------------------------------ */

/* A field of INQUIRY, without the spaces at its end; what is not ASCII is "?". */
static void put_field(FILE *out, const struct answer *a, const char *name, uint32_t at,
		      uint32_t size)
{
	char text[33];
	uint32_t length = 0;

	for (uint32_t i = 0; i < size; i++) {
		uint8_t c = at + i < a->length ? a->bytes[at + i] : 0;

		text[i] = c >= 0x20 && c < 0x7f && !a->hidden[at + i] ? c : '?';
		if (c != ' ' && c)
			length = i + 1;
	}
	if (length)
		fprintf(out, "%s %.*s\n", name, (int)length, text);
	else
		fprintf(out, "# Not simulated: %s is blank\n", name);
}

static void put_inquiry(FILE *out, const struct answer *a)
{
	put_field(out, a, "vendor", 8, 8);
	put_field(out, a, "product", 16, 16);
	put_field(out, a, "revision", 32, 4);
	put_number(out, "inquiry_version", a->bytes[2], 0, 7);
	put_number(out, "inquiry_format", a->bytes[3] & 0xf, 1, 2);
}

/* @most: cdr-sim takes so much, and has no limit above it. */
static void put_limit(FILE *out, const char *block, const char *file, const char *name,
		      unsigned int factor, unsigned long most)
{
	unsigned long value;
	char path[128];
	FILE *in;

	snprintf(path, sizeof(path), "/sys/class/block/%s/queue/%s", block, file);
	in = block[0] ? fopen(path, "re") : NULL;
	if (in && fscanf(in, "%lu", &value) == 1)
		fprintf(out, "%s %lu\n", name, value < most / factor ? value * factor : most);
	else
		fprintf(out, "# %s is unknown: this kernel does not tell it\n", name);
	if (in)
		fclose(in);
}

/* --- the buffer ------------------------------------------------------------------------------- */

static void put_buffer(FILE *out, const struct answer *answers)
{
	const struct answer *capacity = &answers[Q_BUFFER];
	const uint8_t *caps = find_page(&answers[Q_CAPABILITIES], 0x2a, 14, NULL);
	uint32_t bytes = capacity->length >= 12 ? be32(capacity->bytes + 4) : 0;
	uint32_t kib = caps ? be16(caps + 12) : 0;

	if (has_reply(out, answers, Q_BUFFER, "the exact buffer_size is") && !bytes)
		fputs("# Not simulated: READ BUFFER CAPACITY says no size\n", out);
	if (caps && !kib)
		fputs("# Not simulated: page 2Ah says no size of the buffer\n", out);
	if (bytes || kib)
		put_number(out, "buffer_size", bytes ? bytes : kib * 1024, 2352, 1 << 30);
	else
		fputs("# buffer_size is unknown\n", out);
	if (bytes && kib && kib != bytes / 1024)
		fprintf(out, "caps_buffer %u\n", kib);
}

/* --- speeds ----------------------------------------------------------------------------------- */

/* Adds what @kbps comes to, as a multiple of 1x, unless it is there. */
static void add_speed(struct speeds *speeds, uint32_t kbps)
{
	uint32_t x = kbps > SPEED_MOST * KBPS_1X ? 0 : (kbps * 10 + KBPS_10X / 2) / KBPS_10X;
	unsigned int i = 0;

	while (i < speeds->count && speeds->x[i] < x)
		i++;
	if (i < speeds->count && speeds->x[i] == x)
		return;
	if (!x || x > SPEED_MOST || speeds->count == SPEEDS_MAX) {
		speeds->left_out++;
		return;
	}
	memmove(speeds->x + i + 1, speeds->x + i, speeds->count - i);
	speeds->x[i] = x;
	speeds->count++;
}

static void page_speeds(const struct answer *a, struct speeds *speeds)
{
	const uint8_t *caps = find_page(a, 0x2a, 32, NULL);

	for (uint32_t i = 0; caps && i < be16(caps + 30); i++) {
		if (!find_page(a, 0x2a, 32 + 4 * (i + 1), NULL))
			break;
		add_speed(speeds, be16(caps + 32 + 4 * i + 2));
	}
}

static void performance_speeds(const struct answer *a, struct speeds *speeds)
{
	for (uint32_t at = 8; at + 16 <= a->length; at += 16)
		add_speed(speeds, be32(a->bytes + at + 12));
}

static void put_list(FILE *out, const char *before, const struct speeds *speeds)
{
	fputs(before, out);
	for (unsigned int i = 0; i < speeds->count; i++)
		fprintf(out, " %u", speeds->x[i]);
	fputc('\n', out);
}

/* How the list in page 2Ah differs from that of GET PERFORMANCE. */
static void put_page_speeds(FILE *out, const struct speeds *all, const struct speeds *page)
{
	if (!page->count)
		fputs("caps_speeds none\n", out);
	else if (page->count == 1 && all->count > 1 && page->x[0] == all->x[all->count - 1])
		fputs("caps_speeds max\n", out);
	else if (page->count != all->count || memcmp(page->x, all->x, page->count))
		put_list(out, "# Not simulated: the speeds in page 2Ah are", page);
}

static void put_speeds(FILE *out, const struct answer *answers)
{
	const struct answer *page = &answers[Q_CAPABILITIES];
	const uint8_t *caps = find_page(page, 0x2a, 20, NULL);
	struct speeds all = { 0 }, in_page = { 0 };

	performance_speeds(&answers[Q_SPEEDS], &all);
	page_speeds(page, &in_page);
	if (!all.count)
		all = in_page;
	if (!all.count && caps)
		add_speed(&all, be16(caps + 18));
	if (all.count)
		put_list(out, "speed", &all);
	else
		fputs("# speed is unknown: the drive lists none\n", out);
	if (all.left_out || in_page.left_out)
		fprintf(out, "# Not simulated: more speeds (cdr-sim takes %u, from 1x to %ux)\n",
			SPEEDS_MAX, SPEED_MOST);
	if (find_page(page, 0x2a, 5, NULL))
		put_page_speeds(out, &all, &in_page);
}

static const char *disc_name(uint16_t profile)
{
	switch (profile) {
	case 0:
		return "no disc";
	case PROFILE_CD_ROM:
		return "a pressed or finalised CD";
	case PROFILE_CD_RW:
		return "a CD-RW";
	default:
		return "a disc that is not a CD";
	}
}

/* Speeds depend on the disc. */
static void put_other_disc(FILE *out, const struct answer *answers)
{
	const struct answer *configuration = &answers[Q_CONFIGURATION];
	const char *disc = "a disc that the drive does not name";

	if (answer_sense(&answers[Q_READY]) >> 8 == SENSE_NO_DISC)
		disc = "no disc";
	else if (configuration->length >= 8)
		disc = disc_name(be16(configuration->bytes + 6));
	fprintf(out, "# speed is unknown: the speeds are those of %s, not of a CD-R\n", disc);
}

static void put_performance(FILE *out, const struct answer *answers)
{
	const struct answer *a = &answers[Q_SPEEDS];

	if (!answer_lost(a) && answer_sense(a) == SENSE_BAD_OPCODE)
		fputs("performance 0\n", out);
	else if (has_reply(out, answers, Q_SPEEDS, "performance is") && a->length < 8 + 16 &&
		 has_cd_r(answers))
		fputs("# Not simulated: GET PERFORMANCE lists no speeds\n", out);
}

/* --- capabilities and write parameters -------------------------------------------------------- */

/* One source that says so is enough, as in the driver. */
static bool put_underrun_free(FILE *out, const struct answer *answers)
{
	uint32_t length;
	const uint8_t *caps = find_page(&answers[Q_CAPABILITIES], 0x2a, 5, NULL);
	const uint8_t *tao = find_feature(answers, FEATURE_TRACK_AT_ONCE, 1, &length);
	const uint8_t *sao = find_feature(answers, FEATURE_MASTERING, 1, &length);
	bool in_page = caps && caps[4] & CAPS_BUF;
	bool in_features = (tao && *tao & BUF) || (sao && *sao & BUF);

	if (caps || tao || sao)
		fprintf(out, "underrun_free %u\n", in_page || in_features);
	else
		fputs("# underrun_free is unknown\n", out);
	if (caps && (tao || sao) && in_page != in_features)
		fprintf(out, "# Not simulated: only %s underrun protection\n",
			in_page ? "page 2Ah says that it has" : "features say that it has");
	return in_page || in_features;
}

static void put_capabilities(FILE *out, const struct answer *answers)
{
	const uint8_t *caps = find_page(&answers[Q_CAPABILITIES], 0x2a, 5, NULL);

	if (!has_reply(out, answers, Q_CAPABILITIES, "caps_speeds and caps_buffer are"))
		return;
	if (!caps) {
		fputs("# Not simulated: the reply to MODE SENSE 2Ah has no such page\n", out);
		return;
	}
	if (caps[1] + 2 < CAPS_SIZE)
		fprintf(out, "# Not simulated: page 2Ah has only %u bytes\n", caps[1] + 2);
	if (!(caps[3] & CAPS_CD_RW))
		fputs("# Not simulated: page 2Ah says that it writes no CD-RW\n", out);
	if (!(caps[3] & CAPS_TEST))
		fputs("# Not simulated: page 2Ah says that it has no test write\n", out);
}

static void put_fixed_bufe(FILE *out, const struct answer *answers, bool underrun_free)
{
	const uint8_t *mask = find_page(&answers[Q_WRITE_PAGE_CHANGEABLE], 0x05, 3, NULL);
	const uint8_t *initial = find_page(&answers[Q_WRITE_PAGE_DEFAULT], 0x05, 3, NULL);
	bool can_set = mask && mask[2] & BUFE;

	if (!has_reply(out, answers, Q_WRITE_PAGE_CHANGEABLE, "fixed_bufe is") ||
	    !has_reply(out, answers, Q_WRITE_PAGE_DEFAULT, "fixed_bufe is"))
		return;
	if (mask && initial && !can_set && initial[2] & BUFE)
		fputs("fixed_bufe 1\n", out);
	else if (mask && !can_set && underrun_free)
		fputs("# Not simulated: underrun protection that BUFE can't switch on\n", out);
	else if (can_set && !underrun_free)
		fputs("# Not simulated: BUFE can be set without underrun protection\n", out);
}

static void put_write_page(FILE *out, const struct answer *answers, bool underrun_free)
{
	const uint8_t *now = find_page(&answers[Q_WRITE_PAGE], 0x05, 3, NULL);

	put_fixed_bufe(out, answers, underrun_free);
	if (has_reply(out, answers, Q_WRITE_PAGE, "page05_saved is") && now)
		fprintf(out, "page05_saved %u\n", now[0] >> 7);
}

/* --- features --------------------------------------------------------------------------------- */

static bool has_profile(const struct answer *answers, uint16_t profile)
{
	uint32_t length;
	const uint8_t *list = find_feature(answers, FEATURE_PROFILES, 4, &length);

	for (uint32_t at = 0; list && at + 4 <= length; at += 4)
		if (be16(list + at) == profile)
			return true;
	return false;
}

static void put_mastering(FILE *out, const struct answer *answers)
{
	uint32_t length;
	const uint8_t *mastering = find_feature(answers, FEATURE_MASTERING, 4, &length);

	if (!mastering || !(mastering[0] & SESSION_AT_ONCE)) {
		fputs("session_at_once 0\n", out);
		if (mastering)
			fputs("# Not simulated: feature 002Eh without session-at-once\n", out);
		return;
	}
	put_number(out, "sheet_limit", be32(mastering) & 0xffffff, 32, 8192);
	if (!(mastering[0] & SUBCHANNEL))
		fputs("text refuse\n", out);
}

static void put_features(FILE *out, const struct answer *answers)
{
	if (!has_reply(out, answers, Q_CONFIGURATION, "session_at_once, profiles and text are")) {
		if (answer_refused(&answers[Q_CONFIGURATION]))
			fputs("session_at_once 0\n", out);
		return;
	}
	if (has_profile(answers, PROFILE_DVD_R))
		fputs("profiles dvd\n", out);
	put_mastering(out, answers);
}

void put_profile(FILE *out, const struct answer answers[QUESTIONS], const char *block)
{
	bool underrun_free;

	put_inquiry(out, &answers[Q_INQUIRY]);
	put_limit(out, block, "dma_alignment", "dma_alignment", 1, 4095);
	put_limit(out, block, "max_hw_sectors_kb", "max_sectors", 2, 65535);
	put_limit(out, block, "max_segments", "sg_tablesize", 1, 2048);
	put_limit(out, block, "virt_boundary_mask", "virt_boundary", 1, 4095);
	put_buffer(out, answers);
	put_capabilities(out, answers);
	if (has_cd_r(answers))
		put_speeds(out, answers);
	else
		put_other_disc(out, answers);
	put_performance(out, answers);
	underrun_free = put_underrun_free(out, answers);
	put_write_page(out, answers, underrun_free);
	put_features(out, answers);
}
