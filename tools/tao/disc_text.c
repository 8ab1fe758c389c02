// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <tao.h>
#include <tao_cdtext.h>
#include "common.h"
#include "disc_text.h"

static const char *type_name(unsigned int type)
{
	switch (type) {
	case TAO_CDTEXT_TITLE:
		return "title";
	case TAO_CDTEXT_PERFORMER:
		return "performer";
	case TAO_CDTEXT_SONGWRITER:
		return "songwriter";
	default:
		return "text";
	}
}

/* UTF-8 of one character, as far as Unicode goes. */
static void put_character(uint32_t c, char text[5])
{
	unsigned int n = 0;

	if (c < 0x80) {
		text[n++] = c;
	} else if (c < 0x800) {
		text[n++] = 0xc0 | c >> 6;
		text[n++] = 0x80 | (c & 0x3f);
	} else if (c < 0x10000) {
		text[n++] = 0xe0 | c >> 12;
		text[n++] = 0x80 | (c >> 6 & 0x3f);
		text[n++] = 0x80 | (c & 0x3f);
	} else {
		text[n++] = 0xf0 | (c >> 18 & 7);
		text[n++] = 0x80 | (c >> 12 & 0x3f);
		text[n++] = 0x80 | (c >> 6 & 0x3f);
		text[n++] = 0x80 | (c & 0x3f);
	}
	text[n] = '\0';
}

/* "track 3, title: "č" becomes "c"" */
static char *describe_loss(const struct tao_cdtext_note *note)
{
	char *where = note->track ? xasprintf("track %u", note->track) : xstrdup("album"), *text;
	char character[5] = "";

	put_character(note->character, character);
	if (note->problem == TAO_CDTEXT_SHORTENED)
		text = xasprintf("%s, %s: cut after %d characters", where, type_name(note->type),
				 TAO_CDTEXT_TEXT_MAX);
	else if (note->problem == TAO_CDTEXT_REPLACED && note->replacement[0])
		text = xasprintf("%s, %s: \"%s\" becomes \"%s\"", where, type_name(note->type),
				 character, note->replacement);
	else
		text = xasprintf("%s, %s: U+%04X is left out", where, type_name(note->type),
				 (unsigned int)note->character);
	free(where);
	return text;
}

/* Takes over @loss. */
static void add_loss(struct disc_text *text, char *loss)
{
	text->losses = xrealloc(text->losses, text->losses_count + 1, sizeof(*text->losses));
	text->losses[text->losses_count++] = loss;
}

static void forget_losses(struct disc_text *text)
{
	for (size_t i = 0; i < text->losses_count; i++)
		free(text->losses[i]);
	free(text->losses);
	text->losses = NULL;
	text->losses_count = 0;
}

static void take_note(void *data, const struct tao_cdtext_note *note)
{
	struct disc_text *text = data;
	char *loss = describe_loss(note);

	/* the same character of the same text, again and again */
	if (text->losses_count && !strcmp(text->losses[text->losses_count - 1], loss)) {
		free(loss);
		return;
	}
	add_loss(text, loss);
}

/* How texts are made to fit in. */
struct room {
	unsigned int characters; /* at most, of each; UINT_MAX: as many as CD-TEXT has */
	bool spare; /* names that are those of the disc are left out */
};

/* The first characters of UTF-8; to be freed. */
static char *cut(const char *text, unsigned int characters)
{
	size_t bytes = 0;

	while (text[bytes] && characters--)
		do
			bytes++;
		while ((text[bytes] & 0xc0) == 0x80);
	while (bytes && text[bytes] && text[bytes - 1] == ' ')
		bytes--;
	return xasprintf("%.*s", (int)bytes, text);
}

static int set_text(struct tao_cdtext *text, enum tao_cdtext_type type, unsigned int track,
		    const char *utf8, const struct room *room)
{
	char *copy = cut(utf8, room->characters);
	int ret = tao_cdtext_set(text, 0, type, track, copy);

	free(copy);
	return ret;
}

/* Whether a track has what its album has not. */
static bool has_any(const struct album *album, size_t from, const char *of_album, size_t offset)
{
	if (of_album)
		return true;
	for (size_t i = from; i < album->tracks_count; i++)
		if (*(char *const *)((const char *)&album->tracks[i] + offset))
			return true;
	return false;
}

