// SPDX-License-Identifier: GPL-2.0-only
/*
 * Compares the simulated recorder with known behaviour of real ones: the replies and errors of
 * each command, and the states of a disc from blank to finalised.
 *
 * lab: --icount --bare --except seen
 * This program must see each command and reply, so nobody else may use the drive.
 */
#include "recorder.h"

/* --- Tests --- */

static void test_no_medium(void)
{
	new_drive(NULL);
	is("no medium: TEST UNIT READY", tur(), NO_MEDIUM);
	is("no medium: READ DISC INFORMATION", cmd("51 00 00 00 00 00 00 0022 00"), NO_MEDIUM);
	is("no medium: WRITE", write_lba(0, 1), NO_MEDIUM);
	is("no medium: MODE SENSE works", cmd("5a 00 05 00 00 00 00 00ff 00"), 0);
	is("no medium: GET CONFIGURATION works", cmd("46 00 0000 00 00 00 0100 00"), 0);
	is("no medium: no profile is current", be16(reply + 6), 0);
	is("REQUEST SENSE tells of no medium", cmd("03 00 00 00 12 00"), 0);
	is("... in its data", (reply[2] & 15) << 16 | reply[12] << 8 | reply[13], NO_MEDIUM);
	is("an unknown command", cmd("04 00 00 00 00 00"), BAD_OPCODE);
	is("no medium: SEND CUE SHEET", cmd("5d 00 00 00 00 00 00 00 00 00"), NO_MEDIUM);
	is("a reserved bit in a CDB", cmd("00 00 01 00 00 00"), BAD_FIELD);
	is("LINK and NACA bits in a CDB", cmd("00 00 00 00 00 04"), BAD_FIELD);
}

static void test_inquiry(void)
{
	new_drive("vendor", "ACME", "product", "BURNER 1", "revision", "9.8x",
		  "serial", "SN0001", NULL);
	is("INQUIRY", cmd("12 00 00 0060 00"), 0);
	is("INQUIRY is of a CD drive", reply[0], 5);
	is("INQUIRY: removable", reply[1], 0x80);
	is("INQUIRY: vendor, product, revision",
	   memcmp(reply + 8, "ACME    BURNER 1        9.8x", 28), 0);
	is("INQUIRY is cut at the allocation length", cmd("12 00 00 0024 00") ?: got, 36);
	is("INQUIRY: a page without EVPD", cmd("12 00 80 0060 00"), BAD_FIELD);
	is("INQUIRY: unknown page", cmd("12 01 b0 0060 00"), BAD_FIELD);
	is("INQUIRY: page 00", cmd("12 01 00 0060 00"), 0);
	is("INQUIRY: page 00 lists 00, 80, 83", memcmp(reply, "\5\0\0\3\0\x80\x83", 7), 0);
	is("INQUIRY: page 80", cmd("12 01 80 0060 00") ?: memcmp(reply + 4, "SN0001", 6), 0);
	is("REPORT LUNS", cmd("a0 00 00 00 00 00 00000010 00 00"), 0);
	is("REPORT LUNS: one", be32(reply), 8);
	is("GET CONFIGURATION: serial number feature",
	   cmd("46 02 0108 00 00 00 0100 00") ?: memcmp(reply + 12, "SN0001  ", 8), 0);
}

static void test_unit_attention(void)
{
	int level = SG_SCSI_RESET_DEVICE;

	new_drive("insert", "cdr80", NULL);
	tur();
	set("eject", "1");
	is("tray open", tur(), NO_MEDIUM_OPEN);
	set("insert", "cdr80");
	is("INQUIRY tells nothing of a new medium", cmd("12 00 00 0024 00"), 0);
	is("a new medium: unit attention", tur(), UA_MEDIUM);
	is("... once", tur(), 0);
	is("page 05h is taken", select_audio(3), 0);
	set("eject", "1");
	set("insert", "same");
	is("the same disc again: unit attention", tur(), UA_MEDIUM);
	is("... and page 05h has to be sent again", write_lba(0, 1), BAD_SEQUENCE);
	is("page 05h again", select_audio(3), 0);
	if (ioctl(sg, SG_SCSI_RESET, &level))
		fatal("SG_SCSI_RESET");
	is("a reset: unit attention", tur(), UA_RESET);
	is("... and the disc is one anew", tur(), UA_MEDIUM);
	is("... and page 05h is gone", write_lba(0, 1), BAD_SEQUENCE);
	set("eject", "1");
	set("insert", "same");
	is("REQUEST SENSE takes a unit attention", cmd("03 00 00 00 12 00"), 0);
	is("... and tells it", (reply[2] & 15) << 16 | reply[12] << 8 | reply[13], UA_MEDIUM);
	is("... so that it is gone", tur(), 0);
}

static void test_spin_up(void)
{
	new_drive("spin_up_ms", "700", NULL);
	set("insert", "cdr80");
	is("a disc spins up", tur(), NOT_READY_LOADING);
	is("profile 0 meanwhile", cmd("46 00 0000 00 00 00 0100 00") ?: be16(reply + 6), 0);
	is("then it is a new medium", wait_ready(), UA_MEDIUM);
	is("and ready", tur(), 0);
	is("profile 9", cmd("46 00 0000 00 00 00 0100 00") ?: be16(reply + 6), 9);
}

static void bad_page(const char *name, int offset, int value)
{
	int ret;

	audio_page(3);
	page05[8 + offset] = value;
	ret = select_page();
	is(name, ret, BAD_PARAMETER);
}

