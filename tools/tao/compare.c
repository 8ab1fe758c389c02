// SPDX-License-Identifier: GPL-2.0-only
/* Comparison of the tracks of a disc with their files: tao verify, and the end of tao burn. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "common.h"
#include "compare.h"
#include "json.h"
#include "progress.h"

#define PIECE_FRAMES 65536
/* Number of tracks that can't be read; each may have taken two minutes. */
#define GIVEN_UP_MAX 3

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

static int spool_silence(uint64_t frames, int fd, char **problem)
{
	off_t end = lseek(fd, frames * FRAME_BYTES, SEEK_CUR);

	if (end >= 0 && !ftruncate(fd, end))
		return 0;
	*problem = xasprintf(NAMED("no-temporary-space")
			     "can't keep decoded audio: %s (see TMPDIR)", strerror(errno));
	return -1;
}

static int spool_segment(const struct segment *segment, int fd, const atomic_bool *stop,
			 char **problem)
{
	int16_t *frames;
	struct decoder *decoder;
	long n = -1;

	if (!segment->file)
		return spool_silence(segment->frames, fd, problem);
	frames = xcalloc(PIECE_FRAMES, FRAME_BYTES);
	decoder = decoder_open(segment->file, segment->first, segment->frames, segment->gain, stop,
			       problem);
	while (decoder && (n = decoder_read(decoder, frames, PIECE_FRAMES, problem)) > 0) {
		if (write_all(fd, frames, n * FRAME_BYTES)) {
			*problem = xasprintf(NAMED("no-temporary-space")
					     "can't keep decoded audio: %s (see TMPDIR)",
					     strerror(errno));
			n = -1;
			break;
		}
	}
	decoder_close(decoder);
	free(frames);
	return n < 0 ? -1 : 0;
}

/* Decodes a track again, into an unnamed file: the search for the offset needs random access. */
static int spool_track(const struct track *track, const atomic_bool *stop, char **problem)
{
	const char *dir = getenv("TMPDIR");
	int fd;

	fd = open(dir && *dir ? dir : "/var/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (fd < 0) {
		*problem = xasprintf(NAMED("no-temporary-space")
				     "can't keep decoded audio in %s: %s",
				     dir && *dir ? dir : "/var/tmp", strerror(errno));
		return -1;
	}
	for (size_t i = 0; i < track->segments_count; i++) {
		if (spool_segment(&track->segments[i], fd, stop, problem)) {
			close(fd);
			return -1;
		}
	}
	return fd;
}

/* The audio that was burned for @track; fd is negative, with *problem, if it can't be read. */
static struct source open_source(const struct track *track, const atomic_bool *stop,
				 char **problem)
{
	const struct segment *first = &track->segments[0];
	struct source source = { 0 };

	if (track_is_raw(track)) {
		source.fd = fcntl(first->file->fd, F_DUPFD_CLOEXEC, 0);
		source.offset = first->first * FRAME_BYTES;
		if (source.fd < 0)
			*problem = xasprintf(NAMED("file-unreadable")
					     "%s: %s", first->file->path, strerror(errno));
		else if (audio_was_changed(first->file))
			*problem = xasprintf(NAMED("file-changed")
					     "%s: was changed since it was burned",
					     first->file->path);
	} else {
		source.fd = spool_track(track, stop, problem);
	}
	return source;
}

static char *describe_offset(const struct tao_verify *v)
{
	if (v->flags & TAO_VERIFY_NO_OFFSET)
		return xstrdup("no constant offset fits");
	if (v->flags & TAO_VERIFY_AMBIGUOUS)
		return xstrdup("offset can't be told from this audio");
	return xasprintf("offset %+d samples", -v->offset_samples);
}

/* "(offset +30 samples, 30 samples at the edge can't be read)" */
static char *describe_edge(const struct tao_verify *v)
{
	char *offset = describe_offset(v), *text;

	if (v->edge_samples)
		text = xasprintf(" (%s, %llu samples at the edge can't be compared)", offset,
				 (unsigned long long)v->edge_samples);
	else if (v->offset_samples || v->flags & (TAO_VERIFY_NO_OFFSET | TAO_VERIFY_AMBIGUOUS))
		text = xasprintf(" (%s)", offset);
	else
		text = xstrdup("");
	free(offset);
	return text;
}

static char *describe_difference(const struct tao_verify *v, const char *edge)
{
	char time[TIME_SIZE], *shift = NULL, *text;

	if (v->flags & TAO_VERIFY_SHIFTED)
		shift = xasprintf("; the audio lies %d samples too %s", abs(v->shift_samples),
				  v->shift_samples > 0 ? "early" : "late");
	text = xasprintf(NAMED("differs")
			 "differs: %llu of %llu samples from %s on%s; %u sectors unreadable%s%s",
			 (unsigned long long)v->different_samples,
			 (unsigned long long)v->compared_samples,
			 format_msf(v->first_different / SECTOR_FRAMES, time), shift ? shift : "",
			 v->unreadable_sectors,
			 v->flags & TAO_VERIFY_GIVEN_UP ? ", the rest was not tried" : "", edge);
	free(shift);
	return text;
}

