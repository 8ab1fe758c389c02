// SPDX-License-Identifier: GPL-2.0-only
/*
 * CD-TEXT. Results are compared with libburn, which encodes the same texts and decodes our packs,
 * with libcdio, which VLC and cd-info use for decoding, and with packs computed by hand. Includes
 * random texts and damage, with sanitizers.
 */
#include <errno.h>
#include <iconv.h>
#include <libburn/libburn.h>
#include <cdio/cdtext.h>
#include <string.h>
#include "../../../tools/lib/tao/cdtext.h"
#include "ktap.h"

#define TRACKS 12
#define PACK TAO_CDTEXT_PACK_BYTES

static const unsigned int text_types[] = {
	TAO_CDTEXT_TITLE, TAO_CDTEXT_PERFORMER, TAO_CDTEXT_SONGWRITER,
	TAO_CDTEXT_COMPOSER, TAO_CDTEXT_ARRANGER, TAO_CDTEXT_MESSAGE,
};

#define TEXT_TYPES (sizeof(text_types) / sizeof(*text_types))

static uint8_t packs[TAO_CDTEXT_BYTES_MAX];

/* The losses that were reported. */
static struct {
	unsigned int count[TAO_CDTEXT_BAD_CHARSET + 1];
	struct tao_cdtext_note last;
	char replacement[64];
	bool damaged[16][100];
} notes;

static void take_note(void *data, const struct tao_cdtext_note *note)
{
	(void)data;
	notes.count[note->problem]++;
	notes.last = *note;
	snprintf(notes.replacement, sizeof(notes.replacement), "%s", note->replacement);
	if (note->problem == TAO_CDTEXT_DAMAGED && note->type && note->track < 100)
		notes.damaged[note->type & 15][note->track] = true;
}

static void forget_notes(void)
{
	memset(&notes, 0, sizeof(notes));
}

static unsigned int losses(void)
{
	unsigned int n = 0;

	for (size_t i = 0; i < sizeof(notes.count) / sizeof(*notes.count); i++)
		n += notes.count[i];
	return n;
}

static struct tao_cdtext *new_text(unsigned int first, unsigned int last,
				   enum tao_cdtext_charset charset)
{
	struct tao_cdtext *text;

	if (tao_cdtext_new(&text, first, last) ||
	    tao_cdtext_add_block(text, charset, TAO_CDTEXT_ENGLISH)) {
		printf("Bail out! %s\n", tao_last_error());
		exit(1);
	}
	return text;
}

/* Computed by hand from the standard, including the CRC. */
static void test_vector(void)
{
	static const uint8_t title[PACK] = {
		0x80, 0x00, 0x00, 0x00, 0x4a, 0x6f, 0x79, 0x66, 0x75,
		0x6c, 0x20, 0x4e, 0x69, 0x67, 0x68, 0x74, 0xf0, 0xf7,
	};
	struct tao_cdtext *text = new_text(1, 3, TAO_CDTEXT_ISO_8859_1);

	tao_cdtext_set(text, 0, TAO_CDTEXT_TITLE, 0, "Joyful Nights");
	check_is(tao_cdtext_encode(text, packs, NULL, NULL), 5 * PACK,
		 "two packs of titles, and three with the size");
	check(!memcmp(packs, title, PACK), "the first pack is the one of the vector");
	check(packs[PACK + 1] == 0 && packs[PACK + 3] == 12 && packs[PACK + 4] == 's',
	      "the second says that 12 characters of the disc's title came before");
	tao_cdtext_free(text);
}

