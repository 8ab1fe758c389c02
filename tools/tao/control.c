// SPDX-License-Identifier: GPL-2.0-only
/*
 * tao finalize, blank, recover, speed, cancel, eject, load: commands that change something with a
 * single call.
 */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include "common.h"
#include "json.h"
#include "progress.h"

static void ignore_signal(int number)
{
	(void)number;
}

/*
 * Ctrl-C ends the wait, not the operation: closing a session can't be stopped. Only if it has not
 * begun, because the drive is busy with something else, it never does.
 */
static void interruptible(void)
{
	catch_signals(ignore_signal);
}

static void report_not_waiting(struct tao_device *dev)
{
	char *command = drive_command("tao status", tao_device_path(dev));

	complain(NAMED("cancelled") "%s: not waiting; what the drive has begun goes on (see %s)",
		 tao_device_path(dev), command);
	free(command);
}

/* Reports the end of a command that changed something. Returns the exit status. */
static int report_result(struct tao_device *dev, const char *command, int error, const char *done)
{
	char *failure = error ? last_error(error) : NULL;
	int exit_status = STATUS_OK;

	if (error == -EINTR) {
		report_not_waiting(dev);
		exit_status = STATUS_CANCELLED;
	} else if (error) {
		exit_status = report_failure(dev, error);
	} else {
		say("%s: %s\n", tao_device_path(dev), done);
	}
	json_result(tao_device_path(dev), command, exit_status, error ? failure : done);
	free(failure);
	return exit_status;
}

/* Reports that a command could do nothing, with the reason @why. Returns @exit_status. */
static int report_refusal(struct tao_device *dev, const char *command, int exit_status,
			  const char *why)
{
	complain("%s: %s", tao_device_path(dev), why);
	if (command)
		json_result(tao_device_path(dev), command, exit_status, why);
	return exit_status;
}

/* @before and @after are around @advised, the command that helps. */
static int refuse_with(struct tao_device *dev, const char *command, int exit_status,
		       const char *before, const char *advised, const char *after)
{
	char *helps = drive_command(advised, tao_device_path(dev));
	char *why = xasprintf("%s; %s %s", before, helps, after);

	report_refusal(dev, command, exit_status, why);
	free(why);
	free(helps);
	return exit_status;
}

/*
 * Gets the state of the disc; its type is unknown if it can't be determined. Returns 0, or the
 * exit status of a refusal because somebody else uses the drive.
 */
static int look_at_disc(struct tao_device *dev, const char *command, struct tao_medium *medium)
{
	int exit_status = STATUS_OK;
	char *why;

	if (get_medium(dev, medium)) {
		*medium = (struct tao_medium){ .type = TAO_MEDIUM_UNKNOWN };
		return STATUS_OK;
	}
	why = why_in_use(dev, medium);
	if (why)
		exit_status = report_refusal(dev, command, STATUS_NO_DRIVE, why);
	free(why);
	return exit_status;
}

/* Few drives close a session that was cut short in a track. Returns @exit_status. */
static int report_cut_short(struct tao_device *dev, const char *command, int exit_status,
			    const struct tao_medium *medium)
{
	char *why = medium_left_open(medium, tao_device_path(dev));

	complain("%s", why);
	json_result(tao_device_path(dev), command, exit_status, why);
	free(why);
	return exit_status;
}

/* Where the drive has tried that, and failed. */
static void explain_cut_short(struct tao_device *dev, int error, const struct tao_medium *medium)
{
	char *why;

	if (error != -EIO || !medium_is_cut_short(medium))
		return;
	why = medium_left_open(medium, tao_device_path(dev));
	complain_besides("%s", why);
	free(why);
}

static const char finalised[] = "finalised. The disc is ready to play; nothing can be added.";
static const char closed[] =
	"session closed. The disc can be played, and another session can follow.";

static int finalize(struct tao_device *dev, enum tao_close close, unsigned int flags,
		    const struct tao_medium *medium)
{
	struct progress *progress = progress_start(&dev, 1);
	int error, exit_status;

	progress_set(progress, 0, "Closing the session", TAO_UNKNOWN, 0);
	interruptible();
	error = tao_finalize(dev, close, flags);
	progress_stop(progress);
	exit_status = report_result(dev, "finalize", error,
				    close == TAO_CLOSE_FINALIZE ? finalised : closed);
	explain_cut_short(dev, error, medium);
	return exit_status;
}

