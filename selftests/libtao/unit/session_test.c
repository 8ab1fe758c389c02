// SPDX-License-Identifier: GPL-2.0-only
/*
 * Layouts: what is refused, and what is read back from discs with any layout, among them discs that
 * show little and drives that lie.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "../../../tools/lib/tao/session.h"
#include "ktap.h"

#define TRACKS 99

/* --- What is refused --- */

static int add(struct tao_session *s, uint32_t flags, uint32_t sectors, const char *isrc)
{
	struct tao_layout_track track = { .flags = flags, .sectors = sectors };

	strcpy(track.isrc, isrc);
	return tao_session_add_track(s, &track, NULL);
}

static int add_marked(struct tao_session *s, uint32_t count, const uint32_t *marks)
{
	struct tao_layout_track track = { .sectors = 1000, .marks_count = count };

	return tao_session_add_track(s, &track, marks);
}

static void test_refused(void)
{
	static const uint32_t many_marks[99] = { 1 };
	struct tao_session *s;
	char pack[TAO_TEXT_PACK_BYTES] = "\x80";

	check_is(tao_session_new(&s), 0, "a layout");
	check_is(add(s, 0, 299, ""), -EINVAL, "299 sectors");
	check(strstr(tao_last_error(), "299 sectors are too few"), "and why");
	check_is(add(s, 8, 300, ""), -EINVAL, "an unknown flag");
	check_is(add(s, TAO_TRACK_ISRC, 300, ""), -EINVAL, "no ISRC");
	check_is(add(s, TAO_TRACK_ISRC, 300, "gbaye0601498"), -EINVAL, "a wrong ISRC");
	check_is(add(s, 0, 300, "GBAYE0601498"), -EINVAL, "an ISRC without its flag");
	check_is(add(s, 0, TAO_LAYOUT_SECTORS_MAX + 1, ""), -EINVAL, "no disc is so long");
	check_is(add_marked(s, 1, (uint32_t[]){ 0 }), -EINVAL, "a mark at the start");
	check_is(add_marked(s, 1, (uint32_t[]){ 1000 }), -EINVAL, "a mark behind the end");
	check_is(add_marked(s, 2, (uint32_t[]){ 5, 5 }), -EINVAL, "marks that do not ascend");
	check_is(add_marked(s, 99, many_marks), -EINVAL, "99 marks");
	check_is(tao_session_set_mcn(s, "123"), -EINVAL, "a short catalogue number");
	check_is(tao_session_set_first_track(s, 100), -EINVAL, "track 100");
	check_is(tao_session_set_text(s, pack, 17), -EINVAL, "a part of a pack");
	check_is(tao_session_set_text(s, pack, 18), -EINVAL, "a wrong checksum");
	check_is(tao_session_tracks(s), 0, "none of these was taken");
	check_is(tao_session_set_first_track(s, 98), 0, "from track 98");
	check_is(add(s, 0, 300, "") | add(s, 0, 300, ""), 0, "98 and 99");
	check_is(tao_session_set_first_track(s, 1), -EINVAL, "another number, too late");
	check_is(tao_session_first_track(s), 98, "it is still 98");
	check_is(add(s, 0, 300, ""), -EINVAL, "but not 100");
	check_is(tao_session_sectors(s), 600, "all sectors");
	tao_session_free(s);
}

/* --- What is read back --- */

struct disc {
	struct tao_session *session;
	struct tao_toc toc;
	uint8_t text[2 * TAO_TEXT_PACK_BYTES];
	unsigned int text_bytes;
	unsigned int codes_every; /* a sector of so many has no position; 0: none */
	int32_t runout_before; /* two sectors before this pregap can't be read; 0: none */
	bool blind; /* no sub-channel at all */
	bool binary; /* Q has numbers that are not in BCD */
	unsigned int reads; /* of codes, so far */
	unsigned int wrong_every; /* of so many answers one is none, or another's; 0: none */
	bool no_codes; /* they can't be read */
	bool late; /* Q is that of the sector before */
	bool q_hangs;
	bool code_hangs;
	unsigned int hangs; /* so far */
};

static void fill_toc(struct disc *d)
{
	unsigned int n = tao_session_tracks(d->session);
	int32_t lba = 0;

	d->toc.entries_count = n + 1;
	for (unsigned int i = 0; i < n; i++) {
		const struct tao_layout_track *t = tao_session_track(d->session, i, NULL);
		struct tao_toc_entry *e = &d->toc.entries[i];

		*e = (struct tao_toc_entry){
			.number = tao_session_first_track(d->session) + i,
			.session = 1,
			.control = (t->flags & TAO_TRACK_PRE_EMPHASIS ? 1 : 0) |
				   (t->flags & TAO_TRACK_COPY_PERMITTED ? 2 : 0),
			.start_lba = lba + t->pregap_sectors,
			.sectors = t->sectors,
		};
		lba += t->pregap_sectors + t->sectors;
		if (i)
			e[-1].sectors = e->start_lba - e[-1].start_lba;
	}
	d->toc.entries[n] = (struct tao_toc_entry){ .number = 0xaa, .start_lba = lba };
}

