// SPDX-License-Identifier: GPL-2.0-only
/*
 * Output and input of the tao command: times, speeds, quoting, the progress line, the reason for
 * a missing drive.
 */
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "../../../tools/tao/common.h"
#include "../../../tools/tao/progress.h"
#include "../../../tools/tao/text.h"
#include "../../libtao/unit/ktap.h"

static void is_text(const char *got, const char *expected, const char *what)
{
	if (!check(!strcmp(got, expected), what))
		printf("# got \"%s\", expected \"%s\"\n", got, expected);
}

static void test_numbers(void)
{
	char text[TIME_SIZE];
	uint32_t kbps;

	is_text(format_time(0, text), "0:00", "no time");
	is_text(format_time(75 * 60 * 79 + 75 * 57 + 74, text), "79:57", "a time, rounded down");
	is_text(format_msf(75 * 62 + 7, text), "01:02.07", "minutes, seconds, sectors");
	is_text(format_msf(-150, text), "-00:02.00", "before the beginning");
	is_text(format_speed(1411, text), "8x", "8x");
	is_text(format_speed(7056, text), "40x", "40x");
	is_text(format_speed(706, text), "4x", "4x");
	is_text(format_speed(600, text), "3.4x", "3.4x");
	is_text(format_speed(TAO_SPEED_MAX, text), "max", "max");
	check(!parse_speed("8", &kbps) && kbps == 1411, "speed 8");
	check(!parse_speed("16x", &kbps) && kbps == 2822, "speed 16x");
	check(!parse_speed("max", &kbps) && kbps == TAO_SPEED_MAX, "speed max");
	check(!parse_speed("1411kB/s", &kbps) && kbps == 1411, "speed in kB/s");
	check(parse_speed("0", &kbps) && parse_speed("-4", &kbps) && parse_speed("", &kbps) &&
	      parse_speed("8y", &kbps) && parse_speed("nan", &kbps) &&
		      parse_speed("1e9", &kbps),
	      "what is no speed");
}

static void test_quote(void)
{
	static const char *const texts[][2] = {
		{ "plain-1.flac", "plain-1.flac" },
		{ "a b", "'a b'" },
		{ "it's", "'it'\\''s'" },
		{ "", "''" },
		{ "$(x)", "'$(x)'" },
		{ "caf\xc3\xa9", "'caf\xc3\xa9'" },
		{ "a\nb\033'", "$'a\\012b\\033\\047'" },
		{ "caf\xe9", "$'caf\\351'" },
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		char *quoted = shell_quote(texts[i][0]);

		is_text(quoted, texts[i][1], "quoted for the shell");
		free(quoted);
	}
}

static void test_encodings(void)
{
	char *text;

	text = text_to_utf8("\xff\xfe\101\0\xe4\0", 6);
	is_text(text, "A\xc3\xa4", "UTF-16 with a mark");
	free(text);
	text = text_to_utf8("caf\xe9 \x80", 6);
	is_text(text, "caf\xc3\xa9 \xe2\x82\xac", "Windows-1252");
	free(text);
	text = text_to_utf8("\xef\xbb\xbfx", 4);
	is_text(text, "x", "byte order mark");
	free(text);
	check(!text_is_utf8("\xc0\x80") && !text_is_utf8("\xe2\x82") &&
	      text_is_utf8("\xf0\x9f\x8e\xb5"),
	      "what is UTF-8");
	check(!text_is_utf8("\xe0\x80\x80") && !text_is_utf8("\xed\xa0\x80") &&
	      !text_is_utf8("\xf0\x80\x80\x80") && !text_is_utf8("\xf4\x90\x80\x80") &&
		      text_is_utf8("\xed\x9f\xbf\xf4\x8f\xbf\xbf"),
	      "overlong forms, surrogates and what is beyond Unicode");
	text = text_convert("UTF-8", "\xf4\x90\x80\x80", 4);
	check(!text, "UTF-8: no character beyond U+10FFFF is converted");
	free(text);
	text = text_valid("a\xff\033\xc3");
	is_text(text, "a\xef\xbf\xbd\033\xef\xbf\xbd", "bytes that don't belong are replaced");
	free(text);
	text = text_printable("\033[2J\a\n\xc2\x9b\xe2\x80\xae\xc3\xa9\xe9");
	is_text(text, "?[2J????\xc3\xa9\xef\xbf\xbd", "what controls a terminal is not shown");
	free(text);
}

