/* SPDX-License-Identifier: GPL-2.0-only */
/* A simulated CD recorder: definitions for all its files. */
#ifndef CDR_SIM_H
#define CDR_SIM_H

#include <linux/configfs.h>
#include <linux/hrtimer.h>
#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/math.h>
#include <linux/miscdevice.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>
#include <scsi/scsi_cmnd.h>

/* Sizes in bytes and lengths in sectors, as in the CD standard. */
#define CDR_RAW			2352
#define CDR_COOKED		2048
#define CDR_COOKED_OFFSET	16	/* of the user data in a mode 1 frame */
#define CDR_PREGAP		150
#define CDR_RUNOUT		2
#define CDR_MIN_TRACK		300
#define CDR_LEADIN		4500
#define CDR_LEADOUT_FIRST	6750
#define CDR_LEADOUT_NEXT	2250
#define CDR_TRACKS		99
#define CDR_MARKS		1024	/* index marks of a disc, from index 2 on */
#define CDR_PACK		18	/* bytes of a CD-TEXT pack */
#define CDR_PACKS		2048	/* 256 in each of eight languages */
#define CDR_SECTORS_PER_SECOND	75
#define CDR_ATIP_LEADIN		(-11077)	/* 97:34:23, a code for the disc manufacturer */
#define CDR_MAX_LEADOUT		449849	/* 99:59:74 */
#define CDR_MIN_LEADOUT		(CDR_MIN_TRACK + CDR_RUNOUT)
#define CDR_SAMPLE		4	/* bytes of a stereo sample */

#define CDR_SPEEDS		16
#define CDR_REPLY_SIZE		8192
#define CDR_PAGE05_SIZE		52
#define CDR_ATTENTIONS		8

/* Sense key, additional sense code and qualifier as one positive number. */
#define CDR_SENSE(key, asc, ascq)	((key) << 16 | (asc) << 8 | (ascq))
/* Added if all three may be 0: it is a CHECK CONDITION even then. */
#define CDR_CHECK			0x1000000

enum cdr_sense {
	CDR_BECOMING_READY	= CDR_SENSE(2, 0x04, 0x01),
	CDR_NEEDS_START		= CDR_SENSE(2, 0x04, 0x02),
	CDR_IN_PROGRESS		= CDR_SENSE(2, 0x04, 0x07),
	CDR_BUFFER_FULL		= CDR_SENSE(2, 0x04, 0x08),
	CDR_NO_MEDIUM_CLOSED	= CDR_SENSE(2, 0x3a, 0x01),
	CDR_NO_MEDIUM_OPEN	= CDR_SENSE(2, 0x3a, 0x02),
	CDR_LOSS_OF_STREAMING	= CDR_SENSE(3, 0x0c, 0x09),
	CDR_READ_ERROR		= CDR_SENSE(3, 0x11, 0x00),
	CDR_LIST_LENGTH		= CDR_SENSE(5, 0x1a, 0x00),
	CDR_BAD_OPCODE		= CDR_SENSE(5, 0x20, 0x00),
	CDR_OUT_OF_RANGE	= CDR_SENSE(5, 0x21, 0x00),
	CDR_BAD_WRITE_ADDRESS	= CDR_SENSE(5, 0x21, 0x02),
	CDR_BAD_FIELD		= CDR_SENSE(5, 0x24, 0x00),
	CDR_BAD_PARAMETER	= CDR_SENSE(5, 0x26, 0x00),
	CDR_BAD_SEQUENCE	= CDR_SENSE(5, 0x2c, 0x00),
	CDR_CANNOT_WRITE	= CDR_SENSE(5, 0x30, 0x05),
	CDR_CANNOT_BLANK	= CDR_SENSE(5, 0x30, 0x06),
	CDR_NOT_SAVEABLE	= CDR_SENSE(5, 0x39, 0x00),
	CDR_LOCKED		= CDR_SENSE(5, 0x53, 0x02),
	CDR_NO_TOC		= CDR_SENSE(5, 0x57, 0x00),
	CDR_END_OF_AREA		= CDR_SENSE(5, 0x63, 0x00),
	CDR_ILLEGAL_MODE	= CDR_SENSE(5, 0x64, 0x00),
	CDR_CANNOT_CLOSE	= CDR_SENSE(5, 0x72, 0x00),
	CDR_INCOMPLETE_TRACK	= CDR_SENSE(5, 0x72, 0x03),
	CDR_EMPTY_TRACK		= CDR_SENSE(5, 0x72, 0x04),
	CDR_NO_MORE_TRACKS	= CDR_SENSE(5, 0x72, 0x05),
	CDR_UA_MEDIUM		= CDR_SENSE(6, 0x28, 0x00),
	CDR_UA_POWER_ON		= CDR_SENSE(6, 0x29, 0x00),
	CDR_UA_RESET		= CDR_SENSE(6, 0x29, 0x02),
	CDR_UA_PARAMETERS	= CDR_SENSE(6, 0x2a, 0x01),
	CDR_UA_EJECT		= CDR_SENSE(6, 0x5a, 0x01),
};

