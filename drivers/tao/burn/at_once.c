// SPDX-License-Identifier: GPL-2.0-only
/*
 * The beginning of a session at once. The drive gets the layout of the whole session as a cue
 * sheet, then its lead-in if there is CD-TEXT, two seconds of silence and the audio up to the
 * lead-out, all without a gap. The audio goes the way of a track's (stream.c).
 */
#include <linux/cdrom.h>
#include <linux/delay.h>
#include <linux/slab.h>

#include "burn.h"

/* A drive that refuses a WRITE for so long has lost the disc. */
#define AT_ONCE_FULL_MS		200000
#define AT_ONCE_PAUSE_MS	20
#define AT_ONCE_PAUSE_MAX_MS	320
/* Sectors in a WRITE to the lead-in, and of the silence before the first track. */
#define LEAD_IN_WRITE		128
#define SILENCE_WRITE		13
/* Where the disc does not tell how long its lead-in is */
#define LEAD_IN_SECTORS		4500
#define PREGAP_LBA		(-150)

/* --- before the first WRITE ------------------------------------------------------------------- */

static int check_drive(struct tao_device *td, const struct tao_plan *plan)
{
	const struct tao_features *f = &td->discs.features_now;
	bool protected = td->attach.capabilities.underrun_free || td->attach.features.underrun_free;
	u32 bytes = tao_plan_sheet_bytes(plan, 0);

	if (f->present && f->mastering && !f->session_at_once)
		return tao_error_text(td, -EOPNOTSUPP, "the drive has no session-at-once");
	if (plan->layout.text_bytes && f->mastering && !f->lead_in_text)
		return tao_error_text(td, -EOPNOTSUPP, "the drive can't write CD-TEXT");
	if (f->sheet_bytes_max && bytes > f->sheet_bytes_max)
		return tao_error_text(td, -E2BIG, "the cue sheet has %u bytes, the drive takes %u",
				      bytes, f->sheet_bytes_max);
	/* Without it there would be no time for silence when the audio does not come. */
	if (!protected || td->held.prepared.flags & TAO_PREPARE_NO_UNDERRUN_FREE)
		return tao_error_text(td, -EOPNOTSUPP,
				      "session-at-once needs protection against buffer underruns");
	return 0;
}

static int check_disc(struct tao_device *td, const struct tao_plan *plan)
{
	struct tao_medium m;
	u32 room;

	tao_medium_get(td, &m);
	/* Not every drive reports where the disc ends. */
	room = m.lead_out_lba > 0 ? m.lead_out_lba : m.total_sectors;
	if (m.status != TAO_DISC_BLANK || m.tracks)
		return tao_error_text(td, -EROFS, "session-at-once needs a blank disc");
	if (tao_plan_sectors(plan) > room)
		return tao_error_text(td, -ENOSPC, "the session has %u sectors, the disc %u",
				      tao_plan_sectors(plan), room);
	return 0;
}

static int query_result(struct tao_device *td, int err, u8 opcode)
{
	if (!err || tao_sense_is_unanswered(&td->sense))
		return 0;
	return tao_error_command(td, tao_gave_up(err), opcode, 0, &td->sense);
}

static int ask_atip(struct tao_device *td, s32 *lba)
{
	struct tao_atip atip = {};
	int err = tao_ask(td, ktime_get(), tao_mmc_read_atip(td->sdev, &atip, &td->sense));

	if (!err && atip.valid)
		*lba = atip.lead_in_lba;
	return query_result(td, err, GPCMD_READ_TOC_PMA_ATIP);
}

static int ask_disc_info(struct tao_device *td, s32 *lba)
{
	struct tao_disc_info info = {};
	int err = tao_ask(td, ktime_get(), tao_mmc_read_disc_info(td->sdev, &info, &td->sense));

	if (!err && info.lead_in_valid)
		*lba = info.lead_in_lba;
	return query_result(td, err, GPCMD_READ_DISC_INFO);
}

