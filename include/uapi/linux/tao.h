/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * Burning audio CDs track-at-once through /dev/taoN.
 *
 * Rules of this interface
 *
 * - Every struct has the same layout on 32- and 64-bit, explicit padding and a size that is a
 *   multiple of 8.
 * - Flags that are not defined here and reserved fields have to be zero, else the call fails
 *   with EINVAL.
 * - A struct can grow at its end. The ioctl number carries the size the program was built
 *   with: what an older program does not know is not returned to it; a newer program on an older
 *   module gets E2BIG if a field that the module does not know is not zero, and zeros for what
 *   it can't tell.
 * - An ioctl number that the module does not know gives ENOTTY.
 * - A number's unit is in its name or in its description. 1 sector is 2352 bytes, 1/75 s; 1 kB
 *   is 1000 bytes; 1x is 75 sectors/s or 176.4 kB/s. Addresses are LBA: sectors from the start
 *   of the program area, may be negative.
 */
#ifndef _UAPI_LINUX_TAO_H
#define _UAPI_LINUX_TAO_H

#include <linux/ioctl.h>
#include <linux/types.h>

/* Grows when something is added; the module's number is in &struct tao_drive. */
#define TAO_API_VERSION		2

/*
 * Bytes of one audio sector: 588 pairs of signed 16-bit little-endian samples, left first (Red
 * Book).
 */
#define TAO_SECTOR_SIZE		2352
/* Sectors that pass in a second at 1x. */
#define TAO_SECTORS_PER_SECOND	75
/* A track has no fewer; a shorter one is filled up with silence. */
#define TAO_TRACK_MIN_SECTORS	300
/* Tracks that a disc can have, over all its sessions. */
#define TAO_TRACKS_MAX		99

#define TAO_NAME_SIZE		64
#define TAO_TEXT_SIZE		128
#define TAO_MCN_SIZE		16
#define TAO_ISRC_SIZE		16
#define TAO_SENSE_SIZE		32
#define TAO_SPEEDS_MAX		64

/* Where a number can't be told. */
#define TAO_UNKNOWN		0xffffffffu

/**
 * enum tao_state - what a drive is held for
 * @TAO_STATE_IDLE: nobody burns
 * @TAO_STATE_PREPARED: the disc is held and ready for a track
 * @TAO_STATE_TRACK_OPEN: a track is being written
 * @TAO_STATE_GONE: the drive was unplugged
 */
enum tao_state {
	TAO_STATE_IDLE			= 0,
	TAO_STATE_PREPARED		= 1,
	TAO_STATE_TRACK_OPEN		= 2,
	TAO_STATE_GONE			= 3,
};

/**
 * enum tao_action - what the drive is doing
 * @TAO_ACTION_NONE: nothing
 * @TAO_ACTION_PREPARING: getting the disc ready, or a track
 * @TAO_ACTION_WRITING: taking audio
 * @TAO_ACTION_CLOSING_TRACK: the drive has got all of the track, and ends it
 * @TAO_ACTION_CLOSING_SESSION: writing lead-in and lead-out
 * @TAO_ACTION_VERIFYING: comparing what the drive says of the track with what was sent
 * @TAO_ACTION_BLANKING: blanking a CD-RW
 * @TAO_ACTION_READING: looking what disc is in
 * @TAO_ACTION_SETTING_SPEED: setting the speed
 * @TAO_ACTION_RECOVERING: repairing a disc that was left open
 */
enum tao_action {
	TAO_ACTION_NONE			= 0,
	TAO_ACTION_PREPARING		= 1,
	TAO_ACTION_WRITING		= 2,
	TAO_ACTION_CLOSING_TRACK	= 3,
	TAO_ACTION_CLOSING_SESSION	= 4,
	TAO_ACTION_VERIFYING		= 5,
	TAO_ACTION_BLANKING		= 6,
	TAO_ACTION_READING		= 7,
	TAO_ACTION_SETTING_SPEED	= 8,
	TAO_ACTION_RECOVERING		= 9,
};