/* Why there is no session to close; NULL if the drive has to be asked. */
static const char *nothing_to_close(const struct tao_medium *m)
{
	if (m->flags & (TAO_MEDIUM_STALE | TAO_MEDIUM_TRACK_FAILED) ||
	    (m->type != TAO_MEDIUM_CD_R && m->type != TAO_MEDIUM_CD_RW))
		return NULL;
	if (m->status == TAO_DISC_COMPLETE)
		return NAMED("nothing-to-close")
		       "the disc is finalised already; a CD player plays it.";
	if (m->status == TAO_DISC_BLANK)
		return NAMED("nothing-to-close")
		       "the disc is blank; `tao burn FILE...` burns and closes it.";
	if (!(m->flags & TAO_MEDIUM_SESSION_OPEN))
		return NAMED("nothing-to-close")
		       "no session is open; `tao burn FILE...` adds one and closes it.";
	return NULL;
}

static int finalize_disc(struct tao_device *dev, enum tao_close close, unsigned int flags)
{
	struct tao_medium medium;
	int exit_status;
	const char *why;

	exit_status = look_at_disc(dev, "finalize", &medium);
	if (exit_status)
		return exit_status;
	why = nothing_to_close(&medium);
	if (why)
		return report_refusal(dev, "finalize", STATUS_DISC, why);
	if (medium_is_cut_short(&medium) && !flags)
		return report_cut_short(dev, "finalize", STATUS_FAILED, &medium);
	if (medium.flags & TAO_MEDIUM_TRACK_FAILED && !flags)
		return refuse_with(dev, "finalize", STATUS_FAILED,
				   NAMED("track-failed") "a track on this disc failed",
				   "tao finalize --force", "closes the disc as it is");
	return finalize(dev, close, flags, &medium);
}

int cmd_finalize(int argc, char **argv)
{
	static const struct option own[] = { { "force", no_argument, NULL, 'f' },
					     { "multi-session", no_argument, NULL, 'm' },
					     { 0 } };
	enum tao_close close = TAO_CLOSE_FINALIZE;
	int letter, exit_status = STATUS_OK;
	struct tao_device *dev;
	unsigned int flags = 0;

	while ((letter = next_option(argc, argv, "fm", own)) != -1) {
		if (letter == 'f')
			flags = TAO_FINALIZE_FORCE;
		else
			close = TAO_CLOSE_SESSION;
	}
	dev = open_drive(drive_argument(argc, argv), TAO_OPEN_WRITE, &exit_status);
	if (!dev)
		return exit_status;
	exit_status = finalize_disc(dev, close, flags);
	tao_close(dev);
	return exit_status;
}

/* Reports that a command does not suit the disc. Returns the exit status. */
static int report_other_disc(struct tao_device *dev, const char *command, const char *problem,
			     const struct tao_medium *medium)
{
	char *disc = describe_medium(medium);
	char *why = xasprintf("%s: %s.", problem, disc);
	int exit_status = report_refusal(dev, command, STATUS_DISC, why);

	free(why);
	free(disc);
	return exit_status;
}

/* As far as its table of contents shows that: nothing is known of a disc that can't be read. */
static bool is_same_disc(const struct tao_medium *a, const struct tao_medium *b)
{
	if (a->flags & TAO_MEDIUM_STALE || a->type == TAO_MEDIUM_UNKNOWN)
		return true;
	return !(b->flags & TAO_MEDIUM_STALE) && a->type == b->type && a->status == b->status &&
	       a->sessions == b->sessions && a->tracks == b->tracks &&
	       a->total_sectors == b->total_sectors && a->lead_out_lba == b->lead_out_lba &&
	       !memcmp(a->mcn, b->mcn, sizeof(a->mcn));
}

char *blank_question(const struct tao_medium *medium)
{
	char *disc = describe_medium(medium);
	char *question = xasprintf("Blank the disc (%s)? What is on it will be lost.", disc);

	free(disc);
	return question;
}

