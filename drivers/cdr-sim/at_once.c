// SPDX-License-Identifier: GPL-2.0-only
/*
 * Session-at-once: a cue sheet, then WRITE commands without a gap, from the lead-in or the first
 * pregap to the lead-out. The disc stays unchanged until the end of the session, or until the
 * laser stops.
 */

#include <linux/minmax.h>
#include <linux/scatterlist.h>

#include "compat.h"
#include "cdr-sim.h"

#define TEXT_BLOCK	96	/* bytes of a lead-in sector: R to W of its sub-channel */
#define TEXT_SYMBOLS	24	/* six-bit symbols of a pack */
#define ENTRY_SIZE	8

/**
 * cdr_at_once() - is session-at-once selected in the write parameters?
 * @d:	the drive
 *
 * Return: whether they do
 */
bool cdr_at_once(const struct cdr_drive *d)
{
	return (d->pages.p05[2] & 0x0f) == 2;
}

/* The host does not send the pauses that the drive makes: continue behind them. */
static void skip_pauses(struct cdr_drive *d)
{
	struct cdr_sheet *s = &d->sheet;
	int i;

	if (d->habits.no_jump)
		return;
	for (i = 1; i <= s->ntracks; i++) {
		const struct cdr_track *track = &s->track[i - 1];

		if (!test_bit(i, s->by_drive) || s->next != track->start - (s32)track->pregap)
			continue;
		s->next = track->start;
		d->laser.buffer.gap += track->pregap;
	}
}

/* SEND CUE SHEET */
int cdr_send_cue_sheet(struct cdr_drive *d, struct cdr_cmd *cmd)
{
	u32 len = get_unaligned_be24(&cdr_cdb(cmd)[6]);

	if (!d->habits.session_at_once)
		return CDR_BAD_OPCODE;
	if (!cdr_disc_writable(d->disc) || d->laser.after_test == CDR_TEST_COMPLETE)
		return CDR_CANNOT_WRITE;
	if (!d->pages.set05 || !cdr_at_once(d) || d->laser.writing ||
	    cdr_disc_open_session(d->disc))
		return CDR_BAD_SEQUENCE;
	d->sheet.ntracks = 0;
	d->laser.buffer.gap = 0;
	if (!len || len % ENTRY_SIZE || len > d->habits.sheet_limit ||
	    cdr_fetch(cmd, d->reply, len) < len)
		return CDR_LIST_LENGTH;
	if (!cdr_sheet_read(d, d->reply, len, &d->sheet))
		return CDR_BAD_PARAMETER;
	d->sheet.next = d->sheet.text ? CDR_ATIP_LEADIN : d->sheet.start;
	return 0;
}

static bool in_leadin(const struct cdr_drive *d, s32 lba)
{
	return lba < d->sheet.start;
}

/**
 * cdr_at_once_block() - the size of a sector in a WRITE
 * @d:		the drive
 * @lba:	its address
 *
 * Return: bytes
 */
u32 cdr_at_once_block(const struct cdr_drive *d, s32 lba)
{
	return in_leadin(d, lba) ? TEXT_BLOCK : CDR_RAW;
}

/* CD-TEXT was announced, but the host starts behind the lead-in: drives react differently. */
static int skip_leadin(struct cdr_drive *d, struct cdr_cmd *cmd)
{
	switch (d->habits.skip_leadin) {
	case CDR_SKIP_MUTE:
		d->sheet.next = d->sheet.start;
		d->sheet.mute = true;
		return 0;
	case CDR_SKIP_HANG:
		cmd->due = KTIME_MAX;
		return CDR_HOLD;
	default:
		return CDR_BAD_WRITE_ADDRESS;
	}
}

/* A WRITE must not cross the start of a pause that the drive makes. */
static s32 stretch_end(const struct cdr_drive *d, s32 lba)
{
	const struct cdr_sheet *s = &d->sheet;
	int i;

	if (in_leadin(d, lba))
		return s->start;
	if (d->habits.no_jump)
		return s->leadout;
	for (i = 1; i <= s->ntracks; i++) {
		s32 pause = s->track[i - 1].start - (s32)s->track[i - 1].pregap;

		if (test_bit(i, s->by_drive) && lba < pause)
			return pause;
	}
	return s->leadout;
}

/**
 * cdr_at_once_address() - is a WRITE at this address acceptable now?
 * @d:		the drive
 * @cmd:	the command
 * @lba:	its address
 * @count:	its sectors
 *
 * Return: 0, a sense code or CDR_HOLD
 */
int cdr_at_once_address(struct cdr_drive *d, struct cdr_cmd *cmd, s32 lba, u32 count)
{
	struct cdr_sheet *s = &d->sheet;
	int ret = 0;

	if (!s->ntracks)
		return CDR_BAD_SEQUENCE;
	if (lba >= s->leadout)
		return CDR_OUT_OF_RANGE;
	if (s->text && !d->laser.writing && lba == s->start)
		ret = skip_leadin(d, cmd);
	if (ret)
		return ret;
	if (!d->laser.writing)
		skip_pauses(d);
	if (lba != s->next)
		return CDR_BAD_WRITE_ADDRESS;
	return count > (u32)(stretch_end(d, lba) - lba) ? CDR_OUT_OF_RANGE : 0;
}

