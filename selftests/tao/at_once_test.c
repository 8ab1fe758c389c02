// SPDX-License-Identifier: GPL-2.0-only
/*
 * Session-at-once: an album without gaps, with index marks, codes and CD-TEXT, comes back from the
 * disc as it was laid out; a burn that is cancelled, killed or starved leaves a disc that plays;
 * wrong layouts are refused before the drive hears of them.
 * build: -lpthread
 * lab: --doors
 * timeout: 600
 * debug
 */
#define _GNU_SOURCE
#include <pthread.h>

#include "image.h"
#include "harness.h"

#define EXPECT_CALL(error, call)	EXPECT_EQ(error, (call) ? errno : 0)
#define ASSERT_CALL(error, call)	ASSERT_EQ(error, (call) ? errno : 0)

#define OP_PREVENT	0x1e
#define OP_READ_TOC	0x43
#define OP_SEND_OPC	0x54
#define OP_CUE_SHEET	0x5d
#define SECTORS(n)	((n) * TAO_SECTOR_SIZE)
#define HIDDEN		100
#define ALL		(HIDDEN + 400 + 50 + 350 + 310)

static char audio[SECTORS(ALL)];

/* Two packs that others made: documents of libburn. */
static const __u8 packs[2][TAO_TEXT_PACK_BYTES] = {
	{ 0x80, 0x00, 0x00, 0x00, 0x4a, 0x6f, 0x79, 0x66, 0x75, 0x6c, 0x20, 0x4e, 0x69, 0x67,
	  0x68, 0x74, 0xf0, 0xf7 },
	{ 0x8f, 0x00, 0x2a, 0x00, 0x01, 0x01, 0x03, 0x00, 0x06, 0x05, 0x04, 0x05, 0x07, 0x06,
	  0x01, 0x02, 0x48, 0x65 },
};

/* Hidden audio; a pregap, two marks, copies permitted; no gap, pre-emphasis. */
static struct tao_layout_track tracks[3];
static __u32 marks[2];
static struct tao_layout layout;

static void lay_out(void)
{
	memset(tracks, 0, sizeof(tracks));
	tracks[0] = (struct tao_layout_track){
		.flags = TAO_TRACK_ISRC, .pregap_sectors = HIDDEN, .sectors = 400,
		.isrc = "GBAYE0601234",
	};
	tracks[1] = (struct tao_layout_track){
		.flags = TAO_TRACK_ISRC | TAO_TRACK_COPY_PERMITTED, .pregap_sectors = 50,
		.sectors = 350, .marks_count = 2, .isrc = "GBAYE0601235",
	};
	tracks[2] = (struct tao_layout_track){ .flags = TAO_TRACK_PRE_EMPHASIS, .sectors = 310 };
	marks[0] = 100;
	marks[1] = 349;
	layout = (struct tao_layout){
		.close = TAO_CLOSE_FINALIZE, .tracks_count = 3, .tracks = (__u64)tracks,
		.marks = (__u64)marks, .marks_count = 2, .text = (__u64)packs,
		.text_bytes = sizeof(packs),
	};
}

static void __attribute__((constructor)) power_on(void)
{
	static const char *const attributes[] = { "dma_alignment=511", "speed=48", NULL };

	sim_create("at_once", attributes);
	sim_audio(audio, sizeof(audio), 13);
}

FIXTURE(at_once)
{
	int w;
};

static const char *const kind[][2] = {
	{ "fault", "clear" }, { "realtime", "0" }, { "strict", "0" }, { "text", "any" },
	{ "isrc_plain", "0" }, { "need_gap", "0" }, { "need_index_0", "0" },
	{ "lose_session", "0" },
	{ "session_at_once", "1" }, { "sheet_limit", "8192" }, { "stale", "0" },
	{ "no_jump", "0" }, { "form_00", "refuse" }, { "skip_leadin", "refuse" },
	{ "refuse_close", "0" }, { "zero_crc", "0" }, { "hold_off_ms", "0" },
	{ "in_track", "answer" }, { "busy_polls", "0" }, { "buffer_full", "refuse" },
	{ "repair", "0" }, { "attentions", "0" }, { NULL, NULL },
};

static void be_kind(void)
{
	unsigned int i;

	for (i = 0; kind[i][0]; i++)
		sim_set(kind[i][0], kind[i][1]);
}

FIXTURE_SETUP(at_once)
{
	be_kind();
	sim_new_disc("cdr80");
	lay_out();
	self->w = open(sim_tao, O_WRONLY);
	ASSERT_LE(0, self->w) TH_LOG("open: %s", strerror(errno));
}

FIXTURE_TEARDOWN(at_once)
{
	if (self->w >= 0)
		close(self->w);
	be_kind();
}

static int prepare(int fd, __u32 flags)
{
	struct tao_prepare p = { .flags = flags | TAO_PREPARE_MCN, .mcn = "1234567890128" };

	return ioctl(fd, TAO_IOC_PREPARE, &p);
}

static int begin(int fd)
{
	return prepare(fd, 0) ?: ioctl(fd, TAO_IOC_SESSION_BEGIN, &layout);
}

static int write_all(int fd, const char *data, size_t bytes)
{
	while (bytes) {
		ssize_t n = write(fd, data, bytes < 100000 ? bytes : 100000);

		if (n <= 0)
			return -1;
		data += n;
		bytes -= n;
	}
	return 0;
}

static int end(int fd)
{
	struct tao_track_end e = { 0 };

	return ioctl(fd, TAO_IOC_TRACK_END, &e);
}

static int release(int fd)
{
	struct tao_finalize f = { .close = TAO_CLOSE_NOTHING };

	return ioctl(fd, TAO_IOC_RELEASE, &f);
}

static int burn(int fd)
{
	return begin(fd) ?: write_all(fd, audio, sizeof(audio)) ?: end(fd) ?: release(fd);
}

static const char *image_text(void)
{
	static char text[IMAGE_TEXT_BYTES];

	image_read(text, sizeof(text), 0);
	return text;
}

static const char album[] =
	"session 1 format 0 state closed leadout 1210 mcn 1234567890128 by session\n"
	"track 1 control 0 start 100 length 400 state recorded isrc GBAYE0601234 pregap 250 runout 0\n"
	"track 2 control 2 start 550 length 350 state recorded isrc GBAYE0601235 pregap 50 runout 0\n"
	"index 2 lba 650\n"
	"index 3 lba 899\n"
	"track 3 control 1 start 900 length 310 state recorded isrc - pregap 0 runout 0\n"
	"text 800000004a6f7966756c204e69676874f0f7\n"
	"text 8f002a000101030006050405070601024865\n";

/* What comes after the line that tells of the disc. */
static bool disc_is(const char *expected)
{
	const char *text = strchr(image_text(), '\n');

	return text && !strcmp(text + 1, expected);
}

static bool disc_plays(unsigned int from)
{
	static char disc[SECTORS(ALL)];
	size_t i;

	image_read(disc, sizeof(disc), IMAGE_TEXT_BYTES + SECTORS(150));
	if (memcmp(disc, audio, SECTORS(from)))
		return false;
	for (i = SECTORS(from); i < sizeof(disc) && !disc[i]; i++)
		;
	return i == sizeof(disc);
}

/* Where the audio of the disc ends and the silence begins, in sectors; -1 if it is torn. */
static long disc_audio(void)
{
	static char disc[SECTORS(ALL)];
	size_t n, i;

	image_read(disc, sizeof(disc), IMAGE_TEXT_BYTES + SECTORS(150));
	for (n = 0; n < sizeof(disc) && disc[n] == audio[n]; n++)
		;
	for (i = n; i < sizeof(disc) && !disc[i]; i++)
		;
	return i == sizeof(disc) ? (long)(n / TAO_SECTOR_SIZE) : -1;
}

TEST_F(at_once, an_album)
{
	struct tao_statistics before, after;
	struct tao_medium m;

	ASSERT_EQ(0, sim_ioctl(TAO_IOC_GET_STATISTICS, &before));
	ASSERT_CALL(0, burn(self->w)) TH_LOG("%s", sim_error(TAO_ERROR_FIRST).text);
	EXPECT_TRUE(disc_is(album)) TH_LOG("%s", image_text());
	EXPECT_TRUE(disc_plays(ALL));
	m = sim_medium();
	EXPECT_EQ(TAO_DISC_COMPLETE, m.status);
	EXPECT_EQ(3, m.tracks);
	ASSERT_EQ(0, sim_ioctl(TAO_IOC_GET_STATISTICS, &after));
	EXPECT_EQ(3, after.tracks - before.tracks);
	EXPECT_EQ(1, after.sessions - before.sessions);
	EXPECT_EQ(0, after.tracks_failed - before.tracks_failed);
	EXPECT_EQ(1, sim_commands(OP_CUE_SHEET));
	EXPECT_EQ(1, sim_commands(OP_SEND_OPC));
	EXPECT_EQ(0, sim_commands(OP_CLOSE));
}

TEST_F(at_once, a_strict_drive)
{
	sim_set("strict", "1");
	ASSERT_CALL(0, burn(self->w)) TH_LOG("%s", sim_error(TAO_ERROR_FIRST).text);
	EXPECT_TRUE(disc_is(album)) TH_LOG("%s", image_text());
	EXPECT_TRUE(disc_plays(ALL));
	EXPECT_EQ(0, sim_error(TAO_ERROR_FIRST).flags & TAO_ERROR_VALID);
}