static uint8_t bcd(unsigned int n)
{
	return n / 10 << 4 | n % 10;
}

static uint8_t number_in_q(const struct disc *d, unsigned int number)
{
	return d->binary ? number : bcd(number);
}

static int q_of_disc(void *data, int32_t lba, uint8_t q[TAO_Q_BYTES])
{
	struct disc *d = data;
	const uint32_t *marks;
	int32_t start = 0;

	memset(q, 0, TAO_Q_BYTES);
	if (d->q_hangs) {
		d->hangs++;
		return -ETIMEDOUT;
	}
	lba -= d->late;
	if (d->runout_before && (lba == d->runout_before - 1 || lba == d->runout_before - 2))
		return -EIO;
	if (d->blind || (d->codes_every && lba % d->codes_every == 7)) {
		q[0] = 3;
		return 0;
	}
	for (unsigned int i = 0; i < tao_session_tracks(d->session); i++) {
		const struct tao_layout_track *t = tao_session_track(d->session, i, &marks);

		start += t->pregap_sectors;
		if (lba >= start + (int32_t)t->sectors) {
			start += t->sectors;
			continue;
		}
		q[0] = 1;
		q[1] = number_in_q(d, tao_session_first_track(d->session) + i);
		q[2] = lba >= start;
		for (uint32_t j = 0; j < t->marks_count; j++)
			if (lba >= start + (int32_t)marks[j])
				q[2] = number_in_q(d, j + 2);
		return 0;
	}
	return -EIO;
}

static int code_of_disc(void *data, unsigned int number, char *code)
{
	struct disc *d = data;

	if (d->no_codes)
		return -EIO;
	if (d->code_hangs) {
		d->hangs++;
		return -ETIMEDOUT;
	}
	if (d->wrong_every && !(++d->reads % d->wrong_every)) {
		strcpy(code, d->reads % 2 ? "" : number ? "GBAYE0699999" : "4012345678901");
		return 0;
	}
	strcpy(code, number ? tao_session_track(d->session,
						number - tao_session_first_track(d->session),
						NULL)->isrc :
			      tao_session_mcn(d->session));
	return 0;
}

static int text_of_disc(void *data, uint8_t *packs)
{
	const struct disc *d = data;

	memcpy(packs, d->text, d->text_bytes);
	return d->text_bytes;
}

static int read_disc(struct disc *d, struct tao_session **session)
{
	struct tao_disc_job job = {
		.toc = &d->toc,
		.q = q_of_disc,
		.code = code_of_disc,
		.text = text_of_disc,
		.data = d,
	};

	return tao_session_read_job(&job, session);
}

static unsigned int up_to(unsigned int max)
{
	return rand() % (max + 1);
}

static void add_random_track(struct tao_session *s)
{
	struct tao_layout_track t = {
		.flags = up_to(3) & (TAO_TRACK_COPY_PERMITTED | TAO_TRACK_PRE_EMPHASIS),
		.pregap_sectors = up_to(1) ? up_to(400) : 0,
		.sectors = 300 + up_to(4000),
	};
	uint32_t marks[98], last = 0;

	if (up_to(1)) {
		strcpy(t.isrc, "GBAYE0601498");
		t.flags |= TAO_TRACK_ISRC;
	}
	for (unsigned int i = up_to(12); i; i--) {
		last += 1 + up_to(300);
		if (last < t.sectors)
			marks[t.marks_count++] = last;
	}
	if (tao_session_add_track(s, &t, marks))
		check(false, "set-up");
}

static bool near(uint32_t a, uint32_t b, uint32_t tolerance)
{
	return a <= b + tolerance && b <= a + tolerance;
}

static bool same_track(const struct tao_session *a, const struct tao_session *b, unsigned int i,
		       uint32_t tolerance)
{
	const struct tao_layout_track *x, *y;
	const uint32_t *mine, *other;

	x = tao_session_track(a, i, &mine);
	y = tao_session_track(b, i, &other);
	if (x->flags != y->flags || strcmp(x->isrc, y->isrc) || x->marks_count != y->marks_count)
		return false;
	for (uint32_t j = 0; j < x->marks_count; j++)
		if (!near(mine[j], other[j], tolerance))
			return false;
	return near(x->pregap_sectors, y->pregap_sectors, tolerance) &&
	       near(x->sectors, y->sectors, tolerance);
}

