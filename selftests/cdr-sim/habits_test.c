// SPDX-License-Identifier: GPL-2.0-only
/*
 * The differences between drives, all of which the simulated recorder can have: the commands that
 * it refuses in a track, the state after a test write, the sectors that it adds to a track,
 * durations. Expected values come from observed drives, or from MMC.
 *
 * lab: --bare --except seen
 * This program must see each command and reply, so nobody else may use the drive.
 */
#include "recorder.h"

#define CHECK_OPC	33	/* READ DISC INFORMATION: number of OPC tables */
#define BLANK		"a1 11 00000000 00 00 00 00 00 00"
#define DISC_INFO	"51 00 00 00 00 00 00 0030 00"
#define TOC_UNREADABLE	0x055700
#define CANNOT_CLOSE	0x057200

/* The commands that a track does not need, and the answers during a track. */
static const struct {
	const char *name, *cdb;
	int sense;
} out_of_place[] = {
	{ "READ DISC INFORMATION", DISC_INFO, IN_PROGRESS },
	{ "READ TRACK INFORMATION", "52 01 000000ff 00 0030 00", IN_PROGRESS },
	{ "READ TOC", "43 00 00 00 00 00 00 0064 00", BAD_SEQUENCE },
	{ "READ ATIP", "43 02 04 00 00 00 00 001c 00", BAD_SEQUENCE },
	{ "MODE SENSE", "5a 00 05 00 00 00 00 00ff 00", BAD_SEQUENCE },
	{ "GET PERFORMANCE", "ac 00 00000000 00 00 0010 03 00", BAD_SEQUENCE },
	{ "SET CD SPEED", "bb 00 ffff 02c2 00 00 00 00 00 00", BAD_SEQUENCE },
	{ "START", "1b 00 00 00 01 00", BAD_SEQUENCE },
	{ "STOP", "1b 00 00 00 00 00", BAD_SEQUENCE },
	{ "eject", "1b 00 00 00 02 00", BAD_SEQUENCE },
	{ "READ CD", "be 04 00000000 000001 f8 00 00", BAD_SEQUENCE },
	{ "SEND OPC", "54 01 00 00 00 00 00 0000 00", BAD_SEQUENCE },
	{ "BLANK", BLANK, BAD_SEQUENCE },
	{ "READ CAPACITY", "25 00 00000000 00 00 00 00", BAD_SEQUENCE },
};

static const struct {
	const char *name, *cdb;
} in_place[] = {
	{ "TEST UNIT READY", "00 00 00 00 00 00" },
	{ "REQUEST SENSE", "03 00 00 00 12 00" },
	{ "INQUIRY", "12 00 00 0024 00" },
	{ "PREVENT MEDIUM REMOVAL", "1e 00 00 00 01 00" },
	{ "GET CONFIGURATION", "46 00 0000 00 00 00 0100 00" },
	{ "GET EVENT STATUS", "4a 01 00 00 10 00 00 0008 00" },
	{ "READ BUFFER CAPACITY", "5c 00 00 00 00 00 00 000c 00" },
};

static void test_in_track(void)
{
	unsigned int i;
	char name[128];

	new_drive("insert", "cdrw80", "in_track", "refuse", NULL);
	drain();
	select_audio(3);
	write_many(40);
	for (i = 0; i < ARRAY_SIZE(out_of_place); i++) {
		snprintf(name, sizeof(name), "in a track, refused: %s", out_of_place[i].name);
		is(name, cmd(out_of_place[i].cdb), out_of_place[i].sense);
	}
	is("... MODE SELECT", select_page(), BAD_SEQUENCE);
	is("... all of them counted", stat_of("out_of_place"), ARRAY_SIZE(out_of_place) + 1);
	for (i = 0; i < ARRAY_SIZE(in_place); i++) {
		snprintf(name, sizeof(name), "in a track, answered: %s", in_place[i].name);
		is(name, cmd(in_place[i].cdb), 0);
	}
	cmd("1e 00 00 00 00 00");
	is("... and not counted", stat_of("out_of_place"), ARRAY_SIZE(out_of_place) + 1);
	is("the track goes on", write_lba(40, 20), 0);
	is("... and ends", sync_cache(), 0);
	is("behind it all is answered", cmd(DISC_INFO), 0);
	set("in_track", "answer");
	select_audio(3);
	write_many(40);
	is("in_track answer: READ DISC INFORMATION", cmd(DISC_INFO), 0);
	is("... is counted all the same", stat_of("out_of_place"), ARRAY_SIZE(out_of_place) + 2);
	is("CLOSE TRACK belongs to one", cmd("5b 00 01 00 00ff 00 00 00 00"), 0);
	is("... and is not counted", stat_of("out_of_place"), ARRAY_SIZE(out_of_place) + 2);
}

