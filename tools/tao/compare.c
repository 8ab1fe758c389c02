// SPDX-License-Identifier: GPL-2.0-only
/*
 * tao verify, and the same at the end of tao burn: a track of the disc against the files it came
 * from.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "common.h"
#include "compare.h"
#include "json.h"
#include "progress.h"

#define PIECE_FRAMES 65536

struct source {
	int fd;
	uint64_t offset;
};

static ssize_t read_source(void *data, void *buffer, size_t bytes, uint64_t offset)
{
	const struct source *source = data;
	ssize_t n = pread(source->fd, buffer, bytes, source->offset + offset);

	return n < 0 ? -errno : n;
}

static int write_all(int fd, const void *data, size_t bytes)
{
	ssize_t n;

	for (size_t done = 0; done < bytes; done += n) {
		n = write(fd, (const char *)data + done, bytes - done);
		if (n < 0)
			return -1;
	}
	return 0;
}

static int spool_segment(const struct segment *segment, int fd, char **problem)
{
	int16_t *frames = xcalloc(PIECE_FRAMES, FRAME_BYTES);
	struct decoder *decoder;
	long n = -1;

	decoder = decoder_open(segment->file, segment->first, segment->frames, problem);
	while (decoder && (n = decoder_read(decoder, frames, PIECE_FRAMES, problem)) > 0) {
		if (write_all(fd, frames, n * FRAME_BYTES)) {
			*problem = xasprintf("can't keep decoded audio: %s (see TMPDIR)",
					     strerror(errno));
			n = -1;
			break;
		}
	}
	decoder_close(decoder);
	free(frames);
	return n < 0 ? -1 : 0;
}

/* Decoded again, into a file without a name: to find the offset one has to go back and forth. */
static int spool_track(const struct track *track, char **problem)
{
	const char *dir = getenv("TMPDIR");
	int fd;

	fd = open(dir && *dir ? dir : "/var/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (fd < 0) {
		*problem = xasprintf("can't keep decoded audio in %s: %s",
				     dir && *dir ? dir : "/var/tmp", strerror(errno));
		return -1;
	}
	for (size_t i = 0; i < track->segments_count; i++) {
		if (spool_segment(&track->segments[i], fd, problem)) {
			close(fd);
			return -1;
		}
	}
	return fd;
}

int compare_track(struct tao_device *dev, unsigned int number, const struct track *track,
		  struct tao_verify *verify, tao_progress_fn progress, void *data, char **problem)
{
	const struct segment *first = &track->segments[0];
	struct source source = { 0 };
	int ret;

	*problem = NULL;
	memset(verify, 0, sizeof(*verify));
	if (track->segments_count == 1 && first->file->kind == AUDIO_RAW) {
		source.fd = open(first->file->path, O_RDONLY | O_CLOEXEC);
		source.offset = first->first * FRAME_BYTES;
		if (source.fd < 0)
			*problem = xasprintf("%s: %s", first->file->path, strerror(errno));
	} else {
		source.fd = spool_track(track, problem);
	}
	if (source.fd < 0)
		return -EIO;
	ret = tao_verify_track(dev, number, read_source, &source, track_frames(track) * FRAME_BYTES,
			       verify, progress, data);
	close(source.fd);
	return ret;
}

static char *describe_offset(const struct tao_verify *v)
{
	if (v->flags & TAO_VERIFY_NO_OFFSET)
		return xstrdup("no constant offset fits");
	if (v->flags & TAO_VERIFY_AMBIGUOUS && !v->offset_samples)
		return xstrdup("offset can't be told from this audio");
	return xasprintf("offset %+d samples", v->offset_samples);
}

char *describe_verify(const struct tao_verify *v)
{
	char *offset = describe_offset(v), *edge = NULL, *text;
	char time[TIME_SIZE];

	if (v->edge_samples)
		edge = xasprintf(", %llu samples at the edge can't be read",
				 (unsigned long long)v->edge_samples);
	if (!v->different_samples && !v->unreadable_sectors)
		text = xasprintf("identical (%s%s)", offset, edge ? edge : "");
	else if (!v->different_samples)
		text = xasprintf("%u sectors can't be read, the rest is identical (%s%s)",
				 v->unreadable_sectors, offset, edge ? edge : "");
	else
		text = xasprintf("differs: %llu of %llu samples from %s on; "
				 "%u sectors unreadable (%s)",
				 (unsigned long long)v->different_samples,
				 (unsigned long long)v->compared_samples,
				 format_msf(v->first_different / SECTOR_FRAMES, time),
				 v->unreadable_sectors, offset);
	free(offset);
	free(edge);
	return text;
}

struct json_object *json_verify(const struct tao_verify *v)
{
	struct json_object *object = json_object_new_object();

