// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every call at the wrong time, with wrong values and sizes: each returns the right errno, and
 * none harms the disc. ioctl32_test.c does the same in 32 bit.
 * lab: --doors
 * timeout: 600
 */
#define _GNU_SOURCE
#include <stddef.h>

#include "calls.h"
#include "image.h"
#include "sg.h"
#include "harness.h"

/* Expects a result of 0, or this errno. */
#define EXPECT_CALL(error, call)	EXPECT_EQ(error, (call) ? errno : 0)
#define ASSERT_CALL(error, call)	ASSERT_EQ(error, (call) ? errno : 0)

#define SECTORS(n)	((n) * TAO_SECTOR_SIZE)

static char audio[SECTORS(400)];

static void __attribute__((constructor)) power_on(void)
{
	static const char *const attributes[] = { "dma_alignment=511", NULL };

	sim_create("ioctl", attributes);
	sim_audio(audio, sizeof(audio), 1);
}

FIXTURE(call)
{
	int w;		/* open for writing */
	int r;		/* for reading */
};

FIXTURE_SETUP(call)
{
	sim_set("fault", "clear");
	sim_new_disc("cdrw80");
	self->w = open(sim_tao, O_WRONLY);
	ASSERT_LE(0, self->w) TH_LOG("open: %s", strerror(errno));
	self->r = open(sim_tao, O_RDONLY);
	ASSERT_LE(0, self->r);
}

FIXTURE_TEARDOWN(call)
{
	close(self->w);
	close(self->r);
}

/* No command was sent that changes a disc, or prepares to. */
static bool untouched(void)
{
	return !sim_commands(OP_WRITE) && !sim_commands(OP_SYNC_CACHE) &&
	       !sim_commands(OP_CLOSE) && !sim_commands(OP_BLANK);
}

static int burn(int fd, size_t bytes)
{
	struct tao_track_end end = { 0 };

	if (write(fd, audio, bytes) != (ssize_t)bytes)
		return -1;
	return ioctl(fd, TAO_IOC_TRACK_END, &end);
}

static int finalize(int fd, unsigned int how)
{
	struct tao_finalize f = { .close = how };

	return ioctl(fd, TAO_IOC_FINALIZE, &f);
}

/* --- sizes and numbers --- */

static unsigned int resized(unsigned int cmd, int change)
{
	return _IOC(_IOC_DIR(cmd), _IOC_TYPE(cmd), _IOC_NR(cmd), _IOC_SIZE(cmd) + change);
}

TEST_F(call, unknown_numbers)
{
	char arg[8192] = { 0 };
	unsigned int nr, dir;

	for (nr = 0; nr < 256; nr++) {
		if ((nr >= 0x20 && nr <= 0x29) || (nr >= 0x2f && nr <= 0x39))
			continue;
		for (dir = 0; dir < 4; dir++)
			EXPECT_CALL(ENOTTY, ioctl(self->w, _IOC(dir, TAO_IOC_MAGIC, nr, 40), arg));
	}
	EXPECT_CALL(ENOTTY, ioctl(self->w, _IOR('t', 0x20, struct tao_drive), arg));
	/* A number with the direction of another one */
	EXPECT_CALL(ENOTTY, ioctl(self->w, _IOW(TAO_IOC_MAGIC, 0x20, struct tao_drive), arg));
	EXPECT_CALL(ENOTTY, ioctl(self->w, _IOR(TAO_IOC_MAGIC, 0x30, struct tao_prepare), arg));
	EXPECT_CALL(ENOTTY, ioctl(self->w, _IO(TAO_IOC_MAGIC, 0x33), arg));
}

TEST_F(call, smaller_structs)
{
	char arg[8192] = { 0 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(queries); i++)
		EXPECT_CALL(EINVAL, ioctl(self->w, resized(queries[i], -8), arg));
	for (i = 0; i < ARRAY_SIZE(orders); i++)
		EXPECT_CALL(EINVAL, ioctl(self->w, resized(orders[i], -8), arg));
	EXPECT_TRUE(untouched());
	EXPECT_EQ(TAO_STATE_IDLE, sim_status().state);
}

/* A newer program: fields that the module does not know are zero. */
TEST_F(call, larger_queries)
{
	unsigned char arg[8192];
	size_t i, n;

	for (i = 0; i < ARRAY_SIZE(queries); i++) {
		size_t size = _IOC_SIZE(queries[i]);

		memset(arg, 0xa5, sizeof(arg));
		if (_IOC_DIR(queries[i]) & _IOC_WRITE)
			memset(arg, 0, sizeof(arg));
		ASSERT_CALL(0, ioctl(self->r, resized(queries[i], 16), arg));
		for (n = size; n < size + 16; n++)
			EXPECT_EQ(0, arg[n]) TH_LOG("query %zu, byte %zu", i, n);
		if (!(_IOC_DIR(queries[i]) & _IOC_WRITE))
			EXPECT_EQ(0xa5, arg[size + 16]);
	}
}

TEST_F(call, larger_orders)
{
	char arg[8192] = { 0 };
	size_t i, size;

	for (i = 0; i < ARRAY_SIZE(orders); i++) {
		size = _IOC_SIZE(orders[i]);
		arg[size + 15] = 1;
		EXPECT_CALL(E2BIG, ioctl(self->w, resized(orders[i], 16), arg));
		arg[size + 15] = 0;
	}
	size = sizeof(struct tao_error);
	arg[size] = 1;
	EXPECT_CALL(E2BIG, ioctl(self->w, resized(TAO_IOC_GET_ERROR, 8), arg));
	arg[size] = 0;
	EXPECT_TRUE(untouched());
	EXPECT_EQ(TAO_STATE_IDLE, sim_status().state);

	/* If the additional bytes are zero, the call works as without them. */
	ASSERT_CALL(0, ioctl(self->w, resized(TAO_IOC_PREPARE, 64), arg));
	EXPECT_EQ(TAO_STATE_PREPARED, sim_status().state);
	memset(arg, 0, sizeof(arg));
	arg[sizeof(struct tao_track_begin)] = 0;
	ASSERT_CALL(0, ioctl(self->w, resized(TAO_IOC_TRACK_BEGIN, 64), arg));
	EXPECT_EQ(1, ((struct tao_track_begin *)arg)->number);
	ASSERT_EQ(SECTORS(300), write(self->w, audio, SECTORS(300)));
	memset(arg, 0, sizeof(arg));
	ASSERT_CALL(0, ioctl(self->w, resized(TAO_IOC_TRACK_END, 8), arg));
	EXPECT_EQ(300, ((struct tao_track_end *)arg)->sectors);
	memset(arg, 0, sizeof(arg));
	((struct tao_finalize *)arg)->close = TAO_CLOSE_FINALIZE;
	ASSERT_CALL(0, ioctl(self->w, resized(TAO_IOC_RELEASE, 8), arg));
	EXPECT_EQ(TAO_DISC_COMPLETE, sim_medium().status);
}