/* A handler returns this to keep the command in the drive until its due time. */
#define CDR_HOLD		(-EAGAIN)
/* A handler returns this if the data on the wire don't match the command. */
#define CDR_TRANSPORT_ERROR	(-EIO)
/* Results of faults: the one in struct cdr_cmd; success without execution. */
#define CDR_RESULT		(-EREMOTEIO)
#define CDR_SKIPPED		(-ECANCELED)

enum cdr_medium {
	CDR_MEDIUM_ROM,
	CDR_MEDIUM_R,
	CDR_MEDIUM_RW,
};

/* What a trace reports about a drive in addition to its commands. */
enum cdr_drive_event {
	CDR_DRIVE_ON,
	CDR_DRIVE_OFF,
	CDR_DRIVE_RESET,
};

struct cdr_drive;
struct cdr_entry;
struct cdr_store;

struct cdr_track {
	s32 start;		/* first sector of user data */
	u32 length;		/* sectors of user data */
	u32 pregap;		/* sectors before @start that belong to the track, index 0 */
	u8 runout;		/* sectors behind the data that no seek finds */
	u8 session;		/* number, from 1 */
	u8 control;		/* the Q channel's CONTROL nibble */
	bool open;		/* not in the PMA yet */
	bool damaged;		/* writing was interrupted */
	char isrc[13];		/* "" if none */
};

/* The start of an index of a track, from index 2 on; index 1 is the start of the track. */
struct cdr_mark {
	s32 lba;
	u8 track;		/* as in struct cdr_disc: from 1 on */
	u8 index;
};

/**
 * struct cdr_position - the position of a sector as in the Q sub-channel
 * @track:	the track that the sector belongs to
 * @number:	its number
 * @index:	index in the track: 0 before its start
 * @relative:	distance from the start of the track
 */
struct cdr_position {
	const struct cdr_track *track;
	u8 number;
	u8 index;
	s32 relative;
};

struct cdr_session {
	u8 first;		/* first track, from 1 on */
	u8 format;		/* disc type, 0 for audio and mode 1 */
	bool closed;		/* has a lead-in and a lead-out */
	bool damaged;		/* closing it was interrupted */
	bool at_once;		/* written from a cue sheet; its tracks are not in the PMA */
	bool cut;		/* interrupted before the last sector */
	s32 leadout;		/* start, valid once closed */
	char mcn[14];		/* "" if none */
};

/**
 * struct cdr_disc - one disc, in a drive or on its tray
 * @medium:		type of the medium
 * @final:		no further session can be added
 * @half_blank:		blanking was interrupted: nothing but blanking is possible
 * @last_leadout:	last possible start of a lead-out: the capacity
 * @id:			random number, set with the first track that is recorded at once; else 0
 * @before:		add this to a track's place in @track to get its number; more than 0 if
 *			the cue sheet of the first track gave it a number other than 1
 * @ntracks:		number of tracks, including an open one
 * @nsessions:		number of sessions, including an open one
 * @nmarks:		number of index marks
 * @npacks:		number of CD-TEXT packs
 * @track:		the tracks; @ntracks are valid
 * @session:		the sessions; @nsessions are valid
 * @mark:		the index marks, by address
 * @pack:		CD-TEXT of the first session, in the order of its lead-in
 * @store:		the bytes of the program area; missing bytes are silence
 *
 * Protected by the lock of the drive that holds the disc.
 */
struct cdr_disc {
	enum cdr_medium medium;
	bool final;
	bool half_blank;
	s32 last_leadout;
	u32 id;
	u8 before;
	u8 ntracks;
	u8 nsessions;
	u16 nmarks;
	u16 npacks;
	struct cdr_track track[CDR_TRACKS];
	struct cdr_session session[CDR_TRACKS];
	struct cdr_mark mark[CDR_MARKS];
	u8 pack[CDR_PACKS][CDR_PACK];
	struct cdr_store *store;
};

/* Long operations: the drive answers "in progress" meanwhile. */
enum cdr_op_kind {
	CDR_OP_NONE,
	CDR_OP_SPIN_UP,
	CDR_OP_CALIBRATE,
	CDR_OP_END_TRACK,
	CDR_OP_CLOSE_SESSION,
	CDR_OP_END_SESSION,
	CDR_OP_BLANK,
};