	json_add_bool(object, "identical", !v->different_samples && !v->unreadable_sectors);
	json_object_object_add(object, "offset_samples",
			       v->flags & TAO_VERIFY_NO_OFFSET ?
				       NULL :
				       json_object_new_int(v->offset_samples));
	json_add_bool(object, "offset_ambiguous", v->flags & TAO_VERIFY_AMBIGUOUS);
	json_add_number(object, "samples", v->samples);
	json_add_number(object, "compared_samples", v->compared_samples);
	json_add_number(object, "edge_samples", v->edge_samples);
	json_add_number(object, "different_samples", v->different_samples);
	json_add_number(object, "unreadable_sectors", v->unreadable_sectors);
	return object;
}

/* The progress of a comparison on the line of its drive. */
struct shown {
	struct progress *progress;
	uint64_t bytes;
};

static int show(void *data, uint64_t bytes)
{
	const struct shown *shown = data;

	progress_fraction(shown->progress, 0, (double)bytes / shown->bytes);
	return 0;
}

static int verify_one(struct tao_device *dev, unsigned int number, const struct album *album,
		      const struct track *track, struct progress *progress)
{
	struct shown shown = { progress, (uint64_t)track_sectors(track) * TAO_SECTOR_SIZE };
	char *name = track_name(album, track), *what, *text, *problem;
	struct tao_verify verify;
	int ret, exit_status;

	what = xasprintf("Comparing track %u  %s", number, name);
	progress_set(progress, 0, what, TAO_UNKNOWN, 0);
	progress_fraction(progress, 0, 0);
	ret = compare_track(dev, number, track, &verify, show, &shown, &problem);
	if (ret < 0) {
		text = problem ? problem : failure_text(dev, ret);
		exit_status = problem	       ? STATUS_INPUT :
			      ret == -EMSGSIZE ? STATUS_DIFFERS :
						 STATUS_FAILED;
	} else {
		text = describe_verify(&verify);
		exit_status = ret ? STATUS_DIFFERS : STATUS_OK;
	}
	progress_say(progress, "Track %2u  %s: %s\n", number, name, text);
	if (options.json) {
		struct json_object *event = json_event("verify", tao_device_path(dev));

		json_add_number(event, "track", number);
		json_add_string(event, "title", name);
		json_add_string(event, "message", text);
		json_object_object_add(event, "verify", ret < 0 ? NULL : json_verify(&verify));
		json_print(event);
	} else if (options.quiet && exit_status) {
		complain("track %u: %s", number, text);
	}
	free(text);
	free(what);
	free(name);
	return exit_status;
}

static int verify_all(struct tao_device *dev, const struct album *album, unsigned int first)
{
	struct progress *progress = progress_start(&dev, 1);
	int exit_status = STATUS_OK;

	for (size_t i = 0; i < album->tracks_count; i++) {
		int one = verify_one(dev, first + i, album, &album->tracks[i], progress);

		if (one && exit_status != STATUS_DIFFERS)
			exit_status = one;
	}
	progress_stop(progress);
	if (options.json) {
		struct json_object *event = json_event("result", tao_device_path(dev));

		json_add_string(event, "command", "verify");
		json_add_string(event, "result",
				exit_status == STATUS_DIFFERS ? "differs" :
				exit_status		      ? "failed" :
								"done");
		json_add_number(event, "exit_status", exit_status);
		json_add_string(event, "message",
				exit_status ? "The disc is not what the files are." :
					      "The disc is what the files are.");
		json_print(event);
	}
	if (exit_status == STATUS_OK)
		say("The disc is what the files are, sample by sample.\n");
	else if (exit_status == STATUS_DIFFERS)
		say("The disc is not what the files are.\n");
	return exit_status;
}

int cmd_verify(int argc, char **argv)
{
	static const struct option own[] = { { "track", required_argument, NULL, 't' },
					     { "join", no_argument, NULL, 'j' },
					     { "raw", no_argument, NULL, 'r' },
					     { 0 } };
	int letter, exit_status = STATUS_INPUT;
	struct album album = { 0 };
	struct tao_device *dev;
	unsigned int first = 1;
	bool join = false;

	while ((letter = next_option(argc, argv, "t:j", own)) != -1) {
		if (letter == 't')
			first = atoi(optarg);
		else if (letter == 'j')
			join = true;
		else
			album.raw = true;
	}
	if (first < 1 || first > TAO_TRACKS_MAX)
		return usage_error(argv[0], "track numbers are 1 to 99");
	if (optind == argc)
		return usage_error(argv[0], "no files");
	for (int i = optind; i < argc; i++) {
		if (!strcmp(argv[i], "-"))
			return usage_error(argv[0],
					   "standard input can't be compared; save it to a file first");
		album_add(&album, argv[i]);
	}
	if (join)
		album_join(&album);
	if (!album.problems) {
		dev = open_drive(NULL, TAO_OPEN_READ, &exit_status);
		if (dev)
			exit_status = verify_all(dev, &album, first);
		tao_close(dev);
	}
	album_free(&album);
	return exit_status;
}
