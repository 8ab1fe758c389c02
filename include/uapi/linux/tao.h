/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * Burning audio CDs track-at-once and session-at-once through /dev/taoN.
 *
 * Rules of this interface
 *
 * - Every struct has the same layout on 32- and 64-bit, explicit padding and a size that is a
 *   multiple of 8.
 * - Undefined flags and reserved fields have to be zero, otherwise the call fails with EINVAL.
 * - A struct may grow at its end, but not one that is an element of an array: &struct
 *   tao_layout_track, &struct tao_toc_entry, &struct tao_speed_entry. The ioctl number contains the
 *   size with which the program was built. An older program gets only the fields that it knows. A
 *   newer program on an older module gets E2BIG if a field that the module does not know is not
 *   zero, and zeros in the fields that the module does not return.
 * - An ioctl number that the module does not know fails with ENOTTY.
 * - The unit of a number is in its name or in its description. 1 sector is 2352 bytes, 1/75 s;
 *   1 kB is 1000 bytes; 1x is 75 sectors/s or 176.4 kB/s. Addresses are LBA: sectors from the
 *   start of the program area; they may be negative.
 */
#ifndef _UAPI_LINUX_TAO_H
#define _UAPI_LINUX_TAO_H

#include <linux/ioctl.h>
#include <linux/types.h>

/* Grows with every addition; &struct tao_drive has the number of the loaded module. */
#define TAO_API_VERSION		3

/*
 * Bytes of one audio sector: 588 pairs of signed 16-bit little-endian samples, left first (Red
 * Book).
 */
#define TAO_SECTOR_SIZE		2352
/* Sectors that pass in a second at 1x. */
#define TAO_SECTORS_PER_SECOND	75
/* Shorter tracks are padded with silence. */
#define TAO_TRACK_MIN_SECTORS	300
/* Maximum number of tracks on a disc, over all sessions. */
#define TAO_TRACKS_MAX		99

#define TAO_NAME_SIZE		64
#define TAO_TEXT_SIZE		128
#define TAO_MCN_SIZE		16
#define TAO_ISRC_SIZE		16
#define TAO_SENSE_SIZE		32
#define TAO_SPEEDS_MAX		64

/* The number is not known. */
#define TAO_UNKNOWN		0xffffffffu

/**
 * enum tao_state - state of a drive
 * @TAO_STATE_IDLE: nobody holds the disc
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
 * enum tao_action - current action of a drive
 * @TAO_ACTION_NONE: none
 * @TAO_ACTION_PREPARING: preparing the disc or a track
 * @TAO_ACTION_WRITING: writing audio
 * @TAO_ACTION_CLOSING_TRACK: ending the track, all of which has been sent to the drive
 * @TAO_ACTION_CLOSING_SESSION: writing the lead-in and lead-out
 * @TAO_ACTION_VERIFYING: comparing the drive's report of the track with the data that were sent
 * @TAO_ACTION_BLANKING: blanking a CD-RW
 * @TAO_ACTION_READING: examining the disc
 * @TAO_ACTION_SETTING_SPEED: setting the speed
 * @TAO_ACTION_RECOVERING: repairing an unfinished disc
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
/* lists its write speeds in GET PERFORMANCE */
#define TAO_DRIVE_SPEED_LIST		(1U << 4)
#define TAO_DRIVE_SET_SPEED		(1U << 5)	/* supports SET CD SPEED */
/* These two are what the drive says; one that says nothing may be able to. Since API version 3. */
#define TAO_DRIVE_SESSION_AT_ONCE	(1U << 6)	/* burns session-at-once */
#define TAO_DRIVE_CD_TEXT		(1U << 7)	/* writes CD-TEXT */