/**
 * struct cdr_op - a long operation
 * @kind:	the kind of operation
 * @arg:	type of BLANK; multi-session field of CLOSE
 * @finish:	called at @end to do it, may be NULL; returns 0, or -ENOMEM if memory is short at
 *		the moment
 * @start:	when it began
 * @end:	when it is done, unless @polls delays it
 * @polls:	number of commands that still have to poll before it can be done
 * @all_polls:	initial value of @polls
 */
struct cdr_op {
	enum cdr_op_kind kind;
	u8 arg;
	int (*finish)(struct cdr_drive *d, u8 arg);
	ktime_t start;
	ktime_t end;
	u32 polls;
	u32 all_polls;
};

/**
 * struct cdr_buffer - the write buffer of the drive and the state of the laser that empties it
 * @used:	bytes in it
 * @block:	bytes per sector in the track that is being written
 * @gap:	sectors of pregap that precede the data
 * @streaming:	the laser is on
 * @armed:	the laser starts at @since; data are waiting for it
 * @since:	the time for which @used is correct
 */
struct cdr_buffer {
	u32 used;
	u32 block;
	u32 gap;
	bool streaming;
	bool armed;
	ktime_t since;
};

/**
 * struct cdr_sheet - a session at once as its cue sheet describes it, and its lead-in
 * @ntracks:	number of tracks; 0 if there is no sheet
 * @number:	number of the first track
 * @text:	the host sends the lead-in
 * @mute:	discard the lead-in data that the host sends
 * @held:	the drive has held off the first WRITE behind the lead-in for long enough
 * @start:	the first track's index 0
 * @leadout:	start of the lead-out
 * @next:	next address to write
 * @mcn:	catalogue number, "" if none
 * @track:	the tracks; @ntracks are valid
 * @by_drive:	tracks, from 1 on, whose pregap the drive makes
 * @nmarks:	number of index marks
 * @mark:	the marks
 * @npacks:	CD-TEXT packs stored, up to the first repetition
 * @round:	length of a round, after which the packs repeat; 0 while unknown
 * @turn:	packs received since the first round
 * @pack:	the packs
 */
struct cdr_sheet {
	u8 ntracks;
	u8 number;
	bool text;
	bool mute;
	bool held;
	s32 start;
	s32 leadout;
	s32 next;
	char mcn[14];
	struct cdr_track track[CDR_TRACKS];
	DECLARE_BITMAP(by_drive, CDR_TRACKS + 1);
	u16 nmarks;
	struct cdr_mark mark[CDR_MARKS];
	u16 npacks;
	u32 round;
	u32 turn;
	u8 pack[CDR_PACKS][CDR_PACK];
};

/**
 * struct cdr_laser - the current write operation, and the speed
 * @write_x:	write speed, as SET CD SPEED left it
 * @rotation:	CLV or CAV, as SET CD SPEED left it
 * @writing:	this drive began the open track of the disc and still writes it
 * @abandon:	called when the laser has to stop: leaves the track as it is, open
 * @test:	the track is a test write: leave nothing on the disc
 * @test_start:	first sector of a test write
 * @test_length: sectors of the test write
 * @test_next:	start of the next test write, in a drive that continues behind the last one; or 0
 * @after_test:	how a test write changes what the drive reports about the disc
 * @calibrated:	laser power is calibrated for the disc
 * @failed:	the track can only be ended
 * @write_error: sense code to report once, or 0
 * @buffer:	the write buffer
 */
struct cdr_laser {
	u8 write_x;
	u8 rotation;
	bool writing;
	void (*abandon)(struct cdr_drive *d);
	bool test;
	s32 test_start;
	u32 test_length;
	s32 test_next;
	u8 after_test;
	bool calibrated;
	bool failed;
	u32 write_error;
	struct cdr_buffer buffer;
};

struct cdr_stats {
	u64 writes;
	u64 written_sectors;
	u64 write_bytes_user;
	u64 write_bytes_cache;
	u64 write_bytes_zero;
	u64 write_bytes_kernel;
	u64 underruns;
	u64 buffer_full;
	u64 short_tracks;
	u64 out_of_place;	/* commands in the middle of a track that the track does not need */
	u64 text_faults;	/* invalid packs in a lead-in */
	u32 min_fill;		/* per cent of the buffer */
	u64 commands;
	u32 count[256];
	u32 errors[256];
};

/* Properties of the drive model and the adapter; constant while the power is on. */
struct cdr_config {
	char vendor[9];
	char product[17];
	char revision[5];
	char serial[21];
	u32 dma_alignment;
	u32 max_sectors;
	u32 sg_tablesize;
	u32 virt_boundary;
	u32 can_queue;
	u32 buffer_size;
	bool underrun_free;
	u32 inquiry_version;
	u32 inquiry_format;
	u8 speeds[CDR_SPEEDS];	/* ascending */
	u8 nspeeds;
};