static void test_write_parameters(void)
{
	new_drive("insert", "cdr80", NULL);
	tur();
	is("MODE SENSE page 05h", cmd("5a 00 05 00 00 00 00 0100 00"), 0);
	is("... its length", got, 60);
	is("... mode data length", be16(reply), 58);
	is("... no block descriptor", be16(reply + 6), 0);
	is("... page code and length", be16(reply + 8), 0x0532);
	is("... the default is no track-at-once", reply[10] & 15, 0);
	is("saved values", cmd("5a 00 c5 00 00 00 00 0100 00"), NOT_SAVEABLE);
	is("an unknown page", cmd("5a 00 33 00 00 00 00 0100 00"), BAD_FIELD);
	is("changeable values", cmd("5a 00 45 00 00 00 00 0100 00"), 0);
	is("... write type, test, link, BUFE", reply[10], 0x7f);
	bad_page("write type packet", 2, 0x40);
	bad_page("write type raw", 2, 0x43);
	bad_page("write type 4", 2, 0x44);
	bad_page("link size valid", 2, 0x61);
	bad_page("reserved multi-session", 3, 0x80);
	bad_page("fixed packet", 3, 0xe0);
	bad_page("audio, data block type 8: track mode", 4, 8);
	bad_page("data track mode with raw blocks", 3, 0xc4);
	bad_page("track mode 8", 3, 0xc8);
	bad_page("data block type 1", 4, 1);
	bad_page("session format 30h", 8, 0x30);
	bad_page("a reserved byte", 6, 1);
	bad_page("another page length", 1, 0x30);
	bad_page("MCN that is no number", 16, 0x80);
	bad_page("empty ISRC", 32, 0x80);
	audio_page(3);
	page05[1] = 58;
	is("mode data length is not 0", select_page(), BAD_PARAMETER);
	audio_page(3);
	page05[7] = 8;
	is("a block descriptor", select_page(), BAD_PARAMETER);
	audio_page(3);
	page05[8] |= 0x80;
	is("PS bit", select_page(), BAD_PARAMETER);
	audio_page(3);
	is("PF = 0", send(page05, 60, "55 00 00 00 00 00 00 003c 00"), BAD_FIELD);
	is("SP = 1", send(page05, 60, "55 11 00 00 00 00 00 003c 00"), BAD_FIELD);
	is("a list that is too short", send(page05, 40, "55 10 00 00 00 00 00 0028 00"),
	   LIST_LENGTH);
	is("page 2Ah can't be changed",
	   send("\0\0\0\0\0\0\0\0\x2a\x3a", 10, "55 10 00 00 00 00 00 000a 00"), BAD_PARAMETER);
	is("none of them was taken", write_lba(0, 1), BAD_SEQUENCE);
	is("a right one is", select_audio(3), 0);
	is("and reads back", cmd("5a 00 05 00 00 00 00 0100 00"), 0);
	is("... byte for byte", memcmp(reply + 8, page05 + 8, 52), 0);
	new_drive("underrun_free", "0", "insert", "cdr80", NULL);
	tur();
	is("BUFE on a drive without it", select_audio(3), BAD_PARAMETER);
	is("BUFE can't be changed there", cmd("5a 00 45 00 00 00 00 0100 00") ?: reply[10], 0x3f);
}

static void test_blank_disc(void)
{
	static const uint8_t info[34] = {
		0, 32, 0x00, 1, 1, 1, 1, 0x20, 0xff, 0, 0, 0, 0, 0, 0, 0,
		0, 97, 34, 23, 0, 79, 59, 72,
	};

	new_drive("insert", "cdr80", NULL);
	tur();
	is("blank: READ DISC INFORMATION", cmd("51 00 00 00 00 00 00 0022 00"), 0);
	is("... byte for byte", memcmp(reply, info, 34), 0);
	is("... and no more", got, 34);
	is("READ DISC INFORMATION of another type", cmd("51 01 00 00 00 00 00 0022 00"), BAD_FIELD);
	is("blank: address before page 05h is sent", nwa(), -150);
	is("blank: WRITE before page 05h is sent", write_lba(0, 1), BAD_SEQUENCE);
	select_audio(3);
	is("blank: READ TRACK INFORMATION of FFh", track_info(0xff), 0);
	is("... length", be16(reply), 46);
	is("... track and session", be16(reply + 2), 0x0101);
	is("... blank, next writable address valid", be16(reply + 6), 0x4f01);
	is("... start", be32(reply + 8), 0);
	is("... next writable address", be32(reply + 12), 0);
	is("... free, 2 less than the lead-out", be32(reply + 16), 359845);
	is("... size", be32(reply + 24), 359845);
	is("by number 1", track_info(1) ?: be16(reply + 2), 0x0101);
	is("by number 2", track_info(2), BAD_FIELD);
	is("by number 0", track_info(0), BAD_FIELD);
	is("by address", cmd("52 00 %08x 00 0030 00", 1234) ?: reply[2], 1);
	is("by an address that is too high", cmd("52 00 %08x 00 0030 00", 359847), OUT_OF_RANGE);
	is("by session 1", cmd("52 02 %08x 00 0030 00", 1) ?: reply[2], 1);
	is("by session 2", cmd("52 02 %08x 00 0030 00", 2), BAD_FIELD);
	is("a reply is cut", cmd("52 01 %08x 00 0014 00", 0xff) ?: got, 20);
	is("blank: TOC", cmd("43 00 00 00 00 00 00 0064 00"), BAD_FIELD);
	is("blank: sessions", cmd("43 00 01 00 00 00 00 0064 00"), BAD_FIELD);
	is("blank: full TOC", cmd("43 00 02 00 00 00 00 0064 00"), BAD_FIELD);
	is("blank: PMA", cmd("43 00 03 00 00 00 00 0064 00") ?: got, 4);
	is("blank: CD-TEXT", cmd("43 00 05 00 00 00 00 0064 00"), BAD_FIELD);
	is("TOC format 6", cmd("43 00 06 00 00 00 00 0064 00"), BAD_FIELD);
	is("blank: ATIP", cmd("43 02 04 00 00 00 00 001c 00") ?: got, 28);
	is("... of a CD-R", reply[6] & 0xc0, 0x80);
	is("... last lead-out",
	   reply[12] << 16 | reply[13] << 8 | reply[14], 79 << 16 | 59 << 8 | 72);
	is("blank: READ CD", read_cd(0, 1), OUT_OF_RANGE);
	is("blank: READ(10)", cmd("28 00 00000000 00 0001 00"), OUT_OF_RANGE);
	is("blank: READ CAPACITY", cmd("25 00 00000000 00 00 00 00") ?: be32(reply), 0);
	is("blank: closing the session does nothing", close_session(), 0);
	is("blank: SYNCHRONIZE CACHE does nothing", sync_cache(), 0);
	is("a CD-R can't be blanked", cmd("a1 01 00000000 00 00 00 00 00 00"), CANNOT_BLANK);
	is("MCN of a blank disc", cmd("42 00 40 02 00 00 00 0018 00"), BAD_FIELD);
	is("media", strcmp(get("media"), "cdr blank"), 0);
}