/**
 * struct tao_drive - identity and capabilities of a drive
 * @api_version: TAO_API_VERSION of the loaded module
 * @flags: TAO_DRIVE_*
 * @vendor: from INQUIRY, trimmed, NUL-terminated; so are @product and @revision
 * @product: see @vendor
 * @revision: see @vendor
 * @serial: serial number (MMC feature 0108h), or empty
 * @module_version: version of the module, NUL-terminated
 * @buffer_bytes: size of the drive's write buffer, from mode page 2Ah; 0 if unknown
 * @dma_alignment: audio goes to the drive uncopied if its address and length have none of these
 *	bits set; usually 3 or 511
 * @quantum_sectors: smallest number of sectors whose length fits @dma_alignment; 0 if the adapter
 *	accepts no such number
 * @write_sectors: current number of sectors in a WRITE command
 * @write_sectors_max: largest value of @write_sectors
 * @in_flight_bytes: limit for pages of splice and asynchronous writes that wait for the drive
 * @cdrom_major: device number of the block device (/dev/srN) of the same drive; 0/0 if it has none
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
 * @TAO_MEDIUM_CD_ROM: a pressed disc, or a disc that the drive regards as one
 * @TAO_MEDIUM_CD_R: CD-R
 * @TAO_MEDIUM_CD_RW: CD-RW
 * @TAO_MEDIUM_OTHER: anything else (DVD, BD...)
 * @TAO_MEDIUM_UNKNOWN: the drive has not been asked yet
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
 * enum tao_disc_status - state of a disc (READ DISC INFORMATION)
 * @TAO_DISC_BLANK: no tracks
 * @TAO_DISC_APPENDABLE: more tracks can be added
 * @TAO_DISC_COMPLETE: finalised; nothing can be added
 * @TAO_DISC_OTHER: not usable for audio, for example a formatted CD-RW
 */
enum tao_disc_status {
	TAO_DISC_BLANK			= 0,
	TAO_DISC_APPENDABLE		= 1,
	TAO_DISC_COMPLETE		= 2,
	TAO_DISC_OTHER			= 3,
};

/* struct tao_medium, field flags */
/* the last known values: the drive cannot be asked now, or something is changing the disc */
#define TAO_MEDIUM_STALE		(1U << 0)
#define TAO_MEDIUM_ERASABLE		(1U << 1)	/* CD-RW */
/* the last session has tracks and is not closed */
#define TAO_MEDIUM_SESSION_OPEN		(1U << 2)
/* the drive reports that a track was left unfinished */
#define TAO_MEDIUM_TRACK_DAMAGED	(1U << 3)
/* a track failed on this disc, and no session has been closed since; a reset does not clear it */
#define TAO_MEDIUM_TRACK_FAILED		(1U << 4)
/* a track can be added, according to the drive; next_track is valid */
#define TAO_MEDIUM_WRITABLE		(1U << 5)
#define TAO_MEDIUM_TEST_WRITTEN		(1U << 6)	/* the numbers are those of a test write */
/* the drive reports that closing the last session was interrupted; API version 2 */
#define TAO_MEDIUM_SESSION_DAMAGED	(1U << 7)

/**
 * struct tao_medium - the disc in a drive
 * @flags: TAO_MEDIUM_*
 * @type: enum tao_medium_type
 * @status: enum tao_disc_status
 * @profile: current profile number from GET CONFIGURATION; 0 if none
 * @sessions: number of closed sessions
 * @tracks: number of finished tracks, including those of an open session
 * @first_track: number of the first track; 0 on a blank disc
 * @next_track: number of the next track; 0 if no track can be added
 * @total_sectors: capacity of the disc, as a single track
 * @used_sectors: @total_sectors minus @free_sectors: the tracks, and the gaps and session borders
 *	between them; TAO_UNKNOWN if @free_sectors is
 * @free_sectors: room for one more track, as the drive reports it; TAO_UNKNOWN if it reports that
 *	only after the disc is prepared
 * @next_lba: next writable address, the start of the next track, with TAO_MEDIUM_WRITABLE; -1 if
 *	the drive reports it only after the disc is prepared
 * @lead_out_lba: last possible start of the lead-out, the capacity of the disc
 * @age_ms: time since the drive was asked; TAO_UNKNOWN if it never was
 * @mcn: media catalogue number that this module wrote to the disc, NUL-terminated, or empty
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
#define TAO_PREPARE_TEST_WRITE		(1U << 0)	/* laser off: the disc does not change */
/* switch the underrun protection of the drive off */
#define TAO_PREPARE_NO_UNDERRUN_FREE	(1U << 1)
/* mcn is valid; the session must not have a track yet */
#define TAO_PREPARE_MCN			(1U << 2)
/* after each track, compare the drive's report of it with the data that were sent */
#define TAO_PREPARE_VERIFY		(1U << 3)
#define TAO_PREPARE_FLAGS		0xfU

