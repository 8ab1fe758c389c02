/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * MMC commands that burning audio needs: one function per command, and what the drive answers as
 * structs.
 *
 * The command functions
 *
 * - sleep; the caller holds a reference to the device. They return 0 or -errno and leave in *sense
 *   what the drive said. It is always set, also on success, where a drive may have left a note
 *   such as "recovered error".
 * - repeat nothing but a question whose answer was lost on its way: what a unit attention means is
 *   the caller's to decide.
 * - give -ENODEV when the drive is gone, -ETIMEDOUT when it did not answer, and -EIO when what it
 *   answered makes no sense (sense->note then says so).
 *
 * sense.c and mmc_parse.c are pure and compile in user space too.
 */
#ifndef _TAO_MMC_H
#define _TAO_MMC_H

#ifdef __KERNEL__
#include <linux/blk-mq.h>
#include <linux/types.h>
#else
#include "shim.h"
#endif
#include <linux/tao.h>

struct scsi_device;

/**
 * enum tao_sense_note - what is wrong although the drive reported nothing
 * @TAO_NOTE_NONE: nothing
 * @TAO_NOTE_BAD_REPLY: the command went well, but its reply is too short or contradicts itself
 * @TAO_NOTE_NOT_TAKEN: MODE SELECT went well, but MODE SENSE shows other write parameters than
 *   were set
 * @TAO_NOTE_RESIDUE: a WRITE went well, but the adapter says that not all of it was transferred
 */
enum tao_sense_note {
	TAO_NOTE_NONE,
	TAO_NOTE_BAD_REPLY,
	TAO_NOTE_NOT_TAKEN,
	TAO_NOTE_RESIDUE,
};

/**
 * struct tao_sense - what became of a command
 * @valid: the drive sent sense data: @deferred to @progress hold
 * @deferred: the sense data is about an earlier command, and this one was not carried out
 * @data: it is about a command that moves data: they are there only if the error was recovered
 * @key: sense key
 * @asc: additional sense code
 * @ascq: its qualifier
 * @has_progress: @progress holds
 * @progress: of the operation in hand, in 1/65536
 * @host_status: DID_* of the SCSI midlayer; not 0 where the command did not get through
 * @status: SCSI status byte
 * @note: enum tao_sense_note
 * @attention: a unit attention came, now or before: of class TAO_SENSE_CHANGED. Only who has
 *   looked at the disc resets it
 * @exchange: one said that the disc may be another one. Reset when sr was told
 * @repeated: an answer was lost, now or before, and the question asked once more: the drive may
 *   have been reset meanwhile. Reset by those to whom that matters
 * @raw_bytes: how much of @raw holds
 * @raw: the sense data as the drive sent it
 */
struct tao_sense {
	bool valid;
	bool deferred;
	bool data;
	u8 key;
	u8 asc;
	u8 ascq;
	bool has_progress;
	u16 progress;
	u32 host_status;
	u8 status;
	u8 note;
	bool attention;
	bool exchange;
	bool repeated;
	u8 raw_bytes;
	u8 raw[TAO_SENSE_SIZE];
};

/**
 * enum tao_sense_class - what has to be done about sense data
 * @TAO_SENSE_OK: nothing: no error, or one that the drive got over
 * @TAO_SENSE_BUSY: wait: the drive is at work
 * @TAO_SENSE_NOT_REPORTABLE: wait a little (30 s), then give up: not ready, the drive does not say
 *   why
 * @TAO_SENSE_NEEDS_START: START STOP UNIT, once
 * @TAO_SENSE_NO_MEDIUM: there is no disc
 * @TAO_SENSE_CHANGED: unit attention: disc, mode pages or drive are not what they were. The
 *   command was not carried out
 * @TAO_SENSE_EJECT_REQUEST: unit attention: somebody pressed the button; the command was not
 *   carried out
 * @TAO_SENSE_UNSUPPORTED: the drive does not know this command
 * @TAO_SENSE_BAD_FIELD: the drive does not take a field of the command or of its parameters
 * @TAO_SENSE_ADDRESS: the address is not one that can be written now, or is beyond the end
 * @TAO_SENSE_FULL: the disc is full
 * @TAO_SENSE_PROTECTED: the disc is write protected
 * @TAO_SENSE_MEDIUM: this can't be done with this disc
 * @TAO_SENSE_LOCKED: the door is locked
 * @TAO_SENSE_SESSION: the session can't be closed
 * @TAO_SENSE_CALIBRATION_NOTE: the power calibration area is almost full; go on
 * @TAO_SENSE_UNDERRUN: the data came too slowly
 * @TAO_SENSE_FATAL: anything else, and all that is deferred or did not get through
 */
