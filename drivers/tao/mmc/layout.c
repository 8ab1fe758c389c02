// SPDX-License-Identifier: GPL-2.0-only
/*
 * The layout of a session at once: the checks, the cue sheet (MMC-5, 6.33) and the lead-in with
 * CD-TEXT. It knows neither drive nor user memory.
 */
#ifdef __KERNEL__
#include <linux/errno.h>
#include <linux/string.h>
#endif
#include "mmc.h"
#include "layout.h"

#define ENTRY_BYTES	8
#define ADR_POSITION	1
#define ADR_MCN		2
#define ADR_ISRC	3
#define FORM_AUDIO	0x00
#define FORM_BY_DRIVE	0x01
#define FORM_TEXT	0x41
#define LEAD_OUT	0xaa
#define PREGAP		150	/* before the first track: the module's own silence */
#define MSF_WRAP	450000	/* from here on, minutes count through the lead-in */
#define MARK_FIRST	2
#define MARKS_MAX	98
#define PACK_BYTES	TAO_TEXT_PACK_BYTES
#define PACK_CRC	16
#define SYMBOLS		24	/* of six bits, a pack */

/* --- numbers ---------------------------------------------------------------------------------- */

/**
 * tao_plan_sectors - the audio of the session: from address 0 to the lead-out
 * @plan: the plan
 */
u32 tao_plan_sectors(const struct tao_plan *plan)
{
	u32 sectors = 0, i;

	for (i = 0; i < plan->layout.tracks_count; i++)
		sectors += plan->tracks[i].pregap_sectors + plan->tracks[i].sectors;
	return sectors;
}

/**
 * tao_plan_number - the number of a track
 * @plan: the plan
 * @track: which, from 0 on
 */
u8 tao_plan_number(const struct tao_plan *plan, u32 track)
{
	return (plan->layout.first_track ?: 1) + track;
}

/**
 * tao_plan_control - the CONTROL of a track in the Q sub-channel
 * @plan: the plan
 * @track: which, from 0 on
 */
u8 tao_plan_control(const struct tao_plan *plan, u32 track)
{
	u32 flags = plan->tracks[track].flags;

	return (flags & TAO_TRACK_PRE_EMPHASIS ? TAO_CONTROL_PRE_EMPHASIS : 0) |
	       (flags & TAO_TRACK_COPY_PERMITTED ? TAO_CONTROL_COPY_PERMITTED : 0);
}

/**
 * tao_plan_start - where a track begins, its index 1
 * @plan: the plan
 * @track: which, from 0 on; their number: the lead-out
 */
s32 tao_plan_start(const struct tao_plan *plan, u32 track)
{
	s32 lba = 0;
	u32 i;

	for (i = 0; i < track; i++)
		lba += plan->tracks[i].pregap_sectors + plan->tracks[i].sectors;
	if (track < plan->layout.tracks_count)
		lba += plan->tracks[track].pregap_sectors;
	return lba;
}

/**
 * tao_plan_track_at - the track that an address belongs to, its pregap included
 * @plan: the plan
 * @lba: the address
 *
 * Return: which, from 0 on.
 */
u32 tao_plan_track_at(const struct tao_plan *plan, s32 lba)
{
	s32 end = 0;
	u32 i;

	for (i = 0; i + 1 < plan->layout.tracks_count; i++) {
		end += plan->tracks[i].pregap_sectors + plan->tracks[i].sectors;
		if (lba < end)
			break;
	}
	return i;
}

/* --- checks ----------------------------------------------------------------------------------- */

static bool isrc_sound(const struct tao_layout_track *t)
{
	if (!memchr(t->isrc, '\0', sizeof(t->isrc)))
		return false;
	return t->flags & TAO_TRACK_ISRC ? tao_isrc_valid(t->isrc) : !t->isrc[0];
}

/* Marks ascend, behind the start of their track and before its end. */
static bool marks_sound(const struct tao_layout_track *t, const u32 *marks)
{
	u32 before = 0, i;

	if (t->marks_count > MARKS_MAX)
		return false;
	for (i = 0; i < t->marks_count; i++) {
		if (marks[i] <= before || marks[i] >= t->sectors)
			return false;
		before = marks[i];
	}
	return true;
}

