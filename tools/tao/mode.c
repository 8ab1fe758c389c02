// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>
#include "advice.h"
#include "common.h"
#include "mode.h"
#include "unfinished.h"

/* --- Which one --- */

/* What the options leave; NULL: both. */
static const char *ruled_out_by_options(const struct burn_command *c)
{
	if (c->options.close == TAO_CLOSE_NOTHING)
		return "--no-finalize leaves the session open";
	if (c->options.no_underrun_protection)
		return "it needs protection against buffer underruns";
	if (c->append)
		return "--append adds to discs that have tracks";
	return NULL;
}

/* Whether this drive will be left out, and only others burn. */
static bool is_out(const struct burn_command *c, struct tao_device *drive,
		   const struct tao_medium *medium)
{
	char *problem = NULL;

	if (c->count > 1 && !c->wait)
		problem = medium_problem(medium, tao_device_path(drive), 0);
	free(problem);
	return problem;
}

/* A drive that says nothing is tried if that is asked for. */
static const char *ruled_out_by_drive(const struct burn_command *c, struct tao_device *drive)
{
	struct tao_medium medium;
	struct tao_drive d;
	bool looked = !get_medium(drive, &medium);

	if (tao_get_drive(drive, &d) || (looked && is_out(c, drive, &medium)))
		return NULL;
	if (!(d.flags & TAO_DRIVE_UNDERRUN_FREE))
		return "the drive has no protection against buffer underruns";
	if (c->mode == MODE_AUTO && !(d.flags & TAO_DRIVE_SESSION_AT_ONCE))
		return "the drive does not report that it can burn session-at-once";
	/* who waits for a disc waits for a blank one */
	if (!c->wait && looked && medium.type != TAO_MEDIUM_NONE &&
	    medium.type != TAO_MEDIUM_UNKNOWN && !(medium.flags & TAO_MEDIUM_STALE) &&
	    medium.status != TAO_DISC_BLANK)
		return "the disc is not blank";
	return NULL;
}

static const char *why_not_session(const struct burn_command *c)
{
	const char *why = album_needs_tracks(&c->album, c->options.from);

	if (!why)
		why = ruled_out_by_options(c);
	for (unsigned int i = 0; i < c->count && !why; i++)
		why = ruled_out_by_drive(c, c->recorders[i].watch);
	return why;
}

static int refuse(const struct burn_command *c, const char *why)
{
	bool by_album = album_needs_tracks(&c->album, c->options.from);

	complain(NAMED("no-session-at-once")
		 "%s needs session-at-once, and that is not possible: %s",
		 c->gap_given ? "--gap" :
		 c->album.write_offset.known ? "--write-offset" : "--mode session", why);
	complain_besides("%s", nothing_written(c));
	return by_album ? STATUS_INPUT : ruled_out_by_options(c) ? STATUS_USAGE : STATUS_DISC;
}

/* --- The session --- */

static void lay_out_track(const struct album *album, size_t i, size_t from,
			  struct tao_layout_track *track, uint32_t *marks)
{
	const struct track *t = &album->tracks[i], *next = t + 1;
	bool last = i + 1 == album->tracks_count;

	track->flags = track_flags(t);
	track->pregap_sectors = i > from ? t->pregap_sectors :
					   track_frames(&album->hidden) / SECTOR_FRAMES;
	track->sectors = track_sectors(t) - (last ? 0 : next->pregap_sectors);
	strcpy(track->isrc, t->isrc);
	for (size_t j = 0; j < t->marks_count; j++)
		marks[j] = t->marks[j].frames / SECTOR_FRAMES;
	track->marks_count = t->marks_count;
}

static int fill(struct tao_session *session, const struct album *album, size_t from,
		const struct disc_text *text)
{
	int ret = tao_session_set_mcn(session, album->mcn);

	if (!ret)
		ret = tao_session_set_first_track(session, album_first_track(album, from));
	for (size_t i = from; i < album->tracks_count && !ret; i++) {
		uint32_t *marks = xcalloc(album->tracks[i].marks_count + 1, sizeof(*marks));
		struct tao_layout_track track = { 0 };

		lay_out_track(album, i, from, &track, marks);
		ret = tao_session_add_track(session, &track, marks);
		free(marks);
	}
	if (!ret && text)
		ret = tao_session_set_text(session, text->packs, text->bytes);
	return ret;
}