static int find_lead_in(struct tao_device *td, struct tao_plan *plan)
{
	s32 lba = PREGAP_LBA;
	int err = ask_atip(td, &lba);

	if (lba >= PREGAP_LBA)
		err = ask_disc_info(td, &lba) ?: err;
	plan->lead_in_lba = lba < PREGAP_LBA ? lba : PREGAP_LBA - LEAD_IN_SECTORS;
	if (lba >= PREGAP_LBA)
		return err;
	/* The other of them had it. */
	tao_error_begin(td);
	return 0;
}

/*
 * That the laser can't be calibrated is known before anything is written. A drive that refuses the
 * command calibrates it by itself; some report it as the button.
 */
static int calibrate(struct tao_device *td)
{
	int err;

	if (td->held.prepared.flags & TAO_PREPARE_TEST_WRITE)
		return 0;
	err = tao_ask(td, ktime_get(), tao_mmc_send_opc(td->sdev, &td->sense));
	if (!err)
		return 0;
	switch (tao_sense_classify(&td->sense)) {
	case TAO_SENSE_CALIBRATION_NOTE:
	case TAO_SENSE_EJECT_REQUEST:
		return 0;
	default:
		if (tao_sense_is_unanswered(&td->sense))
			return 0;
		return tao_error_command(td, tao_gave_up(err), GPCMD_SEND_OPC, 0, &td->sense);
	}
}

/* How a lead-in with CD-TEXT is announced: drives take one or two of these. */
static const struct text_form {
	bool real_lead_in;
	u8 block_type;
} text_forms[] = {
	{ false, 0 },
	{ true, 3 },
	{ true, 0 },
	{ false, 3 },
};

/* Forms of the sheet that some drives refuse, the usual one first. */
static const unsigned int sheet_forms[] = {
	0, TAO_SHEET_ISRC_PLAIN, TAO_SHEET_INDEX_0, TAO_SHEET_ISRC_PLAIN | TAO_SHEET_INDEX_0,
	TAO_SHEET_INDEX_0 | TAO_SHEET_GAP_1,
	TAO_SHEET_ISRC_PLAIN | TAO_SHEET_INDEX_0 | TAO_SHEET_GAP_1,
};

static int send_sheet(struct tao_device *td, const struct tao_plan *plan, unsigned int form,
		      bool real_lead_in)
{
	unsigned int bytes = tao_plan_sheet_bytes(plan, form);
	u8 *sheet = kmalloc(bytes, GFP_KERNEL);
	int err;

	if (!sheet)
		return -ENOMEM;
	tao_plan_sheet(plan, form, real_lead_in, sheet);
	err = tao_ask(td, ktime_get(),
		      tao_mmc_send_cue_sheet(td->sdev, sheet, bytes,
					     READ_ONCE(td->stream.limits.ignore_residue),
					     &td->sense));
	kfree(sheet);
	return err;
}

/*
 * Returns -EAGAIN if the drive does not take it in this form, and may in another. Some drives want
 * to be asked for the next track, whatever they answer.
 */
static int offer(struct tao_device *td, const struct tao_plan *plan, unsigned int sheet_form,
		 const struct text_form *text, u8 *opcode)
{
	struct tao_track_info next;
	int err;

	*opcode = GPCMD_MODE_SELECT_10;
	err = tao_select_at_once(td, plan->layout.close, text->block_type);
	if (!err) {
		tao_select_ask(td, ktime_get(), TAO_TRACK_NEXT, &next);
		*opcode = GPCMD_SEND_CUE_SHEET;
		err = send_sheet(td, plan, sheet_form, text->real_lead_in);
	}
	if (!err)
		return 0;
	if (tao_sense_is_form_refused(&td->sense))
		return -EAGAIN;
	return tao_error_command(td, tao_gave_up(err), *opcode, 0, &td->sense);
}

static int refused(struct tao_device *td, u8 opcode)
{
	int err = tao_error_text(td, -EOPNOTSUPP, "the drive refuses this layout in every form");

	/* Its answer is the latest error then. */
	tao_error_command(td, -EIO, opcode, 0, &td->sense);
	return err;
}

/* In one form, a track without a pregap gets one, which changes the layout by a sector. */
static void note_form(struct tao_device *td, unsigned int form)
{
	if (form & TAO_SHEET_GAP_1)
		dev_notice(&td->dev,
			   "the drive wants a pregap: tracks without one get a sector of the track before\n");
}

