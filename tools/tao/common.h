/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What all of the tao command shares.
 */
#ifndef TAO_COMMON_H
#define TAO_COMMON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
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
int cmd_verify(int argc, char **argv);
int cmd_finalize(int argc, char **argv);
int cmd_blank(int argc, char **argv);
int cmd_recover(int argc, char **argv);
int cmd_cancel(int argc, char **argv);
int cmd_eject(int argc, char **argv);
int cmd_load(int argc, char **argv);
int cmd_report(int argc, char **argv);

/* Ends the program with a message where memory is at its end. */
void *xcalloc(size_t count, size_t size);
void *xrealloc(void *old, size_t count, size_t size);
char *xstrdup(const char *text);
char *xasprintf(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* "3:07" of sectors, rounded down. */
#define TIME_SIZE 24
const char *format_time(uint64_t sectors, char text[TIME_SIZE]);
/* "03:07.12", minutes, seconds, sectors. */
const char *format_msf(int64_t sectors, char text[TIME_SIZE]);

/* kB/s as a multiple of the playing speed, 176.4 kB/s, to one decimal where it has one. */
const char *format_speed(uint32_t kbps, char text[TIME_SIZE]);
/* "8", "8x", "1411kB/s", "max". */
int parse_speed(const char *text, uint32_t *kbps);

/*
 * The drive a command is for: --device, else @positional, else the only one. NULL, with a message,
 * if it can't be opened; *status is then the exit status.
 */
struct tao_device *open_drive(const char *positional, unsigned int flags, int *status);
struct tao_device *open_path(const char *path, unsigned int flags, int *status);

/*
 * "`tao finalize`", as it can be pasted: where there are several drives, with the one at @path. To
 * be freed.
 */
char *drive_command(const char *command, const char *path);

/* The argument of a command that takes a drive and nothing else; NULL if there is none. */
const char *drive_argument(int argc, char **argv);

/*
 * tray.c: the block device, alone: nobody burns, plays or mounts the disc, and nobody can begin to.
 * A program that holds it for a moment only, such as udev, is waited for. Returns the descriptor,
 * or -1 with the exit status and the reason, to be freed.
 */
int open_alone(struct tao_device *dev, int *exit_status, char **why);
/*
 * tray.c: open the tray, close it. Who holds the drive for a moment only, as udev, is waited for.
 * Both return the exit status; *text says what came of it, or why nothing did, to be freed.
 */
int eject_disc(struct tao_device *dev, char **text);
int load_disc(struct tao_device *dev, char **text);

/*
 * Says what the last call of libtao, which returned @error, failed of, and what to do.
 * Returns the exit status.
 */
int report_failure(struct tao_device *dev, int error);
/* The text alone, to be freed; it is about the last call of this thread. */
char *failure_text(struct tao_device *dev, int error);
/* The same where a disc was read: what helps who burns does not help there. */
char *read_failure_text(struct tao_device *dev, int error);

/* Whether a drive has to be named, for there are others. */
bool is_one_of_several(void);

/* One line on the disc: "CD-R, 3 tracks in an open session". */
char *describe_medium(const struct tao_medium *medium);
/* Why no track of so many sectors can be added, with the remedy, or NULL if one can. */
char *medium_problem(const struct tao_medium *medium, const char *path, uint32_t sectors);
/* What a power loss, say, has left to be repaired, with the remedy; or NULL. To be freed. */
char *medium_left_open(const struct tao_medium *medium, const char *path);

/*
 * diagnose.c: why there is no drive, or none of that name; a text for people. @root is ""
 * but in tests.
 */
char *diagnose_no_drive(const char *root, const char *release);
/*
 * holder.c: who has the drive, "wodim (process 123), the mount on /mnt"; NULL if nobody that we may
 * see. udev is not among them, for it soon lets go.
 */
char *find_holders(struct tao_device *dev);
/* The same in a sentence that says what to do, "It is mounted: `umount /mnt`."; or NULL. */
char *describe_holders(struct tao_device *dev);

/* For how long somebody has been waited for; all 0 to begin with. */
struct patience {
	uint64_t began_ms;
};

/*
 * After a call that failed because the drive is held, or told what is stale: false if whoever holds
 * it is there to stay, or has been waited for long enough; else true, after a pause.
 */
bool wait_for_holders(struct tao_device *dev, struct patience *patience);
/*
 * tao_get_medium() that waits so. A drive of which nothing newer is known than that it was empty
 * may have a disc by now, which spins up: its type is unknown.
 */
int get_medium(struct tao_device *dev, struct tao_medium *medium);
/*
 * Who has the drive, where @medium is therefore stale: what it says may be about another disc. NULL
 * if it is not stale. To be freed.
 */
char *why_in_use(struct tao_device *dev, const struct tao_medium *medium);
void pause_ms(unsigned int ms);

#endif /* TAO_COMMON_H */
