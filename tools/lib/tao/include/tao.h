/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libtao: burn audio CDs track-at-once and session-at-once through /dev/taoN
 *
 * Functions return 0 or a count, or a negative errno if they fail. tao_last_error() then returns
 * the reason in one line, with the report of the drive if it made one.
 *
 * Threads: every function may be called from several threads at once, on the same handle too. There
 * are two exceptions: a handle that is being closed must not be used, and if two threads write to
 * one track, the order of their data is not defined. tao_last_error() belongs to the calling
 * thread.
 *
 * The structures are those of the kernel interface; <linux/tao.h> describes each of their fields.
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
/* The drives of this computer. */
struct tao_list;

/*
 * Version of the loaded library, "1.0"; LIBTAO_VERSION is the version with which a program was
 * built.
 */
TAO_API const char *tao_version(void);

/*
 * Describes the last failure in this thread: one line without a newline, never NULL. Valid until
 * the next failure in this thread.
 */
TAO_API const char *tao_last_error(void);

/* --- Drives --- */

/* List the drives. After success the list is not NULL, but it may be empty. */
TAO_API int tao_list_drives(struct tao_list **list);
TAO_API size_t tao_list_count(const struct tao_list *list);
/* Device node of a drive, "/dev/tao0"; NULL if the index is too large. */
TAO_API const char *tao_list_path(const struct tao_list *list, size_t index);
TAO_API void tao_list_free(struct tao_list *list);

/* tao_open(), flags */
#define TAO_OPEN_READ 0U /* queries and tao_cancel() only; never disturbs anybody */
#define TAO_OPEN_WRITE (1U << 0) /* be the one writer of the drive */
#define TAO_OPEN_NONBLOCK (1U << 1) /* calls that would wait fail with EAGAIN or EBUSY */

/*
 * Open a drive: "/dev/tao0", "tao0", the "/dev/sr0" of the same drive, or NULL for the only drive
 * of the computer (ENODEV without a drive, ENOTUNIQ with several).
 */
TAO_API int tao_open(struct tao_device **dev, const char *path, unsigned int flags);
/* Wrap a descriptor of /dev/taoN. tao_close() closes it. */
TAO_API int tao_open_fd(struct tao_device **dev, int fd);
/*
 * Close a drive, or do nothing for NULL. This ends a track that was begun by writing alone, and
 * returns its error. The handle is freed in any case.
 */
TAO_API int tao_close(struct tao_device *dev);
/* The descriptor, for poll(): POLLPRI (status changed), POLLOUT, POLLERR, POLLHUP. */
TAO_API int tao_device_fd(const struct tao_device *dev);
/* The device node, "/dev/tao0"; for tao_open_fd(), the node of the descriptor. */
TAO_API const char *tao_device_path(const struct tao_device *dev);
/* Copy the block device of the same drive, "/dev/sr0", to @path. ENODEV if it has none. */
TAO_API int tao_block_path(struct tao_device *dev, char *path, size_t size);

/* --- Queries --- */

/*
 * These never disturb a burn, not even that of another program. Values for which the drive cannot
 * be asked now are marked as stale.
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
/* CD-TEXT packs: room for them is an input. tao_cdtext_decode() takes them. */
TAO_API int tao_get_text(struct tao_device *dev, struct tao_text *text);
/*
 * Wait until the status is not the one in *status any more, at most @timeout_ms (-1: without a
 * limit), and return it. The result is 1 if it changed, and 0 after a timeout; the status is
 * returned in both cases. ENODEV once the drive is gone. The field sequence decides: zero *status
 * before the first call, which then returns at once, and pass the same struct to the next one. Each
 * thread has a *status of its own, and none misses a change.
 */
TAO_API int tao_wait_status(struct tao_device *dev, struct tao_status *status, int timeout_ms);
/* "track-open", "closing-session"...: as in sysfs. "unknown" for other numbers. */
TAO_API const char *tao_state_name(uint32_t state);
TAO_API const char *tao_action_name(uint32_t action);

/* --- Burning --- */

/*
 * Hold and prepare the disc; @prepare may be NULL for the defaults. An empty client name stands for
 * the name of the program.
 */
TAO_API int tao_prepare(struct tao_device *dev, const struct tao_prepare *prepare);
/* Give the disc back, and close its session if @close says so. */
TAO_API int tao_release(struct tao_device *dev, enum tao_close close, unsigned int flags);
/* Begin a track; @track may be NULL for the defaults. It returns number, start and free space. */
TAO_API int tao_track_begin(struct tao_device *dev, struct tao_track_begin *track);
/* End the track, and wait until the drive has finished; @track may be NULL. */
TAO_API int tao_track_end(struct tao_device *dev, struct tao_track_end *track);
/*
 * Write audio: signed 16-bit little-endian, stereo, 44.1 kHz. Returns fewer bytes only if it was
 * stopped halfway; the next call then returns the reason. Data in memory that is aligned to a page,
 * in multiples of tao_write_size(), go to the drive uncopied.
 */