/* struct tao_drive, field flags */
#define TAO_DRIVE_CD_R			(1U << 0)	/* writes CD-R */
#define TAO_DRIVE_CD_RW			(1U << 1)	/* writes and blanks CD-RW */
#define TAO_DRIVE_TEST_WRITE		(1U << 2)	/* can write with the laser off */
#define TAO_DRIVE_UNDERRUN_FREE		(1U << 3)	/* has buffer underrun protection */
/* lists its write speeds by GET PERFORMANCE */
#define TAO_DRIVE_SPEED_LIST		(1U << 4)
#define TAO_DRIVE_SET_SPEED		(1U << 5)	/* takes SET CD SPEED */

/**
 * struct tao_drive - what a drive is and can do
 * @api_version: TAO_API_VERSION of the module
 * @flags: TAO_DRIVE_*
 * @vendor: from INQUIRY, trimmed, NUL-terminated; likewise @product and @revision
 * @product: see @vendor
 * @revision: see @vendor
 * @serial: serial number (MMC feature 0108h), or empty
 * @module_version: version of the module, NUL-terminated
 * @buffer_bytes: the drive's write buffer, as mode page 2Ah has it; 0 if unknown
 * @dma_alignment: mask that addresses and lengths have to obey to go to the drive uncopied;
 *	3 or 511 mostly
 * @quantum_sectors: smallest number of sectors whose bytes obey @dma_alignment; 0 if none
 *	that the adapter takes
 * @write_sectors: sectors in one WRITE command, now
 * @write_sectors_max: the most that can be set
 * @in_flight_bytes: pages of splice and asynchronous writes that may wait for the drive
 * @cdrom_major: device number of the block device (/dev/srN) of the same drive; 0/0 if there
 *	is none
 * @cdrom_minor: see @cdrom_major
 * @reserved: zero
 */
struct tao_drive {
	__u32 api_version;
	__u32 flags;
	char vendor[16];
	char product[32];
	char revision[8];
	char serial[32];
	char module_version[16];
	__u32 buffer_bytes;
	__u32 dma_alignment;
	__u32 quantum_sectors;
	__u32 write_sectors;
	__u32 write_sectors_max;
	__u32 in_flight_bytes;
	__u32 cdrom_major;
	__u32 cdrom_minor;
	__u64 reserved[4];
};

/**
 * enum tao_medium_type - the kind of disc
 * @TAO_MEDIUM_NONE: no disc
 * @TAO_MEDIUM_CD_ROM: a pressed disc, or one that the drive takes for it
 * @TAO_MEDIUM_CD_R: CD-R
 * @TAO_MEDIUM_CD_RW: CD-RW
 * @TAO_MEDIUM_OTHER: anything else (DVD, BD...)
 * @TAO_MEDIUM_UNKNOWN: the drive could not be asked yet
 */
enum tao_medium_type {
	TAO_MEDIUM_NONE			= 0,
	TAO_MEDIUM_CD_ROM		= 1,
	TAO_MEDIUM_CD_R			= 2,
	TAO_MEDIUM_CD_RW		= 3,
	TAO_MEDIUM_OTHER		= 4,
	TAO_MEDIUM_UNKNOWN		= 5,
};

/**
 * enum tao_disc_status - how far a disc is written (READ DISC INFORMATION)
 * @TAO_DISC_BLANK: nothing on it
 * @TAO_DISC_APPENDABLE: takes more tracks
 * @TAO_DISC_COMPLETE: finalised; nothing can be added
 * @TAO_DISC_OTHER: not for audio (a formatted CD-RW, say)
 */
enum tao_disc_status {
	TAO_DISC_BLANK			= 0,
	TAO_DISC_APPENDABLE		= 1,
	TAO_DISC_COMPLETE		= 2,
	TAO_DISC_OTHER			= 3,
};

/* struct tao_medium, field flags */
/* last known values: the drive could not be asked now */
#define TAO_MEDIUM_STALE		(1U << 0)
#define TAO_MEDIUM_ERASABLE		(1U << 1)	/* CD-RW */
/* the last session holds tracks and is not closed */
#define TAO_MEDIUM_SESSION_OPEN		(1U << 2)
/* the drive says a track was left unfinished */
#define TAO_MEDIUM_TRACK_DAMAGED	(1U << 3)
/* a track failed at its end while this disc was in */
#define TAO_MEDIUM_TRACK_FAILED		(1U << 4)
/* a track can be added, as far as the drive tells; next_track holds */
#define TAO_MEDIUM_WRITABLE		(1U << 5)
#define TAO_MEDIUM_TEST_WRITTEN		(1U << 6)	/* the numbers are those of a test write */
/* the drive says closing the last session was interrupted; API version 2 */
#define TAO_MEDIUM_SESSION_DAMAGED	(1U << 7)

