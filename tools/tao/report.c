// SPDX-License-Identifier: GPL-2.0-only
/*
 * tao report: the answers of a drive, as a profile that cdr-sim takes. Only queries are sent: they
 * change neither the drive nor the disc.
 */
#include <errno.h>
#include <fcntl.h>
#include <scsi/sg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/utsname.h>
#include <unistd.h>
#include "common.h"
#include "json.h"

#define REPLY_MAX 4096
#define TIMEOUT_MS 20000
#define SPEEDS_MAX 16 /* cdr-sim takes no more */
#define SPEED_MOST 99 /* and none above */
#define KBPS_10X 1764 /* kB/s of 10x */

#define FEATURE_PROFILES 0x0000
#define FEATURE_MASTERING 0x002e
#define FEATURE_SERIAL 0x0108
#define FEATURE_DISC_SERIAL 0x0109
#define PROFILE_DVD_R 0x11

/* The questions; CDBs as in MMC-6 and SPC-4. */
enum question {
	Q_INQUIRY,
	Q_CONFIGURATION,
	Q_WRITE_PAGE,
	Q_WRITE_PAGE_CHANGEABLE,
	Q_WRITE_PAGE_DEFAULT,
	Q_CAPABILITIES,
	Q_BUFFER,
	Q_SPEEDS,
	Q_DISC,
	Q_TRACK,
	Q_NEXT_TRACK,
	Q_TOC,
	Q_ATIP,
	QUESTIONS,
};

static const struct {
	const char *name;
	uint8_t length; /* of the CDB */
	uint8_t cdb[12];
} questions[QUESTIONS] = {
	/* 36 bytes: the serial number may follow */
	[Q_INQUIRY] = { "INQUIRY", 6, { 0x12, 0, 0, 0, 36 } },
	[Q_CONFIGURATION] = { "GET CONFIGURATION", 10, { 0x46, [7] = 0x10 } },
	[Q_WRITE_PAGE] = { "MODE SENSE 05h", 10, { 0x5a, 0, 0x05, [7] = 1 } },
	[Q_WRITE_PAGE_CHANGEABLE] = { "MODE SENSE 05h, changeable", 10,
				      { 0x5a, 0, 0x45, [7] = 1 } },
	[Q_WRITE_PAGE_DEFAULT] = { "MODE SENSE 05h, default", 10, { 0x5a, 0, 0x85, [7] = 1 } },
	[Q_CAPABILITIES] = { "MODE SENSE 2Ah", 10, { 0x5a, 0, 0x2a, [7] = 1 } },
	[Q_BUFFER] = { "READ BUFFER CAPACITY", 10, { 0x5c, [8] = 12 } },
	[Q_SPEEDS] = { "GET PERFORMANCE", 12, { 0xac, [9] = 32, [10] = 3 } },
	[Q_DISC] = { "READ DISC INFORMATION", 10, { 0x51, [8] = 34 } },
	[Q_TRACK] = { "READ TRACK INFORMATION 1", 10, { 0x52, 1, [5] = 1, [8] = 40 } },
	[Q_NEXT_TRACK] = { "READ TRACK INFORMATION FFh", 10, { 0x52, 1, [5] = 0xff, [8] = 40 } },
	[Q_TOC] = { "READ TOC", 10, { 0x43, [7] = 3, [8] = 0x24 } },
	[Q_ATIP] = { "READ ATIP", 10, { 0x43, 0, 4, [8] = 32 } },
};

struct reply {
	int error; /* negative errno; 0 if the drive answered, with sense data too */
	uint8_t status; /* of SCSI */
	uint8_t sense[64];
	uint8_t sense_length;
	uint32_t length;
	uint8_t bytes[REPLY_MAX];
};

static struct reply replies[QUESTIONS];

static uint16_t be16(const uint8_t *p)
{
	return p[0] << 8 | p[1];
}

static uint32_t be32(const uint8_t *p)
{
	return (uint32_t)be16(p) << 16 | be16(p + 2);
}

/* Byte @at of a reply; 0 behind its end. */
static uint8_t byte_of(enum question q, uint32_t at)
{
	return at < replies[q].length ? replies[q].bytes[at] : 0;
}

