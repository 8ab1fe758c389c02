// SPDX-License-Identifier: GPL-2.0-only
/* Opening a drive, and reporting problems of it or its disc. */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>
#include "common.h"
#include "json.h"
#include "text.h"

#define BUSY_PAUSE_MS 200
#define IDLE_MS 1000

static int report_no_drive(void)
{
	struct utsname name;
	char *text;

	uname(&name);
	text = diagnose_no_drive("", name.release);
	complain("%s", text);
	free(text);
	return STATUS_NO_DRIVE;
}

static int report_several(void)
{
	struct tao_list *list;
	char *names = xstrdup("");

	if (tao_list_drives(&list))
		list = NULL;
	for (size_t i = 0; list && i < tao_list_count(list); i++) {
		char *longer = xasprintf("%s%s%s", names, i ? ", " : "", tao_list_path(list, i));

		free(names);
		names = longer;
	}
	tao_list_free(list);
	complain(NAMED("several-drives")
		 "there are several drives (%s); say which with --device", names);
	free(names);
	return STATUS_USAGE;
}

static void report_busy(const char *path)
{
	char *failure = xstrdup(tao_last_error()), *who = NULL;
	struct tao_device *dev;

	if (!tao_open(&dev, path, TAO_OPEN_READ)) {
		who = describe_holders(dev);
		tao_close(dev);
	}
	complain(NAMED("in-use") "%s.%s%s", failure, who ? " " : "", who ? who : "");
	free(who);
	free(failure);
}

static int report_open_failure(const char *path, int error)
{
	switch (-error) {
	case ENODEV:
	case ENXIO:
	case ENOENT:
		if (!path)
			return report_no_drive();
		complain(NAMED("no-such-drive")
			 "%s. `tao list` shows the drives.", tao_last_error());
		return STATUS_NO_DRIVE;
	case ENOTUNIQ:
		return report_several();
	case EACCES:
	case EPERM:
		complain(NAMED("no-permission")
			 "%s; join the group cdrom: sudo usermod -aG cdrom $USER, and log in again",
			 tao_last_error());
		return STATUS_NO_DRIVE;
	case EBUSY:
		report_busy(path);
		return STATUS_NO_DRIVE;
	case EINTR:
		complain(NAMED("cancelled") "%s", tao_last_error());
		return STATUS_CANCELLED;
	default:
		complain(NAMED("drive-failed") "%s", tao_last_error());
		return STATUS_NO_DRIVE;
	}
}

/*
 * Whether the drive is busy with what nobody waits for any more, as after Ctrl-C in `tao blank`;
 * says so the first time.
 */
static bool is_busy_alone(const char *path, bool *said)
{
	struct tao_status status;
	struct tao_device *dev;
	bool busy;

	if (tao_open(&dev, path, TAO_OPEN_READ))
		return false;
	busy = !tao_get_status(dev, &status) && !status.owner[0] &&
	       status.action != TAO_ACTION_NONE;
	if (busy && !*said) {
		say("%s is still busy (%s); waiting until that has ended.\n", tao_device_path(dev),
		    tao_action_name(status.action));
		output_flush();
	}
	*said |= busy;
	tao_close(dev);
	return busy;
}

/*
 * Opening it waits for the end of a track by itself, but not for that of a session. Between two
 * steps of such work the drive seems to be idle. A signal ends the wait.
 */
static int open_writer(struct tao_device **dev, const char *path, unsigned int flags)
{
	const struct timespec pause = { 0, BUSY_PAUSE_MS * 1000000L };
	bool said = false, busy;
	int idle_ms = 0, error;

	for (;;) {
		busy = is_busy_alone(path, &said);
		error = tao_open(dev, path, flags);
		idle_ms = busy ? 0 : idle_ms + BUSY_PAUSE_MS;
		if (error != -EBUSY || !said || idle_ms > IDLE_MS)
			return error;
		if (nanosleep(&pause, NULL))
			return -EINTR;
	}
}

struct tao_device *open_path(const char *path, unsigned int flags, int *status)
{
	struct tao_device *dev;
	int error;

	if (flags & TAO_OPEN_WRITE && !(flags & TAO_OPEN_NONBLOCK))
		error = open_writer(&dev, path, flags);
	else
		error = tao_open(&dev, path, flags);
	if (!error) {
		result_is_about(tao_device_path(dev));
		return dev;
	}
	*status = report_open_failure(path, error);
	return NULL;
}

struct tao_device *open_drive(const char *positional, unsigned int flags, int *status)
{
	if (options.devices_count > 1 || (options.devices_count && positional) || options.all) {
		complain(NAMED("one-drive") "this command works on one drive at a time");
		*status = STATUS_USAGE;
		return NULL;
	}
	return open_path(options.devices_count ? options.devices[0] : positional, flags, status);
}