static void test_track(void)
{
	new_drive("insert", "cdr80", NULL);
	tur();
	select_audio(3);
	is("a wrong address", write_lba(1, 1), BAD_ADDRESS);
	is("the pregap's address", write_lba(-150, 1), BAD_ADDRESS);
	is("an address behind the end", write_lba(359847, 1), OUT_OF_RANGE);
	is("no sectors: no track", write_lba(0, 0) ?: nwa(), 0);
	is("WRITE", write_lba(0, 20), 0);
	is("the same again", write_lba(0, 20), BAD_ADDRESS);
	is("a gap", write_lba(21, 1), BAD_ADDRESS);
	is("WRITE goes on", write_lba(20, 25), 0);
	is("in the track: page 05h", select_audio(0), BAD_SEQUENCE);
	is("in the track: READ CD", read_cd(0, 1), BAD_SEQUENCE);
	is("in the track: READ TRACK INFORMATION", track_info(0xff), 0);
	is("... not blank", reply[6] & 0x40, 0);
	is("... next writable address", be32(reply + 12), 45);
	is("... free", be32(reply + 16), 359845 - 45);
	is("in the track: eject", cmd("1b 00 00 00 02 00"), BAD_SEQUENCE);
	is("in the track: close the session", close_session(), INCOMPLETE_TRACK);
	is("in the track: the disc is appendable",
	   cmd("51 00 00 00 00 00 00 0022 00") ?: reply[2], 5);
	is("... its type is not known yet", reply[8], 0xff);
	is("WRITE(12)", send(sectors(45, 55, RAW), 55 * RAW, "aa 00 %08x %08x 00 00", 45, 55), 0);
	is("SYNCHRONIZE CACHE ends the track", sync_cache(), 0);
	is("... again: nothing to do", sync_cache(), 0);
	is("its length is 300 at least", track_info(1) ?: be32(reply + 24), 300);
	is("... and the drive tells of it", stat_of("short_tracks"), 1);
	is("... written at once, session open", reply[6], 0x8f);
	is("... no next writable address", reply[7], 0);
	is("the next one is 152 on", nwa(), 452);
	is("... its number", reply[2], 2);
	is("... free", be32(reply + 16), 359845 - 452);
	is("READ DISC INFORMATION: session open",
	   cmd("51 00 00 00 00 00 00 0022 00") ?: reply[2], 5);
	is("... tracks 1 to 2, the invisible one too", be32(reply + 3), 0x01010102);
	is("... disc type", reply[8], 0);
	is("... a number of the disc", reply[7] == 0xa0 && be32(reply + 12), 1);
	is("PMA", cmd("43 00 03 00 00 00 00 0064 00") ?: got, 15);
	is("... start and stop of track 1",
	   memcmp(reply + 4, "\0\x10\0\1\0\6\2\0\0\2\0", 11), 0);
	is("no TOC yet", cmd("43 00 00 00 00 00 00 0064 00"), BAD_FIELD);
	is("READ CD", read_cd(0, 20), 0);
	is("... gives what was written", memcmp(reply, sectors(0, 20, RAW), 20 * RAW), 0);
	is("... its length", got, 20 * RAW);
	is("READ CD of data in an audio track",
	   cmd("be 08 00000000 000001 f8 00 00"), ILLEGAL_MODE);
	is("READ(10) of audio", cmd("28 00 00000000 00 0001 00"), ILLEGAL_MODE);
	is("a run-out can't be read", read_cd(300, 1), ILLEGAL_MODE);
	is("... nor its second sector", read_cd(301, 1), ILLEGAL_MODE);
	is("a read may pass over it", read_cd(295, 6), 0);
	set("strict_runout", "1");
	is("... with strict_runout it may not", read_cd(295, 6), ILLEGAL_MODE);
	is("READ CD behind all", read_cd(302, 1), OUT_OF_RANGE);
	is("the first pregap reads as silence", read_cd(-150, 1) ?: reply[0] | reply[2351], 0);
	is("CLOSE TRACK of a closed one does nothing", cmd("5b 00 01 00 0001 00 00 00 00"), 0);
	is("CLOSE TRACK of the invisible one does nothing", cmd("5b 00 01 00 00ff 00 00 00 00"), 0);
	is("CLOSE TRACK of one that is not there", cmd("5b 00 01 00 0003 00 00 00 00"), BAD_FIELD);
	is("CLOSE with another function", cmd("5b 00 06 00 0000 00 00 00 00"), BAD_FIELD);
	select_audio(3);
	write_lba(452, 30);
	is("CLOSE TRACK ends an open one", cmd("5b 00 01 00 0002 00 00 00 00") ?: nwa(), 904);
}

static void put_text(int offset, const char *text)
{
	page05[8 + offset] = 0x80;
	memcpy(page05 + 8 + offset + 1, text, strlen(text));
}