TEST_F(at_once, drives_that_take_other_forms)
{
	static const char *const habits[][2] = {
		{ "text", "zero" }, { "text", "real" }, { "text", "real_0" },
		{ "text", "zero_3" }, { "isrc_plain", "1" }, { "need_index_0", "1" },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(habits); i++) {
		be_kind();
		sim_new_disc("cdr80");
		sim_set(habits[i][0], habits[i][1]);
		ASSERT_CALL(0, burn(self->w))
			TH_LOG("%s: %s", habits[i][0], sim_error(TAO_ERROR_FIRST).text);
		EXPECT_TRUE(disc_is(album)) TH_LOG("%s: %s", habits[i][0], image_text());
	}
	/* The form of cdrecord */
	be_kind();
	sim_new_disc("cdr80");
	sim_set("need_index_0", "1");
	sim_set("isrc_plain", "1");
	ASSERT_CALL(0, burn(self->w)) TH_LOG("%s", sim_error(TAO_ERROR_FIRST).text);
	EXPECT_TRUE(disc_is(album)) TH_LOG("%s", image_text());
	/*
	 * Here a track without a pregap gets one of a sector, at the cost of the one before, whose
	 * last sector then can't have a mark.
	 */
	marks[1] = 348;
	be_kind();
	sim_new_disc("cdr80");
	sim_set("need_gap", "1");
	ASSERT_CALL(0, burn(self->w)) TH_LOG("%s", sim_error(TAO_ERROR_FIRST).text);
	EXPECT_NE(NULL, strstr(image_text(),
			       "start 900 length 310 state recorded isrc - pregap 1"));
	EXPECT_TRUE(disc_plays(ALL));
}

/* The drive takes a sheet, and refuses the lead-in that goes with it. */
TEST_F(at_once, a_lead_in_that_is_refused)
{
	sim_set("fault", "op=2a sense=5/21/02");
	sim_set("commands", "0");
	ASSERT_CALL(0, burn(self->w)) TH_LOG("%s", sim_error(TAO_ERROR_FIRST).text);
	EXPECT_EQ(2, sim_commands(OP_CUE_SHEET));
	EXPECT_TRUE(disc_is(album)) TH_LOG("%s", image_text());
	EXPECT_EQ(0, sim_error(TAO_ERROR_FIRST).flags & TAO_ERROR_VALID);
	/* In every form */
	sim_new_disc("cdr80");
	sim_set("fault", "clear");
	sim_set("fault", "op=2a times=0 sense=5/21/02");
	EXPECT_CALL(EIO, begin(self->w));
	EXPECT_EQ(0x21, sim_error(TAO_ERROR_FIRST).asc);
	EXPECT_CALL(0, release(self->w));
	EXPECT_EQ(TAO_DISC_BLANK, sim_medium().status);
	/* Not where the disc is the reason */
	sim_set("fault", "clear");
	sim_set("fault", "op=2a times=0 sense=5/30/05");
	sim_set("commands", "0");
	EXPECT_CALL(EMEDIUMTYPE, begin(self->w));
	EXPECT_EQ(1, sim_commands(OP_CUE_SHEET));
	EXPECT_EQ(0x30, sim_error(TAO_ERROR_FIRST).asc);
	EXPECT_CALL(0, release(self->w));
}

/* The drive takes nothing for a while, neither the sheet nor in the middle of the lead-in. */
TEST_F(at_once, put_off_in_its_head)
{
	sim_set("fault", "op=5d sense=2/04/08");
	sim_set("fault", "op=2a nth=2 times=3 sense=2/04/08");
	sim_set("commands", "0");
	ASSERT_CALL(0, burn(self->w)) TH_LOG("%s", sim_error(TAO_ERROR_FIRST).text);
	EXPECT_EQ(2, sim_commands(OP_CUE_SHEET));
	EXPECT_TRUE(disc_is(album)) TH_LOG("%s", image_text());
}

/* A child exchanges the disc when the first WRITE was refused. */
static void exchange_after_the_write(void)
{
	sim_set("fault", "op=2a sense=5/24/00");
	/* Each look sends it twice: this is the look behind the WRITE. */
	sim_set("fault", "op=46 nth=3 delay=3000");
	sim_set("commands", "0");
	if (fork())
		return;
	while (!sim_commands(OP_WRITE))
		usleep(1000);
	image_insert("cdr-sim-disc 1 medium cdr leadout 200000 final 0\n");
	_exit(0);
}

/* Nothing more goes to the other disc, and it is not held. */
TEST_F(at_once, exchanged_when_its_lead_in_was_refused)
{
	ASSERT_CALL(0, prepare(self->w, 0));
	exchange_after_the_write();
	EXPECT_CALL(EBADFD, ioctl(self->w, TAO_IOC_SESSION_BEGIN, &layout));
	wait(NULL);
	EXPECT_EQ(1, sim_commands(OP_WRITE));
	EXPECT_EQ(TAO_STATE_IDLE, sim_status().state);
	EXPECT_CALL(EBADFD, release(self->w));
	sim_set("fault", "clear");
	EXPECT_EQ(TAO_DISC_BLANK, sim_medium().status);
}

/* A drive that refuses it calibrates its laser by itself. */
TEST_F(at_once, calibration_that_is_refused)
{
	static const char *const answers[] = {
		"op=54 sense=5/2c/00", "op=54 sense=5/30/10", "op=54 times=0 sense=6/5a/03",
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(answers); i++) {
		be_kind();
		sim_new_disc("cdr80");
		sim_set("fault", answers[i]);
		ASSERT_CALL(0, burn(self->w))
			TH_LOG("%s: %s", answers[i], sim_error(TAO_ERROR_FIRST).text);
		EXPECT_TRUE(disc_is(album)) TH_LOG("%s", image_text());
	}
	be_kind();
	sim_new_disc("cdr80");
	sim_set("fault", "op=54 sense=3/73/03");
	EXPECT_CALL(EIO, begin(self->w));
	EXPECT_CALL(0, release(self->w));
	EXPECT_EQ(TAO_DISC_BLANK, sim_medium().status);
}

TEST_F(at_once, drives_that_lie)
{
	static const char *const habits[][2] = { { "lose_session", "1" }, { "stale", "1" } };
	unsigned int i;

	for (i = 0; i < 2; i++) {
		be_kind();
		sim_new_disc("cdr80");
		sim_set(habits[i][0], habits[i][1]);
		EXPECT_CALL(EIO, burn(self->w)) TH_LOG("%s", habits[i][0]);
		EXPECT_NE(NULL, strstr(sim_error(TAO_ERROR_FIRST).text, "blank"));
		EXPECT_CALL(0, release(self->w));
	}
	/* The second of them told the old state, and after a load it tells the new one. */
	sim_set("eject", "force");
	sim_set("insert", "same");
	EXPECT_EQ(TAO_DISC_COMPLETE, sim_medium().status);
	EXPECT_TRUE(disc_is(album)) TH_LOG("%s", image_text());
}

/* Kinds of drives that Documentation/admin-guide/cdr-sim.rst names; the time of one is scaled. */
TEST_F(at_once, drives_that_were_seen)
{
	static const char *const models[][9] = {
		{ "text", "zero", "no_jump", "1" },
		{ "form_00", "mute", "in_track", "sequence", "zero_crc", "1",
		  "hold_off_ms", "3000" },
		{ "hold_off_ms", "3000", "buffer_full", "hold" },
		{ "skip_leadin", "hang", "refuse_close", "1" },
		{ "busy_polls", "12" },
		{ "in_track", "refuse", "attentions", "1" },
	};
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(models); i++) {
		be_kind();
		sim_new_disc("cdr80");
		for (j = 0; models[i][j]; j += 2)
			sim_set(models[i][j], models[i][j + 1]);
		ASSERT_CALL(0, burn(self->w))
			TH_LOG("%s: %s", models[i][0], sim_error(TAO_ERROR_FIRST).text);
		EXPECT_TRUE(disc_is(album)) TH_LOG("%s: %s", models[i][0], image_text());
		EXPECT_TRUE(disc_plays(ALL)) TH_LOG("%s", models[i][0]);
		EXPECT_EQ(0, sim_error(TAO_ERROR_FIRST).flags & TAO_ERROR_VALID)
			TH_LOG("%s: %s", models[i][0], sim_error(TAO_ERROR_FIRST).text);
	}
}

static int get_text(__u8 *to, __u32 room)
{
	struct tao_text text = { .bytes = room, .packs = (__u64)to };

	if (sim_ioctl(TAO_IOC_GET_TEXT, &text))
		return -1;
	return text.flags & TAO_TEXT_STALE ? -2 : (int)text.bytes;
}

