// SPDX-License-Identifier: GPL-2.0-only
/* The mode pages. */

#include <linux/minmax.h>

#include "compat.h"
#include "cdr-sim.h"

#define PAGE_WRITE	0x05
#define PAGE_CAPS	0x2a
#define PAGE_ALL	0x3f
#define PAGE_PS		0x80
#define PAGE05_BUFE	0x40
#define HEADER_SIZE	8
#define LIST_SIZE	512
/* The highest speed of an ultra speed CD-RW. */
#define REWRITE_LIMIT	24

enum page_control {
	PC_CURRENT,
	PC_CHANGEABLE,
	PC_DEFAULT,
	PC_SAVED,
};

/*
 * The defaults are those of a real drive, packet writing and mode 1 blocks, and are of no use. A
 * driver has to send the whole page.
 */
static const u8 default05[CDR_PAGE05_SIZE] = {
	[0] = PAGE_WRITE, [1] = CDR_PAGE05_SIZE - 2,
	[3] = 0x04, [4] = 0x08, [5] = 0x10, [15] = CDR_PREGAP,
};

static const u8 changeable05[CDR_PAGE05_SIZE] = {
	[0] = PAGE_WRITE, [1] = CDR_PAGE05_SIZE - 2,
	[2] = 0x7f, [3] = 0xff, [4] = 0x0f, [5] = 0xff, [7] = 0x3f, [8] = 0xff,
	[10 ... 15] = 0xff, [16] = 0x80, [17 ... 29] = 0xff, [31] = 0xff,
	[32] = 0x80, [33 ... 44] = 0xff, [46] = 0xff, [48 ... 51] = 0xff,
};

static const u8 default01[12] = { 0x01, 10, 0x80, 8, [8] = 1 };
static const u8 changeable01[12] = { 0x01, 10, 0xf7, 0xff, [8] = 0xff };
static const u8 default0d[8] = { 0x0d, 6, 0, 7, 0, 60, 0, 75 };
static const u8 changeable0d[8] = { 0x0d, 6, 0, 0x0f };
static const u8 default0e[16] = { 0x0e, 14, 4, [8] = 1, 0xff, 2, 0xff };
static const u8 changeable0e[16] = { 0x0e, 14, 2, [8] = 0x0f, 0xff, 0x0f, 0xff };

struct mode_page {
	u8 size;
	const u8 *initial;
	const u8 *changeable;
	u16 offset;		/* of the current values in struct cdr_drive */
};

static const struct mode_page pages[] = {
	{ sizeof(default01), default01, changeable01, offsetof(struct cdr_drive, pages.p01) },
	{ sizeof(default05), default05, changeable05, offsetof(struct cdr_drive, pages.p05) },
	{ sizeof(default0d), default0d, changeable0d, offsetof(struct cdr_drive, pages.p0d) },
	{ sizeof(default0e), default0e, changeable0e, offsetof(struct cdr_drive, pages.p0e) },
};

static u8 *page_values(struct cdr_drive *d, const struct mode_page *page)
{
	return (u8 *)d + page->offset;
}

/**
 * cdr_mode_setup() - initialise the mode pages of a new drive
 * @d:	the drive
 */
void cdr_mode_setup(struct cdr_drive *d)
{
	memcpy(d->pages.saved05, default05, sizeof(default05));
	cdr_mode_reset(d);
}

/**
 * cdr_mode_reset_write() - reset the write parameters to the saved values, or to the defaults
 * @d:	the drive
 */
void cdr_mode_reset_write(struct cdr_drive *d)
{
	memcpy(d->pages.p05, d->pages.saved05, sizeof(d->pages.p05));
	if (d->habits.fixed_bufe)
		d->pages.p05[2] |= PAGE05_BUFE;
	d->pages.set05 = false;
}

/**
 * cdr_mode_reset() - reset all mode pages to the saved values, or to the defaults
 * @d:	the drive
 */
void cdr_mode_reset(struct cdr_drive *d)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(pages); i++)
		memcpy(page_values(d, &pages[i]), pages[i].initial, pages[i].size);
	cdr_mode_reset_write(d);
}

/**
 * cdr_speed_limit() - the fastest write speed for the medium in the drive
 * @d:	the drive
 *
 * Return: the factor of 1x
 */
u8 cdr_speed_limit(const struct cdr_drive *d)
{
	const struct cdr_config *c = &d->config;
	int i = c->nspeeds - 1;

	if (d->disc && d->disc->medium == CDR_MEDIUM_RW)
		while (i && c->speeds[i] > REWRITE_LIMIT)
			i--;
	return c->speeds[i];
}