static unsigned int text_forms_count(const struct tao_plan *plan)
{
	return plan->layout.text_bytes ? ARRAY_SIZE(text_forms) : 1;
}

/* @next: the form to begin with; returned: the one behind that which the drive takes. */
static int offer_forms(struct tao_device *td, const struct tao_plan *plan, unsigned int *next)
{
	unsigned int texts = text_forms_count(plan);
	u8 opcode = GPCMD_SEND_CUE_SHEET;
	int err;

	while (*next < ARRAY_SIZE(sheet_forms) * texts) {
		unsigned int sheet = sheet_forms[*next / texts];
		const struct text_form *text = &text_forms[*next % texts];

		++*next;
		err = offer(td, plan, sheet, text, &opcode);
		if (!err)
			note_form(td, sheet);
		if (err != -EAGAIN)
			return err;
	}
	return refused(td, opcode);
}

/* --- lead-in and silence ---------------------------------------------------------------------- */

static bool write_again(struct tao_device *td, unsigned long deadline)
{
	return (tao_sense_is_buffer_full(&td->sense) || tao_sense_is_busy(&td->sense) ||
		tao_sense_classify(&td->sense) == TAO_SENSE_EJECT_REQUEST) &&
	       !READ_ONCE(td->now.dead) && time_before(jiffies, deadline);
}

/* The drive did not carry out the WRITE: the disc is as it was. */
static bool write_refused(struct tao_device *td)
{
	const struct tao_sense *sense = &td->sense;

	return tao_sense_is_buffer_full(sense) || tao_sense_is_busy(sense) ||
	       tao_sense_classify(sense) == TAO_SENSE_EJECT_REQUEST ||
	       tao_sense_classify(sense) == TAO_SENSE_CHANGED ||
	       (sense->valid && !sense->deferred &&
		(sense->key == NOT_READY || sense->key == ILLEGAL_REQUEST ||
		 sense->key == DATA_PROTECT));
}

/* Why the head ends here, or 0. */
static int head_cut(struct tao_device *td, bool begun)
{
	const struct tao_plan *plan = td->plan;

	if (READ_ONCE(plan->stop) && begun)
		return tao_error_text(td, -EIO, "the session was stopped when it had begun");
	if (begun)
		return 0;
	return READ_ONCE(plan->cut) ?: READ_ONCE(td->worker.hurry) ? -ECANCELED : 0;
}

/*
 * A WRITE of the head. Before the first one, the disc can still be left as it is; from then on only
 * a second CANCEL or a reboot stops it.
 */
static int write_paced(struct tao_device *td, s32 lba, u16 sectors, void *data, unsigned int bytes,
		       bool *begun)
{
	unsigned long deadline = jiffies + msecs_to_jiffies(AT_ONCE_FULL_MS);
	bool ignore_residue = READ_ONCE(td->stream.limits.ignore_residue);
	unsigned int pause_ms = AT_ONCE_PAUSE_MS;
	int err;

	for (;;) {
		err = head_cut(td, *begun);
		if (err)
			return err;
		err = tao_mmc_write(td->sdev, lba, sectors, data, bytes, ignore_residue,
				    &td->sense);
		*begun |= !err || !write_refused(td);
		if (!err)
			return 0;
		if (!write_again(td, deadline))
			break;
		msleep(pause_ms);
		pause_ms = min(2 * pause_ms, (unsigned int)AT_ONCE_PAUSE_MAX_MS);
	}
	return tao_error_command(td, tao_gave_up(err), WRITE_10, lba, &td->sense);
}

/*
 * Sectors of @bytes for the next WRITE of the head. Bridges may fail on more than the limits; these
 * stay as they are while the stream is reserved.
 */
static u32 head_sectors(const struct tao_device *td, s32 left, u32 most, u32 bytes)
{
	u32 limit = td->stream.limits.write_sectors * TAO_SECTOR_SIZE / bytes;

	return min3((u32)left, most, limit);
}

