// SPDX-License-Identifier: GPL-2.0-only
/* The commands that report the state of the disc and of the drive. */

#include <linux/minmax.h>

#include "compat.h"
#include "cdr-sim.h"

#define LEADOUT_TRACK	0xaa
#define INVISIBLE_TRACK	0xff
#define DISC_INFO_SIZE	34
#define OPC_SIZE	8
/* 4 bytes: a logical address, or 0, M, S, F. */
static void put_address(u8 *p, s32 lba, bool msf)
{
	if (!msf) {
		put_unaligned_be32(lba, p);
		return;
	}
	p[0] = 0;
	cdr_put_msf(p + 1, lba);
}

/* READ TOC/PMA/ATIP */

static u32 toc_entry(u8 *p, u8 control, u8 number, s32 lba, bool msf)
{
	p[0] = 0;
	p[1] = 0x10 | control;
	p[2] = number;
	p[3] = 0;
	put_address(p + 4, lba, msf);
	return 8;
}

static int toc_tracks(struct cdr_drive *d, u8 first, bool msf, u32 *len)
{
	struct cdr_disc *disc = cdr_told(d);
	int sessions = cdr_disc_closed_sessions(disc);
	int last, i;

	if (!sessions)
		return CDR_BAD_FIELD;
	last = cdr_disc_session_last(disc, sessions);
	if (first > cdr_number(disc, last) && first != LEADOUT_TRACK)
		return CDR_BAD_FIELD;
	d->reply[2] = cdr_number(disc, 1);
	d->reply[3] = cdr_number(disc, last);
	for (i = max(first - disc->before, 1); i <= last; i++)
		*len += toc_entry(d->reply + *len, disc->track[i - 1].control,
				  cdr_number(disc, i), disc->track[i - 1].start, msf);
	*len += toc_entry(d->reply + *len, disc->track[last - 1].control, LEADOUT_TRACK,
			  disc->session[sessions - 1].leadout, msf);
	return 0;
}

static int toc_sessions(struct cdr_drive *d, bool msf, u32 *len)
{
	struct cdr_disc *disc = cdr_told(d);
	int sessions = cdr_disc_closed_sessions(disc);
	u8 first;

	if (!sessions)
		return CDR_BAD_FIELD;
	d->reply[2] = 1;
	d->reply[3] = sessions;
	first = disc->session[sessions - 1].first;
	*len += toc_entry(d->reply + *len, disc->track[first - 1].control,
			  cdr_number(disc, first), disc->track[first - 1].start, msf);
	return 0;
}

/* Add an entry of the raw TOC or the PMA; the caller fills in the times. */
static u8 *raw_entry(struct cdr_drive *d, u32 *len, u8 session, u8 adr_control, u8 point)
{
	u8 *p = d->reply + *len;

	memset(p, 0, 11);
	p[0] = session;
	p[1] = adr_control;
	p[3] = point;
	*len += 11;
	return p;
}

/* The pointers to the next session; a disc that was written in one go has none. */
static void raw_next_session(struct cdr_drive *d, u32 *len, int n, int sessions)
{
	struct cdr_disc *disc = cdr_told(d);
	u8 *p;

	if (sessions == 1 && !cdr_disc_writable(disc))
		return;
	p = raw_entry(d, len, n, 0x54, 0xb0);
	if (n == sessions && !cdr_disc_writable(disc))
		memset(p + 4, 0xff, 3);
	else
		cdr_put_msf(p + 4, cdr_disc_leadin(disc, n + 1) + CDR_LEADIN);
	p[7] = n == 1 ? 2 : 1;
	cdr_put_msf(p + 8, disc->last_leadout);
	if (n == 1) {
		p = raw_entry(d, len, n, 0x54, 0xc0);
		cdr_put_msf(p + 8, CDR_ATIP_LEADIN);
	}
}

static void raw_session(struct cdr_drive *d, u32 *len, int n, int sessions)
{
	struct cdr_disc *disc = cdr_told(d);
	const struct cdr_session *session = &disc->session[n - 1];
	int last = cdr_disc_session_last(disc, n), i;
	u8 control = 0x10 | disc->track[session->first - 1].control;
	u8 *p;

	p = raw_entry(d, len, n, control, 0xa0);
	p[8] = cdr_number(disc, session->first);
	p[9] = session->format;
	p = raw_entry(d, len, n, control, 0xa1);
	p[8] = cdr_number(disc, last);
	p = raw_entry(d, len, n, control, 0xa2);
	cdr_put_msf(p + 8, session->leadout);
	for (i = session->first; i <= last; i++) {
		p = raw_entry(d, len, n, 0x10 | disc->track[i - 1].control, cdr_number(disc, i));
		cdr_put_msf(p + 8, disc->track[i - 1].start);
	}
	raw_next_session(d, len, n, sessions);
}

