// SPDX-License-Identifier: GPL-2.0-only
/*
 * Session-at-once: what the worker does before the audio, and at its end. The drive gets the layout
 * of the whole session as a cue sheet, then its lead-in if there is CD-TEXT, two seconds of silence
 * and the audio up to the lead-out, all without a gap, and closes the session by itself. The audio
 * goes the way of a track's (stream.c); where it is cut short the rest is silence.
 */
#include <linux/cdrom.h>
#include <linux/delay.h>
#include <linux/slab.h>

#include "tao.h"
#include "trace.h"

/* A unit attention before the first WRITE starts anew. */
#define AT_ONCE_TRIES		3
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

static void plan_free(struct kref *ref)
{
	struct tao_plan *plan = container_of(ref, struct tao_plan, ref);

	kvfree(plan->tracks);
	kvfree(plan->marks);
	kvfree(plan->text);
	kfree(plan);
}

/**
 * tao_plan_put - let go of a plan
 * @plan: the plan, or NULL
 */
void tao_plan_put(struct tao_plan *plan)
{
	if (plan)
		kref_put(&plan->ref, plan_free);
}

/**
 * tao_plan_same - whether two plans lay out the same
 * @a: a plan, or NULL
 * @b: another, or NULL
 *
 * Their sizes are those of the arguments of the call, which are compared before.
 */
bool tao_plan_same(const struct tao_plan *a, const struct tao_plan *b)
{
	if (!a || !b)
		return a == b;
	return !memcmp(a->tracks, b->tracks, a->layout.tracks_count * sizeof(*a->tracks)) &&
	       !memcmp(a->marks, b->marks, a->layout.marks_count * sizeof(*a->marks)) &&
	       !memcmp(a->text, b->text, a->layout.text_bytes);
}

/* --- before the first WRITE ------------------------------------------------------------------- */

static int check_drive(struct tao_device *td, const struct tao_plan *plan)
{
	const struct tao_features *f = &td->features_now;
	bool protected = td->capabilities.underrun_free || td->features.underrun_free;
	u32 bytes = tao_plan_sheet_bytes(plan, 0);

	if (f->present && f->mastering && !f->session_at_once)
		return tao_error_text(td, -EOPNOTSUPP, "the drive has no session-at-once");
	if (plan->layout.text_bytes && f->mastering && !f->lead_in_text)
		return tao_error_text(td, -EOPNOTSUPP, "the drive can't write CD-TEXT");
	if (f->sheet_bytes_max && bytes > f->sheet_bytes_max)
		return tao_error_text(td, -E2BIG, "the cue sheet has %u bytes, the drive takes %u",
				      bytes, f->sheet_bytes_max);
	/* Without it there would be no time for silence when the audio does not come. */
	if (!protected || td->prepared.flags & TAO_PREPARE_NO_UNDERRUN_FREE)
		return tao_error_text(td, -EOPNOTSUPP,
				      "session-at-once needs protection against buffer underruns");
	return 0;
}

static int check_disc(struct tao_device *td, const struct tao_plan *plan)
{
	struct tao_medium m;

	tao_medium_get(td, &m);
	if (m.status != TAO_DISC_BLANK || m.tracks)
		return tao_error_text(td, -EROFS, "session-at-once needs a blank disc");
	if (tao_plan_sectors(plan) > m.lead_out_lba)
		return tao_error_text(td, -ENOSPC, "the session has %u sectors, the disc %d",
				      tao_plan_sectors(plan), m.lead_out_lba);
	return 0;
}

/* The drive does not know this query, or has no proper reply to it. That is not a failure. */
static bool unanswered(const struct tao_device *td)
{
	const struct tao_sense *sense = &td->sense;

	return (sense->valid && !sense->deferred && sense->key == ILLEGAL_REQUEST) ||
	       sense->note == TAO_NOTE_BAD_REPLY;
}