TEST_F(call, bad_pointers)
{
	void *nowhere = (void *)strtoul("8", NULL, 10);	/* hidden from the compiler */
	size_t i;

	for (i = 0; i < ARRAY_SIZE(queries); i++)
		EXPECT_CALL(EFAULT, ioctl(self->r, queries[i], nowhere));
	for (i = 0; i < ARRAY_SIZE(orders); i++)
		EXPECT_CALL(EFAULT, ioctl(self->w, orders[i], nowhere));
	EXPECT_TRUE(untouched());
	/* The first write may begin a track, but no audio arrived. */
	EXPECT_CALL(EFAULT, write(self->w, nowhere, 4096) < 0);
	EXPECT_EQ(0, sim_commands(OP_WRITE));
	EXPECT_CALL(0, close(self->w));
	EXPECT_EQ(0, sim_commands(OP_WRITE));
	EXPECT_EQ(TAO_DISC_BLANK, sim_medium().status);
}

/* --- values --- */

/*
 * Whether a call refuses each bit of a field that is not in @known, and each reserved word; these
 * are at the end of every struct.
 */
static bool refuses(int fd, unsigned int cmd, void *arg, size_t field, __u32 known,
		    size_t reserved)
{
	__u32 *flags = arg + field, was = *flags, bit;
	bool all = true;
	size_t at;

	for (bit = 1; bit; bit <<= 1) {
		if (known & bit)
			continue;
		*flags = bit;
		all &= ioctl(fd, cmd, arg) && errno == EINVAL;
	}
	*flags = was;
	for (at = reserved; at < _IOC_SIZE(cmd); at += 8) {
		*(__u64 *)(arg + at) = 1ULL << 63;
		all &= ioctl(fd, cmd, arg) && errno == EINVAL;
		*(__u64 *)(arg + at) = 0;
	}
	return all;
}

#define REFUSES(fd, cmd, arg, type, field, known)				\
	EXPECT_TRUE(refuses(fd, cmd, arg, offsetof(struct type, field), known,	\
			    offsetof(struct type, reserved)))

TEST_F(call, bad_flags_and_reserved)
{
	struct tao_prepare prepare = { 0 };
	struct tao_finalize finalize = { .close = TAO_CLOSE_FINALIZE };
	struct tao_track_begin begin = { 0 };
	struct tao_track_end end = { 0 };
	struct tao_blank blank = { 0 };
	struct tao_recover recover = { 0 };
	struct tao_speed speed = { .requested_kbps = TAO_SPEED_MAX };
	struct tao_settings settings = { 0 };
	struct tao_error error = { 0 };
	struct tao_text text = { 0 };
	struct tao_layout layout = { .close = TAO_CLOSE_FINALIZE, .tracks_count = 1 };

	REFUSES(self->w, TAO_IOC_PREPARE, &prepare, tao_prepare, flags, TAO_PREPARE_FLAGS);
	REFUSES(self->w, TAO_IOC_RELEASE, &finalize, tao_finalize, flags, TAO_FINALIZE_FLAGS);
	REFUSES(self->w, TAO_IOC_FINALIZE, &finalize, tao_finalize, flags, TAO_FINALIZE_FLAGS);
	REFUSES(self->w, TAO_IOC_TRACK_BEGIN, &begin, tao_track_begin, flags, TAO_TRACK_FLAGS);
	REFUSES(self->w, TAO_IOC_TRACK_END, &end, tao_track_end, flags, 0);
	REFUSES(self->w, TAO_IOC_BLANK, &blank, tao_blank, flags, TAO_BLANK_FLAGS);
	REFUSES(self->w, TAO_IOC_RECOVER, &recover, tao_recover, flags, 0);
	REFUSES(self->w, TAO_IOC_SET_SPEED, &speed, tao_speed, flags, TAO_SPEED_PURE_CAV);
	REFUSES(self->w, TAO_IOC_SET_SETTINGS, &settings, tao_settings, mask, TAO_SET_MASK);
	REFUSES(self->r, TAO_IOC_GET_ERROR, &error, tao_error, which, 3);
	REFUSES(self->r, TAO_IOC_GET_TEXT, &text, tao_text, flags, ~0U);
	REFUSES(self->w, TAO_IOC_SESSION_BEGIN, &layout, tao_layout, flags, TAO_LAYOUT_FLAGS);
	blank.reserved32 = 1;
	EXPECT_CALL(EINVAL, ioctl(self->w, TAO_IOC_BLANK, &blank));
	EXPECT_TRUE(untouched());
	EXPECT_EQ(TAO_STATE_IDLE, sim_status().state);
}

TEST_F(call, bad_values)
{
	struct tao_prepare prepare = { .wait_ms = 600001 };
	struct tao_finalize finalize = { .close = 3 };
	struct tao_speed speed = { .requested_kbps = 0 };
	struct tao_settings settings = { .mask = TAO_SET_UNDERRUN_FREE, .underrun_free = 2 };
	struct tao_error error = { .which = 2 };

	EXPECT_CALL(EINVAL, ioctl(self->w, TAO_IOC_PREPARE, &prepare));
	EXPECT_CALL(EINVAL, ioctl(self->w, TAO_IOC_RELEASE, &finalize));
	EXPECT_CALL(EINVAL, ioctl(self->w, TAO_IOC_FINALIZE, &finalize));
	finalize.close = TAO_CLOSE_NOTHING;
	EXPECT_CALL(EINVAL, ioctl(self->w, TAO_IOC_FINALIZE, &finalize));
	EXPECT_CALL(EINVAL, ioctl(self->w, TAO_IOC_SET_SPEED, &speed));
	EXPECT_CALL(EINVAL, ioctl(self->w, TAO_IOC_SET_SETTINGS, &settings));
	EXPECT_CALL(EINVAL, ioctl(self->r, TAO_IOC_GET_ERROR, &error));
	EXPECT_TRUE(untouched());
}

TEST_F(call, client_name)
{
	static const char *const bad[] = { "a/b", "a\nb", "a\tb", "caf\xc3\xa9", "a\"b", "a'b",
					   "a\\b", "a%s", "\x7f", "a;b&c" };
	struct tao_prepare prepare = { .client_name = "A good name. 0,1:2;3-4_5" };
	struct tao_finalize release = { 0 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		struct tao_prepare p = { 0 };

		strcpy(p.client_name, bad[i]);
		EXPECT_CALL(EINVAL, ioctl(self->w, TAO_IOC_PREPARE, &p)) TH_LOG("%s", bad[i]);
	}
	ASSERT_CALL(0, ioctl(self->w, TAO_IOC_PREPARE, &prepare));
	EXPECT_STREQ("A good name. 0,1:2;3-4_5", sim_status().owner);
	EXPECT_EQ(getpid(), sim_status().owner_pid);
	EXPECT_EQ(getuid(), sim_status().owner_uid);
	EXPECT_EQ(TAO_STATUS_EXPLICIT, sim_status().flags & TAO_STATUS_EXPLICIT);
	ASSERT_CALL(0, ioctl(self->w, TAO_IOC_RELEASE, &release));
	EXPECT_STREQ("", sim_status().owner);

	memset(prepare.client_name, 'x', sizeof(prepare.client_name));
	EXPECT_CALL(EINVAL, ioctl(self->w, TAO_IOC_PREPARE, &prepare));
	prepare.client_name[sizeof(prepare.client_name) - 1] = '\0';
	EXPECT_CALL(0, ioctl(self->w, TAO_IOC_PREPARE, &prepare));
	EXPECT_CALL(0, ioctl(self->w, TAO_IOC_RELEASE, &release));
	memset(prepare.client_name, 0, sizeof(prepare.client_name));
	EXPECT_CALL(0, ioctl(self->w, TAO_IOC_PREPARE, &prepare));
	/* The name of the program, as the kernel has it */
	EXPECT_EQ(0, strncmp(program_invocation_short_name, sim_status().owner, 15));
}

