// SPDX-License-Identifier: GPL-2.0-only
/* The commands that change a disc. */

#include <linux/minmax.h>
#include <linux/scatterlist.h>

#include "compat.h"
#include "cdr-sim.h"

/*
 * Durations in sectors: of ending a track, and of starting and stopping the closing of a session.
 */
#define END_TRACK_SECTORS	150
#define CLOSE_SECTORS		5250
#define CALIBRATE_NS		(2ULL * NSEC_PER_SEC)

/**
 * cdr_next_writable() - the next writable address
 * @d:	a drive with a disc that is not final
 *
 * Return: the address; for a disc with an incomplete track, which has none, the end of that track
 */
s32 cdr_next_writable(struct cdr_drive *d)
{
	struct cdr_track *track = cdr_disc_open_track(d->disc);

	if (d->laser.writing && cdr_at_once(d))
		return max(d->sheet.next, d->sheet.start);
	if (d->laser.writing && d->laser.test)
		return d->laser.test_start + (s32)d->laser.test_length;
	if (d->laser.test_next && cdr_test_write(d))
		return d->laser.test_next;
	if (track)
		return track->start + (s32)track->length;
	return cdr_disc_next_start(d->disc);
}

static int write_state(struct cdr_drive *d)
{
	u32 sense = d->laser.write_error;

	if (!cdr_disc_writable(d->disc) || d->laser.after_test == CDR_TEST_COMPLETE)
		return CDR_CANNOT_WRITE;
	if (!d->pages.set05)
		return CDR_BAD_SEQUENCE;
	if (sense) {
		d->laser.write_error = 0;
		return sense;
	}
	if (d->laser.failed)
		return CDR_BAD_WRITE_ADDRESS;
	if (!d->laser.writing && (cdr_disc_open_track(d->disc) || cdr_disc_half_closed(d->disc)))
		return CDR_BAD_SEQUENCE;
	if (!d->laser.writing && cdr_number(d->disc, d->disc->ntracks) == CDR_TRACKS)
		return CDR_NO_MORE_TRACKS;
	return 0;
}

static int write_address(struct cdr_drive *d, s32 lba, u32 count)
{
	s32 end = d->disc->last_leadout - CDR_RUNOUT;
	u32 need = d->laser.writing ? count : max_t(u32, count, CDR_MIN_TRACK);

	if (lba >= d->disc->last_leadout)
		return CDR_OUT_OF_RANGE;
	if (lba != cdr_next_writable(d))
		return CDR_BAD_WRITE_ADDRESS;
	if (lba > end || need > (u32)(end - lba))
		return CDR_END_OF_AREA;
	return 0;
}

static void begin_session(struct cdr_drive *d)
{
	struct cdr_disc *disc = d->disc;
	struct cdr_session *session = &disc->session[disc->nsessions++];

	memset(session, 0, sizeof(*session));
	session->first = disc->ntracks + 1;
	session->format = d->pages.p05[8];
	if (d->pages.p05[16] & 0x80)
		memcpy(session->mcn, &d->pages.p05[17], 13);
}

static void begin_real_track(struct cdr_drive *d)
{
	struct cdr_disc *disc = d->disc;
	s32 start = cdr_disc_next_start(disc);
	struct cdr_track *track;

	if (!cdr_disc_open_session(disc))
		begin_session(d);
	if (!disc->ntracks)
		cdr_disc_set_id(disc);
	track = &disc->track[disc->ntracks++];
	memset(track, 0, sizeof(*track));
	track->start = start;
	track->pregap = CDR_PREGAP;
	track->runout = CDR_RUNOUT;
	track->session = disc->nsessions;
	track->control = d->pages.p05[3] & 0x0f;
	track->open = true;
	if (d->pages.p05[32] & 0x80)
		memcpy(track->isrc, &d->pages.p05[33], 12);
}

/* The contents of the buffer never reach the disc. */
static void abandon_track(struct cdr_drive *d)
{
	struct cdr_track *track;

	if (!d->laser.test) {
		track = cdr_disc_open_track(d->disc);
		track->length -= min(track->length, d->laser.buffer.used / d->laser.buffer.block);
		track->damaged = true;
	}
	d->laser.writing = false;
	d->laser.test = false;
	d->laser.failed = false;
	d->laser.write_error = 0;
	memset(&d->laser.buffer, 0, sizeof(d->laser.buffer));
}

