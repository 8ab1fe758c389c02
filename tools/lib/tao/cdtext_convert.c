// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Conversion between UTF-8 and the character sets of a disc. iconv does the conversion, character
 * by character, so that each loss can be reported.
 */
#include <errno.h>
#include <iconv.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include "cdtext.h"
#include "internal.h"

#define NO_ICONV ((iconv_t)-1)
#define REPLACEMENT_CHARACTER 0xfffd
/* A text is cut at 160 bytes, so that characters beyond these never matter. */
#define CHARACTERS_MAX 4096

/* Each iconv_t is opened when it is first used. */
struct cdtext_converter {
	enum tao_cdtext_charset charset;
	iconv_t to_wide;	/* UTF-8 to characters */
	iconv_t exact;		/* characters to the disc */
	iconv_t similar;	/* the same, but with the most similar characters if necessary */
	iconv_t from_disc;	/* to UTF-8 */
	locale_t locale;	/* its tables define similar characters */
};

static const char *charset_name(enum tao_cdtext_charset charset)
{
	switch (charset) {
	case TAO_CDTEXT_ASCII:
		return "ASCII";
	case TAO_CDTEXT_MS_JIS:
		return "CP932";
	default:
		return "ISO-8859-1";
	}
}

/* An iconv_t that can't be opened converts nothing. */
static iconv_t opened(iconv_t *cd, const char *to, const char *from)
{
	if (*cd == NO_ICONV)
		*cd = iconv_open(to, from);
	return *cd;
}

static iconv_t to_wide(struct cdtext_converter *c)
{
	return opened(&c->to_wide, "WCHAR_T", "UTF-8");
}

static iconv_t exact(struct cdtext_converter *c)
{
	return opened(&c->exact, charset_name(c->charset), "WCHAR_T");
}

static iconv_t from_disc(struct cdtext_converter *c)
{
	return opened(&c->from_disc, "UTF-8", charset_name(c->charset));
}

static iconv_t similar(struct cdtext_converter *c)
{
	char name[32] = "";

	if (!c->locale)
		c->locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	return opened(&c->similar, strcat(strcat(name, charset_name(c->charset)), "//TRANSLIT"),
		      "WCHAR_T");
}

static void converter_free(struct cdtext_converter *c)
{
	const iconv_t all[] = { c->to_wide, c->exact, c->similar, c->from_disc };

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		if (all[i] != NO_ICONV)
			iconv_close(all[i]);
	if (c->locale)
		freelocale(c->locale);
	free(c);
}

static int converter_new(struct cdtext_converter **result, enum tao_cdtext_charset charset)
{
	struct cdtext_converter *c = calloc(1, sizeof(*c));

	if (!c)
		return tao_fail(ENOMEM, "no CD-TEXT");
	c->charset = charset;
	c->to_wide = NO_ICONV;
	c->exact = NO_ICONV;
	c->similar = NO_ICONV;
	c->from_disc = NO_ICONV;
	if (exact(c) == NO_ICONV || to_wide(c) == NO_ICONV || from_disc(c) == NO_ICONV) {
		converter_free(c);
		return tao_fail(EOPNOTSUPP, "can't convert %s", charset_name(charset));
	}
	*result = c;
	return 0;
}

int tao_cdtext_converters_get(struct cdtext_converters *cs, enum tao_cdtext_charset charset,
			      struct cdtext_converter **c)
{
	int error = 0;

	if (!cs->all[charset])
		error = converter_new(&cs->all[charset], charset);
	*c = cs->all[charset];
	return error;
}

void tao_cdtext_converters_free(struct cdtext_converters *cs)
{
	for (size_t i = 0; i < sizeof(cs->all) / sizeof(*cs->all); i++)
		if (cs->all[i])
			converter_free(cs->all[i]);
}

/*
 * Converts everything or nothing; returns the number of bytes, or -1 if a character has no
 * counterpart.
 */
static ssize_t convert(iconv_t how, const void *in, size_t in_bytes, void *out, size_t room)
{
	char *from = (char *)in, *to = out;
	size_t left = room;

	iconv(how, NULL, NULL, NULL, NULL);
	if (iconv(how, &from, &in_bytes, &to, &left) == (size_t)-1 || in_bytes)
		return -1;
	return room - left;
}

/* Similarity depends on the locale, and the program may not have set one. */
static ssize_t convert_similar(struct cdtext_converter *c, wchar_t character, void *out,
			       size_t room)
{
	iconv_t how = similar(c);
	locale_t before;
	ssize_t n;

	if (how == NO_ICONV)
		return -1;
	before = uselocale(c->locale);
	n = convert(how, &character, sizeof(character), out, room);
	uselocale(before);
	return n;
}

/*
 * ------------------------------------------------------------------------------------------
 * to the disc
 */

/* A character set with two bytes per character has only the full-width form of ASCII. */
static wchar_t full_width(wchar_t character)
{
	if (character == L' ')
		return 0x3000;
	return character > L' ' && character < 0x7f ? character - 0x21 + 0xff01 : character;
}

static void make_full_width(wchar_t *characters, size_t count)
{
	for (size_t i = 0; i < count; i++)
		characters[i] = full_width(characters[i]);
}