static int leadin_written(struct cdr_drive *d, u8 arg)
{
	d->sheet.held = true;
	return 0;
}

/**
 * cdr_at_once_hold_off() - make the host wait while the drive writes the lead-in (some drives)
 * @d:		the drive
 * @cmd:	a WRITE
 * @lba:	its address
 *
 * Return: 0, a sense code or CDR_HOLD
 */
int cdr_at_once_hold_off(struct cdr_drive *d, struct cdr_cmd *cmd, s32 lba)
{
	struct cdr_op op = { .kind = CDR_OP_CALIBRATE, .finish = leadin_written };

	if (in_leadin(d, lba) || d->sheet.held || !d->habits.hold_off_ms)
		return 0;
	cdr_start_op(d, cmd, op, d->habits.hold_off_ms * (u64)NSEC_PER_MSEC,
		     !d->habits.hold_when_full);
	cmd->started = false;
	return d->habits.hold_when_full ? CDR_HOLD : CDR_BUFFER_FULL;
}

/* CD-TEXT */

static void unfold_pack(const u8 *symbol, u8 *pack)
{
	int i;

	for (i = 0; i < TEXT_SYMBOLS / 4; i++, symbol += 4, pack += 3) {
		u32 bits = (symbol[0] & 63) << 18 | (symbol[1] & 63) << 12 |
			   (symbol[2] & 63) << 6 | (symbol[3] & 63);

		put_unaligned_be24(bits, pack);
	}
}

static bool pack_valid(const u8 *symbol, const u8 *pack)
{
	int i;

	for (i = 0; i < TEXT_SYMBOLS; i++)
		if (symbol[i] & ~63)
			return false;
	return pack[0] & 0x80 && get_unaligned_be16(pack + 16) == cdr_crc(pack, 16);
}

/* The host repeats the packs. Keep one copy, and compare each repetition with it. */
static void take_pack(struct cdr_drive *d, const u8 *symbol)
{
	struct cdr_sheet *s = &d->sheet;
	u8 pack[CDR_PACK];
	u32 at;

	unfold_pack(symbol, pack);
	if (!pack_valid(symbol, pack)) {
		d->stats.text_faults++;
		return;
	}
	if (s->npacks && !memcmp(pack, s->pack[0], CDR_PACK) && !s->round)
		s->round = s->npacks;
	at = s->round ? s->turn++ % s->round : s->npacks;
	if (s->round)
		d->stats.text_faults += !!memcmp(pack, s->pack[at], CDR_PACK);
	else if (at < CDR_PACKS)
		memcpy(s->pack[s->npacks++], pack, CDR_PACK);
	else
		d->stats.text_faults++;
}

/**
 * cdr_at_once_store_text() - take the text of a WRITE to the lead-in
 * @d:		the drive
 * @cmd:	the command
 * @count:	its sectors
 */
void cdr_at_once_store_text(struct cdr_drive *d, struct cdr_cmd *cmd, u32 count)
{
	u32 i, left = count * TEXT_BLOCK, done = 0;

	while (left) {
		u32 n = min_t(u32, left, CDR_REPLY_SIZE / TEXT_BLOCK * TEXT_BLOCK);

		cdr_fetch_part(cmd, d->reply, n, done);
		for (i = 0; i < n; i += TEXT_SYMBOLS)
			take_pack(d, d->reply + i);
		done += n;
		left -= n;
	}
}

/* The disc after a session */

static void add_marks(struct cdr_disc *disc, const struct cdr_sheet *s, int before)
{
	int i;

	for (i = 0; i < s->nmarks && s->mark[i].lba < s->next; i++) {
		struct cdr_mark *mark = &disc->mark[disc->nmarks++];

		*mark = s->mark[i];
		mark->track += before;
	}
}

static void add_text(struct cdr_disc *disc, const struct cdr_sheet *s)
{
	if (disc->nsessions > 1 || s->mute)
		return;
	memcpy(disc->pack, s->pack, s->npacks * CDR_PACK);
	disc->npacks = s->npacks;
}

static void add_track(struct cdr_disc *disc, const struct cdr_sheet *s,
		      const struct cdr_track *from)
{
	struct cdr_track *track = &disc->track[disc->ntracks++];

	*track = *from;
	track->session = disc->nsessions;
	if (cdr_track_end(track) <= s->next)
		return;
	track->length = max(s->next - track->start, 0);
	track->open = true;
	track->damaged = true;
}

/* Add the tracks that were begun, at least the first one; the last of them may be cut. */
static struct cdr_session *add_session(struct cdr_drive *d)
{
	struct cdr_sheet *s = &d->sheet;
	struct cdr_disc *disc = d->disc;
	struct cdr_session *session = &disc->session[disc->nsessions++];
	int i, before = disc->ntracks;