/**
 * struct tao_prepare - hold and prepare the disc
 * @flags: TAO_PREPARE_*
 * @wait_ms: how long to wait for a drive that spins up; 0: 60 s, at most 600 s
 * @client_name: name that other programs see: letters, digits, blanks and . , : ; - _ ;
 *	empty: the name of the program
 * @mcn: 13 digits with a valid check digit (EAN-13), and a NUL
 * @reserved: zero
 *
 * The disc is held until TAO_IOC_RELEASE, or until the file descriptor is closed, which leaves the
 * session open. If it is exchanged in spite of the locked door, the next call that would change the
 * other disc fails with EBADFD, and holds none.
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
 * @TAO_CLOSE_NOTHING: leave it open; more tracks can be added, CD players cannot play it yet
 * @TAO_CLOSE_SESSION: close it such that another session can follow
 * @TAO_CLOSE_FINALIZE: close it for good; nothing can be added to the disc
 */
enum tao_close {
	TAO_CLOSE_NOTHING		= 0,
	TAO_CLOSE_SESSION		= 1,
	TAO_CLOSE_FINALIZE		= 2,
};

/* struct tao_finalize, field flags */
#define TAO_FINALIZE_FORCE		(1U << 0)	/* even if a track failed */
#define TAO_FINALIZE_FLAGS		0x1U

/**
 * struct tao_finalize - close the session
 * @flags: TAO_FINALIZE_*
 * @close: enum tao_close
 * @reserved: zero
 *
 * For TAO_IOC_RELEASE and TAO_IOC_FINALIZE. The latter refuses TAO_CLOSE_NOTHING.
 */
struct tao_finalize {
	__u32 flags;
	__u32 close;
	__u64 reserved[2];
};

/* struct tao_track_begin, field flags */
#define TAO_TRACK_COPY_PERMITTED	(1U << 0)	/* digital copies are permitted */
#define TAO_TRACK_PRE_EMPHASIS		(1U << 1)	/* recorded with 50/15 us pre-emphasis */
#define TAO_TRACK_ISRC			(1U << 2)	/* isrc is valid */
/* burn data that begin like a WAV, FLAC or other sound file */
#define TAO_TRACK_ANY_DATA		(1U << 3)
#define TAO_TRACK_FLAGS			0xfU

/**
 * struct tao_track_begin - open a track
 * @flags: TAO_TRACK_*
 * @number: returned: number of the track
 * @bytes: length of the audio; 0: not known. Writing more fails with EFBIG
 * @isrc: 12 characters, CCOOOYYSSSSS, and a NUL
 * @start_lba: returned: start of the track
 * @free_sectors: returned: maximum length of the track
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

/* Bytes of a pack of CD-TEXT: type, track, sequence, position, 12 of text, CRC. */
#define TAO_TEXT_PACK_BYTES		18
/* Eight languages of 256 packs. */
#define TAO_TEXT_BYTES_MAX		36864
/* Index marks of all tracks of a session; index 2 and on. */
#define TAO_MARKS_MAX			1024
/* Sectors of a session; no disc has more. */
#define TAO_LAYOUT_SECTORS_MAX		449850

