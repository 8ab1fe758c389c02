/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Structures of the module. The folders are floors: a file calls its own floor and those below, in
 * the order of the Kbuild, and sees only their headers.
 *
 *	module.c devices.c power.c	the module; drives come and go; suspend and reboot
 *	face/				/dev/taoN and sysfs, no policy in either
 *	burn/				who may order what, and the jobs of the drive's worker
 *	audio/  disc/			audio to WRITE commands | what is in the drive
 *	base/				state, errors and the worker: what every floor may use
 *	mmc/				a function per MMC command; replies; cue sheets
 *	trace.c				tracepoints
 */
#ifndef _TAO_H
#define _TAO_H

#include <linux/bio.h>
#include <linux/cdev.h>
#include <linux/device.h>
#include <linux/kref.h>
#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/uio.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include <scsi/scsi_device.h>

#include "compat.h"
#include "mmc/layout.h"
#include "mmc/mmc.h"

struct pipe_inode_info;
struct tao_device;

#define TAO_MODULE_VERSION	"0.1.0"

/* The last thing that we did to the door of a drive. */
enum tao_door {
	TAO_DOOR_LEFT,		/* nothing: it is as it was */
	TAO_DOOR_LOCKING,	/* the worker has asked the drive to lock it */
	TAO_DOOR_LOCKED,	/* the drive has, or may have */
	TAO_DOOR_UNLOCKING,	/* the worker or the removal has asked to unlock it */
};

/**
 * struct tao_claim - what is held while commands go to a drive
 * @held: the claim is taken
 * @query: it is a query's
 * @began: when it was taken
 * @disk: sr's block device, held by a query; none where sr is not bound
 * @disk_driver: its module, held as well
 * @bdev: the same, opened exclusively by all others
 * @diskseq: number that the block layer gave the disc
 * @told: we have told sr of a change, and the disc has got no other number since
 * @lock_option: sr's CDO_LOCK was set and has to be set again
 * @door: what we have done to the door; protected by tao_device.lock: the removal unlocks it too
 * @door_was_locked: somebody else had locked it before; protected by tao_device.lock
 *
 * Only the worker touches it, except for the door.
 */
struct tao_claim {
	bool held;
	bool query;
	ktime_t began;
	struct device *disk;
	struct module *disk_driver;
	struct tao_bdev bdev;
	u64 diskseq;
	bool told;
	bool lock_option;
	enum tao_door door;
	bool door_was_locked;
};

/**
 * struct tao_chunk - the audio of one WRITE command
 * @node: in the stream's queue
 * @stream: the stream it belongs to
 * @writer: the call that waits for it, or none
 * @bytes: how much there is
 * @bytes_copied: how much of it was copied
 * @bytes_padding: how much of it is silence that the module added
 * @kept: what was in it before the present call: that can't be given back to the caller
 * @pieces_count: pieces that hold
 * @own_tail: the last piece is a page of ours and may grow
 * @fixed: belongs to the stream, not freed after use
 * @bio: made anew at each issue; nothing of it, or of @pieces, is read before it is written
 * @pieces: each at most a page
 */
struct tao_chunk {
	struct list_head node;
	struct tao_stream *stream;
	struct tao_writer *writer;
	u32 bytes;
	u32 bytes_copied;
	u32 bytes_padding;
	struct {
		u32 bytes;
		u32 bytes_copied;
		u32 pieces;
		u32 last_len;
		bool own_tail;
	} kept;
	u32 pieces_count;
	bool own_tail;
	bool fixed;
	struct bio bio;
	struct bio_vec pieces[];
};

/**
 * struct tao_limits - what the adapter takes, and its consequences
 * @dma_mask: addresses and lengths need these bits zero to be mapped
 * @virt_boundary: pieces must join at multiples of this mask + 1
 * @pieces_max: pieces in a request
 * @quantum_sectors: smallest number of sectors whose bytes obey @dma_mask; 0: none that fits
 * @write_sectors_max: most sectors in one WRITE
 * @write_sectors: sectors in one WRITE
 * @maps: they are a multiple of the quantum: pages can be mapped
 * @pieces: room for pieces that a chunk of them has
 * @ignore_residue: what it says was not transferred is not believed
 */