static void test_sessions(void)
{
	static const uint8_t toc[] = {
		0, 0x1a, 1, 2, 0, 0x10, 1, 0, 0, 0, 0, 0, 0, 0x12, 2, 0, 0, 0, 1, 0xc4,
		0, 0x12, 0xaa, 0, 0, 0, 3, 0xf2,
	};
	static const uint8_t raw[] = {
		0, 68, 1, 1,	/* last track: CONTROL 2 */
		1, 0x10, 0, 0xa0, 0, 0, 0, 0, 1, 0, 0,
		1, 0x10, 0, 0xa1, 0, 0, 0, 0, 2, 0, 0,
		1, 0x10, 0, 0xa2, 0, 0, 0, 0, 0, 15, 35,
		1, 0x10, 0, 1, 0, 0, 0, 0, 0, 2, 0,
		1, 0x12, 0, 2, 0, 0, 0, 0, 0, 8, 2,
		1, 0x54, 0, 0xb0, 2, 45, 35, 2, 79, 59, 72,
	};

	new_drive("insert", "cdr80", NULL);
	tur();
	audio_page(3);
	put_text(16, "1234567890123");
	put_text(32, "DEABC2600001");
	is("page with MCN and ISRC", select_page(), 0);
	is("track 1", burn(300), 0);
	audio_page(3);
	page05[11] |= 2;
	put_text(32, "DEABC2600002");
	is("page with another ISRC, copy permitted", select_page(), 0);
	is("track 2", burn(556), 0);
	is("close, another session allowed", close_session(), 0);
	is("TOC", cmd("43 00 00 00 00 00 01 0064 00") ?: got, sizeof(toc));
	is("... byte for byte", memcmp(reply, toc, sizeof(toc)), 0);
	is("TOC in MSF",
	   cmd("43 02 00 00 00 00 aa 0064 00") ?: memcmp(reply + 8, "\0\0\x0f\x23", 4), 0);
	is("TOC from a track that is not there", cmd("43 00 00 00 00 00 03 0064 00"), BAD_FIELD);
	is("full TOC", cmd("43 02 02 00 00 00 01 0200 00") ?: got, sizeof(raw) + 11);
	is("... byte for byte", memcmp(reply + 4, raw + 4, sizeof(raw) - 4), 0);
	is("... C0: where the first lead-in begins",
	   memcmp(reply + sizeof(raw), "\1\x54\0\xc0\0\0\0\0\x61\x22\x17", 11), 0);
	is("sessions", cmd("43 00 01 00 00 00 00 0064 00") ?: be32(reply + 8), 0);
	is("CD-TEXT: none", cmd("43 00 05 00 00 00 00 0064 00") ?: got, 4);
	is("MCN",
	   cmd("42 00 40 02 00 00 00 0018 00") ?: memcmp(reply + 8, "\2001234567890123", 14), 0);
	is("ISRC 1",
	   cmd("42 00 40 03 00 00 01 0018 00") ?: memcmp(reply + 8, "\200DEABC2600001", 13), 0);
	is("ISRC 2",
	   cmd("42 00 40 03 00 00 02 0018 00") ?: memcmp(reply + 8, "\200DEABC2600002", 13), 0);
	is("ISRC of a track that is not there", cmd("42 00 40 03 00 00 03 0018 00"), BAD_FIELD);
	is("position", cmd("42 02 40 01 00 00 00 0010 00") ?: reply[4], 1);
	is("READ CAPACITY: with the run-out",
	   cmd("25 00 00000000 00 00 00 00") ?: be32(reply), 1009);
	is("appendable, last session empty", cmd("51 00 00 00 00 00 00 0022 00") ?: reply[2], 1);
	is("... 2 sessions, tracks 3 to 3", be32(reply + 3), 0x01020303);
	is("... lead-in of session 2", memcmp(reply + 16, "\0\1\x2d\x23", 4), 0);
	is("closed session: RT is 0", track_info(1) ?: reply[6], 0x0f);
	select_audio(3);
	is("session 2 begins 11400 after the lead-out", nwa(), 1010 + 11400);
	is("... it is session 2", reply[3], 2);
	audio_page(3);
	page05[16] = 0x20;
	is("another session format than the disc's", select_page(), BAD_PARAMETER);
	select_audio(3);
	is("track 3", burn(300), 0);
	is("between the sessions there is nothing", read_cd(5000, 1), ILLEGAL_MODE);
	is("close session 2", close_session(), 0);
	select_audio(0);
	is("session 3 begins 6900 after the lead-out", nwa(), 12410 + 302 + 6900);
	is("track 4", burn(300), 0);
	is("close for good", close_session(), 0);
	is("complete", cmd("51 00 00 00 00 00 00 0022 00") ?: reply[2], 0x0e);
	is("... no next session", be32(reply + 16) & be32(reply + 20), -1);
	is("... 3 sessions, tracks 4 to 4", be32(reply + 3), 0x01030404);
	is("complete: a CD-ROM", cmd("46 00 0000 00 00 00 0100 00") ?: be16(reply + 6), 8);
	is("complete: WRITE", write_lba(20000, 1), CANNOT_WRITE);
	is("complete: no invisible track", track_info(0xff), BAD_FIELD);
	is("complete: CLOSE SESSION", close_session(), EMPTY_TRACK);
	is("complete: SEND OPC", cmd("54 01 00 00 00 00 00 0000 00"), CANNOT_WRITE);
	is("full TOC of session 3 alone", cmd("43 02 02 00 00 00 03 0200 00") ?: reply[4], 3);
	is("... final", be32(reply + 4 + 4 * 11 + 4) >> 8, -1);
	is("last session: first track 4", cmd("43 00 01 00 00 00 00 0064 00") ?: reply[6], 4);
	is("media", strcmp(get("media"), "cdr complete"), 0);
}

static void test_finalise_at_once(void)
{
	new_drive("insert", "cdr:1000", NULL);
	tur();
	select_audio(0);
	is("too long for the disc", send(sectors(0, 9, RAW), 9 * RAW, "2a 00 00000000 00 03e7 00"),
	   END_OF_AREA);
	is("... nothing was written", nwa(), 0);
	is("a full disc", burn(998), 0);
	is("no room for another track", track_info(0xff) ?: be32(reply + 16), 0);
	is("... nor a WRITE of it", select_audio(0) ?: write_lba(1150, 1), OUT_OF_RANGE);
	is("close for good", close_session(), 0);
	is("full TOC: no B0 on a single session",
	   cmd("43 02 02 00 00 00 00 0200 00") ?: got, 4 + 4 * 11);
}

static void test_test_write(void)
{
	new_drive("insert", "cdr80", NULL);
	tur();
	audio_page(3);
	page05[10] |= 0x10;
	is("test write page", select_page(), 0);
	is("test write", write_lba(0, 30), 0);
	is("... must go on too", write_lba(5, 1), BAD_ADDRESS);
	is("... goes on", write_lba(30, 30) ?: nwa(), 60);
	is("... ends", sync_cache(), 0);
	is("... and leaves nothing", nwa(), 0);
	is("closing does nothing", close_session(), 0);
	is("the disc is blank", strcmp(get("media"), "cdr blank"), 0);
}

static void test_rewritable(void)
{
	new_drive("insert", "cdrw80", NULL);
	tur();
	is("CD-RW: profile", cmd("46 00 0000 00 00 00 0100 00") ?: be16(reply + 6), 0x0a);
	is("CD-RW: ATIP", cmd("43 02 04 00 00 00 00 001c 00") ?: reply[6] & 0x40, 0x40);
	is("CD-RW: erasable", cmd("51 00 00 00 00 00 00 0022 00") ?: reply[2], 0x10);
	select_audio(0);
	is("CD-RW: track", burn(300) ?: close_session(), 0);
	is("CD-RW: complete", cmd("51 00 00 00 00 00 00 0022 00") ?: reply[2], 0x1e);
	is("BLANK of an unknown type", cmd("a1 07 00000000 00 00 00 00 00 00"), BAD_FIELD);
	is("BLANK minimal", cmd("a1 01 00000000 00 00 00 00 00 00"), 0);
	is("... blank", cmd("51 00 00 00 00 00 00 0022 00") ?: reply[2], 0x10);
	is("... its number is gone", reply[7], 0x20);
	is("... nothing to read", read_cd(0, 1), OUT_OF_RANGE);
	select_audio(0);
	is("and written again", burn(300), 0);
	is("BLANK full", cmd("a1 00 00000000 00 00 00 00 00 00") ?: nwa(), 0);
}

static int progress(void)
{
	if ((sense[0] & 0x7f) == 0x70)
		return sense[15] & 0x80 ? be16(sense + 16) : -1;
	return sense[8] == 2 && sense[12] & 0x80 ? be16(sense + 13) : -1;
}

