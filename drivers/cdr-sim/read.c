// SPDX-License-Identifier: GPL-2.0-only
/* The commands that read sectors. */

#include <linux/minmax.h>

#include "compat.h"
#include "cdr-sim.h"

#define C2_POINTERS	294
#define C2_AND_BLOCK	296
#define Q_SIZE		16
#define RAW_SUB_SIZE	96

/* READ CD's expected sector types. */
enum sector_type {
	TYPE_ANY,
	TYPE_AUDIO,
	TYPE_MODE1,
};

/* READ CD's byte 9. */
#define WANT_SYNC	0x80
#define WANT_HEADER	0x20
#define WANT_USER	0x10
#define WANT_EDC	0x08
#define WANT_C2		0x06

/* The place of a sector in or around a track. */
enum place {
	PLACE_DATA,
	PLACE_PREGAP,
	PLACE_RUNOUT,
	PLACE_NONE,
};

static enum place place_of(struct cdr_disc *disc, s32 lba, const struct cdr_track **found)
{
	int i;

	for (i = 0; i < disc->ntracks; i++) {
		const struct cdr_track *track = &disc->track[i];
		s32 end = cdr_track_end(track);

		*found = track;
		if (track->open || lba < track->start - (s32)track->pregap)
			break;
		if (lba < track->start)
			return PLACE_PREGAP;
		if (lba < end)
			return PLACE_DATA;
		if (lba < end + track->runout)
			return PLACE_RUNOUT;
	}
	return PLACE_NONE;
}

/* Some drives can only read tracks that are in the table of contents. */
static bool readable(const struct cdr_drive *d, const struct cdr_track *track)
{
	return d->habits.read_open || d->disc->session[track->session - 1].closed;
}

/*
 * Find the track that a sector belongs to; @begins: the command starts with this sector. No seek
 * finds a lead-in, lead-out or run-out. When reading audio, many drives can pass over a run-out.
 */
static int find_sector(struct cdr_drive *d, s32 lba, bool begins,
		       const struct cdr_track **found)
{
	if (d->disc->half_blank)
		return CDR_NO_TOC;
	switch (place_of(d->disc, lba, found)) {
	case PLACE_DATA:
	case PLACE_PREGAP:
		return readable(d, *found) ? 0 : CDR_ILLEGAL_MODE;
	case PLACE_RUNOUT:
		if (begins || d->habits.strict_runout || cdr_track_is_data(*found))
			return CDR_ILLEGAL_MODE;
		return 0;
	default:
		if (lba < -CDR_PREGAP || lba >= cdr_disc_end(d->disc))
			return CDR_OUT_OF_RANGE;
		return CDR_ILLEGAL_MODE;
	}
}

/* Reading needs the laser, which may be busy writing. */
static int read_state(const struct cdr_drive *d)
{
	return d->laser.writing ? CDR_BAD_SEQUENCE : 0;
}

/**
 * cdr_read() - READ(10) and READ(12): user data of data sectors
 * @d:		the drive
 * @cmd:	the command
 *
 * Return: 0 or a sense code
 */
int cdr_read(struct cdr_drive *d, struct cdr_cmd *cmd)
{
	const u8 *cdb = cdr_cdb(cmd);
	s32 lba = get_unaligned_be32(&cdb[2]);
	u32 count = cdb[0] == 0xa8 ? get_unaligned_be32(&cdb[6]) : get_unaligned_be16(&cdb[7]);
	const struct cdr_track *track;
	u32 i, room = scsi_bufflen(cdr_scmd(cmd));
	int ret = read_state(d);

	for (i = 0; !ret && i < count && i * CDR_COOKED < room; i++) {
		ret = find_sector(d, lba + (s32)i, !i, &track);
		if (!ret && !cdr_track_is_data(track))
			ret = CDR_ILLEGAL_MODE;
		if (ret)
			break;
		d->pickup = lba + (s32)i;
		cdr_disc_load(d->disc, cdr_disc_pos(lba + (s32)i) + CDR_COOKED_OFFSET,
			      d->reply, CDR_COOKED);
		ret = cdr_reply_part(cmd, d->reply, CDR_COOKED, i * CDR_COOKED);
	}
	return ret;
}

