// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which disc is in the drive, its contents, and the position of the next track. All functions
 * except the getters are for the worker and send commands: the drive must be held.
 */
#include <linux/slab.h>
#include <scsi/scsi_proto.h>
#include <linux/cdrom.h>

#include "disc.h"

/* Maximum number of unit attentions that a drive may have queued for us. */
#define TAO_ATTENTIONS_MAX	10
/* How long a drive may be "not ready, cause not reportable". */
#define TAO_NOT_REPORTABLE_MS	30000
/* How often to ask a busy drive: asking keeps a slow one from its work. */
#define TAO_POLL_MIN_MS		20
#define TAO_POLL_MAX_MS		500
/* How long a drive that was ready may still be busy. */
#define TAO_BUSY_MS		10000
/* How long a disc that came to rest may take to turn again. */
#define TAO_START_MS		60000
/* How long a drive may take to report all its tracks: the tracks reported by then count. */
#define TAO_TRACKS_MS		60000
/* No CD holds more: the last address in minutes, seconds, frames is 99:59:74. */
#define TAO_LBA_MAX		449849

/**
 * struct medium_scan - memory for a look at the disc
 * @query: it is a query, and must not change anything
 * @told: the drive says that the disc may be another one than at the last look
 * @after_test: the drive may still report what a test write did not write
 * @began: when it began
 * @selected: the drive has the write parameters of audio
 * @medium: the result
 * @disc: reply to READ DISC INFORMATION
 * @next: reply to READ TRACK INFORMATION for the next track
 * @list: reply to READ TOC
 * @toc: the table of contents found
 * @known: what tells the disc from others
 */
struct medium_scan {
	bool query;
	bool told;
	bool after_test;
	ktime_t began;
	bool selected;
	struct tao_medium medium;
	struct tao_disc_info disc;
	struct tao_track_info next;
	struct tao_toc_list list;
	struct tao_toc toc;
	struct tao_disc known;
};

/* Sleeps, but not if the drive goes away. */
static void medium_sleep(struct tao_device *td, unsigned int ms)
{
	wait_event_idle_timeout(td->wait, READ_ONCE(td->now.dead), msecs_to_jiffies(ms) + 1);
}

/**
 * tao_medium_doubt - the known state of the disc may be out of date
 * @td: the drive
 *
 * Lasts until tao_medium_read() has looked again.
 */
void tao_medium_doubt(struct tao_device *td)
{
	spin_lock_irq(&td->lock);
	td->found.medium_old = true;
	td->found.medium_news++;
	spin_unlock_irq(&td->lock);
	tao_event_changed(td);
}

/**
 * tao_medium_look_anew - look at the disc, if its known state may be out of date
 * @td: the drive
 *
 * Return: 0, -EBADFD if it is not the disc that is held or taken, or another error.
 */
int tao_medium_look_anew(struct tao_device *td)
{
	if (td->found.medium_old || td->sense.attention)
		return tao_medium_read_same(td);
	return td->discs.exchanged ? -EBADFD : 0;
}

static int medium_fail(struct tao_device *td, int err, u8 opcode)
{
	if (err == -ENOMEDIUM)
		tao_medium_doubt(td);
	return tao_error_command(td, tao_gave_up(err), opcode, 0, &td->sense);
}

/* A unit attention: the disc may be another one. */
static void medium_attention(struct tao_device *td)
{
	if (td->sense.asc == 0x28)
		tao_error_forget(td);
}

/*
 * Handles a drive that is not ready; a disc at rest is only started if the caller can wait.
 * Returns 0 to ask again, 1 to ask again after a while, or an error.
 */
static int medium_not_ready(struct tao_device *td, int err, bool may_start, unsigned int waited_ms,
			    unsigned int *attentions)
{
	switch (tao_sense_classify(&td->sense)) {
	case TAO_SENSE_EJECT_REQUEST:
		/* It can be pressed as often as one likes: only time is a limit. */
		if (may_start)
			return 1;
		fallthrough;
	case TAO_SENSE_CHANGED:
		medium_attention(td);
		return ++*attentions < TAO_ATTENTIONS_MAX ? 0 : err;
	case TAO_SENSE_NEEDS_START:
		if (!may_start)
			return err;
		return tao_mmc_start(td->sdev, &td->sense) ?: 1;
	case TAO_SENSE_NOT_REPORTABLE:
		return waited_ms < TAO_NOT_REPORTABLE_MS ? 1 : -ETIMEDOUT;
	case TAO_SENSE_BUSY:
		return 1;
	default:
		return err;
	}
}

/* The disc is not ready yet, or has to be started. */
static bool medium_comes(const struct tao_sense *sense)
{
	switch (tao_sense_classify(sense)) {
	case TAO_SENSE_NEEDS_START:
	case TAO_SENSE_NOT_REPORTABLE:
	case TAO_SENSE_BUSY:
		return true;
	default:
		return false;
	}
}

/* There is no disc, or it is not known what it is: @type is TAO_MEDIUM_NONE or _UNKNOWN. */
static void medium_forget(struct tao_device *td, u32 type)
{
	if (READ_ONCE(td->found.track_failed)) {
		td->discs.failed = td->discs.known;
		td->discs.known.loose = true;
	}
	spin_lock_irq(&td->lock);
	memset(&td->found.medium, 0, sizeof(td->found.medium));
	memset(&td->found.toc, 0, sizeof(td->found.toc));
	memset(&td->found.speeds, 0, sizeof(td->found.speeds));
	td->found.speeds_old = false;
	td->found.medium.type = type;
	td->found.medium_time = type == TAO_MEDIUM_UNKNOWN ? 0 : ktime_get();
	td->found.medium_old = type == TAO_MEDIUM_UNKNOWN;
	td->found.medium_news++;
	td->found.track_failed = false;
	spin_unlock_irq(&td->lock);
	tao_error_forget(td);
	tao_event_changed(td);
}

/**
 * tao_medium_wait_ready - wait until a disc can be used
 * @td: the drive
 * @timeout_ms: how long it may take to spin up; 0: a query, which does not start it either
 *
 * Return: 0, -ENOMEDIUM, -ETIMEDOUT, -ECANCELED if nobody wants it any more, or another error.
 */