/*
 * EAN-13: alternating weights 1 and 3, the sum is a multiple of 10. 4006381333931 is a valid one.
 */
TEST_F(call, mcn)
{
	static const char *const bad[] = { "4006381333932", "400638133393", "40063813339311",
					   "400638133393a", " 4006381333931", "", "0000000000001" };
	struct tao_prepare good = { .flags = TAO_PREPARE_MCN, .mcn = "4006381333931" };
	struct tao_finalize release = { 0 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		struct tao_prepare p = { .flags = TAO_PREPARE_MCN };

		strcpy(p.mcn, bad[i]);
		EXPECT_CALL(EINVAL, ioctl(self->w, TAO_IOC_PREPARE, &p)) TH_LOG("%s", bad[i]);
	}
	good.flags = 0;
	EXPECT_CALL(EINVAL, ioctl(self->w, TAO_IOC_PREPARE, &good));
	memset(good.mcn + 13, '1', 3);
	good.flags = TAO_PREPARE_MCN;
	EXPECT_CALL(EINVAL, ioctl(self->w, TAO_IOC_PREPARE, &good));
	memset(good.mcn + 13, 0, 3);
	ASSERT_CALL(0, ioctl(self->w, TAO_IOC_PREPARE, &good));
	ASSERT_CALL(0, burn(self->w, SECTORS(300)));
	EXPECT_CALL(0, ioctl(self->w, TAO_IOC_RELEASE, &release));
	EXPECT_STREQ("4006381333931", sim_medium().mcn);
	/* A session with tracks keeps its number, or keeps having none. */
	EXPECT_CALL(EINVAL, ioctl(self->w, TAO_IOC_PREPARE, &good));
	EXPECT_EQ(TAO_STATE_IDLE, sim_status().state);
}

/* ISO 3901: country, 3 letters or digits of the registrant, year, 5 digits. */
TEST_F(call, isrc)
{
	static const char *const bad[] = { "USRC1760783", "USRC176078390", "1SRC17607839",
		"USRC1760783A", "USRC1A607839", "US-RC1-76-07", "usrc\3517607839", "" };
	struct tao_track_begin begin = { 0 };
	struct tao_track_end end = { 0 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		memset(&begin, 0, sizeof(begin));
		begin.flags = TAO_TRACK_ISRC;
		strcpy(begin.isrc, bad[i]);
		EXPECT_CALL(EINVAL, ioctl(self->w, TAO_IOC_TRACK_BEGIN, &begin))
			TH_LOG("%s", bad[i]);
	}
	memset(&begin, 0, sizeof(begin));
	strcpy(begin.isrc, "USRC17607839");
	EXPECT_CALL(EINVAL, ioctl(self->w, TAO_IOC_TRACK_BEGIN, &begin));
	EXPECT_EQ(TAO_STATE_IDLE, sim_status().state);
	EXPECT_TRUE(untouched());
	begin.flags = TAO_TRACK_ISRC;
	EXPECT_CALL(0, ioctl(self->w, TAO_IOC_TRACK_BEGIN, &begin));
	ASSERT_EQ(SECTORS(300), write(self->w, audio, SECTORS(300)));
	EXPECT_CALL(0, ioctl(self->w, TAO_IOC_TRACK_END, &end));
}

/* --- orders --- */

TEST_F(call, readers_change_nothing)
{
	char arg[8192] = { 0 };
	struct tao_settings settings = { .mask = TAO_SET_UNDERRUN_FREE };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(orders); i++)
		EXPECT_CALL(EBADF, ioctl(self->r, orders[i], arg));
	EXPECT_CALL(EBADF, ioctl(self->r, TAO_IOC_SET_SETTINGS, &settings));
	EXPECT_CALL(EBADF, write(self->r, audio, 4) < 0);
	ASSERT_CALL(0, ioctl(self->r, TAO_IOC_GET_SETTINGS, &settings));
	EXPECT_EQ(1, settings.underrun_free);
	EXPECT_TRUE(untouched());
}

/* --- a disc that is exchanged in spite of the door --- */

static const char other_disc[] =
	"cdr-sim-disc 1 medium cdrw leadout 359847 final 0\n"
	"session 1 format 0 state open leadout 0 mcn -\n"
	"track 1 control 0 start 0 length 700 state recorded isrc -\n";

/* Prepares the disc, with a track on it if @tracks, and exchanges it. */
static void exchange(struct __test_metadata *_metadata, int fd, bool tracks, const char *disc)
{
	struct tao_prepare prepare = { 0 };

	sim_new_disc("cdrw80");
	ASSERT_CALL(0, ioctl(fd, TAO_IOC_PREPARE, &prepare));
	if (tracks)
		ASSERT_CALL(0, burn(fd, SECTORS(300)));
	if (*disc == 'c' && disc[3] != '-') {
		sim_try("eject", "force");
		sim_set("insert", disc);
	} else {
		image_insert(disc);
	}
	sim_set("commands", "0");
}

#define EXPECT_LOST() do {							\
	EXPECT_EQ(TAO_STATE_IDLE, sim_status().state);				\
	EXPECT_TRUE(untouched());						\
	EXPECT_FALSE(sim_left_locked());						\
	EXPECT_TRUE(!!strstr(sim_error(TAO_ERROR_FIRST).text, "not be the disc"))	\
		TH_LOG("%s", sim_error(TAO_ERROR_FIRST).text);			\
} while (0)

static void expect_lost_while_prepared(struct __test_metadata *_metadata, int fd)
{
	struct tao_finalize f = { .close = TAO_CLOSE_FINALIZE };
	struct tao_track_begin begin = { 0 };
	struct tao_blank blank = { 0 };
	static const struct {
		bool tracks;
		const char *disc;
	} cases[] = { { false, "cdrw74" }, { false, other_disc }, { true, "cdrw80" },
		      { true, other_disc } };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		exchange(_metadata, fd, cases[i].tracks, cases[i].disc);
		EXPECT_CALL(EBADFD, ioctl(fd, TAO_IOC_TRACK_BEGIN, &begin)) TH_LOG("%zu", i);
		EXPECT_LOST();
		exchange(_metadata, fd, cases[i].tracks, cases[i].disc);
		EXPECT_CALL(EBADFD, write(fd, audio, SECTORS(32)) < 0) TH_LOG("%zu", i);
		EXPECT_LOST();
		exchange(_metadata, fd, cases[i].tracks, cases[i].disc);
		EXPECT_CALL(EBADFD, ioctl(fd, TAO_IOC_BLANK, &blank)) TH_LOG("%zu", i);
		EXPECT_LOST();
		exchange(_metadata, fd, cases[i].tracks, cases[i].disc);
		EXPECT_CALL(EBADFD, ioctl(fd, TAO_IOC_RELEASE, &f)) TH_LOG("%zu", i);
		EXPECT_LOST();
	}
}

