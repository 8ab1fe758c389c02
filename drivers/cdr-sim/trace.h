/* SPDX-License-Identifier: GPL-2.0-only */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM cdr_sim

#if !defined(CDR_SIM_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define CDR_SIM_TRACE_H

#include <linux/tracepoint.h>
#include <scsi/scsi_cmnd.h>
#include <scsi/scsi_device.h>
#include <scsi/scsi_host.h>

#include "cdr-sim.h"

TRACE_DEFINE_ENUM(CDR_DRIVE_ON);
TRACE_DEFINE_ENUM(CDR_DRIVE_OFF);
TRACE_DEFINE_ENUM(CDR_DRIVE_RESET);

/* A command arrives at the drive; with the sender, if known. */
TRACE_EVENT(cdr_sim_arrival,
	TP_PROTO(struct scsi_cmnd *scmd, bool locked),
	TP_ARGS(scmd, locked),
	TP_STRUCT__entry(
		__field(u32, host)
		__field(int, tag)
		__array(u8, cdb, 12)
		__field(u32, len)
		__field(bool, locked)
		__array(char, comm, TASK_COMM_LEN)
	),
	TP_fast_assign(
		__entry->host = scmd->device->host->host_no;
		__entry->tag = scsi_cmd_to_rq(scmd)->tag;
		memcpy(__entry->cdb, scmd->cmnd, 12);
		__entry->len = scsi_bufflen(scmd);
		__entry->locked = locked;
		if (in_task())
			memcpy(__entry->comm, current->comm, TASK_COMM_LEN);
		else
			strscpy(__entry->comm, "interrupt", TASK_COMM_LEN);
	),
	TP_printk("host%u tag %d cdb %s data %u %s%s", __entry->host, __entry->tag,
		  __print_hex(__entry->cdb, 12), __entry->len, __entry->comm,
		  __entry->locked ? " door locked" : "")
);

/* The drive answers a command, or loses it; @faulty if a rule caused that. */
TRACE_EVENT(cdr_sim_command,
	TP_PROTO(struct scsi_cmnd *scmd, int ret, bool locked, bool faulty),
	TP_ARGS(scmd, ret, locked, faulty),
	TP_STRUCT__entry(
		__field(u32, host)
		__field(int, tag)
		__array(u8, cdb, 12)
		__field(u32, len)
		__field(int, ret)
		__field(bool, locked)
		__field(bool, faulty)
	),
	TP_fast_assign(
		__entry->host = scmd->device->host->host_no;
		__entry->tag = scsi_cmd_to_rq(scmd)->tag;
		memcpy(__entry->cdb, scmd->cmnd, 12);
		__entry->len = scsi_bufflen(scmd);
		__entry->ret = ret;
		__entry->locked = locked;
		__entry->faulty = faulty;
	),
	TP_printk("host%u tag %d cdb %s data %u %s %x/%02x/%02x%s%s", __entry->host,
		  __entry->tag, __print_hex(__entry->cdb, 12), __entry->len,
		  __entry->ret < 0 ? "transport" : __entry->ret ? "sense" : "good",
		  __entry->ret > 0 ? __entry->ret >> 16 & 0x0f : 0,
		  __entry->ret > 0 ? __entry->ret >> 8 & 0xff : 0,
		  __entry->ret > 0 ? __entry->ret & 0xff : 0,
		  __entry->locked ? " door locked" : "", __entry->faulty ? " by a rule" : "")
);

/* Events of the drive other than commands. */
TRACE_EVENT(cdr_sim_drive,
	TP_PROTO(u32 host, enum cdr_drive_event what),
	TP_ARGS(host, what),
	TP_STRUCT__entry(
		__field(u32, host)
		__field(u32, what)
	),
	TP_fast_assign(
		__entry->host = host;
		__entry->what = what;
	),
	TP_printk("host%u %s", __entry->host,
		  __print_symbolic(__entry->what,
				   { CDR_DRIVE_ON,	"on" },
				   { CDR_DRIVE_OFF,	"off" },
				   { CDR_DRIVE_RESET,	"reset" }))
);

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