int tao_medium_wait_ready(struct tao_device *td, unsigned int timeout_ms)
{
	ktime_t began = ktime_get();
	unsigned int attentions = 0;

	for (;;) {
		unsigned int waited = ktime_ms_delta(ktime_get(), began);
		int err = tao_mmc_test_unit_ready(td->sdev, &td->sense);

		if (!err)
			return 0;
		err = medium_not_ready(td, err, timeout_ms, waited, &attentions);
		/* A query does not start the disc or wait for it. The drive has made no error. */
		if (err && !timeout_ms && medium_comes(&td->sense))
			return tao_gave_up(err < 0 ? err : -ETIMEDOUT);
		if (err == -ENOMEDIUM) {
			/* Not an error yet: that depends on the caller. */
			medium_forget(td, TAO_MEDIUM_NONE);
			return err;
		}
		if (err < 0)
			return medium_fail(td, err, GPCMD_TEST_UNIT_READY);
		if (READ_ONCE(td->now.dead))
			return -ENODEV;
		/* Data of a track that is still wanted are waiting for the drive. */
		if (READ_ONCE(td->worker.hurry) && !td->ends.must_end && !tao_stream_is_wanted(td))
			return -ECANCELED;
		if (!err)
			continue;
		if (waited >= timeout_ms)
			return medium_fail(td, -ETIMEDOUT, GPCMD_TEST_UNIT_READY);
		medium_sleep(td, 200);
	}
}

/*
 * How long to sleep before repeating a command that the drive has postponed: it is busy, or
 * reports its button instead of executing it. 0 for any other answer.
 */
static unsigned int medium_put_off_ms(const struct tao_sense *sense)
{
	switch (tao_sense_classify(sense)) {
	case TAO_SENSE_BUSY:
	case TAO_SENSE_NOT_REPORTABLE:
		return TAO_POLL_MAX_MS;
	case TAO_SENSE_EJECT_REQUEST:
		return TAO_POLL_MIN_MS;
	default:
		return 0;
	}
}

/**
 * tao_medium_again - whether to send a command once more
 * @td: the drive
 * @began: when the whole began that the command is part of
 *
 * A drive that was ready may still postpone a command. Sleeps then.
 */
bool tao_medium_again(struct tao_device *td, ktime_t began)
{
	unsigned int ms = medium_put_off_ms(&td->sense);

	if (!ms || READ_ONCE(td->now.dead) || ktime_ms_delta(ktime_get(), began) >= TAO_BUSY_MS)
		return false;
	medium_sleep(td, ms);
	return true;
}

/* START STOP UNIT for a disc that came to rest, and the wait until it turns. */
static int medium_start(struct tao_device *td)
{
	return tao_mmc_start(td->sdev, &td->sense) ?:
	       tao_medium_wait_done(td, GPCMD_START_STOP_UNIT, TAO_START_MS);
}

/**
 * tao_medium_refused - whether a long command was not carried out, and can be sent once more
 * @td: the drive, that has failed the command
 * @began: when it was sent first, or to a disc that spins again
 * @starts: how often the disc may be started; counted down
 *
 * The button was pressed, which is reported instead of executing the command; or the disc was at
 * rest, and spins now.
 */
bool tao_medium_refused(struct tao_device *td, ktime_t *began, unsigned int *starts)
{
	switch (tao_sense_classify(&td->sense)) {
	case TAO_SENSE_EJECT_REQUEST:
		return tao_medium_again(td, *began);
	case TAO_SENSE_NEEDS_START:
		if (!*starts)
			return false;
		(*starts)--;
		if (medium_start(td))
			return false;
		*began = ktime_get();
		return true;
	default:
		return false;
	}
}

/*
 * Whether the drive is still busy: TEST UNIT READY says so, and for drives that report "ready"
 * while they write, READ DISC INFORMATION does. Returns 1 if it is, 2 if it is not ready and does
 * not say why, 0 if it has finished, or an error.
 */
static int medium_at_work(struct tao_device *td, u8 *opcode)
{
	struct tao_disc_info disc;
	enum tao_sense_class class;
	int err;

	*opcode = GPCMD_TEST_UNIT_READY;
	err = tao_mmc_test_unit_ready(td->sdev, &td->sense);
	if (!err) {
		*opcode = GPCMD_READ_DISC_INFO;
		err = tao_mmc_read_disc_info(td->sdev, &disc, &td->sense);
	}
	if (!err)
		return 0;
	class = tao_sense_classify(&td->sense);
	if (td->sense.has_progress)
		tao_event_set_progress(td, td->sense.progress);
	/* The button can be pressed at any time during the command, and says nothing about it. */
	if (class == TAO_SENSE_EJECT_REQUEST)
		td->ends.in_doubt = true;
	if (class == TAO_SENSE_BUSY || class == TAO_SENSE_EJECT_REQUEST)
		return 1;
	return class == TAO_SENSE_NOT_REPORTABLE ? 2 : err;
}

/*
 * An answer that says nothing about the long command. A unit attention: some drives raise one
 * when they become ready again, or have changed the disc, but a reset (29h) is an error. Or the
 * disc has come to rest afterwards, and is started once.
 */
static bool medium_asks_once_more(struct tao_device *td, unsigned int *attentions, bool *started)
{
	switch (tao_sense_classify(&td->sense)) {
	case TAO_SENSE_NEEDS_START:
		if (*started)
			return false;
		*started = true;
		tao_mmc_start(td->sdev, &td->sense);
		break;
	case TAO_SENSE_CHANGED:
		if (td->sense.asc == 0x29)
			return false;
		break;
	default:
		return false;
	}
	td->ends.in_doubt = true;
	return ++*attentions < TAO_ATTENTIONS_MAX;
}

/**
 * tao_medium_wait_done - wait until the drive has ended a long command
 * @td: the drive
 * @opcode: the command, for messages and traces
 * @timeout_ms: how long it may take
 *
 * Sets tao_device.ends.in_doubt if the drive did not say how it ended; then only a look can tell.
 *
 * Return: 0 or the error the command ended with.
 */
int tao_medium_wait_done(struct tao_device *td, u8 opcode, unsigned int timeout_ms)
{
	ktime_t began = ktime_get(), silent = 0;
	unsigned int sleep_ms = TAO_POLL_MIN_MS, attentions = 0;
	bool started = opcode == GPCMD_START_STOP_UNIT;
	u8 asked;
	int err;

	for (;;) {
		err = medium_at_work(td, &asked);
		if (err < 0 && medium_asks_once_more(td, &attentions, &started))
			continue;
		if (err <= 0)
			break;
		if (READ_ONCE(td->now.dead))
			return -ENODEV;
		if (err == 1)
			silent = 0;
		else if (!silent)
			silent = ktime_get();
		if (ktime_ms_delta(ktime_get(), began) > timeout_ms ||
		    (silent && ktime_ms_delta(ktime_get(), silent) > TAO_NOT_REPORTABLE_MS))
			return medium_fail(td, -ETIMEDOUT, opcode);
		medium_sleep(td, sleep_ms);
		sleep_ms = min(sleep_ms * 2, (unsigned int)TAO_POLL_MAX_MS);
	}
	/* The present sense data are about the long command. */
	return err ? medium_fail(td, err, opcode) : 0;
}

