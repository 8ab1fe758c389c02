/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tracepoints, for developers. Programs have ioctls and poll, scripts have sysfs.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM tao

#if !defined(_TAO_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _TAO_TRACE_H

#include <linux/cdrom.h>
#include <linux/jhash.h>
#include <linux/tracepoint.h>
#include <scsi/scsi_host.h>

#include "tao.h"

#define TAO_TRACE_REPLY 1024

/* Programs that read traces don't know the names of enums. */
TRACE_DEFINE_ENUM(TAO_STATE_IDLE);
TRACE_DEFINE_ENUM(TAO_STATE_PREPARED);
TRACE_DEFINE_ENUM(TAO_STATE_TRACK_OPEN);
TRACE_DEFINE_ENUM(TAO_STATE_GONE);

#define show_tao_state(state)						\
	__print_symbolic(state,						\
		{ TAO_STATE_IDLE,		"idle" },		\
		{ TAO_STATE_PREPARED,		"prepared" },		\
		{ TAO_STATE_TRACK_OPEN,		"track-open" },		\
		{ TAO_STATE_GONE,		"gone" })

TRACE_DEFINE_ENUM(TAO_ACTION_NONE);
TRACE_DEFINE_ENUM(TAO_ACTION_PREPARING);
TRACE_DEFINE_ENUM(TAO_ACTION_WRITING);
TRACE_DEFINE_ENUM(TAO_ACTION_CLOSING_TRACK);
TRACE_DEFINE_ENUM(TAO_ACTION_CLOSING_SESSION);
TRACE_DEFINE_ENUM(TAO_ACTION_VERIFYING);
TRACE_DEFINE_ENUM(TAO_ACTION_BLANKING);
TRACE_DEFINE_ENUM(TAO_ACTION_READING);
TRACE_DEFINE_ENUM(TAO_ACTION_SETTING_SPEED);
TRACE_DEFINE_ENUM(TAO_ACTION_RECOVERING);

#define show_tao_action(action)						\
	__print_symbolic(action,					\
		{ TAO_ACTION_NONE,		"none" },		\
		{ TAO_ACTION_PREPARING,		"preparing" },		\
		{ TAO_ACTION_WRITING,		"writing" },		\
		{ TAO_ACTION_CLOSING_TRACK,	"closing-track" },	\
		{ TAO_ACTION_CLOSING_SESSION,	"closing-session" },	\
		{ TAO_ACTION_VERIFYING,		"verifying" },		\
		{ TAO_ACTION_BLANKING,		"blanking" },		\
		{ TAO_ACTION_READING,		"reading" },		\
		{ TAO_ACTION_SETTING_SPEED,	"setting-speed" },	\
		{ TAO_ACTION_RECOVERING,	"recovering" })

#define show_tao_opcode(opcode)						\
	__print_symbolic(opcode,					\
		{ GPCMD_TEST_UNIT_READY,	"TEST_UNIT_READY" },	\
		{ GPCMD_START_STOP_UNIT,	"START_STOP_UNIT" },	\
		{ GPCMD_PREVENT_ALLOW_MEDIUM_REMOVAL,			\
						"PREVENT_ALLOW_MEDIUM_REMOVAL" }, \
		{ GPCMD_WRITE_10,		"WRITE_10" },		\
		{ GPCMD_FLUSH_CACHE,		"SYNCHRONIZE_CACHE" },	\
		{ GPCMD_READ_SUBCHANNEL,	"READ_SUB_CHANNEL" },	\
		{ GPCMD_READ_TOC_PMA_ATIP,	"READ_TOC_PMA_ATIP" },	\
		{ GPCMD_GET_CONFIGURATION,	"GET_CONFIGURATION" },	\
		{ GPCMD_READ_DISC_INFO,		"READ_DISC_INFORMATION" }, \
		{ GPCMD_READ_TRACK_RZONE_INFO,	"READ_TRACK_INFORMATION" }, \
		{ GPCMD_SEND_OPC,		"SEND_OPC_INFORMATION" }, \
		{ GPCMD_SEND_CUE_SHEET,		"SEND_CUE_SHEET" },	\
		{ GPCMD_MODE_SELECT_10,		"MODE_SELECT_10" },	\
		{ GPCMD_MODE_SENSE_10,		"MODE_SENSE_10" },	\
		{ GPCMD_CLOSE_TRACK,		"CLOSE_TRACK_SESSION" }, \
		{ GPCMD_READ_BUFFER_CAPACITY,	"READ_BUFFER_CAPACITY" }, \
		{ GPCMD_BLANK,			"BLANK" },		\
		{ GPCMD_GET_PERFORMANCE,	"GET_PERFORMANCE" },	\
		{ GPCMD_SET_SPEED,		"SET_CD_SPEED" })

