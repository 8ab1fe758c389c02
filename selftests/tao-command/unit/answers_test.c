// SPDX-License-Identifier: GPL-2.0-only
/* `tao report` without a drive: what is hidden, and what the profile says of odd answers. */
#include "../../../tools/tao/answers.h"
#include "../../libtao/unit/ktap.h"

static struct answer answers[QUESTIONS];

static void reply(enum question q, uint32_t at, const void *bytes, uint32_t size)
{
	struct answer *a = &answers[q];

	a->asked = true;
	a->status = 0;
	memcpy(a->bytes + at, bytes, size);
	if (a->length < at + size)
		a->length = at + size;
}

static void refuse(enum question q, uint8_t key, uint8_t asc, uint8_t ascq)
{
	struct answer *a = &answers[q];

	memset(a, 0, sizeof(*a));
	a->asked = true;
	a->status = 2;
	a->sense_length = 18;
	a->sense[0] = 0x70;
	a->sense[2] = key;
	a->sense[12] = asc;
	a->sense[13] = ascq;
}

#define FEATURES(...)									\
	do {										\
		static const uint8_t features[] = { __VA_ARGS__ };			\
											\
		memset(&answers[Q_CONFIGURATION], 0, sizeof(answers[0]));		\
		reply(Q_CONFIGURATION, 0, "\0\0\0\0\0\0\0\x09", 8);			\
		reply(Q_CONFIGURATION, 8, features, sizeof(features));			\
	} while (0)

/* A page behind an empty header of MODE SENSE. */
static void reply_page(enum question q, const uint8_t *page, uint32_t size)
{
	memset(&answers[q], 0, sizeof(answers[q]));
	reply(q, 0, "\0\0\0\0\0\0\0\0", 8);
	reply(q, 8, page, size);
}

/* A drive of which all can be simulated. */
static void plain_drive(void)
{
	static const uint8_t caps[32] = { 0x2a, 30, 7, 7, 0x80, [12] = 8, 0, [18] = 2, 0xc2 };
	static const uint8_t write[52] = { 0x05, 50 }, mask[52] = { 0x05, 50, 0x40 };
	static const uint8_t capacity[12] = { [5] = 0x20 }, speeds[24] = { [22] = 2, 0xc2 };

	memset(answers, 0, sizeof(answers));
	reply(Q_INQUIRY, 0, "\5\x80\0\2\x1f\0\0\0MAKER   A RECORDER      1.00", 36);
	reply_page(Q_WRITE_PAGE, write, sizeof(write));
	reply_page(Q_WRITE_PAGE_CHANGEABLE, mask, sizeof(mask));
	reply_page(Q_WRITE_PAGE_DEFAULT, write, sizeof(write));
	reply_page(Q_CAPABILITIES, caps, sizeof(caps));
	reply(Q_BUFFER, 0, capacity, sizeof(capacity));
	reply(Q_SPEEDS, 0, speeds, sizeof(speeds));
	FEATURES(0, 0x2d, 0, 4, 0x40, 0, 0, 0, 0, 0x2e, 0, 4, 0x61, 0, 4, 0);
}

static char *profile(void)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	put_profile(out, answers, "");
	fclose(out);
	return text;
}

static void says(const char *line, const char *name)
{
	char *text = profile(), *wanted;

	if (asprintf(&wanted, "\n%s", line) < 0)
		abort();
	if (!check(strstr(text, wanted), name))
		printf("# not there: %s\n%s", line, text);
	free(wanted);
	free(text);
}

static void says_not(const char *words, const char *name)
{
	char *text = profile();

	if (!check(!strstr(text, words), name))
		printf("# there: %s\n%s", words, text);
	free(text);
}

static unsigned int hidden(enum question q)
{
	unsigned int count = 0;

	for (int i = 0; i < ANSWER_MAX; i++)
		count += answers[q].hidden[i];
	return count;
}

static void test_plain(void)
{
	plain_drive();
	says("speed 4\n", "a speed");
	says("underrun_free 1\n", "underrun protection");
	says("sheet_limit 1024\n", "session-at-once");
	says_not("Not simulated", "an ordinary drive can be simulated");
	says_not("performance", "... and leaves nothing out");
}

static void test_silence(void)
{
	plain_drive();
	refuse(Q_SPEEDS, 5, 0x20, 0);
	says("performance 0\n", "no GET PERFORMANCE");
	refuse(Q_SPEEDS, 2, 0x3a, 0);
	says("# performance is unknown: no answer to GET PERFORMANCE (2/3a/00)\n",
	     "no disc says nothing about GET PERFORMANCE");
	says_not("performance 0", "... and it may be there");
	memset(&answers[Q_SPEEDS], 0, sizeof(answers[0]));
	answers[Q_SPEEDS].asked = true;
	answers[Q_SPEEDS].host_status = 3;
	says("# performance is unknown: no answer to GET PERFORMANCE (time-out, host status 3)\n",
	     "nor does a time-out");

	plain_drive();
	refuse(Q_CAPABILITIES, 2, 4, 1);
	says("# caps_speeds and caps_buffer are unknown", "no page 2Ah");
	says_not("caps_speeds none", "... is not a page without speeds");
	says("underrun_free 1\n", "... and the features say enough");

	plain_drive();
	refuse(Q_BUFFER, 5, 0x20, 0);
	says("# Not simulated: the drive refuses READ BUFFER CAPACITY (5/20/00)\n",
	     "no READ BUFFER CAPACITY");
	says("buffer_size 2097152\n", "... the size is in page 2Ah");
	refuse(Q_CAPABILITIES, 5, 0x24, 0);
	says("# buffer_size is unknown\n", "... or nowhere");

	plain_drive();
	refuse(Q_CONFIGURATION, 5, 0x20, 0);
	says("session_at_once 0\n", "no GET CONFIGURATION");
	refuse(Q_CONFIGURATION, 2, 4, 1);
	says_not("session_at_once 0", "a drive that was not ready");
}