static const char undecided[] =
	NAMED("undecided")
	"nothing differs, but this audio can't tell whether a part is missing at its edge";

/* A few samples at an edge may be in sectors of the next track, which can be read. */
static bool nothing_read(const struct tao_verify *v)
{
	return (v->unreadable_sectors || v->flags & TAO_VERIFY_GIVEN_UP) &&
	       (!v->compared_samples || v->unreadable_sectors == v->samples / SECTOR_FRAMES);
}

/* Of a track without differences */
static char *describe_unreadable(const struct tao_verify *v, const char *edge)
{
	if (v->flags & TAO_VERIFY_GIVEN_UP)
		return xasprintf(NAMED("unreadable")
				 "can't be read: after %u such sectors the rest was not tried; "
				 "%llu of %llu samples are identical",
				 v->unreadable_sectors, (unsigned long long)v->compared_samples,
				 (unsigned long long)v->samples);
	if (nothing_read(v))
		return xasprintf(NAMED("unreadable")
				 "can't be read: none of its %u sectors, so it was not compared",
				 v->unreadable_sectors);
	return xasprintf(NAMED("unreadable") "%u sectors can't be read, the rest is identical%s",
			 v->unreadable_sectors, edge);
}

static char *describe_verify(const struct tao_verify *v)
{
	char *edge = describe_edge(v), *text;

	if (v->different_samples)
		text = describe_difference(v, edge);
	else if (v->unreadable_sectors || v->flags & TAO_VERIFY_GIVEN_UP)
		text = describe_unreadable(v, edge);
	else
		text = xasprintf("%s: %llu of %llu samples%s",
				 v->flags & TAO_VERIFY_UNDECIDED ? undecided : "identical",
				 (unsigned long long)v->compared_samples,
				 (unsigned long long)v->samples, edge);
	free(edge);
	return text;
}

/* Identical only if all samples that the drive can read were compared and are the same. */
static int verify_status(const struct tao_verify *v)
{
	if (nothing_read(v) && !v->different_samples)
		return STATUS_FAILED;
	if (v->different_samples || v->unreadable_sectors ||
	    v->compared_samples + v->edge_samples != v->samples)
		return STATUS_DIFFERS;
	if (v->flags & TAO_VERIFY_UNDECIDED || !v->compared_samples)
		return STATUS_UNDECIDED;
	return STATUS_OK;
}

struct json_object *json_verify(const struct tao_verify *v)
{
	struct json_object *object = json_object_new_object();

	json_add_bool(object, "identical", verify_status(v) == STATUS_OK);
	json_add_bool(object, "undecided", verify_status(v) == STATUS_UNDECIDED);
	json_object_object_add(object, "offset_samples",
			       v->flags & TAO_VERIFY_NO_OFFSET ?
				       NULL :
				       json_object_new_int(v->offset_samples));
	json_add_bool(object, "offset_ambiguous", v->flags & TAO_VERIFY_AMBIGUOUS);
	json_object_object_add(object, "shift_samples",
			       v->flags & TAO_VERIFY_SHIFTED ?
				       json_object_new_int(v->shift_samples) :
				       NULL);
	json_add_number(object, "samples", v->samples);
	json_add_number(object, "compared_samples", v->compared_samples);
	json_add_number(object, "edge_samples", v->edge_samples);
	json_add_number(object, "different_samples", v->different_samples);
	json_add_number(object, "unreadable_sectors", v->unreadable_sectors);
	json_add_bool(object, "given_up", v->flags & TAO_VERIFY_GIVEN_UP);
	return object;
}

/* Where to show the progress of a comparison. */
struct shown {
	const struct compare_job *job;
	uint64_t bytes;
};

static int show(void *data, uint64_t bytes)
{
	const struct shown *shown = data;

	progress_fraction(shown->job->progress, shown->job->line, (double)bytes / shown->bytes);
	return atomic_load(shown->job->stop);
}

static const struct track *track_of(const struct compare_job *job, const struct compared *c)
{
	return c->index == COMPARED_HIDDEN ? &job->album->hidden : &job->album->tracks[c->index];
}

/* If so, nothing is known: the audio to compare with may have been another one, or too short. */
static bool changed_meanwhile(const struct track *track, char **problem)
{
	const struct audio_file *file = track->segments[0].file;

	if (!track_is_raw(track) || !audio_was_changed(file))
		return false;
	*problem = xasprintf(NAMED("file-changed")
			     "%s: was changed while it was compared", file->path);
	return true;
}

