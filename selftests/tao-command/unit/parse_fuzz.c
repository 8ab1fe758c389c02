// SPDX-License-Identifier: GPL-2.0-only
/*
 * libFuzzer: everything that the command reads from others. The first byte selects the kind: a
 * CUE sheet, a playlist, a FLAC file, a name, a numeric option; a sheet in any character set.
 */
#include <json-c/json.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "../../../tools/tao/audio.h"
#include "../../../tools/tao/common.h"
#include "../../../tools/tao/cue.h"
#include "../../../tools/tao/flac.h"
#include "../../../tools/tao/json.h"
#include "../../../tools/tao/filenames.h"
#include "../../../tools/tao/playlist.h"
#include "../../../tools/tao/replaygain.h"
#include "../../../tools/tao/text.h"

#define check(condition) do {						\
	if (!(condition)) {						\
		fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);	\
		abort();						\
	}								\
} while (0)

static void check_valid(const char *text)
{
	check(!text || text_is_utf8(text));
}

/* Whatever a sheet is written in, what is read of it is UTF-8. */
static void fuzz_sheet(const char *bytes, size_t size)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC);
	char path[32], *text;

	check(fd >= 0 && write(fd, bytes, size) == (ssize_t)size);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	text = read_sheet(path, 1 << 20);
	close(fd);
	check(text);
	check_valid(text);
	free(text);
}

static void fuzz_name_fold(const char *name)
{
	char *folded = name_fold(name);

	check_valid(folded);
	free(folded);
}

static void fuzz_cue(char *text)
{
	struct cue_sheet *sheet;
	char *problem;

	sheet = cue_parse(text, "sheet.cue", &problem);
	check(!sheet == !!problem);
	for (size_t i = 0; sheet && i < sheet->tracks_count; i++) {
		const struct cue_track *track = &sheet->tracks[i];

		check(track->start.file < sheet->files_count);
		check(track->number >= 1 && track->number <= 99);
		check(!track->isrc[0] || strlen(track->isrc) == 12);
		check_valid(track->title);
	}
	check(!sheet || !sheet->mcn[0] || strlen(sheet->mcn) == 13);
	cue_free(sheet);
	free(problem);
}

static void fuzz_playlist(char *text)
{
	size_t bytes = strlen(text);
	struct playlist *playlist;
	char *problem;

	playlist = playlist_parse(text, "list.m3u", &problem);
	check(!playlist == !!problem);
	for (size_t i = 0; playlist && i < playlist->count; i++) {
		const struct playlist_entry *entry = &playlist->entries[i];

		check(entry->name && strlen(entry->name) <= bytes);
		check_valid(entry->title);
	}
	playlist_free(playlist);
	free(problem);
}

static void fuzz_flac(const char *bytes, size_t size)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC);
	struct flac_tags tags;

	check(fd >= 0 && write(fd, bytes, size) == (ssize_t)size);
	flac_read_tags(fd, &tags);
	close(fd);
	if (tags.cue_sheet)
		fuzz_cue(tags.cue_sheet);
	free(tags.cue_sheet);
	free(tags.isrc);
}

/*
 * A parser that does not know our replacement characters must be able to read it. The strict one of
 * json-c 0.18 takes all characters but ASCII for control characters.
 */
static void check_json(const char *name)
{
	struct json_tokener *reader = json_tokener_new();
	struct json_object *written = json_text(name), *read;
	const char *line;

	json_tokener_set_flags(reader, JSON_TOKENER_VALIDATE_UTF8);
	line = json_object_to_json_string(written);
	for (const char *p = line; *p; p++)
		check((unsigned char)*p >= ' ');
	read = json_tokener_parse_ex(reader, line, strlen(line) + 1);
	check(read && !strcmp(json_object_get_string(read), json_object_get_string(written)));
	check(!text_is_utf8(name) || !strcmp(json_object_get_string(read), name));
	json_object_put(read);
	json_object_put(written);
	json_tokener_free(reader);
}

static void fuzz_name(const char *name)
{
	char *printable = text_printable(name), *quoted = shell_quote(name);

	check_valid(printable);
	check_valid(quoted);
	for (const char *p = printable; *p; p++)
		check((unsigned char)*p >= ' ' && *p != 0x7f);
	for (const char *p = quoted; *p; p++)
		check((unsigned char)*p >= ' ' && *p != 0x7f);
	check_json(name);
	free(quoted);
	free(printable);
}

static void fuzz_gains(const char *text)
{
	static const char *const names[] = {
		"replaygain_album_gain", "replaygain_track_peak", "r128_track_gain",
	};
	struct replaygain tags = { 0 };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		replaygain_take(&tags, names[i], text);
	check(fabs(tags.album.gain) <= 64 && fabs(tags.track.gain) <= 64 + 5);
	check(tags.track.peak >= 0 && tags.track.peak <= 64);
}

static void fuzz_option(const char *text)
{
	char code[14];
	uint32_t kbps;

	fuzz_gains(text);
	check(!parse_isrc(text, code) || strlen(code) == 12);
	check(!parse_mcn(text, code) || strlen(code) == 13);
	parse_speed(text, &kbps);
}

int fuzz_one(const uint8_t *data, size_t size) __asm__("LLVMFuzzerTestOneInput");

int fuzz_one(const uint8_t *data, size_t size)
{
	char *bytes, *text;

	if (!size)
		return 0;
	/* memory that ends where the input does */
	bytes = malloc(size);
	memcpy(bytes, data + 1, size - 1);
	bytes[size - 1] = '\0';
	text = text_to_utf8(bytes, size - 1);
	check_valid(text);
	switch (data[0]) {
	case 'c':
		fuzz_cue(text);
		break;
	case 'm':
		fuzz_playlist(text);
		break;
	case 'f':
		fuzz_flac(bytes, size - 1);
		break;
	case 's':
		fuzz_sheet(bytes, size - 1);
		break;
	case 'n':
		fuzz_name(bytes);
		fuzz_name_fold(bytes);
		break;
	case 'o':
		fuzz_option(bytes);
		break;
	}
	free(text);
	free(bytes);
	return 0;
}