static int query_result(struct tao_device *td, int err, u8 opcode)
{
	if (!err || unanswered(td))
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

	if (!err && lba >= PREGAP_LBA)
		err = ask_disc_info(td, &lba);
	plan->lead_in_lba = lba < PREGAP_LBA ? lba : PREGAP_LBA - LEAD_IN_SECTORS;
	return err;
}

/* That the laser can't be calibrated is known before anything is written. */
static int calibrate(struct tao_device *td)
{
	int err;

	if (td->prepared.flags & TAO_PREPARE_TEST_WRITE)
		return 0;
	err = tao_ask(td, ktime_get(), tao_mmc_send_opc(td->sdev, &td->sense));
	if (!err)
		return 0;
	switch (tao_sense_classify(&td->sense)) {
	case TAO_SENSE_UNSUPPORTED:
	case TAO_SENSE_BAD_FIELD:
	case TAO_SENSE_CALIBRATION_NOTE:
		return 0;
	default:
		return tao_error_command(td, tao_gave_up(err), GPCMD_SEND_OPC, 0, &td->sense);
	}
}

/* How a lead-in with CD-TEXT is announced: drives take one of these. */
static const struct text_form {
	bool real_lead_in;
	u8 block_type;
} text_forms[] = {
	{ false, 0 },
	{ true, 3 },
};

