// SPDX-License-Identifier: GPL-2.0-only
/* CUE sheets: compared with libcue, from real programs, and with errors. */
#include <libcue.h>
#include <string.h>
#include "../../../tools/tao/cue.h"
#include "../../../tools/tao/text.h"
#include "../../libtao/unit/ktap.h"

static struct cue_sheet *parse(const char *text, size_t length)
{
	char *copy = text_to_utf8(text, length), *problem = NULL;
	struct cue_sheet *sheet = cue_parse(copy, "test.cue", &problem);

	if (problem)
		printf("# %s\n", problem);
	free(problem);
	free(copy);
	return sheet;
}

static bool same_text(const char *a, const char *b)
{
	if (!a || !b)
		return !a == !b;
	return !strcmp(a, b);
}

static bool same_track(const struct cue_sheet *sheet, size_t i, const struct Track *track)
{
	const struct cue_track *ours = &sheet->tracks[i];
	const char *isrc = track_get_isrc(track);
	const struct Cdtext *text = track_get_cdtext(track);

	return ours->start.sector == track_get_start(track) &&
	       same_text(ours->title, cdtext_get(PTI_TITLE, text)) &&
	       same_text(ours->performer, cdtext_get(PTI_PERFORMER, text)) &&
	       same_text(sheet->files[ours->start.file], track_get_filename(track)) &&
	       same_text(ours->isrc[0] ? ours->isrc : NULL, isrc) &&
	       ours->pre_emphasis == !!track_is_set_flag(track, FLAG_PRE_EMPHASIS) &&
	       ours->copy_permitted == !!track_is_set_flag(track, FLAG_COPY_PERMITTED);
}

static void compare_with_libcue(const char *text, const char *name)
{
	struct cue_sheet *sheet = parse(text, strlen(text));
	struct Cd *cd = cue_parse_string(text);
	char what[128];

	snprintf(what, sizeof(what), "%s: both read it", name);
	if (check(sheet && cd, what)) {
		snprintf(what, sizeof(what), "%s: as many tracks as libcue", name);
		check_is(sheet->tracks_count, cd_get_ntrack(cd), what);
		for (size_t i = 0; i < sheet->tracks_count; i++) {
			snprintf(what, sizeof(what), "%s: track %zu as libcue", name, i + 1);
			check(same_track(sheet, i, cd_get_track(cd, i + 1)), what);
		}
	}
	if (cd)
		cd_delete(cd);
	cue_free(sheet);
}

static const char one_file[] = "REM GENRE Jazz\n"
			       "PERFORMER \"A Band\"\n"
			       "TITLE \"An Album\"\n"
			       "FILE \"An Album.wav\" WAVE\n"
			       "  TRACK 01 AUDIO\n"
			       "    TITLE \"First\"\n"
			       "    PERFORMER \"A Band\"\n"
			       "    ISRC GBAYE0601498\n"
			       "    INDEX 01 00:00:00\n"
			       "  TRACK 02 AUDIO\n"
			       "    TITLE \"Second\"\n"
			       "    FLAGS DCP PRE\n"
			       "    INDEX 00 03:10:20\n"
			       "    INDEX 01 03:12:33\n"
			       "  TRACK 03 AUDIO\n"
			       "    TITLE \"Third\"\n"
			       "    INDEX 01 71:59:74\n";

static const char many_files[] = "FILE \"01.wav\" WAVE\n"
				 "  TRACK 01 AUDIO\n"
				 "    INDEX 01 00:00:00\n"
				 "FILE \"02.wav\" WAVE\n"
				 "  TRACK 02 AUDIO\n"
				 "    INDEX 01 00:00:00\n"
				 "FILE \"03.wav\" WAVE\n"
				 "  TRACK 03 AUDIO\n"
				 "    INDEX 01 00:00:00\n";

/* Written by EAC for gaps at the end of the previous file */
static const char split_gap[] = "FILE \"01.wav\" WAVE\n"
				"  TRACK 01 AUDIO\n"
				"    INDEX 01 00:00:00\n"
				"  TRACK 02 AUDIO\n"
				"    INDEX 00 04:00:00\n"
				"FILE \"02.wav\" WAVE\n"
				"    INDEX 01 00:00:00\n";