struct tao_limits {
	u32 dma_mask;
	unsigned long virt_boundary;
	u32 pieces_max;
	u32 quantum_sectors;
	u32 write_sectors_max;
	u32 write_sectors;
	bool maps;
	u32 pieces;
	bool ignore_residue;
};

/* How far the audio of a track is. */
enum tao_phase {
	TAO_PHASE_CLOSED,	/* no track is open */
	TAO_PHASE_OPEN,		/* audio is taken from programs */
	TAO_PHASE_ENDING,	/* the audio that was taken goes to the drive */
	TAO_PHASE_FILLING,	/* the end, with its silence; nothing is dropped any more */
};

/**
 * struct tao_stream - the way of the audio of one track to the drive
 * @turn: one call that brings audio at a time, so that it stays whole. It is held while that waits
 *	for room, for a pipe or for user memory, so the worker never takes it. Protects
 *	@turn_serial to @starve_seconds, which nobody else changes while that call's track is open
 * @mutex: held for as long as it takes to add what is there. Protects @staging to @gap
 * @staging: what is being filled up
 * @tail: a chunk for the end of the track, so that it can't fail for lack of memory
 * @spare_page: a page for the same purpose
 * @pages: room for page pointers while a caller's memory is looked up
 * @limits: of the adapter
 * @serial: number of the track, from 1 to 65,535 and again, counted since the drive was found
 * @gap: the first byte of the track that an asynchronous write failed to bring, or TAO_NO_GAP
 * @turn_serial: the track that the call with the turn is for
 * @bytes_accepted: taken from programs since the track began; the status reads it without @mutex
 * @limit_bytes: the most the track can take
 * @limit_error: what a write gets that goes beyond: -ENOSPC or -EFBIG
 * @any_data: don't look at the first bytes
 * @fed: when the track got audio last, in jiffies
 * @starve_seconds: how long a session at once waits for audio; sysfs sets it at any time
 * @queue: chunks in order; the first may be at the drive. The rest is protected by tao_device.lock
 * @queue_bytes: audio in @queue
 * @queued_bytes: audio that was ever queued, except for the part taken back
 * @queue_max: the most that may be
 * @at_drive: the chunk that the drive has in hand, or none
 * @next_lba: address of the next WRITE
 * @sectors_sent: sectors that the drive took
 * @phase: how far the track is; changed under @mutex, too
 * @error: the track failed: nothing more goes out; or 0
 * @cut: why somebody has cut the track short: it ends after what the drive has; or 0
 * @unordered: asynchronous write that says no offset and is on the way, or none
 * @unordered_waits: it was told to come again
 * @unordered_since: when; jiffies
 * @issued: a WRITE was sent in this track
 * @at_once: the audio is that of a session at once
 * @least_sectors: sectors that the drive gets in any case, with silence at the end
 * @answering: callers that work on an answer of the drive
 * @full_since: since when the drive has refused the chunk in hand; 0 if it has not
 * @attention: the first WRITE met a unit attention: the worker has to prepare the track again
 * @attentions: how often that happened, or its write parameters were lost when it came late again
 * @late: what happened last is that the first WRITE came late
 * @heeds_recovery: recovery of the host makes it late as well, as has not happened since then
 * @resumed: the worker has prepared the track again
 * @changed: a WRITE met a unit attention, and the drive was not prepared again since
 * @exchanged: one said that the disc may be another one
 * @prepared: when the drive was prepared for the first WRITE; 0: nothing can be prepared again
 * @fill: estimate of the bytes in the drive's buffer at @fill_time
 * @fill_time: when the drive took the last WRITE
 * @fill_high: the drive's buffer was half full since it was counted as low
 * @near_misses: times that the drive's buffer ran low in this track
 * @bytes_mapped: bytes in this track that were mapped
 * @bytes_copied: bytes in this track that were copied
 * @bytes_padding: bytes of silence that were added to this track
 * @issue: sends the next chunk
 * @wait: for room in the queue, and for its end
 */