static void test_time(void)
{
	int first, second;

	new_drive("realtime", "1", "insert", "cdrw:100000", NULL);
	tur();
	is("24x is the most for a CD-RW", strcmp(get("write_speed"), "24"), 0);
	select_audio(0);
	is("track", write_many(300), 0);
	is("SYNCHRONIZE CACHE, IMMED", cmd("35 02 00000000 00 0000 00"), 0);
	is("... goes on", tur(), IN_PROGRESS);
	is("... READ DISC INFORMATION waits", cmd("51 00 00 00 00 00 00 0022 00"), IN_PROGRESS);
	is("... GET EVENT STATUS: busy", cmd("4a 01 00 00 40 00 00 0008 00") ?: reply[5], 1);
	is("... then it is done", wait_ready() ?: nwa(), 452);
	is("CLOSE SESSION, IMMED", cmd("5b 01 02 00 0000 00 00 00 00"), 0);
	is("... goes on", tur(), IN_PROGRESS);
	first = progress();
	usleep(300000);
	is("... and on", tur(), IN_PROGRESS);
	second = progress();
	result(first >= 0 && second > first, "progress rises", "%d, then %d", first, second);
	is("... REQUEST SENSE tells of it", cmd("03 00 00 00 12 00"), 0);
	result(reply[15] & 0x80 && (int)be16(reply + 16) >= second, "... with progress",
	       "byte 15 %x, %d", reply[15], be16(reply + 16));
	is("... MODE SENSE works", cmd("5a 00 2a 00 00 00 00 00ff 00"), 0);
	is("... eject does not", cmd("1b 00 00 00 02 00"), IN_PROGRESS);
	is("... then it is done", wait_ready() ?: close_session(), EMPTY_TRACK);
	set("descriptor_sense", "1");
	is("BLANK, IMMED", cmd("a1 11 00000000 00 00 00 00 00 00"), 0);
	is("... goes on", tur(), IN_PROGRESS);
	is("... in descriptor format", sense[0], 0x72);
	result(progress() >= 0, "... with progress", "%d", progress());
	is("... then it is done", wait_ready() ?: nwa(), 0);
}

/* Fills the buffer, and then measures the time for the same number of sectors. */
static double drain_time(int32_t at, int count)
{
	double start;
	int ret = 0;

	while (!(ret = write_lba(at, 25)))
		at += 25;
	if (ret != BUFFER_FULL)
		return -1;
	start = clock_s();
	while (count > 0) {
		ret = write_lba(at, 25);
		if (ret == BUFFER_FULL) {
			usleep(5000);
			continue;
		}
		if (ret)
			return -1;
		at += 25;
		count -= 25;
	}
	return clock_s() - start;
}

static void test_buffer(void)
{
	double time;

	new_drive("realtime", "1", "insert", "cdr80", "speed", "4 8 40", NULL);
	tur();
	select_audio(3);
	is("READ BUFFER CAPACITY", cmd("5c 00 00 00 00 00 00 000c 00") ?: be32(reply + 4), 2 << 20);
	is("... all free", be32(reply + 8), 2 << 20);
	is("SET CD SPEED 8x", cmd("bb 00 ffff %04x 00 00 00 00 00 00", 8 * 177), 0);
	time = drain_time(0, 1200);
	result(time > 1.8 && time < 3.2, "1200 sectors at 8x take 2 s", "%.3f s", time);
	is("READ BUFFER CAPACITY: not much free",
	   cmd("5c 00 00 00 00 00 00 000c 00") ?: be32(reply + 8) < 200000, 1);
	is("buffer full was counted", stat_of("buffer_full") > 0, 1);
	is("no underrun", stat_of("underruns"), 0);
	result(stat_of("min_fill") > 70, "the buffer stayed full", "%ld", stat_of("min_fill"));
	is("a reset in the track", ioctl(sg, SG_SCSI_RESET, &(int){ SG_SCSI_RESET_DEVICE }), 0);
	is("... tells of itself", tur(), UA_RESET);
	is("... and of the disc", tur(), UA_MEDIUM);
	is("... the track is incomplete", track_info(0xff) ?: reply[5] & 0x20, 0x20);
	is("... without a next writable address", reply[7], 0);
	is("... shorter than what was sent", (int)be32(reply + 24) > 0, 1);

	new_drive("realtime", "1", "insert", "cdr80", "speed", "4 8", "buffer_full", "hold",
		  "buffer_size", "262144", NULL);
	tur();
	select_audio(3);
	time = clock_s();
	is("a drive that holds: 1200 sectors", burn(1200), 0);
	time = clock_s() - time;
	result(time > 1.9 && time < 4, "... at 8x take 2 s and some", "%.3f s", time);
}

static void test_underrun(void)
{
	new_drive("realtime", "1", "insert", "cdr80", "buffer_size", "131072", NULL);
	tur();
	select_audio(3);
	is("protected: WRITE", write_lba(0, 50), 0);
	usleep(300000);
	is("protected: the buffer ran dry, and on it goes", write_lba(50, 50), 0);
	is("... counted", stat_of("underruns"), 1);
	is("... the lowest fill was 0", stat_of("min_fill"), 0);
	is("... and the track ends well", sync_cache() ?: read_cd(49, 2), 0);
	is("... with its data", memcmp(reply, sectors(49, 2, RAW), 2 * RAW), 0);
	audio_page(3);
	page05[10] = 1;
	is("no protection by page 05h", select_page(), 0);
	is("WRITE", write_lba(452, 50), 0);
	usleep(300000);
	is("the buffer ran dry: loss of streaming", write_lba(502, 50), LOSS_OF_STREAMING);
	is("... the track can't go on", write_lba(502, 50), BAD_ADDRESS);
	is("... it is damaged", track_info(0xff) ?: reply[5] & 0x20, 0x20);
	is("... without a next writable address", reply[7], 0);
	is("... but can be ended", sync_cache(), 0);
	select_audio(0);
	is("... and the session closed", wait_ready() ?: close_session(), 0);
	new_drive("realtime", "1", "insert", "cdr80", "buffer_size", "131072",
		  "underrun_free", "0", NULL);
	tur();
	audio_page(3);
	page05[10] = 1;
	is("a drive without protection: WRITE", select_page() ?: write_lba(0, 50), 0);
	usleep(300000);
	is("... the end of the track tells of the underrun", sync_cache(), LOSS_OF_STREAMING);
}

