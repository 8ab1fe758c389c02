// SPDX-License-Identifier: GPL-2.0-only
/*
 * Session-at-once in the simulated recorder: the cue sheets that it accepts, the order of the
 * WRITEs, the disc afterwards, and the state of a session that was cut. The expected values come
 * from MMC-5 (6.33 and 7.5), or from real drives.
 *
 * lab: --bare --except seen
 * This program must see each command and reply, so nobody else may use the drive.
 */
#include "recorder.h"

#define ENTRIES		400
#define LEADIN		-11077	/* ATIP 97:34:23 */
#define TEXT_BLOCK	96
#define PACK		18
#define DISC_INFO	"51 00 00 00 00 00 00 0022 00"
#define CANNOT_CLOSE	0x057200

static uint8_t sheet[ENTRIES][8];
static int entries;

/* The write parameters for session-at-once; other tests use track-at-once. */
static int select_at_once(int multi, int block_type)
{
	audio_page(multi);
	page05[10] = 0x42;
	page05[12] = block_type;
	return select_page();
}

/* --- Cue sheets --- */

static void entry(uint8_t ctl_adr, uint8_t tno, uint8_t index, uint8_t form, int lba)
{
	int at = lba + 150;
	uint8_t e[8] = { ctl_adr, tno, index, form, 0, at / 4500, at / 75 % 60, at % 75 };

	memcpy(sheet[entries++], e, 8);
}

static void leadin(uint8_t form, int lba)
{
	entries = 0;
	entry(0x01, 0, 0, form, lba);
	if (form == 0x41 && lba != -150)
		memcpy(sheet[0] + 5, "\x61\x22\x17", 3);
}

static void code(uint8_t ctl_adr, const char *text)
{
	uint8_t e[8] = { ctl_adr };

	memcpy(e + 1, text, 7);
	memcpy(sheet[entries++], e, 8);
}

static void isrc(uint8_t control, uint8_t tno, const char *text)
{
	uint8_t e[8] = { control << 4 | 3, tno };

	memcpy(e + 2, text, 6);
	memcpy(sheet[entries++], e, 8);
	memcpy(e + 2, text + 6, 6);
	memcpy(sheet[entries++], e, 8);
}

static int send_sheet(void)
{
	return send(sheet, entries * 8, "5d 00 00 00 00 00 %06x 00", entries * 8);
}

/*
 * A reference example: catalogue number; track 1 with hidden audio of 3 s and ISRC; track 2 with
 * copies permitted, pregap of 2 s, ISRC; track 3 with pre-emphasis, gapless, mark 2 after 10 s.
 * Each track has 20 s.
 */
static const uint8_t example[14][8] = {
	{ 0x02, 0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37 },
	{ 0x02, 0x38, 0x39, 0x30, 0x31, 0x32, 0x38, 0x00 },
	{ 0x01, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00 },
	{ 0x03, 0x01, 0x47, 0x42, 0x41, 0x59, 0x45, 0x30 },
	{ 0x03, 0x01, 0x36, 0x30, 0x31, 0x32, 0x33, 0x34 },
	{ 0x01, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00 },
	{ 0x01, 0x01, 0x01, 0x00, 0x00, 0x00, 0x05, 0x00 },
	{ 0x23, 0x02, 0x47, 0x42, 0x41, 0x59, 0x45, 0x30 },
	{ 0x23, 0x02, 0x36, 0x30, 0x31, 0x32, 0x33, 0x35 },
	{ 0x21, 0x02, 0x00, 0x00, 0x00, 0x00, 0x19, 0x00 },
	{ 0x21, 0x02, 0x01, 0x00, 0x00, 0x00, 0x1b, 0x00 },
	{ 0x11, 0x03, 0x01, 0x00, 0x00, 0x00, 0x2f, 0x00 },
	{ 0x11, 0x03, 0x02, 0x00, 0x00, 0x00, 0x39, 0x00 },
	{ 0x01, 0xaa, 0x01, 0x01, 0x00, 0x01, 0x07, 0x00 },
};

#define EXAMPLE_END	4875	/* 01:07:00 */

static void take_example(void)
{
	memcpy(sheet, example, sizeof(example));
	entries = 14;
}

/* Two tracks of 300 sectors without a gap between them */
static void two_tracks(void)
{
	leadin(0x01, -150);
	entry(0x01, 1, 0, 0, -150);
	entry(0x01, 1, 1, 0, 0);
	entry(0x01, 2, 1, 0, 300);
	entry(0x01, 0xaa, 1, 1, 600);
}

/* The same, where the second has a pregap; it may be empty. */
static void second_with_pregap(int32_t sectors)
{
	entries = 3;
	entry(0x01, 2, 0, 0, 300);
	entry(0x01, 2, 1, 0, 300 + sectors);
	entry(0x01, 0xaa, 1, 1, 600 + sectors);
}

/* --- WRITE --- */

static int write_from_to(int32_t at, int32_t end)
{
	int ret = 0;

	while (at < end && !ret) {
		int n = end - at < 55 ? end - at : 55;

		ret = write_lba(at, n);
		at += n;
	}
	return ret;
}

