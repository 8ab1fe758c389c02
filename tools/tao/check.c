// SPDX-License-Identifier: GPL-2.0-only
/*
 * The check before a burn: each file is decoded once, on all processors, and measured if tracks are
 * to become equally loud.
 */
#include <endian.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <unistd.h>
#include "album.h"
#include "common.h"
#include "loudness.h"
#include "normalize.h"

#define PROGRESS_INTERVAL_MS 200
#define THREADS_MAX 64
#define PIECE_FRAMES 4096

struct check {
	struct album *album;
	const atomic_bool *stop;
	bool all;
	char **reasons; /* of the files that can't be burned, or NULL */
	atomic_ullong *progress; /* bytes processed of each file */
	atomic_size_t next;
	atomic_size_t done;
	atomic_uint running;
};

/* A file with a length in its header need not be decoded if the user says so. */
static bool needs_check(const struct check *check, const struct audio_file *file)
{
	return file->loudness ||
	       (file->unchecked && (check->all || file->frames == FRAMES_UNKNOWN));
}

/* Raw audio has nothing to be checked. Returns 0, or -1 with *problem. */
static int measure_raw(struct audio_file *file, const atomic_bool *stop, char **problem)
{
	struct decoder *decoder = decoder_open(file, 0, file->frames, 0, stop, problem);
	int16_t in[PIECE_FRAMES * 2];
	float out[PIECE_FRAMES * 2];
	long n = -1;

	while (decoder && (n = decoder_read(decoder, in, PIECE_FRAMES, problem)) > 0 &&
	       !atomic_load(stop)) {
		for (long i = 0; i < 2 * n; i++)
			out[i] = (int16_t)le16toh(in[i]) / 32768.0f;
		loudness_add(file->loudness, out, n);
	}
	decoder_close(decoder);
	return n < 0 ? -1 : 0;
}

static void check_file(struct check *check, size_t i)
{
	struct audio_file *file = check->album->files[i];

	if (file->kind == AUDIO_RAW)
		measure_raw(file, check->stop, &check->reasons[i]);
	else
		audio_check(file, &check->album->options, check->stop, &check->progress[i],
			    &check->reasons[i]);
}

static void *work(void *data)
{
	struct check *check = data;
	size_t i;

	while ((i = atomic_fetch_add(&check->next, 1)) < check->album->files_count) {
		struct audio_file *file = check->album->files[i];

		if (needs_check(check, file) && !atomic_load(check->stop))
			check_file(check, i);
		atomic_store(&check->progress[i], file->bytes);
		atomic_fetch_add(&check->done, 1);
	}
	atomic_fetch_sub(&check->running, 1);
	return NULL;
}

static void show(const struct check *check, album_progress_t progress)
{
	unsigned long long done = 0, all = 0;
	size_t count = 0;

	for (size_t i = 0; i < check->album->files_count; i++) {
		const struct audio_file *file = check->album->files[i];

		if (file->kind != AUDIO_FILE)
			continue;
		count++;
		all += file->bytes;
		done += atomic_load(&check->progress[i]);
	}
	progress(done, all, count);
}

static void run(struct check *check, album_progress_t progress)
{
	size_t count = check->album->files_count, processors = get_nprocs();
	pthread_t threads[THREADS_MAX];
	unsigned int started = 0;

	if (count > processors)
		count = processors;
	for (; started < count && started < THREADS_MAX; started++) {
		atomic_fetch_add(&check->running, 1);
		if (pthread_create(&threads[started], NULL, work, check)) {
			atomic_fetch_sub(&check->running, 1);
			break;
		}
	}
	if (!started) {
		atomic_fetch_add(&check->running, 1);
		work(check);
	}
	for (unsigned int ms = 0; atomic_load(&check->running); ms += 10) {
		if (progress && ms % PROGRESS_INTERVAL_MS == 0)
			show(check, progress);
		pause_ms(10);
	}
	while (started--)
		pthread_join(threads[started], NULL);
}

void album_check(struct album *album, bool all, const atomic_bool *stop, album_progress_t progress)
{
	struct check check = {
		.album = album,
		.stop = stop,
		.all = all,
		.reasons = xcalloc(album->files_count, sizeof(char *)),
		.progress = xcalloc(album->files_count, sizeof(atomic_ullong)),
	};
	bool any = false;

	album_prepare_loudness(album);
	for (size_t i = 0; i < album->files_count; i++)
		any |= needs_check(&check, album->files[i]);
	if (any)
		run(&check, progress);
	for (size_t i = 0; i < album->files_count; i++)
		if (!atomic_load(stop) || check.reasons[i])
			album_checked(album, album->files[i], check.reasons[i]);
	free(check.reasons);
	free(check.progress);
}