static void begin_track(struct cdr_drive *d)
{
	if (cdr_test_write(d)) {
		d->laser.test_start = cdr_next_writable(d);
		d->laser.test_length = 0;
		d->laser.test = true;
	} else {
		begin_real_track(d);
	}
	memset(&d->laser.buffer, 0, sizeof(d->laser.buffer));
	d->laser.buffer.block = cdr_block_size(d);
	d->laser.buffer.gap = CDR_PREGAP;
	d->laser.writing = true;
	d->laser.abandon = abandon_track;
}

/* Audio is stored as it is, moved by the offset; data are stored inside frames. */
static s64 store_pos(struct cdr_drive *d, s32 lba, u32 block)
{
	if (block == CDR_COOKED)
		return cdr_disc_pos(lba) + CDR_COOKED_OFFSET;
	return (s64)cdr_disc_pos(lba) + (s64)d->habits.write_offset * CDR_SAMPLE;
}

/* Samples that an offset moves in front of the first pregap are lost. */
static int store_bytes(struct cdr_drive *d, s64 pos, const void *buf, u32 len)
{
	u32 lost = pos < 0 ? min_t(s64, -pos, len) : 0;

	return cdr_disc_store(d->disc, pos + lost, buf + lost, len - lost);
}

static int store_piece(struct cdr_drive *d, s32 lba, u32 done, const void *buf, u32 len)
{
	u32 block = cdr_block_size(d);

	while (len) {
		u32 offset = done % block;
		u32 n = min(len, block - offset);
		s64 pos = store_pos(d, lba + (s32)(done / block), block) + offset;

		if (store_bytes(d, pos, buf, n))
			return -ENOMEM;
		done += n;
		buf += n;
		len -= n;
	}
	return 0;
}

static int store_sectors(struct cdr_drive *d, struct cdr_cmd *cmd, s32 lba, u32 bytes)
{
	struct scsi_cmnd *scmd = cdr_scmd(cmd);
	struct sg_mapping_iter miter;
	u32 done = 0;
	int ret = 0;

	sg_miter_start(&miter, scsi_sglist(scmd), scsi_sg_count(scmd),
		       SG_MITER_ATOMIC | SG_MITER_FROM_SG);
	while (!ret && done < bytes && sg_miter_next(&miter)) {
		u32 n = min_t(u32, miter.length, bytes - done);

		ret = store_piece(d, lba, done, miter.addr, n);
		done += n;
	}
	sg_miter_stop(&miter);
	return ret;
}

static u32 block_at(const struct cdr_drive *d, s32 lba)
{
	return cdr_at_once(d) ? cdr_at_once_block(d, lba) : cdr_block_size(d);
}

static int store_data(struct cdr_drive *d, struct cdr_cmd *cmd, s32 lba, u32 count)
{
	u32 block = block_at(d, lba);

	if (cdr_at_once(d) && lba < d->sheet.start) {
		cdr_at_once_store_text(d, cmd, count);
		return 0;
	}
	if (!d->habits.keep_data || cdr_test_write(d))
		return 0;
	return store_sectors(d, cmd, lba, count * block);
}

static int buffer_full(struct cdr_drive *d, struct cdr_cmd *cmd, ktime_t when)
{
	if (!cmd->held)
		d->stats.buffer_full++;
	if (!d->habits.hold_when_full)
		return CDR_BUFFER_FULL;
	cmd->held = true;
	cmd->due = when;
	return CDR_HOLD;
}

static int calibrated(struct cdr_drive *d, u8 arg)
{
	d->laser.calibrated = true;
	return 0;
}

/* The first WRITE to a disc makes the drive calibrate the laser. */
static int calibrate(struct cdr_drive *d, struct cdr_cmd *cmd)
{
	struct cdr_op op = { .kind = CDR_OP_CALIBRATE, .finish = calibrated };
	u64 ns = d->habits.opc_ms * (u64)NSEC_PER_MSEC;

	cdr_start_op(d, cmd, op, ns, !d->habits.hold_when_full);
	/* A held command is executed after the calibration. */
	cmd->started = false;
	if (d->op.kind == CDR_OP_NONE)
		return 0;
	return d->habits.hold_when_full ? CDR_HOLD : CDR_BUFFER_FULL;
}

static void account_write(struct cdr_drive *d, struct cdr_cmd *cmd, u32 count, u32 bytes)
{
	d->stats.writes++;
	d->stats.written_sectors += count;
	cdr_count_pages(d, cmd, bytes);
}

