// SPDX-License-Identifier: GPL-2.0-only
/*
 * tao list, info, status: what there is. Nothing here disturbs a burn.
 */
#include <errno.h>
#include <getopt.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include "common.h"
#include "json.h"
#include "progress.h"

#define FOLLOW_MS 1000

static const char *stale_note(uint32_t flags)
{
	return flags & TAO_MEDIUM_STALE ? " (last known: the drive cannot be asked now)" : "";
}

/* "60:11 min left", or nothing */
static void format_room(const struct tao_medium *m, char *text, size_t size)
{
	char room[TIME_SIZE];

	text[0] = '\0';
	if (!(m->flags & TAO_MEDIUM_WRITABLE))
		return;
	if (m->free_sectors != TAO_UNKNOWN)
		snprintf(text, size, ", %s min left", format_time(m->free_sectors, room));
	else if (m->status == TAO_DISC_BLANK && m->total_sectors)
		snprintf(text, size, ", %s min", format_time(m->total_sectors, room));
}

static void say_room(const struct tao_medium *m)
{
	char left[TIME_SIZE], total[TIME_SIZE];

	if (!m->total_sectors)
		return;
	if (m->free_sectors == TAO_UNKNOWN)
		say("Room       %s min in all; what is left is known once the disc is prepared\n",
		    format_time(m->total_sectors, total));
	else
		say("Room       %s of %s min left (%u of %u sectors)\n",
		    format_time(m->free_sectors, left), format_time(m->total_sectors, total),
		    m->free_sectors, m->total_sectors);
}

/* Data from a busy drive are old; its user matters more then. */
static char *used_by(struct tao_device *dev, const struct tao_medium *medium)
{
	char *holders = medium->flags & TAO_MEDIUM_STALE ?
				find_holders(dev) :
				NULL, *text;

	text = xasprintf("%s%s", holders ? ", in use by " : "", holders ? holders : "");
	free(holders);
	return text;
}

static bool list_drive(const char *path)
{
	struct tao_device *dev;
	struct tao_drive drive;
	struct tao_medium medium;
	struct tao_status status;
	char room[48], *disc, *user;
	int ignored;

	dev = open_path(path, TAO_OPEN_READ, &ignored);
	if (!dev)
		return false;
	if (tao_get_drive(dev, &drive) || get_medium(dev, &medium) ||
	    tao_get_status(dev, &status)) {
		complain(NAMED("drive-failed") "%s", tao_last_error());
		tao_close(dev);
		return false;
	}
	disc = describe_medium(&medium);
	format_room(&medium, room, sizeof(room));
	if (options.json) {
		struct json_object *event = json_event("drive", path);

		json_object_object_add(event, "device", json_drive(&drive));
		json_object_object_add(event, "medium", json_medium(&medium));
		json_object_object_add(event, "status", json_status(&status));
		json_print(event);
	} else {
		user = used_by(dev, &medium);
		say("%s  %s %s %s  %s%s%s%s\n", path, drive.vendor, drive.product, drive.revision,
		    disc, room, stale_note(medium.flags), user);
		free(user);
	}
	free(disc);
	tao_close(dev);
	return true;
}

int cmd_list(int argc, char **argv)
{
	struct tao_list *list;
	struct utsname name;
	size_t count, good = 0;
	char *reason;

	while (next_option(argc, argv, "", NULL) != -1)
		;
	if (optind < argc)
		return usage_error(argv[0], "it takes no arguments");
	if (tao_list_drives(&list))
		return report_failure(NULL, -EIO);
	count = tao_list_count(list);
	for (size_t i = 0; i < count; i++)
		good += list_drive(tao_list_path(list, i));
	tao_list_free(list);
	result_is_about(NULL); /* the result is about all drives */
	if (count)
		return good ? STATUS_OK : STATUS_NO_DRIVE;
	uname(&name);
	reason = diagnose_no_drive("", name.release);
	complain("%s", reason);
	free(reason);
	return STATUS_NO_DRIVE;
}

static void say_speeds(struct tao_device *dev)
{
	char asked[TIME_SIZE], got[TIME_SIZE];
	struct tao_speeds speeds;
	struct tao_speed speed;

	if (!tao_get_speeds(dev, &speeds) && speeds.count) {
		say("Speeds    ");
		for (uint32_t i = 0; i < speeds.count && i < TAO_SPEEDS_MAX; i++)
			say(" %s%s", format_speed(speeds.entries[i].write_kbps, got),
			    speeds.entries[i].flags & TAO_SPEED_PURE_CAV ? " (CAV)" : "");
		say("\n");
	}
	if (!tao_get_speed(dev, &speed)) {
		say("Speed      %s asked for", format_speed(speed.requested_kbps, asked));
		if (speed.actual_kbps)
			say(", the drive has set %s", format_speed(speed.actual_kbps, got));
		say("%s\n", speed.flags & TAO_SPEED_PENDING ?
				    " (given to the drive with the next burn)" :
				    "");
	}
}