static bool same(const struct tao_session *a, const struct tao_session *b, uint32_t tolerance)
{
	if (tao_session_tracks(a) != tao_session_tracks(b) ||
	    tao_session_sectors(a) != tao_session_sectors(b) ||
	    strcmp(tao_session_mcn(a), tao_session_mcn(b)))
		return false;
	for (unsigned int i = 0; i < tao_session_tracks(a); i++)
		if (!same_track(a, b, i, tolerance))
			return false;
	return true;
}

/* A disc with its codes in some sectors: the marks next to one of those may be one off. */
static void test_read(unsigned int tracks, unsigned int codes_every, const char *what)
{
	struct disc d = { .codes_every = codes_every };
	struct tao_session *got = NULL;
	bool good = true;

	for (unsigned int round = 0; round < 20 && good; round++) {
		if (tao_session_new(&d.session) || tao_session_set_mcn(d.session, "1234567890128"))
			check(false, "set-up");
		tao_session_set_first_track(d.session, 1 + up_to(TRACKS - tracks));
		for (unsigned int i = 0; i < tracks; i++)
			add_random_track(d.session);
		fill_toc(&d);
		good = !read_disc(&d, &got) && !tao_session_flags(got) &&
		       same(d.session, got, codes_every ? 1 : 0);
		if (good)
			tao_session_free(got);
		tao_session_free(d.session);
	}
	check(good, what);
}

static void test_little_to_see(void)
{
	static const struct tao_layout_track track = { .pregap_sectors = 150, .sectors = 700 };
	const uint32_t mark = 500;
	struct disc d = { .blind = true };
	struct tao_session *got;
	size_t bytes;

	if (tao_session_new(&d.session))
		return;
	add_marked(d.session, 1, &mark);
	tao_session_add_track(d.session, &track, NULL);
	fill_toc(&d);
	check_is(read_disc(&d, &got), 0, "a drive without sub-channel");
	check_is(tao_session_flags(got), TAO_SESSION_NO_MARKS, "no marks can be read");
	check_is(tao_session_track(got, 0, NULL)->sectors, 1150, "the pregap is in the track");
	check_is(tao_session_sectors(got), 1850, "nothing is lost");
	tao_session_free(got);

	d.blind = false;
	d.runout_before = 1000;
	check(!read_disc(&d, &got) && same(d.session, got, 0), "a run-out that can't be read");
	tao_session_free(got);

	/* the packs of sao.md; the last as some drives show it */
	memcpy(d.text, "\x80\0\0\0Joyful Night\xf0\xf7\x8f\0\x2a\0\1\1\3\0\6\5\4\5\7\6\1\2\x48\x65",
	       sizeof(d.text));
	memset(d.text + sizeof(d.text) - 2, 0, 2);
	d.text_bytes = sizeof(d.text);
	check_is(read_disc(&d, &got), 0, "a last pack without its checksum");
	check(!memcmp((const char *)tao_session_text(got, &bytes) + 34, "\x48\x65", 2) &&
	      bytes == 36, "gets it");
	tao_session_free(got);
	d.text[5] ^= 1;
	check_is(read_disc(&d, &got), 0, "a damaged pack does not hide the tracks");
	check(tao_session_tracks(got) == tao_session_tracks(d.session) &&
	      tao_session_text(got, &bytes) && bytes == 36, "and is there as it is");
	check_is(tao_session_begin(NULL, got, TAO_CLOSE_SESSION, 0), -EINVAL, "but is not burned");
	check(strstr(tao_last_error(), "pack 0 of the CD-TEXT is damaged"), "and why");
	tao_session_free(got);
	d.toc.entries_count = 0;
	check_is(read_disc(&d, &got), -ENODATA, "no tracks");
	tao_session_free(d.session);
}

/* As some drives give it, for which track 16 would be 10 in BCD. */
static void test_binary_q(void)
{
	struct disc d = { .binary = true };
	struct tao_session *got = NULL;

	if (tao_session_new(&d.session))
		return;
	for (unsigned int i = 0; i < 40; i++)
		add_random_track(d.session);
	fill_toc(&d);
	check(!read_disc(&d, &got) && !tao_session_flags(got) && same(d.session, got, 0),
	      "Q that is not in BCD");
	tao_session_free(got);
	tao_session_free(d.session);
}

/* Where the last track begins, Q still has the number of the one before. */
static void test_late_q(bool binary, const char *what)
{
	struct disc d = { .binary = binary, .late = true };
	const uint32_t mark = 500;
	struct tao_session *got = NULL;

	if (tao_session_new(&d.session))
		return;
	for (unsigned int i = 0; i < 40; i++)
		add_marked(d.session, 1, &mark);
	fill_toc(&d);
	check(!read_disc(&d, &got) && !tao_session_flags(got) && same(d.session, got, 1), what);
	tao_session_free(got);
	tao_session_free(d.session);
}