TEST_F(at_once, its_text_comes_back)
{
	struct tao_text bad = { .reserved = { 0, 1 } };
	__u8 read[sizeof(packs) + 18];

	EXPECT_EQ(0, get_text(read, sizeof(read)));
	EXPECT_CALL(EINVAL, sim_ioctl(TAO_IOC_GET_TEXT, &bad));
	ASSERT_CALL(0, begin(self->w));
	EXPECT_EQ(-2, get_text(read, sizeof(read)));
	ASSERT_CALL(0, write_all(self->w, audio, sizeof(audio)));
	ASSERT_CALL(0, end(self->w));
	EXPECT_EQ(-2, get_text(read, sizeof(read)));
	ASSERT_CALL(0, release(self->w));
	memset(read, 0xee, sizeof(read));
	EXPECT_EQ(sizeof(packs), get_text(read, sizeof(read)));
	EXPECT_EQ(0, memcmp(read, packs, sizeof(packs)));
	EXPECT_EQ(0xee, read[sizeof(packs)]);
	memset(read, 0xee, sizeof(read));
	EXPECT_EQ(sizeof(packs), get_text(read, 18));
	EXPECT_EQ(0, memcmp(read, packs, 18));
	EXPECT_EQ(0xee, read[18]);
	EXPECT_EQ(sizeof(packs), get_text(NULL, 0));
	EXPECT_EQ(-1, get_text(NULL, 1));
	EXPECT_EQ(EFAULT, errno);
	sim_set("zero_crc", "1");
	EXPECT_EQ(sizeof(packs), get_text(read, sizeof(read)));
	EXPECT_EQ(0, read[sizeof(packs) - 1]);
	/* Less than whole packs, more than there may be, no reply. */
	sim_set("fault", "op=43 cdb=2:05 times=0 set=0:0021");
	EXPECT_EQ(18, get_text(read, sizeof(read)));
	sim_set("fault", "clear");
	sim_set("fault", "op=43 cdb=2:05 times=0 set=0:ffff");
	EXPECT_LE(get_text(read, sizeof(read)), TAO_TEXT_BYTES_MAX);
	sim_set("fault", "clear");
	sim_set("fault", "op=43 cdb=2:05 sense=5/24/00");
	EXPECT_EQ(0, get_text(read, sizeof(read)));
	sim_set("fault", "op=43 cdb=2:05 sense=4/44/00");
	EXPECT_EQ(-2, get_text(read, sizeof(read)));
	sim_set("eject", "force");
	EXPECT_EQ(0, get_text(read, sizeof(read)));
	sim_new_disc("cdr80");
}

TEST_F(at_once, drives_that_can_not)
{
	sim_set("text", "refuse");
	EXPECT_CALL(EOPNOTSUPP, begin(self->w));
	EXPECT_CALL(0, release(self->w));
	sim_set("sheet_limit", "104");
	layout.text_bytes = 0;
	EXPECT_CALL(E2BIG, begin(self->w));
	EXPECT_CALL(0, release(self->w));
	sim_set("sheet_limit", "8192");
	sim_set("session_at_once", "0");
	EXPECT_CALL(EOPNOTSUPP, begin(self->w));
	EXPECT_CALL(0, release(self->w));
	EXPECT_EQ(0, sim_commands(OP_WRITE));
	EXPECT_EQ(TAO_DISC_BLANK, sim_medium().status);
}

/* Each is a layout with one thing wrong. */
TEST_F(at_once, wrong_layouts)
{
	static __u8 bad[sizeof(packs)];

	ASSERT_CALL(0, prepare(self->w, 0));
#define WRONG(error, ...) do {							\
	lay_out();								\
	__VA_ARGS__;								\
	EXPECT_CALL(error, ioctl(self->w, TAO_IOC_SESSION_BEGIN, &layout))	\
		TH_LOG("%s", #__VA_ARGS__);					\
} while (0)
	WRONG(EINVAL, layout.flags = 2);
	WRONG(EINVAL, layout.close = TAO_CLOSE_NOTHING);
	WRONG(EINVAL, layout.close = 3);
	WRONG(EINVAL, layout.first_track = 100);
	WRONG(EINVAL, layout.first_track = 98);
	WRONG(EINVAL, layout.tracks_count = 0);
	WRONG(EINVAL, layout.tracks_count = 100);
	WRONG(EINVAL, layout.reserved[3] = 1);
	WRONG(EINVAL, layout.marks_count = 1);
	WRONG(EINVAL, layout.marks_count = TAO_MARKS_MAX + 1);
	WRONG(EINVAL, layout.text_bytes = 17);
	WRONG(EINVAL, layout.text_bytes = TAO_TEXT_BYTES_MAX + 18);
	WRONG(EFAULT, layout.tracks = 0);
	WRONG(EFAULT, layout.marks = 1);
	WRONG(EFAULT, layout.text = -1);
	WRONG(EINVAL, tracks[1].flags |= TAO_TRACK_ANY_DATA);
	WRONG(EINVAL, tracks[1].sectors = 299);
	WRONG(EINVAL, tracks[1].sectors = UINT_MAX);
	WRONG(EINVAL, tracks[1].pregap_sectors = UINT_MAX);
	WRONG(EINVAL, tracks[1].reserved[1] = 1);
	WRONG(EINVAL, tracks[1].isrc[0] = 'g');
	WRONG(EINVAL, memset(tracks[1].isrc, 'A', TAO_ISRC_SIZE));
	WRONG(EINVAL, tracks[2].isrc[0] = 'A');
	WRONG(EINVAL, tracks[1].marks_count = 1);
	WRONG(EINVAL, tracks[1].marks_count = 3);
	WRONG(EINVAL, marks[0] = 0);
	WRONG(EINVAL, marks[1] = 100);
	WRONG(EINVAL, marks[1] = 350);
	WRONG(EINVAL, memcpy(bad, packs, sizeof(bad)); bad[20] ^= 1; layout.text = (__u64)bad);
	/* A type that there is not, with a checksum that is right: CRC-16 is linear. */
	WRONG(EINVAL, memcpy(bad, packs, sizeof(bad)); bad[0] = 0x90; bad[16] ^= 0x23;
	      bad[17] ^= 0x0a; layout.text = (__u64)bad);
	WRONG(ENOSPC, tracks[1].sectors = 400000);
#undef WRONG
	EXPECT_EQ(0, sim_commands(OP_CUE_SHEET));
	EXPECT_EQ(0, sim_commands(OP_SEND_OPC));
	lay_out();
	EXPECT_CALL(0, ioctl(self->w, TAO_IOC_SESSION_BEGIN, &layout));
	EXPECT_CALL(0, write_all(self->w, audio, sizeof(audio)));
	EXPECT_CALL(EFBIG, write_all(self->w, audio, 4));
	EXPECT_CALL(EINPROGRESS, ioctl(self->w, TAO_IOC_SESSION_BEGIN, &layout));
	EXPECT_CALL(0, end(self->w));
	/* The disc is full, and another session can't begin. */
	EXPECT_CALL(EROFS, ioctl(self->w, TAO_IOC_SESSION_BEGIN, &layout));
	EXPECT_CALL(0, release(self->w));
	EXPECT_CALL(EBADFD, ioctl(self->w, TAO_IOC_SESSION_BEGIN, &layout));
}

TEST_F(at_once, not_on_a_disc_with_tracks)
{
	struct tao_prepare plain = { 0 };

	ASSERT_CALL(0, write_all(self->w, audio, SECTORS(300)));
	ASSERT_CALL(0, end(self->w));
	ASSERT_CALL(0, ioctl(self->w, TAO_IOC_PREPARE, &plain));
	EXPECT_CALL(EROFS, ioctl(self->w, TAO_IOC_SESSION_BEGIN, &layout));
	EXPECT_CALL(0, release(self->w));
}

TEST_F(at_once, the_audio_ends_early)
{
	ASSERT_CALL(0, begin(self->w));
	ASSERT_CALL(0, write_all(self->w, audio, SECTORS(600)));
	EXPECT_CALL(0, end(self->w));
	EXPECT_CALL(0, release(self->w));
	EXPECT_TRUE(disc_is(album)) TH_LOG("%s", image_text());
	EXPECT_EQ(600, disc_audio());
}

TEST_F(at_once, cancelled)
{
	ASSERT_CALL(0, begin(self->w));
	ASSERT_CALL(0, write_all(self->w, audio, SECTORS(640)));
	EXPECT_CALL(0, ioctl(self->w, TAO_IOC_CANCEL));
	EXPECT_CALL(ECANCELED, end(self->w));
	EXPECT_CALL(0, release(self->w));
	EXPECT_TRUE(disc_is(album)) TH_LOG("%s", image_text());
	EXPECT_EQ(640, disc_audio());
	EXPECT_EQ(TAO_DISC_COMPLETE, sim_medium().status);
}

TEST_F(at_once, cancelled_twice)
{
	/* Slow enough that the silence takes some seconds. */
	sim_set("realtime", "1");
	ASSERT_CALL(0, begin(self->w));
	ASSERT_CALL(0, write_all(self->w, audio, SECTORS(64)));
	sim_set("fault", "op=2a times=0 sense=2/04/08");
	EXPECT_CALL(0, ioctl(self->w, TAO_IOC_CANCEL));
	usleep(300000);
	EXPECT_CALL(0, ioctl(self->w, TAO_IOC_CANCEL));
	sim_set("fault", "clear");
	EXPECT_CALL(ECANCELED, end(self->w));
	EXPECT_TRUE(sim_medium().flags & TAO_MEDIUM_TRACK_FAILED);
	EXPECT_CALL(0, release(self->w));
	EXPECT_NE(NULL, strstr(image_text(), "state cut"));
}

/* Before its audio can come: the drive does not take a WRITE of the lead-in. */
struct head {
	int fd;
	int error;
	pthread_t thread;
};

static void *begin_it(void *arg)
{
	struct head *h = arg;

	h->error = ioctl(h->fd, TAO_IOC_SESSION_BEGIN, &layout) ? errno : 0;
	return NULL;
}

static bool head_begins(struct head *h, int fd, const char *fault)
{
	int i;

	h->fd = fd;
	if (prepare(fd, 0))
		return false;
	sim_set("fault", fault);
	if (pthread_create(&h->thread, NULL, begin_it, h))
		return false;
	for (i = 0; !sim_commands(OP_WRITE) && i < 400; i++)
		usleep(20000);
	/* And a little further, to where it is refused. */
	usleep(300000);
	return sim_commands(OP_WRITE);
}