static bool track_sound(const struct tao_layout_track *t)
{
	return !(t->flags & ~TAO_LAYOUT_TRACK_FLAGS) && !t->reserved[0] && !t->reserved[1] &&
	       t->sectors >= TAO_TRACK_MIN_SECTORS && t->sectors <= TAO_LAYOUT_SECTORS_MAX &&
	       t->pregap_sectors <= TAO_LAYOUT_SECTORS_MAX && isrc_sound(t);
}

static bool pack_sound(const u8 *pack)
{
	u16 crc = 0;
	int i, bit;

	for (i = 0; i < PACK_CRC; i++) {
		crc ^= pack[i] << 8;
		for (bit = 0; bit < 8; bit++)
			crc = crc << 1 ^ (crc & 0x8000 ? 0x1021 : 0);
	}
	crc = ~crc;
	return (pack[0] & 0xf0) == 0x80 && pack[PACK_CRC] == crc >> 8 &&
	       pack[PACK_CRC + 1] == (crc & 0xff);
}

static bool text_sound(const struct tao_plan *plan)
{
	u32 i;

	for (i = 0; i < plan->layout.text_bytes; i += PACK_BYTES)
		if (!pack_sound(plan->text + i))
			return false;
	return true;
}

/**
 * tao_plan_check - whether a session can be laid out like that
 * @plan: the plan, its counts within the limits of the interface
 *
 * Return: 0, or -EINVAL.
 */
int tao_plan_check(const struct tao_plan *plan)
{
	const struct tao_layout *l = &plan->layout;
	u32 marks = 0, i;

	if (tao_plan_number(plan, l->tracks_count - 1) > TAO_TRACKS_MAX)
		return -EINVAL;
	for (i = 0; i < l->tracks_count; i++) {
		const struct tao_layout_track *t = &plan->tracks[i];

		if (!track_sound(t) || t->marks_count > l->marks_count - marks ||
		    !marks_sound(t, plan->marks + marks))
			return -EINVAL;
		marks += t->marks_count;
	}
	if (marks != l->marks_count || tao_plan_sectors(plan) > TAO_LAYOUT_SECTORS_MAX)
		return -EINVAL;
	return text_sound(plan) ? 0 : -EINVAL;
}

/* --- the cue sheet ---------------------------------------------------------------------------- */

static void put_msf(u8 *p, u32 frames)
{
	p[0] = frames / (60 * TAO_SECTORS_PER_SECOND);
	p[1] = frames / TAO_SECTORS_PER_SECOND % 60;
	p[2] = frames % TAO_SECTORS_PER_SECOND;
}

static u8 *put_entry(u8 *e, u8 control, u8 number, u8 index, u8 form, s32 lba)
{
	e[0] = control << 4 | ADR_POSITION;
	e[1] = number;
	e[2] = index;
	e[3] = form;
	e[4] = 0;
	put_msf(e + 5, lba + PREGAP);
	return e + ENTRY_BYTES;
}

static u8 *put_mcn(u8 *e, const char *mcn)
{
	if (!*mcn)
		return e;
	e[0] = ADR_MCN;
	memcpy(e + 1, mcn, 7);
	e += ENTRY_BYTES;
	e[0] = ADR_MCN;
	memcpy(e + 1, mcn + 7, 6);
	e[7] = 0;
	return e + ENTRY_BYTES;
}

static u8 *put_isrc(u8 *e, const struct tao_layout_track *t, u8 control, u8 number)
{
	int half;

	if (!(t->flags & TAO_TRACK_ISRC))
		return e;
	for (half = 0; half < 2; half++) {
		e[0] = control << 4 | ADR_ISRC;
		e[1] = number;
		memcpy(e + 2, t->isrc + 6 * half, 6);
		e += ENTRY_BYTES;
	}
	return e;
}

static u8 *put_lead_in(u8 *e, const struct tao_plan *plan, bool real)
{
	u8 form = plan->layout.text_bytes ? FORM_TEXT : FORM_BY_DRIVE;

	put_entry(e, 0, 0, 0, form, -PREGAP);
	if (real)
		put_msf(e + 5, plan->lead_in_lba + PREGAP + MSF_WRAP);
	return e + ENTRY_BYTES;
}