/* --- write parameters ------------------------------------------------------------------------- */

static void medium_parameters(struct tao_device *td, const struct tao_track_begin *begin,
			      struct tao_write_parameters *p)
{
	u32 flags = begin ? begin->flags : 0;

	memset(p, 0, sizeof(*p));
	spin_lock_irq(&td->lock);
	p->test_write = td->held.prepared.flags & TAO_PREPARE_TEST_WRITE;
	p->underrun_free = (td->attach.capabilities.underrun_free ||
			    td->attach.features.underrun_free) &&
			   !(td->held.prepared.flags & TAO_PREPARE_NO_UNDERRUN_FREE);
	if (td->held.prepared.flags & TAO_PREPARE_MCN)
		strscpy(p->mcn, td->held.prepared.mcn, sizeof(p->mcn));
	spin_unlock_irq(&td->lock);
	p->multi_session = TAO_MULTI_SESSION_OPEN;
	p->pause = TAO_PAUSE_SECTORS;
	p->session_format = td->ends.session_format;
	if (flags & TAO_TRACK_PRE_EMPHASIS)
		p->track_mode |= TAO_CONTROL_PRE_EMPHASIS;
	if (flags & TAO_TRACK_COPY_PERMITTED)
		p->track_mode |= TAO_CONTROL_COPY_PERMITTED;
	if (flags & TAO_TRACK_ISRC)
		strscpy(p->isrc, begin->isrc, sizeof(p->isrc));
}

/* Notes settings that a drive does not take, or does not show, if the disc will be good anyway. */
static void medium_note_missing(struct tao_device *td, const struct tao_write_parameters *p,
				const struct tao_write_parameters *taken)
{
	if (p->underrun_free && !taken->underrun_free)
		dev_notice(&td->dev, "the drive does not take its underrun protection\n");
	if (*p->mcn && !*taken->mcn)
		dev_notice(&td->dev, "the drive may not write the catalogue number\n");
	if (*p->isrc && !*taken->isrc)
		dev_notice(&td->dev, "the drive may not write the ISRC\n");
}

static int medium_select(struct tao_device *td, const struct tao_write_parameters *p, ktime_t began)
{
	struct tao_write_parameters taken;
	int err;

	err = tao_ask(td, began, tao_mmc_mode_select_write(td->sdev, p, &taken, &td->sense));
	if (err)
		return err;
	/* A session at once can't do without: see check_drive(). */
	if (p->at_once && p->underrun_free && !taken.underrun_free) {
		td->sense.note = TAO_NOTE_NOT_TAKEN;
		return -EOPNOTSUPP;
	}
	medium_note_missing(td, p, &taken);
	return 0;
}

static int medium_ask_track(struct tao_device *td, ktime_t began, u32 number,
			    struct tao_track_info *info)
{
	return tao_ask(td, began, tao_mmc_read_track_info(td->sdev, number, info, &td->sense));
}

/*
 * Whether an error is about the drive, and not just the report of a disc that takes no more
 * tracks.
 */
static bool medium_ask_failed(struct tao_device *td, int err)
{
	if (err == -ENODEV || !td->sense.valid || medium_put_off_ms(&td->sense) ||
	    tao_sense_classify(&td->sense) == TAO_SENSE_CHANGED)
		return true;
	switch (td->sense.key) {
	case NOT_READY:
	case HARDWARE_ERROR:
	case ABORTED_COMMAND:
		return true;
	default:
		return false;
	}
}

static int medium_full(struct tao_device *td)
{
	if (td->found.medium.tracks >= TAO_TRACKS_MAX)
		return tao_error_text(td, -EMLINK, "the disc has 99 tracks: no more can be added");
	return tao_error_text(td, -ENOSPC, "the disc is full");
}

/*
 * Corrects numbers that some drives have wrong: on a blank disc they return the pregap as the
 * next address, or no free sectors. No disc is as large or has as many tracks as others claim.
 */
static int medium_fix_next(struct tao_device *td, const struct tao_medium *m,
			   struct tao_track_info *info)
{
	info->nwa = max3(info->nwa, info->start_lba, 0);
	if (!info->free_sectors && info->nwa_valid && m->lead_out_lba > info->nwa)
		info->free_sectors = m->lead_out_lba - info->nwa;
	if (info->track >= 1 && info->track <= TAO_TRACKS_MAX + 1 && info->nwa <= TAO_LBA_MAX &&
	    info->free_sectors <= TAO_LBA_MAX - info->nwa)
		return 0;
	td->sense.note = TAO_NOTE_BAD_REPLY;
	return -EIO;
}

/**
 * tao_medium_next_track - set the write parameters and ask where the next track goes
 * @td: the drive
 * @begin: properties of the track, or NULL for an ordinary one
 * @info: what the drive says
 *
 * The order matters: the address depends on the parameters that hold when it is asked for.
 *
 * Return: 0, -ENOSPC where there is no next track, or another error.
 */
int tao_medium_next_track(struct tao_device *td, const struct tao_track_begin *begin,
			  struct tao_track_info *info)
{
	struct tao_write_parameters p;
	ktime_t began = ktime_get();
	int err;

	medium_parameters(td, begin, &p);
	err = medium_select(td, &p, began);
	if (err)
		return medium_fail(td, err, GPCMD_MODE_SELECT_10);
	err = medium_ask_track(td, began, TAO_TRACK_NEXT, info) ?:
	      medium_fix_next(td, &td->found.medium, info);
	if (!err)
		return 0;
	switch (tao_sense_classify(&td->sense)) {
	case TAO_SENSE_BAD_FIELD:
	case TAO_SENSE_ADDRESS:
		/* A disc that takes no more tracks has no next track to report. */
		return medium_full(td);
	default:
		return medium_fail(td, err, GPCMD_READ_TRACK_RZONE_INFO);
	}
}

/**
 * tao_medium_ask_next - ask for the track that is next, or was left open
 * @td: the drive
 * @info: what the drive says
 *
 * Return: 0, -ENODATA if the drive reports none, or another error, which is kept.
 */
int tao_medium_ask_next(struct tao_device *td, struct tao_track_info *info)
{
	int err = medium_ask_track(td, ktime_get(), TAO_TRACK_NEXT, info);

	if (!err)
		return 0;
	if (!medium_ask_failed(td, err))
		return -ENODATA;
	return medium_fail(td, err, GPCMD_READ_TRACK_RZONE_INFO);
}

