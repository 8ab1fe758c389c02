// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "advice.h"
#include "common.h"
#include "compare.h"
#include "json.h"
#include "mode.h"
#include "outcome.h"
#include "unfinished.h"
#include "recorder.h"
#include "structure.h"

/*
 * Lead-in and lead-out of the first session: sectors that closing writes, for the remaining time.
 */
#define CLOSE_SECTORS 11250
/* Amount of silence per write: a multiple of what any drive takes without a copy */
#define PIECE_SECTORS 128
/* Longer than a disc needs to become ready */
#define SPEED_WAIT_MS 90000
#define SPEED_PAUSE_MS 100
/* Longer than a drive needs to complete and close the longest session, at 1x */
#define ABANDONED_WAIT_MS (3 * 3600 * 1000)
#define ABANDONED_PAUSE_MS 300
/* After Ctrl-C a drive may take so long for what has come of a stream. */
#define STREAM_MS 2000
/* Of a session: the pregap of its first track */
#define FIRST_LBA (-150)
/* The piece of a session before its first track: one less than that */
#define HIDDEN SIZE_MAX

static struct json_object *recorder_event(const struct recorder *r, const char *name)
{
	struct json_object *event = json_event(name, tao_device_path(r->watch));

	json_add_which_disc(event, &r->which);
	return event;
}

/* "/dev/tao0, copy 2 of 5: ", or what of it is needed to tell one disc from the others. */
static char *make_prefix(const struct recorder *r)
{
	char *disc = which_disc_text(&r->which), *prefix;
	bool named = r->count > 1;

	prefix = xasprintf("%s%s%s%s", named ? tao_device_path(r->watch) : "",
			   named && disc ? ", " : "", disc ? disc : "", named || disc ? ": " : "");
	free(disc);
	return prefix;
}

static void __attribute__((format(printf, 2, 3))) tell(struct recorder *r, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = xvasprintf(format, args);
	va_end(args);
	progress_say(r->progress, "%s%s\n", r->prefix, text);
	free(text);
}

/* The same, for a person who reads the record too. */
static void __attribute__((format(printf, 2, 3))) note(struct recorder *r, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = xvasprintf(format, args);
	va_end(args);
	tell(r, "%s", text);
	record_event(r->record, text);
	free(text);
}

/* Names the drive if there are several, because the others may take long. The event comes once. */
static void tell_failure(struct recorder *r, const char *text)
{
	struct json_object *event;

	if (r->count > 1)
		tell(r, "%s%s", r->exit_status == STATUS_CANCELLED ? "" : "failed: ", text);
	if (!options.json || r->failure_told)
		return;
	r->failure_told = true;
	event = recorder_event(r, "failed");
	json_add_number(event, "exit_status", r->exit_status);
	json_add_message(event, text);
	json_add_number(event, "tracks_done", r->tracks_done);
	json_print(event);
}

/*
 * Takes ownership of @text, to be reported once the disc is in order. Only the first failure
 * counts: the others result from it.
 */
static void fail(struct recorder *r, int exit_status, char *text)
{
	record_event(r->record, text);
	if (r->exit_status) {
		free(text);
		return;
	}
	r->exit_status = exit_status;
	r->message = text;
}

/* A call of libtao failed. */
static void fail_call(struct recorder *r, int error)
{
	int exit_status = failure_status(error);

	if (r->wrote)
		exit_status = status_once_written(exit_status);
	if (atomic_load(r->stop) && (error == -ECANCELED || error == -EINTR || error == -EINVAL))
		fail(r, STATUS_CANCELLED, xstrdup(NAMED("cancelled") "cancelled"));
	else
		fail(r, exit_status, failure_text(r->watch, error));
}

static struct json_object *track_event(const struct recorder *r, const char *name, size_t i,
				       unsigned int number)
{
	struct json_object *event = recorder_event(r, name);

	json_add_number(event, "index", i + 1);
	json_add_number(event, "tracks", r->command->tracks_count);
	json_add_number(event, "track", number);
	return event;
}

static char *track_label(const struct recorder *r, size_t i)
{
	char *name = track_name(r->album, &r->album->tracks[i]), *label;

	label = xasprintf("Track %2zu/%zu  %s", i + 1, r->command->tracks_count, name);
	free(name);
	return label;
}

static void show_track(struct recorder *r, size_t i, unsigned int number, int32_t start_lba)
{
	uint32_t sectors = track_sectors(&r->album->tracks[i]);
	uint32_t later = i + 1 < r->album->tracks_count ? sectors_needed(r->album, i + 1) : 0;
	char *label = track_label(r, i), *name, *what;

	if (r->options->close != TAO_CLOSE_NOTHING && later != TAO_UNKNOWN)
		later += CLOSE_SECTORS;
	what = xasprintf("%s%s", r->prefix, label);
	progress_set(r->progress, r->index, what, sectors, later == TAO_UNKNOWN ? 0 : later);
	if (options.json) {
		struct json_object *event = track_event(r, "track-begin", i, number);

		name = track_name(r->album, &r->album->tracks[i]);
		json_add_string(event, "title", name);
		json_add_number(event, "start_lba", start_lba);
		json_add_u32(event, "sectors", sectors);
		json_print(event);
		free(name);
	}
	free(what);
	free(label);
}

static void show_decoding(struct recorder *r, size_t i)
{
	char *label = track_label(r, i), *what;

	what = xasprintf("%s%s  decoding", r->prefix, label);
	progress_set(r->progress, r->index, what, TAO_UNKNOWN, 0);
	free(what);
	free(label);
}

/* Part of it is silent. */
static void tell_lost(struct recorder *r, size_t i, const char *lost)
{
	char *label = i == HIDDEN ? xstrdup("The hidden audio") : track_label(r, i);

	note(r, "%s  failed, and has silence: %s", label, lost);
	free(label);
}

/* That of a session which was lost has been told by then. */
static void tell_track_done(struct recorder *r, size_t i, const struct tao_track_end *end,
			    const char *lost)
{
	char *label = track_label(r, i), time[TIME_SIZE];

	if (!lost)
		tell(r, "%s  %s  done", label, format_time(end->sectors, time));
	else if (r->album->mode == MODE_TRACK)
		tell_lost(r, i, lost);
	free(label);
	if (options.json) {
		struct json_object *event = track_event(r, "track-end", i, end->number);

		json_add_number(event, "start_lba", end->start_lba);
		json_add_number(event, "sectors", end->sectors);
		json_add_number(event, "padding_bytes", end->padding_bytes);
		json_add_string(event, "lost", lost);
		json_print(event);
	}
}