/* struct tao_layout_track, field flags: those of struct tao_track_begin, without the last */
#define TAO_LAYOUT_TRACK_FLAGS		0x7U

/**
 * struct tao_layout_track - a track in the layout of a session at once
 * @flags: TAO_TRACK_COPY_PERMITTED, TAO_TRACK_PRE_EMPHASIS, TAO_TRACK_ISRC
 * @pregap_sectors: audio before its start that belongs to it, index 0; 0: none. That of the first
 *	track is hidden audio, behind the two seconds of silence that each disc begins with
 * @sectors: audio from its start on, index 1; at least TAO_TRACK_MIN_SECTORS
 * @marks_count: so many of the layout's marks are its own
 * @isrc: 12 characters, CCOOOYYSSSSS, and a NUL
 * @reserved: zero
 */
struct tao_layout_track {
	__u32 flags;
	__u32 pregap_sectors;
	__u32 sectors;
	__u32 marks_count;
	char isrc[TAO_ISRC_SIZE];
	__u64 reserved[2];
};

/* struct tao_layout, field flags */
/* burn it even if it begins like a WAV, FLAC... file */
#define TAO_LAYOUT_ANY_DATA		(1U << 0)
#define TAO_LAYOUT_FLAGS		0x1U

/**
 * struct tao_layout - a session at once: all its tracks, before the first is burned
 * @flags: TAO_LAYOUT_*
 * @close: enum tao_close: whether another session can follow, or the disc is finalised. The drive
 *	closes the session by itself: TAO_CLOSE_NOTHING is not possible
 * @first_track: number of the first track; 0: 1
 * @tracks_count: tracks, up to TAO_TRACKS_MAX
 * @tracks: address of as many &struct tao_layout_track
 * @marks: address of @marks_count numbers of type __u32: index 2, 3... of the tracks in their
 *	order, in sectors from the start of the track
 * @text: address of @text_bytes of CD-TEXT packs, as READ TOC/PMA/ATIP format 5 gives them
 * @marks_count: up to TAO_MARKS_MAX
 * @text_bytes: a multiple of TAO_TEXT_PACK_BYTES, up to TAO_TEXT_BYTES_MAX; 0: no CD-TEXT
 * @reserved: zero
 *
 * For a blank disc that TAO_IOC_PREPARE holds; a catalogue number is given there. What is written
 * then is the audio of all tracks with their pregaps, one after the other and without a gap.
 * TAO_IOC_TRACK_END and close end the session. Since API version 3.
 */
struct tao_layout {
	__u32 flags;
	__u32 close;
	__u32 first_track;
	__u32 tracks_count;
	__u64 tracks;
	__u64 marks;
	__u64 text;
	__u32 marks_count;
	__u32 text_bytes;
	__u64 reserved[4];
};

/* struct tao_text, field flags */
/* the drive cannot be asked now, or does not answer: there may be CD-TEXT, and none is returned */
#define TAO_TEXT_STALE			(1U << 0)

/**
 * struct tao_text - the CD-TEXT of a disc
 * @flags: returned: TAO_TEXT_*
 * @bytes: room at @packs; returned: length of the CD-TEXT, which may be more; 0: the disc has none
 * @packs: address for as much of it as there is room for, as READ TOC/PMA/ATIP format 5 gives it
 *	without a header: packs of TAO_TEXT_PACK_BYTES, up to TAO_TEXT_BYTES_MAX
 * @reserved: zero
 *
 * The checksums are not checked: some drives return the last pack without one. Since API version 3.
 */
struct tao_text {
	__u32 flags;
	__u32 bytes;
	__u64 packs;
	__u64 reserved[2];
};