/**
 * tao_medium_select_close - set what closing the session will do
 * @td: the drive
 * @close: TAO_CLOSE_SESSION or TAO_CLOSE_FINALIZE
 *
 * Return: 0 or an error.
 */
int tao_medium_select_close(struct tao_device *td, u32 close)
{
	struct tao_write_parameters p;
	int err;

	medium_parameters(td, NULL, &p);
	if (close == TAO_CLOSE_FINALIZE)
		p.multi_session = TAO_MULTI_SESSION_FINAL;
	err = medium_select(td, &p, ktime_get());
	return err ? medium_fail(td, err, GPCMD_MODE_SELECT_10) : 0;
}

/**
 * tao_medium_select_at_once - set the write parameters of a session at once
 * @td: the drive
 * @close: TAO_CLOSE_SESSION or TAO_CLOSE_FINALIZE
 * @block_type: data block type
 *
 * Return: 0 or an error.
 */
int tao_medium_select_at_once(struct tao_device *td, u32 close, u8 block_type)
{
	struct tao_write_parameters p;

	medium_parameters(td, NULL, &p);
	/* The cue sheet has it. */
	memset(p.mcn, 0, sizeof(p.mcn));
	p.at_once = true;
	p.block_type = block_type;
	if (close == TAO_CLOSE_FINALIZE)
		p.multi_session = TAO_MULTI_SESSION_FINAL;
	return medium_select(td, &p, ktime_get());
}

/* --- looking at the disc ---------------------------------------------------------------------- */

static bool medium_is_cd(const struct tao_medium *m)
{
	return m->type == TAO_MEDIUM_CD_R || m->type == TAO_MEDIUM_CD_RW;
}

/* The profile takes precedence: a DVD can be erasable, too. */
static u32 medium_type(const struct tao_features *features, const struct tao_disc_info *disc)
{
	switch (features->profile) {
	case TAO_PROFILE_CD_R:
		return disc->erasable ? TAO_MEDIUM_CD_RW : TAO_MEDIUM_CD_R;
	case TAO_PROFILE_CD_RW:
		return TAO_MEDIUM_CD_RW;
	case TAO_PROFILE_CD_ROM:
		return disc->erasable ? TAO_MEDIUM_CD_RW : TAO_MEDIUM_CD_ROM;
	case TAO_PROFILE_NONE:
		/* Drives that are older than profiles. */
		if (disc->erasable)
			return TAO_MEDIUM_CD_RW;
		return disc->status == TAO_DISC_COMPLETE ? TAO_MEDIUM_CD_ROM : TAO_MEDIUM_CD_R;
	default:
		return TAO_MEDIUM_OTHER;
	}
}

/* Some drives take a finalised CD-R for a pressed disc; only the groove knows. */
static void scan_groove(struct tao_device *td, struct medium_scan *scan)
{
	struct tao_medium *m = &scan->medium;
	struct tao_atip atip;

	if (m->type == TAO_MEDIUM_OTHER ||
	    (scan->disc.lead_out_valid && m->type != TAO_MEDIUM_CD_ROM))
		return;
	if (tao_ask(td, scan->began, tao_mmc_read_atip(td->sdev, &atip, &td->sense)) || !atip.valid)
		return;
	m->type = atip.rw ? TAO_MEDIUM_CD_RW : TAO_MEDIUM_CD_R;
	if (!scan->disc.lead_out_valid)
		m->lead_out_lba = atip.lead_out_lba;
}

static u32 session_flags(const struct tao_disc_info *disc)
{
	switch (disc->session_state) {
	case TAO_SESSION_INCOMPLETE:
		return TAO_MEDIUM_SESSION_OPEN;
	case TAO_SESSION_DAMAGED:
		return TAO_MEDIUM_SESSION_OPEN | TAO_MEDIUM_SESSION_DAMAGED;
	default:
		return 0;
	}
}

static int scan_disc(struct tao_device *td, struct medium_scan *scan)
{
	struct tao_medium *m = &scan->medium;
	struct tao_disc_info *disc = &scan->disc;
	int err;

	err = tao_ask(td, scan->began,
		      tao_mmc_get_configuration(td->sdev, &td->discs.features_now, &td->sense));
	if (err)
		return medium_fail(td, err, GPCMD_GET_CONFIGURATION);
	m->profile = td->discs.features_now.profile;
	err = tao_ask(td, scan->began, tao_mmc_read_disc_info(td->sdev, disc, &td->sense));
	if (err)
		return medium_fail(td, err, GPCMD_READ_DISC_INFO);
	m->type = medium_type(&td->discs.features_now, disc);
	m->status = disc->status;
	m->first_track = disc->status == TAO_DISC_BLANK ? 0 :
			 clamp_t(u32, disc->first_track, 1, TAO_TRACKS_MAX);
	m->sessions = disc->sessions;
	m->tracks = disc->last_track;
	/* The numbers count a session and a track that have not begun. */
	if (disc->status != TAO_DISC_COMPLETE) {
		m->sessions -= min(m->sessions, 1U);
		m->tracks -= min(m->tracks, 1U);
	}
	m->tracks = min_t(u32, m->tracks, TAO_TRACKS_MAX);
	m->lead_out_lba = disc->lead_out_valid ? disc->lead_out_lba : 0;
	td->ends.session_format = disc->disc_type == TAO_DISC_TYPE_UNDEFINED ? 0 : disc->disc_type;
	if (m->status == TAO_DISC_APPENDABLE)
		m->flags |= session_flags(disc);
	scan_groove(td, scan);
	if (m->type == TAO_MEDIUM_CD_RW)
		m->flags |= TAO_MEDIUM_ERASABLE;
	return 0;
}

/* There is no next track on a full disc, so the last one may be finished. */
static int scan_last(struct tao_device *td, struct medium_scan *scan)
{
	u32 number = scan->disc.last_track;
	struct tao_track_info last;
	int err;

	err = medium_ask_track(td, scan->began, number, &last);
	if (!err && last.track == number && number <= TAO_TRACKS_MAX && !last.blank && !last.damage)
		scan->medium.tracks = number;
	return err == -ENODEV ? err : 0;
}

/* Takes over the drive's report of the next track, or of one that was left open. */
static void scan_found(struct medium_scan *scan)
{
	struct tao_medium *m = &scan->medium;
	const struct tao_track_info *next = &scan->next;

	if (next->damage || (!next->blank && !next->nwa_valid))
		m->flags |= TAO_MEDIUM_TRACK_DAMAGED;
	if (next->track >= 1 && next->track <= TAO_TRACKS_MAX + 1)
		m->tracks = next->track - 1;
	if (next->nwa_valid && next->track <= TAO_TRACKS_MAX) {
		m->flags |= TAO_MEDIUM_WRITABLE;
		m->next_track = next->track;
		m->next_lba = next->nwa;
		m->free_sectors = next->free_sectors;
	}
}