/* What of the sheet's form drives were seen to refuse, the usual one first. */
static const unsigned int sheet_forms[] = {
	0, TAO_SHEET_ISRC_PLAIN, TAO_SHEET_INDEX_0, TAO_SHEET_INDEX_0 | TAO_SHEET_GAP_1,
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

/* Returns -EAGAIN if the drive does not take it in this form, and may in another. */
static int offer(struct tao_device *td, const struct tao_plan *plan, unsigned int sheet_form,
		 const struct text_form *text, u8 *opcode)
{
	int err;

	*opcode = GPCMD_MODE_SELECT_10;
	err = tao_medium_select_at_once(td, plan->layout.close, text->block_type);
	if (!err) {
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

	/* What it said is the latest error then. */
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

static int offer_forms(struct tao_device *td, const struct tao_plan *plan)
{
	unsigned int texts = plan->layout.text_bytes ? ARRAY_SIZE(text_forms) : 1, i;
	u8 opcode;
	int err;

	for (i = 0; i < ARRAY_SIZE(sheet_forms) * texts; i++) {
		err = offer(td, plan, sheet_forms[i / texts], &text_forms[i % texts], &opcode);
		if (!err)
			note_form(td, sheet_forms[i / texts]);
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
	       !READ_ONCE(td->dead) && time_before(jiffies, deadline);
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
	return READ_ONCE(plan->cut) ?: READ_ONCE(td->hurry) ? -ECANCELED : 0;
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

/* --- begin and end ---------------------------------------------------------------------------- */

/* The next look shows the session, or what there is of it. */
static void expect(struct tao_device *td)
{
	const struct tao_plan *plan = td->plan;
	u32 i;

	for (i = 0; i < plan->layout.tracks_count; i++)
		tao_disc_expect(&td->known, tao_plan_number(plan, i), tao_plan_start(plan, i),
				tao_plan_start(plan, i + 1) - tao_plan_start(plan, i));
	td->known.closing = true;
}

/* That a look fails does not mean that the closing did. */
static int look(struct tao_device *td)
{
	int err = tao_medium_read(td);

	return err && err != -ENODEV ? tao_medium_read(td) : err;
}

/*
 * Looks at a disc whose session ended before all of it was there. After a unit attention, the drive
 * can't show whether it is the same disc: the hold is lost, and a disc that may be this one counts
 * as failed. @attention: it came before the flush, whose result is @flushed
 */
static int look_cut(struct tao_device *td, bool attention, int flushed)
{
	if (td->prepared.flags & TAO_PREPARE_TEST_WRITE)
		return look(td);
	expect(td);
	if (attention) {
		tao_medium_put_aside(td);
	} else {
		tao_medium_note_failed(td);
		/* Some drives raise one when they have ended a session. */
		if (!flushed)
			td->sense.attention = false;
	}
	return look(td);
}

/* A session that was begun cannot continue. The drive ends it as far as it can. */
static int give_up(struct tao_device *td, int err)
{
	bool attention = td->sense.attention;

	spin_lock_irq(&td->lock);
	td->statistics.tracks_failed++;
	spin_unlock_irq(&td->lock);
	if (!td->dead) {
		look_cut(td, attention, tao_long_flush(td));
		if (!(td->prepared.flags & TAO_PREPARE_TEST_WRITE))
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

	if (!td->dead && tao_medium_read(td)) {
		tao_long_flush(td);
		tao_medium_read(td);
	}
	sense.attention |= td->sense.attention;
	sense.exchange |= td->sense.exchange;
	td->sense = sense;
	return err;
}

static int begin_once(struct tao_device *td, struct tao_plan *plan, bool *begun)
{
	int err = plan->layout.text_bytes ? find_lead_in(td, plan) : 0;

	err = err ?: calibrate(td);
	if (err)
		return err;
	err = offer_forms(td, plan);
	/* Commands whose failure does not matter may have met it. */
	if (!err && td->sense.attention)
		err = tao_error_text(td, -EIO, "the disc may have been exchanged");
	err = err ?: write_head(td, plan, begun);
	if (!err)
		return 0;
	return *begun ? give_up(td, err) : withdraw(td, err);
}

/* Nothing is written yet, and another disc or other parameters mean to begin anew. */
static bool begin_again(struct tao_device *td, struct tao_plan *plan, int *err)
{
	if (!td->sense.attention)
		return false;
	*err = tao_prepare_again(td) ?: check_disc(td, plan);
	return !*err;
}

static int begin(struct tao_device *td, struct tao_plan *plan)
{
	int tries = AT_ONCE_TRIES, err;
	bool begun = false;

	err = tao_medium_look_anew(td) ?: check_drive(td, plan) ?: check_disc(td, plan);
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

/* The worker's own way to cut a session short. Calls that write or end it return @reason. */
static void cut_short(struct tao_device *td, int reason, struct list_head *gone)
{
	lockdep_assert_held(&td->lock);
	td->writer->error = td->stream.error ?: reason;
	tao_stream_cut(td, reason, gone);
	tao_end_behind(td);
}

/* Somebody did not wait for the head. */
static void cut_early(struct tao_device *td, const struct tao_plan *plan)
{
	LIST_HEAD(gone);
	int cut;

	spin_lock_irq(&td->lock);
	cut = plan->cut;
	if (cut)
		cut_short(td, cut, &gone);
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
	memcpy(plan->mcn, td->prepared.mcn, sizeof(plan->mcn));
	kref_get(&plan->ref);
	spin_lock_irq(&td->lock);
	td->plan = plan;
	spin_unlock_irq(&td->lock);
}

/**
 * tao_run_session_begin - lay out and open a session at once: SESSION_BEGIN
 * @td: the drive
 * @job: the job
 *
 * Return: what becomes its result.
 */
int tao_run_session_begin(struct tao_device *td, struct tao_job *job)
{
	struct tao_plan *plan = job->plan;
	int err;

	if (tao_stream_is_open(td))
		return -EINPROGRESS;
	if (td->hold != TAO_HOLD_OWNER) {
		td->lost = false;
		return -EBADFD;
	}
	tao_error_begin(td);
	tao_status_set_action(td, TAO_ACTION_PREPARING);
	take_plan(td, plan);
	/* Somebody else may have been told of another disc. */
	td->sense.attention = true;
	err = tao_held_begin(td) ?: begin(td, plan) ?: open_stream(td, plan);
	if (err)
		tao_at_once_forget(td);
	return td->exchanged ? tao_held_lost(td) : err;
}

/**
 * tao_at_once_forget - the session is over
 * @td: the drive
 */
void tao_at_once_forget(struct tao_device *td)
{
	struct tao_plan *plan;

	spin_lock_irq(&td->lock);
	plan = td->plan;
	td->plan = NULL;
	spin_unlock_irq(&td->lock);
	tao_plan_put(plan);
}

/* Whether all the audio has come. */
static bool is_complete(const struct tao_stream *s)
{
	return READ_ONCE(s->bytes_accepted) == s->limit_bytes;
}

/**
 * tao_at_once_starved - whether no audio has come for so long that none will
 * @td: the drive; its lock is held
 *
 * Or all of it has, and nobody ends the session.
 */
bool tao_at_once_starved(const struct tao_device *td)
{
	const struct tao_stream *s = &td->stream;

	lockdep_assert_held(&td->lock);
	return td->plan && s->phase == TAO_PHASE_OPEN && !s->cut && !s->queue_bytes &&
	       time_after(jiffies, s->fed + READ_ONCE(s->starve_seconds) * HZ);
}

/* The owner's own call ends the session already, or is about to. */
static bool owner_ends(const struct tao_file *writer)
{
	return writer->job && writer->job->ends && !tao_job_done(writer->job);
}

/**
 * tao_at_once_end_starved - go on with silence where no audio comes
 * @td: the drive
 *
 * For the worker. Calls that write or end the session fail from then on.
 */
void tao_at_once_end_starved(struct tao_device *td)
{
	LIST_HEAD(gone);
	bool starved;

	spin_lock_irq(&td->lock);
	starved = td->writer && !owner_ends(td->writer) && tao_at_once_starved(td);
	if (starved && (is_complete(&td->stream) || td->stream.error)) {
		/* A further write would begin another track. */
		td->writer->error = td->stream.error ?: -EFBIG;
		tao_end_behind(td);
		starved = false;
	}
	if (starved)
		cut_short(td, -ECANCELED, &gone);
	spin_unlock_irq(&td->lock);
	tao_stream_dispose(td, &gone, -ECANCELED);
	if (starved)
		tao_error_text(td, -ECANCELED,
			       "no audio came for %u s: the rest of the session is silence",
			       READ_ONCE(td->stream.starve_seconds));
}

static int compare_tracks(struct tao_device *td, const struct tao_plan *plan,
			  const struct tao_toc_list *toc)
{
	u32 tracks = plan->layout.tracks_count, i;

	if (toc->count != tracks + 1 ||
	    toc->entries[tracks].start_lba != tao_plan_start(plan, tracks))
		return tao_error_text(td, -EIO,
				      "the drive reports success, but the disc has not the session's tracks");
	for (i = 0; i < tracks; i++) {
		const struct tao_toc_entry *e = &toc->entries[i];

		if (e->number != tao_plan_number(plan, i) ||
		    e->start_lba != tao_plan_start(plan, i) ||
		    e->control != tao_plan_control(plan, i))
			return tao_error_text(td, -EIO,
					      "the drive reports success, but track %u is not as laid out",
					      tao_plan_number(plan, i));
	}
	return 0;
}

/* Some drives show no checksum in the last pack. */
static bool same_text(const struct tao_plan *plan, const u8 *packs, unsigned int bytes)
{
	return bytes == plan->layout.text_bytes && !memcmp(packs, plan->text, bytes - 2);
}

static int compare_text(struct tao_device *td, const struct tao_plan *plan)
{
	/* One pack more shows that there are too many. */
	unsigned int bytes = plan->layout.text_bytes + TAO_TEXT_PACK_BYTES;
	u8 *packs;
	bool same;
	int err;

	if (!plan->layout.text_bytes)
		return 0;
	err = tao_ask(td, ktime_get(),
		      tao_mmc_read_text(td->sdev, &packs, &bytes, &td->sense));
	if (err && !unanswered(td))
		return tao_error_command(td, tao_gave_up(err), GPCMD_READ_TOC_PMA_ATIP, 0,
					 &td->sense);
	same = !err && same_text(plan, packs, bytes);
	if (!err)
		kvfree(packs);
	if (same)
		return 0;
	return tao_error_text(td, -EIO,
			      "the drive reports success, but does not show the CD-TEXT; load the disc anew and look again");
}

static int compare_toc(struct tao_device *td, const struct tao_plan *plan)
{
	struct tao_toc_list *toc = kmalloc(sizeof(*toc), GFP_KERNEL);
	int err;

	if (!toc)
		return -ENOMEM;
	err = tao_ask(td, ktime_get(), tao_mmc_read_toc(td->sdev, toc, &td->sense));
	if (err)
		err = tao_error_command(td, tao_gave_up(err), GPCMD_READ_TOC_PMA_ATIP, 0,
					&td->sense);
	else
		err = compare_tracks(td, plan, toc);
	kfree(toc);
	return err;
}

static int compare_status(struct tao_device *td, const struct tao_plan *plan)
{
	struct tao_medium m;

	tao_medium_get(td, &m);
	if (m.status == TAO_DISC_BLANK)
		return tao_error_text(td, -EIO,
				      "the drive reports success, but shows a blank disc; load the disc anew and look again");
	if (m.flags & TAO_MEDIUM_SESSION_OPEN)
		return tao_error_text(td, -EIO,
				      "the drive reports success, but the session is not closed");
	if (plan->layout.close == TAO_CLOSE_FINALIZE && m.status != TAO_DISC_COMPLETE)
		return tao_error_text(td, -EIO,
				      "the drive reports success, but the disc is not finalised");
	if (plan->layout.close == TAO_CLOSE_SESSION && m.status == TAO_DISC_COMPLETE)
		return tao_error_text(td, -EIO,
				      "the session is on the disc, but the drive has finalised it");
	return 0;
}

/* GOOD proves nothing: the disc has to match the layout. */
static int compare(struct tao_device *td, const struct tao_plan *plan)
{
	tao_status_set_action(td, TAO_ACTION_VERIFYING);
	return compare_status(td, plan) ?: compare_toc(td, plan) ?: compare_text(td, plan);
}

/**
 * tao_at_once_is_whole - whether the drive has got all of the session
 * @td: the drive
 */
bool tao_at_once_is_whole(const struct tao_device *td)
{
	return td->stream.sectors_sent == tao_plan_sectors(td->plan);
}

static int close_whole(struct tao_device *td)
{
	bool again = tao_medium_replaces(td);
	int err = tao_long_flush(td);

	expect(td);
	/* The disc may look blank until it is loaded anew. */
	if (err)
		tao_medium_note_failed(td);
	/* A look shows what there is, also where the drive could not end it. */
	err = look(td) ?: err;
	if (td->exchanged)
		return -EBADFD;
	err = err ?: compare(td, td->plan);
	if (err)
		return err;
	spin_lock_irq(&td->lock);
	td->statistics.sessions++;
	spin_unlock_irq(&td->lock);
	tao_medium_note_burned(td, again);
	tao_medium_forget_failed(td);
	return 0;
}

/**
 * tao_at_once_close - the end of a session at once, when the drive has got what it gets of it
 * @td: the drive
 * @error: of the audio; or why it was cut short
 *
 * Return: @error, or what went wrong here; that counts for more than that it was cut short.
 */
int tao_at_once_close(struct tao_device *td, int error)
{
	bool test = td->prepared.flags & TAO_PREPARE_TEST_WRITE;
	bool attention = td->sense.attention;
	int err;

	if (td->dead)
		return error ?: -ENODEV;
	tao_status_set_action(td, TAO_ACTION_CLOSING_SESSION);
	if (!test && tao_at_once_is_whole(td)) {
		err = close_whole(td);
	} else {
		err = tao_long_flush(td);
		err = look_cut(td, attention, err) ?: err;
	}
	if (!tao_track_failed(error))
		error = err ?: error;
	if (!test) {
		if (tao_track_failed(error))
			tao_medium_note_failed(td);
		tao_claim_disc_changed(td);
	}
	return error;
}