struct tao_session *album_session(const struct album *album, size_t from,
				  const struct disc_text *text)
{
	struct tao_session *session;

	if (tao_session_new(&session))
		return NULL;
	if (!fill(session, album, from, text))
		return session;
	tao_session_free(session);
	return NULL;
}

bool writes_text(struct tao_device *drive)
{
	struct tao_drive d;

	return tao_get_drive(drive, &d) || d.flags & TAO_DRIVE_CD_TEXT ||
	       !(d.flags & TAO_DRIVE_SESSION_AT_ONCE);
}

struct tao_session *make_session(const struct burn_command *c, struct tao_device *drive)
{
	bool with_text = c->text.packs && writes_text(drive);

	return album_session(&c->album, c->options.from, with_text ? &c->text : NULL);
}

/* If there is no disc to compare the album with. */
static int refuse_length(const struct burn_command *c, uint32_t sectors)
{
	char needed[TIME_SIZE], *fit, *discs = advise_spreading(c, USUAL_ROOM_SECTORS);

	fit = album_fit(&c->album, c->options.from, USUAL_ROOM_SECTORS);
	complain(NAMED("no-room")
		 "%s min are needed, and most discs have 80. %s%s", format_time(sectors, needed),
		 fit, discs);
	complain_besides("%s", nothing_written(c));
	free(fit);
	free(discs);
	return STATUS_INPUT;
}

/* All that can be wrong with it shows before the plan. */
static int check_session(struct burn_command *c)
{
	uint32_t sectors = sectors_needed(&c->album, c->options.from);
	struct tao_session *session;
	char *reason;

	/* Maybe a set of discs: the check of the disc in the drive says which tracks fit. */
	if (sectors > TAO_LAYOUT_SECTORS_MAX)
		return c->count ? STATUS_OK : refuse_length(c, sectors);
	if (!c->no_text && disc_text_make(&c->album, c->options.from, &c->text, &reason)) {
		complain(NAMED("cd-text")
			 "%s; --no-cd-text burns the disc without CD-TEXT", reason);
		free(reason);
		return STATUS_INPUT;
	}
	session = album_session(&c->album, c->options.from, &c->text);
	if (!session) {
		complain(NAMED("layout") "%s", tao_last_error());
		return STATUS_INPUT;
	}
	tao_session_free(session);
	return STATUS_OK;
}

/* Nobody misses silence that is cut off. */
static void note_cut_off(struct burn_command *c)
{
	const struct segments *cut_off = &c->album.cut_off;
	bool first = c->album.write_offset.samples > 0;

	c->cut_off = segments_sound(cut_off);
	if (!c->cut_off)
		return;
	album_note(&c->album,
		   xasprintf(NAMED("samples-cut-off")
			     "The %s %llu samples of the audio are cut off, %llu of them not %s.",
			     first ? "first" : "last",
			     (unsigned long long)segments_frames(cut_off->all, cut_off->count),
			     (unsigned long long)c->cut_off,
			     first ? "silent: the drive can't write before the first sector" :
				     "silent: the drive can't write behind the last sector"));
}

/* As it was laid out when the burn began. */
static int lay_out_rest(struct burn_command *c)
{
	char *problem;

	c->why_tracks = "the disc has tracks of it";
	album_lay_out(&c->album, MODE_TRACK, c->unfinished->first, 0);
	problem = unfinished_problem(c->unfinished, &c->album);
	if (!problem)
		return STATUS_OK;
	complain("%s", problem);
	complain_besides("%s", nothing_written(c));
	free(problem);
	return STATUS_INPUT;
}

enum album_mode likely_mode(const struct burn_command *c)
{
	return c->mode == MODE_WANT_TRACK || why_not_session(c) ? MODE_TRACK : MODE_SESSION;
}

int choose_mode(struct burn_command *c)
{
	bool wanted = c->mode == MODE_WANT_SESSION || c->gap_given || c->album.write_offset.known;
	const char *why;

	if (c->unfinished)
		return lay_out_rest(c);
	why = why_not_session(c);
	if (wanted && why)
		return refuse(c, why);
	if (c->mode == MODE_WANT_TRACK)
		why = "--mode track";
	else if (!wanted && c->discs.count < 2 && !album_needs_session(&c->album, c->options.from))
		why = "one track";
	c->why_tracks = why;
	album_lay_out(&c->album, why ? MODE_TRACK : MODE_SESSION, c->options.from, c->gap);
	if (why)
		return STATUS_OK;
	note_cut_off(c);
	return check_session(c);
}
