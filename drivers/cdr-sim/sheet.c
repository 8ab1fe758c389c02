// SPDX-License-Identifier: GPL-2.0-only
/*
 * The cue sheet of SEND CUE SHEET (MMC-5, 6.33): checks it, and computes the layout of the
 * session. Nothing here changes a disc.
 */

#include <linux/minmax.h>
#include <linux/string.h>

#include "compat.h"
#include "cdr-sim.h"

#define ENTRY_SIZE	8
#define LEADOUT_TRACK	0xaa
#define SCMS_COPY	0x80
#define MAX_INDEX	99

#define ADR_POSITION	1
#define ADR_MCN		2
#define ADR_ISRC	3

/* Audio in the CONTROL nibble: two channels, no data. */
#define CONTROL_OTHER	(8 | 4)

/* Data forms; the others are for data tracks and for sub-channels sent with the audio. */
#define FORM_AUDIO	0x00
#define FORM_BY_DRIVE	0x01
#define FORM_TEXT	0x41

/**
 * struct sheet_reader - state of the parser of a cue sheet
 * @d:		the drive that it is for
 * @sheet:	the result
 * @at:		next entry
 * @end:	end of the last entry
 * @now:	lowest address that the next entry may have
 */
struct sheet_reader {
	const struct cdr_drive *d;
	struct cdr_sheet *sheet;
	const u8 *at;
	const u8 *end;
	s32 now;
};

static bool more(const struct sheet_reader *r)
{
	return r->at < r->end;
}

static u8 adr(const u8 *entry)
{
	return entry[0] & 0x0f;
}

static u8 control(const u8 *entry)
{
	return entry[0] >> 4;
}

/* Get the address of an entry; the next one must be at least @least sectors behind it. */
static bool take_address(struct sheet_reader *r, s32 *lba, s32 least)
{
	const u8 *msf = r->at + 5;

	if (msf[1] > 59 || msf[2] >= CDR_SECTORS_PER_SECOND)
		return false;
	*lba = (msf[0] * 60 + msf[1]) * CDR_SECTORS_PER_SECOND + msf[2] - CDR_PREGAP;
	if (*lba < r->now)
		return false;
	r->now = *lba + least;
	return true;
}

static bool take_mcn(struct sheet_reader *r)
{
	const u8 *first = r->at, *second = r->at + ENTRY_SIZE;
	char *mcn = r->sheet->mcn;

	if (!more(r) || adr(first) != ADR_MCN)
		return true;
	if (second >= r->end || adr(second) != ADR_MCN)
		return false;
	memcpy(mcn, first + 1, 7);
	memcpy(mcn + 7, second + 1, 6);
	r->at += 2 * ENTRY_SIZE;
	return !second[7] && cdr_mcn_valid(mcn);
}

/* The start of the lead-in according to its entry: some drives need 0, others the real address. */
static bool text_address_valid(const struct cdr_drive *d, const u8 *msf)
{
	static const u8 zero[3];
	u8 block = d->pages.p05[4] & 0x0f, start[3];
	bool real, none = !memcmp(msf, zero, 3), sub = block == 2 || block == 3;

	cdr_put_msf(start, CDR_ATIP_LEADIN);
	real = !memcmp(msf, start, 3);
	switch (d->habits.text) {
	case CDR_TEXT_REAL:
		return real && sub;
	case CDR_TEXT_ZERO:
		return none && !sub;
	case CDR_TEXT_REAL_0:
		return real && !sub;
	case CDR_TEXT_ZERO_3:
		return none && sub;
	case CDR_TEXT_ANY:
		return real || none;
	default:
		return false;
	}
}

/* The drive makes lead-in and lead-out; some drives also accept the audio form there. */
static bool frame_form_valid(struct sheet_reader *r, u8 form)
{
	if (form == FORM_AUDIO && r->d->habits.form_00 != CDR_FORM_REFUSE) {
		r->sheet->mute |= r->d->habits.form_00 == CDR_FORM_MUTE;
		return true;
	}
	return form == FORM_BY_DRIVE;
}

static bool take_leadin(struct sheet_reader *r)
{
	const u8 *e = r->at;

	if (!more(r) || adr(e) != ADR_POSITION || e[1] || e[2] || e[4])
		return false;
	r->sheet->text = e[3] == FORM_TEXT;
	if (r->sheet->text) {
		if (r->sheet->start != -CDR_PREGAP || !text_address_valid(r->d, e + 5))
			return false;
	} else if (!frame_form_valid(r, e[3]) || e[5] || e[6] || e[7]) {
		return false;
	}
	r->at += ENTRY_SIZE;
	return !(control(e) & CONTROL_OTHER);
}

/* The ISRC precedes the first entry of its track; drives differ in the CONTROL that they accept. */
static bool take_isrc(struct sheet_reader *r, char *isrc, u8 *isrc_control)
{
	const u8 *first = r->at, *second = r->at + ENTRY_SIZE;

	*isrc_control = 0;
	if (adr(first) != ADR_ISRC)
		return true;
	if (second >= r->end || second[0] != first[0] || second[1] != first[1])
		return false;
	*isrc_control = control(first);
	memcpy(isrc, first + 2, 6);
	memcpy(isrc + 6, second + 2, 6);
	r->at += 2 * ENTRY_SIZE;
	return more(r) && r->at[1] == first[1] && cdr_isrc_valid(isrc) &&
	       !(*isrc_control && r->d->habits.isrc_plain);
}