/* Another disc than the prepared one gets no track, and is neither closed nor blanked. */
TEST_F(call, exchanged_while_prepared)
{
	expect_lost_while_prepared(_metadata, self->w);
	/* It can be prepared, and burned. */
	ASSERT_CALL(0, burn(self->w, SECTORS(300)));
	EXPECT_EQ(2, sim_medium().tracks);
}

/* The same with a drive that gives all discs one number. */
TEST_F(call, exchanged_for_one_with_its_number)
{
	struct tao_prepare prepare = { 0 };
	struct tao_track_begin begin = { 0 };
	struct tao_track_end end = { 0 };

	sim_set("fault", "op=51 times=0 set=12:00000001");
	expect_lost_while_prepared(_metadata, self->w);
	/* Nothing is sure of a disc whose only track has failed. */
	sim_new_disc("cdrw80");
	ASSERT_CALL(0, ioctl(self->w, TAO_IOC_PREPARE, &prepare));
	sim_set("fault", "op=2a nth=5 sense=3/0c/00");
	EXPECT_CALL(EIO, burn(self->w, SECTORS(320)));
	EXPECT_CALL(EIO, ioctl(self->w, TAO_IOC_TRACK_END, &end));
	image_insert(other_disc);
	sim_set("commands", "0");
	EXPECT_CALL(EBADFD, ioctl(self->w, TAO_IOC_TRACK_BEGIN, &begin));
	EXPECT_LOST();
}

/* The number of the disc tells it from its copy. */
TEST_F(call, exchanged_for_a_copy)
{
	struct tao_finalize f = { .close = TAO_CLOSE_FINALIZE };
	struct tao_prepare prepare = { 0 };

	ASSERT_CALL(0, ioctl(self->w, TAO_IOC_PREPARE, &prepare));
	ASSERT_CALL(0, burn(self->w, SECTORS(300)));
	image_insert_copy();
	sim_set("commands", "0");
	EXPECT_CALL(EBADFD, ioctl(self->w, TAO_IOC_RELEASE, &f));
	EXPECT_LOST();
}

/* The drive has told it before, in answer to a command that did not matter, or to somebody else. */
TEST_F(call, exchanged_and_told_before)
{
	struct tao_finalize f = { .close = TAO_CLOSE_FINALIZE };
	struct tao_speed speed = { .requested_kbps = 706 };
	struct tao_track_begin begin = { 0 };
	struct tao_blank blank = { 0 };
	static const __u8 test_unit_ready[10];

	exchange(_metadata, self->w, true, other_disc);
	ioctl(self->w, TAO_IOC_SET_SPEED, &speed);
	EXPECT_CALL(EBADFD, ioctl(self->w, TAO_IOC_RELEASE, &f));
	EXPECT_LOST();
	exchange(_metadata, self->w, true, other_disc);
	ioctl(self->w, TAO_IOC_SET_SPEED, &speed);
	EXPECT_CALL(EBADFD, ioctl(self->w, TAO_IOC_TRACK_BEGIN, &begin));
	EXPECT_LOST();
	/* Through /dev/sg, so that we hear nothing. The next address tells. */
	exchange(_metadata, self->w, true, other_disc);
	sg_command(test_unit_ready, SG_DXFER_NONE, NULL, 0);
	EXPECT_CALL(EBADFD, ioctl(self->w, TAO_IOC_TRACK_BEGIN, &begin));
	EXPECT_LOST();
	exchange(_metadata, self->w, false, "cdrw74");
	sg_command(test_unit_ready, SG_DXFER_NONE, NULL, 0);
	EXPECT_CALL(EBADFD, ioctl(self->w, TAO_IOC_TRACK_BEGIN, &begin));
	EXPECT_LOST();
	exchange(_metadata, self->w, true, other_disc);
	sg_command(test_unit_ready, SG_DXFER_NONE, NULL, 0);
	EXPECT_CALL(EBADFD, ioctl(self->w, TAO_IOC_RELEASE, &f));
	EXPECT_LOST();
	exchange(_metadata, self->w, true, other_disc);
	sg_command(test_unit_ready, SG_DXFER_NONE, NULL, 0);
	EXPECT_CALL(EBADFD, ioctl(self->w, TAO_IOC_BLANK, &blank));
	EXPECT_LOST();
}

static void on_signal(int number)
{
	(void)number;
}

/* A signal came before the call could tell, so the next one does, whichever it is. */
TEST_F(call, exchanged_and_interrupted)
{
	struct sigaction action = { .sa_handler = on_signal };
	struct tao_track_begin begin = { .bytes = SECTORS(310) };
	struct tao_finalize f = { .close = TAO_CLOSE_FINALIZE };
	int i, ret;

	sigaction(SIGALRM, &action, NULL);
	for (i = 0; i < 3; i++) {
		exchange(_metadata, self->w, true, other_disc);
		sim_set("fault", "op=51 delay=2000");
		ualarm(500000, 0);
		EXPECT_CALL(EINTR, ioctl(self->w, TAO_IOC_TRACK_BEGIN, &begin));
		sim_wait_idle();
		if (i == 0)
			ret = write(self->w, audio, SECTORS(32)) < 0;
		else if (i == 1)
			ret = ioctl(self->w, TAO_IOC_TRACK_BEGIN, &begin);
		else
			ret = ioctl(self->w, TAO_IOC_FINALIZE, &f);
		EXPECT_CALL(EBADFD, ret);
		EXPECT_LOST();
		/* Once is enough. */
		EXPECT_CALL(0, burn(self->w, SECTORS(310)));
	}
}

/* What failed on a disc does not make every other disc look like it. */
TEST_F(call, exchanged_after_a_failure)
{
	struct tao_prepare prepare = { 0 };
	struct tao_track_begin begin = { 0 };
	struct tao_track_end end = { 0 };
	struct tao_blank blank = { 0 };

	ASSERT_CALL(0, ioctl(self->w, TAO_IOC_PREPARE, &prepare));
	sim_set("fault", "op=2a nth=5 sense=3/0c/00");
	EXPECT_CALL(EIO, burn(self->w, SECTORS(320)));
	EXPECT_CALL(EIO, ioctl(self->w, TAO_IOC_TRACK_END, &end));
	sim_try("eject", "force");
	sim_set("insert", "cdrw80");
	sim_set("commands", "0");
	EXPECT_CALL(EBADFD, ioctl(self->w, TAO_IOC_TRACK_BEGIN, &begin));
	EXPECT_LOST();

	sim_new_disc("cdrw80");
	ASSERT_CALL(0, ioctl(self->w, TAO_IOC_PREPARE, &prepare));
	ASSERT_CALL(0, burn(self->w, SECTORS(300)));
	sim_set("fault", "op=a1 sense=4/44/00");
	EXPECT_CALL(EIO, ioctl(self->w, TAO_IOC_BLANK, &blank));
	image_insert(other_disc);
	sim_set("commands", "0");
	EXPECT_CALL(EBADFD, ioctl(self->w, TAO_IOC_BLANK, &blank));
	EXPECT_LOST();
}

