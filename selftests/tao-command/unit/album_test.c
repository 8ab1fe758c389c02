// SPDX-License-Identifier: GPL-2.0-only
/* Which tracks are burned directly from their file, and the advice after a failure. */
#include <string.h>
#include <unistd.h>
#include "../../../tools/tao/advice.h"
#include "../../../tools/tao/album.h"
#include "../../../tools/tao/common.h"
#include "../../../tools/tao/burn.h"
#include "../../../tools/tao/feed.h"
#include "../../libtao/unit/ktap.h"

#define FRAMES 20000

/* Makes a file of @frames and @more bytes. */
static const char *raw_file(const char *name, size_t frames, size_t more, char *bytes)
{
	FILE *file = fopen(ktap_path(name), "w");

	for (size_t i = 0; i < frames * FRAME_BYTES + more; i++)
		bytes[i] = rand();
	if (fwrite(bytes, 1, frames * FRAME_BYTES + more, file) != frames * FRAME_BYTES + more)
		check(false, "set-up");
	fclose(file);
	return ktap_path(name);
}

/* Compares the output of the feed with @bytes; returns its length. */
static size_t compare_feed(const struct album *album, const char *bytes, size_t count, bool *same)
{
	struct feed *feed = feed_start(album, 0, 1, false, 1 << 20);
	const void *block;
	size_t sum = 0;
	ssize_t n;

	while ((n = feed_read(feed, 0, &block)) > 0) {
		*same &= sum + n <= count && !memcmp(bytes + sum, block, n);
		sum += n;
	}
	feed_leave(feed, 0);
	feed_free(feed);
	return sum;
}

static void test_ragged(size_t more)
{
	char bytes[(FRAMES + 1) * FRAME_BYTES] = "", what[80];
	struct album album = { 0 };
	bool same = true;
	size_t sum;

	album_add(&album, raw_file("ragged.raw", FRAMES, more, bytes));
	memset(bytes + FRAMES * FRAME_BYTES + more, 0, FRAME_BYTES - more);
	snprintf(what, sizeof(what), "%zu bytes beyond a sample: one more sample", more);
	check(album.tracks_count == 1 && track_frames(&album.tracks[0]) == FRAMES + 1, what);
	snprintf(what, sizeof(what), "%zu bytes beyond a sample: not straight from the file", more);
	check(!track_is_raw(&album.tracks[0]) && !track_is_direct(&album.tracks[0], false),
	      what);
	sum = compare_feed(&album, bytes, sizeof(bytes), &same);
	snprintf(what, sizeof(what), "%zu bytes beyond a sample: filled up with zeros", more);
	check(same && sum == sizeof(bytes), what);
	album_free(&album);
}

/* A file that was truncated after its inspection: its track is silent, with the planned length. */
static void test_lost(void)
{
	char bytes[(FRAMES + 1) * FRAME_BYTES] = "";
	struct album album = { 0 };
	bool silent = true, told = false;
	struct feed *feed;
	const void *block;
	struct lost lost;
	size_t sum = 0;
	ssize_t n;

	album_add(&album, raw_file("lost.raw", FRAMES, 1, bytes));
	if (truncate(ktap_path("lost.raw"), 1000))
		check(false, "set-up");
	feed = feed_start(&album, 0, 1, false, 1 << 20);
	while ((n = feed_read(feed, 0, &block)) > 0) {
		for (ssize_t i = 0; i < n; i++)
			silent &= !((const char *)block)[i];
		sum += n;
	}
	lost = feed_track_lost(feed, 0);
	told = !n && lost.own && strstr(lost.own, "lost.raw: was changed");
	check(sum == sizeof(bytes), "a file that was cut: its track is as long as it was to be");
	check(silent, "a file that was cut: silence");
	check(told, "a file that was cut: why");
	feed_leave(feed, 0);
	feed_free(feed);
	album_free(&album);
}

static void test_whole(void)
{
	char bytes[FRAMES * FRAME_BYTES];
	struct album album = { 0 };

	album_add(&album, raw_file("whole.raw", FRAMES, 0, bytes));
	check(album.tracks_count == 1 && track_is_raw(&album.tracks[0]) &&
	      track_is_direct(&album.tracks[0], false),
	      "whole samples: straight from the file");
	album_free(&album);
}

/* Whether the advice after a failure must not repeat the command with @path. */
static bool is_once(const char *path)
{
	struct album album = { 0 };
	bool once;

	album_add(&album, path);
	once = album.once;
	album_free(&album);
	return once;
}

static void test_once(void)
{
	char bytes[FRAMES * FRAME_BYTES], shm[] = "/dev/shm/album-XXXXXX", fd_path[32];
	int fd = mkstemp(shm);

	check(fd >= 0 && !is_once(shm), "a file in /dev/shm can be read again");
	check(!is_once("/dev/shm"), "and so can a folder there");
	snprintf(fd_path, sizeof(fd_path), "/dev/fd/%d", fd);
	check(is_once(fd_path), "/dev/fd/N: the next command does not have it");
	snprintf(fd_path, sizeof(fd_path), "/proc/self/fd/%d", fd);
	check(is_once(fd_path) && is_once("/dev/stdin"), "/proc/self/fd/N, /dev/stdin");
	check(is_once("/dev/null"), "a device: what is read is gone");
	check(!is_once(raw_file("again.raw", FRAMES, 0, bytes)), "a file can be read again");
	close(fd);
	unlink(shm);
}

