// SPDX-License-Identifier: GPL-2.0-only
/*
 * tracks DIRECTORY FILE...: writes the audio that "tao burn FILE..." would burn to DIRECTORY,
 * each track as raw audio in "NN Title.raw". This is only needed to burn with cat(1); the tao
 * command does everything by itself.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "album.h"
#include "common.h"

/* Common file systems limit names to 255 bytes. */
#define NAME_BYTES	200
/* Capacity of an 80-minute disc, and the gap between tracks. */
#define DISC_SECTORS	359845
#define GAP_SECTORS	152

/* Returns "song" for "01 - song.wav". */
static char *bare_name(char *name)
{
	char *dot = strrchr(name, '.');
	size_t digits, number;

	if (dot && dot != name && strlen(dot) <= 5)
		*dot = '\0';
	digits = strspn(name, "0123456789");
	number = digits + strspn(name + digits, " -_.");
	return digits && digits < number && name[number] ? name + number : name;
}

/* "03 Title.raw"; replaces characters of the title that a file name may not contain. */
static char *track_path(const char *directory, const struct album *album, size_t n)
{
	char *name = track_name(album, &album->tracks[n]);
	char *title = album->tracks[n].title ? name : bare_name(name);
	size_t length = strlen(title);
	char *path, *c;

	if (length > NAME_BYTES) {
		/* Do not cut a UTF-8 character. */
		for (length = NAME_BYTES; length && (title[length] & 0xc0) == 0x80; length--)
			;
		title[length] = '\0';
	}
	for (c = title; *c; c++)
		if (*c == '/' || (unsigned char)*c < ' ' || *c == 127)
			*c = '_';
	path = xasprintf("%s/%02zu %s.raw", directory, n + 1, title);
	free(name);
	return path;
}

static int write_segment(FILE *out, const struct segment *segment, char **problem)
{
	struct decoder *decoder;
	int16_t samples[2 * 4096];
	long n;

	decoder = decoder_open(segment->file, segment->first, segment->frames, segment->gain, NULL,
			       problem);
	if (!decoder)
		return -1;
	while ((n = decoder_read(decoder, samples, 4096, problem)) > 0)
		if (fwrite(samples, FRAME_BYTES, n, out) != (size_t)n)
			break;
	decoder_close(decoder);
	return n ? -1 : 0;
}

static int write_track(const char *path, const struct track *track)
{
	char *problem = NULL;
	FILE *out = fopen(path, "wb");
	int status = out ? 0 : -1;
	size_t i;

	for (i = 0; !status && i < track->segments_count; i++)
		status = write_segment(out, &track->segments[i], &problem);
	if (out && (ferror(out) | fclose(out)))
		status = -1;
	if (status)
		complain("%s", problem ? problem : xasprintf("%s: %s", path, strerror(errno)));
	free(problem);
	return status;
}

static bool album_fits(const struct album *album)
{
	char needed[TIME_SIZE], room[TIME_SIZE];
	uint64_t sectors = (album->tracks_count - 1) * GAP_SECTORS;
	size_t i;

	for (i = 0; i < album->tracks_count; i++)
		sectors += track_sectors(&album->tracks[i]);
	if (sectors <= DISC_SECTORS && album->tracks_count <= TAO_TRACKS_MAX)
		return true;
	complain("%zu tracks of %s min with their gaps; a disc holds %d of %s min",
		 album->tracks_count, format_time(sectors, needed), TAO_TRACKS_MAX,
		 format_time(DISC_SECTORS, room));
	return false;
}

/* Prints a track, with the conversions of its samples if there are any. */
static void tell_track(const struct track *track, const char *path)
{
	char *conversions = NULL;
	char time[TIME_SIZE];

	if (track->segments_count)
		conversions = audio_conversions(track->segments[0].file);
	printf("%6s  %s%s%s\n", format_time(track_sectors(track), time), strrchr(path, '/') + 1,
	       conversions ? "   " : "", conversions ? conversions : "");
	free(conversions);
}

int main(int argc, char **argv)
{
	const atomic_bool never = false;
	struct album album = { 0 };
	size_t n;
	int i;

	if (argc < 3) {
		fprintf(stderr, "usage: tracks DIRECTORY FILE...\n");
		return STATUS_USAGE;
	}
	for (i = 2; i < argc; i++)
		album_add(&album, argv[i]);
	if (!album.problems)
		album_check(&album, true, &never, NULL);
	if (!album.problems && !album.tracks_count)
		complain("there is no audio in %s", argv[2]);
	if (album.problems || !album.tracks_count || !album_fits(&album))
		return STATUS_INPUT;
	for (n = 0; n < album.notes_count; n++)
		printf("%s\n", album.notes[n]);
	for (n = 0; n < album.tracks_count; n++) {
		char *path = track_path(argv[1], &album, n);

		tell_track(&album.tracks[n], path);
		if (write_track(path, &album.tracks[n]))
			return STATUS_INPUT;
		free(path);
	}
	album_free(&album);
	return STATUS_OK;
}