struct tao_stream {
	struct mutex turn;		/* protects turn_serial to starve_seconds */
	struct mutex mutex;		/* protects staging to gap */
	struct tao_chunk *staging;
	struct tao_chunk *tail;
	struct page *spare_page;
	struct page *pages[32];
	struct tao_limits limits;
	u16 serial;
	u64 gap;
	u16 turn_serial;
	u64 bytes_accepted;
	u64 limit_bytes;
	int limit_error;
	bool any_data;
	unsigned long fed;
	unsigned int starve_seconds;

	struct list_head queue;
	u32 queue_bytes;
	u64 queued_bytes;
	u32 queue_max;
	struct tao_chunk *at_drive;
	s32 next_lba;
	u32 sectors_sent;
	enum tao_phase phase;
	int error;
	int cut;
	const struct kiocb *unordered;
	bool unordered_waits;
	unsigned long unordered_since;
	bool issued;
	bool at_once;
	u32 least_sectors;
	unsigned int answering;
	bool attention;
	unsigned int attentions;
	bool late;
	bool heeds_recovery;
	bool resumed;
	bool changed;
	bool exchanged;
	ktime_t prepared;
	u32 fill;
	ktime_t fill_time;
	bool fill_high;
	u32 near_misses;
	ktime_t full_since;
	u64 bytes_mapped;
	u64 bytes_copied;
	u64 bytes_padding;
	struct delayed_work issue;
	wait_queue_head_t wait;
};

/* An open file of the device. */
struct tao_file {
	struct tao_device *td;
	struct file *filp;
	bool writable;
	/* The rest is protected by tao_device.lock. */
	u64 sequence_seen;
	struct tao_job *job;		/* started by us, and its result not collected yet */
	struct tao_job *hangup;		/* allocated at open, so that close can't fail */
	int error;			/* the track failed: no write until somebody took note */
	bool handed_on;			/* another program has written */
	struct pid *user;		/* that has written or ordered something last, or none */
	struct tao_settings settings;	/* of those in its mask; of the others the drive's hold */
	/* Protected by tao_device.lock, for writing. */
	struct mm_struct *mm;		/* that the last write came from; not its contents */
	char name[TASK_COMM_LEN];	/* of the program that opened it; execve() changes it */
	/* Of the program that opened it. */
	struct task_struct *task;
	struct pid *pid;
	kuid_t uid;
};

struct tao_job;

/**
 * struct tao_job_kind - what the worker can be ordered to do
 * @name: in traces
 * @run: does it; its return value becomes the job's result
 */
struct tao_job_kind {
	const char *name;
	int (*run)(struct tao_device *td, struct tao_job *job);
};

/* Arguments from user space, and results for it. */
union tao_job_args {
	struct tao_prepare prepare;
	struct tao_track_begin begin;
	struct tao_track_end end;
	struct tao_finalize finalize;
	struct tao_blank blank;
	struct tao_recover recover;
	struct tao_speed speed;
	struct tao_layout layout;
};

/**
 * struct tao_job - something the drive's worker has to do
 * @ref: the worker's and the waiters' references
 * @node: in tao_device.worker.jobs, until it begins
 * @kind: what it is
 * @ends: leaves a disc well: is done while the machine goes down, too
 * @implicit: the first write of a track has ordered it, in place of TRACK_BEGIN
 * @lost: its result tells that the disc which was prepared is not held any more
 * @done: it is over, and @result holds
 * @result: 0 or -errno
 * @asked: its arguments as they were
 * @args: its arguments, and its results
 * @plan: what its arguments have the addresses of, or none
 * @text: CD-TEXT that it has read, or none; for kvfree()
 * @text_bytes: of @text
 * @medium: the disc as it was known at the end
 * @speed_requests: tao_device.wanted.speed_requests when a file ordered it; 0 of all others
 */
struct tao_job {
	struct kref ref;
	struct list_head node;
	const struct tao_job_kind *kind;
	bool ends;
	bool implicit;
	bool lost;
	bool done;
	int result;
	union tao_job_args asked;
	union tao_job_args args;
	struct tao_plan *plan;
	u8 *text;
	unsigned int text_bytes;
	struct tao_medium medium;
	u64 speed_requests;
};

