/* SPDX-License-Identifier: GPL-2.0-only */
/* Definitions for the whole tao command. */
#ifndef TAO_COMMON_H
#define TAO_COMMON_H

#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>
#include <tao.h>
#include "options.h"
#include "output.h"
#include "status.h"

/* A command: gets its own name and arguments, returns the exit status. */
int cmd_list(int argc, char **argv);
int cmd_info(int argc, char **argv);
int cmd_status(int argc, char **argv);
int cmd_toc(int argc, char **argv);
int cmd_speed(int argc, char **argv);
int cmd_burn(int argc, char **argv);
int cmd_resume(int argc, char **argv);
int cmd_verify(int argc, char **argv);
int cmd_finalize(int argc, char **argv);
int cmd_blank(int argc, char **argv);
int cmd_recover(int argc, char **argv);
int cmd_cancel(int argc, char **argv);
int cmd_eject(int argc, char **argv);
int cmd_load(int argc, char **argv);
int cmd_report(int argc, char **argv);

/* These end the program with a message if there is no memory. */
void *xcalloc(size_t count, size_t size);
void *xrealloc(void *old, size_t count, size_t size);
char *xstrdup(const char *text);
char *xasprintf(const char *format, ...) __attribute__((format(printf, 1, 2)));
char *xvasprintf(const char *format, va_list args) __attribute__((format(printf, 1, 0)));

/* The same file from any folder; unchanged if that can't be told. To be freed. */
char *absolute_path(const char *path);

/* CLOCK_MONOTONIC */
int64_t now_ms(void);
/* For libtao, as a tao_progress_fn: whether the atomic_bool @stop is set. */
int stop_is_set(void *stop, uint64_t bytes);

/* "3:07" for a number of sectors, rounded down. */
#define TIME_SIZE 24
const char *format_time(uint64_t sectors, char text[TIME_SIZE]);
/* "03:07.12", minutes, seconds, sectors. */
const char *format_msf(int64_t sectors, char text[TIME_SIZE]);

/* kB/s as a multiple of the playing speed, 176.4 kB/s, with one decimal if necessary. */
const char *format_speed(uint32_t kbps, char text[TIME_SIZE]);
/* "8", "8x", "1411kB/s", "max". */
int parse_speed(const char *text, uint32_t *kbps);

/*
 * Open the drive for a command: --device, else @positional, else the only one. Returns NULL, with
 * a message, if it can't be opened; *status is then the exit status.
 */
struct tao_device *open_drive(const char *positional, unsigned int flags, int *status);
struct tao_device *open_path(const char *path, unsigned int flags, int *status);

/*
 * "`tao finalize`", ready to be pasted. If there are several drives, it names the one at @path.
 * To be freed.
 */
char *drive_command(const char *command, const char *path);

/* The drive argument of a command that takes no other; NULL if it is missing. */
const char *drive_argument(int argc, char **argv);

/*
 * tray.c: opens the block device exclusively: nobody burns, plays or mounts the disc, and nobody
 * can begin to. Waits for programs that hold the drive only for a moment, such as udev. Returns
 * the descriptor, or -1 with the exit status and the reason, to be freed.
 */
int open_alone(struct tao_device *dev, int *exit_status, char **why);
/*
 * tray.c: open or close the tray. Waits for programs that hold the drive only for a moment, such
 * as udev. Both return the exit status; *text is the result, or why it failed, to be freed.
 */
int eject_disc(struct tao_device *dev, char **text);
int load_disc(struct tao_device *dev, char **text);

/* tao_last_error() of a call that returned @error, with the name of that; to be freed. */
char *last_error(int error);
/*
 * Report the failure of the last call of libtao, which returned @error, with a remedy. Returns
 * the exit status.
 */
int report_failure(struct tao_device *dev, int error);
/* Returns only the text, to be freed; it is about the last call of this thread. */
char *failure_text(struct tao_device *dev, int error);
/* The same after reading a disc: advice for burning does not help there. */
char *read_failure_text(struct tao_device *dev, int error);

