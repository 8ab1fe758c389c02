// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <tao_cdtext.h>
#include "common.h"
#include "compare.h"
#include "structure.h"

/* Bits of the control field of a track */
#define CONTROL_PRE_EMPHASIS 1
#define CONTROL_COPY_PERMITTED 2

/* Takes over @text. */
static void differ(struct structure *s, char *text)
{
	s->differences = xrealloc(s->differences, s->count + 1, sizeof(*s->differences));
	s->differences[s->count++] = text;
}

void structure_note(struct structure *s, char *text)
{
	s->notes = xrealloc(s->notes, s->notes_count + 1, sizeof(*s->notes));
	s->notes[s->notes_count++] = text;
}

void structure_found_before(struct structure *s, uint32_t sectors)
{
	char time[TIME_SIZE];

	structure_note(s, xasprintf("the disc has %s before its first track, which no file has",
				    format_msf(sectors, time)));
}

static bool near(uint32_t a, uint32_t b)
{
	return a <= b + STRUCTURE_TOLERANCE && b <= a + STRUCTURE_TOLERANCE;
}

static const char *isrc_of(const struct tao_session *session, unsigned int i)
{
	const struct tao_layout_track *t = tao_session_track(session, i, NULL);

	return t ? t->isrc : "";
}

/* Whether a code is that of the track before or behind. */
static bool is_beside(const struct tao_session *wanted, unsigned int i, const char *isrc)
{
	return !strcmp(isrc, isrc_of(wanted, i - 1)) || !strcmp(isrc, isrc_of(wanted, i + 1));
}

static void compare_isrc(struct structure *s, const struct tao_session *wanted, unsigned int i,
			 const char *got)
{
	unsigned int number = tao_session_first_track(wanted) + i;
	const char *isrc = isrc_of(wanted, i);

	if (!strcmp(isrc, got))
		return;
	if (!*got && !s->missing++)
		s->first_missing = number;
	if (!*got)
		return;
	if (is_beside(wanted, i, got))
		structure_note(s, xasprintf("track %u: its ISRC can't be compared, %s", number,
					    "the drive shows that of the track beside it"));
	else if (!*isrc)
		structure_note(s, xasprintf("track %u: has ISRC %s, which the files do not say",
					    number, got));
	else
		differ(s, xasprintf("track %u: ISRC %s instead of %s", number, got, isrc));
}

/* One line, however many there are. */
static void note_missing(struct structure *s)
{
	if (s->missing == 1)
		structure_note(s, xasprintf("track %u: its ISRC can't be compared, %s",
					    s->first_missing, "the drive shows none"));
	else if (s->missing)
		structure_note(s, xasprintf("%u ISRCs can't be compared, the drive shows none",
					    s->missing));
}

static void compare_mcn(struct structure *s, const char *wanted, const char *got)
{
	if (!strcmp(wanted, got))
		return;
	if (!*got)
		structure_note(s, xasprintf("catalogue number %s can't be compared, %s", wanted,
					    "the drive shows none"));
	else if (!*wanted)
		structure_note(s, xasprintf("the disc has catalogue number %s, %s", got,
					    "which the files do not say"));
	else
		differ(s, xasprintf("catalogue number %s instead of %s", got, wanted));
}

static void compare_flag(struct structure *s, unsigned int number, const char *name, uint32_t flag,
			 uint32_t wanted, uint32_t got)
{
	if ((wanted ^ got) & flag)
		differ(s, xasprintf("track %u: %s is %s", number, name,
				    got & flag ? "set" : "not set"));
}

static void compare_flags(struct structure *s, unsigned int number, uint32_t wanted, uint32_t got)
{
	compare_flag(s, number, "pre-emphasis", TAO_TRACK_PRE_EMPHASIS, wanted, got);
	compare_flag(s, number, "copy permission", TAO_TRACK_COPY_PERMITTED, wanted, got);
}

static void compare_control(struct structure *s, unsigned int number, uint32_t flags,
			    unsigned int control, bool some)
{
	if (some && control & CONTROL_COPY_PERMITTED && !(flags & TAO_TRACK_COPY_PERMITTED)) {
		structure_note(s, xasprintf("track %u: permits copies, which the files do not say",
					    number));
		flags |= TAO_TRACK_COPY_PERMITTED;
	}
	compare_flags(s, number, flags,
		      (control & CONTROL_PRE_EMPHASIS ? TAO_TRACK_PRE_EMPHASIS : 0) |
		      (control & CONTROL_COPY_PERMITTED ? TAO_TRACK_COPY_PERMITTED : 0));
}

static const struct tao_toc_entry *find_entry(const struct tao_toc *toc, unsigned int number)
{
	for (uint32_t i = 0; i < toc->entries_count && i < TAO_TOC_ENTRIES_MAX; i++)
		if (number && toc->entries[i].number == number)
			return &toc->entries[i];
	return NULL;
}

void structure_compare_toc(struct structure *s, const struct compare_job *job, size_t from,
			   bool some)
{
	struct tao_toc toc;

	if (tao_get_toc(job->dev, &toc) || !toc.entries_count) {
		structure_note(s, xstrdup("pre-emphasis and copy permission"));
		return;
	}
	for (size_t i = from; i < job->album->tracks_count; i++) {
		const struct tao_toc_entry *e = find_entry(&toc, compared_number(job, i));

		if (e)
			compare_control(s, e->number, track_flags(&job->album->tracks[i]),
					e->control, some);
	}
}