/* The length of a pregap as the sheet has it. */
static u32 sheet_pregap(const struct tao_plan *plan, u32 track, unsigned int form)
{
	u32 pregap = plan->tracks[track].pregap_sectors;

	if (!track)
		return pregap + PREGAP;
	return pregap ?: form & TAO_SHEET_GAP_1 ? 1 : 0;
}

static bool sheet_has_index_0(const struct tao_plan *plan, u32 track, unsigned int form)
{
	return sheet_pregap(plan, track, form) || form & TAO_SHEET_INDEX_0;
}

static u8 *put_track(u8 *e, const struct tao_plan *plan, u32 track, const u32 *marks,
		     unsigned int form)
{
	const struct tao_layout_track *t = &plan->tracks[track];
	u8 number = tao_plan_number(plan, track), control = tao_plan_control(plan, track);
	s32 start = tao_plan_start(plan, track);
	u32 i;

	e = put_isrc(e, t, form & TAO_SHEET_ISRC_PLAIN ? 0 : control, number);
	if (sheet_has_index_0(plan, track, form))
		e = put_entry(e, control, number, 0, FORM_AUDIO,
			      start - (s32)sheet_pregap(plan, track, form));
	e = put_entry(e, control, number, 1, FORM_AUDIO, start);
	for (i = 0; i < t->marks_count; i++)
		e = put_entry(e, control, number, MARK_FIRST + i, FORM_AUDIO,
			      start + (s32)marks[i]);
	return e;
}

/**
 * tao_plan_sheet_bytes - how long a cue sheet is
 * @plan: the plan
 * @form: TAO_SHEET_*
 */
unsigned int tao_plan_sheet_bytes(const struct tao_plan *plan, unsigned int form)
{
	unsigned int entries = 2 + plan->layout.tracks_count + plan->layout.marks_count;
	u32 i;

	if (*plan->mcn)
		entries += 2;
	for (i = 0; i < plan->layout.tracks_count; i++) {
		entries += plan->tracks[i].flags & TAO_TRACK_ISRC ? 2 : 0;
		entries += sheet_has_index_0(plan, i, form);
	}
	return entries * ENTRY_BYTES;
}

/**
 * tao_plan_sheet - the cue sheet
 * @plan: the plan
 * @form: TAO_SHEET_*
 * @real_lead_in: the lead-in has its true address, not 00:00:00
 * @sheet: returned: tao_plan_sheet_bytes() of it
 */
void tao_plan_sheet(const struct tao_plan *plan, unsigned int form, bool real_lead_in, u8 *sheet)
{
	const u32 *marks = plan->marks;
	u8 *e = sheet;
	u32 i;

	e = put_mcn(e, plan->mcn);
	e = put_lead_in(e, plan, real_lead_in);
	for (i = 0; i < plan->layout.tracks_count; i++) {
		e = put_track(e, plan, i, marks, form);
		marks += plan->tracks[i].marks_count;
	}
	put_entry(e, 0, LEAD_OUT, 1, FORM_BY_DRIVE, tao_plan_start(plan, i));
}

/* --- the lead-in ------------------------------------------------------------------------------ */

/* 18 bytes as 24 symbols of six bits, the most significant first; the drive makes P and Q. */
static void put_symbols(u8 *symbol, const u8 *pack)
{
	int i;

	for (i = 0; i < SYMBOLS / 4; i++, symbol += 4, pack += 3) {
		symbol[0] = pack[0] >> 2;
		symbol[1] = (pack[0] & 0x03) << 4 | pack[1] >> 4;
		symbol[2] = (pack[1] & 0x0f) << 2 | pack[2] >> 6;
		symbol[3] = pack[2] & 0x3f;
	}
}

/**
 * tao_plan_lead_in - a sector of the lead-in with CD-TEXT
 * @plan: the plan, which has text
 * @sector: which, from the start of the lead-in on: the packs go round
 * @block: returned: %TAO_LEAD_IN_BYTES
 */
void tao_plan_lead_in(const struct tao_plan *plan, u32 sector, u8 *block)
{
	u32 packs = plan->layout.text_bytes / PACK_BYTES, i;

	for (i = 0; i < TAO_LEAD_IN_BYTES / SYMBOLS; i++)
		put_symbols(block + i * SYMBOLS,
			    plan->text + (sector * 4 + i) % packs * PACK_BYTES);
}