static int write_lead_in(struct tao_device *td, const struct tao_plan *plan, void *buf,
			 bool *begun)
{
	s32 lba = plan->lead_in_lba;
	int err = 0;

	while (lba < PREGAP_LBA && !err) {
		u32 n = head_sectors(td, PREGAP_LBA - lba, LEAD_IN_WRITE, TAO_LEAD_IN_BYTES), i;

		for (i = 0; i < n; i++)
			tao_plan_lead_in(plan, lba - plan->lead_in_lba + i,
					 buf + i * TAO_LEAD_IN_BYTES);
		err = write_paced(td, lba, n, buf, n * TAO_LEAD_IN_BYTES, begun);
		lba += n;
	}
	return err;
}

static int write_silence(struct tao_device *td, void *buf, bool *begun)
{
	s32 lba = PREGAP_LBA;
	int err = 0;

	memset(buf, 0, SILENCE_WRITE * TAO_SECTOR_SIZE);
	while (lba < 0 && !err) {
		u32 n = head_sectors(td, -lba, SILENCE_WRITE, TAO_SECTOR_SIZE);

		err = write_paced(td, lba, n, buf, n * TAO_SECTOR_SIZE, begun);
		lba += n;
	}
	return err;
}

static int write_head(struct tao_device *td, const struct tao_plan *plan, bool *begun)
{
	void *buf = kmalloc(SILENCE_WRITE * TAO_SECTOR_SIZE, GFP_KERNEL);
	int err = 0;

	BUILD_BUG_ON(LEAD_IN_WRITE * TAO_LEAD_IN_BYTES > SILENCE_WRITE * TAO_SECTOR_SIZE);
	if (!buf)
		return -ENOMEM;
	/* From here on the known state of the disc is out of date. */
	tao_medium_doubt(td);
	if (plan->layout.text_bytes)
		err = write_lead_in(td, plan, buf, begun);
	err = err ?: write_silence(td, buf, begun);
	kfree(buf);
	return err;
}

/* --- begin ------------------------------------------------------------------------------------ */

/* A session that was begun cannot continue. The drive ends it as far as it can. */
static int give_up(struct tao_device *td, int err)
{
	bool attention = td->sense.attention;

	spin_lock_irq(&td->lock);
	td->measured.statistics.tracks_failed++;
	spin_unlock_irq(&td->lock);
	if (!td->now.dead) {
		tao_at_once_look_cut(td, attention, tao_long_run(td, TAO_LONG_SYNC_SESSION));
		if (!(td->held.prepared.flags & TAO_PREPARE_TEST_WRITE))
			tao_claim_disc_changed(td);
	}
	return err;
}

/*
 * The drive has the cue sheet, or may have it, and nothing is written. The other write parameters
 * make it forget the sheet; some drives answer nothing else until they are told to end the session.
 */
static int withdraw(struct tao_device *td, int err)
{
	struct tao_sense sense = td->sense;

	if (!td->now.dead && tao_scan(td)) {
		tao_long_run(td, TAO_LONG_SYNC_SESSION);
		tao_scan(td);
	}
	/* Nothing failed if it was cut short. */
	if (!tao_track_failed(err))
		tao_error_begin(td);
	sense.attention |= td->sense.attention;
	sense.exchange |= td->sense.exchange;
	td->sense = sense;
	return err;
}

/* The drive has taken the sheet, and refuses the lead-in that it announces. Nothing is written. */
static bool wants_other_form(struct tao_device *td, const struct tao_plan *plan, unsigned int next)
{
	const struct tao_sense *sense = &td->sense;
	unsigned int texts = text_forms_count(plan);

	if (texts == 1 || next == ARRAY_SIZE(sheet_forms) * texts)
		return false;
	if (sense->attention || td->discs.exchanged || td->found.medium_old ||
	    !tao_medium_is_blank(&td->found.medium))
		return false;
	return tao_sense_is_form_refused(sense) ||
	       tao_sense_classify(sense) == TAO_SENSE_ADDRESS;
}

/* Returns -EAGAIN, and the error in @answer, if the drive may take another form. */
static int begin_in_form(struct tao_device *td, struct tao_plan *plan, unsigned int *next,
			 int *answer, bool *begun)
{
	int err = offer_forms(td, plan, next);

	/* Commands whose failure does not matter may have met it. */
	if (!err && td->sense.attention)
		err = tao_error_text(td, -EIO, "the disc may have been exchanged");
	if (err)
		return withdraw(td, err);
	err = write_head(td, plan, begun);
	if (!err)
		return 0;
	if (*begun)
		return give_up(td, err);
	withdraw(td, err);
	if (!wants_other_form(td, plan, *next))
		return err;
	*answer = *answer ?: err;
	return -EAGAIN;
}