static u32 audio_main(struct cdr_drive *d, s32 lba, u8 want, u8 *p)
{
	s64 pos = (s64)cdr_disc_pos(lba) + (s64)d->habits.read_offset * CDR_SAMPLE;
	u32 before;

	if (!(want & WANT_USER))
		return 0;
	before = pos < 0 ? min_t(s64, -pos, CDR_RAW) : 0;
	memset(p, 0, before);
	cdr_disc_load(d->disc, pos + before, p + before, CDR_RAW - before);
	return CDR_RAW;
}

static u32 put_part(u8 *to, const u8 *from, u32 len, bool wanted)
{
	if (!wanted)
		return 0;
	memmove(to, from, len);
	return len;
}

/* Move the requested parts of the frame to the front and drop the others. */
static u32 data_main(struct cdr_drive *d, s32 lba, u8 want, u8 *p)
{
	u32 len = 0;

	cdr_disc_load(d->disc, cdr_disc_pos(lba) + CDR_COOKED_OFFSET,
		      p + CDR_COOKED_OFFSET, CDR_COOKED);
	cdr_sector_frame(p, lba);
	len += put_part(p, p, 12, want & WANT_SYNC);
	len += put_part(p + len, p + 12, 4, want & WANT_HEADER);
	len += put_part(p + len, p + 16, CDR_COOKED, want & WANT_USER);
	len += put_part(p + len, p + 16 + CDR_COOKED, 288, want & WANT_EDC);
	return len;
}

static u32 put_c2(u8 want, u8 *p)
{
	static const u16 size[] = { 0, C2_POINTERS, C2_AND_BLOCK, 0 };
	u32 len = size[(want & WANT_C2) >> 1];

	memset(p, 0, len);
	return len;
}

/* P is 0, Q in bit 6 of each byte, R to W are empty. */
static u32 put_raw_sub(const u8 *q, u8 *p)
{
	int i;

	for (i = 0; i < RAW_SUB_SIZE; i++)
		p[i] = q[i / 8] << (i % 8) & 0x80 ? 0x40 : 0;
	return RAW_SUB_SIZE;
}

static u32 put_sub(struct cdr_drive *d, s32 lba, u8 which, u8 *p)
{
	u8 q[12];

	switch (which) {
	case 1:
		cdr_sector_q(d->disc, lba, q);
		return put_raw_sub(q, p);
	case 2:
		memset(p, 0, Q_SIZE);
		cdr_sector_q(d->disc, lba, p);
		return Q_SIZE;
	case 4:
		memset(p, 0, RAW_SUB_SIZE);
		return RAW_SUB_SIZE;
	default:
		return 0;
	}
}

static int read_sector(struct cdr_drive *d, s32 lba, bool begins, const u8 *cdb, u32 *len)
{
	u8 type = cdb[1] >> 2 & 7;
	const struct cdr_track *track;
	bool data;
	int ret = find_sector(d, lba, begins, &track);

	if (ret)
		return ret;
	data = cdr_track_is_data(track);
	if (type > TYPE_MODE1 || (type == TYPE_AUDIO && data) || (type == TYPE_MODE1 && !data))
		return CDR_ILLEGAL_MODE;
	d->pickup = lba;
	*len = data ? data_main(d, lba, cdb[9], d->reply) :
		      audio_main(d, lba, cdb[9], d->reply);
	*len += put_c2(cdb[9], d->reply + *len);
	*len += put_sub(d, lba, cdb[10] & 7, d->reply + *len);
	return 0;
}

static int read_sectors(struct cdr_drive *d, struct cdr_cmd *cmd, s32 lba, u32 count)
{
	const u8 *cdb = cdr_cdb(cmd);
	u8 type = cdb[1] >> 2 & 7, sub = cdb[10] & 7;
	u32 i, len = 1, done = 0, room = scsi_bufflen(cdr_scmd(cmd));
	int ret = read_state(d);

	if (type > 5 || (cdb[9] & WANT_C2) == WANT_C2 || sub == 3 || sub > 4)
		return CDR_BAD_FIELD;
	/* Return no more than the caller has room for, whatever the CDB says. */
	for (i = 0; !ret && i < count && len && done < room; i++) {
		ret = read_sector(d, lba + (s32)i, !i, cdb, &len);
		if (!ret)
			ret = cdr_reply_part(cmd, d->reply, len, done);
		done += len;
	}
	return ret;
}

