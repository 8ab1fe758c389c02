// SPDX-License-Identifier: GPL-2.0-only
/*
 * Recognises discs. A drive reports that its disc may be another one, after a reset too, but not
 * whether it is. It reports that once, to the first sender of a command. So each look at the disc
 * is compared with the one before.
 *
 * The number that a recorder gave the disc decides, if both looks have it. Blank discs have none,
 * and many drives do not report it. Then the kind of the disc, its capacity, its sessions and its
 * tracks decide, apart from our own changes since the look before: if that explains the
 * difference, it is the same disc.
 */
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "disc.h"

/* A track whose start is not known */
#define START_UNKNOWN	S32_MIN

/* Drives may count the run-out, and the pregap behind it, as part of a track or not. */
static bool same_length(u32 a, u32 b)
{
	u32 more = max(a, b) - min(a, b);

	return more <= TAO_RUN_OUT_SECTORS ||
	       (more >= TAO_PREGAP_SECTORS && more <= TAO_GAP_SECTORS);
}

static bool same_start(const struct tao_disc *was, const struct tao_disc *is, u32 i, u32 slack)
{
	return was->start_lba[i] == START_UNKNOWN || is->start_lba[i] == START_UNKNOWN ||
	       abs(was->start_lba[i] - is->start_lba[i]) <= slack;
}

/* One that we burned is where it was to be, and not longer. Lengths of 0 are unknown. */
static bool same_track(const struct tao_disc *was, const struct tao_disc *is, u32 i)
{
	bool sure = i < was->sure;

	if (!same_start(was, is, i, sure ? 0 : TAO_GAP_SECTORS))
		return false;
	if (!was->sectors[i] || !is->sectors[i])
		return true;
	return sure ? same_length(was->sectors[i], is->sectors[i]) :
		      is->sectors[i] <= was->sectors[i] + TAO_GAP_SECTORS;
}

/* Whether the drive reports fewer tracks than the disc has. */
static bool lacks_tracks(const struct tao_disc *was, const struct tao_disc *is)
{
	return is->tracks < was->sure || (was->tracks && !is->tracks);
}

/* Whether all tracks that were on it are, too. */
static bool same_tracks(const struct tao_disc *was, const struct tao_disc *is)
{
	u32 i;

	if (lacks_tracks(was, is))
		return false;
	for (i = 0; i < TAO_TRACKS_MAX; i++)
		if (!same_track(was, is, i))
			return false;
	return true;
}

/* The others may have been burned over, and more may have been added. */
static bool same_sure_tracks(const struct tao_disc *was, const struct tao_disc *is)
{
	u32 i;

	if (lacks_tracks(was, is))
		return false;
	for (i = 0; i < was->sure; i++)
		if (!same_track(was, is, i))
			return false;
	return true;
}

/* Drives do not report the capacity of a finalised disc, and some call that a pressed one. */
static bool same_kind(const struct tao_disc *was, const struct tao_disc *is)
{
	return (was->type == is->type || (was->closing && is->type == TAO_MEDIUM_CD_ROM)) &&
	       (was->closing || !was->lead_out_lba || !is->lead_out_lba ||
		was->lead_out_lba == is->lead_out_lba);
}

static bool same_but_number(const struct tao_disc *was, const struct tao_disc *is)
{
	if (!same_kind(was, is))
		return false;
	if (was->blanking && !is->tracks)
		return true;
	return is->tracks <= was->most && (was->closing || was->sessions == is->sessions) &&
	       same_tracks(was, is);
}

/**
 * tao_disc_same - whether it is the same disc
 * @was: the disc as it was known, with our own changes since
 * @is: the disc as it is
 */
bool tao_disc_same(const struct tao_disc *was, const struct tao_disc *is)
{
	if (was->type == TAO_MEDIUM_NONE)
		return false;
	/* Some recorders give all discs the same number. */
	if (was->id && is->id)
		return was->id == is->id && same_sure_tracks(was, is);
	return same_but_number(was, is);
}

/**
 * tao_disc_same_kept - whether it is the same disc, to which nobody else has added anything
 * @was: the disc as it was known, with our own changes since
 * @is: the disc as it is
 */
bool tao_disc_same_kept(const struct tao_disc *was, const struct tao_disc *is)
{
	return tao_disc_same(was, is) && same_but_number(was, is);
}

/**
 * tao_disc_differs_in_number - whether it would be the same disc without its number
 * @was: the disc as it was known
 * @is: the disc as it is
 */
bool tao_disc_differs_in_number(const struct tao_disc *was, const struct tao_disc *is)
{
	return was->id && is->id && was->id != is->id && same_but_number(was, is);
}

static void disc_add(struct tao_disc *disc, u32 number, s32 start_lba, u32 sectors)
{
	if (number < 1 || number > TAO_TRACKS_MAX)
		return;
	disc->start_lba[number - 1] = start_lba;
	disc->sectors[number - 1] = sectors;
}