/*
 * A drive that does not take the write parameters may still be in a track whose end failed.
 * Nothing can be added to such a track, whatever the drive says.
 */
static int scan_unselected(struct tao_device *td, struct medium_scan *scan)
{
	if (scan->next.blank)
		return scan_last(td, scan);
	scan->next.nwa_valid = false;
	scan_found(scan);
	return 0;
}

/* Kept for the next attempt to add a track: this look continues. */
static void scan_refused(struct tao_device *td, int err, u8 opcode)
{
	td->ends.refused.error = err;
	td->ends.refused.opcode = opcode;
	td->ends.refused.sense = td->sense;
}

/*
 * The position of the next track depends on the write parameters. They are set, but not by a
 * query, which only checks whether they happen to be those of audio.
 */
static int scan_parameters(struct tao_device *td, struct medium_scan *scan)
{
	u8 opcode = scan->query ? GPCMD_MODE_SENSE_10 : GPCMD_MODE_SELECT_10;
	struct tao_write_parameters p;
	int err;

	if (scan->query) {
		err = tao_ask(td, scan->began, tao_mmc_mode_sense_write(td->sdev, &p, &td->sense));
		scan->selected = !err && p.audio_tao;
	} else {
		medium_parameters(td, NULL, &p);
		err = medium_select(td, &p, scan->began);
		scan->selected = !err;
		scan_refused(td, err, opcode);
	}
	return err && medium_ask_failed(td, err) ? medium_fail(td, err, opcode) : 0;
}

/* The answer is about another kind of track; for ours the drive has to be prepared. */
static void scan_untold(struct medium_scan *scan)
{
	struct tao_medium *m = &scan->medium;

	if (!(m->flags & TAO_MEDIUM_WRITABLE) &&
	    m->flags & (TAO_MEDIUM_TRACK_DAMAGED | TAO_MEDIUM_SESSION_DAMAGED))
		return;
	/* The last number is that of a track that has not begun, unless the disc is full. */
	if (m->tracks >= min_t(u32, scan->disc.last_track, TAO_TRACKS_MAX))
		return;
	m->flags |= TAO_MEDIUM_WRITABLE;
	m->next_track = m->tracks + 1;
	m->next_lba = (s32)TAO_UNKNOWN;
	m->free_sectors = TAO_UNKNOWN;
}

/* Not any more after a reset, or on another disc; sr may be the one who has heard of that. */
static bool scan_in_track(const struct tao_device *td)
{
	return td->ends.in_track && td->ends.in_track_disc == td->claim.diskseq;
}

/*
 * The next track has begun, though nobody writes it: it was left open. If its end failed while we
 * held the disc, the drive is still in it.
 */
static void scan_begun(struct tao_device *td, struct medium_scan *scan)
{
	if (scan->next.blank)
		return;
	scan->medium.flags |= TAO_MEDIUM_TRACK_DAMAGED;
	if (scan_in_track(td))
		scan->next.nwa_valid = false;
}

/* Takes over the drive's report of the next track, if there is one. */
static int scan_told(struct tao_device *td, struct medium_scan *scan)
{
	int err;

	if (scan->query)
		scan_begun(td, scan);
	else if (!scan->selected)
		return scan_unselected(td, scan);
	err = medium_fix_next(td, &scan->medium, &scan->next);
	if (err)
		scan_refused(td, err, GPCMD_READ_TRACK_RZONE_INFO);
	else
		scan_found(scan);
	return 0;
}

/* The look does not fail because the disc takes no more tracks. */
static int scan_next(struct tao_device *td, struct medium_scan *scan)
{
	struct tao_medium *m = &scan->medium;
	int err;

	td->ends.refused.error = 0;
	if (m->status != TAO_DISC_BLANK && m->status != TAO_DISC_APPENDABLE)
		return 0;
	if (!medium_is_cd(m))
		return 0;
	err = scan_parameters(td, scan);
	if (err)
		return err;
	err = medium_ask_track(td, scan->began, TAO_TRACK_NEXT, &scan->next);
	if (err && medium_ask_failed(td, err))
		return medium_fail(td, err, GPCMD_READ_TRACK_RZONE_INFO);
	if (err) {
		scan_refused(td, err, GPCMD_READ_TRACK_RZONE_INFO);
		err = scan_last(td, scan);
	} else {
		err = scan_told(td, scan);
	}
	if (!err && scan->query && !scan->selected)
		scan_untold(scan);
	return err;
}

/* Whether the drive has reported the room for a track. */
static bool scan_knows_room(const struct tao_medium *m)
{
	return m->flags & TAO_MEDIUM_WRITABLE && m->free_sectors != TAO_UNKNOWN;
}

static void scan_sectors(struct medium_scan *scan)
{
	struct tao_medium *m = &scan->medium;
	struct tao_toc *toc = &scan->toc;

	if (m->lead_out_lba > 0)
		m->total_sectors = m->lead_out_lba;
	else if (scan_knows_room(m))
		m->total_sectors = m->next_lba + m->free_sectors;
	else if (toc->entries_count)
		m->total_sectors = max(toc->entries[toc->entries_count - 1].start_lba, 0);
	/* On a blank disc the drive leaves room for the run-out; so that is the room. */
	if (m->status == TAO_DISC_BLANK && scan_knows_room(m))
		m->total_sectors = m->next_lba + m->free_sectors;
	if (m->free_sectors == TAO_UNKNOWN)
		m->used_sectors = TAO_UNKNOWN;
	else
		m->used_sectors = m->total_sectors - min(m->total_sectors, m->free_sectors);
}

/* Whether no disc can have a track there: it would be before the last one, or beyond the end. */
static bool toc_refuses(const struct tao_toc *toc, s32 lba, u32 sectors)
{
	s32 least = -TAO_PREGAP_SECTORS, end = TAO_LBA_MAX - TAO_RUN_OUT_SECTORS;

	if (toc->entries_count)
		least = toc->entries[toc->entries_count - 1].start_lba + 1;
	return lba < least || lba >= end || sectors > end - lba;
}

static void toc_add(struct tao_toc *toc, u8 number, u8 session, u8 control, s32 lba, u32 sectors)
{
	struct tao_toc_entry *entry;

	if (toc->entries_count >= TAO_TOC_ENTRIES_MAX)
		return;
	entry = &toc->entries[toc->entries_count++];
	entry->number = number;
	entry->session = session;
	entry->control = control;
	entry->start_lba = lba;
	entry->sectors = sectors;
}