/*
 * With it a write waits for the drive, which has to go on in a session at once; cancelling ends the
 * write there.
 */
static tao_progress_fn progress_of(const struct recorder *r)
{
	return r->album->mode == MODE_SESSION ? NULL : stop_is_set;
}

/* With a position of its own: several drives burn the same file. */
static int open_at(const struct audio_file *file, off_t offset)
{
	char path[32];
	int fd;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", file->fd);
	fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || lseek(fd, offset, SEEK_SET) >= 0)
		return fd;
	close(fd);
	return -1;
}

/* Keeps the planned length of the track, so that the disc can be ended properly. */
static int write_silence(struct recorder *r, uint64_t bytes)
{
	static const char silence[PIECE_SECTORS * TAO_SECTOR_SIZE]
		__attribute__((aligned(4096)));
	ssize_t n;

	for (; bytes; bytes -= n) {
		size_t piece = bytes < sizeof(silence) ? bytes : sizeof(silence);

		n = atomic_load(r->stop) ? -ECANCELED : tao_write(r->dev, silence, piece);
		if (n < 0) {
			fail_call(r, n);
			return n;
		}
	}
	return 0;
}

/* Directly from the file, through the page cache. *lost: why it failed, to be freed. */
static int write_file(struct recorder *r, const struct segment *s, char **lost)
{
	uint64_t bytes = s->frames * FRAME_BYTES, written = 0;
	int fd = open_at(s->file, s->first * FRAME_BYTES), error;
	char end[TIME_SIZE], length[TIME_SIZE];

	if (fd < 0) {
		*lost = xasprintf(NAMED("file-unreadable")
				  "%s: %s", s->file->path, strerror(errno));
		return write_silence(r, bytes);
	}
	error = tao_write_fd(r->dev, fd, bytes, &written, progress_of(r), r->stop);
	close(fd);
	if (error == -EREMOTEIO) {
		*lost = xasprintf(NAMED("file-unreadable")
				  "%s: %s", s->file->path, tao_last_error());
		return write_silence(r, bytes - written);
	}
	if (error == -EMSGSIZE) {
		*lost = xasprintf(NAMED("file-changed")
				  "%s: has become shorter meanwhile: it ends at %s of %s min",
				  s->file->path, format_time(written / TAO_SECTOR_SIZE, end),
				  format_time(bytes / TAO_SECTOR_SIZE, length));
		return write_silence(r, bytes - written);
	}
	if (error)
		fail_call(r, error);
	else if (audio_was_changed(s->file))
		*lost = xasprintf(NAMED("file-changed")
				  "%s: was changed while it was burned", s->file->path);
	return error;
}

static char *copy_of(const char *text)
{
	return text ? xstrdup(text) : NULL;
}

static size_t piece_before(const struct recorder *r, size_t i)
{
	return i == r->options->from ? HIDDEN : i - 1;
}

static size_t piece_after(const struct recorder *r, size_t i)
{
	return i == HIDDEN ? r->options->from : i + 1;
}

/* With a write offset the audio of a track may end in the piece after its own. */
static void record_sums(struct recorder *r, size_t i)
{
	size_t before;

	if (i != HIDDEN) {
		before = piece_before(r, i);
		record_track_sum(r->record, before, feed_track_sum(r->feed, before));
	}
	record_track_sum(r->record, i, feed_track_sum(r->feed, i));
}

/* A stream ends with all that has come, unless the drive takes too long for that. */
static bool is_to_stop(const struct recorder *r)
{
	return atomic_load(r->stop) && !atomic_load(&r->in_stream);
}

static int write_from_feed(struct recorder *r, size_t i, struct lost *lost)
{
	struct lost problems;
	const void *block = NULL;
	ssize_t bytes, n;

	while ((bytes = feed_read(r->feed, r->index, &block)) > 0) {
		for (ssize_t done = 0; done < bytes; done += n) {
			n = is_to_stop(r) ? -ECANCELED :
				tao_write(r->dev, (const char *)block + done, bytes - done);
			if (n < 0) {
				fail_call(r, n);
				return -1;
			}
		}
	}
	if (bytes < 0 && atomic_load(r->stop)) {
		fail_call(r, -ECANCELED);
	} else if (bytes < 0) {
		fail(r, STATUS_FAILED, xstrdup(feed_problem(r->feed)));
	} else {
		problems = feed_track_lost(r->feed, r->index);
		lost->own = copy_of(problems.own);
		lost->before = copy_of(problems.before);
		lost->after = copy_of(problems.after);
		record_sums(r, i);
	}
	return bytes;
}

/* No other drive has to wait for this one to read. */
static void stop_reading(struct recorder *r)
{
	if (r->feed)
		feed_leave(r->feed, r->index);
}

/* Ending what was begun may take as long as the rest of the disc. Ctrl-C has told it already. */
static void stop_writing(struct recorder *r)
{
	stop_reading(r);
	if (!atomic_load(r->stop))
		tell_failure(r, r->message);
}

/* A signal ends the wait, not the operation; the same call resumes waiting for it. */
static int end_track(struct recorder *r, struct tao_track_end *end)
{
	int error;

	do {
		*end = (struct tao_track_end){ 0 };
		error = tao_track_end(r->dev, end);
	} while (error == -EINTR);
	return error;
}

/* Whether the track has the planned length, however it was written. */
static int check_length(struct recorder *r, const struct track *track,
			const struct tao_track_end *end)
{
	uint64_t frames = track_frames(track), sectors = track_sectors(track);

	if (frames == FRAMES_UNKNOWN || (end->sectors == sectors &&
					 end->padding_bytes == sectors * TAO_SECTOR_SIZE -
								       frames * FRAME_BYTES))
		return 0;
	fail(r, STATUS_FAILED,
	     xasprintf(NAMED("wrong-length")
		       "track %u has %u sectors and %llu bytes of silence, planned were %llu",
		       end->number, end->sectors, (unsigned long long)end->padding_bytes,
		       (unsigned long long)sectors));
	return -EIO;
}

