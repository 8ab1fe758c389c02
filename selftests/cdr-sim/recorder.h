/* SPDX-License-Identifier: GPL-2.0-only */
/* A simulated recorder, and commands to it through SG_IO: for the C tests of cdr-sim. */
#ifndef RECORDER_H
#define RECORDER_H

#include <errno.h>
#include <fcntl.h>
#include <scsi/sg.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kselftest.h"
#include "../clock.h"

#define ROOT	"/sys/kernel/config/cdr-sim/"
#define RAW	2352

/* Sense key, additional sense code and qualifier. */
#define NOT_READY_LOADING	0x020401
#define IN_PROGRESS		0x020407
#define BUFFER_FULL		0x020408
#define NO_MEDIUM		0x023a01
#define NO_MEDIUM_OPEN		0x023a02
#define LOSS_OF_STREAMING	0x030c09
#define LIST_LENGTH		0x051a00
#define BAD_OPCODE		0x052000
#define OUT_OF_RANGE		0x052100
#define BAD_ADDRESS		0x052102
#define BAD_FIELD		0x052400
#define BAD_PARAMETER		0x052600
#define BAD_SEQUENCE		0x052c00
#define CANNOT_WRITE		0x053005
#define CANNOT_BLANK		0x053006
#define NOT_SAVEABLE		0x053900
#define LOCKED			0x055302
#define END_OF_AREA		0x056300
#define ILLEGAL_MODE		0x056400
#define INCOMPLETE_TRACK	0x057203
#define EMPTY_TRACK		0x057204
#define NO_MORE_TRACKS		0x057205
#define UA_MEDIUM		0x062800
#define UA_RESET		0x062902

static int sg = -1;
static unsigned int command_timeout = 60000;	/* ms */
static char drive[32];
static int drives;
static int checks;
static uint8_t reply[65536];
static uint8_t sense[32];
static int got;	/* length of the reply */
static int last_status;	/* SCSI status */
static uint8_t page05[60];	/* parameter list with the write parameters */

/* --- Results --- */

static inline void result(bool ok, const char *name, const char *format, ...)
{
	va_list args;

	checks++;
	ksft_test_result(ok, "%s\n", name);
	if (ok)
		return;
	va_start(args, format);
	printf("# ");
	vprintf(format, args);
	printf("\n");
	va_end(args);
}

static inline void is(const char *name, long value, long expected)
{
	result(value == expected, name, "got 0x%lx (%ld), expected 0x%lx (%ld)",
	       value, value, expected, expected);
}

static inline void fatal(const char *what)
{
	ksft_print_msg("%s: %s\n", what, strerror(errno));
	printf("Bail out!\n");
	exit(KSFT_FAIL);
}

/* --- The drive's directory --- */

static inline int try_set(const char *attribute, const char *value)
{
	char path[256];
	int fd, ret;

	snprintf(path, sizeof(path), ROOT "%s/%s", drive, attribute);
	fd = open(path, O_WRONLY);
	if (fd < 0)
		fatal(path);
	ret = write(fd, value, strlen(value)) < 0 ? -errno : 0;
	close(fd);
	return ret;
}

static inline void set(const char *attribute, const char *value)
{
	int ret = try_set(attribute, value);

	if (ret) {
		errno = -ret;
		fatal(attribute);
	}
}

static inline char *get(const char *attribute)
{
	static char text[4096];
	char path[256];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), ROOT "%s/%s", drive, attribute);
	fd = open(path, O_RDONLY);
	n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	if (n < 0)
		fatal(path);
	close(fd);
	text[n && text[n - 1] == '\n' ? n - 1 : n] = '\0';
	return text;
}

static inline long stat_of(const char *name)
{
	char *line = get("stats");
	size_t len = strlen(name);

	for (; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (!strncmp(line, name, len) && line[len] == ' ')
			return strtol(line + len, NULL, 10);
	}
	return -1;
}

static inline void open_sg(void)
{
	char command[256], node[64] = "";
	FILE *f;

	snprintf(command, sizeof(command), "ls /sys/bus/scsi/devices/%.60s/scsi_generic",
		 get("device"));
	f = popen(command, "r");
	if (!f || fscanf(f, "%60s", node) != 1)
		fatal("no sg node");
	pclose(f);
	snprintf(command, sizeof(command), "/dev/%s", node);
	sg = open(command, O_RDWR);
	if (sg < 0)
		fatal(command);
}

static inline void power_off(void)
{
	char path[256];

	if (sg < 0)
		return;
	close(sg);
	sg = -1;
	set("power", "0");
	snprintf(path, sizeof(path), ROOT "%s", drive);
	if (rmdir(path))
		fatal(path);
}

/* Creates a drive with these attributes (pairs, up to NULL), which replaces the previous one. */
static inline void new_drive(const char *name, ...)
{
	const char *attribute;
	char path[256];
	va_list args;

	power_off();
	snprintf(drive, sizeof(drive), "mmc%d", drives++);
	snprintf(path, sizeof(path), ROOT "%s", drive);
	if (mkdir(path, 0755))
		fatal(path);
	va_start(args, name);
	for (attribute = name; attribute; attribute = va_arg(args, const char *))
		set(attribute, va_arg(args, const char *));
	va_end(args);
	set("power", "1");
	open_sg();
}

/* --- Commands --- */