int check_same_disc(struct tao_device *dev, const char *command, const struct tao_medium *before)
{
	struct tao_medium now;
	int exit_status = look_at_disc(dev, command, &now);

	if (exit_status || is_same_disc(before, &now))
		return exit_status;
	return report_other_disc(dev, command,
				 NAMED("disc-changed")
				 "nothing was done: this is not the disc of the question", &now);
}

static int agree_to_blank(struct tao_device *dev, const struct tao_medium *medium)
{
	char *question = blank_question(medium);
	bool agreed = confirm(question);

	free(question);
	if (agreed)
		return check_same_disc(dev, "blank", medium);
	complain(NAMED("not-agreed") "nothing was done");
	return STATUS_CANCELLED;
}

static int blank(struct tao_device *dev, unsigned int flags)
{
	struct progress *progress;
	struct tao_medium medium;
	int exit_status, error;

	exit_status = look_at_disc(dev, "blank", &medium);
	if (exit_status)
		return exit_status;
	if (medium.type != TAO_MEDIUM_CD_RW && medium.type != TAO_MEDIUM_UNKNOWN)
		return report_other_disc(dev, "blank",
					 NAMED("not-erasable")
					 "only a CD-RW can be blanked, and in the drive is",
					 &medium);
	exit_status = agree_to_blank(dev, &medium);
	if (exit_status)
		return exit_status;
	progress = progress_start(&dev, 1);
	progress_set(progress, 0, flags ? "Blanking all of the disc" : "Blanking the disc",
		     TAO_UNKNOWN, 0);
	interruptible();
	error = tao_blank(dev, flags);
	progress_stop(progress);
	return report_result(dev, "blank", error, "blank.");
}

int cmd_blank(int argc, char **argv)
{
	static const struct option own[] = { { "full", no_argument, NULL, 'f' }, { 0 } };
	int exit_status = STATUS_OK;
	struct tao_device *dev;
	unsigned int flags = 0;

	while (next_option(argc, argv, "f", own) != -1)
		flags = TAO_BLANK_FULL;
	dev = open_drive(drive_argument(argc, argv), TAO_OPEN_WRITE, &exit_status);
	if (!dev)
		return exit_status;
	exit_status = blank(dev, flags);
	tao_close(dev);
	return exit_status;
}

/* Describes what was done, and the new state of the disc. */
static char *recovered(struct tao_device *dev, const struct tao_recover *recover)
{
	bool ended = recover->done & TAO_RECOVERED_TRACK;
	bool session = recover->done & TAO_RECOVERED_SESSION;
	char *track, *disc, *done;
	struct tao_medium medium;

	track = ended ? xasprintf("track %u was ended as far as it is written", recover->track) :
			xstrdup("");
	disc = get_medium(dev, &medium) ? xstrdup("not known") : describe_medium(&medium);
	done = xasprintf("%s%s%s. The disc is now: %s.", track, ended && session ? ", and " : "",
			 session ? "the session was closed" : "", disc);
	free(track);
	free(disc);
	return done;
}

/* The part that was done before the rest failed. */
static void explain_half(struct tao_device *dev, const struct tao_recover *recover)
{
	char *done = recover->done ? recovered(dev, recover) : NULL;

	if (done)
		complain_besides("%s", done);
	free(done);
}

static int recover(struct tao_device *dev, enum tao_close close, const struct tao_medium *medium)
{
	struct tao_recover recover = { .close = close };
	struct progress *progress;
	int error, exit_status;
	char *done;

	progress = progress_start(&dev, 1);
	progress_set(progress, 0, "Repairing the disc", TAO_UNKNOWN, 0);
	interruptible();
	error = tao_recover(dev, &recover);
	progress_stop(progress);
	if (error) {
		exit_status = report_result(dev, "recover", error, "");
		explain_cut_short(dev, error, medium);
		explain_half(dev, &recover);
		return exit_status;
	}
	done = recovered(dev, &recover);
	exit_status = report_result(dev, "recover", 0, done);
	free(done);
	return exit_status;
}

static const char cut_short[] =
	NAMED("session-cut-short")
	"the session was cut short in a track, and few drives can close that; "
	"with --finalize or --multi-session this one tries it";