int cdr_read_cd(struct cdr_drive *d, struct cdr_cmd *cmd)
{
	const u8 *cdb = cdr_cdb(cmd);

	return read_sectors(d, cmd, get_unaligned_be32(&cdb[2]), get_unaligned_be24(&cdb[6]));
}

static s32 msf_to_lba(const u8 *msf)
{
	return (msf[0] * 60 + msf[1]) * CDR_SECTORS_PER_SECOND + msf[2] - CDR_PREGAP;
}

int cdr_read_cd_msf(struct cdr_drive *d, struct cdr_cmd *cmd)
{
	const u8 *cdb = cdr_cdb(cmd);
	s32 first = msf_to_lba(&cdb[3]), end = msf_to_lba(&cdb[6]);

	if (cdb[4] > 59 || cdb[5] > 74 || cdb[7] > 59 || cdb[8] > 74 || end < first)
		return CDR_BAD_FIELD;
	return read_sectors(d, cmd, first, end - first);
}

/* READ CAPACITY includes the run-out of the last track, as the TOC does. */
int cdr_read_capacity(struct cdr_drive *d, struct cdr_cmd *cmd)
{
	int sessions = d->disc->half_blank ? 0 : cdr_disc_closed_sessions(d->disc);
	s32 last = sessions ? d->disc->session[sessions - 1].leadout - 1 : 0;

	put_unaligned_be32(last, d->reply);
	put_unaligned_be32(CDR_COOKED, d->reply + 4);
	return cdr_reply(d, cmd, 8, 8);
}

/* The position of the sector that was last read */
static u32 put_position(struct cdr_drive *d, bool msf, u8 *p)
{
	s32 lba = d->pickup;
	struct cdr_position at;

	cdr_sector_position(d->disc, lba, &at);
	p[0] = 1;
	p[1] = 0x10 | at.track->control;
	p[2] = at.number;
	p[3] = at.index;
	if (msf) {
		p[4] = 0;
		cdr_put_msf(p + 5, lba);
		p[8] = 0;
		cdr_put_msf(p + 9, abs(at.relative) - CDR_PREGAP);
	} else {
		put_unaligned_be32(lba, p + 4);
		put_unaligned_be32(at.relative, p + 8);
	}
	return 12;
}

static u32 put_mcn(struct cdr_drive *d, u8 *p)
{
	const char *mcn = d->disc->session[0].mcn;

	p[0] = 2;
	if (mcn[0]) {
		p[4] = 0x80;
		memcpy(p + 5, mcn, 13);
	}
	return 20;
}

static u32 put_isrc(struct cdr_drive *d, int at, u8 *p)
{
	const struct cdr_track *track = &d->disc->track[at - 1];

	p[0] = 3;
	p[1] = 0x10 | track->control;
	p[2] = cdr_number(d->disc, at);
	if (track->isrc[0]) {
		p[4] = 0x80;
		memcpy(p + 5, track->isrc, 12);
	}
	return 20;
}

/* READ SUBCHANNEL: position, media catalogue number, ISRC */
int cdr_read_subchannel(struct cdr_drive *d, struct cdr_cmd *cmd)
{
	const u8 *cdb = cdr_cdb(cmd);
	u8 *p = d->reply + 4;
	u32 len = 0;
	int ret = read_state(d), track = cdb[6] - d->disc->before;

	if (ret)
		return ret;
	memset(d->reply, 0, 24);
	d->reply[1] = 0x15;	/* no audio status to return */
	if (cdb[2] & 0x40) {
		if (!d->disc->ntracks || d->disc->half_blank)
			return CDR_BAD_FIELD;
		if (cdb[3] == 1)
			len = put_position(d, cdb[1] & 2, p);
		else if (cdb[3] == 2)
			len = put_mcn(d, p);
		else if (cdb[3] == 3 && track >= 1 && track <= d->disc->ntracks)
			len = put_isrc(d, track, p);
		else
			return CDR_BAD_FIELD;
	}
	put_unaligned_be16(len, d->reply + 2);
	return cdr_reply(d, cmd, 4 + len, get_unaligned_be16(&cdb[7]));
}