/* Commands other than WRITE, before they go to the drive; it may not have a node yet. */
TRACE_EVENT(tao_command_issue,
	TP_PROTO(struct scsi_device *sdev, const u8 *cdb, u32 bytes),
	TP_ARGS(sdev, cdb, bytes),
	TP_STRUCT__entry(
		__field(u32, host)
		__field(u32, channel)
		__field(u32, id)
		__field(u64, lun)
		__field(u8, opcode)
		__array(u8, cdb, 12)
		__field(u32, bytes)
	),
	TP_fast_assign(
		__entry->host = sdev->host->host_no;
		__entry->channel = sdev->channel;
		__entry->id = sdev->id;
		__entry->lun = sdev->lun;
		__entry->opcode = cdb[0];
		memcpy(__entry->cdb, cdb, sizeof(__entry->cdb));
		__entry->bytes = bytes;
	),
	TP_printk("%u:%u:%u:%llu opcode=%02x (%s) cdb=%s bytes=%u", __entry->host,
		  __entry->channel, __entry->id, __entry->lun, __entry->opcode,
		  show_tao_opcode(__entry->opcode), __print_hex_str(__entry->cdb, 12),
		  __entry->bytes)
);

/* @reply: its first @bytes, up to %TAO_TRACE_REPLY: twice as many digits fit in a line. */
TRACE_EVENT(tao_command_done,
	TP_PROTO(struct scsi_device *sdev, u8 opcode, int ret, const struct tao_sense *sense,
		 const u8 *reply, u32 bytes),
	TP_ARGS(sdev, opcode, ret, sense, reply, bytes),
	TP_STRUCT__entry(
		__field(u32, host)
		__field(u32, channel)
		__field(u32, id)
		__field(u64, lun)
		__field(int, ret)
		__field(u8, opcode)
		__field(u8, key)
		__field(u8, asc)
		__field(u8, ascq)
		__dynamic_array(u8, reply, min_t(u32, bytes, TAO_TRACE_REPLY))
	),
	TP_fast_assign(
		__entry->host = sdev->host->host_no;
		__entry->channel = sdev->channel;
		__entry->id = sdev->id;
		__entry->lun = sdev->lun;
		__entry->ret = ret;
		__entry->opcode = opcode;
		__entry->key = sense->key;
		__entry->asc = sense->asc;
		__entry->ascq = sense->ascq;
		memcpy(__get_dynamic_array(reply), reply, min_t(u32, bytes, TAO_TRACE_REPLY));
	),
	TP_printk("%u:%u:%u:%llu opcode=%02x (%s) ret=%d sense=%x/%02x/%02x reply=%s",
		  __entry->host, __entry->channel, __entry->id, __entry->lun, __entry->opcode,
		  show_tao_opcode(__entry->opcode), __entry->ret, __entry->key, __entry->asc,
		  __entry->ascq, __print_hex_str(__get_dynamic_array(reply),
						 __get_dynamic_array_len(reply)))
);

TRACE_EVENT(tao_write_issue,
	TP_PROTO(struct tao_device *td, s32 lba, u32 sectors, u32 copied),
	TP_ARGS(td, lba, sectors, copied),
	TP_STRUCT__entry(
		__field(int, minor)
		__field(s32, lba)
		__field(u32, sectors)
		__field(u32, copied)
	),
	TP_fast_assign(
		__entry->minor = MINOR(td->dev.devt);
		__entry->lba = lba;
		__entry->sectors = sectors;
		__entry->copied = copied;
	),
	TP_printk("tao%d lba=%d sectors=%u copied=%u", __entry->minor, __entry->lba,
		  __entry->sectors, __entry->copied)
);