/* The first of the tracks that have silence. */
static void note_lost(struct recorder *r, unsigned int number, const char *lost)
{
	if (r->tracks_lost++)
		return;
	r->lost = number ? xasprintf("track %u: %s", number, lost) :
			   xasprintf("hidden audio: %s", lost);
}

/* Takes ownership of @lost. */
static void track_done(struct recorder *r, size_t i, const struct tao_track_end *end, char *lost)
{
	r->tracks_done++;
	record_track_end(r->record, i, end->sectors, lost);
	tell_track_done(r, i, end, lost);
	if (lost)
		note_lost(r, end->number, lost);
	free(lost);
}

/* --- For `tao resume` --- */

/* Between tracks, where no drive waits. A burn goes on without a record, too. */
static void save_unfinished(struct recorder *r)
{
	if (r->unfinished)
		r->kept = unfinished_save(r->unfinished);
}

/* Since it was looked at, all files were decoded and a question may have waited. */
static bool has_other_disc(struct recorder *r)
{
	char *command;

	if (!r->command->unfinished || unfinished_is_disc(r->unfinished, r->watch))
		return false;
	/* the advice would be about a disc of somebody else */
	r->kept = false;
	command = drive_command("tao resume", tao_device_path(r->watch));
	fail(r, STATUS_DISC,
	     xasprintf(NAMED("other-disc")
		       "the disc in %s is not that of the interrupted burn any more; %s %s goes on",
		       tao_device_path(r->watch), "insert it, then", command));
	free(command);
	return true;
}

/* Tracks of the burn that was interrupted have silence, and stay so. */
static void take_up_lost(struct recorder *r)
{
	struct unfinished *u = r->command->unfinished;

	for (size_t i = 0; u && i < u->count; i++)
		if (u->lost[i])
			note_lost(r, u->numbers[i], u->lost[i]);
}

/* The log has them too. */
static void take_up_tracks(struct recorder *r)
{
	struct unfinished *u = r->command->unfinished;
	struct tao_toc toc;

	if (!u || !r->record || tao_get_toc(r->watch, &toc))
		return;
	for (size_t i = 0; i < u->count; i++)
		for (uint32_t j = 0; j < toc.entries_count && u->numbers[i]; j++)
			if (toc.entries[j].number == u->numbers[i])
				record_earlier(r->record, i, &toc.entries[j], u->lost[i]);
}

/* Of the album, on the disc. */
static size_t tracks_there(const struct recorder *r)
{
	return r->unfinished ? unfinished_tracks(r->unfinished) : r->tracks_done;
}

static void begin_unfinished(struct recorder *r)
{
	if (!r->command->unfinished && !r->options->test)
		unfinished_replace(r->watch);
	if (!r->unfinished)
		return;
	r->recorded = true;
	unfinished_see_disc(r->unfinished, r->watch);
	r->unfinished->ended = false;
	save_unfinished(r);
}

/* The drive begins the track elsewhere than it said before, or had not said it. */
static void expect_track(struct recorder *r, int32_t start_lba)
{
	if (!r->unfinished || r->unfinished->next_lba == start_lba)
		return;
	r->unfinished->next_lba = start_lba;
	save_unfinished(r);
}

/* Whether the disc can still become what it was to be. */
static bool is_left(const struct recorder *r)
{
	struct tao_medium medium;

	if (r->closed || (r->unfinished->next == r->album->tracks_count &&
			  r->options->close == TAO_CLOSE_NOTHING))
		return false;
	return get_medium(r->watch, &medium) || medium.status != TAO_DISC_COMPLETE;
}

/* It is not, where the disc has to be repaired first, or is not there. */
static bool is_room_known(const struct tao_medium *medium)
{
	return medium->status == TAO_DISC_APPENDABLE &&
	       !(medium->flags & (TAO_MEDIUM_TRACK_DAMAGED | TAO_MEDIUM_SESSION_DAMAGED));
}

/* A track that was cut short has taken room. */
static bool rest_fits(const struct recorder *r)
{
	size_t next = r->unfinished->next;
	struct tao_medium medium;
	char *problem;

	if (next == r->album->tracks_count || get_medium(r->watch, &medium) ||
	    !is_room_known(&medium))
		return true;
	problem = advise_no_place(r->command, next + 1, &medium);
	free(problem);
	return !problem;
}

static void drop_unfinished(struct recorder *r)
{
	unfinished_remove(r->unfinished);
	r->kept = false;
}

static void end_unfinished(struct recorder *r)
{
	bool new = !r->command->unfinished;

	if (!r->unfinished || (!r->recorded && r->exit_status))
		return;
	if (!r->exit_status || !is_left(r) || (new && !r->wrote)) {
		drop_unfinished(r);
		return;
	}
	r->unfinished->ended = unfinished_see_disc(r->unfinished, r->watch);
	/* a blank disc is like any other */
	if ((r->unfinished->ended && !r->unfinished->tracks_count) || !rest_fits(r))
		drop_unfinished(r);
	else
		save_unfinished(r);
}

/* --- Track-at-once --- */

static bool is_direct(const struct recorder *r, const struct track *track)
{
	return track_is_direct(track, r->record);
}

static int write_piece_of(struct recorder *r, size_t i, const struct track *track,
			  struct lost *lost)
{
	return is_direct(r, track) ? write_file(r, &track->segments[0], &lost->own) :
				     write_from_feed(r, i, lost);
}