const char *drive_argument(int argc, char **argv)
{
	if (argc > optind + 1)
		leave(usage_error(argv[0], "too many arguments"));
	return optind < argc ? argv[optind] : NULL;
}

/* A remedy that needs no command; "" if none is known. */
static const char *plain_remedy(int error)
{
	switch (error) {
	case EMEDIUMTYPE:
		return "Insert a CD-R or CD-RW.";
	case EMLINK:
		return "Insert another disc.";
	case EACCES:
	case EPERM:
		return "Only the user who burns, and root, may do that.";
	case ENOTTY:
	case E2BIG:
		return "Load the tao module that belongs to this command.";
	case ENODEV:
		return "Was it unplugged?";
	default:
		return "";
	}
}

/* @command is between these. */
static char *advise(struct tao_device *dev, const char *before, const char *command,
		    const char *after)
{
	char *whole = drive_command(command, tao_device_path(dev)), *text;

	text = xasprintf("%s %s%s", before, whole, after);
	free(whole);
	return text;
}

/* A remedy for the error; "" if none is known. To be freed. */
static char *remedy(struct tao_device *dev, int error)
{
	switch (error) {
	case ENOMEDIUM:
		return advise(dev, "Insert a blank CD-R, or close the tray with", "tao load", ".");
	case EROFS:
		return advise(dev, "Insert a blank CD-R, or blank a CD-RW with", "tao blank", ".");
	case ENOSPC:
		return advise(dev, "Insert a disc with more room;", "tao info",
			      " shows how much there is.");
	default:
		return xstrdup(plain_remedy(error));
	}
}