/* Whether a drive has to be named, because there are several. */
bool is_one_of_several(void);

/* control.c: whether a disc may be blanked; to be freed. */
char *blank_question(const struct tao_medium *medium);
/*
 * control.c: to be called after the question, during which the door is not locked. Returns the exit
 * status, with a message if the disc is another one than @before. @command: for the result; or NULL
 * if the caller prints that.
 */
int check_same_disc(struct tao_device *dev, const char *command, const struct tao_medium *before);

/* One line about the disc: "CD-R, 3 tracks in an open session". */
char *describe_medium(const struct tao_medium *medium);
/* The sectors that it may take at most, TAO_UNKNOWN if the drive does not say it. */
uint32_t most_room(const struct tao_medium *medium);
/* Why no track of @sectors can be added, with the remedy, or NULL if one can. */
char *medium_problem(const struct tao_medium *medium, const char *path, uint32_t sectors);
/*
 * What has to be repaired, for example after a power loss, with the remedy; or NULL. To be freed.
 */
char *medium_left_open(const struct tao_medium *medium, const char *path);
/* Whether a session-at-once ended in one of its tracks: few drives can close that. */
bool medium_is_cut_short(const struct tao_medium *medium);

/*
 * diagnose.c: why there is no drive, or none of that name; a text for display. @root is "" except
 * in tests.
 */
char *diagnose_no_drive(const char *root, const char *release);
/*
 * holder.c: "/dev/sgN" of the drive, and its number unless @number is NULL. Returns false if there
 * is none: the module sg may not be loaded.
 */
bool find_generic(struct tao_device *dev, char *path, size_t size, dev_t *number);
/*
 * holder.c: the users of the drive, "wodim (process 123), the mount on /mnt"; NULL if there are
 * none that we may see. udev is not included, because it soon lets go.
 */
char *find_holders(struct tao_device *dev);
/* The same in a sentence with a remedy, "It is mounted: `umount /mnt`."; or NULL. */
char *describe_holders(struct tao_device *dev);

/* How long users of the drive have been waited for; all 0 at the start. */
struct patience {
	int64_t began_ms;
};

/*
 * For use after a call failed because the drive is held, or returned stale data. Returns false if
 * the users of the drive will stay, or the wait has been long enough; otherwise true, after a
 * pause.
 */
bool wait_for_holders(struct tao_device *dev, struct patience *patience);
/*
 * Whether other programs use the drive, after such a wait, and which: also those that did not open
 * it exclusively. *why is to be freed.
 */
bool stays_used(struct tao_device *dev, char **why);
/*
 * Opens a node of the drive exclusively, waiting in this way: a descriptor, or a negative errno,
 * EBUSY if somebody stays.
 */
int open_when_free(struct tao_device *dev, const char *path, int flags);
/*
 * tao_get_medium() that waits in this way. If the latest information is old and says that the
 * drive was empty, it may have a disc by now, which spins up: its type is then unknown.
 */
int get_medium(struct tao_device *dev, struct tao_medium *medium);
/*
 * The same for callers that can do nothing without the disc: waits until it has spun up, as long as
 * only udev uses the drive, and *stop is not set. @stop may be NULL. The result may still be stale.
 */
int await_medium(struct tao_device *dev, struct tao_medium *medium, const atomic_bool *stop);
/*
 * A text that says why nothing can be said of the disc, if @medium is stale; NULL if it is not. To
 * be freed.
 */
char *why_not_ready(struct tao_device *dev, const struct tao_medium *medium);
/*
 * A text that says who uses the drive, if @medium is stale because of that: its contents may be
 * about another disc. NULL if not. To be freed.
 */
char *why_in_use(struct tao_device *dev, const struct tao_medium *medium);
void pause_ms(unsigned int ms);
/*
 * Call @handler for signals that end a command; system calls then fail with EINTR. Signals that are
 * ignored stay ignored, as nohup(1) and background jobs expect.
 */
void catch_signals(void (*handler)(int number));

#endif /* TAO_COMMON_H */