TAO_API ssize_t tao_write(struct tao_device *dev, const void *audio, size_t bytes);
/* The best size for writes in bytes: whole sectors, none of which has to be copied. */
TAO_API size_t tao_write_size(struct tao_device *dev);

/*
 * Called from time to time with the number of bytes that the drive has taken so far. A return value
 * other than 0 stops the burn with ECANCELED.
 */
typedef int (*tao_progress_fn)(void *data, uint64_t bytes);

/*
 * Write @bytes from the current position of @fd, or everything up to its end for UINT64_MAX. The
 * data go directly from the page cache or a pipe if possible, otherwise through aligned memory.
 * If the source ends before @bytes, its data are written and the call fails with EMSGSIZE. If the
 * source can't be read, the call fails with EREMOTEIO; the drive never causes that.
 * @written, if not NULL, returns the number of bytes that were passed to the kernel, after a
 * failure too. After EINTR, or EAGAIN from a non-blocking handle, repeat the call with the
 * remaining number of bytes: @fd is at the first byte that was not passed on. If the position of
 * @fd can't be set (a socket), the data that were read from it are passed on first, however long
 * that takes. Without @progress the call may return before the drive has taken all data; with it,
 * the call waits for that.
 */
TAO_API int tao_write_fd(struct tao_device *dev, int fd, uint64_t bytes, uint64_t *written,
			 tao_progress_fn progress, void *data);
/*
 * Close the session of a disc that is not prepared, which makes the disc playable. @close and
 * @flags are those of tao_release().
 */
TAO_API int tao_finalize(struct tao_device *dev, enum tao_close close, unsigned int flags);
/*
 * Cancel the open track, which ends with the data that have arrived. Any thread may do this, on any
 * handle of the same user.
 */
TAO_API int tao_cancel(struct tao_device *dev);
/* Blank a CD-RW: flags 0 or TAO_BLANK_FULL. */
TAO_API int tao_blank(struct tao_device *dev, unsigned int flags);
/*
 * Repair a disc that a power loss or a reset left with an unfinished track or session.
 * tao_get_medium() reports this with TAO_MEDIUM_TRACK_DAMAGED and TAO_MEDIUM_SESSION_DAMAGED. The
 * field close of @recover says what to do with the session, and its other fields return the result;
 * NULL leaves the session open.
 */
TAO_API int tao_recover(struct tao_device *dev, struct tao_recover *recover);
/* Set the write speed, and return the speed that the drive took. */
TAO_API int tao_set_speed(struct tao_device *dev, struct tao_speed *speed);
TAO_API int tao_set_settings(struct tao_device *dev, const struct tao_settings *settings);

/* --- Session-at-once --- */

/*
 * The layout of a session: all its tracks, which are burned in one go and without gaps. An object
 * belongs to one thread at a time.
 */
struct tao_session;

/* An empty layout, whose first track is number 1. */
TAO_API int tao_session_new(struct tao_session **session);
TAO_API void tao_session_free(struct tao_session *session);
/* Before the first track is added. */
TAO_API int tao_session_set_first_track(struct tao_session *session, unsigned int number);
/*
 * Add a track: its flags, pregap, length, ISRC, and its @track->marks_count marks (index 2, 3 and
 * so on), in sectors from its start. @marks may be NULL if there are none. EINVAL if no disc can
 * have it, with the reason in tao_last_error().
 */
TAO_API int tao_session_add_track(struct tao_session *session,
				  const struct tao_layout_track *track, const uint32_t *marks);
/* The catalogue number, 13 digits; "" or NULL: none. */
TAO_API int tao_session_set_mcn(struct tao_session *session, const char *mcn);
/* CD-TEXT packs, as tao_cdtext_encode() makes them. EINVAL for a wrong checksum. */
TAO_API int tao_session_set_text(struct tao_session *session, const void *packs, size_t bytes);

/* tao_session_flags() */
/* the drive could not read where pregaps and marks are: they are missing */
#define TAO_SESSION_NO_MARKS (1U << 0)
/* the drive could not read some ISRCs or the catalogue number: they are missing */
#define TAO_SESSION_NO_CODES (1U << 1)
TAO_API unsigned int tao_session_flags(const struct tao_session *session);
TAO_API unsigned int tao_session_first_track(const struct tao_session *session);
/* The number of tracks. */
TAO_API unsigned int tao_session_tracks(const struct tao_session *session);
/*
 * Track @index, from 0 on, and its marks in *marks if that is not NULL; NULL if there is no such
 * track. Valid until a track is added.
 */
TAO_API const struct tao_layout_track *tao_session_track(const struct tao_session *session,
							 unsigned int index,
							 const uint32_t **marks);