/* A type that anybody has is there for all: players show nothing, or the text of another track. */
static int set_texts(struct tao_cdtext *text, const struct album *album, size_t from,
		     enum tao_cdtext_type type, const char *of_album, size_t offset,
		     const struct room *room)
{
	bool inherited = type != TAO_CDTEXT_TITLE && of_album;
	unsigned int first = tao_cdtext_first_track(text);
	int ret;

	if (!has_any(album, from, of_album, offset))
		return 0;
	ret = set_text(text, type, 0, of_album ? of_album : "", room);
	for (size_t i = from; i < album->tracks_count && !ret; i++) {
		const char *own = *(char *const *)((const char *)&album->tracks[i] + offset);

		if (!own)
			own = inherited ? of_album : "";
		if (inherited && room->spare && !strcmp(own, of_album))
			own = "";
		ret = set_text(text, type, first + i - from, own, room);
	}
	return ret;
}

/*
 * A disc of one CUE sheet alone. What that does not say of its disc is not to be on it: it may be
 * that of another disc.
 */
static bool is_of_sheet(const struct album *album, size_t from)
{
	if (album->sheet_tracks && album->sheet_tracks == album->tracks_count)
		return true;
	return album->discs_count && album->tracks[from].leads;
}

/* Of an album whose files do not say it: whom all tracks are by. */
static const char *performer_of(const struct album *album, size_t from)
{
	const char *artist = album->artist ? album->artist : album->tracks[from].artist;

	if (is_of_sheet(album, from))
		return album->artist;
	for (size_t i = from; i < album->tracks_count && artist && !album->artist; i++)
		if (!album->tracks[i].artist || strcmp(album->tracks[i].artist, artist))
			return NULL;
	return artist;
}

static int fill(struct tao_cdtext *text, const struct album *album, size_t from,
		const struct room *room)
{
	int ret = tao_cdtext_add_block(text, TAO_CDTEXT_ISO_8859_1, TAO_CDTEXT_ENGLISH);

	if (ret < 0)
		return ret;
	ret = set_texts(text, album, from, TAO_CDTEXT_TITLE, album->title,
			offsetof(struct track, title), room);
	if (!ret)
		ret = set_texts(text, album, from, TAO_CDTEXT_PERFORMER,
				performer_of(album, from), offsetof(struct track, artist), room);
	if (!ret)
		ret = set_texts(text, album, from, TAO_CDTEXT_SONGWRITER, album->songwriter,
				offsetof(struct track, songwriter), room);
	return ret;
}

/* Returns the bytes of the packs, or a negative errno: E2BIG if there is no room for them. */
static ssize_t encode_in(const struct album *album, size_t from, struct disc_text *out,
			 const struct room *room)
{
	unsigned int first = album_first_track(album, from);
	struct tao_cdtext *text;
	ssize_t bytes = tao_cdtext_new(&text, first, first + album->tracks_count - from - 1);

	if (bytes)
		return bytes;
	forget_losses(out);
	if (room->spare)
		add_loss(out, xstrdup("names of tracks that are those of the album are left out"));
	if (room->characters != UINT_MAX)
		add_loss(out, xasprintf("texts are cut after %u characters", room->characters));
	out->crowded = room->spare;
	bytes = fill(text, album, from, room);
	if (!bytes)
		bytes = tao_cdtext_encode(text, out->packs, take_note, out);
	tao_cdtext_free(text);
	return bytes;
}

/* Cuts all texts after the same number of characters, as many as there is room for. */
static ssize_t encode_shorter(const struct album *album, size_t from, struct disc_text *out)
{
	struct room room = { .spare = true };
	unsigned int fits = 1, too_many = TAO_CDTEXT_TEXT_MAX;

	while (too_many - fits > 1) {
		room.characters = fits + (too_many - fits) / 2;
		if (encode_in(album, from, out, &room) == -E2BIG)
			too_many = room.characters;
		else
			fits = room.characters;
	}
	room.characters = fits;
	return encode_in(album, from, out, &room);
}