/**
 * struct tao_medium - the disc in a drive
 * @flags: TAO_MEDIUM_*
 * @type: enum tao_medium_type
 * @status: enum tao_disc_status
 * @profile: current profile number of GET CONFIGURATION; 0 if none
 * @sessions: closed sessions
 * @tracks: finished tracks, those of an open session included
 * @first_track: number of the first track; 0 on a blank disc
 * @next_track: number the next track will get; 0 if none can be added
 * @total_sectors: room on the disc if it were one single track
 * @used_sectors: @total_sectors less @free_sectors: tracks and the gaps and sessions between them;
 *	TAO_UNKNOWN if that is
 * @free_sectors: room for one new track now, the drive's own number; TAO_UNKNOWN if the drive
 *	tells it only once the disc is prepared
 * @next_lba: where the next track begins (next writable address), for TAO_MEDIUM_WRITABLE; -1 if
 *	that is told only once the disc is prepared
 * @lead_out_lba: last possible start of the lead-out, the disc's capacity
 * @age_ms: how long ago the drive was asked; TAO_UNKNOWN if it never was
 * @mcn: media catalogue number that this module wrote or read, NUL-terminated, or empty
 * @reserved: zero
 */
struct tao_medium {
	__u32 flags;
	__u32 type;
	__u32 status;
	__u32 profile;
	__u32 sessions;
	__u32 tracks;
	__u32 first_track;
	__u32 next_track;
	__u32 total_sectors;
	__u32 used_sectors;
	__u32 free_sectors;
	__s32 next_lba;
	__s32 lead_out_lba;
	__u32 age_ms;
	char mcn[TAO_MCN_SIZE];
	__u64 reserved[4];
};

/* struct tao_prepare, field flags */
#define TAO_PREPARE_TEST_WRITE		(1U << 0)	/* laser off: the disc stays as it is */
/* switch the drive's underrun protection off */
#define TAO_PREPARE_NO_UNDERRUN_FREE	(1U << 1)
/* mcn holds; goes to a session that has no track yet */
#define TAO_PREPARE_MCN			(1U << 2)
/* after each track and at the end, compare what the drive says */
#define TAO_PREPARE_VERIFY		(1U << 3)
#define TAO_PREPARE_FLAGS		0xfU

/**
 * struct tao_prepare - hold the disc and get it ready
 * @flags: TAO_PREPARE_*
 * @wait_ms: how long to wait for a drive that spins up; 0: 60 s, at most 600 s
 * @client_name: who burns, for others to read; letters, digits, blank and . , : ; - _ ;
 *	empty: the program's name
 * @mcn: 13 digits and a NUL, with a right check digit (EAN-13)
 * @reserved: zero
 *
 * Prepare lasts until TAO_IOC_RELEASE, or until the file descriptor is closed; the session is
 * then left open.
 */
struct tao_prepare {
	__u32 flags;
	__u32 wait_ms;
	char client_name[TAO_NAME_SIZE];
	char mcn[TAO_MCN_SIZE];
	__u64 reserved[4];
};

/**
 * enum tao_close - what to do with the session at the end
 * @TAO_CLOSE_NOTHING: leave it open, more tracks can be added to it; a CD player can't play
 *	the disc yet
 * @TAO_CLOSE_SESSION: close it so that another session can follow
 * @TAO_CLOSE_FINALIZE: close it for good: nothing can be added to the disc
 */
enum tao_close {
	TAO_CLOSE_NOTHING		= 0,
	TAO_CLOSE_SESSION		= 1,
	TAO_CLOSE_FINALIZE		= 2,
};

/* struct tao_finalize, field flags */
#define TAO_FINALIZE_FORCE		(1U << 0)	/* although a track failed */
#define TAO_FINALIZE_FLAGS		0x1U

/**
 * struct tao_finalize - close the session
 * @flags: TAO_FINALIZE_*
 * @close: enum tao_close
 * @reserved: zero
 *
 * For TAO_IOC_RELEASE and TAO_IOC_FINALIZE. The latter has to close something.
 */