static inline int be16(const uint8_t *p)
{
	return p[0] << 8 | p[1];
}

static inline int32_t be32(const uint8_t *p)
{
	return (uint32_t)be16(p) << 16 | be16(p + 2);
}

/* Converts text such as "2a 00 00000000 00 0001 00" to bytes. */
static inline int from_hex(const char *hex, uint8_t *out)
{
	int n = 0;

	while (*hex) {
		unsigned int byte;

		if (*hex == ' ') {
			hex++;
			continue;
		}
		if (sscanf(hex, "%2x", &byte) != 1)
			fatal("bad CDB in the test");
		out[n++] = byte;
		hex += 2;
	}
	return n;
}

static inline int execute(const uint8_t *cdb, int cdb_len, int direction, void *data,
			  unsigned int len)
{
	sg_io_hdr_t io = {
		.interface_id = 'S', .cmd_len = cdb_len, .cmdp = (uint8_t *)cdb,
		.dxfer_direction = direction, .dxferp = data, .dxfer_len = len,
		.sbp = sense, .mx_sb_len = sizeof(sense), .timeout = command_timeout,
	};

	memset(sense, 0, sizeof(sense));
	if (ioctl(sg, SG_IO, &io))
		fatal("SG_IO");
	got = len - io.resid;
	last_status = io.status;
	if (io.host_status || io.driver_status & ~8)
		return -io.host_status;
	if (!io.status)
		return 0;
	if ((sense[0] & 0x7f) >= 0x72)
		return (sense[1] & 15) << 16 | sense[2] << 8 | sense[3];
	return (sense[2] & 15) << 16 | sense[12] << 8 | sense[13];
}

/* A command without data or with a reply. */
static inline int cmd(const char *format, ...)
{
	char hex[128];
	uint8_t cdb[16];
	va_list args;
	int len;

	va_start(args, format);
	vsnprintf(hex, sizeof(hex), format, args);
	va_end(args);
	len = from_hex(hex, cdb);
	memset(reply, 0xee, sizeof(reply));
	return execute(cdb, len, SG_DXFER_FROM_DEV, reply, sizeof(reply));
}

static inline int send(const void *data, unsigned int len, const char *format, ...)
{
	char hex[128];
	uint8_t cdb[16];
	va_list args;
	int n;

	va_start(args, format);
	vsnprintf(hex, sizeof(hex), format, args);
	va_end(args);
	n = from_hex(hex, cdb);
	return execute(cdb, n, len ? SG_DXFER_TO_DEV : SG_DXFER_NONE, (void *)data, len);
}

static inline int tur(void)
{
	return cmd("00 00 00 00 00 00");
}

/* Waits for long operations, as a driver would. */
static inline int wait_ready(void)
{
	int ret;

	while ((ret = tur()) == IN_PROGRESS || ret == NOT_READY_LOADING)
		usleep(20000);
	return ret;
}

/* Discards pending unit attentions. */
static inline void drain(void)
{
	while (wait_ready() >> 16 == 6)
		;
}

static inline void new_disc(const char *disc)
{
	set("eject", "force");
	set("insert", disc);
	drain();
}

static inline int select_page(void)
{
	return send(page05, sizeof(page05), "55 10 00 00 00 00 00 %04x 00", (int)sizeof(page05));
}

/* The write parameters of an audio track, as a driver should send them. */
static inline void audio_page(int multi)
{
	memset(page05, 0, sizeof(page05));
	page05[8] = 0x05;
	page05[9] = 0x32;
	page05[10] = 0x41;	/* BUFE, track at once */
	page05[11] = multi << 6;
	page05[23] = 150;
}

static inline int select_audio(int multi)
{
	audio_page(multi);
	return select_page();
}

/* Sectors whose bytes depend on their address. */
static inline uint8_t *sectors(int32_t lba, int count, int size)
{
	static uint8_t data[100 * RAW];
	int i, j;

	for (i = 0; i < count; i++)
		for (j = 0; j < size; j++)
			data[i * size + j] = (lba + i) * 7 + j * 13 + (j >> 8);
	return data;
}

static inline int write_lba(int32_t lba, int count)
{
	return send(sectors(lba, count, RAW), count * RAW, "2a 00 %08x 00 %04x 00", lba, count);
}

static inline int sync_cache(void)
{
	return cmd("35 00 00000000 00 0000 00");
}

static inline int close_session(void)
{
	return cmd("5b 00 02 00 0000 00 00 00 00");
}

static inline int track_info(int number)
{
	return cmd("52 01 %08x 00 0030 00", number);
}

static inline int32_t nwa(void)
{
	return track_info(0xff) ? -9999 : (int32_t)be32(reply + 12);
}

static inline int read_cd(int32_t lba, int count)
{
	return cmd("be 04 %08x %06x f8 00 00", lba, count);
}

/* Writes this number of sectors from the next writable address on. */
static inline int write_many(int count)
{
	int32_t at = nwa();
	int ret = 0;

	while (count && !ret) {
		int n = count < 55 ? count : 55;

		ret = write_lba(at, n);
		at += n;
		count -= n;
	}
	return ret;
}

/* Burns a whole track. */
static inline int burn(int count)
{
	return write_many(count) ?: sync_cache();
}

static inline void set_up(void)
{
	if (system("modprobe -a sg sr_mod && modprobe cdr-sim"))
		fatal("modprobe");
}

#endif