	memset(session, 0, sizeof(*session));
	session->first = before + 1;
	session->format = d->pages.p05[8];
	session->at_once = true;
	memcpy(session->mcn, s->mcn, sizeof(session->mcn));
	if (!before)
		disc->before = s->number - 1;
	for (i = 0; i < s->ntracks && (!i || s->track[i].start < s->next); i++)
		add_track(disc, s, &s->track[i]);
	add_marks(disc, s, before);
	add_text(disc, s);
	session->cut = s->next < s->leadout;
	session->damaged = true;
	return session;
}

static bool leaves_nothing(const struct cdr_drive *d)
{
	return d->laser.test || d->habits.lose_session;
}

static void stop_laser(struct cdr_drive *d)
{
	d->laser.writing = false;
	d->laser.test = false;
	d->laser.failed = false;
	d->laser.write_error = 0;
	d->sheet.ntracks = 0;
	memset(&d->laser.buffer, 0, sizeof(d->laser.buffer));
}

/* The session ends where the laser stops: at the lead-out, or before it. */
static int end_session(struct cdr_drive *d, u8 final)
{
	struct cdr_session *session;

	cdr_tell_stale(d);
	if (leaves_nothing(d)) {
		if (d->laser.test && d->habits.test_write != CDR_TEST_ADVANCE)
			d->laser.after_test = d->habits.test_write;
	} else {
		session = add_session(d);
		if (!session->cut)
			cdr_disc_close_session(d->disc, final);
	}
	stop_laser(d);
	if (d->habits.attentions)
		cdr_attention_add(d, CDR_UA_MEDIUM);
	return 0;
}

/* The data in the buffer and the lead-out never reach the disc. */
static void abandon_session(struct cdr_drive *d)
{
	struct cdr_sheet *s = &d->sheet;
	const struct cdr_buffer *b = &d->laser.buffer;

	if (b->used)
		s->next -= min_t(s32, b->used / b->block, max(s->next - s->start, 0));
	if (!leaves_nothing(d))
		add_session(d);
	stop_laser(d);
}

static int start_end(struct cdr_drive *d, struct cdr_cmd *cmd, u32 more, bool immed)
{
	struct cdr_op op = {
		.kind = CDR_OP_END_SESSION, .arg = !cdr_multi_session(d), .finish = end_session,
	};
	u64 ns = cdr_flush_time(d) + cdr_sectors_to_ns(d, more);

	return cdr_start_op(d, cmd, op, ns, immed);
}

static void begin(struct cdr_drive *d, s32 lba)
{
	struct cdr_buffer *b = &d->laser.buffer;
	u32 pauses = b->gap;

	memset(b, 0, sizeof(*b));
	b->block = cdr_at_once_block(d, lba);
	b->gap = in_leadin(d, lba) ? 0 : CDR_LEADIN + pauses;
	d->laser.writing = true;
	d->laser.test = cdr_test_write(d);
	d->laser.abandon = abandon_session;
}

/* Program sectors have another size than lead-in sectors: account those in the buffer as a gap. */
static void leave_leadin(struct cdr_buffer *b)
{
	b->gap += b->used / b->block;
	b->used = 0;
	b->block = CDR_RAW;
}

/**
 * cdr_at_once_take() - account a WRITE whose data were accepted
 * @d:		the drive
 * @lba:	its address
 * @count:	its sectors
 *
 * After the last sector the drive closes the session by itself.
 */
void cdr_at_once_take(struct cdr_drive *d, s32 lba, u32 count)
{
	struct cdr_sheet *s = &d->sheet;
	u32 leadout = d->disc->nsessions ? CDR_LEADOUT_NEXT : CDR_LEADOUT_FIRST;

	if (!d->laser.writing)
		begin(d, lba);
	if (!in_leadin(d, lba) && d->laser.buffer.block == TEXT_BLOCK)
		leave_leadin(&d->laser.buffer);
	s->next += count;
	skip_pauses(d);
	cdr_buffer_add(d, count * cdr_at_once_block(d, lba));
	if (s->next == s->leadout)
		start_end(d, NULL, leadout, true);
}

/**
 * cdr_at_once_sync() - SYNCHRONIZE CACHE of a session at once
 * @d:		the drive, which is writing a session at once
 * @cmd:	the command
 *
 * After the last sector, wait for the end of the session. Before that, end the session here,
 * because the laser cannot resume once it has stopped.
 *
 * Return: 0, a sense code or CDR_HOLD
 */
int cdr_at_once_sync(struct cdr_drive *d, struct cdr_cmd *cmd)
{
	bool immed = cdr_cdb(cmd)[1] & 2;
	u32 sense = d->laser.write_error;

	if (sense) {
		end_session(d, true);
		return sense;
	}
	if (d->op.kind != CDR_OP_END_SESSION)
		return start_end(d, cmd, 0, immed);
	if (immed)
		return 0;
	d->op.polls = 0;
	cmd->started = true;
	cmd->due = d->op.end;
	return CDR_HOLD;
}
