// SPDX-License-Identifier: GPL-2.0-only
/*
 * Conditions that a recorder reports on its own: unit attentions, one per command and in order,
 * and that it is not ready. SPC-3 defines the codes; MMC leaves it to the drive which of them it
 * reports.
 *
 * lab: --bare --except seen
 * This program must see each command and reply, so nobody else may use the drive.
 */
#include "recorder.h"

#define UA_POWER_ON	0x062900
#define UA_PARAMETERS	0x062a01
#define UA_TARGET	0x063f00
#define NEEDS_START	0x020402

/* Discards pending unit attentions; the kernel's first commands have consumed some already. */
static void settle(void)
{
	int ret;

	do
		ret = wait_ready();
	while (ret >> 16 == 6);
	if (ret)
		fatal("not ready");
}

static int reset_device(void)
{
	return ioctl(sg, SG_SCSI_RESET, &(int){ SG_SCSI_RESET_DEVICE });
}

static void test_queue(void)
{
	new_drive("insert", "cdr80", NULL);
	settle();
	is("three attentions wait", try_set("attention", "6/3f/00"), 0);
	set("attention", "6/28/00");
	set("attention", "6/2a/01");
	set("attention", "6/28/00");
	is("INQUIRY tells of none", cmd("12 00 00 0024 00"), 0);
	is("GET CONFIGURATION neither", cmd("46 00 0000 00 00 00 0100 00"), 0);
	is("the first command is told of the first", tur(), UA_TARGET);
	is("another one of the second", track_info(1), UA_MEDIUM);
	is("REQUEST SENSE of the third", cmd("03 00 00 00 12 00"), 0);
	is("... in its data", (reply[2] & 15) << 16 | reply[12] << 8 | reply[13], UA_PARAMETERS);
	is("the same twice waits once", tur(), 0);
	set("attention", "6/3f/00");
	is("a reset", reset_device(), 0);
	is("... is told of first", tur(), UA_RESET);
	is("... then of the disc", tur(), UA_MEDIUM);
	is("... and nothing from before", tur(), 0);
	is("no sense key but 6", try_set("attention", "5/24/00"), -EINVAL);
	is("no code of three digits", try_set("attention", "6/100/00"), -EINVAL);
	is("nothing behind it", try_set("attention", "6/28/00x"), -EINVAL);
}

static int buffer_capacity(void)
{
	return cmd("5c 00 00 00 00 00 00 000c 00");
}

/* The kernel's first commands are kept from the drive, so that we get the unit attentions. */
static void test_power_on(void)
{
	static const char * const its[] = { "00", "1b", "25", "28", "43", "51", "52", "5a", "be" };
	unsigned int i;
	char rule[64];

	new_drive("insert", "cdr80", NULL);
	settle();
	close(sg);
	for (i = 0; i < ARRAY_SIZE(its); i++) {
		snprintf(rule, sizeof(rule), "op=%s times=0 sense=5/20/00", its[i]);
		set("fault", rule);
	}
	set("power", "0");
	set("power", "1");
	open_sg();
	is("power on: it tells of that first", buffer_capacity(), UA_POWER_ON);
	is("... then of the disc", buffer_capacity(), UA_MEDIUM);
	is("... then of nothing", buffer_capacity(), 0);
	set("fault", "clear");
}

static void test_spin_up(void)
{
	new_drive("busy_polls", "2", "insert", "cdr80", NULL);
	settle();
	is("eject", cmd("1b 00 00 00 02 00"), 0);
	is("load, IMMED", cmd("1b 01 00 00 03 00"), 0);
	is("busy_polls 2: the first command", tur(), NOT_READY_LOADING);
	is("... the second", track_info(1), NOT_READY_LOADING);
	is("... then it is a new medium", tur(), UA_MEDIUM);
	is("... and ready", tur(), 0);
	is("eject", cmd("1b 00 00 00 02 00"), 0);
	is("load without IMMED waits for that", cmd("1b 00 00 00 03 00"), 0);
	is("... new medium", tur(), UA_MEDIUM);
	is("a reset", reset_device(), 0);
	is("... the attention comes before anything else", cmd("51 00 00 00 00 00 00 0022 00"),
	   UA_RESET);
	is("... becoming ready", wait_ready(), UA_MEDIUM);
	is("... ready", tur(), 0);
}

static void test_stop(void)
{
	new_drive("insert", "cdr80", "needs_start", "1", NULL);
	settle();
	select_audio(3);
	is("stop", cmd("1b 00 00 00 00 00"), 0);
	is("... it stands", tur(), NEEDS_START);
	is("... and stays so", cmd("51 00 00 00 00 00 00 0022 00"), NEEDS_START);
	is("... MODE SENSE needs no disc", cmd("5a 00 05 00 00 00 00 00ff 00"), 0);
	is("... REQUEST SENSE tells of it", cmd("03 00 00 00 12 00") ?:
	   ((reply[2] & 15) << 16 | reply[12] << 8 | reply[13]), NEEDS_START);
	is("start", cmd("1b 00 00 00 01 00"), 0);
	is("... ready", tur(), 0);
	is("... with its write parameters", write_lba(0, 1), 0);
	is("no stop in a track", cmd("1b 00 00 00 00 00"), BAD_SEQUENCE);
	sync_cache();
	set("needs_start", "0");
	set("busy_polls", "1");
	is("stop", cmd("1b 00 00 00 00 00"), 0);
	is("a drive that starts by itself", tur(), NOT_READY_LOADING);
	is("... is ready then", tur(), 0);
}

static void test_all(void)
{
	new_drive("insert", "cdrw80", "attentions", "1", NULL);
	settle();
	select_audio(0);
	is("attentions 1: a track and its end", burn(300), 0);
	is("... are no change of the medium", tur(), 0);
	is("CLOSE SESSION", close_session(), 0);
	is("... is", tur(), UA_MEDIUM);
	is("... once", tur(), 0);
	is("BLANK", cmd("a1 01 00000000 00 00 00 00 00 00"), 0);
	is("... is, too", tur(), UA_MEDIUM);
	select_audio(0);
	is("eject", cmd("1b 00 00 00 02 00"), 0);
	is("load", cmd("1b 00 00 00 03 00"), 0);
	is("... a new medium", tur(), UA_MEDIUM);
	is("... and other write parameters", tur(), UA_PARAMETERS);
	is("... ready", tur(), 0);
	is("eject once more", cmd("1b 00 00 00 02 00"), 0);
	is("load", cmd("1b 00 00 00 03 00"), 0);
	is("... a new medium", tur(), UA_MEDIUM);
	is("... nothing else was lost", tur(), 0);
	set("attentions", "0");
	select_audio(0);
	burn(300);
	is("attentions 0: CLOSE SESSION", close_session(), 0);
	is("... is silent", tur(), 0);
}

int main(void)
{
	ksft_print_header();
	if (geteuid())
		ksft_exit_skip("not root\n");
	set_up();
	test_queue();
	test_power_on();
	test_spin_up();
	test_stop();
	test_all();
	power_off();
	printf("1..%d\n", checks);
	return ksft_get_fail_cnt() ? KSFT_FAIL : KSFT_PASS;
}