static bool index_entry(const struct sheet_reader *r, const u8 *first)
{
	return more(r) && r->at[1] == first[1] && adr(r->at) == ADR_POSITION;
}

/* An index of a track: must be audio, and agree with the other entries of the track. */
static bool index_valid(const u8 *e, const u8 *first)
{
	return e[0] == first[0] && !(control(e) & CONTROL_OTHER) && !(e[4] & ~SCMS_COPY) &&
	       (e[3] == FORM_AUDIO || (e[3] == FORM_BY_DRIVE && !e[2]));
}

static bool take_pregap(struct sheet_reader *r, s32 *lba)
{
	struct cdr_sheet *s = r->sheet;
	bool first = s->ntracks == 1;

	if (r->at[2])
		return !first && !r->d->habits.need_gap && !r->d->habits.need_index_0;
	if (!take_address(r, lba, 0) || (first && *lba != s->start))
		return false;
	if (r->at[3] == FORM_BY_DRIVE)
		__set_bit(s->ntracks, s->by_drive);
	r->at += ENTRY_SIZE;
	return true;
}

static bool take_mark(struct sheet_reader *r, u8 index)
{
	struct cdr_sheet *s = r->sheet;
	struct cdr_mark *mark = &s->mark[s->nmarks];

	if (r->at[2] != index || index > MAX_INDEX ||
	    r->d->disc->nmarks + s->nmarks == CDR_MARKS || !take_address(r, &mark->lba, 1))
		return false;
	mark->track = s->ntracks;
	mark->index = index;
	s->nmarks++;
	r->at += ENTRY_SIZE;
	return true;
}

static bool take_indices(struct sheet_reader *r, struct cdr_track *track)
{
	const u8 *first = r->at, *e;
	s32 gap_start = S32_MIN;
	u8 index = 1;

	if (!index_entry(r, first) || !index_valid(first, first) ||
	    !take_pregap(r, &gap_start))
		return false;
	for (; index_entry(r, first); index++) {
		e = r->at;
		if (!index_valid(e, first))
			return false;
		if (index > 1) {
			if (!take_mark(r, index))
				return false;
			continue;
		}
		if (e[2] != 1 || !take_address(r, &track->start, 1))
			return false;
		r->at += ENTRY_SIZE;
	}
	track->control = control(first);
	track->pregap = gap_start == S32_MIN ? 0 : track->start - gap_start;
	return index > 1 && (track->pregap || !r->d->habits.need_gap);
}

/* A track ends where the next one or the lead-out begins. */
static bool end_track(struct cdr_track *track, s32 end)
{
	track->length = end - track->start;
	return track->length >= CDR_MIN_TRACK;
}

static bool take_track(struct sheet_reader *r)
{
	struct cdr_sheet *s = r->sheet;
	u8 number, isrc_control;
	struct cdr_track *track;

	if (!s->number)
		s->number = r->at[1];
	number = s->number + s->ntracks;
	if (!number || number > CDR_TRACKS || r->at[1] != number)
		return false;
	track = &s->track[s->ntracks++];
	if (!take_isrc(r, track->isrc, &isrc_control) || !take_indices(r, track))
		return false;
	if (isrc_control && isrc_control != track->control)
		return false;
	if (s->ntracks == 1)
		return track->pregap >= CDR_PREGAP;
	return end_track(track - 1, track->start - (s32)track->pregap);
}

static bool take_leadout(struct sheet_reader *r)
{
	struct cdr_sheet *s = r->sheet;
	const u8 *e = r->at;

	if (adr(e) != ADR_POSITION || control(e) & CONTROL_OTHER || e[2] != 1 || e[4] ||
	    !frame_form_valid(r, e[3]) || !take_address(r, &s->leadout, 0))
		return false;
	r->at += ENTRY_SIZE;
	return !more(r) && s->leadout <= r->d->disc->last_leadout &&
	       end_track(&s->track[s->ntracks - 1], s->leadout);
}

static bool take_all(struct sheet_reader *r)
{
	if (!take_mcn(r) || !take_leadin(r))
		return false;
	while (more(r) && r->at[1] != LEADOUT_TRACK)
		if (!take_track(r))
			return false;
	return more(r) && r->sheet->ntracks && take_leadout(r);
}

/**
 * cdr_sheet_read() - read a cue sheet
 * @d:		the drive that it is for, with a disc that can take another session
 * @list:	the entries
 * @len:	their size in bytes, a multiple of 8
 * @sheet:	the result; has no tracks if the cue sheet is invalid
 *
 * Return: whether it is valid
 */
bool cdr_sheet_read(const struct cdr_drive *d, const u8 *list, u32 len, struct cdr_sheet *sheet)
{
	struct sheet_reader r = { .d = d, .sheet = sheet, .at = list, .end = list + len };
	struct cdr_disc *disc = d->disc;

	memset(sheet, 0, sizeof(*sheet));
	sheet->start = cdr_disc_next_start(disc) - CDR_PREGAP;
	sheet->number = disc->ntracks ? cdr_number(disc, disc->ntracks + 1) : 0;
	r.now = sheet->start;
	if (take_all(&r))
		return true;
	sheet->ntracks = 0;
	return false;
}