struct tao_finalize {
	__u32 flags;
	__u32 close;
	__u64 reserved[2];
};

/* struct tao_track_begin, field flags */
#define TAO_TRACK_COPY_PERMITTED	(1U << 0)	/* digital copy permitted */
#define TAO_TRACK_PRE_EMPHASIS		(1U << 1)	/* recorded with 50/15 us pre-emphasis */
#define TAO_TRACK_ISRC			(1U << 2)	/* isrc holds */
/* burn it even if it begins like a WAV, FLAC... file */
#define TAO_TRACK_ANY_DATA		(1U << 3)
#define TAO_TRACK_FLAGS			0xfU

/**
 * struct tao_track_begin - open a track
 * @flags: TAO_TRACK_*
 * @number: returned: number of the track
 * @bytes: length of the audio; 0: not known. More than that can't be written (EFBIG)
 * @isrc: 12 characters, CCOOOYYSSSSS, and a NUL
 * @start_lba: returned: where the track begins
 * @free_sectors: returned: the most the track can hold
 * @reserved: zero
 */
struct tao_track_begin {
	__u32 flags;
	__u32 number;
	__u64 bytes;
	char isrc[TAO_ISRC_SIZE];
	__s32 start_lba;
	__u32 free_sectors;
	__u64 reserved[2];
};

/**
 * struct tao_track_end - end a track
 * @flags: zero
 * @number: returned: number of the track
 * @start_lba: returned: where it begins
 * @sectors: returned: its length, padding included
 * @padding_bytes: returned: silence at its end
 * @reserved: zero
 */
struct tao_track_end {
	__u32 flags;
	__u32 number;
	__s32 start_lba;
	__u32 sectors;
	__u64 padding_bytes;
	__u64 reserved[2];
};

/* struct tao_status, field flags */
#define TAO_STATUS_TEST_WRITE		(1U << 0)	/* the laser is off */
/* the track is being cut short by TAO_IOC_CANCEL */
#define TAO_STATUS_CANCELLED		(1U << 1)
/* the track in hand failed; see TAO_IOC_GET_ERROR */
#define TAO_STATUS_FAILED		(1U << 2)
#define TAO_STATUS_EXPLICIT		(1U << 3)	/* prepared by TAO_IOC_PREPARE */
/* drive_buffer_fill is computed, not read */
#define TAO_STATUS_BUFFER_ESTIMATED	(1U << 4)

/**
 * struct tao_status - how far things are
 * @flags: TAO_STATUS_*
 * @state: enum tao_state
 * @action: enum tao_action
 * @track: number of the track in hand, or 0
 * @start_lba: where it begins
 * @sectors: its announced length, or TAO_UNKNOWN
 * @read_lba: address after the last sector that was taken from the program
 * @written_lba: address after the last sector that the drive took
 * @elapsed_ms: since the action began (for a track: since it was opened)
 * @remaining_ms: estimate of the rest of the action, of a track till its audio is on the
 *	disc; or TAO_UNKNOWN
 * @progress: of the action, in 1/65536, of a track how much of its announced length the drive
 *	has got; TAO_UNKNOWN if it can't be told
 * @session_progress: how much of the disc is used, in 1/65536, or TAO_UNKNOWN
 * @queue_bytes: pages held for the drive
 * @queue_max_bytes: room for them: @in_flight_bytes of &struct tao_drive
 * @drive_buffer_bytes: the drive's buffer, 0 if unknown
 * @drive_buffer_fill: bytes of audio in it
 * @speed_kbps: measured over the last seconds, kB/s; 0 if nothing moved
 * @track_sectors: sectors of the track that were sent to the drive
 * @sequence: changes when anything here does; POLLPRI is set until this was read
 * @owner_pid: process that prepared, in the reader's pid namespace, or 0
 * @owner_uid: its user, or TAO_UNKNOWN
 * @owner: its client name, NUL-terminated, or empty
 * @underruns: times that the drive's buffer ran empty, as far as can be told (near-misses
 *	included)
 * @reserved32: zero
 * @reserved: zero
 */