/* Between TRACK_BEGIN and the first WRITE, which is not sent a second time then. */
TEST_F(call, exchanged_in_a_track)
{
	struct tao_prepare prepare = { 0 };
	struct tao_track_begin begin = { 0 };
	struct tao_track_end end = { 0 };
	struct tao_finalize f = { .close = TAO_CLOSE_FINALIZE };

	ASSERT_CALL(0, ioctl(self->w, TAO_IOC_PREPARE, &prepare));
	ASSERT_CALL(0, ioctl(self->w, TAO_IOC_TRACK_BEGIN, &begin));
	image_insert(other_disc);
	EXPECT_CALL(EBADFD, write(self->w, audio, SECTORS(32)) < 0);
	EXPECT_EQ(1, sim_commands(OP_WRITE));
	EXPECT_CALL(EBADFD, ioctl(self->w, TAO_IOC_TRACK_END, &end));
	EXPECT_CALL(EBADFD, ioctl(self->w, TAO_IOC_RELEASE, &f));
	EXPECT_EQ(TAO_STATE_IDLE, sim_status().state);
	EXPECT_EQ(0, sim_medium().flags & TAO_MEDIUM_TRACK_FAILED);

	/* In the middle of it */
	sim_new_disc("cdrw80");
	ASSERT_CALL(0, ioctl(self->w, TAO_IOC_PREPARE, &prepare));
	ASSERT_EQ(SECTORS(320), write(self->w, audio, SECTORS(320)));
	image_insert(other_disc);
	EXPECT_CALL(EIO, write(self->w, audio, SECTORS(32)) < 0);
	EXPECT_CALL(EBADFD, ioctl(self->w, TAO_IOC_TRACK_END, &end));
	EXPECT_CALL(EBADFD, ioctl(self->w, TAO_IOC_RELEASE, &f));
	EXPECT_EQ(0, sim_commands(OP_CLOSE));
	EXPECT_EQ(TAO_STATE_IDLE, sim_status().state);
	EXPECT_EQ(0, sim_medium().flags & TAO_MEDIUM_TRACK_FAILED);
}

/* A reset or the same disc again is not an exchange, with numbers of discs and without them. */
TEST_F(call, not_exchanged)
{
	static const char *const rules[] = { "clear", "op=51 times=0 set=7:20",
					     "op=51 times=0 set=12:00000001" };
	struct tao_finalize f = { .close = TAO_CLOSE_FINALIZE };
	struct tao_prepare prepare = { 0 };
	struct tao_blank blank = { 0 };
	struct tao_track_end end = { 0 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rules); i++) {
		sim_new_disc("cdrw80");
		sim_set("fault", rules[i]);
		ASSERT_CALL(0, ioctl(self->w, TAO_IOC_PREPARE, &prepare));
		sim_set("attention", "6/29/00");
		ASSERT_CALL(0, burn(self->w, SECTORS(300))) TH_LOG("%s", rules[i]);
		sim_set("attention", "6/28/00");
		ASSERT_CALL(0, burn(self->w, SECTORS(300))) TH_LOG("%s", rules[i]);
		/* The look after the track fails. */
		sim_set("fault", "op=46 sense=4/44/00");
		ASSERT_CALL(0, burn(self->w, SECTORS(300))) TH_LOG("%s", rules[i]);
		sim_set("attention", "6/28/00");
		ASSERT_CALL(0, burn(self->w, SECTORS(300))) TH_LOG("%s", rules[i]);
		/* One that fails is on the disc today, and not tomorrow. */
		sim_set("fault", "op=2a nth=2 sense=3/0c/00");
		EXPECT_CALL(EIO, burn(self->w, SECTORS(300)));
		EXPECT_CALL(EIO, ioctl(self->w, TAO_IOC_TRACK_END, &end));
		sim_set("eject", "force");
		sim_set("insert", "same");
		ASSERT_CALL(0, ioctl(self->w, TAO_IOC_BLANK, &blank)) TH_LOG("%s", rules[i]);
		sim_set("attention", "6/28/00");
		ASSERT_CALL(0, burn(self->w, SECTORS(300))) TH_LOG("%s", rules[i]);
		sim_set("attention", "6/29/00");
		EXPECT_CALL(0, ioctl(self->w, TAO_IOC_RELEASE, &f)) TH_LOG("%s", rules[i]);
		EXPECT_EQ(TAO_DISC_COMPLETE, sim_medium().status);
		sim_set("fault", "clear");
	}
}

/* The drive calls the disc blank for a while, and then reports another number. */
TEST_F(call, not_exchanged_but_called_blank)
{
	struct tao_finalize f = { .close = TAO_CLOSE_FINALIZE };
	struct tao_prepare prepare = { 0 };

	ASSERT_CALL(0, ioctl(self->w, TAO_IOC_PREPARE, &prepare));
	/* status, first track, sessions, tracks, flags, type, ..., number */
	sim_set("fault", "op=51 times=0 set=2:1001010101a0ff000000deadbeef");
	ASSERT_CALL(0, burn(self->w, SECTORS(300)));
	EXPECT_EQ(TAO_DISC_BLANK, sim_medium().status);
	sim_set("fault", "clear");
	EXPECT_CALL(0, ioctl(self->w, TAO_IOC_RELEASE, &f));
	EXPECT_EQ(TAO_DISC_COMPLETE, sim_medium().status);
}

/* To know that costs nothing for a track. */
TEST_F(call, exchange_costs_nothing)
{
	struct tao_track_begin begin = { 0 };
	struct tao_prepare prepare = { 0 };

	ASSERT_CALL(0, ioctl(self->w, TAO_IOC_PREPARE, &prepare));
	sim_set("commands", "0");
	ASSERT_CALL(0, ioctl(self->w, TAO_IOC_TRACK_BEGIN, &begin));
	EXPECT_EQ(0, sim_commands(0x00));
	EXPECT_EQ(0, sim_commands(0x51));
	EXPECT_EQ(1, sim_commands(OP_MODE_SELECT));
}

TEST_F(call, wrong_order_idle)
{
	struct tao_finalize f = { .close = TAO_CLOSE_FINALIZE };
	struct tao_track_end end = { 0 };

	EXPECT_CALL(EBADFD, ioctl(self->w, TAO_IOC_RELEASE, &f));
	EXPECT_CALL(ENODATA, ioctl(self->w, TAO_IOC_TRACK_END, &end));
	EXPECT_CALL(ENODATA, ioctl(self->w, TAO_IOC_CANCEL));
	EXPECT_CALL(ENODATA, ioctl(self->w, TAO_IOC_FINALIZE, &f));
	EXPECT_TRUE(untouched());
	EXPECT_EQ(TAO_DISC_BLANK, sim_medium().status);
}

TEST_F(call, wrong_order_prepared)
{
	struct tao_prepare prepare = { 0 };
	struct tao_finalize f = { .close = TAO_CLOSE_FINALIZE };
	struct tao_track_end end = { 0 };

	ASSERT_CALL(0, ioctl(self->w, TAO_IOC_PREPARE, &prepare));
	EXPECT_EQ(TAO_STATE_PREPARED, sim_status().state);
	EXPECT_TRUE(sim_locked());
	EXPECT_CALL(EALREADY, ioctl(self->w, TAO_IOC_PREPARE, &prepare));
	EXPECT_CALL(EALREADY, ioctl(self->w, TAO_IOC_FINALIZE, &f));
	EXPECT_CALL(ENODATA, ioctl(self->w, TAO_IOC_TRACK_END, &end));
	EXPECT_CALL(ENODATA, ioctl(self->w, TAO_IOC_CANCEL));
	EXPECT_TRUE(untouched());
	/* Nothing was written: there is nothing to close, and no error. */
	EXPECT_CALL(0, ioctl(self->w, TAO_IOC_RELEASE, &f));
	EXPECT_TRUE(untouched());
	EXPECT_FALSE(sim_left_locked());
	EXPECT_EQ(TAO_DISC_BLANK, sim_medium().status);
}