/* --- Tests --- */

/* Each is the example with one or more bytes changed. */
static const struct {
	const char *name;
	int row, byte, value;
} wrong[] = {
	{ "a catalogue number that is none", 0, 3, 'A' },
	{ "a catalogue number with a digit too many", 1, 7, '1' },
	{ "a lead-in with the form of audio", 2, 3, 0x00 },
	{ "a lead-in with an index", 2, 2, 1 },
	{ "a lead-in at an address", 2, 7, 1 },
	{ "a lead-in of data", 2, 3, 0x14 },
	{ "an ISRC with small letters", 3, 2, 'g' },
	{ "half an ISRC", 4, 0, 0x01 },
	{ "halves of two tracks", 4, 1, 2 },
	{ "an ISRC of another CONTROL than its track", 3, 0, 0x23 },
	{ "no index 0 on the first track", 5, 2, 1 },
	{ "the first index 0 behind 00:00:00", 5, 7, 1 },
	{ "a first pregap of 149 sectors", 6, 6, 1 },
	{ "data in a track", 6, 0, 0x41 },
	{ "four channels", 6, 0, 0x81 },
	{ "another CONTROL in a track", 6, 0, 0x21 },
	{ "an index left out", 12, 2, 3 },
	{ "ADR 4", 9, 0, 0x24 },
	{ "audio with raw P to W", 10, 3, 0x40 },
	{ "audio with R to W", 10, 3, 0xc0 },
	{ "an index 1 made by the drive", 10, 3, 0x01 },
	{ "a byte of SCMS that is neither", 10, 4, 0x40 },
	{ "a track number left out", 11, 1, 4 },
	{ "track numbers in BCD", 11, 1, 0x10 },
	{ "time that runs back", 11, 6, 0x1a },
	{ "second 60", 11, 6, 60 },
	{ "frame 75", 11, 7, 75 },
	{ "a track of 299 sectors", 10, 6, 0x2b },
	{ "a mark on the track's start", 12, 6, 0x2f },
	{ "a mark behind the lead-out's start", 12, 5, 1 },
	{ "a lead-out with the form of audio", 13, 3, 0x00 },
	{ "a lead-out with index 0", 13, 2, 0 },
	{ "a lead-out that does not fit on the disc", 13, 5, 80 },
	{ "no lead-out", 13, 1, 4 },
};

static void test_wrong_sheets(void)
{
	unsigned int i;
	char name[128];

	new_drive("insert", "cdr80", NULL);
	drain();
	take_example();
	is("SEND CUE SHEET before the write parameters", send_sheet(), BAD_SEQUENCE);
	select_audio(0);
	is("... with those of track-at-once", send_sheet(), BAD_SEQUENCE);
	is("WRITE without a sheet", select_at_once(0, 0) ?: write_lba(-150, 1), BAD_SEQUENCE);
	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		take_example();
		sheet[wrong[i].row][wrong[i].byte] = wrong[i].value;
		if (wrong[i].row == 6 && wrong[i].byte == 6)
			sheet[6][7] = 74;
		if (wrong[i].value == 0x2b) {
			sheet[10][6] = 0x2b;
			sheet[10][7] = 1;
		}
		snprintf(name, sizeof(name), "refused: %s", wrong[i].name);
		is(name, send_sheet(), BAD_PARAMETER);
	}
	is("none of them was taken", write_lba(-150, 1), BAD_SEQUENCE);
	take_example();
	entries--;
	is("refused: a sheet that is cut", send_sheet(), BAD_PARAMETER);
	entries = 3;
	is("refused: no tracks", send_sheet(), BAD_PARAMETER);
	take_example();
	is("no whole entries", send(sheet, 111, "5d 00 00 00 00 00 00006f 00"), LIST_LENGTH);
	is("no entries", cmd("5d 00 00 00 00 00 000000 00"), LIST_LENGTH);
	is("less than was announced", send(sheet, 104, "5d 00 00 00 00 00 000070 00"), LIST_LENGTH);
	set("sheet_limit", "104");
	is("longer than the drive takes", send_sheet(), LIST_LENGTH);
	is("... as it tells", cmd("46 02 002e 00 00 00 0100 00") ?: be16(reply + 14), 104);
	set("sheet_limit", "8192");
	is("the example", send_sheet(), 0);
	is("MODE SELECT forgets it", select_at_once(0, 0) ?: write_lba(-150, 1), BAD_SEQUENCE);
	set("session_at_once", "0");
	is("a drive without session-at-once", send_sheet(), BAD_OPCODE);
	is("... nor its write type", select_at_once(0, 0), BAD_PARAMETER);
	is("... nor the feature", cmd("46 02 002e 00 00 00 0100 00") ?: be32(reply), 4);
}

static int position_of(int32_t lba)
{
	return read_cd(lba, 1) ?: cmd("42 00 40 01 00 00 00 0010 00") ?: be16(reply + 6);
}