struct tao_status {
	__u32 flags;
	__u32 state;
	__u32 action;
	__u32 track;
	__s32 start_lba;
	__u32 sectors;
	__s32 read_lba;
	__s32 written_lba;
	__u32 elapsed_ms;
	__u32 remaining_ms;
	__u32 progress;
	__u32 session_progress;
	__u32 queue_bytes;
	__u32 queue_max_bytes;
	__u32 drive_buffer_bytes;
	__u32 drive_buffer_fill;
	__u32 speed_kbps;
	__u32 track_sectors;
	__u64 sequence;
	__u32 owner_pid;
	__u32 owner_uid;
	char owner[TAO_NAME_SIZE];
	__u32 underruns;
	__u32 reserved32;
	__u64 reserved[4];
};

/**
 * enum tao_error_which - which of the two errors that are kept
 * @TAO_ERROR_FIRST: the first one since the operation began
 * @TAO_ERROR_LATEST: the latest
 */
enum tao_error_which {
	TAO_ERROR_FIRST			= 0,
	TAO_ERROR_LATEST		= 1,
};

/* struct tao_error, field flags */
#define TAO_ERROR_VALID			(1U << 0)	/* there was an error */
#define TAO_ERROR_SENSE			(1U << 1)	/* the drive said so: sense data hold */
#define TAO_ERROR_LBA			(1U << 2)	/* lba holds */
/* the command did not get through: host_status holds */
#define TAO_ERROR_TRANSPORT		(1U << 3)
#define TAO_ERROR_DEFERRED		(1U << 4)	/* the sense is about an earlier command */

/**
 * struct tao_error - what went wrong
 * @which: enum tao_error_which, filled in by the caller
 * @flags: TAO_ERROR_*
 * @error: errno, positive
 * @opcode: first byte of the command, or 0 where it was none
 * @key: sense key; likewise @asc, @ascq
 * @asc: additional sense code
 * @ascq: its qualifier
 * @lba: address that the command had
 * @track: track in hand, or 0
 * @host_status: DID_* of the SCSI midlayer
 * @sense_bytes: how much of @sense holds
 * @age_ms: how long ago
 * @count: errors since the drive was attached
 * @sense: sense data as the drive sent it
 * @text: one line for a person, NUL-terminated
 * @reserved: zero
 */
struct tao_error {
	__u32 which;
	__u32 flags;
	__s32 error;
	__u8 opcode;
	__u8 key;
	__u8 asc;
	__u8 ascq;
	__s32 lba;
	__u32 track;
	__u32 host_status;
	__u32 sense_bytes;
	__u32 age_ms;
	__u32 count;
	__u8 sense[TAO_SENSE_SIZE];
	char text[TAO_TEXT_SIZE];
	__u64 reserved[4];
};

/**
 * struct tao_toc_entry - a track in a table of contents
 * @number: 1 to 99; 0xaa for the lead-out
 * @session: session it is in
 * @control: Q sub-channel control: 1 pre-emphasis, 2 copy permitted, 4 data
 * @flags: zero
 * @start_lba: where it begins
 * @sectors: its length; 0 for the lead-out
 * @reserved: zero
 */
struct tao_toc_entry {
	__u8 number;
	__u8 session;
	__u8 control;
	__u8 flags;
	__s32 start_lba;
	__u32 sectors;
	__u32 reserved;
};

#define TAO_TOC_ENTRIES_MAX	100
/* The largest reply to READ TOC format 0: a header and 100 entries. */
#define TAO_TOC_RAW_MAX		808

/* struct tao_toc, field flags */
/* last known: the drive could not be asked now */
#define TAO_TOC_STALE			(1U << 0)
/* the last session is open: so it will be if closed now */
#define TAO_TOC_EXPECTED		(1U << 1)

/**
 * struct tao_toc - table of contents
 * @flags: TAO_TOC_*
 * @first_track: number of the first track
 * @last_track: number of the last
 * @entries_count: entries that hold, the lead-out included
 * @raw_bytes: bytes of @raw that hold
 * @reserved32: zero
 * @entries: the tracks in order, then the lead-out
 * @raw: the same as a reply to READ TOC/PMA/ATIP format 0, addresses in LBA (MMC)
 */
struct tao_toc {
	__u32 flags;
	__u32 first_track;
	__u32 last_track;
	__u32 entries_count;
	__u32 raw_bytes;
	__u32 reserved32;
	struct tao_toc_entry entries[TAO_TOC_ENTRIES_MAX];
	__u8 raw[TAO_TOC_RAW_MAX];
};