/* Track @number, as in the lead-in of the only session. */
static int scan_listed(struct medium_scan *scan, u8 number)
{
	const struct tao_toc_entry *e = scan->list.entries;
	unsigned int i;

	for (i = 0; i + 1 < scan->list.count; i++)
		if (e[i].number == number)
			break;
	if (i + 1 >= scan->list.count || scan->medium.sessions > 1 ||
	    e[i + 1].start_lba <= e[i].start_lba ||
	    toc_refuses(&scan->toc, e[i].start_lba, e[i + 1].start_lba - e[i].start_lba))
		return -EIO;
	toc_add(&scan->toc, number, 1, e[i].control, e[i].start_lba,
		e[i + 1].start_lba - e[i].start_lba);
	return 0;
}

/* Track @number, as the drive knows it. Returns -ENODATA for the one that has not begun. */
static int scan_track(struct tao_device *td, struct medium_scan *scan, u8 number)
{
	struct tao_track_info info;
	int err = medium_ask_track(td, scan->began, number, &info);

	if (err)
		return medium_ask_failed(td, err) ? err : scan_listed(scan, number);
	if (info.blank)
		return -ENODATA;
	if (info.track != number || toc_refuses(&scan->toc, info.start_lba, info.sectors))
		return -EIO;
	toc_add(&scan->toc, number, info.session, info.control, info.start_lba, info.sectors);
	return 0;
}

/* All tracks that the drive tells of. Sets that these are not all. */
static void scan_all_tracks(struct tao_device *td, struct medium_scan *scan)
{
	const struct tao_medium *m = &scan->medium;
	ktime_t began = ktime_get();
	u32 number;
	int err = 0;

	for (number = max(m->first_track, 1U); !err && number <= m->tracks; number++) {
		err = tao_claim_late(td) ?: scan_track(td, scan, number);
		if (!err && ktime_ms_delta(ktime_get(), began) > TAO_TRACKS_MS)
			err = -ETIMEDOUT;
	}
	if (err && err != -ENODATA)
		scan->toc.flags |= TAO_TOC_STALE;
}

/* The end of the last track, including its run-out, as far as known. */
static s32 toc_end(const struct tao_toc *toc)
{
	const struct tao_toc_entry *last = &toc->entries[toc->entries_count - 1];

	return last->start_lba + last->sectors + TAO_RUN_OUT_SECTORS;
}

static s32 scan_lead_out(const struct medium_scan *scan)
{
	const struct tao_toc_list *list = &scan->list;
	const struct tao_toc *toc = &scan->toc;
	s32 lba = 0;

	/* It will begin where the next track's pregap would. */
	if (toc->flags & TAO_TOC_EXPECTED && scan_knows_room(&scan->medium))
		lba = scan->medium.next_lba - TAO_PREGAP_SECTORS;
	else if (!(toc->flags & TAO_TOC_EXPECTED) && list->count)
		lba = list->entries[list->count - 1].start_lba;
	if (lba <= toc->entries[toc->entries_count - 1].start_lba || lba > TAO_LBA_MAX)
		lba = toc_end(toc);
	return lba;
}

/* The table, complete but for its tracks. */
static void scan_toc(struct medium_scan *scan)
{
	struct tao_toc *toc = &scan->toc;
	const struct tao_toc_entry *last = &toc->entries[toc->entries_count - 1];

	if (scan->medium.flags & TAO_MEDIUM_SESSION_OPEN)
		toc->flags |= TAO_TOC_EXPECTED;
	toc->first_track = toc->entries[0].number;
	toc->last_track = last->number;
	toc_add(toc, TAO_TOC_LEAD_OUT, last->session, 0, scan_lead_out(scan), 0);
	toc->raw_bytes = tao_build_toc_raw(toc->raw, sizeof(toc->raw), toc->entries,
					   toc->entries_count);
}

/* The tracks of closed sessions are in the lead-ins, those of an open one only in the PMA. */
static int scan_tracks(struct tao_device *td, struct medium_scan *scan)
{
	int err;

	if (!scan->medium.tracks)
		return 0;
	if (tao_ask(td, scan->began, tao_mmc_read_toc(td->sdev, &scan->list, &td->sense)))
		scan->list.count = 0;
	err = tao_claim_late(td);
	if (err)
		return err;
	scan_all_tracks(td, scan);
	if (scan->toc.entries_count)
		scan_toc(scan);
	return 0;
}

/* A number that is not the same each time tells nothing. */
static void scan_doubt_id(struct tao_device *td, struct medium_scan *scan)
{
	struct tao_disc_info again;
	int err;

	err = tao_ask(td, scan->began, tao_mmc_read_disc_info(td->sdev, &again, &td->sense));
	if (!err && again.id == scan->known.id)
		return;
	td->discs.ids_vary = !err;
	scan->known.id = 0;
}

/* The properties that tell the disc from others. */
static int scan_known(struct tao_device *td, struct medium_scan *scan)
{
	tao_disc_set(&scan->known, &scan->medium, &scan->toc,
		     td->discs.ids_vary ? 0 : scan->disc.id);
	if (!tao_disc_differs_in_number(&td->discs.known, &scan->known))
		return 0;
	if (tao_claim_late(td))
		return -ETIMEDOUT;
	scan_doubt_id(td, scan);
	return 0;
}

/* READ DISC INFORMATION may still call a disc blank whose first track is shown already. */
static bool medium_is_blank(const struct tao_medium *m)
{
	return m->status == TAO_DISC_BLANK && !m->tracks;
}

/* The disc that is in is not the one that was: what holds for that one does not for this. */
static void disc_is_other(struct tao_device *td)
{
	bool held = td->held.hold != TAO_HOLD_NONE;

	if (READ_ONCE(td->found.track_failed))
		td->discs.failed = td->discs.known;
	td->ends.in_track = false;
	if ((!held && !td->discs.taken) || td->discs.exchanged)
		return;
	td->discs.exchanged = true;
	/* The error of a track that is being ended is the cause. */
	if (!td->track.number)
		tao_error_begin(td);
	tao_error_text(td, -EBADFD, held ? "this may not be the disc that was prepared" :
					   "this may not be the disc that was in before");
}

