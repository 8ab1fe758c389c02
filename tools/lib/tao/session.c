// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The layout of a session-at-once: put together, checked, and given to the drive.
 */
#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include "cdtext.h"
#include "internal.h"
#include "session.h"

#define ISRC_CHARACTERS 12
#define MCN_DIGITS 13

static_assert(sizeof(uint8_t[TAO_TEXT_PACK_BYTES]) == TAO_CDTEXT_PACK_BYTES, "a pack of CD-TEXT");
static_assert(sizeof(uint8_t[TAO_TEXT_BYTES_MAX]) == TAO_CDTEXT_BYTES_MAX, "all of CD-TEXT");

int tao_session_new(struct tao_session **session)
{
	struct tao_session *s = calloc(1, sizeof(*s));

	if (!s)
		return tao_fail(ENOMEM, "can't lay out a session");
	s->first_track = 1;
	*session = s;
	return 0;
}

void tao_session_free(struct tao_session *session)
{
	if (!session)
		return;
	free(session->text);
	free(session);
}

int tao_session_set_first_track(struct tao_session *session, unsigned int number)
{
	if (!number || number > TAO_TRACKS_MAX)
		return tao_fail(EINVAL, "track numbers are 1 to 99, not %u", number);
	if (session->tracks_count)
		return tao_fail(EINVAL, "the first track has its number already");
	session->first_track = number;
	return 0;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return c >= 'A' && c <= 'Z';
}

/* CC OOO YY SSSSS: letters, letters or digits, digits */
bool tao_isrc_is_valid(const char *isrc)
{
	for (unsigned int i = 0; i < ISRC_CHARACTERS; i++)
		if (!(i < 5 && is_letter(isrc[i])) && !(i > 1 && is_digit(isrc[i])))
			return false;
	return !isrc[ISRC_CHARACTERS];
}

bool tao_mcn_is_valid(const char *mcn)
{
	return strlen(mcn) == MCN_DIGITS && strspn(mcn, "0123456789") == MCN_DIGITS;
}

int tao_session_set_mcn(struct tao_session *session, const char *mcn)
{
	if (!mcn)
		mcn = "";
	if (*mcn && !tao_mcn_is_valid(mcn))
		return tao_fail(EINVAL, "a catalogue number has 13 digits");
	strcpy(session->mcn, mcn);
	return 0;
}

static int check_marks(const struct tao_layout_track *track, const uint32_t *marks,
		       unsigned int number)
{
	uint32_t before = 0;

	if (track->marks_count > TAO_TRACK_MARKS_MAX)
		return tao_fail(EINVAL, "track %u: it has %u marks of %u at most", number,
				track->marks_count, TAO_TRACK_MARKS_MAX);
	for (uint32_t i = 0; i < track->marks_count; i++) {
		if (marks[i] <= before || marks[i] >= track->sectors)
			return tao_fail(EINVAL,
					"track %u: mark %u is not behind the one before it and in the track",
					number, i + 2);
		before = marks[i];
	}
	return 0;
}

static int check_track(const struct tao_session *s, const struct tao_layout_track *track,
		       const uint32_t *marks, unsigned int number)
{
	bool has_isrc = track->flags & TAO_TRACK_ISRC;

	if (track->flags & ~TAO_LAYOUT_TRACK_FLAGS)
		return tao_fail(EINVAL, "track %u: unknown flags", number);
	if ((uint64_t)tao_session_sectors(s) + track->pregap_sectors + track->sectors >
	    TAO_LAYOUT_SECTORS_MAX)
		return tao_fail(EINVAL, "track %u: no disc is so long", number);
	if (has_isrc ? !tao_isrc_is_valid(track->isrc) : track->isrc[0])
		return tao_fail(EINVAL, "track %u: wrong ISRC", number);
	return check_marks(track, marks, number);
}

int tao_session_put_track(struct tao_session *session, const struct tao_layout_track *track,
			  const uint32_t *marks)
{
	unsigned int n = session->tracks_count;
	int ret;

	if (session->first_track + n > TAO_TRACKS_MAX)
		return tao_fail(EINVAL, "a disc has no track %u", session->first_track + n);
	if (track->marks_count > TAO_MARKS_MAX - session->marks_count)
		return tao_fail(EINVAL, "more than %d marks", TAO_MARKS_MAX);
	ret = check_track(session, track, marks, session->first_track + n);
	if (ret)
		return ret;
	session->tracks[n] = *track;
	memset(session->tracks[n].reserved, 0, sizeof(track->reserved));
	if (track->marks_count)
		memcpy(session->marks + session->marks_count, marks,
		       track->marks_count * sizeof(*marks));
	session->marks_at[n] = session->marks_count;
	session->marks_count += track->marks_count;
	session->tracks_count++;
	return 0;
}