static int head_ends(struct head *h)
{
	sim_set("fault", "clear");
	pthread_join(h->thread, NULL);
	return h->error;
}

TEST_F(at_once, cancelled_before_the_first_write)
{
	struct head h;

	ASSERT_TRUE(head_begins(&h, self->w, "op=2a times=0 sense=2/04/08"));
	EXPECT_CALL(0, ioctl(self->w, TAO_IOC_CANCEL));
	/* It does not wait for the drive. */
	pthread_join(h.thread, NULL);
	EXPECT_EQ(ECANCELED, h.error);
	sim_set("fault", "clear");
	EXPECT_CALL(ENODATA, ioctl(self->w, TAO_IOC_CANCEL));
	EXPECT_CALL(ENODATA, end(self->w));
	/* The disc is as good as before. */
	ASSERT_CALL(0, ioctl(self->w, TAO_IOC_SESSION_BEGIN, &layout));
	ASSERT_CALL(0, write_all(self->w, audio, sizeof(audio)));
	EXPECT_CALL(0, end(self->w));
	EXPECT_CALL(0, release(self->w));
	EXPECT_TRUE(disc_is(album)) TH_LOG("%s", image_text());
}

TEST_F(at_once, cancelled_in_its_head)
{
	struct head h;

	ASSERT_TRUE(head_begins(&h, self->w, "op=2a lba=-100 times=0 sense=2/04/08"));
	EXPECT_CALL(0, ioctl(self->w, TAO_IOC_CANCEL));
	EXPECT_EQ(0, head_ends(&h));
	EXPECT_CALL(ECANCELED, write_all(self->w, audio, 4));
	EXPECT_CALL(ECANCELED, end(self->w));
	EXPECT_CALL(0, release(self->w));
	EXPECT_TRUE(disc_is(album)) TH_LOG("%s", image_text());
	EXPECT_EQ(0, disc_audio());
}

/* The call that begins it says that it has begun; the next write says what became of it. */
TEST_F(at_once, cancelled_before_it_was_asked_for)
{
	int i;

	ASSERT_CALL(0, prepare(self->w, 0));
	sim_set("fault", "op=2a lba=100 times=0 sense=2/04/08");
	ASSERT_EQ(0, fcntl(self->w, F_SETFL, O_WRONLY | O_NONBLOCK));
	ASSERT_CALL(EAGAIN, ioctl(self->w, TAO_IOC_SESSION_BEGIN, &layout));
	for (i = 0; sim_status().state != TAO_STATE_TRACK_OPEN && i < 400; i++)
		usleep(20000);
	ASSERT_LT(i, 400);
	ASSERT_EQ(0, fcntl(self->w, F_SETFL, O_WRONLY));
	ASSERT_CALL(0, ioctl(self->w, TAO_IOC_CANCEL));
	EXPECT_CALL(0, ioctl(self->w, TAO_IOC_SESSION_BEGIN, &layout));
	EXPECT_CALL(ECANCELED, write_all(self->w, audio, 4));
	sim_set("fault", "clear");
	EXPECT_CALL(ECANCELED, end(self->w));
	EXPECT_CALL(0, release(self->w));
	EXPECT_TRUE(disc_is(album)) TH_LOG("%s", image_text());
	EXPECT_EQ(0, disc_audio());
}

/* The chunk for the end of the session is allocated by then, for WRITEs of the present size. */
TEST_F(at_once, its_head_and_the_size_of_a_write)
{
	char path[128];
	struct head h;
	int fd;

	snprintf(path, sizeof(path), "/sys/class/tao/%s/limits/write_sectors", sim_tao + 5);
	fd = open(path, O_WRONLY);
	ASSERT_LE(0, fd);
	ASSERT_TRUE(head_begins(&h, self->w, "op=2a lba=-100 times=0 sense=2/04/08"));
	EXPECT_CALL(EBUSY, write(fd, "16", 2) < 0);
	EXPECT_EQ(0, head_ends(&h));
	EXPECT_CALL(0, end(self->w));
	EXPECT_CALL(0, release(self->w));
	close(fd);
}

/* Bridges that fail on larger commands have a limit. 150 sectors of pregap */
TEST_F(at_once, its_head_in_small_writes)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "/sys/class/tao/%s/limits/write_sectors", sim_tao + 5);
	f = fopen(path, "w");
	ASSERT_NE(NULL, f);
	ASSERT_LT(0, fprintf(f, "8\n"));
	ASSERT_EQ(0, fclose(f));
	sim_set("commands", "0");
	ASSERT_CALL(0, begin(self->w));
	EXPECT_LE((150 + 7) / 8, sim_commands(OP_WRITE));
	EXPECT_CALL(0, end(self->w));
	EXPECT_CALL(0, release(self->w));
}

/* A drive that stays busy is not asked for ever. */
TEST_F(at_once, a_drive_that_stays_busy)
{
	ASSERT_CALL(0, prepare(self->w, 0));
	sim_set("fault", "op=54 times=0 sense=2/04/08");
	alarm(60);
	EXPECT_CALL(ETIMEDOUT, ioctl(self->w, TAO_IOC_SESSION_BEGIN, &layout));
	alarm(0);
	sim_set("fault", "clear");
	EXPECT_CALL(0, release(self->w));
}

TEST_F(at_once, cancelled_twice_in_its_head)
{
	struct head h;

	ASSERT_TRUE(head_begins(&h, self->w, "op=2a lba=-100 times=0 sense=2/04/08"));
	EXPECT_CALL(0, ioctl(self->w, TAO_IOC_CANCEL));
	EXPECT_CALL(0, ioctl(self->w, TAO_IOC_CANCEL));
	/* Not ECANCELED: something is written. */
	EXPECT_EQ(EIO, head_ends(&h));
	EXPECT_NE(NULL, strstr(sim_error(TAO_ERROR_FIRST).text, "had begun"));
	EXPECT_TRUE(sim_medium().flags & TAO_MEDIUM_TRACK_FAILED);
	EXPECT_CALL(0, release(self->w));
	EXPECT_NE(NULL, strstr(image_text(), "state cut"));
}

/* From the lead-in on, the state that was read before is out of date. */
TEST_F(at_once, asked_in_its_head)
{
	struct tao_medium medium = { 0 };
	struct head h;

	ASSERT_TRUE(head_begins(&h, self->w, "op=2a lba=-100 times=0 sense=2/04/08"));
	EXPECT_EQ(0, sim_ioctl(TAO_IOC_GET_MEDIUM, &medium));
	EXPECT_TRUE(medium.flags & TAO_MEDIUM_STALE);
	EXPECT_EQ(0, head_ends(&h));
	EXPECT_CALL(0, end(self->w));
	EXPECT_CALL(0, release(self->w));
	EXPECT_EQ(0, sim_medium().flags & TAO_MEDIUM_STALE);
}

/* The first WRITE fails, and with it or without it the drive has forgotten nothing. */
TEST_F(at_once, its_first_write_fails)
{
	ASSERT_CALL(0, prepare(self->w, 0));
	sim_set("fault", "op=2a sense=3/73/03");
	EXPECT_CALL(EIO, ioctl(self->w, TAO_IOC_SESSION_BEGIN, &layout));
	EXPECT_EQ(0x73, sim_error(TAO_ERROR_FIRST).asc);
	/* The drive was asked what became of the disc, and can be asked. */
	EXPECT_EQ(TAO_DISC_BLANK, sim_medium().status);
	EXPECT_EQ(0, sim_medium().flags & (TAO_MEDIUM_STALE | TAO_MEDIUM_TRACK_FAILED));
	EXPECT_CALL(0, ioctl(self->w, TAO_IOC_SESSION_BEGIN, &layout));
	EXPECT_CALL(0, write_all(self->w, audio, sizeof(audio)));
	EXPECT_CALL(0, end(self->w));
	EXPECT_CALL(0, release(self->w));
	EXPECT_TRUE(disc_is(album)) TH_LOG("%s", image_text());
}

/*
 * GOOD, and not all bytes have arrived. A drive that may have the sheet is made to forget it; a
 * disc that has something of the session is a new one for everybody.
 */
TEST_F(at_once, transferred_in_part)
{
	static const char *const faults[] = {
		"op=5d residual=8", "op=2a residual=96", "op=2a lba=-150 residual=2352",
	};
	unsigned long long disc;
	unsigned int i, selects;

	for (i = 0; i < ARRAY_SIZE(faults); i++) {
		be_kind();
		sim_new_disc("cdr80");
		ASSERT_CALL(0, prepare(self->w, 0));
		disc = sim_disc_sequence();
		selects = sim_commands(OP_MODE_SELECT);
		sim_set("fault", faults[i]);
		EXPECT_CALL(EIO, ioctl(self->w, TAO_IOC_SESSION_BEGIN, &layout))
			TH_LOG("%s", faults[i]);
		EXPECT_LE(selects + 2, sim_commands(OP_MODE_SELECT)) TH_LOG("%s", faults[i]);
		if (i)
			EXPECT_NE(disc, sim_disc_sequence()) TH_LOG("%s", faults[i]);
		EXPECT_CALL(0, release(self->w));
	}
}

TEST_F(at_once, unplugged_in_its_head)
{
	struct head h;

	ASSERT_TRUE(head_begins(&h, self->w, "op=2a lba=-100 times=0 sense=2/04/08"));
	sim_set("power", "0");
	EXPECT_EQ(ENODEV, head_ends(&h));
	close(self->w);
	self->w = -1;
	sim_power_on();
	EXPECT_NE(NULL, strstr(image_text(), "state cut"));
}