static int select_test(void)
{
	audio_page(3);
	page05[10] |= 0x10;
	return select_page();
}

static void test_test_write(void)
{
	new_drive("insert", "cdr80", "test_write", "advance", NULL);
	drain();
	is("advance: a test write", select_test() ?: write_lba(0, 30) ?: sync_cache(), 0);
	is("... the next one begins behind it", nwa(), 300 + 152);
	is("... and nowhere else", write_lba(0, 30), BAD_ADDRESS);
	is("... but there", write_lba(452, 30) ?: sync_cache(), 0);
	is("... and so on", nwa(), 904);
	is("a real track begins where it should", select_audio(3) ?: nwa(), 0);
	is("... which is blank", strcmp(get("media"), "cdr blank"), 0);
	new_disc("cdr80");
	set("test_write", "invalid");
	is("invalid: a test write", select_test() ?: write_lba(0, 30) ?: sync_cache(), 0);
	is("... no next writable address any more", track_info(0xff) ?: reply[7] & 1, 0);
	set("eject", "1");
	set("insert", "same");
	drain();
	is("... until the disc is loaded anew", track_info(0xff) ?: reply[7] & 1, 1);
	set("test_write", "complete");
	is("complete: a test write", select_test() ?: write_lba(0, 30) ?: sync_cache(), 0);
	is("... the disc seems to be finalised", cmd(DISC_INFO) ?: reply[2] & 15, 0x0e);
	is("... nothing comes next", track_info(0xff), BAD_FIELD);
	is("... nor can be written", select_audio(3) ?: write_lba(0, 30), CANNOT_WRITE);
	set("eject", "1");
	set("insert", "same");
	drain();
	is("... until the disc is loaded anew", cmd(DISC_INFO) ?: reply[2] & 15, 0);
	is("... then it is written", select_audio(3) ?: write_lba(0, 30), 0);
}

static void test_track_size(void)
{
	static const char * const more[] = { "0", "2", "150", "152" };
	unsigned int i;

	new_drive("insert", "cdr80", NULL);
	drain();
	select_audio(3);
	burn(500);
	for (i = 0; i < ARRAY_SIZE(more); i++) {
		set("track_size", more[i]);
		is(more[i], track_info(1) ?: be32(reply + 24), 500 + atoi(more[i]));
		is("... it starts where it starts", be32(reply + 8), 0);
		is("... and the next one, too", nwa(), 652);
	}
	is("not more than run-out and pregap", try_set("track_size", "153"), -ERANGE);
}

/* A drive that answers only after several polls. */
static void test_busy(void)
{
	new_drive("insert", "cdrw80", "busy_polls", "3", NULL);
	drain();
	cmd("54 01 00 00 00 00 00 0000 00");	/* otherwise the first WRITE would calibrate */
	select_audio(3);
	write_many(300);
	is("busy_polls 3: SYNCHRONIZE CACHE, IMMED", cmd("35 02 00000000 00 0000 00"), 0);
	is("... READ DISC INFORMATION", cmd(DISC_INFO), IN_PROGRESS);
	is("... REQUEST SENSE", cmd("03 00 00 00 12 00"), 0);
	is("... tells of it", (reply[2] & 15) << 16 | reply[12] << 8 | reply[13], IN_PROGRESS);
	is("... TEST UNIT READY", tur(), IN_PROGRESS);
	is("... progress: three of four", be16(sense + 16), 3 * 0xffff / 4);
	is("... done", tur(), 0);
	is("... the track is there", track_info(1) ?: be32(reply + 24), 300);
	is("CLOSE SESSION, IMMED", cmd("5b 01 02 00 0000 00 00 00 00"), 0);
	is("... eject waits", cmd("1b 00 00 00 02 00"), IN_PROGRESS);
	is("... WRITE too", write_lba(0, 1), IN_PROGRESS);
	is("... TEST UNIT READY", tur(), IN_PROGRESS);
	is("... done", tur(), 0);
	is("BLANK, IMMED", cmd(BLANK), 0);
	is("... goes on", tur(), IN_PROGRESS);
	is("... is done in the end", wait_ready(), 0);
	is("BLANK without IMMED", cmd("a1 01 00000000 00 00 00 00 00 00"), 0);
	is("... is done at once", tur(), 0);
}