#define CDR_FAULT_BYTES	16

enum cdr_fault_kind {
	CDR_FAULT_NONE,
	CDR_FAULT_SENSE,
	CDR_FAULT_HOST,
	CDR_FAULT_STATUS,
	CDR_FAULT_HANG,
	CDR_FAULT_HOLD,
	CDR_FAULT_DELAY,
	CDR_FAULT_SHORT,
	CDR_FAULT_GARBAGE,
	CDR_FAULT_SET,
	CDR_FAULT_RESIDUAL,
	CDR_FAULT_GOOD,
	CDR_FAULT_UNPLUG,
	CDR_FAULT_RESET,
	CDR_FAULT_RESET_UNSEEN,
	CDR_FAULT_EJECT,
};

/**
 * struct cdr_fault - a fault that happens to a command
 * @kind:	the kind of fault
 * @after:	execute the command first
 * @deferred:	the sense data report an earlier command
 * @arg:	sense code, host byte, status, milliseconds, length or offset
 * @len:	number of @bytes
 * @bytes:	bytes to put into the reply
 */
struct cdr_fault {
	enum cdr_fault_kind kind;
	bool after;
	bool deferred;
	u32 arg;
	u8 len;
	u8 bytes[CDR_FAULT_BYTES];
};

/**
 * struct cdr_faults - the fault rules of a drive
 * @rules:	the rules
 * @seed:	seed for random numbers in @rules
 */
struct cdr_faults {
	struct list_head rules;
	u32 seed;
};

/**
 * struct cdr_playback - the record of a burn that is played
 * @entries:	the answers, constant while the power is on
 * @count:	their number
 * @state:	opcode of the latest command that was not a query
 * @nth:	number of commands with each opcode, except queries; of WRITEs: of rows of them
 * @played:	commands that got a recorded answer
 * @unknown:	other commands, which the simulated drive answers
 * @strays:	those of them that are not queries
 * @differ:	commands that succeeded in the record and fail in the simulated drive
 * @stray:	the first of @strays
 */
struct cdr_playback {
	struct list_head entries;
	u32 count;
	u8 state;
	u32 nth[256];
	u32 played;
	u32 unknown;
	u32 strays;
	u32 differ;
	u8 stray[12];
};

/**
 * struct cdr_adapter - the SCSI host and the commands that it has sent to the drive
 * @power_lock:	protects @shost, @pdev and the drive's config; orders power on and off
 * @shost:	the host, while the power is on
 * @pdev:	the device that represents the adapter card
 * @unplug_work: removes the adapter after a rule has unplugged it
 * @alive:	the drive executes commands; if not, they fail as if there were no device. This
 *		and the members below are protected by the drive's lock
 * @pending:	commands waiting in the drive, in order
 * @timer:	expires when the first command of @pending is due
 */
struct cdr_adapter {
	struct mutex power_lock;	/* see above */
	struct Scsi_Host *shost;
	struct platform_device *pdev;
	struct work_struct unplug_work;
	bool alive;
	struct list_head pending;
	struct hrtimer timer;
};

/* Queue of unit attentions. */
struct cdr_attentions {
	u32 sense[CDR_ATTENTIONS];
	u8 n;
};

/**
 * struct cdr_tray - state of the tray
 * @open:	the tray is open
 * @locked:	the initiator has locked the door
 * @locked_persistent: the initiator has locked the door persistently
 * @stopped:	the disc is not spinning
 * @event:	for GET EVENT STATUS NOTIFICATION
 */
struct cdr_tray {
	bool open;
	bool locked;
	bool locked_persistent;
	bool stopped;
	u8 event;
};

/**
 * struct cdr_pages - current values of the mode pages
 * @p01:	read/write error recovery
 * @p05:	write parameters
 * @p0d:	CD parameters
 * @p0e:	CD audio control
 * @saved05:	write parameters as saved, or as set by the manufacturer
 * @set05:	the write parameters were sent since power on, reset or disc change
 * @lost05:	a disc change has discarded write parameters that were sent
 */
struct cdr_pages {
	u8 p01[12];
	u8 p05[CDR_PAGE05_SIZE];
	u8 p0d[8];
	u8 p0e[16];
	u8 saved05[CDR_PAGE05_SIZE];
	bool set05;
	bool lost05;
};

/* What a drive reports after a test write, until the disc is reloaded. */
enum cdr_test_write {
	CDR_TEST_STAY,		/* the same as before */
	CDR_TEST_ADVANCE,	/* the next test write continues behind this one */
	CDR_TEST_INVALID,	/* no next writable address */
	CDR_TEST_COMPLETE,	/* the disc is complete */
};