enum tao_sense_class {
	TAO_SENSE_OK,
	TAO_SENSE_BUSY,
	TAO_SENSE_NOT_REPORTABLE,
	TAO_SENSE_NEEDS_START,
	TAO_SENSE_NO_MEDIUM,
	TAO_SENSE_CHANGED,
	TAO_SENSE_EJECT_REQUEST,
	TAO_SENSE_UNSUPPORTED,
	TAO_SENSE_BAD_FIELD,
	TAO_SENSE_ADDRESS,
	TAO_SENSE_FULL,
	TAO_SENSE_PROTECTED,
	TAO_SENSE_MEDIUM,
	TAO_SENSE_LOCKED,
	TAO_SENSE_SESSION,
	TAO_SENSE_CALIBRATION_NOTE,
	TAO_SENSE_UNDERRUN,
	TAO_SENSE_FATAL,
};

/* sense.c */
void tao_sense_parse(struct tao_sense *sense, const u8 *buf, unsigned int len);
enum tao_sense_class tao_sense_classify(const struct tao_sense *sense);
bool tao_sense_is_buffer_full(const struct tao_sense *sense);
bool tao_sense_is_form_refused(const struct tao_sense *sense);
bool tao_sense_is_unanswered(const struct tao_sense *sense);
bool tao_sense_is_becoming_ready(const struct tao_sense *sense);
bool tao_sense_is_busy(const struct tao_sense *sense);
bool tao_sense_is_lost(const struct tao_sense *sense);
int tao_sense_errno(const struct tao_sense *sense);
const char *tao_sense_text(const struct tao_sense *sense);
const char *tao_opcode_name(u8 opcode);

/**
 * struct tao_features - what GET CONFIGURATION tells
 * @present: the drive knows the command; else nothing here holds
 * @profile: current profile: what disc is in, as far as the drive can tell
 * @writes_cd_r: lists the profile CD-R, or has the feature CD Track at Once
 * @writes_cd_rw: lists the profile CD-RW, or has CD Track at Once for it
 * @tao: has the feature CD Track at Once (002Dh)
 * @test_write: can write with the laser off (002Dh)
 * @underrun_free: has buffer underrun protection (002Dh)
 * @mastering: has the feature CD Mastering (002Eh)
 * @session_at_once: can do session-at-once (002Eh)
 * @lead_in_text: writes the sub-channel of the lead-in, where CD-TEXT is (002Eh)
 * @sheet_bytes_max: longest cue sheet (002Eh)
 * @speed_list: answers GET PERFORMANCE with write speeds (0107h WSPD)
 * @set_speed: takes SET CD SPEED (0107h SCS)
 * @serial: serial number (0108h), trimmed, or empty
 */
struct tao_features {
	bool present;
	u16 profile;
	bool writes_cd_r;
	bool writes_cd_rw;
	bool tao;
	bool test_write;
	bool underrun_free;
	bool mastering;
	bool session_at_once;
	bool lead_in_text;
	u32 sheet_bytes_max;
	bool speed_list;
	bool set_speed;
	char serial[32];
};

/* struct tao_features, field profile */
#define TAO_PROFILE_NONE	0x0000
#define TAO_PROFILE_CD_ROM	0x0008
#define TAO_PROFILE_CD_R	0x0009
#define TAO_PROFILE_CD_RW	0x000a