TRACE_EVENT(tao_write_done,
	TP_PROTO(struct tao_device *td, s32 lba, u32 sectors, int ret,
		 const struct tao_sense *sense),
	TP_ARGS(td, lba, sectors, ret, sense),
	TP_STRUCT__entry(
		__field(int, minor)
		__field(s32, lba)
		__field(u32, sectors)
		__field(int, ret)
		__field(u8, key)
		__field(u8, asc)
		__field(u8, ascq)
	),
	TP_fast_assign(
		__entry->minor = MINOR(td->dev.devt);
		__entry->lba = lba;
		__entry->sectors = sectors;
		__entry->ret = ret;
		__entry->key = sense->key;
		__entry->asc = sense->asc;
		__entry->ascq = sense->ascq;
	),
	TP_printk("tao%d lba=%d sectors=%u ret=%d sense=%x/%02x/%02x", __entry->minor,
		  __entry->lba, __entry->sectors, __entry->ret, __entry->key, __entry->asc,
		  __entry->ascq)
);

/* A WRITE was refused: the drive's buffer is full. It goes out again, or not if @delay is -1. */
TRACE_EVENT(tao_buffer_full,
	TP_PROTO(struct tao_device *td, s32 lba, long delay),
	TP_ARGS(td, lba, delay),
	TP_STRUCT__entry(
		__field(int, minor)
		__field(s32, lba)
		__field(int, retry_ms)
	),
	TP_fast_assign(
		__entry->minor = MINOR(td->dev.devt);
		__entry->lba = lba;
		__entry->retry_ms = delay < 0 ? -1 : (int)jiffies_to_msecs(delay);
	),
	TP_printk("tao%d lba=%d retry_ms=%d", __entry->minor, __entry->lba, __entry->retry_ms)
);

/* The drive's buffer ran low for lack of audio; an estimate from its size, the speed and time. */
TRACE_EVENT(tao_near_miss,
	TP_PROTO(struct tao_device *td, s32 lba, u32 fill, u32 size),
	TP_ARGS(td, lba, fill, size),
	TP_STRUCT__entry(
		__field(int, minor)
		__field(s32, lba)
		__field(u32, fill)
		__field(u32, size)
	),
	TP_fast_assign(
		__entry->minor = MINOR(td->dev.devt);
		__entry->lba = lba;
		__entry->fill = fill;
		__entry->size = size;
	),
	TP_printk("tao%d lba=%d fill_bytes=%u buffer_bytes=%u", __entry->minor, __entry->lba,
		  __entry->fill, __entry->size)
);

TRACE_EVENT(tao_state,
	TP_PROTO(struct tao_device *td),
	TP_ARGS(td),
	TP_STRUCT__entry(
		__field(int, minor)
		__field(u32, state)
		__field(u32, action)
	),
	TP_fast_assign(
		__entry->minor = MINOR(td->dev.devt);
		__entry->state = td->now.state;
		__entry->action = td->now.action;
	),
	TP_printk("tao%d state=%s action=%s", __entry->minor, show_tao_state(__entry->state),
		  show_tao_action(__entry->action))
);

TRACE_EVENT(tao_track_begin,
	TP_PROTO(struct tao_device *td),
	TP_ARGS(td),
	TP_STRUCT__entry(
		__field(int, minor)
		__field(u32, track)
		__field(s32, lba)
	),
	TP_fast_assign(
		__entry->minor = MINOR(td->dev.devt);
		__entry->track = td->track.number;
		__entry->lba = td->track.start_lba;
	),
	TP_printk("tao%d track=%u lba=%d", __entry->minor, __entry->track, __entry->lba)
);

TRACE_EVENT(tao_track_end,
	TP_PROTO(struct tao_device *td, int ret),
	TP_ARGS(td, ret),
	TP_STRUCT__entry(
		__field(int, minor)
		__field(u32, track)
		__field(u32, sectors)
		__field(int, ret)
		__field(u64, mapped)
		__field(u64, copied)
	),
	TP_fast_assign(
		__entry->minor = MINOR(td->dev.devt);
		__entry->track = td->track.number;
		__entry->sectors = td->stream.sectors_sent;
		__entry->ret = ret;
		__entry->mapped = td->stream.bytes_mapped;
		__entry->copied = td->stream.bytes_copied;
	),
	TP_printk("tao%d track=%u sectors=%u mapped=%llu copied=%llu ret=%d", __entry->minor,
		  __entry->track, __entry->sectors, __entry->mapped, __entry->copied, __entry->ret)
);

/* A drive gets its node; also says which SCSI device it is. */
TRACE_EVENT(tao_drive,
	TP_PROTO(struct tao_device *td),
	TP_ARGS(td),
	TP_STRUCT__entry(
		__field(int, minor)
		__field(u32, host)
		__field(u32, channel)
		__field(u32, id)
		__field(u64, lun)
	),
	TP_fast_assign(
		__entry->minor = MINOR(td->dev.devt);
		__entry->host = td->sdev->host->host_no;
		__entry->channel = td->sdev->channel;
		__entry->id = td->sdev->id;
		__entry->lun = td->sdev->lun;
	),
	TP_printk("tao%d is %u:%u:%u:%llu", __entry->minor, __entry->host, __entry->channel,
		  __entry->id, __entry->lun)
);