static void test_arguments(void)
{
	struct tao_cdtext *text, *none;

	check_is(tao_cdtext_new(&none, 0, 3), -EINVAL, "track 0 is refused");
	check_is(tao_cdtext_new(&none, 3, 2), -EINVAL, "last before first is refused");
	check_is(tao_cdtext_new(&none, 1, 100), -EINVAL, "track 100 is refused");
	text = new_text(2, 5, TAO_CDTEXT_ISO_8859_1);
	check_is(tao_cdtext_set(text, 0, TAO_CDTEXT_TITLE, 1, "x"), -EINVAL, "a track too low");
	check_is(tao_cdtext_set(text, 0, TAO_CDTEXT_TITLE, 6, "x"), -EINVAL, "a track too high");
	check_is(tao_cdtext_set(text, 1, TAO_CDTEXT_TITLE, 2, "x"), -EINVAL, "no such block");
	check_is(tao_cdtext_set(text, 0, 0x88, 0, "x"), -EINVAL, "a type that is no text");
	check_is(tao_cdtext_set(text, 0, TAO_CDTEXT_DISC_ID, 2, "x"), -EINVAL, "id of a track");
	check(!tao_cdtext_get(text, 0, TAO_CDTEXT_TITLE, 99), "no text of a track out of range");
	check_is(tao_cdtext_encode(text, packs, NULL, NULL), 0, "no text, no packs");
	check_is(tao_cdtext_decode(&none, packs, 17, NULL, NULL), -EINVAL, "17 bytes are no pack");
	memset(packs, 0xff, PACK);
	check_is(tao_cdtext_decode(&none, packs, PACK, NULL, NULL), -EINVAL, "no pack is sound");
	check_is(tao_cdtext_add_block(text, (enum tao_cdtext_charset)0x81, 0), -EINVAL,
		 "a character set with a number above all known ones");
	check_is(tao_cdtext_add_block(text, (enum tao_cdtext_charset)0x02, 0), -EINVAL,
		 "a character set that is reserved");
	for (unsigned int i = 1; i < TAO_CDTEXT_BLOCKS_MAX; i++)
		tao_cdtext_add_block(text, TAO_CDTEXT_ISO_8859_1, i);
	check_is(tao_cdtext_add_block(text, TAO_CDTEXT_ISO_8859_1, 0), -ENOSPC, "a ninth language");
	tao_cdtext_free(text);
}

/* Only letters of ISO 8859-1, so that nothing is lost. */
static void random_text(char *out, unsigned int longest)
{
	static const char *const letters[] = {
		"a", "e", "o", "n", "s", "t", " ", "M", "Z", "0", "9", "'", "&", "\xc3\xa4",
		"\xc3\xb6", "\xc3\x9f", "\xc3\xa9", "\xc2\xbf",
	};
	unsigned int length = 1 + rand() % longest;

	*out = '\0';
	while (length--)
		strcat(out, letters[rand() % (sizeof(letters) / sizeof(*letters))]);
}

static char *to_latin(const char *utf8)
{
	size_t in = strlen(utf8), room = in + 1;
	char *out = calloc(1, room), *to = out, *from = (char *)utf8;
	iconv_t cd = iconv_open("ISO-8859-1", "UTF-8");

	iconv(cd, &from, &in, &to, &room);
	iconv_close(cd);
	return out;
}

static void random_isrc(char *out)
{
	sprintf(out, "GBAYE%02u%05u", rand() % 100U, rand() % 100000U);
}

/*
 * Puts the same texts into our object and libburn's session. No two consecutive texts are equal:
 * libburn would write a TAB for the second one.
 */
static void fill_both(struct tao_cdtext *text, struct burn_session *session,
		      struct burn_track **tracks)
{
	for (size_t i = 0; i < TEXT_TYPES; i++) {
		for (unsigned int track = 0; track <= TRACKS; track++) {
			char utf8[256], *latin;

			random_text(utf8, track % 3 ? 20 : 60);
			sprintf(utf8 + strlen(utf8), "%u", track);
			latin = to_latin(utf8);
			tao_cdtext_set(text, 0, text_types[i], track, utf8);
			if (track)
				burn_track_set_cdtext(tracks[track - 1], 0, text_types[i], "",
						      (unsigned char *)latin, strlen(latin) + 1, 0);
			else
				burn_session_set_cdtext(session, 0, text_types[i], "",
							(unsigned char *)latin, strlen(latin) + 1,
							0);
			free(latin);
		}
	}
	for (unsigned int track = 0; track <= TRACKS; track++) {
		char code[14] = "1234567890128";

		if (track)
			random_isrc(code);
		tao_cdtext_set(text, 0, TAO_CDTEXT_CODE, track, code);
		if (track)
			burn_track_set_cdtext(tracks[track - 1], 0, TAO_CDTEXT_CODE, "",
					      (unsigned char *)code, strlen(code) + 1, 0);
		else
			burn_session_set_cdtext(session, 0, TAO_CDTEXT_CODE, "",
						(unsigned char *)code, strlen(code) + 1, 0);
	}
}