TEST_F(at_once, unplugged_in_its_audio)
{
	ASSERT_CALL(0, begin(self->w));
	ASSERT_CALL(0, write_all(self->w, audio, SECTORS(640)));
	sim_set("power", "0");
	EXPECT_CALL(ENODEV, write_all(self->w, audio, SECTORS(100)));
	EXPECT_CALL(ENODEV, close(self->w));
	self->w = -1;
	sim_power_on();
	EXPECT_NE(NULL, strstr(image_text(), "state cut"));
}

/* A session that was cut cannot continue; a few drives can close it. */
TEST_F(at_once, recovered)
{
	struct tao_recover r = { .close = TAO_CLOSE_FINALIZE };
	int repair;

	for (repair = 0; repair < 2; repair++) {
		be_kind();
		sim_new_disc("cdr80");
		sim_set("repair", repair ? "1" : "0");
		ASSERT_CALL(0, begin(self->w));
		ASSERT_CALL(0, write_all(self->w, audio, SECTORS(640)));
		sim_set("fault", "op=2a times=1 sense=3/0c/00");
		EXPECT_CALL(EIO, write_all(self->w, audio, SECTORS(100)));
		EXPECT_CALL(EIO, end(self->w));
		EXPECT_CALL(0, release(self->w));
		EXPECT_TRUE(sim_medium().flags &
			    (TAO_MEDIUM_SESSION_DAMAGED | TAO_MEDIUM_TRACK_DAMAGED))
			TH_LOG("%x", sim_medium().flags);
		EXPECT_CALL(repair ? 0 : EIO, ioctl(self->w, TAO_IOC_RECOVER, &r))
			TH_LOG("%s", sim_error(TAO_ERROR_FIRST).text);
		EXPECT_EQ(repair ? TAO_DISC_COMPLETE : TAO_DISC_APPENDABLE, sim_medium().status);
	}
}

TEST_F(at_once, killed_before_the_first_write)
{
	pid_t pid;
	int status, i;

	close(self->w);
	sim_set("fault", "op=2a times=0 sense=2/04/08");
	pid = fork();
	if (!pid) {
		int fd = open(sim_tao, O_WRONLY);

		_exit(begin(fd) ? 1 : 0);
	}
	for (i = 0; !sim_commands(OP_WRITE) && i < 400; i++)
		usleep(20000);
	kill(pid, SIGKILL);
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	for (i = 0; (self->w = open(sim_tao, O_WRONLY)) < 0 && i < 600; i++)
		usleep(50000);
	ASSERT_LE(0, self->w);
	sim_set("fault", "clear");
	EXPECT_EQ(TAO_DISC_BLANK, sim_medium().status);
	ASSERT_CALL(0, burn(self->w));
}

TEST_F(at_once, killed)
{
	pid_t pid;
	int status, i;

	close(self->w);
	pid = fork();
	if (!pid) {
		int fd = open(sim_tao, O_WRONLY);

		if (begin(fd) || write_all(fd, audio, SECTORS(700)))
			_exit(1);
		raise(SIGKILL);
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_TRUE(WIFSIGNALED(status));
	for (i = 0; (self->w = open(sim_tao, O_WRONLY)) < 0 && i < 600; i++)
		usleep(50000);
	ASSERT_LE(0, self->w);
	sim_wait_idle();
	EXPECT_TRUE(disc_is(album)) TH_LOG("%s", image_text());
	EXPECT_LE(672, disc_audio());
}

static void set_starve_seconds(unsigned int seconds)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "/sys/class/tao/%s/limits/starve_seconds", sim_tao + 5);
	f = fopen(path, "w");
	if (!f || fprintf(f, "%u\n", seconds) < 0 || fclose(f))
		sim_die(path);
}

TEST_F(at_once, starved)
{
	int i;

	set_starve_seconds(1);
	ASSERT_CALL(0, begin(self->w));
	ASSERT_CALL(0, write_all(self->w, audio, SECTORS(640)));
	for (i = 0; sim_status().state == TAO_STATE_TRACK_OPEN && i < 200; i++)
		usleep(50000);
	set_starve_seconds(600);
	EXPECT_CALL(ECANCELED, write_all(self->w, audio, SECTORS(1)));
	EXPECT_CALL(ECANCELED, end(self->w));
	EXPECT_CALL(0, release(self->w));
	EXPECT_TRUE(disc_is(album)) TH_LOG("%s", image_text());
	EXPECT_EQ(640, disc_audio());
}

/* The error of the drive is returned, even if no more audio comes. */
TEST_F(at_once, starved_behind_an_error)
{
	int i;

	set_starve_seconds(1);
	ASSERT_CALL(0, begin(self->w));
	sim_set("fault", "op=2a lba=500 sense=3/0c/00");
	EXPECT_CALL(EIO, write_all(self->w, audio, SECTORS(640)));
	for (i = 0; sim_status().state == TAO_STATE_TRACK_OPEN && i < 200; i++)
		usleep(50000);
	set_starve_seconds(600);
	EXPECT_CALL(EIO, write_all(self->w, audio, SECTORS(1)));
	EXPECT_CALL(EIO, end(self->w));
	EXPECT_CALL(0, release(self->w));
}

/* The first CANCEL does not stop the drive if the module itself has begun with silence. */
TEST_F(at_once, cancelled_when_starved)
{
	int i;

	set_starve_seconds(1);
	ASSERT_CALL(0, begin(self->w));
	ASSERT_CALL(0, write_all(self->w, audio, SECTORS(640)));
	sim_set("fault", "op=2a times=0 sense=2/04/08");
	for (i = 0; !(sim_status().flags & TAO_STATUS_CANCELLED) && i < 200; i++)
		usleep(50000);
	set_starve_seconds(600);
	EXPECT_CALL(0, ioctl(self->w, TAO_IOC_CANCEL));
	sim_set("fault", "clear");
	EXPECT_CALL(ECANCELED, end(self->w));
	EXPECT_CALL(0, release(self->w));
	EXPECT_TRUE(disc_is(album)) TH_LOG("%s", image_text());
	EXPECT_EQ(640, disc_audio());
}

/* All the audio has come, and the program takes its time. */
TEST_F(at_once, not_starved)
{
	set_starve_seconds(1);
	ASSERT_CALL(0, begin(self->w));
	ASSERT_CALL(0, write_all(self->w, audio, sizeof(audio)));
	sleep(3);
	set_starve_seconds(600);
	EXPECT_CALL(EFBIG, write_all(self->w, audio, 4));
	EXPECT_CALL(0, end(self->w));
	EXPECT_CALL(0, release(self->w));
	EXPECT_TRUE(disc_is(album)) TH_LOG("%s", image_text());
	EXPECT_EQ(ALL, disc_audio());
	EXPECT_EQ(0, sim_error(TAO_ERROR_FIRST).flags & TAO_ERROR_VALID);
}

/* The head is on the disc already, so the program may still do better. */
TEST_F(at_once, a_file_in_place_of_audio)
{
	char wav[SECTORS(2)] = "RIFF\x10\x20\x30\x00WAVE";
	int fds[2];

	ASSERT_CALL(0, begin(self->w));
	EXPECT_CALL(EINVAL, write_all(self->w, wav, sizeof(wav)));
	EXPECT_NE(NULL, strstr(sim_error(TAO_ERROR_FIRST).text, "a WAV file"));
	ASSERT_CALL(0, pipe(fds));
	ASSERT_EQ(SECTORS(2), write(fds[1], wav, SECTORS(2)));
	EXPECT_CALL(EINVAL, splice(fds[0], NULL, self->w, NULL, SECTORS(2), 0) < 0);
	close(fds[0]);
	close(fds[1]);
	/* In pieces it is seen late; what was taken of it is forgotten. */
	ASSERT_EQ(2, write(self->w, "RI", 2));
	EXPECT_CALL(EINVAL, write(self->w, "FF\x10\x20", 4) < 0);
	ASSERT_CALL(0, write_all(self->w, audio, sizeof(audio)));
	EXPECT_CALL(0, end(self->w));
	EXPECT_CALL(0, release(self->w));
	EXPECT_TRUE(disc_is(album)) TH_LOG("%s", image_text());
	EXPECT_EQ(ALL, disc_audio());
}

/* The drive takes its write parameters, but not the protection against underruns. */
TEST_F(at_once, without_underrun_protection)
{
	bool found = false;
	char rule[64];
	int nth;

	/* The first of them belong to the look at the disc. */
	for (nth = 1; nth <= 5 && !found; nth++) {
		snprintf(rule, sizeof(rule), "op=5a cdb=2:05 nth=%d times=0 set=10:02", nth);
		ASSERT_CALL(0, prepare(self->w, 0));
		sim_set("fault", rule);
		EXPECT_EQ(-1, ioctl(self->w, TAO_IOC_SESSION_BEGIN, &layout)) TH_LOG("%s", rule);
		found = errno == EOPNOTSUPP;
		sim_set("fault", "clear");
		EXPECT_EQ(0, sim_commands(OP_WRITE));
		EXPECT_CALL(0, release(self->w));
	}
	EXPECT_TRUE(found);
}

struct closing {
	int fd;
	int error;
};

static void *end_it(void *arg)
{
	struct closing *c = arg;

	c->error = end(c->fd) ? errno : 0;
	return NULL;
}