/* struct tao_disc_info, field session_state: how far the last session is */
#define TAO_SESSION_EMPTY	0
#define TAO_SESSION_INCOMPLETE	1
#define TAO_SESSION_DAMAGED	2
#define TAO_SESSION_COMPLETE	3

/* struct tao_disc_info, field disc_type: not known before the first track has ended */
#define TAO_DISC_TYPE_UNDEFINED	0xff

/**
 * struct tao_disc_info - reply to READ DISC INFORMATION
 * @status: enum tao_disc_status
 * @session_state: TAO_SESSION_*, of the last session
 * @erasable: CD-RW
 * @disc_type: 00h CD-DA or CD-ROM, 10h CD-I, 20h CD-ROM XA, TAO_DISC_TYPE_UNDEFINED
 * @first_track: number of the first track on the disc
 * @sessions: number of sessions, an open or empty last one included
 * @last_track: number of the last track, one not yet begun included
 * @id: number that the recorder gave the disc with its first track, or 0
 * @lead_in_valid: @lead_in_lba holds
 * @lead_in_lba: start of the lead-in of the last session; for a blank disc, of the disc
 * @lead_out_valid: @lead_out_lba holds
 * @lead_out_lba: last possible start of the lead-out: the capacity
 */
struct tao_disc_info {
	u8 status;
	u8 session_state;
	bool erasable;
	u8 disc_type;
	u16 first_track;
	u16 sessions;
	u16 last_track;
	u32 id;
	bool lead_in_valid;
	s32 lead_in_lba;
	bool lead_out_valid;
	s32 lead_out_lba;
};

/* READ TRACK INFORMATION: the next track, begun or not */
#define TAO_TRACK_NEXT		0xff

/**
 * struct tao_track_info - reply to READ TRACK INFORMATION
 * @track: number
 * @session: the one it is in
 * @control: Q sub-channel control
 * @damage: left unfinished
 * @blank: nothing written yet
 * @nwa_valid: @nwa holds; if not, nothing can be written
 * @start_lba: where it begins
 * @nwa: next writable address
 * @free_sectors: room left in it
 * @sectors: its size
 */
struct tao_track_info {
	u16 track;
	u16 session;
	u8 control;
	bool damage;
	bool blank;
	bool nwa_valid;
	s32 start_lba;
	s32 nwa;
	u32 free_sectors;
	u32 sectors;
};

/* Number of the lead-out in a table of contents. */
#define TAO_TOC_LEAD_OUT	0xaa

/**
 * struct tao_toc_list - reply to READ TOC format 0: the tracks of all closed sessions
 * @count: of @entries
 * @entries: in ascending order, the lead-out (%TAO_TOC_LEAD_OUT) last. This reply does not tell
 *   session and sectors: zero
 */
struct tao_toc_list {
	unsigned int count;
	struct tao_toc_entry entries[TAO_TOC_ENTRIES_MAX];
};

/**
 * struct tao_atip - what is pressed into the groove of a recordable disc
 * @valid: the rest holds; a pressed disc has no ATIP
 * @rw: CD-RW
 * @lead_in_lba: where the lead-in begins, before address -150
 * @lead_out_lba: last possible start of the lead-out: the capacity
 */
struct tao_atip {
	bool valid;
	bool rw;
	s32 lead_in_lba;
	s32 lead_out_lba;
};

/**
 * struct tao_capabilities - mode page 2Ah
 * @writes_cd_r: writes CD-R
 * @writes_cd_rw: writes CD-RW
 * @test_write: can write with the laser off
 * @underrun_free: has buffer underrun protection
 * @buffer_bytes: size of the buffer
 * @current_write_kbps: write speed set now, kB/s, or 0
 * @pure_cav: rotation set now is constant angular velocity
 * @speed_count: of @speeds
 * @speeds: write speeds, fastest first
 */