static int q_byte(int32_t lba, int byte)
{
	return cmd("be 04 %08x 000001 10 02 00", lba) ?: reply[RAW + byte];
}

/* Finds the first sector from @lba on whose Q has this mode */
static int32_t find_mode(int32_t lba, int mode)
{
	int32_t end = lba + 100;

	while (lba < end && (q_byte(lba, 0) & 15) != mode)
		lba++;
	return lba < end ? lba : -1;
}

static void test_example(void)
{
	static const uint8_t raw[] = {
		1, 0x10, 0, 0xa0, 0, 0, 0, 0, 1, 0, 0,
		1, 0x10, 0, 0xa1, 0, 0, 0, 0, 3, 0, 0,
		1, 0x10, 0, 0xa2, 0, 0, 0, 0, 1, 7, 0,
		1, 0x10, 0, 1, 0, 0, 0, 0, 0, 5, 0,
		1, 0x12, 0, 2, 0, 0, 0, 0, 0, 27, 0,
		1, 0x11, 0, 3, 0, 0, 0, 0, 0, 47, 0,
	};
	/* GBAYE in six bits each, then 0601235 */
	static const uint8_t isrc2[8] = { 0x5d, 0x24, 0x69, 0x54, 0x06, 0x01, 0x23, 0x50 };
	int32_t at;

	new_drive("insert", "cdr80", NULL);
	drain();
	take_example();
	is("session-at-once: the write parameters", select_at_once(0, 0), 0);
	is("... the next writable address", nwa(), -150);
	is("... the cue sheet", send_sheet(), 0);
	is("... not at 0", write_lba(0, 1), BAD_ADDRESS);
	is("... the first pregap", write_lba(-150, 20), 0);
	is("... goes on", nwa(), -130);
	is("... no jump", write_lba(-100, 20), BAD_ADDRESS);
	is("... nor twice", write_lba(-150, 20), BAD_ADDRESS);
	is("... no page", select_at_once(0, 0), BAD_SEQUENCE);
	is("... no second sheet", send_sheet(), BAD_SEQUENCE);
	is("... no CLOSE SESSION", close_session(), BAD_SEQUENCE);
	is("... the disc is as it was", strcmp(get("media"), "cdr blank"), 0);
	is("... up to the last sector but one", write_from_to(-130, EXAMPLE_END - 1), 0);
	is("... not beyond the lead-out", write_lba(EXAMPLE_END - 1, 2), OUT_OF_RANGE);
	is("... the last sector", write_lba(EXAMPLE_END - 1, 1), 0);
	is("... SYNCHRONIZE CACHE", sync_cache(), 0);
	is("... the disc is complete", strcmp(get("media"), "cdr complete"), 0);
	is("... nothing to close", close_session(), EMPTY_TRACK);
	is("full TOC", cmd("43 02 02 00 00 00 01 0200 00") ?: got, 4 + sizeof(raw));
	is("... byte for byte", memcmp(reply + 4, raw, sizeof(raw)), 0);
	is("TOC: the lead-out is at once behind the last track",
	   cmd("43 00 00 00 00 00 aa 0064 00") ?: be32(reply + 8), EXAMPLE_END);
	is("no track in the PMA", cmd("43 00 03 00 00 00 00 0064 00"), 0);
	is("... of it", got, 4);
	is("MCN", cmd("42 00 40 02 00 00 00 0018 00") ?:
	   memcmp(reply + 8, "\2001234567890128", 14), 0);
	is("ISRC 1", cmd("42 00 40 03 00 00 01 0018 00") ?:
	   memcmp(reply + 8, "\200GBAYE0601234", 13), 0);
	is("ISRC 2", cmd("42 00 40 03 00 00 02 0018 00") ?:
	   memcmp(reply + 8, "\200GBAYE0601235", 13), 0);
	is("ISRC 3: none", cmd("42 00 40 03 00 00 03 0018 00") ?: reply[8], 0);
	is("hidden audio is track 1, index 0", position_of(100), 0x0100);
	is("track 1, index 1", position_of(225), 0x0101);
	is("the pregap of track 2", position_of(1725), 0x0200);
	is("track 2", position_of(1875), 0x0201);
	is("the last sector of track 2", position_of(3374), 0x0201);
	is("track 3 without a gap", position_of(3375), 0x0301);
	is("before its mark", position_of(4124), 0x0301);
	is("its mark", position_of(4125), 0x0302);
	is("the Q sub-channel has the mark", q_byte(4130, 2), 2);
	is("... and CONTROL", q_byte(4130, 0), 0x11);
	at = find_mode(400, 2);
	is("one of a hundred sectors has the catalogue number", at >= 0, 1);
	is("... in digits", q_byte(at, 1) | q_byte(at, 2) << 8, 0x3412);
	is("... that end", q_byte(at, 7), 0x80);
	at = find_mode(2000, 3);
	is("one of a hundred sectors has the ISRC", at >= 0, 1);
	is("... in six bits and digits", cmd("be 04 %08x 000001 10 02 00", at) ?:
	   memcmp(reply + RAW + 1, isrc2, 8), 0);
	is("a track without one", find_mode(3400, 3), -1);
	is("no seam anywhere", read_cd(3370, 10) ?:
	   memcmp(reply, sectors(3370, 10, RAW), 10 * RAW), 0);
	is("hidden audio can be read", read_cd(0, 20) ?:
	   memcmp(reply, sectors(0, 20, RAW), 20 * RAW), 0);
	is("the lead-out can't", read_cd(EXAMPLE_END, 1), OUT_OF_RANGE);
	is("no CD-TEXT", cmd("43 00 05 00 00 00 00 0064 00") ?: got, 4);
}