/* A session is damaged, and not to be closed. */
static int refuse_open(struct tao_device *dev, const struct tao_medium *medium)
{
	if (medium_is_cut_short(medium))
		return report_refusal(dev, "recover", STATUS_USAGE, cut_short);
	return refuse_with(dev, "recover", STATUS_USAGE,
			   NAMED("session-half-closed") "closing the session was interrupted",
			   "tao recover --finalize", "closes it, with --multi-session for another");
}

static int recover_disc(struct tao_device *dev, enum tao_close close)
{
	const uint32_t left = TAO_MEDIUM_TRACK_DAMAGED | TAO_MEDIUM_SESSION_DAMAGED;
	struct tao_medium medium;
	int exit_status;

	exit_status = look_at_disc(dev, "recover", &medium);
	if (exit_status)
		return exit_status;
	if (medium.type != TAO_MEDIUM_UNKNOWN && !(medium.flags & left))
		return report_other_disc(dev, "recover",
					 NAMED("nothing-to-repair")
					 "there is nothing to repair. In the drive is", &medium);
	if (medium.flags & TAO_MEDIUM_SESSION_DAMAGED && close == TAO_CLOSE_NOTHING)
		return refuse_open(dev, &medium);
	return recover(dev, close, &medium);
}

int cmd_recover(int argc, char **argv)
{
	static const struct option own[] = { { "finalize", no_argument, NULL, 'f' },
					     { "multi-session", no_argument, NULL, 'm' },
					     { 0 } };
	enum tao_close close = TAO_CLOSE_NOTHING;
	int letter, exit_status = STATUS_OK;
	struct tao_device *dev;

	while ((letter = next_option(argc, argv, "fm", own)) != -1) {
		/* Another session can be finalised later, and a finalised disc takes no other. */
		if (letter == 'm')
			close = TAO_CLOSE_SESSION;
		else if (close == TAO_CLOSE_NOTHING)
			close = TAO_CLOSE_FINALIZE;
	}
	dev = open_drive(drive_argument(argc, argv), TAO_OPEN_WRITE, &exit_status);
	if (!dev)
		return exit_status;
	exit_status = recover_disc(dev, close);
	tao_close(dev);
	return exit_status;
}

static int set_speed(struct tao_device *dev, const char *text)
{
	struct tao_speed speed = { 0 };
	char asked[TIME_SIZE], got[TIME_SIZE];
	char *done;
	int error;

	if (parse_speed(text, &speed.requested_kbps))
		return usage_error("speed",
				   "\"%s\" is no speed; give a number as in 8 or 8x, or max", text);
	error = tao_set_speed(dev, &speed);
	format_speed(speed.requested_kbps, asked);
	if (speed.flags & TAO_SPEED_PENDING)
		done = xasprintf("%s from the next burn on.", asked);
	else if (speed.actual_kbps)
		done = xasprintf("%s asked for, the drive has set %s.", asked,
				 format_speed(speed.actual_kbps, got));
	else
		done = xasprintf("%s asked for.", asked);
	error = report_result(dev, "speed", error, done);
	free(done);
	return error;
}

static int show_speed(struct tao_device *dev)
{
	char text[TIME_SIZE];
	struct tao_speeds speeds;
	struct tao_speed speed;
	int error;

	error = tao_get_speeds(dev, &speeds);
	if (!error)
		error = tao_get_speed(dev, &speed);
	if (error)
		return report_failure(dev, error);
	if (options.json) {
		struct json_object *event = json_event("speed", tao_device_path(dev));

		json_add_speeds(event, &speeds, &speed);
		json_print(event);
		return STATUS_OK;
	}
	say("%s asked for", format_speed(speed.requested_kbps, text));
	if (speed.actual_kbps)
		say(", the drive has set %s", format_speed(speed.actual_kbps, text));
	say("%s\n", speed.flags & TAO_SPEED_STALE ? " (last known: the drive is busy)" : "");
	for (uint32_t i = 0; i < speeds.count && i < TAO_SPEEDS_MAX; i++)
		say("%6s  %5u kB/s%s\n", format_speed(speeds.entries[i].write_kbps, text),
		    speeds.entries[i].write_kbps,
		    speeds.entries[i].flags & TAO_SPEED_PURE_CAV ? "  CAV" : "");
	return STATUS_OK;
}