/**
 * struct tao_track_end - end a track
 * @flags: zero
 * @number: returned: number of the track
 * @start_lba: returned: start of the track
 * @sectors: returned: length of the track, including the padding
 * @padding_bytes: returned: bytes of silence at the end of the track
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
/* the track was cut short, as by TAO_IOC_CANCEL; set until the next one begins or RELEASE */
#define TAO_STATUS_CANCELLED		(1U << 1)
/* the open track or an earlier one on this disc failed; see TAO_IOC_GET_ERROR */
#define TAO_STATUS_FAILED		(1U << 2)
#define TAO_STATUS_EXPLICIT		(1U << 3)	/* prepared by TAO_IOC_PREPARE */
/* drive_buffer_fill is computed, not reported by the drive */
#define TAO_STATUS_BUFFER_ESTIMATED	(1U << 4)

/**
 * struct tao_status - state and progress
 * @flags: TAO_STATUS_*
 * @state: enum tao_state
 * @action: enum tao_action
 * @track: number of the open track, or 0
 * @start_lba: start of the track; 0 in a session at once
 * @sectors: announced length of the track, or TAO_UNKNOWN
 * @read_lba: address after the last sector that was taken from the program
 * @written_lba: address after the last sector that the drive has taken
 * @elapsed_ms: time since the action began, or since the track was opened
 * @remaining_ms: estimated time until the action ends, or until the audio of the track is on the
 *	disc; or TAO_UNKNOWN
 * @progress: progress of the action in 1/65536; for a track, the part of the announced length that
 *	the drive has taken; or TAO_UNKNOWN
 * @session_progress: used part of the disc in 1/65536, or TAO_UNKNOWN
 * @queue_bytes: bytes in pages that wait for the drive
 * @queue_max_bytes: limit of @queue_bytes: @in_flight_bytes of &struct tao_drive
 * @drive_buffer_bytes: size of the drive's buffer, 0 if unknown
 * @drive_buffer_fill: bytes of audio in that buffer
 * @speed_kbps: speed over the last seconds, kB/s; 0 if no data moved
 * @track_sectors: sectors of the track that were sent to the drive
 * @sequence: changes when any other field does; POLLPRI is set until it is read
 * @owner_pid: process that holds the disc, in the reader's pid namespace, or 0
 * @owner_uid: user of that process, or TAO_UNKNOWN
 * @owner: client name of the holder, or its program, NUL-terminated, or empty
 * @underruns: number of times that the drive's buffer ran empty or nearly empty, an estimate
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
 * enum tao_error_which - one of the two recorded errors
 * @TAO_ERROR_FIRST: the first error since the operation began
 * @TAO_ERROR_LATEST: the latest error
 */
enum tao_error_which {
	TAO_ERROR_FIRST			= 0,
	TAO_ERROR_LATEST		= 1,
};

/* struct tao_error, field flags */
#define TAO_ERROR_VALID			(1U << 0)	/* an error has occurred */
#define TAO_ERROR_SENSE			(1U << 1)	/* the drive reported it: sense is valid */
#define TAO_ERROR_LBA			(1U << 2)	/* lba is valid */
/* the command did not get through: host_status is valid */
#define TAO_ERROR_TRANSPORT		(1U << 3)
#define TAO_ERROR_DEFERRED		(1U << 4)	/* sense is about an earlier command */

/**
 * struct tao_error - the reason of a failure
 * @which: enum tao_error_which, filled in by the caller
 * @flags: TAO_ERROR_*
 * @error: errno, positive
 * @opcode: first byte of the command; 0: TEST UNIT READY, or not the error of a command
 * @key: sense key
 * @asc: additional sense code
 * @ascq: additional sense code qualifier
 * @lba: address of the command
 * @track: number of the open track, or 0
 * @host_status: DID_* of the SCSI midlayer
 * @sense_bytes: number of valid bytes in @sense
 * @age_ms: age of the error
 * @count: errors since the drive was attached
 * @sense: sense data as the drive sent them
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
 * @session: number of the session
 * @control: control field of sub-channel Q: 1 pre-emphasis, 2 copy permitted, 4 data
 * @flags: zero
 * @start_lba: start address
 * @sectors: length; 0 for the lead-out
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
/* the last known table, or one without some of the tracks: the drive does not report them now */
#define TAO_TOC_STALE			(1U << 0)
/* the last session is open: the table that closing it now would write */
#define TAO_TOC_EXPECTED		(1U << 1)