/* The name, with its marks, of a message about a call that returned @error. */
static const char *error_name(int error)
{
	static const struct {
		int error;
		const char *named;
	} names[] = {
		{ ENOMEDIUM, NAMED("no-disc") },	{ EMEDIUMTYPE, NAMED("wrong-disc") },
		{ EROFS, NAMED("disc-closed") },	{ ENOSPC, NAMED("no-room") },
		{ EMLINK, NAMED("too-many-tracks") },	{ EBUSY, NAMED("in-use") },
		{ EBADFD, NAMED("disc-changed") },	{ ETIMEDOUT, NAMED("drive-slow") },
		{ ECANCELED, NAMED("cancelled") },	{ EINTR, NAMED("cancelled") },
		{ EOPNOTSUPP, NAMED("not-supported") },	{ ENODEV, NAMED("drive-gone") },
		{ EACCES, NAMED("no-permission") },	{ EPERM, NAMED("no-permission") },
		{ ENOTTY, NAMED("other-module") },	{ E2BIG, NAMED("other-module") },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (names[i].error == error)
			return names[i].named;
	return NAMED("drive-failed");
}

char *last_error(int error)
{
	return xasprintf("%s%s", error_name(-error), tao_last_error());
}

/* @advised: with a remedy for the error */
static char *explain(struct tao_device *dev, int error, bool advised)
{
	char *failure = last_error(error), *more = NULL, *text;

	if (error == -EBUSY)
		more = describe_holders(dev);
	else if (advised)
		more = remedy(dev, -error);
	text = xasprintf("%s.%s%s", failure, more && *more ? " " : "", more ? more : "");
	free(more);
	free(failure);
	return text;
}

char *failure_text(struct tao_device *dev, int error)
{
	return explain(dev, error, true);
}

char *read_failure_text(struct tao_device *dev, int error)
{
	return explain(dev, error, false);
}

int report_failure(struct tao_device *dev, int error)
{
	char *text = failure_text(dev, error);

	complain("%s", text);
	free(text);
	return failure_status(error);
}

static const char *medium_type(const struct tao_medium *medium)
{
	switch (medium->type) {
	case TAO_MEDIUM_CD_ROM:
		return "pressed or finalised CD";
	case TAO_MEDIUM_CD_R:
		return "CD-R";
	case TAO_MEDIUM_CD_RW:
		return "CD-RW";
	case TAO_MEDIUM_OTHER:
		return "not a CD";
	default:
		return "unknown disc";
	}
}

static const char *plural(unsigned int n)
{
	return n == 1 ? "" : "s";
}

char *describe_medium(const struct tao_medium *m)
{
	const char *type = medium_type(m);

	if (m->type == TAO_MEDIUM_NONE)
		return xstrdup("no disc");
	if (m->type == TAO_MEDIUM_OTHER || m->type == TAO_MEDIUM_UNKNOWN)
		return xstrdup(type);
	switch (m->status) {
	case TAO_DISC_BLANK:
		return xasprintf("%s, blank", type);
	case TAO_DISC_COMPLETE:
		return xasprintf("%s, finalised, %u track%s", type, m->tracks, plural(m->tracks));
	case TAO_DISC_APPENDABLE:
		if (m->flags & TAO_MEDIUM_SESSION_OPEN)
			return xasprintf("%s, %u track%s, session open", type, m->tracks,
					 plural(m->tracks));
		return xasprintf("%s, %u track%s, session closed, another can follow", type,
				 m->tracks, plural(m->tracks));
	default:
		return xasprintf("%s, not for audio (formatted?)", type);
	}
}

/* Before the disc is prepared a drive may not report the free space: use the capacity. */
uint32_t most_room(const struct tao_medium *m)
{
	if (m->free_sectors != TAO_UNKNOWN)
		return m->free_sectors;
	return m->total_sectors ? m->total_sectors : TAO_UNKNOWN;
}

static char *no_room(const struct tao_medium *m, const char *path, uint32_t sectors)
{
	char left[TIME_SIZE], needed[TIME_SIZE];

	return xasprintf(NAMED("no-room")
			 "%s min are needed, but there is room for only %s min on the disc in %s; "
			 "leave tracks out, or insert a %s.",
			 format_time(sectors, needed), format_time(most_room(m), left), path,
			 m->status == TAO_DISC_BLANK ? "longer disc" : "blank disc");
}

/* @problem is why no track can be added to a disc; takes ownership of it, and adds a remedy. */
static char *another(const struct tao_medium *m, const char *path, char *problem)
{
	char *blank = drive_command("tao blank", path), *text;

	if (m->flags & TAO_MEDIUM_ERASABLE)
		text = xasprintf("%s Blank this CD-RW with %s, or insert a blank CD-R.", problem,
				 blank);
	else
		text = xasprintf("%s Insert a blank CD-R.", problem);
	free(blank);
	free(problem);
	return text;
}

/*
 * Track-at-once ends all tracks before it closes the session: a damaged track in a damaged session
 * is what is left of a session-at-once. Its table of contents was to be in the lead-in.
 */
bool medium_is_cut_short(const struct tao_medium *m)
{
	const uint32_t both = TAO_MEDIUM_SESSION_DAMAGED | TAO_MEDIUM_TRACK_DAMAGED;

	return (m->flags & both) == both && !(m->flags & TAO_MEDIUM_WRITABLE);
}

static char *cut_short(const struct tao_medium *m, const char *path)
{
	const char *lost = m->flags & TAO_MEDIUM_ERASABLE ? "what is on it" : "the disc";

	return another(m, path,
		       xasprintf(NAMED("session-cut-short")
				 "The session on the disc in %s was cut short in a track; %s %s %s",
				 path, "few drives can close that, and with others", lost,
				 "is lost."));
}

char *medium_left_open(const struct tao_medium *m, const char *path)
{
	char *command, *text;

	if (m->flags & TAO_MEDIUM_WRITABLE ||
	    !(m->flags & (TAO_MEDIUM_SESSION_DAMAGED | TAO_MEDIUM_TRACK_DAMAGED)))
		return NULL;
	if (medium_is_cut_short(m))
		return cut_short(m, path);
	if (m->flags & TAO_MEDIUM_SESSION_DAMAGED) {
		command = drive_command("tao recover --finalize", path);
		text = xasprintf(NAMED("session-half-closed")
				 "Closing the disc in %s was interrupted; %s closes it.", path,
				 command);
	} else {
		command = drive_command("tao recover", path);
		text = xasprintf(NAMED("track-unfinished")
				 "The disc in %s has an unfinished track; %s ends it.", path,
				 command);
	}
	free(command);
	return text;
}

static char *no_disc(const char *path)
{
	char *load = drive_command("tao load", path), *text;

	text = xasprintf(NAMED("no-disc")
			 "There is no disc in %s. Insert a blank CD-R, or %s.", path, load);
	free(load);
	return text;
}

char *medium_problem(const struct tao_medium *m, const char *path, uint32_t sectors)
{
	if (m->type == TAO_MEDIUM_NONE)
		return no_disc(path);
	if (m->type == TAO_MEDIUM_OTHER)
		return xasprintf(NAMED("wrong-disc")
				 "The disc in %s is not a CD. Insert a blank CD-R.", path);
	if (m->type == TAO_MEDIUM_UNKNOWN)
		return NULL; /* the drive will report it */
	if (m->status == TAO_DISC_COMPLETE || m->type == TAO_MEDIUM_CD_ROM)
		return another(m, path,
			       xasprintf(NAMED("disc-closed")
					 "The disc in %s is finalised; nothing can be added.",
					 path));
	if (m->status == TAO_DISC_OTHER)
		return another(m, path,
			       xasprintf(NAMED("wrong-disc")
					 "The disc in %s is not made for audio.", path));
	if (m->tracks >= TAO_TRACKS_MAX)
		return another(m, path,
			       xasprintf(NAMED("too-many-tracks")
					 "The disc in %s has 99 tracks, the most there can be.",
					 path));
	if (m->flags & TAO_MEDIUM_WRITABLE && sectors > most_room(m))
		return no_room(m, path, sectors);
	return medium_left_open(m, path);
}