TEST_F(call, wrong_order_track_open)
{
	struct tao_prepare prepare = { 0 };
	struct tao_finalize f = { .close = TAO_CLOSE_FINALIZE };
	struct tao_track_begin begin = { 0 };
	struct tao_track_end end = { 0 };
	struct tao_blank blank = { 0 };
	int i;

	for (i = 0; i < 2; i++) {
		/* First without PREPARE, then with it. */
		if (i)
			ASSERT_CALL(0, ioctl(self->w, TAO_IOC_PREPARE, &prepare));
		ASSERT_EQ(SECTORS(40), write(self->w, audio, SECTORS(40)));
		EXPECT_EQ(TAO_STATE_TRACK_OPEN, sim_status().state);
		EXPECT_CALL(i ? EALREADY : EINPROGRESS, ioctl(self->w, TAO_IOC_PREPARE, &prepare));
		EXPECT_CALL(EINPROGRESS, ioctl(self->w, TAO_IOC_TRACK_BEGIN, &begin));
		EXPECT_CALL(EINPROGRESS, ioctl(self->w, TAO_IOC_RELEASE, &f));
		EXPECT_CALL(EINPROGRESS, ioctl(self->w, TAO_IOC_FINALIZE, &f));
		EXPECT_CALL(EINPROGRESS, ioctl(self->w, TAO_IOC_BLANK, &blank));
		EXPECT_EQ(0, sim_commands(OP_CLOSE) + sim_commands(OP_BLANK));
		ASSERT_EQ(SECTORS(360), write(self->w, audio + SECTORS(40), SECTORS(360)));
		memset(&end, 0, sizeof(end));
		ASSERT_CALL(0, ioctl(self->w, TAO_IOC_TRACK_END, &end));
		EXPECT_EQ(i + 1, end.number);
		EXPECT_EQ(i * (400 + GAP_SECTORS), end.start_lba);
		EXPECT_EQ(400, end.sectors);
		EXPECT_EQ(0, end.padding_bytes);
		EXPECT_TRUE(sim_holds(end.start_lba, audio, 400));
	}
	ASSERT_CALL(0, ioctl(self->w, TAO_IOC_RELEASE, &f));
	EXPECT_EQ(TAO_DISC_COMPLETE, sim_medium().status);
}

TEST_F(call, one_writer)
{
	int other = open(sim_tao, O_WRONLY);

	EXPECT_EQ(-1, other);
	EXPECT_EQ(EBUSY, errno);
	other = open(sim_tao, O_RDWR | O_NONBLOCK);
	EXPECT_EQ(-1, other);
	EXPECT_EQ(EBUSY, errno);
	EXPECT_CALL(0, close(self->w));
	other = open(sim_tao, O_RDWR);
	EXPECT_LE(0, other);
	close(other);
}

/* Another burning program, or a mount: queries return old data meanwhile. */
TEST_F(call, held_by_another)
{
	struct tao_prepare prepare = { 0 };
	struct tao_finalize release = { .close = TAO_CLOSE_FINALIZE };
	struct tao_track_begin begin = { 0 };
	struct tao_recover recover = { 0 };
	struct tao_blank blank = { 0 };
	int other = open(sim_sr, O_RDONLY | O_NONBLOCK | O_EXCL);
	unsigned int before;

	ASSERT_LE(0, other);
	before = sim_commands_but_events();
	EXPECT_CALL(EBUSY, ioctl(self->w, TAO_IOC_PREPARE, &prepare));
	EXPECT_EQ(TAO_STATE_IDLE, sim_status().state);
	EXPECT_EQ(0, sim_status().flags & TAO_STATUS_EXPLICIT);
	EXPECT_CALL(EBADFD, ioctl(self->w, TAO_IOC_RELEASE, &release));
	EXPECT_CALL(EBUSY, ioctl(self->w, TAO_IOC_PREPARE, &prepare));
	EXPECT_CALL(EBUSY, ioctl(self->w, TAO_IOC_TRACK_BEGIN, &begin));
	EXPECT_CALL(EBUSY, ioctl(self->w, TAO_IOC_RECOVER, &recover));
	EXPECT_TRUE(!!strstr(sim_error(TAO_ERROR_FIRST).text, "in use"))
		TH_LOG("%s", sim_error(TAO_ERROR_FIRST).text);
	EXPECT_CALL(EBUSY, write(self->w, audio, 4) < 0);
	EXPECT_CALL(EBUSY, finalize(self->w, TAO_CLOSE_FINALIZE));
	EXPECT_CALL(EBUSY, ioctl(self->w, TAO_IOC_BLANK, &blank));
	EXPECT_EQ(TAO_MEDIUM_STALE, sim_medium().flags & TAO_MEDIUM_STALE);
	EXPECT_EQ(TAO_MEDIUM_CD_RW, sim_medium().type);
	EXPECT_EQ(before, sim_commands_but_events());
	close(other);
	EXPECT_EQ(0, sim_medium().flags & TAO_MEDIUM_STALE);
	EXPECT_CALL(0, burn(self->w, 1));
}

/* Another program has a disc with a track, and opens a session with its own. */
TEST_F(call, refused_release_closes_nothing)
{
	struct tao_prepare prepare = { 0 };
	struct tao_finalize release = { .close = TAO_CLOSE_FINALIZE };
	int other;

	ASSERT_CALL(0, burn(self->w, SECTORS(300)));
	sim_wait_idle();
	other = open(sim_sr, O_RDONLY | O_NONBLOCK | O_EXCL);
	ASSERT_LE(0, other);
	EXPECT_CALL(EBUSY, ioctl(self->w, TAO_IOC_PREPARE, &prepare));
	EXPECT_CALL(EBADFD, ioctl(self->w, TAO_IOC_RELEASE, &release));
	EXPECT_EQ(0, sim_commands(OP_CLOSE));
	close(other);
	EXPECT_EQ(TAO_DISC_APPENDABLE, sim_medium().status);
}

/* The settings of a PREPARE that was refused have no later effect. */
TEST_F(call, refused_prepare_leaves_no_trace)
{
	struct tao_prepare test = { .flags = TAO_PREPARE_TEST_WRITE };
	struct tao_prepare prepare = { .client_name = "the next" };
	struct tao_finalize release = { 0 };
	struct tao_blank blank = { 0 };
	int other = open(sim_sr, O_RDONLY | O_NONBLOCK | O_EXCL);

	ASSERT_LE(0, other);
	EXPECT_CALL(EBUSY, ioctl(self->w, TAO_IOC_PREPARE, &test));
	close(other);
	EXPECT_EQ(0, sim_status().flags & (TAO_STATUS_TEST_WRITE | TAO_STATUS_EXPLICIT));
	EXPECT_CALL(0, ioctl(self->w, TAO_IOC_BLANK, &blank));
	ASSERT_CALL(0, burn(self->w, SECTORS(300)));
	EXPECT_EQ(TAO_STATE_IDLE, sim_status().state);
	EXPECT_TRUE(sim_holds(0, audio, 300));
	EXPECT_EQ(0, sim_medium().flags & TAO_MEDIUM_TEST_WRITTEN);

	/* Nor do they affect the next program that opens the drive. */
	other = open(sim_sr, O_RDONLY | O_NONBLOCK | O_EXCL);
	ASSERT_LE(0, other);
	EXPECT_CALL(EBUSY, ioctl(self->w, TAO_IOC_PREPARE, &test));
	close(self->w);
	close(other);
	self->w = open(sim_tao, O_WRONLY);
	ASSERT_LE(0, self->w);
	EXPECT_CALL(0, ioctl(self->w, TAO_IOC_PREPARE, &prepare));
	EXPECT_STREQ("the next", sim_status().owner);
	EXPECT_EQ(0, sim_status().flags & TAO_STATUS_TEST_WRITE);
	EXPECT_CALL(EALREADY, ioctl(self->w, TAO_IOC_PREPARE, &prepare));
	EXPECT_CALL(0, ioctl(self->w, TAO_IOC_RELEASE, &release));
}

