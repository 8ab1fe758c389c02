// SPDX-License-Identifier: GPL-2.0-only
/*
 * Deliberate faults in the simulated recorder: every kind of rule. No command may get lost in
 * aborts, resets, or when a drive is unplugged.
 *
 * lab: --bare --except seen
 * This program must see each command and reply, so nobody else may use the drive.
 */
#include <pthread.h>
#include <sys/wait.h>

#include "recorder.h"

#define HOST(byte)	(-(byte))	/* what execute() returns for a host byte */
#define DID_NO_CONNECT	1
#define DID_TIME_OUT	3
#define DID_SOFT_ERROR	11
#define DID_RESET	8

/* Replaces all rules by this one. */
static void rule(const char *text)
{
	set("fault", "clear");
	set("fault", text);
}

static bool listed(const char *text)
{
	return strstr(get("fault"), text);
}

static void test_which(void)
{
	int i, failed = 0;

	rule("op=00 sense=3/0c/09");
	is("a sense code", tur(), LOSS_OF_STREAMING);
	is("... once", tur(), 0);
	result(listed("op=00 sense=3/0c/09 # seen 2 hits 1"), "... and counted",
	       "%s", get("fault"));
	rule("op=00 sense=0/00/00");
	is("a CHECK CONDITION with nothing in it", tur(), 0);
	is("... is one", last_status, 2);
	is("... of the fixed format", sense[0], 0x70);
	is("... and no more than that", sense[2] | sense[12] | sense[13], 0);
	rule("op=00 nth=3 times=2 sense=4/08/03");
	is("the third and fourth: not the first", tur() | tur(), 0);
	is("... the third", tur(), 0x040803);
	is("... the fourth", tur(), 0x040803);
	is("... not the fifth", tur(), 0);
	rule("times=0 sense=2/04/00");
	for (i = 0; i < 5; i++)
		failed += tur() == 0x020400;
	is("any command, for ever", failed, 5);
	is("... INQUIRY too", cmd("12 00 00 0024 00"), 0x020400);
	rule("op=00 times=0 chance=40 sense=4/44/00");
	set("fault", "seed=5");
	for (i = failed = 0; i < 200; i++)
		failed += tur() == 0x044400;
	result(failed > 50 && failed < 110, "by chance, 40 % of 200", "%d", failed);
	rule("op=43 cdb=2:04 sense=5/24/00 times=0");
	is("by a byte of the CDB: ATIP", cmd("43 02 04 00 00 00 00 001c 00"), BAD_FIELD);
	is("... not the PMA", cmd("43 02 03 00 00 00 00 001c 00"), 0);
	rule("longer=100 sense=5/24/00 times=0");
	is("by the length: short", send(page05, 60, "55 10 00 00 00 00 00 003c 00"), 0);
	is("... long", write_lba(0, 1), BAD_FIELD);
	rule("lba=60..69 sense=3/0c/00 times=0");
	is("by address: before", write_lba(0, 60), 0);
	is("... in", write_lba(60, 1), 0x030c00);
	is("... across", write_lba(60, 20), 0x030c00);
	is("... another command", track_info(0xff), 0);
	set("fault", "clear");
	is("... nothing was taken", nwa(), 60);
	is("... and on it goes", write_lba(60, 20), 0);
	rule("op=2a sense=3/0c/02 after");
	is("after it was executed", write_lba(80, 20), 0x030c02);
	is("... it was taken", nwa(), 100);
	is("the track ends", sync_cache(), 0);
}

static void test_grammar(void)
{
	static const char * const bad[] = {
		"nonsense", "op=00", "op=100 hang", "op=00 sense=3/0c", "op=00 sense=16/0/0",
		"op=00 sense=3/0c/00 hang", "op=00 hang=3", "op=00 delay", "host=0", "host=300",
		"set=3", "set=3:1", "set=3:zz", "cdb=15:0102 hang",
		"cdb=4294967295:0000 hang", "sense=0/00", "short", "nth=x hang",
		"op=00 hold after", "hold=3",
	};
	unsigned int i;
	int wrong = 0;

	set("fault", "clear");
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		wrong += try_set("fault", bad[i]) == 0;
	is("bad rules are refused", wrong, 0);
	is("... and not kept", *get("fault"), 0);
	set("fault", "op=00 sense=2/04/00\nop=00 nth=2 sense=3/02/00\n");
	is("two rules at once: the first", tur(), 0x020400);
	is("... the second", tur(), 0x030200);
	set("fault", "clear");
}

static void test_replies(void)
{
	rule("op=51 short=10");
	is("a short reply", cmd("51 00 00 00 00 00 00 0022 00") ?: got, 10);
	is("... what is behind it is noise", reply[10], 0xa5);
	rule("op=52 set=12:00bc614e");
	is("a lying READ TRACK INFORMATION", nwa(), 12345678);
	is("... once", nwa() < 1000, 1);
	rule("op=51 garbage times=0");
	cmd("51 00 00 00 00 00 00 0022 00");
	memcpy(page05, reply, 34);
	is("garbage", cmd("51 00 00 00 00 00 00 0022 00") ?: got, 34);
	is("... another each time", !memcmp(page05, reply, 34), 0);
	rule("op=00 status=8");
	is("a status: BUSY is sent again by the kernel", tur(), 0);
	rule("op=00 sense=3/0c/00 deferred");
	is("deferred sense", tur(), 0x030c00);
	is("... says so", sense[0], 0x71);
	rule("op=1e good");
	is("good without doing it", cmd("1e 00 00 00 01 00") ?: strcmp(get("locked"), "0"), 0);
	select_audio(3);
	rule("op=2a residual=2352");
	write_lba(nwa(), 2);
	is("a residual", got, RAW);
	sync_cache();
	set("fault", "clear");
}