static void test_calibration(void)
{
	new_drive("insert", "cdr80", "busy_polls", "2", NULL);
	drain();
	is("no OPC table on a new disc", cmd(DISC_INFO) ?: reply[CHECK_OPC], 0);
	select_audio(3);
	is("the first WRITE calibrates", write_lba(0, 30), BUFFER_FULL);
	is("... the same again has to wait", write_lba(0, 30), BUFFER_FULL);
	is("... and is taken then", write_lba(0, 30), 0);
	is("... the buffer was not full", stat_of("buffer_full"), 0);
	is("... the next one goes on", write_lba(30, 30), 0);
	is("the track ends", sync_cache(), 0);
	is("one OPC table", cmd(DISC_INFO) ?: reply[CHECK_OPC], 1);
	is("... 8 bytes more", be16(reply), 40);
	is("... for the speed that was set", be16(reply + 34), 8467);
	is("the next track needs none", select_audio(3) ?: write_lba(452, 30), 0);
	new_disc("cdr80");
	is("SEND OPC", cmd("54 01 00 00 00 00 00 0000 00"), 0);
	is("... is that calibration", select_audio(3) ?: write_lba(0, 30), 0);
	new_disc("cdr80");
	set("busy_polls", "0");
	set("opc_ms", "300");
	set("buffer_full", "hold");
	is("a drive that holds WRITE takes its time", select_audio(3) ?: write_lba(0, 30), 0);
	is("... and the data", write_lba(30, 30), 0);
}

static void test_page05(void)
{
	new_drive("insert", "cdr80", "page05_saved", "1", "echo_codes", "0", NULL);
	drain();
	audio_page(3);
	page05[24] = 0x80;
	memcpy(page05 + 25, "1234567890123", 13);
	page05[40] = 0x80;
	memcpy(page05 + 41, "DEABC2600001", 12);
	is("page with MCN and ISRC", select_page(), 0);
	is("MODE SENSE", cmd("5a 00 05 00 00 00 00 0100 00"), 0);
	is("... can be saved", reply[8], 0x85);
	is("... as it was sent", memcmp(reply + 9, page05 + 9, 15), 0);
	is("... but for the codes", memcmp(reply + 24, (char [32]) { 0 }, 32), 0);
	is("the saved values are those it was made with",
	   cmd("5a 00 c5 00 00 00 00 0100 00") ?: reply[10] & 15, 0);
	is("save", send(page05, 60, "55 11 00 00 00 00 00 003c 00"), 0);
	is("... saved", cmd("5a 00 c5 00 00 00 00 0100 00") ?: reply[10], 0x41);
	is("PS is not sent back", (page05[8] |= 0x80, select_page()), BAD_PARAMETER);
	is("the codes go to the disc", burn(300) ?: close_session() ?:
	   cmd("42 00 40 03 00 00 01 0018 00") ?: memcmp(reply + 8, "\200DEABC2600001", 13), 0);
	new_disc("cdr80");
	is("another disc: the saved page", cmd("5a 00 05 00 00 00 00 0100 00") ?: reply[10], 0x41);
	is("... which has to be sent all the same", write_lba(0, 1), BAD_SEQUENCE);
	set("page05_saved", "0");
	is("a drive that saves none", cmd("5a 00 c5 00 00 00 00 0100 00"), NOT_SAVEABLE);
}

/* Underrun protection that can't be switched off (seen in a LITE-ON LH-20A1L) */
static void test_fixed_bufe(void)
{
	new_drive("insert", "cdr80", "fixed_bufe", "1", NULL);
	drain();
	is("the page of a drive with fixed BUFE", cmd("5a 00 05 00 00 00 00 0100 00"), 0);
	is("... has it", reply[10] & 0x40, 0x40);
	is("... as a default", cmd("5a 00 85 00 00 00 00 0100 00") ?: reply[10] & 0x40, 0x40);
	is("... that can't be changed", cmd("5a 00 45 00 00 00 00 0100 00") ?: reply[10] & 0x40, 0);
	audio_page(3);
	page05[10] &= ~0x40;
	is("a page without BUFE", select_page(), BAD_PARAMETER);
	page05[10] |= 0x40;
	is("a page with BUFE", select_page(), 0);
}