/* The same for a PREPARE that gets the drive, but fails in it. */
TEST_F(call, failed_prepare_leaves_no_trace)
{
	struct tao_prepare test = { .flags = TAO_PREPARE_TEST_WRITE, .wait_ms = 1 };
	struct tao_finalize release = { .close = TAO_CLOSE_FINALIZE };

	sim_new_disc(NULL);
	EXPECT_CALL(ENOMEDIUM, ioctl(self->w, TAO_IOC_PREPARE, &test));
	EXPECT_EQ(0, sim_status().flags & (TAO_STATUS_TEST_WRITE | TAO_STATUS_EXPLICIT));
	EXPECT_CALL(EBADFD, ioctl(self->w, TAO_IOC_RELEASE, &release));
	sim_set("insert", "cdrw80");
	ASSERT_CALL(0, burn(self->w, SECTORS(300)));
	EXPECT_TRUE(sim_holds(0, audio, 300));
}

/* --- discs --- */

TEST_F(call, finalised_disc)
{
	struct tao_prepare prepare = { 0 };
	struct tao_track_begin begin = { 0 };
	char error[TAO_TEXT_SIZE];

	sim_new_disc("cdr80");
	ASSERT_CALL(0, burn(self->w, SECTORS(300)));
	ASSERT_CALL(0, finalize(self->w, TAO_CLOSE_FINALIZE));
	EXPECT_EQ(TAO_DISC_COMPLETE, sim_medium().status);
	sim_set("commands", "0");
	EXPECT_CALL(EROFS, ioctl(self->w, TAO_IOC_PREPARE, &prepare));
	EXPECT_CALL(EROFS, ioctl(self->w, TAO_IOC_TRACK_BEGIN, &begin));
	EXPECT_CALL(EROFS, write(self->w, audio, 4) < 0);
	EXPECT_CALL(EROFS, finalize(self->w, TAO_CLOSE_FINALIZE));
	strcpy(error, sim_error(TAO_ERROR_LATEST).text);
	EXPECT_TRUE(!!strstr(error, "finalised")) TH_LOG("%s", error);
	EXPECT_TRUE(untouched());
	EXPECT_FALSE(sim_left_locked());
	EXPECT_TRUE(sim_holds(0, audio, 300));
}

TEST_F(call, no_disc)
{
	struct tao_prepare prepare = { .wait_ms = 1 };
	struct tao_track_begin begin = { 0 };
	struct tao_blank blank = { 0 };

	sim_new_disc(NULL);
	EXPECT_EQ(TAO_MEDIUM_NONE, sim_medium().type);
	EXPECT_CALL(ENOMEDIUM, ioctl(self->w, TAO_IOC_PREPARE, &prepare));
	EXPECT_CALL(ENOMEDIUM, ioctl(self->w, TAO_IOC_TRACK_BEGIN, &begin));
	EXPECT_CALL(ENOMEDIUM, write(self->w, audio, 4) < 0);
	EXPECT_CALL(ENOMEDIUM, finalize(self->w, TAO_CLOSE_FINALIZE));
	EXPECT_CALL(ENOMEDIUM, ioctl(self->w, TAO_IOC_BLANK, &blank));
	EXPECT_TRUE(untouched());
	EXPECT_CALL(0, close(self->w));
}

TEST_F(call, blank_a_cd_r)
{
	struct tao_blank blank = { 0 };

	sim_new_disc("cdr80");
	ASSERT_CALL(0, burn(self->w, SECTORS(300)));
	EXPECT_CALL(EMEDIUMTYPE, ioctl(self->w, TAO_IOC_BLANK, &blank));
	EXPECT_EQ(0, sim_commands(OP_BLANK));
	EXPECT_TRUE(sim_holds(0, audio, 300));
}

TEST_F(call, blank_a_cd_rw)
{
	struct tao_blank blank = { 0 };

	ASSERT_CALL(0, burn(self->w, SECTORS(300)));
	ASSERT_CALL(0, finalize(self->w, TAO_CLOSE_FINALIZE));
	EXPECT_EQ(TAO_DISC_COMPLETE, sim_medium().status);
	ASSERT_CALL(0, ioctl(self->w, TAO_IOC_BLANK, &blank));
	EXPECT_EQ(TAO_DISC_BLANK, sim_medium().status);
	EXPECT_EQ(0, sim_medium().next_lba);
	ASSERT_CALL(0, burn(self->w, SECTORS(301)));
	blank.flags = TAO_BLANK_FULL;
	ASSERT_CALL(0, ioctl(self->w, TAO_IOC_BLANK, &blank));
	EXPECT_EQ(TAO_DISC_BLANK, sim_medium().status);
	EXPECT_EQ(0, sim_medium().tracks);
}

/* The available space: lead-out 1000 leaves 998 sectors (MMC: lead-out - 2). */
TEST_F(call, announced_length)
{
	struct tao_track_begin begin = { .bytes = SECTORS(999) };
	struct tao_track_end end = { 0 };

	sim_new_disc("cdr:1000");
	EXPECT_EQ(1000, sim_medium().lead_out_lba);
	EXPECT_CALL(ENOSPC, ioctl(self->w, TAO_IOC_TRACK_BEGIN, &begin));
	begin.bytes = SECTORS(998ULL) + 1;
	EXPECT_CALL(ENOSPC, ioctl(self->w, TAO_IOC_TRACK_BEGIN, &begin));
	begin.bytes = ~0ULL;
	EXPECT_CALL(ENOSPC, ioctl(self->w, TAO_IOC_TRACK_BEGIN, &begin));
	EXPECT_TRUE(untouched());
	EXPECT_EQ(TAO_DISC_BLANK, sim_medium().status);
	EXPECT_EQ(TAO_STATE_IDLE, sim_status().state);

	begin.bytes = SECTORS(310) + 100;
	ASSERT_CALL(0, ioctl(self->w, TAO_IOC_TRACK_BEGIN, &begin));
	EXPECT_EQ(1, begin.number);
	EXPECT_EQ(0, begin.start_lba);
	EXPECT_EQ(998, begin.free_sectors);
	EXPECT_EQ(311, sim_status().sectors);
	EXPECT_EQ(SECTORS(310) + 100, write(self->w, audio, SECTORS(312)));
	EXPECT_CALL(EFBIG, write(self->w, audio, 1) < 0);
	ASSERT_CALL(0, ioctl(self->w, TAO_IOC_TRACK_END, &end));
	EXPECT_EQ(311, end.sectors);
	EXPECT_EQ(TAO_SECTOR_SIZE - 100, end.padding_bytes);
	EXPECT_EQ(998 - 311 - GAP_SECTORS, sim_medium().free_sectors);
	EXPECT_EQ(311 + GAP_SECTORS, sim_medium().next_lba);
	EXPECT_TRUE(sim_holds(0, audio, 310));
}