static void ask(int fd, enum question q)
{
	struct reply *r = &replies[q];
	uint8_t cdb[12];
	struct sg_io_hdr io = {
		.interface_id = 'S',
		.dxfer_direction = SG_DXFER_FROM_DEV,
		.cmd_len = questions[q].length,
		.cmdp = cdb,
		.mx_sb_len = sizeof(r->sense),
		.sbp = r->sense,
		.dxfer_len = sizeof(r->bytes),
		.dxferp = r->bytes,
		.timeout = TIMEOUT_MS,
	};

	memset(r, 0, sizeof(*r));
	memcpy(cdb, questions[q].cdb, sizeof(cdb));
	if (ioctl(fd, SG_IO, &io)) {
		r->error = -errno;
		return;
	}
	if (io.host_status)
		r->error = -EIO;
	r->status = io.status;
	r->sense_length = io.sb_len_wr;
	if (!r->error && !r->status && io.resid >= 0 && io.resid <= (int)sizeof(r->bytes))
		r->length = sizeof(r->bytes) - io.resid;
}

/* The length that a reply gives itself, where it is shorter than what was transferred. */
static void cut_reply(enum question q, uint32_t length)
{
	if (length < replies[q].length)
		replies[q].length = length;
}

static void cut_replies(void)
{
	cut_reply(Q_INQUIRY, 36);
	cut_reply(Q_CONFIGURATION, 4 + be32(replies[Q_CONFIGURATION].bytes));
	for (int q = Q_WRITE_PAGE; q <= Q_CAPABILITIES; q++)
		cut_reply(q, 2 + be16(replies[q].bytes));
	cut_reply(Q_BUFFER, 12);
	cut_reply(Q_SPEEDS, 4 + be32(replies[Q_SPEEDS].bytes));
	for (int q = Q_DISC; q < QUESTIONS; q++)
		cut_reply(q, 2 + be16(replies[q].bytes));
}

/* The feature @code in GET CONFIGURATION, with its length in *@length; NULL if it is not there. */
static uint8_t *find_feature(uint16_t code, uint32_t *length)
{
	struct reply *r = &replies[Q_CONFIGURATION];

	for (uint32_t at = 8; at + 4 <= r->length; at += 4 + r->bytes[at + 3]) {
		*length = r->bytes[at + 3];
		if (at + 4 + *length > r->length)
			return NULL;
		if (be16(r->bytes + at) == code)
			return r->bytes + at + 4;
	}
	return NULL;
}

static void hide_serial(uint16_t code)
{
	uint32_t length;
	uint8_t *serial = find_feature(code, &length);

	if (serial)
		memset(serial, ' ', length);
}

/* The page behind the header and the block descriptors; NULL if it is not whole. */
static const uint8_t *mode_page(enum question q, uint8_t code, uint32_t size)
{
	const struct reply *r = &replies[q];
	uint32_t at = 8 + be16(r->bytes + 6);

	if (r->length < 8 || at + 2 > r->length || (r->bytes[at] & 0x3f) != code ||
	    at + size > r->length)
		return NULL;
	return r->bytes + at;
}

/* --- the profile ------------------------------------------------------------------------------ */

/* A number; as a comment if cdr-sim has no such. */
static void put_number(FILE *out, const char *name, unsigned long value, unsigned long least,
		       unsigned long most)
{
	if (value >= least && value <= most)
		fprintf(out, "%s %lu\n", name, value);
	else
		fprintf(out, "# %s is %lu; cdr-sim takes %lu to %lu\n", name, value, least, most);
}

/* A field of INQUIRY, without the spaces at its end; what is not ASCII is "?". */
static void put_field(FILE *out, const char *name, uint32_t at, uint32_t size)
{
	char text[33];
	uint32_t length = 0;

	for (uint32_t i = 0; i < size; i++) {
		uint8_t c = byte_of(Q_INQUIRY, at + i);

		text[i] = c >= 0x20 && c < 0x7f ? c : '?';
		if (c != ' ' && c)
			length = i + 1;
	}
	if (length)
		fprintf(out, "%s %.*s\n", name, (int)length, text);
}

/* @most: cdr-sim takes so much, and has no limit above it. */
static void put_limit(FILE *out, const char *block, const char *file, const char *name,
		      unsigned int factor, unsigned long most)
{
	unsigned long value;
	char path[128];
	FILE *in;

	snprintf(path, sizeof(path), "/sys/class/block/%s/queue/%s", block, file);
	in = fopen(path, "r");
	if (!in)
		return;
	if (fscanf(in, "%lu", &value) == 1)
		fprintf(out, "%s %lu\n", name, value < most / factor ? value * factor : most);
	fclose(in);
}