/* The profile list of GET CONFIGURATION */
enum cdr_profiles {
	CDR_PROFILES_CD,
	CDR_PROFILES_DVD,	/* of a DVD writer; 0002h is current beside the disc's own */
};

/* The write speeds that mode page 2Ah has */
enum cdr_caps_speeds {
	CDR_CAPS_ALL,
	CDR_CAPS_MAX,		/* the highest alone */
	CDR_CAPS_NONE,		/* no descriptor */
};

/* The answer to commands that an unfinished track does not need. */
enum cdr_in_track {
	CDR_IN_TRACK_ANSWER,
	CDR_IN_TRACK_REFUSE,	/* "in progress" for disc or track information, else as below */
	CDR_IN_TRACK_SEQUENCE,	/* "command sequence error" */
};

/* How a cue sheet has to announce CD-TEXT in the lead-in. */
enum cdr_text {
	CDR_TEXT_REFUSE,	/* not at all */
	CDR_TEXT_ANY,
	CDR_TEXT_REAL,		/* with the real start of the lead-in, data block type 2 or 3 */
	CDR_TEXT_ZERO,		/* with 00:00:00, data block type 0 */
	CDR_TEXT_REAL_0,	/* with the real start of the lead-in, data block type 0 */
	CDR_TEXT_ZERO_3,	/* with 00:00:00, data block type 2 or 3 */
};

/* Treatment of data form 00h (audio) in the lead-in and lead-out of a cue sheet. */
enum cdr_form_00 {
	CDR_FORM_TAKE,
	CDR_FORM_REFUSE,
	CDR_FORM_MUTE,		/* accepted, but no CD-TEXT is written */
};

/* The host announced CD-TEXT in the lead-in but does not send it. */
enum cdr_skip_leadin {
	CDR_SKIP_REFUSE,
	CDR_SKIP_MUTE,
	CDR_SKIP_HANG,
};

/**
 * struct cdr_habits - differences between drives; user space sets them at any time
 * @realtime:	operations take as long as in a real drive
 * @hold_when_full: if there is no room in the buffer, a WRITE waits; it does not fail
 * @keep_data:	keep the data that are written; do not just count them
 * @descriptor_sense: return sense data in descriptor format
 * @in_track:	enum cdr_in_track
 * @attentions:	raise more of them: after CLOSE SESSION and BLANK, and where MMC permits it
 * @test_write:	enum cdr_test_write
 * @track_size:	sectors that READ TRACK INFORMATION adds to the data of a track
 * @busy_polls:	minimum number of "in progress" answers in a long operation
 * @opc_ms:	time that the first WRITE to a disc needs to calibrate the laser
 * @echo_codes:	MODE SENSE returns the MCN and ISRC that were sent
 * @page05_saved: the write parameters can be saved
 * @read_open:	READ CD can read the tracks of an open session
 * @refuse_slow: SET CD SPEED refuses speeds below the slowest one
 * @refuse_max:	SET CD SPEED refuses FFFFh
 * @needs_start: a stopped disc spins up only on START UNIT
 * @stale:	after a session was closed, report the old state of the disc until it is reloaded
 * @strict_runout: READ CD cannot pass over the run-out sectors behind a track
 * @read_offset: samples by which READ CD reads behind the requested address
 * @write_offset: samples by which a WRITE is stored behind its address
 * @spin_up_ms:	time that a new disc needs to spin up
 * @session_at_once: session-at-once is supported
 * @text:	enum cdr_text
 * @form_00:	enum cdr_form_00
 * @skip_leadin: enum cdr_skip_leadin
 * @need_gap:	a cue sheet must have a pregap for every track
 * @need_index_0: a cue sheet must have an index 0 for every track, which may be empty
 * @isrc_plain:	an ISRC in a cue sheet must have CONTROL 0
 * @no_jump:	the host must also send the pauses that it leaves to the drive
 * @sheet_limit: maximum size of a cue sheet in bytes
 * @hold_off_ms: time for which the first WRITE behind the lead-in is refused
 * @lose_session: accept a session at once, but leave the disc blank
 * @repair:	a session at once that was cut can be closed
 * @refuse_close: CLOSE SESSION fails if there is nothing to close
 * @zero_crc:	the last CD-TEXT pack in READ TOC has no checksum
 * @profiles:	enum cdr_profiles
 * @caps_buffer: KiB of buffer in mode page 2Ah; 0 for those of READ BUFFER CAPACITY
 * @caps_speeds: enum cdr_caps_speeds
 * @fixed_bufe:	underrun protection is on and can't be switched off
 * @performance: the drive has GET PERFORMANCE
 */