int tao_session_add_track(struct tao_session *session, const struct tao_layout_track *track,
			  const uint32_t *marks)
{
	if (track->sectors < TAO_TRACK_MIN_SECTORS)
		return tao_fail(EINVAL, "track %u: %u sectors are too few, the least are %u",
				session->first_track + session->tracks_count, track->sectors,
				TAO_TRACK_MIN_SECTORS);
	return tao_session_put_track(session, track, marks);
}

static int check_text(const uint8_t *packs, size_t bytes)
{
	for (size_t i = 0; i < bytes; i += TAO_TEXT_PACK_BYTES) {
		const uint8_t *pack = packs + i;
		uint16_t crc = tao_cdtext_crc(pack);

		if (pack[CDTEXT_CRC_AT] != crc >> 8 || pack[CDTEXT_CRC_AT + 1] != (crc & 0xff) ||
		    pack[0] < CDTEXT_TYPE_FIRST)
			return tao_fail(EINVAL, "pack %zu of the CD-TEXT is damaged",
					i / TAO_TEXT_PACK_BYTES);
	}
	return 0;
}

int tao_session_put_text(struct tao_session *session, const void *packs, size_t bytes)
{
	void *copy;

	if (bytes % TAO_TEXT_PACK_BYTES || bytes > TAO_TEXT_BYTES_MAX)
		return tao_fail(EINVAL, "%zu bytes are not CD-TEXT packs", bytes);
	copy = bytes ? malloc(bytes) : NULL;
	if (bytes && !copy)
		return tao_fail(ENOMEM, "can't keep the CD-TEXT");
	if (bytes)
		memcpy(copy, packs, bytes);
	free(session->text);
	session->text = copy;
	session->text_bytes = bytes;
	return 0;
}

int tao_session_set_text(struct tao_session *session, const void *packs, size_t bytes)
{
	int ret = bytes % TAO_TEXT_PACK_BYTES ? 0 : check_text(packs, bytes);

	return ret ? ret : tao_session_put_text(session, packs, bytes);
}

unsigned int tao_session_flags(const struct tao_session *session)
{
	return session->flags;
}

unsigned int tao_session_first_track(const struct tao_session *session)
{
	return session->first_track;
}

unsigned int tao_session_tracks(const struct tao_session *session)
{
	return session->tracks_count;
}

const struct tao_layout_track *tao_session_track(const struct tao_session *session,
						 unsigned int index, const uint32_t **marks)
{
	if (index >= session->tracks_count)
		return NULL;
	if (marks)
		*marks = session->marks + session->marks_at[index];
	return &session->tracks[index];
}

const char *tao_session_mcn(const struct tao_session *session)
{
	return session->mcn;
}

const void *tao_session_text(const struct tao_session *session, size_t *bytes)
{
	*bytes = session->text_bytes;
	return session->text;
}

uint32_t tao_session_sectors(const struct tao_session *session)
{
	uint32_t sectors = 0;

	for (unsigned int i = 0; i < session->tracks_count; i++)
		sectors += session->tracks[i].pregap_sectors + session->tracks[i].sectors;
	return sectors;
}

int tao_session_prepare(struct tao_device *dev, const struct tao_session *session,
			const struct tao_prepare *prepare)
{
	struct tao_prepare copy = { 0 };

	if (prepare)
		copy = *prepare;
	if (session->mcn[0]) {
		copy.flags |= TAO_PREPARE_MCN;
		memcpy(copy.mcn, session->mcn, sizeof(copy.mcn));
	}
	return tao_prepare(dev, &copy);
}

int tao_session_begin(struct tao_device *dev, const struct tao_session *session,
		      enum tao_close close, unsigned int flags)
{
	struct tao_layout layout = {
		.flags = flags,
		.close = close,
		.first_track = session->first_track,
		.tracks_count = session->tracks_count,
		.tracks = (uintptr_t)session->tracks,
		.marks = (uintptr_t)session->marks,
		.text = (uintptr_t)session->text,
		.marks_count = session->marks_count,
		.text_bytes = session->text_bytes,
	};
	int ret;

	/* it may be that of a disc */
	ret = check_text(session->text, session->text_bytes);
	if (ret)
		return ret;
	return tao_call(dev, TAO_IOC_SESSION_BEGIN, &layout, "can't begin the session");
}