static void test_first_number(void)
{
	new_drive("insert", "cdr80", NULL);
	drain();
	two_tracks();
	sheet[1][1] = 41;
	sheet[2][1] = 41;
	sheet[3][1] = 42;
	is("the first track is 41", select_at_once(3, 0) ?: send_sheet(), 0);
	is("... written", write_from_to(-150, 600) ?: sync_cache(), 0);
	is("TOC: 41 to 42", cmd("43 00 00 00 00 00 00 0064 00") ?: be16(reply + 2), 0x292a);
	is("... begins with 41", reply[6], 41);
	is("... from 42 on", cmd("43 00 00 00 00 00 2a 0064 00") ?: reply[6], 42);
	is("READ TRACK INFORMATION of 42", track_info(42) ?: be32(reply + 8), 300);
	is("... its number", reply[2], 42);
	is("... of 1", track_info(1), BAD_FIELD);
	is("... of what comes next", track_info(0xff) ?: reply[2], 43);
	is("READ DISC INFORMATION: 41; 2 sessions, 43 to 43",
	   cmd(DISC_INFO) ?: be32(reply + 3), 0x29022b2b);
	is("... appendable", reply[2], 1);
	is("Q has the number in BCD", q_byte(310, 1), 0x42);
	two_tracks();
	sheet[1][1] = 50;
	sheet[2][1] = 50;
	is("another session goes on with 43", select_at_once(0, 0) ?: send_sheet(), BAD_PARAMETER);
	is("... track-at-once, too", select_audio(0) ?: burn(300) ?: track_info(43) ?:
	   be32(reply + 8), 600 + 11400);
	is("... close", close_session(), 0);
	is("... TOC: 41 to 43", cmd("43 00 00 00 00 00 00 0064 00") ?: be16(reply + 2), 0x292b);
}

static void test_second_session(void)
{
	int32_t start;

	new_drive("insert", "cdr80", NULL);
	drain();
	select_audio(3);
	is("a track", burn(300), 0);
	two_tracks();
	is("no sheet in an open session", select_at_once(3, 0) ?: send_sheet(), BAD_SEQUENCE);
	is("... close", close_session(), 0);
	start = 302 + 11400;
	is("a second session begins where it may", select_at_once(0, 0) ?: nwa(), start - 150);
	leadin(0x01, -150);
	entry(0x01, 2, 0, 0, start - 150);
	entry(0x01, 2, 1, 0, start);
	entry(0x01, 0xaa, 1, 1, start + 300);
	is("... its sheet", send_sheet(), 0);
	is("... written", write_from_to(start - 150, start + 300) ?: sync_cache(), 0);
	is("... complete", cmd(DISC_INFO) ?: reply[2], 0x0e);
	is("... 2 sessions, 2 to 2", be32(reply + 3), 0x01020202);
	is("... lead-out", cmd("43 00 00 00 00 00 aa 0064 00") ?: be32(reply + 8), start + 300);
	is("... audio", read_cd(start, 5) ?: memcmp(reply, sectors(start, 5, RAW), 5 * RAW), 0);
}

/* --- CD-TEXT --- */

/* Packs and symbols from the documentation of libburn, an independent source. */
static const uint8_t packs[2][PACK] = {
	{ 0x80, 0x00, 0x00, 0x00, 0x4a, 0x6f, 0x79, 0x66, 0x75, 0x6c, 0x20, 0x4e, 0x69, 0x67,
	  0x68, 0x74, 0xf0, 0xf7 },
	{ 0x8f, 0x00, 0x2a, 0x00, 0x01, 0x01, 0x03, 0x00, 0x06, 0x05, 0x04, 0x05, 0x07, 0x06,
	  0x01, 0x02, 0x48, 0x65 },
};

static const uint8_t symbols[2][24] = {
	{ 0x20, 0x00, 0x00, 0x00, 0x00, 0x04, 0x29, 0x2f, 0x1e, 0x16, 0x19, 0x35, 0x1b, 0x02,
	  0x01, 0x0e, 0x1a, 0x16, 0x1d, 0x28, 0x1d, 0x0f, 0x03, 0x37 },
	{ 0x23, 0x30, 0x00, 0x2a, 0x00, 0x00, 0x04, 0x01, 0x00, 0x30, 0x00, 0x06, 0x01, 0x10,
	  0x10, 0x05, 0x01, 0x30, 0x18, 0x01, 0x00, 0x24, 0x21, 0x25 },
};

