/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Two simulated recorders, one for each alignment that adapters have, and the effect of a burn
 * according to the module and the recorder.
 */
#ifndef STREAM_H
#define STREAM_H

#include "../clock.h"
#include "../tao/sim.h"
#include "../tao/harness.h"

#define QUANTUM		75264		/* 32 sectors of 2352 bytes: 147 * 512 */
#define SECTOR		2352
#define BUFFER_BYTES	(2 << 20)	/* of the recorder: cdr-sim's default */

struct recorder {
	char name[64], tao[64], sr[64];
};

static struct recorder recorders[2];	/* alignment 3, alignment 511 */

static inline void use_recorder(int i)
{
	strcpy(sim_name, recorders[i].name);
	strcpy(sim_tao, recorders[i].tao);
	strcpy(sim_sr, recorders[i].sr);
}

#ifndef NO_RECORDERS
static void __attribute__((constructor)) make_recorders(void)
{
	static const char *const attributes[2][3] = {
		{ "dma_alignment=3", "speed=8", NULL },
		{ "dma_alignment=511", "speed=8", NULL },
	};
	static const char *const names[2] = { "align3", "align511" };
	int i;

	for (i = 0; i < 2; i++) {
		sim_create(names[i], attributes[i]);
		strcpy(recorders[i].name, sim_name);
		strcpy(recorders[i].tao, sim_tao);
		strcpy(recorders[i].sr, sim_sr);
	}
}
#endif

/* Reads a counter of the recorder. */
static inline unsigned long long recorder_stat(const char *name)
{
	char text[4096], key[64];
	char *line;

	text[0] = '\n';
	sim_get("stats", text + 1, sizeof(text) - 1);
	snprintf(key, sizeof(key), "\n%s ", name);
	line = strstr(text, key);
	if (!line)
		sim_die(name);
	return strtoull(line + strlen(key), NULL, 10);
}

static inline struct tao_statistics module_stats(void)
{
	struct tao_statistics s;

	if (sim_ioctl(TAO_IOC_GET_STATISTICS, &s))
		sim_die("statistics");
	return s;
}

static inline void set_attribute(const char *format, const char *parent, const char *value)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), format, parent);
	fd = open(path, O_WRONLY);
	if (fd < 0 || write(fd, value, strlen(value)) < 0)
		sim_die(path);
	close(fd);
}

static inline long read_number(const char *format, const char *parent)
{
	char path[256], text[64] = "";
	int fd;

	snprintf(path, sizeof(path), format, parent);
	fd = open(path, O_RDONLY);
	if (fd < 0 || read(fd, text, sizeof(text) - 1) < 0)
		sim_die(path);
	close(fd);
	return strtol(text, NULL, 10);
}

/* /sys/class/tao/taoN/limits/NAME */
static inline long limit(const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "/sys/class/tao/%%s/limits/%s", name);
	return read_number(path, strrchr(sim_tao, '/') + 1);
}

static inline void set_limit(const char *name, long value)
{
	char path[128], text[32];

	snprintf(path, sizeof(path), "/sys/class/tao/%%s/limits/%s", name);
	snprintf(text, sizeof(text), "%ld", value);
	set_attribute(path, strrchr(sim_tao, '/') + 1, text);
}

/* The speed of a drive at 8x: 1.4 MB/s, and 1.5 s for its buffer. */
static inline void set_realtime(bool on)
{
	sim_set("buffer_full", "refuse");
	sim_set("realtime", on ? "1" : "0");
}

static inline unsigned int sectors_of(size_t bytes)
{
	unsigned int sectors = (bytes + SECTOR - 1) / SECTOR;

	return sectors < 300 ? 300 : sectors;	/* Red Book: 4 seconds */
}

/* Whether a track at the start of the disc has @bytes of @audio and then silence. */
static inline bool burned(const char *audio, size_t bytes)
{
	unsigned int sectors = sectors_of(bytes);
	char *expected = calloc(sectors, SECTOR);
	bool same;

	if (!expected)
		sim_die("memory");
	memcpy(expected, audio, bytes);
	same = sim_holds(0, expected, sectors);
	free(expected);
	return same;
}

#endif