struct cdr_habits {
	bool realtime;
	bool hold_when_full;
	bool keep_data;
	bool descriptor_sense;
	bool strict_runout;
	u8 in_track;
	bool attentions;
	u8 test_write;
	u32 track_size;
	u32 busy_polls;
	u32 opc_ms;
	bool echo_codes;
	bool page05_saved;
	bool read_open;
	bool refuse_slow;
	bool refuse_max;
	bool needs_start;
	bool stale;
	s32 read_offset;
	s32 write_offset;
	u32 spin_up_ms;
	bool session_at_once;
	u8 text;
	u8 form_00;
	u8 skip_leadin;
	bool need_gap;
	bool need_index_0;
	bool isrc_plain;
	bool no_jump;
	u32 sheet_limit;
	u32 hold_off_ms;
	bool lose_session;
	bool repair;
	bool refuse_close;
	bool zero_crc;
	u8 profiles;
	u32 caps_buffer;
	u8 caps_speeds;
	bool fixed_bufe;
	bool performance;
};

/**
 * struct cdr_drive - one recorder
 * @item:	directory in configfs
 * @config:	properties of the drive model and the adapter; protected by the adapter's
 *		power_lock
 * @misc:	the file with the image of the disc
 * @adapter:	connection to the SCSI midlayer
 * @lock:	protects everything below it; taken with interrupts off
 * @disc:	the disc in the drive or on the open tray
 * @imported:	the disc that was last written to the image file
 * @tray:	the tray
 * @attentions:	unit attentions for the host
 * @pages:	the mode pages
 * @sheet:	the session at once that is planned or in progress
 * @laser:	the write operation in progress
 * @pickup:	the sector that was last read
 * @op:		the long operation in progress
 * @habits:	differences between drives
 * @faults:	the fault rules
 * @playback:	the record of a burn
 * @stale:	report @told instead of @disc
 * @told:	an earlier state of the disc
 * @stats:	statistics
 * @reply:	buffer for the reply of the current command
 */
struct cdr_drive {
	struct config_item item;
	struct cdr_config config;
	struct miscdevice misc;
	struct cdr_adapter adapter;

	spinlock_t lock;		/* see above */
	struct cdr_disc *disc;
	struct cdr_disc *imported;
	struct cdr_tray tray;
	struct cdr_attentions attentions;
	struct cdr_pages pages;
	struct cdr_sheet sheet;
	struct cdr_laser laser;
	s32 pickup;
	struct cdr_op op;
	struct cdr_habits habits;
	struct cdr_faults faults;
	struct cdr_playback playback;
	bool stale;
	struct cdr_disc told;
	struct cdr_stats stats;
	u8 reply[CDR_REPLY_SIZE];
};

/**
 * struct cdr_cmd - per-command data, in struct scsi_cmnd
 * @node:	node in the drive's list of pending commands
 * @due:	when to look at the command again
 * @seen:	the command was counted
 * @polls:	the command has yet to be counted as a poll of a long operation
 * @held:	the command waits for room in the buffer
 * @started:	the command started a long operation and waits for its end
 * @finished:	the command was executed; only its answer is delayed
 * @late:	the delayed answer
 * @result:	result for the midlayer, with CDR_RESULT
 * @fault:	the fault that happens to the command
 * @entry:	the recorded answer
 */
struct cdr_cmd {
	struct list_head node;
	ktime_t due;
	bool seen;
	bool polls;
	bool held;
	bool started;
	bool finished;
	int late;
	int result;
	struct cdr_fault fault;
	struct cdr_entry *entry;
};

static inline struct scsi_cmnd *cdr_scmd(struct cdr_cmd *cmd)
{
	return (struct scsi_cmnd *)cmd - 1;
}

static inline const u8 *cdr_cdb(struct cdr_cmd *cmd)
{
	return cdr_scmd(cmd)->cmnd;
}

/* Size of a sector in a WRITE, by the data block type in the write parameters. */
static inline u32 cdr_block_size(const struct cdr_drive *d)
{
	bool at_once = (d->pages.p05[2] & 0x0f) == 2;

	return d->pages.p05[4] & 8 && !at_once ? CDR_COOKED : CDR_RAW;
}

static inline bool cdr_test_write(const struct cdr_drive *d)
{
	return d->pages.p05[2] & 0x10;
}

/* Can another session follow? */
static inline bool cdr_multi_session(const struct cdr_drive *d)
{
	return (d->pages.p05[3] & 0xc0) == 0xc0;
}

/* The number of a track in the Q channel and the table of contents. */
static inline u8 cdr_number(const struct cdr_disc *disc, int track)
{
	return disc->before + track;
}

static inline s32 cdr_track_end(const struct cdr_track *track)
{
	return track->start + (s32)track->length;
}