/* struct tao_speed and struct tao_speed_entry, field flags */
/* constant angular velocity all over the disc */
#define TAO_SPEED_PURE_CAV		(1U << 0)
/* returned: the drive took another speed than asked for */
#define TAO_SPEED_ADJUSTED		(1U << 1)
/* returned: the drive took another rotation */
#define TAO_SPEED_ROTATION_ADJUSTED	(1U << 2)
/* returned: last known, the drive could not be asked now */
#define TAO_SPEED_STALE			(1U << 3)
/* returned: kept, and given to the drive at the next prepare, or before the next track */
#define TAO_SPEED_PENDING		(1U << 4)

/* The fastest that drive and disc can do. */
#define TAO_SPEED_MAX			0xffffffffu

/**
 * struct tao_speed - write speed asked for and got
 * @flags: TAO_SPEED_PURE_CAV in, all out
 * @requested_kbps: kB/s asked for; TAO_SPEED_MAX: the fastest (the default)
 * @actual_kbps: returned: what the drive says it has set; 0 if unknown
 * @requested_sectors_per_second: returned: the same in sectors/s, TAO_SPEED_MAX likewise
 * @actual_sectors_per_second: returned
 * @requested_flags: returned by TAO_IOC_GET_SPEED: TAO_SPEED_PURE_CAV if that was asked for
 * @reserved: zero
 *
 * The setting holds for this drive, whoever burns, until it is set again or the drive is
 * detached.
 */
struct tao_speed {
	__u32 flags;
	__u32 requested_kbps;
	__u32 actual_kbps;
	__u32 requested_sectors_per_second;
	__u32 actual_sectors_per_second;
	__u32 requested_flags;
	__u64 reserved[2];
};

/**
 * struct tao_speed_entry - one write speed that drive and disc can do
 * @write_kbps: kB/s
 * @write_sectors_per_second: the same in sectors/s
 * @read_kbps: read speed that goes with it, kB/s; 0 if not told
 * @flags: TAO_SPEED_PURE_CAV
 */
struct tao_speed_entry {
	__u32 write_kbps;
	__u32 write_sectors_per_second;
	__u32 read_kbps;
	__u32 flags;
};

/**
 * struct tao_speeds - write speeds that drive and disc can do
 * @flags: TAO_SPEED_STALE
 * @count: entries that hold, fastest first
 * @entries: the speeds
 */
struct tao_speeds {
	__u32 flags;
	__u32 count;
	struct tao_speed_entry entries[TAO_SPEEDS_MAX];
};

/* struct tao_blank, field flags */
/* the whole disc; else what makes it look blank (minimal) */
#define TAO_BLANK_FULL			(1U << 0)
#define TAO_BLANK_FLAGS			0x1U

/**
 * struct tao_blank - blank a CD-RW
 * @flags: TAO_BLANK_*
 * @reserved32: zero
 * @reserved: zero
 */
struct tao_blank {
	__u32 flags;
	__u32 reserved32;
	__u64 reserved[2];
};

/* struct tao_recover, field done */
#define TAO_RECOVERED_TRACK		(1U << 0)	/* the unfinished track was ended */
#define TAO_RECOVERED_SESSION		(1U << 1)	/* the session was closed */

/**
 * struct tao_recover - repair a disc that was left open by a power loss, a reset or a crash
 * @flags: zero
 * @close: enum tao_close: what to do with the session when the track is ended. Where closing it
 *	was what was interrupted it has to be closed. Some drives end the track only so
 * @done: returned, after EIO too: TAO_RECOVERED_*
 * @track: returned: number of the track that was unfinished, 0 if none was
 * @reserved: zero
 *
 * For a disc with TAO_MEDIUM_TRACK_DAMAGED or TAO_MEDIUM_SESSION_DAMAGED; ENODATA without. A
 * track that was ended so has what the drive wrote of it, perhaps with a damaged place at its end.
 * Since API version 2.
 */
struct tao_recover {
	__u32 flags;
	__u32 close;
	__u32 done;
	__u32 track;
	__u64 reserved[2];
};

/* struct tao_settings, field mask: which fields are set */
#define TAO_SET_UNDERRUN_FREE		(1U << 0)
#define TAO_SET_MASK			0x1U