static void test_real_sheets(void)
{
	static const char dos[] = "\xef\xbb\xbf\106ILE \"a.wav\" WAVE\r\nTRACK 01 AUDIO\r\n"
				  "TITLE \"Z\xc3\xbcrich\"\r\nINDEX 01 00:00:00\r\n";
	static const char latin[] = "TITLE \"Chor\xe4le\"\nFILE M\xfcller Live.wav WAVE\n"
				    "TRACK 1 AUDIO\nTITLE caf\xe9\nINDEX 1 0:00:00\n";
	static const char wrong[] = "CATALOG 1234567890127\nFILE a.bin BINARY\nTRACK 01 AUDIO\n"
				    "ISRC GBAYE06\nINDEX 01 00:00:00\n";
	static const char junk[] =
		"CATALOG 0000000000000\nNONSENSE 1 2 3\nREM COMMENT \"x\"\n"
		"FILE a.bin BINARY\nTRACK 01 AUDIO\nISRC 000000000000\nPREGAP 00:02:00\n"
		"INDEX 01 00:00:00\nINDEX 02 00:10:00\nPOSTGAP 00:02:00\n";
	struct cue_sheet *sheet;

	sheet = parse(dos, sizeof(dos) - 1);
	check(sheet && !strcmp(sheet->tracks[0].title, "Z\xc3\xbcrich"),
	      "byte order mark, CR LF, UTF-8");
	cue_free(sheet);
	sheet = parse(latin, sizeof(latin) - 1);
	check(sheet && !strcmp(sheet->title, "Chor\xc3\xa4le") &&
	      !strcmp(sheet->files[0], "M\xc3\xbcller Live.wav") &&
		      !strcmp(sheet->tracks[0].title, "caf\xc3\xa9"),
	      "Latin-1, and names without quotes");
	cue_free(sheet);
	sheet = parse(junk, sizeof(junk) - 1);
	check(sheet && !sheet->mcn[0] && !sheet->tracks[0].isrc[0] &&
	      sheet->tracks[0].pregap == 150 && !sheet->tracks[0].start.sector,
	      "unknown words, codes that are none, more indexes");
	check(sheet && !sheet->wrong_codes_count, "zeros stand for no code");
	cue_free(sheet);
	sheet = parse(wrong, sizeof(wrong) - 1);
	check(sheet && !sheet->mcn[0] && !sheet->tracks[0].isrc[0] &&
	      sheet->wrong_codes_count == 2 &&
	      !strcmp(sheet->wrong_codes[0], "CATALOG 1234567890127") &&
	      !strcmp(sheet->wrong_codes[1], "ISRC GBAYE06"), "wrong codes are kept to be told");
	cue_free(sheet);
	sheet = parse(split_gap, sizeof(split_gap) - 1);
	check(sheet && sheet->tracks[1].start.file == 1 && !sheet->tracks[1].start.sector,
	      "a gap at the end of the file before");
	cue_free(sheet);
}

static void refuses(const char *text, const char *words, const char *name)
{
	char *copy = text_to_utf8(text, strlen(text)), *problem = NULL;
	struct cue_sheet *sheet = cue_parse(copy, "test.cue", &problem);

	check(!sheet && problem && strstr(problem, words) && strstr(problem, "test.cue: "),
	      name);
	if (problem && !strstr(problem, words))
		printf("# %s\n", problem);
	free(problem);
	free(copy);
	cue_free(sheet);
}

static void test_wrong_sheets(void)
{
	refuses("", "without tracks", "an empty sheet");
	refuses("hello\nworld\n", "without tracks", "some text");
	refuses("TRACK 01 AUDIO\n", "line 1: a TRACK before the first FILE",
		"a track without a file");
	refuses("FILE a WAVE\nTRACK 01 MODE1/2352\n", "line 2: this is no audio track",
		"a data track");
	refuses("FILE a WAVE\nTRACK 100 AUDIO\n", "from 1 to 99", "track 100");
	refuses("FILE a WAVE\nTRACK 01 AUDIO\nINDEX 01 00:60:00\n", "line 3: INDEX needs",
		"60 seconds");
	refuses("FILE a WAVE\nTRACK 01 AUDIO\nINDEX 01 00:00:75\n", "line 3: INDEX needs",
		"75 sectors");
	refuses("FILE a WAVE\nTRACK 01 AUDIO\nINDEX 01\n", "line 3: INDEX needs", "no time");
	refuses("FILE a WAVE\nINDEX 01 00:00:00\n", "line 2: an INDEX before",
		"an index without a track");
	refuses("FILE a WAVE\nTRACK 01 AUDIO\nTITLE x\n", "track 1 has no INDEX 01", "no index");
	refuses("FILE a WAVE\nTRACK 01 AUDIO\nINDEX 01 00:10:00\n"
		"TRACK 02 AUDIO\nINDEX 01 00:09:00\n",
		"track 2 does not begin after", "tracks that go back");
	refuses("FILE \"a b.bin\" MOTOROLA\nTRACK 01 AUDIO\nINDEX 01 00:00:00\n",
		"line 1: a MOTOROLA file is big-endian", "MOTOROLA");
	refuses("FILE \"a b.bin\" Motorola\r\nTRACK 01 AUDIO\nINDEX 01 00:00:00\n",
		"sox -t raw -r 44100 -e signed -b 16 -c 2 -B 'a b.bin' 'a b.wav'",
		"MOTOROLA: what to do");
	refuses("FILE\n", "line 1: FILE needs", "a file without a name");
}