/* Page 2Ah, the profiles and GET PERFORMANCE as in a BW-16D1HT, a GSA-4160B and a CRX140E */
static void test_what_is_told(void)
{
	new_drive("insert", "cdr80", "buffer_size", "456704", NULL);
	drain();
	set("caps_buffer", "768");
	is("the buffer of page 2Ah", cmd("5a 00 2a 00 00 00 00 0100 00") ?: be16(reply + 20), 768);
	is("... all speeds", be16(reply + 38), 7);
	is("the buffer of READ BUFFER CAPACITY", cmd("5c 00 00 00 00 00 00 000c 00") ?:
	   be32(reply + 4), 456704);
	set("caps_speeds", "max");
	is("the highest speed alone", cmd("5a 00 2a 00 00 00 00 0100 00") ?: be16(reply + 38), 1);
	is("... which is 48x", be16(reply + 42), 8467);
	set("caps_speeds", "none");
	is("no speed", cmd("5a 00 2a 00 00 00 00 0100 00") ?: be16(reply + 38), 0);
	is("... but the maximum", be16(reply + 26), 8467);
	is("the profiles of a CD writer", cmd("46 00 0000 00 00 00 0020 00") ?: reply[11], 12);
	set("profiles", "dvd");
	is("those of a DVD writer", cmd("46 00 0000 00 00 00 0100 00") ?: reply[11], 48);
	is("... CD-R is current", be16(reply + 12 + 36) << 8 | reply[12 + 38], 0x000901);
	is("... and removable disc", be16(reply + 12 + 44) << 8 | reply[12 + 46], 0x000201);
	is("... the header has CD-R", be16(reply + 6), 0x0009);
	is("GET PERFORMANCE", cmd("ac 00 00000000 0000 0010 03 00"), 0);
	set("performance", "0");
	is("a drive without it", cmd("ac 00 00000000 0000 0010 03 00"), BAD_OPCODE);
	is("... says so", cmd("46 02 0107 00 00 00 0010 00") ?: reply[12] & 2, 0);
}

/* The multi-session field at the time when a session is closed decides. */
static void test_parameters_of_another_disc(void)
{
	new_drive("insert", "cdr80", NULL);
	drain();
	select_audio(3);
	burn(300);
	set("eject", "1");
	set("insert", "same");
	drain();
	is("a disc change: page 05h is as it was made",
	   cmd("5a 00 05 00 00 00 00 0100 00") ?: be32(reply + 10), 0x00040810);
	is("CLOSE SESSION without sending it", close_session(), 0);
	is("... finalises, as the default is", strcmp(get("media"), "cdr complete"), 0);
}

static void test_read_open(void)
{
	new_drive("insert", "cdr80", "read_open", "0", NULL);
	drain();
	select_audio(3);
	burn(300);
	is("an open session can't be read", read_cd(0, 1), ILLEGAL_MODE);
	is("... closed it can", close_session() ?: read_cd(0, 1), 0);
}

static void test_speed(void)
{
	new_drive("insert", "cdr80", "speed", "8 16", "refuse_slow", "1", NULL);
	drain();
	is("below the slowest", cmd("bb 00 ffff %04x 00 00 00 00 00 00", 4 * 177), BAD_FIELD);
	is("0", cmd("bb 00 ffff 0000 00 00 00 00 00 00"), BAD_FIELD);
	is("the slowest", cmd("bb 00 ffff %04x 00 00 00 00 00 00", 8 * 177), 0);
	is("... is set", strcmp(get("write_speed"), "8"), 0);
	is("the fastest there is", cmd("bb 00 ffff ffff 00 00 00 00 00 00"), 0);
	set("refuse_max", "1");
	is("... refused", cmd("bb 00 ffff ffff 00 00 00 00 00 00"), BAD_FIELD);
	is("... said in a number", cmd("bb 00 ffff %04x 00 00 00 00 00 00", 16 * 177), 0);
	is("GET PERFORMANCE 03 heeds nothing in byte 1", cmd("ac 14 00000000 00 00 0010 03 00") ?:
	   be32(reply), 4 + 2 * 16);
}