/* Some drives do not return the MCN and the ISRC that were sent. */
static void hide_codes(u8 *p)
{
	memset(p + 16, 0, 16);
	memset(p + 32, 0, 13);
}

static bool bufe_changeable(const struct cdr_drive *d)
{
	return d->config.underrun_free && !d->habits.fixed_bufe;
}

static u32 sense_page05(struct cdr_drive *d, u8 pc, u8 *p)
{
	if (pc == PC_SAVED)
		memcpy(p, d->pages.saved05, CDR_PAGE05_SIZE);
	if (pc == PC_CURRENT && !d->habits.echo_codes)
		hide_codes(p);
	if (pc == PC_CHANGEABLE && !bufe_changeable(d))
		p[2] &= ~PAGE05_BUFE;
	if (pc == PC_DEFAULT && d->habits.fixed_bufe)
		p[2] |= PAGE05_BUFE;
	if (d->habits.page05_saved)
		p[0] |= PAGE_PS;
	return CDR_PAGE05_SIZE;
}

static u32 sense_page(struct cdr_drive *d, const struct mode_page *page, u8 pc, u8 *p)
{
	const u8 *from = page_values(d, page);

	if (pc == PC_CHANGEABLE)
		from = page->changeable;
	else if (pc == PC_DEFAULT)
		from = page->initial;
	memcpy(p, from, page->size);
	return page->initial == default05 ? sense_page05(d, pc, p) : page->size;
}

static u32 put_speed_list(struct cdr_drive *d, u8 *p)
{
	const struct cdr_config *c = &d->config;
	u8 limit = cdr_speed_limit(d);
	u32 n = 0;
	int i;

	if (d->habits.caps_speeds == CDR_CAPS_NONE)
		return 0;
	for (i = c->nspeeds - 1; i >= 0; i--) {
		if (c->speeds[i] > limit)
			continue;
		put_unaligned_be16(cdr_speed_kb(c->speeds[i]), p + 4 * n++ + 2);
		if (d->habits.caps_speeds == CDR_CAPS_MAX)
			break;
	}
	return n;
}

/* The capabilities: nothing in this page can be changed. */
static u32 sense_caps(struct cdr_drive *d, u8 pc, u8 *p)
{
	u32 n, fastest = cdr_speed_kb(cdr_speed_limit(d)), now = cdr_speed_kb(d->laser.write_x);
	u32 buffer = d->habits.caps_buffer ?: d->config.buffer_size / 1024;

	memset(p, 0, 32 + 4 * CDR_SPEEDS);
	n = put_speed_list(d, p + 32);
	p[0] = PAGE_CAPS;
	p[1] = 30 + 4 * n;
	if (pc == PC_CHANGEABLE) {
		memset(p + 2, 0, p[1]);
		return 2 + p[1];
	}
	p[2] = 0x07;			/* reads CD-R and CD-RW */
	p[3] = 0x07;			/* writes both, supports test writing */
	p[4] = 0x50 | d->config.underrun_free << 7;
	p[5] = 0x63;			/* CD-DA, accurate, ISRC, UPC */
	p[6] = 1 << 5 | 1 << 3 | (d->tray.locked || d->tray.locked_persistent) << 1 | 1;
	put_unaligned_be16(fastest, p + 8);
	put_unaligned_be16(min_t(u32, buffer, 0xffff), p + 12);
	put_unaligned_be16(fastest, p + 14);
	put_unaligned_be16(fastest, p + 18);
	put_unaligned_be16(now, p + 20);
	put_unaligned_be16(1, p + 22);
	p[27] = d->laser.rotation;
	put_unaligned_be16(now, p + 28);
	put_unaligned_be16(n, p + 30);
	return 2 + p[1];
}

/* MODE SENSE(10) */
int cdr_mode_sense(struct cdr_drive *d, struct cdr_cmd *cmd)
{
	const u8 *cdb = cdr_cdb(cmd);
	u8 code = cdb[2] & 0x3f, pc = cdb[2] >> 6;
	u32 len = HEADER_SIZE;
	int i;

	if (pc == PC_SAVED && !(d->habits.page05_saved && code == PAGE_WRITE))
		return CDR_NOT_SAVEABLE;
	if (cdb[3])
		return CDR_BAD_FIELD;
	memset(d->reply, 0, HEADER_SIZE);
	for (i = 0; i < ARRAY_SIZE(pages); i++) {
		if (code == PAGE_ALL || code == pages[i].initial[0])
			len += sense_page(d, &pages[i], pc, d->reply + len);
	}
	if (code == PAGE_ALL || code == PAGE_CAPS)
		len += sense_caps(d, pc, d->reply + len);
	if (len == HEADER_SIZE)
		return CDR_BAD_FIELD;
	put_unaligned_be16(len - 2, d->reply);
	return cdr_reply(d, cmd, len, get_unaligned_be16(&cdb[7]));
}