/* A failure that is not the drive's sets *problem, to be freed. */
static int verify_track(const struct compare_job *job, const struct compared *c,
			struct tao_verify *verify, char **problem)
{
	const struct track *track = track_of(job, c);
	struct shown shown = { job, (uint64_t)track_sectors(track) * TAO_SECTOR_SIZE };
	struct source source = open_source(track, job->stop, problem);
	struct tao_verify before = *verify;
	struct patience patience = { 0 };
	int ret;

	if (source.fd < 0)
		return -EIO;
	if (*problem) {
		close(source.fd);
		return -EIO;
	}
	do {
		*verify = before;
		ret = tao_verify_track(job->dev, c->number, read_source, &source,
				       track_frames(track) * FRAME_BYTES, verify, show, &shown);
	} while ((ret == -EBUSY || ret == -EAGAIN) && !atomic_load(job->stop) &&
		 wait_for_holders(job->dev, &patience));
	close(source.fd);
	return changed_meanwhile(track, problem) ? -EIO : ret;
}

static int failed_status(const struct compare_job *job, int ret, const char *problem)
{
	if (atomic_load(job->stop))
		return STATUS_CANCELLED;
	if (problem)
		return STATUS_INPUT;
	return ret == -EMSGSIZE || ret == -ENOENT ? STATUS_DIFFERS : failure_status(ret);
}

/* Some drives can't read tracks in an open session. */
static bool needs_closing(const struct compare_job *job, const struct tao_verify *verify)
{
	struct tao_toc toc;

	return !verify->compared_samples &&
	       (verify->unreadable_sectors || verify->flags & TAO_VERIFY_GIVEN_UP) &&
	       !tao_get_toc(job->dev, &toc) && toc.flags & TAO_TOC_EXPECTED;
}

char *compared_name(const struct album *album, const struct compared *c)
{
	return c->index == COMPARED_HIDDEN ? xstrdup("hidden audio") :
					     track_name(album, &album->tracks[c->index]);
}

/* With the offset that the tracks before have found in @verify. */
static void compare_one(const struct compare_job *job, struct compared *c,
			struct tao_verify *verify)
{
	char *name = compared_name(job->album, c), *what, *problem = NULL;
	char *close_it;

	what = c->number ? xasprintf("%sComparing track %u  %s", job->label, c->number, name) :
			   xasprintf("%sComparing the hidden audio", job->label);
	progress_set(job->progress, job->line, what, TAO_UNKNOWN, 0);
	progress_fraction(job->progress, job->line, 0);
	c->ret = verify_track(job, c, verify, &problem);
	free(c->text);
	if (c->ret < 0) {
		c->exit_status = failed_status(job, c->ret, problem);
		c->text = problem ? problem : read_failure_text(job->dev, c->ret);
	} else if (needs_closing(job, verify)) {
		c->ret = -EIO;
		c->exit_status = STATUS_DISC;
		close_it = drive_command("tao finalize", tao_device_path(job->dev));
		c->text = xasprintf(NAMED("session-open")
				    "the session is open, and this drive can't read it; "
				    "%s closes it", close_it);
		free(close_it);
	} else {
		c->verify = *verify;
		c->exit_status = verify_status(verify);
		c->text = describe_verify(verify);
	}
	free(what);
	free(name);
}

/* A track shows the offset if it is identical with it, or would be with another one. */
static void note_offset(struct compare_job *job, const struct tao_verify *v)
{
	bool shifted = v->flags & TAO_VERIFY_SHIFTED;

	if (job->combined.known || !(v->flags & TAO_VERIFY_OFFSET_KNOWN) ||
	    (v->different_samples && !shifted))
		return;
	job->combined.known = true;
	job->combined.samples = -v->offset_samples - (shifted ? v->shift_samples : 0);
}

static void decided(struct compare_job *job, struct compared *c)
{
	if (c->ret >= 0)
		note_offset(job, &c->verify);
	job->tracks += c->exit_status == STATUS_OK && c->index != COMPARED_HIDDEN;
	job->hidden |= c->exit_status && c->index == COMPARED_HIDDEN;
	job->given_up += c->ret > 0 && c->verify.flags & TAO_VERIFY_GIVEN_UP;
	if (c->exit_status && !job->message)
		job->message = c->number ? xasprintf("track %u: %s", c->number, c->text) :
					   xasprintf("hidden audio: %s", c->text);
	if (c->exit_status)
		job->exit_status = job->exit_status ?
					   worse_status(job->exit_status, c->exit_status) :
					   c->exit_status;
	job->done(job->data, c);
}

/*
 * Decides the tracks that were undecided, with the offset that other tracks have determined
 * since.
 */