/**
 * tao_disc_set - note what the drive reports of a disc
 * @disc: set as a whole
 * @m: the disc
 * @toc: its tracks, as far as reported
 * @id: its number, or 0
 */
void tao_disc_set(struct tao_disc *disc, const struct tao_medium *m, const struct tao_toc *toc,
		  u32 id)
{
	u32 i;

	memset(disc, 0, sizeof(*disc));
	disc->type = m->type;
	disc->lead_out_lba = m->lead_out_lba;
	disc->sessions = m->sessions;
	disc->tracks = m->tracks;
	disc->sure = m->tracks;
	disc->most = m->tracks;
	/* It comes with the first track: that of a disc which is called blank means nothing. */
	disc->id = m->tracks && m->status != TAO_DISC_BLANK ? id : 0;
	for (i = 0; i < TAO_TRACKS_MAX; i++)
		disc->start_lba[i] = START_UNKNOWN;
	for (i = 0; i + 1 < toc->entries_count; i++)
		disc_add(disc, toc->entries[i].number, toc->entries[i].start_lba,
			 toc->entries[i].sectors);
}

/* The track may change from now on. */
static void disc_unsettle(struct tao_disc *disc, u32 number)
{
	disc->sure = min(disc->sure, number - 1);
	disc->tracks = min(disc->tracks, number - 1);
	disc->loose = false;
}

/**
 * tao_disc_expect - a track is being added: the disc may have it from now on, or a part of it
 * @disc: the disc
 * @number: of the track, which is the last one then
 * @start_lba: where it begins
 * @sectors: the most it can have; 0: unknown, and its start is unknown too
 */
void tao_disc_expect(struct tao_disc *disc, u32 number, s32 start_lba, u32 sectors)
{
	if (number < 1 || number > TAO_TRACKS_MAX)
		return;
	disc_unsettle(disc, number);
	disc_add(disc, number, sectors ? start_lba : START_UNKNOWN, sectors);
	disc->most = number;
	disc->closing = false;
	disc->forgiven = false;
	disc->blanking = false;
}

/**
 * tao_disc_expect_end - a track that was left open is being ended, which does not end a closing
 * @disc: the disc
 * @number: of the track; the most that it can have holds still, if it is known
 */
void tao_disc_expect_end(struct tao_disc *disc, u32 number)
{
	if (number < 1 || number > TAO_TRACKS_MAX)
		return;
	disc_unsettle(disc, number);
	disc->most = max(disc->most, number);
}

/**
 * tao_disc_expect_blank - the disc is being blanked: it may be blank from now on, or as it was
 * @disc: the disc
 */
void tao_disc_expect_blank(struct tao_disc *disc)
{
	disc->blanking = true;
	disc->closing = true;
}

/**
 * tao_disc_expect_close - the session is being closed, with the failed track in it
 * @disc: the disc
 */
void tao_disc_expect_close(struct tao_disc *disc)
{
	disc->closing = true;
	disc->forgiven = true;
}

/**
 * tao_disc_forgives - whether a look shows that the session with the failed track was closed
 * @was: the disc as it was known
 * @is: the same disc as it is
 */
bool tao_disc_forgives(const struct tao_disc *was, const struct tao_disc *is)
{
	return was->forgiven && is->sessions > was->sessions;
}

/**
 * tao_disc_trust - the disc is as the drive has just reported it
 * @disc: the disc
 */
void tao_disc_trust(struct tao_disc *disc)
{
	disc->sure = disc->tracks;
	disc->most = disc->tracks;
	disc->loose = false;
	disc->closing = false;
	disc->forgiven = false;
	disc->blanking = false;
}

/**
 * tao_disc_settle - what we did to the disc is seen now, unless it has yet to be seen
 * @was: the disc as it was known
 * @is: the same disc as it is
 *
 * A drive may show a track late, or its length. It may show one that failed today, and not
 * tomorrow. A session may be shown as closed late.
 */
void tao_disc_settle(const struct tao_disc *was, struct tao_disc *is)
{
	u32 i;

	if (!is->id && is->tracks)
		is->id = was->id;
	is->closing = was->closing && is->sessions == was->sessions && is->tracks == was->tracks;
	is->forgiven = was->forgiven && is->sessions == was->sessions;
	for (i = was->sure; i < is->tracks; i++)
		if (!same_length(was->sectors[i], is->sectors[i]))
			is->sectors[i] = 0;
	if ((was->closing && !is->closing) || is->tracks > was->most ||
	    (is->tracks == was->most && !was->loose))
		return;
	is->sure = min(was->sure, is->tracks);
	is->most = was->most;
	is->loose = was->loose;
	for (i = is->sure; i < is->most; i++)
		disc_add(is, i + 1, was->start_lba[i], was->sectors[i]);
}