/* The drive has all of it: nothing can be cancelled any more. */
TEST_F(at_once, cancelled_at_its_end)
{
	struct closing c = { .fd = self->w };
	pthread_t thread;
	int i;

	ASSERT_CALL(0, begin(self->w));
	ASSERT_CALL(0, write_all(self->w, audio, sizeof(audio)));
	sim_set("fault", "op=35 delay=1500");
	ASSERT_EQ(0, pthread_create(&thread, NULL, end_it, &c));
	for (i = 0; sim_status().action != TAO_ACTION_CLOSING_SESSION && i < 1000; i++)
		usleep(1000);
	EXPECT_CALL(ENODATA, ioctl(self->w, TAO_IOC_CANCEL));
	pthread_join(thread, NULL);
	EXPECT_EQ(0, c.error);
	EXPECT_CALL(0, release(self->w));
	EXPECT_TRUE(disc_is(album)) TH_LOG("%s", image_text());
}

/* The silence behind a killed program can last an hour: nobody waits for it in open(). */
TEST_F(at_once, opened_in_the_silence)
{
	pid_t pid;
	int fd;

	close(self->w);
	self->w = -1;
	pid = fork();
	if (!pid) {
		fd = open(sim_tao, O_WRONLY);
		if (begin(fd) || write_all(fd, audio, SECTORS(640)))
			_exit(1);
		sim_set("fault", "op=2a times=0 sense=2/04/08");
		raise(SIGKILL);
	}
	ASSERT_EQ(pid, waitpid(pid, NULL, 0));
	alarm(20);
	fd = open(sim_tao, O_WRONLY);
	EXPECT_EQ(-1, fd);
	EXPECT_EQ(EBUSY, errno);
	alarm(0);
	sim_set("fault", "clear");
	sim_wait_idle();
}

/* A reader that gives up leaves no work behind, however often it comes again. */
TEST_F(at_once, text_is_read_once_for_all)
{
	struct tao_medium medium = { 0 };
	struct tao_text text = { 0 };
	pid_t pid[20];
	int i;

	ASSERT_CALL(0, burn(self->w));
	close(self->w);
	self->w = -1;
	sim_wait_idle();
	sim_set("commands", "0");
	sim_set("fault", "op=51 delay=2500");
	for (i = 0; i < 20; i++) {
		pid[i] = fork();
		if (!pid[i] && !i)
			_exit(sim_ioctl(TAO_IOC_GET_MEDIUM, &medium) ? 1 : 0);
		else if (!pid[i])
			_exit(sim_ioctl(TAO_IOC_GET_TEXT, &text) ? 1 : 0);
		/* The look at the disc comes first. */
		usleep(i ? 0 : 500000);
	}
	usleep(1000000);
	for (i = 0; i < 20; i++) {
		kill(pid[i], SIGKILL);
		waitpid(pid[i], NULL, 0);
	}
	sim_wait_idle();
	/* 4 or so for each look and each reading */
	EXPECT_GE(20, sim_commands(OP_READ_TOC)) TH_LOG("%d", sim_commands(OP_READ_TOC));
}

/* The first command of a session with CD-TEXT asks where the lead-in begins. */
TEST_F(at_once, a_reset_that_the_first_command_hears_of)
{
	unsigned int locks;

	ASSERT_CALL(0, prepare(self->w, 0));
	locks = sim_commands(OP_PREVENT);
	sim_set("fault", "op=43 sense=6/29/00");
	EXPECT_CALL(0, ioctl(self->w, TAO_IOC_SESSION_BEGIN, &layout));
	/* A reset unlocks the door, which the look at the beginning has locked. */
	EXPECT_EQ(locks + 2, sim_commands(OP_PREVENT));
	EXPECT_CALL(0, write_all(self->w, audio, sizeof(audio)));
	EXPECT_CALL(0, end(self->w));
	EXPECT_CALL(0, release(self->w));
	EXPECT_TRUE(disc_is(album)) TH_LOG("%s", image_text());
}

/* Where a lead-in begins is told by two commands, of which drives may know one. */
TEST_F(at_once, a_drive_without_atip)
{
	ASSERT_CALL(0, prepare(self->w, 0));
	sim_set("fault", "op=43 sense=5/24/00");
	EXPECT_CALL(0, ioctl(self->w, TAO_IOC_SESSION_BEGIN, &layout))
		TH_LOG("%s", sim_error(TAO_ERROR_FIRST).text);
	EXPECT_CALL(0, write_all(self->w, audio, sizeof(audio)));
	EXPECT_CALL(0, end(self->w));
	EXPECT_CALL(0, release(self->w));
	EXPECT_TRUE(disc_is(album)) TH_LOG("%s", image_text());
}

TEST_F(at_once, a_write_that_fails)
{
	ASSERT_CALL(0, begin(self->w));
	sim_set("fault", "op=2a lba=500 sense=3/0c/00");
	EXPECT_CALL(EIO, write_all(self->w, audio, sizeof(audio)));
	EXPECT_CALL(EIO, end(self->w));
	EXPECT_EQ(0x0c, sim_error(TAO_ERROR_FIRST).asc);
	EXPECT_CALL(0, release(self->w));
	EXPECT_NE(NULL, strstr(image_text(), "state cut"));
}

TEST_F(at_once, a_unit_attention_before_the_first_write)
{
	ASSERT_CALL(0, prepare(self->w, 0));
	sim_set("fault", "op=5d sense=6/29/00");
	EXPECT_CALL(0, ioctl(self->w, TAO_IOC_SESSION_BEGIN, &layout));
	EXPECT_CALL(0, write_all(self->w, audio, sizeof(audio)));
	EXPECT_CALL(0, end(self->w));
	EXPECT_CALL(0, release(self->w));
	EXPECT_TRUE(disc_is(album)) TH_LOG("%s", image_text());
	EXPECT_EQ(0, sim_error(TAO_ERROR_FIRST).flags & TAO_ERROR_VALID);
}

static const char other_disc[] =
	"cdr-sim-disc 1 medium cdr leadout 359847 final 0\n"
	"session 1 format 0 state open leadout 0 mcn -\n"
	"track 1 control 0 start 0 length 350 state recorded isrc -\n";

/* A track that is longer than any of the session's. */
static const char unlike_disc[] =
	"cdr-sim-disc 1 medium cdr leadout 359847 final 0\n"
	"session 1 format 0 state open leadout 0 mcn -\n"
	"track 1 control 0 start 0 length 9000 state recorded isrc -\n";

/* With CD-TEXT the first command is one whose failure does not matter. */
TEST_F(at_once, exchanged_before_it)
{
	int text;

	for (text = 0; text < 2; text++) {
		sim_new_disc("cdr80");
		layout.text_bytes = text ? sizeof(packs) : 0;
		ASSERT_CALL(0, prepare(self->w, 0));
		sim_try("eject", "force");
		sim_set("insert", "cdr74");
		EXPECT_CALL(EBADFD, ioctl(self->w, TAO_IOC_SESSION_BEGIN, &layout));
		EXPECT_EQ(0, sim_commands(OP_WRITE));
		EXPECT_EQ(TAO_STATE_IDLE, sim_status().state);
		EXPECT_FALSE(sim_left_locked());
		EXPECT_CALL(EBADFD, release(self->w));
		EXPECT_EQ(TAO_DISC_BLANK, sim_medium().status);
	}
	ASSERT_CALL(0, burn(self->w)) TH_LOG("%s", sim_error(TAO_ERROR_FIRST).text);
}

/* The session is lost then, and the other disc's is not closed. */
TEST_F(at_once, exchanged_in_it)
{
	struct tao_finalize f = { .close = TAO_CLOSE_FINALIZE, .flags = TAO_FINALIZE_FORCE };

	ASSERT_CALL(0, begin(self->w));
	ASSERT_CALL(0, write_all(self->w, audio, SECTORS(640)));
	image_insert(unlike_disc);
	EXPECT_CALL(EIO, write_all(self->w, audio, SECTORS(400)));
	EXPECT_CALL(EBADFD, end(self->w));
	EXPECT_EQ(TAO_STATE_IDLE, sim_status().state);
	EXPECT_FALSE(sim_left_locked());
	EXPECT_CALL(EBADFD, ioctl(self->w, TAO_IOC_RELEASE, &f));
	EXPECT_EQ(0, sim_commands(OP_CLOSE));
	EXPECT_EQ(0, sim_medium().flags & TAO_MEDIUM_TRACK_FAILED);
}

/* Some drives raise a unit attention when they have ended a session: that is not another disc. */
TEST_F(at_once, an_attention_behind_it)
{
	sim_set("attentions", "1");
	ASSERT_CALL(0, begin(self->w));
	ASSERT_CALL(0, write_all(self->w, audio, SECTORS(640)));
	sim_set("fault", "op=2a times=1 sense=3/0c/00");
	EXPECT_CALL(EIO, write_all(self->w, audio, SECTORS(400)));
	EXPECT_CALL(EIO, end(self->w));
	EXPECT_EQ(TAO_STATE_PREPARED, sim_status().state);
	EXPECT_EQ(TAO_MEDIUM_TRACK_FAILED, sim_medium().flags & TAO_MEDIUM_TRACK_FAILED);
	EXPECT_CALL(0, release(self->w));
}