/* "tao speed 8", "tao speed /dev/tao1", "tao speed 8 /dev/tao1", in any order. */
int cmd_speed(int argc, char **argv)
{
	const char *speed = NULL, *path = NULL;
	int exit_status = STATUS_OK;
	struct tao_device *dev;

	while (next_option(argc, argv, "", NULL) != -1)
		;
	for (int i = optind; i < argc; i++) {
		uint32_t ignored;
		bool is_speed = !parse_speed(argv[i], &ignored);

		if (!is_speed && argv[i][0] != '/' && strncmp(argv[i], "tao", 3))
			return usage_error(argv[0],
					   "\"%s\" is no speed; give a number as in 8 or 8x, or max",
					   argv[i]);
		if (is_speed ? !!speed : !!path)
			return usage_error(argv[0], "too many arguments");
		if (is_speed)
			speed = argv[i];
		else
			path = argv[i];
	}
	dev = open_drive(path, speed ? TAO_OPEN_WRITE : TAO_OPEN_READ, &exit_status);
	if (!dev)
		return exit_status;
	exit_status = speed ? set_speed(dev, speed) : show_speed(dev);
	tao_close(dev);
	return exit_status;
}

/* What a cancellation does, as things were before it; to be freed. */
static char *describe_cancel(struct tao_device *dev, const struct tao_status *before)
{
	char *again, *text;

	if (before->state != TAO_STATE_TRACK_OPEN)
		return xasprintf("cancelled: %s; %s. %s",
				 "a disc on which the drive has not begun to write stays as it is",
				 "if it has, the session goes on with silence to its end",
				 "If it was cancelled before, it stops at once: the disc is lost.");
	if (before->flags & TAO_STATUS_CANCELLED)
		return xasprintf("cancelled; it was ending already. %s %s",
				 "If `tao cancel` had done that, a session-at-once stops at once, and the disc is lost.",
				 "A track ends with what had arrived, as before.");
	again = drive_command("tao cancel", tao_device_path(dev));
	text = xasprintf("cancelled: a track ends with what has arrived. %s; %s %s.",
			 "A session-at-once goes on with silence to its end", again,
			 "once more stops it at once, and the disc is lost");
	free(again);
	return text;
}

int cmd_cancel(int argc, char **argv)
{
	int exit_status = STATUS_OK, error;
	struct tao_status before;
	struct tao_device *dev;
	char *text;

	while (next_option(argc, argv, "", NULL) != -1)
		;
	dev = open_drive(drive_argument(argc, argv), TAO_OPEN_READ, &exit_status);
	if (!dev)
		return exit_status;
	error = tao_get_status(dev, &before);
	if (!error)
		error = tao_cancel(dev);
	if (error == -ENODATA) {
		exit_status = report_refusal(dev, "cancel", STATUS_FAILED,
					     NAMED("nothing-to-cancel")
					     "no track is being written; there is nothing to cancel.");
	} else {
		text = error ? NULL : describe_cancel(dev, &before);
		exit_status = report_result(dev, "cancel", error, text);
		free(text);
	}
	tao_close(dev);
	return exit_status;
}

static int tray_command(int argc, char **argv, int (*move)(struct tao_device *, char **))
{
	int exit_status = STATUS_OK;
	struct tao_device *dev;
	char *text;

	while (next_option(argc, argv, "", NULL) != -1)
		;
	dev = open_drive(drive_argument(argc, argv), TAO_OPEN_READ, &exit_status);
	if (!dev)
		return exit_status;
	exit_status = move(dev, &text);
	if (exit_status)
		report_refusal(dev, argv[0], exit_status, text);
	else
		report_result(dev, argv[0], 0, text);
	free(text);
	tao_close(dev);
	return exit_status;
}

int cmd_eject(int argc, char **argv)
{
	return tray_command(argc, argv, eject_disc);
}

int cmd_load(int argc, char **argv)
{
	return tray_command(argc, argv, load_disc);
}