static int burn_track(struct recorder *r, size_t i)
{
	const struct track *track = &r->album->tracks[i];
	uint64_t frames = track_frames(track);
	struct tao_track_begin begin = {
		.flags = track_flags(track) | (track->any_data ? TAO_TRACK_ANY_DATA : 0),
		.bytes = frames == FRAMES_UNKNOWN ? 0 : frames * FRAME_BYTES,
	};
	struct tao_track_end end = { 0 };
	struct lost lost = { 0 };
	int error, ended;

	strcpy(begin.isrc, track->isrc);
	if (!is_direct(r, track) && !track_is_stream(track)) {
		show_decoding(r, i);
		feed_wait(r->feed, r->index, r->stop);
	}
	error = atomic_load(r->stop) ? -ECANCELED : tao_track_begin(r->dev, &begin);
	if (error) {
		fail_call(r, error);
		return error;
	}
	if (!r->wrote) {
		r->first_number = begin.number;
		r->first_lba = begin.start_lba;
	}
	r->wrote = true;
	expect_track(r, begin.start_lba);
	record_track_begin(r->record, i, begin.number, begin.start_lba, track_sectors(track));
	show_track(r, i, begin.number, begin.start_lba);

	atomic_store(&r->in_stream, track_is_stream(track));
	error = write_piece_of(r, i, track, &lost);
	atomic_store(&r->in_stream, false);
	if (error)
		stop_writing(r);
	/* after a failure too: the data that have arrived become a track */
	ended = end_track(r, &end);
	if (ended && !error)
		fail_call(r, ended);
	if (!ended)
		record_track_begin(r->record, i, end.number, end.start_lba, end.sectors);
	if (ended || error || check_length(r, track, &end)) {
		free(lost.own);
		return -1;
	}
	if (r->unfinished)
		unfinished_add_track(r->unfinished, r->watch, i, &end, lost.own);
	track_done(r, i, &end, lost.own);
	save_unfinished(r);
	return 0;
}

/* A session with tracks keeps its catalogue number. */
static bool takes_mcn(struct recorder *r)
{
	struct tao_medium medium;

	if (!r->album->mcn[0])
		return false;
	if (get_medium(r->watch, &medium) || !(medium.flags & TAO_MEDIUM_SESSION_OPEN))
		return true;
	if (strcmp(medium.mcn, r->album->mcn))
		note(r, "The session has tracks already: catalogue number %s is left out.",
		     r->album->mcn);
	return false;
}

static int prepare(struct recorder *r)
{
	const struct burn_options *o = r->options;
	bool mcn = takes_mcn(r);
	struct tao_prepare prepare = {
		.flags = (o->test ? TAO_PREPARE_TEST_WRITE : 0) |
			 (o->verify ? TAO_PREPARE_VERIFY : 0) |
			 (o->no_underrun_protection ? TAO_PREPARE_NO_UNDERRUN_FREE : 0) |
			 (mcn ? TAO_PREPARE_MCN : 0),
		.client_name = "tao burn",
	};
	int error;

	if (mcn)
		memcpy(prepare.mcn, r->album->mcn, sizeof(r->album->mcn));
	progress_set(r->progress, r->index, "Preparing the disc", TAO_UNKNOWN, 0);
	error = tao_prepare(r->dev, &prepare);
	if (error)
		fail_call(r, error);
	return error;
}

/* Some drives report the free space only now. Check it before the first track wastes the disc. */
static int check_room(struct recorder *r)
{
	uint32_t sectors = sectors_needed(r->album, r->options->from);
	struct tao_medium medium;
	char *problem;

	if (sectors == TAO_UNKNOWN || tao_get_medium(r->dev, &medium))
		return 0;
	problem = medium_problem(&medium, tao_device_path(r->dev), sectors);
	if (!problem)
		return 0;
	fail(r, STATUS_DISC, problem);
	return -1;
}

static void burn_tracks(struct recorder *r)
{
	if (check_room(r))
		return;
	begin_unfinished(r);
	for (size_t i = r->options->from; i < r->album->tracks_count; i++)
		if (atomic_load(r->stop) || burn_track(r, i))
			break;
}

/* --- Session-at-once --- */

static const struct track *piece(const struct recorder *r, size_t i)
{
	return i == HIDDEN ? &r->album->hidden : &r->album->tracks[i];
}

static void show_session(struct recorder *r)
{
	size_t tracks = r->album->tracks_count - r->options->from;
	char *what;

	what = xasprintf("%s%zu track%s in one go", r->prefix, tracks, tracks == 1 ? "" : "s");
	progress_set(r->progress, r->index, what, sectors_needed(r->album, r->options->from),
		     CLOSE_SECTORS);
	progress_tells_track(r->progress, r->index);
	free(what);
}

/* Errors with which the module refuses a session before it begins: the disc is unchanged. */
static bool is_refusal(int error)
{
	switch (-error) {
	case EIO:
	case ECANCELED:
	case ENODEV:
	case ENOMEDIUM:
	case ENXIO:
	case ENOMEM:
	case ENOSPC:
	case ETIMEDOUT:
		return false;
	default:
		return true;
	}
}

/*
 * Whether the drive had begun to write only the disc tells; where it tells nothing, the drive
 * may have. After a refusal, a disc on which a track failed was begun: the error came later.
 */
static bool has_begun(const struct recorder *r, int error)
{
	struct tao_medium medium;
	bool known, failed, blank;

	known = !get_medium(r->watch, &medium) && !(medium.flags & TAO_MEDIUM_STALE);
	failed = known && medium.flags & TAO_MEDIUM_TRACK_FAILED;
	blank = known && medium.status == TAO_DISC_BLANK && !failed;
	if (is_refusal(error))
		return failed || (error == -EBADFD && !known);
	return error == -ECANCELED ? known && !blank : !blank;
}

/* What to do about a layout that the drive does not take; NULL where it is not that. */
static char *way_out(const struct recorder *r, int error)
{
	if (error == -E2BIG)
		return xasprintf("take ISRCs or index marks out of the CUE sheet, or %s",
				 "burn with --mode track, which has gaps of 2 s");
	if (error == -EOPNOTSUPP)
		return xasprintf("--mode track burns with gaps of 2 s%s",
				 r->command->text.packs ? ", --no-cd-text without titles" : "");
	return NULL;
}

static void fail_begin(struct recorder *r, int error)
{
	char *way = way_out(r, error);
	char *text = way ? read_failure_text(r->watch, error) : failure_text(r->watch, error);

	r->first_lba = FIRST_LBA;
	r->wrote = has_begun(r, error);
	if (way) {
		/* without its stop */
		text[strlen(text) - 1] = '\0';
		fail(r, STATUS_NO_DRIVE,
		     xasprintf(NAMED("layout-refused") "%s: %s", text, way));
	} else if (atomic_load(r->stop)) {
		fail(r, STATUS_CANCELLED, xstrdup(NAMED("cancelled") "cancelled"));
	} else {
		fail(r, r->wrote ? status_once_written(failure_status(error)) :
				   failure_status(error), xstrdup(text));
	}
	free(way);
	free(text);
}

/*
 * A signal ends the waiting, not the work: the same call joins it again, also after Ctrl-C, for
 * only its result says whether the disc is still blank.
 */