static void test_power_loss(void)
{
	new_drive("insert", "cdr80", NULL);
	tur();
	select_audio(3);
	burn(300);
	write_lba(452, 40);
	close(sg);
	set("power", "0");
	set("power", "1");
	open_sg();
	while (tur() >> 16 == 6)
		;
	select_audio(3);
	is("power lost in a track: it is incomplete", track_info(0xff), 0);
	is("... number 2, damaged", reply[2] << 8 | (reply[5] & 0x20), 0x220);
	is("... no next writable address", reply[7], 0);
	is("... no WRITE", write_lba(492, 1), BAD_SEQUENCE);
	is("... the session can't be closed", close_session(), INCOMPLETE_TRACK);
	is("... track 1 is there", read_cd(0, 5) ?: memcmp(reply, sectors(0, 5, RAW), 5 * RAW), 0);
	is("CLOSE TRACK repairs it", cmd("5b 00 01 00 00ff 00 00 00 00"), 0);
	is("... filled up to 300", track_info(2) ?: be32(reply + 24), 300);
	is("... and what was written is there",
	   read_cd(452, 5) ?: memcmp(reply, sectors(452, 5, RAW), 5 * RAW), 0);
	is("the next track", nwa(), 904);
	is("the session closes", close_session(), 0);
	select_audio(3);
	burn(300);
	set("realtime", "1");
	is("closing a session", cmd("5b 01 02 00 0000 00 00 00 00"), 0);
	close(sg);
	set("power", "0");
	set("power", "1");
	open_sg();
	set("realtime", "0");
	while (tur() >> 16 == 6)
		;
	select_audio(3);
	is("power lost in closing: a damaged session",
	   cmd("51 00 00 00 00 00 00 0022 00") ?: reply[2] & 0x0f, 1 | 2 << 2);
	is("... no next writable address", track_info(0xff) ?: reply[7], 0);
	is("... no WRITE", write_lba(be32(reply + 12), 1), BAD_SEQUENCE);
	is("... closing it once more", close_session(), 0);
	is("... it is closed", cmd("51 00 00 00 00 00 00 0022 00") ?: reply[2] & 0x0f, 1);
}

static void test_99_tracks(void)
{
	int i, ret = 0;

	new_drive("insert", "cdr80", NULL);
	tur();
	select_audio(0);
	for (i = 0; i < 99 && !ret; i++)
		ret = burn(300);
	is("99 tracks", ret, 0);
	is("... no invisible one", track_info(0xff), BAD_FIELD);
	is("... no WRITE", write_lba(99 * 452, 1), NO_MORE_TRACKS);
	is("... the disc's last track", cmd("51 00 00 00 00 00 00 0022 00") ?: reply[6], 99);
	is("... close", close_session(), 0);
	is("... TOC", cmd("43 00 00 00 00 00 00 0800 00") ?: got, 4 + 100 * 8);
	is("... full TOC", cmd("43 00 02 00 00 00 00 0800 00") ?: got, 4 + 102 * 11);
}

static void test_door(void)
{
	new_drive("insert", "cdr80", NULL);
	tur();
	cmd("4a 01 00 00 10 00 00 0008 00");
	is("GET EVENT STATUS: nothing", cmd("4a 01 00 00 10 00 00 0008 00"), 0);
	is("... length, class media", be32(reply) >> 8, 0x000604);
	is("... no event, medium in", be16(reply + 4), 0x0002);
	is("... asynchronous", cmd("4a 00 00 00 10 00 00 0008 00"), BAD_FIELD);
	is("... no such class", cmd("4a 01 00 00 80 00 00 0008 00") ?: reply[2], 0x80);
	is("lock", cmd("1e 00 00 00 01 00") ?: strcmp(get("locked"), "1"), 0);
	is("locked: eject", cmd("1b 00 00 00 02 00"), LOCKED);
	is("locked: by hand", try_set("eject", "1"), -EBUSY);
	is("... the eject button is an event", cmd("4a 01 00 00 10 00 00 0008 00") ?: reply[4], 1);
	is("page 2Ah: locked", cmd("5a 00 2a 00 00 00 00 00ff 00") ?: reply[14] & 2, 2);
	is("unlock", cmd("1e 00 00 00 00 00") ?: strcmp(get("locked"), "0"), 0);
	is("persistent lock", cmd("1e 00 00 00 03 00"), 0);
	is("... plain unlock does not help",
	   cmd("1e 00 00 00 00 00") ?: cmd("1b 00 00 00 02 00"), LOCKED);
	is("... its own does", cmd("1e 00 00 00 02 00") ?: cmd("1b 00 00 00 02 00"), 0);
	is("the tray is open", tur(), NO_MEDIUM_OPEN);
	is("... which is an event", cmd("4a 01 00 00 10 00 00 0008 00") ?: be16(reply + 4), 0x0301);
	is("MECHANISM STATUS: open",
	   cmd("bd 00 00 00 00 00 00 00 0008 00 00") ?: reply[1] & 0x10, 0x10);
	is("load", cmd("1b 00 00 00 03 00"), 0);
	is("... a new medium", cmd("4a 01 00 00 10 00 00 0008 00") ?: be16(reply + 4), 0x0202);
	is("... unit attention", tur(), UA_MEDIUM);
	cmd("1e 00 00 00 01 00");
	set("eject", "force");
	is("pulled out by force", tur(), NO_MEDIUM_OPEN);
}

static void test_capabilities(void)
{
	static const struct { int code, current; } features[] = {
		{ 0x0000, 1 }, { 0x0001, 1 }, { 0x0003, 1 }, { 0x0010, 1 }, { 0x001e, 1 },
		{ 0x0021, 1 }, { 0x002d, 1 }, { 0x0037, 0 }, { 0x0100, 1 }, { 0x0105, 1 },
		{ 0x0107, 1 }, { 0x0108, 1 },
	};
	static const int kb[] = { 8467, 7056, 5645, 4234, 2822, 1411, 706 };
	unsigned int i;
	char name[64];

	new_drive("insert", "cdr80", NULL);
	tur();
	for (i = 0; i < ARRAY_SIZE(features); i++) {
		snprintf(name, sizeof(name), "feature %04x", features[i].code);
		is(name, cmd("46 02 %04x 00 00 00 0100 00", features[i].code) ?: be16(reply + 8),
		   features[i].code);
		is("... current", reply[10] & 1, features[i].current);
	}
	is("feature 002E: session-at-once, with text",
	   cmd("46 02 002e 00 00 00 0100 00") ?: be32(reply + 12), 0x67002000);
	is("feature 002F: absent", cmd("46 02 002f 00 00 00 0100 00") ?: be32(reply), 4);
	is("feature 002D: BUF, test write, CD-RW; blocks 0 and 8",
	   cmd("46 02 002d 00 00 00 0100 00") ?: be32(reply + 12), 0x46000101);
	is("current features only", cmd("46 01 0000 00 00 00 0100 00"), 0);
	is("... reply's length", be32(reply) + 4, got);
	is("reserved RT", cmd("46 03 0000 00 00 00 0100 00"), BAD_FIELD);
	is("page 2Ah", cmd("5a 00 2a 00 00 00 00 00ff 00"), 0);
	is("... writes CD-R and CD-RW, tests", reply[8 + 3], 7);
	is("... buffer in KiB", be16(reply + 8 + 12), 2048);
	is("... speeds", be16(reply + 8 + 30), 7);
	for (i = 0; i < 7; i++)
		is("... speed", be16(reply + 8 + 32 + 4 * i + 2), kb[i]);
	is("GET PERFORMANCE 03", cmd("ac 00 00000000 00 00 0010 03 00"), 0);
	is("... length", be32(reply), 4 + 7 * 16);
	for (i = 0; i < 7; i++)
		is("... speed", be32(reply + 8 + 16 * i + 12), kb[i]);
	is("GET PERFORMANCE 03, 2 descriptors: tells of all",
	   cmd("ac 00 00000000 00 00 0002 03 00") ?: be32(reply), 4 + 7 * 16);
	is("... gives 2", got, 8 + 2 * 16);
	is("GET PERFORMANCE 00", cmd("ac 14 00000000 00 00 0001 00 00") ?: be32(reply), 4 + 16);
	is("... for writing", reply[4], 2);
	is("GET PERFORMANCE 00, bad tolerance", cmd("ac 04 00000000 00 00 0001 00 00"), BAD_FIELD);
	is("GET PERFORMANCE 05", cmd("ac 00 00000000 00 00 0001 05 00"), BAD_FIELD);
	is("SET CD SPEED 20x", cmd("bb 00 ffff %04x 00 00 00 00 00 00", 20 * 177), 0);
	is("... is 16x", strcmp(get("write_speed"), "16"), 0);
	is("... page 2Ah", cmd("5a 00 2a 00 00 00 00 00ff 00") ?: be16(reply + 8 + 28), 2822);
	is("SET CD SPEED 0 is the slowest", cmd("bb 00 ffff 0000 00 00 00 00 00 00") ?:
	   strcmp(get("write_speed"), "4"), 0);
	is("SET CD SPEED FFFF is the fastest", cmd("bb 00 ffff ffff 00 00 00 00 00 00") ?:
	   strcmp(get("write_speed"), "48"), 0);
	is("SET CD SPEED, reserved rotation", cmd("bb 02 ffff ffff 00 00 00 00 00 00"), BAD_FIELD);
	is("SEND OPC", cmd("54 01 00 00 00 00 00 0000 00"), 0);
	is("SEND OPC with a table", cmd("54 01 00 00 00 00 00 0008 00"), BAD_FIELD);
}