static void set_disc_texts(struct tao_cdtext *text, struct burn_session *session)
{
	static unsigned char genre[] = "\0\5Feline classic music";

	tao_cdtext_set_genre(text, 0, 5);
	tao_cdtext_set(text, 0, TAO_CDTEXT_GENRE, 0, "Feline classic music");
	burn_session_set_cdtext(session, 0, TAO_CDTEXT_GENRE, "", genre, sizeof(genre), 0);
	tao_cdtext_set(text, 0, TAO_CDTEXT_DISC_ID, 0, "1234567890");
	burn_session_set_cdtext(session, 0, TAO_CDTEXT_DISC_ID, "", (unsigned char *)"1234567890",
				11, 0);
	tao_cdtext_set(text, 0, TAO_CDTEXT_CLOSED, 0, "not shown");
	burn_session_set_cdtext(session, 0, TAO_CDTEXT_CLOSED, "", (unsigned char *)"not shown", 10,
				0);
}

static struct burn_session *new_session(struct burn_track **tracks)
{
	int charsets[8] = { 0, -1, -1, -1, -1, -1, -1, -1 };
	int copyrights[8] = { 0, -1, -1, -1, -1, -1, -1, -1 };
	int languages[8] = { TAO_CDTEXT_ENGLISH, -1, -1, -1, -1, -1, -1, -1 };
	struct burn_session *session = burn_session_create();

	burn_session_set_cdtext_par(session, charsets, copyrights, languages, 0);
	for (unsigned int i = 0; i < TRACKS; i++) {
		tracks[i] = burn_track_create();
		burn_session_add_track(session, tracks[i], BURN_POS_END);
	}
	return session;
}

static void free_session(struct burn_session *session, struct burn_track **tracks)
{
	for (unsigned int i = 0; i < TRACKS; i++)
		burn_track_free(tracks[i]);
	burn_session_free(session);
}

/* A line of a Sony sheet, "Track 03 Title = ..."; checks its text. */
static bool sheet_has(const char *sheet, const char *key, const char *utf8)
{
	char *latin = to_latin(utf8), line[512];
	bool found;

	snprintf(line, sizeof(line), "%-19s = %s\n", key, latin);
	found = strstr(sheet, line);
	if (!found)
		printf("# not in libburn's sheet: %s", line);
	free(latin);
	return found;
}

static void read_by_libburn(const struct tao_cdtext *text, ssize_t bytes)
{
	char *sheet = NULL;
	bool good = true;
	int charset;

	check(burn_make_input_sheet_v07t(packs, bytes / PACK, 0, 0, &sheet, &charset, 0) > 0,
	      "libburn reads our packs");
	for (unsigned int track = 1; track <= TRACKS && sheet; track++) {
		char key[32];

		snprintf(key, sizeof(key), "Track %02u Title", track);
		good &= sheet_has(sheet, key, tao_cdtext_get(text, 0, TAO_CDTEXT_TITLE, track));
		snprintf(key, sizeof(key), "Track %02u Message", track);
		good &= sheet_has(sheet, key, tao_cdtext_get(text, 0, TAO_CDTEXT_MESSAGE, track));
		snprintf(key, sizeof(key), "ISRC %02u", track);
		good &= sheet_has(sheet, key, tao_cdtext_get(text, 0, TAO_CDTEXT_CODE, track));
	}
	check(good && sheet, "and finds every title, message and ISRC in them");
	free(sheet);
}

static void read_by_libcdio(const struct tao_cdtext *text, ssize_t bytes)
{
	cdtext_t *cdtext = cdtext_init();
	bool good = true;

	check_is(cdtext_data_init(cdtext, packs, bytes), 0, "libcdio reads our packs");
	for (unsigned int track = 0; track <= TRACKS; track++) {
		const char *title = cdtext_get_const(cdtext, CDTEXT_FIELD_TITLE, track);
		const char *performer = cdtext_get_const(cdtext, CDTEXT_FIELD_PERFORMER, track);

		good &= title && performer &&
			!strcmp(title, tao_cdtext_get(text, 0, TAO_CDTEXT_TITLE, track)) &&
			!strcmp(performer, tao_cdtext_get(text, 0, TAO_CDTEXT_PERFORMER, track));
	}
	check(good, "and finds every title and performer in them");
	cdtext_destroy(cdtext);
}