static void decide_rest(struct compare_job *job, struct compared *all, size_t count,
			struct tao_verify *verify)
{
	for (size_t i = 0; i < count; i++) {
		if (!all[i].text || all[i].exit_status != STATUS_UNDECIDED)
			continue;
		if (verify->flags & TAO_VERIFY_OFFSET_KNOWN && !atomic_load(job->stop))
			compare_one(job, &all[i], verify);
		decided(job, &all[i]);
	}
}

/* Whether comparing the next tracks would fail too. */
static bool is_pointless(const struct compare_job *job, const struct compared *c)
{
	return c->ret == -ENOMEDIUM || c->ret == -ENODEV || c->ret == -EBUSY || c->ret == -EAGAIN ||
	       c->exit_status == STATUS_DISC || job->given_up == GIVEN_UP_MAX;
}

/* Too short to find an offset in, maybe: that is known from the tracks by then. */
static void compare_hidden(struct compare_job *job, struct tao_verify *verify)
{
	struct compared hidden = { .index = COMPARED_HIDDEN };
	uint64_t sectors = track_frames(&job->album->hidden) / SECTOR_FRAMES;

	if (!sectors || job->album->mode != MODE_SESSION || atomic_load(job->stop))
		return;
	if (sectors < TAO_TRACK_MIN_SECTORS && !(verify->flags & TAO_VERIFY_OFFSET_KNOWN)) {
		hidden.ret = -EINVAL;
		hidden.exit_status = STATUS_UNDECIDED;
		hidden.text = xstrdup(NAMED("undecided")
				      "no track shows the offset, and this is too short to do so");
	} else {
		compare_one(job, &hidden, verify);
	}
	decided(job, &hidden);
	free(hidden.text);
}

/* With both offsets, nothing about the place of the audio is left to be found. */
static struct tao_verify expected(const struct compare_job *job)
{
	struct tao_verify verify = { 0 };

	if (job->read_offset.known && job->album->write_offset.known) {
		verify.flags = TAO_VERIFY_OFFSET_KNOWN;
		verify.offset_samples = -job->read_offset.samples -
					job->album->write_offset.samples;
	}
	return verify;
}

unsigned int compared_number(const struct compare_job *job, size_t i)
{
	if (job->numbers)
		return job->numbers[i];
	return i < job->from ? 0 : job->number + i - job->from;
}

/* Lists the tracks that are on the disc. */
static size_t list_tracks(const struct compare_job *job, struct compared *all)
{
	size_t count = 0;

	for (size_t i = 0; i < job->album->tracks_count; i++) {
		unsigned int number = compared_number(job, i);

		if (number)
			all[count++] = (struct compared){ .index = i, .number = number };
	}
	return count;
}

int compare_tracks(struct compare_job *job)
{
	struct compared *all = xcalloc(job->album->tracks_count, sizeof(*all));
	size_t count = list_tracks(job, all);
	struct tao_verify verify = expected(job);

	for (size_t i = 0; i < count && !atomic_load(job->stop); i++) {
		compare_one(job, &all[i], &verify);
		if (all[i].exit_status != STATUS_UNDECIDED)
			decided(job, &all[i]);
		if (is_pointless(job, &all[i]))
			break;
	}
	decide_rest(job, all, count, &verify);
	if (count && !job->exit_status)
		compare_hidden(job, &verify);
	if (!count)
		job->message = xstrdup(NAMED("nothing-to-compare") "there is no track to compare");
	if (!job->exit_status && (!count || job->tracks < count))
		job->exit_status = atomic_load(job->stop) ? STATUS_CANCELLED : STATUS_FAILED;
	for (size_t i = 0; i < count; i++)
		free(all[i].text);
	free(all);
	return job->exit_status;
}

/* The write offset of the drive that burned the disc. */
static struct offset write_offset(const struct compare_job *job)
{
	struct offset offset = {
		.known = job->combined.known && job->read_offset.known,
		.samples = job->combined.samples - job->read_offset.samples,
	};

	return offset;
}

char *describe_offsets(const struct compare_job *job)
{
	const struct offset *given = &job->album->write_offset;
	struct offset found = write_offset(job);

	if (found.known && given->known && given->samples != found.samples)
		return xasprintf("The write offset is %+d samples, not %+d.", found.samples,
				 given->samples);
	if (found.known)
		return xasprintf("The write offset is %+d samples.", found.samples);
	if (job->combined.known && job->combined.samples)
		return xasprintf("Write and read offset are %+d samples together; %s.",
				 job->combined.samples,
				 "--read-offset gives the write offset alone");
	return NULL;
}

struct json_object *json_offsets(const struct compare_job *job)
{
	struct offset found = write_offset(job);
	struct json_object *event = json_event("offsets", tao_device_path(job->dev));

	json_add_offset(event, "combined_offset", &job->combined);
	json_add_offset(event, "write_offset", &found);
	return event;
}
