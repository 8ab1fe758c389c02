// SPDX-License-Identifier: GPL-2.0-only
/*
 * A look at the disc: which one it is, and its contents. For the worker: the drive must be held.
 */
#include <linux/cdrom.h>
#include <linux/slab.h>

#include "disc.h"

/* How long a drive may take to report all its tracks: the tracks reported by then count. */
#define TAO_TRACKS_MS		60000

/**
 * struct scan - memory for a look at the disc
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
struct scan {
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

/* The profile takes precedence: a DVD can be erasable, too. */
static u32 scan_type(const struct tao_features *features, const struct tao_disc_info *disc)
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
static void scan_groove(struct tao_device *td, struct scan *scan)
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

static u32 scan_session(const struct tao_disc_info *disc)
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

static int scan_disc(struct tao_device *td, struct scan *scan)
{
	struct tao_medium *m = &scan->medium;
	struct tao_disc_info *disc = &scan->disc;
	int err;

	err = tao_ask(td, scan->began,
		      tao_mmc_get_configuration(td->sdev, &td->discs.features_now, &td->sense));
	if (err)
		return tao_medium_fail(td, err, GPCMD_GET_CONFIGURATION);
	m->profile = td->discs.features_now.profile;
	err = tao_ask(td, scan->began, tao_mmc_read_disc_info(td->sdev, disc, &td->sense));
	if (err)
		return tao_medium_fail(td, err, GPCMD_READ_DISC_INFO);
	m->type = scan_type(&td->discs.features_now, disc);
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
		m->flags |= scan_session(disc);
	scan_groove(td, scan);
	if (m->type == TAO_MEDIUM_CD_RW)
		m->flags |= TAO_MEDIUM_ERASABLE;
	return 0;
}

/* There is no next track on a full disc, so the last one may be finished. */
static int scan_last(struct tao_device *td, struct scan *scan)
{
	u32 number = scan->disc.last_track;
	struct tao_track_info last;
	int err;

	err = tao_select_ask(td, scan->began, number, &last);
	if (!err && last.track == number && number <= TAO_TRACKS_MAX && !last.blank && !last.damage)
		scan->medium.tracks = number;
	return err == -ENODEV ? err : 0;
}

/* Takes over the drive's report of the next track, or of one that was left open. */
static void scan_found(struct scan *scan)
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
static int scan_unselected(struct tao_device *td, struct scan *scan)
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
static int scan_parameters(struct tao_device *td, struct scan *scan)
{
	u8 opcode = scan->query ? GPCMD_MODE_SENSE_10 : GPCMD_MODE_SELECT_10;
	struct tao_write_parameters p;
	int err;

	if (scan->query) {
		err = tao_ask(td, scan->began, tao_mmc_mode_sense_write(td->sdev, &p, &td->sense));
		scan->selected = !err && p.audio_tao;
	} else {
		tao_select_parameters(td, NULL, &p);
		err = tao_select(td, &p, scan->began);
		scan->selected = !err;
		scan_refused(td, err, opcode);
	}
	return err && tao_select_ask_failed(td, err) ? tao_medium_fail(td, err, opcode) : 0;
}

/* The answer is about another kind of track; for ours the drive has to be prepared. */
static void scan_untold(struct scan *scan)
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
static void scan_begun(struct tao_device *td, struct scan *scan)
{
	if (scan->next.blank)
		return;
	scan->medium.flags |= TAO_MEDIUM_TRACK_DAMAGED;
	if (scan_in_track(td))
		scan->next.nwa_valid = false;
}

/* Takes over the drive's report of the next track, if there is one. */
static int scan_told(struct tao_device *td, struct scan *scan)
{
	int err;

	if (scan->query)
		scan_begun(td, scan);
	else if (!scan->selected)
		return scan_unselected(td, scan);
	err = tao_select_fix_next(td, &scan->medium, &scan->next);
	if (err)
		scan_refused(td, err, GPCMD_READ_TRACK_RZONE_INFO);
	else
		scan_found(scan);
	return 0;
}