static int toc_raw(struct cdr_drive *d, u8 first, u32 *len)
{
	int sessions = cdr_disc_closed_sessions(cdr_told(d)), i;

	if (!sessions || first > sessions)
		return CDR_BAD_FIELD;
	d->reply[2] = 1;
	d->reply[3] = sessions;
	for (i = max_t(int, first, 1); i <= sessions; i++)
		raw_session(d, len, i, sessions);
	return 0;
}

static int toc_pma(struct cdr_drive *d, u32 *len)
{
	const struct cdr_disc *disc = cdr_told(d);
	u8 *p;
	int i;

	if (disc->medium == CDR_MEDIUM_ROM)
		return CDR_BAD_FIELD;
	for (i = 1; i <= disc->ntracks; i++) {
		const struct cdr_track *track = &disc->track[i - 1];

		if (track->open || disc->session[track->session - 1].at_once)
			continue;
		p = raw_entry(d, len, 0, 0x10 | track->control, cdr_number(disc, i));
		cdr_put_msf(p + 4, cdr_track_end(track) + track->runout);
		cdr_put_msf(p + 8, track->start);
	}
	return 0;
}

static int toc_atip(struct cdr_drive *d, u32 *len)
{
	bool rw = cdr_told(d)->medium == CDR_MEDIUM_RW;
	u8 *p = d->reply + 4;

	if (cdr_told(d)->medium == CDR_MEDIUM_ROM)
		return CDR_BAD_FIELD;
	memset(p, 0, 24);
	p[0] = 0xd0 | rw;
	p[2] = rw ? 0x80 | 0x40 | 2 << 3 | 2 : 0x80;
	cdr_put_msf(p + 4, CDR_ATIP_LEADIN);
	cdr_put_msf(p + 8, cdr_told(d)->last_leadout);
	if (rw) {
		p[12] = 0x26;		/* A1: power */
		p[16] = 3 << 4 | 8;	/* A2: 8x to 24x, as an ultra speed disc codes it */
	}
	*len += 24;
	return 0;
}

/* CD-TEXT, which may be longer than any other reply */
static int toc_text(struct cdr_drive *d, struct cdr_cmd *cmd)
{
	const struct cdr_disc *disc = cdr_told(d);
	u32 alloc = get_unaligned_be16(&cdr_cdb(cmd)[7]), len = disc->npacks * CDR_PACK;

	if (!cdr_disc_closed_sessions(disc))
		return CDR_BAD_FIELD;
	put_unaligned_be16(len + 2, d->reply);
	cdr_reply(d, cmd, 4, alloc);
	if (!len || alloc <= 4)
		return 0;
	cdr_reply_part(cmd, disc->pack, min(len, alloc - 4), 4);
	if (d->habits.zero_crc && alloc >= 4 + len)
		cdr_reply_part(cmd, "\0", 2, 4 + len - 2);
	return 0;
}

int cdr_read_toc(struct cdr_drive *d, struct cdr_cmd *cmd)
{
	const u8 *cdb = cdr_cdb(cmd);
	u8 format = cdb[2] ?: cdb[9] >> 6;
	bool msf = cdb[1] & 2;
	u32 len = 4;
	int ret;

	if (d->disc->half_blank && format != 4)
		return CDR_NO_TOC;
	memset(d->reply, 0, 4);
	switch (format) {
	case 0:
		ret = toc_tracks(d, cdb[6], msf, &len);
		break;
	case 1:
		ret = toc_sessions(d, msf, &len);
		break;
	case 2:
		ret = toc_raw(d, cdb[6], &len);
		break;
	case 3:
		ret = toc_pma(d, &len);
		break;
	case 4:
		ret = toc_atip(d, &len);
		break;
	case 5:
		return toc_text(d, cmd);
	default:
		ret = CDR_BAD_FIELD;
	}
	if (ret)
		return ret;
	put_unaligned_be16(len - 2, d->reply);
	return cdr_reply(d, cmd, len, get_unaligned_be16(&cdb[7]));
}

/* READ DISC INFORMATION */

