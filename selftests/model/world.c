// SPDX-License-Identifier: GPL-2.0-only
/* The recorder with its discs, and another program that uses it. */
#define _GNU_SOURCE
#include "../tao/sim.h"
#undef ARRAY_SIZE
#include "model.h"

#define TEXT_BYTES	131072
#define FIRST_LBA	(-150)
#define NAME		"model"

/* Discs to insert: the text of the image, with %s for "cdr" or "cdrw". */
static const struct {
	const char *name, *kind, *text;
} images[] = {
	{ "blank-cdr", "cdr", "leadout 359845 final 0\n" },
	{ "blank-cdrw", "cdrw", "leadout 359845 final 0\n" },
	{ "small-cdr", "cdr", "leadout 1700 final 0\n" },
	{ "small-cdrw", "cdrw", "leadout 1300 final 0\n" },
	{ "open-cdr", "cdr", "leadout 359845 final 0\n"
	  "session 1 format 0 state open leadout 0 mcn -\n"
	  "track 1 control 0 start 0 length 400 state recorded isrc -\n"
	  "track 2 control 0 start 552 length 300 state recorded isrc -\n" },
	{ "open-cdrw", "cdrw", "leadout 359845 final 0\n"
	  "session 1 format 0 state open leadout 0 mcn -\n"
	  "track 1 control 0 start 0 length 400 state recorded isrc -\n" },
	{ "closed-cdr", "cdr", "leadout 359845 final 0\n"
	  "session 1 format 0 state closed leadout 402 mcn -\n"
	  "track 1 control 0 start 0 length 400 state recorded isrc -\n" },
	{ "final-cdr", "cdr", "leadout 359845 final 1\n"
	  "session 1 format 0 state closed leadout 402 mcn -\n"
	  "track 1 control 0 start 0 length 400 state recorded isrc -\n" },
	{ "final-cdrw", "cdrw", "leadout 359845 final 1\n"
	  "session 1 format 0 state closed leadout 402 mcn -\n"
	  "track 1 control 0 start 0 length 400 state recorded isrc -\n" },
	{ "pressed", "cdrom", "leadout 359845 final 1\n"
	  "session 1 format 0 state closed leadout 402 mcn -\n"
	  "track 1 control 0 start 0 length 400 state recorded isrc -\n" },
	{ "full-cdr", "cdr", "leadout 1300 final 0\nsession 1 format 0 state open leadout 0 mcn -\n"
	  "track 1 control 0 start 0 length 1000 state recorded isrc -\n" },
	{ "unfinished-cdr", "cdr", "leadout 359845 final 0\n"
	  "session 1 format 0 state open leadout 0 mcn -\n"
	  "track 1 control 0 start 0 length 400 state recorded isrc -\n"
	  "track 2 control 0 start 552 length 300 state open isrc -\n" },
	{ "unfinished-cdrw", "cdrw", "leadout 359845 final 0\n"
	  "session 1 format 0 state open leadout 0 mcn -\n"
	  "track 1 control 0 start 0 length 640 state open isrc -\n" },
	{ "half-closed-cdr", "cdr", "leadout 359845 final 0\n"
	  "session 1 format 0 state damaged leadout 0 mcn -\n"
	  "track 1 control 0 start 0 length 400 state recorded isrc -\n" },
	{ "half-closed-cdrw", "cdrw", "leadout 359845 final 0\n"
	  "session 1 format 0 state damaged leadout 0 mcn -\n"
	  "track 1 control 0 start 0 length 400 state recorded isrc -\n" },
	{ "ninety-nine-cdr", "cdr", NULL },
	{ "ninety-eight-cdrw", "cdrw", NULL },
};

const unsigned int discs_count = ARRAY_SIZE(images);

const char *disc_name(unsigned int i)
{
	return images[i].name;
}

static void many_tracks(char *text, size_t size, const char *kind, int count)
{
	size_t n = snprintf(text, size, "cdr-sim-disc 1 medium %s leadout 359845 final 0\n"
			    "session 1 format 0 state open leadout 0 mcn -\n", kind);
	int i;

	for (i = 0; i < count; i++)
		n += snprintf(text + n, size - n,
			      "track %d control 0 start %d length 300 state recorded isrc -\n",
			      i + 1, i * (300 + GAP_SECTORS));
}