/*
 * For whom a disc is held: set when it has been prepared, and gone before the claim. A preparation
 * that fails leaves nothing behind.
 */
enum tao_hold {
	TAO_HOLD_NONE,
	TAO_HOLD_TRACK,		/* for one track, without PREPARE */
	TAO_HOLD_OWNER,		/* by PREPARE: until RELEASE, or until the owner closes */
};

/* The track in hand; @error also tells of the last one while the disc is held. */
struct tao_track {
	u32 number;
	s32 start_lba;
	u32 announced_sectors;
	struct tao_track_begin begin;
	ktime_t began;
	int error;			/* it failed, or was cut short; or 0 */
};

/* Between the run-out of a track and the next one. */
#define TAO_PREGAP_SECTORS	150
#define TAO_RUN_OUT_SECTORS	2
#define TAO_GAP_SECTORS		(TAO_RUN_OUT_SECTORS + TAO_PREGAP_SECTORS)

/**
 * struct tao_disc - the properties that tell a disc from others
 * @type: enum tao_medium_type; TAO_MEDIUM_NONE: there is none
 * @lead_out_lba: its capacity, or 0
 * @sessions: closed ones
 * @tracks: that the drive reported, without those that are being burned
 * @id: number that its recorder gave it, or 0
 * @sure: number of the tracks, from the first one on, that stay as they are
 * @most: number of the tracks that it can have through our own changes
 * @loose: the last of them failed: a drive may report it, or not
 * @closing: its session is being closed
 * @forgiven: when that is seen, it does not matter any more what failed
 * @blanking: it is being blanked
 * @start_lba: of each track
 * @sectors: of each track; of those behind @sure the most it can have; 0: unknown
 */
struct tao_disc {
	u32 type;
	s32 lead_out_lba;
	u32 sessions;
	u32 tracks;
	u32 id;
	u32 sure;
	u32 most;
	bool loose;
	bool closing;
	bool forgiven;
	bool blanking;
	s32 start_lba[TAO_TRACKS_MAX];
	u32 sectors[TAO_TRACKS_MAX];
};

/* One that was cut short was ended as any other. */
static inline bool tao_track_failed(int error)
{
	return error && error != -ECANCELED && error != -ESHUTDOWN;
}

/* Attributes of sysfs that can be polled. */
#define TAO_POLLED_ATTRS	5

/**
 * struct tao_polled - an attribute of sysfs that can be polled
 * @node: the attribute, or none
 * @value: what stood for its value when a change was last reported
 */
struct tao_polled {
	struct kernfs_node *node;
	u64 value;
};

/**
 * struct tao_refusal - a command that the drive refused
 * @error: errno, or 0 if there was none
 * @opcode: of the command
 * @sense: what the drive said
 */
struct tao_refusal {
	int error;
	u8 opcode;
	struct tao_sense sense;
};

/**
 * struct tao_attach - the drive as it was attached, devices.c
 * @node: in the list of drives; protected by the lock of that list
 * @added: there is a /dev/taoN; changed under the same lock
 * @probe: the first commands to the drive
 * @cdev: /dev/taoN
 * @features: reply to GET CONFIGURATION; constant
 * @capabilities: mode page 2Ah; constant
 */
struct tao_attach {
	struct list_head node;
	bool added;
	struct work_struct probe;
	struct cdev cdev;
	struct tao_features features;
	struct tao_capabilities capabilities;
};

/**
 * struct tao_now - what the drive is doing, event.c; protected by tao_device.lock
 * @dead: the drive is gone
 * @state: enum tao_state
 * @action: enum tao_action
 * @action_began: when
 * @sequence: grows with each change of the status
 * @progress: of the action, in 1/65536
 * @progress_time: when the drive said so
 */
struct tao_now {
	bool dead;
	enum tao_state state;
	enum tao_action action;
	ktime_t action_began;
	u64 sequence;
	u32 progress;
	ktime_t progress_time;
};