static u8 disc_status(const struct cdr_drive *d, const struct cdr_disc *disc)
{
	if (disc->half_blank)
		return 1 | 2 << 2;
	if (d->laser.after_test == CDR_TEST_COMPLETE || !cdr_disc_writable(disc))
		return 2 | 3 << 2;
	if (!disc->ntracks)
		return 0;
	if (disc->session[disc->nsessions - 1].closed)
		return 1;
	return 1 | (cdr_disc_half_closed(disc) ? 2 : 1) << 2;
}

/* The sectors of the last session, even if it has not begun. */
static void put_last_session(struct cdr_disc *disc, u8 *p)
{
	int sessions = disc->nsessions, first = disc->ntracks + 1, last = first;
	bool open = cdr_disc_open_session(disc);

	if (disc->half_blank || (!cdr_disc_writable(disc) && !sessions)) {
		memset(p + 4, 1, 3);
		return;
	}
	if (!cdr_disc_writable(disc) || open) {
		first = disc->session[sessions - 1].first;
		last = disc->ntracks;
	} else {
		sessions++;
	}
	if (open && !cdr_disc_open_track(disc) && cdr_number(disc, last) < CDR_TRACKS)
		last++;
	p[4] = sessions;
	p[5] = cdr_number(disc, first);
	p[6] = cdr_number(disc, last);
	if (!cdr_disc_writable(disc))
		memset(p + 16, 0xff, 8);
	else if (sessions == 1)
		cdr_put_msf(p + 17, CDR_ATIP_LEADIN);
	else
		cdr_put_msf(p + 17, cdr_disc_leadin(disc, sessions));
}

/* The table of OPC values: only the speed of the calibration. */
static u32 put_calibration(struct cdr_drive *d, u8 *p)
{
	if (!d->laser.calibrated)
		return 0;
	p[33] = 1;
	memset(p + DISC_INFO_SIZE, 0, OPC_SIZE);
	put_unaligned_be16(cdr_speed_kb(d->laser.write_x), p + DISC_INFO_SIZE);
	return OPC_SIZE;
}

int cdr_read_disc_info(struct cdr_drive *d, struct cdr_cmd *cmd)
{
	const u8 *cdb = cdr_cdb(cmd);
	struct cdr_disc *disc = cdr_told(d);
	u8 *p = d->reply;
	u32 len = DISC_INFO_SIZE;

	if (cdb[1])
		return CDR_BAD_FIELD;
	memset(p, 0, DISC_INFO_SIZE);
	p[2] = disc_status(d, disc) | (disc->medium == CDR_MEDIUM_RW) << 4;
	p[3] = cdr_number(disc, 1);
	p[7] = 0x20;	/* unrestricted use */
	if (disc->id) {
		p[7] |= 0x80;
		put_unaligned_be32(disc->id, p + 12);
	}
	p[8] = disc->ntracks && !disc->track[0].open ? disc->session[0].format : 0xff;
	cdr_put_msf(p + 21, disc->last_leadout);
	put_last_session(disc, p);
	len += put_calibration(d, p);
	put_unaligned_be16(len - 2, p);
	return cdr_reply(d, cmd, len, get_unaligned_be16(&cdb[7]));
}

/* READ TRACK INFORMATION */

static void put_track(u8 *p, u8 number, u8 session, u8 control, s32 start, u32 size)
{
	p[1] = 46;
	p[2] = number;
	p[3] = session;
	p[5] = control;
	p[6] = control & 4 ? 1 : 0x0f;
	put_unaligned_be32(start, p + 8);
	put_unaligned_be32(size, p + 24);
}

static void put_next_writable(struct cdr_drive *d, u8 *p, s32 nwa)
{
	s32 end = cdr_told(d)->last_leadout - CDR_RUNOUT;

	p[7] = 1;
	put_unaligned_be32(nwa, p + 12);
	put_unaligned_be32(max(end - nwa, 0), p + 16);
}

/* The invisible track; its addresses depend on the write type. */
static void put_invisible(struct cdr_drive *d, u8 *p)
{
	struct cdr_disc *disc = cdr_told(d);
	bool track_at_once = (d->pages.p05[2] & 0x0f) == 1;
	s32 start = d->stale ? cdr_disc_next_start(disc) : cdr_next_writable(d);
	u8 session = disc->nsessions + (cdr_disc_open_session(disc) ? 0 : 1);

	if (!track_at_once && !d->laser.writing)
		start -= CDR_PREGAP;
	put_track(p, cdr_number(disc, disc->ntracks + 1), session, d->pages.p05[3] & 0x0f, start,
		  max(disc->last_leadout - CDR_RUNOUT - start, 0));
	p[6] |= 0x40;
	if (!cdr_disc_half_closed(disc) && d->laser.after_test != CDR_TEST_INVALID)
		put_next_writable(d, p, start);
}