static bool same_texts(const struct tao_cdtext *a, const struct tao_cdtext *b)
{
	for (unsigned int block = 0; block < tao_cdtext_blocks(a); block++) {
		for (unsigned int type = 0x80; type < 0x8f; type++) {
			for (unsigned int track = 0; track < 100; track++) {
				const char *x = tao_cdtext_get(a, block, type, track);
				const char *y = tao_cdtext_get(b, block, type, track);

				if (x != y && (!x || !y || strcmp(x, y))) {
					printf("# block %u type %x track %u: '%s', '%s'\n", block,
					       type, track, x ? x : "-", y ? y : "-");
					return false;
				}
			}
		}
		if (tao_cdtext_genre(a, block) != tao_cdtext_genre(b, block) ||
		    tao_cdtext_language(a, block) != tao_cdtext_language(b, block))
			return false;
	}
	return tao_cdtext_blocks(a) == tao_cdtext_blocks(b) &&
	       tao_cdtext_first_track(a) == tao_cdtext_first_track(b) &&
	       tao_cdtext_last_track(a) == tao_cdtext_last_track(b);
}

static void test_as_libburn(void)
{
	struct tao_cdtext *text = new_text(1, TRACKS, TAO_CDTEXT_ISO_8859_1), *back;
	struct burn_track *tracks[TRACKS];
	struct burn_session *session = new_session(tracks);
	unsigned char *theirs = NULL;
	int theirs_count = 0;
	ssize_t bytes;

	fill_both(text, session, tracks);
	set_disc_texts(text, session);
	forget_notes();
	bytes = tao_cdtext_encode(text, packs, take_note, NULL);
	check_is(losses(), 0, "nothing is lost of ISO 8859-1");
	burn_cdtext_from_session(session, &theirs, &theirs_count, 0);
	check_is(bytes / PACK, theirs_count, "as many packs as libburn makes");
	check(bytes / PACK == theirs_count && !memcmp(packs, theirs, bytes),
	      "and they are the same, byte by byte");
	read_by_libburn(text, bytes);
	read_by_libcdio(text, bytes);
	check_is(tao_cdtext_decode(&back, theirs, theirs_count * PACK, take_note, NULL), 0,
		 "we read libburn's packs");
	check(same_texts(text, back) && !losses(), "and get what went in");
	tao_cdtext_free(back);
	tao_cdtext_free(text);
	free(theirs);
	free_session(session, tracks);
}

static void test_tab(void)
{
	struct tao_cdtext *back;
	struct burn_track *tracks[TRACKS];
	struct burn_session *session = new_session(tracks);
	unsigned char *theirs = NULL;
	int count = 0;

	burn_session_set_cdtext(session, 0, TAO_CDTEXT_PERFORMER, "", (unsigned char *)"Band", 5,
				0);
	for (unsigned int i = 0; i < TRACKS; i++)
		burn_track_set_cdtext(tracks[i], 0, TAO_CDTEXT_PERFORMER, "",
				      (unsigned char *)"Same for all", 13, 0);
	burn_cdtext_from_session(session, &theirs, &count, 0);
	check(count && memchr(theirs, '\t', count * PACK), "libburn says 'the same' by a TAB");
	check_is(tao_cdtext_decode(&back, theirs, count * PACK, NULL, NULL), 0, "TAB: read");
	check(!strcmp(tao_cdtext_get(back, 0, TAO_CDTEXT_PERFORMER, TRACKS), "Same for all"),
	      "TAB: the text of the track before");
	tao_cdtext_free(back);
	free(theirs);
	free_session(session, tracks);
}

struct loss {
	const char *utf8;
	enum tao_cdtext_charset charset;
	const char *back;
	enum tao_cdtext_problem problem;
	unsigned int count;
};