static void test_names(void)
{
	char *text = xasprintf("song.wav: %s", NAMED("damaged-file") "breaks off"), *name, *shown;

	name = text_name(text);
	is_text(name, "damaged-file", "a name goes where its text goes");
	free(name);
	shown = text_printable(text);
	is_text(shown, "song.wav: breaks off", "and is not shown");
	free(shown);
	shown = text_valid(text);
	is_text(shown, "song.wav: breaks off", "nor is it in JSON");
	free(shown);
	free(text);
	check(!text_name("no name" NAMED("") NAMED("A") "\001a"),
	      "what only looks like a name");
	shown = text_printable("\001a\001\n\002");
	is_text(shown, "?a???", "is not left out");
	free(shown);
}

static void test_progress(void)
{
	struct tao_status s = {
		.state = TAO_STATE_TRACK_OPEN,
		.action = TAO_ACTION_WRITING,
		.track_sectors = 7500,
		.elapsed_ms = 10000,
		.speed_kbps = 2822,
		.drive_buffer_bytes = 2000000,
		.drive_buffer_fill = 1800000,
	};
	struct progress_view view = {
		.what = "Track  3/12  A song",
		.sectors = 15000,
		.later_sectors = 60000,
		.fraction = -1,
		.rate = 1200,
	};
	char text[256];

	/* 7,500 and 60,000 sectors at 1,200 per second: 56 s */
	progress_format(&view, &s, text, sizeof(text), 79);
	is_text(text, "Track  3/12  A song   50 %    16x  buffer  90 %  0:56 left", "writing");
	view.later_sectors = 600000;
	progress_format(&view, &s, text, sizeof(text), 79);
	check(strstr(text, "  8:25 left"), "long times go in steps of 5 s");
	view.rate = 0;
	progress_format(&view, &s, text, sizeof(text), 79);
	check(!strstr(text, "left"), "no time before there is a rate");
	view.rate = 1200;
	view.sectors = TAO_UNKNOWN;
	progress_format(&view, &s, text, sizeof(text), 79);
	is_text(text, "Track  3/12  A song  1:40    16x  buffer  90 %",
		"a length that is not known");
	view.sectors = 15000;
	view.what =
		"Track  3/12  \xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e and a title that is too long";
	progress_format(&view, &s, text, sizeof(text), 60);
	check(strlen(text) <= 62 && strstr(text, " 50 %") && strstr(text, "left"),
	      "a narrow terminal: the title gives way");
	s.action = TAO_ACTION_CLOSING_TRACK;
	s.progress = TAO_UNKNOWN;
	s.remaining_ms = 1500;
	view.what = "Track  3/12  A song";
	view.later_sectors = 12000;
	progress_format(&view, &s, text, sizeof(text), 79);
	is_text(text, "Track  3/12  A song  100 %  ending the track  0:12 left", "ending");
	s.action = TAO_ACTION_CLOSING_SESSION;
	s.progress = 32768;
	s.remaining_ms = 30000;
	view.what = "Finalising the disc";
	view.sectors = TAO_UNKNOWN;
	view.later_sectors = 0;
	progress_format(&view, &s, text, sizeof(text), 79);
	is_text(text, "Finalising the disc   50 %  0:30 left", "closing");
}

static char root[256];

static void put(const char *path, const char *contents)
{
	char full[512], *slash;
	FILE *file;

	snprintf(full, sizeof(full), "%s%s", root, path);
	for (slash = full + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		mkdir(full, 0755);
		*slash = '/';
	}
	file = fopen(full, "w");
	fputs(contents, file);
	fclose(file);
}

static void diagnosis(const char *words, const char *what)
{
	char *text = diagnose_no_drive(root, "6.1.0-test");

	if (!check(strstr(text, words), what))
		printf("# got \"%s\"\n", text);
	free(text);
}

