/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libtao: burn audio CDs track-at-once through /dev/taoN
 *
 * Functions return 0 or a count; a failure is a negative errno, and tao_last_error() then says in
 * one line what was wrong, with the drive's own words where it had any.
 *
 * Threads: every function may be called from several threads at once, on the same handle too
 * (tao_cancel() and the queries are made for that), with two exceptions: nobody may use a handle
 * that is being closed, and two threads that write into one track get their bytes in an order
 * nobody knows. tao_last_error() belongs to the calling thread.
 *
 * The structs are those of the kernel interface; <linux/tao.h> describes each of their fields.
 */
#ifndef TAO_H
#define TAO_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <linux/tao.h>

#ifdef __cplusplus
extern "C" {
#endif

#define LIBTAO_VERSION_MAJOR 1
#define LIBTAO_VERSION_MINOR 0
#define LIBTAO_VERSION "1.0"

#define TAO_API __attribute__((visibility("default")))

/* An open drive. */
struct tao_device;
/* The drives of this machine. */
struct tao_list;

/*
 * Version of the library that runs, "1.0"; LIBTAO_VERSION is the one that a program was
 * built with. /
 */
TAO_API const char *tao_version(void);

/*
 * What the last failed call of this thread was about: one line, no newline at its end. Never NULL.
 * Good until the next failure in this thread.
 */
TAO_API const char *tao_last_error(void);

/*
 * ------------------------------------------------------------------------------------------
 * ------ drives
 */

/* Look for drives. The list is never NULL on success, but can be empty. */
TAO_API int tao_list_drives(struct tao_list **list);
TAO_API size_t tao_list_count(const struct tao_list *list);
/* Device node of a drive, "/dev/tao0"; NULL beyond the last. */
TAO_API const char *tao_list_path(const struct tao_list *list, size_t index);
TAO_API void tao_list_free(struct tao_list *list);

/* tao_open(), flags */
#define TAO_OPEN_READ 0U /* queries and tao_cancel() only; never disturbs anybody */
#define TAO_OPEN_WRITE (1U << 0) /* be the one writer of the drive */
#define TAO_OPEN_NONBLOCK (1U << 1) /* calls that would wait fail with EAGAIN or EBUSY */

/*
 * Open a drive: "/dev/tao0", "tao0", the "/dev/sr0" of the same drive, or NULL for the only one
 * there is (ENODEV if there is none, ENOTUNIQ if there are several).
 */
TAO_API int tao_open(struct tao_device **dev, const char *path, unsigned int flags);
/* Wrap a descriptor of /dev/taoN. tao_close() closes it. */
TAO_API int tao_open_fd(struct tao_device **dev, int fd);
/*
 * Close a drive; NULL is fine. Ends a track that was begun by writing alone, and returns the error
 * of that. The handle is gone in any case.
 */
TAO_API int tao_close(struct tao_device *dev);
/* The descriptor: poll() it for POLLPRI (status changed), POLLOUT, POLLERR, POLLHUP. */
TAO_API int tao_device_fd(const struct tao_device *dev);
/* Its device node, "/dev/tao0"; for tao_open_fd() that of the descriptor. */
TAO_API const char *tao_device_path(const struct tao_device *dev);
/* The block device of the same drive, "/dev/sr0", into @path. ENODEV if it has none. */
TAO_API int tao_block_path(struct tao_device *dev, char *path, size_t size);

/*
 * ------------------------------------------------------------------------------------------
 * ----- queries
 */

/*
 * None of these ever disturbs a burn, ours or anybody's: values that could not be asked for
 * now are marked stale.
 */
TAO_API int tao_get_drive(struct tao_device *dev, struct tao_drive *drive);
TAO_API int tao_get_medium(struct tao_device *dev, struct tao_medium *medium);
TAO_API int tao_get_status(struct tao_device *dev, struct tao_status *status);
TAO_API int tao_get_error(struct tao_device *dev, enum tao_error_which which,
			  struct tao_error *error);
TAO_API int tao_get_toc(struct tao_device *dev, struct tao_toc *toc);
TAO_API int tao_get_speeds(struct tao_device *dev, struct tao_speeds *speeds);
TAO_API int tao_get_speed(struct tao_device *dev, struct tao_speed *speed);
TAO_API int tao_get_settings(struct tao_device *dev, struct tao_settings *settings);
TAO_API int tao_get_statistics(struct tao_device *dev, struct tao_statistics *statistics);
/*
 * Wait until the status changes, for @timeout_ms at most (-1: without end), and read it. Returns 1
 * if it changed, 0 if the time was over (the status is read all the same).
 */
TAO_API int tao_wait_status(struct tao_device *dev, struct tao_status *status, int timeout_ms);

/*
 * ------------------------------------------------------------------------------------------
 * ----- burning
 */

/*
 * Hold the disc and get it ready; @prepare may be NULL for the defaults. An empty client name is
 * that of the program.
 */
TAO_API int tao_prepare(struct tao_device *dev, const struct tao_prepare *prepare);
/* Let go of it, and close the session or not. */
TAO_API int tao_release(struct tao_device *dev, enum tao_close close, unsigned int flags);
/* Begin a track; @track may be NULL for the defaults. Number, start and room come back in it. */
TAO_API int tao_track_begin(struct tao_device *dev, struct tao_track_begin *track);
/* End the track; @track may be NULL. Waits until the drive is done. */
TAO_API int tao_track_end(struct tao_device *dev, struct tao_track_end *track);
/*
 * Write audio: signed 16-bit little-endian, stereo, 44.1 kHz. Goes on until all is written; returns
 * fewer bytes only if it was stopped after some, and the next call then tells by what. Memory
 * aligned to a page and sizes that are multiples of tao_write_size() go to the drive uncopied.
 */
TAO_API ssize_t tao_write(struct tao_device *dev, const void *audio, size_t bytes);
/* The size in bytes that suits the drive: whole sectors, and no byte of it need be copied. */
TAO_API size_t tao_write_size(struct tao_device *dev);

/*
 * Called now and then with the bytes that the drive has taken so far; a value other than 0 stops
 * with ECANCELED.
 */
typedef int (*tao_progress_fn)(void *data, uint64_t bytes);

/*
 * Write @bytes from the present position of @fd, or all there is with UINT64_MAX, by the way that
 * suits it: straight from the page cache or a pipe where that can be done, else by aligned memory.
 * A source that ends before @bytes fails with EMSGSIZE, when all of it was written.
 * @written, if not NULL, is the number of bytes that were handed over, after a failure too. Without
 * @progress the drive may not have all of them yet; with it, this returns when it has.
 */
TAO_API int tao_write_fd(struct tao_device *dev, int fd, uint64_t bytes, uint64_t *written,
			 tao_progress_fn progress, void *data);
/*
 * Close the session without tao_prepare(): what makes a disc playable. @close as in
 * tao_release(), flags likewise.
 */
TAO_API int tao_finalize(struct tao_device *dev, enum tao_close close, unsigned int flags);
/*
 * Stop the track in hand: it is closed at what has arrived. From any thread or handle of the
 * same user.
 */
TAO_API int tao_cancel(struct tao_device *dev);
/* Blank a CD-RW: flags 0 or TAO_BLANK_FULL. */
TAO_API int tao_blank(struct tao_device *dev, unsigned int flags);
/*
 * Repair a disc that a power loss or a reset left with an unfinished track or session, which
 * tao_get_medium() tells of (TAO_MEDIUM_TRACK_DAMAGED, TAO_MEDIUM_SESSION_DAMAGED). @recover says
 * by its field close what to do with the session, and returns what was done; NULL: leave it open.
 */
TAO_API int tao_recover(struct tao_device *dev, struct tao_recover *recover);
/* Set the write speed; what the drive made of it comes back. */
TAO_API int tao_set_speed(struct tao_device *dev, struct tao_speed *speed);
TAO_API int tao_set_settings(struct tao_device *dev, const struct tao_settings *settings);

/*
 * ------------------------------------------------------------------------------------------
 * verification
 */

/* A drive reads and writes this many samples off the mark at most, both together. */
#define TAO_VERIFY_OFFSET_MAX 4000

/* struct tao_verify, field flags */
/* no offset fits: compared as if there was none */
#define TAO_VERIFY_NO_OFFSET (1U << 0)
/* several offsets fit equally (silence, a tone); one of them was taken */
#define TAO_VERIFY_AMBIGUOUS (1U << 1)
/* offset_samples is the disc's: found in this track, or given by the caller */
#define TAO_VERIFY_OFFSET_KNOWN (1U << 2)
/* the track lies shift_samples off the offset of its disc */
#define TAO_VERIFY_SHIFTED (1U << 3)
/* nothing differs, but the audio would look so too if it lay elsewhere on the disc */
#define TAO_VERIFY_UNDECIDED (1U << 4)

/*
 * struct tao_verify - how a track compares; a sample is one of each channel, 4 bytes
 */
struct tao_verify {
	uint32_t flags; /* TAO_VERIFY_* */
	int32_t offset_samples; /* sample n as read was written as n + this */
	uint64_t samples; /* length of the track, padding included */
	uint64_t compared_samples; /* of them compared */
	uint64_t edge_samples; /* of them beyond what the drive can read, because of the offset */
	uint64_t different_samples; /* of the compared ones, those that are not the same */
	uint64_t first_different; /* the first of these; UINT64_MAX if there is none */
	uint32_t unreadable_sectors; /* sectors the drive could not read */
	int32_t shift_samples; /* TAO_VERIFY_SHIFTED: its own offset is this much more */
	uint64_t reserved[4];
};

/* What was written: @bytes at @offset into @buffer, as pread(2) does; 0 at the end. */
typedef ssize_t (*tao_source_fn)(void *data, void *buffer, size_t bytes, uint64_t offset);

/*
 * Read finished track @number back, find the drive's constant offset, and compare it with the
 * @bytes of @source, sample by sample; silence after them. Returns 0 if all samples but
 * edge_samples were compared and are the same, 1 if not or if that can't be told
 * (TAO_VERIFY_UNDECIDED). The session has to be closed, unless the drive can read open ones.
 * @progress, which may be NULL, gets the bytes read; a value other than 0 stops with ECANCELED.
 *
 * *verify is zero before the first track of a disc. All tracks of a disc have the same offset: what
 * is in *verify after one of them serves the next one.
 */
TAO_API int tao_verify_track(struct tao_device *dev, unsigned int number, tao_source_fn source,
			     void *source_data, uint64_t bytes, struct tao_verify *verify,
			     tao_progress_fn progress, void *data);

#ifdef __cplusplus
}
#endif

#endif /* TAO_H */
