/* SPDX-License-Identifier: GPL-2.0-only */
/* The contents of the disc, from the image of the recorder, without the module. */
#ifndef IMAGE_H
#define IMAGE_H

#include "sim.h"

#define IMAGE_TEXT_BYTES	131072
#define IMAGE_FIRST_LBA		(-150)

struct image {
	unsigned int tracks;
	int start;		/* of the last track, as all members below */
	unsigned int length;
	bool recorded;
	bool session_open;
};

/* Sectors that were not burned can't be read. */
static inline bool image_can_read(void *to, size_t bytes, off_t at)
{
	char path[128];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/dev/cdr-sim/%s", sim_name);
	fd = open(path, O_RDONLY);
	if (fd < 0)
		sim_die(path);
	n = pread(fd, to, bytes, at);
	close(fd);
	return n == (ssize_t)bytes;
}

static inline void image_read(void *to, size_t bytes, off_t at)
{
	if (!image_can_read(to, bytes, at))
		sim_die("the recorder's image");
}

static inline struct image image_look(void)
{
	static char text[IMAGE_TEXT_BYTES];
	struct image im = { 0 };
	char *line, *save, state[16];

	image_read(text, sizeof(text), 0);
	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		if (sscanf(line, "session %*u format %*u state %15s", state) == 1)
			im.session_open = !strcmp(state, "open");
		if (sscanf(line, "track %u control %*u start %d length %u state %15s", &im.tracks,
			   &im.start, &im.length, state) == 4)
			im.recorded = !strcmp(state, "recorded");
	}
	return im;
}

/* Exchanges the disc by force, in the door's despite, for one with this text. */
static inline void image_insert(const char *text)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "/dev/cdr-sim/%s", sim_name);
	fd = open(path, O_WRONLY);
	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text) || close(fd))
		sim_die(path);
	sim_try("eject", "force");
	sim_set("insert", "image");
}

/* The same for a copy of the disc, which has the same tracks and another number. */
static inline void image_insert_copy(void)
{
	static char text[IMAGE_TEXT_BYTES + 1];

	image_read(text, IMAGE_TEXT_BYTES, 0);
	image_insert(text);
}

/*
 * Number of bytes of @audio at the start of the last track; -1 if other data than silence follow.
 */
static inline ssize_t image_holds(const struct image *im, const char *audio, size_t max)
{
	size_t bytes = im->length * TAO_SECTOR_SIZE, n, i;
	char *burned = malloc(bytes);

	image_read(burned, bytes, IMAGE_TEXT_BYTES +
		   (off_t)(im->start - IMAGE_FIRST_LBA) * TAO_SECTOR_SIZE);
	for (n = 0; n < bytes && n < max && burned[n] == audio[n]; n++)
		;
	for (i = n; i < bytes && !burned[i]; i++)
		;
	free(burned);
	return i < bytes ? -1 : (ssize_t)n;
}

#endif