static void put_open(struct cdr_drive *d, const struct cdr_track *track, u8 *p)
{
	struct cdr_disc *disc = cdr_told(d);

	put_track(p, cdr_number(disc, disc->ntracks), track->session, track->control, track->start,
		  disc->last_leadout - CDR_RUNOUT - track->start);
	if (track->damaged)
		p[5] |= 0x20;
	if (d->laser.writing && !d->laser.failed)
		put_next_writable(d, p, cdr_next_writable(d));
}

/* Some drives add the pregap and run-out to the data. */
static void put_recorded(struct cdr_drive *d, int number, u8 *p)
{
	struct cdr_disc *disc = cdr_told(d);
	const struct cdr_track *track = &disc->track[number - 1];
	u32 more = disc->medium == CDR_MEDIUM_ROM ? 0 : d->habits.track_size;

	put_track(p, cdr_number(disc, number), track->session, track->control, track->start,
		  track->length + more);
	if (track->damaged)
		p[5] |= 0x20;
	if (!disc->session[track->session - 1].closed)
		p[6] |= 0x80;
}

/* All that is known about a disc without a table of contents is that it is damaged. */
static void put_half_blank(u8 *p)
{
	put_track(p, 1, 1, 0, 0, 0);
	p[5] |= 0x20;
}

static int track_info(struct cdr_drive *d, int number, u8 *p)
{
	struct cdr_disc *disc = cdr_told(d);
	const struct cdr_track *open = cdr_disc_open_track(disc);

	if (disc->half_blank) {
		put_half_blank(p);
		return 0;
	}
	if (number == INVISIBLE_TRACK)
		number = open ? disc->ntracks : disc->ntracks + 1;
	if (number < 1 || cdr_number(disc, number) > CDR_TRACKS || number > disc->ntracks + 1)
		return CDR_BAD_FIELD;
	if (number == disc->ntracks && open)
		put_open(d, open, p);
	else if (number <= disc->ntracks)
		put_recorded(d, number, p);
	else if (!open && cdr_disc_writable(disc) && d->laser.after_test != CDR_TEST_COMPLETE)
		put_invisible(d, p);
	else
		return CDR_BAD_FIELD;
	return 0;
}

/* Find the track of a sector; sectors between two tracks belong to the second one. */
static int track_by_address(const struct cdr_disc *disc, s32 lba)
{
	int i = 1;

	while (i <= disc->ntracks &&
	       lba >= cdr_track_end(&disc->track[i - 1]) + disc->track[i - 1].runout)
		i++;
	return i;
}

static int track_by_session(const struct cdr_disc *disc, u32 session)
{
	if (session && session <= disc->nsessions)
		return disc->session[session - 1].first;
	if (session == disc->nsessions + 1)
		return disc->ntracks + 1;
	return 0;
}

int cdr_read_track_info(struct cdr_drive *d, struct cdr_cmd *cmd)
{
	const u8 *cdb = cdr_cdb(cmd);
	u32 address = get_unaligned_be32(&cdb[2]);
	int number, ret;

	memset(d->reply, 0, 48);
	switch (cdb[1]) {
	case 0:
		if ((s32)address < -CDR_PREGAP || (s32)address >= cdr_told(d)->last_leadout)
			return CDR_OUT_OF_RANGE;
		number = track_by_address(cdr_told(d), address);
		break;
	case 1:
		number = min_t(u32, address, INT_MAX);
		if (number != INVISIBLE_TRACK)
			number -= cdr_told(d)->before;
		break;
	case 2:
		number = track_by_session(cdr_told(d), address);
		break;
	default:
		return CDR_BAD_FIELD;
	}
	ret = track_info(d, number, d->reply);
	if (ret)
		return ret;
	d->reply[32] = 0;
	return cdr_reply(d, cmd, 48, get_unaligned_be16(&cdb[7]));
}

/* GET CONFIGURATION */

struct feature {
	u16 code;
	u8 version;
	bool persistent;
	bool (*current_now)(struct cdr_drive *d);
	u32 (*put)(struct cdr_drive *d, u8 *p);
};