/* A track that exceeds the disc: a short count, ENOSPC, and a playable track. */
TEST_F(call, full_disc)
{
	struct tao_track_begin begin = { 0 };

	sim_new_disc("cdr:352");
	EXPECT_EQ(SECTORS(349), write(self->w, audio, SECTORS(349)));
	EXPECT_EQ(SECTORS(1), write(self->w, audio + SECTORS(349), SECTORS(2)));
	EXPECT_CALL(ENOSPC, write(self->w, audio, 1) < 0);
	EXPECT_CALL(0, close(self->w));
	sim_wait_idle();
	EXPECT_TRUE(sim_holds(0, audio, 350));
	EXPECT_EQ(1, sim_medium().tracks);
	self->w = open(sim_tao, O_WRONLY);
	ASSERT_LE(0, self->w);
	sim_set("commands", "0");
	EXPECT_CALL(ENOSPC, ioctl(self->w, TAO_IOC_TRACK_BEGIN, &begin));
	EXPECT_CALL(ENOSPC, write(self->w, audio, 1) < 0);
	EXPECT_TRUE(untouched());
	EXPECT_CALL(0, finalize(self->w, TAO_CLOSE_FINALIZE));
	EXPECT_EQ(TAO_DISC_COMPLETE, sim_medium().status);
}

TEST_F(call, ninety_nine_tracks)
{
	struct tao_prepare prepare = { 0 };
	struct tao_finalize f = { .close = TAO_CLOSE_FINALIZE };
	struct tao_track_begin begin = { 0 };
	int i;

	ASSERT_CALL(0, ioctl(self->w, TAO_IOC_PREPARE, &prepare));
	for (i = 1; i <= TAO_TRACKS_MAX; i++)
		ASSERT_CALL(0, burn(self->w, 1)) TH_LOG("track %d", i);
	EXPECT_EQ(99, sim_medium().tracks);
	sim_set("commands", "0");
	EXPECT_CALL(EMLINK, ioctl(self->w, TAO_IOC_TRACK_BEGIN, &begin));
	EXPECT_CALL(EMLINK, write(self->w, audio, 1) < 0);
	EXPECT_TRUE(untouched());
	EXPECT_CALL(0, ioctl(self->w, TAO_IOC_RELEASE, &f));
	EXPECT_EQ(TAO_DISC_COMPLETE, sim_medium().status);
	EXPECT_EQ(99, sim_medium().tracks);
}

/* --- data that look like a file --- */

static const struct {
	const char *head;
	size_t len;
} heads[] = {
	{ "RIFF\x24\x08\0\0WAVEfmt ", 16 },
	{ "FORM\0\0\x10\0AIFFCOMM", 16 },
	{ "fLaC\0\0\0\x22\x10\0\x10\0\0\0\0\0", 16 },
	{ "OggS\0\2\0\0\0\0\0\0\0\0\0\0", 16 },
	{ "ID3\4\0\0\0\0\0\0\0\0\0\0\0\0", 16 },
	{ "\0\0\0 ftypM4A \0\0\0\0", 16 },
};

TEST_F(call, file_headers)
{
	struct tao_track_begin begin = { .flags = TAO_TRACK_ANY_DATA };
	struct tao_error error;
	char data[SECTORS(300)];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(heads); i++) {
		memcpy(data, audio, sizeof(data));
		memcpy(data, heads[i].head, heads[i].len);
		EXPECT_CALL(EINVAL, write(self->w, data, sizeof(data)) < 0) TH_LOG("%zu", i);
		error = sim_error(TAO_ERROR_FIRST);
		EXPECT_EQ(EINVAL, error.error);
		EXPECT_TRUE(!!strstr(error.text, "tao burn")) TH_LOG("%s", error.text);
		EXPECT_TRUE(untouched());
		close(self->w);
		sim_wait_idle();
		EXPECT_TRUE(untouched());
		EXPECT_EQ(TAO_DISC_BLANK, sim_medium().status);
		EXPECT_FALSE(sim_left_locked());
		self->w = open(sim_tao, O_WRONLY);
		ASSERT_LE(0, self->w);
	}
	/* An explicit flag permits it. */
	ASSERT_CALL(0, ioctl(self->w, TAO_IOC_TRACK_BEGIN, &begin));
	EXPECT_CALL(0, burn(self->w, SECTORS(300)));
	EXPECT_EQ(1, sim_medium().tracks);
}

/* Byte by byte; data that only begin like a header are audio. */
TEST_F(call, file_header_in_pieces)
{
	size_t i;

	for (i = 0; i < 3; i++)
		ASSERT_EQ(1, write(self->w, "RIFF" + i, 1));
	EXPECT_CALL(EINVAL, write(self->w, "F", 1) < 0);
	EXPECT_TRUE(untouched());
	close(self->w);
	sim_wait_idle();
	EXPECT_TRUE(untouched());
	self->w = open(sim_tao, O_WRONLY);
	ASSERT_LE(0, self->w);
	memcpy(audio, "RIFE", 4);
	EXPECT_CALL(0, burn(self->w, SECTORS(300)));
	EXPECT_TRUE(sim_holds(0, audio, 300));
}

/* --- opens --- */

TEST_F(call, open_sends_nothing)
{
	unsigned int before;
	int i;

	close(self->w);
	/* The kernel checks for disc events when a claim ends, which a query's claim just did. */
	do {
		before = sim_all_commands();
		usleep(500000);
	} while (before != sim_all_commands());
	for (i = 0; i < 20; i++) {
		int fd = open(sim_tao, i % 3);

		ASSERT_LE(0, fd);
		EXPECT_CALL(0, fsync(fd) && errno != EBADF);
		close(fd);
	}
	EXPECT_EQ(before, sim_all_commands());
	EXPECT_EQ(TAO_DISC_BLANK, sim_medium().status);
}

/* A query of a reader never sends a command during a burn. */
TEST_F(call, queries_while_burning)
{
	char arg[8192] = { 0 };
	unsigned int before;
	size_t i;

	ASSERT_EQ(SECTORS(320), write(self->w, audio, SECTORS(320)));
	before = sim_all_commands();
	for (i = 0; i < ARRAY_SIZE(queries); i++) {
		memset(arg, 0, sizeof(arg));
		EXPECT_CALL(0, ioctl(self->r, queries[i], arg));
	}
	EXPECT_EQ(before, sim_all_commands());
	EXPECT_EQ(TAO_MEDIUM_STALE, sim_medium().flags & TAO_MEDIUM_STALE);
	EXPECT_EQ(SECTORS(80), write(self->w, audio + SECTORS(320), SECTORS(80)));
	EXPECT_CALL(0, close(self->w));
	EXPECT_TRUE(sim_holds(0, audio, 400));
}

TEST_HARNESS_MAIN
