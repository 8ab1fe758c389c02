// SPDX-License-Identifier: GPL-2.0-only
/*
 * decode [--normalize tags|album|track] FILE...: prints the samples of files as tao would burn
 * them, track after track.
 */
#include <stdio.h>
#include <string.h>
#include "../../../tools/tao/album.h"
#include "../../../tools/tao/normalize.h"
#include "../../../tools/tao/track_options.h"

static int write_segment(const struct segment *s)
{
	struct decoder *decoder;
	char *problem = NULL;
	int16_t frames[8192];
	long n;

	decoder = decoder_open(s->file, s->first, s->frames, s->gain, NULL, &problem);
	while (decoder && (n = decoder_read(decoder, frames, 4096, &problem)) > 0)
		fwrite(frames, FRAME_BYTES, n, stdout);
	decoder_close(decoder);
	if (problem)
		fprintf(stderr, "%s\n", problem);
	return problem ? 1 : 0;
}

static int write_tracks(const struct album *album)
{
	int failed = 0;

	for (size_t i = 0; i < album->tracks_count && !failed; i++)
		for (size_t j = 0; j < album->tracks[i].segments_count && !failed; j++)
			failed = write_segment(&album->tracks[i].segments[j]);
	return failed;
}

int main(int argc, char **argv)
{
	const atomic_bool never = false;
	struct album album = { 0 };
	int first = 1, failed;

	if (argc > 2 && !strcmp(argv[1], "--normalize")) {
		if (take_normalize("decode", &album, argv[2]))
			return 2;
		first = 3;
	}
	album_add_all(&album, argv + first, argc - first);
	if (!album.problems)
		album_check(&album, true, &never, NULL);
	if (!album.problems)
		album_normalize(&album);
	failed = album.problems ? 1 : write_tracks(&album);
	album_free(&album);
	return failed;
}