static int encode(const struct album *album, size_t from, struct disc_text *out)
{
	struct room room = { .characters = UINT_MAX };
	ssize_t bytes;

	out->packs = xcalloc(TAO_CDTEXT_BYTES_MAX, 1);
	bytes = encode_in(album, from, out, &room);
	if (bytes == -E2BIG) {
		room.spare = true;
		bytes = encode_in(album, from, out, &room);
	}
	if (bytes == -E2BIG)
		bytes = encode_shorter(album, from, out);
	if (bytes <= 0) {
		free(out->packs);
		out->packs = NULL;
	} else {
		out->bytes = bytes;
	}
	return bytes < 0 ? bytes : 0;
}

/* As other programs keep packs: maybe with the header of the drive's reply, maybe a NUL behind. */
static int take_file(const char *path, struct disc_text *out, char **reason)
{
	size_t room = TAO_CDTEXT_BYTES_MAX + 8, bytes, header;
	uint8_t *data = xcalloc(room, 1);
	FILE *file = fopen(path, "re");

	if (!file) {
		*reason = xasprintf(NAMED("file-unreadable") "%s: %s", path, strerror(errno));
		free(data);
		return -1;
	}
	bytes = fread(data, 1, room, file);
	fclose(file);
	header = bytes > 4 && data[0] < 0x80 && data[4] >= 0x80 ? 4 : 0;
	bytes -= header;
	if (bytes % TAO_CDTEXT_PACK_BYTES > 1 || bytes < TAO_CDTEXT_PACK_BYTES ||
	    bytes > TAO_CDTEXT_BYTES_MAX) {
		*reason = xasprintf(NAMED("cd-text")
				    "%s: these are no CD-TEXT packs of 18 bytes", path);
		free(data);
		return -1;
	}
	memmove(data, data + header, bytes);
	out->packs = data;
	out->bytes = bytes - bytes % TAO_CDTEXT_PACK_BYTES;
	out->given = true;
	return 0;
}

static int check_packs(const void *packs, size_t bytes)
{
	struct tao_session *session;
	int ret = tao_session_new(&session);

	if (ret)
		return ret;
	ret = tao_session_set_text(session, packs, bytes);
	tao_session_free(session);
	return ret;
}

static void note_no_size(void *data, const struct tao_cdtext_note *note)
{
	*(bool *)data |= note->problem == TAO_CDTEXT_NO_SIZE;
}

/* Packs say which tracks they are about in those with the sizes; some discs have none of these. */
static bool is_about(const struct tao_cdtext *text, bool no_size, unsigned int first,
		     unsigned int last)
{
	unsigned int from = tao_cdtext_first_track(text), to = tao_cdtext_last_track(text);

	return (from == first && to == last) || (no_size && from == 1 && to == TAO_TRACKS_MAX);
}

/* They have to be about these tracks, and not damaged. */
char *disc_text_problem(const void *packs, size_t bytes, unsigned int first, unsigned int last)
{
	struct tao_cdtext *text;
	bool no_size = false;
	char *problem = NULL;

	if (check_packs(packs, bytes) ||
	    tao_cdtext_decode(&text, packs, bytes, note_no_size, &no_size))
		return xstrdup(tao_last_error());
	if (!is_about(text, no_size, first, last))
		problem = xasprintf("is about the tracks %u to %u, not %u to %u",
				    tao_cdtext_first_track(text), tao_cdtext_last_track(text),
				    first, last);
	tao_cdtext_free(text);
	return problem;
}

static int check_file(const struct album *album, const struct disc_text *given, char **reason)
{
	unsigned int first = album_first_track(album, 0), last = first + album->tracks_count - 1;
	char *problem = disc_text_problem(given->packs, given->bytes, first, last);

	if (!problem)
		return 0;
	*reason = xasprintf("%s: %s", album->text_file, problem);
	free(problem);
	return -1;
}

int disc_text_make(const struct album *album, size_t from, struct disc_text *text, char **reason)
{
	/* what is in the file counts all tracks of the sheet */
	if (album->text_file && !from && !album->goes_on)
		return take_file(album->text_file, text, reason) ||
		       check_file(album, text, reason) ? -1 : 0;
	if (!encode(album, from, text))
		return 0;
	*reason = xstrdup(tao_last_error());
	return -1;
}

void disc_text_free(struct disc_text *text)
{
	forget_losses(text);
	free(text->packs);
}