/**
 * struct tao_settings - settings of the `cat` way, where nobody calls TAO_IOC_PREPARE
 * @mask: TAO_SET_*, for TAO_IOC_SET_SETTINGS; returned: all that the module knows
 * @underrun_free: 1: underrun protection on (the default), 0: off
 * @reserved: zero
 *
 * They hold for this drive, whoever burns, until they are set again or the drive is detached.
 */
struct tao_settings {
	__u32 mask;
	__u32 underrun_free;
	__u64 reserved[4];
};

/**
 * struct tao_statistics - counters since the drive was attached
 * @tracks: tracks ended without an error
 * @tracks_failed: tracks that failed or were cancelled
 * @sessions: sessions closed
 * @writes: WRITE commands that the drive took
 * @sectors: sectors in them
 * @bytes_mapped: bytes of them that went to the adapter from the caller's own pages
 * @bytes_copied: bytes of them that were copied in the kernel first
 * @bytes_padding: silence that was added at the end of tracks
 * @buffer_full: WRITE commands that the drive refused since its buffer was full
 * @reserved: zero
 */
struct tao_statistics {
	__u64 tracks;
	__u64 tracks_failed;
	__u64 sessions;
	__u64 writes;
	__u64 sectors;
	__u64 bytes_mapped;
	__u64 bytes_copied;
	__u64 bytes_padding;
	__u64 buffer_full;
	__u64 reserved[7];
};

/* 0xCD 20-3F: free in ioctl-number.rst of Linux 6.1, 6.12 and 7.3, where it has 01 alone. */
#define TAO_IOC_MAGIC		0xCD

/* Anybody who may open the device. */
#define TAO_IOC_GET_DRIVE	_IOR(TAO_IOC_MAGIC, 0x20, struct tao_drive)
#define TAO_IOC_GET_MEDIUM	_IOR(TAO_IOC_MAGIC, 0x21, struct tao_medium)
#define TAO_IOC_GET_STATUS	_IOR(TAO_IOC_MAGIC, 0x22, struct tao_status)
#define TAO_IOC_GET_ERROR	_IOWR(TAO_IOC_MAGIC, 0x23, struct tao_error)
#define TAO_IOC_GET_TOC		_IOR(TAO_IOC_MAGIC, 0x24, struct tao_toc)
#define TAO_IOC_GET_SPEEDS	_IOR(TAO_IOC_MAGIC, 0x25, struct tao_speeds)
#define TAO_IOC_GET_SPEED	_IOR(TAO_IOC_MAGIC, 0x26, struct tao_speed)
#define TAO_IOC_GET_SETTINGS	_IOR(TAO_IOC_MAGIC, 0x27, struct tao_settings)
#define TAO_IOC_GET_STATISTICS	_IOR(TAO_IOC_MAGIC, 0x28, struct tao_statistics)

/* The owner, the same user, or CAP_SYS_ADMIN. */
#define TAO_IOC_CANCEL		_IO(TAO_IOC_MAGIC, 0x2f)

/* The one who has the device open for writing. */
#define TAO_IOC_PREPARE		_IOW(TAO_IOC_MAGIC, 0x30, struct tao_prepare)
#define TAO_IOC_RELEASE		_IOW(TAO_IOC_MAGIC, 0x31, struct tao_finalize)
#define TAO_IOC_TRACK_BEGIN	_IOWR(TAO_IOC_MAGIC, 0x32, struct tao_track_begin)
#define TAO_IOC_TRACK_END	_IOWR(TAO_IOC_MAGIC, 0x33, struct tao_track_end)
#define TAO_IOC_FINALIZE	_IOW(TAO_IOC_MAGIC, 0x34, struct tao_finalize)
#define TAO_IOC_BLANK		_IOW(TAO_IOC_MAGIC, 0x35, struct tao_blank)
#define TAO_IOC_SET_SPEED	_IOWR(TAO_IOC_MAGIC, 0x36, struct tao_speed)
#define TAO_IOC_SET_SETTINGS	_IOW(TAO_IOC_MAGIC, 0x37, struct tao_settings)
#define TAO_IOC_RECOVER		_IOWR(TAO_IOC_MAGIC, 0x38, struct tao_recover)

#endif /* _UAPI_LINUX_TAO_H */