static void take_data(struct cdr_drive *d, s32 lba, u32 count, u32 bytes)
{
	if (cdr_at_once(d)) {
		cdr_at_once_take(d, lba, count);
		return;
	}
	if (!d->laser.writing)
		begin_track(d);
	if (d->laser.test)
		d->laser.test_length += count;
	else
		cdr_disc_open_track(d->disc)->length += count;
	cdr_buffer_add(d, bytes);
}

/**
 * cdr_write() - WRITE(10) and WRITE(12)
 * @d:		the drive
 * @cmd:	the command
 *
 * Return: 0, a sense code or CDR_HOLD
 */
int cdr_write(struct cdr_drive *d, struct cdr_cmd *cmd)
{
	const u8 *cdb = cdr_cdb(cmd);
	bool twelve = cdb[0] == 0xaa;
	s32 lba = get_unaligned_be32(&cdb[2]);
	u32 count = twelve ? get_unaligned_be32(&cdb[6]) : get_unaligned_be16(&cdb[7]);
	ktime_t when;
	u32 bytes;
	int ret;

	ret = write_state(d);
	if (ret || !count)
		return ret;
	ret = cdr_at_once(d) ? cdr_at_once_address(d, cmd, lba, count) :
			       write_address(d, lba, count);
	if (ret)
		return ret;
	bytes = count * block_at(d, lba);
	if (scsi_bufflen(cdr_scmd(cmd)) < bytes)
		return CDR_TRANSPORT_ERROR;
	ret = d->laser.calibrated ? 0 : calibrate(d, cmd);
	if (!ret && cdr_at_once(d))
		ret = cdr_at_once_hold_off(d, cmd, lba);
	if (ret)
		return ret;
	if (!cdr_buffer_fits(d, bytes, &when))
		return buffer_full(d, cmd, when);
	if (store_data(d, cmd, lba, count)) {
		cmd->due = ktime_add_ms(ktime_get(), 1);
		return CDR_HOLD;
	}
	take_data(d, lba, count, bytes);
	account_write(d, cmd, count, bytes);
	scsi_set_resid(cdr_scmd(cmd), scsi_bufflen(cdr_scmd(cmd)) - bytes);
	return 0;
}

static void end_test(struct cdr_drive *d)
{
	u32 length = max_t(u32, d->laser.test_length, CDR_MIN_TRACK);

	d->laser.test = false;
	d->laser.after_test = d->habits.test_write;
	if (d->laser.after_test == CDR_TEST_ADVANCE)
		d->laser.test_next = d->laser.test_start + (s32)length + CDR_RUNOUT + CDR_PREGAP;
}

static int end_track(struct cdr_drive *d, u8 arg)
{
	struct cdr_track *track = cdr_disc_open_track(d->disc);

	if (d->laser.writing && d->laser.test) {
		end_test(d);
	} else if (track) {
		if (track->length < CDR_MIN_TRACK)
			d->stats.short_tracks++;
		cdr_disc_end_track(d->disc);
	}
	d->laser.writing = false;
	d->laser.failed = false;
	d->laser.write_error = 0;
	memset(&d->laser.buffer, 0, sizeof(d->laser.buffer));
	return 0;
}

static int start_end_track(struct cdr_drive *d, struct cdr_cmd *cmd)
{
	struct cdr_op op = { .kind = CDR_OP_END_TRACK, .finish = end_track };
	u64 ns = cdr_flush_time(d) + cdr_sectors_to_ns(d, END_TRACK_SECTORS);
	u32 sense = d->laser.write_error;

	if (sense) {
		end_track(d, 0);
		return sense;
	}
	return cdr_start_op(d, cmd, op, ns, cdr_cdb(cmd)[1] & 2);
}

/* SYNCHRONIZE CACHE: ends the track */
int cdr_synchronize_cache(struct cdr_drive *d, struct cdr_cmd *cmd)
{
	if (get_unaligned_be32(&cdr_cdb(cmd)[2]) || get_unaligned_be16(&cdr_cdb(cmd)[7]))
		return CDR_BAD_FIELD;
	if (!d->laser.writing)
		return 0;
	return cdr_at_once(d) ? cdr_at_once_sync(d, cmd) : start_end_track(d, cmd);
}

static int close_track(struct cdr_drive *d, struct cdr_cmd *cmd, u16 number)
{
	struct cdr_track *open = cdr_disc_open_track(d->disc);
	bool any = d->laser.writing || open;
	u16 last = d->disc->ntracks;

	if (!number || (number != 0xff && number > last + 1))
		return CDR_BAD_FIELD;
	if (!any || (open && number != 0xff && number != last))
		return 0;
	return start_end_track(d, cmd);
}