static void test_codes(void)
{
	char isrc[13], mcn[14];

	check(parse_isrc("GBAYE0601498", isrc) && !strcmp(isrc, "GBAYE0601498"), "ISRC");
	check(parse_isrc("gb-aye-06-01498", isrc) && !strcmp(isrc, "GBAYE0601498"),
	      "ISRC with dashes");
	check(!parse_isrc("GBAYE060149", isrc), "ISRC: too short");
	check(!parse_isrc("GBAYE06014988", isrc), "ISRC: too long");
	check(!parse_isrc("1BAYE0601498", isrc), "ISRC: a digit in the country");
	check(!parse_isrc("GBAYE06014X8", isrc), "ISRC: a letter in the number");
	/* the check digit of 400638133393 is 1, the example of GS1 */
	check(parse_mcn("4006381333931", mcn) && !strcmp(mcn, "4006381333931"), "MCN");
	check(!parse_mcn("4006381333932", mcn), "MCN: wrong check digit");
	/* UPC 036000291452, the example of GS1 US */
	check(parse_mcn("036000291452", mcn) && !strcmp(mcn, "0036000291452"), "MCN from a UPC");
	check(!parse_mcn("40063813339", mcn) && !parse_mcn("400638133393x", mcn), "MCN: no number");
}

/* The contents of a file must do no harm: random bytes, and good sheets with some bytes changed. */
static void test_random(void)
{
	static const char alphabet[] = "FILETRACKINDEX \"\n\r\t0123456789:WAVEAUDIO\xff\xc3\xa4";
	char text[sizeof(one_file)];
	unsigned int read = 0;

	for (int round = 0; round < 20000; round++) {
		struct cue_sheet *sheet;
		char *problem, *copy;
		size_t length;

		memcpy(text, one_file, sizeof(text));
		length = sizeof(one_file) - 1;
		for (int i = rand() % 8; i >= 0; i--)
			text[rand() % length] = alphabet[rand() % (sizeof(alphabet) - 1)];
		if (round % 4 == 0)
			length = rand() % length;
		copy = text_to_utf8(text, length);
		sheet = cue_parse(copy, "random", &problem);
		read += !!sheet;
		free(problem);
		free(copy);
		cue_free(sheet);
	}
	check(read > 100 && read < 20000, "changed sheets are read or refused");
}

static void test_numbers(void)
{
	static const struct {
		unsigned int numbers[3];
		unsigned int first;
	} sheets[] = { { { 1, 2, 3 }, 1 }, { { 5, 6, 7 }, 5 }, { { 97, 98, 99 }, 97 },
		       { { 5, 7, 8 }, 1 }, { { 5, 5, 6 }, 1 }, { { 3, 2, 1 }, 1 } };

	for (size_t i = 0; i < sizeof(sheets) / sizeof(*sheets); i++) {
		const unsigned int *n = sheets[i].numbers;
		struct cue_sheet *sheet;
		char text[256];

		snprintf(text, sizeof(text), "FILE a.wav WAVE\nTRACK %u AUDIO\nINDEX 01 00:00:00\n"
			 "TRACK %u AUDIO\nINDEX 01 01:00:00\nTRACK %u AUDIO\nINDEX 01 02:00:00\n",
			 n[0], n[1], n[2]);
		sheet = parse(text, strlen(text));
		check_is(sheet ? cue_first_track(sheet) : 0, sheets[i].first,
			 "the number of the first track");
		cue_free(sheet);
	}
}

int main(void)
{
	srand(ktap_seed());
	compare_with_libcue(one_file, "one file");
	compare_with_libcue(many_files, "many files");
	test_real_sheets();
	test_wrong_sheets();
	test_codes();
	test_numbers();
	test_random();
	return ktap_end();
}