/* The catalogue number, or "". */
TAO_API const char *tao_session_mcn(const struct tao_session *session);
/* The packs of CD-TEXT, or NULL with 0 bytes. */
TAO_API const void *tao_session_text(const struct tao_session *session, size_t *bytes);
/* All audio of the session, from the address 0 to its end. */
TAO_API uint32_t tao_session_sectors(const struct tao_session *session);

/* tao_prepare() with the catalogue number of the session; @prepare may be NULL. */
TAO_API int tao_session_prepare(struct tao_device *dev, const struct tao_session *session,
				const struct tao_prepare *prepare);
/*
 * Begin the session on a blank disc that was prepared. Then write the audio of all tracks with
 * their pregaps, tao_session_sectors() of it, and call tao_track_end() and tao_release() with
 * TAO_CLOSE_NOTHING: the drive closes the session by itself, as @close says (not
 * TAO_CLOSE_NOTHING). What is missing at the end becomes silence. @flags: TAO_LAYOUT_*.
 */
TAO_API int tao_session_begin(struct tao_device *dev, const struct tao_session *session,
			      enum tao_close close, unsigned int flags);
/*
 * Read the layout of the disc: the audio tracks of its first session. Pregaps and marks are exact
 * to one sector, since a drive does not show them in every sector. CD-TEXT has all packs that the
 * disc has, damaged ones too: tao_cdtext_decode() omits these, and tao_session_begin() refuses
 * them. The drive is held meanwhile, as by tao_verify_track(). ENODATA if the disc has no audio
 * tracks. @progress, which may be NULL, is called with 0 bytes before each command to the drive; if
 * it does not return 0, this fails with ECANCELED.
 */
TAO_API int tao_session_read(struct tao_device *dev, struct tao_session **session,
			     tao_progress_fn progress, void *data);

/* --- Verification --- */

/* Largest sum of the read offset and the write offset of a drive, in samples */
#define TAO_VERIFY_OFFSET_MAX 4000

/* struct tao_verify, field flags */
/* no offset fits; the track was compared without one */
#define TAO_VERIFY_NO_OFFSET (1U << 0)
/* several offsets fit equally (silence, a tone); one of them was taken */
#define TAO_VERIFY_AMBIGUOUS (1U << 1)
/* offset_samples is the offset of the disc: found in this track, or passed by the caller */
#define TAO_VERIFY_OFFSET_KNOWN (1U << 2)
/* the audio of the track is shift_samples off the offset of the disc */
#define TAO_VERIFY_SHIFTED (1U << 3)
/* nothing differs, but the audio would look the same at another place of the disc */
#define TAO_VERIFY_UNDECIDED (1U << 4)
/* so many sectors could not be read that the rest was not tried */
#define TAO_VERIFY_GIVEN_UP (1U << 5)

/*
 * struct tao_verify - result of a comparison; a sample is one value of each channel, 4 bytes
 */
struct tao_verify {
	uint32_t flags; /* TAO_VERIFY_* */
	int32_t offset_samples; /* sample n was written as sample n + this */
	uint64_t samples; /* length of the track with its padding */
	uint64_t compared_samples; /* samples that were compared */
	uint64_t edge_samples; /* samples outside the track because of the offset: not compared */
	uint64_t different_samples; /* compared samples that differ */
	uint64_t first_different; /* the first of these; UINT64_MAX if none differs */
	uint32_t unreadable_sectors; /* sectors that the drive could not read */
	int32_t shift_samples; /* TAO_VERIFY_SHIFTED: difference to the offset of the disc */
	uint64_t reserved[4];
};

/* Returns the source: @bytes at @offset to @buffer, like pread(2); 0 at the end. */
typedef ssize_t (*tao_source_fn)(void *data, void *buffer, size_t bytes, uint64_t offset);

/*
 * Read the finished track @number back, find the constant offset of the drive, and compare the
 * track sample by sample with the @bytes of @source and the silence after them. Returns 0 if all
 * samples except edge_samples were compared and are the same; 1 if they differ, or if the
 * comparison proves nothing (TAO_VERIFY_UNDECIDED). The session has to be closed, unless the drive
 * can read open ones. The drive is held meanwhile, so that nobody can burn in it. EBUSY if somebody
 * else has it, EAGAIN if it is not ready yet.
 * @progress, which may be NULL, gets the number of bytes read; a return value other than 0 stops
 * the comparison with ECANCELED.
 *
 * @number 0 is the audio before the first track. If that has less than 300 sectors, the offset has
 * to be known from a track.
 *
 * Set *verify to zero before the first track of a disc, and pass it unchanged for the next ones:
 * all tracks of a disc have the same offset.
 */
TAO_API int tao_verify_track(struct tao_device *dev, unsigned int number, tao_source_fn source,
			     void *source_data, uint64_t bytes, struct tao_verify *verify,
			     tao_progress_fn progress, void *data);

#ifdef __cplusplus
}
#endif

#endif /* TAO_H */