/*
 * Audio wants raw blocks, data those of mode 1; no other kind is recorded. In session-at-once
 * the cue sheet has the tracks' modes, and wodim asks for it with any of these types; 2 and 3
 * say that the lead-in has R to W.
 */
static bool track_mode_valid(const u8 *page)
{
	u8 mode = page[3] & 0x0f, block = page[4] & 0x0f;

	if ((page[2] & 0x0f) == 2)
		return block == 0 || block == 2 || block == 3 || block == 8;
	if (mode < 4)
		return block == 0;
	return (mode == 4 || mode == 6) && block == 8;
}

static bool session_format_valid(struct cdr_drive *d, const u8 *page)
{
	const struct cdr_disc *disc = cdr_medium(d);
	u8 format = page[8];

	if (format != 0x00 && format != 0x10 && format != 0x20)
		return false;
	return !disc || !disc->ntracks || disc->session[0].format == format;
}

static bool write_type_valid(const struct cdr_drive *d, u8 type)
{
	return type == 1 || (type == 2 && d->habits.session_at_once);
}

/* Only track-at-once and session-at-once are supported, with the options that they need. */
static bool write_page_valid(struct cdr_drive *d, const u8 *page)
{
	if (!write_type_valid(d, page[2] & 0x0f) || page[2] & 0x20)	/* LS_V */
		return false;
	if (!bufe_changeable(d) && !!(page[2] & PAGE05_BUFE) != d->habits.fixed_bufe)
		return false;
	if (page[3] >> 6 == 2 || page[3] & 0x20)	/* multi-session, FP */
		return false;
	if (page[16] & 0x80 && !cdr_mcn_valid(page + 17))
		return false;
	if (page[32] & 0x80 && !cdr_isrc_valid(page + 33))
		return false;
	return track_mode_valid(page) && session_format_valid(d, page);
}

/* Bits that can't be changed must have their current value. */
static bool page_changeable(struct cdr_drive *d, const struct mode_page *page, const u8 *p)
{
	const u8 *now = page_values(d, page);
	int i;

	for (i = 2; i < page->size; i++)
		if ((p[i] ^ now[i]) & ~page->changeable[i])
			return false;
	return true;
}

static int select_page(struct cdr_drive *d, const u8 *p, u32 left)
{
	const struct mode_page *page = NULL;
	int i;

	for (i = 0; i < ARRAY_SIZE(pages); i++)
		if (p[0] == pages[i].initial[0])
			page = &pages[i];
	if (!page || left < 2 || p[1] != page->size - 2)
		return CDR_BAD_PARAMETER;
	if (left < page->size)
		return CDR_LIST_LENGTH;
	if (!page_changeable(d, page, p))
		return CDR_BAD_PARAMETER;
	if (p[0] == PAGE_WRITE) {
		if (d->laser.writing)
			return CDR_BAD_SEQUENCE;
		if (!write_page_valid(d, p))
			return CDR_BAD_PARAMETER;
		d->pages.set05 = true;
		d->sheet.ntracks = 0;
	}
	memcpy(page_values(d, page), p, page->size);
	return page->size;
}

/**
 * cdr_mode_select() - MODE SELECT(10)
 * @d:		the drive
 * @cmd:	the command
 *
 * Only the write parameters can be saved, in some drives. There are no block descriptors, and the
 * mode data length is reserved.
 *
 * Return: 0 or a sense code
 */
int cdr_mode_select(struct cdr_drive *d, struct cdr_cmd *cmd)
{
	const u8 *cdb = cdr_cdb(cmd);
	u32 len = get_unaligned_be16(&cdb[7]), at = HEADER_SIZE;
	bool save = cdb[1] & 1;
	u8 *list = d->reply;
	int ret;

	if (!(cdb[1] & 0x10) || (save && !d->habits.page05_saved))
		return CDR_BAD_FIELD;
	if (!len)
		return 0;
	if (len < HEADER_SIZE || len > LIST_SIZE || cdr_fetch(cmd, list, len) < len)
		return CDR_LIST_LENGTH;
	if (get_unaligned_be16(list) || get_unaligned_be16(list + 6))
		return CDR_BAD_PARAMETER;
	while (at < len) {
		ret = select_page(d, list + at, len - at);
		if (ret >= CDR_SENSE(1, 0, 0))
			return ret;
		at += ret;
	}
	if (save)
		memcpy(d->pages.saved05, d->pages.p05, sizeof(d->pages.saved05));
	return 0;
}