static void test_diagnosis(void)
{
	snprintf(root, sizeof(root), "%s", ktap_path("root"));
	diagnosis("not built for this kernel (6.1.0-test)", "no module");
	diagnosis("install the headers of this kernel; in its source: make && sudo make install",
		  "no module, no headers and no apt");
	put("/usr/bin/apt-get", "");
	diagnosis("sudo apt install linux-headers-6.1.0-test; in its source: make",
		  "no module and no headers");
	put("/lib/modules/6.1.0-test/build/Makefile", "");
	diagnosis("(6.1.0-test); in its source: make && sudo make install; sudo modprobe tao",
		  "no module, but headers");
	put("/usr/share/doc/tao-utils/copyright", "");
	diagnosis("its package is missing: sudo apt install tao-dkms", "a package is missing");
	put("/usr/src/tao-0.1.0/dkms.conf", "");
	diagnosis("(6.1.0-test); sudo dkms autoinstall; sudo modprobe", "DKMS did not build it");
	put("/lib/modules/6.1.0-other/updates/tao.ko", "module");
	diagnosis("not built for this kernel", "a module that depmod does not know");
	put("/lib/modules/6.1.0-9/modules.dep", "updates/tao.ko:\n");
	put("/lib/modules/6.1.0-10/modules.dep", "updates/tao.ko:\n");
	diagnosis("built for Linux 6.1.0-10, and Linux 6.1.0-test is running: restart",
		  "a module for other kernels");
	put("/lib/modules/6.1.0-test/modules.dep",
	    "kernel/sound/mytao.ko:\nkernel/net/tao-net.ko: updates/dkms/tao.ko\n");
	diagnosis("and Linux 6.1.0-test is running", "modules with names alike");
	put("/lib/modules/6.1.0-test/modules.dep",
	    "kernel/fs/a.ko:\nupdates/dkms/tao.ko: kernel/drivers/cdrom/cdrom.ko\n");
	put("/lib/modules/6.1.0-test/updates/dkms/tao.ko", "module");
	diagnosis("not loaded: sudo modprobe tao", "a module that is not loaded");
	put("/sys/kernel/security/lockdown", "none [integrity] confidentiality\n");
	diagnosis("refused by Secure Boot", "a module without signature, and Secure Boot");
	put("/lib/modules/6.1.0-test/updates/dkms/tao.ko", "module~Module signature appended~\n");
	diagnosis("not loaded: sudo modprobe tao. If its key is rejected, Secure Boot",
		  "a signed module, and Secure Boot");
	diagnosis("mokutil --import /var/lib/dkms/mok.pub", "the key of DKMS");
	put("/var/lib/shim-signed/mok/MOK.der", "");
	diagnosis("mokutil --import /var/lib/shim-signed/mok/MOK.der", "the key of Ubuntu");
	put("/lib/modules/6.1.0-test/modules.dep", "updates/dkms/tao.ko.xz:\n");
	diagnosis("not loaded: sudo modprobe tao. If its key is rejected, Secure Boot",
		  "a compressed module, and Secure Boot");
	put("/sys/module/tao/version", "1\n");
	diagnosis("has it power? The module for CD drives is not loaded", "no sr_mod");
	put("/sys/module/sr_mod/version", "1\n");
	put("/usr/local/sbin/cdr-sim", "");
	diagnosis("has it power? For tests, sudo cdr-sim", "loaded, and no drive");
	put("/sys/class/block/sr0/device/vendor", "ACME\t\n");
	put("/sys/class/block/sr0/device/model", "DVD-ROM 1000\n");
	put("/proc/sys/dev/cdrom/info",
	    "CD-ROM information\n\ndrive name:\t\tsr1\tsr0\nCan write CD-R:\t\t1\t0\n");
	diagnosis("/dev/sr0 (ACME DVD-ROM 1000) is not a writer", "a drive that can't write");
	put("/proc/sys/dev/cdrom/info",
	    "CD-ROM information\n\ndrive name:\t\tsr1\tsr0\nCan write CD-R:\t\t0\t1\n");
	diagnosis("the kernel log says why", "a writer that the module did not take");
}

int main(void)
{
	ktap_seed();
	test_numbers();
	test_quote();
	test_encodings();
	test_names();
	test_progress();
	test_diagnosis();
	return ktap_end();
}