/* Whether a track failed on the disc that is in, which is the same as before or not. */
static bool disc_is_failed(struct tao_device *td, struct medium_scan *scan, bool same)
{
	bool failed = same && READ_ONCE(td->found.track_failed);

	/* Nothing of the track is on it; or the drive does not report it yet, or it is another. */
	if (medium_is_blank(&scan->medium)) {
		if (failed && !td->discs.known.blanking) {
			td->discs.failed = td->discs.known;
			scan->known.loose = true;
		}
		return false;
	}
	/* Nothing unknown happens to a disc that is held, but a failed track may show up yet. */
	if (failed)
		return !tao_disc_forgives(&td->discs.known, &scan->known);
	if ((same && td->held.hold != TAO_HOLD_NONE && !td->discs.known.loose) ||
	    !tao_disc_same(&td->discs.failed, &scan->known))
		return false;
	tao_disc_settle(&td->discs.failed, &scan->known);
	td->discs.failed.type = TAO_MEDIUM_NONE;
	return !tao_disc_forgives(&td->discs.failed, &scan->known);
}

/* Nobody takes a disc out that is held, without the drive saying so. */
static bool disc_is_same(const struct tao_device *td, const struct medium_scan *scan)
{
	bool held = td->held.hold != TAO_HOLD_NONE;

	if ((held || td->discs.taken) && !scan->told && !td->sense.attention)
		return true;
	return held ? tao_disc_same_kept(&td->discs.known, &scan->known) :
		      tao_disc_same(&td->discs.known, &scan->known);
}

/* Notes whether it is the same disc. In a test write the drive reports what is not on the disc. */
static bool medium_recognise(struct tao_device *td, struct medium_scan *scan)
{
	bool same = disc_is_same(td, scan), failed;

	if (scan->after_test ||
	    (td->held.hold != TAO_HOLD_NONE && td->held.prepared.flags & TAO_PREPARE_TEST_WRITE))
		return true;
	if (same)
		tao_disc_settle(&td->discs.known, &scan->known);
	else
		disc_is_other(td);
	failed = disc_is_failed(td, scan, same);
	td->discs.known = scan->known;
	spin_lock_irq(&td->lock);
	td->found.track_failed = failed;
	spin_unlock_irq(&td->lock);
	return same;
}

/*
 * Until the disc is finalised, only tao knows the catalogue number, from when it burned the disc.
 */
static void medium_publish(struct tao_device *td, struct medium_scan *scan)
{
	bool same = medium_recognise(td, scan);

	spin_lock_irq(&td->lock);
	if (same && scan->medium.status != TAO_DISC_BLANK)
		memcpy(scan->medium.mcn, td->found.medium.mcn, sizeof(scan->medium.mcn));
	if (td->held.prepared.flags & TAO_PREPARE_TEST_WRITE)
		scan->medium.flags |= TAO_MEDIUM_TEST_WRITTEN;
	td->found.medium = scan->medium;
	td->found.medium_time = ktime_get();
	td->found.medium_old = false;
	td->found.medium_news++;
	td->found.toc = scan->toc;
	spin_unlock_irq(&td->lock);
	tao_event_changed(td);
}

static int medium_scan(struct tao_device *td, struct medium_scan *scan)
{
	int err = scan_disc(td, scan) ?: tao_claim_late(td) ?:
		  scan_next(td, scan) ?: tao_claim_late(td) ?: scan_tracks(td, scan);

	if (err)
		return err;
	scan_sectors(scan);
	err = scan_known(td, scan);
	if (err)
		return err;
	medium_publish(td, scan);
	return 0;
}

static int medium_read(struct tao_device *td, bool query, bool after_test)
{
	struct medium_scan *scan = kzalloc(sizeof(*scan), GFP_KERNEL);
	bool told = td->sense.attention;
	int err = -ENOMEM;

	if (told)
		td->ends.in_track = false;
	td->sense.attention = false;
	if (scan) {
		scan->query = query;
		scan->told = told;
		scan->after_test = after_test;
		scan->began = ktime_get();
		err = medium_scan(td, scan);
	}
	if (err) {
		td->sense.attention |= told;
		tao_medium_doubt(td);
	}
	kfree(scan);
	return err;
}

/**
 * tao_medium_read - look at the disc, and find the position of the next track
 * @td: the drive, ready
 *
 * From then on tao_medium_get() and others return the result. Afterwards the drive has the write
 * parameters of audio.
 *
 * Return: 0 or an error.
 */
int tao_medium_read(struct tao_device *td)
{
	return medium_read(td, false, false);
}

/**
 * tao_medium_read_same - look at the disc, which has to be the one that is held or taken
 * @td: the drive, ready
 *
 * Return: 0, -EBADFD if it is another one, or another error.
 */
int tao_medium_read_same(struct tao_device *td)
{
	return tao_medium_read(td) ?: (td->discs.exchanged ? -EBADFD : 0);
}

/**
 * tao_medium_read_after_test - look at a disc at the end of a test write
 * @td: the drive, ready
 *
 * Some drives go on reporting what they have not written, so this does not tell which disc it is.
 *
 * Return: 0 or an error.
 */
int tao_medium_read_after_test(struct tao_device *td)
{
	return medium_read(td, false, true);
}

/**
 * tao_medium_query - look at the disc without changing anything
 * @td: the drive, ready
 *
 * As tao_medium_read(), but the position of the next track stays unknown if the drive does not
 * report it without that.
 *
 * Return: 0 or an error.
 */
int tao_medium_query(struct tao_device *td)
{
	return medium_read(td, true, false);
}

/**
 * tao_medium_note_failed - a track has failed on the disc that is held
 * @td: the drive
 *
 * Before the look that follows the track, which may find another disc, or that nothing of the track
 * is on this one; or after it, if that has shown the failure.
 */
void tao_medium_note_failed(struct tao_device *td)
{
	if (td->discs.exchanged || td->discs.known.type == TAO_MEDIUM_NONE ||
	    (!td->found.medium_old && medium_is_blank(&td->found.medium)))
		return;
	td->discs.known.loose = !td->plan;
	td->ends.in_track = true;
	td->ends.in_track_disc = td->claim.diskseq;
	spin_lock_irq(&td->lock);
	td->found.track_failed = true;
	spin_unlock_irq(&td->lock);
}

/**
 * tao_medium_put_aside - the disc that is held has failed, and may be another one at the next look
 * @td: the drive
 *
 * The next look loses the hold, and recognises the disc if it is the same.
 */
void tao_medium_put_aside(struct tao_device *td)
{
	td->discs.failed = td->discs.known;
	td->discs.known.type = TAO_MEDIUM_NONE;
	spin_lock_irq(&td->lock);
	td->found.track_failed = false;
	spin_unlock_irq(&td->lock);
}

/**
 * tao_medium_replaces - whether the track in hand takes the place of the one that failed
 * @td: the drive
 *
 * Before the look that follows it: the failed track did not show up, and the disc is blank.
 */