static u16 current_profile(struct cdr_drive *d)
{
	struct cdr_disc *disc = cdr_medium(d) ? cdr_told(d) : NULL;

	if (!disc || d->op.kind == CDR_OP_SPIN_UP)
		return 0;
	if (disc->medium == CDR_MEDIUM_RW)
		return 0x0a;
	return cdr_disc_writable(disc) ? 0x09 : 0x08;
}

static bool always(struct cdr_drive *d)
{
	return true;
}

static bool medium_in(struct cdr_drive *d)
{
	return current_profile(d);
}

static bool medium_writable(struct cdr_drive *d)
{
	return current_profile(d) && cdr_disc_writable(d->disc);
}

static bool medium_rewritable(struct cdr_drive *d)
{
	return current_profile(d) == 0x0a;
}

/* A DVD writer's are in the order of a HL-DT-ST GSA-4160B. */
static u32 put_profiles(struct cdr_drive *d, u8 *p)
{
	static const u8 all[] = { 0x12, 0x11, 0x14, 0x13, 0x1a, 0x1b, 0x2b, 0x10, 0x0a, 0x09, 0x08,
				  0x02 };
	static const u8 cd[] = { 0x0a, 0x09, 0x08 };
	bool dvd = d->habits.profiles == CDR_PROFILES_DVD;
	const u8 *profiles = dvd ? all : cd;
	u16 now = current_profile(d);
	u32 i, n = dvd ? ARRAY_SIZE(all) : ARRAY_SIZE(cd);

	for (i = 0; i < n; i++) {
		put_unaligned_be16(profiles[i], p + 4 * i);
		p[4 * i + 2] = now && (now == profiles[i] || profiles[i] == 0x02);
	}
	return 4 * n;
}

static u32 put_core(struct cdr_drive *d, u8 *p)
{
	p[3] = 1;	/* SCSI */
	p[4] = 1;	/* device busy events */
	return 8;
}

static u32 put_morphing(struct cdr_drive *d, u8 *p)
{
	p[0] = 2;	/* reports operational changes; polled only */
	return 4;
}

static u32 put_removable(struct cdr_drive *d, u8 *p)
{
	p[0] = 1 << 5 | 1 << 3 | 1;	/* a tray, eject, lock */
	return 4;
}

static u32 put_random_readable(struct cdr_drive *d, u8 *p)
{
	put_unaligned_be32(CDR_COOKED, p);
	put_unaligned_be16(1, p + 4);
	p[6] = 1;
	return 8;
}

static u32 put_nothing(struct cdr_drive *d, u8 *p)
{
	return 0;
}

static u32 put_streaming(struct cdr_drive *d, u8 *p)
{
	p[2] = d->config.underrun_free;
	return 4;
}

static u32 put_track_at_once(struct cdr_drive *d, u8 *p)
{
	p[0] = d->config.underrun_free << 6 | 1 << 2 | 1 << 1;
	put_unaligned_be16(1 << 8 | 1 << 0, p + 2);
	return 4;
}

/* SAO: the maximum length of a cue sheet follows; the last bit stands for R to W, i.e. CD-TEXT. */
static u32 put_mastering(struct cdr_drive *d, u8 *p)
{
	p[0] = d->config.underrun_free << 6 | 1 << 5 | 1 << 2 | 1 << 1 |
	       (d->habits.text != CDR_TEXT_REFUSE);
	put_unaligned_be24(d->habits.sheet_limit, p + 1);
	return 4;
}

static u32 put_cd_read(struct cdr_drive *d, u8 *p)
{
	p[0] = 1;	/* CD-TEXT */
	return 4;
}

static u32 put_rewritable(struct cdr_drive *d, u8 *p)
{
	p[1] = 0x07;	/* standard, high and ultra speed discs */
	return 4;
}

static u32 put_timeout(struct cdr_drive *d, u8 *p)
{
	return 4;
}

static u32 put_real_time(struct cdr_drive *d, u8 *p)
{
	p[0] = 0x1d | d->habits.performance << 1;
	return 4;
}

static u32 put_serial(struct cdr_drive *d, u8 *p)
{
	u32 len = strlen(d->config.serial);

	memcpy(p, d->config.serial, len);
	memset(p + len, ' ', -len & 3);
	return round_up(len, 4);
}