static void test_losses(void)
{
	static const struct loss table[] = {
		{ "\xe2\x80\x9cHi\xe2\x80\x9d \xe2\x80\x93 Bj\xc3\xb6rk", TAO_CDTEXT_ISO_8859_1,
		  "\"Hi\" - Bj\xc3\xb6rk", TAO_CDTEXT_REPLACED, 3 },
		{ "Dvo\xc5\x99\xc3\xa1k", TAO_CDTEXT_ISO_8859_1, "Dvor\xc3\xa1k",
		  TAO_CDTEXT_REPLACED, 1 },
		{ "Bj\xc3\xb6rk", TAO_CDTEXT_ASCII, "Bjork", TAO_CDTEXT_REPLACED, 1 },
		{ "\xe6\x97\xa5\xe6\x9c\xac", TAO_CDTEXT_ISO_8859_1, "??", TAO_CDTEXT_REPLACED, 2 },
		{ "a\x1b[31mb\n", TAO_CDTEXT_ISO_8859_1, "a[31mb", TAO_CDTEXT_DROPPED, 2 },
		{ "bad \xff\xfe.", TAO_CDTEXT_ISO_8859_1, "bad ??.", TAO_CDTEXT_REPLACED, 2 },
		{ "\xe6\x97\xa5\xe6\x9c\xac A1", TAO_CDTEXT_MS_JIS,
		  "\xe6\x97\xa5\xe6\x9c\xac\xe3\x80\x80\xef\xbc\xa1\xef\xbc\x91",
		  TAO_CDTEXT_REPLACED, 0 },
		{ "\xc3\xa9", TAO_CDTEXT_MS_JIS, "\xef\xbd\x85", TAO_CDTEXT_REPLACED, 1 },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		struct tao_cdtext *text = new_text(1, 1, table[i].charset), *back;
		const char *got;
		ssize_t bytes;

		tao_cdtext_set(text, 0, TAO_CDTEXT_TITLE, 1, table[i].utf8);
		forget_notes();
		bytes = tao_cdtext_encode(text, packs, take_note, NULL);
		check_is(notes.count[table[i].problem], table[i].count, "each loss is told");
		check_is(losses(), table[i].count, "and nothing else");
		check_is(tao_cdtext_decode(&back, packs, bytes, NULL, NULL), 0, "read back");
		got = tao_cdtext_get(back, 0, TAO_CDTEXT_TITLE, 1);
		if (!check(got && !strcmp(got, table[i].back), "what stands for it"))
			printf("# '%s', expected '%s'\n", got ? got : "nothing", table[i].back);
		tao_cdtext_free(back);
		tao_cdtext_free(text);
	}
}

static void test_long(void)
{
	struct tao_cdtext *text = new_text(1, 99, TAO_CDTEXT_ISO_8859_1);
	char longest[401] = { 0 };
	ssize_t bytes;

	memset(longest, 'x', 400);
	tao_cdtext_set(text, 0, TAO_CDTEXT_TITLE, 1, longest);
	forget_notes();
	bytes = tao_cdtext_encode(text, packs, take_note, NULL);
	check_is(notes.count[TAO_CDTEXT_SHORTENED], 1, "400 characters: told to be shortened");
	check(bytes > 0 && packs[5 * PACK + 3] == 15, "no position above 15");
	for (unsigned int track = 1; track <= 99; track++)
		tao_cdtext_set(text, 0, TAO_CDTEXT_TITLE, track, longest);
	check_is(tao_cdtext_encode(text, packs, NULL, NULL), -E2BIG, "more than a block holds");
	tao_cdtext_free(text);
}

static void test_languages(void)
{
	struct tao_cdtext *text = new_text(1, 2, TAO_CDTEXT_ISO_8859_1), *back;
	ssize_t bytes;

	for (unsigned int i = 1; i < TAO_CDTEXT_BLOCKS_MAX; i++)
		tao_cdtext_add_block(text, i % 2 ? TAO_CDTEXT_MS_JIS : TAO_CDTEXT_ISO_8859_1,
				     8 + i);
	for (unsigned int i = 0; i < TAO_CDTEXT_BLOCKS_MAX; i++)
		for (unsigned int track = 0; track <= 2; track++)
			tao_cdtext_set(text, i, TAO_CDTEXT_TITLE, track,
				       i % 2 ? "\xe6\x97\xa5\xe6\x9c\xac" : "Title");
	bytes = tao_cdtext_encode(text, packs, NULL, NULL);
	check(bytes > 0, "eight languages");
	check_is(tao_cdtext_decode(&back, packs, bytes, NULL, NULL), 0, "eight languages: read");
	check(same_texts(text, back), "eight languages: all texts as they were");
	tao_cdtext_free(back);
	tao_cdtext_free(text);
}