static int call_session_begin(struct recorder *r, const struct tao_session *session)
{
	unsigned int flags = r->album->tracks[r->options->from].any_data ? TAO_LAYOUT_ANY_DATA : 0;
	int error;

	atomic_store(&r->in_session, true);
	if (atomic_load(r->stop))
		return -ECANCELED;
	if (!r->options->test)
		unfinished_replace(r->watch);
	do {
		error = tao_session_begin(r->dev, session, r->options->close, flags);
	} while (error == -EINTR);
	return error;
}

/* Returns its layout, with the session open; NULL if that failed. */
static struct tao_session *begin_session(struct recorder *r)
{
	const struct track *first = piece(r, r->first_piece);
	struct tao_session *session = make_session(r->command, r->watch);
	int error = session ? 0 : -EINVAL;

	if (!is_direct(r, first)) {
		show_decoding(r, r->options->from);
		feed_wait(r->feed, r->index, r->stop);
	}
	progress_set(r->progress, r->index, "Writing the lead-in", TAO_UNKNOWN, 0);
	if (!error)
		error = call_session_begin(r, session);
	if (!error)
		return session;
	atomic_store(&r->in_session, false);
	fail_begin(r, error);
	tao_session_free(session);
	return NULL;
}

/* What became silent of the pieces of a session, each at its number; the hidden audio first. */
static char **lost_of(char **lost, size_t i)
{
	return &lost[i + 1];
}

/* Takes over @problem. The first one of a piece counts. */
static void lose(struct recorder *r, size_t i, char **lost, char *problem)
{
	char **place = lost_of(lost, i);

	if (problem && !*place) {
		*place = problem;
		tell_lost(r, i, problem);
	} else {
		free(problem);
	}
}

static int write_piece(struct recorder *r, size_t i, char **lost)
{
	const struct track *track = piece(r, i);
	struct lost problems = { 0 };
	int error;

	if (!track->segments_count)
		return 0;
	error = write_piece_of(r, i, track, &problems);
	if (problems.before)
		lose(r, piece_before(r, i), lost, problems.before);
	lose(r, i, lost, problems.own);
	if (problems.after)
		lose(r, piece_after(r, i), lost, problems.after);
	return error;
}

static int write_session(struct recorder *r, char **lost)
{
	int error;

	/* the drive may have gone on with the lead-in */
	if (atomic_load(r->stop)) {
		fail_call(r, -ECANCELED);
		return -ECANCELED;
	}
	error = write_piece(r, HIDDEN, lost);
	for (size_t i = r->options->from; i < r->album->tracks_count && !error; i++)
		error = write_piece(r, i, lost);
	return error;
}

static uint64_t session_frames(const struct recorder *r)
{
	uint64_t frames = track_frames(&r->album->hidden);

	for (size_t i = r->options->from; i < r->album->tracks_count; i++)
		frames += track_frames(piece(r, i));
	return frames;
}

/* Where a track of the session begins: index 1. */
static int32_t start_of(const struct tao_session *session, size_t index)
{
	const struct tao_layout_track *t;
	int32_t at = 0;

	for (size_t i = 0; i < index; i++) {
		t = tao_session_track(session, i, NULL);
		at += t->pregap_sectors + t->sectors;
	}
	return at + tao_session_track(session, index, NULL)->pregap_sectors;
}

static void record_session(struct recorder *r, const struct tao_session *session)
{
	size_t from = r->options->from;

	if (r->first_piece == HIDDEN)
		record_track_begin(r->record, HIDDEN, 0, 0, start_of(session, 0));
	for (size_t i = from; i < r->album->tracks_count; i++)
		record_track_begin(r->record, i, r->first_number + i - from,
				   start_of(session, i - from), track_sectors(piece(r, i)));
}

static void hidden_done(struct recorder *r, const struct tao_session *session, char **lost)
{
	if (r->first_piece == HIDDEN)
		record_track_end(r->record, HIDDEN, start_of(session, 0), *lost_of(lost, HIDDEN));
}

/* Of a session that was cut short: the tracks that the drive got whole, if it was completed. */
static void count_whole_tracks(struct recorder *r, const struct tao_session *session,
			       const struct tao_track_end *end, char **lost)
{
	uint64_t at = track_frames(&r->album->hidden);

	r->heard_frames = ((uint64_t)end->sectors * TAO_SECTOR_SIZE - end->padding_bytes) /
			  FRAME_BYTES;
	r->filled_up = end->sectors == tao_session_sectors(session) && !r->options->test;
	r->closed = r->filled_up;
	if (*lost_of(lost, HIDDEN))
		note_lost(r, 0, *lost_of(lost, HIDDEN));
	if (r->filled_up && at <= r->heard_frames)
		hidden_done(r, session, lost);
	for (size_t i = r->options->from; i < r->album->tracks_count && r->filled_up; i++) {
		const char *problem = *lost_of(lost, i);

		at += track_frames(piece(r, i));
		if (problem)
			note_lost(r, r->first_number + i - r->options->from, problem);
		if (at > r->heard_frames)
			break;
		record_track_end(r->record, i, track_sectors(piece(r, i)), problem);
		r->tracks_done += !problem;
	}
}

/* Takes over what was lost. */
static void session_done(struct recorder *r, const struct tao_session *session, char **lost)
{
	size_t from = r->options->from, count = r->album->tracks_count;
	struct tao_track_end end = { .number = r->first_number };

	if (*lost_of(lost, HIDDEN))
		note_lost(r, 0, *lost_of(lost, HIDDEN));
	hidden_done(r, session, lost);
	for (size_t i = from; i < count; i++, end.number++) {
		end.start_lba = start_of(session, i - from);
		end.sectors = track_sectors(piece(r, i));
		track_done(r, i, &end, *lost_of(lost, i));
		*lost_of(lost, i) = NULL;
	}
	r->closed = !r->options->test;
}

static bool has_planned_length(const struct recorder *r, const struct tao_session *session,
			       const struct tao_track_end *end)
{
	uint64_t planned = (uint64_t)tao_session_sectors(session) * TAO_SECTOR_SIZE;

	return (uint64_t)end->sectors * TAO_SECTOR_SIZE == planned &&
	       end->padding_bytes == planned - session_frames(r) * FRAME_BYTES;
}