/* Of a disc to which tracks can be added, or could. */
static void say_next_track(struct tao_device *dev, const struct tao_medium *m)
{
	bool failed = m->flags & TAO_MEDIUM_TRACK_FAILED;
	char *finalize = drive_command(failed ? "tao finalize --force" : "tao finalize",
				       tao_device_path(dev));

	if (failed)
		say("Next       A track failed; `tao burn` adds track %u; %s %s.\n", m->next_track,
		    finalize, "ends the disc as it is");
	else if (m->flags & TAO_MEDIUM_SESSION_OPEN && m->free_sectors < TAO_TRACK_MIN_SECTORS)
		say("Next       The disc is full; %s makes it playable.\n", finalize);
	else if (m->flags & TAO_MEDIUM_SESSION_OPEN)
		say("Next       `tao burn FILE...` adds track %u; %s makes the disc playable.\n",
		    m->next_track, finalize);
	else
		say("Next       `tao burn FILE...` burns from track %u on.\n",
		    m->next_track ? m->next_track : 1);
	free(finalize);
}

static void say_status_first(struct tao_device *dev)
{
	char *status = drive_command("tao status", tao_device_path(dev));

	say("Next       Wait until that has ended; %s says how far it is.\n", status);
	free(status);
}

/* Suggests what to do with the disc. */
static void say_next(struct tao_device *dev, const struct tao_medium *m,
		     const struct tao_status *status)
{
	char *who = m->flags & TAO_MEDIUM_STALE ? describe_holders(dev) : NULL;
	char *problem = medium_problem(m, tao_device_path(dev), 0);

	if (status->action != TAO_ACTION_NONE)
		say_status_first(dev);
	else if (m->flags & TAO_MEDIUM_STALE)
		say("Next       %s\n", who ? who : "Wait until the drive is free.");
	else if (problem)
		say("Next       %s\n", problem);
	else
		say_next_track(dev, m);
	free(problem);
	free(who);
}

static void say_error(const struct tao_error *error)
{
	if (error->flags & TAO_ERROR_VALID)
		say("Last error %s (%u s ago)\n",
		    error->text[0] ? error->text : strerror(error->error), error->age_ms / 1000);
}

static void say_last_error(struct tao_device *dev)
{
	struct tao_error error;

	if (!tao_get_error(dev, TAO_ERROR_LATEST, &error))
		say_error(&error);
}

static void say_info(struct tao_device *dev, const struct tao_drive *drive,
		     const struct tao_medium *medium, const struct tao_status *status)
{
	char block[64];
	char *disc = describe_medium(medium), *user;

	say("Drive      %s  %s %s %s%s%s", tao_device_path(dev), drive->vendor, drive->product,
	    drive->revision, drive->serial[0] ? ", serial " : "", drive->serial);
	say("%s%s%s%s%s\n",
	    drive->flags & TAO_DRIVE_CD_RW ? ", writes CD-R and CD-RW" : ", writes CD-R",
	    drive->flags & TAO_DRIVE_UNDERRUN_FREE ? ", underrun protection" : "",
	    drive->flags & TAO_DRIVE_TEST_WRITE ? ", test write" : "",
	    drive->flags & TAO_DRIVE_SESSION_AT_ONCE ? ", session-at-once" : "",
	    drive->flags & TAO_DRIVE_CD_TEXT ? ", CD-TEXT" : "");
	if (!tao_block_path(dev, block, sizeof(block)))
		say("Also       %s (to play or read the disc)\n", block);
	user = used_by(dev, medium);
	say("Disc       %s%s%s\n", disc, stale_note(medium->flags), user);
	free(user);
	say_room(medium);
	if (medium->mcn[0])
		say("MCN        %s\n", medium->mcn);
	say_speeds(dev);
	if (status->owner[0])
		say("In use     %s (process %u): %s\n", status->owner, status->owner_pid,
		    status->action == TAO_ACTION_NONE ? tao_state_name(status->state) :
							tao_action_name(status->action));
	else if (status->action != TAO_ACTION_NONE)
		say("Busy       %s\n", tao_action_name(status->action));
	say_last_error(dev);
	say_next(dev, medium, status);
	free(disc);
}

int cmd_info(int argc, char **argv)
{
	struct tao_device *dev;
	struct tao_drive drive;
	struct tao_medium medium;
	struct tao_status status;
	struct tao_speeds speeds;
	struct tao_speed speed;
	int exit_status = STATUS_OK, error;

	while (next_option(argc, argv, "", NULL) != -1)
		;
	dev = open_drive(drive_argument(argc, argv), TAO_OPEN_READ, &exit_status);
	if (!dev)
		return exit_status;
	error = tao_get_drive(dev, &drive);
	if (!error)
		error = get_medium(dev, &medium);
	if (!error)
		error = tao_get_status(dev, &status);
	if (error) {
		exit_status = report_failure(dev, error);
	} else if (options.json) {
		struct json_object *event = json_event("info", tao_device_path(dev));

		json_object_object_add(event, "device", json_drive(&drive));
		json_object_object_add(event, "medium", json_medium(&medium));
		json_object_object_add(event, "status", json_status(&status));
		if (!tao_get_speeds(dev, &speeds) && !tao_get_speed(dev, &speed))
			json_add_speeds(event, &speeds, &speed);
		json_print(event);
	} else {
		say_info(dev, &drive, &medium, &status);
	}
	tao_close(dev);
	return exit_status;
}