/* A reset ends it. Nobody can tell whether it is still the same disc, but it counts as failed. */
TEST_F(at_once, a_reset_in_it)
{
	ASSERT_CALL(0, begin(self->w));
	ASSERT_CALL(0, write_all(self->w, audio, SECTORS(640)));
	sim_set("fault", "op=2a times=1 sense=6/29/00");
	EXPECT_CALL(EIO, write_all(self->w, audio, SECTORS(400)));
	EXPECT_CALL(EBADFD, end(self->w));
	EXPECT_EQ(TAO_MEDIUM_TRACK_FAILED, sim_medium().flags & TAO_MEDIUM_TRACK_FAILED);
	EXPECT_CALL(EIO, prepare(self->w, 0));
	EXPECT_EQ(0, sim_commands(OP_CLOSE));
}

/* The drive has said GOOD to all of it, and was reset before it had burned the lead-out. */
TEST_F(at_once, a_reset_unseen_behind_it)
{
	ASSERT_CALL(0, begin(self->w));
	ASSERT_CALL(0, write_all(self->w, audio, sizeof(audio)));
	sim_set("reset_unseen", "1");
	EXPECT_CALL(EIO, end(self->w));
	EXPECT_EQ(TAO_MEDIUM_TRACK_FAILED, sim_medium().flags & TAO_MEDIUM_TRACK_FAILED);
	EXPECT_CALL(0, release(self->w));
}

/* A reset that opens the tray: no look tells anything, and still the disc counts as failed. */
TEST_F(at_once, a_reset_that_opens_the_tray)
{
	struct tao_finalize f = { .close = TAO_CLOSE_FINALIZE };

	ASSERT_CALL(0, begin(self->w));
	ASSERT_CALL(0, write_all(self->w, audio, SECTORS(640)));
	sim_set("fault", "op=2a times=1 sense=6/29/00");
	EXPECT_CALL(EIO, write_all(self->w, audio, SECTORS(400)));
	sim_set("eject", "force");
	EXPECT_CALL(EIO, end(self->w));
	EXPECT_CALL(ENOMEDIUM, ioctl(self->w, TAO_IOC_RELEASE, &f));
	EXPECT_CALL(0, release(self->w));
	EXPECT_EQ(TAO_MEDIUM_NONE, sim_medium().type);
	EXPECT_EQ(0, sim_medium().flags & TAO_MEDIUM_TRACK_FAILED);
	sim_set("insert", "same");
	EXPECT_EQ(TAO_MEDIUM_TRACK_FAILED, sim_medium().flags & TAO_MEDIUM_TRACK_FAILED);
	EXPECT_CALL(EIO, ioctl(self->w, TAO_IOC_FINALIZE, &f));
	EXPECT_EQ(0, sim_commands(OP_CLOSE));
}

/* A session that failed is closed on its own disc only. */
TEST_F(at_once, exchanged_after_it)
{
	struct tao_finalize f = { .close = TAO_CLOSE_FINALIZE, .flags = TAO_FINALIZE_FORCE };

	ASSERT_CALL(0, begin(self->w));
	ASSERT_CALL(0, write_all(self->w, audio, SECTORS(640)));
	sim_set("fault", "op=2a times=1 sense=3/0c/00");
	EXPECT_CALL(EIO, write_all(self->w, audio, SECTORS(400)));
	EXPECT_CALL(EIO, end(self->w));
	EXPECT_EQ(TAO_STATE_PREPARED, sim_status().state);
	image_insert(other_disc);
	EXPECT_CALL(EBADFD, ioctl(self->w, TAO_IOC_RELEASE, &f));
	EXPECT_EQ(0, sim_commands(OP_CLOSE));
	EXPECT_EQ(TAO_STATE_IDLE, sim_status().state);
}

/* The last command of it is the end: what became of that, a look tells. */
TEST_F(at_once, a_flush_that_fails)
{
	ASSERT_CALL(0, begin(self->w));
	ASSERT_CALL(0, write_all(self->w, audio, SECTORS(ALL - 10)));
	sim_set("fault", "op=35 sense=4/09/01");
	EXPECT_CALL(EIO, end(self->w));
	EXPECT_EQ(0x09, sim_error(TAO_ERROR_FIRST).asc);
	EXPECT_TRUE(sim_status().flags & TAO_STATUS_FAILED);
	EXPECT_CALL(0, release(self->w));
}

/* The drive shows only after a load what became of it. */
TEST_F(at_once, a_flush_that_fails_and_a_disc_that_looks_blank)
{
	/* A good one ends the memory of those that failed in other tests. */
	ASSERT_CALL(0, burn(self->w));
	sim_new_disc("cdr80");
	sim_set("stale", "1");
	ASSERT_CALL(0, begin(self->w));
	ASSERT_CALL(0, write_all(self->w, audio, sizeof(audio)));
	sim_set("fault", "op=35 sense=3/0c/00");
	EXPECT_CALL(EIO, end(self->w));
	EXPECT_EQ(TAO_DISC_BLANK, sim_medium().status);
	EXPECT_EQ(0, sim_medium().flags & TAO_MEDIUM_TRACK_FAILED);
	EXPECT_CALL(0, release(self->w));
	sim_set("eject", "force");
	sim_set("insert", "same");
	EXPECT_EQ(TAO_MEDIUM_TRACK_FAILED, sim_medium().flags & TAO_MEDIUM_TRACK_FAILED);
}

/* A session that left no trace does not make another disc look like the one with the new track. */
TEST_F(at_once, a_track_on_a_disc_that_stayed_blank)
{
	struct tao_finalize f = { .close = TAO_CLOSE_FINALIZE };

	sim_set("lose_session", "1");
	ASSERT_CALL(0, begin(self->w));
	ASSERT_CALL(0, write_all(self->w, audio, sizeof(audio)));
	EXPECT_CALL(EIO, end(self->w));
	be_kind();
	sim_set("fault", "op=51 times=0 set=7:20");
	ASSERT_CALL(0, write_all(self->w, audio, SECTORS(310)));
	ASSERT_CALL(0, end(self->w));
	EXPECT_EQ(1, sim_medium().tracks);
	/* Its track has 350. */
	image_insert(other_disc);
	sim_set("commands", "0");
	EXPECT_CALL(EBADFD, ioctl(self->w, TAO_IOC_RELEASE, &f));
	EXPECT_EQ(0, sim_commands(OP_CLOSE));
}

/* A session in the place of a track that failed and left no trace */
TEST_F(at_once, in_place_of_a_track)
{
	ASSERT_CALL(0, prepare(self->w, 0));
	sim_set("fault", "op=2a sense=3/0c/00");
	EXPECT_CALL(EIO, write_all(self->w, audio, SECTORS(310)));
	EXPECT_CALL(EIO, end(self->w));
	ASSERT_CALL(0, ioctl(self->w, TAO_IOC_SESSION_BEGIN, &layout));
	ASSERT_CALL(0, write_all(self->w, audio, sizeof(audio)));
	ASSERT_CALL(0, end(self->w)) TH_LOG("%s", sim_error(TAO_ERROR_FIRST).text);
	EXPECT_CALL(0, release(self->w));
	/* It might have looked like this. */
	image_insert("cdr-sim-disc 1 medium cdr leadout 359847 final 0\n"
		     "session 1 format 0 state open leadout 0 mcn -\n"
		     "track 1 control 0 start 0 length 310 state recorded isrc -\n");
	EXPECT_EQ(0, sim_medium().flags & TAO_MEDIUM_TRACK_FAILED);
}

/* TOC, CD-TEXT and the state of the disc can each be other than was laid out. */
TEST_F(at_once, a_disc_that_is_not_as_laid_out)
{
	static const struct {
		const char *fault;
		const char *text;
	} lies[] = {
		{ "op=43 times=0 set=13:11", "track 2" },
		{ "op=51 times=0 set=2:0d", "not finalised" },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(lies); i++) {
		be_kind();
		sim_new_disc("cdr80");
		ASSERT_CALL(0, begin(self->w));
		ASSERT_CALL(0, write_all(self->w, audio, SECTORS(ALL - 10)));
		sim_set("fault", lies[i].fault);
		EXPECT_CALL(EIO, end(self->w)) TH_LOG("%s", lies[i].fault);
		EXPECT_NE(NULL, strstr(sim_error(TAO_ERROR_FIRST).text, lies[i].text))
			TH_LOG("%s", sim_error(TAO_ERROR_FIRST).text);
		EXPECT_CALL(0, release(self->w));
	}
}

/* It answered a moment ago, with what it had cached. */
TEST_F(at_once, text_that_is_not_shown_yet)
{
	unsigned int before, asked;
	char fault[64];

	ASSERT_CALL(0, begin(self->w));
	before = sim_commands(OP_READ_TOC);
	ASSERT_CALL(0, end(self->w));
	asked = sim_commands(OP_READ_TOC) - before;
	ASSERT_CALL(0, release(self->w));
	sim_new_disc("cdr80");
	ASSERT_CALL(0, begin(self->w));
	/* The last of them reads the text. */
	snprintf(fault, sizeof(fault), "op=43 nth=%u sense=5/24/00", asked);
	sim_set("fault", fault);
	EXPECT_CALL(EIO, end(self->w));
	EXPECT_NE(NULL, strstr(sim_error(TAO_ERROR_FIRST).text, "load the disc anew"))
		TH_LOG("%s", sim_error(TAO_ERROR_FIRST).text);
	/* All of the audio is there. */
	EXPECT_EQ(0, sim_medium().flags & TAO_MEDIUM_TRACK_FAILED);
	EXPECT_CALL(0, release(self->w));
}