static int write_text(int32_t lba, int count)
{
	static uint8_t data[600 * TEXT_BLOCK];
	int i;

	for (i = 0; i < count * 4; i++)
		memcpy(data + 24 * i, symbols[i % 2], 24);
	return send(data, count * TEXT_BLOCK, "2a 00 %08x 00 %04x 00", lba, count);
}

static int write_leadin(void)
{
	int32_t at = LEADIN;
	int ret = 0;

	while (at < -150 && !ret) {
		int n = -150 - at < 600 ? -150 - at : 600;

		ret = write_text(at, n);
		at += n;
	}
	return ret;
}

static void text_tracks(int lba)
{
	two_tracks();
	sheet[0][3] = 0x41;
	if (lba != -150)
		memcpy(sheet[0] + 5, "\x61\x22\x17", 3);
}

static int burn_text(int block_type, int lba)
{
	text_tracks(lba);
	return select_at_once(0, block_type) ?: send_sheet() ?: write_leadin() ?:
	       write_from_to(-150, 600) ?: sync_cache();
}

static int read_text(void)
{
	return cmd("43 00 05 00 00 00 00 0100 00");
}

static void test_text(void)
{
	new_drive("insert", "cdr80", NULL);
	drain();
	is("feature: text, up to 8192 bytes of sheet",
	   cmd("46 02 002e 00 00 00 0100 00") ?: be32(reply + 12), 0x67002000);
	text_tracks(-150);
	is("text: the sheet", select_at_once(0, 0) ?: send_sheet(), 0);
	is("... not without its lead-in", write_lba(-150, 1), BAD_ADDRESS);
	is("... nor elsewhere in it", write_text(LEADIN + 1, 1), BAD_ADDRESS);
	is("... the lead-in", write_text(LEADIN, 16), 0);
	is("... goes on", write_text(LEADIN, 16), BAD_ADDRESS);
	is("... the first pregap can't begin", write_lba(-150, 1), BAD_ADDRESS);
	is("... the next address is there all the same", nwa(), -150);
	is("SYNCHRONIZE CACHE cuts it", sync_cache(), 0);
	is("... the disc is blank no more", strcmp(get("media"), "cdr appendable"), 0);
	new_disc("cdr80");
	is("a burn with text", burn_text(0, -150), 0);
	is("... packs are whole", stat_of("text_faults"), 0);
	is("READ TOC format 5", read_text() ?: got, 4 + 2 * PACK);
	is("... its length", be16(reply), 2 + 2 * PACK);
	is("... both packs, once", memcmp(reply + 4, packs, sizeof(packs)), 0);
	is("... the beginning alone", cmd("43 00 05 00 00 00 00 0004 00") ?: got, 4);
	set("zero_crc", "1");
	is("zero_crc", read_text() ?: be16(reply + 4 + 2 * PACK - 2), 0);
	is("... nothing else", memcmp(reply + 4, packs, sizeof(packs) - 2), 0);
	is("audio", read_cd(590, 10) ?: memcmp(reply, sectors(590, 10, RAW), 10 * RAW), 0);
}

/* The ways in which drives need text to be announced */
static void test_text_forms(void)
{
	static const struct {
		const char *habit;
		int lba, type, expected;
	} forms[] = {
		{ "refuse", -150, 0, BAD_PARAMETER },
		{ "refuse", LEADIN, 3, BAD_PARAMETER },
		{ "any", -150, 0, 0 },
		{ "any", LEADIN, 3, 0 },
		{ "any", LEADIN, 0, 0 },
		{ "real", LEADIN, 2, 0 },
		{ "real", LEADIN, 3, 0 },
		{ "real", LEADIN, 0, BAD_PARAMETER },
		{ "real", -150, 3, BAD_PARAMETER },
		{ "zero", -150, 0, 0 },
		{ "zero", -150, 3, BAD_PARAMETER },
		{ "zero", LEADIN, 3, BAD_PARAMETER },
	};
	unsigned int i;
	char name[128];

	new_drive("insert", "cdr80", NULL);
	drain();
	for (i = 0; i < ARRAY_SIZE(forms); i++) {
		set("text", forms[i].habit);
		text_tracks(forms[i].lba);
		snprintf(name, sizeof(name), "text %s: %s, block type %d", forms[i].habit,
			 forms[i].lba == LEADIN ? "the real start" : "00:00:00", forms[i].type);
		is(name, select_at_once(0, forms[i].type) ?: send_sheet(), forms[i].expected);
	}
	set("text", "refuse");
	is("refuse: no feature of it", cmd("46 02 002e 00 00 00 0100 00") ?: reply[12] & 1, 0);
	two_tracks();
	is("... but session-at-once", select_at_once(0, 0) ?: send_sheet(), 0);
}