struct tao_capabilities {
	bool writes_cd_r;
	bool writes_cd_rw;
	bool test_write;
	bool underrun_free;
	u32 buffer_bytes;
	u32 current_write_kbps;
	bool pure_cav;
	unsigned int speed_count;
	struct tao_speed_entry speeds[TAO_SPEEDS_MAX];
};

/* struct tao_write_parameters, field multi_session */
#define TAO_MULTI_SESSION_FINAL	0	/* closing the session finalises the disc */
#define TAO_MULTI_SESSION_OPEN	3	/* another session can follow */

/* struct tao_write_parameters, field track_mode: Q sub-channel control of audio */
#define TAO_CONTROL_PRE_EMPHASIS	0x1
#define TAO_CONTROL_COPY_PERMITTED	0x2
#define TAO_CONTROL_DATA		0x4

/* struct tao_write_parameters, field pause: 2 s, what the Red Book asks for */
#define TAO_PAUSE_SECTORS	150

/**
 * struct tao_write_parameters - mode page 05h, as far as audio tracks differ there
 * @underrun_free: buffer underrun protection
 * @test_write: laser off
 * @multi_session: 0 to 3, TAO_MULTI_SESSION_*
 * @track_mode: Q sub-channel control
 * @session_format: as disc_type in &struct tao_disc_info
 * @mcn: 13 digits, or empty
 * @isrc: 12 characters, or empty
 * @pause: length of the pause before the track, in sectors
 * @at_once: session-at-once, else track-at-once
 * @block_type: data block type; in session-at-once some drives want 3 for a lead-in with CD-TEXT
 * @audio_tao: returned by tao_parse_write_parameters(): write type and data block type are those of
 *   audio track-at-once
 * @page_bytes: returned by the same: the size of the page, its header included
 */
struct tao_write_parameters {
	bool underrun_free;
	bool test_write;
	u8 multi_session;
	u8 track_mode;
	u8 session_format;
	char mcn[14];
	char isrc[13];
	u16 pause;
	bool at_once;
	u8 block_type;
	bool audio_tao;
	unsigned int page_bytes;
};

/*
 * mmc_parse.c. The parsers take what arrived, @len bytes of it, and return 0 or -EIO if that can't
 * be a reply to the command. They set the whole struct in either case.
 */
int tao_parse_features(struct tao_features *features, const u8 *buf, unsigned int len);
int tao_parse_disc_info(struct tao_disc_info *info, const u8 *buf, unsigned int len);
int tao_parse_track_info(struct tao_track_info *info, const u8 *buf, unsigned int len);
int tao_parse_toc(struct tao_toc_list *toc, const u8 *buf, unsigned int len);
int tao_parse_atip(struct tao_atip *atip, const u8 *buf, unsigned int len);
unsigned int tao_text_bytes(const u8 *buf, unsigned int len);
int tao_parse_mode_page(const u8 *buf, unsigned int len, u8 page, const u8 **data,
			unsigned int *data_len);
int tao_parse_capabilities(struct tao_capabilities *capabilities, const u8 *buf, unsigned int len);
int tao_parse_write_parameters(struct tao_write_parameters *parameters, const u8 *buf,
			       unsigned int len);
int tao_parse_performance(struct tao_speed_entry *entries, unsigned int max, unsigned int *count,
			  const u8 *buf, unsigned int len);

unsigned int tao_build_write_page(u8 *page, unsigned int size,
				  const struct tao_write_parameters *parameters);
bool tao_write_parameters_taken(const struct tao_write_parameters *set,
				const struct tao_write_parameters *sensed);
unsigned int tao_build_toc_raw(u8 *buf, unsigned int size, const struct tao_toc_entry *entries,
			       unsigned int count);
bool tao_mcn_valid(const char *mcn);
bool tao_isrc_valid(const char *isrc);

/* kB/s as drives have it and sectors/s: 1x is 176.4 kB/s, 75 sectors/s */
u32 tao_kbps_to_sectors_per_second(u32 kbps);

#ifdef __KERNEL__