static void put_buffer(FILE *out)
{
	const uint8_t *caps = mode_page(Q_CAPABILITIES, 0x2a, 14);
	uint32_t bytes = replies[Q_BUFFER].length >= 12 ? be32(replies[Q_BUFFER].bytes + 4) : 0;
	uint32_t kib = caps ? be16(caps + 12) : 0;

	if (bytes || kib)
		put_number(out, "buffer_size", bytes ? bytes : kib * 1024, 2352, 1 << 30);
	if (bytes && kib && kib != bytes / 1024)
		fprintf(out, "caps_buffer %u\n", kib);
}

/* Adds what @kbps comes to, as a multiple of 1x, unless it is there. */
static void add_speed(uint8_t *speeds, unsigned int *count, uint32_t kbps)
{
	uint32_t x = (kbps * 10 + KBPS_10X / 2) / KBPS_10X;
	unsigned int i = 0;

	if (!x || x > SPEED_MOST || *count == SPEEDS_MAX)
		return;
	while (i < *count && speeds[i] < x)
		i++;
	if (i < *count && speeds[i] == x)
		return;
	memmove(speeds + i + 1, speeds + i, *count - i);
	speeds[i] = x;
	++*count;
}

static unsigned int page_speeds(uint8_t *speeds)
{
	const uint8_t *caps = mode_page(Q_CAPABILITIES, 0x2a, 32);
	unsigned int count = 0;

	for (uint32_t i = 0; caps && i < be16(caps + 30); i++) {
		const uint8_t *entry = mode_page(Q_CAPABILITIES, 0x2a, 32 + 4 * (i + 1));

		if (!entry)
			break;
		add_speed(speeds, &count, be16(entry + 32 + 4 * i + 2));
	}
	return count;
}

static unsigned int performance_speeds(uint8_t *speeds)
{
	const struct reply *r = &replies[Q_SPEEDS];
	unsigned int count = 0;

	for (uint32_t at = 8; at + 16 <= r->length; at += 16)
		add_speed(speeds, &count, be32(r->bytes + at + 12));
	return count;
}

static void put_speeds(FILE *out)
{
	const uint8_t *caps = mode_page(Q_CAPABILITIES, 0x2a, 20);
	uint8_t speeds[SPEEDS_MAX + 1], in_page[SPEEDS_MAX + 1];
	unsigned int count = performance_speeds(speeds), in_page_count = page_speeds(in_page);

	if (!count) {
		memcpy(speeds, in_page, sizeof(speeds));
		count = in_page_count;
	}
	if (!count && caps)
		add_speed(speeds, &count, be16(caps + 18));
	for (unsigned int i = 0; i < count; i++)
		fprintf(out, "%s%u", i ? " " : "speed ", speeds[i]);
	if (count)
		fputc('\n', out);
	if (!in_page_count)
		fputs("caps_speeds none\n", out);
	else if (in_page_count == 1 && count > 1)
		fputs("caps_speeds max\n", out);
	if (!replies[Q_SPEEDS].length)
		fputs("performance 0\n", out);
}

static void put_write_page(FILE *out)
{
	const uint8_t *now = mode_page(Q_WRITE_PAGE, 0x05, 3);
	const uint8_t *mask = mode_page(Q_WRITE_PAGE_CHANGEABLE, 0x05, 3);
	const uint8_t *initial = mode_page(Q_WRITE_PAGE_DEFAULT, 0x05, 3);
	const uint8_t *caps = mode_page(Q_CAPABILITIES, 0x2a, 5);

	if (caps)
		fprintf(out, "underrun_free %u\n", caps[4] >> 7);
	if (mask && initial && !(mask[2] & 0x40) && initial[2] & 0x40)
		fputs("fixed_bufe 1\n", out);
	if (now)
		fprintf(out, "page05_saved %u\n", now[0] >> 7);
}

static bool has_profile(uint16_t profile)
{
	uint32_t length;
	const uint8_t *list = find_feature(FEATURE_PROFILES, &length);

	for (uint32_t at = 0; list && at + 4 <= length; at += 4)
		if (be16(list + at) == profile)
			return true;
	return false;
}

static void put_features(FILE *out)
{
	uint32_t length;
	const uint8_t *mastering = find_feature(FEATURE_MASTERING, &length);

	if (has_profile(PROFILE_DVD_R))
		fputs("profiles dvd\n", out);
	if (!replies[Q_CONFIGURATION].length)
		return;
	if (!mastering || length < 4 || !(mastering[0] & 0x20))
		fputs("session_at_once 0\n", out);
	else
		put_number(out, "sheet_limit", be32(mastering) & 0xffffff, 32, 8192);
}