static void import(unsigned int i)
{
	static char text[TEXT_BYTES];
	int fd = open("/dev/cdr-sim/" NAME, O_WRONLY);

	if (images[i].text)
		snprintf(text, sizeof(text), "cdr-sim-disc 1 medium %s %s", images[i].kind,
			 images[i].text);
	else
		many_tracks(text, sizeof(text), images[i].kind,
			    strstr(images[i].name, "nine-") ? 99 : 98);
	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text) || close(fd))
		sim_die(images[i].name);
}

/* The kernel detects a new disc when the block device is opened, which udev does at once. */
static void look_as_udev(void)
{
	int fd = open(sim_sr, O_RDONLY);

	if (fd >= 0)
		close(fd);
}

void world_insert(const char *disc)
{
	unsigned int i;

	sim_try("eject", "force");
	if (!strcmp(disc, "none"))
		return;
	for (i = 0; i < discs_count && strcmp(images[i].name, disc); i++)
		;
	if (i == discs_count)
		sim_die(disc);
	import(i);
	sim_set("insert", "image");
	look_as_udev();
}

/* The names of the nodes; sets their group and mode like udev. */
static void world_nodes(void)
{
	strcpy(tao_path, sim_tao);
	if (chown(sim_tao, 0, 24) || chmod(sim_tao, 0660))
		sim_die(sim_tao);
}

void world_make(void)
{
	static const char *const attributes[] = { "insert=cdr80", NULL };

	sim_create(NAME, attributes);
	world_nodes();
}

void world_plug(bool on)
{
	if (on) {
		sim_power_on();
		world_nodes();
	} else {
		sim_set("power", "0");
	}
}

void world_image(struct disc *disc)
{
	static char text[TEXT_BYTES + 1];
	int fd = open("/dev/cdr-sim/" NAME, O_RDONLY);
	ssize_t n;

	memset(disc, 0, sizeof(*disc));
	/* The tray is open, or there is no disc. */
	sim_get("media", text, sizeof(text));
	if (!strncmp(text, "none", 4) || fd < 0) {
		if (fd >= 0)
			close(fd);
		return;
	}
	n = pread(fd, text, TEXT_BYTES, 0);
	if (n != TEXT_BYTES)
		sim_die("the disc's image");
	close(fd);
	if (disc_parse(disc, text))
		sim_die("the image's text");
}

/* Whether the disc has this audio at @start. */
bool world_audio_is(int start, unsigned int salt, unsigned int bytes)
{
	static char burned[SECTOR_BYTES * 4];
	int fd = open("/dev/cdr-sim/" NAME, O_RDONLY);
	unsigned int n = bytes < sizeof(burned) ? bytes : sizeof(burned);
	off_t at = TEXT_BYTES + (off_t)(start - FIRST_LBA) * SECTOR_BYTES;
	bool same;

	/* Compares only the end of it */
	if (fd < 0 || pread(fd, burned, n, at + bytes - n) != (ssize_t)n)
		sim_die("the disc's audio");
	same = !memcmp(burned, audio + salt + bytes - n, n);
	close(fd);
	return same;
}

int world_button(void)
{
	return -sim_try("eject", "1");
}

int world_outsider(enum outsider outsider)
{
	static int fd = -1;

	if (fd >= 0)
		close(fd);
	fd = -1;
	if (outsider == OUT_NOBODY)
		return 0;
	fd = open(sim_sr, O_RDONLY | O_NONBLOCK | (outsider == OUT_HOLDS ? O_EXCL : 0));
	return fd < 0 ? errno : 0;
}

void world_attention(void)
{
	sim_set("fault", "sense=6/29/00");
}

void world_spoil_write(void)
{
	sim_set("fault", "op=2a sense=3/0c/00");
}

void world_clear_faults(void)
{
	sim_set("fault", "clear");
}

/* The drive answers the next @nth commands, and then no more. */
void world_hold(unsigned int nth)
{
	char rule[64];

	snprintf(rule, sizeof(rule), "hold times=0 nth=%u", nth + 1);
	sim_set("fault", rule);
}

bool world_is_holding(void)
{
	char text[4096];
	const char *hits;

	sim_get("fault", text, sizeof(text));
	hits = strstr(text, "hits ");
	return hits && strtoul(hits + 5, NULL, 10);
}

bool world_locked(void)
{
	return sim_locked();
}