static void test_set_streaming(void)
{
	uint8_t d[28] = { 0 };

	new_drive("insert", "cdr80", NULL);
	tur();
	d[20] = 0; d[22] = 2822 >> 8; d[23] = 2822 & 255;
	d[26] = 1000 >> 8; d[27] = 1000 & 255;
	is("SET STREAMING 16x", send(d, 28, "b6 00 00 00 00 00 00 00 00 001c 00"), 0);
	is("... is 16x", strcmp(get("write_speed"), "16"), 0);
	is("SET STREAMING, too short",
	   send(d, 20, "b6 00 00 00 00 00 00 00 00 0014 00"), LIST_LENGTH);
}

/* Multiplication in GF(2^8) for the ECC of a mode 1 sector, bit by bit. */
static uint8_t gf_mul(uint8_t a, uint8_t b)
{
	uint8_t product = 0;

	while (b) {
		if (b & 1)
			product ^= a;
		a = a << 1 ^ (a & 0x80 ? 0x1d : 0);
		b >>= 1;
	}
	return product;
}

/* Whether both syndromes of a code word with n symbols are 0. */
static bool code_word(const uint8_t *symbols, int n)
{
	uint8_t s0 = 0, s1 = 0;
	int i;

	for (i = 0; i < n; i++) {
		s0 ^= symbols[i];
		s1 = gf_mul(s1, 2) ^ symbols[i];
	}
	return !s0 && !s1;
}

static bool ecc_right(const uint8_t *frame)
{
	const uint8_t *p = frame + 12;
	uint8_t word[45];
	int i, j;

	for (i = 0; i < 86; i++) {
		for (j = 0; j < 26; j++)
			word[j] = p[i + 86 * j];
		if (!code_word(word, 26))
			return false;
	}
	for (i = 0; i < 52; i++) {
		for (j = 0; j < 43; j++)
			word[j] = p[((i >> 1) * 86 + (i & 1) + 88 * j) % 2236];
		word[43] = p[2236 + i];
		word[44] = p[2236 + 52 + i];
		if (!code_word(word, 45))
			return false;
	}
	return true;
}

/* Whether the polynomial of the EDC divides the first 2068 bytes, bit by bit. */
static bool edc_right(const uint8_t *frame)
{
	uint32_t rest = 0;
	int i, bit;

	for (i = 0; i < 2068; i++)
		for (bit = 0; bit < 8; bit++) {
			uint32_t in = frame[i] >> bit & 1;
			bool out = rest & 1;

			rest = rest >> 1 | in << 31;
			if (out)
				rest ^= 0xd8018001;
		}
	for (i = 0; i < 32; i++)
		rest = rest & 1 ? rest >> 1 ^ 0xd8018001 : rest >> 1;
	return !rest;
}

static void test_data_track(void)
{
	static const uint8_t head[16] = {
		0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 2, 0x10, 1,
	};

	new_drive("insert", "cdr80", NULL);
	tur();
	audio_page(0);
	page05[11] = 4;
	page05[12] = 8;
	is("data: page", select_page(), 0);
	is("data: WRITE of 2048 bytes a sector",
	   send(sectors(0, 20, 2048), 20 * 2048, "2a 00 00000000 00 0014 00"), 0);
	is("data: too few bytes are no success",
	   !send(sectors(20, 20, 2048), 20 * 1024, "2a 00 00000014 00 0014 00"), 0);
	is("data: end", sync_cache() ?: close_session(), 0);
	is("data: READ(10)", cmd("28 00 00000000 00 0014 00"), 0);
	is("... gives what was written", memcmp(reply, sectors(0, 20, 2048), 20 * 2048), 0);
	is("data: READ(12)", cmd("a8 00 00000005 00000001 00 00"), 0);
	is("... gives it", memcmp(reply, sectors(0, 20, 2048) + 5 * 2048, 2048), 0);
	is("data: READ CD of the whole frame", read_cd(10, 1), ILLEGAL_MODE);
	is("... of any type", cmd("be 00 0000000a 000001 f8 00 00") ?: got, RAW);
	is("... sync and header", memcmp(reply, head, 16), 0);
	is("... user data", memcmp(reply + 16, sectors(0, 20, 2048) + 10 * 2048, 2048), 0);
	is("... EDC", edc_right(reply), 1);
	is("... ECC", ecc_right(reply), 1);
	is("... user data alone", cmd("be 08 0000000a 000001 10 00 00") ?: got, 2048);
	is("data: CONTROL in the TOC", cmd("43 00 00 00 00 00 00 0064 00") ?: reply[5], 0x14);
	is("data: READ TRACK INFORMATION", track_info(1) ?: be16(reply + 5), 0x0401);
}