/* The drive is claimed, or given back. */
TRACE_EVENT(tao_claim,
	TP_PROTO(struct tao_device *td, bool held),
	TP_ARGS(td, held),
	TP_STRUCT__entry(
		__field(int, minor)
		__field(bool, held)
	),
	TP_fast_assign(
		__entry->minor = MINOR(td->dev.devt);
		__entry->held = held;
	),
	TP_printk("tao%d %s", __entry->minor, __entry->held ? "held" : "free")
);

DECLARE_EVENT_CLASS(tao_job,
	TP_PROTO(struct tao_device *td, const struct tao_job *job),
	TP_ARGS(td, job),
	TP_STRUCT__entry(
		__field(int, minor)
		__field(const void *, job)
		__array(char, kind, 16)
		__field(u32, asked)
		__field(bool, drop)
		__field(int, ret)
		__array(char, comm, TASK_COMM_LEN)
	),
	TP_fast_assign(
		memcpy(__entry->comm, current->comm, TASK_COMM_LEN);
		__entry->minor = MINOR(td->dev.devt);
		__entry->job = job;
		strscpy(__entry->kind, job->kind->name, sizeof(__entry->kind));
		__entry->asked = jhash(&job->asked, sizeof(job->asked), 0);
		__entry->drop = td->stream.cut;
		__entry->ret = job->result;
	),
	TP_printk("tao%d job=%p kind=%s asked=%08x drop=%d ret=%d comm=%s", __entry->minor,
		  __entry->job, __entry->kind, __entry->asked, __entry->drop, __entry->ret,
		  __entry->comm)
);

/* A job of the drive's worker: somebody wants it; it begins; it is over; or it never began. */
DEFINE_EVENT(tao_job, tao_job_queue,
	TP_PROTO(struct tao_device *td, const struct tao_job *job),
	TP_ARGS(td, job)
);

DEFINE_EVENT(tao_job, tao_job_begin,
	TP_PROTO(struct tao_device *td, const struct tao_job *job),
	TP_ARGS(td, job)
);

DEFINE_EVENT(tao_job, tao_job_end,
	TP_PROTO(struct tao_device *td, const struct tao_job *job),
	TP_ARGS(td, job)
);

DEFINE_EVENT(tao_job, tao_job_drop,
	TP_PROTO(struct tao_device *td, const struct tao_job *job),
	TP_ARGS(td, job)
);

/* A call has found a job that does what it asks for: @asked is a hash of its arguments. */
TRACE_EVENT(tao_job_join,
	TP_PROTO(struct tao_device *td, const struct tao_job *job, const struct tao_job *wanted),
	TP_ARGS(td, job, wanted),
	TP_STRUCT__entry(
		__field(int, minor)
		__field(const void *, job)
		__array(char, kind, 16)
		__field(u32, asked)
		__field(u32, wanted)
	),
	TP_fast_assign(
		__entry->minor = MINOR(td->dev.devt);
		__entry->job = job;
		strscpy(__entry->kind, job->kind->name, sizeof(__entry->kind));
		__entry->asked = jhash(&job->asked, sizeof(job->asked), 0);
		__entry->wanted = jhash(&wanted->asked, sizeof(wanted->asked), 0);
	),
	TP_printk("tao%d job=%p kind=%s asked=%08x wanted=%08x", __entry->minor, __entry->job,
		  __entry->kind, __entry->asked, __entry->wanted)
);

/* Room for the audio of a WRITE is taken, or given back with all that was in it. */
TRACE_EVENT(tao_chunk,
	TP_PROTO(struct tao_device *td, const struct tao_chunk *c, bool held),
	TP_ARGS(td, c, held),
	TP_STRUCT__entry(
		__field(int, minor)
		__field(const void *, chunk)
		__field(bool, held)
	),
	TP_fast_assign(
		__entry->minor = MINOR(td->dev.devt);
		__entry->chunk = c;
		__entry->held = held;
	),
	TP_printk("tao%d chunk=%p %s", __entry->minor, __entry->chunk,
		  __entry->held ? "held" : "free")
);

#endif /* _TAO_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