/**
 * struct tao_toc - table of contents
 * @flags: TAO_TOC_*
 * @first_track: number of the first track
 * @last_track: number of the last track
 * @entries_count: number of valid @entries, including the lead-out
 * @raw_bytes: number of valid bytes in @raw
 * @reserved32: zero
 * @entries: the tracks in order, then the lead-out
 * @raw: the same table as a reply to READ TOC/PMA/ATIP, format 0, with LBA addresses
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
/* constant angular velocity over the whole disc */
#define TAO_SPEED_PURE_CAV		(1U << 0)
/* returned: the drive took another speed than the requested one */
#define TAO_SPEED_ADJUSTED		(1U << 1)
/* returned: the drive took another rotation */
#define TAO_SPEED_ROTATION_ADJUSTED	(1U << 2)
/* returned in struct tao_speeds only: the last known list; the drive cannot be asked now */
#define TAO_SPEED_STALE			(1U << 3)
/* returned: the speed is kept, and sent before the next track, or when a disc is prepared */
#define TAO_SPEED_PENDING		(1U << 4)

/* The fastest speed of the drive with this disc. */
#define TAO_SPEED_MAX			0xffffffffu

/**
 * struct tao_speed - requested and actual write speed
 * @flags: TAO_SPEED_PURE_CAV in, all out
 * @requested_kbps: requested speed in kB/s; TAO_SPEED_MAX: the fastest (the default)
 * @actual_kbps: returned: speed that the drive reports, in kB/s; 0 if unknown
 * @requested_sectors_per_second: returned: @requested_kbps in sectors/s, or TAO_SPEED_MAX
 * @actual_sectors_per_second: returned: @actual_kbps in sectors/s
 * @requested_flags: returned: TAO_SPEED_PURE_CAV if that was requested
 * @reserved: zero
 *
 * The setting is valid for all users of the drive until it is set again or the drive is detached.
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
 * struct tao_speed_entry - a write speed of the drive with this disc
 * @write_kbps: kB/s
 * @write_sectors_per_second: the same in sectors/s
 * @read_kbps: corresponding read speed in kB/s; 0 if not reported
 * @flags: TAO_SPEED_PURE_CAV
 */
struct tao_speed_entry {
	__u32 write_kbps;
	__u32 write_sectors_per_second;
	__u32 read_kbps;
	__u32 flags;
};

/**
 * struct tao_speeds - write speeds of the drive with this disc
 * @flags: TAO_SPEED_STALE
 * @count: number of valid @entries
 * @entries: the speeds, fastest first
 */
struct tao_speeds {
	__u32 flags;
	__u32 count;
	struct tao_speed_entry entries[TAO_SPEEDS_MAX];
};

/* struct tao_blank, field flags */
/* blank the whole disc, not only minimally */
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
 * struct tao_recover - repair a disc that a power loss, a reset or a crash left unfinished
 * @flags: zero
 * @close: enum tao_close: what to do with the session after the track is ended. It has to be closed
 *	if closing it was interrupted. Some drives end the track only when they close the session
 * @done: returned, after EIO too: TAO_RECOVERED_*
 * @track: returned: number of the track that was unfinished, 0 if none was
 * @reserved: zero
 *
 * For a disc with TAO_MEDIUM_TRACK_DAMAGED or TAO_MEDIUM_SESSION_DAMAGED; otherwise ENODATA. The
 * track has the data that the drive had written, possibly with a damaged place at its end. Since
 * API version 2.
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
 * struct tao_settings - settings of tracks that begin without TAO_IOC_PREPARE
 * @mask: TAO_SET_*, for TAO_IOC_SET_SETTINGS; returned: all settings of the module
 * @underrun_free: 1: underrun protection on (the default), 0: off
 * @reserved: zero
 *
 * They are valid for the tracks of the open file that sets them. Others have those of the drive.
 */