/* Each time takes a minute. */
static void test_hangs(void)
{
	struct disc d = { .code_hangs = true };
	struct tao_session *got = NULL;
	const uint32_t mark = 500;

	if (tao_session_new(&d.session))
		return;
	for (unsigned int i = 0; i < 20; i++)
		add_marked(d.session, 1, &mark);
	fill_toc(&d);
	check_is(read_disc(&d, &got), 0, "a drive that hangs where it is to read a code");
	check_is(tao_session_flags(got), TAO_SESSION_NO_CODES, "it can read none");
	check(same(d.session, got, 0), "but the rest");
	check_is(d.hangs, 1, "it is not asked again");
	tao_session_free(got);
	d.code_hangs = false;
	d.q_hangs = true;
	d.hangs = 0;
	check_is(read_disc(&d, &got), 0, "a drive that hangs where it is to read Q");
	check_is(tao_session_flags(got), TAO_SESSION_NO_MARKS, "it can read no marks");
	check_is(d.hangs, 1, "it is not asked again, either");
	tao_session_free(got);
	tao_session_free(d.session);
}

static void test_codes(void)
{
	static const struct tao_layout_track coded = { .flags = TAO_TRACK_ISRC, .sectors = 300,
						       .isrc = "GBAYE0601498" };
	struct disc d = { .wrong_every = 3 };
	struct tao_session *got = NULL;

	if (tao_session_new(&d.session) || tao_session_set_mcn(d.session, "1234567890128"))
		return;
	for (unsigned int i = 0; i < 20; i++)
		tao_session_add_track(d.session, &coded, NULL);
	fill_toc(&d);
	check(!read_disc(&d, &got) && !tao_session_flags(got) && same(d.session, got, 0),
	      "codes that are another one now and then");
	tao_session_free(got);
	d.no_codes = true;
	check_is(read_disc(&d, &got), 0, "codes that can't be read");
	check_is(tao_session_flags(got), TAO_SESSION_NO_CODES, "this is no code's absence");
	check(!tao_session_mcn(got)[0] && tao_session_tracks(got) == 20, "the rest is read");
	tao_session_free(got);
	tao_session_free(d.session);
}

/* Pressed discs have what nobody may burn. */
static void test_short_track(void)
{
	static const struct tao_layout_track tracks[] = {
		{ .sectors = 700 }, { .sectors = 200 }, { .sectors = 12 },
		{ .sectors = 400, .pregap_sectors = 100 },
	};
	struct disc d = { 0 };
	struct tao_session *got = NULL;

	if (tao_session_new(&d.session))
		return;
	for (unsigned int i = 0; i < sizeof(tracks) / sizeof(*tracks); i++)
		check_is(tao_session_put_track(d.session, &tracks[i], NULL), 0, "a short track");
	fill_toc(&d);
	check(!read_disc(&d, &got) && same(d.session, got, 0), "a disc with short tracks");
	tao_session_free(got);
	tao_session_free(d.session);
}

static int random_q(void *data, int32_t lba, uint8_t q[TAO_Q_BYTES])
{
	(void)data;
	(void)lba;
	for (unsigned int i = 0; i < TAO_Q_BYTES; i++)
		q[i] = rand();
	q[0] = rand() % 4;
	q[1] = rand() % 3;
	return rand() % 50 ? 0 : -EIO;
}

/* Whatever it says, there is an end and no access beyond. */
static void test_liar(void)
{
	struct disc d = { 0 };
	struct tao_disc_job job = {
		.toc = &d.toc,
		.q = random_q,
		.code = code_of_disc,
		.text = text_of_disc,
		.data = &d,
	};
	struct tao_session *got;

	if (tao_session_new(&d.session))
		return;
	for (unsigned int i = 0; i < 20; i++)
		add_random_track(d.session);
	for (unsigned int round = 0; round < 200; round++) {
		fill_toc(&d);
		for (unsigned int i = rand() % 3; i; i--)
			d.toc.entries[rand() % 21].start_lba = rand() * (rand() % 2 ? 1 : -1);
		if (!tao_session_read_job(&job, &got))
			tao_session_free(got);
	}
	tao_session_free(d.session);
	check(true, "a drive that lies");
}

int main(void)
{
	srand(ktap_seed());
	test_refused();
	test_read(1, 0, "one track");
	test_read(12, 0, "12 tracks");
	test_read(TRACKS, 0, "99 tracks");
	test_read(12, 97, "12 tracks, with codes in between");
	test_little_to_see();
	test_binary_q();
	test_late_q(false, "Q of the sector before");
	test_late_q(true, "Q of the sector before, and not in BCD");
	test_codes();
	test_hangs();
	test_short_track();
	test_liar();
	return ktap_end();
}