static int check_session_length(struct recorder *r, const struct tao_session *session,
				const struct tao_track_end *end)
{
	if (has_planned_length(r, session, end))
		return 0;
	fail(r, STATUS_FAILED,
	     xasprintf(NAMED("wrong-length")
		       "the session has %u sectors and %llu bytes of silence, planned were %u",
		       end->sectors, (unsigned long long)end->padding_bytes,
		       tao_session_sectors(session)));
	return -EIO;
}

/*
 * The drive took all audio, and then did not show the disc that this makes: some do so only once
 * the disc is loaded anew.
 */
static void not_shown(struct recorder *r, const struct tao_session *session, char **lost)
{
	char *text = read_failure_text(r->watch, -EIO);

	session_done(r, session, lost);
	fail(r, r->tracks_lost ? STATUS_FAILED : STATUS_UNDECIDED, text);
	r->closed = false;
	r->all_written = true;
}

static void session_ended(struct recorder *r, const struct tao_session *session,
			  const struct tao_track_end *end, int error, int ended, char **lost)
{
	if (ended == -EIO && !error && !r->options->test && has_planned_length(r, session, end)) {
		not_shown(r, session, lost);
		return;
	}
	if (ended && !error)
		fail_call(r, ended);
	if (!ended && !error && !check_session_length(r, session, end))
		session_done(r, session, lost);
	else if (!ended || ended == -ECANCELED)
		count_whole_tracks(r, session, end, lost);
}

static void run_session(struct recorder *r, const struct tao_session *session, char **lost)
{
	struct tao_track_end end = { 0 };
	int error, ended;

	r->wrote = true;
	r->first_number = tao_session_first_track(session);
	record_session(r, session);
	show_session(r);
	error = write_session(r, lost);
	if (error)
		stop_writing(r);
	/* what is missing becomes silence, and the drive closes the session */
	ended = end_track(r, &end);
	atomic_store(&r->in_session, false);
	session_ended(r, session, &end, error, ended, lost);
}

static void burn_session(struct recorder *r)
{
	size_t pieces = r->album->tracks_count + 1;
	struct tao_session *session;
	char **lost;

	if (check_room(r))
		return;
	r->first_piece = r->album->hidden.segments_count ? HIDDEN : r->options->from;
	session = begin_session(r);
	if (!session)
		return;
	lost = xcalloc(pieces, sizeof(*lost));
	run_session(r, session, lost);
	for (size_t i = 0; i < pieces; i++)
		free(lost[i]);
	free(lost);
	tao_session_free(session);
}

/* --- The end --- */

/* Nothing is released where all tracks were on the disc, for it was not prepared. */
static int call_close(struct recorder *r, enum tao_close close)
{
	unsigned int flags = close != TAO_CLOSE_NOTHING && r->options->force ?
				     TAO_FINALIZE_FORCE : 0;

	if (!had_all_tracks(r->command))
		return tao_release(r->dev, close, flags);
	return close == TAO_CLOSE_NOTHING ? 0 : tao_finalize(r->dev, close, flags);
}

static void close_session(struct recorder *r)
{
	bool session = r->album->mode == MODE_SESSION;	/* the drive closes it by itself */
	enum tao_close close = r->exit_status || r->options->test || session ?
				       TAO_CLOSE_NOTHING : r->options->close;
	int error;

	if (close != TAO_CLOSE_NOTHING)
		progress_set(r->progress, r->index,
			     close == TAO_CLOSE_FINALIZE ? "Finalising the disc" :
							   "Closing the session",
			     TAO_UNKNOWN, 0);
	do {
		error = call_close(r, close);
	} while (error == -EINTR);
	if (error)
		fail_call(r, error);
	else if (!session)
		r->closed = close != TAO_CLOSE_NOTHING;
	if (options.json && r->closed)
		json_print(recorder_event(r, "session-closed"));
}

static void tell_compared(void *data, const struct compared *c)
{
	struct recorder *r = data;
	char *label = c->index == COMPARED_HIDDEN ? compared_name(r->album, c) :
						    track_label(r, c->index);

	record_compared(r->record, c);
	tell(r, "%s  %s", label, c->text);
	free(label);
	if (options.json && c->index != COMPARED_HIDDEN) {
		struct json_object *event = track_event(r, "verify", c->index, c->number);

		json_add_string(event, "message", c->text);
		json_object_object_add(event, "verify",
				       c->ret < 0 ? NULL : json_verify(&c->verify));
		json_print(event);
	}
}

/* What was compared of it; takes it over. */
static void report_structure(struct recorder *r, struct structure *structure)
{
	if (structure->count)
		fail(r, STATUS_DIFFERS,
		     xasprintf(NAMED("differs") "the audio is identical, but the rest is not: %s",
			       structure->differences[0]));
	else if (structure->no_text)
		fail(r, STATUS_DIFFERS, xstrdup(NAMED("differs") "the disc has no CD-TEXT"));
	else if (structure->no_marks)
		note(r, "This drive can't read where pregaps and index marks are.");
	for (size_t i = 0; i < structure->notes_count; i++)
		note(r, "Not compared: %s.", structure->notes[i]);
	structure_free(structure);
}

/* Tracks that were burned one by one have flags only. */
static void compare_flags(struct recorder *r, const struct compare_job *job)
{
	struct structure structure = { 0 };

	structure_compare_toc(&structure, job, 0, false);
	report_structure(r, &structure);
}

static void compare_session(struct recorder *r)
{
	struct tao_session *wanted = make_session(r->command, r->watch), *got = NULL;
	struct structure structure = { 0 };

	progress_set(r->progress, r->index, "Reading pregaps, marks, codes and CD-TEXT",
		     TAO_UNKNOWN, 0);
	if (!wanted || structure_read(r->watch, r->stop, &got)) {
		fail(r, atomic_load(r->stop) ? STATUS_CANCELLED : STATUS_UNDECIDED,
		     xasprintf(NAMED("undecided")
			       "the audio is identical, but the rest can't be compared: %s",
			       tao_last_error()));
	} else {
		structure_compare(wanted, got, &structure);
		report_structure(r, &structure);
	}
	tao_session_free(wanted);
	tao_session_free(got);
}