/**
 * struct tao_held - the program that has the drive, and what for; the files of burn/
 * @writer: the open file that may write, or none
 * @prepared: what was asked for at prepare; zero while the disc is not held
 * @tracks_taken: tracks that were ended, and did not fail, while the disc is held
 * @hold: for whom the disc is held
 * @leaving: the writer has closed it, and the worker is ending what it left
 * @orphaned: the track was cut short because a signal killed its writer
 * @lost: the owner does not know yet that the disc was exchanged, and is not held any more
 *
 * Protected by tao_device.lock.
 */
struct tao_held {
	struct tao_file *writer;
	struct tao_prepare prepared;
	u32 tracks_taken;
	enum tao_hold hold;
	bool leaving;
	bool orphaned;
	bool lost;
};

/**
 * struct tao_worker - what the drive was ordered to do, worker.c
 * @jobs: waiting for the worker
 * @running: what the worker does, or none
 * @ender: ends the track on behalf of somebody else than its owner
 * @ended: @ender has ended the track, and its owner has not heard of that
 * @passed_on: nor will the owner: since @ender was queued, something else was ordered
 * @work: the worker: never runs twice at a time, so it is an ordered queue
 * @urgent: what it does first
 * @resumed: the machine has slept since the last job: the disc may be another one
 * @hurry: nobody waits for a disc to become ready any more
 *
 * Protected by tao_device.lock.
 */
struct tao_worker {
	struct list_head jobs;
	struct tao_job *running;
	struct tao_job ender;
	bool ended;
	bool passed_on;
	struct work_struct work;
	void (*urgent)(struct tao_device *td);
	bool resumed;
	bool hurry;
};

/**
 * struct tao_found - what the last look at the disc found; protected by tao_device.lock
 * @medium: last known
 * @medium_time: when it was read
 * @medium_old: the disc was changed since, or could not be looked at
 * @medium_news: grows with each look at the disc, and when it becomes old
 * @track_failed: a track failed on the disc that is in
 * @toc: last known
 * @speeds: last known
 * @speeds_old: that look took so long that the speeds were not asked for
 */
struct tao_found {
	struct tao_medium medium;
	ktime_t medium_time;
	bool medium_old;
	u32 medium_news;
	bool track_failed;
	struct tao_toc toc;
	struct tao_speeds speeds;
	bool speeds_old;
};

/**
 * struct tao_wanted - the wishes of users, speed.c and hold.c
 * @speed: asked for and got
 * @speed_requests: how often one was asked for
 * @speed_later: the drive has not got the speed that was asked for in this track
 * @settings: for the `cat` way, where the writer's own don't hold
 *
 * Protected by tao_device.lock, but for @speed_later, which is the worker's.
 */
struct tao_wanted {
	struct tao_speed speed;
	u64 speed_requests;
	bool speed_later;
	struct tao_settings settings;
};

/**
 * struct tao_errors - the errors of the drive, error.c; protected by tao_device.lock
 * @first: see struct tao_error
 * @first_time: when
 * @latest: see struct tao_error
 * @latest_time: when
 * @count: errors in all
 */
struct tao_errors {
	struct tao_error first;
	ktime_t first_time;
	struct tao_error latest;
	ktime_t latest_time;
	u32 count;
};

/**
 * struct tao_measured - counters, and the speed of the track in hand, event.c
 * @statistics: counters, of every file
 * @rate_time: when the speed was measured last
 * @rate_sectors: sectors sent at that time
 * @rate_kbps: the speed measured then
 * @steady_time: when the track was some seconds old and the drive's buffer full
 * @steady_sectors: sectors sent at that time
 *
 * Protected by tao_device.lock.
 */
struct tao_measured {
	struct tao_statistics statistics;
	ktime_t rate_time;
	u32 rate_sectors;
	u32 rate_kbps;
	ktime_t steady_time;
	u32 steady_sectors;
};

/**
 * struct tao_told - how programs hear of changes, event.c
 * @polled: what programs that poll sysfs were told; protected by tao_device.lock
 * @tick: tells them that time has passed
 * @on_tick: what is done then, too
 * @events: mutex; uevents against the removal of their subject
 * @ended: number of a track whose end no uevent has told yet, or 0; protected by tao_device.lock
 */
