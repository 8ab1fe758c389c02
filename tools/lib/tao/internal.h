/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Definitions for the files of libtao. Nothing here is exported. */
#ifndef TAO_INTERNAL_H
#define TAO_INTERNAL_H

#include <limits.h>
#include "tao.h"

#define TAO_SAMPLE_BYTES 4
#define TAO_SECTOR_SAMPLES (TAO_SECTOR_SIZE / TAO_SAMPLE_BYTES)

struct tao_device {
	int fd;
	unsigned int quantum_sectors;
	char path[PATH_MAX];
};

/**
 * tao_fail() - record what went wrong, for tao_last_error()
 * @error: positive errno
 * @format: what was tried, "can't do this"; the meaning of @error is appended
 *
 * Return: -@error.
 */
int tao_fail(int error, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The same where @format says all, and the meaning of @error elsewhere would be wrong. */
int tao_fail_text(int error, const char *format, ...) __attribute__((format(printf, 2, 3)));

/**
 * tao_fail_drive() - the same for a drive, which may have reported the reason
 * @dev: the drive
 * @error: positive errno
 * @since_ms: tao_clock_ms() when the failed call began; older errors of the drive are unrelated
 * @what: what was tried
 *
 * Return: -@error.
 */
int tao_fail_drive(const struct tao_device *dev, int error, int64_t since_ms, const char *what);

/*
 * Like open(2), but never returns descriptor 0, 1 or 2: a program that was started without these
 * would burn whatever it prints. Close-on-exec. Returns -1 with errno.
 */
int tao_open_file(const char *path, int flags);

/* An ioctl; @what could not be done, if it fails. */
int tao_call(struct tao_device *dev, unsigned long number, void *arg, const char *what);

/* Milliseconds of a clock that never jumps. */
int64_t tao_clock_ms(void);

/* The meaning of an errno here, for users. */
const char *tao_errno_text(int error);

/* tao_list_drives() with directories other than /sys/class/tao and /dev. */
int tao_list_scan(struct tao_list **list, const char *class_dir, const char *dev_dir);

/*
 * Reads @count sectors with one READ CD through the block device @fd; tao_last_error() reports
 * the sense data.
 */
int tao_read_cd(int fd, int32_t lba, unsigned int count, void *buffer);

/* The Q sub-channel of one sector, as READ CD formats it. */
#define TAO_Q_BYTES 16
int tao_read_q(int fd, int32_t lba, uint8_t q[TAO_Q_BYTES]);

/* So long the drive has for any of these. */
#define TAO_SG_TIMEOUT_MS 60000
/*
 * Any command that reads, through the block device @fd; @what is read, for tao_last_error().
 * Returns the bytes that the drive gave, or a negative errno.
 */
int tao_sg_read(int fd, const uint8_t *cdb, unsigned int cdb_bytes, void *buffer,
		unsigned int bytes, const char *what);

/* The block device of the drive; fails if anybody else has it. */
int tao_open_alone(struct tao_device *dev);
/* The table of contents, or EAGAIN or EBUSY where the drive does not show it now. */
int tao_toc_now(struct tao_device *dev, struct tao_toc *toc);

/* Where tao_verify_run() gets its sectors from: 0 or a negative errno. */
typedef int (*tao_sectors_fn)(void *data, int32_t lba, unsigned int count, void *buffer);

/* The neighbour of a track */
enum tao_beside {
	TAO_BESIDE_DRIVE, /* run-out, a pregap, lead-in or lead-out: the drive may read anything */
	TAO_BESIDE_AUDIO, /* the audio goes on without a gap */
	TAO_BESIDE_UNKNOWN, /* one of both; only before a track */
};

/**
 * struct tao_verify_job - a comparison
 * @sectors: reads the disc; called with @sectors_data
 * @sectors_data: argument for @sectors
 * @source: reads the audio that was written; called with @source_data
 * @source_data: argument for @source
 * @bytes: length of the source
 * @start_lba: start of the track
 * @track_sectors: length of the track
 * @extra_sectors: sectors behind @track_sectors that the drive includes in the track; must be
 *	silent if they can be read
 * @before: what is before the track
 * @behind: what is behind @track_sectors
 * @progress: reports the progress, may be NULL; called with @progress_data
 * @progress_data: argument for @progress
 */
struct tao_verify_job {
	tao_sectors_fn sectors;
	void *sectors_data;
	tao_source_fn source;
	void *source_data;
	uint64_t bytes;
	int32_t start_lba;
	uint32_t track_sectors;
	uint32_t extra_sectors;
	enum tao_beside before;
	enum tao_beside behind;
	tao_progress_fn progress;
	void *progress_data;
};

int tao_verify_run(const struct tao_verify_job *job, struct tao_verify *verify);

#endif /* TAO_INTERNAL_H */