/* Drives that report success for everything, and others */
static void test_personalities(void)
{
	new_drive("insert", "cdr80", "form_00", "mute", NULL);
	drain();
	text_tracks(-150);
	sheet[4][3] = 0;
	is("form_00 mute: a lead-out like audio", select_at_once(0, 0) ?: send_sheet(), 0);
	is("... all is good", write_leadin() ?: write_from_to(-150, 600) ?: sync_cache(), 0);
	is("... but there is no text", read_text() ?: got, 4);
	is("... only audio", read_cd(0, 1), 0);

	new_disc("cdr80");
	set("form_00", "take");
	two_tracks();
	sheet[0][3] = 0;
	is("form_00 take: a lead-in like audio", select_at_once(0, 0) ?: send_sheet(), 0);

	set("skip_leadin", "mute");
	text_tracks(-150);
	is("skip_leadin mute: jumped over", select_at_once(0, 0) ?: send_sheet() ?:
	   write_from_to(-150, 600) ?: sync_cache(), 0);
	is("... there is no text", read_text() ?: got, 4);

	new_disc("cdr80");
	set("skip_leadin", "hang");
	text_tracks(-150);
	select_at_once(0, 0);
	send_sheet();
	command_timeout = 1000;
	is("skip_leadin hang: no answer", write_lba(-150, 20) < 0, 1);
	command_timeout = 60000;
	drain();

	set("need_gap", "1");
	two_tracks();
	is("need_gap: no pregap", select_at_once(0, 0) ?: send_sheet(), BAD_PARAMETER);
	second_with_pregap(0);
	is("... one of nothing", send_sheet(), BAD_PARAMETER);
	set("need_gap", "0");
	is("... which others take", send_sheet(), 0);
	set("need_gap", "1");
	second_with_pregap(1);
	is("... one sector", send_sheet(), 0);
	set("need_gap", "0");

	set("need_index_0", "1");
	two_tracks();
	is("need_index_0: none", select_at_once(0, 0) ?: send_sheet(), BAD_PARAMETER);
	second_with_pregap(0);
	is("... an empty one", send_sheet(), 0);
	set("need_index_0", "0");

	set("isrc_plain", "1");
	take_example();
	is("isrc_plain: with CONTROL", select_at_once(0, 0) ?: send_sheet(), BAD_PARAMETER);
	sheet[7][0] = 0x03;
	sheet[8][0] = 0x03;
	is("... without", send_sheet(), 0);
	set("isrc_plain", "0");
	is("... which others take, too", send_sheet(), 0);

	set("lose_session", "1");
	two_tracks();
	is("lose_session: all is good", select_at_once(0, 0) ?: send_sheet() ?:
	   write_from_to(-150, 600) ?: sync_cache(), 0);
	is("... and the disc is blank", cmd(DISC_INFO) ?: reply[2], 0);
	set("lose_session", "0");

	set("refuse_close", "1");
	two_tracks();
	is("refuse_close: a session", select_at_once(3, 0) ?: send_sheet() ?:
	   write_from_to(-150, 600) ?: sync_cache(), 0);
	is("... CLOSE SESSION is refused", close_session(), CANNOT_WRITE);
}

static void test_pause_by_drive(void)
{
	new_drive("insert", "cdr80", NULL);
	drain();
	two_tracks();
	sheet[1][3] = 1;
	is("a pause by the drive", select_at_once(0, 0) ?: send_sheet(), 0);
	is("... is not sent", write_lba(-150, 1), BAD_ADDRESS);
	is("... the track follows", write_from_to(0, 600) ?: sync_cache(), 0);
	is("... the pause is silence", read_cd(-150, 1) ?: reply[0] | reply[2351], 0);
	new_disc("cdr80");
	set("no_jump", "1");
	two_tracks();
	sheet[1][3] = 1;
	is("no_jump: taken", select_at_once(0, 0) ?: send_sheet(), 0);
	is("... but it can't be jumped over", write_lba(0, 1), BAD_ADDRESS);
	is("... and is to be sent", write_from_to(-150, 600), 0);
	new_disc("cdr80");
	set("no_jump", "0");
	leadin(0x01, -150);
	entry(0x01, 1, 0, 0, -150);
	entry(0x01, 1, 1, 0, 0);
	entry(0x01, 2, 0, 1, 300);
	entry(0x01, 2, 1, 0, 450);
	entry(0x01, 0xaa, 1, 1, 750);
	is("a pause in the middle", select_at_once(0, 0) ?: send_sheet(), 0);
	is("... ends a WRITE", write_from_to(-150, 290) ?: write_lba(290, 11), OUT_OF_RANGE);
	is("... at its start", write_lba(290, 10), 0);
	is("... it goes on behind", write_from_to(450, 750) ?: sync_cache(), 0);
	is("... it is silence", read_cd(300, 1) ?: reply[0] | reply[2351], 0);
	is("... and the audio in its place",
	   read_cd(450, 5) ?: memcmp(reply, sectors(450, 5, RAW), 5 * RAW), 0);
}

/* --- Sessions that are cut, only tested, or lost --- */