static void tell_offsets(struct recorder *r, const struct compare_job *job)
{
	char *text = describe_offsets(job);
	struct json_object *event;

	if (text)
		note(r, "%s", text);
	free(text);
	if (!options.json)
		return;
	event = json_offsets(job);
	json_add_which_disc(event, &r->which);
	json_print(event);
}

/* Of the audio there is no doubt by now. */
static void compare_rest(struct recorder *r, const struct compare_job *job)
{
	if (r->album->mode == MODE_SESSION)
		compare_session(r);
	else
		compare_flags(r, job);
	r->identical = !r->exit_status;
}

static void compare(struct recorder *r)
{
	size_t tracks = r->unfinished ? unfinished_tracks(r->unfinished) :
				    r->album->tracks_count - r->options->from;
	struct compare_job job = {
		.dev = r->watch,
		.album = r->album,
		.from = r->options->from,
		.number = r->first_number,
		.numbers = r->unfinished ? r->unfinished->numbers : NULL,
		.stop = r->stop,
		.progress = r->progress,
		.line = r->index,
		.label = r->prefix,
		.read_offset = r->command->read_offset,
		.done = tell_compared,
		.data = r,
	};
	int exit_status = status_once_written(compare_tracks(&job));

	tell_offsets(r, &job);
	/* what Ctrl-C left out need not be the last thing that was tried */
	r->identical = exit_status == STATUS_OK && job.tracks == tracks && !atomic_load(r->stop);
	if (r->identical)
		compare_rest(r, &job);
	if (r->exit_status) {
		free(job.message);
		return;
	}
	/* what was found before Ctrl-C stays found */
	if (atomic_load(r->stop) && !r->identical &&
	    worse_status(exit_status, STATUS_CANCELLED) == STATUS_CANCELLED)
		fail(r, STATUS_CANCELLED,
		     xasprintf(NAMED("cancelled")
			       "cancelled; %zu of %zu tracks were compared, and are identical",
			       job.tracks, tracks));
	else if (!r->identical)
		fail(r, exit_status,
		     xasprintf("the comparison: %s",
			       job.message ? job.message :
				     NAMED("undecided") "not all tracks were compared"));
	free(job.message);
}

/* The speed is for this burn only; the previous setting is restored later. */
static int set_speed(struct recorder *r)
{
	struct tao_speed speed = { .requested_kbps = r->options->speed_kbps }, before;
	char asked[TIME_SIZE], got[TIME_SIZE];
	int error;

	if (!r->options->speed_kbps)
		return 0;
	error = tao_get_speed(r->dev, &before);
	if (!error) {
		r->speed_before.flags = before.requested_flags;
		r->speed_before.requested_kbps = before.requested_kbps;
		error = tao_set_speed(r->dev, &speed);
	}
	if (error)
		fail_call(r, error);
	else if (speed.flags & TAO_SPEED_ADJUSTED && speed.actual_kbps)
		note(r, "The drive takes %s instead of %s.", format_speed(speed.actual_kbps, got),
		     format_speed(r->options->speed_kbps, asked));
	return error;
}

/* Whether the drive is still busy with an operation that was started earlier and not waited for. */
static bool works_for_us(struct tao_device *dev)
{
	struct tao_status status;

	return !tao_get_status(dev, &status) && status.action != TAO_ACTION_NONE &&
	       (!status.owner_pid || (pid_t)status.owner_pid == getpid());
}

/* Waits for such an operation, for example for a disc that spins up while it is prepared. */
static int restore_speed(struct tao_device *dev, const struct tao_speed *before)
{
	struct patience patience = { 0 };
	struct tao_speed speed;
	int error, waited = 0;

	if (!before->requested_kbps)
		return 0;
	for (;;) {
		speed = *before;
		error = tao_set_speed(dev, &speed);
		if (error != -EBUSY && error != -EAGAIN && error != -EINTR)
			return error;
		if (waited < SPEED_WAIT_MS && works_for_us(dev)) {
			pause_ms(SPEED_PAUSE_MS);
			waited += SPEED_PAUSE_MS;
		} else if (!wait_for_holders(dev, &patience)) {
			return error;
		}
	}
}

/* Tracks that are silent are told, whatever else went wrong. */
static char *describe_lost(const struct recorder *r, const char *before)
{
	return xasprintf(NAMED("track-lost")
			 "%s%zu of %zu tracks failed and %s silence; %s", before, r->tracks_lost,
			 tracks_there(r), r->tracks_lost == 1 ? "has" : "have", r->lost);
}

/* describe_state() tells what was lost where the disc is not whole. */
static void fail_cancelled(struct recorder *r)
{
	bool lost = r->tracks_lost && has_whole_disc(r);

	fail(r, STATUS_CANCELLED,
	     lost ? describe_lost(r, "cancelled; ") : xstrdup(NAMED("cancelled") "cancelled"));
}

/* It was closed when nobody waited for that any more, or by hand: a comparison may be left. */
static bool was_closed(struct recorder *r)
{
	if (!r->command->unfinished || !r->command->unfinished->closed)
		return false;
	r->recorded = true;
	r->closed = true;
	if (r->tracks_lost)
		fail(r, STATUS_FAILED, describe_lost(r, ""));
	return true;
}

/* Returns whether it came to tracks: if so, the session is to be closed. */
static bool burn_missing(struct recorder *r)
{
	/* a disc that is full can't be prepared for more */
	if (had_all_tracks(r->command)) {
		begin_unfinished(r);
		return true;
	}
	if (prepare(r))
		return false;
	if (r->album->mode == MODE_SESSION)
		burn_session(r);
	else
		burn_tracks(r);
	return true;
}

static void tell_speed_stays(struct recorder *r)
{
	char *command = drive_command("tao speed", tao_device_path(r->watch)), speed[TIME_SIZE];

	note(r, "%s stays the write speed; %s changes it.",
	     format_speed(r->options->speed_kbps, speed), command);
	free(command);
}

static void burn(struct recorder *r)
{
	record_drive_begin(r->record);
	take_up_lost(r);
	take_up_tracks(r);
	if (r->unfinished && !r->command->unfinished)
		unfinished_begin(r->unfinished, r->watch);
	if (!has_other_disc(r) && !was_closed(r) && !set_speed(r) && burn_missing(r)) {
		if (atomic_load(r->stop))
			fail_cancelled(r);
		stop_reading(r);
		close_session(r);
		if (r->tracks_lost)
			fail(r, STATUS_FAILED, describe_lost(r, ""));
	}
	stop_reading(r);
	if (restore_speed(r->dev, &r->speed_before))
		tell_speed_stays(r);
}