static void test_disc(void)
{
	static const uint8_t atip[32] = { 0, 30 };

	plain_drive();
	answers[Q_CONFIGURATION].bytes[7] = 0x0a;
	says("# speed is unknown: the speeds are those of a CD-RW, not of a CD-R\n", "a CD-RW");
	says_not("\nspeed", "... its speeds are of no use");
	answers[Q_CONFIGURATION].bytes[7] = 0;
	says("# speed is unknown: the speeds are those of no disc", "no disc");
	refuse(Q_CONFIGURATION, 5, 0x20, 0);
	reply(Q_ATIP, 0, atip, sizeof(atip));
	says("speed 4\n", "an old drive, which knows a CD-R by its ATIP");
	answers[Q_ATIP].bytes[6] = 0x40;
	says_not("\nspeed", "... and a CD-RW");
}

static void test_odd(void)
{
	plain_drive();
	FEATURES(0, 0x2e, 0, 4, 0x60, 0, 4, 0);
	says("text refuse\n", "no R to W: no CD-TEXT");
	FEATURES(0, 0x2e, 0, 4, 0x41, 0, 4, 0);
	says("# Not simulated: feature 002Eh without session-at-once\n", "no session-at-once");
	answers[Q_CAPABILITIES].bytes[8 + 4] = 0;
	says("underrun_free 1\n", "underrun protection in a feature only");
	says("# Not simulated: only features say that it has underrun protection\n", "... is said");

	plain_drive();
	answers[Q_CAPABILITIES].bytes[8 + 3] = 1;
	says("# Not simulated: page 2Ah says that it writes no CD-RW\n", "no CD-RW");
	says("# Not simulated: page 2Ah says that it has no test write\n", "no test write");
	answers[Q_WRITE_PAGE_CHANGEABLE].bytes[8 + 2] = 0;
	says("# Not simulated: underrun protection that BUFE can't switch on\n", "no BUFE");
	answers[Q_WRITE_PAGE_DEFAULT].bytes[8 + 2] = 0x40;
	says("fixed_bufe 1\n", "a fixed BUFE");
	answers[Q_SPEEDS].length = 8;
	says("# Not simulated: GET PERFORMANCE lists no speeds\n", "an empty list");
	memset(answers[Q_INQUIRY].bytes + 16, ' ', 16);
	says("# Not simulated: product is blank\n", "a blank name");
	answers[Q_CAPABILITIES].bytes[8 + 1] = 20;
	says("# Not simulated: page 2Ah has only 22 bytes\n", "an old page 2Ah");
}

static void test_speeds(void)
{
	uint8_t list[8 + 21 * 16] = { 0 };

	plain_drive();
	for (unsigned int i = 0; i < 21; i++) {
		uint32_t kbps = i == 20 ? 0x19999a00 : (i + 1) * 1764 / 10;

		for (int n = 0; n < 4; n++)
			list[8 + 16 * i + 12 + n] = kbps >> (24 - 8 * n);
	}
	reply(Q_SPEEDS, 0, list, sizeof(list));
	says("speed 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n", "as many speeds as can be");
	says("# Not simulated: more speeds", "... the others are mentioned");
	answers[Q_SPEEDS].length = 24;
	memcpy(answers[Q_SPEEDS].bytes + 8, list + 8 + 16 * 20, 16);
	says("speed 4\n", "a number that would wrap is no speed");
}

static void test_hidden(void)
{
	static const uint8_t disc[34] = { 0, 32 };

	plain_drive();
	reply(Q_DISC, 0, disc, sizeof(disc));
	FEATURES(1, 8, 3, 8, 'S', 'E', 'C', 'R', 'E', 'T', '4', '2', 1, 9, 3, 4, 'D', 'I', 'S', 'C',
		 1, 8, 3, 4, 'M', 'O', 'R', 'E', 1, 8, 3, 200, 'C', 'U', 'T');
	reply(Q_TOC, 0, "..SECRET42.SECRET4.SECRET42", 27);
	hide_private(answers, "SECRET42");
	check_is(hidden(Q_CONFIGURATION), 8 + 4 + 4 + 3, "all serial numbers are hidden");
	check_is(hidden(Q_TOC), 16, "that of the drive everywhere");
	check_is(hidden(Q_DISC), 12, "the numbers of the disc");
	check(answers[Q_DISC].hidden[12] && answers[Q_DISC].hidden[31] &&
	      !answers[Q_DISC].hidden[16], "... at their places");
	check_is(hidden(Q_WRITE_PAGE), 32, "MCN and ISRC");
	check(answers[Q_WRITE_PAGE].hidden[8 + 16] && answers[Q_WRITE_PAGE].hidden[8 + 47],
	      "... at their places");
	plain_drive();
	hide_private(answers, "");
	check_is(hidden(Q_INQUIRY), 0, "a drive without a serial number");
}

static void test_cut(void)
{
	plain_drive();
	memset(answers[Q_CONFIGURATION].bytes, 0xff, 4);
	cut_answers(answers);
	check_is(answers[Q_CONFIGURATION].length, 24, "a length of 4 GB does not wrap");
	answers[Q_CONFIGURATION].bytes[3] = 4;
	memset(answers[Q_CONFIGURATION].bytes, 0, 3);
	cut_answers(answers);
	check_is(answers[Q_CONFIGURATION].length, 8, "what is behind the end of a reply");
}

int main(void)
{
	ktap_seed();
	test_plain();
	test_silence();
	test_disc();
	test_odd();
	test_speeds();
	test_hidden();
	test_cut();
	return ktap_end();
}