static const struct feature features[] = {
	{ 0x0000, 0, true, always, put_profiles },
	{ 0x0001, 1, true, always, put_core },
	{ 0x0002, 1, true, always, put_morphing },
	{ 0x0003, 0, true, always, put_removable },
	{ 0x0010, 0, false, medium_in, put_random_readable },
	{ 0x001d, 0, true, always, put_nothing },
	{ 0x001e, 2, false, medium_in, put_cd_read },
	{ 0x0021, 1, false, medium_writable, put_streaming },
	{ 0x002d, 2, false, medium_writable, put_track_at_once },
	{ 0x002e, 1, false, medium_writable, put_mastering },
	{ 0x0037, 0, false, medium_rewritable, put_rewritable },
	{ 0x0100, 0, true, always, put_nothing },
	{ 0x0105, 1, true, always, put_timeout },
	{ 0x0107, 4, false, medium_in, put_real_time },
	{ 0x0108, 0, true, always, put_serial },
};

static u32 put_feature(struct cdr_drive *d, const struct feature *f, u8 *p)
{
	u32 len;

	memset(p, 0, 64);
	put_unaligned_be16(f->code, p);
	p[2] = f->version << 2 | f->persistent << 1 | f->current_now(d);
	len = f->put(d, p + 4);
	p[3] = len;
	return 4 + len;
}

int cdr_get_configuration(struct cdr_drive *d, struct cdr_cmd *cmd)
{
	const u8 *cdb = cdr_cdb(cmd);
	u8 type = cdb[1] & 3;
	u16 start = get_unaligned_be16(&cdb[2]);
	u32 len = 8;
	int i;

	if (type == 3)
		return CDR_BAD_FIELD;
	memset(d->reply, 0, 8);
	put_unaligned_be16(current_profile(d), d->reply + 6);
	for (i = 0; i < ARRAY_SIZE(features); i++) {
		const struct feature *f = &features[i];

		if (f->put == put_mastering && !d->habits.session_at_once)
			continue;
		if (f->code < start || (type == 1 && !f->current_now(d)) ||
		    (type == 2 && f->code != start))
			continue;
		len += put_feature(d, f, d->reply + len);
	}
	put_unaligned_be32(len - 4, d->reply);
	return cdr_reply(d, cmd, len, get_unaligned_be16(&cdb[7]));
}

/* GET PERFORMANCE */

static s32 performance_end(struct cdr_drive *d)
{
	return d->disc->last_leadout - 1;
}

static u32 put_nominal(struct cdr_drive *d, const u8 *cdb, u8 *p)
{
	u32 kb = cdr_speed_kb(cdb[1] & 4 ? d->laser.write_x : cdr_speed_limit(d));

	put_unaligned_be32(0, p);
	put_unaligned_be32(kb, p + 4);
	put_unaligned_be32(performance_end(d), p + 8);
	put_unaligned_be32(kb, p + 12);
	return 1;
}

static u32 put_write_speeds(struct cdr_drive *d, u8 *p)
{
	const struct cdr_config *c = &d->config;
	u32 n = 0;
	int i;

	for (i = c->nspeeds - 1; i >= 0; i--) {
		if (c->speeds[i] > cdr_speed_limit(d))
			continue;
		memset(p, 0, 16);
		put_unaligned_be32(performance_end(d), p + 4);
		put_unaligned_be32(cdr_speed_kb(cdr_speed_limit(d)), p + 8);
		put_unaligned_be32(cdr_speed_kb(c->speeds[i]), p + 12);
		p += 16;
		n++;
	}
	return n;
}

/* The length includes the descriptors that were not requested. */
int cdr_get_performance(struct cdr_drive *d, struct cdr_cmd *cmd)
{
	const u8 *cdb = cdr_cdb(cmd);
	u32 most = get_unaligned_be16(&cdb[8]), n;

	if (!d->habits.performance)
		return CDR_BAD_OPCODE;
	memset(d->reply, 0, 8);
	if (cdb[10] == 0) {
		if ((cdb[1] & 0x18) != 0x10 || (cdb[1] & 3) == 3)
			return CDR_BAD_FIELD;
		d->reply[4] = (cdb[1] & 4) >> 1 | (cdb[1] & 3 ? 1 : 0);
		n = cdb[1] & 3 ? 0 : put_nominal(d, cdb, d->reply + 8);
	} else if (cdb[10] == 3) {
		n = put_write_speeds(d, d->reply + 8);
	} else {
		return CDR_BAD_FIELD;
	}
	put_unaligned_be32(4 + 16 * n, d->reply);
	return cdr_reply(d, cmd, 8 + 16 * min(n, most), U32_MAX);
}