static void put_profile(FILE *out, const char *block)
{
	put_field(out, "vendor", 8, 8);
	put_field(out, "product", 16, 16);
	put_field(out, "revision", 32, 4);
	put_number(out, "inquiry_version", byte_of(Q_INQUIRY, 2), 0, 7);
	put_number(out, "inquiry_format", byte_of(Q_INQUIRY, 3) & 0xf, 1, 2);
	put_limit(out, block, "dma_alignment", "dma_alignment", 1, 4095);
	put_limit(out, block, "max_hw_sectors_kb", "max_sectors", 2, 65535);
	put_limit(out, block, "max_segments", "sg_tablesize", 1, 2048);
	put_limit(out, block, "virt_boundary_mask", "virt_boundary", 1, 4095);
	put_buffer(out);
	put_speeds(out);
	put_write_page(out);
	put_features(out);
}

/* --- the replies ------------------------------------------------------------------------------ */

static void put_hex(FILE *out, const uint8_t *bytes, uint32_t length)
{
	for (uint32_t i = 0; i < length; i++)
		fprintf(out, i && i % 32 == 0 ? "\n#   %02x" : " %02x", bytes[i]);
	fputc('\n', out);
}

static void put_reply(FILE *out, enum question q)
{
	const struct reply *r = &replies[q];

	fprintf(out, "# %s:", questions[q].name);
	if (r->error) {
		fprintf(out, " %s\n", strerror(-r->error));
	} else if (r->status) {
		fprintf(out, " status %u, sense", r->status);
		put_hex(out, r->sense, r->sense_length);
	} else {
		put_hex(out, r->bytes, r->length);
	}
}

static void put_report(FILE *out, const char *block)
{
	char line[64] = "";
	struct utsname name;
	FILE *version = fopen("/sys/module/tao/version", "r");

	if (version) {
		if (!fgets(line, sizeof(line), version))
			line[0] = '\0';
		line[strcspn(line, "\n")] = '\0';
		fclose(version);
	}
	uname(&name);
	fprintf(out, "# tao report: a profile for `cdr-sim create NAME profile=FILE`\n");
	fprintf(out, "# tao %s, module %s, Linux %s %s\n", tao_version(), line, name.release,
		name.machine);
	put_profile(out, block);
	fprintf(out, "# The replies of the drive; serial numbers are left out.\n");
	for (int q = 0; q < QUESTIONS; q++)
		put_reply(out, q);
}

/* --- the command ------------------------------------------------------------------------------ */

/* Returns the exit status, with the reason in *@why. */
static int ask_all(struct tao_device *dev, char **why)
{
	int exit_status = STATUS_OK, fd = open_alone(dev, &exit_status, why);

	if (fd < 0)
		return exit_status;
	for (int q = 0; q < QUESTIONS && replies[Q_INQUIRY].error != -ENODEV; q++)
		ask(fd, q);
	close(fd);
	cut_replies();
	hide_serial(FEATURE_SERIAL);
	hide_serial(FEATURE_DISC_SERIAL);
	if (replies[Q_INQUIRY].length >= 36)
		return STATUS_OK;
	*why = xasprintf("%s does not answer INQUIRY: %s.", tao_device_path(dev),
			 strerror(replies[Q_INQUIRY].error ? -replies[Q_INQUIRY].error : EIO));
	return STATUS_FAILED;
}

static bool print_report(struct tao_device *dev)
{
	char *text = NULL, path[64] = "";
	size_t size;
	FILE *out = tao_block_path(dev, path, sizeof(path)) ? NULL : open_memstream(&text, &size);

	if (!out)
		return false;
	put_report(out, strrchr(path, '/') + 1);
	if (fclose(out))
		return false;
	if (options.json) {
		struct json_object *event = json_event("report", tao_device_path(dev));

		json_add_string(event, "profile", text);
		json_print(event);
		free(text);
	} else {
		print_text(stdout, text);
	}
	return true;
}

int cmd_report(int argc, char **argv)
{
	int exit_status = STATUS_OK;
	struct tao_device *dev;
	char *why = NULL;

	while (next_option(argc, argv, "", NULL) != -1)
		;
	dev = open_drive(drive_argument(argc, argv), TAO_OPEN_READ, &exit_status);
	if (!dev)
		return exit_status;
	exit_status = ask_all(dev, &why);
	if (why)
		complain("%s", why);
	else if (!print_report(dev))
		exit_status = report_failure(dev, -EIO);
	free(why);
	tao_close(dev);
	return exit_status;
}