static void compare_marks(struct structure *s, unsigned int number,
			  const struct tao_layout_track *wanted, const uint32_t *marks,
			  const struct tao_layout_track *got, const uint32_t *others)
{
	char is[TIME_SIZE], was[TIME_SIZE];

	if (wanted->marks_count != got->marks_count) {
		differ(s, xasprintf("track %u: %u index marks instead of %u", number,
				    got->marks_count, wanted->marks_count));
		return;
	}
	for (uint32_t i = 0; i < wanted->marks_count; i++)
		if (!near(marks[i], others[i]))
			differ(s, xasprintf("track %u: index %u is at %s instead of %s", number,
					    i + 2, format_msf(others[i], is),
					    format_msf(marks[i], was)));
}

static void compare_track(struct structure *s, const struct tao_session *wanted,
			  const struct tao_session *got, unsigned int i)
{
	unsigned int number = tao_session_first_track(wanted) + i;
	const struct tao_layout_track *a, *b;
	const uint32_t *marks, *others;
	char is[TIME_SIZE], was[TIME_SIZE];

	a = tao_session_track(wanted, i, &marks);
	b = tao_session_track(got, i, &others);
	compare_flags(s, number, a->flags, b->flags);
	compare_isrc(s, wanted, i, b->isrc);
	if (s->no_marks)
		return;
	if (!near(a->pregap_sectors, b->pregap_sectors))
		differ(s, xasprintf("track %u: a pregap of %s instead of %s", number,
				    format_msf(b->pregap_sectors, is),
				    format_msf(a->pregap_sectors, was)));
	compare_marks(s, number, a, marks, b, others);
}

/* The first text that is another one. */
static void find_text(struct structure *s, const struct tao_cdtext *wanted,
		      const struct tao_cdtext *got)
{
	for (unsigned int type = TAO_CDTEXT_TITLE; type <= TAO_CDTEXT_MESSAGE; type++) {
		for (unsigned int i = 0; i <= tao_cdtext_last_track(wanted); i++) {
			const char *a = tao_cdtext_get(wanted, 0, type, i);
			const char *b = tao_cdtext_get(got, 0, type, i);
			char *whose;

			if (!strcmp(a ? a : "", b ? b : ""))
				continue;
			whose = i ? xasprintf("track %u", i) : xstrdup("the disc");
			differ(s, xasprintf("CD-TEXT of %s: \"%s\" instead of \"%s\"", whose,
					    b ? b : "", a ? a : ""));
			free(whose);
			return;
		}
	}
	differ(s, xstrdup("CD-TEXT differs"));
}

static void compare_text(struct structure *s, const struct tao_session *wanted,
			 const struct tao_session *got)
{
	size_t bytes, others;
	const void *packs = tao_session_text(wanted, &bytes), *other;
	struct tao_cdtext *a = NULL, *b = NULL;

	other = tao_session_text(got, &others);
	s->no_text = bytes && !others;
	if (!bytes && others && !s->text_left_out)
		structure_note(s, xstrdup("the disc has CD-TEXT, which the files do not say"));
	if (!bytes || !others || (bytes == others && !memcmp(packs, other, bytes)))
		return;
	if (!tao_cdtext_decode(&a, packs, bytes, NULL, NULL) &&
	    !tao_cdtext_decode(&b, other, others, NULL, NULL))
		find_text(s, a, b);
	else
		differ(s, xstrdup("CD-TEXT is damaged"));
	tao_cdtext_free(a);
	tao_cdtext_free(b);
}

int structure_read(struct tao_device *dev, atomic_bool *stop, struct tao_session **got)
{
	struct patience patience = { 0 };
	int ret;

	do {
		ret = tao_session_read(dev, got, stop_is_set, stop);
	} while ((ret == -EBUSY || ret == -EAGAIN) && !atomic_load(stop) &&
		 wait_for_holders(dev, &patience));
	return ret;
}

void structure_compare(const struct tao_session *wanted, const struct tao_session *got,
		       struct structure *s)
{
	unsigned int tracks = tao_session_tracks(wanted);

	s->no_marks = tao_session_flags(got) & TAO_SESSION_NO_MARKS;
	if (tracks != tao_session_tracks(got)) {
		differ(s, xasprintf("%u tracks instead of %u", tao_session_tracks(got), tracks));
		return;
	}
	if (tao_session_first_track(got) != tao_session_first_track(wanted))
		differ(s, xasprintf("the first track is number %u instead of %u",
				    tao_session_first_track(got),
				    tao_session_first_track(wanted)));
	for (unsigned int i = 0; i < tracks; i++)
		compare_track(s, wanted, got, i);
	note_missing(s);
	compare_mcn(s, tao_session_mcn(wanted), tao_session_mcn(got));
	compare_text(s, wanted, got);
}

void structure_free(struct structure *s)
{
	for (size_t i = 0; i < s->count; i++)
		free(s->differences[i]);
	free(s->differences);
	for (size_t i = 0; i < s->notes_count; i++)
		free(s->notes[i]);
	free(s->notes);
}