/* mmc.c */
int tao_mmc_test_unit_ready(struct scsi_device *sdev, struct tao_sense *sense);
int tao_mmc_get_configuration(struct scsi_device *sdev, struct tao_features *features,
			      struct tao_sense *sense);
int tao_mmc_read_disc_info(struct scsi_device *sdev, struct tao_disc_info *info,
			   struct tao_sense *sense);
int tao_mmc_read_track_info(struct scsi_device *sdev, u32 number, struct tao_track_info *info,
			    struct tao_sense *sense);
int tao_mmc_read_toc(struct scsi_device *sdev, struct tao_toc_list *toc, struct tao_sense *sense);
int tao_mmc_read_atip(struct scsi_device *sdev, struct tao_atip *atip, struct tao_sense *sense);
int tao_mmc_mode_sense_capabilities(struct scsi_device *sdev, struct tao_capabilities *capabilities,
				    struct tao_sense *sense);
int tao_mmc_mode_sense_write(struct scsi_device *sdev, struct tao_write_parameters *parameters,
			     struct tao_sense *sense);
int tao_mmc_mode_select_write(struct scsi_device *sdev,
			      const struct tao_write_parameters *parameters,
			      unsigned int page_bytes, struct tao_write_parameters *taken,
			      struct tao_sense *sense);
int tao_mmc_set_speed(struct scsi_device *sdev, u32 read_kbps, u32 write_kbps, bool pure_cav,
		      struct tao_sense *sense);
int tao_mmc_get_performance(struct scsi_device *sdev, struct tao_speed_entry *entries,
			    unsigned int max, unsigned int *count, struct tao_sense *sense);
int tao_mmc_sync_cache(struct scsi_device *sdev, bool immediate, struct tao_sense *sense);
int tao_mmc_close_session(struct scsi_device *sdev, bool immediate, struct tao_sense *sense);
int tao_mmc_close_track(struct scsi_device *sdev, u16 track, bool immediate,
			struct tao_sense *sense);
int tao_mmc_blank(struct scsi_device *sdev, u8 type, bool immediate, struct tao_sense *sense);
int tao_mmc_start(struct scsi_device *sdev, struct tao_sense *sense);
int tao_mmc_prevent(struct scsi_device *sdev, bool prevent, blk_mq_req_flags_t req_flags,
		    unsigned int timeout, struct tao_sense *sense);
void tao_mmc_allow_gone(struct scsi_device *sdev, unsigned long timeout);

int tao_mmc_send_opc(struct scsi_device *sdev, struct tao_sense *sense);
int tao_mmc_send_cue_sheet(struct scsi_device *sdev, void *sheet, unsigned int bytes,
			   bool ignore_residue, struct tao_sense *sense);
int tao_mmc_write(struct scsi_device *sdev, s32 lba, u16 sectors, void *data, unsigned int bytes,
		  bool ignore_residue, struct tao_sense *sense);
int tao_mmc_read_text(struct scsi_device *sdev, u8 **packs, unsigned int *bytes,
		      struct tao_sense *sense);

/* For stream.c, which sends WRITE by itself */
void tao_mmc_build_write(u8 cdb[10], s32 lba, u16 sectors);
unsigned int tao_mmc_timeout(u8 opcode);
int tao_mmc_status(struct scsi_device *sdev, int result, bool data, const u8 *sense_buffer,
		   struct tao_sense *sense);

/*
 * Called before and after each command, @reply only if it was carried out; not in mmc.c: the
 * tracepoints are not its business.
 */
void tao_trace_command_issue(struct scsi_device *sdev, const u8 *cdb, u32 bytes);
void tao_trace_command_done(struct scsi_device *sdev, u8 opcode, int ret,
			    const struct tao_sense *sense, const u8 *reply, u32 bytes);

#endif /* __KERNEL__ */

/* BLANK: what to blank */
#define TAO_BLANK_TYPE_FULL	0
#define TAO_BLANK_TYPE_MINIMAL	1

#endif /* _TAO_MMC_H */