static void test_cut(void)
{
	new_drive("insert", "cdrw80", NULL);
	drain();
	two_tracks();
	is("cut: up to the middle of track 2", select_at_once(0, 0) ?: send_sheet() ?:
	   write_from_to(-150, 400), 0);
	is("... by SYNCHRONIZE CACHE", sync_cache(), 0);
	is("... no WRITE goes on", write_lba(400, 1), BAD_SEQUENCE);
	is("... a damaged session", cmd(DISC_INFO) ?: reply[2], 0x19);
	is("... a damaged track", track_info(0xff) ?: reply[5] & 0x20, 0x20);
	is("... no next writable address", reply[7], 0);
	is("... no TOC", cmd("43 00 00 00 00 00 00 0064 00"), BAD_FIELD);
	is("... no new sheet", select_at_once(0, 0) ?: send_sheet(), BAD_SEQUENCE);
	is("... CLOSE TRACK does not help", cmd("5b 00 01 00 0002 00 00 00 00"), CANNOT_CLOSE);
	is("... nor CLOSE SESSION", close_session(), CANNOT_CLOSE);
	is("... BLANK does", cmd("a1 01 00000000 00 00 00 00 00 00"), 0);
	is("... blank", cmd(DISC_INFO) ?: reply[2], 0x10);

	set("repair", "1");
	two_tracks();
	is("repair: cut", select_at_once(0, 0) ?: send_sheet() ?: write_from_to(-150, 400) ?:
	   sync_cache(), 0);
	is("... CLOSE TRACK", cmd("5b 00 01 00 0002 00 00 00 00"), 0);
	is("... CLOSE SESSION", close_session(), 0);
	is("... a table of contents",
	   cmd("43 00 00 00 00 00 00 0064 00") ?: be16(reply + 2), 0x0102);
	is("... what was written is there",
	   read_cd(390, 10) ?: memcmp(reply, sectors(390, 10, RAW), 10 * RAW), 0);
}

static void reboot(void)
{
	close(sg);
	set("power", "0");
	set("power", "1");
	open_sg();
	drain();
}

static void test_power_loss(void)
{
	new_drive("insert", "cdr80", "busy_polls", "5", NULL);
	drain();
	cmd("54 01 00 00 00 00 00 0000 00");
	two_tracks();
	is("power lost: before anything is written", select_at_once(0, 0) ?: send_sheet(), 0);
	reboot();
	is("... the disc is blank", strcmp(get("media"), "cdr blank"), 0);
	is("... the sheet is gone", select_at_once(0, 0) ?: write_lba(-150, 1), BAD_SEQUENCE);
	cmd("54 01 00 00 00 00 00 0000 00");
	two_tracks();
	is("power lost: in the session", send_sheet() ?: write_from_to(-150, 400), 0);
	reboot();
	is("... a damaged session", cmd(DISC_INFO) ?: reply[2], 0x09);
	new_disc("cdr80");
	cmd("54 01 00 00 00 00 00 0000 00");
	two_tracks();
	is("power lost: in the lead-out", select_at_once(0, 0) ?: send_sheet() ?:
	   write_from_to(-150, 600), 0);
	is("... which goes on", tur(), IN_PROGRESS);
	reboot();
	is("... a damaged session", cmd(DISC_INFO) ?: reply[2], 0x09);
	is("... both tracks are whole", track_info(2) ?: be32(reply + 24), 300);
	is("... CLOSE SESSION closes it",
	   select_at_once(0, 0) ?: close_session() ?: wait_ready(), 0);
	is("... complete", strcmp(get("media"), "cdr complete"), 0);
	new_disc("cdr80");
	cmd("54 01 00 00 00 00 00 0000 00");
	two_tracks();
	is("a reset in the lead-out", select_at_once(3, 0) ?: send_sheet() ?:
	   write_from_to(-150, 600) ?: ioctl(sg, SG_SCSI_RESET, &(int){ SG_SCSI_RESET_DEVICE }), 0);
	drain();
	is("... does not stop it", strcmp(get("media"), "cdr appendable"), 0);
	is("... both tracks are there",
	   cmd("43 00 00 00 00 00 00 0064 00") ?: be16(reply + 2), 0x0102);
}

static void test_test_write(void)
{
	new_drive("insert", "cdr80", "test_write", "complete", NULL);
	drain();
	two_tracks();
	audio_page(0);
	page05[10] = 0x52;
	is("test write", select_page() ?: send_sheet() ?: write_from_to(-150, 600) ?:
	   sync_cache(), 0);
	is("... leaves nothing on the disc", strcmp(get("media"), "cdr blank"), 0);
	is("... but what such drives tell", cmd(DISC_INFO) ?: reply[2], 0x0e);
}

static void test_in_session(void)
{
	new_drive("insert", "cdr80", "in_track", "sequence", "hold_off_ms", "300", NULL);
	drain();
	cmd("54 01 00 00 00 00 00 0000 00");
	two_tracks();
	select_at_once(0, 0);
	send_sheet();
	is("hold_off_ms: the first WRITE has to wait", write_lba(-150, 20), BUFFER_FULL);
	usleep(400000);
	is("... and is taken then", write_lba(-150, 20), 0);
	is("... and so are others", write_lba(-130, 20), 0);
	is("in_track sequence: READ DISC INFORMATION", cmd(DISC_INFO), BAD_SEQUENCE);
	is("... ATIP", cmd("43 02 04 00 00 00 00 001c 00"), BAD_SEQUENCE);
	is("... TEST UNIT READY", tur(), 0);
	is("... it ends", write_from_to(-110, 600) ?: sync_cache() ?: cmd(DISC_INFO), 0);
}