static int begin_once(struct tao_device *td, struct tao_plan *plan, bool *begun)
{
	int err = plan->layout.text_bytes ? find_lead_in(td, plan) : 0;
	unsigned int next = 0;
	int answer = 0;

	err = err ?: calibrate(td);
	if (err)
		return err;
	do {
		err = begin_in_form(td, plan, &next, &answer, begun);
	} while (err == -EAGAIN);
	/* Nothing failed if the drive took another form. */
	if (!err && answer)
		tao_error_begin(td);
	return err == -EOPNOTSUPP && answer ? answer : err;
}

/* Nothing is written yet, and another disc or other parameters mean to begin anew. */
static bool begin_again(struct tao_device *td, struct tao_plan *plan, int *err)
{
	if (!td->sense.attention)
		return false;
	*err = tao_hold_again(td) ?: check_disc(td, plan);
	return !*err;
}

static int begin(struct tao_device *td, struct tao_plan *plan)
{
	int tries = TAO_HOLD_TRIES, err;
	bool begun = false;

	err = tao_scan_anew(td) ?: check_drive(td, plan) ?: check_disc(td, plan);
	err = err ?: tao_stream_reserve(td);
	if (err)
		return err;
	pm_stay_awake(&td->dev);
	do {
		err = begin_once(td, plan, &begun);
	} while (err && !begun && --tries && begin_again(td, plan, &err));
	if (err)
		tao_stream_unreserve(td);
	pm_relax(&td->dev);
	return err;
}

/* Somebody did not wait for the head. */
static void cut_early(struct tao_device *td, const struct tao_plan *plan)
{
	LIST_HEAD(gone);
	int cut;

	spin_lock_irq(&td->lock);
	cut = plan->cut;
	if (cut)
		tao_at_once_cut_short(td, cut, &gone);
	if (plan->stop)
		tao_stream_stop_locked(td, cut, &gone);
	spin_unlock_irq(&td->lock);
	tao_stream_dispose(td, &gone, cut);
}

static int open_stream(struct tao_device *td, struct tao_plan *plan)
{
	struct tao_track_begin first = {
		.flags = plan->layout.flags & TAO_LAYOUT_ANY_DATA ? TAO_TRACK_ANY_DATA : 0,
		.number = tao_plan_number(plan, 0),
		.bytes = (u64)tao_plan_sectors(plan) * TAO_SECTOR_SIZE,
	};
	int err = tao_track_open(td, &first);

	if (!err)
		cut_early(td, plan);
	return err;
}

/* From here on a CANCEL finds it. */
static void take_plan(struct tao_device *td, struct tao_plan *plan)
{
	memcpy(plan->mcn, td->held.prepared.mcn, sizeof(plan->mcn));
	kref_get(&plan->ref);
	spin_lock_irq(&td->lock);
	td->plan = plan;
	spin_unlock_irq(&td->lock);
}

/* SESSION_BEGIN: lays out and opens a session at once. */
static int run_session_begin(struct tao_device *td, struct tao_job *job)
{
	struct tao_plan *plan = job->plan;
	int err;

	if (tao_stream_is_open(td))
		return -EINPROGRESS;
	if (td->held.hold != TAO_HOLD_OWNER) {
		/* Either the caller hears that now, or it has not called PREPARE. */
		tao_hold_was_lost(td);
		return -EBADFD;
	}
	tao_error_begin(td);
	tao_event_set_action(td, TAO_ACTION_PREPARING);
	take_plan(td, plan);
	/* Somebody else may have been told of another disc. */
	td->sense.attention = true;
	err = tao_hold_begin(td) ?: begin(td, plan) ?: open_stream(td, plan);
	if (err)
		tao_at_once_forget(td);
	return err && td->discs.exchanged ? tao_hold_lost(td) : err;
}

const struct tao_job_kind tao_job_session_begin = { "session-begin", run_session_begin };