static void test_offsets(void)
{
	int shift = 10 * 4;

	new_drive("insert", "cdr80", "write_offset", "30", "read_offset", "20", NULL);
	tur();
	select_audio(0);
	burn(300);
	is("offsets: READ CD", read_cd(0, 5), 0);
	is("... late by what writing adds and reading takes",
	   memcmp(reply + shift, sectors(0, 5, RAW), 5 * RAW - shift), 0);
	is("... silence before", reply[0] | reply[shift - 1], 0);
	set("read_offset", "-6");
	is("another read offset", read_cd(1, 5) ?:
	   memcmp(reply + 36 * 4, sectors(1, 5, RAW), 5 * RAW - 36 * 4), 0);
	is("an offset without measure", try_set("read_offset", "1000000"), -ERANGE);
}

static uint16_t crc16(const uint8_t *p, int len)
{
	uint32_t value = 0;
	int i;

	for (i = 0; i < len * 8 + 16; i++) {
		int bit = i < len * 8 ? p[i / 8] >> (7 - i % 8) & 1 : 0;

		value = value << 1 | bit;
		if (value & 0x10000)
			value ^= 0x11021;
	}
	return ~value;
}

static void test_subchannel(void)
{
	new_drive("insert", "cdr80", NULL);
	tur();
	select_audio(0);
	burn(300);
	burn(300);
	is("READ CD with Q", cmd("be 04 %08x 000001 10 02 00", 500) ?: got, RAW + 16);
	is("... track, index, time in the track, time",
	   memcmp(reply + RAW, "\x01\2\1\0\0\x48\0\0\x08\x50", 10), 0);
	is("... CRC", be16(reply + RAW + 10), crc16(reply + RAW, 10));
	is("READ CD with Q, in a pregap",
	   cmd("be 04 %08x 000001 10 02 00", 450) ?: reply[RAW + 2], 0);
	is("... counting down", memcmp(reply + RAW + 3, "\0\0\2", 3), 0);
	is("READ CD with P to W", cmd("be 04 %08x 000001 10 01 00", 500) ?: got, RAW + 96);
	is("... first byte of Q", be32(reply + RAW) | be32(reply + RAW + 4), 0x00000040);
	is("READ CD with R to W", cmd("be 04 %08x 000001 10 04 00", 500) ?: got, RAW + 96);
	is("READ CD with C2 pointers", cmd("be 04 %08x 000001 12 00 00", 500) ?: got, RAW + 294);
	is("READ CD, unknown sub-channel", cmd("be 04 %08x 000001 10 03 00", 500), BAD_FIELD);
	is("READ CD MSF", cmd("b9 04 00 000808 000809 f8 00 00"), 0);
	is("... is the same sector", memcmp(reply, sectors(458, 1, RAW), RAW), 0);
	is("READ CD MSF backwards", cmd("b9 04 00 000809 000808 f8 00 00"), BAD_FIELD);
	is("READ CD of 0 sectors", cmd("be 04 00000000 000000 f8 00 00") ?: got, 0);
}

/* --- Kinds of pages --- */

static int sr;

static int write_from(void *data, int32_t lba, int count)
{
	char cdb[11] = { 0x2a, 0, lba >> 24, lba >> 16, lba >> 8, lba, 0, 0, count };
	sg_io_hdr_t io = {
		.interface_id = 'S', .cmd_len = 10, .cmdp = (uint8_t *)cdb,
		.dxfer_direction = SG_DXFER_TO_DEV, .dxferp = data, .dxfer_len = count * RAW,
		.sbp = sense, .mx_sb_len = sizeof(sense), .timeout = 60000,
	};

	if (ioctl(sr, SG_IO, &io))
		fatal("SG_IO");
	return io.status;
}

static void open_sr(void)
{
	char command[256], node[64] = "";
	FILE *f;

	snprintf(command, sizeof(command), "ls /sys/bus/scsi/devices/%s/block", get("device"));
	f = popen(command, "r");
	if (!f || fscanf(f, "%60s", node) != 1)
		fatal("no sr node");
	pclose(f);
	snprintf(command, sizeof(command), "/dev/%s", node);
	sr = open(command, O_RDWR | O_NONBLOCK);
	if (sr < 0)
		fatal(command);
}

static void *file_pages(const char *dir, size_t size)
{
	char path[256];
	void *map;
	int fd;

	snprintf(path, sizeof(path), "%s/cdr-sim-pages", dir);
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	if (fd < 0 || ftruncate(fd, size) || pwrite(fd, "x", 1, size - 1) != 1)
		fatal(path);
	map = mmap(NULL, size, PROT_READ, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		fatal(path);
	close(fd);
	unlink(path);
	return map;
}

static void test_pages(const char *alignment, const char *keep)
{
	const int size = 32 * RAW;
	char *user;

	new_drive("insert", "cdr80", "dma_alignment", alignment, "keep_data", keep, NULL);
	open_sr();
	while (tur())
		;
	select_audio(3);
	user = mmap(NULL, size + 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	memset(user, 1, size + 4096);
	is("32 sectors of a process", write_from(user, 0, 32), 0);
	is("... are its own pages", stat_of("write_bytes_user"), size);
	is("... and no others", stat_of("write_bytes_kernel"), 0);
	is("32 sectors of a mapped file", write_from(file_pages("/dev/shm", size), 32, 32), 0);
	is("... are page cache", stat_of("write_bytes_cache"), size);
	is("32 sectors at an odd address", write_from(user + 1, 64, 32), 0);
	is("... were copied by the kernel", stat_of("write_bytes_kernel"), size);
	munmap(user, size + 4096);
	user = mmap(NULL, size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	is("32 sectors never written to", write_from(user, 96, 32), 0);
	is("... are the zero page", stat_of("write_bytes_zero"), size);
	is("... nothing else", stat_of("write_bytes_user") + stat_of("write_bytes_kernel") +
	   stat_of("write_bytes_cache"), 3 * size);
	is("written sectors", stat_of("written_sectors"), 128);
	is("the end", sync_cache(), 0);
	is("READ CD", read_cd(0, 1), 0);
	is("... data are kept or not", reply[0], atoi(keep));
	close(sr);
}

int main(void)
{
	ksft_print_header();
	if (geteuid())
		ksft_exit_skip("not root\n");
	set_up();
	test_no_medium();
	test_inquiry();
	test_unit_attention();
	test_spin_up();
	test_write_parameters();
	test_blank_disc();
	test_track();
	test_sessions();
	test_finalise_at_once();
	test_test_write();
	test_rewritable();
	test_time();
	test_buffer();
	test_underrun();
	test_power_loss();
	test_99_tracks();
	test_door();
	test_capabilities();
	test_set_streaming();
	test_data_track();
	test_offsets();
	test_subchannel();
	test_pages("3", "1");
	test_pages("511", "0");
	power_off();
	printf("1..%d\n", checks);
	return ksft_get_fail_cnt() ? KSFT_FAIL : KSFT_PASS;
}
