// SPDX-License-Identifier: GPL-2.0-only
/* decode FILE: prints the samples of a file as tao would burn them. */
#include <stdio.h>
#include "../../../tools/tao/audio.h"

static int fail(const char *problem)
{
	fprintf(stderr, "%s\n", problem);
	return 1;
}

int main(int argc, char **argv)
{
	const struct audio_options plain = { 0 };
	const atomic_bool never = false;
	atomic_ullong progress = 0;
	char *problem = NULL;
	struct audio_file *file = argc == 2 ? audio_inspect(argv[1], &plain, &problem) : NULL;
	struct decoder *decoder;
	int16_t frames[8192];
	long n;

	if (!file || audio_check(file, &plain, &never, &progress, &problem))
		return fail(problem ? problem : "usage: decode FILE");
	decoder = decoder_open(file, 0, file->frames, NULL, &problem);
	while (decoder && (n = decoder_read(decoder, frames, 4096, &problem)) > 0)
		fwrite(frames, FRAME_BYTES, n, stdout);
	if (problem)
		return fail(problem);
	decoder_close(decoder);
	audio_free(file);
	return 0;
}