/* No further session has room, so the drive has finalised it. */
TEST_F(at_once, finalised_where_another_session_was_to_follow)
{
	layout.close = TAO_CLOSE_SESSION;
	ASSERT_CALL(0, begin(self->w));
	ASSERT_CALL(0, write_all(self->w, audio, sizeof(audio)));
	sim_set("fault", "op=51 times=0 set=2:0e");
	EXPECT_CALL(EIO, end(self->w));
	EXPECT_NE(NULL, strstr(sim_error(TAO_ERROR_FIRST).text, "has finalised it"));
	EXPECT_EQ(0, sim_medium().flags & TAO_MEDIUM_TRACK_FAILED);
	EXPECT_CALL(0, release(self->w));
}

TEST_F(at_once, another_session_may_follow)
{
	layout.close = TAO_CLOSE_SESSION;
	ASSERT_CALL(0, burn(self->w)) TH_LOG("%s", sim_error(TAO_ERROR_FIRST).text);
	EXPECT_EQ(TAO_DISC_APPENDABLE, sim_medium().status);
	EXPECT_EQ(1, sim_medium().sessions);
	ASSERT_CALL(0, write_all(self->w, audio, SECTORS(300)));
	ASSERT_CALL(0, end(self->w));
	EXPECT_EQ(4, sim_medium().tracks);
}

/* 99 tracks, each with a code, a pregap and marks; their numbers need not begin with 1. */
TEST_F(at_once, the_largest)
{
	static struct tao_layout_track all[99];
	static __u32 points[99 * 2];
	static char some[SECTORS(310)];
	int i;

	for (i = 0; i < 99; i++) {
		all[i] = (struct tao_layout_track){
			.flags = TAO_TRACK_ISRC, .pregap_sectors = 10, .sectors = 300,
			.marks_count = 2,
		};
		snprintf(all[i].isrc, sizeof(all[i].isrc), "GBAYE06%05d", i);
		points[2 * i] = 1;
		points[2 * i + 1] = 299;
	}
	layout.tracks = (__u64)all;
	layout.tracks_count = 99;
	layout.marks = (__u64)points;
	layout.marks_count = 99 * 2;
	ASSERT_CALL(0, begin(self->w)) TH_LOG("%s", sim_error(TAO_ERROR_FIRST).text);
	memcpy(some, audio, sizeof(some));
	for (i = 0; i < 99; i++) {
		ASSERT_CALL(0, write_all(self->w, some, sizeof(some)));
		EXPECT_EQ(TAO_STATE_TRACK_OPEN, sim_status().state);
	}
	ASSERT_CALL(0, end(self->w)) TH_LOG("%s", sim_error(TAO_ERROR_FIRST).text);
	ASSERT_CALL(0, release(self->w));
	EXPECT_EQ(99, sim_medium().tracks);
	sim_new_disc("cdr80");
	layout.first_track = 98;
	layout.tracks_count = 2;
	layout.marks_count = 4;
	ASSERT_CALL(0, begin(self->w)) TH_LOG("%s", sim_error(TAO_ERROR_FIRST).text);
	ASSERT_CALL(0, end(self->w)) TH_LOG("%s", sim_error(TAO_ERROR_FIRST).text);
	EXPECT_NE(NULL, strstr(image_text(), "track 99 "));
}

TEST_F(at_once, a_test_write)
{
	ASSERT_CALL(0, prepare(self->w, TAO_PREPARE_TEST_WRITE));
	ASSERT_CALL(0, ioctl(self->w, TAO_IOC_SESSION_BEGIN, &layout));
	EXPECT_CALL(0, write_all(self->w, audio, sizeof(audio)));
	EXPECT_CALL(0, end(self->w));
	EXPECT_CALL(0, release(self->w));
	EXPECT_EQ(TAO_DISC_BLANK, sim_medium().status);
	EXPECT_EQ(0, sim_commands(OP_SEND_OPC));
}

/* A drive that says nothing of its disc while it writes the lead-out, for longer than 30 s */
TEST_F(at_once, no_answer_while_it_closes)
{
	static const __u32 flags[] = { 0, TAO_PREPARE_TEST_WRITE };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		sim_new_disc("cdr80");
		ASSERT_CALL(0, prepare(self->w, flags[i]));
		ASSERT_CALL(0, ioctl(self->w, TAO_IOC_SESSION_BEGIN, &layout));
		ASSERT_CALL(0, write_all(self->w, audio, sizeof(audio)));
		sim_set("fault", "op=51 times=80 sense=5/2c/00");
		EXPECT_CALL(0, end(self->w)) TH_LOG("%s", sim_error(TAO_ERROR_FIRST).text);
		sim_set("fault", "clear");
		EXPECT_CALL(0, release(self->w));
	}
}

/* The drive gets its disc ready behind a reset, with other write parameters than before. */
TEST_F(at_once, a_test_write_and_a_drive_that_becomes_ready)
{
	ASSERT_CALL(0, prepare(self->w, TAO_PREPARE_TEST_WRITE));
	ASSERT_CALL(0, ioctl(self->w, TAO_IOC_SESSION_BEGIN, &layout));
	sleep(2);
	sim_set("fault", "op=5a times=0 sense=2/04/01");
	sim_set("reset_unseen", "1");
	EXPECT_CALL(EIO, write_all(self->w, audio, sizeof(audio)));
	EXPECT_CALL(EIO, end(self->w));
	sim_set("fault", "clear");
	EXPECT_CALL(0, release(self->w));
	EXPECT_EQ(TAO_DISC_BLANK, sim_medium().status);
}

/* The drive has forgotten that it is to write a test, and would take the audio as a track. */
TEST_F(at_once, a_test_write_and_a_reset_unseen)
{
	ASSERT_CALL(0, prepare(self->w, TAO_PREPARE_TEST_WRITE));
	ASSERT_CALL(0, ioctl(self->w, TAO_IOC_SESSION_BEGIN, &layout));
	sleep(2);
	sim_set("reset_unseen", "1");
	sim_set("commands", "0");
	EXPECT_CALL(EIO, write_all(self->w, audio, sizeof(audio)));
	EXPECT_EQ(0, sim_commands(OP_WRITE));
	EXPECT_CALL(EIO, end(self->w));
	EXPECT_CALL(0, release(self->w));
	EXPECT_EQ(TAO_DISC_BLANK, sim_medium().status);
}

/* The call fails when nobody waits for it, and a write does not burn the album as a track. */
TEST_F(at_once, a_write_behind_a_begin_that_failed)
{
	struct tao_status status = { 0 };
	int i;

	ASSERT_CALL(0, prepare(self->w, 0));
	ASSERT_EQ(0, fcntl(self->w, F_SETFL, O_NONBLOCK));
	sim_set("text", "refuse");
	ASSERT_CALL(EAGAIN, ioctl(self->w, TAO_IOC_SESSION_BEGIN, &layout));
	for (i = 0; i < 200; i++) {
		usleep(50000);
		ASSERT_CALL(0, ioctl(self->w, TAO_IOC_GET_STATUS, &status));
		/* The first look may come before the work begins. */
		if (i > 20 && status.action == TAO_ACTION_NONE)
			break;
	}
	for (i = 0; i < 3; i++)
		EXPECT_CALL(EOPNOTSUPP, write(self->w, audio, SECTORS(300)) < 0);
	EXPECT_EQ(0, sim_commands(OP_WRITE));
	EXPECT_CALL(EOPNOTSUPP, ioctl(self->w, TAO_IOC_SESSION_BEGIN, &layout));
	ASSERT_EQ(0, fcntl(self->w, F_SETFL, 0));
	EXPECT_CALL(0, release(self->w));
	EXPECT_EQ(TAO_DISC_BLANK, sim_medium().status);
}

/* The same where the disc was exchanged before it: nothing begins on the other one. */
TEST_F(at_once, a_write_behind_a_begin_that_lost_its_disc)
{
	int i;

	ASSERT_CALL(0, prepare(self->w, 0));
	ASSERT_EQ(0, fcntl(self->w, F_SETFL, O_NONBLOCK));
	image_insert("cdr-sim-disc 1 medium cdr leadout 200000 final 0\n");
	ASSERT_CALL(EAGAIN, ioctl(self->w, TAO_IOC_SESSION_BEGIN, &layout));
	for (i = 0; i < 200 && sim_status().state != TAO_STATE_IDLE; i++)
		usleep(50000);
	sleep(1);
	sim_set("commands", "0");
	for (i = 0; i < 4; i++)
		EXPECT_CALL(EBADFD, write(self->w, audio, SECTORS(300)) < 0);
	EXPECT_EQ(0, sim_commands(OP_WRITE));
	ASSERT_EQ(0, fcntl(self->w, F_SETFL, 0));
	EXPECT_EQ(TAO_DISC_BLANK, sim_medium().status);
}

TEST_F(at_once, mapped_not_copied)
{
	struct tao_statistics before, after;

	ASSERT_EQ(0, sim_ioctl(TAO_IOC_GET_STATISTICS, &before));
	ASSERT_CALL(0, begin(self->w));
	/* 32 sectors each, from the start of a page */
	void *page = NULL;

	ASSERT_EQ(0, posix_memalign(&page, 4096, SECTORS(32)));
	memcpy(page, audio, SECTORS(32));
	for (int i = 0; i < 10; i++)
		ASSERT_EQ(SECTORS(32), write(self->w, page, SECTORS(32)));
	ASSERT_EQ(0, sim_ioctl(TAO_IOC_GET_STATISTICS, &after));
	EXPECT_EQ(SECTORS(320), after.bytes_mapped - before.bytes_mapped);
	EXPECT_EQ(0, after.bytes_copied - before.bytes_copied);
	EXPECT_CALL(0, end(self->w));
}

TEST_HARNESS_MAIN