bool tao_medium_replaces(const struct tao_device *td)
{
	return td->discs.known.loose && medium_is_blank(&td->found.medium) &&
	       !(td->found.medium.flags & TAO_MEDIUM_TRACK_DAMAGED);
}

/**
 * tao_medium_note_burned - what was burned on the disc that is held has not failed
 * @td: the drive
 * @again: it is in the place of the track that failed last, even if no look shows it yet
 *
 * After the look that shows it. If the disc looks now like one that went away with a failed track,
 * that is forgotten.
 */
void tao_medium_note_burned(struct tao_device *td, bool again)
{
	if (again || tao_disc_same(&td->discs.failed, &td->discs.known))
		td->discs.failed.type = TAO_MEDIUM_NONE;
}

/**
 * tao_medium_forget_failed - what failed on the disc that is in does not matter any more
 * @td: the drive
 */
void tao_medium_forget_failed(struct tao_device *td)
{
	td->ends.in_track = false;
	tao_medium_note_burned(td, false);
	tao_disc_trust(&td->discs.known);
	spin_lock_irq(&td->lock);
	td->found.track_failed = false;
	spin_unlock_irq(&td->lock);
}

/**
 * tao_medium_get - what is known of the disc
 * @td: the drive
 * @medium: filled in
 */
void tao_medium_get(struct tao_device *td, struct tao_medium *medium)
{
	unsigned long flags;
	ktime_t when;

	spin_lock_irqsave(&td->lock, flags);
	*medium = td->found.medium;
	when = td->found.medium_time;
	if (td->found.track_failed)
		medium->flags |= TAO_MEDIUM_TRACK_FAILED;
	if (td->found.medium_old || td->now.state == TAO_STATE_TRACK_OPEN)
		medium->flags |= TAO_MEDIUM_STALE;
	spin_unlock_irqrestore(&td->lock, flags);
	medium->age_ms = when ? min_t(s64, ktime_ms_delta(ktime_get(), when), TAO_UNKNOWN - 1) :
				TAO_UNKNOWN;
}

/* --- checks ----------------------------------------------------------------------------------- */

/**
 * tao_medium_check_cd - check whether it is a disc that we may change
 * @td: the drive
 * @m: the disc in it
 *
 * A drive would close or erase a DVD as well.
 *
 * Return: 0, -ENOMEDIUM or -EMEDIUMTYPE.
 */
int tao_medium_check_cd(struct tao_device *td, const struct tao_medium *m)
{
	if (m->type == TAO_MEDIUM_NONE)
		return tao_error_text(td, -ENOMEDIUM, "there is no disc in the drive");
	if (medium_is_cd(m))
		return 0;
	return tao_error_text(td, -EMEDIUMTYPE, "the disc is no CD-R or CD-RW");
}

static int medium_check_type(struct tao_device *td, const struct tao_medium *m)
{
	int err = tao_medium_check_cd(td, m);

	if (err)
		return err;
	if (td->discs.features_now.present && !td->discs.features_now.tao)
		return tao_error_text(td, -EOPNOTSUPP, "the drive can't write track-at-once");
	if (m->status == TAO_DISC_COMPLETE)
		return tao_error_text(td, -EROFS, "the disc is finalised: nothing can be added");
	if (m->status == TAO_DISC_OTHER)
		return tao_error_text(td, -EMEDIUMTYPE, "the disc is formatted: blank it first");
	return 0;
}

/* Checks for remains of a power loss, unless the drive reports that it can continue from there. */
static int medium_check_left(struct tao_device *td, const struct tao_medium *m)
{
	if (m->flags & TAO_MEDIUM_WRITABLE)
		return 0;
	if (m->flags & TAO_MEDIUM_SESSION_DAMAGED)
		return tao_error_text(td, -EIO,
				      "the session is half closed: 'tao recover' closes it");
	if (m->flags & TAO_MEDIUM_TRACK_DAMAGED)
		return tao_error_text(td, -EIO,
				      "the last track was left unfinished: 'tao recover' ends it");
	return 0;
}

/* A drive has no next track to report if the disc is full; otherwise it has said what is wrong. */
static int medium_no_room(struct tao_device *td, const struct tao_medium *m)
{
	const struct tao_refusal *r = &td->ends.refused;
	enum tao_sense_class class = tao_sense_classify(&r->sense);

	if (m->flags & TAO_MEDIUM_WRITABLE || !r->error)
		return medium_full(td);
	if (m->status == TAO_DISC_APPENDABLE && r->opcode == GPCMD_READ_TRACK_RZONE_INFO &&
	    (class == TAO_SENSE_BAD_FIELD || class == TAO_SENSE_ADDRESS))
		return medium_full(td);
	return tao_error_command(td, r->error, r->opcode, 0, &r->sense);
}

/**
 * tao_medium_check_writable - see whether a track can be added
 * @td: the drive; the disc has been looked at
 *
 * Return: 0, -ENOMEDIUM, -EMEDIUMTYPE, -EOPNOTSUPP, -EROFS, -EMLINK for the 100th track, -ENOSPC,
 * -EIO where a track or the closing of a session was left unfinished, or the drive's error when
 * it was asked for the next track.
 */
int tao_medium_check_writable(struct tao_device *td)
{
	struct tao_medium m;
	int err;

	tao_medium_get(td, &m);
	err = medium_check_type(td, &m);
	if (err)
		return err;
	if (m.tracks >= TAO_TRACKS_MAX)
		return medium_full(td);
	err = medium_check_left(td, &m);
	if (err)
		return err;
	if (!(m.flags & TAO_MEDIUM_WRITABLE) || m.free_sectors < TAO_TRACK_MIN_SECTORS)
		return medium_no_room(td, &m);
	return 0;
}

/**
 * tao_medium_verify_track - compare the drive's report of the track in hand with the audio sent
 * @td: the drive
 * @sectors: how many were sent
 *
 * Drives may count the run-out of two sectors as part of a track.
 *
 * Return: 0 or -EIO.
 */
int tao_medium_verify_track(struct tao_device *td, u32 sectors)
{
	struct tao_track_info info;
	int err;

	err = medium_ask_track(td, ktime_get(), td->track.number, &info);
	if (err)
		return medium_fail(td, err, GPCMD_READ_TRACK_RZONE_INFO);
	if (info.start_lba == td->track.start_lba && !info.damage && !info.blank &&
	    info.sectors >= sectors && info.sectors <= sectors + TAO_GAP_SECTORS)
		return 0;
	return tao_error_text(td, -EIO,
			      "track %u does not verify: %u sectors at %d sent, the drive has %u at %d",
			      td->track.number, sectors, td->track.start_lba, info.sectors,
			      info.start_lba);
}