/* Bytes of a character in the character set; 0 if the set does not have it. */
static size_t put_exact(struct cdtext_converter *c, wchar_t character, uint8_t *out,
			size_t room)
{
	ssize_t n;

	if (c->charset == TAO_CDTEXT_MS_JIS)
		character = full_width(character);
	n = convert(c->exact, &character, sizeof(character), out, room);
	if (n <= 0 || (c->charset == TAO_CDTEXT_MS_JIS && n != 2))
		return 0;
	return n;
}

/* The same for the most similar characters, possibly several ("oe" for a ligature). */
static size_t put_similar(struct cdtext_converter *c, wchar_t character, uint8_t *out,
			  size_t room)
{
	wchar_t near[8];
	char bytes[32];
	ssize_t n;

	n = convert_similar(c, character, bytes, sizeof(bytes));
	if (n <= 0 || c->charset != TAO_CDTEXT_MS_JIS) {
		n = n > 0 && (size_t)n <= room ? n : 0;
		memcpy(out, bytes, n);
		return n;
	}
	/* Replace half-width characters in the result by full-width ones. */
	n = convert(c->from_disc, bytes, n, bytes, sizeof(bytes));
	n = n > 0 ? convert(c->to_wide, bytes, n, near, sizeof(near)) : -1;
	if (n <= 0)
		return 0;
	make_full_width(near, n / sizeof(*near));
	n = convert(c->exact, near, n, out, room);
	return n > 0 && n % 2 == 0 ? n : 0;
}

static void note_replaced(struct cdtext_converter *c, const struct cdtext_place *place,
			  wchar_t character, const uint8_t *bytes, size_t count)
{
	char text[64] = "";
	ssize_t n = convert(c->from_disc, bytes, count, text, sizeof(text) - 1);

	text[n > 0 ? n : 0] = '\0';
	tao_cdtext_tell(place, TAO_CDTEXT_REPLACED, character, text);
}

/* Bytes of a character on the disc; 0 if they do not fit into @room. */
static size_t put_character(struct cdtext_converter *c, wchar_t character, uint8_t *out,
			    size_t room, const struct cdtext_place *place, bool *fits)
{
	uint8_t bytes[32];
	size_t n;
	bool exact;

	n = put_exact(c, character, bytes, sizeof(bytes));
	exact = n;
	if (!exact)
		n = put_similar(c, character, bytes, sizeof(bytes));
	if (!exact && !n)
		n = put_exact(c, L'?', bytes, sizeof(bytes));
	*fits = n <= room;
	if (!*fits)
		return 0;
	if (!exact)
		note_replaced(c, place, character, bytes, n);
	memcpy(out, bytes, n);
	return n;
}

/* The characters of a UTF-8 text. A byte that is not UTF-8 becomes the replacement character. */
static size_t get_characters(struct cdtext_converter *c, const char *utf8, wchar_t *out,
			     size_t count)
{
	char *from = (char *)utf8, *to = (char *)out;
	size_t in_left = strlen(utf8), out_left = count * sizeof(*out);

	iconv(c->to_wide, NULL, NULL, NULL, NULL);
	while (in_left && out_left >= sizeof(*out)) {
		if (iconv(c->to_wide, &from, &in_left, &to, &out_left) != (size_t)-1 ||
		    errno == E2BIG)
			break;
		*(wchar_t *)to = REPLACEMENT_CHARACTER;
		to += sizeof(*out);
		out_left -= sizeof(*out);
		from++;
		in_left--;
	}
	return count - out_left / sizeof(*out);
}

static bool is_control(wchar_t character)
{
	return character < L' ' || (character >= 0x7f && character < 0xa0);
}

size_t tao_cdtext_to_disc(struct cdtext_converter *c, const char *utf8, uint8_t *bytes,
			  const struct cdtext_place *place)
{
	static __thread wchar_t characters[CHARACTERS_MAX];
	size_t count = get_characters(c, utf8, characters, CHARACTERS_MAX);
	size_t used = 0;

	for (size_t i = 0; i < count; i++) {
		bool fits;

		if (is_control(characters[i])) {
			tao_cdtext_tell(place, TAO_CDTEXT_DROPPED, characters[i], "");
			continue;
		}
		used += put_character(c, characters[i], bytes + used, TAO_CDTEXT_TEXT_MAX - used,
				      place, &fits);
		if (!fits) {
			tao_cdtext_tell(place, TAO_CDTEXT_SHORTENED, 0, "");
			break;
		}
	}
	return used;
}

/*
 * ------------------------------------------------------------------------------------------
 * from the disc
 */

/* A byte of these character sets becomes at most 3 bytes of UTF-8. */
char *tao_cdtext_from_disc(struct cdtext_converter *c, const uint8_t *bytes, size_t count,
			   const struct cdtext_place *place)
{
	size_t room = count * 3 + 1, left = room - 1, in_left = count;
	char *from = (char *)bytes, *text = malloc(room), *to = text;

	if (!text)
		return NULL;
	iconv(c->from_disc, NULL, NULL, NULL, NULL);
	while (in_left && iconv(c->from_disc, &from, &in_left, &to, &left) == (size_t)-1 && left) {
		tao_cdtext_tell(place, TAO_CDTEXT_REPLACED, REPLACEMENT_CHARACTER, "?");
		*to++ = '?';
		left--;
		from++;
		in_left--;
	}
	*to = '\0';
	return text;
}