/* The look does not fail because the disc takes no more tracks. */
static int scan_next(struct tao_device *td, struct scan *scan)
{
	struct tao_medium *m = &scan->medium;
	int err;

	td->ends.refused.error = 0;
	if (m->status != TAO_DISC_BLANK && m->status != TAO_DISC_APPENDABLE)
		return 0;
	if (!tao_medium_is_cd(m))
		return 0;
	err = scan_parameters(td, scan);
	if (err)
		return err;
	err = tao_select_ask(td, scan->began, TAO_TRACK_NEXT, &scan->next);
	if (err && tao_select_ask_failed(td, err))
		return tao_medium_fail(td, err, GPCMD_READ_TRACK_RZONE_INFO);
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

static void scan_sectors(struct scan *scan)
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
static bool scan_refuses(const struct tao_toc *toc, s32 lba, u32 sectors)
{
	s32 least = -TAO_PREGAP_SECTORS, end = TAO_LBA_MAX - TAO_RUN_OUT_SECTORS;

	if (toc->entries_count)
		least = toc->entries[toc->entries_count - 1].start_lba + 1;
	return lba < least || lba >= end || sectors > end - lba;
}

static void scan_add(struct tao_toc *toc, u8 number, u8 session, u8 control, s32 lba, u32 sectors)
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
static int scan_listed(struct scan *scan, u8 number)
{
	const struct tao_toc_entry *e = scan->list.entries;
	unsigned int i;

	for (i = 0; i + 1 < scan->list.count; i++)
		if (e[i].number == number)
			break;
	if (i + 1 >= scan->list.count || scan->medium.sessions > 1 ||
	    e[i + 1].start_lba <= e[i].start_lba ||
	    scan_refuses(&scan->toc, e[i].start_lba, e[i + 1].start_lba - e[i].start_lba))
		return -EIO;
	scan_add(&scan->toc, number, 1, e[i].control, e[i].start_lba,
		 e[i + 1].start_lba - e[i].start_lba);
	return 0;
}

/* Track @number, as the drive knows it. Returns -ENODATA for the one that has not begun. */
static int scan_track(struct tao_device *td, struct scan *scan, u8 number)
{
	struct tao_track_info info;
	int err = tao_select_ask(td, scan->began, number, &info);

	if (err)
		return tao_select_ask_failed(td, err) ? err : scan_listed(scan, number);
	if (info.blank)
		return -ENODATA;
	if (info.track != number || scan_refuses(&scan->toc, info.start_lba, info.sectors))
		return -EIO;
	scan_add(&scan->toc, number, info.session, info.control, info.start_lba, info.sectors);
	return 0;
}

/* All tracks that the drive tells of. Sets that these are not all. */
static void scan_all_tracks(struct tao_device *td, struct scan *scan)
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
static s32 scan_end(const struct tao_toc *toc)
{
	const struct tao_toc_entry *last = &toc->entries[toc->entries_count - 1];

	return last->start_lba + last->sectors + TAO_RUN_OUT_SECTORS;
}

static s32 scan_lead_out(const struct scan *scan)
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
		lba = scan_end(toc);
	return lba;
}

/* The table, complete but for its tracks. */
static void scan_toc(struct scan *scan)
{
	struct tao_toc *toc = &scan->toc;
	const struct tao_toc_entry *last = &toc->entries[toc->entries_count - 1];

	if (scan->medium.flags & TAO_MEDIUM_SESSION_OPEN)
		toc->flags |= TAO_TOC_EXPECTED;
	toc->first_track = toc->entries[0].number;
	toc->last_track = last->number;
	scan_add(toc, TAO_TOC_LEAD_OUT, last->session, 0, scan_lead_out(scan), 0);
	toc->raw_bytes = tao_build_toc_raw(toc->raw, sizeof(toc->raw), toc->entries,
					   toc->entries_count);
}

/* The tracks of closed sessions are in the lead-ins, those of an open one only in the PMA. */
static int scan_tracks(struct tao_device *td, struct scan *scan)
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
static void scan_doubt_id(struct tao_device *td, struct scan *scan)
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
static int scan_known(struct tao_device *td, struct scan *scan)
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