/* The flags of a track apply to all of its parts. */
static void test_join(bool permitted[2], bool emphasis[2], bool expected, const char *name)
{
	char bytes[FRAMES * FRAME_BYTES];
	struct album album = { 0 };

	album_add(&album, raw_file("one.raw", FRAMES, 0, bytes));
	album_add(&album, raw_file("two.raw", FRAMES, 0, bytes));
	for (int i = 0; i < 2; i++) {
		album.tracks[i].copy_permitted = permitted[i];
		album.tracks[i].pre_emphasis = emphasis[i];
	}
	album_join(&album);
	check(album.tracks_count == 1 && album.tracks[0].copy_permitted == expected, name);
	check(!album.problems == (emphasis[0] == emphasis[1]),
	      "joined: refused if only a part has pre-emphasis");
	check(album.problems || album.tracks[0].pre_emphasis == emphasis[0],
	      "joined: pre-emphasis is kept");
	album_free(&album);
}

static void test_joined(void)
{
	test_join((bool[]){ true, true }, (bool[]){ true, true }, true, "joined: copies permitted");
	test_join((bool[]){ true, false }, (bool[]){ false, false }, false,
		  "joined: copies of the first part alone permitted");
	test_join((bool[]){ false, true }, (bool[]){ false, true }, false,
		  "joined: copies of the second part alone permitted");
}

/* Tracks that don't fit are not advised. */
static void test_room(void)
{
	struct tao_medium m = { .type = TAO_MEDIUM_CD_R, .flags = TAO_MEDIUM_WRITABLE };
	char burn[] = "burn", file[] = "a.raw", *command[] = { burn, file, file, NULL }, *text;
	char bytes[FRAMES * FRAME_BYTES];
	struct burn_command *c = xcalloc(1, sizeof(*c));
	struct recorder r = { 0 };

	c->argc = 3;
	c->argv = command;
	album_add(&c->album, raw_file("one.raw", FRAMES, 0, bytes));
	album_add(&c->album, raw_file("two.raw", FRAMES, 0, bytes));
	m.tracks = 1;
	m.free_sectors = 299;
	text = advise_going_on(c, &r, 2, &m);
	check(strstr(text, "don't fit") && !strstr(text, "--from"),
	      "going on: there has to be room");
	free(text);
	m.free_sectors = TAO_UNKNOWN;
	m.tracks = 99;
	text = advise_going_on(c, &r, 2, &m);
	check(strstr(text, "too many") && !strstr(text, "--from"), "going on: 99 tracks");
	free(text);
	album_free(&c->album);
	free(c);
}

/* Tracks of 4 s, the shortest there can be, and 152 sectors between them. */
static void test_fit(void)
{
	char bytes[FRAMES * FRAME_BYTES], *text;
	struct disc discs[] = { { .name = (char *)"CD1", .first = 0, .count = 2 },
				{ .name = (char *)"CD2", .first = 2, .count = 1 } };
	struct album album = { 0 };

	for (int i = 0; i < 3; i++)
		album_add(&album, raw_file(i ? "two.raw" : "one.raw", FRAMES, 0, bytes));
	text = album_fit(&album, 0, 300 + 152 + 300);
	check(strstr(text, "Tracks 1 to 2 fit (0:10 min); --from 3 "), "what fits, to the sector");
	free(text);
	text = album_fit(&album, 0, 300 + 152 + 299);
	check(strstr(text, "Only track 1 fits; --from 2 "), "one sector less");
	free(text);
	text = album_fit(&album, 1, 752);
	check(strstr(text, "Tracks 2 to 3 fit"), "from a later track on");
	free(text);
	text = album_fit(&album, 1, 299);
	check(strstr(text, "Not even track 2 fits"), "nothing fits");
	free(text);
	album.discs = discs;
	album.discs_count = 2;
	text = album_fit(&album, 0, 752);
	check(strstr(text, "CD1 (0:10 min), CD2 (0:04 min)"), "what is a set of discs");
	free(text);
	album.discs = NULL;
	album.discs_count = 0;
	album_free(&album);
}

static void test_finalizing(void)
{
	struct tao_medium m = { .type = TAO_MEDIUM_CD_R, .tracks = 3,
				.flags = TAO_MEDIUM_WRITABLE };
	struct recorder r = { 0 };
	char *text = advise_finalizing(&r, &m);

	check(!*text, "no session is open: no advice to close it");
	free(text);
	m.flags |= TAO_MEDIUM_TRACK_FAILED;
	text = advise_finalizing(&r, &m);
	check(!*text, "nor after a track that failed without a trace");
	free(text);
}

int main(void)
{
	srand(ktap_seed());
	test_whole();
	test_lost();
	test_once();
	test_fit();
	test_finalizing();
	test_joined();
	test_room();
	for (size_t more = 1; more < FRAME_BYTES; more++)
		test_ragged(more);
	return ktap_end();
}