/* Shows that this drive has failed while the others continue. */
static void show_end(struct recorder *r)
{
	char *what = r->exit_status && r->count > 1 ? xasprintf("%sfailed", r->prefix) :
						      xstrdup("");

	progress_set(r->progress, r->index, what, TAO_UNKNOWN, 0);
	free(what);
}

static void describe(struct recorder *r)
{
	free(r->outcome);
	r->outcome = describe_outcome(r->command, r);
	record_drive_end(r->record, r->exit_status, r->outcome);
}

static void eject(struct recorder *r)
{
	char *text;

	if (!eject_disc(r->watch, &text)) {
		free(text);
		return;
	}
	fail(r, STATUS_NOT_EJECTED, text);
	describe(r);
}

/* After this, a cancellation can't affect other users of the drive. */
static void close_drive(struct recorder *r)
{
	struct tao_device *dev = r->dev;

	pthread_mutex_lock(&r->lock);
	r->dev = NULL;
	pthread_mutex_unlock(&r->lock);
	if (!tao_close(dev) || r->exit_status)
		return;
	fail_call(r, -EIO);
	describe(r);
	tell_failure(r, r->outcome);
}

static void *record(void *data)
{
	struct recorder *r = data;

	burn(r);
	end_unfinished(r);
	if (!r->exit_status && r->options->verify)
		compare(r);
	/* before anybody else can change the disc */
	describe(r);
	if (r->exit_status)
		tell_failure(r, r->outcome);
	show_end(r);
	close_drive(r);
	if (!r->exit_status && r->options->eject) {
		atomic_store(&r->ejects, true);
		eject(r);
	}
	atomic_store(&r->ended, true);
	atomic_fetch_sub(r->running, 1);
	return NULL;
}

void recorder_start(struct recorder *r)
{
	int error;

	r->prefix = make_prefix(r);
	pthread_mutex_init(&r->lock, NULL);
	error = pthread_create(&r->thread, NULL, record, r);
	if (error) {
		complain(NAMED("no-resources") "can't start a thread: %s", strerror(error));
		leave(STATUS_FAILED);
	}
}

/* ENODATA: nothing is open at the moment; *stop prevents what would be next. */
static void cancel(struct recorder *r)
{
	r->cancel_missed = tao_cancel(r->dev) == -ENODATA && atomic_load(&r->in_session);
}

/* Returns whether it ends by itself soon. A second call changes nothing but the time for that. */
static bool end_stream(struct recorder *r)
{
	if (!atomic_load(&r->in_stream))
		return false;
	feed_end_stream(r->feed);
	r->cancel_ms = now_ms() + STREAM_MS;
	return true;
}

bool recorder_cancel(struct recorder *r, struct recorder_work *work)
{
	bool works, ends;

	pthread_mutex_lock(&r->lock);
	works = r->dev;
	work->in_session = atomic_load(&r->in_session);
	if (works && tao_get_status(r->dev, &work->status))
		work->status = (struct tao_status){ 0 };
	ends = works && end_stream(r);
	if (works && r->cancel_missed)
		cancel(r);
	if (works && !ends)
		cancel(r);
	/* a test leaves nothing that silence could save */
	if (works && r->options->test && work->in_session)
		cancel(r);
	pthread_mutex_unlock(&r->lock);
	if (r->feed && !ends)
		feed_cancel(r->feed, r->index);
	/* interrupts a wait; of a stream nothing is lost to an interrupted write */
	if (!ends)
		pthread_kill(r->thread, SIGUSR1);
	return works;
}

static void cancel_stream(struct recorder *r)
{
	if (!r->dev || !atomic_exchange(&r->in_stream, false))
		return;
	cancel(r);
	feed_cancel(r->feed, r->index);
}

void recorder_cancel_late(struct recorder *r)
{
	pthread_mutex_lock(&r->lock);
	if (r->dev && r->cancel_missed)
		cancel(r);
	if (r->cancel_ms && now_ms() >= r->cancel_ms) {
		r->cancel_ms = 0;
		cancel_stream(r);
	}
	pthread_mutex_unlock(&r->lock);
}

/* Whether the drive that can't be opened may be free again. */
static bool is_there(const char *path)
{
	struct tao_status status;
	struct tao_device *dev;
	bool there;

	if (tao_open(&dev, path, TAO_OPEN_READ))
		return false;
	there = !tao_get_status(dev, &status) && status.state != TAO_STATE_GONE;
	tao_close(dev);
	return there;
}

/*
 * Opening it waits for the end of a track, but fails while silence completes a session, which may
 * take as long as a disc does, while a session is closed, or if another burn was faster. That one
 * sets back what it found, @burn_kbps; any other speed is a newer wish.
 */
static void restore_later(const char *path, const struct tao_speed *before, uint32_t burn_kbps)
{
	struct tao_speed now = { 0 };
	struct tao_device *dev;
	int error, waited = 0;

	while ((error = tao_open(&dev, path, TAO_OPEN_WRITE)) == -EBUSY &&
	       waited < ABANDONED_WAIT_MS && is_there(path)) {
		pause_ms(ABANDONED_PAUSE_MS);
		waited += ABANDONED_PAUSE_MS;
	}
	if (!error && !tao_get_speed(dev, &now) && now.requested_kbps == burn_kbps)
		restore_speed(dev, before);
}

/* It can be killed, and keeps no folder busy, and none of our files open. */
static void stand_apart(void)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	sigset_t none;

	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		signal(numbers[i], SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setsid();
	if (chdir("/"))
		_exit(1);
	close_range(0, ~0U, 0);
}

/*
 * A separate process for each drive waits for the end of its operations. It keeps no drive open:
 * closing them is what ends the operations.
 */
void recorders_abandon(struct recorder *recorders, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++) {
		const struct tao_speed *before = &recorders[i].speed_before;

		if (!before->requested_kbps || fork())
			continue;
		stand_apart();
		restore_later(tao_device_path(recorders[i].watch), before,
			      recorders[i].options->speed_kbps);
		_exit(0);
	}
}

void recorder_join(struct recorder *r)
{
	pthread_join(r->thread, NULL);
}