/* The disc that is in is not the one that was: what holds for that one does not for this. */
static void scan_is_other(struct tao_device *td)
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
static bool scan_is_failed(struct tao_device *td, struct scan *scan, bool same)
{
	bool failed = same && READ_ONCE(td->found.track_failed);

	/* Nothing of the track is on it; or the drive does not report it yet, or it is another. */
	if (tao_medium_is_blank(&scan->medium)) {
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
static bool scan_is_same(const struct tao_device *td, const struct scan *scan)
{
	bool held = td->held.hold != TAO_HOLD_NONE;

	if ((held || td->discs.taken) && !scan->told && !td->sense.attention)
		return true;
	return held ? tao_disc_same_kept(&td->discs.known, &scan->known) :
		      tao_disc_same(&td->discs.known, &scan->known);
}

/* Notes whether it is the same disc. In a test write the drive reports what is not on the disc. */
static bool scan_recognise(struct tao_device *td, struct scan *scan)
{
	bool same = scan_is_same(td, scan), failed;

	if (scan->after_test ||
	    (td->held.hold != TAO_HOLD_NONE && td->held.prepared.flags & TAO_PREPARE_TEST_WRITE))
		return true;
	if (same)
		tao_disc_settle(&td->discs.known, &scan->known);
	else
		scan_is_other(td);
	failed = scan_is_failed(td, scan, same);
	td->discs.known = scan->known;
	spin_lock_irq(&td->lock);
	td->found.track_failed = failed;
	spin_unlock_irq(&td->lock);
	return same;
}

/*
 * Until the disc is finalised, only tao knows the catalogue number, from when it burned the disc.
 */
static void scan_publish(struct tao_device *td, struct scan *scan)
{
	bool same = scan_recognise(td, scan);

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

static int scan_all(struct tao_device *td, struct scan *scan)
{
	int err = scan_disc(td, scan) ?: tao_claim_late(td) ?:
		  scan_next(td, scan) ?: tao_claim_late(td) ?: scan_tracks(td, scan);

	if (err)
		return err;
	scan_sectors(scan);
	err = scan_known(td, scan);
	if (err)
		return err;
	scan_publish(td, scan);
	return 0;
}

static int scan_run(struct tao_device *td, bool query, bool after_test)
{
	struct scan *scan = kzalloc(sizeof(*scan), GFP_KERNEL);
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
		err = scan_all(td, scan);
	}
	if (err) {
		td->sense.attention |= told;
		tao_medium_doubt(td);
	}
	kfree(scan);
	return err;
}

/**
 * tao_scan - look at the disc, and find the position of the next track
 * @td: the drive, ready
 *
 * From then on tao_medium_get() and others return the result. Afterwards the drive has the write
 * parameters of audio.
 *
 * Return: 0 or an error.
 */
int tao_scan(struct tao_device *td)
{
	return scan_run(td, false, false);
}

/**
 * tao_scan_same - look at the disc, which has to be the one that is held or taken
 * @td: the drive, ready
 *
 * Return: 0, -EBADFD if it is another one, or another error.
 */
int tao_scan_same(struct tao_device *td)
{
	return tao_scan(td) ?: (td->discs.exchanged ? -EBADFD : 0);
}

/**
 * tao_scan_after_test - look at a disc at the end of a test write
 * @td: the drive, ready
 *
 * Some drives go on reporting what they have not written, so this does not tell which disc it is.
 *
 * Return: 0 or an error.
 */
int tao_scan_after_test(struct tao_device *td)
{
	return scan_run(td, false, true);
}

/**
 * tao_scan_query - look at the disc without changing anything
 * @td: the drive, ready
 *
 * As tao_scan(), but the position of the next track stays unknown if the drive does not
 * report it without that.
 *
 * Return: 0 or an error.
 */
int tao_scan_query(struct tao_device *td)
{
	return scan_run(td, true, false);
}

/**
 * tao_scan_anew - look at the disc, if its known state may be out of date
 * @td: the drive
 *
 * Return: 0, -EBADFD if it is not the disc that is held or taken, or another error.
 */
int tao_scan_anew(struct tao_device *td)
{
	if (td->found.medium_old || td->sense.attention)
		return tao_scan_same(td);
	return td->discs.exchanged ? -EBADFD : 0;
}