/* The usable disc in the drive, spun up or not. */
static inline struct cdr_disc *cdr_medium(struct cdr_drive *d)
{
	return d->tray.open ? NULL : d->disc;
}

/* The disc as the drive reports it. */
static inline struct cdr_disc *cdr_told(struct cdr_drive *d)
{
	return d->stale ? &d->told : d->disc;
}

static inline u32 cdr_speed_kb(u32 x)
{
	return DIV_ROUND_CLOSEST(x * 1764, 10);
}

static inline bool cdr_track_is_data(const struct cdr_track *track)
{
	return track->control & 4;
}

/* In the order of the Kbuild, lowest layer first: a file calls only functions above its own. */

/* xfer.c */
int cdr_reply(struct cdr_drive *d, struct cdr_cmd *cmd, u32 len, u32 alloc);
int cdr_reply_part(struct cdr_cmd *cmd, const void *buf, u32 len, u32 skip);
u32 cdr_fetch(struct cdr_cmd *cmd, void *buf, u32 len);
void cdr_fetch_part(struct cdr_cmd *cmd, void *buf, u32 len, u32 skip);
void cdr_count_pages(struct cdr_drive *d, struct cdr_cmd *cmd, u32 bytes);

/* disc.c */
struct cdr_disc *cdr_disc_new(enum cdr_medium medium, s32 last_leadout);
void cdr_disc_free(struct cdr_disc *disc);
int cdr_disc_erase(struct cdr_disc *disc);
void cdr_disc_set_id(struct cdr_disc *disc);
struct cdr_track *cdr_disc_open_track(struct cdr_disc *disc);
struct cdr_session *cdr_disc_open_session(struct cdr_disc *disc);
int cdr_disc_closed_sessions(const struct cdr_disc *disc);
bool cdr_disc_half_closed(const struct cdr_disc *disc);
int cdr_disc_session_last(const struct cdr_disc *disc, int session);
s32 cdr_disc_next_start(const struct cdr_disc *disc);
s32 cdr_disc_leadin(const struct cdr_disc *disc, int session);
s32 cdr_disc_end(const struct cdr_disc *disc);
bool cdr_disc_writable(const struct cdr_disc *disc);
void cdr_disc_end_track(struct cdr_disc *disc);
void cdr_disc_close_session(struct cdr_disc *disc, bool final);
int cdr_disc_store(struct cdr_disc *disc, u64 pos, const void *buf, u32 len);
void cdr_disc_load(struct cdr_disc *disc, u64 pos, void *buf, u32 len);
u64 cdr_disc_pos(s32 lba);
int cdr_disc_init(void);
void cdr_disc_exit(void);

/* sector.c */
void cdr_sector_frame(u8 *frame, s32 lba);
void cdr_sector_position(const struct cdr_disc *disc, s32 lba, struct cdr_position *position);
bool cdr_mcn_valid(const char *mcn);
bool cdr_isrc_valid(const char *isrc);
u16 cdr_crc(const u8 *p, u32 len);
void cdr_sector_q(const struct cdr_disc *disc, s32 lba, u8 *q);
void cdr_put_msf(u8 *p, s32 lba);
void cdr_sector_init(void);

/* attention.c */
void cdr_attention_add(struct cdr_drive *d, u32 sense);
void cdr_attention_reset(struct cdr_drive *d, u32 sense);
u32 cdr_attention_take(struct cdr_drive *d);

/* mode.c */
u8 cdr_speed_limit(const struct cdr_drive *d);
void cdr_mode_setup(struct cdr_drive *d);
void cdr_mode_reset(struct cdr_drive *d);
void cdr_mode_reset_write(struct cdr_drive *d);
int cdr_mode_sense(struct cdr_drive *d, struct cdr_cmd *cmd);
int cdr_mode_select(struct cdr_drive *d, struct cdr_cmd *cmd);

/* sheet.c */
bool cdr_sheet_read(const struct cdr_drive *d, const u8 *list, u32 len, struct cdr_sheet *sheet);

/* laser.c */
void cdr_drain(struct cdr_drive *d, ktime_t now);
bool cdr_buffer_fits(struct cdr_drive *d, u32 bytes, ktime_t *when);
void cdr_buffer_add(struct cdr_drive *d, u32 bytes);
u64 cdr_flush_time(struct cdr_drive *d);
u64 cdr_sectors_to_ns(const struct cdr_drive *d, u64 sectors);
void cdr_set_speed(struct cdr_drive *d, u32 kb);