static void test_stale(void)
{
	new_drive("insert", "cdr80", "stale", "1", NULL);
	drain();
	is("stale: a burn with text", burn_text(0, -150), 0);
	is("... looks blank", cmd(DISC_INFO) ?: reply[2], 0);
	is("... no text", read_text(), BAD_FIELD);
	set("eject", "1");
	set("insert", "same");
	drain();
	is("loaded anew: complete", cmd(DISC_INFO) ?: reply[2], 0x0e);
	is("... with text", read_text() ?: got, 4 + 2 * PACK);
}

static void test_time(void)
{
	double time;

	new_drive("realtime", "1", "insert", "cdr80", "speed", "48", NULL);
	drain();
	two_tracks();
	select_at_once(0, 0);
	send_sheet();
	time = clock_s();
	is("realtime: all of it fits in the buffer", write_from_to(-150, 600), 0);
	is("... SYNCHRONIZE CACHE, IMMED", cmd("35 02 00000000 00 0000 00"), 0);
	is("... goes on", tur(), IN_PROGRESS);
	result(be16(sense + 16) < 0x8000, "... progress begins", "%d", be16(sense + 16));
	is("... SYNCHRONIZE CACHE waits for the end", sync_cache(), 0);
	time = clock_s() - time;
	/* Lead-in, pregap, tracks and lead-out: 4500 + 750 + 6750 sectors at 3600 per second */
	result(time > 3.2, "... which takes lead-in to lead-out", "%.3f s", time);
	is("... complete", cmd(DISC_INFO) ?: reply[2], 0x0e);
	is("... no underrun", stat_of("underruns"), 0);

	new_drive("realtime", "1", "insert", "cdr80", "buffer_size", "131072",
		  "underrun_free", "0", NULL);
	drain();
	two_tracks();
	audio_page(0);
	page05[10] = 0x02;
	is("without protection", select_page() ?: send_sheet() ?: write_lba(-150, 50), 0);
	sleep(4);
	is("... the buffer runs dry", write_lba(-100, 50), LOSS_OF_STREAMING);
	is("... nothing goes on", write_lba(-100, 50), BAD_ADDRESS);
	is("... SYNCHRONIZE CACHE cuts it", sync_cache() ?: wait_ready(), 0);
	is("... a damaged session", cmd(DISC_INFO) ?: reply[2], 0x09);
}

static void test_99_tracks(void)
{
	int i;

	new_drive("insert", "cdr80", NULL);
	drain();
	entries = 0;
	code(0x02, "1234567");
	code(0x02, "890128");
	entry(0x01, 0, 0, 1, -150);
	for (i = 1; i <= 99; i++) {
		isrc(0, i, "GBAYE0601234");
		entry(0x01, i, 0, 0, i == 1 ? -150 : 450 * i - 600);
		entry(0x01, i, 1, 0, 450 * i - 450);
	}
	entry(0x01, 0xaa, 1, 1, 99 * 450 - 150);
	is("99 tracks with everything: 3200 bytes", entries * 8, 3200);
	set("sheet_limit", "3072");
	is("... are too much for some drives", select_at_once(0, 0) ?: send_sheet(), LIST_LENGTH);
	set("sheet_limit", "8192");
	is("... not for others", send_sheet(), 0);
	set("keep_data", "0");
	is("... written", write_from_to(-150, 99 * 450 - 150) ?: sync_cache(), 0);
	is("... 99 in the TOC", cmd("43 00 00 00 00 00 00 0400 00") ?: be16(reply + 2), 0x0163);
	is("... with the last one's ISRC", cmd("42 00 40 03 00 00 63 0018 00") ?: reply[8], 0x80);
}

static void test_offset(void)
{
	new_drive("insert", "cdr80", "write_offset", "-6", NULL);
	drain();
	two_tracks();
	is("write_offset -6", select_at_once(0, 0) ?: send_sheet() ?: write_from_to(-150, 600) ?:
	   sync_cache(), 0);
	is("... what it moves before the pregap is lost",
	   read_cd(-150, 1) ?: memcmp(reply, sectors(-150, 1, RAW) + 24, RAW - 24), 0);
}

int main(void)
{
	ksft_print_header();
	if (geteuid())
		ksft_exit_skip("not root\n");
	set_up();
	test_wrong_sheets();
	test_example();
	test_first_number();
	test_second_session();
	test_text();
	test_text_forms();
	test_personalities();
	test_pause_by_drive();
	test_cut();
	test_power_loss();
	test_test_write();
	test_in_session();
	test_stale();
	test_time();
	test_99_tracks();
	test_offset();
	power_off();
	printf("1..%d\n", checks);
	return ksft_get_fail_cnt() ? KSFT_FAIL : KSFT_PASS;
}