static void test_time(void)
{
	double start = clock_s();

	rule("op=00 delay=400");
	is("a delay before", tur(), 0);
	result(clock_s() - start > 0.4, "... took its time", "%.3f s", clock_s() - start);
	start = clock_s();
	rule("op=00 delay=400 after");
	is("a delay after", tur(), 0);
	result(clock_s() - start > 0.4, "... took its time", "%.3f s", clock_s() - start);
	rule("op=00 hold");
	start = clock_s();
	if (!fork()) {
		usleep(400000);
		set("fault", "clear");
		_exit(0);
	}
	is("held till the rules are cleared", tur(), 0);
	result(clock_s() - start > 0.4, "... not before", "%.3f s", clock_s() - start);
	wait(NULL);
	command_timeout = 1000;
	rule("op=00 hang");
	is("no answer: the kernel aborts", tur(), HOST(DID_TIME_OUT));
	is("... and the drive goes on", tur(), 0);
	select_audio(3);
	rule("op=2a hang after");
	start = nwa();
	is("data taken, no answer", write_lba(start, 3), HOST(DID_TIME_OUT));
	is("... taken they are", nwa(), start + 3);
	command_timeout = 60000;
	set("fault", "clear");
	sync_cache();
}

static void test_events(void)
{
	rule("op=00 host=11");
	is("an error of the adapter", tur(), HOST(DID_SOFT_ERROR));
	rule("op=00 reset");
	is("a bus reset", tur(), HOST(DID_RESET));
	is("... unit attention", tur(), UA_RESET);
	is("... and that of the disc", tur(), UA_MEDIUM);
	is("... page 05h is gone", write_lba(0, 1), BAD_SEQUENCE);
	rule("op=1e eject");
	cmd("1e 00 00 00 01 00");
	is("ejected by hand", tur(), NO_MEDIUM_OPEN);
	set("insert", "same");
	tur();
	select_audio(3);
	write_lba(nwa(), 30);
	rule("op=2a eject after");
	write_lba(nwa(), 30);
	is("ejected in a track", tur(), NO_MEDIUM_OPEN);
	set("insert", "same");
	tur();
	is("... which is incomplete", track_info(0xff) ?: reply[5] & 0x20, 0x20);
	set("fault", "clear");
}

static void test_held(void)
{
	int i = 0, ret;

	new_drive("realtime", "1", "speed", "4", "buffer_full", "hold", "buffer_size", "131072",
		  "insert", "cdr80", NULL);
	tur();
	select_audio(3);
	/* The buffer empties at 300 sectors/s: 20 sectors wait 67 ms for room. */
	command_timeout = 60000;
	for (ret = 0; !ret && i < 400; i += 20)
		ret = write_lba(i, 20);
	is("a drive that holds WRITE", ret, 0);
	rule("op=2a delay=3000");
	command_timeout = 500;
	is("a held command is aborted", write_lba(i, 20), HOST(DID_TIME_OUT));
	command_timeout = 60000;
	is("... its data were not taken", nwa(), i);
	is("... the same again", write_lba(i, 20), 0);
	set("fault", "clear");
	is("the end", sync_cache(), 0);
}

static void *late_write(void *ret)
{
	*(int *)ret = write_lba(0, 20);
	return NULL;
}

/* Unplugs the drive while it has a command. */
static void test_power_off(void)
{
	pthread_t thread;
	double start;
	int ret = 1;

	new_drive("insert", "cdr80", NULL);
	tur();
	select_audio(3);
	rule("op=2a hang");
	pthread_create(&thread, NULL, late_write, &ret);
	usleep(300000);
	start = clock_s();
	set("power", "0");
	pthread_join(thread, NULL);
	result(clock_s() - start < 5, "power off does not wait for a command",
	       "%.3f s", clock_s() - start);
	is("... which ends at once", ret, HOST(DID_NO_CONNECT));
	close(sg);
	set("fault", "clear");
	set("power", "1");
	open_sg();
	while (tur() >> 16 == 6)
		;
	rule("op=1e unplug");
	is("unplugged by a rule", cmd("1e 00 00 00 01 00"), HOST(DID_NO_CONNECT));
	for (ret = 0; ret < 200 && strcmp(get("power"), "0"); ret++)
		usleep(20000);
	is("... it is off", strcmp(get("power"), "0"), 0);
	close(sg);
	set("power", "1");
	open_sg();
	while (tur() >> 16 == 6)
		;
	is("... and on again", tur(), 0);
}

int main(void)
{
	ksft_print_header();
	if (geteuid())
		ksft_exit_skip("not root\n");
	set_up();
	new_drive("insert", "cdr80", NULL);
	tur();
	select_audio(3);
	test_which();
	test_grammar();
	test_replies();
	test_time();
	test_events();
	test_held();
	test_power_off();
	power_off();
	printf("1..%d\n", checks);
	return ksft_get_fail_cnt() ? KSFT_FAIL : KSFT_PASS;
}