struct tao_settings {
	__u32 mask;
	__u32 underrun_free;
	__u64 reserved[4];
};

/**
 * struct tao_statistics - counters since the drive was attached
 * @tracks: tracks that ended without an error
 * @tracks_failed: tracks that failed or were cancelled
 * @sessions: sessions that were closed
 * @writes: WRITE commands that the drive took
 * @sectors: sectors in these WRITE commands
 * @bytes_mapped: bytes that went to the adapter directly from the caller's pages
 * @bytes_copied: bytes that the kernel copied first
 * @bytes_padding: bytes of silence that were added at the end of tracks
 * @buffer_full: WRITE commands that the drive refused because its buffer was full
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

/* 0xCD 20-3F is free in ioctl-number.rst of Linux 6.1, 6.12 and 7.3, which has only 0xCD 01. */
#define TAO_IOC_MAGIC		0xCD

/* For any descriptor */
#define TAO_IOC_GET_DRIVE	_IOR(TAO_IOC_MAGIC, 0x20, struct tao_drive)
#define TAO_IOC_GET_MEDIUM	_IOR(TAO_IOC_MAGIC, 0x21, struct tao_medium)
#define TAO_IOC_GET_STATUS	_IOR(TAO_IOC_MAGIC, 0x22, struct tao_status)
#define TAO_IOC_GET_ERROR	_IOWR(TAO_IOC_MAGIC, 0x23, struct tao_error)
#define TAO_IOC_GET_TOC		_IOR(TAO_IOC_MAGIC, 0x24, struct tao_toc)
#define TAO_IOC_GET_SPEEDS	_IOR(TAO_IOC_MAGIC, 0x25, struct tao_speeds)
#define TAO_IOC_GET_SPEED	_IOR(TAO_IOC_MAGIC, 0x26, struct tao_speed)
#define TAO_IOC_GET_SETTINGS	_IOR(TAO_IOC_MAGIC, 0x27, struct tao_settings)
#define TAO_IOC_GET_STATISTICS	_IOR(TAO_IOC_MAGIC, 0x28, struct tao_statistics)
#define TAO_IOC_GET_TEXT	_IOWR(TAO_IOC_MAGIC, 0x29, struct tao_text)

/* For the owner, for processes of the same user, and with CAP_SYS_ADMIN */
#define TAO_IOC_CANCEL		_IO(TAO_IOC_MAGIC, 0x2f)

/* For the descriptor that is open for writing */
#define TAO_IOC_PREPARE		_IOW(TAO_IOC_MAGIC, 0x30, struct tao_prepare)
#define TAO_IOC_RELEASE		_IOW(TAO_IOC_MAGIC, 0x31, struct tao_finalize)
#define TAO_IOC_TRACK_BEGIN	_IOWR(TAO_IOC_MAGIC, 0x32, struct tao_track_begin)
#define TAO_IOC_TRACK_END	_IOWR(TAO_IOC_MAGIC, 0x33, struct tao_track_end)
#define TAO_IOC_FINALIZE	_IOW(TAO_IOC_MAGIC, 0x34, struct tao_finalize)
#define TAO_IOC_BLANK		_IOW(TAO_IOC_MAGIC, 0x35, struct tao_blank)
#define TAO_IOC_SET_SPEED	_IOWR(TAO_IOC_MAGIC, 0x36, struct tao_speed)
#define TAO_IOC_SET_SETTINGS	_IOW(TAO_IOC_MAGIC, 0x37, struct tao_settings)
#define TAO_IOC_RECOVER		_IOWR(TAO_IOC_MAGIC, 0x38, struct tao_recover)
#define TAO_IOC_SESSION_BEGIN	_IOW(TAO_IOC_MAGIC, 0x39, struct tao_layout)

#endif /* _UAPI_LINUX_TAO_H */
