/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tracepoints, for developers. Programs have ioctls and poll, scripts have sysfs.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM tao

#if !defined(_TAO_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _TAO_TRACE_H

#include <linux/tracepoint.h>

#include "tao.h"

TRACE_EVENT(tao_command,
	TP_PROTO(struct scsi_device *sdev, u8 opcode, int ret, const struct tao_sense *sense),
	TP_ARGS(sdev, opcode, ret, sense),
	TP_STRUCT__entry(
		__field(u32, host)
		__field(u32, id)
		__field(u8, opcode)
		__field(int, ret)
		__field(u8, key)
		__field(u8, asc)
		__field(u8, ascq)
	),
	TP_fast_assign(
		__entry->host = sdev->host->host_no;
		__entry->id = sdev->id;
		__entry->opcode = opcode;
		__entry->ret = ret;
		__entry->key = sense->key;
		__entry->asc = sense->asc;
		__entry->ascq = sense->ascq;
	),
	TP_printk("%u:%u opcode=%02x ret=%d sense=%x/%02x/%02x", __entry->host, __entry->id,
		  __entry->opcode, __entry->ret, __entry->key, __entry->asc, __entry->ascq)
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

TRACE_EVENT(tao_buffer_full,
	TP_PROTO(struct tao_device *td, s32 lba, long delay),
	TP_ARGS(td, lba, delay),
	TP_STRUCT__entry(
		__field(int, minor)
		__field(s32, lba)
		__field(long, delay)
	),
	TP_fast_assign(
		__entry->minor = MINOR(td->dev.devt);
		__entry->lba = lba;
		__entry->delay = delay;
	),
	TP_printk("tao%d lba=%d again in %ld jiffies", __entry->minor, __entry->lba, __entry->delay)
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
		__entry->state = td->state;
		__entry->action = td->action;
	),
	TP_printk("tao%d state=%u action=%u", __entry->minor, __entry->state, __entry->action)
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
		__field(u64, mapped)
		__field(u64, copied)
		__field(int, ret)
	),
	TP_fast_assign(
		__entry->minor = MINOR(td->dev.devt);
		__entry->track = td->track.number;
		__entry->sectors = td->stream.sectors_sent;
		__entry->mapped = td->stream.bytes_mapped;
		__entry->copied = td->stream.bytes_copied;
		__entry->ret = ret;
	),
	TP_printk("tao%d track=%u sectors=%u mapped=%llu copied=%llu ret=%d", __entry->minor,
		  __entry->track, __entry->sectors, __entry->mapped, __entry->copied, __entry->ret)
);

#endif /* _TAO_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