static void say_status(const struct tao_status *s)
{
	char time[TIME_SIZE], length[TIME_SIZE], speed[TIME_SIZE];

	say("%s, %s", tao_state_name(s->state), tao_action_name(s->action));
	if (s->track)
		say(", track %u", s->track);
	if (s->action == TAO_ACTION_WRITING) {
		say(": %s", format_time(s->track_sectors, time));
		if (s->sectors != TAO_UNKNOWN)
			say(" of %s", format_time(s->sectors, length));
		say(" at %s", format_speed(s->speed_kbps, speed));
		if (s->drive_buffer_bytes)
			say(", drive's buffer %u %% full",
			    (unsigned int)(s->drive_buffer_fill * UINT64_C(100) /
					   s->drive_buffer_bytes));
	} else if (s->progress != TAO_UNKNOWN && s->action != TAO_ACTION_NONE) {
		say(", %u %%", (unsigned int)(s->progress * UINT64_C(100) / 65536));
	}
	if (s->remaining_ms != TAO_UNKNOWN && s->action != TAO_ACTION_NONE)
		say(", %u s left", s->remaining_ms / 1000);
	if (s->owner[0])
		say(", for %s (process %u)", s->owner, s->owner_pid);
	say("%s%s%s\n", s->flags & TAO_STATUS_TEST_WRITE ? ", test write" : "",
	    s->flags & TAO_STATUS_CANCELLED ? ", being cancelled" : "",
	    s->flags & TAO_STATUS_FAILED ? ", failed" : "");
}

/* @errors: how many there were at the last time: a later one is said. */
static int show_status(struct tao_device *dev, const struct tao_status *status, uint32_t *errors)
{
	struct tao_error error;
	struct json_object *event;
	int ret = tao_get_error(dev, TAO_ERROR_LATEST, &error);

	if (ret)
		return ret;
	if (!options.json) {
		say_status(status);
		if (error.count != *errors)
			say_error(&error);
		*errors = error.count;
		return 0;
	}
	event = json_event("status", tao_device_path(dev));
	json_object_object_add(event, "status", json_status(status));
	json_object_object_add(event, "last_error",
			       error.flags & TAO_ERROR_VALID ? json_error(&error) : NULL);
	json_print(event);
	return 0;
}

static atomic_bool followed_enough;

static void stop_following(int number)
{
	(void)number;
	atomic_store(&followed_enough, true);
}

static bool is_news(const struct tao_status *s, const struct tao_status *shown)
{
	return s->state != shown->state || s->action != shown->action ||
	       s->track != shown->track || s->flags != shown->flags ||
	       s->owner_pid != shown->owner_pid;
}

/* Progress goes on between the changes: on a terminal in a line of its own. */
static void follow_progress(struct progress *progress, const struct tao_status *s)
{
	progress_set(progress, 0, s->action == TAO_ACTION_NONE ? "" : tao_action_name(s->action),
		     s->sectors, 0);
	if (s->track)
		progress_tells_track(progress, 0);
}

/* Until a signal comes, nobody reads any more, or the drive is gone. */
static int follow_status(struct tao_device *dev, struct tao_status *status)
{
	struct progress *progress = progress_start(&dev, 1);
	struct tao_status shown = { .state = UINT32_MAX };
	uint32_t errors = 0;
	int ret = 0;

	catch_signals(stop_following);
	while (ret >= 0 && !atomic_load(&followed_enough) && output_is_read()) {
		if (is_news(status, &shown)) {
			progress_set(progress, 0, "", TAO_UNKNOWN, 0);
			progress_say(progress, "%s", "");
			ret = show_status(dev, status, &errors);
			follow_progress(progress, status);
			shown = *status;
		}
		if (ret >= 0)
			ret = tao_wait_status(dev, status, FOLLOW_MS);
		if (ret == -EINTR)
			ret = 0;
	}
	progress_stop(progress);
	return ret < 0 ? ret : 0;
}

int cmd_status(int argc, char **argv)
{
	static const struct option own[] = { { "follow", no_argument, NULL, 'f' }, { 0 } };
	struct tao_device *dev;
	struct tao_status status;
	int exit_status = STATUS_OK, ret, letter;
	bool follow = false;
	uint32_t errors = 0;

	while ((letter = next_option(argc, argv, "f", own)) != -1)
		follow |= letter == 'f';
	dev = open_drive(drive_argument(argc, argv), TAO_OPEN_READ, &exit_status);
	if (!dev)
		return exit_status;
	ret = tao_get_status(dev, &status);
	if (!ret)
		ret = follow ? follow_status(dev, &status) : show_status(dev, &status, &errors);
	if (ret)
		exit_status = report_failure(dev, ret);
	tao_close(dev);
	return exit_status;
}