static int finish_session(struct cdr_drive *d, u8 final)
{
	cdr_tell_stale(d);
	cdr_disc_close_session(d->disc, final);
	if (d->habits.attentions)
		cdr_attention_add(d, CDR_UA_MEDIUM);
	return 0;
}

static int close_session(struct cdr_drive *d, struct cdr_cmd *cmd)
{
	struct cdr_op op = {
		.kind = CDR_OP_CLOSE_SESSION,
		.arg = !cdr_multi_session(d),
		.finish = finish_session,
	};
	u32 leadout = d->disc->nsessions > 1 ? CDR_LEADOUT_NEXT : CDR_LEADOUT_FIRST;
	u64 ns = cdr_sectors_to_ns(d, CDR_LEADIN + leadout + CLOSE_SECTORS);

	if (d->laser.writing || cdr_disc_open_track(d->disc))
		return CDR_INCOMPLETE_TRACK;
	if (!cdr_disc_open_session(d->disc) || cdr_test_write(d))
		return d->habits.refuse_close ? CDR_CANNOT_WRITE : 0;
	return cdr_start_op(d, cmd, op, ns, cdr_cdb(cmd)[1] & 1);
}

/*
 * The TOC is in the lead-in, which was written first: few drives can close a session that was
 * cut.
 */
static bool cut_for_good(const struct cdr_drive *d)
{
	const struct cdr_session *open = cdr_disc_open_session(d->disc);

	return open && open->cut && !d->habits.repair;
}

/* CLOSE TRACK/SESSION */
int cdr_close(struct cdr_drive *d, struct cdr_cmd *cmd)
{
	const u8 *cdb = cdr_cdb(cmd);
	u16 number = get_unaligned_be16(&cdb[4]);

	if (d->disc->half_blank)
		return CDR_CANNOT_CLOSE;
	if (!cdr_disc_writable(d->disc))
		return d->habits.refuse_close ? CDR_CANNOT_WRITE : CDR_EMPTY_TRACK;
	if (d->laser.writing && cdr_at_once(d))
		return CDR_BAD_SEQUENCE;
	if (cut_for_good(d))
		return CDR_CANNOT_CLOSE;
	if (cdb[2] == 1)
		return close_track(d, cmd, number);
	if (cdb[2] == 2 && !number)
		return close_session(d, cmd);
	return CDR_BAD_FIELD;
}

static int erase(struct cdr_drive *d, u8 type)
{
	int ret = cdr_disc_erase(d->disc);

	if (ret)
		return ret;
	d->stale = false;
	d->laser.test_next = 0;
	d->laser.after_test = CDR_TEST_STAY;
	if (d->habits.attentions)
		cdr_attention_add(d, CDR_UA_MEDIUM);
	return 0;
}

/* BLANK: the whole disc, or the minimum */
int cdr_blank(struct cdr_drive *d, struct cdr_cmd *cmd)
{
	struct cdr_op op = { .kind = CDR_OP_BLANK, .finish = erase };
	const u8 *cdb = cdr_cdb(cmd);
	u8 type = cdb[1] & 7;
	u32 sectors = CDR_LEADIN + CDR_LEADOUT_FIRST;

	if (type > 1 || get_unaligned_be32(&cdb[2]))
		return CDR_BAD_FIELD;
	if (d->disc->medium != CDR_MEDIUM_RW)
		return CDR_CANNOT_BLANK;
	if (d->laser.writing || cdr_test_write(d))
		return CDR_BAD_SEQUENCE;
	if (!type)
		sectors += d->disc->last_leadout;
	op.arg = type;
	return cdr_start_op(d, cmd, op, cdr_sectors_to_ns(d, sectors), cdb[1] & 0x10);
}

/* SEND OPC INFORMATION: calibrate the laser */
int cdr_send_opc(struct cdr_drive *d, struct cdr_cmd *cmd)
{
	struct cdr_op op = { .kind = CDR_OP_CALIBRATE, .finish = calibrated };
	const u8 *cdb = cdr_cdb(cmd);

	if (get_unaligned_be16(&cdb[7]))
		return CDR_BAD_FIELD;
	if (!(cdb[1] & 1))
		return 0;
	if (!cdr_disc_writable(d->disc))
		return CDR_CANNOT_WRITE;
	if (d->laser.writing)
		return CDR_BAD_SEQUENCE;
	return cdr_start_op(d, cmd, op, d->habits.realtime ? CALIBRATE_NS : 0, false);
}