static void test_inquiry(void)
{
	new_drive("inquiry_version", "0", "inquiry_format", "1", NULL);
	is("INQUIRY of an old drive", cmd("12 00 00 0024 00") ?: be16(reply + 2), 0x0001);
	is("... is settled while the power is on", try_set("inquiry_version", "2"), -EBUSY);
}

static void test_stale(void)
{
	new_drive("insert", "cdrw80", "stale", "1", NULL);
	drain();
	select_audio(0);
	burn(300);
	is("stale: CLOSE SESSION", close_session(), 0);
	is("... READ DISC INFORMATION as before", cmd(DISC_INFO) ?: reply[2] & 15, 5);
	is("... no TOC", cmd("43 00 00 00 00 00 00 0064 00"), BAD_FIELD);
	is("... a next track", track_info(0xff) ?: be32(reply + 12), 452);
	is("... that can't be written", write_lba(452, 1), CANNOT_WRITE);
	is("the disc is as it should be", strcmp(get("media"), "cdrw complete"), 0);
	set("eject", "1");
	set("insert", "same");
	drain();
	is("loaded anew: finalised", cmd(DISC_INFO) ?: reply[2] & 15, 0x0e);
	is("... with a TOC", cmd("43 00 00 00 00 00 00 0064 00"), 0);
}

static void test_half_blank(void)
{
	new_drive("insert", "cdrw80", "busy_polls", "5", NULL);
	drain();
	cmd("54 01 00 00 00 00 00 0000 00");
	select_audio(0);
	burn(300);
	close_session();
	is("BLANK, IMMED", cmd(BLANK), 0);
	close(sg);
	set("power", "0");
	set("power", "1");
	open_sg();
	drain();
	is("power lost in it: neither blank nor full", strcmp(get("media"), "cdrw damaged"), 0);
	is("... a CD-RW with a damaged session", cmd(DISC_INFO) ?: reply[2], 0x10 | 2 << 2 | 1);
	is("... no TOC", cmd("43 00 00 00 00 00 00 0064 00"), TOC_UNREADABLE);
	is("... the ATIP is pressed", cmd("43 02 04 00 00 00 00 001c 00"), 0);
	is("... a damaged track", track_info(0xff) ?: reply[5] & 0x20, 0x20);
	is("... no next writable address", reply[7], 0);
	is("... nothing to read", read_cd(0, 1), TOC_UNREADABLE);
	is("... no WRITE", select_audio(3) ?: write_lba(0, 1), CANNOT_WRITE);
	is("... nothing to close", close_session(), CANNOT_CLOSE);
	set("eject", "1");
	set("insert", "same");
	drain();
	is("... another load does not help", strcmp(get("media"), "cdrw damaged"), 0);
	is("blanking does", cmd("a1 01 00000000 00 00 00 00 00 00"), 0);
	is("... blank", cmd(DISC_INFO) ?: reply[2], 0x10);
	cmd("54 01 00 00 00 00 00 0000 00");
	is("... and written to", select_audio(3) ?: burn(300), 0);
}

static void test_strict(void)
{
	new_drive("strict", "1", "insert", "cdrw80", NULL);
	drain();
	is("strict: it is", strcmp(get("strict"), "1"), 0);
	is("... it refuses in a track", strcmp(get("in_track"), "refuse"), 0);
	set("track_size", "2");
	is("... otherwise in one thing: it is not", strcmp(get("strict"), "0"), 0);
	set("strict", "0");
	is("... and back", strcmp(get("in_track"), "answer"), 0);
	is("... as it was made", strcmp(get("track_size"), "0"), 0);
}

int main(void)
{
	ksft_print_header();
	if (geteuid())
		ksft_exit_skip("not root\n");
	set_up();
	test_in_track();
	test_test_write();
	test_track_size();
	test_busy();
	test_calibration();
	test_page05();
	test_fixed_bufe();
	test_what_is_told();
	test_parameters_of_another_disc();
	test_read_open();
	test_speed();
	test_inquiry();
	test_stale();
	test_half_blank();
	test_strict();
	power_off();
	printf("1..%d\n", checks);
	return ksft_get_fail_cnt() ? KSFT_FAIL : KSFT_PASS;
}