/* drive.c */
void cdr_update(struct cdr_drive *d);
int cdr_start_op(struct cdr_drive *d, struct cdr_cmd *cmd, struct cdr_op op, u64 ns, bool immed);
void cdr_poll(struct cdr_drive *d);
void cdr_spin_up(struct cdr_drive *d, bool tell);
u16 cdr_op_progress(const struct cdr_drive *d);
void cdr_tell_stale(struct cdr_drive *d);
void cdr_load(struct cdr_drive *d);
void cdr_open_tray(struct cdr_drive *d);
void cdr_reset_drive(struct cdr_drive *d);
void cdr_reset_unseen(struct cdr_drive *d);
void cdr_lose_power(struct cdr_drive *d);
void cdr_reset_stats(struct cdr_drive *d);

/* at_once.c */
bool cdr_at_once(const struct cdr_drive *d);
int cdr_send_cue_sheet(struct cdr_drive *d, struct cdr_cmd *cmd);
u32 cdr_at_once_block(const struct cdr_drive *d, s32 lba);
int cdr_at_once_address(struct cdr_drive *d, struct cdr_cmd *cmd, s32 lba, u32 count);
int cdr_at_once_hold_off(struct cdr_drive *d, struct cdr_cmd *cmd, s32 lba);
void cdr_at_once_store_text(struct cdr_drive *d, struct cdr_cmd *cmd, u32 count);
void cdr_at_once_take(struct cdr_drive *d, s32 lba, u32 count);
int cdr_at_once_sync(struct cdr_drive *d, struct cdr_cmd *cmd);

/* record.c */
int cdr_write(struct cdr_drive *d, struct cdr_cmd *cmd);
int cdr_synchronize_cache(struct cdr_drive *d, struct cdr_cmd *cmd);
int cdr_close(struct cdr_drive *d, struct cdr_cmd *cmd);
int cdr_blank(struct cdr_drive *d, struct cdr_cmd *cmd);
int cdr_send_opc(struct cdr_drive *d, struct cdr_cmd *cmd);
s32 cdr_next_writable(struct cdr_drive *d);

/* read.c */
int cdr_read(struct cdr_drive *d, struct cdr_cmd *cmd);
int cdr_read_cd(struct cdr_drive *d, struct cdr_cmd *cmd);
int cdr_read_cd_msf(struct cdr_drive *d, struct cdr_cmd *cmd);
int cdr_read_subchannel(struct cdr_drive *d, struct cdr_cmd *cmd);
int cdr_read_capacity(struct cdr_drive *d, struct cdr_cmd *cmd);

/* info.c */
int cdr_read_toc(struct cdr_drive *d, struct cdr_cmd *cmd);
int cdr_read_disc_info(struct cdr_drive *d, struct cdr_cmd *cmd);
int cdr_read_track_info(struct cdr_drive *d, struct cdr_cmd *cmd);
int cdr_get_configuration(struct cdr_drive *d, struct cdr_cmd *cmd);
int cdr_get_performance(struct cdr_drive *d, struct cdr_cmd *cmd);

/* fault.c */
void cdr_fault_setup(struct cdr_drive *d);
void cdr_fault_pick(struct cdr_drive *d, struct cdr_cmd *cmd);
int cdr_fault_before(struct cdr_drive *d, struct cdr_cmd *cmd);
int cdr_fault_after(struct cdr_drive *d, struct cdr_cmd *cmd, int ret);
int cdr_fault_add(struct cdr_drive *d, char *text);
void cdr_fault_clear(struct cdr_drive *d);
ssize_t cdr_fault_list(struct cdr_drive *d, char *page);

/* playback.c */
void cdr_playback_pick(struct cdr_drive *d, struct cdr_cmd *cmd);
int cdr_playback_before(struct cdr_drive *d, struct cdr_cmd *cmd);
int cdr_playback_after(struct cdr_drive *d, struct cdr_cmd *cmd, int ret);
int cdr_playback_add(struct cdr_drive *d, char *line);
void cdr_playback_clear(struct cdr_drive *d);
ssize_t cdr_playback_show(struct cdr_drive *d, char *page);

/* command.c */
int cdr_execute(struct cdr_drive *d, struct cdr_cmd *cmd);
u32 cdr_build_sense(struct cdr_drive *d, u32 sense, bool descriptor, u8 *p);
const char *cdr_opcode_name(u8 opcode);

/* host.c */
int cdr_host_power_on(struct cdr_drive *d);
void cdr_host_power_off(struct cdr_drive *d);
void cdr_host_setup(struct cdr_drive *d);

/* image.c */
int cdr_image_register(struct cdr_drive *d, const char *name);
void cdr_image_unregister(struct cdr_drive *d);

/* habits.c */
extern struct configfs_attribute *const cdr_habit_attrs[];
void cdr_habits_setup(struct cdr_drive *d);

/* configfs.c */
static inline struct cdr_drive *cdr_from_item(struct config_item *item)
{
	return container_of(item, struct cdr_drive, item);
}

#endif