struct tao_told {
	struct tao_polled polled[TAO_POLLED_ATTRS];
	struct delayed_work tick;
	void (*on_tick)(struct tao_device *td);
	struct mutex events;		/* protects the kobject of dev against removal */
	u32 ended;
};

/**
 * struct tao_discs - the discs that it has and had, disc/ and hold.c; the worker's
 * @known: the disc that is or was in, as of the last look, with our own changes since
 * @failed: the last disc that went away and that a track had failed on, or none
 * @ids_vary: the numbers of discs mean nothing in this drive
 * @taken: the job in hand has to find the same disc from its begin to its end
 * @exchanged: the disc that is held or taken is not @known any more
 * @features_now: tao_attach.features, with the disc that is in
 * @capabilities_now: tao_attach.capabilities, with the disc that is in
 * @speeds_now: tao_found.speeds, before they are published
 */
struct tao_discs {
	struct tao_disc known;
	struct tao_disc failed;
	bool ids_vary;
	bool taken;
	bool exchanged;
	struct tao_features features_now;
	struct tao_capabilities capabilities_now;
	struct tao_speeds speeds_now;
};

/**
 * struct tao_ends - work on the disc whose end is not certain, disc/ and burn/; the worker's
 * @must_end: the job in hand is done, even if nobody waits for it any more
 * @in_track: the drive may still be in a track whose end failed
 * @in_track_disc: diskseq of the disc that @in_track is about
 * @refused: what it said when it was asked for the next track, if it reported none
 * @lead_out: the drive has all of a session at once, and writes the lead-out
 * @in_doubt: how the last long command ended has to be seen from the disc
 * @session_format: disc type for mode page 05h
 * @selected: the write parameters that the drive had after we set some
 * @selected_time: when that was
 * @selected_valid: nobody else can have set others
 * @test_selected: the drive may have got those of a test write, and no others since
 * @closed: enum tao_close: how the session was closed, which could not be seen yet
 * @left_track: number of a track that was left open, while it is being ended
 */
struct tao_ends {
	bool must_end;
	bool in_track;
	u64 in_track_disc;
	struct tao_refusal refused;
	bool lead_out;
	bool in_doubt;
	u8 session_format;
	struct tao_write_parameters selected;
	ktime_t selected_time;
	bool selected_valid;
	bool test_selected;
	u32 closed;
	u32 left_track;
};

/**
 * struct tao_device - a drive: its parts, each described with its struct
 * @dev: in class "tao"; its release frees this
 * @sdev: the SCSI device; we hold a reference as long as @dev lives
 * @attach: what it was when it came
 * @lock: protects the parts from @now to @told, except for what their structs say, and the second
 *	part of the stream. Taken in interrupts
 * @wait: for ends of jobs and changes of state
 * @now: what it is doing
 * @held: by whom the disc is held
 * @worker: what it was ordered to do
 * @track: the track in hand
 * @plan: the session at once in hand, whose audio is one long track here; or none
 * @found: what the last look at the disc found
 * @wanted: the wishes of users
 * @errors: what went wrong
 * @measured: counters and speeds
 * @told: how programs hear of changes
 * @claim: on the drive, while commands go to it. This and what follows are the worker's
 * @sense: what the drive said to the last command
 * @discs: those that it has and had
 * @ends: work on the disc whose end is not certain
 * @stream: the audio
 */
struct tao_device {
	struct device dev;
	struct scsi_device *sdev;
	struct tao_attach attach;
	spinlock_t lock;		/* protects now to told, and stream.queue and on */
	wait_queue_head_t wait;
	struct tao_now now;
	struct tao_held held;
	struct tao_worker worker;
	struct tao_track track;
	struct tao_plan *plan;
	struct tao_found found;
	struct tao_wanted wanted;
	struct tao_errors errors;
	struct tao_measured measured;
	struct tao_told told;
	struct tao_claim claim;
	struct tao_sense sense;
	struct tao_discs discs;
	struct tao_ends ends;
	struct tao_stream stream;
};

static inline struct tao_device *to_tao_device(struct device *dev)
{
	return container_of(dev, struct tao_device, dev);
}

#endif /* _TAO_H */