/* A text from damaged packs is either correct or reported as missing. */
static bool none_is_wrong(const struct tao_cdtext *text, const struct tao_cdtext *back)
{
	for (size_t i = 0; i < TEXT_TYPES; i++) {
		for (unsigned int track = 0; track <= TRACKS; track++) {
			const char *was = tao_cdtext_get(text, 0, text_types[i], track);
			const char *is = tao_cdtext_get(back, 0, text_types[i], track);

			if (is && (!was || strcmp(is, was))) {
				printf("# type %x track %u: '%s' for '%s'\n", text_types[i], track,
				       is, was ? was : "-");
				return false;
			}
		}
	}
	return true;
}

static void test_damage(void)
{
	struct tao_cdtext *text = new_text(1, TRACKS, TAO_CDTEXT_ISO_8859_1);
	static uint8_t damaged[TAO_CDTEXT_BYTES_MAX];
	unsigned int wrong = 0, silent = 0;
	ssize_t bytes;

	for (size_t i = 0; i < TEXT_TYPES; i++) {
		for (unsigned int track = 0; track <= TRACKS; track++) {
			char utf8[256];

			random_text(utf8, 30);
			tao_cdtext_set(text, 0, text_types[i], track, utf8);
		}
	}
	bytes = tao_cdtext_encode(text, packs, NULL, NULL);
	for (unsigned int run = 0; run < 500; run++) {
		unsigned int victim = rand() % (bytes / PACK - 3);
		struct tao_cdtext *back;
		size_t left = bytes;

		memcpy(damaged, packs, bytes);
		if (run % 2) {
			damaged[victim * PACK + rand() % PACK] ^= 1 << rand() % 8;
		} else {
			left -= PACK;
			memmove(damaged + victim * PACK, damaged + (victim + 1) * PACK,
				left - victim * PACK);
		}
		forget_notes();
		if (tao_cdtext_decode(&back, damaged, left, take_note, NULL)) {
			wrong++;
			continue;
		}
		wrong += !none_is_wrong(text, back);
		silent += !losses();
		tao_cdtext_free(back);
	}
	check_is(wrong, 0, "500 packs lost or damaged: no text is wrong");
	check_is(silent, 0, "and none is missing in silence");
	tao_cdtext_free(text);
}

/* Random bytes with valid or invalid CRCs: must not trigger the sanitizers. */
static void test_garbage(void)
{
	unsigned int decoded = 0;

	for (unsigned int run = 0; run < 500; run++) {
		unsigned int count = 1 + rand() % 300;
		struct tao_cdtext *text;

		for (unsigned int i = 0; i < count; i++) {
			uint8_t *pack = packs + i * PACK;
			uint16_t crc;

			for (unsigned int j = 0; j < PACK; j++)
				pack[j] = rand() % 3 ? rand() : 0;
			pack[0] = 0x80 | (rand() % 16);
			if (rand() % 2)
				pack[2] = i;
			crc = tao_cdtext_crc(pack);
			if (rand() % 8) {
				pack[16] = crc >> 8;
				pack[17] = crc;
			}
		}
		if (tao_cdtext_decode(&text, packs, count * PACK, take_note, NULL))
			continue;
		decoded++;
		tao_cdtext_encode(text, packs, take_note, NULL);
		tao_cdtext_free(text);
	}
	check(decoded > 200, "garbage does not hurt");
}

int main(void)
{
	srand(ktap_seed());
	burn_initialize();
	test_vector();
	test_arguments();
	for (unsigned int i = 0; i < 20; i++)
		test_as_libburn();
	test_tab();
	test_losses();
	test_long();
	test_languages();
	test_damage();
	test_garbage();
	burn_finish();
	return ktap_end();
}
